"""Whole order rows after an override, worked out by hand on a law of two phases and a season."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd
import pytest

from alertengine.engine import Engine
from alertengine.lists import lines_from
from alertengine.orders import Override, decide_lines
from alertengine.rulebook import Rulebook
from tests.conftest import WINTER, BookMaker, response_of, rows_of

pytestmark = pytest.mark.whole

#: Line 1 coking: 20 % off all winter; under the warning half for 48 hours, then nothing runs; lorries kept out.
#: Line 2 heats homes, 3 stops as a sanction, 4 is line 1 long stopped, 5 no rule reaches, 6 is line 1 again.
RULES = (
    {"id": "early", "when": {"process": "焦炉"}, "then": {"limit": 0.5, "until_hours": 48}},
    {"id": "late", "when": {"process": "焦炉"}, "then": {"stop": True, "after_hours": 48}},
    {"id": "trucks", "when": {"process": "焦炉"}, "then": {"vehicle_ban": "国四及以下"}},
    {"id": "winter", "kind": "season", "when": {"process": "焦炉"}, "then": {"limit": 0.2}},
    {"id": "heat", "layer": "livelihood", "when": {"process": "熔炼"}, "then": {"none": True}},
    {"id": "fine", "layer": "sanction", "when": {"process": "烧结"}, "then": {"stop": True}},
)
LINES = (
    {"line_id": "1"},
    {"line_id": "2", "process": "熔炼"},
    {"line_id": "3", "process": "烧结"},
    {"line_id": "4", "long_stopped": True},
    {"line_id": "5", "process": "切割"},
    {"line_id": "6"},
)
EARLY, LATE = "限产20%（错峰生产）；响应48小时内限产50%", "响应超过48小时后停产"
TEXT = "依据文本性质：转载或报道，须核对官方文本"
DECIDED = "人工决定（办公室 甲，2021-12-09 17:00）"


@pytest.fixture(scope="module")
def book(make_book: BookMaker) -> Rulebook:
    return make_book(rules=RULES)


def decided(book: Rulebook, *overrides: Override) -> Any:
    lines = lines_from(rows_of(LINES), book.lists)
    return decide_lines(Engine(book), lines, response_of("red", WINTER, 96), overrides=overrides)


def override(book: Rulebook, line: str, measure: str, share: float | None = None) -> Override:
    lines = lines_from(rows_of(LINES), book.lists)
    said = {"enterprise_id": str(lines["enterprise_id"].iloc[0]), "line_id": line, "measure": measure, "share": share}
    more = {"reason": "供暖保障", "by": "办公室 甲", "at": datetime(2021, 12, 9, 17)}
    return Override.model_validate(said | more)


def rows(found: Any, line: str) -> pd.DataFrame:
    table = found.table
    return table[table["line_id"].astype(str) == line].astype("object")


@pytest.mark.parametrize(
    ("measure", "share", "codes", "total", "words", "lighter"),
    [
        ("stop", None, "stop;limit", 1.0, "停产", (False, False)),
        ("limit", 0.1, "limit", 0.2, "限产10%", (True, True)),
        ("limit", 0.5, "limit", 0.5, "限产50%", (False, True)),
        ("limit", 0.6, "limit", 0.6, "限产60%", (False, True)),
        ("none", None, "limit", 0.2, "不要求停限产", (True, True)),
        ("exempt", None, "limit", 0.2, "豁免，不采取停限产措施", (True, True)),
        ("self_directed", None, "limit", 0.2, "自主减排", (True, True)),
    ],
)
def test_each_phase_of_a_line_that_a_season_binds_too(
    book: Rulebook, measure: str, share: float | None, codes: str, total: float, words: str, lighter: tuple[bool, bool]
) -> None:
    """The season's fifth stays whatever is ordered; each phase says what was asked of it, and whether less is now."""
    found = decided(book, override(book, "1", measure, share))
    table = rows(found, "1")
    assert table["starts"].tolist() == ["2021-12-10 00:00", "2021-12-12 00:00"]
    assert table["measure"].tolist() == [codes] * 2
    assert table["share"].tolist() == pytest.approx([total] * 2)
    for name, emission in (("so2", 100), ("nox", 200), ("pm", 50), ("vocs", 10)):
        assert table[f"{name}_kg_d"].tolist() == pytest.approx([total * emission] * 2)
    assert table["measure_text"].tolist() == [f"人工变更：{words}；限产20%（错峰生产）"] * 2
    assert table["transport"].tolist() == ["禁止国四及以下进出厂区"] * 2
    assert table["rules"].tolist() == ["winter;trucks"] * 2
    assert table["set_aside"].tolist() == ["late;early", "early;late"]
    assert table["basis"].tolist() == [f"{DECIDED}；《law方案》一"] * 2
    assert table["standing"].tolist() == ["inferred"] * 2
    assert table["status"].tolist() == ["ordered"] * 2
    assert table["flags"].tolist() == ["ground_decision;not_official;overridden"] * 2
    assert table["remark"].tolist() == [
        f"人工变更（供暖保障），原为：{said}；{'轻于规则；' if less else ''}{TEXT}"
        for said, less in zip((EARLY, LATE), lighter, strict=True)
    ]
    # of the warning itself: what goes beyond the season; lines 3 and 6 save 100 and 30
    (summary,) = found.summaries
    assert summary["reduced_kg_d"]["so2"] == pytest.approx(130 + 100 * (total - 0.2))
    assert summary["reduced_with_season_kg_d"]["so2"] == pytest.approx(150 + 100 * total)
    assert summary["overridden"] == 1


