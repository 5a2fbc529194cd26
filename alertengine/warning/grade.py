"""Grading: which hours of a place lie in a run that makes a warning, and of which level.

"96 h above 200" is four 24 h windows back to back, each with its own mean above 200.  A
run covers every hour of all such windows; hours above a higher number count inside the
run above the lower one.  The law of each hour's day judges the whole run the hour lies in.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from alertengine.rulebook import Advise, AqiRule, Exceed, GradingRule, WarningLife, air_leaves
from alertengine.vocabulary import OPEN, Level
from alertengine.warning.aqi import Floats
from alertengine.warning.plausibility import UNREADABLE
from alertengine.warning.start_conditions import WindowProof, covered, evaluate, may_hold, meets, prove, stretches
from alertengine.warning.windows import DAY, ENDS, Bools, End, Timeline, Windows

RANK: Final = {level.value: level.rank for level in Level}
LEVEL_OF: Final = {level.rank: level.value for level in Level}


@dataclass(frozen=True)
class AirLaw:
    """The rules about air in force at a place from a moment until before another."""

    begins: datetime
    until: datetime
    aqi: AqiRule | None
    levels: tuple[GradingRule, ...]
    life_rule: GradingRule | None
    advise: tuple[GradingRule, ...]
    tiers: tuple[GradingRule, ...] = ()

    @property
    def first(self) -> date:
        """The first day it touches."""
        return self.begins.date()

    @property
    def last(self) -> date:
        """The last day it touches."""
        return (self.until - datetime.resolution).date()

    @property
    def life(self) -> WarningLife | None:
        """How warnings live, where a rule says so."""
        return self.life_rule.life if self.life_rule else None

    @cached_property
    def conditions(self) -> tuple[Exceed, ...]:
        """Every single condition of its levels."""
        return tuple(leaf for rule in self.levels if rule.start for leaf in air_leaves(rule.start))

    @cached_property
    def advised(self) -> frozenset[str]:
        """Pollutants that bring advice only."""
        return frozenset(name for rule in self.advise if rule.advise for name in rule.advise.primary)

    @property
    def dust_advised(self) -> bool:
        """Whether dust brings advice only."""
        return any(rule.advise.dust for rule in self.advise if rule.advise)


def law(begins: datetime, until: datetime, rules: Iterable[AqiRule | GradingRule]) -> AirLaw:
    """The AQI and grading rules in force from a moment until before another, those of levels from the highest down."""
    held = list(rules)
    gradings = [rule for rule in held if isinstance(rule, GradingRule)]
    return AirLaw(
        begins,
        until,
        next((rule for rule in held if isinstance(rule, AqiRule)), None),
        tuple(sorted((r for r in gradings if r.level), key=lambda r: -RANK[r.level or "none"])),
        next((rule for rule in gradings if rule.life), None),
        tuple(rule for rule in gradings if rule.advise),
        tuple(rule for rule in gradings if rule.tier),
    )


@dataclass(frozen=True)
class GradedRun:
    """Consecutive hours that make a warning: half-open, one level, the rule that gives it."""

    start: datetime
    end: datetime
    level: str
    rule: GradingRule
    #: AQI of the windows back to back from the start, at the middle of the range.
    windows: tuple[float, ...] = ()
    primary: str = ""
    lower: str = ""
    upper: str = ""
    #: The forecast does not show its beginning: it goes on under the warning in force.
    carried: bool = False
    #: The highest level of its hours by the other rounding of the AQI; blank where no rounding decides.
    otherwise: str = ""
    #: The windows that meet the rule, and the start of the hours they count from.
    proofs: Callable[[], tuple[WindowProof, ...]] = field(default=tuple, compare=False, repr=False)
    origin: datetime = field(default=OPEN, compare=False, repr=False)

    @property
    def rank(self) -> int:
        """Rank of the level: 1 yellow, 3 red."""
        return RANK[self.level]

    @property
    def hours(self) -> int:
        """Length in hours."""
        return (self.end - self.start) // timedelta(hours=1)


@dataclass(frozen=True)
class Graded:
    """One place graded.

    ``ranks`` per end of the forecast range (shape: hours, 0 = no warning); ``runs`` of one level each at the middle;
    ``advice`` runs that bring advice only; ``known`` hours that some window covers; ``missing`` days between the first
    and the last given that no window covers wholly; ``ungraded`` days on which no grading is in force.
    """

    timeline: Timeline
    ranks: dict[End, npt.NDArray[np.int64]]
    runs: list[GradedRun]
    advice: list[GradedRun]
    known: Bools
    missing: list[date]
    ungraded: list[date] = field(default_factory=list)
    #: Hours in any window above the lowest number of a level's rule, by rank; worked out where it is asked for.
    above: Callable[[], dict[int, Bools]] = dict
    #: The rule of each rank under the first law that has one.
    rules: dict[int, GradingRule] = field(default_factory=dict)
    #: Days whose level hangs on a primary pollutant that could not be read.
    unread: list[date] = field(default_factory=list)
    #: Ranks by the other rounding of the AQI, where a window lies so near a number that rounding may decide.
    otherwise: npt.NDArray[np.int64] | None = None

    @cached_property
    def unseen(self) -> list[tuple[int, int, int]]:
        """Stretches of ``above`` whose beginning no window shows: rank, first and one past last hour."""
        unseen = ~np.concatenate([[False], self.known[:-1]])
        return [
            (rank, first, last)
            for rank, mask in self.above().items()
            if (mask & unseen).any()
            for first, last in stretches(mask)
            if unseen[first]
        ]

    def begins_unseen(self, sought: datetime, since: datetime) -> bool:
        """Whether air above a level's lowest number goes on after ``since``, begun unseen after ``sought``."""
        return any(
            self.timeline.at(last) > since and self.timeline.at(first) > sought for _, first, last in self.unseen
        )

    def knows(self, day: datetime) -> bool:
        """Whether every hour of a day is known."""
        first = self.timeline.place(day)
        return 0 <= first <= len(self.known) - DAY and bool(np.all(self.known[first : first + DAY]))


