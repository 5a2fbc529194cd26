"""发布: drafts and where each stands; a new one from uploaded files; one opened with its grid and reasoning."""

from __future__ import annotations

from functools import partial
from typing import Final

from nicegui import ui

from alertengine.ledger.store import Ledger
from alertengine.vocabulary.fields import LEVEL_TEXT
from alertengine.vocabulary.problems import AlertEngineError
from alertengine.web.desk import Desk
from alertengine.web.pages import issueopen
from alertengine.web.pages.filefield import file_field
from alertengine.web.pages.frame import Visit, card, heading, nothing, plain_table, problem_table, tell
from alertengine.web.pages.reading import Readings
from alertengine.web.roles import Right
from alertengine.web.today import moment
from alertengine.web.work import Asked, Work, begin
from alertengine.workflow.draft_state import DraftState, drafts
from alertengine.workflow.uploads import Upload

#: Files of a draft, each with a field of its own.
_FILES: Final = ("issue.list", "issue.totals", "issue.forecast", "issue.observed")
_MODES: Final = {"live": "正式", "drill": "演练", "simulation": "推演"}
#: Drafts listed at once, the newest first.
_SHOWN: Final = 60


async def show(visit: Visit) -> None:
    """The page: a draft or work that ``?draft=`` or ``?work=`` names, else all of them."""
    try:
        if "work" in visit.query:
            await issueopen.show_work(visit, visit.desk.works.get(visit.query["work"], visit.account.user))
            return
        number = visit.number("draft")
        if number is not None:
            await issueopen.show_draft(visit, number)
            return
    except AlertEngineError as error:
        tell(error)
    heading("发布")
    if Right.WORK in visit.account.rights:
        _in_hand(visit)
    await _all(visit)
    if Right.WORK in visit.account.rights:
        _new(visit)


def _in_hand(visit: Visit) -> None:
    works = visit.desk.works.of(visit.account.user)
    if works:
        with card("未提交的拟稿（服务重启后不保留）"):
            for work in works:
                ui.link(f"{work.prepared.title}：{len(work.orders):,} 行指令", f"/issue?work={work.key}")


def _read(desk: Desk) -> list[DraftState]:
    with Ledger.open(desk.path) as ledger:
        return drafts(ledger)


async def _all(visit: Visit) -> None:
    states = await visit.desk.look(_read, visit.desk)
    waiting = [state for state in states if state.stage.open]
    with card(f"待办 {len(waiting)} 件"):
        if not waiting:
            nothing("没有等待审核、批准或发布的拟稿。")
        for state in reversed(waiting):
            with ui.element("div").classes("flex gap-3 items-center flex-wrap mt-1"):
                ui.link(f"第{state.act}号 {state.title}", f"/issue?draft={state.act}").classes("text-lg")
                ui.label(state.stage.text).classes("tag none")
                ui.label(f"{state.drafted_by} {moment(state.drafted_at)}拟").classes("soft small")
    done = [state for state in states if not state.stage.open][-_SHOWN:]
    if done:
        with card("已办"):
            columns = {"act": "编号", "title": "名称", "stage": "状态", "levels": "级别", "drafted_by": "拟稿"}
            columns |= {"reviewed_by": "审核", "approved_by": "批准", "issued": "发布编号"}
            plain_table(columns, [_row(state) for state in reversed(done)], links={"act": "/issue?draft={}"})


def _row(state: DraftState) -> dict[str, str]:
    return {
        "act": str(state.act),
        "title": state.title,
        "stage": state.stage.text,
        "levels": "、".join(f"{city}{LEVEL_TEXT[level]}" for city, level in state.levels),
        "drafted_by": state.drafted_by,
        "reviewed_by": state.reviewed_by,
        "approved_by": state.approved_by,
        "issued": "" if state.issued is None else str(state.issued),
    }


class _Form:
    """What is being put in for a new draft."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.files: dict[str, Upload] = {}
        self.beside: list[Upload] = []

    async def put(self, key: str, upload: Upload) -> list[Upload]:
        """Keep a file in place of the one before; what the field holds now."""
        self.visit.allow(Right.WORK)
        self.files[key] = upload
        return [upload]

    async def add(self, upload: Upload) -> list[Upload]:
        """Keep a file beside the list."""
        self.visit.allow(Right.WORK)
        self.beside = [one for one in self.beside if one.name != upload.name] + [upload]
        return self.beside

    async def decide(self, title: str, mode: str, cities: list[str], note: str) -> Work:
        """Decide on the files."""
        account = self.visit.allow(Right.WORK)
        asked = Asked(title.strip() or "重污染天气应急响应", mode, self.files, self.beside, tuple(cities), note)
        return await self.visit.desk.run(begin, self.visit.desk.path, self.visit.desk.rules, asked, account.user)


def _new(visit: Visit) -> None:
    form = _Form(visit)
    with card("新拟稿"):
        with ui.element("div").classes("flex gap-4 flex-wrap items-end"):
            title = ui.input("名称", value="重污染天气应急响应").style("min-width:18em").props("maxlength=120")
            mode = ui.select(_MODES, value="live", label="性质").style("min-width:7em")
            names = list(visit.desk.book.lists.cities())
            cities = ui.select(names, label="城市（不选为全部）", multiple=True).style("min-width:14em")
            note = ui.input("给审核人的说明").style("min-width:18em").props("maxlength=500")
        with ui.element("div").classes("flex gap-4 flex-wrap mt-4"):
            fields = ui.element("div").classes("contents")
        readings = Readings(visit)
        with fields:
            for key in _FILES:
                file_field(key, readings, partial(form.put, key.removeprefix("issue.")))
            file_field("issue.beside", readings, form.add)
        problems = ui.element("div").classes("w-full mt-2")

        async def decide() -> None:
            problems.clear()
            button.props(add="loading disable")
            try:
                work = await form.decide(title.value or "", mode.value, cities.value or [], note.value or "")
            except AlertEngineError as error:
                with problems:
                    problem_table(error)
                return
            finally:
                button.props(remove="loading disable")
            visit.desk.works.keep(work)
            ui.navigate.to(f"/issue?work={work.key}")

        button = ui.button("计算指令", on_click=decide).classes("mt-4").props("size=lg")
