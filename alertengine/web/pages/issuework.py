"""A work in hand opened: the five numbers, what it orders in a grid, lines ordered otherwise, submitting."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import pandas as pd
from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from alertengine.ledger import Ledger
from alertengine.orders import Explanation, Override
from alertengine.vocabulary import Problem, gathering, kilograms, signed
from alertengine.vocabulary import times as clock
from alertengine.web.asked import explain_work
from alertengine.web.compared import not_carried
from alertengine.web.lists import OnFile, behind, lists_on_file
from alertengine.web.opening import against_work, ready_work
from alertengine.web.orderrows import Sums, rows, sums
from alertengine.web.pages.beside import against_card, left_out, register_card, warned
from alertengine.web.pages.correcting import OtherFiles, correction_said
from alertengine.web.pages.decide import Deciding, Row
from alertengine.web.pages.frame import Visit, busy, heading, telling
from alertengine.web.pages.jobbar import followed
from alertengine.web.pages.ordergrid import GridSource, OrderGrid
from alertengine.web.pages.parts import steps
from alertengine.web.pages.reading import protocols
from alertengine.web.pages.reviewing import (
    confirm,
    marks_of,
    numbers_of,
    pressed_of,
    ratio_card,
    ready_card,
    states_card,
    tiles,
)
from alertengine.web.pages.tables import markup, on_paper
from alertengine.web.roles import Right
from alertengine.web.today import transitions
from alertengine.web.work import standing_against
from alertengine.web.workstore import HeldWork
from alertengine.workflow import cities_left_out, latest_forecast, levels_of, orders_left_out

#: Decisions named one by one.
_NAMED: Final = 6


async def show_work(visit: Visit, work: HeldWork) -> None:
    """A work in hand: look, order otherwise, submit."""
    desk = visit.desk

    def read(ledger: Ledger) -> _Beside:
        collected = desk.works.store.collected(work.row.content)
        warnings, options, correction = work.warnings, collected.options, collected.correction
        found = _Beside([], behind(ledger, options, set(warnings["city"]), collected.files.get))
        with gathering(found.old):  # an act whose options cannot be read is told beside the work
            found.unused = orders_left_out(ledger, desk.book.lists, options, warnings, work.now)
        if correction.act is not None:  # what its act decided of a line is there, or was taken out of it
            cities = levels_of(work.orders, warnings).keys()
            found.against = standing_against(ledger, correction, options.mode, cities)
            found.left = cities_left_out(ledger, correction, options.mode, cities)
            if options.forecast:
                held = latest_forecast(ledger)
                found.lists, found.forecast = lists_on_file(ledger), "" if held is None else held.words
        elif options.mode == "live":
            now = pd.Timestamp(clock.now().replace(tzinfo=None))
            with gathering(found.old):
                found.carried = not_carried(ledger, work.orders, work.overrides, now)
        return found

    _WorkPage(visit, work, await desk.read(read))


@dataclass(slots=True)
class _Beside:
    """A work beside the record: orders from above that it leaves out, what of its files is not the newest.

    ``carried`` are decisions of persons that it was made without.  Of a correction ``against`` says what keeps it from
    being issued, ``left`` what it leaves to later acts, ``lists`` and ``forecast`` what may take the place of its act's
    files; none, where it has no forecast.
    """

    unused: list[Problem]
    old: list[Problem]
    carried: list[Override] = field(default_factory=list)
    against: list[Problem] = field(default_factory=list)
    left: list[Problem] = field(default_factory=list)
    lists: list[OnFile] | None = None
    forecast: str = ""


class _WorkPage:
    """A work on the screen; what a decision changes is drawn anew."""

    def __init__(self, visit: Visit, work: HeldWork, beside: _Beside) -> None:
        self.visit, self.work, self.brief, desk = visit, work, work.brief, visit.desk
        self.key, self.changes = work.row.key, transitions(work.warnings)
        #: What each decision of this visit replaced: overrides to be put back, lines to be let go.
        self.undone: list[tuple[list[Override], list[tuple[str, str]]]] = []
        with ui.element("section").classes("card"):
            with ui.element("div").classes("side ends"):
                with ui.element("div"):
                    heading(work.row.title)
                    self.saved = ui.label(self._saved()).classes("soft small")
                names = (("拟稿", work.row.changed_by), ("审核", ""), ("批准", ""), ("发布", ""))
                markup(steps(names, 0))
            corrected = work.correction.act
            said = "请核对；放弃这份更正稿，或提交时说明。"
            ways = (said, "在下面点“按所选重新计算”，即只更正其余城市；仍要一并更正的，提交时说明。")
            correction_said(work.correction, beside.against, beside.left, ways)
            left_out(beside.old, "要按它计算的，请另拟稿。" if corrected is None else "要按它计算的，在下面换用。")
            if beside.unused:
                left_out(beside.unused, "点“按它重新计算”，所用文件和人工变更保留。")
                ui.button("按它重新计算", on_click=self._renew).props("outline")
            self.renewing = ui.element("div").classes("w-full")
            if corrected is not None and beside.lists is not None:
                OtherFiles(visit, self.key, corrected, beside.lists, beside.forecast, work.row.title)
            if beside.carried:
                self._carrying(beside.carried)
            self._submitting()
        self.top = ui.element("div").classes("pile")
        self.pressed = pressed_of(visit.query.get("f", ""))
        self.grid = OrderGrid(visit, self._source(), marks_of(self.pressed))
        self.below = ui.element("div").classes("pile")
        self._summed()
        with ui.element("div").classes("cols even"):
            against_card(lambda: desk.ask(against_work, desk.path, self.key), work.correction.act)
            ready_card(lambda: desk.ask(ready_work, desk.path, self.key))
        with ui.element("div").classes("side"):
            ui.link("在地图上看，按区县列出", f"/map?of=work:{self.key}").classes("small")
            ui.link("全部指令，可打印", f"/files/works/{self.key}/print.html", new_tab=True).classes("small")
        on_paper(f"/files/works/{self.key}/print.html")
        protocols(work.readings)
        for problems, name in ((work.problems, "须核对"), (work.notes, "说明")):
            if problems:
                with ui.expansion(f"{name} {len(problems)} 条").classes("card w-full"):
                    for problem in problems[:200]:
                        ui.label(problem.text("zh", short=True)).classes("small")

    def _carrying(self, several: list[Override]) -> None:
        """Offer what persons decided in the acts that go on: a new draft is made by the rules."""
        names = self.work.orders[["enterprise_id", "line_id", "enterprise", "line"]].astype("str")
        said = {(row.enterprise_id, row.line_id): f"{row.enterprise} {row.line}" for row in names.itertuples()}
        with ui.element("div").classes("note warn below") as place:
            ui.label(f"仍有效的指令里有{len(several)}条人工变更，本稿按规则计算，没有沿用：")
            for one in several[:_NAMED]:
                ui.label(f"{said[one.enterprise_id, one.line_id]}：{one.words}（{one.reason}）")
            if len(several) > _NAMED:
                ui.label(f"等{len(several)}条")
            button = ui.button(f"沿用这{len(several)}条").props("outline").classes("below")

        async def carry() -> None:
            with telling():
                with busy(button):
                    signed = {"by": self._signer(), "at": clock.now().replace(tzinfo=None)}
                    await self.grid.decided(await self._put([one.model_copy(update=signed) for one in several]))
                place.delete()

        button.on_click(carry)

    def _saved(self) -> str:
        row = self.work.row
        return f"✓ 已保存（第{row.version}版，{row.changed_by}）；各经办人都能看到和接着办，还没有提交审核"

    def _source(self) -> GridSource:
        desk, key = self.visit.desk, self.key

        async def explain(line: str) -> Explanation:
            return await desk.ask(explain_work, desk.path, key, line)

        async def grouped(by: str) -> Sums:
            return await desk.look(lambda: sums(desk.works.held(key).in_force, by))

        source = GridSource(f"/files/works/{key}.json", explain, grouped, self.work.first, fresh=self._fresh)
        if Right.WORK in self.visit.account.rights:
            source.deciding = Deciding(self._signer, self._put, self._drop, self._undo)
        return source

    def _fresh(self, row: Row) -> Row:
        """A row as it stands after a decision."""
        own = self.work.orders
        mine = own[(own["enterprise_id"] == row["enterprise_id"]) & (own["line_id"] == row["line_id"])]
        return row | (rows(mine)[0] if len(mine) else {})

    def _signer(self) -> str:
        return self.visit.signer(Right.WORK)

    async def _put(self, several: list[Override]) -> str:
        if not several:
            return "没有选中生产线"
        lines = [(one.enterprise_id, one.line_id) for one in several]
        return await self._change(f"已定{len(several)}条：{several[0].words}", several, [], self._before(lines))

    async def _drop(self, lines: list[tuple[str, str]]) -> str:
        return await self._change(f"{len(lines)}条回到规则", [], lines, self._before(lines))

    async def _undo(self) -> str:
        if not self.undone:
            return "这次打开以来没有可撤销的变更"
        put, drop = self.undone[-1]
        said = await self._change("已撤销上一次变更", put, drop, None)
        self.undone.pop()
        return said

    def _before(self, lines: list[tuple[str, str]]) -> tuple[list[Override], list[tuple[str, str]]]:
        """What takes a decision on lines back."""
        held = self.work.overrides
        return [held[line] for line in lines if line in held], [line for line in lines if line not in held]

    async def _change(
        self,
        what: str,
        put: list[Override],
        drop: list[tuple[str, str]],
        before: tuple[list[Override], list[tuple[str, str]]] | None,
    ) -> str:
        """Keep a decision, have all decided anew as a job, and say what it changed."""
        desk, account = self.visit.desk, self.visit.allow(Right.WORK)
        said = [one.model_dump(mode="json", exclude_none=True) for one in put]
        asked = {"work": self.key, "put": said, "drop": [list(line) for line in drop], "by": account.signature}
        await desk.jobs.done(desk.jobs.begin("override", self.work.row.title, asked, account.user))
        if before is not None:
            self.undone.append(before)
        earlier = self.brief
        self._show(await desk.look(desk.works.held, self.key))
        kg = self.brief.kilograms["nox"] - earlier.kilograms["nox"]
        return f"{what}；NOₓ {signed(kilograms(kg))}千克/日，依据缺失{earlier.open}→{self.brief.open}条"

    def _show(self, work: HeldWork) -> None:
        """Show the work as it stands by now."""
        self.work, self.brief = work, work.brief
        self.saved.set_text(self._saved())
        self._summed()

    def _noted(self, event: ValueChangeEventArguments[str | None]) -> None:
        """Keep what is to be told the reviewer as it is typed."""
        with telling():
            self.visit.allow(Right.WORK)
            self.visit.desk.works.store.note(self.key, event.value or "")

    async def _renew(self) -> None:
        """Take in what the record says by now, and open what it comes to."""
        jobs = self.visit.desk.jobs
        with telling():
            account = self.visit.allow(Right.WORK)
            asked = {"work": self.key, "by": account.signature}
            with self.renewing:
                await followed(self.visit, jobs.begin("renew", self.work.row.title, asked, account.user))
            ui.navigate.reload()

    def _summed(self) -> None:
        """Draw the numbers over the grid and the sums below it."""
        self.top.clear()
        with self.top:
            tiles(self.brief, lambda: self.grid, self.pressed, corrects=self.work.correction.act)
        self.below.clear()
        with self.below:
            states_card(self.brief)
            register_card(self.brief)
            with ui.element("div").classes("cols main-side"):
                warned(self.changes, self.brief.summaries)
                ratio_card(self.brief)

    def _submitting(self) -> None:
        desk = self.visit.desk
        with ui.element("div").classes("side"):
            note = ui.input("给审核人的说明", value=self.work.row.note).classes("reason")
            note.props("maxlength=500 debounce=400")
            note.on_value_change(self._noted)
        place = ui.element("div").classes("w-full")

        async def submit() -> None:
            with telling():
                account = self.visit.allow(Right.WORK)
                asked = {"work": self.key, "by": account.user, "note": note.value or ""}
                asked |= {"version": self.work.row.version}
                with place:
                    job = await followed(
                        self.visit, desk.jobs.begin("submit", self.work.row.title, asked, account.user)
                    )
                ui.navigate.to(f"/issue?draft={job.said['act']}")

        async def drop() -> None:
            with telling():
                self.visit.allow(Right.WORK)
                desk.works.store.drop(self.key)
                ui.navigate.to("/issue")

        async def ask() -> None:
            with telling():
                held = await desk.look(desk.works.held, self.key)
                if held.row.version != self.work.row.version:  # another officer, or this one in another window
                    self._show(held)
                    self.grid.refill()
                    ui.notify(f"本稿已由{held.row.changed_by}改过，下列数字按第{held.row.version}版", type="warning")
                confirm(f"把《{self.work.row.title}》送审？", numbers_of(self.brief), "送审", submit)

        def sure() -> None:
            numbers = [(str(len(self.work.overrides)), "条人工变更"), ("全部", "所上传的文件")]
            confirm("放弃这份拟稿？下列一并删除", numbers, "放弃", drop, red=True)

        with ui.element("div").classes("side foot"):
            ui.button("提交审核…", on_click=ask)
            ui.button("放弃拟稿…", on_click=sure).props("flat")
