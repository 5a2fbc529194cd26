"""Checking a rulebook: every defect that shows without an enterprise list, found exactly.

Not by sampling: the profiles a rulebook can distinguish are finite, so "never", "always"
and "on some line" are decided over all of them (see :mod:`alertengine.checking.rules.profile_space`).
Declared holes are not defects.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from alertengine.checking.rules.cases import CaseOutcome, case_files, read_cases
from alertengine.checking.rules.dates import SameCondition, idle_periods, out_of_time, succession_holes
from alertengine.checking.rules.findings import RuleDefect, about
from alertengine.checking.rules.grids import contradicted_holes, gaps
from alertengine.checking.rules.overlaps import Overlaps
from alertengine.checking.rules.profile_space import Space
from alertengine.checking.rules.references import broken_references, unreachable, without_subject
from alertengine.checking.rules.rerun_cases import Books, Rehearsal
from alertengine.checking.rules.rules_in_force_together import situations, whole
from alertengine.engine import Matcher
from alertengine.files import lined
from alertengine.rulebook import Condition, Group, Rulebook, atoms, condition_as_dict, variant, written
from alertengine.vocabulary import EngineError, InputError, Problem


def check_rulebook(book: Rulebook, outcomes: Iterable[CaseOutcome] | None = None) -> list[RuleDefect]:
    """Every finding on a rulebook, in the order of the kinds.

    Every rule that can be compiled is proven against durable-rules and certified, if it was not before.

    Args:
        book: the rulebook.
        outcomes: what its worked cases came to; None leaves the question of missing tests aside.

    Raises:
        EngineError: durable-rules finds otherwise than the compiled law.

    """
    book = whole(book)
    documents = written(book)
    unfit = list(outside_dialect(book))
    fit = variant(book, without=map(_rule_of, unfit))
    Matcher([(rule, fit.members(rule)) for rule in fit.line_rules()]).prove()
    impossible, idle = list(never_holding(fit)), list(idle_periods(book))
    overlaps, same = Overlaps(fit), SameCondition(fit)
    for situation in situations(fit):
        same.see(situation)
        overlaps.see(situation)
    known = {*map(_rule_of, (*unfit, *impossible, *idle)), *(name for pair in same.findings for name in pair)}
    idling = overlaps.never_binding(known)
    findings = [*unfit, *impossible, *idling, *overlaps.disagreeing, *gaps(book, documents)]
    findings += [*idle, *same.findings.values(), *succession_holes(book, documents)]
    findings += [*out_of_time(book), *broken_references(book, documents), *contradicted_holes(fit)]
    findings += [*without_subject(book), *unreachable(book)]
    if outcomes is not None:  # a rule that can do nothing can have no case
        findings += untested(book, outcomes, {*map(_rule_of, (*unfit, *impossible, *idle, *idling))})
    places = lined(finding.problem for finding in findings)
    return [replace(finding, problem=problem) for finding, problem in zip(findings, places, strict=True)]


def _rule_of(finding: RuleDefect) -> str:
    return finding.problem.column.removeprefix("rule ")


def outside_dialect(book: Rulebook) -> Iterator[RuleDefect]:
    """Rules that cannot be compiled on their own, or have too many alternatives to be looked at one by one."""
    for rule in book.line_rules():
        try:
            Matcher([(rule, book.members(rule))])
            Space([rule.when], book.lists, rule.valid.bounds()[0]).region(rule.when)
        except (EngineError, OverflowError) as error:
            yield about(book, rule, "dialect", "outside_dialect", error=error)


def never_holding(book: Rulebook) -> Iterator[RuleDefect]:
    """Rules with a condition, or an alternative of one, that holds for no line on any day of their validity."""
    ultra_low = sorted({i.ultra_low_from for i in book.lists.industries.values() if i.ultra_low_from})
    for rule in book.line_rules():
        first, last = rule.valid.bounds()
        days = [first, *(day for day in ultra_low if first < day <= last)]  # one for each set of standards it can meet
        spaces = [Space([rule.when], book.lists, day) for day in days]
        for part in _parts(rule.when):
            if not any(space.region(part) for space in spaces):
                code = "never_holds" if part is rule.when else "part_never_holds"
                fields = ", ".join(dict.fromkeys(atom.field for atom in atoms(part)))
                value = str(condition_as_dict(part))
                yield about(book, rule, "never_holds", code, value=value, fields=fields)
                break


def _parts(condition: Condition) -> Iterator[Condition]:
    """The whole condition first, then every alternative in it."""
    yield condition
    yield from _inner(condition)


def _inner(condition: Condition) -> Iterator[Condition]:
    if isinstance(condition, Group):
        for part in condition.parts:
            yield from (_parts(part) if not condition.every else _inner(part))


def run_cases(book: Rulebook, progress: Callable[[int, int], None] | None = None) -> list[CaseOutcome]:
    """Run every worked case of a rulebook's folders once; ``progress(more, of)`` is called as they are done."""
    books = Books(book)
    cases = [(case, path) for path in case_files(book.folders) for case in read_cases(path)]
    books.prepare(case for case, _ in cases)
    return Rehearsal(books).run_all(cases, progress)


def files_of_cases(book: Rulebook, document: str | None) -> list[Path]:
    """The files of worked cases of a rulebook, or the one beside a document.

    Raises:
        InputError: no such document.

    """
    if document is None:
        return case_files(book.folders)
    if document not in book.documents:
        raise InputError([Problem("adopt_no_document", where="--document", value=document, names=book.documents)])
    beside = Path(book.documents[document].file).with_suffix(".test.yaml")
    return [path for path in case_files(book.folders) if path == beside]


def untested(book: Rulebook, outcomes: Iterable[CaseOutcome], skip: Container[str]) -> Iterator[RuleDefect]:
    """Line rules that no worked case brings to bear: neither binding nor set aside in any."""
    touched = frozenset[str]().union(*(outcome.touched for outcome in outcomes))
    for rule in book.line_rules():
        if rule.id not in touched and rule.id not in skip:
            yield about(book, rule, "untested", "untested")
