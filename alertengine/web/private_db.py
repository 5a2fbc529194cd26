"""A SQLite file of the page's own beside the ledger: its owner's alone, trusting nothing in its layout."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from alertengine.files import make_private
from alertengine.vocabulary import refuse

#: Seconds that a look waits for another's write.
BUSY: Final = 5.0


@contextmanager
def private_db(
    path: Path, layout: str, *, write: bool = False, busy: float = BUSY, code: str = "account_store_unusable"
) -> Iterator[sqlite3.Connection]:
    """A connection of its own (they belong to one thread); with ``write`` in one transaction, taken back if it fails.

    Args:
        path: the file, begun by the first write.
        layout: SQL that makes what is not there.
        write: whether it will be written.
        busy: seconds to wait for another's write.
        code: the problem that says that the file cannot be used.

    Raises:
        InputError: the file cannot be read or written; nothing was changed.

    """
    try:
        if write:
            make_private(path)
        # For a look too: what a writer that was killed left half-written is taken back by whoever opens it next.
        address = f"{path.resolve().as_uri()}?mode=rw"
        with closing(sqlite3.connect(address, uri=True, timeout=busy, isolation_level=None)) as db:
            for setting in ("trusted_schema = OFF", "synchronous = FULL", "secure_delete = ON"):
                db.execute(f"PRAGMA {setting}")
            if not write:
                db.execute("PRAGMA query_only = ON")
                yield db
                return
            db.executescript(layout)
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")  # a connection that is closed before takes everything back
    except (sqlite3.Error, OSError) as error:
        raise refuse(path, code, error=error) from None
