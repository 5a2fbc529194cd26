"""What an order hangs on: the unknown fields whose filling-in could change it.

For one kind of line the matcher leaves, per rule that is still open, the condition over its unknown fields. A set of
unknown fields is *decisive* when some values for them change status, measures or transport; ``hangs_on`` is the union
of the minimal decisive sets, named by the list columns they come from, carried through classification.
"""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from alertengine.rulebook import Atom, Condition, Leaf, OverLines, fields_of, leaves, negate
from alertengine.vocabulary import FIELDS, GRADES

#: Assignments tried for one candidate set, and candidate sets tried for one kind of line: beyond
#: either every open field is named, which errs to the side of telling a person too much.
MAX_ASSIGNMENTS = 4096
MAX_CANDIDATES = 512

#: What stands before the fields of a condition that is asked of all lines of an enterprise.
_LINES = "\0lines "
_OTHER = "\0other"
Key = tuple[str, str]
_GRADE: Key = ("grade", "")
_EFFECTIVE: Key = ("effective_grade", "")
Assignment = dict[Key, Any]
Open = tuple[tuple[str, Condition], ...]
#: A condition ready to be asked under an assignment: Kleene's value, None where it stays open.
Test = Callable[[Assignment], bool | None]


@dataclass(frozen=True, slots=True)
class Question:
    """One kind of line with something unknown.

    ``grade`` is the listed grade, None where unknown.  ``classifying`` and ``open`` pair rules with the
    conditions left over; ``open`` of a line whose effective grade may change leaves the grade open.
    """

    grade: str | None
    classified: frozenset[str]
    classifying: Open
    sure: frozenset[str]
    open: Open

    def __hash__(self) -> int:
        """By the names of the rules: hashing what is left of every condition would cost more than it tells apart."""
        names = tuple([name for name, _ in (*self.classifying, *self.open)])
        return hash((self.grade, self.classified, self.sure, names))


#: Effective grade from the listed grade and the classification rules that hold.
Regrade = Callable[[str | None, frozenset[str]], str | None]
#: A comparable outcome for the rules that hold.
Outcome = Callable[[frozenset[str]], Any]


def hangs_on(question: Question, regrade: Regrade, outcome: Outcome) -> tuple[str, ...]:
    """List columns the order of this kind of line hangs on, sorted.

    Args:
        question: the kind of line.
        regrade: the effective grade that holds under given classification rules.
        outcome: what a set of measure rules amounts to.

    """
    found = [
        frozenset(FIELDS[name].source or name for key in fields for name in _named(key))
        for fields in _Search(question, regrade, outcome).run()
    ]
    minimal = [columns for columns in found if not any(other < columns for other in found)]
    return tuple(sorted(set().union(*minimal)))


class _Search:
    def __init__(self, question: Question, regrade: Regrade, outcome: Outcome) -> None:
        self._question = question
        self._regrade = regrade
        self._outcome = outcome
        self._domains = _domains(question)
        self._classifying = [(rule, ready(left)) for rule, left in question.classifying]
        self._open = [(rule, ready(left)) for rule, left in question.open]
        self._touching = self._by_field()
        self._grading = frozenset().union(*(_keys(left) for _, left in question.classifying)) | {("grade", "")}
        self._holding = self._rules({}, self._open, question.sure)
        self._baseline = outcome(self._holding)

    def _by_field(self) -> dict[Key, list[tuple[str, Test]]]:
        """For each field the open rules that read it."""
        out: dict[Key, list[tuple[str, Test]]] = {}
        for (_, left), open_rule in zip(self._question.open, self._open, strict=True):
            for key in _keys(left):
                out.setdefault(key, []).append(open_rule)
        return out

    def run(self) -> list[frozenset[Key]]:
        found: list[frozenset[Key]] = []
        for tried, candidate in enumerate(self._candidates()):
            if tried >= MAX_CANDIDATES:
                return [frozenset(self._domains)]
            if any(minimal <= candidate for minimal in found):
                continue
            if self._decisive(candidate):
                found.append(candidate)
        return found

    def _candidates(self) -> Iterator[frozenset[Key]]:
        """Sets of fields that could make some open rules hold, smallest first.

        Every minimal decisive set is a union of supports: dropping a field that supports no rule that
        its values bring about would change nothing.
        """
        supports = {s for _, condition in self._question.classifying for s in _supports(condition, ())}
        graded = tuple(sorted(supports, key=_order))
        if self._question.grade is None:
            graded = (frozenset({("grade", "")}), *graded)
        for _, condition in self._question.open:
            supports.update(_supports(condition, graded))
        ordered = sorted((s for s in supports if s), key=_order)
        seen: set[frozenset[Key]] = set()
        for size in itertools.count(1):
            unions = {
                frozenset().union(*chosen)
                for chosen in itertools.islice(itertools.combinations(ordered, size), MAX_CANDIDATES + 1)
            }
            fresh = sorted(unions - seen, key=_order)
            if not fresh:
                return
            seen.update(fresh)
            yield from fresh

    def _decisive(self, candidate: frozenset[Key]) -> bool:
        keys = sorted(candidate)
        choices = [self._domains[key] for key in keys]
        if math.prod(map(len, choices)) > MAX_ASSIGNMENTS:
            return True
        read = keys if self._grading.isdisjoint(candidate) else [*keys, _EFFECTIVE]
        touched = tuple(dict.fromkeys(item for key in read for item in self._touching.get(key, ())))
        return any(
            self._outcome(self._rules(dict(zip(keys, values, strict=True)), touched, self._holding)) != self._baseline
            for values in itertools.product(*choices)
        )

    def _rules(
        self, assigned: Assignment, looked_at: Iterable[tuple[str, Test]], before: frozenset[str]
    ) -> frozenset[str]:
        """The measure rules that hold under an assignment; only those looked at can differ from before."""
        question = self._question
        if question.classifying:
            said = {rule: test(assigned) for rule, test in self._classifying}
            gone = {rule for rule, value in said.items() if value is False}
            holding = (question.classified | {rule for rule, value in said.items() if value}) - gone
        else:
            holding = question.classified
        effective = self._regrade(assigned.get(_GRADE, question.grade), holding)
        if effective is not None:
            assigned = {**assigned, _EFFECTIVE: effective}
        values = [(rule, test(assigned)) for rule, test in looked_at]
        after = set(before)
        for rule, value in values:
            if value:
                after.add(rule)
            else:
                after.discard(rule)
        return frozenset(after)


