"""Worked cases proposed for a document: one a cell of its tables, and of its acts from when on and where they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final

import yaml

from alertengine.rulebook import LINE_KINDS, MISSING, SILENT, OpenLists, Repeal, Rulebook, Valid, read_measures
from alertengine.vocabulary import LEVEL_TEXT, times, to_minute

_LINE: Final = ("industry", "process", "effective_grade")


def proposed_cases(document: Mapping[str, Any], lists: OpenLists) -> list[dict[str, Any]]:
    """The cases of a document's mapping (as its YAML says it), on its first day, in the first city of its area.

    A cell whose conditions are not only industry, process and grade, or that asks nothing of production, has none.
    """
    cities = _cities(document, lists, first=True) or lists.cities()
    first = str((document.get("valid") or {}).get("from") or document.get("issued") or times.today())
    day = f"{first}-01-01"[:10] if len(first) == 4 else f"{first}-01" if len(first) == 7 else first[:10]
    return [
        {"name": name, "date": day, "level": level, "line": {"city": cities[0], **line}, "expect": expect}
        for table in document.get("tables") or []
        for name, level, line, expect in _cells(table)
    ]


def cases_yaml(cases: list[dict[str, Any]], source: str) -> str:
    """The text of a file of cases."""
    head = f"# Proposed from the cells of {source}: each expects what its cell says.\n"
    parts = [yaml.safe_dump([one], allow_unicode=True, sort_keys=False, width=200) for one in cases]
    return head + "".join(parts)


def _cells(table: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    when, levels = table.get("when") or {}, table.get("levels") or []
    match = [table["match"]] if isinstance(table["match"], str) else table["match"]
    if table.get("kind", "measure") != "measure" or not {*when, *match} <= set(_LINE):
        return
    for row in table.get("rows") or []:
        facts = {**when, **dict(zip(match, row, strict=False))}
        first = {key: value[0] if isinstance(value, list) else value for key, value in facts.items()}
        line = {"grade" if key == "effective_grade" else key: value for key, value in first.items()}
        for level, then in zip(levels, row[len(match) :], strict=False):
            expect = _expected(then)
            if expect:
                place = "".join(str(value) for value in line.values())
                yield f"{place}，{LEVEL_TEXT[level]}", str(level), line, expect


def _expected(then: Any) -> dict[str, Any]:
    """What a cell asks of production; empty where that is nothing, or more than one measure."""
    if then in (MISSING, SILENT):
        return {}
    asked = [one for one in read_measures(then) if one.track == "production"]
    if len(asked) != 1:
        return {}
    one = asked[0]
    status = one.code if one.code in ("self_directed", "exempt") else "ordered"
    share = {"stop": 1.0, "none": 0.0}.get(one.code, one.share if one.code == "limit" and not one.base else None)
    said: dict[str, Any] = {"status": status} | ({"measure": one.code} if status == "ordered" else {})
    return said | ({"share": share} if share is not None else {})


def _cities(document: Mapping[str, Any], lists: OpenLists, *, first: bool) -> list[str]:
    """The cities of a document's areas, or of the first of them."""
    areas = [document["area"]] if isinstance(document["area"], str) else document["area"]
    return [city for area in (areas[:1] if first else areas) for city in lists.cities_of(area)]


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
    cities, inside = (_cities(document, book.lists, first=alone) for alone in (True, False))
    valid = Valid.model_validate(document.get("valid") or {})
    first = valid.bounds()[0]
    out: list[dict[str, Any]] = []
    if acts and cities and first != date.min:
        out.append(_case(f"{first}起", first, cities[0], {"in_force": acts}))
        out.append(_case(f"{first}前一日", first - timedelta(days=1), cities[0], {"not_in_force": acts}))
        if elsewhere := next((one for one in book.lists.cities() if one not in inside), ""):
            out.append(_case(f"不及{elsewhere}", first, elsewhere, {"not_in_force": acts}))
    for repeal in map(Repeal.model_validate, document.get("replaces") or []):
        ended = [rule.id for rule in book.rules.values() if repeal.speaks_of(rule)]
        begins = repeal.first or valid.first
        if ended and cities and begins is not None:
            name = repeal.rule or repeal.document or repeal.kind
            when = to_minute(begins.begins) if begins.time else begins.day
            out.append(_case(f"{when}起{name}不再适用", when, cities[0], {"not_in_force": ended}))
    return out


def _case(name: str, day: date | str, city: str, expect: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "date": day, "city": city, "expect": expect}
