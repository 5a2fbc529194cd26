"""The sheets of a rule document: the head, one row a rule, one sheet a decision table, holes, clauses.

A sheet here is rows of texts.  Decision tables are laid out as the guides print them: what
the row is about, then a column a level; an official may also bring a table filled in by
hand, with merged cells, a title above and a column 运输.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from alertengine.rulebook.decision_tables import MISSING as HOLE
from alertengine.rulebook.decision_tables import SILENT
from alertengine.rulebook.excel.cell_scanner import TextError
from alertengine.rulebook.excel.condition_text import match_text, read_match
from alertengine.rulebook.excel.draft import Draft, DraftSheet, Rows
from alertengine.rulebook.excel.measure_cells import EXPECTED, measures_text, read_measures_text
from alertengine.rulebook.excel.rule_rows import CLAUSE, HEAD, MISSING, RULE, Handler, from_cells, headers, to_cells
from alertengine.vocabulary import FIELDS, LEVEL_TEXT, Level, Words
from alertengine.vocabulary import Field as Column

HEAD_SHEET, SHARED_SHEET, RULE_SHEET = "文件", "通用", "规则"
MISSING_SHEET, CLAUSE_SHEET, GUIDE_SHEET = "缺项", "条款", "填写说明"
#: What a chapter read from its text says beside the rules: the sentence of each cell, and what was not read.
EVIDENCE_SHEET, LEFT_SHEET = "出处", "未读入"
HOLE_TEXT, SILENT_TEXT = "缺项", "—"
#: A cell that nobody has decided, and one whose reading somebody must look at: no import takes either.
OPEN_MARK, CHECK_MARK = "【待定】", "【核对】"
ONE, EVERY, VEHICLES = "措施", "各级别", "运输"
#: Columns of a table filled in by hand that say nothing of the law.
_IDLE: Final = ("序号",)
_LEVELS: Final = tuple(level for level in Level if level is not Level.NONE)
_TABLE: Final = tuple(handler for handler in RULE if handler.keys[0] not in ("like", "then", "need"))
_SHARED: Final = tuple(handler for handler in RULE if handler.keys[0] not in ("id", "article", "like"))
#: Keys of a document that are no part of its head.
BODY: Final = ("defaults", "rules", "tables", "missing", "clauses")


# -- writing


def document_sheets(raw: Mapping[str, Any]) -> list[DraftSheet]:
    """The sheets of a document's mapping."""
    body = {key: raw[key] for key in BODY if raw.get(key)}
    shared = body.get("defaults", {})
    plain = isinstance(shared, dict) and all(isinstance(v, dict) and "article" not in v for v in shared.values())
    head = {key: value for key, value in raw.items() if key not in BODY or (key == "defaults" and value and not plain)}
    sheets = [DraftSheet(HEAD_SHEET, [["项目", "内容"], *map(list, to_cells(head, HEAD).items())], {0})]
    if shared and plain:
        rows = [{"条款": str(article), **to_cells(keys, _SHARED)} for article, keys in shared.items()]
        sheets.append(_listing(SHARED_SHEET, ["条款", *headers(_SHARED)], rows))
    sheets.append(_listing(RULE_SHEET, headers(RULE), [to_cells(rule, RULE) for rule in body.get("rules", [])]))
    taken = {sheet.name for sheet in sheets} | {MISSING_SHEET, CLAUSE_SHEET, GUIDE_SHEET}
    for table in body.get("tables", []):
        sheets.append(_table_sheet(table, taken))
        taken.add(sheets[-1].name)
    sheets.append(
        _listing(MISSING_SHEET, headers(MISSING), [to_cells(one, MISSING) for one in body.get("missing", [])])
    )
    sheets.append(_listing(CLAUSE_SHEET, headers(CLAUSE), [to_cells(one, CLAUSE) for one in body.get("clauses", [])]))
    return sheets


def _listing(name: str, columns: list[str], rows: list[dict[str, str]]) -> DraftSheet:
    return DraftSheet(name, [columns, *([row.get(column, "") for column in columns] for row in rows)], {0})


