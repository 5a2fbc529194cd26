"""One draft or work opened: what it orders in a grid, the reasoning of a line beside it, and what may be done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

from nicegui import ui

from alertengine.files.protocol import Protocol
from alertengine.ledger.store import Ledger
from alertengine.orders.explain.explain import Explanation
from alertengine.orders.overrides import Override
from alertengine.vocabulary import times as clock
from alertengine.vocabulary.problems import AlertEngineError, InputError, Problem
from alertengine.web.orderrows import groups, rows
from alertengine.web.pages.frame import Visit, card, heading, nothing, plain_table, tell
from alertengine.web.pages.issueacts import actions
from alertengine.web.pages.ordergrid import OrderGrid, Row, Source, of_act
from alertengine.web.pages.reading import protocols
from alertengine.web.pages.warned import warned
from alertengine.web.roles import Right
from alertengine.web.today import gauges, transitions
from alertengine.web.work import Work, hand_in
from alertengine.workflow.draft_state import DraftState, Stage, draft
from alertengine.workflow.issue import readings_of

_MEASURES: Final = {
    "stop": "停产",
    "limit": "限产",
    "none": "不要求停限产",
    "exempt": "豁免",
    "self_directed": "自主减排",
}


async def show_work(visit: Visit, work: Work) -> None:
    """A work in hand: look, order otherwise, submit."""
    desk = visit.desk
    heading(work.prepared.title)
    ui.label("尚未提交：只有您能看到，服务重启后不保留。").classes("soft")
    run = work.prepared.run
    changes = transitions(run.warnings)
    totals = ui.element("div").classes("pile")
    protocols(work.prepared.readings)
    for problems, name in ((work.prepared.problems, "须核对"), (work.prepared.notes, "说明")):
        if problems:
            with ui.expansion(f"{name} {len(problems)} 条").classes("card w-full"):
                for problem in problems[:200]:
                    ui.label(problem.text("zh", short=True)).classes("small")

    def summed() -> None:
        totals.clear()
        with totals:
            warned(changes, work.prepared.run.summaries)
            _summary(work.prepared.run.summaries)

    summed()

    async def explain(line: str) -> Explanation:
        return await desk.run(work.explain, line)

    async def grouped(by: str) -> list[dict[str, str]]:
        return await desk.run(groups, work.in_force, by)

    def beneath(row: Row) -> None:
        if Right.WORK in visit.account.rights:
            _override(visit, work, row, lambda: redrawn(row))

    async def redrawn(row: Row) -> None:
        """Show what an override changed: totals, rows, and the line itself."""
        summed()
        grid.refill()
        own = work.orders
        mine = own[(own["enterprise_id"] == row["enterprise_id"]) & (own["line_id"] == row["line_id"])]
        await grid.explain(row | (rows(mine)[0] if len(mine) else {}))

    grid = OrderGrid(visit, Source(f"/files/works/{work.key}.json", explain, grouped, beneath))
    with card("提交"):
        note = ui.input("给审核人的说明").classes("w-full").props("maxlength=500")

        async def submit() -> None:
            try:
                by = visit.allow(Right.WORK).signer(Right.WORK)
                act = await desk.run(hand_in, desk.path, work, by, note.value or "")
            except AlertEngineError as error:
                tell(error)
                return
            desk.works.drop(work.key)
            ui.navigate.to(f"/issue?draft={act.act}")

        ui.button("提交审核", on_click=submit).props("size=lg")


async def show_draft(visit: Visit, number: int) -> None:
    """A submitted draft: look, and do the next step where it is one's own."""
    desk = visit.desk

    def read() -> tuple[DraftState, Any, list[Protocol], list[dict[str, str]]]:
        with Ledger.open(desk.path) as ledger:
            changes = transitions(ledger.warnings(number)) if ledger.rows(number, "warnings") else []
            act = ledger.act(number)
            return draft(ledger, number), act.head.get("summaries", []), readings_of(act), changes

    state, summaries, readings, changes = await desk.run(read)
    heading(f"第{state.act}号拟稿：{state.title}")
    actions(visit, state)
    protocols(readings)
    warned(changes, summaries)
    _summary(summaries)
    OrderGrid(visit, of_act(desk, number))
    if state.stage is Stage.ISSUED and state.issued is not None and Right.WORK in visit.account.rights:
        with card("文书"):
            ui.link(f"下载第{state.issued}号发布的全部文书（zip）", f"/files/acts/{state.issued}.zip")


def _summary(summaries: Any) -> None:
    with card("减排比例（占全社会排放量）"):
        table = [
            {
                "city": gauge.city,
                "pollutant": gauge.pollutant,
                "warning": "未知" if gauge.warning is None else f"{gauge.warning:.1%}",
                "with_season": "未知" if gauge.with_season is None else f"{gauge.with_season:.1%}",
                "required": "未载明" if gauge.required is None else f"{gauge.required:.0%}",
                "met": gauge.met,
                "basis": gauge.basis,
            }
            for gauge in gauges(summaries)
        ]
        if not table:
            nothing("没有全社会排放量，不判定比例：请随清单上传排放量。")
            return
        columns = {"city": "城市", "pollutant": "污染物", "warning": "预警措施", "with_season": "含错峰"}
        plain_table(columns | {"required": "要求", "met": "判定", "basis": "依据"}, table)


def _override(visit: Visit, work: Work, row: Row, done: Callable[[], Awaitable[None]]) -> None:
    """Order the line otherwise, with a reason that stands in the order and in the ledger."""
    held = work.overrides.get((row["enterprise_id"], row["line_id"]))
    ui.separator()
    ui.label("人工变更").classes("font-bold")
    if held is not None:
        ui.label(f"已变更为{held.words}：{held.reason}（{held.by}）")
    measure = ui.select(_MEASURES, label="改为", value=held.measure if held else None).classes("w-full")
    share = ui.number("减排比例（%），限产时填", min=1, max=99).classes("w-full")
    reason = ui.input("理由（写入指令和台账）").classes("w-full").props("maxlength=300")

    async def change() -> None:
        try:
            by = visit.allow(Right.WORK).signer(Right.WORK)
            one = _made(row, measure.value, share.value, reason.value or "", by, clock.now().replace(tzinfo=None))
            await visit.desk.run(work.override, one)
        except AlertEngineError as error:
            tell(error)
            return
        await done()

    async def back() -> None:
        try:
            visit.allow(Right.WORK)
            await visit.desk.run(work.take_back, row["enterprise_id"], row["line_id"])
        except AlertEngineError as error:
            tell(error)
            return
        await done()

    with ui.element("div").classes("flex gap-2 mt-2"):
        ui.button("变更", on_click=change)
        if held is not None:
            ui.button("恢复为规则所定", on_click=back).props("flat")


def _made(row: Row, measure: str | None, share: float | None, reason: str, by: str, at: datetime) -> Override:
    """The override that a form says.

    Raises:
        InputError: the form is not filled in.

    """
    wrong = []
    if not measure:
        wrong.append(Problem("measure_wanted", where="session"))
    if measure == "limit" and not (share and 0 < share < 100):
        wrong.append(Problem("share_wanted", where="session"))
    if not reason.strip():
        wrong.append(Problem("reason_wanted", where="session"))
    if wrong:
        raise InputError(wrong)
    said = {key: row[key] for key in ("enterprise_id", "line_id")} | {"measure": measure, "by": by, "at": at}
    said |= {"reason": reason, "share": share / 100 if measure == "limit" and share else None}
    return Override.model_validate(said)
