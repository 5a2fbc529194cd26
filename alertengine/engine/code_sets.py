"""Compiling conditions to code sets.

Within one group of rules a field is cut at the constants the rules compare it with; every value becomes a small
integer, 0 for unknown. A comparison is then a pair of code sets: those for which it surely holds and those for which it
possibly holds. One routine carries every operator and Kleene's logic with it.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from alertengine.engine.facts import CodeArray, Facts
from alertengine.rulebook import Atom, Condition, Group, OverLines, fields_of, leaves
from alertengine.rulebook import Leaf as Asked
from alertengine.vocabulary import FIELDS

UNKNOWN = 0
#: Of so many fields at most it is told on which of them such a condition hangs.
_MOST_TOLD = 4
#: Whether a condition holds under a profile, in the order of Kleene's logic: *and* is the least, *or* the greatest.
NOT, POSSIBLY, SURELY = range(3)
#: A profile: the code of every column.
Row = tuple[int, ...]
#: Numbers cut together, so that they stay near the processor; up to so many constants a comparison each is the fastest.
_AT_ONCE, _FEW_CUTS = 1 << 15, 24


@dataclass(frozen=True, slots=True)
class CodedColumn:
    """One coded column of a profile.

    ``kind`` is ``text``, ``bool``, ``number``, ``name`` (is one of ``constants`` among the names of a set field?) or
    ``lines`` (what ``over`` comes to for the lines of the enterprise: the highest code says no, the one before it yes;
    the others leave it open and tell on which of its fields it hangs).  ``constants`` are sorted; codes run from 1 to
    ``size``.
    """

    field: str
    kind: str
    constants: tuple[str | float, ...] = ()
    over: OverLines | None = None

    @property
    def size(self) -> int:
        """The highest code."""
        if self.kind == "text":
            return len(self.constants) + 1
        if self.over is not None:
            return 2 + len(_unknowns(self.over))
        return 2 * len(self.constants) + 1 if self.kind == "number" else 2

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for columns of one field, whatever the constants they are cut at."""
        return self.field, self.kind, self.constants if self.kind in ("name", "lines") else ()

    @property
    def reads(self) -> frozenset[str]:
        """The fields it is made of."""
        return frozenset({self.field}) if self.over is None else fields_of(self.over)

    def everything(self) -> frozenset[int]:
        """All codes, unknown among them."""
        return frozenset(range(self.size + 1))

    @property
    def dtype(self) -> type[np.signedinteger[Any]]:
        """The narrowest type that holds its codes: a list has a hundred columns of them."""
        return np.int8 if self.size <= np.iinfo(np.int8).max else np.int16

    def codes(self, facts: Facts) -> CodeArray:
        """The column of a list, coded; shape (lines,)."""
        if self.over is not None:
            return _over_lines(self.over, facts, self.dtype)
        if self.kind == "bool":
            return facts.boolean(self.field)
        if self.kind == "number":
            return self._number_codes(facts.number(self.field))
        column = facts.text(self.field)
        if self.kind == "name":
            names = [item.split(";") for item in column.categories]
            table = [
                2
                if not set(self.constants).isdisjoint(held)
                else 1
                if all(facts.is_known(self.field, name, self.constants) for name in held)
                else UNKNOWN
                for held in names
            ]
        else:
            index = {constant: number for number, constant in enumerate(self.constants, start=1)}
            table = [index.get(item, len(self.constants) + 1) for item in column.categories]
        return np.array([*table, UNKNOWN], dtype=self.dtype)[column.codes]

    def _number_codes(self, values: npt.NDArray[np.float64]) -> CodeArray:
        cuts = np.array(self.constants, dtype=np.float64)
        codes = np.empty(len(values), dtype=self.dtype)
        for start in range(0, len(values), _AT_ONCE):
            some = values[start : start + _AT_ONCE]
            if len(cuts) > _FEW_CUTS:
                ranks = np.searchsorted(cuts, some, side="left") + np.searchsorted(cuts, some, side="right") + 1
                codes[start : start + _AT_ONCE] = np.where(np.isnan(some), UNKNOWN, ranks)
                continue
            rank = (some == some).view(np.int8)  # noqa: PLR0124 -- 0 for NaN, which no comparison adds to
            for cut in cuts:
                rank += (some > cut).view(np.int8)
                rank += (some >= cut).view(np.int8)
            codes[start : start + _AT_ONCE] = rank
        return codes

    def recoded(self, into: CodedColumn) -> CodeArray:
        """For each code of this column that of a column of the same field with fewer constants; shape (size + 1,)."""
        if self.kind in ("bool", "name", "lines"):
            return np.arange(self.size + 1, dtype=np.int16)
        if self.kind == "text":
            index = {constant: number for number, constant in enumerate(into.constants, start=1)}
            known = [index.get(constant, into.size) for constant in self.constants]
            return np.array([UNKNOWN, *known, into.size], dtype=np.int16)
        own, fewer = [float(cut) for cut in self.constants], [float(cut) for cut in into.constants]
        out = [UNKNOWN, *(2 * bisect.bisect_left(fewer, cut) + 1 for cut in own for _ in range(2)), into.size]
        for number, cut in enumerate(own):
            if cut in fewer:  # the constant itself; one that is cut no longer lies between two others
                out[2 * number + 2] += 1
        return np.array(out, dtype=np.int16)

    def holding(self, atom: Atom) -> frozenset[int]:
        """The known codes for which a comparison holds, its negation aside."""
        if atom.op == "in":
            if self.kind == "bool":
                return frozenset(1 + bool(value) for value in atom.values)
            if self.kind == "name":
                return frozenset({2})
            return frozenset(self.constants.index(value) + 1 for value in atom.values)
        rank = 2 * self.constants.index(atom.values[0]) + 2  # the code of the constant itself
        first, last = {"lt": (1, rank - 1), "le": (1, rank), "gt": (rank + 1, self.size), "ge": (rank, self.size)}[
            atom.op
        ]
        return frozenset(range(first, last + 1))


