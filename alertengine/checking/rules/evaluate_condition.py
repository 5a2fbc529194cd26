"""Conditions evaluated on one line, in plain Kleene logic: for questions about single lines."""

from __future__ import annotations

from typing import Any

from alertengine.engine import Facts
from alertengine.rulebook import Atom, Condition, OverLines
from alertengine.vocabulary import FIELDS, undecided


class Line:
    """One line of a list as values by field: text, bool, float, set of names, None where unknown."""

    def __init__(self, facts: Facts, row: int) -> None:
        """Take the row of the facts; values are read when asked for."""
        self._facts = facts
        self._row = row
        self._values: dict[str, Any] = {}

    def mates(self) -> list[Line]:
        """All lines of the line's enterprise, itself among them."""
        return [Line(self._facts, int(row)) for row in self._facts.mates(self._row)]

    def value(self, field: str) -> Any:
        """The value of a field, None where unknown."""
        if field not in self._values:
            self._values[field] = self._read(field)
        return self._values[field]

    def _read(self, name: str) -> Any:
        kind = FIELDS[name].type
        if kind == "bool":
            return (None, False, True)[int(self._facts.boolean(name)[self._row])]
        if kind in ("number", "integer"):
            number = float(self._facts.number(name)[self._row])
            return None if number != number else number  # noqa: PLR0124 -- NaN differs from itself
        column = self._facts.text(name)
        code = int(column.codes[self._row])
        if code < 0:
            return None
        text = column.categories[code]
        return frozenset(text.split(";")) if kind == "names" else text


def truth(condition: Condition, line: Line) -> bool | None:
    """Whether a condition holds for a line; None where it hangs on something unknown."""
    if isinstance(condition, Atom):
        return _compare(condition, line.value(condition.field))
    if isinstance(condition, OverLines):
        values = [truth(condition.part, mate) for mate in line.mates()]
    else:
        values = [truth(part, line) for part in condition.parts]
    if (not condition.every) in values:
        return not condition.every
    return None if None in values else condition.every


def _compare(atom: Atom, value: Any) -> bool | None:
    if atom.op == "missing":
        return (value is None) != atom.negated
    if value is None:
        return atom.negated if FIELDS[atom.field].blank_is_none else None
    if atom.op == "in":
        found = any(name in value for name in atom.values) if isinstance(value, frozenset) else value in atom.values
        if not found and atom.field == "open_decision" and any(undecided(name, atom.values) for name in value):
            return None
        return found != atom.negated
    constant = atom.values[0]
    held = {"lt": value < constant, "le": value <= constant, "gt": value > constant, "ge": value >= constant}
    return held[atom.op] != atom.negated
