"""A DataFrame as if it were a file: its headers and cells as texts, so that it goes through the same reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from alertengine.files._arrow import text_array
from alertengine.files.header_finder import RawTable
from alertengine.files.workbooks import cell_text

if TYPE_CHECKING:
    import pandas as pd

#: What stands for the file in messages about a frame.
FRAME: Final = "DataFrame"


def frame_table(frame: pd.DataFrame) -> RawTable:
    """The cells of a frame as texts; NaN, NaT, None and blank texts are blank; rows count from 0, as in ``iloc``."""
    headers = [str(name) for name in frame.columns]
    columns = [text_array(_texts(frame.iloc[:, place])) for place in range(len(headers))]
    places = {("", header): place for place, header in enumerate(headers)}
    return RawTable(FRAME, headers, columns, np.arange(len(frame), dtype=np.int64), places=places)


def _texts(column: pd.Series) -> list[str | None]:
    plain = (cell.item() if isinstance(cell, np.generic) else cell for cell in column)
    return [None if blank else cell_text(cell) or None for cell, blank in zip(plain, column.isna(), strict=True)]
