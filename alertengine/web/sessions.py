"""Who is signed in: sessions in memory (a restart signs everyone out), and how often one may try."""

from __future__ import annotations

import hashlib
import math
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

#: Seconds without a request after which a session ends, and its longest life.
IDLE: Final = 30 * 60
LONGEST: Final = 10 * 3600
#: Failed sign-ins of one user or one address within the window before more are refused.
TRIES: Final = 5
TRIES_OF_ADDRESS: Final = 30
WINDOW: Final = 15 * 60

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
    """Failed sign-ins, by user and by address."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        """``clock`` gives seconds."""
        self._clock = clock
        self._failed: dict[str, deque[float]] = {}

    def wait(self, user: str, address: str) -> int:
        """Seconds until another try is allowed, 0 for now."""
        return max(self._wait(f"user {user}", TRIES), self._wait(f"address {address}", TRIES_OF_ADDRESS))

    def failed(self, user: str, address: str) -> bool:
        """Count a failure; whether this one closed the door."""
        before = self.wait(user, address)
        for key in (f"user {user}", f"address {address}"):
            self._failed.setdefault(key, deque(maxlen=TRIES_OF_ADDRESS)).append(self._clock())
        return not before and self.wait(user, address) > 0

    def succeeded(self, user: str) -> None:
        """Forget a user's failures."""
        self._failed.pop(f"user {user}", None)

    def _wait(self, key: str, most: int) -> int:
        failed = self._failed.get(key)
        while failed and self._clock() - failed[0] >= WINDOW:
            failed.popleft()
        if not failed:
            self._failed.pop(key, None)
            return 0
        return 0 if len(failed) < most else math.ceil(WINDOW - (self._clock() - failed[-most]))
