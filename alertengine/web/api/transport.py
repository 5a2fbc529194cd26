"""What every address does alike: HEAD, OPTIONS, unchanged answers, each parameter once; and how each is described."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import Response
from starlette.datastructures import Headers
from starlette.routing import Match
from starlette.types import Message, Receive, Scope, Send

from alertengine.vocabulary import CATALOGUE
from alertengine.web.api.problems import MEDIA, STATUS, ProblemBody

_READ: Final = "GET, HEAD, OPTIONS"
#: May be kept by the client it was given to, which asks each time whether it still holds.
_METHODS: Final = ("GET", "POST")
_KEEP: Final = b"private, no-cache"
#: Every address may answer so.
_ALWAYS: Final = (405, 413, 421, 500)
_UNCHANGED: Final = {"description": "与 If-None-Match 所说的 ETag 相同，没有变化"}
_ETAG: Final = {"ETag": {"description": "本答复的标识，供 If-None-Match 使用", "schema": {"type": "string"}}}
_RETRY: Final = {"Retry-After": {"description": "多少秒后再试", "schema": {"type": "integer", "minimum": 1}}}
_BEARER: Final = {"WWW-Authenticate": {"description": "所需的认证方式，RFC 6750", "schema": {"type": "string"}}}
_ALLOW: Final = {"Allow": {"description": "可用的方法", "schema": {"type": "string"}}}
_HEADERS: Final = {401: _BEARER, 403: _BEARER, 405: _ALLOW, 429: _RETRY}


class Transport:
    """Wraps an application whose answers are small enough to be held whole."""

    def __init__(self, app: FastAPI) -> None:
        """Take the application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
        if scope["type"] != "http":
            return
        if scope["method"] == "OPTIONS" and (known := self._known(scope)):
            await Response(status_code=204, headers={"allow": allowed(known)})(scope, receive, send)
            return
        head = scope["method"] == "HEAD"
        answer = _Answer()
        try:
            await self.app({**scope, "method": "GET"} if head else scope, receive, answer.take)
        except Exception:
            if not answer.whole:  # else it is told and logged already
                raise
        await answer.give(send, ",".join(Headers(scope=scope).getlist("if-none-match")), bare=head)

    def _known(self, scope: Scope) -> str:
        """The method that an address takes; blank where there is none."""
        asked = {method: {**scope, "method": method} for method in _METHODS}
        found = (name for name, one in asked.items() if any(r.matches(one)[0] is Match.FULL for r in self.app.routes))
        return next(found, "")


def once(request: Request) -> None:
    """A dependency: refuses a parameter given twice, of which one would be answered and the other left out."""
    given = [name for name, _ in request.query_params.multi_items()]
    if twice := dict.fromkeys(name for name in given if given.count(name) > 1):
        raise RequestValidationError([{"type": "repeated", "loc": ("query", name)} for name in twice])


def allowed(method: str) -> str:
    """What an address allows that takes a method, beside OPTIONS."""
    return f"{method}, OPTIONS" if method == "POST" else _READ


class _Answer:
    """An answer, held until it is whole."""

    def __init__(self) -> None:
        self._start: Message = {}
        self._body = b""
        self.whole = False

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        else:
            self._body += message.get("body", b"")
            self.whole = not message.get("more_body", False)

    async def give(self, send: Send, asked: str, *, bare: bool) -> None:
        """Send it, unchanged where the client holds one of the marks ``asked``; ``bare`` without its body."""
        start, body = dict(self._start), self._body
        if start["status"] == 200:
            mark = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
            start["headers"] = [*start["headers"], (b"etag", mark.encode()), (b"cache-control", _KEEP)]
            if any(one.strip() in ("*", mark, f"W/{mark}") for one in asked.split(",")):
                dropped = (b"content-length", b"content-type")
                start["status"], body = 304, b""
                start["headers"] = [(name, value) for name, value in start["headers"] if name.lower() not in dropped]
        await send(start)
        await send({"type": "http.response.body", "body": b"" if bare else body})


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Responses of an address beside its answer: these statuses and those that every address has."""
    out: dict[int | str, dict[str, Any]] = {304: _UNCHANGED}
    for status in sorted({*statuses, *_ALWAYS}):
        codes = "、".join(f"{code}（{CATALOGUE[code].text}）" for code, own in STATUS.items() if own == status)
        said: dict[str, Any] = {"model": ProblemBody, "description": codes}
        out[status] = said | ({"headers": _HEADERS[status]} if status in _HEADERS else {})
    return out


def described(app: FastAPI) -> dict[str, Any]:
    """An application's description: with HEAD beside GET, and problems as what they are."""
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
