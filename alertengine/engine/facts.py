"""The facts of a list of lines, as the engine reads them: columns of codes and numbers.

Texts come as category codes (-1 unknown), booleans as 0 unknown, 1 no, 2 yes, numbers as
floats with NaN for unknown.  Derived fields (sector, effective grade ...) are made here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from alertengine.files import CodedTable, Numbered, joined
from alertengine.rulebook import OpenLists, Place
from alertengine.vocabulary import FIELDS, PLANT_KEY, name_or_code, open_on, undecided, worst_last

if TYPE_CHECKING:
    import pandas as pd

Codes = npt.NDArray[np.int32]
Rows = npt.NDArray[np.int64]
#: A column as codes, in the narrowest type that holds them.
CodeArray = npt.NDArray[np.signedinteger[Any]]
#: What stands in 所在名单 where a line is on no list.
NONE_OF_THEM: Final = "无"
#: Fields that differ from day to day while the list does not.
_OF_THE_DAY: Final = frozenset({"named_lists", "open_decision", "ultra_low_standard"})
#: What stands beside the lists that have a line among their members where the enterprise list says nothing.
PERHAPS_OTHERS: Final = "其余未知"


class Coder(Protocol):
    """What makes codes of fields."""

    @property
    def reads(self) -> frozenset[str]:
        """The fields it is made of."""

    def codes(self, facts: Facts) -> CodeArray:
        """The code of each line; shape (lines,)."""


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A text column: ``codes`` into ``categories``, -1 where unknown."""

    codes: Codes
    categories: tuple[str, ...]

    def among(self, *texts: str) -> npt.NDArray[np.bool_]:
        """Where the text is one of ``texts``."""
        return np.array([*(item in texts for item in self.categories), False], dtype=bool)[self.codes]


def text_column(column: Numbered) -> TextColumn:
    """A column of a list as codes and categories."""
    return TextColumn(column.codes.astype(np.int32, copy=False), tuple(column.names))


def mapped(column: TextColumn, values: Sequence[str | None]) -> TextColumn:
    """The column with each category replaced by the text beside it (None: unknown)."""
    categories = tuple(dict.fromkeys(value for value in values if value is not None))
    index: dict[str | None, int] = {value: number for number, value in enumerate(categories)}
    table = np.array([index.get(value, -1) for value in (*values, None)], dtype=np.int32)
    return TextColumn(table[column.codes], categories)


@dataclass(slots=True)
class _Made:
    """Columns made of a list so far."""

    texts: dict[str, TextColumn] = field(default_factory=dict)
    numbers: dict[str, npt.NDArray[np.float64]] = field(default_factory=dict)
    bools: dict[str, npt.NDArray[np.int8]] = field(default_factory=dict)
    coded: dict[Coder, CodeArray] = field(default_factory=dict)
    places: tuple[Codes, list[Place]] | None = None
    owners: Rows | None = None


