"""A list cut by city, every city decided whole; tables as Arrow bytes on the wire and together again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pandas.api.types import union_categoricals

from alertengine.vocabulary import FIELDS

#: Columns of a list that neither rules nor orders read and that speak of persons: they stay at home.
AT_HOME = tuple(name for name in ("contact", "phone", "address") if name in FIELDS)


def packed(table: pd.DataFrame) -> bytes:
    """A table as Arrow stream bytes (zstd), categories as they are."""
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, arrow.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as stream:
        stream.write_table(arrow)
    return sink.getvalue().to_pybytes()


def unpacked(data: bytes) -> pd.DataFrame:
    """The table of :func:`packed`."""
    return pa.ipc.open_stream(pa.py_buffer(data)).read_all().to_pandas()


def together(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Tables of the same columns one below the other; categories are joined, not lost."""
    if len(tables) == 1:
        return tables[0]
    first = tables[0]
    columns = {name: _column([table[name] for table in tables]) for name in first.columns}
    return pd.DataFrame(columns, columns=list(first.columns))


def _column(parts: Sequence[pd.Series]) -> pd.Series:
    if all(isinstance(part.dtype, pd.CategoricalDtype) for part in parts):
        text = [part.cat.set_categories(part.cat.categories.astype("str")) for part in parts]
        return pd.Series(union_categoricals([part.array for part in text]), copy=False)
    return pd.concat(parts, ignore_index=True)


#: Lines of a part at least and at most, where cities allow; a city is never cut.
LEAST, MOST = 2_000, 20_000
#: Parts per thread of the cluster to aim at, so that all end at about the same time.
_PER_THREAD = 4


def city_column(lines: pd.DataFrame) -> npt.NDArray[np.object_]:
    """The city of each line as text, blank where it has none."""
    return lines["city"].astype("object").fillna("").to_numpy()


def lines_a_part(lines: int, threads: int) -> int:
    """How many lines to put in a part."""
    return max(LEAST, min(MOST, lines // (_PER_THREAD * max(threads, 1)) + 1))


def city_groups(sizes: Mapping[str, int], most: int) -> list[tuple[str, ...]]:
    """Cities in groups of up to ``most`` lines, in the order of their names; a larger city stands alone."""
    groups: list[tuple[str, ...]] = []
    held: list[str] = []
    count = 0
    for city in sorted(sizes):
        if held and count + sizes[city] > most:
            groups.append(tuple(held))
            held, count = [], 0
        held.append(city)
        count += sizes[city]
    return [*groups, tuple(held)] if held else groups


def cut(lines: pd.DataFrame, groups: Sequence[tuple[str, ...]]) -> Iterator[pd.DataFrame]:
    """The lines of each group of cities, in the order of the list."""
    names, city = np.unique(city_column(lines).astype(str), return_inverse=True)
    order = np.argsort(city, kind="stable")
    bounds = np.searchsorted(city[order], np.arange(len(names) + 1))
    rows_of = {str(name): order[bounds[n] : bounds[n + 1]] for n, name in enumerate(names)}
    for group in groups:
        rows = np.sort(np.concatenate([rows_of[name] for name in group]))
        yield lines.iloc[rows].reset_index(drop=True)
