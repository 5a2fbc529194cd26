"""What verification of a ledger says of its defects."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, phrase

MESSAGES: Final[dict[str, Message]] = {
    "defect_line": phrase("{where}, {table}: {said} [{kind}]", "{where}，{table}：{said}（{kind}）"),
    "defect_of_act": phrase("act {act}", "第{act}号"),
    "defect_of_file": phrase("file", "文件"),
    "log_hidden": phrase(
        "a log beside the file cannot be read where it lies: acts in it are hidden",
        "台账旁的日志文件在此处无法读取，其中的记录看不到",
    ),
    "page_unreadable": phrase("{error}", "数据页有误：{error}"),
    "file_cut_unread": phrase(
        "the file is cut: {pages} pages of {size} bytes were written; {error}",
        "文件被截短：原写入{pages}页、每页{size}字节；{error}",
    ),
    "file_cut": phrase(
        "the file is cut: {written} bytes were written, {there} are there",
        "文件被截短：原{written}字节，现{there}字节",
    ),
    "layout_gone": phrase("the {kind} {name} is gone", "{kind}{name}已不存在"),
    "layout_added": phrase("a {kind} {name} was added", "多出{kind}{name}"),
    "layout_altered": phrase("the {kind} {name} was altered", "{kind}{name}被改动"),
    "row_without_parent": phrase("a row points to no row of {parent}", "有一行所指的{parent}中没有对应的行"),
    "cell_unreadable": phrase("cannot be read: {error}", "不能读取：{error}"),
    "act_before_gone": phrase("the act before {number} is gone", "第{number}号之前的一条已不存在"),
    "form_goes_back": phrase("form {form} after form {last}", "格式{last}之后出现格式{form}"),
    "act_out_of_chain": phrase("does not follow the act before", "与上一条不相接"),
    "option_leads_out": phrase(
        "the option {name} names a path that leads out: '{path}'", "选项{name}的路径指向文件夹之外：{path}"
    ),
    "form_unknown": phrase("unknown form {form}", "格式{form}不可识别"),
    "columns_not_as_written": phrase("columns of {part} are not as they were written", "{part}的栏目不是原来写入的"),
    "act_changed": phrase("the act, its tables or its files were changed", "该条记录、其表或所据文件被改动"),
    "input_leads_out": phrase(
        "the path '{path}' leads out of the folder it is unpacked to", "路径{path}指向解开的文件夹之外"
    ),
    "input_twice": phrase("the file {path} is said twice", "文件{path}列了两次"),
    "input_gone": phrase("the file {path} is gone", "文件{path}已不存在"),
    "rows_torn": phrase("rows {first} to {last} are not there", "第{first}行至第{last}行缺失"),
    "rows_differ": phrase("{written} rows were written, {there} are there", "原写入{written}行，现有{there}行"),
    "row_changed": phrase("a row was changed", "有一行被改动"),
    "snapshot_changed": phrase("the content of snapshot {number} was changed", "{number}号文件内容被改动"),
    "rows_unused": phrase("{count} rows that no act uses", "有{count}行不属于任何一条记录"),
    "rows_unfinished": phrase("{count} rows of an act that was never finished", "有{count}行属于未写完的一条记录"),
    "rows_of_no_act": phrase("{count} rows of no act", "有{count}行没有对应的记录"),
    "rows_unlisted": phrase("{count} rows of a table that the act does not have", "有{count}行属于该条没有的表"),
    "value_unused": phrase("a value that no act uses: {digest}", "没有哪一条用到的值：{digest}"),
    "value_erased_unsaid": phrase("{digest} was erased, and no act says so", "{digest}被擦除，没有擦除记录"),
    "value_changed_erased": phrase("{digest} was changed after it was erased", "{digest}擦除后又被改动"),
    "value_there_erased": phrase("{digest} is there, and an act says it was erased", "{digest}仍在，而记录称已擦除"),
    "value_changed": phrase("{digest} was changed", "{digest}被改动"),
    "value_gone": phrase("{digest} is gone without an act that erased it", "{digest}已不存在，没有擦除记录"),
    "not_signed_by_key": phrase("{step}: not signed by the key of {by}", "{step}：没有{by}密钥的签名"),
    "checkpoint_of_another": phrase("the checkpoint of {time} is of another ledger", "{time}的检查点属于另一台账"),
    "checkpoint_end_cut": phrase(
        "the checkpoint of {time} saw {acts} acts, {last} are there: the end was cut off",
        "{time}的检查点有{acts}条记录，现有{last}条：末尾被截去",
    ),
    "checkpoint_rewritten": phrase(
        "the checkpoint of {time} saw another act {act}: the past was rewritten",
        "{time}的检查点所见第{act}号与现在不同：以往的记录被改写",
    ),
    "contents_not_ours": phrase("not as this program writes it: {what}", "不是本程序写出的样式：{what}"),
    "contents_refused": phrase("{problem}", "{problem}"),
    "contents_unread": phrase("cannot be read: {error}", "不能读取：{error}"),
    "act_before_time": phrase(
        "act {act} was recorded before the one before it: {reason}", "第{act}号的记录时间早于上一条：{reason}"
    ),
}
