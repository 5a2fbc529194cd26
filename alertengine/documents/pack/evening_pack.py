"""What the papers of an evening say: plain values, and the Chinese names under which templates call them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from alertengine.documents.open_matters import OpenMatter


class Paper(StrEnum):
    """The papers made from a Word template; the value is the template's file name without suffix."""

    APPROVAL = "approval"
    NOTICE = "notice"
    TASK = "task"
    REPORT = "report"
    DAILY = "daily"


#: The name of each paper in the folder of a city; a task sheet's with its department, the report's with what is done.
FILES: Final = {
    Paper.APPROVAL: "01-预警审批表.docx",
    Paper.NOTICE: "02-应急响应通知.docx",
    Paper.TASK: "03-部门任务单/{}.docx",
    Paper.REPORT: "06-{}情况报告.docx",
    Paper.DAILY: "08-每日情况报告表.docx",
}
PUBLIC_TEXT, SMS_TEXT, NIGHT_BOOK, CONTENTS = "04-公众提示.txt", "05-短信.txt", "07-夜间检查清单.xlsx", "00-目录.txt"


@dataclass(frozen=True, slots=True)
class Transition:
    """A row of the record of warnings that the evening is about."""

    action: str
    area: str
    level: str
    starts: str
    ends: str
    issued: str
    primary: str
    reason: str
    basis: str
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Matter:
    """What is open before the signature: what it keeps from going out, what settles it, the command and page for it."""

    text: str
    keeps: str
    settled_by: str
    command: str = ""
    address: str = ""

    @classmethod
    def of(cls, one: OpenMatter, keeps: str) -> Matter:
        """An open matter with what it keeps back."""
        return cls(str(one), keeps, one.settled_by, one.command, one.address)


@dataclass(frozen=True, slots=True)
class Procedure:
    """What a rule says of a step: who, what, within which hours, on which ground of which standing."""

    step: str
    actor: str
    text: str
    due: str
    basis: str
    standing: str


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """A line to sign: which step, and whose it is by the city's own rules; empty where none is on file."""

    step: str
    actor: str
    due: str


@dataclass(frozen=True, slots=True)
class Action:
    """A city-wide measure outside production; ``assumed``: no rule names its department."""

    group: str
    text: str
    where: str
    department: str
    basis: str
    standing: str
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class RatioReached:
    """Kilograms a day reduced of a pollutant against the city's whole emission and the ratio required."""

    pollutant: str
    reduced: str
    whole: str
    ratio: str
    required: str
    met: str


@dataclass(frozen=True, slots=True)
class Count:
    """Enterprises (all; with an ordered line) and lines of a county or industry; kilograms a day of each pollutant.

    The four are never added up: a kilogram of one is not a kilogram of another.
    """

    name: str
    enterprises: int
    bound: int
    lines: int
    ordered: int
    stopped: int
    undetermined: int
    so2: str
    nox: str
    pm: str
    vocs: str


@dataclass(frozen=True, slots=True)
class Haul:
    """A demand on transport and how many enterprises and lines it is made of."""

    text: str
    enterprises: int
    lines: int


@dataclass(frozen=True, slots=True)
class Pack:
    """All that the papers of a city's evening may print; a ``department`` only on its task sheet.

    ``kind``: 发布, 升级, 降级, 延长, 解除 or 取消; ``decision`` the sentence that decides; ``before`` the level until
    then; ``released``: lines whose orders a lift ends; figures are of what holds from the decision on.
    """

    title: str
    title_lines: tuple[str, ...]
    public_title: str
    mark: str
    setting: str
    kind: str
    verb: str
    decision: str
    ended: bool
    city: str
    level: str
    before: str
    colour: str
    response: str
    starts: str
    ends: str
    hours: str
    tomorrow: str
    primary: str
    transitions: tuple[Transition, ...]
    signatures: tuple[SignatureLine, ...]
    steps: tuple[Procedure, ...]
    start_rules: tuple[Procedure, ...]
    supervision: tuple[Procedure, ...]
    reporting: tuple[Procedure, ...]
    plan: str
    issuer: str
    consequences: tuple[str, ...]
    remedies: tuple[str, ...]
    open_matters: tuple[str, ...]
    left_out: tuple[str, ...]
    matters: tuple[Matter, ...]
    release: tuple[str, ...]
    list_words: str
    total: Count
    released: int
    exempt: int
    self_directed: int
    shares: tuple[RatioReached, ...]
    counties: tuple[Count, ...]
    industries: tuple[Count, ...]
    haulage: tuple[Haul, ...]
    health: tuple[Action, ...]
    advisory: tuple[Action, ...]
    mandatory: tuple[Action, ...]
    department: str = ""
    tasks: tuple[Action, ...] = ()
    duties: tuple[Procedure, ...] = ()
    production: bool = False
    transport: bool = False


#: The name of each value in a template.
NAMES: Final = {
    "title": "标题",
    "title_lines": "标题行",
    "public_title": "公众标题",
    "mark": "标记",
    "setting": "场景",
    "kind": "类型",
    "verb": "动作词",
    "decision": "决定",
    "ended": "终止",
    "city": "城市",
    "level": "级别",
    "before": "原级别",
    "colour": "颜色",
    "response": "响应级别",
    "starts": "开始",
    "ends": "结束",
    "hours": "响应时间",
    "tomorrow": "首日",
    "primary": "首要污染物",
    "transitions": "预警记录",
    "action": "动作",
    "area": "范围",
    "issued": "发布时间",
    "reason": "理由",
    "basis": "依据",
    "signatures": "签署",
    "step": "环节",
    "actor": "责任人",
    "due": "时限",
    "steps": "程序",
    "start_rules": "启动要求",
    "supervision": "检查要求",
    "reporting": "报告要求",
    "text": "内容",
    "standing": "文本性质",
    "plan": "应急预案",
    "issuer": "发布机关",
    "consequences": "后果",
    "remedies": "救济",
    "open_matters": "未决事项",
    "left_out": "未计入",
    "matters": "未决",
    "keeps": "影响",
    "settled_by": "解决",
    "address": "页面",
    "command": "命令",
    "release": "放行",
    "lead": "提前量",
    "list_words": "清单",
    "total": "合计",
    "released": "终止执行",
    "exempt": "豁免",
    "self_directed": "自主减排",
    "shares": "减排比例",
    "pollutant": "污染物",
    "reduced": "减排量",
    "whole": "全社会排放量",
    "ratio": "比例",
    "required": "要求",
    "met": "是否达到",
    "counties": "区县",
    "industries": "行业",
    "name": "名称",
    "enterprises": "企业数",
    "bound": "应执行企业",
    "lines": "生产线数",
    "ordered": "执行减排",
    "stopped": "全停",
    "undetermined": "依据缺失",
    "so2": "二氧化硫",
    "nox": "氮氧化物",
    "pm": "颗粒物",
    "vocs": "挥发性有机物",
    "haulage": "运输",
    "health": "健康防护",
    "advisory": "倡议",
    "mandatory": "强制",
    "group": "类别",
    "where": "地点",
    "department": "部门",
    "assumed": "归口为推定",
    "tasks": "任务",
    "duties": "职责",
    "production": "列入工业",
    "transport": "列入运输",
}
