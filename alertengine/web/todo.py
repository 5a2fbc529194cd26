"""What waits for a person: drafts at their step, an old forecast, plants not served; the gravest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from alertengine.vocabulary import LEVEL_TEXT
from alertengine.vocabulary import times as clock
from alertengine.web.roles import Right
from alertengine.web.today import moment
from alertengine.workflow import DraftState, Stage, drafts, holds, service, standing_issues, still_open

if TYPE_CHECKING:
    from alertengine.ledger import Ledger
    from alertengine.web.accounts import Account

#: Hours after which a forecast wants a look, and after which it is old.
AGEING, OLD = 6, 18
_STEPS = {
    Stage.DRAFTED: (Right.REVIEW, "等审核", "去审核"),
    Stage.REVIEWED: (Right.APPROVE, "等批准", "去批准"),
    Stage.APPROVED: (Right.WORK, "已批准，等发布", "去发布"),
    Stage.RETURNED: (Right.WORK, "被退回", "去修改"),
}


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do: what, why, where, and the words of the way there; ``grave`` is a duty that runs already."""

    what: str
    why: str
    address: str
    way: str
    grave: bool = False


def todo(ledger: Ledger, account: Account, now: pd.Timestamp | None = None) -> list[Todo]:
    """What waits for a person at a time (civil; absent: the clock's)."""
    now = pd.Timestamp(clock.now().replace(tzinfo=None)) if now is None else now
    out = [found for state in drafts(ledger) if (found := _of_draft(state, account)) is not None]
    if Right.WORK in account.rights:
        out += _unserved(ledger, now)
    return sorted(out, key=lambda one: not one.grave)


def _of_draft(state: DraftState, account: Account) -> Todo | None:
    step = _STEPS.get(state.stage)
    if step is None or step[0] not in account.rights or state.replaced_by:
        return None
    right, stands, way = step
    levels = "、".join(f"{city}{LEVEL_TEXT[level]}" for city, level in state.levels)
    who = f"{state.drafted_by} {moment(state.drafted_at)}拟" if right is not Right.WORK else state.reason
    why = "，".join(filter(None, (levels, who, f"{state.overrides}条人工变更" if state.overrides else "")))
    return Todo(f"第{state.act}号《{state.title}》{stands}", why, f"/issue?draft={state.act}", way, grave=True)


def _unserved(ledger: Ledger, now: pd.Timestamp) -> list[Todo]:
    out = []
    for act in standing_issues(ledger):
        if not ledger.rows(act.act, "orders") or not holds(ledger, act, now):
            continue
        waiting, every = still_open(table := service(ledger, act.act, now)), len(table)
        if len(waiting):
            begun = str(waiting["starts"].min())
            late = pd.Timestamp(begun) <= now
            why = f"应送达{every}家，义务自{moment(begun)}起" + ("，已起算" if late else "")
            out.append(
                Todo(f"第{act.act}号还有{len(waiting)}家没有送达", why, f"/deliver?act={act.act}", "去送达", late)
            )
    return out
