"""Numbering lines by what distinguishes them, without a loop over lines."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Index = npt.NDArray[np.int64]


def dense(key: npt.NDArray[Any]) -> tuple[Index, Index]:
    """Renumber keys densely in order of first occurrence; also the line where each first occurs."""
    inverse, distinct = pd.factorize(key)
    first = np.empty(len(distinct), dtype=np.int64)
    first[inverse[::-1]] = np.arange(len(inverse) - 1, -1, -1)  # written backwards, the first occurrence stays
    return inverse.astype(np.int64), first


def joined(*keys: npt.NDArray[np.integer[Any]]) -> tuple[Index, Index]:
    """Several numberings (from 0 or -1) of the same lines as one, with the first line of each number."""
    total = np.zeros(len(keys[0]), dtype=np.int64)
    for key in keys:
        width = int(key.max(initial=0)) + 2
        total, _ = pd.factorize(total * width + key + 1)
        total = total.astype(np.int64)
    return dense(total)
