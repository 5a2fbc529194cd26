"""What is said of a rule workbook: its sheets and rows, and conditions and measures as officials write them."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, error, note, phrase

MESSAGES: Final[dict[str, Message]] = {
    "text_too_deep": phrase("nested too deep", "嵌套过深"),
    "text_not_yaml": phrase("not YAML: {why}", "不是有效的YAML：{why}"),
    "text_no_number": phrase("{what}: no number", "“{what}”后面缺少数字"),
    "text_quotes": phrase("the quotes are not closed", "引号没有结束"),
    "text_no_value": phrase("{what}: no value", "“{what}”后面缺少值"),
    "text_no_condition": phrase("not a condition", "不是条件"),
    "text_bracket_extra": phrase("a bracket too many", "多了一个括号"),
    "text_unread_rest": phrase("cannot be read", "不能识别这一部分"),
    "text_bracket_open": phrase("the bracket is not closed", "括号没有结束"),
    "text_no_field": phrase("no such field", "没有这个字段"),
    "text_no_comparison": phrase("{what}: no comparison", "“{what}”后面缺少比较"),
    "text_no_bool": phrase("neither yes nor no", "不是“是”或“否”"),
    "text_unread_values": phrase("{what}: cannot be read", "“{what}”的值不能识别"),
    "text_no_requirement": phrase("not a requirement", "不是附加要求"),
    "text_no_measure": phrase("no measure", "没有措施"),
    "text_said_twice": phrase("said twice", "写了两次"),
    "text_unread_measure": phrase("cannot be read as a measure", "不是措施"),
    "text_no_share": phrase("not a share", "不是比例"),
    "text_unread_concentration": phrase("cannot be read as a concentration", "不是浓度限值"),
    "text_unread_counting": phrase("cannot be read as a way of counting", "不是计数方式"),
    "text_unread_range": phrase("cannot be read as a range", "不是适用范围"),
    "text_unread_option": phrase("cannot be read as an option of the measure", "不是措施的附加条件"),
    "text_blank": phrase("blank", "是空的"),
    "text_no_mapping": phrase("not a mapping", "不是映射"),
    "text_not_number": phrase("not a number", "不是数字"),
    "text_no_word": phrase("no such word", "没有这个词"),
    "text_no_date": phrase("no date", "不是日期"),
    "text_midnight": phrase("0:00 does not say whether its day is in force", "0:00不能说明当天是否有效"),
    "wanted_end": phrase(
        "the last day alone, or its hour, as 2021-11-01 24:00", "只写最后一天，或者写时刻，如2021-11-01 24:00"
    ),
    "wanted_number": phrase("a number such as 10 or 4.3", "10、4.3一类的数字"),
    "wanted_field": phrase("a column name of the list, as in 行业=水泥", "清单的列名，如行业=水泥"),
    "wanted_near_field": phrase("a column name of the list, perhaps {names}", "清单的列名，可能是{names}"),
    "wanted_table_header": phrase(
        "a row such as 行业 工序 等级 黄色 橙色 红色", "一行表头，如：行业 工序 等级 黄色 橙色 红色"
    ),
    "wanted_table_column": phrase(
        "a column name of the list, 黄色 橙色 红色, 措施, 运输, 序号",
        "清单的列名，或黄色、橙色、红色、措施、运输、序号",
    ),
    "wanted_ban": phrase(
        "禁止…, 停止… or 不得… as the text has it, a class such as 国四及以下重型载货车辆",
        "照原文写禁止…、停止…、不得…，或者国四及以下重型载货车辆一类的车辆",
    ),
    "wanted_bool": phrase("是 or 否", "是或否"),
    "wanted_values": phrase("one value, or several with 、 between", "一个值，或者用、隔开的几个值"),
    "wanted_share": phrase("above 0% and up to 100%", "大于0%且不超过100%"),
    "wanted_match": phrase("a value, several with 、 between, or 任意", "一个值、用、隔开的几个值，或者任意"),
    "wanted_date": phrase(
        "2021-11-01, 2021-11-01 08:00, 2021-11, 2021 or {unstated}",
        "2021-11-01、2021-11-01 08:00、2021-11、2021或者{unstated}",
    ),
    "wanted_or_hole": phrase("{wanted}; {hole}; {silent}", "{wanted}；{hole}；{silent}"),
    "cell_text": error("{error}", "不能识别：{error}", "{expected}", "{expected}"),
    "cell_not_decided": error(
        "not decided ({mark})",
        "尚未决定（{mark}）",
        "the measure without the mark, another measure, or 缺项",
        "采用的写去掉标记，或改写措施，或写缺项",
    ),
    "plan_cell_needed": error("blank", "是空的", "{names:or}", "填写{names:or}"),
    "plan_county_unknown": error("no county of {city}", "{city}没有这个区县", "{names:or}", "{names:or}"),
    "plan_county_twice": note("the county stands twice (first in row {first})", "区县重复（首次在第{first}行）"),
    "plan_mobile": error(
        "a mobile number is personal: it has no place among the rules",
        "手机号码是个人信息，不写入规则",
        "the telephone of the office",
        "单位的值班电话",
    ),
    "head_sheet_missing": error(
        "the sheet is missing", "缺少工作表", "a sheet {name} with the document's head", "含文件信息的工作表“{name}”"
    ),
    "no_such_head_entry": error("no such entry of a head", "没有这一项文件信息", "{names:pause}", "{names:pause}"),
    "entry_twice": error("the entry stands twice (first in row {first})", "这一项重复（首次在第{first}行）"),
    "no_such_sheet_column": error("no such column", "没有这一列", "{names:pause}", "{names:pause}"),
    "sheet_column_twice": error("the column stands twice", "这一列重复", "one column", "只写一列"),
    "sheet_name_twice": error("the sheet stands twice", "工作表重名", "one sheet of a name", "每个名称一个工作表"),
    "text_without_header": error(
        "a text under no header", "所在的列没有列名", "a header above it, or a blank cell", "写明列名，或者留空"
    ),
    "rule_row_struck": error(
        "the row is struck through",
        "该行画了删除线",
        "the row deleted, or the line taken off",
        "删去该行，或者去掉删除线",
    ),
    "rule_row_without_id": error(
        "a rule without id",
        "规则没有编号",
        "a name without blanks, unique in the rulebook",
        "不含空格、在规则库中唯一的名称",
    ),
    "id_twice": error(
        "the id stands twice (first in row {first} of {other})", "编号重复（首次在“{other}”第{first}行）"
    ),
    "no_table_header": error("no header row found", "没有找到表头行", "{wanted}", "{wanted}"),
    "table_header_differs": error(
        "another header in the same sheet",
        "同一工作表中有另一种表头",
        "the columns of the first header in their order, or a sheet of its own",
        "与第一个表头的列和次序相同，或者另用一个工作表",
    ),
    "shared_twice": error(
        "the article stands in several rows", "同一条款写了几行", "one row an article", "每个条款一行"
    ),
    "no_such_table_entry": error("no such entry of a table", "决策表没有这一项", "{names:pause}", "{names:pause}"),
    "no_such_table_column": error("no such column", "没有这一列", "{wanted}", "{wanted}"),
}
