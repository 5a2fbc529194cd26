"""What is said in the room ``workflow``."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, error, finding, note, phrase

#: What is expected of a ratio.
_REQUIRED: Final = ("{required:percent} by {basis}", "{required:percent}（{basis}）")

MESSAGES: Final[dict[str, Message]] = {
    "record_of_nothing": error(
        "neither a document nor a rule on file",
        "规则库中没有这份文件或这条规则",
        "an id, number or title, perhaps {names}",
        "文件编号、文号、标题或规则编号，可能是{names}",
    ),
    "compared_needs": error(
        "an official text is found by its issuer, day and number (a law has no number), and this one lacks one",
        "官方文本须有发文机关、发文日期、文号（法律没有文号）才能查到，这份文件缺一项",
        "that of the official text",
        "官方文本所载的",
    ),
    "compared_by_enterer": error(
        "{document} was entered by the same person", "{document}是这个人录入的", "another person", "由另一人核对"
    ),
    "record_of_itself": error("a document does not end itself", "文件不能终止自己"),
    "record_in_foreign": error(
        "the document stands in a folder that is not written to",
        "这份文件不在要写入的规则文件夹中",
        "another id",
        "另用一个文件编号",
    ),
    "record_not_lapsed": note(
        "not past the year it was made for on {day}: that it goes on changes nothing then",
        "到{day}尚未超过所为制定的年份，沿用此时不改变什么",
    ),
    "record_not_in_force": note("not in force at {day}: there is nothing to end", "{day}时并不在执行，没有可终止的"),
    "members_reversed": error("before the first day", "早于起日", "a later day", "较晚的日期"),
    "members_none": error("no member in the table", "表中没有企业", "a row an enterprise", "一行一家企业"),
    "member_not_in_list": note(
        "not in the enterprise list: there it changes no order", "企业清单中没有这家企业，不影响指令"
    ),
    "members_in_one_cell": finding(
        "several names in one cell: not taken", "一格写了几个名称，未采用", "one enterprise a row", "每家企业一行"
    ),
    "member_perhaps": finding(
        "not in the enterprise list under this name; perhaps {names}", "企业清单中没有这个名称，可能是{names}"
    ),
    "plan_needs_id": error(
        "no id can be made of the city's name", "城市没有拼音，不能编出文件编号", "--document NAME", "--document 编号"
    ),
    "not_handed_on": error(
        "cannot be handed on signed: {why}",
        "不能签名转出：{why}",
        "a document that this bureau entered, with entered: {{by, on, pages}}",
        "本局录入、写明录入人和页码的文件",
    ),
    "nobody_entered": phrase("nobody is named who entered it", "没有写明录入人"),
    "from_another_bureau": phrase(
        "it came from {bureau}: pass on the file that bureau signed", "它来自{bureau}，请转交该局签名的原文件"
    ),
    "signer_no_hand": error(
        "neither entered nor checked the document",
        "既不是录入人，也不是核对人",
        "one of {names}, as the document names them",
        "文件写明的{names}",
    ),
    "bureau_wanted": error("no bureau is named", "没有写明单位", "--bureau NAME", "--bureau 单位"),
    "not_a_signed_document": error(
        "not a signed rule document",
        "不是签名的规则文件",
        "a file that rules export --signed-by wrote",
        "rules export --signed-by写出的文件",
    ),
    "signed_document_changed": error(
        "the signature of {by} does not hold: forged, or changed since it was signed; nothing was read",
        "{by}的签名不成立：系伪造，或签名后被改动；未读入",
        "the file as it was handed on, asked anew of its bureau",
        "向转出单位重新索取原文件",
    ),
    "signed_by_unknown_key": finding(
        "signed by {by} with the key {key}, which is not among those given: ask them to read out its fingerprint, then "
        "give --signer; until then it is no official text",
        "{by}以密钥{key}签名，不在所给公钥之中：请向其本人核对密钥指纹，再以--signer给出；此前不作为官方文本",
    ),
    "signed_older": finding(
        "handed on before what is on file of this document, which is of {held}",
        "转出早于在册文本，在册的于{held}转出",
        "the newest that its bureau handed on",
        "转出单位最近转出的一份",
    ),
    "signed_origin": note(
        "handed on by {bureau}; entered by {by}; checked by {checked}; {citation}, issued {issued}, pages "
        "{pages}; SHA-256 {sha}",
        "{bureau}转来；录入：{by}；核对：{checked}；{citation}，{issued}发布，页码{pages}；SHA-256 {sha}",
    ),
    "nothing_to_recompute": error(
        "act {act} has no orders to recompute",
        "第{act}号没有可重新计算的指令",
        "an act of kind issue with the files it rests on",
        "连同所依据文件一并记录的issue类的一条",
    ),
    "orders_file_has_no_acts": error("an orders file has no acts", "指令文件没有编号", "a ledger", "台账"),
    "no_act_with_orders": error(
        "no act with orders that bind",
        "没有带指令的具效力记录",
        "an act of a live run; one of a drill or simulation is named by --act",
        "正式响应的一条；演练、推演的以--act指明",
    ),
    "act_held_no_hour": error(
        "no order of act {act} held for an hour: its hours were over, ended or held by other acts",
        "第{act}号的指令没有一小时由其执行：各时段已过、已终止或由其他编号执行",
        "an act whose orders held",
        "指令执行过的一条",
    ),
    "act_taken_over": note(
        "{count} orders of act {act} are judged until a later act ended or took them over, and no further",
        "第{act}号有{count}条指令只核查到后来的编号将其终止或接续之时",
    ),
    "orders_of_acts": note(
        "orders of act {acts}; list and law of act {last}", "第{acts}号的指令；清单和规定取第{last}号"
    ),
    "orders_not_live": finding(
        "these orders are of no live run (mode: {mode}): they bind nobody, and nothing found here is a breach of them",
        "这些指令不是正式运行的（mode: {mode}），不具效力，所列结论不得据以认定违反",
    ),
    "issued_late": note(
        "act {act} was issued at {issued}, after its orders begin ({since}): what is found of the hours between is for "
        "a person to judge",
        "第{act}号于{issued}签发，晚于其指令起算的{since}；其间时段的结论能否据以认定由人确定",
    ),
    "not_served": finding(
        "no receipt proves by the end of the day that the order was served, in {count} findings of a plant and a day; "
        "a person decides whether they hold: {named:then}",
        "{count}个企业日的结论，当日没有送达回执证明，能否据以认定由人确定：{named:then}",
    ),
    "not_a_draft": error("act {act} is no draft", "第{act}号不是拟稿", "an act of kind draft", "draft类的一条"),
    "nobody_signed": error("nobody signed", "无人签署", "office and name", "单位和姓名"),
    "returning_a_draft": phrase("returning a draft", "退回拟稿"),
    "withdrawing_a_draft": phrase("withdrawing a draft", "撤回拟稿"),
    "doing_takes_reason": error("{doing} takes a reason", "{doing}须写明理由"),
    "draft_overtaken": error(
        "acts of the same cities were issued since draft {draft} was made",
        "拟稿第{draft}号之后又发布了同一城市的指令",
        "a new draft, or why this one stands",
        "重新拟稿，或说明为何仍以此为准",
    ),
    "act_without_run": error(
        "act {act} rests on no run",
        "第{act}号没有推演所依据的输入",
        "an act of kind draft or issue",
        "draft或issue类的一条",
    ),
    "act_files_erased": error(
        "files of act {act} were erased",
        "第{act}号的文件已删除",
        "a new draft; to correct it, ledger issue --corrects with files of its own",
        "重新拟稿；要更正的，用ledger issue --corrects，另附清单等文件",
    ),
    "draft_differs": error(
        "draft {draft} comes out differently from what was approved; nothing was issued",
        "拟稿第{draft}号重新计算的结果与批准时不同，未发布",
        "a new draft, reviewed and approved",
        "重新拟稿、审核和批准",
    ),
    "nothing_to_record": error(
        "no warning and no order: nothing to record", "没有预警也没有指令，无可记录", "a warning", "有预警"
    ),
    "list_is_draft": error(
        "the list is not published: these orders rest on a draft (草稿)",
        "清单未发布，指令依据的是草稿",
        "lists publish before issuing",
        "发布前先用lists publish发布清单",
    ),
    "added_meanwhile": error(
        "act {act} was added meanwhile; nothing was written",
        "其间第{act}号已记入台账，本次未写入",
        "the same once more",
        "再执行一次",
    ),
    "no_such_county": error("the list has no such county", "清单里没有这个区县", "{names:pause}", "{names:pause}"),
    "county_again": error(
        "the same county as in row {row_before}", "与第{row_before}行是同一区县", "each county once", "每个区县一行"
    ),
    "not_a_count": error("cannot be read", "不能识别", "a whole number", "整数"),
    "submitted_differs": finding(
        "the list has {listed} enterprises of {county}",
        "清单中{county}有{listed}家企业",
        "the number that was submitted",
        "与上报的家数一致",
    ),
    "county_not_submitted": finding(
        "no submission of {names:pause}", "{names:pause}没有上报", "one of each county", "每个区县一份"
    ),
    "objection_empty": error("says nothing", "没有写明内容", "the objection", "异议内容"),
    "outcome_unknown": error("not understood", "不能识别", "{outcomes:space}", "{outcomes}"),
    "outcome_unanswered": error(
        "an outcome without who answered and when",
        "有处理结果，但没有答复人和时间",
        "answered_by and answered_on",
        "填写答复人和答复日期",
    ),
    "answered_early": error("answered before it was received", "答复日期早于收到日期", "{day} or later", "不早于{day}"),
    "objection_open": error(
        "the objection of {day} has no answer", "{day}收到的异议没有答复", "{outcomes:space}", "{outcomes}"
    ),
    "objection_off_list": finding(
        "an objection about an enterprise that is not on the list",
        "异议所涉企业不在清单中",
        "{names:pause}",
        "{names:pause}",
    ),
    "filing_without_office": error("names no office", "没有写明单位", "the office it was filed with", "备案的单位"),
    "not_a_form_day": error("cannot be read", "不能识别", "a day such as 2020-09-01", "日期，如2020-09-01"),
    "later_than_today": error("later than today", "晚于今天", "by {day}", "不晚于{day}"),
    "rule_asks_more": finding(
        "{place}: a rule asks more than the list of {count} lines",
        "{place}：{count}条生产线的规定严于清单",
        "a person's decision; the list binds",
        "由人确定；以清单为准",
    ),
    "lines_without_ground": finding(
        "{place}: {count} lines without a ground (依据缺失)", "{place}：{count}条生产线依据缺失"
    ),
    "no_rule_for_ratio": finding(
        "{city}, {level:level}: no rule on file requires a ratio of {names}",
        "{city}{level:level_text}：没有规定{names}的减排比例",
    ),
    "not_with_publication": note("not on file with this publication", "本次发布没有附这一项", "{option}", "{option}"),
    "not_published": error("not published", "未发布", "--despite REASON", "写明仍发布的理由"),
    "defective_cells": error(
        "{count} defective cells, the first in row {first}, {header}",
        "{count}个格子有误，首见第{first}行“{header}”",
        "a list without defects; see check",
        "没有错误的清单",
    ),
    "certificates_ended": error(
        "the certificates of the grades of {count} enterprises have ended before {day}",
        "{count}家企业的评级证书在{day}前已到期",
        "grades with a certificate in force",
        "证书有效的评级",
    ),
    "changed_while_read": error(
        "was changed while it was looked at", "核对期间文件被改动", "an untouched list", "未被改动的清单"
    ),
    "act_without_rules": error(
        "the act rests on no rules", "这一条不依据规则", "an act of warnings and orders", "预警和指令的一条"
    ),
    "act_list_missing": error("the list is not there", "清单不在其中", "an act with its list", "带有清单的一条"),
    "recorded_already": error("recorded already as act {act}", "已记录为第{act}号", "other findings", "其他核查结果"),
    "order_of_no_act": error(
        "no binding act of the ledger gave this order",
        "台账中没有哪一条具效力的记录给出这条指令",
        "findings on orders of this ledger",
        "本台账指令的核查结果",
    ),
    "no_finding": error(
        "no finding on any order", "没有对任何指令的结论", "findings on orders of this ledger", "本台账指令的核查结果"
    ),
    "erasing_takes_reason": error(
        "erasing takes a reason and who approved it",
        "删除须写明理由和批准人",
        "--reason and --approved-by",
        "--reason和--approved-by",
    ),
    "must_be_kept": error("must still be kept: {acts}", "仍须保留：{acts}", "an earlier --before", "更早的--before"),
    "nothing_to_erase": error(
        "nothing personal that only acts before {day} use",
        "没有只被{day}以前的记录使用的个人信息",
        "a later --before",
        "更晚的--before",
    ),
    "unreadable_snapshot": error("cannot be read: {error}", "文件不能读取：{error}", "a readable file", "可读的文件"),
    "rules_folder_empty": note(
        "no rule document in the folder: it adds nothing",
        "文件夹内没有规则文件，未增加规则",
        "files *.yaml",
        "*.yaml文件",
    ),
    "no_rules_folder": error("no such folder", "没有这个文件夹", "a folder of rule documents", "规则文件夹"),
    "no_file_name": error("no file name", "没有文件名", "a name with its suffix", "带后缀的名称"),
    "file_name_unusable": error(
        "a file name that cannot be kept",
        "文件名过长，或含有不能显示的字符",
        "at most {most} Chinese characters, printable",
        "改短后再传，至多{most}个汉字",
    ),
    "given_twice": error("given twice", "重复上传", "each file once", "每个文件一次"),
    "would_not_be_read": error(
        "would not be read",
        "与本次无关，不会读取",
        "what stands beside a list: NAME.version.yaml, NAME.totals.csv",
        "与清单放在一起的：名称.version.yaml、名称.totals.csv",
    ),
    "draft_stands_elsewhere": error(
        "draft {act} cannot be {doing:step}: {stands}",
        "拟稿第{act}号不能{doing:step}：{stands}",
        "{stages:or}",
        "{stages:or}",
    ),
    "stands_issued": phrase("it was issued as act {act}", "已作为第{act}号发布"),
    "stands_replaced": phrase("draft {act} replaces it", "已改为第{act}号拟稿"),
    "stands_at": phrase("it stands at {stage:stage}{why}", "现在{stage:stage}{why}"),
    "same_person_twice": error(
        "the same person {step:step} it: two of draft, review and approval",
        "同一人已{step:step}：拟稿、审核、批准须由不同的人",
        "another person",
        "另一人",
    ),
    "ratio_is_missed": finding("{place}: misses the ratio", "{place}：未达到减排比例", *_REQUIRED),
    "ratio_unproved": finding("{place}: the ratio cannot be proved", "{place}：减排比例不能证明", *_REQUIRED),
    "published_already": error(
        "this file is published already",
        "这份文件已经发布",
        "the same version, approver and day, or a revised file",
        "同一版本、批准人和日期，或修订后的文件",
    ),
    "version_taken": error(
        "another file is published under this version",
        "该版本号下已发布另一份文件",
        "--version with a new one",
        "--version 新的版本号",
    ),
    "no_procedure": finding(
        "{place}: no procedure on file says who must {step} (程序未录入)",
        "{place}：程序未录入，不知应由谁办理（{step}）",
    ),
    "signed_by_another": finding(
        "{place}: not who must {step} by {basis}",
        "{place}：不是{basis}规定的办理人（{step}）",
        "{actor} and a name",
        "{actor}及姓名",
    ),
    "step_late": finding(
        "{place}: {hours:number} hours from {earlier} to {later}",
        "{place}：{later}距{earlier}{hours:number}小时",
        "within {allowed:number} hours by {basis}",
        "不超过{allowed:number}小时（{basis}）",
    ),
    "step_before": error(
        "{step} is stated to come before {before}", "所填{step}时间早于{before}", "at or after {first}", "不早于{first}"
    ),
    "several_answer": error(
        "{count} enterprises answer to this",
        "有{count}家企业与此相符",
        "a credit code or name{such}",
        "信用代码或名称{such}",
    ),
    "no_order_to_it": error(
        "no act gave this enterprise an order",
        "台账中没有哪一条给过这家企业指令",
        "a credit code or name{such}",
        "信用代码或名称{such}",
    ),
    "such_as": phrase(", such as {names}{more}", "，如{names}{more}"),
    "and_more": phrase(" and {count} more", "等另外{count}家"),
}
