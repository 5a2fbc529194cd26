"""Receipts into the record: one act of kind ``delivery`` for every file brought in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from alertengine.files import Findings, with_sheets
from alertengine.ledger import DRAFT, Act, Head, InputFile, cells_apart, check_codes, check_times, names_apart
from alertengine.vocabulary import (
    FIELDS,
    LINE_KEY,
    PLANT_KEY,
    Both,
    InputError,
    Problem,
    gathering,
    refuse,
    refuse_together,
)
from alertengine.vocabulary import times as clock
from alertengine.workflow.delivery.addressees import register_on_record
from alertengine.workflow.delivery.owed import owed
from alertengine.workflow.delivery.read import read_receipts
from alertengine.workflow.delivery.receipts import ANSWERS, EVENT_TEXT, PROOFS, RECEIPT_COLUMNS, SAME
from alertengine.workflow.recording import about, check_correction, told, unchanged

if TYPE_CHECKING:
    from alertengine.ledger import Ledger

KIND: Final = "delivery"
PART: Final = "receipts"
#: Columns that say something about persons: kept apart from the chain.
_PERSONAL: Final = ("person", "note")


@dataclass(frozen=True, slots=True)
class Delivered:
    """What bringing in a file came to: the act (None: nothing new), rows recorded and known before, what to look at.

    ``read`` says how the file was read and what was noticed then.
    """

    act: Act | None
    new: int
    known: int
    notes: tuple[Problem, ...] = ()
    read: Findings = field(default_factory=lambda: Findings(""))


def act_of_orders(ledger: Ledger, number: int) -> Act:
    """An act that orders something.

    Raises:
        InputError: no such act, or it orders nothing.

    """
    act = ledger.act(number)
    if act.kind == DRAFT or not ledger.has(number, "orders"):
        raise refuse(ledger.path, "act_orders_nothing", value=act.kind, act=number)
    return act


def receipts_of(ledger: Ledger, number: int, *, personal: bool = False) -> pd.DataFrame:
    """The receipts recorded for an act: RECEIPT_COLUMNS as objects, blank ``""``, and ``act`` that brought each in.

    An act of delivery that a later one corrects does not count.
    """
    tables = [
        receipts_of_act(ledger, act.act, personal=personal).assign(act=act.act)
        for act in ledger.standing(KIND)
        if act.head.get("about") == number
    ]
    if not tables:
        return pd.DataFrame(columns=[*RECEIPT_COLUMNS, "act"], dtype="object")
    return pd.concat(tables, ignore_index=True)


def receipts_of_act(ledger: Ledger, act: int, *, personal: bool) -> pd.DataFrame:
    """The receipts that an act recorded: RECEIPT_COLUMNS, blank ``""``.

    Raises:
        InputError: a record that another program wrote lacks a column, or has an event or time that is none.

    """
    table = ledger.part(act, PART, personal=personal, columns=RECEIPT_COLUMNS).fillna("").astype("str")
    check_codes(ledger.path, act, table["event"], EVENT_TEXT)
    for name in ("time", "until"):
        check_times(ledger.path, act, table[name])
    return table.astype("object")


def deliver(ledger: Ledger, number: int, path: Path, head: Head, clock_reason: str = "") -> Delivered:
    """Record the receipts of a file for an act; those already recorded are left out.

    A ``head.corrects`` names an act of delivery that this file takes the place of.

    Raises:
        InputError: the act orders nothing, the file cannot be used (every bad row is told), or the ledger cannot
            be written; nothing was written.

    """
    act, guard = act_of_orders(ledger, number), unchanged(ledger, KIND, about(number))
    issued, now = (pd.Timestamp(clock.civil(text)) for text in (act.issued_at, clock.stamp(clock.now())))
    said = {"act": head.corrects, "kind": KIND, "about": number}
    found, problems, table = Findings(str(path)), list[Problem](), None
    with gathering(problems):
        check_correction(ledger, head.corrects, head.reason, KIND, "no_receipts_of_act", **said)
    due, register = owed(ledger, act, personal=True), register_on_record(ledger, act)
    columns = ["city", "county", "enterprise_id", "enterprise", "line_id"]
    addressees = pd.concat([ledger.orders(number), due])[columns].astype("object")
    addressees = addressees.where(addressees.notna(), "")
    with gathering(problems):
        table = read_receipts(path, addressees, found, after=issued, before=now, register=register)
    refuse_together(problems, found)
    assert table is not None  # noqa: S101 -- as nothing was refused
    known = receipts_of(ledger, number)
    known = known[known["act"] != head.corrects] if head.corrects is not None else known
    again = pd.MultiIndex.from_frame(table[list(SAME)]).isin(pd.MultiIndex.from_frame(known[list(SAME)]))
    new = table[~again]
    _check_answers(new, pd.concat([known, new]), found)
    new = new.reset_index(drop=True)
    if new.empty:
        return Delivered(None, 0, len(table), read=found)
    details = {**head.details, "about": number, "about_hash": act.hash, "known_before": int(again.sum())}
    details |= {"readings": [one.recorded() for one in found.protocols], "told": list(map(told, found.problems))}
    head = replace(head, title=head.title or f"第{number}号《{act.title}》送达回执", details=details)
    files = [InputFile(f"receipts/{path.name}", path.read_bytes(), personal=True)]
    parts = {PART: cells_apart(names_apart(new), _PERSONAL)}
    done = ledger.append(KIND, head, parts, inputs=files, clock_reason=clock_reason, guard=guard)
    return Delivered(done, len(new), int(again.sum()), tuple(_notes(ledger, act, due, new, str(path))), found)


def _check_answers(new: pd.DataFrame, every: pd.DataFrame, found: Findings) -> None:
    """Refuse answers to a request that is not on file.

    Raises:
        InputError: with every such answer.

    """
    asked = every[every["event"] == "relief_asked"]
    first = asked.groupby(LINE_KEY)["time"].min().to_dict()
    said: dict[str, Any] = {
        "file": found.file,
        "column": "enterprise_id",
        "asked": Both("relief_asked", EVENT_TEXT["relief_asked"]),
    }
    problems = [
        Problem(
            "answer_without_request",
            row=int(str(number)),
            value=row["enterprise_id"],
            **said,
            event=Both(row["event"], EVENT_TEXT[row["event"]]),
            time=row["time"],
        )
        for number, row in new[new["event"].isin(ANSWERS)].to_dict("index").items()
        if first.get(tuple(row[name] for name in LINE_KEY), "9") > row["time"]
    ]
    if problems:
        raise InputError(with_sheets(problems, found.sheets))


def _notes(ledger: Ledger, act: Act, due: pd.DataFrame, new: pd.DataFrame, file: str) -> list[Problem]:
    """What a person should look at though the rows are recorded."""
    notes = [
        Problem("act_was_corrected", file=str(ledger.path), act=act.act, by=one.act)
        for one in ledger.acts("issue")
        if one.corrects == act.act
    ]
    nameless = int((new["event"].isin(PROOFS) & (new["person"] == "")).sum())
    if nameless:
        notes.append(Problem("receipts_unsigned", file=file, column="person", count=nameless))
    last = due[due["matter"] == "ordered"].groupby(PLANT_KEY)["ends"].max()
    ends = last.reindex(pd.MultiIndex.from_frame(new[PLANT_KEY])).set_axis(new.index)
    if late := int((new["event"].isin(PROOFS) & (new["time"] > ends)).sum()):
        notes.append(Problem("receipts_after_end", file=file, column="time", count=late))
    undirected = new["event"].isin(("sent", "resent")) & (new["channel"] == "")
    if undirected.any():
        notes.append(Problem("receipts_without_channel", file=file, column="channel", count=int(undirected.sum())))
    return notes


def county_text(name: str) -> str:
    """A county as people read it, where it is not given too."""
    return name or f"{FIELDS['county'].text}未注明"
