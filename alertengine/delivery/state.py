"""Who has been served at an hour, and what that means for the duty.

The duty runs from the hour the order states.  Service is proved by a signature or by service in
person; what was only sent or read is not proved.  An enterprise served after that hour has the
duty all the same, but between the two hours nothing proves that it knew: whether a failure of
then is held against it is for a person to decide, and is said so wherever it matters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from alertengine.delivery.model import ANSWERS, EVENT_TEXT, OPEN_STATES, PROOFS, SERVICE_COLUMNS, STATES
from alertengine.delivery.record import county_text, ordered_by, receipts_of

if TYPE_CHECKING:
    from alertengine.ledger.store import Ledger

#: States of a line that carry something to do.
_DUTY: Final = ("ordered", "self_directed")
_STAMP: Final = "%Y-%m-%d %H:%M"
UNANSWERED: Final = "未答复"
#: Enterprises named in a sentence; the rest are counted.
_NAMED: Final = 10


def service(ledger: Ledger, number: int, at: pd.Timestamp, *, personal: bool = False) -> pd.DataFrame:
    """How far service of an act has come at an hour: SERVICE_COLUMNS, one row an enterprise that has something to do.

    ``state`` is a code of STATES; ``hours_run`` since the duty began (negative: until it does),
    ``hours_unproved`` from its beginning to service (0 where served before; to ``at`` while open), both in hours.
    Sorted by city and county, what is open first.

    Raises:
        InputError: no such act, or it orders nothing.

    """
    _, orders = ordered_by(ledger, number)
    orders = ledger.orders(number, personal=personal)
    receipts = receipts_of(ledger, number, personal=personal)
    receipts = receipts[receipts["time"] <= f"{at:{_STAMP}}"].sort_values("time", kind="stable")
    by_firm = {str(code): own for code, own in receipts.groupby("enterprise_id", sort=False)}
    rows = [
        _row(str(code), own, by_firm.get(str(code)), at) for code, own in _with_duty(orders).groupby("enterprise_id")
    ]
    table = pd.DataFrame(rows, columns=list(SERVICE_COLUMNS))
    rank = table["state"].map({name: place for place, name in enumerate(STATES)})
    return (
        table.assign(rank=rank).sort_values(["city", "county", "rank", "enterprise_id"], kind="stable")
        .drop(columns="rank").reset_index(drop=True)
    )  # fmt: skip


def _with_duty(orders: pd.DataFrame) -> pd.DataFrame:
    """The orders that ask something, as objects."""
    moves = orders["transport"].astype("object").fillna("").astype("str").str.strip() != ""
    asked = orders[orders["status"].astype("str").isin(_DUTY) | moves]
    names = ["city", "county", "enterprise_id", "enterprise", "line_id", "starts"]
    table = asked[names].astype("object")
    return table.where(table.notna(), "")


def _row(code: str, orders: pd.DataFrame, receipts: pd.DataFrame | None, at: pd.Timestamp) -> dict[str, Any]:
    """One enterprise."""
    first = orders.iloc[0]
    starts = str(orders["starts"].min())
    out: dict[str, Any] = {"city": first["city"], "county": first["county"], "enterprise_id": code}
    out |= {"enterprise": first["enterprise"], "lines": orders["line_id"].nunique(), "starts": starts}
    out |= {"state": "untouched", "tries": 0, "last": "", "channel": "", "served": "", "relief": ""}
    if receipts is not None:
        out |= _of_receipts(receipts, starts)
    out["hours_run"] = _hours(starts, at)
    until = pd.Timestamp(out["served"]) if out["served"] else at
    out["hours_unproved"] = max(0.0, _hours(starts, until))
    return out


def _of_receipts(receipts: pd.DataFrame, starts: str) -> dict[str, Any]:
    """What the receipts of one enterprise, by time, come to."""
    events = receipts["event"]
    proofs = receipts[events.isin(PROOFS)]
    tries = receipts[events.isin(("sent", "resent"))]
    touched = receipts[~events.isin((*ANSWERS, "relief_asked"))]
    out: dict[str, Any] = {"tries": len(tries), "relief": _relief(receipts)}
    if len(touched):
        last = touched.iloc[-1]
        out |= {"last": f"{last['time']} {EVENT_TEXT[last['event']]}", "channel": last["channel"]}
        out["state"] = _open_state(touched["event"].tolist())
    if len(proofs):
        served = str(proofs["time"].iloc[0])
        out |= {"served": served, "channel": proofs["channel"].iloc[0]}
        out["state"] = "late" if served > starts else "served"
    return out


def _open_state(events: list[str]) -> str:
    """The state of an enterprise not served: what it did last counts, not what was sent after."""
    own = [event for event in events if event in ("read", "refused")]
    return own[-1] if own else "sent"


def _relief(receipts: pd.DataFrame) -> str:
    """Requests for relief and their answers, in words; each line's last answer after its last request."""
    said = []
    for line, own in receipts[receipts["event"].isin((*ANSWERS, "relief_asked"))].groupby("line_id", sort=True):
        asked = own[own["event"] == "relief_asked"]
        answers = own[own["event"].isin(ANSWERS)]
        if len(asked):
            answers = answers[answers["time"] >= asked["time"].iloc[-1]]
        where = f"生产线{line!s}：" if line else ""
        begin = f"{asked['time'].iloc[0]}申请，" if len(asked) else ""
        if answers.empty:
            said.append(f"{where}{begin}{UNANSWERED}")
            continue
        last = answers.iloc[-1]
        until = f"，至{last['until']}" if last["until"] else ""
        said.append(f"{where}{begin}{last['time']}{last['officer']}{EVENT_TEXT[last['event']]}{until}")
    return "；".join(said)


