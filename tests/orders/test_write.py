"""Writing orders: the same rows in every form, Chinese for people, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow.csv
import pyarrow.parquet
import pytest

from alertengine.orders import write_orders
from alertengine.orders.write import readable_totals
from alertengine.vocabulary import ORDER_COLUMNS, InputError
from tests.conftest import BookMaker, Decider

#: The contract, spelled out once more on purpose.
CONTRACT = (
    "order_id,city,county,enterprise_id,enterprise,line_id,line,industry,process,grade,effective_grade,level,starts,"
    "ends,phase,measure,share,measure_text,so2_kg_d,nox_kg_d,pm_kg_d,vocs_kg_d,transport,rules,set_aside,basis,"
    "standing,status,hangs_on,remark,flags"
)
NUMBERS = ("share", "so2_kg_d", "nox_kg_d", "pm_kg_d", "vocs_kg_d")


@pytest.fixture(scope="module")
def table(make_book: BookMaker, decide: Decider) -> pd.DataFrame:
    """Orders of every kind: several phases, blanks, formulas, quotes and line breaks in names."""
    rules = [
        {"id": "a", "when": {"process": "焦炉"}, "then": {"stop": True, "until_hours": 48}},
        {"id": "t", "when": {"process": "焦炉"}, "then": {"vehicle_ban": "国四及以下"}},
        {"id": "b", "when": {"process": "焦炉"}, "then": {"coking_time": 30, "after_hours": 48}},
        {"id": "c", "when": {"effective_grade": "B"}, "then": {"limit": 1 / 3}},
        {"id": "s", "kind": "season", "when": {"stable": False}, "then": {"limit": 0.1}},
    ]
    lines = [
        {"enterprise": "=1+1", "line": "@SUM(A1)", "county": "-2+3"},
        {"enterprise": '甲"乙",丙\n丁', "process": "熔炼", "grade": "B", "so2_kg_d": None},
        {"enterprise": "http://例.cn", "process": "烧结", "grade": "D", "stable": True},
        {"enterprise": "001", "line_id": "007", "process": "烧结", "grade": "B", "stable": False},
    ]
    return decide(make_book(rules=rules), lines, apart=True)


def test_the_columns_are_those_of_the_contract_in_order(table: pd.DataFrame, tmp_path: Path) -> None:
    assert ",".join(table.columns) == CONTRACT
    write_orders(table, tmp_path / "o.csv")
    assert (tmp_path / "o.csv").read_text(encoding="utf-8").splitlines()[0] == CONTRACT


def _plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows with texts as text, numbers as numbers, blanks as None."""
    rows = table.astype("object").where(table.notna(), None).to_dict("records")
    return [{name: value if value != "" else None for name, value in row.items()} for row in rows]


def test_csv_and_parquet_give_back_what_was_decided(table: pd.DataFrame, tmp_path: Path) -> None:
    for suffix in ("csv", "parquet"):
        write_orders(table, tmp_path / f"o.{suffix}")
    texts = {name: pd.StringDtype() for name in table.columns if name not in NUMBERS}
    flat = pd.read_csv(tmp_path / "o.csv", dtype=texts, keep_default_na=False, na_values=[""])
    columns = pyarrow.parquet.read_table(tmp_path / "o.parquet").to_pandas()
    assert _plain(flat) == _plain(table)
    assert _plain(columns) == _plain(table)


def test_the_workbook_holds_the_same_rows_in_chinese(table: pd.DataFrame, tmp_path: Path) -> None:
    write_orders(table, tmp_path / "o.xlsx")
    book = openpyxl.load_workbook(tmp_path / "o.xlsx")
    assert book.sheetnames == ["减排指令", "汇总", "依据缺失"]
    header, *rows = book["减排指令"].iter_rows(values_only=True)
    assert len(header) == len(ORDER_COLUMNS)
    assert all(any("一" <= sign <= "鿿" for sign in name) for name in header)
    found = {row[0]: dict(zip(ORDER_COLUMNS, row, strict=True)) for row in rows}
    for expected in _plain(table):
        got = found.pop(expected["order_id"])
        for name in ("enterprise", "line", "county", "line_id", "measure_text", "basis", "rules", *NUMBERS):
            value = expected[name]
            assert got[name] == (pytest.approx(value) if isinstance(value, float) else value), name
    assert not found
    missing = list(book["依据缺失"].iter_rows(values_only=True))[1:]
    assert [row[0] for row in missing] == list(table.loc[table["status"] == "undetermined", "order_id"])


