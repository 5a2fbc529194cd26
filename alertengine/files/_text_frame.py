"""A table of cells as a frame of texts under the names of its fields."""

from __future__ import annotations

import pandas as pd

from alertengine.files._text_table import Names, text_table
from alertengine.files.header_finder import RawTable
from alertengine.files.headers import Column


def text_frame(table: RawTable, names: Names) -> tuple[pd.DataFrame, dict[str, Column], list[str]]:
    """What :func:`text_table` gives as a frame of texts (index: the rows of the file), its columns and other headers.

    Raises:
        InputError: a row has more cells than the header.

    """
    found = text_table(table, names)
    return pd.DataFrame(found.cells, index=found.rows, dtype=object), found.columns, found.others
