"""Columns of Arrow: as texts, and from numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from alertengine.vocabulary import YES_NO


def as_text(column: pa.Array) -> pa.Array:
    """A column of any type as text; whole numbers lose their point, so 123.0 is an id 123."""
    if pa.types.is_string(column.type):
        return column
    if pa.types.is_dictionary(column.type):
        return as_text(column.dictionary_decode())
    if pa.types.is_boolean(column.type):
        return pc.if_else(column, YES_NO[True], YES_NO[False])
    text = column.cast(pa.string())
    return pc.replace_substring_regex(text, r"\.0$", "") if pa.types.is_floating(column.type) else text


# pyarrow.array, pyarrow.scalar and to_numpy of all but numbers import pandas: most of the time of a short command.


def arrow_array(values: npt.NDArray[Any]) -> pa.Array:
    """Numbers, or yes and no, in Arrow."""
    held = np.packbits(values, bitorder="little") if values.dtype == bool else np.ascontiguousarray(values)
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, pa.py_buffer(held)])


def arrow_texts(texts: Sequence[str | None]) -> pa.Array:
    """Texts in Arrow, None as null."""
    cells = [(text or "").encode() for text in texts]
    there = np.packbits([text is not None for text in texts], bitorder="little")
    offsets = np.cumsum([0, *map(len, cells)]).astype(np.int32)
    buffers = [pa.py_buffer(there), pa.py_buffer(offsets), pa.py_buffer(b"".join(cells))]
    return pa.Array.from_buffers(pa.string(), len(cells), buffers)


def flags_of(column: pa.Array) -> npt.NDArray[np.bool_]:
    """Yes and no as numpy has them, null as no."""
    return np.from_dlpack(pc.and_kleene(column, column.is_valid()).cast(pa.uint8())).astype(bool)
