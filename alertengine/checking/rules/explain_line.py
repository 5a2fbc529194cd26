"""What rules did for one line: which bind, which were set aside and why, which comparison kept the others out."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Literal

from alertengine.checking.rules.evaluate_condition import Line, truth
from alertengine.engine import ABSORBED, STATUSES, Binding, Decision, Engine, Facts, Response, Segment, Use
from alertengine.lists import EnterpriseList
from alertengine.orders import SET_ASIDE_TEXT, condition_words, decide_lines, line_named
from alertengine.rulebook import (
    Atom,
    Condition,
    Leaf,
    LineRule,
    OverLines,
    Place,
    Query,
    Rulebook,
    condition_as_dict,
    find_rules,
    measure_words,
)
from alertengine.vocabulary import (
    FIELDS,
    STATUS_TEXT,
    UNKNOWN_WORD,
    YES_NO,
    Both,
    Language,
    Level,
    Words,
    number,
    percent,
)

#: What became of a rule: from "it binds" to "it was not even looked at", in the order they are shown.
RuleOutcome = Literal[
    "binds", "set_aside", "unknown", "fails", "other_level", "out_of_period", "elsewhere", "not_in_force"
]
OUTCOME_TEXT: Final[dict[str, str]] = {
    "binds": "适用", "set_aside": "未采用", "unknown": "待核实", "fails": "条件不符", "other_level": "级别不符",
    "out_of_period": "不在期间", "elsewhere": "不在地区", "not_in_force": "不在有效期",
}  # fmt: skip
_OUTCOMES = tuple(OUTCOME_TEXT)
_CHANGES_NOTHING, _LIST_PREVAILS, _STANDS_ON = "leaves the grade as it is", "published_list", "stands_on"
#: Why a rule whose condition holds does not bind, or binds and changes nothing.
WHY_TEXT: Final = SET_ASIDE_TEXT | {
    _CHANGES_NOTHING: "等级不变", _LIST_PREVAILS: "以已发布的清单为准", _STANDS_ON: "所附的规则不适用",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Miss:
    """One comparison that does not hold: what was expected, and what stands in the list (None: unknown)."""

    atom: Leaf
    found: Any

    @property
    def unknown(self) -> bool:
        """Whether the comparison hangs on an unknown cell."""
        return self.found is None and not (isinstance(self.atom, Atom) and self.atom.op == "missing")

    def words(self) -> Both:
        """The comparison and the value found: in the rule language, and in Chinese."""
        [(field, expected)] = condition_as_dict(self.atom).items()
        found = ";".join(sorted(self.found)) if isinstance(self.found, frozenset) else self.found
        there = "unknown" if found is None else _compared_text(found)
        in_chinese = UNKNOWN_WORD if found is None else YES_NO[found] if isinstance(found, bool) else there
        asked = "，且".join(condition_words(self.atom))
        return Both(f"{field}: {_compared_text(expected)}, found {there}", f"{asked}，现为{in_chinese}")


@dataclass(frozen=True, slots=True)
class RuleAnswer:
    """What became of one rule for the line; ``misses`` are the comparisons that keep it from holding."""

    rule: str
    outcome: RuleOutcome
    why: str = ""
    by: str = ""
    says: str = ""
    misses: tuple[Miss, ...] = ()

    @property
    def near(self) -> bool:
        """Whether the rule holds, or would if one comparison came out otherwise, or hangs on unknown cells."""
        return self.outcome in ("binds", "set_aside", "unknown") or (self.outcome == "fails" and len(self.misses) == 1)

    def row(self, language: Language = "en") -> dict[str, Any]:
        """The answer as plain values, ``misses`` in words."""
        said = Words("line_misses", misses=[miss.words() for miss in self.misses])
        return {**asdict(self), "misses": said.words(language)[0]}


def _compared_text(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{key} {_compared_text(item)}" for key, item in value.items())
    if isinstance(value, list):
        return ", ".join(map(_compared_text, value))
    if isinstance(value, bool):
        return str(value).lower()
    return number(value) if isinstance(value, float) else str(value)


def misses(condition: Condition, line: Line) -> tuple[Miss, ...]:
    """The fewest comparisons that would have to come out otherwise for a condition to hold."""
    if isinstance(condition, OverLines):
        held = truth(condition, line)
        return () if held else (Miss(condition, held),)
    if isinstance(condition, Atom):
        return () if truth(condition, line) else (Miss(condition, line.value(condition.field)),)
    parts = [misses(part, line) for part in condition.parts]
    if condition.every:
        return tuple(dict.fromkeys(miss for part in parts for miss in part))
    return min(parts, key=lambda part: (len(part), sum(not miss.unknown for miss in part)))


class LineReport:
    """One line of a list under a rulebook, on a day and at a level.

    Args:
        book: the rulebook.
        enterprises: the list; the line's whole enterprise is decided with it, as shares are allotted there.
        line: ``ENTERPRISE/LINE``, the enterprise by id or name; the line may be left out where there is one.
        day: the day whose law at midnight counts.
        level: the warning level.
        hours: hours since the life of the warning began.
        known_on: only documents issued by that day.

    Raises:
        InputError: no such line, or several.

    """

    def __init__(
        self,
        book: Rulebook,
        enterprises: EnterpriseList,
        line: str,
        day: date,
        level: Level,
        hours: float,
        known_on: date | None = None,
    ) -> None:
        """Decide the line's enterprise."""
        midnight = datetime.combine(day, time())
        self._book, self._day, self._level, self._known_on = book, day, level, known_on
        named = line_named(enterprises.lines, line, enterprises.file)
        mine = enterprises.lines[enterprises.lines["enterprise_id"] == named["enterprise_id"].iloc[0]]
        lines, self._row = mine.reset_index(drop=True), int(mine.index.get_loc(named.index[0]))
        response = Response((Segment(midnight, None, level),), midnight - timedelta(hours=hours))
        published = enterprises.version.status == "published"
        self.decision: Decision = decide_lines(Engine(book, known_on), lines, response, published=published).decisions[
            0
        ]
        self.binding: Binding = self.decision.binding_of(self._row)
        facts = Facts(lines, book.lists, day).with_grade(self.decision.effective)
        self.line = Line(facts, self._row)
        city = str(self.line.value("city") or "")
        province = str(self.line.value("province") or book.lists.province_of(city))
        self.place = Place(
            province=province,
            city=city,
            county=str(self.line.value("county") or ""),
            township=str(self.line.value("township") or ""),
        )

    @property
    def prevails(self) -> bool:
        """Whether the published list, not the rules, says what the line must do in the warning."""
        return Use(int(self.decision.filed.use[self._row])) in (Use.PUBLISHED, Use.NOT_PUBLISHED)

    @property
    def summary(self) -> Words:
        """The order of the line in short."""
        status, grade = STATUSES[self.decision.status[self._row]], self.line.value("effective_grade")
        said, share = [Both(str(status), STATUS_TEXT[status])], float(self.decision.share[self._row])
        if not math.isnan(share):
            said.append(Both(f"share {number(share)}", f"减排比例{percent(share)}"))
        if Use(int(self.decision.filed.use[self._row])) in (Use.ALONE, Use.STRICTER, Use.BESIDE, Use.PUBLISHED):
            said.append(Both("by the measure on file", "按备案措施"))
        said.append(Both(f"effective grade {grade or 'unknown'}", f"执行等级{grade or UNKNOWN_WORD}"))
        if hanging := self.binding.hangs_on:
            fields = "、".join(FIELDS[name].text for name in hanging)
            said.append(Both(f"hangs on {' '.join(hanging)}", f"待核实{fields}"))
        return Words("line_decided", day=self._day, level=self._level, said=said)

    def answers_to(self, query: Query) -> list[RuleAnswer]:
        """What became of the rule a query names, or of all line rules in force at the line's place then.

        Those that bind come first.

        Raises:
            InputError: no such rule or kind.

        """
        named = query.rule_id is not None
        rules = find_rules(self._book, replace(query, day=None if named else self._day, city=None, level=None))
        asked = (rule for rule in rules if isinstance(rule, LineRule) and (named or self._outside(rule) is None))
        found = [self.answer(rule) for rule in asked]
        return sorted(found, key=lambda answer: (_OUTCOMES.index(answer.outcome), len(answer.misses), answer.rule))

    def answer(self, rule: LineRule) -> RuleAnswer:
        """What became of one rule."""
        says = self._says(rule)
        outside = self._outside(rule)
        if outside is not None:
            return RuleAnswer(rule.id, *outside, says=says)
        held = truth(rule.when, self.line)
        if held is not True:
            return RuleAnswer(
                rule.id, "unknown" if held is None else "fails", says=says, misses=misses(rule.when, self.line)
            )
        if rule.kind == "classification":
            changes = rule.id in self.binding.classified or self.line.value("grade") != self.line.value(
                "effective_grade"
            )
            return RuleAnswer(rule.id, "binds", "" if changes else _CHANGES_NOTHING, says=says)
        return self._resolved(rule, says)

    def _resolved(self, rule: LineRule, says: str) -> RuleAnswer:
        """What the resolution made of a rule whose condition holds."""
        resolution = self.binding.resolution
        if rule.id in resolution.rule_ids():
            of_list = {a.rule.id for a in resolution.production if a.regime == "warning"} if self.prevails else set()
            if rule.id in of_list:
                return RuleAnswer(rule.id, "set_aside", _LIST_PREVAILS, "应急减排清单", says)
            return RuleAnswer(rule.id, "binds", says=says)
        aside = [item for item in resolution.set_aside if item.rule == rule.id]
        if aside:
            by = ", ".join(dict.fromkeys(item.by for item in aside if item.by))
            return RuleAnswer(rule.id, "set_aside", ", ".join(dict.fromkeys(item.why for item in aside)), by, says)
        stands_on = {name for measure in rule.measures for name in measure.on_top_of}
        return RuleAnswer(
            rule.id, "set_aside", _STANDS_ON if stands_on else ABSORBED, ", ".join(sorted(stands_on)), says
        )

    def _outside(self, rule: LineRule) -> tuple[RuleOutcome, str] | None:
        """Why a rule is not looked at here and now."""
        if not self._book.holds(rule, datetime.combine(self._day, time()), self._known_on):
            return "not_in_force", f"{rule.valid.first or ''}..{rule.valid.last or ''}"
        if not self._book.reaches(rule, self.place):
            return "elsewhere", ", ".join(rule.area)
        if not self._book.in_period(rule, self._day, self.place):
            return "out_of_period", rule.during
        if not rule.speaks_at(self._level):
            return "other_level", " ".join(rule.levels)
        return None

    @staticmethod
    def _says(rule: LineRule) -> str:
        if rule.regrade is not None:
            return f"执行等级{rule.regrade.grade}" if rule.regrade.grade else f"下调{rule.regrade.drop}级"
        return "；".join(measure_words(measure) for measure in rule.measures)
