"""The codes of the field and their Chinese names: levels, pollutants, statuses, regimes, measures; yes and no."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal


class Level(StrEnum):
    """Warning level; ``none`` is what binds without a warning."""

    NONE = "none"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"

    @property
    def rank(self) -> int:
        """0 for none, 3 for red: a higher rank is a graver level."""
        return list(Level).index(self)


LEVEL_TEXT: Final = {"none": "无预警", "yellow": "黄色", "orange": "橙色", "red": "红色"}
LEVEL_CLASS: Final = {"none": "", "yellow": "Ⅲ级", "orange": "Ⅱ级", "red": "Ⅰ级"}
#: The numeral of each level in every writing: Ⅰ级, I级, 一级, 1级响应 are of red.
LEVEL_NUMERALS: Final = {
    "yellow": ("Ⅲ", "III", "三", "3"), "orange": ("Ⅱ", "II", "二", "2"), "red": ("Ⅰ", "I", "一", "1"),
}  # fmt: skip
#: Colours of the four warning levels as screens and prints show them.
LEVEL_COLOUR: Final = {"none": "#8a8f98", "yellow": "#f5c400", "orange": "#f57f17", "red": "#c62828"}
#: Shape beside colour: a level is never told by colour alone.
LEVEL_MARK: Final = {"none": "○", "yellow": "▲", "orange": "◆", "red": "■"}


def marked(level: str) -> str:
    """A level as shape and word, ``■ 红色``; what is no level stays as it is."""
    return f"{LEVEL_MARK[level]} {LEVEL_TEXT[level]}" if level in LEVEL_MARK else level


POLLUTANTS: Final = ("so2", "nox", "pm", "vocs")
POLLUTANT_TEXT: Final = {"so2": "SO₂", "nox": "NOₓ", "pm": "颗粒物", "vocs": "VOCs"}

#: Ambient pollutants of the AQI, with the unit a concentration is given in.
AMBIENT: Final = {"pm25": "µg/m³", "pm10": "µg/m³", "so2": "µg/m³", "no2": "µg/m³", "co": "mg/m³", "o3": "µg/m³"}
AMBIENT_TEXT: Final = {"pm25": "PM2.5", "pm10": "PM10", "so2": "SO2", "no2": "NO2", "co": "CO", "o3": "O3"}
#: AQI classes, with the highest index of each (HJ 633, table of classes; both editions agree).
AQI_CLASSES: Final = (
    ("优", 50),
    ("良", 100),
    ("轻度污染", 150),
    ("中度污染", 200),
    ("重度污染", 300),
    ("严重污染", 500),
)


class Status(StrEnum):
    """What became of a line's production; the earlier prevails when regimes differ."""

    ORDERED = "ordered"
    UNDETERMINED = "undetermined"
    SELF_DIRECTED = "self_directed"
    EXEMPT = "exempt"
    NONE = "none"


STATUS_TEXT: Final = {
    "ordered": "执行减排",
    "undetermined": "依据缺失",
    "self_directed": "自主减排",
    "exempt": "豁免",
    "none": "无要求",
}

Regime = Literal["always", "season", "adverse_weather", "warning"]
#: ``adverse_weather`` is the response below yellow (不利气象条件应对): it holds while no colour does.
REGIMES: Final[tuple[Regime, ...]] = ("always", "season", "adverse_weather", "warning")
REGIME_TEXT: Final = {
    "always": "日常",
    "season": "错峰生产",
    "adverse_weather": "不利气象条件应对",
    "warning": "预警响应",
}

#: What a run is for: ``live`` binds, a ``simulation`` or ``drill`` never does.
Setting = Literal["live", "simulation", "drill"]
MODE_TEXT: Final = {"live": "正式", "drill": "演练", "simulation": "推演"}

