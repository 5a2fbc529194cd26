"""录入原文: a chapter is pasted or uploaded, each cell stands with its sentence, a person decides it, another checks.

What would change, of the rules and of the orders on a published list, is shown before the document is taken away.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from html import escape
from typing import Any, Final

from nicegui import ui

from alertengine.checking import Passage, read_passages
from alertengine.rulebook import HOLE_TEXT
from alertengine.vocabulary import LEVEL_TEXT, STANDING_TEXT, Level
from alertengine.vocabulary import times as clock
from alertengine.web.entering import workbook_taken
from alertengine.web.intake import read_in_worker
from alertengine.web.pages.frame import Visit, card, hint, telling
from alertengine.web.pages.reading import file_field, file_fields
from alertengine.web.pages.rulesentry import show_entry
from alertengine.web.pages.tables import drawn_table, markup, plain_table
from alertengine.web.roles import Right
from alertengine.web.ruletext import Place, Proposal, decided, filled, place_of, proposed
from alertengine.workflow import Upload

_HEAD: Final = {
    "document": ("文件编号（小写字母、数字）", ""), "title": ("标题", ""), "number": ("文号", ""),
    "issuer": ("发文机关", ""), "issued": ("发文日期", "date"), "first": ("生效日期（与发文日期不同时）", "date"),
    "last": ("失效日期（未载明的不填）", "date"), "area": ("适用地区", ""), "pages": ("页码", ""),
}  # fmt: skip
_STANDINGS: Final = {name: STANDING_TEXT[name] for name in ("secondary", "primary")}
_LEFT: Final = {"位置": "位置", "原文": "原文", "原因": "原因"}
_CELLS: Final = {"工作表": "表", "等级": "等级", "级别": "级别", "录入": "录入", "原句": "原句", "位置": "位置"}
#: Classes of words by the level of their cell, and the key to them.
_LEVELS: Final = {LEVEL_TEXT[level]: str(level) for level in (Level.YELLOW, Level.ORANGE, Level.RED)}
_KEY: Final = (("yellow", "黄色"), ("orange", "橙色"), ("red", "红色"), ("all", "几个级别"), ("all ask", "待决定"))


def show_text(visit: Visit) -> None:
    """Draw it."""
    _Drawn(visit)
    _Checking(visit)


class _Drawn:
    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._fields: dict[str, Any] = {}
        self._inputs: dict[Place, Any] = {}
        lists = visit.desk.book.lists
        with card("原文"):
            hint(
                "从Word、PDF或网页复制一章或一张表粘贴在下面，或上传文件；没有把握的由您决定，程序不猜。内容不写入台账。"
            )
            with ui.element("div").classes("side"):
                names = list(lists.industries)
                said = {key: visit.query.get(key) for key in ("industry", "process")}
                industry = said["industry"] if said["industry"] in names else None
                self._industry = ui.select(names, value=industry, label="行业", with_input=True).style("min-width:14em")
                processes = ["", *lists.processes]
                process = said["process"] if said["process"] in processes else ""
                self._process = ui.select(processes, value=process, label="工序（标题未写明时）", with_input=True)
                self._process.style("min-width:14em")
                self._article = ui.input("章名，如 十五、水泥").style("min-width:min(16em,100%)")
                for name, (label, kind) in _HEAD.items():
                    self._fields[name] = ui.input(label).style("min-width:min(16em,100%)")
                    if kind:
                        self._fields[name].props(f"type={kind} stack-label")
                self._source = ui.select(_STANDINGS, value="secondary", label="文本性质").style("min-width:12em")
            with file_fields(visit) as self._readings:
                file_field("rules.text", self._readings)
            self._text = ui.textarea("原文").props("outlined rows=8").classes("w-full")
            ui.button("读取", on_click=self._read)
        self._place = ui.element("div").classes("pile").props("aria-live=polite")

    def _head(self) -> dict[str, Any]:
        said = {name: str(field.value or "").strip() for name, field in self._fields.items()}
        issued, pages, first, last = (said.pop(name) for name in ("issued", "pages", "first", "last"))
        by = {"by": self._visit.account.written, "on": str(clock.today()), "pages": pages}
        head: dict[str, Any] = {name: text for name, text in said.items() if text}
        head |= {"issued": issued} if issued else {}
        begins = first or issued
        return head | {
            "valid": {**({"from": begins} if begins else {}), "to": last or "not stated"},
            "source": self._source.value,
            "entered": {key: text for key, text in by.items() if text},
        }

    async def _read(self) -> None:
        with telling():
            self._visit.allow(Right.READ)
            pasted, upload = str(self._text.value or ""), self._readings.file("rules.text")
            if not self._industry.value or not (pasted.strip() or upload):
                ui.notify("请选择行业，并粘贴或上传原文", type="warning")
                return
            if pasted.strip() and upload:
                ui.notify("既粘贴又上传了原文：按粘贴的读取", type="warning")
            text: str | list[Passage] = pasted
            if not pasted.strip() and upload:
                text = await self._visit.desk.look(read_in_worker, upload, read_passages)
            article, industry = str(self._article.value or ""), str(self._industry.value)
            found = await self._visit.desk.run(
                proposed, self._visit.desk.book, text, self._head(), article, industry,
                str(self._process.value or ""),
            )  # fmt: skip
            self._place.clear()
            self._inputs = {}
            with self._place:
                self._cells(found)

    def _cells(self, found: Proposal) -> None:
        if found.text:
            with card("我手里的原文：哪些字成了哪一格"):
                markup(coloured(found))
        with card(f"读出 {len(found.cells)} 格，{len(found.open)} 格待决定"):
            hint("每格可以认可、改写，或写缺项、—（原文未作规定）。没有疑点的格不改即为认可。")
            with drawn_table(("表", "等级", "级别", "措施", "原句", "疑点"), "plain stacked cells"):
                for place, row in enumerate(found.cells):
                    self._row(place, row, decide=place_of(row) in found.open)
            ui.button("检查并生成文件", on_click=lambda: self._make(found)).classes("mt-2")
        if found.left:
            with card(f"未读入 {len(found.left)} 处"):
                plain_table(_LEFT, found.left, tall=False)
        self._done = ui.element("div").classes("pile").props("aria-live=polite")

    def _row(self, place: int, row: dict[str, str], *, decide: bool) -> None:
        with ui.element("tr").props(f"id=cell-{place}"):
            for text in (row["工作表"].removeprefix("表 "), row["等级"]):
                with ui.element("td"):
                    ui.label(text)
            with ui.element("td"):
                kind = said_as([row["级别"]], ask=decide)
                markup(f'<a class="{kind}" href="#said-{place}">{escape(row["级别"])}</a>')
            with ui.element("td").classes("measure"):
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
                hint(row["位置"])
            with ui.element("td"):
                ui.label(row["疑点"]).classes("no" if decide else "")

    async def _make(self, found: Proposal) -> None:
        with telling():
            self._visit.allow(Right.READ)
            decisions = {place: str(field.value or "") for place, field in self._inputs.items()}
            form = await self._visit.desk.run(decided, found, decisions)
            entry = await self._visit.desk.run(workbook_taken, self._visit.desk.rules, form)
            self._done.clear()
            with self._done:
                said = "录入的工作簿交给另一人，在下面“核对”对照原文核对后，才可作为官方文本。"
                await show_entry(self._visit, entry, more={f"{entry.name}.xlsx": form.data}, said=said)


def said_as(levels: Iterable[str], *, ask: bool) -> str:
    """The class of words that became cells of some levels (their Chinese names): one level's, or that of several."""
    names = {_LEVELS.get(one, "all") for one in levels}
    return f"said {names.pop() if len(names) == 1 else 'all'}{' ask' if ask else ''}"


