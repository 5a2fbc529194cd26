"""What is hashed: one exact form of bytes for every act, whatever the table it is stored in.

* A value is JSON: text in UTF-8, numbers in the shortest form that reads back the same, no
  spaces, keys sorted, blank is ``null``; minus zero counts as zero, times are ISO text.
* A *part* (the warnings, the orders, ...) is the JSON array of its column names and a JSON
  array a row, each with a line end.  Its hash is SHA-256 over these bytes.
* An *act* is the JSON object of its columns (all but ``hash``), its parts (name, columns, rows,
  hash) and its inputs (path, hash of the file), with the hash of the act before in
  ``previous``.  Its hash is SHA-256 over these bytes; the first act follows :data:`BEGINNING`.
* A personal value stands in a row as ``personal:`` and SHA-256 over salt, kind, a zero byte and
  the value, so that the value can be erased and the chain still holds.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd

#: What the first act follows.
BEGINNING: Final = "0" * 64
#: How a personal value is spoken of in a row.
MARK: Final = "personal:"


class Personal(str):
    """A text that says something about a person: kept apart from the chain, erasable."""

    __slots__ = ()


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical(value: Any) -> str:
    """A value as canonical JSON.

    Raises:
        ValueError: a number that is not finite.

    """
    return _ENCODER.encode(value)


def sha256(data: bytes) -> str:
    """SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def as_bytes(text: str) -> bytes:
    """UTF-8, with bytes that were no UTF-8 as they stood."""
    return text.encode("utf-8", "surrogateescape")


def cell(value: Any) -> Any:
    """A cell of a table as text, number, bool or None."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return None if math.isnan(value) else value + 0.0
    if isinstance(value, date):
        return value.isoformat(" ") if isinstance(value, pd.Timestamp) else value.isoformat()
    return value if isinstance(value, (str, int, bool)) else str(value)


class PartHash:
    """The hash of a part, row by row."""

    def __init__(self, columns: Sequence[str]) -> None:
        """Begin with the names of the columns."""
        self._hash = hashlib.sha256(as_bytes(canonical(list(columns))) + b"\n")
        self.rows = 0

    def add(self, rows: Iterable[str]) -> None:
        """Take in rows, each a canonical JSON array."""
        for row in rows:
            self._hash.update(as_bytes(row) + b"\n")
            self.rows += 1

    def hex(self) -> str:
        """The hash so far."""
        return self._hash.hexdigest()


def act_hash(columns: dict[str, Any], parts: Sequence[Sequence[Any]], inputs: Sequence[Sequence[Any]]) -> str:
    """The hash of an act from its columns, its parts and its inputs."""
    return sha256(as_bytes(canonical({**columns, "parts": list(parts), "inputs": list(inputs)})))


def personal_digest(salt: bytes, kind: str, value: bytes) -> str:
    """The salted hash that stands for a personal value."""
    return sha256(salt + kind.encode() + b"\0" + value)
