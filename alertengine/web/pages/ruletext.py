"""录入原文: a chapter is pasted or uploaded, each cell stands with its sentence, a person decides it, another checks.

What would change, of the rules and of the orders on a published list, is shown before the document is taken away.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from nicegui import ui

from alertengine.checking import Passage
from alertengine.ledger import Ledger
from alertengine.rulebook import HOLE_TEXT
from alertengine.vocabulary import LEVEL_TEXT, STANDING_TEXT, AlertEngineError
from alertengine.vocabulary import times as clock
from alertengine.web.intake import passages_in
from alertengine.web.lists import OnFile, lists_on_file
from alertengine.web.pages.filefield import file_field, file_fields
from alertengine.web.pages.frame import Visit, card, nothing, plain_table, tell
from alertengine.web.pages.rulesentry import show_cases
from alertengine.web.roles import Right
from alertengine.web.ruletext import (
    Entered,
    Place,
    Proposal,
    checked,
    entered,
    filled,
    orders_changed,
    place_of,
    proposed,
)
from alertengine.workflow import Upload

_HEAD: Final = {
    "document": ("文件编号（小写字母、数字）", ""), "title": ("标题", ""), "number": ("文号", ""),
    "issuer": ("发文机关", ""), "issued": ("发文日期", "date"), "first": ("生效日期（与发文日期不同时）", "date"),
    "last": ("失效日期（未载明的不填）", "date"), "area": ("适用地区", ""), "pages": ("页码", ""),
}  # fmt: skip
_STANDINGS: Final = {name: STANDING_TEXT[name] for name in ("secondary", "primary")}
_LEFT: Final = {"位置": "位置", "原文": "原文", "原因": "原因"}
_CELLS: Final = {"工作表": "表", "等级": "等级", "级别": "级别", "录入": "录入", "原句": "原句", "位置": "位置"}
_CHANGE: Final = {"added": "新增", "removed": "删去", "changed": "修改"}
_WHAT: Final = {"document": "文件", "rule": "规则", "hole": "缺项"}
_CHANGES: Final = {"change": "变化", "id": "规则", "new": "内容"}
_ORDERS: Final = {"level": "级别", "enterprise": "企业", "line": "生产线", "old": "原指令", "new": "新指令"}
_COUNTS: Final = {"level": "级别", "lines": "生产线", "changed": "指令改变", "undetermined_old": "原依据缺失",
                  "undetermined_new": "现依据缺失"}  # fmt: skip
#: Rows shown of what changes.
_SHOWN: Final = 100


def show_text(visit: Visit) -> None:
    """Draw it."""
    _Drawn(visit)
    _Checking(visit)


class _Drawn:
    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._fields: dict[str, Any] = {}
        self._inputs: dict[Place, Any] = {}
        self._upload: Upload | None = None
        lists = visit.desk.book.lists
        with card("原文"):
            ui.label(
                "从Word、PDF或网页复制一章或一张表粘贴在下面，或上传文件；没有把握的由您决定，程序不猜。内容不写入台账。"
            ).classes("soft small")
            with ui.element("div").classes("flex gap-4 flex-wrap items-end"):
                names = list(lists.industries)
                said = {key: visit.query.get(key) for key in ("industry", "process")}
                industry = said["industry"] if said["industry"] in names else None
                self._industry = ui.select(names, value=industry, label="行业", with_input=True).style("min-width:14em")
                processes = ["", *lists.processes]
                process = said["process"] if said["process"] in processes else ""
                self._process = ui.select(processes, value=process, label="工序（标题未写明时）", with_input=True)
                self._process.style("min-width:14em")
                self._article = ui.input("章名，如 十五、水泥").style("min-width:14em")
                for name, (label, kind) in _HEAD.items():
                    self._fields[name] = ui.input(label).style("min-width:12em")
                    if kind:
                        self._fields[name].props(f"type={kind} stack-label")
                self._source = ui.select(_STANDINGS, value="secondary", label="文本性质").style("min-width:12em")
            with file_fields(visit) as readings:
                file_field("rules.text", readings, self._take)
            self._text = ui.textarea("原文").props("outlined rows=8").classes("w-full")
            ui.button("读取", on_click=self._read)
        self._place = ui.element("div").classes("flex flex-col gap-4 w-full").props("aria-live=polite")

    async def _take(self, upload: Upload) -> list[Upload]:
        self._upload = upload
        return [upload]

    def _head(self) -> dict[str, Any]:
        said = {name: str(field.value or "").strip() for name, field in self._fields.items()}
        issued, pages, first, last = (said.pop(name) for name in ("issued", "pages", "first", "last"))
        by = {"by": _name(self._visit), "on": str(clock.now().date()), "pages": pages}
        head: dict[str, Any] = {name: text for name, text in said.items() if text}
        head |= {"issued": issued} if issued else {}
        begins = first or issued
        return head | {
            "valid": {**({"from": begins} if begins else {}), "to": last or "not stated"},
            "source": self._source.value,
            "entered": {key: text for key, text in by.items() if text},
        }

    async def _read(self) -> None:
        try:
            self._visit.allow(Right.READ)
            pasted = str(self._text.value or "")
            if not self._industry.value or not (pasted.strip() or self._upload):
                ui.notify("请选择行业，并粘贴或上传原文", type="warning")
                return
            if pasted.strip() and self._upload:
                ui.notify("既粘贴又上传了原文：按粘贴的读取", type="warning")
            text: str | list[Passage] = pasted
            if not pasted.strip() and self._upload:
                text = await self._visit.desk.look(passages_in, self._upload)
            article, industry = str(self._article.value or ""), str(self._industry.value)
            found = await self._visit.desk.run(
                proposed, self._visit.desk.book, text, self._head(), article, industry,
                str(self._process.value or ""),
            )  # fmt: skip
        except AlertEngineError as error:
            tell(error)
            return
        self._place.clear()
        self._inputs = {}
        with self._place:
            self._cells(found)

    def _cells(self, found: Proposal) -> None:
        with card(f"读出 {len(found.cells)} 格，{len(found.open)} 格待决定"):
            ui.label("每格可以认可、改写，或写缺项、—（原文未作规定）。没有疑点的格不改即为认可。").classes(
                "soft small"
            )
            with ui.element("div").classes("wide"), ui.element("table").classes("plain"):
                with ui.element("tr"):
                    for text in ("表", "等级", "级别", "措施", "原句", "疑点"):
                        with ui.element("th").props("scope=col"):
                            ui.label(text)
                for row in found.cells:
                    self._row(row, decide=place_of(row) in found.open)
            ui.button("检查并生成文件", on_click=lambda: self._make(found)).classes("mt-2")
        if found.left:
            with card(f"未读入 {len(found.left)} 处"):
                plain_table(_LEFT, found.left, tall=False)
        self._done = ui.element("div").classes("flex flex-col gap-4 w-full").props("aria-live=polite")

    def _row(self, row: dict[str, str], *, decide: bool) -> None:
        with ui.element("tr"):
            for text in (row["工作表"].removeprefix("表 "), row["等级"], row["级别"]):
                with ui.element("td"):
                    ui.label(text)
            with ui.element("td").style("min-width:18em"):
                label = f"{row['工作表']}{row['等级']}{row['级别']}的措施"
                field = ui.textarea(value="" if decide else row["读作"], placeholder="写措施、缺项或—")
                field.props(f'dense outlined autogrow rows=1 aria-label="{label}"').classes("w-full")
                self._inputs[place_of(row)] = field
                offered = [row["读作"], *row["另一读法"].split("；或：")] if decide else []
                if decide:
                    with ui.element("div").classes("flex gap-1 flex-wrap mt-1"):
                        for text in dict.fromkeys([*filter(None, offered), HOLE_TEXT]):
                            word = f"认可：{text}" if text == row["读作"] else text
                            ui.button(word, on_click=partial(field.set_value, text)).props(
                                f'outline dense no-caps aria-label="{word}（{label}）"'
                            )
            with ui.element("td"):
                ui.label(row["原句"])
                ui.label(row["位置"]).classes("soft small")
            with ui.element("td"):
                ui.label(row["疑点"]).classes("no" if decide else "")

    async def _make(self, found: Proposal) -> None:
        try:
            self._visit.allow(Right.READ)
            decisions = {place: str(field.value or "") for place, field in self._inputs.items()}
            done = await self._visit.desk.run(entered, self._visit.desk.book, found, decisions)
            lists = await self._visit.desk.look(_on_file, self._visit)
        except AlertEngineError as error:
            tell(error)
            return
        self._done.clear()
        with self._done:
            await _result(self._visit, done, lists, "由另一人在下面“核对”对照原文核对后，才可作为官方文本。")


class _Checking:
    """The second person: what another entered is held against its text."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        with card("核对"):
            ui.label(
                "由录入人以外的人上传录入的工作簿（.xlsx），逐格对照原文；有出入的，在工作簿里改正后再核对。"
            ).classes("soft small")
            with file_fields(visit) as readings:
                file_field("rules.form", readings, self._take)
        self._place = ui.element("div").classes("flex flex-col gap-4 w-full").props("aria-live=polite")

    async def _take(self, upload: Upload) -> list[Upload]:
        found = await self._visit.desk.look(filled, upload)
        self._place.clear()
        with self._place:
            if found.cells:
                with card(f"{upload.plain_name}：{len(found.cells)} 格"):
                    plain_table(_CELLS, found.cells, tall=False)
            ui.button("已逐格对照原文核对", on_click=lambda: self._check(upload)).classes("self-start")
            self._done = ui.element("div").classes("flex flex-col gap-4 w-full")
        return [upload]

    async def _check(self, upload: Upload) -> None:
        try:
            self._visit.allow(Right.READ)
            day = clock.now().date()
            done = await self._visit.desk.run(checked, self._visit.desk.book, upload, _name(self._visit), day)
            lists = await self._visit.desk.look(_on_file, self._visit)
        except AlertEngineError as error:
            tell(error)
            return
        self._done.clear()
        with self._done:
            await _result(self._visit, done, lists, f"核对人：{_name(self._visit)}，{day}。")


