"""The record as files for the province: csv or JSON lines, each row with its act and the act's hash.

``acts`` as JSON lines are the very objects that are hashed, with the hash beside: SHA-256 over
the canonical JSON of ``content`` gives ``hash``, so that the chain can be checked from the export.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import pandas as pd

from alertengine.files import replacing, suffix_of
from alertengine.ledger.act import DRAFT, Act
from alertengine.ledger.canonical_bytes import HashedInput, act_content, canonical, cell
from alertengine.ledger.schema import ORDERS_2
from alertengine.vocabulary import refuse

if TYPE_CHECKING:
    from alertengine.ledger.store import Ledger

SUFFIXES: Final = (".csv", ".jsonl")
#: What each row says of its act, before its own columns.
ACT_COLUMNS: Final = ("act", "act_hash", "issued_at", "approved_by", "corrects", "corrected_by", "row")


def export(ledger: Ledger, what: str, path: Path, acts: list[Act] | None = None, *, personal: bool = False) -> int:
    """Write the acts, or a table of theirs (``orders``, ``warnings``, ...), by suffix; the number of rows.

    Personal values are masked unless ``personal``.

    Raises:
        InputError: another suffix, no act has such a table, or the file cannot be written.

    """
    suffix = suffix_of(path, *SUFFIXES)
    chosen = ledger.acts() if acts is None else acts
    if what == "acts":
        tables: Iterator[pd.DataFrame] = iter([_acts(ledger, chosen, lines=suffix == ".jsonl")])
    else:
        mine = [act for act in chosen if ledger.has(act.act, what)]
        mine = [act for act in mine if acts or act.kind != DRAFT]  # a draft orders nothing: only where it is asked for
        if chosen and not mine:
            raise refuse(ledger.path, "no_act_with_table", value=what)
        tables = _rows(ledger, what, mine, personal=personal)
    counted: list[int] = []
    replacing(path, lambda target: counted.append(_write(tables, target, suffix)), private=personal)
    return counted[0]


def hashed(ledger: Ledger, act: Act) -> dict[str, Any]:
    """The object whose canonical JSON is hashed."""
    columns = {name: getattr(act, name) for name in Act.__slots__ if name != "hash"}
    parts = [[one.part, list(one.columns), one.rows, one.sha256] for one in ledger.parts(act.act)]
    inputs = [HashedInput(one.path, one.sha256, one.personal) for one in ledger.inputs(act.act)]
    return act_content({**columns, "head": canonical(act.head)}, parts, inputs, ledger.id)


def corrections(acts: list[Act]) -> dict[int, int]:
    """The act that puts each corrected one right; the last where there are several."""
    return {act.corrects: act.act for act in acts if act.corrects is not None}


def _acts(ledger: Ledger, acts: list[Act], *, lines: bool) -> pd.DataFrame:
    if lines:
        rows = [{"act": act.act, "hash": act.hash, "content": hashed(ledger, act)} for act in acts]
        return pd.DataFrame(rows, columns=["act", "hash", "content"], dtype="object")
    after = corrections(ledger.acts())
    names = [name for name in Act.__slots__ if name not in ("head", "format")]
    table = pd.DataFrame([[getattr(act, name) for name in names] for act in acts], columns=names, dtype="object")
    table.insert(names.index("corrects") + 1, "corrected_by", [after.get(act.act) for act in acts])
    for part in ("warnings", "orders"):
        table[part] = [{one.part: one.rows for one in ledger.parts(act.act)}.get(part) for act in acts]
    return table


def _rows(ledger: Ledger, what: str, acts: list[Act], *, personal: bool) -> Iterator[pd.DataFrame]:
    """The rows of a table, an act at a time."""
    after = corrections(ledger.acts())
    for act in acts:
        table = ledger.part(act.act, what, personal=personal)
        if what == "orders":  # acts of before the flags among acts of today: the same columns
            table = table.reindex(columns=list(ORDERS_2))
        said = (act.act, act.hash, act.issued_at, act.approved_by, act.corrects, after.get(act.act))
        head = {name: [value] * len(table) for name, value in zip(ACT_COLUMNS, said, strict=False)}
        yield pd.concat([pd.DataFrame({**head, "row": range(1, len(table) + 1)}, dtype="object"), table], axis=1)


def _write(tables: Iterator[pd.DataFrame], target: Path, suffix: str) -> int:
    count = 0
    with target.open("w", encoding="utf-8", newline="") as file:
        for table in tables:
            if suffix == ".csv":
                table.to_csv(file, index=False, header=not count, lineterminator="\n")
            else:
                _lines(table, file)
            count += len(table)
    return count


def _lines(table: pd.DataFrame, file: IO[str]) -> None:
    columns = [str(name) for name in table.columns]
    for row in table.astype("object").itertuples(index=False, name=None):
        values = (value if isinstance(value, dict) else cell(value) for value in row)
        file.write(canonical(dict(zip(columns, values, strict=True))) + "\n")
