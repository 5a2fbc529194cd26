"""The grid of orders: search, filters, groups above it, many lines chosen at once, the reasoning of one beside it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from nicegui import events, ui

from alertengine.ledger import Ledger
from alertengine.orders import Explanation
from alertengine.vocabulary import ORDER_COLUMNS, POLLUTANT_TEXT, POLLUTANTS
from alertengine.web.asked import explain_act
from alertengine.web.orderrows import COLUMNS, GROUPS, Sums, sums
from alertengine.web.pages.decide import Deciding, Row, decision_form
from alertengine.web.pages.frame import Visit, card, nothing, telling
from alertengine.web.pages.tables import explanation, markup, plain_table
from alertengine.web.roles import Right, Scope
from alertengine.workflow import decided_of, orders_in_force

#: Named here so that it is known to a page before its first one is drawn.
_GRID: Final = ui.aggrid
#: Widths of columns that are not the usual, in pixels: kilograms stand within a screen of 1280.
_WIDTH: Final = {
    "enterprise": 186, "line": 90, "measure_text": 164, "share": 90, "starts": 96, "ends": 96, "remark": 260,
    "transport": 220, "hangs_on": 160, **{f"{name}_kg_d": 74 for name in POLLUTANTS},
}  # fmt: skip
_KILOGRAMS: Final = {f"{name}_kg_d": f"{text} 千克/日" for name, text in POLLUTANT_TEXT.items()}
_USUAL: Final = 105
#: The row a person points at, by a click or by Enter, and the lines ticked.
_EVENT: Final = "order-chosen"
_TICKED: Final = "orders-ticked"
#: The rows are drawn: what takes long beside them may begin.
SHOWN: Final = "orders-shown"
_ON_CLICK: Final = f"e => emitEvent('{_EVENT}', e.data)"
_ON_KEY: Final = f"e => {{ if (e.event.key === 'Enter' && e.node) emitEvent('{_EVENT}', e.node.data) }}"
_LINE: Final = "r => ({enterprise_id: r.enterprise_id, line_id: r.line_id})"
_ON_TICK: Final = f"e => emitEvent('{_TICKED}', e.api.getSelectedRows().map({_LINE}))"
#: The grid is drawn with its first rows; then the browser fetches all of them itself: tens of thousands are no message
#: of a websocket.  A grid that is not shown (on a phone) waits until it is.
_FILL: Final = """
async (api) => {
  const host = document.querySelector('.grid-host');
  if (host && !host.offsetParent) {
    emitEvent('%(shown)s');
    await new Promise(go => addEventListener('resize', () => host.offsetParent && go()));
  }
  await new Promise(go => 'requestIdleCallback' in window ? requestIdleCallback(go, { timeout: 400 }) : setTimeout(go));
  const answer = await fetch('%(url)s');
  if (answer.ok) {
    const { rows, columns } = await answer.json(), names = Object.keys(columns);
    api.setGridOption('rowData', Array.from({ length: rows }, (_, at) => {
      const row = {};
      for (const name of names) {
        const own = columns[name];
        row[name] = own.texts ? own.texts[own.at[at]] : own[at];
      }
      return row;
    }));
    document.querySelectorAll('.filling').forEach(one => one.hidden = true);
  } else alert(await answer.text());
  requestAnimationFrame(() => setTimeout(() => emitEvent('%(shown)s')));
}
"""
#: Month, day and hour: the year stands in the heading of the draft, and filters know it.
_MOMENT: Final = "p => p.value ? p.value.slice(5) : ''"
_MARKS: Final = (
    "p => p.value ? `<span class='mk ${{缺:'open',轻:'light',改:'over',已:'done'}[p.value]}'>${p.value}</span>` : ''"
)


#: Whether one points with a finger: rows are higher then, and the search stands in place of filters of columns.
_FINGER: Final = "matchMedia('(pointer:coarse)').matches"
_ROWS: Final = (
    "({'left-open': p => p.data?.mark === '缺', 'lighter': p => p.data?.mark === '轻',"
    " 'overridden': p => p.data?.mark === '改'})"
)


@dataclass(slots=True)
class GridSource:
    """Where a grid has its rows from: ``first`` are those it is drawn with, ``url`` gives all of them as JSON.

    The others are asked when something is chosen: ``beneath`` draws under the reasoning of a row what belongs to it;
    ``deciding`` is what may be done with lines, after which ``fresh`` gives a row as it stands.
    """

    url: str
    explain: Callable[[str], Awaitable[Explanation]]
    sums: Callable[[str], Awaitable[Sums]]
    first: list[Row] = field(default_factory=list)
    beneath: Callable[[Row], None] = lambda _row: None
    deciding: Deciding | None = None
    fresh: Callable[[Row], Row] = lambda row: row


def of_act(visit: Visit, number: int, first: Sequence[Row] = ()) -> GridSource:
    """The orders of an act that the person may see, persons' names masked; ``first`` are the rows to begin with."""
    desk = visit.desk

    def grouped(ledger: Ledger, by: str, scope: Scope) -> Sums:
        decided = decided_of(ledger, ledger.act(number))
        return sums(orders_in_force(scope.of(ledger.orders(number, personal=False)), decided), by)

    return GridSource(
        f"/files/acts/{number}.json",
        lambda line: desk.ask(explain_act, desk.path, number, line, visit.scope),
        lambda by: desk.read(grouped, by, visit.scope),
        list(first),
    )


