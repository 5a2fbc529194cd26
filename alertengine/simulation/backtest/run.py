"""Backtest: what a grading would have done over years of observations, or on real forecasts.

A *run* is one regime over the whole history.  Its warnings are decided day by day, as they
would have been; levels are counted hour by hour, days by the highest level they touch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.rulebook import SEASON, AqiRule, GradingRule, OpenLists, Place, Rulebook, season_of
from alertengine.simulation.backtest.history import History
from alertengine.simulation.backtest.replay import replay_issues, replay_seen
from alertengine.vocabulary import AMBIENT, Problem, Result
from alertengine.warning import (
    DAY,
    DAYS_BEHIND,
    LEVEL_OF,
    RANK,
    Floats,
    Floor,
    Forecast,
    Perfect,
    Timeline,
    Warnings,
    announced_and_held,
    days_text,
    laws_of,
    regime_rules,
    timelines,
)

#: The regime of the law of each day, beside the names of documents.
IN_FORCE: Final = "in-force"
LEVELS: Final = tuple(LEVEL_OF[rank] for rank in sorted(LEVEL_OF) if rank)
#: How many hours of real notices agree with a run, and how many differ in which way.
HOUR_COUNTS: Final = ("same_hours", "higher_hours", "lower_hours", "missed_hours", "false_hours", "unknown_hours")
COLUMNS: Final = (
    "row", "regime", "city", "season", "id", "level", "starts", "ends", "issued", "lead_hours", "hours", "days",
    *(f"{level}_days" for level in LEVELS), *(f"{level}_hours" for level in LEVELS), "warnings",
    "peak_day_aqi", "peak_day", "peak_hour_aqi", "peak_hour", "heavy_days", "severe_days", "known_days", "lawless_days",
    "real_level", "outcome", "remark", "real_from_level", *HOUR_COUNTS,
    "announced_levels", "announced_starts", "announced_ends", "held_levels", "changes",
)  # fmt: skip
_COUNTS: Final = (
    "hours", "days", *(f"{level}_days" for level in LEVELS), *(f"{level}_hours" for level in LEVELS), "warnings",
    "heavy_days", "severe_days", "known_days", "lawless_days", *HOUR_COUNTS,
)  # fmt: skip
_HOUR: Final = pd.Timedelta(hours=1)
_TOLD: Final = ("announced_levels", "announced_starts", "announced_ends", "held_levels", "changes")


@dataclass(frozen=True)
class CityAir:
    """The air of one city: ``daily`` AQI of natural days, ``hourly`` AQI, from ``origin`` (a midnight) on."""

    city: str
    origin: datetime
    daily: Floats
    primary: npt.NDArray[np.object_]
    hourly: Floats
    pm25: Floats
    so2: Floats

    @property
    def dates(self) -> pd.DatetimeIndex:
        """The days."""
        return pd.date_range(self.origin, periods=len(self.daily), freq="D")


@dataclass(frozen=True)
class RegimeRun:
    """One regime over the history: its warnings, and each city's rank hour by hour from its air's origin on.

    ``lawless`` flags the days of each city on which no grading was in force.
    """

    regime: str
    title: str
    result: Warnings
    ranks: dict[str, npt.NDArray[np.int64]]
    lawless: dict[str, npt.NDArray[np.bool_]]


@dataclass(frozen=True)
class Backtest(Result):
    """Everything a report needs; ``table`` has the columns of run_backtest.csv."""

    history: History
    air: dict[str, CityAir]
    runs: list[RegimeRun]
    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    own_problems: list[Problem] = field(default_factory=list)
    own_notes: list[Problem] = field(default_factory=list)


def run_backtest(
    history: History,
    rulebook: Rulebook,
    *,
    regimes: Sequence[str] = (),
    days_ahead: int = 7,
    observed: Forecast | None = None,
    floors: Iterable[Floor | Mapping[str, Any]] = (),
    known_on: date | None = None,
) -> Backtest:
    """Run regimes (documents; none: the law of each day) over a history.

    Raises:
        InputError: a regime is no document with levels.

    """
    perfect = None if history.real else Perfect(history.forecast, days_ahead=days_ahead, days_behind=DAYS_BEHIND)
    found = replayed(history, rulebook, perfect, regimes=regimes, observed=observed, floors=floors, known_on=known_on)
    rows = [row for run in found.runs for row in _rows(run, found.air, rulebook.lists)]
    return replace(found, table=table_of(rows))


def replayed(
    history: History,
    rulebook: Rulebook,
    perfect: Perfect | None,
    *,
    regimes: Sequence[str] = (),
    observed: Forecast | None = None,
    floors: Iterable[Floor | Mapping[str, Any]] = (),
    known_on: date | None = None,
) -> Backtest:
    """:func:`run_backtest` without its table; ``perfect`` is what a forecaster says of observations (None: real)."""
    for regime in regimes:
        regime_rules(rulebook, regime)
    forecast, orders = history.forecast, list(floors)
    whole = perfect.whole if perfect else timelines((observed or forecast).latest())
    air = _air(whole, rulebook)
    runs = []
    for regime in regimes or ("",):
        if perfect is not None:
            result = replay_seen(perfect, rulebook, floors=orders, known_on=known_on, regime=regime)
        else:
            result = replay_issues(
                forecast, rulebook, observed=observed, floors=orders, known_on=known_on, regime=regime
            )
        ranks = {city: _ranks(result, own) for city, own in air.items()}
        lawless = {city: _lawless(own, rulebook, regime, known_on) for city, own in air.items()}
        runs.append(RegimeRun(regime or IN_FORCE, regime_title(rulebook, regime), result, ranks, lawless))
    problems, notes = _messages(history, runs)
    notes += [*gaps(air, forecast.file), *_untold(history, air, rulebook.lists), *_beyond(rulebook, regimes, list(air))]
    return Backtest(history, air, runs, own_problems=problems, own_notes=notes)


def table_of(rows: Sequence[Mapping[Any, Any]]) -> pd.DataFrame:
    """Rows as run_backtest.csv has them; counts are whole numbers."""
    table = pd.DataFrame(list(rows), columns=list(COLUMNS))
    table = table.astype(dict.fromkeys(_COUNTS, "Int64"))
    times = ("starts", "ends", "issued", "peak_day", "peak_hour", "announced_starts", "announced_ends")
    return table.astype(dict.fromkeys(times, "datetime64[us]"))


def regime_title(rulebook: Rulebook, regime: str) -> str:
    """A regime as people read it: the document's number, or that the law of each day holds."""
    if not regime:
        return "当日有效的规定"
    document = rulebook.documents[regime]
    return document.number or document.title


