"""A DataFrame as if it were a file: its headers and cells as texts, so that it goes through the same reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from alertengine.files._arrow import text_array
from alertengine.files.header_finder import RawTable
from alertengine.files.readings import Protocol
from alertengine.files.table_reader import Reading
from alertengine.files.workbooks import cell_text
from alertengine.vocabulary import Words, refuse

if TYPE_CHECKING:
    import pandas as pd

#: What stands for the file in messages about a frame.
FRAME: Final = "DataFrame"


def read_frame(source: Any) -> Reading:
    """The cells of a frame as texts, and how it was read.

    NaN, NaT, None and blank texts are blank; rows count from 0, as in ``iloc``.

    Levels of the index that have a name are columns before the others. A frame of another library is one of pandas by
    its ``to_pandas``.

    Raises:
        InputError: a text cannot be written in Unicode.
        TypeError: it is no frame, or one whose columns have several levels.

    """
    frame: pd.DataFrame = source.to_pandas() if hasattr(source, "to_pandas") else source
    if not (hasattr(frame, "iloc") and hasattr(frame, "columns")):
        raise TypeError(f"expected the path of a file or a DataFrame, not {type(source).__name__}")
    if frame.columns.nlevels > 1:
        raise TypeError(f"expected a DataFrame with one level of columns, not {frame.columns.nlevels}")
    names = enumerate(frame.index.names)
    named = [level for level, name in names if name is not None and name not in frame.columns]
    frame = frame.reset_index(named, allow_duplicates=True) if named else frame
    headers = [str(name) for name in frame.columns]
    try:
        columns = [text_array(_texts(frame.iloc[:, place])) for place in range(len(headers))]
    except UnicodeEncodeError as error:
        raise refuse(FRAME, "unreadable_file", error=error, kind=Words("a_readable_file")) from None
    places = {("", header): place for place, header in enumerate(headers)}
    table = RawTable(FRAME, headers, columns, np.arange(len(frame), dtype=np.int64), places=places)
    return Reading(table, Protocol(FRAME, FRAME, rows=len(table.rows)))


def _texts(column: pd.Series) -> list[str | None]:
    plain = (cell.item() if isinstance(cell, np.generic) else cell for cell in column)
    return [None if blank else cell_text(cell) or None for cell, blank in zip(plain, column.isna(), strict=True)]
