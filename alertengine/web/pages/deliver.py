"""送达: how far service of an act has come, by county; who is still to be served; receipts in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pandas as pd
from nicegui import ui

from alertengine.files import CellAnswer
from alertengine.vocabulary import AlertEngineError
from alertengine.web.asked import receipts_taken, service_now
from alertengine.web.intake import keep_answers, questions, rows_upload
from alertengine.web.pages.frame import (
    Visit,
    card,
    drawn_soon,
    headed,
    heading,
    hint,
    nothing,
    problems_listed,
    tell,
    telling,
)
from alertengine.web.pages.reading import file_field, file_fields
from alertengine.web.pages.tables import markup, plain_table
from alertengine.web.pages.typed import ask_names, now_field, this_minute
from alertengine.web.roles import Right
from alertengine.web.today import lasting
from alertengine.workflow import (
    EVENT_TEXT,
    MATTERS,
    OPEN_STATES,
    RECEIPTS,
    STATES,
    Delivered,
    Upload,
    by_county,
    still_open,
    told_apart,
)

_SHOWN = 400
_ONE = "一家的回执.csv"


async def show(visit: Visit) -> None:
    """The page of the act that ``?act=`` names, else the last one with orders."""
    try:
        look = partial(visit.desk.ask, service_now, visit.desk.path, visit.number("act"), visit.scope)
        await drawn_soon(look, partial(_draw, visit), "送达")
    except AlertEngineError as error:
        heading("送达")
        tell(error)


def _draw(visit: Visit, found: tuple[int, pd.DataFrame]) -> None:
    number, table = found
    if not number:
        heading("送达")
        nothing("台账里还没有发出的指令。")
        return
    headed(f"第{number}号：送达", (f"← 第{number}号指令", f"/audit?act={number}"))
    new, known = visit.number("new"), visit.number("known")
    if new is not None:
        ui.label(f"记入{new}条回执，{known or 0}条已在台账").classes("note fine").props("role=status")
    waiting = still_open(table)
    counts = table["state"].value_counts()
    with ui.element("div").classes("tiles"):
        for state, text in STATES.items():
            count = int(counts.get(state, 0))
            kind = "tile ok" if not count or state == "served" else "tile amber" if state == "late" else "tile"
            markup(f'<div class="{kind}"><b>{count:,}</b>{text}</div>')
        open_ = int((waiting["relief_open"] > 0).sum()) if len(waiting) else 0
        markup(f'<div class="tile {"" if open_ else "ok"}"><b>{open_}</b>安全减排申请未答复</div>')
    with ui.element("div").classes("cols main-side"):
        with card(f"还没有送达的 {int(waiting['state'].isin(OPEN_STATES).sum())} 家"):
            _waiting(waiting)
        with card("按区县"):
            if rows := [_county(row) for row in by_county(table)]:
                plain_table({name: name for name in rows[0]}, rows, tuple(rows[0])[1:])
    if Right.WORK in visit.account.rights:
        _entry(visit, number, waiting)


def _county(row: dict[str, Any]) -> dict[str, str]:
    """Of a county how many plants, and how many are still to be served; how far each is stands in the list."""
    open_ = sum(row[STATES[state]] for state in OPEN_STATES)
    said = {"企业数": row["企业数"], "未送达": open_} | {STATES[name]: row[STATES[name]] for name in ("late", "served")}
    return {"区县": row["区县"]} | {name: f"{count:,}" for name, count in said.items()}


def _waiting(waiting: pd.DataFrame) -> None:
    if waiting.empty:
        nothing("都已送达。")
        return
    columns = {"enterprise": "企业", "county": "区县", "enterprise_id": "代码", "state": "状态", "run": "义务起算"}
    columns |= {"last": "最近一次", "tries": "发送次数", "relief": "安全减排申请"}
    rows = [_row(row) for row in waiting.head(_SHOWN).to_dict("records")]
    plain_table(columns, rows, ("tries",), links={"enterprise_id": "/audit?enterprise={city}/{}"})
    if len(waiting) > _SHOWN:
        hint(f"只列前{_SHOWN}家")
    hint("只有签收和当面送达证明送达；已发送、已读不算。")


def _row(row: dict[Any, Any]) -> dict[str, str]:
    hours = float(row["hours_run"])
    minutes = lasting(int(abs(hours) * 60))
    run = f"已起算{minutes}" if hours >= 0 else f"还有{minutes}"
    if row["matter"] != "ordered":
        over = MATTERS[row["matter"]]
        run = f"指令已{over}" if hours >= 0 else f"{run}{over}"
    names = ("city", "county", "enterprise", "enterprise_id", "last", "tries", "relief")
    said = {name: str(row[name]) for name in names}
    return said | {"state": STATES[row["state"]], "run": run}


def _entry(visit: Visit, number: int, waiting: pd.DataFrame) -> None:
    async def take(upload: Upload) -> list[Upload]:
        by = visit.signer(Right.WORK)
        done = await visit.desk.ask(receipts_taken, visit.desk.path, number, upload, by)
        _told(visit, done, number, upload, take)
        return [upload]

    with card("录入回执"):
        ui.label(
            "选短信平台、政务平台导出的回执文件，或逐家记一条。本页不发送任何东西，只记谁在何时怎样收到。"
        ).classes("soft")
        with file_fields(visit) as readings:
            file_field("deliver.receipts", readings, take)
        names = {
            (str(row["city"]), str(row["enterprise_id"])): str(row["enterprise"]) for row in waiting.to_dict("records")
        }
        several = {plant for plant, asked in told_apart(names).items() if "/" in asked}
        firms = {plant: f"{plant[0]} {name}" if plant in several else name for plant, name in names.items()}
        with ui.element("div").classes("side below"):
            firm = ui.select(firms, label="企业", with_input=True).classes("grow")
            event = ui.select(EVENT_TEXT, value="in_person", label="事项").style("min-width:10em")
            when = now_field("时间", this_minute).style("width:13em")
            channel = ui.input("方式").props("maxlength=40").style("width:8em")
            person = ui.input("签收人").props("maxlength=40").style("width:8em")

            async def one() -> None:
                if not firm.value:
                    ui.notify("请选择企业", type="negative")
                    return
                with telling():
                    by = str(visit.signer(Right.WORK))
                    city, code = firm.value
                    cells = (code, city, EVENT_TEXT[event.value], when.value, channel.value, person.value, by)
                    await take(rows_upload(_ONE, _HEADS, cells))

            ui.button("记一条", on_click=one).props("outline")


_HEADS = ("统一社会信用代码", "城市", "事项", "时间", "送达方式", "签收人", "经办人")


def _told(
    visit: Visit, done: Delivered, number: int, upload: Upload, take: Callable[[Upload], Awaitable[object]]
) -> None:
    """Draw the page anew, with what came of it on top: a message of the moment would go with the page.

    Names in doubt are asked first and the file is read again; what was recorded counts once.
    """
    address = f"/deliver?act={number}&new={done.new}&known={done.known}"
    for one in done.read.warnings:
        ui.notify(one.text("zh", short=True), type="info")
    if not done.notes:
        ui.navigate.to(address)
        return
    with ui.dialog(value=True) as shown, ui.card():
        ui.label(f"{len(done.notes)}处须人看").classes("no").props("role=alert")
        if upload.name != _ONE and done.read.protocols:
            read = done.read.protocols[0]

            async def save(answers: list[CellAnswer]) -> None:
                headers = [header for header, _ in read.columns]
                await asyncio.to_thread(keep_answers, upload, RECEIPTS, headers, read.profile, answers)
                await take(upload)

            ask_names(visit, Right.WORK, questions(done.notes, done.read.warnings), save)
        problems_listed(list(done.notes))
        ui.button("知道了", on_click=shown.close)
    shown.on("hide", lambda: ui.navigate.to(address))