def coloured(found: Proposal) -> str:
    """The text as it was read, in the colours of its cells' levels; each word leads to its first cell and back."""
    open_, begun = set(found.open), set[int]()
    lines = []
    for line in found.text:
        out = []
        for text, cells in line:
            if not cells:
                out.append(escape(text))
                continue
            rows = [found.cells[place] for place in cells]
            said = "；".join(f"{row['等级']} {row['级别']}：{row['读作'] or '没有读懂'}" for row in rows)
            kind = said_as([row["级别"] for row in rows], ask=any(place_of(row) in open_ for row in rows))
            marks = "".join(f'<i id="said-{place}"></i>' for place in cells if place not in begun)
            begun |= set(cells)
            out.append(f'{marks}<a class="{kind}" href="#cell-{cells[0]}" title="{escape(said)}">{escape(text)}</a>')
        lines.append(f"<p>{''.join(out)}</p>")
    lost = len(found.cells) - len(begun)
    key = "".join(f'<span class="said {kind}">{word}</span>' for kind, word in _KEY)
    told = f"；{lost}格的原句不能在文中标出，见下表" if lost else ""
    return (
        f'<div class="own-text" tabindex="0" role="group" aria-label="原文">{"".join(lines)}</div>'
        f'<div class="legend" role="note" aria-label="图例">{key}<span>没标颜色的字不入规则{told}</span></div>'
    )


class _Checking:
    """The second person: what another entered is held against its text."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        with card("核对"):
            hint("由录入人以外的人上传录入的工作簿（.xlsx），逐格对照原文；有出入的，在工作簿里改正后再核对。")
            with file_fields(visit) as readings:
                file_field("rules.form", readings, self._take)
        self._place = ui.element("div").classes("pile").props("aria-live=polite")

    async def _take(self, upload: Upload) -> list[Upload]:
        found = await self._visit.desk.look(filled, upload)
        self._place.clear()
        with self._place:
            if found.cells:
                with card(f"{upload.plain_name}：{len(found.cells)} 格"):
                    plain_table(_CELLS, found.cells, tall=False)
            ui.button("已逐格对照原文核对", on_click=lambda: self._check(upload)).classes("self-start")
            self._done = ui.element("div").classes("pile")
        return [upload]

    async def _check(self, upload: Upload) -> None:
        with telling():
            self._visit.allow(Right.READ)
            day = clock.today()
            by = {"checked_by": self._visit.account.written, "checked_on": str(day)}
            entry = await self._visit.desk.run(workbook_taken, self._visit.desk.rules, upload, by)
            self._done.clear()
            with self._done:
                await show_entry(self._visit, entry, said=f"核对人：{self._visit.account.written}，{day}。")
