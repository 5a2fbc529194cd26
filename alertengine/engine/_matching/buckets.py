"""Cells: lines that agree in the few columns that most rules ask about, and the rules that can still hold there.

Most rules ask for an industry, a grade, a process.  The codes of such *guards* make the number of
a line's cell; in a cell most rules have failed and these comparisons are done with, so that what is
left to be looked at of a line is little.  An unknown code has cells of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from alertengine.engine._matching.alternatives import Term
from alertengine.engine.code_sets import Column

#: Cells laid out at most: their tables stay near the processor.
MOST_CELLS = 1 << 12
#: A guard that leaves more than this share of what could hold is not worth its cells.
_WORTH = 0.75
#: Terms left in a cell on average that need no further guard.
_FEW = 1.0
Bools = npt.NDArray[np.bool_]


def allowed_codes(term: Term, column: int, size: int) -> Bools:
    """Under which codes of a column a term has not failed; shape (size + 1,)."""
    for number, codes in term.allowed:
        if number == column:
            out = np.zeros(size + 1, dtype=bool)
            out[list(codes)] = True
            return out
    return np.ones(size + 1, dtype=bool)


def choose_guards(terms: Sequence[Term], columns: Sequence[Column]) -> tuple[int, ...]:
    """The columns whose codes part the terms best, as many as pay."""
    candidates = {number for term in terms for number, _ in term.allowed if columns[number].kind == "text"}
    passing = {
        number: np.array([allowed_codes(term, number, columns[number].size)[1:].mean() for term in terms])
        for number in sorted(candidates)
    }
    left, cells = np.ones(len(terms)), 1
    guards: list[int] = []
    while passing and left.sum() > _FEW:
        able = [number for number in passing if cells * (columns[number].size + 1) <= MOST_CELLS]
        best = min(able, key=lambda number: float((left * passing[number]).sum()), default=None)
        if best is None or (left * passing[best]).sum() > _WORTH * left.sum():
            break
        left = left * passing.pop(best)
        cells *= columns[best].size + 1
        guards.append(best)
    return tuple(guards)


def possible(terms: Sequence[Term], guards: Sequence[int], columns: Sequence[Column]) -> Bools:
    """Which terms the guards' codes leave standing in each cell; shape (terms, cells), the last guard fastest."""
    out = np.ones((len(terms), 1), dtype=bool)
    for guard in guards:
        allowed = np.array([allowed_codes(term, guard, columns[guard].size) for term in terms])
        out = (out[:, :, None] & allowed[:, None, :]).reshape(len(terms), -1)
    return out


def codes_of(cell: int, guards: Sequence[int], columns: Sequence[Column]) -> dict[int, int]:
    """The guards' codes in a cell."""
    out: dict[int, int] = {}
    for guard in reversed(guards):
        cell, out[guard] = divmod(cell, columns[guard].size + 1)
    return out
