"""What is decided of a county by itself is never said of its city."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from alertengine.documents.pack.decision_text import by_area, decision_text, title_words
from alertengine.orders import decisions
from alertengine.vocabulary import LEVEL_CLASS, WARNING_COLUMNS

ISSUED = pd.Timestamp("2021-01-03 15:00")
CITY: dict[str, Any] = {
    "city": "某市", "counties": "", "warning_id": "w", "action": "issue", "level": "orange", "issued": ISSUED,
    "starts": pd.Timestamp("2021-01-04"), "ends": pd.Timestamp("2021-01-08"), "reason": "",
}  # fmt: skip
COUNTY = {**CITY, "counties": "甲县", "warning_id": "c", "level": "red", "ends": pd.Timestamp("2021-01-06")}
LOWERED = {**COUNTY, "action": "lower", "level": "orange", "starts": COUNTY["ends"], "ends": CITY["ends"]}


def texts(*rows: dict[str, Any]) -> tuple[str, str, str]:
    """Title, sentence and level of what is decided."""
    [made] = decisions(pd.DataFrame(rows).reindex(columns=list(WARNING_COLUMNS))).values()
    return "".join(title_words(made, "")), decision_text(made, ""), by_area(made, LEVEL_CLASS)


def test_a_county_beside_its_city_is_told_apart() -> None:
    title, decided, level = texts(CITY, COUNTY, LOWERED)
    assert title == "关于发布重污染天气预警并启动应急响应的通知"
    assert decided == (
        "对甲县，发布重污染天气红色预警，自2021年1月4日0时起启动Ⅰ级应急响应，执行至2021年1月6日0时；"
        "对甲县，自2021年1月6日0时起，将重污染天气预警由红色降级为橙色，应急响应调整为Ⅱ级，执行至2021年1月8日0时；"
        "对其余县（市、区），发布重污染天气橙色预警，自2021年1月4日0时起启动Ⅱ级应急响应，执行至2021年1月8日0时"
    )
    assert level == "Ⅰ级（甲县）、Ⅱ级（其余县（市、区））"


def test_a_change_announced_and_taken_back_is_neither_rise_nor_fall() -> None:
    """Red was announced from a later hour on; before it begins orange is said to go on."""
    announced = {**CITY, "action": "raise", "level": "red", "starts": pd.Timestamp("2021-01-05 18:00")}
    back = {**announced, "action": "lower", "level": "orange", "issued": pd.Timestamp("2021-01-05 15:00")}
    title, decided, _ = texts(CITY, announced, back)
    assert title == "关于维持重污染天气橙色预警和Ⅱ级应急响应的通知"
    assert decided == (
        "取消原定自2021年1月5日18时起的级别调整，继续执行重污染天气橙色预警和Ⅱ级应急响应至2021年1月8日0时"
    )


def test_a_county_alone_is_not_its_city() -> None:
    title, decided, level = texts(COUNTY)
    assert title == "关于发布甲县重污染天气红色预警并启动Ⅰ级应急响应的通知"
    assert decided.startswith("对甲县，发布重污染天气红色预警")
    assert level == "Ⅰ级（甲县）"


@pytest.mark.parametrize(("action", "wanted"), [("lift", "调整预警和"), ("issue", "发布预警并启动")])
def test_a_title_of_several_areas_names_no_one_level(action: str, wanted: str) -> None:
    other = {**CITY, "action": action, "counties": "乙县;丙县", "warning_id": "o", "ends": pd.NaT}
    earlier = {
        **other,
        "action": "issue",
        "issued": ISSUED - pd.Timedelta(days=2),
        "starts": pd.Timestamp("2021-01-02"),
    }
    title, decided, _ = texts(COUNTY, other, *([earlier] if action == "lift" else []))
    assert title == f"关于{wanted[:2]}重污染天气{wanted[2:]}应急响应的通知"
    assert "对乙县、丙县，" in decided


def test_a_city_as_one_is_told_as_one() -> None:
    title, decided, level = texts(CITY)
    assert title == "关于发布重污染天气橙色预警并启动Ⅱ级应急响应的通知"
    assert decided.startswith("发布重污染天气橙色预警，自")
    assert level == "Ⅱ级"
