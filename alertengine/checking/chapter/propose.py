"""A chapter taken apart: for each process, grade and level what the text says, with the sentence and every doubt."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from alertengine.checking.chapter.measures import CLAUSES, Reading, asks_of_vehicles, read_measures
from alertengine.checking.chapter.passages import Passage
from alertengine.rulebook.places_and_lists import OpenLists
from alertengine.vocabulary.fields import LEVEL_TEXT, Level

WARNED: Final = (Level.YELLOW, Level.ORANGE, Level.RED)
_LEVEL_WORD: Final = {LEVEL_TEXT[level]: level for level in WARNED}
_NUMERAL: Final = r"(?:\((?:I{1,3}|[一二三])级(?:响应|预警)?\))?"
_LEVEL: Final = re.compile(
    rf"(?:启动|发布|当|在|实施)*(?P<first>[黄橙红])色?{_NUMERAL}(?P<more>(?:[、和及或与/][黄橙红]色?{_NUMERAL})*)色?"
    rf"(?:级别)?(?:\(含\))?(?P<up>及以上|以上)?(?:级别)?(?:预警|应急响应|响应)?{_NUMERAL}(?:期间|时|情况下)?[:,]?"
)
_ONE: Final = r"(?:A\+|A|B-|B|C|D)"
_GRADE_WORDS: Final = "非引领性|引领性|未评级"
_GRADE: Final = re.compile(
    rf"(?P<names>(?:{_GRADE_WORDS}|{_ONE}(?=级|、|和|及|或|与|,|/|类|企业|$|:|\())级?"
    rf"(?:[、和及或与,/](?:{_GRADE_WORDS}|{_ONE}级?))*)(?P<down>及以下)?(?:类)?(?:企业)?[:,]?"
)
_LEVEL_IN: Final = re.compile(
    rf"[黄橙红]色?{_NUMERAL}(?:级别)?(?:\(含\))?(?:及以上|以上)?(?:级别)?(?:预警|应急响应|响应)"
)
_GRADE_IN: Final = re.compile(rf"(?:{_GRADE_WORDS}|(?<![A-Za-z]){_ONE}级)")
_CHAPTER: Final = re.compile(r"^(?:第[一二三四五六七八九十]+章|[一二三四五六七八九十]+、)")
_NUMBERED: Final = re.compile(r"^(?:[(]?[一二三四五六七八九十\d]+[)、.．]|[①-⑳]|第[一二三四五六七八九十]+[章节条])+\s*")
_NOTE: Final = re.compile(r"^(?:注\d*[:：]?|备注|说明[:：]|[*＊†])|^[①-⑳]")
_SENTENCE: Final = re.compile(r"(?<=[。；;])(?![^（(]*[)）])")
_SHORT: Final = 30
_SAME: Final = re.compile(
    r"^(?:同|执行|按照?|采取)(?P<level>[黄橙红])色?(?:级别)?(?:预警|响应)?(?:期间)?(?:的?减排)?(?:措施)?(?:执行)?$"
)
#: A heading that says nothing of its own.
_TITLE: Final = re.compile(r"(?:应急|差异化)?(?:减排|管控)(?:措施|要求|清单)|适用范围|绩效分级指标")
_WRITTEN: Final = str.maketrans(",;:()", "，；：（）")


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a measure stands: process (blank: the whole industry), grade, level (None: at every level)."""

    process: str
    grade: str
    level: Level | None


@dataclass(frozen=True, slots=True)
class Found:
    """What the text says for a cell: the sentence, where it stands, and its reading."""

    sentence: str
    where: str
    reading: Reading


