"""What is said of files: their kinds, headers, cells and places."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.files_reading import OF_READING
from alertengine.vocabulary.messages.message import Message, error, finding, phrase

MESSAGES: Final[dict[str, Message]] = {
    # -- files
    "unknown_suffix": error("unknown suffix", "不支持的文件类型", "{suffixes:space}", "{suffixes}"),
    "suffix_not_read": error(
        "unknown kind of file {suffix!r}",
        "不支持的文件类型“{suffix}”",
        "csv, xlsx, xls or parquet: save an .et, .ods and the like as xlsx, unpack an archive first",
        "csv、xlsx、xls或parquet文件；.et、.ods等另存为xlsx，压缩包先解压",
    ),
    "unreadable_file": error("cannot be read: {error}", "文件不能读取：{error}", "{kind}", "{kind}"),
    "unopened_file": error("cannot be opened: {error}", "文件不能打开：{error}", "{kind}", "{kind}"),
    "password_asked": error(
        "cannot be opened without its password",
        "文件设有打开密码，不能读取",
        "the same workbook saved without a password",
        "取消打开密码后另存的工作簿",
    ),
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
    "written_over_input": error(
        "is read here: it would be written over",
        "是本次读取的文件，写入会将其覆盖",
        "another file to write to",
        "写入另一文件",
    ),
    "nothing_there": phrase("no such file", "没有这个文件"),
    "a_folder_there": phrase("a folder, not a file", "是文件夹，不是文件"),
    "unreadable_run_file": error("{there}", "{there}", "a file of a run", "运行写出的文件"),
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
        "a csv, xlsx or parquet file",
        "csv、xlsx或parquet文件",
    ),
    "is_list_folder": error(
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
    "yaml_alias_inside": phrase("*{found} stands within what it refers to", "引用*{found}写在它所指的内容之内"),
    "yaml_second_document": phrase("a second document (---)", "有第二个文档（---），一个文件只写一个"),
    "yaml_tag": phrase("a tag (!) that is not read here", "此处不读取“!”标签"),
    "yaml_sign": phrase("a control character", "含有控制字符"),
    "yaml_otherwise": phrase("not YAML", "书写不合格式"),
    "key_refused": error("{message}", "不符合要求：{message}"),
    "key_blank": error(
        "nothing is said", "没有写内容", "what is meant, or the key left out", "写明内容，或者删去这一项"
    ),
    "key_missing": phrase("it is missing", "缺少这一项"),
    "key_text": phrase(
        "expected a text, in quotes where it looks like a number, a date or yes and no",
        "应为文字；像数字、日期或者yes、no的加引号",
    ),
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
    "unknown_key": error("unknown key", "没有这一项", "a key that can stand there", "此处可写的项"),
    "unknown_key_among": error("unknown key", "没有这一项", "one of {names}", "{names}之一"),
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
    "too_much_ratio": error(
        "packed {found} times, as no table is: not read",
        "压缩比为{found}倍，不是正常的表格，不读取",
        "at most {most} times ({setting} sets it)",
        "不超过{most}倍（由{setting}设定）",
    ),
    "too_much_sheets": error(
        "too many sheets to be read: {found}",
        "工作表过多，不读取：{found}个",
        "at most {most} sheets ({setting} sets it)",
        "不超过{most}个（由{setting}设定）",
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
    "misnamed": error(
        "{found} under a name that ends in {suffix}",
        "文件内容是{found}，与扩展名{suffix}不符",
        "a file named after what it is; a web page opened in a spreadsheet and saved as .xlsx",
        "按实际内容改扩展名；网页请用表格软件打开后另存为.xlsx",
    ),
    "a_zip_file": phrase("a workbook (.xlsx) or another zip", "工作簿（.xlsx）或其他压缩文件"),
    "an_old_workbook": phrase("an old workbook (.xls)", "旧版工作簿（.xls）"),
    "a_pdf_file": phrase("a PDF", "PDF文档"),
    "a_gz_file": phrase("a packed file (.gz)", "gz压缩文件"),
    "an_archive": phrase("an archive (.rar, .7z)", "压缩包（.rar、.7z）"),
    "a_web_page": phrase("a web page (HTML or XML)", "网页（HTML或XML）"),
    "a_text_file": phrase("a text", "文本"),
    "formula_failed": error(
        "the formula of this cell failed or was saved without its result",
        "单元格的公式出错，或保存时没有结果",
        "the text itself",
        "直接写明内容",
    ),
} | OF_READING