@pytest.mark.parametrize(
    ("line", "measure", "share", "row", "note"),
    [
        ("2", "stop", None, ("stop", 1.0, 100.0, "", "heat", "ordered"), "突破民生保障规定，须慎重核对；"),
        ("2", "none", None, ("none", 0.0, 0.0, "", "heat", "ordered"), ""),
        ("2", "exempt", None, ("exempt", 0.0, 0.0, "", "heat", "exempt"), ""),
        ("2", "self_directed", None, ("self_directed", 0.0, 0.0, "", "heat", "self_directed"), ""),
        ("3", "limit", 0.5, ("limit", 0.5, 50.0, "", "fine", "ordered"), "轻于规则（含处罚类措施）；"),
        ("3", "stop", None, ("stop", 1.0, 100.0, "", "fine", "ordered"), ""),
        ("5", "limit", 0.3, ("limit", 0.3, 30.0, "", "", "ordered"), None),
    ],
)
def test_a_line_of_one_phase(
    book: Rulebook, line: str, measure: str, share: float | None, row: tuple[Any, ...], note: str | None
) -> None:
    found = decided(book, override(book, line, measure, share))
    (got,) = rows(found, line).to_dict("records")
    names = ("measure", "share", "so2_kg_d", "rules", "set_aside", "status")
    assert tuple(got[name] for name in names) == row
    (before,) = rows(decided(book), line)["measure_text"]
    told = f"人工变更（供暖保障），原为：{before}"
    assert got["remark"] == (told if note is None else f"{told}；{note}{TEXT}")
    assert found.summaries[0]["undetermined"] == (0 if line == "5" else 1)


def test_what_cannot_be_computed_beside_an_override_makes_its_share_a_lower_bound(make_book: BookMaker) -> None:
    winter = {"id": "winter", "kind": "season", "then": {"coking_time": 30}}
    book = make_book(rules=[winter])
    (row,) = rows(decided(book, override(book, "1", "limit", 0.3)), "1").to_dict("records")
    assert (row["share"], row["so2_kg_d"]) == (0.3, 30)
    assert row["measure_text"] == "人工变更：限产30%；结焦时间延长至30小时以上（错峰生产）"
    assert "规则的减排比例无法核算，不能比较轻重；缺核算数据：结焦时间(小时)；减排比例为下限" in row["remark"]
    assert {"figures_missing", "lower_bound"} <= set(row["flags"].split(";"))


