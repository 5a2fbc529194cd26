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
