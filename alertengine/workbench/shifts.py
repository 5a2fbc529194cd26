"""Every way to move one value of a line rule by a step: numbers, dates, booleans, codes, shares, levels.

A number moves by one in its last decimal and across its own edge (le to lt), a share by
0.05, a date by a day, a code to its neighbour in the list it comes from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from pydantic import ValidationError

from alertengine.rulebook.base import PartialDate, Valid
from alertengine.rulebook.book import Rulebook
from alertengine.rulebook.conditions import Atom, Condition, Group, atoms, negate
from alertengine.rulebook.measures import Measure
from alertengine.rulebook.openlists import OpenLists
from alertengine.rulebook.schema import WARNING_LEVELS, LineRule
from alertengine.vocabulary import FIELDS, GRADES
from alertengine.workbench.written import Written

SHARE_STEP = 0.05
_EDGES = {"lt": "le", "le": "lt", "gt": "ge", "ge": "gt"}
_NEXT_WORD = {"stop": "bank", "bank": "stop", "none": "stop", "exempt": "self_directed", "self_directed": "exempt"}
_CODES = {
    "base": ("capacity", "permit", "eia", "last_year", "least_of_three"),
    "over": ("process", "rule", "enterprise"),
    "demand": ("heat", "output", "verified_load"),
}
_COUNTINGS = ("line", "unit", "chamber", "capacity", "load")
_ONES = ("hours", "amount", "o2_pct", "size_at_least", "size_at_most", "stage_at_most", "after_hours", "until_hours")


@dataclass(frozen=True, slots=True)
class Shift:
    """One value moved: where, what, from, to, and the rules as they then read."""

    where: str
    what: str
    before: str
    after: str
    rules: tuple[LineRule, ...]

    @property
    def condition(self) -> bool:
        """Whether a condition was moved."""
        return self.what.startswith("when ")


def shifts(book: Rulebook, documents: dict[str, Written], document: str | None = None) -> Iterator[Shift]:
    """Every shift of every line rule, or of those of one document."""
    rules = [rule for rule in book.line_rules() if document in (None, rule.document)]
    for rule in rules:
        yield from _conditions(rule, book.lists)
        yield from _measures(rule)
        yield from _scope(rule, book.lists)
    yield from _dates(rules, documents)


# -- conditions


def _conditions(rule: LineRule, lists: OpenLists) -> Iterator[Shift]:
    for number, atom in enumerate(atoms(rule.when)):
        for moved in _moved(atom, lists):
            when = _replaced(rule.when, number, moved)
            if when != rule.when:
                changed = rule.model_copy(update={"when": when})
                yield Shift(
                    rule.id,
                    f"when {atom.field}",
                    said(atom),
                    said(moved) if isinstance(moved, Atom) else str(moved),
                    (changed,),
                )


def _moved(atom: Atom, lists: OpenLists) -> Iterator[Condition]:
    if atom.op in _EDGES:
        yield replace(atom, op=_EDGES[atom.op])
        step = unit(atom.values[0])
        yield from (replace(atom, values=(round(atom.values[0] + d, 9),)) for d in (step, -step))
        return
    yield negate(atom)
    if atom.op != "in" or FIELDS[atom.field].type == "bool":
        return
    for value in atom.values:
        rest = tuple(other for other in atom.values if other != value)
        if rest:
            yield replace(atom, values=rest)
        neighbour = _neighbour(atom.field, value, atom.values, lists)
        if neighbour is not None:
            yield replace(atom, values=tuple(neighbour if other == value else other for other in atom.values))


def _neighbour(field: str, value: str, taken: tuple[Any, ...], lists: OpenLists) -> str | None:
    """The next value of a closed field or open list that the comparison does not name; None in free text."""
    of = FIELDS[field]
    names: list[str] = list(of.values)
    if of.type == "open":
        names = {
            "industries": list(lists.industries),
            "processes": list(lists.processes),
            "sectors": lists.sectors,
        }.get(of.open_list, lists.cities())
    if value not in names:
        return None
    at = names.index(value)
    return next((name for name in (*names[at + 1 :], *names[:at]) if name not in taken), None)


def _replaced(condition: Condition, number: int, by: Condition) -> Condition:
    """The condition with its n-th comparison replaced."""
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
    values = ", ".join(f"{value:g}" if isinstance(value, float) else str(value) for value in atom.values)
    return f"{'not ' if atom.negated else ''}{atom.op} {values}".strip()


# -- measures and regrading


def _measures(rule: LineRule) -> Iterator[Shift]:
    for number, measure in enumerate(rule.measures):
        for name, value in _values(measure):
            try:
                moved = Measure.model_validate(measure.model_dump() | {name: value})
            except ValidationError:
                continue
            if moved != measure:
                measures = (*rule.measures[:number], moved, *rule.measures[number + 1 :])
                changed = rule.model_copy(update={"measures": measures})
                yield Shift(rule.id, f"then {name}", str(getattr(measure, name)), str(value), (changed,))
    if rule.regrade is not None:
        yield from _regrades(rule)


def _values(measure: Measure) -> Iterator[tuple[str, Any]]:
    """Names of a measure's values, each with one value beside it."""
    if measure.share is not None:
        yield from (("share", round(measure.share + d, 6)) for d in (SHARE_STEP, -SHARE_STEP))
    for name in _ONES:
        value = getattr(measure, name)
        if value:
            yield from ((name, round(value + d, 6)) for d in (unit(value), -unit(value)))
    for number, (pollutant, cap) in enumerate(measure.caps):
        for d in (unit(cap), -unit(cap)):
            caps = (*measure.caps[:number], (pollutant, round(cap + d, 6)), *measure.caps[number + 1 :])
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
    if measure.code == "vehicle_ban":
        yield "total", not measure.total


