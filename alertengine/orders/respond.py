"""The main job: forecast and list in, warnings and an order for every production line out."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pandas as pd

from alertengine.engine.engine import Engine
from alertengine.engine.response import Response, Segment
from alertengine.lists.model import EnterpriseList
from alertengine.lists.read import read_list
from alertengine.orders.apply_overrides import Overriding
from alertengine.orders.overrides import OPTION, Override, check_overrides
from alertengine.orders.scenario import Scenario
from alertengine.orders.summary import needs_a_person, summarise
from alertengine.orders.table import order_table
from alertengine.rulebook.book import Rulebook
from alertengine.vocabulary.fields import ORDER_COLUMNS, Level
from alertengine.vocabulary.problems import InputError, Problem
from alertengine.warning.decide import WarningResult, decide_warnings
from alertengine.warning.forecast import Forecast, as_perfect_forecast, read_forecast
from alertengine.warning.record import read_warnings


@dataclass(slots=True)
class Responded:
    """What a run came to.

    ``problems`` need a person (exit 1), ``notes`` inform; ``orders`` has ORDER_COLUMNS.
    """

    scenario: Scenario
    book: Rulebook
    warnings: WarningResult
    enterprises: EnterpriseList
    orders: pd.DataFrame
    summaries: list[dict[str, Any]]
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    @property
    def exit_status(self) -> int:
        """0 done, 1 done and a person must look."""
        return int(bool(self.problems) or needs_a_person(self.summaries))


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
    check_overrides(enterprises.lines, overrides, enterprises.file)
    warnings = scenario_warnings(scenario, book)
    run = Responded(scenario, book, warnings, enterprises, pd.DataFrame(columns=list(ORDER_COLUMNS)), [])
    run.problems += [*enterprises.problems, *warnings.problems]
    run.notes += [*enterprises.warnings, *warnings.notes]
    _decide(run, overrides)
    return run


def _cities(scenario: Scenario, book: Rulebook) -> tuple[str, ...]:
    """The standard names of the cities a scenario is about."""
    names = {said: book.lists.standard_name("places", said) for said in scenario.cities}
    known = book.lists.cities()
    unknown = [said for said, name in names.items() if name not in known]
    if unknown:
        expected = ", ".join(known)
        raise InputError(
            [Problem(scenario.file, "no such city", column="cities", value=n, expected=expected) for n in unknown]
        )
    return tuple(str(name) for name in names.values())


def scenario_warnings(scenario: Scenario, book: Rulebook) -> WarningResult:
    """The warnings of a scenario."""
    forecast = read_forecast(scenario.path(scenario.forecast), book.lists, observed=scenario.perfect is not None)
    if scenario.perfect is not None:
        forecast = perfect(forecast, scenario.perfect.issued, scenario.perfect.last)
    observed = read_forecast(scenario.path(scenario.observed), book.lists, observed=True) if scenario.observed else None
    active = read_warnings(scenario.path(scenario.active)) if scenario.active else None
    return decide_warnings(
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


def _decide(run: Responded, overrides: Sequence[Override]) -> None:
    """Orders and summaries of every place under a warning, in place."""
    engine = Engine(run.book, run.scenario.known_on)
    lines = run.enterprises.lines
    version = run.enterprises.version
    tables = []
    idle = {one.line for one in overrides}
    responses = _responses(run)
    in_parts = {lines["city"].iloc[rows[0]] for rows, _, where in responses if where["county"]}
    for city in sorted(in_parts):
        said = f"{city}: a county answers to a warning of its own; totals are the whole city's, so no ratio is judged"
        run.notes.append(Problem(run.enterprises.file, said))
    for rows, response, where in responses:
        own = lines.iloc[rows].reset_index(drop=True)
        changed = Overriding(run.book, own, overrides)
        decisions = changed.decisions(engine.decide(own, response, published=version.status == "published"))
        table = order_table(run.book, own, decisions, response, source=run.enterprises.citation)
        tables.append(changed.texts(table, run.enterprises.citation))
        idle -= changed.reached
        totals = None if own["city"].iloc[0] in in_parts else run.enterprises.totals
        for entry in changed.counted(summarise(run.book, own, decisions, totals, run.scenario.known_on)):
            run.summaries.append({"warning_id": response.warning_id, **where, **entry})
    said = "overridden, and under no warning: nothing was changed"
    run.problems += [Problem(run.enterprises.file, said, column=OPTION, value=name) for name in sorted(idle)]
    if tables:
        run.orders = pd.concat(tables, ignore_index=True)


def _responses(run: Responded) -> list[tuple[list[int], Response, dict[str, str]]]:
    """For each warning the lines it reaches: a county with a life of its own answers to that."""
    segments = run.warnings.segments
    lines = run.enterprises.lines
    city, county = lines["city"].astype("str"), lines["county"].astype("object").fillna("").astype("str")
    own = {(str(c), str(n)) for c, n in zip(segments["city"], segments["county"], strict=True) if n}
    out = []
    keys = ["city", "county", "warning_id"]
    for (name, part, warning_id), rows in segments.groupby(keys, sort=True):
        if run.scenario.cities and name not in run.scenario.cities:
            continue
        apart = county.isin([n for c, n in own if c == name])
        reached = (city == name) & ((county == part) if part else ~apart)
        if not reached.any():
            where = f"{name}{part}"
            run.problems.append(Problem(run.enterprises.file, f"no lines of {where}, which is under a warning"))
            continue
        ordered = rows.sort_values("starts")
        pieces = tuple(_segment(row) for row in ordered.to_dict("records"))
        response = Response(pieces, pd.Timestamp(ordered["life_start"].iloc[0]).to_pydatetime(), str(warning_id))
        out.append((reached.to_numpy().nonzero()[0].tolist(), response, {"county": str(part)}))
    return out


def _segment(row: Mapping[Hashable, Any]) -> Segment:
    """A segment of the warnings as the engine takes it."""
    ends = None if pd.isna(row["ends"]) else pd.Timestamp(row["ends"]).to_pydatetime()
    return Segment(pd.Timestamp(row["starts"]).to_pydatetime(), ends, Level(row["level"]))
