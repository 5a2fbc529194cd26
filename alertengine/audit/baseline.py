"""Days under an order beside like days before it: matrices of group × day, never a step per reading.

A group is what is measured together: the lines behind one meter, one stack, or the whole enterprise.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from alertengine.audit.evidence_and_findings import Evidence
from alertengine.rulebook import Baseline
from alertengine.vocabulary import Problem

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
#: MAD to standard deviation, for normal noise.
MAD_SCALE: Final = 1.4826
#: Readings that contradict each other named one by one; the rest are counted.
_NAMED: Final = 5


class Why(IntEnum):
    """How a day came to its verdict."""

    ENOUGH = 0
    SHORT = 1
    NO_READING = 2
    FEW_DAYS = 3
    UNSTABLE = 4
    IDLE = 5
    SHIFTED = 6
    NOISE = 7
    NO_FALL = 8
    PART_OF_DAY = 9
    ZERO = 10


class Taken(IntEnum):
    """Which like days the baseline is of."""

    WEEKDAY = 0
    ALL = 1
    RECENT = 2
    AFTER = 3


@dataclass(slots=True)
class MeterReadings:
    """What was measured: for each reading its group, day (from ``first_day``), hour (-1: the day) and amount.

    Each (group, day, hour) stands once; see :func:`added_up`.
    """

    group: Ints
    day: Ints
    hour: Ints
    amount: Floats
    groups: int
    first_day: np.datetime64
    days: int

    @property
    def hourly(self) -> bool:
        """Whether readings are of hours."""
        return bool(len(self.hour)) and bool((self.hour >= 0).any())

    def hours_known(self) -> Ints:
        """How many hours are known before each hour of each group's days, shape (groups, days * 24 + 1)."""
        known = np.zeros((self.groups, self.days * 24 + 1), dtype=np.int64)
        there = ~np.isnan(self.amount)
        known[self.group[there], self.day[there] * 24 + self.hour[there] + 1] = 1
        return known.cumsum(axis=1)

    def matrix(self, first: int, last: int, least_share: float) -> Floats:
        """Amounts of the hours ``first`` to ``last`` of each day, shape (groups, days), NaN where too few are there.

        Missing hours are filled with the mean of those there.  Daily readings give the day whatever the hours.
        """
        size = self.groups * self.days
        cell = self.group * self.days + self.day
        if not self.hourly:
            flat = np.full(size, np.nan)
            flat[cell] = self.amount
            return flat.reshape(self.groups, self.days)
        inside = (self.hour >= first) & (self.hour < last) & ~np.isnan(self.amount)
        total = np.bincount(cell[inside], weights=self.amount[inside], minlength=size)
        count = np.bincount(cell[inside], minlength=size)
        wanted = last - first
        enough = (count > 0) & (count >= least_share * wanted)
        mean = np.divide(total * wanted, count, out=np.full(size, np.nan), where=enough)
        return mean.reshape(self.groups, self.days)


