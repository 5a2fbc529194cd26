"""Sentences of a rule text as measures: the filed plans' reader, and what a rule says beyond a plan.

What is understood in full is a reading; what can be meant in two ways is two readings; the rest is none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from alertengine.checking.chapter.wording import marks_of, without_marks
from alertengine.lists import PlanReading, read_plan
from alertengine.rulebook import SILENT_TEXT, TextError, measures_text, read_measures_text

CLAUSES: Final = re.compile(r"[，,；;。\n]+(?![^（(]*[)）])")
_BASE: Final = re.compile(r"[（(]([^（()）]*(?:基数|基准|最小)[^（()）]*)[)）]")
#: What stands before a demand and changes nothing of it; only who directs itself 可.
_MODAL: Final = re.compile(
    r"^(?:(?:应当|应|须|需|要|均|都|一律|全部(?=焖)|(?:执行|实施|采取|继续)(?=[停限]产|焖))+(?=停|限|减|自主|延长|焖)|可(?=自主))"
)
#: What says that nothing is ruled, surely and perhaps.
_SILENT: Final = re.compile(r"[-－–—―]+|(?:不作|未作|不做|无)(?:规定|要求)|不作(?:限制|强制要求)")
_EMPTY: Final = re.compile(r"[/／\\]+|无")
_TOTAL: Final = re.compile(
    r"(?:停止|禁止|停运)(?:一切|全部|所有)?(?:车辆)?的?(?:公路|道路)(?:物料|货物)?运输(?:进出厂区?)?"
)
_STAGE: Final = re.compile(
    r"(?:禁止|停止|不得|禁用)(?:使用)?(国([零一二三四五六0-6])(?:及以下)(?:排放标准)?的?"
    r"(?:中重型|重型|中型|轻型)?(?:载货|柴油|燃油|燃气|货运)?(?:汽车|车辆|货车)(?:[（(]含燃气[)）])?)"
    r"(?:进行)?(?:物料|货物|原辅料|大宗物料)?(?:公路|道路)?(?:运输)?(?:进出厂区?)?"
)
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
_DIGIT: Final = {sign: number for number, sign in enumerate("零一二三四五六")}


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
    for clause in filter(None, (part.strip() for part in CLAUSES.split(text))):
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
        elif not items:
            out.other = [_cell([*one, *vehicles]) for one in _other(reading)]
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
    said = found[1]
    last = any(word in said for word in ("上年", "上一年", "前一年", "实际产量", "实际"))
    named = {"eia": "环评" in said, "permit": "许可" in said, "last_year": last}
    codes = [code for code, there in named.items() if there]
    if "最小" in said and len(codes) == len(named):
        code = "least_of_three"
    elif len(codes) == 1 and "最小" not in said:
        code = codes[0]
    else:
        code = ""
        out.doubts.append(f"基数未读懂：{said}")
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
    match reading.kind:
        case "stop" | "bank" | "none" | "exempt" | "self_directed":
            if reading.kind == "self_directed" and reading.share is not None:
                out.doubts.append("自主减排另有比例")
            return [reading.kind]
        case "limit" | "stop_share":
            return _partial(reading, base, out)
        case "stop_units" | "feed_cap" | "cycle_cap" | "coking_time":
            return [_figure(reading, out)]
        case "demand_cap":
            return [{"demand_cap": reading.by[0]}]
        case _:
            return []


def _partial(reading: PlanReading, base: str, out: SentenceReading) -> list[Any]:
    """A share of output, or of lines and machines."""
    share = round(reading.share or 0.0, 6)
    if reading.kind == "limit" and not {"line", "unit", "chamber"} & set(reading.by):
        return [{"limit": share, **({"base": base} if base else {})}] if share else ["none"]
    if not reading.by:
        out.doubts.append("停产比例未写以何计：有两种读法")
        return []
    if reading.kind == "limit":
        out.doubts.append("限产以台数、条数计：按停产计")
    return [{"stop_share": share, "by": reading.by[0] if len(reading.by) == 1 else list(reading.by)}]


def _figure(reading: PlanReading, out: SentenceReading) -> dict[str, Any]:
    """A number of machines, a cap, a coking time."""
    if reading.kind == "coking_time":
        return {"coking_time": _whole(reading.value)}
    if reading.kind == "stop_units":
        if not reading.whose:
            out.doubts.append(_WHOSE)
        return {"stop_units": _whole(reading.value), **({"over": "enterprise"} if reading.whose == "all" else {})}
    if reading.from_value is not None:
        out.doubts.append("所写为一条生产线的数量")
    per = {"per": "unit"} if "unit" in reading.by else {}
    cut = {"cut": round(reading.share, 6)} if reading.share is not None else _whole(reading.value)
    return {reading.kind: cut, **per}


def _other(reading: PlanReading) -> list[list[Any]]:
    """The readings of a share of stopping that does not say what it is counted by."""
    if reading.kind != "stop_share":
        return []
    return [[{"stop_share": reading.share, "by": "line"}], [{"limit": reading.share}]]


def _vehicles(clause: str, out: SentenceReading) -> dict[str, Any]:
    """A clause on vehicles; what it does not surely say is left to its text."""
    plain = unicodedata.normalize("NFKC", clause).replace(" ", "")
    if _TOTAL.fullmatch(plain):
        return {"vehicle_ban": clause.strip(), "total": True}
    found = _STAGE.fullmatch(plain)
    if found is None:
        out.doubts.append("运输措施只录原文，未分车型和排放阶段")
        return {"vehicle_ban": clause.strip()}
    text = found[1].replace("(", "（").replace(")", "）")
    stage = int(_DIGIT.get(found[2], found[2]))
    heavy = {"classes": "重型载货"} if "重型载货" in text and "中重型" not in text else {}
    if not heavy:
        out.doubts.append("车型只录原文")
    return {"vehicle_ban": text, "stage_at_most": stage, **heavy}


def _whole(value: float | None) -> float | int | None:
    return int(value) if value is not None and value == int(value) else value
