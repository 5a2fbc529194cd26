"""发布: drafts and where each stands; a new one from uploaded files; one opened with its grid and reasoning."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from nicegui import ui

from alertengine.vocabulary import LEVEL_TEXT, MODE_TEXT, ZONE, InputError, Problem, short_moment
from alertengine.web.lists import OnFile, list_files, lists_on_file
from alertengine.web.pages import issueopen, issuework
from alertengine.web.pages.accounts import own_keys_card
from alertengine.web.pages.frame import Visit, busy, card, heading, hint, nothing, telling
from alertengine.web.pages.jobbar import followed, going
from alertengine.web.pages.reading import Readings, file_field, file_fields, file_words
from alertengine.web.pages.tables import fold, markup, plain_table
from alertengine.web.roles import Right
from alertengine.web.workstore import HeldWork
from alertengine.workflow import DraftState, Upload, bureau_cities, drafts, latest_forecast

#: Files of a draft, each with a field of its own.
_FILES: Final = ("issue.list", "issue.totals", "issue.forecast", "issue.observed")
_TITLE: Final = "重污染天气应急响应"
#: What a form says beside its files.
_TEXTS: Final = ("title", "mode", "cities", "note", "version")
#: The newest published list when it was said.
_KNOWN: Final = "newest"
#: Drafts listed at once, the newest first.
_SHOWN: Final = 60


async def show(visit: Visit) -> None:
    """The page: a draft or work that ``?draft=`` or ``?work=`` names, else all of them."""
    with telling():
        if "work" in visit.query:
            visit.allow(Right.WORK)
            await issuework.show_work(visit, await held_work(visit, visit.query["work"]))
            return
        number = visit.number("draft")
        if number is not None:
            await issueopen.show_draft(visit, number)
            return
    heading("发布")
    going(visit)
    if Right.WORK in visit.account.rights:
        _in_hand(visit)
    await _all(visit)
    if Right.WORK in visit.account.rights:
        await _new(visit)
    if Right.APPROVE in visit.account.rights:
        own_keys_card(visit)


async def held_work(visit: Visit, key: str) -> HeldWork:
    """A work, decided again where what was decided is gone or was of another program."""
    works, jobs = visit.desk.works, visit.desk.jobs
    row = works.store.get(key)
    if not works.is_decided(row):
        again = jobs.begin("redecide", row.title, {"work": key}, visit.account.user, [key, row.result])
        await followed(visit, again)
    return await visit.desk.look(works.held, key)


def _in_hand(visit: Visit) -> None:
    """Works of everybody: two people see each other's."""
    rows = visit.desk.works.store.all()
    if not rows:
        return
    with card("未提交的拟稿（已保存，各经办人都能看到）"):
        for row in rows:
            with ui.element("div").classes("flex gap-3 items-center flex-wrap"):
                ui.link(row.title, f"/issue?work={row.key}")
                changed = datetime.fromtimestamp(row.changed, ZONE)
                hint(f"{row.changed_by} {short_moment(changed)}改动，第{row.version}版")


