"""The next step of a draft, for whoever may take it: review, approve, issue, withdraw, revise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from nicegui import ui

from alertengine.vocabulary import LEVEL_TEXT, AlertEngineError, Problem
from alertengine.web.asked import step
from alertengine.web.brief import Brief
from alertengine.web.pages.frame import Visit, heading, level_tag, tell, telling
from alertengine.web.pages.jobbar import followed
from alertengine.web.pages.parts import steps
from alertengine.web.pages.reviewing import confirm, numbers_of, seen_of
from alertengine.web.pages.warned import left_out
from alertengine.web.roles import Right
from alertengine.web.today import moment
from alertengine.workflow import DraftState, Stage, approve, review

_PLACE: Final = {Stage.DRAFTED: 1, Stage.REVIEWED: 2, Stage.APPROVED: 3, Stage.ISSUED: 4}
_WAITS: Final = {Stage.DRAFTED: "审核人员审核", Stage.REVIEWED: "批准人批准", Stage.APPROVED: "经办人员发布"}


def actions(
    visit: Visit, state: DraftState, brief: Brief, changes: Sequence[dict[str, str]], unused: Sequence[Problem] = ()
) -> None:
    """Where the draft stands, which orders from above it was decided without, and the step that is this person's.

    ``changes`` are the changes of warnings that it decides.
    """
    with ui.element("section").classes("card"):
        with ui.element("div").classes("side ends"):
            with ui.element("div").classes("side"):
                heading(f"第{state.act}号拟稿：{state.title}")
                said = [(f"{one['city']}{one['counties']}{one['action_text']}", one["level"]) for one in changes]
                for words, level in said or state.levels:
                    ui.label(words)
                    level_tag(level or "none")
                if state.mode != "live":
                    ui.label({"simulation": "推演", "drill": "演练"}[state.mode]).classes("tag none")
                ui.label(state.stage.text).classes("tag act")
            ui.html(steps(_steps(state), _PLACE.get(state.stage, 0)), sanitize=False)
        for name, text in (("说明", state.note), ("理由", state.reason)):
            if text:
                ui.label(f"{name}：{text}").classes("note")
        if state.issued is not None:
            ui.label(f"已发布，台账第{state.issued}号")
        if state.overtaken:
            acts = "、".join(f"第{act}号" for act in state.overtaken)
            text = f"拟稿之后同一城市已发布{acts}，请核对是否仍适用；点“修改后重新提交”即接着{acts}重新计算。"
            ui.label(text).classes("note bad")
        left_out(unused, "点“修改后重新提交”即按它重新计算，所用文件和人工变更保留。")
        for finding in state.signers:
            ui.label(_signer(finding)).classes("soft small" if finding.get("actor") else "note warn")
        _buttons(visit, state, brief)


def _steps(state: DraftState) -> list[tuple[str, str]]:
    out = []
    for key, name in (("drafted", "拟稿"), ("reviewed", "审核"), ("approved", "批准")):
        who, when = getattr(state, f"{key}_by"), getattr(state, f"{key}_at")
        out.append((name, f"{who} {moment(when)}" if who else ""))
    return [*out, ("发布", f"第{state.issued}号" if state.issued else "")]


def _signer(finding: dict[str, Any]) -> str:
    where = f"{finding['city']}{LEVEL_TEXT[finding['level']]}预警"
    step = {"reviewed_by": "审核", "approved_by": "批准"}.get(finding["role"], finding["role"])
    if not finding.get("actor"):
        return f"{where}由谁{step}：程序未录入"
    return f"{where}由{finding['actor']}{step}（{finding['basis']}）"


def _buttons(visit: Visit, state: DraftState, brief: Brief) -> None:
    rights = visit.account.rights
    if state.stage is Stage.DRAFTED and Right.REVIEW in rights:
        _decide(visit, state, brief, Right.REVIEW, ("审核通过", "退回"), review)
    elif state.stage is Stage.REVIEWED and Right.APPROVE in rights:
        _decide(visit, state, brief, Right.APPROVE, ("批准", "退回"), approve)
    elif state.stage is Stage.APPROVED and Right.WORK in rights:
        _issue(visit, state, brief)
    elif state.stage.open:
        ui.label(f"等待{_WAITS[state.stage]}。").classes("soft")
    if Right.WORK in rights and state.stage not in (Stage.ISSUED, Stage.WITHDRAWN):
        _officer(visit, state)


def _decide(
    visit: Visit, state: DraftState, brief: Brief, right: Right, names: tuple[str, str], act: Callable[..., Any]
) -> None:
    """Pass it on, or return it with a reason; asked in numbers first."""
    with ui.element("div").classes("side"):
        reason = ui.input("意见（退回时必填）").classes("reason").props("maxlength=300")
        despite = None
        if act is approve:
            despite = ui.input("程序规定由他人批准而仍由本人批准的理由").classes("reason").props("maxlength=300")

        async def done(*, passed: bool) -> None:
            more = {"despite": despite.value or ""} if despite is not None else {}
            said = {"passed": passed, "reason": reason.value or "", **more}
            await _acted(visit, right, "approve" if act is approve else "review", state.act, said)

        async def passed() -> None:
            await done(passed=True)

        async def back() -> None:
            await done(passed=False)

        def ask(name: str, then: Callable[[], Any], *, red: bool) -> None:
            seen = "" if red else seen_of(brief)
            confirm(f"{name}第{state.act}号《{state.title}》？", numbers_of(brief), name, then, red=red, seen=seen)

        buttons = ui.element("div").classes("side foot")
    with buttons:
        ui.button(f"{names[0]}…", on_click=lambda: ask(names[0], passed, red=False))
        ui.button(f"{names[1]}…", on_click=lambda: ask(names[1], back, red=True), color="negative").props("outline")


def _issue(visit: Visit, state: DraftState, brief: Brief) -> None:
    with ui.element("div").classes("side foot"):
        despite = ui.input("另有发布仍发出的理由").classes("reason") if state.overtaken else None

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

        def ask() -> None:
            confirm(f"发布第{state.act}号《{state.title}》？", numbers_of(brief), "发布", send)

        button = ui.button("发布…", on_click=ask)
        place = ui.element("div").classes("w-full")
        ui.label("发布前按拟稿的原始文件重新计算，与批准的内容逐行核对。").classes("soft small")


def _officer(visit: Visit, state: DraftState) -> None:
    """Revise or withdraw."""

    async def revise() -> None:
        with telling():
            account = visit.allow(Right.WORK)
            asked = {"draft": state.act, "user": account.user, "by": account.signature}
            with place:
                job = await followed(visit, visit.desk.jobs.begin("revise", state.title, asked, account.user))
            ui.navigate.to(f"/issue?work={job.said['work']}")

    async def back() -> None:
        await _acted(visit, Right.WORK, "withdraw", state.act, {"reason": why.value or ""})

    def ask() -> None:
        confirm(
            f"撤回第{state.act}号《{state.title}》？", [("1", "件拟稿不再往下走，台账保留")], "撤回", back, red=True
        )

    with ui.element("div").classes("side below"):
        ui.button("修改后重新提交", on_click=revise).props("flat")
        why = ui.input("撤回理由").props("maxlength=300")
        ui.button("撤回…", on_click=ask).props("flat")
    place = ui.element("div").classes("w-full")


async def _acted(visit: Visit, right: Right, name: str, draft: int, said: dict[str, Any]) -> None:
    """Do a step under this person's signature and show what became of the draft."""
    with telling():
        await visit.desk.ask(step, visit.desk.path, name, draft, visit.allow(right).signer(right), said)
        ui.navigate.reload()