def grade(timeline: Timeline, laws: Sequence[AirLaw]) -> Graded:
    """Grade one place under the laws of its days, from the highest level down."""
    hours = timeline.hours
    ranks = {end: np.zeros(hours, dtype=np.int64) for end in ENDS}
    rule_at, known, graded_hour = np.full(hours, -1), np.zeros(hours, dtype=bool), np.zeros(hours, dtype=bool)
    bearing, primary = np.full(hours, np.nan), np.full(hours, "", dtype=object)
    unread = np.zeros(hours, dtype=bool)
    held, advice = [rule for one in laws for rule in one.levels], list[GradedRun]()
    judged: list[tuple[int, Floats, float, Bools]] = []
    tiers: list[tuple[GradingRule, Windows, Bools]] = []
    near: list[tuple[AirLaw, Bools]] = []
    number = 0
    for one in laws:
        span = _span(timeline, one)
        if one.aqi is None or not span.any():
            number += len(one.levels)
            continue
        windows = timeline.windows(one.aqi, one.advised, dust_advised=one.dust_advised)
        if not windows.plain:
            unread |= covered(windows.cause == UNREADABLE) & span
        known |= covered(~np.isnan(windows.total["mid"])) & span
        graded_hour |= span & bool(one.levels)
        if _rounding_decides(one, timeline, windows):
            near.append((one, span))
        bearing[span], primary[span] = windows.bearing["mid"][span], windows.primary[span]
        for rule in one.levels:
            _grade_level(rule, number, windows, span, ranks, rule_at, judged)
            number += 1
        for rule in one.advise:
            if rule.advise:
                advice += _advice(rule, rule.advise, timeline, windows, span)
        tiers += [(rule, windows, span) for rule in one.tiers]
    advice += [run for tier in tiers for run in _below(*tier, timeline, ranks["mid"])]
    otherwise = _otherwise(timeline, near, ranks["mid"]) if near else None
    runs = _runs(timeline, ranks, rule_at, held, bearing, primary, otherwise)
    unread &= ranks["high"] > ranks["mid"]
    known &= ~unread
    missing = _days(timeline, timeline.given() & ~known & ~unread)
    ungraded = _days(timeline, ~graded_hour[::DAY])
    rules = {RANK[rule.level]: rule for one in reversed(laws) for rule in one.levels if rule.level}
    open_days = _days(timeline, unread)
    above = partial(_above, judged)
    return Graded(timeline, ranks, runs, advice, known, missing, ungraded, above, rules, open_days, otherwise)