def added_up(
    group: Ints, part: Ints, stamp: npt.NDArray[np.datetime64], amount: Floats, groups: int
) -> tuple[MeterReadings, Bools]:
    """Readings of the parts (meters, stacks) of each group added up per day or hour.

    A time at which another number of parts reports than is usual for the group is unknown: a sum that lacks a
    part would look like a fall.  Two readings of one part and time that differ are unknown.

    Returns:
        The readings, and for each given reading whether it contradicts another of its part and time.

    """
    day = stamp.astype("datetime64[D]")
    hour = (stamp - day).astype("timedelta64[h]").astype(np.int64)
    hourly = bool((hour > 0).any())
    first = day.min() if len(day) else np.datetime64("1970-01-01", "D")
    offset = (day - first).astype(np.int64)
    days = int(offset.max()) + 1 if len(offset) else 0
    slot = offset * 24 + hour if hourly else offset
    slots = max(days * 24 if hourly else days, 1)
    key = part * slots + slot
    order = np.argsort(key, kind="stable")
    same = np.zeros(len(key), dtype=bool)
    same[1:] = key[order][1:] == key[order][:-1]
    differs = same.copy()
    differs[1:] &= amount[order][1:] != amount[order][:-1]
    clash = np.zeros(len(key), dtype=bool)
    clash[order[np.isin(key[order], key[order][differs])]] = True
    once = np.ones(len(key), dtype=bool)
    once[order[same]] = False
    value = np.where(clash, np.nan, amount)
    cells, at = np.unique(group[once] * slots + slot[once], return_inverse=True)
    total = np.bincount(at, weights=np.nan_to_num(value[once]), minlength=len(cells))
    known = np.bincount(at, weights=~np.isnan(value[once]), minlength=len(cells)).astype(np.float64)
    of_group, of_slot = cells // slots, cells % slots
    usual = _usual_count(of_group, known, groups)
    complete = np.where(known == usual[of_group], total, np.nan).astype(np.float64)
    step = 24 if hourly else 1
    hours = of_slot % 24 if hourly else np.full(len(cells), -1, dtype=np.int64)
    return MeterReadings(of_group, of_slot // step, hours, complete, groups, first, days), clash


def contradicting(evidence: Evidence, at: Ints) -> list[Problem]:
    """Readings of one meter and time that differ: unknown, the first few by row."""
    said = [Problem("reading_contradicts", file=evidence.file, row=int(evidence.rows[row])) for row in at[:_NAMED]]
    if len(at) > _NAMED:
        said.append(Problem("more_contradict", file=evidence.file, count=len(at) - _NAMED))
    return said


def _usual_count(group: Ints, count: Floats, groups: int) -> Floats:
    """The median number of parts that report, per group."""
    order = np.lexsort((count, group))
    sizes = np.bincount(group, minlength=groups)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    usual = np.ones(groups)
    there = sizes > 0
    usual[there] = count[order][starts[there] + sizes[there] // 2]
    return np.maximum(usual, 1)


def middle(values: Floats) -> Floats:
    """The median of each row, NaN left out; NaN where nothing is known.  Shape (n, m) to (n,)."""
    if not values.shape[1]:
        return np.full(len(values), np.nan)
    ranked = np.sort(values, axis=1)
    count = (~np.isnan(values)).sum(axis=1)
    low, high = np.maximum(count - 1, 0) // 2, count // 2
    rows = np.arange(len(values))
    high = np.minimum(high, values.shape[1] - 1)
    out = (ranked[rows, low] + ranked[rows, high]) / 2
    return np.where(count > 0, out, np.nan)


@dataclass(slots=True)
class Comparison:
    """Days beside their baselines, one element a day judged.  Amounts in the unit of the readings.

    ``base`` is the highest of what like days give (``taken``: same weekday, all, the last few before, those
    after the response), ``days`` how many it is the median of; ``spread`` the robust relative deviation of a
    day from it; ``before`` the level before the response alone, ``after`` that after it.
    """

    observed: Floats
    base: Floats
    spread: Floats
    before: Floats
    days: Ints
    taken: npt.NDArray[np.int8]
    span_first: Ints
    span_last: Ints
    after: Floats
    why: npt.NDArray[np.int8]

    @classmethod
    def empty(cls, count: int) -> Comparison:
        """All unknown."""
        observed, base, spread, before, after = (np.full(count, np.nan) for _ in range(5))
        days, first, last = (np.zeros(count, dtype=np.int64) for _ in range(3))
        taken, why = (np.full(count, one, dtype=np.int8) for one in (Taken.ALL, Why.NO_READING))
        return cls(observed, base, spread, before, days, taken, first, last, after, why)


def runs(ordered: Bools) -> tuple[Ints, Ints]:
    """First and last day of the run of ordered days each day lies in, shape (groups, days); else -1."""
    days = np.arange(ordered.shape[1])
    before = np.zeros_like(ordered)
    before[:, 1:] = ordered[:, :-1]
    first = np.maximum.accumulate(np.where(ordered & ~before, days, -1), axis=1)
    after = np.zeros_like(ordered)
    after[:, :-1] = ordered[:, 1:]
    ends = np.where(ordered & ~after, days, ordered.shape[1])[:, ::-1]
    last = np.minimum.accumulate(ends, axis=1)[:, ::-1]
    return np.where(ordered, first, -1), np.where(ordered, last, -1)


def compare(
    matrix: Floats, ordered: Bools, spared: Bools, weekday: Ints, group: Ints, day: Ints, method: Baseline
) -> Comparison:
    """Each (group, day) beside like days before the run of ordered days it lies in.

    Args:
        matrix: amounts, shape (groups, days).
        ordered: days under an order, which are never like days; same shape.
        spared: public holidays and the days around them, shape (days,).
        weekday: day of the week of each day, shape (days,).
        group: the group of each day to judge.
        day: its day.
        method: how it is done.

    """
    out = Comparison.empty(len(group))
    like = np.where(ordered | spared, np.nan, matrix)
    first, last = runs(ordered)
    out.observed = matrix[group, day]
    start, end = first[group, day], last[group, day]
    # the days of a run and the lines of a group share their like days: each window is looked at once
    for begin in np.unique(start):
        rows = np.flatnonzero(start == begin)
        low = max(int(begin) - method.look_back_days, 0)
        own, at = np.unique(group[rows], return_inverse=True)
        _take_before(out, rows, at, like[own, low:begin], weekday[low:begin], weekday[day[rows]], method)
        out.span_first[rows], out.span_last[rows] = low, begin - 1
    for finish in np.unique(end):
        rows = np.flatnonzero(end == finish)
        own, at = np.unique(group[rows], return_inverse=True)
        after = like[own, finish + 1 : finish + 1 + method.look_back_days]
        count = (~np.isnan(after)).sum(axis=1)
        out.after[rows] = np.where(count >= method.least_days, middle(after), np.nan)[at]
        _favour(out, rows, out.after[rows], count[at], Taken.AFTER)
    return out


def _favour(out: Comparison, rows: Ints, level: Floats, days: Ints, taken: Taken) -> None:
    """Take another level of like days where it is higher: what could speak for the plant does."""
    with np.errstate(invalid="ignore"):
        higher = level > out.base[rows]
    at = rows[higher]
    out.base[at], out.days[at], out.taken[at] = level[higher], days[higher], taken


def _take_before(
    out: Comparison, rows: Ints, at: Ints, window: Floats, weekdays: Ints, own: Ints, method: Baseline
) -> None:
    """Level, spread and count of like days before, in place.

    ``window``: the days looked at, a row a group; ``at``: the row of it for each of ``rows``; ``weekdays`` those
    of its columns, ``own`` those of the days judged.
    """
    overall, known = middle(window), ~np.isnan(window)
    count = known.sum(axis=1)
    medians, many = np.repeat(overall[:, None], 7, axis=1), np.zeros((len(window), 7), dtype=np.int64)
    for one in range(7):
        columns = np.flatnonzero(weekdays == one)
        many[:, one] = known[:, columns].sum(axis=1)
        enough = many[:, one] >= method.least_same_weekday
        medians[enough, one] = middle(window[:, columns])[enough]
    # the spread is of all like days about their own weekday's level: three Mondays alone would say too little
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = middle(np.abs(window - medians[:, weekdays])) * MAD_SCALE / np.where(overall > 0, overall, np.nan)
    late = known & (known[:, ::-1].cumsum(axis=1)[:, ::-1] <= method.least_days)
    recent = middle(np.where(late, window, np.nan))
    few = (count < method.least_days)[at]
    same = many[at, own] >= method.least_same_weekday
    days = np.where(few | ~same, count[at], many[at, own])
    size = np.maximum(days, 2)
    # deviations from a median of few look too small, and that median is itself uncertain
    spread = spread[at] * np.sqrt(size / (size - 1) * (1 + np.pi / 2 / size))
    out.base[rows] = np.where(few, np.nan, np.where(same, medians[at, own], overall[at]))
    out.before[rows] = out.base[rows]
    out.spread[rows] = np.where(few, np.nan, spread)
    out.days[rows], out.taken[rows] = days, np.where(same, Taken.WEEKDAY, Taken.ALL)
    _favour(out, rows, recent[at], np.full(len(rows), method.least_days), Taken.RECENT)
