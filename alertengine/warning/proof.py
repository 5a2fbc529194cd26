"""The windows that prove a level: for each condition the back-to-back 24 h windows that meet it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alertengine.rulebook import AllOf, Exceed, Start, air_leaves
from alertengine.warning.aqi import Floats

_DAY = 24
_Bools = npt.NDArray[np.bool_]


class WindowProof(NamedTuple):
    """Windows back to back from an hour of the timeline on, each above (or reaching) the number of a condition."""

    first: int
    condition: Exceed
    windows: tuple[float, ...]

    @property
    def last(self) -> int:
        """One past their last hour."""
        return self.first + _DAY * len(self.windows)


def prove(
    start: Start, aqi: Floats, first: int, last: int, met: Callable[[Start, Floats], _Bools]
) -> tuple[WindowProof, ...]:
    """The windows that meet a start condition at a run of hours; of alternatives the first that holds.

    Args:
        start: the condition.
        aqi: the AQI of the window starting at each hour, NaN where none counts.
        first: the first hour of the run.
        last: one past its last hour.
        met: which hours lie in a run that meets a condition.

    Returns:
        A proof for each of its parts, the longest first; the shorter ones lie inside the run of the longest.

    """
    if isinstance(start, Exceed):
        one = _windows(start, aqi, first, last)
        return (one,) if one else ()
    if not isinstance(start, AllOf):
        for part in start.any:
            if met(part, aqi)[first:last].any():
                return prove(part, aqi, first, last, met)
        return ()
    longest = max(start.all, key=lambda part: max(leaf.hours for leaf in air_leaves(part)))
    begin, end = _around(met(longest, aqi), first, last)
    inside = np.full(len(aqi), np.nan)
    inside[begin : max(end - _DAY + 1, begin)] = aqi[begin : max(end - _DAY + 1, begin)]
    rest = [part for part in start.all if part is not longest]
    found = [prove(longest, aqi, first, last, met), *(prove(part, inside, begin, end, met) for part in rest)]
    return tuple(one for some in found for one in some)


def _windows(condition: Exceed, aqi: Floats, first: int, last: int) -> WindowProof | None:
    """The first windows back to back that meet a condition: inside the run where there are such, else touching it."""
    good = aqi > condition.threshold if condition.above is not None else aqi >= condition.threshold
    many = condition.hours // _DAY
    chain = good.copy()
    for step in range(1, many):
        chain &= np.concatenate([good[step * _DAY :], np.zeros(min(step * _DAY, len(good)), dtype=bool)])
    places = np.flatnonzero(chain)
    inside = places[(places >= first) & (places + condition.hours <= last)]
    touching = places[(places < last) & (places + condition.hours > first)]
    chosen = inside if len(inside) else touching
    if not len(chosen):
        return None
    place = int(chosen[0])
    return WindowProof(place, condition, tuple(float(aqi[place + step * _DAY]) for step in range(many)))


def _around(mask: _Bools, first: int, last: int) -> tuple[int, int]:
    """The unbroken stretch of true hours that a run touches; the run itself where there is none."""
    touched = np.flatnonzero(mask[first:last])
    if not len(touched):
        return first, last
    begin = end = first + int(touched[0])
    while begin and mask[begin - 1]:
        begin -= 1
    while end < len(mask) and mask[end]:
        end += 1
    return begin, end
