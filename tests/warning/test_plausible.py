"""Values that cannot be are told and decide nothing; several rows for one place and time become one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertengine.rulebook import Plausible, Rulebook, Stations
from alertengine.vocabulary import InputError
from alertengine.warning import Forecast, Warnings, ahead_and_behind, read_forecast, warn
from alertengine.warning.plausibility import DoubtCollector, by_standard, contradictions

Reads = Callable[..., Forecast]
ISSUED = "2020-01-02 15:00"
HOURLY = "date,hour,city,AQI,PM2.5,PM10,SO2,NO2,CO,O3"


@pytest.fixture
def read(book: Rulebook, tmp_path: Path) -> Reads:
    """A forecast or observation file from its lines."""

    def make(header: str, rows: Iterable[str], *, observed: bool = False) -> Forecast:
        path = tmp_path / "air.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return read_forecast(path, book.lists, observed=observed)

    return make


def days_of(
    values: Iterable[object], city: str = "太原市", primary: str = "PM2.5", month: str = "2020-01"
) -> list[str]:
    issued = f"{month}-02 15:00"
    return [f"{issued},{city},{month}-{day:02d},{value},{primary}" for day, value in enumerate(values, start=3)]


def levels(result: Warnings) -> list[str]:
    return [row["level"] for row in result.table.to_dict("records") if row["action"] == "issue"]


def codes(result: Warnings | Forecast) -> set[str]:
    return {problem.code for problem in result.problems}


HEAD = "发布时间,城市,预报日期,AQI,首要污染物"


@pytest.mark.parametrize("bad", ["9999", "9095", "900", "501", "-99", "-220"])
def test_an_index_that_cannot_be_makes_no_warning(book: Rulebook, read: Reads, bad: str) -> None:
    forecast = read(HEAD, days_of([80, bad, 80, 80]))
    (problem,) = forecast.problems
    assert (problem.row, problem.column, problem.value) == (3, "aqi", bad)
    assert not levels(warn(forecast, book))
    assert forecast.table["aqi_mid"].tolist() == [80, 80, 80]


def test_marks_of_missing_data_in_every_row_leave_nothing(read: Reads) -> None:
    with pytest.raises(InputError) as said:
        read(HEAD, days_of([9999, 9999, 9999]))
    assert [problem.row for problem in said.value.problems[:3]] == [2, 3, 4]


def hours(rows: dict[int, str], usual: str, days: int = 3) -> list[str]:
    return [f"2020-01-{3 + hour // 24:02d},{hour % 24 + 1},太原,{rows.get(hour, usual)}" for hour in range(days * 24)]


def observe(book: Rulebook, feed: Forecast) -> Warnings:
    now = pd.Timestamp("2020-01-03")
    ahead, behind = ahead_and_behind(feed, now, 7)
    return warn(ahead, book, now=now, observed=behind)


def test_two_hours_of_9999_make_no_red(book: Rulebook, read: Reads) -> None:
    bad = {hour: "9999,9999,130,40,60,1.8,30" for day in range(3) for hour in (24 * day + 2, 24 * day + 3)}
    feed = read(HOURLY, hours(bad, "120,90,130,40,60,1.8,30"))
    assert codes(feed) == {"air_no_data"}
    assert not levels(observe(book, feed))


def test_hours_of_zeros_count_as_blank_ones(book: Rulebook, read: Reads) -> None:
    there = "231,181,230,40,60,1.8,30"
    at = [9, 10, 11, 12, 13]
    zeros = read(HOURLY, hours(dict.fromkeys(at, "0,0,0,0,0,0,0"), there))
    blank = read(HOURLY, hours(dict.fromkeys(at, ",,,,,,"), there))
    assert codes(zeros) == {"air_zero"}
    first, second = observe(book, zeros), observe(book, blank)
    pd.testing.assert_frame_equal(first.table, second.table)
    assert any("missing" in str(problem) for problem in first.problems)


def test_a_forecast_row_of_zeros_is_no_day(read: Reads) -> None:
    forecast = read(
        "发布时间,城市,预报日期,AQI,PM2.5", [f"{ISSUED},太原,2020-01-03,0,0", f"{ISSUED},太原,2020-01-04,90,67"]
    )
    assert codes(forecast) == {"air_zero_row"}
    assert forecast.table["row"].tolist() == [3]


def test_one_hour_far_above_its_neighbours_is_told(read: Reads) -> None:
    feed = read(HOURLY, hours({30: "120,90,130,40,60,19.9,30"}, "120,90,130,40,60,1.1,30"))
    (jump,) = feed.problems
    assert (jump.code, jump.column, jump.value, jump.row) == ("air_jump", "co", "19.9", 32)
    assert feed.table["co"].isna().sum() == 1


CO = "发布时间,城市,预报日期,PM2.5,PM10,SO2,NO2,CO,O3"


def test_carbon_monoxide_in_another_unit(book: Rulebook, read: Reads) -> None:
    def of(values: list[float]) -> Forecast:
        return read(CO, [f"{ISSUED},太原市,2020-01-{3 + n:02d},60,90,30,40,{co},50" for n, co in enumerate(values)])

    whole = of([1200, 1300, 1100])
    assert whole.table["co"].tolist() == [1.2, 1.3, 1.1]
    assert not whole.problems
    assert [note.code for note in whole.notes if note.code] == ["air_unit_read"]
    one = of([1.2, 1300, 1.1])
    (problem,) = one.problems
    assert (problem.row, problem.value) == (3, "1300")
    assert not levels(warn(whole, book))
    assert not levels(warn(one, book))


def test_particulates_in_milligrams_are_asked_about(read: Reads) -> None:
    rows = [f"太原,2020-01-{day},0.21,0.29,0.03,0.04,1.2,0.05" for day in (10, 11, 12)]
    history = read("city,date,PM2.5,PM10,SO2,NO2,CO,O3", rows, observed=True)
    assert codes(history) == {"air_unit_doubted"}
    assert {problem.column for problem in history.problems} == {"pm25", "pm10", "so2", "no2", "o3"}


@pytest.mark.parametrize(
    ("place", "cell"), [(0, "0.19"), (0, "0.31"), (1, "0.26"), (2, "0.03"), (3, "0.055"), (4, "142"), (5, "0.16")]
)
def test_one_cell_in_another_unit_is_told_and_decides_nothing(
    book: Rulebook, read: Reads, place: int, cell: str
) -> None:
    plain = ["190", "260", "30", "55", "1.4", "160"]
    rows = [plain, plain, [*plain[:place], cell, *plain[place + 1 :]], plain]
    forecast = read(CO, [f"{ISSUED},太原,2020-01-{day:02d},{','.join(row)}" for day, row in enumerate(rows, start=3)])
    (problem,) = forecast.problems
    assert (problem.code, problem.row, problem.value) == ("air_unit_stray", 4, cell)
    column = ("pm25", "pm10", "so2", "no2", "co", "o3")[place]
    assert forecast.table[column].isna().tolist() == [False, False, True, False]
    assert "air_unit_stray" in codes(warn(forecast, book))


@pytest.mark.parametrize("column", ["PM2.5", "PM10"])
def test_particulates_of_one_day_in_milligrams_are_asked_about(read: Reads, column: str) -> None:
    forecast = read(f"发布时间,城市,预报日期,AQI,{column}", [f"{ISSUED},太原,2020-01-03,240,0.19"])
    assert codes(forecast) == {"air_unit_doubted"}


@given(st.lists(st.integers(1, 750), min_size=1, max_size=40))
@settings(max_examples=30, deadline=None)
def test_whole_micrograms_are_never_taken_for_another_unit(book: Rulebook, values: list[int]) -> None:
    doubts = DoubtCollector("air.csv", book.lists.plausible, [], [])
    rows, texts = np.arange(2, len(values) + 2), list(map(str, values))
    for column in ("pm25", "pm10", "so2", "no2", "o3"):
        held = doubts.values(column, rows, texts, np.array(values, dtype=float), observed=True)
        assert held.tolist() == values
    assert not doubts.problems


@pytest.mark.parametrize("day", ["2020-07-05", "2019-01-05", "2021-01-03"])
def test_a_day_far_from_its_issue_is_left_out(read: Reads, day: str) -> None:
    forecast = read(HEAD, [f"{ISSUED},太原,2020-01-03,90,", f"{ISSUED},太原,{day},320,"])
    (problem,) = forecast.problems
    assert (problem.code, problem.row, problem.value) == ("day_far_from_issue", 3, day)
    assert len(forecast.table) == 1


def test_an_observed_day_far_from_the_others_is_left_out(read: Reads) -> None:
    rows = [f"太原,2020-01-{day},90" for day in (3, 4, 5)]
    history = read("city,date,AQI", [*rows, "太原,2090-01-06,90"], observed=True)
    assert codes(history) == {"day_far_from_others"}
    assert history.table["start"].max() == pd.Timestamp("2020-01-05")


@pytest.mark.parametrize("order", [1, -1])
def test_stations_become_the_mean_of_their_city(book: Rulebook, read: Reads, order: int) -> None:
    of = [("重站", 260, 210), ("对照点", 60, 30)][::order]
    rows = [f"2020-01-03,{hour},太原,{name},{aqi},{pm}" for hour in range(1, 25) for name, aqi, pm in of]
    feed = read("date,hour,city,position,AQI,PM2.5", rows)
    assert feed.table["aqi_mid"].unique().tolist() == [160]
    assert feed.table["pm25"].unique().tolist() == [120]
    assert len(feed.table) == 24
    assert ("stations_mean", "2") in {
        (note.code, str(dict(note.arguments).get("most"))) for note in feed.notes if note.code
    }
    assert not levels(observe(book, feed))


def test_a_citys_own_row_stands_above_its_stations(read: Reads) -> None:
    rows = [f"2020-01-03,{hour},{city},{name},{aqi}" for hour in (1, 2) for city in ("太原", "临汾")
            for name, aqi in (("甲", 260), ("乙", 60), *([("", 90)] if city == "太原" else []))]  # fmt: skip
    feed = read("date,hour,city,position,AQI", rows)
    assert feed.table.groupby("city")["aqi_mid"].agg(list).to_dict() == {"太原市": [90, 90], "临汾市": [160, 160]}
    assert not feed.problems
    assert feed.table.index.tolist() == [0, 1, 2, 3]


def test_stations_are_refused_where_no_rule_says_how(
    book: Rulebook, read: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = Stations(rule="refused", source="试验")
    monkeypatch.setattr(book.lists, "plausible", book.lists.plausible.model_copy(update={"stations": refused}))
    rows = ["2020-01-03,1,太原,甲,260,210", "2020-01-03,1,太原,,100,75"]
    feed = read("date,hour,city,position,AQI,PM2.5", rows)
    assert codes(feed) == {"stations_left_out"}
    assert feed.table["aqi_mid"].tolist() == [100]


@pytest.mark.parametrize("order", [1, -1])
def test_a_citys_own_row_stands_above_a_regions(book: Rulebook, read: Reads, order: int) -> None:
    rows = [
        days_of([90, 100, 120], "临汾市"),
        days_of([210, 220, 230], "汾渭平原山西四市"),
        days_of([300, 310, 320], "山西省"),
    ]
    forecast = read(HEAD, [row for part in rows[::order] for row in part])
    assert not forecast.problems
    own = forecast.table[forecast.table["city"] == "临汾市"]
    assert sorted(own["aqi_mid"]) == [90, 100, 120]
    of_region = forecast.table[forecast.table["city"] == "运城市"]
    assert sorted(of_region["aqi_mid"]) == [210, 220, 230]
    of_province = forecast.table[forecast.table["city"] == "大同市"]
    assert sorted(of_province["aqi_mid"]) == [300, 310, 320]


def test_two_unequal_rows_count_as_the_range_between_them(book: Rulebook, read: Reads) -> None:
    rows = [row for pair in zip(days_of([240] * 3), days_of([150] * 3, "太原"), strict=True) for row in pair]
    forecast = read(HEAD, rows)
    assert [dict(problem.arguments)["rows"] for problem in forecast.problems] == [(2, 3), (4, 5), (6, 7)]
    row = forecast.table.iloc[0]
    assert (row["aqi_low"], row["aqi_mid"], row["aqi_high"]) == (150, 195, 240)
    assert not levels(warn(forecast, book))
    equal = read(HEAD, days_of([240, 240, 240]) * 2)
    assert not equal.problems
    assert [note.code for note in equal.notes if note.code == "rows_repeat"]


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(order=st.permutations(range(6)), values=st.lists(st.integers(51, 400), min_size=6, max_size=6))
def test_the_order_of_rows_changes_nothing(
    book: Rulebook, tmp_path_factory: pytest.TempPathFactory, order: list[int], values: list[int]
) -> None:
    places = ["太原", "太原市", "京津冀及周边山西四市", "太原|长治", "山西省", "太原"]
    rows = [f"{ISSUED},{place},2020-01-03,{value},PM2.5" for place, value in zip(places, values, strict=True)]
    tables = []
    for place in (range(6), order):
        path = tmp_path_factory.mktemp("order") / "air.csv"
        path.write_text("\n".join([HEAD, *(rows[n] for n in place)]), encoding="utf-8")
        table = read_forecast(path, book.lists).table.sort_values("city")
        tables.append(table[["city", "aqi_low", "aqi_mid", "aqi_high"]].reset_index(drop=True))
    pd.testing.assert_frame_equal(*tables)


def test_an_unreadable_primary_is_not_particulate(book: Rulebook, read: Reads) -> None:
    def of(primary: str, aqi: int = 240) -> Warnings:
        return warn(read(HEAD, days_of([aqi] * 3, primary=primary, month="2020-06")), book)

    assert levels(of("")) == ["orange"]  # a blank one counts as particulate, and is said
    assert levels(of("PM10")) == ["orange"]
    unread = of("雾霾")
    assert not levels(unread)
    (asked,) = [problem for problem in unread.problems if problem.code == "primary_unread"]
    assert dict(asked.arguments)["level"] == "orange"
    assert "primary_unread" not in codes(of("雾霾", aqi=90))


def test_an_unreadable_primary_lifts_no_warning(book: Rulebook, read: Reads) -> None:
    first = warn(read(HEAD, days_of([240] * 3)), book)
    again = [row.replace("2020-01-02 15:00", "2020-01-03 15:00") for row in days_of([240] * 3, primary="雾霾")]
    second = warn(read(HEAD, again), book, active=first.record)
    assert "lift" not in set(second.table["action"])
    assert "primary_unread" in codes(second)


def test_concentrations_beside_an_unreadable_primary_speak_for_themselves(book: Rulebook, read: Reads) -> None:
    header = "发布时间,城市,预报日期,AQI,PM2.5,PM10,SO2,NO2,CO,O3,首要污染物"
    rows = [f"{ISSUED},太原,2020-01-{day:02d},226,176,230,30,40,1.2,50,雾霾" for day in (3, 4, 5)]
    assert levels(warn(read(header, rows), book)) == ["orange"]


def test_a_header_shifted_by_one_is_asked_about(book: Rulebook, read: Reads) -> None:
    right, shifted = "city,date,AQI,PM2.5,PM10,SO2,NO2,CO,O3", "city,date,PM2.5,AQI,PM10,SO2,NO2,CO,O3"
    rows = [f"太原,2020-01-{day},{90 + day},{67 + day},90,30,40,1.2,50" for day in range(10, 20)]
    as_it_is = read(right, rows, observed=True)
    ahead = read(HEAD, days_of([90, 90, 90]))
    assert "air_contradiction" not in codes(warn(ahead, book, observed=as_it_is))
    turned = warn(ahead, book, observed=read(shifted, rows, observed=True))
    (asked,) = [problem for problem in turned.problems if problem.code == "air_contradiction"]
    assert dict(asked.arguments) == {"off": 10, "compared": 10, "shifted": ""}


@pytest.mark.parametrize(
    ("header", "row", "index", "asked"),
    [
        ("date,hour,city,AQI,PM2.5,PM10,SO2,NO2,CO,O3", "2020-01-03,{n},太原,{aqi},20,30,5,10,0.5,200", 100, False),
        ("date,hour,city,AQI,PM2.5,PM10,SO2,NO2,CO,O3", "2020-01-03,{n},太原,{aqi},20,30,5,10,0.5,200", 137, True),
        ("date,city,AQI,PM2.5,PM10,SO2,NO2,CO,O3", "2020-01-{n:02},太原,{aqi},20,30,5,10,0.5,200", 137, False),
        ("date,city,AQI,PM2.5,PM10,SO2,NO2,CO,O3", "2020-01-{n:02},太原,{aqi},20,30,5,10,0.5,200", 100, True),
    ],
)
def test_an_index_is_held_against_that_of_an_hour_or_of_a_day(
    book: Rulebook, read: Reads, header: str, row: str, index: int, *, asked: bool
) -> None:
    """200 µg/m³ of ozone are 100 of an hour and 137 of a day's eight hours."""
    found = read(header, [row.format(n=n, aqi=index) for n in range(1, 11)], observed=True)
    told = contradictions(found.rows, book, "air.csv")
    assert [(one.code, dict(one.arguments)["off"], one.row) for one in told] == [("air_contradiction", 10, 2)] * asked


