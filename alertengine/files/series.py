"""Columns as pandas holds them, where a table is handed out or taken in: in a module of its own, as pandas is large."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from alertengine.files._arrow import arrow
from alertengine.files._text_table import Names, text_table
from alertengine.files.columns import Floats, Held, Numbered, Truths
from alertengine.files.header_finder import RawTable
from alertengine.files.headers import Column

TEXT: Final[Any] = pd.StringDtype("pyarrow", na_value=np.nan)
#: Columns numbered before, by what holds their texts; forgotten with it.
_NUMBERED: Final[dict[int, tuple[weakref.ref[pa.ChunkedArray], Numbered]]] = {}


def frame_of(columns: Mapping[str, Held], count: int) -> pd.DataFrame:
    """A table of columns: ``str``, ``category``, ``boolean`` or ``float64`` each; index 0..n-1."""
    index = pd.RangeIndex(count)
    return pd.DataFrame({name: series_of(column) for name, column in columns.items()}, index=index, copy=False)


def series_of(column: Held) -> pd.Series:
    """A column as a pandas one."""
    if isinstance(column, Numbered):
        if column.few:
            coded = pd.Categorical.from_codes(column.codes, dtype=_dtype(tuple(column.names)), validate=False)
            return pd.Series(coded, copy=False)
        series = text_series(column.texts.take(arrow(column.codes, column.codes < 0)))
        _keep(_held(series), column)  # it is not numbered again
        return series
    if column.dtype == np.int8:
        return pd.Series(pd.arrays.BooleanArray(column == 2, column == 0), copy=False)
    return pd.Series(column, copy=False)


@lru_cache(maxsize=1 << 8)
def _dtype(names: tuple[str, ...]) -> pd.CategoricalDtype:
    return pd.CategoricalDtype(pd.Index(names, dtype=TEXT))


def text_series(column: pa.Array) -> pd.Series:
    """An Arrow column of text as a pandas one of dtype ``str``, without copying through objects."""
    return pd.Series(TEXT.__from_arrow__(pa.chunked_array([column.cast(pa.large_string())])), copy=False)


def numbered(series: pd.Series) -> Numbered:
    """A column of texts numbered, one of dtype ``str`` once for as long as it lives, whatever tables it stands in."""
    if isinstance(series.dtype, pd.CategoricalDtype):
        texts = pa.array(series.cat.categories.tolist(), pa.large_string())
        codes: Any = series.cat.codes.to_numpy()
        return Numbered(codes, texts, few=True)
    column = _held(series.astype(TEXT))
    if id(column) not in _NUMBERED:
        encoded = column.combine_chunks().dictionary_encode()
        _keep(column, Numbered(encoded.indices.fill_null(-1).to_numpy(), encoded.dictionary))
    return _NUMBERED[id(column)][1]


def numbers(series: pd.Series) -> Floats:
    """A column of numbers, NaN unknown."""
    return series.to_numpy(dtype=np.float64, na_value=np.nan)


def truths(series: pd.Series) -> Truths:
    """A yes/no column: 0 unknown, 1 no, 2 yes."""
    said = series.to_numpy(dtype=bool, na_value=False).astype(np.int8) + np.int8(1)
    said[series.isna().to_numpy()] = 0
    return said


def _held(series: pd.Series) -> pa.ChunkedArray:
    """What holds the texts of a column of dtype ``str``."""
    array: Any = series.array
    return array.__arrow_array__()


def _keep(column: pa.ChunkedArray, found: Numbered) -> None:
    key = id(column)
    _NUMBERED[key] = weakref.ref(column, lambda _: _NUMBERED.pop(key, None)), found


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table by column; None where a cell holds nothing."""
    plain = table.astype("object").where(table.notna(), None)
    return [{str(name): cell for name, cell in row.items()} for row in plain.to_dict("records")]


def text_frame(table: RawTable, names: Names) -> tuple[pd.DataFrame, dict[str, Column], list[str]]:
    """What :func:`text_table` gives as a frame of texts (index: the rows of the file), its columns and other headers.

    Raises:
        InputError: a row has more cells than the header.

    """
    found = text_table(table, names)
    return pd.DataFrame(found.cells, index=found.rows, dtype=object), found.columns, found.others
