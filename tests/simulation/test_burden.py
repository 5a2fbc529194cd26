"""How the burden falls: the figures are right on cases small enough to count."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertengine.simulation import burden_by, gini, quantile_table
from alertengine.simulation.burden import burden_figures, burden_lines, sizes
from alertengine.simulation.production import mean_lines
from tests.conftest import BookMaker

amounts = st.lists(st.floats(0, 1e6), min_size=1, max_size=20)


def test_gini_of_known_amounts() -> None:
    assert gini([]) == 0
    assert gini([0, 0]) == 0
    assert gini([3, 3, 3]) == pytest.approx(0)
    assert gini([0, 0, 0, 8]) == pytest.approx(0.75)


@given(amounts, st.floats(0.001, 1000))
def test_gini_lies_between_and_does_not_know_the_unit(values: list[float], factor: float) -> None:
    found = gini(values)
    assert -1e-9 <= found < 1
    if sum(values) > 1e-6:
        assert gini([value * factor for value in values]) == pytest.approx(found, abs=1e-6)


@pytest.fixture
def table(make_book: BookMaker, decisions: object) -> pd.DataFrame:
    """Plants: E1 stopped whole, E2 one of two lines, E3 stopped by its season, E4 long stopped, E5 free."""
    book = make_book(
        rules=[
            {"id": "c", "when": {"effective_grade": "C"}, "then": "stop"},
            {"id": "d", "kind": "season", "when": {"effective_grade": "D"}, "then": "stop"},
        ]
    )
    kinds = [("E1", "C"), ("E2", "C"), ("E2", "B"), ("E3", "D"), ("E4", "C"), ("E5", "B")]
    lines = [
        {"enterprise_id": owner, "line_id": str(n), "grade": grade, "county": "洪洞县", "long_stopped": owner == "E4"}
        for n, (owner, grade) in enumerate(kinds)
    ]
    found = decisions(book, lines, level="orange")[0]  # type: ignore[operator]
    from alertengine.lists import lines_from
    from tests.conftest import rows_of

    frame = lines_from(rows_of(lines), book.lists)
    return burden_lines(frame, found, mean_lines(frame))


def test_what_the_season_took_is_not_the_warnings(table: pd.DataFrame) -> None:
    figures = burden_figures(table)
    assert (figures["enterprises"], figures["lines"]) == (4, 5)  # the long-stopped one is in neither part
    assert figures["stopped_outright"] == 1
    assert figures["hit"] == 2
    assert figures["lost"] == pytest.approx(2)
    assert figures["lost_share"] == pytest.approx(2 / 5)
    assert figures["before_share"] == pytest.approx(1 / 5)
    assert figures["quantiles"]["p100"] == 1


def test_tables_add_up_to_the_whole(table: pd.DataFrame) -> None:
    for column in ("grade", "size", "county"):
        found = burden_by(table, column)
        assert found["lost"].sum() == pytest.approx(2)
        assert found["lines"].sum() == 5
    grades = burden_by(table, "grade").set_index("grade")
    assert grades.loc["C", "lost_share"] == 1
    assert grades.loc["D", "lost_share"] == 0
    assert quantile_table(table)["lost_share"].is_monotonic_increasing


def test_sizes_are_thirds_of_the_enterprises_by_emission() -> None:
    lines = pd.DataFrame(
        {
            "city": "太原市",
            "enterprise_id": ["a", "b", "b", "c"],
            "so2_kg_d": [1.0, 5.0, 6.0, 3.0],
            "nox_kg_d": [1.0, 5.0, None, 3.0],
            "pm_kg_d": 0.0,
            "vocs_kg_d": 0.0,
        }
    )
    assert sizes(lines).tolist() == ["小", "大", "大", "中"]


def test_mean_lines_weigh_capacity_within_industry_process_and_unit(vocabulary: object) -> None:
    from alertengine.lists import lines_from
    from tests.conftest import rows_of

    rows = [
        {"capacity": 10, "capacity_unit": "万吨/年", "enterprise_id": "a"},
        {"capacity": 30, "capacity_unit": "万吨/年", "enterprise_id": "b"},
        {"capacity": 7, "capacity_unit": "吨/天", "enterprise_id": "c"},
        {"enterprise_id": "d"},
        {"capacity": 50, "capacity_unit": "万吨/年", "enterprise_id": "e", "long_stopped": True},
    ]
    found = mean_lines(lines_from(rows_of(rows), vocabulary))  # type: ignore[arg-type]
    assert found.amounts.tolist() == [0.5, 1.5, 1.0, 1.0, 0.0]
