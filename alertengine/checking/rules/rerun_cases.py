"""Worked cases run again and again under changed rules: the engine with a plain matcher.

The matcher library frees nothing it has compiled, so a thousand changed rulebooks cannot
go through it.  Here the same coded conditions are evaluated directly; everything else is
the engine itself.  What an order hangs on is searched only where a case expects it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import pandas as pd

from alertengine.checking.rules.cases import Case, CaseRunner
from alertengine.checking.rules.evaluate_condition import Line
from alertengine.engine import Engine, Facts, Law, Matcher, Table
from alertengine.lists import RowError, lines_from
from alertengine.rulebook import Condition, LineRule, OpenLists, Rulebook, variant

Members = frozenset[str]
#: Tables by what they are of: a condition's serves every rulebook.
Tables = dict[Condition, Table]


class PlainMatcher(Matcher):
    """A matcher that goes by its tables alone, unproven; ``tables`` keeps what was compiled."""

    def __init__(self, rules: Sequence[tuple[LineRule, Members]], tables: Tables) -> None:
        """Take the rules; nothing is compiled before a line needs it."""
        self._prepare(rules, tables)

    def _check(self, *_: object) -> None:
        """Show nothing: the rule library compiles nothing here."""


class _PlainLaw(Law):
    """The law of a moment with plain matchers."""

    def __init__(self, book: Rulebook, when: datetime, known_on: date | None, kept: LastRun) -> None:
        self._kept = kept
        super().__init__(book, when, known_on, kept.matchers)

    def _compile(self, rules: Sequence[tuple[LineRule, Members]], _: object) -> Matcher:
        return PlainMatcher(rules, self._kept.tables)


class LastRun:
    """What is compiled of the rules of one rulebook, for the next one, which differs from it in a few rules."""

    def __init__(self, tables: Tables | None = None, matchers: dict[frozenset[str], Matcher] | None = None) -> None:
        """Start from tables and matchers that are already there."""
        self.tables: Tables = tables if tables is not None else {}
        self.matchers: dict[frozenset[str], Matcher] = dict(matchers or {})

    def without(self, names: Iterable[str]) -> LastRun:
        """All of it but what was compiled of some rules, whose conditions have changed (``names``: their ids)."""
        gone = set(names)
        held = {key: {one.partition("~")[0] for one in key} for key in self.matchers}  # see rulebook.Held
        return LastRun(self.tables, {key: self.matchers[key] for key, rules in held.items() if gone.isdisjoint(rules)})


class _PlainEngine(Engine):
    """An engine whose law matches plainly."""

    def __init__(self, book: Rulebook, known_on: date | None, kept: LastRun, *, hanging: bool) -> None:
        super().__init__(book, known_on, hanging=hanging)
        self._kept = kept

    def _compiled(self, when: datetime) -> Law:
        return _PlainLaw(self.book, when, self.known_on, self._kept)


class Rehearsal(CaseRunner):
    """Runs cases under a rulebook with some line rules changed."""

    def __init__(self, books: Books, changed: Sequence[LineRule] = (), *, conditions: bool = True) -> None:
        """Take the rulebook as it is and what is changed; ``conditions``: also in what the rules ask for."""
        super().__init__(books.book)
        self._books = books
        self._changed = changed
        self._new = [rule.id for rule in changed] if conditions else []

    def _lines(self, case: Case, lists: OpenLists) -> pd.DataFrame:
        """The lines of a case, made once."""
        said = str(case.rows)
        if said not in self._books.lines:
            self._books.lines[said] = super()._lines(case, lists)
        return self._books.lines[said]

    def facts(self, case: Case) -> list[Line]:
        """The lines of a case with their effective grades."""
        engine = self._engine(case)
        lines = self._lines(case, engine.book.lists)
        facts = Facts(lines, engine.book.lists, case.day)
        graded = facts.with_grade(engine.law(case.when).match(facts).effective)
        return [Line(graded, row) for row in range(len(lines))]

    def _made(self, case: Case) -> Engine:
        book, kept = self._books.adopting(case)
        if self._changed:
            here = [rule.model_copy(update={"area": book.rules[rule.id].area}) for rule in self._changed]
            book, kept = variant(book, here), kept.without(self._new)
        return _PlainEngine(book, case.known_on, kept, hanging=case.asks_what_is_open)


class Books:
    """A rulebook under every set of adopted documents that cases ask for, and what is kept for each."""

    def __init__(self, book: Rulebook) -> None:
        """Take the rulebook without further adoptions."""
        self.book = book
        self._adopted: dict[tuple[tuple[str, str], ...], tuple[Rulebook, LastRun]] = {(): (book, LastRun())}
        #: The lines of each case that was run, by what the case says of them.
        self.lines: dict[str, pd.DataFrame] = {}

    def adopting(self, case: Case) -> tuple[Rulebook, LastRun]:
        """The rulebook with the documents adopted that a case adopts, and what was compiled for it as it is."""
        if case.adopted not in self._adopted:
            self._adopted[case.adopted] = self.book.adopting(case.adopt), LastRun()
        return self._adopted[case.adopted]

    def prepare(self, cases: Iterable[Case]) -> None:
        """Make the lines of many cases in one go; a case with a fact no list could hold is left to itself."""
        whole = [case for case in cases if case.rows]
        rows = [{"line_id": str(number), **row} for case in whole for number, row in enumerate(case.rows, start=1)]
        try:
            table = lines_from(rows, self.book.lists)
        except RowError:
            return
        at = 0
        for case in whole:
            self.lines[str(case.rows)] = table.iloc[at : at + len(case.rows)].reset_index(drop=True)
            at += len(case.rows)
