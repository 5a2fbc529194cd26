"""Warnings: what makes them, how they live, and laws they obey whatever the air does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertengine.files import scenarios_folder
from alertengine.rulebook import Rulebook
from alertengine.simulation import replay
from alertengine.vocabulary import WARNING_COLUMNS, InputError
from alertengine.warning import (
    Forecast,
    Rows,
    Warnings,
    as_perfect_forecast,
    outward,
    read_forecast,
    read_warnings,
    warn,
    write_warnings,
)
from tests.synthetic import daily_forecast

Days = Callable[..., Forecast]
Data = Callable[[str], Path]
RANK = {"yellow": 1, "orange": 2, "red": 3}


def levels(result: Warnings) -> list[str]:
    return result.table["level"].tolist()


def actions(result: Warnings) -> list[tuple[str, str, str, str]]:
    said = result.table.assign(**{n: result.table[n].dt.strftime("%m-%d %H") for n in ("starts", "ends")}).fillna("")
    return [tuple(row) for row in said[["action", "level", "starts", "ends"]].to_numpy()]


def highest(result: Warnings) -> int:
    return max((RANK.get(level, 0) for level in result.segments["level"]), default=0)


def hourly(values: list[float] | np.ndarray, first: str = "2019-01-04", issued: str = "2019-01-03 15:00") -> Forecast:
    """A forecast for 临汾市 of one AQI an hour."""
    base = daily_forecast("临汾市", dict.fromkeys(map(str, range(2000, 2000 + len(values))), 0.0), issued)
    starts = pd.date_range(first, periods=len(values), freq="h")
    air = np.asarray(values, dtype=float)
    table = base.table.assign(start=starts, hours=1, aqi_low=air, aqi_mid=air, aqi_high=air)
    return replace(base, rows=Rows.of(table.dropna(subset=["aqi_mid"])))


@pytest.mark.parametrize(
    ("first", "values", "expected"),
    [
        ("2019-01-04", [200, 200, 200], []),  # above 200, not 200
        ("2019-01-04", [201], []),
        ("2019-01-04", [201, 201], ["yellow"]),
        ("2019-01-04", [201, 201, 201], ["orange"]),
        ("2019-01-04", [201, 201, 201, 201], ["orange"]),
        ("2019-01-04", [201, 301, 301, 201], ["red"]),
        ("2019-01-04", [201, 301, 300, 301, 201], ["orange"]),  # no 48 h above 300
        ("2019-01-04", [201, 301, 301], ["orange"]),  # no 96 h above 200
        ("2019-01-04", [201, 200, 301, 301, 301], ["orange"]),
        ("2019-01-04", [499], []),
        ("2019-01-04", [500], ["red"]),
        ("2024-01-22", [190], []),
        ("2024-01-30", [150, 150, 150, 150], []),
        ("2024-01-30", [201], ["yellow"]),
        ("2024-01-30", [151, 151], ["yellow"]),
        ("2024-01-30", [151, 151, 151], ["orange"]),
        ("2024-01-30", [160, 90, 160], []),  # gaps never lend hours
        ("2024-01-30", [201, 201], ["orange"]),
        ("2024-01-30", [201, 301, 201], ["red"]),
        ("2024-01-30", [301, 301], ["orange"]),
        ("2024-01-30", [500], ["yellow"]),  # no branch for 500 any more
    ],
)
def test_where_each_level_begins(
    book: Rulebook, days: Days, first: str, values: list[float], expected: list[str]
) -> None:
    result = warn(days(first, values), book)
    assert levels(result) == expected
    assert list(result.table.columns) == list(WARNING_COLUMNS)


def test_95_hours_are_not_96(book: Rulebook) -> None:
    air = np.full(96, 310.0)
    assert levels(warn(hourly(air, "2019-01-04 05:00"), book)) == ["red"]
    assert levels(warn(hourly(air[:95], "2019-01-04 05:00"), book)) == ["orange"]
    only = warn(hourly(air, "2019-01-04 05:00"), book).segments.iloc[0]
    assert (only["starts"], only["ends"]) == (pd.Timestamp("2019-01-04 05:00"), pd.Timestamp("2019-01-08 05:00"))


def test_windows_are_back_to_back_each_with_its_own_mean(book: Rulebook) -> None:
    air = np.array([300.0] * 12 + [110.0] * 12 + [300.0] * 12 + [110.0] * 12)  # both means 205
    assert levels(warn(hourly(air), book)) == ["yellow"]
    air[-1] = -1000 + 1100  # 100: the second mean still above 200
    assert levels(warn(hourly(air), book)) == ["yellow"]
    air[24:] = [300.0] * 10 + [110.0] * 14  # a second mean below 200
    assert levels(warn(hourly(air), book)) == []


def test_a_mean_of_fewer_than_twenty_hours_breaks_the_run(book: Rulebook) -> None:
    air = np.full(48, 250.0)
    air[30:34] = np.nan
    assert levels(warn(hourly(air), book)) == ["yellow"]
    air[34] = np.nan
    result = warn(hourly(air), book)
    assert levels(result) == []
    assert any("missing" in problem.message for problem in result.problems)


def test_a_missing_day_breaks_the_run_and_is_reported(book: Rulebook) -> None:
    said = {"2019-01-04": 250.0, "2019-01-05": 250.0, "2019-01-07": 250.0}
    result = warn(daily_forecast("临汾市", said, "2019-01-03 15:00"), book)
    assert levels(result) == ["yellow"]
    assert [problem.value for problem in result.problems] == ["2019-01-06"]


@pytest.mark.parametrize(("low", "lives"), [(35, 1), (36, 2)])
def test_gaps_under_36_hours_join_lives(book: Rulebook, low: int, lives: int) -> None:
    air = np.concatenate([np.full(48, 250.0), np.full(low + 24, 0.0), np.full(72, 250.0)])
    # windows reach into the low hours as far as their mean allows: take the runs as graded
    result = warn(hourly(air), book)
    graded = result.graded["临汾市", ""]
    gap = (graded.runs[1].start - graded.runs[0].end) / pd.Timedelta(hours=1)
    assert gap == low + 24 - 2 * 4  # 4 h on each side still lie in a window with a mean above 200
    if gap < 36:
        assert len(result.segments["warning_id"].unique()) == 1
    air = np.concatenate([np.full(48, 250.0), np.full(low + 8, 0.0), np.full(72, 250.0)])
    result = warn(hourly(air), book)
    assert len(result.segments["warning_id"].unique()) == lives
    assert levels(result) == (["orange"] if lives == 1 else ["yellow", "orange"])  # one episode, from the higher level


def test_the_grading_ends_with_its_document(book: Rulebook, days: Days) -> None:
    result = warn(days("2024-01-21", [160, 160, 160, 160]), book)
    assert [(a, s) for a, _, s, _ in actions(result)] == [("issue", "01-23 00")]  # 160 bore nothing before
    assert result.table["grading"].tolist() == ["2024-6-orange"]
    result = warn(days("2015-01-21", [400, 400]), book)
    assert levels(result) == []
    assert any("no grading in force" in problem.message for problem in result.problems)


def test_the_standard_of_the_day_computes_the_index(book: Rulebook) -> None:
    base = daily_forecast("临汾市", {"2026-02-28": 0.0, "2026-03-01": 0.0}, "2026-02-27 15:00")
    table = base.table.assign(aqi_low=np.nan, aqi_mid=np.nan, aqi_high=np.nan, pm25=61.0, pm10=130.0, o3=10.0)
    table = table.assign(so2=1.0, no2=1.0, co=0.1, primary="")
    graded = warn(replace(base, rows=Rows.of(table)), book).graded["临汾市", ""]
    rules = [book.rules[f"hj633-{year}-aqi"] for year in (2012, 2026)]
    found = [
        graded.timeline.windows(rule, frozenset(), dust_advised=True).total["mid"][[0, 24]].tolist() for rule in rules
    ]
    assert found == [[90, 90], [104, 104]]
    assert not graded.ungraded


def test_the_provincial_forecast_of_2020_01_22(book: Rulebook) -> None:
    forecast = read_forecast(scenarios_folder() / "2020-01-22-province.forecast.csv", book.lists)
    result = warn(forecast, book)
    assert dict(zip(result.table["city"], result.table["level"], strict=True)) == dict.fromkeys(
        ["临汾市", "长治市", "运城市", "晋城市"], "orange"
    )
    assert set(result.table["starts"]) == {pd.Timestamp("2020-01-22 16:00")}
    assert set(result.table["ends"]) == {pd.Timestamp("2020-01-25")}
    reason = result.table["reason"].iloc[0]
    assert "72小时" in reason
    assert "按预报下限为无预警" in reason
    assert "不足提前24小时" in reason
    assert "环办大气函〔2018〕875号" in result.table["basis"].iloc[0]
    assert any("covers 2 days" in note.message for note in result.notes)


def test_the_red_episode_of_linfen(book: Rulebook) -> None:
    forecast = read_forecast(scenarios_folder() / "linfen-red-episode.forecast.csv", book.lists)
    assert actions(warn(forecast, book)) == [("issue", "red", "01-04 00", "01-09 00")]


# -- advice


@pytest.mark.parametrize(
    ("primary", "action"), [("PM2.5", "issue"), ("PM2.5|O3", "issue"), ("", "issue"), ("O3", "advise")]
)
def test_ozone_brings_advice_only(book: Rulebook, days: Days, primary: str, action: str) -> None:
    result = warn(days("2024-06-01", [210, 210, 210], primary=primary), book)
    assert result.table["action"].tolist() == [action]
    assert (result.table["level"] == "").tolist() == [action == "advise"]
    assert result.segments.empty == (action == "advise")
    again = warn(days("2024-06-01", [210, 210, 210], primary=primary), book, active=result.record)
    assert again.table.empty


def test_dust_brings_advice_only(book: Rulebook, days: Days) -> None:
    forecast = days("2024-03-01", [400, 400, 400], primary="PM10")
    dusty = replace(forecast, rows=Rows.of(forecast.table.assign(dust=[True, True, False])))
    result = warn(dusty, book)
    assert [(a, level) for a, level, *_ in actions(result)] == [("issue", "yellow"), ("advise", "")]
    assert result.table["starts"].tolist() == [pd.Timestamp("2024-03-03"), pd.Timestamp("2024-03-01")]


# -- the life of a warning


def test_a_newer_forecast_extends_raises_lowers_and_lifts(book: Rulebook, days: Days) -> None:
    record = None
    steps = [
        ("2019-01-04", [250, 250, 90, 90, 90], "2019-01-03 15:00", [("issue", "yellow", "01-04 00", "01-06 00")]),
        ("2019-01-04", [250, 250, 250, 90, 90], "2019-01-03 18:00", [("raise", "orange", "01-04 00", "01-07 00")]),
        ("2019-01-04", [250, 250, 250, 250, 90], "2019-01-04 15:00", [("extend", "orange", "01-07 00", "01-08 00")]),
        ("2019-01-05", [350, 350, 350, 90, 90], "2019-01-05 15:00", []),
        ("2019-01-04", [250, 350, 350, 350, 90, 90], "2019-01-05 16:00", [("raise", "red", "01-05 17", "01-08 00")]),
        ("2019-01-04", [250, 350, 250, 90, 90, 90], "2019-01-06 15:00",
         [("lower", "orange", "01-06 16", "01-07 00"), ("lift", "orange", "01-07 00", "")]),
        ("2019-01-04", [250, 350, 250, 90, 90, 90], "2019-01-06 16:00", []),
    ]  # fmt: skip
    for first, values, issued, expected in steps:
        result = warn(days(first, values, issued), book, active=record)
        assert actions(result) == expected, issued
        record = result.record
    assert record is not None
    assert len(record["warning_id"].unique()) == 1
    assert all(record["reason"].str.endswith("。"))


def test_a_lift_needs_36_known_hours(book: Rulebook, days: Days) -> None:
    record = warn(days("2019-01-04", [250, 250, 250, 90, 90]), book).record
    short = warn(days("2019-01-05", [250, 90], "2019-01-05 15:00"), book, active=record)
    assert short.table.empty
    assert any("too few hours ahead" in note.message for note in short.notes)
    enough = warn(days("2019-01-05", [250, 90, 90], "2019-01-05 15:00"), book, active=record)
    assert actions(enough) == [("lift", "orange", "01-06 00", "")]


def test_what_monitoring_saw_counts_in_the_run(book: Rulebook, days: Days) -> None:
    seen = hourly(np.full(48, 250.0), "2019-01-02")
    seen = replace(seen, rows=Rows.of(seen.table.assign(issue_time=seen.table["start"] + pd.Timedelta(hours=1))))
    ahead = days("2019-01-04", [250, 90, 90], "2019-01-04 00:00")
    assert levels(warn(ahead, book)) == []
    assert actions(warn(ahead, book, observed=seen)) == [("issue", "orange", "01-04 01", "01-05 00")]


@pytest.mark.parametrize(
    ("last", "next_hours", "early"),
    [
        (230, [201.0] * 12, True),
        (201, [201.0] * 12, True),
        (200, [201.0] * 12, False),  # not above what counts as heavy
        (230, [*[201.0] * 11, 200.0], False),
        (230, [200.0, *[201.0] * 11], False),
        (230, [*[201.0] * 5, np.nan, *[201.0] * 6], False),
    ],
)
def test_heavy_already_and_no_better_starts_at_once(
    book: Rulebook, last: float, next_hours: list[float], early: bool
) -> None:
    # the graded run begins ten hours from now, the air is heavy already and stays so for twelve hours
    ahead = hourly([*next_hours, *[100.0] * 8, *[260.0] * 60], "2019-01-04 00:00", "2019-01-04 00:00")
    seen = hourly([300.0, 300.0, last], "2019-01-03 21:00")
    seen = replace(seen, rows=Rows.of(seen.table.assign(issue_time=seen.table["start"] + pd.Timedelta(hours=1))))
    plain, at_once = warn(ahead, book), warn(ahead, book, observed=seen)
    assert plain.table["starts"].iloc[0] > pd.Timestamp("2019-01-04 01:00")
    assert (at_once.table["starts"].iloc[0] == pd.Timestamp("2019-01-04 01:00")) == early
    assert ("提早启动" in at_once.table["reason"].iloc[0]) == early


def test_orders_from_above_set_a_floor(book: Rulebook, days: Days) -> None:
    order = {
        "area": "山西省",
        "level": "orange",
        "from": "2019-01-04 12:00",
        "to": "2019-01-05 24:00",
        "source": "调度令",
    }
    result = warn(days("2019-01-04", [250, 250, 90]), book, floors=[order])
    linfen = result.segments[result.segments["city"] == "临汾市"]
    assert linfen["level"].tolist() == ["yellow", "orange"]
    assert len(linfen["warning_id"].unique()) == 1
    assert result.segments["city"].nunique() == 11
    taiyuan = result.table[result.table["city"] == "太原市"].iloc[0]
    assert (taiyuan["level"], taiyuan["grading"], taiyuan["basis"]) == ("orange", "", "调度令")
    exact = warn(days("2019-01-04", [250, 350, 350, 350, 90]), book, floors=[{**order, "area": "临汾", "exact": True}])
    assert [level for _, level, *_ in actions(exact)] == ["red", "orange", "red"]


def test_counties_may_hold_different_levels(book: Rulebook, days: Days) -> None:
    order = {"area": "临汾市/尧都区", "level": "red", "from": "2019-01-04 00:00", "source": "市政府通知"}
    result = warn(days("2019-01-04", [250, 250, 90]), book, floors=[order])
    held = result.segments.set_index("county")["level"].to_dict()
    assert held == {"": "yellow", "尧都区": "red"}
    assert result.segments.set_index("county")["ends"].isna().to_dict() == {"": False, "尧都区": True}
    lower = warn(days("2019-01-04", [250, 250, 250]), book, floors=[{**order, "level": "yellow", "to": "2019-01-05"}])
    assert lower.segments["county"].tolist() == [""]  # just what its city holds


def test_a_county_that_first_stands_apart_holds_what_its_city_still_holds(book: Rulebook, days: Days) -> None:
    """What is kept of its city, as too little is known ahead, is kept of it too."""
    standing = warn(days("2019-01-03", [90, 250, 250, 250, 90]), book).record
    red = {"from": "2019-01-05 12:00", "to": "2019-01-05 20:00", "level": "red", "source": "令"}
    order = {"area": "临汾市/尧都区", **red}
    segments = warn(days("2019-01-04", [250, 250]), book, active=standing, floors=[order]).segments
    city, county = (segments[segments["county"] == name] for name in ("", "尧都区"))
    assert city["level"].tolist() == ["yellow"], "kept beyond what is forecast, not above what it was lowered to"
    assert str(city["ends"].max()) == "2019-01-07 00:00:00"
    assert county["level"].tolist() == ["yellow", "red", "yellow"]
    assert (county["starts"].min(), county["ends"].max()) == (city["starts"].min(), city["ends"].max())


def test_a_bad_order_is_refused_with_every_defect(book: Rulebook, days: Days) -> None:
    with pytest.raises(InputError) as error:
        warn(days("2019-01-04", [90]), book, floors=[{"area": "火星", "level": "blue", "from": "?", "until": 1}])
    assert {problem.column for problem in error.value.problems} == {"area", "level", "from", "until"}


def test_the_record_survives_a_file(book: Rulebook, days: Days, tmp_path: Path) -> None:
    forecast = days("2019-01-04", [250, 250, 90], "2019-01-04 15:40")
    result = warn(forecast, book)
    path = tmp_path / "warnings.csv"
    write_warnings(result.table, path)
    assert path.read_text(encoding="utf-8").splitlines()[1].split(",")[5:8] == [
        "2019-01-04 16:00", "2019-01-06 00:00", "2019-01-04 15:40",
    ]  # fmt: skip
    again = warn(forecast, book, active=read_warnings(path))
    assert again.table.empty
    pd.testing.assert_frame_equal(again.segments, result.segments)
    path.write_text("warning_id,city\n1,临汾市\n", encoding="utf-8")
    with pytest.raises(InputError, match="required column missing"):
        read_warnings(path)


# -- a real winter
@pytest.mark.slow
def test_a_real_winter(book: Rulebook, data: Data) -> None:
    feed = read_forecast(data("hourly_shanxi_winter1819.csv.gz"), book.lists)
    result = warn(as_perfect_forecast(feed, "2018-11-30 12:00"), book)
    linfen = result.table[(result.table["city"] == "临汾市") & (result.table["starts"] < "2019-02-01")]
    assert linfen["level"].tolist() == ["orange", "red", "yellow", "orange"]
    red = linfen.iloc[1]
    assert red["starts"] <= pd.Timestamp("2019-01-04") < pd.Timestamp("2019-01-14 23:00") <= red["ends"]
    assert "大同市" not in set(result.table["city"])
    assert warn(as_perfect_forecast(feed, "2018-11-30 12:00"), book, active=result.record).table.empty
    missing = [p for p in result.problems if p.message.startswith("临汾市")]
    assert missing[0].value.startswith("2018-12-22")


@pytest.mark.slow
def test_day_by_day_ends_where_at_once_ends(book: Rulebook, data: Data) -> None:
    feed = read_forecast(data("hourly_shanxi_winter1819.csv.gz"), book.lists)
    table = feed.table[(feed.table["city"] == "临汾市") & feed.table["start"].between("2018-12-28", "2019-01-31")]
    part = replace(feed, rows=Rows.of(table))
    daily = replay(part, book, days_ahead=5).segments
    at_once = warn(as_perfect_forecast(part, "2018-12-27 12:00"), book).segments
    pd.testing.assert_frame_equal(daily, at_once)


# -- laws

AIR = st.lists(st.integers(20, 480), min_size=1, max_size=8)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(values=AIR, raising=st.tuples(st.integers(0, 7), st.integers(1, 300)), year=st.sampled_from(["2019", "2025"]))
def test_raising_a_day_never_lowers_any_hour(
    book: Rulebook, days: Days, values: list[int], raising: tuple[int, int], year: str
) -> None:
    raised, place = list(values), raising[0] % len(values)
    raised[place] = min(500, raised[place] + raising[1])
    before, after = (warn(days(f"{year}-01-04", air), book) for air in (values, raised))
    assert (hours_of(after, f"{year}-01-04") >= hours_of(before, f"{year}-01-04")).all()


def hours_of(result: Warnings, first: str) -> np.ndarray:
    """Rank of the level in each of 240 hours."""
    out = np.zeros(240, dtype=int)
    for row in result.segments.itertuples():
        begin, end = ((time - pd.Timestamp(first)) // pd.Timedelta(hours=1) for time in (row.starts, row.ends))
        out[max(begin, 0) : end] = RANK[row.level]
    return out


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), place=st.integers(0, 119), more=st.integers(1, 400))
def test_raising_an_hour_never_lowers_the_level(book: Rulebook, seed: int, place: int, more: int) -> None:
    air = np.repeat(np.random.default_rng(seed).integers(60, 450, 30), 4).astype(float)
    raised = air.copy()
    raised[place] = min(500.0, raised[place] + more)
    assert highest(warn(hourly(raised), book)) >= highest(warn(hourly(air), book))


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(values=AIR, later=st.integers(0, 30), year=st.sampled_from(["2019", "2025"]))
def test_the_same_forecast_again_changes_nothing(
    book: Rulebook, days: Days, values: list[int], later: int, year: str
) -> None:
    forecast = days(f"{year}-01-04", values)
    first = warn(forecast, book)
    assert warn(forecast, book, active=first.record).table.empty
    now = forecast.issue_time + pd.Timedelta(hours=later)
    assert warn(forecast, book, now=now, active=first.record).table.empty


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(values=AIR, cut=st.integers(1, 7), year=st.sampled_from(["2019", "2025"]))
def test_a_file_in_two_parts_ends_where_the_whole_ends(
    book: Rulebook, days: Days, values: list[int], cut: int, year: str
) -> None:
    """The first days alone, then all of them with clean days after: the same as all at once."""
    part = days(f"{year}-01-04", values[:cut], f"{year}-01-03 15:00")
    whole = days(f"{year}-01-04", [*values, 60, 60], f"{year}-01-03 20:00")
    at_once = warn(whole, book).segments
    one_by_one = warn(whole, book, active=warn(part, book).record).segments
    columns = ["level", "starts", "ends", "life_start"]
    pd.testing.assert_frame_equal(one_by_one[columns], at_once[columns])


def test_the_lead_time_stays_in_the_bureau() -> None:
    lead = "发布距启动4小时，不足提前24小时的要求"
    assert outward(f"共72小时。{lead}。依上级要求。") == "共72小时。依上级要求"
    assert outward(f"共72小时。{lead.replace('不足', '满足')}。") == "共72小时"
    early = "监测已达重污染且未来12小时无明显改善，提早启动"
    assert outward(f"{early}。") == early
