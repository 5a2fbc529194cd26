"""The days of a forecast place by place: AQI and its class, and the level in force after what is proposed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from alertengine.vocabulary import AQI_CLASSES
from alertengine.warning import RANK, Forecast, Rows, Warnings


@dataclass(frozen=True, slots=True)
class PlaceDay:
    """One day of a place: AQI as a range, its class, and the gravest level of its hours."""

    day: str
    low: float
    mid: float
    high: float
    aqi_class: str
    primary: str
    level: str


@dataclass(frozen=True, slots=True)
class PlaceForecast:
    """One place of the forecast."""

    name: str
    days: list[PlaceDay]


def places_ahead(
    forecast: Forecast, observed: Forecast | None, now: pd.Timestamp, result: Warnings
) -> list[PlaceForecast]:
    """Each place of a forecast from today on, what was observed of today with it; the gravest and foulest first."""
    parts = [forecast.latest(), *([observed.at(now).latest()] if observed is not None else [])]
    rows = Rows.joined(parts).frame()
    rows = rows.assign(day=rows["start"].dt.normalize())
    rows = rows[rows["day"] >= now.normalize()]
    out = []
    for (city, county), own in rows.groupby(["city", "county"], sort=False):
        unit = (str(city), str(county))
        each = [(pd.Timestamp(str(day)), of_day) for day, of_day in own.groupby("day")]
        days = [_day(day, of_day, level_on(day, unit, result, now)) for day, of_day in each]
        out.append(PlaceForecast(f"{city}{county}", days))
    return sorted(out, key=_gravity, reverse=True)


def _gravity(place: PlaceForecast) -> tuple[int, float]:
    """What puts a place above another: the level of a warning, then the AQI."""
    levels = max((RANK[day.level] for day in place.days), default=0)
    return levels, max((day.mid for day in place.days if day.mid == day.mid), default=0.0)


def _day(day: pd.Timestamp, rows: pd.DataFrame, level: str) -> PlaceDay:
    whole = rows[rows["hours"] == 24]
    rows = whole if len(whole) else rows
    low, mid, high = (float(rows[f"aqi_{end}"].mean()) for end in ("low", "mid", "high"))
    said = rows["primary"].dropna().astype("str")
    primary = said[said != ""].mode()
    return PlaceDay(
        f"{day:%Y-%m-%d}", low, mid, high, aqi_class(mid), str(primary.iloc[0]) if len(primary) else "",
        level,
    )  # fmt: skip


def aqi_class(aqi: float) -> str:
    """The class of an AQI, blank where it is unknown."""
    return "" if np.isnan(aqi) else next((name for name, top in AQI_CLASSES if aqi <= top), AQI_CLASSES[-1][0])


def level_on(day: pd.Timestamp, unit: tuple[str, str], result: Warnings, now: pd.Timestamp) -> str:
    """The gravest level in force on a day after what is proposed, of today from now on.

    Of a county its city's until it stands apart.
    """
    segments = result.segments
    held = segments[(segments["city"] == unit[0]) & segments["county"].isin(["", unit[1]])]
    apart = held.loc[held["county"] != "", "starts"].min()  # NaT where it does not: no time is later
    since = max(day, now)
    own = held[(held["starts"] < day + pd.Timedelta(days=1)) & ~(held["ends"] <= since)]
    own = own[(own["county"] != "") | ~(own["starts"].where(own["starts"] > since, since) >= apart)]
    return max((str(level) for level in own["level"]), key=RANK.__getitem__, default="none")
