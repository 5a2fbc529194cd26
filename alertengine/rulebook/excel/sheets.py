"""The sheets of a rule document: the head, one row a rule, one sheet a decision table, holes, clauses.

A sheet here is rows of texts.  Decision tables are laid out as the guides print them: what
the row is about, then a column a level.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from alertengine.rulebook.decision_tables import MISSING as HOLE
from alertengine.rulebook.decision_tables import SILENT
from alertengine.rulebook.excel.condition_text import match_text
from alertengine.rulebook.excel.draft import Draft, DraftSheet, Rows
from alertengine.rulebook.excel.measure_cells import measures_text
from alertengine.rulebook.excel.rule_rows import CLAUSE, HEAD, MISSING, RULE, Handler, from_cells, headers, to_cells
from alertengine.rulebook.excel.table_sheets import EVERY, HOLE_TEXT, ONE, SILENT_TEXT, TABLE_KEYS, TableReader
from alertengine.vocabulary import FIELDS, LEVEL_TEXT

HEAD_SHEET, SHARED_SHEET, RULE_SHEET = "文件", "通用", "规则"
MISSING_SHEET, CLAUSE_SHEET, GUIDE_SHEET = "缺项", "条款", "填写说明"
#: What a chapter read from its text says beside the rules: the sentence of each cell, and what was not read.
EVIDENCE_SHEET, LEFT_SHEET = "出处", "未读入"
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
    rows: Rows = [*([label, text] for label, text in to_cells(common, TABLE_KEYS).items()), []]
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
    named = [cells.get("条款", "") for cells, _ in shared]
    for article in {name for name in named if named.count(name) > 1}:
        draft.defect(SHARED_SHEET, None, "条款", "shared_twice", article)
    if shared:
        draft.raw["defaults"] = {name: mapping for name, (_, mapping) in zip(named, shared, strict=True)}
    rules = [mapping for _, mapping in _read_listing(draft, sheets, RULE_SHEET, RULE, named=True)]
    for rule in rules:  # of measures: a grade is the effective one, as in a decision table's column of grades
        if rule.get("kind", "classification") != "classification":
            rule.update({key: _effective(rule[key]) for key in ("when", "need") if key in rule})
    tables = [
        table
        for name, rows in sheets.items()
        if name not in _NO_TABLES and any(map(any, rows)) and (table := TableReader(draft, name, rows).read())
    ]
    missing = [mapping for _, mapping in _read_listing(draft, sheets, MISSING_SHEET, MISSING, key="missing")]
    clauses = [mapping for _, mapping in _read_listing(draft, sheets, CLAUSE_SHEET, CLAUSE, key="clauses")]
    parts = {"rules": rules, "tables": tables, "missing": missing, "clauses": clauses}
    draft.raw |= {key: value for key, value in parts.items() if value}
    return draft


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
        draft.headless(HEAD_SHEET, number, [label, label, *(rows[0][2:] if rows[0][:1] == ["项目"] else ())], row)
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
        for handler in HEAD:  # what the cell leaves unsaid is no further defect
            if one.header in handler.headers:
                places |= dict.fromkeys(handler.headers, places[one.header])
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
    key: str = "",
) -> list[tuple[dict[str, str], dict[str, Any]]]:
    """The rows of a sheet with one header row: their cells and their mappings."""
    rows = sheets.get(name, [])
    if not any(map(any, rows)):
        return []
    known = [*extra, *headers(handlers)]
    filled = [number for number, row in enumerate(rows) if any(row)]
    top = next((number for number in filled if not set(known).isdisjoint(rows[number])), filled[0])  # below a title
    draft.header(name, top + 1, rows[top], known)
    out = []
    for number, row in enumerate(rows[top + 1 :], start=top + 2):
        draft.headless(name, number, rows[top], row)
        cells = {column: text for column, text in zip(rows[top], row, strict=False) if column and text}
        if not cells:
            continue
        mapping, errors = from_cells(cells, handlers)
        draft.cell_defects(name, number, errors)
        if named:
            _place(draft, name, number, mapping)
        if key:
            draft.listed.setdefault(key, []).append((name, number))
        out.append((cells, mapping))
    return out


def _place(draft: Draft, sheet: str, row: int, mapping: dict[str, Any]) -> None:
    name = str(mapping.get("id", ""))
    if not name:
        draft.defect(sheet, row, "编号", "rule_row_without_id")
        mapping["id"] = f"row-{row}"  # so that what else is wrong with it is told too
        draft.places[mapping["id"]] = (sheet, row)
    elif name in draft.places:
        other = draft.places[name]
        draft.defect(sheet, row, "编号", "id_twice", name, first=other[1], other=other[0])
    else:
        draft.places[name] = (sheet, row)
