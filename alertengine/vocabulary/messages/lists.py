"""The kinds of defect, once: how grave each is and how it is said, in English and in Chinese.

``message`` and ``expected`` stand in problems.csv, ``text`` and ``wanted`` are what an officer reads
in the marked workbook.  Words in braces are filled from the finding.
"""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.lists_reading import OF_READER, OTHER
from alertengine.vocabulary.messages.lists_whole import OF_WHOLE
from alertengine.vocabulary.messages.message import Message, Severity, error, finding, note
from alertengine.vocabulary.messages.outlines import OF_LISTS

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

KINDS: Final[dict[str, Message]] = (
    {
        # -- identity
        "line_twice": error(
            "the same line twice (first on {first})",
            "同一企业的同一生产线编号出现两次以上（首次在{first}）：{value}",
            "each line once",
            "每条生产线一行",
            title="同一生产线重复",
            stake="order",
        ),
        "line_repeated": note(
            "every cell but the line id is that of row {other}",
            "除生产线编号外与第{other}行完全相同，疑似重复登记",
            "each line once",
            "每条生产线一行",
            title="疑似重复行",
            stake="kilograms",
        ),
        "credit_code": error(
            "credit code wrong; kept as the id of the enterprise",
            "统一社会信用代码校验不通过：{value}",
            "18 characters with the check character of GB 32100-2015",
            "18位，校验位符合GB 32100-2015",
            title="信用代码有误",
            stake="recipient",
        ),
        "no_code": note(
            "no credit code",
            "未填统一社会信用代码，暂以城市和企业名称编号",
            "18 characters",
            "补填18位统一社会信用代码",
            title="缺信用代码",
            stake="recipient",
        ),
        "name_two_codes": error(
            "the enterprise has another code on row {other}: {value_there}",
            "同一企业名称另有信用代码{value_there}（第{other}行）",
            "one code an enterprise",
            "一家企业一个信用代码",
            title="一企多码",
            stake="recipient",
        ),
        "code_two_names": error(
            "the code has another name on row {other}: {value_there}",
            "同一信用代码另有企业名称“{value_there}”（第{other}行）",
            "one name a code",
            "一个信用代码一家企业",
            title="一码多企",
            stake="recipient",
        ),
        "enterprise_contradicts": finding(
            "the lines of the enterprise differ: {value_there} on row {other}",
            "同一企业各生产线填写不一致：第{other}行为“{value_there}”",
            "one value an enterprise",
            "同一企业各行填写一致",
            title="企业各线矛盾",
            stake="order",
        ),
        "no_name": error(
            "no enterprise name", "未填企业名称", "企业名称", "企业全称", title="缺企业名称", stake="recipient"
        ),
        "no_city": error(
            "no city: no law of a city applies to the line",
            "未填城市，无法适用地方规定",
            "城市",
            "设区市名称",
            title="缺城市",
            stake="order",
        ),
        "industry_unknown": finding(
            "not on file: no rule that asks for it can be ruled out ({count} lines)",
            "行业“{value}”不在目录内（{count}条生产线），凡涉及行业的规则均不能排除",
            "a name on file{perhaps}",
            "目录内的名称{perhaps}",
            title="行业不在目录",
            stake="order",
        ),
        "process_unknown": finding(
            "not on file: no rule that asks for it can be ruled out ({count} lines)",
            "工序“{value}”不在目录内（{count}条生产线），凡涉及工序的规则均不能排除",
            "a name on file{perhaps}",
            "目录内的名称{perhaps}",
            title="工序不在目录",
            stake="order",
        ),
        "county_unknown": finding(
            "no county of its city on file; kept as it stands ({count} lines)",
            "“{value}”不是该市的区县（{count}条生产线），按原文保留，没有一个区县的规定适用于它",
            "a name on file{perhaps}",
            "目录内的名称{perhaps}",
            title="区县不在目录",
            stake="order",
        ),
        "named_lists_unknown": finding(
            "not on file: no rule that asks for it can be ruled out ({count} lines)",
            "名单“{value}”不在目录内（{count}条生产线），凡涉及名单的规则均不能排除",
            "a name on file{perhaps}",
            "目录内的名称{perhaps}",
            title="名单不在目录",
            stake="order",
        ),
        "city_unknown": finding(
            "city not on file; kept as it stands, no law of a city applies to it ({count} lines)",
            "城市“{value}”不在目录内（{count}条生产线），按原文保留，没有一个市的规定适用于它",
            "a name on file{perhaps}",
            "目录内的名称{perhaps}",
            title="城市不在目录",
            stake="order",
        ),
        "no_line_id": note(
            "no line id on {count} lines; numbered by their order in the enterprise",
            "{count}条生产线未填编号，按企业内顺序编号",
            "an id unique in the enterprise",
            "企业内唯一的编号",
            title="缺生产线编号",
            stake="order",
        ),
        "no_lines": note(
            "an enterprise row without lines ({share} of the enterprises have none)",
            "只有企业一行，未列生产线和工序（占全部企业{share}）",
            "one row per production line",
            "一条生产线一行",
            title="未分生产线",
            stake="order",
        ),
        # -- cells
        "bad_cell": error(
            "cannot be read; counts as unknown",
            "无法识别“{value}”，按未知处理",
            "{expected}",
            "{expected}",
            title="无法识别",
            stake="order",
        ),
        "negative": error(
            "negative; counts as unknown",
            "数值为负：{value}，按未知处理",
            "{expected}",
            "{expected}",
            title="负数",
            stake="kilograms",
        ),
        "contradiction": error(
            "contradicts 长期停产 in the grade column; counts as unknown",
            "与等级栏“长期停产”矛盾，按未知处理",
            "是",
            "是",
            title="前后矛盾",
            stake="order",
        ),
        "industry_outside": note(
            "not one of the industries of the guide ({count} lines)",
            "“{value}”不在指南重点行业内（{count}条生产线），分级措施不适用",
            "an industry of the guide, or a filed measure at every level",
            "核对行业名称；确属其他行业的，各级别均须有备案措施",
            title="行业不在指南内",
            stake="order",
        ),
        "grade_not_in_use": error(
            "grade not in use in the industry {industry}",
            "{industry}行业不使用{value}级",
            "{expected}",
            "{expected}",
            title="等级不适用",
            stake="order",
        ),
        "guarantee_assumed": note(
            "民生豁免 in the grade column, guarantee taken as 其他 ({count} lines)",
            "等级栏写有民生豁免，保障类型暂按“其他”（{count}条生产线）",
            "a guarantee class",
            "填写保障类型",
            title="保障类型推定",
            stake="order",
        ),
        "note_left_out": note(
            "a note or a sum, not a line: left out",
            "备注、签名或图例，不是表中的行，未计入：{value}",
            "",
            "",
            title="未计入的行",
        ),
        # -- amounts
        "absurd": error(
            "more than a line can emit: counts as unknown",
            "单条生产线排放量不可能这样大，按未知处理",
            "at most {expected} kg/d, perhaps {near:or}",
            "不超过{expected}千克/日，或许是{near:or}",
            title="排放量过大",
            stake="kilograms",
        ),
        "unit_off": finding(
            "{factor} its {peers} peers, perhaps a wrong unit: counts as unknown",
            "约为同行业同工序{peers}条生产线的{factor}，疑似单位有误，按未知处理",
            "about {expected}, perhaps {near:or}",
            "约{expected}，或许是{near:or}",
            title="疑似单位错误",
            stake="kilograms",
        ),
        "yearly_365": note(
            "yearly emissions divided by 365 days where the production days are unknown ({count} lines)",
            "年生产天数未知，年排放量按365天折算（{count}条生产线）",
            "days a year",
            "年生产天数",
            title="年排放量按365天折算",
            stake="kilograms",
        ),
        "missing_figure": note(
            "unknown, and the kilograms are counted from it",
            "未填或未知，减排量无法核算",
            "{expected}",
            "{expected}",
            title="缺核算数据",
            stake="kilograms",
        ),
        # -- what rules need
        "missing": note(
            "unknown, and the order depends on it",
            "未填或未知，减排指令取决于此项",
            "{expected}",
            "{expected}",
            title="缺规则所需信息",
            stake="order",
        ),
        "column_absent": note(
            "no such column, and {count} lines depend on it",
            "清单没有“{field}”一列，{count}条生产线的指令取决于此项",
            "a column {field}",
            "补充“{field}”列",
            title="缺列",
            stake="order",
        ),
        "no_ground": finding(
            "neither a rule nor a filed measure says what to do",
            "既无规定也无备案措施，预警时无依据可执行",
            "a filed measure",
            "填写备案减排措施",
            title="无措施依据",
            stake="order",
        ),
    }
    | OF_WHOLE
    | OF_LISTS
)

#: Kinds of the reader whose cells ``check`` finds itself, one by one.
FOUND_AGAIN: Final = frozenset({"plan_unread", "plan_share", "no_code", "code_two_names", "name_two_codes"})

MESSAGES: Final = KINDS | OF_READER | OTHER
