"""Filed plans beside the rules and beside each other."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.checking.lists.findings import Collector
from alertengine.engine import GROUNDS, Decision, Use
from alertengine.lists import SAME, Strength, asks_less, plan_strength
from alertengine.orders import doubts_of, rule_strength, warned_measures
from alertengine.rulebook import measure_words
from alertengine.vocabulary import PLAN_FIELDS, PLAN_SHARE_FIELDS, Ground, Level, percent

Bools = npt.NDArray[np.bool_]
_STOPPING = ("stop", "stop_share", "stop_units", "limit")


def add_plan_findings(collector: Collector, decisions: Mapping[Level, Decision]) -> None:
    """Everything about filed plans, level by level."""
    content = collector.content
    plans = {level: plan_strength(content.lines, level) for level in PLAN_FIELDS}
    for level in PLAN_FIELDS:
        decision = decisions[Level(level)]
        _unread(collector, level)
        _number_of_whom(collector, level, decision)
        _share_differs(collector, level)
        _stopped_though_self_directed(collector, level, decision)
        _below_rule(collector, level, plans[level], decision)
    _order(collector, decisions)
    _without_ground(collector, decisions)


def _texts(collector: Collector, level: str) -> pd.Series:
    """What is filed at a level, as a person sees it: the text, else the stated share."""
    lines = collector.content.lines
    share = lines[PLAN_SHARE_FIELDS[level]].map(percent, na_action="ignore").astype("object")
    return lines[PLAN_FIELDS[level]].astype("object").fillna(share).fillna("")


def _unread(collector: Collector, level: str) -> None:
    lines, name = collector.content.lines, PLAN_FIELDS[level]
    unread = (lines[f"{name}_kind"] == "").to_numpy() & lines[PLAN_SHARE_FIELDS[level]].isna().to_numpy()
    for line in np.flatnonzero(unread):
        collector.at("plan_unread", int(line), name, str(lines[name].iloc[line]), levels=[level])


def _number_of_whom(collector: Collector, level: str, decision: Decision) -> None:
    """A number of machines that may be each line's or all lines' together, once an enterprise and text."""
    lines, own = collector.content.lines, decision.from_lower
    whose = doubts_of(lines, decision).whose
    rows = np.flatnonzero(whose if own is None else np.where(own > 0, 0, whose))
    together: dict[tuple[str, str], list[int]] = {}
    for line in rows.tolist():
        key = str(lines["enterprise_id"].iloc[line]), str(lines[PLAN_FIELDS[level]].iloc[line])
        together.setdefault(key, []).append(line)
    for (_, text), some in together.items():
        collector.at("plan_number", some[0], PLAN_FIELDS[level], text, lines=some, levels=[level], count=len(some))


def _share_differs(collector: Collector, level: str) -> None:
    content, name = collector.content, PLAN_SHARE_FIELDS[level]
    if content.stated is None:
        return
    stated = content.lines[name].where(content.stated[name])
    by_text = content.lines[PLAN_FIELDS[level]].map(lambda text: content.readings[text].share, na_action="ignore")
    differ = (stated - by_text.astype("float64")).abs() > SAME
    for line in np.flatnonzero(differ.to_numpy()):
        value, expected = percent(stated.iloc[line]), percent(by_text.iloc[line])
        collector.at("plan_share", int(line), name, value, levels=[level], expected=expected)


def _stopped_though_self_directed(collector: Collector, level: str, decision: Decision) -> None:
    kind = collector.content.lines[f"{PLAN_FIELDS[level]}_kind"]
    top = decision.ground == GROUNDS.index(Ground.SELF_DIRECTION)
    texts = _texts(collector, level)
    for line in np.flatnonzero(top & kind.isin(_STOPPING).to_numpy()):
        grade = decision.effective.categories[decision.effective.codes[line]]
        value = str(texts.iloc[line])
        collector.at("a_grade_stop", int(line), PLAN_FIELDS[level], value, levels=[level], grade=grade)


def _below_rule(collector: Collector, level: str, plan: Strength, decision: Decision) -> None:
    rule = rule_strength(decision)
    below = decision.filed.present & plan.below(rule)
    below |= decision.filed.use == Use.NOT_PUBLISHED
    texts = _texts(collector, level)
    for line in np.flatnonzero(below):
        asked = warned_measures(decision.bindings[decision.binding[line]])
        words, rules = _asked_by_rules(decision, int(line)), ";".join(dict.fromkeys(one.rule.id for one in asked))
        value = str(texts.iloc[line])
        collector.at(
            "plan_below_rule", int(line), PLAN_FIELDS[level], value, levels=[level], measure=words, rules=rules
        )


def _order(collector: Collector, decisions: Mapping[Level, Decision]) -> None:
    """Measures that ask less than those of a lower level: plans against plans, and rules where no plan stands."""
    levels = list(PLAN_FIELDS)
    texts = {level: _texts(collector, level) for level in levels}
    for place, level in enumerate(levels[1:], start=1):
        decision = decisions[Level(level)]
        lighter = doubts_of(collector.content.lines, decision).lighter * (texts[level] == "").to_numpy()
        for lower in reversed(levels[:place]):
            lighter[asks_less(collector.content.lines, level, lower) & (lighter == 0)] = Level(lower).rank
        for line in np.flatnonzero(lighter):
            lower = list(Level)[lighter[line]]
            value = str(texts[level].iloc[line]) or _asked_by_rules(decision, int(line))
            expected = str(texts[lower].iloc[line])
            collector.at(
                "plan_order", int(line), PLAN_FIELDS[level], value, levels=[level], lower=lower, expected=expected
            )


def _asked_by_rules(decision: Decision, line: int) -> str:
    """What the rules of the warning ask of a line, in Chinese."""
    asked = warned_measures(decision.bindings[decision.binding[line]])
    return "、".join(dict.fromkeys(measure_words(one.measure) for one in asked))


def _without_ground(collector: Collector, decisions: Mapping[Level, Decision]) -> None:
    """Lines for which neither a rule nor a plan asks anything at some level, a lower level standing in or not."""
    table = np.stack([_silent(decisions[Level(level)]) for level in PLAN_FIELDS])
    published = np.stack([decisions[Level(level)].filed.use == Use.NOT_PUBLISHED for level in PLAN_FIELDS])
    table &= ~published
    texts = {level: _texts(collector, level) for level in PLAN_FIELDS}
    for line in np.flatnonzero(table.any(axis=0)):
        levels = [level for level, here in zip(PLAN_FIELDS, table[:, line], strict=True) if here]
        value = str(texts[levels[0]].iloc[line])
        collector.at("no_ground", int(line), PLAN_FIELDS[levels[0]], value, levels=levels)


def _silent(decision: Decision) -> Bools:
    return decision.undetermined if decision.from_lower is None else decision.undetermined | (decision.from_lower > 0)
