"""Rows and columns of forecasts that are told, where they were left out or read as another without a word."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from alertengine.files import BadCellError
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError
from alertengine.warning import read_forecast
from alertengine.warning.forecast_cells import when_of
from tests.files.conftest import workbook


def _of(folder: Path, *rows: str) -> Path:
    path = folder / "f.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


AHEAD = "发布时间,城市,预报日期,AQI,首要污染物"
DAY = "{},{},2020-01-03,{},PM2.5"


@pytest.mark.parametrize("issued", ["", "—", "/"])
def test_a_row_of_a_forecast_without_its_issue_is_told(book: Rulebook, tmp_path: Path, issued: str) -> None:
    """It was left out without a word; a file of such rows alone counted as observed, and no warning came of it."""
    rows = [DAY.format("2020-01-02 15:00", "太原", 240), DAY.format(issued, "临汾", 320)]
    found = read_forecast(_of(tmp_path, AHEAD, *rows), book.lists)
    assert [(one.code, one.row) for one in found.problems] == [("row_without_issue", 3)]
    with pytest.raises(InputError, match="no issue time"):
        read_forecast(_of(tmp_path, AHEAD, rows[1]), book.lists)


@pytest.mark.parametrize(
    ("place", "code"),
    [("太原/临汾", "no_county_of_city"), ("太原市/火星区", "no_county_of_city"), ("山西省/太原市", "cell_missing")],
)
def test_a_city_is_no_county_of_another(book: Rulebook, tmp_path: Path, place: str, code: str) -> None:
    rows = [DAY.format("2020-01-02 15:00", one, 240) for one in ("太原市/迎泽", place)]
    found = read_forecast(_of(tmp_path, AHEAD, *rows), book.lists)
    assert [(one.code, one.row, one.column, one.value) for one in found.problems] == [(code, 3, "city", place)]
    assert found.table[["city", "county"]].to_numpy().tolist() == [["太原市", "迎泽区"]]


@pytest.mark.parametrize(("again", "told"), [("400", True), ("240", False), ("", False)])
def test_a_second_column_of_a_field_is_told(book: Rulebook, tmp_path: Path, again: str, told: bool) -> None:
    """A second table to the right of the first was not read, and only noted."""
    row = DAY.format("2020-01-02 15:00", "太原", 240)
    found = read_forecast(_of(tmp_path, f"{AHEAD},空气质量指数", f"{row},{again}"), book.lists)
    assert [(one.code, one.row, one.value) for one in found.problems] == ([("column_twice", 2, "400")] if told else [])


def test_rows_of_several_sheets_are_named_with_them(book: Rulebook, tmp_path: Path) -> None:
    """They were named by the number that holds sheet and row in one."""

    def change(sheet: Any) -> None:
        other = sheet.parent.create_sheet("复核")
        for row in (AHEAD, DAY.format("2020-01-02 15:00", "太原", 90)):
            other.append(row.split(","))

    rows = [AHEAD.split(","), DAY.format("2020-01-02 15:00", "太原", 240).split(",")]
    [said] = read_forecast(workbook(tmp_path / "f.xlsx", rows, change), book.lists).problems
    assert (said.row, said.sheet, dict(said.arguments)["rows"]) == (2, "复核", ("2[Sheet]", "2[复核]"))


@pytest.mark.parametrize(
    ("text", "days", "hour"),
    [
        ("2020-01-04", [4], 0),
        ("1月4日", None, None),  # of no year
        ("2020-01-04/05", [4, 5], 0),
        ("2020-01-04 08:00", [4], 8),
        ("2020-01-04 08:00:00", [4], 8),
        ("2020-01-04 24:00", [4], 24),
        ("2020-01-04 08:30", None, None),  # no hour ends then
        ("2020-01-04 08:00:30", None, None),
        ("明天", None, None),
    ],
)
def test_a_cell_of_days_names_days_or_the_hour_that_ends_then(
    text: str, days: list[int] | None, hour: int | None
) -> None:
    if days is None:
        with pytest.raises(BadCellError, match=r"\w"):
            when_of(text)
        return
    found = when_of(text)
    assert (found.days, found.hour) == (tuple(datetime(2020, 1, day) for day in days), hour)


def test_a_day_of_no_year_is_asked_about_with_the_nearest() -> None:
    with pytest.raises(BadCellError, match="perhaps") as asked:
        when_of("1月4日", datetime(2020, 1, 2))
    assert "2020-01-04" in str(dict(asked.value.expected.arguments)["near"])
