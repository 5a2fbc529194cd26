"""The matcher's answers proven against durable-rules.

Every rule is also compiled to durable-rules, in shards.  What is matched otherwise must agree with it:
once for every law, on profiles chosen so that each shard sees every code of its columns and each rule
where it holds, where it just fails and where it is open; and on the first new profiles of every list.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from alertengine.engine._matching.alternatives import Term, terms_of
from alertengine.engine.code_sets import UNKNOWN, Coded, Column, Leaf, Row, columns_of, encode, split_names
from alertengine.engine.durable import SHARD_WIDTH, Pattern, Shards
from alertengine.engine.outcomes import Outcomes, possibly_name, surely_name
from alertengine.rulebook.schema import LineRule
from alertengine.vocabulary.problems import EngineError

#: Alternatives of one rule that the chosen profiles go through.
_MOST_TERMS = 64
_PATTERNS = operator.attrgetter("patterns")
Members = frozenset[str]


@dataclass(frozen=True, slots=True)
class _Shard:
    number: int
    guard: int | None
    guard_codes: frozenset[int]
    #: The names of its patterns; the two of one rule need not stand in the same shard.
    patterns: frozenset[str]

    def asks(self, row: Row) -> bool:
        """Whether its rules could accept a profile at all."""
        return self.guard is None or row[self.guard] in self.guard_codes


@dataclass(slots=True)
class _Group:
    """Rules of one area that read the same fields, over columns of their own."""

    members: Members
    columns: tuple[Column, ...]
    coded: dict[str, Coded]
    #: For each column its number among all columns, and its code for each code there.
    origin: tuple[tuple[int, Row], ...]
    shards: list[_Shard] = field(default_factory=list)
    shown: set[Row] = field(default_factory=set)
    patterns: frozenset[str] = frozenset()

    def own(self, row: Row) -> Row:
        """A profile of all columns as one of the group's."""
        return tuple([table[row[number]] for number, table in self.origin])

    def whole(self, row: Row, width: int) -> Row:
        """A profile of all columns that the group sees as ``row``; the others unknown."""
        out = [UNKNOWN] * width
        for code, (number, table) in zip(row, self.origin, strict=True):
            out[number] = table.index(code)
        return tuple(out)


class Proof:
    """The same rules in durable-rules.

    Args:
        rules: each rule with the places its area stands for.
        columns: the columns that profiles are given in.

    """

    def __init__(self, rules: Sequence[tuple[LineRule, Members]], columns: tuple[Column, ...]) -> None:
        """Group the rules, compile each group to shards, build the host."""
        self._width = len(columns)
        self._groups = _groups(rules, columns)
        shards: list[tuple[tuple[Column, ...], list[Pattern]]] = []
        for group in self._groups:
            for guard, codes, patterns in _packed(group.coded, group.columns):
                names = frozenset(pattern.name for pattern in patterns)
                group.shards.append(_Shard(len(shards), guard, codes, names))
                shards.append((group.columns, patterns))
            group.patterns = frozenset().union(*(shard.patterns for shard in group.shards))
        self._shards = Shards(shards)
        self.facts = 0

    def show(self, profiles: Iterable[tuple[Row, Outcomes, frozenset[Members]]]) -> None:
        """Show profiles, with what was found and the areas in which they lie or may lie; each once.

        Raises:
            EngineError: durable-rules finds otherwise.

        """
        for row, found, areas in profiles:
            for group in self._groups:
                own = group.own(row)
                if group.members in areas and own not in group.shown:
                    group.shown.add(own)
                    # a shard that is not asked has no hit to give: what is found must agree over all rules
                    asked = [shard for shard in group.shards if shard.asks(own)]
                    self._compare(asked, own, _said(found, group.patterns))

    def chosen(self) -> list[tuple[int, int, Row]]:
        """Profiles on which every shard shows all it can do: its group, its number there, the profile."""
        return [
            (number, at, group.whole(row, self._width))
            for number, group in enumerate(self._groups)
            for at, shard in enumerate(group.shards)
            for row in dict.fromkeys(_telling(group, shard))
        ]

    def check(self, chosen: tuple[int, int, Row], found: Outcomes) -> None:
        """Show a chosen profile to its shard.

        Raises:
            EngineError: durable-rules finds otherwise.

        """
        number, at, row = chosen
        group = self._groups[number]
        shard = group.shards[at]
        self._compare([shard], group.own(row), _said(found, shard.patterns))

    def _compare(self, shards: Sequence[_Shard], row: Row, said: frozenset[str]) -> None:
        """Show a group's profile to shards; ``said`` are the patterns that hold by the other way of matching."""
        hits: set[str] = set()
        for shard in shards:
            hits.update(self._shards.match(shard.number, row))
            self.facts += 1
        if hits != said:
            wrong = sorted({name.rpartition("/")[0] for name in hits ^ said})
            raise EngineError(f"two ways of matching disagree on rules {', '.join(wrong[:4])}")


