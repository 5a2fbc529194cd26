"""Filed plans beside the rules and beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from alertengine.checking.lists.findings import Collector
from alertengine.engine import GROUNDS, Decision, Use
from alertengine.lists import SAME, asks_less, plan_strength
from alertengine.orders import doubts_of, rule_strength, warned_measures
from alertengine.rulebook import measure_words
from alertengine.vocabulary import PLAN_FIELDS, PLAN_SHARE_FIELDS, Ground, Level, percent

Bools = npt.NDArray[np.bool_]
_STOPPING = ("stop", "stop_share", "stop_units", "limit")


def add_plan_findings(collector: Collector, decisions: Mapping[Level, Decision]) -> None:
    """Everything about filed plans, level by level."""
    plans = [_FiledPlans(collector, level, decisions[Level(level)]) for level in PLAN_FIELDS]
    for one in plans:
        one.unread()
        one.number_of_whom()
        one.share_differs()
        one.stopped_though_self_directed()
        one.below_rule()
    _order(plans)
    _without_ground(plans)


class _FiledPlans:
    """The plans filed at one level; each method says one kind of finding about them."""

    def __init__(self, collector: Collector, level: str, decision: Decision) -> None:
        self.collector, self.level, self.decision = collector, level, decision
        self.lines, self.field = collector.content.lines, PLAN_FIELDS[level]
        share = self.lines[PLAN_SHARE_FIELDS[level]].map(percent, na_action="ignore").astype("object")
        #: What is filed, as a person sees it: the text, else the stated share.
        self.texts = self.lines[self.field].astype("object").fillna(share).fillna("")

    def say(self, kind: str, line: int, value: str, **facts: Any) -> None:
        """A finding at the plan of a line, of this level alone unless ``levels`` says others."""
        self.collector.at(kind, line, self.field, value, **{"levels": [self.level], **facts})

    def unread(self) -> None:
        unread = (self.lines[f"{self.field}_kind"] == "") & self.lines[PLAN_SHARE_FIELDS[self.level]].isna()
        for line in np.flatnonzero(unread.to_numpy()).tolist():
            self.say("plan_unread", line, str(self.lines[self.field].iloc[line]))

    def number_of_whom(self) -> None:
        """A number of machines that may be each line's or all lines' together, once an enterprise and text."""
        own, whose = self.decision.from_lower, doubts_of(self.lines, self.decision).whose
        together: dict[tuple[int, str], list[int]] = {}
        for line in np.flatnonzero(whose if own is None else np.where(own > 0, 0, whose)).tolist():
            key = int(self.collector.plants[line]), str(self.lines[self.field].iloc[line])
            together.setdefault(key, []).append(line)
        for (_, text), some in together.items():
            self.say("plan_number", some[0], text, lines=some, count=len(some))

    def share_differs(self) -> None:
        content, name = self.collector.content, PLAN_SHARE_FIELDS[self.level]
        if content.stated is None:
            return
        stated = self.lines[name].where(content.stated[name])
        by_text = self.lines[self.field].map(lambda text: content.readings[text].share, na_action="ignore")
        differ = (stated - by_text.astype("float64")).abs() > SAME
        for line in np.flatnonzero(differ.to_numpy()).tolist():
            value, expected = percent(stated.iloc[line]), percent(by_text.iloc[line])
            self.collector.at("plan_share", line, name, value, levels=[self.level], expected=expected)

    def stopped_though_self_directed(self) -> None:
        effective = self.decision.effective
        top = self.decision.ground == GROUNDS.index(Ground.SELF_DIRECTION)
        for line in np.flatnonzero(top & self.lines[f"{self.field}_kind"].isin(_STOPPING).to_numpy()).tolist():
            grade = effective.categories[effective.codes[line]]
            self.say("a_grade_stop", line, str(self.texts.iloc[line]), grade=grade)

    def below_rule(self) -> None:
        filed = self.decision.filed
        below = filed.present & plan_strength(self.lines, self.level).below(rule_strength(self.decision))
        for line in np.flatnonzero(below | (filed.use == Use.NOT_PUBLISHED)).tolist():
            asked = warned_measures(self.decision.binding_of(line))
            rules = ";".join(dict.fromkeys(one.rule.id for one in asked))
            value = str(self.texts.iloc[line])
            self.say("plan_below_rule", line, value, measure=self.asked_by_rules(line), rules=rules)

    def asked_by_rules(self, line: int) -> str:
        """What the rules of the warning ask of a line, in Chinese."""
        asked = warned_measures(self.decision.binding_of(line))
        return "、".join(dict.fromkeys(measure_words(one.measure) for one in asked))

    def silent(self) -> Bools:
        """Lines for which nothing of this level asks anything, a lower level standing in or not."""
        own, below = self.decision.undetermined, self.decision.from_lower
        return (own if below is None else own | (below > 0)) & (self.decision.filed.use != Use.NOT_PUBLISHED)


def _order(plans: Sequence[_FiledPlans]) -> None:
    """Measures that ask less than those of a lower level: plans against plans, and rules where no plan stands."""
    by_rank = {Level(one.level).rank: one for one in plans}
    for place, one in enumerate(plans[1:], start=1):
        lighter = doubts_of(one.lines, one.decision).lighter * (one.texts == "").to_numpy()
        for lower in reversed(plans[:place]):
            lighter[asks_less(one.lines, one.level, lower.level) & (lighter == 0)] = Level(lower.level).rank
        for line in np.flatnonzero(lighter).tolist():
            lower = by_rank[lighter[line]]
            value = str(one.texts.iloc[line]) or one.asked_by_rules(line)
            one.say("plan_order", line, value, lower=lower.level, expected=str(lower.texts.iloc[line]))


def _without_ground(plans: Sequence[_FiledPlans]) -> None:
    """Lines for which neither a rule nor a plan asks anything at some level."""
    table = np.stack([one.silent() for one in plans])
    for line in np.flatnonzero(table.any(axis=0)).tolist():
        without = [one for one, here in zip(plans, table[:, line], strict=True) if here]
        first = without[0]
        first.say("no_ground", line, str(first.texts.iloc[line]), levels=[one.level for one in without])
