"""Time: a response as slices in which level, law and measures are constant.

Hours count from the first start of the warning's life; raising or lowering does not reset
them.  Slices are half-open; they are cut where a measure begins or ends by the hour, and
where a rule or period comes into force or lapses: at midnight, or at the hour the rule says; and at
the midnight at which a decision of an authority begins or ends for one of the lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from alertengine.rulebook import Measure, Rulebook
from alertengine.vocabulary import Level


@dataclass(frozen=True, slots=True)
class Segment:
    """An interval at one level; ``ends`` is None while it is open."""

    starts: datetime
    ends: datetime | None
    level: Level


@dataclass(frozen=True, slots=True)
class Response:
    """The segments of one warning's life, in order, and when that life began."""

    segments: tuple[Segment, ...]
    life_start: datetime
    warning_id: str = ""

    @classmethod
    def single(cls, level: Level, day: date, hours: float | None = None) -> Response:
        """One level from midnight of a day on, for some hours or open-ended."""
        starts = datetime.combine(day, time())
        ends = None if hours is None else starts + timedelta(hours=hours)
        return cls((Segment(starts, ends, level),), starts)


@dataclass(frozen=True, slots=True)
class Slice:
    """A half-open interval in which nothing changes; ``hours`` since the life began, at its start."""

    starts: datetime
    ends: datetime | None
    level: Level
    hours: float

    @property
    def day(self) -> date:
        """The day it begins on."""
        return self.starts.date()

    @property
    def phase(self) -> str:
        """The hours it covers, as ``0-120`` or ``120-``."""
        if self.ends is None:
            return f"{self.hours:g}-"
        return f"{self.hours:g}-{self.hours + (self.ends - self.starts).total_seconds() / 3600:g}"


def slices(response: Response, book: Rulebook, known_on: date | None = None, turns: Iterable[date] = ()) -> list[Slice]:
    """Cut a response into slices; ``turns`` are days from which on other facts of the lines hold."""
    out: list[Slice] = []
    midnights = [datetime.combine(day, time()) for day in turns]
    for segment in response.segments:
        within = {at for at in midnights if segment.ends and segment.starts < at < segment.ends}
        ordered = sorted(_cuts(segment, response.life_start, book, known_on) | within)
        for starts, ends in zip(ordered, [*ordered[1:], segment.ends], strict=True):
            since = (starts - response.life_start).total_seconds() / 3600
            out.append(Slice(starts, ends, segment.level, since))
    return out


def _cuts(segment: Segment, life_start: datetime, book: Rulebook, known_on: date | None) -> set[datetime]:
    """Where the slices of a segment begin; one that is open is cut on its first day and as far as its phases reach."""
    midnight = datetime.combine(segment.starts.date(), time()) + timedelta(days=1)
    changes = book.changes(segment.starts, segment.ends or midnight)
    laws = (segment.starts, *changes)
    hours = {cut for when in laws for cut in _hour_cuts(segment, when, life_start, book, known_on)}
    if segment.ends is None:
        changes = book.changes(segment.starts, max([midnight, *hours]))
    return {segment.starts, *hours, *changes}


def _hour_cuts(
    segment: Segment, when: datetime, life_start: datetime, book: Rulebook, known_on: date | None
) -> Iterable[datetime]:
    """Where a measure of the rules in force at a moment of a segment begins or ends by the hour."""
    if segment.level is Level.NONE:
        return
    for rule in book.line_rules_on(when, segment.level, known_on):
        if segment.level in rule.levels:
            for hours in _hours_of(rule.measures):
                cut = life_start + timedelta(hours=hours)
                if segment.starts < cut and (segment.ends is None or cut < segment.ends):
                    yield cut


def _hours_of(measures: Iterable[Measure]) -> Iterable[float]:
    for measure in measures:
        if measure.after_hours:
            yield measure.after_hours
        if measure.until_hours is not None:
            yield measure.until_hours
