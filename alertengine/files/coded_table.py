"""A table as columns of codes, numbers and truths, from the file to the orders; a DataFrame only where one is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from alertengine.files.columns import Floats, Held, Numbered, Truths
from alertengine.files.group_index import Index, joined

if TYPE_CHECKING:
    import pandas as pd


class CodedTable:
    """Rows as columns: texts numbered, numbers with NaN for unknown, truths as 0 unknown, 1 no, 2 yes."""

    def __init__(self, columns: Mapping[str, Held], count: int) -> None:
        """Take the columns, each with a value for each of ``count`` rows."""
        self._columns, self._count = dict(columns), count
        self._frame: pd.DataFrame | None = None

    @classmethod
    def of(cls, table: CodedTable | pd.DataFrame) -> CodedTable:
        """A DataFrame as such a table, whose columns are made when they are asked for; another one as it is."""
        if isinstance(table, CodedTable):
            return table
        made = cls({}, len(table))
        made._frame = table
        return made

    def __len__(self) -> int:
        """Number of rows."""
        return self._count

    def __contains__(self, name: str) -> bool:
        """Whether there is a column of a name."""
        return name in (self._columns if self._frame is None else self._frame)

    @property
    def names(self) -> list[str]:
        """The names of the columns, in their order."""
        return list(self._columns) if self._frame is None else [str(name) for name in self._frame.columns]

    def text(self, name: str) -> Numbered:
        """A column of texts."""
        found = self._column(name, "numbered")
        assert isinstance(found, Numbered)  # noqa: S101 -- who asks knows its fields
        return found

    def number(self, name: str) -> Floats:
        """A column of numbers."""
        found: Floats = self._column(name, "numbers")
        return found

    def truth(self, name: str) -> Truths:
        """A column of truths."""
        found: Truths = self._column(name, "truths")
        return found

    def numbers(self, names: Iterable[str]) -> Index:
        """For each row the number, from 0 on, of what some columns of texts say together; unknown is a value too."""
        return joined(*(self.text(name).codes for name in names))[0]

    def _column(self, name: str, maker: str) -> Any:
        if name not in self._columns:
            if self._frame is None:
                raise KeyError(name)
            from alertengine.files import series  # brings pandas, which is here already

            self._columns[name] = getattr(series, maker)(self._frame[name])
        return self._columns[name]

    @property
    def is_coded(self) -> bool:
        """Whether it is held as columns, not as a DataFrame."""
        return self._frame is None

    @property
    def of_many(self) -> frozenset[str]:
        """The columns whose texts are not of few kinds."""
        held = self._columns.items() if self.is_coded else ()
        return frozenset(name for name, column in held if isinstance(column, Numbered) and not column.few)

    @property
    def columns(self) -> Mapping[str, Held]:
        """The columns it is held as."""
        return self._columns

    def having(self, columns: Mapping[str, Held]) -> CodedTable:
        """The table with other or further columns."""
        if self._frame is not None:
            raise TypeError("a DataFrame is not changed")
        return CodedTable({**self._columns, **columns}, self._count)

    def take(self, rows: npt.NDArray[np.int64], names: Sequence[str] | None = None) -> CodedTable:
        """Some rows, by number, of all columns or some."""
        if self._frame is not None:
            frame = self._frame if names is None else self._frame[list(names)]
            return CodedTable.of(frame.iloc[rows].reset_index(drop=True))
        own = {name: self._columns[name] for name in names or self._columns}
        shared = {id(column): column for column in own.values()}  # those of which nothing is known share their memory
        taken = {key: column.take(rows) for key, column in shared.items()}
        return CodedTable({name: taken[id(column)] for name, column in own.items()}, len(rows))

    def frame(self, names: Iterable[str] | None = None) -> pd.DataFrame:
        """The table, or some columns of it, as a DataFrame; index 0..n-1."""
        if self._frame is not None:
            return self._frame if names is None else self._frame[list(names)]
        from alertengine.files.series import frame_of  # brings pandas, which most runs do without

        return frame_of({name: self._columns[name] for name in names or self._columns}, self._count)
