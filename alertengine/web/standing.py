"""What holds at a moment of all acts on record: a row a line, city by city."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from alertengine.ledger import Ledger
from alertengine.orders import InForce, at_moments, holding
from alertengine.vocabulary import to_minute
from alertengine.warning import Record
from alertengine.web.kept import KeptLedger, last_erasure, table_once
from alertengine.workflow import (
    decided_of,
    holds,
    plain_orders,
    responses,
    standing_issues,
    warning_ids,
    warnings_so_far,
    what_stands,
)

if TYPE_CHECKING:
    from alertengine.ledger import Act

#: Lists and orders kept: of the minutes of an evening they are the same.
KEPT: Final = 2


def acts_with_orders(ledger: Ledger, now: pd.Timestamp) -> list[Act]:
    """The acts whose orders stand at a moment."""
    return [act for act in standing_issues(ledger) if ledger.rows(act.act, "orders") and holds(ledger, act, now)]


def acts_in_force(ledger: Ledger, acts: Sequence[Act], now: pd.Timestamp) -> list[Act]:
    """Of :func:`acts_with_orders` those that any order still stands of: no act that was lifted or taken over whole."""
    stamp, live = to_minute(now), set[int]()
    running = set(Record(warnings_so_far(ledger, now)).segments(now)["warning_id"].astype("str"))
    for members in responses(ledger, acts):
        spoken = {name for one in members for name in warning_ids(ledger, one.act)}
        if spoken and not spoken & running:
            continue
        if len(members) == 1:
            live |= {members[0].act}
            continue
        stands = stands_of(ledger, members)
        live |= set(stands.loc[(stands["ends"] == "") | (stands["ends"] > stamp), "act"])
    return [act for act in acts if act.act in live]


def standing_at(
    ledger: Ledger,
    acts: Sequence[Act],
    now: pd.Timestamp,
    seen: Callable[[pd.DataFrame], pd.DataFrame] = lambda table: table,
) -> InForce:
    """What is ordered at a moment, by all acts of the responses that then go on and by the last act.

    Of a city where nothing holds yet, what begins first; ``decision`` is the state of a city after the next
    change of its warnings.

    Args:
        ledger: the record.
        acts: the acts whose orders stand, one at least.
        now: the moment.
        seen: leaves of orders what may be seen.

    """
    record = warnings_so_far(ledger, now)
    running = frozenset(Record(record).segments(now)["warning_id"].astype("str"))
    whole = seen(_ordered(ledger.path, tuple((act.act, act.hash) for act in acts), running, last_erasure(ledger)))
    stamp, at = to_minute(now), dict[str, str]()
    for city, own in whole.groupby("city"):
        live = own[(own["ends"] == "") | (own["ends"] > stamp)]
        at[str(city)] = max(stamp, live["starts"].min()) if len(live) else stamp
    moments = {city: pd.Timestamp(moment) for city, moment in at.items()}
    made = {city: one for city, moment in moments.items() if (one := holding(record, city, moment)) is not None}
    held = at_moments(whole, at, made)
    following = {}
    for city, moment in moments.items():
        later = Record(record[record["city"] == city]).segments(moment)["starts"]
        if (later > moment).any():
            following[city] = pd.Timestamp(later[later > moment].min())
    then = {city: one for city, moment in following.items() if (one := holding(record, city, moment)) is not None}
    if not then:
        return held
    next_at = {**at, **{city: to_minute(following[city]) for city in then}}
    return replace(held, decision=at_moments(whole, next_at, then))


@lru_cache(KEPT)
def _ordered(path: Path, acts: tuple[tuple[int, str], ...], running: frozenset[str], _erased: int) -> pd.DataFrame:
    """What stands of the orders of responses that go on, and of the last act; not to be changed in place.

    ``acts``: numbers and hashes; ``running``: the warnings in force; both and ``_erased`` say whether it is still so.
    """
    numbers = {number for number, _ in acts}
    with KeptLedger.open(path) as ledger:
        held = [act for act in ledger.acts() if act.act in numbers]
        tables = [
            stands_of(ledger, members)
            for members in responses(ledger, held)
            if members[-1] is held[-1] or any(running & warning_ids(ledger, one.act) for one in members)
        ]
    return pd.concat(tables, ignore_index=True)


def stands_of(ledger: Ledger, members: Sequence[Act]) -> pd.DataFrame:
    """What stands of the orders of one response (:func:`~alertengine.workflow.what_stands`), kept beside the ledger."""

    def found() -> pd.DataFrame:
        own = [plain_orders(ledger.orders(one.act, personal=False), one.act) for one in members]
        return what_stands(own, [decided_of(ledger, one) for one in members])

    rests_on = ["stands", [[one.act, one.hash] for one in members], last_erasure(ledger)]
    return table_once(ledger.path, rests_on, found)
