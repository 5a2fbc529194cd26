"""What the running page lets through and what it does not."""

from __future__ import annotations

import asyncio
import html
import re
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from alertengine.ledger import Ledger
from alertengine.web.guard import COOKIE, FORM_BYTES, HEADERS, MOST_BYTES, Guard, Message, Receive, Scope, Send
from alertengine.web.sessions import IDLE, TRIES, Session, Sessions

from .conftest import PASSWORD, Served, key_of, sign_in


def test_nothing_but_the_form_is_shown_to_strangers(served: Served) -> None:
    with served.client() as stranger:
        assert stranger.get("/").headers["location"] == "/sign-in?next=/"
        assert stranger.get("/accounts").status_code == 303
        assert stranger.get("/_nicegui_ws/socket.io/?EIO=4&transport=polling").status_code in (303, 401)
        assert stranger.get("/health").json() == {"status": "ok"}


def test_every_answer_carries_the_security_headers(served: Served) -> None:
    with served.client() as stranger:
        for path in ("/", "/sign-in", "/health", "/nowhere", "/static/keys.js"):
            answer = stranger.get(path)
            assert {name: answer.headers[name] for name in HEADERS} == HEADERS, path


def test_a_session_cookie_is_out_of_reach_of_scripts_and_other_sites(served: Served) -> None:
    with served.client() as client:
        cookie = sign_in(client, "reader", PASSWORD).headers.get_list("set-cookie")[0]
    assert cookie.startswith(COOKIE)
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie


def test_other_sites_can_neither_post_nor_open_a_websocket(served: Served) -> None:
    with served.client("reader") as client:
        for origin in ("http://evil.example", "null", ""):
            answer = client.post("/sign-out", headers={"origin": origin})
            assert answer.status_code == 403
        answer = client.post(
            "/_nicegui_ws/socket.io/?EIO=4&transport=polling", headers={"origin": "http://evil.example"}
        )
        assert answer.status_code == 403


def test_a_form_without_our_key_does_nothing(served: Served) -> None:
    with served.client("reader") as client:
        client.post("/sign-out", data={"key": "0" * 64})
        assert client.get("/").status_code == 200
        key = key_of(client.get("/password").text)
        assert client.post("/sign-out", data={"key": key}).headers["location"] == "/sign-in"
        assert client.get("/").status_code == 303


def test_other_host_names_are_refused(served: Served) -> None:
    with served.client() as client:
        assert client.get("/health", headers={"host": "evil.example"}).status_code == 421


@pytest.mark.parametrize("stated", [True, False])
@pytest.mark.parametrize(("path", "most"), [("/_nicegui/client/x/upload/1", MOST_BYTES), ("/sign-in", FORM_BYTES)])
def test_a_body_past_the_limit_is_refused_whether_its_length_is_stated_or_not(
    stated: bool, path: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Guard, "_session", lambda *_: Session("jia", "t", 0, 0))
    piece = most // 8
    read: list[int] = []

    async def reading(_scope: Scope, receive: Receive, _send: Send) -> None:
        while (message := await receive()).get("more_body"):
            read.append(len(message["body"]))

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"x" * piece, "more_body": True}

    headers = [(b"host", b"localhost"), (b"origin", b"http://localhost")]
    headers += [(b"content-length", str(most + 1).encode())] if stated else []
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers}
    asyncio.run(Guard(reading, Sessions(), frozenset({"localhost"}))(scope, receive, send))
    assert sent[0]["status"] == 413
    assert "内容过大".encode() in sent[1]["body"]
    assert sum(read) <= most
    assert bool(read) != stated


