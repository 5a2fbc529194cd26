"""What the interface for other systems answers where it cannot answer: stable codes (RFC 9457)."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, error

MESSAGES: Final[dict[str, Message]] = {
    "key-required": error(
        "an interface key is wanted",
        "缺少接口密钥",
        "a header Authorization: Bearer KEY; keys are made by the keeper of accounts on the page 账号",
        "请求头写明 Authorization: Bearer 密钥；密钥由账号管理在“账号”页建立",
    ),
    "key-invalid": error(
        "the interface key is not valid",
        "接口密钥无效",
        "a key in use; the keeper of accounts makes one on the page 账号",
        "密钥不存在或已停用；请账号管理在“账号”页重新建立",
    ),
    "reach-missing": error(
        "the key has not this reach",
        "密钥没有此项权限",
        "a key with this reach, made by the keeper of accounts on the page 账号",
        "请账号管理建立带有此项权限的密钥",
    ),
    "key-of-nobody": error(
        "the key is a system's and of no person; it releases nothing",
        "密钥属于系统，不代表任何人，不能具名放行",
        "a key that an approver made as their own on the page 发布",
        "批准人本人在“发布”页建立的密钥",
    ),
    "may-not-release": error(
        "the person of the key may not release now",
        "密钥所属的人现在无权放行",
        "an account in use with the role 批准 and a password of its own",
        "启用、已自设密码、角色为批准的账号",
    ),
    "released-already": error(
        "the papers of this act are released already",
        "该条文书已经具名放行",
        "who, when and why stand in releases of /api/v1/acts/{act}",
        "何人、何时、何故见 /api/v1/acts/{act} 的 releases",
    ),
    "cannot-release": error(
        "the papers of this act cannot be released",
        "该条文书不能放行",
        "a live act in force with papers that are still drafts",
        "正式、未被更正、尚有草稿文书的一条",
    ),
    "not-found": error(
        "no such address", "没有这个地址", "an address of /api/openapi.json", "地址见 /api/openapi.json"
    ),
    "act-not-found": error(
        "no such act of warnings and orders",
        "没有这一条预警与指令",
        "a number of /api/v1/acts; drafts and other records are not given by the interface",
        "编号见 /api/v1/acts；拟稿和其他台账记录不由接口提供",
    ),
    "order-not-found": error(
        "no such order", "没有这条指令", "an order id of the act's orders", "指令编号见该条的 orders"
    ),
    "method-not-allowed": error(
        "the address does not take this method", "该地址不接受这种方法", "a method of Allow", "使用 Allow 所列的方法"
    ),
    "cannot-explain": error(
        "no reasons can be given",
        "无法给出理由",
        "the reasoning cannot be repeated, as where files were erased by rule; see the page 核查",
        "不能重新推理该条，如所依据的文件已按规定删除；请到核查页面查看",
    ),
    "too-large": error(
        "the request is too large",
        "请求过大",
        "no body but for a release, of 64 KB at most",
        "只有放行须有正文，至多64 KB",
    ),
    "wrong-host": error(
        "not served under this host name",
        "此服务不以该主机名提供",
        "the host name given when the service was started",
        "用服务启动时给定的主机名访问",
    ),
    "invalid-request": error(
        "parameters that cannot be used", "请求参数不正确", "each mended as errors says", "按 errors 逐项改正"
    ),
    "city-required": error(
        "plants of several cities have this code",
        "多个城市的企业用这一代码",
        "the city of one of them",
        "参数 city 写明其中一个城市",
    ),
    "too-many-requests": error(
        "too many requests",
        "请求过于频繁",
        "a try after the seconds of Retry-After",
        "等待 Retry-After 给出的秒数后再试",
    ),
    "internal": error(
        "an error inside the service",
        "服务内部错误",
        "the keeper of the system told of the time and the address",
        "请联系系统维护人员，并提供时间和请求地址",
    ),
    "ledger-unavailable": error("the ledger cannot be reached now", "台账暂时不可用", "a try later", "稍后再试"),
}
