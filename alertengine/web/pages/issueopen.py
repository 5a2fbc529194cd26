"""One draft or work opened: what it orders in a grid, the reasoning of a line beside it, and what may be done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from nicegui import events, ui

from alertengine.errors import AlertEngineError, InputError, Problem
from alertengine.explaining.run import Explanation
from alertengine.explaining.why import Reason
from alertengine.ledger import clock
from alertengine.ledger.draftstate import DraftState, Stage, draft
from alertengine.ledger.replay import explain_line
from alertengine.ledger.store import Ledger
from alertengine.orders.override import Override
from alertengine.web.orderrows import GROUPS, groups, headers, rows
from alertengine.web.pages.frame import Visit, card, heading, nothing, plain_table, said, tell
from alertengine.web.pages.issueacts import actions
from alertengine.web.roles import Right
from alertengine.web.today import gauges
from alertengine.web.work import Work, hand_in

#: Widths of grid columns that are not the usual, in pixels.
_WIDTH: Final = {"enterprise": 250, "measure_text": 260, "share": 90, "remark": 260, "transport": 220, "hangs_on": 160}
_USUAL: Final = 110
_MEASURES: Final = {
    "stop": "停产",
    "limit": "限产",
    "none": "不要求停限产",
    "exempt": "豁免",
    "self_directed": "自主减排",
}


@dataclass(slots=True)
class _Opened:
    """What the grid and its panel need of a draft or a work."""

    visit: Visit
    url: str
    explain: Callable[[str], Awaitable[Explanation]]
    groups: Callable[[str], Awaitable[list[dict[str, str]]]]
    work: Work | None = None
    #: What shows totals of the orders, drawn anew when one of them changes.
    totals: Callable[[], None] = lambda: None


async def show_work(visit: Visit, work: Work) -> None:
    """A work in hand: look, order otherwise, submit."""
    desk = visit.desk
    heading(work.prepared.title)
    ui.label("尚未提交：只有您能看到，服务重启后不保留。").classes("soft")
    run = work.prepared.run
    for problems, name in ((run.problems, "须核对"), (run.notes, "说明")):
        if problems:
            with ui.expansion(f"{name} {len(problems)} 条").classes("card w-full"):
                for problem in problems[:200]:
                    ui.label(said(problem)).classes("small")
    totals = ui.element("div").classes("w-full")

    def summed() -> None:
        totals.clear()
        with totals:
            _summary(work.prepared.run.summaries)

    summed()

    async def explain(line: str) -> Explanation:
        return await desk.run(work.explain, line)

    async def grouped(by: str) -> list[dict[str, str]]:
        return await desk.run(groups, work.orders, by)

    await _grid(_Opened(visit, f"/files/work/{work.key}.json", explain, grouped, work, summed))
    with card("提交"):
        note = ui.input("给审核人的说明").classes("w-full").props("maxlength=500")

        async def submit() -> None:
            try:
                by = visit.allow(Right.WORK).signature
                act = await desk.run(hand_in, desk, work, by, note.value or "")
            except AlertEngineError as error:
                tell(error)
                return
            desk.works.drop(work.key)
            ui.navigate.to(f"/issue?draft={act.act}")

        ui.button("提交审核", on_click=submit).props("size=lg")


async def show_draft(visit: Visit, number: int) -> None:
    """A submitted draft: look, and do the next step where it is one's own."""
    desk = visit.desk

    def read() -> tuple[DraftState, Any]:
        with Ledger.open(desk.path) as ledger:
            return draft(ledger, number), ledger.act(number).head.get("summaries", [])

    state, summaries = await desk.run(read)
    heading(f"第{state.act}号拟稿：{state.title}")
    actions(visit, state)
    _summary(summaries)

    def explain_now(line: str) -> Explanation:
        with Ledger.open(desk.path) as ledger:
            return explain_line(ledger, number, line)

    def grouped_now(by: str) -> list[dict[str, str]]:
        with Ledger.open(desk.path) as ledger:
            return groups(ledger.orders(number, personal=False), by)

    async def explain(line: str) -> Explanation:
        return await desk.run(explain_now, line)

    async def grouped(by: str) -> list[dict[str, str]]:
        return await desk.run(grouped_now, by)

    await _grid(_Opened(visit, f"/files/acts/{number}.json", explain, grouped))
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


def _columns() -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    for name, text in headers().items():
        number = name == "share" or name.endswith("_kg_d")
        column: dict[str, Any] = {"field": name, "headerName": text, "width": _WIDTH.get(name, _USUAL)}
        column["filter"] = "agNumberColumnFilter" if number else "agTextColumnFilter"
        if number:
            digits = "(p.value*100).toFixed(1)+'%'" if name == "share" else "p.value.toLocaleString('zh-CN')"
            column |= {":valueFormatter": f"p => p.value == null ? '—' : {digits}", "type": "rightAligned"}
        out.append(column)
    out[0]["pinned"] = "left"
    return out