ODD = ["²", "９", "9" * 19, "9" * 5000, "-1", "-9223372036854775809", "", "%00", "a'b", "..", "１"]
PLACES = ["/audit?act={}", "/audit?act={}&line=x", "/audit?enterprise={}", "/issue?draft={}", "/issue?work={}",
          "/files/acts/{}.json", "/files/acts/{}.zip", "/files/works/{}.json",
          "/files/works/{}/print.html", "/files/acts/{}/print.html", "/files/dossiers/{}.html",
          "/files/dossiers/x.html?access={}", "/files/coverage.html?day={}&city={}", "/files/simulations/{}.zip",
          "/api/v1/warnings/{}", "/sign-in?next={}", "/{}"]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kept"),
    [('42["event",{"id":7}]', True), ('42["ack",{"next_message_id":3}]', False), ("3", False), ("2probe", False)],
)
def test_what_is_done_on_an_open_page_keeps_its_session_and_its_heartbeat_does_not(text: str, kept: bool) -> None:
    now = [1000.0]
    sessions = Sessions(clock=lambda: now[0])
    token = sessions.begin("jia").token

    async def page(_scope: Scope, receive: Receive, _send: Send) -> None:
        now[0] += IDLE - 1
        assert (await receive())["text"] == text

    async def receive() -> Message:
        return {"type": "websocket.receive", "text": text}

    async def send(message: Message) -> None:
        raise AssertionError(message)

    headers = [(b"host", b"localhost"), (b"origin", b"http://localhost"), (b"cookie", f"{COOKIE}={token}".encode())]
    scope = {"type": "websocket", "path": "/_nicegui_ws/socket.io/", "headers": headers}
    asyncio.run(Guard(page, sessions, frozenset({"localhost"}))(scope, receive, send))
    now[0] += IDLE - 1
    assert (sessions.find(token) is not None) is kept


def test_no_path_fails_on_numbers_and_names_nobody_thought_of(served: Served) -> None:
    failed = []
    with served.client("auditor") as client:
        for place in PLACES:
            for odd in ODD:
                path = place.replace("{}", odd)
                if client.get(path).status_code >= 500:
                    failed.append(path[:60])
    assert failed == []


@pytest.mark.parametrize("header", ["content-length", "host", "origin", "cookie", "referer"])
@pytest.mark.parametrize("value", ["²", "[", "http://[", "a:b=c; \x01=d", "9" * 400])
def test_no_header_makes_the_guard_fail(header: str, value: str) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    given = {"host": "localhost", "origin": "http://localhost"} | {header: value}
    headers = [(name.encode(), text.encode("latin-1")) for name, text in given.items()]
    scope = {"type": "http", "method": "POST", "path": "/sign-in", "headers": headers}
    asyncio.run(Guard(app, Sessions(), frozenset({"localhost"}))(scope, receive, send))
    assert sent[0]["status"] in (200, 403, 413, 421)


@pytest.mark.parametrize(
    ("field", "value"),
    [("key", "²"), ("key", "\0"), ("key", "密钥"), ("user", "😀\0"), ("password", "\0²"), ("next", "/\0密")],
)
def test_no_field_of_a_form_makes_it_fail(served: Served, field: str, value: str) -> None:
    """A key of other letters than a hash's was an error of the server."""
    with served.client() as client:
        key = key_of(client.get("/sign-in").text)
        said = {"user": f"nobody{field}", "password": "wrong", "key": key, "next": "/"} | {field: value}
        assert client.post("/sign-in", data=said).status_code == (403 if field == "key" else 401)


def test_signing_in_leads_back_to_the_very_place(served: Served) -> None:
    place = "/issue?draft=7&line=%E4%B8%80%2F1"
    with served.client() as client:
        asked = client.get(place)
        assert asked.status_code == 303
        form = client.get(asked.headers["location"]).text
        found = re.search(r'name="next" value="([^"]+)"', form)
        assert found
        said = {"user": "reader", "password": PASSWORD, "key": key_of(form), "next": html.unescape(found[1])}
        assert client.post("/sign-in", data=said).headers["location"] == place
        client.cookies.clear()
        assert client.get(f"/issue?x={'9' * 3000}").headers["location"] == "/sign-in?next=/issue"


@pytest.mark.parametrize(
    "next_page", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/\t/evil.example", "/\r\nx:y"]
)
def test_signing_in_leads_nowhere_else(served: Served, next_page: str) -> None:
    with served.client() as client:
        key = key_of(client.get("/sign-in").text)
        said = {"user": "reader", "password": PASSWORD, "key": key, "next": next_page}
        found = client.post("/sign-in", data=said).headers["location"]
        assert found == "/" or (found.startswith("/%") and urlsplit(found).netloc == "")


def test_guessing_is_answered_alike_and_then_stopped_and_recorded(served: Served) -> None:
    with served.client() as client:
        texts = {sign_in(client, user, "wrong").status_code for user in ("nobody", "reviewer")}
        assert texts == {401}
        for _ in range(TRIES):
            answer = sign_in(client, "reviewer", "wrong")
        assert answer.status_code == 429
        assert sign_in(client, "reviewer", PASSWORD).status_code == 429
    with Ledger.open(served.path) as ledger:
        acts = ledger.acts("signin")
    assert [act.drafted_by for act in acts if "失败次数过多" in act.title] == ["reviewer"]


