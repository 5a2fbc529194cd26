"""Headers of evidence and forecasts as exporters write them: read, or named; never dropped or taken for another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from alertengine.audit import Evidence, read_evidence
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError
from alertengine.warning import Forecast, read_forecast
from alertengine.warning.spellings import parse_primary
from tests.files.conftest import csv_text, workbook


@pytest.fixture(scope="module")
def law() -> Rulebook:
    return Rulebook.load()


def evidence(folder: Path, *rows: Sequence[Any]) -> Evidence:
    path = folder / "evidence.csv"
    path.write_text(csv_text(rows), encoding="utf-8")
    return read_evidence(path)


STACK = ("甲厂", "1#", "2020-01-02 03:00", 12, 34)


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("SO2(mg/m³)", "so2_mg_m3"),
        ("二氧化硫（毫克/立方米）", "so2_mg_m3"),
        ("SO₂实测值(mg/Nm3)", "so2_mg_m3"),
        ("SO2折算值(mg/m3)", "so2_converted"),
    ],
)
def test_a_pollutant_is_read_by_the_unit_beside_it(tmp_path: Path, header: str, column: str) -> None:
    """A stack above its limit went free: the column was left out without a word."""
    found = evidence(tmp_path, ("企业名称", "排口名称", "时间", header, "NOx浓度"), STACK)
    assert found.table[column].tolist() == [12]
    assert "columns_unread" not in {one.code for one in found.warnings}


def test_a_column_that_is_not_read_is_named(tmp_path: Path) -> None:
    head = ("序号", "企业名称", "排口名称", "时间", "SO2", "NOx浓度", "备注")
    found = evidence(tmp_path, head, (1, *STACK, "略"))
    said = [dict(one.arguments)["names"] for one in found.warnings if one.code == "columns_unread"]
    assert [list(names) for names in said] == [["SO2", "备注"]]
    assert found.table["so2_mg_m3"].isna().all()


def test_a_group_with_its_unit_stands_above_its_columns(tmp_path: Path) -> None:
    head = ["企业名称", "排口名称", "时间", "二氧化硫(mg/m3)", None, None]
    rows = [head, [None, None, None, "实测", "折算", "标准值"], ["甲厂", "1#", "2020-01-02 03:00", 12, 13, 35]]
    found = read_evidence(workbook(tmp_path / "e.xlsx", rows, lambda sheet: sheet.merge_cells("D1:F1"))).table
    assert found[["so2_mg_m3", "so2_converted", "so2_limit"]].iloc[0].tolist() == [12, 13, 35]


@pytest.mark.parametrize(
    ("title", "kwh"),
    [("单位：万千瓦时", 1e6), ("用电情况（单位：MWh）", 1e5), ("单位：kW.h", 100), ("单位：某厂", 100)],
)
def test_a_title_names_the_unit_of_energy(tmp_path: Path, title: str, kwh: float) -> None:
    found = evidence(
        tmp_path, (title, "", "", ""), ("户号", "户名", "日期", "用电量"), ("1", "甲厂", "2020-01-02", 100)
    )
    assert found.table["kwh"].tolist() == [kwh]


def test_an_hour_from_to_is_no_time_zone(tmp_path: Path) -> None:
    """03:00-04:00 was read as 15:00 in China: four hours behind UTC."""
    found = evidence(tmp_path, ("户号", "时间", "用电量"), ("1", "2020-01-02 03:00-04:00", 1), ("1", "2020-01-03", 1))
    assert [(one.code, one.row) for one in found.problems][:1] == [("bad_cell", 2)]
    assert found.table["time"].dt.hour.tolist() == [0]


def forecast(law: Rulebook, folder: Path, head: Sequence[str], *cells: Any) -> Forecast:
    rows = [("发布时间", "城市", "预报日期", *head), ("2020-01-02 15:00", "太原市", "2020-01-03", *cells)]
    path = folder / "forecast.csv"
    path.write_text(csv_text(rows), encoding="utf-8")
    return read_forecast(path, law)


@pytest.mark.parametrize(
    "head",
    [
        ("AQI（下限）", "AQI（上限）"), ("AQI(最小值)", "AQI(最大值)"), ("AQI最低", "AQI最高"), ("空气质量指数下限值", "最大AQI"),
    ],
)  # fmt: skip
def test_ends_of_an_index_in_brackets(law: Rulebook, tmp_path: Path, head: Sequence[str]) -> None:
    """The lower end was read as the index itself."""
    found = forecast(law, tmp_path, head, 180, 240)
    assert found.table[["aqi_low", "aqi_high"]].iloc[0].tolist() == [180, 240]
    assert not found.problems


@pytest.mark.parametrize("head", [("等级（低）", "等级（高）"), ("最低级别", "最高级别")])
def test_ends_of_a_level(law: Rulebook, tmp_path: Path, head: Sequence[str]) -> None:
    found = forecast(law, tmp_path, head, "中度污染", "重度污染")
    assert found.table[["aqi_low", "aqi_high"]].iloc[0].tolist() == [151, 300]


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("预测AQI值", "aqi_mid"),
        ("空气质量指数预报范围", "aqi_mid"),
        ("AQI日均值", "aqi_mid"),
        ("24小时AQI", "aqi_mid"),
        ("细颗粒物浓度（微克/立方米）", "pm25"),
        ("PM2.5预报值", "pm25"),
        ("一氧化碳预测浓度(mg/m3)", "co"),
    ],
)
def test_headers_of_forecasts(law: Rulebook, tmp_path: Path, header: str, column: str) -> None:
    assert forecast(law, tmp_path, (header,), 5).table[column].tolist() == [5]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("AQI(白天)", "unit_unknown"),
        ("AQI(今日)", "unit_unknown"),
        ("AQI（最小）", "not_a_range"),
        ("AQI上限", "not_a_range"),
    ],
)
def test_a_part_of_a_day_or_of_a_range_is_no_index(law: Rulebook, tmp_path: Path, header: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        forecast(law, tmp_path, (header,), 220)
    assert caught.value.problems[0].code == code


def test_a_forecast_without_a_value_names_the_columns_that_were_not_read(law: Rulebook, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        forecast(law, tmp_path, ("污染指数预报",), 220)
    assert ["污染指数预报"] in [list(dict(one.arguments).get("names", ())) for one in caught.value.problems]


def test_cities_joined_by_commas(law: Rulebook, tmp_path: Path) -> None:
    rows = "发布时间;城市;预报日期;AQI\n2020-01-02 15:00;太原，晋中,吕梁市;2020-01-03;220\n"
    path = tmp_path / "forecast.csv"
    path.write_text(rows, encoding="utf-8")
    assert read_forecast(path, law).table["city"].tolist() == ["太原市", "晋中市", "吕梁市"]


@pytest.mark.parametrize(
    ("text", "codes"), [("PM2.5(μg/m³)", "PM2.5"), ("CO(mg/m3)", "CO"), ("PM2.5(μg/m³)、O3(μg/m³)", "PM2.5|O3")]
)
def test_a_unit_beside_a_pollutant_names_no_other(text: str, codes: str) -> None:
    assert parse_primary(text) == codes