def _air(whole: Mapping[tuple[str, str], Timeline], rulebook: Rulebook) -> dict[str, CityAir]:
    """The air of each whole city, its days under the standard of their date."""
    out: dict[str, CityAir] = {}
    for (city, county), timeline in whole.items():
        if county:
            continue
        place = Place(province=rulebook.lists.province_of(city), city=city)
        last = timeline.at(timeline.hours - 1).date()
        daily, primary = np.full(timeline.days, np.nan), np.full(timeline.days, "", dtype=object)
        need = DAY
        for law in laws_of(rulebook, place, timeline.origin.date(), last):
            standard = law.aqi or _any_standard(rulebook)
            if standard is None:
                continue
            windows = timeline.windows(standard, law.advised, dust_advised=law.dust_advised)
            first, end = ((day - timeline.origin.date()).days for day in (law.first, law.last))
            part = slice(first, end + 1)
            daily[part] = windows.total["mid"][::DAY][part]
            primary[part] = windows.primary[::DAY][part]
            need = standard.validity.daily_hours
        pm25, so2 = (timeline.daily_mean(name, need) for name in ("pm25", "so2"))
        out[city] = CityAir(city, timeline.origin, daily, primary, timeline.hourly["aqi_mid"], pm25, so2)
    return out


def _any_standard(rulebook: Rulebook) -> AqiRule | None:
    """The earliest standard, for days before any was in force."""
    rules = [rule for rule in rulebook.rules_of("aqi") if isinstance(rule, AqiRule)]
    return min(rules, key=lambda rule: rule.valid.bounds()[0], default=None)


def _ranks(result: Warnings, air: CityAir) -> npt.NDArray[np.int64]:
    """Rank of the warning at each hour of a city."""
    out = np.zeros(len(air.hourly), dtype=np.int64)
    held = result.segments
    for row in held[(held["city"] == air.city) & (held["county"] == "")].to_dict("records"):
        inside = hours_between(air, pd.Timestamp(row["starts"]), row["ends"])
        out[inside] = np.maximum(out[inside], RANK[str(row["level"])])
    return out


def _lawless(air: CityAir, rulebook: Rulebook, regime: str, known_on: date | None) -> npt.NDArray[np.bool_]:
    """Which days of a city have no grading in force."""
    place = Place(province=rulebook.lists.province_of(air.city), city=air.city)
    first = air.origin.date()
    out = np.ones(len(air.daily), dtype=bool)
    for law in laws_of(rulebook, place, first, air.dates[-1].date(), known_on, regime=regime):
        out[(law.first - first).days : (law.last - first).days + 1] = not law.levels
    return out