def test_pages_of_another_role_say_so(served: Served) -> None:
    with served.client("reader") as client:
        assert "您的角色不能查看此页" in client.get("/accounts").text
        assert 'href="/accounts"' not in client.get("/").text


def test_an_address_that_leads_nowhere_says_so_in_chinese(served: Served) -> None:
    with served.client("reader") as client:
        answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "没有这一页" in answer.text
    assert "exist" not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status", "sent"),
    [
        ("POST", "/issue", 405, {}),
        ("PUT", "/sign-in", 405, {}),
        ("POST", "/health", 405, {}),
        ("GET", "/sign-out", 405, {}),
        ("DELETE", "/field/plant", 405, {}),
        ("POST", "/files/acts/1.json", 405, {}),
        ("POST", "/nowhere", 404, {}),
        ("GET", "/static/nothing.js", 404, {}),
        ("GET", "/static/..%2f..%2fcli.py", 404, {}),
        ("GET", "/files/dossiers/x.html?access=one", 422, {}),
        ("GET", "/files/acts/999.zip", 403, {}),
        ("GET", "/files/acts/999.json", 404, {}),
        ("POST", "/sign-in", 422, {}),
        ("POST", "/sign-in", 422, {"json": {"user": "a"}}),
        ("POST", "/sign-in", 422, {"data": {"user": "u", "password": "p" * 300}}),
        ("POST", "/password", 422, {"files": {"old": ("a.txt", b"x")}}),
        ("POST", "/field/plant", 422, {"data": {"enterprise": "x", "photos": "no file"}}),
        ("POST", "/sign-out", 400, {"content": b"x", "headers": {"content-type": "multipart/form-data"}}),
        ("POST", "/sign-out", 403, {"headers": {"origin": "http://evil.example"}}),
        ("POST", "/sign-out", 413, {"content": b"a" * (FORM_BYTES + 1)}),
        ("GET", "/", 421, {"headers": {"host": "evil.example"}}),
    ],
)
def test_whatever_is_refused_is_told_on_a_page_in_chinese(
    served: Served, method: str, path: str, status: int, sent: dict[str, Any]
) -> None:
    with served.client("reader") as client:
        answer = client.request(method, path, **sent)
    assert answer.status_code == status
    allowed = answer.headers.get("allow", "")
    assert (method not in allowed.split(", "), bool(allowed)) == (True, status == 405)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert re.search("<h1>[\u4e00-\u9fff][^<]+</h1>", answer.text)


@pytest.mark.parametrize(
    ("came", "back"),
    [
        ("/field/plant?enterprise=91000000HCLF000026", "/field/plant%3Fenterprise%3D91000000HCLF000026"),
        ("/map?city=%E4%B8%B4%E6%B1%BE", "/map%3Fcity%3D%25E4%25B8%25B4%25E6%25B1%25BE"),
        ("[", "/"),
    ],
)
def test_whoever_sends_a_form_after_the_session_ended_is_led_back_over_signing_in(
    served: Served, came: str, back: str
) -> None:
    with served.client() as stranger:
        referer = f"{served.url}{came}" if came.startswith("/") else f"http://{came}"
        answer = stranger.post("/field/plant", data={"text": "火"}, headers={"referer": referer})
    assert (answer.status_code, "登录已过期" in answer.text) == (401, True)
    assert f'<a href="/sign-in?next={back}">登录</a>' in answer.text


def test_a_head_is_answered_as_a_get_is_without_a_body(served: Served) -> None:
    """Monitors and checkers of links ask so; libraries leave it to whoever writes the route."""
    with served.client("reader") as client:
        for path in (
            "/health",
            "/",
            "/password",
            "/static/keys.js",
            "/static/design.css",
            "/nowhere",
            "/files/acts/x.zip",
        ):
            got, head = client.get(path), client.head(path)
            assert (head.status_code, head.content) == (got.status_code, b""), path
            assert head.headers["content-type"] == got.headers["content-type"], path
    with served.client() as stranger:
        assert stranger.head("/").headers["location"] == "/sign-in?next=/"


def test_uploads_need_a_session(served: Served) -> None:
    answer = httpx.post(f"{served.url}/_nicegui/client/x/upload/1", headers={"origin": served.url})
    assert answer.status_code == 401