@dataclass(frozen=True, slots=True)
class Leaf:
    """A comparison as code sets of one column (its number); ``atom`` is what it was."""

    column: int
    surely: frozenset[int]
    possibly: frozenset[int]
    atom: Asked

    def truth(self, code: int) -> int:
        """Kleene's value under a code: SURELY, POSSIBLY or NOT."""
        return SURELY if code in self.surely else POSSIBLY if code in self.possibly else NOT

    def left(self, code: int) -> Condition | bool:
        """What is left of the comparison under a code: itself where filling in an unknown cell can still decide it."""
        if isinstance(self.atom, OverLines):
            if self.truth(code) != POSSIBLY:
                return code in self.surely
            return replace(self.atom, unknown=_unknowns(self.atom)[code - 1] if code else ())
        if self.atom.op == "missing" and code == UNKNOWN and not FIELDS[self.atom.field].blank_is_none:
            return self.atom  # holds as things are, and would not once the field is filled in
        return split_names(self.atom) if self.truth(code) == POSSIBLY else code in self.surely


@dataclass(frozen=True, slots=True)
class Node:
    """Several coded conditions of which all or at least one must hold."""

    every: bool
    parts: tuple[Coded, ...]


Coded = Leaf | Node


def split_names(condition: Condition) -> Condition:
    """The condition with each comparison of a set field asking for one name only."""
    if isinstance(condition, Group):
        return Group(every=condition.every, parts=tuple(map(split_names, condition.parts)))
    if isinstance(condition, OverLines) or FIELDS[condition.field].type != "names" or len(condition.values) < 2:
        return condition
    parts = tuple(Atom(condition.field, "in", (value,), condition.negated) for value in condition.values)
    return Group(every=condition.negated, parts=parts)


def columns_of(conditions: Iterable[Condition]) -> tuple[CodedColumn, ...]:
    """The columns that a group of conditions needs, cut at the constants they use."""
    constants: dict[tuple[str, str], set[str | float]] = {}
    aggregates: dict[str, CodedColumn] = {}
    for condition in conditions:
        for atom in leaves(condition):
            if isinstance(atom, OverLines):
                asked = replace(atom, unknown=())
                aggregates[repr(asked)] = CodedColumn("enterprise", "lines", (repr(asked),), asked)
                continue
            kind = _kind(atom)
            name = "\0".join((atom.field, *sorted(atom.values))) if kind == "name" else atom.field
            used = constants.setdefault((name, kind), set())
            if kind in ("text", "number", "name"):
                used.update(atom.values)
    columns = [CodedColumn(name.split("\0")[0], kind, tuple(sorted(used, key=str if kind != "number" else None)))
               for (name, kind), used in constants.items()]  # fmt: skip
    columns += aggregates.values()
    return tuple(sorted(columns, key=lambda column: (column.field, column.kind, str(column.constants))))


