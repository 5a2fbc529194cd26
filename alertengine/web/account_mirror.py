"""Signing in and accounts on record: events become acts of the ledger as soon as it can be written."""

from __future__ import annotations

import logging
import time
from collections import deque
from pathlib import Path
from threading import Lock
from typing import Final

import pandas as pd

from alertengine.ledger import Head, Ledger, in_words
from alertengine.vocabulary import InputError
from alertengine.web.account_store import AccountStore, Event
from alertengine.web.sessions import Clock

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


class Mirror:
    """What is to be put on record, and why it is not yet."""

    def __init__(self, path: Path, store: AccountStore, now: Clock = time.monotonic) -> None:
        """``path``: the ledger; ``now`` gives seconds."""
        self.path = path
        self.store = store
        self.held_up: InputError | None = None
        self._now = now
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
        if not clock_reason and self._now() < self._not_before:
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
            self.held_up, self._not_before = error, self._now() + _AGAIN
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
