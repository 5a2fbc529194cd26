"""Whole entries of a summary, worked out by hand."""

from __future__ import annotations

from typing import Any

from alertengine.engine import Engine
from alertengine.lists import lines_from
from alertengine.orders import summarise
from tests.conftest import WINTER, BookMaker, document, response_of, rows_of
from tests.orders.test_summary import LIMIT, RATIO, totals

NOUGHT = {"so2": 0.0, "nox": 0.0, "pm": 0.0, "vocs": 0.0}
QUIET: dict[str, Any] = {
    "city": "临汾市", "level": "none", "lines": 1, "enterprises": 1, "date": "2021-12-10",
    "status": {"ordered": 0, "undetermined": 0, "self_directed": 0, "exempt": 0, "none": 1}, "ground": {"none": 1},
    "undetermined": 0, "referred_to_city_plan": 0, "rule_asks_more_than_published": 0, "share_order_unmet": 0,
    "bound_by_lower_level": 0, "lighter_than_lower_level": 0, "lower_bound_lines": 0, "hangs_on": {},
    "reduced_kg_d": NOUGHT, "beside_kg_d": NOUGHT, "reduced_with_season_kg_d": NOUGHT, "whole_society_kg_d": None,
    "inventory_year": None, "ratio": None, "met": "unknown", "worst_phase": {"counts": "0-", "ratio": "0-"},
}  # fmt: skip


def summaries(make_book: BookMaker, lines: list[dict[str, Any]], society: Any, level: str) -> list[Any]:
    left = {"id": "left", "when": {"process": "烧结"}, "then": {"refer": "由市方案规定"}}
    book = make_book(document(rules=[LIMIT, left, RATIO]))
    table = lines_from(rows_of(lines, apart=True), book.lists)
    return summarise(book, table, Engine(book).decide(table, response_of(level, WINTER)), society)


def phase_of(entry: dict[str, Any]) -> dict[str, Any]:
    """The one phase of an entry: what it says, of its hours."""
    of_place = ("city", "level", "lines", "enterprises", "worst_phase", "phases")
    hours = {"phase": "0-", "starts": "2021-12-10 00:00", "ends": ""}
    return hours | {name: value for name, value in entry.items() if name not in of_place}


def test_a_city_without_a_warning_comes_to_nothing(make_book: BookMaker) -> None:
    assert summaries(make_book, [{}], None, "none") == [{**QUIET, "phases": [phase_of(QUIET)]}]


def test_a_city_of_one_phase_is_told_with_its_ratios(make_book: BookMaker) -> None:
    """A line at half, one left to the city's plan, one without a ground; the bureau saves 7.5 kg SO2 beside."""
    lines = [
        {"enterprise_id": "A", "grade": "B"},
        {"enterprise_id": "A", "process": "烧结"},
        {"process": "熔炼", "so2_kg_d": 40, "vocs_kg_d": None},
    ]
    saved = {"so2": 57.5, "nox": 100.0, "pm": 25.0, "vocs": 5.0}
    asked = {"required": 0.3, "required_by": "ratio", "basis": "《law方案》一"}
    ratio = {
        "so2": {"warning": 0.0575, "with_season": 0.0575, **asked, "met": "no", "margin_kg_d": -242.5,
                "open_stopped": 0.0975, "at_most": 0.1975},
        "nox": {"warning": 0.1, "with_season": 0.1, **asked, "met": "unknown", "margin_kg_d": -200.0,
                "open_stopped": 0.3, "at_most": 0.5},
        "pm": {"warning": 0.025, "with_season": 0.025, **asked, "met": "no", "margin_kg_d": -275.0,
               "open_stopped": 0.075, "at_most": 0.125},
        "vocs": {"warning": 0.005, "with_season": 0.005, **asked, "met": "no", "margin_kg_d": -295.0,
                 "at_most": 0.015},
    }  # fmt: skip
    entry = {
        **QUIET, "level": "red", "lines": 3, "enterprises": 2, "undetermined": 1, "referred_to_city_plan": 1,
        "status": {"ordered": 1, "undetermined": 2, "self_directed": 0, "exempt": 0, "none": 0},
        "ground": {"rule": 1, "undetermined": 2}, "reduced_kg_d": saved, "reduced_with_season_kg_d": saved,
        "beside_kg_d": {**NOUGHT, "so2": 7.5}, "whole_society_kg_d": dict.fromkeys(NOUGHT, 1000.0),
        "inventory_year": 2020, "ratio": ratio, "met": "no",
    }  # fmt: skip
    found = summaries(make_book, lines, totals(reduced_so2_kg_d=7.5), "red")
    assert found == [{**entry, "phases": [phase_of(entry)]}]
