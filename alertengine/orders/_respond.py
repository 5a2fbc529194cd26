"""The main job: forecast and list in, warnings and an order for every production line out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final

import pandas as pd

from alertengine.lists import EnterpriseList, read_list
from alertengine.orders._decide import Decided, Orders, decide
from alertengine.orders._in_force import InForce, held_now
from alertengine.orders.overrides import Override
from alertengine.orders.read import plain_texts, read_orders
from alertengine.orders.scenario import Scenario, in_scenario, refuse_live, rulebook_of
from alertengine.orders.shares_before import SharesBefore, told_of_left, told_of_lines
from alertengine.rulebook import Rulebook, named_cities
from alertengine.vocabulary import (
    Gathered,
    InputError,
    Problem,
    gathering,
    listening,
    problems_and_notes,
    problems_as,
    refuse_together,
    require,
)
from alertengine.warning import (
    Forecast,
    Record,
    Row,
    Warnings,
    ahead_and_behind,
    as_perfect_forecast,
    given_in_runs,
    next_full_hour,
    read_forecast,
    read_record,
    warn,
)

#: Problems of a decision's inputs that stand on the approval form.
DOUBTS: Final = frozenset(
    {
        "county_not_said",
        "observation_missing",
        "observation_of_run_missing",
        "open_order_absent",
        "orders_disagree",
        "order_absent",
        "days_missing",
        "primary_unread",
        "old_forecast",
        "forecast_given_again",
        "old_forecast_of",
        "standing_not_covered",
        "county_not_covered",
        "county_ended_before",
        "no_row_of_city",
        "nothing_issued",
        "no_grading",
        "rounding_decides",
        "orders_without_record",
    }
)


@dataclass
class Responded:
    """What a run of a scenario came to: the warnings, and the orders of every line under one."""

    scenario: Scenario
    warnings: Warnings
    orders: Orders
    #: The orders of the run before; None where none are known.
    before: SharesBefore | None = None

    @property
    def doubts(self) -> tuple[tuple[str, str, str], ...]:
        """What is missing of forecast, observations and list: the city it is about (blank: all), code and words."""
        of_warnings = (*self.warnings.problems, *self.warnings.notes)
        said = [one for one in (*of_warnings, *self.orders.own_problems) if one.code in DOUBTS]
        cities = [str(dict(one.arguments).get("place", dict(one.arguments).get("city", ""))) for one in said]
        return tuple((city, one.code, one.words("zh")[0]) for city, one in zip(cities, said, strict=True))

    @cached_property
    def in_force(self) -> InForce:
        """What holds at the moment of the decision."""
        return held_now(self.orders.table, self.warnings.record, self.warnings.now)

    @cached_property
    def _asked_before(self) -> pd.DataFrame:
        """What orders of the run before still ask; no row where none are known.  ORDER_COLUMNS."""
        if self.before is None:
            return plain_texts(self.orders.table.iloc[:0])
        return self.before.asked_after(self.warnings.now)

    @property
    def unrecorded(self) -> list[str]:
        """Cities of the list that orders of the run before hold in, and of which the record says nothing."""
        held = self._asked_before
        if held.empty:
            return []
        wanted = set(self.scenario.cities or self.orders.enterprises.lines["city"].astype("str"))
        known = {str(row["city"]) for row in self.warnings.rows if row["issued"] < self.warnings.now}
        return sorted(set(held.loc[held["level"] != "none", "city"]) & wanted - known)

    @cached_property
    def left_before(self) -> pd.DataFrame:
        """What the run before ordered of lines that these orders do not name, where the response goes on and it holds.

        ORDER_COLUMNS, texts as text, under the codes that these have.
        """
        if self.before is None or self._asked_before.empty:
            return self._asked_before
        return self.before.left_by(self.orders.table, self.warnings)


def respond(scenario: Scenario, book: Rulebook | None = None, overrides: Sequence[Override] = ()) -> Responded:
    """Run a scenario, by the shipped rules and the folders it names, or by a rulebook given.

    ``overrides`` say what persons order of some lines in place of the rules.

    Raises:
        InputError: an input cannot be used, or an override names no line of the list; nothing was written.

    """
    require(scenario, "scenario", Scenario)
    book = book or rulebook_of(scenario)
    scenario = by_standard_names(scenario, book)
    problems, enterprises, warnings, orders = list[Problem](), None, None, None
    with gathering(problems):
        enterprises = list_of(scenario, book)
    with gathering(problems):
        warnings = of_cities(scenario_warnings(scenario, book), scenario.cities)
    with listening() as told, gathering(problems):
        orders = orders_before(scenario)
    refuse_together(problems, enterprises, warnings)
    assert enterprises is not None and warnings is not None  # noqa: S101, PT018 -- as nothing was refused
    before = None if orders is None else SharesBefore(orders, warnings.now)
    found = decide_list(scenario, book, enterprises, warnings, before, overrides)
    found.orders.own_notes += told
    return found


def list_of(scenario: Scenario, book: Rulebook) -> EnterpriseList:
    """The list of a scenario.

    Raises:
        InputError: it cannot be used.

    """
    return read_list(
        scenario.path(scenario.list_file),
        book.lists,
        totals=scenario.path(scenario.totals) if scenario.totals else None,
        decisions=scenario.path(scenario.decisions) if scenario.decisions else None,
    )


def orders_before(scenario: Scenario) -> pd.DataFrame | None:
    """The orders of the run before (ORDER_COLUMNS and their ``file``); None where none are given.

    Raises:
        InputError: files cannot be used; with all that is wrong of each.

    """
    problems, orders = list[Problem](), list[pd.DataFrame]()
    for path in map(scenario.path, scenario.active_orders):
        with gathering(problems):
            orders.append(read_orders(path).assign(file=str(path)))
    refuse_together(problems)
    return pd.concat(orders, ignore_index=True) if orders else None


def decide_list(
    scenario: Scenario,
    book: Rulebook,
    enterprises: EnterpriseList,
    warnings: Warnings,
    before: SharesBefore | None,
    overrides: Sequence[Override] = (),
) -> Responded:
    """Decide the lines of a list under the warnings of its cities; ``before``: the share orders of the run before."""
    orders = decide(
        enterprises,
        book,
        warnings,
        cities=scenario.cities,
        known_on=scenario.known_on,
        overrides=overrides,
        before=before,
    )
    file, column = scenario.file, "active_orders"
    if scenario.active and (count := _chosen_anew(orders, warnings, before)):
        orders.own_notes.append(Problem("shares_chosen_anew", file=file, column=column, count=count))
    graded = {city for city, _ in warnings.graded}
    orders.own_problems[:0] = [
        Problem("no_row_of_city", file=scenario.forecast, column="city", city=city)
        for city in scenario.cities
        if city not in graded
    ]
    found = Responded(scenario, warnings, orders, before)
    orders.own_problems += [
        Problem("orders_without_record", file=file, column="active", place=city) for city in found.unrecorded
    ]
    if before is not None:
        orders.own_problems += told_of_left(found.left_before, file, "list")
        orders.own_problems += told_of_lines(
            "ordered_lighter", before.made_lighter_by(orders.table, warnings.now), file, "list"
        )
    return found


def _chosen_anew(orders: Orders, warnings: Warnings, before: SharesBefore | None) -> int:
    """How many lines share an order with others in a warning that had begun before: which stop is chosen anew.

    Or in one that follows at once on another of its city, as a county's own does.  None where the orders of the run
    before are of these lines and that time.
    """
    known, hour = [row for row in warnings.rows if row["issued"] < warnings.now], next_full_hour(warnings.now)
    held = {str(row["city"]) for row in Record(known).standing(warnings.now) if row["starts"] <= warnings.now}
    begun = [
        part
        for part in orders.parts
        if isinstance(part, Decided)
        and part.response.life_start <= (hour if part.lines.text("city")[0] in held else warnings.now)
    ]
    since = min((part.response.life_start for part in begun), default=warnings.now)
    if before is not None and before.speaks_of(orders.enterprises.lines, since):
        return 0
    return sum(
        len({row for share in part.decisions[0].allotted.shares for row in share.rows[share.population >= 0].tolist()})
        for part in begun
    )


def by_standard_names(scenario: Scenario, book: Rulebook) -> Scenario:
    """A scenario whose ``cities`` are under their standard names.

    Raises:
        InputError: with each that is no city.

    """
    cities = named_cities(book, scenario.cities, file=scenario.file, column="cities")
    return scenario.model_copy(update={"cities": cities})


def scenario_warnings(scenario: Scenario, book: Rulebook) -> Warnings:
    """The warnings of a scenario; what its record has of cities that it does not name goes on as it is, and is told."""
    problems, forecast, observed, active = list[Problem](), None, None, list[Row]()
    with gathering(problems):
        file, measured = scenario.path(scenario.forecast), scenario.perfect is not None
        forecast = read_forecast(file, book.lists, observed=measured, issued=scenario.now)
    with gathering(problems):
        if scenario.observed:
            observed = read_forecast(scenario.path(scenario.observed), book.lists, observed=True)
    # how the record was read stands with the decision, in an act and on the page too
    with listening() as told, gathering(problems):
        if scenario.active:
            active = read_record(scenario.path(scenario.active), book.lists)
    refuse_together(problems, forecast, observed, Gathered(problems_and_notes(told)[0]))
    assert forecast is not None  # noqa: S101 -- as nothing was refused
    before = [scenario.path(name) for name in (scenario.active, *scenario.active_orders) if name]
    told += given_in_runs(forecast.notes, file, *before)
    if scenario.perfect is not None:
        last = scenario.perfect.last or scenario.perfect.issued.date() + timedelta(days=scenario.days)
        forecast = perfect(forecast, scenario.perfect.issued, last)
    elif forecast.is_feed:
        refuse_live(scenario)
        if scenario.now is None:
            raise InputError([Problem("feed_without_now", file=scenario.file, column="now")])
        forecast, past = ahead_and_behind(forecast, scenario.now, scenario.days)
        observed = observed or past
    own, others = list[Row](), list[Row]()
    for row in active:
        (own if not scenario.cities or row["city"] in scenario.cities else others).append(row)
    with problems_as(in_scenario(scenario.file)):
        found = warn(
            forecast,
            book,
            now=scenario.now,
            observed=observed,
            active=own,
            floors=[order.as_floor() for order in scenario.orders],
            known_on=scenario.known_on,
        )
    if others and (standing := Record(others).standing(found.now)):
        names = list(dict.fromkeys(str(row["city"]) for row in standing))
        told.append(Problem("others_stand", file=scenario.file, column="cities", names=names))
    asked, notes = problems_and_notes(told)
    return replace(
        found, own_problems=[*found.own_problems, *asked], own_notes=[*found.own_notes, *notes], others=others
    )


def of_cities(warnings: Warnings, cities: Sequence[str]) -> Warnings:
    """The warnings of some cities, what others do is theirs to issue; all where none is named."""
    if not cities:
        return warnings
    new, rows, standing = (
        [row for row in held if row["city"] in cities] for held in (warnings.new, warnings.rows, warnings.standing)
    )
    return replace(warnings, new=new, rows=rows, standing=standing)


def perfect(observed: Forecast, issued: datetime, last: date | None = None) -> Forecast:
    """Observations as a perfect forecast issued at a time: from the day of issue on."""
    return as_perfect_forecast(observed, issued, first=issued.date(), last=last)
