"""Tables on the wire: a pandas table as compressed Arrow bytes, and tables of parts put together again."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
from pandas.api.types import union_categoricals

from alertengine.vocabulary import FIELDS

#: Columns of a list that neither rules nor orders read and that speak of persons: they stay at home.
AT_HOME = tuple(name for name in ("contact", "phone", "address") if name in FIELDS)


def packed(table: pd.DataFrame) -> bytes:
    """A table as Arrow stream bytes (zstd), categories as they are."""
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, arrow.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as stream:
        stream.write_table(arrow)
    return sink.getvalue().to_pybytes()


def unpacked(data: bytes) -> pd.DataFrame:
    """The table of :func:`packed`."""
    return pa.ipc.open_stream(pa.py_buffer(data)).read_all().to_pandas()


def together(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Tables of the same columns one below the other; categories are joined, not lost."""
    if len(tables) == 1:
        return tables[0]
    first = tables[0]
    columns = {name: _column([table[name] for table in tables]) for name in first.columns}
    return pd.DataFrame(columns, columns=list(first.columns))


def _column(parts: Sequence[pd.Series]) -> pd.Series:
    if all(isinstance(part.dtype, pd.CategoricalDtype) for part in parts):
        text = [part.cat.set_categories(part.cat.categories.astype("str")) for part in parts]
        return pd.Series(union_categoricals([part.array for part in text]), copy=False)
    return pd.concat(parts, ignore_index=True)
