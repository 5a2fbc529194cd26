"""Word documents as passages: paragraphs and tables in order, figures above the line and footnotes as marks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.table import Table, _Cell

from alertengine.checking.chapter.pieces import Passage, above_line
from alertengine.vocabulary import InputError, Problem, foreign

#: What does not stand where it is written: moved or deleted text, and what older programs show of a drawing.
_ELSEWHERE: Final = (
    qn("w:moveFrom"), qn("w:del"), "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
)  # fmt: skip
_NOTES: Final = {"footnotes": "footnote", "endnotes": "endnote"}


def of_word(path: Path) -> Iterator[Passage]:
    """The passages of a .docx.

    Raises:
        InputError: it cannot be opened.

    """
    try:
        document: Document = docx.Document(str(path))
        notes, blocks = _notes(document), list(_blocks(document.element.body))
    except Exception as error:  # noqa: BLE001 -- the library raises whatever a broken archive makes it raise
        raise InputError([Problem("chapter_unreadable", file=str(path), error=foreign(error))]) from None
    words = _Words()
    paragraph = table = 0
    for block in blocks:
        where = ""
        if block.tag == qn("w:p"):
            paragraph += 1
            where = f"第{paragraph}段"
            if text := words.of(block).strip():
                yield Passage(text, where)
        else:
            table += 1
            where = f"表{table}"
            yield from _table(Table(block, document), table, words)
        for inner in (one for box in _boxes(block) for one in _blocks(box)):
            if inner.tag == qn("w:tbl"):
                table += 1
                yield from _table(Table(inner, document), table, words)
            elif text := words.of(inner).strip():
                yield Passage(text, f"{where}的文本框")
    for number, name in enumerate(words.notes, start=1):
        if text := notes.get(name, ""):
            yield Passage(f"{above_line(str(number))}{text}", f"脚注{number}")


def _boxes(element: Any) -> Iterator[Any]:
    """The text boxes that stand in a block, each once: what older programs show in their place is left out."""
    for child in element:
        if child.tag == qn("w:txbxContent"):
            yield child
        elif child.tag not in _ELSEWHERE:
            yield from _boxes(child)


def _runs(element: Any) -> Iterator[Any]:
    """The runs of a paragraph that are its text: no text box, nothing moved away or shown to older programs."""
    for child in element:
        if child.tag == qn("w:r"):
            yield child
        if child.tag != qn("w:txbxContent") and child.tag not in _ELSEWHERE:
            yield from _runs(child)


def _blocks(element: Any) -> Iterator[Any]:
    """Paragraphs and tables in order, those of content controls and of insertions not yet accepted among them."""
    for child in element:
        if child.tag in (qn("w:p"), qn("w:tbl")):
            yield child
        elif child.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins")):
            yield from _blocks(child)


def _table(table: Table, number: int, words: _Words) -> Iterator[Passage]:
    said: dict[Any, str] = {}  # a merged cell is one element in all its places

    def text(cell: _Cell) -> str:
        key = cell._tc  # noqa: SLF001 -- only the element tells a merged cell from its neighbours
        if key not in said:
            said[key] = "\n".join(filter(None, (words.of(one).strip() for one in key.iterchildren(qn("w:p")))))
        return said[key]

    for place, row in enumerate(table.rows, start=1):
        where = f"表{number}第{place}行"
        cells = tuple(text(cell) for cell in row.cells)
        if any(cells):
            yield Passage("", where, number, cells)
        for cell in dict.fromkeys(row.cells):
            for inner in cell.tables:
                shown = "；".join(one.text.strip() for part in inner.rows for one in part.cells if one.text.strip())
                if shown:
                    yield Passage(shown, where, unread="单元格里的表未读入")


class _Words:
    """The words of paragraphs; ``notes`` are the notes at the foot that they lead to, in order."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def of(self, paragraph: Any) -> str:
        """The text of a paragraph."""
        parts = []
        for run in _runs(paragraph):
            raised = run.find(f"{qn('w:rPr')}/{qn('w:vertAlign')}")
            text = "".join(self._piece(one) for one in run)
            up = raised is not None and raised.get(qn("w:val")) == "superscript"
            parts.append(above_line(text) if up else text)
        return "".join(parts)

    def _piece(self, element: Any) -> str:
        if element.tag == qn("w:t"):
            return element.text or ""
        if element.tag in (qn("w:br"), qn("w:cr")):
            return "\n"
        if element.tag == qn("w:tab"):
            return " "
        if element.tag == qn("w:noBreakHyphen"):
            return "-"  # B-级
        if element.tag in (qn(f"w:{name}Reference") for name in _NOTES.values()):
            name = f"{element.tag.rpartition('}')[2].removesuffix('Reference')} {element.get(qn('w:id'))}"
            if name not in self.notes:
                self.notes.append(name)
            return above_line(str(self.notes.index(name) + 1))
        return ""


def _notes(document: Document) -> dict[str, str]:
    """The notes at the foot and at the end of a document, by kind and number."""
    out = {}
    for relation in document.part.rels.values():
        kind = _NOTES.get(relation.reltype.rpartition("/")[2])
        if kind is None or relation.is_external:
            continue
        for note in parse_xml(relation.target_part.blob).iter(qn(f"w:{kind}")):
            text = "".join(one.text or "" for one in note.iter(qn("w:t"))).strip()
            out[f"{kind} {note.get(qn('w:id'))}"] = text
    return out
