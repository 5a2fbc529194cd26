"""Every transition of a record is named by what it did to what was held when it was decided."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from alertengine.vocabulary import DECISION_TEXT, WARNING_COLUMNS
from alertengine.warning import kinds

#: By day of issue, first and last day, county, action and level; with the word that names it.
RECORDS: dict[str, list[tuple[str, Any]]] = {
    "lifted while it runs": [("发布", (1, 2, 8, "", "issue", "orange")), ("解除", (4, 5, None, "", "lift", "orange"))],
    "taken back before it begins": [
        ("发布", (1, 5, 8, "", "issue", "orange")),
        ("取消", (2, 5, None, "", "lift", "orange")),
    ],
    "announced anew after it was taken back": [
        ("发布", (1, 5, 8, "", "issue", "orange")),
        ("取消", (2, 5, None, "", "lift", "orange")),
        ("发布", (3, 6, 8, "", "issue", "red")),
    ],
    "a raise taken back": [
        ("发布", (1, 2, 8, "", "issue", "orange")),
        ("升级", (2, 5, 8, "", "raise", "red")),
        ("维持", (3, 5, 8, "", "lower", "orange")),
        ("解除", (6, 7, None, "", "lift", "orange")),
    ],
    "a county that parts from its city": [
        ("发布", (1, 2, 8, "", "issue", "orange")),
        ("升级", (3, 4, 8, "甲县", "issue", "red")),
        ("降级", (3, 4, 8, "", "lower", "yellow")),
    ],
    "a county that stood apart from its city from the first": [
        ("发布", (1, 2, 8, "", "issue", "orange")),
        ("发布", (1, 4, 9, "甲县", "issue", "red")),
        ("降级", (3, 5, 9, "甲县", "lower", "orange")),
    ],
    "advice": [("提示", (1, 2, 3, "", "advise", ""))],
}


def _table(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    day = [pd.NaT, *pd.date_range("2021-01-01", periods=9)]
    made = [
        {"warning_id": county or "w", "city": "某市", "counties": county, "action": action, "level": level}
        | {"issued": day[issued], "starts": day[first], "ends": day[last or 0], "grading": "", "reason": ""}
        for issued, first, last, county, action, level in rows
    ]
    return pd.DataFrame(made).reindex(columns=list(WARNING_COLUMNS)).astype({"ends": "datetime64[us]"})


@pytest.mark.parametrize("rows", RECORDS.values(), ids=RECORDS)
def test_a_transition_is_named_by_what_was_known_when_it_was_decided(rows: list[tuple[str, Any]]) -> None:
    """Later transitions change no earlier name, and the order of the record none at all."""
    words, table = [word for word, _ in rows], _table([row for _, row in rows])
    assert [DECISION_TEXT[kind] for kind in kinds(table, table)] == words
    assert [DECISION_TEXT[kind] for kind in kinds(table, table[::-1])] == words
    assert [DECISION_TEXT[kind] for kind in kinds(table.tail(1), table)] == words[-1:]