# -- seasons


def seasons(air: CityAir, lists: OpenLists) -> dict[str, npt.NDArray[np.bool_]]:
    """Which days of a city belong to each season, in order of time."""
    place = Place(province=lists.province_of(air.city), city=air.city)
    named = np.array([season_of(day, lists, place) for day in air.dates], dtype=object)
    return {str(name): named == name for name in dict.fromkeys(named)}


# -- rows


def _rows(run: RegimeRun, air: Mapping[str, CityAir], lists: OpenLists) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    for city, own in air.items():
        of_city = episodes(run, own)
        for season, days in seasons(own, lists).items():
            inside = [one for one in of_city if _holds(days, own, one["starts"])]
            out.append({
                "row": "season", "regime": run.regime, "city": city, "season": season,
                **_counts(run.ranks[city], days), **_peak(own, np.repeat(days, DAY)), "warnings": len(inside),
                "heavy_days": int((own.daily[days] > HEAVY).sum()),
                "severe_days": int((own.daily[days] > SEVERE).sum()),
                "known_days": int((~np.isnan(own.daily[days])).sum()),
                "lawless_days": int(run.lawless[city][days].sum()),
            })  # fmt: skip
            out += [{"row": "episode", "regime": run.regime, "season": season, **one} for one in inside]
    return out


#: AQI above which a day is heavily, and severely, polluted (the classes of the standard).
HEAVY: Final = 200
SEVERE: Final = 300


def _holds(days: npt.NDArray[np.bool_], air: CityAir, time: pd.Timestamp) -> bool:
    place = min(max((time - air.origin).days, 0), len(days) - 1)
    return bool(days[place])


def episodes(run: RegimeRun, air: CityAir) -> list[dict[str, Any]]:
    """The warnings of a city under one run: what they were, when they were issued and how the air was."""
    held = run.result.segments
    held = held[(held["city"] == air.city) & (held["county"] == "")]
    record = run.result.record
    issued = record[(record["city"] == air.city) & (record["action"] == "issue")]
    first_issue = dict(zip(issued["warning_id"], zip(issued["issued"], issued["starts"], strict=True), strict=True))
    told = announced_and_held(record[(record["city"] == air.city) & (record["counties"] == "")])
    of_warning = {row["warning_id"]: row for row in told.to_dict("records")}
    out = []
    for name, rows in held.groupby("warning_id", sort=False):
        starts = rows["starts"].min()
        ends = pd.NaT if rows["ends"].isna().any() else rows["ends"].max()
        inside = hours_between(air, starts, ends)
        when, planned = first_issue.get(name, (pd.NaT, pd.NaT))
        ranks = np.where(inside, run.ranks[air.city], 0)
        out.append({
            "city": air.city, "id": name, "level": LEVEL_OF[max(RANK[str(level)] for level in rows["level"])],
            "starts": starts, "ends": ends, "issued": when, "lead_hours": (planned - when) / _HOUR,
            **_counts(ranks, np.ones(len(air.daily), dtype=bool)), **_peak(air, inside),
            **{key: of_warning[name][key] for key in _TOLD},
        })  # fmt: skip
    return sorted(out, key=lambda one: one["starts"])


