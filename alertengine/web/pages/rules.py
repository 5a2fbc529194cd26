"""规则: documents and their clauses, each rule in words, the coverage as a heat map, what is missing, a test bench."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Final
from urllib.parse import quote, urlencode

from nicegui import ui

from alertengine.files import script_of
from alertengine.vocabulary import LEVEL_MARK, LEVEL_TEXT, Level
from alertengine.vocabulary import times as clock
from alertengine.web.asked import coverage_page, gaps
from alertengine.web.pages.frame import Visit, card, facts, headed, heading, hint, nothing, sheet, telling
from alertengine.web.pages.rulebench import RuleBench
from alertengine.web.pages.rulesentry import show_missing
from alertengine.web.pages.rulesplan import PlanForm
from alertengine.web.pages.rulesrecord import RecordForm
from alertengine.web.pages.ruletext import show_text
from alertengine.web.pages.tables import fold, markup, plain_table
from alertengine.web.rulesview import (
    LIFE_TEXT,
    DocumentLife,
    DocumentView,
    Gap,
    RuleView,
    document_view,
    lives,
    rule_view,
    shelf,
)

_VIEWS: Final = {
    "": "文件与规则", "life": "文件的有效期", "coverage": "覆盖", "bench": "试验台", "text": "录入原文",
    "plan": "本市预案", "record": "沿用、取代、名单",
}  # fmt: skip
#: Signs and words of the states of a cell, as the coverage has them.
_STATES: Final = {
    "primary": ("●", "官方文本"), "secondary": ("◐", "转载"), "third_party_code": ("◔", "程序抄录"),
    "inferred": ("○", "推定"), "refer": ("→", "留给地方方案"), "missing": ("缺", "声明的缺项"),
    "undetermined": ("？", "无规则"),
}  # fmt: skip
#: The states that the entry form fills.
OPEN: Final = ("refer", "missing", "undetermined")
#: Days that a line of time goes on after the last day on it.
_AFTER: Final = 200
_LIFE_TAG: Final = {"holds": "fine", "unstated": "warn", "awaited": "act", "ended": ""}
_COLUMNS: Final = {
    "title": "文件", "area": "适用区域", "period": "有效期", "standing": "文本性质", "rules": "规则",
    "missing": "声明缺项", "document": "编号",
}  # fmt: skip


async def show(visit: Visit) -> None:
    """The page, or what ``?document=``, ``?rule=`` or ``?view=`` names."""
    book = await visit.desk.run(lambda: visit.desk.book)
    with telling():
        if "document" in visit.query:
            _document(document_view(book, visit.query["document"]))
            return
        if visit.query.get("rule", "") in book.rules:
            rule = book.rules[visit.query["rule"]]
            headed(rule.title, ("← 所在文件", f"/rules?document={quote(rule.document)}"))
            with card("规则"):
                rule_card(rule_view(book, rule))
            return
    heading("规则")
    view = visit.query.get("view", "")
    with ui.element("nav").props('aria-label="规则的各部分"').classes("ways"):
        for key, name in _VIEWS.items():
            way = ui.link(name, f"/rules?view={key}" if key else "/rules")
            if key == view:
                way.props('aria-current="page"')
    if view == "coverage":
        await show_missing(visit)
        await _coverage(visit)
    elif view == "text":
        with ui.element("div").classes("cols side-main grid-beside"):
            await show_grid(visit)
            with ui.element("div").classes("pile"):
                show_text(visit)
    else:
        drawn = {"life": _lives, "bench": RuleBench, "plan": PlanForm, "record": RecordForm}
        drawn.get(view, _shelf)(visit)


def _shelf(visit: Visit) -> None:
    book = visit.desk.book
    with card(f"文件 {len(book.documents)} 份，规则 {len(book.rules)} 条"):
        hint(f"规则库指纹 {book.fingerprint[:16]}")
        with ui.element("div").classes("side"):
            words = ui.input("查找标题、文号、条款、规则").props("clearable debounce=250").style("min-width:20em")
            day = ui.input("在某日有效").props("type=date stack-label clearable")
        found = ui.element("div").classes("w-full mt-2")

        def fill() -> None:
            found.clear()
            with found:
                rows = shelf(book, words.value or "", date.fromisoformat(day.value) if day.value else None)
                none, links = "没有符合的文件。请减少查找的词或清除日期。", {"document": "/rules?document={}"}
                plain_table(_COLUMNS, rows, ("rules", "missing"), links=links, tall=False, empty=none)

        words.on_value_change(fill)
        day.on_value_change(fill)
        fill()


def _lives(visit: Visit) -> None:
    """Each document from its first to its last day, and what it is on a day."""
    with card("各文件的有效期"):
        day = ui.input("日期", value=str(clock.today())).props("type=date stack-label")
        place = ui.element("div").classes("w-full mt-2").props("role=status")

        def fill() -> None:
            place.clear()
            at = date.fromisoformat(day.value) if day.value else clock.today()
            found = lives(visit.desk.book, at)
            counts = Counter(one.state for one in found)
            with place:
                said = "，".join(f"{text} {counts[name]}" for name, text in LIFE_TEXT.items() if counts[name])
                ui.label(f"{at}：{said}（件）").classes("say")
                markup(life_strip(found, at))

        day.on_value_change(fill)
        fill()


def life_strip(found: list[DocumentLife], at: date) -> str:
    """Bars of documents on one line of time, the day as a mark; every text is escaped."""
    firsts, lasts = [one.first for one in found if one.first], [one.last for one in found if one.last]
    left = min([*firsts, at]).replace(month=1, day=1).toordinal()
    right = max([*lasts, at]).toordinal() + _AFTER
    width = right - left

    def per_cent(days: int) -> str:
        return f"{max(0.0, min(1.0, days / width)):.2%}"

    rows, today = [], per_cent(at.toordinal() - left)
    for one in found:
        begin = (one.first.toordinal() if one.first else left) - left
        end = (one.last.toordinal() + 1 if one.last else right) - left
        span = f"{one.first or '起始未限定'} 至 {one.last or ('未载明' if one.state == 'unstated' else '今')}"
        bar = f'<i class="{one.state}" style="left:{per_cent(begin)};width:{per_cent(end - begin)}"></i>'
        rows.append(
            f'<li><a href="/rules?document={quote(one.document)}">{escape(one.citation)}</a>'
            f'<span class="tag {_LIFE_TAG[one.state]}">{LIFE_TEXT[one.state]}</span>'
            f'<span class="small soft num">{span}，规则{one.rules}条</span>'
            f'<span class="track" aria-hidden="true">{bar}<b style="left:{today}"></b></span></li>'
        )
    years = range(date.fromordinal(left).year, date.fromordinal(right).year + 1)
    axis = "".join(
        f'<u style="left:{per_cent(date(year, 1, 1).toordinal() - left)}">{year}</u>' for year in years if year % 3 == 0
    )
    return f'<div class="lives-axis" aria-hidden="true">{axis}</div><ul class="lives">{"".join(rows)}</ul>'


def _document(view: DocumentView) -> None:
    headed(view.citation, ("← 全部文件", "/rules"))
    with card("文件"):
        facts(view.facts)
    if view.missing:
        with card(f"声明的缺项 {len(view.missing)} 处：原文未读到，不编造", alarm=True):
            for text in view.missing:
                ui.label(text)
    known = frozenset(rule.id for rule in view.rules)
    if view.clauses:
        with card("逐条"), ui.element("div").classes("wide"), ui.element("table").classes("plain"):
            for clause in view.clauses:
                with ui.element("tr"):
                    with ui.element("th").props("scope=row"):
                        ui.label(clause.clause)
                    with ui.element("td"):
                        ui.label(clause.text)
                        if outcome := "；".join(filter(None, (clause.feature, clause.reason))):
                            hint(outcome)
                    with ui.element("td"):
                        for name in clause.rules:  # a rule of this document, of another one, or a table by its name
                            if name in known:
                                ui.link(name, f"#{quote(name)}").classes("block")
                            else:
                                ui.label(f"表 {name}").classes("small")
    with card(f"规则 {len(view.rules)} 条"):
        if not view.rules:
            nothing("本文件没有写成规则的条款；各条由何处体现见上表。")
        for rule in view.rules:
            rule_card(rule)


def rule_card(rule: RuleView) -> None:
    """A rule in words, under an anchor of its own."""
    with ui.element("article").props(f"id={quote(rule.id)}").classes("rule"):
        with ui.element("div").classes("flex gap-2 flex-wrap items-baseline"):
            ui.label(rule.title).classes("font-bold")
            ui.label(rule.kind).classes("tag none small")
            ui.label(rule.standing).classes("tag none small")
            if rule.levels:
                ui.label(rule.levels).classes("small")
            ui.link(rule.id, f"/rules?rule={quote(rule.id)}").classes("small soft")
        for name, texts in (("当", rule.when), ("则", rule.then)):
            if texts:
                ui.label(f"{name}：{'；'.join(texts)}")
        facts = [f"{rule.citation}", f"区域：{rule.area}", f"有效期：{rule.period}"]
        facts += [f"{key}：{text}" for key, text in rule.cells]
        hint("　".join(facts))
        for text in rule.remarks:
            ui.label(text).classes("small")
        if rule.parameters:
            with fold("参数（规则文件原样）", ""), ui.element("pre").classes("small"):
                ui.label(rule.parameters).style("white-space:pre-wrap")


async def _coverage(visit: Visit) -> None:
    with card("覆盖：各行业、工序、等级、级别由哪条规则决定"):
        with ui.element("div").classes("side"):
            cities = {"": "全省通用", **{name: name for name in visit.desk.book.lists.cities()}}
            city = ui.select(cities, value="", label="城市").style("min-width:10em")
            day = ui.input("日期", value=str(clock.today())).props("type=date stack-label")
        place = ui.element("div").classes("w-full mt-2")

        async def fill() -> None:
            with telling():
                page = await visit.desk.ask(coverage_page, visit.desk.rules, day.value or "", city.value)
                place.clear()
                with place:
                    address = f"/files/coverage.html?{urlencode({'city': city.value, 'day': day.value or ''})}"
                    ui.link("打印或另存这张图", address, new_tab=True)
                    sheet(page)
                ui.run_javascript(f"(() => {{{script_of(page)}}})()")

        city.on_value_change(fill)
        day.on_value_change(fill)
        await fill()


async def show_grid(visit: Visit) -> None:
    """Draw it for the whole province on a day that can be changed."""
    with card("哪些格还缺"):
        day = ui.input("日期", value=str(clock.today())).props("type=date stack-label")
        place = ui.element("div").classes("pile near").props("role=status")

        async def fill() -> None:
            with telling():
                found = await visit.desk.ask(gaps, visit.desk.rules, str(day.value or ""))
                place.clear()
                with place:
                    markup(grid(found))

        day.on_value_change(fill)
        await fill()


def grid(found: Sequence[Gap]) -> str:
    """The cells as tables, one for each ladder of grades; arrows move from cell to cell, Space opens one."""
    open_ = sum(one.state in OPEN for one in found if one.number)
    whole = sum(bool(one.number) for one in found)
    key = "".join(f'<span><i class="gap {name}">{sign}</i>{word}</span>' for name, (sign, word) in _STATES.items())
    keys = "<kbd>↑</kbd><kbd>↓</kbd><kbd>←</kbd><kbd>→</kbd> 走，<kbd>空格</kbd> 打开：缺的录入，有的看规则"
    named, down = _tables([one for one in found if one.number], 0)
    others, _ = _tables([one for one in found if not one.number], down)
    more = f'<details class="fold"><summary>没有编号的行业</summary>{others}</details>' if others else ""
    say = f'<p class="say">{open_:,} 格缺，共 {whole:,} 格</p><p class="keys small">{keys}</p>'
    return f'{say}<div class="legend">{key}</div>{named}{more}'


def _tables(found: Sequence[Gap], down: int) -> tuple[str, int]:
    """A table for each ladder, and the row after the last."""
    out, ladders = [], dict[tuple[str, ...], list[Gap]]()
    for one in found:
        ladders.setdefault(one.grades, []).append(one)
    for grades, own in ladders.items():
        table, down = _ladder(grades, own, down)
        out.append(table)
    return "".join(out), down


def _ladder(grades: Sequence[str], own: Sequence[Gap], down: int) -> tuple[str, int]:
    levels = list(dict.fromkeys(one.level for one in own))
    heads = "".join(f'<th scope="col" colspan="{len(levels)}">{escape(grade)}</th>' for grade in grades)
    marks = "".join(f'<td title="{LEVEL_TEXT[Level(one)]}">{LEVEL_MARK[one]}</td>' for _ in grades for one in levels)
    rows = []
    industries = dict.fromkeys((one.number, one.industry) for one in own)
    of = {(one.industry, one.grade, one.level): one for one in own}
    for number, industry in industries:
        cells = []
        for across, (grade, level) in enumerate((grade, level) for grade in grades for level in levels):
            cells.append(_cell(of[industry, grade, level], across, down, first=not across))
        name = f"{number or ''} {industry}".strip()
        rows.append(f'<tr><th scope="row">{escape(name)}</th>{"".join(cells)}</tr>')
        down += 1
    head = f'<thead><tr><th></th>{heads}</tr><tr aria-hidden="true"><td></td>{marks}</tr></thead>'
    return f'<table class="gaps">{head}<tbody>{"".join(rows)}</tbody></table>', down


def _cell(one: Gap, across: int, down: int, *, first: bool) -> str:
    sign, word = _STATES[one.state]
    said = f"{one.industry} {one.grade} {LEVEL_TEXT[Level(one.level)]}：{one.measure or word}"
    said += f"（{one.process}）" if one.process else ""
    if one.state in OPEN or not one.rule:
        asked = {"view": "text", "industry": one.industry, "process": one.process}
        address = "/rules?" + urlencode({name: text for name, text in asked.items() if text})
    else:
        address = "/rules?" + urlencode({"rule": one.rule})
    focus = "0" if first and not down else "-1"
    edge = "edge" if one.level == "yellow" else ""
    return (
        f'<td class="{edge}"><a class="gap {one.state}" data-cell="{across},{down}" tabindex="{focus}"'
        f' href="{escape(address)}" title="{escape(said)}" aria-label="{escape(said)}">{sign}</a></td>'
    )
