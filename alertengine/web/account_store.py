"""The page's own file beside the ledger: accounts, sessions, tries, and events until they are acts of the ledger.

Signing in never waits for the ledger: a locked file, a full disk or a clock that was ahead close no door.  An account
is put in place by compare-and-set, in one transaction with the event that says so.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, Final

import pandas as pd

from alertengine.ledger import Head, Ledger, in_words
from alertengine.vocabulary import InputError
from alertengine.vocabulary import times as clock
from alertengine.web.private_db import BUSY, private_db

#: Gives seconds.
Clock = Callable[[], float]
#: Added to the name of the ledger.
SUFFIX: Final = ".accounts"
_LAYOUT: Final = """
CREATE TABLE IF NOT EXISTS accounts (
  user TEXT PRIMARY KEY, version INTEGER NOT NULL, name TEXT NOT NULL, office TEXT NOT NULL, roles TEXT NOT NULL,
  active INTEGER NOT NULL, password TEXT NOT NULL, must_change INTEGER NOT NULL, counties TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE IF NOT EXISTS events (
  id TEXT PRIMARY KEY, at TEXT NOT NULL, content TEXT NOT NULL, act INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS sessions (
  digest TEXT PRIMARY KEY, user TEXT NOT NULL, began REAL NOT NULL, seen REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS tries (
  digest TEXT PRIMARY KEY, failed INTEGER NOT NULL, last REAL NOT NULL
) STRICT;
"""
#: Seconds that a request waits to have a session or a try written.
_SHORTLY: Final = 0.5
#: The kind of acts about accounts, the table in them, and its columns.
ACCOUNT: Final = "account"
ACCOUNT_PART: Final = "account"
COLUMNS: Final = ("user", "name", "office", "roles", "active", "must_change")
#: Seconds that an answer waits for the ledger, and until that is tried again.
_BUSY: Final = 0.5
_AGAIN: Final = 10.0
#: Events kept in memory where not even the store can be written.
_MOST: Final = 10_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that belongs in the ledger: an act of a kind, with the row of an account where it is about one."""

    id: str
    kind: str
    title: str
    who: str
    reason: str = ""
    at: str = field(default_factory=lambda: clock.stamp(clock.now()))
    details: Mapping[str, Any] = field(default_factory=dict)
    row: Mapping[str, str] | None = None


class AccountStore:
    """Rows of accounts by user, and events in the order they came.

    Each of its methods raises ``InputError`` where the file cannot be read or written; nothing was changed then.
    """

    def __init__(self, ledger: Path) -> None:
        """The store beside a ledger; nothing is opened yet."""
        self.path = ledger.with_name(ledger.name + SUFFIX)

    def _open(self, *, write: bool = False, busy: float = BUSY) -> AbstractContextManager[sqlite3.Connection]:
        return private_db(self.path, _LAYOUT, write=write, busy=busy)

    def is_there(self) -> bool:
        """Whether the file exists."""
        return self.path.is_file() and self.path.stat().st_size > 0

    def rows(self) -> list[dict[str, Any]]:
        """Every account."""
        with self._open() as db:
            return _all(db)

    def put(
        self,
        row: Mapping[str, Any],
        event: Event | None = None,
        check: Callable[[list[dict[str, Any]]], None] | None = None,
    ) -> bool:
        """Put the row of an account in the place of the version it was made from (0: a new user).

        Args:
            row: the account, ``version`` that of the row it takes the place of.
            event: what to mirror.
            check: looks at all accounts as they will be, where no other writer can come between; raises if not so.

        Returns:
            False where the account was changed meanwhile; nothing was written.

        Raises:
            InputError: what ``check`` raises.

        """
        new = {**row, "version": row["version"] + 1}
        with self._open(write=True) as db:
            held = db.execute("SELECT 1 FROM pragma_table_info('accounts') WHERE name = 'counties'").fetchone()
            if held is None:  # a file of before accounts could be bound to some
                db.execute("ALTER TABLE accounts ADD COLUMN counties TEXT NOT NULL DEFAULT ''")
            held = db.execute("SELECT version FROM accounts WHERE user = ?", [row["user"]]).fetchone()
            if (held[0] if held else 0) != row["version"]:
                return False
            values = ", ".join(f":{name}" for name in new)
            db.execute(f"INSERT OR REPLACE INTO accounts ({', '.join(new)}) VALUES ({values})", new)  # noqa: S608 -- our own
            if check is not None:
                check(_all(db))
            if event is not None:
                _note(db, event)
        return True

    def note(self, event: Event) -> None:
        """Keep an event to be mirrored."""
        with self._open(write=True) as db:
            _note(db, event)

    def pending(self) -> list[Event]:
        """Events that are not in the ledger yet, the oldest first."""
        if not self.is_there():
            return []
        with self._open() as db:
            rows = db.execute("SELECT content FROM events WHERE act IS NULL ORDER BY at, rowid").fetchall()
        return [Event(**json.loads(content)) for (content,) in rows]

    def mirrored(self, event: str, act: int) -> None:
        """Note the act of the ledger that an event became; what it said is kept there alone."""
        with self._open(write=True) as db:
            db.execute("UPDATE events SET act = ?, content = '' WHERE id = ?", [act, event])

    def kept(self, table: str) -> dict[str, tuple[Any, ...]]:
        """The rows of ``sessions`` or ``tries`` by their digest; none where the file or the table is not there yet."""
        if not self.is_there():
            return {}
        with self._open() as db:
            if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", [table]).fetchone():
                return {}
            return {digest: tuple(row) for digest, *row in db.execute(f"SELECT * FROM {table}")}  # noqa: S608 -- our own

    def keep(self, table: str, rows: Mapping[str, tuple[Any, ...] | None]) -> None:
        """Put rows of ``sessions`` or ``tries`` in their place, all or none; None takes one away."""
        with self._open(write=True, busy=_SHORTLY) as db:
            for digest, row in rows.items():
                db.execute(f"DELETE FROM {table} WHERE digest = ?", [digest])  # noqa: S608 -- our own names
                if row is not None:
                    marks = ", ".join("?" * len(row))
                    db.execute(f"INSERT INTO {table} VALUES (?, {marks})", [digest, *row])  # noqa: S608 -- our own names


class KeptRows:
    """Rows that a running page holds in memory and the next start reads from the file.

    A file that cannot be written keeps nobody out: what is due follows with the next row that is put.
    """

    def __init__(self, store: AccountStore | None, table: str) -> None:
        """``store``: None keeps nothing."""
        self._store = store
        self._table = table
        self._lock = Lock()
        self._due: dict[str, tuple[Any, ...] | None] = {}

    def read(self) -> dict[str, tuple[Any, ...]]:
        """What the last run left; nothing where it cannot be read."""
        try:
            return self._store.kept(self._table) if self._store else {}
        except InputError as error:
            _log.warning("%s of the last run not read: %s", self._table, error)
            return {}

    def put(self, rows: Mapping[str, tuple[Any, ...] | None]) -> None:
        """Write rows by their digest, None for one that is gone, and what is still due."""
        if self._store is None:
            return
        with self._lock:
            self._due |= rows
            if not self._due or not self._store.is_there():  # no account yet: nobody to keep it for
                return
            try:
                self._store.keep(self._table, self._due)
            except InputError as error:
                _log.warning("%s not written yet: %s", self._table, error)
            else:
                self._due = {}


def _all(db: sqlite3.Connection) -> list[dict[str, Any]]:
    found = db.execute("SELECT * FROM accounts ORDER BY user")
    names = [name for name, *_ in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]


def _note(db: sqlite3.Connection, event: Event) -> None:
    content = json.dumps(asdict(event), ensure_ascii=False)
    db.execute("INSERT INTO events (id, at, content) VALUES (?, ?, ?)", [event.id, event.at, content])


class Mirror:
    """What is to be put on record, and why it is not yet."""

    def __init__(self, path: Path, store: AccountStore) -> None:
        """``path``: the ledger."""
        self.path = path
        self.store = store
        self.held_up: InputError | None = None
        self._not_before = 0.0
        self._lock = Lock()
        self._unsaved: deque[Event] = deque(maxlen=_MOST)

    def note(self, event: Event) -> None:
        """Keep an event and write what can be written; nothing that goes wrong here keeps anybody out."""
        try:
            self.store.note(event)
        except InputError as error:
            _log.warning("kept in memory: %s: %s", event.title, error)
            self._unsaved.append(event)
        self.write()

    def pending(self) -> int:
        """How many events are not in the ledger yet.

        Raises:
            InputError: the store cannot be read.

        """
        return len(self.store.pending()) + len(self._unsaved)

    def write(self, clock_reason: str = "") -> None:
        """Write events into the ledger, the oldest first, until one cannot be.

        ``clock_reason`` is why the ledger's last act lies later than now: with it what waits is tried at once.
        """
        if not clock_reason and time.monotonic() < self._not_before:
            return
        if not self._lock.acquire(blocking=bool(clock_reason)):
            return  # another thread is at it
        try:
            while self._unsaved:
                self.store.note(self._unsaved[0])
                self._unsaved.popleft()
            while events := self.store.pending():  # and what other threads noted meanwhile
                self._write(events, clock_reason)
            self.held_up = None
        except InputError as error:
            self.held_up, self._not_before = error, time.monotonic() + _AGAIN
            _log.warning("not yet in the ledger: %s", error)
        finally:
            self._lock.release()

    def _write(self, events: list[Event], clock_reason: str) -> None:
        with Ledger.writable(self.path, busy=_BUSY) as ledger:
            for place, event in enumerate(events):
                # the last one tried may have been written before the store could say so
                act = _written(ledger, event) if place == 0 else None
                self.store.mirrored(event.id, act or _append(ledger, event, clock_reason))


def _append(ledger: Ledger, event: Event, clock_reason: str) -> int:
    details = {**event.details, "event": event.id, "at": event.at}
    head = Head(event.title, drafted_by=event.who, reason=event.reason, details=details)
    parts = {}
    if event.row is not None:
        names = [*COLUMNS, *(name for name in event.row if name not in COLUMNS)]
        parts[ACCOUNT_PART] = pd.DataFrame([event.row], columns=names, dtype="object")
    return ledger.append(event.kind, head, parts, clock_reason=clock_reason).act


def _written(ledger: Ledger, event: Event) -> int | None:
    sql = "SELECT act FROM acts WHERE kind = ? AND json_extract(head, '$.event') = ? LIMIT 1"
    with in_words(ledger.path):
        row = ledger.db.conn.execute(sql, [event.kind, event.id]).fetchone()
    return int(row[0]) if row else None
