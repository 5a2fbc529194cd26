"""A season decided day by day, as it would have been: a forecast of some days each afternoon."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

from alertengine.rulebook import Rulebook
from alertengine.vocabulary import Problem
from alertengine.warning import (
    DAYS_BEHIND,
    DecidedMoment,
    Decider,
    Floor,
    Forecast,
    PerfectView,
    Record,
    Sight,
    Warnings,
    read_floors,
    sight,
)


class _Season:
    """Decisions one after the other, on one record."""

    def __init__(self, decider: Decider) -> None:
        self.decider, self.record = decider, Record()
        self.problems: dict[Problem, Problem] = {}
        self.notes: dict[Problem, Problem] = {}

    def decide(self, seen: Sight) -> DecidedMoment:
        """One decision; of messages of one wording the first is kept."""
        done = self.decider.decide(seen, self.record)
        self.problems = {said.at(value=""): said for said in done.problems} | self.problems
        self.notes = {said.at(value=""): said for said in done.notes} | self.notes
        return done

    def result(self, since: datetime) -> Warnings:
        """All transitions of the season."""
        rows = self.record.rows
        said = list(self.problems.values()), list(self.notes.values())
        return Warnings(rows, rows, self.record.standing(since), *said)


def replay(
    feed: Forecast,
    rulebook: Rulebook,
    *,
    days_ahead: int,
    issue_hour: int = 15,
    days_behind: int = DAYS_BEHIND,
    floors: Iterable[Floor | Mapping[str, Any]] = (),
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
    floors: Iterable[Floor | Mapping[str, Any]] = (),
    known_on: date | None = None,
    regime: str = "",
) -> Warnings:
    """:func:`replay` of observations already laid out, so that several regimes share the windows."""
    orders = read_floors(floors, rulebook.lists)
    span = perfect.days[0].date(), perfect.days[-1].date()
    season = _Season(Decider(rulebook, known_on=known_on, floors=orders, regime=regime, span=span))
    for day in perfect.days:
        seen = perfect.at(day + timedelta(hours=issue_hour))
        if seen is not None:
            season.decide(seen)
    return season.result(perfect.days[0])


def replay_issues(
    forecast: Forecast,
    rulebook: Rulebook,
    *,
    observed: Forecast | None = None,
    floors: Iterable[Floor | Mapping[str, Any]] = (),
    known_on: date | None = None,
    regime: str = "",
) -> Warnings:
    """Decide at each issue time of a file of real forecasts, with what had been issued and observed by then."""
    orders = read_floors(floors, rulebook.lists)
    starts = forecast.rows["start"]
    first, last = starts.min().item(), starts.max().item()
    season = _Season(
        Decider(rulebook, known_on=known_on, floors=orders, regime=regime, span=(first.date(), last.date()))
    )
    behind = timedelta(days=DAYS_BEHIND)
    for now in np.unique(forecast.rows["issue_time"]).tolist():
        day = datetime.combine(now.date(), time())
        recent = observed and observed.since(now - behind)
        season.decide(sight(forecast.since(day - behind), now, recent))
    return season.result(first)
