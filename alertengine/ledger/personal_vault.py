"""What says something about a person: told apart, kept with a salt, opened again, erased.

The fields that the vocabulary marks private never enter an order; a list that fills them is
kept as a personal file beside a copy without them.  A sole trader's name is a person's name:
it stands in the orders as a token.
"""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Iterable
from typing import Any

import pandas as pd
from sqlite_utils import Database

from alertengine.ledger.canonical_bytes import MARK, Personal, personal_digest
from alertengine.vocabulary.personal import ERASED, sole_traders

TEXT, FILE = "text", "file"


def names_apart(table: pd.DataFrame) -> pd.DataFrame:
    """The table with sole traders' names as :class:`Personal`, the same object where there are none."""
    mine = sole_traders(table)
    if not mine.any():
        return table
    # Element by element: an assignment to a slice would make plain texts of them.
    names = [Personal(name) if own else name for name, own in zip(table["enterprise"], mine, strict=True)]
    return table.assign(enterprise=pd.Series(names, index=table.index, dtype="object"))


class Vault:
    """The personal values of one connection: token for value, value for token."""

    def __init__(self, db: Database) -> None:
        """Nothing is read before it is asked for."""
        self._db = db
        self._tokens: dict[str, str] | None = None

    def token(self, value: str) -> str:
        """The token of a text, kept under one salt as long as it is not erased."""
        tokens = self._known()
        if value not in tokens:
            tokens[value] = MARK + self._keep(TEXT, value.encode())
        return tokens[value]

    def keep_file(self, data: bytes) -> str:
        """The digest of a file, kept once."""
        sql = "SELECT digest, salt, value FROM personal WHERE kind = ? AND value IS NOT NULL"
        for digest, salt, _ in self._db.conn.execute(sql, [FILE]):
            if personal_digest(salt, FILE, data) == digest:
                return str(digest)
        return self._keep(FILE, data)

    def _keep(self, kind: str, data: bytes) -> str:
        salt = secrets.token_bytes(32)
        digest = personal_digest(salt, kind, data)
        value = zlib.compress(data, 6) if kind == FILE else data
        row = {"digest": digest, "kind": kind, "salt": salt, "value": value}
        self._db.table("personal").insert(row)
        return digest

    def _known(self) -> dict[str, str]:
        if self._tokens is None:
            sql = "SELECT value, digest FROM personal WHERE kind = ? AND value IS NOT NULL"
            rows = self._db.conn.execute(sql, [TEXT]).fetchall()
            self._tokens = {value.decode(): MARK + digest for value, digest in rows}
        return self._tokens

    def opened(self, texts: Iterable[Any]) -> dict[Any, str]:
        """What the tokens among some texts stand for."""
        asked = {text for text in texts if isinstance(text, str) and text.startswith(MARK)}
        if not asked:
            return {}
        known = {token: value for value, token in self._known().items()}
        return {token: known.get(token, ERASED) for token in asked}

    def file(self, digest: str) -> bytes | None:
        """The bytes of a personal file; None where it was erased."""
        sql = "SELECT value FROM personal WHERE digest = ? AND value IS NOT NULL"
        row = self._db.conn.execute(sql, [digest]).fetchone()
        return zlib.decompress(row[0]) if row else None
