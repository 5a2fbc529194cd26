"""Conditions: comparisons of vocabulary fields with constants, and any/all/not around them.

No expressions, no code, ever.  A condition is kept in negation normal form: ``not`` is
pushed down to the comparisons while it is read, so matching needs only *and* and *or*.
Logic is Kleene's: a comparison with an unknown field is neither true nor false.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from alertengine.rulebook._nearest import nearest
from alertengine.rulebook.places_and_lists import OpenLists
from alertengine.vocabulary import (
    DECISION_GROUNDS,
    DECISION_KINDS,
    FIELDS,
    Both,
    Field,
    SaidError,
    Words,
    name_or_code,
    number,
)

#: Nesting deeper than this leaves the dialect of the matcher.
MAX_DEPTH = 4
#: More alternatives than this in one comparison leave the dialect of the matcher.
MAX_ALTERNATIVES = 200

_NUMBER_OPS = ("lt", "le", "gt", "ge")
_COMPLEMENT = {"lt": "ge", "ge": "lt", "le": "gt", "gt": "le"}


@dataclass(frozen=True, slots=True)
class Atom:
    """One comparison.

    ``op`` is ``in`` (texts, booleans, set membership), ``lt le gt ge`` (numbers) or
    ``missing``.  ``values`` holds the constants; ``negated`` inverts it under Kleene logic.
    """

    field: str
    op: str
    values: tuple[Any, ...] = ()
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Several conditions of which all (``every``) or at least one must hold."""

    every: bool
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class OverLines:
    """A condition asked of all lines of an enterprise: that one of them meets it, or that every one does (``every``).

    Under Kleene's logic *one of them* is the greatest value over the lines, *every one* the least.  ``unknown`` names
    the fields it hangs on where some lines leave it open (empty in a rule).
    """

    every: bool
    part: Atom | Group
    unknown: tuple[str, ...] = ()


Condition = Atom | Group | OverLines
#: What a condition is made of.
Leaf = Atom | OverLines
ALWAYS = Group(every=True, parts=())


class ConditionError(SaidError):
    """What is wrong in a condition: ``field`` names the place, the text says what was expected.

    ``value`` is the offending value where the place holds one of its own, ``others`` what else is wrong beside it.
    """

    others: tuple[ConditionError, ...] = ()

    def __init__(self, field: str, code: str, value: Any = None, **arguments: Any) -> None:
        """Remember field and value beside the message, a code with its arguments."""
        self.field = field
        self.value = value
        super().__init__(code, **arguments)


def atoms(condition: Condition) -> Iterator[Atom]:
    """All comparisons of a condition, in reading order."""
    for leaf in leaves(condition):
        if isinstance(leaf, OverLines):
            yield from atoms(leaf.part)
        else:
            yield leaf


def leaves(condition: Condition) -> Iterator[Leaf]:
    """The comparisons of a condition and what it asks of all lines of the enterprise, in reading order."""
    if isinstance(condition, Group):
        for part in condition.parts:
            yield from leaves(part)
    else:
        yield condition


def fields_of(condition: Condition) -> frozenset[str]:
    """The names of the fields a condition reads."""
    return frozenset(atom.field for atom in atoms(condition))


def negate(condition: Condition) -> Condition:
    """The condition that holds surely where this one surely fails."""
    if isinstance(condition, Group):
        return Group(every=not condition.every, parts=tuple(map(negate, condition.parts)))
    if isinstance(condition, OverLines):
        return OverLines(not condition.every, _of_one_line(negate(condition.part)), condition.unknown)
    if condition.op in _COMPLEMENT:
        return replace(condition, op=_COMPLEMENT[condition.op])
    return replace(condition, negated=not condition.negated)


def over_lines(condition: Condition, *, every: bool) -> Condition:
    """A condition asked of all lines of the enterprise, taken apart as far as that changes nothing.

    *One of them* goes through alternatives, *every one* through what must hold together.
    """
    if isinstance(condition, OverLines):
        return condition
    if isinstance(condition, Atom):
        return OverLines(every, condition)
    if condition.every == every or len(condition.parts) < 2:
        parts = tuple(over_lines(part, every=every) for part in condition.parts)
        return Group(condition.every, parts)
    return OverLines(every, _of_one_line(condition))


