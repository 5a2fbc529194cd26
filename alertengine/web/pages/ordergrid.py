"""The grid of orders: search, filters, groups above it, and the reasoning of the chosen line beside it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from nicegui import events, ui

from alertengine.ledger.store import Ledger
from alertengine.orders.explain.explain import Explanation
from alertengine.vocabulary.problems import AlertEngineError
from alertengine.web.asked import explain_act
from alertengine.web.desk import Desk
from alertengine.web.orderrows import GROUPS, groups, headers
from alertengine.web.pages.frame import Visit, card, nothing, plain_table, tell
from alertengine.web.pages.gridwords import GRID_WORDS
from alertengine.web.pages.reasons import explanation
from alertengine.web.roles import Right
from alertengine.workflow.acts_in_force import decided_of, orders_in_force

#: Widths of columns that are not the usual, in pixels.
_WIDTH: Final = {"enterprise": 250, "measure_text": 260, "share": 90, "remark": 260, "transport": 220, "hangs_on": 160}
_USUAL: Final = 110
Row = dict[str, Any]
#: Enter chooses a row as a click and the space bar do.
_ON_KEY: Final = "e => { if (e.event.key === 'Enter' && e.node) e.node.setSelected(true, true) }"
#: Of a change of choice the newly chosen row alone.
_EVENT: Final = "order-chosen"
_CHOSEN: Final = f"e => {{ if (e.node.isSelected()) emitEvent('{_EVENT}', e.data) }}"
#: The browser fetches the rows itself: tens of thousands are no message of a websocket.
_FILL: Final = """
async (api) => {
  const answer = await fetch('%s');
  if (answer.ok) api.setGridOption('rowData', await answer.json());
  else alert(await answer.text());
}
"""


@dataclass(slots=True)
class Source:
    """Where a grid has its rows from: ``url`` gives them as JSON, the others are asked when something is chosen.

    ``beneath`` draws under the reasoning of a row what may be done with it.
    """

    url: str
    explain: Callable[[str], Awaitable[Explanation]]
    groups: Callable[[str], Awaitable[list[dict[str, str]]]]
    beneath: Callable[[Row], None] = lambda _row: None


def of_act(desk: Desk, number: int) -> Source:
    """The orders of an act, persons' names masked."""

    def grouped(by: str) -> list[dict[str, str]]:
        with Ledger.open(desk.path) as ledger:
            decided = decided_of(ledger, ledger.act(number))
            return groups(orders_in_force(ledger.orders(number, personal=False), decided), by)

    async def explain(line: str) -> Explanation:
        return await desk.ask(explain_act, desk.path, number, line)

    async def taken(by: str) -> list[dict[str, str]]:
        return await desk.look(grouped, by)

    return Source(f"/files/acts/{number}.json", explain, taken)


class OrderGrid:
    """One grid on one page."""

    def __init__(self, visit: Visit, source: Source) -> None:
        """Draw it."""
        self._visit, self._source = visit, source
        with card("指令"):
            with ui.element("div").classes("flex gap-4 items-end flex-wrap"):
                search = ui.input("搜索企业、生产线、措施").props("clearable debounce=200").style("min-width:18em")
                choices = {"": "不汇总", **{name: headers()[name] for name in GROUPS}}
                by = ui.select(choices, value="", label="按…汇总").style("min-width:10em")
            self._sums = ui.element("div").classes("w-full")
            with ui.element("div").classes("cols main-side"):
                self._grid = _drawn(source.url)
                self._panel = ui.element("aside").classes("panel").props("aria-live=polite tabindex=0")
        with self._panel:
            nothing("点选一行（或用方向键移动、回车选中），这里给出理由。")
        search.on_value_change(lambda event: self._call("setGridOption", "quickFilterText", event.value or ""))
        by.on_value_change(lambda event: self._regroup(event.value))
        ui.on(_EVENT, self._chosen)

    def refill(self) -> None:
        """Fetch the rows once more."""
        self._grid.client.run_javascript(f"({_FILL % self._source.url})(getElement({self._grid.id}).api)")

    async def explain(self, row: Row) -> None:
        """Write the reasoning of a row's line into the panel."""
        if not row.get("enterprise_id"):
            return
        try:
            self._visit.allow(Right.READ)
            found = await self._source.explain(f"{row['enterprise_id']}/{row['line_id']}")
        except AlertEngineError as error:
            tell(error)
            return
        self._panel.clear()
        with self._panel:
            ui.label(f"{row['enterprise']} {row['line'] or row['line_id']}").classes("text-lg font-bold")
            ui.label(str(row["measure_text"])).classes("font-bold")
            explanation(found)
            self._source.beneath(row)

    async def _chosen(self, event: events.GenericEventArguments) -> None:
        await self.explain(event.args or {})

    def _call(self, name: str, *args: Any) -> None:
        self._grid.run_grid_method(name, *args)

    async def _regroup(self, by: str) -> None:
        self._sums.clear()
        if not by:
            return
        try:
            self._visit.allow(Right.READ)
            found = await self._source.groups(by)
        except AlertEngineError as error:
            tell(error)
            return
        columns = {"name": headers()[by], "lines": "生产线", "stopped": "停产", "open": "须人工确定", "so2_kg_d": "SO₂"}
        columns |= {"nox_kg_d": "NOₓ", "pm_kg_d": "颗粒物", "vocs_kg_d": "VOCs（千克/日）"}

        def only(row: dict[str, str]) -> None:
            kind = {"type": "equals", "filter": row["value"]} if row["value"] else {"type": "blank"}
            self._call("setFilterModel", {by: {"filterType": "text", **kind}})

        with self._sums:
            plain_table(columns, found, tuple(columns)[1:], on_row=only)


def _drawn(url: str) -> ui.aggrid:
    options = {
        "columnDefs": _columns(),
        "defaultColDef": {"sortable": True, "resizable": True, "floatingFilter": True},
        "rowSelection": {"mode": "singleRow", "checkboxes": False, "enableClickSelection": True},
        ":getRowId": "p => p.data.order_id",
        ":rowClassRules": "({'left-open': p => p.data && p.data.open})",
        "suppressFieldDotNotation": True,
        "localeText": GRID_WORDS,
        ":onCellKeyDown": _ON_KEY,
        ":onRowSelected": _CHOSEN,
        ":onGridReady": f"ready => ({_FILL % url})(ready.api)",
    }
    return ui.aggrid(options, auto_size_columns=False).style("height:560px").classes("grid-host")


def _columns() -> list[Row]:
    out: list[Row] = []
    for name, text in headers().items():
        number = name == "share" or name.endswith("_kg_d")
        column: Row = {"field": name, "headerName": text, "width": _WIDTH.get(name, _USUAL)}
        column["filter"] = "agNumberColumnFilter" if number else "agTextColumnFilter"
        if number:
            digits = "(p.value*100).toFixed(1)+'%'" if name == "share" else "p.value.toLocaleString('zh-CN')"
            column |= {":valueFormatter": f"p => p.value == null ? '—' : {digits}", "type": "rightAligned"}
        out.append(column)
    out[0]["pinned"] = "left"
    return out
