"""Days judged by a fall: what was used or emitted beside what like days and the order would allow.

Electricity and the mass of a stack are judged alike.  A shortfall makes 疑似 at most; whatever speaks for
the plant (gaps, noise, a changed meter, another baseline) makes the evidence insufficient instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.audit.baseline import Bools, Comparison, Floats, Ints, MeterReadings, Why, compare, middle
from alertengine.audit.evidence_and_findings import Evidence, Verdict
from alertengine.audit.evidence_rules import AuditLaw, Weight
from alertengine.audit.findings import firsts_of, numbered
from alertengine.audit.meters import Groups
from alertengine.audit.ordered_days import Duties
from alertengine.rulebook import Baseline
from alertengine.vocabulary import Problem, Words

VERDICTS: Final = tuple(Verdict)
#: Plants named; the rest are counted.
_NAMED: Final = 5
_BREACHED, _DOUBTFUL, _COMPLIED, _NONE = range(4)


class Mix(IntEnum):
    """How the fall expected of a group comes from its lines: one, all alike, weighted by load, the least of them."""

    ALONE = 0
    ALIKE = 1
    BY_LOAD = 2
    LEAST = 3


@dataclass(slots=True)
class JudgedDays:
    """Duty days judged, one element a row of ``rows`` (places in ``Duties.days``).

    ``fall`` is the share, 0 to 1, by which the amount must fall below its baseline, NaN where it cannot be said;
    ``tolerance``, in the unit of the readings, what is granted to noise beside; ``verdict`` places in ``VERDICTS``;
    ``weight`` places in ``weights``; ``shared_by`` the number of lines of the group, ``mix`` how ``fall`` comes from
    them (``Mix``); ``cell``: the same number for lines of one group on one day.
    """

    rows: Ints
    comparison: Comparison
    fall: Floats
    tolerance: Floats
    verdict: npt.NDArray[np.int8]
    weight: Ints
    weights: list[Weight]
    shared_by: Ints
    mix: npt.NDArray[np.int8]
    first_day: np.datetime64
    cell: Ints

    @property
    def allowed(self) -> Floats:
        """What the order allows, noise not yet granted."""
        return self.comparison.base * (1 - self.fall)


def weights_of(duties: Duties, rows: Ints, law: AuditLaw, evidence: str, subject: str) -> tuple[Ints, list[Weight]]:
    """What the evidence is worth for each duty day: a place in the list of distinct answers."""
    places = numbered(*(pd.factorize(duties.lines[name])[0] for name in ("city", "county", "sector")))
    line = duties.days["line"].to_numpy()[rows]
    day = duties.days["day"].to_numpy()[rows].astype("datetime64[D]").astype(np.int64)
    staggered = ~duties.days["warned"].to_numpy()[rows] & (subject == "production")
    codes = numbered(places[line], day, staggered)
    found = []
    for at in firsts_of(codes):
        where = duties.lines.iloc[line[at]]
        when = date.fromordinal(int(day[at]) + date(1970, 1, 1).toordinal())
        asked = "staggering" if staggered[at] else subject
        found.append(law.weight(evidence, asked, where["city"], where["county"], where["sector"], when))
    return codes, found


def expected_falls(duties: Duties, rows: Ints, weight: Ints, weights: list[Weight], *, by_threshold: bool) -> Floats:
    """The share by which the amount must fall below its baseline, per duty day; NaN where it cannot be said.

    What the line had to reduce before the warning already (staggering) is in its baseline: only the rest is
    expected.  ``by_threshold``: the thresholds of the rules say how far; else the ordered share itself.
    """
    days = duties.days
    share = days["share"].to_numpy()[rows]
    held = np.array([said.held for said in duties.said])[days["said"].to_numpy()[rows]]
    held = np.where(days["warned"].to_numpy()[rows] & (held < 1), held, np.where(np.isnan(held), np.nan, 0.0))
    rest = np.where(share >= 1, 1.0, 1 - (1 - share) / np.where(held < 1, 1 - held, np.nan))
    rest = np.clip(np.where(share == 0, 0.0, rest), 0, 1)
    if not by_threshold:
        return rest
    stop, limit = np.full(len(weights), np.nan), np.full(len(weights), np.nan)
    for place, one in enumerate(weights):
        if one.threshold is not None:
            stop[place] = np.nan if one.threshold.stop_at_least is None else one.threshold.stop_at_least
            of_share = one.threshold.limit_at_least_of_share
            limit[place] = np.nan if of_share is None else of_share
    return np.where(rest >= 1, stop[weight], np.where(rest == 0, 0.0, rest * limit[weight]))


def mixed(
    duties: Duties, groups: Groups, fall: Floats, loads: Floats | None, day_index: Ints, days: int
) -> tuple[Floats, Ints, npt.NDArray[np.int8]]:
    """The fall expected of all lines of a group together, per row of ``Duties.days``.

    Weighted by load where every line of the group has one; else the least of the lines, in the plant's favour.
    A line without a duty expects none.

    Returns:
        The fall, the number of lines, and how they were mixed; shape (rows of days,).

    """
    line = duties.days["line"].to_numpy()
    group = groups.of_line[line]
    there = (group >= 0) & (day_index >= 0) & (day_index < days)
    cell = np.where(there, group * days + day_index, 0)
    at, inverse = np.unique(cell[there], return_inverse=True)
    known = np.nan_to_num(fall)
    least, most = np.full(len(at), np.inf), np.zeros(len(at))
    np.minimum.at(least, inverse, known[there])
    np.maximum.at(most, inverse, known[there])
    size = np.bincount(groups.of_line[groups.of_line >= 0], minlength=groups.count)
    own = at // days
    on_the_day = np.bincount(inverse, minlength=len(at))
    least = np.where(on_the_day < size[own], 0.0, least)  # a line without an order on this day need not fall
    value = least
    mix = np.where(size[own] == 1, Mix.ALONE, np.where(least == most, Mix.ALIKE, Mix.LEAST)).astype(np.int8)
    if loads is not None:
        usable = groups.of_line >= 0
        total = np.bincount(groups.of_line[usable], weights=loads[usable], minlength=groups.count)[own]
        part = np.bincount(inverse, weights=known[there] * np.nan_to_num(loads[line[there]]), minlength=len(at))
        weighted = (total > 0) & (mix == Mix.LEAST)
        value = np.where(weighted, part / np.where(total > 0, total, 1), least)
        mix[weighted] = Mix.BY_LOAD
    out, count = np.full(len(line), np.nan), np.ones(len(line), dtype=np.int64)
    how = np.zeros(len(line), dtype=np.int8)
    out[there], count[there], how[there] = value[inverse], size[own][inverse], mix[inverse]
    return out, count, how


def by_fall(
    duties: Duties,
    groups: Groups,
    readings: MeterReadings,
    law: AuditLaw,
    evidence: str,
    *,
    loads: Floats | None,
    holidays: npt.NDArray[np.datetime64],
    by_threshold: bool,
) -> JudgedDays:
    """Judge every production duty day of a measured line.

    ``loads``: electricity or output per line where known, NaN elsewhere; ``holidays``: public holidays.
    """
    days = duties.days
    line = days["line"].to_numpy()
    offset = (days["day"].to_numpy().astype("datetime64[D]") - readings.first_day).astype(np.int64)
    everything = np.arange(len(days))
    codes, weights = weights_of(duties, everything, law, evidence, "production")
    fall = expected_falls(duties, everything, codes, weights, by_threshold=by_threshold)
    fall, shared_by, mix = mixed(duties, groups, fall, loads, offset, readings.days)
    inside = (offset >= 0) & (offset < readings.days)
    rows = np.flatnonzero(days["produces"].to_numpy() & (groups.of_line[line] >= 0) & inside)
    judged = JudgedDays(
        rows, Comparison.empty(len(rows)), fall[rows], np.full(len(rows), np.nan),
        np.full(len(rows), _NONE, dtype=np.int8), codes[rows], weights, shared_by[rows], mix[rows],
        readings.first_day, (groups.of_line[line] * readings.days + offset)[rows],
    )  # fmt: skip
    _judge(judged, duties, groups, readings, offset, holidays)
    return judged


def _judge(
    judged: JudgedDays,
    duties: Duties,
    groups: Groups,
    readings: MeterReadings,
    offset: Ints,
    holidays: npt.NDArray[np.datetime64],
) -> None:
    """Compare and decide, method by method, regime by regime, window by window."""
    days = duties.days
    rows = judged.rows
    group = groups.of_line[days["line"].to_numpy()]
    warned = days["warned"].to_numpy()
    first, last, partly = _hours(days, rows)
    methods = list(dict.fromkeys(weight.baseline for weight in judged.weights))
    chosen = np.array([methods.index(weight.baseline) for weight in judged.weights], dtype=np.int64)[judged.weight]
    judged.comparison.why[:] = Why.FEW_DAYS
    for place, method in enumerate(methods):
        if method is None:
            continue
        for warning in (True, False):
            ordered = _ordered(days, group, offset, readings, only_warned=warning)
            mine = (chosen == place) & (warned[rows] == warning)
            for begin, end in sorted(set(zip(first[mine].tolist(), last[mine].tolist(), strict=True))):
                at = np.flatnonzero(mine & (first == begin) & (last == end))
                matrix = readings.matrix(begin, end, method.least_hours_share)
                spared = _spared(readings, holidays, method.around_holidays)
                _one_window(judged, at, matrix, ordered, spared, group[rows[at]], offset[rows[at]], method)
        _decide(judged, np.flatnonzero(chosen == place), method)
    short = partly & (not readings.hourly)
    said = np.array([one.windowed for one in duties.said] or [False])[days["said"].to_numpy()[rows]]
    # No judgement where readings of the day cannot tell the ordered hours from the others
    mask = short | (said & (days["hours"].to_numpy()[rows] < 24))
    known = mask & (judged.comparison.why != Why.NO_READING)
    judged.comparison.why[known] = Why.PART_OF_DAY
    judged.verdict[known] = _NONE
    if readings.hourly:
        least = np.array([0.0 if one is None else one.least_hours_share for one in methods])[chosen]
        unseen = _phases_unseen(duties, group, offset, readings, dict(zip(rows.tolist(), least.tolist(), strict=True)))
        lost = np.isin(rows, unseen)
        judged.comparison.why[lost] = Why.NO_READING
        judged.verdict[lost] = _NONE


def _phases_unseen(
    duties: Duties, group: Ints, offset: Ints, readings: MeterReadings, least: Mapping[int, float]
) -> Ints:
    """Days of several levels of which too few hours of one are known: hours of another do not stand in for them.

    ``least``: of each day judged the share of hours that must be known.
    """
    phases = duties.phases[duties.phases.duplicated("row", keep=False)]
    phases = phases[phases["row"].isin(list(least))]
    row = phases["row"].to_numpy(dtype=np.int64)
    first = np.ceil(phases["first"].to_numpy()).astype(np.int64)
    last = np.maximum(np.floor(phases["last"].to_numpy()).astype(np.int64), first)
    before, start = readings.hours_known(), offset[row] * 24
    count = before[group[row], start + last] - before[group[row], start + first]
    wanted = np.array([least[one] for one in row.tolist()]) * (last - first)
    return np.unique(row[count < wanted])


def _hours(days: pd.DataFrame, rows: Ints) -> tuple[Ints, Ints, Bools]:
    """Whole hours covered of each day, and whether that is too little of the day for daily readings."""
    first = np.ceil(days["first"].to_numpy()[rows]).astype(np.int64)
    last = np.floor(days["last"].to_numpy()[rows]).astype(np.int64)
    last = np.maximum(last, first + 1)
    return first, last, (last - first) < 24


def _ordered(days: pd.DataFrame, group: Ints, offset: Ints, readings: MeterReadings, *, only_warned: bool) -> Bools:
    """Days on which a group is under an order: of a warning, or of any kind."""
    out = np.zeros((max(int(group.max(initial=-1)) + 1, readings.groups), readings.days), dtype=bool)
    bound = days["produces"].to_numpy() & (group >= 0) & (offset >= 0) & (offset < readings.days)
    if only_warned:
        bound &= days["warned"].to_numpy()
    out[group[bound], offset[bound]] = True
    return out


def _spared(readings: MeterReadings, holidays: npt.NDArray[np.datetime64], around: int) -> Bools:
    """Public holidays and so many days on either side."""
    out = np.zeros(readings.days, dtype=bool)
    at = (holidays.astype("datetime64[D]") - readings.first_day).astype(np.int64)
    for shift in range(-around, around + 1):
        moved = at + shift
        out[moved[(moved >= 0) & (moved < readings.days)]] = True
    return out


def _one_window(
    judged: JudgedDays,
    at: Ints,
    matrix: Floats,
    ordered: Bools,
    spared: Bools,
    group: Ints,
    day: Ints,
    method: Baseline,
) -> None:
    """Compare the days of one window of hours and take the plants that stood already apart."""
    dates = np.arange(matrix.shape[1])
    weekday = ((judged.first_day.astype(np.int64) + 3 + dates) % 7).astype(np.int64)
    found = compare(matrix, ordered, spared, weekday, group, day, method)
    free = np.where(ordered, np.nan, matrix)
    usual = _high(free)
    idle = found.before < method.idle_below * usual[group]
    active = np.where(free >= method.idle_below * usual[:, None], free, np.nan)
    many = (~np.isnan(active)).sum(axis=1) >= method.least_days
    running = np.where(many, middle(active), np.nan)[group]
    stopped = idle & (found.observed <= method.idle_below * usual[group])
    found.why[:] = Why.ENOUGH
    found.why[np.isnan(found.base)] = Why.FEW_DAYS
    found.why[found.spread > method.unstable_above] = Why.UNSTABLE
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = np.abs(found.after / found.before - 1) > method.shift_above
    found.why[moved & ~np.isnan(found.after) & ~idle] = Why.SHIFTED
    # one that stood before the warning is held against its running days, and only where it ran again
    found.why[idle] = np.select([stopped, np.isnan(running)], [Why.IDLE, Why.FEW_DAYS], Why.ENOUGH)[idle]
    found.base[idle & ~stopped] = running[idle & ~stopped]
    # nothing before the order and nothing under it: a plant that stands, or a meter that does
    found.why[(found.observed == 0) & (found.before == 0)] = Why.ZERO
    found.why[np.isnan(found.observed)] = Why.NO_READING
    into = judged.comparison
    for name in Comparison.__dataclass_fields__:
        getattr(into, name)[at] = getattr(found, name)


def _high(free: Floats) -> Floats:
    """A high but usual level of each group: the 90th percentile of its free days; 0 where there are none."""
    if not free.shape[1]:
        return np.zeros(len(free))
    ranked = np.sort(free, axis=1)
    count = (~np.isnan(free)).sum(axis=1)
    return np.where(count > 0, ranked[np.arange(len(free)), np.maximum((0.9 * (count - 1)).astype(np.int64), 0)], 0.0)


def _decide(judged: JudgedDays, at: Ints, method: Baseline) -> None:
    """From numbers to verdicts, in place."""
    found = judged.comparison
    allowed = judged.allowed[at]
    spread = np.where(np.isnan(found.spread[at]), method.unstable_above, found.spread[at])
    spread = np.maximum(spread, method.least_spread)
    # noise of a level grows with the level; that of a quarter of the baseline is always granted
    judged.tolerance[at] = method.noise * spread * np.maximum(allowed, found.base[at] / 4)
    why = found.why[at]
    fall = judged.fall[at]
    why[(why == Why.ENOUGH) & ~(fall > 0)] = Why.NO_FALL
    clear = why == Why.ENOUGH
    with np.errstate(invalid="ignore"):
        short = clear & (found.observed[at] > allowed + judged.tolerance[at])
        close = clear & ~short & (found.observed[at] > allowed)
    why[short], why[close] = Why.SHORT, Why.NOISE
    found.why[at] = why
    verdict = np.full(len(at), _NONE, dtype=np.int8)
    verdict[why == Why.ENOUGH] = _COMPLIED
    verdict[why == Why.SHORT] = _DOUBTFUL
    verdict[(why == Why.IDLE) & (fall > 0)] = _COMPLIED
    judged.verdict[at] = verdict


def at_zero(evidence: Evidence, judged: JudgedDays, duties: Duties) -> list[Problem]:
    """Plants whose readings are 0 before their orders and under them: the meter may stand; the first few are named."""
    line = duties.days["line"].to_numpy()[judged.rows[judged.comparison.why == Why.ZERO]]
    names = duties.lines["enterprise"].iloc[line].drop_duplicates().tolist()
    if not names:
        return []
    more = Words("and_more", count=len(names) - _NAMED) if len(names) > _NAMED else ""
    return [Problem("reads_zero", file=evidence.file, count=len(names), names=names[:_NAMED], more=more)]
