"""What matching gives: for a rule under a profile its outcome, for a line its match."""

from __future__ import annotations

from dataclasses import dataclass, field

from alertengine.engine._matching.table import Table
from alertengine.engine.code_sets import SURELY
from alertengine.rulebook import Condition, conjoin


@dataclass(frozen=True, slots=True)
class Match:
    """What matched one kind of line: rules that surely hold, and what is open.

    ``open`` pairs a rule that filling in unknown fields may bring about, or undo, with the condition
    left over those fields.
    """

    sure: frozenset[str] = frozenset()
    open: tuple[tuple[str, Condition], ...] = ()

    def __hash__(self) -> int:
        """By the names of the rules, as a :class:`Question` is."""
        return hash((self.sure, tuple([name for name, _ in self.open])))


NOTHING = Match()


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
    county or township lies in its area, None where that is known.
    """

    id: str
    number: int
    table: Table
    inside: Condition | None = None
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


def match_of(outcomes: Outcomes) -> Match:
    """The match of a kind of line."""
    sure = frozenset([one.rule for one in outcomes if one.sure])
    left = tuple([item for one in outcomes for item in one.open])
    return Match(sure, left) if sure or left else NOTHING
