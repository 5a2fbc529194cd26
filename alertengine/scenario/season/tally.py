"""A variant's season added up: by place, level and pollutant, by line and plant, and day by day.

Hours are those of the season; a *line-day* is one running line standing still for a day, and
output lost is counted in the list's unit of production (``scenario.production``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.scenario.season.course import Key, Stay
from alertengine.scenario.season.run import PlaceRun, VariantRun
from alertengine.scenario.season.states import State
from alertengine.vocabulary import POLLUTANTS, Level

Floats = npt.NDArray[np.float64]
WARNED: Final = tuple(level for level in Level if level is not Level.NONE)
#: Columns of days.csv: hours of each level, kg saved on the day by the warning and by all that binds.
DAY_COLUMNS: Final = (
    "variant", "date", "city", "county", "level", *(f"{level}_hours" for level in WARNED), "aqi",
    *(f"{name}_kg" for name in POLLUTANTS), *(f"{name}_kg_with_season" for name in POLLUTANTS),
    "lines_hit", "lines_stopped", "enterprises_stopped", "lost",
)  # fmt: skip
KG: Final = {name: f"{name}_kg" for name in POLLUTANTS}


@dataclass(frozen=True)
class LevelSum:
    """One place at one level: hours, kg saved by pollutant, and the ratio's figures by pollutant."""

    hours: float
    kg: dict[str, float]
    kg_season: dict[str, float]
    kg_d: dict[str, float]
    ratio: dict[str, dict[str, Any]]
    whole: dict[str, float] | None
    year: int | None
    unsaid: int


@dataclass(frozen=True)
class PlaceTally:
    """One place added up.

    By line: ``lost`` days of output that warnings took (share times days), ``other`` what bound without one,
    ``stopped`` days at a stand, ``kg`` saved by warnings per pollutant; by plant (codes ``owner``):
    ``shut`` days on which all its running lines stood still and a warning was why for some of them.
    """

    city: str
    county: str
    days: float
    lives: int
    level_days: dict[Level, int]
    levels: dict[Level, LevelSum]
    #: Levels that the season did not bring: what they would come to under the law of most of its days.
    supposed: dict[Level, LevelSum]
    lost: Floats
    other: Floats
    stopped: Floats
    hit_days: Floats
    kg: dict[str, Floats]
    owner: npt.NDArray[np.int64]
    shut: Floats
    by_day: pd.DataFrame


def tally(run: VariantRun, *, daily: bool = True) -> list[PlaceTally]:
    """Add up every place of a variant; ``daily`` makes the tables by day too."""
    return [_place(place, run, daily=daily) for place in run.places]


def _place(place: PlaceRun, run: VariantRun, *, daily: bool) -> PlaceTally:
    owner, plants = pd.factorize(place.states.lines["enterprise_id"])
    running = ~place.states.lines["long_stopped"].fillna(value=False).to_numpy(dtype=bool)
    count = len(owner)
    sums = {name: np.zeros(count) for name in ("lost", "other", "stopped", "hit_days")}
    kg = {name: np.zeros(count) for name in POLLUTANTS}
    shut = np.zeros(len(plants))
    spent: dict[Any, float] = {}
    for stay in place.stays:
        spent[stay.chain] = spent.get(stay.chain, 0.0) + stay.hours
    states = {chain: place.states.state(chain) for chain in spent}
    closed = {chain: _shut(state, owner, len(plants), running) for chain, state in states.items()}
    for chain, hours in spent.items():
        state, days = states[chain], hours / 24
        sums["lost"] += state.lost * days
        sums["other"] += state.other * days
        sums["stopped"] += state.stopped * days
        sums["hit_days"] += state.hit * days
        shut += closed[chain] * days
        for name in POLLUTANTS:
            kg[name] += np.nan_to_num(state.decision.warning_reduced[name]) * days
    levels = {
        level: _level([(states[chain], hours) for chain, hours in spent.items() if chain[-1].level is level])
        for level in Level
        if any(chain[-1].level is level for chain in spent)
    }
    supposed = _supposed(place, levels) if daily else {}
    amounts = run.production.amounts[place.rows]
    by_day = _days(place, states, closed, amounts, run) if daily else pd.DataFrame(columns=list(DAY_COLUMNS))
    return PlaceTally(
        place.city, place.county, sum(spent.values()) / 24, len({s.life for s in place.stays if s.life}),
        _level_days(place.stays), levels, supposed, **sums, kg=kg, owner=owner.astype(np.int64), shut=shut,
        by_day=by_day,
    )  # fmt: skip


def _supposed(place: PlaceRun, levels: dict[Level, LevelSum]) -> dict[Level, LevelSum]:
    """Levels not reached, as they would be under the law that held longest; no hours, kg a day."""
    held: dict[date, float] = {}
    for stay in place.stays:
        held[stay.chain[-1].day] = held.get(stay.chain[-1].day, 0.0) + stay.hours
    day = max(held, key=lambda known: held[known])
    states = {level: place.states.state((Key(day, level, 0.0),)) for level in WARNED if level not in levels}
    return {level: _level([(state, 24.0)]) for level, state in states.items()}


