"""The life of warnings in many winters: every distinct situation planned once by the law's own plan.

A situation is what one afternoon knows (runs ahead, days known, orders) on a clock that begins at its midnight; a state
is what stands of a place's warnings on the same clock. :func:`alertengine.warning.life.plan` decides,
:class:`alertengine.warning.record.WarningStanding` keeps; here they are only remembered. What can matter to no later
decision is cut off a state, so that states come again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from alertengine.rulebook import GradingRule, WarningLife
from alertengine.vocabulary import OPEN
from alertengine.warning import (
    DAY,
    LEVEL_OF,
    Floor,
    Graded,
    GradedRun,
    LevelInterval,
    PlannedLife,
    Timeline,
    WarningStanding,
    groups,
    levels_of,
    next_full_hour,
    plan,
    transitions,
)

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
    """A warning that stands: intervals of a rank, start of its life (minutes), whether a lift was said last."""

    pieces: tuple[Span, ...]
    life_start: int
    lifted: bool


State = tuple[StandingWarning, ...]
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
    """The rule on the life of warnings on a day, and by rank the grading rule that is cited."""

    life: WarningLife
    rules: dict[int, GradingRule]
    key: tuple[object, ...] = ()

    @classmethod
    def of(cls, life: WarningLife, rules: dict[int, GradingRule]) -> LifeLaw:
        """The same with its ``key``, equal for laws that plan alike and cite the same rules."""
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


def standing_of(number: int, held: StandingWarning) -> WarningStanding:
    """A warning as a :class:`WarningStanding`; its ``number`` among those of the place is its id."""
    pieces = [LevelInterval(time_of(start), time_of(end), rank) for start, end, rank in held.pieces]
    life_start = time_of(held.life_start)
    return WarningStanding(
        str(number), pieces, life_start, held.lifted, max((p.end for p in pieces), default=life_start)
    )


@cache
def minute_of(time: datetime) -> int:
    """Minutes from ``ZERO``, the midnight of the day of issue; ``NEVER`` of an open end."""
    return NEVER if time >= OPEN else (time - ZERO) // timedelta(minutes=1)


@cache
def time_of(minute: int) -> datetime:
    """The time of a minute of :func:`minute_of`; ``OPEN`` of ``NEVER``."""
    return OPEN if minute >= NEVER else ZERO + timedelta(minutes=minute)


class Lives:
    """Remembers what follows of each state in each situation, for one issue hour and one cut of the day into slots."""

    def __init__(self, issue_hour: int, days_ahead: int, cuts: tuple[int, ...], gap_hours: int) -> None:
        """``cuts`` are the minutes of the day at which slots begin, the first full hour after issue among them.

        ``gap_hours`` is the longest joining gap of any law on lives.
        """
        self.now = ZERO + timedelta(hours=issue_hour)
        self.since = next_full_hour(self.now)
        self.first_slot = cuts.index(minute_of(self.since) % MINUTES)
        day = [ZERO + timedelta(minutes=cut) for cut in cuts]
        late = self.since - ZERO >= timedelta(days=1)
        slots = [time + timedelta(days=n) for n in range(days_ahead + 3) for time in day]
        begin = slots.index(self.since)
        self._slots = [minute_of(slot) for slot in slots[begin : begin + (days_ahead + 1) * len(cuts)]]
        #: Day of the first slot from the day of issue: the next one where the issue comes in the last hour.
        self.slot_day = int(late)
        self.outcomes = Outcomes(len(self._slots))
        self.outcomes.add(0, [0] * len(self._slots), Counter())
        self._minute = minute_of(self.since)
        self._low = self._minute - max(gap_hours * 60, MINUTES)
        #: By state, when the last of it ends.
        self._ends: list[int] = [0]
        self._runs: dict[tuple[object, int, int, int], GradedRun] = {}
        self._sky: dict[tuple[tuple[bool, ...], int], tuple[Timeline, npt.NDArray[np.bool_]]] = {}
        self._states: dict[State, int] = {NOTHING: 0}
        self._held: list[State] = [NOTHING]
        self._situations: dict[Afternoon, int] = {}
        self._known: list[Afternoon] = []
        self._laws: list[LifeLaw] = []
        self._done: dict[int, int] = {}
        self._levels: dict[tuple[int, int, int], tuple[Span, ...]] = {}

    def law(self, law: LifeLaw) -> int:
        """Number of a law on lives; equal lives are one."""
        found = next((n for n, held in enumerate(self._laws) if held.key == law.key), -1)
        if found < 0:
            self._laws.append(law)
        return found if found >= 0 else len(self._laws) - 1

    def situation(self, situation: Afternoon) -> int:
        """Number of a situation."""
        number = self._situations.setdefault(situation, len(self._known))
        if number == len(self._known):
            self._known.append(situation)
        return number

    def follow(self, codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The number in ``outcomes`` of each of distinct codes (state * 2**32 + situation), planned where it is new."""
        done = self._done
        return np.array([done[code] if code in done else self._outcome(code) for code in codes.tolist()], np.int64)

    def ends(self, states: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The minute at which the last interval of each state (by number) ends."""
        return np.array(self._ends, dtype=np.int64)[states]

    def levels(self, law: int, ranks: int, days: int) -> tuple[Span, ...]:
        """The intervals of a rank that graded days come to once a law (by number) has joined them.

        ``ranks``: the rank of each of ``days`` days, two bits each, the day of issue the lowest.
        """
        key = law, ranks, days
        if key not in self._levels:
            self._levels[key] = self._joined(law, [(ranks >> 2 * day) & 3 for day in range(days)])
        return self._levels[key]

    def _joined(self, law: int, ranks: list[int]) -> tuple[Span, ...]:
        rule = self._laws[law]
        runs = [self._run(rule, day * MINUTES, (day + 1) * MINUTES, rank) for day, rank in enumerate(ranks) if rank]
        runs = [run for run in runs if run.end > self.since]
        together = groups(runs, [], timedelta(hours=rule.life.join_gap_hours))
        pieces = [
            piece
            for members in together
            for piece in levels_of([m for m in members if isinstance(m, GradedRun)], rule.life)
        ]
        return tuple((minute_of(piece.start), minute_of(piece.end), piece.rank) for piece in pieces)

    def _run(self, law: LifeLaw, start: int, end: int, rank: int) -> GradedRun:
        key = law.key, start, end, rank
        if key not in self._runs:
            self._runs[key] = GradedRun(time_of(start), time_of(end), LEVEL_OF[rank], law.rules[rank])
        return self._runs[key]

    # -- one plan

    def _outcome(self, code: int) -> int:
        """Plan one state in one situation, bring what changes into the record; the number of the outcome."""
        situation, state = self._known[code & LOW_BITS], self._held[code >> BITS]
        held = [standing_of(n, one) for n, one in enumerate(state)]
        happened: Counter[str] = Counter()
        planned = self._planned(situation, held) if situation.law >= 0 else []
        for life, changes in [(life, transitions(life, self.since)) for life in planned]:
            standing = life.continues
            if standing is not None and not life.pieces and changes:
                happened["lift" if standing.start < self.since else "withdraw"] += 1
            if standing is None and changes:
                happened["issue"] += 1
                standing = WarningStanding(str(len(held)))
                held.append(standing)
            for action, piece in changes:
                if standing is not None:
                    standing.take(piece, lifted=action == "lift")
        after = [
            StandingWarning(
                tuple((minute_of(piece.start), minute_of(piece.end), piece.rank) for piece in one.pieces),
                minute_of(one.life_start),
                one.lifted,
            )
            for one in held
        ]
        ahead, number = self._ahead(one.pieces for one in after), self._number(self._after(after, situation))
        self._done[code] = self.outcomes.add(number, ahead, happened)
        return self._done[code]

    def _planned(self, situation: Afternoon, held: list[WarningStanding]) -> list[PlannedLife]:
        """Let the law plan."""
        law = self._laws[situation.law]
        orders = [
            Floor("", LEVEL_OF[rank], time_of(start), time_of(end), exact=exact)
            for start, end, rank, exact in situation.orders
        ]
        return plan(self._graded(situation, law), list(held), orders, law.life, self.now)

    def _ahead(self, held: Iterable[tuple[Span, ...]]) -> list[int]:
        """Ranks in the slots ahead."""
        out, slots = [0] * len(self._slots), self._slots
        for pieces in held:
            for start, end, rank in pieces:
                for place in range(bisect_left(slots, start), bisect_left(slots, end)):
                    out[place] = max(out[place], rank)
        return out

    def _graded(self, situation: Afternoon, law: LifeLaw) -> Graded | None:
        """What the plan reads of a grading, on the clock of situations."""
        if situation.known is None:
            return None
        key = situation.known, situation.back
        if key not in self._sky:
            days = len(situation.known)
            nothing = {"there": np.zeros(days * DAY, dtype=bool)}
            origin = ZERO - timedelta(days=situation.back)
            timeline = Timeline(nothing, {"there": np.ones(days, dtype=bool)}, origin)
            self._sky[key] = timeline, np.repeat(np.array(situation.known), DAY)
        timeline, known = self._sky[key]
        runs = [self._run(law, *span) for span in situation.runs]

        def above() -> dict[int, npt.NDArray[np.bool_]]:
            return {rank: np.repeat(np.array(mask), DAY) for rank, mask in situation.carried}

        return Graded(timeline, {}, runs, [], known, [], [], above, law.rules)

    def _number(self, state: State) -> int:
        number = self._states.get(state)
        if number is None:
            number = self._states[state] = len(self._held)
            self._held.append(state)
            self._ends.append(max((end for one in state for _, end, _ in one.pieces), default=0))
        return number

    def _after(self, held: list[StandingWarning], situation: Afternoon) -> State:
        """What stands for the next afternoon, on its own clock, without what no longer matters."""
        since = self._minute
        low, exact = min(self._low, situation.keep), situation.keep < NEVER
        out = []
        for one in held:
            pieces = [
                (start - MINUTES, end if end == NEVER else end - MINUTES, rank) for start, end, rank in one.pieces
            ]
            spans = [(max(start, low), end, rank) for start, end, rank in pieces if end > low]
            life_start = low if spans and spans[0][0] < since else one.life_start - MINUTES
            over = one.lifted and max((end for _, end, _ in spans), default=life_start) <= since
            if over or (not spans and pieces):
                continue
            if not exact:  # hours behind as one span of the lowest rank: no later decision asks for theirs
                behind = [(low, min(end, since), 1) for start, end, _ in spans if start < since]
                ahead = [(max(start, since), end, rank) for start, end, rank in spans if end > since]
                spans = [*([max(behind)] if behind else []), *ahead]
            out.append(StandingWarning(tuple(spans), life_start, one.lifted))
        return tuple(out)
