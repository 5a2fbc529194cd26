"""What an audit opens with: act, list and approver, service, evidence, baseline, inspections, what was answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from alertengine.audit import KIND_TEXT, Evidence
from alertengine.rulebook import Baseline, EvidenceRule, Rulebook
from alertengine.vocabulary import STANDING_TEXT, Problem, number, percent, records_of
from alertengine.workflow.audit_inputs import Ordered

#: Record numbers named; the rest are counted.
_NAMED: Final = 10
NOTHING: Final = "未录入"

Opening = list[tuple[str, str]]


def opening(given: Ordered, evidence: Sequence[Evidence], book: Rulebook) -> Opening:
    """The head of an audit: labels and texts in Chinese, in the order they are read; what is not on file is named."""
    return [
        ("指令", given.said or "指令文件，签发和批准未录入"),
        ("清单", given.list_said or NOTHING),
        ("送达", given.served or NOTHING),
        ("证据", "；".join(_file(one) for one in evidence)),
        ("基线", _methods(book, evidence)),
        ("现场检查", _inspections(evidence)),
        ("处罚记录", _penalties(given)),
        ("企业答复", given.answered or NOTHING),
    ]


def _penalties(given: Ordered) -> str:
    """What repeats are counted from."""
    if given.lines is None:
        decided = "未附清单和处罚决定表，不计屡罚"
    else:
        cells = given.lines[["enterprise_id", "decisions"]].dropna().drop_duplicates()
        count = len({one for cell in cells["decisions"].astype("str").unique() for one in records_of(cell)})
        decided = (
            f"处罚决定{count}件，涉及{cells['enterprise_id'].nunique()}家" if count else "处罚决定表未录入或没有决定"
        )
    found = sum(map(len, given.found.values()))
    return decided + (f"；台账另载违反{found}家日，是否受罚须核实" if found else "")


def not_served(given: Ordered, found: pd.DataFrame) -> list[Problem]:
    """A problem where breaches or doubts are of days by whose end it is not proved that the plant was served."""
    if given.proved is None:
        return []
    against = found[found["finding"].astype("str").isin(["breached", "doubtful"]) & (found["enterprise_id"] != "")]
    days = against[["enterprise_id", "enterprise", "day"]].astype("str").drop_duplicates()
    late = [
        f"{row['enterprise']} {row['day']}"
        for row in days.to_dict("records")
        if given.proved.get(row["enterprise_id"], "9") > f"{row['day']} 23:59"
    ]
    if not late:
        return []
    named = "；".join(late[:_NAMED]) + (" …" if len(late) > _NAMED else "")
    return [Problem("not_served", where="送达", count=len(late), named=named)]


def _file(one: Evidence) -> str:
    if one.table.empty:
        return f"{one.name}（{KIND_TEXT[one.kind]}，没有可用的行）"
    first, last = one.table["time"].min(), one.table["time"].max()
    return f"{one.name}（{KIND_TEXT[one.kind]}，{len(one.table)}行，{first.date()}至{last.date()}）"


def _methods(book: Rulebook, evidence: Sequence[Evidence]) -> str:
    kinds = {one.kind for one in evidence}
    rules = [
        rule
        for rule in book.rules_of("evidence")
        if isinstance(rule, EvidenceRule) and rule.baseline is not None and rule.evidence in kinds
    ]
    said = [
        f"{KIND_TEXT[rule.evidence]}：{_method(rule.baseline)}（{rule.id}，{STANDING_TEXT[rule.source]}）"
        for rule in rules
        if rule.baseline is not None
    ]
    return "；".join(said) or "没有用到"


def _method(method: Baseline) -> str:
    return (
        f"响应前{method.look_back_days}天内的同类日，至少{method.least_days}个，同星期{method.least_same_weekday}个以上取同星期，"
        f"节假日前后{method.around_holidays}天不计；容许{number(method.noise)}倍稳健离散度（不低于{percent(method.least_spread)}）"
    )


def _inspections(evidence: Sequence[Evidence]) -> str:
    tables = [one.table for one in evidence if one.kind == "inspection"]
    if not tables:
        return "没有现场检查记录"
    records = pd.concat(tables)
    numbers = records["record_no"].dropna().drop_duplicates().tolist()
    named = "、".join(numbers[:_NAMED]) + ("等" if len(numbers) > _NAMED else "")
    return f"{len(records)}条，笔录{len(numbers)}份" + (f"：{named}" if named else "")