def _table_sheet(table: Mapping[str, Any], taken: set[str]) -> DraftSheet:
    match = _listed(table["match"])
    levels = _listed(table.get("levels") or [])
    common = {k: v for k, v in table.items() if k not in ("match", "levels", "rows", "all_levels")}
    rows: Rows = [*([label, text] for label, text in to_cells(common, _TABLE).items()), []]
    heads = {len(rows)}
    columns = [FIELDS[name].text for name in match]
    rows.append([*columns, *([LEVEL_TEXT[level] for level in levels] or [ONE])])
    rows += [_said_row(match, row) for row in table.get("rows") or []]
    if table.get("all_levels"):
        heads.add(len(rows) + 1)
        rows += [[], [*columns, EVERY]]
        rows += [_said_row(match, row) for row in table["all_levels"]]
    return DraftSheet(_sheet_name(str(table["id"]), taken), rows, heads)


def _said_row(match: list[str], row: list[Any]) -> list[str]:
    about = [match_text(FIELDS[name], value) for name, value in zip(match, row, strict=False)]
    words = {HOLE: HOLE_TEXT, SILENT: SILENT_TEXT}
    return about + [words[then] if then in (HOLE, SILENT) else measures_text(then) for then in row[len(match) :]]


def _sheet_name(name: str, taken: set[str]) -> str:
    """A name Excel takes: 31 characters, none of its signs, each once whatever the case."""
    clean = "".join("_" if sign in "[]:*?/\\'" else sign for sign in f"表 {name}")[:28]
    lower = {one.lower() for one in taken}
    number = 1
    while (found := clean if number == 1 else f"{clean}~{number}").lower() in lower:
        number += 1
    return found


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


# -- reading


def read_sheets(sheets: Mapping[str, Rows], file: str) -> Draft:
    """The document that some sheets hold; defects are in the draft."""
    draft = Draft(file)
    if HEAD_SHEET not in sheets:
        found = "、".join(sheets)
        draft.defect(HEAD_SHEET, None, "", "head_sheet_missing", found, name=HEAD_SHEET)
        return draft
    _read_head(draft, sheets[HEAD_SHEET])
    shared = _read_listing(draft, sheets, SHARED_SHEET, _SHARED, extra=("条款",))
    if shared:
        draft.raw["defaults"] = {cells.pop("条款", ""): mapping for cells, mapping in shared}
    rules = [_on_effective(mapping) for _, mapping in _read_listing(draft, sheets, RULE_SHEET, RULE, named=True)]
    tables = [
        _Table(draft, name, rows).read()
        for name, rows in sheets.items()
        if name not in _NO_TABLES and any(map(any, rows))
    ]
    missing = [mapping for _, mapping in _read_listing(draft, sheets, MISSING_SHEET, MISSING)]
    clauses = [mapping for _, mapping in _read_listing(draft, sheets, CLAUSE_SHEET, CLAUSE)]
    parts = {"rules": rules, "tables": tables, "missing": missing, "clauses": clauses}
    draft.raw |= {key: value for key, value in parts.items() if value}
    return draft


