"""A season decided day by day, as it would have been: a forecast of some days each afternoon."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import numpy as np

from alertengine.rulebook import Rulebook
from alertengine.vocabulary import Problem
from alertengine.warning import (
    DAYS_BEHIND,
    Decider,
    Floor,
    Forecast,
    PerfectView,
    Record,
    Sight,
    Warnings,
    sight,
)


def _season(decider: Decider, sights: Iterable[Sight], since: datetime) -> Warnings:
    """Decisions one after the other, on one record; of messages of one wording the first is kept."""
    record, problems, notes = Record(), dict[Problem, Problem](), dict[Problem, Problem]()
    for seen in sights:
        done = decider.decide(seen, record)
        problems = {said.at(value=""): said for said in done.problems} | problems
        notes = {said.at(value=""): said for said in done.notes} | notes
    return Warnings(record.rows, record.rows, record.standing(since), [*problems.values()], [*notes.values()])


def replay(
    feed: Forecast,
    rulebook: Rulebook,
    *,
    days_ahead: int,
    issue_hour: int = 15,
    days_behind: int = DAYS_BEHIND,
    floors: Sequence[Floor] = (),
    known_on: date | None = None,
    regime: str = "",
) -> Warnings:
    """Decide each day's warnings from observations taken as a perfect forecast.

    Each day at ``issue_hour`` the feed from that day to ``days_ahead`` days later is the forecast, ``days_behind`` days
    before it are the observations, the record so far is active. ``regime`` names a document whose grading holds
    whatever the date. The result's ``table`` and ``record`` are all transitions of the season.
    """
    found = replay_seen(
        PerfectView(feed, days_ahead=days_ahead, days_behind=days_behind),
        rulebook,
        issue_hour=issue_hour,
        floors=floors,
        known_on=known_on,
        regime=regime,
    )
    return replace(found, made_from=(feed,))


def replay_seen(
    perfect: PerfectView,
    rulebook: Rulebook,
    *,
    issue_hour: int = 15,
    floors: Sequence[Floor] = (),
    known_on: date | None = None,
    regime: str = "",
) -> Warnings:
    """:func:`replay` of observations already laid out, so that several regimes share the windows."""
    span = perfect.days[0].date(), perfect.days[-1].date()
    decider = Decider(rulebook, known_on=known_on, floors=floors, regime=regime, span=span)
    sights = (perfect.at(day + timedelta(hours=issue_hour)) for day in perfect.days)
    return _season(decider, (seen for seen in sights if seen is not None), perfect.days[0])


def replay_issues(
    forecast: Forecast,
    rulebook: Rulebook,
    *,
    observed: Forecast | None = None,
    floors: Sequence[Floor] = (),
    known_on: date | None = None,
    regime: str = "",
) -> Warnings:
    """Decide at each issue time of a file of real forecasts, with what had been issued and observed by then."""
    starts = forecast.rows["start"]
    first, last = starts.min().item(), starts.max().item()
    decider = Decider(rulebook, known_on=known_on, floors=floors, regime=regime, span=(first.date(), last.date()))
    behind = timedelta(days=DAYS_BEHIND)

    def seen(now: datetime) -> Sight:
        day = datetime.combine(now.date(), time())
        return sight(forecast.since(day - behind), now, observed and observed.since(now - behind))

    return _season(decider, map(seen, np.unique(forecast.rows["issue_time"]).tolist()), first)
