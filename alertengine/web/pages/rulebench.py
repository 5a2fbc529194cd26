"""The test bench of 规则: a line's facts are typed in, the order and its reasoning appear as they change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from nicegui import ui

from alertengine.vocabulary import (
    FIELDS,
    LEVEL_TEXT,
    POLLUTANT_TEXT,
    STATUS_TEXT,
    AlertEngineError,
    Level,
    number,
    percent,
)
from alertengine.vocabulary import times as clock
from alertengine.web.bench import FIRST, Bench, BenchQuestion, Reply, askable, choices
from alertengine.web.orderrows import text_of
from alertengine.web.pages.frame import Visit, card, level_tag, nothing
from alertengine.web.pages.tables import explanation
from alertengine.web.pages.typed import NumberField
from alertengine.web.roles import Right


class RuleBench:
    """The facts of a line on the left, its order on the right."""

    def __init__(self, visit: Visit) -> None:
        """Draw it."""
        self._visit, self._bench = visit, Bench(visit.desk.book)
        self._facts: dict[str, Any] = {}
        self._asked = 0
        with ui.element("div").classes("cols even"):
            with ui.element("div").classes("pile"):
                self._form()
            with ui.element("div").classes("min-w-0").props("aria-live=polite"):
                self._answer = ui.element("section").classes("card")
        with self._answer:
            nothing("选行业、工序和等级后，这里给出指令和理由；内容不写入台账。")

    def _form(self) -> None:
        with card("情形"), ui.element("div").classes("side"):
            self._day = ui.input("日期", value=str(clock.today()), on_change=self.ask)
            self._day.props("type=date stack-label")
            self._hour = NumberField("时刻（时）", "0", 0, 23, whole=True)
            self._hour.field.on_value_change(self.ask)
            levels = {str(level): LEVEL_TEXT[level] for level in Level}
            self._level = ui.select(levels, value=str(Level.RED), label="级别", on_change=self.ask)
            self._level.style("min-width:7em")
            self._hours = NumberField("响应已持续（小时）", "0", 0, 2000)
            self._hours.field.on_value_change(self.ask)
        with card("生产线"):
            with ui.element("div").classes("side"):
                for name in FIRST:
                    self._field(name)
            self._more = ui.element("div").classes("side mt-2")
            further = ui.select(askable(), label="增加一项事实", with_input=True).style("min-width:14em")

            def add() -> None:
                if further.value:
                    self._add(str(further.value))
                    further.value = None

            further.on_value_change(add)

    def _field(self, name: str) -> None:
        """A field of the form; its value is asked with from then on."""
        book = self._visit.desk.book
        values = list(book.lists.cities()) if name == "city" else choices(name, book)

        async def taken(event: Any) -> None:
            self._facts[name] = "" if event.value is None else str(event.value)
            await self.ask()

        label = f"{FIELDS[name].text}{f'（{FIELDS[name].unit}）' if FIELDS[name].unit else ''}"
        if values:
            chosen = ui.select(values, label=label, with_input=len(values) > 12, clearable=True, on_change=taken)
            chosen.style("min-width:11em")
        else:
            ui.input(label, on_change=taken).props("clearable debounce=300").style("min-width:11em")

    def _add(self, name: str) -> None:
        if name not in self._facts:
            self._facts[name] = ""
            with self._more:
                self._field(name)

    async def ask(self) -> None:
        """Decide on what is typed; the last question alone is answered."""
        self._asked += 1
        mine = self._asked
        try:
            self._visit.allow(Right.READ)
            reply: Reply | None = None
            if self._facts.get("industry"):
                day, level = date.fromisoformat(str(self._day.value)), Level(str(self._level.value))
                hours, hour = self._hours.value or 0, int(self._hour.value or 0)
                question = BenchQuestion(dict(self._facts), day, level, hours, hour)
                reply = await self._visit.desk.run(self._bench.ask, question)
        except (AlertEngineError, ValueError) as error:
            if mine == self._asked:
                self._show(partial(_wrong, error))
            return
        if reply is not None and mine == self._asked:
            self._show(partial(self._told, reply))

    def _show(self, draw: Callable[[], None]) -> None:
        self._answer.clear()
        with self._answer:
            draw()

    def _told(self, reply: Reply) -> None:
        order = reply.order
        with ui.element("div").classes("flex gap-2 items-center flex-wrap"):
            level_tag(str(self._level.value))
            ui.label(STATUS_TEXT[str(order["status"])]).classes("text-lg font-bold")
        ui.label(str(order["measure_text"])).classes("text-lg")
        if text_of(order["share"]):
            ui.label(f"减排比例 {percent(float(order['share']))}")
        for name, text in (("transport", "运输"), ("basis", "依据"), ("remark", "备注")):
            if text_of(order[name]):
                ui.label(f"{text}：{order[name]}").classes("small")
        saved = [
            f"{text} {number(float(order[f'{key}_kg_d']))}"
            for key, text in POLLUTANT_TEXT.items()
            if text_of(order[f"{key}_kg_d"])
        ]
        if saved:
            ui.label(f"减排量（千克/日）：{'，'.join(saved)}").classes("small")
        open_facts = [name for name in reply.hangs_on if name not in self._facts]
        if open_facts:
            with ui.element("div").classes("flex gap-2 items-center flex-wrap mt-2"):
                ui.label("填上可能改变指令：").classes("font-bold")
                for name in open_facts:
                    ui.button(FIELDS[name].text, on_click=lambda name=name: self._add(name)).props("outline dense")
        ui.separator().classes("my-2")
        with ui.element("div").classes("panel tree"):
            explanation(reply.explanation)


def _wrong(error: Exception) -> None:
    if isinstance(error, AlertEngineError):
        problems = getattr(error, "problems", [])
        for problem in problems:
            ui.label(problem.text("zh", short=True)).classes("no")
    else:
        ui.label("日期未填写完整").classes("soft")
