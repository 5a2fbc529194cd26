"""Changes that lighten an order, said together where they differ in the last value alone."""

from __future__ import annotations

from typing import Any

import pytest

from alertengine.orders import in_sentences
from alertengine.orders._explain.facts import atom_words, condition_words, value_words
from alertengine.orders._explain.lighter import LighterFacts
from alertengine.rulebook import Atom, Condition, Group, OverLines
from alertengine.vocabulary import Status


def test_values_of_one_fact_that_lead_to_the_same_are_one_sentence() -> None:
    changes = [
        LighterFacts((("grade", "A"),), Status.SELF_DIRECTED, 0.0),
        LighterFacts((("grade", "B"),), Status.ORDERED, 0.3),
        LighterFacts((("grade", "引领性"),), Status.SELF_DIRECTED, 0.0),
        LighterFacts((("grade", "B"), ("catalogue", "鼓励类")), Status.ORDERED, 0.2),
        LighterFacts((("grade", "B"), ("catalogue", "允许类")), Status.ORDERED, 0.2),
    ]
    assert in_sentences(changes) == [
        "绩效等级为A、引领性之一 → 自主减排，减排比例0%",
        "绩效等级为B → 执行减排，减排比例30%",
        "绩效等级为B，产业目录类别为鼓励类、允许类之一 → 执行减排，减排比例20%",
    ]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("grade", None, "未知"), ("guarantee", None, "未知"), ("stable", True, "是"), ("stable", False, "否"),
        ("city_distance_km", 8.0, "8km"), ("city_distance_km", 0.5, "0.5km"), ("units", 3.0, "3"), ("grade", "A", "A"),
    ],
)  # fmt: skip
def test_a_value_is_told_with_its_unit(name: str, value: Any, words: str) -> None:
    assert value_words(name, value) == words


NEAR, GRADED = Atom("city_distance_km", "lt", (20.0,)), Atom("grade", "in", ("A", "B"))
STABLE = Atom("stable", "in", (True,))


@pytest.mark.parametrize(
    ("atom", "words"),
    [
        (NEAR, "距建成区距离(公里)<20km"),
        (Atom("city_distance_km", "le", (20.0,)), "距建成区距离(公里)≤20km"),
        (Atom("city_distance_km", "gt", (20.0,)), "距建成区距离(公里)>20km"),
        (Atom("city_distance_km", "ge", (20.0,)), "距建成区距离(公里)≥20km"),
        (GRADED, "绩效等级为A、B"),
        (Atom("grade", "in", ("A", "B"), negated=True), "绩效等级不是A、B"),
        (Atom("grade", "missing", ()), "绩效等级空缺"),
        (Atom("grade", "missing", (), negated=True), "绩效等级已填"),
        (OverLines(part=STABLE, every=True), "本企业各条生产线稳定达标为是"),
        (OverLines(part=Group(every=True, parts=(STABLE, NEAR)), every=False),
         "本企业任一生产线稳定达标为是，且距建成区距离(公里)<20km"),
    ],
)  # fmt: skip
def test_a_comparison_is_told_with_its_sign_and_values(atom: Any, words: str) -> None:
    assert atom_words(atom) == words


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (NEAR, ["距建成区距离(公里)<20km"]),
        (Group(every=True, parts=()), []),
        (Group(every=True, parts=(NEAR, GRADED)), ["距建成区距离(公里)<20km", "绩效等级为A、B"]),
        (Group(every=False, parts=(NEAR, GRADED)), ["距建成区距离(公里)<20km或绩效等级为A、B"]),
        (Group(every=False, parts=(STABLE, Group(every=True, parts=(NEAR, GRADED)))),
         ["稳定达标为是或（距建成区距离(公里)<20km，且绩效等级为A、B）"]),
        (Group(every=True, parts=(STABLE, Group(every=False, parts=(NEAR, GRADED)))),
         ["稳定达标为是", "距建成区距离(公里)<20km或绩效等级为A、B"]),
    ],
)  # fmt: skip
def test_a_condition_is_a_text_for_each_part_that_must_hold(condition: Condition, words: list[str]) -> None:
    assert condition_words(condition) == words


def test_a_change_is_told_with_all_its_facts() -> None:
    both = LighterFacts((("grade", "B"), ("city_distance_km", 25.0)), Status.ORDERED, 0.2)
    assert both.words() == "绩效等级为B，距建成区距离(公里)为25km"
