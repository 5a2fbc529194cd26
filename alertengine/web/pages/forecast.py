"""录入预报: a file, the text of the bulletin, or a table typed by hand; what was read stands in the table first."""

from __future__ import annotations

from datetime import date
from typing import Final

from nicegui import ui

from alertengine.vocabulary import AMBIENT_TEXT, to_minute
from alertengine.vocabulary import times as clock
from alertengine.warning import Cell, read_bulletin
from alertengine.web.asked import forecast_taken
from alertengine.web.forecasts import days_ahead, typed
from alertengine.web.pages.frame import Visit, card, headed, hint, telling
from alertengine.web.pages.reading import file_field, file_fields
from alertengine.web.pages.tables import drawn_table
from alertengine.web.roles import Right
from alertengine.workflow import Upload, bureau_cities

#: Seconds between looks at the day.
_LOOK: Final = 60


async def show(visit: Visit) -> None:
    """The page."""
    headed("录入预报", ("← 今日", "/"))
    own = await visit.desk.read(bureau_cities)
    names = await visit.desk.run(lambda: list(visit.desk.book.lists.cities()))
    table = _Table(visit, [name for name in names if not own or name in own], names)
    with ui.element("div").classes("cols side-main late"):
        with ui.element("div").classes("pile"):
            with card("一、选文件"), file_fields(visit) as readings:
                file_field("today.forecast", readings, table.take)
            with card("二、贴省站文字"):
                table.pasted()
            with card("补录更早发布的预报"):
                table.older()
        with card("三、逐日填写，或核对读出的"):
            table.draw()


class _Table:
    """City by day; a bulletin fills it, a person mends it, and only what stands in it is recorded."""

    def __init__(self, visit: Visit, cities: list[str], known: list[str]) -> None:
        self.visit, self.cities, self.known, self.reason = visit, cities, known, ""
        self.days = days_ahead(clock.today())
        self.fields: dict[Cell, ui.input] = {}
        self.primaries: dict[Cell, str] = {}
        self.text = ""

    def pasted(self) -> None:
        """Where the text of a bulletin is pasted, and what was not read of it."""
        text = ui.textarea("贴上省站发布的文字或表格").classes("w-full").props("rows=5 maxlength=20000")
        with ui.element("div").classes("side"):
            ui.button("读入逐日表", on_click=lambda: self.read(text.value or "")).props("outline")
            hint("只读写明城市、日期和级别或AQI的句子；“局地”“夜间”等的不读，留给您看。")
        self.unread = ui.element("div").classes("w-full").props("role=status")

    def older(self) -> None:
        """Where it is said why a forecast that came out before the one on record is put in."""
        hint("比已录入的预报发布得早的，先在这里写明理由，再选文件或记入台账。")
        said = ui.input("理由（写入台账）").classes("w-full").props("maxlength=200")
        said.on_value_change(lambda event: setattr(self, "reason", event.value or ""))

    def draw(self) -> None:
        """The table, when it came out and from whom."""
        with ui.element("div").classes("side"):
            self.issued = ui.input("发布时间，如 2026-11-28 15:00").style("width:17em")
            self.issuer = ui.input("发布单位").props("maxlength=60").style("width:15em")
            choices = {"": "未载明", **{name: name for name in AMBIENT_TEXT.values()}}
            self.primary = ui.select(choices, value="", label="首要污染物（表中未写明的）").style("width:15em")
        with ui.element("div").classes("side below"):
            hint("格内写180、180-220、中度污染或轻至中度；空着的不录。")
        self.host = ui.element("div").classes("w-full")
        self.grid()
        ui.timer(_LOOK, self.turn)
        self.problems = ui.element("div").classes("w-full")
        ui.button("记入台账", on_click=self.save).classes("mt-2")

    def turn(self) -> None:
        """Begin with today again where the page stayed open overnight and nothing stands in the table yet."""
        days = days_ahead(clock.today())
        if self.days[0] < days[0] and not any(field.value for field in self.fields.values()):
            self.days = days
            self.grid()

    def grid(self) -> None:
        """Draw the cells, what was typed kept."""
        held = {cell: field.value for cell, field in self.fields.items()}
        self.host.clear()
        self.fields = {}
        heads = ("城市", *(f"{day.month}月{day.day}日" for day in self.days))
        with self.host, drawn_table(heads, "plain"):
            for city in self.cities:
                with ui.element("tr"):
                    with ui.element("th").props("scope=row"):
                        ui.label(city)
                    for day in self.days:
                        with ui.element("td"):
                            self._cell(city, day, held.get((city, day), ""))

    def _cell(self, city: str, day: date, value: str) -> None:
        field = ui.input(value=value).props(f'aria-label="{city}{day.month}月{day.day}日"').style("width:7em")
        field.on_value_change(lambda: self.primaries.pop((city, day), None))
        self.fields[city, day] = field

    def read(self, text: str) -> None:
        """Fill the table from a bulletin; what it leaves unread is shown as it stands."""
        found = read_bulletin(text, self.known, clock.today())
        self.text = text
        mine = {cell: said for cell, said in found.cells.items() if cell[0] in self.cities}
        if found.issued:
            self.issued.value = to_minute(found.issued)
        if found.issuer:
            self.issuer.value = found.issuer
        if mine:
            first = min(self.days[0], *(day for _, day in mine))
            self.days = days_ahead(first, max(7, (max(day for _, day in mine) - first).days + 1))
            self.grid()
        for cell, said in mine.items():
            self.fields[cell].value = said.text
        self.primaries = {cell: said.primary for cell, said in mine.items() if said.primary}
        self.unread.clear()
        with self.unread:
            other = len(found.cells) - len(mine)
            tail = f"，另有外市{other}格不录" if other else ""
            ui.label(f"读出{len(mine)}格{tail}。请与原文核对后再记入台账。").classes("strong")
            if found.unread:
                with ui.element("div").classes("note warn"):
                    ui.label(f"没有采用的{len(found.unread)}句：").classes("strong")
                    for sentence in found.unread:
                        ui.label(sentence)

    async def save(self) -> None:
        """Record what stands in the table."""
        cells = {cell: field.value or "" for cell, field in self.fields.items()}
        other = self.primary.value or ""
        primaries = {cell: self.primaries.get(cell, other) for cell in cells}
        remark = "由经办人员按省站文字录入" if self.text else "由经办人员逐日填写"
        with telling(self.problems):
            self.visit.allow(Right.WORK)
            upload = typed(cells, primaries, self.issued.value or "", self.issuer.value or "", remark)
            await self.take(upload, self.text)

    async def take(self, upload: Upload, text: str = "") -> list[Upload]:
        """Record a forecast, with the bulletin it was read from, and lead to what it comes to."""
        desk, by = self.visit.desk, self.visit.signer(Right.WORK)
        await desk.ask(forecast_taken, desk.path, desk.rules, upload, by, self.reason, text)
        ui.navigate.to("/")
        return [upload]
