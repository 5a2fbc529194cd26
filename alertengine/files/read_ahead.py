"""Work done in threads a little ahead of who takes its results, in order."""

from __future__ import annotations

import itertools
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

_T = TypeVar("_T")
_R = TypeVar("_R")

#: Threads that pay: Arrow lets go of the interpreter, what is between its calls does not.
THREADS: Final = max(1, min(4, os.cpu_count() or 1))


def ahead(work: Callable[[_T], _R], items: Iterable[_T], threads: int = THREADS) -> Iterator[_R]:
    """``map(work, items)`` in threads; no more than two items a thread are begun before they are taken.

    A worker process does it without: where memory is short, a thread that cannot begin is waited for without end.
    """
    if multiprocessing.parent_process() is not None:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(threads) as pool:
        source = iter(items)
        coming: deque[Future[_R]] = deque()
        try:
            for item in itertools.islice(source, 2 * threads):
                coming.append(pool.submit(work, item))
            while coming:
                result = coming.popleft().result()
                for item in itertools.islice(source, 1):
                    coming.append(pool.submit(work, item))
                yield result
                del result  # it may be large, and the next one is being made
        finally:
            for future in coming:
                future.cancel()


def made_ahead(items: Iterable[_T]) -> Iterator[_T]:
    """The items, made in a thread of their own a little ahead of who takes them."""
    source = iter(items)
    ones = ahead(lambda _: list(itertools.islice(source, 1)), itertools.repeat(None), threads=1)
    for one in itertools.takewhile(bool, ones):
        yield from one
