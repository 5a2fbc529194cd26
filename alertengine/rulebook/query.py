"""Finding rules: what is in force there and then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from alertengine.rulebook.acts import ActRule
from alertengine.rulebook.air import RatioRule
from alertengine.rulebook.book import Rulebook
from alertengine.rulebook.head import RuleHead
from alertengine.rulebook.load import KINDS
from alertengine.rulebook.places_and_lists import Place
from alertengine.rulebook.schema import LineRule
from alertengine.vocabulary import KIND_TEXT, InputError, Problem, coded, times


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for; None leaves a question open."""

    rule_id: str | None = None
    kind: str | None = None
    city: str | None = None
    day: date | None = None
    level: str | None = None
    known_on: date | None = None


def find_rules(book: Rulebook, query: Query) -> list[RuleHead]:
    """The rules that answer a query, in the order they were read.

    Raises:
        InputError: no such rule, kind or city.

    """
    if query.rule_id is not None and query.rule_id not in book.rules:
        raise InputError([Problem("no_such_rule", where="rules", value=query.rule_id)])
    if query.kind is not None and query.kind not in KINDS:
        raise InputError([Problem("no_such_kind", where="--kind", value=query.kind, names=coded(KINDS, KIND_TEXT))])
    place = place_of(book, query.city) if query.city else None
    day = query.day or (None if query.rule_id else times.today())
    rules = [book.rules[query.rule_id]] if query.rule_id else list(book.rules.values())
    return [rule for rule in rules if _answers(book, rule, query, place, day)]


def _answers(book: Rulebook, rule: RuleHead, query: Query, place: Place | None, day: date | None) -> bool:
    if query.kind is not None and rule.kind != query.kind:
        return False
    if day is not None and not (book.holds(rule, day, query.known_on) and book.in_period(rule, day, place)):
        return False
    if place is not None and not book.reaches(rule, place):
        return False
    return query.level is None or _at_level(rule, query.level)


def _at_level(rule: RuleHead, level: str) -> bool:
    """Whether a rule speaks at a level; rules without levels speak at all of them."""
    if isinstance(rule, LineRule | ActRule):
        return rule.speaks_at(level)
    if isinstance(rule, RatioRule):
        return level in rule.required
    own = getattr(rule, "level", None)
    return own is None or own == level


def named_cities(book: Rulebook, names: Iterable[str], **where: Any) -> tuple[str, ...]:
    """The standard names of cities; ``where`` says of the problems where they were named.

    Raises:
        InputError: with each that is no city, as a county of one.

    """
    found = {said: book.lists.standard_name("places", said) for said in names}
    known = book.lists.cities()
    if unknown := [said for said, name in found.items() if name not in known]:
        raise InputError([Problem("no_such_city", **where, value=said, names=known) for said in unknown])
    return tuple(str(name) for name in found.values())


def place_of(book: Rulebook, text: str, where: str = "city") -> Place:
    """The place behind 城市, 城市/区县 or 城市/区县/乡镇; ``where``: the argument, as the problem names it.

    Raises:
        InputError: the city is not on file.

    """
    city, _, rest = text.partition("/")
    county, _, township = rest.partition("/")
    name = book.lists.standard_name("places", city)
    if name is None or name not in book.lists.cities():
        raise InputError([Problem("no_such_city", where=where, value=text, names=book.lists.cities())])
    if (near := book.lists.nearest_places(f"{name}/{county}")) is not None:
        near = near or tuple(f"{name}/{one}" for one in book.lists.counties.of(name))
        raise InputError([Problem("unknown_member", where=where, value=text, names=near)])
    return Place(province=book.lists.province_of(name), city=name, county=county, township=township)
