"""The rows of a forecast as columns by name, without a table library, whose import costs more than a decision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

Array = npt.NDArray[Any]
#: How times are held; an item of such an array is a datetime.
TIME: Final = "datetime64[us]"
#: Numbers of rows beyond which their keys are counted anew.
_MOST: Final = 1 << 62


class Rows(dict[str, Array]):
    """Columns by name (shape of each: rows): times as ``TIME``, texts as objects, numbers as they are."""

    @classmethod
    def of(cls, table: pd.DataFrame) -> Rows:
        """The rows of a frame."""
        held: dict[str, Any] = {"M": TIME, "O": object, "f": float}
        kinds = {str(name): held.get(table[name].dtype.kind) for name in table.columns}
        return cls({name: np.array(table[name], dtype=kind) for name, kind in kinds.items()})

    @classmethod
    def joined(cls, parts: Iterable[Rows]) -> Rows:
        """The rows of several one after the other, in the columns that all of them have."""
        held = list(parts)
        names = [name for name in held[0] if all(name in one for one in held)]
        return cls({name: np.concatenate([one[name] for one in held]) for name in names})

    @property
    def count(self) -> int:
        """The number of rows."""
        return len(next(iter(self.values()), ()))

    def at(self, where: Array) -> Rows:
        """The rows of a mask, or at places; a copy."""
        return Rows({name: values[where] for name, values in self.items()})

    def having(self, **columns: Array) -> Rows:
        """The rows with columns replaced or added."""
        return Rows({**self, **columns})

    def block(self, names: Iterable[str]) -> npt.NDArray[np.float64]:
        """Columns of numbers one over the other (shape: names x rows)."""
        return np.array([self[name] for name in names], dtype=float)

    def order(self, *names: str) -> npt.NDArray[np.int64]:
        """The places of the rows in order of columns, the first named counting most; equal rows stay as they are."""
        return np.lexsort([_codes(self[name]) for name in reversed(names)])

    def group_keys(self, names: Iterable[str]) -> npt.NDArray[np.int64]:
        """A number for each row (shape: rows) that rows equal in some columns share."""
        out, size = np.zeros(self.count, dtype=np.int64), 1
        for name in names:
            codes = _codes(self[name])
            most = int(codes.max(initial=0)) + 1
            if size * most > _MOST:
                out = np.unique(out, return_inverse=True)[1]
                size = int(out.max(initial=0)) + 1
            out, size = out * most + codes, size * most
        return out

    def last_of_each(self, names: Iterable[str]) -> Rows:
        """Of rows equal in some columns the last, in the order of the rows."""
        _, found = np.unique(self.group_keys(names)[::-1], return_index=True)
        return self.at(np.sort(self.count - 1 - found))

    def frame(self) -> pd.DataFrame:
        """The rows as a frame."""
        import pandas as pd  # only who asks for a table pays for it

        return pd.DataFrame(dict(self))


def _codes(values: Array) -> npt.NDArray[np.int64]:
    """The place of each value among the distinct ones in order."""
    if values.dtype != object:
        return np.unique(values, return_inverse=True)[1]
    texts = values.tolist()
    place = {text: number for number, text in enumerate(sorted(set(texts)))}
    return np.array([place[text] for text in texts], dtype=np.int64)


def objects(values: Iterable[Any]) -> Array:
    """Values of any kind as a column."""
    held = list(values)
    return np.fromiter(held, dtype=object, count=len(held))
