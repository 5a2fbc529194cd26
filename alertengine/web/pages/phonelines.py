"""The lines of a draft for whoever signs on a phone: those without a ground as cards, the rest as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from nicegui import ui

from alertengine.web.opening import Drafted
from alertengine.web.orderrows import fields_said
from alertengine.web.pages.frame import card


def phone_lines(held: Drafted, number: int) -> None:
    """Draw them of what holds; on a desk the grid stands there instead, on paper all lines."""
    with ui.element("div").classes("phone-only pile no-print"):
        if held.open:
            with card(f"没有依据的 {held.open} 条生产线"):
                ui.html('<a id="lines-open"></a>', sanitize=False).classes("contents")
                ui.html(f'<ul class="line-cards">{"".join(map(_line, held.cards))}</ul>', sanitize=False)
                if held.open > len(held.cards):
                    ui.label(f"另有{held.open - len(held.cards)}条，见“地图、打印和下载”。").classes("soft small")
        with card(f"其余 {held.lines - held.open:,} 条"):
            ui.label(held.rest).classes("small")
            ui.link("全部指令，按企业列出", f"/files/acts/{number}/print.html", new_tab=True).classes("small")


def _line(row: Mapping[str, str]) -> str:
    name = escape(f"{row['enterprise']} {row['line'] or row['line_id']}")
    what = f"以下级措施为下限：{row['measure_text']}" if row["lower"] else "无依据 → 待人工确定"
    asked = fields_said(row["hangs_on"])
    why = f"{row['county']}，{row['industry']}" + (f"；待核实：{asked}" if asked else "")
    return (
        f'<li><div><span class="mk open">缺</span> <b>{name}</b></div>'
        f'<div>{escape(what)}</div><div class="small soft">{escape(why)}</div></li>'
    )


def on_paper(address: str) -> None:
    """On paper all orders of a page to be printed, fetched as it is printed; the page itself holds a screenful."""
    ui.html(f'<div class="paper-only" data-print="{escape(address)}"></div>', sanitize=False)
