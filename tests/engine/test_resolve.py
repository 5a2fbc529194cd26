"""Resolving: layers within a regime, regimes together, the strictest of one kind."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from alertengine.engine import stricter
from alertengine.rulebook import read_measures
from tests.conftest import BookMaker, Decider, document


@pytest.fixture(scope="module")
def order(make_book: BookMaker, decide: Decider) -> Any:
    """The first order of one line under some rules."""

    def run(*rules: dict[str, Any], line: dict[str, Any] | None = None, **options: Any) -> pd.Series[Any]:
        return decide(make_book(rules=rules), [line or {}], **options).iloc[0]

    return run


def _ids(text: str) -> set[str]:
    return set(filter(None, text.split(";")))


LIMIT = {"id": "limit", "then": {"limit": 0.2}}


@pytest.mark.parametrize(
    ("higher", "lower"),
    [("livelihood", "sanction"), ("sanction", "exemption"), ("exemption", "verified"), ("verified", "measure")],
)
def test_the_higher_layer_sets_the_lower_aside_within_a_regime(order: Any, higher: str, lower: str) -> None:
    row = order({"id": "high", "layer": higher, "then": {"limit": 0.1}}, {"id": "low", "layer": lower, "then": "stop"})
    assert row["share"] == 0.1
    assert _ids(row["rules"]) == {"high"}
    assert _ids(row["set_aside"]) == {"low"}


def test_a_sanction_set_aside_for_livelihood_is_left_to_a_person(order: Any) -> None:
    row = order(
        {"id": "heat", "layer": "livelihood", "then": {"demand_cap": "heat"}},
        {"id": "fine", "layer": "sanction", "then": "stop"},
    )
    assert _ids(row["set_aside"]) == {"fine"}
    assert "须人工决定" in row["remark"]


def test_livelihood_that_speaks_of_vehicles_alone_protects_from_no_sanction(order: Any) -> None:
    row = order(
        {"id": "heat", "layer": "livelihood", "then": {"vehicle_ban": "停止公路运输"}},
        {"id": "fine", "layer": "sanction", "regime": "always", "then": "stop"},
    )
    assert row["share"] == 1
    assert not _ids(row["set_aside"])


def test_regimes_are_merged_and_all_hold(order: Any) -> None:
    row = order(LIMIT, {"id": "winter", "kind": "season", "then": {"coking_time": 30}}, line={"coking_hours": 20})
    assert _ids(row["rules"]) == {"limit", "winter"}
    assert row["measure"] == "limit;coking_time"
    assert row["share"] == pytest.approx(1 / 3, abs=1e-6)
    assert "错峰生产" in row["measure_text"]


@pytest.mark.parametrize("other", [{"kind": "season"}, {"regime": "always"}])
def test_an_exemption_never_lifts_another_regime(order: Any, other: dict[str, Any]) -> None:
    lifted = {"id": "lifted", "layer": "exemption", "then": "exempt", **other}
    row = order(LIMIT, lifted)
    assert (row["status"], row["share"]) == ("ordered", 0.2)
    row = order({"id": "free", "layer": "exemption", "then": "exempt"}, {"id": "base", "then": "stop", **other})
    assert (row["status"], row["share"]) == ("ordered", 1)


def test_an_exemption_that_names_several_regimes_lifts_them(order: Any) -> None:
    row = order(
        LIMIT,
        {"id": "winter", "kind": "season", "then": "stop"},
        {"id": "free", "layer": "exemption", "regimes": ["warning", "season"], "then": "exempt"},
    )
    assert (row["status"], row["share"]) == ("exempt", 0)
    assert _ids(row["set_aside"]) == {"limit", "winter"}


def test_stop_absorbs_everything(order: Any) -> None:
    row = order({"id": "stop", "then": "stop"}, LIMIT, {"id": "coke", "then": {"coking_time": 30}})
    assert row["measure"] == "stop"
    assert row["share"] == 1
    assert _ids(row["set_aside"]) == {"limit", "coke"}


def test_a_stop_of_some_hours_absorbs_no_measure_of_the_whole_day(order: Any) -> None:
    row = order({"id": "night", "then": {"stop": True, "daily": "20:00-08:00"}}, {"id": "all", "then": {"limit": 0.6}})
    assert _ids(row["rules"]) == {"night", "all"}
    assert row["share"] == 0.6


def test_the_strictest_wins_only_among_the_same_kind(order: Any) -> None:
    row = order(LIMIT, {"id": "half", "then": {"limit": 0.5}}, {"id": "coke", "then": {"coking_time": 30}})
    assert _ids(row["rules"]) == {"half", "coke"}
    assert _ids(row["set_aside"]) == {"limit"}


@pytest.mark.parametrize(
    ("strict", "lax"),
    [
        ({"limit": 0.5}, {"limit": 0.2}),
        ({"coking_time": 36}, {"coking_time": 30}),
        ({"feed_cap": 500}, {"feed_cap": 600}),
        ({"feed_cap": {"cut": 0.5}}, {"feed_cap": {"cut": 0.2}}),
        ({"cycle_cap": 4}, {"cycle_cap": 6}),
        ({"stop_units": 3}, {"stop_units": 2}),
        ({"stop_share": 0.5}, {"stop_share": 0.3}),
        ({"emission_cap": {"so2": 30}}, {"emission_cap": {"so2": 50}}),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_which_of_two_measures_is_stricter(order: Any, strict: Any, lax: Any, turned: bool) -> None:
    names = ("b", "a") if turned else ("a", "b")
    row = order({"id": names[0], "then": strict}, {"id": names[1], "then": lax})
    assert _ids(row["rules"]) == {names[0]}
    assert _ids(row["set_aside"]) == {names[1]}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"limit": 0.5}, {"limit": 0.2, "base": "permit"}),
        ({"limit": 0.5, "daily": "20:00-08:00"}, {"limit": 0.2}),
        ({"feed_cap": 500}, {"feed_cap": {"cut": 0.2}}),
        ({"stop_share": 0.5, "by": "line"}, {"stop_share": 0.3, "by": "capacity"}),
        ({"emission_cap": {"so2": 30, "nox": 200}}, {"emission_cap": {"so2": 50, "nox": 100}}),
        ({"emission_cap": {"so2": 30}}, {"emission_cap": {"nox": 100}}),
        ({"stop_units": 1, "size_at_least": 90}, {"stop_units": 2, "size_at_most": 50}),
    ],
)
def test_measures_of_different_kind_base_or_window_hold_together(order: Any, one: Any, other: Any) -> None:
    row = order({"id": "a", "then": one}, {"id": "b", "then": other})
    assert _ids(row["rules"]) == {"a", "b"}
    assert row["set_aside"] == ""


@pytest.mark.parametrize(
    "then",
    [{"limit": 0.5}, {"coking_time": 36}, {"feed_cap": 500}, {"feed_cap": {"cut": 0.2}}, {"stop_units": 2},
     {"stop_share": 0.5}, {"emission_cap": {"so2": 30, "nox": 50}}, "stop"],
)  # fmt: skip
def test_what_asks_the_same_in_other_words_is_as_strict(then: Any) -> None:
    (one,) = read_measures(then)
    other = one.model_copy(update={"remark": "另见附件"})
    assert one != other
    assert stricter(one, other)
    assert stricter(other, one)


def test_two_rules_that_ask_the_same_are_both_cited_and_said_once(order: Any) -> None:
    row = order(LIMIT, {"id": "again", "then": {"limit": 0.2}})
    assert _ids(row["rules"]) == {"limit", "again"}
    assert row["measure_text"] == "限产20%"


def test_what_holds_on_top_of_another_rule_holds_only_beside_it(order: Any) -> None:
    more = {"id": "more", "then": {"limit": 0.4, "on_top_of": ["base"]}}
    assert _ids(order(LIMIT, more)["rules"]) == {"limit"}
    row = order({"id": "base", "then": {"coking_time": 30}}, more)
    assert _ids(row["rules"]) == {"base", "more"}
    row = order({"id": "base", "when": {"process": "熔炼"}, "then": {"coking_time": 30}}, more)
    assert row["status"] == "undetermined"


@pytest.mark.parametrize(
    ("hours", "share", "bound"), [(0, 1, "stop"), (119.9, 1, "stop"), (120, 0.5, "half"), (500, 0.5, "half")]
)
def test_phases_hold_between_their_hours(order: Any, hours: float, share: float, bound: str) -> None:
    rules = (
        {"id": "stop", "then": {"stop": True, "until_hours": 120}},
        {"id": "half", "then": {"limit": 0.5, "after_hours": 120}},
    )
    row = order(*rules, since=hours)
    assert row["share"] == share
    assert _ids(row["rules"]) == {bound}


# -- status


def test_no_rule_at_a_warning_is_undetermined_and_without_one_is_none(order: Any) -> None:
    elsewhere = {"id": "r", "when": {"process": "熔炼"}, "then": "stop"}
    row = order(elsewhere)
    assert (row["status"], row["measure_text"]) == ("undetermined", "依据缺失，待人工确定")
    assert "预警措施依据缺失" in row["remark"]
    row = order(elsewhere, level="none")
    assert (row["status"], row["measure"], row["share"]) == ("none", "none", 0)


def test_a_season_order_does_not_hide_that_the_warning_has_no_ground(order: Any) -> None:
    row = order({"id": "winter", "kind": "season", "then": {"limit": 0.4}})
    assert (row["status"], row["share"]) == ("ordered", 0.4)
    assert "预警措施依据缺失" in row["remark"]
    assert (
        "预警措施依据缺失"
        not in order({"id": "winter", "kind": "season", "then": {"limit": 0.4}}, level="none")["remark"]
    )


def test_what_is_left_to_the_citys_plan_is_undetermined_with_that_reason(order: Any) -> None:
    row = order({"id": "r", "then": {"refer": "由市方案规定"}})
    assert (row["status"], row["measure_text"]) == ("undetermined", "由市方案规定")
    assert "地方方案" in row["remark"]
    assert "依据缺失" not in row["remark"]
    assert _ids(row["rules"]) == {"r"}


def test_none_of_a_measure_row_is_an_order_and_of_a_higher_layer_an_exemption(order: Any) -> None:
    assert order({"id": "r", "then": "none"})["status"] == "ordered"
    assert order({"id": "r", "then": "none"})["measure"] == "none"
    assert order({"id": "r", "layer": "exemption", "then": "none"})["status"] == "exempt"
    assert order({"id": "r", "then": "exempt"})["status"] == "exempt"


@pytest.mark.parametrize(
    ("warning", "season", "status"),
    [
        ("exempt", {"limit": 0.2}, "ordered"),
        ("exempt", "self_directed", "self_directed"),
        ({"refer": "市"}, "exempt", "undetermined"),
        ("self_directed", {"refer": "市"}, "undetermined"),
        ("exempt", "exempt", "exempt"),
    ],
)
def test_the_status_is_the_first_that_any_regime_gives(order: Any, warning: Any, season: Any, status: str) -> None:
    row = order({"id": "w", "then": warning}, {"id": "s", "kind": "season", "then": season})
    assert row["status"] == status


def test_a_real_measure_sets_a_state_of_its_layer_aside(order: Any) -> None:
    for state in ("none", "exempt", "self_directed", {"refer": "市"}):
        row = order(LIMIT, {"id": "state", "then": state})
        assert (row["status"], row["share"], row["set_aside"]) == ("ordered", 0.2, "state")


# -- levels, transport, advice


@pytest.mark.parametrize("level", ["yellow", "orange", "red"])
def test_a_rule_speaks_at_its_levels_only(order: Any, level: str) -> None:
    row = order({"id": "r", "levels": ["orange", "red"], "then": "stop"}, level=level)
    assert (row["status"] == "ordered") == (level != "yellow")
    assert row["level"] == level


def test_the_track_of_transport_is_apart_from_production(order: Any) -> None:
    row = order(
        {"id": "free", "layer": "exemption", "then": "exempt"},
        {"id": "trucks", "then": {"vehicle_ban": "国四及以下重型载货车辆"}},
    )
    assert row["status"] == "exempt"
    assert row["transport"] == "禁止国四及以下重型载货车辆进出厂区"
    assert _ids(row["rules"]) == {"free", "trucks"}
    row = order({"id": "trucks", "then": {"vehicle_ban": "停止公路运输"}})
    assert (row["status"], row["transport"]) == ("undetermined", "停止公路运输")


@pytest.mark.parametrize(
    ("some", "all_", "absorbed"),
    [("", "", True), ("20:00-08:00", "", True), ("20:00-08:00", "20:00-08:00", True), ("", "20:00-08:00", False)],
)
def test_a_total_ban_absorbs_narrower_ones_of_its_hours(order: Any, some: str, all_: str, absorbed: bool) -> None:
    window = {"some": {"daily": some} if some else {}, "all": {"daily": all_} if all_ else {}}
    row = order(
        {"id": "some", "then": {"vehicle_ban": "国四及以下", "stage_at_most": 4, **window["some"]}},
        {"id": "all", "then": {"vehicle_ban": "全部公路运输", "total": True, **window["all"]}},
    )
    assert (_ids(row["rules"]), _ids(row["set_aside"])) == (
        ({"all"}, {"some"}) if absorbed else ({"some", "all"}, set())
    )
    assert ("国四" in row["transport"]) != absorbed
    assert "全部公路运输" in row["transport"]


def test_advice_orders_nothing(order: Any) -> None:
    row = order(LIMIT, {"id": "tip", "then": {"advice": "提前检修"}})
    assert row["measure"] == "limit"
    assert "建议：提前检修" in row["remark"]
    assert "tip" in _ids(row["rules"])


def test_the_basis_cites_document_number_and_article_and_the_weakest_standing(
    make_book: BookMaker, decide: Decider
) -> None:
    book = make_book(
        document("one", number="甲〔2020〕1号", rules=[{"id": "a", "article": "三(一)", "then": {"limit": 0.2}}]),
        document("two", source="secondary", rules=[{"id": "b", "article": "五", "then": {"coking_time": 30}}]),
    )
    row = decide(book, [{}]).iloc[0]
    assert set(row["basis"].split("；")) == {"《one方案》（甲〔2020〕1号）三(一)", "《two方案》五"}
    assert row["standing"] == "secondary"
    assert "须核对官方文本" in row["remark"]
