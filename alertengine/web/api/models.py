"""What the interface answers: every field with what it means and its unit.  Times are ISO 8601 with zone."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Generic, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from alertengine.vocabulary import (
    ACTION_TEXT,
    FLAGS,
    LEVEL_TEXT,
    ORDER_COLUMNS,
    STANDING_TEXT,
    STATUS_TEXT,
    WARNING_COLUMNS,
    Setting,
    plain,
)

Level = Literal["none", "yellow", "orange", "red"]
StatusCode = Literal["ordered", "undetermined", "self_directed", "exempt", "none"]
Action = Literal["issue", "extend", "raise", "lower", "lift", "advise"]
T = TypeVar("T")

_STANDINGS: Final = "、".join(f"{code}＝{text}" for code, text in STANDING_TEXT.items())
_LEVELS: Final = "、".join(f"{code}＝{text}" for code, text in LEVEL_TEXT.items())
_STATUSES: Final = "、".join(f"{code}＝{text}" for code, text in STATUS_TEXT.items())
_ACTIONS: Final = "、".join(f"{code}＝{text}" for code, text in ACTION_TEXT.items())
_SHARE: Final = "0 至 1"
_KG: Final = "千克/日；无法核算时为 null"


def _of_order(name: str, more: str = "", **said: Any) -> Any:
    return Field(description=f"{ORDER_COLUMNS[name]}{f'：{more}' if more else ''}", **said)


def _of_warning(name: str, more: str = "", **said: Any) -> Any:
    return Field(description=f"{WARNING_COLUMNS[name]}{f'：{more}' if more else ''}", **said)


class Answer(BaseModel):
    """Base of all answers: nothing in them that is not described."""

    model_config = ConfigDict(extra="forbid")


class Health(Answer):
    """Whether the service runs, and what it stands on."""

    status: Literal["ok"] = Field(description="服务状态")
    version: str = Field(description="程序版本")
    rulebook: str = Field(description="规则库指纹：规则文件的 SHA-256，64 位十六进制")
    acts: int = Field(ge=0, description="台账条数")
    last_act_at: datetime | None = Field(description="台账最后一条的记录时间；台账为空时为 null")


class ActiveWarning(Answer):
    """One place under one level from when to when."""

    warning_id: str = _of_warning("warning_id")
    city: str = Field(description="城市")
    county: str = Field(description="区县；空为全市，单列的区县除外")
    level: Level = Field(description=f"预警级别：{_LEVELS}")
    level_text: str = Field(description="预警级别，中文")
    starts: datetime = Field(description="此级别开始时间")
    ends: datetime | None = Field(description="此级别结束时间；null 为另行通知")
    since: datetime = Field(description="本次预警最早启动时间，响应时长由此计")


class Warnings(Answer):
    """Warnings as the ledger knew them at a time."""

    at: datetime = Field(description="查询时刻；未给出时为当前时刻，取整到分")
    active: list[ActiveWarning] = Field(description="该时刻生效中的预警")
    upcoming: list[ActiveWarning] = Field(description="该时刻已发布、尚未开始的预警")


class Transition(Answer):
    """One change of a warning as it was issued."""

    warning_id: str = _of_warning("warning_id")
    city: str = _of_warning("city")
    counties: list[str] = _of_warning("counties", "空为全市")
    action: Action = _of_warning("action", _ACTIONS)
    level: Level | None = _of_warning("level", f"{_LEVELS}；解除和提示时可为 null")
    starts: datetime = _of_warning("starts")
    ends: datetime | None = _of_warning("ends", "null 为另行通知")
    issued: datetime | None = _of_warning("issued")
    primary: str = _of_warning("primary", "不详时为空")
    grading: str = _of_warning("grading", "规则编号")
    basis: str = _of_warning("basis")
    reason: str = _of_warning("reason")


class Ratio(Answer):
    """What the orders of an act come to in one city for one pollutant."""

    city: str = Field(description="城市")
    county: str = Field(description="区县；空为全市")
    level: Level = Field(description=f"预警级别：{_LEVELS}")
    pollutant: Literal["so2", "nox", "pm", "vocs"] = Field(description="污染物")
    warning: float | None = Field(description=f"预警措施减排占全社会排放量的比例，{_SHARE}；未知为 null")
    with_season: float | None = Field(description=f"含错峰生产的减排比例，{_SHARE}；未知为 null")
    required: float | None = Field(description=f"要求的减排比例，{_SHARE}；未载明为 null")
    met: Literal["yes", "no", "unknown"] = Field(description="是否达到：yes＝达到、no＝未达到、unknown＝无法判定")
    basis: str = Field(description="要求的依据")


class ActSummary(Answer):
    """One act of warnings and orders."""

    act: int = Field(ge=1, description="台账序号")
    title: str = Field(description="标题")
    mode: Setting = Field(description="live＝正式发布、simulation＝推演、drill＝演练")
    binding: bool = Field(description="是否有约束力：正式发布且未被更正")
    issued_at: datetime = Field(description="发布时间")
    recorded_at: datetime = Field(description="记入台账时间")
    corrects: int | None = Field(description="更正的是哪一条；没有则为 null")
    corrected_by: int | None = Field(description="被哪一条更正；没有则为 null")
    approved_by_office: str = Field(description="批准人职务；不含姓名")
    orders: int = Field(ge=0, description="指令行数")
    hash: str = Field(description="本条哈希，SHA-256")


class OpenProblem(Answer):
    """A defect of an input that an act was issued with; the value itself may be a person's and is not told."""

    code: str = Field(description="问题代码，稳定")
    file: str = Field(description="文件名")
    sheet: str = Field(description="工作表；没有则为空")
    row: int | None = Field(description="行；没有则为 null")
    column: str = Field(description="列；没有则为空")


