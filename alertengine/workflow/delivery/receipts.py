"""What a receipt looks like and what it may say: the contract from which the README's table is made."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary import CANCEL, RESPONSE_TEXT, Field

#: What a receipt says happened.  The first word is the one written.
EVENTS: Final[dict[str, tuple[str, ...]]] = {
    "sent": ("已发送", "发送", "送出", "已送出"),
    "read": ("已读", "已阅", "阅读"),
    "signed": ("签收", "已签收", "确认收到"),
    "refused": ("拒收", "拒签", "拒绝签收"),
    "resent": ("再次发送", "补发", "重发", "再次送达"),
    "in_person": ("当面送达", "直接送达", "现场送达"),
    "relief_asked": ("安全减排申请", "停炉风险", "安全豁免申请"),
    "relief_granted": ("同意安全减排", "同意"),
    "relief_denied": ("不同意安全减排", "不同意"),
}
EVENT_TEXT: Final = {name: words[0] for name, words in EVENTS.items()}
#: What proves that an enterprise has the order.  What was only sent or read is not proved by it.
PROOFS: Final = ("signed", "in_person")
RELIEF: Final = ("relief_asked", "relief_granted", "relief_denied")
ANSWERS: Final = ("relief_granted", "relief_denied")

#: Columns of a file of receipts.
COLUMNS: Final[tuple[Field, ...]] = (
    Field("enterprise_id", ("统一社会信用代码", "信用代码", "企业代码"), "text", note="or the name"),
    Field("enterprise", ("企业名称", "单位名称"), "text", note="as in the orders; where the code is not given"),
    Field("city", ("城市", "地市", "设区市"), "text", note="needed where plants of two cities have the code or name"),
    Field("event", ("事项", "送达状态", "回执状态", "状态"), "text", required=True, note="see the words below"),
    Field("time", ("时间", "送达时间", "回执时间", "签收时间"), "text", required=True, note="local time with hour"),
    Field("channel", ("送达方式", "渠道", "方式"), "text", note="in the bureau's own words: 短信, 政务平台, 电话"),
    Field("person", ("签收人", "接收人", "申请人"), "text", private=True, note="of the enterprise"),
    Field("officer", ("经办人", "送达人", "答复人"), "text", note="office and name; required of an answer"),
    Field("line_id", ("生产线编号",), "text", note="of relief; blank: the whole enterprise"),
    Field("until", ("截止时间", "有效期至"), "text", note="of relief granted: until when it runs"),
    Field("reference", ("回执编号", "文号", "编号"), "text"),
    Field("note", ("说明", "备注"), "text", private=True, note="free words"),
)
TIMES: Final = ("time", "until")
#: Columns of the table ``receipts`` of an act of kind ``delivery``.
RECEIPT_COLUMNS: Final = ("city", "county", *(field.name for field in COLUMNS if field.name != "city"))
#: What tells one receipt from another.
SAME: Final = ("city", "enterprise_id", "event", "time", "channel", "line_id", "until", "reference")

#: How far the service of an order has come, the worst first.
STATES: Final[dict[str, str]] = {
    "untouched": "未发送",
    "refused": "拒收",
    "sent": "已发送未读",
    "read": "已读未签收",
    "late": "起始后送达",
    "served": "已送达",
}
#: States in which service is still owed.
OPEN_STATES: Final = ("untouched", "refused", "sent", "read")
#: What a plant is served for: an order that asks something of it, or that what was asked has ended or never begins.
MATTERS: Final = {"ordered": "指令", "ended": RESPONSE_TEXT["lift"], "cancelled": RESPONSE_TEXT[CANCEL]}
#: Columns of :func:`~alertengine.workflow.delivery.state.service` with the words people read.
SERVICE_COLUMNS: Final[dict[str, str]] = {
    "city": "城市",
    "county": "区县",
    "enterprise_id": "统一社会信用代码",
    "enterprise": "企业名称",
    "lines": "生产线数",
    "starts": "义务起始",
    "state": "送达状态",
    "tries": "发送次数",
    "last": "最近一次",
    "channel": "送达方式",
    "served": "送达时间",
    "hours_run": "已起算小时",
    "hours_unproved": "送达前小时",
    "relief": "安全减排申请",
    "relief_open": "未答复的申请",
    "matter": "送达事项",
}