def _above(judged: list[tuple[int, Floats, float, Bools]]) -> dict[int, Bools]:
    """Hours in any window above a number, by rank: of ranks, windows, numbers and the hours that each is of."""
    out: dict[int, Bools] = {}
    for rank, aqi, lowest, span in sorted(judged, key=lambda one: one[0]):
        mask = covered(aqi > lowest) & span
        out[rank] = out[rank] | mask if rank in out else mask
    return out


def _rounding_decides(one: AirLaw, timeline: Timeline, windows: Windows) -> bool:
    """Whether some window lies on another side of a law's number by the other rounding, or may in a part of days."""
    whole, part = windows.part_of or (windows, slice(None))
    if one.conditions not in whole.found:
        whole.found[one.conditions] = _other_sides(one, timeline.whole, whole)
    return bool(whole.found[one.conditions][part].any())


def _other_sides(one: AirLaw, timeline: Timeline, plain: Windows) -> Bools:
    """The windows that lie on another side of a law's number by the other rounding (shape: hours)."""
    out = np.zeros(timeline.hours, dtype=bool)
    both = [of for of in (plain, plain.days) if of]
    if one.aqi is None or not any(of.near(leaf.threshold) for of in both for leaf in one.conditions):
        return out
    other = timeline.windows(one.aqi, one.advised, dust_advised=one.dust_advised, otherwise=True)
    for this, that in zip(both, [of for of in (other, other.days) if of], strict=True):
        for leaf in one.conditions:
            out |= meets(leaf, this.bearing["mid"]) != meets(leaf, that.bearing["mid"])
    return out


def _otherwise(
    timeline: Timeline, near: list[tuple[AirLaw, Bools]], mid: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64] | None:
    """Ranks by the other rounding under the laws whose numbers some window is near; None where they are the same."""
    out = mid.copy()
    for one, span in near:
        if one.aqi is None:
            continue
        windows = timeline.windows(one.aqi, one.advised, dust_advised=one.dust_advised, otherwise=True)
        out[span] = 0
        for rule in one.levels[::-1]:  # the highest last
            if rule.start and rule.level:
                out[evaluate(rule.start, windows.bearing["mid"]) & span] = RANK[rule.level]
    return None if np.array_equal(out, mid) else out


def _grade_level(
    rule: GradingRule,
    number: int,
    windows: Windows,
    span: Bools,
    ranks: dict[End, npt.NDArray[np.int64]],
    rule_at: npt.NDArray[np.int64],
    judged: list[tuple[int, Floats, float, Bools]],
) -> None:
    """Mark the hours at which one level's rule (by its number) holds; a higher level already there stays."""
    if rule.start is None or rule.level is None:
        return
    rank = RANK[rule.level]
    lowest = min(leaf.threshold for leaf in air_leaves(rule.start))
    if not windows.reaches(lowest):
        return
    masks: list[tuple[Floats, Bools]] = []  # ends may share their windows
    judged.append((rank, windows.bearing["mid"], lowest, span))
    for end in ENDS if may_hold(rule.start, windows) else ():
        aqi = windows.bearing[end]
        mask = next((mask for of, mask in masks if of is aqi), None)
        if mask is None:
            mask = evaluate(rule.start, aqi) & span
            masks.append((aqi, mask))
        fresh = mask & (ranks[end] < rank)
        if fresh.any():
            ranks[end][fresh] = rank
            if end == "mid":
                rule_at[fresh] = number


def _span(timeline: Timeline, one: AirLaw) -> Bools:
    """Return the hours that begin under a law."""
    first, end = (math.ceil((when - timeline.origin) / timedelta(hours=1)) for when in (one.begins, one.until))
    out = np.zeros(timeline.hours, dtype=bool)
    out[max(first, 0) : max(end, 0)] = True
    return out


