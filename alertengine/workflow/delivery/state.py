"""Who has been served at an hour, and what that means for the duty.

The duty runs from the hour the order states.  Service is proved by a signature or by service in
person; what was only sent or read is not proved.  An enterprise served after that hour has the
duty all the same, but between the two hours nothing proves that it knew: whether a failure of
then is held against it is for a person to decide, and is said so wherever it matters.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from alertengine.vocabulary import PLANT_KEY, rounded, to_minute
from alertengine.workflow.delivery.owed import owed
from alertengine.workflow.delivery.receipts import (
    ANSWERS,
    EVENT_TEXT,
    OPEN_STATES,
    PROOFS,
    RELIEF,
    SERVICE_COLUMNS,
    STATES,
)
from alertengine.workflow.delivery.record import act_of_orders, county_text, receipts_of

if TYPE_CHECKING:
    from alertengine.ledger import Ledger

Row = dict[Any, Any]
#: Later than any time: of a duty that has ended nobody is told too late to be held to it.
_NEVER: Final = "9"
#: Enterprises named in a sentence; the rest are counted.
_NAMED: Final = 10


def service(ledger: Ledger, number: int, at: pd.Timestamp, *, personal: bool = False) -> pd.DataFrame:
    """How far service of an act has come at an hour: SERVICE_COLUMNS, one row an enterprise it must be served on.

    These are who has something to do, and whose duty the act ends (``matter``, a code of MATTERS).  ``state`` is a
    code of STATES; ``hours_run`` since the duty of the act began (negative: until it does), ``hours_unproved`` from its
    beginning to service (0 where served before; to ``at`` while open), both in hours and no further than to its end;
    of a duty that ends ``starts`` is that hour.  Sorted by city and county, what is open first.

    Raises:
        InputError: no such act, or it orders nothing.

    """
    act = act_of_orders(ledger, number)
    receipts = receipts_of(ledger, number, personal=personal)
    by_firm = _by_firm(receipts[receipts["time"] <= to_minute(at)].sort_values("time", kind="stable"))
    orders = owed(ledger, act, personal=personal)
    firms = orders.drop_duplicates(PLANT_KEY).drop(columns=["line_id", "starts", "ends"])
    plants = list(firms[PLANT_KEY].itertuples(index=False, name=None))
    held = orders.groupby(PLANT_KEY)
    lines, starts, ends = (
        column.reindex(plants).to_list()
        for column in (held["line_id"].nunique(), held["starts"].min(), held["ends"].max())
    )
    duty = [start if matter == "ordered" else _NEVER for start, matter in zip(starts, firms["matter"], strict=True)]
    said = [_of_receipts(by_firm.get(plant, []), start) for plant, start in zip(plants, duty, strict=True)]
    told = pd.DataFrame(said, index=firms.index, columns=list(_of_receipts([], "")))
    now, spans = to_minute(at), list(zip(starts, ends, told["served"], strict=True))
    table = firms.assign(lines=lines, starts=starts, **told).assign(
        hours_run=[_hours(start, min(now, end)) for start, end, _ in spans],
        hours_unproved=[max(0.0, _hours(start, min(served or now, end))) for start, end, served in spans],
    )[list(SERVICE_COLUMNS)]
    rank = table["state"].map({name: place for place, name in enumerate(STATES)})
    order = table.assign(rank=rank).sort_values(["city", "county", "rank", "enterprise_id"], kind="stable")
    return order.drop(columns="rank").reset_index(drop=True)


def _by_firm(table: pd.DataFrame) -> dict[tuple[str, str], list[Row]]:
    """Rows by city and code of an enterprise, in their order; plain dictionaries, for there are thousands of them."""
    out: dict[tuple[str, str], list[Row]] = {}
    for row in table.to_dict("records"):
        out.setdefault((str(row["city"]), str(row["enterprise_id"])), []).append(row)
    return out


def _of_receipts(receipts: list[Row], starts: str) -> dict[str, Any]:
    """What the receipts of one enterprise, by time, come to."""
    touched = [row for row in receipts if row["event"] not in RELIEF]
    out: dict[str, Any] = {"state": "untouched", "last": "", "channel": "", "served": ""}
    out["relief"], out["relief_open"] = _relief(receipts)
    out["tries"] = sum(row["event"] in {"sent", "resent"} for row in touched)
    if touched:
        last = touched[-1]
        out |= {"last": f"{last['time']} {EVENT_TEXT[last['event']]}", "channel": last["channel"]}
        own = [row["event"] for row in touched if row["event"] in {"read", "refused"}]
        out["state"] = own[-1] if own else "sent"  # what it did last counts, not what was sent after
    proof = next((row for row in touched if row["event"] in PROOFS), None)
    if proof is not None:
        out |= {"served": proof["time"], "channel": proof["channel"]}
        out["state"] = "late" if proof["time"] > starts else "served"
    return out


def _relief(receipts: list[Row]) -> tuple[str, int]:
    """Requests for relief and their answers, in words, and how many lines wait for one.

    Of each line the last answer after its last request counts.
    """
    lines: dict[str, list[Row]] = {}
    for row in receipts:
        if row["event"] in RELIEF:
            lines.setdefault(row["line_id"], []).append(row)
    said = [_relief_of_line(line, own) for line, own in sorted(lines.items())]
    return "；".join(words for words, _ in said), sum(waits for _, waits in said)


def _relief_of_line(line: str, rows: list[Row]) -> tuple[str, bool]:
    """The requests of a line and their last answer in words, and whether it waits for one."""
    asked = [row["time"] for row in rows if row["event"] == "relief_asked"]
    answers = [row for row in rows if row["event"] in ANSWERS and (not asked or row["time"] >= asked[-1])]
    said = (f"生产线{line}：" if line else "") + (f"{asked[0]}申请，" if asked else "")
    if not answers:
        return f"{said}未答复", True
    last = answers[-1]
    until = f"，至{last['until']}" if last["until"] else ""
    return f"{said}{last['time']}{last['officer']}{EVENT_TEXT[last['event']]}{until}", False


def _hours(start: str, until: str) -> float:
    return round((datetime.fromisoformat(until) - datetime.fromisoformat(start)).total_seconds() / 3600, 1)


def still_open(table: pd.DataFrame) -> pd.DataFrame:
    """Of :func:`service` the enterprises not served, and those whose request for relief has no answer."""
    waiting = table["relief_open"].to_numpy(dtype=int) > 0
    open_ = table["state"].isin(OPEN_STATES).to_numpy(dtype=bool)
    return table[np.logical_or(open_, waiting)].reset_index(drop=True)


def by_county(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Of :func:`service` one row a county, Chinese headers: enterprises, and how many in each state."""
    rows = []
    for (city, county), own in table.groupby(["city", "county"], sort=True):
        counts = own["state"].value_counts()
        states = {text: int(counts.get(name, 0)) for name, text in STATES.items()}
        waiting = int((own["relief_open"] > 0).sum())
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
    text = f"应送达{len(table)}家，截至{to_minute(at)}：" + "、".join(said)
    if len(late):
        text += (
            f"；起始后送达的最长晚{rounded(late['hours_unproved'].max(), 1)}小时，"
            "起始至送达之间是否知悉没有回执证明，能否据以认定由人确定"
        )
    return text


def relief_in_words(receipts: pd.DataFrame) -> str:
    """Requests for relief among receipts, by enterprise, with their answers; empty where there are none."""
    asked = receipts[receipts["event"] == "relief_asked"]
    if asked.empty:
        return ""
    firms = _by_firm(receipts.sort_values("time", kind="stable"))
    plants = asked[PLANT_KEY].drop_duplicates().itertuples(index=False, name=None)
    said = [f"{firms[plant][0]['enterprise']} {_relief(firms[plant])[0]}" for plant in plants]
    more = f"；另有{len(said) - _NAMED}家" if len(said) > _NAMED else ""
    return f"安全减排申请{len(said)}家：{'；'.join(said[:_NAMED])}{more}"
