"""What every page stands in: heading, ways to the other pages, who is signed in, styles, messages."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeVar

from fastapi import Request
from nicegui import ui

from alertengine.files import body_of, stylesheet
from alertengine.ledger import Ledger, Signer, not_handed_over
from alertengine.vocabulary import LEVEL_CLASS, LEVEL_MARK, LEVEL_TEXT, AlertEngineError, InputError, Problem
from alertengine.web.accounts import Account
from alertengine.web.desk import Desk
from alertengine.web.pages.registry import PAGES, PageEntry
from alertengine.web.pages.tables import markup, plain_table
from alertengine.web.roles import NOTHING, RIGHT_TEXT, ROLE_TEXT, Right, Scope
from alertengine.web.sessions import Session
from alertengine.web.today import Today, seen_by
from alertengine.web.todo import all_of

_T = TypeVar("_T")
#: Dark enough under white text to be read on a projector (contrast 7.6).
_PRIMARY: Final = "#0b5394"
#: Problems said at once, and those a table shows.
SHOWN: Final = 8
MOST_PROBLEMS: Final = 500
#: To sign in, and back to the very place.
_BACK: Final = "location.href = '/sign-in?next=' + encodeURIComponent(location.pathname + location.search)"
#: How what stands for something still looked for begins, and what stands there where it cannot be found.
_WAITS: Final = "正在"
_NOT_FOUND: Final = "没有得出，原因见提示；可重新打开本页再试。"
#: Seconds that the answer to a request waits for what it is asked.
_AT_ONCE: Final = 0.5
#: Digits of a number in an address.
_DIGITS: Final = 18
#: Names the text of the stylesheet, so that a changed one is fetched.
_DESIGN: Final = sha256(stylesheet().encode()).hexdigest()[:12]
_SIGN: Final = (
    '<svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">'
    '<path d="M10 1 19 10 10 19 1 10Z" fill="#f57f17"/>'
    '<path d="M5 8.5h10M5 11.5h10" stroke="#1a1200" stroke-width="1.6"/></svg>'
)
_SEEK: Final = (
    '<form class="seek" action="/audit" role="search"><input name="find" aria-label="找企业"'
    ' placeholder="找企业名称或代码　/" maxlength="60"></form>'
)


@dataclass(frozen=True, slots=True)
class Visit:
    """One opened page: the desk, the session it was opened in, who that is, and what stands behind ``?``."""

    desk: Desk
    session: Session
    account: Account
    query: Mapping[str, str]

    def number(self, name: str) -> int | None:
        """A number of the address; None where it says none."""
        said = self.query.get(name, "")
        return int(said) if said.isascii() and said.isdecimal() and len(said) <= _DIGITS else None

    @property
    def scope(self) -> Scope:
        """The counties the person may see, asked anew; nothing where they are signed out."""
        account = self.desk.account(self.session)
        return NOTHING if account is None else account.scope

    def allow(self, right: Right) -> Account:
        """The person, if they may; see :meth:`Desk.allow`."""
        return self.desk.allow(self.session, right)

    def signer(self, right: Right) -> Signer:
        """The person's signature under a right, if they may."""
        return self.allow(right).signer(right)


@contextmanager
def framed(desk: Desk, request: Request, key: str, entry: PageEntry) -> Iterator[Visit | None]:
    """The frame of a page; None where the person may not see it, which the page then says.

    Args:
        desk: the running page.
        request: the request that opened it.
        key: the key of the sign-out form.
        entry: the page.

    """
    session: Session = request.state.session
    account = desk.account(session)
    if account is None or account.must_change:
        ui.navigate.to("/password" if account else "/sign-in")
        yield None
        return
    shown = [page for page in PAGES if page.listed and page.right in account.rights]
    if entry.address == "/" and entry not in shown and shown:
        ui.navigate.to(shown[0].address)
        yield None
        return
    ui.add_head_html(f'<link rel="stylesheet" href="/static/design.css?{_DESIGN}">')
    ui.add_head_html('<script src="/static/keys.js" defer></script><script src="/static/print.js" defer></script>')
    ui.colors(primary=_PRIMARY)
    markup('<a class="skip" href="#main">跳到正文</a><a class="skip wide-only" href="#orders">跳到指令表</a>')
    counted = _heading(account, key, entry, shown)
    # NiceGUI puts all of a page into a main of its own
    with ui.element("div").props("id=main tabindex=-1").classes("page"):
        if entry.right in account.rights:
            yield Visit(desk, session, account, dict(request.query_params))
            markup(_keys(shown, account))
        else:
            with ui.element("section").classes("card"):
                ui.label("您的角色不能查看此页").classes("say")
                ui.label(f"须有“{RIGHT_TEXT[entry.right]}”的权限，请找账号管理员。").classes("soft")
            yield None
    # the first timer has what is drawn so far sent: the answer to the request is the whole page
    if counted is not None:
        _counted(desk, account, *counted)


