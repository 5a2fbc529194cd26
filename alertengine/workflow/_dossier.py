"""The dossier of one enterprise (一企一档): what the record says of it, over the years.

Everything comes from acts of the ledger; what no act says is not there.  Names of sole traders
and the words of inspectors are masked unless asked for.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, TypedDict

import pandas as pd

from alertengine.files import records, rules_folder
from alertengine.ledger import NOT_DRAFTED, Act, Vault, check_orders, corrections, in_words
from alertengine.lists import is_valid
from alertengine.rulebook import OpenLists, Place
from alertengine.vocabulary import MASKED, ORDER_COLUMNS, SOLE_TRADER, plain_name
from alertengine.workflow._decisions_on_record import decisions_of
from alertengine.workflow._record_findings import recorded_findings
from alertengine.workflow.acts_in_force import (
    ActEntry,
    act_entry,
    is_live,
    plain_orders,
    responses,
    what_bound,
)
from alertengine.workflow.delivery.record import receipts_of
from alertengine.workflow.find_enterprise import asked_as, codes_of, find_enterprise
from alertengine.workflow.ordered_hours import ordered_hours

if TYPE_CHECKING:
    from alertengine.ledger import Ledger

#: Cells of an order that a dossier shows.
ORDER_CELLS: Final = (
    "order_id", "line_id", "line", "process", "grade", "effective_grade", "level", "starts", "ends", "said_end",
    "measure_text", "share", "so2_kg_d", "nox_kg_d", "pm_kg_d", "vocs_kg_d", "transport", "status", "basis",
    "standing", "hangs_on", "remark",
)  # fmt: skip
FINDING_CELLS: Final = (
    "day", "line_id", "line", "level", "measure_text", "subject", "evidence", "finding", "rank", "proposal_rank",
    "conclusion", "finding_text", "consequence", "basis", "standing", "source", "order_id",
)  # fmt: skip
RECEIPT_CELLS: Final = ("time", "event", "channel", "person", "officer", "line_id", "until", "reference", "note")


class ValueSaid(TypedDict):
    """A value that orders gave, with the first and the last act that says so and when they were issued."""

    value: str
    acts: list[int]
    issued_at: list[str]


class ListedLine(TypedDict):
    """A line of the enterprise as its last order names it, with the acts that speak of it."""

    line_id: str
    line: str
    process: str
    industry: str
    county: str
    acts: list[int]


class Identity(TypedDict):
    """Who an enterprise is: its last id, whether that is a sound code, all it had, whether its name is masked.

    ``asked_as`` is its last id as it can be asked for, its city before it where plants of several cities have it.
    """

    enterprise_id: str
    asked_as: str
    code_valid: bool
    codes: list[ValueSaid]
    names: list[ValueSaid]
    city: list[ValueSaid]
    county: list[ValueSaid]
    industry: list[ValueSaid]
    lines: list[ListedLine]
    masked: bool


class GradeSaid(TypedDict):
    """The grades that an act gave some lines."""

    act: int
    issued_at: str
    list_version: str
    list_status: str
    grade: str
    effective_grade: str
    lines: list[str]
    level: str


class ActOfDossier(ActEntry):
    """An act that speaks of the enterprise, and the act that puts it right."""

    corrected_by: int | None


class LedgerEntry(TypedDict):
    """The ledger that a dossier is of, and how far it had come."""

    file: str
    acts: int
    last_hash: str
    zone: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """One enterprise over the years, as plain JSON values.

    ``identity``: id, whether the code is sound, codes, names, city, counties, industries, lines, each with the acts
    that say so; ``grades``, ``orders``, ``receipts``, ``decisions`` (of authorities, as entered in the ledger),
    ``findings``, ``hours``, ``acts``: one mapping a row.
    """

    identity: Identity
    grades: list[GradeSaid]
    orders: list[dict[str, Any]]
    receipts: list[dict[str, Any]]
    decisions: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    hours: list[dict[str, Any]]
    acts: list[ActOfDossier]
    ledger: LedgerEntry

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {name: getattr(self, name) for name in type(self).__slots__}


def dossier(ledger: Ledger, said: str, *, personal: bool = False, places: Collection[str] | None = None) -> Dossier:
    """The dossier of the enterprise that answers to an id or a name.

    Args:
        ledger: the record.
        said: the id or name, its city before it (太原市/…) where several answer.
        personal: whether names of sole traders and inspectors' words are shown.
        places: the counties, as ``city/county``, whose lines alone are told of; None: all.

    Raises:
        InputError: none or several enterprises answer, or none of the counties.

    """
    plant = find_enterprise(ledger, said, places)
    city, codes = plant[0], codes_of(ledger, plant)
    every = _within(_orders(ledger, city, codes, personal=personal), places)
    acts = [act for act in ledger.acts("issue") if act.act in set(every["act"])]
    stands = _standing(ledger, every)
    findings = _within(recorded_findings(ledger, personal=personal), places)
    mine = (findings["city"] == city) & findings["enterprise_id"].isin(codes)
    findings = findings[mine].sort_values(["day", "line_id"], kind="stable")
    lists = OpenLists.load([rules_folder()])
    hours = ordered_hours(stands, lists, Place(province=lists.province_of(city), city=city))
    receipts = _receipts(ledger, city, codes, acts, personal=personal)
    own = [row["city"] in ("", city) and _is(row, codes, every) for _, row in decisions_of(ledger)]
    shown = decisions_of(ledger, personal=personal)
    decided = [{"act": act, **row} for (act, row), mine in zip(shown, own, strict=True) if mine]
    last = ledger.last()
    return Dossier(
        identity=_identity(codes[-1], every, acts, asked_as(ledger, (city, codes[-1]), places)),
        grades=_grades(every, acts),
        orders=_order_rows(every, stands),
        receipts=receipts,
        decisions=decided,
        findings=records(findings[["act", *FINDING_CELLS]]),
        hours=[asdict(one) for one in hours],
        acts=_acts(ledger, acts, {*findings["act"], *(row["act"] for row in (*receipts, *decided))}),
        ledger={
            "file": ledger.path.name,
            "acts": last.act if last else 0,
            "last_hash": last.hash if last else "",
            "zone": "Asia/Shanghai",
        },
    )


def _is(row: Mapping[str, str], codes: Sequence[str], every: pd.DataFrame) -> bool:
    """Whether a decision speaks of the enterprise: by a code of it, without one by a name that orders gave it."""
    if row["enterprise_id"]:
        return row["enterprise_id"] in codes
    return plain_name(row["enterprise"]) in {plain_name(name) for name in every["enterprise"].unique()}


def _within(table: pd.DataFrame, places: Collection[str] | None) -> pd.DataFrame:
    """The rows of some counties."""
    if places is None:
        return table
    city, county = (table[name].astype("object").fillna("").astype("str") for name in ("city", "county"))
    return table[(city + "/" + county).isin(list(places))]


def _orders(ledger: Ledger, city: str, codes: Sequence[str], *, personal: bool) -> pd.DataFrame:
    """Every order that any act gave an enterprise of a city under its codes, in the order of acts."""
    sql = (
        f"SELECT act, {', '.join(ORDER_COLUMNS)} FROM orders WHERE {NOT_DRAFTED} AND (act, row) IN"  # noqa: S608 -- our own names
        " (SELECT act, row FROM order_rows WHERE city = (SELECT id FROM texts WHERE text = ?) AND enterprise_id IN"
        " (SELECT id FROM texts WHERE text IN (SELECT value FROM json_each(?))))"
        " ORDER BY act, row"
    )
    with in_words(ledger.path):
        rows = ledger.db.conn.execute(sql, [city, json.dumps(list(codes))]).fetchall()
        table = pd.DataFrame(rows, columns=["act", *ORDER_COLUMNS], dtype="object")
        if personal and codes[-1].startswith(SOLE_TRADER):
            table["enterprise"] = _names(ledger, city, codes[-1])
    for act, own in table.groupby("act"):
        check_orders(ledger.path, int(str(act)), own)
    tables = [plain_orders(own, int(str(act))) for act, own in table.groupby("act")]
    return pd.concat(tables, ignore_index=True)


def _names(ledger: Ledger, city: str, code: str) -> list[str]:
    """The names in an enterprise's orders, opened, in the order of acts."""
    sql = (
        "SELECT t.text FROM order_rows o JOIN texts t ON t.id = o.enterprise"  # noqa: S608 -- our own names
        f" WHERE {NOT_DRAFTED} AND o.enterprise_id = (SELECT id FROM texts WHERE text = ?)"
        " AND o.city = (SELECT id FROM texts WHERE text = ?) ORDER BY o.act, o.row"
    )
    texts = [str(text) for (text,) in ledger.db.conn.execute(sql, [code, city])]
    opened = Vault(ledger.db).opened(texts)
    return [opened.get(text, text) for text in texts]


