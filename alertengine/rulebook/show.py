"""A rule as a person or a program reads it: every value a number, every condition in the rule language."""

from __future__ import annotations

from typing import Any

from alertengine.rulebook.book import Rulebook
from alertengine.rulebook.conditions import Atom, Condition, OverLines, together
from alertengine.rulebook.head import RuleHead, Valid
from alertengine.rulebook.measures import Measure
from alertengine.rulebook.schema import LineRule
from alertengine.vocabulary import Level

_HEAD = ("id", "kind", "article", "title")
_LEVELS = tuple(Level)


def rule_as_dict(rule: RuleHead, book: Rulebook, level: str | None = None) -> dict[str, Any]:
    """A rule with its document, in plain values (shares 0.2, dates ISO); ``level``: without those of other levels."""
    document = book.documents[rule.document]
    out: dict[str, Any] = {name: getattr(rule, name) for name in _HEAD}
    out |= {"document": rule.document, "document_title": document.title, "number": document.number}
    concerns = book.made_for(rule)
    out |= {"area": list(rule.area), "valid": _days(rule.valid)}
    out |= {"concerns": _days(concerns)} if concerns else {}
    out |= {"source": rule.source}
    if isinstance(rule, LineRule):
        out |= _line_rule(rule)
    else:
        body = rule.model_dump(mode="json", exclude=set(RuleHead.model_fields), exclude_none=True)
        out |= body
    out |= {name: getattr(rule, name) for name in ("interpretation", "note") if getattr(rule, name)}
    return out if level is None else {name: _at(value, level) for name, value in out.items()}


def _days(valid: Valid) -> dict[str, str | None]:
    """An interval as text: ``not stated`` is kept, None where open."""
    first, last = valid.first, valid.last
    return {"from": str(first) if first else None, "to": str(last) if last is not None else None}


def _at(value: Any, level: str) -> Any:
    """A list of levels, or a mapping by level, without the other levels; any other value as it is."""
    if not isinstance(value, (dict, list)) or not value or not all(name in _LEVELS for name in value):
        return value
    if isinstance(value, dict):
        return {name: own for name, own in value.items() if name == level}
    return [name for name in value if name == level]


def _line_rule(rule: LineRule) -> dict[str, Any]:
    out: dict[str, Any] = {"about": rule.about or "line", "layer": rule.layer, "regimes": list(rule.regimes)}
    if rule.levels:
        out["levels"] = [str(level) for level in rule.levels]
    if rule.during:
        out["during"] = rule.during
    out["when"] = condition_as_dict(rule.when)
    if rule.regrade is not None:
        out["then"] = rule.regrade.model_dump(exclude_none=True)
    else:
        out["then"] = [measure_as_dict(measure) for measure in rule.measures]
    return out


def measure_as_dict(measure: Measure) -> dict[str, Any]:
    """A measure with only the values it sets."""
    said = measure.model_dump(mode="json", exclude_defaults=True)
    code = said.pop("code")
    if "caps" in said:
        said["caps"] = dict(measure.caps)
    return {"measure": code, **said}


def condition_as_dict(condition: Condition) -> dict[str, Any]:
    """A condition in the words of the rule language."""
    if isinstance(condition, Atom):
        return {condition.field: _comparison(condition)}
    if isinstance(condition, OverLines):
        return {"every_line" if condition.every else "any_line": condition_as_dict(condition.part)}
    parts = [condition_as_dict(part) for part in condition.parts]
    return together(parts) if condition.every else {"any": parts}


def _comparison(atom: Atom) -> Any:
    if atom.op == "missing":
        return {"present" if atom.negated else "missing": True}
    if atom.op != "in":
        return {atom.op: atom.values[0]}
    value = atom.values[0] if len(atom.values) == 1 else list(atom.values)
    return {"not": value} if atom.negated else value
