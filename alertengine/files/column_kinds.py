"""How each column of a list is best held while it is read: codes by number, numbers as numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from alertengine.files.cells import number_range
from alertengine.vocabulary import Field

#: Texts of few kinds: held once each, cells as numbers.
FEW: Final = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True, slots=True)
class ColumnKind:
    """The Arrow type of a column's cells; of numbers also the field, which knows what may stand there."""

    type: pa.DataType
    field: Field | None = None

    def holds(self, column: pa.Array) -> bool:
        """Whether every cell of a column of numbers is one the field can have."""
        return self.field is None or possible_numbers(column, self.field)  # "nan" in a cell is a number to Arrow


#: A column of text as it stands.
AS_TEXT: Final = ColumnKind(pa.string())


def possible_numbers(column: pa.Array, field: Field) -> bool:
    """Whether each number of a column of floats, nulls aside, is one the field can have; NaN is none."""
    found = pc.min_max(column)
    least, most = found["min"].as_py(), found["max"].as_py()
    if least is None:
        return True
    low, high = number_range(field)
    if not low <= least <= most <= high or math.inf in (most, -least) or pc.any(pc.is_nan(column)).as_py():
        return False
    return field.type != "integer" or bool(pc.all(pc.equal(column, pc.floor(column)), min_count=0).as_py())
