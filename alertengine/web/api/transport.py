"""What every address does alike: HEAD as GET without its body, OPTIONS, and answers that did not change."""

from __future__ import annotations

import hashlib
from typing import Final

from fastapi import FastAPI
from starlette.routing import Match
from starlette.types import Message, Receive, Scope, Send

_READ: Final = "GET, HEAD, OPTIONS"
#: May be kept by the client it was given to, which asks each time whether it still holds.
_METHODS: Final = ("GET", "POST")
_KEEP: Final = b"private, no-cache"


class Transport:
    """Wraps an application whose answers are small enough to be held whole."""

    def __init__(self, app: FastAPI) -> None:
        """Take the application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await _refuse(scope, receive, send)
            return
        if scope["method"] == "OPTIONS" and (known := self._known(scope)):
            headers = [(b"allow", allowed(known).encode())]
            await send({"type": "http.response.start", "status": 204, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        head = scope["method"] == "HEAD"
        answer = _Answer()
        try:
            await self.app({**scope, "method": "GET"} if head else scope, receive, answer.take)
        except Exception:
            if not answer.whole:  # else it is told and logged already
                raise
        await answer.give(send, _asked(scope), bare=head)

    def _known(self, scope: Scope) -> str:
        """The method that an address takes; blank where there is none."""
        asked = {method: {**scope, "method": method} for method in _METHODS}
        found = (name for name, one in asked.items() if any(r.matches(one)[0] is Match.FULL for r in self.app.routes))
        return next(found, "")


def allowed(method: str) -> str:
    """What an address allows that takes a method, beside OPTIONS."""
    return f"{method}, OPTIONS" if method == "POST" else _READ


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": ""})


def _asked(scope: Scope) -> str:
    """The marks of answers that the client holds."""
    return ",".join(value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"if-none-match")


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
