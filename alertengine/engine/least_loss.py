"""The least lost production that covers several counts at once: a covering knapsack with choices, solved exactly.

Dynamic programming over the candidates, the doubtful ones last, on states of what is still to be covered and
what was lost.  A state is dropped where another covers as much for no more, or where even the Lagrangian bound
of the rest exceeds a choice already found (Nemhauser and Ullmann's lists with bounds).  All figures are whole
numbers in units of 1/SCALE held in floats, exact up to 2^53.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
#: Figures are counted in millionths.
SCALE = 1_000_000
#: States kept on each pass: the first ones look for a good choice, a later one that gives none up proves it.
PASSES = (200, 3_000, 30_000)
#: So few choices in all are simply listed.
_FEW = 20_000
#: A choice within this share of the bound is the best: below what any list states.
_PROVEN = 1e-8
#: Of lists of states no longer than this the dominated ones are sought pair by pair.
_PAIRWISE = 600
#: Exchanges tried as the second beside each first one.
_NEAR = 12

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
    most = np.sum([gives.max(axis=0) for gives, _ in tables], axis=0)
    if (most < needs).any():
        return None
    needs = _in_steps(tables, needs)
    few = math.prod(len(lost) for _, lost in tables) <= _FEW
    weights = np.zeros(len(needs)) if few else _weights(tables, needs)
    doubt = [float(np.ptp(np.sort(_reduced(table, weights))[:2])) if len(table[1]) > 1 else np.inf for table in tables]
    tie = max(float(sum(lost.max() for _, lost in tables)) * 1e-12, 1.0)
    order = sorted(range(len(tables)), key=lambda n: (-np.round(doubt[n] / tie), -float(tables[n][1].max()), n))
    search = _Search([tables[n] for n in order], needs, weights)
    found, whole = None, False
    for most in (_FEW,) if few else PASSES:
        better, whole = search.run(np.inf if found is None else search.lost(found), most)
        found = search.exchanged(better) if better and not whole else better or found
        near = max(0.5, _PROVEN * abs(search.bound))
        whole = whole or (found is not None and search.lost(found) <= search.bound + near)
        if whole:
            break
    if found is None:
        return None
    options = [0] * len(tables)
    for n, option in zip(order, found, strict=True):
        options[n] = option
    return Choice(_in_stable_order(tables, options), whole)


def _in_steps(tables: Sequence[Table], needs: Floats) -> Floats:
    """The needs rounded up to what can be given: whole multiples of the greatest common divisor of each count."""
    step = np.gcd.reduce(np.concatenate([gives for gives, _ in tables]).astype(np.int64), axis=0)
    step = np.maximum(step, 1).astype(np.float64)
    return np.ceil(needs / step) * step


def _reduced(table: Table, weights: Floats) -> Floats:
    gives, lost = table
    return lost - gives @ weights


def _weights(tables: Sequence[Table], needs: Floats) -> Floats:
    """Lagrangian weights of the counts, near those of the best bound; any of them are sound."""
    dual = _Dual(tables, needs)
    asked = [at for at in range(len(needs)) if needs[at] > 0]
    if len(asked) == 2:
        dual.nested(*asked)
        return dual.weights
    for _ in range(8):
        before = dual.weights.copy()
        for at in asked:
            dual.ascend(at)
        if np.allclose(before, dual.weights, rtol=1e-9, atol=0):
            break
    return dual.weights


class _Dual:
    """The Lagrangian bound as a function of the weights: concave, so each weight is found by bisection."""

    def __init__(self, tables: Sequence[Table], needs: Floats) -> None:
        wide = max(len(lost) for _, lost in tables)
        self._gives = np.zeros((len(tables), wide, len(needs)))
        self._lost = np.full((len(tables), wide), np.inf)
        for n, (gives, lost) in enumerate(tables):
            self._gives[n, : len(lost)], self._lost[n, : len(lost)] = gives, lost
        self._needs, self._each = needs, np.arange(len(tables))
        self.weights = np.zeros(len(needs))
        with np.errstate(divide="ignore", invalid="ignore"):
            dear = np.where(self._gives > 0, self._lost[:, :, None] / self._gives, 0.0)
        self._top = np.where(np.isfinite(dear), dear, 0.0).max(axis=(0, 1)) * 2 + 1.0

    def _short(self, at: int) -> bool:
        """Whether the cheapest options at the present weights give too little of a count."""
        best = np.argmin(self._lost - self._gives @ self.weights, axis=1)
        return bool(self._gives[self._each, best, at].sum() < self._needs[at])

    def ascend(self, at: int) -> None:
        """The best weight of one count, the others as they are."""
        low, high = 0.0, float(self._top[at])
        for _ in range(50):
            self.weights[at] = (low + high) / 2
            low, high = (self.weights[at], high) if self._short(at) else (low, self.weights[at])
        self.weights[at] = high

    def nested(self, outer: int, inner: int) -> None:
        """The best weights of two counts."""
        low, high = 0.0, float(self._top[outer])
        for _ in range(40):
            self.weights[outer] = (low + high) / 2
            self.ascend(inner)
            low, high = (self.weights[outer], high) if self._short(outer) else (low, self.weights[outer])
        self.ascend(inner)


class _Search:
    """Lists of states, candidate by candidate."""

    def __init__(self, tables: Sequence[Table], needs: Floats, weights: Floats) -> None:
        self._tables, self._needs, self._weights = tables, needs, weights
        count = len(tables)
        least = [float(_reduced(table, weights).min()) for table in tables]
        self._rest = np.array([sum(least[n:]) for n in range(count + 1)])
        most = [gives.max(axis=0) for gives, _ in tables]
        self._most = [np.sum(most[n:], axis=0) for n in range(count + 1)]
        self.bound = float(weights @ needs + self._rest[0])

    def lost(self, options: Sequence[int]) -> float:
        """What a choice loses."""
        return float(sum(lost[n] for (_, lost), n in zip(self._tables, options, strict=True)))

    def exchanged(self, options: tuple[int, ...]) -> tuple[int, ...]:
        """A choice bettered by exchanging one or two lines that stop for others, whole lines only."""
        whole = [n for n, (gives, lost) in enumerate(self._tables) if len(lost) == 2 and not gives[0].any()]
        if not whole:
            return options
        gives = np.array([self._tables[n][0][1] for n in whole] + [np.zeros(len(self._needs))])
        lost = np.array([self._tables[n][1][1] - self._tables[n][1][0] for n in whole] + [0.0])
        now = list(options)
        while self.lost(now) > self.bound:
            taken = np.array([now[n] == 1 for n in whole] + [False])
            given = np.sum([table[n] for (table, _), n in zip(self._tables, now, strict=True)], axis=0)
            out, into = np.append(np.flatnonzero(taken), len(whole)), np.flatnonzero(~taken)
            move = np.stack(np.meshgrid(out, into, indexing="ij"), axis=-1).reshape(-1, 2)
            saves = lost[move[:, 0]] - lost[move[:, 1]]
            move = move[order := np.argsort(saves, kind="stable")]
            saves = saves[order]
            at = np.searchsorted(saves, self.lost(now) - self.bound - saves, side="right")
            pairs = np.maximum(at[:, None] - 1 - np.arange(_NEAR)[None, :], 0)
            first, second = move[:, None, :], move[pairs]
            apart = ((first != second) | (first == len(whole))).all(axis=2)
            change = gives[first[..., 1]] + gives[second[..., 1]] - gives[first[..., 0]] - gives[second[..., 0]]
            fits = apart & (given + change >= self._needs).all(axis=2)
            gain = np.where(fits, saves[:, None] + saves[pairs], 0.0)
            best = np.unravel_index(int(np.argmax(gain)), gain.shape)
            if gain[best] < 1:
                break
            for n, option in zip(np.concatenate([move[best[0]], move[pairs[best]]]), (0, 1, 0, 1), strict=True):
                if n < len(whole):
                    now[whole[n]] = option
        return tuple(now)

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
                near = np.round(bound[rows] / max(1.0, _PROVEN * abs(self.bound)))  # equal prospects in stable order
                rows = rows[np.argsort(near, kind="stable")[:most]]
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
    if needs.shape[1] == 2:
        return np.sort(order[_staircase(needs)])
    fresh = np.r_[True, (np.diff(needs, axis=0) != 0).any(axis=1)]
    order, needs = order[fresh], needs[fresh]
    if len(order) <= _PAIRWISE:
        under = (needs[:, None, :] <= needs[None, :, :]).all(axis=2)
        order = order[~np.triu(under, 1).any(axis=0)]
    return np.sort(order)


def _staircase(needs: Floats) -> list[int]:
    """Of states with two counts by rising loss those that no earlier one equals in both, by position."""
    firsts, seconds, kept = [-np.inf, np.inf], [np.inf, -np.inf], []
    for n, (first, second) in enumerate(needs.tolist()):
        at = bisect_right(firsts, first)
        if seconds[at - 1] <= second:
            continue
        kept.append(n)
        until = at
        while seconds[until] >= second:
            until += 1
        start = at - (firsts[at - 1] == first)
        firsts[start:until], seconds[start:until] = [first], [second]
    return kept


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
