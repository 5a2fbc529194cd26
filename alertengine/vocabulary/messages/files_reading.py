"""How a file was read, its profile, its headers and rows, and what a cell or file should be."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, error, finding, note, phrase

OF_READING: Final[dict[str, Message]] = {
    # -- how a file was read; of a list, counted as what was left out
    **{
        code: Message("warning", english, chinese, kind="note_left_out", title=title)
        for code, (english, chinese, title) in {
            "hidden_read": (
                "the table stands on hidden sheets, which are read: {names}",
                "表在隐藏的工作表中，已读取：{names}",
                "隐藏的工作表",
            ),
            "hidden_sheets": ("hidden sheets are not read: {names}", "隐藏的工作表未读取：{names}", "隐藏的工作表"),
            "hidden_rows": (
                "{count} hidden rows are read as the others: {names:pause}",
                "有{count}行被隐藏，照常读取：第{names:pause}行",
                "隐藏的行",
            ),
            "hidden_kept": (
                "hidden sheets are read as the others: {names}",
                "有隐藏的工作表，照常读取：{names}",
                "隐藏的工作表",
            ),
            "hidden_columns": (
                "hidden columns are read as the others: {names}",
                "有隐藏的列，照常读取：{names}",
                "隐藏的列",
            ),
            "merged_filled": (
                "{count} cells below merged ones are read as these",
                "合并单元格以下的{count}格按所合并的内容读取",
                "合并的单元格",
            ),
            "sheets_of_choices": (
                "sheets that name neither an enterprise nor an amount are taken for choices and not read: {names}",
                "工作表的表头有本表的列，但既无企业名称也无排放量，视为下拉选项，未读取：{names}",
                "未读取的工作表",
            ),
            "county_of_sheet": (
                "the name of their sheet is taken as the county of {count} lines that name none: {names}",
                "{count}条生产线未写区县，按工作表名取其区县：{names}",
                "以工作表名为区县",
            ),
            "short_rows": (
                "{count} rows end before the last column: the rest of each counts as blank",
                "有{count}行的格子比表头少，缺少的按空白处理",
                "不完整的行",
            ),
            "far_cells": (
                "a cell far outside the table is left out: {value}",
                "表外很远处的单元格未计入：{value}",
                "未计入的格",
            ),
            "left_out_sum": ("a sum, not a line: left out", "合计行，未计入：{value}", "未计入的行"),
            "left_out_heading": (
                "a heading of a part of the table: left out",
                "表内小标题，未计入：{value}",
                "未计入的行",
            ),
            "left_out_header": ("the headers once more: left out", "重复的表头行，未计入", "未计入的行"),
            "left_out_numbers": ("numbers of the columns: left out", "列号行，未计入", "未计入的行"),
            "unit_above": (
                "the unit named above the table is taken as that of {names}",
                "表上方所写单位按{names}的单位理解",
                "表上方的单位",
            ),
            "unit_in_cells": (
                "the unit behind each number is taken as that of {names}",
                "各数字后所写单位按{names}的单位理解",
                "单元格中的单位",
            ),
            "left_out_units": ("units of the columns, taken as such: left out", "单位行，已理解为单位", "未计入的行"),
        }.items()
    },
    "merged_alone": finding(
        "a cell merged with those of {count} rows below: read in its own row alone",
        "与其下{count}行合并的单元格，只计入第一行",
        "a value in each row",
        "每行各填一值",
        title="合并的单元格",
        kind="bad_cell",
        stake="order",
    ),
    "struck_rows": finding(
        "{count} rows are struck through and read as the others: {names:pause}",
        "有{count}行带删除线，照常读取：第{names:pause}行",
        "no line through rows that count, the others deleted",
        "应计入的去掉删除线，不应计入的删除",
        title="带删除线的行",
        kind="bad_cell",
        stake="order",
    ),
    "sheet_set_aside": finding(
        "a sheet whose name says that its rows do not count is read as the others",
        "工作表名称表明其中的行不应计入，照常读取",
        "a sheet of another name where its rows count, deleted where they do not",
        "应计入的改工作表名称，不应计入的删除",
        title="作废或示例工作表",
        kind="bad_cell",
        stake="order",
    ),
    "hidden_table": finding(
        "a hidden sheet has such a table too, {count} rows of which stand on no sheet shown: not read",
        "隐藏的工作表中也有此表，其中{count}行不在其他工作表中，未读取",
        "the sheet shown where its rows count, deleted where they do not",
        "应计入的取消隐藏，不应计入的删除",
        title="隐藏的工作表",
        kind="bad_cell",
        stake="order",
    ),
    "sum_differs": finding(
        "a sum that is not that of its rows, which add up to {found:pause}",
        "合计与各行不符，各行相加为{found:pause}",
        "the sum of the rows above, or of the place it names",
        "上方各行之和，或所写地区各行之和",
        title="合计不符",
        stake="kilograms",
        kind="bad_cell",
    ),
    "record_damaged": error(
        "a record whose length or check sum is not its own: left out",
        "报文的长度或校验码不符，未采用",
        "a whole record of HJ 212",
        "完整的HJ 212报文",
    ),
    "records_other": note(
        "{count} records that are no means of an hour (CN=2061) are left out",
        "有{count}条不是小时均值（CN=2061）的报文，未采用",
    ),
    "end_stamps": note(
        "{shown} shows that times are those of the end of a reading: taken as {minutes} minutes earlier",
        "出现{shown}，说明时间是读数结束的时间：按早{minutes}分钟理解",
    ),
    "protocol_format": phrase(
        "{format}, {encoding}, separated by {delimiter}", "{format}，{encoding}编码，分隔符{delimiter}"
    ),
    "protocol_file": note("read as {how}: {rows} rows", "按{how}读取，共{rows}行"),
    "protocol_header": note("the header, {rows} rows below it", "表头所在行，其下{rows}行"),
    "protocol_not_read": note("sheets without the table: {names}", "没有此表的工作表：{names}"),
    "protocol_columns": note("columns understood: {names}", "已识别的列：{names}"),
    "protocol_others": note("columns not understood: {names}", "未识别的列：{names}"),
    "left_out_of_file": note("left out: {parts:then}", "未计入：{parts:then}"),
    "left_sum": phrase("{count} sums ({rows}{more})", "合计行{count}行（{rows}{more}）"),
    "left_note": phrase("{count} notes and signatures ({rows}{more})", "说明、签名等{count}行（{rows}{more}）"),
    "left_heading": phrase("{count} headings of groups ({rows}{more})", "分组标题行{count}行（{rows}{more}）"),
    "left_header": phrase("{count} repeated headers ({rows}{more})", "重复的表头{count}行（{rows}{more}）"),
    "left_numbers": phrase("{count} rows of column numbers ({rows}{more})", "列号行{count}行（{rows}{more}）"),
    "left_units": phrase("{count} rows of units ({rows}{more})", "单位行{count}行（{rows}{more}）"),
    "protocol_left_out": note("left out: {value}", "未计入：{value}"),
    # -- profiles
    "profile_used": note(
        "read with the profile {value} ({path})",
        "按对照“{value}”读取（{path}）",
        kind="note_left_out",
        title="按对照读取",
    ),
    "answered": note(
        "read as {meant} in {count} cells, as {by} answered on {at}", "{count}处按{by}{at}所答读作“{meant}”"
    ),
    "answered_itself": note(
        "none of those it is near to in {count} cells, as {by} answered on {at}",
        "{count}处按{by}{at}所答不是任何相近的名称，照原样",
    ),
    "profile_headers_absent": finding(
        "the profile {value} speaks of headers that the file does not have: {names}",
        "对照“{value}”中的表头在文件中没有：{names}",
        "the headers the profile was made for, or a new profile (tables map)",
        "制作该对照时的表头；或用tables map另作对照",
    ),
    "profile_field_unknown": error("no field of this table", "此表没有这个字段", "such as {names}", "如{names}"),
    "profile_unit_of_nothing": error(
        "a unit for a header that is no field",
        "为没有对应字段的表头说明了单位",
        "a header that is a field",
        "已有对应字段的表头",
    ),
    "profile_no_hours": error(
        "the profile says that hours stand in columns, and there are none",
        "对照说明小时写在列中，而没有这样的列",
        "headers such as 0:00 … 23:00, or 1时 … 24时",
        "0:00至23:00或1时至24时一类的表头",
    ),
    "no_profile": error("no profile of this name", "没有此名称的对照", "one of: {names}", "现有：{names}"),
    "bad_profile_name": error("no name of a profile", "不能用作对照的名称", "a plain name", "简单的名称，不含路径"),
    # -- headers and rows
    "no_header": error(
        "no header row found", "没有找到表头行", "a row with headers such as {names}", "有{names}一类表头的一行"
    ),
    "column_missing": error("required column missing", "缺少必需的列", "{names:or}", "{names:or}"),
    "column_twice": error(
        "two columns are the same field {field}: {first} and {second}",
        "两列是同一字段“{field:field}”：{first}和{second}",
        "one column",
        "一列",
    ),
    "sheets_differ": error(
        "the sheets have the field {field} in different units or headers: {first} and {second}",
        "各工作表“{field:field}”的单位或表头不一致：{first}和{second}",
        "the same header and unit on every sheet",
        "各工作表用同一表头和单位",
    ),
    "day_in_a_header": error(
        "a day where the unit stands",
        "表头括号里是日期，不是单位",
        "a row a day, or headers of days alone with their year (2026-11-26)",
        "每日一行，或表头只写带年份的日期（如2026-11-26）",
    ),
    "unit_unknown": error("unit not understood", "单位不能识别", "{units:space}", "{units}"),
    "no_row": error("no row", "没有数据行", "at least one row below the headers", "表头下至少一行"),
    "sheet_nearly": error(
        "a sheet that is not read; its name is nearly {near}",
        "该工作表未读取，名称近似“{near}”",
        "the name {near}, or another name if it is something else",
        "名称“{near}”；如非此表，请另取名称",
    ),
    "other_header": error(
        "a further header, of other columns or units than the one above: which cells are whose is not sure",
        "又一行表头，列或单位与上面的表头不同：下面各格属于哪一列不能确定",
        "one header for all rows, or each table on a sheet of its own",
        "全部行用同一表头，或每张表各占一张工作表",
    ),
    "row_in_one_cell": error(
        "a whole row in one cell, not read",
        "整行在一格内，未读取",
        "the same sign between all cells",
        "各格用同一种分隔符",
    ),
    "long_row": error("more cells than the header has", "该行的格子比表头多"),
    "row_cut": error(
        "the last row ends before the last column, and no line end follows: the file may have been cut",
        "最后一行缺列且没有换行，文件可能在此中断",
        "the whole file",
        "完整的文件",
    ),
    "columns_unread": note("columns not read: {names}", "未读取的列：{names}"),
    "cell_missing": error("unreadable cell, counted as missing", "不能识别，按缺失处理", "{expected}", "{expected}"),
    "cell_blank": error("blank; the row is left out", "空白，该行未计入", "{names:or}", "{names:or}"),
    # -- what a cell or file should be
    "a_readable_file": phrase("a readable file", "可读的文件"),
    "a_parquet_file": phrase("a parquet file", "parquet文件"),
    "a_yaml_file": phrase("a UTF-8 YAML file", "UTF-8编码的YAML文件"),
    "a_workbook": phrase("an Excel workbook; save another table as .xlsx", "Excel工作簿；其他表格打开后另存为.xlsx"),
    "a_list": phrase("a list", "企业清单"),
    "perhaps": phrase("{expected}; perhaps {near}", "{expected}；可能是{near}"),
    "a_number": phrase("a number{unit}{bounds}", "数字{unit}{bounds}"),
    "a_whole_number": phrase("a whole number{unit}{bounds}", "整数{unit}{bounds}"),
    "in_unit": phrase(" in {unit}", "，单位{unit}"),
    "at_least": phrase(" >= {low:number}", "，不小于{low:number}"),
    "at_most": phrase(" <= {high:number}", "，不大于{high:number}"),
    "between": phrase(" >= {low:number} and <= {high:number}", "，不小于{low:number}且不大于{high:number}"),
    "yes_or_no": phrase("是 or 否", "是或否"),
    "one_or_none": phrase("1 or 0", "1或0"),
    "one_of": phrase("{names:space}", "{names}"),
    "not_before": phrase("{day} or later", "不早于{day}"),
    "one_of_several": phrase("{names}", "{names}"),
    "names_or_none": phrase("names joined by ; or 无 alone", "以分号隔开的名称，或单写“无”"),
    "a_grade": phrase("{names:space}, or 地方B, 民生豁免-A, 长期停产", "{names}，或地方B、民生豁免-A、长期停产"),
    "a_time_or_day": phrase(
        "a time such as 2020-01-22, 2020-01-22 15:00 or 2020年1月22日15时",
        "时间，如2020-01-22、2020-01-22 15:00或2020年1月22日15时",
    ),
    "a_number_or_range": phrase("a number, or a range such as 180-240", "数字，或180-240一类的范围"),
    "a_number_within": phrase("a number, {low:number} to {high:number}", "数字，{low:number}至{high:number}"),
    "a_result": phrase(
        "a value: the formula of this cell failed or was saved without its result",
        "数值：该格公式出错，或保存时没有结果",
    ),
    "a_code_as_text": phrase(
        "a code written as text: Excel has made a number or a date of it",
        "以文本格式填写的代码：Excel已把它变成数字或日期，原样已丢失",
    ),
    "a_value_of_its_own": phrase("a value of its own in each row", "每行各填自己的内容"),
    "a_name": phrase("a name, which has letters", "名称，须含文字"),
    "an_hour": phrase("a whole hour, 0 to 24", "整点，0至24"),
    "a_day": phrase("a day such as 2020-01-22", "日期，如2020-01-22"),
    "a_range": phrase("{low}..{high}", "{low}至{high}"),
    "a_time_form": phrase("YYYY-MM-DD HH:MM", "年-月-日 时:分"),
}
