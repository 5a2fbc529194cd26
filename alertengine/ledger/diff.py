"""Two tables of orders or warnings, line by line and column by column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import pandas as pd

from alertengine.ledger.canonical import cell

#: What names a row of each table; rows that share it are told apart by their order.
_ORDER_KEY: Final = ("city", "enterprise_id", "line_id")
_WARNING_KEY: Final = ("city", "counties", "warning_id", "action")


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that came, went or changed in a column; ``before`` and ``after`` are values, blank where there are none."""

    table: str
    row: str
    enterprise: str
    column: str
    before: Any
    after: Any

    def as_dict(self) -> dict[str, Any]:
        """For printing."""
        return asdict(self)


def compare_orders(before: pd.DataFrame, after: pd.DataFrame, ignore: Sequence[str] = ()) -> list[Difference]:
    """How orders differ, a line's phases in order of time; ``ignore`` names columns that do not count."""
    return _compare("orders", before, after, _ORDER_KEY, ignore)


def compare_warnings(before: pd.DataFrame, after: pd.DataFrame, ignore: Sequence[str] = ()) -> list[Difference]:
    """How warnings differ."""
    return _compare("warnings", before, after, _WARNING_KEY, ignore)


def _compare(
    name: str, before: pd.DataFrame, after: pd.DataFrame, key: Sequence[str], ignore: Sequence[str]
) -> list[Difference]:
    columns = [column for column in before.columns if column not in ignore]
    if list(before.columns) != list(after.columns):
        return [Difference(name, "", "", "", ";".join(before.columns), ";".join(after.columns))]
    old, new = _rows(before, key, columns), _rows(after, key, columns)
    out = []
    for where in dict.fromkeys((*old, *new)):
        one, other = old.get(where), new.get(where)
        row = "/".join((*map(str, where[:-1]), str(where[-1] + 1)))
        enterprise = str((one or other or {}).get("enterprise") or "")
        if one is None or other is None:
            out.append(Difference(name, row, enterprise, "", "" if one is None else "there", "there" if other else ""))
            continue
        out += [Difference(name, row, enterprise, c, one[c], other[c]) for c in columns if one[c] != other[c]]
    if not out and list(old) != list(new):
        out.append(Difference(name, "", "", "", "rows in one order", "in another"))
    return out


def _rows(table: pd.DataFrame, key: Sequence[str], columns: Sequence[str]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Rows by their key and the number of the row under it."""
    cells = {name: [cell(value) for value in table[name].tolist()] for name in dict.fromkeys((*key, *columns))}
    out: dict[tuple[Any, ...], dict[str, Any]] = {}
    seen: dict[tuple[Any, ...], int] = {}
    for values in zip(*cells.values(), strict=True):
        row = dict(zip(cells, values, strict=True))
        where = tuple(row[name] for name in key)
        place = seen.get(where, 0)
        seen[where] = place + 1
        out[*where, place] = row
    return out
