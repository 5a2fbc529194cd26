"""Who was shown personal data, and why: an act of the record before anything is shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from alertengine.ledger.act import Act, Head
from alertengine.ledger.store import Ledger
from alertengine.vocabulary import refuse

ACCESS: Final = "access"


def require_reason(path: Path, by: str, reason: str) -> None:
    """Refuse to show personal data to nobody, or for nothing.

    Raises:
        InputError: a name or a reason is missing.

    """
    if not by.strip() or not reason.strip():
        raise refuse(path, "personal_without_reason")


def record_access(path: Path, what: str, by: str, reason: str, acts: Sequence[int] = ()) -> Act:
    """Record that somebody is shown personal data.

    Args:
        path: the ledger.
        what: what is shown: a table, an export.
        by: office and name.
        reason: why.
        acts: the acts it is of; none: all.

    Raises:
        InputError: a name or a reason is missing, or the ledger cannot be written: then nothing may be shown.

    """
    require_reason(path, by, reason)
    details = {"what": what, "acts": list(acts)}
    with Ledger.writable(path) as ledger:
        return ledger.append(
            ACCESS, Head("查阅个人信息", drafted_by=by.strip(), reason=reason.strip(), details=details)
        )
