"""What is known at a moment: every place's hours, and how heavy the air was in the last observed one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from alertengine.vocabulary import InputError, Problem
from alertengine.warning.forecast import KEY, Forecast
from alertengine.warning.record import Unit
from alertengine.warning.windows import Timeline, timelines

_HOUR: Final = pd.Timedelta(hours=1)
#: Days of observations looked back on beside a forecast.
DAYS_BEHIND: Final = 15
#: Days ahead that observations count as a forecast.
DAYS_AHEAD: Final = 7


@dataclass(frozen=True)
class Sight:
    """A moment: ``timelines`` by (city, county), ``heavy`` the AQI of the last observed hour of a place.

    ``issued`` and ``covered`` are the issue time of the newest forecast and the last day it covers.
    """

    now: pd.Timestamp
    timelines: dict[Unit, Timeline]
    heavy: dict[Unit, float] = field(default_factory=dict)
    file: str = ""
    issued: pd.Timestamp | None = None
    covered: pd.Timestamp | None = None


def sight(forecast: Forecast, now: pd.Timestamp, observed: Forecast | None = None) -> Sight:
    """Only what had been issued or observed by ``now``; observed hours and past days take the forecast's place."""
    issued = forecast.at(now)
    table = issued.latest()
    heavy: dict[Unit, float] = {}
    if observed is not None:
        known = observed.at(now)
        seen = known.latest()
        seen = seen[seen["start"] + pd.to_timedelta(seen["hours"], unit="h") <= now]
        table = pd.concat([table, seen], ignore_index=True).drop_duplicates(KEY, keep="last")
        heavy = _last_hour(known.table, now)
    found = timelines(table)
    heavy = {unit: aqi for unit, aqi in heavy.items() if unit in found}
    if issued.table.empty:
        return Sight(now, found, heavy, forecast.file)
    newest = issued.table["issue_time"].max()
    covered = issued.table.loc[issued.table["issue_time"] == newest, "start"].max().normalize()
    return Sight(now, found, heavy, forecast.file, newest, covered)


def _last_hour(table: pd.DataFrame, now: pd.Timestamp) -> dict[Unit, float]:
    """AQI of the last observed hour of each place, where it ended within the hour before now."""
    near = (table["hours"] == 1) & (table["start"] + 2 * _HOUR > now) & (table["start"] < now)
    found = table[near & table["aqi_mid"].notna()]
    units = zip(found["city"].tolist(), found["county"].tolist(), strict=True)
    return dict(zip(units, found["aqi_mid"].tolist(), strict=True))


class Perfect:
    """Observations of a whole time, seen day by day as a perfect forecast of some days."""

    def __init__(self, feed: Forecast, *, days_ahead: int, days_behind: int) -> None:
        """Lay out every place once."""
        self.file = feed.file
        self._ahead, self._behind = pd.Timedelta(days=days_ahead + 1), pd.Timedelta(days=days_behind)
        self.whole = timelines(feed.latest())
        starts = [timeline.origin for timeline in self.whole.values()]
        ends = [timeline.at(timeline.hours) for timeline in self.whole.values()]
        self.days = pd.date_range(min(starts), max(ends) - _HOUR, freq="D")

    def at(self, now: pd.Timestamp) -> Sight | None:
        """What is known at a moment; None where the feed has nothing from that day on."""
        today = now.normalize()
        ahead = {unit: timeline.between(today, today + self._ahead) for unit, timeline in self.whole.items()}
        ends = [timeline.last_start() for timeline in ahead.values() if timeline is not None]
        if not ends:
            return None
        parts = {unit: self._seen(unit, timeline, today) for unit, timeline in self.whole.items()}
        found = {unit: part for unit, part in parts.items() if part is not None}
        heavy = {unit: self._heavy(unit, now) for unit in found}
        heavy = {unit: aqi for unit, aqi in heavy.items() if not np.isnan(aqi)}
        return Sight(now, found, heavy, self.file, now, max(ends).normalize())

    def _seen(self, unit: Unit, timeline: Timeline, today: pd.Timestamp) -> Timeline | None:  # noqa: ARG002 -- for those who say more
        """The days in sight of one place."""
        return timeline.between(today - self._behind, today + self._ahead)

    def _heavy(self, unit: Unit, now: pd.Timestamp) -> float:
        """AQI of the hour that ended last, NaN where it was not observed."""
        timeline = self.whole[unit]
        place = timeline.place(now) - 1
        return float(timeline.hourly["aqi_mid"][place]) if 0 <= place < timeline.hours else np.nan


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


def ahead_and_behind(
    feed: Forecast, now: pd.Timestamp, days_ahead: int, days_behind: int = DAYS_BEHIND
) -> tuple[Forecast, Forecast]:
    """Observations cut at a moment: what comes as a perfect forecast issued then, what was as observations.

    Raises:
        InputError: the feed has no hour from the day of issue on.

    """
    rows = feed.table.sort_values("start", kind="stable")
    day = now.normalize()
    ahead = _between(feed, rows, day, days_ahead + 1)
    if ahead.table.empty:
        raise InputError([Problem("no_hour_from", file=feed.file, day=day.date())])
    return as_perfect_forecast(ahead, now), _between(feed, rows, day - pd.Timedelta(days=days_behind), days_behind + 1)


def _between(feed: Forecast, rows: pd.DataFrame, first: pd.Timestamp, days: int) -> Forecast:
    """Return the rows (in order of time) of some days from a midnight on."""
    ends = [first, first + pd.Timedelta(days=days)]
    low, high = rows["start"].searchsorted(pd.Series(ends), side="left")
    return replace(feed, table=rows.iloc[int(low) : int(high)], is_feed=False)
