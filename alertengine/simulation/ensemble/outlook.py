"""What is the same in all winters: what each afternoon knows, under which law, and which areas act together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np
import numpy.typing as npt

from alertengine.rulebook import LinkageRule, Rulebook
from alertengine.simulation.ensemble import grading
from alertengine.simulation.ensemble.lives import MINUTES, NEVER, LifeLaw
from alertengine.simulation.ensemble.truth import Truth
from alertengine.vocabulary import OPEN
from alertengine.warning import DAYS_BEHIND, RANK, AirLaw, Floor, law_on, reaching


@dataclass(frozen=True)
class Outlook:
    """What one city knows on the afternoon of ``day``: days are counted from the first, ``end`` is not in sight."""

    day: int
    end: int
    #: Laws of the days in sight.
    laws: tuple[AirLaw, ...]
    #: The law on lives, where there is any.
    life: LifeLaw | None
    #: Observed days behind that may belong to a run going on: the last so many.
    tail: int
    #: Whether each day is known, from day ``-back`` on; None where no day is in sight.
    known: tuple[bool, ...] | None
    back: int
    #: Per rank the first day, from the day of issue, of a run whose beginning is not known (0: the day itself).
    begun: tuple[tuple[int, int], ...]
    #: Later days, from the day of issue, of which the day before is not known: a warning may carry a run there.
    open_days: tuple[int, ...]

    @property
    def special(self) -> bool:
        """Whether a run may go on under a warning in force without a known beginning."""
        return bool(self.begun or self.open_days)


class Outlooks:
    """Every afternoon of one city."""

    def __init__(self, truth: Truth, city: int, days_ahead: int) -> None:
        """Lay out the city's truth under its laws."""
        self.laws, self.days_ahead = truth.laws[city], days_ahead
        self.origin, self.days = truth.first, truth.days
        self.scale = grading.Scale(self.laws)
        self.there = truth.known[city]
        self.steps = self.scale.steps(truth.aqi[city])
        self.known = self.there & self._graded_days()
        spans = [self.span(law, 0, self.days) for law in self.laws]
        self.above = {
            rank: mask[:, 0] for rank, mask in grading.above(self.steps[:, None], self.scale, self.laws, spans).items()
        }
        #: The levels that the observed days themselves bear.
        self.ranks = grading.grade(self.steps[:, None], self.scale, self.laws, spans)[:, 0]
        self.afternoons = [self._afternoon(day) for day in range(self.days)]
        self.keep = self._kept()

    def span(self, law: AirLaw, first: int, end: int) -> slice:
        """The days of a law among those from ``first`` until before ``end``, counted from ``first``."""
        begin, last = (law.first - self.origin).days, (law.last - self.origin).days
        return slice(min(max(begin - first, 0), end - first), min(max(last + 1 - first, 0), end - first))

    def _graded_days(self) -> npt.NDArray[np.bool_]:
        """Days on which an AQI standard is in force."""
        out = np.zeros(self.days, dtype=bool)
        for law in self.laws:
            if law.aqi is not None:
                out[self.span(law, 0, self.days)] = True
        return out

    def _afternoon(self, day: int) -> Outlook:
        first, end = max(day - DAYS_BEHIND, 0), min(day + self.days_ahead + 1, self.days)
        seen = np.flatnonzero(self.there[first:end])
        if not len(seen):
            return Outlook(day, end, (), self._life(day, day, day), 0, None, 0, (), ())
        begin, last = first + int(seen[0]), first + int(seen[-1])
        laws = self._laws(begin, last)
        dead = np.flatnonzero(self.steps[begin:day] == 0)
        tail = max(day - begin - (int(dead[-1]) + 1 if len(dead) else 0), 0)
        begun = self._begun(day, begin)
        opened = [d for d in range(max(day + 1, begin), end) if self.known[d] and not self._before(d, begin)]
        back = 1 + max((-start for _, start in begun), default=0)
        known = [begin <= d <= last and bool(self.known[d]) for d in range(day - back, end)]
        return Outlook(
            day, end, laws, self._life(day, begin, last), tail, tuple(known), back, begun,
            tuple(d - day for d in opened),
        )  # fmt: skip

    def _before(self, day: int, begin: int) -> bool:
        """Whether the day before is in sight and known."""
        return day > begin and bool(self.known[day - 1])

    def _begun(self, day: int, begin: int) -> tuple[tuple[int, int], ...]:
        """Runs above the lowest number of a rank that come up to the day of issue without a known beginning."""
        out = []
        for rank in sorted({RANK[rule.level] for law in self.laws for rule in law.levels if rule.level}):
            mask, start = self.above.get(rank), day
            while mask is not None and start > begin and mask[start - 1]:
                start -= 1
            if not self._before(start, begin):
                out.append((rank, start - day))
        return tuple(out)

    def _laws(self, first: int, last: int) -> tuple[AirLaw, ...]:
        begin, end = self.origin + timedelta(days=first), self.origin + timedelta(days=last)
        return tuple(law for law in self.laws if law.first <= end and law.last >= begin)

    def _life(self, day: int, first: int, last: int) -> LifeLaw | None:
        held = self._laws(first, last)
        law = law_on(held, datetime.combine(self.origin + timedelta(days=day), time()))
        rules = {RANK[rule.level]: rule for one in reversed(held) for rule in one.levels if rule.level}
        return LifeLaw.of(law.life, rules) if law is not None and law.life is not None else None

    def _kept(self) -> list[int]:
        """Per afternoon the minute of the next one's clock before which no decision looks; NEVER: not behind it."""
        out, needed = [0] * self.days, self.days
        for day in range(self.days - 1, -1, -1):
            out[day] = (needed - day - 2) * MINUTES if needed <= day + 1 else NEVER
            starts = [day + start for _, start in self.afternoons[day].begun if start <= 0]
            needed = min([needed, *starts])
        return out


