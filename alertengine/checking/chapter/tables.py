"""Tables of guides and plans: grades down and levels across or the other way round, headers of several rows.

A table is a grid of texts in which a merged cell says the same in all its places.  What stands under a grade and a
level is a cell of the law; what a person would have to infer is said as a doubt of the cell, or left out with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from alertengine.checking.chapter.wording import (
    GRADE,
    LEVEL,
    by_colour,
    grades_of,
    levels_of,
    marks_of,
    plain,
    without_marks,
)
from alertengine.lists import read_plan
from alertengine.vocabulary import Level

_MEASURE_LABEL: Final = (
    r"(?:应急|强制性?|差异化|工业|企业)*(?:减排|管控|停限产|限产停产|停产限产|响应|生产)*(?:措施|要求|比例|内容|方案)"
)
_LABEL: Final = re.compile(
    rf"(?:序号|编号|行业|类别|类型|名称|企业(?:类型|类别|名称)?|停限产|限产|备注|说明|{_MEASURE_LABEL}"
    rf"|(?:移动源|公路|车辆|物料)?运输(?:管控)?(?:措施|要求)?|(?:移动源|车辆)(?:管控)?(?:措施|要求)?)"
)
#: What a column that says where its rows stand is headed by.
_AXIS: Final = re.compile(r"等级|级别|分级|绩效|预警|响应|工序|生产线|设施|环节|装置|序号|编号")
_VEHICLES: Final = re.compile(r"运输|车辆|移动源")
_REMARK: Final = re.compile(r"备注|说明|其他")
_ASIDE: Final = re.compile(r"序号|编号|行业")
_NUMBER: Final = re.compile(r"[（(]?(?:\d+|[一二三四五六七八九十]+)[)）、.]?")
_BY_NUMERAL: Final = re.compile(r"^(?:I{1,3}|[一二三])级(?:应急)?(?:响应|预警)?\(([^()]*)\)")
_AS_NEIGHBOUR: Final = re.compile(r"同(上|左)(?:级别?|格|栏)?(?:措施)?|[〃\"“”]|′′|'{2}")
_LONGEST_HEAD: Final = 24


@dataclass(frozen=True, slots=True)
class HeaderCell:
    """What a cell names: grades, levels, a process; ``label`` where it only says what stands in its column."""

    grades: tuple[str, ...] = ()
    levels: tuple[Level, ...] = ()
    process: str | None = None
    label: str = ""
    marks: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def names(self) -> bool:
        """Whether it names something of the law."""
        return bool(self.grades or self.levels or self.process is not None)

    @property
    def stands_aside(self) -> bool:
        """Whether the cells below it say where a row stands, rather than what is asked there."""
        own = _VEHICLES, _REMARK, re.compile(_MEASURE_LABEL), re.compile("停限产|限产")
        return not self.names and not any(kind.search(self.label) for kind in own)

    def beside(self, other: HeaderCell) -> HeaderCell:
        """Both; where both name the same thing, this one."""
        return HeaderCell(
            self.grades or other.grades,
            self.levels or other.levels,
            self.process if self.process is not None else other.process,
            self.label or other.label,
            tuple(dict.fromkeys((*self.marks, *other.marks))),
            tuple(dict.fromkeys((*self.doubts, *other.doubts))),
        )


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell of the law: its text and what it stands under; ``levels`` empty where the table names none."""

    text: str
    where: str
    grades: tuple[str, ...]
    levels: tuple[Level, ...]
    process: str | None
    vehicles: bool = False
    doubts: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(slots=True)
class Grid:
    """A table taken apart: its cells, rows that are one text (in order, with the place), and what was not understood.

    ``lines`` are texts that stand over a whole row and name nothing: titles and notes.
    """

    cells: list[Placed] = field(default_factory=list)
    lines: list[tuple[str, str]] = field(default_factory=list)
    left: list[tuple[str, str, str]] = field(default_factory=list)


