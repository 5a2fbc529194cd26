"""A DataFrame as if it were a file: its headers and cells as texts, so that it goes through the same reading."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from alertengine.files.header_finder import RawTable
from alertengine.files.workbooks import cell_text

#: What stands for the file in messages about a frame.
FRAME: Final = "DataFrame"


def frame_table(frame: pd.DataFrame) -> RawTable:
    """The cells of a frame as texts; NaN, NaT, None and blank texts are blank; rows count from 0, as in ``iloc``."""
    headers = [str(name) for name in frame.columns]
    columns = [pa.array([_text(cell) for cell in frame.iloc[:, place]], pa.string()) for place in range(len(headers))]
    places = {("", header): place for place, header in enumerate(headers)}
    return RawTable(FRAME, headers, columns, np.arange(len(frame), dtype=np.int64), places=places)


def _text(cell: Any) -> str | None:
    if cell is None or (pd.api.types.is_scalar(cell) and pd.isna(cell)):
        return None
    if isinstance(cell, np.generic):
        cell = cell.item()
    return cell_text(cell) or None
