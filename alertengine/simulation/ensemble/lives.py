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
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from alertengine.simulation.ensemble.states import (
    BITS,
    LOW_BITS,
    MINUTES,
    NEVER,
    NOTHING,
    ZERO,
    Afternoon,
    LifeLaw,
    Outcomes,
    Planned,
    Span,
    StandingWarning,
    State,
    minute_of,
    ranks_behind_left_out,
    spans_of,
    standing_of,
    time_of,
)
from alertengine.warning import (
    DAY,
    LEVEL_OF,
    Floor,
    Graded,
    GradedRun,
    Timeline,
    WarningStanding,
    groups,
    levels_of,
    next_full_hour,
    plan,
    transitions,
)


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
        self.slots = slots[begin : begin + (days_ahead + 1) * len(cuts)]
        #: Day of the first slot from the day of issue: the next one where the issue comes in the last hour.
        self.slot_day = int(late)
        self.outcomes = Outcomes(len(self.slots))
        self.outcomes.add(0, [0] * len(self.slots), Counter())
        self._minute = minute_of(self.since)
        self._gap = gap_hours * 60
        self._low = min(self._minute - self._gap, self._minute - MINUTES)
        self._slot_minutes = [minute_of(slot) for slot in self.slots]
        #: By state: when the last of it ends; its short form and the places of that one's lives in it.
        self._ends: list[int] = [0]
        self._short: dict[int, tuple[int, tuple[int, ...]]] = {}
        self._planned: dict[int, tuple[list[tuple[int, tuple[Span, ...]]], list[int]]] = {}
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

    def follow(self, codes: npt.NDArray[np.int64], free: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """Numbers of the outcomes of distinct codes (state * 2**32 + situation).

        ``free`` says where what stands can hold back no lift (:meth:`free`): there a plan
        for the short form of the state serves all states of that form.
        """
        done = self._done
        pairs = zip(codes.tolist(), free.tolist(), strict=True)
        return np.array(
            [done[code] if code in done else self._outcome(code, short) for code, short in pairs], dtype=np.int64
        )

    def free(self, states: npt.NDArray[np.int64], lift_hours: int, days: int) -> npt.NDArray[np.bool_]:
        """Whether nothing that stands can be kept for want of knowledge: so many days ahead are all known.

        A plan keeps an old piece only where the hours to lift or lower it are not known. Where no order stands, pieces
        end at midnights: an end that comes earlier than the old one comes a day earlier or more.
        """
        limit = days * MINUTES - lift_hours * 60
        return (self.ends(states) - MINUTES <= limit) & (self._minute <= limit)

    def ends(self, states: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The minute at which the last of each state ends."""
        return np.array(self._ends, dtype=np.int64)[states]

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

    def _outcome(self, code: int, short: bool) -> int:  # noqa: FBT001 -- a flag of arrays
        """Plan one state in one situation, remember the outcome, return its number."""
        situation, state = self._known[code & LOW_BITS], self._held[code >> BITS]
        if short and situation.law >= 0:
            after, ahead, happened = self._composed(code, state, situation)
        else:
            after, ahead, happened = self._taken(state, self._decide(situation, state), situation)
        number = self._done[code] = self.outcomes.add(self._number(after), ahead, happened)
        return number

    def _decide(self, situation: Afternoon, state: State) -> Planned:
        """Let the law plan."""
        if situation.law < 0:
            return ()
        law, held = self._laws[situation.law], [standing_of(n, one) for n, one in enumerate(state)]
        orders = [
            Floor("", LEVEL_OF[rank], time_of(start), time_of(end), exact=exact)
            for start, end, rank, exact in situation.orders
        ]
        lives = plan(self._graded(situation, law), list(held), orders, law.life, self.now)
        return tuple((int(life.continues.warning_id) if life.continues else -1, life) for life in lives)

    def _taken(self, state: State, planned: Planned, situation: Afternoon) -> tuple[State, list[int], Counter[str]]:
        """Bring what changes into the record of what stands, as the record itself does."""
        held = [standing_of(n, one) for n, one in enumerate(state)]
        happened: Counter[str] = Counter()
        for place, life, changes in [(place, life, transitions(life, self.since)) for place, life in planned]:
            standing = held[place] if place >= 0 else None
            if standing is not None and not life.pieces and changes:
                happened["lift" if standing.start < self.since else "withdraw"] += 1
            if standing is None and changes:
                happened["issue"] += 1
                standing = WarningStanding(str(len(held)))
                held.append(standing)
            for action, piece in changes:
                if standing is not None:
                    standing.take(piece, lifted=action == "lift")
        after = [StandingWarning(spans_of(one.pieces), minute_of(one.life_start), one.lifted) for one in held]
        return self._after(after, situation), self._ahead(one.pieces for one in after), happened

    def _composed(self, code: int, state: State, situation: Afternoon) -> tuple[State, list[int], Counter[str]]:
        """The outcome out of the plan for the short form."""
        short, places = self._short_form(code >> BITS)
        key = short << BITS | code & LOW_BITS
        if key not in self._planned:
            planned = [(place, spans_of(life.pieces)) for place, life in self._decide(situation, self._held[short])]
            self._planned[key] = planned, self._ahead(spans for _, spans in planned)
        planned, ahead = self._planned[key]
        after, happened, new = list(state), Counter[str](), list[StandingWarning]()
        for place, spans in planned:
            if place < 0:
                happened["issue"] += 1
                new.append(StandingWarning(spans, spans[0][0], lifted=False))
                continue
            one = state[places[place]]
            if not spans and one.pieces:
                happened["lift" if one.pieces[0][0] < self._minute else "withdraw"] += 1
            after[places[place]] = self._continued(one, spans)
        return self._after([*after, *new], situation), ahead, happened

    def _continued(self, one: StandingWarning, spans: tuple[Span, ...]) -> StandingWarning:
        """A warning whose hours ahead become others; lifted where its last change takes hours off its end."""
        since = self._minute
        before = tuple((max(start, since), end, rank) for start, end, rank in one.pieces if end > since)
        if before == spans:
            return one
        behind = tuple((start, min(end, since), rank) for start, end, rank in one.pieces if start < since)
        lifted = bool(before) and (not spans or before[-1][1] > spans[-1][1])
        first = min(one.life_start, spans[0][0]) if spans else one.life_start
        return StandingWarning((*behind, *spans), first, lifted)

    def _ahead(self, held: Iterable[tuple[Span, ...]]) -> list[int]:
        """Ranks in the slots ahead."""
        out, slots = [0] * len(self._slot_minutes), self._slot_minutes
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
        above = {rank: np.repeat(np.array(mask), DAY) for rank, mask in situation.carried}
        return Graded(timeline, {}, runs, [], known, [], [], above, law.rules)

    def _number(self, state: State) -> int:
        number = self._states.get(state)
        if number is None:
            number = self._states[state] = len(self._held)
            self._held.append(state)
            self._ends.append(max((end for one in state for _, end, _ in one.pieces), default=0))
        return number

    def _short_form(self, number: int) -> tuple[int, tuple[int, ...]]:
        """A state as a plan looks at it where nothing is held back, and the place of each of its lives."""
        if number not in self._short:
            short = [(place, self._in_short(one)) for place, one in enumerate(self._held[number])]
            kept = [(place, one) for place, one in short if one is not None]
            self._short[number] = self._number(tuple(one for _, one in kept)), tuple(place for place, _ in kept)
        return self._short[number]

    def _in_short(self, held: StandingWarning) -> StandingWarning | None:
        """One warning: not begun, begun, or over for so long; None where it is over for good."""
        if not held.pieces:
            return StandingWarning((), held.life_start, lifted=True)
        start, end = held.pieces[0][0], max(piece[1] for piece in held.pieces)
        if end <= self._minute:
            over = held.lifted or end <= self._minute - self._gap
            return None if over else StandingWarning(((self._low, end, 1),), self._low, lifted=False)
        if start < self._minute:
            midnight = (self._minute // MINUTES + 1) * MINUTES  # no end to come is earlier
            return StandingWarning(((self._low, midnight, 1),), self._low, lifted=False)
        return StandingWarning(((start, end, 1),), start, lifted=False)

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
            shown = tuple(spans) if exact else ranks_behind_left_out(spans, low, since)
            out.append(StandingWarning(shown, life_start, one.lifted))
        return tuple(out)
