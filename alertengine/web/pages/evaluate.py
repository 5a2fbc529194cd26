"""响应评估: what an act ordered, what was done, what was required; in place, and as a page of its own to print."""

from __future__ import annotations

from functools import partial

from nicegui import ui

from alertengine.vocabulary import AlertEngineError
from alertengine.web.opening import evaluation
from alertengine.web.pages.frame import Visit, drawn_soon, heading, nothing, sheet, tell


async def show(visit: Visit) -> None:
    """The evaluation of the act that ``?act=`` names."""
    number, desk = visit.number("act"), visit.desk
    if number is None:
        heading("响应评估")
        nothing("请从一号指令打开它的评估。")
        return

    def draw(page: str) -> None:
        with ui.element("div").classes("side"):
            ui.link(f"← 第{number}号指令", f"/audit?act={number}")
            ui.link("打印或另存（含图）", f"/files/acts/{number}/evaluation.html", new_tab=True)
        sheet(page)

    try:
        look = partial(desk.ask, evaluation, desk.path, number, visit.scope)
        await drawn_soon(look, draw, f"第{number}号响应评估")
    except AlertEngineError as error:
        heading("响应评估")
        tell(error)
