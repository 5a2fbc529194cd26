"""Forecast files as they really come, and broken ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError
from alertengine.warning import read_forecast

pytestmark = pytest.mark.whole

HEAD = "issue_time,city,target_date,aqi,primary\n"


def read(book: Rulebook, folder: Path, text: str, encoding: str = "utf-8", **more: bool):
    path = folder / "forecast.csv"
    path.write_text(text, encoding=encoding)
    return read_forecast(path, book.lists, **more)


def test_the_published_forecasts_read_as_they_are(book: Rulebook, data: Callable[[str], Path]) -> None:
    forecast = read_forecast(data("forecast_examples.csv"), book.lists)
    assert not forecast.problems
    table = forecast.table
    of_linfen = table[(table["city"] == "临汾市") & (table["issue_time"] == "2020-01-22 15:40")]
    assert of_linfen["aqi_mid"].tolist() == [225, 225, 225]
    assert of_linfen["aqi_low"].tolist() == [151] * 3
    assert of_linfen["aqi_high"].tolist() == [300] * 3
    both = table[(table["city"] == "大同市") & (table["row"] == 13)]
    assert both["start"].dt.strftime("%m-%d").tolist() == ["04-15", "04-16"]
    assert any("沙尘" in note.message for note in forecast.notes)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("day", ["20190104", "2019-01-04", "2019/1/4", "2019年1月4日"])
def test_encodings_dates_and_chinese_headers(book: Rulebook, tmp_path: Path, encoding: str, day: str) -> None:
    head = "发布时间,区域,预报日期,时次,AQI下限,AQI上限,首要污染物,沙尘,备注"
    text = f"{head}\n2019-01-03 15:00,临汾,{day},,200,301,细颗粒物,0,甲\n"
    forecast = read(book, tmp_path, text, encoding)
    row = forecast.table.iloc[0]
    assert (row["city"], row["start"], row["hours"]) == ("临汾市", pd.Timestamp("2019-01-04"), 24)
    assert (row["aqi_low"], row["aqi_mid"], row["aqi_high"]) == (200, 250, 301)  # 250.5 rounds down
    assert (row["primary"], row["dust"], row["remark"]) == ("PM2.5", False, "甲")
    assert not forecast.problems


def test_a_workbook(book: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "forecast.xlsx"
    cells = {
        "发布时间": [pd.Timestamp("2019-01-03 15:00")],
        "城市": ["临汾"],
        "预报日期": [pd.Timestamp("2019-01-04")],
        "时次": [3],
    }
    pd.DataFrame({**cells, "AQI": [210]}).to_excel(path, index=False)
    row = read_forecast(path, book.lists).table.iloc[0]
    assert (row["start"], row["hours"], row["aqi_mid"]) == (pd.Timestamp("2019-01-04 02:00"), 1, 210)
    assert row["issue_time"] == pd.Timestamp("2019-01-03 15:00")


def test_a_forecast_shows_itself_in_a_notebook(book: Rulebook, tmp_path: Path) -> None:
    text = HEAD + "2019-01-03 15:00,临汾,2019-01-04,236,PM2.5\n2019-01-03 15:00,太原,2019-01-04,700,PM2.5\n"
    shown = read(book, tmp_path, text)._repr_html_()
    assert shown.startswith("<p><strong>Forecast</strong>")
    for said in ("forecast.csv", "临汾市", "236", "2019-01-03", "700"):
        assert said in shown


def test_regions_and_hour_zero(book: Rulebook, tmp_path: Path) -> None:
    rows = ["2019-01-03,汾渭平原山西四市,2019-01-04,0,90", "2019-01-03,晋中市/榆次区,2019-01-04,24,90"]
    text = "\n".join(["issue_time,city,target_date,hour,aqi", *rows])
    table = read(book, tmp_path, text).table
    assert table["city"].tolist() == ["晋中市", "运城市", "临汾市", "吕梁市", "晋中市"]
    assert table["start"].tolist()[0] == pd.Timestamp("2019-01-03 23:00")
    assert table.iloc[-1][["city", "county"]].tolist() == ["晋中市", "榆次区"]
    assert table.iloc[-1]["start"] == pd.Timestamp("2019-01-04 23:00")


@pytest.mark.parametrize(
    ("city", "county", "read"),
    [
        ("临汾市", "尧都区", ["临汾市/尧都区"]),
        ("临汾", "尧都", ["临汾市/尧都区"]),
        ("临汾市", "临汾市尧都区", ["临汾市/尧都区"]),
        ("临汾市", "尧都区、襄汾县", ["临汾市/尧都区", "临汾市/襄汾县"]),
        ("临汾市/尧都区", "尧都区", ["临汾市/尧都区"]),
        ("临汾市", "", ["临汾市/"]),
        ("临汾市", "-", ["临汾市/"]),
        ("临汾市", "全市", ["临汾市/"]),
        ("临汾市", "临汾市", ["临汾市/"]),
        ("临汾", "临汾市", ["临汾市/"]),
        ("临汾市", "盐湖区", []),  # of another city
        ("临汾市", "市区", []),
        ("临汾市/尧都区", "襄汾县", []),
        ("运城、临汾", "尧都区", []),
        ("山西省", "尧都区", []),
    ],
)
@pytest.mark.parametrize("head", ["区县", "县（市、区）", "所属区县", "行政区", "县", "county"])
def test_a_column_of_counties_names_counties_of_the_city(
    book: Rulebook, tmp_path: Path, head: str, city: str, county: str, read: list[str]
) -> None:
    file = tmp_path / "f.csv"
    file.write_text(
        f"发布时间,城市,{head},预报日期,AQI\n2025-12-01 15:00,{city},{county},2025-12-02,310\n"
        "2025-12-01 15:00,太原市,,2025-12-02,120\n", encoding="utf-8",
    )  # fmt: skip
    forecast = read_forecast(file, book)
    places = list(map("/".join, zip(forecast.rows["city"], forecast.rows["county"], strict=True)))
    assert places == [*read, "太原市/"]
    asked = [(one.code, one.row, one.column, one.value) for one in forecast.problems]
    assert asked == ([] if read else [("no_county_of_city", 2, "county", county)])


@pytest.mark.parametrize("observed", [False, True])
@pytest.mark.parametrize(
    ("city", "county", "told"),
    [
        ("临汾市", "尧都曲", ("county", "尧都曲", "perhaps 尧都区")),
        ("临汾市", "尧都区、洪同县", ("county", "尧都区、洪同县", "perhaps 洪洞县")),
        ("临汾市/尧都曲", "", ("city", "临汾市/尧都曲", "perhaps 尧都区")),
        ("临汾市|太原市", "尧都区", ("county", "尧都区", "a county of it")),
        ("临份市", "尧都区", ("city", "临份市", "perhaps 临汾市")),
        ("尧都区", "", ("city", "尧都区", "perhaps 临汾市/尧都区")),
        ("北京市", "朝阳区", ("city", "北京市", "a city or region")),
    ],
)
def test_a_county_that_its_city_does_not_have_is_told_under_its_own_column(
    book: Rulebook, tmp_path: Path, city: str, county: str, told: tuple[str, str, str], observed: bool
) -> None:
    """With the value of its cell; a city that is not on file is told alone, of observations in a note of them all."""
    file = tmp_path / "f.csv"
    file.write_text(
        f"发布时间,城市,区县,预报日期,AQI\n2025-12-01 15:00,{city},{county},2025-12-01,310\n"
        f"2025-12-01 15:00,{city},{county},2025-12-02,310\n2025-12-01 15:00,临汾市,,2025-12-02,120\n",
        encoding="utf-8",
    )
    found = read_forecast(file, book, observed=observed)
    assert found.table[["city", "county"]].to_numpy().tolist() == [["临汾市", ""]]
    column, value, near = told
    if observed and value == city != "临汾市/尧都曲":
        assert [value in str(one) for one in found.notes if one.code == "foreign_cities"] == [True]
    else:
        asked = [(one.row, one.column, one.value, near in one.words("en")[1]) for one in found.problems]
        assert asked == [(row, column, value, True) for row in ((2,) if observed else (2, 3))]


def test_a_station_counts_for_its_city_whatever_county_it_stands_in(book: Rulebook, tmp_path: Path) -> None:
    file = tmp_path / "o.csv"
    file.write_text(
        "城市,区县,站点,日期,AQI\n临汾市,尧都区,市委,2025-12-02,310\n临汾市,开发区,城南,2025-12-02,110\n"
        "临汾市,襄汾县,,2025-12-02,150\n", encoding="utf-8",
    )  # fmt: skip
    rows = read_forecast(file, book, observed=True).rows
    read = dict(zip(rows["county"], rows["aqi_mid"].tolist(), strict=True))
    assert read == {"襄汾县": 150.0, "": 210.0}


def test_the_latest_issue_wins_and_the_older_is_kept(book: Rulebook, tmp_path: Path) -> None:
    text = HEAD + "2019-01-04 15:00,临汾,2019-01-05,250,\n2019-01-03 15:00,临汾,2019-01-05,150,\n"
    forecast = read(book, tmp_path, text)
    assert forecast.latest()["aqi_mid"].tolist() == [250]
    assert forecast.at(pd.Timestamp("2019-01-03 20:00")).latest()["aqi_mid"].tolist() == [150]
    assert len(forecast.table) == 2


def test_every_bad_cell_is_reported_at_once(book: Rulebook, tmp_path: Path) -> None:
    text = HEAD + "\n".join([
        "2019-01-03 15:00,临汾,2019-01-04,216,PM2.5",
        "昨天,临汾,2019-01-05,216,PM2.5",
        "2019-01-03 15:00,火星,2019-01-04,216,PM2.5",
        "2019-01-03 15:00,太原,2019-13-04,216,PM2.5",
        "2019-01-03 15:00,太原,2019-01-04,很高,PM2.5",
        "2019-01-03 15:00,太原,2019-01-05,600,PM2.5",
        "2019-01-03 15:00,太原,2019-01-06,260,雾",
    ])  # fmt: skip
    forecast = read(book, tmp_path, text)
    said = {(p.row, p.column) for p in forecast.problems}
    assert {(3, "issue_time"), (4, "city"), (5, "target_date"), (6, "aqi"), (7, "aqi"), (8, "primary")} <= said
    assert all(p.file.endswith("forecast.csv") and (p.value or p.row) for p in forecast.problems)
    assert forecast.table["aqi_mid"].tolist() == [216, 260]  # the index ends at 500: 600 is no value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("city,aqi\n临汾,200\n", "required column missing"),
        (HEAD, "no usable row"),
        ("", "not a table"),
        (HEAD + "2019-01-03,火星,2019-01-04,200,\n", "no usable row"),
        (HEAD + "2019-01-03,临汾,2019-01-04,200,,,,甲\n", "more cells"),
    ],
)
def test_unusable_files(book: Rulebook, tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read(book, tmp_path, text)
    with pytest.raises(InputError, match="cannot be read"):
        read_forecast(tmp_path / "nothing.csv", book.lists)


@pytest.mark.slow
def test_the_national_feed_reads_as_it_is(book: Rulebook, data: Callable[[str], Path]) -> None:
    feed = read_forecast(data("hourly_shanxi_winter1819.csv.gz"), book.lists)
    (jump,) = feed.problems  # one hour of CO at 19.94 between hours of about 1 mg/m³
    assert (jump.column, jump.value) == ("co", "19.94")
    first = feed.table.iloc[0]
    assert first["start"] == pd.Timestamp("2018-11-30 23:00")  # stamped 0 on 12-01
    assert first["issue_time"] == pd.Timestamp("2018-12-01")
    assert any("99 rows" in note.message for note in feed.notes)  # PM2.5 above PM10: warned, kept


@pytest.mark.parametrize(
    ("header", "value", "read_as"),
    [
        ("PM2.5", "150", ("pm25", 150)),
        ("PM2.5(μg/m³)", "150", ("pm25", 150)),
        ("PM2.5(毫克/立方米)", "0.15", ("pm25", 150)),
        ("CO", "1.5", ("co", 1.5)),
        ("CO(mg/m3)", "1.5", ("co", 1.5)),
        ("CO(微克/立方米)", "1500", ("co", 1.5)),
    ],
)
def test_a_concentration_is_read_in_the_unit_of_its_header(
    book: Rulebook, tmp_path: Path, header: str, value: str, read_as: tuple[str, float]
) -> None:
    text = f"issue_time,city,target_date,aqi,{header}\n2019-01-03 15:00,临汾,2019-01-04,200,{value}\n"
    assert read(book, tmp_path, text).table[read_as[0]].tolist() == pytest.approx([read_as[1]])


def test_a_unit_of_a_concentration_that_is_not_known_is_refused(book: Rulebook, tmp_path: Path) -> None:
    text = "issue_time,city,target_date,aqi,PM2.5(ppm)\n2019-01-03 15:00,临汾,2019-01-04,200,1\n"
    with pytest.raises(InputError, match=r"PM2.5\(ppm\).*unit"):
        read(book, tmp_path, text)


@pytest.mark.parametrize("header", ["AQI(11月26日)", "AQI（2019-01-04）", "AQI(1/4)", "PM2.5(1.4)"])
def test_a_day_in_brackets_of_a_header_is_told_as_a_day(book: Rulebook, tmp_path: Path, header: str) -> None:
    text = f"issue_time,city,target_date,level_low,{header}\n2019-01-03 15:00,临汾,2019-01-04,良,200\n"
    with pytest.raises(InputError) as refused:
        read(book, tmp_path, text)
    assert [one.code for one in refused.value.problems] == ["day_in_a_header"]


@pytest.mark.parametrize("count", [1, 12, 13])
def test_columns_that_are_not_read_are_told(book: Rulebook, tmp_path: Path, count: int) -> None:
    names = [f"其他{number}" for number in range(count)]
    row = "2019-01-03 15:00,临汾,2019-01-04,200"
    found = read(book, tmp_path, f"issue_time,city,target_date,aqi,{','.join(names)}\n{row}{',x' * count}\n")
    (note,) = (one for one in found.notes if one.code == "columns_unread")
    assert list(dict(note.arguments)["names"]) == [*names[:12], *(["…"] if count > 12 else [])]
