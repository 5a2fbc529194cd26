"""The pages of this room: their templates, and the words and numbers that all of them have."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

import jinja2
import pandas as pd

from alertengine.audit import KIND_TEXT
from alertengine.files import environment
from alertengine.ledger import KINDS
from alertengine.vocabulary import (
    DECISION_TEXT,
    FIELDS,
    LEVEL_CLASS,
    LEVEL_COLOUR,
    LEVEL_TEXT,
    MET_TEXT,
    POLLUTANT_TEXT,
    STANDING_TEXT,
    STATUS_TEXT,
    VERDICT_TEXT,
    number,
    program_version,
    rounded,
    signed,
    to_minute,
)
from alertengine.warning import lead_of, outward, steps_text
from alertengine.workflow import EVENT_TEXT, STATES


def page(template: str, **values: Any) -> str:
    """A template of the room filled with some values, which stand over the words of the same name."""
    return _templates().get_template(template).render(**values)


@cache
def _templates() -> jinja2.Environment:
    own = {"moment": moment, "clock": clock, "day": day, "points": points}
    made = environment("alertengine.report", **own, outward=outward, lead=lead_of, steps=steps_text)
    made.autoescape = jinja2.select_autoescape(("html.j2",))
    made.globals |= {
        "decision_text": DECISION_TEXT,
        "level_text": LEVEL_TEXT,
        "level_class": LEVEL_CLASS,
        "level_colour": LEVEL_COLOUR,
        "met_text": MET_TEXT,
        "status_text": STATUS_TEXT,
        "standing_text": STANDING_TEXT,
        "pollutant_text": POLLUTANT_TEXT,
        "verdict_text": VERDICT_TEXT,
        "evidence_text": {**KIND_TEXT, "": "无"},
        "event_text": EVENT_TEXT,
        "kind_text": KINDS,
        "state_text": STATES,
        "field_text": {name: field.text for name, field in FIELDS.items()},
        "version": program_version(),
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


def day(value: Any) -> str:
    """A day of a table; a dash where there is none."""
    return "—" if value is None else str(pd.Timestamp(value).date())


def points(share: Any) -> str:
    """A change of a share in percentage points."""
    return "" if share is None else signed(rounded(100 * share, 1))
