"""Rule documents as Excel workbooks, and back without loss.

Exporting reads its own workbook back and compares before it is done.  Importing collects
every defect by sheet, row and column, loads the document like any file, and says what would
change; it writes only when told to.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from alertengine.files import Findings, read_yaml, replacing, replacing_text, suffix_of
from alertengine.rulebook._nearest import nearest
from alertengine.rulebook.book import Rulebook
from alertengine.rulebook.conditions import ConditionError, ConditionReader
from alertengine.rulebook.decision_tables import TableError, expand
from alertengine.rulebook.differences import Change, Side, book_changes
from alertengine.rulebook.excel.condition_text import match_text
from alertengine.rulebook.excel.draft import Draft
from alertengine.rulebook.excel.plan_form import FORM_GUIDE, Form, is_form, read_form
from alertengine.rulebook.excel.plan_rows import COUNTY, PARTS
from alertengine.rulebook.excel.rule_rows import CLAUSE, ENTERED, HEAD, MISSING, OTHER, RULE
from alertengine.rulebook.excel.sheets import HEAD_SHEET, document_sheets
from alertengine.rulebook.excel.workbook import read_workbook, write_workbook
from alertengine.rulebook.load import DocumentLoader, Loaded
from alertengine.rulebook.places_and_lists import OpenLists
from alertengine.rulebook.schema import Document, LineRule
from alertengine.rulebook.yaml_update import text_of, updated_yaml
from alertengine.rulebook.yaml_writer import document_yaml
from alertengine.vocabulary import FIELDS, EngineError, InputError, Problem, gathering, problems_as

#: Parts of a decision table, and how the loader names their rows.
_GRIDS: Final = (("rows", ""), ("all_levels", "all_levels "))
#: Parts of a loader's complaint about a rule, and the column it is about.
_COLUMNS: Final = (
    {key: handler.headers[0] for part in PARTS for handler in part.handlers for key in handler.keys}
    | {key: handler.headers[0] for handler in RULE for key in handler.keys}
    | {"measures": "措施", "trigger.cities": "几个城市", "trigger.level": "达到级别"}
)
_HEADS: Final = {key: handler.headers[0] for handler in HEAD for key in handler.keys} | {
    f"{handler.keys[0]}.{part}": header
    for handler in HEAD
    for part, header in zip(ENTERED if len(handler.headers) > 2 else ("from", "to"), handler.headers, strict=False)
}

_LISTED: Final = {
    name: {key: handler.headers[0] for handler in handlers for key in handler.keys}
    for name, handlers in (("missing", MISSING), ("clauses", CLAUSE))
}


def export_document(book: Rulebook, name: str, target: Path) -> None:
    """Write a document of the rulebook as a workbook.

    Raises:
        InputError: no such document, or the file cannot be written.
        EngineError: the workbook would not read back as the same rules.

    """
    if name not in book.documents:
        near = nearest(name, {one: one for one in book.documents}) or tuple(book.documents)
        raise InputError([Problem("adopt_no_document", where="rules", value=name, names=near)])
    suffix_of(target, ".xlsx")
    raw = read_yaml(Path(book.documents[name].file))
    sheets = document_sheets(raw)

    def write(path: Path) -> None:
        write_workbook(sheets, path)
        _prove(book, name, path)

    replacing(target, write)


def write_plan_form(book: Rulebook, form: Form, known: Loaded | None, target: Path) -> None:
    """Write the form of a plan as a workbook.

    Args:
        book: the rulebook it is read against.
        form: as made of the document, or of nothing.
        known: the document it was made of: the form must read back as the same rules.
        target: the .xlsx to write.

    Raises:
        InputError: the file cannot be written.
        EngineError: the form would not read back as the same rules.

    """
    suffix_of(target, ".xlsx")

    def write(path: Path) -> None:
        write_workbook(form.sheets, path, FORM_GUIDE, form.choices)
        if known is not None:
            draft = read_form(read_workbook(path), path.name)
            left = draft.problems or differences(known, _loaded(book, draft))
            if lost := [str(one) for one in left if one != "head"]:  # a hole may be declared in other words
                raise EngineError(f"{target.name} would not read back as the same rules: {'; '.join(lost[:3])}")

    replacing(target, write)


def _prove(book: Rulebook, name: str, path: Path) -> None:
    """Read a workbook back and see that it loads to the same document."""
    draft = read_form(read_workbook(path), path.name)
    if draft.problems:
        raise EngineError(f"{name} cannot be exported: {'; '.join(map(str, draft.problems[:3]))}")
    if lost := differences(_on_file(book, name), _loaded(book, draft)):
        raise EngineError(f"{name} cannot be exported without loss: {'; '.join(lost[:3])}")


def _on_file(book: Rulebook, name: str) -> Loaded:
    return DocumentLoader(book.lists, book.layers).load(Path(book.documents[name].file))


def differences(one: Loaded, other: Loaded) -> list[str]:
    """In what two loaded documents differ, their file aside; empty where they are the same law."""
    out = []
    if one.document.model_copy(update={"file": ""}) != other.document.model_copy(update={"file": ""}):
        out.append("head")
    rules, others = ({rule.id: rule for rule in side.rules} for side in (one, other))
    out += [f"rule {name}" for name in {**rules, **others} if rules.get(name) != others.get(name)]
    holes, more = (list(side.holes) for side in (one, other))
    return out + ([] if len(holes) == len(more) and all(h in more for h in holes) else ["declared holes"])


# -- from a workbook


@dataclass(slots=True)
class Import:
    """A workbook read, checked and compared: the text of its file, and what would change; ``form``: a city's plan."""

    document: str
    text: str
    changes: list[Change]
    rules: int
    head: Document
    notes: list[Problem] = field(default_factory=list)
    form: bool = False