def test_what_the_rules_lacked_is_lacking_no_more_where_a_person_says_the_share(make_book: BookMaker) -> None:
    book = make_book(rules=[{"id": "based", "then": {"limit": 0.2, "base": "least_of_three"}}])
    (before,) = rows(decided(book), "1")["remark"]
    (after,) = rows(decided(book, override(book, "1", "limit", 0.3)), "1")["remark"]
    assert ("缺核算数据" in before, "缺核算数据" in after) == (True, False)


@pytest.mark.parametrize(("share", "lighter"), [(0.3, True), (0.5, False), (0.6, False)])
def test_less_of_one_pollutant_is_lighter_than_the_rules(make_book: BookMaker, share: float, *, lighter: bool) -> None:
    """A cap halves SO2 and asks a fifth of NOx: three tenths of all is less SO2 than that."""
    book = make_book(rules=[{"id": "cap", "then": {"emission_cap": {"so2": 30, "nox": 80}}}])
    lines = lines_from(rows_of([{"so2_mg_m3": 60, "nox_mg_m3": 100}]), book.lists)
    said = {"enterprise_id": str(lines["enterprise_id"].iloc[0]), "line_id": "1", "measure": "limit", "share": share}
    one = Override.model_validate(said | {"reason": "保供", "by": "办公室 甲", "at": datetime(2021, 12, 9, 17)})
    (row,) = (
        decide_lines(Engine(book), lines, response_of("red", WINTER, 96), overrides=[one])
        .table.astype("object")
        .to_dict("records")
    )
    assert ("轻于规则" in row["remark"]) == lighter


def test_a_line_that_stands_still_saves_nothing_whatever_is_ordered(book: Rulebook) -> None:
    found = decided(book, override(book, "4", "stop"))
    table = rows(found, "4")
    assert table["share"].tolist() == [1.0, 1.0]
    assert table["so2_kg_d"].tolist() == [0.0, 0.0]
    assert table["measure"].tolist() == ["stop;limit"] * 2
    assert found.summaries[0]["reduced_kg_d"] == decided(book).summaries[0]["reduced_kg_d"]


def test_overrides_leave_other_lines_as_they_were_and_are_counted(book: Rulebook) -> None:
    plain, found = decided(book), decided(book, override(book, "1", "stop"), override(book, "3", "none"))
    for line in ("2", "4", "5", "6"):
        pd.testing.assert_frame_equal(rows(found, line), rows(plain, line))
    assert found.summaries[0]["overridden"] == 2
    assert (found.summaries[0]["ground"]["decision"], "decision" in plain.summaries[0]["ground"]) == (2, False)
    assert "overridden" not in plain.summaries[0]
    assert found.overriding.reached == {override(book, "1", "stop").line, override(book, "3", "none").line}


def test_a_share_order_that_cannot_be_met_is_met_by_who_decides_its_line(make_book: BookMaker) -> None:
    order = {"id": "sized", "then": {"stop_units": 1, "size_at_least": 200, "size_at_most": 200}}
    book = make_book(rules=[order])
    lines = lines_from(rows_of([{"unit_size": 198}]), book.lists)
    one = Override.model_validate(
        {"enterprise_id": str(lines["enterprise_id"].iloc[0]), "line_id": "1", "measure": "limit", "share": 0.5}
        | {"reason": "供暖保障", "by": "办公室 甲", "at": datetime(2021, 12, 9, 17)}
    )
    counts = []
    for overrides in ([], [one]):
        found = decide_lines(Engine(book), lines, response_of("red", WINTER, 96), overrides=overrides)
        counts.append((found.summaries[0]["share_order_unmet"], "share_unmet" in found.table["flags"][0]))
    assert counts == [(1, True), (0, False)]
