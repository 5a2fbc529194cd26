"""Windows of 24 hours from hourly rows: what must be known of them, and those of a part of the hours of a place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alertengine.rulebook import AqiRule
from alertengine.warning import Rows, Timeline, timelines
from alertengine.warning.windows import Windows
from tests.synthetic import daily_forecast

Rule = Callable[[int], AqiRule]
FIRST = pd.Timestamp("2021-01-04")
#: Concentrations of clean air, CO in mg/m³.
CLEAN = {"pm25": 10.0, "pm10": 20.0, "so2": 5.0, "no2": 10.0, "co": 0.5, "o3": 40.0}


def hourly(hours: int, **columns: Any) -> pd.DataFrame:
    """Rows of 临汾市 hour by hour from FIRST on; a number for all hours, or one for each."""
    row = daily_forecast("临汾市", {str(FIRST.date()): np.nan}, "2021-01-03 15:00", primary="").table.iloc[0].to_dict()
    table = pd.DataFrame(
        [row | {"hours": 1, "row": 2 + n, "start": FIRST + pd.Timedelta(hours=n)} for n in range(hours)]
    )
    return table.assign(**columns)


def of(table: pd.DataFrame) -> Timeline:
    return timelines(Rows.of(table))["临汾市", ""]


def first_window(table: pd.DataFrame, rule: AqiRule) -> float:
    return float(of(table).windows(rule, frozenset(), dust_advised=False).total["mid"][0])


def known_until(value: float, last: int) -> np.ndarray:
    """24 hours of a value, blank from an hour on."""
    return np.where(np.arange(24) < last, value, np.nan)


@pytest.mark.parametrize(
    ("name", "value"), [("pm25", 115.0), ("pm10", 250.0), ("so2", 475.0), ("no2", 180.0), ("co", 14.0), ("o3", 215.0)]
)
@pytest.mark.parametrize("missing", [0, 4, 5])
def test_a_pollutant_counts_in_a_window_from_twenty_hours_on(
    aqi_rule: Rule, name: str, value: float, missing: int
) -> None:
    """Its index is 150, that of the others 20; of ozone four of the seventeen 8 h means in a window may be missing."""
    lasting = 24 - missing
    if name == "o3":  # a mean of 8 hours is known from six of them on: two more than the hours themselves
        lasting -= 2
    columns = CLEAN | {name: known_until(value, lasting)}
    assert first_window(hourly(24, **columns), aqi_rule(2012)) == (20 if missing > 4 else 150)


@pytest.mark.parametrize(
    ("cells", "index"),
    [
        (CLEAN, 20),  # PM10 20 of 50
        (CLEAN | {"pm25": 115.0}, 150),
        (CLEAN | {"o3": 160.0}, 100),  # the greatest 8 h mean
        (CLEAN | {"o3": [*[40.0] * 8, *[160.0] * 8, *[40.0] * 8]}, 100),
        (CLEAN | {"o3": [*[160.0] * 8, *[40.0] * 16]}, 100),
        (CLEAN | {"o3": [*[40.0] * 16, *[160.0] * 8]}, 100),
        (CLEAN | {"o3": [*[160.0] * 6, *[40.0] * 18]}, 75),  # 130 over 8 hours, half way from 100 to 160
    ],
)
def test_the_index_of_a_window_is_that_of_its_means(aqi_rule: Rule, cells: Mapping[str, Any], index: float) -> None:
    assert first_window(hourly(24, **cells), aqi_rule(2012)) == index


@pytest.mark.parametrize(("first", "last"), [(0, 6), (1, 3), (1, 4), (2, 5), (4, 6), (2, 3), (5, 9)])
def test_windows_of_a_part_are_those_of_its_rows_alone(aqi_rule: Rule, first: int, last: int) -> None:
    """None reaches beyond the last hour of the part, nor begins before its first."""
    chance = np.random.default_rng(3)
    table = hourly(140, **{name: chance.uniform(0.5, 8, 140) * value for name, value in CLEAN.items()})
    table["aqi_low"] = table["aqi_mid"] = table["aqi_high"] = chance.integers(40, 300, 140).astype(float)
    table["dust"] = np.arange(140) // 30 % 2 == 1
    table = table[(np.arange(140) < 60) | (np.arange(140) > 70)]
    days = daily_forecast("临汾市", {"2021-01-08": 230.0, "2021-01-09": 250.0}, "2021-01-03 15:00").table
    table = pd.concat([table[table["start"] < "2021-01-08"], days], ignore_index=True)
    begin, end = (FIRST + pd.Timedelta(days=day) for day in (first, last))
    part = of(table).between(begin, end)
    rows = table[(table["start"] >= begin) & (table["start"] < end)]
    if part is None:
        assert rows.empty
        return
    alone = of(rows)
    assert (part.origin, part.hours) == (alone.origin, alone.hours)
    for advised, dust in ((frozenset[str](), False), (frozenset({"o3"}), True)):
        one, other = (each.windows(aqi_rule(2012), advised, dust_advised=dust) for each in (part, alone))
        for which in ("total", "bearing"):
            for ends in ("low", "mid", "high"):
                np.testing.assert_array_equal(getattr(one, which)[ends], getattr(other, which)[ends])
        for which in ("cause", "primary"):
            assert getattr(one, which).tolist() == getattr(other, which).tolist()


@pytest.mark.parametrize(
    ("said", "dusty", "advised", "cause", "bears"),
    [
        ("PM2.5", 0, {"o3"}, "", True),
        ("O3", 0, {"o3"}, "o3", False),
        ("O3", 0, set[str](), "", True),
        ("PM2.5|O3", 0, {"o3"}, "", True),
        ("PM10", 13, set[str](), "dust", False),
        ("PM10", 12, set[str](), "", True),  # half of its hours are not most
        ("O3", 13, {"o3"}, "dust", False),
    ],
)
def test_what_keeps_a_window_of_hours_from_bearing_a_level(
    aqi_rule: Rule, said: str, dusty: int, advised: set[str], cause: str, bears: bool
) -> None:
    """An AQI of 210 all day, the pollutant named; beside it a day of which nothing is told apart."""
    table = hourly(24, aqi_low=210.0, aqi_mid=210.0, aqi_high=210.0, primary=said, dust=np.arange(24) < dusty)
    day = daily_forecast("临汾市", {"2021-01-05": 120.0}, "2021-01-03 15:00", primary="PM10").table
    found = of(pd.concat([table, day], ignore_index=True)).windows(
        aqi_rule(2012), frozenset(advised), dust_advised=True
    )
    assert (found.cause[0], found.primary[0], found.total["mid"][0]) == (cause, said, 210)
    assert (found.cause[24], found.primary[24], found.bearing["mid"][24]) == ("", "PM10", 120)
    assert found.bearing["mid"][0] == 210 if bears else np.isnan(found.bearing["mid"][0])
    assert np.isnan(found.total["mid"][[1, 23, 25]]).all()


@pytest.mark.parametrize(
    ("hours", "need", "mean"), [(24, 20, 60.0), (20, 20, 60.0), (19, 20, 90.0), (19, 19, 60.0), (0, 20, 90.0)]
)
def test_the_mean_of_a_day_is_that_of_enough_hours_else_what_its_own_row_says(
    hours: int, need: int, mean: float
) -> None:
    day = daily_forecast("临汾市", {"2021-01-04": 120.0, "2021-01-05": 120.0}, "2021-01-03 15:00").table
    table = pd.concat([hourly(24, pm25=known_until(60.0, hours)), day.assign(pm25=90.0)], ignore_index=True)
    assert of(table).daily_mean("pm25", need).tolist() == [mean, 90]


def test_the_air_of_an_hour_is_its_own_else_that_of_its_day() -> None:
    days = daily_forecast("临汾市", {"2021-01-04": 120.0, "2021-01-05": 130.0}, "2021-01-03 15:00").table
    found = of(pd.concat([hourly(2, aqi_mid=80.0), days], ignore_index=True)).hour_of_air()
    assert found.tolist() == [80.0] * 2 + [120.0] * 22 + [130.0] * 24


@pytest.mark.parametrize(
    ("middle", "highest", "number", "reached", "near"),
    [
        ((90, 200), (90, 200), 200, True, True),
        ((90, 199), (90, 199), 200, False, True),
        ((90, 198.9), (90, 198.9), 200, False, False),
        ((90, 201), (90, 201), 200, True, True),
        ((90, 201.1), (90, 201.1), 200, True, False),
        ((90, 150), (90, 260), 200, True, False),  # the upper end alone
        ((90, 199.5), (90, 260), 200, True, True),
        ((np.nan, 200), (np.nan, np.nan), 200, True, True),
        ((np.nan, np.nan), (np.nan, np.nan), 200, False, False),
        ((199.5, 300), (199.5, 300), 200, True, True),
    ],
)
def test_whether_a_window_reaches_a_number_and_whether_rounding_may_decide(
    middle: Any, highest: Any, number: float, reached: bool, near: bool
) -> None:
    air: Any = {"low": np.full(2, 0.0), "mid": np.array(middle, float), "high": np.array(highest, float)}
    blank = np.full(2, "", dtype=object)
    found = Windows(air, air, blank, blank)
    assert (found.reaches(number), found.near(number), found.plain) == (reached, near, True)
    assert not Windows(air, air, np.array(["", "o3"], dtype=object), blank).plain


@pytest.mark.parametrize(
    ("said", "pm25", "pm10", "primary", "cause"),
    [
        ("", 115.0, 100.0, "PM2.5", ""),
        ("", 40.0, 250.0, "PM10", "pm10"),
        ("O3", 115.0, 100.0, "O3", "o3"),  # what the file says stands
        ("PM10", 115.0, 100.0, "PM10", "pm10"),
        ("?", 115.0, 100.0, "PM2.5", ""),  # what cannot be read is what its concentrations say
        ("?", 40.0, 250.0, "PM10", "pm10"),
        ("?", np.nan, np.nan, "?", "?"),
        ("", np.nan, np.nan, "", ""),
    ],
)
def test_the_pollutant_of_a_day_is_what_its_row_says_else_its_concentrations(
    aqi_rule: Rule, said: str, pm25: float, pm10: float, primary: str, cause: str
) -> None:
    day = daily_forecast("临汾市", {"2021-01-04": 150.0}, "2021-01-03 15:00", primary=said).table
    found = of(day.assign(pm25=pm25, pm10=pm10)).windows(aqi_rule(2012), frozenset({"o3", "pm10"}), dust_advised=True)
    assert (found.primary[0], found.cause[0], found.total["mid"][0]) == (primary, cause, 150)
