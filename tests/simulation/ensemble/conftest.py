"""Fixtures of the ensemble tests: rules about air, daily truths, real forecasts out of drawn ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from alertengine.warning import CONCENTRATIONS, Forecast, Rows
from tests.warning.conftest import book, data

__all__ = ["book", "data"]

DAY = pd.Timedelta(days=1)


def rows_of(
    air: Mapping[str, Sequence[float]], first: pd.Timestamp, issued: pd.Timestamp | None = None
) -> pd.DataFrame:
    """Rows of a Forecast: one AQI a day by city; NaN days are left out; observed ones are known when they end."""
    rows = [
        {"city": city, "county": "", "start": first + n * DAY, "hours": 24, "aqi_mid": float(aqi)}
        for city, days in air.items()
        for n, aqi in enumerate(days)
        if not np.isnan(aqi)
    ]
    table = pd.DataFrame(rows, columns=["city", "county", "start", "hours", "aqi_mid"])
    table["aqi_low"] = table["aqi_high"] = table["aqi_mid"]
    stamps = table["start"] + DAY if issued is None else issued
    table = table.assign(issue_time=stamps, issuer="", primary="PM2.5", dust=False, remark="")
    return table.assign(row=range(2, len(table) + 2), **dict.fromkeys(CONCENTRATIONS, np.nan))


def observed(air: Mapping[str, Sequence[float]], first: str) -> Forecast:
    """Observations of one AQI a day."""
    return Forecast(Rows.of(rows_of(air, pd.Timestamp(first))), "observed")
