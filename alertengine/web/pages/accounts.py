"""账号: who may sign in, as what, and keys of other systems; passwords and keys are shown once and stand nowhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import pandas as pd
from nicegui import ui

from alertengine.web.accounts import Account
from alertengine.web.api.keys import REACH_TEXT, Key, Reach
from alertengine.web.guard import words_of
from alertengine.web.kept import write_record
from alertengine.web.pages.frame import Visit, card, handover, heading, nothing, tell, telling
from alertengine.web.pages.reviewing import confirm
from alertengine.web.pages.tables import cell_of, drawn_table
from alertengine.web.roles import ROLE_TEXT, Right, Role, known_places
from alertengine.workflow import bureau_cities, set_bureau_cities

_ROLES = {str(role): text for role, text in ROLE_TEXT.items()}
_COLUMNS = ("用户名", "姓名", "职务", "角色", "状态")
_REACHES = {str(reach): text for reach, text in REACH_TEXT.items()}
_KEY_COLUMNS = ("系统", "可读内容", "尾号", "建立", "最近使用", "启动以来次数", "状态", "操作")


async def show(visit: Visit) -> None:
    """The page."""
    heading("账号")
    handover(visit.desk.path)
    _held_up(visit)
    book = await visit.desk.run(lambda: visit.desk.book)
    places = await visit.desk.read(known_places, book.lists)
    with ui.element("div").classes("cols broad"):
        with ui.element("div").classes("pile"):
            _new(visit, places)
            with card("全部账号"), drawn_table((*_COLUMNS, "操作")):
                for account in visit.desk.accounts.all().values():
                    _row(visit, account, places)
        with ui.element("div").classes("pile"):
            await _cities(visit)
            keys_card(visit, places)


def _cells(heads: Sequence[str], texts: Sequence[str]) -> None:
    for head, text in zip(heads, texts, strict=False):
        with cell_of(head):
            ui.label(text)


class _Fields:
    """What an account says of a person, as it is typed: name, office, roles, and counties of one who only reads."""

    def __init__(self, places: dict[str, str], office: str, held: Account | None = None) -> None:
        """Draw them; ``places`` are the counties to choose from, ``office`` the words over that field."""
        bound = held.counties if held else ()
        roles = [str(role) for role in held.roles] if held else []
        self.name = ui.input("姓名", value=held.name if held else "").props("maxlength=40")
        self.office = ui.input(office, value=held.office if held else "").props("maxlength=60")
        self.roles = ui.select(_ROLES, value=roles, label="角色", multiple=True).props("use-chips")
        options = places | {one: one for one in bound if one not in places}
        self.counties = _counties(options, "只看这些区县（不选为全部）", list(bound))
        self.counties.bind_visibility_from(self.roles, "value", lambda chosen: chosen == [str(Role.READER)])

    def said_of(self, account: Account) -> Account:
        """An account with what was typed; one that does more than read is bound to no county."""
        roles = frozenset(Role(role) for role in self.roles.value or ())
        name, office = (self.name.value or "").strip(), (self.office.value or "").strip()
        bound = tuple(sorted(self.counties.value or ())) if roles == {Role.READER} else ()
        return replace(account, name=name, office=office, roles=roles, counties=bound)


def _counties(options: dict[str, str], label: str, chosen: list[str]) -> ui.select:
    field = ui.select(options, value=chosen, label=label, multiple=True, with_input=True)
    return field.props("use-chips").style("min-width:18em")


def _held_up(visit: Visit) -> None:
    """What could not be put on record yet, why, and a correction of the clock."""
    mirror = visit.desk.accounts.mirror
    waiting = mirror.pending()
    if not waiting:
        return
    with card("尚未入账", alarm=True):
        ui.label(f"有{waiting}条登录和账号记录尚未写入台账；登录不受影响，能写入时自动补记。")
        if mirror.held_up is not None:
            ui.label(words_of(mirror.held_up)).classes("soft")
        with ui.element("div").classes("side"):
            reason = ui.input("时钟更正说明").props("maxlength=200")

            def write() -> None:
                with telling():
                    by = visit.signer(Right.MANAGE)
                    said = (reason.value or "").strip()
                    mirror.write(clock_reason=f"{said}（{by}）" if said else "")
                    if mirror.held_up is not None:
                        tell(mirror.held_up)
                        return
                    ui.navigate.reload()

            ui.button("记入台账", on_click=write)


async def _cities(visit: Visit) -> None:
    """Whose ledger it is: proposals and drafts are for these cities alone."""
    desk, names = visit.desk, list(visit.desk.book.lists.cities())
    own = await desk.read(bureau_cities)
    with card("本单位城市"):
        ui.label("今日的建议和待办、新拟稿只到这些城市；其他城市只看。没有设定时，取最近发布的清单里的城市。").classes(
            "soft"
        )
        with ui.element("div").classes("side"):
            chosen = ui.select(names, value=list(own), label="城市", multiple=True).style("min-width:18em")
            chosen.props("use-chips")

            async def save() -> None:
                with telling():
                    by = visit.signer(Right.MANAGE)
                    await desk.run(write_record, desk.path, set_bureau_cities, list(chosen.value or ()), names, by)
                    ui.navigate.reload()

            ui.button("设定", on_click=save).props("outline")


def _new(visit: Visit, places: dict[str, str]) -> None:
    with card("新建账号"), ui.element("div").classes("side"):
        user = ui.input("用户名（英文）").props("maxlength=40")
        fields = _Fields(places, "职务，如 局长")
        fields.roles.style("min-width:14em")

        def create() -> None:
            with telling():
                by, new = visit.signer(Right.MANAGE), Account((user.value or "").strip(), "", "", frozenset())
                _password_shown(user.value, visit.desk.accounts.create(fields.said_of(new), by))

        ui.button("建立", on_click=create)


def _row(visit: Visit, account: Account, places: dict[str, str]) -> None:
    state = "停用" if not account.active else "待设定密码" if account.must_change else "正常"
    roles = "、".join(ROLE_TEXT[role] for role in sorted(account.roles))
    bound = f"{roles}（只看{account.scope.words}）" if account.counties else roles

    async def reset() -> None:
        with telling():
            by = visit.signer(Right.MANAGE)
            visit.desk.sessions.end_all(account.user)
            _password_shown(account.user, visit.desk.accounts.reset(account.user, by))

    async def switch() -> None:
        with telling():
            by = visit.signer(Right.MANAGE)
            visit.desk.accounts.change(replace(account, active=not account.active), by)
            visit.desk.sessions.end_all(account.user)
            ui.navigate.reload()

    def ask(title: str, word: str, act: Callable[[], Awaitable[None]]) -> None:
        held = visit.desk.sessions.count(account.user)
        numbers = [(str(held), "处登录即刻退出"), ("1", f"个账号：{account.signature or account.user}，{roles}")]
        confirm(title, numbers, word, act, red=True)

    with ui.element("tr"):
        _cells(_COLUMNS, (account.user, account.name, account.office, bound, state))
        with ui.element("td"), ui.element("div").classes("flex gap-2"):
            ui.button("修改", on_click=lambda: _edit(visit, account, places)).props("flat dense")
            ui.button("重置密码…", on_click=lambda: ask("重置密码？原密码即刻失效", "重置", reset)).props("flat dense")
            if account.active:
                ui.button("停用…", on_click=lambda: ask("停用账号？", "停用", switch)).props("flat dense")
            else:
                ui.button("启用", on_click=switch).props("flat dense")


def _edit(visit: Visit, account: Account, places: dict[str, str]) -> None:
    """Change name, office and roles; what was signed before stands as it was signed."""
    with ui.dialog() as dialog, ui.card().classes("ask"):
        ui.label(f"修改账号 {account.user}").classes("say")
        fields = _Fields(places, "职务", account)
        reason = ui.input("理由（写入台账）").props("maxlength=200")

        def save() -> None:
            with telling():
                by = visit.signer(Right.MANAGE)
                visit.desk.accounts.change(fields.said_of(account), by, (reason.value or "").strip())
                ui.navigate.reload()

        with ui.element("div").classes("side"):
            ui.button("再看看", on_click=dialog.close).props("outline")
            ui.button("保存", on_click=save)
    dialog.open()


def _password_shown(user: str, password: str) -> None:
    _shown_once(f"{user} 的一次性密码", password, "请当面或以其他途径交给本人；首次登录须设定新密码。", "text-xl")


def _shown_once(what: str, secret: str, then: str, size: str = "text-lg") -> None:
    """Show a password or key, and what is to be done with it."""
    with ui.dialog(value=True).props("persistent"), ui.card():
        ui.label(f"{what}，只显示这一次：")
        ui.label(secret).classes(size).style("font-family:monospace;user-select:all;overflow-wrap:anywhere")
        ui.label(then).classes("soft")
        ui.button("已记下", on_click=ui.navigate.reload)


# -- keys of other systems


def keys_card(visit: Visit, places: dict[str, str]) -> None:
    """The card; ``places`` are the counties a key can be bound to."""
    with card("接口密钥"):
        ui.label("供其他系统读取预警和指令，只读。地址和字段见 /api/openapi.json。").classes("soft")
        _new_key(visit, Right.MANAGE, places)
        if held := list(visit.desk.keys.all().values()):
            _keys(visit, held, Right.MANAGE)
        else:
            nothing("尚无密钥。写明给哪个系统使用、可读什么，再点“建立密钥”。")


def own_keys_card(visit: Visit) -> None:
    """The card where an approver makes the key in whose name papers are released by the interface."""
    with card("本人的接口密钥"):
        said = "其他系统凭本人的密钥，可以您的名义具名放行文书。密钥等同签名，不得转交。接口见 /api/openapi.json。"
        ui.label(said).classes("soft")
        _new_key(visit, Right.APPROVE, {})
        own = [key for key in visit.desk.keys.all().values() if key.user == visit.account.user]
        if own:
            _keys(visit, own, Right.APPROVE)


def _keys(visit: Visit, keys: list[Key], right: Right) -> None:
    with drawn_table(_KEY_COLUMNS):
        for key in sorted(keys, key=lambda one: (one.closed, -one.number)):
            _key_row(visit, key, right)


def _new_key(visit: Visit, right: Right, places: dict[str, str]) -> None:
    with ui.element("div").classes("side"):
        name = ui.input("给哪个系统使用").props("maxlength=60")
        reach = ui.select(_REACHES, label="可读内容", multiple=True).style("min-width:14em").props("use-chips")
        counties = _counties(places, "只读这些区县的指令（不选为全部）", [])
        counties.set_visibility(bool(places))

        def make() -> None:
            with telling():
                account = visit.allow(right)
                wanted = [Reach(word) for word in reach.value or ()]
                own = account.user if right is Right.APPROVE else ""
                text = visit.desk.keys.make(name.value, wanted, account.signer(right), own, counties.value or ())
                then = "请以安全途径交给该系统的维护人员。此处只留尾号；遗失后停用，再建立一个。"
                _shown_once(f"“{name.value.strip()}”的接口密钥", text, then)

        ui.button("建立密钥", on_click=make).props("outline")


def _key_row(visit: Visit, key: Key, right: Right) -> None:
    async def close() -> None:
        with telling():
            by = visit.signer(right)
            visit.desk.keys.close(key.number, by)
            ui.navigate.reload()

    def ask() -> None:
        uses = visit.desk.keys.uses[key.number]
        numbers = [
            ("1", f"个密钥（…{key.tail}），停用后不能恢复"),
            (str(uses), f"次读取，启动以来；最近使用：{_day(key.used) if key.used else '从未'}"),
            (str(len(key.reach) + bool(key.user)), f"项内容该系统随即不能再用：{_reach(key)}"),
        ]
        confirm(f"停用“{key.name}”的密钥？", numbers, "停用密钥", close, red=True)

    made = f"{_day(key.made_at)} {key.made_by}".strip()
    used = _day(key.used) if key.used else "从未"
    texts = (key.name, _reach(key), f"…{key.tail}", made, used, str(visit.desk.keys.uses[key.number]))
    with ui.element("tr"):
        _cells(_KEY_COLUMNS, (*texts, "停用" if key.closed else "启用"))
        with ui.element("td"):
            if not key.closed:
                ui.button("停用", on_click=ask).props(f'flat dense aria-label="停用密钥 …{key.tail}"')


def _reach(key: Key) -> str:
    reaches = [text for word, text in REACH_TEXT.items() if word in key.reach]
    said = "、".join([*reaches, "具名放行"] if key.user else reaches)
    return said + (f"（只限{key.scope.words}）" if key.counties else "")


def _day(text: str) -> str:
    day = pd.Timestamp(text)
    return f"{day.year}年{day.month}月{day.day}日"
