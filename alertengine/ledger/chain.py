"""The chain of acts, recomputed from every row."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

from alertengine.files import leads_out, read_json
from alertengine.ledger._append import behind
from alertengine.ledger.act import FORMAT, Act, option_paths
from alertengine.ledger.canonical_bytes import (
    BEGINNING,
    FILE,
    MARK,
    HashedInput,
    PartHash,
    act_hash,
    canonical,
    commits,
)
from alertengine.ledger.schema import ACT_TABLES, ORDERS_2, PLAIN_COLUMNS, ledger_id
from alertengine.ledger.unpacking import most_unpacked, pieces, unpacked
from alertengine.vocabulary import Words, foreign

if TYPE_CHECKING:
    from alertengine.ledger.defects import Verified

_COLUMNS = tuple(Act.__slots__)
#: What a damaged or altered cell makes reading raise.
_BROKEN = (sqlite3.DatabaseError, ValueError, TypeError, AttributeError, LookupError, OverflowError)


@dataclass(slots=True)
class _Look:
    """A ledger being looked at, and what its acts were seen to use."""

    db: Database
    found: Verified
    ledger: str
    texts: dict[int, str] = field(default_factory=dict)
    used_texts: set[int] = field(default_factory=set)
    snapshots: dict[int, str] = field(default_factory=dict)
    used_snapshots: set[int] = field(default_factory=set)
    personal: set[str] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)

    def rows(self, sql: str, values: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
        """Rows of a query."""
        yield from self.db.conn.execute(sql, values)

    def one(self, sql: str, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """The row of a key; ValueError where an index names it and the table does not have it."""
        row = next(self.rows(sql, values), None)
        if row is None:
            raise ValueError("the row is gone")
        return row

    @contextmanager
    def attempt(self, table: str, act: int | None = None) -> Iterator[None]:
        """Around a check: what cannot be read is a change."""
        try:
            yield
        except _BROKEN as error:
            self.found.changed(table, "cell_unreadable", act, error=foreign(error))


def check_acts(db: Database, found: Verified) -> dict[int, str]:
    """Check every act and all it points to; the hash of each act as stored."""
    look = _Look(db, found, "")
    with look.attempt("identity"):
        look.ledger = ledger_id(db)
    with look.attempt("texts"):
        look.texts.update((int(number), str(text)) for number, text in look.rows("SELECT id, text FROM texts"))
    with look.attempt("snapshots"):
        for (number,) in list(look.rows("SELECT id FROM snapshots ORDER BY id")):
            with look.attempt("snapshots"):
                _snapshot(look, number)
    hashes: dict[int, str] = {}
    with look.attempt("acts"):
        _acts(look, hashes)
    _left_over(look, max(hashes, default=0))
    with look.attempt("personal"):
        _personal(look)
    found.acts, found.last = len(hashes), hashes[max(hashes)] if hashes else ""
    return hashes


def _acts(look: _Look, hashes: dict[int, str]) -> None:
    """Every act in order; one that cannot be read does not hide the next."""
    numbers = [row[0] for row in look.rows("SELECT act FROM acts ORDER BY act")]
    before: dict[str, Any] = {"hash": BEGINNING, "recorded_at": "", "act": 0}
    formats: dict[int, int] = {}
    sql = f"SELECT {', '.join(_COLUMNS)} FROM acts WHERE act = ?"  # noqa: S608 -- our own names
    for number in numbers:
        if number != before["act"] + 1:
            look.found.changed("acts", "act_before_gone", number, number=number)
        row = {"hash": "", "recorded_at": "", "act": number}
        with look.attempt("acts", number):
            row.update(zip(_COLUMNS, look.one(sql, (number,)), strict=True))
        hashes[number] = str(row["hash"])
        if "previous" in row:
            formats[int(row["format"])] = number
            if row["format"] < max(formats):
                look.found.changed("acts", "form_goes_back", number, form=row["format"], last=max(formats))
            if row["previous"] != before["hash"]:
                look.found.changed("acts", "act_out_of_chain", number)
            with look.attempt("acts", number):
                _act(look, dict(row), last=number == numbers[-1])
            with look.attempt("acts", number):  # times that went backwards: allowed with a reason, and said
                if before["recorded_at"] and behind(str(row["recorded_at"]), str(before["recorded_at"])):
                    reason = read_json(row["head"]).get("clock", {}).get("reason", "")
                    look.found.flags.append(Words("act_before_time", act=row["act"], reason=reason))
        before = row
    if 1 in formats:
        look.found.unseen.append(Words("verify_format_1", last=formats[1]))


def _act(look: _Look, row: dict[str, Any], *, last: bool) -> None:
    number = int(row["act"])
    # Options that name a file outside the record's own.
    for name, path in option_paths(read_json(row["head"]).get("options") or {}):
        if leads_out(path):
            look.found.changed("acts", "option_leads_out", row["act"], name=name, path=path)
    defects = len(look.found.defects)
    stored = row.pop("hash")
    if row["format"] not in range(1, FORMAT + 1):
        look.found.changed("acts", "form_unknown", number, form=row["format"])
        return
    files = _inputs(look, number)
    parts: list[list[Any]] = []
    sql = "SELECT part, columns, rows, sha256 FROM parts WHERE act = ? ORDER BY part"
    for part, columns, rows, digest in list(look.rows(sql, (number,))):
        names = read_json(columns)
        if canonical(names) != columns:
            look.found.changed("parts", "columns_not_as_written", number, part=part)
        parts.append([part, names, rows, digest])
        with look.attempt(part, number):
            _part(look, number, parts[-1], last=last)
    new = look.found.defects[defects:]
    torn = bool(new) and all(defect.kind == "torn" for defect in new)
    if act_hash(row, parts, files, look.ledger) != stored and not torn:
        look.found.changed("acts", "act_changed", number)
    if row["kind"] == "erasure":
        look.erased.update(read_json(row["head"]).get("digests", []))


def _inputs(look: _Look, act: int) -> list[HashedInput]:
    out: list[HashedInput] = []
    for path, snapshot, personal in look.rows(
        "SELECT path, snapshot, personal FROM inputs WHERE act = ? ORDER BY path", (act,)
    ):
        if leads_out(path):
            look.found.changed("inputs", "input_leads_out", act, path=path)
        if personal is not None:
            if snapshot is not None:
                look.found.changed("inputs", "input_twice", act, path=path)
            look.personal.add(personal)
            out.append(HashedInput(path, personal, personal=True))
            continue
        look.used_snapshots.add(snapshot)
        if snapshot not in look.snapshots:
            look.found.changed("inputs", "input_gone", act, path=path)
        out.append(HashedInput(path, look.snapshots.get(snapshot, ""), personal=False))
    return out


def _part(look: _Look, act: int, part: list[Any], *, last: bool) -> None:
    name, columns, rows, digest = part
    said = PartHash(columns)
    places: list[int] = []
    said.add(_content(look, act, name, columns, places))
    if said.hex() == digest and said.rows == rows:
        return
    if last and said.rows < rows and places == list(range(1, said.rows + 1)):
        look.found.torn(name, "rows_torn", act, first=said.rows + 1, last=rows)
    elif said.rows != rows:
        look.found.changed(name, "rows_differ", act, written=rows, there=said.rows)
    else:
        look.found.changed(name, "row_changed", act)


def _content(look: _Look, act: int, name: str, columns: list[str], places: list[int]) -> Iterator[str]:
    """The rows of a part as they are hashed; ``places`` takes their numbers."""
    if name != "orders":
        sql = "SELECT row, content FROM part_rows WHERE act = ? AND part = ? ORDER BY row"
        for row, content in look.rows(sql, (act, name)):
            places.append(row)
            if MARK in content:
                marked = (cell for cell in read_json(content) if isinstance(cell, str) and cell.startswith(MARK))
                look.personal.update(cell.removeprefix(MARK) for cell in marked)
            yield content if row == len(places) else f"{row}:{content}"
        return
    if not set(columns) <= set(ORDERS_2):
        raise ValueError("the columns of the orders")
    plain = [column in PLAIN_COLUMNS for column in columns]
    sql = f"SELECT row, {', '.join(columns)} FROM order_rows WHERE act = ? ORDER BY row"  # noqa: S608 -- our own names
    for row, *cells in look.rows(sql, (act,)):
        places.append(row)
        look.used_texts.update(
            value for value, direct in zip(cells, plain, strict=True) if not direct and value is not None
        )
        texts = [v if direct or v is None else look.texts[v] for v, direct in zip(cells, plain, strict=True)]
        content = canonical(texts)
        yield content if row == len(places) else f"{row}:{content}"


def _snapshot(look: _Look, number: int) -> None:
    digest, size, data = look.one("SELECT sha256, size, data FROM snapshots WHERE id = ?", (number,))
    look.snapshots[number] = digest
    hashed, length = hashlib.sha256(), 0
    try:
        for piece in pieces(data, size):
            hashed.update(piece)
            length += len(piece)
    except (ValueError, TypeError):
        length = -1
    if hashed.hexdigest() != digest or length != size:
        acts = [row[0] for row in look.rows("SELECT DISTINCT act FROM inputs WHERE snapshot = ?", (number,))]
        for act in acts or [None]:
            look.found.changed("snapshots", "snapshot_changed", act, number=number)


def _left_over(look: _Look, last: int) -> None:
    """Rows that no act accounts for: after the last act an unfinished one, elsewhere added."""
    for table in ACT_TABLES:
        with look.attempt(table):
            _strays(look, table, last)
    with look.attempt("part_rows"):
        _unlisted(look, last)
    unfinished = any(defect.kind == "torn" for defect in look.found.defects)
    say = look.found.torn if unfinished else look.found.changed
    for table, stray in (
        ("texts", set(look.texts) - look.used_texts),
        ("snapshots", set(look.snapshots) - look.used_snapshots),
    ):
        if stray:
            say(table, "rows_unused", count=len(stray))


def _strays(look: _Look, table: str, last: int) -> None:
    sql = f"SELECT act, count(*) FROM {table} WHERE act NOT IN (SELECT act FROM acts) GROUP BY act"  # noqa: S608 -- our own names
    for act, count in list(look.rows(sql)):
        if act == last + 1:
            look.found.torn(table, "rows_unfinished", act, count=count)
        else:
            look.found.changed(table, "rows_of_no_act", act, count=count)


def _unlisted(look: _Look, last: int) -> None:
    """Rows of tables that their act does not list."""
    sql = (
        "SELECT act, part, count(*) FROM (SELECT act, part FROM part_rows UNION ALL"
        " SELECT act, 'orders' FROM order_rows) r WHERE act <= ? AND NOT EXISTS"
        " (SELECT 1 FROM parts p WHERE p.act = r.act AND p.part = r.part) GROUP BY act, part"
    )
    for act, part, count in list(look.rows(sql, (last,))):
        look.found.changed(part, "rows_unlisted", act, count=count)


def _personal(look: _Look) -> None:
    """Personal values by their salted hashes; what is gone must have been erased by an act."""
    used = look.personal | {look.texts[n].removeprefix(MARK) for n in look.used_texts if look.texts[n].startswith(MARK)}
    there = set()
    for digest, kind, salt, value in look.rows("SELECT digest, kind, salt, value FROM personal"):
        there.add(digest)
        if digest not in used:
            look.found.changed("personal", "value_unused", digest=digest[:12])
        if value is None:
            if digest not in look.erased:
                look.found.changed("personal", "value_erased_unsaid", digest=digest[:12])
            if kind or salt is not None:
                look.found.changed("personal", "value_changed_erased", digest=digest[:12])
            continue
        if digest in look.erased:
            look.found.changed("personal", "value_there_erased", digest=digest[:12])
        content = unpacked(value, most_unpacked()) if kind == FILE else value
        if not commits(digest, look.ledger, salt, kind, content):
            look.found.changed("personal", "value_changed", digest=digest[:12])
    for digest in sorted(used - there):
        look.found.changed("personal", "value_gone", digest=digest[:12])
