"""What an order hangs on: the union of the minimal sets of unknown fields whose filling-in changes it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.conftest import BookMaker, Decider

#: Every value that matters to the conditions drawn below, and one beside them.
VALUES: Mapping[str, tuple[Any, ...]] = {
    "stable": (True, False),
    "zone": ("重点", "一般"),
    "city_distance_km": (5, 10, 20),
    "named_lists": ("无", "炉窑清单", "错峰豁免清单"),
    "grade": ("A", "B", "C", "D"),
}
ATOMS = (
    {"stable": True},
    {"stable": False},
    {"zone": "重点"},
    {"zone": {"not": "重点"}},
    {"city_distance_km": {"le": 10}},
    {"city_distance_km": {"gt": 10}},
    {"city_distance_km": {"lt": 10}},
    {"named_lists": "炉窑清单"},
    {"named_lists": {"not": "错峰豁免清单"}},
    {"effective_grade": ["A", "B"]},
    {"effective_grade": "D"},
    {"effective_grade": {"not": "C"}},
)
CLASS_ATOMS = (*(atom for atom in ATOMS if "effective_grade" not in atom), {"grade": ["A", "B"]})
MEASURES = ("stop", {"limit": 0.2}, {"limit": 0.5}, "none", "exempt", {"vehicle_ban": "全部公路运输", "total": True})


def _conditions(atoms: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    one = st.sampled_from(atoms)
    several = st.lists(one, min_size=1, max_size=2)
    return st.one_of(
        several.map(lambda parts: {"all": parts}),
        st.lists(several.map(lambda parts: {"all": parts}), min_size=2, max_size=2).map(lambda parts: {"any": parts}),
        one.map(lambda part: {"not": part}),
    )


_MEASURE_RULES = st.fixed_dictionaries(
    {
        "kind": st.just("measure"),
        "when": _conditions(ATOMS),
        "then": st.sampled_from(MEASURES),
        "layer": st.sampled_from(("measure", "measure", "exemption", "sanction")),
        "regime": st.sampled_from(("warning", "warning", "always")),
    }
)
_CLASSES = st.fixed_dictionaries(
    {
        "kind": st.just("classification"),
        "when": _conditions(CLASS_ATOMS),
        "then": st.sampled_from(({"drop": 1}, {"grade": "未评级"})),
    }
)


def test_what_could_only_change_a_grade_that_asks_the_same_decides_nothing(
    make_book: BookMaker, decide: Decider
) -> None:
    near = {"all": [{"effective_grade": {"not": "C"}}, {"city_distance_km": {"le": 10}}]}
    drop = {"stable": True, "city_distance_km": {"gt": 10}}
    rules = [
        {"id": "near", "when": near, "then": {"limit": 0.5}},
        {"id": "drop", "kind": "classification", "when": drop, "then": {"drop": 1}},
    ]
    assert decide(make_book(rules=rules), [{"grade": "A"}])["hangs_on"].tolist() == ["city_distance_km"]


@pytest.mark.slow
@given(
    law=st.lists(_MEASURE_RULES, min_size=1, max_size=4),
    classes=st.lists(_CLASSES, max_size=1),
    known=st.lists(st.sampled_from(tuple(VALUES)), max_size=3, unique=True),
    data=st.data(),
)
@settings(max_examples=25, deadline=None, phases=(Phase.explicit, Phase.generate))
def test_hangs_on_is_the_union_of_the_minimal_decisive_sets(
    make_book: BookMaker, decide: Decider, law: list[Any], classes: list[Any], known: list[str], data: st.DataObject
) -> None:
    rules = [{"id": f"r{number}", **rule} for number, rule in enumerate([*law, *classes])]
    line = {name: data.draw(st.sampled_from(VALUES[name])) for name in known}
    open_fields = [name for name in VALUES if name not in known]
    choices = [(None, *VALUES[name]) for name in open_fields]
    filled = [dict(zip(open_fields, values, strict=True)) for values in itertools.product(*choices)]
    table = decide(make_book(rules=rules), [{**line, **values} for values in filled], apart=True)
    outcomes = [_outcome(row) for row in table.to_dict("records")]
    assert len(outcomes) == len(filled)
    decisive = {
        frozenset(name for name, value in values.items() if value is not None)
        for values, outcome in zip(filled, outcomes, strict=True)
        if outcome != outcomes[0]
    }
    minimal = [fields for fields in decisive if not any(other < fields for other in decisive)]
    said = set(table["hangs_on"].iloc[0].split(";")) - {""}
    assert said == set().union(*minimal)


def _outcome(row: dict[Any, Any]) -> tuple[Any, ...]:
    text = re.sub("（(日常|错峰生产)）", "", row["measure_text"])
    share = None if pd.isna(row["share"]) else row["share"]
    return row["status"], share, row["measure"], text, row["transport"], "依据缺失" in row["remark"]


def _only(table: pd.DataFrame) -> set[str]:
    return set(table["hangs_on"].iloc[0].split(";")) - {""}


def test_an_order_that_stops_anyway_hangs_on_nothing(make_book: BookMaker, decide: Decider) -> None:
    rules = [
        {"id": "stop", "then": "stop"},
        {"id": "limit", "when": {"stable": False}, "then": {"limit": 0.5}},
    ]
    assert _only(decide(make_book(rules=rules), [{}])) == set()


def test_a_rule_that_surely_does_not_hold_takes_no_question_away(make_book: BookMaker, decide: Decider) -> None:
    rules = [
        {"id": "stop", "when": {"zone": "重点"}, "then": "stop"},
        {"id": "limit", "when": {"stable": False}, "then": {"limit": 0.5}},
    ]
    book = make_book(rules=rules)
    assert [_only(decide(book, [{"zone": zone, "grade": "C"}])) for zone in ("一般", "重点")] == [{"stable"}, set()]


@pytest.mark.parametrize("step", [1, -1])
def test_a_line_hangs_on_the_same_whatever_stands_beside_it(make_book: BookMaker, decide: Decider, step: int) -> None:
    rules = [{"id": "limit", "then": {"limit": 0.2}}, {"id": "stop", "when": {"stable": False}, "then": "stop"}]
    table = decide(make_book(rules=rules), [{"stable": False}, {}, {"stable": True}][::step], apart=True)
    assert table["hangs_on"].tolist() == ["", "stable", ""]


def test_two_fields_that_only_together_decide_are_both_named(make_book: BookMaker, decide: Decider) -> None:
    rules = [{"id": "both", "when": {"stable": False, "zone": "重点"}, "then": "stop"}]
    assert _only(decide(make_book(rules=rules), [{}])) == {"stable", "zone"}
    assert _only(decide(make_book(rules=rules), [{"zone": "一般"}])) == set()
    assert _only(decide(make_book(rules=rules), [{"zone": "重点"}])) == {"stable"}


def test_a_field_that_helps_only_beside_another_name_of_a_column_that_suffices_is_not_named(
    make_book: BookMaker, decide: Decider
) -> None:
    """所在名单 holds several names: one of them that suffices alone is the whole column."""
    rules = [
        {"id": "one", "when": {"named_lists": "炉窑清单"}, "then": "stop"},
        {"id": "both", "when": {"named_lists": "错峰豁免清单", "stable": False}, "then": {"limit": 0.5}},
    ]
    assert _only(decide(make_book(rules=rules), [{}])) == {"named_lists"}


def test_a_field_that_helps_only_beside_one_that_suffices_is_not_named(make_book: BookMaker, decide: Decider) -> None:
    rules = [
        {"id": "one", "when": {"stable": False}, "then": "stop"},
        {"id": "both", "when": {"stable": False, "zone": "重点"}, "then": "stop"},
    ]
    assert _only(decide(make_book(rules=rules), [{}])) == {"stable"}


@pytest.mark.parametrize(
    ("condition", "source"), [({"sector": "钢铁"}, "industry"), ({"effective_grade": "D"}, "grade")]
)
def test_a_derived_field_is_named_by_its_source_column(
    make_book: BookMaker, decide: Decider, condition: Any, source: str
) -> None:
    rules = [{"id": "r", "when": condition, "then": "stop"}]
    assert _only(decide(make_book(rules=rules), [{"industry": None}])) == {source}


def test_hangs_on_is_carried_through_classification(make_book: BookMaker, decide: Decider) -> None:
    rules = [
        {"id": "drop", "kind": "classification", "when": {"stable": False}, "then": {"drop": 1}},
        {"id": "c", "when": {"effective_grade": "C"}, "then": {"limit": 0.5}},
        {"id": "d", "when": {"effective_grade": "D"}, "then": "stop"},
        {"id": "b", "when": {"effective_grade": "B"}, "then": {"limit": 0.2}},
    ]
    book = make_book(rules=rules)
    assert _only(decide(book, [{"grade": "C"}])) == {"stable"}
    assert _only(decide(book, [{"grade": "D"}])) == set()
    assert _only(decide(book, [{"grade": "C", "stable": True}])) == set()
    assert _only(decide(book, [{}])) == {"grade"}  # with the grade known or not, stability alone decides nothing


def test_missing_arithmetic_is_a_remark_and_not_what_an_order_hangs_on(make_book: BookMaker, decide: Decider) -> None:
    table = decide(make_book(rules=[{"id": "r", "then": {"coking_time": 30}}]), [{}])
    assert _only(table) == set()
    assert "缺核算数据：结焦时间" in table["remark"].iloc[0]


def test_a_blank_named_list_is_unknown_and_none_is_not(make_book: BookMaker, decide: Decider) -> None:
    book = make_book(rules=[{"id": "r", "when": {"named_lists": "炉窑清单"}, "then": "stop"}])
    table = decide(book, [{"named_lists": None}, {"named_lists": "无"}, {"named_lists": "炉窑清单;别的"}])
    assert list(table["hangs_on"]) == ["named_lists", "", ""]
    assert list(table["status"]) == ["undetermined", "undetermined", "ordered"]


def test_a_rule_for_blank_named_lists_speaks_of_blank_cells_alone(make_book: BookMaker, decide: Decider) -> None:
    book = make_book(rules=[{"id": "r", "when": {"named_lists": {"missing": True}}, "then": "stop"}])
    table = decide(book, [{"named_lists": said} for said in (None, "无", "炉窑清单", "无人知晓的名单")])
    assert list(table["status"]) == ["ordered", "undetermined", "undetermined", "undetermined"]
    assert list(table["hangs_on"]) == ["named_lists", "", "", ""]


def test_a_blank_county_is_named_where_a_county_has_a_rule_of_its_own(make_book: BookMaker, decide: Decider) -> None:
    rules = [{"id": "r", "then": {"limit": 0.2}}, {"id": "own", "area": "临汾市/尧都区", "then": "stop"}]
    assert _only(decide(make_book(rules=rules), [{"county": None}])) == {"county"}


def test_an_enterprises_worst_grade_is_open_while_a_grade_of_it_is_unknown(
    make_book: BookMaker, decide: Decider
) -> None:
    book = make_book(rules=[{"id": "r", "when": {"enterprise_worst_grade": "D"}, "then": "stop"}])
    table = decide(book, [{"grade": "B"}, {"grade": None}])
    assert list(table["hangs_on"]) == ["grade", "grade"]


def test_under_a_published_list_the_season_is_asked_about_even_where_the_rule_would_stop(
    make_book: BookMaker, decide: Decider
) -> None:
    rules = [
        {"id": "stop", "then": "stop"},
        {"id": "season", "kind": "season", "when": {"stable": False}, "then": {"limit": 0.5}},
    ]
    book = make_book(rules=rules)
    line = {"plan_red": "限产30%"}
    assert _only(decide(book, [line])) == set()
    assert _only(decide(book, [line], published=True)) == {"stable"}
    assert list(decide(book, [{**line, "stable": False}], published=True)["share"]) == [0.5]


def test_advice_that_another_measure_stands_on_can_change_an_order(make_book: BookMaker, decide: Decider) -> None:
    rules = [
        {"id": "base", "then": {"limit": 0.2}},
        {"id": "tip", "when": {"stable": False}, "then": {"advice": "提前检修"}},
        {"id": "more", "then": {"limit": 0.5, "on_top_of": ["tip"]}},
        {"id": "idle", "when": {"small": True}, "then": {"advice": "别的"}},
    ]
    book = make_book(rules=rules)
    assert _only(decide(book, [{}])) == {"stable"}
    assert list(decide(book, [{"stable": False}])["share"]) == [0.5]


@pytest.mark.parametrize("level", ["none", "yellow", "red"])
def test_a_rule_of_another_level_is_nothing_an_order_hangs_on(
    make_book: BookMaker, decide: Decider, level: str
) -> None:
    rules = [
        {"id": "r", "levels": ["red"], "when": {"stable": False}, "then": "stop"},
        {"id": "s", "kind": "season", "when": {"small": True}, "then": "stop"},
    ]
    expected = {"small"} if level != "red" else {"small", "stable"}
    assert _only(decide(make_book(rules=rules), [{}], level=level)) == expected
