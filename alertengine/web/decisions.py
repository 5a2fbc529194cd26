"""What persons decided in place of the rules, and what of a draft stands already: read from the orders themselves."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from alertengine.orders import OVERRIDDEN, Override
from alertengine.vocabulary import POLLUTANTS, Flag, flags_of
from alertengine.web.standing import acts_in_force, acts_with_orders
from alertengine.workflow import holds, overrides_of, standing_issues

if TYPE_CHECKING:
    from alertengine.ledger import Ledger

#: What the remark of an order says where a person asks less than the rules.
LIGHTER: Final = "轻于规则"
#: What makes two orders the same.
_SAME: Final = ("enterprise_id", "line_id", "level", "starts", "ends", "measure_text", "transport")


@dataclass(frozen=True, slots=True)
class DecidedLine:
    """One line that a person decided: from what the rules asked to what is ordered, why, by whom.

    ``kg`` a day by pollutant as decided, ``was_kg`` as the rules have it; None where that is not known, or not yet.
    """

    key: tuple[str, str]
    place: tuple[str, str]
    enterprise: str
    line: str
    county: str
    was: str
    now: str
    reason: str
    by: str
    lighter: bool
    kg: tuple[float | None, ...]
    was_kg: tuple[float | None, ...] | None = None


def is_lighter(flags: str, remark: str) -> bool:
    """Whether an order was made lighter than the rules by a person."""
    return Flag.OVERRIDDEN in flags_of(flags) and LIGHTER in remark.split("原为：", 1)[-1]


def register(orders: pd.DataFrame, overrides: Iterable[Override]) -> list[DecidedLine]:
    """What persons decided, those lighter than the rules first.

    Args:
        orders: what holds of the orders (ORDER_COLUMNS), one row a line.
        overrides: what they are made with.

    """
    wanted = {(one.enterprise_id, one.line_id): one for one in overrides}
    if not wanted:
        return []
    keys = pd.MultiIndex.from_frame(orders[["enterprise_id", "line_id"]].astype("str"))
    mine = orders[keys.isin(list(wanted))].drop_duplicates(["enterprise_id", "line_id"])
    out = []
    for row in mine.astype("object").where(mine.notna(), "").to_dict("records"):
        one = wanted[str(row["enterprise_id"]), str(row["line_id"])]
        remark = str(row["remark"])
        was = remark.removeprefix(f"{OVERRIDDEN}（{one.reason}），原为：").split("；")[0]
        lighter = is_lighter(str(row["flags"]), remark)
        line = str(row["line"] or row["line_id"])
        names = (str(row["enterprise"]), line, str(row["county"]), was, one.words, one.reason, one.by)
        key = (one.enterprise_id, one.line_id)
        place = (str(row["city"]), str(row["level"]))
        out.append(DecidedLine(key, place, *names, lighter, _kilograms(row)))
    return sorted(out, key=lambda one: not one.lighter)


def beside_rules(decided: Iterable[DecidedLine], ruled: pd.DataFrame) -> list[DecidedLine]:
    """What persons decided, with what would hold without that (ORDER_COLUMNS, a row a line) beside it."""
    plain = ruled.astype("object").where(ruled.notna(), "")
    held = {(str(row["enterprise_id"]), str(row["line_id"])): row for row in plain.to_dict("records")}
    out = []
    for one in decided:
        row = held.get(one.key)
        was = one.was if row is None else str(row["measure_text"] or one.was)
        out.append(replace(one, was=was, was_kg=None if row is None else _kilograms(row)))
    return out


def _kilograms(row: Mapping[Any, Any]) -> tuple[float | None, ...]:
    return tuple(None if row[f"{name}_kg_d"] == "" else float(row[f"{name}_kg_d"]) for name in POLLUTANTS)


def standing_orders(ledger: Ledger, orders: pd.DataFrame, now: pd.Timestamp) -> pd.Series:
    """The act that gave each order already, in the same words and hours, and still holds; 0 where none did."""
    out = pd.Series(0, index=orders.index, dtype="int64")
    mine = pd.MultiIndex.from_frame(_plain(orders))
    for act in standing_issues(ledger):
        if ledger.rows(act.act, "orders") and holds(ledger, act, now):
            there = pd.MultiIndex.from_frame(_plain(ledger.orders(act.act)))
            out[mine.isin(there)] = act.act
    return out


def not_carried(
    ledger: Ledger, orders: pd.DataFrame, held: Container[tuple[str, str]], now: pd.Timestamp
) -> list[Override]:
    """What persons decided of lines of a draft in the acts that order them now, and the draft was made without.

    Args:
        ledger: the record.
        orders: the draft's (ORDER_COLUMNS).
        held: the lines that persons decided in it.
        now: the moment.

    """
    found: dict[tuple[str, str], Override] = {}
    for act in acts_in_force(ledger, acts_with_orders(ledger, now), now):
        spoken = _lines(ledger.orders(act.act, personal=False))
        found = {line: one for line, one in found.items() if line not in spoken}  # a later act decides its lines anew
        found |= {(one.enterprise_id, one.line_id): one for one in overrides_of(ledger, act.act)}
    mine = _lines(orders) if found else set()
    return [one for line, one in found.items() if line in mine and line not in held]


def _lines(orders: pd.DataFrame) -> set[tuple[str, str]]:
    return set(orders[["enterprise_id", "line_id"]].astype("str").itertuples(index=False, name=None))


def _plain(orders: pd.DataFrame) -> pd.DataFrame:
    table = orders[list(_SAME)].astype("object")
    return table.where(table.notna(), "").astype("str")
