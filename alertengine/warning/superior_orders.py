"""Levels that come from beside: orders from above (调度令), and areas whose cities act together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Any, NotRequired, TypedDict

import numpy as np
import numpy.typing as npt

from alertengine.files import read_stamp, tidy
from alertengine.rulebook import NATION, LinkageRule, OpenLists, Rulebook, Trigger
from alertengine.vocabulary import LEVEL_TEXT, OPEN, Both, InputError, Problem, Words, as_several, moment, to_minute
from alertengine.warning.grade import RANK, Graded
from alertengine.warning.level_intervals import LevelInterval, at_least, full_end, merged, rank_at
from alertengine.warning.record import Unit, WarningStanding
from alertengine.warning.start_conditions import stretches


@dataclass(frozen=True)
class Floor:
    """From ``start`` until before ``end`` an area holds at least ``level`` (``exact``: that level itself)."""

    area: str
    level: str
    start: datetime
    end: datetime = OPEN
    source: str = ""
    exact: bool = False

    @property
    def rank(self) -> int:
        """Rank of the level."""
        return RANK[self.level]


def order_time(text: str, *, end: bool) -> datetime:
    """When an order from above begins, or ends: with a day alone (至1月12日) when that day ends, with 23:59 that hour.

    Raises:
        ValueError: it is no time.

    """
    found = read_stamp(text)
    return full_end(found.time + timedelta(days=int(not found.has_hour))) if end else found.time


#: An order as people and the record write it; no ``to``: open.
FloorSaid = TypedDict(
    "FloorSaid", {"area": str, "level": str, "from": str, "to": NotRequired[str], "source": str, "exact": bool}
)


def read_floors(said: Floor | Mapping[str, Any] | Iterable[Floor | Mapping[str, Any]], lists: OpenLists) -> list[Floor]:
    """Orders, one or several, as mappings ``{area, level, from, to, source, exact}`` (no ``to``: open) or ready made.

    A ``to`` without an hour is the end of that day, a ``from`` its beginning.

    Raises:
        InputError: with every defect of every order.

    """
    problems: list[Problem] = []
    several = enumerate(as_several(said, "floors", Floor, Mapping), 1)
    out = [one if isinstance(one, Floor) else _read(one, place, lists, problems) for place, one in several]
    if problems:
        raise InputError(problems)
    return out


def _read(said: Mapping[str, Any], place: int, lists: OpenLists, problems: list[Problem]) -> Floor:
    before = len(problems)

    def wrong(key: str, expected: str, near: Sequence[str] = ()) -> None:
        words = Words("perhaps", expected=Words(expected), near=list(near)) if near else Words(expected)
        value = str(said.get(key, ""))
        problems.append(Problem("floor_wrong", where="floors", column=key, value=value, number=place, expected=words))

    known = {"area", "level", "from", "to", "source", "exact"}
    problems += [
        Problem("floor_unknown_key", where="floors", column=key, number=place, names=sorted(known))
        for key in sorted(set(map(str, said)) - known)
    ]
    area, level = tidy(str(said.get("area", ""))).rstrip("/"), str(said.get("level", ""))  # 临汾市/: of no county
    try:
        area = _standard(area, lists)
    except KeyError:
        wrong("area", "a_floor_area", lists.nearest_places(area) or ())
    if level not in RANK or not RANK[level]:
        wrong("level", "a_floor_level")
    times = {"from": OPEN, "to": OPEN}
    for key in ("from", "to"):
        if key == "to" and said.get(key) in {None, ""}:
            continue
        try:
            times[key] = order_time(str(said.get(key, "")), end=key == "to")
        except ValueError:
            wrong(key, "a_floor_time")
    exact = said.get("exact", False)
    if not (isinstance(exact, bool) or getattr(exact, "dtype", "") == "bool"):  # a text such as no is true
        wrong("exact", "yes_or_no")
    if len(problems) == before and times["to"] <= times["from"]:
        wrong("to", "a_later_time")
    return Floor(area, level, times["from"], times["to"], str(said.get("source", "")), bool(exact))


def _standard(area: str, lists: OpenLists) -> str:
    """An area, a county under the name that lines have it under; one near to no county of its city as it stands.

    Raises:
        KeyError: no such area, or a county that is nearly one on file: no line would answer to it.

    """
    lists.members(area)
    before, *parts = area.split("/")
    city = lists.standard_name("places", before)
    if not parts or city is None:
        return area
    county = lists.recognise_county(city, parts[0])
    if county.name is None and county.candidates and set(lists.counties.later(city, parts[0])) <= {parts[0]}:
        raise KeyError(area)
    return "/".join((city, county.name or parts[0], *parts[1:]))


def reaching(floors: Iterable[Floor], lists: OpenLists, city: str, county: str) -> list[Floor]:
    """Return the orders that hold for a city (``county`` empty) or for one of its counties."""
    names = {NATION, lists.province_of(city), city} | ({f"{city}/{county}"} if county else set())
    return [floor for floor in floors if not names.isdisjoint(lists.members(floor.area))]


def of_places(floors: Iterable[Floor], lists: OpenLists, cities: Sequence[str]) -> list[Floor]:
    """Orders as they bind some cities alone: one for each of these, and each of their counties, that an order names."""
    out = []
    for floor in floors:
        named = [city for city in cities if reaching([floor], lists, city, "")]
        named += ["/".join(unit) for unit in counties_named([floor], lists) if unit[0] in cities]
        out += [replace(floor, area=area) for area in named]
    return out


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


def cities_ordered(floors: Sequence[Floor], lists: OpenLists) -> set[str]:
    """Every city that some order reaches, or reaches a county of."""
    return {*cities_named(floors, lists), *(city for city, _ in counties_named(floors, lists))}


def fixed(floors: Iterable[Floor]) -> list[Floor]:
    """The orders of a level itself, in the order in which they prevail: the last to begin, of those the highest."""
    return sorted((floor for floor in floors if floor.exact), key=lambda floor: (floor.start, floor.rank))


def orders_disagree(floors: Sequence[Floor], since: datetime, place: str) -> Iterator[Problem]:
    """Say which orders for a place ask of some hour ahead what another, that prevails there, does not give."""
    for first, second in combinations([*(floor for floor in floors if not floor.exact), *fixed(floors)], 2):
        meets = max(first.start, second.start, since) < min(first.end, second.end)
        if meets and second.exact and (first.rank > second.rank or (first.exact and first.rank < second.rank)):
            levels: dict[str, Any] = {"level": second.level, "other_level": first.level, "other": first.source}
            yield Problem("orders_disagree", where="orders", value=second.source, place=place, **levels)


def orders_missing(
    unit: Unit,
    held: Iterable[WarningStanding],
    floors: Sequence[Floor],
    pieces: Sequence[LevelInterval],
    rulebook: Rulebook,
    since: datetime,
) -> Iterator[Problem]:
    """Say that a warning on record rests on an order from above that is not given now.

    One until further notice, which no air ends, or one whose hours are not over and that the levels decided now
    (``pieces``) no longer fulfil.
    """
    place, standing = f"{unit[0]}{unit[1]}", [life for life in held if life.holds_after(since)]
    if not floors and any(piece.end >= OPEN for life in standing for piece in life.pieces):
        yield Problem("open_order_absent", where="orders", place=place)
    given = {floor.source for floor in floors}
    for one in _still_ordered(standing, rulebook, since):
        if one.source not in given and at_least(pieces, one.start, one.end, one.rank) != merged(pieces):
            yield Problem("order_absent", where="orders", value=one.source, place=place, until=_moment(one.end))


def _moment(time: datetime) -> Both:
    """A time as an argument."""
    return Both(to_minute(time), moment(time))


def _still_ordered(standing: Iterable[WarningStanding], rulebook: Rulebook, since: datetime) -> Iterator[Floor]:
    """What is left of orders with an end: the basis of a transition cites rules, and orders by their source."""
    for life in standing:
        for row in life.rows:
            sources = [part for part in str(row["basis"]).split("；") if part and part not in rulebook.by_citation]
            start, end, level = max(row["starts"], since), row["ends"], str(row["level"])
            stands = row["action"] != "lift" and rank_at(life.pieces, start) == RANK.get(level)
            if sources and stands and end is not None and start < end:
                yield Floor("", level, start, end, "；".join(sources))


_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Prompt:
    """A regional start that a linkage rule makes: who reached the level, who follows, from when to when.

    ``missing``: of whom nothing is known, so that it stays open whether enough reach the level: then nobody follows.
    """

    rule: LinkageRule
    level: str
    start: datetime
    end: datetime
    reached: tuple[str, ...]
    follow: tuple[str, ...]
    floors: tuple[Floor, ...]
    source: str
    missing: tuple[str, ...] = ()

    def note(self) -> Problem:
        """Say it in a sentence."""
        asked = self.rule.trigger
        least: Both | str = ""
        if asked:
            text = f"（不少于{asked.cities}市{LEVEL_TEXT[asked.level]}）"
            least = Both(f" (at least {asked.cities} cities {asked.level})", text)
        said: dict[str, Any] = {"title": self.rule.title, "reached": self.reached, "source": self.source}
        said |= {"least": least, "start": _moment(self.start), "end": _moment(self.end)}
        if self.missing:
            return Problem("regional_start_open", where="linkage", **said, missing=self.missing)
        follow = Both("all of its cities reach it", "区域内各市均已达到")
        if self.follow:
            follow = Both(f"with them {', '.join(self.follow)}", f"随同启动：{'、'.join(self.follow)}")
        return Problem("regional_start", where="linkage", **said, level=self.level, follow=follow)


def linked(
    rulebook: Rulebook, graded: Mapping[Unit, Graded], now: datetime, known_on: date | None = None
) -> list[Prompt]:
    """Regional starts that the linkage rules in force make of the graded cities.

    A start holds while enough member cities hold the level of the trigger at once; a county
    among the members counts through its city and itself follows. One that hangs on cities whose air is not known is
    among them, without floors.
    """
    if not any(own.ranks["mid"].any() for own in graded.values()):
        return []
    rules = rulebook.binding("linkage", now.date(), None, known_on)
    return [
        prompt
        for rule in rules
        if isinstance(rule, LinkageRule) and rule.trigger is not None
        for prompt in _prompts(rulebook, rule, rule.trigger, graded, now)
    ]


def _prompts(
    rulebook: Rulebook, rule: LinkageRule, asked: Trigger, graded: Mapping[Unit, Graded], now: datetime
) -> list[Prompt]:
    """The regional starts of one rule that are not over."""
    cities = dict.fromkeys(city for member in rule.members for city in rulebook.lists.cities_of(member))
    held = {city: graded[city, ""] for city in cities if (city, "") in graded}
    if not held:
        return []
    origin = min(own.timeline.origin for own in held.values())
    length = max(-own.timeline.place(origin) + own.timeline.hours for own in held.values())
    reach, unknown = np.zeros((len(cities), length), dtype=bool), np.ones((len(cities), length), dtype=bool)
    for place, city in enumerate(cities):
        if city in held:
            first = -held[city].timeline.place(origin)
            hours = slice(first, first + held[city].timeline.hours)
            reach[place, hours] = held[city].ranks["mid"] >= RANK[asked.level]
            unknown[place, hours] = ~held[city].known & ~reach[place, hours]
    level, source = rule.floor or asked.level, rulebook.cite(rule)

    def ahead(mask: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
        return [(first, last) for first, last in stretches(mask) if origin + last * _HOUR > now]

    def among(rows: npt.NDArray[np.bool_], first: int, last: int) -> tuple[str, ...]:
        return tuple(city for city, row in zip(cities, rows, strict=True) if row[first:last].any())

    out, counted = [], reach.sum(axis=0)
    for first, last in ahead(counted >= asked.cities):
        start, end, reached = origin + first * _HOUR, origin + last * _HOUR, among(reach, first, last)
        follow = tuple(city for city in cities if city not in reached)
        floors = tuple(Floor(member, level, start, end, source) for member in rule.members)
        out.append(Prompt(rule, level, start, end, reached, follow, floors, source))
    perhaps = (counted > 0) & (counted < asked.cities) & (counted + unknown.sum(axis=0) >= asked.cities)
    if left := ahead(perhaps):
        first, last = left[0][0], left[-1][1]
        reached, missing = (among(rows & perhaps, first, last) for rows in (reach, unknown))
        start, end = origin + first * _HOUR, origin + last * _HOUR
        out.append(Prompt(rule, level, start, end, reached, (), (), source, missing))
    return out