async def _all(visit: Visit) -> None:
    states = await visit.desk.read(drafts)
    waiting = [state for state in states if state.stage.open]
    with card(f"待办 {len(waiting)} 件"):
        if not waiting:
            nothing("没有等待审核、批准或发布的拟稿。")
        for state in reversed(waiting):
            with ui.element("div").classes("flex gap-3 items-center flex-wrap mt-1"):
                ui.link(f"第{state.act}号 {state.title}", f"/issue?draft={state.act}").classes("text-lg")
                ui.label(state.stage.text).classes("tag none")
                hint(f"{state.drafted_by} {short_moment(state.drafted_at)}拟")
    done = [state for state in states if not state.stage.open][-_SHOWN:]
    if done:
        with card("已办"):
            columns = {"act": "编号", "title": "名称", "stage": "状态", "levels": "最高级别", "drafted_by": "拟稿"}
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
    """What is being put in for a new draft: kept as it is, so that a reload or a new sign-in finds it."""

    def __init__(self, visit: Visit) -> None:
        self.visit, self.store = visit, visit.desk.works.store
        held = self.store.form(visit.account.user)
        self.said: dict[str, Any] = {name: held[name] for name in (*_TEXTS, _KNOWN) if name in held}
        #: What the page chose where the person says nothing: not kept.
        self.preset: dict[str, Any] = {}
        self.files: dict[str, list[dict[str, str]]] = dict(held.get("files", {}))

    def words(self, key: str) -> str:
        """The files that a field holds, in words."""
        return "、".join(file_words(one["name"], int(one["size"])) for one in self.files.get(key, []))

    async def put(self, key: str, upload: Upload) -> list[Upload]:
        """Keep a file in place of the one before; what the field holds now."""
        self.visit.allow(Right.WORK)
        self.files[key] = [await self.visit.desk.look(self.store.put_upload, upload)]
        self.keep()
        return [upload]

    async def add(self, upload: Upload) -> list[Upload]:
        """Keep a file beside the list."""
        self.visit.allow(Right.WORK)
        put = await self.visit.desk.look(self.store.put_upload, upload)
        # looked at only now: files chosen together come at the same time, and none takes another's place
        held = [one for one in self.files.get("beside", []) if one["name"] != upload.name]
        self.files["beside"] = [*held, put]
        self.keep()
        return [self.store.upload(one) for one in self.files["beside"]]

    def say(self, name: str, value: Any) -> None:
        """Keep what a field says."""
        with telling():
            self.visit.allow(Right.WORK)
            self.said[name] = value
            self.keep()

    def offer(self, lists: Sequence[OnFile], own: Sequence[str], named: str = "") -> dict[int, list[str]]:
        """Choose version and cities where the person did not; the cities of each version that may be drafted for.

        A version that was chosen before a newer one was published is not kept, nor what was said where the address
        names a city.
        """
        newest = lists[0].act if lists else None
        gone = {"version", "cities"} if any(named in one.cities for one in lists) else {"version"}
        if self.said.get(_KNOWN) != newest or len(gone) > 1:
            self.said = {name: value for name, value in self.said.items() if name not in gone}
        cities = [named] if len(gone) > 1 else self.said.get("cities", [])
        chosen = next((one.act for one in lists if set(cities) <= set(one.cities)), newest)
        listed = {one.act: [city for city in one.cities if city in own or not own] for one in lists}
        self.said[_KNOWN] = newest
        version = self.said.get("version", chosen)
        self.preset = {"version": version, "cities": cities or listed.get(version or 0, list(own))}
        return listed

    def keep(self) -> None:
        """Keep the form as it is."""
        self.store.put_form(self.visit.account.user, {**self.said, "files": self.files})

    @property
    def whole(self) -> dict[str, Any]:
        """What is said and, where nothing is, chosen by the page."""
        return {**self.preset, **self.said}

    async def asked(self) -> dict[str, Any]:
        """What the job that decides takes; of a published version its files as they are on record.

        Raises:
            InputError: a list was published since the page was opened, and the person did not choose among them.

        """
        account = self.visit.allow(Right.WORK)
        files = {key: held[0] for key, held in self.files.items() if key != "beside" and held}
        said = self.whole
        beside, version = self.files.get("beside", []), said.get("version")
        if "list" not in files and version is not None:
            cities = set(said.get("cities", ()))
            for one in await self.visit.desk.read(lists_on_file):
                if one.act > said[_KNOWN] and not (cities and cities.isdisjoint(one.cities)):
                    raise InputError([Problem("list_published_since", where="session", act=one.act)])
            source, others = await self.visit.desk.read(list_files, int(version))
            files["list"] = self.store.put_upload(source)
            beside = [self.store.put_upload(one) for one in others]
        title = str(said.get("title") or "").strip() or _TITLE
        texts = {"title": title, "mode": said.get("mode", "live"), "note": said.get("note", "")}
        who = {"user": account.user, "by": account.signature}
        return {**texts, **who, "cities": said.get("cities", []), "files": files, "beside": beside}


async def _new(visit: Visit) -> None:
    form = _Form(visit)
    desk = visit.desk
    lists, own = await desk.read(lists_on_file), await desk.read(bureau_cities)
    held = await desk.read(latest_forecast)
    forecast = "" if held is None else held.words
    choices = {one.act: one.words for one in lists}
    listed = form.offer(lists, own, visit.query.get("city", ""))
    with card("新拟稿"):
        markup('<a id="new"></a>')
        with ui.element("div").classes("side"):
            said = form.whole
            title = ui.input("名称", value=said.get("title", _TITLE)).style("min-width:18em").props("maxlength=120")
            mode = ui.select(MODE_TEXT, value=said.get("mode", "live"), label="性质").style("min-width:7em")
            names = list(visit.desk.book.lists.cities())
            chosen = [name for name in said.get("cities", []) if name in names]
            cities = ui.select(names, value=chosen, label="城市（不选为清单里的城市）", multiple=True)
            cities.style("min-width:16em").props("use-chips")
            note = ui.input("备注（写入台账）", value=said.get("note", "")).classes("grow").props("maxlength=500")
        with ui.element("div").classes("side below"):
            of_list = ui.select(choices, value=said["version"], label="清单版本").style("min-width:min(26em,100%)")
            if not choices:
                of_list.set_visibility(False)
                ui.label("台账里还没有发布的清单：在“清单”发布一次，以后每晚按版本选用；也可在下面上传。").classes(
                    "note warn"
                )
            hint(f"用最近录入的：{forecast}" if forecast else "还没有预报，请先录入或在下面上传")
        of_list.on_value_change(lambda event: cities.set_value(listed.get(event.value, chosen)))
        for name, field in zip(_TEXTS, (title, mode, cities, note, of_list), strict=True):
            field.props(add="debounce=400").on_value_change(lambda event, name=name: form.say(name, event.value))
        more, shown = "另行上传清单、预报、实测（代替上面所选）", bool(form.files) or not choices
        with fold(more, "fold below", shown=shown), file_fields(visit) as readings:
            for key in _FILES:
                name = key.removeprefix("issue.")
                file_field(key, readings, partial(form.put, name), form.words(name))
            file_field("issue.beside", readings, form.add, form.words("beside"))
        _deciding(visit, form, readings)


def _deciding(visit: Visit, form: _Form, readings: Readings) -> None:
    """The button that has it decided, and what is wrong where it cannot be."""
    problems = ui.element("div").classes("w-full mt-2")

    async def decide() -> None:
        with telling(problems), busy(button):
            readings.whole()
            asked = await form.asked()
            with problems:
                job = await followed(visit, visit.desk.jobs.begin("decide", asked["title"], asked, asked["user"]))
            form.store.put_form(visit.account.user, {})
            ui.navigate.to(f"/issue?work={job.said['work']}")

    button = ui.button("计算指令", on_click=decide).classes("mt-2")
