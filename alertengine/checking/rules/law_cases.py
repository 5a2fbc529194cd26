"""Worked cases of a document's rules about acts: they hold from its first day on, in its own place and no other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from alertengine.rulebook import LINE_KINDS, Rulebook, Valid
from alertengine.vocabulary import to_minute


def law_cases(document: Mapping[str, Any], book: Rulebook) -> list[dict[str, Any]]:
    """The cases of a document's mapping (as its YAML says it).

    Its acts are in force on its first day and not the day before, in a city of its area and in no other; what it takes
    the place of is not in force any more.  A rule with dates or an area of its own has none here.

    Args:
        document: keys of the document, with ``rules``.
        book: the rulebook that holds it.

    """
    rules = [rule for rule in document.get("rules") or [] if isinstance(rule, dict) and "like" not in rule]
    acts = [
        str(rule["id"]) for rule in rules if rule.get("kind") not in LINE_KINDS and not {"valid", "area"} & set(rule)
    ]
    area = document["area"]
    cities = book.lists.cities_of(area if isinstance(area, str) else area[0])
    valid = Valid.model_validate(document.get("valid") or {})
    first = valid.bounds()[0]
    out: list[dict[str, Any]] = []
    if acts and cities and first != date.min:
        out.append(_case(f"{first}起", first, cities[0], {"in_force": acts}))
        out.append(_case(f"{first}前一日", first - timedelta(days=1), cities[0], {"not_in_force": acts}))
        if elsewhere := next((one for one in book.lists.cities() if not _within(book, area, one)), ""):
            out.append(_case(f"不及{elsewhere}", first, elsewhere, {"not_in_force": acts}))
    for repeal in document.get("replaces") or []:
        ended = [rule.id for rule in book.rules.values() if _named(repeal, rule)]
        begins = Valid.model_validate({"from": repeal["from"]}) if repeal.get("from") else valid
        if ended and cities and begins.first is not None:
            name = repeal.get("rule") or repeal.get("document") or repeal.get("kind")
            when = to_minute(begins.first.begins) if begins.first.time else begins.first.day
            out.append(_case(f"{when}起{name}不再适用", when, cities[0], {"not_in_force": ended}))
    return out


def _case(name: str, day: date | str, city: str, expect: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "date": day, "city": city, "expect": expect}


def _within(book: Rulebook, area: str | list[str], city: str) -> bool:
    names = [area] if isinstance(area, str) else area
    return any(city in book.lists.cities_of(name) for name in names)


def _named(repeal: Mapping[str, Any], rule: Any) -> bool:
    return bool(
        repeal.get("document", rule.document) == rule.document
        and repeal.get("kind", rule.kind) == rule.kind
        and repeal.get("rule", rule.id) == rule.id
    )