class OrderGrid:
    """One grid on one page."""

    def __init__(self, visit: Visit, source: GridSource, marks: Sequence[str] = ()) -> None:
        """Draw it, with the rows of some marks alone where any are named."""
        self._visit, self._source = visit, source
        self._ticked: list[Row] = []
        self._row: Row = {}
        with card("指令"):
            markup('<a id="orders"></a>').classes("contents")
            with ui.element("div").classes("side"):
                search = ui.input("搜索企业、生产线、措施").props("clearable debounce=200").style("min-width:18em")
                choices = {"": "不汇总", **{name: ORDER_COLUMNS[name] for name in GROUPS}}
                by = ui.select(choices, value="", label="按…汇总").style("min-width:10em")
                markup(_LEGEND)
                if source.first:
                    markup(_FILLING).classes("contents")
            self._sums = ui.element("div").classes("w-full")
            with ui.element("div").classes("cols main-side"):
                with ui.element("div").classes("grid-host"):
                    self._grid = _drawn(source, marks)
                    self._steps()
                    if source.deciding is not None:
                        self._bulk(source.deciding)
                self._panel = (
                    ui.element("aside").classes("panel").props('aria-live=polite tabindex=0 aria-label="理由"')
                )
        with self._panel:
            nothing("点选一行（或用方向键移动、回车选中），这里给出理由。")
        search.on_value_change(lambda event: self._call("setGridOption", "quickFilterText", event.value or ""))
        by.on_value_change(lambda event: self._regroup(event.value))
        ui.on(_EVENT, lambda event: self.explain(event.args or {}))

    def _steps(self) -> None:
        """To the next and previous line, by a button or its key."""
        with ui.element("div").classes("side no-print"):
            for key, word, step in (("k", "上一条", -1), ("j", "下一条", 1)):
                button = ui.button(f"{word} {key.upper()}").props(f"flat dense data-key={key}")
                button.on("click", js_handler=f"() => ({_STEP % step})(getElement({self._grid.id}).api)")
            many = self._source.deciding is not None
            markup(_KEYS_MANY if many else _KEYS_ONE)

    def refill(self) -> None:
        """Fetch the rows once more."""
        self._grid.client.run_javascript(f"({_filled_from(self._source.url)})(getElement({self._grid.id}).api)")

    def only(self, marks: Sequence[str]) -> None:
        """Show the rows of some marks alone; none: all."""
        self._call("setFilterModel", _filter_of(marks))

    def _bulk(self, deciding: Deciding) -> None:
        with ui.element("div").classes("bulk no-print decides").props('role=group aria-label="一次定多条"'):
            said = ui.label("勾选生产线，一次定多条").classes("strong").props("aria-live=polite")
            decision_form(deciding, lambda: self._ticked, self.decided, many=True)

            async def undo() -> None:
                with telling():
                    deciding.by()
                    await self.decided(await deciding.undo())

            ui.button("撤销上一次", on_click=undo).props("flat data-key=undo")

        def ticked(event: events.GenericEventArguments) -> None:
            self._ticked = list(event.args or ())
            said.set_text(f"已选 {len(self._ticked)} 条" if self._ticked else "勾选生产线，一次定多条")

        ui.on(_TICKED, ticked)

    async def decided(self, said: str) -> None:
        """Show what a decision came to: a sentence, the rows, and the line beside the grid."""
        ui.notify(said, type="positive")
        self.refill()
        self._call("deselectAll")
        if self._row:
            await self.explain(self._source.fresh(self._row))

    async def explain(self, row: Row) -> None:
        """Write a row's line into the panel, and its reasoning once that is found."""
        if not row.get("enterprise_id"):
            return
        self._row = row
        self._panel.clear()
        with self._panel:
            ui.label(f"{row['enterprise']} {row['line'] or row['line_id']}").classes("big strong")
            lighter = row.get("mark") == "轻"
            ui.label(str(row["measure_text"])).classes("say bad" if lighter else "say")
            if lighter:
                ui.label(f"轻于规则：{row['remark']}").classes("note bad")
            if row.get("stands"):
                ui.label(f"同样的指令已由{row['stands']}发布，仍然有效").classes("note")
            if self._source.deciding is not None:
                with ui.element("div").classes("side decides"):
                    decision_form(self._source.deciding, lambda: [row], self.decided, many=False)
            place = ui.element("div").props("role=status")
        with place:
            nothing("正在查找理由…")
        with telling():
            self._visit.allow(Right.READ)
            found = await self._source.explain(f"{row['enterprise_id']}/{row['line_id']}")
            if place.is_deleted:  # another row was chosen meanwhile
                return
            place.clear()
            with place:
                explanation(found)
                self._source.beneath(row)

    def _call(self, name: str, *args: Any) -> None:
        self._grid.run_grid_method(name, *args)

    async def _regroup(self, by: str) -> None:
        self._sums.clear()
        if not by:
            return
        with telling():
            self._visit.allow(Right.READ)
            found = await self._source.sums(by)
            columns = {"name": ORDER_COLUMNS[by], "lines": "生产线", "stopped": "停产", "open": "须人工确定"}
            columns |= {"so2_kg_d": "SO₂", "nox_kg_d": "NOₓ", "pm_kg_d": "颗粒物", "vocs_kg_d": "VOCs（千克/日）"}

            def only(row: dict[str, str]) -> None:
                kind = {"type": "equals", "filter": row["value"]} if row["value"] else {"type": "blank"}
                self._call("setFilterModel", {by: {"filterType": "text", **kind}})

            with self._sums:
                for head, summed in found:
                    if head:
                        ui.label(head).classes("small strong")
                    plain_table(columns, summed, tuple(columns)[1:], on_row=only)


