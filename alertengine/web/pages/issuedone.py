"""What comes after an act is issued: its papers, letting drafts out under a name, service, evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from nicegui import ui

from alertengine.web.asked import decisions_unused
from alertengine.web.pages.frame import Visit, card, telling
from alertengine.web.pages.jobbar import followed
from alertengine.web.pages.reviewing import confirm
from alertengine.web.roles import Right
from alertengine.workflow import RELEASE, release_on_record

if TYPE_CHECKING:
    from alertengine.documents import Release
    from alertengine.ledger import Ledger

#: Decisions named one by one.
_NAMED: Final = 8
#: Rights of those who sign.
SIGNING: Final = frozenset({Right.WORK, Right.REVIEW, Right.APPROVE})


@dataclass(frozen=True, slots=True)
class LastRelease:
    """The last release on record, and the decisions it says the orders were made without."""

    allowed: Release | None
    unused: list[str]


def released(ledger: Ledger, number: int) -> LastRelease:
    """What is on record of letting the papers of an act out."""
    acts = [one for one in ledger.acts(RELEASE) if one.head.get("about") == number]
    unused = acts[-1].head.get("decisions_unused", []) if acts else []
    return LastRelease(release_on_record(ledger, number), list(map(str, unused)))


def issued_cards(visit: Visit, number: int, out: LastRelease) -> None:
    """The cards of an issued act, each for whoever may use it."""
    allowed, unused = out.allowed, out.unused
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
                    ui.label("仍是草稿而必须发出的，由批准人在这里具名放行。").classes("soft small")
        with card("之后"), ui.element("div").classes("side"):
            ui.link("送达和回执", f"/deliver?act={number}").classes("btn")
            ui.link("今晚核查", "/audit").classes("btn")
            ui.link("响应评估", f"/evaluate?act={number}").classes("btn")


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
                unused = await visit.desk.ask(decisions_unused, visit.desk.path, number)
                if unused:
                    numbers.append((str(len(unused)), f"件处罚决定未用到：{'、'.join(unused[:_NAMED])}"))
                confirm(f"具名放行第{number}号的草稿？", numbers, "具名放行", act, red=True)

        place = ui.element("div").classes("w-full")
        ui.button("具名放行…", on_click=ask).props("outline")