def _of_one_line(condition: Condition) -> Atom | Group:
    """The condition, which must ask one line alone.

    Raises:
        ConditionError: it asks all lines of the enterprise itself.

    """
    if isinstance(condition, OverLines) or any(isinstance(leaf, OverLines) for leaf in leaves(condition)):
        raise ConditionError("when", "when_lines_nested")
    return condition


def conjoin(*conditions: Condition) -> Condition:
    """All of the conditions, flattened."""
    parts: list[Condition] = []
    for condition in conditions:
        if isinstance(condition, Group) and condition.every:
            parts.extend(condition.parts)
        else:
            parts.append(condition)
    return parts[0] if len(parts) == 1 else Group(every=True, parts=tuple(parts))


def together(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Conditions as the rule language writes them that must all hold: one mapping, where no two are of one field."""
    keys = [key for part in parts for key in part]
    if len(keys) == len(set(keys)):
        return {key: value for part in parts for key, value in part.items()}
    return {"all": parts}


def depth(condition: Condition) -> int:
    """How deep the groups are nested."""
    if isinstance(condition, OverLines):
        return depth(condition.part)
    if isinstance(condition, Atom):
        return 0
    return 1 + max(map(depth, condition.parts), default=0)


class ConditionReader:
    """Reads ``when`` mappings; knows the vocabulary and the open lists."""

    def __init__(self, lists: OpenLists, *, recorded: bool = False) -> None:
        """Take the open lists that constants of open fields must come from.

        ``recorded``: the rules are those of a record, where a bare number of a measured field is that very number.
        """
        self._lists, self._recorded = lists, recorded

    def read(self, when: Any, where: str = "when") -> Condition:
        """The condition a mapping says; ``where`` is the key it stands under.

        Raises:
            ConditionError: the first unknown field, value or operator, with those of the keys beside it.

        """
        condition = self._mapping(when, where)
        if depth(condition) > MAX_DEPTH:
            raise ConditionError(where, "when_too_deep", most=MAX_DEPTH)
        return condition

    def _mapping(self, when: Any, where: str) -> Condition:
        if not isinstance(when, dict):
            raise ConditionError(where, "when_no_mapping")
        if not when and where != "when":
            raise ConditionError(where, "when_empty")
        parts, errors = [], list[ConditionError]()
        for key, value in when.items():
            try:
                parts.append(self._entry(str(key), value, where))
            except ConditionError as error:
                errors += [error, *error.others]
        if errors:
            errors[0].others = tuple(errors[1:])
            raise errors[0]
        return conjoin(*parts)

    def _entry(self, key: str, value: Any, where: str) -> Condition:
        if key in ("any", "all"):
            if not isinstance(value, list) or not value:
                raise ConditionError(f"{where}.{key}", "when_no_list")
            parts = tuple(self._mapping(item, f"{where}.{key}") for item in value)
            return conjoin(*parts) if key == "all" else Group(every=False, parts=parts)
        if key == "not":
            return negate(self._mapping(value, f"{where}.not"))
        if key in ("any_line", "every_line"):
            inner = self._mapping(value, f"{where}.{key}")
            return self.over(inner, every=key == "every_line", where=f"{where}.{key}")
        field = FIELDS.get(key)
        if field is None:
            raise ConditionError(f"{where}.{key}", "when_unknown_field", found=key)
        if field.private or (field.type == "text" and key not in _CONDITION_TEXTS):
            raise ConditionError(f"{where}.{key}", "when_field_barred")
        return self._field(field, value, f"{where}.{key}")

    @staticmethod
    def over(condition: Condition, *, every: bool, where: str = "when") -> Condition:
        """A condition asked of all lines of the enterprise: one of them or every one.

        Raises:
            ConditionError: it asks what only one line can answer.

        """
        _of_one_line(condition)
        for atom in atoms(condition):
            if atom.field == "effective_grade":
                raise ConditionError(where, "when_lines_graded")
            if atom.op == "missing" and not FIELDS[atom.field].blank_is_none:
                raise ConditionError(where, "when_lines_blank", name=atom.field)
        return over_lines(condition, every=every)

    def _field(self, field: Field, value: Any, where: str) -> Condition:
        if not isinstance(value, dict):
            if field.type == "number" and not self._recorded:
                # Shown with its number, or with any: no document means a bare value of a measured field.
                one = number(value) if isinstance(value, int | float) and not isinstance(value, bool) else "10"
                raise ConditionError(where, "when_compared", value, one=one, found=repr(value))
            return self._one_of(field, value, where)
        parts: list[Condition] = []
        for op, operand in value.items():
            if op == "not":
                parts.append(negate(self._field(field, operand, f"{where}.not")))
            elif op in ("missing", "present"):
                if operand is not True:
                    raise ConditionError(where, "when_expected_true", op=op)
                parts.append(Atom(field.name, "missing", negated=op == "present"))
            elif op in _NUMBER_OPS:
                parts.append(Atom(field.name, op, (self._number(field, operand, where),)))
            elif op == "between":
                low, high = self._pair(field, operand, where)
                parts += [Atom(field.name, "ge", (low,)), Atom(field.name, "le", (high,))]
            elif op == "in":
                parts.append(self._one_of(field, operand, where))
            else:
                raise ConditionError(where, "when_unknown_comparison", op=repr(op))
        if not parts:
            raise ConditionError(where, "when_empty")
        return conjoin(*parts)

    def _one_of(self, field: Field, value: Any, where: str) -> Condition:
        values = list(value) if isinstance(value, (list, tuple)) else [value]
        if not values:
            raise ConditionError(where, "when_empty_list")
        if len(values) > MAX_ALTERNATIVES:
            raise ConditionError(where, "when_too_many", most=MAX_ALTERNATIVES)
        if field.type in ("number", "integer"):
            numbers = [self._number(field, item, where) for item in values]
            equal = tuple(
                Group(every=True, parts=(Atom(field.name, "ge", (n,)), Atom(field.name, "le", (n,)))) for n in numbers
            )
            return equal[0] if len(equal) == 1 else Group(every=False, parts=equal)
        return Atom(field.name, "in", tuple(dict.fromkeys(self._constant(field, item, where) for item in values)))

    @staticmethod
    def _number(field: Field, value: Any, where: str) -> float:
        if field.type not in ("number", "integer"):
            raise ConditionError(where, "when_not_number_field")
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            unit = Words("when_in_unit", unit=field.unit) if field.unit else ""
            raise ConditionError(where, "when_number", unit=unit, found=repr(value))
        return float(value)

    def _pair(self, field: Field, value: Any, where: str) -> tuple[float, float]:
        if not isinstance(value, list) or len(value) != 2:
            raise ConditionError(where, "when_between")
        low, high = (self._number(field, item, where) for item in value)
        if low > high:
            raise ConditionError(where, "when_between_reversed", low=low, high=high)
        return low, high

    def _constant(self, field: Field, value: Any, where: str) -> Any:
        if field.type == "bool":
            if not isinstance(value, bool):
                raise ConditionError(where, "when_bool", found=repr(value))
            return value
        if not isinstance(value, str) or not value.strip():
            raise ConditionError(where, "when_text", found=repr(value))
        if field.type == "code" and value not in field.values:
            raise ConditionError(where, "when_not_one_of", found=repr(value), names=field.values)
        if field.name == "open_decision":
            kind, _, ground = value.partition(":")
            if kind not in DECISION_KINDS or (":" in value and ground not in DECISION_GROUNDS):
                kinds, grounds = tuple(DECISION_KINDS), DECISION_GROUNDS
                raise ConditionError(where, "when_no_decision", found=repr(value), kinds=kinds, grounds=grounds)
        if field.name == "enterprise_named":
            return name_or_code(value)
        if field.type == "open":
            return self._open_constant(field, value, where)
        return value

    def _open_constant(self, field: Field, value: str, where: str) -> str:
        known = self._lists.sectors if field.open_list == "sectors" else None
        standard = (
            (value if value in known else None)
            if known is not None
            else self._lists.recognise(field.open_list, value).name
        )
        if standard is None:
            table = Both(field.open_list, field.text)
            spelt = {one: one for one in known} if known is not None else self._lists.spellings(field.open_list)
            near = nearest(value, spelt)
            if near:
                raise ConditionError(where, "when_near_one", found=repr(value), names=table, near=near)
            raise ConditionError(where, "when_not_on_file", found=repr(value), names=table)
        return standard


#: Free-text fields a rule may still compare with constants.
_CONDITION_TEXTS = frozenset(
    {"county", "local_class", "capacity_unit", "unit_size_unit", "decision_no", "special_terms"}
)
