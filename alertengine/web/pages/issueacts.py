"""The next step of a draft, for whoever may take it: review, approve, issue, withdraw, revise.

And what comes after an act is issued: its papers, letting drafts out under a name, service, evaluation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from nicegui import ui

from alertengine.ledger import Act, corrections
from alertengine.vocabulary import LEVEL_TEXT, MODE_TEXT, Problem, short_moment
from alertengine.web.brief import Brief
from alertengine.web.kept import read_record, write_record
from alertengine.web.pages.beside import left_out
from alertengine.web.pages.correcting import correct_card, correction_said
from alertengine.web.pages.frame import Visit, busy, card, heading, hint, level_tag, telling
from alertengine.web.pages.jobbar import followed
from alertengine.web.pages.parts import steps
from alertengine.web.pages.reviewing import confirm, numbers_of, seen_of
from alertengine.web.pages.tables import markup
from alertengine.web.roles import Right
from alertengine.web.work import may_correct
from alertengine.workflow import (
    RELEASE,
    DraftState,
    Stage,
    approve,
    release_on_record,
    review,
    unused_decisions,
    withdraw,
)

if TYPE_CHECKING:
    from alertengine.documents import Release
    from alertengine.ledger import Ledger

#: Decisions named one by one.
_NAMED: Final = 8
#: Rights of those who sign.
SIGNING: Final = frozenset({Right.WORK, Right.REVIEW, Right.APPROVE})
_PLACE: Final = {Stage.DRAFTED: 1, Stage.REVIEWED: 2, Stage.APPROVED: 3, Stage.ISSUED: 4}
_NARROWS: Final = "点“修改后重新提交”，即只更正其余城市；仍要一并更正的，发布时说明理由。"
_WAITS: Final = {Stage.DRAFTED: "审核人员审核", Stage.REVIEWED: "批准人批准", Stage.APPROVED: "经办人员发布"}


def actions(
    visit: Visit,
    state: DraftState,
    brief: Brief,
    changes: Sequence[dict[str, str]],
    unused: Sequence[Problem] = (),
    old: Sequence[Problem] = (),
    against: Sequence[Problem] = (),
    left: Sequence[Problem] = (),
) -> None:
    """Where the draft stands, what of the record it was decided without, and the step that is this person's.

    ``changes`` are the changes of warnings that it decides; ``unused`` orders from above, ``old`` what of its files is
    not the newest, ``against`` what keeps the correction that it is from being issued, ``left`` what it leaves to later
    acts.
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
                    ui.label(MODE_TEXT[state.mode]).classes("tag none")
                ui.label(state.stage.text).classes("tag act")
            markup(steps(_steps(state), _PLACE.get(state.stage, 0)))
        ways = ("请核对是否仍应更正；发布时须说明理由，不能更正的请撤回。", _NARROWS)
        correction_said(state.correction, against, left, ways)
        for name, text in (("说明", state.note), ("理由", state.reason)):
            if text:
                ui.label(f"{name}：{text}").classes("note")
        if state.issued is not None:
            ui.label(f"已发布，台账第{state.issued}号")
        if state.overtaken and state.correction.act is None:
            acts = "、".join(f"第{act}号" for act in state.overtaken)
            text = f"拟稿之后同一城市已发布{acts}，请核对是否仍适用；点“修改后重新提交”即接着{acts}重新计算。"
            ui.label(text).classes("note bad")
        way = "点“修改后重新提交”即按它重新计算，所用文件和人工变更保留。"
        if state.correction.act is not None:
            way = "要按它计算的，点“修改后重新提交”，打开后重新计算。"
        left_out(old, way if state.correction.act is not None else "要按它计算的，请另拟稿。")
        left_out(unused, way)
        for text, known in _signers(state.signers).items():
            ui.label(text).classes("soft small" if known else "note warn")
        _buttons(visit, state, brief)


def _steps(state: DraftState) -> list[tuple[str, str]]:
    out = []
    for key, name in (("drafted", "拟稿"), ("reviewed", "审核"), ("approved", "批准")):
        who, when = getattr(state, f"{key}_by"), getattr(state, f"{key}_at")
        out.append((name, f"{who} {short_moment(when)}" if who else ""))
    return [*out, ("发布", f"第{state.issued}号" if state.issued else "")]


def _signers(findings: Sequence[dict[str, Any]]) -> dict[str, bool]:
    """Who by the procedure on file takes a step, a sentence a warning; the steps of which it says nothing in one each.

    Each with whether it is known.
    """
    out, unknown = dict[str, bool](), dict[str, list[str]]()
    for finding in findings:
        where = f"{finding['city']}{LEVEL_TEXT[finding['level']]}预警"
        step = {"reviewed_by": "审核", "approved_by": "批准"}.get(finding["role"], finding["role"])
        if finding.get("actor"):
            out[f"{where}由{finding['actor']}{step}（{finding['basis']}）"] = True
        else:
            unknown.setdefault(step, []).append(where)
    return out | {f"{'、'.join(places)}由谁{step}：程序未录入": False for step, places in unknown.items()}


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
            await _acted(visit, right, act, state.act, said)

        def ask(name: str, *, passed: bool) -> None:
            title, seen = f"{name}第{state.act}号《{state.title}》？", seen_of(brief) if passed else ""
            confirm(title, numbers_of(brief), name, partial(done, passed=passed), red=not passed, seen=seen)

        buttons = ui.element("div").classes("side foot")
    with buttons:
        ui.button(f"{names[0]}…", on_click=lambda: ask(names[0], passed=True))
        ui.button(f"{names[1]}…", on_click=lambda: ask(names[1], passed=False), color="negative").props("outline")