def _keys(shown: Sequence[PageEntry], account: Account) -> str:
    """The keys of every page that lead the person anywhere, in a line."""
    ways = [f"<kbd>g</kbd> <kbd>{key}</kbd> {page.name}" for page in shown if (key := page.letter)]
    said = ["<kbd>/</kbd> 找企业"] if Right.READ in account.rights else []
    said += ['<kbd>n</kbd> <a href="/forecast" data-key="n">录入预报</a>'] if Right.WORK in account.rights else []
    said += [*ways, "<kbd>?</kbd> 到这一行"]
    return f'<p class="keys wide-only no-print" tabindex="-1">按键：{"　".join(said)}</p>'


def _counted(desk: Desk, account: Account, drawn: ui.html, way: str) -> None:
    """Keep the number of things that wait for the person beside the way to them."""

    def last(ledger: Ledger) -> int:
        found = ledger.last()
        return found.act if found else 0

    def count(ledger: Ledger, page: Today) -> int:
        return len(all_of(ledger, account, seen_by(page, account.scope), desk.works.by_change()))

    async def tick() -> None:
        await desk.forget_erased()
        await desk.warm()
        held = (await desk.read(last), int(time.time() // 60))
        if desk.counted.get(account.user, (None, 0))[0] != held:
            try:
                desk.counted[account.user] = (held, await desk.read(count, await desk.today_lately()))
            except AlertEngineError:  # the process that answers died: counted again at the next turn
                return
        waiting = desk.counted[account.user][1]
        said = f' <span class="count" title="{waiting}件待办">{waiting}</span>' if waiting else ""
        drawn.set_content(way % said)

    ui.timer(0.3, tick, once=True)
    ui.timer(5, tick, immediate=False)


def _heading(account: Account, key: str, entry: PageEntry, shown: Sequence[PageEntry]) -> tuple[ui.html, str] | None:
    """Draw it; where the number of things that wait for the person is to stand, and the way to them."""
    place = None
    with ui.element("header").classes("top"), ui.element("div").classes("in"):
        markup(f'<div class="name">{_SIGN}重污染天气应急</div>')
        with ui.element("nav").props('aria-label="主导航"'):
            for page in shown:
                here = ' aria-current="page"' if page == entry else ""
                way = f'<a href="{page.address}"{here}>{page.name}%s</a>'
                drawn = markup(way % "").classes("contents")
                place = (drawn, way) if page.address == "/" else place
        if Right.READ in account.rights:
            markup(_SEEK).classes("contents")
        with ui.element("div").classes("who"):
            roles = "、".join(ROLE_TEXT[role] for role in sorted(account.roles))
            ui.label(account.name or account.user)
            scope = account.scope.words
            ui.label(f"{roles}（{scope}）" if scope else roles).classes("role")
            markup('<a href="/password">改密码</a>').classes("wide-only")
            form = f'<form method="post" action="/sign-out"><input type="hidden" name="key" value="{key}">'
            markup(f"{form}<button>退出</button></form>")
    return place


def level_tag(level: str) -> None:
    """A level with its mark, class and colour."""
    text = LEVEL_TEXT[level] if level == "none" else f"{LEVEL_TEXT[level]}（{LEVEL_CLASS[level]}）"
    ui.label(f"{LEVEL_MARK[level]} {text}").classes(f"tag {level}")


ui.button.default_props("no-caps unelevated")
for _field in (ui.input, ui.select, ui.textarea):
    _field.default_props("outlined dense")


@contextmanager
def card(title: str, *, alarm: bool = False) -> Iterator[None]:
    """A part of a page under a heading."""
    with ui.element("section").classes("card alarm" if alarm else "card"):
        heading(title, 2)
        yield


def heading(text: str, rank: int = 1) -> None:
    """A heading that a screen reader knows as one; the text may come from a file."""
    with ui.element(f"h{rank}"):
        ui.label(text)


def headed(text: str, *ways: tuple[str, str]) -> None:
    """The heading of a page, and beside it the ways back: words and addresses."""
    with ui.element("div").classes("head"):
        heading(text)
        for word, address in ways:
            ui.link(word, address).classes("small")


def sheet(page: str) -> None:
    """A whole report made here, in place: no frame within the frame."""
    kind, content = body_of(page)
    markup(content).classes(kind)


def handover(path: Path) -> None:
    """Say that the second office did not get the last checkpoint, and why."""
    failed = not_handed_over(path)
    if failed:
        with card("检查点未能交存", alarm=True):
            ui.label("最近一条记录已写入台账，但它的检查点没有交到第二单位；下一条记录写入时再交。")
            for problem in failed:
                ui.label(problem.text("zh", short=True)).classes("soft")


def hint(text: str) -> None:
    """What to know of a part or a field, in small letters."""
    ui.label(text).classes("soft small")


def nothing(text: str) -> None:
    """An empty place, with what to do about it."""
    ui.label(text).classes("soft")


def drawn_later(
    place: ui.element, look: Callable[[], Awaitable[_T]], draw: Callable[[_T], object], after: str = ""
) -> None:
    """What takes a while to find, drawn in the place of what stands there once the page itself is drawn.

    ``after`` names what the browser says first, where it is to wait for that; each time it is said it is found anew.
    Where it cannot be found, that is told and what stands there stays, but for words that it is being looked for.
    """
    turn = 0

    async def fill() -> None:
        nonlocal turn
        turn += 1
        mine = turn
        with telling():
            try:
                found = await look()
            except AlertEngineError:
                for one in place.descendants():
                    if isinstance(one, ui.label) and one.text.startswith(_WAITS):
                        one.set_text(_NOT_FOUND)
                raise
            if mine != turn:
                return
            place.clear()
            with place:
                draw(found)

    if after:
        ui.on(after, fill)
    else:
        ui.timer(0.1, fill, once=True)


async def drawn_soon(
    look: Callable[[], Coroutine[Any, Any, _T]],
    draw: Callable[[_T], object],
    *titles: str,
    waits: Callable[[], Awaitable[bool]] | None = None,
) -> None:
    """What is found at once, drawn with the page; else the heads of its parts, which give way to it.

    ``waits`` draws what is there already in their place, and says whether there was any.  So the answer to a request
    does not wait for what takes long.

    Raises:
        AlertEngineError: what ``look`` raises at once; later it is told.

    """
    place, found = ui.element("div").classes("contents"), asyncio.ensure_future(look())
    await asyncio.wait({found}, timeout=_AT_ONCE)
    if found.done():
        with place:
            draw(found.result())
        return
    with place:
        if waits is None or not await waits():
            for title in titles:
                with card(title):
                    ui.label("正在计算…").classes("soft").props("role=status")
    drawn_later(place, lambda: found, draw)


def facts(said: Iterable[tuple[str, str]]) -> None:
    """Names and texts in two columns."""
    with ui.element("dl").classes("facts"):
        for name, text in said:
            with ui.element("dt"):
                ui.label(name)
            with ui.element("dd"):
                ui.label(text)


def problem_rows(problems: Sequence[Problem]) -> list[dict[str, str]]:
    """Problems as rows of a table in Chinese; files without their folders."""
    return [
        {
            "file": one.at(row=None, column="").place("zh", short=True),
            "row": "" if one.row is None else str(one.row),
            "column": one.column_text,
            "value": one.value,
            "message": message,
            "expected": expected,
        }
        for one in problems[:MOST_PROBLEMS]
        for message, expected in [one.words("zh")]
    ]


def problems_listed(problems: Sequence[Problem]) -> None:
    """Problems as a table."""
    heads = {"file": "文件", "row": "行", "column": "列", "value": "现值", "message": "问题", "expected": "应为"}
    plain_table(heads, problem_rows(problems))


def problem_table(error: AlertEngineError) -> None:
    """Every problem of an input with its place, so that all are mended in one go."""
    problems = _problems(error)
    ui.label(f"不能继续：{len(problems)} 处须改正").classes("no").props("role=alert")
    problems_listed(problems)


def tell(error: AlertEngineError) -> None:
    """Say what was wrong, every problem of it."""
    problems = _problems(error)
    text = "\n".join(one.text("zh", short=True) for one in problems[:SHOWN])
    if len(problems) > SHOWN:
        text += f"\n另有 {len(problems) - SHOWN} 处"
    ui.notify(text, type="negative", multi_line=True, close_button="知道了", timeout=0, classes="whitespace-pre-line")


@contextmanager
def telling(place: ui.element | None = None, title: str = "") -> Iterator[None]:
    """What is refused inside is told to whoever asked for it; the rest inside is left.

    With a ``place``, which is cleared first, it stands there as a table, under a ``title`` in a part of its own.
    """
    if place is not None:
        place.clear()
    try:
        yield
    except AlertEngineError as error:
        if place is None:
            tell(error)
            return
        with place, card(title, alarm=True) if title else nullcontext():
            problem_table(error)


@contextmanager
def busy(button: ui.button) -> Iterator[None]:
    """A button turns and takes no second click until what it does is done."""
    button.props(add="loading disable")
    try:
        yield
    finally:
        button.props(remove="loading disable")


def _problems(error: AlertEngineError) -> list[Problem]:
    """What is to be told; whoever was signed out meanwhile is led back over signing in."""
    if not isinstance(error, InputError):
        return [Problem("said_so", where="session", text=str(error))]
    if any(one.code == "signed_out" for one in error.problems):
        ui.run_javascript(_BACK)
    return error.problems
