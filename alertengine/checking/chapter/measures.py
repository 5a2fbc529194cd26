"""Sentences of a rule text as measures: the filed plans' reader, and what a rule says beyond a plan.

What is understood in full is a reading; what can be meant in two ways is two readings; the rest is none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from alertengine.checking.chapter.wording import marks_of, without_marks
from alertengine.lists import PlanReading, read_plan
from alertengine.rulebook import (
    CLAUSE_ENDS,
    SILENT_TEXT,
    TextError,
    measures_text,
    read_base,
    read_measures_text,
    read_vehicles,
    rule_item,
)

_BASE: Final = re.compile(r"[（(]([^（()）]*(?:基数|基准|最小)[^（()）]*)[)）]")
#: What stands before a demand and changes nothing of it; only who directs itself 可.
_MODAL: Final = re.compile(
    r"^(?:(?:应当|应|须|需|要|均|都|一律|全部(?=焖)|(?:执行|实施|采取|继续)(?=[停限]产|焖))+(?=停|限|减|自主|延长|焖)|可(?=自主))"
)
#: What says that nothing is ruled, surely and perhaps.
_SILENT: Final = re.compile(r"[-－–—―]+|(?:不作|未作|不做|无)(?:规定|要求)|不作(?:限制|强制要求)")
_EMPTY: Final = re.compile(r"[/／\\]+|无")
#: What may go on, not what is cut.
_KEPT_WORD: Final = re.compile(
    r"(?<![限停减]产)不(?:得)?(?:超过|高于|大于)|控制在|限制在|(?:减|降|压减?|压缩)(?:低|少)?[至到]|保持在|维持在"
)
_KEPT: Final = re.compile(
    r"(?:日|生产|实际)?(?:产量|负荷|产能|产能利用率)?(?:应|须)?(?:不得?(?:超过|高于|大于)|控制在|限制在|(?:减|降|压减?|压缩)(?:低|少)?[至到]"
    r"|保持在|维持在)[^%\d]*(\d+(?:\.\d+)?)%(?:以内|以下|左右)?"
)
#: How a share of lines is rounded: a person looks at it.
_ROUNDED: Final = re.compile(
    r"[，,；;]?\s*((?:余数)?不足(?:一|1)[条台座]的?[，,]?(?:均|都|也)?按(?:一|1)[条台座](?:计算?|停产)?)"
)
_WHOSE: Final = "台数未写是全厂的还是每条线的"


@dataclass(slots=True)
class SentenceReading:
    """A sentence read: ``cell`` the measures as a cell of a rule workbook says them, blank where none is sure.

    ``doubts`` say in Chinese what a person must look at; ``other`` are readings that are as good.
    """

    cell: str = ""
    doubts: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    production: bool = False
    marks: list[str] = field(default_factory=list)


#: The cell of a grade that directs itself.
SELF_DIRECTED: Final = "自主减排"


def read_measures(sentence: str, subjects: Iterable[str] = ()) -> SentenceReading:
    """Read what a sentence asks at one level.

    Args:
        sentence: what the text says there.
        subjects: words for what is spoken of (水泥窑, 熟料生产线), which the sentence may begin with.

    """
    out = SentenceReading(marks=marks_of(sentence))
    text = unbroken(without_marks(sentence.strip())).rstrip("!！")
    if out.marks:
        out.doubts.append("带注，须看注的内容")
    if _SILENT.fullmatch(text) or _EMPTY.fullmatch(text):
        out.doubts += [f"原文：{text}"] if _EMPTY.fullmatch(text) else []
        out.cell, out.production = SILENT_TEXT, True
        return out
    if rounded := _ROUNDED.search(text):
        out.doubts.append(f"原文另写“{rounded[1]}”，须看取整")
        text = _ROUNDED.sub("", text)
    base, text = _base(text, out)
    production, vehicles = [], list[dict[str, Any]]()
    for clause in filter(None, (part.strip() for part in CLAUSE_ENDS.split(text))):
        if asks_of_vehicles(clause):
            vehicles.append(_vehicles(clause, out))
        else:
            production.append(_without_subject(clause, subjects))
    items: list[Any] = []
    if production:
        reading = read_plan("，".join(production))
        items += _production(reading, base, out)
        if not reading.read:
            items = [] if _kept_share(production, out) else _as_a_cell(production, out)
        elif not items and reading.kind == "stop_share":  # of a share that does not say what it is counted by
            may = ({"stop_share": reading.share, "by": "line"}, {"limit": reading.share})
            out.other = [_cell([one, *vehicles]) for one in may]
        if not items:
            return out
    if base and not production:
        out.doubts.append("基数不知属何措施")
    out.production = bool(production)
    out.cell = _cell([*items, *vehicles]) if items or vehicles else ""
    return out


def _kept_share(clauses: list[str], out: SentenceReading) -> bool:
    """Whether clauses say what may go on (不超过产能的70%) and not what is cut: the cut is proposed as a reading."""
    if not any(_KEPT_WORD.search(clause) for clause in clauses):
        return False
    found = _KEPT.fullmatch(unicodedata.normalize("NFKC", clauses[0])) if len(clauses) == 1 else None
    out.doubts.append("写的是可以保留的产量，不是减少的")
    if found:
        out.other = [_cell([{"limit": round(1 - float(found[1]) / 100, 6)}])]
        out.doubts.append(f"保留{found[1]}%即{out.other[0]}，须看以什么为基数")
    return True


def _as_a_cell(clauses: Iterable[str], out: SentenceReading) -> list[Any]:
    """Clauses that stand as cells of a rule workbook are written; nothing where one does not, with how it could be."""
    try:
        found = [read_measures_text(clause) for clause in clauses]
    except TextError as error:
        near = str(error.expected)
        written = near and not near.endswith("…") and not any("运" in clause for clause in clauses)
        out.doubts += ["未读懂", *([f"可写作：{near}"] if written else [])]
        return []
    items = [item for one in found for item in (one if isinstance(one, list) else [one])]
    if len(items) > 1 and {"none", "exempt", "stop"} & {item for item in items if isinstance(item, str)}:
        out.doubts.append("未读懂")  # what asks nothing, or all, stands beside nothing else
        return []
    if any(isinstance(item, dict) and "stop_units" in item and "over" not in item for item in items):
        out.doubts.append(_WHOSE)
    return items


def unbroken(text: str) -> str:
    """A text whose lines, broken where a cell of a table ends, are put together as far as they are one sentence."""
    text = re.sub(r"\s*\n\s*(?=[（(])", "", text)
    if "\n" in text and any(not read_plan(_base(line, SentenceReading())[1]).read for line in text.splitlines()):
        return re.sub(r"\s*\n\s*", "", text)
    return text


def asks_of_vehicles(clause: str) -> bool:
    """Whether a clause asks something of vehicles and nothing else."""
    return bool(read_plan(clause).vehicles)


def _cell(items: list[Any]) -> str:
    return measures_text(items[0] if len(items) == 1 else items)


def _base(text: str, out: SentenceReading) -> tuple[str, str]:
    """What a limit is reckoned from, and the text without it."""
    found = _BASE.search(text)
    if found is None:
        return "", text
    code = read_base(found[1])
    if not code:
        out.doubts.append(f"基数未读懂：{found[1]}")
    return code, text[: found.start()] + text[found.end() :]


def _without_subject(clause: str, subjects: Iterable[str]) -> str:
    """A clause without the plant or machine it begins with, where that is just what is spoken of."""
    clause = re.sub(_MODAL, "", clause)
    names = sorted({name for name in subjects if name}, key=len, reverse=True)
    if not names:
        return clause
    subject = rf"(?:{'|'.join(map(re.escape, names))})(?:生产线|企业|工序|设备|生产|炉窑|线|窑|炉|机)*"
    begins = rf"^(?:{subject})+(?=停|限|减|降|延长|焖|日|以|自主|可自主|应|须|均)"
    return re.sub(_MODAL, "", re.sub(begins, "", clause))


def _production(reading: PlanReading, base: str, out: SentenceReading) -> list[Any]:
    """The measure of a reading, as a rule's ``then`` says it; empty where it is none or not sure."""
    if base and reading.kind != "limit":
        out.doubts.append("基数与措施不符")
        return []
    if reading.kind == "stop_share" and not reading.by:
        out.doubts.append("停产比例未写以何计：有两种读法")
        return []
    if reading.share is not None:
        reading = replace(reading, share=round(reading.share, 6))
    item = rule_item(reading)
    if reading.kind == "self_directed" and reading.share is not None:
        out.doubts.append("自主减排另有比例")
    elif reading.kind == "limit" and "stop_share" in item:
        out.doubts.append("限产以台数、条数计：按停产计")
    elif reading.kind == "stop_units" and not reading.whose:
        out.doubts.append(_WHOSE)
    elif reading.kind in ("feed_cap", "cycle_cap") and reading.from_value is not None:
        out.doubts.append("所写为一条生产线的数量")
    if base and "limit" in item:
        item["base"] = base
    return [] if item is None else [item]


def _vehicles(clause: str, out: SentenceReading) -> dict[str, Any]:
    """A clause on vehicles; what it does not surely say is left to its text."""
    item = read_vehicles(clause)
    if "stage_at_most" in item and "classes" not in item:
        out.doubts.append("车型只录原文")
    elif "stage_at_most" not in item and "total" not in item:
        out.doubts.append("运输措施只录原文，未分车型和排放阶段")
    return item
