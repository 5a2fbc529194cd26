"""The weather of a season, and the warnings it brings: a history moved to the season's years.

Observations are a perfect forecast of some days, each afternoon; a forecaster may say more,
or less, than what comes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pandas as pd

from alertengine.rulebook.book import Rulebook
from alertengine.simulation.backtest.history import History, read_history
from alertengine.simulation.backtest.run import Backtest, backtest
from alertengine.simulation.backtest.scaled_forecast import Said
from alertengine.simulation.season.model import ForecastChange, SeasonScenario, Span
from alertengine.vocabulary.problems import InputError, Problem
from alertengine.warning.known_at import DAYS_BEHIND


def season_weather(
    scenario: SeasonScenario,
    book: Rulebook,
    past: History,
    *,
    regime: str = "",
    known_on: date | None = None,
    change: ForecastChange | None = None,
) -> Backtest:
    """The warnings that the season's weather brings, one run, under a forecaster who says ``change`` of what comes.

    Raises:
        InputError: the regime is no grading, or real forecasts are to be changed.

    """
    change = change or ForecastChange()
    if change.changes and past.real:
        raise InputError([Problem("real_forecasts", file=past.forecast.file, column="forecast_change")])
    said = (
        Said(past.forecast, scale=change.scale, days_ahead=scenario.days_ahead, days_behind=DAYS_BEHIND)
        if change.changes
        else None
    )
    return backtest(
        past,
        book,
        regimes=[regime] if regime else [],
        days_ahead=scenario.days_ahead,
        floors=[order.as_floor() for order in scenario.orders],
        known_on=known_on,
        said=said,
    )


def season_history(scenario: SeasonScenario, book: Rulebook, name: str, cities: Sequence[str], span: Span) -> History:
    """The history of the season's days, moved to its years.

    Raises:
        InputError: the history has none of the days or cities.

    """
    years = span.years_moved
    first, last = _moved(span.first, -years), _moved(span.last, -years)
    past = read_history(scenario.path(name), book, cities=cities, first=first, last=last)
    if past.goes_on:
        note = Problem("history_goes_on", file=past.forecast.file, value=f"{first}..{last}")
        past = replace(past, forecast=replace(past.forecast, own_notes=[*past.forecast.own_notes, note]))
    if not years:
        return past
    table = past.forecast.table
    step = pd.DateOffset(years=years)
    moved = table.assign(start=table["start"] + step, issue_time=table["issue_time"] + step)
    same_day = moved["start"].dt.day == table["start"].dt.day  # a 29 February without one to go to is left out
    return History(replace(past.forecast, table=moved[same_day].reset_index(drop=True)), past.real)


def _moved(day: date, years: int) -> date:
    return (pd.Timestamp(day) + pd.DateOffset(years=years)).date()
