"""The kinds of defect, once: how grave each is and how it is said, in English and in Chinese.

``message`` and ``expected`` stand in problems.csv, ``text`` and ``wanted`` are what an officer reads
in the marked workbook.  Words in braces are filled from the finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["error", "warning", "finding"]
#: What a defect touches: the order itself, its kilograms, who receives it, or the city's ratio.
Stake = Literal["order", "kilograms", "recipient", "ratio", ""]

#: The severities, gravest first: an error is wrong for certain, a finding needs a person's decision, a
#: warning is worth knowing and leaves the exit status at 0.
SEVERITIES: Final[tuple[Severity, ...]] = ("error", "finding", "warning")
SEVERITY_TEXT: Final = {"error": "错误", "finding": "须人工判断", "warning": "提示"}
#: Colour of a marked cell by severity (RGB).
SEVERITY_COLOUR: Final = {"error": "FFC7CE", "finding": "FFD966", "warning": "DDEBF7"}
STAKE_TEXT: Final = {
    "order": "减排指令",
    "kilograms": "减排量",
    "recipient": "指令送达对象",
    "ratio": "减排比例",
    "": "",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of defect: its Chinese title, severity, stake and sentences."""

    title: str
    severity: Severity
    stake: Stake
    message: str
    expected: str
    text: str
    wanted: str


_SAID = "{message}"  # what the reader of the list said itself

