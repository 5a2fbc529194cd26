"""What is said of files: their kinds, headers, cells and places."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, error, finding, note, phrase

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
    "cut_file": error(
        "ends inside a character: the file was cut", "在一个字的中间断开，文件不完整", "the whole file", "完整的文件"
    ),
    "unwritten_file": error("cannot be written: {error}", "文件不能写入：{error}", "a writable place", "可写入的位置"),
    "unreadable_run_file": error("no such file", "没有这个文件"),
    "of_no_run": error(
        "no manifest names it: what wrote it is not known",
        "没有运行清单载明这个文件，来源不明",
        "a file as respond, orders -o, warn -o or audit -o of this version wrote it, with its run.json",
        "本版本respond、orders -o、warn -o或audit -o写出的文件，连同run.json",
    ),
    "edited_since_run": finding(
        "was edited since its run wrote it ({manifest}): what it says is a person's",
        "运行写出后经人修改（{manifest}）：内容以修改人为准",
    ),
    "changed_since_run": error(
        "is not as its run wrote it ({manifest})",
        "与运行写出时不同（{manifest}）",
        "the file as it was written",
        "写出时的文件",
    ),
    "of_other_run": error(
        "is of run {run}, {other} is of run {other_run}",
        "属于运行{run}，{other}属于运行{other_run}",
        "files of one run",
        "同一次运行的文件",
    ),
    "input_not_given": error(
        "run {run} was made from {given}, which is not at hand",
        "运行{run}用了{given}，现未给出",
        "the same file, unchanged",
        "同一文件，未经改动",
    ),
    "other_input": error(
        "is not the {given} that run {run} was made from",
        "不是运行{run}所用的{given}",
        "the same file, unchanged",
        "同一文件，未经改动",
    ),
    "not_csv": error(
        "not a csv file: {error}", "不是可读的csv文件：{error}", "comma separated cells", "以逗号分隔的格子"
    ),
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
        "a header row such as {headers}",
        "{headers}一类的表头行",
    ),
    "not_yaml": error("{error}", "不是有效的YAML：{error}", "valid YAML", "有效的YAML"),
    "yaml_key_twice": phrase(
        "key {found!r} stands twice (first on line {first})", "“{found}”写了两次（首次在第{first}行）"
    ),
    "yaml_key_plain": phrase("a key must be a plain word", "键应为一个词"),
    "yaml_no_day": phrase("{found} is no day or time", "“{found}”不是日期或时间"),
    "yaml_no_number": phrase("{found} is no number", "“{found}”不是数字"),
    "yaml_no_bool": phrase("{found} is neither yes nor no", "“{found}”既不是“是”也不是“否”"),
    "yaml_colon_inside": phrase(
        "mapping values are not allowed in this context", "此处不能写“键: 值”（冒号后有空格的文字须加引号）"
    ),
    "yaml_dash_inside": phrase("block sequence entries are not allowed in this context", "此处不能写以“-”开头的列表项"),
    "yaml_colon_missing": phrase("could not find expected ':'", "键的后面缺少冒号"),
    "yaml_key_expected": phrase("did not find expected key", "此处应为键，缩进或引号有误"),
    "yaml_dash_expected": phrase("did not find expected '-' indicator", "此处应为以“-”开头的列表项，缩进有误"),
    "yaml_list_open": phrase("did not find expected ',' or ']'", "列表缺少逗号或者没有用“]”结束"),
    "yaml_mapping_open": phrase("did not find expected ',' or '}}'", "映射缺少逗号或者没有用“}}”结束"),
    "yaml_content_expected": phrase("did not find expected node content", "此处应有内容"),
    "yaml_bad_start": phrase("found character that cannot start any token", "文字不能以这个符号开头，须加引号"),
    "yaml_tab": phrase("found a tab where blanks indent", "缩进用了制表符，应为空格"),
    "yaml_ends_early": phrase("found unexpected end of stream", "引号没有结束"),
    "yaml_escape": phrase("found unknown escape character", "双引号内的反斜杠不能这样写"),
    "yaml_alias": phrase("found undefined alias", "引用（*）的名称没有定义"),
    "yaml_tag": phrase("a tag (!) that is not read here", "此处不读取“!”标签"),
    "yaml_sign": phrase("a control character", "含有控制字符"),
    "yaml_otherwise": phrase("not YAML", "书写不合格式"),
    "key_refused": error("{message}", "不符合要求：{message}"),
    "key_missing": phrase("it is missing", "缺少这一项"),
    "key_text": phrase("expected a text", "应为文字"),
    "key_whole": phrase("expected a whole number", "应为整数"),
    "key_number": phrase("expected a number", "应为数字"),
    "key_bool": phrase("expected true or false", "应为true或false"),
    "key_day": phrase("expected a day, YYYY-MM-DD", "应为日期，如2020-01-22"),
    "key_time": phrase("expected a time, YYYY-MM-DD HH:MM", "应为时间，如2020-01-22 08:00"),
    "key_one_of": phrase("expected {expected:or}", "应为{expected}之一"),
    "key_multiple": phrase("expected a multiple of {multiple_of}", "应为{multiple_of}的倍数"),
    "key_mapping": phrase("expected a mapping", "应为映射（键: 值）"),
    "key_list": phrase("expected a list", "应为列表"),
    "key_above": phrase("expected a number above {gt}", "应大于{gt}"),
    "key_at_least": phrase("expected a number of at least {ge}", "应不小于{ge}"),
    "key_below": phrase("expected a number below {lt}", "应小于{lt}"),
    "key_at_most": phrase("expected a number of at most {le}", "应不大于{le}"),
    "key_finite": phrase("expected a finite number", "应为有限的数"),
    "key_too_short": phrase("expected at least {min_length}", "至少应有{min_length}项"),
    "key_text_short": phrase("expected at least {min_length} characters", "至少应有{min_length}个字"),
    "key_text_long": phrase("expected at most {max_length} characters", "不得超过{max_length}个字"),
    "key_pattern": phrase("expected a text of the form {pattern}", "应符合格式{pattern}"),
    "unknown_key": error("unknown key", "没有这一项", "one of the keys of the rule language", "规则语言中的项"),
    "big5_file": error(
        "a text in Big5 (traditional Chinese), which is not read",
        "文本为Big5编码（繁体），不能读取",
        "the same file saved as UTF-8",
        "另存为UTF-8编码的文件",
    ),
    "quote_open": error(
        "a quote that begins in this row is not closed, or text follows a closing one",
        "该行的引号没有闭合，或引号后还有文字",
        "quotes in pairs",
        "成对的引号",
    ),
    "not_unpacked": error("cannot be unpacked: {error}", "不能解压：{error}", "a whole .gz file", "完整的.gz文件"),
    "path_outside_scenario": error(
        "names a file outside the scenario's own folder",
        "所列文件在情景文件的文件夹之外",
        "a file beside the scenario, or in a folder that ALERTENGINE_FOLDERS names",
        "与情景文件放在一起的文件，或环境变量ALERTENGINE_FOLDERS所列文件夹中的文件",
    ),
    "no_run_to_finish": error(
        "a run that was broken off cannot be finished: what it left is not of this program",
        "中断的结果不能补完：其中内容不是本程序所写",
        "another folder, or this one without what was left in it",
        "另选文件夹，或清除其中的遗留内容",
    ),
    "path_leads_out": error(
        "names a path that leads out of its folder; nothing was written",
        "所列路径指向文件夹之外；未写入",
        "a relative path without ..",
        "不含..的相对路径",
    ),
    # -- limits
    "limit_bad": error("not a limit", "不是有效的上限", "a whole number above 0", "大于0的整数"),
    "too_much_file_mb": error(
        "too large to be read: {found} MB",
        "文件过大，不读取：{found}MB",
        "at most {most} MB ({setting} sets it)",
        "不超过{most}MB（由{setting}设定）",
    ),
    "too_much_unpacked_mb": error(
        "unpacks to {found} MB: too much to be read",
        "解压后过大，不读取：{found}MB",
        "at most {most} MB ({setting} sets it)",
        "不超过{most}MB（由{setting}设定）",
    ),
    "too_much_text_mb": error(
        "unpacks to {found} MB of text: too much to be read",
        "文字部分解压后过大，不读取：{found}MB",
        "at most {most} MB ({setting} sets it)",
        "不超过{most}MB（由{setting}设定）",
    ),
    "too_much_pages": error(
        "too many pages to be read: {found}",
        "页数过多，不读取：{found}页",
        "at most {most} pages ({setting} sets it)",
        "不超过{most}页（由{setting}设定）",
    ),
    "too_much_passages": error(
        "too many paragraphs and rows to be read: {found}",
        "段落和表格行过多，不读取：{found}",
        "at most {most} ({setting} sets it)",
        "不超过{most}（由{setting}设定）",
    ),
    "too_much_rows": error(
        "too many rows to be read: {found}",
        "行数过多，不读取：{found}行",
        "at most {most} rows ({setting} sets it)",
        "不超过{most}行（由{setting}设定）",
    ),
    "too_much_columns": error(
        "too many columns to be read: {found}",
        "列数过多，不读取：{found}列",
        "at most {most} columns ({setting} sets it)",
        "不超过{most}列（由{setting}设定）",
    ),
    "too_much_cells": error(
        "the used part of the sheet is too large to be read: {found} cells",
        "工作表已用区域过大，不读取：{found}格",
        "at most {most} cells ({setting} sets it); delete rows and columns beyond the table",
        "不超过{most}格（由{setting}设定）；请删除表外的行和列",
    ),
    "too_much_cell_length": error(
        "a cell too long to be read: {found} bytes",
        "单元格内容过长，不读取：{found}字节",
        "at most {most} bytes ({setting} sets it)",
        "不超过{most}字节（由{setting}设定）",
    ),
    "too_much_memory_mb": error(
        "takes more than {found} MB of memory to be read",
        "读取占用内存超过{found}MB，已停止",
        "at most {most} MB ({setting} sets it)",
        "不超过{most}MB（由{setting}设定）",
    ),
    "too_much_seconds": error(
        "takes longer than {found} seconds to be read",
        "读取超过{found}秒，已停止",
        "at most {most} seconds ({setting} sets it)",
        "不超过{most}秒（由{setting}设定）",
    ),
    "reader_died": error(
        "cannot be read: its reader failed", "读取时程序出错，已停止", "a whole file of its kind", "完整的文件"
    ),
    "yaml_too_deep": error(
        "too large, or nested or repeated by reference too far, to be read",
        "文件过大、嵌套过深或引用过多，不读取",
        "at most {megabytes} MB, {depth} levels and {size} entries with references followed; {setting}",
        "不超过{megabytes}MB、{depth}层，引用展开后不超过{size}项；可用{setting}设定",
    ),
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
            "hidden_rows": ("{count} hidden rows are read as the others", "有{count}行被隐藏，照常读取", "隐藏的行"),
            "hidden_columns": (
                "hidden columns are read as the others: {names}",
                "有隐藏的列，照常读取：{names}",
                "隐藏的列",
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
            "left_out_units": ("units of the columns, taken as such: left out", "单位行，已理解为单位", "未计入的行"),
        }.items()
    },
    "hidden_table": Message(
        "finding",
        "a hidden sheet has such a table too, {count} rows of which stand on no sheet shown: not read",
        "隐藏的工作表中也有此表，其中{count}行不在其他工作表中，未读取",
        "the sheet shown where its rows count, deleted where they do not",
        "应计入的取消隐藏，不应计入的删除",
        title="隐藏的工作表",
        kind="bad_cell",
        stake="order",
    ),
    "sum_differs": Message(
        "finding",
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
    "profile_used": Message(
        "warning",
        "read with the profile {value} ({path})",
        "按对照“{value}”读取（{path}）",
        kind="note_left_out",
        title="按对照读取",
    ),
    "answered": note(
        "read as {meant} in {count} cells, as {by} answered on {at}",
        "{count}处按{by}{at}所答读作“{meant}”",
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
        "no header row found",
        "没有找到表头行",
        "a row with headers such as {names}",
        "有{names}一类表头的一行",
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
    "cell_missing": error("unreadable cell, counted as missing", "不能识别，按缺失处理", "{expected}", "{expected}"),
    "cell_blank": error("blank; the row is left out", "空白，该行未计入", "{names:or}", "{names:or}"),
    # -- what a cell or file should be
    "a_readable_file": phrase("a readable file", "可读的文件"),
    "a_parquet_file": phrase("a parquet file", "parquet文件"),
    "a_yaml_file": phrase("a UTF-8 YAML file", "UTF-8编码的YAML文件"),
    "a_workbook": phrase("an Excel workbook", "Excel工作簿"),
    "a_list": phrase("a list", "企业清单"),
    "perhaps": phrase("{expected}; perhaps {near}", "{expected}；可能是{near}"),
    "a_number": phrase("a number{unit}{bounds}", "数字{unit}{bounds}"),
    "a_whole_number": phrase("a whole number{unit}{bounds}", "整数{unit}{bounds}"),
    "in_unit": phrase(" in {unit}", "，单位{unit}"),
    "at_least": phrase(" >= {low:g}", "，不小于{low:g}"),
    "at_most": phrase(" <= {high:g}", "，不大于{high:g}"),
    "between": phrase(" >= {low:g} and <= {high:g}", "，不小于{low:g}且不大于{high:g}"),
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