def hours_between(air: CityAir, starts: datetime, ends: Any) -> npt.NDArray[np.bool_]:
    """Return which hours of a city lie from one time until before another (NaT: to the end)."""
    out = np.zeros(len(air.hourly), dtype=bool)
    last = len(out) if pd.isna(ends) else max(0, int((pd.Timestamp(ends) - air.origin) // _HOUR))
    out[max(0, int((starts - air.origin) // _HOUR)) : last] = True
    return out


def _counts(ranks: npt.NDArray[np.int64], days: npt.NDArray[np.bool_]) -> dict[str, float]:
    """Days (by the highest level they touch) and hours under each level, on some days."""
    chosen = ranks.reshape(-1, DAY)[days]
    highest = chosen.max(axis=1) if len(chosen) else np.zeros(0, dtype=np.int64)
    out: dict[str, float] = {"hours": int((chosen > 0).sum()), "days": int((highest > 0).sum())}
    for level in LEVELS:
        out[f"{level}_days"] = int((highest == RANK[level]).sum())
        out[f"{level}_hours"] = int((chosen == RANK[level]).sum())
    return out


def _peak(air: CityAir, hours: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """The worst day touched by some hours, and the worst of the hours, named by its end as feeds stamp it."""
    days = hours.reshape(-1, DAY).any(axis=1)
    daily, hourly = np.where(days, air.daily, np.nan), np.where(hours, air.hourly, np.nan)
    out: dict[str, Any] = {"peak_day_aqi": np.nan, "peak_day": pd.NaT, "peak_hour_aqi": np.nan, "peak_hour": pd.NaT}
    if not np.isnan(daily).all():
        place = int(np.nanargmax(daily))
        out |= {"peak_day_aqi": float(daily[place]), "peak_day": air.dates[place]}
    if not np.isnan(hourly).all():
        place = int(np.nanargmax(hourly))
        out |= {"peak_hour_aqi": float(hourly[place]), "peak_hour": air.origin + (place + 1) * _HOUR}
    return out


# -- messages


def _messages(history: History, runs: Sequence[RegimeRun]) -> tuple[list[Problem], list[Problem]]:
    """What the file and the runs have to say, each once; days missing are said apart, a perfect forecast is in time."""
    problems = dict.fromkeys(history.forecast.problems)
    notes = dict.fromkeys(history.forecast.notes)
    duty, once = ("short_forecast", "late_forecast"), ("days_missing", "no_grading", "no_life_rule")
    for run in runs:
        problems |= dict.fromkeys(p for p in run.result.problems if p.code not in once)
        notes |= dict.fromkeys(n for n in run.result.notes if history.real or n.code not in duty)
        for city, days in run.lawless.items():
            if days.any():
                problems[
                    Problem("no_grading_on_days", where="rules", value=run.regime, city=city, days=int(days.sum()))
                ] = None
    return list(problems), [note for note in notes if note.where != "linkage"]


def gaps(air: Mapping[str, CityAir], file: str) -> list[Problem]:
    """Days without a valid mean inside a history, cities with the same days together."""
    same: dict[tuple[date, ...], list[str]] = {}
    for city, own in air.items():
        known = np.flatnonzero(~np.isnan(own.daily))
        if len(known):
            inside = np.arange(int(known[0]), int(known[-1]) + 1)
            missing = tuple(own.dates[place].date() for place in inside[np.isnan(own.daily[inside])])
            if missing:
                same.setdefault(missing, []).append(city)
    return [
        Problem("days_without_mean", file=file, column="date", value=days_text(list(days)), cities=cities)
        for days, cities in same.items()
    ]


def _whole_winters(history: History, air: Mapping[str, CityAir], lists: OpenLists) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day of a history, a winter that it begins or ends in taken whole."""
    start = history.forecast.table["start"]
    first, last = start.min().ceil("D"), start.max().normalize()
    city = next(iter(air), "")
    place = Place(province=lists.province_of(city), city=city)
    for step in (-1, 1):
        edge = day = first if step < 0 else last
        season = season_of(day, lists, place)
        while season.endswith(SEASON) and season_of(day, lists, place) == season:
            edge, day = day, day + pd.Timedelta(days=step)
        first, last = (edge, last) if step < 0 else (first, edge)
    return first, last


def _untold(history: History, air: Mapping[str, CityAir], lists: OpenLists) -> list[Problem]:
    """What a history cannot tell: whole months without a day, indices without concentrations, days without hours."""
    file, table = history.forecast.file, history.forecast.table
    lacking: dict[tuple[str, ...], list[str]] = {}
    months = pd.period_range(*_whole_winters(history, air, lists), freq="M")
    for city, own in air.items():
        known = set(own.dates[~np.isnan(own.daily)].to_period("M"))
        missing = tuple(str(month) for month in months if month not in known)
        if missing:
            lacking.setdefault(missing, []).append(city)
    out = [
        Problem("months_missing", file=file, column="date", value=", ".join(missing), cities=cities)
        for missing, cities in lacking.items()
    ]
    if table[list(AMBIENT)].isna().all(axis=None):
        out.append(Problem("aqi_only" if (table["primary"] != "").any() else "aqi_without_primary", file=file))
    if (table["hours"] > 1).all():
        out.append(Problem("days_only", file=file))
    return out


def _beyond(rulebook: Rulebook, regimes: Iterable[str], cities: Sequence[str]) -> list[Problem]:
    """Where a regime is applied to a city outside its area."""
    out = []
    for regime in regimes:
        rules: list[GradingRule] = [rule for rule in regime_rules(rulebook, regime) if rule.level]
        outside = [
            city
            for city in cities
            if not any(
                rulebook.reaches(rule, Place(province=rulebook.lists.province_of(city), city=city)) for rule in rules
            )
        ]
        if outside:
            out.append(Problem("beyond_area", file=rulebook.documents[regime].file, value=regime, cities=outside))
    return out