class Facts:
    """The columns of a list of lines on one day.

    Args:
        lines: one row per line, columns of the vocabulary.
        lists: the open lists that derived fields come from.
        day: the day of the law (an industry's ultra-low standard is dated).

    """

    def __init__(self, lines: CodedTable | pd.DataFrame, lists: OpenLists, day: date) -> None:
        """Keep the table; columns are made when a rule first reads them."""
        self.lines = CodedTable.of(lines)
        self._lists = lists
        self._day = day
        self._always, self._today, self._graded = _Made(), _Made(), _Made()

    def __len__(self) -> int:
        """Number of lines."""
        return len(self.lines)

    def on(self, day: date) -> Facts:
        """The same facts on another day; what does not depend on the day is made once for both."""
        if day == self._day:
            return self
        other = Facts(self.lines, self._lists, day)
        other._always = self._always
        return other

    def same_on(self, day: date, other: date) -> bool:
        """Whether the facts of two days are the same."""
        one, two = self.on(day), self.on(other)
        texts = [(one.text(name), two.text(name)) for name in ("open_decision", "named_lists")]
        return np.array_equal(one.boolean("ultra_low_standard"), two.boolean("ultra_low_standard")) and all(
            mine.categories == theirs.categories and np.array_equal(mine.codes, theirs.codes) for mine, theirs in texts
        )

    def with_grade(self, effective: TextColumn) -> Facts:
        """The same facts with the effective grade of the day."""
        other = Facts(self.lines, self._lists, self._day)
        other._always, other._today = self._always, self._today
        other._graded = _Made({"effective_grade": effective})
        return other

    def _made(self, names: Collection[str]) -> _Made:
        """Where columns made of some fields are kept: by grade, for the day, or for good."""
        if "effective_grade" in names:
            return self._graded
        return self._always if _OF_THE_DAY.isdisjoint(names) else self._today

    def coded(self, column: Coder) -> CodeArray:
        """A column as codes, made once; shape (lines,)."""
        made = self._made(column.reads)
        if column not in made.coded:
            made.coded[column] = column.codes(self)
        return made.coded[column]

    def text(self, name: str) -> TextColumn:
        """A text, code, open or names field."""
        made = self._made([name])
        if name not in made.texts:
            made.texts[name] = self._make_text(name)
        return made.texts[name]

    def _make_text(self, name: str) -> TextColumn:
        if name == "sector":
            industry = self.text("industry")
            return mapped(industry, [self._lists.sector_of(item) for item in industry.categories])
        if name == "enterprise_worst_grade":
            grade = self.text("grade")
            order = worst_last(self._lists.off_ladder)
            rank = np.array([*(order.index(item) for item in grade.categories), -1])[grade.codes]
            owners = self.owners()
            worst = np.zeros(int(owners.max(initial=-1)) + 1, dtype=np.int32)
            np.maximum.at(worst, owners, rank)
            worst[owners[rank < 0]] = -1  # one unknown, all unknown
            return TextColumn(worst[owners], order)
        if name == "enterprise_named":
            return self.named()
        if name == "open_decision":
            # The decisions that bind on the day; a number without a record says only that something was decided
            both = [text_column(self.lines.text(name)) for name in ("decisions", "decision_no")]
            key, firsts = joined(*(column.codes for column in both))
            told = []
            for line in firsts:
                record, number = (c.categories[c.codes[line]] if c.codes[line] >= 0 else None for c in both)
                told.append(open_on(record, number, self._day))
            return mapped(TextColumn(key.astype(np.int32), ("",) * len(firsts)), told)
        column = text_column(self.lines.text(name))
        column = self._on_lists(column) if name == "named_lists" else column
        open_lists: dict[str, Collection[str]] = {"industry": self._lists.industries, "process": self._lists.processes}
        known = open_lists.get(name)
        if known:  # a name nobody knows is unknown, never another one: it makes no order lighter
            return mapped(column, [item if item in known else None for item in column.categories])
        return column

    def _on_lists(self, column: TextColumn) -> TextColumn:
        """The closed lists a line stands on: those the list says, and those whose members on file it is one of.

        Where the list says nothing, that it stands on one does not say that it stands on no other.
        """
        held: dict[str, set[str]] = {}
        for one in self._lists.named_lists.values():
            for member in one.members:
                if member.holds(self._day):
                    for text in filter(None, (member.name, member.code)):
                        held.setdefault(name_or_code(text), set()).add(one.name)
        if not held:
            return column
        who = self.named()
        key, firsts = joined(column.codes, who.codes)
        told: list[str | None] = []
        for line in firsts:
            stated = column.categories[column.codes[line]] if column.codes[line] >= 0 else None
            names = who.categories[who.codes[line]].split(";") if who.codes[line] >= 0 else []
            found = set().union(*(held.get(name, ()) for name in names))
            if found:
                said = set(stated.split(";")) - {NONE_OF_THEM} if stated else {PERHAPS_OTHERS}
                stated = ";".join(sorted(said | found))
            told.append(stated)
        return mapped(TextColumn(key.astype(np.int32), ("",) * len(firsts)), told)

    def named(self) -> TextColumn:
        """By which names a rule may mean an enterprise: its code and its register name."""
        both = [text_column(self.lines.text(name)) for name in ("enterprise_id", "enterprise")]
        key, firsts = joined(*(column.codes for column in both))
        rows = zip(*(column.codes[firsts].tolist() for column in both), strict=True)
        told = (
            ";".join(name_or_code(column.categories[at]) for column, at in zip(both, row, strict=True) if at >= 0)
            for row in rows
        )
        return mapped(TextColumn(key.astype(np.int32), ("",) * len(firsts)), list(told))

    def stated(self, name: str) -> TextColumn:
        """A text field as the list writes it, names that nobody knows among them."""
        return text_column(self.lines.text(name))

    def is_known(self, field: str, name: str, asked: Collection[object]) -> bool:
        """Whether a name of a set field is surely none of those ``asked`` for, where it is not one of them itself.

        A name of 所在名单 that no document speaks of may stand for any; so may a decision not told in full.
        """
        if field == "open_decision":
            return not undecided(name, asked)
        if field == "named_lists":
            return name == NONE_OF_THEM or not self._lists.named_lists or name in self._lists.named_lists
        return bool(name)

    def of_enterprises(self, values: npt.NDArray[np.int8], *, least: bool) -> npt.NDArray[np.int8]:
        """The least or the greatest of a value (0 to 2) over each enterprise, by its number (``owners``)."""
        owners = self.owners()
        first, *further = (2, 1, 0) if least else (0, 1, 2)
        out = np.full(int(owners.max(initial=-1)) + 1, first, dtype=np.int8)
        for value in further:  # the one that prevails comes last
            out[owners[np.flatnonzero(values == value)]] = value
        return out

    def mates(self, line: int) -> Rows:
        """The lines of a line's enterprise, itself among them."""
        owners = self.owners()
        return np.flatnonzero(owners == owners[line])

    def owners(self) -> Rows:
        """For each line the number of its plant, which is an enterprise in one city, from 0 on; (lines,)."""
        if self._always.owners is None:
            self._always.owners = self.lines.numbers(PLANT_KEY)
        return self._always.owners

    def number(self, name: str) -> npt.NDArray[np.float64]:
        """A numeric field, NaN where unknown."""
        made = self._always.numbers
        if name not in made:
            if name == "enterprise_lines":
                owners = self.owners()
                made[name] = np.bincount(owners)[owners].astype(np.float64)
            else:
                made[name] = self.lines.number(name)
        return made[name]

    def boolean(self, name: str) -> npt.NDArray[np.int8]:
        """A yes/no field: 0 unknown, 1 no, 2 yes."""
        made = self._made([name]).bools
        if name not in made:
            made[name] = self._make_boolean(name)
        return made[name]

    def _make_boolean(self, name: str) -> npt.NDArray[np.int8]:
        if FIELDS[name].derived:
            industry = self.text("industry")
            known = [self._lists.industries.get(item) for item in industry.categories]
            if name == "ultra_low_standard":
                said = [None if i is None else bool(i.ultra_low_from and i.ultra_low_from <= self._day) for i in known]
            else:
                said = [None if i is None else i.number is not None for i in known]
            table = np.array([*(0 if value is None else 1 + value for value in said), 0], dtype=np.int8)
            return table[industry.codes]
        return self.lines.truth(name)

    def places(self) -> tuple[Codes, list[Place]]:
        """For each line the number of its place, and the distinct places."""
        if self._always.places is None:
            self._always.places = self._find_places()
        return self._always.places

    def _find_places(self) -> tuple[Codes, list[Place]]:
        columns = [self.text(name) for name in ("province", "city", "county", "township")]
        keys, firsts = joined(*(column.codes for column in columns))
        places = []
        for line in firsts:
            province, city, county, township = (
                column.categories[column.codes[line]] if column.codes[line] >= 0 else "" for column in columns
            )
            province = province or self._lists.province_of(city)
            places.append(Place(province=province, city=city, county=county, township=township))
        return keys.astype(np.int32), places
