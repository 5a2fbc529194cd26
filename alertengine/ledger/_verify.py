"""Whether a ledger is as it was written: every record of every table, the chain, the layout, the file.

A defect names the act it touches.  ``torn`` is what an interrupted copy or a broken disk leaves
at the end: rows of an act that was never finished, or a last act whose last rows are gone.
Anything else is ``changed``: somebody or something altered what was recorded.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlite_utils import Database

from alertengine.ledger.connect import BROKEN, check_version, connect, hidden_log, result_code, tidy
from alertengine.ledger.defects import Defect, Verified
from alertengine.ledger.schema import expected_objects, ledger_id, objects, version_of
from alertengine.vocabulary import Both, Words, foreign

if TYPE_CHECKING:
    from alertengine.ledger.checkpoint import Checkpoint

#: Defects of one kind listed before SQLite stops looking.
_MOST = 50
_KINDS = {"table": "表", "view": "视图", "index": "索引", "trigger": "触发器"}


def verify(path: Path, checkpoints: Sequence[Checkpoint] = ()) -> Verified:
    """Verify a whole ledger: layout, hashes, chain, contents, checkpoints and signatures.

    Raises:
        InputError: the file cannot be read at all, or is no ledger of this layout.

    """
    from alertengine.ledger.chain import check_acts
    from alertengine.ledger.checkpoint import check_against

    db = connect(path, despite_log=True)
    try:
        found = Verified(path)
        if not checkpoints:
            found.unseen.append(Words("verify_without_checkpoint"))
        if hidden_log(path):
            found.defects.append(Defect("unseen", None, "log", Words("log_hidden")))
        with _attempt(found, "pages"):  # one state of all that is looked at, though another process may be writing
            db.conn.execute("BEGIN")
        if _whole(db, found):
            check_version(db, path)
            with _attempt(found, "layout"):
                _layout(db, found)
            with _attempt(found, "pages"):
                _file(db, found)
            hashes = check_acts(db, found)
            with _attempt(found, "identity"):
                check_against(found, ledger_id(db), hashes, checkpoints)
    finally:
        db.close()
        tidy(path)
    return found


@contextmanager
def _attempt(found: Verified, table: str) -> Iterator[None]:
    """Around a check: a page that SQLite cannot read is a defect, not the end."""
    try:
        yield
    except BROKEN as error:
        found.changed(table, "page_unreadable", error=foreign(error))


def _whole(db: Database, found: Verified) -> bool:
    """Whether the file is as long as it says; a shorter one was cut."""
    try:
        pages, size = (db.conn.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    except BROKEN as error:  # to count pages SQLite reads the layout
        if result_code(error) == sqlite3.SQLITE_NOTADB:
            check_version(db, found.path)
        pages, size = _header(found.path)
        if found.path.stat().st_size < pages * size:
            found.torn("pages", "file_cut_unread", pages=pages, size=size, error=foreign(error))
        else:
            found.changed("pages", "page_unreadable", error=foreign(error))
        return False
    there = found.path.stat().st_size
    log = found.path.with_name(found.path.name + "-wal")
    if there < pages * size and not (log.is_file() and log.stat().st_size):
        found.torn("pages", "file_cut", written=pages * size, there=there)
    return True


def _header(path: Path) -> tuple[int, int]:
    """Pages and page size by the first bytes of the file (SQLite file format, 1.3)."""
    with path.open("rb") as file:
        head = file.read(100)
    size = int.from_bytes(head[16:18], "big")
    return int.from_bytes(head[28:32], "big"), 65_536 if size == 1 else size


def _layout(db: Database, found: Verified) -> None:
    """Tables, views, indexes and triggers against those of an untouched file."""
    real, expected = objects(db), expected_objects(version_of(db))
    for kind, name in sorted(expected.keys() - real.keys()):
        found.changed("layout", "layout_gone", kind=Both(kind, _KINDS.get(kind, kind)), name=name)
    for kind, name in sorted(real.keys() - expected.keys()):
        found.changed("layout", "layout_added", kind=Both(kind, _KINDS.get(kind, kind)), name=name)
    for kind, name in sorted(real.keys() & expected.keys()):
        if real[kind, name] != expected[kind, name]:
            found.changed("layout", "layout_altered", kind=Both(kind, _KINDS.get(kind, kind)), name=name)


def _file(db: Database, found: Verified) -> None:
    """SQLite's own look at pages, indexes and keys."""
    for (said,) in db.conn.execute(f"PRAGMA integrity_check({_MOST})"):
        if said != "ok":
            found.changed("pages", "page_unreadable", error=str(said))
    for place, (table, _, parent, _) in enumerate(db.conn.execute("PRAGMA foreign_key_check")):
        if place == _MOST:
            break
        found.changed(str(table), "row_without_parent", parent=parent)
