"""A variant's season added up: by place, level and pollutant, by line and plant, and day by day.

Hours are those of the season; a *line-day* is one running line standing still for a day, and
output lost is counted in the list's unit of production (``simulation.production``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.engine import Use
from alertengine.orders import RatioEntry, amounts
from alertengine.rulebook import WARNING_LEVELS
from alertengine.simulation.season.course import Chain, StateKey
from alertengine.simulation.season.line_table import by_level
from alertengine.simulation.season.run import PlaceRun, VariantRun
from alertengine.simulation.season.states import LineSums, PlaceState
from alertengine.vocabulary import POLLUTANTS, Level

Floats = npt.NDArray[np.float64]
#: Columns of days.csv: hours of each level, kg saved on the day by the warning and by all that binds; of both, what
#: vehicles and sites bring.
DAY_COLUMNS: Final = (
    "variant", "date", "city", "county", "level", *(f"{level}_hours" for level in WARNING_LEVELS), "aqi",
    *(f"{name}_kg" for name in POLLUTANTS), *(f"{name}_kg_with_season" for name in POLLUTANTS),
    "lines_hit", "lines_stopped", "enterprises_stopped", "lost", *(f"{name}_kg_beside" for name in POLLUTANTS),
    "lines_without_ground",
)  # fmt: skip


@dataclass(frozen=True)
class StateSum:
    """One state of a place: from when, the hours since the warning's life began, and the ratio's figures.

    ``since`` is when it was first reached (None: supposed); ``hours`` how long it held in the season.
    """

    since: datetime | None
    passed: float
    hours: float
    kg_d: dict[str, float]
    ratio: dict[str, RatioEntry]
    groundless: int


@dataclass(frozen=True)
class LevelSum:
    """One place at one level over its ``hours``, by pollutant where a field is a mapping.

    ``kg`` is saved by the warning, ``kg_season`` by everything that binds, ``kg_d`` is ``kg`` a day; ``ratio`` has the
    figures of the required reduction, ``whole`` the whole-society emission, kg/d, of the inventory of ``year``;
    ``unsaid`` counts lines whose share cannot be computed, in the state that has most.
    """

    hours: float
    kg: dict[str, float]
    kg_season: dict[str, float]
    kg_d: dict[str, float]
    ratio: dict[str, RatioEntry]
    whole: dict[str, float] | None
    year: int | None
    unsaid: int
    #: Output that the warning takes over these hours, in the unit of production times days; plants it hits, and those
    #: of them that it hits in an earlier place of the city too.
    lost: float
    hit: int
    hit_again: int
    #: What that output is worth in yuan, as far as it is known (None: no value was given), and lines without a value.
    yuan: float | None
    unvalued: int
    #: What vehicles and sites bring, kg, a part of ``kg``; lines without a ground, at most; what lines with an unknown
    #: share could add at most, kg by pollutant and output.
    beside: dict[str, float]
    groundless: int
    open_kg: dict[str, float]
    open_lost: float
    #: By pollutant: hours below what is required, and the state that falls furthest short.
    below: dict[str, float]
    worst: dict[str, StateSum | None]
    states: list[StateSum]


@dataclass(frozen=True)
class StateAmounts:
    """One state against the totals and ratios of a variant, kg a day by pollutant.

    ``kg_d`` is saved by the warning, ``all_kg_d`` by everything that binds, ``beside`` of both by vehicles and sites;
    ``open`` is what lines with an unknown share could add at most. ``ratio``: none where there are no totals.
    """

    kg_d: dict[str, float]
    all_kg_d: dict[str, float]
    beside: dict[str, float]
    open: dict[str, float]
    ratio: dict[str, RatioEntry]
    whole: dict[str, float] | None
    year: int | None


@dataclass(frozen=True)
class PlaceTally:
    """One place added up: time, levels, and by line and plant (``sums``)."""

    city: str
    county: str
    days: float
    lives: int
    level_days: dict[Level, int]
    levels: dict[Level, LevelSum]
    #: Levels that the season did not bring: what they would come to under the law of most of its days.
    supposed: dict[Level, LevelSum]
    sums: LineSums
    by_day: pd.DataFrame
    #: Rules that bound lines, and whether filed plans were part of what did; with the tables by day only.
    rules: frozenset[str] = frozenset()
    filed: bool = False
    #: Lines by level (``line_table.by_level``); with the tables by day only.
    by_line: pd.DataFrame | None = None


def tally(run: VariantRun, *, daily: bool) -> list[PlaceTally]:
    """Add up every place of a variant; ``daily`` makes the tables by day, and levels not reached, too."""
    counted = defaultdict[tuple[str, Level], set[str]](set)
    return [_Adding(place, run).place_tally(counted, daily=daily) for place in run.places]


class _Adding:
    """Adds up one place."""

    def __init__(self, place: PlaceRun, run: VariantRun) -> None:
        self._place, self._run = place, run
        self._hours = place.course.hours
        self._amounts: dict[Chain, StateAmounts] = {}

    def place_tally(self, counted: dict[tuple[str, Level], set[str]], *, daily: bool) -> PlaceTally:
        """The place; ``counted`` holds the plants hit in the places before it, by city and level, and takes its own."""
        place, course = self._place, self._place.course
        held: dict[Level, list[tuple[Chain, float]]] = {level: [] for level in Level}
        for chain, hours in self._hours.items():
            held[chain[-1].level].append((chain, hours))
        levels = {level: self._level(chains, counted[place.city, level]) for level, chains in held.items() if chains}
        bare = PlaceTally(
            place.city, place.county, course.days, course.lives, course.level_days, levels, {},
            place.states.sums(course), pd.DataFrame(columns=list(DAY_COLUMNS)),
        )  # fmt: skip
        if not daily:
            return bare
        decisions = [place.states.state(chain).decision for chain in self._hours]
        bindings = [binding for decision in decisions for binding in decision.bindings]
        own = (Use.ALONE, Use.STRICTER, Use.BESIDE)
        return replace(
            bare, supposed=self._supposed(levels), by_day=self._days(), by_line=by_level(self._run, place),
            rules=frozenset(name for binding in bindings for name in binding.resolution.rule_ids()),
            filed=any(np.isin(decision.filed.use, own).any() for decision in decisions),
        )  # fmt: skip

    def _amount(self, chain: Chain) -> StateAmounts:
        """A state's kilograms and ratios against the totals and ratios of the variant."""
        if chain not in self._amounts:
            place, key = self._place, chain[-1]
            required = self._run.required(place.city, key.day, key.level)
            sums, warned = place.states.state(chain).sums, key.level is not Level.NONE
            found = amounts(sums, place.whole, required, warned=warned)
            beside = found["beside_kg_d"]
            self._amounts[chain] = StateAmounts(  # sums of a season are not of rounded days
                kg_d={name: sums.warned[name] + beside[name] for name in POLLUTANTS},
                all_kg_d={name: sums.everything[name] + beside[name] for name in POLLUTANTS},
                beside=beside,
                open={name: sums.most[name] - sums.warned[name] if warned else 0.0 for name in POLLUTANTS},
                ratio=found["ratio"] or {},
                whole=found["whole_society_kg_d"],
                year=found["inventory_year"],
            )
        return self._amounts[chain]

    def _level(self, chains: list[tuple[Chain, float]], counted: set[str]) -> LevelSum:
        """One level added up; the ratio is the mean over its hours, met only where every state meets it."""
        held = [(self._amount(chain), hours) for chain, hours in chains]
        hours = sum(h for _, h in held)

        def summed(of: Callable[[StateAmounts], dict[str, float]]) -> dict[str, float]:
            return {name: sum(of(a)[name] * h / 24 for a, h in held) for name in POLLUTANTS}

        kg = summed(attrgetter("kg_d"))
        last = held[-1][0]
        ratio = {name: _ratio([(a.ratio[name], h) for a, h in held]) for name in POLLUTANTS} if last.ratio else {}
        rate = {name: kg[name] * 24 / hours if hours else 0.0 for name in POLLUTANTS}
        states = [(self._place.states.state(chain), hours) for chain, hours in chains]
        unsaid = max(state.unsaid for state, _ in states)
        output = self._run.production.amounts[self._place.rows]
        lost = sum(float((state.lost * output).sum()) * h / 24 for state, h in states)
        hit = np.logical_or.reduce([state.hit for state, _ in states])
        plants = set(self._place.states.names["enterprise_id"][hit].tolist())
        again = len(plants & counted)
        counted |= plants
        reached = [self._state(chain, h) for chain, h in chains]
        return LevelSum(
            hours, kg, summed(attrgetter("all_kg_d")), rate, ratio, last.whole, last.year, unsaid, lost,
            len(plants), again, *self._yuan(states),
            beside=summed(attrgetter("beside")),
            groundless=max(one.groundless for one in reached),
            open_kg=summed(attrgetter("open")),
            open_lost=sum(float((state.open * output).sum()) * h / 24 for state, h in states),
            below={
                name: sum(one.hours for one in reached if one.ratio.get(name, {}).get("met") == "no")
                for name in POLLUTANTS
            },
            worst={name: _worst(reached, name) for name in POLLUTANTS},
            states=reached,
        )  # fmt: skip

    def _yuan(self, held: list[tuple[PlaceState, float]]) -> tuple[float | None, int]:
        """What the output lost is worth, as far as its lines have a value, and the lines that have none."""
        production, rows = self._run.production, self._place.rows
        if production.yuan is None:
            return None, 0
        lost = production.yuan_of(rows, np.asarray(sum(state.lost * h / 24 for state, h in held)))
        return float(np.nansum(lost)), int(np.isnan(lost).sum())

    def _state(self, chain: Chain, hours: float) -> StateSum:
        amount = self._amount(chain)
        since = next((stay.starts for stay in self._place.course.stays if stay.chain == chain), None)
        groundless = int(self._place.states.state(chain).groundless.sum())
        return StateSum(since, chain[-1].hours, hours, amount.kg_d, amount.ratio, groundless)

    def _supposed(self, levels: dict[Level, LevelSum]) -> dict[Level, LevelSum]:
        """Levels not reached, as they would be under the law that held longest; no hours, kg a day."""
        held: dict[datetime, float] = {}
        for chain, hours in self._hours.items():
            held[chain[-1].law] = held.get(chain[-1].law, 0.0) + hours
        law = max(held, key=lambda known: held[known])
        missing = [level for level in WARNING_LEVELS if level not in levels]
        return {level: self._level([((StateKey(law, level, 0.0),), 24.0)], set()) for level in missing}

    def _days(self) -> pd.DataFrame:
        """One row a day."""
        place, run = self._place, self._run
        output = run.production.amounts[place.rows]
        figures = {chain: self._day_figures(chain, output) for chain in self._hours}
        rows: dict[date, dict[str, Any]] = {}
        for stay in place.course.stays:
            for day, hours in stay.days():
                row = rows.setdefault(day, _blank_day(run.name, day, place))
                if stay.level is not Level.NONE:
                    row[f"{stay.level}_hours"] += hours
                    if stay.level.rank > Level(row["level"]).rank:
                        row["level"] = str(stay.level)
                for name, value in figures[stay.chain].items():
                    row[name] = max(row[name], value) if isinstance(value, int) else row[name] + value * hours / 24
        table = pd.DataFrame(list(rows.values()), columns=list(DAY_COLUMNS))
        air = run.weather.air.get(place.city)
        if air is not None and not place.county:
            by_date = dict(zip(air.dates.date, air.daily, strict=True))
            table["aqi"] = [by_date.get(day, np.nan) for day in rows]
        return table

    def _day_figures(self, chain: Chain, output: Floats) -> dict[str, float]:
        """A state's figures for one day; whole numbers are counts, of which a day has that of its worst state."""
        state, amount = self._place.states.state(chain), self._amount(chain)
        out: dict[str, float] = {f"{name}_kg": amount.kg_d[name] for name in POLLUTANTS}
        out |= {f"{name}_kg_with_season": amount.all_kg_d[name] for name in POLLUTANTS}
        out |= {f"{name}_kg_beside": amount.beside[name] for name in POLLUTANTS}
        return out | {
            "lines_hit": int(state.hit.sum()),
            "lines_stopped": int((state.stopped & state.hit).sum()),
            "enterprises_stopped": int(state.shut.sum()),
            "lines_without_ground": int(state.groundless.sum()),
            "lost": float((state.lost * output).sum()),
        }


