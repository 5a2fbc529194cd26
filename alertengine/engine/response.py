"""Time: a response as slices in which level, law and measures are constant.

Hours count from the first start of the warning's life; raising or lowering does not reset
them.  Slices are half-open; they are cut where a measure begins or ends by the hour, and
at midnight where a rule or period comes into force or lapses.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from alertengine.rulebook.book import Rulebook
from alertengine.rulebook.measures import Measure
from alertengine.vocabulary.fields import Level


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
        """The day whose law holds."""
        return self.starts.date()

    @property
    def phase(self) -> str:
        """The hours it covers, as ``0-120`` or ``120-``."""
        if self.ends is None:
            return f"{self.hours:g}-"
        return f"{self.hours:g}-{self.hours + (self.ends - self.starts).total_seconds() / 3600:g}"


def slices(response: Response, book: Rulebook, known_on: date | None = None) -> list[Slice]:
    """Cut a response into slices."""
    out: list[Slice] = []
    for segment in response.segments:
        hours = set(_hour_cuts(segment, response.life_start, book, known_on))
        until = segment.ends or max(hours, default=segment.starts)  # open-ended: as far as its phases reach
        cuts = {segment.starts, *hours, *_day_cuts(segment, until, book)}
        ordered = sorted(cuts)
        for starts, ends in zip(ordered, [*ordered[1:], segment.ends], strict=True):
            since = (starts - response.life_start).total_seconds() / 3600
            out.append(Slice(starts, ends, segment.level, since))
    return out


def _hour_cuts(segment: Segment, life_start: datetime, book: Rulebook, known_on: date | None) -> Iterable[datetime]:
    if segment.level is Level.NONE:
        return
    for rule in book.line_rules_on(segment.starts.date(), segment.level, known_on):
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


def _day_cuts(segment: Segment, until: datetime, book: Rulebook) -> Iterable[datetime]:
    if until <= segment.starts:
        return
    for day in book.change_days(segment.starts.date(), until.date()):
        cut = datetime.combine(day, time())
        if segment.starts < cut < until:
            yield cut
