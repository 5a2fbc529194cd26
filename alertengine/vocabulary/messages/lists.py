"""The kinds of defect, once: how grave each is and how it is said, in English and in Chinese.

``message`` and ``expected`` stand in problems.csv, ``text`` and ``wanted`` are what an officer reads
in the marked workbook.  Words in braces are filled from the finding.
"""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, Severity, error, phrase

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


KINDS: Final[dict[str, Message]] = {
    # -- identity
    "line_twice": Message(
        "error",
        "the same line twice (first on {first})",
        "同一企业的同一生产线编号出现两次以上（首次在{first}）：{value}",
        "each line once",
        "每条生产线一行",
        title="同一生产线重复",
        stake="order",
    ),
    "line_repeated": Message(
        "warning",
        "every cell but the line id is that of row {other}",
        "除生产线编号外与第{other}行完全相同，疑似重复登记",
        "each line once",
        "每条生产线一行",
        title="疑似重复行",
        stake="kilograms",
    ),
    "credit_code": Message(
        "error",
        "credit code wrong; kept as the id of the enterprise",
        "统一社会信用代码校验不通过：{value}",
        "18 characters with the check character of GB 32100-2015",
        "18位，校验位符合GB 32100-2015",
        title="信用代码有误",
        stake="recipient",
    ),
    "no_code": Message(
        "warning",
        "no credit code",
        "未填统一社会信用代码，暂以城市和企业名称编号",
        "18 characters",
        "补填18位统一社会信用代码",
        title="缺信用代码",
        stake="recipient",
    ),
    "name_two_codes": Message(
        "error",
        "the enterprise has another code on row {other}: {value_there}",
        "同一企业名称另有信用代码{value_there}（第{other}行）",
        "one code an enterprise",
        "一家企业一个信用代码",
        title="一企多码",
        stake="recipient",
    ),
    "code_two_names": Message(
        "error",
        "the code has another name on row {other}: {value_there}",
        "同一信用代码另有企业名称“{value_there}”（第{other}行）",
        "one name a code",
        "一个信用代码一家企业",
        title="一码多企",
        stake="recipient",
    ),
    "no_name": Message(
        "error", "no enterprise name", "未填企业名称", "企业名称", "企业全称", title="缺企业名称", stake="recipient"
    ),
    "no_city": Message(
        "error",
        "no city: no law of a city applies to the line",
        "未填城市，无法适用地方规定",
        "城市",
        "设区市名称",
        title="缺城市",
        stake="order",
    ),
    "city_unknown": Message(
        "warning",
        "city not on file",
        "城市“{value}”不在目录内，按原文保留",
        "a city on file",
        "设区市全称",
        title="城市不在目录",
        stake="order",
    ),
    "no_line_id": Message(
        "warning",
        "no line id on {count} lines; numbered by their order in the enterprise",
        "{count}条生产线未填编号，按企业内顺序编号",
        "an id unique in the enterprise",
        "企业内唯一的编号",
        title="缺生产线编号",
        stake="order",
    ),
    "no_lines": Message(
        "warning",
        "an enterprise row without lines ({share} of the enterprises have none)",
        "只有企业一行，未列生产线和工序（占全部企业{share}）",
        "one row per production line",
        "一条生产线一行",
        title="未分生产线",
        stake="order",
    ),
    # -- cells
    "bad_cell": Message(
        "error",
        "cannot be read; counts as unknown",
        "无法识别“{value}”，按未知处理",
        "{expected}",
        "{expected}",
        title="无法识别",
        stake="order",
    ),
    "negative": Message(
        "error",
        "negative; counts as unknown",
        "数值为负：{value}，按未知处理",
        "{expected}",
        "{expected}",
        title="负数",
        stake="kilograms",
    ),
    "contradiction": Message(
        "error",
        "contradicts 长期停产 in the grade column; counts as unknown",
        "与等级栏“长期停产”矛盾，按未知处理",
        "是",
        "是",
        title="前后矛盾",
        stake="order",
    ),
    "industry_outside": Message(
        "warning",
        "not one of the industries of the guide ({count} lines)",
        "“{value}”不在指南重点行业内（{count}条生产线），分级措施不适用",
        "an industry of the guide, or a filed measure at every level",
        "核对行业名称；确属其他行业的，各级别均须有备案措施",
        title="行业不在指南内",
        stake="order",
    ),
    "grade_not_in_use": Message(
        "error",
        "grade not in use in the industry {industry}",
        "{industry}行业不使用{value}级",
        "{expected}",
        "{expected}",
        title="等级不适用",
        stake="order",
    ),
    "guarantee_assumed": Message(
        "warning",
        "民生豁免 in the grade column, guarantee taken as 其他 ({count} lines)",
        "等级栏写有民生豁免，保障类型暂按“其他”（{count}条生产线）",
        "a guarantee class",
        "填写保障类型",
        title="保障类型推定",
        stake="order",
    ),
    "note_left_out": Message(
        "warning",
        "a note or a sum, not a line: left out",
        "非生产线数据（备注或合计），未计入：{value}",
        "",
        "",
        title="未计入的行",
    ),
    # -- amounts
    "absurd": Message(
        "error",
        "more than a line can emit",
        "单条生产线排放量{value}千克/日，超出合理范围",
        "at most {expected} kg/d",
        "不超过{expected}千克/日",
        title="排放量过大",
        stake="kilograms",
    ),
    "unit_off": Message(
        "finding",
        "{factor} its {peers} peers, perhaps a wrong unit",
        "约为同行业同工序{peers}条生产线的{factor}，疑似单位有误",
        "about {expected}",
        "约{expected}",
        title="疑似单位错误",
        stake="kilograms",
    ),
    "yearly_365": Message(
        "warning",
        "yearly emissions divided by 365 days where the production days are unknown ({count} lines)",
        "年生产天数未知，年排放量按365天折算（{count}条生产线）",
        "days a year",
        "年生产天数",
        title="年排放量按365天折算",
        stake="kilograms",
    ),
    "missing_figure": Message(
        "warning",
        "unknown, and the kilograms are counted from it",
        "未填或未知，减排量无法核算",
        "{expected}",
        "{expected}",
        title="缺核算数据",
        stake="kilograms",
    ),
    # -- what rules need
    "missing": Message(
        "warning",
        "unknown, and the order depends on it",
        "未填或未知，减排指令取决于此项",
        "{expected}",
        "{expected}",
        title="缺规则所需信息",
        stake="order",
    ),
    "column_absent": Message(
        "warning",
        "no such column, and {count} lines depend on it",
        "清单没有“{field}”一列，{count}条生产线的指令取决于此项",
        "a column {field}",
        "补充“{field}”列",
        title="缺列",
        stake="order",
    ),
    "no_ground": Message(
        "finding",
        "neither a rule nor a filed measure says what to do",
        "既无规定也无备案措施，预警时无依据可执行",
        "a filed measure",
        "填写备案减排措施",
        title="无措施依据",
        stake="order",
    ),
    # -- plans
    "plan_unread": Message(
        "warning",
        "filed measure not read, kept as text",
        "未能从文字中确定减排比例，按原文保留",
        "stop, limit N %, stop N % by line …",
        "停产、限产N%、停产N%（以生产线计）等，或填写减排比例",
        title="措施未能读出",
        stake="kilograms",
    ),
    "plan_share": Message(
        "warning",
        "stated share differs from the filed measure; the stated one holds",
        "填写的比例{value}与措施文字（{expected}）不符，以填写的为准",
        "{expected} by the text",
        "{expected}",
        title="比例与措施不符",
        stake="kilograms",
    ),
    "share_fraction": Message(
        "warning",
        "every share is at most 1 %: per cent is meant here, not a fraction",
        "减排比例均不超过1，按百分数理解",
        "0 to 100",
        "0至100",
        title="比例疑似小数",
        stake="kilograms",
    ),
    "a_grade_stop": Message(
        "finding",
        "the plan stops a line of grade {grade}",
        "{grade}级企业自主减排，备案措施却为停产限产：{value}",
        "a self-directed measure",
        "自主减排措施",
        title="自主减排企业被停限产",
        stake="order",
    ),
    "plan_below_rule": Message(
        "finding",
        "the filed measure asks less than the rules",
        "备案措施轻于规定：{value}",
        "{measure} ({rules})",
        "{measure}（{rules}）",
        title="措施轻于规定",
        stake="order",
    ),
    "plan_order": Message(
        "finding",
        "weaker than the measure at {lower}",
        "轻于{lower:level}预警的措施（{expected}）",
        "at least {expected}",
        "不轻于{expected}",
        title="高级别措施更轻",
        stake="order",
    ),
    # -- the whole list
    "totals": Message(
        "error",
        "unknown sector, row left out",
        "部门不能识别，该行未计入：{value}",
        "{sectors:space}",
        "{sectors}",
        title="全社会排放表有误",
        stake="ratio",
    ),
    "totals_missing": Message(
        "warning",
        "no city totals: the ratio was not checked",
        "没有{value}的全社会排放量，无法核对减排比例",
        "a table of city totals",
        "补充全社会排放量表",
        title="缺全社会排放量",
        stake="ratio",
    ),
    "listed_above_totals": Message(
        "finding",
        "the listed lines emit more {pollutant} than the industry of {city}: {value} kg/d",
        "{city}清单企业{pollutant}排放量合计{value}千克/日，超出全市工业排放量",
        "at most {expected} kg/d",
        "不超过{expected}千克/日",
        title="清单排放量超出总量",
        stake="ratio",
    ),
    "ratio_missed": Message(
        "finding",
        "{city} {level}: {pollutant} reaches {value}, not the required ratio",
        "{city}{level:level}预警{pollutant}减排{value}，未达到要求",
        "{expected} ({basis})",
        "{expected}（{basis}）",
        title="减排比例未达到",
        stake="ratio",
    ),
    "ratio_open": Message(
        "warning",
        "{city} {level}: {pollutant} reaches at least {value}, some shares are unknown",
        "{city}{level:level}预警{pollutant}至少减排{value}，部分措施比例未知",
        "{expected} ({basis})",
        "{expected}（{basis}）",
        title="减排比例无法判定",
        stake="ratio",
    ),
    # -- permits
    "permit_not_listed": Message(
        "finding",
        "an air-emitting permit holder is not on the list",
        "涉气持证企业“{value}”未列入清单",
        "every such enterprise listed",
        "列入清单",
        title="持证企业未列入清单",
        stake="order",
    ),
    "listed_without_permit": Message(
        "finding",
        "on the list, but not in the permit file",
        "清单企业“{value}”不在排污许可名录中",
        "a permit",
        "核实排污许可证",
        title="清单企业无排污许可",
        stake="order",
    ),
    "permit_differs": Message(
        "finding",
        "the permit file says otherwise",
        "与排污许可信息不一致：{value}",
        "{expected}",
        "{expected}",
        title="与排污许可不符",
        stake="recipient",
    ),
}

