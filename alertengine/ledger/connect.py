"""Opening a ledger file: settings of the connection, one writer at a time, errors in words."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from alertengine.files import make_private, no_file
from alertengine.ledger.schema import APPLICATION_ID, current, expected_objects, lay_out, objects, version_of
from alertengine.vocabulary import InputError, refuse

#: How long a writer waits for another one, in seconds.
BUSY_SECONDS: Final = 20.0
#: The first SQLite with strict tables.
OLDEST_SQLITE: Final = (3, 37, 0)
#: What SQLite raises on a damaged file: its own errors, or a message that quotes damaged text.
BROKEN: Final = (sqlite3.DatabaseError, UnicodeDecodeError)


def as_text(data: bytes) -> str:
    """Text of a cell; bytes that are no UTF-8 are kept, so that a damaged cell can still be compared."""
    return data.decode("utf-8", "surrogateescape")


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """SQLite's errors as one message.

    Raises:
        InputError: the file cannot be read or written; nothing of the act was.

    """
    try:
        yield
    except BROKEN as error:
        code = result_code(error)
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise refuse(path, "ledger_busy") from None
        if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            raise refuse(path, "ledger_disk_full", error=error) from None
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
            raise refuse(path, "ledger_unopened", error=error) from None
        if code == sqlite3.SQLITE_NOTADB:
            raise refuse(path, "not_a_ledger") from None
        raise refuse(path, "ledger_damaged", error=error) from None


def result_code(error: Exception) -> int | None:
    """SQLite's primary result code of an error; None where SQLite gave none (damaged text, misuse of the module)."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def connect(path: Path, *, write: bool = False, busy: float = BUSY_SECONDS, despite_log: bool = False) -> Database:
    """A connection to a file, read-only unless ``write``; whether it is a ledger is not yet looked at.

    ``despite_log``: also where acts in the log beside the file cannot be read, see :func:`hidden_log`.

    Raises:
        InputError: no such file, it cannot be opened, or a log beside it cannot be read.

    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise refuse(path, "sqlite_too_old", value=sqlite3.sqlite_version, version=".".join(map(str, OLDEST_SQLITE)))
    if path.is_dir() or (not write and not path.is_file()):
        raise InputError([no_file(path, "no_ledger_file")])
    if write and not path.parent.is_dir():
        raise refuse(path, "no_ledger_folder")
    address = path.resolve().as_uri()
    if not write and not despite_log and hidden_log(path):
        raise refuse(path, "ledger_log_hidden", value=path.name + "-wal")
    with in_words(path):
        if write:
            make_private(path)  # SQLite gives its logs the same mode
        connection = _opened(f"{address}?mode={'rwc' if write else 'ro'}", busy)
        try:
            if not write:
                connection = _probed(connection, address, busy)
            return _set_up(Database(connection, execute_plugins=False), write=write)
        except BaseException:
            connection.close()
            raise


def _probed(connection: sqlite3.Connection, address: str, busy: float) -> sqlite3.Connection:
    """A connection that can read: a killed writer's unfinished transaction is taken back first."""
    try:
        connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1")
    except BROKEN as error:  # a damaged file is for those who read it to say
        code = result_code(error)
        if code == sqlite3.SQLITE_READONLY:
            with closing(_opened(f"{address}?mode=rw", busy)) as mending:
                mending.execute("SELECT 1 FROM sqlite_schema LIMIT 1")
        elif code == sqlite3.SQLITE_CANTOPEN:
            # A folder that cannot be written has no room for the shared memory of WAL.
            connection.close()
            return _opened(f"{address}?mode=ro&immutable=1", busy)
    return connection


def _opened(address: str, busy: float) -> sqlite3.Connection:
    connection = sqlite3.connect(address, uri=True, timeout=busy, isolation_level=None)
    connection.text_factory = as_text
    try:
        _harden(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _harden(connection: sqlite3.Connection) -> None:
    """A ledger may come from another office: nothing in its own layout runs functions or reaches its own pages."""
    if sys.version_info >= (3, 12):
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, True)
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_TRUSTED_SCHEMA, False)
    for setting in ("trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0"):
        connection.execute(f"PRAGMA {setting}")


