"""Cities or days in columns, and one column of all values, become rows of a city and time, each cell with its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from alertengine.files import Profile, reading_with
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError
from alertengine.warning import Forecast, read_forecast

ISSUED = "2021-12-01 15:00"
Read = Callable[..., Forecast]


@pytest.fixture
def read(shipped: Rulebook, tmp_path: Path) -> Read:
    def of_text(text: str, name: str = "f.csv", *, observed: bool = False) -> Forecast:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return read_forecast(tmp_path / name, shipped, observed=observed)

    return of_text


def values(found: Forecast, *names: str) -> dict[tuple[str, str], Any]:
    table = found.table
    keys = zip(table["city"], table["start"].dt.strftime("%d %H"), strict=True)
    return dict(zip(keys, table[list(names)].itertuples(index=False, name=None), strict=True))


@pytest.mark.parametrize("observed", [False, True])
@pytest.mark.parametrize(
    ("headers", "named"),
    [
        ("11月30日,12月1日", "11月30日, 12月1日"),
        ("11月30号,12月1号", "11月30号, 12月1号"),
        ("11/30,12/1", "11/30, 12/1"),
        ("11-30,12-01", "11-30, 12-01"),
        ("1130,1201", "1130, 1201"),
        ("30-Nov,1-Dec", "30-Nov, 1-Dec"),
        ("Nov-30,Dec-01", "Nov-30, Dec-01"),
        ("21/11/30,21/12/1", "21/11/30, 21/12/1"),
        ("11月30日AQI,12月1日AQI", "11月30日AQI, 12月1日AQI"),
        ("11月30日（周二）,12月1日（周三）", "11月30日（周二）, 12月1日（周三）"),
        ("2021-11-30,12-01", "12-01"),  # the day without was not read, in a note
        ("2021年11月30日,2021-12-01", None),
        ("20211130,20211201", None),
    ],
)
def test_days_in_columns_without_their_year_are_told_in_one_problem(
    read: Read, headers: str, named: str | None, observed: bool
) -> None:
    first, issued = ("城市", "临汾市") if observed else ("发布时间,城市", "2021-11-30 15:00,临汾市")
    text = f"{first},{headers}\n{issued},260,160\n"
    if named is None:
        assert values(read(text, "AQI.csv", observed=observed), "aqi_mid") == {
            ("临汾市", "30 00"): (260,), ("临汾市", "01 00"): (160,),
        }  # fmt: skip
        return
    with pytest.raises(InputError) as refused:
        read(text, "AQI.csv", observed=observed)
    (problem,) = refused.value.problems
    assert (problem.code, problem.row) == ("header_without_year", 1)
    assert f"have no year: {named}; expected each day with its year (2026-11-30)" in str(problem)


def test_cities_in_columns(read: Read) -> None:
    text = f"发布时间,日期,太原,临汾市\n{ISSUED},2021-12-02,120-150,210\n{ISSUED},2021-12-03,约220,\n"
    found = read(text, "各市AQI预报.csv")
    assert values(found, "aqi_low", "aqi_high") == {("太原市", "02 00"): (120, 150), ("临汾市", "02 00"): (210, 210)}
    assert found.table["row"].tolist() == [2, 2], "rows of the file"
    assert [(one.code, one.row, one.column) for one in found.problems] == [
        ("cell_missing", 3, "太原"),
        ("no_value", 3, ""),
    ]
    assert "values_are" in [one.code for one in found.notes]
    assert found.protocol is not None
    assert found.protocol.columns[2] == ("太原", ("city",))


@pytest.mark.parametrize("name", ["各市预报.csv", "AQI和PM2.5.csv"])
def test_numbers_of_nobody_knows_what_are_refused(read: Read, name: str) -> None:
    with pytest.raises(InputError) as caught:
        read(f"发布时间,日期,太原,临汾市\n{ISSUED},2021-12-02,120,210\n", name)
    assert [one.code for one in caught.value.problems] == ["values_of_what"]


def test_a_profile_says_what_they_are(read: Read) -> None:
    profile = Profile.model_validate({"as": "forecast", "values": {"指标": "PM2.5"}})
    with reading_with(profile):
        found = read(f"发布时间,日期,太原,临汾市\n{ISSUED},2021-12-02,120,210\n")
    assert values(found, "pm25") == {("太原市", "02 00"): (120,), ("临汾市", "02 00"): (210,)}


def test_classes_need_no_saying(read: Read) -> None:
    found = read(f"发布时间,日期,太原,临汾市\n{ISSUED},2021-12-02,轻度污染,重度\n")
    assert values(found, "aqi_low") == {("太原市", "02 00"): (101,), ("临汾市", "02 00"): (201,)}


def test_a_city_above_its_fields(read: Read) -> None:
    head = "各市预报,,,,,\n发布时间,日期,太原市,,临汾市,\n,,AQI,首要污染物,AQI,首要污染物\n"
    found = read(f"{head}{ISSUED},2021-12-02,120-150,PM2.5,210,PM10\n注：仅供参考,,,,,\n")
    assert values(found, "aqi_high", "primary") == {
        ("太原市", "02 00"): (150, "PM2.5"),
        ("临汾市", "02 00"): (210, "PM10"),
    }
    assert not found.problems


def test_a_city_that_is_nearly_ours_is_asked_about(read: Read) -> None:
    found = read(f"发布时间,日期,太原市AQI,临份市\n{ISSUED},2021-12-02,120,210\n", "AQI.csv")
    assert [one.value for one in found.problems] == ["临份市"]


def test_a_row_a_pollutant(read: Read) -> None:
    rows = "".join(
        f"20211202,{hour},AQI,100,120,130\n20211202,{hour},PM2.5,80,90,9x\n20211202,{hour},PM2.5_24h,8,9,9\n"
        for hour in (1, 2)
    )
    found = read("date,hour,type,北京,太原,临汾\n" + rows, observed=True)
    assert values(found, "aqi_mid", "pm25")["太原市", "02 00"] == (120, 90)
    assert len(found.table) == 4
    assert found.is_feed
    assert [(one.row, one.column) for one in found.problems] == [(3, "临汾"), (6, "临汾")]
    [unread] = [one for one in found.notes if one.code == "columns_unread"]
    assert dict(unread.arguments)["names"] == ("北京", "PM2.5_24h")


def test_one_column_of_all_values(read: Read) -> None:
    text = "城市,日期,指标,数值\n临汾市,2021-12-02,AQI,120\n临汾市,2021-12-02,PM2.5,90\n临汾市,2021-12-03,AQI,x\n"
    found = read(text, observed=True)
    assert values(found, "aqi_mid", "pm25") == {("临汾市", "02 00"): (120, 90)}
    assert [(one.row, one.column) for one in found.problems] == [(4, "数值")]


def test_days_in_columns_of_a_workbook(shipped: Rulebook, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "AQI"
    book.active.append(["发布时间", "城市", date(2021, 12, 2), date(2021, 12, 3)])
    book.active.append([ISSUED, "临汾市", "120-150", 210])
    book.active.append([ISSUED, "太原市", 90, "2l0"])
    other = book.create_sheet("PM2.5")
    other.append(["发布时间", "城市", date(2021, 12, 2), date(2021, 12, 3)])
    other.append([ISSUED, "临汾市", 80, 160])
    book.save(tmp_path / "f.xlsx")
    found = read_forecast(tmp_path / "f.xlsx", shipped)
    assert values(found, "aqi_high", "pm25")["临汾市", "03 00"] == (210, 160)
    assert [(one.sheet, one.row, one.column) for one in found.problems if one.code == "cell_missing"] == [
        ("AQI", 3, "2021-12-03")
    ]


def test_a_frame_of_cities(shipped: Rulebook) -> None:
    frame = pd.DataFrame({"日期": ["2021-12-02"], "太原AQI": [120], "临汾AQI": [None]})
    found = read_forecast(frame, shipped, observed=True)
    assert values(found, "aqi_mid") == {("太原市", "02 00"): (120,)}


def told(found: Forecast) -> list[tuple[str, int | None, str]]:
    return [(one.code, one.row, one.column) for one in found.problems]


@pytest.mark.parametrize(
    ("head", "row", "columns", "cells"),
    [
        ("太原市AQI,临汾市AQI", "120,210", ("aqi_mid",), {"太原市": (120,), "临汾市": (210,)}),
        ("AQI 太原市,AQI·临汾", "120,210", ("aqi_mid",), {"太原市": (120,), "临汾市": (210,)}),
        ("太原PM2.5,太原PM10,临汾PM2.5", "80,120,90", ("pm25", "pm10"), {"太原市": (80, 120), "临汾市": (90, None)}),
        ("太原AQI,太原首要污染物,临汾AQI", "120,PM10,210", ("aqi_mid", "primary"),
         {"太原市": (120, "PM10"), "临汾市": (210, "")}),
        ("太原CO(mg/m3),临汾CO(mg/m3)", "1.2,0.9", ("co",), {"太原市": (1.2,), "临汾市": (0.9,)}),
        ("太原CO(μg/m3),临汾CO(μg/m3)", "1200,900", ("co",), {"太原市": (1.2,), "临汾市": (0.9,)}),
    ],
)  # fmt: skip
def test_a_header_names_a_city_and_a_field(
    read: Read, head: str, row: str, columns: tuple[str, ...], cells: dict[str, tuple[Any, ...]]
) -> None:
    found = read(f"日期,{head}\n2021-12-02,{row}\n", observed=True)
    table = found.table[["city", *columns]].astype("object")
    rows = {city: tuple(None if pd.isna(one) else one for one in rest) for city, *rest in table.to_numpy()}
    assert rows == cells
    assert not found.problems
    assert not [one for one in found.notes if one.code in {"values_are", "columns_unread"}]


def test_days_in_columns_each_with_its_field(read: Read) -> None:
    head = "发布时间,城市,2021年12月2日AQI,20211203AQI,2021-02-30AQI"
    found = read(f"{head}\n{ISSUED},太原,120,x,9\n{ISSUED},临汾,210,,9\n")
    assert values(found, "aqi_mid") == {("太原市", "02 00"): (120,), ("临汾市", "02 00"): (210,)}
    assert told(found) == [("cell_missing", 2, "20211203AQI"), ("no_value", 3, "")]
    [unread] = [one for one in found.notes if one.code == "columns_unread"]
    assert dict(unread.arguments)["names"] == ("2021-02-30AQI",)


@pytest.mark.parametrize(
    ("title", "name", "columns", "noted"),
    [
        ("各市空气质量指数预报", "f.csv", "aqi_mid", ["AQI"]),
        ("各市PM2.5预报", "f.csv", "pm25", ["PM2.5"]),
        ("", "各市臭氧.csv", "o3", ["O3"]),
        ("", "各市O3_8h.csv", "o3_8h", ["O3_8h"]),
        ("PM2.5、PM10预报", "f.csv", None, None),
        ("", "PM25预报.csv", None, None),
    ],
)
def test_a_title_or_the_name_of_the_file_says_what_the_numbers_are(
    read: Read, title: str, name: str, columns: str | None, noted: list[str] | None
) -> None:
    text = (f"{title},,,\n" if title else "") + f"发布时间,日期,太原,临汾\n{ISSUED},2021-12-02,120,110\n"
    if columns is None:
        with pytest.raises(InputError) as refused:
            read(text, name)
        (asked,) = refused.value.problems
        assert (asked.code, asked.row) == ("values_of_what", 2 if title else 1)
        assert (dict(asked.arguments)["count"], tuple(dict(asked.arguments)["names"])) == (2, ("太原", "临汾"))
        return
    found = read(text, name)
    assert values(found, columns) == {("太原市", "02 00"): (120,), ("临汾市", "02 00"): (110,)}
    [note] = [one for one in found.notes if one.code == "values_are"]
    assert (note.row, dict(note.arguments)["count"], list(dict(note.arguments)["names"])) == (
        2 if title else 1,
        2,
        noted,
    )


def test_a_row_a_pollutant_twice_is_two_lines_each_in_its_place(read: Read) -> None:
    rows = [
        "2021-12-02,AQI,100,110",
        "2021-12-02,PM2.5,80,9x",
        "2021-12-02,AQI,100,115",
        "2021-12-03,PM2.5,70,",
        ",AQI,1,2",
    ]
    found = read("\n".join(["日期,指标,太原,临汾", *rows]) + "\n", observed=True)
    table = found.table[["city", "row", "aqi_low", "aqi_high", "pm25"]].astype("object")
    assert [tuple(None if pd.isna(one) else one for one in row) for row in table.to_numpy()] == [
        ("太原市", 5, None, None, 70),
        ("太原市", 4, 100, 100, 80),  # two rows of one time are one, that of the last
        ("临汾市", 4, 110, 115, None),
    ]
    assert told(found)[:2] == [("cell_missing", 3, "临汾"), ("row_without_day", 6, "target_date")]
