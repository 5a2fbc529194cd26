"""What stands before every request: who asks, from where, how much, and what the answer's headers allow.

What is refused or fails is shown as one page in Chinese, whoever refuses it.

A plain ASGI middleware, so that it sees the page, its websocket, uploads and the API alike.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from alertengine.files import environment, stylesheet
from alertengine.vocabulary import AlertEngineError, InputError
from alertengine.web.api import problems
from alertengine.web.sessions import Session, Sessions

COOKIE: Final = "alertengine_session"
#: The largest body of a request: a list of a million lines as xlsx stays below.
MOST_BYTES: Final = 200 * 1024 * 1024
SIGN_IN: Final = "/sign-in"
#: The longest address that signing in leads back to.
LONGEST_PLACE: Final = 2000
API: Final = "/api/"
#: Paths that answer without a session: signing in, health, and what the browser needs to draw a page.
_OPEN: Final = (SIGN_IN, "/health", "/api/", "/static/", "/favicon.ico")
#: Where files are taken; a body anywhere else is a form, or what a page says of itself.
_UPLOADS: Final = ("/_nicegui", "/field/plant")
FORM_BYTES: Final = 64 * 1024
#: What the interface says where a page gets a text.
_CODES: Final = {413: "too-large", 421: "wrong-host"}
_HTML: Final = "text/html"
_NOTHING_DONE: Final = "请求没有办理，什么也没有保存。"
_SIGNED_OUT: Final = "登录已过期，刚才的请求没有办理。登录后回到原处再做一次；现场记录所填的文字还在本机，照片须重选。"
#: How a message of an open page begins that tells what a person did there; the others are of the connection itself.
_DONE_THERE: Final = '42["event"'
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
HEADERS: Final = {
    # Vue compiles the page's components in the browser, which needs eval and inline scripts of our own server.
    "content-security-policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
        "frame-src 'none'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_UNREAD: Final = ("没有读懂所送的内容", "有一项缺少、过长或不是所要的那一种；什么也没有保存。请回到上一页重填。")
_SAID: Final = {
    404: ("没有这一页", "地址可能不完整，或这一页已不再有。"),
    405: ("这一页不这样打开", "这个地址不接受这种请求；什么也没有保存。"),
}
_FAILED: Final = ("这一页没有打开", "程序出错，已写入日志；台账和已保存的内容不变。请重试，仍不行时告诉系统管理人员。")


class TooLargeError(Exception):
    """A body that goes past the limit while it is read."""


class Guard:
    """Lets through what may pass.

    Args:
        app: what is guarded.
        sessions: who is signed in.
        hosts: names the server answers to; another one may be a page that rebinds its name to this address.
        public: path prefixes that need no session.

    """

    def __init__(self, app: ASGIApp, sessions: Sessions, hosts: frozenset[str], public: tuple[str, ...] = ()) -> None:
        """Guard an app."""
        self.app = app
        self.sessions = sessions
        self.hosts = hosts
        self.public = _OPEN + public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or websocket."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        if scope.get("method") == "HEAD" and not str(scope["path"]).startswith(API):
            scope = {**scope, "method": "GET"}  # the server sends the head of the answer alone
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        refused = self._refusal(scope, headers)
        if refused is not None:
            await _answer(scope, receive, send, *refused)
            return
        # routes match no line break, and nothing of ours is named with one
        scope["path"] = str(scope["path"]).replace("\n", "\N{REPLACEMENT CHARACTER}")
        try:
            receive = self._seen(receive, scope["state"]["session"])
            await self.app(scope, _limited(receive, _most(str(scope["path"]))), _with_headers(scope, send))
        except TooLargeError:
            await _answer(scope, receive, send, *_too_large(str(scope["path"])))

    def _refusal(self, scope: Scope, headers: Mapping[str, str]) -> tuple[int, str, dict[str, str]] | None:
        """Status, text and headers of a refusal; None where the request may pass."""
        if not _is_host(headers.get("host", ""), self.hosts):
            return 421, "此服务不以该主机名提供", {}
        path, length = str(scope["path"]), headers.get("content-length", "")
        if length.isascii() and length.isdecimal() and (len(length) > 18 or int(length) > _most(path)):
            return _too_large(path)
        unsafe = scope["type"] == "websocket" or scope["method"] not in _SAFE
        if unsafe and not path.startswith(API) and not _same_origin(headers):
            return 403, "跨站请求被拒绝", {}
        # the interface knows keys alone: a browser's cookie opens nothing there
        session = None if path.startswith(API) else self._session(headers)
        scope.setdefault("state", {})["session"] = session
        if session is None and not path.startswith(self.public):
            if scope["type"] == "http" and scope["method"] == "GET" and _HTML in headers.get("accept", ""):
                return 303, "", {"location": _to_sign_in(path, scope.get("query_string", b"").decode("latin-1"))}
            return 401, "请先登录", {}
        return None

    def _seen(self, receive: Receive, session: Session | None) -> Receive:
        """What comes in; whatever a person does on an open page keeps the session alive, as a request does."""

        async def seen() -> Message:
            message = await receive()
            if session is not None and (message.get("text") or "").startswith(_DONE_THERE):
                self.sessions.find(session.token)
            return message

        return seen

    def _session(self, headers: Mapping[str, str]) -> Session | None:
        cookies: SimpleCookie = SimpleCookie()
        try:
            cookies.load(headers.get("cookie", ""))
        except (ValueError, CookieError):
            return None
        token = cookies[COOKIE].value if COOKIE in cookies else ""
        return self.sessions.find(token) if token else None


def _to_sign_in(path: str, asked: str) -> str:
    """The way to sign in and back to a place; without its question where that is too long."""
    place = f"{path}?{asked}" if asked and len(path) + len(asked) < LONGEST_PLACE else path
    return f"{SIGN_IN}?next={quote(place, safe='/')}"


def _way_back(scope: Scope) -> str:
    """The way to sign in and back to the page that a request, which passed as one of this server, came from."""
    said = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"referer"), "/")
    try:
        came = urlsplit(said)
    except ValueError:  # no address
        came = urlsplit("/")
    return _to_sign_in(unquote(came.path), came.query)


def _is_host(host: str, hosts: frozenset[str]) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:  # no address
        return False
    return name in hosts or "*" in hosts


def _most(path: str) -> int:
    """The bytes of a body that a path takes."""
    return MOST_BYTES if path.startswith(_UPLOADS) else FORM_BYTES


def _too_large(path: str) -> tuple[int, str, dict[str, str]]:
    most = _most(path)
    said = f"{most // 1024 // 1024} MB" if most == MOST_BYTES else f"{most // 1024} KB"
    return 413, f"内容过大，上限{said}", {}


def _same_origin(headers: Mapping[str, str]) -> bool:
    """Whether the browser says that the request comes from a page of this server."""
    said = headers.get("origin") or headers.get("referer") or ""
    try:
        return bool(said) and urlsplit(said).netloc == headers.get("host", "")
    except ValueError:
        return False


def _limited(receive: Receive, most: int) -> Receive:
    """The body, refused once it goes past the limit: a length need not be stated."""
    read = 0

    async def limited() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b"")) if message["type"] == "http.request" else 0
        if read > most:
            raise TooLargeError
        return message

    return limited


def _with_headers(scope: Scope, send: Send) -> Send:
    """Answers carry the security headers; what belongs to a session is not kept by caches."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            secure = {"strict-transport-security": "max-age=31536000"} if scope.get("scheme") == "https" else {}
            for name, value in {**HEADERS, "cache-control": "no-store", **secure}.items():
                headers.setdefault(name, value)
        await send(message)

    return sending


