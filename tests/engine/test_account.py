"""Accounting: how each measure turns into a share of a line's emission, and what is named where figures lack."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from alertengine.lists import read_list
from alertengine.orders import decide as decide_list
from alertengine.vocabulary import POLLUTANTS
from tests.conftest import BookMaker, Decider, rows_of

DAILY = {"capacity": 1000, "capacity_unit": "吨/日"}


@pytest.fixture(scope="module")
def order(make_book: BookMaker, decide: Decider) -> Any:
    """The order of one line under one measure."""

    def run(then: Any, line: dict[str, Any], **options: Any) -> pd.Series[Any]:
        book = make_book(rules=[{"id": "r", "then": then}])
        return decide(book, [line], **options).iloc[0]

    return run


@pytest.mark.parametrize(
    ("then", "line", "share"),
    [
        ("stop", {}, 1),
        ("none", {}, 0),
        ({"limit": 0.3}, {}, 0.3),
        ({"limit": 0.3}, {"load_pct": 100}, 0.3),
        ({"limit": 0.3}, {"load_pct": 80}, 1 - 0.7 / 0.8),
        ({"limit": 0.3}, {"load_pct": 70}, 0),
        ({"limit": 0.3}, {"load_pct": 50}, 0),
        ({"limit": 0.3}, {"load_pct": 0}, 0),
        ({"limit": 1.0}, {"load_pct": 0}, 0),
        ({"demand_cap": "verified_load"}, {"load_verified_pct": 0, "load_pct": 0}, 0),
        ({"limit": 0.3, "base": "capacity"}, {"load_pct": 80}, 1 - 0.7 / 0.8),
        # bases: the cap is (1 - share) of the base, against what runs today
        ({"limit": 0.2, "base": "permit"}, {**DAILY, "load_pct": 90, "permit_daily": 800}, 1 - 640 / 900),
        ({"limit": 0.2, "base": "eia"}, {**DAILY, "load_pct": 50, "eia_daily": 800}, 0),
        ({"limit": 0.2, "base": "last_year"}, {**DAILY, "load_pct": 100, "actual_daily": 700}, 1 - 560 / 1000),
        (
            {"limit": 0.2, "base": "least_of_three"},
            {**DAILY, "load_pct": 100, "actual_daily": 700, "eia_daily": 900, "permit_daily": 600},
            1 - 480 / 1000,
        ),
        # yearly capacity is spread over production days, or 365 where they are not on file
        (
            {"limit": 0.2, "base": "permit"},
            {"capacity": 30, "capacity_unit": "万吨/年", "production_days": 300, "load_pct": 100, "permit_daily": 0.1},
            0.2,
        ),
        (
            {"limit": 0.5, "base": "permit"},
            {"capacity": 365, "capacity_unit": "万吨/年", "load_pct": 100, "permit_daily": 1},
            0.5,
        ),
        # coking time
        ({"coking_time": 36}, {"coking_hours": 24}, 1 - 24 / 36),
        ({"coking_time": 36}, {"coking_hours": 36}, 0),
        ({"coking_time": 36}, {"coking_hours": 48}, 0),
        # caps a day
        ({"feed_cap": 768}, {"feed_daily": 960}, 0.2),
        ({"feed_cap": {"to": 768}}, {"feed_daily": 700}, 0),
        ({"feed_cap": {"cut": 0.25}}, {}, 0.25),
        ({"cycle_cap": 6}, {"cycles_daily": 8}, 0.25),
        ({"cycle_cap": 22, "per": "unit"}, {"cycles_daily": 100, "units": 4}, 0.12),
        ({"cycle_cap": 22, "per": "unit"}, {"cycles_daily": 22, "units": 1}, 0),
        ({"cycle_cap": 22, "per": "unit"}, {"cycles_daily": 80, "units": 4}, 0),
        ({"cycle_cap": {"cut": 0.5}}, {"cycles_daily": 8}, 0.5),
        # verified loads
        ({"demand_cap": "verified_load"}, {"load_verified_pct": 40, "load_pct": 80}, 0.5),
        ({"demand_cap": "verified_load"}, {"load_verified_pct": 90, "load_pct": 80}, 0),
        ({"demand_cap": "heat"}, {**DAILY, "load_pct": 100, "demand_daily": 600}, 0.4),
        ({"demand_cap": "output"}, {**DAILY, "load_pct": 50, "demand_daily": 600}, 0),
        # windows of the day
        ({"stop": True, "daily": "20:00-08:00"}, {}, 0.5),
        ({"stop": True, "daily": "08:00-20:00"}, {}, 0.5),
        ({"limit": 0.4, "daily": "22:30-04:30"}, {}, 0.1),
        ({"stop": True, "daily": "00:00-24:00"}, {}, 1),
    ],
)
def test_the_share_of_a_measure(order: Any, then: Any, line: dict[str, Any], share: float) -> None:
    row = order(then, line)
    assert row["share"] == pytest.approx(share, abs=1e-6)
    for pollutant, emission in zip(POLLUTANTS, (100, 200, 50, 10), strict=True):
        assert row[f"{pollutant}_kg_d"] == pytest.approx(share * emission, abs=1e-3)


@pytest.mark.parametrize(
    ("then", "line", "share", "lacking"),
    [
        ({"limit": 0.2, "base": "permit"}, {**DAILY, "load_pct": 90}, 0.2, "许可日产能"),
        ({"limit": 0.2, "base": "least_of_three"}, {"eia_daily": 9}, 0.2, "上年日均产量、许可日产能"),
        ({"limit": 0.2, "base": "permit"}, {"load_pct": 90, "permit_daily": 800}, 0.2, "产能"),
        ({"coking_time": 36}, {}, None, "结焦时间"),
        ({"feed_cap": 768}, {}, None, "日投料量"),
        ({"cycle_cap": 6}, {}, None, "日均炉次"),
        ({"cycle_cap": 6, "per": "unit"}, {}, None, "日均炉次"),
        ({"cycle_cap": 22, "per": "unit"}, {"units": 4}, None, "日均炉次"),
        ({"demand_cap": "verified_load"}, {"load_pct": 80}, None, "核定错峰负荷"),
        ({"demand_cap": "heat"}, {**DAILY, "demand_daily": 600}, None, "生产负荷"),
    ],
)
def test_a_figure_not_on_file_is_named(
    order: Any, then: Any, line: dict[str, Any], share: float | None, lacking: str
) -> None:
    row = order(then, line)
    assert (None if np.isnan(row["share"]) else row["share"]) == share
    said = row["remark"].split("缺核算数据：")[1].split("；")[0]
    assert all(name in said for name in lacking.split("、"))
    assert ("减排比例无法核算" in row["remark"]) == (share is None)
    assert row["hangs_on"] == ""


@pytest.mark.parametrize(
    ("units", "cycles", "share", "lacking"),
    [
        ("4", "100", 0.12, ""),
        ("4", "", None, "日均炉次"),
        ("不详", "100", None, "设备数量"),
        ("", "20", 0, ""),
    ],
)
def test_a_cap_for_each_furnace_of_a_list(
    make_book: BookMaker, units: str, cycles: str, share: float | None, lacking: str
) -> None:
    """每座炉每日不超过22炉 of a converter shop with four furnaces and a hundred heats: 12 heats fewer."""
    row = {
        "企业名称": "甲", "城市": "临汾市", "行业": "长流程联合钢铁", "生产线编号": "1", "工序": "转炉",
        "设备数量": units, "日均炉次": cycles, "SO2排放量": 1, "NOx排放量": 1, "颗粒物排放量": 1, "VOCs排放量": 1,
    }  # fmt: skip
    book = make_book(rules=[{"id": "r", "level": "red", "then": {"cycle_cap": 22, "per": "unit"}}])
    [order] = decide_list(pd.DataFrame([row]), book, level="red", date="2021-12-10").table.to_dict("records")
    assert (None if np.isnan(order["share"]) else round(order["share"], 6)) == share
    assert "每座炉22" in order["measure_text"].replace("不超过", "")
    assert (f"缺核算数据：{lacking}" in order["remark"]) == bool(lacking)


def test_banking_and_an_uncomputable_cap_are_blank_and_marked(order: Any) -> None:
    row = order("bank", {})
    assert np.isnan(row["share"])
    assert np.isnan(row["so2_kg_d"])
    assert "减排比例无法核算" in row["remark"]


def test_beside_a_computable_measure_an_uncomputable_one_makes_a_lower_bound(order: Any) -> None:
    row = order(["bank", {"limit": 0.3}], {})
    assert row["share"] == 0.3
    assert "减排比例为下限" in row["remark"]
    assert row["measure"] == "limit;bank"


def test_emission_caps_reduce_each_pollutant_by_its_own_share(order: Any) -> None:
    row = order({"emission_cap": {"so2": 30, "nox": 100}}, {"so2_mg_m3": 60, "nox_mg_m3": 80})
    assert row["so2_kg_d"] == 50
    assert row["nox_kg_d"] == 0
    assert row["pm_kg_d"] == 0
    assert np.isnan(row["share"])  # no single share of the line


def test_emission_caps_within_hours_reduce_by_those_hours_and_vocs_are_not_on_a_list(order: Any) -> None:
    cap = {"emission_cap": {"so2": 30, "vocs": 20}, "daily": "20:00-08:00"}
    row = order(cap, {"so2_mg_m3": 60, "nox_mg_m3": 80})
    assert row["so2_kg_d"] == pytest.approx(100 * 0.5 * 12 / 24)
    assert row["nox_kg_d"] == 0
    assert pd.isna(row["vocs_kg_d"])


def test_emission_caps_that_bind_nothing_have_share_nought(order: Any) -> None:
    row = order({"emission_cap": {"so2": 30}}, {"so2_mg_m3": 20})
    assert row["share"] == 0
    assert row["so2_kg_d"] == 0


def test_emission_caps_beside_a_limit_take_the_larger_of_both(order: Any) -> None:
    row = order([{"emission_cap": {"so2": 30}}, {"limit": 0.2}], {"so2_mg_m3": 60})
    assert row["so2_kg_d"] == 50
    assert row["nox_kg_d"] == 40


def test_an_unknown_concentration_is_named(order: Any) -> None:
    row = order({"emission_cap": {"so2": 30}}, {})
    assert np.isnan(row["so2_kg_d"])
    assert "缺核算数据：SO2浓度" in row["remark"]


def test_kilograms_are_those_reduced_and_unknown_emission_stays_blank(order: Any) -> None:
    row = order({"limit": 0.2}, {"so2_kg_d": None, "nox_kg_d": 123.4567})
    assert np.isnan(row["so2_kg_d"])
    assert row["nox_kg_d"] == pytest.approx(24.691)


def test_the_base_sets_the_tonnes_of_the_text(order: Any) -> None:
    row = order({"limit": 0.2, "base": "permit"}, {"permit_daily": 800, "capacity_unit": "t/d"})
    assert "日产量不超过640吨" in row["measure_text"]
    assert "排污许可日产能" in row["measure_text"]


def test_without_a_unit_no_tonnes_are_named(order: Any) -> None:
    row = order({"limit": 0.2, "base": "permit"}, {"permit_daily": 800})
    assert "日产量" not in row["measure_text"]


@pytest.mark.parametrize(
    ("header", "value", "capacity", "unit", "share", "cap", "told"),
    [
        ("许可日产能", 0.45, 150, "万吨/年", 0.28, "0.36万吨", None),
        ("许可日产能", 4500, 150, "万吨/年", 0.28, "0.36万吨", "daily_figure_plain"),
        ("许可日产能(吨/日)", 4500, 150, "万吨/年", 0.28, "0.36万吨", None),
        ("许可日产能(万吨/日)", 0.45, 5000, "t/d", 0.28, "3600吨", None),
        ("许可日产能", 0.45, 5000, "t/d", 0.2, "", "daily_figure_unit"),
        ("许可日产能(平方米/日)", 4500, 5000, "吨/日", 0.2, "", "daily_figure_unit"),
    ],
)
def test_capacity_and_daily_figures_are_compared_in_one_unit(
    make_book: BookMaker,
    header: str,
    value: float,
    capacity: float,
    unit: str,
    share: float,
    cap: str,
    told: str | None,
) -> None:
    row = rows_of([{"enterprise": "甲", "line_id": "1", "capacity": capacity, "capacity_unit": unit}])[0]
    row |= {"production_days": 300, "load_pct": 100, header: value}
    book = make_book(rules=[{"id": "r", "then": {"limit": 0.2, "base": "permit"}}])
    lines = read_list(pd.DataFrame([row]), book)
    order = decide_list(lines, book, level="red", date="2021-12-10").table.iloc[0]
    assert order["share"] == pytest.approx(share)
    assert f"日产量不超过{cap}" in order["measure_text"] if cap else "日产量" not in order["measure_text"]
    assert [one.code for one in lines.problems if "daily" in one.code] == ([told] if told else [])


@pytest.mark.parametrize("status", ["exempt", "none"])
def test_what_asks_nothing_has_share_and_kilograms_nought(order: Any, status: str) -> None:
    row = order(status, {})
    assert row["share"] == 0
    assert row["so2_kg_d"] == 0


def test_undetermined_lines_have_neither_share_nor_kilograms(make_book: BookMaker, decide: Decider) -> None:
    book = make_book(rules=[{"id": "r", "when": {"process": "熔炼"}, "then": "stop"}])
    row = decide(book, [{}]).iloc[0]
    assert row["status"] == "undetermined"
    assert np.isnan(row["share"])
    assert np.isnan(row["so2_kg_d"])
    assert row["measure"] == ""


def test_a_lower_bound_is_never_said_of_a_line_that_stops(order: Any) -> None:
    row = order(["bank", "stop"], {})
    assert row["share"] == 1
    assert "下限" not in row["remark"]
