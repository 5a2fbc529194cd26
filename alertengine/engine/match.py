"""Matching a list against rules, exactly, through what the rules can tell apart.

A rule's area first selects its lines; then every rule is looked up in its table (see ``_matching/table``) and
lines are matched by what all rules together come to (see ``_matching/signatures``): kinds of line grow with the
law, not with the list.  Each is decided once, and durable-rules must agree (see ``proof``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from alertengine.engine._matching.signatures import Signatures
from alertengine.engine._matching.table import Table, table_of
from alertengine.engine.code_sets import Row, columns_of
from alertengine.engine.facts import Facts
from alertengine.engine.outcomes import Kinds, Numbered, TabledRule, numbered
from alertengine.engine.proof import RuleProof
from alertengine.files import Index
from alertengine.rulebook import NATION, Atom, Condition, Group, LineRule, Place
from alertengine.vocabulary import EngineError, uncollected

Members = frozenset[str]
#: How a place stands to each area of the rules: inside or not, or inside if what is unknown of it meets a condition.
Standing = tuple[bool | Condition, ...]


@dataclass(frozen=True, slots=True)
class MatchStats:
    """How much was matched: by the fields that rules read what they came to, and how many facts the proof took."""

    profiles: dict[str, int]
    facts: int


@dataclass(frozen=True, slots=True)
class Matched:
    """For each line the number of its kind, and the kinds, each a match."""

    index: Index
    matches: Kinds


@dataclass(slots=True)
class RuleArea:
    """The rules of one area, numbered in the order of the law."""

    members: Members
    rules: list[tuple[int, LineRule]] = field(default_factory=list)


def areas_of(rules: Sequence[tuple[LineRule, Members]]) -> list[RuleArea]:
    """The rules by area; those of an area that stands for no place are left out."""
    areas: dict[Members, RuleArea] = {}
    for number, (rule, members) in enumerate(rules):
        if members:
            areas.setdefault(members, RuleArea(members)).rules.append((number, rule))
    return list(areas.values())


class Matcher:
    """Matches lines against a fixed set of rules.

    ``one_by_one``: how many kinds of line of a list are shown to durable-rules.

    Args:
        rules: each rule with the places its area stands for.
        tables: the tables of conditions that are there already; further ones are added.

    Raises:
        EngineError: a rule leaves the dialect in which durable-rules is right.

    """

    one_by_one = 64

    def __init__(self, rules: Sequence[tuple[LineRule, Members]], tables: dict[Condition, Table] | None = None) -> None:
        """Compile the rules, for durable-rules too."""
        self._prepare(rules, {} if tables is None else tables)
        self._proof = RuleProof([(rule.id, self._table(rule)) for rule, members in rules if members])

    def _prepare(self, rules: Sequence[tuple[LineRule, Members]], tables: dict[Condition, Table]) -> None:
        self._columns = columns_of(rule.when for rule, members in rules if members)
        self._areas = areas_of(rules)
        self.tables = tables
        self._at: dict[Standing, Signatures] = {}
        self._outcomes = Numbered()
        self._tabled: dict[tuple[int, Condition | None], TabledRule] = {}

    def _table(self, rule: LineRule) -> Table:
        if rule.when not in self.tables:
            try:
                self.tables[rule.when] = table_of(rule.when)
            except EngineError as error:
                raise EngineError(f"rule {rule.id}: {error}") from None
        return self.tables[rule.when]

    @property
    def facts(self) -> int:
        """Facts that durable-rules has seen."""
        return self._proof.facts

    def stats(self) -> MatchStats:
        """What rules came to so far, by the fields they read."""
        profiles: dict[str, int] = {}
        rules = {number: rule for area in self._areas for number, rule in area.rules}
        for number in self._outcomes.rule[self._outcomes.met].tolist():
            name = "+".join(sorted(rules[number].reads)) or "(none)"
            profiles[name] = profiles.get(name, 0) + 1
        return MatchStats(profiles, self.facts)

    def prove(self) -> None:
        """Prove every entry of every rule's table against durable-rules, where no certificate says it was done.

        Raises:
            EngineError: the two ways of matching disagree.

        """
        self._proof.prove()

    @uncollected()
    def match(self, facts: Facts, within: npt.NDArray[np.bool_] | None = None) -> Matched:
        """Match every line, or those of ``within`` alone (nothing matches the others); shape of ``index``: (lines,)."""
        place_of_line, places = facts.places()
        standings: dict[Standing, int] = {}
        of_place = [standings.setdefault(self._standing(place), len(standings)) for place in places]
        at = np.array(of_place, dtype=np.int64)[place_of_line]
        if within is not None:
            at = np.where(within, at, -1)
        index = np.zeros(len(facts), dtype=np.int64)
        nothing = np.zeros(1, dtype=np.int64)
        sums, said, counts = [np.zeros((1, 2), dtype=np.uint64)], [nothing[:0]], [nothing]
        for standing, place in standings.items():
            lines = np.flatnonzero(at == place)
            if len(lines):
                rules = self._rules_at(standing)
                of_line = rules.sums(facts.coded, lines)
                own, first = numbered(of_line)
                index[lines] = own + sum(map(len, counts))
                found, held = rules.told(facts.coded, lines[first])
                shown = lines[first[: self.one_by_one]]
                self._show(rules, facts, shown, np.split(found, np.cumsum(held[: len(shown)])))
                sums, said, counts = [*sums, of_line[first]], [*said, found], [*counts, held]
        count = np.concatenate(counts)
        number, first = numbered(np.concatenate(sums))  # the same kind at several places is one
        kinds = Kinds(self._outcomes, np.concatenate(said), (np.cumsum(count) - count)[first], count[first])
        self._outcomes.met[kinds.said] = True
        return Matched(number[index], kinds)

    def _show(self, rules: Signatures, facts: Facts, lines: Index, said: Sequence[Index]) -> None:
        """Hold what lines come to against durable-rules: the law, once, and these lines."""
        self.prove()
        columns = [facts.coded(column)[lines].tolist() for column in rules.columns]
        rows: list[Row] = list(zip(*columns, strict=True)) or [()] * len(lines)
        self._proof.show(rules.columns, rules.ids, rows, lambda n: tuple(map(self._outcomes.outcome, said[n].tolist())))

    def _standing(self, place: Place) -> Standing:
        names = place.names()
        return tuple(
            not area.members.isdisjoint(names) or _perhaps(area.members, place) or False for area in self._areas
        )

    def _rules_at(self, standing: Standing) -> Signatures:
        """The rules that hold or may hold at a place, ready."""
        if standing not in self._at:
            rules: list[TabledRule] = []
            further: list[TabledRule] = []
            for area, how in zip(self._areas, standing, strict=True):
                inside = None if isinstance(how, bool) else how
                for number, rule in area.rules if how is not False else ():
                    if (number, inside) not in self._tabled:  # the same outcomes at every place
                        self._tabled[number, inside] = TabledRule(rule.id, number, self._table(rule), inside)
                        further.append(self._tabled[number, inside])
                    rules.append(self._tabled[number, inside])
            self._outcomes.take(further)
            rules.sort(key=lambda rule: rule.number)
            self._at[standing] = Signatures(rules, self._columns, self._outcomes)
        return self._at[standing]


def _perhaps(members: Members, place: Place) -> Condition | None:
    """What must be known of a line's county or township for it to lie in an area; None where it surely does not."""
    counties: list[str] = []
    townships: dict[str, list[str]] = {}
    for member in sorted(members):
        city, _, rest = member.partition("/")
        county, _, township = rest.partition("/")
        if not county or city != place.city or place.county not in ("", county):
            continue
        if not township:
            counties.append(county)
        elif place.township in ("", township):
            townships.setdefault(county, []).append(township)
    parts: list[Condition] = [Atom("county", "in", tuple(counties))] if counties else []
    for county, names in townships.items():
        within = [] if place.county else [Atom("county", "in", (county,))]
        within += [] if place.township else [Atom("township", "in", tuple(names))]
        parts.append(within[0] if len(within) == 1 else Group(every=True, parts=tuple(within)))
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else Group(every=False, parts=tuple(parts))


def check_dialect(rule: LineRule) -> None:
    """Compile one rule alone.

    Raises:
        EngineError: the rule leaves the dialect.

    """
    Matcher([(rule, frozenset({NATION}))])
