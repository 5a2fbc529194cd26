"""Start conditions on the 24 h windows of a place: which hours lie in a run that meets one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from alertengine.rulebook import AllOf, Exceed, Start, air_leaves
from alertengine.warning.aqi import Floats
from alertengine.warning.windows import DAY, Bools


def needed(start: Start) -> float:
    """The number that some window must at least reach for a condition to hold anywhere."""
    if isinstance(start, Exceed):
        return start.threshold
    return max(map(needed, start.all)) if isinstance(start, AllOf) else min(map(needed, start.any))


def evaluate(start: Start, aqi: Floats, within: Bools | None = None) -> Bools:
    """Return the hours of every run that meets a start condition (shape: hours).

    ``aqi`` is that of the window starting at each hour; ``within`` confines the windows.
    """
    if isinstance(start, Exceed):
        good = meets(start, aqi)
        if not good.any():
            return good
        if within is not None:
            room = np.convolve(within.astype(np.int64), np.ones(DAY, dtype=np.int64))[DAY - 1 :]
            good &= room == DAY
        if start.hours > DAY:  # for each window the number of back-to-back good windows it stands among
            grid = good.reshape(-1, DAY)
            before = _so_far(grid)
            after = _so_far(grid[::-1])[::-1]
            good &= (before + after - 1).ravel() >= start.hours // DAY
        return covered(good)
    if not isinstance(start, AllOf):
        return np.asarray(np.logical_or.reduce([evaluate(part, aqi, within) for part in start.any]))
    longest = max(start.all, key=lambda part: max(leaf.hours for leaf in air_leaves(part)))
    rest = [part for part in start.all if part is not longest]
    out = np.zeros(len(aqi), dtype=bool)
    for first, last in stretches(evaluate(longest, aqi, within)):
        inside = np.zeros(len(aqi), dtype=bool)
        inside[first:last] = True
        if all(evaluate(part, aqi, inside).any() for part in rest):
            out |= inside
    return out


def meets(leaf: Exceed, aqi: Floats) -> Bools:
    """Which windows reach a number, or lie above it."""
    return np.asarray(aqi > leaf.threshold if leaf.above is not None else aqi >= leaf.threshold)


def _so_far(grid: Bools) -> npt.NDArray[np.int64]:
    """Length of the unbroken run down each column up to and with each cell."""
    counted = np.cumsum(grid, axis=0)
    return np.asarray(counted - np.maximum.accumulate(np.where(grid, 0, counted), axis=0))


def covered(good: Bools) -> Bools:
    """Return the hours inside any good window (shape: hours)."""
    edges = np.zeros(len(good) + DAY + 1, dtype=np.int64)
    edges[: len(good)] += good
    edges[DAY : DAY + len(good)] -= good
    return np.asarray(np.cumsum(edges)[: len(good)] > 0)


def stretches(mask: Bools) -> list[tuple[int, int]]:
    """First and one past last place of each unbroken stretch of true."""
    if not mask.any():
        return []
    edges = np.diff(np.concatenate([[0], mask.astype(np.int8), [0]]))
    return list(zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True))
