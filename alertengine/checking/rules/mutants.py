"""Every way to move one value of a line rule by a step: numbers, dates, booleans, codes, shares, levels.

A number moves by one in its last decimal and across its own edge (le to lt), a share by
0.05, a date by a day; a code moves to its neighbour in the list it comes from, one of
several is left out.  A value is moved where it is written: what rules take from another
(``like``), from their table, from ``defaults`` or from the document moves in all of them.
A survivor says that the law could be mistyped unnoticed.  Where the semantics make two
spellings one law there is nothing to notice, and the move is not made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from math import inf
from typing import Any, get_args

from pydantic import ValidationError

from alertengine.checking.rules.dates import in_season
from alertengine.rulebook import (
    WARNING_LEVELS,
    Atom,
    Base,
    Condition,
    Counting,
    Demand,
    Group,
    LineRule,
    Measure,
    OpenLists,
    Over,
    OverLines,
    PartialDate,
    Regrade,
    Rulebook,
    Valid,
    Written,
    atoms,
)
from alertengine.vocabulary import FIELDS, GRADES, number

SHARE_STEP = 0.05
_EDGES = {"lt": "le", "le": "lt", "gt": "ge", "ge": "gt"}
_NEXT_WORD = {"stop": "bank", "bank": "stop", "none": "stop", "exempt": "self_directed", "self_directed": "exempt"}
_CODES = {"base": get_args(Base), "over": get_args(Over), "demand": get_args(Demand)}
_COUNTINGS = get_args(Counting)
#: Numbers of a measure that an order shows (the stage, class and fuel of vehicles stand in its text only).
_ONES = ("hours", "amount", "o2_pct", "size_at_least", "size_at_most", "after_hours", "until_hours")


@dataclass(frozen=True, slots=True)
class Shift:
    """One value moved: where it is written, what, from, to, and the rules as they then read."""

    where: str
    what: str
    before: str
    after: str
    rules: tuple[LineRule, ...]

    @property
    def condition(self) -> bool:
        """Whether a condition was moved."""
        return self.what.startswith("when ")


def shifts(book: Rulebook, documents: dict[str, Written], document: str | None = None) -> list[Shift]:
    """Every shift of every value of the line rules, or of those of one document, once for each place."""
    found: dict[tuple[str, ...], dict[str, Shift]] = {}
    for rule in book.line_rules():
        if document in (None, rule.document):
            source = _Source(rule, documents[rule.document], {r.id: r for r in book.line_rules()})
            for shift in (*_conditions(source, book.lists), *_measures(source), *_scope(source, book)):
                moved = shift.rules[0]
                if _begins_under_a_stop(rule, moved) or _spares_what_stays(rule, moved, book.lists):
                    continue  # it asks the same of every line
                key = (rule.document, shift.where, shift.what, shift.before, shift.after)
                found.setdefault(key, {}).setdefault(rule.id, shift)
    return [
        replace(next(iter(same.values())), rules=tuple(moved for shift in same.values() for moved in shift.rules))
        for same in found.values()
    ]


@dataclass(frozen=True, slots=True)
class _Source:
    """A rule and where its keys are written."""

    rule: LineRule
    document: Written
    rules: dict[str, LineRule]

    def moved(self, where: str, what: str, before: Any, after: Any, **update: Any) -> Shift:
        """The shift of one value."""
        return Shift(where, what, str(before), str(after), (self.rule.model_copy(update=update),))

    def key(self, key: str) -> tuple[str, Any]:
        """Where a key is written, and what stands there; keys of a table's cells are the rule's own."""
        if self.rule.cell and key in ("then", "levels"):
            return self.rule.id, True
        place, value = self.document.origin(self.rule, key)
        return (f"{self.rule.document} {place}" if place.startswith("defaults") else place), value

    def atom(self, atom: Atom) -> str:
        """Where a comparison is written: here, in a rule this one is like, or in the ``when`` of its table."""
        name = self.rule.id
        while name in self.document.rules:
            own = self.document.rules[name]
            parent = own.get("like")
            taken = parent in self.rules and atom in atoms(self.rules[parent].when)
            if not taken or atom.field in (own.get("when") or {}):
                return name
            name = str(parent)
        table = self.document.tables.get(self.rule.cell[0] if self.rule.cell else "", {})
        return str(table["id"]) if atom.field in (table.get("when") or {}) else name


# -- conditions


def _conditions(source: _Source, lists: OpenLists) -> Iterator[Shift]:
    for at, atom in enumerate(atoms(source.rule.when)):
        for moved in _moved(atom, lists):
            when = _replaced(source.rule.when, at, moved)
            if when != source.rule.when:
                after = said(moved)
                if gone := set(atom.values) - set(moved.values) if len(atom.values) > 1 else ():
                    after = f"without {', '.join(map(str, gone))}"
                yield source.moved(source.atom(atom), f"when {atom.field}", said(atom), after, when=when)


def _moved(atom: Atom, lists: OpenLists) -> Iterator[Atom]:
    if atom.op in _EDGES:
        yield replace(atom, op=_EDGES[atom.op])
        step = unit(atom.values[0])
        yield from (replace(atom, values=(round(atom.values[0] + d, 9),)) for d in (step, -step))
        return
    yield replace(atom, negated=not atom.negated)
    if atom.op != "in" or FIELDS[atom.field].type == "bool":
        return
    for value in atom.values:
        rest = tuple(other for other in atom.values if other != value)
        neighbour = None if rest else _neighbour(atom.field, value, atom.values, lists)
        if rest or neighbour is not None:
            yield replace(atom, values=rest or (neighbour,))


def _neighbour(field: str, value: str, taken: tuple[Any, ...], lists: OpenLists) -> str | None:
    """The next value of a closed field or open list that the comparison does not name; None in free text."""
    of = FIELDS[field]
    names: list[str] = list(of.values)
    if of.type == "open":
        names = {
            "industries": list(lists.industries),
            "processes": list(lists.processes),
            "sectors": list(lists.sectors),
        }.get(of.open_list, lists.cities())
    if value not in names:
        return None
    at = names.index(value)
    return next((name for name in (*names[at + 1 :], *names[:at]) if name not in taken), None)


def _replaced(condition: Condition, number: int, by: Condition) -> Condition:
    """The condition with its n-th comparison replaced."""
    if isinstance(condition, OverLines):
        part = _replaced(condition.part, number, by)
        return condition if isinstance(part, OverLines) else OverLines(condition.every, part)
    if isinstance(condition, Atom):
        return by if number == 0 else condition
    parts: list[Condition] = []
    for part in condition.parts:
        count = sum(1 for _ in atoms(part))
        parts.append(_replaced(part, number, by) if 0 <= number < count else part)
        number -= count
    return Group(condition.every, tuple(parts))


def unit(value: float) -> float:
    """One in the last decimal a number is written with."""
    text = f"{value:.6f}".rstrip("0")
    return float(10.0 ** -len(text.split(".")[1]))


def said(atom: Atom) -> str:
    """A comparison as a person reads it."""
    values = ", ".join(number(value) if isinstance(value, float) else str(value) for value in atom.values)
    return f"{'not ' if atom.negated else ''}{atom.op} {values}".strip()


# -- measures and regrading


def _measures(source: _Source) -> Iterator[Shift]:
    rule = source.rule
    where, _ = source.key("then")
    for at, measure in enumerate(rule.measures):
        for name, value in _values(measure):
            try:
                moved = Measure.model_validate(measure.model_dump() | {name: value})
            except ValidationError:
                continue
            measures = (*rule.measures[:at], moved, *rule.measures[at + 1 :])
            if moved != measure:
                yield source.moved(where, f"then {name}", getattr(measure, name), value, measures=measures)
    yield from _regrades(source, where)


def _values(measure: Measure) -> Iterator[tuple[str, Any]]:
    """Names of a measure's values, each with one value beside it."""
    if measure.share is not None:
        yield from (("share", round(measure.share + d, 6)) for d in (SHARE_STEP, -SHARE_STEP))
    for name in _ONES:
        value = getattr(measure, name)
        if value:
            yield from ((name, round(value + d, 6)) for d in (unit(value), -unit(value)))
    for at, (pollutant, cap) in enumerate(measure.caps):
        for d in (unit(cap), -unit(cap)):
            caps = (*measure.caps[:at], (pollutant, round(cap + d, 6)), *measure.caps[at + 1 :])
            yield "caps", caps
    for name, names in _CODES.items():
        value = getattr(measure, name)
        if value and (name != "over" or measure.code in ("stop_share", "stop_units")):
            yield name, names[(names.index(value) + 1) % len(names)]
    for by in measure.by:
        other = _COUNTINGS[(_COUNTINGS.index(by) + 1) % len(_COUNTINGS)]
        yield "by", tuple(dict.fromkeys(other if name == by else name for name in measure.by))
    if measure.code in _NEXT_WORD:
        yield "code", _NEXT_WORD[measure.code]
    if measure.daily:
        hour = (int(measure.daily[:2]) + 1) % 24
        yield "daily", f"{hour:02d}{measure.daily[2:]}"
    if measure.total:
        yield "total", False


