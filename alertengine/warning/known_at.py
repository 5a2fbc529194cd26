"""What is known at a moment: every place's hours, and how heavy the air was in the last observed one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Final

import numpy as np

from alertengine.vocabulary import InputError, Problem
from alertengine.warning.forecast import KEY, Forecast
from alertengine.warning.record import Unit
from alertengine.warning.rows import TIME, Array, Rows
from alertengine.warning.windows import Timeline, timelines

#: Days of observations looked back on beside a forecast.
DAYS_BEHIND: Final = 15
#: Days ahead that observations count as a forecast.
DAYS_AHEAD: Final = 7
#: The most days ahead that can be asked for: a year.
MOST_DAYS_AHEAD: Final = 366


@dataclass(frozen=True)
class Sight:
    """A moment: ``timelines`` by (city, county), ``heavy`` the AQI of the last observed hour of a place.

    ``issued`` and ``covered`` are the issue time of the newest forecast and the last day it covers.
    """

    now: datetime
    timelines: dict[Unit, Timeline]
    heavy: dict[Unit, float] = field(default_factory=dict)
    file: str = ""
    issued: datetime | None = None
    covered: datetime | None = None


def sight(forecast: Forecast, now: datetime, observed: Forecast | None = None) -> Sight:
    """Only what had been issued or observed by ``now``; observed hours and past days take the forecast's place.

    A place of which no forecast says an hour ahead has no timeline, whatever was observed there.
    """
    issued = forecast.at(now)
    rows = issued.latest()
    ahead = set(_places(rows.at(_end(rows) > np.datetime64(now))))
    heavy: dict[Unit, float] = {}
    if observed is not None:
        known = observed.at(now)
        seen = known.latest()
        over = _end(seen) <= np.datetime64(now)
        rows = Rows.joined([rows, seen.at(over)]).last_of_each(KEY)
        heavy = _last_hour(known.rows, now)
    found = {unit: timeline for unit, timeline in timelines(rows).items() if unit in ahead}
    heavy = {unit: aqi for unit, aqi in heavy.items() if unit in found}
    if not issued.rows.count:
        return Sight(now, found, heavy, forecast.file)
    newest = issued.rows["issue_time"].max()
    covered = issued.rows["start"][issued.rows["issue_time"] == newest].max()
    return Sight(now, found, heavy, forecast.file, newest.item(), midnight(covered.item()))


def midnight(time_of_day: datetime) -> datetime:
    """The midnight at which the day of a time begins."""
    return datetime.combine(time_of_day.date(), time())


def _last_hour(rows: Rows, now: datetime) -> dict[Unit, float]:
    """AQI of the last observed hour of each place, where it ended within the hour before now."""
    start = rows["start"]
    near = (rows["hours"] == 1) & (start + np.timedelta64(2, "h") > np.datetime64(now)) & (start < np.datetime64(now))
    found = rows.at(near & ~np.isnan(rows["aqi_mid"]))
    return dict(zip(_places(found), found["aqi_mid"].tolist(), strict=True))


def _places(rows: Rows) -> list[Unit]:
    """The place of each row."""
    return list(zip(rows["city"].tolist(), rows["county"].tolist(), strict=True))


def _end(rows: Rows) -> Array:
    """When the day or hour of each row ends."""
    return rows["start"] + rows["hours"].astype("timedelta64[h]")


class PerfectView:
    """Observations of a whole time, seen day by day as a perfect forecast of some days."""

    def __init__(self, feed: Forecast, *, days_ahead: int, days_behind: int) -> None:
        """Lay out every place once."""
        self.file = feed.file
        self._ahead, self._behind = timedelta(days=days_ahead + 1), timedelta(days=days_behind)
        self.whole = timelines(feed.latest())
        first = min(timeline.origin for timeline in self.whole.values())
        end = max(timeline.at(timeline.hours) for timeline in self.whole.values())
        #: Their midnights.
        self.days = [first + timedelta(days=place) for place in range((end - first).days)]

    def at(self, now: datetime) -> Sight | None:
        """What is known at a moment; None where the feed has nothing from that day on."""
        today = midnight(now)
        parts = {unit: self._seen(unit, timeline, today) for unit, timeline in self.whole.items()}
        found = {unit: part for unit, part in parts.items() if part is not None}
        last = max((part.last_start() for part in found.values()), default=datetime.min)
        if last < today:
            return None
        heavy = {unit: self._heavy(unit, now) for unit in found}
        heavy = {unit: aqi for unit, aqi in heavy.items() if not np.isnan(aqi)}
        return Sight(now, found, heavy, self.file, now, midnight(last))

    def _seen(self, unit: Unit, timeline: Timeline, today: datetime) -> Timeline | None:  # noqa: ARG002 -- for those who say more
        """The days in sight of one place."""
        return timeline.between(today - self._behind, today + self._ahead)

    def _heavy(self, unit: Unit, now: datetime) -> float:
        """AQI of the hour that ended last, NaN where it was not observed."""
        timeline = self.whole[unit]
        place = timeline.place(now) - 1
        return float(timeline.hourly["aqi_mid"][place]) if 0 <= place < timeline.hours else np.nan


def as_perfect_forecast(
    feed: Forecast, issue_time: datetime | str, *, first: date | str | None = None, last: date | str | None = None
) -> Forecast:
    """Observations as if they had all been forecast at ``issue_time``, optionally from day ``first`` to ``last``."""
    rows = feed.rows
    if first is not None:
        rows = rows.at(rows["start"] >= np.datetime64(first, "D"))
    if last is not None:
        rows = rows.at(rows["start"] < np.datetime64(last, "D") + np.timedelta64(1, "D"))
    issued = np.full(rows.count, issue_time, dtype=TIME)
    return replace(feed, rows=rows.having(issue_time=issued), is_feed=False)


def ahead_and_behind(
    feed: Forecast, now: datetime, days_ahead: int, days_behind: int = DAYS_BEHIND
) -> tuple[Forecast, Forecast]:
    """Observations cut at a moment: what comes as a perfect forecast issued then, what was as observations.

    Raises:
        InputError: the feed has no hour from the day of issue on.

    """
    day = midnight(now)
    ahead = _between(feed, day, days_ahead + 1)
    if not ahead.rows.count:
        raise InputError([Problem("no_hour_from", file=feed.file, day=day.date())])
    return as_perfect_forecast(ahead, now), _between(feed, day - timedelta(days=days_behind), days_behind + 1)


def _between(feed: Forecast, first: datetime, days: int) -> Forecast:
    """The rows of some days from a midnight on, in order of time."""
    start = feed.rows["start"]
    inside = (start >= np.datetime64(first)) & (start < np.datetime64(first + timedelta(days=days)))
    rows = feed.rows.at(inside)
    return replace(feed, rows=rows.at(rows.order("start")), is_feed=False)
