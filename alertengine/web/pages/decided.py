"""处罚决定: what authorities decided, as the record has it, with its state today; a table brought in, one lifted."""

from __future__ import annotations

from typing import Final

from nicegui import ui

from alertengine.ledger import Ledger
from alertengine.lists import DECISIONS
from alertengine.vocabulary import times as clock
from alertengine.web.asked import decision_lifted, decisions_taken
from alertengine.web.desk import Desk
from alertengine.web.pages.filefield import file_field, file_fields
from alertengine.web.pages.frame import Visit, card, nothing
from alertengine.web.pages.reviewing import Ending, end_form
from alertengine.web.pages.tables import plain_table
from alertengine.web.roles import Right
from alertengine.workflow import DECISION_STATES, Upload, decisions_of, state_on

_COLUMNS: Final = {
    "state": "今日", **{field.name: field.text for field in DECISIONS if field.name != "line_id"}, "act": "编号"
}  # fmt: skip
_END: Final = Ending(
    "处罚决定",
    "已发布的指令不变，此后拟稿不再据以作出",
    "解除一件",
    "自何日起不再有效",
    "理由（写入台账）",
    "解除",
    "解除",
    by_day=True,
)
#: Decisions shown at once, those that bind first.
_SHOWN: Final = 400


async def register(visit: Visit) -> None:
    """Draw it; whoever sees some counties alone does not: a decision says nothing of the county."""
    if not visit.scope.whole:
        return
    rows = await visit.desk.look(_rows, visit.desk)
    open_ = sum(row["state"] in (DECISION_STATES["open"], DECISION_STATES["awaited"]) for row in rows)
    with card(f"处罚决定 {len(rows):,} 件，{open_:,} 件未解除、未届满"):
        if rows:
            links = {"act": "/audit?act={}", "enterprise_id": "/audit?enterprise={}"}
            plain_table(_COLUMNS, rows[:_SHOWN], links=links)
            ui.label("拟稿时自动采用；清单旁另有处罚决定表的，以所附的表为准，未用到的列在拟稿的须核对中。").classes(
                "soft small"
            )
            if len(rows) > _SHOWN:
                ui.label(f"只列前{_SHOWN}件").classes("soft small")
        else:
            nothing("台账里没有处罚决定。录入后，拟稿自动采用。")
        if Right.AUDIT in visit.account.rights:
            _lift(visit, rows)
            _entry(visit)


def _rows(desk: Desk) -> list[dict[str, str]]:
    today = clock.today()
    with Ledger.open(desk.path) as ledger:
        held = decisions_of(ledger, personal=False)
    order = list(DECISION_STATES)
    said = sorted(((state_on(row, today), act, row) for act, row in held), key=lambda one: order.index(one[0]))
    return [{**row, "act": str(act), "state": DECISION_STATES[state]} for state, act, row in said]


def _lift(visit: Visit, rows: list[dict[str, str]]) -> None:
    """Say from which day on a decision no longer binds: an act of its own, asked first."""
    left = {place: row for place, row in enumerate(rows) if row["state"] != DECISION_STATES["lifted"]}
    if not left:
        return
    words = {place: f"{row['number']} {row['enterprise']} {row['kind']}" for place, row in left.items()}

    async def act(place: int, day: str, reason: str) -> None:
        row, by = left[place], visit.allow(Right.AUDIT).signer(Right.AUDIT)
        said = (row["number"], row["enterprise_id"], day, reason, by)
        number = await visit.desk.ask(decision_lifted, visit.desk.path, *said)
        ui.notify(f"已记入台账，第{number}号", type="positive")

    end_form(words, _END, f"{clock.now():%Y-%m-%d}", act)


def _entry(visit: Visit) -> None:
    async def take(upload: Upload) -> list[Upload]:
        by = visit.allow(Right.AUDIT).signer(Right.AUDIT)
        new, known = await visit.desk.ask(decisions_taken, visit.desk.path, upload, by)
        ui.notify(f"记入{new}件处罚决定，{known}件已在台账", type="positive")
        ui.navigate.reload()
        return [upload]

    with file_fields(visit) as readings:
        file_field("audit.decisions", readings, take)
