"""What says something about a person: told apart, kept with a salt, opened again, erased.

The fields that the vocabulary marks private never enter an order; a list that fills them is
kept as a personal file beside a copy without them.  A sole trader's name is a person's name:
it stands in the orders as a token.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

import pandas as pd
from sqlite_utils import Database

from alertengine.ledger.canonical_bytes import (
    FILE,
    MARK,
    SALT_BYTES,
    TEXT,
    Personal,
    commitment,
    commits,
    is_of_format_1,
)
from alertengine.ledger.schema import ledger_id
from alertengine.ledger.unpacking import most_unpacked, packed, unpacked
from alertengine.vocabulary import ERASED, sole_traders


def names_apart(table: pd.DataFrame) -> pd.DataFrame:
    """The table with sole traders' names as :class:`Personal`, the same object where there are none."""
    return apart(table, "enterprise", sole_traders(table))


def apart(table: pd.DataFrame, column: str, mine: pd.Series) -> pd.DataFrame:
    """The table with the texts of a column in the rows of ``mine`` as :class:`Personal`, the same object for no row."""
    if not mine.any():
        return table
    # Element by element: an assignment to a slice would make plain texts of them.
    texts = [Personal(text) if own else text for text, own in zip(table[column], mine, strict=True)]
    return table.assign(**{column: pd.Series(texts, index=table.index, dtype="object")})


def cells_apart(table: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """The table with every text of some columns as :class:`Personal`, blank ones as None."""
    for name in columns:
        texts = [Personal(text) if text else None for text in table[name]]
        table = table.assign(**{name: pd.Series(texts, index=table.index, dtype="object")})
    return table


class Vault:
    """The personal values of one connection: token for value, value for token."""

    def __init__(self, db: Database) -> None:
        """Nothing is read before it is asked for."""
        self._db = db
        self._ledger = ledger_id(db)
        self._values: dict[str, str] | None = None
        self._tokens: dict[str, str] = {}

    def token(self, value: str) -> str:
        """The token of a text, kept under one salt as long as it is not erased; those of format 1 serve no new act."""
        self._known()
        if value not in self._tokens:
            self._tokens[value] = MARK + self._keep(TEXT, value.encode("utf-8", "surrogateescape"))
        return self._tokens[value]

    def keep_file(self, data: bytes) -> str:
        """The commitment to a file, kept once."""
        sql = "SELECT digest, salt FROM personal WHERE kind = ? AND value IS NOT NULL"
        for digest, salt in self._db.conn.execute(sql, [FILE]):
            if not is_of_format_1(digest) and commits(digest, self._ledger, salt, FILE, data):
                return str(digest)
        return self._keep(FILE, data)

    def _keep(self, kind: str, data: bytes) -> str:
        salt = secrets.token_bytes(SALT_BYTES)
        digest = commitment(self._ledger, salt, kind, data)
        row = {"digest": digest, "kind": kind, "salt": salt, "value": packed(data) if kind == FILE else data}
        self._db.table("personal").insert(row)
        return digest

    def _known(self) -> dict[str, str]:
        """Every text that is not erased, by its token."""
        if self._values is None:
            sql = "SELECT value, digest FROM personal WHERE kind = ? AND value IS NOT NULL"
            rows = self._db.conn.execute(sql, [TEXT]).fetchall()
            self._values = {MARK + digest: value.decode("utf-8", "surrogateescape") for value, digest in rows}
            new = ((token, text) for token, text in self._values.items() if not is_of_format_1(token[len(MARK) :]))
            self._tokens |= {text: token for token, text in new}
        return self._values

    def opened(self, texts: Iterable[Any]) -> dict[Any, str]:
        """What the tokens among some texts stand for."""
        asked = {text for text in texts if isinstance(text, str) and text.startswith(MARK)}
        if not asked:
            return {}
        known = self._known() | {token: text for text, token in self._tokens.items()}
        return {token: known.get(token, ERASED) for token in asked}

    def file(self, digest: str) -> bytes | None:
        """The bytes of a personal file; None where it was erased.

        Raises:
            ValueError: it is broken, or larger than a file may be.

        """
        sql = "SELECT value FROM personal WHERE digest = ? AND value IS NOT NULL"
        row = self._db.conn.execute(sql, [digest]).fetchone()
        return unpacked(row[0], most_unpacked()) if row else None
