"""A ledger: reading its acts, adding one.

::

    with Ledger.open(Path("record.db")) as ledger:
        for act in ledger.acts():
            orders = ledger.orders(act.act)
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pandas as pd
from sqlite_utils import Database

from alertengine.files import inside, read_json
from alertengine.ledger._append import append
from alertengine.ledger._deposit import deposit
from alertengine.ledger.act import Act, ActTable, Head, Input, InputFile, uncorrected
from alertengine.ledger.canonical_bytes import MARK
from alertengine.ledger.connect import (
    BUSY_SECONDS,
    check_layout,
    check_version,
    connect,
    in_words,
    ready_to_write,
    tidy,
    writing,
)
from alertengine.ledger.contents import check_cells, check_columns, check_head, check_orders, typed_warnings
from alertengine.ledger.personal_vault import Vault
from alertengine.ledger.schema import NUMBER_COLUMNS, PLAIN_COLUMNS, columns_of, ledger_id, read_as_today
from alertengine.ledger.unpacking import most_unpacked, unpacked
from alertengine.vocabulary import MASKED, refuse

_ACT_COLUMNS = tuple(Act.__slots__)
#: More than SQLite counts.
_MOST_ACTS = 2**63


class Ledger:
    """A ledger file that is open."""

    def __init__(self, db: Database, path: Path) -> None:
        """Take a connection; use :meth:`open` or :meth:`writable`."""
        self.db = db
        self.path = path

    @property
    def id(self) -> str:
        """The id of the ledger, blank in one of an older layout."""
        with in_words(self.path):
            return ledger_id(self.db)

    @classmethod
    def open(cls, path: Path) -> Ledger:
        """Open a ledger to read it, of this layout or an older one.

        Raises:
            InputError: no such file, no ledger, one of a newer layout, one whose layout was changed, or one with a
                log that cannot be read where the file lies.

        """
        db = connect(Path(path))
        try:
            check_version(db, Path(path))
            check_layout(db, Path(path))
            read_as_today(db)
        except BaseException:
            db.close()
            raise
        return cls(db, Path(path))

    @classmethod
    def writable(cls, path: Path, *, busy: float = BUSY_SECONDS) -> Ledger:
        """Open a ledger to add to it; a file that is not there yet is made.

        Raises:
            InputError: it cannot be written, or is no ledger.

        """
        return cls(ready_to_write(Path(path), busy=busy), Path(path))

    def close(self) -> None:
        """Close the file."""
        self.db.close()
        tidy(self.path)

    def __enter__(self) -> Self:
        """The ledger itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()

    # -- reading

    def acts(self, kind: str | None = None) -> list[Act]:
        """All acts in order, or those of a kind."""
        return self._acts("WHERE kind = ? ORDER BY act", kind) if kind else self._acts("ORDER BY act")

    def _acts(self, which: str, *values: Any) -> list[Act]:
        sql = f"SELECT {', '.join(_ACT_COLUMNS)} FROM acts {which}"  # noqa: S608 -- our own names
        with in_words(self.path):
            return [_act(row, self.path) for row in self.db.conn.execute(sql, values)]

    def standing(self, kind: str | None = None) -> list[Act]:
        """The acts that no later one corrects in order, or those of a kind."""
        return [act for act in uncorrected(self.acts()) if kind in (None, act.kind)]

    def act(self, number: int) -> Act:
        """An act.

        Raises:
            InputError: there is no such act.

        """
        if found := self._acts("WHERE act = ?", number) if 0 < number < _MOST_ACTS else []:
            return found[0]
        with in_words(self.path):
            count = self.db.conn.execute("SELECT count(*) FROM acts").fetchone()[0]
        code = "no_such_act" if count else "no_act_at_all"
        raise refuse(self.path, code, value=str(number), **({"last": count} if count else {}))

    def last(self) -> Act | None:
        """The last act, None in a ledger without any."""
        return next(iter(self._acts("ORDER BY act DESC LIMIT 1")), None)

    def parts(self, act: int) -> list[ActTable]:
        """The tables of an act."""
        sql = "SELECT part, columns, rows, sha256 FROM parts WHERE act = ? ORDER BY part"
        with in_words(self.path):
            rows = self.db.conn.execute(sql, [act]).fetchall()
        return [ActTable(part, tuple(columns_of(columns)), count, digest) for part, columns, count, digest in rows]

    def has(self, act: int, name: str) -> bool:
        """Whether an act has a table, be it without rows."""
        return any(part.part == name for part in self.parts(act))

    def rows(self, act: int, name: str) -> int:
        """How many rows a table of an act has, 0 where the act has no such table."""
        return sum(part.rows for part in self.parts(act) if part.part == name)

    def part(self, act: int, name: str, *, personal: bool = True, columns: Iterable[str] = ()) -> pd.DataFrame:
        """A table of an act as object columns, None for blank; ``personal=False`` masks personal values.

        Raises:
            InputError: the act has no such table, or that has not all of ``columns``.

        """
        if name == "orders":
            return self.orders(act, personal=personal)
        table = self._part(act, name, personal=personal)
        check_columns(self.path, act, table, columns)
        return table

    def _part(self, act: int, name: str, *, personal: bool) -> pd.DataFrame:
        columns = self._columns(act, name)
        sql = "SELECT content FROM part_rows WHERE act = ? AND part = ? ORDER BY row"
        with in_words(self.path):
            rows = [read_json(content) for (content,) in self.db.conn.execute(sql, [act, name])]
        check_cells(self.path, act, columns, rows)
        said = self._opened_or_masked({v for row in rows for v in row if isinstance(v, str)}, personal=personal)
        if said:
            rows = [[said.get(v, v) if isinstance(v, str) else v for v in row] for row in rows]
        return pd.DataFrame(rows, columns=columns, dtype="object")

    def _columns(self, act: int, name: str) -> list[str]:
        self.act(act)
        found = {part.part: list(part.columns) for part in self.parts(act)}
        if name not in found:
            raise refuse(
                self.path, "act_without_table", value=name, act=act, tables=", ".join(found) or "an act with tables"
            )
        return found[name]

    def orders(self, act: int, *, personal: bool = True) -> pd.DataFrame:
        """The orders of an act: ORDER_COLUMNS, texts as categories, numbers as ``float64``, blank as NaN.

        Raises:
            InputError: the act has no orders.

        """
        columns = self._columns(act, "orders")
        sql = f"SELECT {', '.join(columns)} FROM order_rows WHERE act = ? ORDER BY row"  # noqa: S608 -- our own names
        with in_words(self.path):
            raw = pd.DataFrame(self.db.conn.execute(sql, [act]).fetchall(), columns=columns, dtype="object")
            texts = self._texts(raw)
        said = self._opened_or_masked(texts.values(), personal=personal)
        table = pd.DataFrame({name: _order_column(raw[name], name, texts, said) for name in columns}, columns=columns)
        check_orders(self.path, act, table)
        return table

    def _texts(self, raw: pd.DataFrame) -> dict[int, str]:
        """The texts that the numbers of a table stand for."""
        used: set[int] = set()
        for name in raw.columns:
            if name not in PLAIN_COLUMNS:
                used.update(int(number) for number in raw[name].dropna().unique())
        sql = "SELECT id, text FROM texts WHERE id IN (SELECT value FROM json_each(?))"
        return dict(self.db.conn.execute(sql, [json.dumps(sorted(used))]).fetchall())

    def _opened_or_masked(self, texts: Any, *, personal: bool) -> dict[Any, str]:
        if personal:
            return Vault(self.db).opened(texts)
        return {text: MASKED for text in texts if isinstance(text, str) and text.startswith(MARK)}

    def warnings(self, act: int) -> pd.DataFrame:
        """The warnings of an act: WARNING_COLUMNS, times as ``datetime64``, blank texts as recorded.

        Raises:
            InputError: the act has no warnings.

        """
        return typed_warnings(self.path, act, self._part(act, "warnings", personal=True))

    def inputs(self, act: int) -> list[Input]:
        """The files an act rests on."""
        sql = (
            "SELECT i.path, coalesce(s.sha256, i.personal), i.personal IS NOT NULL,"
            " s.id IS NOT NULL OR p.value IS NOT NULL"
            " FROM inputs i LEFT JOIN snapshots s ON s.id = i.snapshot LEFT JOIN personal p ON p.digest = i.personal"
            " WHERE i.act = ? ORDER BY i.path"
        )
        with in_words(self.path):
            rows = self.db.conn.execute(sql, [act]).fetchall()
        return [Input(path, digest, bool(apart), bool(kept)) for path, digest, apart, kept in rows]

    def input(self, act: int, path: str) -> bytes | None:
        """The bytes of a file of an act; None where it was personal and is erased.

        Raises:
            InputError: the act rests on no such file, or it is broken or larger than a file may be.

        """
        joined = "inputs i LEFT JOIN snapshots s ON s.id = i.snapshot"
        sql = f"SELECT s.data, i.personal, s.size FROM {joined} WHERE act = ? AND path = ?"  # noqa: S608 -- our own names
        with in_words(self.path):
            row = self.db.conn.execute(sql, [act, path]).fetchone()
            if row is None:
                raise refuse(self.path, "act_without_file", value=path, act=act)
            try:
                if row[1] is not None:
                    return Vault(self.db).file(row[1])
                return unpacked(row[0], min(row[2], most_unpacked()))
            except (ValueError, TypeError) as error:
                raise refuse(self.path, "file_of_act_broken", value=path, act=act, error=error) from None

    def unpack(self, act: int, folder: Path) -> list[Path]:
        """Write the files of an act into a folder, those erased left out.

        Raises:
            InputError: a path leads out of the folder, with nothing written; a file is broken or too large.

        """
        named = [(one, inside(folder, one.path, self.path)) for one in self.inputs(act)]
        written = []
        for one, target in named:
            data = self.input(act, one.path) if one.kept else None
            if data is not None:
                try:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(data)
                except OSError as error:
                    raise refuse(self.path, "file_of_act_broken", value=one.path, act=act, error=error) from None
                written.append(target)
        return written

    # -- writing

    def append(
        self,
        kind: str,
        head: Head,
        parts: Mapping[str, pd.DataFrame] | None = None,
        *,
        inputs: Sequence[InputFile] = (),
        clock_reason: str = "",
        guard: Callable[[], object] | None = None,
    ) -> Act:
        """Record an act: all of it in one transaction, or nothing.

        Args:
            kind: a word of :data:`~alertengine.ledger.act.KINDS`, or a new one.
            head: what the act says of itself.
            parts: its tables by name; ``orders`` has ORDER_COLUMNS.  Cells that are
                :class:`~alertengine.ledger.canonical_bytes.Personal` are kept apart.
            inputs: the files it rests on.
            clock_reason: why the act may be recorded before the last one's time.
            guard: looks once more, where no other writer can come between, whether the act may be; raises if not.

        Raises:
            InputError: nothing was written: another process writes, the disk is full, the clock
                went backwards, or the act it corrects is not there.

        """
        with in_words(self.path), writing(self.db):
            if guard is not None:
                guard()
            number = append(self.db, self.path, self.last(), kind, head, parts or {}, inputs, clock_reason)
        deposit(self)
        return self.act(number)


def _act(row: Sequence[Any], path: Path) -> Act:
    said = dict(zip(_ACT_COLUMNS, row, strict=True))
    try:
        head = read_json(said["head"])
    except ValueError:
        head = None
    if not isinstance(head, dict):
        raise refuse(path, "record_changed", act=said["act"])
    said["head"] = head
    check_head(path, said)
    return Act(**said)


def _order_column(raw: pd.Series, name: str, texts: dict[int, str], said: dict[Any, str]) -> pd.Series:
    if name in NUMBER_COLUMNS:
        return raw.astype("float64")
    if name in PLAIN_COLUMNS:
        return raw.astype("str")
    codes, distinct = pd.factorize(raw)
    words = [said.get(texts[number], texts[number]) for number in distinct]
    names = sorted(set(words))  # of two numbers one text may have been made
    places = np.array([*map({word: place for place, word in enumerate(names)}.__getitem__, words), -1])
    return pd.Series(pd.Categorical.from_codes(places[codes], pd.Index(names, dtype="str")), raw.index)
