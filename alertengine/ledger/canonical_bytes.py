"""What is hashed: one exact form of bytes for every act, whatever the table it is stored in.

* A value is JSON: text in UTF-8, numbers in the shortest form that reads back the same, no
  spaces, keys sorted, blank is ``null``; minus zero counts as zero, times are ISO text.
* A *part* (the warnings, the orders, ...) is the JSON array of its column names and a JSON
  array a row, each with a line end.  Its hash is SHA-256 over these bytes.
* An *act* is the JSON object of its columns (all but ``hash``), its parts (name, columns, rows,
  hash) and its inputs (path, ``file`` or ``personal``, hash), with the hash of the act before in
  ``previous``, :data:`DOMAIN` in ``domain`` and the ledger's id in ``ledger``.  Its hash is SHA-256
  over these bytes; the first act follows :data:`BEGINNING`.
* A personal value stands in a row as ``personal:`` and its *commitment*, so that the value can be
  erased and the chain still holds: ``2:`` and SHA-256 over domain, ledger id, salt (32 bytes), kind
  (``text`` or ``file``) and value, each after its length in bytes as 8 bytes, the highest first.

Format 1, which is read and no longer written, had no domain and no id, an input was path and hash
whether personal or not, and a commitment was SHA-256 over salt, kind, a zero byte and value: a
file could be made beforehand that also reads as the salt and value of a personal one.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd

#: What the first act follows.
BEGINNING: Final = "0" * 64
#: How a personal value is spoken of in a row.
MARK: Final = "personal:"
#: What an act of format 2 begins with, and what sets its commitments apart from every other hash.
DOMAIN: Final = "alertengine ledger 2"
#: Kinds of personal values.
TEXT: Final = "text"
FILE: Final = "file"
#: Bytes of a salt.
SALT_BYTES: Final = 32
_SECOND: Final = "2:"


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


@dataclass(frozen=True, slots=True)
class HashedInput:
    """A file of an act as it is hashed: its path, its hash or commitment, whether it is personal."""

    path: str
    digest: str
    personal: bool


def act_content(
    columns: Mapping[str, Any], parts: Sequence[Sequence[Any]], inputs: Sequence[HashedInput], ledger: str
) -> dict[str, Any]:
    """The object whose canonical JSON is hashed, by the ``format`` among the columns of an act.

    Args:
        columns: all columns but ``hash``, ``head`` as stored.
        parts: name, columns, rows and hash of each table.
        inputs: its files.
        ledger: the id of the ledger.

    """
    if columns["format"] == 1:
        return {**columns, "parts": list(parts), "inputs": [[one.path, one.digest] for one in inputs]}
    files = [[one.path, "personal" if one.personal else "file", one.digest] for one in inputs]
    return {**columns, "domain": DOMAIN, "ledger": ledger, "parts": list(parts), "inputs": files}


def act_hash(
    columns: Mapping[str, Any], parts: Sequence[Sequence[Any]], inputs: Sequence[HashedInput], ledger: str
) -> str:
    """The hash of an act: SHA-256 over the canonical JSON of :func:`act_content`."""
    return sha256(as_bytes(canonical(act_content(columns, parts, inputs, ledger))))


def commitment(ledger: str, salt: bytes, kind: str, value: bytes) -> str:
    """What stands for a personal value in an act of format 2.

    Raises:
        ValueError: another length of salt, or another kind.

    """
    if len(salt) != SALT_BYTES or kind not in (TEXT, FILE):
        raise ValueError("salt or kind")
    hashed = hashlib.sha256()
    for piece in (f"{DOMAIN} personal".encode(), ledger.encode(), salt, kind.encode(), value):
        hashed.update(len(piece).to_bytes(8, "big"))
        hashed.update(piece)
    return _SECOND + hashed.hexdigest()


def is_of_format_1(digest: str) -> bool:
    """Whether a commitment is one of format 1."""
    return not digest.startswith(_SECOND)


def commits(digest: str, ledger: str, salt: bytes, kind: str, value: bytes) -> bool:
    """Whether a commitment of either format stands for a value; a salt or kind that is never written does not."""
    if len(salt) != SALT_BYTES or kind not in (TEXT, FILE):
        return False
    if is_of_format_1(digest):
        return sha256(salt + kind.encode() + b"\0" + value) == digest
    return commitment(ledger, salt, kind, value) == digest