def _kind(atom: Atom) -> str:
    kind = FIELDS[atom.field].type
    if kind == "names" and atom.op == "missing":
        return "text"  # one column that only tells known from unknown
    return {"bool": "bool", "number": "number", "integer": "number", "names": "name"}.get(kind, "text")


def encode(condition: Condition, columns: tuple[CodedColumn, ...]) -> Coded:
    """A condition over code sets of the given columns."""
    if isinstance(condition, Group):
        return Node(condition.every, tuple(encode(part, columns) for part in condition.parts))
    if isinstance(condition, OverLines):
        number = next(n for n, column in enumerate(columns) if column.over == replace(condition, unknown=()))
        size = columns[number].size
        return Leaf(number, frozenset({size - 1}), frozenset(range(size)), condition)
    number = next(
        number
        for number, column in enumerate(columns)
        if column.field == condition.field
        and column.kind == _kind(condition)
        and (column.kind != "name" or set(column.constants) == set(condition.values))
    )
    column = columns[number]
    if condition.op == "missing":
        surely = possibly = frozenset({UNKNOWN})
    else:
        surely = column.holding(condition)
        possibly = surely if FIELDS[condition.field].blank_is_none else surely | {UNKNOWN}
    if condition.negated:
        surely, possibly = column.everything() - possibly, column.everything() - surely
    return Leaf(number, surely, possibly, condition)


# -- conditions asked of all lines of an enterprise


@cache
def _unknowns(over: OverLines) -> tuple[tuple[str, ...], ...]:
    """The sets of fields on which such a condition may hang; their codes are 1 and the following."""
    names = sorted(fields_of(over.part))
    if len(names) > _MOST_TOLD:
        return (tuple(names),)
    return tuple(chain.from_iterable(combinations(names, size) for size in range(1, len(names) + 1)))


def _over_lines(over: OverLines, facts: Facts, dtype: type[np.signedinteger[Any]]) -> CodeArray:
    """For each line what the condition comes to for its enterprise; shape (lines,)."""
    columns = columns_of([over.part])
    codes = [facts.coded(column) for column in columns]
    held = _truths(encode(over.part, columns), columns, codes)
    owners = facts.owners()
    whole = facts.of_enterprises(held, least=over.every)
    open_ = np.flatnonzero(held == POSSIBLY)
    names, sets = sorted(fields_of(over.part)), _unknowns(over)
    unknown = np.zeros(len(whole), dtype=np.int64)
    for column, code in zip(columns, codes, strict=True):
        if not FIELDS[column.field].blank_is_none:
            blank = np.zeros(len(whole), dtype=bool)
            blank[owners[open_[code[open_] == UNKNOWN]]] = True
            unknown |= blank.astype(np.int64) << names.index(column.field)
    of_mask = {sum(1 << names.index(name) for name in some): number for number, some in enumerate(sets, start=1)}
    told = np.array([UNKNOWN, *(of_mask.get(mask, len(sets)) for mask in range(1, 1 << len(names)))], dtype=dtype)
    yes = len(sets) + 1
    out = np.array([yes + 1, UNKNOWN, yes], dtype=dtype).take(whole)
    possibly = np.flatnonzero(whole == POSSIBLY)
    out[possibly] = told[unknown[possibly]]
    return out.take(owners)


def _truths(coded: Coded, columns: Sequence[CodedColumn], codes: list[CodeArray]) -> npt.NDArray[np.int8]:
    """Kleene's value of a coded condition for each line, in its own order of values; shape (lines,)."""
    if isinstance(coded, Leaf):
        table = [coded.truth(code) for code in sorted(columns[coded.column].everything())]
        return np.array(table, dtype=np.int8).take(codes[coded.column])
    parts = [_truths(part, columns, codes) for part in coded.parts]
    if not parts:
        return np.full(len(codes[0]) if codes else 0, SURELY if coded.every else NOT, dtype=np.int8)
    return np.minimum.reduce(parts) if coded.every else np.maximum.reduce(parts)
