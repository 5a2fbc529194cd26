"""How a written workbook looks, and how the columns of a list are held."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest

from alertengine.files.columns import AS_TEXT
from alertengine.lists import ListVersion, write_list
from alertengine.lists.list_headers import list_kind

from .conftest import Reader, table


def test_a_workbook_is_laid_out_to_be_read(read: Reader, tmp_path: Path) -> None:
    """Headers stay in sight and are filtered by; columns are as wide as their words, up to a bound."""
    content = read(table({"生产线名称": "字" * 15}, {"企业名称": "字" * 30}))
    totals = pd.DataFrame({"city": ["临汾市"], "sector": ["工业"], "so2_kg_d": [1.5]})
    version = ListVersion.model_validate(
        {"version": "v1", "status": "published", "approver": "甲", "year": 2026, "published_on": "2026-11-01"}
    )
    write_list(replace(content, totals=totals, version=version), tmp_path / "l.xlsx")
    book = openpyxl.load_workbook(tmp_path / "l.xlsx")
    lines, sums, told = (book[name] for name in book.sheetnames)
    assert book.sheetnames == ["企业清单", "全社会排放", "版本"]
    for sheet, rows in ((lines, 3), (sums, 2)):
        assert (sheet.freeze_panes, sheet.max_row) == ("A2", rows)
        assert sheet.auto_filter.ref == sheet.dimensions
        assert all(cell.font.bold for cell in sheet[1])
        assert not any(cell.font.bold for cell in sheet[2])
    assert [[cell.value for cell in row] for row in sums] == [
        ["城市", "部门", "SO2排放量(千克/日)"],
        ["临汾市", "工业", 1.5],
    ]
    widths = {cell.value: lines.column_dimensions[cell.column_letter].width for cell in lines[1]}
    assert {name: round(widths[name]) for name in ("企业名称", "生产线名称", "SO2排放量(千克/日)")} == {
        "企业名称": 41,
        "生产线名称": 30,
        "SO2排放量(千克/日)": 24,
    }
    assert {row[0].value: row[1].value for row in told} == {
        "版本": "v1", "城市": "", "年份": "2026", "状态": "已发布", "批准人": "甲", "发布日期": "2026-11-01"
    }  # fmt: skip
    assert all((row[0].font.bold, row[1].font.bold) == (True, False) for row in told)


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("企业名称", "text"), ("生产线名称", "text"), ("旁注", "text"), ("行业", "few"), ("城市", "few"),
        ("绩效等级", "few"), ("稳定达标", "few"), ("红色预警减排措施", "few"), ("SO2排放量(吨/年)", "number"),
        ("设备数量", "number"),
    ],
)  # fmt: skip
def test_columns_of_few_words_are_held_by_their_words(header: str, kind: str) -> None:
    held = list_kind(header)
    kinds = {"text": held == AS_TEXT, "few": pa.types.is_dictionary(held.type), "number": held.type == pa.float64()}
    assert [name for name, true in kinds.items() if true] == [kind]
