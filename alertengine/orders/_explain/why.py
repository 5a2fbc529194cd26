"""Why a line got its order, and why not a lighter one: a tree of reasons in Chinese."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from alertengine.engine import (
    ABSORBED,
    GROUNDS,
    LAPSED,
    LESS_STRICT,
    LOWER_LAYER,
    NOT_ACTIVE,
    STATUSES,
    UNDER_WARNING,
    Asked,
    Assignment,
    Decision,
    Engine,
    Facts,
    Use,
    holds,
    split_names,
)
from alertengine.files import CodedTable
from alertengine.orders._explain.facts import LineFacts, atom_words, value_words
from alertengine.orders.notes import lift_unknown
from alertengine.orders.phrases import Phrases
from alertengine.rulebook import Condition, Group, Leaf, LineRule, RuleHead, leaves, measure_words
from alertengine.vocabulary import (
    EMISSION_FIELDS,
    FIELDS,
    GROUND_TEXT,
    LEVEL_TEXT,
    OPEN_END,
    PLAN_FIELDS,
    POLLUTANT_TEXT,
    REGIME_TEXT,
    STATUS_TEXT,
    UNKNOWN_WORD,
    Ground,
    Level,
    Status,
    number,
    percent,
    rests_on,
    to_minute,
)

#: Why a rule that holds is set aside.
SET_ASIDE_TEXT: Final = {
    LOWER_LAYER: "被更高层级的规则取代",
    LESS_STRICT: "同类措施从严，未采用",
    ABSORBED: "已全部停产，不再另计",
    NOT_ACTIVE: "本阶段不适用",
    LAPSED: "已过其年度，沿用未在案，仅供参考",
    UNDER_WARNING: "预警期间由预警措施取代",
}
_USE = {
    Use.COMMITMENT: "，仅作企业承诺",
    Use.ALONE: "，没有可适用的规定，按备案措施执行",
    Use.STRICTER: "，严于规定，按备案措施执行",
    Use.WITHIN: "，不严于规定，按规定执行",
    Use.BESIDE: "，与规定一并执行",
    Use.PUBLISHED: "，清单已发布，按清单执行",
    Use.NOT_PUBLISHED: "，已发布清单未载明，须人工决定",
    Use.NO_GROUND: "，没有提出减排要求或没有规定允许，不作依据",
}
_LIGHTENING = ("exempt", "none", "self_directed")


@dataclass(slots=True)
class Reason:
    """One reason and those beneath it."""

    text: str
    below: list[Reason] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The tree as plain values."""
        return {"text": self.text, **({"below": [one.as_dict() for one in self.below]} if self.below else {})}