def _shut(state: State, owner: npt.NDArray[np.int64], plants: int, running: npt.NDArray[np.bool_]) -> Floats:
    """Plants of which every running line stands still, a warning being why for some line."""
    going = np.bincount(owner, weights=running & ~state.stopped, minlength=plants)
    any_running = np.bincount(owner, weights=running, minlength=plants)
    warned = np.bincount(owner, weights=state.stopped & state.hit, minlength=plants)
    return ((any_running > 0) & (going == 0) & (warned > 0)).astype(np.float64)


def _level_days(stays: list[Stay]) -> dict[Level, int]:
    """Days by the highest level they touch."""
    highest: dict[date, Level] = {}
    for stay in stays:
        for day, _ in stay.days():
            if stay.level.rank > highest.get(day, Level.NONE).rank:
                highest[day] = stay.level
    return {level: sum(found is level for found in highest.values()) for level in WARNED}


def _level(states: list[tuple[State, float]]) -> LevelSum:
    """One level added up; the ratio is the mean over its hours, met only where every state meets it."""
    hours = sum(h for _, h in states)
    kg = {name: sum(s.kg_d[name] * h / 24 for s, h in states) for name in POLLUTANTS}
    season = {name: sum(s.kg_d_season[name] * h / 24 for s, h in states) for name in POLLUTANTS}
    last = states[-1][0]
    ratio = (
        {name: _ratio([(s.entry["ratio"][name], h) for s, h in states]) for name in POLLUTANTS}
        if last.entry["ratio"]
        else {}
    )
    unsaid = max(int(state.unsaid.sum()) for state, _ in states)
    rate = {name: kg[name] * 24 / hours if hours else 0.0 for name in POLLUTANTS}
    return LevelSum(
        hours, kg, season, rate, ratio, last.entry["whole_society_kg_d"], last.entry["inventory_year"], unsaid
    )


def _ratio(entries: list[tuple[dict[str, Any], float]]) -> dict[str, Any]:
    hours = sum(h for _, h in entries)
    out: dict[str, Any] = {}
    for name in ("warning", "with_season"):
        known = [(entry[name], h) for entry, h in entries if entry[name] is not None]
        out[name] = sum(value * h for value, h in known) / hours if known and hours else None
    asked = [entry for entry, _ in entries if entry.get("required") is not None]
    if asked:
        worst = min(asked, key=lambda entry: entry.get("margin_kg_d", float("inf")))
        met = {entry["met"] for entry in asked}
        verdict = "no" if "no" in met else "unknown" if "unknown" in met else "yes"
        out |= {name: worst.get(name) for name in ("required", "required_by", "basis", "margin_kg_d")} | {
            "met": verdict
        }
    return out


def _days(
    place: PlaceRun, states: dict[Any, State], closed: dict[Any, Floats], amounts: Floats, run: VariantRun
) -> pd.DataFrame:
    """One row a day."""
    figures = {chain: _day_figures(state, closed[chain], amounts) for chain, state in states.items()}
    rows: dict[date, dict[str, Any]] = {}
    for stay in place.stays:
        for day, hours in stay.days():
            row = rows.setdefault(day, _blank_day(run.name, day, place))
            if stay.level is not Level.NONE:
                row[f"{stay.level}_hours"] += hours
                if stay.level.rank > Level(row["level"]).rank:
                    row["level"] = str(stay.level)
            for name, value in figures[stay.chain].items():
                if name.startswith(("lines_", "enterprises_")):
                    row[name] = max(row[name], int(value))
                else:
                    row[name] += value * hours / 24
    table = pd.DataFrame(list(rows.values()), columns=list(DAY_COLUMNS))
    air = run.weather.air.get(place.city)
    if air is not None and not place.county:
        by_date = dict(zip(air.dates.date, air.daily, strict=True))
        table["aqi"] = [by_date.get(day, np.nan) for day in rows]
    return table


def _blank_day(variant: str, day: date, place: PlaceRun) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(DAY_COLUMNS, 0.0)
    named = {"variant": variant, "date": day, "city": place.city, "county": place.county, "level": str(Level.NONE)}
    return row | named | {"aqi": np.nan, "lines_hit": 0, "lines_stopped": 0, "enterprises_stopped": 0}


def _day_figures(state: State, closed: Floats, amounts: Floats) -> dict[str, float]:
    """A state's figures for one day."""
    out: dict[str, float] = {KG[name]: state.kg_d[name] for name in POLLUTANTS}
    out |= {f"{KG[name]}_with_season": state.kg_d_season[name] for name in POLLUTANTS}
    return out | {
        "lines_hit": float(state.hit.sum()),
        "lines_stopped": float((state.stopped & state.hit).sum()),
        "enterprises_stopped": float(closed.sum()),
        "lost": float((state.lost * amounts).sum()),
    }
