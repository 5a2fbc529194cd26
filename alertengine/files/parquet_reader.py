"""Reading parquet some columns at a time, texts of few kinds as the dictionary they are stored as."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from alertengine.files.columns import AS_TEXT, FEW, ColumnKind
from alertengine.files.header_finder import RawTable, one_array, without_unused
from alertengine.files.limits import Limits
from alertengine.vocabulary import Words, foreign, refuse

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

#: Columns read together: what Arrow takes while it reads is let go in between.
_TOGETHER: Final = 16


def read_parquet(
    path: Path, kind_of: Callable[[str], ColumnKind] = lambda _: AS_TEXT, limits: Limits | None = None
) -> RawTable:
    """The table of a parquet file; ``kind_of`` says by its header whether a column is of few kinds.

    Raises:
        InputError: the file cannot be read, is beyond the limits, or has columns of more than plain cells.

    """
    import pyarrow.parquet as pq  # brings what reads from networks with it, and most tables are csv

    limits = limits or Limits.of_environment()
    try:
        with pq.ParquetFile(path) as file:
            schema = file.schema_arrow
            few = [
                name
                for name, kind in zip(schema.names, schema.types, strict=True)
                if pa.types.is_string(kind) and kind_of(name).type == FEW
            ]
            nested = [n for n, kind in zip(schema.names, schema.types, strict=True) if pa.types.is_nested(kind)]
            if nested:
                raise refuse(path, "nested_columns", names=nested)
            if file.metadata.num_rows > limits.rows:
                raise limits.too_much(path, "rows", file.metadata.num_rows)
            if len(schema.names) > limits.columns:
                raise limits.too_much(path, "columns", len(schema.names))
        with pq.ParquetFile(path, read_dictionary=few) as file:
            columns = _columns(file, schema.names, few)
            count = file.metadata.num_rows
    except (OSError, ValueError, pa.ArrowException) as error:
        raise refuse(path, "unreadable_file", error=foreign(error), kind=Words("a_parquet_file")) from None
    rows = np.arange(1, count + 1, dtype=np.int64)
    at = {("", name): place for place, name in enumerate(schema.names)}
    return RawTable(str(path), list(schema.names), columns, rows, places=at)


def _columns(file: ParquetFile, names: Sequence[str], few: Sequence[str]) -> list[pa.Array]:
    """Every column, in one piece and sound; one without any cell takes no room.

    Raises:
        ArrowException: a column is not what it says, or has not the rows that the footer says.

    """
    together = _TOGETHER if len(set(names)) == len(names) else len(names)
    columns: list[pa.Array] = []
    for first in range(0, len(names), max(together, 1)):
        some = file.read(columns=names[first : first + together] if together < len(names) else None)
        some.validate(full=True)
        for name, column in zip(some.column_names, some.columns, strict=True):
            whole = pa.nulls(len(column)) if column.null_count == len(column) else one_array(column)
            if pa.types.is_binary(whole.type) or pa.types.is_large_binary(whole.type):
                whole = whole.cast(pa.string())  # fails where it is no text in UTF-8
            columns.append(without_unused(whole) if name in few else whole)
    if any(len(column) != file.metadata.num_rows for column in columns):
        raise pa.ArrowInvalid("a column has other rows than the footer says")
    return columns
