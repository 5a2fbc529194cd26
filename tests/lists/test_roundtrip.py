"""What is written reads back as the same list."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alertengine.files import rules_folder
from alertengine.lists import read_list, write_list
from alertengine.rulebook import OpenLists
from alertengine.vocabulary import FIELDS, LIST_FIELDS, Field
from tests.synthetic import make_code

WORDS = st.text(st.sampled_from("合成甲乙丙厂=+-@,;\"'\n 一#%()Aa1"), min_size=1, max_size=8).map(
    lambda text: "合" + text.strip()
)
PLANS = ("停产", "限产33%", "停产50%（以生产线计）", "日投料量由900吨降到700吨", "延长结焦时间至36小时", "看情况")


#: What a line may have, so that nothing is doubted (``lines`` in rules/vocabulary/plausible.yaml).
LINES = OpenLists.load([rules_folder()]).plausible.lines


def _value(field: Field) -> st.SearchStrategy[Any]:  # noqa: PLR0911 -- one return a type
    if field.type == "bool":
        return st.sampled_from([True, False, pd.NA])
    if field.name.endswith("_share"):
        return st.sampled_from([np.nan]) | st.integers(0, 10000).map(lambda n: n / 100 / 100)
    if field.type in ("number", "integer"):
        high = {"lon": 180, "lat": 90, "below_special_pct": 100, "production_days": 366}.get(field.name, 1e9)
        high = 9000 if field.name.endswith("_kg_d") else high  # what no unit is doubted of
        low, high = (LINES[field.name].lowest, LINES[field.name].highest) if field.name in LINES else (1, high)
        numbers = st.floats(max(low, 1), high, allow_nan=False).map(
            lambda n: float(f"{n:.12g}")
        )  # a workbook holds 15 digits
        blanks = st.sampled_from([1.0] if field.name in ("units", "chambers") else [np.nan])  # blank 设备数量 is one
        return blanks | (numbers.map(np.floor) if field.type == "integer" else numbers)
    if field.type == "code":
        codes = list(field.values)
        return st.sampled_from(codes if field.name == "guarantee" else [*codes, None])
    if field.type == "names":
        return st.sampled_from(["无", "炉窑清单", "炉窑清单;错峰豁免清单", None])
    if field.name in ("plan_yellow", "plan_orange", "plan_red"):
        return st.sampled_from([*PLANS, None])
    return st.sampled_from([None]) | WORDS


FIXED = ("enterprise_id", "enterprise", "city", "province", "line_id")
LINE = st.fixed_dictionaries({field.name: _value(field) for field in LIST_FIELDS if field.name not in FIXED})


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    columns = {}
    for field in LIST_FIELDS:
        values = [row.get(field.name) for row in rows]
        kind = {"bool": "boolean", "number": "float64", "integer": "float64"}.get(field.type, "str")
        columns[field.name] = pd.Series(values, dtype=kind)
    frame = pd.DataFrame(columns)
    frame["enterprise_id"] = make_code("91000000HC0000009")
    frame["enterprise"], frame["city"], frame["province"] = "合成厂", "临汾市", "山西省"
    frame["line_id"] = [f"0{number}" for number in range(len(rows))]
    return frame


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(rows=st.lists(LINE, min_size=1, max_size=5))
def test_read_of_written_is_the_same(open_lists: OpenLists, suffix: str, rows: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        first, second = (Path(folder) / f"{name}{suffix}" for name in "ab")
        write_list(_frame(rows), first)
        once = read_list(first, open_lists)
        allowed = {"industry_unknown", "process_unknown", "county_unknown"}
        others = [problem for problem in once.problems if problem.code not in allowed]
        # a share or load of at most 1 % is doubted
        assert all(
            problem.code in ("bad_cell", "share_fraction") and re.search("比例|负荷", problem.column)
            for problem in others
        ), others
        write_list(once, second)
        twice = read_list(second, open_lists)
    pd.testing.assert_frame_equal(once.lines, twice.lines)
    for name in ("so2_kg_d", "enterprise", "stable", "local_class", "plan_orange", "lon"):
        given_values = pd.Series([row.get(name) for row in rows] if name != "enterprise" else ["合成厂"] * len(rows))
        read = once.lines[name].astype("object")
        assert (
            read.where(read.notna(), None).tolist()
            == given_values.astype("object").where(given_values.notna(), None).tolist()
        )
    assert FIELDS["so2_kg_d"].unit == "kg/d"
