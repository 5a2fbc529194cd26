"""A chapter pasted into the page: proposed, decided by a person, and handed back as a document. Nothing is recorded."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar

import openpyxl

from alertengine.checking import (
    EVERY_LEVEL,
    Passage,
    TextSpan,
    head_defects,
    passages_of,
    pieces_of,
    propose,
    write_form,
)
from alertengine.rulebook import EVIDENCE_SHEET, LEFT_SHEET, Rulebook, read_workbook
from alertengine.vocabulary import LEVEL_TEXT, InputError, Problem
from alertengine.web.intake import read_in_worker
from alertengine.workflow import Upload

T = TypeVar("T")
_GRADE: Final = "执行等级"
#: Signs of a sheet's name.
_SHEET: Final = 28
#: A cell by its sheet, grade and level, as the form names them.
Place = tuple[str, str, str]


@dataclass(frozen=True)
class Proposal:
    """A form (xlsx) and what stands in it: ``cells`` by the columns of the sheet 出处, ``left`` by those of 未读入.

    ``text`` is what was read, by paragraphs: words and the places in ``cells`` of what they became (none: nothing).
    """

    form: bytes
    cells: list[dict[str, str]]
    left: list[dict[str, str]]
    text: tuple[tuple[tuple[str, tuple[int, ...]], ...], ...] = ()

    @property
    def open(self) -> list[Place]:
        """The cells that a person must decide."""
        return [place_of(row) for row in self.cells if row["疑点"] or not row["读作"]]


def place_of(row: Mapping[str, str]) -> Place:
    """Where a row of 出处 stands."""
    return row["工作表"], row["等级"], row["级别"]


def proposed(
    book: Rulebook, text: str | Sequence[Passage], head: Mapping[str, Any], article: str, industry: str, process: str
) -> Proposal:
    """Read a chapter, pasted or as the passages of a file.

    Raises:
        InputError: no grade with a level was found in it, or what is said of the document would not be taken in.

    """
    if defects := head_defects({key: said for key, said in head.items() if said}, book):
        raise InputError(defects)
    passages = passages_of(text) if isinstance(text, str) else text
    chapter = propose(passages, industry, book.lists, process)
    if not chapter.cells:
        raise InputError([Problem("chapter_without_cells", where="text")])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "form.xlsx"
        write_form(chapter, head, article or industry, book.lists, path)
        found = _proposal(path)
    said = tuple(
        tuple((piece.text, _rows_of(found.cells, industry, piece)) for piece in line)
        for line in pieces_of(passages, chapter)
    )
    return replace(found, text=said)


def _rows_of(rows: Sequence[Mapping[str, str]], industry: str, piece: TextSpan) -> tuple[int, ...]:
    """Where the cells of some words stand among the rows of 出处; the shortest name is the process's own sheet."""
    out = []
    for cell in piece.cells:
        level = LEVEL_TEXT[cell.level] if cell.level else EVERY_LEVEL
        own = [
            (len(row["工作表"]), place)
            for place, row in enumerate(rows)
            if (row["等级"], row["级别"]) == (cell.grade, level)
            and row["工作表"].startswith(f"表 {industry}{cell.process}"[:_SHEET])
        ]
        out += [min(own)[1]] if own else []
    return tuple(out)


def _proposal(path: Path) -> Proposal:
    sheets = read_workbook(path)
    cells, left = (_rows(sheets.get(name, [[]])) for name in (EVIDENCE_SHEET, LEFT_SHEET))
    for row in cells:
        row["录入"] = _under(sheets.get(row.get("工作表", ""), []), str, row.get("等级", ""), row.get("级别", "")) or ""
    return Proposal(path.read_bytes(), cells, left)


def _under(rows: Iterable[Sequence[T]], text: Callable[[T], Any], grade: str, level: str) -> T | None:
    """The cell of a grade under the header row that names a level; ``text`` is what stands in one."""
    place = 0
    for row in rows:
        names = [text(cell) for cell in row]
        if names and names[0] == _GRADE:
            place = names.index(level) if level in names else 0
        elif place and names and names[0] == grade:
            return row[place] if place < len(row) else None
    return None


def filled(upload: Upload) -> Proposal:
    """What a workbook that somebody filled in shows: each cell (``录入``) beside its sentence; read in a worker.

    Raises:
        InputError: it cannot be read.

    """
    return read_in_worker(upload, _proposal)


def _rows(sheet: list[list[str]]) -> list[dict[str, str]]:
    head, *rows = sheet
    return [{name: row[place] if place < len(row) else "" for place, name in enumerate(head)} for row in rows]


def decided(proposal: Proposal, decisions: Mapping[Place, str]) -> Upload:
    """The workbook with a person's decisions: each open cell a measure, 缺项 or —."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "录入.xlsx"
        path.write_bytes(proposal.form)
        form = openpyxl.load_workbook(path)
        for (sheet, grade, level), text in decisions.items():
            if text.strip():
                cell = _under(form[sheet].iter_rows(), lambda one: one.value, grade, level)
                if cell is None:
                    raise InputError([Problem("chapter_without_cells", where=f"{sheet} {grade} {level}")])
                cell.value = text.strip()
        form.save(path)
        return Upload(path.name, path.read_bytes())