class Explainer:
    """Explains one line in one slice of a response.

    Args:
        engine: the engine that decided.
        lines: the list the decision was made for.
        decision: the slice.
        row: the position of the line in the list.
        source: how the list is cited.
        ends: when the order ends, as its row says (``YYYY-MM-DD HH:MM``); blank: with the slice.

    """

    def __init__(
        self, engine: Engine, lines: pd.DataFrame, decision: Decision, row: int, source: str = "", ends: str = ""
    ) -> None:
        """Gather the facts and the rules in force where the line stands."""
        self._ends = ends
        self._engine, self._decision, self._row = engine, decision, row
        self._line = lines.iloc[[row]].reset_index(drop=True)
        self._binding = decision.bindings[decision.binding[row]]
        code = int(decision.effective.codes[row])
        self._effective = decision.effective.categories[code] if code >= 0 else None
        self._ground = GROUNDS[decision.ground[row]]
        rank = 0 if decision.from_lower is None else int(decision.from_lower[row])
        self._lower = list(Level)[rank] if rank else None  # the level whose measures bind in place of its own
        of = Facts(lines, engine.book.lists, decision.slice.day).mates(row)
        mates, place = lines.iloc[of].reset_index(drop=True), int(np.flatnonzero(of == row)[0])
        self._facts = LineFacts(mates, place, engine.book.lists, decision.slice.day, self._effective)
        self._phrases = Phrases(engine.book, CodedTable.of(lines), decision, source)
        self._rules = self._in_force()
        self._known = self._facts.assignment(split_names(rule.when) for rule in self._rules)

    def _in_force(self) -> list[LineRule]:
        law, place = self._engine.law(self._decision.slice.starts), self._engine.place_of(self._line)
        level = self._decision.slice.level
        return [
            rule
            for rule in law.rules_at(place)
            if self._engine.book.in_period(rule, law.day, place)
            and (rule.speaks_at(level) or "adverse_weather" in rule.regimes)
        ]

    def tree(self) -> Reason:
        """The whole reasoning."""
        name = self._line["enterprise"].iloc[0]
        line = self._line["line"].iloc[0]
        title = f"{name} {line if isinstance(line, str) else ''}（{self._line['line_id'].iloc[0]}）"
        return Reason(
            title,
            [
                self._result(),
                self._rests(),
                self._read(),
                self._grade(),
                *self._regimes(),
                *self._plan(),
                self._arithmetic(),
                self._not_lighter(),
            ],
        )

    def _result(self) -> Reason:
        piece, row = self._decision.slice, self._row
        status = STATUS_TEXT[STATUSES[self._decision.status[row]]]
        share = self._decision.share[row]
        said = "" if share != share else f"，减排比例{percent(float(share))}"  # noqa: PLR0124 -- NaN differs from itself
        until = piece.ends or self._binding.expires
        ends = self._ends or (to_minute(until) or OPEN_END)
        starts = to_minute(piece.starts)
        return Reason(f"结论：{LEVEL_TEXT[piece.level]}，{starts} 至 {ends}，{status}{said}")

    def _read(self) -> Reason:
        used = sorted({name for rule in self._rules for name in rule.reads}, key=list(FIELDS).index)
        return Reason("事实", [Reason(self._facts.said(name)) for name in used if name != "effective_grade"])

    def _grade(self) -> Reason:
        listed = value_words("grade", self._facts.value("grade"))
        out = Reason(f"绩效等级：清单为{listed}，执行{self._effective or '未知'}")
        out.below = [Reason(self._cited(self._engine.book.rules[name])) for name in self._binding.classified]
        return out

    def _regimes(self) -> list[Reason]:
        resolution = self._binding.resolution
        aside = {one.rule: one for one in resolution.set_aside}
        out = []
        for name, result in resolution.regimes.items():
            held = [a for a in (*result.asked, *result.ground) if a.regime == name]
            others = [a for a in (*resolution.transport, *resolution.advice) if a.regime == name]
            below = [self._asked(a) for a in (*held, *others)]
            below += [
                self._set_aside(rule, aside[rule.id].why, aside[rule.id].by)
                for rule in self._rules
                if rule.id in aside and name in rule.regimes
            ]
            text = f"{REGIME_TEXT[name]}：{self._concluded(name, result.status)}"
            out.append(Reason(text, below or [Reason("没有成立的规则")]))
        absorbed = [rule for rule in self._rules if rule.id in aside and aside[rule.id].why == UNDER_WARNING]
        if absorbed:
            below = [self._set_aside(rule, UNDER_WARNING, "") for rule in absorbed]
            out.append(Reason(f"{REGIME_TEXT['adverse_weather']}：{SET_ASIDE_TEXT[UNDER_WARNING]}", below))
        return out

    def _concluded(self, regime: str, status: Status) -> str:
        """What the rules of a regime come to, and what stands in for them where they say nothing."""
        ground = self._ground
        if regime != "warning" or status is not Status.UNDETERMINED or ground is Ground.UNDETERMINED:
            return STATUS_TEXT[status]
        return f"规则未作规定，{STATUS_TEXT[STATUSES[self._decision.status[self._row]]]}依据{GROUND_TEXT[ground]}"

    def _rests(self) -> Reason:
        """What the order rests on, in the sentence of its paper."""
        decision, row = self._decision, self._row
        phrase = self._phrases.of(row, float("nan"))
        status = STATUSES[decision.status[row]]
        return Reason(
            rests_on(
                self._ground,
                [part for part in phrase.basis.split("；") if part],
                status=status,
                grade=self._effective or "",
                lower=self._lower is not None,
                between="、",
            )
        )

    def _plan(self) -> list[Reason]:
        """The filed plan of the level, or of the lower one that binds, and what became of it."""
        level, filed = self._lower or self._decision.slice.level, self._decision.filed
        if level is Level.NONE or not filed.present[self._row]:
            return []
        text, share = self._line[PLAN_FIELDS[level]].iloc[0], filed.share[self._row]
        read = "减排比例未读出" if pd.isna(share) else f"减排比例{percent(float(share))}"
        read = self._phrases.measures.plan_stops(self._row) or read
        use = _USE.get(Use(int(filed.use[self._row])), "")
        name = f"清单备案措施（{LEVEL_TEXT[level]}）" if self._lower else "清单备案措施"
        return [Reason(f"{name}：{f'{text}（{read}）' if isinstance(text, str) else read}{use}")]

    def _asked(self, asked: Asked) -> Reason:
        # The comparisons of a condition that hold, with what was found
        found = [atom for atom in leaves(split_names(asked.rule.when)) if holds(atom, self._known)]
        checks = [Reason(f"{atom_words(atom)}（清单：{self._facts.found(atom)}）") for atom in found]
        words = self._phrases.measures.stopping(asked.measure, self._row)
        if self._phrases.measures.stops_all(asked.measure, self._row):
            words += f"，停产{percent(asked.measure.share or 0)}以上即全部停产"
        unlifted = lift_unknown(self._engine.book, [asked.rule], self._decision.slice.day)
        checks += [Reason(unlifted)] if unlifted else []
        taken = "仅供参考" if asked.measure.code == LAPSED else "采用"
        return Reason(f"{taken} {words} —— {self._cited(asked.rule)}", checks)

    def _set_aside(self, rule: LineRule, why: str, by: str) -> Reason:
        words = "、".join(measure_words(measure) for measure in rule.measures)
        return Reason(f"未采用 {words}（{SET_ASIDE_TEXT[why]}{f'：{by}' if by else ''}）—— {self._cited(rule)}")

    def _cited(self, rule: RuleHead) -> str:
        return f"{rule.title}（{rule.id}，{self._engine.book.cite(rule)}）"

    def _arithmetic(self) -> Reason:
        decision, row = self._decision, self._row
        out = Reason("核算")
        for pollutant, column in EMISSION_FIELDS.items():
            emission, reduced = self._line[column].iloc[0], decision.reduced.at(pollutant, row)
            if pd.isna(emission):
                out.below.append(Reason(f"{POLLUTANT_TEXT[pollutant]}：清单无排放量"))
            elif pd.isna(reduced):
                out.below.append(
                    Reason(f"{POLLUTANT_TEXT[pollutant]}：排放{number(emission)}千克/日，减排比例无法核算")
                )
            else:
                amounts = f"排放{number(emission)}千克/日，减排{number(round(float(reduced), 3))}千克/日"
                out.below.append(Reason(f"{POLLUTANT_TEXT[pollutant]}：{amounts}"))
        lacking = [FIELDS[name].text for name, column in decision.lacking.items() if column[row]]
        if lacking:
            out.below.append(Reason(f"缺核算数据：{'、'.join(lacking)}"))
        if self._binding.hangs_on:
            names = "、".join(self._facts.asked(name) for name in self._binding.hangs_on)
            out.below.append(Reason(f"待核实事项（填上可能改变指令）：{names}"))
        return out

    def _not_lighter(self) -> Reason:
        """For each rule that would have lightened the order: the comparisons that kept it from holding."""
        bound = set(self._binding.resolution.rule_ids()) | {one.rule for one in self._binding.resolution.set_aside}
        out = Reason("为什么没有豁免或自主减排")
        for rule in self._rules:
            if rule.id in bound or not any(measure.code in _LIGHTENING for measure in rule.measures):
                continue
            level = self._decision.slice.level
            if level is not Level.NONE and "warning" in rule.regimes and level not in rule.levels:
                continue
            failed = Reason(self._cited(rule))
            for atom in failing_atoms(split_names(rule.when), self._known):
                state = UNKNOWN_WORD if holds(atom, self._known) is None else "不满足"
                failed.below.append(Reason(f"{state}：要求{atom_words(atom)}，清单为{self._facts.found(atom)}"))
            out.below.append(failed)
        out.below = out.below or [Reason("没有其他豁免类规定，或已经适用")]
        return out


def failing_atoms(condition: Condition, known: Assignment) -> list[Leaf]:
    """The fewest comparisons that keep a condition from holding."""
    if not isinstance(condition, Group):
        return [] if holds(condition, known) else [condition]
    each = [failing_atoms(part, known) for part in condition.parts]
    if condition.every:
        return [atom for failing in each for atom in failing]
    return min(each, key=len, default=[])