class Heads:
    """Reads what a cell of a header names."""

    def __init__(self, ladder: list[str], process_of: Callable[[str], str | None]) -> None:
        """``process_of`` gives the standard process of a text, blank for the whole industry, None for neither."""
        self._ladder, self._process_of = ladder, process_of

    def read(self, text: str) -> HeaderCell | None:
        """What a cell names; None where it is no header."""
        said = plain(without_marks(text))
        marks = tuple(marks_of(text))
        if not said or len(said) > _LONGEST_HEAD:
            return None
        if _LABEL.fullmatch(said):
            return HeaderCell(label=said, marks=marks)
        said, doubts = by_colour(_BY_NUMERAL.sub(r"\1", said))
        rest, grades, levels = said, tuple[str, ...](), tuple[Level, ...]()
        while rest:
            grade, level = GRADE.match(rest), LEVEL.match(rest)
            if grade and grade.end() and not grades:
                grades, rest = grades_of(grade, self._ladder), rest[grade.end() :]
            elif level and not levels:
                levels, rest = levels_of(level), rest[level.end() :]
            else:
                break
        rest = re.sub(r"^[的、,:]+", "", rest)
        if (grades or levels) and (not rest or _LABEL.fullmatch(rest)):
            return HeaderCell(grades, levels, marks=marks, doubts=tuple(doubts))
        if grades or levels or asks(said):
            return None
        process = self._process_of(said)
        if process is not None:
            return HeaderCell(process=process, marks=marks)
        return HeaderCell(label=said, marks=marks) if _AXIS.search(said) else None


def asks(text: str) -> bool:
    """Whether a text asks something of production or vehicles."""
    reading = read_plan(text)
    return bool(reading.kind or reading.vehicles)


def take_apart(rows: Sequence[Sequence[str]], places: Sequence[str], heads: Heads) -> Grid:
    """The cells of a table that ask something, each with the process, grade and level that its headers name.

    Args:
        rows: the texts of its cells; a merged cell says the same in all its places.
        places: where each row stands, as a person is told.
        heads: reads what a header names.

    """
    width = max(map(len, rows), default=0)
    full = [[*(text.strip() for text in row), *[""] * (width - len(row))] for row in rows]
    return _Taken(full, list(places), heads).grid()