def _issue(visit: Visit, state: DraftState, brief: Brief) -> None:
    with ui.element("div").classes("side foot"):
        despite = ui.input("另有发布仍发出的理由").classes("reason") if state.overtaken else None

        async def send() -> None:
            why = (despite.value or "") if despite is not None else ""
            with telling(), busy(button):
                account = visit.allow(Right.WORK)
                asked = {"draft": state.act, "by": account.user, "despite": why}
                with place:
                    await followed(visit, visit.desk.jobs.begin("issue", state.title, asked, account.user))
                ui.navigate.reload()

        def ask() -> None:
            confirm(f"发布第{state.act}号《{state.title}》？", numbers_of(brief), "发布", send)

        button = ui.button("发布…", on_click=ask)
        place = ui.element("div").classes("w-full")
        hint("发布前按拟稿的原始文件重新计算，与批准的内容逐行核对。")


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
        await _acted(visit, Right.WORK, withdraw, state.act, {"reason": why.value or ""})

    def ask() -> None:
        numbers = [("1", "件拟稿不再往下走，台账保留")]
        confirm(f"撤回第{state.act}号《{state.title}》？", numbers, "撤回", back, red=True)

    with ui.element("div").classes("side below"):
        ui.button("修改后重新提交", on_click=revise).props("flat")
        why = ui.input("撤回理由").props("maxlength=300")
        ui.button("撤回…", on_click=ask).props("flat")
    place = ui.element("div").classes("w-full")


async def _acted(visit: Visit, right: Right, act: Callable[..., Act], draft: int, said: dict[str, Any]) -> None:
    """Do a step under this person's signature and show what became of the draft."""
    with telling():
        await visit.desk.ask(partial(write_record, visit.desk.path, act, draft, visit.signer(right), **said))
        ui.navigate.reload()


@dataclass(frozen=True, slots=True)
class AfterIssue:
    """The last release of an act on record, and the decisions it says the orders were made without.

    ``correctable``: whether a correction of the act is offered, ``corrected_by`` the one that was issued.
    """

    allowed: Release | None
    unused: list[str]
    correctable: bool
    corrected_by: int | None


def after_issue(ledger: Ledger, number: int) -> AfterIssue:
    """What is on record of an act since it was issued: its papers let out, its correction."""
    acts = [one for one in ledger.acts(RELEASE) if one.head.get("about") == number]
    unused = acts[-1].head.get("decisions_unused", []) if acts else []
    corrected_by = corrections(ledger.acts()).get(number)
    correctable = may_correct(ledger, number)
    return AfterIssue(release_on_record(ledger, number), list(map(str, unused)), correctable, corrected_by)


def issued_cards(visit: Visit, number: int, out: AfterIssue) -> None:
    """The cards of an issued act, each for whoever may use it."""
    allowed, unused = out.allowed, out.unused
    if out.corrected_by is not None:
        with ui.element("div").classes("note bad side").props("role=alert"):
            ui.label(f"第{number}号已由第{out.corrected_by}号更正，其文书不再发出。")
            ui.link(f"看第{out.corrected_by}号", f"/audit?act={out.corrected_by}").classes("small")
    with ui.element("div").classes("cols fit"):
        if SIGNING & visit.account.rights:
            with card("文书"):
                with ui.element("div").classes("side"):
                    text = f"下载第{number}号的全部文书：指令、公示牌、公告和当晚一套（含审批表）（zip）"
                    ui.link(text, f"/files/acts/{number}.zip").classes("btn mid")
                if allowed is not None:
                    said = f"已由{allowed.by}具名放行：{allowed.reason}。未决事项逐份载明，并已记入台账。"
                    ui.label(said).classes("note warn below")
                    if unused:
                        ui.label(_unused(unused)).classes("note warn")
                elif Right.APPROVE in visit.account.rights:
                    _release(visit, number)
                else:
                    hint("仍是草稿而必须发出的，由批准人在这里具名放行。")
        with card("之后"), ui.element("div").classes("side"):
            ui.link("送达和回执", f"/deliver?act={number}").classes("btn")
            ui.link("今晚核查", "/audit").classes("btn")
            ui.link("响应评估", f"/evaluate?act={number}").classes("btn")
        if out.correctable and Right.WORK in visit.account.rights:
            correct_card(visit, number)


def _unused(numbers: list[str]) -> str:
    named = "、".join(numbers[:_NAMED]) + (" 等" if len(numbers) > _NAMED else "")
    return f"未据以作出这号指令的处罚决定{len(numbers)}件，未解除：{named}。"


def _release(visit: Visit, number: int) -> None:
    with ui.element("div").classes("side below"):
        reason = ui.input("具名放行的理由（写入每份文书和台账）").classes("reason").props("maxlength=300")

        async def act() -> None:
            with telling():
                user = visit.allow(Right.APPROVE).user
                asked = {"act": number, "by": user, "reason": reason.value or ""}
                with place:
                    await followed(visit, visit.desk.jobs.begin("release", f"第{number}号", asked, user))
                ui.navigate.reload()

        async def ask() -> None:
            numbers = [("1", "号指令中仍是草稿的文书以您的名义发出"), ("全部", "未决事项写在每份文书上")]
            with telling():
                unused = await visit.desk.ask(read_record, visit.desk.path, unused_decisions, number)
                if unused:
                    numbers.append((str(len(unused)), f"件处罚决定未用到：{'、'.join(unused[:_NAMED])}"))
                confirm(f"具名放行第{number}号的草稿？", numbers, "具名放行", act, red=True)

        place = ui.element("div").classes("w-full")
        ui.button("具名放行…", on_click=ask).props("outline")
