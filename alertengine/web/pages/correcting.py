"""更正 of an issued act: beginning it, what a work or draft of it says, other files in place of the act's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from nicegui import ui

from alertengine.web.lists import OnFile, list_files
from alertengine.web.pages.beside import left_out
from alertengine.web.pages.frame import Visit, busy, card, hint, telling
from alertengine.web.pages.jobbar import followed
from alertengine.web.pages.reading import file_field, file_fields
from alertengine.web.pages.reviewing import confirm
from alertengine.web.pages.tables import fold
from alertengine.web.roles import Right
from alertengine.workflow import Upload, latest_forecast

if TYPE_CHECKING:
    from alertengine.vocabulary import Problem
    from alertengine.workflow import Correction

#: Files that may take the place of the corrected act's own.
_FILES: Final = ("issue.list", "issue.totals", "issue.forecast", "issue.observed")
#: Stands for the file of the corrected act, among versions and forecasts on record.
_OWN: Final = 0


def correct_card(visit: Visit, number: int) -> None:
    """Begin the correction of an act, for whoever drafts: the reason is asked for, then a work of its files opens."""
    with card("更正这一号"):
        with ui.element("div").classes("side"):
            reason = ui.input("更正理由（写入更正稿和台账）").classes("reason").props("maxlength=300")

            async def begin() -> None:
                with telling(), busy(button):
                    account = visit.allow(Right.WORK)
                    asked = {"act": number, "reason": reason.value or "", "user": account.user}
                    asked |= {"by": account.signature}
                    with place:
                        job = await followed(
                            visit, visit.desk.jobs.begin("correct", f"更正第{number}号", asked, account.user)
                        )
                    ui.navigate.to(f"/issue?work={job.said['work']}")

            def ask() -> None:
                if not (reason.value or "").strip():
                    ui.notify("请写明更正理由", type="negative")
                    reason.run_method("focus")
                    return
                numbers = [("1", f"份更正稿，从第{number}号的清单、预报和人工变更开始")]
                numbers.append(("0", f"条指令现在改变：审核、批准、发布之前仍执行第{number}号"))
                confirm(f"更正第{number}号？理由：{reason.value}", numbers, "开始更正", begin)

            button = ui.button("更正…", on_click=ask).props("outline")
        place = ui.element("div").classes("w-full")
        hint(
            "有误的指令在这里更正，误解除的也在这里：改后照常审核、批准、发布，发布后的下一个整点起代替这一号。"
            "情况变了的、改后不再有预警的另拟稿。"
        )


def correction_said(
    correction: Correction, against: Sequence[Problem], left: Sequence[Problem], ways: tuple[str, str]
) -> None:
    """Which act is to be corrected and why, what stands against that by now, and what is ``left`` to later acts.

    ``ways``: what is to be done against it, and where it stands against some cities alone.
    """
    if correction.act is None:
        return
    with ui.element("div").classes("note warn below"):
        with ui.element("div").classes("side"):
            ui.label(f"更正第{correction.act}号，理由：{correction.reason}").classes("strong")
            ui.link(f"看第{correction.act}号", f"/audit?act={correction.act}").classes("small")
        ui.label(
            f"按第{correction.act}号决定的时刻计算；发布后的下一个整点起代替它，它指令中未再列出、也未由后来的指令接续的，一并终止。"
        ).classes("small")
        for one in left:
            ui.label("；".join(filter(None, one.words("zh"))) + "。").classes("small")
    for one in against:
        left_out([one], ways[one.code == "corrected_overtaken_in"])


class OtherFiles:
    """Other files in place of those of the corrected act: a published list, the last forecast, or files brought."""

    def __init__(
        self, visit: Visit, key: str, corrected: int, lists: Sequence[OnFile], forecast: str, title: str
    ) -> None:
        """Draw the choice; ``forecast`` is the last on record in words, blank where there is none."""
        self.visit, self.key, self.title = visit, key, title
        self.files: dict[str, Upload] = {}
        self.beside: list[Upload] = []
        with fold("换清单、预报或实测，重新计算", "fold below"):
            with ui.element("div").classes("side"):
                own = f"第{corrected}号所用的"
                versions = {_OWN: own} | {one.act: one.words for one in lists}
                self.version = ui.select(versions, value=_OWN, label="清单").style("min-width:min(26em,100%)")
                forecasts = {False: own} | ({True: f"最近录入的：{forecast}"} if forecast else {})
                self.newest = ui.select(forecasts, value=False, label="预报").style("min-width:min(26em,100%)")
            with file_fields(visit) as readings:
                for door in _FILES:
                    file_field(door, readings, partial(self._put, door.removeprefix("issue.")))
                file_field("issue.beside", readings, self._add)
            self.whole: Callable[[], None] = readings.whole
            self.button = ui.button("按所选重新计算", on_click=self._renew).props("outline").classes("below")
            self.place = ui.element("div").classes("w-full")

    async def _put(self, name: str, upload: Upload) -> list[Upload]:
        self.files[name] = upload
        return [upload]

    async def _add(self, upload: Upload) -> list[Upload]:
        self.beside = [one for one in self.beside if one.name != upload.name] + [upload]
        return self.beside

    async def _renew(self) -> None:
        """Have the work decided on what was chosen; the decisions of persons stay."""
        desk = self.visit.desk
        with telling(), busy(self.button):
            account = self.visit.allow(Right.WORK)
            self.whole()
            files, beside = dict(self.files), list(self.beside)
            if "list" not in files and self.version.value:
                files["list"], others = await desk.read(list_files, int(self.version.value))
                beside = [*others, *beside]
            held = await desk.read(latest_forecast)
            if "forecast" not in files and self.newest.value and held is not None:
                files["forecast"] = held.forecast
                if held.observed is not None:
                    files.setdefault("observed", held.observed)
            kept = {name: desk.works.store.put_upload(one) for name, one in files.items()}
            asked: dict[str, Any] = {"work": self.key, "by": account.signature, "files": kept}
            asked["beside"] = [desk.works.store.put_upload(one) for one in beside]
            with self.place:
                await followed(self.visit, desk.jobs.begin("renew", self.title, asked, account.user))
            ui.navigate.reload()
