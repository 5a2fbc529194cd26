"""Overrides: a person's order in place of the rules', in the numbers, the texts and the totals alike."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertengine.engine import Decision, Engine, Response
from alertengine.files import CodedTable, lists_folder
from alertengine.lists import EnterpriseList, read_list
from alertengine.orders import Orders, Override, as_options, decide, read_overrides
from alertengine.orders.apply_overrides import Overriding
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import POLLUTANTS, InputError, Level

pytestmark = pytest.mark.whole

DAY = date(2020, 1, 10)
MEASURES = ("stop", "limit", "none", "exempt", "self_directed")


def _override(line: Any, measure: str, share: float | None = None) -> Override:
    return Override.model_validate(
        {
            "enterprise_id": str(line["enterprise_id"]),
            "line_id": str(line["line_id"]),
            "measure": measure,
            "share": share,
            "reason": "供暖保障",
            "by": "办公室 甲",
            "at": datetime(2020, 1, 9, 17),
        }
    )


def _file() -> Path:
    return lists_folder() / "linfen-synthetic.csv"


def _run(book: Rulebook, *overrides: Override) -> Orders:
    return decide(read_list(_file(), book.lists), book, level=Level.RED, date=DAY, overrides=overrides)


@pytest.fixture(scope="module")
def listed(shipped: Rulebook) -> EnterpriseList:
    return read_list(_file(), shipped.lists)


@cache
def _decided() -> tuple[Rulebook, EnterpriseList, list[Decision]]:
    """No fixture: hypothesis would write all of it out."""
    book = Rulebook.load(())
    listed = read_list(_file(), book.lists)
    return book, listed, Engine(book).decide(listed.lines, Response.single(Level.RED, DAY))


def _order(run: Orders, override: Override) -> pd.Series:
    table = run.table
    mine = (table["enterprise_id"] == override.enterprise_id) & (table["line_id"] == override.line_id)
    return table[mine].iloc[0]


def test_an_order_says_that_a_person_changed_it_why_and_what_the_rules_asked(shipped: Rulebook) -> None:
    before = _run(shipped)
    line = before.table[(before.table["share"] == 1) & (before.table["standing"] != "")].iloc[0]
    one = _override(line, "limit", 0.4)
    after = _order(_run(shipped, one), one)
    assert after["measure_text"].startswith("人工变更：限产40%")
    assert f"人工变更（供暖保障），原为：{line['measure_text']}" in after["remark"]
    assert "轻于规则" in after["remark"]
    assert after["basis"].startswith("人工决定（办公室 甲，2020-01-09 17:00）")
    assert after["standing"] == "inferred"
    assert set(str(line["rules"]).split(";")) <= {*str(after["rules"]).split(";"), *str(after["set_aside"]).split(";")}


def test_totals_are_those_of_the_orders_and_other_lines_stay_as_they_were(shipped: Rulebook) -> None:
    before = _run(shipped)
    line = before.table[(before.table["share"] == 1) & (before.table["nox_kg_d"] > 0)].iloc[0]
    one = _override(line, "none")
    after = _run(shipped, one)
    others = before.table["order_id"] != line["order_id"]
    pd.testing.assert_frame_equal(before.table[others], after.table[others], check_categorical=False)
    (was,), (now,) = before.summaries, after.summaries
    for pollutant in POLLUTANTS:
        lost = float(line[f"{pollutant}_kg_d"]) - float(_order(after, one)[f"{pollutant}_kg_d"])
        said = was["reduced_with_season_kg_d"][pollutant] - now["reduced_with_season_kg_d"][pollutant]
        assert said == pytest.approx(lost, abs=0.02)
    assert now["overridden"] == 1
    assert "overridden" not in was


def test_a_line_without_a_ground_is_undetermined_no_more(shipped: Rulebook) -> None:
    before = _run(shipped)
    line = before.table[before.table["status"] == "undetermined"].iloc[0]
    one = _override(line, "stop")
    after = _run(shipped, one)
    assert _order(after, one)["status"] == "ordered"
    assert after.summaries[0]["undetermined"] == before.summaries[0]["undetermined"] - 1


def test_wrong_overrides_are_all_named(shipped: Rulebook, listed: EnterpriseList) -> None:
    line = listed.lines.iloc[0]
    unknown = _override({"enterprise_id": "没有", "line_id": "1"}, "stop")
    with pytest.raises(InputError) as refused:
        _run(shipped, _override(line, "stop"), _override(line, "none"), unknown)
    assert [problem.message for problem in refused.value.problems] == ["overridden twice", "no such enterprise"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"measure": "limit"}, "a share belongs to limit, and limit takes one"),
        ({"measure": "stop", "share": 0.5}, "a share belongs to limit, and limit takes one"),
        ({"reason": " "}, "reason: is blank"),
        ({"measure": "filed"}, "measure: expected 'stop' or 'limit'"),
        ({"at": "some day"}, "at: "),
        ({"by": ""}, "by: is blank"),
        ({"share": 1.0}, "share: expected a number below 1"),
    ],
)
def test_an_override_that_says_nothing_definite_is_refused(wrong: dict[str, Any], told: str) -> None:
    said = as_options([_override({"enterprise_id": "甲", "line_id": "1"}, "stop")])[0] | wrong
    with pytest.raises(InputError, match=told) as refused:
        read_overrides([said])
    assert not re.search("“[a-z]+”：", refused.value.problems[0].text("zh")), "a column has its Chinese name"


def test_overrides_go_through_options_unchanged() -> None:
    made = [_override({"enterprise_id": name, "line_id": "1"}, "limit", 0.3) for name in ("乙", "甲")]
    assert read_overrides(as_options(made)) == tuple(sorted(made, key=lambda one: one.enterprise_id))


_asked = st.one_of(
    st.tuples(st.just("limit"), st.floats(0.01, 0.99)),
    st.tuples(st.sampled_from([measure for measure in MEASURES if measure != "limit"]), st.none()),
)


@given(asked=st.dictionaries(st.integers(0, 103), _asked, min_size=1, max_size=5))
def test_what_binds_without_a_warning_stays_whatever_is_overridden(
    asked: dict[int, tuple[str, float | None]],
) -> None:
    book, listed, decided = _decided()
    lines, places = listed.lines, sorted(asked)
    made = [_override(lines.iloc[place], *asked[place]) for place in places]
    for before, after in zip(decided, Overriding(book, CodedTable.of(lines), made).decisions(decided), strict=True):
        bound = np.where(np.isnan(before.other_share), 0.0, before.other_share)
        share = np.where(np.isnan(after.share), np.inf, after.share)
        assert (share[places] >= bound[places]).all()
    untouched = np.setdiff1d(np.arange(len(lines)), places)
    assert np.array_equal(after.share[untouched], before.share[untouched], equal_nan=True)
    assert np.array_equal(after.status[untouched], before.status[untouched])
    assert not after.undetermined[places].any()