class _Taken:
    def __init__(self, rows: list[list[str]], places: list[str], heads: Heads) -> None:
        self._rows, self._places, self._heads = rows, places, heads
        self._grid = Grid()
        #: What each column names, and those whose cells say where a row stands.
        self._columns: list[HeaderCell] = []
        self._axes: set[int] = set()
        self._unsure: list[str] = []

    def grid(self) -> Grid:
        first = self._header()
        group, above, upper = HeaderCell(), HeaderCell(), list[str]()
        for number in range(first, len(self._rows)):
            row, place, said = self._rows[number], self._places[number], self._alone(self._rows[number])
            head = self._heads.read(said) if said else None
            if self._columns and self._is_header(row):  # that of the page before again, or of a part with its own
                rest = _Taken(self._rows[number:], self._places[number:], self._heads).grid()
                self._grid.cells += rest.cells
                self._grid.lines += rest.lines
                self._grid.left += rest.left
                break
            if said and head is not None and head.names:
                group, above = head.beside(HeaderCell(process=group.process)), HeaderCell()
            elif said:
                self._grid.lines.append((said, place))
            elif not self._columns:
                self._grid.left.append((" | ".join(row), place, "表头未读懂"))
            elif any(row):
                above = self._row(row, upper, place, group, above)
                upper = row
        return self._grid

    def _alone(self, row: list[str]) -> str:
        """The text of a row that is one text: over its whole width, or in its first cell alone."""
        said = list(dict.fromkeys(filter(None, row)))
        spans = len(row) == 1 or all(text == row[0] for text in row) or not any(row[1:])
        return said[0] if len(said) == 1 and spans else ""

    def _header(self) -> int:
        """Read the header; the number of the row after it, 0 where there is none."""
        start = next((number for number, row in enumerate(self._rows) if self._begins(row)), None)
        if start is None:
            return 0
        for row, place in zip(self._rows[:start], self._places[:start], strict=True):
            if said := self._alone(row):
                self._grid.lines.append((said, place))
            elif any(row):
                self._grid.left.append((" | ".join(filter(None, row)), place, "在表头之前，未读入"))
                self._unsure = ["表头未全读懂"]
        tops = [[self._lenient(text) for text in self._rows[start]]]
        first = start + 1
        for row in self._rows[first:]:
            heads = [self._heads.read(text) if text else None for text in row]
            unknown = any(text and head is None for text, head in zip(row, heads, strict=True))
            if unknown or self._alone(row) or not self._goes_on(tops, heads):
                break
            tops.append(heads)
            first += 1
        self._columns = [_joined(column) for column in zip(*tops, strict=True)]
        self._axes = _axes(self._columns)
        return first

    def _begins(self, row: list[str]) -> bool:
        """Whether a row can be the first of the header: two of its cells name something, or all are labels."""
        if self._alone(row) or any(text and self._lenient(text) is None for text in row):
            return False
        heads = [(text, self._heads.read(text)) for text in dict.fromkeys(filter(None, row))]
        named = sum(head is not None and head.names for _, head in heads)
        return named > 1 or (len(heads) > 1 and all(head is not None for _, head in heads))

    def _is_header(self, row: list[str]) -> bool:
        """Whether a row below the header is one again."""
        heads = [self._heads.read(text) if text else None for place, text in enumerate(row) if place not in self._axes]
        return self._begins(row) and any(head is not None and head.names for head in heads)

    def _lenient(self, text: str) -> HeaderCell | None:
        """What a cell of the first row names, or its text as a label; None where it asks something."""
        if not text:
            return HeaderCell()
        head = self._heads.read(text)
        return head if head is not None or asks(text) else HeaderCell(label=plain(text))

    @staticmethod
    def _goes_on(tops: list[list[HeaderCell | None]], heads: list[HeaderCell | None]) -> bool:
        """Whether a row whose cells are all headers is one more row of the header."""
        axes = _axes([_joined(column) for column in zip(*tops, strict=True)])
        return any(head is not None and place not in axes for place, head in enumerate(heads))

    def _row(self, row: list[str], upper: list[str], place: str, group: HeaderCell, above: HeaderCell) -> HeaderCell:
        """Take the cells of a row; returns what the row stands under."""
        own, doubts, marks = HeaderCell(), list[str](), list[str]()
        for column, text in enumerate(row):
            if column not in self._axes or not text:
                continue
            head = self._heads.read(text)
            label = self._columns[column].label
            if head is not None and head.names:
                own = own.beside(head)
                marks += head.marks
                doubts += head.doubts
            elif not _NUMBER.fullmatch(text) and not _ASIDE.search(label):
                doubts.append(f"{label or '本行'}：{text}")
        stands = own.beside(replace(group, marks=()))
        across = {name: any(getattr(head, name) for head in self._columns) for name in ("grades", "levels")}
        for name, what in (("grades", "等级"), ("levels", "级别")):
            axis = any(self._heads_of(column, name) for column in self._axes)
            if axis and not getattr(stands, name) and getattr(above, name) and not across[name]:
                stands = replace(stands, **{name: getattr(above, name)})
                doubts.append(f"本行未写{what}，按上一行")
        if stands.process is None:
            stands = replace(stands, process=above.process)
        remarks = [
            f"{head.label}：{row[column]}"
            for column, head in enumerate(self._columns)
            if head.label and _REMARK.search(head.label) and not head.names and row[column]
        ]
        for column, text in enumerate(row):
            head = self._columns[column]
            if column in self._axes or not text or (head.label and _REMARK.search(head.label) and not head.names):
                continue
            self._cell(row, upper, column, place, stands, [*doubts, *head.doubts, *remarks], [*marks, *head.marks])
        return stands

    def _heads_of(self, column: int, name: str) -> bool:
        """Whether some cell of an axis names grades, or levels."""
        read = (self._heads.read(row[column]) for row in self._rows if row[column])
        return any(head is not None and getattr(head, name) for head in read)

    def _cell(
        self, row: list[str], upper: list[str], column: int, place: str, stands: HeaderCell, doubts: list[str],
        marks: list[str],
    ) -> None:  # fmt: skip
        text, head = row[column], self._columns[column]
        named = {"等级": (head.grades, stands.grades), "级别": (head.levels, stands.levels)}
        twice = [what for what, (one, other) in named.items() if one and other and one != other]
        if twice:
            self._grid.left.append((text, place, f"行和列都写了{'、'.join(twice)}，未读入"))
            return
        other = _AS_NEIGHBOUR.fullmatch(plain(text))
        above = upper[column] if upper else ""
        beside = row[column - 1] if column and column - 1 not in self._axes else ""
        neighbour = "" if not other else beside if other[1] == "左" else above
        doubts = [*doubts, *([f"原文：{text}"] if neighbour else [])]
        text = row[column] = neighbour or text  # what refers to this cell refers to what it says
        both = head.beside(stands)
        vehicles = bool(head.label and _VEHICLES.search(head.label) and not both.levels)
        self._grid.cells.append(
            Placed(
                text,
                place,
                both.grades,
                both.levels,
                both.process,
                vehicles=vehicles,
                doubts=(*self._unsure, *doubts),
                marks=tuple(dict.fromkeys(marks)),
            )
        )


def _axes(columns: Sequence[HeaderCell]) -> set[int]:
    """The columns whose cells say where a row stands; a label over several columns is that of what is below it."""
    labels = [head.label for head in columns]
    return {
        place
        for place, head in enumerate(columns)
        if head.stands_aside and (not head.label or labels.count(head.label) == 1)
    }


def _joined(column: Sequence[HeaderCell | None]) -> HeaderCell:
    """What the cells above a column name together; the lowest says most."""
    out = HeaderCell()
    for head in reversed(column):
        out = out if head is None else out.beside(head)
    return out