def test_hours_and_days_of_one_file_are_each_held_against_their_own(book: Rulebook, read: Reads) -> None:
    """200 µg/m³ of ozone are 100 of an hour and 137 of a day; rows without an index or concentrations say nothing."""
    header = "date,hour,city,AQI,PM2.5,PM10,SO2,NO2,CO,O3"
    air = "20,30,5,10,0.5,200"
    hours = [f"2020-01-03,{n},太原,100,{air}" for n in range(1, 9)]
    days = [f"2020-01-{n:02},,太原,137,{air}" for n in range(4, 12)]
    rest = [f"2020-01-{n:02},,太原,{cells}" for n, cells in enumerate((f",{air}", "300,,,,,,"), start=12)]
    assert not contradictions(read(header, [*hours, *days, *rest], observed=True).rows, book, "air.csv")
    turned = [row.replace("太原,100", "太原,137") for row in hours]
    (told,) = contradictions(read(header, [*days, *rest, *turned], observed=True).rows, book, "air.csv")
    assert (told.row, told.file, dict(told.arguments)) == (12, "air.csv", {"off": 8, "compared": 16, "shifted": ""})
    without = Rulebook(book.lists, book.layers, [])
    assert contradictions(read(header, turned, observed=True).rows, without, "air.csv") == []


