"""The text of a chapter, piece by piece, with the place of each: plain text, Word, Excel, csv, PDF with text."""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path
from typing import Final

from alertengine.checking.chapter.of_pdf import of_pdf
from alertengine.checking.chapter.of_word import of_word
from alertengine.checking.chapter.pieces import Passage, of_text
from alertengine.files import Findings, Limits, check_document, csv_rows, encoding_of, no_file
from alertengine.rulebook import read_workbook
from alertengine.vocabulary import InputError, Problem

#: What stands for a text given on standard input.
PASTED: Final = Path("-")
_SUFFIXES: Final = (".txt", ".md", ".csv", ".docx", ".xlsx", ".pdf")
#: Why what was read of a hidden sheet, row or column stands among what is left to a person.
_HIDDEN: Final = "须核对是否应录入"
#: How workbooks begin, those of old Excel too, which are told as such.
_WORKBOOKS: Final = (b"PK", b"\xd0\xcf")


def read_passages(path: Path) -> list[Passage]:
    """The passages of a text in order; lines broken in the middle of a sentence are put together again.

    A merged cell of a table says the same in all its rows and columns.

    Raises:
        InputError: another kind of file, unreadable, too large, or without text (a scanned page).

    """
    kind, limits = path.suffix.lower(), Limits.of_environment()
    if path != PASTED:
        if kind not in _SUFFIXES and not path.is_dir():
            raise InputError([Problem("chapter_suffix", file=str(path), value=kind, names=_SUFFIXES)])
        if not path.is_file():
            raise InputError([no_file(path, "chapter_absent", names=_SUFFIXES)])
        check_document(path, limits)
    if kind in (".xlsx", ".csv"):
        with path.open("rb") as file:  # whatever the name says
            kind = ".xlsx" if file.read(2) in _WORKBOOKS else ".csv"
    if kind == ".docx":
        found = [*islice(of_word(path), limits.passages + 1)]
    elif kind == ".xlsx":
        findings = Findings(str(path))
        found = [
            Passage("", f"{name} 第{number}行", table, tuple(row))
            for table, (name, rows) in enumerate(read_workbook(path, findings).items(), start=1)
            for number, row in enumerate(rows, start=1)
            if any(row)
        ]
        hidden = [Passage(one.words("zh")[0], one.sheet or path.name, unread=_HIDDEN) for one in findings.warnings]
        found = [*hidden, *found] if found else []
    elif kind == ".csv":
        found = [
            Passage("", f"第{number}行", 1, tuple(cell.strip() for cell in row))
            for number, row in enumerate(csv_rows(path), start=1)
            if any(map(str.strip, row))
        ]
    elif kind == ".pdf":
        found = [*islice(of_pdf(path, limits), limits.passages + 1)]
    else:
        found = list(of_text(sys.stdin.read() if path == PASTED else _decoded(path)))
    if len(found) > limits.passages:
        raise limits.too_much(path, "passages", len(found))
    if not found:
        raise InputError([Problem("chapter_without_text", file=str(path))])
    return found


def passages_of(text: str) -> list[Passage]:
    """The passages of a pasted text; rows of a table have their cells between tabs."""
    return list(of_text(text))


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode(encoding_of(data)).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise InputError([Problem("chapter_without_text", file=str(path))]) from None
