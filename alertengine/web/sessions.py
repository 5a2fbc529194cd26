"""Who is signed in: sessions in memory (a restart signs everyone out), and how often one may try."""

from __future__ import annotations

import hashlib
import math
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from threading import Lock
from typing import Final

#: Seconds without a request after which a session ends, and its longest life.
IDLE: Final = 30 * 60
LONGEST: Final = 10 * 3600
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

Clock = Callable[[], float]


@dataclass(slots=True)
class Session:
    """One signed-in person; ``mark`` names the session in messages without giving it away."""

    user: str
    token: str
    began: float
    seen: float
    mark: str = field(init=False)

    def __post_init__(self) -> None:
        """Derive the mark."""
        self.mark = hashlib.sha256(self.token.encode()).hexdigest()[:12]


class Sessions:
    """All sessions of the running server."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        """``clock`` gives seconds."""
        self._clock = clock
        self._held: dict[str, Session] = {}

    def begin(self, user: str) -> Session:
        """A new session; those that have ended are forgotten."""
        self._held = {token: one for token, one in self._held.items() if self._alive(one)}
        now = self._clock()
        session = Session(user, secrets.token_urlsafe(32), now, now)
        self._held[session.token] = session
        return session

    def find(self, token: str) -> Session | None:
        """The session of a token while it lasts; looking keeps it alive."""
        session = self._held.get(token)
        if session is None or not self._alive(session):
            self._held.pop(token, None)
            return None
        session.seen = self._clock()
        return session

    def end(self, token: str) -> None:
        """Sign out."""
        self._held.pop(token, None)

    def end_all(self, user: str, but: str = "") -> None:
        """Sign a user out everywhere, or everywhere but in one session."""
        self._held = {token: one for token, one in self._held.items() if one.user != user or token == but}

    def _alive(self, session: Session) -> bool:
        now = self._clock()
        return now - session.seen < IDLE and now - session.began < LONGEST


class Tries:
    """Failed sign-ins, by user at an address and by address: delays that grow, and nobody else is kept out by them."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        """``clock`` gives seconds."""
        self._clock = clock
        self._lock = Lock()
        self._turns = tuple(Lock() for _ in range(_TURNS))
        self._failed: OrderedDict[str, tuple[int, float]] = OrderedDict()

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
            for key in keys:
                count, _ = self._failed.pop(key, (0, 0.0))
                self._failed[key] = (count + 1, self._clock())
            while len(self._failed) > _MOST_KEPT:
                self._failed.popitem(last=False)
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

    def _wait(self, key: str, free: int, longest: int) -> int:
        count, last = self._failed.get(key, (0, 0.0))
        since = self._clock() - last
        if count and since >= FORGOTTEN:
            del self._failed[key]
            return 0
        delay = min(2 ** min(count - free + 1, 20), longest) if count >= free else 0
        return max(0, math.ceil(delay - since))


def _keys(user: str, address: str) -> dict[str, tuple[int, int]]:
    """What a try is counted by: tries that are free, and the longest delay after them in seconds."""
    place = address_block(address)
    return {f"user {user} {place}": (TRIES, WINDOW), f"address {place}": (TRIES_OF_ADDRESS, LONGEST_OF_ADDRESS)}


def address_block(address: str) -> str:
    """An address; of IPv6 the 64 bits that one subscriber has."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:64]
    return address if found.version == 4 else str(ip_network((found, 64), strict=False))
