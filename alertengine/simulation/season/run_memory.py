"""What several variants of a season share: worked out, or refused, once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from alertengine.vocabulary import InputError

T = TypeVar("T")


class RunMemory:
    """What was worked out or refused, by what it depends on; the oldest is forgotten first."""

    def __init__(self, most: int) -> None:
        """Keep at most so many."""
        self._most, self._found = most, OrderedDict[Hashable, Any]()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under a key, made if it is not there.

        Raises:
            InputError: making it raised one, now or before.

        """
        if key in self._found:
            self._found.move_to_end(key)
        else:
            try:
                self._found[key] = make()
            except InputError as error:
                self._found[key] = error
            while len(self._found) > self._most:
                self._found.popitem(last=False)
        if isinstance(self._found[key], InputError):
            raise InputError(self._found[key].problems)
        found: T = self._found[key]
        return found
