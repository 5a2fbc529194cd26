"""Orders from above (调度令): areas that must hold at least, or exactly, a level for a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from alertengine.files import parse_stamp
from alertengine.rulebook import NATION, OpenLists
from alertengine.vocabulary import OPEN, InputError, Problem, Words
from alertengine.warning.grade import RANK


@dataclass(frozen=True)
class Floor:
    """From ``start`` until before ``end`` an area holds at least ``level`` (``exact``: that level itself)."""

    area: str
    level: str
    start: pd.Timestamp
    end: pd.Timestamp = OPEN
    source: str = ""
    exact: bool = False

    @property
    def rank(self) -> int:
        """Rank of the level."""
        return RANK[self.level]


def read_floors(said: Iterable[Floor | Mapping[str, Any]], lists: OpenLists) -> list[Floor]:
    """Orders as mappings ``{area, level, from, to, source, exact}`` (``to`` may be absent) or ready made.

    Raises:
        InputError: with every defect of every order.

    """
    problems: list[Problem] = []
    out = [one if isinstance(one, Floor) else _read(one, place, lists, problems) for place, one in enumerate(said, 1)]
    if problems:
        raise InputError(problems)
    return [floor for floor in out if floor is not None]


def _read(said: Mapping[str, Any], place: int, lists: OpenLists, problems: list[Problem]) -> Floor | None:
    before = len(problems)

    def wrong(key: str, expected: str) -> None:
        value = str(said.get(key, ""))
        problems.append(
            Problem("floor_wrong", where="floors", column=key, value=value, number=place, expected=Words(expected))
        )

    known = {"area", "level", "from", "to", "source", "exact"}
    problems += [
        Problem("floor_unknown_key", where="floors", column=key, number=place, names=sorted(known))
        for key in sorted(set(map(str, said)) - known)
    ]
    area, level = str(said.get("area", "")), str(said.get("level", ""))
    try:
        lists.members(area)
    except KeyError:
        wrong("area", "a_floor_area")
    if level not in RANK or not RANK[level]:
        wrong("level", "a_floor_level")
    times = {"from": OPEN, "to": OPEN}
    for key in ("from", "to"):
        if key == "to" and said.get(key) in {None, ""}:
            continue
        try:
            times[key] = parse_stamp(str(said.get(key, "")))
        except ValueError:
            wrong(key, "a_floor_time")
    if len(problems) == before and times["to"] <= times["from"]:
        wrong("to", "a_later_time")
    if len(problems) > before:
        return None
    return Floor(area, level, times["from"], times["to"], str(said.get("source", "")), bool(said.get("exact", False)))


def reaching(floors: Iterable[Floor], lists: OpenLists, city: str, county: str) -> list[Floor]:
    """Return the orders that hold for a city (``county`` empty) or for one of its counties."""
    names = {NATION, lists.province_of(city), city} | ({f"{city}/{county}"} if county else set())
    return [floor for floor in floors if not names.isdisjoint(lists.members(floor.area))]


def counties_named(floors: Iterable[Floor], lists: OpenLists) -> list[tuple[str, str]]:
    """(city, county) of every county that some order names."""
    found = {
        (member.split("/")[0], member.split("/")[1])
        for floor in floors
        for member in lists.members(floor.area)
        if "/" in member
    }
    return sorted(found)


def cities_named(floors: Iterable[Floor], lists: OpenLists) -> list[str]:
    """Every whole city that some order reaches."""
    reached = dict.fromkeys(
        city
        for floor in floors
        for city in lists.cities()
        if not {NATION, lists.province_of(city), city}.isdisjoint(lists.members(floor.area))
    )
    return list(reached)
