"""Testing the worked cases: every value of every rule is moved a step, and some case must notice.

A shift that no case of the rule's document notices is a survivor: the law could be
mistyped there and every case would still hold.  Only cases are run that a shift can reach:
those with a line for which the moved rule holds, or holds otherwise than before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from pathlib import Path

from alertengine.checking.rules.cases import Case, CaseOutcome, read_cases
from alertengine.checking.rules.check import files_of_cases
from alertengine.checking.rules.dates import in_season
from alertengine.checking.rules.evaluate_condition import Line, truth
from alertengine.checking.rules.mutants import Shift, shifts
from alertengine.checking.rules.rerun_cases import Books, Rehearsal
from alertengine.rulebook import LineRule, Rulebook, variant, written


@dataclass(slots=True)
class Mutation:
    """What became of all shifts: how many were tried, and those that no case noticed."""

    tried: int = 0
    survivors: list[Shift] = field(default_factory=list)
    #: Cases that fail before anything is moved, and so prove nothing.
    failing: list[CaseOutcome] = field(default_factory=list)


@dataclass(slots=True)
class _Prepared:
    """A case that holds as things are: its lines as they stand under the rules unmoved."""

    case: Case
    path: Path
    touched: frozenset[str]
    lines: list[Line]


def mutate(book: Rulebook, document: str | None = None, progress: Callable[[int, int], None] | None = None) -> Mutation:
    """Move every value of the line rules, or of one document's, and run the cases that could notice.

    Args:
        book: the rulebook, loaded from its folders.
        document: only rules of this document.
        progress: called with how many more shifts are done, and of how many.

    Raises:
        InputError: no such document.

    """
    books = Books(book)
    out = Mutation()
    cases = list(_prepared(books, out, document))
    todo = shifts(book, written(book), document)
    old = {rule.id: rule for rule in book.line_rules()}
    for shift in todo:
        out.tried += 1
        names = {rule.id for rule in shift.rules}
        reached = [one for one in cases if _concerns(shift, one, old, book) and _reaches(shift, one, old)]
        runner = Rehearsal(books, shift.rules, conditions=shift.condition)
        reached.sort(key=partial(_order, names))
        if not any(runner.run(one.case, one.path).differences for one in reached):
            out.survivors.append(shift)
        if progress is not None:
            progress(1, len(todo))
    return out


def _prepared(books: Books, out: Mutation, document: str | None) -> Iterator[_Prepared]:
    plain = Rehearsal(books)
    cases = [(case, path) for path in files_of_cases(books.book, document) for case in read_cases(path)]
    books.prepare(case for case, _ in cases)
    for case, path in cases:
        outcome = plain.run(case, path)
        if outcome.differences:
            out.failing.append(outcome)
        elif case.rows:
            yield _Prepared(case, path, outcome.touched, plain.facts(case))


def _concerns(shift: Shift, one: _Prepared, old: dict[str, LineRule], book: Rulebook) -> bool:
    """Whether a case stands beside the document of the moved rules, or touches them, and is of a day that counts."""
    documents = {old[rule.id].document for rule in shift.rules}
    # The name of the file of worked cases beside a document.
    beside = any(Path(book.documents[name].file).with_suffix(".test.yaml").name == one.path.name for name in documents)
    if not beside and not any(rule.id in one.touched for rule in shift.rules):
        return False
    moved = variant(book, shift.rules)
    if shift.what.startswith("valid ") or shift.what in ("levels", "during"):
        return any(_acts(moved, rule, one) != _acts(book, old[rule.id], one) for rule in shift.rules)
    return any(_acts(moved, rule, one) for rule in shift.rules)


def _acts(book: Rulebook, rule: LineRule, one: _Prepared) -> bool:
    """Whether a rule can act on the day and at the level of a case."""
    case = one.case
    at_level = not rule.regimes or any(regime != "warning" or case.level in rule.levels for regime in rule.regimes)
    return at_level and book.holds(rule, case.when, case.known_on) and in_season(book, rule, case.day)


def _reaches(shift: Shift, one: _Prepared, old: dict[str, LineRule]) -> bool:
    """Whether a shift can change what a case's order says: the moved rule holds, or holds otherwise."""
    if one.case.asks_what_is_open:
        return True
    for rule, line in product(shift.rules, one.lines):
        before, after = truth(old[rule.id].when, line) is True, truth(rule.when, line) is True
        if (before != after) if shift.condition else (before or after):
            return True
    return False


def _order(names: set[str], one: _Prepared) -> tuple[bool, bool]:
    """Sorts cases by how likely they are to notice: those that expect a rule first, then those that touch it."""
    expected = {name for expect in one.case.expectations for name in expect.rules or ()}
    return not expected & names, not one.touched & names
