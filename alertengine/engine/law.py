"""The law of one day as the matcher needs it, and what it makes of a list.

Rules are matched whatever the level and the hour; level, phase and recurring periods are
looked at when a match is resolved, so one matching serves every level and phase of a day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.engine.facts import Facts, TextColumn
from alertengine.engine.match import Match, Matched, Matcher
from alertengine.engine.numbering import Index, joined
from alertengine.engine.unknown import Open, Question
from alertengine.rulebook.book import Rulebook
from alertengine.rulebook.openlists import Place
from alertengine.rulebook.schema import LineRule
from alertengine.vocabulary import GRADES, UNGRADED, Level


@dataclass(slots=True)
class Matching:
    """A list matched under the law of one day.

    ``kind`` numbers, per line, its distinct kind; ``kinds`` holds them.  A kind is all that the decision
    depends on apart from plain arithmetic and the filed plan.
    """

    kind: Index
    kinds: list[Kind]
    effective: TextColumn


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of line: the rules that hold for it in force at its place, and what is open."""

    rules: frozenset[str]
    classified: frozenset[str]
    question: Question | None
    ladder: tuple[str, ...]
    #: The recurring periods of its place and their last day (MM-DD).
    season_ends: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Season:
    """The recurring periods of a place on a day: rules they leave idle, and the last day (MM-DD) of each."""

    idle: frozenset[str]
    ends: tuple[tuple[str, str], ...]