class Released(Answer):
    """That a person let the papers of an act go out although matters were open."""

    act: int = Field(ge=1, description="放行决定的台账序号")
    released_at: datetime = Field(description="决定时间")
    by_office: str = Field(description="决定人职务；不含姓名")
    reason: str = Field(description="理由")
    documents: int = Field(ge=0, description="放行的文书份数")


def _said(text: str) -> str:
    """A reason on one line; one of signs that nobody sees is none."""
    if not (said := plain(text)):
        raise PydanticCustomError("missing", "nothing is said")
    return said


class ReleaseAsked(Answer):
    """What is asked where papers are to go out although matters are open."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(_said)] = Field(
        description="具名放行的理由，写入每份文书和台账"
    )


class Later(Answer):
    """What holds of a city from a moment on: its response, and what the lines of the list come to."""

    city: str = Field(description="城市")
    at: datetime | None = Field(description="数字所指的时刻；单凭清单的指令没有预警，为 null")
    decision: Action | Literal["cancel", "stay", "change"] | None = Field(
        description=f"所依据的决定：{_ACTIONS}、cancel＝取消、stay＝原定的调整不再执行、"
        "change＝各区县的决定不同；没有则为 null"
    )
    level: Level = Field(description=f"执行的级别，各区县不同时为最高：{_LEVELS}")
    level_text: str = Field(description="执行的级别，中文")
    since: datetime | None = Field(description="此状态开始时间")
    ends: datetime | None = Field(description="此状态结束时间；null 为另行通知或没有预警")
    enterprises: int = Field(ge=0, description="企业数")
    lines: int = Field(ge=0, description="生产线数")
    ordered: int = Field(ge=0, description="执行减排的生产线")
    stopped: int = Field(ge=0, description="全停的生产线")
    undetermined: int = Field(ge=0, description="依据缺失的生产线")
    exempt: int = Field(ge=0, description="豁免的生产线")
    self_directed: int = Field(ge=0, description="自主减排的生产线")
    so2_kg_d: float = Field(description=f"{ORDER_COLUMNS['so2_kg_d']}，千克/日；算不出的按 0 计")
    nox_kg_d: float = Field(description=f"{ORDER_COLUMNS['nox_kg_d']}，千克/日；算不出的按 0 计")
    pm_kg_d: float = Field(description=f"{ORDER_COLUMNS['pm_kg_d']}，千克/日；算不出的按 0 计")
    vocs_kg_d: float = Field(description=f"{ORDER_COLUMNS['vocs_kg_d']}，千克/日；算不出的按 0 计")


class Standing(Later):
    """What holds of a city, and what is decided to follow."""

    then: Later | None = Field(description="已决定的下一次变更起的状态；没有则为 null")


class StandingNow(Answer):
    """What the orders of all acts come to at a time."""

    at: datetime = Field(description="查询时刻；未给出时为当前时刻，取整到分")
    acts: list[int] = Field(description="所依据的各条，台账序号")
    cities: list[Standing] = Field(description="各城市；没有有效指令时为空")


class ActDetail(ActSummary):
    """An act with what it rests on and comes to."""

    previous: str = Field(description="上一条哈希，SHA-256")
    reason: str = Field(description="更正或推演的理由；没有则为空")
    rulebook: str = Field(description="推理所用规则库的指纹")
    list_version: str = Field(description="企业清单版本")
    list_status: str = Field(description="企业清单状态：published＝已发布、draft＝草稿；不详为空")
    ratios: list[Ratio] = Field(description="各城市各污染物的减排比例；缺全社会排放量时为空")
    in_force: list[Standing] = Field(description="作出决定时各城市执行的，和决定的变更生效起的")
    problems: list[OpenProblem] = Field(description="发布时输入文件中尚须核对之处；没有则为空")
    releases: list[Released] = Field(description="经人决定签发草稿文书的记录；没有则为空")


class Order(Answer):
    """One row of orders: what one production line does in one phase, as it was issued."""

    act: int = Field(ge=1, description="台账序号")
    order_id: str = _of_order("order_id", "一条生产线一个阶段一个编号")
    city: str = _of_order("city")
    county: str = _of_order("county")
    enterprise_id: str = _of_order("enterprise_id")
    enterprise: str = _of_order("enterprise", "个体工商户名称属个人信息，写作（个人信息）")
    line_id: str = _of_order("line_id")
    line: str = _of_order("line")
    industry: str = _of_order("industry")
    process: str = _of_order("process")
    grade: str = _of_order("grade", "清单所列；未知为空")
    effective_grade: str = _of_order("effective_grade", "未知为空")
    level: Level = _of_order("level", _LEVELS)
    starts: datetime = _of_order("starts")
    ends: datetime | None = _of_order("ends", "不含此刻；null 为另行通知")
    phase: str = _of_order("phase", "自预警启动起的小时数，如 0-120")
    measure: list[str] = _of_order("measure", "一项或多项")
    share: float | None = _of_order("share", f"{_SHARE}；无法核算时为 null")
    measure_text: str = _of_order("measure_text")
    so2_kg_d: float | None = _of_order("so2_kg_d", _KG)
    nox_kg_d: float | None = _of_order("nox_kg_d", _KG)
    pm_kg_d: float | None = _of_order("pm_kg_d", _KG)
    vocs_kg_d: float | None = _of_order("vocs_kg_d", _KG)
    transport: str = _of_order("transport", "没有则为空")
    rules: list[str] = _of_order("rules", "规则编号")
    set_aside: list[str] = _of_order("set_aside", "规则编号")
    basis: str = _of_order("basis")
    standing: str = _of_order("standing", f"{_STANDINGS}；没有则为空")
    status: StatusCode = _of_order("status", _STATUSES)
    status_text: str = Field(description="状态，中文")
    hangs_on: list[str] = _of_order("hangs_on", "填上后可能改变指令的未知字段")
    remark: str = _of_order("remark")
    flags: list[str] = _of_order("flags", "、".join(f"{code}＝{text}" for code, text in FLAGS.items()))


class EnterpriseOrder(Order):
    """An order of an enterprise, with what later acts left of it."""

    state: Literal["stands", "cut", "replaced"] = Field(
        description="stands＝照原样有效、cut＝因后来的指令提前结束、replaced＝已被后来的指令取代"
    )
    holds_until: datetime | None = Field(
        description="实际结束时间，考虑后来的指令；null 为另行通知；state 为 replaced 时同 starts"
    )


class Reason(Answer):
    """One reason and those beneath it."""

    text: str = Field(description="理由，中文")
    below: list[Reason] = Field(default_factory=list, description="下一层理由")


class Change(Answer):
    """Facts that would have led to a lighter order."""

    text: str = Field(description="若是怎样，中文")
    status: StatusCode = Field(description=f"会得到的状态：{_STATUSES}")
    share: float | None = Field(description=f"会得到的减排比例，{_SHARE}；无法核算时为 null")


class Explanation(Answer):
    """Why a line got its order: recomputed from the files the act rests on, by the law of its day."""

    act: int = Field(ge=1, description="台账序号")
    order_id: str = Field(description="指令编号")
    enterprise_id: str = Field(description="统一社会信用代码")
    line_id: str = Field(description="生产线编号")
    phases: list[Reason] = Field(description="该生产线各阶段的理由，按时间先后")
    lighter: list[Change] = Field(description="哪些事实不同会得到更轻的指令")


class Page(Answer, Generic[T]):
    """Some items of a list; the next ones by ``after``."""

    items: list[T] = Field(description="本页")
    total: int = Field(ge=0, description="符合条件的总数")
    next: int | None = Field(description="下一页的 after；null 为没有下一页")


class Code(Answer):
    """One code of a problem."""

    code: str = Field(description="错误代码")
    status: int = Field(description="HTTP 状态码")
    title: str = Field(description="含义，中文")
    advice: str = Field(description="怎样改正，中文")


class Codes(Answer):
    """All codes."""

    problems: list[Code] = Field(description="全部错误代码")