def _days(timeline: Timeline, hours: Bools) -> list[date]:
    """The days of some hours, or of their first hours."""
    first = timeline.origin.date()
    days = np.flatnonzero(hours) // (len(hours) // timeline.days)
    return [first + timedelta(days=day) for day in dict.fromkeys(days.tolist())]


def _runs(
    timeline: Timeline,
    ranks: dict[End, npt.NDArray[np.int64]],
    rule_at: npt.NDArray[np.int64],
    rules: list[GradingRule],
    bearing: Floats,
    primary: npt.NDArray[np.object_],
    otherwise: npt.NDArray[np.int64] | None,
) -> list[GradedRun]:
    """Unbroken hours of one level and rule, with the windows they rest on."""
    rank = ranks["mid"]
    if not rank.any():
        return []
    cuts = [0, *(np.flatnonzero((rank[1:] != rank[:-1]) | (rule_at[1:] != rule_at[:-1])) + 1).tolist(), len(rank)]
    runs = []
    for first, last in pairwise(cuts):
        if not rank[first]:
            continue
        rule = rules[int(rule_at[first])]
        other = "" if otherwise is None else LEVEL_OF[int(otherwise[first:last].max())]
        runs.append(
            GradedRun(
                timeline.at(first),
                timeline.at(last),
                LEVEL_OF[int(rank[first])],
                rule,
                _values(bearing, first, last),
                _leading(primary, bearing, first, last),
                LEVEL_OF[int(ranks["low"][first:last].max())],
                LEVEL_OF[int(ranks["high"][first:last].max())],
                otherwise=other,
                proofs=partial(prove, rule.start, bearing, first, last) if rule.start else tuple,
                origin=timeline.origin,
            )
        )
    return runs


def _values(aqi: Floats, first: int, last: int) -> tuple[float, ...]:
    """Return the AQI of the windows back to back from the first hour, as far as known; none in less than a day."""
    return tuple(float(value) for value in aqi[first : max(first, last - DAY + 1) : DAY] if not np.isnan(value))


def _leading(primary: npt.NDArray[np.object_], aqi: Floats, first: int, last: int) -> str:
    """Return the primary pollutant named most often by the run's windows; in less than a day by those around it."""
    inside = slice(first, last - DAY + 1) if last - first >= DAY else slice(max(last - DAY, 0), first + 1)
    known = primary[inside][~np.isnan(aqi[inside])].tolist()
    counts = Counter(str(text) for text in known if text)
    return max(counts, key=counts.__getitem__) if counts else ""


def _advice(rule: GradingRule, advise: Advise, timeline: Timeline, windows: Windows, span: Bools) -> list[GradedRun]:
    """Return runs whose cause brings advice only."""
    if windows.plain:
        return []
    caused = np.logical_or.reduce([windows.cause == name for name in (("dust",) if advise.dust else advise.primary)])
    if not caused.any():
        return []
    aqi = np.where(caused, windows.total["mid"], np.nan)
    mask = evaluate(advise.start, aqi) & span
    return _bare_runs(rule, timeline, mask, aqi, windows.primary, advise.cause())


def _below(
    rule: GradingRule, windows: Windows, span: Bools, timeline: Timeline, rank: npt.NDArray[np.int64]
) -> list[GradedRun]:
    """Return the hours that meet a tier below the lowest level where no level holds."""
    if rule.tier is None or not may_hold(rule.tier.start, windows):
        return []
    aqi = windows.bearing["mid"]
    mask = evaluate(rule.tier.start, aqi) & span & (rank == 0)
    return _bare_runs(rule, timeline, mask, aqi, windows.primary, "")


def _bare_runs(
    rule: GradingRule, timeline: Timeline, mask: Bools, aqi: Floats, primary: npt.NDArray[np.object_], cause: str
) -> list[GradedRun]:
    """Unbroken hours that make no level."""
    return [
        GradedRun(
            timeline.at(first),
            timeline.at(last),
            "none",
            rule,
            _values(aqi, first, last),
            _leading(primary, aqi, first, last) or cause,
        )
        for first, last in stretches(mask)
    ]
