"""上级调度令: what a superior office asks of an area, entered as it came with text and file, and when it ends."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from nicegui import ui

from alertengine.vocabulary import LEVEL_TEXT, moment, problems_as, to_minute
from alertengine.vocabulary import times as clock
from alertengine.web.asked import by_the_law
from alertengine.web.forecasts import enter_superior_order, time_said
from alertengine.web.kept import write_record
from alertengine.web.pages.frame import Visit, card, headed, hint, telling
from alertengine.web.pages.reading import file_field, file_fields
from alertengine.web.pages.reviewing import Ending, end_form
from alertengine.web.pages.tables import plain_table
from alertengine.web.pages.typed import now_field, this_minute
from alertengine.web.roles import Right
from alertengine.workflow import SuperiorOrder, bureau_cities, end_superior_order, superior_orders

if TYPE_CHECKING:
    from alertengine.ledger import Ledger
    from alertengine.rulebook import OpenLists

_COLUMNS: Final = {
    "state": "现在", "source": "下达单位和文号", "area": "区域", "level": "级别", "first": "自", "last": "至",
    "file": "原件", "act": "编号",
}  # fmt: skip
_LEVELS: Final = {level: text for level, text in LEVEL_TEXT.items() if level != "none"}
#: What a person calls the keys of an order.
_FIELDS: Final = {"source": "下达单位、文号", "area": "区域", "level": "级别", "from": "自", "to": "至"}
_END: Final = Ending(
    "调度令",
    "已发布的预警不变，此后的建议和拟稿不再按它计算",
    "结束或撤销一件",
    "自何时起不再执行",
    "理由、文号（写入台账）",
    "不再执行",
    "结束",
)
#: Orders listed, those that hold first.
_SHOWN: Final = 40


async def show(visit: Visit) -> None:
    """The page."""
    book = await visit.desk.run(lambda: visit.desk.book)
    orders, own, files = await visit.desk.read(_look, book.lists)
    headed("上级调度令", ("← 今日", "/"))
    may = Right.WORK in visit.account.rights
    with ui.element("div").classes("cols broad"):
        with card("在案的调度令"):
            _listed(orders, files)
            open_ = [one for one in orders if one.lasts(to_minute(clock.now()))]
            if may and open_:
                _ending(visit, open_)
        if may:
            lists = book.lists
            provinces = dict.fromkeys(lists.province_of(city) for city in own)
            counties = [f"{city}/{county}" for city in own for county in lists.counties.of(city)]
            names = [*own, *provinces, *lists.areas, *lists.provinces, *lists.cities(), *counties]
            _Form(visit, list(dict.fromkeys(names)))


def _look(ledger: Ledger, lists: OpenLists) -> tuple[list[SuperiorOrder], tuple[str, ...], set[int]]:
    """Orders on record, those that hold first; the bureau's own cities; the acts with a file or text."""
    found, now = superior_orders(ledger, lists), to_minute(clock.now())
    found.sort(key=lambda one: (one.lasts(now), one.first), reverse=True)
    return found, bureau_cities(ledger), {one.act for one in found if ledger.inputs(one.act)}


def _listed(orders: list[SuperiorOrder], files: set[int]) -> None:
    now = to_minute(clock.now())
    rows = [
        {
            "state": "已结束" if not one.lasts(now) else "执行中" if one.first <= now else "未开始",
            "source": one.source,
            "area": one.area,
            "level": f"{'为' if one.exact else '不低于'}{LEVEL_TEXT[one.level]}",
            "first": moment(one.first),
            "last": "撤销" if one.last == one.first else moment(one.last) or "另行通知",
            "file": "查看" if one.entered is not None and one.act in files else "",
            "act": str(one.act),
        }
        for one in orders[:_SHOWN]
    ]
    none = "台账里没有上级调度令。录入后，拟稿和建议都按它计算；在它有效期间不建议降级或解除。"
    plain_table(_COLUMNS, rows, links={"act": "/audit?act={}", "file": "/files/orders/{act}"}, empty=none)


def _ending(visit: Visit, orders: list[SuperiorOrder]) -> None:
    """Say from when on one no longer holds: an act of its own, asked first."""
    words = {place: f"{one.source}：{one.asks}" for place, one in enumerate(orders)}

    async def act(place: int, at: str, reason: str) -> None:
        by = visit.signer(Right.WORK)
        when, path = time_said(at, "end_time_wanted"), visit.desk.path
        await visit.desk.look(partial(write_record, path, end_superior_order, orders[place], when, by, reason))

    end_form(words, _END, this_minute, act)


class _Form:
    """What is being put in."""

    def __init__(self, visit: Visit, areas: list[str]) -> None:
        self.visit = visit
        with card("录入一件"):
            with ui.element("div").classes("side"):
                self.office = ui.input("下达单位").classes("grow").props("maxlength=80")
                self.paper = ui.input("文件名称、文号").classes("grow").props("maxlength=120")
            with ui.element("div").classes("side below"):
                self.area = ui.select(areas, label="区域（省、市、市/区县、区域）", with_input=True).classes("grow")
                self.level = ui.select(_LEVELS, label="级别").style("width:8em")
                how = {False: "不低于这一级", True: "就是这一级"}
                self.exact = ui.select(how, value=False, label="要求").style("width:10em")
            with ui.element("div").classes("side below"):
                begins = now_field("自，如 2026-11-28 18:00", lambda: to_minute(clock.now().replace(minute=0)))
                self.first = begins.classes("grow")
                self.last = ui.input("至（空着为另行通知）").classes("grow")
            self.text = ui.textarea("原文（写入台账）").classes("w-full").props("rows=4 maxlength=20000")
            self.text.classes("below")
            with file_fields(visit) as self.readings:
                file_field("superior.file", self.readings)
            self.problems = ui.element("div").classes("w-full")
            with ui.element("div").classes("side"):
                ui.button("记入台账", on_click=self._save)
                hint("记入后，建议和新的拟稿按它计算，写在预警理由和依据里；已在手的拟稿会提示，一键按它重新计算。")

    async def _save(self) -> None:
        source = f"{(self.office.value or '').strip()}{(self.paper.value or '').strip()}"
        said = {"area": self.area.value or "", "level": self.level.value or "", "exact": self.exact.value}
        said |= {"from": self.first.value or "", "to": self.last.value or "", "source": source}
        desk = self.visit.desk
        with telling(self.problems), problems_as(lambda one: one.at(column=_FIELDS.get(one.column, one.column))):
            by = self.visit.signer(Right.WORK)
            more = (by, self.readings.file("superior.file"), self.text.value or "")
            await desk.ask(by_the_law, enter_superior_order, desk.path, desk.rules, said, *more)
            ui.navigate.to("/")
