"""A case: files that a test makes, what is done with them, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alertengine.rulebook import Rulebook
from tests.files.conftest import csv_text, workbook

#: What a file of a case is: a text (UTF-8), bytes, or who writes it.
Content = str | bytes | Callable[[Path], Any]


@dataclass(frozen=True)
class Case:
    """Files, a command in their folder (or a reader of the first of them), and what is right.

    ``says`` must stand in what the command says, ``silent`` must not; ``warned`` are (city, level, first day, last
    day) of each warning in w.csv, ``ordered`` (enterprise, line, share) of each order in o.csv; ``read`` gives what
    a reader makes of the first file, which must equal ``gives``.
    """

    id: str
    files: Mapping[str, Content]
    call: str = ""
    status: int = 0
    says: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    warned: list[tuple[str, str, str, str]] | None = None
    ordered: list[tuple[str, str, str]] | None = None
    read: Callable[[Path, Rulebook], Any] | None = None
    gives: Any = None
    more: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return self.id


FORECAST = ("发布时间", "发布单位", "城市", "预报日期", "AQI", "首要污染物")
FEED = ("date", "hour", "city", "AQI", "PM2.5", "PM10", "SO2", "NO2", "CO", "O3")
LIST = (
    "统一社会信用代码", "企业名称", "城市", "区县", "行业", "生产线编号", "生产线名称", "工序", "绩效等级", "保障类型",
    "生产负荷(%)", "年生产天数", "SO2排放量", "NOx排放量", "颗粒物排放量", "VOCs排放量", "红色预警减排措施",
    "红色减排比例(%)", "用电户号",
)  # fmt: skip


def forecast(
    *aqi: Any, city: Any = "太原市", primary: str = "PM2.5", header: Sequence[str] = FORECAST, month: str = "2020-01"
) -> list[list[Any]]:
    """A forecast issued on the second of a month, a row a day from the third on."""
    rows = [
        [f"{month}-02 15:00", "市站", city, f"{month}-{day:02}", value, primary] for day, value in enumerate(aqi, 3)
    ]
    return [list(header), *rows]


def feed(change: Callable[[int, int, list[Any]], list[Any]] = lambda day, hour, row: row) -> list[list[Any]]:
    """Three days of hours at the same values; ``change`` gives each row anew."""
    rows = [
        change(day, hour, [f"2020-01-{day:02}", hour, "太原", 231, 181, 230, 40, 60, 1.8, 30])
        for day in (3, 4, 5)
        for hour in range(1, 25)
    ]
    return [list(FEED), *rows]


def plant(name: str, number: Any = 1, **cells: Any) -> list[Any]:
    """A line of a list: a foundry of grade C in Taiyuan with a red measure."""
    known: dict[str, Any] = {
        "企业名称": name, "城市": "太原市", "区县": "尖草坪区", "行业": "铸造", "生产线编号": number, "工序": "熔炼",
        "绩效等级": "C", "生产负荷(%)": 80, "年生产天数": 300, "SO2排放量": 10, "NOx排放量": 20, "颗粒物排放量": 5,
        "VOCs排放量": 1, "红色预警减排措施": "停产",
    }  # fmt: skip
    known |= cells
    return [known.get(header) for header in LIST]


def plants(*rows: Sequence[Any], header: Sequence[Any] = LIST) -> list[list[Any]]:
    """A list."""
    return [list(header), *map(list, rows)]


def csv_of(rows: Sequence[Sequence[Any]], delimiter: str = ",", end: str = "\n") -> str:
    """Rows as a csv."""
    return csv_text(rows, delimiter, end)


def xlsx_of(rows: Sequence[Sequence[Any]], change: Callable[[Any], None] | None = None) -> Callable[[Path], Path]:
    """Rows as a workbook, its sheet changed before it is saved."""
    return lambda path: workbook(path, rows, change)
