"""Whom an act must be served on: who it orders something, and whose duty it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from alertengine.ledger import uncorrected
from alertengine.lists import line_keys, under_ids_of
from alertengine.vocabulary import LINE_KEY, PLANT_KEY
from alertengine.workflow.acts_in_force import binds_from, decided_of, mode_of, responses

if TYPE_CHECKING:
    from alertengine.ledger import Act, Ledger

_COLUMNS: Final = ["city", "county", "enterprise_id", "enterprise", "line_id", "starts", "ends"]
#: States of a line that carry something to do.
_DUTY: Final = ("ordered", "self_directed")
#: Stands for the end of what is open; sorts after every time.
_OPEN: Final = "9999-12-31 23:59"


def owed(ledger: Ledger, act: Act, *, personal: bool) -> pd.DataFrame:
    """One row an order that an act must be served for, as objects: _COLUMNS and ``matter``, a code of MATTERS.

    Orders that ask something run from the hour on that their act speaks; an open end is the last of all times.
    Where a duty ends, ``starts`` and ``ends`` are both that hour: by a lift, a cancellation or a correction, or since
    the act asks nothing more of any line of the plant; ``cancelled`` where all that it was ordered is taken back before
    it begins.
    """
    decided, orders = decided_of(ledger, act), ledger.orders(act.act, personal=personal)
    since = decided.since if decided else binds_from(act)
    given = _duties(orders, since)
    ended = _ended(ledger, act, orders, since, personal=personal)
    ended = ended[~pd.MultiIndex.from_frame(ended[PLANT_KEY]).isin(pd.MultiIndex.from_frame(given[PLANT_KEY]))]
    cancelled = ended["order_id"].str.startswith(tuple(f"{name}-" for name in decided.cancels) if decided else ())
    whole = cancelled.groupby([ended[name] for name in PLANT_KEY]).transform("all")
    given = given.assign(matter=np.where(given["starts"] < given["ends"], "ordered", "ended"))
    ended = ended.assign(matter=np.where(whole, "cancelled", "ended"))
    table = pd.concat([given, ended], ignore_index=True)
    return table[[*_COLUMNS, "matter"]]


def _duties(orders: pd.DataFrame, since: str) -> pd.DataFrame:
    """The orders that ask something, from an hour on; of a plant whose orders all end by then the end is told."""
    table = _asking(orders)
    held = table["ends"] > since
    table = table[held | ~held.groupby([table[name] for name in PLANT_KEY]).transform("any")]
    table = table.assign(starts=[max(start, since) for start in table["starts"]])
    return table.assign(ends=[max(start, end) for start, end in zip(table["starts"], table["ends"], strict=True)])


def _asking(orders: pd.DataFrame) -> pd.DataFrame:
    """The orders that ask something, as objects, codes as texts."""
    moves = orders["transport"].astype("object").fillna("").astype("str").str.strip() != ""
    asked = orders[orders["status"].astype("str").isin(_DUTY) | moves]
    table = asked[[name for name in (*_COLUMNS, "order_id", "act") if name in asked]].astype("object")
    table = table.where(table.notna(), "")
    table = table.assign(**{name: table[name].astype("str").astype("object") for name in LINE_KEY})
    table["ends"] = table["ends"].replace("", _OPEN)
    return table


def _ended(ledger: Ledger, act: Act, orders: pd.DataFrame, since: str, *, personal: bool) -> pd.DataFrame:
    """The duties of acts before that an act ends: by a lift, a correction, or as it names the line itself.

    Of a line the last act before that names it counts, whatever its list called it.
    """
    alike = [one for one in ledger.acts("issue") if one.act < act.act and mode_of(one) == mode_of(act)]
    before = uncorrected(alike)
    response = next(own for own in responses(ledger, [*before, act]) if act in own)
    before = [one for one in before if one in response]
    decided = {one.act: decided_of(ledger, one) for one in [*before, act]}
    own = decided.pop(act.act)
    late = own is not None and any(one is not None and one.at > own.at for one in decided.values())
    had = [under_ids_of(ledger.orders(one.act, personal=personal), orders).assign(act=one.act) for one in before]
    if late or not had:  # an act recorded late decides nothing of the later ones
        return orders.iloc[:0][[*_COLUMNS, "order_id"]].astype("object")
    newest = pd.concat([pd.Series(one["act"].to_numpy(), line_keys(one)) for one in had]).groupby(level=LINE_KEY).max()
    table = pd.concat([_asking(one) for one in had], ignore_index=True)
    keys = line_keys(table)
    named = keys.isin(line_keys(orders))
    end = pd.Series(since, index=table.index, dtype="object").where(named | (table["act"] == act.corrects), _OPEN)
    for name, start in own.lifts if own is not None else ():
        end = end.mask(table["order_id"].str.startswith(f"{name}-"), max(start, since))
    table = table.assign(starts=end)[(table["act"].to_numpy() == newest.loc[keys].to_numpy()) & (end < table["ends"])]
    return table.assign(ends=table["starts"])[[*_COLUMNS, "order_id"]]
