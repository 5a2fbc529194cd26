"""The index against published rows, check values of the standards, and its edges."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertengine.rulebook import AqiRule
from alertengine.warning import AqiStandard, class_bounds, classes_of, daily_aqi
from alertengine.warning.aqi import eight_hour_mean, hourly_aqi, moving_mean

Rule = Callable[[int], AqiRule]
Data = Callable[[str], Path]
FEED = {"PM2.5": "pm25", "PM10": "pm10", "SO2": "so2", "NO2": "no2", "CO": "co", "O3": "o3", "O3_1h": "o3"}


def test_station_rows_are_exact(aqi_rule: Rule, data: Data) -> None:
    rows = pd.read_csv(data("aqi_vectors_station_hourly_2012_ceil.csv"))
    out = hourly_aqi(rows.rename(columns=FEED), AqiStandard(aqi_rule(2012)), pm="hour")
    assert (out["aqi"] == rows["AQI_published"]).all()
    published = rows["primary_published"].fillna("").map(lambda text: set(filter(None, text.split("/"))))
    assert (pd.Series(out["primary"]).map(lambda text: set(filter(None, text.split("|")))) == published).all()
    assert len(rows) == 4000


def test_city_rows_are_exact_when_rounding_half_up(aqi_rule: Rule, data: Data) -> None:
    rows = pd.read_csv(data("aqi_vectors_city_hourly_2012_halfup.csv"))
    frame = rows.rename(columns=FEED)
    rule = aqi_rule(2012)
    assert (hourly_aqi(frame, AqiStandard(rule, rounding="half_up"), pm="hour")["aqi"] == rows["AQI_published"]).all()
    assert not (hourly_aqi(frame, AqiStandard(rule), pm="hour")["aqi"] == rows["AQI_published"]).all()
    assert len(rows) == 2473


@pytest.mark.parametrize(
    ("column", "value", "of_2012", "of_2026"),
    [
        ("pm25_24h", 61, 83, 101),
        ("pm25_24h", 115, 150, 150),
        ("pm25_24h", 151, 201, 201),
        ("pm25_24h", 150, 200, 200),
        ("pm25_24h", 150.4, 201, 200),  # 2026 rounds the concentration first
        ("pm25_24h", 600, 500, 500),
        ("pm10_24h", 130, 90, 104),
        ("so2_24h", 150, 100, 100),
        ("so2_1h", 800, 200, 200),
        ("so2_1h", 801, np.nan, 200),
        ("o3_8h", 800, 300, 300),
        ("o3_8h", 801, np.nan, 300),
        ("co_24h", 4.04, 101, 100),
        ("pm25_24h", np.nan, np.nan, np.nan),
        ("pm25_24h", -1, np.nan, np.nan),
        ("pm25_24h", 0, 0, 0),
    ],
)
def test_check_values(aqi_rule: Rule, column: str, value: float, of_2012: float, of_2026: float) -> None:
    found = [float(AqiStandard(aqi_rule(year)).iaqi(column, value)) for year in (2012, 2026)]
    assert found == pytest.approx([of_2012, of_2026], nan_ok=True)


def test_concentrations_round_half_to_even(aqi_rule: Rule) -> None:
    standard = AqiStandard(aqi_rule(2026))
    assert standard.iaqi("pm25_24h", [114.5, 115.5]).tolist() == standard.iaqi("pm25_24h", [114, 116]).tolist()


def test_daily_index_ties_and_lowest(aqi_rule: Rule) -> None:
    frame = pd.DataFrame(
        {
            "pm25": [151.0, 0.0, 75.0],
            "pm10": [352.0, 0.0, 150.0],
            "so2": [1.0, 0.0, 1.0],
            "no2": [1.0, 0.0, 1.0],
            "co": [0.1, 0.0, 0.1],
            "o3": [1.0, 0.0, 1.0],
        }
    )
    old = daily_aqi(frame, AqiStandard(aqi_rule(2012)))
    assert old["aqi"].tolist() == [203, 0, 100]
    assert old["primary"].tolist() == ["PM10", "", "PM2.5|PM10"]
    assert old["class"].tolist() == ["重度污染", "优", "良"]
    assert daily_aqi(frame, AqiStandard(aqi_rule(2026)))["aqi"].tolist() == [203, 1, 114]


def test_a_missing_pollutant(aqi_rule: Rule) -> None:
    frame = pd.DataFrame({"pm25": [40.0, 115.0]})
    new = daily_aqi(frame, AqiStandard(aqi_rule(2026)))
    assert new["aqi"].tolist() == pytest.approx([np.nan, 150], nan_ok=True)  # published only above 100
    assert new["missing"].tolist() == ["PM10|SO2|NO2|CO|O3"] * 2
    assert daily_aqi(frame, AqiStandard(aqi_rule(2012)))["aqi"].tolist() == [57, 150]


def test_an_so2_hour_above_its_table_takes_the_day(aqi_rule: Rule) -> None:
    frame = pd.DataFrame({"so2": [900.0, 801.0, 800.0, 100.0], "so2_24h": [475.0, 1600.0, 1600.0, 475.0]})
    out = hourly_aqi(frame, AqiStandard(aqi_rule(2012)))
    assert out["iaqi_so2"].tolist() == [150, 300, 200, 34]  # 800 is the last number of the table


def test_classes() -> None:
    assert classes_of([0, 50, 51, 200, 201, 300, 301, 500, np.nan]).tolist() == [
        "优", "优", "良", "中度污染", "重度污染", "重度污染", "严重污染", "严重污染", "",
    ]  # fmt: skip
    assert [class_bounds(name) for name in ("优", "重度污染", "严重污染")] == [(0, 50), (201, 300), (301, 500)]


def test_a_mean_needs_enough_hours() -> None:
    hours = np.full(48, 10.0)
    hours[:4] = np.nan
    assert moving_mean(hours, 24, 20)[0] == 10
    hours[4] = np.nan
    assert np.isnan(moving_mean(hours, 24, 20)[0])
    assert np.isnan(moving_mean(hours, 24, 20)[25:]).all()  # the window runs past the end
    assert np.isnan(eight_hour_mean(np.full(8, 100.0), 6)[:5]).all()
    assert eight_hour_mean(np.full(8, 100.0), 6)[5] == 100


@given(st.lists(st.floats(0, 3000), min_size=1, max_size=30), st.sampled_from(["pm25_24h", "pm10_24h", "so2_24h"]))
def test_the_index_never_falls_when_air_worsens(aqi_rule: Rule, values: list[float], column: str) -> None:
    for year in (2012, 2026):
        index = AqiStandard(aqi_rule(year)).iaqi(column, sorted(values))
        assert (np.diff(index) >= 0).all()
        assert ((index >= 0) & (index <= 500)).all()


def test_no_rows(aqi_rule: Rule) -> None:
    out = daily_aqi(pd.DataFrame({"pm25": pd.Series(dtype=float)}), AqiStandard(aqi_rule(2026)))
    assert {name: len(column) for name, column in out.items()} == dict.fromkeys(out, 0)
    assert {"aqi", "primary", "class", "missing"} < set(out)
