"""What matching gives: for a rule under a profile its outcome, for a kind of line its match."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from alertengine.engine._matching.table import Table
from alertengine.engine.code_sets import SURELY
from alertengine.files import Index, dense, joined
from alertengine.rulebook import Condition, conjoin

#: Two independent sums of 64 bits, or what is added to them; shape (any, 2).
Words = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Match:
    """What matched one kind of line: rules that surely hold, and what is open.

    ``open`` pairs a rule that filling in unknown fields may bring about, or undo, with the condition
    left over those fields.
    """

    sure: frozenset[str] = frozenset()
    open: tuple[tuple[str, Condition], ...] = ()

    def __hash__(self) -> int:
        """By the names of the rules, as a :class:`~alertengine.engine.hangs_on.Question` is."""
        return hash((self.sure, tuple([name for name, _ in self.open])))


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What a rule comes to under some profiles; equal ones of a rule are one object.

    ``held`` is Kleene's value of its condition; ``sure`` says whether it surely binds where the line stands;
    ``open``: the rule beside each condition that decides once unknown fields are filled in.
    """

    rule: str
    held: int
    sure: bool
    open: tuple[tuple[str, Condition], ...]


@dataclass(slots=True, eq=False)
class TabledRule:
    """A rule with its table.

    ``number`` is its place among its fellows; ``inside``: the condition that tells whether a line of unknown
    county or township lies in its area, None where that is known; ``first``: the number of its first outcome.
    """

    id: str
    number: int
    table: Table
    inside: Condition | None = None
    first: int = 0
    _made: dict[int, Outcome] = field(default_factory=dict)

    def outcome(self, said: int) -> Outcome:
        """What the rule comes to where its table says ``said``."""
        if said not in self._made:
            self._made[said] = self._make(said)
        return self._made[said]

    def _make(self, said: int) -> Outcome:
        entry = self.table.said[said]
        surely = entry.held == SURELY
        rest: list[Condition] = [] if entry.left is None else [entry.left]
        if self.inside is not None:  # nothing surely while the county is unknown, all of it on that condition
            rest = [*([self.inside] if surely else []), *(conjoin(self.inside, one) for one in rest)]
        return Outcome(self.id, entry.held, surely and self.inside is None, tuple((self.id, one) for one in rest))


#: The outcomes of one kind of line, in the order of the rules.
Outcomes = tuple[Outcome, ...]


class Numbered:
    """The outcomes of all rules of a matcher, each under a number; an :class:`Outcome` is made when it is asked for.

    By number: ``rule`` (place among its fellows), ``sure``, ``open`` (whether unknown fields matter) and ``word``, the
    random word that stands for it in sums: nothing where the rule neither holds nor can.  ``met``: once on some line.
    """

    def __init__(self) -> None:
        """No rule yet."""
        self._rules: list[TabledRule] = []
        self.owner: Index = np.zeros(0, dtype=np.int64)
        self.rule, self.word = self.owner, np.zeros((0, 2), dtype=np.uint64)
        self.sure, self.open, self.met = (np.zeros(0, dtype=bool) for _ in range(3))

    def take(self, rules: Sequence[TabledRule]) -> None:
        """Number the outcomes of further rules."""
        sizes = [len(rule.table.said) for rule in rules]
        firsts = len(self.owner) + np.cumsum([0, *sizes])[:-1]
        for rule, first in zip(rules, firsts.tolist(), strict=True):
            rule.first = first
        owner = np.repeat(np.arange(len(self._rules), len(self._rules) + len(rules)), sizes)
        number = np.repeat(np.array([rule.number for rule in rules], dtype=np.int64), sizes)
        everywhere = np.repeat([rule.inside is None for rule in rules], sizes).astype(bool)
        said = [entry for rule in rules for entry in rule.table.said]
        holds = np.array([entry.held == SURELY for entry in said], dtype=bool)
        left = np.array([entry.left is not None for entry in said], dtype=bool)
        word = np.random.default_rng().integers(1 << 64, size=(len(said), 2), dtype=np.uint64)
        word[firsts - len(self.owner)] = 0
        self._rules += rules
        self.owner = np.concatenate([self.owner, owner])
        self.rule, self.word = np.concatenate([self.rule, number]), np.concatenate([self.word, word])
        self.sure = np.concatenate([self.sure, holds & everywhere])
        self.open = np.concatenate([self.open, left | (holds & ~everywhere)])
        self.met = np.concatenate([self.met, np.zeros(len(said), dtype=bool)])

    @property
    def holds(self) -> npt.NDArray[np.bool_]:
        """Which numbers are of a rule that holds or may."""
        return self.sure | self.open

    def outcome(self, number: int) -> Outcome:
        """The outcome of a number."""
        rule = self._rules[self.owner[number]]
        return rule.outcome(number - rule.first)

    def named(self, number: int) -> str:
        """The rule of a number."""
        return self._rules[self.owner[number]].id

    def of_rules(self, names: Collection[str]) -> npt.NDArray[np.bool_]:
        """Which numbers are those of some rules."""
        return np.array([rule.id in names for rule in self._rules], dtype=bool)[self.owner]


