"""The course of a season at a place: which level, law and phase hold from when to when.

Orders depend only on these, so a whole winter comes to a handful of *states*, each decided once; a state remembers the
states before it in the same warning, since lines stopped stay chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from operator import itemgetter
from typing import Any, NamedTuple

from alertengine.engine import Engine, Response, Segment, Slice, slices
from alertengine.rulebook import Place
from alertengine.simulation.season.season_scenario import Span
from alertengine.vocabulary import Level


class StateKey(NamedTuple):
    """What orders depend on: the law (by the first moment seen of it), the level, the hours passed."""

    law: datetime
    level: Level
    hours: float

    @property
    def day(self) -> date:
        """The first day that had the law."""
        return self.law.date()

    def slice(self) -> Slice:
        """A slice that stands for all of them."""
        return Slice(self.law, None, self.level, self.hours)


#: An interval of constant level, as of ``Record.standing``.
Row = Mapping[str, Any]
#: The states of a warning so far, the present one last.
Chain = tuple[StateKey, ...]


@dataclass(frozen=True, slots=True)
class Stay:
    """A place in one state for some time, half-open; ``life`` is the warning's id, empty without one."""

    starts: datetime
    ends: datetime
    chain: Chain
    life: str

    @property
    def level(self) -> Level:
        """The level that holds."""
        return self.chain[-1].level

    @property
    def hours(self) -> float:
        """How long it holds."""
        return (self.ends - self.starts).total_seconds() / 3600

    def days(self) -> Iterator[tuple[date, float]]:
        """The days it touches and the hours on each."""
        at = self.starts
        while at < self.ends:
            midnight = datetime.combine(at.date() + timedelta(days=1), time())
            until = min(midnight, self.ends)
            yield at.date(), (until - at).total_seconds() / 3600
            at = until


class Course:
    """A place's stays in order, and what is counted on them: hours in each state, warnings, days at each level."""

    def __init__(self, stays: list[Stay]) -> None:
        """Count once."""
        self.stays = stays
        self.hours: dict[Chain, float] = {}
        highest: dict[date, Level] = {}
        for stay in stays:
            self.hours[stay.chain] = self.hours.get(stay.chain, 0.0) + stay.hours
            if stay.level is not Level.NONE:
                for day, _ in stay.days():
                    highest[day] = max(stay.level, highest.get(day, stay.level), key=lambda level: level.rank)
        self.lives = len({stay.life for stay in stays} - {""})
        self.level_days = {level: sum(found is level for found in highest.values()) for level in Level if level.rank}
        self.days = sum(self.hours.values()) / 24


class Laws:
    """Tells which moments have the same law at some places, and remembers it."""

    def __init__(self, engine: Engine, turns: Sequence[date] = ()) -> None:
        """Nothing is compared yet; ``turns`` are days from which on other decisions bind some line."""
        self.engine, self.turns = engine, turns
        self._first: dict[tuple[object, ...], datetime] = {}
        self._same: dict[tuple[datetime, tuple[Place, ...]], datetime] = {}

    def same_as(self, when: datetime, places: tuple[Place, ...]) -> datetime:
        """The first moment seen with the law of this one at some places."""
        since = self.engine.book.unchanged_since(when)
        key = (since, places)
        if key not in self._same:
            self._same[key] = self._first.setdefault((places, *self._signature(since, places)), since)
        return self._same[key]

    def passed(self, when: datetime, hours: float) -> float:
        """The last hour limit of a measure in force that ``hours`` of a warning have passed; 0 where none is.

        Between two limits the measures are the same.
        """
        return max(self.engine.law(when).passed(hours), default=0.0)

    def _signature(self, when: datetime, places: tuple[Place, ...]) -> tuple[object, ...]:
        book, day = self.engine.book, when.date()
        law = self.engine.law(when)
        idle = [
            (rule.id, place)
            for place in places
            for rule in law.rules_at(place)
            if rule.during and not book.in_period(rule, day, place)
        ]
        ratios = [rule.id for place in places[:1] for rule in book.binding("ratio", day, place, self.engine.known_on)]
        low = [name for name, one in book.lists.industries.items() if one.ultra_low_from and one.ultra_low_from <= day]
        decided = sum(turn <= day for turn in self.turns)
        return law.key_at(places), frozenset(idle), tuple(ratios), tuple(low), decided


def course(rows: Iterable[Row], span: Span, laws: Laws, places: tuple[Place, ...]) -> list[Stay]:
    """The season of one place, from the first midnight to the last, without a gap.

    Args:
        rows: its intervals of constant level.
        span: the season.
        laws: the law, and which moments share it.
        places: the places its lines stand at.

    """
    begin, end = datetime.combine(span.first, time()), datetime.combine(span.last + timedelta(days=1), time())
    out: list[Stay] = []
    at = begin
    for response in _lives(rows, begin, end):
        if response.segments[0].starts > at:
            out += _stays(_quiet(at, response.segments[0].starts), laws, places)
        out += _stays(response, laws, places)
        at = max(segment.ends or end for segment in response.segments)
    if at < end:
        out += _stays(_quiet(at, end), laws, places)
    return out


def _quiet(starts: datetime, ends: datetime) -> Response:
    return Response((Segment(starts, ends, Level.NONE),), starts)


def _lives(rows: Iterable[Row], begin: datetime, end: datetime) -> Iterator[Response]:
    """The warnings of a place in order of time, cut to the season."""
    lives: dict[str, list[Row]] = {}
    for row in sorted(rows, key=itemgetter("starts")):
        lives.setdefault(row["warning_id"], []).append(row)
    for name, life in lives.items():
        pieces = [Segment(max(row["starts"], begin), min(row["ends"] or end, end), Level(row["level"])) for row in life]
        kept = tuple(piece for piece in pieces if piece.ends is not None and piece.starts < piece.ends)
        if kept:
            yield Response(kept, life[0]["life_start"], name)


def _stays(response: Response, laws: Laws, places: tuple[Place, ...]) -> Iterable[Stay]:
    chain: Chain = ()
    out: list[Stay] = []
    for piece in slices(response, laws.engine.book, laws.engine.known_on, laws.turns):
        if piece.ends is None:  # a season ends; its slices do too
            continue
        hours = 0.0 if piece.level is Level.NONE else laws.passed(piece.starts, piece.hours)
        key = StateKey(laws.same_as(piece.starts, places), piece.level, hours)
        if piece.level is Level.NONE:
            chain = (key,)  # nothing is carried from one quiet day to the next
        elif not chain or chain[-1] != key:
            chain = (*chain, key)
        if out and out[-1].chain == chain and out[-1].ends == piece.starts:
            out[-1] = Stay(out[-1].starts, piece.ends, chain, response.warning_id)
        else:
            out.append(Stay(piece.starts, piece.ends, chain, response.warning_id))
    return out
