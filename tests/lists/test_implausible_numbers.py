"""Numbers of a list that no line has: marks of missing data and other units are told and unknown in every decision."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from alertengine.lists import read_list
from alertengine.rulebook import OpenLists, Rulebook
from alertengine.vocabulary import EMISSION_FIELDS, FIELDS

LINE = {"企业名称": "合成甲厂", "城市": "临汾市", "行业": "焦化", "工序": "焦炉", "生产线编号": "1"}
AMOUNTS = {FIELDS[name].text: 10 for name in EMISSION_FIELDS.values()}


def _list(folder: Path, **cells: object) -> Path:
    file = folder / "list.csv"
    pd.DataFrame([LINE | AMOUNTS, LINE | AMOUNTS | {"生产线编号": "2"} | cells]).to_csv(file, index=False)
    return file


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("city_distance_km", 9999, "0..800"),
        ("city_distance_km", 38000, "0..800"),
        ("load_pct", 800, "0..200"),
        ("load_verified_pct", 201, "0..200"),
        ("coking_hours", 2, "8..300"),
        ("chamber_height_m", 550, "1..12"),
        ("chambers", 9999, "1..2000"),
        ("boiler_t_h", 9999, "0..5000"),
        ("units", 9999, "0..2000"),
        ("trucks_per_day", 9999, "0..9998"),
        ("so2_mg_m3", 9999, "0..9998"),
    ],
)
def test_a_number_that_no_line_has_is_told_and_unknown(
    tmp_path: Path, vocabulary: OpenLists, field: str, value: float, allowed: str
) -> None:
    header = FIELDS[field].text
    found = read_list(_list(tmp_path, **{header: value}), vocabulary)
    told = [one for one in found.problems if one.column == header]
    assert [(one.code, one.row, one.value) for one in told] == [("number_implausible", 3, str(value))]
    assert str(told[0]).endswith(f"expected {allowed}")
    assert pd.isna(found.table[field].iloc[1])


@pytest.mark.parametrize(
    ("field", "value"),
    [("city_distance_km", 0), ("load_pct", 200), ("coking_hours", 8), ("coking_hours", 300), ("chambers", 1)],
)
def test_the_ends_of_a_range_are_allowed(tmp_path: Path, vocabulary: OpenLists, field: str, value: float) -> None:
    found = read_list(_list(tmp_path, **{FIELDS[field].text: value}), vocabulary)
    assert [one for one in found.problems if one.column == FIELDS[field].text] == []
    assert found.table[field].iloc[1] == value


def test_a_bureau_sets_a_range_of_its_own(tmp_path: Path) -> None:
    own = tmp_path / "rules" / "vocabulary"
    own.mkdir(parents=True)
    said = "plausible:\n  lines:\n    load_pct: {lowest: 0, highest: 900, source: 本局}\n"
    (own / "plausible.yaml").write_text(said, encoding="utf-8")
    book = Rulebook.load([tmp_path / "rules"])
    found = read_list(_list(tmp_path, **{"生产负荷(%)": 800, "结焦时间(小时)": 2}), book)
    assert [one.code for one in found.problems] == ["number_implausible"]
    assert (found.table["load_pct"].iloc[1], found.table["coking_hours"].isna().all()) == (800, True)