def hidden_log(path: Path) -> bool:
    """Whether acts may lie in a log beside the file that cannot be read: in a folder that cannot be written."""
    log = path.with_name(path.name + "-wal")
    try:
        if not log.is_file() or not log.stat().st_size:
            return False
        with closing(_opened(f"{path.resolve().as_uri()}?mode=ro", BUSY_SECONDS)) as looking:
            looking.execute("SELECT 1 FROM sqlite_schema LIMIT 1")
    except sqlite3.OperationalError as error:
        return result_code(error) == sqlite3.SQLITE_CANTOPEN
    except (OSError, *BROKEN):
        return False
    return False


def tidy(path: Path) -> None:
    """Take away the empty log that a reader leaves beside the file, where nobody else has it open."""
    log = path.with_name(path.name + "-wal")
    try:
        if log.is_file() and not log.stat().st_size:
            with closing(_opened(f"{path.resolve().as_uri()}?mode=rw", 0.0)) as last:
                last.execute("SELECT 1 FROM sqlite_schema LIMIT 1")
    except (OSError, *BROKEN):  # it does no harm where it is
        return


def _set_up(db: Database, *, write: bool) -> Database:
    settings = ["foreign_keys = ON", "recursive_triggers = ON", "temp_store = MEMORY"]
    if write:
        # FULL: what was said to be recorded survives a power cut.
        settings += ["journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"]
    for setting in settings:
        db.conn.execute(f"PRAGMA {setting}")
    return db


@contextmanager
def writing(db: Database) -> Iterator[None]:
    """One transaction that no other writer can come between: all of it or nothing."""
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.conn.execute("COMMIT")
    except BaseException:
        if db.conn.in_transaction:
            db.conn.execute("ROLLBACK")
        raise


def is_empty(db: Database) -> bool:
    """Whether nothing was ever written into a file."""
    return db.conn.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0


def check_layout(db: Database, path: Path) -> None:
    """Refuse a ledger whose tables, views, indexes or triggers are not those of its version.

    Raises:
        InputError: naming one that differs.

    """
    with in_words(path):
        real, expected = objects(db), expected_objects(version_of(db))
    if real != expected:
        _, name = min(real.items() ^ expected.items())[0]
        raise refuse(path, "ledger_layout_changed", value=name)


def check_version(db: Database, path: Path, *, write: bool = False) -> None:
    """Refuse a file that is no ledger, or one of another version of the layout; an older one can still be read.

    Raises:
        InputError: saying what to do.

    """
    with in_words(path):
        mark = db.conn.execute("PRAGMA application_id").fetchone()[0]
        version, empty = version_of(db), is_empty(db)
    if empty:
        raise refuse(path, "ledger_empty")
    if mark != APPLICATION_ID:
        raise refuse(path, "not_a_ledger")
    if version > current():
        raise refuse(path, "ledger_newer", value=str(version), layout=current())
    if version < (current() if write else 1):
        raise refuse(path, "ledger_older", value=str(version))


def refuse_foreign(path: Path, *, busy: float = BUSY_SECONDS, empty: bool = True) -> None:
    """Refuse a database of another program before it is opened for writing, which gives a file our mode and journal.

    ``empty``: one that holds nothing yet may become a ledger.

    Raises:
        InputError: it is another's, or cannot be read.

    """
    with closing(connect(path, busy=busy)) as db, in_words(path):
        own = db.conn.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
        if not (empty if is_empty(db) else own):
            raise refuse(path, "not_a_ledger")


def ready_to_write(path: Path, *, busy: float) -> Database:
    """A connection for writing; a file that is not there yet is laid out, whole or not at all.

    Raises:
        InputError: it cannot be written, or is no ledger.

    """
    if path.is_file() and path.stat().st_size:
        refuse_foreign(path, busy=busy)
    db = connect(path, write=True, busy=busy)
    try:
        with in_words(path):
            if is_empty(db):
                with writing(db):
                    if is_empty(db):
                        lay_out(db)
        check_version(db, path, write=True)
        check_layout(db, path)
    except BaseException:
        db.close()
        raise
    return db
