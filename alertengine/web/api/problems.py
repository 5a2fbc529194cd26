"""What can go wrong, as ``application/problem+json`` (RFC 9457): stable codes, words in Chinese."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from alertengine.vocabulary import CATALOGUE

MEDIA: Final = "application/problem+json"
#: Where the codes are told; a problem's ``type`` points into it.
ADDRESS: Final = "/api/problems"


#: The codes of the interface and the status each is answered with; their words are in the catalogue.
STATUS: Final = {
    "key-required": 401,
    "key-invalid": 401,
    "reach-missing": 403,
    "key-of-nobody": 403,
    "may-not-release": 403,
    "not-found": 404,
    "act-not-found": 404,
    "order-not-found": 404,
    "method-not-allowed": 405,
    "cannot-explain": 409,
    "released-already": 409,
    "cannot-release": 409,
    "too-large": 413,
    "wrong-host": 421,
    "invalid-request": 422,
    "city-required": 422,
    "too-many-requests": 429,
    "internal": 500,
    "ledger-unavailable": 503,
}


class FieldProblem(BaseModel):
    """One parameter that cannot be used."""

    where: str = Field(description="参数位置：path、query、header 或 body，及参数名，以点相连")
    message: str = Field(description="哪里不对、应当怎样，中文")


class ProblemBody(BaseModel):
    """An error as RFC 9457 has it; ``code`` is stable, texts may change."""

    model_config = ConfigDict(title="Problem")

    type: str = Field(description="问题类型的地址，相对本服务；锚点即 code", examples=[f"{ADDRESS}#act-not-found"])
    title: str = Field(description="问题类型，中文")
    status: int = Field(description="HTTP 状态码")
    code: str = Field(description="稳定的错误代码，程序据此判断", json_schema_extra={"enum": list(STATUS)})
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
    said = CATALOGUE[code]
    return ProblemBody(
        type=f"{ADDRESS}#{code}", title=said.text, status=STATUS[code], code=code, detail=detail or said.wanted,
        errors=list(errors),
    )  # fmt: skip


def as_json(said: ProblemBody) -> bytes:
    """A problem as bytes."""
    return json.dumps(said.model_dump(), ensure_ascii=False).encode()


#: Pydantic's reasons in Chinese; ``{}`` names take the values of its context.
_WORDS: Final = {
    "missing": "必须给出",
    "extra_forbidden": "没有这个参数",
    "repeated": "只能给一次",
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
    "json_invalid": "应为 JSON",
    "string_type": "应为文字",
    "model_type": "应为 JSON 对象",
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
