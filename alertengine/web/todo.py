"""What waits for a person: drafts at their step, an old forecast, plants not served; the gravest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import pandas as pd

from alertengine.vocabulary import CANCEL, LEVEL_TEXT, PLANT_KEY, RESPONSE_TEXT, STAY, short_moment
from alertengine.vocabulary import times as clock
from alertengine.web.kept import KeptLedger, Plants, acts_in_force, acts_to_serve, acts_with_orders
from alertengine.web.roles import Right
from alertengine.web.today import Change, Today, change_of, lasting, new_changes
from alertengine.workflow import MATTERS, DraftState, Stage, drafts, lifted_since, service, still_open

if TYPE_CHECKING:
    from alertengine.ledger import Ledger
    from alertengine.web.accounts import Account
    from alertengine.web.workstore import WorkRow

#: Hours after which a forecast wants a look, and after which it is old.
AGEING: Final = 6
OLD: Final = 18
#: Stands after every time.
_LAST: Final = "9999"
#: Acts after which others may be served or named, and answers kept: officers ask the same of the same minute.
_SERVED_BY: Final = ("delivery", "erasure")
_DECISION: Final = "decision"
_KEPT: Final = 8
_STEPS: Final = {
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


def all_of(ledger: Ledger, account: Account, page: Today, works: Mapping[Change, WorkRow]) -> list[Todo]:
    """All that waits for a person: what the record says, and what 今日 proposes and nobody has drafted.

    ``works`` are the unsubmitted drafts by the changes of warnings they decide.
    """
    items = todo(ledger, account, page.now)
    if Right.WORK not in account.rights:
        return items
    own = [row for row in page.proposals if not page.own or row["city"] in page.own]
    proposed = [_to_draft(row, page, works) for row in sorted(own, key=lambda row: row["starts_at"] or _LAST)]
    counts, named = Counter(one.address for one in proposed), {one.address for one in items}
    for one in proposed:  # a draft is named once, by the first of the proposals that it answers
        if one.address not in named:
            more = f"（共{counts[one.address]}项变更）" if counts[one.address] > 1 else ""
            items.append(replace(one, what=f"{one.what}{more}"))
        named.add(one.address)
    if page.issued is None or page.now - page.issued >= pd.Timedelta(hours=OLD):
        late = f"手里的预报已发布{OLD}小时以上"
        what, why = ("还没有预报", "录入后给出建议") if page.issued is None else ("预报该更新了", late)
        items.append(Todo(what, why, "/forecast", "录入预报"))
    for act, count in page.undetermined["act"].value_counts(sort=False).items() if len(page.undetermined) else ():
        why = f"第{act}号已按“待人工确定”发出；会商后重新拟稿即更正"
        draft = page.orders_acts.get(int(str(act)))
        way = f"/audit?act={act}" if draft is None else f"/issue?draft={draft}"
        items.append(Todo(f"{count}条生产线仍无依据", why, f"{way}&f=open#orders", "看清单"))
    # of what is grave orders that nobody has given yet come before those that are to be served
    return sorted(items, key=lambda one: (not one.grave, one.address.startswith("/deliver")))


def new_draft_of(city: str) -> str:
    """The address of the form of a new draft, with a city and its newest list chosen."""
    return f"/issue?city={quote(city)}#new"


def _asked(row: Mapping[str, str]) -> str:
    return f"{row['city']}{row['counties']}{row['action_text']}{LEVEL_TEXT.get(row['level'], '')}"


def _to_draft(row: Mapping[str, str], page: Today, works: Mapping[Change, WorkRow]) -> Todo:
    asked = _asked(row)
    if (draft := page.draft_for(dict(row))) is not None:
        why = f"{draft.drafted_by} {short_moment(draft.drafted_at)}拟"
        return Todo(f"{asked}，第{draft.act}号拟稿{draft.stage.text}", why, f"/issue?draft={draft.act}", "看拟稿")
    what, address, way = f"{asked}，还没有拟稿", new_draft_of(row["city"]), "拟稿"
    if (work := works.get(change_of(row))) is not None:
        what, address, way = f"{asked}，{work.changed_by}已着手，没有送审", f"/issue?work={work.key}", "继续拟稿"
    if not row["starts_at"]:
        return Todo(what, row["reason"], address, way)
    minutes = int((pd.Timestamp(row["starts_at"]) - page.now) / pd.Timedelta(minutes=1))
    ahead = f"还有{lasting(minutes)}" if minutes > 0 else f"已过{lasting(-minutes)}"
    before = row["kind"] in (CANCEL, STAY, "advise")  # then nothing begins or ends
    does = f"{row['hours']}，应在此之前告知" if before else f"应于{row['starts']}{RESPONSE_TEXT[row['kind']]}"
    return Todo(what, f"{does}，{ahead}", address, way, grave=minutes <= 0)


def todo(ledger: Ledger, account: Account, now: pd.Timestamp | None = None) -> list[Todo]:
    """What of the record waits for a person at a time (civil; absent: the clock's)."""
    now = pd.Timestamp(clock.now().replace(tzinfo=None)) if now is None else now
    out = [found for state in drafts(ledger) if (found := _of_draft(ledger, state, account)) is not None]
    if Right.WORK in account.rights:
        out += [*_unserved(ledger, now), *_without_decision(ledger, now)]
    return sorted(out, key=lambda one: not one.grave)


def _of_draft(ledger: Ledger, state: DraftState, account: Account) -> Todo | None:
    step = _STEPS.get(state.stage)
    if step is None or step[0] not in account.rights or state.replaced_by:
        return None
    right, stands, way = step
    changes = new_changes(ledger.warnings(state.act)) if state.warnings else []
    asked = "、".join(map(_asked, changes)) or "、".join(f"{city}{LEVEL_TEXT[level]}" for city, level in state.levels)
    who = f"{state.drafted_by} {short_moment(state.drafted_at)}拟" if right is not Right.WORK else state.reason
    why = "，".join(filter(None, (asked, who, f"{state.overrides}条人工变更" if state.overrides else "")))
    return Todo(f"第{state.act}号《{state.title}》{stands}", why, f"/issue?draft={state.act}", way, grave=True)


def _without_decision(ledger: Ledger, now: pd.Timestamp) -> list[Todo]:
    """The acts in force whose orders were made with decisions of authorities that were lifted since."""
    last = max((act.act for act in ledger.acts(_DECISION)), default=0)
    out = []
    for act in acts_in_force(ledger, acts_with_orders(ledger, now), now) if last else ():
        for number, day in _lifted(ledger.path, act.act, act.hash, last):
            what = f"第{act.act}号指令所据的处罚决定{number}已解除"
            why = f"自{day}起不再有效，按该决定停产的生产线须重新拟稿"
            out.append(Todo(what, why, "/issue#new", "拟稿", grave=day <= str(now.date())))
    return out


@lru_cache(_KEPT)
def _lifted(path: Path, number: int, _hash: str, _last: int) -> tuple[tuple[str, str], ...]:
    """Number and first day without it of each decision that an act was made with and that was lifted since."""
    with KeptLedger.open(path) as ledger:
        return tuple(dict.fromkeys((row["number"], row["lifted"]) for row in lifted_since(ledger, number)))


def _unserved(ledger: Ledger, now: pd.Timestamp) -> list[Todo]:
    out = []
    last = max((act.act for act in ledger.acts() if act.kind in _SERVED_BY), default=0)
    for act, plants, cities in acts_to_serve(ledger, now):
        waiting, every, begun, ended, over = _served(ledger.path, act.act, act.hash, last, now, plants, cities)
        if waiting:
            late = pd.Timestamp(begun) <= now
            every_ended = ended == waiting
            duty = f"指令自{short_moment(begun)}起{over}" if every_ended else f"义务自{short_moment(begun)}起"
            some = f"，未送达的{ended}家是{over}" if ended and not every_ended else ""
            why = f"应送达{every}家{some}，{duty}" + ("，已起算" if late and not every_ended else "")
            out.append(Todo(f"第{act.act}号还有{waiting}家没有送达", why, f"/deliver?act={act.act}", "去送达", late))
    return out


@lru_cache(_KEPT)
def _served(
    path: Path,
    number: int,
    _hash: str,
    _last: int,
    now: pd.Timestamp,
    plants: Plants | None,
    cities: frozenset[str],
) -> tuple[int, int, str, int, str]:
    """How many of an act are not served, of how many, since when, how many of them it ends the duty of, and its word.

    ``_last`` says whether that is still so.  What it orders counts for ``plants``: a later act took over the rest; what
    it ends counts in ``cities``: in others it would be over by the papers of before too.
    """
    with KeptLedger.open(path) as ledger:
        table = service(ledger, number, now)
    if plants is not None:
        ends = table["matter"] != "ordered"
        wanted = pd.MultiIndex.from_frame(table[PLANT_KEY]).isin(plants)
        table = table[(ends & table["city"].isin(cities)) | (~ends & wanted)]
    waiting = still_open(table)
    ends = waiting["matter"] != "ordered"
    over = MATTERS["cancelled" if waiting.loc[ends, "matter"].eq("cancelled").all() else "ended"]
    told = waiting if ends.all() else waiting[~ends]
    return len(waiting), len(table), str(told["starts"].min()) if len(told) else "", int(ends.sum()), over