def _ratio(entries: list[tuple[RatioEntry, float]]) -> RatioEntry:
    """The mean of some states' ratios over their hours; what is required is that of the state with least to spare."""

    def mean(values: Iterable[float | None]) -> float | None:
        known = [(value, h) for value, (_, h) in zip(values, entries, strict=True) if value is not None]
        hours = sum(h for _, h in entries)
        return sum(value * h for value, h in known) / hours if known and hours else None

    asked = [entry for entry, _ in entries if entry.get("required") is not None]
    worst = min(asked, key=lambda entry: entry.get("margin_kg_d", float("inf")), default=RatioEntry()).copy()
    if asked:
        worst["met"] = worst_of(entry["met"] for entry in asked)
    worst["warning"] = mean(entry["warning"] for entry, _ in entries)
    worst["with_season"] = mean(entry["with_season"] for entry, _ in entries)
    return worst


def worst_of(verdicts: Iterable[str]) -> str:
    """One verdict of several: no, where one is, else unknown, where one is."""
    found = set(verdicts)
    return "no" if "no" in found else "unknown" if "unknown" in found else "yes"


def _worst(states: list[StateSum], name: str) -> StateSum | None:
    """The state that falls furthest short of what is required, or has least to spare; the first of equals."""
    asked = [one for one in states if one.ratio.get(name, {}).get("margin_kg_d") is not None]
    return min(asked, key=lambda one: float(one.ratio[name]["margin_kg_d"]), default=None)


def _blank_day(variant: str, day: date, place: PlaceRun) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(DAY_COLUMNS, 0.0)
    named = {"variant": variant, "date": day, "city": place.city, "county": place.county, "level": str(Level.NONE)}
    counts = ("lines_hit", "lines_stopped", "enterprises_stopped", "lines_without_ground")
    return row | named | {"aqi": np.nan, **dict.fromkeys(counts, 0)}
