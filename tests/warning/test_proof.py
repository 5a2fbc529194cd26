"""The windows that prove a level, and the level by either rounding."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertengine.rulebook import Rulebook, air_leaves
from alertengine.warning import Forecast, warn
from alertengine.warning.windows import _most_said

pytestmark = pytest.mark.whole

Days = Callable[..., Forecast]


def reason(book: Rulebook, forecast: Forecast) -> str:
    return str(warn(forecast, book).table["reason"].iloc[0])


def test_a_reason_names_the_windows_of_every_part(book: Rulebook, days: Days) -> None:
    said = reason(book, days("2019-01-04", [210, 310, 320, 220, 90, 90, 90, 90], "2019-01-03 15:00"))
    assert "逐24小时AQI均值210、310、320、220" in said
    assert "其中2019年1月4日0时至2019年1月8日0时连续96小时均大于200" in said
    assert "2019年1月5日0时至2019年1月7日0时连续48小时均大于300" in said


def test_a_level_by_one_of_several_conditions_names_that_one(book: Rulebook, days: Days) -> None:
    said = reason(book, days("2019-01-04", [500, 90, 90, 90, 90, 90], "2019-01-03 15:00"))
    assert "其中2019年1月4日0时至2019年1月5日0时连续24小时不低于500" in said
    assert "均大于300" not in said


@settings(max_examples=40, deadline=None)
@given(values=st.lists(st.integers(30, 500), min_size=3, max_size=9), year=st.sampled_from(["2019", "2025"]))
def test_every_window_named_meets_its_condition(book: Rulebook, days: Days, values: list[int], year: str) -> None:
    for one in warn(days(f"{year}-01-04", values, f"{year}-01-03 15:00"), book).graded.values():
        for run in one.runs:
            proofs = run.proofs()
            assert proofs
            assert run.rule.start
            assert {proof.condition for proof in proofs} <= set(air_leaves(run.rule.start))
            for proof in proofs:
                over = np.greater if proof.condition.above is not None else np.greater_equal
                assert over(proof.windows, proof.condition.threshold).all()
                assert proof.last - proof.first == proof.condition.hours
                start, end = (run.origin + pd.Timedelta(hours=hour) for hour in (proof.first, proof.last))
                assert start < run.end
                assert end > run.start


@pytest.mark.parametrize(("low", "high", "decides"), [(180, 221, True), (180, 219, False), (190, 230, False)])
def test_where_rounding_decides_both_readings_are_said(
    book: Rulebook, days: Days, low: int, high: int, *, decides: bool
) -> None:
    forecast = days("2019-01-04", [205, 205, 90, 90, 90, 90], "2019-01-03 15:00")
    for name, value in (("aqi_low", low), ("aqi_mid", (low + high) // 2), ("aqi_high", high)):
        forecast.rows[name][:2] = value
    warnings = warn(forecast, book)
    assert [note.code for note in warnings.notes if note.code == "rounding_decides"] == ["rounding_decides"] * decides


def test_the_other_reading_stands_in_the_reason(book: Rulebook, days: Days) -> None:
    forecast = days("2019-01-04", [210, 210, 205, 90, 90, 90, 90], "2019-01-03 15:00")
    for name, value in (("aqi_low", 180), ("aqi_mid", 200), ("aqi_high", 221)):
        forecast.rows[name][2] = value
    said = reason(book, forecast)
    assert "级别由AQI取整决定：按标准取整、预报区间中值舍去小数为黄色" in said
    assert "中值保留小数为橙色" in said


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ({"PM2.5": 13, "O3": 11}, "PM2.5"),
        ({"PM2.5": 12, "O3": 12}, ""),  # half is not most
        ({"PM2.5": 7, "O3": 6, "": 11}, "PM2.5"),  # of the hours that name one
        ({"PM10": 1, "": 23}, "PM10"),
        ({"": 24}, ""),
    ],
)
def test_the_pollutant_of_a_window_is_what_most_of_its_hours_say(hours: dict[str, int], said: str) -> None:
    primary = np.array([name for name, count in hours.items() for _ in range(count)])
    assert _most_said(primary, 24)[0] == said
