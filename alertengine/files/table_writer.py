"""Orders as csv and parquet, by Arrow; texts of a whole list are never held at once."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv

from alertengine.files.read_ahead import ahead

#: Rows of a csv that are made together; Arrow's own batches are smaller, so that they stay near the processor.
_PIECE_ROWS: Final = 1 << 13
_BATCH_ROWS: Final = 1 << 10
#: Where parquet keeps the Arrow types of its columns.
_SCHEMA: Final = "ARROW:schema"


def write_csv(table: pd.DataFrame, target: Path) -> None:
    """Write the rows in pieces, made in threads a little ahead of the file.

    Raises:
        OSError: the file cannot be written.

    """
    whole = _arrow(table)
    pieces = (whole.slice(start, _PIECE_ROWS) for start in range(0, len(whole), _PIECE_ROWS))
    with target.open("wb") as stream:
        stream.write((",".join(table.columns) + "\n").encode())
        for piece in ahead(_csv_piece, pieces):
            stream.write(piece)


def write_parquet(table: pd.DataFrame, target: Path) -> None:
    """Write the rows with categories as the dictionaries they are; who reads them gets plain texts.

    The bytes depend on what the rows say alone, not on the order of their categories.

    Raises:
        OSError: the file cannot be written.

    """
    import pyarrow.parquet as pq  # brings what reads from networks with it, and most tables are csv

    whole = _arrow(table)
    said = pa.schema([(name, _plain(kind)) for name, kind in zip(whole.column_names, whole.schema.types, strict=True)])
    rows = pa.table([_as_met(column) for column in whole.columns], names=whole.column_names)
    with pq.ParquetWriter(target, rows.schema, store_schema=False, write_statistics=False) as writer:
        writer.add_key_value_metadata({_SCHEMA: base64.b64encode(said.serialize()).decode()})
        writer.write_table(rows)


def _arrow(table: pd.DataFrame) -> pa.Table:
    """The table in Arrow, unknown as null, categories as they are."""
    return pa.table([pa.Array.from_pandas(table[name]) for name in table.columns], names=list(table.columns))


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _csv_piece(rows: pa.Table) -> pa.Buffer:
    out = pa.BufferOutputStream()
    columns = [column.cast(_plain(column.type)) for column in rows.columns]
    options = arrow_csv.WriteOptions(include_header=False, batch_size=_BATCH_ROWS)
    arrow_csv.write_csv(pa.table(columns, names=rows.column_names), out, options)
    return out.getvalue()


def _as_met(column: pa.ChunkedArray) -> pa.ChunkedArray | pa.Array:
    """A column with the entries of its dictionary in the order in which they are met, those never met left out."""
    if not pa.types.is_dictionary(column.type):
        return column
    if pa.types.is_null(column.type.value_type) or column.num_chunks != 1:  # no entry, or several dictionaries
        return column.cast(column.type.value_type)
    array = column.chunk(0)
    codes = array.indices.cast(pa.int32()).fill_null(-1).to_numpy()
    met = pd.unique(codes)
    met = met[met >= 0]
    place = np.full(len(array.dictionary) + 1, -1, dtype=np.int32)
    place[met] = np.arange(len(met))
    indices = place.take(codes, mode="wrap")  # -1 is the last
    mask = indices < 0 if array.null_count else None
    return pa.DictionaryArray.from_arrays(pa.array(indices, mask=mask), array.dictionary.take(pa.array(met)))
