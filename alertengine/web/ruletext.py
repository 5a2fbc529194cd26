"""A chapter pasted into the page: proposed, decided by a person, and handed back as a document. Nothing is recorded."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import yaml

from alertengine.checking.chapter.cases import cases_yaml, proposed_cases
from alertengine.checking.chapter.form import write_form
from alertengine.checking.chapter.passages import passages_of
from alertengine.checking.chapter.propose import propose
from alertengine.engine.dialect import check_dialect
from alertengine.rulebook.book import Rulebook
from alertengine.rulebook.differences import change_rows
from alertengine.rulebook.excel.exchange import read_import
from alertengine.rulebook.excel.sheets import EVIDENCE_SHEET, LEFT_SHEET
from alertengine.rulebook.excel.workbook import read_workbook
from alertengine.vocabulary.problems import InputError, Problem

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
    """A document as decided: its files by name, and what would change in the rulebook."""

    document: str
    files: dict[str, bytes]
    changes: list[dict[str, Any]]


def place_of(row: Mapping[str, str]) -> Place:
    """Where a row of 出处 stands."""
    return row["工作表"], row["等级"], row["级别"]


def proposed(book: Rulebook, text: str, head: Mapping[str, Any], article: str, industry: str, process: str) -> Proposal:
    """Read a pasted chapter.

    Raises:
        InputError: no grade with a level was found in it.

    """
    chapter = propose(passages_of(text), industry, book.lists, process)
    if not chapter.cells:
        raise InputError([Problem("chapter_without_cells", where="text")])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "form.xlsx"
        write_form(chapter, head, article or industry, book.lists, path)
        sheets = read_workbook(path)
        return Proposal(path.read_bytes(), _rows(sheets[EVIDENCE_SHEET]), _rows(sheets[LEFT_SHEET]))


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
        filled = openpyxl.load_workbook(path)
        for (sheet, grade, level), text in decisions.items():
            if text.strip():
                _cell(filled[sheet], grade, level).value = text.strip()
        filled.save(path)
        found = read_import(book, path, check_dialect)
        cases = cases_yaml(proposed_cases(yaml.safe_load(found.text), book.lists), f"{found.document}.yaml")
        files = {
            f"{found.document}.xlsx": path.read_bytes(),
            f"{found.document}.yaml": found.text.encode(),
            f"{found.document}.test.yaml": cases.encode(),
        }
    return Entered(found.document, files, change_rows(found.changes))


def _cell(sheet: Any, grade: str, level: str) -> Any:
    """The cell of a grade under the header row that names a level."""
    place = 0
    for row in sheet.iter_rows():
        names = [cell.value for cell in row]
        if names and names[0] == "执行等级":
            place = names.index(level) if level in names else 0
        elif place and names and names[0] == grade:
            return row[place]
    raise InputError([Problem("chapter_without_cells", where=f"{sheet.title} {grade} {level}")])
