"""States and situations on a clock that begins at the midnight of an afternoon's day, and what followed of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from alertengine.rulebook import GradingRule, WarningLife
from alertengine.vocabulary import OPEN
from alertengine.warning import LevelInterval, PlannedLife, WarningStanding

MINUTES: Final = 1440
#: Midnight of the day of decision on the clock of situations.
ZERO: Final = datetime(2001, 1, 1)
NEVER: Final = 10**9
#: What may happen to a whole warning in an afternoon; ``withdraw`` lifts one that has not begun.
ACTIONS: Final = ("issue", "lift", "withdraw")

#: A state and a situation in one number.
BITS: Final = 32
LOW_BITS: Final = (1 << BITS) - 1

#: From minute to minute a rank.
Span = tuple[int, int, int]


class StandingWarning(NamedTuple):
    """One standing warning: pieces, start of life, lifted."""

    pieces: tuple[Span, ...]
    life_start: int
    lifted: bool


State = tuple[StandingWarning, ...]
#: What the law plans: the place of the warning continued (-1: a new one), the life.
Planned = tuple[tuple[int, PlannedLife], ...]
NOTHING: Final[State] = ()


class Afternoon(NamedTuple):
    """What one place knows in one afternoon, minutes and days from its midnight."""

    #: Number of the law on lives; -1 where nothing is decided.
    law: int
    runs: tuple[Span, ...]
    #: Whether each day is known: from day ``-back`` on; None where the place has no day in sight at all.
    known: tuple[bool, ...] | None
    back: int
    #: Per rank the days above its lowest number whose beginning is not known, from day ``-back`` on.
    carried: tuple[tuple[int, tuple[bool, ...]], ...]
    #: Orders: start, end, rank, exactly that.
    orders: tuple[tuple[int, int, int, bool], ...]
    #: Nothing before this minute of the next day's clock can matter to a later decision.
    keep: int


@dataclass(frozen=True)
class LifeLaw:
    """The rule on lives of a day, and a rule per rank to name."""

    life: WarningLife
    rules: dict[int, GradingRule]
    key: tuple[object, ...] = ()

    @classmethod
    def of(cls, life: WarningLife, rules: dict[int, GradingRule]) -> LifeLaw:
        """With a key by which equal ones are told."""
        return cls(life, rules, (life, *((rank, rules[rank].id) for rank in sorted(rules))))


@dataclass
class Outcomes:
    """All that was ever planned, by number: next state, ranks ahead by slot, what happened."""

    width: int
    count: int = 0
    state: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(1024, dtype=np.int64))
    ahead: npt.NDArray[np.int8] = field(init=False)
    actions: npt.NDArray[np.int16] = field(default_factory=lambda: np.zeros((1024, len(ACTIONS)), dtype=np.int16))

    def __post_init__(self) -> None:
        """Room for the slots ahead."""
        self.ahead = np.zeros((1024, self.width), dtype=np.int8)

    def add(self, state: int, ahead: list[int], actions: Counter[str]) -> int:
        """Add one; its number."""
        if self.count == len(self.state):
            self.state, self.ahead, self.actions = (
                np.concatenate([old, np.zeros_like(old)]) for old in (self.state, self.ahead, self.actions)
            )
        place, self.count = self.count, self.count + 1
        self.state[place], self.ahead[place] = state, ahead
        self.actions[place] = [actions[name] for name in ACTIONS]
        return place


def spans_of(pieces: list[LevelInterval]) -> tuple[Span, ...]:
    """Pieces in minutes."""
    return tuple((minute_of(piece.start), minute_of(piece.end), piece.rank) for piece in pieces)


def ranks_behind_left_out(spans: list[Span], low: int, since: int) -> tuple[Span, ...]:
    """Hours behind as one span of the lowest rank: no later decision asks for theirs."""
    behind = [min(end, since) for start, end, _ in spans if start < since]
    ahead = [(max(start, since), end, rank) for start, end, rank in spans if end > since]
    return (*([(low, max(behind), 1)] if behind else []), *ahead)


def standing_of(number: int, held: StandingWarning) -> WarningStanding:
    """A warning as the record keeps it, under its place as a name."""
    pieces = [LevelInterval(time_of(start), time_of(end), rank) for start, end, rank in held.pieces]
    life_start = time_of(held.life_start)
    return WarningStanding(
        str(number), pieces, life_start, held.lifted, max((p.end for p in pieces), default=life_start)
    )


@cache
def minute_of(time: datetime) -> int:
    """Minutes from the midnight; ``NEVER`` of an open end."""
    return NEVER if time >= OPEN else (time - ZERO) // timedelta(minutes=1)


@cache
def time_of(minute: int) -> datetime:
    """The time of a minute."""
    return OPEN if minute >= NEVER else ZERO + timedelta(minutes=minute)
