"""Adding an act, inside a transaction: its files, its tables, and last the act itself with its hash.

The act's row comes last, so that rows without an act are an act that was never finished.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
from sqlite_utils import Database

from alertengine.files import leads_out
from alertengine.ledger.act import FORMAT, STEPS, Act, Head, InputFile, Signer
from alertengine.ledger.canonical_bytes import (
    BEGINNING,
    MARK,
    HashedInput,
    PartHash,
    Personal,
    act_hash,
    canonical,
    cell,
    sha256,
)
from alertengine.ledger.personal_vault import Vault
from alertengine.ledger.schema import ORDERS_2, PLAIN_COLUMNS, ledger_id
from alertengine.ledger.unpacking import packed
from alertengine.vocabulary import InputError, Problem, refuse
from alertengine.vocabulary import times as clock


def behind(recorded: str, last: str) -> float:
    """By how many seconds a time lies before the last act's; 0 where it does not."""
    return max(0.0, (datetime.fromisoformat(last) - datetime.fromisoformat(recorded)).total_seconds())


def refuse_backwards(file: str, recorded: str, last: str) -> None:
    """Refuse to record an act before the last one.

    Raises:
        InputError: the clock has gone backwards.

    """
    if behind(recorded, last):
        raise InputError([Problem("clock_backwards", file=file, value=recorded, last=last)])


def refuse_corrected(db: Database, path: Path, corrects: int | None) -> None:
    """Refuse to correct an act that another corrects already: both corrections would stand.

    Raises:
        InputError: so it is; the act that stands in its place is named.

    """
    standing = corrects
    while found := db.conn.execute("SELECT max(act) FROM acts WHERE corrects = ?", [standing]).fetchone()[0]:
        standing = found
    if standing != corrects:
        raise refuse(path, "corrected_already", value=str(corrects), act=standing)


def append(
    db: Database,
    path: Path,
    last: Act | None,
    kind: str,
    head: Head,
    parts: Mapping[str, pd.DataFrame],
    inputs: Sequence[InputFile],
    clock_reason: str,
) -> int:
    """Write an act after ``last`` and return its number; the caller holds the transaction.

    Raises:
        InputError: the clock went backwards, the act lies in the future, the one it corrects is not there or
            corrected already, or the path of an input leads out of a folder.

    """
    out = [one.path for one in inputs if leads_out(one.path)]
    if out:
        raise InputError([Problem("path_leads_out", file=str(path), value=name) for name in out])
    details = dict(head.details)
    accounts = dict(details.get("accounts", {}))
    for step in STEPS:
        signature = getattr(head, step)
        if isinstance(signature, Signer):
            accounts[step] = {"user": signature.user, "role": signature.role}
    if accounts:
        details["accounts"] = accounts
    number, recorded = (last.act if last else 0) + 1, clock.stamp(clock.now())
    if last and behind(recorded, last.recorded_at):
        if not clock_reason:
            refuse_backwards(str(path), recorded, last.recorded_at)
        details["clock"] = {"behind_seconds": behind(recorded, last.recorded_at), "reason": clock_reason}
    if head.corrects is not None and not 0 < head.corrects < number:
        raise refuse(path, "no_act_to_correct", value=str(head.corrects), last=number - 1)
    refuse_corrected(db, path, head.corrects)
    issued = clock.stamp(head.issued_at) if head.issued_at else recorded
    if behind(recorded, issued):
        raise refuse(path, "issued_in_future", value=issued, recorded=recorded)
    before = db.conn.execute("SELECT issued_at FROM acts WHERE act = ?", [head.corrects]).fetchone()
    if before is not None and behind(issued, before[0]):
        raise refuse(path, "corrected_before_issue", value=issued, act=head.corrects, issued=before[0])
    row = {
        "act": number,
        "format": FORMAT,
        "kind": kind,
        "title": head.title,
        "issued_at": issued,
        "recorded_at": recorded,
        "drafted_by": str(head.drafted_by),
        "reviewed_by": str(head.reviewed_by),
        "approved_by": str(head.approved_by),
        "corrects": head.corrects,
        "reason": head.reason,
        "head": canonical(details),
        "previous": last.hash if last else BEGINNING,
    }
    vault = Vault(db)
    files = sorted((_keep(db, vault, number, one) for one in inputs), key=lambda one: one.path)
    tables = [_part(db, vault, number, name, parts[name]) for name in sorted(parts)]
    row["hash"] = act_hash(row, tables, files, ledger_id(db))
    db.table("acts").insert(row)
    return number


