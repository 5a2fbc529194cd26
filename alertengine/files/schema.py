"""What a table may hold: the headers it has, and which of its rows are none of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from alertengine.files.cells import tidy
from alertengine.files.columns import AS_TEXT, ColumnKind
from alertengine.files.profiles import Profile

Names = Mapping[str, tuple[str, ...]]
#: What people write beside the word of a sheet: 附表2, 2020年, (修订), 表, 情况.
_BESIDE: Final = re.compile(
    r"\(.*?\)|附?[件表]\s*[0-9一二三四五六七八九十]*|20\d\d(?:年度?)?|行政|情况|信息|汇总|统计|台账|书|量|[\s\d._、-]"
)


def sheets_named(word: str, names: Iterable[str]) -> list[str]:
    """The sheets named by a word, with what people write beside it; that of just this name alone where there is one.

    >>> sheets_named("处罚决定", ["清单", "附表2 行政处罚决定表", "处罚决定说明"])
    ['附表2 行政处罚决定表']
    """
    every = list(names)
    return [word] if word in every else [name for name in every if _BESIDE.sub("", tidy(name)) == word]


@dataclass(frozen=True, slots=True)
class Schema:
    """What a table may hold, by which its sheet, its header and its rows are told from all else.

    ``names`` are the fields of each header (``headers.normal``); the header row has at least ``least`` of them.
    ``sheets`` chooses the sheets of a workbook to look at, from the names of all; those with the header are read
    together, hidden ones only where no other has it.  ``kind_of`` says by its header how a column is held.
    ``subjects`` are fields that say whom a row is about, ``of_a_row`` fields that a row of the table fills and a sum
    does not, ``amounts`` fields that sums add up, ``energies`` those of energy: rows above the header may name the unit
    of both.  ``places`` are fields of the places a sum may be of, ``not_filled`` those whose merged cells say something
    of their first row alone.  ``kind`` is the kind of table that profiles are of; without it there are none.
    """

    names: Names
    least: int = 3
    sheets: Callable[[list[str]], list[str]] = list
    kind_of: Callable[[str], ColumnKind] = lambda _: AS_TEXT
    subjects: tuple[str, ...] = ()
    of_a_row: tuple[str, ...] = ()
    amounts: frozenset[str] = frozenset()
    energies: frozenset[str] = frozenset()
    places: tuple[str, ...] = ("city", "county")
    not_filled: frozenset[str] = frozenset()
    kind: str = ""

    @property
    def such_as(self) -> list[str]:
        """Some headers, to be named where none is found: the first of each of the first fields in Chinese."""
        firsts = {fields: name for name, fields in reversed(list(self.names.items())) if not name.isascii()}
        return list(reversed(firsts.values()))[:3]


def with_profile(schema: Schema, profile: Profile | None) -> Schema:
    """A schema that knows the headers of a profile too, on its sheet, every cell a text.

    Raises:
        InputError: the profile names a field that is none of the table's.

    """
    if profile is None:
        return schema
    chosen = profile.sheets if profile.sheet else schema.sheets
    return replace(schema, names=profile.names(schema.names), sheets=chosen, kind_of=lambda _: AS_TEXT)
