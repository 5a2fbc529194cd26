"""What comes in from outside: a forecast as file, or a table typed by hand or from a bulletin; an order from above."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from alertengine.files import BadCellError, read_stamp, reading_with
from alertengine.ledger import Ledger
from alertengine.vocabulary import InputError, Problem, listening, to_minute, unsaid
from alertengine.vocabulary import times as clock
from alertengine.warning import Cell, next_full_hour, parse_value
from alertengine.web.intake import rows_upload
from alertengine.workflow import (
    Recorded,
    Upload,
    latest_forecast,
    read_upload,
    record_forecast,
    record_superior_order,
)

if TYPE_CHECKING:
    from alertengine.rulebook import OpenLists, Rulebook

_COLUMNS: Final = (
    "issue_time", "issuer", "city", "target_date", "aqi_low", "aqi_high", "level_low", "level_high", "primary",
    "remark",
)  # fmt: skip


def time_said(text: str, code: str) -> datetime:
    """A day and hour as typed, in every way that files write them.

    Raises:
        InputError: of this code: it is none.

    """
    try:
        found = read_stamp(text)
    except BadCellError:
        found = None
    if found is None or not found.has_hour:
        raise InputError([Problem(code, where="session", value=text)])
    return found.time


def day_said(text: str) -> date:
    """A day as a page sends it (``YYYY-MM-DD``).

    Raises:
        InputError: it is none.

    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError([Problem("day_wanted", where="session")]) from None


def typed(cells: Mapping[Cell, str], primaries: Mapping[Cell, str], issued: str, issuer: str, remark: str) -> Upload:
    """Cells as typed as a forecast file; what is blank is not in it.

    Raises:
        InputError: with every cell that is no value, a missing time, or there is no value at all.

    """
    problems, rows = [], []
    try:
        at = to_minute(time_said(issued, "issue_time_wanted"))
    except InputError as error:
        problems += error.problems
        at = ""
    for (city, day), text in sorted(cells.items()):
        if not text.strip():
            continue
        try:
            said = parse_value(text)
        except BadCellError:
            problems.append(Problem("forecast_cell", where="session", city=city, day=str(day), value=text))
            continue
        number = said.low.isdecimal()
        aqi, level = ((said.low, said.high), ("", "")) if number else (("", ""), (said.low, said.high))
        rows.append((at, issuer, city, day.isoformat(), *aqi, *level, primaries.get((city, day), ""), remark))
    if not rows and not problems:
        problems.append(Problem("forecast_blank", where="session"))
    if problems:
        raise InputError(problems)
    return rows_upload(f"{at[:10]}-{at[11:13]}时预报.csv", _COLUMNS, *rows)


def refuse_ahead(issued: datetime) -> None:
    """Refuse a forecast that says it comes out after the hour that goes on.

    Raises:
        InputError: it says so.

    """
    if issued > next_full_hour(clock.now().replace(tzinfo=None)):
        raise InputError([Problem("forecast_ahead", where="session", value=to_minute(issued))])


def take_forecast(
    ledger: Ledger, upload: Upload, lists: OpenLists, by: str, *, reason: str = "", text: str = ""
) -> Recorded:
    """Record a forecast; one that came out before the one on record, or after the hour that goes on, needs a reason.

    Raises:
        InputError: it cannot be used, or it is of another time and no reason is given; nothing was written.

    """
    with listening() as unread:
        held = latest_forecast(ledger)
    with reading_with():
        if unsaid(reason):
            if unread:  # an act that may hold a later one
                raise InputError(unread)
            new = read_upload(upload, lists, observed=False).issue_time
            refuse_ahead(new)
            there = held and read_upload(held.forecast, lists, observed=False, issued=held.issued).issue_time
            if there is not None and new < there:
                earlier, later = (to_minute(time) for time in (new, there))
                raise InputError([Problem("older_forecast", where="session", value=earlier, there=later)])
        return record_forecast(ledger, upload.name, upload.data, by, reason=reason, text=text)


def enter_superior_order(
    path: Path, book: Rulebook, said: Mapping[str, Any], by: str, file: Upload | None, text: str
) -> int:
    """Record an order from above; the act's number.

    Raises:
        InputError: as :func:`~alertengine.workflow.record_superior_order`.

    """
    with Ledger.writable(path) as ledger:
        return record_superior_order(ledger, said, book.lists, by, file, text).act


def days_ahead(first: date, count: int = 7) -> list[date]:
    """The days of the table."""
    return [day.date() for day in pd.date_range(first, periods=count)]