def _regrades(rule: LineRule) -> Iterator[Shift]:
    regrade = rule.regrade
    if regrade is None:
        return
    moved: list[dict[str, Any]]
    if regrade.grade is not None:
        moved = [{"grade": GRADES[(GRADES.index(regrade.grade) + 1) % len(GRADES)]}]
    else:
        moved = [{"drop": (regrade.drop or 0) + d} for d in (1, -1)]
    for update in moved:
        changed = rule.model_copy(update={"regrade": regrade.model_copy(update=update)})
        name, value = next(iter(update.items()))
        yield Shift(rule.id, f"then {name}", str(getattr(regrade, name)), str(value), (changed,))


# -- levels, periods, dates


def _scope(rule: LineRule, lists: OpenLists) -> Iterator[Shift]:
    if "warning" in rule.regimes:
        for level in WARNING_LEVELS:
            levels = tuple(one for one in WARNING_LEVELS if (one in rule.levels) != (one is level))
            changed = rule.model_copy(update={"levels": levels})
            yield Shift(rule.id, "levels", " ".join(rule.levels), " ".join(levels) or "(none)", (changed,))
    if rule.during:
        for name in dict.fromkeys(period.name for period in lists.periods if period.name != rule.during):
            changed = rule.model_copy(update={"during": name})
            yield Shift(rule.id, "during", rule.during, name, (changed,))


def _dates(rules: list[LineRule], documents: dict[str, Written]) -> Iterator[Shift]:
    """Dates a day earlier and later, once for each place where they are written."""
    written: dict[tuple[str, str, str], list[LineRule]] = {}
    for rule in rules:
        for key, end in (("from", rule.valid.first), ("to", rule.valid.last)):
            if isinstance(end, PartialDate):
                place = _place(rule, key, documents[rule.document])
                written.setdefault((rule.document, place, key), []).append(rule)
    for (document, place, key), holding in written.items():
        where = place if place != "document" else f"document {document}"
        where = f"{where} ({document})" if place.startswith("defaults") else where
        for days in (1, -1):
            moved = tuple(_dated(rule, key, days) for rule in holding)
            before, after = (getattr(rule.valid, _ENDS[key]) for rule in (holding[0], moved[0]))
            yield Shift(where, f"valid {key}", str(before), str(after), moved)


_ENDS = {"from": "first", "to": "last"}


def _place(rule: LineRule, key: str, document: Written) -> str:
    place, value = document.origin(rule, "valid")
    return place if isinstance(value, dict) and key in value else "document"


def _dated(rule: LineRule, key: str, days: int) -> LineRule:
    ends: dict[str, Any] = {"first": rule.valid.first, "last": rule.valid.last}
    end = ends[_ENDS[key]]
    if isinstance(end, PartialDate):
        ends[_ENDS[key]] = PartialDate(day=end.day + timedelta(days=days), exact=end.exact)
    return rule.model_copy(update={"valid": Valid.model_construct(**ends)})
