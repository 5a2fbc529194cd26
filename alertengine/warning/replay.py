"""A season decided day by day, as it would have been: a forecast of some days each afternoon."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pandas as pd

from alertengine.errors import InputError, Problem
from alertengine.rulebook.book import Rulebook
from alertengine.warning.decide import WarningResult, decide_warnings
from alertengine.warning.floors import Floor
from alertengine.warning.forecast import Forecast, as_perfect_forecast
from alertengine.warning.record import empty_table, segments_of, table_of


def replay(
    feed: Forecast,
    rulebook: Rulebook,
    *,
    days_ahead: int,
    issue_hour: int = 15,
    days_behind: int = 15,
    floors: Iterable[Floor | Mapping[str, Any]] = (),
    known_on: date | None = None,
) -> WarningResult:
    """Decide each day's warnings from observations taken as a perfect forecast.

    Each day at ``issue_hour`` the feed from that day to ``days_ahead`` days later is the
    forecast, ``days_behind`` days before it are the observations, the record so far is
    active.  The result's ``table`` and ``record`` are all transitions of the season.
    """
    orders = list(floors)
    rows = feed.table.sort_values("start", kind="stable")
    record = empty_table()
    problems: dict[tuple[str, str], Problem] = {}
    notes: dict[tuple[str, str], Problem] = {}
    for day in pd.date_range(rows["start"].min().normalize(), rows["start"].max().normalize(), freq="D"):
        now = day + pd.Timedelta(hours=issue_hour)
        cut = _between(feed, rows, day, days_ahead + 1)
        if cut.table.empty:
            continue
        ahead = as_perfect_forecast(cut, now)
        behind = _between(feed, rows, day - pd.Timedelta(days=days_behind), days_behind + 1)
        result = decide_warnings(
            ahead, rulebook, now=now, observed=behind, active=record, floors=orders, known_on=known_on
        )
        record = result.record
        problems = {(said.file, said.message): said for said in result.problems} | problems  # the first of each stays
        notes = {(said.file, said.message): said for said in result.notes} | notes
    table = record if len(record) else table_of([])
    first = pd.Timestamp(rows["start"].min())
    return WarningResult(table, record, segments_of(record, first), list(problems.values()), list(notes.values()))


def ahead_and_behind(
    feed: Forecast, now: pd.Timestamp, days_ahead: int, days_behind: int = 15
) -> tuple[Forecast, Forecast]:
    """Observations cut at a moment: what comes as a perfect forecast issued then, what was as observations.

    Raises:
        InputError: the feed has no hour from the day of issue on.

    """
    rows = feed.table.sort_values("start", kind="stable")
    day = now.normalize()
    ahead = _between(feed, rows, day, days_ahead + 1)
    if ahead.table.empty:
        raise InputError([Problem(feed.file, f"no hour from {day.date()} on", expected="a day within the feed")])
    return as_perfect_forecast(ahead, now), _between(feed, rows, day - pd.Timedelta(days=days_behind), days_behind + 1)


def _between(feed: Forecast, rows: pd.DataFrame, first: pd.Timestamp, days: int) -> Forecast:
    """Return the rows (in order of time) of some days from a midnight on."""
    ends = [first, first + pd.Timedelta(days=days)]
    low, high = rows["start"].searchsorted(pd.Series(ends), side="left")
    return Forecast(rows.iloc[int(low) : int(high)], feed.file)
