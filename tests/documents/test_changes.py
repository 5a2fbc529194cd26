from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertengine.documents import changes
from alertengine.documents._changes import CHANGE_COLUMNS
from tests.documents.conftest import Maker

LIMIT = {"measure": "limit", "share": 0.3, "measure_text": "限产30%", "level": "orange"}
DAYS = [f"2021-01-{day:02d} 00:00" for day in range(4, 10)]


def told(table: pd.DataFrame) -> list[tuple[Any, ...]]:
    return list(table[["change", "what", "starts", "ends"]].itertuples(index=False, name=None))


def test_a_raised_level_changes_the_measure_from_its_hour_on(orders: Maker) -> None:
    old = orders(LIMIT)
    new = orders({**LIMIT, "ends": DAYS[2]}, {"starts": DAYS[2]})
    got = changes(old, new)
    assert told(got) == [("变更", "措施;减排比例", DAYS[2], DAYS[5])]
    assert got.loc[0, ["old_measure_text", "measure_text", "old_share", "share"]].tolist() == [
        "限产30%",
        "停产",
        0.3,
        1,
    ]


def test_a_row_cut_in_two_that_says_the_same_is_no_change(orders: Maker) -> None:
    new = orders({"ends": DAYS[2]}, {"starts": DAYS[2], "level": "orange"})
    assert told(changes(orders(), new)) == []


def test_one_code_in_two_cities_is_two_lines(orders: Maker) -> None:
    got = changes(orders({"city": "运城市"}), orders({"city": "临汾市"}), since=DAYS[0])
    assert sorted(zip(got["city"], got["change"], strict=True)) == [("临汾市", "新增"), ("运城市", "终止")]


def test_an_extension_says_only_the_new_end(orders: Maker) -> None:
    got = changes(orders({"ends": DAYS[3]}), orders({"ends": DAYS[5]}))
    assert told(got) == [("变更", "结束时间", DAYS[0], DAYS[5])]
    assert got.loc[0, "old_ends"] == DAYS[3]


def test_an_extension_told_from_its_first_hour_is_no_new_order(orders: Maker) -> None:
    """What a decision changes begins where the order ended: it is that order that goes on."""
    got = changes(orders({"ends": DAYS[3]}), orders({"ends": DAYS[5]}), since=DAYS[3])
    assert told(got) == [("变更", "结束时间", DAYS[0], DAYS[5])]
    assert (got.loc[0, "old_ends"], bool(got.loc[0, "old_order_id"])) == (DAYS[3], True)
    lower = orders({"ends": DAYS[3]}, {**LIMIT, "starts": DAYS[3], "level": "yellow"})
    other = changes(orders({"ends": DAYS[3]}), lower, since=DAYS[3])
    assert told(other) == [("变更", "措施;结束时间", DAYS[3], DAYS[5])]
    assert (other.loc[0, "old_ends"], bool(other.loc[0, "old_measure_text"])) == (DAYS[3], True)


def test_an_order_that_goes_on_in_another_row_says_the_end_of_that_row(orders: Maker) -> None:
    new = orders({"ends": DAYS[3]}, {"starts": DAYS[3], "level": "orange"})
    got = changes(orders({"ends": DAYS[3]}), new)
    assert told(got) == [("变更", "结束时间", DAYS[3], DAYS[5])]
    assert (got.loc[0, "old_ends"], got.loc[0, "level"]) == (DAYS[3], "orange")


def test_an_earlier_end_says_only_the_new_end(orders: Maker) -> None:
    got = changes(orders({"ends": ""}), orders({"ends": DAYS[3]}))
    assert told(got) == [("变更", "结束时间", DAYS[0], DAYS[3])]
    assert got.loc[0, "old_ends"] == ""


def test_what_holds_again_after_an_earlier_end_is_said(orders: Maker) -> None:
    """A warning is lifted and another issued for later days: the first row says that the order ends."""
    new = orders({"ends": DAYS[1]}, {"starts": DAYS[3], "level": "orange"})
    got = changes(orders(), new, since=DAYS[1])
    assert told(got) == [("变更", "结束时间", DAYS[0], DAYS[1]), ("新增", "", DAYS[3], DAYS[5])]
    assert got["level"].tolist() == ["red", "orange"]


def test_a_stricter_and_longer_order_is_one_change(orders: Maker) -> None:
    got = changes(orders({**LIMIT, "ends": DAYS[3]}), orders({"starts": DAYS[1], "ends": DAYS[5]}))
    assert told(got) == [("变更", "措施;减排比例;结束时间", DAYS[1], DAYS[5])]


