"""Decisions of authorities beside a list: a table of their own, joined to the lines they speak of."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from alertengine.files import (
    A_DAY,
    WORKBOOK_SUFFIXES,
    BadCellError,
    CodedTable,
    Findings,
    Limits,
    Row,
    first_there,
    open_workbook,
    parse_days,
    read_form,
    rules_folder,
    sheets_named,
)
from alertengine.lists.register import PlantsOfList, Register
from alertengine.rulebook import OpenLists
from alertengine.vocabulary import (
    DECISION_GROUNDS,
    DECISION_KINDS,
    DecisionRecord,
    Field,
    Problem,
    Words,
    name_or_code,
    plain_name,
    records_of,
)

if TYPE_CHECKING:
    import pandas as pd

_T = TypeVar("_T")
#: The sheet of a list's workbook that holds them.
DECISIONS_SHEET: Final = "处罚决定"
#: Columns of a table of decisions; the enterprise by name or code, by city too where it is of one plant of several.
DECISIONS: Final = (
    Field("enterprise_id", ("统一社会信用代码", "信用代码"), "text"),
    Field("enterprise", ("企业名称", "当事人", "被处罚单位", "单位名称"), "text"),
    Field("city", ("城市", "地市", "设区市"), "text"),
    Field("line_id", ("生产线编号",), "text"),
    Field("number", ("决定文号", "处罚决定文号", "处罚决定书文号", "文号"), "text"),
    Field("day", ("决定日期", "作出日期", "处罚日期", "处罚决定日期", "决定时间", "处罚时间"), "text"),
    Field("authority", ("决定机关", "作出机关", "处罚机关"), "text"),
    Field("kind", ("决定种类", "处罚种类", "种类"), "text", required=True),
    Field("ground", ("理由", "违法行为", "违法事实", "案由", "事由", "处罚事由", "违法事由"), "text", required=True),
    Field("first", ("起始日期", "执行起始日期", "自", "from", "起始时间", "开始日期", "开始时间"), "text"),
    Field("last", ("截止日期", "执行截止日期", "至", "to", "截止时间", "结束日期", "结束时间", "终止日期"), "text"),
    Field("lifted", ("解除日期", "解除", "执行完毕日期", "解除时间"), "text"),
)
#: Its columns that are days, and those that end it.
_DAYS: Final = ("day", "first", "last", "lifted")
_ENDS: Final = ("last", "lifted")
#: What a header has in it that may say from when or until when a decision binds.
_OF_DAYS: Final = re.compile("[起止]$|起止|截止|终止|结束|开始|起始|生效|失效|有效|到期|期限|解除|撤销|恢复|复产")
_HEADERS: Final = {field.name: field.text for field in DECISIONS}
_HEADERS_OF_DAYS: Final = tuple(_HEADERS[name] for name in _DAYS)
_A_KIND: Final = Words("one_of", names=tuple(DECISION_KINDS))
_KINDS: Final = {spelling: kind for kind, others in DECISION_KINDS.items() for spelling in (kind, *others)}


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One row of a table of decisions.

    ``cells``: each field of ``DECISIONS`` in one spelling (days as 2019-05-01, kinds and grounds by name), ``""`` where
    blank or not read; ``number``: the row in the file.
    """

    number: int
    cells: Row
    record: DecisionRecord


def read_decisions(path: Path, findings: Findings, places: OpenLists | None = None) -> list[DecisionRow]:
    """The decisions of a table: csv, parquet, or a workbook (sheet 处罚决定, else the sheet that holds them).

    One binds from its first day, where none is given from the day it was made, to its last, and no longer from the
    day it was lifted on.  A cell that cannot be read counts as unknown and is in ``findings.problems``; so is a blank
    kind, a kind or a ground that is not one of ``DECISION_KINDS`` and ``DECISION_GROUNDS``, and an end before the
    beginning.  ``places``: the cities on file; None: the shipped ones.

    Raises:
        InputError: the file cannot be read, or a column is missing.

    """
    rows = read_form(path, DECISIONS, one_of=("enterprise", "enterprise_id"), sheet=DECISIONS_SHEET, findings=findings)
    for header, fields in findings.protocols[-1].columns:
        if not fields and _OF_DAYS.search(header):
            findings.problems.append(Problem("days_unread", file=str(path), column=header, names=_HEADERS_OF_DAYS))
    if places is None and any(row["city"] for row in rows.values()):
        places = OpenLists.load([rules_folder()])
    return [_row(number, row, _Cells(row, number, findings), places) for number, row in rows.items()]


def record_of(cells: Row) -> DecisionRecord:
    """What a row decides whose cells could all be read."""
    days = {name: date.fromisoformat(cells[name]) if cells[name] else None for name in _DAYS}
    return _record(cells, days["first"] or days["day"], days)


def _record(cells: Row, first: date | None, days: Mapping[str, date | None]) -> DecisionRecord:
    lifted = days["lifted"]
    ends = [end for end in (days["last"], lifted and lifted - timedelta(days=1)) if end]
    return DecisionRecord(cells["kind"], cells["ground"], first, min(ends, default=None), cells["number"])


def _row(number: int, row: Row, cell: _Cells, places: OpenLists | None) -> DecisionRow:
    days = {name: cell.read(name, _day) for name in _DAYS}
    first = None if row["first"] and days["first"] is None else days["first"] or days["day"]
    for name in _ENDS:
        end = days[name]
        if end is not None and first is not None and end < first:
            cell.bad(name, Words("not_before", day=first))
            days[name] = None
    if not row["kind"]:
        cell.bad("kind", _A_KIND)
    kind, ground = cell.read("kind", _kind) or "", cell.read("ground", _ground) or ""
    said = {name: day.isoformat() if day else "" for name, day in days.items()}
    said["city"] = (places and cell.read("city", lambda text: _city(text, places))) or ""
    cells = {**row, "enterprise_id": name_or_code(row["enterprise_id"]), "kind": kind, "ground": ground, **said}
    return DecisionRow(number, cells, _record(cells, first, days))


