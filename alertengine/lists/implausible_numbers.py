"""Numbers of a list that no line has: told, and unknown in every decision."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from alertengine.files import CodedTable, Column, Findings
from alertengine.rulebook import Range
from alertengine.vocabulary import number


def without_implausible(
    lines: CodedTable,
    columns: Mapping[str, Column],
    rows: npt.NDArray[np.int64],
    ranges: Mapping[str, Range],
    findings: Findings,
) -> CodedTable:
    """The lines without numbers outside the range of their field, each of which is told.

    Args:
        lines: as read, numbers in the unit of the list.
        columns: the column of each field the file has.
        rows: the row of each line in the file.
        ranges: lowest and highest number by field (``lines`` in ``rules/vocabulary/plausible.yaml``).
        findings: where it is told.

    """
    out = {}
    for name in (one for one in ranges if one in columns):
        lowest, highest = ranges[name].lowest, ranges[name].highest
        values = lines.number(name)
        wrong = (values < lowest) | (values > highest)
        if wrong.any():
            findings.bad_cells(
                columns[name].header, rows[wrong], map(number, values[wrong]), "number_implausible",
                lowest=lowest, highest=highest,
            )  # fmt: skip
            out[name] = np.where(wrong, np.nan, values)
    return lines.having(out) if out else lines