KINDS: Final[dict[str, Kind]] = {
    # -- identity
    "line_twice": Kind(
        "同一生产线重复",
        "error",
        "order",
        _SAID,
        "{expected}",
        "同一企业的同一生产线编号出现两次以上：{value}",
        "每条生产线一行",
    ),
    "line_repeated": Kind(
        "疑似重复行",
        "warning",
        "kilograms",
        "every cell but the line id is that of row {other}",
        "each line once",
        "除生产线编号外与第{other}行完全相同，疑似重复登记",
        "每条生产线一行",
    ),
    "credit_code": Kind(
        "信用代码有误",
        "error",
        "recipient",
        _SAID,
        "{expected}",
        "统一社会信用代码校验不通过：{value}",
        "18位，校验位符合GB 32100-2015",
    ),
    "no_code": Kind(
        "缺信用代码",
        "warning",
        "recipient",
        "no credit code",
        "18 characters",
        "未填统一社会信用代码，暂以城市和企业名称编号",
        "补填18位统一社会信用代码",
    ),
    "name_two_codes": Kind(
        "一企多码",
        "error",
        "recipient",
        "the enterprise has another code on row {other}: {value_there}",
        "one code an enterprise",
        "同一企业名称另有信用代码{value_there}（第{other}行）",
        "一家企业一个信用代码",
    ),
    "code_two_names": Kind(
        "一码多企",
        "error",
        "recipient",
        "the code has another name on row {other}: {value_there}",
        "one name a code",
        "同一信用代码另有企业名称“{value_there}”（第{other}行）",
        "一个信用代码一家企业",
    ),
    "no_name": Kind("缺企业名称", "error", "recipient", _SAID, "{expected}", "未填企业名称", "企业全称"),
    "no_city": Kind("缺城市", "error", "order", _SAID, "{expected}", "未填城市，无法适用地方规定", "设区市名称"),
    "city_unknown": Kind(
        "城市不在目录",
        "warning",
        "order",
        "city not on file",
        "a city on file",
        "城市“{value}”不在目录内，按原文保留",
        "设区市全称",
    ),
    "no_line_id": Kind(
        "缺生产线编号",
        "warning",
        "order",
        _SAID,
        "an id unique in the enterprise",
        "未填生产线编号，按企业内顺序编号",
        "企业内唯一的编号",
    ),
    "no_lines": Kind(
        "未分生产线",
        "warning",
        "order",
        "an enterprise row without lines ({share} of the enterprises have none)",
        "one row per production line",
        "只有企业一行，未列生产线和工序（占全部企业{share}）",
        "一条生产线一行",
    ),
    # -- cells
    "bad_cell": Kind("无法识别", "error", "order", _SAID, "{expected}", "无法识别“{value}”，按未知处理", "{wanted}"),
    "negative": Kind(
        "负数",
        "error",
        "kilograms",
        "negative; counts as unknown",
        "{expected}",
        "数值为负：{value}，按未知处理",
        "{wanted}",
    ),
    "contradiction": Kind(
        "前后矛盾", "error", "order", _SAID, "{expected}", "与等级栏“长期停产”矛盾，按未知处理", "{expected}"
    ),
    "industry_outside": Kind(
        "行业不在指南内",
        "warning",
        "order",
        "not one of the industries of the guide ({count} lines)",
        "an industry of the guide, or a filed measure at every level",
        "“{value}”不在指南重点行业内（{count}条生产线），分级措施不适用",
        "核对行业名称；确属其他行业的，各级别均须有备案措施",
    ),
    "grade_not_in_use": Kind(
        "等级不适用",
        "error",
        "order",
        "grade not in use in the industry {industry}",
        "{expected}",
        "{industry}行业不使用{value}级",
        "{expected}",
    ),
    "guarantee_assumed": Kind(
        "保障类型推定",
        "warning",
        "order",
        _SAID,
        "a guarantee class",
        "等级栏写有民生豁免，保障类型暂按“其他”",
        "填写保障类型",
    ),
    "note_left_out": Kind("未计入的行", "warning", "", _SAID, "", "非生产线数据（备注或合计），未计入", ""),
    # -- amounts
    "absurd": Kind(
        "排放量过大",
        "error",
        "kilograms",
        "more than a line can emit",
        "at most {expected} kg/d",
        "单条生产线排放量{value}千克/日，超出合理范围",
        "不超过{expected}千克/日",
    ),
    "unit_off": Kind(
        "疑似单位错误",
        "finding",
        "kilograms",
        "{factor} times its {peers} peers, perhaps a wrong unit",
        "about {expected}",
        "约为同行业同工序{peers}条生产线的{factor_text}，疑似单位有误",
        "约{expected}",
    ),
    "yearly_365": Kind(
        "年排放量按365天折算",
        "warning",
        "kilograms",
        _SAID,
        "{expected}",
        "年生产天数未知，年排放量按365天折算",
        "年生产天数",
    ),
    "missing_figure": Kind(
        "缺核算数据",
        "warning",
        "kilograms",
        "unknown, and the kilograms are counted from it",
        "{expected}",
        "未填或未知，减排量无法核算",
        "{wanted}",
    ),
    # -- what rules need
    "missing": Kind(
        "缺规则所需信息",
        "warning",
        "order",
        "unknown, and the order depends on it",
        "{expected}",
        "未填或未知，减排指令取决于此项",
        "{wanted}",
    ),
    "column_absent": Kind(
        "缺列",
        "warning",
        "order",
        "no such column, and {count} lines depend on it",
        "a column {field}",
        "清单没有“{field}”一列，{count}条生产线的指令取决于此项",
        "补充该列",
    ),
    "no_ground": Kind(
        "无措施依据",
        "finding",
        "order",
        "neither a rule nor a filed measure says what to do",
        "a filed measure",
        "既无规定也无备案措施，预警时无依据可执行",
        "填写备案减排措施",
    ),
    # -- plans
    "plan_unread": Kind(
        "措施未能读出",
        "warning",
        "kilograms",
        "filed measure not read, kept as text",
        "stop, limit N %, stop N % by line …",
        "未能从文字中确定减排比例，按原文保留",
        "停产、限产N%、停产N%（以生产线计）等，或填写减排比例",
    ),
    "plan_share": Kind(
        "比例与措施不符",
        "warning",
        "kilograms",
        "stated share differs from the filed measure; the stated one holds",
        "{expected} by the text",
        "填写的比例{value}与措施文字（{expected}）不符，以填写的为准",
        "{expected}",
    ),
    "share_fraction": Kind(
        "比例疑似小数", "warning", "kilograms", _SAID, "{expected}", "减排比例均不超过1，按百分数理解", "0至100"
    ),
    "a_grade_stop": Kind(
        "自主减排企业被停限产",
        "finding",
        "order",
        "the plan stops a line of grade {grade}",
        "a self-directed measure",
        "{grade}级企业自主减排，备案措施却为停产限产：{value}",
        "自主减排措施",
    ),
    "plan_below_rule": Kind(
        "措施轻于规定",
        "finding",
        "order",
        "the filed measure asks less than the rules",
        "{measure} ({rules})",
        "备案措施轻于规定：{value}",
        "{measure}（{rules}）",
    ),
    "plan_order": Kind(
        "高级别措施更轻",
        "finding",
        "order",
        "weaker than the measure at {lower}",
        "at least {expected}",
        "轻于{lower_text}预警的措施（{expected}）",
        "不轻于{expected}",
    ),
    # -- the whole list
    "totals": Kind("全社会排放表有误", "error", "ratio", _SAID, "{expected}", "全社会排放表：{value}", "{expected}"),
    "totals_missing": Kind(
        "缺全社会排放量",
        "warning",
        "ratio",
        "no city totals: the ratio was not checked",
        "a table of city totals",
        "没有{value}的全社会排放量，无法核对减排比例",
        "补充全社会排放量表",
    ),
    "listed_above_totals": Kind(
        "清单排放量超出总量",
        "finding",
        "ratio",
        "the listed lines emit more {pollutant} than the city's industry: {value} kg/d",
        "at most {expected} kg/d",
        "{city}清单企业{pollutant}排放量合计{value}千克/日，超出全市工业排放量",
        "不超过{expected}千克/日",
    ),
    "ratio_missed": Kind(
        "减排比例未达到",
        "finding",
        "ratio",
        "{city} {level}: {pollutant} reaches {value}, not the required ratio",
        "{expected} ({rule})",
        "{city}{level_text}预警{pollutant}减排{value}，未达到要求",
        "{expected}（{basis}）",
    ),
    "ratio_open": Kind(
        "减排比例无法判定",
        "warning",
        "ratio",
        "{city} {level}: {pollutant} reaches at least {value}, some shares are unknown",
        "{expected} ({rule})",
        "{city}{level_text}预警{pollutant}至少减排{value}，部分措施比例未知",
        "{expected}（{basis}）",
    ),
    # -- permits
    "permit_not_listed": Kind(
        "持证企业未列入清单",
        "finding",
        "order",
        "an air-emitting permit holder is not on the list",
        "every such enterprise listed",
        "涉气持证企业“{value}”未列入清单",
        "列入清单",
    ),
    "listed_without_permit": Kind(
        "清单企业无排污许可",
        "finding",
        "order",
        "on the list, but not in the permit file",
        "a permit",
        "清单企业“{value}”不在排污许可名录中",
        "核实排污许可证",
    ),
    "permit_differs": Kind(
        "与排污许可不符",
        "finding",
        "recipient",
        "the permit file says otherwise",
        "{expected}",
        "与排污许可信息不一致：{value}",
        "{expected}",
    ),
}

#: Kinds of the reader whose cells ``check`` finds itself, one by one.
FOUND_AGAIN: Final = frozenset({"plan_unread", "plan_share", "no_code", "city_unknown"})
