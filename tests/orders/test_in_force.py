"""What holds from a decision on: a row a line, at one moment, whatever life a warning has had."""

from __future__ import annotations

from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from alertengine.orders import CANCEL, decisions, in_force, prevailing
from alertengine.orders import told as transitions_told
from alertengine.vocabulary import ORDER_COLUMNS, WARNING_COLUMNS

HOURS = [f"2026-11-29 {hour:02}:00" for hour in range(24)]


def rows(*given: dict[str, Any]) -> pd.DataFrame:
    """Orders with the cells that a test need not repeat."""
    base = {
        **dict.fromkeys(ORDER_COLUMNS, ""),
        "city": "临汾市",
        "enterprise_id": "E",
        "line_id": "1",
        "level": "orange",
    }
    numbers = {"share": 0.5, "so2_kg_d": 1.0, "nox_kg_d": 2.0, "pm_kg_d": 3.0, "vocs_kg_d": 4.0}
    return pd.DataFrame([{**base, **numbers, "status": "ordered", **one} for one in given], columns=list(ORDER_COLUMNS))


def told(*given: dict[str, Any]) -> pd.DataFrame:
    """A record of warnings."""
    base = {**dict.fromkeys(WARNING_COLUMNS, ""), "warning_id": "W", "city": "临汾市", "level": "orange"}
    table = pd.DataFrame([{**base, **one} for one in given], columns=list(WARNING_COLUMNS))
    return table.assign(**{name: pd.to_datetime(table[name]) for name in ("starts", "ends", "issued")})


ISSUED = {"action": "issue", "starts": HOURS[0], "ends": HOURS[23], "issued": "2026-11-28 15:00"}
RAISED = {"action": "raise", "level": "red", "starts": HOURS[16], "ends": HOURS[23], "issued": HOURS[15]}


def test_after_a_raise_what_holds_is_the_raised_order_and_not_the_row_before() -> None:
    orange = {"starts": HOURS[0], "ends": HOURS[16], "measure_text": "停产50%"}
    red = {"starts": HOURS[16], "ends": HOURS[23], "share": 1.0, "level": "red", "measure_text": "停产"}
    holds = in_force(rows(orange, red), told(ISSUED, RAISED))
    assert holds.now["measure_text"].tolist() == ["停产"]
    assert holds.ended["measure_text"].tolist() == ["停产50%"]
    assert (holds.figures.stopped, holds.figures.kg["nox"]) == (1, 2.0)
    (city,) = holds.cities()
    assert (city["at"], city["decision"], city["level"]) == (HOURS[16], "raise", "red")


def test_a_line_that_begins_later_is_said_with_what_it_does_first() -> None:
    holds = in_force(rows({"starts": HOURS[18], "ends": HOURS[20]}, {"starts": HOURS[20], "ends": ""}), told(ISSUED))
    assert (holds.now["starts"].tolist(), holds.later["starts"].tolist()) == ([HOURS[18]], [HOURS[20]])


def test_a_warning_taken_back_before_its_start_is_cancelled_and_nothing_ended() -> None:
    lift = {"action": "lift", "starts": HOURS[0], "issued": "2026-11-28 20:00"}
    assert decisions(told(ISSUED, lift))["临汾市"].kind == CANCEL
    later = {**lift, "starts": HOURS[10], "issued": HOURS[9]}
    assert decisions(told(ISSUED, later))["临汾市"].kind == "lift"


def test_orders_for_a_list_alone_hold_from_their_first_start() -> None:
    holds = in_force(rows({"starts": HOURS[0], "ends": HOURS[5]}, {"starts": HOURS[5], "ends": ""}))
    assert holds.now["starts"].tolist() == [HOURS[0]]


@settings(max_examples=20)
@given(
    lines=st.lists(st.lists(st.integers(0, 23), min_size=2, max_size=6, unique=True), min_size=1, max_size=4),
    at=st.integers(0, 22),
)
def test_each_line_has_one_state_and_no_row_is_lost(lines: list[list[int]], at: int) -> None:
    table = rows(
        *(
            {"line_id": str(number), "starts": HOURS[first], "ends": HOURS[last]}
            for number, cuts in enumerate(lines)
            for first, last in zip(sorted(cuts), sorted(cuts)[1:], strict=False)
        )
    )
    holds = in_force(table, told({**RAISED, "starts": HOURS[at], "issued": HOURS[max(at - 1, 0)]}))
    assert not holds.now.duplicated(["enterprise_id", "line_id"]).any()
    for row in holds.now.to_dict("records"):
        own = table[(table["line_id"] == row["line_id"]) & (table["ends"] > HOURS[at])]
        assert row["starts"] == own["starts"].min(), "what holds at the moment, else what begins next"
    gone = table[table["ends"] <= HOURS[at]]
    assert len(holds.now) + len(holds.later) + len(gone) == len(table)
    assert set(holds.ended["ends"]) <= {HOURS[at]}


@settings(max_examples=20)
@given(raises=st.lists(st.integers(1, 22), min_size=1, max_size=4, unique=True))
def test_acts_of_one_life_hold_each_hour_once(raises: list[int]) -> None:
    """Each act repeats the hours before its decision, as a run of the next evening does."""
    cuts = [0, *sorted(raises)]
    pieces = [{"starts": HOURS[one], "ends": HOURS[two]} for one, two in zip(cuts, [*cuts[1:], 23], strict=True)]
    tables = [
        rows(
            *(
                {**one, "remark": f"act {act}"}
                for one in [*pieces[:act], {"starts": HOURS[cuts[act]], "ends": HOURS[23]}]
            )
        )
        for act in range(len(cuts))
    ]
    stands = prevailing(tables, [HOURS[cut] for cut in cuts])
    for hour in range(23):
        own = stands[(stands["starts"] <= HOURS[hour]) & (stands["ends"] > HOURS[hour])]
        assert own["remark"].tolist() == [f"act {sum(cut <= hour for cut in cuts) - 1}"]


def test_a_paper_tells_of_the_newest_moment_and_not_of_a_lift_that_only_ends_another() -> None:
    lowered = {"action": "lower", "starts": HOURS[16], "ends": HOURS[20], "issued": HOURS[15], "warning_id": "W"}
    tail = {"action": "lift", "starts": HOURS[20], "ends": "", "issued": HOURS[15], "warning_id": "W"}
    other = {**tail, "warning_id": "V"}
    earlier = {"action": "issue", "starts": HOURS[0], "ends": HOURS[20], "issued": HOURS[1], "warning_id": "W"}
    assert transitions_told([earlier, lowered, tail, other]) == [lowered, other]
    assert transitions_told([earlier, tail]) == [tail]
    assert transitions_told([]) == []
