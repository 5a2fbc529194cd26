"""Signing in and out, and choosing a password: plain forms, so that they work before any script has loaded."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from alertengine.files import environment
from alertengine.vocabulary import InputError
from alertengine.web.accounts import LONGEST, SHORTEST
from alertengine.web.desk import Desk
from alertengine.web.guard import COOKIE, LONGEST_PLACE, SIGN_IN, words_of
from alertengine.web.sessions import Session

#: Holds the form's own key before there is a session.
_BEFORE: Final = "alertengine_form"
_Text = Annotated[str, Form(max_length=200)]
_Place = Annotated[str, Form(max_length=3 * LONGEST_PLACE)]
#: Signing in and out as acts of the ledger.
KIND: Final = "signin"


class Forms:
    """The forms of one desk."""

    def __init__(self, desk: Desk) -> None:
        """Take the desk; keys are new with every start."""
        self.desk = desk
        self._secret = secrets.token_bytes(32)
        self._templates = environment("alertengine.web")

    def router(self) -> APIRouter:
        """The routes."""
        forms = APIRouter(include_in_schema=False)
        forms.add_api_route(SIGN_IN, self.ask, methods=["GET"], response_class=HTMLResponse)
        forms.add_api_route(SIGN_IN, self.sign_in, methods=["POST"], response_model=None)
        forms.add_api_route("/sign-out", self.sign_out, methods=["POST"], response_model=None)
        forms.add_api_route("/password", self.ask_password, methods=["GET"], response_class=HTMLResponse)
        forms.add_api_route("/password", self.choose, methods=["POST"], response_model=None)
        return forms

    def _key(self, bound: str) -> str:
        """What a form must send back: only a page of ours, shown to this browser, knows it."""
        return hmac.new(self._secret, bound.encode(), sha256).hexdigest()

    def checked(self, request: Request, key: str) -> bool:
        """Whether a form carries the key of its session."""
        session: Session | None = request.state.session
        bound = session.token if session else request.cookies.get(_BEFORE, "")
        return bool(bound) and hmac.compare_digest(self._key(bound).encode(), key.encode("utf-8", "surrogatepass"))

    def page(self, name: str, request: Request, status: int = 200, /, **said: Any) -> HTMLResponse:
        """A page of a form, with the key that it must send back."""
        session: Session | None = request.state.session
        before = request.cookies.get(_BEFORE) or secrets.token_urlsafe(16)
        text = self._templates.get_template(name).render(key=self._key(session.token if session else before), **said)
        answer = HTMLResponse(text, status_code=status)
        if session is None:
            _set(answer, request, _BEFORE, before)
        return answer

    def ask(self, request: Request, next: str = "/") -> Response:  # noqa: A002 -- the word in the address
        """The form."""
        if self.desk.account(request.state.session) is not None:
            return RedirectResponse(_inside(next), status_code=303)
        return self.page("sign-in.html.j2", request, next=_inside(next), user="", said="")

    def sign_in(
        self,
        request: Request,
        user: _Text,
        password: _Text,
        key: _Text = "",
        next: _Place = "/",  # noqa: A002
    ) -> Response:
        """Sign in, or say that it failed without saying which part was wrong."""
        address = request.client.host if request.client else ""
        again: dict[str, Any] = {"next": _inside(next), "user": user}
        if not self.checked(request, key):
            return self.page("sign-in.html.j2", request, 403, said="页面已过期，请再试一次", **again)
        with self.desk.tries.turn(address):
            wait = self.desk.tries.begin(user, address)
            if wait:
                lasts = f"{wait}秒" if wait < 60 else f"{-(-wait // 60)}分钟"
                said = f"失败次数过多，请在{lasts}后再试"
                return self.page("sign-in.html.j2", request, 429, said=said, **again)
            try:
                account = self.desk.accounts.verify(user, password)
            except InputError as error:
                return self.page("sign-in.html.j2", request, 503, said=words_of(error), **again)
            if account is None:
                if self.desk.tries.slowed(user, address):
                    who = user if self.desk.accounts.get(user) else "未知账号"
                    self.desk.accounts.note(KIND, "登录失败次数过多，该地址再试须等待", who, address=address)
                return self.page("sign-in.html.j2", request, 401, said="用户名或密码不正确", **again)
            self.desk.tries.succeeded(user, address)
        session = self.desk.sessions.begin(user)
        self.desk.accounts.note(KIND, "登录", account.signature or user, address=address, user=user)
        answer = RedirectResponse("/password" if account.must_change else _inside(next), status_code=303)
        _set(answer, request, COOKIE, session.token)
        answer.delete_cookie(_BEFORE)
        return answer

    def sign_out(self, request: Request, key: _Text = "") -> Response:
        """Sign out."""
        session: Session | None = request.state.session
        if session is None or not self.checked(request, key):
            return RedirectResponse("/", status_code=303)
        account = self.desk.account(session)
        self.desk.sessions.end(session.token)
        who = account.signature or session.user if account else session.user
        self.desk.accounts.note(KIND, "退出登录", who, address="", user=session.user)
        answer = RedirectResponse(SIGN_IN, status_code=303)
        answer.delete_cookie(COOKIE)
        return answer

    def key_of(self, session: Session) -> str:
        """The key of a session's own forms."""
        return self._key(session.token)

    def ask_password(self, request: Request) -> HTMLResponse:
        """The form for a new password."""
        account = self.desk.account(request.state.session)
        return self.page("password.html.j2", request, account=account, said="", least=SHORTEST, most=LONGEST)

    def choose(self, request: Request, old: _Text, new: _Text, again: _Text, key: _Text = "") -> Response:
        """Take the new password and sign the person out elsewhere."""
        session: Session = request.state.session
        account = self.desk.account(session)
        said = ""
        if account is None or not self.checked(request, key):
            return RedirectResponse(SIGN_IN, status_code=303)
        if new != again:
            said = "两次输入的新密码不一致"
        else:
            try:
                self.desk.accounts.choose(account.user, old, new)
            except InputError as error:
                said = words_of(error)
        if said:
            shown = {"account": account, "said": said, "least": SHORTEST, "most": LONGEST}
            return self.page("password.html.j2", request, 400, **shown)
        self.desk.sessions.end_all(account.user, but=session.token)
        return RedirectResponse("/", status_code=303)


def _inside(path: str) -> str:
    """A path of this server; anything else leads home."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"


def _set(answer: Response, request: Request, name: str, value: str) -> None:
    answer.set_cookie(name, value, httponly=True, samesite="strict", secure=request.url.scheme == "https", path="/")
