"""A job as people see it: what it is, how far, and a way to stop it."""

from __future__ import annotations

from typing import Final

from nicegui import ui

from alertengine.web.jobs.store import KINDS, Job
from alertengine.web.pages.frame import Visit, card, telling

STATE_TEXT: Final = {
    "waiting": "排队中", "running": "进行中", "done": "完成", "failed": "未能完成", "stopped": "已取消",
}  # fmt: skip


async def followed(visit: Visit, job: Job) -> Job:
    """Show a job until it ends; it goes on where the page is left.

    Raises:
        InputError: it failed, with its problems, or was stopped.

    """
    with ui.element("div").classes("w-full mt-2").props("role=status") as place:
        said = ui.label("").classes("small")
        bar = ui.linear_progress(value=0, show_value=False).props('size="14px" aria-label="进度"')
        if not KINDS[job.kind].act:
            ui.button("取消", on_click=lambda: visit.desk.jobs.stop(job.key)).props("outline dense")

    def tick(now: Job) -> None:
        done, of = visit.desk.jobs.progress(now.key)
        said.set_text(_words(now, "", done, of))
        bar.props(remove="indeterminate") if of else bar.props(add="indeterminate")
        bar.value = done / of if of else 0

    try:
        return await visit.desk.jobs.done(job, tick)
    finally:
        if not place.is_deleted:
            place.delete()


def going(visit: Visit) -> None:
    """Jobs of the person who looks that wait or go on, as they were left."""
    held = [job for job in visit.desk.jobs.store.of(visit.account.user) if job.open and job.kind in KINDS]
    if not held:
        return
    with card("进行中的任务"):
        for job in held:
            _going(visit, job)


def _going(visit: Visit, job: Job) -> None:
    jobs = visit.desk.jobs

    def tick() -> None:
        now = jobs.store.get(job.key)
        if now is not None:
            said.set_text(_words(now, f"《{now.title}》", *jobs.progress(now.key)))
        if now is None or not now.open:
            timer.deactivate()
        if now is not None and not now.open:
            ui.navigate.reload()

    def stop() -> None:
        with telling():
            jobs.stop(job.key)

    with ui.element("div").classes("flex gap-3 items-center flex-wrap"):
        said = ui.label(_words(job, f"《{job.title}》", *jobs.progress(job.key)))
        if not KINDS[job.kind].act:
            ui.button("取消", on_click=stop).props("flat dense")
    timer = ui.timer(1.0, tick)


def _words(job: Job, title: str, done: int, of: int) -> str:
    return f"{KINDS[job.kind].text}{title}：{STATE_TEXT[job.state]}" + (f" {done:,}/{of:,}" if of else "")
