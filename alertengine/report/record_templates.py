"""Pages of the record: their templates, the words and numbers in them."""

from __future__ import annotations

from datetime import datetime
from functools import cache

import jinja2
from markupsafe import Markup

from alertengine.audit import KIND_TEXT
from alertengine.files import PRINTED, stylesheet
from alertengine.ledger import KINDS
from alertengine.vocabulary import (
    ACTION_TEXT,
    FIELDS,
    LEVEL_COLOUR,
    LEVEL_TEXT,
    POLLUTANT_TEXT,
    STANDING_TEXT,
    STATUS_TEXT,
    VERDICT_TEXT,
    number,
    signed,
    to_minute,
)
from alertengine.warning import outward
from alertengine.workflow import EVENT_TEXT, STATES


@cache
def environment() -> jinja2.Environment:
    """The templates, with the filters of numbers and times, and the field's words."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("alertengine.report"), autoescape=jinja2.select_autoescape(("html.j2",)),
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters |= {**PRINTED, "moment": moment, "clock": clock, "outward": outward}
    made.globals |= {
        "design": Markup(stylesheet()),  # noqa: S704 -- a file of this package
        "action_text": ACTION_TEXT,
        "level_text": LEVEL_TEXT,
        "level_colour": LEVEL_COLOUR,
        "status_text": STATUS_TEXT,
        "standing_text": STANDING_TEXT,
        "pollutant_text": POLLUTANT_TEXT,
        "verdict_text": VERDICT_TEXT,
        "evidence_text": {**KIND_TEXT, "": "无"},
        "event_text": EVENT_TEXT,
        "kind_text": KINDS,
        "state_text": STATES,
        "field_text": {name: field.text for name, field in FIELDS.items()},
    }
    return made


def moment(text: str) -> str:
    """A time with its zone, to the minute: 2021-01-03 18:00（UTC+8）."""
    at = datetime.fromisoformat(text)
    hours = (at.utcoffset() or datetime.min - datetime.min).total_seconds() / 3600
    return f"{to_minute(at)}（UTC{signed(number(hours))}）"


def clock(text: str) -> str:
    """An order's or warning's time (civil time, UTC+8); 另行通知 where there is none."""
    return str(text)[:16] if text and text == text else "另行通知"  # noqa: PLR0124 -- NaT
