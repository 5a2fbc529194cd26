"""What acts come to together: which correct which, which speak of one response, and what of their orders stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from alertengine.orders.in_force import prevailing
from alertengine.vocabulary.fields import EMISSION_FIELDS, ORDER_COLUMNS
from alertengine.vocabulary.flags import with_flags

if TYPE_CHECKING:
    from alertengine.ledger.act import Act
    from alertengine.ledger.store import Ledger

NUMBERS = ("share", *EMISSION_FIELDS.values())


def standing_acts(ledger: Ledger) -> list[Act]:
    """The acts of warnings and orders that no later one corrects."""
    corrected = {act.corrects for act in ledger.acts() if act.corrects is not None}
    return [act for act in ledger.acts("issue") if act.act not in corrected]


def warning_ids(ledger: Ledger, act: int) -> frozenset[str]:
    """The warnings that an act speaks of; none where it gives orders for a list alone."""
    if all(part.part != "warnings" for part in ledger.parts(act)):
        return frozenset()
    return frozenset(ledger.part(act, "warnings")["warning_id"].dropna().astype("str"))


def responses(ledger: Ledger, acts: Sequence[Act]) -> list[list[Act]]:
    """Acts by response: those that share a warning belong together, in the order they were recorded."""
    groups: list[tuple[set[str], list[Act]]] = []
    for act in acts:
        spoken = set(warning_ids(ledger, act.act))
        joined = [group for group in groups if group[0] & spoken]
        rest = [group for group in groups if not group[0] & spoken]
        members = sorted([one for _, own in joined for one in own] + [act], key=lambda one: one.act)
        groups = [*rest, (spoken.union(*(ids for ids, _ in joined)), members)]
    return sorted((members for _, members in groups), key=lambda own: own[0].act)


def plain_orders(table: pd.DataFrame, act: int) -> pd.DataFrame:
    """Orders of an act with texts as objects, blank ``""``, numbers as ``float64``, and the column ``act``."""
    table = with_flags(table)
    texts = [name for name in ORDER_COLUMNS if name not in NUMBERS]
    out = {name: table[name].astype("object").where(table[name].notna(), "") for name in texts}
    out |= {name: table[name].astype("float64") for name in NUMBERS}
    return pd.DataFrame(out, columns=list(ORDER_COLUMNS)).astype(dict.fromkeys(texts, "object")).assign(act=act)


def what_stands(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Orders of one response, each ended where a later act speaks of the line; ``said_end`` is the end as ordered."""
    return prevailing([table.assign(said_end=table["ends"]) for table in tables])
