"""Bringing a ledger of an older layout to today's: its acts keep their hashes, and an act says it was done."""

from __future__ import annotations

from pathlib import Path

from alertengine.files import make_private
from alertengine.ledger._append import append
from alertengine.ledger._deposit import deposit
from alertengine.ledger.act import Act, Head
from alertengine.ledger.connect import check_layout, connect, in_words, refuse_foreign, writing
from alertengine.ledger.schema import current, lay_out, ledger_id, version_of
from alertengine.ledger.store import Ledger
from alertengine.vocabulary import refuse


def upgrade(path: Path, approved_by: str) -> tuple[Act, Path]:
    """Upgrade a ledger in one transaction, after a copy as it was beside it; the act and the copy.

    Raises:
        InputError: no ledger, nothing to upgrade, or it cannot be written.

    """
    refuse_foreign(path, empty=False)  # says so where the file is not there, before write access would make it
    db = connect(path, write=True)
    try:
        with in_words(path):
            version = version_of(db)
            if version >= current():
                raise refuse(path, "nothing_to_upgrade", value=str(version), layout=current())
            check_layout(db, path)
            copy = path.with_name(f"{path.name}.v{version}")
            if copy.exists():
                raise refuse(copy, "copy_there")
            make_private(copy)
            db.conn.execute("VACUUM INTO ?", [str(copy)])
            ledger = Ledger(db, path)
            with writing(db):
                lay_out(db)
                details = {"from": version, "to": current(), "ledger": ledger_id(db)}
                head = Head(f"台账格式{version}升级到{current()}", approved_by=approved_by, details=details)
                number = append(ledger.db, ledger.path, ledger.last(), "upgrade", head, {}, (), "")
        deposit(ledger)
        return ledger.act(number), copy
    finally:
        db.close()
