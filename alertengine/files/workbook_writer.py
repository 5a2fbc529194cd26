"""Workbooks out, by XlsxWriter: no cell that a list brought in becomes a formula or a link."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, Final

_OPTIONS: Final = {"strings_to_formulas": False, "strings_to_urls": False}


@contextmanager
def new_workbook(target: Path, *, by_row: bool = False) -> Iterator[Any]:
    """A workbook of XlsxWriter to fill, written to ``target`` when it is whole.

    ``by_row``: its rows are written in their order, and none is held once the next begins.

    Raises:
        OSError: the file cannot be written.

    """
    import xlsxwriter  # most files are no workbooks

    whole = BytesIO()  # an archive that meets a full disk complains once more when it is collected
    with xlsxwriter.Workbook(whole, {**_OPTIONS, "constant_memory": by_row}) as book:
        yield book
    target.write_bytes(whole.getbuffer())
