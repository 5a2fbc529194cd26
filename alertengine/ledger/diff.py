"""Two tables of orders or warnings, line by line and column by column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from alertengine.ledger.canonical_bytes import cell
from alertengine.vocabulary import LINE_KEY

#: What names a row of warnings; rows that share it, or the line of orders, are told apart by their order.
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


def compare_orders(before: pd.DataFrame, after: pd.DataFrame, ignore: Sequence[str] = ()) -> list[Difference]:
    """How orders differ, a line's phases in order of time; ``ignore`` names columns that do not count.

    Flags are compared where both have them: an act of before them does not.
    """
    if "flags" not in before or "flags" not in after:
        before, after = (table.drop(columns="flags", errors="ignore") for table in (before, after))
    return _compare("orders", before, after, LINE_KEY, ignore)


def compare_warnings(before: pd.DataFrame, after: pd.DataFrame) -> list[Difference]:
    """How warnings differ, row by row of the same city, counties, id and action; in every column."""
    return _compare("warnings", before, after, _WARNING_KEY, ())


def _compare(
    name: str, before: pd.DataFrame, after: pd.DataFrame, key: Sequence[str], ignore: Sequence[str]
) -> list[Difference]:
    columns = [column for column in before.columns if column not in ignore]
    if list(before.columns) != list(after.columns):
        return [Difference(name, "", "", "", ";".join(before.columns), ";".join(after.columns))]
    old, new = _Rows(before, key, columns), _Rows(after, key, columns)
    out = [Difference(name, said, old.enterprise(at), "", "there", "") for said, at in old.without(new)]
    out += [Difference(name, said, new.enterprise(at), "", "", "there") for said, at in new.without(old)]
    both = [(where, at, new.places[where]) for where, at in old.places.items() if where in new.places]
    for column in columns:
        one, other = old.cells[column], new.cells[column]
        out += [
            Difference(name, _row_name(where), old.enterprise(at), column, one[at], other[to])
            for where, at, to in both
            if one[at] != other[to]
        ]
    if not out and list(old.places) != list(new.places):
        out.append(Difference(name, "", "", "", "rows in one order", "in another"))
    return sorted(out, key=lambda one: one.row)


_Where = tuple[Any, ...]


def _row_name(where: _Where) -> str:
    """A row as people name it: its key and its number under it, from 1."""
    return "/".join((*map(str, where[:-1]), str(where[-1] + 1)))


class _Rows:
    """The cells of a table by column, and where each row stands by its key."""

    def __init__(self, table: pd.DataFrame, key: Sequence[str], columns: Sequence[str]) -> None:
        names = dict.fromkeys((*key, *columns))
        self.cells = {name: _cells(table[name]) for name in names}
        self.places: dict[_Where, int] = {}
        seen: dict[_Where, int] = {}
        for at, where in enumerate(zip(*(self.cells[name] for name in key), strict=True)):
            number = seen.get(where, 0)
            seen[where] = number + 1
            self.places[*where, number] = at

    def enterprise(self, at: int) -> str:
        """Whose row it is, where the table says so."""
        return str(self.cells["enterprise"][at] or "") if "enterprise" in self.cells else ""

    def without(self, other: _Rows) -> Iterator[tuple[str, int]]:
        """Rows that another table does not have."""
        return ((_row_name(where), at) for where, at in self.places.items() if where not in other.places)


def _cells(column: pd.Series) -> list[Any]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        words = [*(cell(word) for word in column.cat.categories), None]
        return [words[code] for code in column.cat.codes]
    return [cell(value) for value in column.tolist()]