def _hours(start: str, at: pd.Timestamp) -> float:
    return round((at - pd.Timestamp(start)).total_seconds() / 3600, 1)


def still_open(table: pd.DataFrame) -> pd.DataFrame:
    """Of :func:`service` the enterprises not served, and those whose request for relief has no answer."""
    waiting = table["relief"].str.contains(UNANSWERED, regex=False).to_numpy(dtype=bool)
    open_ = table["state"].isin(OPEN_STATES).to_numpy(dtype=bool)
    return table[np.logical_or(open_, waiting)].reset_index(drop=True)


def by_county(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Of :func:`service` one row a county, Chinese headers: enterprises, and how many in each state."""
    rows = []
    for (city, county), own in table.groupby(["city", "county"], sort=True):
        counts = own["state"].value_counts()
        states = {text: int(counts.get(name, 0)) for name, text in STATES.items()}
        waiting = int(own["relief"].str.contains(UNANSWERED, regex=False).sum())
        rows.append(
            {"城市": city, "区县": county_text(str(county)), "企业数": len(own), **states, "申请未答复": waiting}
        )
    return rows


def in_words(ledger: Ledger, number: int, at: pd.Timestamp) -> str:
    """Service of an act in a sentence, for what opens an audit.

    Raises:
        InputError: no such act, or it orders nothing.

    """
    table = service(ledger, number, at)
    if table.empty:
        return "没有须送达的企业"
    counts = table["state"].value_counts()
    said = [f"{text}{int(counts[name])}家" for name, text in STATES.items() if name in counts]
    late = table[table["state"] == "late"]
    text = f"应送达{len(table)}家，截至{at:{_STAMP}}" + "、".join(said)
    if len(late):
        text += (
            f"；起始后送达的最长晚{late['hours_unproved'].max():g}小时，"
            "起始至送达之间是否知悉没有回执证明，能否据以认定由人确定"
        )
    return text


def relief_in_words(receipts: pd.DataFrame) -> str:
    """Requests for relief among receipts, by enterprise, with their answers; empty where there are none."""
    asked = receipts[receipts["event"] == "relief_asked"]
    if asked.empty:
        return ""
    said = []
    for code in asked["enterprise_id"].drop_duplicates():
        own = receipts[receipts["enterprise_id"] == code].sort_values("time", kind="stable")
        said.append(f"{own['enterprise'].iloc[0]} {_relief(own)}")
    more = f"；另有{len(said) - _NAMED}家" if len(said) > _NAMED else ""
    return f"安全减排申请{len(said)}家：{'；'.join(said[:_NAMED])}{more}"