def read_import(
    book: Rulebook, path: Path, accepts: Callable[[LineRule], None], checked: Mapping[str, str] = MappingProxyType({})
) -> Import:
    """Read a workbook as a document of a rulebook, checked by loading it.

    Args:
        book: the rulebook that it would join.
        path: the workbook.
        accepts: raises an :class:`EngineError` for a rule that the engine cannot match.
        checked: who checked it against its text, and when (``checked_by``, ``checked_on``), where that is said now.

    Raises:
        InputError: with every defect, each naming sheet, row, column, value and what was expected.

    """
    findings = Findings(str(path))
    sheets = read_workbook(path, findings)
    draft = read_form(sheets, str(path))
    if checked:
        draft.raw["entered"] = {**draft.raw.get("entered", {}), **checked}
    _in_vocabulary(draft.raw, book.lists)
    notes = findings.warnings + [Problem("blank_holes", file=draft.file, count=draft.blanks)] * bool(draft.blanks)
    notes += _counties(draft, book.lists)
    known = book.documents.get(str(draft.raw.get("document")))
    text = updated_yaml(text_of(known.file if known else None), draft.raw, f"Imported from {path.name}.")
    found = _import(book, draft, _checked(book, draft), text, accepts, notes)
    return replace(found, form=is_form(sheets))


def _counties(draft: Draft, lists: OpenLists) -> list[Problem]:
    """Defects of counties that their city does not have; told are those that stand twice."""
    area = draft.raw.get("area")
    city = (lists.standard_name("places", area if isinstance(area, str) else "") or "").partition("/")[0]
    seen: dict[str, int] = {}
    told = []
    for text, row in draft.counties:
        found = lists.recognise_county(city, text)
        if found.name is None:
            names = found.candidates or lists.counties.of(city)
            draft.defect(COUNTY.sheet, row, "区县", "plan_county_unknown", text, city=city, names=names)
        elif (first := seen.setdefault(found.name, row)) != row:
            place: dict[str, Any] = {"file": f"{draft.file} [{COUNTY.sheet}]", "row": row, "column": "区县"}
            told.append(Problem("plan_county_twice", value=text, first=first, **place))
    return told


