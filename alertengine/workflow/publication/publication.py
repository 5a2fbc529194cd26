"""What comes with a publication, read and checked: submissions, objections, filing; and what is made public."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pandas as pd

from alertengine.files import Findings, Protocol, Row, parse_stamp, read_form, tidy, with_sheets
from alertengine.lists import EnterpriseList, ListVersion
from alertengine.vocabulary import Field, InputError, Problem, Result, times

#: Columns of a file of county submissions.
SUBMISSIONS: Final[tuple[Field, ...]] = (
    Field("county", ("区县", "县区", "县(市、区)"), "text", required=True),
    Field("submitted_on", ("报送日期", "上报日期"), "text", required=True),
    Field("officer", ("报送单位", "报送人"), "text"),
    Field("enterprises", ("企业数", "企业数量"), "integer", note="compared with the list"),
    Field("reference", ("文号", "报送文号"), "text"),
)
#: Columns of a file of objections.
OBJECTIONS: Final[tuple[Field, ...]] = (
    Field("received_on", ("收到日期", "提出日期"), "text", required=True),
    Field(
        "enterprise", ("企业名称", "异议对象"), "text", private=True, note="of the list, or one that is missing from it"
    ),
    Field("person", ("提出人", "异议人"), "text", private=True),
    Field("content", ("异议内容", "异议"), "text", required=True, private=True),
    Field("outcome", ("处理结果", "是否采纳"), "text", note="采纳, 部分采纳, 不采纳"),
    Field("answer", ("答复内容", "答复"), "text", private=True),
    Field("answered_by", ("答复人", "答复单位"), "text"),
    Field("answered_on", ("答复日期",), "text"),
)
OUTCOMES: Final = ("采纳", "部分采纳", "不采纳")
#: Columns of a file of filings with the province and the ministry.
FILINGS: Final[tuple[Field, ...]] = (
    Field("office", ("备案机关", "报备单位"), "text", required=True),
    Field("filed_on", ("备案日期", "报备日期"), "text", required=True),
    Field("reference", ("文号", "备案文号", "备案编号"), "text"),
)
#: Fields of the list that are made public, in that order; no other leaves the bureau by this way.
PUBLIC_FIELDS: Final = (
    "city", "county", "enterprise_id", "enterprise", "industry", "grade", "guarantee", "line_id", "line", "process",
    "plan_yellow", "plan_yellow_share", "plan_orange", "plan_orange_share", "plan_red", "plan_red_share",
)  # fmt: skip
#: Columns of the proof of the ratio, with the words people read.
PROOF_COLUMNS: Final[dict[str, str]] = {
    "city": "城市",
    "level": "预警级别",
    "pollutant": "污染物",
    "reached": "减排比例",
    "required": "要求比例",
    "met": "是否达到",
    "margin_kg_d": "差额(千克/日)",
    "basis": "要求依据",
    "undetermined": "依据缺失",
    "asks_more": "规则要求高于清单",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be published: the version, the files that come with it, why it is published despite what is found."""

    version: ListVersion
    counties: Path | None = None
    objections: Path | None = None
    filing: Path | None = None
    despite: str = ""
    adopt: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Publication(Result):
    """What a publication came to.

    ``obstacles`` need a reason to publish despite them; its own problems want a person's look; ``enterprises`` is the
    list it is made from.
    ``tables`` are the proof and the forms by name: ``proof``, ``counties``, ``objections``, ``filings``.
    """

    version: ListVersion
    tables: Mapping[str, pd.DataFrame]
    enterprises: EnterpriseList
    obstacles: Sequence[Problem] = ()
    own_problems: Sequence[Problem] = ()
    own_notes: Sequence[Problem] = ()
    despite: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    #: How its forms were read.
    beside: Sequence[Protocol] = ()
    #: How many publications the ledger held that it was looked at beside.
    on_record: int = 0

    @property
    def made_from(self) -> Sequence[Result]:
        """The list."""
        return [self.enterprises]

    @property
    def exit_status(self) -> int:
        """0 done, 1 done and a person must look: at what it was published despite of, too."""
        return int(bool(self.obstacles or self.problems))


# -- the forms, read and checked against the list

#: What is wrong with a row; the file and row are said by who asks.
Check = Callable[[int, Row], Iterable[Problem]]
_DAYS: Final = ("submitted_on", "received_on", "answered_on", "filed_on")


def submissions(path: Path, lines: pd.DataFrame | None, findings: Findings) -> tuple[pd.DataFrame, list[Problem]]:
    """What counties submitted, and where it is not what the list holds (None: the list could not be read).

    Raises:
        InputError: with every cell that cannot be used; a county the list does not have, or one twice.

    """
    firms = pd.DataFrame({"county": [], "enterprise_id": []}) if lines is None else lines
    counts = (
        firms.assign(county=firms["county"].astype("object").fillna("")).groupby("county")["enterprise_id"].nunique()
    )
    seen: dict[str, int] = {}

    def check(number: int, row: Row) -> Iterable[Problem]:
        name = row["county"]
        if name not in counts.index and lines is not None:
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
        if lines is not None and count and int(count) != int(counts[name])
    ]
    missing = [name for name in counts.index if name and name not in seen]
    if missing:
        differing.append(Problem("county_not_submitted", names=missing))
    return table, [one.at(file=str(path)) for one in differing]


def objections(
    path: Path, lines: pd.DataFrame | None, findings: Findings
) -> tuple[pd.DataFrame, list[Problem], list[Problem]]:
    """Objections with their answers; those without an answer; and enterprises the list does not name (None: unread).

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
    known = [] if lines is None else sorted({tidy(name) for name in lines["enterprise"].dropna().astype("str")})
    strange = [name for name in table["enterprise"].unique() if name and name not in set(known) and lines is not None]
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
