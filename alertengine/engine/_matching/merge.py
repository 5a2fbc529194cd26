"""What parts of a law find on the same lines, and putting it together."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from alertengine.engine.code_sets import CodeArray, Column
from alertengine.engine.group_index import Index, joined
from alertengine.engine.outcomes import Outcomes

#: The codes of a column for the lines being matched; shape (lines,).
Coding = Callable[[Column], CodeArray]
_NUMBER = operator.attrgetter("number")
Numbers = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Part:
    """What some rules come to on some lines.

    ``lines`` are those it speaks of (None: all); ``index`` numbers for each of them its outcomes in ``found``;
    ``fresh``: a line for every profile that was never seen before.
    """

    lines: Index | None
    index: Numbers
    found: list[Outcomes]
    fresh: Index


@dataclass(frozen=True, slots=True)
class Whole:
    """All parts together: ``index`` (lines,) into ``found``."""

    index: Numbers
    found: list[Outcomes]
    fresh: list[int]


def together(parts: Sequence[Part], count: int) -> Whole:
    """The outcomes of every line over all parts."""
    fresh = list(dict.fromkeys(line for part in parts for line in part.fresh.tolist()))
    everywhere = [part for part in parts if part.lines is None and any(part.found)]
    somewhere = [part for part in parts if part.lines is not None and any(part.found)]
    index, found = _over_all(everywhere, count)
    if somewhere:
        index, found = _with_some(index, found, somewhere)
    return Whole(index, found, fresh)


def _over_all(parts: Sequence[Part], count: int) -> tuple[Numbers, list[Outcomes]]:
    """Parts that speak of every line."""
    if not parts:
        return np.zeros(count, dtype=np.int64), [()]
    if len(parts) == 1:
        return parts[0].index, parts[0].found
    key, firsts = joined(*(part.index for part in parts))
    rows = zip(*(part.index[firsts].tolist() for part in parts), strict=True)
    return key, [_merged(part.found[number] for part, number in zip(parts, row, strict=True)) for row in rows]


def _with_some(index: Numbers, found: list[Outcomes], parts: Sequence[Part]) -> tuple[Numbers, list[Outcomes]]:
    """What was found on all lines, and beside it on some."""
    touched = np.zeros(len(index), dtype=bool)
    spoken_of = [np.arange(len(index)) if part.lines is None else part.lines for part in parts]
    for some in spoken_of:
        touched[some] = True
    lines = np.flatnonzero(touched)
    columns = [index[lines]]
    for part, some in zip(parts, spoken_of, strict=True):
        column = np.zeros(len(lines), dtype=np.int64)
        column[np.searchsorted(lines, some)] = part.index + 1
        columns.append(column)
    key, firsts = joined(*columns)
    held: list[list[Outcomes]] = [found, *([(), *part.found] for part in parts)]
    rows = np.stack([column[firsts] for column in columns], axis=1).tolist()
    index = index.astype(np.int64)
    index[lines] = key + len(found)
    merged = [_merged(one[number] for one, number in zip(held, row, strict=True)) for row in rows]
    return index, [*found, *merged]


def _merged(parts: Iterable[Outcomes]) -> Outcomes:
    """The outcomes of several parts in the order of the rules."""
    some = [part for part in parts if part]
    if len(some) == 1:
        return some[0]
    return tuple(sorted(itertools.chain.from_iterable(some), key=_NUMBER))
