"""Tables written as people and programs write them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from alertengine.lists import EnterpriseList, read_list
from alertengine.rulebook import Rulebook
from alertengine.warning import Forecast, read_forecast

LIST = [
    "统一社会信用代码", "企业名称", "城市", "区县", "行业", "生产线编号", "工序", "绩效等级", "保障类型",
    "SO2排放量", "NOx排放量", "颗粒物排放量", "VOCs排放量", "红色减排比例(%)",
]  # fmt: skip
FORECAST = ["发布时间", "发布单位", "城市", "预报日期", "AQI", "首要污染物"]


def line(name: str, number: int = 1, **cells: Any) -> list[Any]:
    """A row of a list."""
    known = {
        "企业名称": name, "城市": "太原市", "区县": "尖草坪区", "行业": "铸造", "生产线编号": str(number),
        "工序": "熔炼", "绩效等级": "C", "SO2排放量": 10, "NOx排放量": 20, "颗粒物排放量": 5, "VOCs排放量": 1,
    }  # fmt: skip
    known |= cells
    return [known.get(header) for header in LIST]


def ahead(city: str, day: int, aqi: Any, primary: str = "PM2.5") -> list[Any]:
    """A row of a forecast."""
    return ["2020-01-02 15:00", "市站", city, f"2020-01-{day:02}", aqi, primary]


def csv_text(rows: Sequence[Sequence[Any]], delimiter: str = ",", end: str = "\n") -> str:
    """Rows as a csv."""

    def cell(value: Any) -> str:
        text = "" if value is None else str(value)
        return f'"{text}"' if delimiter in text or "\n" in text else text

    return "".join(delimiter.join(map(cell, row)) + end for row in rows)


def workbook(path: Path, rows: Sequence[Sequence[Any]], change: Callable[[Any], None] | None = None) -> Path:
    """Rows as a sheet, changed before it is saved."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(list(row))
    if change:
        change(sheet)
    book.save(path)
    return path


@pytest.fixture(scope="session")
def book() -> Rulebook:
    return Rulebook.load()


@pytest.fixture
def listed(book: Rulebook, tmp_path: Path) -> Callable[..., EnterpriseList]:
    """Reads a list of rows, as csv."""

    def read(*rows: Sequence[Any], header: Sequence[str] = LIST) -> EnterpriseList:
        path = tmp_path / "list.csv"
        path.write_text(csv_text([header, *rows]), encoding="utf-8")
        return read_list(path, book)

    return read


@pytest.fixture
def forecast(book: Rulebook, tmp_path: Path) -> Callable[..., Forecast]:
    """Reads a forecast of rows, as csv."""

    def read(*rows: Sequence[Any], header: Sequence[str] = FORECAST, observed: bool = False) -> Forecast:
        path = tmp_path / "forecast.csv"
        path.write_text(csv_text([header, *rows]), encoding="utf-8")
        return read_forecast(path, book, observed=observed)

    return read