#: What the reader says of the list as a whole; ``check`` counts it under a kind above.
_OF_READER: Final[dict[str, Message]] = {
    "line_again": Message(
        "error",
        "the same line stands again below",
        "同一生产线在下面重复出现：{value}",
        "each line once",
        "每条生产线一行",
        kind="line_twice",
        title="同一生产线重复",
        stake="order",
    ),
    "no_codes": Message(
        "warning",
        "no credit code on {count} lines; the enterprise goes by the code its name has elsewhere or by an id made of "
        "city and name",
        "{count}条生产线没有信用代码：取同名企业的代码，没有的以城市加名称为标识",
        kind="no_code",
    ),
    "city_kept": Message(
        "warning", "city not on file; kept as it stands", "城市不在规则库中，照原样保留", kind="city_unknown"
    ),
    "notes_left_out": Message(
        "warning",
        "{count} more notes or sums left out",
        "另有{count}行备注或合计未计入",
        kind="note_left_out",
        title="未计入的行",
    ),
    "plans_unread": Message(
        "warning",
        "filed measure not read, kept as text ({count} lines)",
        "备案措施未能读出，按文字保留（{count}条生产线）",
        kind="plan_unread",
    ),
    "plans_ditto": Message(
        "warning",
        "filed measure points to another and is read as that one ({count} lines)",
        "备案措施写作同上或同其他级别，按所指的措施理解（{count}条生产线）",
        "{meant}",
        "{meant}",
        kind="plan_unread",
    ),
    "plans_share": Message(
        "warning",
        "stated share differs from the filed measure, the stated one holds ({count} lines)",
        "所填比例与备案措施文字不同，按所填比例（{count}条生产线）",
        "{share} by the text",
        "文字为{share}",
        kind="plan_share",
    ),
    "totals_sums": Message(
        "warning",
        "{count} rows of sums left out of the city totals",
        "全社会排放表中{count}行合计未计入",
        kind="totals",
        title="全社会排放表有误",
        stake="ratio",
    ),
    "totals_city": Message(
        "error",
        "no city, row left out",
        "全社会排放表一行没有城市，未计入",
        kind="totals",
        title="全社会排放表有误",
        stake="ratio",
    ),
    "changed_since": Message(
        "error",
        "changed after it was published on {day}: counts as a draft",
        "{day}发布后改动，按草稿处理",
        "the file as published, or a new version by lists publish",
        "发布时的文件，或用lists publish另发布新版本",
        kind="bad_cell",
        title="无法识别",
        stake="order",
    ),
}

