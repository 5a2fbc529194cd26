"""Worked cases proposed for the tables of a document: one a cell, expecting just what the cell says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml

from alertengine.rulebook import MISSING, SILENT, OpenLists, read_measures
from alertengine.vocabulary import LEVEL_TEXT, times

_LINE: Final = ("industry", "process", "effective_grade")


def proposed_cases(document: Mapping[str, Any], lists: OpenLists) -> list[dict[str, Any]]:
    """The cases of a document's mapping (as its YAML says it), on its first day, in the first city of its area.

    A cell whose conditions are not only industry, process and grade, or that asks nothing of production, has none.
    """
    area = document["area"]
    cities = lists.cities_of(area if isinstance(area, str) else area[0]) or lists.cities()
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
        line = {"grade" if key == "effective_grade" else key: _first(value) for key, value in facts.items()}
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
    status = one.code if one.code == "self_directed" else "exempt" if one.code == "exempt" else "ordered"
    share = {"stop": 1.0, "none": 0.0}.get(one.code, one.share if one.code == "limit" and not one.base else None)
    said: dict[str, Any] = {"status": status} | ({"measure": one.code} if status == "ordered" else {})
    return said | ({"share": share} if share is not None else {})


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) else value