def _standing(ledger: Ledger, every: pd.DataFrame) -> pd.DataFrame:
    """What stands of the orders that bind: acts ended by later ones of a response, corrected ones by their correction.

    Acts that name the enterprise no more, lift and correct what those that name it ordered.
    """
    named, pieces = set(every["act"]), list[pd.DataFrame]()
    for members in responses(ledger, [act for act in ledger.acts("issue") if is_live(act)]):
        if named.intersection(act.act for act in members):
            tables = {act.act: every[every["act"] == act.act] for act in members}
            pieces.append(what_bound(ledger, members, tables)[1].assign(response=len(pieces)))
    empty = every.iloc[:0].assign(said_end="", response=0)
    return pd.concat(pieces, ignore_index=True) if pieces else empty


def _identity(code: str, every: pd.DataFrame, acts: Sequence[Act], asked: str) -> Identity:
    said = {act.act: act.issued_at for act in acts}
    lines: list[ListedLine] = []
    for (_, line), own in every.groupby(["city", "line_id"], sort=True):
        last = own.iloc[-1]
        lines.append({
            "line_id": str(line), "line": str(last["line"]), "process": str(last["process"]),
            "industry": str(last["industry"]), "county": str(last["county"]), "acts": sorted(map(int, set(own["act"]))),
        })  # fmt: skip
    return {
        "enterprise_id": code,
        "asked_as": asked,
        "code_valid": is_valid(code),
        "codes": _spans(every, "enterprise_id", said),
        "names": _spans(every, "enterprise", said),
        "city": _spans(every, "city", said),
        "county": _spans(every, "county", said),
        "industry": _spans(every, "industry", said),
        "lines": lines,
        "masked": bool((every["enterprise"] == MASKED).any()),
    }


