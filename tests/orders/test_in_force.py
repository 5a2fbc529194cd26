"""What holds from a decision on: a row a line, at one moment, whatever life a warning has had."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertengine.orders import (
    StateDecision,
    at_moments,
    decisions,
    figures_of,
    held_now,
    holding,
    in_force,
    left_standing,
    prevailing,
    speaks_from,
    state_head,
    state_words,
)
from alertengine.orders import told as transitions_told
from alertengine.vocabulary import CANCEL, EMISSION_FIELDS, ORDER_COLUMNS, STAY, WARNING_COLUMNS

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
    assert (holds.figures["stopped"], holds.figures["kg"]["nox"]) == (1, 2.0)
    (city,) = holds.cities()
    assert (city["at"], city["decision"], city["level"]) == (HOURS[16], "raise", "red")


def test_a_line_that_begins_later_is_said_with_what_it_does_first() -> None:
    holds = in_force(rows({"starts": HOURS[18], "ends": HOURS[20]}, {"starts": HOURS[20], "ends": ""}), told(ISSUED))
    assert (holds.now["starts"].tolist(), holds.later["starts"].tolist()) == ([HOURS[18]], [HOURS[20]])
    assert list(holds.rows["starts"].items()) == [(0, HOURS[18]), (1, HOURS[20])]


def test_a_warning_taken_back_before_its_start_is_cancelled_and_nothing_ended() -> None:
    lift = {"action": "lift", "starts": HOURS[0], "issued": "2026-11-28 20:00"}
    assert decisions(told(ISSUED, lift))["临汾市"].kind == CANCEL
    later = {**lift, "starts": HOURS[10], "issued": HOURS[9]}
    assert decisions(told(ISSUED, later))["临汾市"].kind == "lift"
    area = {"counties": "尧都区;洪洞县"}
    assert decisions(told(ISSUED | area, lift | area))["临汾市"].kind == CANCEL
    assert decisions(told(ISSUED | area, later | area))["临汾市"].kind == "lift"


def test_what_was_decided_speaks_from_its_first_hour_and_what_holds_is_the_warning_that_begins_first() -> None:
    first = {"action": "lift", "starts": HOURS[2], "issued": HOURS[1]}
    near = {"warning_id": "N", "action": "issue", "starts": HOURS[9], "ends": HOURS[12], "issued": HOURS[1]}
    far = {**near, "warning_id": "F", "level": "red", "starts": HOURS[20], "ends": HOURS[23]}
    record = told(ISSUED, first, far, near)
    assert speaks_from(record) == {"临汾市": HOURS[2]}
    made = decisions(record)["临汾市"]
    assert (made.kind, made.level, made.since, made.then) == ("issue", "orange", HOURS[9], ())


def test_a_lift_counts_nothing_of_a_warning_announced_for_later() -> None:
    far = {"warning_id": "F", "action": "issue", "starts": HOURS[20], "ends": HOURS[23], "issued": HOURS[0]}
    record = told(ISSUED, far, {"action": "lift", "starts": HOURS[10], "issued": HOURS[9]})
    orders = rows({"starts": HOURS[0], "ends": HOURS[10]}, {"starts": HOURS[20], "ends": HOURS[23]})
    holds = in_force(orders, record)
    assert (len(holds.now), holds.later["starts"].tolist(), len(holds.ended)) == (0, [HOURS[20]], 1)
    (city,) = holds.cities()
    assert (city["at"], city["decision"], city["level"], city["lines"]) == (HOURS[10], "lift", "none", 0)
    county = {"counties": "侯马市", "warning_id": "C", "starts": HOURS[12], "ends": HOURS[20], "issued": HOURS[9]}
    assert len(in_force(orders, told(*record.to_dict("records"), {"action": "issue", **county})).now) == 1


def test_orders_for_a_list_alone_hold_from_their_first_start() -> None:
    holds = in_force(rows({"starts": HOURS[0], "ends": HOURS[5]}, {"starts": HOURS[5], "ends": ""}))
    assert holds.now["starts"].tolist() == [HOURS[0]]
    assert holds.at == {"临汾市": ""}


@pytest.mark.parametrize(
    ("record", "now", "at"),
    [
        (
            told({**ISSUED, "city": "长治市", "issued": HOURS[3]}),
            None,
            HOURS[4],
        ),  # the hour after what was decided last
        (told({**ISSUED, "city": "长治市"}), pd.Timestamp("2026-11-29 07:30"), HOURS[8]),
        (told({**ISSUED, "city": "长治市"}), None, HOURS[2]),  # its orders begin later
        (told(), pd.Timestamp(HOURS[6]), HOURS[7]),
        (told(), None, ""),
        (told({"action": "advise", "city": "长治市", "issued": None}), None, ""),
    ],
)
def test_a_city_about_which_nothing_is_decided_holds_from_the_hour_of_the_decision_on(
    record: pd.DataFrame, now: Any, at: str
) -> None:
    orders = rows({"starts": HOURS[2], "ends": HOURS[4]}, {"starts": HOURS[4], "ends": HOURS[9]})
    holds = in_force(orders, record, now)
    assert dict(holds.at)["临汾市"] == at
    assert holds.now["starts"].tolist() == [HOURS[4] if at >= HOURS[4] else HOURS[2]]


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
        assert row["starts"] <= HOURS[at] or not (holds.now["starts"] <= HOURS[at]).any(), "of one moment"
    gone = table[table["ends"] <= HOURS[at]]
    assert len(holds.now) + len(holds.later) + len(gone) == len(table)
    assert set(holds.ended["ends"]) <= {HOURS[at]}


@pytest.mark.slow
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
    stands = prevailing(tables, [{"临汾市": HOURS[cut]} for cut in cuts])
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


MADE = "2026-11-28 15:00"
WHOLE = StateDecision("临汾市", "issue", "orange", HOURS[0], HOURS[23], MADE)
COUNTY = {**RAISED, "action": "issue", "warning_id": "V", "counties": "尧都区;洪洞县", "issued": MADE}
LIFTED = {"action": "lift", "level": "", "warning_id": "V", "starts": HOURS[3], "issued": MADE}


@pytest.mark.parametrize(
    ("more", "made"),
    [
        ((), WHOLE),
        ((COUNTY,), StateDecision(
            "临汾市", "issue", "red", HOURS[16], HOURS[23], MADE, "尧都区、洪洞县", (WHOLE,)
        )),
        (({**COUNTY, "level": "yellow"},), StateDecision(
            *("临汾市", "issue", "orange", HOURS[0], HOURS[23], MADE, ""),
            (StateDecision("临汾市", "issue", "yellow", HOURS[16], HOURS[23], MADE, "尧都区、洪洞县"),),
        )),
        (({**LIFTED, "counties": "尧都区"},), StateDecision(
            *("临汾市", "issue", "orange", HOURS[0], HOURS[23], MADE, ""),
            (StateDecision("临汾市", "lift", "none", HOURS[3], "", MADE, "尧都区"),),
        )),
        ((LIFTED,), WHOLE),  # of the same area the lift says less
        (({**ISSUED, "level": "yellow"},), WHOLE),  # that begins with it says less too
        (({**ISSUED, "level": "yellow", "starts": HOURS[3]},), StateDecision(
            *("临汾市", "issue", "orange", HOURS[0], HOURS[23], MADE, "", ()),
            (StateDecision("临汾市", "lower", "yellow", HOURS[3], HOURS[23], MADE, before="orange"),),
        )),
        (({"action": "advise", "issued": HOURS[5]},), WHOLE),  # no decision
    ],
)  # fmt: skip
def test_the_decision_of_a_city_is_its_gravest_with_other_areas_apart(
    more: tuple[dict[str, Any], ...], made: StateDecision
) -> None:
    assert decisions(told(ISSUED, *more)) == {"临汾市": made}
    assert made.over is False


def test_what_is_announced_to_rise_is_decided_from_its_first_hour_on() -> None:
    """An order from above makes a warning rise later: what it begins with is decided too."""
    raised = {**RAISED, "issued": MADE}
    made = decisions(told({**ISSUED, "ends": HOURS[16]}, raised))["临汾市"]
    assert (made.kind, made.level, made.since, made.first) == ("issue", "orange", HOURS[0], HOURS[0])
    assert [(one.kind, one.level, one.since) for one in made.then] == [("raise", "red", HOURS[16])]


def test_a_decision_says_what_the_warning_goes_on_to_though_that_stood_before() -> None:
    """Red by an order from above for some hours of an orange warning: orange again afterwards."""
    made = decisions(told(ISSUED, {**RAISED, "ends": HOURS[20]}))["临汾市"]
    assert (made.kind, made.since, made.ends) == ("raise", HOURS[16], HOURS[20])
    assert [(one.kind, one.level, one.since, one.ends) for one in made.then] == [
        ("lower", "orange", HOURS[20], HOURS[23])
    ]
    yellow = {"action": "lower", "level": "yellow", "starts": HOURS[16], "ends": HOURS[20], "issued": HOURS[15]}
    (after,) = decisions(told(ISSUED, yellow))["临汾市"].then
    assert (after.kind, after.level, after.since) == ("raise", "orange", HOURS[20])
    assert decisions(told(ISSUED, RAISED))["临汾市"].then == (), "nothing stands after it"


@pytest.mark.parametrize("action", ["lower", "raise", "extend"])
def test_a_warning_that_ran_out_is_issued_anew_in_papers(action: str) -> None:
    again = {"action": action, "level": "yellow", "starts": HOURS[16], "ends": HOURS[23], "issued": HOURS[15]}
    assert decisions(told({**ISSUED, "ends": HOURS[10]}, again))["临汾市"].kind == "issue"
    assert decisions(told({**ISSUED, "ends": HOURS[16]}, again))["临汾市"].kind != "issue", "it held until then"
    first = {**again, "starts": HOURS[0], "issued": "2026-11-28 20:00"}
    assert decisions(told(ISSUED, first))["临汾市"].kind == action, "it has not begun"


@pytest.mark.parametrize(("start", "kind"), [(HOURS[12], "issue"), (HOURS[18], "extend"), (HOURS[20], "extend")])
def test_a_warning_that_begins_sooner_than_announced_is_issued_anew_in_papers(start: str, kind: str) -> None:
    """An extension names an end alone: who must begin sooner would not know it."""
    announced = {**ISSUED, "starts": HOURS[18], "ends": HOURS[20]}
    sooner = {"action": "extend", "starts": start, "ends": HOURS[23], "issued": HOURS[9]}
    made = decisions(told(announced, sooner))["临汾市"]
    assert (made.kind, made.since, made.ends) == (kind, start, HOURS[23])


@pytest.mark.parametrize(
    ("rows_of_county", "kinds"),
    [
        # apart from 16:00 on as its city, red by an order at 18:00: the raise is what is decided
        (({"level": "orange", "ends": HOURS[18]}, {"level": "red", "starts": HOURS[18]}), ["raise"]),
        (({"level": "orange", "ends": HOURS[18]}, {"level": "yellow", "starts": HOURS[18]}), ["lower"]),
        (({"level": "red"},), ["raise"]),
        (({"level": "yellow"},), ["lower"]),
        (({"level": "orange", "ends": ""},), ["extend"]),
    ],
)
def test_a_county_that_first_stands_apart_goes_on_from_the_level_of_its_city(
    rows_of_county: tuple[dict[str, str], ...], kinds: list[str]
) -> None:
    """Nobody issues orange to whom orange holds."""
    own = {"warning_id": "V", "counties": "尧都区", "starts": HOURS[16], "ends": HOURS[23], "issued": HOURS[15]}
    actions = ["issue", *("raise" if row["level"] == "red" else "lower" for row in rows_of_county[1:])]
    given = [{**own, "action": action, **row} for action, row in zip(actions, rows_of_county, strict=True)]
    made = decisions(told(ISSUED, *given))["临汾市"]
    assert [one.kind for one in (made, *made.then)] == kinds
    assert made.since == given[-1]["starts"]
    alone = decisions(told(*given))["临汾市"]
    assert (alone.kind, alone.since) == ("issue", HOURS[16]), "without a warning of the city it is issued"


@pytest.mark.parametrize(
    ("announced", "tonight", "kind"),
    [
        ({"action": "raise", "level": "red"}, {"action": "lower", "level": "orange"}, STAY),
        ({"action": "lower", "level": "yellow"}, {"action": "raise", "level": "orange"}, STAY),
        ({"action": "lower", "level": "yellow"}, {"action": "raise", "level": "red"}, "raise"),
        ({"action": "raise", "level": "red"}, {"action": "lower", "level": "yellow"}, "lower"),
    ],
)
def test_what_was_only_announced_is_not_what_a_decision_changes(
    announced: dict[str, str], tonight: dict[str, str], kind: str
) -> None:
    """Orange holds; what was to follow at 18:00 is decided otherwise before it."""
    then = {"starts": HOURS[18], "ends": HOURS[23], "issued": HOURS[1]}
    record = told(ISSUED, {**then, **announced}, {**then, **tonight, "issued": HOURS[15]})
    assert decisions(record)["临汾市"].kind == kind
    standing = left_standing(record)["临汾市"]
    assert (standing.level, standing.kind, standing.since) == ("orange", "issue", HOURS[0])
    assert standing.ends == (HOURS[23] if kind == STAY else HOURS[18])


def test_until_a_later_decision_the_response_before_it_holds() -> None:
    orange = {"starts": HOURS[0], "ends": HOURS[20]}
    red = {"starts": HOURS[20], "ends": HOURS[23], "share": 1.0, "level": "red"}
    holds = held_now(rows(orange, red), told(ISSUED, {**RAISED, "starts": HOURS[20]}))
    (state,) = holds.cities()
    assert (state["at"], state["decision"], state["level"], state["stopped"]) == (HOURS[16], "issue", "orange", 0)
    assert (state["since"], state["ends"]) == (HOURS[0], HOURS[20])
    then = state["then"]
    assert (then["at"], then["decision"], then["level"], then["stopped"]) == (HOURS[20], "raise", "red", 1)
    assert holds.from_decision.now["level"].tolist() == ["red"]
    assert state_words([state]) == [
        (
            "临汾市2026年11月29日16时执行中：Ⅱ级（橙色）响应（自2026年11月29日0时起，至2026年11月29日20时）："
            "1条生产线，执行减排1条，全停0条；减排SO₂ 1、NOₓ 2、颗粒物 3、VOCs 4千克/日"
        ),
        (
            "临汾市自2026年11月29日20时起执行Ⅰ级（红色）响应（升级，至2026年11月29日23时）："
            "1条生产线，执行减排1条，全停1条；减排SO₂ 1、NOₓ 2、颗粒物 3、VOCs 4千克/日"
        ),
    ]


@pytest.mark.parametrize(
    ("changed", "hour", "kind"),
    [
        ({}, 17, "raise"),
        ({"ends": HOURS[18]}, 17, "raise"),
        ({"ends": HOURS[18]}, 18, "lower"),  # nobody decided that: the red ends, and the orange goes on
        ({"action": "lower", "level": "yellow", "ends": HOURS[18]}, 18, "raise"),
        ({"action": "extend", "level": "orange"}, 17, "issue"),
    ],
)
def test_a_level_that_comes_back_is_told_by_its_way_from_the_one_before(
    changed: dict[str, Any], hour: int, kind: str
) -> None:
    found = holding(told(ISSUED, {**RAISED, **changed}), "临汾市", pd.Timestamp(HOURS[hour]))
    assert found is not None
    assert found.kind == kind


def test_a_line_that_nothing_binds_yet_has_no_state_beside_lines_that_are_bound() -> None:
    """A county is bound tonight, the rest of its city from a later hour on."""
    bound = {"county": "甲县", "starts": HOURS[0], "ends": HOURS[23]}
    rest = {"county": "乙县", "line_id": "2", "starts": HOURS[18], "ends": HOURS[23]}
    holds = in_force(rows(bound, rest), told({**ISSUED, "counties": "甲县"}))
    assert (holds.now["county"].tolist(), holds.later["county"].tolist()) == (["甲县"], ["乙县"])
    assert in_force(rows(bound, {**rest, "city": "晋城市"})).figures["lines"] == 2


def test_a_decision_is_of_one_moment() -> None:
    record = told(ISSUED, RAISED)
    assert decisions(record)["临汾市"].kind == "raise"
    assert decisions(record, pd.Timestamp(MADE)) == {"临汾市": WHOLE}
    assert decisions(record, pd.Timestamp(HOURS[3])) == {}
    assert decisions(told({"action": "advise", "issued": HOURS[5]})) == {}


def test_the_figures_count_lines_by_status_and_enterprises_once() -> None:
    table = rows(
        {"line_id": "1", "share": 1.0},
        {"line_id": "2", "share": 0.999},
        {"line_id": "1", "enterprise_id": "F", "status": "undetermined", "share": float("nan"), "level": ""},
        {"line_id": "1", "enterprise_id": "G", "status": "exempt", "share": 0.0, "level": "red"},
        {"line_id": "2", "enterprise_id": "G", "status": "self_directed", "share": 0.0},
    )
    (city,) = in_force(table).cities()
    figures = {"enterprises": 3, "bound": 1, "lines": 5, "ordered": 2, "stopped": 1, "undetermined": 1, "exempt": 1}
    kg = {"so2": 5.0, "nox": 10.0, "pm": 15.0, "vocs": 20.0}
    head = {"city": "临汾市", "at": "", "decision": "", "level": "red", "since": "", "ends": "", "then": None}
    assert city == {**head, **figures, "self_directed": 1, "kg": kg}


def test_a_city_without_orders_is_told_by_its_decision_alone() -> None:
    orders = rows({"starts": HOURS[0], "ends": HOURS[23]})
    here, there = in_force(orders, told(ISSUED, {**ISSUED, "warning_id": "V", "city": "长治市"})).cities()
    assert (here["city"], here["lines"], here["level"]) == ("临汾市", 1, "orange")
    assert (there["city"], there["lines"], there["level"], there["at"]) == ("长治市", 0, "none", HOURS[0])


@pytest.mark.parametrize(
    ("first", "second", "since", "stands"),
    [
        ((0, 10), (10, 20), "", [(0, 10), (10, 20)]),  # adjoining: two responses, each whole
        ((0, 10), (11, 20), "", [(0, 10), (11, 20)]),
        ((10, 20), (0, 10), "", [(10, 20), (0, 10)]),
        ((0, 10), (5, 20), "", [(0, 5), (5, 20)]),
        ((0, 20), (5, 10), "", [(0, 5), (5, 10)]),
        ((5, 10), (0, 20), "", [(0, 20)]),
        ((0, 10), (0, 20), "", [(0, 20)]),
        ((0, 10), (0, 20), 5, [(0, 5), (5, 20)]),  # what it repeats of the hours before is the first act's
        ((0, None), (5, None), "", [(0, 5), (5, None)]),
        ((0, 10), (12, 20), 15, [(0, 10), (15, 20)]),
        ((0, 10), (5, 20), 5, [(0, 5), (5, 20)]),
    ],
)
def test_of_two_acts_the_later_stands_from_where_it_begins(
    first: tuple[int, int | None], second: tuple[int, int | None], since: int | str, stands: list[tuple[int, int]]
) -> None:
    def act(span: tuple[int, int | None]) -> pd.DataFrame:
        return rows({"starts": HOURS[span[0] or 0], "ends": "" if span[1] is None else HOURS[span[1]]})

    found = prevailing([act(first), act(second)], [{}, {"临汾市": HOURS[since]} if isinstance(since, int) else {}])
    spans = list(zip(found["starts"], found["ends"], strict=True))
    assert spans == [(HOURS[begin], "" if end is None else HOURS[end]) for begin, end in stands]


def test_a_line_whose_code_a_later_list_corrects_is_ordered_once() -> None:
    """Three lists: the first code was wrong, the third writes the line's id otherwise."""
    name = {"enterprise": "甲厂", "ends": HOURS[23]}
    given = [("E", "01", 0), ("F", "01", 6), ("F", "1", 12)]
    tables = [rows({"enterprise_id": e, "line_id": n, "starts": HOURS[at], **name}) for e, n, at in given]
    stands = prevailing(tables)
    assert stands[["enterprise_id", "line_id", "starts", "ends"]].to_numpy().tolist() == [
        ["E", "01", HOURS[0], HOURS[6]],
        ["F", "01", HOURS[6], HOURS[12]],
        ["F", "1", HOURS[12], HOURS[23]],
    ]


