"""Columns of Arrow: as texts, from numpy and back.

``pa.array``, ``pa.scalar`` and ``to_numpy`` load pandas first, which takes longer than a short command: they have a
stand-in here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from alertengine.vocabulary import YES_NO

Bools = npt.NDArray[np.bool_]


def arrow(values: npt.NDArray[Any], unknown: Bools | None = None) -> pa.Array:
    """An Arrow array of numbers or truths, null where ``unknown``; numbers share their memory."""
    bits = None if unknown is None or not unknown.any() else _packed(~unknown)
    held = _packed(values) if values.dtype == np.bool_ else pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [bits, held])


def text_array(texts: Iterable[str | None], kind: pa.DataType | None = None) -> pa.Array:
    """An Arrow array of texts, of type ``string`` unless another is said; None is null."""
    held = pa.lib.StringBuilder()
    held.append_values(texts)
    return held.finish() if kind is None else held.finish().cast(kind)


def plain(array: pa.Array, missing: Any = None) -> npt.NDArray[Any]:
    """The numbers or truths of an Arrow array, ``missing`` where null; without nulls, numbers share their memory."""
    count, at = len(array), array.offset
    bits, held = array.buffers()
    if pa.types.is_boolean(array.type):
        out = _unpacked(held, at, count)
    elif held is None:  # of no row
        out = np.zeros(count, dtype=array.type.to_pandas_dtype())
    else:
        out = np.frombuffer(held, dtype=array.type.to_pandas_dtype())[at : at + count]
    return out if not array.null_count else np.where(_unpacked(bits, at, count), out, out.dtype.type(missing))


def valid(array: pa.Array) -> Bools:
    """Where an Arrow array is not null."""
    return plain(array.is_valid())


def _packed(values: Bools) -> pa.Buffer:
    return pa.py_buffer(np.packbits(values, bitorder="little"))


def _unpacked(held: pa.Buffer | None, at: int, count: int) -> Bools:
    if held is None or not count:
        return np.zeros(count, dtype=bool)
    bits = np.frombuffer(held, dtype=np.uint8)[at // 8 : (at + count + 7) // 8]
    return np.unpackbits(bits, bitorder="little")[at % 8 : at % 8 + count].view(bool)


def as_text(column: pa.Array) -> pa.Array:
    """A column of any type as text; whole numbers lose their point, so 123.0 is an id 123."""
    if pa.types.is_string(column.type):
        return column
    if pa.types.is_dictionary(column.type):
        return as_text(column.dictionary_decode())
    if pa.types.is_boolean(column.type):
        return text_array([None if one is None else YES_NO[one] for one in column.to_pylist()])
    text = column.cast(pa.string())
    return pc.replace_substring_regex(text, r"\.0$", "") if pa.types.is_floating(column.type) else text
