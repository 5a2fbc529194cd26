"""Years of observations for a backtest: the national feed, daily files of several makers, or real forecasts.

An index is that of the concentrations under the standard of its day wherever all of them
are there; a published index that differs is counted and set aside.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from alertengine.rulebook import Rulebook
from alertengine.vocabulary import AMBIENT, InputError, Problem
from alertengine.warning import INDICES, AqiStandard, Forecast, Rows, by_standard, contradictions, daily_aqi


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
