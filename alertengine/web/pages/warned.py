"""Changes of warnings, wherever they are proposed, reviewed or approved: where, what, from when to when, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from nicegui import ui

from alertengine.vocabulary import LEVEL_TEXT, STATUS_TEXT
from alertengine.warning import lead_of, outward
from alertengine.web.pages.frame import card, level_tag, nothing

if TYPE_CHECKING:
    from alertengine.vocabulary import Problem
    from alertengine.workflow import SuperiorOrder


def transition(row: dict[str, str]) -> None:
    """One change; ``row`` as :func:`alertengine.web.today.transitions` gives it."""
    with ui.element("div").classes("flex gap-3 items-center mt-2"):
        ui.label(f"{row['city']}{row['counties']}").classes("text-lg font-bold")
        ui.label(row["action_text"]).classes("font-bold")
        if row["level"]:
            level_tag(row["level"])
        over = row["action"] == "lift"
        until = f"至 {row['ends']}" if row["ends"] and not over else "起" if over else "起，解除时间另行通知"
        ui.label(f"{row['starts']} {until}" if row["starts"] else "")
    ui.label(f"{outward(row['reason'])}。" if row["reason"] else "")
    if lead_of(row["reason"]):
        ui.label(f"{lead_of(row['reason'])}。").classes("soft small")
    if row["basis"]:
        ui.label(f"依据：{row['basis']}").classes("soft small")


def ordered(orders: Sequence[SuperiorOrder], now: str) -> None:
    """The orders from above that hold or will, at a time (``YYYY-MM-DD HH:MM``)."""
    for one in orders:
        state = "执行中" if one.first <= now else "未开始"
        text = f"<b>{escape(one.asks)}</b><br>{escape(one.source)}，{state}"
        ui.html(f'<div class="small">{text} <a href="/superior">第{one.act}号</a></div>', sanitize=False)


def left_out(problems: Sequence[Problem], way: str) -> None:
    """The orders from above that a draft was decided without, as :func:`~alertengine.workflow.orders_left_out` says.

    ``way`` says how they are taken in.
    """
    for problem in problems:
        ui.label(f"{problem.words('zh')[0]}。{way}").classes("note bad").props("role=alert")


def warned(rows: Sequence[dict[str, str]], summaries: Iterable[dict[str, Any]]) -> None:
    """What a draft warns of, and in a sentence a city what its orders come to."""
    with card("预警和指令"):
        if not rows:
            nothing("没有预警变更。")
        for row in rows:
            transition(row)
        for summary in summaries:
            ui.label(_counted(summary)).classes("mt-2")


def _counted(summary: dict[str, Any]) -> str:
    where = f"{summary['city']}{summary.get('county') or ''}{LEVEL_TEXT.get(str(summary.get('level')), '')}"
    parts = [f"{STATUS_TEXT[status]} {count:,}" for status, count in summary["status"].items() if count]
    return f"{where}：{summary['enterprises']:,} 家企业 {summary['lines']:,} 条生产线，其中{'、'.join(parts)}。"