def _regrades(source: _Source, where: str) -> Iterator[Shift]:
    regrade = source.rule.regrade
    if regrade is None:
        return
    moved: list[Regrade] = []
    if regrade.grade is not None:
        moved.append(Regrade(grade=GRADES[(GRADES.index(regrade.grade) + 1) % len(GRADES)]))
    else:
        moved += [Regrade(drop=drop) for drop in ((regrade.drop or 0) + 1, (regrade.drop or 0) - 1) if drop]
    for other in moved:
        before, after = regrade.grade or regrade.drop, other.grade or other.drop
        yield source.moved(where, "then grade" if regrade.grade else "then drop", before, after, regrade=other)


# -- levels, periods, dates


def _scope(source: _Source, book: Rulebook) -> Iterator[Shift]:
    rule = source.rule
    where, written = next((found for key in ("levels", "level") if (found := source.key(key))[1]), ("", None))
    if "warning" in rule.regimes and written is not None:
        for level in WARNING_LEVELS:
            levels = tuple(one for one in WARNING_LEVELS if (one in rule.levels) != (one is level))
            yield source.moved(where, "levels", " ".join(rule.levels), " ".join(levels) or "(none)", levels=levels)
    if rule.during:
        for name in dict.fromkeys(period.name for period in book.lists.periods if period.name != rule.during):
            yield source.moved(source.key("during")[0], "during", rule.during, name, during=name)
    yield from _dates(source, book)


