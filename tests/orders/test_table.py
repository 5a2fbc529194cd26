"""The table of orders: its types, and rows of a response in several phases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd
import pytest

from alertengine.engine import Engine, Response, Segment
from alertengine.files import CodedTable
from alertengine.lists import lines_from
from alertengine.orders.table import orders_of
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import ORDER_COLUMNS, Level
from tests.conftest import BookMaker, Decider

START, RAISED = datetime(2020, 1, 10), datetime(2020, 1, 11, 12)
ROWS = [
    {"enterprise": f"合成{name}企业", "city": "太原市", "industry": "水泥", "process": "粉磨", "line_id": number}
    for name in "乙甲"
    for number in ("10", "9")
]


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return Rulebook.load(())


def table(book: Rulebook, count: int = len(ROWS)) -> pd.DataFrame:
    segments = Segment(START, RAISED, Level.YELLOW), Segment(RAISED, None, Level.RED)
    response = Response(segments, START, "W1")
    lines = lines_from(ROWS, book.lists).iloc[:count]
    return orders_of(book, CodedTable.of(lines), Engine(book).decide(lines, response), response).frame()


def test_every_line_has_its_phases_in_order(book: Rulebook) -> None:
    made = table(book)
    assert list(made.columns) == list(ORDER_COLUMNS)
    for _, own in made.groupby("enterprise_id"):
        assert own["line_id"].drop_duplicates().tolist() == ["9", "10"]
        for _, rows in own.groupby("line_id"):
            starts, ends = rows["starts"].astype("str").tolist(), rows["ends"].astype("str").tolist()
            assert starts[0] == "2020-01-10 00:00"
            assert starts[1:] == ends[:-1]
            assert set(rows["level"]) == {"yellow", "red"}


def test_an_order_id_is_warning_enterprise_line_and_start_in_digits(book: Rulebook) -> None:
    for row in table(book).itertuples():
        digits = row.starts.replace("-", "").replace(" ", "").replace(":", "")
        assert row.order_id == f"W1-{row.enterprise_id}-{row.line_id}-{digits}"


def test_few_texts_are_categories_sorted_and_none_unused(book: Rulebook) -> None:
    made = table(book)
    for name in ("level", "status", "effective_grade", "starts", "ends", "phase"):
        categories = made[name].cat.categories.tolist()
        assert categories == sorted(set(made[name])), name


SANCTION = "处罚类措施因更高层级规定未执行，须人工决定"


@pytest.mark.parametrize(
    ("line", "flag", "words"),
    [
        ({"process": "烧结", "stable": False}, "sanction_set_aside", SANCTION),
        ({"process": "烧结", "stable": True}, "", SANCTION),
        (
            {"industry": "水磨糕饼"},
            "industry_not_on_file",
            "行业“水磨糕饼”不在行业词表内，行业大类未知，须核对行业名称",
        ),
        ({"industry": "水磨糕饼", "process": "烧结"}, "", "须核对行业名称"),
        ({"long_stopped": True}, "long_stopped", "长期停产，不计减排量"),
        ({}, "", "长期停产"),
    ],
)
def test_what_a_person_must_know_of_a_line_is_said_and_marked(
    make_book: BookMaker, decide: Decider, line: dict[str, Any], flag: str, words: str
) -> None:
    """Each with a line that has the cause and one that has not."""
    rules = [
        {"id": "heat", "layer": "livelihood", "when": {"process": "烧结"}, "then": "none"},
        {"id": "fine", "layer": "sanction", "when": {"process": "烧结", "stable": False}, "then": "stop"},
        {"id": "cement", "when": {"industry": "水泥"}, "then": "stop"},
    ]
    row = decide(make_book(rules=rules), [{"stable": True, **line}]).iloc[0]
    assert (words in row["remark"]) == bool(flag)
    assert not flag or flag in row["flags"].split(";")


def test_no_lines_give_the_header_alone(book: Rulebook) -> None:
    made = table(book, 0)
    assert made.empty
    assert list(made.columns) == list(ORDER_COLUMNS)
