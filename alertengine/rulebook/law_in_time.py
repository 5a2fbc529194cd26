"""What is in force there and then, and what became of what no longer is.

Two clocks: the day of the law, and ``known_on``: only documents issued by that day count,
so that an audit judges with what could be known.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import groupby

from alertengine.rulebook.head import PartialDate, RuleHead, Valid
from alertengine.rulebook.life import RuleLife, RuleState, as_advice, carries_decision, made_for, past_its_year
from alertengine.rulebook.open_list_rows import Period
from alertengine.rulebook.places_and_lists import OpenLists, Place
from alertengine.rulebook.records import ContinuationRule
from alertengine.rulebook.recurring_periods import day_in
from alertengine.rulebook.schema import Document, LineRule, Repeal
from alertengine.vocabulary import Level


@dataclass(frozen=True, slots=True)
class HeldRule:
    """A line rule as it holds on a day: as written, or as advice once lapsed; the places it holds in.

    ``key`` tells the ways one rule may hold apart: its id, and behind a ``~`` what makes it hold in another way.
    """

    rule: LineRule
    members: frozenset[str]
    key: str


class LawInTime:
    """Documents and rules by day and place: the part of a rulebook that knows dates.

    Args:
        lists: the open lists, which know places and recurring periods.
        adopted: documents that await adoption, each with the place that adopts it.

    """

    def __init__(self, lists: OpenLists, adopted: Mapping[str, str]) -> None:
        """Start without documents; who fills them in is the rulebook."""
        self.lists = lists
        self.adopted = dict(adopted)
        self.documents: dict[str, Document] = {}
        self.rules: dict[str, RuleHead] = {}
        self._repeals: list[tuple[Document, Repeal]] = []
        self._members: dict[tuple[str, ...], frozenset[str]] = {}
        self._advice: dict[str, LineRule] = {}

    # -- what is in force

    def rules_of(self, kind: str) -> list[RuleHead]:
        """All rules of a kind, whatever their dates, in the order they were read."""
        return list(self._of_kind.get(kind, ()))

    @cached_property
    def _of_kind(self) -> dict[str, list[RuleHead]]:
        out: dict[str, list[RuleHead]] = {}
        for rule in self.rules.values():
            out.setdefault(rule.kind, []).append(rule)
        return out

    def line_rules(self) -> list[LineRule]:
        """All rules about lines."""
        return [rule for rule in self.rules.values() if isinstance(rule, LineRule)]

    @cached_property
    def hourly_rules(self) -> list[tuple[LineRule, list[float]]]:
        """The rules with measures that begin or end some hours after a warning began, and these hours."""
        rules = (
            (rule, [h for m in rule.measures for h in (m.after_hours, m.until_hours) if h])
            for rule in self.line_rules()
        )
        return [(rule, hours) for rule, hours in rules if hours]

    def members(self, rule: RuleHead) -> frozenset[str]:
        """The provinces, cities and counties a rule's area stands for; empty where it awaits adoption."""
        if self.documents[rule.document].only_where_adopted and rule.document not in self.adopted:
            return frozenset()
        if rule.area not in self._members:
            parts = [self.lists.members(area) for area in rule.area]
            self._members[rule.area] = frozenset().union(*parts)
        return self._members[rule.area]

    def reaches(self, rule: RuleHead, place: Place) -> bool:
        """Whether a place lies in a rule's area."""
        return not self.members(rule).isdisjoint(place.names())

    def holds(self, rule: RuleHead, when: date, known_on: date | None = None) -> bool:
        """Whether a rule is in force at a moment, its area and recurring period aside.

        Where only a day is given: whether it is at some moment of it.
        """
        if not rule.valid.holds(when):
            return False
        moments = (when,) if isinstance(when, datetime) else self.moments(when)
        return any(self._holds(rule, moment, known_on) for moment in moments)

    def _holds(self, rule: RuleHead, when: datetime, known_on: date | None) -> bool:
        document = self.documents[rule.document]
        if not rule.valid.holds(when) or not document.known(known_on):
            return False
        if document.episode and past_its_year(rule, document, when.date()):
            return False
        return not any(
            self._ends(repeal, document, rule, when) for document, repeal in self._repeals if document.known(known_on)
        ) and not any(
            rule.id in other.replaces and other.valid.holds(when) and self.documents[other.document].known(known_on)
            for other in self._replacing
        )

    # -- the life of a ground

    def life(self, rule: RuleHead, day: date, known_on: date | None = None) -> RuleLife:
        """What a rule is on a day, recurring period aside: in force, lapsed, succeeded (by what) or unconfirmed."""
        first = rule.valid.first
        if first is not None and day < first.day:
            return RuleLife(RuleState.NOT_YET)
        if not self.holds(rule, day, known_on):
            by = self._successors(rule, day, known_on)
            return RuleLife(RuleState.SUCCEEDED if by else RuleState.LAPSED, by)
        if past_its_year(rule, self.documents[rule.document], day):
            by = tuple(one.id for one in self.continuations(rule, day, known_on))
            return RuleLife(RuleState.IN_FORCE if by or carries_decision(rule) else RuleState.LAPSED, by)
        open_start = first is not None and not first.exact and day <= _last_of(first.day)
        return RuleLife(RuleState.UNCONFIRMED if open_start else RuleState.IN_FORCE)

    def successors(self, rule: RuleHead, known_on: date | None = None) -> tuple[RuleHead, ...]:
        """The rules that take the place of a rule, whatever the day."""
        known = [other for other in self._replacing if self.documents[other.document].known(known_on)]
        return tuple(other for other in known if rule.id in other.replaces)

    def _successors(self, rule: RuleHead, day: date, known_on: date | None) -> tuple[str, ...]:
        own = [other.id for other in self.successors(rule, known_on) if other.valid.holds(day)]
        end = self.moments(day)[-1]
        known = [(one, document) for document, one in self._repeals if document.known(known_on)]
        return tuple(dict.fromkeys(own + [d.document for one, d in known if self._ends(one, d, rule, end)]))

    def ends(self, rule: RuleHead, known_on: date | None = None) -> datetime:
        """When the orders of a rule end: at its own end, or where a colour ended the response to adverse weather.

        Other law to come does not end the orders of today.
        """
        ends = [rule.valid.moments()[1]]
        below_yellow = isinstance(rule, LineRule) and "adverse_weather" in rule.regimes
        for document, repeal in self._repeals if below_yellow else ():
            first = repeal.first or document.valid.first
            if first and document.known(known_on) and self._ends(repeal, document, rule, datetime.max):
                ends.append(first.begins)
        return min(ends)

    def lift_unknown(self, rule: RuleHead, day: date) -> bool:
        """Whether a rule of one episode goes on after its first day with no end on record: its lift was not read."""
        first, last = rule.valid.bounds()
        if not self.documents[rule.document].episode or last != date.max or day <= first:
            return False
        return not any(self._ends(repeal, document, rule, datetime.max) for document, repeal in self._repeals)

    def continuations(
        self, rule: RuleHead, when: date, known_on: date | None = None, place: Place | None = None
    ) -> list[ContinuationRule]:
        """The records in force at a moment or on a day by which a rule past its year goes on, at a place if given.

        One made for a year or winter itself ends with it, unless it is continued in its turn.
        """
        within = self._continued(rule, when, known_on)
        return [one for one, where in within if place is None or not where.isdisjoint(place.names())]

    def _continued(
        self, rule: RuleHead, when: date, known_on: date | None, past: frozenset[str] = frozenset()
    ) -> list[tuple[ContinuationRule, frozenset[str]]]:
        """What continues a rule, each with the places it does in; ``past``: records that lean on this one."""
        out = []
        for one in self._continuing:
            if one.id in past or not one.speaks_of(rule) or not self.holds(one, when, known_on):
                continue
            where = self.members(one)
            if self.overdue(one, when):
                further = self._continued(one, when, known_on, past | {one.id})
                where = frozenset[str]().union(*(self.in_both(where, places) for _, places in further))
            if where:
                out.append((one, where))
        return out

    @cached_property
    def _continuing(self) -> list[ContinuationRule]:
        return [rule for rule in self.rules.values() if isinstance(rule, ContinuationRule)]

    def lapsed_on(self, rule: RuleHead, day: date, known_on: date | None = None, place: Place | None = None) -> bool:
        """Whether a rule that nothing ended is past the year or winter it was made for, and nobody continued it."""
        past = past_its_year(rule, self.documents[rule.document], day) and not carries_decision(rule)
        return past and not self.continuations(rule, day, known_on, place)

    def held(self, rule: LineRule, when: date, known_on: date | None = None) -> tuple[HeldRule, ...]:
        """The ways a line rule holds at a moment or on a day, and where; none where it does not.

        One past its year that is continued in a part of its area holds in two ways: as written there, and as advice
        in its area, where it says nothing beside the first.
        """
        members = self.members(rule)
        if not members or not self.holds(rule, when, known_on):
            return ()
        document = self.documents[rule.document]
        if not past_its_year(rule, document, when) or carries_decision(rule):
            return (HeldRule(rule, members, rule.id),)
        continued = self._continued(rule, when, known_on)
        where = frozenset[str]().union(*(self.in_both(members, places) for _, places in continued))
        binding = (HeldRule(rule, where, "~".join([rule.id, *(one.id for one, _ in continued)])),) if where else ()
        if rule.kind == "classification" or members <= where:
            return binding
        if rule.id not in self._advice:
            self._advice[rule.id] = as_advice(rule, document)
        return (*binding, HeldRule(self._advice[rule.id], members, f"{rule.id}~lapsed"))

    def in_both(self, one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
        """The places that two sets of provinces, cities and counties both hold."""
        inside = {name for name in one if not other.isdisjoint(self.lists.wider(name))}
        return frozenset(inside | {name for name in other if not one.isdisjoint(self.lists.wider(name))})

    def moments(self, day: date) -> tuple[datetime, ...]:
        """Midnight and every hour within a day at which a rule comes into force or lapses, in order."""
        return (datetime.combine(day, time()), *self._hours.get(day, ()))

    def unchanged_since(self, when: datetime) -> datetime:
        """The last of its day's ``moments`` up to a moment."""
        return max(moment for moment in self.moments(when.date()) if moment <= when)

    @cached_property
    def _hours(self) -> dict[date, list[datetime]]:
        """By day the moments within it, midnight aside, at which a rule comes into force or lapses."""
        ends = [end for rule in self.rules.values() for end in (rule.valid.first, rule.valid.last)]
        ends += [repeal.first or document.valid.first for document, repeal in self._repeals]
        hours = sorted({end.begins for end in ends if isinstance(end, PartialDate) and end.time})
        return {day: list(own) for day, own in groupby(hours, datetime.date)}

    @cached_property
    def _replacing(self) -> list[RuleHead]:
        return [rule for rule in self.rules.values() if rule.replaces]

    @staticmethod
    def _ends(repeal: Repeal, document: Document, rule: RuleHead, when: datetime) -> bool:
        """Whether a repeal ends a rule by a moment."""
        first = repeal.first or document.valid.first
        begun = first is None or first.begins <= when
        return begun and rule.document != document.document and repeal.speaks_of(rule)

    @cached_property
    def recurring(self) -> tuple[Period, ...]:
        """The recurring periods that the line rules name, in whatever place."""
        names = dict.fromkeys(rule.during for rule in self.line_rules() if rule.during)
        return tuple(period for name in names for period in self.lists.periods.named(name))

    def in_period(self, rule: RuleHead, day: date, place: Place | None = None) -> bool:
        """Whether a day lies in the recurring period a rule names (true where it names none)."""
        during = getattr(rule, "during", "")
        if not during:
            return True
        period = self.lists.period(during, place)
        return period is not None and period.holds(day)

    def in_force(
        self, kind: str, when: date, place: Place | None = None, known_on: date | None = None
    ) -> list[RuleHead]:
        """The rules of a kind in force at a moment or on a day, at a place where one is given."""
        day = when.date() if isinstance(when, datetime) else when
        return [
            rule
            for rule in self.rules_of(kind)
            if self.holds(rule, when, known_on)
            and self.in_period(rule, day, place)
            and (place is None or self.reaches(rule, place))
        ]

    def binding(
        self, kind: str, when: date, place: Place | None = None, known_on: date | None = None
    ) -> list[RuleHead]:
        """The rules of a kind in force that bind: none past its year that nobody continued; what papers rest on."""
        rules = self.in_force(kind, when, place, known_on)
        return [rule for rule in rules if not self.lapsed_on(rule, when, known_on, place)]

    def below_yellow(self, when: datetime, city: str, known_on: date | None = None) -> list[LineRule]:
        """The rules of a response below yellow (不利气象条件应对) that bind somewhere in a city at a moment."""
        rules = [
            rule
            for rule in self.line_rules()
            if "adverse_weather" in rule.regimes and self.holds(rule, when, known_on) and rule.speaks_at(Level.NONE)
        ]
        own = frozenset({city})
        return [
            rule
            for rule in rules
            if any(one.rule is rule and self.in_both(one.members, own) for one in self.held(rule, when, known_on))
        ]

    def changes(self, after: datetime, before: datetime) -> list[datetime]:
        """Moments after one and before another at which the rules in force may change, of lines and of ratios."""
        days: set[date] = set()
        for year in range(after.year, before.year + 1):
            for period in self.recurring:
                days |= {day_in(year, period.first), day_in(year, period.last) + timedelta(days=1)}
        moments = self._dated_moments | {datetime.combine(day, time()) for day in days}
        return sorted(moment for moment in moments if after < moment < before)

    def dated_since(self, when: datetime) -> datetime:
        """The last moment up to another at which a dated rule of lines or ratios may have begun or ended."""
        return max((moment for moment in self._dated_moments if moment <= when), default=datetime.min)

    @cached_property
    def _dated_moments(self) -> frozenset[datetime]:
        """The moments at which a dated rule of lines or ratios may begin or end, whatever the year."""
        dated = (*self.line_rules(), *self.rules_of("ratio"))
        moments = {moment for rule in dated for moment in rule.valid.moments()}
        moments |= {repeal.first.begins for _, repeal in self._repeals if repeal.first}
        moments |= {document.valid.first.begins for document, _ in self._repeals if document.valid.first}
        moments |= {moment for one in self._continuing for moment in one.valid.moments()}
        moments |= {concerns.moments()[1] for one in (*dated, *self._continuing) if (concerns := self.made_for(one))}
        return frozenset(moments)

    def lapsed(
        self, day: date, known_on: date | None = None, places: Iterable[Place | None] = (None,)
    ) -> list[RuleHead]:
        """Line rules and required ratios that ended, or whose year is over, and that nothing replaced or continued.

        Where places are given: those that reach one of them and are not continued there.

        A document made for one episode leaves no hole when the episode is over; one that was adopted
        for a place is named all the same, as it was asked for.
        """
        return [
            rule
            for rule in [*self.line_rules(), *self.rules_of("ratio")]
            if any(self._is_over(rule, day, known_on, place) for place in places)
            and self.documents[rule.document].known(known_on)
            and (not self.documents[rule.document].episode or rule.document in self.adopted)
            and self.members(rule)
        ]

    def _is_over(self, rule: RuleHead, day: date, known_on: date | None, place: Place | None) -> bool:
        if place is not None and not self.reaches(rule, place):
            return False
        if isinstance(rule.valid.last, PartialDate):
            return rule.valid.last.day < day
        return self.lapsed_on(rule, day, known_on, place) and self.holds(rule, day, known_on)

    def made_for(self, rule: RuleHead) -> Valid | None:
        """The year or winter a rule with no stated end was made for."""
        return made_for(rule, self.documents[rule.document])

    def overdue(self, rule: RuleHead, day: date) -> bool:
        """Whether a rule is past the year or winter it was made for, with no end stated."""
        return past_its_year(rule, self.documents[rule.document], day)


def _last_of(first: date) -> date:
    """The last day of the month, or where it is a January of the year, that a first day known no better begins."""
    last = first.replace(month=12) if first.month == 1 else first
    return last.replace(day=monthrange(last.year, last.month)[1])