def _in_vocabulary(raw: Mapping[str, Any], lists: OpenLists) -> None:
    """Put the vocabulary's names in the place of other spellings of periods, industries, processes (供暖季, 炼焦)."""
    shared = raw.get("defaults")
    parts = [*raw.get("rules", []), *raw.get("tables", []), *(shared.values() if isinstance(shared, dict) else [])]
    for part in parts:
        name = lists.periods.name_of(str(part.get("during") or ""))
        if name:
            part["during"] = name
        part |= {key: _named(part[key], lists) for key in ("when", "need") if key in part}
        for row in (row for key, _ in _GRIDS for row in part.get(key) or []):
            for at, name in enumerate(part.get("match") or []):
                row[at] = _named({name: row[at]}, lists)[name]


def _named(when: Any, lists: OpenLists, table: str = "") -> Any:
    """A condition with the vocabulary's names in it; ``table``: of what open list its texts are."""
    if isinstance(when, list):
        return [_named(one, lists, table) for one in when]
    if isinstance(when, dict):
        own = {key: FIELDS[key].open_list if key in FIELDS else table for key in when}
        return {key: _named(value, lists, own[key]) for key, value in when.items()}
    known = isinstance(when, str) and table not in ("", "sectors")
    return (lists.recognise(table, when).name or when) if known else when


def import_text(book: Rulebook, text: str, file: str, accepts: Callable[[LineRule], None]) -> Import:
    """Read the text of a document as :func:`read_import` reads a workbook; ``file`` names it in messages.

    Raises:
        InputError: with every defect, each naming rule and field.

    """
    with tempfile.TemporaryDirectory() as folder, problems_as(lambda problem: problem.at(file=file)):
        path = Path(folder) / "document.yaml"
        path.write_bytes(text.encode())
        loaded = DocumentLoader(book.lists, book.layers).load(path)
    return _import(book, Draft(file), loaded, text, accepts, [])


def _import(
    book: Rulebook, draft: Draft, loaded: Loaded, text: str, accepts: Callable[[LineRule], None], notes: list[Problem]
) -> Import:
    """A document that loads, held against the rulebook that it would join."""
    name = loaded.document.document
    problems = [
        _id_twice(draft, rule.id, book.rules[rule.id].document)
        for rule in loaded.rules
        if rule.id in book.rules and book.rules[rule.id].document != name
    ]
    twice = [rule for rule, count in Counter(rule.id for rule in loaded.rules).items() if count > 1]
    if twice:
        raise InputError([*problems, *(_id_twice(draft, rule, name) for rule in twice)])
    new = Rulebook(book.lists, book.layers, [loaded])
    problems += _outside_dialect(draft, new, accepts)
    if problems:
        raise InputError(problems)
    head = loaded.document
    if head.entered is not None and head.source == "primary" and not head.entered.checked:
        notes.append(Problem("entered_unchecked", file=draft.file))
    old = [_on_file(book, name)] if name in book.documents else []
    changes = book_changes(Side(Rulebook(book.lists, book.layers, old)), Side(new))
    return Import(name, text, changes, len(loaded.rules), head, notes)


def _id_twice(draft: Draft, rule: str, other: str) -> Problem:
    return _placed(draft, Problem("rule_id_twice", file=draft.file, column=f"rule {rule}", other=other))


def target_file(book: Rulebook, name: str, folder: Path, *, alone: bool = False) -> Path:
    """Where a document of a folder of rules stands or would stand.

    ``alone``: it may stand in no other folder too, so that the folder can be read beside the others.

    Raises:
        InputError: it does.

    """
    if name in book.documents:
        file = Path(book.documents[name].file)
        if file.resolve().is_relative_to(folder.resolve()):
            return file
        if alone:
            raise InputError([Problem("document_elsewhere", file=str(file), value=name)])
    return folder / f"{name}.yaml"


def write_import(found: Import, target: Path) -> None:
    """Write the document's file, whole or not at all."""
    replacing_text(target, found.text)


def _checked(book: Rulebook, draft: Draft) -> Loaded:
    """The draft loaded; every defect of its cells and of its rules at once."""
    _about_cells(book, draft)
    problems = list(draft.problems)
    with gathering(problems):
        loaded = _loaded(book, draft)
        if not problems:
            return loaded
    own, rest = problems[: len(draft.problems)], problems[len(draft.problems) :]
    unread = {(problem.file, problem.row) for problem in own}  # of these rows the loader's complaints say nothing more
    raise InputError(list(dict.fromkeys([*own, *(one for one in rest if (one.file, one.row) not in unread)])))