def test_a_time_goes_by_the_standard_of_its_day_else_by_the_nearest(book: Rulebook) -> None:
    days = np.array(["2010-01-01", "2026-02-28", "2026-03-01", "2026-03-02T05", "2030-01-01"], dtype="datetime64[us]")
    found = {rule.id: places.tolist() for rule, places in by_standard(days, book)}
    assert found == {"hj633-2012-aqi": [0, 1], "hj633-2026-aqi": [2, 3, 4]}
    assert [rule.id for rule, _ in by_standard(days[2:], book)] == ["hj633-2026-aqi"]
    assert by_standard(days, Rulebook(book.lists, book.layers, [])) == []


def test_what_is_plausible_is_data(book: Rulebook) -> None:
    held = book.lists.plausible
    said = {"air": {"aqi": {"lowest": 0, "highest": 700, "source": "试验"}}}
    changed = held.with_changes(Plausible.model_validate(said))
    assert changed.air["aqi"].highest == 700
    assert changed.air["pm25"] == held.air["pm25"]
    assert changed.days == held.days
    for row in (*held.air.values(), *held.units.values(), held.jumps, held.days, held.stations, held.contradiction):
        assert row is not None
        assert row.source
        assert row.standing in {"primary", "inferred"}
    assert Plausible().air == {}


def test_what_some_hours_have_makes_no_colour(book: Rulebook, read: Reads) -> None:
    rows = [f"{ISSUED},太原,2020-01-{day:02d},中度污染，局地短时重度污染,,PM2.5" for day in (3, 4, 5)]
    forecast = read("发布时间,城市,预报日期,等级下限,等级上限,首要污染物", rows)
    row = forecast.table.iloc[0]
    assert (row["aqi_low"], row["aqi_mid"], row["aqi_high"]) == (151, 175, 300)
    assert not levels(warn(forecast, book))
    one = read("发布时间,城市,预报日期,等级下限,首要污染物", [f"{ISSUED},太原,2020-01-03,轻至中度污染,PM2.5"])
    assert one.table[["aqi_low", "aqi_high"]].iloc[0].tolist() == [101, 200]