class Law:
    """The rules in force on a day, compiled."""

    def __init__(
        self, book: Rulebook, day: date, known_on: date | None, matchers: dict[frozenset[str], Matcher]
    ) -> None:
        """Take the rules in force; ``matchers`` keeps compiled sets of rules across days."""
        self.book = book
        self.day = day
        in_force = [rule for rule in book.line_rules() if book.holds(rule, day, known_on) and book.members(rule)]
        self.rules: dict[str, LineRule] = {rule.id: rule for rule in in_force}
        #: What distinguishes one day's law from another's, periods aside.
        self.key = frozenset(self.rules)
        self._speaking: dict[Level, frozenset[str]] = {}
        hours = {h for rule in in_force for m in rule.measures for h in (m.after_hours, m.until_hours) if h}
        self._thresholds = tuple(sorted(hours))
        self._carrying = {name for rule in in_force for measure in rule.measures for name in measure.on_top_of}
        self._classifying = self._matcher([r for r in in_force if r.kind == "classification"], matchers)
        self._measuring = self._matcher([r for r in in_force if r.kind != "classification"], matchers)

    def that_can_matter(self, level: Level) -> frozenset[str]:
        """The rules that can change an order at a level: they speak there, and not advice that carries nothing."""
        if level not in self._speaking:
            self._speaking[level] = frozenset(name for name in self.rules if self._can_matter(name, level))
        return self._speaking[level]

    def _can_matter(self, name: str, level: Level) -> bool:
        rule = self.rules[name]
        speaks = level in rule.levels or any(regime != "warning" for regime in rule.regimes)
        return speaks and (name in self._carrying or any(measure.track != "advice" for measure in rule.measures))

    def passed(self, hours: float) -> tuple[float, ...]:
        """Which hour limits of the day's measures have been passed: equal tuples, equal measures."""
        return tuple(limit for limit in self._thresholds if limit <= hours)

    def _matcher(self, rules: list[LineRule], matchers: dict[frozenset[str], Matcher]) -> Matcher:
        key = frozenset(rule.id for rule in rules)
        if key not in matchers:
            matchers[key] = Matcher([(rule, self.book.members(rule)) for rule in rules])
        return matchers[key]

    def match(self, lines: pd.DataFrame) -> Matching:
        """Match a list: classification first, then measures on the effective grade."""
        facts = Facts(lines, self.book.lists, self.day)
        idle, idle_sets = self._out_of_period(facts)
        classes = self._classifying.match(facts)
        grade, industry = facts.text("grade"), facts.text("industry")
        key, firsts = joined(classes.index, idle, grade.codes, industry.codes)
        effective = self._effective(firsts, classes, idle, idle_sets, grade, industry)
        graded = facts.with_grade(TextColumn(effective[key], GRADES))
        measures = self._measuring.match(graded)
        open_index, opened = self._opened(facts, key, firsts, classes, grade)
        kind, kind_firsts = joined(key, measures.index, open_index)
        kinds = [
            self._kind(line, classes, measures, (open_index, opened), (idle, idle_sets), grade, industry)
            for line in kind_firsts
        ]
        return Matching(kind, kinds, TextColumn(effective[key], GRADES))

    def _out_of_period(self, facts: Facts) -> tuple[Index, list[Season]]:
        """For each line the number of its place's season: which rules it leaves idle today, when its periods end."""
        place_of, places = facts.places()
        seasonal = [rule for rule in self.rules.values() if rule.during]
        numbers: dict[Season, int] = {}
        of_place = [numbers.setdefault(self._season_at(place, seasonal), len(numbers)) for place in places]
        return np.array(of_place, dtype=np.int64)[place_of], list(numbers)

    def _season_at(self, place: Place, seasonal: list[LineRule]) -> Season:
        idle = frozenset(rule.id for rule in seasonal if not self.book.in_period(rule, self.day, place))
        periods = {rule.during: self.book.lists.period(rule.during, place) for rule in seasonal}
        return Season(idle, tuple(sorted((name, period.last) for name, period in periods.items() if period)))

    def _effective(
        self,
        firsts: Index,
        classes: Matched,
        idle: Index,
        idle_sets: list[Season],
        grade: TextColumn,
        industry: TextColumn,
    ) -> npt.NDArray[np.int32]:
        """The effective grade of each distinct (classification, grade, industry), as codes of GRADES."""
        out = []
        for line in firsts:
            holding = classes.matches[classes.index[line]].sure - idle_sets[idle[line]].idle
            ladder = self.book.lists.ladder_of(_category(industry, line) or "")
            effective = self.regrade(ladder)(_category(grade, line), holding)
            out.append(GRADES.index(effective) if effective in GRADES else -1)
        return np.array(out, dtype=np.int32)

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

    def _opened(
        self, facts: Facts, key: Index, firsts: Index, classes: Matched, grade: TextColumn
    ) -> tuple[Index, list[Match]]:
        """What is open once the grade is left open, for lines whose effective grade may still change."""
        unsure = np.array([bool(classes.matches[classes.index[line]].open) or grade.codes[line] < 0 for line in firsts])
        if not unsure.any():
            return np.zeros(len(key), dtype=np.int64), [Match()]
        ungraded = TextColumn(np.full(len(facts), -1, dtype=np.int32), GRADES)
        left = self._measuring.match(facts.with_grade(ungraded), unsure[key])
        return np.where(unsure[key], left.index + 1, 0), [Match(), *left.matches]

    def _kind(
        self,
        line: int,
        classes: Matched,
        measures: Matched,
        opened: tuple[Index, list[Match]],
        idle: tuple[Index, list[Season]],
        grade: TextColumn,
        industry: TextColumn,
    ) -> Kind:
        """The kind of one line, rules out of their period left aside."""
        season = idle[1][idle[0][line]]
        off = season.idle
        classed = classes.matches[classes.index[line]]
        measured = measures.matches[measures.index[line]]
        number = opened[0][line]
        left = opened[1][number] if number else measured
        listed = _category(grade, line)
        ladder = self.book.lists.ladder_of(_category(industry, line) or "")
        regrading = classed.sure - off
        if self.regrade(ladder)(listed, regrading) == listed:
            regrading = frozenset()  # what leaves the grade as listed does not ground the order
        classifying, still = _without(classed.open, off), _without(left.open, off)
        question = None
        if classifying or still:
            question = Question(listed, classed.sure - off, classifying, left.sure - off, still)
        return Kind(measured.sure - off, regrading, question, ladder, season.ends)


def _without(left: Open, off: frozenset[str]) -> Open:
    return tuple(item for item in left if item[0] not in off) if off else left


def _category(column: TextColumn, line: int) -> str | None:
    code = int(column.codes[line])
    return column.categories[code] if code >= 0 else None
