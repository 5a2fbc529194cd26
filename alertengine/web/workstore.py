"""Works on disk: runs that officers have made and not yet submitted, and forms not yet sent; they outlive the page.

A work is what it was decided from, overrides among its options; what was decided lies beside it by hash and can be
decided anew.  All officers see all works; each change is put in the place of the version it was made from.  What was
decided is shown from the files that a job left (:class:`Works`).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path, PurePath
from typing import Any, Final

import pandas as pd

from alertengine.files import Protocol
from alertengine.orders import InForce, Override, held_now
from alertengine.vocabulary import InputError, Problem
from alertengine.web.brief import KEPT_BRIEF, Brief
from alertengine.web.jobs.store import WorkFolder, hash_of, new_key
from alertengine.web.today import Change, changes_of
from alertengine.workflow import PUBLIC, Collected, Correction, RunOptions, Upload

#: Works that one person may have in hand.
MOST: Final = 20
_LAYOUT: Final = """
CREATE TABLE IF NOT EXISTS works (
  key TEXT PRIMARY KEY, title TEXT NOT NULL, user TEXT NOT NULL, replaces INTEGER, content TEXT NOT NULL,
  note TEXT NOT NULL, version INTEGER NOT NULL, began REAL NOT NULL, changed REAL NOT NULL, changed_by TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS forms (user TEXT PRIMARY KEY, said TEXT NOT NULL) STRICT;
"""
_COLUMNS: Final = "key, title, user, replaces, content, note, version, began, changed, changed_by"


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A work as it stands: ``content`` is the SHA-256 of what it was decided from; times are seconds of the clock."""

    key: str
    title: str
    user: str
    replaces: int | None
    content: str
    note: str
    version: int
    began: float
    changed: float
    changed_by: str

    @property
    def result(self) -> str:
        """The hash of what was decided."""
        return result_of(self.content)


def result_of(content: str) -> str:
    """The hash of what is decided on some content."""
    return hash_of("decided, with its brief", content)


def overrides_by_line(options: RunOptions) -> dict[tuple[str, str], Override]:
    """The overrides among the options of a run, by enterprise and line."""
    return {(one.enterprise_id, one.line_id): one for one in options.overrides}


class WorkStore:
    """Works and forms of one folder."""

    def __init__(self, folder: WorkFolder) -> None:
        """Nothing is opened yet."""
        self.folder = folder

    def all(self) -> list[WorkRow]:
        """All works, the one changed last first."""
        return [WorkRow(*row) for row in self._read(f"SELECT {_COLUMNS} FROM works ORDER BY changed DESC")]  # noqa: S608

    def get(self, key: str) -> WorkRow:
        """A work.

        Raises:
            InputError: there is none of that key any more.

        """
        rows = self._read(f"SELECT {_COLUMNS} FROM works WHERE key = ?", key)  # noqa: S608 -- our own names
        if not rows:
            raise InputError([Problem("draft_gone", where="session")])
        return WorkRow(*rows[0])

    def add(self, title: str, user: str, by: str, collected: Collected, replaces: int | None = None) -> WorkRow:
        """Put a new work.

        Raises:
            InputError: the person has too many, or it cannot be written.

        """
        now = time.time()
        row = WorkRow(new_key(), title, user, replaces, self.keep(collected), "", 1, now, now, by)
        with self.folder.opened(_LAYOUT, write=True) as db:
            if db.execute("SELECT count(*) FROM works WHERE user = ?", [user]).fetchone()[0] >= MOST:
                raise InputError([Problem("too_many_works", where="session", count=MOST)])
            values = [getattr(row, name) for name in WorkRow.__slots__]
            db.execute(f"INSERT INTO works ({_COLUMNS}) VALUES ({', '.join('?' * 10)})", values)  # noqa: S608
        return row

    def change(self, row: WorkRow, content: str, title: str, by: str) -> bool:
        """Put what a work is decided from in the place of that it was; False where it was changed meanwhile."""
        put = "content = ?, title = ?, version = version + 1, changed = ?, changed_by = ?"
        sql = f"UPDATE works SET {put} WHERE key = ? AND version = ?"  # noqa: S608 -- our own words
        with self.folder.opened(_LAYOUT, write=True) as db:
            return db.execute(sql, [content, title, time.time(), by, row.key, row.version]).rowcount > 0

    def note(self, key: str, text: str) -> None:
        """Keep what is to be told the reviewer."""
        with self.folder.opened(_LAYOUT, write=True) as db:
            db.execute("UPDATE works SET note = ? WHERE key = ?", [text, key])

    def drop(self, key: str) -> None:
        """Let a work go."""
        with self.folder.opened(_LAYOUT, write=True) as db:
            db.execute("DELETE FROM works WHERE key = ?", [key])

    def keep(self, collected: Collected) -> str:
        """Keep what a work is decided from; the SHA-256 that :meth:`collected` takes."""
        given = {path: data for path, data in collected.files.items() if PurePath(path).parts[0] != PUBLIC}
        files = {path: self.folder.keep(data) for path, data in given.items()}
        said = {"files": files, "origins": collected.origins, "options": collected.options.as_json()}
        if collected.correction.act is not None:
            said["correction"] = asdict(collected.correction)
        return self.folder.keep(json.dumps(said, ensure_ascii=False, sort_keys=True).encode())

    def collected(self, content: str) -> Collected:
        """What a work is decided from.

        Raises:
            InputError: a file of it is gone or was changed.

        """
        said = json.loads(self.folder.kept(content))
        files = {path: self.folder.kept(name) for path, name in said["files"].items()}
        options, correction = self.asked(content)
        return Collected(files, said["origins"], options=options, correction=correction)

    def asked(self, content: str) -> tuple[RunOptions, Correction]:
        """What a work was asked, and the act it is to correct."""
        said = json.loads(self.folder.kept(content))
        return RunOptions.read(said["options"]), Correction(**said.get("correction", {}))

    # -- forms

    def form(self, user: str) -> dict[str, Any]:
        """What a person has put in for a new draft and not yet sent."""
        rows = self._read("SELECT said FROM forms WHERE user = ?", user)
        return dict(json.loads(rows[0][0])) if rows else {}

    def put_form(self, user: str, said: Mapping[str, Any]) -> None:
        """Keep it; nothing: forget it."""
        self.change_form(user, lambda _held: said)

    def change_form(self, user: str, change: Callable[[dict[str, Any]], Mapping[str, Any]]) -> None:
        """Keep what ``change`` makes of a form; nobody changes it meanwhile."""
        with self.folder.opened(_LAYOUT, write=True) as db:
            row = db.execute("SELECT said FROM forms WHERE user = ?", [user]).fetchone()
            said = change(dict(json.loads(row[0])) if row else {})
            if said:
                db.execute("INSERT OR REPLACE INTO forms VALUES (?, ?)", [user, json.dumps(said, ensure_ascii=False)])
            else:
                db.execute("DELETE FROM forms WHERE user = ?", [user])

    def put_upload(self, upload: Upload) -> dict[str, str]:
        """Keep an upload, as JSON names it."""
        profile = self.folder.keep(upload.profile) if upload.profile else ""
        size = str(len(upload.data))
        return {"name": upload.plain_name, "data": self.folder.keep(upload.data), "profile": profile, "size": size}

    def upload(self, held: Mapping[str, str]) -> Upload:
        """An upload of :meth:`put_upload`.

        Raises:
            InputError: it is gone or was changed.

        """
        profile = self.folder.kept(held["profile"]) if held["profile"] else b""
        return Upload(held["name"], self.folder.kept(held["data"]), profile)

    # -- what must stay

    def files(self) -> set[str]:
        """The files that works and forms name."""
        used: set[str] = set()
        for row in self.all():
            used.add(row.content)
            try:
                used |= set(json.loads(self.folder.kept(row.content))["files"].values())
            except InputError:
                continue
        for (said,) in self._read("SELECT said FROM forms"):
            held = [one for several in json.loads(said).get("files", {}).values() for one in several]
            used |= {name for one in held for name in (one["data"], one["profile"])}
        return used

    def results(self) -> set[str]:
        """The results that works name."""
        return {row.result for row in self.all()}

    def _read(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.folder.rows(_LAYOUT, "forms", sql, values)


@dataclass(frozen=True)
class DecidedWork:
    """What was decided on a work's files; tables are read when they are asked for.

    ``brief`` is what must be known of it, ``first`` the rows that a grid is drawn with
    (:func:`~alertengine.web.orderrows.rows`), ``now`` the moment of the decision (None of orders for a list alone),
    ``problems`` what a person must look at, ``notes`` what is good to know, ``readings`` how its files were read.
    """

    folder: Path
    brief: Brief
    first: list[dict[str, Any]]
    now: pd.Timestamp | None
    problems: list[Problem]
    notes: list[Problem]
    readings: list[Protocol]

    @cached_property
    def orders(self) -> pd.DataFrame:
        """The orders, overrides in them."""
        return pd.read_parquet(self.folder / "orders.parquet")

    @cached_property
    def warnings(self) -> pd.DataFrame:
        """The warnings."""
        return pd.read_parquet(self.folder / "warnings.parquet")

    @property
    def in_force(self) -> InForce:
        """What holds at the moment of the decision in hand."""
        return held_now(self.orders, self.warnings, self.now)


@dataclass(frozen=True)
class HeldWork(DecidedWork):
    """A work as it was decided."""

    row: WorkRow
    overrides: Mapping[tuple[str, str], Override]
    correction: Correction


def decided_under(folder: WorkFolder, result: str) -> DecidedWork:
    """What was decided, by its hash.

    Raises:
        InputError: it must be decided first.

    """
    said = folder.said(result)
    if said is None:
        raise InputError([Problem("work_undecided", where="session")])
    problems, notes = ([Problem.from_dict(one) for one in said[name]] for name in ("problems", "notes"))
    readings = [Protocol.from_record(one) for one in said["readings"]]
    now = None if said["now"] is None else pd.Timestamp(said["now"])
    brief = KEPT_BRIEF.validate_python(said["brief"])
    return DecidedWork(folder.result(result), brief, said["first"], now, problems, notes, readings)


class Works:
    """The works beside a ledger."""

    def __init__(self, ledger: Path) -> None:
        """``ledger``: its file."""
        self.folder = WorkFolder(ledger)
        self.store = WorkStore(self.folder)

    def by_change(self) -> dict[Change, WorkRow]:
        """Of each change of a warning the work that decides it and was changed last, as far as they are decided."""
        found: dict[Change, WorkRow] = {}
        for row in reversed(self.store.all()):
            file = self.folder.result(row.result) / "warnings.parquet"
            if file.is_file():
                found |= dict.fromkeys(changes_of(pd.read_parquet(file)), row)
        return found

    def is_decided(self, row: WorkRow) -> bool:
        """Whether what was decided is there, made by this program."""
        return self.folder.said(row.result) is not None

    def held(self, key: str) -> HeldWork:
        """A work.

        Raises:
            InputError: there is none, or it must be decided again first.

        """
        row = self.store.get(key)
        found = decided_under(self.folder, row.result)
        options, correction = self.store.asked(row.content)
        return HeldWork(**vars(found), row=row, overrides=overrides_by_line(options), correction=correction)

    def rows_file(self, key: str) -> Path:
        """The rows of a work's grid as a file of JSON, gzipped.

        Raises:
            InputError: there is no such work.

        """
        return self.folder.result(self.store.get(key).result) / "rows.json.gz"