def test_more_orders_than_a_sheet_holds_go_on_in_the_next(
    table: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alertengine.orders.write._SHEET_ROWS", 2)
    write_orders(table, tmp_path / "o.xlsx")
    book = openpyxl.load_workbook(tmp_path / "o.xlsx")
    sheets = ["减排指令", *(f"减排指令{number}" for number in range(2, (len(table) + 1) // 2 + 1))]
    assert book.sheetnames == [*sheets, "汇总", "依据缺失"]
    found = [row[0] for name in sheets for row in book[name].iter_rows(min_row=2, values_only=True)]
    assert sorted(found) == sorted(table["order_id"])


def test_words_stand_for_codes_in_the_workbook(table: pd.DataFrame, tmp_path: Path) -> None:
    write_orders(table, tmp_path / "o.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "o.xlsx")["减排指令"]
    _, *rows = sheet.iter_rows(values_only=True)
    cells = {str(cell) for row in rows for cell in row if cell is not None}
    assert {"红色", "执行减排", "依据缺失", "停产", "延长结焦时间", "转载或报道"} <= cells
    assert not {"red", "ordered", "undetermined", "stop", "coking_time", "primary", "stable", "nan", "None"} & cells


def test_nothing_in_a_workbook_is_a_formula_or_a_link(table: pd.DataFrame, tmp_path: Path) -> None:
    write_orders(table, tmp_path / "o.xlsx")
    for sheet in openpyxl.load_workbook(tmp_path / "o.xlsx"):
        for row in sheet.iter_rows():
            assert all(cell.data_type in ("s", "n") and cell.hyperlink is None for cell in row)


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_no_orders_are_a_header_alone(table: pd.DataFrame, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"o.{suffix}"
    write_orders(table.iloc[:0], path)
    if suffix == "csv":
        assert path.read_text(encoding="utf-8") == CONTRACT + "\n"
    elif suffix == "parquet":
        read = pyarrow.parquet.read_table(path)
        assert (read.num_rows, ",".join(read.column_names)) == (0, CONTRACT)
    else:
        assert [sheet.max_row for sheet in openpyxl.load_workbook(path)] == [1, 1, 1]


def test_a_file_that_cannot_be_written_leaves_the_old_one(table: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_text("old", encoding="utf-8")
    broken = table.assign(share=[object()] * len(table))
    with pytest.raises(Exception, match="object"):
        write_orders(broken, path)
    assert path.read_text(encoding="utf-8") == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["o.csv"]


def test_folders_on_the_way_are_made(table: pd.DataFrame, tmp_path: Path) -> None:
    write_orders(table, tmp_path / "a" / "b" / "o.csv")
    options = pyarrow.csv.ParseOptions(newlines_in_values=True)
    assert pyarrow.csv.read_csv(tmp_path / "a" / "b" / "o.csv", parse_options=options).num_rows == len(table)


@pytest.mark.parametrize("name", ["o.txt", "o", "o.csv.gz", ".csv"])
def test_another_suffix_is_refused(table: pd.DataFrame, tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="suffix"):
        write_orders(table, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_suffixes_may_be_in_capitals(table: pd.DataFrame, tmp_path: Path) -> None:
    write_orders(table, tmp_path / "O.XLSX")
    assert openpyxl.load_workbook(tmp_path / "O.XLSX").sheetnames[0] == "减排指令"


def test_the_readable_summary_has_one_row_a_pollutant_and_none_for_nothing() -> None:
    entry = {
        "city": "临汾市", "level": "red", "date": "2021-12-10", "enterprises": 1, "lines": 2, "undetermined": 0,
        "reduced_kg_d": {"so2": 1, "nox": 2, "pm": 3, "vocs": 4},
        "reduced_with_season_kg_d": {"so2": 1, "nox": 2, "pm": 3, "vocs": 4},
        "whole_society_kg_d": None, "inventory_year": None, "ratio": None,
    }  # fmt: skip
    table = readable_totals([entry])
    assert list(table["污染物"]) == ["SO₂", "NOₓ", "颗粒物", "VOCs"]
    assert list(table["预警减排量(千克/日)"]) == [1, 2, 3, 4]
    assert set(table["是否达到"]) == {""}
    assert len(readable_totals([])) == 0
