"""Years of observations for a backtest: the national feed, daily files of several makers, or real forecasts.

An index is that of the concentrations under the standard of its day wherever all of them
are there; a published index that differs is counted and set aside.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import pandas as pd

from alertengine.rulebook import Rulebook
from alertengine.vocabulary import AMBIENT, InputError, Problem
from alertengine.warning import AqiStandard, Forecast, by_standard, contradictions, daily_aqi

_AQI: Final = ["aqi_low", "aqi_mid", "aqi_high"]


@dataclass(frozen=True)
class History:
    """What is run: ``forecast`` as read; ``real`` whether its rows were issued before they came true."""

    forecast: Forecast
    real: bool

    @property
    def first(self) -> date:
        """First day."""
        return self.forecast.table["start"].min().date()

    @property
    def last(self) -> date:
        """Last day."""
        return self.forecast.table["start"].max().date()


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
    table = whole.table
    real = bool((table["issue_time"] < table["start"] + pd.to_timedelta(table["hours"], unit="h")).any())
    keep = pd.Series(data=True, index=table.index)
    wanted = list(cities)
    if wanted:
        keep &= table["city"].isin(wanted)
    if first is not None:
        keep &= table["start"] >= pd.Timestamp(first)
    if last is not None:
        keep &= table["start"] < pd.Timestamp(last) + pd.Timedelta(days=1)
    table = table[keep]
    if table.empty:
        span = f"{whole.table['start'].min().date()}..{whole.table['start'].max().date()}"
        raise InputError([Problem("nothing_of_history", file=whole.file, span=span)])
    problems, notes = list(whole.problems), list(whole.notes)
    if not real:
        problems += contradictions(table, rulebook, whole.file)
        table = _recomputed(table, rulebook, whole.file, notes)
    return History(replace(whole, table=table.reset_index(drop=True), own_problems=problems, own_notes=notes), real)


def _recomputed(table: pd.DataFrame, rulebook: Rulebook, file: str, notes: list[Problem]) -> pd.DataFrame:
    """Daily rows with the index of their concentrations where all of them are there."""
    whole = (table["hours"] > 1) & table[list(AMBIENT)].notna().all(axis=1)
    if not whole.any():
        return table
    out = table.copy()
    off = compared = 0
    for standard, rows in by_standard(table[whole], rulebook):
        index = daily_aqi(rows, AqiStandard(standard))
        published = table.loc[rows.index, "aqi_mid"]
        compared += int(published.notna().sum())
        off += int(((published - index["aqi"]).abs() >= 1).sum())
        known = index["aqi"].notna()
        for name in _AQI:
            out.loc[rows.index[known], name] = index.loc[known, "aqi"]
        blank = known & (out.loc[rows.index, "primary"] == "")
        out.loc[rows.index[blank], "primary"] = index.loc[blank, "primary"]
    if off:
        notes.append(Problem("aqi_recomputed", file=file, column="AQI", off=off, compared=compared))
    return out
