"""核查: an enterprise's dossier, any order with its reasoning and article, findings, verifying and replaying."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from nicegui import ui

from alertengine.ledger import record_access
from alertengine.web.asked import whole_order
from alertengine.web.auditview import OrderView, act_rows, act_view, finding_rows, order_links, verified
from alertengine.web.files import asked_of, dossier_of
from alertengine.web.jobs.store import state_of
from alertengine.web.pages import inspect
from alertengine.web.pages.correcting import correct_card
from alertengine.web.pages.decide import Row
from alertengine.web.pages.frame import (
    Visit,
    busy,
    card,
    facts,
    handover,
    headed,
    heading,
    hint,
    nothing,
    sheet,
    telling,
)
from alertengine.web.pages.jobbar import followed
from alertengine.web.pages.ordergrid import OrderGrid, of_act
from alertengine.web.pages.reading import protocols
from alertengine.web.pages.rules import rule_card
from alertengine.web.pages.tables import explanation, plain_table
from alertengine.web.roles import Right
from alertengine.web.work import may_correct
from alertengine.workflow import search

#: Enterprises found that are shown, and differences of a replay.
_MOST: Final = 60
_ACTS: Final = {
    "act": "编号", "kind": "种类", "title": "名称", "at": "记录时间", "by": "签署", "after": "更正", "hash": "摘要",
}  # fmt: skip
_FINDINGS: Final = {
    "day": "日期", "enterprise": "企业", "line": "生产线", "evidence": "证据", "finding": "结论",
    "finding_text": "认定说明", "consequence": "建议", "basis": "依据", "act": "编号",
}  # fmt: skip
_ORDERS: Final = {
    "line_id": "生产线编号", "line": "生产线", "level": "级别", "starts": "开始", "ends": "结束",
    "measure_text": "措施", "state": "现状", "act": "台账编号",
}  # fmt: skip
_STEPS: Final = {"city": "城市", "level": "级别", "step": "步骤", "given": "实际", "actor": "应由", "basis": "依据"}


async def show(visit: Visit) -> None:
    """The page, or what ``?enterprise=``, ``?act=`` or ``?act=&line=`` names."""
    asked = visit.query
    with telling():
        if "enterprise" in asked:
            await _enterprise(visit, asked["enterprise"])
            return
        number = visit.number("act")
        if number is not None:
            if "line" in asked:
                found = await visit.desk.ask(whole_order, visit.desk.path, number, asked["line"], visit.scope)
                _order(found, number)
            else:
                await _act(visit, number)
            return
    heading("核查")
    handover(visit.desk.path)
    if "find" not in asked:
        await inspect.desk(visit)
    _search(visit)
    await _ledger(visit)
    await _findings(visit)
    await inspect.decided(visit)


def _search(visit: Visit) -> None:
    with card("查企业"):
        words = ui.input("企业名称的一部分，或统一社会信用代码", value=visit.query.get("find", ""))
        words.props("clearable debounce=300")
        words.style("min-width:min(24em,100%)")
        found = ui.element("div").classes("w-full mt-2")

        async def fill() -> None:
            with telling():
                visit.allow(Right.READ)
                rows = await visit.desk.read(search, words.value or "", _MOST, visit.scope.places)
                found.clear()
                with found:
                    for code, name in rows:
                        ui.link(f"{name}（{code}）", f"/audit?enterprise={quote(code)}").classes("block")
                    if not rows and words.value:
                        nothing("台账中没有哪一条给过这家企业指令。个体工商户须写全名或代码。")
                    if len(rows) == _MOST:
                        nothing(f"只列前 {_MOST} 家，请写得更详细。")

        words.on_value_change(fill)
        if words.value:
            ui.timer(0.05, fill, once=True)


async def _ledger(visit: Visit) -> None:
    every = visit.query.get("every") == "1"
    rows = await visit.desk.read(act_rows, every=every)
    with card("台账"):
        with ui.element("div").classes("flex gap-4 items-center flex-wrap"):
            if Right.AUDIT in visit.account.rights:
                _verify(visit)
            ui.link("只看业务" if every else "连同账号和登录", "/audit" if every else "/audit?every=1")
        none = "台账里还没有业务记录（账号和登录除外）。录入预报、发布清单后这里就有。"
        plain_table(_ACTS, rows, links={"act": "/audit?act={}"}, empty=none)


def _verify(visit: Visit) -> None:
    async def look() -> None:
        with telling():
            visit.allow(Right.AUDIT)
            with busy(button):
                sentence, defects, found = await visit.desk.look(verified, visit.desk.path)
            said.clear()
            with said:
                ui.label(sentence).classes("yes" if found.sound else "no")
                for text in defects[:_MOST]:
                    ui.label(text).classes("small")
                for unseen in found.unseen:
                    hint(unseen.words("zh")[0])

    button = ui.button("校验台账", on_click=look).props("outline")
    said = ui.element("div").props("role=status")


async def _findings(visit: Visit) -> None:
    rows = await visit.desk.read(finding_rows, scope=visit.scope)
    with card("核查结论"):
        links = {"enterprise_id": "/audit?enterprise={city}/{}", "act": "/audit?act={}"}
        none = "尚无核查结论。核查人员在上面放进证据，判断后记入台账。"
        plain_table(_FINDINGS | {"enterprise_id": "代码"}, rows, links=links, empty=none)


async def _enterprise(visit: Visit, code: str) -> None:
    """The dossier, drawn by the same hand as the one that leaves the bureau."""
    named = await visit.desk.read(search, code, 1, visit.scope.places)
    orders = await visit.desk.read(order_links, code, visit.scope)
    headed(named[0][1] if named else code, ("← 核查", "/audit"))
    place = ui.element("div").classes("w-full")

    async def shown(access: int | None) -> None:
        page = await visit.desk.look(dossier_of, visit.desk.path, code, access, visit.allow(Right.READ))
        place.clear()
        tail = f"?access={access}" if access else ""
        with place:
            ui.link("打印或另存这份档案", f"/files/dossiers/{quote(code, safe='')}.html{tail}", new_tab=True)
            sheet(page)

    await shown(None)
    with card("各条指令的理由和条款"):
        plain_table(_ORDERS, orders, links={"line_id": f"/audit?act={{act}}&line={quote(code, safe='')}/{{}}"})
    if Right.AUDIT in visit.account.rights:
        with card("查阅个人信息"), ui.element("div").classes("side"):
            reason = ui.input("理由（写入台账）").props("maxlength=300").style("min-width:22em")

            async def ask() -> None:
                with telling():
                    by = visit.signer(Right.AUDIT)
                    if not (reason.value or "").strip():
                        ui.notify("请写明理由", type="negative")
                        return
                    act = await visit.desk.look(record_access, visit.desk.path, asked_of(code), by, reason.value)
                    await shown(act.act)

            ui.button("显示姓名和检查人员", on_click=ask)


async def _act(visit: Visit, number: int) -> None:
    view = await visit.desk.read(act_view, number, visit.scope)
    headed(f"第{number}号 {view.title}", ("← 核查", "/audit"))
    with card("记录"):
        facts(view.facts)
    if view.replayable and Right.WORK in visit.account.rights and await visit.desk.read(may_correct, number):
        correct_card(visit, number)
    if view.replayable and Right.AUDIT in visit.account.rights:
        _replay(visit, number)
    if view.procedure:
        with card("程序：谁签署，应由谁签署"):
            plain_table(_STEPS, list(view.procedure), tall=False)
    if view.replayable:
        with card("看一条指令的全部理由"), ui.element("div").classes("side"):
            line = ui.input("指令编号，或 信用代码/生产线编号").style("min-width:24em;max-width:100%")

            def go() -> None:
                if (line.value or "").strip():
                    ui.navigate.to(f"/audit?act={number}&line={quote(line.value.strip(), safe='')}")

            line.on("keydown.enter", go)
            ui.button("查看", on_click=go).props("outline")
        source = of_act(visit, number)
        source.beneath = lambda row: _whole(number, row)
        OrderGrid(visit, source)
    if view.files:
        with card("所依据的文件"):
            columns = {"path": "文件", "sha256": "SHA-256", "kept": "状态"}
            plain_table(columns, list(view.files))
            protocols(view.readings)


def _whole(number: int, row: Row) -> None:
    line = quote(f"{row['enterprise_id']}/{row['line_id']}", safe="")
    ui.link("全部理由和依据的条款 →", f"/audit?act={number}&line={line}").classes("block mt-2")


def _replay(visit: Visit, number: int) -> None:
    with card("重放：按当时的文件和今天的程序重新计算，逐字节比对"):
        said = ui.element("div").props("role=status")

        async def look() -> None:
            said.clear()
            with telling(), busy(button):
                who, begin = visit.allow(Right.AUDIT).user, visit.desk.jobs.begin
                made_from = await visit.desk.read(state_of, number)
                asked = ("replay", f"重放第{number}号", {"act": number}, who, made_from)
                with said:
                    _replayed((await followed(visit, await visit.desk.look(begin, *asked))).said)

        button = ui.button("重放", on_click=look)


def _replayed(found: Mapping[str, Any]) -> None:
    tail = "；清单的个人信息已删除，按其余内容重放" if found["erased"] else ""
    if not found["count"]:
        ui.label(f"一致：{found['rows']:,} 行指令、预警和合计逐字节相同{tail}").classes("yes")
    else:
        ui.label(f"不一致：{found['count']} 处{tail}").classes("no")
        rows = [{key: str(value) for key, value in one.items()} for one in found["differences"][:_MOST]]
        columns = {"table": "表", "row": "行", "enterprise": "企业", "column": "列", "before": "记录", "after": "重算"}
        plain_table(columns, rows)
    for name, (then, now) in found["versions"].items():
        hint(f"此后变动：{name} {then} → {now}")


def _order(view: OrderView, number: int) -> None:
    headed(view.title, (f"← 第{number}号", f"/audit?act={number}"))
    for place, phase in enumerate(view.phases, start=1):
        with card("指令" if len(view.phases) == 1 else f"指令（第{place}段）"):
            facts(phase)
    with card("理由"), ui.element("div").classes("panel tree"):
        explanation(view.explanation)
    with card("依据的条款"):
        if not view.articles:
            nothing("没有哪条规则对它作出规定。")
        for article in view.articles:
            ui.label("采用" if article.binds else "未采用").classes("font-bold" if article.binds else "soft")
            for clause in article.clauses:
                ui.label(f"{clause.clause}：{clause.text}")
            rule_card(article.rule)
