"""Laws at their edges: rounding that decides a level, a tier below the lowest level, a grading without a standard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from alertengine.files import rules_folder
from alertengine.rulebook import DocumentLoader, Rulebook
from alertengine.warning import Forecast, Rows, warn
from tests.synthetic import daily_forecast

Days = Callable[..., Forecast]
#: A tier of a city from 2017 on.
TIER = """
document: tier
title: 试验
area: 临汾市
valid: {from: 2017-01-01, to: not stated}
source: inferred
rules:
  - {id: blue, article: 一, title: 蓝色预警：日AQI大于200持续24小时, kind: grading,
     tier: {name: 蓝色预警, start: {above: 200, hours: 24}, text: 加强巡查}}
"""


def law(book: Rulebook, *names: str, folder: Path | None = None, text: str = "") -> Rulebook:
    """Some shipped national documents, and one more of the test."""
    paths = [rules_folder() / "national" / f"{name}.yaml" for name in names]
    if folder is not None:
        paths.append(folder / "more.yaml")
        paths[-1].write_text(text, encoding="utf-8")
    loader = DocumentLoader(book.lists, book.layers)
    return Rulebook(book.lists, book.layers, [loader.load(path) for path in paths])


def hours(*parts: tuple[int, float], first: str) -> Forecast:
    """An AQI hour by hour: for so many hours each."""
    day = str(pd.Timestamp(first).date())
    base = daily_forecast("临汾市", {day: 0.0}, pd.Timestamp(first) - pd.Timedelta(hours=9)).table
    air = np.concatenate([np.full(count, value) for count, value in parts])
    table = pd.concat([base] * len(air), ignore_index=True)
    starts = pd.date_range(first, periods=len(air), freq="h")
    return Forecast(Rows.of(table.assign(start=starts, hours=1, aqi_low=air, aqi_mid=air, aqi_high=air)), "hours.csv")


@pytest.mark.parametrize(
    ("parts", "level", "other"),
    [
        ([(48, 200.3)], "yellow", "无预警"),  # 201 rounded up, 200 rounded half up
        ([(48, 200.6)], "yellow", None),
        ([(48, 201.0)], "yellow", None),
        ([(48, 250.0), (24, 200.3)], "orange", "黄色"),
        ([(48, 250.0), (24, 200.5)], "orange", None),
        ([(96, 310.0), (24, 200.3)], "red", None),
        ([(48, 310.0), (48, 200.3)], "red", "黄色"),
        ([(72, 200.3), (48, 310.0), (24, 210.0)], "red", None),
        ([(48, 199.9)], None, None),
    ],
)
def test_where_rounding_decides_the_level_it_is_said(
    book: Rulebook, parts: Sequence[tuple[int, float]], level: str | None, other: str | None
) -> None:
    found = warn(hours(*parts, (48, 90.0), first="2019-01-04"), book).table
    assert found["level"].tolist()[:1] == ([level] if level else [])
    for reason in found["reason"]:
        told = [part for part in reason.replace("。", "；").split("；") if "取整决定" in part]
        name = {"yellow": "黄色", "orange": "橙色", "red": "红色"}[level or "yellow"]
        expected = f"级别由AQI取整决定：按标准取整、预报区间中值舍去小数为{name}"
        more = "按另一种取整（进位、四舍五入之别）、中值保留小数为"
        assert told == ([f"{expected}，{more}{other}"] if other else [])


def test_air_above_the_lowest_number_of_a_level_is_more_than_the_number(book: Rulebook, days: Days) -> None:
    (graded,) = warn(days("2019-01-04", [201, 200, 250, 320, 500]), book).graded.values()
    above = {rank: hours.reshape(-1, 24).all(axis=1).tolist() for rank, hours in graded.above().items()}
    assert above == {rank: [True, False, True, True, True] for rank in (1, 2, 3)}


def test_a_tier_below_yellow_is_advice_where_no_level_holds(book: Rulebook, tmp_path: Path, days: Days) -> None:
    rules = law(book, "hj-633-2012", "mee-2018-875", folder=tmp_path, text=TIER)
    result = warn(days("2019-01-04", [250, 90, 90, 250, 250]), rules)
    rows = result.table[["action", "level", "starts", "ends", "grading"]].astype("object")
    assert [tuple(row) for row in rows.where(rows.notna(), None).to_numpy()] == [
        ("issue", "yellow", pd.Timestamp("2019-01-07"), pd.Timestamp("2019-01-09"), "875-yellow"),
        ("advise", "", pd.Timestamp("2019-01-04"), pd.Timestamp("2019-01-05"), "blue"),
    ]
    assert all(word in result.table["reason"].iloc[1] for word in ("蓝色预警", "加强巡查"))
    assert result.segments["level"].tolist() == ["yellow"]
    assert warn(days("2019-01-04", [250, 90, 90, 250, 250]), rules, active=result.record).table.empty


def test_days_under_a_grading_without_a_standard_of_the_index_are_not_graded(book: Rulebook, days: Days) -> None:
    result = warn(days("2019-01-04", [250, 250, 250]), law(book, "mee-2018-875"))
    assert result.table.empty
    assert [str(day) for day in result.graded["临汾市", ""].ungraded] == ["2019-01-04", "2019-01-05", "2019-01-06"]
    assert any("no grading in force" in problem.message for problem in result.problems)
