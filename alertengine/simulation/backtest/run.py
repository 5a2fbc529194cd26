"""Backtest: what a grading would have done over years of observations, or on real forecasts.

A *run* is one regime over the whole history.  Its warnings are decided day by day, as they
would have been; levels are counted hour by hour, days by the highest level they touch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.rulebook import GradingRule, OpenLists, Place, Rulebook
from alertengine.simulation.backtest.history import CityAir, History, air_of, gaps, hours_between, seasons, untold
from alertengine.vocabulary import Problem, Result, as_day, as_several, aside, require
from alertengine.warning import (
    DAY,
    DAYS_BEHIND,
    LEVEL_OF,
    RANK,
    Decider,
    Floor,
    Forecast,
    PerfectView,
    Record,
    Sight,
    Warnings,
    announced_and_held,
    laws_of,
    regime_rules,
    sight,
    timelines,
)

#: The regime of the law of each day, beside the names of documents.
IN_FORCE: Final = "in-force"
IN_FORCE_TEXT: Final = "当日有效的规定"
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
    regimes: str | Iterable[str] = (),
    days_ahead: int = 7,
    observed: Forecast | None = None,
    known_on: date | str | None = None,
) -> Backtest:
    """Run regimes (documents; none: the law of each day) over a history.

    Raises:
        InputError: a regime is no document with levels.

    """
    require(history, "history", History)
    known_on, regimes = as_day(known_on, "known_on"), as_several(regimes, "regimes", str)
    if observed is not None and not history.real:
        aside(Problem("observed_not_used", file=observed.file))
    perfect = None if history.real else PerfectView(history.forecast, days_ahead=days_ahead, days_behind=DAYS_BEHIND)
    found = replayed(history, rulebook, perfect, regimes=regimes, observed=observed, known_on=known_on)
    rows = [row for run in found.runs for row in _rows(run, found.air, rulebook.lists)]
    return replace(found, table=table_of(rows))


def replayed(
    history: History,
    rulebook: Rulebook,
    perfect: PerfectView | None,
    *,
    regimes: Sequence[str] = (),
    observed: Forecast | None = None,
    floors: Sequence[Floor] = (),
    known_on: date | None = None,
    span: tuple[date, date] | None = None,
) -> Backtest:
    """:func:`run_backtest` without its table; ``perfect`` is what a forecaster says of observations (None: real).

    What the history lacks is told of the days of ``span`` alone; None: of its winters, whole.
    """
    for regime in regimes:
        regime_rules(rulebook, regime)
    forecast = history.forecast
    whole = perfect.whole if perfect else timelines((observed or forecast).latest())
    air = air_of(whole, rulebook)
    runs = []
    for regime in regimes or ("",):
        decider = partial(Decider, rulebook, floors=floors, known_on=known_on, regime=regime)
        result = replay_seen(perfect, decider) if perfect else replay_issues(forecast, decider, observed)
        ranks = {city: _ranks(result, own) for city, own in air.items()}
        lawless = {city: _lawless(own, rulebook, regime, known_on) for city, own in air.items()}
        runs.append(RegimeRun(regime or IN_FORCE, regime_title(rulebook, regime), result, ranks, lawless))
    problems, notes = _messages(history, runs, air, span)
    notes += [
        *gaps(air, forecast.file), *untold(history, air, rulebook.lists, span), *_beyond(rulebook, regimes, list(air))
    ]  # fmt: skip
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
        return IN_FORCE_TEXT
    document = rulebook.documents[regime]
    return document.number or document.title


def held_at(result: Warnings, city: str, county: str = "") -> list[Mapping[str, Any]]:
    """The intervals of constant level of one place."""
    return [row for row in result.standing if (row["city"], row["county"]) == (city, county)]


def _ranks(result: Warnings, air: CityAir) -> npt.NDArray[np.int64]:
    """Rank of the warning at each hour of a city."""
    out = np.zeros(len(air.hourly), dtype=np.int64)
    for row in held_at(result, air.city):
        inside = hours_between(air, row["starts"], row["ends"])
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


# -- rows


def _rows(run: RegimeRun, air: Mapping[str, CityAir], lists: OpenLists) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    for city, own in air.items():
        of_city = episodes(run, own)
        for season, days in seasons(own, lists).items():
            inside = [one for one in of_city if days[np.clip((one["starts"] - own.origin).days, 0, len(days) - 1)]]
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


def episodes(run: RegimeRun, air: CityAir) -> list[dict[str, Any]]:
    """The warnings of a city under one run: what they were, when they were issued and how the air was."""
    record = [row for row in run.result.rows if row["city"] == air.city]
    issue = {row["warning_id"]: row for row in record if row["action"] == "issue"}
    told = announced_and_held(row for row in record if not row["counties"])
    of_warning = {row["warning_id"]: row for row in told.to_dict("records")}
    out = []
    for name, lived in groupby(held_at(run.result, air.city), itemgetter("warning_id")):  # a warning's rows together
        rows = list(lived)
        starts = pd.Timestamp(min(row["starts"] for row in rows))
        ends = pd.NaT if any(row["ends"] is None for row in rows) else pd.Timestamp(max(row["ends"] for row in rows))
        inside = hours_between(air, starts, ends)
        ranks = np.where(inside, run.ranks[air.city], 0)
        out.append({
            "city": air.city, "id": name, "level": LEVEL_OF[max(RANK[row["level"]] for row in rows)],
            "starts": starts, "ends": ends, "issued": pd.Timestamp(issue[name]["issued"]) if name in issue else pd.NaT,
            "lead_hours": (issue[name]["starts"] - issue[name]["issued"]) / _HOUR if name in issue else np.nan,
            **_counts(ranks, np.ones(len(air.daily), dtype=bool)), **_peak(air, inside),
            **{key: of_warning[name][key] for key in _TOLD},
        })  # fmt: skip
    return sorted(out, key=lambda one: one["starts"])


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


def _messages(
    history: History, runs: Sequence[RegimeRun], air: Mapping[str, CityAir], span: tuple[date, date] | None
) -> tuple[list[Problem], list[Problem]]:
    """What the file and the runs have to say, each once; days missing are said apart, a perfect forecast is in time."""
    problems = dict.fromkeys(history.forecast.problems)
    notes = dict.fromkeys(history.forecast.notes)
    duty, once = ("short_forecast", "late_forecast"), ("days_missing", "no_grading", "no_life_rule")
    for run in runs:
        problems |= dict.fromkeys(p for p in run.result.problems if p.code not in once)
        notes |= dict.fromkeys(n for n in run.result.notes if history.real or n.code not in duty)
        for city, lawless in run.lawless.items():
            dates = air[city].dates
            first, last = map(pd.Timestamp, span or (dates[0], dates[-1]))
            days = lawless & (dates >= first) & (dates <= last)
            if days.any():
                problems[
                    Problem("no_grading_on_days", where="rules", value=run.regime, city=city, days=int(days.sum()))
                ] = None
    return list(problems), [note for note in notes if note.where != "linkage"]


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


# -- a season decided day by day, as it would have been: a forecast of some days each afternoon


def _decided(decider: Decider, sights: Iterable[Sight], since: datetime) -> Warnings:
    """Decisions one after the other, on one record; of messages of one wording the first is kept."""
    record, problems, notes = Record(), dict[Problem, Problem](), dict[Problem, Problem]()
    for seen in sights:
        done = decider.decide(seen, record)
        problems = {said.at(value=""): said for said in done.problems} | problems
        notes = {said.at(value=""): said for said in done.notes} | notes
    return Warnings(record.rows, record.rows, record.standing(since), [*problems.values()], [*notes.values()])


def replay(feed: Forecast, rulebook: Rulebook, *, days_ahead: int, issue_hour: int = 15, **law: Any) -> Warnings:
    """Decide each day's warnings from observations taken as a perfect forecast.

    Each day at ``issue_hour`` the feed from that day to ``days_ahead`` days later is the forecast, ``DAYS_BEHIND`` days
    before it are the observations, the record so far is active. ``law``: ``floors``, ``known_on`` and ``regime``, as
    :class:`~alertengine.warning.decide.Decider` has them. The result's ``table`` and ``record`` are all transitions of
    the season.
    """
    perfect = PerfectView(feed, days_ahead=days_ahead, days_behind=DAYS_BEHIND)
    found = replay_seen(perfect, partial(Decider, rulebook, **law), issue_hour=issue_hour)
    return replace(found, made_from=(feed,))


def replay_seen(perfect: PerfectView, decider: Callable[..., Decider], *, issue_hour: int = 15) -> Warnings:
    """:func:`replay` of observations already laid out, so that several regimes share the windows.

    ``decider`` is made for the ``span`` of days that it is given.
    """
    span = perfect.days[0].date(), perfect.days[-1].date()
    sights = (perfect.at(day + timedelta(hours=issue_hour)) for day in perfect.days)
    return _decided(decider(span=span), (seen for seen in sights if seen is not None), perfect.days[0])


def replay_issues(forecast: Forecast, decider: Callable[..., Decider], observed: Forecast | None = None) -> Warnings:
    """Decide at each issue time of a file of real forecasts, with what had been issued and observed by then."""
    starts = forecast.rows["start"]
    first, last = starts.min().item(), starts.max().item()
    behind = timedelta(days=DAYS_BEHIND)

    def seen(now: datetime) -> Sight:
        day = datetime.combine(now.date(), time())
        return sight(forecast.since(day - behind), now, observed and observed.since(now - behind))

    made = decider(span=(first.date(), last.date()))
    return _decided(made, map(seen, np.unique(forecast.rows["issue_time"]).tolist()), first)