def _keep(db: Database, vault: Vault, act: int, file: InputFile) -> HashedInput:
    """A file, its content once for all acts."""
    if file.personal:
        digest = vault.keep_file(file.data)
        db.table("inputs").insert({"act": act, "path": file.path, "snapshot": None, "personal": digest})
        return HashedInput(file.path, digest, personal=True)
    digest = sha256(file.data)
    found = db.conn.execute("SELECT id FROM snapshots WHERE sha256 = ?", [digest]).fetchone()
    if found is None:
        row = {"sha256": digest, "size": len(file.data), "data": packed(file.data)}
        found = (db.table("snapshots").insert(row).last_pk,)
    db.table("inputs").insert({"act": act, "path": file.path, "snapshot": found[0], "personal": None})
    return HashedInput(file.path, digest, personal=False)


def _part(db: Database, vault: Vault, act: int, name: str, table: pd.DataFrame) -> list[Any]:
    """A table of an act; its name, columns, number of rows and hash."""
    columns = [str(column) for column in table.columns]
    cells = [_cells(table[column], vault) for column in table.columns]
    content = [canonical(list(row)) for row in zip(*cells, strict=True)]
    said = PartHash(columns)
    said.add(content)
    row = {"act": act, "part": name, "columns": canonical(columns), "rows": said.rows, "sha256": said.hex()}
    db.table("parts").insert(row)
    if name == "orders":
        if tuple(columns) != ORDERS_2:
            raise ValueError("orders have ORDER_COLUMNS")
        _insert_orders(db, act, dict(zip(columns, cells, strict=True)))
    else:
        rows = ({"act": act, "part": name, "row": place, "content": text} for place, text in enumerate(content, 1))
        db.table("part_rows").insert_all(rows)
    return [name, columns, said.rows, said.hex()]


def _cells(column: pd.Series, vault: Vault) -> list[Any]:
    """The cells of a column as they are hashed: distinct values once, personal ones as tokens.

    A text that looks like a token is kept as one: no list can point at another's value.
    """
    if column.dtype == "float64":
        return [None if value != value else value + 0.0 for value in column.tolist()]  # noqa: PLR0124 -- NaN
    if isinstance(column.dtype, pd.CategoricalDtype):
        words = [_stored(word, vault) for word in column.cat.categories]
        return [words[code] if code >= 0 else None for code in column.cat.codes.tolist()]
    return [_stored(value, vault) for value in column.tolist()]


def _stored(value: Any, vault: Vault) -> Any:
    if isinstance(value, str) and (isinstance(value, Personal) or value.startswith(MARK)):
        return vault.token(value)
    return cell(value)


def _insert_orders(db: Database, act: int, cells: dict[str, list[Any]]) -> None:
    """Rows of orders, texts as their numbers."""
    coded = {name: values for name, values in cells.items() if name not in PLAIN_COLUMNS}
    numbers = _numbered(db, dict.fromkeys(text for values in coded.values() for text in values if text is not None))
    columns = {name: [numbers.get(text) for text in coded[name]] if name in coded else cells[name] for name in ORDERS_2}
    marks = ", ".join("?" for _ in range(len(ORDERS_2) + 2))
    sql = f"INSERT INTO order_rows (act, row, {', '.join(ORDERS_2)}) VALUES ({marks})"  # noqa: S608 -- our own names
    rows = enumerate(zip(*columns.values(), strict=True), start=1)
    db.conn.executemany(sql, ((act, place, *row) for place, row in rows))


def _numbered(db: Database, texts: dict[str, None]) -> dict[str, int]:
    """The number of each text; new ones are added in the order they come."""
    known: dict[str, int] = {}
    asked = list(texts)
    for first in range(0, len(asked), 10_000):
        some = canonical(asked[first : first + 10_000])
        sql = "SELECT text, id FROM texts WHERE text IN (SELECT value FROM json_each(?))"
        known |= dict(db.conn.execute(sql, [some]).fetchall())
    free = db.conn.execute("SELECT coalesce(max(id), 0) + 1 FROM texts").fetchone()[0]
    new = {text: free + place for place, text in enumerate(text for text in asked if text not in known)}
    db.table("texts").insert_all({"id": number, "text": text} for text, number in new.items())
    return known | new
