"""Lines of earlier orders under the codes and ids of later ones."""

from __future__ import annotations

import pandas as pd
import pytest

from alertengine.lists import under_ids_of
from alertengine.vocabulary import MASKED

Line = tuple[str, str, str, str]
A: Line = ("临汾市", "91A", "甲厂", "01")


def _table(*lines: Line) -> pd.DataFrame:
    return pd.DataFrame(list(lines), columns=["city", "enterprise_id", "enterprise", "line_id"], dtype="object")


@pytest.mark.parametrize(
    ("earlier", "later", "found"),
    [
        ([A], [A], [("91A", "01")]),
        ([A], [], [("91A", "01")]),  # gone is gone
        ([A], [("临汾市", "91B", "甲厂", "01")], [("91B", "01")]),  # a code corrected
        ([A, A], [("临汾市", "91B", "甲厂", "01")], [("91B", "01")] * 2),  # two phases of it
        ([("临汾市", "91A", "甲（厂）", "01")], [("临汾市", "91B", "甲(厂)", "1")], [("91B", "1")]),
        ([A], [("临汾市", "91A", "乙厂", "1")], [("91A", "1")]),  # renamed, and the line id written otherwise
        ([A], [("临汾市", "91B", "乙厂", "01")], [("91A", "01")]),  # another plant
        ([A], [("运城市", "91B", "甲厂", "01")], [("91A", "01")]),  # of another city
        ([A], [("临汾市", "91B", "甲厂", "02")], [("91B", "01")]),  # another line of it
        ([A], [A, ("临汾市", "91B", "甲厂", "01")], [("91A", "01")]),  # both are there
        ([A], [("临汾市", "91B", "甲厂", "01"), ("临汾市", "91C", "甲厂", "01")], [("91A", "01")]),  # which one?
        ([A, ("临汾市", "91D", "甲厂", "01")], [("临汾市", "91B", "甲厂", "01")], [("91A", "01"), ("91D", "01")]),
        ([A, ("临汾市", "91A", "甲厂", "1")], [("临汾市", "91A", "甲厂", "001")], [("91A", "01"), ("91A", "1")]),
        ([("临汾市", "91A", "", "01")], [("临汾市", "91B", "", "01")], [("91A", "01")]),  # no name is no one's
        ([("临汾市", "92A", MASKED, "01")], [("临汾市", "92B", MASKED, "01")], [("92A", "01")]),
    ],
)
def test_a_line_is_known_again_by_code_else_by_city_and_name(
    earlier: list[Line], later: list[Line], found: list[tuple[str, str]]
) -> None:
    table = _table(*earlier).assign(share=0.5)
    got = under_ids_of(table, _table(*later))
    assert [*got[["enterprise_id", "line_id"]].itertuples(index=False, name=None)] == found
    assert got.drop(columns=["enterprise_id", "line_id"]).equals(table.drop(columns=["enterprise_id", "line_id"]))
