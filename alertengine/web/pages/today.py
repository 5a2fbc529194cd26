"""今日: the forecast as a strip of days, what the engine proposes, what is active, the ratios, who to tell first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from alertengine.files.profiles import reading_with
from alertengine.ledger.store import Ledger
from alertengine.vocabulary.fields import LEVEL_COLOUR, LEVEL_TEXT
from alertengine.web.pages.filefield import file_field
from alertengine.web.pages.frame import Visit, card, heading, level_tag, nothing, plain_table
from alertengine.web.pages.reading import Readings, protocols
from alertengine.web.pages.warned import transition
from alertengine.web.roles import Right
from alertengine.web.today import Day, Gauge, Place, Today, moment, today
from alertengine.workflow.record_forecasts import record_forecast
from alertengine.workflow.uploads import Upload

if TYPE_CHECKING:
    from alertengine.web.desk import Desk


async def show(visit: Visit) -> None:
    """The page."""
    page = await visit.desk.run(_read, visit.desk)
    heading("今日")
    if page.now is not None:
        ui.label(f"依据{page.now.year}年{moment(page.now)}的预报").classes("soft")
    _undetermined(page)
    _early(page)
    _proposals(page)
    _active(page)
    with card("预报"):
        if not page.places:
            nothing("尚未录入预报。请经办人员在下方录入当日预报（csv 或 xlsx）。")
        for place in page.places:
            _strip(place)
        if page.problems:
            with ui.expansion(f"预报中 {len(page.problems)} 处需要核对").classes("w-full"):
                for problem in page.problems[:100]:
                    ui.label(problem.text("zh", short=True)).classes("small")
        protocols(page.readings)
        if Right.WORK in visit.account.rights:
            _entry(visit)
    _gauges(page)


def _read(desk: Desk) -> Today:
    with Ledger.open(desk.path) as ledger:
        return today(ledger, desk.book)


def _undetermined(page: Today) -> None:
    if not page.undetermined_count:
        return
    with card(f"须人工确定 {page.undetermined_count} 条生产线：依据缺失，或留待地方方案规定", alarm=True):
        columns = {"city": "城市", "county": "区县", "enterprise": "企业", "line": "生产线", "industry": "行业"}
        columns |= {"process": "工序", "grade": "绩效等级", "hangs_on": "待核实事项", "remark": "原因"}
        plain_table(columns, page.undetermined)
        if page.undetermined_count > len(page.undetermined):
            ui.label(f"此处列出前 {len(page.undetermined)} 条").classes("soft small")


def _early(page: Today) -> None:
    if not page.early and not page.early_unknown:
        return
    with card(f"须提前告知：生产工序不可中断的 {len(page.early)} 条生产线", alarm=True):
        if page.early_unknown:
            ui.label(f"另有 {page.early_unknown} 条生产线是否可中断未填，须核实")
        columns = {"latest": "最迟告知", "place": "地区", "enterprise": "企业", "line": "生产线", "process": "工序"}
        plain_table(columns | {"starts": "最早启动", "remark": "备注"}, page.early)


def _proposals(page: Today) -> None:
    with card("建议"):
        if not page.proposals:
            nothing("无需变更：没有应发布、延长、升级、降级或解除的预警。" if page.places else "录入预报后给出建议。")
        for row in page.proposals:
            transition(row)


def _active(page: Today) -> None:
    with card("生效中的预警"):
        if not page.active:
            nothing("没有生效中的预警。")
        for row in page.active:
            with ui.element("div").classes("flex gap-3 items-center mt-1"):
                ui.label(row["place"]).classes("text-lg font-bold")
                level_tag(row["level"])
                ui.label(f"{row['starts']} 至 {row['ends']}")
                ui.label(f"本次预警自 {row['since']} 起").classes("soft small")


def _strip(place: Place) -> None:
    with ui.element("div").classes("place"):
        ui.label(place.name).classes("font-bold")
        _days(place)


def _days(place: Place) -> None:
    with ui.element("div").classes("strip").props(f'tabindex=0 role=list aria-label="{place.name}预报"'):
        for day in place.days:
            _day(day)


def _day(day: Day) -> None:
    colour = LEVEL_COLOUR[day.level]
    with ui.element("div").classes(f"day {day.level}").style(f"border-top-color:{colour}").props("role=listitem"):
        _, month, number = (int(part) for part in day.day.split("-"))
        ui.label(f"{month}月{number}日").classes("small")
        if day.low == day.high:
            text = f"{day.mid:.0f}"
        else:
            text = "—" if day.low != day.low else f"{day.low:.0f}–{day.high:.0f}"
        ui.label(text).style("font-size:21px;font-weight:700")
        ui.label(" ".join(filter(None, (day.aqi_class, day.primary)))).classes("small")
        if day.level != "none":
            level_tag(day.level)
        else:
            ui.label(LEVEL_TEXT["none"]).classes("small soft")


def _gauges(page: Today) -> None:
    with card("减排比例（占全社会排放量）"):
        if not page.gauges:
            nothing("发布指令后，按城市和污染物给出减排比例；缺全社会排放量时不作判定。")
            return
        for gauge in page.gauges:
            _gauge(gauge)
        ui.label("深色：预警措施；浅色：含错峰生产；黑线：要求比例。").classes("soft small mt-2")


def _gauge(gauge: Gauge) -> None:
    told = "未知" if gauge.warning is None else f"{gauge.warning:.1%}"
    need = "要求未载明" if gauge.required is None else f"要求 {gauge.required:.0%}"
    with ui.element("div").classes("flex gap-3 items-center mt-1").props("role=group"):
        ui.label(f"{gauge.city} {LEVEL_TEXT[gauge.level]} {gauge.pollutant}").style("min-width:11em")
        with (
            ui.element("div")
            .classes("gauge")
            .style("flex:1 1 200px")
            .props(f'role=img aria-label="{gauge.city}{gauge.pollutant}减排{told}，{need}，{gauge.met}"')
        ):
            for value, name in ((gauge.with_season, ""), (gauge.warning, "w")):
                if value is not None:
                    ui.element("i").classes(name).style(f"width:{min(value, 0.6) / 0.6:.2%}")
            if gauge.required is not None:
                ui.element("u").style(f"left:{min(gauge.required, 0.6) / 0.6:.2%}")
        ui.label(f"{told} / {need}").style("width:9.5em;font-variant-numeric:tabular-nums")
        met = ui.label(gauge.met).classes({"达到": "yes", "未达到": "no"}.get(gauge.met, "soft"))
        met.style("width:4.5em").tooltip(gauge.basis)


def _entry(visit: Visit) -> None:
    """Where a forecast is put in."""

    async def take(upload: Upload) -> list[Upload]:
        by = visit.allow(Right.WORK).signer(Right.WORK)
        await visit.desk.run(_record, visit.desk, upload, by)
        ui.navigate.reload()
        return [upload]

    field = ui.element("div")
    readings = Readings(visit)
    with field:
        file_field("today.forecast", readings, take)


def _record(desk: Desk, upload: Upload, by: str) -> None:
    with Ledger.writable(desk.path) as ledger, reading_with():
        record_forecast(ledger, upload.name, upload.data, by)
