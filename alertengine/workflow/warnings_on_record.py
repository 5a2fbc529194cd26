"""What the record says of warnings so far: what the next run starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from alertengine.vocabulary import WARNING_COLUMNS, Problem, civil, to_minute
from alertengine.warning import Record, empty_table

if TYPE_CHECKING:
    from alertengine.ledger import Act, Ledger

#: What makes two rows the same transition: a later act carries those before it.
_SAME: Final = ("warning_id", "city", "counties", "action", "level", "starts", "ends", "issued")


def standing_issues(ledger: Ledger) -> list[Act]:
    """The acts of warnings and orders that bind: not corrected by a later one, no simulation, no drill."""
    return [act for act in ledger.standing("issue") if is_live(act)]


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


def out_of_step(ledger: Ledger, act: Act) -> list[Problem]:
    """What of the record the act of kind ``issue`` recorded last does not go on from, each for a person.

    Decisions on warnings of its cities that stood when it was decided and that it was decided without, an earlier act
    that orders just the same, a time of issue before that of the decision.
    """
    if not is_live(act) or not act.head.get("decided"):
        return []
    file, now = str(ledger.path), pd.Timestamp(act.head["decided"])
    earlier = [one for one in standing_issues(ledger) if one.act < act.act]
    same = [one.act for one in earlier if ledger.parts(one.act) == ledger.parts(act.act)]
    own, held = ledger.warnings(act.act), warnings_so_far(ledger, now)
    cities = {*own["city"], *ledger.orders(act.act, personal=False)["city"]}
    standing = set(Record(held).segments(now)["warning_id"])
    left = held[held["city"].isin(cities) & held["warning_id"].isin(standing) & ~_keys(held).isin(_keys(own))]
    out = [Problem("issued_already", file=file, act=same[-1])] if same else []
    if len(left):
        names = list(dict.fromkeys(left["warning_id"].astype("str")))
        out.append(Problem("warnings_left_out", file=file, count=len(left), names=names))
    if civil(act.issued_at) < now:
        issued = to_minute(civil(act.issued_at))
        out.append(Problem("issued_too_early", file=file, column="issued_at", value=issued, decided=to_minute(now)))
    return out


def _keys(warnings: pd.DataFrame) -> pd.MultiIndex:
    """What tells transitions apart."""
    return pd.MultiIndex.from_frame(warnings[list(_SAME)].astype("str"))
