"""Writing what was found: problems.csv, or a marked copy of the list."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alertengine.checking.lists.check import CheckRun
from alertengine.checking.lists.findings import COLUMNS
from alertengine.checking.lists.marked import write_marked
from alertengine.files import replacing, suffix_of, write_rows

DEFECT_SUFFIXES: Final = (".csv", ".xlsx")


def write_check(run: CheckRun, path: Path) -> None:
    """Write problems.csv or, for .xlsx, the list with its defects marked.

    Raises:
        InputError: another suffix, or the file cannot be written.

    """
    if suffix_of(path, *DEFECT_SUFFIXES) == ".xlsx":
        replacing(path, lambda target: write_marked(run, target))
    else:
        rows = (finding.as_row() for finding in run.findings)
        replacing(path, lambda target: write_rows(target, COLUMNS, rows))
