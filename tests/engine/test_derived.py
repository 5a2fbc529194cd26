"""Facts of a line that follow from its industry, its enterprise and its day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from alertengine.engine import Facts
from alertengine.files import CodedTable
from alertengine.lists import lines_from
from alertengine.rulebook import OpenLists
from alertengine.rulebook.open_list_rows import Member, NamedList
from tests.conftest import WINTER, rows_of

UNKNOWN, NO, YES = 0, 1, 2


def facts(lists: OpenLists, *lines: dict[str, Any], days: int = 0, apart: bool = False) -> Facts:
    return Facts(lines_from(rows_of(lines, apart=apart), lists), lists, WINTER + timedelta(days=days))


@pytest.fixture
def lists(vocabulary: OpenLists, monkeypatch: pytest.MonkeyPatch) -> OpenLists:
    """Of 焦化 an ultra-low standard is in force from the winter day on; 铸造 has none and no number in the guide."""
    known = vocabulary.industries
    made = {
        "焦化": known["焦化"].model_copy(update={"ultra_low_from": WINTER, "number": 1}),
        "铸造": known["铸造"].model_copy(update={"ultra_low_from": None, "number": None}),
    }
    monkeypatch.setattr(vocabulary, "industries", {**known, **made})
    return vocabulary


LINES = ({"industry": "焦化"}, {"industry": "铸造"}, {"industry": "无此行业"}, {"industry": None})


def test_of_a_part_of_a_list_each_enterprise_keeps_its_number(lists: OpenLists) -> None:
    lines = lines_from(rows_of([{"grade": grade} for grade in "ABCD"], apart=True), lists)
    part = CodedTable({name: CodedTable.of(lines).text(name) for name in ("city", "enterprise_id", "grade")}, 4)
    found = Facts(part.take(np.array([2, 3])), lists, WINTER)
    worst = found.text("enterprise_worst_grade")
    assert [worst.categories[code] for code in worst.codes] == ["C", "D"]
    assert found.number("enterprise_lines").tolist() == [1, 1]


@pytest.mark.parametrize(
    ("grades", "worst"),
    [
        (["A", "D", "未评级"], "D"),
        (["A+", "引领性"], "A+"),
        (["引领性", "未评级"], "未评级"),
        (["A", "D", None], None),
    ],
)
def test_a_grade_off_the_ladder_does_not_hide_the_worst_on_it(
    vocabulary: OpenLists, grades: list[str | None], worst: str | None
) -> None:
    found = facts(vocabulary, *({"grade": grade} for grade in grades)).text("enterprise_worst_grade")
    assert {found.categories[code] if code >= 0 else None for code in found.codes} == {worst}


@pytest.mark.parametrize(("days", "first"), [(-1, NO), (0, YES), (1, YES)])
def test_a_standard_is_there_from_its_day_on(lists: OpenLists, days: int, first: int) -> None:
    found = facts(lists, *LINES, days=days)
    assert found.boolean("ultra_low_standard").tolist() == [first, NO, UNKNOWN, UNKNOWN]


def test_an_industry_of_the_guide_has_a_number_in_it(lists: OpenLists) -> None:
    assert facts(lists, *LINES).boolean("key_industry").tolist() == [YES, NO, UNKNOWN, UNKNOWN]


def test_what_an_enterprise_is_known_by_all_its_lines(lists: OpenLists) -> None:
    lines = [
        {"enterprise_id": "E", "grade": "B"},
        {"enterprise_id": "E", "grade": "C"},
        {"enterprise_id": "F", "grade": "A"},
        {"enterprise_id": "F", "grade": None},
        {"enterprise_id": "G", "grade": "D"},
    ]
    found = facts(lists, *lines)
    worst = found.text("enterprise_worst_grade")
    names = [worst.categories[code] if code >= 0 else None for code in worst.codes]
    assert names == ["C", "C", None, None, "D"], "one unknown, all unknown"
    assert worst.codes.min() == -1, "tables of categories have the unknown last"
    np.testing.assert_array_equal(found.number("enterprise_lines"), [2, 2, 2, 2, 1])
    assert found.mates(0).tolist() == [0, 1]
    assert found.mates(4).tolist() == [4]
    values = np.array([0, 2, 1, 2, 1], dtype=np.int8)
    assert sorted(found.of_enterprises(values, least=True).tolist()) == [0, 1, 1]
    assert sorted(found.of_enterprises(values, least=False).tolist()) == [1, 2, 2]


BEFORE = WINTER - timedelta(days=1)
STOP = "停产整治:超标排放@{}..{}"


@pytest.mark.parametrize(
    ("lines", "same"),
    [
        ([{"industry": "铸造"}], True),
        ([{"industry": "焦化"}], False),  # its standard is in force from the second day on
        ([{"decisions": STOP.format(BEFORE, "")}], True),
        ([{"decisions": STOP.format(WINTER, "")}], False),
        ([{"decisions": STOP.format("2019-01-01", BEFORE)}], False),
        ([{"decisions": STOP.format(BEFORE, "")}, {}, {"decisions": STOP.format(WINTER, "")}], False),
        ([{"enterprise": "甲厂"}], True),
        ([{"enterprise": "乙厂"}], False),  # on a list from the second day on
        ([{"enterprise": "甲厂"}, {"enterprise": "丙厂"}, {"enterprise": "乙厂"}], False),
    ],
)
def test_facts_of_two_days_are_the_same_where_nothing_dated_begins_or_ends(
    lists: OpenLists, monkeypatch: pytest.MonkeyPatch, lines: list[dict[str, Any]], same: bool
) -> None:
    members = (Member(name="甲厂"), Member.model_validate({"name": "乙厂", "from": WINTER}))
    monkeypatch.setattr(lists, "named_lists", {"名单": NamedList(name="名单", source="试验", members=members)})
    found = facts(lists, *({"industry": "铸造", "enterprise": "丙厂", **line} for line in lines), apart=True)
    assert found.same_on(BEFORE, WINTER) == found.same_on(WINTER, BEFORE) == same
    assert found.same_on(WINTER, WINTER)
    assert found.same_on(WINTER, WINTER + timedelta(days=1))
