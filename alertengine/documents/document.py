"""What a document says: plain values, and the Chinese names under which a Word template calls them.

A template written by a bureau says ``{{ 企业名称 }}`` and ``{%tr for 行 in 生产线 %}``; the names are
:data:`NAMES`, explained for those who edit templates in ``templates/README.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Any, Final

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

    level: str
    starts: str
    ends: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What the record of warnings says of the warning behind an order."""

    action: str
    issued: str
    primary: str
    reason: str
    basis: str


@dataclass(frozen=True, slots=True)
class LineItem:
    """A row of the table of lines."""

    line: str
    line_id: str
    process: str
    grade: str
    status: str
    measure: str
    share: str
    starts: str
    ends: str
    so2: str
    nox: str
    pm: str
    vocs: str
    grounds: str
    remark: str


@dataclass(frozen=True, slots=True)
class ChangeItem:
    """A row of the table of changes."""

    change: str
    what: str
    line: str
    line_id: str
    process: str
    before: str
    now: str
    starts: str
    ends: str
    grounds: str


@dataclass(frozen=True, slots=True)
class Haulage:
    """What is asked of transport, and for which lines."""

    lines: str
    text: str


@dataclass(frozen=True, slots=True)
class BoardItem:
    """A row of the plant's board: lines that do the same; the filed plans where a list was given."""

    lines: str
    process: str
    grade: str
    measure: str
    period: str
    yellow: str
    orange: str
    red: str


@dataclass(frozen=True, slots=True)
class Totals:
    """Kilograms a day by pollutant, of the first phase of every line."""

    so2: str
    nox: str
    pm: str
    vocs: str


@dataclass(frozen=True, slots=True)
class OrderPaper:
    """All that the templates of one enterprise may print."""

    title: str
    mark: str
    draft: bool
    setting: str
    reasons: tuple[OpenMatter, ...]
    release: tuple[str, ...]
    document_id: str
    enterprise: str
    enterprise_id: str
    city: str
    county: str
    industry: str
    grade: str
    contact: str
    phone: str
    issuer: str
    competent: str
    level: str
    starts: str
    ends: str
    alerts: tuple[WarningSpan, ...]
    over: str
    cancelled: bool
    notices: tuple[Notice, ...]
    list_version: str
    list_state: str
    list_rows: str
    grounds: tuple[str, ...]
    lines: tuple[LineItem, ...]
    changes: tuple[ChangeItem, ...]
    totals: Totals
    lower_bound: bool
    haulage: tuple[Haulage, ...]
    deadlines: tuple[str, ...]
    replaced: tuple[str, ...]
    consequences: tuple[str, ...]
    remedies: tuple[str, ...]
    open_items: tuple[str, ...]
    remarks: tuple[str, ...]
    board: tuple[BoardItem, ...]
    board_more: int
    plans: bool


#: The name of each value in a template.
NAMES: Final = {
    "title": "标题",
    "mark": "标记",
    "draft": "是草稿",
    "setting": "场景",
    "reasons": "草稿原因",
    "release": "签发决定",
    "document_id": "指令编号",
    "enterprise": "企业名称",
    "enterprise_id": "统一社会信用代码",
    "city": "城市",
    "county": "区县",
    "industry": "行业",
    "grade": "绩效等级",
    "contact": "联系人",
    "phone": "联系电话",
    "issuer": "发布机关",
    "competent": "有权机关",
    "level": "级别",
    "starts": "开始",
    "ends": "结束",
    "alerts": "预警",
    "over": "终止说明",
    "cancelled": "取消",
    "notices": "预警记录",
    "action": "动作",
    "issued": "发布时间",
    "primary": "首要污染物",
    "reason": "理由",
    "basis": "依据文件",
    "list_version": "清单版本",
    "list_state": "清单状态",
    "list_rows": "清单行号",
    "grounds": "依据",
    "lines": "生产线",
    "changes": "变更",
    "line": "名称",
    "line_id": "编号",
    "process": "工序",
    "status": "状态",
    "measure": "措施",
    "share": "减排比例",
    "so2": "二氧化硫",
    "nox": "氮氧化物",
    "pm": "颗粒物",
    "vocs": "挥发性有机物",
    "remark": "备注",
    "change": "类型",
    "what": "事项",
    "before": "原要求",
    "now": "现要求",
    "totals": "合计",
    "lower_bound": "合计为下限",
    "haulage": "运输",
    "text": "要求",
    "deadlines": "到位时限",
    "replaced": "原指令",
    "consequences": "后果",
    "remedies": "救济",
    "open_items": "待核实事项",
    "remarks": "说明",
    "board": "公示",
    "board_more": "公示未列",
    "plans": "有备案措施",
    "period": "时段",
    "yellow": "黄色",
    "orange": "橙色",
    "red": "红色",
}


def context(value: Any, names: Mapping[str, str] = NAMES) -> Any:
    """A document as a template sees it: Chinese names, clean text, lists."""
    if isinstance(value, OpenMatter):
        return plain(str(value))
    if is_dataclass(value):
        return {names[field.name]: context(getattr(value, field.name), names) for field in fields(value)}
    if isinstance(value, tuple):
        return [context(item, names) for item in value]
    return plain(value) if isinstance(value, str) else value
