"""Tables out: csv and parquet by Arrow, texts of a whole list never held at once, and workbooks by XlsxWriter."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from alertengine.files._arrow import arrow, plain
from alertengine.files.coded_table import CodedTable
from alertengine.files.columns import Numbered
from alertengine.files.group_index import order_met
from alertengine.files.read_ahead import THREADS, ahead

#: Rows of a csv that are made together; Arrow's own batches are smaller, so that they stay near the processor.
_PIECE_ROWS: Final = 1 << 13
_BATCH_ROWS: Final = 1 << 10
#: Where parquet keeps the Arrow types of its columns.
_SCHEMA: Final = "ARROW:schema"


def write_csv(table: CodedTable, target: Path) -> None:
    """Write the rows in pieces, made in threads a little ahead of the file.

    Raises:
        OSError: the file cannot be written.

    """
    whole = _arrow(table)
    size = min(_PIECE_ROWS, max(_BATCH_ROWS, -(-len(whole) // THREADS)))  # a short table is for all threads too
    pieces = (whole.slice(start, size) for start in range(0, len(whole), size))
    with target.open("wb") as stream:
        stream.write((",".join(whole.column_names) + "\n").encode())
        for piece in ahead(_csv_piece, pieces):
            stream.write(piece)


def write_parquet(table: CodedTable, target: Path) -> None:
    """Write the rows with categories as the dictionaries they are; who reads them gets plain texts.

    The bytes depend on what the rows say alone, not on the order of their categories.

    Raises:
        OSError: the file cannot be written.

    """
    import pyarrow.parquet as pq  # brings what reads from networks with it, and most tables are csv

    whole = _arrow(table)
    said = pa.schema([(name, _plain(kind)) for name, kind in zip(whole.column_names, whole.schema.types, strict=True)])
    many = table.of_many
    met = ahead(lambda name: _as_met(whole[name], few=name not in many), whole.column_names)
    rows = pa.table(list(met), names=whole.column_names)
    with pq.ParquetWriter(target, rows.schema, store_schema=False, write_statistics=False) as writer:
        writer.add_key_value_metadata({_SCHEMA: base64.b64encode(said.serialize()).decode()})
        writer.write_table(rows)


def _arrow(table: CodedTable) -> pa.Table:
    """The table in Arrow, unknown as null, texts numbered as they are."""
    if table.is_coded:
        return pa.table({
            name: held.arrow() if isinstance(held, Numbered) else arrow(held, np.isnan(held))
            for name, held in table.columns.items()
        })  # fmt: skip
    frame = table.frame()
    return pa.table([pa.Array.from_pandas(frame[name]) for name in frame.columns], names=list(frame.columns))


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _csv_piece(rows: pa.Table) -> pa.Buffer:
    out = pa.BufferOutputStream()
    columns = [column.cast(_plain(column.type)) for column in rows.columns]
    options = arrow_csv.WriteOptions(include_header=False, batch_size=_BATCH_ROWS)
    arrow_csv.write_csv(pa.table(columns, names=rows.column_names), out, options)
    return out.getvalue()


def _as_met(column: pa.ChunkedArray, *, few: bool) -> pa.ChunkedArray | pa.Array:
    """A column with the entries of its dictionary in the order in which they are met, those never met left out."""
    if not pa.types.is_dictionary(column.type):
        return column
    if not few or pa.types.is_null(column.type.value_type) or column.num_chunks != 1:  # or several dictionaries
        return column.cast(column.type.value_type)
    array = column.chunk(0)
    codes = plain(array.indices, -1)
    met = order_met(codes, len(array.dictionary))
    place = np.full(len(array.dictionary) + 1, -1, dtype=codes.dtype)
    place[met] = np.arange(len(met))
    indices = place.take(codes, mode="wrap")  # -1 is the last
    return pa.DictionaryArray.from_arrays(arrow(indices, indices < 0), array.dictionary.take(arrow(met)))


_OPTIONS: Final = {"strings_to_formulas": False, "strings_to_urls": False}


@contextmanager
def new_workbook(target: Path, *, by_row: bool = False) -> Iterator[Any]:
    """A workbook of XlsxWriter to fill, written to ``target`` when it is whole.

    ``by_row``: its rows are written in their order, and none is held once the next begins.

    Raises:
        OSError: the file cannot be written.

    """
    import xlsxwriter  # most files are no workbooks

    whole = BytesIO()  # an archive that meets a full disk complains once more when it is collected
    with xlsxwriter.Workbook(whole, {**_OPTIONS, "constant_memory": by_row}) as book:
        yield book
    target.write_bytes(whole.getbuffer())
