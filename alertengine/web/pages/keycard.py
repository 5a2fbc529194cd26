"""接口密钥: where keys of other systems are made and closed, and where an approver makes a key of their own."""

from __future__ import annotations

import pandas as pd
from nicegui import ui

from alertengine.web.api.keys import REACH_TEXT, Key, Reach
from alertengine.web.pages.frame import Visit, card, nothing, telling
from alertengine.web.pages.reviewing import confirm
from alertengine.web.roles import Right

_REACHES = {str(reach): text for reach, text in REACH_TEXT.items()}
_COLUMNS = ("系统", "可读内容", "尾号", "建立", "最近使用", "启动以来次数", "状态", "操作")


def keys_card(visit: Visit, places: dict[str, str]) -> None:
    """The card; ``places`` are the counties a key can be bound to."""
    with card("接口密钥"):
        ui.label("供其他系统读取预警和指令，只读。地址和字段见 /api/openapi.json。").classes("soft")
        _new(visit, Right.MANAGE, places)
        held = list(visit.desk.keys.all().values())
        if not held:
            nothing("尚无密钥。写明给哪个系统使用、可读什么，再点“建立密钥”。")
            return
        _table(visit, held, Right.MANAGE)


def own_keys_card(visit: Visit) -> None:
    """The card where an approver makes the key in whose name papers are released by the interface."""
    with card("本人的接口密钥"):
        said = "其他系统凭本人的密钥，可以您的名义具名放行文书。密钥等同签名，不得转交。接口见 /api/openapi.json。"
        ui.label(said).classes("soft")
        _new(visit, Right.APPROVE, {})
        own = [key for key in visit.desk.keys.all().values() if key.user == visit.account.user]
        if own:
            _table(visit, own, Right.APPROVE)


def _table(visit: Visit, keys: list[Key], right: Right) -> None:
    with ui.element("div").classes("wide"), ui.element("table").classes("plain stacked"):
        with ui.element("thead"), ui.element("tr"):
            for text in _COLUMNS:
                with ui.element("th").props("scope=col"):
                    ui.label(text)
        with ui.element("tbody"):
            for key in sorted(keys, key=lambda one: (one.closed, -one.number)):
                _row(visit, key, right)


def _new(visit: Visit, right: Right, places: dict[str, str]) -> None:
    with ui.element("div").classes("side"):
        name = ui.input("给哪个系统使用").props("maxlength=60")
        reach = ui.select(_REACHES, label="可读内容", multiple=True).style("min-width:14em").props("use-chips")
        counties = ui.select(places, label="只读这些区县的指令（不选为全部）", multiple=True, with_input=True)
        counties.props("use-chips").style("min-width:18em")
        counties.set_visibility(bool(places))

        def make() -> None:
            with telling():
                account = visit.allow(right)
                wanted = [Reach(word) for word in reach.value or ()]
                own = account.user if right is Right.APPROVE else ""
                text = visit.desk.keys.make(name.value, wanted, account.signer(right), own, counties.value or ())
                _shown_once(name.value.strip(), text)

        ui.button("建立密钥", on_click=make).props("outline")


def _row(visit: Visit, key: Key, right: Right) -> None:
    async def close() -> None:
        with telling():
            by = visit.allow(right).signer(right)
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
        for head, text in zip(_COLUMNS, (*texts, "停用" if key.closed else "启用"), strict=False):
            with ui.element("td").props(f'data-label="{head}"'):
                ui.label(text)
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


def _shown_once(name: str, text: str) -> None:
    with ui.dialog(value=True).props("persistent"), ui.card():
        ui.label(f"“{name}”的接口密钥，只显示这一次：")
        ui.label(text).classes("text-lg").style("font-family:monospace;user-select:all;overflow-wrap:anywhere")
        ui.label("请以安全途径交给该系统的维护人员。此处只留尾号；遗失后停用，再建立一个。").classes("soft")
        ui.button("已记下", on_click=ui.navigate.reload)
