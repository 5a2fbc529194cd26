"""A rule as a table: what its condition comes to for every combination of the classes of the columns it reads.

Codes of a column that no comparison of the condition tells apart are one class.  A table is built in one
vectorised pass with Kleene's value (*and* is the least, *or* the greatest) and beside it what is left of the
condition over unknown columns.  It depends on the condition alone, so one serves every law and day.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from alertengine.engine.code_sets import NOT, POSSIBLY, SURELY, Coded, CodedColumn, Leaf, Row, columns_of, encode
from alertengine.rulebook import Condition, Group, OverLines, atoms
from alertengine.vocabulary import EngineError

Ints = npt.NDArray[np.integer[Any]]
#: Entries of one table at most.
MOST_ENTRIES = 1 << 20


@dataclass(frozen=True, slots=True)
class TableEntry:
    """What a condition comes to: Kleene's value and, where filling in cells can change it, the condition left over."""

    held: int
    left: Condition | None = None


@dataclass(slots=True, eq=False)
class Table:
    """A condition as a table.

    ``columns`` are cut at its own constants, ``coded`` is the ``condition`` over them; ``shape``: the number of classes
    of each; ``steps``: for each column by code how far it moves along ``entries``, shape (size + 1,); ``entries``
    number into ``said``, the last column fastest, 0 where the condition neither holds nor can.
    """

    condition: Condition
    columns: tuple[CodedColumn, ...]
    coded: Coded
    shape: tuple[int, ...]
    steps: list[Ints]
    entries: Ints
    said: list[TableEntry]

    @property
    def classes(self) -> list[Ints]:
        """For each column by code the number of its class; shape (size + 1,)."""
        return [step // math.prod(self.shape[n + 1 :]) for n, step in enumerate(self.steps)]

    def at(self, row: Row) -> TableEntry:
        """What the condition comes to under a profile of its columns."""
        return self.said[self.entries[sum(step[code] for step, code in zip(self.steps, row, strict=True))]]

    def may_hold(self, column: int) -> npt.NDArray[np.bool_]:
        """Under which codes of one of its columns the condition can hold; shape (size + 1,)."""
        others = tuple(number for number in range(len(self.shape)) if number != column)
        classes = np.any(self.entries.reshape(self.shape) > 0, axis=others)
        return np.asarray(classes)[self.classes[column]]


def table_of(condition: Condition) -> Table:
    """The table of a condition.

    Raises:
        EngineError: it has more than ``MOST_ENTRIES`` entries.

    """
    columns = columns_of([condition])
    coded = encode(condition, columns)
    leaves = _leaves(coded)
    classes = [_classes(column, [leaf for leaf in leaves if leaf.column == n]) for n, column in enumerate(columns)]
    shape = tuple(len(firsts) for _, firsts in classes)
    if math.prod(shape) > MOST_ENTRIES:
        raise EngineError(
            f"a condition tells {math.prod(shape):,} cases apart, at most {MOST_ENTRIES:,}; split the rule"
        )
    steps = [of_code * math.prod(shape[n + 1 :]) for n, (of_code, _) in enumerate(classes)]
    filling = _Filling([firsts for _, firsts in classes])
    held, left = (np.broadcast_to(array, shape).ravel() for array in filling.of(coded))
    asks_missing = any(atom.op == "missing" for atom in atoms(condition))  # what holds can be undone
    open_ = (held == POSSIBLY) | asks_missing
    key, numbers = np.unique(held * len(filling.kept) + np.where(open_, left, held == SURELY), return_inverse=True)
    said = [TableEntry(NOT)]
    of_key = []
    for value, rest in (divmod(int(one), len(filling.kept)) for one in key):
        kept = filling.kept[rest]
        entry = TableEntry(value, None if isinstance(kept, bool) else kept)
        if entry.held != SURELY and entry.left is None:
            of_key.append(0)
        else:
            of_key.append(len(said))
            said.append(entry)
    return Table(condition, columns, coded, shape, steps, np.array(of_key, dtype=np.int32)[numbers], said)


def _leaves(coded: Coded) -> list[Leaf]:
    return [coded] if isinstance(coded, Leaf) else [leaf for part in coded.parts for leaf in _leaves(part)]


def _classes(column: CodedColumn, leaves: Sequence[Leaf]) -> tuple[Ints, list[int]]:
    """For each code of a column its class, and of each class its first code."""
    numbers: dict[tuple[tuple[int, object], ...], int] = {}
    of_code, firsts = [], []
    for code in range(column.size + 1):
        states = tuple((leaf.truth(code), _told(leaf.left(code))) for leaf in leaves)
        if states not in numbers:
            numbers[states] = len(numbers)
            firsts.append(code)
        of_code.append(numbers[states])
    return np.array(of_code, dtype=np.int64), firsts


def _told(left: Condition | bool) -> object:  # noqa: FBT001 -- what is left may be True or False
    """What tells what is left of a comparison apart: the fields that lines of the enterprise leave open among it."""
    return left.unknown if isinstance(left, OverLines) else isinstance(left, bool)


class _Filling:
    """Fills a table: for each part of a condition Kleene's value and the number of what is left, along its axes."""

    def __init__(self, firsts: Sequence[Sequence[int]]) -> None:
        self._firsts = firsts
        #: What is left of some part, by number; False and True first.
        self.kept: list[Condition | bool] = [False, True]
        self._numbers: dict[object, int] = {False: 0, True: 1}

    def of(self, coded: Coded) -> tuple[Ints, Ints]:
        """Two arrays that broadcast to the shape of the table."""
        if isinstance(coded, Leaf):
            codes = self._firsts[coded.column]
            along = [1] * len(self._firsts)
            along[coded.column] = len(codes)
            held: Ints = np.array([coded.truth(code) for code in codes], dtype=np.int64)
            left = np.array([self._number(coded.left(code)) for code in codes], dtype=np.int64)
            return held.reshape(along), left.reshape(along)
        if not coded.parts:
            one: Ints = np.array(SURELY if coded.every else NOT, dtype=np.int64)
            return one, one // SURELY
        parts = [self.of(part) for part in coded.parts]
        held = parts[0][0]
        for other, _ in parts[1:]:
            held = np.minimum(held, other) if coded.every else np.maximum(held, other)
        return held, self._together([left for _, left in parts], every=coded.every)

    def _together(self, parts: list[Ints], *, every: bool) -> Ints:
        """The numbers of what is left of a group, from those of its parts."""
        spread = np.broadcast_arrays(*parts)
        key: Ints = np.zeros(spread[0].shape, dtype=np.int64)
        for part in spread:
            key = np.unique(key * len(self.kept) + part, return_inverse=True)[1]
        _, firsts, numbers = np.unique(key, return_index=True, return_inverse=True)
        rows = zip(*(part.ravel()[firsts].tolist() for part in spread), strict=True)
        told = np.array([self._joined(row, every=every) for row in rows], dtype=np.int64)
        return told[numbers].reshape(spread[0].shape)

    def _joined(self, row: Sequence[int], *, every: bool) -> int:
        """The number of a group from those of its parts: 0 is False and 1 True."""
        if int(not every) in row:
            return int(not every)
        left = tuple(number for number in row if number > 1)
        if len(left) < 2:
            return left[0] if left else int(every)
        if (every, left) not in self._numbers:
            parts = [part for part in (self.kept[number] for number in left) if not isinstance(part, bool)]
            self._take((every, left), Group(every=every, parts=tuple(parts)))
        return self._numbers[every, left]

    def _number(self, kept: Condition | bool) -> int:  # noqa: FBT001 -- what is left may be True or False
        """The number of what is left of a part: a group is known by the numbers of its own, which are quick to hash."""
        key = (kept.every, tuple(map(self._number, kept.parts))) if isinstance(kept, Group) else kept
        if key not in self._numbers:
            self._take(key, kept)
        return self._numbers[key]

    def _take(self, key: object, kept: Condition | bool) -> None:  # noqa: FBT001 -- what is left may be True or False
        self._numbers[key] = len(self.kept)
        self.kept.append(kept)
