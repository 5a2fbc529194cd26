"""本市预案: the form of a city's plan, filled in here or in Excel, and what papers lack until it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from nicegui import ui

from alertengine.rulebook import HEAD_SHEET, HELP, LACKS, OTHER, PARTS, TO_FILL, Form
from alertengine.vocabulary import times as clock
from alertengine.web.entering import fill, form_file, matters_of, workbook_taken
from alertengine.web.pages.frame import Visit, card, hint, telling
from alertengine.web.pages.reading import Readings, file_field
from alertengine.web.pages.rulesentry import show_entry, show_matters
from alertengine.web.pages.tables import cell_of, drawn_table
from alertengine.web.roles import Right
from alertengine.workflow import Upload, plan_form

#: Columns of the form that only Excel shows.
_TECHNICAL: Final = (OTHER, "编号", "标题", "备注")

#: Rows from which on columns that nothing stands in are folded away.
_FEW: Final = 3
#: A cell that was left stands out while it waits.
_FILLED: Final = (
    "event => event.target.closest('td').classList.toggle('waits', event.target.value.startsWith('【待填'))"
)


class PlanForm:
    """The form of one city's plan, what papers lack until it is filled in, and what it comes to."""

    def __init__(self, visit: Visit) -> None:
        """Draw it."""
        self._visit = visit
        self._cells: dict[tuple[str, int, int], Any] = {}
        self._added: dict[str, int] = {}
        with card("本市应急预案"):
            hint(
                "预案没有录入的城市，每一份文书都是草稿。在下面填写，或下载预案表用Excel填写后上传；没有的保留【待填】，"
                "预案没有规定的写“—”。不猜。"
            )
            with ui.element("div").classes("side"):
                cities = list(visit.desk.book.lists.cities())
                said = visit.query.get("city", "")
                self._city = ui.select(
                    cities, value=said if said in cities else None, label="城市", with_input=True, on_change=self._begin
                ).style("min-width:12em")
                self._download = ui.button("下载预案表（xlsx）", on_click=self._take_away).props("outline no-caps")
            readings = Readings(visit)
            file_field("rules.plan", readings, self._take)
        self._matters = ui.element("div").classes("w-full")
        self._form = ui.element("div").classes("pile")
        self._done = ui.element("div").classes("pile").props("aria-live=polite")
        self._made: Form | None = None
        if self._city.value:
            ui.timer(0, self._begin, once=True)

    async def _begin(self) -> None:
        """The form of the chosen city, as far as its plan is on file."""
        desk, city, today = self._visit.desk, str(self._city.value or ""), clock.today()
        if not city:
            return
        head = {"entered": {"by": self._visit.account.written, "on": today}}
        with telling():
            self._visit.allow(Right.READ)
            matters = await desk.run(lambda: matters_of(desk.book, city, today))
            self._made = await desk.run(lambda: plan_form(desk.book, city, head, today).form)
            self._cells, self._added = {}, {}
            self._matters.clear()
            with self._matters, card(f"{city}因预案没有录入而缺的 {len(matters)} 项", alarm=bool(matters)):
                show_matters(matters)
            self._form.clear()
            with self._form:
                for name in (names := (HEAD_SHEET, *(part.sheet for part in PARTS))):
                    self._sheet(name)
                ui.button("检查", on_click=self._check)
            if (part := self._visit.query.get("part", "")) in names:
                ui.run_javascript(f"document.getElementById('part-{part}')?.scrollIntoView()")

    def _sheet(self, name: str) -> None:
        """One sheet as a table of fields."""
        assert self._made is not None  # noqa: S101 -- for the type checker
        sheet = next(one for one in self._made.sheets if one.name == name)
        heads = sheet.rows[0]
        guided = (HELP, LACKS) if name != HEAD_SHEET else ()
        shown = [place for place, head in enumerate(heads) if head not in (*_TECHNICAL, *guided)]
        more = _further(name, sheet.rows)
        waits = sum(cell.startswith("【待填") for row in sheet.rows for cell in row)
        ui.element("i").props(f"id=part-{name}")
        with card(f"{name}（{waits} 格待填）" if waits else name):
            with (
                ui.element("div").classes("w-full brief") as part,
                drawn_table([heads[place] for place in shown], "plain stacked form", marked=more, mark="more") as body,
            ):
                for number, row in enumerate(sheet.rows[1:], start=1):
                    self._row(name, heads, shown, number, row, more)
            if more:
                words = f"显示其余栏目：{'、'.join(more)}"
                ui.checkbox(words).on_value_change(lambda asked: part.classes(toggle="brief") if asked else None)
            if name != HEAD_SHEET:

                def add() -> None:
                    self._added[name] = self._added.get(name, 0) + 1
                    number = len(sheet.rows) + self._added[name] - 1
                    with body:
                        self._row(name, heads, shown, number, [], more)

                ui.button("加一行", on_click=add).props("flat dense")

    def _row(
        self, name: str, heads: list[str], shown: Sequence[int], number: int, row: list[str], more: Sequence[str]
    ) -> None:
        assert self._made is not None  # noqa: S101 -- for the type checker
        choices = self._made.choices.get(name, {})
        with ui.element("tr"):
            for place in shown:
                text, head = row[place] if place < len(row) else "", heads[place]
                told = head in (HELP, LACKS) or (name == HEAD_SHEET and place == 0)
                cell = cell_of(head).classes("more" if head in more else "")
                with cell:
                    if told and text:
                        ui.label(text).classes("small" if place else "").style("min-width:15em" if place else "")
                    if told:
                        continue
                    label = f"{name}第{number}行{head}"
                    suggestions = list(choices.get(place, ()))
                    field = ui.input(value=text, autocomplete=suggestions).props(f'dense outlined aria-label="{label}"')
                    field.style("min-width:9em")
                    cell.classes("waits" if text.startswith(TO_FILL[:-1]) else "")
                    field.on("focus", js_handler="event => event.target.select()")
                    field.on("blur", js_handler=_FILLED)
                    self._cells[name, number, place] = field
        said = dict(zip(heads, row, strict=False)) if name != HEAD_SHEET else {}
        if text := "；不填：".join(filter(None, (said.get(HELP), said.get(LACKS)))):
            # how the row is filled in and what papers lack where it is not
            with ui.element("tr").classes("told"), ui.element("td").props(f"colspan={len(shown)}"):
                ui.label(text).classes("small soft")

    def _filled(self) -> Form:
        assert self._made is not None  # noqa: S101 -- for the type checker
        typed = {place: str(field.value or "") for place, field in self._cells.items()}
        return fill(self._made, typed, self._added)

    async def _take_away(self) -> None:
        if self._made is None:
            ui.notify("请先选择城市", type="warning")
            return
        ui.download(await self._visit.desk.run(form_file, self._filled()), f"{self._city.value}预案表.xlsx")

    async def _check(self) -> None:
        data = await self._visit.desk.run(form_file, self._filled())
        await self._take(Upload("本页.xlsx", data))

    async def _take(self, upload: Upload) -> list[Upload]:
        """What a filled form comes to, or every cell that is wrong."""
        with telling(self._done, "不能读入，没有写入任何内容"):
            self._visit.allow(Right.READ)
            entry = await self._visit.desk.run(workbook_taken, self._visit.desk.rules, upload)
            with self._done:
                await show_entry(self._visit, entry, str(self._city.value or ""))
        return [upload]


def _further(name: str, rows: Sequence[Sequence[str]]) -> list[str]:
    """The columns of a sheet that nothing stands in and no rule needs: they are shown when asked for."""
    part = next((one for one in PARTS if one.sheet == name), None)
    heads, *cells = rows
    if part is None or len(cells) < _FEW:
        return []
    free = [
        place for place, head in enumerate(heads) if head not in (*part.need, *part.label, *_TECHNICAL, HELP, LACKS)
    ]
    return [heads[place] for place in free if not any(row[place : place + 1] not in ([], [""]) for row in cells)]
