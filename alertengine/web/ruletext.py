"""A chapter pasted into the page: proposed, decided by a person, and handed back as a document. Nothing is recorded."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import openpyxl
import yaml

from alertengine.checking import Passage, cases_yaml, orders_if, passages_of, propose, proposed_cases, write_form
from alertengine.engine import check_dialect
from alertengine.rulebook import EVIDENCE_SHEET, LEFT_SHEET, Rulebook, change_rows, read_import, read_workbook
from alertengine.vocabulary import InputError, Problem
from alertengine.web.intake import read_in_worker
from alertengine.web.lists import published_list
from alertengine.workflow import Upload

_GRADE: Final = "执行等级"
#: A cell by its sheet, grade and level, as the form names them.
Place = tuple[str, str, str]


@dataclass(frozen=True)
class Proposal:
    """A form (xlsx) and what stands in it: ``cells`` by the columns of the sheet 出处, ``left`` by those of 未读入."""

    form: bytes
    cells: list[dict[str, str]]
    left: list[dict[str, str]]

    @property
    def open(self) -> list[Place]:
        """The cells that a person must decide."""
        return [place_of(row) for row in self.cells if row["疑点"] or not row["读作"]]


@dataclass(frozen=True)
class Entered:
    """A document as decided: its files by name, what would change in the rulebook, and notes on it."""

    document: str
    text: str
    files: dict[str, bytes]
    changes: list[dict[str, Any]]
    notes: list[Problem]


def place_of(row: Mapping[str, str]) -> Place:
    """Where a row of 出处 stands."""
    return row["工作表"], row["等级"], row["级别"]


def proposed(
    book: Rulebook, text: str | Sequence[Passage], head: Mapping[str, Any], article: str, industry: str, process: str
) -> Proposal:
    """Read a chapter, pasted or as the passages of a file.

    Raises:
        InputError: no grade with a level was found in it.

    """
    passages = passages_of(text) if isinstance(text, str) else text
    chapter = propose(passages, industry, book.lists, process)
    if not chapter.cells:
        raise InputError([Problem("chapter_without_cells", where="text")])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "form.xlsx"
        write_form(chapter, head, article or industry, book.lists, path)
        return _proposal(path)


def _proposal(path: Path) -> Proposal:
    sheets = read_workbook(path)
    cells, left = (_rows(sheets.get(name, [[]])) for name in (EVIDENCE_SHEET, LEFT_SHEET))
    for row in cells:
        row["录入"] = _now(sheets.get(row.get("工作表", ""), []), row)
    return Proposal(path.read_bytes(), cells, left)


def _now(rows: list[list[str]], place: Mapping[str, str]) -> str:
    """What stands in the cell of a grade under the header that names a level; blank where there is none."""
    column = 0
    for row in rows:
        if row and row[0] == _GRADE:
            column = row.index(place["级别"]) if place["级别"] in row else 0
        elif column and row and row[0] == place["等级"]:
            return row[column] if column < len(row) else ""
    return ""


def filled(upload: Upload) -> Proposal:
    """What a workbook that somebody filled in shows: each cell (``录入``) beside its sentence; read in a worker.

    Raises:
        InputError: it cannot be read.

    """
    return read_in_worker(upload, _proposal)


def _rows(sheet: list[list[str]]) -> list[dict[str, str]]:
    head, *rows = sheet
    return [{name: row[place] if place < len(row) else "" for place, name in enumerate(head)} for row in rows]


def entered(book: Rulebook, proposal: Proposal, decisions: Mapping[Place, str]) -> Entered:
    """The document that a person's decisions make: each open cell a measure, 缺项 or —.

    Raises:
        InputError: a cell is open still or cannot be read, or the head lacks something; each is named.

    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "录入.xlsx"
        path.write_bytes(proposal.form)
        form = openpyxl.load_workbook(path)
        for (sheet, grade, level), text in decisions.items():
            if text.strip():
                _cell(form[sheet], grade, level).value = text.strip()
        form.save(path)
        return _entered(book, path)


def checked(book: Rulebook, upload: Upload, by: str, on: date) -> Entered:
    """A document that somebody entered, checked against its text by another person.

    Raises:
        InputError: it cannot be read, or the same person entered it.

    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / upload.plain_name
        path.write_bytes(upload.data)
        return _entered(book, path, {"checked_by": by, "checked_on": str(on)})


def _entered(book: Rulebook, path: Path, checked: Mapping[str, str] = MappingProxyType({})) -> Entered:
    found = read_import(book, path, check_dialect, checked)
    cases = cases_yaml(proposed_cases(yaml.safe_load(found.text), book.lists), f"{found.document}.yaml")
    files = {f"{found.document}.yaml": found.text.encode(), f"{found.document}.test.yaml": cases.encode()}
    if not checked:  # the workbook does not say who checked it
        files = {f"{found.document}.xlsx": path.read_bytes(), **files}
    return Entered(found.document, found.text, files, change_rows(found.changes), found.notes)


def orders_changed(path: Path, rules: tuple[Path, ...], document: str, text: str, act: int) -> dict[str, Any]:
    """Whose orders on a published list would change if the document counted.

    Args:
        path: the ledger.
        rules: folders of rules beside the shipped ones.
        document: id of the document.
        text: its YAML.
        act: the act that published the list.

    Returns:
        ``day`` of the law, ``lines`` of ``OrderChanges`` and ``counts`` by level.

    Raises:
        InputError: the list is gone or cannot be read.

    """
    with published_list(path, act) as listed:
        found, day = orders_if(rules, document, text, listed)
    return {"day": str(day), "lines": found.lines, "counts": found.counts()}


def _cell(sheet: Any, grade: str, level: str) -> Any:
    """The cell of a grade under the header row that names a level."""
    place = 0
    for row in sheet.iter_rows():
        names = [cell.value for cell in row]
        if names and names[0] == _GRADE:
            place = names.index(level) if level in names else 0
        elif place and names and names[0] == grade:
            return row[place]
    raise InputError([Problem("chapter_without_cells", where=f"{sheet.title} {grade} {level}")])
