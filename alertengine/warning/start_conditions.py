"""Start conditions on the 24 h windows of a place: which hours lie in a run that meets one, by which windows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from alertengine.rulebook import AllOf, Exceed, Start, air_leaves
from alertengine.warning.aqi import Floats
from alertengine.warning.windows import DAY, Bools, Windows


def may_hold(start: Start, windows: Windows) -> bool:
    """Whether a condition may hold anywhere; no part of a timeline meets one where the whole of it does not."""
    if windows.part_of is None:
        return windows.reaches(needed(start))
    whole, part = windows.part_of
    if start not in whole.found:
        whole.found[start] = evaluate(start, whole.most)
    return bool(whole.found[start][part].any())


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
        return covered(_chained(good, start.hours // DAY), start.hours)
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


def _chained(good: Bools, many: int) -> Bools:
    """Where so many good windows back to back begin (shape: hours)."""
    out = good.copy()
    for step in range(1, many):
        out[: -step * DAY] &= good[step * DAY :]
        out[-step * DAY :] = False
    return out


def covered(good: Bools, hours: int = DAY) -> Bools:
    """Return the hours inside any stretch of so many hours that begins at a good place (shape: hours)."""
    edges = np.zeros(len(good) + hours, dtype=np.int64)
    edges[: len(good)] += good
    edges[hours:] -= good
    return np.asarray(np.cumsum(edges[: len(good)]) > 0)


def stretches(mask: Bools) -> list[tuple[int, int]]:
    """First and one past last place of each unbroken stretch of true."""
    if not mask.any():
        return []
    edges = np.diff(np.concatenate([[0], mask.astype(np.int8), [0]]))
    return list(zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True))


class WindowProof(NamedTuple):
    """Windows back to back from an hour of the timeline on, each above (or reaching) the number of a condition."""

    first: int
    condition: Exceed
    windows: tuple[float, ...]

    @property
    def last(self) -> int:
        """One past their last hour."""
        return self.first + DAY * len(self.windows)


def prove(start: Start, aqi: Floats, first: int, last: int) -> tuple[WindowProof, ...]:
    """The windows that meet a start condition at a run of hours; of alternatives the first that holds.

    Args:
        start: the condition.
        aqi: the AQI of the window starting at each hour, NaN where none counts.
        first: the first hour of the run.
        last: one past its last hour.

    Returns:
        A proof for each of its parts, the longest first; the shorter ones lie inside the run of the longest.

    """
    if isinstance(start, Exceed):
        one = _windows(start, aqi, first, last)
        return (one,) if one else ()
    if not isinstance(start, AllOf):
        for part in start.any:
            if evaluate(part, aqi)[first:last].any():
                return prove(part, aqi, first, last)
        return ()
    longest = max(start.all, key=lambda part: max(leaf.hours for leaf in air_leaves(part)))
    begin, end = _around(evaluate(longest, aqi), first, last)
    inside = np.full(len(aqi), np.nan)
    inside[begin : max(end - DAY + 1, begin)] = aqi[begin : max(end - DAY + 1, begin)]
    rest = [part for part in start.all if part is not longest]
    found = [prove(longest, aqi, first, last), *(prove(part, inside, begin, end) for part in rest)]
    return tuple(one for some in found for one in some)


def _windows(condition: Exceed, aqi: Floats, first: int, last: int) -> WindowProof | None:
    """The first windows back to back that meet a condition: inside the run where there are such, else touching it."""
    good = meets(condition, aqi)
    many = condition.hours // DAY
    places = np.flatnonzero(_chained(good, many))
    inside = places[(places >= first) & (places + condition.hours <= last)]
    touching = places[(places < last) & (places + condition.hours > first)]
    chosen = inside if len(inside) else touching
    if not len(chosen):
        return None
    place = int(chosen[0])
    return WindowProof(place, condition, tuple(float(aqi[place + step * DAY]) for step in range(many)))


def _around(mask: Bools, first: int, last: int) -> tuple[int, int]:
    """The unbroken stretch of true hours that a run touches; the run itself where there is none."""
    touched = ((begin, end) for begin, end in stretches(mask) if begin < last and end > first)
    return next(touched, (first, last))
