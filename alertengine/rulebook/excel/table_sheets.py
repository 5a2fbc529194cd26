"""A decision table as its sheet has it: keys above, a header, a row a case, a column a level.

An official may also bring a table filled in by hand: with merged cells, a header of two rows, a title above, one
column for several levels, and a column 运输.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from alertengine.rulebook.decision_tables import MISSING as HOLE
from alertengine.rulebook.decision_tables import SILENT
from alertengine.rulebook.excel.cell_scanner import TextError
from alertengine.rulebook.excel.condition_text import read_match
from alertengine.rulebook.excel.draft import Draft, Rows
from alertengine.rulebook.excel.measure_cells import EXPECTED, read_measures_text, read_vehicle_cell
from alertengine.rulebook.excel.plan_rows import LEVEL_WORDS
from alertengine.rulebook.excel.rule_rows import RULE, from_cells, headers, words
from alertengine.vocabulary import FIELDS, Words
from alertengine.vocabulary import Field as Column

HOLE_TEXT, SILENT_TEXT = "缺项", "—"
#: A cell that nobody has decided, and one whose reading somebody must look at: no import takes either.
OPEN_MARK, CHECK_MARK = "【待定】", "【核对】"
ONE, EVERY, VEHICLES = "措施", "各级别", "运输"
#: Columns of a table filled in by hand that say nothing of the law.
_IDLE: Final = ("序号",)
_LEVEL: Final = words("level", "levels", "级别", LEVEL_WORDS)
#: What may stand behind the level in the header of its column: 黄色预警减排措施.
_OF_MEASURES: Final = re.compile(r"(?:应急|应对|管控|减排|响应|差异化)*(?:措施|要求)$")
#: Keys that stand above the grid.
TABLE_KEYS: Final = tuple(handler for handler in RULE if handler.keys[0] not in ("like", "then", "need"))


@dataclass(slots=True)
class TableReader:
    """Reads one decision table from its sheet; defects are in the draft."""

    draft: Draft
    name: str
    rows: Rows
    match: list[Column | None] = field(default_factory=list)
    #: What the cells of a result column are of: some levels, 措施, 各级别 or 运输.
    results: dict[int, list[str]] = field(default_factory=dict)
    id: str = ""

    def read(self) -> dict[str, Any]:
        """The table's mapping: its keys, then its grid."""
        tops = [number for number, row in enumerate(self.rows) if _is_header(row)]
        if not tops:
            self.draft.defect(self.name, None, "", "no_table_header", wanted=Words("wanted_table_header"))
            return {}
        common = self._common(tops[0])
        self.id = str(common["id"])
        out: dict[str, Any] = {"rows": [], "all_levels": []}
        for top, end in zip(tops, [*tops[1:], len(self.rows)], strict=True):
            self._header(top, classification=common.get("kind") == "classification")
            said: dict[str, Any] = {"match": [column.name for column in self.match if column]}
            if [EVERY] not in self.results.values():
                said["levels"] = [name for names in self.results.values() for name in names if name in LEVEL_WORDS]
            if any(out.setdefault(key, value) != value for key, value in said.items()):
                self.draft.defect(self.name, top + 1, "", "table_header_differs")
            if not any(self.match) or not self.results:
                self.draft.defect(self.name, top + 1, "", "no_table_header", wanted=Words("wanted_table_header"))
                return {}
            for number in range(top + 1, end):
                if any(self.rows[number]):
                    self._row(number, out)
        grid = ("match", "levels", "rows", "all_levels")
        last: dict[str, Any] = {key: common.pop(key) for key in ("interpretation", "note") if key in common}
        return {**common, **{key: out[key] for key in grid if out.get(key)}, **last}

    def _common(self, top: int) -> dict[str, Any]:
        """The keys above the grid; a line alone is the title of a table filled in by hand."""
        cells: dict[str, str] = {}
        places: dict[str, int] = {}
        for number, row in enumerate(self.rows[:top], start=1):
            said = list(dict.fromkeys(text for text in row if text))
            if not said or (number == top and _heads(row, self.rows[top])):
                continue
            if said[0] in headers(TABLE_KEYS):
                cells[said[0]], places[said[0]] = said[1] if len(said) > 1 else "", number
            elif len(said) == 1:
                cells.setdefault("标题", said[0])
            else:
                self.draft.defect(self.name, number, said[0], "no_such_table_entry", names=headers(TABLE_KEYS))
        mapping, errors = from_cells(cells, TABLE_KEYS)
        for one in errors:
            self.draft.cell_defects(self.name, places.get(one.header, 1), [one])
        title = self.name.removeprefix("表 ")
        name = re.sub(r"[\s;/]", "", f"{self.draft.raw.get('document', 'table')}-{title}")
        usual = {"id": name, "article": title}
        out = {**usual, "title": title, "kind": "measure"} | mapping
        key, at = f"table {out['id']}", places.get("编号", 1)
        if key in self.draft.places:
            other, first = self.draft.places[key]
            self.draft.defect(self.name, at, "编号", "id_twice", str(out["id"]), first=first, other=other)
        self.draft.places[key] = (self.name, at)
        return out

    def _header(self, top: int, *, classification: bool) -> None:
        self.match, self.results = [], {}
        for place, text in enumerate(self.rows[top]):
            result = _result(text)
            column = None if result else _field(text, classification=classification)
            taken = [name for names in self.results.values() for name in names]
            if column in self.match[:place] if column else any(name in taken for name in result):
                self.draft.defect(self.name, top + 1, text, "sheet_column_twice")
            self.match.append(column)
            if result:
                self.results[place] = result
            elif column is None and text and text not in _IDLE:
                wanted = Words("wanted_table_column")
                self.draft.defect(self.name, top + 1, text, "no_such_table_column", text, wanted=wanted)

    def _row(self, number: int, out: dict[str, Any]) -> None:
        row = [*self.rows[number], *[""] * (len(self.match) - len(self.rows[number]))]
        self.draft.headless(self.name, number + 1, self._top(number), row)
        before = len(self.draft.problems)
        about = [self._about(number, column, row[place]) for place, column in enumerate(self.match) if column]
        then = [
            read
            for place, names in self.results.items()
            if names != [VEHICLES]
            for read in [self._then(number, place, row[place])] * len(names)
        ]
        every = [EVERY] in self.results.values()
        into = out["all_levels" if every else "rows"]
        prefix = f"{self.id}{' all_levels' if every else ''} row"
        if [*about, *then] in into and len(self.draft.problems) == before:
            first = self.draft.places[f"{prefix} {into.index([*about, *then]) + 1}"][1]
            self.draft.defect(self.name, number + 1, "", "entry_twice", first=first)
        into.append([*about, *then])
        self.draft.places[f"{prefix} {len(into)}"] = (self.name, number + 1)
        for place, names in self.results.items():
            if names == [VEHICLES] and row[place] and row[place] not in _SILENT:
                then = self._then(number, place, row[place], read_vehicle_cell)
                if then in (HOLE, "none"):  # a cell refused, or one that asks nothing
                    continue
                out["all_levels"].append([*about, then])
                self.draft.places[f"{self.id} all_levels row {len(out['all_levels'])}"] = (self.name, number + 1)

    def _about(self, number: int, column: Column, text: str) -> Any:
        try:
            if not text:
                raise TextError("text_blank", "", Words("wanted_match"))
            return read_match(column, text)
        except TextError as error:
            self.draft.unread(self.name, number + 1, column.text, text, error, error.expected)
            return "*"

    def _then(self, number: int, place: int, text: str, read: Callable[[str], Any] = read_measures_text) -> Any:
        if text in _SILENT:
            return SILENT
        if text in ("", HOLE_TEXT, "缺失") and read is read_measures_text:
            self.draft.blanks += not text
            return HOLE
        if text.startswith((OPEN_MARK, CHECK_MARK)):
            said = self._top(number)[place]
            self.draft.defect(self.name, number + 1, said, "cell_not_decided", text, mark=text[: len(OPEN_MARK)])
            return HOLE
        try:
            return read(text)
        except TextError as error:
            expected = error.expected or EXPECTED
            if read is read_measures_text:
                expected = Words("wanted_or_hole", wanted=expected, hole=HOLE_TEXT, silent=SILENT_TEXT)
            self.draft.unread(self.name, number + 1, self._top(number)[place], text, error, expected)
            return HOLE

    def _top(self, number: int) -> list[str]:
        """The header that a row stands under."""
        return next(row for row in reversed(self.rows[:number]) if _is_header(row))


