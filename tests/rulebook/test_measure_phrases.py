"""One grammar of measures: a cell of a workbook, a filed plan and the text of a law are read alike."""

from __future__ import annotations

from typing import Any

import pytest

from alertengine.checking.chapter.measures import read_measures
from alertengine.lists import read_plan
from alertengine.rulebook import (
    Measure,
    TextError,
    measure_words,
    measures_text,
    read_measures_text,
    rule_item,
    stage_number,
)

ALIKE: list[tuple[str, Any]] = [
    ("停产", "stop"),
    ("全厂停工", "stop"),
    ("停产至预警解除", "stop"),
    ("限产三成", {"limit": 0.3}),
    ("限产比例不低于33.3%", {"limit": 0.333}),
    ("一半生产线停产", {"stop_share": 0.5, "by": "line"}),
    ("停止50%（含）以上炭化室装煤", {"stop_share": 0.5, "by": "chamber"}),
    ("全厂停2台", {"stop_units": 2, "over": "enterprise"}),
    ("日投料量不超过700吨", {"feed_cap": 700}),
    ("日投料量减少20%", {"feed_cap": {"cut": 0.2}}),
    ("每座转炉日均炉次不超过22炉", {"cycle_cap": 22, "per": "unit"}),
    ("焦炉结焦时间延长至三十六小时以上", {"coking_time": 36}),
    ("以气定产", {"demand_cap": "gas"}),
    ("采取自主减排措施", "self_directed"),
    ("不停产、不限产", "none"),
    ("高炉焖炉", "bank"),
]


@pytest.mark.parametrize(("text", "item"), ALIKE)
def test_cell_plan_and_chapter_read_a_phrase_alike(text: str, item: Any) -> None:
    assert read_measures_text(text) == item
    assert rule_item(read_plan(text)) == item
    assert read_measures(text).cell == measures_text(item)


@pytest.mark.parametrize(
    ("text", "ban"),
    [
        ("停止公路运输", {"vehicle_ban": "停止公路运输", "total": True}),
        ("禁止使用国Ⅳ及以下重型载货车辆运输", {"stage_at_most": 4, "classes": "重型载货"}),
        ("不使用国四及以下重型载货车辆运输", {"stage_at_most": 4, "classes": "重型载货"}),
    ],
)
def test_a_ban_of_vehicles_that_is_sure_needs_no_heading_in_a_cell(text: str, ban: dict[str, Any]) -> None:
    found = read_measures_text(text)
    assert found == {"vehicle_ban": found["vehicle_ban"], **ban}
    assert read_measures(text).cell == measures_text(found)
    assert read_plan(text).vehicles


@pytest.mark.parametrize(
    "text",
    [
        "停2台焙烧炉",  # which machines, the rule's condition says
        "停2留1",
        "停24小时开24小时",
        "日投料量由960吨降到768吨",
        "每条生产线停1台",
        "自主减排（减排20%）",
        "减排30%",
        "结焦时间延长36小时",  # by or to
        "禁止国四及以下货车",  # of which size
        f"日投料量不超过{'9' * 400}吨",
        f"限产{'9' * 400}%",
        f"降{'9' * 5000}级",
    ],
)
def test_a_cell_takes_only_what_a_rule_can_say_in_full(text: str) -> None:
    with pytest.raises(TextError, match=r"cannot be read as an? (measure|option)"):
        read_measures_text(text)


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("停2台焙烧炉", "停运设备2台"),
        ("日投料量由960吨降到768吨", "日投料量减少20%"),
        ("停24小时开24小时", "限产50%"),
        ("停2留2", "停产50%（按设备）"),
        ("停产50%", "限产50%、停产50%（按生产线）"),
    ],
)
def test_what_a_rule_could_say_of_it_is_offered(text: str, near: str) -> None:
    with pytest.raises(TextError) as refused:
        read_measures_text(text)
    assert refused.value.expected == near


@pytest.mark.parametrize(("text", "base"), [("以环评批复产能为基数", "eia"), ("三者最小值", "least_of_three")])
def test_what_a_limit_is_reckoned_from_is_read_alike(text: str, base: str) -> None:
    assert read_measures_text(f"限产30%（{text}）") == {"limit": 0.3, "base": base}
    assert read_measures(f"限产30%（{text}）").cell == measures_text({"limit": 0.3, "base": base})


@pytest.mark.parametrize("sign", ["四", "4", "Ⅳ", "IV"])
def test_an_emission_stage_is_read_in_every_writing(sign: str) -> None:
    assert stage_number(sign) == 4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("国四及以下车辆", "禁止国四及以下车辆进出厂区"),
        ("原则上禁止道路运输车辆进出厂区", "原则上禁止道路运输车辆进出厂区"),
        ("停止公路运输", "停止公路运输"),
        ("不得使用国五及以下车辆", "不得使用国五及以下车辆"),
    ],
)
def test_a_ban_that_says_itself_what_it_bans_is_printed_as_it_is(text: str, words: str) -> None:
    assert measure_words(Measure(code="vehicle_ban", text=text)) == words