#: Chooses the row before or after that which has the focus, and says so.
_STEP: Final = """
api => {
  const held = api.getFocusedCell(), last = api.getDisplayedRowCount() - 1;
  const at = Math.max(0, Math.min(last, held ? held.rowIndex + (%d) : 0)), row = api.getDisplayedRowAtIndex(at);
  if (!row) return;
  api.ensureIndexVisible(at); api.setFocusedCell(at, 'enterprise');
  emitEvent('order-chosen', row.data);
}
"""
_KEYS_ONE: Final = (
    '<span class="keys"><kbd>↑</kbd><kbd>↓</kbd> 移动　<kbd>回车</kbd> 看理由　'
    "<kbd>J</kbd><kbd>K</kbd> 下一条、上一条　<kbd>Esc</kbd> 回到该行</span>"
)
_KEYS_MANY: Final = (
    '<span class="keys"><kbd>↑</kbd><kbd>↓</kbd> 移动　<kbd>空格</kbd> 勾选　<kbd>回车</kbd> 看理由　'
    "<kbd>J</kbd><kbd>K</kbd> 下一条、上一条　<kbd>1</kbd>–<kbd>6</kbd> 停产、限产、不要求、豁免、自主、回到规则　"
    "<kbd>Ctrl</kbd>+<kbd>回车</kbd> 定下　<kbd>Ctrl</kbd>+<kbd>Z</kbd> 撤销　<kbd>Esc</kbd> 回到该行</span>"
)
_LEGEND: Final = (
    '<div class="legend"><span><span class="mk open">缺</span> 依据缺失</span>'
    '<span><span class="mk light">轻</span> 轻于规则</span><span><span class="mk over">改</span> 人工变更</span>'
    '<span><span class="mk done">已</span> 已发布，仍有效</span></div>'
)
_FILLING: Final = '<span class="filling soft small" role="status">先列各类的前几行，其余正在取…</span>'


def _filter_of(marks: Sequence[str]) -> dict[str, Any] | None:
    conditions = [{"filterType": "text", "type": "equals", "filter": mark} for mark in marks]
    several = {"filterType": "text", "operator": "OR", "conditions": conditions}
    return {"mark": conditions[0] if len(marks) == 1 else several} if marks else None


def _filled_from(url: str) -> str:
    return _FILL % {"url": url, "shown": SHOWN}