_SILENT: Final = (SILENT_TEXT, "-", "－", "–", "——", "/")


def _result(text: str) -> list[str]:
    """What a result column of a table is of: levels, 措施, 各级别 or 运输; empty where it is none."""
    for name in (ONE, EVERY, VEHICLES):
        if text.startswith(name):
            return [name]
    try:
        said = _LEVEL.read((_OF_MEASURES.sub("", text),)) if text else {}
    except TextError:
        return []
    return [said["level"]] if "level" in said else said.get("levels", [])


def _heads(row: Sequence[str], header: Sequence[str]) -> bool:
    """Whether a row is the upper part of a header in two rows, its columns merged over both."""
    fields = [place for place, text in enumerate(row) if _field(text, classification=True)]
    return bool(fields) and all(place < len(header) and row[place] == header[place] for place in fields)


def _field(text: str, *, classification: bool) -> Column | None:
    """The field a match column is about; a grade is the effective one but where grades are set."""
    for column in FIELDS.values():
        if text in (*column.headers, column.name):
            return FIELDS["effective_grade"] if column.name == "grade" and not classification else column
    return None


def _is_header(row: Sequence[str]) -> bool:
    said = [text for text in row if text]
    if any(_field(text, classification=True) for text in said):
        return any(_result(text) or any(level in text for level in LEVEL_WORDS.values()) for text in said)
    exact = {*LEVEL_WORDS.values(), ONE, EVERY}
    return bool(said) and set(said) <= exact