def _spans(every: pd.DataFrame, name: str, said: dict[int, str]) -> list[ValueSaid]:
    """Each value a column had, with the first and last act that says so."""
    out: list[ValueSaid] = []
    for value, own in every[every[name] != ""].groupby(name, sort=False):
        first, last = int(own["act"].min()), int(own["act"].max())
        out.append({"value": str(value), "acts": [first, last], "issued_at": [said[first], said[last]]})
    return out


def _grades(every: pd.DataFrame, acts: Sequence[Act]) -> list[GradeSaid]:
    """Listed and effective grade by act, lines of the same together."""
    out: list[GradeSaid] = []
    for act in acts:
        own = every[every["act"] == act.act].drop_duplicates("line_id")
        version = dict(act.head.get("list", {}))
        for (grade, effective), rows in own.groupby(["grade", "effective_grade"], sort=False):
            out.append({
                "act": act.act, "issued_at": act.issued_at, "list_version": version.get("version") or "",
                "list_status": version.get("status") or "", "grade": str(grade), "effective_grade": str(effective),
                "lines": sorted(rows["line_id"]), "level": str(rows["level"].iloc[0]),
            })  # fmt: skip
    return out


def _order_rows(every: pd.DataFrame, stands: pd.DataFrame) -> list[dict[str, Any]]:
    """Every order as given, with what stands of it: ``state`` stands, cut (its end moved), replaced or not binding."""
    left = {(int(act), str(order)): str(end) for act, order, end in
            zip(stands["act"], stands["order_id"], stands["ends"], strict=True)}  # fmt: skip
    out = []
    for row in records(every.assign(said_end=every["ends"])[["act", *ORDER_CELLS]]):
        end = left.get((row["act"], row["order_id"]))
        row["state"] = "replaced" if end is None else "stands" if end == row["said_end"] else "cut"
        row["ends"] = row["said_end"] if end is None else end
        out.append(row)
    return out


def _receipts(
    ledger: Ledger, city: str, codes: Sequence[str], acts: Sequence[Act], *, personal: bool
) -> list[dict[str, Any]]:
    """What was sent, signed or asked for, of each act's orders."""
    out = []
    for act in acts:
        table = receipts_of(ledger, act.act, personal=personal)
        mine = (table["city"] == city) & table["enterprise_id"].isin(codes)
        own = table[mine].sort_values("time", kind="stable")
        out += records(own.assign(of=act.act)[["of", "act", *RECEIPT_CELLS]])
    return out


def _acts(ledger: Ledger, issued: Sequence[Act], others: set[int]) -> list[ActOfDossier]:
    """The acts that speak of the enterprise, with what corrects what."""
    after = corrections(ledger.acts())
    chosen = sorted([*issued, *(ledger.act(number) for number in others)], key=lambda act: act.act)
    return [{**act_entry(act), "corrected_by": after.get(act.act)} for act in chosen]
