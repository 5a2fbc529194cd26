"""The least lost production that covers several counts at once: a covering knapsack with choices, solved exactly.

Dynamic programming over the candidates, the doubtful ones last, on states of what is still to be covered and
what was lost.  A state is dropped where another covers as much for no more, or where even the Lagrangian bound
of the rest exceeds a choice already found (Nemhauser and Ullmann's lists with bounds).  All figures are whole
numbers in units of 1/SCALE held in floats, exact up to 2^53.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
#: Figures are counted in millionths.
SCALE = 1_000_000
#: States kept on the first pass, which only looks for a good choice, and on the second, which proves it.
FIRST_STATES, MOST_STATES = 400, 200_000
#: A choice within this share of the bound is the best: far below what any list states.
_PROVEN = 1e-10
#: Of two lists of states no longer than this the dominated ones are sought pair by pair.
_PAIRWISE = 1500

#: Of one candidate what each option gives, (options, counts), and what it loses, (options,).
Table = tuple[Floats, Floats]


@dataclass(frozen=True, slots=True)
class Choice:
    """The option of each candidate; ``proven``: none loses less."""

    options: tuple[int, ...]
    proven: bool


def least_loss(tables: Sequence[Table], needs: Floats) -> Choice | None:
    """Choose an option of every candidate.

    Args:
        tables: the options of each candidate, in stable order; of equal candidates the earlier gives more.
        needs: what must be given of each count, (counts,).

    Returns:
        The choice that loses least, None where not all together give what is needed.

    """
    if any(not len(lost) for _, lost in tables):
        return None
    if not len(needs):
        return Choice(tuple(int(np.argmin(lost)) for _, lost in tables), proven=True)
    most = np.sum([gives.max(axis=0) for gives, _ in tables], axis=0) if tables else np.zeros(len(needs))
    if (most < needs).any():
        return None
    weights = _weights(tables, needs)
    spread = [_reduced(table, weights) for table in tables]
    doubt = [np.sort(cost)[1] - cost.min() if len(cost) > 1 else np.inf for cost in spread]
    order = sorted(range(len(tables)), key=lambda n: (-doubt[n], n))
    search = _Search([tables[n] for n in order], needs, weights)
    found, whole = search.run(np.inf, FIRST_STATES)
    if found is None and not whole:  # the narrow pass lost its way, or the options do not cover together
        found, whole = search.run(np.inf, MOST_STATES)
    if found is None:
        return None
    if not whole and search.lost(found) > search.bound + max(0.5, _PROVEN * abs(search.bound)):
        better, whole = search.run(search.lost(found), MOST_STATES)
        found = better or found
    else:
        whole = True
    options = [0] * len(tables)
    for n, option in zip(order, found, strict=True):
        options[n] = option
    return Choice(_in_stable_order(tables, options), whole)


def _reduced(table: Table, weights: Floats) -> Floats:
    gives, lost = table
    return lost - gives @ weights


def _weights(tables: Sequence[Table], needs: Floats) -> Floats:
    """Lagrangian weights of the counts, near those of the best bound; any of them are sound."""
    weights = np.zeros(len(needs))
    top = float(sum(lost.max() for _, lost in tables))
    for sweep in range(1 if len(needs) == 1 else 12):
        before = weights.copy()
        for at in range(len(needs)):
            if needs[at] <= 0:
                continue
            low, high = 0.0, 1.0
            while high * needs[at] < top * 2 and _given(tables, weights, at, high) < needs[at]:
                high *= 4
            for _ in range(60):
                middle = (low + high) / 2
                low, high = (middle, high) if _given(tables, weights, at, middle) < needs[at] else (low, middle)
            weights[at] = high
        if sweep and np.allclose(before, weights, rtol=1e-9, atol=0):
            break
    return weights


def _given(tables: Sequence[Table], weights: Floats, at: int, weight: float) -> float:
    """What the cheapest options give of a count at a weight of it, the other weights as they are."""
    trial = weights.copy()
    trial[at] = weight
    return float(sum(gives[int(np.argmin(lost - gives @ trial)), at] for gives, lost in tables))


class _Search:
    """Lists of states, candidate by candidate."""

    def __init__(self, tables: Sequence[Table], needs: Floats, weights: Floats) -> None:
        self._tables, self._needs, self._weights = tables, needs, weights
        count = len(tables)
        least = [float(_reduced(table, weights).min()) for table in tables]
        self._rest = np.array([sum(least[n:]) for n in range(count + 1)])
        most = [gives.max(axis=0) for gives, _ in tables]
        self._most = [np.sum(most[n:], axis=0) if n < count else np.zeros(len(needs)) for n in range(count + 1)]
        self.bound = float(weights @ needs + self._rest[0])

    def lost(self, options: Sequence[int]) -> float:
        """What a choice loses."""
        return float(sum(lost[n] for (_, lost), n in zip(self._tables, options, strict=True)))

    def run(self, known: float, most: int) -> tuple[tuple[int, ...] | None, bool]:
        """The best choice that loses less than ``known`` and whether no state was given up on the way."""
        needs, lost = np.maximum(self._needs, 0.0)[None, :], np.zeros(1)
        trail: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]] = []
        whole = True
        for at, (gives, cost) in enumerate(self._tables):
            count = len(cost)
            wide = np.maximum(needs[:, None, :] - gives[None, :, :], 0.0).reshape(len(needs) * count, -1)
            paid = (lost[:, None] + cost[None, :]).ravel()
            bound = paid + wide @ self._weights + self._rest[at + 1]
            fits = (wide <= self._most[at + 1]).all(axis=1) & (bound < known - 0.5 + 1e-12 * abs(bound))
            rows = np.flatnonzero(fits)
            if not len(rows):
                return None, whole
            rows = rows[_undominated(wide[rows], paid[rows])]
            if len(rows) > most:
                rows = rows[np.argsort(bound[rows], kind="stable")[:most]]
                whole = False
            trail.append((rows // count, rows % count))
            needs, lost = wide[rows], paid[rows]
        state = int(np.argmin(lost))
        options = []
        for before, option in reversed(trail):
            options.append(int(option[state]))
            state = int(before[state])
        return tuple(reversed(options)), whole


def _undominated(needs: Floats, lost: Floats) -> npt.NDArray[np.int64]:
    """The states that no other equals or betters, by position."""
    order = np.lexsort((*needs.T[::-1], lost))
    needs, lost = needs[order], lost[order]
    if needs.shape[1] == 1:
        column = needs[:, 0]
        first = np.r_[True, column[1:] < np.minimum.accumulate(column)[:-1]]
        return np.sort(order[first])
    fresh = np.r_[True, (np.diff(needs, axis=0) != 0).any(axis=1)] if len(lost) > 1 else np.ones(1, dtype=bool)
    order, needs = order[fresh], needs[fresh]
    if len(order) <= _PAIRWISE:
        under = (needs[:, None, :] <= needs[None, :, :]).all(axis=2)
        order = order[~np.triu(under, 1).any(axis=0)]
    return np.sort(order)


def _in_stable_order(tables: Sequence[Table], options: Sequence[int]) -> tuple[int, ...]:
    """The same choice with the earlier of equal candidates stopping more."""
    alike: dict[tuple[bytes, bytes], list[int]] = {}
    for n, (gives, lost) in enumerate(tables):
        alike.setdefault((gives.tobytes(), lost.tobytes()), []).append(n)
    out = list(options)
    for members in alike.values():
        for n, option in zip(members, sorted((options[n] for n in members), reverse=True), strict=True):
            out[n] = option
    return tuple(out)
