"""Rows that are none of a table, in the words and signs of further senders: left out, and said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from alertengine.files import Reading, read_table
from alertengine.lists import LIST_SCHEMA
from alertengine.warning import FORECAST_SCHEMA

from .conftest import FORECAST, LIST, ahead, csv_text, line

SUM = dict.fromkeys(("行业", "生产线编号", "工序", "绩效等级"))


def read(folder: Path, *rows: Any, schema: Any = LIST_SCHEMA) -> Reading:
    path = folder / "table.csv"
    path.write_text(csv_text(rows), encoding="utf-8")
    return read_table(path, schema)


def kept(reading: Reading) -> list[str | None]:
    return [str(one) for one in reading.table.columns[1].to_pylist()]


@pytest.mark.parametrize(
    "name",
    [
        "Total",
        "SUM",
        "总和",
        "求和",
        "全市",
        "尖草坪区（小计）",
        "其中",
        "2家",
        "共2家企业",
        "计",
        "截至目前共2家",
        "平均",
    ],
)
def test_sums_in_other_words(tmp_path: Path, name: str) -> None:
    amounts = {"SO2排放量": 20, "NOx排放量": 40, "颗粒物排放量": 10, "VOCs排放量": 2}
    found = read(tmp_path, LIST, line("甲厂"), line("乙厂"), line(name, **SUM | amounts))
    assert (kept(found), len(found.notes)) == (["甲厂", "乙厂"], 1)


def test_a_sum_may_stand_in_the_column_of_trades(tmp_path: Path) -> None:
    row = line("", **SUM | {"行业": "合计", "城市": None, "区县": None, "SO2排放量": 10})
    found = read(tmp_path, LIST, line("甲厂"), row)
    assert (kept(found), [one.code for one in found.notes]) == (["甲厂"], ["left_out_sum"])


@pytest.mark.parametrize(
    "cells",
    [
        [f"A{number}" for number in range(1, 15)],
        [*"abcdefghijklmn"],
        [*"ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ"],
        [f"[{number}]" for number in range(1, 15)],
        ["太原市生态环境局", "2021年9月1日"],
        ["指挥部办公室", None, "2021.9.1"],
        ["示例", *line("某某铸造有限公司")[1:]],
        ["例：", *line("某某铸造有限公司")[1:]],
    ],
)
def test_numbers_offices_and_examples_are_no_plants(tmp_path: Path, cells: list[Any]) -> None:
    found = read(tmp_path, LIST, [*cells, *[None] * len(LIST)][: len(LIST)], line("甲厂"))
    assert (kept(found), len(found.notes)) == (["甲厂"], 1)


@pytest.mark.parametrize("sign", ["——", "……", "-", "/"])
def test_a_row_of_dashes_is_empty(tmp_path: Path, sign: str) -> None:
    assert kept(read(tmp_path, LIST, line("甲厂"), [sign] * len(LIST), line("乙厂"))) == ["甲厂", "乙厂"]


@pytest.mark.parametrize("name", ["合计工厂", "某某食品2家具厂", "示例企业", "全市政工程公司", "太原市政府食堂"])
def test_plants_of_such_names_stay(tmp_path: Path, name: str) -> None:
    assert kept(read(tmp_path, LIST, line(name))) == [name]


def test_a_word_for_an_example_is_one_where_a_row_begins(tmp_path: Path) -> None:
    """An issuer of a forecast, or a county, may be called so in a file made by hand."""
    rows = [FORECAST, ahead("太原市", 3, 240), ["例", *ahead("太原市", 4, 260)[1:]]]
    rows[1] = [rows[1][0], "例", *rows[1][2:]]
    path = tmp_path / "f.csv"
    path.write_text("\n".join(",".join(map(str, row)) for row in rows), encoding="utf-8")
    assert read_table(path, FORECAST_SCHEMA).table.rows.tolist() == [2]


@pytest.mark.parametrize("sign", [",", ";", "|"])
def test_a_row_in_one_cell_is_no_note(tmp_path: Path, sign: str) -> None:
    """A row pasted with other signs between its cells was taken for a note, and nothing more was said of it."""
    rows = [FORECAST, ahead("太原市", 3, 240), [sign.join(map(str, ahead("太原市", 4, 260)))]]
    path = tmp_path / "f.csv"
    path.write_text("\n".join("\t".join(map(str, row)) for row in rows), encoding="utf-8")
    assert [(one.code, one.row) for one in read_table(path, FORECAST_SCHEMA).problems] == [("row_in_one_cell", 3)]
