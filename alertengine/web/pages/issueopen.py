"""One draft or work opened: what it orders in a grid, the reasoning of a line beside it, and what may be done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Final

import pandas as pd
from nicegui import ui

from alertengine.files.protocol import Protocol
from alertengine.ledger.store import Ledger
from alertengine.orders.explain.explain import Explanation
from alertengine.orders.overrides import Override
from alertengine.vocabulary import times as clock
from alertengine.vocabulary.problems import AlertEngineError, InputError, Problem
from alertengine.web.asked import explain_work
from alertengine.web.files import release_documents
from alertengine.web.orderrows import groups, rows
from alertengine.web.pages.frame import Visit, card, heading, nothing, plain_table, tell
from alertengine.web.pages.issueacts import actions
from alertengine.web.pages.jobbar import followed
from alertengine.web.pages.ordergrid import OrderGrid, Row, Source, of_act
from alertengine.web.pages.reading import protocols
from alertengine.web.pages.warned import warned
from alertengine.web.roles import Right
from alertengine.web.today import gauges, transitions
from alertengine.web.works import Held
from alertengine.workflow.draft_state import DraftState, Stage, draft
from alertengine.workflow.issue import readings_of

_MEASURES: Final = {
    "stop": "停产",
    "limit": "限产",
    "none": "不要求停限产",
    "exempt": "豁免",
    "self_directed": "自主减排",
}


async def show_work(visit: Visit, work: Held) -> None:
    """A work in hand: look, order otherwise, submit."""
    desk, key = visit.desk, work.row.key
    heading(work.row.title)
    ui.label(f"尚未提交，已保存（第{work.row.version}版，{work.row.changed_by}）：各经办人都能看到和接着办。").classes(
        "soft"
    )
    changes = transitions(await desk.look(lambda: work.warnings))
    totals = ui.element("div").classes("pile")
    protocols(work.readings)
    for problems, name in ((work.problems, "须核对"), (work.notes, "说明")):
        if problems:
            with ui.expansion(f"{name} {len(problems)} 条").classes("card w-full"):
                for problem in problems[:200]:
                    ui.label(problem.text("zh", short=True)).classes("small")
    now = [work]

    def summed() -> None:
        totals.clear()
        with totals:
            warned(changes, now[0].summaries)
            _summary(now[0].summaries)

    summed()

    async def explain(line: str) -> Explanation:
        return await desk.ask(explain_work, desk.path, key, line)

    async def grouped(by: str) -> list[dict[str, str]]:
        return await desk.look(lambda: groups(desk.works.held(key).in_force, by))

    def beneath(row: Row) -> None:
        if Right.WORK in visit.account.rights:
            _override(visit, now[0], row, lambda: redrawn(row))

    async def redrawn(row: Row) -> None:
        """Show what an override changed: totals, rows, and the line itself."""
        now[0] = await desk.look(desk.works.held, key)
        summed()
        grid.refill()
        shown = await desk.look(lambda: rows(_of_line(now[0], row)))
        await grid.explain(row | (shown[0] if shown else {}))

    grid = OrderGrid(visit, Source(f"/files/works/{key}.json", explain, grouped, beneath))
    _submitting(visit, work)


def _submitting(visit: Visit, work: Held) -> None:
    """Hand the work in, or let it go."""
    desk, key = visit.desk, work.row.key
    with card("提交"):
        note = ui.input("给审核人的说明", value=work.row.note).classes("w-full").props("maxlength=500 debounce=400")
        note.on_value_change(lambda event: desk.works.store.note(key, event.value or ""))
        place = ui.element("div").classes("w-full")

        async def submit() -> None:
            button.props(add="disable")
            try:
                account = visit.allow(Right.WORK)
                asked = {"work": key, "by": account.user, "note": note.value or ""}
                with place:
                    job = await followed(visit, desk.jobs.begin("submit", work.row.title, asked, account.user))
            except AlertEngineError as error:
                tell(error)
                return
            finally:
                button.props(remove="disable")
            ui.navigate.to(f"/issue?draft={job.said['act']}")

        def drop() -> None:
            try:
                visit.allow(Right.WORK)
                desk.works.store.drop(key)
            except AlertEngineError as error:
                tell(error)
                return
            ui.navigate.to("/issue")

        with ui.element("div").classes("flex gap-3"):
            button = ui.button("提交审核", on_click=submit).props("size=lg")
            with ui.dialog() as sure, ui.card():
                ui.label("放弃这份拟稿？所上传的文件和人工变更一并删除。")
                with ui.element("div").classes("flex gap-3"):
                    ui.button("放弃", on_click=drop, color="negative")
                    ui.button("不放弃", on_click=sure.close).props("flat")
            ui.button("放弃拟稿", on_click=sure.open).props("flat")


def _of_line(work: Held, row: Row) -> pd.DataFrame:
    own = work.orders
    return own[(own["enterprise_id"] == row["enterprise_id"]) & (own["line_id"] == row["line_id"])]


async def show_draft(visit: Visit, number: int) -> None:
    """A submitted draft: look, and do the next step where it is one's own."""
    desk = visit.desk

    def read() -> tuple[DraftState, Any, list[Protocol], list[dict[str, str]]]:
        with Ledger.open(desk.path) as ledger:
            changes = transitions(ledger.warnings(number)) if ledger.rows(number, "warnings") else []
            act = ledger.act(number)
            return draft(ledger, number), act.head.get("summaries", []), readings_of(act), changes

    state, summaries, readings, changes = await desk.look(read)
    heading(f"第{state.act}号拟稿：{state.title}")
    actions(visit, state)
    protocols(readings)
    warned(changes, summaries)
    _summary(summaries)
    OrderGrid(visit, of_act(desk, number))
    rights = visit.account.rights
    if state.stage is Stage.ISSUED and state.issued is not None and {Right.WORK, Right.APPROVE} & set(rights):
        with card("文书"):
            if Right.WORK in rights:
                ui.link(f"下载第{state.issued}号发布的全部文书（zip）", f"/files/acts/{state.issued}.zip")
            if Right.APPROVE in rights and state.mode == "live":
                _release(visit, state.issued)


