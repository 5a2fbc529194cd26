"""Orders for a list at a level and day: the ``orders`` command as a function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from alertengine.engine.engine import Engine
from alertengine.engine.match import MatchStats
from alertengine.engine.response import Response
from alertengine.lists.model import EnterpriseList
from alertengine.lists.read import read_list
from alertengine.orders.apply_overrides import Overriding
from alertengine.orders.overrides import Override, check_overrides
from alertengine.orders.summary import needs_a_person, summarise
from alertengine.orders.table import order_table
from alertengine.rulebook.book import Rulebook
from alertengine.rulebook.query import place_of
from alertengine.vocabulary.fields import Level
from alertengine.vocabulary.problems import InputError, Problem


@dataclass(slots=True)
class OrderRun:
    """Orders of one list: the table (ORDER_COLUMNS), summaries per city, and how much was matched."""

    enterprises: EnterpriseList
    table: pd.DataFrame
    summaries: list[dict[str, Any]]
    stats: list[MatchStats]
    notes: list[Problem] = field(default_factory=list)

    @property
    def exit_status(self) -> int:
        """0 done, 1 done and a person must look."""
        return int(bool(self.enterprises.problems) or needs_a_person(self.summaries))


def run_orders(
    book: Rulebook,
    file: Path,
    level: Level,
    day: date,
    *,
    city: str | None = None,
    hours: float | None = None,
    totals: Path | None = None,
    known_on: date | None = None,
    overrides: Sequence[Override] = (),
) -> OrderRun:
    """Read a list and decide it; ``overrides`` say what persons order of some lines in place of the rules.

    Raises:
        InputError: the list cannot be used, has no line of the city, or an override names no line of it.

    """
    enterprises = read_list(file, book.lists, totals=totals)
    lines = enterprises.lines
    if city is not None:
        lines = lines[lines["city"].astype("str") == place_of(book, city).city].reset_index(drop=True)
    if lines.empty:
        raise InputError(
            [Problem(str(file), "no lines" + (f" of {city}" if city else ""), expected="at least one line")]
        )
    check_overrides(lines, overrides, str(file))
    response = Response.single(level, day, hours)
    engine, changed = Engine(book, known_on), Overriding(book, lines, overrides)
    decided = engine.decide(lines, response, published=enterprises.version.status == "published")
    decisions = changed.decisions(decided)
    table = order_table(book, lines, decisions, response, source=enterprises.citation)
    table = changed.texts(table, enterprises.citation)
    summaries = changed.counted(summarise(book, lines, decisions, enterprises.totals, known_on))
    return OrderRun(enterprises, table, summaries, engine.stats(), lapsed_notes(book, lines, day, known_on))


def lapsed_notes(book: Rulebook, lines: pd.DataFrame, day: date, known_on: date | None = None) -> list[Problem]:
    """Rules that reached these lines once and whose stated end has passed: holes that must show."""
    cities = {str(name) for name in lines["city"].dropna().unique()}
    notes: dict[str, list[str]] = {}
    for rule in book.lapsed(day, known_on):
        if any(book.reaches(rule, place_of(book, name)) for name in cities if book.lists.standard_name("places", name)):
            notes.setdefault(rule.document, []).append(rule.id)
    return [
        Problem(
            book.documents[name].citation,
            f"{len(ids)} rules lapsed before {day}, no later text on file: {', '.join(ids[:4])}"
            + (" ..." if len(ids) > 4 else ""),
        )
        for name, ids in notes.items()
    ]
