"""Grading whole days of many winters at once: the start conditions of the law on arrays of days.

What :func:`alertengine.warning.start_conditions.evaluate` says of windows that start at midnight, for
days along the first axis and winters along the second.  An AQI enters as its step: the
number of the law's thresholds that it meets, so that a winter is a row of small numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alertengine.rulebook import AnyOf, Exceed, Start, air_leaves
from alertengine.simulation.ensemble.truth import MISSING
from alertengine.vocabulary import number
from alertengine.warning import RANK, AirLaw

Steps = npt.NDArray[np.uint8]
Ranks = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]
_DAY_HOURS = 24


@dataclass(frozen=True)
class Threshold:
    """A number of the law: met above it, or with ``reach`` at it already."""

    aqi: float
    reach: bool

    @property
    def text(self) -> str:
        """As tables show it."""
        return f"{'>=' if self.reach else '>'}{number(self.aqi)}"


class Scale:
    """The thresholds of some laws in rising order."""

    def __init__(self, laws: Sequence[AirLaw]) -> None:
        """Collect the numbers of every start condition."""
        starts = [air_leaves(rule.start) for law in laws for rule in law.levels if rule.start]
        found = {(leaf.threshold, leaf.above is not None) for start in starts for leaf in start}
        # a warning in force goes on strictly above its lowest number, however the law begins it
        found |= {(min(leaf.threshold for leaf in start), True) for start in starts}
        self.thresholds = tuple(Threshold(aqi, not strict) for aqi, strict in sorted(found))
        self._place = {threshold: place for place, threshold in enumerate(self.thresholds)}

    def steps(self, aqi: npt.NDArray[np.int16]) -> Steps:
        """How many thresholds each AQI meets; none where it is missing."""
        out = np.zeros(aqi.shape, dtype=np.uint8)
        for threshold in self.thresholds:
            out += aqi >= threshold.aqi if threshold.reach else aqi > threshold.aqi
        out[aqi == MISSING] = 0
        return out

    def step_of(self, leaf: Exceed) -> int:
        """The step from which a single condition holds."""
        return self._place[Threshold(leaf.threshold, leaf.above is None)] + 1

    def step_above(self, aqi: float) -> int:
        """The step from which a day lies strictly above the lowest number of some rule."""
        return self._place[Threshold(aqi, reach=False)] + 1


def evaluate(start: Start, steps: Steps, scale: Scale, within: Bools | None = None) -> Bools:
    """Return the days of every run that meets a start condition (shape: days, winters)."""
    if isinstance(start, Exceed):
        good = steps >= scale.step_of(start)
        return _runs_of(good if within is None else good & within, start.hours // _DAY_HOURS)
    if isinstance(start, AnyOf):
        return np.logical_or.reduce([evaluate(part, steps, scale, within) for part in start.any])
    longest = max(start.all, key=lambda part: max(leaf.hours for leaf in air_leaves(part)))
    inside = evaluate(longest, steps, scale, within)
    out = inside
    for part in start.all:
        if part is not longest and out.any():
            out = out & _touched(inside, evaluate(part, steps, scale, inside))
    return out


def _runs_of(good: Bools, days: int) -> Bools:
    """Only the days in unbroken runs of at least so many days."""
    if days <= 1:
        return good
    count = len(good) - days + 1
    out = np.zeros_like(good)
    if count <= 0:
        return out
    whole = good[:count].copy()
    for shift in range(1, days):
        whole &= good[shift : shift + count]
    for shift in range(days):
        out[shift : shift + count] |= whole
    return out


def _touched(stretch: Bools, part: Bools) -> Bools:
    """Days of those unbroken stretches that hold some day of ``part``."""
    out = stretch & part
    for days in (range(1, len(out)), range(len(out) - 2, -1, -1)):
        back = 1 if days.step < 0 else -1
        for day in days:
            out[day] |= stretch[day] & out[day + back]
    return out


def grade(steps: Steps, scale: Scale, laws: Sequence[AirLaw], spans: Sequence[slice]) -> Ranks:
    """Rank of the level that each day bears (shape: days, winters); ``spans`` are the days of each law."""
    ranks = np.zeros(steps.shape, dtype=np.int8)
    for law, span in zip(laws, spans, strict=True):
        if law.aqi is None or span.start >= span.stop:
            continue
        for rule in law.levels:
            if rule.start is None or rule.level is None:
                continue
            lowest = min(scale.step_of(leaf) for leaf in air_leaves(rule.start))
            if not (steps >= lowest).any():
                continue
            held = ranks[span]
            np.maximum(held, evaluate(rule.start, steps, scale)[span] * np.int8(RANK[rule.level]), out=held)
    return ranks


def above(steps: Steps, scale: Scale, laws: Sequence[AirLaw], spans: Sequence[slice]) -> dict[int, Bools]:
    """Days above the lowest number of each level's rule, by rank (shape: days, winters)."""
    out: dict[int, Bools] = {}
    for law, span in zip(laws, spans, strict=True):
        for rule in law.levels if law.aqi is not None else ():
            if rule.start is None or rule.level is None:
                continue
            over = steps >= scale.step_above(min(leaf.threshold for leaf in air_leaves(rule.start)))
            mask = out.setdefault(RANK[rule.level], np.zeros(steps.shape, dtype=bool))
            mask[span] |= over[span]
    return out
