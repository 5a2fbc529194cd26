"""How often one may ask: a bucket each that fills again with time."""

from __future__ import annotations

import math
import time
from collections.abc import Hashable
from threading import Lock
from typing import Final

from alertengine.web.sessions import Clock

#: Answers a minute for one key; explanations, which the pages' own deciding waits for; wrong keys from one address.
ANSWERS: Final = 240
EXPLANATIONS: Final = 20
WRONG: Final = 30
#: Buckets held before those that are full again are forgotten.
_MOST: Final = 10_000


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
