"""Small inputs of our own making: forecasts of one city and credit codes of nobody."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from alertengine.lists.credit_code import ALPHABET, WEIGHTS
from alertengine.warning import Forecast, Rows
from alertengine.warning.plausibility import CONCENTRATIONS


def make_code(body: str) -> str:
    """A valid code of 18 characters from its first 17."""
    total = sum(ALPHABET.index(character) * weight for character, weight in zip(body, WEIGHTS, strict=True))
    return body + ALPHABET[-total % 31]


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
    return Forecast(Rows.of(table), f"{city} daily AQI")


def join(parts: Iterable[Forecast]) -> Forecast:
    """Several forecasts or observations as one."""
    held = list(parts)
    return Forecast(
        Rows.joined(part.rows for part in held),
        ", ".join(dict.fromkeys(part.file for part in held)),
        [problem for part in held for problem in part.problems],
        [note for part in held for note in part.notes],
    )