def _on_effective(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule of measures that speaks of a grade: of the effective one, as a decision table's column of grades does."""
    if rule.get("kind", "classification") == "classification":
        return rule
    return {key: _effective(value) if key in ("when", "need") else value for key, value in rule.items()}


def _effective(when: Any) -> Any:
    if isinstance(when, list):
        return [_effective(one) for one in when]
    if not isinstance(when, dict):
        return when
    lines = ("any_line", "every_line")  # lines of an enterprise are asked for the grade they are listed with
    return {"effective_grade" if key == "grade" else key: value if key in lines else _effective(value)
            for key, value in when.items()}  # fmt: skip


_NO_TABLES: Final = frozenset({
    HEAD_SHEET, SHARED_SHEET, RULE_SHEET, MISSING_SHEET, CLAUSE_SHEET, GUIDE_SHEET, EVIDENCE_SHEET, LEFT_SHEET,
})  # fmt: skip


def _read_head(draft: Draft, rows: Rows) -> None:
    cells: dict[str, str] = {}
    places: dict[str, int] = {}
    known = headers(HEAD)
    for number, row in enumerate(rows, start=1):
        label, text = (*row, "", "")[:2]
        if not label or (label == "项目" and number == 1):
            continue
        if label not in known:
            draft.defect(HEAD_SHEET, number, label, "no_such_head_entry", text, names=known)
        elif label in cells:
            draft.defect(HEAD_SHEET, number, label, "entry_twice", text, first=places[label])
        else:
            cells[label], places[label] = text, number
    mapping, errors = from_cells(cells, HEAD)
    for one in errors:
        draft.cell_defects(HEAD_SHEET, places[one.header], [one])
    draft.raw |= mapping
    draft.places |= {f"head {label}": (HEAD_SHEET, number) for label, number in places.items()}


def _read_listing(
    draft: Draft,
    sheets: Mapping[str, Rows],
    name: str,
    handlers: Sequence[Handler],
    *,
    extra: tuple[str, ...] = (),
    named: bool = False,
) -> list[tuple[dict[str, str], dict[str, Any]]]:
    """The rows of a sheet with one header row: their cells and their mappings."""
    rows = sheets.get(name, [])
    if not any(map(any, rows)):
        return []
    top = next(number for number, row in enumerate(rows) if any(row))
    known = {*headers(handlers), *extra}
    for column in rows[top]:
        if column and column not in known:
            draft.defect(name, top + 1, column, "no_such_sheet_column", names=headers(handlers))
    out = []
    for number, row in enumerate(rows[top + 1 :], start=top + 2):
        cells = {column: text for column, text in zip(rows[top], row, strict=False) if column and text}
        if not cells:
            continue
        mapping, errors = from_cells(cells, handlers)
        draft.cell_defects(name, number, errors)
        if named:
            _place(draft, name, number, mapping)
        out.append((cells, mapping))
    return out


def _place(draft: Draft, sheet: str, row: int, mapping: dict[str, Any]) -> None:
    name = str(mapping.get("id", ""))
    if not name:
        draft.defect(sheet, row, "编号", "rule_row_without_id")
    elif name in draft.places:
        other = draft.places[name]
        draft.defect(sheet, row, "编号", "id_twice", name, first=other[1], other=other[0])
    else:
        draft.places[name] = (sheet, row)


@dataclass(slots=True)
class _Table:
    """Reads one decision table from its sheet."""

    draft: Draft
    name: str
    rows: Rows
    match: list[Column | None] = field(default_factory=list)
    results: dict[int, str] = field(default_factory=dict)
    id: str = ""

    def read(self) -> dict[str, Any]:
        """The table's mapping: its keys, then its grid."""
        tops = [number for number, row in enumerate(self.rows) if _is_header(row)]
        if not tops:
            self.draft.defect(self.name, None, "", "no_table_header", wanted=Words("wanted_table_header"))
            return {}
        common = self._common(self.rows[: tops[0]])
        self.id = str(common["id"])
        out: dict[str, Any] = {"rows": [], "all_levels": []}
        for top, end in zip(tops, [*tops[1:], len(self.rows)], strict=True):
            self._header(top, classification=common.get("kind") == "classification")
            if EVERY not in self.results.values() or "match" not in out:
                out["match"] = [column.name for column in self.match if column]
                levels = [name for name in self.results.values() if name in LEVEL_TEXT]
                out |= {"levels": levels} if levels else {}
            for number in range(top + 1, end):
                if any(self.rows[number]):
                    self._row(number, out)
        grid = ("match", "levels", "rows", "all_levels")
        last: dict[str, Any] = {key: common.pop(key) for key in ("interpretation", "note") if key in common}
        return {**common, **{key: out[key] for key in grid if out.get(key)}, **last}

    def _common(self, rows: Rows) -> dict[str, Any]:
        """The keys above the grid; a line alone is the title of a table filled in by hand."""
        cells: dict[str, str] = {}
        places: dict[str, int] = {}
        for number, row in enumerate(rows, start=1):
            said = list(dict.fromkeys(text for text in row if text))
            if not said:
                continue
            if said[0] in headers(_TABLE):
                cells[said[0]], places[said[0]] = said[1] if len(said) > 1 else "", number
            elif len(said) == 1:
                cells.setdefault("标题", said[0])
            else:
                self.draft.defect(self.name, number, said[0], "no_such_table_entry", names=headers(_TABLE))
        mapping, errors = from_cells(cells, _TABLE)
        for one in errors:
            self.draft.cell_defects(self.name, places.get(one.header, 1), [one])
        title = self.name.removeprefix("表 ")
        usual = {"id": f"{self.draft.raw.get('document', 'table')}-{title.replace(' ', '')}", "article": title}
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
            self.match.append(column)
            if result:
                self.results[place] = result
            elif column is None and text and text not in _IDLE:
                wanted = Words("wanted_table_column")
                self.draft.defect(self.name, top + 1, text, "no_such_table_column", text, wanted=wanted)

    def _row(self, number: int, out: dict[str, Any]) -> None:
        row = [*self.rows[number], *[""] * (len(self.match) - len(self.rows[number]))]
        about = [self._about(number, column, row[place]) for place, column in enumerate(self.match) if column]
        then = {
            place: self._then(number, place, row[place]) for place, name in self.results.items() if name != VEHICLES
        }
        every = EVERY in self.results.values()
        into = out["all_levels" if every else "rows"]
        into.append([*about, *then.values()])
        self.draft.places[f"{self.id}{' all_levels' if every else ''} row {len(into)}"] = (self.name, number + 1)
        for place, name in self.results.items():
            if name == VEHICLES and row[place] and row[place] not in _SILENT:
                out["all_levels"].append([*about, self._vehicles(row[place])])
                self.draft.places[f"{self.id} all_levels row {len(out['all_levels'])}"] = (self.name, number + 1)

    def _about(self, number: int, column: Column, text: str) -> Any:
        try:
            if not text:
                raise TextError("text_blank", "", Words("wanted_match"))
            return read_match(column, text)
        except TextError as error:
            self.draft.defect(
                self.name,
                number + 1,
                column.text,
                "cell_text",
                error.found or text,
                error=error,
                expected=error.expected,
            )
            return "*"

    def _then(self, number: int, place: int, text: str) -> Any:
        if text in _SILENT:
            return SILENT
        if text in ("", HOLE_TEXT, "缺失"):
            self.draft.blanks += not text
            return HOLE
        if text.startswith((OPEN_MARK, CHECK_MARK)):
            said = self.rows[[n for n in range(number) if _is_header(self.rows[n])][-1]][place]
            self.draft.defect(self.name, number + 1, said, "cell_not_decided", text, mark=text[: len(OPEN_MARK)])
            return HOLE
        try:
            return read_measures_text(text)
        except TextError as error:
            said = self.rows[[n for n in range(number) if _is_header(self.rows[n])][-1]][place]
            expected = error.expected or EXPECTED
            self.draft.defect(
                self.name,
                number + 1,
                said,
                "cell_text",
                error.found or text,
                error=error,
                expected=Words("wanted_or_hole", wanted=expected, hole=HOLE_TEXT, silent=SILENT_TEXT),
            )
            return HOLE

    @staticmethod
    def _vehicles(text: str) -> Any:
        try:
            return read_measures_text(text)
        except TextError:
            return {"vehicle_ban": text}


_SILENT: Final = (SILENT_TEXT, "-", "－", "–", "——", "/")


def _result(text: str) -> str:
    """What a result column of a table is: a level, 措施, 各级别, 运输; blank where it is none."""
    for level in _LEVELS:
        if LEVEL_TEXT[level] in text:
            return str(level)
    return next((name for name in (ONE, EVERY, VEHICLES) if text.startswith(name)), "")


def _field(text: str, *, classification: bool) -> Column | None:
    """The field a match column is about; a grade is the effective one but where grades are set."""
    for column in FIELDS.values():
        if text in (*column.headers, column.name):
            return FIELDS["effective_grade"] if column.name == "grade" and not classification else column
    return None


def _is_header(row: Sequence[str]) -> bool:
    said = [text for text in row if text]
    if any(_field(text, classification=True) for text in said):
        return any(map(_result, said))
    exact = {*(LEVEL_TEXT[level] for level in _LEVELS), ONE, EVERY}
    return bool(said) and set(said) <= exact
