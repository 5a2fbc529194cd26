"""A judged day in words: the numbers, the baseline and how it was built, and what stands against a judgement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from alertengine.audit.baseline import Taken, Why
from alertengine.audit.evidence_and_findings import Evidence, Verdict
from alertengine.audit.evidence_rules import AuditLaw
from alertengine.audit.findings import chosen, firsts_of, numbered, verdicts
from alertengine.audit.judge_by_fall import VERDICTS, JudgedDays, Mix
from alertengine.audit.ordered_days import Duties
from alertengine.vocabulary import percent, rounded, signed

_LIKE: Final = {
    Taken.WEEKDAY: "受令前{}个同星期日的中位数",
    Taken.ALL: "受令前{}个同类日的中位数",
    Taken.RECENT: "受令前最近{}个同类日的中位数，高于同星期日，从宽取用",
    Taken.AFTER: "响应后{}个同类日的中位数，高于受令前，从宽取用",
}
_MIXED: Final = {
    Mix.ALONE: "",
    Mix.ALIKE: "，同一计量的各生产线一并判断",
    Mix.BY_LOAD: "，同一计量的各生产线一并判断（应有降幅按各线负荷加权）",
    Mix.LEAST: "，同一计量的各生产线一并判断（各线负荷不可比，应有降幅取其中最小的）",
}
_EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class AmountWords:
    """How an amount is spoken of: its Chinese name and unit, its unit in the table, and what it is worth alone."""

    name: str
    unit: str
    code: str
    caution: str


def falls_told(
    judged: JudgedDays, duties: Duties, law: AuditLaw, evidence: Evidence, words: AmountWords
) -> dict[str, Any]:
    """The columns of findings made from falls."""
    found = judged.comparison
    fall = judged.fall
    measured = found.why != Why.NO_READING
    with np.errstate(divide="ignore", invalid="ignore"):
        observed_fall = 1 - found.observed / np.where(found.base > 0, found.base, np.nan)
    doubtful = judged.verdict == VERDICTS.index(Verdict.DOUBTFUL)
    consequence, penalties, citations = _consequences(judged, duties, law, doubtful)
    ids = [";".join(one.rules) for one in judged.weights]
    return {
        "subject": "production",
        "evidence": evidence.kind,
        "finding": verdicts(judged.verdict),
        "rank": chosen(doubtful.astype(np.int64), ["", "疑似"]),
        "observed": np.round(found.observed, 2),
        "expected_at_most": np.round(np.where(measured, judged.allowed, np.nan), 2),
        "tolerance": np.round(np.where(measured, judged.tolerance, np.nan), 2),
        "unit": words.code,
        "baseline": np.round(found.base, 2),
        "baseline_days": np.where(np.isnan(found.base), np.nan, found.days),
        "baseline_span": _spans(judged),
        "observed_fall": np.round(observed_fall, 4),
        "expected_fall": np.round(np.where(fall > 0, fall, np.nan), 4),
        "shared_by": judged.shared_by.astype(np.float64),
        "evidence_rules": chosen(judged.weight, ids),
        "penalty_rules": penalties,
        "basis": _with_citations(judged, citations),
        "standing": chosen(judged.weight, [one.standing for one in judged.weights]),
        "consequence": consequence,
        "finding_text": _texts(judged, observed_fall, words),
        "source": evidence.name,
    }


def _consequences(
    judged: JudgedDays, duties: Duties, law: AuditLaw, doubtful: np.ndarray
) -> tuple[pd.Categorical, pd.Categorical, tuple[np.ndarray, list[str]]]:
    """What the rules say follows if the doubt proves true, once for each place, day and level."""
    days = duties.days.iloc[judged.rows]
    line = days["line"].to_numpy()
    level = duties.orders["level"].astype("str").to_numpy()[days["order"].to_numpy()]
    places = numbered(*(pd.factorize(duties.lines[name])[0] for name in ("city", "county")))
    of_line, records = law.records.numbered(duties.lines)
    codes = numbered(places[line], pd.factorize(days["day"])[0], pd.factorize(level)[0], doubtful, of_line[line])
    answers = []
    for at in firsts_of(codes):
        where, day = duties.lines.iloc[line[at]], days["day"].iloc[at].date()
        breach = ("measure_not_done",)
        place = (where["city"], where["county"], day, str(level[at]))
        record = records[of_line[line[at]]]
        asked = law.consequence(breach, *place, suspected=True, ran=True, enterprise=record)
        answers.append(asked if doubtful[at] else None)
    texts = [one.text if one else "" for one in answers]
    rules = [";".join(one.rules) if one else "" for one in answers]
    return chosen(codes, texts), chosen(codes, rules), (codes, [one.basis if one else "" for one in answers])


def _with_citations(judged: JudgedDays, citations: tuple[np.ndarray, list[str]]) -> pd.Categorical:
    """The grounds of the evidence and, where there is doubt, those of what may follow."""
    codes, cited = citations
    pair = judged.weight * max(len(cited), 1) + codes
    numbers, distinct = pd.factorize(pair)
    texts = []
    for one in distinct:
        weight, answer = divmod(int(one), max(len(cited), 1))
        parts = [judged.weights[weight].basis, cited[answer] if cited else ""]
        texts.append("；".join(part for part in parts if part))
    return chosen(numbers, texts)


def _spans(judged: JudgedDays) -> pd.Categorical:
    found = judged.comparison
    codes, distinct = pd.factorize(found.span_first * 100000 + found.span_last)
    start = _EPOCH + timedelta(days=int(judged.first_day.astype(np.int64)))
    texts = []
    for one in distinct:
        first, last = divmod(int(one), 100000)
        texts.append(f"{start + timedelta(days=first)}..{start + timedelta(days=last)}" if last >= first else "")
    known = ~np.isnan(found.base)
    return chosen(np.where(known, codes, len(texts)), [*texts, ""])


def _texts(judged: JudgedDays, observed_fall: np.ndarray, words: AmountWords) -> np.ndarray:
    """One sentence a day, the same for all lines judged together."""
    numbers = numbered(judged.cell, judged.weight)
    at = firsts_of(numbers)
    found = judged.comparison
    ask = [one.threshold is not None for one in judged.weights]
    columns = (
        found.why, found.observed, found.base, found.days, found.taken, observed_fall, judged.fall, judged.tolerance,
        found.after, judged.mix, judged.weight,
    )  # fmt: skip
    rows = zip(*(column[at].tolist() for column in columns), strict=True)
    out = []
    for why, seen, base, days, taken, fell, fall, room, after, mix, weight in rows:
        line = _MIXED[mix]
        measured, usual = f"{words.name}{rounded(seen, 2)}{words.unit}", rounded(base, 2)
        like = f"{measured}，基线{usual}{words.unit}（{_LIKE[taken].format(days)}；"
        like += "已剔除受令日和节假日）"
        need = f"，实际变化{signed(percent(-fell, -fall))}，参照应降{percent(fall)}" + line
        match why:
            case Why.SHORT:
                text = f"{like}{need}，留出正常波动{rounded(room, 2)}{words.unit}后仍超出。{words.caution}"
            case Why.ENOUGH:
                text = f"{like}{need}，降幅达到参照值"
            case Why.NOISE:
                text = f"{like}{need}，降幅不足但在基线正常波动之内，不能判断"
            case Why.IDLE:
                text = f"{measured}，受令前已处于停产水平（基线{usual}），当日仍在该水平"
            case Why.ZERO:
                text = f"{measured}，受令前的同类日也为0，不能区分停产与计量停走，不能判断，须现场核实"
            case Why.SHIFTED:
                text = f"{like}，响应后的同类日为{rounded(after, 2)}{words.unit}，"
                text += "前后水平相差过大，疑换表或工况改变，不能判断"
            case Why.UNSTABLE:
                text = f"{like}，基线离散过大，不能判断"
            case Why.FEW_DAYS:
                text = f"{measured}，受令前可比的同类日只有{days}个，不能判断"
            case Why.NO_FALL:
                lacking = "" if ask[weight] or words.code != "kWh" else "（没有生效的用电量阈值）"
                text = f"{like}，应有降幅无法核算{lacking}{line}，不能判断"
            case Why.PART_OF_DAY:
                text = f"{measured}，当日只有部分时段受令，日数据分不出时段，不能判断"
            case _:
                text = f"当日{words.name}缺失或不完整，不能判断"
        out.append(text)
    return np.array(out, dtype=object)[numbers]
