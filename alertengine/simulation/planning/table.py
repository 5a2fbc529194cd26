"""The plan as a table: one row per group and level, csv columns in English, the words in Chinese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.engine import ALLOTTED, Binding, Decision, merged
from alertengine.files import CodedTable
from alertengine.rulebook import Measure, measure_words
from alertengine.simulation.burden import BurdenFigures
from alertengine.simulation.planning.certificate import Requirement
from alertengine.simulation.planning.groups import LineGroup, UntouchedLines
from alertengine.simulation.planning.phases import KEPT, Choice, Phases
from alertengine.simulation.planning.remainder import PLACES
from alertengine.simulation.production import Production, lost_share
from alertengine.vocabulary import (
    EMISSION_FIELDS,
    LEVEL_TEXT,
    MET_TEXT,
    PLAN_FIELDS,
    PLANT_KEY,
    POLLUTANT_TEXT,
    POLLUTANTS,
    STANDING_TEXT,
    YES_NO,
    Level,
    Status,
    kilograms,
    moment,
    percent,
    rounded,
)

#: Columns of plan.csv, with the header people read.
PLAN_TABLE = {
    "city": "城市",
    "level": "预警级别",
    "industry": "行业",
    "process": "工序",
    "grade": "执行等级",
    "enterprises": "企业数",
    "lines": "生产线数",
    "measure_now": "现行措施",
    "measure": "拟定措施（待公示）",
    "changed": "是否加严",
    **{f"{name}_kg_d_now": f"现行{POLLUTANT_TEXT[name]}减排量(千克/日)" for name in POLLUTANTS},
    **{f"{name}_kg_d": f"拟定{POLLUTANT_TEXT[name]}减排量(千克/日)" for name in POLLUTANTS},
    "lost_now": "现行损失产能",
    "lost": "拟定损失产能",
    "lost_unit": "产能计量",
    "step_source": "措施档次来源",
    "standing": "文本性质",
    "remark": "备注",
}
DRAFT = "待公示"
NO_GROUND = "依据缺失"
#: Filed plans of a group that are quoted; the rest are counted.
_NAMED_PLANS = 2


def plan_table(
    groups: Sequence[LineGroup],
    left_out: Sequence[UntouchedLines],
    lines: pd.DataFrame,
    choice: Choice,
    now: Phases,
    planned: Phases,
    production: Production,
) -> pd.DataFrame:
    """One row per group and planned level, then what is left out, one row a group (columns of PLAN_TABLE).

    Kilograms and production a day are those of the group's bound lines, from the engine's decisions now and planned;
    of several phases their mean, each by its hours.
    """
    owner = CodedTable.of(lines).numbers(PLANT_KEY)
    rows = []
    for level in dict.fromkeys(sorted((one.slice.level for one in planned.decisions), key=lambda level: level.rank)):
        lost_now, lost = now.mean(level, lost_share), planned.mean(level, lost_share)
        saved = {
            name: tuple(of.mean(level, partial(_saved, pollutant=name)) for of in (now, planned)) for name in POLLUTANTS
        }
        phases = [now.decisions[number] for number in now.at(level)]
        decision = planned.decisions[planned.at(level)[0]]
        for number, group in enumerate(groups):
            step = group.step(choice.get((level, number), 0))
            at = group.bound
            outright = _outright(step.measure, decision, owner, at) if step else ""
            row: dict[str, Any] = {
                **_key(group, level),
                "enterprises": len(np.unique(owner[at])),
                "lines": len(at),
                "measure_now": present_words(phases, lines, at),
                "measure": measure_words(step.measure) if step else KEPT,
                "changed": bool(step),
                "lost_now": float((lost_now * production.amounts)[at].sum()),
                "lost": float((lost * production.amounts)[at].sum()),
                "lost_unit": production.unit,
                "step_source": step.source if step else "",
                "standing": step.standing if step else "",
                "remark": "；".join(filter(None, (_remark(group, lines, at, drafted=bool(step)), outright))),
            }
            for pollutant in POLLUTANTS:
                row[f"{pollutant}_kg_d_now"], row[f"{pollutant}_kg_d"] = (
                    float(amount[at].sum()) for amount in saved[pollutant]
                )
            rows.append(row)
        rows += [_left(one, level) for one in left_out]
    return pd.DataFrame(rows, columns=list(PLAN_TABLE))


def _saved(decision: Decision, pollutant: str) -> npt.NDArray[np.float64]:
    return np.nan_to_num(decision.warning_reduced[pollutant])


def _key(group: LineGroup | UntouchedLines, level: Level) -> dict[str, Any]:
    key = group.key
    return {"city": key.city, "level": str(level), "industry": key.industry, "process": key.process, "grade": key.grade}


def _left(one: UntouchedLines, level: Level) -> dict[str, Any]:
    return {
        **_key(one, level),
        "lines": one.lines,
        "measure": KEPT,
        "changed": False,
        "remark": f"未纳入：{one.reason}",
    }


def _remark(group: LineGroup, lines: pd.DataFrame, at: Any, *, drafted: bool) -> str:
    said = [DRAFT] if drafted else []
    if group.without_ground:
        said.append(NO_GROUND + ("，拟由本方案规定" if drafted else "，本方案未加严，须另行规定"))
    elif group.ground_ends is not None:
        said.append(f"{moment(group.ground_ends)}起{NO_GROUND}")
    if not group.key.grade:
        said.append("等级未载明，须先核定")
    fixed = int((lines["interruptible"].iloc[at] == False).fillna(value=False).sum())  # noqa: E712 -- nullable
    if drafted and fixed:
        said.append(f"不可中断工序{fixed}条，须提前安排")
    blank = int(lines[list(EMISSION_FIELDS.values())].iloc[at].isna().any(axis=1).sum())
    if blank:
        said.append(f"缺排放量{blank}条")
    return "；".join(said)


def _outright(measure: Measure, decision: Decision, owner: Any, at: Any) -> str:
    """How many plants a share of lines stops outright, as those with one line; empty where none."""
    if measure.code not in ALLOTTED or measure.share == 1:
        return ""
    if len(at) == 1:
        return "该工序只有1条生产线，即全部停产"
    running = pd.Series(np.nan_to_num(decision.share[at]) < 1).groupby(owner[at]).any()
    count = int((~running).sum())
    return f"其中{count}家企业该工序全部停产" if count else ""


def present_words(phases: Sequence[Decision], lines: pd.DataFrame, rows: Any) -> str:
    """What the rules and the filed plans ask of some lines now; from when on something else, where it changes."""
    said = [_words_of(phases[0], lines, rows)]
    last = said[0]
    for decision in phases[1:]:
        words = _words_of(decision, lines, rows)
        if words != last:
            said.append(f"{moment(decision.slice.starts)}起：{words}")
        last = words
    return "。".join(said)


def _words_of(decision: Decision, lines: pd.DataFrame, rows: Any) -> str:
    """What one phase asks, most frequent first."""
    numbers, counts = np.unique(decision.binding[rows], return_counts=True)
    words: dict[str, int] = {}
    for number, count in zip(numbers, counts, strict=True):
        text = _words(decision.bindings[number])
        words[text] = words.get(text, 0) + int(count)
    ordered = sorted(words.items(), key=lambda item: -item[1])
    text = "；".join(f"{word}（{count}条）" if len(words) > 1 else word for word, count in ordered)
    filed = lines[PLAN_FIELDS[decision.slice.level]].iloc[rows].dropna().astype("str").value_counts()
    plans = [f"{plan}（{count}条）" for plan, count in filed.iloc[:_NAMED_PLANS].items()]
    more = int(filed.iloc[_NAMED_PLANS:].sum())
    return text + (f"；备案：{'、'.join(plans)}" if plans else "") + (f"等{more}条" if more else "")


def _words(binding: Binding) -> str:
    result = binding.resolution.regimes.get("warning")
    if result is None or result.status is Status.UNDETERMINED:
        return "由地方方案规定" if result and result.referred else "规则未规定"
    return "、".join(measure_words(asked.measure) for asked in merged(result.asked)) or "不要求停限产"


def readable_rows(table: pd.DataFrame) -> list[dict[str, str]]:
    """The changed measures as rows to print, headers in Chinese."""
    rows = []
    for row in table[table["changed"].astype(bool)].to_dict("records"):
        more = {name: row[f"{name}_kg_d"] - row[f"{name}_kg_d_now"] for name in POLLUTANTS}
        rows.append(
            {
                "级别": LEVEL_TEXT[row["level"]],
                "行业工序": f"{row['industry']} {row['process']}",
                "等级": row["grade"] or "未载明",
                "企业/线": f"{rounded(row['enterprises'])}/{rounded(row['lines'])}",
                "现行措施": row["measure_now"],
                "拟定措施（待公示）": row["measure"],
                **{f"增{POLLUTANT_TEXT[name]}": rounded(value) for name, value in more.items()},
                "增损失": rounded(row["lost"] - row["lost_now"], 2),
                "档次来源性质": STANDING_TEXT[row["standing"]],
            }
        )
    return rows


def readable_requirements(requirements: Sequence[Requirement]) -> list[dict[str, str]]:
    """Required, present and planned ratio of every level, phase and pollutant, headers in Chinese.

    A phase that comes to the same as the one before is not told again.
    """
    rows = []
    several = len({(entry["level"], entry["starts"]) for entry in requirements}) > len(
        {entry["level"] for entry in requirements}
    )
    last: dict[tuple[str, str], tuple[Any, ...]] = {}
    for entry in requirements:
        place = entry["level"], entry["pollutant"]
        figures = tuple(entry[name] for name in ("required", "now", "plan", "plan_with_season"))
        if last.get(place) == figures:
            continue  # the phase before comes to the same
        last[place] = figures
        row = {
            "级别": LEVEL_TEXT[entry["level"]],
            **({"阶段": f"{entry['starts']}起"} if several else {}),
            "污染物": POLLUTANT_TEXT[entry["pollutant"]],
            "要求比例": percent(entry["required"]),
            "现行比例": percent(entry["now"], entry["required"]),
            "拟定比例": percent(entry["plan"], entry["required"]),
            "含错峰": percent(entry["plan_with_season"], entry["required"]),
            "余量(千克/日)": kilograms(entry["margin_kg_d"]),
            "是否达到": MET_TEXT[entry["met"]],
        }
        if "best_reachable" in entry:
            row["最多可达"] = percent(entry["best_reachable"], entry["required"])
        if "binds" in entry:
            row["起约束作用"] = YES_NO[True] if entry["binds"] else ""
        rows.append(row)
    return rows


def readable_burden(burden: Mapping[str, Mapping[str, BurdenFigures]]) -> list[dict[str, str]]:
    """How the burden falls now and under the plan, one row a level and class, headers in Chinese."""
    rows = []
    for level, pair in burden.items():
        now, plan = pair["now"], pair["plan"]
        whole = {
            "类别": "全市",
            **_burden_cells(now, plan),
            "基尼系数": f"{rounded(now['gini'], 2)}→{rounded(plan['gini'], 2)}",
        }
        rows.append({"级别": LEVEL_TEXT[level], **whole})
        for name, title, was, new in (
            ("grade", "等级", now["by_grade"], plan["by_grade"]), ("size", "规模", now["by_size"], plan["by_size"]),
        ):  # fmt: skip
            before = {entry[name]: entry for entry in was}
            for entry in new:
                label = {"类别": f"{title} {entry[name]}"}
                rows.append({"级别": "", **label, **_burden_cells(before[entry[name]], entry), "基尼系数": ""})
    return rows


def _burden_cells(now: Mapping[str, Any], plan: Mapping[str, Any]) -> dict[str, str]:
    return {
        "企业": str(plan["enterprises"]),
        "错峰等已停": percent(plan["before_share"]),
        "预警损失产能": f"{percent(now['lost_share'])}→{percent(plan['lost_share'])}",
        "全厂停产企业": f"{now['stopped_outright']}→{plan['stopped_outright']}",
        "全厂停产占比": f"{percent(now['stopped_share'])}→{percent(plan['stopped_share'])}",
    }


def readable_remainder(requirements: Sequence[Requirement]) -> list[dict[str, str]]:
    """Where the emission stands that cannot be reduced, kg/d, one row a missed requirement, headers in Chinese."""
    return [
        {
            "级别": LEVEL_TEXT[entry["level"]],
            "污染物": POLLUTANT_TEXT[entry["pollutant"]],
            "仍差": kilograms(entry["short_kg_d"]),
            **{text: kilograms(entry["unreduced_kg_d"][name]) for name, text in PLACES.items()},
        }
        for entry in requirements
        if entry["short_kg_d"] > 0
    ]
