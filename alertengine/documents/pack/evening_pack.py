"""What the papers of an evening say: plain values, and the Chinese names under which templates call them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final

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

#: What an open matter keeps back.
KEEPS_DRAFT, KEEPS_LOOK = "全部文书为草稿", "签发人须知悉"


@dataclass(frozen=True, slots=True)
class Transition:
    """A row of the record of warnings that the evening is about."""

    action: Annotated[str, "动作"]
    area: Annotated[str, "范围"]
    level: Annotated[str, "级别"]
    starts: Annotated[str, "开始"]
    ends: Annotated[str, "结束"]
    issued: Annotated[str, "发布时间"]
    primary: Annotated[str, "首要污染物"]
    reason: Annotated[str, "理由"]
    basis: Annotated[str, "依据"]
    lead: Annotated[str, "提前量"] = ""


@dataclass(frozen=True, slots=True)
class Matter:
    """What is open before the signature: what it keeps from going out, what settles it, the command and page for it."""

    text: Annotated[str, "内容"]
    keeps: Annotated[str, "影响"]
    settled_by: Annotated[str, "解决"]
    command: Annotated[str, "命令"] = ""
    address: Annotated[str, "页面"] = ""

    @classmethod
    def of(cls, one: OpenMatter, keeps: str) -> Matter:
        """An open matter with what it keeps back."""
        return cls(str(one), keeps, one.settled_by, one.command, one.address)


@dataclass(frozen=True, slots=True)
class Procedure:
    """What a rule says of a step: who, what, within which hours, on which ground of which standing."""

    step: Annotated[str, "环节"]
    actor: Annotated[str, "责任人"]
    text: Annotated[str, "内容"]
    due: Annotated[str, "时限"]
    basis: Annotated[str, "依据"]
    standing: Annotated[str, "文本性质"]


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """A line to sign: which step, and whose it is by the city's own rules; empty where none is on file."""

    step: Annotated[str, "环节"]
    actor: Annotated[str, "责任人"]
    due: Annotated[str, "时限"]


@dataclass(frozen=True, slots=True)
class Action:
    """A city-wide measure outside production; ``assumed``: no rule names its department."""

    group: Annotated[str, "类别"]
    text: Annotated[str, "内容"]
    where: Annotated[str, "地点"]
    department: Annotated[str, "部门"]
    basis: Annotated[str, "依据"]
    standing: Annotated[str, "文本性质"]
    assumed: Annotated[bool, "归口为推定"] = False


@dataclass(frozen=True, slots=True)
class RatioReached:
    """Kilograms a day reduced of a pollutant against the city's whole emission and the ratio required."""

    pollutant: Annotated[str, "污染物"]
    reduced: Annotated[str, "减排量"]
    whole: Annotated[str, "全社会排放量"]
    ratio: Annotated[str, "比例"]
    required: Annotated[str, "要求"]
    met: Annotated[str, "是否达到"]


@dataclass(frozen=True, slots=True)
class Count:
    """Enterprises (all; with an ordered line) and lines of a county or industry; kilograms a day of each pollutant.

    The four are never added up: a kilogram of one is not a kilogram of another.
    """

    name: Annotated[str, "名称"]
    enterprises: Annotated[int, "企业数"]
    bound: Annotated[int, "应执行企业"]
    lines: Annotated[int, "生产线数"]
    ordered: Annotated[int, "执行减排"]
    stopped: Annotated[int, "全停"]
    undetermined: Annotated[int, "依据缺失"]
    so2: Annotated[str, "二氧化硫"]
    nox: Annotated[str, "氮氧化物"]
    pm: Annotated[str, "颗粒物"]
    vocs: Annotated[str, "挥发性有机物"]


@dataclass(frozen=True, slots=True)
class Haul:
    """A demand on transport and how many enterprises and lines it is made of."""

    text: Annotated[str, "内容"]
    enterprises: Annotated[int, "企业数"]
    lines: Annotated[int, "生产线数"]


@dataclass(frozen=True, slots=True)
class Pack:
    """All that the papers of a city's evening may print; a ``department`` only on its task sheet.

    ``kind``: what is decided of the warning, one word for all areas, and ``verb`` of the response; ``decision`` the
    sentence that decides; ``before`` the level until then; ``released``: lines whose orders a lift ends; figures are of
    what holds from the decision on.
    """

    title: Annotated[str, "标题"]
    title_lines: Annotated[tuple[str, ...], "标题行"]
    public_title: Annotated[str, "公众标题"]
    mark: Annotated[str, "标记"]
    setting: Annotated[str, "场景"]
    kind: Annotated[str, "类型"]
    verb: Annotated[str, "动作词"]
    decision: Annotated[str, "决定"]
    ended: Annotated[bool, "终止"]
    city: Annotated[str, "城市"]
    level: Annotated[str, "级别"]
    before: Annotated[str, "原级别"]
    colour: Annotated[str, "颜色"]
    response: Annotated[str, "响应级别"]
    starts: Annotated[str, "开始"]
    ends: Annotated[str, "结束"]
    hours: Annotated[str, "响应时间"]
    tomorrow: Annotated[str, "首日"]
    primary: Annotated[str, "首要污染物"]
    transitions: Annotated[tuple[Transition, ...], "预警记录"]
    signatures: Annotated[tuple[SignatureLine, ...], "签署"]
    steps: Annotated[tuple[Procedure, ...], "程序"]
    start_rules: Annotated[tuple[Procedure, ...], "启动要求"]
    supervision: Annotated[tuple[Procedure, ...], "检查要求"]
    reporting: Annotated[tuple[Procedure, ...], "报告要求"]
    plan: Annotated[str, "应急预案"]
    issuer: Annotated[str, "发布机关"]
    consequences: Annotated[tuple[str, ...], "后果"]
    remedies: Annotated[tuple[str, ...], "救济"]
    open_matters: Annotated[tuple[str, ...], "未决事项"]
    left_out: Annotated[tuple[str, ...], "未计入"]
    matters: Annotated[tuple[Matter, ...], "未决"]
    release: Annotated[tuple[str, ...], "放行"]
    list_words: Annotated[str, "清单"]
    total: Annotated[Count, "合计"]
    released: Annotated[int, "终止执行"]
    exempt: Annotated[int, "豁免"]
    self_directed: Annotated[int, "自主减排"]
    shares: Annotated[tuple[RatioReached, ...], "减排比例"]
    counties: Annotated[tuple[Count, ...], "区县"]
    industries: Annotated[tuple[Count, ...], "行业"]
    haulage: Annotated[tuple[Haul, ...], "运输"]
    health: Annotated[tuple[Action, ...], "健康防护"]
    advisory: Annotated[tuple[Action, ...], "倡议"]
    mandatory: Annotated[tuple[Action, ...], "强制"]
    department: Annotated[str, "部门"] = ""
    tasks: Annotated[tuple[Action, ...], "任务"] = ()
    duties: Annotated[tuple[Procedure, ...], "职责"] = ()
    production: Annotated[bool, "列入工业"] = False
    transport: Annotated[bool, "列入运输"] = False