class _Cells:
    """The cells of one row; what cannot be read is told and counts as unknown."""

    def __init__(self, row: Row, number: int, findings: Findings) -> None:
        self._row, self._number, self._findings = row, number, findings

    def read(self, name: str, parse: Callable[[str], _T]) -> _T | None:
        """The value of a cell; None where it is blank or cannot be read."""
        text = self._row[name]
        try:
            return parse(text) if text else None
        except BadCellError as error:
            self.bad(name, error.expected)
            return None

    def bad(self, name: str, expected: Words) -> None:
        """Tell a cell that cannot be used."""
        self._findings.bad_cells(_HEADERS[name], np.array([self._number]), [self._row[name]], expected=expected)


def _day(text: str) -> date:
    days = parse_days(text)
    if len(days) > 1:  # 2021-01-05/07
        raise BadCellError(A_DAY)
    return days[0].date()


def _city(text: str, places: OpenLists) -> str:
    found = places.recognise("places", text)
    if found.name is not None and found.name in places.cities():
        return found.name
    near = Words("a_city_nearly", names=found.candidates) if found.candidates else Words("a_city_or_region")
    raise BadCellError(near)


def _kind(text: str) -> str:
    if text not in _KINDS:
        raise BadCellError(_A_KIND)
    return _KINDS[text]


def _ground(text: str) -> str:
    if text not in DECISION_GROUNDS:
        raise BadCellError(Words("one_of", names=DECISION_GROUNDS))
    return text


def add_decisions(
    lines: CodedTable, path: Path, findings: Findings, register: Register, places: OpenLists
) -> CodedTable:
    """The lines with the decisions of a table in the column ``decisions``.

    A decision on no line is told with the nearest plants or lines, one that may be of another plant is asked about.

    Raises:
        InputError: as :func:`read_decisions`.

    """
    told = Findings(str(path), findings.problems, findings.warnings, protocols=findings.protocols)
    rows = read_decisions(path, told, places)
    told_of = lines.frame(("enterprise_id", "enterprise", "city", "line_id", "decisions"))
    plants = PlantsOfList(told_of, register)
    _tell_other_ends(rows, told)
    for one in rows:
        if doubt := plants.doubt(one.cells):
            column, value, code, said = doubt
            told.bad_cells(_HEADERS[column], np.array([one.number]), [value], code, number=one.cells["number"], **said)
    found, _ = joined(told_of, [(one.cells, one.record) for one in rows], plants=plants)
    return lines.having({"decisions": CodedTable.of(found).text("decisions")})


def _tell_other_ends(rows: Iterable[DecisionRow], told: Findings) -> None:
    """Tell each row that gives another end than a row before to the same decision."""
    seen: dict[tuple[str, ...], DecisionRow] = {}
    for one in rows:
        cells = one.cells
        whose = cells["enterprise_id"] or plain_name(cells["enterprise"])
        before = seen.setdefault((cells["city"], whose, cells["line_id"], cells["number"], cells["kind"]), one)
        if cells["number"] and before.record.last != one.record.last:
            name = next(name for name in _ENDS if cells[name] != before.cells[name])
            said = {"number": cells["number"], "place": told.place(before.number)}
            told.bad_cells(_HEADERS[name], np.array([one.number]), [cells[name]], "decision_ends_differ", **said)


def joined(
    lines: pd.DataFrame,
    decided: Iterable[tuple[Row, DecisionRecord]],
    without: Collection[str] = (),
    plants: PlantsOfList | None = None,
) -> tuple[pd.DataFrame, list[Row]]:
    """The lines with decisions in the column ``decisions``, and the rows of decisions that are on no line.

    ``without``: numbers of decisions that the column loses before; what it says of others stays.  ``plants``: whose
    the lines are, where that is known.
    """
    plants = plants or PlantsOfList(lines)
    own = lines["decisions"].astype("object")
    if without:
        own = own.map(
            lambda cell: ";".join(one.text() for one in records_of(cell) if one.number not in without) or None,
            na_action="ignore",
        )
    cells, unlisted = own.to_numpy(dtype=object, copy=True), []
    for row, record in decided:
        here = plants.lines_of(row)
        if not len(here):
            unlisted.append(row)
        for line in here:
            before = cells[line]
            cells[line] = f"{before};{record.text()}" if isinstance(before, str) else record.text()
    import pandas as pd  # whose lines are a table has it

    column = pd.Series(cells, index=lines.index, dtype="str").astype("category")
    return lines.assign(decisions=column), unlisted


def decisions_file(path: Path | None, given: Path | None) -> Path | None:
    """Where the decisions stand: as named, beside the list, or on a sheet of its workbook."""
    if given is not None or path is None:
        return given
    beside = first_there(decisions_beside(path))
    if beside is None and path.suffix.lower() in WORKBOOK_SUFFIXES:
        return path if sheets_named(DECISIONS_SHEET, open_workbook(path, Limits.of_environment()).names) else None
    return beside


def decisions_beside(path: Path) -> tuple[Path, ...]:
    """Where a table of decisions may stand beside a list."""
    return tuple(
        path.parent / f"{path.stem}.{name}{suffix}"
        for name in ("decisions", DECISIONS_SHEET)
        for suffix in (".csv", ".xlsx", ".parquet")
    )