def _said(found: Outcomes, patterns: frozenset[str]) -> frozenset[str]:
    """What was found, as names of patterns, of those in ``patterns``."""
    return patterns.intersection(itertools.chain.from_iterable(map(_PATTERNS, found)))


def _groups(rules: Sequence[tuple[LineRule, Members]], columns: tuple[Column, ...]) -> list[_Group]:
    by_key: dict[tuple[Members, frozenset[str]], list[LineRule]] = {}
    for rule, members in rules:
        if members:
            by_key.setdefault((members, rule.reads), []).append(rule)
    groups = []
    for (members, _), inside in by_key.items():
        conditions = {rule.id: split_names(rule.when) for rule in inside}
        own = columns_of(conditions.values())
        coded = {name: encode(condition, own) for name, condition in conditions.items()}
        places = [place_of(column, columns) for column in own]
        tables = [tuple(columns[at].recoded(column).tolist()) for at, column in zip(places, own, strict=True)]
        origin = tuple(zip(places, tables, strict=True))
        groups.append(_Group(members, own, coded, origin))
    return groups


def place_of(column: Column, columns: Sequence[Column]) -> int:
    """The number of the column that holds the same field with all constants in use."""
    return next(
        number
        for number, whole in enumerate(columns)
        if (whole.field, whole.kind) == (column.field, column.kind)
        and (column.kind != "name" or whole.constants == column.constants)
    )


def _packed(
    coded: dict[str, Coded], columns: tuple[Column, ...]
) -> list[tuple[int | None, frozenset[int], list[Pattern]]]:
    """The patterns of a group in shards, guarded by one text column where rules ask for its value.

    A guarded shard is only shown profiles whose code its rules could accept.
    """
    guard = _guard_column(columns)
    buckets: dict[frozenset[int] | None, list[Pattern]] = {}
    for name, condition in coded.items():
        codes = _guard_codes(condition, guard)
        patterns = [Pattern(surely_name(name), condition, False), Pattern(possibly_name(name), condition, True)]
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


def _guard_column(columns: tuple[Column, ...]) -> int | None:
    """The text column with the most constants among those that top-level comparisons ask for."""
    texts = [number for number, column in enumerate(columns) if column.kind == "text"]
    return max(texts, key=lambda number: columns[number].size, default=None)


def _guard_codes(coded: Coded, guard: int | None) -> frozenset[int] | None:
    """The codes of the guard column that a rule could accept, or None where it may accept any."""
    if guard is None:
        return None
    leaves = (coded,) if isinstance(coded, Leaf) else coded.parts if coded.every else ()
    for leaf in leaves:
        if isinstance(leaf, Leaf) and leaf.column == guard:
            return leaf.possibly
    return None


def _telling(group: _Group, shard: _Shard) -> Iterator[Row]:
    """Profiles of a group that show what a shard can do."""
    choices = [range(column.size + 1) for column in group.columns]
    guarded = [sorted(shard.guard_codes) if number == shard.guard else choice for number, choice in enumerate(choices)]
    for turn in range(max((len(choice) for choice in guarded), default=1)):
        yield tuple(choice[turn % len(choice)] for choice in guarded)
    for name in sorted({pattern.rpartition("/")[0] for pattern in shard.patterns}):
        terms = terms_of(group.coded[name], group.columns, _MOST_TERMS) or ()
        for turn, term in enumerate(terms):
            for row in _around(term, choices, turn):
                if shard.asks(row):
                    yield row


def _around(term: Term, choices: Sequence[Sequence[int]], turn: int) -> Iterator[Row]:
    """A profile under which a term stands, and those beside it in one column: just refused, and unknown."""
    allowed = {column: sorted(codes - {UNKNOWN}) or sorted(codes) for column, codes in term.allowed}
    base = [
        allowed[number][turn % len(allowed[number])] if number in allowed else choice[turn % len(choice)]
        for number, choice in enumerate(choices)
    ]
    yield tuple(base)
    for column, codes in allowed.items():
        edges = [code for code in (codes[0] - 1, codes[-1] + 1) if code in choices[column]]
        for code in itertools.chain(edges, [UNKNOWN]):
            yield (*base[:column], code, *base[column + 1 :])