def _dates(source: _Source, book: Rulebook) -> Iterator[Shift]:
    """Both ends a day (an hour, where they name one) later and earlier; not where the rule is out of season then."""
    valid = source.rule.valid
    for key, name, end in (("from", "first", valid.first), ("to", "last", valid.last)):
        if not isinstance(end, PartialDate):
            continue
        place, value = source.key("valid")
        where = place if isinstance(value, dict) and key in value else f"document {source.rule.document}"
        step = timedelta(hours=1) if end.time else timedelta(days=1)
        edge = end.begins if key == "from" else end.until
        for move in (step, -step):
            if in_season(book, source.rule, min(edge, edge + move).date()):
                to = end.begins + move
                other = PartialDate(day=to.date(), exact=end.exact, time=end.time and to.time())
                moved = Valid.model_construct(**{"first": valid.first, "last": valid.last, name: other})  # type: ignore[arg-type]
                yield source.moved(where, f"valid {key}", end, other, valid=moved)


def _begins_under_a_stop(old: LineRule, moved: LineRule) -> bool:
    """A measure begins sooner, at an hour at which the rule's own stop still absorbs it."""
    if len(old.measures) != len(moved.measures):
        return False
    changed = [(a, b) for a, b in zip(old.measures, moved.measures, strict=True) if a != b]
    if len(changed) != 1:
        return False
    before, after = changed[0]
    if before.model_copy(update={"after_hours": after.after_hours}) != after or before.track != "production":
        return False
    first, last = after.after_hours or 0, before.after_hours or 0
    whole = [one for one in old.measures if one.code == "stop" and not one.daily and not one.on_top_of]
    return first < last and any((o.after_hours or 0) <= first and last <= (o.until_hours or inf) for o in whole)


def _spares_what_stays(old: LineRule, moved: LineRule, lists: OpenLists) -> bool:
    """A drop no longer names a grade that it leaves as it is: the last of its ladder, or none of it."""
    if old.regrade is None or old.regrade.drop is None:
        return False
    pairs = [(a, b) for a, b in zip(atoms(old.when), atoms(moved.when), strict=True) if a != b]
    if len(pairs) != 1:
        return False
    before, after = pairs[0]
    spared = set(before.values) - set(after.values)
    named = before.field == "grade" and before.op == after.op == "in" and not (before.negated or after.negated)
    if not named or not spared or not set(after.values) < set(before.values):
        return False
    return all(grade not in ladder[:-1] for ladder in _ladders(old.when, lists) for grade in spared)


def _ladders(condition: Condition, lists: OpenLists) -> list[tuple[str, ...]]:
    """The ladders of the industries that a condition names, of every industry where it names none."""
    parts = condition.parts if isinstance(condition, Group) and condition.every else (condition,)
    for part in parts:
        if isinstance(part, Atom) and part.field == "industry" and part.op == "in" and not part.negated:
            return [lists.ladder_of(str(name)) for name in part.values]
    return list(lists.ladders.values())