def _keys(condition: Condition) -> frozenset[Key]:
    """Everything a condition reads."""
    return frozenset(key_of(leaf) for leaf in leaves(condition))


def _order(fields: frozenset[Key]) -> tuple[int, list[Key]]:
    return len(fields), sorted(fields)


def key_of(atom: Leaf) -> Key:
    """What is filled in to decide a comparison: a field, one name of a set field, or what all lines come to."""
    if isinstance(atom, OverLines):
        asked = negate(atom.part) if atom.every else atom.part  # the same question, of one of the lines
        return _LINES + ";".join(atom.unknown or sorted(fields_of(atom))), repr(asked)
    if FIELDS[atom.field].type == "names" and atom.values:
        return atom.field, str(atom.values[0])
    return atom.field, ""


def _named(key: Key) -> list[str]:
    """The fields that a key stands for; several of lines come from one column."""
    return key[0].removeprefix(_LINES).split(";") if key[0].startswith(_LINES) else [key[0]]


def _supports(condition: Condition, graded: tuple[frozenset[Key], ...]) -> set[frozenset[Key]]:
    """Sets of fields whose values together can make a condition hold, or undo it."""
    if isinstance(condition, OverLines):
        return {frozenset({key_of(condition)})}
    if isinstance(condition, Atom):
        blank_will_do = {frozenset[Key]()} if condition.op == "missing" and not condition.negated else set()
        if condition.field == "effective_grade":  # it may hold by the grade as it stands
            return {frozenset(), *graded}
        return blank_will_do | {frozenset({key_of(condition)})}
    inner = [_supports(part, graded) for part in condition.parts]
    if not condition.every:
        return set().union(*inner)
    product = itertools.islice(itertools.product(*inner), MAX_CANDIDATES)
    return {frozenset().union(*chosen) for chosen in product}


def _domains(question: Question) -> dict[Key, list[Any]]:
    """Values that stand for every distinguishable way to fill in each open field."""
    used: dict[Key, list[Leaf]] = {}
    for _, condition in (*question.classifying, *question.open):
        for leaf in leaves(condition):
            used.setdefault(key_of(leaf), []).append(leaf)
    used.pop(("effective_grade", ""), None)
    if question.grade is None:
        used.setdefault(("grade", ""), [])
    return {key: stand_ins(key, compared) for key, compared in used.items()}


def stand_ins(key: Key, compared: Iterable[Leaf]) -> list[Any]:
    """One value for every way the comparisons can tell values of a field apart."""
    if key[0].startswith(_LINES):
        return [False, True]
    field = FIELDS[key[0]]
    if key[0] == "grade":
        return list(GRADES)  # a drop can lead from any grade to one that a rule names
    constants = sorted({value for atom in compared if isinstance(atom, Atom) for value in atom.values}, key=str)
    if field.type == "bool" or key[1]:
        return [False, True]
    if field.type in ("number", "integer"):
        cuts = sorted(float(value) for value in constants)
        between = [(a + b) / 2 for a, b in itertools.pairwise(cuts)]
        return [cuts[0] - 1, *cuts, *between, cuts[-1] + 1] if cuts else [0.0]
    return [*constants, _OTHER]


def holds(condition: Condition, assigned: Assignment) -> bool | None:
    """Kleene's value of a condition under an assignment: None where it stays open."""
    return ready(condition)(assigned)


@lru_cache(maxsize=200_000)
def ready(condition: Condition) -> Test:
    """A condition made ready to be asked; equal ones, of which few are left over, once."""
    if isinstance(condition, OverLines):
        key, every = key_of(condition), condition.every

        def one_of_them(assigned: Assignment) -> bool | None:
            value = assigned.get(key, _OPEN)
            return None if value is _OPEN else bool(value) != every

        return one_of_them
    if isinstance(condition, Atom):
        key, negated = key_of(condition), condition.negated
        if condition.op == "missing":
            return lambda assigned: (key not in assigned) != negated
        said = _comparison(condition)

        def compare(assigned: Assignment) -> bool | None:
            value = assigned.get(key, _OPEN)
            return None if value is _OPEN else said(value) != negated

        return compare
    parts = tuple(ready(part) for part in condition.parts)
    every = condition.every

    def group(assigned: Assignment) -> bool | None:
        value: bool | None = every
        for part in parts:
            one = part(assigned)
            if one is None:
                value = None
            elif one is not every:
                return one
        return value

    return group


_OPEN = object()


def _comparison(atom: Atom) -> Callable[[Any], bool]:
    """The comparison of a value with the atom's constants."""
    if atom.op == "in":
        return bool if FIELDS[atom.field].type == "names" else frozenset(atom.values).__contains__
    compare, constant = (
        {"lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge}[atom.op],
        atom.values[0],
    )
    return lambda value: compare(value, constant)
