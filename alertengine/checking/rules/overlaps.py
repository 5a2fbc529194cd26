"""Rules against each other: those that can never bind, and those that disagree.

Whether one measure sets another aside is asked of the engine itself, two rules at a time
(layers, strictness and absorption are all decided between two); where that happens is a
question of regions.  Both answers are exact.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from alertengine.checking.rules.findings import RuleDefect, about
from alertengine.checking.rules.profile_space import Region, may_meet, meet, union
from alertengine.checking.rules.rules_in_force_together import Situation
from alertengine.engine import resolve, stricter
from alertengine.rulebook import LineRule, Measure, Rulebook, RuleHead, measure_words
from alertengine.vocabulary import GRADES, UNGRADED, Both, Level, Regime, Words

#: Measures that lift or ask nothing; any two different ones disagree, and each disagrees with a real measure.
_LIFTING = ("exempt", "none", "self_directed")
#: Measures of which several hold together without contradiction.
_ADDING = ("vehicle_ban", "emission_cap", "advice")


@dataclass(frozen=True, slots=True)
class MeasureOfRule:
    """One measure of a rule, in one regime."""

    rule: LineRule
    measure: Measure
    regime: Regime

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels it acts at; outside the warning regime the level does not matter."""
        return self.rule.levels if self.regime == "warning" else (Level.NONE,)


class Overlaps:
    """Goes through the situations of a rulebook and gathers what rules do to each other."""

    def __init__(self, book: Rulebook) -> None:
        """Start with every rule unseen."""
        self._book = book
        self._met: set[str] = set()
        self._reached: set[str] = set()
        self._bound: set[str] = set()
        self._by: dict[str, set[str]] = {}
        self._pairs: set[tuple[str, str]] = set()
        self._asked: dict[tuple[object, ...], bool] = {}
        self.disagreeing: list[RuleDefect] = []

    def see(self, situation: Situation) -> None:
        """Note which rules bind in a situation, and what of them disagrees there."""
        acts = [
            MeasureOfRule(rule, measure, regime)
            for rule in situation.rules
            for regime in rule.regimes
            for measure in rule.measures
        ]
        hours = sorted({0.0, *(h for act in acts for h in (act.measure.after_hours, act.measure.until_hours) if h)})
        for rule in situation.rules:
            self._met.add(rule.id)
            if rule.id not in self._bound and self._binds(rule, situation, acts, hours):
                self._bound.add(rule.id)
        self.disagreeing += self._disagreements(situation, acts, hours)
        self.disagreeing += self._grades(situation)

    def never_binding(self, skip: Iterable[str]) -> list[RuleDefect]:
        """Rules that were in force and bound no line in any situation; rules never in force at all."""
        out = []
        left = set(skip)
        for rule in self._book.line_rules():
            if rule.id in self._bound or rule.id in left:
                continue
            if rule.id not in self._met:
                out.append(about(self._book, rule, "never_binds", "never_in_force"))
            elif rule.id not in self._reached:
                out.append(about(self._book, rule, "never_binds", "holds_for_no_line"))
            else:
                by = sorted(self._by.get(rule.id, ())) or Words("what_it_does")
                out.append(about(self._book, rule, "never_binds", "never_binds", by=by))
        return out

    # -- binding

    def _binds(self, rule: LineRule, situation: Situation, acts: list[MeasureOfRule], hours: list[float]) -> bool:
        region = situation.region(rule)
        if not region:
            return False
        self._reached.add(rule.id)
        if rule.regrade is not None:
            return self._regrades(rule, situation)
        return any(
            self._acts(act, situation, acts, level, hour)
            for act in acts
            if act.rule.id == rule.id
            for level in act.levels
            for hour in hours
            if act.measure.active(hour)
        )

    def _acts(
        self, act: MeasureOfRule, situation: Situation, acts: list[MeasureOfRule], level: Level, hour: float
    ) -> bool:
        """Whether a measure binds some line at a level and hour."""
        mine = _region(act, situation)
        if not mine or act.measure.track == "advice":
            return bool(mine)
        others = [o for o in acts if o.rule.id != act.rule.id and _beside(act, o, level, hour)]
        meeting = [(o, theirs) for o in others if may_meet(mine, theirs := _region(o, situation))]
        beyond = situation.space.beyond
        if beyond(mine, union([theirs for _, theirs in meeting])):  # whoever prevails, some line is left
            return True
        prevailing = [(o, theirs) for o, theirs in meeting if self._prevails(o, act, level, hour)]
        self._by.setdefault(act.rule.id, set()).update(other.rule.id for other, _ in prevailing)
        return beyond(mine, union([theirs for _, theirs in prevailing]))

    def _prevails(self, by: MeasureOfRule, over: MeasureOfRule, level: Level, hour: float) -> bool:
        """Whether the engine sets one measure aside for the other."""
        key = (by.rule.id, by.measure, over.rule.id, over.measure, over.regime, level, hour)
        if key not in self._asked:
            rules = [*_alone(by), *_alone(over)]
            found = resolve(rules, self._book.layers, level, hour)
            self._asked[key] = over.rule.id not in found.rule_ids()
        return self._asked[key]

    def _regrades(self, rule: LineRule, situation: Situation) -> bool:
        """Whether a classification rule changes the grade of some line."""
        said = _regraded_to(rule)
        others = [r for r in situation.rules if r.regrade is not None and _outranks(_regraded_to(r), said)]
        self._by.setdefault(rule.id, set()).update(other.id for other in others)
        covering = union([*map(situation.region, others), situation.unchanged(said)])
        return situation.space.beyond(situation.region(rule), covering)

    # -- disagreeing

    def _disagreements(
        self, situation: Situation, acts: list[MeasureOfRule], hours: list[float]
    ) -> Iterator[RuleDefect]:
        for alike in _comparable(acts):
            for one, other in itertools.combinations(alike, 2):
                pair = (one.rule.id, other.rule.id)
                if pair in self._pairs or one.rule.id == other.rule.id or not _disagree(one, other):
                    continue
                found = self._profile(situation, one, other, acts, hours)
                if found:
                    self._pairs.add(pair)
                    said = measure_words(one.measure), measure_words(other.measure)
                    yield _against(self._book, one.rule, other.rule, said, found)

    @staticmethod
    def _profile(
        situation: Situation, one: MeasureOfRule, other: MeasureOfRule, acts: list[MeasureOfRule], hours: list[float]
    ) -> str:
        """A profile on which two measures of one layer meet and no higher layer takes their place."""
        mine, theirs = _region(one, situation), _region(other, situation)
        shared = meet(mine, theirs)
        minus = situation.space.minus
        apart = one.measure.code == "refer" and (minus(mine, theirs) or minus(theirs, mine))
        if not shared or apart:  # two documents may each leave part of the same line to a plan
            return ""
        layers = situation.book.layers
        for level in (level for level in one.levels if level in other.levels):
            for hour in (h for h in hours if one.measure.active(h) and other.measure.active(h)):
                higher = [
                    _region(act, situation)
                    for act in acts
                    if _beside(one, act, level, hour) and layers.index(act.rule.layer) < layers.index(one.rule.layer)
                ]
                left = situation.space.minus(shared, union(higher))
                if left:
                    return f"{situation.where} {level}: {situation.space.example(left[0])}"
        return ""

    def _grades(self, situation: Situation) -> Iterator[RuleDefect]:
        """Classification rules that set different grades on the same line, neither of them 未评级."""
        setting = [r for r in situation.rules if r.regrade and r.regrade.grade not in (None, UNGRADED)]
        for one, other in itertools.combinations(setting, 2):
            shared = meet(situation.region(one), situation.region(other))
            if _regraded_to(one) != _regraded_to(other) and shared and (one.id, other.id) not in self._pairs:
                self._pairs.add((one.id, other.id))
                profile = f"{situation.where}: {situation.space.example(shared[0])}"
                mine, theirs = str(_regraded_to(one)), str(_regraded_to(other))
                yield _against(self._book, one, other, (Both(f"grade {mine}", f"等级{mine}"), theirs), profile)


