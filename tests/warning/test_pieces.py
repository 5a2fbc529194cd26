"""Small pieces of warnings: levels over hours, orders from above, bulletins, records, observations as forecasts."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alertengine.files import BadCellError
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import WARNING_COLUMNS, InputError
from alertengine.warning import Rows, as_perfect_forecast, class_bounds, read_forecast
from alertengine.warning.aqi import moving_max, moving_mean
from alertengine.warning.bulletin import parse_value, read_bulletin
from alertengine.warning.known_at import ahead_and_behind
from alertengine.warning.level_intervals import LevelInterval, at_least, changes, merged, paint, rank_at, rank_before
from alertengine.warning.life import _bridged, levels_of
from alertengine.warning.record import rows_of
from alertengine.warning.record_reader import defects, torn
from alertengine.warning.spellings import parse_classes, parse_primary
from alertengine.warning.superior_orders import read_floors
from alertengine.warning.windows import timelines
from tests.synthetic import daily_forecast

ZERO = pd.Timestamp("2021-01-10")


def hour(number: float) -> pd.Timestamp:
    return ZERO + pd.Timedelta(hours=number)


def pieces(*spans: tuple[float, float, int]) -> list[LevelInterval]:
    return [LevelInterval(hour(first), hour(last), rank) for first, last, rank in spans]


@pytest.mark.parametrize(
    ("span", "out"),
    [
        ((4, 8, 3), [(0, 4, 1), (4, 8, 3), (8, 10, 1)]),
        ((4, 8, 0), [(0, 4, 1), (8, 10, 1)]),
        ((4, 8, 1), [(0, 10, 1)]),
        ((0, 10, 2), [(0, 10, 2)]),
        ((-2, 4, 2), [(-2, 4, 2), (4, 10, 1)]),
        ((10, 12, 1), [(0, 12, 1)]),
        ((12, 14, 1), [(0, 10, 1), (12, 14, 1)]),
        ((4, 4, 3), [(0, 10, 1)]),
        ((8, 4, 3), [(0, 10, 1)]),
    ],
)
def test_hours_are_painted_over(span: tuple[int, int, int], out: list[tuple[int, int, int]]) -> None:
    first, last, rank = span
    assert paint(pieces((0, 10, 1)), hour(first), hour(last), rank) == pieces(*out)


def test_pieces_are_told_in_order_neighbours_as_one_and_nothing_empty() -> None:
    mixed = pieces((6, 8, 1), (0, 4, 1), (4, 6, 1), (8, 8, 3), (9, 10, 1), (10, 12, 2))
    assert merged(mixed) == pieces((0, 8, 1), (9, 10, 1), (10, 12, 2))
    assert [rank_at(mixed, hour(at)) for at in (0, 3.9, 8, 8.5, 10, 12)] == [1, 1, 0, 0, 2, 0]
    assert [rank_before(mixed, hour(at)) for at in (0, 4, 8, 9, 10, 12)] == [0, 1, 1, 0, 1, 2]
    assert at_least(pieces((0, 4, 3), (4, 8, 1)), hour(2), hour(6), 2) == pieces((0, 4, 3), (4, 6, 2), (6, 8, 1))
    assert changes(pieces((0, 8, 1)), pieces((0, 8, 1)), hour(0)) == []


@pytest.mark.parametrize(
    ("oscillation", "gap", "runs", "out"),
    [
        ("own", 6, [], []),
        ("own", 6, [(0, 10, 1)], [(0, 10, 1)]),
        ("own", 6, [(0, 10, 1), (20, 30, 1)], [(0, 10, 1), (20, 30, 1)]),
        ("own", 6, [(0, 10, 2), (12, 20, 2)], [(0, 20, 2)]),  # a short dip keeps the level
        ("own", 6, [(0, 10, 2), (12, 14, 1), (16, 20, 2)], [(0, 10, 2), (10, 16, 1), (16, 20, 2)]),  # 6 hours is no dip
        ("higher", 6, [(0, 10, 1), (12, 20, 3), (22, 30, 2)], [(0, 20, 3), (20, 30, 2)]),
        ("higher", 6, [(0, 10, 3), (12, 20, 1)], [(0, 10, 3), (10, 20, 1)]),
    ],
)
def test_the_levels_of_a_life_by_what_the_law_says_of_its_dips(
    oscillation: str, gap: int, runs: list[tuple[int, int, int]], out: list[tuple[int, int, int]]
) -> None:
    rule: Any = SimpleNamespace(oscillation=oscillation, join_gap_hours=gap)
    made: list[Any] = [SimpleNamespace(start=hour(a), end=hour(b), rank=rank) for a, b, rank in runs]
    assert levels_of(made, rule) == pieces(*out)


def test_no_hour_of_a_life_is_without_a_level() -> None:
    gaps = pieces((0, 4, 3), (8, 12, 1), (12, 14, 2))
    for front, first in ((3, 3), (2, 2), (1, 1)):
        out = pieces((-2, 0, first), (0, 4, 3)) if first < 3 else pieces((-2, 4, 3))
        found = _bridged(gaps, hour(-2), hour(16), front)
        assert found == [*out, *pieces((4, 12, 1), (12, 16, 2))], "the lower of two"
    assert _bridged([], hour(0), hour(8), 3) == []


@pytest.mark.parametrize(
    ("first", "last"), [(1, 5), (1, 4), (2, 3), (3, 5), (4, 5), (4, 9), (5, 6), (6, 9), (1, 9), (3, 3)]
)
def test_a_part_of_the_hours_of_a_place_is_as_if_only_its_rows_had_been_given(first: int, last: int) -> None:
    table = daily_forecast("临汾市", {f"2021-01-0{day}": 100.0 + day for day in (2, 3, 5)}, "2021-01-01 15:00").table
    begin, end = (pd.Timestamp(2021, 1, day) for day in (first, last))
    part = timelines(Rows.of(table))["临汾市", ""].between(begin, end)
    rows = table[(table["start"] >= begin) & (table["start"] < end)]
    assert (part is None) == rows.empty
    if part is not None:
        alone = timelines(Rows.of(rows))["临汾市", ""]
        assert (part.origin, part.hours, part.last_start()) == (alone.origin, alone.hours, alone.last_start())
        np.testing.assert_array_equal(part.daily["aqi_mid"], alone.daily["aqi_mid"])


@pytest.mark.parametrize(
    ("said", "column"),
    [
        ({"area": "无此地"}, "area"),
        ({"level": "blue"}, "level"),
        ({"level": "none"}, "level"),
        ({"from": "soon"}, "from"),
        ({"to": "late"}, "to"),
        ({"to": "2021-01-10 00:00"}, "to"),
        ({"to": "2021-01-09 00:00"}, "to"),
        ({"until": "x"}, "until"),
    ],
)
def test_an_order_from_above_names_a_place_a_level_and_its_hours(
    book: Rulebook, said: dict[str, Any], column: str
) -> None:
    plain = {"area": "临汾市", "level": "red", "from": "2021-01-10 00:00", "source": "省", "exact": True}
    (floor,) = read_floors([plain | {"to": "2021-01-10 00:01"}], book.lists)
    assert (floor.rank, floor.exact, floor.source, floor.end) == (3, True, "省", ZERO + pd.Timedelta(minutes=1))
    assert read_floors([plain], book.lists)[0].end > pd.Timestamp("2100-01-01")
    with pytest.raises(InputError, match=column) as refused:
        read_floors([plain, plain | said], book.lists)
    assert [one.column for one in refused.value.problems] == [column]


@pytest.mark.parametrize(
    ("first", "last", "start", "end"),
    [
        ("2021-01-10", "2021-01-12", "2021-01-10 00:00", "2021-01-13 00:00"),
        ("2021年1月10日", "2021年1月10日", "2021-01-10 00:00", "2021-01-11 00:00"),
        ("2021-01-10 18:00", "2021-01-12 0时", "2021-01-10 18:00", "2021-01-12 00:00"),
        ("2021-01-10 18:00", "2021-01-12 24:00", "2021-01-10 18:00", "2021-01-13 00:00"),
    ],
)
def test_a_day_without_an_hour_is_the_whole_of_it(book: Rulebook, first: str, last: str, start: str, end: str) -> None:
    (floor,) = read_floors([{"area": "临汾市", "level": "red", "from": first, "to": last, "source": "省"}], book.lists)
    assert (floor.start, floor.end) == (pd.Timestamp(start), pd.Timestamp(end))


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("180", "180", "180"),
        ("180-220", "180", "220"),
        ("500", "500", "500"),
        ("轻至中度污染", "轻度污染", "中度污染"),
        ("三级", "轻度污染", "轻度污染"),
        ("Ⅲ级", "轻度污染", "轻度污染"),
        ("Ⅲ～Ⅳ级", "轻度污染", "中度污染"),
        ("Ⅴ", "重度污染", "重度污染"),
    ],
)
def test_a_value_of_a_bulletin(text: str, low: str, high: str) -> None:
    assert (parse_value(text).low, parse_value(text).high) == (low, high)


@pytest.mark.parametrize(
    ("text", "low", "high", "at_times"),
    [
        ("轻度污染", "轻度污染", "轻度污染", "轻度污染"),
        ("轻至中度污染", "轻度污染", "中度污染", "中度污染"),
        ("良，局地短时轻度污染", "良", "良", "轻度污染"),
        ("良至轻度污染，局地短时", "良", "轻度污染", "中度污染"),  # no class of its own: one above the rest
        ("严重污染，局地短时", "严重污染", "严重污染", "严重污染"),
        ("中度污染，局地轻度污染", "中度污染", "中度污染", "中度污染"),
        ("四级", "中度污染", "中度污染", "中度污染"),
        ("Ⅲ～Ⅳ级", "轻度污染", "中度污染", "中度污染"),
    ],
)
def test_the_classes_of_a_cell_and_what_some_spots_have(text: str, low: str, high: str, at_times: str) -> None:
    found = parse_classes(text)
    assert (found.low, found.high, found.at_times) == (low, high, at_times)


@pytest.mark.parametrize("text", ["220-180", "501", "180-501", "轻度污染，局地中度污染"])
def test_a_value_that_is_none_is_not_replaced(text: str) -> None:
    with pytest.raises(BadCellError, match=r"\w"):
        parse_value(text)


@pytest.mark.parametrize(
    ("head", "issued"),
    [
        ("2021年1月9日15时发布", datetime(2021, 1, 9, 15)),
        ("2021年1月9日0时30分发布", datetime(2021, 1, 9, 0, 30)),
        ("2021年1月9日23:59发布", datetime(2021, 1, 9, 23, 59)),
        ("2021年1月9日24时发布", datetime(2021, 1, 10)),
        ("2021年1月9日25时发布", None),
        ("2021年2月30日15时发布", None),
        ("今天发布", None),
    ],
)
def test_when_a_bulletin_was_issued(head: str, issued: datetime | None) -> None:
    found = read_bulletin(f"{head}\n10日临汾AQI180-200。", ["临汾市"], date(2021, 1, 9))
    assert found.issued == issued
    assert (found.cells["临汾市", date(2021, 1, 10)].low, found.cells["临汾市", date(2021, 1, 10)].high) == (
        "180",
        "200",
    )


def test_no_pollutant_and_separators_alone() -> None:
    assert parse_primary("无") == ""
    for text in ("、", "，,"):
        with pytest.raises(BadCellError, match=r"\w"):
            parse_primary(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("细颗粒物", "PM2.5"), ("PM 2.5", "PM2.5"), ("PM2·5", "PM2.5"), ("pm10", "PM10"), ("PM2.5_24h", "PM2.5"),
        ("臭氧 (O3)", "O3"), ("臭氧8小时", "O3"), ("O3 8h", "O3"), ("O3_8h_24h", "O3"),
        ("臭氧日最大8小时滑动平均", "O3"),
        ("颗粒物(PM10)", "PM10"), ("PM2.5、O3", "PM2.5|O3"), ("O3和PM10", "O3|PM10"), ("PM2.5/PM2.5", "PM2.5"),
        ("O3(8小时)", "O3"), ("细颗粒物（PM2.5）及臭氧", "PM2.5|O3"), ("—", ""),
        ("颗粒物", None), ("PM2.5(O3)", None), ("8小时", None), ("PM2.5、雾", None), ("氮氧化物", None),
    ],
)  # fmt: skip
def test_pollutants_as_they_are_written(text: str, found: str | None) -> None:
    if found is None:
        with pytest.raises(BadCellError, match=r"\w"):
            parse_primary(text)
    else:
        assert parse_primary(text) == found


@pytest.mark.parametrize("text", ["", "局地轻度污染", "轻度污染，明天良好得很", "七级", "轻度污染，局地七级"])
def test_what_is_no_class_of_a_day(text: str) -> None:
    with pytest.raises(BadCellError, match=r"\w"):
        parse_classes(text)


def test_means_and_maxima_over_windows() -> None:
    values = np.array([1.0, np.nan, 3.0, 5.0])
    np.testing.assert_array_equal(moving_mean(values, 2, 1), [1, 3, 4, np.nan])
    np.testing.assert_array_equal(moving_mean(values, 2, 2), [np.nan, np.nan, 4, np.nan])
    np.testing.assert_array_equal(moving_max(values, 2, 1), [1, 3, 5, np.nan])
    np.testing.assert_array_equal(moving_mean(values, 5, 1), [np.nan] * 4)
    np.testing.assert_array_equal(moving_mean(values, 4, 3), [3, np.nan, np.nan, np.nan])
    assert class_bounds("良") == (51, 100)
    with pytest.raises(KeyError, match="雾"):
        class_bounds("雾")


def feed(tmp_path: Path, book: Rulebook, *days: int) -> Any:
    rows = [f"临汾,2021-01-{day:02},{at},{100 + day}" for day in days for at in (1, 24)]
    (tmp_path / "o.csv").write_text("city,target_date,hour,aqi\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return read_forecast(tmp_path / "o.csv", book.lists, observed=True)


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [(None, None, [10, 11, 12]), ("2021-01-11", None, [11, 12]), (None, "2021-01-11", [10, 11]),
     ("2021-01-11", "2021-01-11", [11])],
)  # fmt: skip
def test_observations_are_a_forecast_of_the_days_asked_for(
    tmp_path: Path, book: Rulebook, first: str | None, last: str | None, days: list[int]
) -> None:
    made = as_perfect_forecast(feed(tmp_path, book, 10, 11, 12), "2021-01-10 15:00", first=first, last=last)
    assert sorted(set(made.table["start"].dt.day)) == days
    assert set(made.table["issue_time"]) == {pd.Timestamp("2021-01-10 15:00")}
    assert not made.is_feed


def test_observations_are_cut_at_a_moment(tmp_path: Path, book: Rulebook) -> None:
    whole = feed(tmp_path, book, 8, 9, 10, 11, 12)
    ahead, behind = ahead_and_behind(whole, pd.Timestamp("2021-01-10 15:00"), 1, 1)
    assert sorted(set(ahead.table["start"].dt.day)) == [10, 11]
    assert sorted(set(behind.table["start"].dt.day)) == [9, 10]
    with pytest.raises(InputError, match="2021-01-13"):
        ahead_and_behind(whole, pd.Timestamp("2021-01-13 15:00"), 1, 1)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("w.csv", b"a,b\n1,2\n", []), ("w.csv", b"a,b\n1,2", ["warning_torn"]), ("w.CSV", b"1", ["warning_torn"]),
     ("w.xlsx", b"1", [])],
)  # fmt: skip
def test_a_record_that_ends_within_a_row_is_torn(tmp_path: Path, name: str, content: bytes, said: list[str]) -> None:
    (tmp_path / name).write_bytes(content)
    found = torn(tmp_path / name, 7)
    assert [(one.code, one.row) for one in found] == [(code, 7) for code in said]


ISSUE = {"warning_id": "W", "city": "临汾市", "action": "issue", "level": "red", "issued": 0, "starts": 8, "ends": 20}


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        ([{}], []),
        ([{"ends": 8}], ["warning_ends_early"]),
        ([{"ends": 7}], ["warning_ends_early"]),
        ([{"ends": 9}], []),
        ([{"level": ""}], ["warning_cell_blank"]),
        ([{"level": "none"}], ["warning_cell_blank"]),
        ([{}, {"action": "lower", "level": "none", "issued": 1}], ["warning_cell_blank"]),
        ([{}, {"action": "lift", "level": "none", "issued": 1}], []),
        ([{"action": ""}], ["warning_cell_blank"]),
        ([{"city": "", "starts": None}], ["warning_cell_blank"] * 2),
        ([{"action": "advise", "level": ""}], []),
        ([{"action": "raise"}], ["warning_not_issued"]),
        ([{}, {"action": "raise", "counties": "尧都区", "issued": 1}], ["warning_of_two_places"]),
        ([{}, {"action": "raise", "issued": 1, "starts": 9}], []),
        ([{"issued": 2}, {"action": "raise", "issued": 1, "starts": 9}], ["warning_backwards"]),
        ([{}, {"action": "raise"}], ["warning_contradicts"]),
        ([{}, {}], []),
    ],
)
def test_what_is_wrong_with_the_rows_of_a_record(rows: list[dict[str, Any]], codes: list[str]) -> None:
    table = pd.DataFrame(
        [dict.fromkeys(WARNING_COLUMNS, "") | ISSUE | row for row in rows], index=[*range(2, 2 + len(rows))]
    )
    for name in ("issued", "starts", "ends"):
        table[name] = [pd.NaT if value is None else hour(value) for value in table[name].astype("object")]
    found = list(defects(zip(table.index, rows_of(table), strict=True), "w.csv"))
    assert [one.code for one in found] == codes
    assert {one.row for one in found} <= {1 + len(rows)}
    against = {"warning_of_two_places", "warning_backwards", "warning_contradicts"}
    assert [dict(one.arguments).get("row_of") for one in found] == [2 if code in against else None for code in codes]


@pytest.mark.parametrize(
    ("whole_days", "single_hours", "first", "last"),
    [
        ([2], [], "02 00", "02 23"),
        ([2, 5], [], "02 00", "05 23"),
        ([], ["03 05"], "03 05", "03 05"),
        ([], ["03 05", "04 02"], "03 05", "04 02"),
        ([2], ["04 02"], "02 00", "04 02"),
        ([4], ["02 05"], "02 05", "04 23"),
        ([2, 4], ["03 05"], "02 00", "04 23"),
    ],
)
def test_the_hours_that_are_given_lie_between_the_first_and_the_last_row(
    whole_days: list[int], single_hours: list[str], first: str, last: str
) -> None:
    row = daily_forecast("临汾市", {"2021-01-01": 100.0}, "2021-01-01 15:00").table.iloc[0].to_dict()
    rows = [row | {"start": pd.Timestamp(2021, 1, day)} for day in whole_days]
    rows += [row | {"start": pd.Timestamp(f"2021-01-{said}:00"), "hours": 1} for said in single_hours]
    timeline = timelines(Rows.of(pd.DataFrame(rows)))["临汾市", ""]
    hours = np.flatnonzero(timeline.given())
    assert [f"{timeline.at(hour):%d %H}" for hour in (hours[0], hours[-1])] == [first, last]
    assert len(hours) == hours[-1] - hours[0] + 1
