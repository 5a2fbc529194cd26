"""What is said of files: their kinds, headers, cells and places."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, error, note, phrase

MESSAGES: Final[dict[str, Message]] = {
    # -- files
    "unknown_suffix": error("unknown suffix", "不支持的文件类型", "{suffixes:space}", "{suffixes}"),
    "suffix_not_written": error("cannot write {suffix!r}", "不能写成“{suffix}”文件", "{suffixes:or}", "{suffixes:or}"),
    "suffix_not_read": error(
        "unknown kind of file {suffix!r}",
        "不支持的文件类型“{suffix}”",
        "csv, xlsx or parquet",
        "csv、xlsx或parquet文件",
    ),
    "only_csv": error("unknown suffix", "不支持的文件类型", ".csv", ".csv"),
    "unreadable_file": error("cannot be read: {error}", "文件不能读取：{error}", "{kind}", "{kind}"),
    "unopened_file": error("cannot be opened: {error}", "文件不能打开：{error}", "{kind}", "{kind}"),
    "undecoded_file": error(
        "cannot be decoded: {error}",
        "文字编码不能识别：{error}",
        "a text file in UTF-8 or GB18030",
        "UTF-8或GB18030编码的文本",
    ),
    "unwritten_file": error("cannot be written: {error}", "文件不能写入：{error}", "a writable place", "可写入的位置"),
    "not_csv": error(
        "not a csv file: {error}", "不是可读的csv文件：{error}", "comma separated cells", "以逗号分隔的格子"
    ),
    "not_a_table": error("not a table: {error}", "不是表格文件：{error}", "a csv or xlsx file", "csv或xlsx文件"),
    "empty_table": error(
        "not a table: it is empty", "文件是空的", "a csv or xlsx file with a header row", "有表头的csv或xlsx文件"
    ),
    "nested_columns": error(
        "columns hold lists or structures: {names}", "列中含有嵌套结构：{names}", "plain cells", "普通的格子"
    ),
    "is_folder": error(
        "a folder",
        "是文件夹，不是文件",
        "csv, xlsx or parquet; a list that was partitioned is read with --cluster",
        "csv、xlsx或parquet文件；分区保存的清单用--cluster读取",
    ),
    "no_sheet": error("no sheet {name!r}", "没有工作表“{name}”", "one of {names}", "{names}之一"),
    "sheet_unreadable": error(
        "sheet {name} cannot be read: {error}", "工作表“{name}”不能读取：{error}", "an Excel workbook", "Excel工作簿"
    ),
    "no_table_sheet": error(
        "no sheet with the table (sheets: {names})",
        "没有含此表的工作表（现有：{names}）",
        "a header row such as 企业名称, 城市, 行业",
        "企业名称、城市、行业一类的表头行",
    ),
    "not_yaml": error("{error}", "不是有效的YAML：{error}", "valid YAML", "有效的YAML"),
    "key_refused": error("{message}", "不符合要求：{message}", "{expected}", "{expected}"),
    "unknown_key": error("unknown key", "没有这一项", "one of the keys of the rule language", "规则语言中的项"),
    # -- headers and rows
    "no_header": error(
        "no header row found",
        "没有找到表头行",
        "a row with headers such as 企业名称, 城市, 行业",
        "有企业名称、城市、行业一类表头的一行",
    ),
    "column_missing": error("required column missing", "缺少必需的列", "{names:or}", "{names:or}"),
    "column_twice": error(
        "two columns are the same field {field}: {first} and {second}",
        "两列是同一字段“{field:field}”：{first}和{second}",
        "one column",
        "一列",
    ),
    "unit_unknown": error("unit not understood", "单位不能识别", "{units:space}", "{units}"),
    "no_row": error("no row", "没有数据行", "at least one row below the headers", "表头下至少一行"),
    "long_row": error("more cells than the header has", "该行的格子比表头多"),
    "columns_unread": note("columns not read: {names}", "未读取的列：{names}"),
    # -- cells
    "cell_missing": error("unreadable cell, counted as missing", "不能识别，按缺失处理", "{expected}", "{expected}"),
    "cell_blank": error("blank; the row is left out", "空白，该行未计入", "{names:or}", "{names:or}"),
    # -- what a cell or file should be
    "a_readable_file": phrase("a readable file", "可读的文件"),
    "a_parquet_file": phrase("a parquet file", "parquet文件"),
    "a_yaml_file": phrase("a UTF-8 YAML file", "UTF-8编码的YAML文件"),
    "a_workbook": phrase("an Excel workbook", "Excel工作簿"),
    "a_list": phrase("a list", "企业清单"),
    "a_number": phrase("a number{unit}{bounds}", "数字{unit}{bounds}"),
    "a_whole_number": phrase("a whole number{unit}{bounds}", "整数{unit}{bounds}"),
    "in_unit": phrase(" in {unit}", "，单位{unit}"),
    "at_least": phrase(" >= {low:g}", "，不小于{low:g}"),
    "at_most": phrase(" <= {high:g}", "，不大于{high:g}"),
    "between": phrase(" >= {low:g} and <= {high:g}", "，不小于{low:g}且不大于{high:g}"),
    "yes_or_no": phrase("是 or 否", "是或否"),
    "one_or_none": phrase("1 or 0", "1或0"),
    "one_of": phrase("{names:space}", "{names}"),
    "one_of_several": phrase("{names}", "{names}"),
    "names_or_none": phrase("names joined by ; or 无 alone", "以分号隔开的名称，或单写“无”"),
    "a_grade": phrase("{names:space}, or 地方B, 民生豁免-A, 长期停产", "{names}，或地方B、民生豁免-A、长期停产"),
    "a_time_or_day": phrase(
        "a time such as 2020-01-22, 2020-01-22 15:00 or 2020年1月22日15时",
        "时间，如2020-01-22、2020-01-22 15:00或2020年1月22日15时",
    ),
    "a_number_or_range": phrase("a number, or a range such as 180-240", "数字，或180-240一类的范围"),
    "a_number_within": phrase("a number, {low:g} to {high:g}", "数字，{low:g}至{high:g}"),
    "a_result": phrase(
        "a value: the formula of this cell failed or was saved without its result",
        "数值：该格公式出错，或保存时没有结果",
    ),
    "a_code_as_text": phrase(
        "a code written as text: Excel has made a number of it and lost its digits",
        "以文本格式填写的代码：Excel已把它变成数字，位数已丢失",
    ),
    "an_hour": phrase("a whole hour, 0 to 24", "整点，0至24"),
    "a_day": phrase("a day such as 2020-01-22", "日期，如2020-01-22"),
    "a_range": phrase("{low}..{high}", "{low}至{high}"),
    "a_time_form": phrase("YYYY-MM-DD HH:MM", "年-月-日 时:分"),
}
