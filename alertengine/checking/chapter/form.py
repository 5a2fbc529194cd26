"""The form of a chapter: a workbook of rules in which every cell is filled, open, or declared missing.

It is the workbook of ``rules export``: what a person leaves in it is what ``rules import`` reads.  A cell of which the
reader is not sure begins with a mark, and no import takes a cell with a mark.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from alertengine.checking.chapter.measures import SELF_DIRECTED
from alertengine.checking.chapter.propose import Chapter, ChapterCell, FoundMeasure
from alertengine.files import replacing
from alertengine.rulebook import (
    CHECK_MARK,
    EVIDENCE_SHEET,
    HOLE_TEXT,
    LEFT_SHEET,
    OPEN_MARK,
    SILENT_TEXT,
    WARNING_LEVELS,
    DraftSheet,
    OpenLists,
    document_sheets,
    write_workbook,
)
from alertengine.vocabulary import LEVEL_TEXT, Level

EVERY_LEVEL: Final = "各级别"
_SHORT: Final = 80


def write_form(
    chapter: Chapter, head: Mapping[str, Any], article: str, lists: OpenLists, target: Path
) -> dict[str, int]:
    """Write the workbook of a chapter; returns the cells that are ``filled``, to ``check``, ``open``, ``missing``.

    Args:
        chapter: as proposed.
        head: keys of the document that are known already; the rest is filled in by hand.
        article: the chapter as orders cite it.
        lists: ladders of grades.
        target: the .xlsx to write.

    """
    form = _Form(chapter, dict(head), article, lists)
    sheets = form.sheets()
    replacing(target, lambda path: write_workbook(sheets, path))
    return form.counts


class _Form:
    def __init__(self, chapter: Chapter, head: dict[str, Any], article: str, lists: OpenLists) -> None:
        self._chapter, self._head, self._article, self._lists = chapter, head, article, lists
        self._evidence: list[list[str]] = []
        self.counts = dict.fromkeys(("filled", "check", "open", "missing"), 0)

    def sheets(self) -> list[DraftSheet]:
        tables = [sheet for process in self._chapter.processes() for sheet in self._tables(process)]
        rows = [["工作表", "等级", "级别", "读作", "原句", "位置", "疑点", "另一读法"], *self._evidence]
        left = [["位置", "原文", "原因"]]
        left += [[one.where, one.text, "注：须看所及各格"] for one in self._chapter.notes]
        left += [[one.where, one.text, why] for one, why in self._chapter.left]
        first, *rest = document_sheets(self._head)
        return [
            first,
            *rest[:1],
            *tables,
            *rest[1:],
            DraftSheet(EVIDENCE_SHEET, rows, {0}),
            DraftSheet(LEFT_SHEET, left, {0}),
        ]

    def _tables(self, process: str) -> list[DraftSheet]:
        """The tables of a process: its grades, and apart from them those that direct themselves."""
        grades = self._chapter.grades(process)
        ladder = [name for name in self._lists.ladder_of(self._chapter.industry) if name not in ("A+", "A")]
        if set(grades) & set(ladder):
            grades += [name for name in ladder if name not in grades]
        own = [grade for grade in grades if self._directs_itself(process, grade)]
        rest = [grade for grade in grades if grade not in own]
        out = [self._table(process, own, "自主减排", layer="豁免")] if own else []
        return out + ([self._table(process, rest, "")] if rest else [])

    def _directs_itself(self, process: str, grade: str) -> bool:
        found = [one for cell, many in self._chapter.cells.items() if (cell.process, cell.grade) == (process, grade)
                 for one in many]  # fmt: skip
        return bool(found) and all(one.reading.cell == SELF_DIRECTED and not one.reading.doubts for one in found)

    def _table(self, process: str, grades: list[str], word: str, layer: str = "") -> DraftSheet:
        chapter = self._chapter
        title = f"{chapter.industry}{process}{word}"
        name = f"表 {title}"[:28]
        condition = f"行业={chapter.industry}" + (f"；工序={process}" if process else "")
        document = str(self._head.get("document", "")) or "chapter"
        number = [*chapter.processes()].index(process) + 1
        rows = [["编号", f"{document}-{number}" + ("-self" if layer else "")], ["条款", self._article], ["标题", title]]
        rows += [["类别", "预警措施"], *([["层级", layer]] if layer else []), ["条件", condition]]
        rows += [["其他", "{about: line}"]] if process else []  # a process is spoken of by its lines
        rows += [[]]
        heads = {len(rows)}
        rows.append(["执行等级", *(LEVEL_TEXT[level] for level in WARNING_LEVELS)])
        rows += [
            [grade, *(self._cell_of_form(name, process, grade, level) for level in WARNING_LEVELS)] for grade in grades
        ]
        every = [(grade, self._cell_of_form(name, process, grade, None)) for grade in grades]
        if any(text for _, text in every):
            heads.add(len(rows) + 1)
            rows += [[], ["执行等级", EVERY_LEVEL], *([grade, text] for grade, text in every if text)]
        return DraftSheet(name, rows, heads)

    def _cell_of_form(self, sheet: str, process: str, grade: str, level: Level | None) -> str:
        """The text of a cell; its evidence is kept."""
        found = self._chapter.cells.get(ChapterCell(process, grade, level), [])
        everywhere = self._chapter.cells.get(ChapterCell(process, grade, None), [])
        if not found and level is not None and any(one.reading.production for one in everywhere):
            return SILENT_TEXT  # said once for every level
        if not found:
            if level is not None:
                self.counts["missing"] += 1
            return HOLE_TEXT if level is not None else ""
        text, doubts, other = _together(found)
        beside = [one for cell, many in self._chapter.cells.items() if (cell.grade, cell.level) == (grade, level)
                  for one in many]  # fmt: skip
        alone = level is not None and not any(one.reading.production for one in (*found, *everywhere, *beside))
        if alone and text and not doubts:
            doubts = ["只写了运输，未写停产、限产"]
            other = [f"不要求停限产；{text}"]
        self._evidence.append([
            sheet, grade, LEVEL_TEXT[level] if level else EVERY_LEVEL, text, " / ".join(one.sentence for one in found),
            "、".join(dict.fromkeys(one.where for one in found)), "；".join(doubts), "；或：".join(other),
        ])  # fmt: skip
        if text and not doubts:
            self.counts["filled"] += 1
            return text
        if text:
            self.counts["check"] += 1
            return f"{CHECK_MARK}{text}"
        self.counts["open"] += 1
        sentence = found[0].sentence
        return f"{OPEN_MARK}{'？'.join(other) + '？' if other else sentence[:_SHORT]}"


def _together(found: list[FoundMeasure]) -> tuple[str, list[str], list[str]]:
    """All that was found for a cell: the text (blank where it is not sure), the doubts, other readings."""
    readings = [one.reading for one in found]
    texts = list(dict.fromkeys(one.cell for one in readings if one.cell))
    doubts = list(dict.fromkeys(doubt for one in readings for doubt in one.doubts))
    other = list(dict.fromkeys(text for one in readings for text in one.other))
    if any(not one.cell for one in readings):
        return "", doubts, [*texts, *other]
    if sum(one.production for one in readings) > 1 and len(texts) > 1:
        return "", [*doubts, "同一格有两处写法"], texts
    return "；".join(texts), doubts, other
