"""What matching gives: for a rule under a profile its outcome, for a line its match."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from alertengine.engine.code_sets import POSSIBLY, SURELY, Coded, Row, residual, truth
from alertengine.rulebook.conditions import Atom, Condition, conjoin


@dataclass(frozen=True, slots=True)
class Match:
    """What matched one kind of line: rules that surely hold, and what is open.

    ``open`` pairs a rule that filling in unknown fields may bring about, or undo, with the condition
    left over those fields.
    """

    sure: frozenset[str] = frozenset()
    open: tuple[tuple[str, Condition], ...] = ()


NOTHING = Match()


def surely_name(rule: str) -> str:
    """The name of a rule's pattern that surely holds."""
    return f"{rule}/surely"


def possibly_name(rule: str) -> str:
    """The name of a rule's pattern that possibly holds."""
    return f"{rule}/possibly"


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What a rule comes to under some profiles; equal ones of a rule are one object.

    ``patterns`` names what holds of its condition; ``sure`` says whether it surely binds where the line stands;
    ``open``: the rule beside each condition that decides once unknown fields are filled in.
    """

    rule: str
    number: int
    patterns: tuple[str, ...]
    sure: bool
    open: tuple[tuple[str, Condition], ...]


@dataclass(slots=True, eq=False)
class CodedRule:
    """A rule as code sets.

    ``number`` is its place among its fellows; ``asks_missing``: filling in a field can undo it; ``inside``: the
    comparison that tells whether a line of unknown county lies in its area, None where that is known.
    """

    id: str
    number: int
    condition: Coded
    asks_missing: bool
    inside: Atom | None = None
    _known: dict[tuple[int, Condition | None], Outcome] = field(default_factory=dict)

    def outcome(self, row: Row) -> Outcome | None:
        """What the rule comes to under a profile, None where it does not and cannot hold."""
        held = truth(self.condition, row)
        left: Condition | None = None
        if self.asks_missing or held == POSSIBLY:
            rest = residual(self.condition, row)
            left = None if isinstance(rest, bool) else rest
        if held != SURELY and left is None:
            return None
        key = held, left
        if key not in self._known:
            self._known[key] = self._made(held, left)
        return self._known[key]

    def _made(self, held: int, left: Condition | None) -> Outcome:
        surely = held == SURELY
        rest: list[Condition] = [] if left is None else [left]
        if self.inside is not None:  # nothing surely while the county is unknown, all of it on that condition
            rest = [*([self.inside] if surely else []), *(conjoin(self.inside, one) for one in rest)]
        paired = tuple((self.id, one) for one in rest)
        names = {SURELY: (surely_name(self.id), possibly_name(self.id)), POSSIBLY: (possibly_name(self.id),)}
        return Outcome(self.id, self.number, names.get(held, ()), surely and self.inside is None, paired)


#: The outcomes of one kind of line, in the order of the rules.
Outcomes = tuple[Outcome, ...]


def match_of(outcomes: Iterable[Outcome]) -> Match:
    """The match of a kind of line."""
    sure: list[str] = []
    left: list[tuple[str, Condition]] = []
    for one in outcomes:
        if one.sure:
            sure.append(one.rule)
        left += one.open
    return Match(frozenset(sure), tuple(left)) if sure or left else NOTHING
