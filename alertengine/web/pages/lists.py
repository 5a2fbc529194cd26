"""清单: the versions on record, and publishing a new one: its ratio proved, what stands against it, who approves."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import TYPE_CHECKING

from nicegui import ui

from alertengine.files import CellAnswer
from alertengine.vocabulary import DOUBTS
from alertengine.vocabulary import times as clock
from alertengine.web.asked import by_the_law
from alertengine.web.intake import answer_again, questions
from alertengine.web.lists import OnFile, lists_on_file, publish_uploads
from alertengine.web.pages.frame import Visit, card, heading, nothing, problems_listed, telling
from alertengine.web.pages.reading import file_field, file_fields
from alertengine.web.pages.reviewing import confirm
from alertengine.web.pages.tables import plain_table
from alertengine.web.pages.typed import ask_names, now_field
from alertengine.web.roles import Right
from alertengine.workflow import PROOF_COLUMNS, proof_rows

if TYPE_CHECKING:
    from alertengine.workflow import Publication

_COLUMNS = {
    "act": "编号", "version": "版本", "day": "发布", "cities": "城市", "enterprises": "企业", "lines": "生产线",
    "approver": "批准",
}  # fmt: skip
_FORMS = ("lists.counties", "lists.objections", "lists.filing")
#: Columns of the proof of the ratio that are numbers.
_NUMBERS = tuple(PROOF_COLUMNS[one] for one in ("reached", "required", "margin_kg_d", "undetermined", "asks_more"))


async def show(visit: Visit) -> None:
    """The page."""
    heading("清单")
    scope = visit.scope
    found = await visit.desk.read(lists_on_file, scope)
    with ui.element("div").classes("cols broad"):
        with card("已发布的版本" if scope.whole else f"已发布的版本，只计{scope.words}"):
            none = "台账里还没有发布的清单。发布一次以后，每晚拟稿按版本选用，不再上传。"
            none = none if scope.whole else f"已发布的清单中没有{scope.words}的企业。"
            rows, links = [_row(one) for one in found], {"act": "/audit?act={}"}
            plain_table(_COLUMNS, rows, ("enterprises", "lines"), links=links, empty=none)
        if Right.WORK in visit.account.rights:
            _Publishing(visit)


def _row(one: OnFile) -> dict[str, str]:
    counts = {"enterprises": f"{one.enterprises:,}", "lines": f"{one.lines:,}"}
    said = {"version": one.version, "day": one.day, "approver": one.approver}
    return {"act": str(one.act), "cities": "、".join(one.cities), **said, **counts}


class _Publishing:
    """A version being published: files, then what would come of it, then the act."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        with card("发布新版本"):
            with file_fields(visit) as readings:
                self.readings = readings
                for name in ("lists.list", "lists.beside", *_FORMS):
                    file_field(name, readings)
            with ui.element("div").classes("side below"):
                self.version = ui.input("版本，如 2026年版").props("maxlength=60")
                self.approver = ui.input("批准人：职务 姓名").props("maxlength=60")
                self.day = now_field("发布日期", lambda: str(clock.today())).props("type=date stack-label")
                self.despite = ui.input("有不达标或未答复仍发布的理由").classes("reason").props("maxlength=300")
            with ui.element("div").classes("side below"):
                ui.button("先看结果", on_click=self.look).props("outline")
                ui.button("发布…", on_click=self.ask)
            self.place = ui.element("div").classes("pile near below").props("role=status")

    async def look(self) -> None:
        """Show what would come of it."""
        if (found := await self._done(only_look=True)) is not None:
            self._show(found)

    async def ask(self) -> None:
        """Ask in numbers, then publish."""
        found = await self._done(only_look=True)
        if found is None:
            return
        self._show(found)
        facts = found.facts
        numbers = [(f"{facts['enterprises']:,}", "家企业"), (f"{facts['lines']:,}", "条生产线")]
        if found.obstacles and not (self.despite.value or "").strip():
            self.despite.run_method("focus")
            return
        numbers.append((str(len(found.obstacles)), "项不达标、未读懂或未答复"))
        confirm(f"发布清单{self.version.value}？", numbers, "发布", self.publish)

    async def publish(self) -> None:
        """Publish it."""
        if await self._done(only_look=False) is not None:
            ui.navigate.reload()

    async def _done(self, *, only_look: bool) -> Publication | None:
        with telling(self.place):
            self.visit.allow(Right.WORK)
            self.readings.whole()
            if (listed := self.readings.file("lists.list")) is None:
                with self.place:
                    nothing("请先选择清单文件。")
                return None
            desk, held = self.visit.desk, self.readings.held
            forms = {one.removeprefix("lists."): held[one][-1] for one in _FORMS if one in held}
            day = date.fromisoformat(self.day.value or str(clock.today()))
            said = (self.version.value or "", self.approver.value or "", day)
            files = (listed, held.get("lists.beside", []), forms, said, self.despite.value or "", desk.rules)
            return await desk.ask(by_the_law, publish_uploads, desk.path, desk.rules, *files, only_look=only_look)
        return None

    async def _answered(self, answers: list[CellAnswer]) -> None:
        """Keep what was answered of the list, and look again."""
        listed = self.readings.held["lists.list"][-1]
        await asyncio.to_thread(answer_again, listed, "lists.list", answers, self.visit.desk.book.lists)
        await self.look()

    def _show(self, found: Publication) -> None:
        with self.place:
            rows = [{str(name): str(value) for name, value in row.items()} for row in proof_rows(found.tables["proof"])]
            if rows:
                plain_table({name: name for name in rows[0]}, rows, _NUMBERS)
            asked = [one for one in (*found.obstacles, *found.problems) if one.code in DOUBTS]
            ask_names(self.visit, Right.WORK, questions(asked, found.notes), self._answered)
            for problems, word, kind in (
                (found.obstacles, "项须先解决，或写明仍发布的理由", "note bad"),
                (found.own_problems, "项须人看", "note warn"),
            ):
                if problems:
                    ui.label(f"{len(problems)}{word}").classes(kind)
                    problems_listed(list(problems))
            if not found.obstacles:
                ui.label("没有不达标、未读懂的单元格或未答复的异议。").classes("note fine")
