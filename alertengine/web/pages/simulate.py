"""推演: a season scenario chosen or uploaded, variants by controls, progress while it runs, the report in place."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from nicegui import ui

from alertengine.vocabulary import GRADES, TOTAL_SECTORS, InputError, Problem
from alertengine.web.jobs.store import Job
from alertengine.web.pages.frame import Visit, card, headed, heading, hint, nothing, problem_table, telling
from alertengine.web.pages.jobbar import STATE_TEXT
from alertengine.web.pages.reading import Readings, file_field
from alertengine.web.pages.tables import plain_table
from alertengine.web.pages.typed import NumberField
from alertengine.web.roles import Right
from alertengine.web.simulation import (
    Wish,
    begin_run,
    content_from,
    content_of,
    documents_of,
    run_of,
    several,
    shipped,
    variant_words,
)
from alertengine.workflow import Upload

_SUPPOSED: Final = "方案中的数值是假设，由使用人填写；程序不提供任何假设值。"


async def show(visit: Visit) -> None:
    """The page: the run that ``?run=`` names, else a new one."""
    if "run" in visit.query:
        with telling():
            _followed(visit, run_of(visit.desk.jobs, visit.query["run"], visit.account.user))
            return
    heading("推演")
    await visit.desk.run(lambda: visit.desk.book)
    held = [job for job in visit.desk.jobs.store.of(visit.account.user) if job.kind == "season"]
    if held:
        with card("近来的推演（保留14天）"):
            for run in held:
                ui.link(f"{run.title}：{STATE_TEXT[run.state]}", f"/simulate?run={run.key}").classes("block")
    _Form(visit)


class _Form:
    """A new simulation being put together."""

    def __init__(self, visit: Visit) -> None:
        """Draw it; the first shipped scenario is chosen."""
        self._visit = visit
        self._content: dict[str, Any] = {}
        self._files: dict[str, Upload] = {}
        with ui.element("div").classes("cols broad"):
            with card("情景"):
                self._chosen()
            with card("方案"):
                hint(_SUPPOSED)
                self._variants = ui.element("div").classes("pile near")
                self._controls()
        self._problems = ui.element("div").classes("w-full")
        self._button = ui.button("开始推演", on_click=self._begin).classes("self-start")
        self._chooser.value = next(iter(shipped()), None)

    def _chosen(self) -> None:
        """Where a scenario is chosen or uploaded, and its days."""
        with ui.element("div").classes("side top-left"):
            self._chooser = ui.select(shipped(), label="随程序的情景", on_change=self._choose)
            self._chooser.style("min-width:min(22em,100%)")
            fields = ui.element("div").classes("contents")
        readings = Readings(self._visit)
        with fields:
            file_field("simulate.scenario", readings, self._hold_upload)
            file_field("simulate.files", readings, self._keep_upload)
        self._about = ui.element("div").classes("pile near")
        with ui.element("div").classes("side below"):
            self._first = ui.input("第一日").props("type=date stack-label")
            self._last = ui.input("最后一日").props("type=date stack-label")

    def _choose(self) -> None:
        if self._chooser.value:
            self._hold(content_of(self._chooser.value))

    async def _hold_upload(self, upload: Upload) -> list[Upload]:
        self._visit.allow(Right.SIMULATE)
        self._hold(await asyncio.to_thread(content_from, upload))
        return [upload]

    async def _keep_upload(self, upload: Upload) -> list[Upload]:
        self._visit.allow(Right.SIMULATE)
        self._files[upload.plain_name] = upload
        self._tell_about()
        return list(self._files.values())

    def _hold(self, content: dict[str, Any]) -> None:
        self._content = content
        season = content.get("season")
        span = season if isinstance(season, dict) else {}
        self._first.value, self._last.value = str(span.get("from", "")), str(span.get("to", ""))
        self._tell_about()
        self._draw_variants()

    def _tell_about(self) -> None:
        self._about.clear()
        with self._about:
            ui.label(str(self._content.get("title", ""))).classes("font-bold")
            if self._content.get("note"):
                ui.label(str(self._content["note"])).classes("soft")
            named = "、".join(map(str, several(self._content.get("list") or None))) or "未指定"
            ui.label(f"清单：{named}；天气：{self._content.get('history') or '未指定，请上传'}").classes("small")
        if not self._files:
            return
        # of files that were uploaded, which of them is the weather and which are lists
        names = list(self._files)
        own = [name for name in several(self._content.get("list")) if name in names]
        history = self._content.get("history")
        with self._about, ui.element("div").classes("flex gap-4 flex-wrap"):
            weather = ui.select(names, label="用作天气", value=history if history in names else None, clearable=True)
            weather.on_value_change(lambda event: self._name("history", event.value)).style("min-width:14em")
            chosen = ui.select(names, label="用作清单", value=own, multiple=True).style("min-width:14em")
            chosen.on_value_change(lambda event: self._name("list", list(event.value or [])))

    def _name(self, key: str, value: Any) -> None:
        if value:
            self._content[key] = value
        else:
            self._content.pop(key, None)

    # -- variants

    def _draw_variants(self) -> None:
        self._variants.clear()
        titles = {key: one.citation for key, one in self._visit.desk.book.documents.items()}
        with self._variants:
            variants = list(self._content.get("variants") or [])
            if not variants:
                nothing("只算基准。用下面的控件增加方案，与基准比较。")
            for number, variant in enumerate(variants):
                with ui.element("div").classes("side"):
                    with ui.element("div").classes("grow"):
                        ui.label(str(variant.get("name", ""))).classes("strong")
                        hint(variant_words(variant, titles))
                    drop = ui.button("去掉", on_click=lambda _event, at=number: self._drop(at))
                    drop.props(f'flat dense aria-label="去掉方案{number + 1}"')
            for name, values in (self._content.get("sweep") or {}).items():
                ui.label(f"逐一组合 {name}：{'、'.join(map(str, values))}").classes("small")

    def _drop(self, number: int) -> None:
        self._content["variants"] = [one for at, one in enumerate(self._content["variants"]) if at != number]
        self._draw_variants()

    def _controls(self) -> None:
        book = self._visit.desk.book
        with ui.expansion("增加方案").classes("w-full mt-2"), ui.element("div").classes("w-full"):
            with ui.element("div").classes("side"):
                name = ui.input("名称").props("maxlength=60").style("min-width:16em")
                regime = ui.select({"": "不变", **documents_of(book, "grading")}, value="", label="预警分级按")
                ratio = ui.select({"": "不变", **documents_of(book, "ratio")}, value="", label="减排比例按")
            with ui.element("div").classes("side"):
                grade = ui.select({"": "不变", **{name: name for name in GRADES}}, value="", label="绩效等级升为")
                industry = ui.select({"": "全部", **{i: i for i in book.lists.industries}}, value="", label="其中行业")
                largest = NumberField("只升产能最大的几家", "", 0, 100_000, whole=True)
            documents = {key: one.citation for key, one in book.documents.items()}
            without = ui.select(documents, label="不适用的文件", multiple=True, with_input=True).classes("w-full")
            with ui.element("div").classes("side"):
                scale = NumberField("预报浓度为实际的几倍", "1", 0.1, 5)
                sectors = {one: NumberField(f"{one}排放为现在的几倍", "1", 0, 5) for one in TOTAL_SECTORS}
            for one in (regime, ratio, grade, industry):
                one.style("min-width:12em;max-width:100%")

            def add() -> None:
                with telling():
                    shares = {sector: told for sector, field in sectors.items() if (told := field.value) is not None}
                    times, count = scale.value, largest.value
                    variant = Wish(
                        name.value or "", regime.value, ratio.value, tuple(without.value or ()),
                        1.0 if times is None else times, shares, industry.value, grade.value,
                        None if count is None else int(count),
                    ).as_variant()  # fmt: skip
                    self._content["variants"] = [*(self._content.get("variants") or []), variant]
                    name.value = ""
                    self._draw_variants()

            ui.button("加入比较", on_click=add).props("outline").classes("mt-2")

    # -- running

    def _begin(self) -> None:
        content = dict(self._content)
        days = {"from": self._first.value, "to": self._last.value}
        season = content.get("season")
        if isinstance(season, dict) and all(days.values()):
            content["season"] = {**season, **days}
        with telling(self._problems):
            account = self._visit.allow(Right.SIMULATE)
            run = begin_run(self._visit.desk.jobs, content, list(self._files.values()), account.user)
            ui.navigate.to(f"/simulate?run={run.key}")


def _followed(visit: Visit, run: Job) -> None:
    """Draw a simulation that goes on, until it has ended."""
    jobs = visit.desk.jobs
    headed(run.title, ("← 推演", "/simulate"))
    place = ui.element("div").classes("pile").props("aria-live=polite")
    if not run.open:
        with place:
            _ended(run)
        return
    with place, card("推演进行中"):
        bar = ui.linear_progress(value=0, show_value=False).props('size="18px" aria-label="进度"')
        said = ui.label("方案 0 / …")
        ui.button("取消", on_click=lambda: jobs.stop(run.key)).props("outline")

    def tick() -> None:
        now, (done, of) = jobs.get(run.key), jobs.progress(run.key)
        bar.value = done / of if of else 0
        said.text = "排队中" if now.state == "waiting" else f"方案 {done} / {of or '…'}"
        if not now.open:
            timer.deactivate()
            place.clear()
            with place:
                _ended(now)

    timer = ui.timer(0.5, tick)


def _ended(run: Job) -> None:
    if run.state == "stopped":
        with card("已取消"):
            nothing("可回到上一页重新开始。")
        return
    if run.state == "failed":
        problem_table(InputError(list(run.problems)))
        return
    rows, notes = list(run.said["rows"]), [Problem.from_dict(one) for one in run.said["notes"]]
    with card("各方案比较"):
        if rows:
            columns = {name: name for name in rows[0]}
            plain_table(columns, rows, tuple(columns)[1:], tall=False)
        with ui.element("div").classes("mt-2"):
            ui.link("下载全部结果（zip）", f"/files/simulations/{run.key}.zip")
    if notes:
        with ui.expansion(f"说明 {len(notes)} 条").classes("card w-full"):
            for note in notes[:200]:
                ui.label(note.text("zh", short=True)).classes("small")
    with card("推演报告"):
        ui.link("打开完整报告", f"/files/simulations/{run.key}/report.html", new_tab=True).classes("btn mid")
