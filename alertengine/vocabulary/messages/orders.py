"""What is said in the room ``orders``."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, error, finding, note, phrase

MESSAGES: Final[dict[str, Message]] = {
    "hindsight_live": error(
        "measured air taken as a forecast binds nobody",
        "以实况代替预报的运行不具效力",
        "mode: simulation or drill",
        "mode为simulation或drill",
    ),
    "record_not_live": error(
        "this record is of no live run (mode: {mode}): its warnings bind nobody",
        "这份预警记录不是正式运行的（mode: {mode}），其中的预警不具效力",
        "the record of live runs, or mode: {mode}",
        "正式运行的预警记录，或mode: {mode}",
    ),
    "shares_chosen_anew": note(
        "{count} lines share an order with others of their enterprise in a warning that goes on; without the orders "
        "of the run before it is chosen anew which of them stop",
        "预警延续中，{count}条生产线按企业比例或台数停产；未给出上一次的指令，停哪几条为重新选择，可能与执行中的不同",
        "the orders.csv of the run before",
        "上一次运行的orders.csv",
    ),
    "ordered_not_listed": error(
        "{count} lines that the run before ordered are not on this list ({names}): their orders hold until they end "
        "and are not counted here",
        "上一次指令所列的{count}条生产线不在本清单中（如{names}）：原指令到期前仍有效，未计入本次数字",
        "closed, renamed or left out? Where left out, the list corrected",
        "核实是否注销、更名或漏列，漏列的改正清单",
    ),
    "shares_not_listed": error(
        "{count} lines that the run before stops by a share are not on this list ({names}): their orders hold until "
        "they end and are not counted here; others of their enterprise may be chosen in their place",
        "上一次指令按企业比例或台数停产的{count}条生产线不在本清单中（如{names}）：原指令到期前仍有效，未计入本次数字，"
        "同一企业可能改由其他生产线停产",
        "closed, renamed or left out? Where left out, the list corrected",
        "核实是否注销、更名或漏列，漏列的改正清单",
    ),
    "ordered_lighter": finding(
        "{count} lines are asked less than the run before ordered, at a level that is no lower ({names})",
        "{count}条生产线在预警级别未降低时要求轻于上一次指令（如{names}）",
        "the change of grade, plan or list that brings it, looked at by a person",
        "由人核实带来变化的等级、备案措施或清单改动",
    ),
    "orders_without_record": error(
        "{place}: orders of the run before still hold, and the record has no warning of it: decided as a first one",
        "{place}：上一次的指令仍在执行，预警记录中没有它的预警，按首次预警作出判断",
        "the warnings.csv of the run that gave the orders",
        "作出这些指令的那次运行的warnings.csv",
    ),
    "feed_without_now": error(
        "observations alone say no moment",
        "只有观测，没有决定的时刻",
        "now, or perfect with issued",
        "now，或perfect的issued",
    ),
    "county_apart": note(
        "{city}: a county answers to a warning of its own; totals are the whole city's, so no ratio is judged",
        "{city}：有区县另有预警；排放总量为全市口径，不判断减排比例",
    ),
    "others_stand": note(
        "warnings of {names} stand on the record and are not decided in this run: handed on as they are",
        "预警记录中{names}的预警仍生效，本次运行未作判断，在记录中原样保留",
    ),
    "county_not_said": finding(
        "{count} lines of {city} may lie in {counties}, under a warning of its own: taken as lying elsewhere",
        "{city}的{count}条生产线区县未填或不是区县，可能在另有预警的{counties}；按不在其中处理",
        "the county in which each line lies",
        "各生产线所在的区县",
    ),
    "override_idle": error(
        "overridden, and under no warning: nothing was changed", "已变更措施，但不在预警中：未作改变"
    ),
    "city_without_lines": error(
        "no lines of {city}{county}, which is under a warning", "{city}{county}在预警中，清单里没有它的生产线"
    ),
    "share_order_unmet": finding(
        "part of them is to stop, but no machines of that kind or size, or no counts, are on file: "
        "{count} lines stop whole",
        "要求停其中一部分，但清单中没有相应规格或类别的设备，或缺少计数数据，{count}条生产线全部停产",
        "machines of the size the rule names, and their numbers",
        "规则所指规格的设备及其数量",
    ),
    "plan_number_of_whom": finding(
        "a filed number of machines stands on several lines of an enterprise ({count} lines): "
        "counts for the enterprise, a person must decide",
        "备案的停运台数在一家企业多条生产线重复填写（{count}条生产线），合计停还是每条线各停未载明，按合计计，须人工决定",
        "whose number it is: 全厂停2台 or 每条线停2台",
        "写明全厂停2台或每条线停2台",
    ),
    "guaranteed_and_stopped": note(
        "lines that guarantee a supply ({names}) stop whole ({count}): no clause in force here spares them",
        "保障类（{names}）生产线中有{count}条全部停产：没有适用的条款免其停产，请核对",
    ),
    "explained_otherwise": finding(
        "the order says {told}, the list, rules and options given here say {found}: the reasons are not its own",
        "指令写的是“{told}”，按这里给出的清单、规则和选项得出的是“{found}”：所述理由不是该指令的理由",
        "the --rules, --adopt, --known-on and --decisions of the orders",
        "与生成指令时相同的--rules、--adopt、--known-on、--decisions",
    ),
    "line_not_on_list": error("the list does not hold this line", "清单中没有这条生产线"),
    "list_not_known": error("the list is not known", "不知依据的是哪份清单", "--list LIST", "--list 清单文件"),
    "list_elsewhere": error(
        "names a list that lies neither with the run nor here; it was not opened",
        "所列清单既不在结果文件夹旁，也不在当前文件夹中；未打开",
        "--list LIST, or its folder in ALERTENGINE_FOLDERS",
        "以--list给出清单文件，或把其文件夹写入环境变量ALERTENGINE_FOLDERS",
    ),
    "order_rows_unusable": error(
        "orders without a level, time or phase that can be read",
        "指令的级别、时间或阶段不能识别",
        "orders as this program writes them",
        "本程序写出的指令",
    ),
    "overridden_twice": error("overridden twice", "同一生产线变更两次", "each line once", "每条生产线一次"),
    "no_ratio_in_document": error("no ratio in this document", "该文件没有减排比例要求", "{documents}", "{documents}"),
    "order_column_missing": error("required column missing", "缺少必需的列", "{name} or {header}", "{name}或{header}"),
    "no_such_city": error("no such city", "没有这个城市", "{names}", "{names}"),
    "no_such_scenario": error(
        "{there}",
        "{there}",
        "a YAML file or a shipped scenario: {names}",
        "YAML文件，或自带情景：{names}",
    ),
    "not_a_scenario": error(
        "not a scenario", "不是情景文件", "title, forecast, list, ...", "title、forecast、list等项"
    ),
    "whole_season": error("a whole season", "是整季情景", "alertengine simulate", "用alertengine simulate"),
    "several_lists": error(
        "several lists: only respond takes them", "列出了多份清单，只有respond可用", "one list", "一份清单"
    ),
    "lists_unknown": error("unknown key", "没有这个键", "list: [FILE, FILE, ...]", "list: [文件, 文件, ...]"),
    "city_in_two_lists": error(
        "this city stands in {other} too", "这个城市也在{other}中", "a city in one list", "每市一份清单"
    ),
    "city_without_list": finding("{city}: under a warning, in none of the lists", "{city}：有预警，但各清单中没有该市"),
    "not_beside_scenario": error("{there}", "{there}", "a file beside the scenario", "与情景文件放在一起的文件"),
    "no_line_of": error("no lines of {names}", "没有{names}的生产线", "at least one line", "至少一条生产线"),
    "no_line_on_file": error(
        "no lines of a city on file", "没有规则库中城市的生产线", "at least one line", "至少一条生产线"
    ),
    "below_yellow_ordered": note(
        "{city}: no colour, the response to adverse weather holds ({document}); the lines are ordered by it",
        "{city}：没有预警，不利气象条件应对执行中（{document}），指令按其下达",
    ),
    "below_yellow_until": note(
        "{city}: until the warning begins at {starts} the response to adverse weather holds ({document}); "
        "orders --level none has its orders",
        "{city}：{starts}预警启动前不利气象条件应对仍在执行（{document}），其指令见orders --level none",
    ),
    "rules_lapsed": note(
        "{count} rules lapsed before {day}, no later text on file: {names}{more}",
        "{count}条规则在{day}前失效，没有读到后续文本：{names}{more}",
    ),
    "no_such_line": error(
        "no such line",
        "没有这条生产线",
        "ENTERPRISE/LINE or an order id, such as {names}",
        "企业/生产线或指令编号，如{names}",
    ),
    "several_lines": error(
        "{count} lines answer to this",
        "有{count}条生产线与此相符",
        "ENTERPRISE/LINE or an order id, such as {names}",
        "企业/生产线或指令编号，如{names}",
    ),
    "override_of_no_line": error("no such line", "没有这条生产线", "a line of it: {names}", "该企业的生产线：{names}"),
    "override_of_nobody": error("no such enterprise", "没有这家企业", "a credit code of the list", "清单中的信用代码"),
    "codes_joined": phrase("codes joined by ;", "以分号隔开的代码"),
    "order_cell_unread": error("cannot be read", "不能识别", "{expected}", "{expected}"),
    "order_cell_blank": error("blank", "空白", "{expected}", "{expected}"),
    "order_twice": error(
        "the same line and start twice", "同一生产线和起始时间重复", "one row a line and phase", "每条生产线每阶段一行"
    ),
    "time_with_zone": phrase("a time with a zone; expected a local time", "时间带有时区，应为当地时间"),
    "override_blank": phrase("is blank", "是空的"),
    "override_share": phrase("a share belongs to limit, and limit takes one", "share（比例）与limit（限产）须同时写明"),
}
