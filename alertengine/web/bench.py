"""The test bench: one line's facts typed in, and the order it gets by the rules of a day, with its reasoning.

Nothing of it goes into the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from alertengine.engine import Engine, Response, Segment
from alertengine.files import parse_number
from alertengine.lists import RowError, lines_from
from alertengine.orders import Explainer, Explanation, decide_lines, lighter_changes
from alertengine.vocabulary import EMISSION_FIELDS, FIELDS, LIST_FIELDS, YES_NO, InputError, Level, Problem, as_day

if TYPE_CHECKING:
    from alertengine.rulebook import Rulebook

#: Facts that every question has a field for; others are added where an order hangs on them or a person asks.
FIRST: Final = ("city", "county", "industry", "process", "grade")
YES, NO = YES_NO[True], YES_NO[False]


@dataclass(frozen=True, slots=True)
class BenchQuestion:
    """What is asked: facts by English field name as they were typed, day and hour, level, hours since the start."""

    facts: Mapping[str, str]
    day: date
    level: Level
    hours: float = 0
    hour: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """The first row of orders of the line, its reasoning, and fields whose filling in may change it."""

    order: dict[str, Any]
    explanation: Explanation
    hangs_on: tuple[str, ...] = ()


@dataclass
class Bench:
    """Answers questions by one rulebook; call in the deciding thread."""

    book: Rulebook

    @cached_property
    def engine(self) -> Engine:
        """Decides by the rulebook."""
        return Engine(self.book)

    def ask(self, question: BenchQuestion) -> Reply:
        """Decide the one line.

        Raises:
            InputError: a fact that no list could hold, every one of them, or a day of a year without any law.

        """
        as_day(question.day, "日期")
        facts = typed(question.facts)
        try:
            lines = lines_from([facts], self.book.lists)
        except RowError as error:
            raise InputError([Problem("facts_unreadable", where="session", error=error)]) from None
        asked = datetime.combine(question.day, time(question.hour))
        response = Response((Segment(asked, None, question.level),), asked - timedelta(hours=question.hours))
        engine, decided = self.engine, decide_lines(self.engine, lines, response)
        decisions, table = decided.decisions, decided.table
        order = {str(name): value for name, value in table.iloc[0].items()}
        trees = [Explainer(engine, lines, decisions[0], 0, decided.citation).tree()]
        changes = lighter_changes(engine, lines, response, published=False)
        return Reply(order, Explanation(trees, changes), decisions[0].bindings[decisions[0].binding[0]].hangs_on)


def typed(facts: Mapping[str, str]) -> dict[str, Any]:
    """Facts as a list holds them; blank ones are left out.

    Raises:
        InputError: with every fact that is not of its field.

    """
    found: dict[str, Any] = {}
    problems = []
    for name, text in facts.items():
        said = str(text).strip()
        if not said:
            continue
        kind = FIELDS[name].type
        if kind == "bool":
            if said not in (YES, NO):
                problems.append(Problem("yes_or_no_wanted", where="session", name=FIELDS[name].text))
            found[name] = said == YES
        elif kind in ("number", "integer"):
            try:
                amount = parse_number(said, FIELDS[name])
                found |= {} if amount is None else {name: amount}
            except ValueError:
                problems.append(Problem("number_wanted", where="session", name=FIELDS[name].text, said=said))
        else:
            found[name] = said
    if problems:
        raise InputError(problems)
    return found


def askable() -> dict[str, str]:
    """Every further field a person may fill in, with its Chinese name."""
    beside = {"enterprise", "enterprise_id", "line", "line_id", "province", *FIRST}
    named = [one for one in LIST_FIELDS if not one.private and not one.derived and one.name not in beside]
    first = [one for one in named if one.name in EMISSION_FIELDS.values()]
    return {one.name: one.text for one in (*first, *(one for one in named if one not in first))}


def choices(name: str, book: Rulebook) -> list[str]:
    """The values a field may take; none where it is free."""
    one = FIELDS[name]
    if one.type == "bool":
        return [YES, NO]
    if one.open_list == "industries":
        return list(book.lists.industries)
    if one.open_list == "processes":
        return list(book.lists.processes)
    return list(one.values)
