"""响应评估: what an act ordered, what was done, what was required; in place, and as a page of its own to print."""

from __future__ import annotations

from nicegui import ui

from alertengine.vocabulary import AlertEngineError
from alertengine.web.opening import evaluation
from alertengine.web.pages.frame import Visit, heading, nothing, sheet, tell


async def show(visit: Visit) -> None:
    """The evaluation of the act that ``?act=`` names."""
    number = visit.number("act")
    if number is None:
        heading("响应评估")
        nothing("请从一号指令打开它的评估。")
        return
    try:
        page = await visit.desk.ask(evaluation, visit.desk.path, number, visit.scope)
    except AlertEngineError as error:
        heading("响应评估")
        tell(error)
        return
    with ui.element("div").classes("side"):
        ui.link(f"← 第{number}号指令", f"/audit?act={number}")
        ui.link("打印或另存（含图）", f"/files/acts/{number}/evaluation.html", new_tab=True)
    sheet(page)
