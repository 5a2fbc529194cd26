"""The text of a chapter, piece by piece, with the place of each: plain text, Word, Excel, PDF with text."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import docx
from docx.document import Document
from docx.table import Table
from docx.text.paragraph import Paragraph

from alertengine.files.encoding import encoding_of
from alertengine.files.limits import Limits, check_size
from alertengine.rulebook.excel.workbook import read_workbook
from alertengine.vocabulary.problems import InputError, Problem

#: What stands for a text given on standard input.
PASTED: Final = Path("-")
_SUFFIXES: Final = (".txt", ".md", ".docx", ".xlsx", ".pdf")


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph, or the cells of one row of a table (``table`` its number from 1, 0 for a paragraph)."""

    text: str
    where: str
    table: int = 0
    cells: tuple[str, ...] = ()


def read_passages(path: Path) -> list[Passage]:
    """The passages of a text in order; lines broken in the middle of a sentence are put together again.

    A merged cell of a table says the same in all its rows and columns.

    Raises:
        InputError: another kind of file, unreadable, too large, or without text (a scanned page).

    """
    kind = path.suffix.lower()
    if path != PASTED:
        if kind not in _SUFFIXES:
            raise InputError([Problem("chapter_suffix", file=str(path), value=kind, names=_SUFFIXES)])
        if not path.is_file():
            raise InputError([Problem("chapter_absent", file=str(path))])
        check_size(path, Limits.of_environment())
    if kind == ".docx":
        found = list(_of_word(path))
    elif kind == ".xlsx":
        found = [
            Passage("", f"{name} 第{number}行", table, tuple(row))
            for table, (name, rows) in enumerate(read_workbook(path).items(), start=1)
            for number, row in enumerate(rows, start=1)
            if any(row)
        ]
    elif kind == ".pdf":
        found = list(_of_pdf(path))
    else:
        found = list(_of_text(sys.stdin.read() if path == PASTED else _decoded(path)))
    if not found:
        raise InputError([Problem("chapter_without_text", file=str(path))])
    return found


def passages_of(text: str) -> list[Passage]:
    """The passages of a pasted text; rows of a table have their cells between tabs."""
    return list(_of_text(text))


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode(encoding_of(data)).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise InputError([Problem("chapter_without_text", file=str(path))]) from None


def _of_text(text: str, page: str = "") -> Iterator[Passage]:
    """Paragraphs by their lines; lines with tabs are rows of a table."""
    held, first, table, in_table = "", 0, 0, False
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        cells = tuple(cell.strip() for cell in line.split("\t"))
        row = len(cells) > 2
        if held and (row or not line.strip() or not _goes_on(held, line)):
            yield Passage(held, page or f"第{first}行")
            held = ""
        if row:
            table += not in_table
            yield Passage("", page or f"第{number}行", table, cells)
        elif line.strip():
            first, held = (number, line.strip()) if not held else (first, held + line.strip())
        in_table = row


_ENDS: Final = re.compile(r"[。；;：:！!？?]$")
_BEGINS: Final = re.compile(
    r"^\s*(?:[（(]?[一二三四五六七八九十\d]+[）)、.．]|[①-⑳]|注|备注|\*|表\s*\d|[ABCD][+-]?(?:级|、)|非?引领性|[黄橙红]色)"
)


def _goes_on(held: str, line: str) -> bool:
    """Whether a line goes on with the one before: that one ended in the middle of a sentence, and was no heading."""
    return len(held) > 14 and not _ENDS.search(held) and not _BEGINS.match(line)


def _of_word(path: Path) -> Iterator[Passage]:
    try:
        document: Document = docx.Document(str(path))
    except Exception as error:  # noqa: BLE001 -- the library raises whatever a broken archive makes it raise
        raise InputError([Problem("chapter_unreadable", file=str(path), error=type(error).__name__)]) from None
    paragraph = table = 0
    for block in document.iter_inner_content():
        if isinstance(block, Paragraph):
            paragraph += 1
            if block.text.strip():
                yield Passage(block.text.strip(), f"第{paragraph}段")
        elif isinstance(block, Table):
            table += 1
            for number, row in enumerate(block.rows, start=1):
                cells = tuple(cell.text.strip() for cell in row.cells)
                if any(cells):
                    yield Passage("", f"表{table}第{number}行", table, cells)


def _of_pdf(path: Path) -> Iterator[Passage]:
    try:
        from pypdf import PdfReader  # an extra
        from pypdf.errors import PyPdfError
    except ImportError:
        raise InputError([Problem("pdf_reader_missing", file=str(path))]) from None
    try:
        pages = [_whole_signs(page.extract_text()) for page in PdfReader(path).pages]
    except (PyPdfError, ValueError, KeyError) as error:
        raise InputError([Problem("chapter_unreadable", file=str(path), error=type(error).__name__)]) from None
    for number, text in enumerate(pages, start=1):
        yield from _of_text(text, f"第{number}页")


#: Radicals that PDF makers write for the signs that look like them, as far as Unicode does not map them itself.
_RADICALS: Final = str.maketrans("⺠⻅⻉⻋⻓⻔⻘⻚⻛⻜⻝⻢⻣⻤⻥⻦⻩⻬⻮⻰", "民见贝车长门青页风飞食马骨鬼鱼鸟黄齐齿龙")


def _whole_signs(text: str) -> str:
    """A text with radicals as the signs that they stand for."""
    signs = (unicodedata.normalize("NFKC", sign) if "\u2f00" <= sign <= "\u2fdf" else sign for sign in text)
    return "".join(signs).translate(_RADICALS)
