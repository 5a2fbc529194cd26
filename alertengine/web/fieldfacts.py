"""What the phone of an inspector shows beside the orders: where plants are, whom to ring, what they drew that day."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from alertengine.ledger import Ledger
from alertengine.lists import read_list
from alertengine.vocabulary import InputError, rounded
from alertengine.web.kept import last_erasure, lines_of
from alertengine.workflow import list_file, load_rules, unpacked

if TYPE_CHECKING:
    from alertengine.audit import Evidence

Point = tuple[float, float]
#: Readings drawn of a day: quarters of an hour at most.
_MOST: Final = 96
#: Acts whose contacts are at hand.
_LISTS: Final = 2


def places_of(path: Path, acts: Sequence[int], wanted: Sequence[str]) -> dict[str, Point]:
    """Longitude and latitude of plants ordered by acts, by code; none of a sole trader's or without coordinates."""
    out: dict[str, Point] = {}
    for number in acts:
        try:
            with Ledger.open(path) as ledger:
                table = lines_of(ledger, ledger.act(number))[["enterprise_id", "lon", "lat"]]
        except InputError:  # the list was erased
            continue
        own = table[table["enterprise_id"].astype("str").isin(wanted)].dropna()
        own = own.drop_duplicates("enterprise_id")
        at = zip(own["lon"].astype("float64").tolist(), own["lat"].astype("float64").tolist(), strict=True)
        out |= dict(zip(own["enterprise_id"].astype("str"), at, strict=True))
    return out


def contacts_of(path: Path, acts: Sequence[int], enterprise: str) -> list[tuple[str, str]]:
    """Contact and telephone of a plant, as the lists of acts say, each once; the caller asks who may see them."""
    out: dict[tuple[str, str], None] = {}
    for number in acts:
        with Ledger.open(path) as ledger:
            mark, erased = ledger.act(number).hash, last_erasure(ledger)
        out |= dict.fromkeys(_contacts(path, number, mark, erased).get(enterprise, ()))
    return list(out)


@lru_cache(_LISTS)
def _contacts(path: Path, number: int, _hash: str, _erased: int) -> dict[str, list[tuple[str, str]]]:
    """Contacts and telephones of an act's list by plant, read once for a round of plants; none where it was erased."""
    with Ledger.open(path) as ledger:
        act = ledger.act(number)
        try:
            with unpacked(ledger, act) as folder:
                lists = load_rules(folder, act.head["options"]).lists
                table = read_list(folder / list_file(folder, act.head["options"]), lists).lines
        except InputError:
            return {}
    out: dict[str, list[tuple[str, str]]] = {}
    for row in table[["enterprise_id", "contact", "phone"]].astype("object").fillna("").itertuples(index=False):
        if row.phone:
            out.setdefault(str(row.enterprise_id), []).append((str(row.contact), str(row.phone)))
    return out


def drawn_of(evidence: Sequence[Evidence]) -> dict[str, dict[str, Any]]:
    """The newest day of electricity of each plant by code: ``day``, ``hourly`` and ``kwh``, one number a reading."""
    out: dict[str, dict[str, Any]] = {}
    for one in evidence:
        if one.kind != "electricity" or "kwh" not in one.table:
            continue
        table = one.table[["enterprise_id", "time", "kwh"]].dropna()
        table = table.assign(enterprise_id=table["enterprise_id"].astype("str"))
        for code, own in table.groupby("enterprise_id"):
            sums = own.groupby("time")["kwh"].sum().sort_index()
            last = pd.Timestamp(sums.index[-1]).normalize()
            shown = sums[sums.index >= last] if one.hourly else sums.iloc[-14:]
            day = f"{last:%m-%d}" if one.hourly else f"{shown.index[0]:%m-%d} 至 {last:%m-%d}"
            out[str(code)] = {"day": day, "hourly": one.hourly, "kwh": [float(kwh) for kwh in shown[-_MOST:]]}
    return out


def power_chart(found: dict[str, Any]) -> str:
    """A small chart of one plant's electricity, as SVG."""
    kwh = found["kwh"]
    top = max(kwh, default=0.0) or 1.0
    wide = 340 / max(len(kwh), 1)
    bars = "".join(
        f'<rect x="{at * wide:.1f}" y="{60 - 56 * value / top:.1f}" width="{max(wide - 1.5, 1):.1f}"'
        f' height="{56 * value / top:.1f}"/>'
        for at, value in enumerate(kwh)
    )
    each = "每时" if found["hourly"] else "每日"
    said = escape(f"{found['day']} 用电，{each}，最高{rounded(max(kwh, default=0))}千瓦时，合计{rounded(sum(kwh))}")
    return (
        f'<figure class="power"><svg viewBox="0 0 340 62" role="img" aria-label="{said}"><g>{bars}</g>'
        f'<path d="M0 60.5H340"/></svg><figcaption class="small soft">{said}</figcaption></figure>'
    )