def test_a_line_that_a_later_list_has_first_is_ordered_nothing_of_the_hours_before() -> None:
    """The act that raises says what held before too, of lines that nobody had ordered then."""
    first = rows({"starts": HOURS[0], "ends": HOURS[20]})
    said = [
        {"line_id": line, "starts": HOURS[at], "ends": HOURS[end]} for line in "12" for at, end in ((0, 9), (9, 20))
    ]
    stands = prevailing([first, rows(*said)], [{}, {"临汾市": HOURS[9]}])
    assert stands[["line_id", "starts", "ends"]].to_numpy().tolist() == [
        ["1", HOURS[0], HOURS[9]],
        ["1", HOURS[9], HOURS[20]],
        ["2", HOURS[9], HOURS[20]],
    ]


def test_another_line_or_act_changes_nothing() -> None:
    one, other = rows({"starts": HOURS[0], "ends": HOURS[10]}), rows({"line_id": "2", "starts": HOURS[5]})
    assert prevailing([one, other])["ends"].tolist() == [HOURS[10], ""]
    elsewhere = rows({"city": "运城市", "starts": HOURS[5]})
    assert prevailing([one, elsewhere])["ends"].tolist() == [HOURS[10], ""], "one code in two cities is two lines"
    assert figures_of(in_force(pd.concat([one, elsewhere])).now)["kg"]["nox"] == 4.0
    pieces = rows({"starts": HOURS[0], "ends": HOURS[4]}, {"starts": HOURS[4], "ends": HOURS[10]})
    assert (
        prevailing([pieces])[["starts", "ends"]].to_numpy().tolist() == pieces[["starts", "ends"]].to_numpy().tolist()
    )
    later = rows({"starts": HOURS[2], "ends": HOURS[6]})
    found = prevailing([pieces, later])
    assert found.index.tolist() == [0, 1]
    assert list(zip(found["starts"], found["ends"], strict=True)) == [(HOURS[0], HOURS[2]), (HOURS[2], HOURS[6])]


