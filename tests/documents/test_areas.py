"""What is decided of a county by itself is never said of its city."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from alertengine.documents.pack.decision_text import by_area, decision_text, hours_by_area, public_title, title_words
from alertengine.orders import REST, StateDecision, decisions, left_standing
from alertengine.vocabulary import DECISION_TEXT, LEVEL_CLASS, RESPONSE_TEXT, WARNING_COLUMNS

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
    return "".join(title_words(made)), decision_text(made), by_area(made, LEVEL_CLASS)


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


TONIGHT = {"issued": pd.Timestamp("2021-01-05 15:00"), "starts": pd.Timestamp("2021-01-05 16:00")}
RED, YELLOW = {**CITY, "level": "red"}, {**COUNTY, "level": "yellow"}
LATER = {**YELLOW, "issued": pd.Timestamp("2021-01-04 20:00"), "starts": pd.Timestamp("2021-01-04 21:00")}


BOTH = [("", "lower"), ("甲县", "raise")]


@pytest.mark.parametrize(
    ("record", "tonight", "before", "said"),
    [
        # city and county come to one level from two sides
        ([RED, YELLOW], BOTH, "Ⅲ级（甲县）、Ⅰ级（其余县（市、区））", ["红色降", "黄色升"]),
        ([RED, LATER], BOTH, "Ⅲ级（甲县）、Ⅰ级（其余县（市、区））", ["红色降", "黄色升"]),
        # the county alone is decided on
        ([RED, YELLOW], [("甲县", "raise")], "Ⅲ级（甲县）", ["黄色升"]),
        ([YELLOW], [("甲县", "raise")], "Ⅲ级（甲县）", ["黄色升"]),
        # it stands apart from now on, or again after its own warning was over
        ([RED], [("甲县", "issue")], "Ⅰ级（甲县）", ["红色降"]),
        ([RED, {**YELLOW, "ends": pd.Timestamp("2021-01-05")}], [("甲县", "issue")], "Ⅰ级（甲县）", ["红色降"]),
        ([RED], [("", "lower")], "Ⅰ级", ["红色降"]),
    ],
)
def test_each_area_goes_on_from_its_own_level(
    record: list[dict[str, Any]], tonight: list[tuple[str, str]], before: str, said: list[str]
) -> None:
    of = {"": CITY, "甲县": COUNTY}
    rows = [{**of[area], **TONIGHT, "action": action, "level": "orange"} for area, action in tonight]
    [made] = decisions(pd.DataFrame([*record, *rows]).reindex(columns=list(WARNING_COLUMNS))).values()
    decided = decision_text(made)
    assert sorted(part.partition("预警由")[2][:3] for part in decided.split("；") if "预警由" in part) == sorted(said)
    told = by_area(made, LEVEL_CLASS | {"": ""}, "before")
    assert sorted(told.split("、")) == sorted(before.split("、"))


def test_a_city_as_one_is_told_as_one() -> None:
    title, decided, level = texts(CITY)
    assert title == "关于发布重污染天气橙色预警并启动Ⅱ级应急响应的通知"
    assert decided.startswith("发布重污染天气橙色预警，自")
    assert level == "Ⅱ级"


@pytest.mark.parametrize(
    ("tonight", "title", "headline", "decided"),
    [
        (
            {"action": "lift", "ends": pd.NaT},
            "关于解除部分县（市、区）重污染天气橙色预警并终止Ⅱ级应急响应的通知",
            "某市部分县（市、区）解除重污染天气橙色预警",
            "自2021年1月5日16时起，解除重污染天气橙色预警，终止Ⅱ级应急响应",
        ),
        (
            {"action": "lower", "level": "yellow"},
            "关于将部分县（市、区）重污染天气橙色预警降级为黄色预警并调整为Ⅲ级应急响应的通知",
            "某市部分县（市、区）重污染天气橙色预警降级为黄色预警",
            "自2021年1月5日16时起，将重污染天气预警由橙色降级为黄色，应急响应调整为Ⅲ级，执行至2021年1月8日0时",
        ),
    ],
)
@pytest.mark.parametrize("county", ["holds", "is over"])
def test_a_county_that_stands_apart_is_named_where_its_city_is_decided_without_it(
    tonight: dict[str, Any], title: str, headline: str, decided: str, county: str
) -> None:
    """What goes on in it is said, so that nobody there takes the decision for his own; not where it is over."""
    at = {"issued": pd.Timestamp("2021-01-05 15:00"), "starts": pd.Timestamp("2021-01-05 16:00")}
    own = COUNTY if county == "holds" else {**COUNTY, "ends": pd.Timestamp("2021-01-05 12:00")}
    record = pd.DataFrame([CITY, own, {**CITY, **tonight, **at}]).reindex(columns=list(WARNING_COLUMNS))
    [made] = decisions(record).values()
    told = "".join(title_words(made)), public_title(made, "某市"), decision_text(made)
    if county == "holds":
        stays = "甲县的重污染天气红色预警和Ⅰ级应急响应不变，执行至2021年1月6日0时"
        assert told == (title, headline, f"对其余县（市、区），{decided}；{stays}")
        if made.over:  # and is inspected tonight
            assert left_standing(record)["某市"].area == "甲县"
    else:
        assert told == (title.replace("部分县（市、区）", ""), headline.replace("部分县（市、区）", ""), decided)


ALONE = {
    "issue": ("发布", "启动"), "extend": ("延长", "延长"), "raise": ("升级", "升级"), "lower": ("降级", "降级"),
    "lift": ("解除", "终止"), "cancel": ("取消", "取消"), "stay": ("维持", "维持"),
}  # fmt: skip
OVER = {"lift", "cancel"}
#: What is decided of a county, and of the rest of its city: every pair, by the word for warning and response.
PAIRS = {
    (one, other): ALONE[one] if one == other else ALONE["lift"] if {one, other} == OVER else ("调整", "调整")
    for one in ALONE
    for other in ALONE
}


@pytest.mark.parametrize(("kinds", "words"), PAIRS.items(), ids="-".join)
@pytest.mark.parametrize("level", ["orange", "yellow"])
def test_one_word_names_what_an_evening_decides_of_several_areas(
    kinds: tuple[str, str], words: tuple[str, str], level: str
) -> None:
    """Form, file name and report have the words; title and headline the same ones, and no level that not all hold."""
    hours = "2021-01-04 00:00", "2021-01-08 00:00", "2021-01-03 15:00"
    made = [
        StateDecision("某市", kind, at, *hours, area, before="red")
        for kind, at, area in zip(kinds, ("orange", level), ("甲县", ""), strict=True)
    ]
    main, other = sorted(made, key=lambda one: one.over)  # what goes on stands first, as decisions() has it
    evening = replace(main, apart=(other,))
    assert (DECISION_TEXT[evening.whole], RESPONSE_TEXT[evening.whole]) == words
    title, headline = "".join(title_words(evening)), public_title(evening, "某市")
    moved, over = words[0] in ("升级", "降级", "调整"), bool(OVER & set(kinds))
    joined = "预警和应急响应" if words[0] == words[1] else f"预警并{words[1]}应急响应"
    told = f"重污染天气{joined}{words[0]}" if moved and words[0] != "调整" else f"{words[0]}重污染天气{joined}"
    assert title == f"关于{told}的通知"
    if moved and level == "orange" and not over:
        assert headline == f"某市重污染天气预警{words[0]}为橙色预警"
    elif moved:
        assert headline in {f"某市重污染天气预警{words[0]}", f"某市{words[0]}重污染天气预警"}
    else:
        assert headline == f"某市{words[0]}重污染天气{'橙色' if level == 'orange' else ''}预警"
    if over and not evening.over:
        ends = DECISION_TEXT[other.kind]
        assert by_area(evening, LEVEL_CLASS) == f"Ⅱ级（{main.area or REST}）、{ends}（{other.area or REST}）".replace(
            "Ⅱ级", LEVEL_CLASS[main.level]
        )
        assert hours_by_area(evening) == "2021年1月4日0时至2021年1月8日0时"
