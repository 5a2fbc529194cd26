"""The weather of a season, and the warnings it brings: a history moved to the season's years.

Observations are a perfect forecast of some days, each afternoon; a forecaster may say more, or less, than what comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial

import numpy as np

from alertengine.rulebook import OpenLists, Rulebook
from alertengine.simulation.backtest.history import History, history_of, nothing_left, same_day, years_later
from alertengine.simulation.backtest.run import Backtest, replayed
from alertengine.simulation.season.season_scenario import ForecastChange, SeasonScenario, Span
from alertengine.vocabulary import InputError, Problem
from alertengine.warning import (
    CONCENTRATIONS,
    DAY,
    DAYS_BEHIND,
    INDICES,
    TOP,
    Forecast,
    PerfectView,
    Timeline,
    Unit,
    of_places,
    reaching,
    timelines,
)


class ScaledForecast(PerfectView):
    """A forecaster who says ``scale`` times the concentrations that come (times the AQI where only that is known)."""

    def __init__(self, feed: Forecast, *, scale: float, days_ahead: int, days_behind: int) -> None:
        """Lay out what comes, and beside it what is said."""
        super().__init__(feed, days_ahead=days_ahead, days_behind=days_behind)
        rows = feed.latest()
        amounts = ~np.isnan(rows.block(CONCENTRATIONS)).all(axis=0)
        said = {name: rows[name] * scale for name in CONCENTRATIONS}
        for name in INDICES:  # an index beside concentrations is worked out from them
            said[name] = np.where(amounts, np.nan, np.minimum(rows[name] * scale, TOP))
        self._said = timelines(rows.having(**said))

    def _seen(self, unit: Unit, timeline: Timeline, today: datetime) -> Timeline | None:
        part = super()._seen(unit, timeline, today)
        said = super()._seen(unit, self._said[unit], today)
        if part is None or said is None:
            return part
        cut = min(max((today - part.origin).days, 0), part.days)
        hourly = {
            name: np.concatenate([v[: cut * DAY], said.hourly[name][cut * DAY :]]) for name, v in part.hourly.items()
        }
        daily = {name: np.concatenate([v[:cut], said.daily[name][cut:]]) for name, v in part.daily.items()}
        return Timeline(hourly, daily, part.origin)


def forecaster(scenario: SeasonScenario, past: History, change: ForecastChange) -> PerfectView | None:
    """What is said each afternoon of the weather that comes, ``change`` of it; None where the history is forecasts.

    Raises:
        InputError: real forecasts are to be changed.

    """
    if change.scale != 1 and past.real:
        raise InputError([Problem("real_forecasts", file=past.forecast.file, column="forecast_change")])
    if past.real:
        return None
    seen = partial(ScaledForecast, scale=change.scale) if change.scale != 1 else PerfectView
    return seen(past.forecast, days_ahead=scenario.days_ahead, days_behind=DAYS_BEHIND)


def season_weather(
    scenario: SeasonScenario,
    book: Rulebook,
    past: History,
    perfect: PerfectView | None,
    span: Span,
    *,
    cities: Sequence[str],
    regime: str,
    known_on: date | None,
) -> Backtest:
    """The warnings that the season's weather brings, one run, as its :func:`forecaster` has it.

    Warnings are decided on all of the history, also beyond the season's edges; the air and its levels are those of
    the season's days alone. Orders from above bind ``cities`` alone, whatever else their area has.

    Raises:
        InputError: the regime is no grading.

    """
    whole = replayed(
        past,
        book,
        perfect,
        regimes=[regime] if regime else [],
        floors=of_places(scenario.floors(book.lists), book.lists, cities),
        known_on=known_on,
        span=(span.first, span.last),
    )
    return _within(whole, span)


def season_history(
    scenario: SeasonScenario, book: Rulebook, whole: Forecast, cities: Sequence[str], span: Span
) -> History:
    """The history of the season's days and of those beyond its edges that a warning at the edge hangs on.

    All moved to the season's years; where the history has nothing beyond an edge, a note says so.

    Raises:
        InputError: the history has none of the season's days or cities.

    """
    years = span.years_moved
    first, last = years_later(span.first, -years), years_later(span.last, -years)
    before, after = timedelta(days=DAYS_BEHIND), timedelta(days=scenario.days_ahead + DAYS_BEHIND)
    past = history_of(whole, book, cities=cities, first=first - before, last=last + after)
    rows = past.forecast.rows
    days = rows["start"].astype("datetime64[D]")
    inside = (days >= np.datetime64(first)) & (days <= np.datetime64(last))
    if not inside.any():
        raise InputError([nothing_left(past.forecast)])
    there = set(rows["city"][inside].tolist())
    absent = [
        Problem("no_row_of_city", file=whole.file, column="city", city=city) for city in cities if city not in there
    ]
    if absent:
        past = replace(past, forecast=replace(past.forecast, own_problems=[*past.forecast.own_problems, *absent]))
    bare = [str(edge) for edge, some in ((first, past.first < first), (last, past.last > last)) if not some]
    if bare:
        note = Problem("history_ends", file=past.forecast.file, value=", ".join(bare))
        past = replace(past, forecast=replace(past.forecast, own_notes=[*past.forecast.own_notes, note]))
    if not years:
        return past
    found, place = np.unique(days, return_inverse=True)
    moved = np.array([same_day(day, years) for day in found.tolist()], dtype="datetime64[D]")[place]
    there = ~np.isnat(moved)
    if not there.all():
        left = Problem("leap_day_left_out", file=past.forecast.file, value=str(days[~there][0]))
        past = replace(past, forecast=replace(past.forecast, own_notes=[*past.forecast.own_notes, left]))
    rows, step = rows.at(there), (moved - days)[there]
    rows = rows.having(start=rows["start"] + step, issue_time=rows["issue_time"] + step)
    return History(replace(past.forecast, rows=rows), past.real)


def without_effect(
    scenario: SeasonScenario, where: str, span: Span, lists: OpenLists, places: Iterable[Unit]
) -> list[Problem]:
    """Orders from above that touch no day of a season, or none of its places; ``where`` is who says so."""
    first, end = datetime.combine(span.first, time()), datetime.combine(span.last + timedelta(days=1), time())
    floors = scenario.floors(lists)
    inside = [floor for floor in floors if floor.start < end and floor.end > first]
    bound = {id(floor) for city, county in places for floor in reaching(inside, lists, city, county)}
    return [
        Problem(
            "order_without_effect", file=where, column="orders", value=f"{order.source}，{order.area}，{order.first}"
        )
        for order, floor in zip(scenario.orders, floors, strict=True)
        if id(floor) not in bound
    ]


def _within(whole: Backtest, span: Span) -> Backtest:
    """The air, its levels and the history of the season's days; warnings as they were decided."""
    first = datetime.combine(span.first, time())
    end = datetime.combine(span.last, time()) + timedelta(days=1)
    cuts = {}
    for city, own in whole.air.items():
        start, stop = (int(np.clip((when - own.origin).days, 0, len(own.daily))) for when in (first, end))
        cuts[city] = slice(start, stop)
    air = {
        city: replace(
            one,
            origin=one.origin + timedelta(days=cut.start),
            **{name: getattr(one, name)[cut] for name in ("daily", "primary", "pm25", "so2")},
            hourly=one.hourly[cut.start * DAY : cut.stop * DAY],
        )
        for city, one in whole.air.items()
        if (cut := cuts[city]).start < cut.stop
    }
    runs = [
        replace(
            run,
            ranks={city: run.ranks[city][cuts[city].start * DAY : cuts[city].stop * DAY] for city in air},
            lawless={city: run.lawless[city][cuts[city]] for city in air},
        )
        for run in whole.runs
    ]
    rows = whole.history.forecast.rows
    inside = rows.at((rows["start"] >= np.datetime64(first)) & (rows["start"] < np.datetime64(end)))
    history = replace(whole.history, forecast=replace(whole.history.forecast, rows=inside))
    return replace(whole, history=history, air=air, runs=runs)