def test_figures_count_plants_once_and_add_kilograms_to_the_gram() -> None:
    cells = {"city": "临汾市", "share": 0.5, **dict.fromkeys(EMISSION_FIELDS.values(), 0.0004)}
    rows = pd.DataFrame([
        {"enterprise_id": "A", "status": "ordered", **cells, "share": 1.0},
        {"enterprise_id": "A", "status": "undetermined", **cells},
        {"enterprise_id": "B", "status": "exempt", **cells},
        {"enterprise_id": "C", "status": "self_directed", **cells},
    ])  # fmt: skip
    counts = {"enterprises": 3, "bound": 1, "lines": 4, "ordered": 1, "stopped": 1, "undetermined": 1}
    kg = dict.fromkeys(EMISSION_FIELDS, 0.002)
    assert figures_of(rows) == {**counts, "exempt": 1, "self_directed": 1, "kg": kg}


@pytest.mark.parametrize(
    ("tonight", "decided"),
    [
        ([("侯马市", "issue", "red")], "raise"),
        ([("侯马市", "issue", "yellow")], "lower"),
        ([("", "lower", "yellow"), ("侯马市", "issue", "red")], "change"),
        ([("", "raise", "red"), ("侯马市", "issue", "red")], "raise"),
        ([("", "lift", "orange"), ("侯马市", "issue", "red")], "change"),
        ([("", "lower", "yellow")], "lower"),
    ],
)
def test_a_state_is_named_by_what_the_evening_decided(tonight: list[tuple[str, str, str]], decided: str) -> None:
    """Whatever of the areas it is in goes on from before."""
    changes = [
        {"counties": county, "warning_id": county or "W", "action": action, "level": level}
        | {"issued": HOURS[15], "starts": HOURS[16], "ends": "" if action == "lift" else HOURS[23]}
        for county, action, level in tonight
    ]
    record = told({**ISSUED, "ends": HOURS[23]}, *changes)
    orders = rows({"starts": HOURS[0], "ends": HOURS[23]})
    (state,) = held_now(orders, record).cities()
    assert state["decision"] == decisions(record)["临汾市"].whole == decided
    assert state["since"] in {HOURS[0], HOURS[16]}


