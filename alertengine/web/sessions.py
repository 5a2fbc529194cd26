"""Who is signed in, and how often one may try: held in memory, and in the accounts' file for the next start.

The file holds tokens, users who were tried and addresses as SHA-256 alone.
"""

from __future__ import annotations

import hashlib
import math
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from threading import Lock
from typing import Any, Final

from alertengine.web.account_store import AccountStore, Clock, KeptRows

#: Seconds without a request after which a session ends, and its longest life.
IDLE: Final = 30 * 60
LONGEST: Final = 10 * 3600
#: Seconds after which it is written again when a session was last seen.
_WRITTEN_EVERY: Final = 60
#: Failed sign-ins of a user at an address, and of an address, after which each further one waits twice as long.
TRIES: Final = 5
TRIES_OF_ADDRESS: Final = 30
#: Seconds without a try after which failures are forgotten, the longest delay of a user at an address; and that of an
#: address, behind which a whole office may sit.
FORGOTTEN: Final = 30 * 60
WINDOW: Final = 15 * 60
LONGEST_OF_ADDRESS: Final = 60
#: Users and addresses that are counted at a time.
_MOST_KEPT: Final = 20_000
#: Addresses whose tries are looked at beside each other.
_TURNS: Final = 64


@dataclass(slots=True)
class Session:
    """One signed-in person; times are seconds of the civil clock, ``token`` is not known until its holder asks."""

    user: str
    digest: str
    began: float
    seen: float
    token: str = ""
    written: float = 0.0


class Sessions:
    """All sessions of the page, those of the last run among them."""

    def __init__(self, store: AccountStore | None = None, clock: Clock = time.time) -> None:
        """``store`` outlives the run; ``clock`` gives seconds."""
        self._clock = clock
        self._lock = Lock()
        self._file = KeptRows(store, "sessions")
        self._held = {digest: Session(user, digest, *times) for digest, (user, *times) in self._file.read().items()}

    def begin(self, user: str) -> Session:
        """A new session; those that have ended are forgotten."""
        now, token = self._clock(), secrets.token_urlsafe(32)
        session = Session(user, digest_of(token), now, now, token)
        self._drop(lambda one: not self._alive(one))
        with self._lock:
            self._held[session.digest] = session
        self._write(session)
        return session

    def find(self, token: str) -> Session | None:
        """The session of a token while it lasts; looking keeps it alive."""
        session = self._held.get(digest_of(token))
        if session is None:
            return None
        if not self._alive(session):
            self.end(token)
            return None
        session.seen, session.token = self._clock(), token
        if abs(session.seen - session.written) >= _WRITTEN_EVERY:
            self._write(session)
        return session

    def end(self, token: str) -> None:
        """Sign out."""
        ended = digest_of(token)
        self._drop(lambda one: one.digest == ended)

    def end_all(self, user: str, but: str = "") -> None:
        """Sign a user out everywhere, or everywhere but in one session."""
        spared = digest_of(but)
        self._drop(lambda one: one.user == user and one.digest != spared)

    def count(self, user: str) -> int:
        """In how many places a user is signed in."""
        with self._lock:
            return sum(one.user == user for one in self._held.values())

    def _drop(self, ended: Callable[[Session], bool]) -> None:
        with self._lock:
            gone = [digest for digest, one in self._held.items() if ended(one)]
            for digest in gone:
                del self._held[digest]
        self._file.put(dict.fromkeys(gone))

    def _write(self, session: Session) -> None:
        session.written = session.seen
        self._file.put({session.digest: (session.user, session.began, session.seen)})

    def _alive(self, session: Session) -> bool:
        """Whether it lasts; of a clock that was ahead by more than the idle time it does not."""
        now = self._clock()
        return abs(now - session.seen) < IDLE and -IDLE < now - session.began < LONGEST


class Tries:
    """Failed sign-ins, by user at an address and by address: delays that grow, and nobody else is kept out by them."""

    def __init__(self, store: AccountStore | None = None, clock: Clock = time.time) -> None:
        """``store`` outlives the run; ``clock`` gives seconds."""
        self._clock = clock
        self._lock = Lock()
        self._file = KeptRows(store, "tries")
        self._turns = tuple(Lock() for _ in range(_TURNS))
        kept = sorted(self._file.read().items(), key=lambda item: item[1][1])
        self._failed: OrderedDict[str, tuple[int, float]] = OrderedDict((key, (row[0], row[1])) for key, row in kept)

    @contextmanager
    def turn(self, address: str) -> Iterator[None]:
        """Tries of an address one after another, so that an office that signs in at once is not taken for a guesser."""
        with self._turns[hash(address_block(address)) % len(self._turns)]:
            yield

    def begin(self, user: str, address: str) -> int:
        """Count a try before its password is looked at; seconds to wait instead, 0 where it may be looked at now.

        So many tries at once count like as many one after another; :meth:`succeeded` takes them back.
        """
        with self._lock:
            keys = _keys(user, address)
            wait = max(self._wait(key, *limits) for key, limits in keys.items())
            if wait:
                return wait
            changed: dict[str, tuple[Any, ...] | None] = {}
            for key in keys:
                count, _ = self._failed.pop(key, (0, 0.0))
                self._failed[key] = changed[key] = (count + 1, self._clock())
            while len(self._failed) > _MOST_KEPT or self._is_forgotten(next(iter(self._failed.values()))):
                changed[self._failed.popitem(last=False)[0]] = None
            self._file.put(changed)
            return 0

    def slowed(self, user: str, address: str) -> bool:
        """Whether the try just counted is the one from which on the user waits at this address."""
        pair, _ = _keys(user, address)
        return self._failed.get(pair, (0, 0.0))[0] == TRIES

    def succeeded(self, user: str, address: str) -> None:
        """Forget a user's failures at an address, and this try of the address."""
        with self._lock:
            pair, place = _keys(user, address)
            self._failed.pop(pair, None)
            count, last = self._failed.get(place, (0, 0.0))
            if count > 1:
                self._failed[place] = (count - 1, last)
            else:
                self._failed.pop(place, None)
            self._file.put({pair: None, place: self._failed.get(place)})

    def _wait(self, key: str, free: int, longest: int) -> int:
        if key not in self._failed:
            return 0
        if self._is_forgotten(self._failed[key]):
            del self._failed[key]
            return 0
        count, last = self._failed[key]
        if last > self._clock():  # the clock was ahead: the delay runs from now on
            last = self._clock()
            self._failed[key] = (count, last)
        delay = min(2 ** min(count - free + 1, 20), longest) if count >= free else 0
        return max(0, math.ceil(delay - (self._clock() - last)))

    def _is_forgotten(self, failed: tuple[int, float]) -> bool:
        return self._clock() - failed[1] >= FORGOTTEN


def _keys(user: str, address: str) -> dict[str, tuple[int, int]]:
    """What a try is counted by: tries that are free, and the longest delay after them in seconds."""
    place = address_block(address)
    return {
        digest_of(f"user {user} {place}"): (TRIES, WINDOW),
        digest_of(f"address {place}"): (TRIES_OF_ADDRESS, LONGEST_OF_ADDRESS),
    }


def digest_of(text: str) -> str:
    """SHA-256 of what is kept nowhere as it is: a token, a key, whom a try is of."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def address_block(address: str) -> str:
    """An address; of IPv6 the 64 bits that one subscriber has."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:64]
    return address if found.version == 4 else str(ip_network((found, 64), strict=False))
