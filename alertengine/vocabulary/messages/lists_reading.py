"""What reading a list says of it, beside the kinds of defects that ``check`` looks for."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, error, finding, note, phrase

#: What the reader says of the list as a whole; ``check`` counts it under a kind above.
OF_READER: Final[dict[str, Message]] = {
    "column_unit_doubted": finding(
        "a column without a unit that is not in kg/d (its middle value is {middle}): counts as unknown ({count} lines)",
        "列名未写单位，按千克/日不合情理（中位数{middle}），按未知处理（{count}条生产线）",
        "the unit in the header, perhaps {unit}",
        "在列名中写明单位，或许是{unit}",
        kind="unit_off",
        title="疑似单位错误",
        stake="kilograms",
    ),
    "totals_unit_doubted": finding(
        "{city} {pollutant}: the industry's total and the listed lines ({listed} kg/d) are not of one unit: no ratio",
        "{city}{pollutant}工业排放总量与清单企业合计（{listed}千克/日）不是同一单位，总量按未知处理，不计算比例",
        "both in kg/d, or a unit in the header",
        "都用千克/日，或在列名中写明单位",
        kind="listed_above_totals",
        title="清单排放量超出总量",
        stake="ratio",
    ),
    "decision_not_listed": finding(
        "decision {number}: no such enterprise or line on the list",
        "决定{number}所指的企业或生产线不在清单上",
        "{expected}",
        "{expected}",
        kind="bad_cell",
        title="无法识别",
        stake="order",
    ),
    "an_enterprise_listed": phrase(
        "an enterprise of the list, by credit code or name", "清单上的企业（信用代码或名称）"
    ),
    "decision_code_and_name": finding(
        "decision {number}: the code is that of {names:or}, the name is another; counted for the code",
        "决定{number}的信用代码属于{names:or}，而名称不同：按信用代码计入",
        "code and name of one enterprise",
        "同一企业的代码和名称",
        kind="bad_cell",
        title="代码与名称不符",
        stake="order",
    ),
    "decision_of_several_plants": finding(
        "decision {number}: several enterprises of the list answer to it, {names}; counted for each",
        "决定{number}在清单上有多家企业相符：{names}；各家均计入",
        "the credit code beside the name; of one code in two cities the city, name or line of one of them",
        "同时写明信用代码；两市代码相同的，写明其中一家的城市、名称或生产线编号",
        kind="bad_cell",
        title="有多家企业相符",
        stake="order",
    ),
    "line_again": error(
        "the same line stands again below",
        "同一生产线在下面重复出现：{value}",
        "each line once",
        "每条生产线一行",
        kind="line_twice",
        title="同一生产线重复",
        stake="order",
    ),
    "lines_alike": finding(
        "a line id that differs from {there} ({place}) of {who} in width, space, case or zeros alone: the same line?",
        "{who}的生产线编号与{place}的“{there}”只差全半角、空格、大小写或前导零：是否同一生产线？",
        "one spelling of each id",
        "每条生产线一行，编号写法一致",
        kind="line_twice",
        title="疑似同一生产线重复",
        stake="order",
    ),
    "days_unread": finding(
        "a column that is not read and may say until when a decision binds",
        "该列未读取，可能写明决定的起止",
        "one of {names}, or a header without a day",
        "{names}之一；与起止无关的，请改表头",
        kind="bad_cell",
        title="日期列未读取",
        stake="order",
    ),
    "decision_ends_differ": error(
        "{number} stands at {place} with another end; both count",
        "{number}在{place}的终止与此不同；两行都计入",
        "one end of each decision, in one row",
        "同一决定一行，只有一个终止日期",
        kind="bad_cell",
        title="同一决定的终止不同",
        stake="order",
    ),
    "header_nearly": finding(
        "a column that is not read, perhaps {near}",
        "该列未读取，或许是“{near}”",
        "the header of the field, or tables map --field (=nothing: not read)",
        "该栏的表头，或用tables map --field说明（等号后留空为不读）",
        kind="bad_cell",
        title="表头疑似",
        stake="order",
    ),
    "no_codes": note(
        "no credit code on {count} lines; the enterprise goes by the code its name has elsewhere or by an id made of "
        "city and name",
        "{count}条生产线没有信用代码：取同名企业的代码，没有的以城市加名称为标识",
        kind="no_code",
    ),
    "wrong_code_shared": error(
        "a wrong credit code that several names have: counts as unknown",
        "信用代码有误且为多个企业名称共用，按未知处理：{value}",
        "the code of each",
        "各企业自己的代码",
        kind="credit_code",
        title="信用代码有误",
        stake="recipient",
    ),
    "code_on_two_names": error(
        "one credit code on two names: in one city taken for one enterprise",
        "同一信用代码有两个企业名称，同一城市的按同一企业处理",
        "one enterprise; {place} says {there}",
        "同一企业；{place}为{there}",
        kind="code_two_names",
        title="一码多企",
        stake="recipient",
    ),
    "name_under_two_codes": error(
        "one name under two credit codes: taken for two enterprises",
        "同一企业名称有两个信用代码，按两家企业处理",
        "one enterprise; {place} says {there}",
        "同一企业；{place}为{there}",
        kind="name_two_codes",
        title="一企多码",
        stake="recipient",
    ),
    "notes_left_out": note(
        "{count} more notes or sums left out", "另有{count}行备注或合计未计入", kind="note_left_out", title="未计入的行"
    ),
    "plans_unread": note(
        "filed measure not read, kept as text ({count} lines)",
        "备案措施未能读出，按文字保留（{count}条生产线）",
        kind="plan_unread",
    ),
    "plans_ditto": note(
        "filed measure points to another and is read as that one ({count} lines)",
        "备案措施写作同上或同其他级别，按所指的措施理解（{count}条生产线）",
        "{meant}",
        "{meant}",
        kind="plan_unread",
    ),
    "plan_number": finding(
        "the same number of machines on {count} lines of the enterprise: for all together, or for each line",
        "同一台数在本企业{count}条生产线重复填写，合计停还是每条线各停未载明：{value}",
        "whose number it is: 全厂停2台 or 每条线停2台",
        "写明全厂停2台或每条线停2台",
        kind="plan_unread",
    ),
    "plans_share": note(
        "stated share differs from the filed measure, the stated one holds ({count} lines)",
        "所填比例与备案措施文字不同，按所填比例（{count}条生产线）",
        "{share} by the text",
        "文字为{share}",
        kind="plan_share",
    ),
    "totals_sums": note(
        "{count} rows of sums left out of the city totals",
        "全社会排放表中{count}行合计未计入",
        kind="totals",
        title="全社会排放表有误",
        stake="ratio",
    ),
    "totals_city_unknown": finding(
        "city not on file: its totals are those of no list",
        "城市“{value}”不在目录内，其总量不属于任何清单",
        "a name on file{perhaps}",
        "目录内的名称{perhaps}",
        kind="totals",
        title="全社会排放表有误",
        stake="ratio",
    ),
    "totals_city": error(
        "no city, row left out",
        "全社会排放表一行没有城市，未计入",
        kind="totals",
        title="全社会排放表有误",
        stake="ratio",
    ),
    "changed_since": error(
        "changed after it was published on {day}: counts as a draft",
        "{day}发布后改动，按草稿处理",
        "the file as published, or a new version by lists publish",
        "发布时的文件，或用lists publish另发布新版本",
        kind="bad_cell",
        title="无法识别",
        stake="order",
    ),
}

#: Problems that refuse a list, and the words that stand in others.
OTHER: Final[dict[str, Message]] = {
    "emissions_missing": error(
        "no column of emissions", "没有排放量列", "SO2排放量(千克/日) …", "SO2排放量(千克/日)等"
    ),
    "totals_twice": error("the same city and sector twice", "同一城市和部门重复"),
    "not_a_version": error("not a list version", "不是清单版本文件", "{names:space}", "{names}"),
    "unknown_city": error("no such city", "没有这个城市", "{names:space}", "{names}"),
    "no_line": error("no lines", "没有生产线", "at least one line", "至少一条生产线"),
    "permit_city_unknown": error(
        "no known city ({count} holders): they are looked for on the list all the same",
        "城市不在目录内（{count}家），仍在清单中查找",
        "a city on file{near}",
        "目录内的城市{near}",
        kind="bad_cell",
        title="无法识别",
    ),
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
    "tonnes_a_day": phrase("t/d", "吨/日"),
    "grams_a_day": phrase("g/d", "克/日"),
    "times_as_much": phrase("{factor} times", "{factor}倍"),
    "part_of": phrase("{factor} times", "{factor}"),
    "published_by_whom": phrase(
        "a published list names its approver and published_on",
        "已发布的清单须写明approver（批准人）和published_on（发布日期）",
    ),
}
