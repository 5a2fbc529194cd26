"""The facts of a list of lines, as the engine reads them: columns of codes and numbers.

Texts come as category codes (-1 unknown), booleans as 0 unknown, 1 no, 2 yes, numbers as
floats with NaN for unknown.  Derived fields (sector, effective grade ...) are made here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.engine.group_index import joined
from alertengine.rulebook.places_and_lists import OpenLists, Place
from alertengine.vocabulary.decisions import open_on, undecided
from alertengine.vocabulary.enterprise_name import name_or_code
from alertengine.vocabulary.fields import FIELDS, GRADES

Codes = npt.NDArray[np.int32]
#: What stands in 所在名单 where a line is on no list.
NONE_OF_THEM: Final = "无"


class Coder(Protocol):
    """What makes codes of a field."""

    @property
    def field(self) -> str:
        """The field."""

    def codes(self, facts: Facts) -> npt.NDArray[np.int16]:
        """The field's codes; shape (lines,)."""


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A text column: ``codes`` into ``categories``, -1 where unknown."""

    codes: Codes
    categories: tuple[str, ...]

    def among(self, *texts: str) -> npt.NDArray[np.bool_]:
        """Where the text is one of ``texts``."""
        return np.array([*(item in texts for item in self.categories), False], dtype=bool)[self.codes]


def text_column(series: pd.Series[Any]) -> TextColumn:
    """A pandas column as codes and categories."""
    if not isinstance(series.dtype, pd.CategoricalDtype):
        series = series.astype("category")
    categories = tuple(str(item) for item in series.cat.categories)
    return TextColumn(series.cat.codes.to_numpy().astype(np.int32), categories)


def mapped(column: TextColumn, values: Sequence[str | None]) -> TextColumn:
    """The column with each category replaced by the text beside it (None: unknown)."""
    categories = tuple(dict.fromkeys(value for value in values if value is not None))
    index = {value: number for number, value in enumerate(categories)}
    table = np.array([*(index.get(value, -1) if value is not None else -1 for value in values), -1], dtype=np.int32)
    return TextColumn(table[column.codes], categories)


class Facts:
    """The columns of a list of lines on one day.

    Args:
        lines: one row per line, columns of the vocabulary.
        lists: the open lists that derived fields come from.
        day: the day of the law (an industry's ultra-low standard is dated).

    """

    def __init__(self, lines: pd.DataFrame, lists: OpenLists, day: date) -> None:
        """Keep the table; columns are made when a rule first reads them."""
        self._lines = lines
        self._lists = lists
        self._day = day
        self._texts: dict[str, TextColumn] = {}
        self._numbers: dict[str, npt.NDArray[np.float64]] = {}
        self._bools: dict[str, npt.NDArray[np.int8]] = {}
        self._places: tuple[Codes, list[Place]] | None = None
        self._owners: npt.NDArray[np.int64] | None = None
        self._coded: dict[Coder, npt.NDArray[np.int16]] = {}

    def __len__(self) -> int:
        """Number of lines."""
        return len(self._lines)

    def with_grade(self, effective: TextColumn) -> Facts:
        """The same facts with the effective grade of the day."""
        other = Facts(self._lines, self._lists, self._day)
        other._texts = {**self._texts, "effective_grade": effective}
        other._numbers, other._bools, other._places = self._numbers, self._bools, self._places
        other._owners = self._owners
        other._coded = {key: codes for key, codes in self._coded.items() if key.field != "effective_grade"}
        return other

    def coded(self, column: Coder) -> npt.NDArray[np.int16]:
        """A column as codes, made once; shape (lines,)."""
        if column not in self._coded:
            self._coded[column] = column.codes(self)
        return self._coded[column]

    def text(self, name: str) -> TextColumn:
        """A text, code, open or names field."""
        if name not in self._texts:
            self._texts[name] = self._make_text(name)
        return self._texts[name]

    def _make_text(self, name: str) -> TextColumn:
        if name == "sector":
            industry = self.text("industry")
            return mapped(industry, [self._lists.sector_of(item) for item in industry.categories])
        if name == "enterprise_worst_grade":
            return self._worst_grade()
        if name == "enterprise_named":
            return self._named()
        if name == "open_decision":
            return self._open_decisions()
        column = text_column(self._lines[name])
        open_lists: dict[str, Collection[str]] = {"industry": self._lists.industries, "process": self._lists.processes}
        known = open_lists.get(name)
        if known:  # a name nobody knows is unknown, never another one: it makes no order lighter
            return mapped(column, [item if item in known else None for item in column.categories])
        return column

    def _named(self) -> TextColumn:
        """By which names a rule may mean an enterprise: its code and its register name."""
        both = [text_column(self._lines[name]) for name in ("enterprise_id", "enterprise")]
        key, firsts = joined(*(column.codes for column in both))
        rows = zip(*(column.codes[firsts].tolist() for column in both), strict=True)
        told = (
            ";".join(name_or_code(column.categories[at]) for column, at in zip(both, row, strict=True) if at >= 0)
            for row in rows
        )
        return mapped(TextColumn(key.astype(np.int32), ("",) * len(firsts)), list(told))

    def _open_decisions(self) -> TextColumn:
        """The decisions that bind on the day; a number without a record says only that something was decided."""
        both = [text_column(self._lines[name]) for name in ("decisions", "decision_no")]
        key, firsts = joined(*(column.codes for column in both))
        told = []
        for line in firsts:
            record, number = (c.categories[c.codes[line]] if c.codes[line] >= 0 else None for c in both)
            told.append(open_on(record, number, self._day))
        return mapped(TextColumn(key.astype(np.int32), ("",) * len(firsts)), told)

    def stated(self, name: str) -> TextColumn:
        """A text field as the list writes it, names that nobody knows among them."""
        return text_column(self._lines[name])

    def is_known(self, field: str, name: str, asked: Collection[object]) -> bool:
        """Whether a name of a set field is surely none of those ``asked`` for, where it is not one of them itself.

        A name of 所在名单 that no document speaks of may stand for any; so may a decision not told in full.
        """
        if field == "open_decision":
            return not undecided(name, asked)
        if field == "named_lists":
            return name == NONE_OF_THEM or not self._lists.named_lists or name in self._lists.named_lists
        return bool(name)

    def _worst_grade(self) -> TextColumn:
        grade = self.text("grade")
        rank = np.array([*(GRADES.index(item) for item in grade.categories), -1])[grade.codes]
        grouped = pd.Series(rank).groupby(self._lines["enterprise_id"].to_numpy())
        worst, least = grouped.transform("max").to_numpy(), grouped.transform("min").to_numpy()
        return TextColumn(np.where(least < 0, -1, worst).astype(np.int32), GRADES)  # one unknown, all unknown

    def of_enterprise(self, values: npt.NDArray[np.int64], *, least: bool) -> npt.NDArray[np.int64]:
        """For each line the least or the greatest of a value over all lines of its enterprise; shape (lines,)."""
        owners = self._enterprises()
        count = int(owners.max(initial=-1)) + 2  # lines without an enterprise are one of their own, the last
        out = np.full(count, values.max(initial=0) if least else values.min(initial=0), dtype=np.int64)
        (np.minimum if least else np.maximum).at(out, owners, values)
        return out[owners]

    def mates(self, line: int) -> npt.NDArray[np.int64]:
        """The lines of a line's enterprise, itself among them."""
        owners = self._enterprises()
        return np.flatnonzero(owners == owners[line])

    def _enterprises(self) -> npt.NDArray[np.int64]:
        if self._owners is None:
            self._owners = pd.factorize(self._lines["enterprise_id"])[0].astype(np.int64)
        return self._owners

    def number(self, name: str) -> npt.NDArray[np.float64]:
        """A numeric field, NaN where unknown."""
        if name not in self._numbers:
            if name == "enterprise_lines":
                ids = self._lines["enterprise_id"]
                values = ids.groupby(ids).transform("size").to_numpy()
            else:
                values = self._lines[name].to_numpy()
            self._numbers[name] = values.astype(np.float64, copy=False)
        return self._numbers[name]

    def boolean(self, name: str) -> npt.NDArray[np.int8]:
        """A yes/no field: 0 unknown, 1 no, 2 yes."""
        if name not in self._bools:
            self._bools[name] = self._make_boolean(name)
        return self._bools[name]

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
        column = self._lines[name]
        codes = column.to_numpy(dtype=bool, na_value=False).astype(np.int8) + np.int8(1)
        codes[column.isna().to_numpy()] = 0
        return codes

    def places(self) -> tuple[Codes, list[Place]]:
        """For each line the number of its place, and the distinct places."""
        if self._places is None:
            self._places = self._find_places()
        return self._places

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
