"""Cutting a list by city, and tables on the wire."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertengine.simulation.on_cluster.parts import (
    city_column,
    city_groups,
    cut,
    lines_a_part,
    packed,
    together,
    unpacked,
)

pytestmark = pytest.mark.whole

CITIES = ["太原市", "大同市", "临汾市", "", "运城市"]
LINES = st.lists(st.tuples(st.sampled_from(CITIES), st.integers(0, 6)), min_size=1, max_size=40)


def table(drawn: list[tuple[str, int]]) -> pd.DataFrame:
    cities, owners = zip(*drawn, strict=True)
    city = pd.Categorical([name or None for name in cities], categories=[name for name in CITIES if name])
    return pd.DataFrame({"city": city, "enterprise_id": [f"E{n}" for n in owners], "at": range(len(drawn))})


@given(LINES, st.integers(1, 50))
@settings(max_examples=40, deadline=None)
def test_a_part_is_all_lines_of_its_cities(drawn: list[tuple[str, int]], most: int) -> None:
    lines = table(drawn)
    sizes = lines["city"].astype("object").fillna("").value_counts().to_dict()
    groups = city_groups(sizes, most)
    assert sorted(name for group in groups for name in group) == sorted(sizes)
    assert all(sum(sizes[name] for name in group) <= most or len(group) == 1 for group in groups)
    parts = list(cut(lines, groups))
    for part, group in zip(parts, groups, strict=True):
        pd.testing.assert_frame_equal(
            part, lines[np.isin(city_column(lines).astype(str), group)].reset_index(drop=True)
        )


def test_parts_are_neither_tiny_nor_huge() -> None:
    assert lines_a_part(100, 8) == 2_000
    assert lines_a_part(1_500_000, 4) == 20_000
    assert lines_a_part(100_000, 4) == 6_251


@given(LINES, st.integers(1, 5))
@settings(max_examples=30, deadline=None)
def test_pieces_sent_and_put_together_are_the_table(drawn: list[tuple[str, int]], pieces: int) -> None:
    lines = table(drawn)
    parts = np.array_split(np.arange(len(lines)), pieces)
    sent = []
    for rows in parts:
        piece = lines.iloc[rows].reset_index(drop=True)
        piece["city"] = piece["city"].cat.remove_unused_categories()
        sent.append(unpacked(packed(piece)))
    back = together(sent)
    assert isinstance(back["city"].dtype, pd.CategoricalDtype)
    pd.testing.assert_frame_equal(back.astype("object"), lines.astype("object"))
