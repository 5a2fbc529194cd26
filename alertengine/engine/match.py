"""Matching a list against rules, exactly, through its distinct profiles.

Rules are grouped by their area and the set of fields they read (their signature).  Per
group the fields are cut at the constants in use and only the distinct rows are matched:
profiles grow with the law, not with the list.  A profile is matched once and remembered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.engine.codes import CodeArray, Coded, Column, Leaf, columns_of, encode, residual, split_names
from alertengine.engine.durable import SHARD_WIDTH, Pattern, Shards
from alertengine.engine.facts import Facts
from alertengine.engine.numbering import Index, dense, joined
from alertengine.engine.plain import Hits, all_hits
from alertengine.errors import EngineError
from alertengine.rulebook.conditions import Atom, Condition, atoms, conjoin
from alertengine.rulebook.openlists import Place
from alertengine.rulebook.schema import LineRule

Row = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """What matched one kind of line: rules that surely hold, and what is open.

    ``open`` pairs a rule that filling in unknown fields may bring about, or undo, with the condition
    left over those fields.
    """

    sure: frozenset[str] = frozenset()
    open: tuple[tuple[str, Condition], ...] = ()


NOTHING = Match()
#: What one group makes of a list: for each line the number of its match (every group's are held at once: small
#: numbers), and the matches.
_Part = tuple[npt.NDArray[np.int32], list[Match]]


@dataclass(slots=True)
class _Shard:
    number: int
    guard: int | None
    guard_codes: frozenset[int]


@dataclass(slots=True)
class _Group:
    members: frozenset[str]
    columns: tuple[Column, ...]
    rules: list[LineRule]
    coded: dict[str, Coded]
    #: Rules that ask whether a field is missing: filling it in can undo them.
    on_missing: frozenset[str]
    shards: list[_Shard] = field(default_factory=list)
    memo: dict[Row, Match] = field(default_factory=dict)


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


class Matcher:
    """Matches lines against a fixed set of rules; keeps what it has seen.

    ``one_by_one``: how many new profiles of a group are shown to the shards; those beyond are matched together
    by their code sets (see ``plain``), once that agrees with the shards on the first.

    Args:
        rules: each rule with the places its area stands for.

    """

    one_by_one = 256

    def __init__(self, rules: Sequence[tuple[LineRule, frozenset[str]]]) -> None:
        """Group the rules, compile each group to shards, build the host."""
        self._groups = _groups(rules)
        shards: list[tuple[tuple[Column, ...], list[Pattern]]] = []
        for group in self._groups:
            for guard, codes, patterns in _packed(group):
                group.shards.append(_Shard(len(shards), guard, codes))
                shards.append((group.columns, patterns))
        self._shards = Shards(shards)
        self.facts = 0

    def match(self, facts: Facts, within: npt.NDArray[np.bool_] | None = None) -> Matched:
        """Match every line, or those of ``within`` alone (nothing matches the others); shape of ``index``: (lines,)."""
        place_of, places = facts.places()
        parts: list[_Part] = []
        for group in self._groups:
            inside = np.array([not group.members.isdisjoint(place.names()) for place in places], dtype=bool)[place_of]
            perhaps = np.array([_perhaps(group.members, place) for place in places], dtype=bool)[place_of] & ~inside
            if within is not None:
                inside, perhaps = inside & within, perhaps & within
            if inside.any():
                parts.append(self._match_group(group, facts, None if inside.all() else inside))
            if perhaps.any():
                index, found = self._match_group(group, facts, perhaps)
                parts.append((index, [_if_in(group.members, match) for match in found]))
        return _together(parts, len(facts))

    def stats(self) -> MatchStats:
        """Profiles matched so far, by signature."""
        profiles: dict[str, int] = {}
        for group in self._groups:
            name = "+".join(dict.fromkeys(column.field for column in group.columns)) or "(none)"
            profiles[name] = profiles.get(name, 0) + len(group.memo)
        return MatchStats(profiles, self.facts)

    def _match_group(self, group: _Group, facts: Facts, mask: npt.NDArray[np.bool_] | None) -> _Part:
        """Match one group; lines outside ``mask`` get match 0, nothing."""
        columns = [column.codes(facts) for column in group.columns]
        if mask is not None:
            columns = [codes[mask] for codes in columns]
        count = len(facts) if mask is None else int(mask.sum())
        inverse, rows = distinct_rows(columns, group.columns, count)
        self._match_rows(group, [row for row in rows if row not in group.memo])
        numbers: dict[Match, int] = {NOTHING: 0}
        of_row = np.array([numbers.setdefault(group.memo[row], len(numbers)) for row in rows], dtype=np.int32)
        index = of_row[inverse]
        if mask is not None:
            whole = np.zeros(len(facts), dtype=np.int32)
            whole[mask] = index
            index = whole
        return index, list(numbers)

    def _match_rows(self, group: _Group, new: list[Row]) -> None:
        """Match new profiles: the first by the shards, many more together, which must agree on the first."""
        first = new[: self.one_by_one]
        found = [self._hits(group, row) for row in first]
        if len(new) > len(first):
            together = all_hits(group.coded, group.columns, np.array(new, dtype=np.int64).T)
            if together[: len(first)] != found:
                raise EngineError(f"two ways of matching disagree on rules {', '.join(sorted(group.coded)[:4])}")
            found = together
        matches: dict[Match, Match] = {NOTHING: NOTHING}
        for row, hits in zip(new, found, strict=True):
            match = _matched(group, row, hits)
            group.memo[row] = matches.setdefault(match, match)

    def _hits(self, group: _Group, row: Row) -> Hits:
        """What the shards hit for a profile."""
        hits: set[str] = set()
        for shard in group.shards:
            if shard.guard is None or row[shard.guard] in shard.guard_codes:
                hits.update(self._shards.match(shard.number, row))
                self.facts += 1
        named = [hit.rpartition("/") for hit in hits]
        return Hits(
            frozenset(name for name, _, how in named if how == "surely"),
            frozenset(name for name, _, how in named if how == "possibly"),
        )


def _matched(group: _Group, row: Row, hits: Hits) -> Match:
    """The match of a profile: rules that surely hold, and what is left of those that filling in may change."""
    open_rules = (hits.possibly - hits.surely) | group.on_missing
    left: list[tuple[str, Condition]] = []
    for name in (rule.id for rule in group.rules if rule.id in open_rules) if open_rules else ():
        rest = residual(group.coded[name], row)
        if not isinstance(rest, bool):
            left.append((name, rest))
    return Match(hits.surely, tuple(left)) if hits.surely or left else NOTHING


def _perhaps(members: frozenset[str], place: Place) -> bool:
    """Whether a line of unknown county could lie in an area of counties."""
    return not place.county and any(member.startswith(f"{place.city}/") for member in members)


def _if_in(members: frozenset[str], match: Match) -> Match:
    """What a match amounts to while the county is unknown: nothing surely, all of it on that condition."""
    counties = tuple(sorted({member.split("/", 1)[1] for member in members if "/" in member}))
    inside = Atom("county", "in", counties)
    rules = [
        *((rule, inside) for rule in sorted(match.sure)),
        *((rule, conjoin(inside, left)) for rule, left in match.open),
    ]
    return Match(frozenset(), tuple(rules))


def _groups(rules: Sequence[tuple[LineRule, frozenset[str]]]) -> list[_Group]:
    by_key: dict[tuple[frozenset[str], frozenset[str]], list[LineRule]] = {}
    for rule, members in rules:
        if members:
            by_key.setdefault((members, rule.reads), []).append(rule)
    groups = []
    for (members, _), inside in by_key.items():
        conditions = {rule.id: split_names(rule.when) for rule in inside}
        columns = columns_of(conditions.values())
        coded = {name: encode(condition, columns) for name, condition in conditions.items()}
        asking = {rule.id for rule in inside if any(atom.op == "missing" for atom in atoms(rule.when))}
        groups.append(_Group(members, columns, inside, coded, frozenset(asking)))
    return groups


def _packed(group: _Group) -> list[tuple[int | None, frozenset[int], list[Pattern]]]:
    """The patterns of a group in shards, guarded by one text column where rules ask for its value.

    A guarded shard is only shown profiles whose code its rules could accept.
    """
    guard = _guard_column(group)
    buckets: dict[frozenset[int] | None, list[Pattern]] = {}
    for rule in group.rules:
        coded = group.coded[rule.id]
        codes = _guard_codes(coded, guard)
        patterns = [Pattern(f"{rule.id}/surely", coded, False), Pattern(f"{rule.id}/possibly", coded, True)]
        buckets.setdefault(codes, []).extend(patterns)
    packed: list[tuple[int | None, frozenset[int], list[Pattern]]] = []
    for codes, patterns in buckets.items():
        shard: list[Pattern] = []
        for pattern in patterns:
            if shard and sum(p.width for p in shard) + pattern.width > SHARD_WIDTH:
                packed.append((guard if codes else None, codes or frozenset(), shard))
                shard = []
            shard.append(pattern)
        packed.append((guard if codes else None, codes or frozenset(), shard))
    return packed


def _guard_column(group: _Group) -> int | None:
    """The text column with the most constants among those that top-level comparisons ask for."""
    texts = [number for number, column in enumerate(group.columns) if column.kind == "text"]
    return max(texts, key=lambda number: group.columns[number].size, default=None)


def _guard_codes(coded: Coded, guard: int | None) -> frozenset[int] | None:
    """The codes of the guard column that a rule could accept, or None where it may accept any."""
    if guard is None:
        return None
    leaves = (coded,) if isinstance(coded, Leaf) else coded.parts if coded.every else ()
    for leaf in leaves:
        if isinstance(leaf, Leaf) and leaf.column == guard:
            return leaf.possibly
    return None


def distinct_rows(columns: list[CodeArray], shapes: Sequence[Column], count: int) -> tuple[Index, list[Row]]:
    """Distinct rows of coded columns: for each line the number of its row, and the rows.

    Codes are packed into one integer; where the product of sizes outgrows 62 bits the partial
    key is first renumbered.
    """
    key = np.zeros(count, dtype=np.int64)
    span = 1
    for codes, shape in zip(columns, shapes, strict=True):
        width = shape.size + 1
        if span * width >= 1 << 62:
            key, _ = pd.factorize(key)
            span = int(key.max(initial=0)) + 1
        key = key * width + codes
        span *= width
    inverse, first = dense(key, span)
    rows: list[Row] = list(zip(*(codes[first].tolist() for codes in columns), strict=True))
    return inverse, rows or [()] * len(first)


def _together(parts: list[_Part], count: int) -> Matched:
    """The matches of all groups as one of each line: rules of every group; match 0 of a group is nothing."""
    some = [(index, matches) for index, matches in parts if len(matches) > 1]
    if not some:
        return Matched(np.zeros(count, dtype=np.int64), [NOTHING])
    key, firsts = joined(*(index for index, _ in some))
    rows = np.stack([index[firsts] for index, _ in some], axis=1)
    made = []
    for row in rows.tolist():
        held = [matches[number] for number, (_, matches) in zip(row, some, strict=True) if number]
        sure = frozenset().union(*(match.sure for match in held))
        made.append(Match(sure, tuple(item for match in held for item in match.open)))
    return Matched(key, made)
