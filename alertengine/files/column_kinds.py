"""How each column of a list is best held while it is read: codes by number, numbers as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from alertengine.files.columns import possible_numbers
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
