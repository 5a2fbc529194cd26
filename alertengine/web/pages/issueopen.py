"""A draft opened: where it stands, the five numbers, what it orders in a grid, the step that may be taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from html import escape

from nicegui import ui

from alertengine.files import Protocol
from alertengine.ledger import Ledger
from alertengine.vocabulary import Problem, gathering
from alertengine.web.asked import without_decisions
from alertengine.web.brief import Brief
from alertengine.web.lists import behind
from alertengine.web.opening import Drafted, against_act, drafted, given_already, ready_act
from alertengine.web.orderrows import fields_said
from alertengine.web.pages.beside import against_card, register_card, warned
from alertengine.web.pages.frame import Visit, card, drawn_soon, hint
from alertengine.web.pages.issueacts import SIGNING, AfterIssue, actions, after_issue, issued_cards
from alertengine.web.pages.ordergrid import OrderGrid, of_act
from alertengine.web.pages.reading import protocols
from alertengine.web.pages.reviewing import (
    marks_of,
    pressed_of,
    ratio_card,
    ready_card,
    states_card,
    tiles,
)
from alertengine.web.pages.tables import markup, on_paper
from alertengine.web.today import new_changes, transitions
from alertengine.web.work import standing_against
from alertengine.workflow import (
    DraftState,
    RunOptions,
    Stage,
    cities_left_out,
    decided_of,
    draft,
    orders_left_out,
    readings_of,
)


@dataclass(frozen=True, slots=True)
class _Opened:
    """What the page of a draft shows: ``brief`` with how many orders stand already, ``unused`` orders from above.

    ``fresh`` of the changes are those of its own decision, ``old`` says what of its files is not the newest.

    ``out`` is what is on record since it was issued, None before; ``against`` what keeps the correction that it is from
    being issued, ``left`` what it leaves to later acts.
    """

    held: Drafted
    brief: Brief
    state: DraftState
    readings: list[Protocol]
    changes: list[dict[str, str]]
    fresh: list[dict[str, str]]
    unused: list[Problem]
    old: list[Problem]
    out: AfterIssue | None
    against: list[Problem]
    left: list[Problem]


async def show_draft(visit: Visit, number: int) -> None:
    """A submitted draft: look, and do the next step where it is one's own."""
    await drawn_soon(partial(_opened, visit, number), partial(_draft, visit, number), f"第{number}号拟稿")


async def _opened(visit: Visit, number: int) -> _Opened:
    desk, scope = visit.desk, visit.scope
    held = await desk.ask(drafted, desk.path, number, scope)

    def read(ledger: Ledger) -> _Opened:
        act, state, unused, old = ledger.act(number), draft(ledger, number), list[Problem](), list[Problem]()
        against, left = list[Problem](), list[Problem]()
        decided = decided_of(ledger, act)
        options, lists = RunOptions.of_act(act), desk.book.lists
        if state.stage.open and decided is not None and options is not None:
            old = behind(ledger, options, state.cities, partial(ledger.input, number))
            with gathering(old):  # as of a work
                unused = orders_left_out(ledger, lists, options, decided.record, decided.at)
        if state.stage.open:
            against = standing_against(ledger, state.correction, state.mode, set(state.cities))
            left = cities_left_out(ledger, state.correction, state.mode, set(state.cities))
        changes = [] if decided is None else transitions(decided.record)
        fresh = [] if decided is None else new_changes(decided.record)
        out = None if state.issued is None else after_issue(ledger, state.issued)
        return _Opened(held, held.brief, state, readings_of(act), changes, fresh, unused, old, out, against, left)

    found = await desk.read(read)
    if not found.state.stage.open:
        return found
    return replace(found, brief=replace(held.brief, stands=await desk.ask(given_already, desk.path, number, scope)))


def _draft(visit: Visit, number: int, found: _Opened) -> None:
    desk, scope, brief, state = visit.desk, visit.scope, found.brief, found.state

    async def beside() -> Brief:
        return brief.beside(await desk.ask(without_decisions, desk.path, number))

    actions(visit, state, brief, found.fresh, found.unused, found.old, found.against, found.left)
    pressed = pressed_of(visit.query.get("f", ""))
    issued = state.stage is Stage.ISSUED
    tiles(brief, lambda: grid, pressed, issued=issued, corrects=state.correction.act)
    if issued and state.issued is not None and found.out is not None:
        issued_cards(visit, state.issued, found.out)
    with ui.element("div").classes("cols main-side"):
        warned(found.changes, brief.summaries)
        if scope.whole:
            ratio_card(brief)
        else:
            with card(f"{scope.words}"):
                ui.label(f"{brief.enterprises:,} 家企业 {brief.lines:,} 条生产线；减排比例按全市计算，不在这里。")
    register_card(brief, beside if brief.decided else None)

    with ui.element("div").classes("cols even" if state.mode == "live" else "cols"):
        with ui.element("div").classes("pile"):
            states_card(brief)
            if state.mode == "live":
                look = partial(desk.ask, against_act, desk.path, number, visit.scope)
                against_card(look, state.correction.act)
        if state.mode == "live":
            ready_card(lambda: desk.ask(ready_act, desk.path, number, visit.scope), issued=issued)
    phone_lines(found.held, number)
    with ui.element("div").classes("desk-only"):
        grid = OrderGrid(visit, of_act(visit, number, found.held.first), marks_of(pressed))
    on_paper(f"/files/acts/{number}/print.html")
    protocols(found.readings if scope.whole else [])
    with card("地图、打印和下载"), ui.element("div").classes("pile near"):
        if scope.whole:
            ui.link("在地图上看，按区县列出", f"/map?of=draft:{number}")
        if state.stage.open and SIGNING & visit.account.rights:
            text = "下载审批表（列明签发前的未决事项）和全部文书草稿（zip）"
            ui.link(text, f"/files/acts/{number}.zip")
        ui.link("全部指令，按企业列出，可打印", f"/files/acts/{number}/print.html", new_tab=True)


def phone_lines(held: Drafted, number: int) -> None:
    """Draw them of what holds; on a desk the grid stands there instead, on paper all lines."""
    with ui.element("div").classes("phone-only pile no-print"):
        if held.open:
            with card(f"没有依据的 {held.open} 条生产线"):
                markup('<a id="lines-open"></a>').classes("contents")
                markup(f'<ul class="line-cards">{"".join(map(_line, held.cards))}</ul>')
                if held.open > len(held.cards):
                    hint(f"另有{held.open - len(held.cards)}条，见“地图、打印和下载”。")
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
