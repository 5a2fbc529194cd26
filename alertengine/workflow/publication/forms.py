"""The forms that come with a publication: read, checked against the list, and what is open in them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from alertengine.files import Findings, Row, parse_stamp, read_form, tidy, with_sheets
from alertengine.vocabulary import Field, InputError, Problem, times
from alertengine.workflow.publication.publication import FILINGS, OBJECTIONS, OUTCOMES, SUBMISSIONS

#: What is wrong with a row; the file and row are said by who asks.
Check = Callable[[int, Row], Iterable[Problem]]
_DAYS: Final = ("submitted_on", "received_on", "answered_on", "filed_on")


def submissions(path: Path, lines: pd.DataFrame, findings: Findings) -> tuple[pd.DataFrame, list[Problem]]:
    """What counties submitted, and where it is not what the list holds.

    Raises:
        InputError: with every cell that cannot be used; a county the list does not have, or one twice.

    """
    counts = (
        lines.assign(county=lines["county"].astype("object").fillna("")).groupby("county")["enterprise_id"].nunique()
    )
    seen: dict[str, int] = {}

    def check(number: int, row: Row) -> Iterable[Problem]:
        name = row["county"]
        if name not in counts.index:
            near = difflib.get_close_matches(name, list(counts.index), n=3) or list(counts.index)
            yield Problem("no_such_county", column="county", value=name, names=near)
        elif name in seen:
            yield Problem("county_again", column="county", value=name, row_before=seen[name])
        seen.setdefault(name, number)
        if row["enterprises"] and not re.fullmatch(r"\d{1,9}", row["enterprises"]):
            yield Problem("not_a_count", column="enterprises", value=row["enterprises"])

    table = _read(path, SUBMISSIONS, check, findings)
    differing = [
        Problem("submitted_differs", column="enterprises", value=count, listed=counts[name], county=name)
        for name, count in zip(table["county"], table["enterprises"], strict=True)
        if count and int(count) != int(counts[name])
    ]
    missing = [name for name in counts.index if name and name not in seen]
    if missing:
        differing.append(Problem("county_not_submitted", names=missing))
    return table, [one.at(file=str(path)) for one in differing]


def objections(
    path: Path, lines: pd.DataFrame, findings: Findings
) -> tuple[pd.DataFrame, list[Problem], list[Problem]]:
    """Objections with their answers; those without an answer; and enterprises the list does not name.

    Raises:
        InputError: with every cell that cannot be used.

    """

    def check(_: int, row: Row) -> Iterable[Problem]:
        if not row["content"]:
            yield Problem("objection_empty", column="content")
        if row["outcome"] and row["outcome"] not in OUTCOMES:
            yield Problem("outcome_unknown", column="outcome", value=row["outcome"], outcomes=OUTCOMES)
        if row["outcome"] and not (row["answered_by"] and row["answered_on"]):
            yield Problem("outcome_unanswered", column="answered_by")

    table = _read(path, OBJECTIONS, check, findings)
    waiting = [
        Problem("objection_open", column="outcome", value=row["enterprise"], day=row["received_on"], outcomes=OUTCOMES)
        for row in table.to_dict("records")
        if not row["outcome"]
    ]
    known = sorted({tidy(name) for name in lines["enterprise"].dropna().astype("str")})
    strange = [name for name in table["enterprise"].unique() if name and name not in set(known)]
    near = {name: difflib.get_close_matches(name, known, n=3) for name in strange}
    off_list = [Problem("objection_off_list", column="enterprise", value=name, names=near[name]) for name in strange]
    waiting, off_list = ([one.at(file=str(path)) for one in found] for found in (waiting, off_list))
    return table, waiting, off_list


def filings(path: Path, findings: Findings) -> pd.DataFrame:
    """With which offices the list was filed.

    Raises:
        InputError: with every cell that cannot be used.

    """

    def check(_: int, row: Row) -> Iterable[Problem]:
        if not row["office"]:
            yield Problem("filing_without_office", column="office")

    return _read(path, FILINGS, check, findings)


def _read(path: Path, fields: Sequence[Field], check: Check, findings: Findings) -> pd.DataFrame:
    """A form as a table of its fields, objects, days as ``YYYY-MM-DD``."""
    problems: list[Problem] = []
    rows = []
    needed = {field.name for field in fields if field.required}
    for number, row in read_form(path, fields, least=2, findings=findings).items():
        found = [*check(number, row)]
        days = {name: _day(name, row[name], found, needed) for name in _DAYS if name in row}
        received, answered = days.get("received_on", ""), days.get("answered_on", "")
        if answered and answered < received:
            found.append(Problem("answered_early", column="answered_on", value=answered, day=received))
        problems += [one.at(file=str(path), row=number) for one in found]
        rows.append(row | days)
    if problems:
        raise InputError(with_sheets(problems, findings.sheets))
    return pd.DataFrame(rows, columns=[field.name for field in fields], dtype="object")


def _day(name: str, text: str, problems: list[Problem], needed: set[str]) -> str:
    if not text and name not in needed:
        return ""
    try:
        day = parse_stamp(text).date()
    except (ValueError, OverflowError):
        problems.append(Problem("not_a_form_day", column=name, value=text))
        return ""
    if day > (today := times.today()):
        problems.append(Problem("later_than_today", column=name, value=text, day=today))
    return day.isoformat()
