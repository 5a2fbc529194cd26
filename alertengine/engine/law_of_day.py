"""The law of one day, or of a part of it, as the matcher needs it, and what it makes of a list.

Rules are matched whatever the level and the hour; level, phase and recurring periods are
looked at when a match is resolved, so one matching serves every level and phase of a day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from alertengine.engine._resolve import asked_by
from alertengine.engine.facts import Facts, TextColumn
from alertengine.engine.hangs_on import Open, Question
from alertengine.engine.match import Matcher
from alertengine.engine.outcomes import Kinds, Match
from alertengine.files import Index, joined
from alertengine.rulebook import LineRule, Place, Rulebook
from alertengine.vocabulary import GRADES, UNGRADED, Level


@dataclass(slots=True)
class Matching:
    """A list matched under the law of one moment.

    ``met`` numbers, per line, what it met; of each that is met, ``parts`` number into ``classed``, ``measured`` and,
    where its grade may change, ``left`` (what is then open).  ``heard`` keeps :meth:`Law.kinds` by level.
    """

    met: Index
    parts: tuple[Index, Index, Index]
    classed: list[Classed]
    measured: Kinds
    left: Kinds
    effective: TextColumn
    heard: dict[Level | None, tuple[list[LineKind], Index]] = field(default_factory=dict)

    def of(self, rows: Index) -> Matching:
        """Some lines alone."""
        effective = TextColumn(self.effective.codes[rows], self.effective.categories)
        return replace(self, met=self.met[rows], effective=effective)


@dataclass(frozen=True, slots=True)
class LineKind:
    """One kind of line: the rules that hold for it in force at its place, and what is open.

    It is all that a decision depends on apart from plain arithmetic and the filed plan.
    """

    rules: frozenset[str]
    classified: frozenset[str]
    question: Question | None
    ladder: tuple[str, ...]
    #: The recurring periods of its place and their last day (MM-DD).
    season_ends: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceSeason:
    """The recurring periods of a place on a day: rules they leave idle, and the last day (MM-DD) of each."""

    idle: frozenset[str]
    ends: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Classed:
    """What classification makes of lines that it cannot tell apart.

    ``sure`` are its rules that hold, ``regrading`` those of them that change the listed grade to ``effective``;
    ``open``: its rules that may; ``unsure``: filling in unknown fields may change the effective grade.
    """

    listed: str | None
    effective: str | None
    ladder: tuple[str, ...]
    season: PlaceSeason
    sure: frozenset[str]
    regrading: frozenset[str]
    open: Open
    unsure: bool


class Law:
    """The rules in force at a moment, compiled; they hold from there to the next of the day's moments."""

    def __init__(
        self, book: Rulebook, when: datetime, known_on: date | None, matchers: dict[frozenset[str], Matcher]
    ) -> None:
        """Take the rules in force; ``matchers`` keeps compiled sets of rules across days."""
        self.book = book
        self.day = when.date()
        #: By the name a way of holding is matched under: the rule's id, and the key of the advice beside it.
        self._held = {
            one.key if beside else rule.id: one
            for rule in book.line_rules()
            for beside, one in enumerate(book.held(rule, when, known_on))
        }
        in_force = [one.rule for one in self._held.values()]
        self.rules: dict[str, LineRule] = {name: one.rule for name, one in self._held.items()}
        #: What distinguishes one moment's law from another's, periods aside.
        self.key = frozenset(one.key for one in self._held.values())
        #: The rules that ask for a grade: what regraded a line grounds them too.
        self.graded = frozenset(rule.id for rule in in_force if "effective_grade" in rule.reads)
        self._speaking: dict[Level, frozenset[str]] = {}
        #: By recurring period the rules that hold in it alone; by place what those leave idle, once asked.
        self._during: dict[str, list[str]] = {}
        for name, rule in self.rules.items():
            if rule.during:
                self._during.setdefault(rule.during, []).append(name)
        self._seasons: dict[Place, PlaceSeason] = {}
        self._at: dict[Place, list[LineRule]] = {}
        limits = {
            name: {h for m in rule.measures for h in (m.after_hours, m.until_hours) if h}
            for name, rule in self.rules.items()
        }
        self._thresholds = tuple(sorted(frozenset[float]().union(*limits.values())))
        self._limited = frozenset(name for name, hours in limits.items() if hours)
        self._carrying = {name for rule in in_force for measure in rule.measures for name in measure.on_top_of}
        matched = [
            rule if rule.id == name else rule.model_copy(update={"id": name}) for name, rule in self.rules.items()
        ]
        self._classifying = self._matcher([r for r in matched if r.kind == "classification"], matchers)
        self._measuring = self._matcher([r for r in matched if r.kind != "classification"], matchers)

    def on(self, day: date) -> Law:
        """The same rules on another of the days on which they are in force."""
        other = copy(self)
        vars(other).update(day=day, _seasons={})
        return other

    def that_can_matter(self, level: Level) -> frozenset[str]:
        """The rules that can change an order at a level: they speak there, and not advice that carries nothing."""
        if level not in self._speaking:
            self._speaking[level] = frozenset(name for name in self.rules if self._can_matter(name, level))
        return self._speaking[level]

    def _can_matter(self, name: str, level: Level) -> bool:
        rule = self.rules[name]
        return rule.speaks_at(level) and (
            name in self._carrying or any(measure.track != "advice" for measure in rule.measures)
        )

    def passed(self, hours: float) -> tuple[float, ...]:
        """Which hour limits of the day's measures have been passed: equal tuples, equal measures."""
        return tuple(limit for limit in self._thresholds if limit <= hours)

    def is_limited(self, kind: LineKind) -> bool:
        """Whether what a kind of line is bound to may change with the hours of the warning."""
        question = kind.question
        asked = [] if question is None else [question.sure, [name for name, _ in question.open]]
        return not all(map(self._limited.isdisjoint, [kind.rules, *asked]))

    def members(self, rule: LineRule) -> frozenset[str]:
        """The provinces, cities and counties a rule, under the name it is matched by, holds in at this moment."""
        return self._held[rule.id].members

    def rules_at(self, place: Place) -> list[LineRule]:
        """The rules at a place, each in the one way it holds there; recurring periods not yet looked at."""
        if place not in self._at:
            here = [one.rule for one in self._held.values() if not one.members.isdisjoint(place.names())]
            self._at[place] = list({rule.id: rule for rule in reversed(here)}.values())[::-1]
        return self._at[place]

    def key_at(self, places: Iterable[Place]) -> frozenset[str]:
        """What distinguishes the law of some places from that of another moment, periods aside."""
        names = frozenset(name for place in places for name in place.names())
        return frozenset(one.key for one in self._held.values() if not one.members.isdisjoint(names))

    def _matcher(self, rules: list[LineRule], matchers: dict[frozenset[str], Matcher]) -> Matcher:
        key = frozenset(
            rule.id if self.members(rule) == self.book.members(rule) else self._held[rule.id].key for rule in rules
        )
        if key not in matchers:
            tables = next((other.tables for other in matchers.values()), None)  # a condition's table serves every day
            matchers[key] = Matcher([(rule, self.members(rule)) for rule in rules], tables)
        return matchers[key]

    def match(self, facts: Facts) -> Matching:
        """Match a list: classification first, then measures on the effective grade."""
        facts = facts.on(self.day)
        season, seasons = self._out_of_period(facts)
        classes = self._classifying.match(facts)
        grade, industry = facts.text("grade"), facts.text("industry")
        key, firsts = joined(classes.index, season, grade.codes, industry.codes)
        numbers: dict[Classed, int] = {}
        of_key = []
        for number, when, listed, named in _at(firsts, classes.index, season, grade.codes, industry.codes):
            match, season_of = classes.matches[number], seasons[when]
            one = self._classed(match, season_of, _category(grade, listed), _category(industry, named))
            of_key.append(numbers.setdefault(one, len(numbers)))
        key, classed = np.array(of_key, dtype=np.int64)[key], list(numbers)
        codes = np.array([GRADES.index(c.effective) if c.effective in GRADES else -1 for c in classed], dtype=np.int32)
        effective = TextColumn(codes[key], GRADES)
        measures = self._measuring.match(facts.with_grade(effective))
        ungraded = TextColumn(np.full(len(facts), -1, dtype=np.int32), GRADES)
        unsure = np.array([one.unsure for one in classed], dtype=bool)[key]
        opened = self._measuring.match(facts.with_grade(ungraded), unsure)
        met, firsts = joined(key, measures.index, opened.index)
        parts = key[firsts], measures.index[firsts], opened.index[firsts]
        return Matching(met, parts, classed, measures.matches, opened.matches, effective)

    def kinds(self, matching: Matching, level: Level | None) -> tuple[list[LineKind], Index]:
        """The kinds of line that rules tell apart at a level (None: at any), and of each that is met its number."""
        if level not in matching.heard:
            every = frozenset(self.rules)
            asking = every if level is None else frozenset(n for n, rule in self.rules.items() if asked_by(rule, level))
            speaking = every if level is None else self.that_can_matter(level)
            measured, of_measured = matching.measured.heard(asking, speaking)
            left, of_left = matching.left.heard(speaking, speaking)
            parts = matching.parts[0], of_measured[matching.parts[1]], of_left[matching.parts[2]]
            number, firsts = joined(*parts)
            kinds: dict[LineKind, int] = {}
            of_number = []
            for one, found, at in _at(firsts, *parts):
                kind = _kind(matching.classed[one], measured[found], left[at], speaking)
                of_number.append(kinds.setdefault(kind, len(kinds)))
            matching.heard[level] = list(kinds), np.array(of_number, dtype=np.int64)[number]
        return matching.heard[level]

    def matches_like(self, other: Law, facts: Facts) -> bool:
        """Whether a list is matched alike by another law: the same rules, periods and facts on both days."""
        if (self.key, self._classifying, self._measuring) != (other.key, other._classifying, other._measuring):
            return False
        (mine, seasons), (theirs, others) = self._out_of_period(facts), other._out_of_period(facts)
        return seasons == others and np.array_equal(mine, theirs) and facts.same_on(self.day, other.day)

    def _out_of_period(self, facts: Facts) -> tuple[Index, list[PlaceSeason]]:
        """For each line the number of its place's season: which rules it leaves idle today, when its periods end."""
        place_of, places = facts.places()
        numbers: dict[PlaceSeason, int] = {}
        of_place = [numbers.setdefault(self._season_at(place), len(numbers)) for place in places]
        return np.array(of_place, dtype=np.int64)[place_of], list(numbers)

    def _season_at(self, place: Place) -> PlaceSeason:
        if place not in self._seasons:
            periods = {name: self.book.lists.period(name, place) for name in self._during}
            off = {name for name, period in periods.items() if period is None or not period.holds(self.day)}
            idle = frozenset(rule for name in off for rule in self._during[name])
            ends = sorted((name, period.last) for name, period in periods.items() if period)
            self._seasons[place] = PlaceSeason(idle, tuple(ends))
        return self._seasons[place]

    def _classed(self, match: Match, season: PlaceSeason, listed: str | None, industry: str | None) -> Classed:
        """What a match of the classification makes of a listed grade in an industry, in a season."""
        ladder = self.book.lists.ladder_of(industry or "")
        sure = _but(match.sure, season.idle)
        effective = self.regrade(ladder)(listed, sure)
        regrading = frozenset() if effective == listed else sure  # what leaves the grade does not ground the order
        unsure = bool(match.open) or listed is None
        return Classed(listed, effective, ladder, season, sure, regrading, _without(match.open, season.idle), unsure)

    def regrade(self, ladder: tuple[str, ...]) -> Callable[[str | None, frozenset[str]], str | None]:
        """How classification rules change a listed grade on a ladder.

        未评级 prevails over all; a grade set outright comes before a drop; a drop moves one step of the
        ladder, once, never below its last step, and leaves grades off the ladder alone.
        """

        def effective(listed: str | None, holding: frozenset[str]) -> str | None:
            if not holding:
                return listed
            regrades = [regrade for name in sorted(holding) if (regrade := self.rules[name].regrade) is not None]
            outright = [regrade.grade for regrade in regrades if regrade.grade is not None]
            if outright:
                return UNGRADED if UNGRADED in outright else max(outright, key=GRADES.index)
            steps = max((regrade.drop or 0 for regrade in regrades), default=0)
            if not steps or listed not in ladder:
                return listed
            return ladder[min(ladder.index(listed) + steps, len(ladder) - 1)]

        return effective


def _at(lines: Index, *columns: npt.NDArray[np.integer[Any]]) -> Iterable[tuple[int, ...]]:
    """What several columns hold at some lines."""
    return zip(*(column[lines].tolist() for column in columns), strict=True)


def _kind(classed: Classed, measured: Match, left: Match, speaking: frozenset[str]) -> LineKind:
    """A kind of line, rules out of their period left aside; ``left``: what is open where its grade may change."""
    off = classed.season.idle
    if not classed.unsure:
        left = Match(measured.sure & speaking, measured.open)
    still = _without(left.open, off)
    question = None
    if classed.open or still:
        question = Question(classed.listed, classed.sure, classed.open, _but(left.sure, off), still)
    return LineKind(_but(measured.sure, off), classed.regrading, question, classed.ladder, classed.season.ends)


def _but(rules: frozenset[str], off: frozenset[str]) -> frozenset[str]:
    """The rules but those of ``off``; the same object where none is: its hash is known."""
    return rules if off.isdisjoint(rules) else rules - off


def _without(left: Open, off: frozenset[str]) -> Open:
    return tuple([item for item in left if item[0] not in off]) if left and off else left


def _category(column: TextColumn, code: int) -> str | None:
    return column.categories[code] if code >= 0 else None
