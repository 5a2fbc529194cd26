"""Jobs on disk and their kinds: what was asked, by whom, how far it is and what came of it; they outlive the page.

All of it lies in one folder beside the ledger, ``LEDGER.work`` (0700): ``work.db`` (jobs here, works in
:mod:`alertengine.web.workstore`), ``files/`` by SHA-256, ``results/`` by hash.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import secrets
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alertengine.files import make_private, replacing
from alertengine.ledger import in_words
from alertengine.vocabulary import InputError, Problem
from alertengine.web.private_db import private_db
from alertengine.workflow import versions

if TYPE_CHECKING:
    import sqlite3

    from alertengine.ledger import Ledger

#: Added to the name of the ledger.
SUFFIX: Final = ".work"
#: Jobs of one person that wait or go on at a time.
MOST_EACH: Final = 4
#: Starts of a job that each time ended with the page, after which it is given up.
MOST_STARTS: Final = 3
#: Seconds that jobs which have ended and results are kept.
KEPT: Final = 14 * 86_400
_CODE: Final = "work_store_unusable"
_LAYOUT: Final = """
CREATE TABLE IF NOT EXISTS jobs (
  key TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, user TEXT NOT NULL, asked TEXT NOT NULL,
  result TEXT NOT NULL, state TEXT NOT NULL, said TEXT NOT NULL, problems TEXT NOT NULL, starts INTEGER NOT NULL,
  began REAL NOT NULL, ended REAL
) STRICT;
"""
_COLUMNS: Final = "key, kind, title, user, asked, result, state, said, problems, starts, began, ended"
OPEN: Final = ("waiting", "running")


@dataclass(frozen=True, slots=True)
class Job:
    """One job: ``state`` is waiting, running, done, failed or stopped.

    ``said`` is what came of it, ``result`` the hash that its files lie under.
    """

    key: str
    kind: str
    title: str
    user: str
    asked: Mapping[str, Any]
    result: str
    state: str = "waiting"
    said: Mapping[str, Any] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    starts: int = 0
    began: float = field(default_factory=time.time)
    ended: float | None = None

    @property
    def open(self) -> bool:
        """Whether it waits or goes on."""
        return self.state in OPEN


class WorkFolder:
    """The folder beside a ledger; whatever of it cannot be read or written raises ``InputError``."""

    def __init__(self, ledger: Path) -> None:
        """``ledger``: its file."""
        self.ledger = ledger
        self.path = ledger.with_name(ledger.name + SUFFIX)
        self.results = self.path / "results"

    def make(self) -> None:
        """Begin it, for its owner alone."""
        try:
            for folder in (self.path, self.path / "files", self.results):
                folder.mkdir(mode=0o700, exist_ok=True)
                folder.chmod(0o700)
        except OSError as error:
            raise InputError([Problem(_CODE, file=str(self.path), error=error)]) from None

    def opened(self, layout: str, *, write: bool = False) -> AbstractContextManager[sqlite3.Connection]:
        """The database, for a table that ``layout`` makes."""
        if write:
            self.make()
        return private_db(self.path / "work.db", layout, write=write, code=_CODE)

    def rows(self, layout: str, table: str, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What is asked of a table that ``layout`` makes; nothing where file or table are not there yet."""
        if not (self.path / "work.db").is_file():
            return []
        with self.opened(layout) as db:
            there = db.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", [table]).fetchone()
            return db.execute(sql, values).fetchall() if there else []

    def keep(self, data: bytes) -> str:
        """Keep bytes and return their SHA-256."""
        name = hashlib.sha256(data).hexdigest()
        place = self.path / "files" / name
        if not place.is_file():
            self.make()
            replacing(place, lambda target: target.write_bytes(data), private=True)
        return name

    def kept(self, name: str) -> bytes:
        """Bytes by their SHA-256.

        Raises:
            InputError: they are gone or were changed.

        """
        try:
            data = (self.path / "files" / name).read_bytes() if name.isalnum() else b""
        except OSError:
            data = b""
        if hashlib.sha256(data).hexdigest() != name:
            raise InputError([Problem("work_file_lost", file=str(self.path), value=name[:12])])
        return data

    def result(self, name: str) -> Path:
        """The folder of a result, whether it is there or not."""
        return self.results / name

    def said(self, name: str) -> dict[str, Any] | None:
        """What came of a job of a result that is kept; None where there is none."""
        try:
            found = json.loads((self.results / name / "said.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def file_once(self, name: str, file: str, make: Callable[[], bytes]) -> Path:
        """The file of a result, made where it is not there; who asks while another process makes it waits for that."""
        place = self.result(name) / file
        if place.is_file():
            return place
        self.make()
        making = place.with_name(f"{file}.making")
        try:
            place.parent.mkdir(mode=0o700, exist_ok=True)
            make_private(making)
            held = making.open("r+b")
        except OSError as error:
            raise InputError([Problem(_CODE, file=str(self.path), error=error)]) from None
        with held:
            fcntl.flock(held, fcntl.LOCK_EX)
            if not place.is_file():
                data = make()
                replacing(place, lambda target: target.write_bytes(data), private=True)
        return place

    def sweep(self, used: set[str], results: set[str], since: float) -> None:
        """Drop files and results that nothing names and that are older than a time."""
        for file in (self.path / "files").glob("*"):
            if file.name not in used and file.stat().st_mtime < since:
                file.unlink(missing_ok=True)
        for folder in self.results.glob("*"):
            if folder.name not in results and folder.stat().st_mtime < since:
                shutil.rmtree(folder, ignore_errors=True)


class JobStore:
    """Rows of jobs."""

    def __init__(self, folder: WorkFolder) -> None:
        """Nothing is opened yet."""
        self.folder = folder

    def add(self, job: Job) -> None:
        """Put a new job, unless its person has too many.

        Raises:
            InputError: too many of the person wait or go on, or it cannot be written.

        """
        with self.folder.opened(_LAYOUT, write=True) as db:
            held = db.execute("SELECT count(*) FROM jobs WHERE user = ? AND state IN (?, ?)", [job.user, *OPEN])
            if job.open and held.fetchone()[0] >= MOST_EACH:
                raise InputError([Problem("too_many_runs", where="session", count=MOST_EACH)])
            asked, said = _json(job.asked), _json(job.said)
            row = (job.key, job.kind, job.title, job.user, asked, job.result, job.state, said, "[]", 0)
            sql = f"INSERT INTO jobs ({_COLUMNS}) VALUES ({', '.join('?' * 12)})"  # noqa: S608 -- our own
            db.execute(sql, [*row, job.began, job.ended])

    def get(self, key: str) -> Job | None:
        """A job."""
        found = self._read("WHERE key = ?", [key])
        return found[0] if found else None

    def waiting(self) -> list[Job]:
        """Those that wait or went on when the page ended, the oldest first."""
        return self._read("WHERE state IN (?, ?) ORDER BY began, rowid", list(OPEN))

    def oldest(self, queue: str) -> str:
        """The key of the job that waits longest in a queue; blank where none waits.

        One of a kind this program does not know is of every queue: who takes it finds that it cannot be done.
        """
        kinds = [name for name, one in KINDS.items() if one.queue != queue]
        marks = ", ".join("?" * len(kinds))
        sql = f"SELECT key FROM jobs WHERE state = 'waiting' AND kind NOT IN ({marks}) ORDER BY began, rowid LIMIT 1"  # noqa: S608 -- our own words
        found = self.folder.rows(_LAYOUT, "jobs", sql, kinds)
        return str(found[0][0]) if found else ""

    def of(self, user: str) -> list[Job]:
        """Those of a person, the newest first."""
        return self._read("WHERE user = ? ORDER BY began DESC, rowid DESC LIMIT 50", [user])

    def same(self, result: str) -> Job | None:
        """A job that waits or goes on for the same result."""
        found = self._read("WHERE result = ? AND state IN (?, ?)", [result, *OPEN])
        return found[0] if found else None

    def _read(self, condition: str, values: Sequence[Any]) -> list[Job]:
        sql = f"SELECT {_COLUMNS} FROM jobs {condition}"  # noqa: S608 -- our own
        try:
            return [_job(row) for row in self.folder.rows(_LAYOUT, "jobs", sql, values)]
        except (ValueError, LookupError, TypeError) as error:  # a row that is not ours
            raise InputError([Problem(_CODE, file=str(self.folder.path), error=error)]) from None

    def start(self, key: str) -> bool:
        """Take a job that waits; False where it was stopped or taken."""
        return self._change(key, "running", ("waiting",), ", starts = starts + 1")

    def put_back(self, key: str) -> bool:
        """Have a job that ended with the page wait once more."""
        return self._change(key, "waiting", OPEN)

    def end(
        self,
        key: str,
        state: str,
        said: Mapping[str, Any],
        problems: Sequence[Problem] = (),
        was: Sequence[str] = OPEN,
    ) -> bool:
        """Say what came of a job; False where it had ended, or is in no state of ``was``."""
        told = _json([one.as_dict() for one in problems])
        return self._change(key, state, was, ", said = ?, problems = ?, ended = ?", [_json(said), told, time.time()])

    def _change(self, key: str, state: str, was: Sequence[str], further: str = "", values: Sequence[Any] = ()) -> bool:
        marks = ", ".join("?" * len(was))
        sql = f"UPDATE jobs SET state = ?{further} WHERE key = ? AND state IN ({marks})"  # noqa: S608 -- our own words
        with self.folder.opened(_LAYOUT, write=True) as db:
            return db.execute(sql, [state, *values, key, *was]).rowcount > 0

    def forget(self, before: float) -> None:
        """Drop jobs that ended before a time."""
        with self.folder.opened(_LAYOUT, write=True) as db:
            db.execute("DELETE FROM jobs WHERE ended < ?", [before])


def _job(row: Sequence[Any]) -> Job:
    key, kind, title, user, asked, result, state, said, problems, starts, began, ended = row
    told = [Problem.from_dict(one) for one in json.loads(problems)]
    return Job(key, kind, title, user, json.loads(asked), result, state, json.loads(said), told, starts, began, ended)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def new_key() -> str:
    """A name that nobody guesses."""
    return secrets.token_urlsafe(9)


def hash_of(kind: str, *said: Any) -> str:
    """The hash under which a result is kept: of its kind, what it was made from, and this program's versions."""
    return hashlib.sha256(_json([kind, *said, versions()]).encode()).hexdigest()


def state_of(ledger: Ledger, act: int) -> list[Any]:
    """What a result about an act hangs on: its hash, and what was erased of the record since."""
    with in_words(ledger.path):
        erased = ledger.db.conn.execute("SELECT count(*) FROM acts WHERE kind = 'erasure'").fetchone()[0]
    return [ledger.act(act).hash, erased]


@dataclass(frozen=True, slots=True)
class JobKind:
    """``body`` is the name of a function of :mod:`alertengine.web.jobs.bodies`, ``text`` its Chinese name."""

    body: str
    text: str
    queue: str = "short"
    act: bool = False


KINDS: Final = {
    "decide": JobKind("decide", "计算指令"),
    "redecide": JobKind("redecide", "重新计算"),
    "renew": JobKind("renew", "按现有台账重新计算"),
    "override": JobKind("override", "人工变更"),
    "revise": JobKind("revise", "打开拟稿修改"),
    "correct": JobKind("begin_correction", "按原文件计算更正稿"),
    "submit": JobKind("hand_in_work", "提交审核", act=True),
    "issue": JobKind("issue", "发布", act=True),
    "release": JobKind("let_out", "具名放行", "long", act=True),
    "documents": JobKind("documents", "制作文书", "long"),
    "replay": JobKind("replayed", "重放", "long"),
    "season": JobKind("season", "推演", "long"),
    "warm": JobKind("warmed", "备好页面", "warm"),
}


@dataclass(frozen=True, slots=True)
class JobPlace:
    """Where a job is done: the folder beside the ledger, further rules, and ``out``, where its files go.

    ``starts`` is how often it was begun before; ``progress`` takes how much is done of how much.
    """

    folder: WorkFolder
    rules: tuple[Path, ...]
    key: str
    starts: int
    out: Path
    progress: Callable[[int, int], None]

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.folder.ledger

    def counting(self) -> Callable[[int, int], None]:
        """What takes how much more is done of how much, and tells the sum."""
        done = 0

        def heard(more: int, of: int) -> None:
            nonlocal done
            done += more
            self.progress(done, of)

        return heard
