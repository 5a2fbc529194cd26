"""录入原文: a chapter is pasted, each cell stands with its sentence, a person decides, the document is taken away."""

from __future__ import annotations

from typing import Any, Final

from nicegui import ui

from alertengine.vocabulary import times as clock
from alertengine.vocabulary.problems import AlertEngineError
from alertengine.web.pages.frame import Visit, card, nothing, plain_table, tell
from alertengine.web.roles import Right
from alertengine.web.ruletext import Place, Proposal, entered, place_of, proposed

_HEAD: Final = {
    "document": ("文件编号（小写字母、数字）", ""), "title": ("标题", ""), "number": ("文号", ""),
    "issuer": ("发文机关", ""), "issued": ("发文日期", "date"), "area": ("适用地区", ""), "pages": ("页码", ""),
}  # fmt: skip
_LEFT: Final = {"位置": "位置", "原文": "原文", "原因": "原因"}
_CHANGE: Final = {"added": "新增", "removed": "删去", "changed": "修改"}
_WHAT: Final = {"document": "文件", "rule": "规则", "hole": "缺项"}
_CHANGES: Final = {"change": "变化", "id": "规则", "new": "内容"}


def show_text(visit: Visit) -> None:
    """Draw it."""
    _Drawn(visit)


class _Drawn:
    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._fields: dict[str, Any] = {}
        self._inputs: dict[Place, Any] = {}
        lists = visit.desk.book.lists
        with card("原文"):
            ui.label(
                "从Word、PDF或网页复制一章或一张表，粘贴在下面；没有把握的由您决定，程序不猜。内容不写入台账。"
            ).classes("soft small")
            with ui.element("div").classes("flex gap-4 flex-wrap items-end"):
                names = list(lists.industries)
                self._industry = ui.select(names, label="行业", with_input=True).style("min-width:14em")
                processes = ["", *lists.processes]
                self._process = ui.select(processes, value="", label="工序（标题未写明时）", with_input=True)
                self._process.style("min-width:14em")
                self._article = ui.input("章名，如 十五、水泥").style("min-width:14em")
                for name, (label, kind) in _HEAD.items():
                    self._fields[name] = ui.input(label).style("min-width:12em")
                    if kind:
                        self._fields[name].props(f"type={kind} stack-label")
            self._text = ui.textarea("原文").props("outlined rows=10").classes("w-full")
            ui.button("读取", on_click=self._read)
        self._place = ui.element("div").classes("flex flex-col gap-4 w-full").props("aria-live=polite")

    def _head(self) -> dict[str, Any]:
        said = {name: str(field.value or "").strip() for name, field in self._fields.items()}
        issued, pages = said.pop("issued"), said.pop("pages")
        by = {
            "by": f"{self._visit.account.office}{self._visit.account.name}",
            "on": str(clock.now().date()),
            "pages": pages,
        }
        head: dict[str, Any] = {name: text for name, text in said.items() if text}
        head |= {"issued": issued} if issued else {}
        valid = {"from": issued, "to": "not stated"} if issued else {"to": "not stated"}
        return head | {
            "valid": valid,
            "source": "secondary",
            "entered": {key: text for key, text in by.items() if text},
        }

    async def _read(self) -> None:
        try:
            self._visit.allow(Right.READ)
            if not self._industry.value or not self._text.value:
                ui.notify("请选择行业并粘贴原文", type="warning")
                return
            article, industry = str(self._article.value or ""), str(self._industry.value)
            found = await self._visit.desk.run(
                proposed, self._visit.desk.book, str(self._text.value), self._head(), article, industry,
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
        self._done = ui.element("div").classes("w-full").props("aria-live=polite")

    def _row(self, row: dict[str, str], *, decide: bool) -> None:
        with ui.element("tr"):
            for text in (row["工作表"].removeprefix("表 "), row["等级"], row["级别"]):
                with ui.element("td"):
                    ui.label(text)
            with ui.element("td").style("min-width:16em"):
                if decide:
                    hint = row["另一读法"] or row["读作"] or "写措施、缺项或—"
                    label = f"{row['工作表']}{row['等级']}{row['级别']}的措施"
                    field = ui.input(placeholder=hint).props(f'dense outlined aria-label="{label}"').classes("w-full")
                    self._inputs[place_of(row)] = field
                    ui.label(hint).classes("soft small")
                else:
                    ui.label(row["读作"])
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
        except AlertEngineError as error:
            tell(error)
            return
        self._done.clear()
        with self._done, card(f"{done.document}：{len(done.changes)} 处变化"):
            rows = [{"change": _CHANGE[row["change"]] + _WHAT[row["what"]], "id": row["id"], "new": row["new"]}
                    for row in done.changes]  # fmt: skip
            if rows:
                plain_table(_CHANGES, rows)
            else:
                nothing("与规则库中的同名文件相同。")
            ui.label("把文件放进规则文件夹（--rules）后生效；由另一人对照原文核对，填核对人和核对日期。").classes(
                "small"
            )
            with ui.element("div").classes("flex gap-2 flex-wrap"):
                for name, data in done.files.items():
                    ui.button(name, on_click=lambda name=name, data=data: ui.download(data, name)).props("outline")
