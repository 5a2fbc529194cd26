"""Notices that write month and day alone: their year from their own other dates, or from the notices beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from alertengine.files import YEARS, parse_stamp
from alertengine.vocabulary import Problem

#: Cells of a notice that hold a date; the first that has its year stands for the notice.
_DATES: Final = ("announced", "starts", "ends")
_YEARLESS: Final = re.compile(
    r"(\d{1,2})[-/.月](\d{1,2})(日?(?:[\sT]?\s*\d{1,2}[:：时点].*|/\d{1,2})?[?？]?)", re.ASCII
)
#: Farther than this from the date it is read beside, either of two years could be meant.
_NEAR: Final = timedelta(days=92)

Row = Mapping[str, str]


def with_years(rows: Sequence[tuple[int, Row]], file: str) -> tuple[list[tuple[int, Row]], list[Problem]]:
    """Notices with the year written into every date that lacks it, and a note for each.

    Args:
        rows: the number of each row in the file and its cells, as texts.
        file: the file, for messages.

    Returns:
        The rows, those whose year cannot be told unchanged, and for each row touched a note or a problem.

    """
    known = [next(filter(None, (_dated(row[name]) for name in _DATES)), None) for _, row in rows]
    out: list[tuple[int, Row]] = []
    said: list[Problem] = []
    for at, (number, row) in enumerate(rows):
        lacking = [name for name in ("starts", "announced", "ends") if _YEARLESS.fullmatch(row[name].strip())]
        own, code = known[at], "notice_year_own"
        if lacking and own is None:
            beside = [next((day for day in way if day), None) for way in (reversed(known[:at]), known[at + 1 :])]
            own, code = _between(row[lacking[0]], *beside), "notice_year_beside"
        found = {name: _nearest(row[name], own) for name in lacking} if own else dict.fromkeys(lacking)
        if not lacking or None in found.values():
            out.append((number, row))
            said += [_said("notice_year_unknown", file, number, name, row[name]) for name in lacking[:1]]
            continue
        years = {name: day.year for name, day in found.items() if day}
        out.append((number, {**row, **{name: _written(row[name], year) for name, year in years.items()}}))
        first = lacking[0]
        said.append(_said(code, file, number, first, row[first], year=years[first]))
    return out, said


def _said(code: str, file: str, row: int, column: str, value: str, **more: Any) -> Problem:
    return Problem(code, file=file, row=row, column=column, value=value, **more)


def _dated(text: str) -> date | None:
    """The day a cell names with its year."""
    try:
        return parse_stamp(text.strip().rstrip("?？").partition("/")[0] if "-" in text else text.rstrip("?？")).date()
    except ValueError:
        return None


def _candidates(text: str) -> Iterator[date]:
    """The days a date without its year can mean."""
    match = _YEARLESS.fullmatch(text.strip())
    for year in range(YEARS[0], YEARS[1] + 1) if match else ():
        try:
            yield date(year, int(match[1]), int(match[2]))  # type: ignore[index]
        except ValueError:  # no such day in that year
            continue


def _nearest(text: str, day: date) -> date | None:
    """The candidate nearest to a day, where it is near."""
    found = min(_candidates(text), key=lambda one: abs(one - day), default=None)
    return found if found and abs(found - day) <= _NEAR else None


def _between(text: str, before: date | None, after: date | None) -> date | None:
    """The one candidate between the notices beside, else the one that is nearest to all of them."""
    ends: Iterable[date] = [day for day in (before, after) if day]
    if before and after:
        inside = [one for one in _candidates(text) if min(before, after) <= one <= max(before, after)]
        if inside:
            return inside[0] if len(inside) == 1 else None
    near = {_nearest(text, day) for day in ends}
    return near.pop() if len(near) == 1 else None


def _written(text: str, year: int) -> str:
    """A date with its year in front, in the spelling it has."""
    said = text.strip()
    return f"{year}年{said}" if "月" in said else f"{year}-{said.replace('.', '-', 1)}"
