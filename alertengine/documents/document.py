"""What a document says: plain values, and the Chinese names under which a Word template calls them.

A template written by a bureau says ``{{ 企业名称 }}`` and ``{%tr for 行 in 生产线 %}``; the names stand
beside the values here, explained for those who edit templates in ``templates/README.md``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Final, get_type_hints

from alertengine.documents.open_matters import OpenMatter
from alertengine.vocabulary import plain


class DocumentKind(StrEnum):
    """The documents an enterprise gets; the value is the template's file name without suffix."""

    ORDER = "order"
    CHANGE = "change"
    BOARD = "board"


#: The folder each kind is written to.
FOLDERS: Final = {DocumentKind.ORDER: "减排指令", DocumentKind.CHANGE: "变更指令", DocumentKind.BOARD: "公示牌"}


@dataclass(frozen=True, slots=True)
class WarningSpan:
    """A stretch of a warning: level, from and to."""

    level: Annotated[str, "级别"]
    starts: Annotated[str, "开始"]
    ends: Annotated[str, "结束"]


@dataclass(frozen=True, slots=True)
class Notice:
    """What the record of warnings says of the warning behind an order."""

    action: Annotated[str, "动作"]
    issued: Annotated[str, "发布时间"]
    primary: Annotated[str, "首要污染物"]
    reason: Annotated[str, "理由"]
    basis: Annotated[str, "依据文件"]


@dataclass(frozen=True, slots=True)
class LineItem:
    """A row of the table of lines."""

    line: Annotated[str, "名称"]
    line_id: Annotated[str, "编号"]
    process: Annotated[str, "工序"]
    grade: Annotated[str, "绩效等级"]
    status: Annotated[str, "状态"]
    measure: Annotated[str, "措施"]
    share: Annotated[str, "减排比例"]
    starts: Annotated[str, "开始"]
    ends: Annotated[str, "结束"]
    so2: Annotated[str, "二氧化硫"]
    nox: Annotated[str, "氮氧化物"]
    pm: Annotated[str, "颗粒物"]
    vocs: Annotated[str, "挥发性有机物"]
    grounds: Annotated[str, "依据"]
    remark: Annotated[str, "备注"]


@dataclass(frozen=True, slots=True)
class ChangeItem:
    """A row of the table of changes."""

    change: Annotated[str, "类型"]
    what: Annotated[str, "事项"]
    line: Annotated[str, "名称"]
    line_id: Annotated[str, "编号"]
    process: Annotated[str, "工序"]
    before: Annotated[str, "原要求"]
    now: Annotated[str, "现要求"]
    starts: Annotated[str, "开始"]
    ends: Annotated[str, "结束"]
    grounds: Annotated[str, "依据"]


@dataclass(frozen=True, slots=True)
class Haulage:
    """What is asked of transport, and for which lines."""

    lines: Annotated[str, "生产线"]
    text: Annotated[str, "要求"]


@dataclass(frozen=True, slots=True)
class BoardItem:
    """A row of the plant's board: lines that do the same; the filed plans where a list was given."""

    lines: Annotated[str, "生产线"]
    process: Annotated[str, "工序"]
    grade: Annotated[str, "绩效等级"]
    measure: Annotated[str, "措施"]
    period: Annotated[str, "时段"]
    yellow: Annotated[str, "黄色"]
    orange: Annotated[str, "橙色"]
    red: Annotated[str, "红色"]


@dataclass(frozen=True, slots=True)
class Totals:
    """Kilograms a day by pollutant, of the first phase of every line."""

    so2: Annotated[str, "二氧化硫"]
    nox: Annotated[str, "氮氧化物"]
    pm: Annotated[str, "颗粒物"]
    vocs: Annotated[str, "挥发性有机物"]