@dataclass(frozen=True, slots=True)
class Kinds:
    """Kinds of line as numbers into ``outcomes``: those of kind n are ``said[starts[n] : starts[n] + counts[n]]``.

    ``kinds[n]`` is the match of a kind, made when it is asked for, and so is each when they are gone through.
    """

    outcomes: Numbered
    said: Index
    starts: Index
    counts: Index

    def __len__(self) -> int:
        """How many."""
        return len(self.counts)

    def __getitem__(self, kind: int) -> Match:
        """The match of one."""
        said = self._of(kind)
        return self._match(said, self.outcomes.sure[said], self.outcomes.open[said])

    def __iter__(self) -> Iterator[Match]:
        """All in order."""
        return map(self.__getitem__, range(len(self)))

    def _of(self, kind: int) -> Index:
        return self.said[self.starts[kind] : self.starts[kind] + self.counts[kind]]

    def sure(self) -> tuple[Index, Index]:
        """Each kind with each rule (its place among its fellows) that surely holds for it, as two columns."""
        kind, said = self._pairs()
        surely = self.outcomes.sure[said]
        return kind[surely], self.outcomes.rule[said[surely]]

    def heard(self, asking: Collection[str], speaking: Collection[str]) -> tuple[list[Match], Index]:
        """The matches by rules ``asking`` that hold and ``speaking`` that are open, each once; by kind its number."""
        asks, speaks = (self.outcomes.of_rules(names) for names in (asking, speaking))
        asks, speaks = asks & self.outcomes.sure, speaks & self.outcomes.open
        kind, said = self._pairs()
        kept = (asks | speaks)[said]
        summed = np.cumsum(np.concatenate([np.zeros((1, 2), dtype=np.uint64), self.outcomes.word[said[kept]]]), axis=0)
        ends = np.cumsum(np.bincount(kind[kept], minlength=len(self)))
        number, firsts = numbered(summed[ends] - summed[np.concatenate([[0], ends[:-1]])])
        matches: dict[Match, int] = {}
        of_number = []
        for one in firsts.tolist():
            left = self._of(one)
            of_number.append(matches.setdefault(self._match(left, asks[left], speaks[left]), len(matches)))
        return list(matches), np.array(of_number, dtype=np.int64)[number]

    def _pairs(self) -> tuple[Index, Index]:
        kind = np.repeat(np.arange(len(self)), self.counts)
        within = np.arange(len(kind)) - np.repeat(np.cumsum(self.counts) - self.counts, self.counts)
        return kind, self.said[self.starts[kind] + within]

    def _match(self, said: Index, sure: npt.NDArray[np.bool_], left: npt.NDArray[np.bool_]) -> Match:
        rules = [self.outcomes.named(one) for one in said[sure].tolist()]
        still = [item for one in said[left].tolist() for item in self.outcomes.outcome(one).open]
        return Match(frozenset(rules), tuple(still))


def numbered(sums: Words) -> tuple[Index, Index]:
    """Numbers of what has the same two sums, and the first of each number."""
    index, first = dense(sums[:, 0])
    if not np.array_equal(sums[first[index], 1], sums[:, 1]):  # two of them share a sum
        return joined(index, dense(sums[:, 1])[0])
    return index, first
