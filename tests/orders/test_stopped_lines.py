"""Which lines stop for an order on several of them, in words."""

from __future__ import annotations

import pytest

from alertengine.orders.stopped_lines import _lines_words
from alertengine.rulebook import Rulebook
from tests.conftest import BookMaker, Decider


@pytest.mark.parametrize(
    ("stopped", "words"),
    [
        ([("1", "")], "1号线"),
        ([("1", ""), ("3", "")], "1号、3号线"),
        ([("1", "2台"), ("3", "")], "1号线2台、3号线"),
        ([("东", ""), ("A1", "")], "东、A1号线"),
        ([("1-2", "")], "1-2线"),  # no plain number
    ],
)
def test_lines_are_named_by_their_numbers_and_what_of_them_stops(stopped: list[tuple[str, str]], words: str) -> None:
    assert _lines_words(stopped) == words


@pytest.fixture(scope="module")
def book(make_book: BookMaker) -> Rulebook:
    return make_book(rules=[{"id": "half", "then": {"stop_share": 0.5}}])


def test_each_line_says_what_it_does_and_which_others_stop_by_plant(book: Rulebook, decide: Decider) -> None:
    """The four of E stop two; 10 comes after 9; F has one line, which stops whole."""
    lines = [{"enterprise_id": "E", "line_id": name} for name in ("10", "9", "2", "1")]
    table = decide(book, [*lines, {"enterprise_id": "F", "line_id": "1"}]).set_index(["enterprise_id", "line_id"])
    said = {key: text.rpartition("：")[2] for key, text in table["measure_text"].items()}
    assert said == {
        ("E", "1"): "本生产线停产（停1号、2号线）",
        ("E", "2"): "本生产线停产（停1号、2号线）",
        ("E", "9"): "本生产线不停（停1号、2号线）",
        ("E", "10"): "本生产线不停（停1号、2号线）",
        ("F", "1"): "本生产线停产",
    }
    assert table["share"].tolist() == [1.0, 1.0, 0.0, 0.0, 1.0]