def test_what_follows_a_decision_is_told_without_a_gap() -> None:
    """Yellow holds until 20:00, tonight orange is put in from 16:00 to 18:00 and yellow goes on until 23:00."""
    yellow, now = {**ISSUED, "level": "yellow", "ends": HOURS[20]}, {"issued": HOURS[15]}
    orange = {**now, "action": "raise", "starts": HOURS[16], "ends": HOURS[18]}
    longer = {**now, "action": "extend", "level": "yellow", "starts": HOURS[20], "ends": HOURS[23]}
    made = decisions(told(yellow, orange, longer))["临汾市"]
    assert (made.kind, made.level, made.since, made.ends) == ("raise", "orange", HOURS[16], HOURS[18])
    (then,) = made.then
    assert (then.kind, then.level, then.since, then.ends) == ("lower", "yellow", HOURS[18], HOURS[23])
    assert (then.before, then.then) == ("orange", ())


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([("", "orange", 0, 23), ("侯马市", "orange", 3, 23)], "Ⅱ级（橙色）"),  # both begun before
        ([("", "orange", 8, 23), ("侯马市", "orange", 8, 23)], "Ⅱ级（橙色）"),
        ([("", "orange", 8, 23), ("侯马市", "orange", 10, 23)], "其余县（市、区）Ⅱ级（橙色）、侯马市Ⅱ级（橙色）"),
        ([("", "orange", 8, 20), ("侯马市", "orange", 8, 23)], "其余县（市、区）Ⅱ级（橙色）、侯马市Ⅱ级（橙色）"),
        ([("", "red", 8, 23), ("侯马市", "orange", 8, 23)], "其余县（市、区）Ⅰ级（红色）、侯马市Ⅱ级（橙色）"),
        ([("曲沃县", "orange", 8, 23), ("侯马市", "orange", 8, 23)], "曲沃县、侯马市Ⅱ级（橙色）"),
        (
            [("吉县", "red", 8, 23), ("", "orange", 8, 23), ("侯马市", "orange", 8, 23)],
            "吉县Ⅰ级（红色）、其余县（市、区）Ⅱ级（橙色）",
        ),
    ],
)
def test_areas_of_one_level_and_the_same_hours_are_said_as_one(
    parts: list[tuple[str, str, int, int]], said: str
) -> None:
    made, *apart = (
        StateDecision("临汾市", "issue", level, HOURS[since], HOURS[ends], HOURS[7], area)
        for area, level, since, ends in parts
    )
    held = at_moments(rows({"starts": HOURS[8]}), {"临汾市": HOURS[8]}, {"临汾市": replace(made, apart=tuple(apart))})
    assert state_head(held.state("临汾市")).split("响应")[0] in (
        f"自2026年11月29日8时起执行{said}",
        f"2026年11月29日8时执行中：{said}",
    )