def _against(book: Rulebook, one: RuleHead, other: RuleHead, said: tuple[str | Both, str], profile: str) -> RuleDefect:
    return about(book, one, "disagree", "disagree", value=profile, other=other.id, mine=said[0], theirs=said[1])


def _region(act: MeasureOfRule, situation: Situation) -> Region:
    """Where a measure acts: where its rule holds and, where it says so, one of the rules it stands on."""
    region = situation.region(act.rule)
    return meet(region, situation.regions(act.measure.on_top_of)) if act.measure.on_top_of else region


def _beside(act: MeasureOfRule, other: MeasureOfRule, level: Level, hour: float) -> bool:
    """Whether another measure acts in the same regime and track, at a level and hour."""
    same = other.regime == act.regime and other.measure.track == act.measure.track
    return same and level in other.levels and other.measure.active(hour)


def _alone(act: MeasureOfRule) -> list[LineRule]:
    """A rule with one measure in one regime, and what that measure stands on, saying nothing."""
    silent = Measure(code="advice", text="-")
    rule = act.rule.model_copy(update={"measures": (act.measure,), "regimes": (act.regime,)})
    return [rule, *(rule.model_copy(update={"id": n, "measures": (silent,)}) for n in act.measure.on_top_of)]


def _regraded_to(rule: LineRule) -> str | int:
    return (rule.regrade.grade or rule.regrade.drop or 0) if rule.regrade else 0


def _outranks(one: str | int, other: str | int) -> bool:
    """Whether one regrading leaves nothing of another on the same line."""
    if isinstance(one, int):
        return isinstance(other, int) and one > other
    if isinstance(other, int):
        return True
    return one != other and (one == UNGRADED or (other != UNGRADED and GRADES.index(one) > GRADES.index(other)))


def _comparable(acts: list[MeasureOfRule]) -> Iterable[list[MeasureOfRule]]:
    """The measures that can contradict each other: of one layer, regime and track, advice left out."""
    out: dict[tuple[str, str, str], list[MeasureOfRule]] = {}
    for act in acts:
        if act.measure.code != "advice":
            out.setdefault((act.rule.layer, act.regime, act.measure.track), []).append(act)
    return out.values()


def _disagree(one: MeasureOfRule, other: MeasureOfRule) -> bool:
    """Whether two comparable measures contradict each other in a way nothing orders."""
    m, n = one.measure, other.measure
    if m.code == n.code == "refer":
        return m.text != n.text
    if "refer" in (m.code, n.code):
        return False  # what is left to the city's plan gives way to what a document says
    if m.code in _LIFTING or n.code in _LIFTING:
        return m.code != n.code
    if m.code != n.code or m.code in _ADDING or m.key() != n.key() or stricter(m, n) or stricter(n, m):
        return False
    same = m.model_copy(update={"text": "", "remark": ""}) == n.model_copy(update={"text": "", "remark": ""})
    return m != n if m.share is None and m.text else not same