def test_what_came_before_the_later_orders_is_past_not_ended(orders: Maker) -> None:
    assert told(changes(orders(), orders({"starts": DAYS[2]}))) == []


def test_an_order_taken_back_ends_though_another_begins_later(orders: Maker) -> None:
    old, new = orders({**LIMIT, "ends": DAYS[2]}), orders({**LIMIT, "starts": DAYS[3], "ends": DAYS[5]})
    assert told(changes(old, new, since=DAYS[0])) == [("终止", "", DAYS[0], DAYS[2]), ("新增", "", DAYS[3], DAYS[5])]


def test_a_lifted_warning_ends_every_line_from_its_hour(orders: Maker) -> None:
    old = orders({}, {"line_id": "02"})
    got = changes(old, old.iloc[:0], since=DAYS[3])
    assert told(got) == [("终止", "", DAYS[3], DAYS[5])] * 2
    assert got["measure_text"].tolist() == ["", ""]
    assert got["share"].isna().all()


def test_a_line_that_only_one_table_has_is_new_or_ends(orders: Maker) -> None:
    old, new = orders({}, {"line_id": "02"}), orders({}, {"line_id": "03"})
    assert told(changes(old, new)) == [("终止", "", DAYS[0], DAYS[5]), ("新增", "", DAYS[0], DAYS[5])]


def test_a_plant_whose_code_was_corrected_is_told_what_changes_and_no_end(orders: Maker) -> None:
    found = changes(orders(), orders({"enterprise_id": "91000000HC99999999", "ends": DAYS[3]}))
    assert told(found) == [("变更", "结束时间", DAYS[0], DAYS[3])]
    assert found["enterprise_id"].tolist() == ["91000000HC99999999"]


def test_a_longer_order_that_goes_on_otherwise_is_a_change(orders: Maker) -> None:
    new = orders({"ends": DAYS[3]}, {**LIMIT, "starts": DAYS[3]})
    assert told(changes(orders({"ends": DAYS[3]}), new)) == [("变更", "措施;结束时间", DAYS[3], DAYS[5])]


@pytest.mark.parametrize(
    ("cells", "what"),
    [
        ({"transport": "停止公路运输"}, "运输管控"),
        ({"status": "exempt", "measure": "exempt", "share": 0.0, "measure_text": "不采取"}, "状态;措施;减排比例"),
        ({"measure": "coking_time", "share": float("nan"), "measure_text": "结焦时间延长至48小时"}, "措施;减排比例"),
        ({"measure_text": "清单备案措施：停产"}, None),
        ({"basis": "《另一方案》", "remark": "x"}, None),
    ],
)
def test_only_what_is_asked_of_the_line_counts(orders: Maker, cells: dict[str, Any], what: str | None) -> None:
    assert [row[1] for row in told(changes(orders(), orders(cells)))] == ([] if what is None else [what])


def test_a_blank_share_on_both_sides_is_no_change_but_other_words_are(orders: Maker) -> None:
    one = {"measure": "coking_time", "share": float("nan"), "measure_text": "结焦时间延长至36小时"}
    other = {**one, "measure_text": "结焦时间延长至48小时"}
    assert told(changes(orders(one), orders(one))) == []
    assert [row[1] for row in told(changes(orders(one), orders(other)))] == ["措施"]


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from([0.2, 0.5, 1.0])), min_size=1, max_size=4))
def test_orders_never_change_against_themselves(orders: Maker, pieces: list[tuple[int, float]]) -> None:
    """However a timeline is cut, the same table changes nothing; ending it ends all of it."""
    rows, day = [], 4
    for days, share in pieces:
        row = {"starts": f"2021-01-{day:02d} 00:00", "ends": f"2021-01-{day + days:02d} 00:00"}
        rows.append({**row, "share": share, "measure": "limit", "measure_text": f"限产{share}"})
        day += days
    table = orders(*rows)
    assert changes(table, table).empty
    ended = changes(table, table.iloc[:0])
    assert list(ended.columns) == list(CHANGE_COLUMNS)
    assert (ended["starts"].min(), ended["ends"].max()) == (rows[0]["starts"], rows[-1]["ends"])


def test_a_line_chosen_to_stop_that_all_must_stop_is_no_change(orders: Maker) -> None:
    chosen = {"measure": "stop_share", "measure_text": "停产50%：本生产线停产", "level": "orange"}
    assert told(changes(orders(chosen), orders({"measure_text": "停产"}))) == []