#: Kinds of the reader whose cells ``check`` finds itself, one by one.
FOUND_AGAIN: Final = frozenset({"plan_unread", "plan_share", "no_code", "city_unknown"})

#: Problems that refuse a list, and the words that stand in others.
_OTHER: Final[dict[str, Message]] = {
    "emissions_missing": error(
        "no column of emissions", "没有排放量列", "SO2排放量(千克/日) …", "SO2排放量(千克/日)等"
    ),
    "totals_twice": error("the same city and sector twice", "同一城市和部门重复"),
    "not_a_version": error("not a list version", "不是清单版本文件", "{names:space}", "{names}"),
    "unknown_city": error("no such city", "没有这个城市", "{names:space}", "{names}"),
    "no_line": error("no lines", "没有生产线", "at least one line", "至少一条生产线"),
    "permits_without_names": error(
        "no column of names or codes",
        "没有企业名称或信用代码列",
        "企业名称 or 统一社会信用代码",
        "企业名称或统一社会信用代码",
    ),
    "too_long_for_sheet": error("too long for a sheet", "行数超出工作表上限", "problems.csv", "problems.csv"),
    "mass_units": phrase("千克/日 (kg/d) or 吨/年 (t/a)", "千克/日（kg/d）或吨/年（t/a）"),
    "row_alone": phrase("row {row}", "第{row}行"),
    "row_of_sheet": phrase("row {row} of {sheet}", "“{sheet}”第{row}行"),
    "a_text": phrase("a text", "文字"),
    "times_as_much": phrase("{factor} times", "{factor}倍"),
    "part_of": phrase("{factor} times", "{factor}"),
}

MESSAGES: Final = KINDS | _OF_READER | _OTHER
