"""The grid of what the law on file says for each industry, grade and level; a missing cell leads to the entry form."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final
from urllib.parse import urlencode

from nicegui import ui

from alertengine.vocabulary import LEVEL_MARK, LEVEL_TEXT, Level
from alertengine.vocabulary import times as clock
from alertengine.web.asked import gaps
from alertengine.web.pages.frame import Visit, card, telling
from alertengine.web.rulesview import Gap

#: Signs and words of the states of a cell, as the coverage has them.
_STATES: Final = {
    "primary": ("●", "官方文本"), "secondary": ("◐", "转载"), "third_party_code": ("◔", "程序抄录"),
    "inferred": ("○", "推定"), "refer": ("→", "留给地方方案"), "missing": ("缺", "声明的缺项"),
    "undetermined": ("？", "无规则"),
}  # fmt: skip
#: The states that the entry form fills.
OPEN: Final = ("refer", "missing", "undetermined")


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
                    ui.html(grid(found), sanitize=False)

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
