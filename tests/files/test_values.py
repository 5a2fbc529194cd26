"""Values of cells: read as what they say or refused, never half."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertengine.files import (
    YEARS,
    BadCellError,
    end_stamped,
    parse_bool,
    parse_days,
    parse_hour,
    parse_range,
    parse_stamp,
    plain_number,
    read_stamp,
    tidy,
)
from alertengine.files.cells import failed_formula, nearest_number
from alertengine.files.columns import possible_numbers, wrong_numbers
from alertengine.vocabulary import AMBIENT_TEXT, FIELDS, Words
from alertengine.warning.spellings import parse_classes, parse_dust, parse_primary


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,234", 1234), ("12,345,678.5", 12345678.5), ("１，２３４", 1234), ("−3", -3), ("+.5", 0.5), ("2e2", 200)],
)
def test_a_number_is_read_whole(text: str, value: float) -> None:
    assert plain_number(text) == value


@pytest.mark.parametrize(
    "text",
    ["90,95", "60,75", "24,0", "2,1,5", "1,2345", "0,500", "1234,567", "2_40", "1__0", "0x10", "nan", "inf", "1e999",
     "2l0", "约220", "240左右", "４３０以上", ">260", "≥230", "10²", "½", "①", "3.5.2", "٣", "1 234", "", "-"],
)  # fmt: skip
def test_what_is_no_single_number_is_none_at_all(text: str) -> None:
    assert math.isnan(plain_number(text))


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("2l0", "210"),
        ("约220", "220"),
        ("'210", "210"),
        ("230（重度）", "230"),
        ("AQI220", "220"),
        ("5吨", ""),
        ("150万", ""),
        ("1.8t/a", ""),
    ],
)
def test_the_nearest_number_is_one_that_was_written(text: str, near: str) -> None:
    assert dict(nearest_number(text, Words("a_number_or_range")).arguments).get("near", "") == near


@given(
    st.sampled_from(["lon", "production_days", "units", "capacity", "below_special_pct"]),
    st.lists(st.none() | st.floats() | st.integers(-200, 400).map(float)),
)
def test_a_column_is_possible_where_each_of_its_numbers_is(name: str, cells: list[float | None]) -> None:
    field = FIELDS[name]
    values = np.array([math.nan if cell is None else cell for cell in cells], dtype=float)
    given_ = np.array([cell is not None for cell in cells], dtype=bool)
    wrong = wrong_numbers(values, given_, field)
    assert possible_numbers(pa.array(cells, pa.float64()), field) is not bool(wrong.any())


@given(st.integers(0, 10**15), st.integers(0, 99))
def test_thousands_are_read_as_python_writes_them(whole: int, cents: int) -> None:
    assert plain_number(f"{whole:,}.{cents:02}") == pytest.approx(whole + cents / 100)


@given(st.text(alphabet="0123456789,._-+eE％%～~约左右以上 ", max_size=9))
def test_a_text_is_never_read_as_a_part_of_it(text: str) -> None:
    value = plain_number(text)
    if not math.isnan(value):
        plain = tidy(text).replace(",", "")
        assert float(plain) == value
        assert "_" not in text


@pytest.mark.parametrize(
    ("text", "ends"),
    [("180-240", (180, 240)), ("200～260", (200, 260)), ("190~230", (190, 230)), ("１９０—２３０", (190, 230)),
     ("190 至 230", (190, 230)), ("51到100", (51, 100)), ("80", (80, 80)), ("12.5–13", (12.5, 13))],
)  # fmt: skip
def test_a_range_is_read_at_both_ends(text: str, ends: tuple[float, float]) -> None:
    assert parse_range(text) == ends


@pytest.mark.parametrize("text", ["240-180", "180-", "-", "180-240-300", "约180-240", "180-240左右", "1e2_0-3", "a-b"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(BadCellError, match=r"^(a_number_or_range|perhaps)$"):
        parse_range(text)


@pytest.mark.parametrize("text", ["#N/A", "#REF!", "#value!", "#DIV/0!", "#NAME?", "#FORMULA! A1*2"])
def test_a_failed_formula_is_told_from_a_text(text: str) -> None:
    assert failed_formula(text)


@pytest.mark.parametrize("text", ["#1炉", "1#", "=1+1", "N/A", "", "#"])
def test_a_text_is_no_failed_formula(text: str) -> None:
    assert not failed_formula(text)


def test_a_text_that_excel_was_told_to_keep() -> None:
    assert tidy('="00123"') == tidy("'00123") == "00123"
    assert parse_bool(tidy('="是"')) is True


@pytest.mark.parametrize(
    ("text", "stamp"),
    [
        ("2020-01-22 15:40", "2020-01-22 15:40"),
        ("2020/1/2", "2020-01-02"),
        ("20200122", "2020-01-22"),
        ("2020012215", "2020-01-22 15:00"),
        ("2020年1月22日15时", "2020-01-22 15:00"),
        ("２０２０年１月２２日 １５时３０分", "2020-01-22 15:30"),
        ("2020-01-22 24:00", "2020-01-23"),
        ("2021-12-10+10:00:00", "2021-12-10 10:00"),
        ("2020-01-03T01:00:00.000", "2020-01-03 01:00"),
        ("2020-01-03T01:00:00Z", "2020-01-03 09:00"),
        ("2020-01-03T01:00:00+08:00", "2020-01-03 01:00"),
        ("2020-01-03 01:00:00+08", "2020-01-03 01:00"),
        ("2020-01-03 01:00:00.000+00", "2020-01-03 09:00"),
    ],
)
def test_a_time_in_all_its_spellings(text: str, stamp: str) -> None:
    assert parse_stamp(text) == pd.Timestamp(stamp)


@pytest.mark.parametrize(
    ("text", "stamp"),
    [
        ("2020-01-03（周五）", "2020-01-03"),
        ("2020年1月5号 星期日", "2020-01-05"),
        ("二○二○年十二月三十一日", "2020-12-31"),
        ("二零二零年一月十二日", "2020-01-12"),
        ("2020 - 01 - 03", "2020-01-03"),
        ("2020 年 1 月 4 日 15 时 30 分", "2020-01-04 15:30"),
        ("2020年1月2日15点", "2020-01-02 15:00"),
        ("2020年1月2日下午3时", "2020-01-02 15:00"),
        ("2020-01-02 周四 15:00", "2020-01-02 15:00"),
        ("2020-01-02 3:00 PM", "2020-01-02 15:00"),
        ("2020-01-02 12:05 am", "2020-01-02 00:05"),
        ("2020-01-02 12:05 PM", "2020-01-02 12:05"),
    ],
)
def test_a_time_as_people_say_it(text: str, stamp: str) -> None:
    assert parse_stamp(text) == pd.Timestamp(stamp)


@pytest.mark.parametrize(
    "text",
    ["2020年1月2日晚上12时", "2020年1月2日上午12时", "2020-01-02 15:00 AM", "二〇二〇年十三月一日", "二〇年一月一日"],
)
def test_a_time_of_two_readings_is_refused(text: str) -> None:
    with pytest.raises(BadCellError, match="a_time_or_day"):
        parse_stamp(text)


@pytest.mark.parametrize("text", ["2020-01-03（周六）", "2020年1月5号 星期一", "2020-01-02 礼拜天 15:00"])
def test_a_day_of_another_weekday_is_refused_with_its_own(text: str) -> None:
    with pytest.raises(BadCellError, match="perhaps"):
        parse_stamp(text)


def test_days_with_a_weekday_are_of_it() -> None:
    assert [day.day for day in parse_days("2018-04-15（周日）")] == [15]
    with pytest.raises(BadCellError) as caught:
        parse_days("2018-04-15（周三）")
    assert dict(caught.value.expected.arguments)["near"] == "2018-04-15（周日）"


@pytest.mark.parametrize("text", ["浮尘", "有沙尘", "受沙尘影响", "揚沙", "强沙尘暴天气", "是"])
def test_dust_by_its_name_is_dust(text: str) -> None:
    assert parse_dust(text) is True


@pytest.mark.parametrize("text", ["无沙尘", "可能有沙尘", "扬尘", "沙尘？"])
def test_what_may_be_dust_is_not_read(text: str) -> None:
    with pytest.raises(BadCellError, match="yes_or_no"):
        parse_dust(text)


@pytest.mark.parametrize(
    "text",
    ["", "43833", "2020-13-01", "2020-02-30", "9999-01-05", "1900-01-01", "2020-01-22 25:00", "2020-01-22 24:30",
     "2020-1-123", "01/22/2020", "11月30日", "2020-01-22+08:00Zx", "2020-01-22Z"],
)  # fmt: skip
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(BadCellError, match=r"^a_time_or_day$"):
        parse_stamp(text)


@given(st.datetimes(pd.Timestamp(YEARS[0], 1, 1), pd.Timestamp(YEARS[1], 12, 31)))
def test_a_time_reads_back_as_written(moment: pd.Timestamp) -> None:
    moment = moment.replace(microsecond=0)
    for form in ("%Y-%m-%d %H:%M:%S", "%Y/%m/%dT%H:%M:%S", "%Y年%m月%d日%H时%M分%S秒"):
        assert parse_stamp(moment.strftime(form)) == moment


@pytest.mark.parametrize("text", ["9999-01-05", "1900-01-05", "2020-01-05/45", "43833", "2020-01-03 01:00"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(BadCellError, match=r"^a_day$"):
        parse_days(text)


@pytest.mark.parametrize(("text", "hour"), [("8", 8), ("08", 8), ("8时", 8), ("08:00", 8), ("24", 24), ("１２", 12)])
def test_hours(text: str, hour: int) -> None:
    assert parse_hour(text) == hour


@pytest.mark.parametrize("text", ["12.5", "25", "-1", "08:30", "", "1e1_0"])
def test_what_is_no_hour_is_refused(text: str) -> None:
    with pytest.raises(BadCellError, match=r"^an_hour$"):
        parse_hour(text)


_QUARTERS = [f"2021-12-10 {hour:02}:{minute}" for hour in range(24) for minute in ("00", "15", "30", "45")]


@pytest.mark.parametrize(
    ("stamps", "minutes", "last"),
    [
        (["2021-12-10 01:00", "2021-12-10 02:00", "2021-12-10 24:00"], 60, "2021-12-11"),
        (["2021-12-10 23:45", "2021-12-10 24:00"], 15, "2021-12-11"),
        ([*_QUARTERS[1:], "2021-12-11 00:00"], 15, "2021-12-11"),  # whole days as ends alone
        ([*_QUARTERS[1:-5], "2021-12-11 00:00"], 15, "2021-12-11"),
        ([*_QUARTERS[1:], "2021-12-10 00:00"], 15, "2021-12-11"),  # behind its own day: meant as 24:00
        (["2021-12-11 00:00", *reversed(_QUARTERS[1:])], 15, "2021-12-10 00:15"),
        (_QUARTERS, 0, "2021-12-10 23:45"),
        (_QUARTERS[::-1], 0, "2021-12-10"),
        (_QUARTERS[1:], 0, "2021-12-10 23:45"),
        ([*_QUARTERS, "2021-12-11 00:00"], 0, "2021-12-11"),
        (["2021-12-10 00:00", "2021-12-10 01:00"], 0, "2021-12-10 01:00"),
        (["2021-12-10 01:00", "2021-12-10 24:00"], 0, "2021-12-11"),  # how long a reading lasts is not shown
        (["2021-12-10"], 0, "2021-12-10"),
    ],
)
def test_what_shows_that_ends_are_stamped(stamps: list[str], minutes: int, last: str) -> None:
    found = end_stamped(map(read_stamp, stamps))
    assert found.length == pd.Timedelta(minutes=minutes)
    assert found.times[-1] == pd.Timestamp(last)


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("重度污染", ("重度污染", "重度污染")),
        ("重度", ("重度污染", "重度污染")),
        ("轻至中度污染", ("轻度污染", "中度污染")),
        ("轻度～中度污染", ("轻度污染", "中度污染")),
        ("良至轻度污染", ("良", "轻度污染")),
        ("优良", ("优", "良")),
        ("中度到重度污染", ("中度污染", "重度污染")),
        ("轻度污染，局地中度污染", ("轻度污染", "轻度污染", "中度污染")),
        ("中度污染，局地短时可达重度污染", ("中度污染", "中度污染", "重度污染")),
        ("良，局地短时轻度污染", ("良", "良", "轻度污染")),
        ("轻度污染为主，局地短时加重", ("轻度污染", "轻度污染", "中度污染")),
        ("中至重度污染（部分时段严重污染）", ("中度污染", "重度污染", "严重污染")),
        ("四级（中度污染）", ("中度污染", "中度污染")),
        ("Ⅴ级", ("重度污染", "重度污染")),
        ("严重污染", ("严重污染", "严重污染")),
        ("嚴重污染", ("严重污染", "严重污染")),
        ("輕至中度汙染", ("轻度污染", "中度污染")),
    ],
)
def test_classes_as_provinces_print_them(text: str, classes: tuple[str, ...]) -> None:
    assert parse_classes(text) == (*classes, classes[-1])[:3]


@pytest.mark.parametrize("text", ["", "雾", "很高", "轻度雾霾", "中雨转重度污染", "局地重度污染", "210", "无污染"])
def test_what_is_no_class_is_refused(text: str) -> None:
    with pytest.raises(BadCellError, match=r"^(classes|perhaps)$"):
        parse_classes(text)


@pytest.mark.parametrize(
    ("text", "primary"),
    [
        ("PM 2.5", "PM2.5"),
        ("PM2·5、O 3", "PM2.5|O3"),
        *((name, name) for name in AMBIENT_TEXT.values()),
        ("PM25", "PM2.5"), ("pm2_5", "PM2.5"), ("ＰＭ２．５", "PM2.5"), ("PM₂.₅", "PM2.5"),
        ("细颗粒物(PM2.5)", "PM2.5"), ("细颗粒物（PM₂.₅）", "PM2.5"), ("颗粒物(PM10)", "PM10"),
        ("颗粒物(PM10),细颗粒物(PM2.5)", "PM10|PM2.5"), ("细颗粒物和臭氧", "PM2.5|O3"), ("PM2.5/PM10", "PM2.5|PM10"),
        ("臭氧8小时", "O3"), ("臭氧1小时", "O3"), ("O3_8h", "O3"), ("O3-8h", "O3"), ("臭氧(O3-8h)", "O3"),
        ("臭氧日最大8小时", "O3"), ("O3_1h", "O3"), ("PM2.5_24h", "PM2.5"), ("二氧化氮(NO2)", "NO2"), ("无", ""),
        ("可吸入颗粒物 (PM10)", "PM10"), ("一氧化碳", "CO"),
    ],
)  # fmt: skip
def test_primary_pollutants_as_standards_and_exporters_spell_them(text: str, primary: str) -> None:
    assert parse_primary(text) == primary


@pytest.mark.parametrize("text", ["雾", "细颗粒", "颗粒物", "PM2.5、雾", "PM10(PM2.5)", "8小时", "PM1", "O", "沙尘"])
def test_a_primary_that_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(BadCellError, match=r"^(one_of|perhaps)$"):
        parse_primary(text)
