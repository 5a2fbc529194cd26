"""A chapter taken apart: for each process, grade and level what the text says, with the sentence and every doubt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Final

from alertengine.checking.chapter.measures import (
    SELF_DIRECTED,
    SentenceReading,
    asks_of_vehicles,
    read_measures,
    unbroken,
)
from alertengine.checking.chapter.pieces import Passage
from alertengine.checking.chapter.tables import Heads, Placed, take_apart
from alertengine.checking.chapter.wording import (
    GRADE,
    GRADE_IN,
    GRADE_WORDS,
    LEVEL,
    LEVEL_IN,
    LEVEL_WORD,
    ONE,
    by_colour,
    grades_of,
    is_note,
    levels_of,
    marks_of,
    note_marks,
    plain,
)
from alertengine.rulebook import CLAUSE_ENDS, OpenLists
from alertengine.vocabulary import LEVEL_TEXT, Level

_CHAPTER: Final = re.compile(r"^(?:第[一二三四五六七八九十]+章|[一二三四五六七八九十]+、)")
_NUMBERED: Final = re.compile(r"^(?:[(]?[一二三四五六七八九十\d]+[)、.．]|[①-⑳]|第[一二三四五六七八九十]+[章节条])+\s*")
_SENTENCE: Final = re.compile(r"(?<=[。；;])(?![^（(]*[)）])")
_SHORT: Final = 30
_SAME: Final = re.compile(
    r"^(?:同|执行|按照?|采取)(?P<level>[黄橙红])色?(?:级别)?(?:预警|响应)?(?:期间)?(?:的?减排)?(?:措施)?(?:执行)?$"
)
_AS_GRADE: Final = re.compile(
    rf"(?:同|执行|按照?|参照|比照)(?P<grade>{GRADE_WORDS}|{ONE})级?(?:企业)?(?:的?(?:相应|对应|同等)?(?:减排|管控)?(?:措施|要求|标准))?"
    r"(?:执行|管控|管理|实施)?"
)
#: A clause that says of whom or when the next ones speak.
_CONDITION: Final = re.compile(r"^(?:如|若|对|凡|除|仅|只有|属|当|其中)|的$|除外|以外")
_EVERY_LEVEL: Final = re.compile(r"预警|响应|各级|任何")
#: A heading that says nothing of its own.
_TITLE: Final = re.compile(r"(?:应急|差异化)?(?:减排|管控)(?:措施|要求|清单)|适用范围|绩效分级指标")
_WRITTEN: Final = str.maketrans(",;:()", "，；：（）")


@dataclass(frozen=True, slots=True)
class ChapterCell:
    """Where a measure stands: process (blank: the whole industry), grade, level (None: at every level)."""

    process: str
    grade: str
    level: Level | None


@dataclass(frozen=True, slots=True)
class FoundMeasure:
    """What the text says for a cell: the sentence, where it stands, its reading, and the turn in which it was read.

    Cells of one sentence have one turn.
    """

    sentence: str
    where: str
    reading: SentenceReading
    turn: int


@dataclass
class Chapter:
    """A chapter as proposed: cells with what was found for each, and passages that no cell rests on."""

    industry: str
    cells: dict[ChapterCell, list[FoundMeasure]] = field(default_factory=dict)
    left: list[tuple[Passage, str]] = field(default_factory=list)
    notes: list[Passage] = field(default_factory=list)

    def processes(self) -> list[str]:
        """The processes in order."""
        return list(dict.fromkeys(cell.process for cell in self.cells))

    def grades(self, process: str) -> list[str]:
        """The grades of a process in order."""
        return list(dict.fromkeys(cell.grade for cell in self.cells if cell.process == process))


def propose(passages: Sequence[Passage], industry: str, lists: OpenLists, process: str = "") -> Chapter:
    """Take a chapter apart; ``process`` is what it speaks of where its headings do not say."""
    return _Reader(industry, lists, process).read(passages)


class _Reader:
    """Reads the passages in order, keeping which process, grade and level the last headings named."""

    def __init__(self, industry: str, lists: OpenLists, process: str) -> None:
        self._chapter, self._lists = Chapter(industry), lists
        self._process, self._grades, self._levels = process, tuple[str, ...](), tuple[Level, ...]()
        self._processes, self._industries = lists.spellings("processes"), lists.spellings("industries")
        own = [name for name, standard in self._industries.items() if standard == industry]
        self._subjects = [*own, industry]
        #: The marks that lead to notes, and doubts of the cell of a table that is being read.
        self._used, self._more, self._marks = set[str](), list[str](), list[str]()
        self._in_table, self._turn = False, 0
        #: The industry whose chapter is passed over, and whether chapters are numbered.
        self._other, self._in_chapters = "", False
        #: Whether the paragraph before ends in the middle of what it says, and whether this one said anything yet.
        self._unfinished = self._taken = False
        #: What the text names first, the grade or the level: the other stands below it.
        self._outer, self._level_open = "", False
        words = "|".join(map(re.escape, sorted(self._processes, key=len, reverse=True)))
        self._subject = re.compile(
            rf"^(?P<names>(?:{words})(?:[、和及与](?:{words}))*)等?(?:工序|设备|生产线|产线|企业|炉窑|窑|机|炉)*"
            r"(?=停|限|减|降|延长|焖|日|以|出焦|结焦)"
        )
        self._named = re.compile(rf"^(?P<name>{words})(?:工序|设备|生产线|产线|企业)*:")

    def read(self, passages: Sequence[Passage]) -> Chapter:
        self._used = {mark for one in passages for text in (one.cells or (one.text,)) for mark in marks_of(text)}
        for table, group in groupby(passages, key=lambda one: one.table):
            if table:
                self._table(list(group))
            else:
                for passage in group:
                    self._paragraph(passage)
        self._same_as()
        self._same_as_grade()
        self._with_notes()
        return self._chapter

    def _with_notes(self) -> None:
        """Beside a cell with a mark stands the note it leads to, where just one is there."""
        notes = {mark: [one.text for one in self._chapter.notes if mark in note_marks(one.text)] for mark in self._used}
        for found in (one for many in self._chapter.cells.values() for one in many):
            doubts = found.reading.doubts
            for mark in found.reading.marks:
                if len(notes[mark]) == 1 and f"注：{notes[mark][0]}" not in doubts:
                    doubts.append(f"注：{notes[mark][0]}")

    def _same_as(self) -> None:
        """Cells that only refer to another level of the grade (同黄色预警措施) propose what stands there."""
        for cell, many in self._chapter.cells.items():
            for place, found in enumerate(many):
                match = _SAME.search(plain(found.sentence))
                other = replace(cell, level=LEVEL_WORD[f"{match['level']}色"]) if match and cell.level else None
                there = self._chapter.cells.get(other, []) if other and other != cell else []
                if len(there) == 1 and not found.reading.cell and there[0].reading.cell:
                    doubts = [f"原文：{found.sentence}", *there[0].reading.doubts]
                    read = replace(there[0].reading, doubts=doubts)
                    many[place] = replace(found, reading=read)

    def _same_as_grade(self) -> None:
        """Cells that only refer to another grade (同C级企业, 按D级执行) propose what stands there at each level."""
        before, out = self._chapter.cells, dict[ChapterCell, list[FoundMeasure]]()
        for cell, many in before.items():
            for found in many:
                match = _AS_GRADE.fullmatch(plain(found.sentence)) if not found.reading.cell else None
                there = [
                    (other, one)
                    for other, each in before.items()
                    for one in each
                    if match
                    and (other.process, other.grade) == (cell.process, match["grade"]) != (cell.process, cell.grade)
                    if cell.level in (None, other.level) or other.level is None
                ]
                for other, one in there:
                    doubts = [f"原文：{found.sentence}", *one.reading.doubts]
                    place = replace(cell, level=cell.level or other.level)
                    read = replace(one.reading, doubts=doubts)
                    out.setdefault(place, []).append(replace(found, reading=read))
                if not there:
                    out.setdefault(cell, []).append(found)
        self._chapter.cells = out

    # -- paragraphs

    def _paragraph(self, passage: Passage) -> None:
        if passage.unread:
            self._chapter.left.append((passage, passage.unread))
            return
        whole = plain(passage.text)
        if is_note(passage.text, self._used):
            self._chapter.notes.append(passage)
            return
        bare = _NUMBERED.sub("", whole)
        self._of_another(whole, bare)
        if self._other:
            self._chapter.left.append((passage, f"属另一行业：{self._other}"))
            return
        begins = GRADE.match(bare) or LEVEL.match(bare)
        if len(bare) <= _SHORT and not re.search(r"[。;]", bare) and not begins and self._heading(bare):
            return
        bare, numerals = by_colour(bare)
        more, self._more = self._more, [*self._more, *numerals]
        level, grade = LEVEL_IN.search(bare), GRADE_IN.search(bare)
        goes_on = self._unfinished
        doubt = "" if goes_on or level or grade else "本段未写明等级、级别，按上文"
        if level and grade:
            self._outer = "level" if level.start() < grade.start() else "grade"
        elif grade and self._outer == "level":  # the level stands above this paragraph
            doubt = "" if goes_on else "本段未写明级别，按上文"
        if level and self._outer == "level":
            self._grades = ()
        used = self._taken = False
        self._unfinished = whole.endswith((":", ";", ","))
        for sentence in filter(None, (part.strip() for part in _SENTENCE.split(bare))):
            used |= self._sentence(sentence, passage, doubt)
        self._more = more
        self._unfinished |= used and not self._taken  # a line with a grade alone: what follows is of it
        if not used and not _TITLE.fullmatch(bare):
            self._chapter.left.append((passage, "未写明等级或级别，未读入"))

    def _of_another(self, whole: str, bare: str) -> None:
        """Notice where the chapter of another industry begins, and where this one goes on."""
        name = self._industries.get(re.sub(r"(?:行业|工业|企业)$", "", bare))
        chapter = _CHAPTER.match(whole) is not None
        if name == self._chapter.industry:
            self._other, self._in_chapters = "", self._in_chapters or chapter
        elif name and (chapter or (bare not in self._processes and not self._in_chapters)):
            self._other = name

    def _heading(self, text: str) -> bool:
        """Whether a short line names what follows: a process of the vocabulary, or the industry itself."""
        named = [word for word in self._processes if word in text]
        if named:
            self._process = self._processes[max(named, key=len)]
        elif not any(word in text for word in self._subjects):
            return False
        self._grades, self._levels, self._outer, self._level_open = (), (), "", False
        return True

    def _sentence(self, sentence: str, passage: Passage, doubt: str) -> bool:
        """Take grades and levels off the front, one after the other, and read what follows each."""
        named = self._named.match(sentence)
        if named:
            self._process = self._processes[named["name"]]
        used, rest = False, sentence[named.end() :] if named else sentence
        carried: tuple[Level, ...] = ()
        condition, dropped = "", list[str]()
        while rest:
            rest = rest.lstrip(",: ")
            grade, level = GRADE.match(rest), LEVEL.match(rest)
            if grade and grade.end():
                self._grades = grades_of(grade, self._ladder())
                if self._level_open:  # a level of which nothing was said yet stands above the grades that follow
                    self._outer, self._level_open = "level", False
                if self._outer != "level":
                    carried, self._levels = self._levels if used else (), ()
                rest, used = rest[grade.end() :], True
            elif level:
                self._levels, self._level_open = levels_of(level), True
                if self._outer == "level":
                    self._grades = ()
                rest, used, carried = rest[level.end() :], True, ()
            else:
                said, rest = _until_next(rest)
                self._level_open &= not said
                if said and self._grades:
                    doubts = [doubt] if doubt else []
                    doubts += ["未再写级别，按前文"] if carried else []
                    doubts += [f"前文：{condition}"] if condition else []
                    levels = self._levels or carried or (None,)
                    self._take(said, passage.where, levels, *doubts)
                    used, condition = True, said if _CONDITION.search(said) else condition
                elif said:
                    dropped.append(said)
        if used:
            self._chapter.left += [(Passage(said, passage.where), "未写明等级，未读入") for said in dropped]
        return used

    def _ladder(self) -> list[str]:
        return list(self._lists.ladder_of(self._chapter.industry))

    # -- tables

    def _table(self, rows: Sequence[Passage]) -> None:
        """The cells of a table; what stands over a whole row is a paragraph."""
        if self._other:
            self._chapter.left += [(row, f"属另一行业：{self._other}") for row in rows]
            return
        heads = Heads(self._ladder(), self._in_row)
        grid = take_apart([row.cells for row in rows], [row.where for row in rows], heads)
        self._chapter.left += [(Passage(text, where), why) for text, where, why in grid.left]
        if not grid.cells and not grid.left:
            self._chapter.left += [(Passage(" | ".join(row.cells), row.where), "表中未写明级别或等级") for row in rows]
        notes = [is_note(text, self._used) for text, _ in grid.lines]
        for (text, where), note in zip(grid.lines, notes, strict=True):
            if not note:
                self._paragraph(Passage(text, where))
        above = self._process
        for cell in grid.cells:
            self._process = cell.process if cell.process is not None else above
            self._placed(cell)
        for (text, where), note in zip(grid.lines, notes, strict=True):
            if note:
                self._paragraph(Passage(text, where))
        self._process, self._levels, self._unfinished = above, (), False

    def _placed(self, cell: Placed) -> None:
        self._more, self._marks = list(cell.doubts), list(cell.marks)
        if cell.grades and (cell.levels or cell.vehicles or not LEVEL_IN.search(plain(cell.text))):
            self._grades = cell.grades
            doubt = "" if cell.levels or cell.vehicles else "表中未写明级别"
            self._in_table = True
            self._take(cell.text, cell.where, cell.levels or (None,), *filter(None, [doubt]))
            self._in_table = False
        elif cell.grades or (cell.levels and GRADE_IN.search(plain(cell.text))):  # the cell goes on in sentences
            stands = "、".join(name if name in GRADE_WORDS else f"{name}级" for name in cell.grades)
            levels = "、".join(LEVEL_TEXT[level] for level in cell.levels)
            self._grades, self._levels, self._outer = (), (), ""
            self._paragraph(
                Passage(f"{stands}企业：{cell.text}" if stands else f"{levels}预警期间，{cell.text}", cell.where)
            )
        else:
            self._chapter.left.append((Passage(cell.text, cell.where), "未写明等级，未读入"))
        self._more, self._marks = [], []

    def _in_row(self, text: str) -> str | None:
        """The process that a cell names, blank for the whole industry; None where it names neither."""
        if text in self._subjects:
            return ""
        named = [word for word in self._processes if word in text]
        return self._processes[max(named, key=len)] if named else None

    # -- cells

    def _take(self, text: str, where: str, levels: Sequence[Level | None], *doubts: str) -> None:
        own = [word for word, standard in self._processes.items() if standard == self._process]
        subjects = [*self._subjects, *own, *(a + b for a in self._subjects for b in own)]
        self._taken, self._turn = True, self._turn + 1
        for processes, said in self._by_process(unbroken(text)):
            reading = read_measures(said, subjects)
            reading.marks += self._marks
            reading.doubts += ["表头带注，须看注的内容"] if self._marks else []
            if tuple(levels) == (None,) and not self._in_table and not _EVERY_LEVEL.search(text):
                doubts = (*doubts, "未写明级别")
            reading.doubts += [*(doubts if reading.cell != SELF_DIRECTED else ()), *self._more]
            found = FoundMeasure(text.translate(_WRITTEN), where, reading, self._turn)
            for process in processes:
                for grade in self._grades:
                    for level in levels:
                        self._chapter.cells.setdefault(ChapterCell(process, grade, level), []).append(found)

    def _by_process(self, text: str) -> list[tuple[tuple[str, ...], str]]:
        """What is said of each process that clauses begin with (烧结停产；高炉限产20%); vehicles are the plant's."""
        groups: dict[tuple[str, ...], list[str]] = {}
        now: tuple[str, ...] = (self._process,)
        for clause in filter(None, (part.strip() for part in CLAUSE_ENDS.split(text))):
            found = self._subject.match(plain(clause))
            if found:
                names = re.split(r"[、和及与]", found["names"])
                now = tuple(dict.fromkeys(self._processes[name] for name in names))
                groups.setdefault(now, []).append(plain(clause)[found.end() :])
            else:
                groups.setdefault((self._process,) if asks_of_vehicles(clause) else now, []).append(clause)
        return [(processes, "，".join(clauses)) for processes, clauses in groups.items()]


_NEXT: Final = re.compile(
    rf"[。;,](?:(?=(?:[黄橙红]色?(?:[、和及或与/][黄橙红]色?)*(?:级别)?(?:\(含\))?(?:及以上|以上)?(?:级别)?(?:预警|应急响应|响应))"
    rf"|(?:{GRADE_WORDS}|{ONE}级?(?:[、和及或/]{ONE}级?)*)(?:级|及以下|企业)))"
    r"|[;,](?=[黄橙红]色(?:[、和及或与/][黄橙红]色)*(?:及以上|以上)?:?(?:限产|停产|自主|焖炉|结焦|出焦|不))"
)


def _until_next(text: str) -> tuple[str, str]:
    """What is said until another level or grade begins, and the rest."""
    found = _NEXT.search(text)
    if found is None:
        return text.rstrip("。;,! "), ""
    return text[: found.start()].rstrip("。;,! "), text[found.end() :]
