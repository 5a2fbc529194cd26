"""Matching many profiles at once by their code sets, without the rule library.

What a coded condition says is a table look-up per column, and numpy does it for all profiles
together.  It gives the same hits as the shards; the matcher falls back on it where a list holds
more new profiles than are worth asserting one by one, and checks it against the shards on some.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alertengine.engine.codes import Coded, Column, Leaf

#: Profiles looked at together: bounds the memory.
_AT_ONCE = 1 << 16
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Hits:
    """The rules that hold for a profile, surely and possibly."""

    surely: frozenset[str]
    possibly: frozenset[str]


def hits(coded: Coded, columns: Sequence[Column], profiles: Codes, *, possibly: bool) -> Bools:
    """Where a condition holds, surely or possibly.

    Args:
        coded: the condition.
        columns: the columns of its group.
        profiles: codes, (columns, profiles).
        possibly: unknown counts as holding.

    """
    if isinstance(coded, Leaf):
        table = np.zeros(columns[coded.column].size + 1, dtype=bool)
        table[list(coded.possibly if possibly else coded.surely)] = True
        return np.asarray(table[profiles[coded.column]])
    out = np.full(profiles.shape[1], coded.every)
    for part in coded.parts:
        held = hits(part, columns, profiles, possibly=possibly)
        out = out & held if coded.every else out | held
    return out


def all_hits(conditions: Mapping[str, Coded], columns: Sequence[Column], profiles: Codes) -> list[Hits]:
    """For each profile the rules that surely and that possibly hold, as the shards find them."""
    names = list(conditions)
    out: list[Hits] = []
    for start in range(0, profiles.shape[1], _AT_ONCE):
        some = profiles[:, start : start + _AT_ONCE]
        surely = _named(names, [hits(coded, columns, some, possibly=False) for coded in conditions.values()])
        possibly = _named(names, [hits(coded, columns, some, possibly=True) for coded in conditions.values()])
        out += [Hits(*both) for both in zip(surely, possibly, strict=True)]
    return out


def _named(names: Sequence[str], held: Sequence[Bools]) -> list[frozenset[str]]:
    """For each profile the names that hold; equal sets are one object."""
    packed = np.packbits(np.stack(held, axis=1), axis=1)
    width, data = packed.shape[1], packed.tobytes()
    keys = [data[start : start + width] for start in range(0, len(data), width)]
    sets: dict[bytes, frozenset[str]] = {}
    for key, row in zip(keys, packed, strict=True):
        if key not in sets:
            sets[key] = frozenset(itertools.compress(names, np.unpackbits(row, count=len(names))))
    return [sets[key] for key in keys]
