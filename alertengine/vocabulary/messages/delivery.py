"""What is said of service: of the act, whom receipts are of, what they say happened, and when."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, error, finding, note, phrase

MESSAGES: Final[dict[str, Message]] = {
    "answer_by_nobody": error(
        "nobody answers for it", "没有答复人", "who answered, office and name", "答复人的单位和姓名"
    ),
    "no_such_line_in_order": error(
        "no such line of this enterprise in the order", "指令中该企业没有这条生产线", "{names:pause}", "{names:pause}"
    ),
    "receipt_of_nobody": error(
        "names no enterprise", "没有写明企业", "a credit code or a name of the order", "指令中的信用代码或名称"
    ),
    "code_and_name_differ": error(
        "code and name are of two: {code_said} is {own}",
        "信用代码与名称不是同一企业：{code_said}是{own}",
        "{own}",
        "{own}",
    ),
    "receipt_of_several": finding(
        "several enterprises of the order answer to this: which one? the row is not recorded",
        "指令中有几家企业与此相符：是哪一家？此行未记录",
        "its credit code, where two cities have one its city too: {names:or}",
        "信用代码，两市代码相同的加写城市：{names:or}",
    ),
    "receipt_perhaps": finding(
        "no enterprise of the order, though nearly {near:or}: is it the same? the row is not recorded",
        "指令中没有这家企业，而与{near:or}相近：是否同一企业？此行未记录",
        "the name and code of the order",
        "指令中的名称和信用代码",
    ),
    "enterprise_not_in_order": error(
        "the order names no such enterprise", "指令中没有这家企业", "{names:pause}", "{names:pause}"
    ),
    "an_enterprise_of_it": phrase("an enterprise of the order", "指令中的企业"),
    "event_unknown": error("not understood", "不能识别", "{names:space}", "{names}"),
    "receipt_time_unread": error(
        "cannot be read",
        "不能识别",
        "a time with its hour such as 2020-01-22 18:30",
        "写明时分的时间，如2020-01-22 18:30",
    ),
    "receipt_without_hour": error(
        "without its hour",
        "没有写明时分",
        "a time with its hour such as 2020-01-22 18:30",
        "写明时分的时间，如2020-01-22 18:30",
    ),
    "receipt_before_order": error(
        "before the order was issued",
        "早于指令发布",
        "at or after {first}, when the order was issued",
        "不早于指令发布的{first}",
    ),
    "until_before_answer": error("not after the answer itself", "不晚于答复时间", "after {first}", "晚于{first}"),
    "receipt_differs": finding(
        "a row above says the same, with another who signed, answered or noted it: which one? the row is not recorded",
        "与上面一行是同一回执，签收人、经办人或说明不同：以哪一行为准？此行未记录",
        "one row for each receipt",
        "每份回执一行",
    ),
    "open_before_issue": note(
        "before the order was issued ({first}): nobody could be served yet", "早于指令发布（{first}），当时尚无可送达"
    ),
    "open_later_than_now": note(
        "later than now ({last}): as what is recorded until now has it", "晚于现在（{last}），只依据现有回执"
    ),
    "receipt_later_than_now": error("later than now", "晚于现在", "by {last}", "不晚于{last}"),
    "act_orders_nothing": error(
        "act {act} orders nothing", "第{act}号没有下达指令", "an act of kind issue with orders", "有指令的issue类的一条"
    ),
    "act_was_corrected": error(
        "act {act} was corrected by act {by}: its orders no longer stand", "第{act}号已由第{by}号更正，其指令不再有效"
    ),
    "no_receipts_of_act": error(
        "act {act} brought in no receipts of it",
        "第{act}号没有录入它的回执",
        "an act of kind {kind} about act {about}",
        "关于第{about}号的{kind}类记录",
    ),
    "answer_without_request": error(
        "{event}: an answer of {time} to no request of before",
        "{event}：{time}的答复此前没有申请",
        "a row {asked} of the same enterprise and line, at or before it",
        "同一企业和生产线在此之前的一行{asked}",
    ),
    "receipts_unsigned": error(
        "{count} receipts of service without who signed",
        "{count}条送达回执没有签收人",
        "the name of who signed",
        "签收人姓名",
    ),
    "receipts_after_end": error(
        "{count} receipts of service after the order had ended",
        "{count}条送达回执晚于指令结束时间",
        "a time before the end of the order, or a look whether it was served at all",
        "指令结束之前的时间；否则须核实是否确已送达",
    ),
    "receipts_without_channel": error(
        "{count} rows without the way they were sent",
        "{count}行没有写明发送方式",
        "短信, 政务平台, 电话 …",
        "短信、政务平台、电话等",
    ),
}
