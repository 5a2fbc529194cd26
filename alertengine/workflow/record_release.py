"""Releases on record: who let documents with open matters go out, why, and which matters were open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from alertengine.documents.manifest import MANIFEST, Manifest
from alertengine.files.path_gate import leads_out
from alertengine.ledger.act import Act, Head
from alertengine.ledger.canonical_bytes import sha256
from alertengine.ledger.personal_vault import names_apart
from alertengine.vocabulary.problems import InputError, Problem, refuse
from alertengine.workflow.delivery.record import act_of_orders

if TYPE_CHECKING:
    from alertengine.ledger.store import Ledger

KIND: Final = "release"
PART: Final = "documents"
#: Columns of the table of an act: what was released, the hash of its file, the matters that were open.
COLUMNS: Final = ("city", "county", "enterprise_id", "enterprise", "document", "sha256", "open")
#: Documents named in one message; the rest are counted.
_NAMED: Final = 5


def record_releases(ledger: Ledger, number: int, folder: Path) -> list[Act]:
    """Record the releases that a folder of documents holds of itself, each as an act; those on record are left out.

    Raises:
        InputError: the act orders nothing, the folder holds no release or one of documents that are not of this
            act, a released document is gone, or the ledger cannot be written.

    """
    act = act_of_orders(ledger, number)
    releases = Manifest.read(folder).releases
    if not releases:
        raise InputError([Problem("nothing_released", file=str(folder / MANIFEST))])
    firms = _firms(ledger.orders(number))
    known = {(one.approved_by, one.reason, one.head.get("released_at"), one.head.get("about"))
             for one in ledger.acts(KIND)}  # fmt: skip
    ready = []
    for one in releases:
        by, reason, at = (str(one.get(name, "")) for name in ("by", "reason", "at"))
        if (by, reason, at, number) in known:
            continue
        table = _documents(one.get("documents", {}), firms, folder)
        details = {"about": number, "about_hash": act.hash, "released_at": at}
        title = f"第{number}号《{act.title}》{len(table)}份草稿放行"
        ready.append((Head(title, _moment(at, ledger), approved_by=by, reason=reason, details=details), table))
    return [ledger.append(KIND, head, {PART: names_apart(table)}) for head, table in ready]


def _moment(text: str, ledger: Ledger) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise refuse(ledger.path, "release_without_time", value=text) from None


def _firms(orders: pd.DataFrame) -> dict[str, dict[str, str]]:
    """City, county and name by enterprise code."""
    names = ["enterprise_id", "city", "county", "enterprise"]
    table = orders[names].astype("object").fillna("").drop_duplicates("enterprise_id")
    return {str(row["enterprise_id"]): {str(k): str(v) for k, v in row.items()} for row in table.to_dict("records")}


def _documents(released: Mapping[str, Any], firms: Mapping[str, dict[str, str]], folder: Path) -> pd.DataFrame:
    """The released documents with their hashes as they stand; a file name ends in the code of its enterprise."""
    rows, strange, gone = [], [], []
    for name, matters in released.items():
        path = Path(name)
        code = next((part for part in reversed(path.stem.split("-")) if part in firms), "")
        if not code or leads_out(name):
            strange.append(name)
        elif not (folder / path).is_file():
            gone.append(name)
        else:
            said = {
                "document": path.parts[0],
                "sha256": sha256((folder / path).read_bytes()),
                "open": "；".join(matters),
            }
            rows.append({**firms[code], **said})
    problems = [
        Problem(code, file=str(folder), value="、".join(names[:_NAMED]), count=len(names))
        for names, code in ((strange, "released_of_nobody"), (gone, "released_gone"))
        if names
    ]
    if problems:
        raise InputError(problems)
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="object")
