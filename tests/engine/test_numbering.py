"""Numbering lines: the same by table, by hash and by plain counting."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from alertengine.files import dense, joined


def _counted(keys: list[object]) -> tuple[list[int], list[int]]:
    seen = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return [seen[key] for key in keys], [keys.index(key) for key in seen]


@given(st.lists(st.integers(0, 40), max_size=60))
def test_a_table_numbers_as_a_hash_does(keys: list[int]) -> None:
    column = np.array(keys, dtype=np.int64)
    for inverse, first in (dense(column), dense(column, 41), dense(column, 1 << 40)):
        assert (inverse.tolist(), first.tolist()) == _counted(list(keys))


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(-1, 60), st.integers(-1, 5000)), min_size=1, max_size=40))
def test_numberings_join_to_that_of_their_tuples(rows: list[tuple[int, ...]]) -> None:
    columns = [np.array(column, dtype=np.int32) for column in zip(*rows, strict=True)]
    inverse, first = joined(*columns)
    assert (inverse.tolist(), first.tolist()) == _counted(list(rows))
