"""What is said of evidence and of findings."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, error, note

MESSAGES: Final[dict[str, Message]] = {
    "no_evidence_header": error("no header row of evidence found", "没有找到证据数据的表头行", "{kinds}", "{kinds}"),
    "evidence_of_two_kinds": error(
        "could be {kinds:or}",
        "可能是{kinds:or}",
        "--evidence KIND={file}",
        "只有一种证据的列的表；命令行可用--evidence 种类=文件写明",
    ),
    "evidence_unknown": error("evidence of no known kind", "不能识别是哪一种证据", "{kinds}", "{kinds}"),
    "hours_in_columns": error(
        "hours stand in {count} columns",
        "时间分列在{count}个列中",
        "a row for each reading, or a profile that says what the hours hold (tables map --hours 用电量 --save NAME)",
        "每个读数一行，或用对照说明各时列是什么（tables map --hours 用电量 --save 名称）",
    ),
    "evidence_elsewhen": error(
        "no row lies in the time of any order",
        "没有一行在减排指令的期间内",
        "{since}/{until}",
        "{since}至{until}",
    ),
    "evidence_judges_nothing": error(
        "no day of any line with orders could be judged by it; the findings say why",
        "没有一条有指令的生产线能据此判断，原因见各条结论",
        "readings of the ordered days and of like days before them, of plants with orders",
        "有指令企业在响应期间和此前同类日的读数",
    ),
    "reads_zero": error(
        "reads 0 before the orders and under them, of {count} plants ({names}{more}): does the plant stand, or the "
        "meter? not judged",
        "{count}家企业（{names}{more}）受令前和受令时段的读数均为0：是企业停产，还是计量停走？未作判断",
        "a look at the meter, or other evidence",
        "核实计量是否正常，或补充其他证据",
    ),
    "record_without_hour": error(
        "of a day that is ordered in part, without an hour; held against nothing",
        "当日只有部分时段受令，而未写明时刻，未用于认定",
        "the hour and minute",
        "写明时分",
    ),
    "evidence_apart": error(
        "readings of the same plants or meters stand in {other} too, of days and of hours, or of a counter and of "
        "amounts: each file is compared with its own days alone",
        "同一企业或计量点的读数也在{other}中，但一为逐日一为逐时，或一为表示数一为电量：各文件只与自己的日期比较",
        "readings of a plant of one sort, in one file or several",
        "同一企业同一种读数，一个或几个文件均可",
    ),
    "rows_repeated": note("{count} rows repeat another row; counted once", "{count}行与其他行重复，只计一次"),
    "holidays_unknown": note(
        "public holidays are not known and count as like days",
        "不知法定节假日，按平日计",
        'pip install "alertengine[audit]"',
        'pip install "alertengine[audit]"',
    ),
    "working_unknown": error(
        "cannot be read on {count} rows; counts as unknown", "{count}行不能识别，按未知处理", "{words:space}", "{words}"
    ),
    "reading_contradicts": error(
        "contradicts another reading of the same time; counts as unknown", "与同一时间的另一读数不同，按未知处理"
    ),
    "more_contradict": error(
        "{count} more readings contradict another of the same time", "另有{count}个读数与同一时间的另一读数不同"
    ),
    "not_a_plate": error(
        "not a plate; the passage is counted all the same", "不是车牌号，仍计为通行", "such as 晋A12345", "如晋A12345"
    ),
    "more_plates": error("{count} more plates that are none", "另有{count}个不是车牌号"),
    "result_unknown": error("result not understood", "检查结果不能识别", "{words:space}", "{words}"),
    "breach_word_unknown": error("breach not understood", "违法行为不能识别", "{words:pause}", "{words:pause}"),
    "inspected_off_list": error(
        "{value}, inspected {time} ({result}), is on no list: no order reached it",
        "{value}于{time}受检（{result}），不在应急减排清单中，没有减排指令，须核实是否漏列",
        "a plant of the list, or a list with it",
        "清单中的企业，或补列清单",
    ),
    "evidence_of_several_plants": error(
        "several plants answer to this ({plants}; {count} rows); it is held against none of them",
        "有多家企业相符（{plants}；共{count}行），未用于认定任何一家",
        "the city in a column 城市, the code, or the number of a line or meter that one of them has",
        "用“城市”列写明城市，或写明其中一家的代码、生产线编号、户号",
    ),
    "evidence_of_other_city": error(
        "the orders name no such plant in this city, though {plants:or}; {count} rows not judged",
        "指令中该城市没有这家企业，而有{plants:or}，{count}行未作判断",
        "the city of the order",
        "指令中的城市",
    ),
    "evidence_city_unknown": error(
        "no known city ({count} rows); counts as unknown",
        "城市不在目录内（{count}行），按未知处理",
        "a city on file{near}",
        "目录内的城市{near}",
    ),
    "records_without_duty": note(
        "{count} records of no line with a duty at that time; the first",
        "{count}条记录的生产线当时没有应执行的措施；首见此行",
    ),
    "mark_unknown": error(
        "unknown mark on {count} rows; these hours are not used",
        "{count}行的标记不能识别，这些小时不采用",
        "{words:space}",
        "{words}",
    ),
    "meter_not_tied": error(
        "a number the list does not tie to a line; not judged: was it changed?",
        "编号在清单中没有对应的生产线，未作判断：是否已更换",
    ),
    "readings_of_no_line": note("readings of no line with orders", "不属于有指令的生产线的读数"),
    "more_of_these": note("{count} more of these: {said}", "另有{count}个同类：{said}"),
    "power_stamps": error(
        "power whose readings are {minutes} minutes apart cannot be made energy",
        "功率读数相隔{minutes}分钟，不能换算成电量",
        "readings at most an hour apart, a whole number of them to the hour",
        "间隔不超过1小时、每小时为整数个的读数",
    ),
    "power_by_hour": note(
        "power each {minutes} minutes, taken as the mean until the next reading and added up to {hours} hours;"
        " {lacking} of them lack a reading and are unknown",
        "功率每{minutes}分钟一个，按到下一读数为止的平均功率合计为{hours}个小时的电量；其中{lacking}个小时缺读数，按未知处理",
    ),
    "energy_by_hour": note(
        "readings of {minutes} minutes added up to {hours} hours; {lacking} of them lack a reading and are unknown",
        "每{minutes}分钟的电量合计为{hours}个小时；其中{lacking}个小时缺读数，按未知处理",
    ),
    "counter_by_hour": note(
        "of a counter read each {minutes} minutes the readings at full hours are used",
        "表示数每{minutes}分钟一个，只用整点读数",
    ),
    "findings_column_missing": error("required column missing", "缺少必需的列", "findings of audit", "audit写出的结果"),
    "more_cells": error("and {count} more cells", "另有{count}个格子"),
    "not_as_audit_writes": error("not as audit writes it", "与audit写出的不同", "{wanted}", "{wanted}"),
    "evidence_unreadable": error(
        "cannot be read: {error}", "文件不能读取：{error}", "a file of evidence", "证据数据文件"
    ),
    "findings_correct_findings": error(
        "findings correct findings", "核查结果只能更正核查结果", "an act of kind {kind}", "{kind}类的一条"
    ),
    "findings_known": note(
        "{count} findings are on record already (act {acts}) and left out",
        "{count}条结论已经在案（第{acts}号），不重复记录",
    ),
}
