"""The lines of a draft for whoever signs on a phone: those without a ground as cards, the rest as a sentence."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from nicegui import ui

from alertengine.vocabulary import EMISSION_FIELDS, POLLUTANT_TEXT, STATUS_TEXT, Flag, flagged, kilograms, left_open
from alertengine.web.orderrows import fields_said
from alertengine.web.pages.frame import card

if TYPE_CHECKING:
    import pandas as pd

#: Cards drawn; the others are on the page to be printed.
_SHOWN: Final = 40


def phone_lines(now: pd.DataFrame, number: int) -> None:
    """Draw them of what holds (ORDER_COLUMNS, a row a line); on a desk the grid stands there instead."""
    asked = now[left_open(now)]
    with ui.element("div").classes("phone-only pile"):
        if len(asked):
            ui.html('<a id="lines-open"></a>', sanitize=False)
            with card(f"没有依据的 {len(asked)} 条生产线"):
                shown = asked.head(_SHOWN)
                lower = flagged(shown, Flag.FROM_LOWER_LEVEL)
                rows = shown.astype("object").where(shown.notna(), "").to_dict("records")
                cards = "".join(
                    _line({str(k): v for k, v in row.items()}, lower=bool(low))
                    for row, low in zip(rows, lower, strict=True)
                )
                ui.html(f'<ul class="line-cards">{cards}</ul>', sanitize=False)
                if len(asked) > _SHOWN:
                    ui.label(f"另有{len(asked) - _SHOWN}条，见“打印和下载”。").classes("soft small")
        with card(f"其余 {len(now) - len(asked):,} 条"):
            ui.label(rest_of(now)).classes("small")
            ui.link("全部指令，按企业列出", f"/files/acts/{number}/print.html", new_tab=True).classes("small")


def rest_of(now: pd.DataFrame) -> str:
    """What all lines come to in a sentence: how many of each status, and the kilograms of each pollutant."""
    counts = now["status"].astype("str").value_counts()
    parts = "，".join(f"{text}{counts[name]:,}条" for name, text in STATUS_TEXT.items() if counts.get(name))
    sums = "，".join(
        f"{POLLUTANT_TEXT[name]} {kilograms(now[column].astype('float64').sum())}"
        for name, column in EMISSION_FIELDS.items()
    )
    return f"全部{len(now):,}条：{parts}。合计减排（千克/日，算不出的按0计）：{sums}。"


def _line(row: dict[str, object], *, lower: bool) -> str:
    name = escape(f"{row['enterprise']} {row['line'] or row['line_id']}")
    what = f"以下级措施为下限：{row['measure_text']}" if lower else "无依据 → 待人工确定"
    asked = fields_said(str(row["hangs_on"]))
    why = f"{row['county']}，{row['industry']}" + (f"；待核实：{asked}" if asked else "")
    return (
        f'<li><div><span class="mk open">缺</span> <b>{name}</b></div>'
        f'<div>{escape(what)}</div><div class="small soft">{escape(why)}</div></li>'
    )
