"""Whole days that cannot follow each other, are copies, lie a row off, or have the level of another index."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from alertengine.rulebook import Rulebook
from alertengine.warning import Forecast, read_forecast, warn

Reads = Callable[..., Forecast]
INDEX = "发布时间,城市,预报日期,AQI,首要污染物"


@pytest.fixture
def read(book: Rulebook, tmp_path: Path) -> Reads:
    """A forecast of Taiyuan from 2020-01-03 on: its header, and what follows the day in each row."""

    def make(header: str, rows: Iterable[str]) -> Forecast:
        lines = [f"2020-01-02 15:00,太原市,2020-01-{day:02d},{row}" for day, row in enumerate(rows, 3)]
        path = tmp_path / "days.csv"
        path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return read_forecast(path, book)

    return make


@pytest.mark.parametrize(
    ("values", "row"),
    [
        (["50", "60", "480", "70"], 4),  # a digit too many
        (["310", "330", "33", "340"], 4),  # a digit too few
        (["60", "300", "60"], 3),
        (["60", "299", "60"], None),  # nearly five times: seen so far
        (["30", "150", "30"], None),  # five times, but by little
        (["60", "70", "480"], None),  # at the end it may begin
        (["60", "480", "490", "70"], None),
    ],
)
def test_a_day_far_from_both_its_neighbours_is_told_and_kept_out(
    read: Reads, values: list[str], row: int | None
) -> None:
    found = read(INDEX, [f"{value},PM2.5" for value in values])
    assert [(one.code, one.row) for one in found.problems] == ([("air_day_jump", row)] if row else [])
    assert found.table["aqi_mid"].isna().sum() == bool(row)


@pytest.mark.parametrize("rest", [",PM10", ",PM2.5|PM10,有沙尘"])
def test_a_day_of_dust_may_stand_alone(read: Reads, rest: str) -> None:
    header = INDEX + (",备注" if "沙尘" in rest else "")
    found = read(header, [f"60{rest}", f"480{rest}", f"70{rest}"])
    assert "air_day_jump" not in {one.code for one in found.problems}


def test_one_index_for_all_days_is_said_and_whole_copies_are_asked_about(book: Rulebook, read: Reads) -> None:
    alike = read(INDEX, ["120,PM2.5"] * 4)
    assert "days_alike" in {one.code for one in alike.notes}
    assert not alike.problems
    header = "发布时间,城市,预报日期,AQI,PM2.5,PM10,SO2,首要污染物"
    copied = read(header, ["120,91,130,20,PM2.5"] * 4)
    (asked,) = copied.problems
    assert (asked.code, asked.row, dict(asked.arguments)["count"]) == ("days_copied", 2, 4)
    assert asked in warn(copied, book).problems
    own = read(header, [f"120,91,{130 + day},20,PM2.5" for day in range(4)])
    assert not own.problems
    assert not [one for one in read(INDEX, ["90-120,PM2.5"] * 4).notes if one.code == "days_alike"]


@pytest.mark.parametrize(
    ("aqi", "level", "asked"),
    [("240", "轻度污染", True), ("240", "重度", False), ("90-120", "良至轻度污染", False), ("40", "中度", True),
     ("105", "良", False), ("210", "轻度污染，局地重度", False)],
)  # fmt: skip
def test_an_index_of_another_level_than_its_row_says(read: Reads, aqi: str, level: str, *, asked: bool) -> None:
    found = read("发布时间,城市,预报日期,AQI,空气质量等级,首要污染物", [f"{aqi},{level},PM2.5"])
    assert [one.row for one in found.problems if one.code == "air_level_contradiction"] == ([2] if asked else [])


@pytest.mark.parametrize(("step", "where"), [(1, "row_above"), (-1, "row_below")])
def test_a_column_that_lies_a_row_off_is_asked_about(book: Rulebook, read: Reads, step: int, where: str) -> None:
    pm25 = [35, 150, 60, 200, 48, 115, 38]  # their indices: 50, 200, 82, 250, 67, 150, 54
    index = [50, 200, 82, 250, 67, 150, 54]
    said = index[-step:] + index[:-step]
    header = "发布时间,城市,预报日期,AQI,PM2.5,首要污染物"
    right = read(header, [f"{a},{b},PM2.5" for a, b in zip(index, pm25, strict=True)])
    assert "air_contradiction" not in {one.code for one in warn(right, book).problems}
    off = warn(read(header, [f"{a},{b},PM2.5" for a, b in zip(said, pm25, strict=True)]), book)
    (asked,) = [one for one in off.problems if one.code == "air_contradiction"]
    assert "错开了一行" in asked.words("zh")[0] or "shifted" in asked.words("en")[0]
    assert dict(asked.arguments)["shifted"].arguments[0][1].code == where  # type: ignore[union-attr]


def test_three_rows_that_the_next_ones_explain_are_enough_to_ask_for_a_shift(book: Rulebook, read: Reads) -> None:
    pm25, shifted = [35, 35, 150, 60], [82, 50, 50, 200]  # their indices: 50, 50, 200, 82
    rows = [f"{a},{b},PM2.5" for a, b in zip(shifted, pm25, strict=True)]
    found = warn(read("发布时间,城市,预报日期,AQI,PM2.5,首要污染物", rows), book)
    (asked,) = [one for one in found.problems if one.code == "air_contradiction"]
    assert {name: dict(asked.arguments)[name] for name in ("off", "compared")} == {"off": 3, "compared": 4}
    assert "错开了一行" in asked.words("zh")[0]
