"""Matching a list against rules, exactly, through what the rules can tell apart.

A rule's area first selects its lines; what holds at a place is then laid out in words (see ``words``),
so that lines are matched by the distinct words they make: profiles grow with the law, not with the
list.  A profile is decided once and remembered, and durable-rules must agree (see ``proof``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from alertengine.engine._matching.alternatives import Term, terms_of
from alertengine.engine._matching.bitmasks import ROOM, Worded, Words
from alertengine.engine._matching.distinct_rows import asks_missing, by_fields, rows_of
from alertengine.engine._matching.merge import Coding, Part, Whole, together
from alertengine.engine.code_sets import CodeArray, Column, Row, columns_of, encode, split_names
from alertengine.engine.facts import Facts
from alertengine.engine.group_index import Index
from alertengine.engine.outcomes import CodedRule, Match, Outcomes, match_of
from alertengine.engine.proof import Proof, place_of
from alertengine.rulebook.conditions import Atom
from alertengine.rulebook.places_and_lists import Place
from alertengine.rulebook.schema import LineRule

__all__ = ["Area", "Match", "MatchStats", "Matched", "Matcher", "Matching", "areas_of"]

#: How a place stands to an area: outside, inside, or perhaps inside (its county is unknown).
_OUTSIDE, _INSIDE, _PERHAPS = range(3)
#: Terms of one rule, and columns that one of them may leave open, beyond which it is matched by its rows.
_MOST_TERMS, _NARROW = 16, 3
Members = frozenset[str]
#: How a place stands to each area of the rules.
Standing = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MatchStats:
    """How much was matched: profiles by signature, and how many facts the matcher saw."""

    profiles: dict[str, int]
    facts: int


@dataclass(frozen=True, slots=True)
class Matched:
    """For each line the number of its match, and the distinct matches."""

    index: Index
    matches: list[Match]


class Matching(Protocol):
    """Some rules, ready to be matched."""

    def match(self, coding: Coding, count: int) -> list[Part]:
        """The outcomes of each line."""

    def profiles(self) -> dict[str, int]:
        """Profiles seen, by signature."""

    def forget(self) -> None:
        """Forget every profile."""


@dataclass(slots=True)
class Area:
    """The rules of one area, numbered in the order of the law."""

    members: Members
    rules: list[tuple[int, LineRule]] = field(default_factory=list)


def areas_of(rules: Sequence[tuple[LineRule, Members]]) -> list[Area]:
    """The rules by area; those of an area that stands for no place are left out."""
    areas: dict[Members, Area] = {}
    for number, (rule, members) in enumerate(rules):
        if members:
            areas.setdefault(members, Area(members)).rules.append((number, rule))
    return list(areas.values())


class Matcher:
    """Matches lines against a fixed set of rules; keeps what it has seen.

    ``one_by_one``: how many new profiles of a list are shown to durable-rules; where there are more, the law
    as a whole is proven against it first, once.

    Args:
        rules: each rule with the places its area stands for.

    """

    one_by_one = 64

    def __init__(self, rules: Sequence[tuple[LineRule, Members]]) -> None:
        """Compile the rules, for durable-rules too."""
        here = [(rule, members) for rule, members in rules if members]
        self._columns = columns_of(split_names(rule.when) for rule, _ in here)
        self._areas = areas_of(rules)
        self._proof = Proof(here, self._columns)
        self._proven = False
        self._prepare()

    def _prepare(self) -> None:
        self._at: dict[Standing, list[Matching]] = {}
        self._placed: dict[tuple[int, int], tuple[list[Worded], list[Matching]]] = {}
        self._matches: dict[Outcomes, Match] = {}

    @property
    def facts(self) -> int:
        """Facts that durable-rules has seen."""
        return self._proof.facts

    def stats(self) -> MatchStats:
        """Profiles matched so far, by signature."""
        profiles: dict[str, int] = {}
        for part in self._parts():
            for name, count in part.profiles().items():
                profiles[name] = profiles.get(name, 0) + count
        return MatchStats(profiles, self.facts)

    def forget(self) -> None:
        """Forget every profile; what depends on the law alone is kept."""
        for part in self._parts():
            part.forget()
        self._matches.clear()

    def _parts(self) -> Iterable[Matching]:
        return {id(part): part for parts in self._at.values() for part in parts}.values()

    def prove(self) -> None:
        """Prove the compiled law against durable-rules, on profiles chosen to show all that each shard can do.

        Raises:
            EngineError: the two ways of matching disagree.

        """
        self._proven = True
        chosen = self._proof.chosen()
        rows = np.array([row for _, _, row in chosen], dtype=np.int16).reshape(len(chosen), len(self._columns)).T
        parts = self._rules_at((_INSIDE,) * len(self._areas))
        found = self._match_all(parts, self._coding(rows), len(chosen))
        for one, number in zip(chosen, found.index.tolist(), strict=True):
            self._proof.check(one, found.found[number])
        for part in parts:
            part.forget()

    def match(self, facts: Facts, within: npt.NDArray[np.bool_] | None = None) -> Matched:
        """Match every line, or those of ``within`` alone (nothing matches the others); shape of ``index``: (lines,)."""
        place_of_line, places = facts.places()
        standings: dict[Standing, int] = {}
        of_place = [standings.setdefault(self._standing(place), len(standings)) for place in places]
        numbers: dict[Outcomes, int] = {(): 0}
        index = np.zeros(len(facts), dtype=np.int64)
        for standing, at in standings.items():
            inside = np.array([number == at for number in of_place], dtype=bool)
            if within is None and inside.all():
                lines = None
            else:
                chosen = inside[place_of_line]
                lines = np.flatnonzero(chosen if within is None else chosen & within)
            found = self._match_at(standing, facts, lines)
            of_found = np.array([numbers.setdefault(one, len(numbers)) for one in found.found], dtype=np.int64)
            index[slice(None) if lines is None else lines] = of_found[found.index]
        return Matched(index, [self._match_of(outcomes) for outcomes in numbers])

    def _match_of(self, outcomes: Outcomes) -> Match:
        found = self._matches.get(outcomes)
        if found is None:
            found = self._matches[outcomes] = match_of(outcomes)
        return found

    def _match_at(self, standing: Standing, facts: Facts, lines: Index | None) -> Whole:
        """Match the lines (None: all) that stand so to the areas."""
        parts = self._rules_at(standing)
        taken: dict[Column, CodeArray] = {}

        def coding(column: Column) -> CodeArray:
            if column not in taken:
                codes = facts.coded(column)
                taken[column] = codes if lines is None else codes[lines]
            return taken[column]

        found = self._match_all(parts, coding, len(facts) if lines is None else len(lines))
        if len(found.fresh) > self.one_by_one and not self._proven:
            self.prove()
        self._show(standing, coding, found)
        return found

    def _match_all(self, parts: Sequence[Matching], coding: Coding, count: int) -> Whole:
        return together([one for part in parts for one in part.match(coding, count)], count)

    def _show(self, standing: Standing, coding: Coding, found: Whole) -> None:
        """Show the first new profiles to durable-rules."""
        lines = found.fresh[: self.one_by_one]
        if not lines:
            return
        areas = frozenset(area.members for area, how in zip(self._areas, standing, strict=True) if how != _OUTSIDE)
        columns = [coding(column)[lines].tolist() for column in self._columns]
        rows: list[Row] = list(zip(*columns, strict=True)) or [()] * len(lines)
        numbers = found.index[lines].tolist()
        self._proof.show((row, found.found[number], areas) for row, number in zip(rows, numbers, strict=True))

    def _coding(self, rows: CodeArray) -> Coding:
        """Profiles of all columns, (columns, profiles), as the codes of any column."""

        def coding(column: Column) -> CodeArray:
            number = place_of(column, self._columns)
            return self._columns[number].recoded(column)[rows[number]]

        return coding

    def _standing(self, place: Place) -> Standing:
        names = place.names()
        return tuple(
            _OUTSIDE + (_INSIDE if not area.members.isdisjoint(names) else _PERHAPS * _perhaps(area.members, place))
            for area in self._areas
        )

    def _rules_at(self, standing: Standing) -> list[Matching]:
        """The rules that hold or may hold at a place, ready."""
        if standing not in self._at:
            worded: list[Worded] = []
            parts: list[Matching] = []
            for number, how in enumerate(standing):
                if how != _OUTSIDE:
                    own, others = self._rules_of(number, how)
                    worded += own
                    parts += others
            worded.sort(key=lambda one: one.rule.number)
            narrow = [one for one in worded if _most_open(one.terms) <= _NARROW]
            wide = [one for one in worded if _most_open(one.terms) > _NARROW]
            self._at[standing] = [*(Words(some, self._columns) for some in (narrow, wide) if some), *parts]
        return self._at[standing]

    def _rules_of(self, number: int, how: int) -> tuple[list[Worded], list[Matching]]:
        """The rules of an area where a line lies in it, or perhaps does: in words, and the others."""
        key = number, how
        if key not in self._placed:
            area = self._areas[number]
            self._placed[key] = self._compiled(area, _in_counties(area.members) if how == _PERHAPS else None)
        return self._placed[key]

    def _compiled(self, area: Area, inside: Atom | None) -> tuple[list[Worded], list[Matching]]:
        """The rules of an area: those that can be laid out in words, and the others by the fields they read."""
        worded: list[Worded] = []
        others: list[tuple[int, LineRule]] = []
        for number, rule in area.rules:
            condition = encode(split_names(rule.when), self._columns)
            terms = terms_of(condition, self._columns, _MOST_TERMS)
            if terms is None or len(terms) * (1 + _most_open(terms)) > ROOM:
                others.append((number, rule))
            else:
                coded = CodedRule(rule.id, number, condition, asks_missing(rule), inside)
                worded.append(Worded(coded, tuple(terms)))
        return worded, [rows_of(some, inside) for some in by_fields(others)]


def _most_open(terms: Sequence[Term]) -> int:
    """How many columns one term may leave open."""
    return max((len(term.asking) for term in terms), default=0)


def _perhaps(members: Members, place: Place) -> bool:
    """Whether a line of unknown county could lie in an area of counties."""
    return not place.county and any(member.startswith(f"{place.city}/") for member in members)


def _in_counties(members: Members) -> Atom:
    """That a line lies in one of the counties of an area."""
    return Atom("county", "in", tuple(sorted({member.split("/", 1)[1] for member in members if "/" in member})))
