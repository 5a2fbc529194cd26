"""The life of warnings in many winters: every distinct situation planned once by the law's own plan.

A situation is what one afternoon knows (runs ahead, days known, orders) on a clock that
begins at its midnight; a state is what stands of a place's warnings on the same clock.
:func:`alertengine.warning.life.plan` decides, :class:`alertengine.warning.record.Standing`
keeps; here they are only remembered.  What can matter to no later decision is cut off a
state, so that states come again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.rulebook.air import GradingRule, Life
from alertengine.warning.floors import Floor
from alertengine.warning.grade import LEVEL_OF, Graded, Run
from alertengine.warning.life import groups, levels_of, next_full_hour, plan, transitions
from alertengine.warning.record import Standing
from alertengine.warning.steps import OPEN, Piece, rank_at
from alertengine.warning.timeline import DAY, Timeline

MINUTES: Final = 1440
#: Midnight of the day of decision on the clock of situations.
_ZERO: Final = pd.Timestamp("2001-01-01")
_NEVER: Final = 10**9
#: What may happen to a warning in an afternoon; ``withdraw`` lifts one that has not begun.
ACTIONS: Final = ("issue", "extend", "raise", "lower", "lift", "withdraw")

#: From minute to minute a rank.
Span = tuple[int, int, int]


class Held(NamedTuple):
    """One standing warning: identity (its first announced start, -1 once begun), pieces, start of life, lifted."""

    identity: int
    pieces: tuple[Span, ...]
    life_start: int
    lifted: bool


State = tuple[Held, ...]
NOTHING: Final[State] = ()


class Situation(NamedTuple):
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

    life: Life
    rules: dict[int, GradingRule]
    key: tuple[object, ...] = ()

    @classmethod
    def of(cls, life: Life, rules: dict[int, GradingRule]) -> LifeLaw:
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


class Lives:
    """Remembers what follows of each state in each situation, for one issue hour and one cut of the day into slots."""

    def __init__(self, issue_hour: int, days_ahead: int, cuts: tuple[int, ...]) -> None:
        """``cuts`` are the minutes of the day at which slots begin, the first full hour after issue among them."""
        self.now = _ZERO + pd.Timedelta(hours=issue_hour)
        self.since = next_full_hour(self.now)
        self.first_slot = cuts.index(_minute(self.since) % MINUTES)
        day = [_ZERO + pd.Timedelta(minutes=cut) for cut in cuts]
        late = self.since - _ZERO.normalize() >= pd.Timedelta(days=1)
        slots = [time + pd.Timedelta(days=n) for n in range(days_ahead + 3) for time in day]
        begin = slots.index(self.since)
        self.slots = slots[begin : begin + (days_ahead + 1) * len(cuts)]
        #: Day of the first slot from the day of issue: the next one where the issue comes in the last hour.
        self.slot_day = int(late)
        self.outcomes = Outcomes(len(self.slots))
        self._states: dict[State, int] = {NOTHING: 0}
        self._held: list[State] = [NOTHING]
        self._situations: dict[Situation, int] = {}
        self._known: list[Situation] = []
        self._laws: list[LifeLaw] = []
        self._done: dict[int, int] = {}
        self._levels: dict[tuple[int, int, int], tuple[Span, ...]] = {}

    def law(self, law: LifeLaw) -> int:
        """Number of a law on lives; equal lives are one."""
        found = next((n for n, held in enumerate(self._laws) if held.key == law.key), -1)
        if found < 0:
            self._laws.append(law)
        return found if found >= 0 else len(self._laws) - 1

    def situation(self, situation: Situation) -> int:
        """Number of a situation."""
        number = self._situations.setdefault(situation, len(self._known))
        if number == len(self._known):
            self._known.append(situation)
        return number

    def follow(self, codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Numbers of the outcomes of distinct codes (state * 2**32 + situation)."""
        done = self._done
        return np.array([done[code] if code in done else self._plan(code) for code in codes.tolist()], dtype=np.int64)

    def levels(self, law: int, ranks: int, days: int) -> tuple[Span, ...]:
        """Levels that daily ranks (two bits a day, from the day of issue on) give once the law has joined them."""
        key = law, ranks, days
        if key not in self._levels:
            self._levels[key] = self._joined(law, [(ranks >> 2 * day) & 3 for day in range(days)])
        return self._levels[key]

    def _joined(self, law: int, ranks: list[int]) -> tuple[Span, ...]:
        rule = self._laws[law]
        runs = [self._run(rule, day * MINUTES, (day + 1) * MINUTES, rank) for day, rank in enumerate(ranks) if rank]
        runs = [run for run in runs if run.end > self.since]
        together = groups(runs, [], pd.Timedelta(hours=rule.life.join_gap_hours))
        pieces = [
            piece for members in together for piece in levels_of([m for m in members if isinstance(m, Run)], rule.life)
        ]
        return tuple((_minute(piece.start), _minute(piece.end), piece.rank) for piece in pieces)

    def _run(self, law: LifeLaw, start: int, end: int, rank: int) -> Run:
        return Run(_time(start), _time(end), LEVEL_OF[rank], law.rules[rank])

    # -- one plan

    def _plan(self, code: int) -> int:
        """Plan one state in one situation, remember the outcome, return its number."""
        situation = self._known[code & 0xFFFFFFFF]
        held = [_standing(n, one) for n, one in enumerate(self._held[code >> 32])]
        pairs = zip(self._held[code >> 32], held, strict=True)
        names = {one.identity: standing for one, standing in pairs if one.identity >= 0}
        happened = self._decide(situation, held, names) if situation.law >= 0 else Counter[str]()
        ranks = [max((rank_at(one.pieces, slot) for one in held), default=0) for slot in self.slots]
        state = self._after(held, {id(one): start for start, one in names.items()}, situation)
        number = self._done[code] = self.outcomes.add(self._number(state), ranks, happened)
        return number

    def _decide(self, situation: Situation, held: list[Standing], names: dict[int, Standing]) -> Counter[str]:
        """Plan, and bring what changes into the warnings held; what happened."""
        law = self._laws[situation.law]
        orders = [
            Floor("", LEVEL_OF[rank], _time(start), _time(end), exact=exact)
            for start, end, rank, exact in situation.orders
        ]
        happened: Counter[str] = Counter()
        lives = plan(self._graded(situation, law), list(held), orders, law.life, self.now)
        changed = [(life, transitions(life, self.since)) for life in lives]
        for life, changes in changed:
            standing = life.continues
            for action, piece in changes:
                if standing is None:
                    first = _minute(life.pieces[0].start)
                    standing = names.get(first)
                    if standing is None:
                        standing = names[first] = Standing(str(len(held)))
                        held.append(standing)
                begun = min((p.start for p in standing.pieces), default=standing.life_start) < self.since
                happened[
                    "withdraw" if action == "lift" and not begun and piece.start <= standing.start else action
                ] += 1
                standing.take(piece, lifted=action == "lift")
        return happened

    def _graded(self, situation: Situation, law: LifeLaw) -> Graded | None:
        """What the plan reads of a grading, on the clock of situations."""
        if situation.known is None:
            return None
        days = len(situation.known)
        nothing = {"there": np.zeros(days * DAY, dtype=bool)}
        timeline = Timeline(nothing, {"there": np.ones(days, dtype=bool)}, _ZERO - pd.Timedelta(days=situation.back))
        runs = [self._run(law, *span) for span in situation.runs]
        above = {rank: np.repeat(np.array(mask), DAY) for rank, mask in situation.carried}
        return Graded(timeline, {}, runs, [], np.repeat(np.array(situation.known), DAY), [], [], above, law.rules)

    def _number(self, state: State) -> int:
        number = self._states.setdefault(state, len(self._held))
        if number == len(self._held):
            self._held.append(state)
        return number

    def _after(self, held: list[Standing], names: dict[int, int], situation: Situation) -> State:
        """What stands for the next afternoon, on its own clock, without what no longer matters."""
        since = _minute(self.since)
        gap = max(law.life.join_gap_hours for law in self._laws) if self._laws else 0
        low = min(since - gap * 60, since - MINUTES, situation.keep)
        out = []
        for one in held:
            pieces = [(_minute(p.start) - MINUTES, _minute(p.end), p.rank) for p in one.pieces]
            pieces = [(start, end if end == _NEVER else end - MINUTES, rank) for start, end, rank in pieces]
            spans = tuple((max(start, low), end, rank) for start, end, rank in pieces if end > low)
            life_start = _minute(one.life_start) - MINUTES
            over = one.lifted and max((end for _, end, _ in spans), default=life_start) <= since
            if over or (not spans and pieces):
                continue
            identity = names.get(id(one), -1) - MINUTES
            out.append(Held(identity if identity >= since else -1, spans, max(life_start, low), one.lifted))
        return tuple(out)


def _standing(number: int, held: Held) -> Standing:
    pieces = [Piece(_time(start), _time(end), rank) for start, end, rank in held.pieces]
    life_start = _time(held.life_start)
    return Standing(str(number), pieces, life_start, held.lifted, max((p.end for p in pieces), default=life_start))


def _minute(time: pd.Timestamp) -> int:
    return _NEVER if time >= OPEN else int((time - _ZERO) // pd.Timedelta(minutes=1))


def _time(minute: int) -> pd.Timestamp:
    return OPEN if minute >= _NEVER else _ZERO + pd.Timedelta(minutes=minute)
