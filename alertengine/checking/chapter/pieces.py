"""What a text is read as: passages, each with its place; how lines of plain text become passages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph, or the cells of one row of a table (``table`` its number from 1, 0 for a paragraph).

    ``unread`` says why it cannot be read, where that is so.
    """

    text: str
    where: str
    table: int = 0
    cells: tuple[str, ...] = ()
    unread: str = ""


#: Figures set above the line, as one sign each.
FIGURES: Final = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def above_line(text: str) -> str:
    """What is set above the line, as signs that no figure of the line is taken for: 1 is ①, anything else itself."""
    said = text.strip()
    return FIGURES[int(said) - 1] if said.isascii() and said.isdigit() and 0 < int(said) <= len(FIGURES) else text


#: A cell in quotes, as Excel copies one that has lines of its own, and what stands for its line ends meanwhile.
_QUOTED: Final = re.compile(r'(?:(?<=\t)|^)"((?:[^"\t]|"")*)"(?=\t)|(?<=\t)"((?:[^"\t]|"")*)"(?=\t|$)', re.MULTILINE)
_BREAK: Final = "\x1f"
#: A row of a table with bars between its cells.
_BARS: Final = re.compile(r"\|.*\|.*\|")


def of_text(text: str, page: str = "") -> Iterator[Passage]:
    """Paragraphs by their lines; lines with tabs are rows of a table, a cell in quotes may have lines of its own."""
    held, first, number, table, in_table = "", 0, 0, 0, False
    text = _QUOTED.sub(lambda cell: (cell[1] or cell[2] or "").replace('""', '"').replace("\n", _BREAK), text)
    for line in [*text.splitlines(), ""]:
        number += 1
        bars = line.strip() if _BARS.fullmatch(line.strip()) else ""
        if bars and not re.sub(r"[|:\s-]", "", bars):
            continue  # the line under the header
        parts = bars[1:-1].split("|") if bars else line.split("\t")
        cells = tuple(cell.replace(_BREAK, "\n").strip() for cell in parts)
        # Two cells are a row of a table that goes on, or the header of one: 级别 and 措施.
        heads = re.search(r"等级|级别|分级", cells[0]) and cells[-1].endswith(("措施", "要求"))
        row = len(cells) > 2 or (len(cells) == 2 and bool(in_table or heads))
        # A line goes on with one that ended in the middle of a sentence, and was no heading.
        goes_on = len(held) > 14 and not _ENDS.search(held) and not _BEGINS.match(line)
        if held and (row or not line.strip() or not goes_on):
            yield Passage(held, page or f"第{first}行")
            held = ""
        if row:
            table += not in_table
            yield Passage("", page or f"第{number}行", table, cells)
        elif line.strip():
            first, held = (number, line.strip()) if not held else (first, held + line.strip())
        in_table = row
        number += line.count(_BREAK)


_ENDS: Final = re.compile(r"[。；;：:！!？?]$")
_BEGINS: Final = re.compile(
    r"^\s*(?:[（(]?[一二三四五六七八九十\d]+[）)、.．]|[①-⑳]|注|备注|\*|表\s*\d|[ABCD][+-]?(?:级|、)|非?引领性|[黄橙红]色)"
)
