"""What the record says of warnings so far: what the next run starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from alertengine.vocabulary import WARNING_COLUMNS, to_minute
from alertengine.warning import Record, empty_table

if TYPE_CHECKING:
    from alertengine.ledger import Act, Ledger

#: What makes two rows the same transition: a later act carries those before it.
_SAME: Final = ("warning_id", "city", "counties", "action", "level", "starts", "ends", "issued")


def standing_issues(ledger: Ledger) -> list[Act]:
    """The acts of warnings and orders that bind: not corrected by a later one, no simulation, no drill."""
    corrected = {act.corrects for act in ledger.acts() if act.corrects is not None}
    return [act for act in ledger.acts("issue") if act.act not in corrected and is_live(act)]


def is_live(act: Act) -> bool:
    """Whether an act binds: a simulation or drill says so among its options."""
    return str(act.head.get("options", {}).get("scenario", {}).get("mode", "live")) == "live"


def warnings_so_far(ledger: Ledger, at: pd.Timestamp | None = None) -> pd.DataFrame:
    """The warnings of all acts that no later one corrects, each transition once: WARNING_COLUMNS.

    In the order of issue; ``at``: only what was issued by then.  Simulations and drills bind nobody.
    """
    tables = [ledger.warnings(act.act) for act in standing_issues(ledger) if ledger.rows(act.act, "warnings")]
    if not tables:
        return empty_table()
    table = pd.concat(tables, ignore_index=True)[list(WARNING_COLUMNS)]
    table = table[~table[list(_SAME)].fillna("").duplicated()]
    if at is not None:
        table = table[table["issued"] <= at]
    return table.sort_values("issued", kind="stable").reset_index(drop=True)


def holds(ledger: Ledger, act: Act, now: pd.Timestamp) -> bool:
    """Whether anything that an act warned of has not ended; orders for a list alone: whether any of them runs."""
    if ledger.rows(act.act, "warnings"):
        return bool(len(Record(ledger.warnings(act.act)).segments(now)))
    ends = ledger.orders(act.act, personal=False)["ends"].astype("object").fillna("")
    return bool(((ends == "") | (ends > to_minute(now))).any())
