"""Python's garbage collection, switched off where many lasting objects are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Switch garbage collection off inside: reading and deciding make many objects and no cycles for it to find.

    Also a decorator.
    """
    held_off = not gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if not held_off:
            gc.enable()
