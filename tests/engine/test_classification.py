"""Classification: what a line is today, and how far that is known."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from tests.conftest import BookMaker, Decider

BY_GRADE = [
    {"id": f"m{n}", "when": {"effective_grade": grade}, "then": then}
    for n, (grade, then) in enumerate(
        [("A+", "none"), ("A", {"limit": 0.1}), ("B", {"limit": 0.2}), ("C", {"limit": 0.5}), ("D", "stop"),
         ("未评级", "stop"), ("引领性", {"limit": 0.3}), ("非引领性", {"limit": 0.4})]
    )
]  # fmt: skip
DROP = {"id": "drop", "kind": "classification", "when": {"stable": False}, "then": {"drop": 1}}
AGAIN = {"id": "again", "kind": "classification", "when": {"small": True}, "then": {"drop": 1}}
UNGRADE = {"id": "ungrade", "kind": "classification", "when": {"permit_held": False}, "then": {"grade": "未评级"}}


@pytest.fixture(scope="module")
def order(make_book: BookMaker, decide: Decider) -> Any:
    """The order of one line under classification rules and one measure per grade."""

    def run(line: dict[str, Any], *rules: dict[str, Any], **options: Any) -> pd.Series[Any]:
        return decide(make_book(rules=[*BY_GRADE, *rules]), [line], **options).iloc[0]

    return run


@pytest.mark.parametrize(
    ("grade", "effective"),
    [
        ("A+", "A"),
        ("A", "B"),
        ("B", "C"),
        ("C", "D"),
        ("D", "D"),
        ("引领性", "引领性"),
        ("非引领性", "非引领性"),
        ("未评级", "未评级"),
    ],
)
def test_a_drop_moves_one_step_never_below_d_and_leaves_what_is_off_the_ladder(
    order: Any, grade: str, effective: str
) -> None:
    row = order({"grade": grade, "stable": False}, DROP)
    assert row["effective_grade"] == effective
    assert row["grade"] == grade
    assert ("执行等级由" in row["remark"]) == (grade != effective)
    assert ("drop" in row["rules"].split(";")) == (grade != effective)


def test_several_drops_move_one_step_together(order: Any) -> None:
    row = order({"grade": "A", "stable": False, "small": True}, DROP, AGAIN)
    assert row["effective_grade"] == "B"
    assert row["share"] == 0.2


def test_ungraded_prevails_over_every_other_classification(order: Any) -> None:
    better = {"id": "better", "kind": "classification", "when": {"ultra_low": True}, "then": {"grade": "A"}}
    row = order({"grade": "B", "stable": False, "permit_held": False, "ultra_low": True}, DROP, better, UNGRADE)
    assert row["effective_grade"] == "未评级"
    assert row["share"] == 1


def test_an_unknown_fact_leaves_the_listed_grade_and_is_named(order: Any) -> None:
    row = order({"grade": "B"}, DROP)
    assert row["effective_grade"] == "B"
    assert row["share"] == 0.2
    assert row["hangs_on"] == "stable"


def test_a_classification_that_could_change_nothing_is_not_named(order: Any) -> None:
    row = order({"grade": "D"}, DROP)
    assert row["hangs_on"] == ""


def test_a_line_without_a_grade_is_undetermined_and_hangs_on_it(order: Any) -> None:
    row = order({"stable": True}, DROP)
    assert (row["status"], row["effective_grade"], row["hangs_on"]) == ("undetermined", "", "grade")


def test_classification_holds_without_a_warning_too(make_book: BookMaker, decide: Decider) -> None:
    season = {"id": "s", "kind": "season", "when": {"effective_grade": "C"}, "then": {"limit": 0.3}}
    row = decide(make_book(rules=[season, DROP]), [{"grade": "B", "stable": False}], level="none").iloc[0]
    assert (row["status"], row["share"], row["effective_grade"]) == ("ordered", 0.3, "C")


def test_a_classification_of_a_period_holds_inside_it_only(order: Any, make_book: BookMaker, decide: Decider) -> None:
    winter = {**DROP, "during": "采暖期"}
    line = {"grade": "B", "stable": False}
    assert order(line, winter)["effective_grade"] == "C"
    assert order(line, winter, day=date(2021, 7, 1))["effective_grade"] == "B"


def test_b_minus_is_a_step_where_the_industrys_ladder_has_it(
    make_book: BookMaker, decide: Decider, monkeypatch: pytest.MonkeyPatch, vocabulary: Any
) -> None:
    monkeypatch.setitem(vocabulary.industry_ladders, "焦化", "with_b_minus")
    book = make_book(rules=[*BY_GRADE, DROP])
    lines = [{"grade": "B", "stable": False}, {"grade": "B", "stable": False, "industry": "水泥"}]
    assert list(decide(book, lines)["effective_grade"]) == ["B-", "C"]