def _name(visit: Visit) -> str:
    return f"{visit.account.office}{visit.account.name}"


def _on_file(visit: Visit) -> list[OnFile]:
    if not visit.scope.whole:
        return []
    with Ledger.open(visit.desk.path) as ledger:
        return lists_on_file(ledger)


async def _result(visit: Visit, done: Entered, lists: list[OnFile], said: str) -> None:
    """What would change, and the files to take away."""
    with card(f"{done.document}：{len(done.changes)} 处变化"):
        rows = [{"change": _CHANGE[row["change"]] + _WHAT[row["what"]], "id": row["id"], "new": row["new"]}
                for row in done.changes]  # fmt: skip
        if rows:
            plain_table(_CHANGES, rows)
        else:
            nothing("与规则库中的同名文件相同。")
        for note in done.notes:
            ui.label(note.words("zh")[0]).classes("small")
    files = {name: data.decode() for name, data in done.files.items() if name.endswith(".yaml")}
    await show_cases(visit, files)
    with card("清单上的指令会怎样改变"):
        if not lists:
            nothing("没有可比较的清单：先在“清单”发布；只看部分区县的账号不能比较。")
        else:
            acts = {one.act: one.words for one in lists}
            chosen = ui.select(acts, value=lists[0].act, label="清单").style("min-width:24em")
            place = ui.element("div").classes("w-full").props("aria-live=polite")
            ui.button("比较", on_click=lambda: _compare(visit, done, int(chosen.value), place)).props("outline")
    with card("带走文件"):
        ui.label(f"放进规则文件夹（--rules）、重新启动后生效。{said}").classes("small")
        with ui.element("div").classes("flex gap-2 flex-wrap"):
            for name, data in done.files.items():
                ui.button(name, on_click=lambda name=name, data=data: ui.download(data, name)).props("outline no-caps")


