"""The evaluation as one offline page in Chinese, with charts; the same evaluation gives the same bytes."""

from __future__ import annotations

from itertools import groupby
from typing import Any, Final

from alertengine.orders import state_words
from alertengine.report.charts import bars, plotly_script
from alertengine.report.pages import page
from alertengine.vocabulary import LEVEL_TEXT, POLLUTANT_TEXT, VERDICT_TEXT, number, percent
from alertengine.workflow import GRAVITY, Evaluation, Reached

#: Breaches and doubts listed one by one on the page.
SHOWN: Final = 200
_COLOURS: Final = {"违反": "#b3261e", "疑似": "#e0a100", "落实": "#1b7f4b", "证据不足": "#b9c1cb"}
_PATTERNS: Final = {"违反": "x", "疑似": "/", "证据不足": "."}
_STAGES: Final = {
    "要求": "#1d2733", "命令": "#2f5d8a", "扣除违反": "#6f9bc4", "再扣疑似": "#e0a100", "证据所及": "#1b7f4b",
}  # fmt: skip
_MET: Final = {"yes": "证据足以认定达到", "no": "未达到", "unknown": "无法判定"}
_SUBJECTS: Final = {"transport": "运输", "dust": "扬尘"}
_STEPS: Final = {"lift": "解除预警", "end": "响应结束", "issue": "发布预警", "start": "启动响应"}


def evaluation_page(found: Evaluation) -> str:
    """The page as HTML; nothing is loaded from a network.

    Raises:
        InputError: the extra ``report`` is not installed.

    """
    ratios = _ratios(found)
    return page(
        "evaluation.html.j2",
        e=found,
        sentences=sentences(found),
        states=state_words(found.states),
        duties=_duties(found),
        ratios=ratios,
        charts=_charts(found),
        script=plotly_script(),
        gravity=GRAVITY,
        met_text=_MET,
        subject_text=_SUBJECTS,
        step_text=_STEPS,
        most=SHOWN,
        unserved=any(one["state"] != "served" for one in found.service),
        lifted=any(one["action"] == "lift" for one in found.course),
        staggered=any(s.least != s.most for one in found.reached for s in one.stages),
        bases=list(dict.fromkeys(one.required_by for one in found.reached if one.required_by)),
    )


def sentences(found: Evaluation) -> list[str]:
    """What the evaluation comes to, in sentences computed from it."""
    ordered = next((one for one in found.groups["status"] if one["status"] == "ordered"), None)
    out = []
    if ordered:
        days = found.verdicts["days"]
        said = "、".join(f"{VERDICT_TEXT[word]}{days[word]}" for word in ("complied", *GRAVITY[:2], "no_evidence"))
        out.append(
            f"命令{ordered['enterprises']}家企业的{ordered['lines']}条生产线减排，其中{ordered['stopped']}条全停。"
            f"有减产义务的受令线·日共{sum(days.values())}个：{said}。"
        )
    rest = [one for one in found.groups["status"] if one["status"] == "undetermined"]
    if rest:
        out.append(f"另有{rest[0]['lines']}条生产线依据缺失，没有命令。")
    asked = [one for one in found.reached if one.required is not None]
    out += [_sentence(*where, list(own)) for where, own in groupby(asked, key=_where)]
    return out


def _where(one: Reached) -> tuple[str, str, str]:
    return one.city, one.level, one.phase


def _sentence(city: str, level: str, phase: str, rows: list[Reached]) -> str:
    """One city, level and phase."""
    said = [
        f"{POLLUTANT_TEXT[one.pollutant]}要求{percent(one.required)}，"
        f"命令{percent(one.stages[0].least, one.required)}，有证据做到的{percent(one.stages[-1].least, one.required)}，"
        f"扣除违反后至多{percent(one.stages[1].most, one.required)}，{_MET[one.met]}"
        for one in rows
    ]
    blanks = "（空缺的比例未计）" if any(one.blanks for one in rows) else ""
    return f"{city}{LEVEL_TEXT[level]}预警{phase}减排比例{blanks}：{'；'.join(said)}。"


def _duties(found: Evaluation) -> list[dict[str, Any]]:
    """The duties to evaluate, cities of the same rule and deadline together."""
    out: dict[tuple[str, str], dict[str, Any]] = {}
    for one in found.duties:
        same = out.setdefault((one["rule"], one["due"]), {**one, "city": []})
        same["city"].append(one["city"])
    return list(out.values())


def _ratios(found: Evaluation) -> list[dict[str, Any]]:
    """The ratios by city, level and phase, each with its chart."""
    out = []
    for at, ((city, level, phase), rows) in enumerate(groupby(found.reached, key=_where)):
        own = list(rows)
        top = max([*(one.required or 0.0 for one in own), *(one.stages[0].most for one in own), 0.05]) * 1.1
        out.append({"city": f"{city}{phase}", "level": level, "rows": own, "top": top,
                    "chart": _ratio_chart(f"ratio{at}", own)})  # fmt: skip
    return out


def _ratio_chart(name: str, rows: list[Reached]) -> str:
    columns: dict[str, list[float | None]] = {"要求": [_points(one.required) for one in rows]}
    for place, stage in enumerate(list(_STAGES)[1:]):
        columns[stage] = [_points(one.stages[place].least) for one in rows]
    texts = {stage: ["" if one is None else number(one) for one in values] for stage, values in columns.items()}
    groups = [POLLUTANT_TEXT[one.pollutant] for one in rows]
    return bars(name, groups, columns, unit="%", colours=_STAGES, texts=texts)


def _points(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 1)


def _charts(found: Evaluation) -> dict[str, str]:
    """Lines by day and kilograms by pollutant, each by verdict."""
    days = sorted(found.days, key=lambda one: one["day"])
    names = [f"{int(one['day'][5:7])}月{int(one['day'][8:])}日" for one in days]
    lines = {VERDICT_TEXT[word]: [one[word] for one in days] for word in _DRAWN}
    kg = {VERDICT_TEXT[word]: [own[word] for own in found.kg.values()] for word in _DRAWN}
    look: dict[str, Any] = {"colours": _COLOURS, "patterns": _PATTERNS, "stacked": True, "height": 300}
    return {
        "days": bars("days", names, lines, unit="条生产线", **look),
        "kg": bars("kg", [POLLUTANT_TEXT[one] for one in found.kg], kg, unit="千克", **look),
    }


#: What is shown to be done stands at the bottom of a bar.
_DRAWN: Final = ("complied", "no_evidence", "doubtful", "breached")
