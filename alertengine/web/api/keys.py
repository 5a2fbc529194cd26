"""Keys of other systems, and how often one may ask: making, closing and first use a day are acts of kind ``key``.

An act holds SHA-256 of a random key of 256 bits, never the key.  A key is called by the number of the act that
made it.  The chain only grows, so what was read of it holds until its last act is another one.
"""

from __future__ import annotations

import hmac
import logging
import math
import secrets
import time
from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import Any, Final

from alertengine.ledger import Act, Head, Ledger
from alertengine.vocabulary import InputError, Problem, refuse
from alertengine.vocabulary import times as clock
from alertengine.web.account_store import Clock
from alertengine.web.roles import Scope
from alertengine.web.sessions import digest_of

KIND: Final = "key"
#: Marks a key, so that one that was left in a file is known for what it is.
PREFIX: Final = "aek_"
#: Seconds that an answer waits for the ledger to note a first use, and until that is tried again.
_BUSY: Final = 2.0
_AGAIN: Final = 60.0
#: Answers a minute for one key; explanations, which the pages' own deciding waits for; wrong keys from one address.
ANSWERS: Final = 240
EXPLANATIONS: Final = 20
WRONG: Final = 30
#: Buckets held before those that are full again are forgotten.
_MOST: Final = 10_000
_log = logging.getLogger(__name__)


class Reach(StrEnum):
    """One thing a key may read."""

    WARNINGS = "warnings"
    ORDERS = "orders"
    EXPLAIN = "explain"


REACH_TEXT: Final = {Reach.WARNINGS: "读取预警", Reach.ORDERS: "读取指令", Reach.EXPLAIN: "读取指令理由"}


@dataclass(frozen=True, slots=True)
class Key:
    """One key as the ledger knows it.

    ``used`` is the last day it was used, blank where it never was; ``user`` the account of the person whose key it is,
    blank where it is a system's; ``counties`` (``城市/区县``) those whose orders it reads, none: all.
    """

    number: int
    name: str
    reach: frozenset[Reach]
    digest: str
    tail: str
    made_by: str
    made_at: str
    closed: bool = False
    used: str = ""
    user: str = ""
    counties: tuple[str, ...] = ()

    @property
    def scope(self) -> Scope:
        """The counties whose orders it reads."""
        return Scope.said(self.counties)


class Keys:
    """The keys of one ledger, and in memory how often each was used since the start."""

    def __init__(self, path: Path) -> None:
        """``path``: the ledger."""
        self.path = path
        self.uses: Counter[int] = Counter()
        self._lock = Lock()
        self._read: tuple[int, dict[int, Key]] = (-1, {})
        self._not_before: dict[int, float] = {}

    def all(self) -> dict[int, Key]:
        """Every key by its number, closed ones too."""
        with Ledger.open(self.path) as ledger:
            last = ledger.last()
            number = last.act if last else 0
            if self._read[0] != number:
                self._read = (number, _held(self.path, ledger.acts(KIND)))
        return dict(self._read[1])

    def make(self, name: str, reach: Iterable[Reach], by: str, user: str = "", counties: Iterable[str] = ()) -> str:
        """A new key, which is shown once; ``user`` is the account of the person who makes it as their own.

        ``counties`` as ``城市/区县`` bind it to their orders.

        Raises:
            InputError: it has no name, the name of an open key, or nothing to read.

        """
        name, wanted = name.strip(), sorted(frozenset(reach))
        if not name:
            raise _refused("key_without_name")
        if not wanted:
            raise _refused("key_without_reach")
        if any(key.name == name and not key.closed for key in self.all().values()):
            raise _refused("key_name_taken", name=name)
        text = PREFIX + secrets.token_urlsafe(32)
        said: dict[str, Any] = {"sha256": digest_of(text), "tail": text[-4:]}
        details = {"event": "made", "name": name, "reach": wanted, **said}
        details |= {"user": user} if user else {}
        if bound := sorted(counties):
            details["counties"] = bound
        self._record(Head(f"建立接口密钥 {name}", drafted_by=by, details=details))
        return text

    def close(self, number: int, by: str) -> None:
        """Close a key for good.

        Raises:
            InputError: there is no such open key.

        """
        key = self.all().get(number)
        if key is None or key.closed:
            raise _refused("no_such_key")
        self._record(Head(f"停用接口密钥 {key.name}", drafted_by=by, details={"event": "closed", "key": number}))

    def find(self, text: str) -> Key | None:
        """The open key that a text is, compared in a time that does not tell how near it came."""
        digest, found = digest_of(text), None
        for key in self.all().values():
            if hmac.compare_digest(key.digest, digest) and not key.closed:
                found = key
        return found

    def use(self, key: Key, address: str) -> None:
        """Count a use; the first of a day goes into the ledger.

        That it cannot be written just now keeps nobody from reading a warning: it is tried again later.
        """
        with self._lock:
            self.uses[key.number] += 1
            today = clock.today().isoformat()
            if self.all()[key.number].used == today or time.monotonic() < self._not_before.get(key.number, 0.0):
                return
            details = {"event": "used", "key": key.number, "day": today, "address": address}
            try:
                self._record(Head(f"接口密钥 {key.name} 当日首次使用", drafted_by=key.name, details=details), _BUSY)
            except InputError as error:
                self._not_before[key.number] = time.monotonic() + _AGAIN
                _log.warning("the first use of key %s today is not in the ledger: %s", key.number, error)

    def _record(self, head: Head, busy: float = 20.0) -> None:
        with Ledger.writable(self.path, busy=busy) as ledger:
            ledger.append(KIND, head)


def _held(path: Path, acts: Iterable[Act]) -> dict[int, Key]:
    held: dict[int, Key] = {}
    for act in acts:
        try:
            said = act.head
            if said["event"] == "made":
                reach = frozenset(Reach(word) for word in said["reach"])
                made = (act.drafted_by, act.recorded_at)
                known = Key(act.act, said["name"], reach, said["sha256"], said["tail"], *made)
                held[act.act] = replace(known, user=said.get("user", ""), counties=tuple(said.get("counties", ())))
            elif said["event"] == "closed":
                held[said["key"]] = replace(held[said["key"]], closed=True)
            else:
                held[said["key"]] = replace(held[said["key"]], used=said["day"])
        except (KeyError, ValueError) as error:  # a record that another program wrote
            raise refuse(path, "act_contents", act=act.act, column="key", value=str(error)[:60]) from None
    return held


def _refused(code: str, **arguments: Any) -> InputError:
    return InputError([Problem(code, where="account", **arguments)])


class Limit:
    """So many a minute for each key, all at once if need be."""

    def __init__(self, a_minute: int, now: Clock = time.monotonic) -> None:
        """``now`` gives seconds."""
        self.a_minute = a_minute
        self._now = now
        self._lock = Lock()
        self._left: dict[Hashable, tuple[float, float]] = {}

    def take(self, who: Hashable) -> int:
        """Take one; 0 where it was there, else the seconds until there is one."""
        with self._lock:
            now, each = self._now(), self.a_minute / 60
            if len(self._left) >= _MOST:
                self._left = {w: (n, at) for w, (n, at) in self._left.items() if n + (now - at) * each < self.a_minute}
            left, at = self._left.get(who, (float(self.a_minute), now))
            left = min(float(self.a_minute), left + (now - at) * each)
            if left < 1:
                self._left[who] = (left, now)
                return math.ceil((1 - left) / each)
            self._left[who] = (left - 1, now)
            return 0
