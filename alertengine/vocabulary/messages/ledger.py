"""What is said in the room ``ledger``."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, error, finding, note, phrase

MESSAGES: Final[dict[str, Message]] = {
    "corrected_already": error(
        "this act is corrected already: act {act} stands in its place",
        "这一条已被更正，现由第{act}号代替",
        "the act that stands ({act})",
        "现行的一条（第{act}号）",
    ),
    "corrected_before_issue": error(
        "act {act} is corrected before it was issued; nothing was written",
        "更正的时间早于第{act}号的发布时间，未写入",
        "{issued} or later",
        "{issued}以后",
    ),
    "no_act_to_correct": error("no such act to correct", "没有可更正的这一条", "1 to {last}", "1至{last}"),
    "issued_in_future": error(
        "issued later than it is recorded; nothing was written",
        "发布时间晚于记录时间，未写入",
        "by {recorded}",
        "不晚于{recorded}",
    ),
    "datasette_missing": error(
        "not installed", "未安装datasette", "the extra alertengine[browse]", "alertengine[browse]"
    ),
    "cryptography_missing": error(
        "not installed", "未安装cryptography", "the extra alertengine[sign]", "alertengine[sign]"
    ),
    "act_kind_unknown": error("no kind of act", "没有这一种类的记录", "{names:or}", "{names:or}"),
    "not_a_new_file": error("cannot be written: {error}", "文件不能写入：{error}", "a new file", "新的文件"),
    "no_private_key": error(
        "no private key: {error}", "不是私钥：{error}", "a file that ledger keygen wrote", "ledger keygen写出的文件"
    ),
    "other_key_kind": error("another kind of key", "密钥种类不符", "Ed25519", "Ed25519"),
    "no_public_key": error(
        "no public key: {error}",
        "不是公钥：{error}",
        "a .pub file that ledger keygen wrote",
        "ledger keygen写出的.pub文件",
    ),
    "no_act_to_sign": error(
        "no act to sign", "没有可签署的记录", "a ledger with at least one act", "至少有一条记录的台账"
    ),
    "checkpoint_not_handed_over": error(
        "the act is on record, its checkpoint was not handed over: {error}",
        "记录已写入，检查点未能交存：{error}",
        "a second office that takes the checkpoint of the next act",
        "下一条记录的检查点能够交存",
    ),
    "witness_failed": error(
        "the witness command failed: {error}",
        "交存检查点的程序未成功：{error}",
        "a program that reads a checkpoint on standard input and leaves with exit status 0",
        "从标准输入读取检查点、退出状态为0的程序",
    ),
    "taken_from_others": note(
        "other users could open it (mode {mode}); now its owner alone can (0600)",
        "其他用户曾可打开（权限{mode}），已改为仅所有者可读写（0600）",
    ),
    "checkpoint_unreadable": error(
        "cannot be read: {error}", "文件不能读取：{error}", "a checkpoint file", "检查点文件"
    ),
    "not_a_checkpoint": error(
        "not a checkpoint", "不是检查点文件", "a file that ledger checkpoint wrote", "ledger checkpoint写出的文件"
    ),
    "signed_by_other_key": error("signed by another key", "由另一密钥签署", "the key {key}", "密钥{key}"),
    "signature_broken": error(
        "the signature does not hold", "签名不成立", "an untouched checkpoint", "未被改动的检查点"
    ),
    "clock_backwards": error(
        "the clock has gone backwards: the last act was recorded at {last}; nothing was written",
        "时钟倒退：上一条记录于{last}；未写入",
        "a right clock, or --clock-reason REASON where the last act's was wrong",
        "校准时钟；上一条的时钟有误的，用--clock-reason说明",
    ),
    "ledger_busy": error(
        "another process is writing; nothing was written", "另有程序正在写台账，本次未写入", "a second try", "稍后再试"
    ),
    "ledger_disk_full": error("nothing was written: {error}", "未写入：{error}", "room on the disk", "磁盘有空间"),
    "ledger_unopened": error(
        "cannot be opened: {error}",
        "台账不能打开：{error}",
        "a file and folder that can be read and written",
        "可读写的文件和文件夹",
    ),
    "not_a_ledger": error("not a ledger", "不是台账", "a file that ledger issue wrote", "ledger issue写出的文件"),
    "ledger_damaged": error(
        "damaged: {error}",
        "台账已损坏：{error}",
        "an untouched ledger; see ledger verify",
        "未被改动的台账，见ledger verify",
    ),
    "sqlite_too_old": error("this Python's SQLite is too old", "Python所带的SQLite过旧", "{version}", "{version}"),
    "no_ledger_file": error("{there}", "{there}", "a ledger that ledger issue wrote", "ledger issue写出的台账"),
    "no_ledger_folder": error("no such folder", "没有这个文件夹", "an existing folder", "已有的文件夹"),
    "ledger_empty": error("an empty file", "空文件", "a ledger with at least one act", "至少有一条记录的台账"),
    "ledger_newer": error(
        "written by a newer program", "由更新版本的程序写成", "layout {layout} or older", "版式{layout}或更早"
    ),
    "ledger_older": error("an older layout", "台账版式较旧", "ledger upgrade LEDGER first", "先执行ledger upgrade"),
    "no_act_with_table": error(
        "no act has such a table", "没有哪一条有这种表", "acts, orders, warnings, ...", "acts、orders、warnings等"
    ),
    "personal_without_reason": error(
        "personal data are shown to a named person for a reason, and that is recorded",
        "个人信息只向说明理由的具名人员提供，并留有记录",
        '--by "office name" --reason TEXT',
        '--by "单位 姓名" --reason 理由',
    ),
    "act_without_table": error("act {act} has no such table", "第{act}号没有这种表", "{tables}", "{tables}"),
    "no_decisions_on_record": error(
        "no decision is on record, and no act was made from a table of decisions",
        "台账中没有处罚决定，也没有依据处罚决定表作出的记录",
        "a table of decisions, or ledger decisions LEDGER TABLE first",
        "处罚决定表，或先用ledger decisions录入",
    ),
    "decisions_left_unused": finding(
        "{count} decisions on record here are not lifted, and these orders were made without them",
        "台账中有{count}件处罚决定未解除，本次指令没有据此作出",
        "--decisions with this ledger or a table",
        "用--decisions给出本台账或决定表",
    ),
    "order_left_out": finding(
        "an order from above on record (act {act}) was not decided on: {asks}",
        "台账中的上级要求（第{act}号）没有据以计算：{asks}",
        "among the orders of the scenario, or decided anew",
        "写入情景的orders，或重新拟稿",
    ),
    "warnings_left_out": finding(
        "{count} decisions on warnings that stand on record were not decided on: {names}",
        "台账中生效的预警有{count}条决定没有据以计算：{names}",
        "active: what ledger active writes",
        "以ledger active写出的记录作情景的active",
    ),
    "issued_already": finding(
        "act {act} holds the same warnings and orders",
        "第{act}号已有同样的预警和指令",
        "--corrects where it puts that right",
        "更正的写明--corrects",
    ),
    "issued_too_early": finding(
        "issued before it was decided, {decided}", "早于作出决定的时间{decided}", "a later time", "更晚的时间"
    ),
    "order_without_paper": error("act {act} holds no paper of an order", "第{act}号没有调度令原件"),
    "order_source_wanted": error("an order from above needs who gave it by which document", "须写明下达单位和文号"),
    "order_on_record": error("on record already, act {act}", "已在台账，第{act}号"),
    "order_ends_earlier": error("it ends before: {ends}", "早于此已不再执行：{ends}"),
    "decision_incomplete": error(
        "a decision without this cell cannot be entered", "缺少此项的决定不能入账", "a value", "须填写"
    ),
    "decision_differs": error(
        "the decision is on record with {held}",
        "在案的该决定为{held}",
        "the same, or --corrects ACT of the act that is wrong",
        "与在案的一致；在案的有误的，用--corrects更正",
    ),
    "no_such_decision": error(
        "no such decision on record", "在案的没有这一决定", "one of: {names}", "其中之一：{names}"
    ),
    "decision_of_several": error(
        "{count} decisions of several enterprises have this number",
        "{count}件不同企业的决定都用这一文号",
        "--enterprise NAME as well",
        "同时给出--enterprise",
    ),
    "decision_lifted_already": error(
        "lifted already, on {day}", "已于{day}解除", "a decision that is open", "尚未解除的决定"
    ),
    "lifted_before_decided": error(
        "before the decision began to bind", "早于决定生效之日", "{day} or later", "不早于{day}"
    ),
    "no_decisions_of_act": error(
        "act {act} is no entry of decisions", "第{act}号不是处罚决定的记录", "an act of kind {kind}", "{kind}类的记录"
    ),
    "act_without_file": error(
        "act {act} rests on no such file",
        "第{act}号不依据这个文件",
        "a path that ledger show names",
        "ledger show列出的路径",
    ),
    "nothing_to_upgrade": error("nothing to upgrade", "无须升级", "a layout before {layout}", "早于{layout}的版式"),
    "copy_there": error(
        "the copy of the older layout is there already", "旧版式的备份已经存在", "a name that is free", "未被占用的名称"
    ),
    "ledger_log_hidden": error(
        "acts in the log beside the ledger cannot be read where it lies",
        "台账旁的日志文件在此处无法读取，其中的记录看不到",
        "the ledger and the log together in a folder that can be written",
        "台账与日志一并放在可写的文件夹中",
    ),
    "ledger_layout_changed": error(
        "the layout of the ledger was changed: {value}",
        "台账的表结构被改动：{value}",
        "an untouched ledger; see ledger verify",
        "未被改动的台账，见ledger verify",
    ),
    "file_of_act_broken": error(
        "a file of act {act} cannot be unpacked: {error}",
        "第{act}号所据文件不能解开：{error}",
        "an untouched ledger; ALERTENGINE_MAX_UNPACKED_MB sets how large a file may be",
        "未被改动的台账；文件大小上限由ALERTENGINE_MAX_UNPACKED_MB设定",
    ),
    "verify_without_checkpoint": phrase(
        "not looked at: whether whoever holds the file rewrote it whole or cut its end; "
        "that takes a checkpoint that another office keeps (--checkpoint)",
        "未核对：持有台账者是否整体改写或截去末尾；须有其他单位保存的检查点（--checkpoint）",
    ),
    "verify_format_1": phrase(
        "acts up to {last} are of format 1, whose commitments carry no lengths and no ledger id: that a file of theirs "
        "was not prepared beforehand to be exchanged for a personal one cannot be told",
        "第{last}号及以前为格式1，其承诺值不含长度和台账编号：无法排除事先备好的文件被换成另一份个人信息文件",
    ),
    "no_checkpoint_there": error(
        "no checkpoint in the folder",
        "文件夹中没有检查点",
        "files that ledger checkpoint wrote",
        "ledger checkpoint写出的文件",
    ),
    "not_signed_so": error(
        "act {act} does not carry this signature",
        "第{act}号没有这一署名",
        "one of: {signatures}",
        "其中之一：{signatures}",
    ),
    "signer_wanted": error(
        "no signature and key",
        "不是署名和密钥",
        '"office name=FILE.pub", each key once',
        "“职务 姓名=文件.pub”，每一密钥只用一次",
    ),
    "act_contents": error(
        "act {act} does not hold what this program writes",
        "第{act}号的内容不是本程序写出的样式",
        "a record that this program kept",
        "本程序保管的台账",
    ),
    "no_such_act": error("no such act", "台账中没有这一条", "1 to {last}", "1至{last}"),
    "no_act_at_all": error("no such act", "台账中没有这一条", "an act", "有记录的台账"),
    # -- what verification says of defects
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