async def _grid(opened: _Opened) -> None:
    """The grid, groups above it, the reasoning beside it."""
    with card("指令"):
        with ui.element("div").classes("flex gap-4 items-end flex-wrap"):
            search = ui.input("搜索企业、生产线、措施").props("clearable debounce=200").style("min-width:18em")
            by = ui.select({"": "不汇总", **{name: headers()[name] for name in GROUPS}}, value="", label="按…汇总")
            by.style("min-width:10em")
        sums = ui.element("div").classes("w-full")
        with ui.element("div").classes("two"):
            grid = (
                ui.aggrid(
                    {
                        "columnDefs": _columns(),
                        "defaultColDef": {"sortable": True, "resizable": True, "floatingFilter": True},
                        "rowSelection": {"mode": "singleRow", "checkboxes": False, "enableClickSelection": True},
                        ":getRowId": "p => p.data.order_id",
                        ":rowClassRules": "({'baseless': p => p.data && p.data.status === '依据缺失'})",
                        "suppressFieldDotNotation": True,
                        ":onGridReady": f"ready => ({_FILL % opened.url})(ready.api)",
                    },
                    auto_size_columns=False,
                )
                .style("height:560px")
                .classes("grid-host")
            )
            panel = ui.element("aside").classes("panel").props("aria-live=polite tabindex=0")
    with panel:
        nothing("点选一行（或用方向键和空格选中），这里给出理由。")
    search.on_value_change(lambda event: grid.run_grid_method("setGridOption", "quickFilterText", event.value or ""))

    async def shown(event: events.GenericEventArguments) -> None:
        await _explained(opened, grid, panel, event.args.get("data") or {})

    grid.on("cellClicked", shown, ["data"])
    grid.on("cellKeyDown", shown, ["data"], js_handler=_ON_ENTER)

    async def regroup() -> None:
        sums.clear()
        if by.value:
            found = await opened.groups(by.value)
            with sums:
                _sums(grid, by.value, found)

    by.on_value_change(regroup)


#: Only the keys that choose a row ask for its reasoning.
_ON_ENTER: Final = "(e) => { if (['Enter', ' '].includes(e.event.key)) emit({data: e.data}) }"


#: The browser fetches the rows itself: tens of thousands are no message of a websocket.
_FILL: Final = """
async (api) => {
  const answer = await fetch('%s');
  if (answer.ok) api.setGridOption('rowData', await answer.json());
  else alert(await answer.text());
}
"""


def _fill(grid: ui.aggrid, url: str) -> None:
    """Fetch the rows of a grid that stands already once more."""
    grid.client.run_javascript(f"({_FILL % url})(getElement({grid.id}).api)")


def _sums(grid: ui.aggrid, by: str, found: list[dict[str, str]]) -> None:
    columns = {"name": headers()[by], "lines": "生产线", "stopped": "停产", "bad": "依据缺失", "so2_kg_d": "SO₂"}
    columns |= {"nox_kg_d": "NOₓ", "pm_kg_d": "颗粒物", "vocs_kg_d": "VOCs（千克/日）"}

    def only(row: dict[str, str]) -> None:
        kind = {"filterType": "text", "type": "equals", "filter": row["value"]} if row["value"] else {"type": "blank"}
        grid.run_grid_method("setFilterModel", {by: {"filterType": "text", **kind}})

    plain_table(columns, found, tuple(columns)[1:], on_row=only)


async def _explained(opened: _Opened, grid: ui.aggrid, panel: ui.element, row: dict[str, Any]) -> None:
    """Write the reasoning of a row's line into the panel."""
    if not row.get("enterprise_id"):
        return
    try:
        opened.visit.allow(Right.READ)
        found = await opened.explain(f"{row['enterprise_id']}/{row['line_id']}")
    except AlertEngineError as error:
        tell(error)
        return
    panel.clear()
    with panel:
        ui.label(f"{row['enterprise']} {row['line'] or row['line_id']}").classes("text-lg font-bold")
        ui.label(str(row["measure_text"])).classes("font-bold")
        for tree in found.phases:
            reason_tree(tree)
        if found.changes:
            ui.label("若有以下变化，指令会较轻：").classes("font-bold mt-2")
            for change in found.changes:
                ui.label(change.words()).classes("small")
        if opened.work is not None and Right.WORK in opened.visit.account.rights:
            _override(opened.visit, opened.work, row, lambda: _redrawn(opened, grid, panel, row))


async def _redrawn(opened: _Opened, grid: ui.aggrid, panel: ui.element, row: dict[str, Any]) -> None:
    """Show what an override changed: totals, rows, and the line itself."""
    opened.totals()
    _fill(grid, opened.url)
    own = opened.work.orders if opened.work is not None else None
    if own is not None:
        mine = own[(own["enterprise_id"] == row["enterprise_id"]) & (own["line_id"] == row["line_id"])]
        row = row | (rows(mine)[0] if len(mine) else {})
    await _explained(opened, grid, panel, row)


def reason_tree(reason: Reason, depth: int = 0) -> None:
    """A tree of reasons, opened at its first level."""
    if not reason.below:
        ui.label(reason.text).classes("leaf")
        return
    with ui.element("details").props("open" if depth < 1 else ""):
        with ui.element("summary"):
            ui.label(reason.text).style("display:inline")
        for below in reason.below:
            reason_tree(below, depth + 1)


def _override(visit: Visit, work: Work, row: dict[str, Any], done: Callable[[], Awaitable[None]]) -> None:
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
            by = visit.allow(Right.WORK).signature
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


def _made(
    row: dict[str, Any], measure: str | None, share: float | None, reason: str, by: str, at: datetime
) -> Override:
    """The override that a form says.

    Raises:
        InputError: the form is not filled in.

    """
    wrong = []
    if not measure:
        wrong.append(Problem("登录", "请选择改为何种措施"))
    if measure == "limit" and not (share and 0 < share < 100):
        wrong.append(Problem("登录", "限产须填1至99之间的百分数"))
    if not reason.strip():
        wrong.append(Problem("登录", "请写明理由"))
    if wrong:
        raise InputError(wrong)
    said = {key: row[key] for key in ("enterprise_id", "line_id")} | {"measure": measure, "by": by, "at": at}
    said |= {"reason": reason, "share": share / 100 if measure == "limit" and share else None}
    return Override.model_validate(said)