@dataclass
class Chapter:
    """A chapter as proposed: cells with what was found for each, and passages that no cell rests on."""

    industry: str
    cells: dict[Cell, list[Found]] = field(default_factory=dict)
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
    """Goes through the passages and remembers what they speak of."""

    def __init__(self, industry: str, lists: OpenLists, process: str) -> None:
        self._chapter, self._lists = Chapter(industry), lists
        self._process, self._grades, self._levels = process, tuple[str, ...](), tuple[Level, ...]()
        self._processes, self._industries = lists.spellings("processes"), lists.spellings("industries")
        own = [name for name, standard in self._industries.items() if standard == industry]
        self._subjects = [*own, industry]
        self._columns: list[str] = []
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

    def read(self, passages: Sequence[Passage]) -> Chapter:
        table = 0
        for passage in passages:
            if passage.table:
                self._row(passage, fresh=passage.table != table)
            else:
                self._paragraph(passage)
            table = passage.table
        self._same_as()
        return self._chapter

    def _same_as(self) -> None:
        """Cells that only refer to another level of the grade (同黄色预警措施) propose what stands there."""
        for cell, many in self._chapter.cells.items():
            for place, found in enumerate(many):
                match = _SAME.search(_plain(found.sentence))
                other = replace(cell, level=_LEVEL_WORD[f"{match['level']}色"]) if match and cell.level else None
                there = self._chapter.cells.get(other, []) if other and other != cell else []
                if len(there) == 1 and not found.reading.cell and there[0].reading.cell:
                    doubts = [f"原文：{found.sentence}", *there[0].reading.doubts]
                    read = replace(there[0].reading, doubts=doubts)
                    many[place] = replace(found, reading=read)

    # -- paragraphs

    def _paragraph(self, passage: Passage) -> None:
        plain = _plain(passage.text)
        if _NOTE.match(plain):
            self._chapter.notes.append(passage)
            return
        bare = _NUMBERED.sub("", plain)
        self._of_another(plain, bare)
        if self._other:
            self._chapter.left.append((passage, f"属另一行业：{self._other}"))
            return
        if len(bare) <= _SHORT and not re.search(r"[。;]", bare) and not _begins(bare) and self._heading(bare):
            return
        level, grade = _LEVEL_IN.search(bare), _GRADE_IN.search(bare)
        goes_on = self._unfinished
        doubt = "" if goes_on or level or grade else "本段未写明等级、级别，按上文"
        if level and grade:
            self._outer = "level" if level.start() < grade.start() else "grade"
        elif grade and self._outer == "level":  # the level stands above this paragraph
            doubt = "" if goes_on else "本段未写明级别，按上文"
        if level and self._outer == "level":
            self._grades = ()
        used = self._taken = False
        self._unfinished = plain.endswith((":", ";", ","))
        for sentence in filter(None, (part.strip() for part in _SENTENCE.split(bare))):
            used |= self._sentence(sentence, passage, doubt)
        self._unfinished |= used and not self._taken  # a line with a grade alone: what follows is of it
        if not used and not _TITLE.fullmatch(bare):
            self._chapter.left.append((passage, "未写明等级或级别，未读入"))

    def _of_another(self, plain: str, bare: str) -> None:
        """Notice where the chapter of another industry begins, and where this one goes on."""
        name = self._industries.get(re.sub(r"(?:行业|工业|企业)$", "", bare))
        chapter = _CHAPTER.match(plain) is not None
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
        used, rest = False, sentence
        while rest:
            rest = rest.lstrip(",: ")
            grade, level = _GRADE.match(rest), _LEVEL.match(rest)
            if grade and grade.end():
                self._grades = self._grades_of(grade)
                if self._level_open:  # a level of which nothing was said yet stands above the grades that follow
                    self._outer, self._level_open = "level", False
                if self._outer != "level":
                    self._levels = ()
                rest, used = rest[grade.end() :], True
            elif level:
                self._levels, self._level_open = levels_of(level), True
                if self._outer == "level":
                    self._grades = ()
                rest, used = rest[level.end() :], True
            else:
                said, rest = _until_next(rest)
                self._level_open &= not said
                if said and self._grades:
                    self._take(said, passage.where, self._levels or (None,), doubt)
                    used = True
                elif said and self._levels and used:
                    self._chapter.left.append((Passage(said, passage.where), "未写明等级，未读入"))
        return used

    def _grades_of(self, match: re.Match[str]) -> tuple[str, ...]:
        names = re.findall(rf"{_GRADE_WORDS}|{_ONE}", match["names"])
        if match["down"]:
            ladder = [
                one for one in self._lists.ladder_of(self._chapter.industry) if one in ["A+", "A", "B-", "B", "C", "D"]
            ]
            names += ladder[ladder.index(names[-1]) + 1 :] if names[-1] in ladder else []
        return tuple(dict.fromkeys(names))

    # -- tables

    def _row(self, passage: Passage, *, fresh: bool) -> None:
        if self._other:
            self._chapter.left.append((passage, f"属另一行业：{self._other}"))
            return
        cells = [text.strip() for text in passage.cells]
        if fresh:
            self._columns = []
        if not self._columns:
            columns = [_column(text) for text in cells]
            if any(one.startswith("level ") for one in columns) and any(one in ("grade", "process") for one in columns):
                self._columns = columns
            elif len(set(filter(None, cells))) == 1:
                self._paragraph(Passage(next(filter(None, cells)), passage.where))
            else:
                self._chapter.left.append((Passage(" | ".join(cells), passage.where), "表头未读懂"))
            return
        if len(set(filter(None, cells))) == 1:  # one cell over the whole row: a note or a heading
            self._paragraph(Passage(next(filter(None, cells)), passage.where))
            return
        said = dict(zip(self._columns, cells, strict=False))
        process = self._in_row(said.get("process", ""))
        grade = _GRADE.match(_plain(said.get("grade", "")))
        if grade is None or process is None:
            self._chapter.left.append((Passage(" | ".join(cells), passage.where), "等级或工序未读懂"))
            return
        self._process, self._grades = process, self._grades_of(grade)
        for column, text in zip(self._columns, cells, strict=False):
            if not text or column in ("", "process", "grade"):
                continue
            level = Level(column.removeprefix("level ")) if column.startswith("level ") else None
            self._take(text, passage.where, (level,))

    def _in_row(self, text: str) -> str | None:
        """The process that a row speaks of; None where it is not on file."""
        if not text:
            return self._process
        if text in self._subjects:
            return ""
        named = [word for word in self._processes if word in text]
        return self._processes[max(named, key=len)] if named else None

    # -- cells

    def _take(self, text: str, where: str, levels: Sequence[Level | None], doubt: str = "") -> None:
        own = [word for word, standard in self._processes.items() if standard == self._process]
        subjects = [*self._subjects, *own, *_joined(self._subjects, own)]
        self._taken = True
        for processes, said in self._by_process(text):
            reading = read_measures(said, subjects)
            reading.doubts += [doubt] if doubt else []
            found = Found(text.translate(_WRITTEN), where, reading)
            for process in processes:
                for grade in self._grades:
                    for level in levels:
                        self._chapter.cells.setdefault(Cell(process, grade, level), []).append(found)

    def _by_process(self, text: str) -> list[tuple[tuple[str, ...], str]]:
        """What is said of each process that clauses begin with (烧结停产；高炉限产20%); vehicles are the plant's."""
        groups: dict[tuple[str, ...], list[str]] = {}
        now: tuple[str, ...] = (self._process,)
        for clause in filter(None, (part.strip() for part in CLAUSES.split(text))):
            found = self._subject.match(_plain(clause))
            if found:
                names = re.split(r"[、和及与]", found["names"])
                now = tuple(dict.fromkeys(self._processes[name] for name in names))
                groups.setdefault(now, []).append(_plain(clause)[found.end() :])
            else:
                groups.setdefault((self._process,) if asks_of_vehicles(clause) else now, []).append(clause)
        return [(processes, "，".join(clauses)) for processes, clauses in groups.items()]


