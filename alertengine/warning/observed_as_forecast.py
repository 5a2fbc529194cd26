"""Observations and daily values as a forecast."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from alertengine.warning.forecast import Forecast
from alertengine.warning.plausibility import CONCENTRATIONS


def as_perfect_forecast(
    feed: Forecast, issue_time: pd.Timestamp | str, *, first: Any = None, last: Any = None
) -> Forecast:
    """Observations as if they had all been forecast at ``issue_time``, optionally from day ``first`` to ``last``."""
    table = feed.table
    if first is not None:
        table = table[table["start"] >= pd.Timestamp(first)]
    if last is not None:
        table = table[table["start"] < pd.Timestamp(last) + pd.Timedelta(days=1)]
    return replace(feed, table=table.assign(issue_time=pd.Timestamp(issue_time)), is_feed=False)


def daily_forecast(
    city: str, days: dict[str, float], issue_time: pd.Timestamp | str, *, primary: str = "PM2.5", county: str = ""
) -> Forecast:
    """Return a forecast of one city from daily AQI values by day: for simulation and worked cases."""
    rows = [
        {"city": city, "county": county, "start": pd.Timestamp(day), "hours": 24, "aqi_mid": float(aqi)}
        for day, aqi in days.items()
    ]
    table = pd.DataFrame(rows)
    table["aqi_low"] = table["aqi_high"] = table["aqi_mid"]
    table = table.assign(issue_time=pd.Timestamp(issue_time), issuer="", primary=primary, dust=False, remark="")
    table = table.assign(row=range(2, len(table) + 2), **dict.fromkeys(CONCENTRATIONS, np.nan))
    return Forecast(table, f"{city} daily AQI")