def _drawn(source: GridSource, marks: Sequence[str]) -> ui.aggrid:
    many = source.deciding is not None
    chosen = {"mode": "multiRow", "enableClickSelection": False, "selectAll": "filtered"}
    options = {
        "columnDefs": _columns(),
        "rowData": source.first,
        ":defaultColDef": f"{{ sortable: true, resizable: true, wrapHeaderText: true, floatingFilter: !{_FINGER} }}",
        "rowSelection": chosen if many else {"mode": "singleRow", "checkboxes": False, "enableClickSelection": True},
        ":getRowId": "p => p.data.order_id",
        ":rowClassRules": _ROWS,
        ":rowHeight": f"{_FINGER} ? 46 : 32",
        "headerHeight": 42,
        "floatingFiltersHeight": 38,
        "enableBrowserTooltips": True,
        "suppressFieldDotNotation": True,
        "localeText": GRID_WORDS,
        ":onCellKeyDown": _ON_KEY,
        ":onCellClicked": _ON_CLICK,
        ":onGridReady": f"ready => ({_filled_from(source.url)})(ready.api)",
    }
    if marks:
        options["initialState"] = {"filter": {"filterModel": _filter_of(marks)}}
    if many:
        options["selectionColumnDef"] = {"pinned": "left", "width": 44}
        options[":onSelectionChanged"] = _ON_TICK
    return _GRID(options, auto_size_columns=False).style("height:560px")


def _columns() -> list[Row]:
    mark: Row = {"field": "mark", "headerName": "标", "resizable": False, "width": 46, ":cellRenderer": _MARKS}
    mark |= {"filter": "agTextColumnFilter", "filterParams": {"maxNumConditions": 5}, "pinned": "left"}
    mark |= {"floatingFilter": False, "suppressHeaderFilterButton": True}  # the tiles filter it
    out: list[Row] = [mark]
    for name in COLUMNS:
        number, head = name == "share" or name.endswith("_kg_d"), _KILOGRAMS.get(name, ORDER_COLUMNS[name])
        column: Row = {"field": name, "headerName": head, "width": _WIDTH.get(name, _USUAL)}
        column["filter"] = "agNumberColumnFilter" if number else "agTextColumnFilter"
        if not number:
            column["tooltipField"] = name
        else:
            digits = "(p.value*100).toFixed(1)+'%'" if name == "share" else "p.value.toLocaleString('zh-CN')"
            column |= {":valueFormatter": f"p => p.value == null ? '—' : {digits}", "type": "rightAligned"}
        if name in ("starts", "ends"):
            column[":valueFormatter"] = _MOMENT
        out.append(column)
    out[1]["pinned"] = "left"
    return out


GRID_WORDS: Final = {
    "textFilter": "文字筛选", "numberFilter": "数字筛选", "filterOoo": "筛选…", "empty": "请选择",
    "contains": "包含", "notContains": "不包含", "equals": "等于", "notEqual": "不等于", "startsWith": "开头是",
    "endsWith": "结尾是", "blank": "为空", "notBlank": "不为空", "lessThan": "小于", "lessThanOrEqual": "不大于",
    "greaterThan": "大于", "greaterThanOrEqual": "不小于", "inRange": "介于", "inRangeStart": "从",
    "inRangeEnd": "到", "andCondition": "并且", "orCondition": "或者", "filterSummaryContains": "包含",
    "filterSummaryNotContains": "不包含", "filterSummaryTextEquals": "等于", "filterSummaryTextNotEqual": "不等于",
    "filterSummaryStartsWith": "开头是", "filterSummaryEndsWith": "结尾是", "filterSummaryBlank": "为空",
    "filterSummaryNotBlank": "不为空", "filterSummaryInRange": "介于", "loadingOoo": "正在读取指令…",
    "noRowsToShow": "没有符合条件的指令", "ariaFilterInput": "筛选", "ariaFilterMenuOpen": "打开筛选",
    "ariaFilteringOperator": "筛选方式", "ariaFilterValue": "筛选值", "ariaFilterFromValue": "筛选下限",
    "ariaFilterToValue": "筛选上限", "ariaSortableColumn": "回车键排序", "ariaRowSelect": "空格键选中本行",
    "ariaRowDeselect": "空格键取消选中", "ariaFilterColumn": "Ctrl+回车打开筛选", "ariaColumnFiltered": "已筛选",
    "ariaRowToggleSelection": "空格键选中或取消", "ariaRowSelectAll": "空格键全选或取消",
    "ariaHeaderSelection": "选择列", "ariaRowSelectionDisabled": "本行不能选中", "ariaLabelColumnFilter": "列筛选",
    "ariaLabelTooltip": "提示", "ariaLabelColumnMenu": "列菜单", "ariaMenuColumn": "Alt+下箭头打开列菜单",
    "ariaInputEditor": "填写",
}  # fmt: skip
