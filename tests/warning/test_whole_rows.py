"""Whole rows of warnings: what is issued, changed, lifted, cancelled, ordered from above or only advised, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import pandas as pd
import pytest

from alertengine.rulebook import Rulebook
from alertengine.warning import Forecast, Warnings, warn
from tests.synthetic import daily_forecast

CITY: Final = "临汾市"
EARLY, NEXT = "2019-01-02 15:00", "2019-01-03 15:00"
LAW = "《关于推进重污染天气应急预案修订工作的指导意见》（环办大气函〔2018〕875号）"
TWO = "2019年1月4日0时至2019年1月6日0时共48小时，逐24小时AQI均值210、220，"
PM, OPEN = "首要污染物PM2.5，", "首要污染物未载明（按颗粒物计），"
YELLOW = (
    "达到黄色预警条件（日AQI大于200持续48小时及以上，且未达到高级别预警条件），"
    "其中2019年1月4日0时至2019年1月6日0时连续48小时均大于200。"
)
ORANGE = (
    "达到橙色预警条件（日AQI大于200持续72小时及以上，且未达到高级别预警条件），"
    "其中2019年1月4日0时至2019年1月7日0时连续72小时均大于200。"
)
RED = (
    "达到红色预警条件（日AQI大于200持续96小时及以上，且大于300持续48小时及以上；或日AQI达到500），"
    "其中2019年1月4日0时至2019年1月8日0时连续96小时均大于200，2019年1月4日0时至2019年1月6日0时连续48小时均大于300。"
)
IN_TIME = "发布距启动33小时，满足提前24小时的要求。"


def forecast(issued: str, *values: float, first: str = "2019-01-04", primary: str = "PM2.5") -> Forecast:
    days = pd.date_range(first, periods=len(values)).strftime("%Y-%m-%d")
    return daily_forecast(CITY, dict(zip(days, values, strict=True)), issued, primary=primary)


def order(level: str, until: str | None = None) -> dict[str, str]:
    said = {"area": CITY, "level": level, "from": "2019-01-04 00:00", "to": until, "source": "省调度令"}
    return {key: value for key, value in said.items() if value}


FIRST = forecast(EARLY, 210, 220, 90, 90, 90)
#: Forecasts on one record, orders from above, and the rows of the last decision: action, level, from when, to when,
#: primary, rule, what it is cited as after the law's name, why.
CASES: Final[Mapping[str, tuple[Sequence[Forecast], Sequence[dict[str, str]], Sequence[tuple[str, ...]]]]] = {
    "issued in time": (
        [FIRST], [],
        [("issue", "yellow", "04 00", "06 00", "PM2.5", "875-yellow", "预警分级·黄色", TWO + PM + YELLOW + IN_TIME)],
    ),
    "issued late": (
        [forecast(NEXT, 210, 220, 90, 90, 90)], [],
        [("issue", "yellow", "04 00", "06 00", "PM2.5", "875-yellow", "预警分级·黄色",
          f"{TWO}{PM}{YELLOW}发布距启动9小时，不足提前24小时的要求。")],
    ),
    "issued after it has begun": (
        [forecast("2019-01-04 15:00", 210, 220, 90, 90, 90)], [],
        [("issue", "yellow", "04 16", "06 00", "PM2.5", "875-yellow", "预警分级·黄色",
          f"{TWO}{PM}{YELLOW}发布距启动1小时，不足提前24小时的要求。")],
    ),
    "red of two conditions": (
        [forecast(EARLY, 310, 320, 330, 340, 210, 90, 90, 90)], [],
        [("issue", "red", "04 00", "09 00", "PM2.5", "875-red", "预警分级·红色",
          f"2019年1月4日0时至2019年1月9日0时共120小时，逐24小时AQI均值310、320、330、340、210，{PM}{RED}{IN_TIME}")],
    ),
    "raised": (
        [FIRST, forecast(NEXT, 210, 220, 230, 240, 90, 90, 90)], [],
        [("raise", "orange", "04 00", "08 00", "PM2.5", "875-orange", "预警分级·橙色",
          f"2019年1月4日0时至2019年1月8日0时共96小时，逐24小时AQI均值210、220、230、240，{PM}{ORANGE}")],
    ),
    "lowered and over sooner": (
        [forecast(EARLY, 210, 220, 230, 240, 90, 90, 90), forecast(NEXT, 210, 220, 90, 90, 90, 90, 90)], [],
        [("lower", "yellow", "04 00", "06 00", "PM2.5", "875-yellow", "预警分级·黄色", TWO + PM + YELLOW),
         ("lift", "yellow", "06 00", "", "PM2.5", "", "预警发布、调整和解除",
          "预计自2019年1月6日0时起回落至启动条件以下并将持续36小时以上，解除黄色预警。")],
    ),
    "lifted": (
        [forecast(EARLY, 210, 220, 230, 240, 90, 90, 90),
         forecast("2019-01-05 15:00", 90, 90, 90, 90, 90, first="2019-01-05")], [],
        [("lift", "orange", "05 16", "", "", "", "预警发布、调整和解除",
          "预计自2019年1月5日16时起回落至启动条件以下并将持续36小时以上，解除橙色预警。")],
    ),
    "cancelled": (
        [FIRST, forecast(NEXT, 90, 90, 90, 90, 90)], [],
        [("lift", "yellow", "04 00", "", "", "", "预警发布、调整和解除",
          "按最新预报不再达到启动条件，取消原定2019年1月4日0时启动的黄色预警。")],
    ),
    "two processes as one": (
        [forecast(EARLY, 210, 220, 90, 210, 220, 90, 90, 90)], [],
        [("issue", "yellow", "04 00", "09 00", "PM2.5", "875-yellow", "预警分级·黄色",
          f"{TWO}{PM}{YELLOW}共2段污染过程，间隔不足36小时，按一次计，从高级别启动，逐段降至其后最高级别。{IN_TIME}")],
    ),
    "kept, as too little is known": (
        [forecast(EARLY, 210, 220, 230, 240, 90, 90, 90), forecast("2019-01-04 15:00", 90, first="2019-01-05")], [], [],
    ),
    "the same again": ([FIRST, forecast(NEXT, 210, 220, 90, 90, 90)], [], []),
    "ordered from above": (
        [forecast(EARLY, 90, 90, 90, 90)], [order("red", "2019-01-06 00:00")],
        [("issue", "red", "04 00", "06 00", "", "", "省调度令",
          f"上级要求（省调度令）2019年1月4日0时至2019年1月6日0时不低于红色预警。{IN_TIME}")],
    ),
    "ordered until further notice": (
        [forecast(EARLY, 90, 90, 90, 90)], [order("red")],
        [("issue", "red", "04 00", "", "", "", "省调度令",
          f"上级要求（省调度令）2019年1月4日0时至另行通知不低于红色预警。{IN_TIME}")],
    ),
    "ordered above the air": (
        [FIRST], [order("orange", "2019-01-05 00:00")],
        [("issue", "orange", "04 00", "05 00", "PM2.5", "", "省调度令",
          f"上级要求（省调度令）2019年1月4日0时至2019年1月5日0时不低于橙色预警。{IN_TIME}"),
         ("lower", "yellow", "05 00", "06 00", "PM2.5", "875-yellow", "预警分级·黄色", TWO + PM + YELLOW)],
    ),
    "advice alone": (
        [forecast(EARLY, 210, 220, 90, 90, 90, primary="O3")], [],
        [("advise", "", "04 00", "06 00", "O3", "875-advise-o3", "适用范围",
          f"{TWO}由O3引起，不启动应急减排；及时发布健康提示，加强VOCs和NOx源日常监管。")],
    ),
    "no pollutant named": (
        [forecast(EARLY, 210, 220, 90, 90, 90, primary="")], [],
        [("issue", "yellow", "04 00", "06 00", "", "875-yellow", "预警分级·黄色", TWO + OPEN + YELLOW + IN_TIME)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_row_says_what_holds_from_when_to_when_by_which_law_and_why(book: Rulebook, name: str) -> None:
    issues, floors, rows = CASES[name]
    done: Warnings | None = None
    for issue in issues:
        done = warn(issue, book, active=done, floors=floors)
    assert done is not None
    names = ("action", "level", "starts", "ends", "primary", "grading", "basis", "reason")
    stamp: Callable[[Any], str] = lambda time: "" if pd.isna(time) else f"{time:%d %H}"  # noqa: E731
    got = [
        tuple(stamp(row[one]) if one in ("starts", "ends") else row[one].removeprefix(LAW) for one in names)
        for row in done.table.to_dict("records")
    ]
    assert got == list(rows)
    for row in done.table.to_dict("records"):
        start = pd.Timestamp(row["starts"]) if row["action"] in ("issue", "advise") else pd.Timestamp("2019-01-04")
        assert row["warning_id"] == f"{CITY}-{start:%Y%m%d%H}" + ("-advise" if row["action"] == "advise" else "")
        assert (row["city"], row["counties"], row["issued"]) == (CITY, "", issues[-1].issue_time)
