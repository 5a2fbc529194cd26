"""The main job: forecast and list in, warnings and an order for every production line out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from alertengine.lists.read import read_list
from alertengine.orders.decide import Orders, decide
from alertengine.orders.overrides import Override
from alertengine.orders.scenario import Scenario
from alertengine.rulebook.book import Rulebook
from alertengine.vocabulary.problems import InputError, Problem
from alertengine.warning.decide import Warnings, warn
from alertengine.warning.forecast import Forecast, as_perfect_forecast, read_forecast
from alertengine.warning.record import read_warnings


@dataclass(slots=True)
class Responded:
    """What a run of a scenario came to: the warnings, and the orders of every line under one."""

    scenario: Scenario
    warnings: Warnings
    orders: Orders


def respond(scenario: Scenario, book: Rulebook | None = None, overrides: Sequence[Override] = ()) -> Responded:
    """Run a scenario, by the shipped rules and the folders it names, or by a rulebook given.

    ``overrides`` say what persons order of some lines in place of the rules.

    Raises:
        InputError: an input cannot be used, or an override names no line of the list; nothing was written.

    """
    if book is None:
        book = Rulebook.load([scenario.path(name) for name in scenario.rules], adopt=scenario.adopt)
    scenario = scenario.model_copy(update={"cities": _cities(scenario, book)})
    enterprises = read_list(
        scenario.path(scenario.list_file),
        book.lists,
        totals=scenario.path(scenario.totals) if scenario.totals else None,
    )
    warnings = scenario_warnings(scenario, book)
    orders = decide(
        enterprises, book, warnings, cities=scenario.cities, known_on=scenario.known_on, overrides=overrides
    )
    graded = {city for city, _ in warnings.graded}
    orders.own_problems[:0] = [
        Problem("no_row_of_city", file=scenario.forecast, column="city", city=city)
        for city in scenario.cities
        if city not in graded
    ]
    return Responded(scenario, warnings, orders)


def _cities(scenario: Scenario, book: Rulebook) -> tuple[str, ...]:
    """The standard names of the cities a scenario is about."""
    names = {said: book.lists.standard_name("places", said) for said in scenario.cities}
    known = book.lists.cities()
    unknown = [said for said, name in names.items() if name not in known]
    if unknown:
        raise InputError(
            [Problem("no_such_city", file=scenario.file, column="cities", value=n, names=known) for n in unknown]
        )
    return tuple(str(name) for name in names.values())


def scenario_warnings(scenario: Scenario, book: Rulebook) -> Warnings:
    """The warnings of a scenario."""
    forecast = read_forecast(scenario.path(scenario.forecast), book.lists, observed=scenario.perfect is not None)
    if scenario.perfect is not None:
        forecast = perfect(forecast, scenario.perfect.issued, scenario.perfect.last)
    observed = read_forecast(scenario.path(scenario.observed), book.lists, observed=True) if scenario.observed else None
    active = read_warnings(scenario.path(scenario.active)) if scenario.active else None
    return warn(
        forecast,
        book,
        now=pd.Timestamp(scenario.now) if scenario.now else None,
        observed=observed,
        active=active,
        floors=[order.as_floor() for order in scenario.orders],
        known_on=scenario.known_on,
    )


def perfect(observed: Forecast, issued: datetime, last: date | None = None) -> Forecast:
    """Observations as a perfect forecast issued at a time: from the day of issue on."""
    return as_perfect_forecast(observed, pd.Timestamp(issued), first=issued.date(), last=last)
