"""A response as slices of constant law, and what is decided of a list in one slice: arrays by line.

Hours count from the first start of the warning's life; raising or lowering does not reset
them.  Slices are half-open; they are cut where a measure begins or ends by the hour, and
where a rule or period comes into force or lapses: at midnight, or at the hour the rule says; and at
the midnight at which a decision of an authority begins or ends for one of the lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from alertengine.engine._resolve import Resolution, merged
from alertengine.engine.account import Floats, Numbers, shares
from alertengine.engine.allotted import Allotted
from alertengine.engine.facts import Facts, TextColumn
from alertengine.engine.filed_or_rule import Filed
from alertengine.engine.kilograms import Kilograms
from alertengine.files import CodedTable, Codes, Index
from alertengine.rulebook import Measure, Member, Rulebook, atoms
from alertengine.vocabulary import DecisionRecord, Level, Status, name_or_code, number, records_of

if TYPE_CHECKING:
    import pandas as pd


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
            return f"{number(self.hours)}-"
        return f"{number(self.hours)}-{number(self.hours + (self.ends - self.starts).total_seconds() / 3600)}"


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
    """Where a measure of the rules in force at a moment of a segment begins or ends by the hour.

    Those of lower levels too: a line without a measure at its own rests on them.
    """
    levels = list(Level)[1 : segment.level.rank + 1]
    for rule, after in book.hourly_rules:
        cuts = [life_start + timedelta(hours=hours) for hours in after]
        cuts = [cut for cut in cuts if segment.starts < cut and (segment.ends is None or cut < segment.ends)]
        speaks = any(level in rule.levels and rule.speaks_at(level) for level in levels)
        if cuts and speaks and book.holds(rule, when, known_on):
            yield from cuts


STATUSES = tuple(Status)


@dataclass(slots=True, eq=False)
class Binding:
    """What one kind of line is bound to in a slice: the resolution and what it hangs on."""

    resolution: Resolution
    classified: tuple[str, ...]
    hangs_on: tuple[str, ...]
    expires: datetime | None

    @property
    def key(self) -> tuple[object, ...]:
        """By this equal bindings of one moment of the law are told, in which a resolution is made once."""
        return self.resolution, self.classified, self.hangs_on, self.expires

    def says_like(self, other: Binding) -> bool:
        """Whether another one is equal by the values of its resolution too, be it of another moment of the law."""
        mine, theirs = self.resolution, other.resolution
        return self.key[1:] == other.key[1:] and all(
            getattr(mine, name) == getattr(theirs, name) for name in Resolution.__slots__
        )


@dataclass(slots=True)
class Decision:
    """All lines in one slice.

    ``binding`` (lines,) numbers into ``bindings``; shares are 0..1 or NaN: ``share`` of everything that
    binds, ``warning_share`` of the warning measures, ``other_share`` of what binds without one; ``partial``
    marks shares that are a lower bound; ``reduced`` kg/d by pollutant of everything that binds, ``warning_reduced``
    what the warning adds to what binds without one; ``status`` codes of STATUSES;
    ``ground`` codes of GROUNDS; ``undetermined`` lines without a ground that no document leaves to the city;
    ``from_lower`` (lines,) is the rank of the lower level that binds a line because this one has no measure for
    it, 0 where its own binds (None: everywhere); binding and filed plan of such a line are those of that level.
    ``anew`` are the lines decided anew since the slice that ends where this one starts: all others are ordered what
    they were, by the same bindings under the same numbers (None: any may be ordered otherwise).
    ``doubts`` is for ``orders`` to keep what it finds doubtful about the filed plans.
    """

    slice: Slice
    bindings: list[Binding]
    binding: Index
    effective: TextColumn
    share: Floats
    warning_share: Floats
    other_share: Floats
    partial: npt.NDArray[np.bool_]
    reduced: Kilograms
    warning_reduced: Kilograms
    status: npt.NDArray[np.int8]
    undetermined: npt.NDArray[np.bool_]
    filed: Filed
    allotted: Allotted
    ground: npt.NDArray[np.int8]
    lacking: dict[str, npt.NDArray[np.bool_]] = field(default_factory=dict)
    from_lower: npt.NDArray[np.int8] | None = None
    anew: Index | None = None
    doubts: object = None

    def binding_of(self, line: int) -> Binding:
        """What binds one line."""
        return self.bindings[self.binding[line]]


class GatheredShares:
    """Shares of all lines, gathered binding by binding."""

    def __init__(self, count: int) -> None:
        """Nothing yet, of so many lines."""
        self.warning = np.full(count, np.nan)
        self.other = np.full(count, np.nan)
        self.partial = np.zeros(count, dtype=bool)
        self.lacking: dict[str, npt.NDArray[np.bool_]] = {}
        #: Shares by pollutant, where a measure speaks of concentrations: of the warning, and of what binds without one.
        self.warning_by: dict[str, Floats] = {}
        self.other_by: dict[str, Floats] = {}
        self._count = count

    def add(self, resolution: Resolution, numbers: Numbers, allotted: Allotted) -> None:
        """Add the measures of one resolution for the lines it binds."""
        for regime, result in resolution.regimes.items():
            warned = regime == "warning"
            into = self.warning if warned else self.other
            if result.status in (Status.EXEMPT, Status.SELF_DIRECTED) or (
                result.ground and result.status is Status.ORDERED
            ):
                into[numbers.rows] = np.fmax(into[numbers.rows], 0.0)
            self.partial[numbers.rows] |= result.at_least
            for asked in merged(result.asked):
                self._measure(into, self.warning_by if warned else self.other_by, asked.measure, numbers, allotted)

    def _measure(
        self, into: Floats, by: dict[str, Floats], measure: Measure, numbers: Numbers, allotted: Allotted
    ) -> None:
        found = shares(measure, numbers, allotted.fraction(measure, numbers.rows))
        rows = numbers.rows
        into[rows] = np.fmax(into[rows], found.share)
        self.partial[rows] |= np.isnan(found.share)
        for name, lacking in found.lacking.items():
            if lacking.any():
                self.lacking.setdefault(name, np.zeros(self._count, dtype=bool))[rows[lacking]] = True
        for name, value in (found.by_pollutant or {}).items():
            column = by.setdefault(name, np.full(self._count, np.nan))
            column[rows] = np.fmax(column[rows], value)


def turns_of_list(lines: CodedTable | pd.DataFrame, book: Rulebook) -> list[date]:
    """The days from which on other facts may hold of some line of a list, in order and each once.

    Other decisions bind it, a plant comes onto a closed list on file or leaves it, or its industry has a new standard.
    """
    cells = CodedTable.of(lines).text("decisions").present
    members = (member for one in book.lists.named_lists.values() for member in one.members)
    standards = (trade.ultra_low_from for trade in book.lists.industries.values())
    days = {*filter(None, standards), *(day for member in members for day in _turns(member))}
    return sorted(days.union(turns_of(cells, decisions_asked(book)) if cells else ()))


def next_turns(facts: Facts, book: Rulebook, day: date) -> Index:
    """For each line the first day after another on which it may be bound otherwise, as an ordinal; 0 where none is.

    Then a decision that rules ask for begins or ends, or its plant comes onto a closed list that they ask for or leaves
    it.
    """
    cells = facts.lines.text("decisions")
    asked = decisions_asked(book) if cells.names else frozenset()
    said: list[tuple[Codes, list[Iterable[date]]]] = [(cells.codes, [turns_of([cell], asked) for cell in cells.names])]
    members: dict[str, list[date]] = {}
    for name in _asked(book, "named_lists") & book.lists.named_lists.keys():
        for member in book.lists.named_lists[name].members:
            for text in filter(None, (member.name, member.code)):
                members.setdefault(name_or_code(text), []).extend(_turns(member))
    if any(members.values()):
        who = facts.named()
        names = ([one for one in text.split(";") if one in members] for text in who.categories)
        said.append((who.codes, [[turn for one in some for turn in members[one]] for some in names]))
    never = date.max.toordinal()
    out = np.full(len(facts), never)
    for codes, turns in said:
        first = (min((turn for turn in some if turn > day), default=date.max).toordinal() for some in turns)
        out = np.minimum(out, np.array([*first, never])[codes])
    return np.where(out == never, 0, out)


def decisions_asked(book: Rulebook) -> frozenset[str]:
    """The decisions that rules ask for: kinds, and kinds with a ground."""
    return _asked(book, "open_decision")


def _asked(book: Rulebook, field: str) -> frozenset[str]:
    """The names that rules ask for in a field."""
    asking = (atom for rule in book.line_rules() if field in rule.reads for atom in atoms(rule.when))
    return frozenset(str(name) for atom in asking if atom.field == field for name in atom.values)


def turns_of(cells: Iterable[str], asked: frozenset[str]) -> list[date]:
    """The days on which a decision that rules ask for begins or no longer binds, of several cells."""
    kinds = {"", *(name.partition(":")[0] for name in asked)}  # a decision that says no kind may be of any
    records = (record for cell in cells for record in records_of(cell) if record.kind in kinds)
    return sorted({day for record in records for day in _turns(record)})


def _turns(record: DecisionRecord | Member) -> Iterable[date]:
    if record.first is not None:
        yield record.first
    if record.last is not None:
        yield record.last + timedelta(days=1)
