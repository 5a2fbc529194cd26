"""The description of the interface: errors as problem+json, and what the transport does for every address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from alertengine.web.api.problems import KINDS, MEDIA, ProblemBody

#: Every address may answer so.
_ALWAYS: Final = (405, 413, 421, 500)
_UNCHANGED: Final = {"description": "与 If-None-Match 所说的 ETag 相同，没有变化"}
_ETAG: Final = {"ETag": {"description": "本答复的标识，供 If-None-Match 使用", "schema": {"type": "string"}}}
_RETRY: Final = {"Retry-After": {"description": "多少秒后再试", "schema": {"type": "integer", "minimum": 1}}}
_BEARER: Final = {"WWW-Authenticate": {"description": "所需的认证方式，RFC 6750", "schema": {"type": "string"}}}
_ALLOW: Final = {"Allow": {"description": "可用的方法", "schema": {"type": "string"}}}
_HEADERS: Final = {401: _BEARER, 403: _BEARER, 405: _ALLOW, 429: _RETRY}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Responses of an address beside its answer: these statuses and those that every address has."""
    out: dict[int | str, dict[str, Any]] = {304: _UNCHANGED}
    for status in sorted({*statuses, *_ALWAYS}):
        codes = "、".join(f"{code}（{kind.title}）" for code, kind in KINDS.items() if kind.status == status)
        said: dict[str, Any] = {"model": ProblemBody, "description": codes}
        out[status] = said | ({"headers": _HEADERS[status]} if status in _HEADERS else {})
    return out


def described(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """The function that gives an application's description."""
    held: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not held:
            held.update(_mended(app))
        return held

    return openapi


def _mended(app: FastAPI) -> dict[str, Any]:
    said = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes, servers=app.servers
    )
    for path in said["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                if status == "200":
                    response["description"], response["headers"] = "答复", _ETAG
                elif status == "201":
                    response["description"] = "已记入台账"
                elif "content" in response:
                    response["content"] = {MEDIA: response["content"]["application/json"]}
        if "get" in path:
            path["head"] = _head(path["get"])
        else:
            path["post"]["responses"].pop("304")
    return said


def _head(get: dict[str, Any]) -> dict[str, Any]:
    """HEAD beside GET: the same without a body."""
    bare = {
        status: {key: value for key, value in response.items() if key != "content"}
        for status, response in get["responses"].items()
    }
    return {
        **get,
        "operationId": f"{get['operationId']}_head",
        "summary": f"{get['summary']}（只要头）",
        "responses": bare,
    }
