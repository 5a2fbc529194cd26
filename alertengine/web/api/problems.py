"""What can go wrong, as ``application/problem+json`` (RFC 9457): stable codes, words in Chinese."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

MEDIA: Final = "application/problem+json"
#: Where the codes are told; a problem's ``type`` points into it.
ADDRESS: Final = "/api/problems"


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to fail: its status, its title, and what to do about it."""

    status: int
    title: str
    advice: str


KINDS: Final = {
    "key-required": Kind(401, "缺少接口密钥", "请求头写明 Authorization: Bearer 密钥；密钥由账号管理在“账号”页建立"),
    "key-invalid": Kind(401, "接口密钥无效", "密钥不存在或已停用；请账号管理在“账号”页重新建立"),
    "reach-missing": Kind(403, "密钥没有此项权限", "请账号管理建立带有此项权限的密钥"),
    "not-found": Kind(404, "没有这个地址", "地址见 /api/openapi.json"),
    "act-not-found": Kind(404, "没有这一条预警与指令", "编号见 /api/v1/acts；拟稿和其他台账记录不由接口提供"),
    "order-not-found": Kind(404, "没有这条指令", "指令编号见该条的 orders"),
    "method-not-allowed": Kind(405, "接口只读", "只用 GET、HEAD 或 OPTIONS"),
    "cannot-explain": Kind(409, "无法给出理由", "不能重新推理该条，如所依据的文件已按规定删除；请到核查页面查看"),
    "too-large": Kind(413, "请求过大", "接口只读，请求无须正文"),
    "wrong-host": Kind(421, "此服务不以该主机名提供", "用服务启动时给定的主机名访问"),
    "invalid-request": Kind(422, "请求参数不正确", "按 errors 逐项改正"),
    "too-many-requests": Kind(429, "请求过于频繁", "等待 Retry-After 给出的秒数后再试"),
    "internal": Kind(500, "服务内部错误", "请联系系统维护人员，并提供时间和请求地址"),
    "ledger-unavailable": Kind(503, "台账暂时不可用", "稍后再试"),
}  # fmt: skip


class FieldProblem(BaseModel):
    """One parameter that cannot be used."""

    where: str = Field(description="参数位置：path、query 或 header，及参数名，以点相连")
    message: str = Field(description="哪里不对、应当怎样，中文")


class ProblemBody(BaseModel):
    """An error as RFC 9457 has it; ``code`` is stable, texts may change."""

    model_config = ConfigDict(title="Problem")

    type: str = Field(description="问题类型的地址，相对本服务；锚点即 code", examples=[f"{ADDRESS}#act-not-found"])
    title: str = Field(description="问题类型，中文")
    status: int = Field(description="HTTP 状态码")
    code: str = Field(description="稳定的错误代码，程序据此判断", json_schema_extra={"enum": list(KINDS)})
    detail: str = Field(description="怎样改正，中文")
    errors: list[FieldProblem] = Field(default_factory=list, description="逐个参数的问题；没有则为空")


class ApiProblemError(Exception):
    """An answer that is a problem; ``headers`` go with it."""

    def __init__(self, code: str, detail: str = "", headers: Mapping[str, str] | None = None) -> None:
        """``detail`` in the place of the general advice."""
        self.code, self.detail, self.headers = code, detail, dict(headers or {})
        super().__init__(code)


def body(code: str, detail: str = "", errors: Sequence[FieldProblem] = ()) -> ProblemBody:
    """A problem of a code."""
    kind = KINDS[code]
    return ProblemBody(
        type=f"{ADDRESS}#{code}",
        title=kind.title,
        status=kind.status,
        code=code,
        detail=detail or kind.advice,
        errors=list(errors),
    )


def as_json(said: ProblemBody) -> bytes:
    """A problem as bytes."""
    return json.dumps(said.model_dump(), ensure_ascii=False).encode()


#: Pydantic's reasons in Chinese; ``{}`` names take the values of its context.
_WORDS: Final = {
    "missing": "必须给出",
    "extra_forbidden": "没有这个参数",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "int_parsing_size": "整数过大",
    "greater_than_equal": "不得小于{ge}",
    "less_than_equal": "不得大于{le}",
    "enum": "应为{expected}之一",
    "literal_error": "应为{expected}之一",
    "string_too_long": "不得超过{max_length}个字符",
    "string_too_short": "不得少于{min_length}个字符",
    "string_pattern_mismatch": "格式不正确",
    "bool_parsing": "应为 true 或 false",
}
_TIMES: Final = "应为日期时间，如 2021-01-04T08:00:00+08:00（地址中的加号写作 %2B）；不带时区时按北京时间"


def of_fields(errors: Sequence[Mapping[str, Any]]) -> list[FieldProblem]:
    """Pydantic's errors, a parameter each."""
    return [FieldProblem(where=".".join(str(part) for part in one["loc"]), message=_message(one)) for one in errors]


def _message(error: Mapping[str, Any]) -> str:
    kind = str(error["type"])
    if kind.startswith(("datetime", "timezone", "date_")):
        return _TIMES
    context = {name: str(value).replace(" or ", "、") for name, value in (error.get("ctx") or {}).items()}
    return _WORDS.get(kind, "不符合要求").format_map(context)
