"""The collector of cycles, held off where much is made that stays."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Hold the collector off: reading and deciding make many objects and no cycles, and it looks at all of them again.

    Also a decorator.
    """
    held_off = not gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if not held_off:
            gc.enable()
