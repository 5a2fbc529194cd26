"""Rows as columns by name: in order, in groups, of each group the last, several as one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertengine.warning import Rows
from alertengine.warning.rows import objects

CELLS = st.lists(st.tuples(st.sampled_from("乙甲丙"), st.integers(0, 2), st.booleans()), max_size=12)


def rows(cells: list[tuple[str, int, bool]]) -> Rows:
    names, numbers, flags = ([one[n] for one in cells] for n in range(3))
    return Rows({
        "name": objects(names), "number": np.array(numbers, dtype=float), "flag": np.array(flags, dtype=bool),
        "row": np.arange(len(cells)),
    })  # fmt: skip


@given(cells=CELLS)
def test_rows_are_ordered_grouped_and_the_last_of_each_group_is_taken(cells: list[tuple[str, int, bool]]) -> None:
    table = rows(cells)
    assert table.count == len(cells)
    ordered = sorted(range(len(cells)), key=lambda n: (cells[n][1], cells[n][0]))
    assert table.order("number", "name").tolist() == ordered
    keys = table.group_keys(["name", "number", "flag"]).tolist()
    assert [a == b for a in keys for b in keys] == [a == b for a in cells for b in cells]
    last = sorted({(name, flag): n for n, (name, _, flag) in enumerate(cells)}.values())
    assert table.last_of_each(["name", "flag"])["row"].tolist() == last


def test_groups_of_many_columns_are_still_told_apart() -> None:
    """Five columns of 65,536 values: rows that differ in the first alone have keys of their own."""
    most = 1 << 16
    first, rest = np.arange(most + 1), np.append(np.arange(most), 0)
    table = Rows({"first": first, **dict.fromkeys("abcd", rest)})
    assert len(np.unique(table.group_keys(["first", *"abcd"]))) == most + 1
    assert len(np.unique(table.group_keys("abcd"))) == most


def test_several_are_one_in_the_columns_that_all_have() -> None:
    one, other = rows([("甲", 1, True)]), rows([("乙", 2, False), ("丙", 3, True)])
    both = Rows.joined([one, other.having(more=np.array([1, 2]))])
    assert list(both) == ["name", "number", "flag", "row"]
    assert (both["name"].tolist(), both["number"].tolist()) == (["甲", "乙", "丙"], [1, 2, 3])
    assert both.at(both["flag"])["name"].tolist() == ["甲", "丙"]
    assert both.at(np.array([2, 0]))["number"].tolist() == [3, 1]
    assert both.block(["number", "row"]).tolist() == [[1, 2, 3], [0, 0, 1]]
    assert (Rows().count, Rows({"a": np.zeros(0)}).count) == (0, 0)


@pytest.mark.parametrize(
    ("values", "kind"),
    [(["2021-01-01"], "M8[us]"), ([1.5], "f8"), ([1], "i8"), ([True], "b1")],
)
def test_columns_of_a_frame_keep_their_kind(values: list[object], kind: str) -> None:
    column = pd.to_datetime(pd.Series(values)) if kind == "M8[us]" else pd.Series(values)
    held = Rows.of(pd.DataFrame({"x": column, "t": pd.Series(["甲"] * len(column), dtype=object)}))
    assert (held["x"].dtype, held["t"].dtype) == (np.dtype(kind), np.dtype(object))
    assert held.frame()["t"].tolist() == ["甲"]