def _joined(one: Sequence[str], other: Sequence[str]) -> Iterator[str]:
    return (a + b for a in one for b in other)


def _plain(text: str) -> str:
    """NFKC without spaces, letters upper case, the punctuation of a sentence kept apart from that of numbers."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", re.sub(r"^\s*[①-⑳]", "", text)))
    return re.sub(r"(?<![A-Za-z])[abcd](?=级)", lambda found: found[0].upper(), plain)


def _begins(text: str) -> bool:
    return bool(_GRADE.match(text) or _LEVEL.match(text))


_NEXT: Final = re.compile(
    rf"[。;,](?:(?=(?:[黄橙红]色?(?:[、和及或与/][黄橙红]色?)*(?:级别)?(?:\(含\))?(?:及以上|以上)?(?:级别)?(?:预警|应急响应|响应))"
    rf"|(?:{_GRADE_WORDS}|{_ONE}级?(?:[、和及或/]{_ONE}级?)*)(?:级|及以下|企业)))"
)


def _until_next(text: str) -> tuple[str, str]:
    """What is said until another level or grade begins, and the rest."""
    found = _NEXT.search(text)
    if found is None:
        return text.rstrip("。;, "), ""
    return text[: found.start()].rstrip("。;, "), text[found.end() :]


def levels_of(match: re.Match[str]) -> tuple[Level, ...]:
    """The levels that a match names, the graver ones too where it says 及以上."""
    named = [_LEVEL_WORD[f"{sign}色"] for sign in match["first"] + re.sub(r"[^黄橙红]", "", match["more"] or "")]
    if match["up"]:
        lowest = min(named, key=lambda level: level.rank)
        return tuple(level for level in WARNED if level.rank >= lowest.rank)
    return tuple(dict.fromkeys(named))


def _column(text: str) -> str:
    """What a column of a table holds: process, grade, ``level x``, transport; blank: nothing of the law."""
    plain = _plain(text)
    found = [level for word, level in _LEVEL_WORD.items() if word in plain]
    if len(found) == 1:
        return f"level {found[0]}"
    if any(word in plain for word in ("等级", "级别", "分级", "绩效")):
        return "grade"
    if any(word in plain for word in ("工序", "生产线", "设施", "环节", "装置")):
        return "process"
    return "transport" if any(word in plain for word in ("运输", "车辆")) else ""