async def _compare(visit: Visit, done: Entered, act: int, place: ui.element) -> None:
    place.clear()
    with place:
        ui.label("正在比较…").classes("soft")
    try:
        visit.allow(Right.READ)
        found = await visit.desk.ask(orders_changed, visit.desk.path, visit.desk.rules, done.document, done.text, act)
    except AlertEngineError as error:
        place.clear()
        tell(error)
        return
    place.clear()
    with place:
        basis = sum(row["change"] == "rules" for row in found["lines"])
        also = f"，另有 {basis} 条措施不变、依据改变" if basis else ""
        said = f"按{found['day']}的规定，{len(found['lines']) - basis} 条指令会改变{also}。"
        ui.label(said).classes("mt-2")
        counts = [
            {key: str(row[key]) for key in _COUNTS} | {"level": LEVEL_TEXT[row["level"]]} for row in found["counts"]
        ]
        plain_table(_COUNTS, counts, tuple(_COUNTS)[1:], tall=False)
        lines = sorted(found["lines"], key=lambda row: row["change"] == "rules")  # those that ask something else first
        rows = [_order(row) for row in lines[:_SHOWN]]
        if rows:
            plain_table(_ORDERS, rows)
        if len(found["lines"]) > _SHOWN:
            ui.label(f"只列出前 {_SHOWN} 条。").classes("soft small")


def _order(row: dict[str, Any]) -> dict[str, str]:
    said = {end: row[f"measure_text_{end}"] or row[f"status_{end}"] or "—" for end in ("old", "new")}
    return {name: str(row[name]) for name in ("enterprise", "line")} | _level(row) | said


def _level(row: dict[str, Any]) -> dict[str, str]:
    return {"level": LEVEL_TEXT[row["level"]]}
