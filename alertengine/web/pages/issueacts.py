"""The next step of a draft, for whoever may take it: review, approve, issue, withdraw, revise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import ui

from alertengine.vocabulary.fields import LEVEL_TEXT
from alertengine.vocabulary.problems import AlertEngineError
from alertengine.web.asked import step
from alertengine.web.pages.frame import Visit, card, level_tag, tell
from alertengine.web.pages.jobbar import followed
from alertengine.web.roles import Right
from alertengine.web.today import moment
from alertengine.workflow.draft_state import DraftState, Stage
from alertengine.workflow.draft_to_issue import approve, review

_STEPS = (("drafted", "拟稿"), ("reviewed", "审核"), ("approved", "批准"))


def actions(visit: Visit, state: DraftState) -> None:
    """Where the draft stands, and the step that is this person's."""
    with card("状态"):
        with ui.element("div").classes("flex gap-3 items-center flex-wrap"):
            ui.label(state.stage.text).classes("text-lg font-bold")
            for city, level in state.levels:
                ui.label(city)
                level_tag(level)
            if state.mode != "live":
                ui.label({"simulation": "推演", "drill": "演练"}[state.mode]).classes("tag none")
        for key, name in _STEPS:
            who, when = getattr(state, f"{key}_by"), getattr(state, f"{key}_at")
            ui.label(f"{name}：{who} {moment(when)}" if who else f"{name}：—")
        if state.note:
            ui.label(f"说明：{state.note}")
        if state.reason:
            ui.label(f"理由：{state.reason}").classes("font-bold")
        if state.overrides:
            ui.label(f"其中 {state.overrides} 条生产线由人工变更").classes("font-bold")
        if state.issued is not None:
            ui.label(f"已发布，台账第{state.issued}号")
        if state.overtaken:
            acts = "、".join(f"第{act}号" for act in state.overtaken)
            ui.label(f"拟稿之后同一城市已发布{acts}，请核对是否仍适用").classes("no")
        for finding in state.signers:
            ui.label(_signer(finding)).classes("soft small")
        _buttons(visit, state)


def _signer(finding: dict[str, Any]) -> str:
    where = f"{finding['city']}{LEVEL_TEXT[finding['level']]}预警"
    step = {"reviewed_by": "审核", "approved_by": "批准"}.get(finding["role"], finding["role"])
    if not finding.get("actor"):
        return f"{where}由谁{step}：程序未录入"
    return f"{where}由{finding['actor']}{step}（{finding['basis']}）"


def _buttons(visit: Visit, state: DraftState) -> None:
    rights = visit.account.rights
    if state.stage is Stage.DRAFTED and Right.REVIEW in rights:
        _decide(visit, state, Right.REVIEW, ("审核通过", "退回"), review)
    elif state.stage is Stage.REVIEWED and Right.APPROVE in rights:
        _decide(visit, state, Right.APPROVE, ("批准", "退回"), approve)
    elif state.stage is Stage.APPROVED and Right.WORK in rights:
        _issue(visit, state)
    elif state.stage.open:
        waits = {Stage.DRAFTED: "审核人员审核", Stage.REVIEWED: "批准人批准", Stage.APPROVED: "经办人员发出"}
        ui.label(f"等待{waits[state.stage]}。").classes("soft mt-2")
    if Right.WORK in rights and state.stage not in (Stage.ISSUED, Stage.WITHDRAWN):
        _officer(visit, state)


def _decide(visit: Visit, state: DraftState, right: Right, names: tuple[str, str], act: Callable[..., Any]) -> None:
    """Pass it on, or return it with a reason."""
    reason = ui.input("意见（退回时必填）").classes("w-full mt-2").props("maxlength=300")
    despite = ui.input("程序规定由他人批准而仍由本人批准的理由").classes("w-full") if act is approve else None

    async def done(*, passed: bool) -> None:
        further = {"despite": despite.value or ""} if despite is not None else {}
        said = {"passed": passed, "reason": reason.value or "", **further}
        await _acted(visit, right, "approve" if act is approve else "review", state.act, said)

    with ui.element("div").classes("flex gap-3 mt-2"):
        ui.button(names[0], on_click=lambda: done(passed=True)).props("size=lg")
        ui.button(names[1], on_click=lambda: done(passed=False), color="negative").props("outline size=lg")


def _issue(visit: Visit, state: DraftState) -> None:
    despite = ui.input("另有发布仍发出的理由").classes("w-full") if state.overtaken else None

    async def send() -> None:
        why = (despite.value or "") if despite is not None else ""
        button.props(add="disable")
        try:
            account = visit.allow(Right.WORK)
            asked = {"draft": state.act, "by": account.user, "despite": why}
            with place:
                await followed(visit, visit.desk.jobs.begin("issue", state.title, asked, account.user))
        except AlertEngineError as error:
            tell(error)
            return
        finally:
            button.props(remove="disable")
        ui.navigate.reload()

    button = ui.button("发布", on_click=send).props("size=lg").classes("mt-2")
    place = ui.element("div").classes("w-full")
    ui.label("发布前按拟稿的原始文件重新计算，与批准的内容逐行核对。").classes("soft small")


def _officer(visit: Visit, state: DraftState) -> None:
    """Revise or withdraw."""
    why = ui.input("撤回理由").props("maxlength=300").classes("mt-2")

    async def revise() -> None:
        try:
            account = visit.allow(Right.WORK)
            asked = {"draft": state.act, "user": account.user, "by": account.signature}
            with place:
                job = await followed(visit, visit.desk.jobs.begin("revise", state.title, asked, account.user))
        except AlertEngineError as error:
            tell(error)
            return
        ui.navigate.to(f"/issue?work={job.said['work']}")

    async def back() -> None:
        await _acted(visit, Right.WORK, "withdraw", state.act, {"reason": why.value or ""})

    with ui.element("div").classes("flex gap-3"):
        ui.button("修改后重新提交", on_click=revise).props("flat")
        ui.button("撤回", on_click=back).props("flat")
    place = ui.element("div").classes("w-full")


async def _acted(visit: Visit, right: Right, name: str, draft: int, said: dict[str, Any]) -> None:
    """Do a step under this person's signature and show what became of the draft."""
    try:
        await visit.desk.ask(step, visit.desk.path, name, draft, visit.allow(right).signer(right), said)
    except AlertEngineError as error:
        tell(error)
        return
    ui.navigate.reload()
