"""PDF with text as passages: tables by their rules, the text between them; a table without rules is said, not read."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

from alertengine.checking.chapter.pieces import Passage, above_line, of_text
from alertengine.files import Limits
from alertengine.vocabulary import InputError, Problem, foreign

#: A line that is the header of a table whose columns nothing parts.
_NO_RULES: Final = re.compile(
    r"(?:[黄橙红]色\S{0,6}|[黄橙红])(?:\s+(?:[黄橙红]色\S{0,6}|[黄橙红])){1,2}(?:\s|$)"
    r"|(?:非?绩?效?引领性|[ABCD][+-]?\s?级)(?:企业)?(?:\s+(?:非?引领性|[ABCD][+-]?\s?级)(?:企业)?)+(?:\s|$)"
)
_PAGE_NUMBER: Final = re.compile(r"^\s*[-—–]*\s*\d{1,4}\s*[-—–]*\s*$")
_HEADER: Final = re.compile(r"\s*(?:[黄橙红]色.{0,12}|非?引领性.{0,4}|[ABCD][+-]?级.{0,6})\s*")
#: A figure is set above the line where it is so much smaller than the page's letters.
_SMALL: Final = 0.8


def of_pdf(path: Path, limits: Limits) -> Iterator[Passage]:
    """The passages of a .pdf.

    Raises:
        InputError: it cannot be opened, has too many pages, or the extra ``pdf`` is not installed.

    """
    try:
        import pdfplumber  # an extra
        from pdfminer.pdfpage import PDFPage
    except ImportError:
        raise InputError([Problem("pdf_reader_missing", file=str(path))]) from None
    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # what it supposes of odd pages is no message of ours
    try:
        with path.open("rb") as file, pdfplumber.open(file) as pdf:
            count = sum(1 for _ in islice(PDFPage.create_pages(pdf.doc), limits.pages + 1))
            if count > limits.pages:
                raise limits.too_much(path, "pages", count)
            yield from _passages(pdf.pages)
    except (InputError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 -- of a broken file its readers raise errors of every kind
        raise InputError([Problem("chapter_unreadable", file=str(path), error=foreign(error))]) from None


def _passages(pages: Sequence[Any]) -> Iterator[Passage]:
    number, header, open_width = 0, tuple[str, ...](), 0
    for place, page in enumerate(pages, start=1):
        _raise_figures(page)
        where = f"第{place}页"
        for kind, part in _parts(page):
            if kind == "text":
                open_width = 0
                yield from _lines(part, where)
                continue
            heads = sum(bool(_HEADER.fullmatch(text)) for text in dict.fromkeys(part[0])) > 1
            goes_on = open_width == len(part[0]) and (part[0] == header or not heads)
            number += not goes_on
            rows = part[1:] if goes_on and part[0] == header else part
            header = header if goes_on else part[0]
            open_width = len(part[0])
            yield from (Passage("", f"{where}表{number}第{n}行", number, row) for n, row in enumerate(rows, start=1))
        page.close()


def _parts(page: Any) -> Iterator[tuple[str, Any]]:
    """The tables of a page and the text between them, from the top down."""
    tables = sorted(
        (one for one in page.find_tables() if len(one.rows) > 1 and max(len(row.cells) for row in one.rows) > 1),
        key=lambda t: t.bbox[1],
    )
    top = page.bbox[1]
    for table in tables:
        if table.bbox[1] < top:  # within the one before
            continue
        yield from _text(page, top, table.bbox[1])
        yield "table", _rows(table)
        top = table.bbox[3]
    yield from _text(page, top, page.bbox[3])


def _text(page: Any, top: float, bottom: float) -> Iterator[tuple[str, str]]:
    if bottom - top <= 1:
        return
    said = page.filter(lambda one: top <= (one["top"] + one["bottom"]) / 2 < bottom).extract_text() or ""
    text = "\n".join(line for line in _whole_signs(said).splitlines() if not _PAGE_NUMBER.match(line))
    if text.strip():
        yield "text", text


def _rows(table: Any) -> list[tuple[str, ...]]:
    """The texts of a table; a merged cell says the same in all its places."""
    cells = zip((box for row in table.rows for box in row.cells), chain.from_iterable(table.extract()), strict=True)
    texts = {box: _whole_signs(text or "").strip() for box, text in cells if box is not None}
    boxes = list(texts)
    lefts, tops = sorted({box[0] for box in boxes}), sorted({box[1] for box in boxes})

    def at(left: float, top: float) -> str:
        held = (box for box in boxes if box[0] <= left + 1 < box[2] and box[1] <= top + 1 < box[3])
        return texts.get(next(held, ()), "")

    return [tuple(at(left, top) for left in lefts) for top in tops]


def _lines(text: str, where: str) -> Iterator[Passage]:
    """The paragraphs of a text; from the header of a table without rules on, what cannot be read."""
    lines = text.splitlines()
    at = next((place for place, line in enumerate(lines) if _NO_RULES.search(line)), len(lines))
    yield from of_text("\n".join(lines[:at]), where)
    why = "PDF里的表没有框线，分不清栏；请用Word或Excel的表，或从中复制粘贴"
    yield from (Passage(line, where, unread=why) for line in lines[at:] if line.strip())


def _raise_figures(page: Any) -> None:
    """Write figures above the line as signs of their own."""
    sizes = Counter(round(char["size"], 1) for char in page.chars if not char["text"].isspace())
    if not sizes:
        return
    usual = sizes.most_common(1)[0][0]
    for char in page.chars:
        if char["text"].isdigit() and char["size"] < usual * _SMALL:
            char["text"] = above_line(char["text"])


#: Radicals that PDF makers write for the signs that look like them, as far as Unicode does not map them itself.
_RADICALS: Final = str.maketrans("⺠⻅⻉⻋⻓⻔⻘⻚⻛⻜⻝⻢⻣⻤⻥⻦⻩⻬⻮⻰", "民见贝车长门青页风飞食马骨鬼鱼鸟黄齐齿龙")


def _whole_signs(text: str) -> str:
    """A text with radicals as the signs that they stand for."""
    signs = (unicodedata.normalize("NFKC", sign) if "\u2f00" <= sign <= "\u2fdf" else sign for sign in text)
    return "".join(signs).translate(_RADICALS)