async def _answer(
    scope: Scope, receive: Receive, send: Send, status: int, text: str, headers: Mapping[str, str]
) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": ""})
        return
    answer: Response = PlainTextResponse(text, status)
    if status in _CODES and str(scope["path"]).startswith(API):
        answer = Response(problems.as_json(problems.body(_CODES[status])), status, media_type=problems.MEDIA)
    elif text and any(name == b"accept" and _HTML.encode() in value for name, value in scope["headers"]):
        said, way = (_SIGNED_OUT, _way_back(scope)) if status == 401 else (_NOTHING_DONE, "")
        answer = page(status, text, said, way=way)
    answer.headers.update(headers)
    await answer(scope, receive, _with_headers(scope, send))


def words_of(error: AlertEngineError) -> str:
    """What is refused, in a line."""
    return "；".join(one.words("zh")[0] for one in error.problems) if isinstance(error, InputError) else str(error)


def page(status: int, title: str, said: str, headers: Mapping[str, str] | None = None, way: str = "") -> HTMLResponse:
    """A page that says why it is not the one asked for; ``way`` leads to sign in where that is what is missing."""
    template = environment("alertengine.web").get_template("lost.html.j2")
    return HTMLResponse(template.render(title=title, said=said, design=stylesheet(), way=way), status, headers)


#: Methods that an address may take.
_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")


def said_in_chinese(*apps: FastAPI) -> None:
    """Put the page in place of the libraries' English answers; the first app holds the others."""

    async def _refused(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 422
        headers = dict(getattr(error, "headers", None) or {})
        here = [one for one in apps[0].routes if one.matches(request.scope)[0] is Match.PARTIAL]
        if status in (404, 405) and here:  # an app that takes every path stands behind the one that takes other methods
            status, asked = 405, [{**request.scope, "method": name} for name in _METHODS]
            taken = (one["method"] for one in asked if any(route.matches(one)[0] is Match.FULL for route in here))
            headers["Allow"] = ", ".join(taken)
        return page(status, *_SAID.get(status, _UNREAD), headers)

    for app in apps:
        for refused in (404, HTTPException, RequestValidationError):
            app.add_exception_handler(refused, _refused)
        app.add_exception_handler(Exception, _failed)


async def _failed(_request: Request, error: Exception) -> Response:
    logging.getLogger("nicegui").error("a page failed", exc_info=error)
    return page(500, *_FAILED)