Standing = Literal["primary", "secondary", "third_party_code", "inferred"]
#: How far a text was read, best first: ``third_party_code`` is what only a program of others transcribes.
STANDINGS: Final[tuple[Standing, ...]] = ("primary", "secondary", "third_party_code", "inferred")
STANDING_TEXT: Final = {
    "primary": "官方文本",
    "secondary": "转载或报道",
    "third_party_code": "第三方程序抄录",
    "inferred": "推定",
}

Track = Literal["production", "transport", "site", "advice"]


@dataclass(frozen=True, slots=True)
class MeasureWord:
    """One measure of the language: its code, its Chinese name and the track it acts on."""

    code: str
    text: str
    track: Track = "production"


MEASURES: Final[dict[str, MeasureWord]] = {
    word.code: word
    for word in (
        MeasureWord("stop", "停产"),
        MeasureWord("limit", "限产"),
        MeasureWord("stop_share", "部分停产"),
        MeasureWord("stop_units", "停运设备"),
        MeasureWord("coking_time", "延长结焦时间"),
        MeasureWord("feed_cap", "限制投料量"),
        MeasureWord("cycle_cap", "限制炉次"),
        MeasureWord("emission_cap", "限制排放浓度"),
        MeasureWord("bank", "焖炉"),
        MeasureWord("demand_cap", "按核定负荷生产"),
        MeasureWord("filed", "执行备案措施"),
        MeasureWord("vehicle_ban", "禁止车辆运输", "transport"),
        MeasureWord("vehicle_quota", "限制车辆数量", "transport"),
        MeasureWord("self_directed", "自主减排"),
        MeasureWord("advice", "建议", "advice"),
        MeasureWord("lapsed", "仅供参考", "advice"),
        MeasureWord("refer", "由地方方案规定"),
        MeasureWord("exempt", "豁免"),
        MeasureWord("none", "不要求停限产"),
    )
}

ACTION_TEXT: Final = {
    "issue": "发布",
    "extend": "延长",
    "raise": "升级",
    "lower": "降级",
    "lift": "解除",
    "advise": "提示",
}
#: What a decision does that the record has by another action: takes back a warning before its start, or a level
#: announced for later, so that what holds goes on; and does to several areas that is not the same for all.
CANCEL, STAY, CHANGE = "cancel", "stay", "change"
#: What is decided of a warning, and what of the response to it: a warning is issued and lifted, a response begun and
#: ended.
DECISION_TEXT: Final = {**ACTION_TEXT, CANCEL: "取消", STAY: "维持", CHANGE: "调整"}
RESPONSE_TEXT: Final = {**DECISION_TEXT, "issue": "启动", "lift": "终止"}

#: What the evidence says of a day; the earlier is the graver.
VERDICT_TEXT: Final = {"breached": "违反", "doubtful": "疑似", "complied": "落实", "no_evidence": "证据不足"}

#: What stands of an order that was given.
ORDER_STATE_TEXT: Final = {"stands": "有效", "cut": "提前结束", "replaced": "被取代或不具效力"}


def level_words(code: str) -> str:
    """Ⅰ级（红色） for ``red``; empty without a warning."""
    return f"{LEVEL_CLASS[code]}（{LEVEL_TEXT[code]}）" if LEVEL_CLASS.get(code) else ""


#: How far a draft has come, and what is done with one.
STAGE_TEXT: Final = {
    "drafted": "待审核", "reviewed": "待批准", "returned": "已退回", "approved": "已批准，待发布",
    "withdrawn": "已撤回", "issued": "已发布",
}  # fmt: skip
DRAFT_STEP_TEXT: Final = {
    "drafted": "拟稿", "reviewed": "审核", "approved": "批准", "issued": "发布", "withdrawn": "撤回",
    "replaced": "重拟",
}  # fmt: skip

#: The words of an answer.
YES_NO: Final = {True: "是", False: "否"}
#: Of a fact that nobody has stated.
UNKNOWN_WORD: Final = "未知"
#: Whether a required reduction is reached, by the answer of a summary; ``open`` while a season lasts.
MET_TEXT: Final = {"yes": "达到", "no": "未达到", "unknown": "无法判定", "open": "进行中"}
