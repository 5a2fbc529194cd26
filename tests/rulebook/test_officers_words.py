"""Words of officers in a rule workbook: taken where they can mean one thing, else the nearest names are offered."""

from __future__ import annotations

from typing import Any

import pytest

from alertengine.rulebook.excel.cell_scanner import TextError
from alertengine.rulebook.excel.condition_text import condition_text, read_condition
from alertengine.rulebook.excel.rule_rows import RULE, from_cells
from alertengine.vocabulary.problems import InputError
from tests.conftest import BookMaker, document


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("距建成区10公里以内", {"city_distance_km": {"le": 10}}),
        ("行业=铸造；10公里以内", {"industry": "铸造", "city_distance_km": {"le": 10}}),
        ("距建成区距离20千米以外", {"city_distance_km": {"gt": 20}}),
        ("炭化室高度4.3米（含）以下", {"chamber_height_m": {"le": 4.3}}),
    ],
)
def test_distances_and_sizes_as_texts_say_them(said: str, meant: dict[str, Any]) -> None:
    assert read_condition(said) == meant
    assert read_condition(condition_text(meant)) == meant, "stored as the vocabulary's"


@pytest.mark.parametrize("said", ["附近10公里左右", "高度10公里以内", "很近"])
def test_what_could_be_several_fields_or_none_is_refused(said: str) -> None:
    with pytest.raises(TextError):
        read_condition(said)


def test_levels_and_measures_by_their_words() -> None:
    mapping, errors = from_cells({"级别": "橙色预警、红色", "措施": "停产", "类别": "预警措施"}, RULE)
    assert not errors
    assert mapping == {"levels": ["orange", "red"], "then": "stop", "kind": "measure"}


def test_a_period_that_is_not_on_file_names_the_nearest(make_book: BookMaker) -> None:
    rule = {"id": "w", "kind": "season", "during": "冬季", "then": "stop"}
    with pytest.raises(InputError) as refused:
        make_book(document("d", rules=[rule]))
    [problem] = refused.value.problems
    assert problem.code == "unknown_period"
    assert "秋冬季" in problem.words("zh")[1]