def _release(visit: Visit, number: int) -> None:
    """Let papers with open matters go out by the approver's decision, with the reason, on record."""
    ui.label("文书有未决事项的为草稿。批准人可决定签发，决定和未决事项记入台账。").classes("soft small")
    reason = ui.input("签发理由").props("maxlength=300").classes("w-full")

    async def done() -> None:
        try:
            by = visit.allow(Right.APPROVE).signer(Right.APPROVE)
            was_open = await visit.desk.run(
                release_documents, visit.desk.path, number, by, (reason.value or "").strip()
            )
        except AlertEngineError as error:
            tell(error)
            return
        ui.notify("已记入台账" if was_open else "没有未决事项，无须放行")

    ui.button("决定签发全部文书", on_click=done).props("outline")


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


def _override(visit: Visit, work: Held, row: Row, done: Callable[[], Awaitable[None]]) -> None:
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
            await _changed(visit, work, put=[one.model_dump(mode="json", exclude_none=True)])
        except AlertEngineError as error:
            tell(error)
            return
        await done()

    async def back() -> None:
        try:
            visit.allow(Right.WORK)
            await _changed(visit, work, drop=[[row["enterprise_id"], row["line_id"]]])
        except AlertEngineError as error:
            tell(error)
            return
        await done()

    with ui.element("div").classes("flex gap-2 mt-2"):
        ui.button("变更", on_click=change)
        if held is not None:
            ui.button("恢复为规则所定", on_click=back).props("flat")


async def _changed(visit: Visit, work: Held, put: Sequence[Any] = (), drop: Sequence[Any] = ()) -> None:
    """Have lines of a work decided by persons, or by the rules again: kept at once, decided as a job."""
    account = visit.allow(Right.WORK)
    asked = {"work": work.row.key, "put": list(put), "drop": list(drop), "by": account.signature}
    await visit.desk.jobs.done(visit.desk.jobs.begin("override", work.row.title, asked, account.user))


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
