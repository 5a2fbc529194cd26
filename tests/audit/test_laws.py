"""What holds whatever the numbers: more use never looks better, units do not matter, ranks are kept."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertengine.audit import FINDING_COLUMNS, Evidence, audit
from alertengine.audit.baseline import added_up, compare, middle, runs
from alertengine.audit.evidence_rules import AuditLaw
from alertengine.rulebook import Baseline, Rulebook
from tests.audit.conftest import wave
from tests.audit.simulate import orders_of
from tests.conftest import BookMaker, document

METHOD = Baseline(
    look_back_days=35, least_days=7, least_same_weekday=3, noise=3, least_spread=0.03, unstable_above=0.35,
    idle_below=0.15, shift_above=0.5, least_hours_share=0.75,
)  # fmt: skip
GRAVITY = {"complied": 0, "no_evidence": 1, "doubtful": 2}


def used(values: list[float]) -> Evidence:
    count = len(values)
    table = pd.DataFrame(
        {
            "city": [np.nan] * count, "enterprise_id": ["A"] * count, "enterprise": [np.nan] * count,
            "meter_no": [np.nan] * count,
            "time": pd.date_range("2019-11-05", periods=count).astype("datetime64[s]"), "kwh": values,
            "register": np.full(count, np.nan), "multiplier": np.full(count, np.nan),
        }
    )  # fmt: skip
    return Evidence("electricity", "power.csv", table, np.arange(2, count + 2))


def verdict(book: Rulebook, share: float, value: float, scale: float = 1.0) -> str:
    orders = orders_of(["A"], [("2019-12-10 00:00", "2019-12-11 00:00")], [share])
    run = audit(orders, [used([one * scale for one in (*wave(35), value, *wave(20))])], book)
    return str(run.table["finding"].iloc[0])


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(st.sampled_from([1.0, 0.5, 0.3]), st.floats(0, 3000), st.floats(0, 500), st.floats(0.01, 1000))
def test_more_use_never_looks_better_and_units_do_not_matter(
    shipped: Rulebook, share: float, value: float, more: float, scale: float
) -> None:
    one = verdict(shipped, share, value)
    assert GRAVITY[one] <= GRAVITY[verdict(shipped, share, value + more)]
    assert one == verdict(shipped, share, value, round(scale, 3))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=1, max_size=12))
def test_the_middle_is_the_median_of_what_is_known(values: list[float | None]) -> None:
    row = np.array([[np.nan if one is None else one for one in values]])
    known = row[~np.isnan(row)]
    assert middle(row)[0] == pytest.approx(np.median(known)) if known.size else np.isnan(middle(row)[0])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=20))
def test_a_run_is_as_long_as_the_order(flags: list[bool]) -> None:
    ordered = np.array([flags])
    first, last = runs(ordered)
    for day, held in enumerate(flags):
        if not held:
            assert (first[0, day], last[0, day]) == (-1, -1)
            continue
        low, high = int(first[0, day]), int(last[0, day])
        assert all(flags[low : high + 1])
        assert low == 0 or not flags[low - 1]
        assert high == len(flags) - 1 or not flags[high + 1]


def test_a_baseline_never_looks_at_ordered_days_or_holidays() -> None:
    matrix = np.array([[*wave(35), 5.0, 5.0, 5.0, *wave(10)]])
    ordered = np.zeros_like(matrix, dtype=bool)
    ordered[0, 35:38] = True
    spared = np.zeros(matrix.shape[1], dtype=bool)
    weekday = np.arange(matrix.shape[1]) % 7
    plain = compare(matrix, ordered, spared, weekday, np.array([0]), np.array([36]), METHOD)
    matrix[0, 10:20], spared[10:20] = 1e9, True
    ordered[0, 3:5], matrix[0, 3:5] = True, 1e9
    again = compare(matrix, ordered, spared, weekday, np.array([0]), np.array([36]), METHOD)
    assert again.base[0] == pytest.approx(plain.base[0], rel=0.05)
    assert again.observed[0] == plain.observed[0] == 5


def test_a_time_at_which_a_meter_is_missing_is_unknown() -> None:
    stamp = np.array(["2020-01-01", "2020-01-01", "2020-01-02", "2020-01-03", "2020-01-03"], dtype="datetime64[s]")
    part = np.array([0, 1, 0, 0, 1])
    amount = np.array([1.0, 2.0, 1.0, 1.0, 2.0])
    readings, clash = added_up(np.zeros(5, dtype=np.int64), part, stamp, amount, 1)
    assert readings.matrix(0, 24, 1).tolist()[0][::2] == [3, 3]
    assert np.isnan(readings.matrix(0, 24, 1)[0, 1])
    assert not clash.any()


def test_a_referral_ranks_above_a_case_only_where_it_needs_no_more(make_book: BookMaker) -> None:
    head = {"kind": "penalty", "breach": "measure_not_done"}
    case = {**head, "id": "case", "outcome": "by_law", "proposal": "建议依法查处"}
    refer = {**head, "id": "refer", "outcome": "referral", "proposal": "建议移送"}
    day = date(2020, 1, 1)

    def rank(*rules: dict[str, object], suspected: bool = False) -> str:
        law = AuditLaw(make_book(document(rules=list(rules))))
        return law.consequence(("measure_not_done",), "太原市", "", day, "red", suspected=suspected).rank

    assert rank(case) == "建议另案处理"
    assert rank(case, refer) == "移送线索"
    assert rank(case, {**refer, "also": "受过处罚"}) == "建议另案处理"
    assert rank(case, refer, suspected=True) == ""


def test_every_column_of_the_contract_has_a_chinese_name_of_its_own() -> None:
    names = [text for text, _ in FINDING_COLUMNS.values()]
    assert len(set(names)) == len(names)