def _about_cells(book: Rulebook, draft: Draft) -> None:
    """Defects of decision tables whose values no list could hold, cell by cell."""
    reader = ConditionReader(book.lists)
    for table, _, row, (sheet, place) in _grid_rows(draft):
        for name, value in zip(table.get("match", ()), row, strict=False):
            try:
                reader.read({} if value == "*" else {name: value})
            except ConditionError as error:
                column, said = FIELDS[name].text, match_text(FIELDS[name], value)
                draft.defect(sheet, place, column, "rule_refused", said, error=error)


def _grid_rows(draft: Draft) -> Iterator[tuple[dict[str, Any], str, list[Any], tuple[str, int]]]:
    """The rows of its decision tables: table, part of it, row, and where that stands."""
    for table in draft.raw.get("tables", []):
        for key, prefix in _GRIDS:
            for number, row in enumerate(table.get(key) or [], start=1):
                yield table, key, row, draft.places[f"{table['id']} {prefix}row {number}"]


def _loaded(book: Rulebook, draft: Draft) -> Loaded:
    """The draft loaded from the very text that would be written."""
    with tempfile.TemporaryDirectory() as folder, problems_as(lambda problem: _placed(draft, problem)):
        file = Path(folder) / "document.yaml"
        file.write_text(document_yaml({"document": "", **draft.raw}), encoding="utf-8")
        return DocumentLoader(book.lists, book.layers).load(file)


def _outside_dialect(draft: Draft, book: Rulebook, accepts: Callable[[LineRule], None]) -> list[Problem]:
    problems = []
    for rule in book.line_rules():
        try:
            accepts(rule)
        except EngineError as error:
            problems.append(
                _placed(draft, Problem("rule_refused", file=draft.file, column=f"rule {rule.id} when", error=error))
            )
    return problems


def _placed(draft: Draft, problem: Problem) -> Problem:
    """A complaint of the loader, said by sheet, row and column of the workbook."""
    named = [re.escape(name) for name in draft.places if problem.column.startswith(f"rule {name}")]
    rule = re.match(rf"rule ({max(named, key=len, default='')}\S*)\s*(\S*)", problem.column)
    table = re.match(r"(\S+(?: all_levels)? row \d+)", problem.column)
    if rule:
        sheet, row, column = _place_of(draft, rule[1])
        key = re.split(r"[.\s]", rule[2])[0]
        column = _COLUMNS.get(rule[2]) or _COLUMNS.get(key, column)
        if key and key not in _COLUMNS and problem.code in ("unknown_key", "unknown_key_among"):
            problem, column = problem.at(value=rule[2]), OTHER
    elif table and table[1] in draft.places:
        (sheet, row), column = draft.places[table[1]], ""
    elif f"table {problem.column}" in draft.places:
        (sheet, row), column = draft.places[f"table {problem.column}"], ""
    else:
        key = problem.column.removeprefix("head").strip().partition(" ")[0]
        item = re.fullmatch(r"(missing|clauses)\.(\d+)\.?(\w*).*", key)
        if item and int(item[2]) < len(draft.listed.get(item[1], ())):
            sheet, listed = draft.listed[item[1]][int(item[2])]
            return problem.at(file=f"{draft.file} [{sheet}]", row=listed, column=_LISTED[item[1]].get(item[3], item[3]))
        column = _HEADS.get(key) or _HEADS.get(key.partition(".")[0], key)
        sheet, row = draft.places.get(f"head {column}", (HEAD_SHEET, None))
    file = f"{draft.file} [{sheet}]" if sheet else draft.file
    return problem.at(file=file, row=row, column=column)


def _place_of(draft: Draft, rule: str) -> tuple[str, int | None, str]:
    """Where a rule stands: its row, or the row and level of the decision table that made it."""
    if rule in draft.places:
        return (*draft.places[rule], "编号")
    for table, key, row, place in _grid_rows(draft):
        try:
            made = expand({**table, "rows": [], "all_levels": [], key: [row]}).rules
        except TableError:
            continue
        if any(one["id"] == rule for one in made):
            return (*place, "")
    return "", None, ""
