"""Numbering lines by what distinguishes them, without a loop over lines."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from alertengine.files._arrow import arrow, plain

Index = npt.NDArray[np.int64]


def dense(key: npt.NDArray[Any], span: int | None = None) -> tuple[Index, Index]:
    """Renumber keys densely in order of first occurrence; also the line where each first occurs.

    ``span``: the keys are whole numbers from 0 and below it; where it is small a table serves for a hash.
    """
    if span is not None and span <= _table_size(len(key)):
        first = np.full(span, -1, dtype=np.int64)
        first[key[::-1]] = np.arange(len(key) - 1, -1, -1)
        present = np.flatnonzero(first >= 0)
        present = present[np.argsort(first[present])]
        number = np.empty(span, dtype=np.int64)
        number[present] = np.arange(len(present))
        return number[key], first[present]
    inverse = numbers_of(key)
    first = np.empty(int(inverse.max(initial=-1)) + 1, dtype=np.int64)
    first[inverse[::-1]] = np.arange(len(inverse) - 1, -1, -1)  # written backwards, the first occurrence stays
    return inverse, first


def numbers_of(key: npt.NDArray[Any]) -> Index:
    """Each number as the place of its first occurrence among the distinct ones, NaN as -1; by a hash of Arrow's."""
    unknown = np.isnan(key) if key.dtype.kind == "f" else None
    return plain(arrow(key, unknown).dictionary_encode().indices, -1).astype(np.int64)


def order_met(codes: npt.NDArray[np.signedinteger[Any]], count: int) -> Index:
    """Which of the numbers 0 to ``count`` occur, in the order in which they are first met; -1 is none of them."""
    first = np.full(count + 1, len(codes), dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    order = np.argsort(first[:-1], kind="stable")
    return order[: np.count_nonzero(first[:-1] < len(codes))]


def _table_size(count: int) -> int:
    """The largest table worth laying out to number so many keys."""
    return max(1 << 12, min(2 * count, 1 << 22))


def joined(*keys: npt.NDArray[np.integer[Any]]) -> tuple[Index, Index]:
    """Several numberings (from 0 or -1) of the same lines as one, with the first line of each number."""
    total = np.zeros(len(keys[0]), dtype=np.int64)
    span = 1
    for key in keys:
        most = key.max(initial=-1)
        if key.min(initial=most) == most:
            continue  # the same everywhere: it tells nothing apart
        width = int(most) + 2
        if span > 1 and span * width > _table_size(len(total)):
            total, first = dense(total, span)
            span = len(first)
        total *= width
        total += key
        total += 1
        span *= width
    return dense(total, span)


def ranks(texts: pa.Array, *, natural: bool = False) -> Index:
    """Of each of distinct texts its place in their order, ``natural``: numbers of fewer digits first."""
    columns = {"length": pc.utf8_length(texts), "text": texts} if natural else {"text": texts}
    order = pc.sort_indices(pa.table(columns), [(name, "ascending") for name in columns])
    out = np.empty(len(texts), dtype=np.int64)
    out[plain(order)] = np.arange(len(texts))
    return out