@dataclass(frozen=True, slots=True)
class OrderPaper:
    """All that the templates of one enterprise may print."""

    title: Annotated[str, "标题"]
    mark: Annotated[str, "标记"]
    draft: Annotated[bool, "是草稿"]
    setting: Annotated[str, "场景"]
    reasons: Annotated[tuple[OpenMatter, ...], "草稿原因"]
    release: Annotated[tuple[str, ...], "签发决定"]
    document_id: Annotated[str, "指令编号"]
    enterprise: Annotated[str, "企业名称"]
    enterprise_id: Annotated[str, "统一社会信用代码"]
    city: Annotated[str, "城市"]
    county: Annotated[str, "区县"]
    industry: Annotated[str, "行业"]
    grade: Annotated[str, "绩效等级"]
    contact: Annotated[str, "联系人"]
    phone: Annotated[str, "联系电话"]
    issuer: Annotated[str, "发布机关"]
    competent: Annotated[str, "有权机关"]
    level: Annotated[str, "级别"]
    starts: Annotated[str, "开始"]
    ends: Annotated[str, "结束"]
    alerts: Annotated[tuple[WarningSpan, ...], "预警"]
    over: Annotated[str, "终止说明"]
    cancelled: Annotated[bool, "取消"]
    notices: Annotated[tuple[Notice, ...], "预警记录"]
    list_version: Annotated[str, "清单版本"]
    list_state: Annotated[str, "清单状态"]
    list_rows: Annotated[str, "清单行号"]
    grounds: Annotated[tuple[str, ...], "依据"]
    lines: Annotated[tuple[LineItem, ...], "生产线"]
    changes: Annotated[tuple[ChangeItem, ...], "变更"]
    totals: Annotated[Totals, "合计"]
    lower_bound: Annotated[bool, "合计为下限"]
    haulage: Annotated[tuple[Haulage, ...], "运输"]
    deadlines: Annotated[tuple[str, ...], "到位时限"]
    replaced: Annotated[tuple[str, ...], "原指令"]
    consequences: Annotated[tuple[str, ...], "后果"]
    remedies: Annotated[tuple[str, ...], "救济"]
    open_items: Annotated[tuple[str, ...], "待核实事项"]
    remarks: Annotated[tuple[str, ...], "说明"]
    board: Annotated[tuple[BoardItem, ...], "公示"]
    board_more: Annotated[int, "公示未列"]
    plans: Annotated[bool, "有备案措施"]


@cache
def names_of(kind: type) -> dict[str, str]:
    """The name of each value of a dataclass in a template, by field."""
    return {name: hint.__metadata__[0] for name, hint in get_type_hints(kind, include_extras=True).items()}


def context(value: Any) -> Any:
    """A document as a template sees it: Chinese names, clean text, lists."""
    if isinstance(value, OpenMatter):
        return plain(str(value))
    if is_dataclass(value) and not isinstance(value, type):
        return {said: context(getattr(value, name)) for name, said in names_of(type(value)).items()}
    if isinstance(value, tuple):
        return [context(item) for item in value]
    return plain(value) if isinstance(value, str) else value


# -- texts on their way into a document

_NOT_IN_NAMES: Final = re.compile(r'[\\/:*?"<>|%{}$`~\x00-\x1f\x7f]+')


def file_name(*parts: str, limit: int = 110) -> str:
    """A file or folder name of some parts: no path, nothing a system reserves, each part at most ``limit`` bytes."""
    kept = []
    for part in map(plain, parts):
        clean = "".join(char for char in part if unicodedata.category(char) not in ("Cf", "Cc", "Cs", "Co", "Cn"))
        clean = _NOT_IN_NAMES.sub("_", clean).strip(" ._")
        kept.append(clean.encode()[:limit].decode(errors="ignore").strip(" ._"))
    return "-".join(filter(None, kept)) or "_"


def spans(rows: Iterable[int | None]) -> str:
    """2至4、7 for rows 2, 3, 4 and 7; empty where none is known."""
    numbers = sorted({row for row in rows if row is not None})
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return "、".join(f"{first}" if first == last else f"{first}至{last}" for first, last in runs)