@dataclass(frozen=True)
class Link:
    """One linkage rule among the cities of the ensemble: who counts, who must follow, at which rank."""

    members: tuple[int, ...]
    follow: frozenset[int]
    cities: int
    asked: int
    rank: int

    def days(self, ranks: npt.NDArray[np.int8]) -> npt.NDArray[np.int64]:
        """Days on which the rule binds (bits from the day of issue on), by winter; ranks: cities, days, winters."""
        reach = (ranks[list(self.members)] >= self.asked).sum(axis=0) >= self.cities
        return bits(reach)

    def orders(self, days: int) -> list[tuple[int, int, int, bool]]:
        """The orders of a stretch of days: start and end in minutes, rank, not exactly that."""
        out, day = [], 0
        while days >> day:
            if not days >> day & 1:
                day += 1
                continue
            first = day
            while days >> day & 1:
                day += 1
            out.append((first * MINUTES, day * MINUTES, self.rank, False))
        return out


class Links:
    """The linkage rules with a trigger that hold on each day."""

    def __init__(self, rulebook: Rulebook, cities: Sequence[str], known_on: date | None) -> None:
        """Links among some cities."""
        self.rulebook, self.cities, self.known_on = rulebook, list(cities), known_on
        self.any = any(isinstance(rule, LinkageRule) and rule.trigger for rule in rulebook.rules_of("linkage"))

    def on(self, day: date, seen: Sequence[bool]) -> list[Link]:
        """The links of a day; a city without any day in sight counts for none."""
        if not self.any:
            return []
        rules = self.rulebook.binding("linkage", day, None, self.known_on)
        links = [self._link(rule, seen) for rule in rules if isinstance(rule, LinkageRule) and rule.trigger]
        return [link for link in links if link is not None]

    def _link(self, rule: LinkageRule, seen: Sequence[bool]) -> Link | None:
        lists, asked = self.rulebook.lists, rule.trigger
        assert asked is not None  # noqa: S101 -- looked at before
        named = {city for member in rule.members for city in lists.cities_of(member)}
        members = tuple(n for n, city in enumerate(self.cities) if city in named and seen[n])
        if len(members) < asked.cities:
            return None
        level = rule.floor or asked.level
        floors = [Floor(member, level, OPEN) for member in rule.members]
        follow = frozenset(n for n, city in enumerate(self.cities) if reaching(floors, lists, city, ""))
        return Link(members, follow, asked.cities, RANK[asked.level], RANK[level])


def bits(values: npt.NDArray[np.bool_ | np.int8], each: int = 1) -> npt.NDArray[np.int64]:
    """One number a winter, ``each`` bits a day, the first day the lowest (values: days, winters)."""
    out = np.zeros(values.shape[1], dtype=np.int64)
    for day, row in enumerate(values):
        if row.any():
            out |= row.astype(np.int64) << each * day
    return out
