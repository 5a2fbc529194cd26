"""Years of observations for a backtest, and the air of each city over them: by day and hour, its seasons, its gaps.

Observations are the national feed, daily files of several makers, or real forecasts.  An index is that of the
concentrations under the standard of its day wherever all of them are there; a published index that differs is counted
and set aside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.rulebook import SEASON, AqiRule, OpenLists, Place, Rulebook, season_of
from alertengine.vocabulary import AMBIENT, InputError, Problem
from alertengine.warning import (
    DAY,
    INDICES,
    AqiStandard,
    Floats,
    Forecast,
    Rows,
    Timeline,
    by_standard,
    contradictions,
    daily_aqi,
    days_text,
    laws_of,
)


@dataclass(frozen=True)
class History:
    """What is run: ``forecast`` as read; ``real`` whether its rows were issued before they came true."""

    forecast: Forecast
    real: bool

    @property
    def first(self) -> date:
        """First day."""
        return day_of(self.forecast.rows["start"].min())

    @property
    def last(self) -> date:
        """Last day."""
        return day_of(self.forecast.rows["start"].max())


def day_of(time: np.datetime64) -> date:
    """The day of a time of a column."""
    day: date = time.astype("datetime64[D]").item()
    return day


def years_later(day: date, years: int) -> date:
    """The day of that date some years later; the 28th for a 29 February that they do not have."""
    return same_day(day, years) or day.replace(year=day.year + years, day=28)


def same_day(day: date, years: int) -> date | None:
    """The day of that date some years later; None of a 29 February that they do not have."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return None


def nothing_left(forecast: Forecast) -> Problem:
    """Nothing of the cities and days asked for: which there are."""
    start = forecast.rows["start"]
    names = sorted(set(forecast.rows["city"].tolist()))
    span = f"{day_of(start.min())}..{day_of(start.max())}"
    return Problem("nothing_of_history", file=forecast.file, span=span, names=names)


def history_of(
    whole: Forecast,
    rulebook: Rulebook,
    *,
    cities: Iterable[str] = (),
    first: date | None = None,
    last: date | None = None,
) -> History:
    """Observations as a history, cut to some cities (standard names) and days.

    Raises:
        InputError: nothing is left of them.

    """
    rows = whole.rows
    real = bool((rows["issue_time"] < rows["start"] + rows["hours"].astype("timedelta64[h]")).any())
    keep = np.ones(rows.count, dtype=bool)
    wanted = set(cities)
    if wanted:
        keep &= np.array([city in wanted for city in rows["city"]], dtype=bool)
    if first is not None:
        keep &= rows["start"] >= np.datetime64(first)
    if last is not None:
        keep &= rows["start"] < np.datetime64(last, "D") + np.timedelta64(1, "D")
    rows = rows.at(keep)
    if not rows.count:
        raise InputError([nothing_left(whole)])
    problems, notes = list(whole.problems), list(whole.notes)
    if not real:
        problems += contradictions(rows, rulebook, whole.file)
        _recompute(rows, rulebook, whole.file, notes)
    return History(replace(whole, rows=rows, own_problems=problems, own_notes=notes), real)


def _recompute(rows: Rows, rulebook: Rulebook, file: str, notes: list[Problem]) -> None:
    """Give daily rows the index of their concentrations where all of them are there, in place."""
    whole = np.flatnonzero((rows["hours"] > 1) & ~np.isnan(rows.block(AMBIENT)).any(axis=0))
    off = compared = 0
    for standard, places in by_standard(rows["start"][whole], rulebook):
        at = whole[places]
        index = daily_aqi(rows.at(at), AqiStandard(standard))
        published = rows["aqi_mid"][at]
        compared += int((~np.isnan(published)).sum())
        off += int((np.abs(published - index["aqi"]) >= 1).sum())
        known = ~np.isnan(index["aqi"])
        for name in INDICES:
            rows[name][at[known]] = index["aqi"][known]
        blank = known & (rows["primary"][at] == "")
        rows["primary"][at[blank]] = index["primary"][blank]
    if off:
        notes.append(Problem("aqi_recomputed", file=file, column="AQI", off=off, compared=compared))


# -- the air of each city

_HOUR: Final = pd.Timedelta(hours=1)


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


def air_of(whole: Mapping[tuple[str, str], Timeline], rulebook: Rulebook) -> dict[str, CityAir]:
    """The air of each whole city, its days under the standard of their date."""
    out: dict[str, CityAir] = {}
    standards = (rule for rule in rulebook.rules_of("aqi") if isinstance(rule, AqiRule))
    earliest = min(standards, key=lambda rule: rule.valid.bounds()[0], default=None)  # for days before any in force
    for (city, county), timeline in whole.items():
        if county:
            continue
        place = Place(province=rulebook.lists.province_of(city), city=city)
        last = timeline.at(timeline.hours - 1).date()
        daily, primary = np.full(timeline.days, np.nan), np.full(timeline.days, "", dtype=object)
        need = DAY
        for law in laws_of(rulebook, place, timeline.origin.date(), last):
            standard = law.aqi or earliest
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


def seasons(air: CityAir, lists: OpenLists) -> dict[str, npt.NDArray[np.bool_]]:
    """Which days of a city belong to each season, in order of time."""
    place = Place(province=lists.province_of(air.city), city=air.city)
    named = np.array([season_of(day, lists, place) for day in air.dates], dtype=object)
    return {str(name): named == name for name in dict.fromkeys(named)}


def hours_between(air: CityAir, starts: datetime, ends: Any) -> npt.NDArray[np.bool_]:
    """Return which hours of a city lie from one time until before another (NaT: to the end)."""
    out = np.zeros(len(air.hourly), dtype=bool)
    last = len(out) if pd.isna(ends) else max(0, int((pd.Timestamp(ends) - air.origin) // _HOUR))
    out[max(0, int((starts - air.origin) // _HOUR)) : last] = True
    return out


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


def untold(
    history: History, air: Mapping[str, CityAir], lists: OpenLists, span: tuple[date, date] | None = None
) -> list[Problem]:
    """What a history cannot tell: whole months without a day, indices without concentrations, days without hours."""
    file, table = history.forecast.file, history.forecast.table
    lacking: dict[tuple[str, ...], list[str]] = {}
    months = pd.period_range(*(span or _whole_winters(history, air, lists)), freq="M")
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
