"""Cells that are nearly something: open quotes, bytes, a lone unit, words for codes, ruined codes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from alertengine.audit import read_evidence
from alertengine.checking import read_permits
from alertengine.files import Findings, Limits, open_workbook, read_table
from alertengine.files.cells import OUTER, tidy
from alertengine.files.headers import normal
from alertengine.lists import LIST_SCHEMA, EnterpriseList, read_list
from alertengine.lists.decisions import read_decisions
from alertengine.lists.totals import read_totals
from alertengine.orders import read_orders
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import UNSEEN, InputError, plain, unsaid
from alertengine.warning import read_forecast, read_warnings
from alertengine.workflow.delivery.read import read_receipts

from .conftest import LIST, csv_text, line, workbook

ADDRESSEES = pd.DataFrame(columns=["city", "county", "enterprise_id", "enterprise", "line_id"])
#: Every table that a bureau hands over.
DOORS: dict[str, Callable[[Path, Rulebook], Any]] = {
    "list": read_list,
    "forecast": read_forecast,
    "observations": lambda path, book: read_forecast(path, book, observed=True),
    "warnings": lambda path, _: read_warnings(path),
    "orders": lambda path, _: read_orders(path),
    "evidence": lambda path, _: read_evidence(path),
    "decisions": lambda path, _: read_decisions(path, Findings(str(path))),
    "totals": lambda path, book: read_totals(path, book.lists, Findings(str(path))),
    "receipts": lambda path, _: read_receipts(
        path, ADDRESSEES, Findings(str(path)), after=pd.Timestamp("2026-11-01"), before=pd.Timestamp("2026-11-30")
    ),
    "permits": lambda path, book: read_permits(path, book.lists, Findings(str(path))),
}


@pytest.mark.parametrize(
    "rows",
    [
        '太原市,2020-01-03,"220\n',  # never closed: Arrow takes the rest for a cell
        '"太原市,2020-01-03,220\n太"原市,2020-01-03,220\n运城,2020-01-03,90\n',  # two open ones swallow a row
    ],
)
def test_a_quote_left_open_is_refused_by_row(tmp_path: Path, book: Rulebook, rows: str) -> None:
    path = tmp_path / "f.csv"
    path.write_text("城市,预报日期,AQI\n" + rows, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_forecast(path, book, observed=True)
    assert [(one.code, one.row) for one in caught.value.problems] == [("quote_open", 2)]


def test_a_quote_inside_a_cell_is_one(listed: Callable[..., EnterpriseList]) -> None:
    assert listed(line('5"管厂'), header=LIST).lines["enterprise"].tolist() == ['5"管厂']


def test_parquet_of_bytes_is_text_or_refused(tmp_path: Path, book: Rulebook) -> None:
    frame = pd.DataFrame({"城市": ["临汾".encode()], "预报日期": ["2020-01-03"], "AQI": [220]})
    frame.to_parquet(tmp_path / "f.parquet")
    assert read_forecast(tmp_path / "f.parquet", book, observed=True).table["city"].tolist() == ["临汾市"]
    frame.assign(城市=[b"\xff"]).to_parquet(tmp_path / "f.parquet")
    with pytest.raises(InputError) as caught:
        read_forecast(tmp_path / "f.parquet", book, observed=True)
    assert [one.code for one in caught.value.problems] == ["unreadable_file"]


def test_a_row_of_one_unit_is_a_row_of_units(book: Rulebook, tmp_path: Path) -> None:
    rows = "城市,预报日期,AQI,PM2.5\n,,,mg/m³\n太原,2020-01-03,160,0.12\n"
    (tmp_path / "f.csv").write_text(rows, encoding="utf-8")
    assert read_forecast(tmp_path / "f.csv", book, observed=True).table["pm25"].tolist() == [120]


def test_a_record_of_warnings_in_the_words_of_papers(tmp_path: Path) -> None:
    head = "warning_id;城市;区县;动作;级别;开始时间;结束时间;发布时间;首要污染物\n"
    row = "a;太原市;;发布;橙色预警;2020-01-03 0:00;;2020-01-02T15:00;PM2.5\n"
    (tmp_path / "w.csv").write_text(head + row, encoding="gb18030")
    found = read_warnings(tmp_path / "w.csv")
    assert found[["action", "level"]].values.tolist() == [["issue", "orange"]]


def test_a_ruined_code_of_a_permit_is_unknown(book: Rulebook, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("单位名称,统一社会信用代码\n甲厂,9.11401E+17\n", encoding="utf-8")
    findings = Findings("")
    found = read_permits(tmp_path / "p.csv", book.lists, findings)
    assert found["enterprise_id"].isna().all()
    assert [one.value for one in findings.problems] == ["9.11401E+17"]


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("a.csv", b"PK\x03\x04....", "a_zip_file"),
        ("a.csv", b"\xd0\xcf\x11\xe0....", "an_old_workbook"),
        ("a.txt", b"%PDF-1.7", "a_pdf_file"),
        ("a.xls", b"\xef\xbb\xbf\r\n<HTML><table><tr><td>\xe5\xb8\x82", "a_web_page"),
        ("a.xlsx", "企业名称,城市\n".encode(), "a_text_file"),
        ("a.csv", b"\x1f\x8b\x08", "a_gz_file"),
        ("a.xlsx", b"Rar!\x1a\x07\x00", "an_archive"),
        ("a.xls", b"7z\xbc\xaf\x27\x1c", "an_archive"),
    ],
)
def test_a_file_under_the_name_of_another_kind_is_told_what_it_is(
    tmp_path: Path, name: str, data: bytes, found: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError) as error:
        read_table(tmp_path / name, LIST_SCHEMA)
    (problem,) = error.value.problems
    assert problem.code == "misnamed"
    assert dict(problem.arguments)["found"].code == found  # type: ignore[union-attr]


@pytest.mark.parametrize("suffix", ["et", "ET", "ods", "zip", "rar", "wps", "numbers", "docx", "dbf", ""])
@pytest.mark.parametrize("door", DOORS, ids=DOORS)
def test_a_file_of_no_table_is_told_what_to_do(door: str, suffix: str, tmp_path: Path, shipped: Rulebook) -> None:
    """At every door at which a bureau hands over a table."""
    path = tmp_path / f"表.{suffix}".rstrip(".")
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(InputError) as refused:
        DOORS[door](path, shipped)
    (problem,) = refused.value.problems
    assert (problem.code, problem.file) == ("suffix_not_read", str(path))
    assert "另存为xlsx，压缩包先解压" in problem.text("zh")


@pytest.mark.parametrize("sign", UNSEEN, ids=lambda sign: f"{ord(sign):04x}")
def test_a_sign_that_nobody_sees_is_no_part_of_a_header_a_cell_or_a_paper(sign: str) -> None:
    with_it = f"{sign}企业{sign}名称{sign}"
    assert {normal(with_it), tidy(with_it), plain(with_it), with_it.strip(OUTER).replace(sign, "")} == {"企业名称"}
    assert unsaid(f" {sign} ")


@pytest.mark.parametrize(
    ("header", "plain_header"), [("企業名稱", "企业名称"), ("發布時間", "发布时间"), ("績效等級：", "绩效等级")]
)
def test_a_header_in_traditional_characters_is_that_header(header: str, plain_header: str) -> None:
    assert normal(header) == plain_header


def test_an_xlsx_named_xls_is_read_as_what_it_is(tmp_path: Path, shipped: Rulebook) -> None:
    path = workbook(tmp_path / "list.xlsx", [LIST, line("合成甲厂"), line("合成乙厂")])
    kept = path.rename(path.with_suffix(".xls"))
    assert read_list(kept, shipped).lines["enterprise"].tolist() == ["合成甲厂", "合成乙厂"]


def test_a_workbook_with_a_password_is_told_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0")
    for name, data in (("a.xlsx", head + "EncryptedPackage".encode("utf-16-le")), ("b.xls", head)):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError) as error:
            read_table(tmp_path / name, LIST_SCHEMA)
        (problem,) = error.value.problems
        assert problem.code == ("password_asked" if name == "a.xlsx" else "unopened_file")
    assert capsys.readouterr().out == ""  # the reader's own remarks are no part of what a command prints


def test_a_row_of_a_csv_list_with_more_cells_than_the_header_is_told(tmp_path: Path, shipped: Rulebook) -> None:
    whole = line("合成甲厂")
    rows = [LIST, whole, [*line("合成乙厂"), "234.5"]]  # 1,234.5 without quotes
    path = tmp_path / "list.csv"
    path.write_text(csv_text(rows), encoding="utf-8")
    found = [one for one in read_list(path, shipped).problems if one.code == "long_row"]
    assert [(one.row, one.value) for one in found] == [(3, "234.5")]


@pytest.mark.parametrize(
    ("beside", "rows"),
    [
        ("register", [["企业名称", "曾用名"], ["合成甲厂", "合成旧甲厂", "合成老甲厂"]]),
        (
            "totals",
            [
                ["城市", "部门", "SO2排放量", "NOx排放量", "颗粒物排放量", "VOCs排放量"],
                ["临汾市", "工业", 9, 9, 9, 1, "234"],
            ],
        ),
        (
            "decisions",
            [
                ["企业名称", "文号", "决定日期", "种类", "理由"],
                ["合成甲厂", "一号", "2020-01-02", "罚款", "超标排放", "停产"],
            ],
        ),
    ],
)
def test_so_is_one_of_a_csv_beside_the_list(
    tmp_path: Path, shipped: Rulebook, beside: str, rows: list[list[str]]
) -> None:
    (tmp_path / "list.csv").write_text(csv_text([LIST, line("合成甲厂")]), encoding="utf-8")
    (tmp_path / f"list.{beside}.csv").write_text(csv_text(rows), encoding="utf-8")
    found = [one for one in read_list(tmp_path / "list.csv", shipped).problems if one.code == "long_row"]
    assert [(Path(one.file).name, one.row, one.value) for one in found] == [(f"list.{beside}.csv", 2, rows[1][-1])]


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("yyyy-mm-dd hh:mm:ss", "2021-01-10 00:00"),
        ("m/d/yy h:mm", "2021-01-10 00:00"),  # number 22 of the standard
        ('[$-804]yyyy"年"m"月"d"日" h"时"', "2021-01-10 00:00"),
        ("yyyy-mm-dd AM/PM h:mm", "2021-01-10 00:00"),
        ("yyyy-mm-dd", "2021-01-10"),
        ('yyyy-mm-dd "hour"', "2021-01-10"),
        ("[$-th]yyyy-mm-dd", "2021-01-10"),
    ],
)
@pytest.mark.parametrize("far", [False, True])
def test_a_midnight_of_a_workbook_has_its_hour_where_hours_are_shown(
    tmp_path: Path, shown: str, text: str, far: bool
) -> None:
    def change(sheet: Any) -> None:
        sheet["A2"].number_format = shown
        if far:  # read cell by cell
            sheet["ZZ5000"] = "x"

    path = workbook(tmp_path / "t.xlsx", [["时间"], [datetime(2021, 1, 10)], [datetime(2021, 1, 10, 1)], [0]], change)
    grid = open_workbook(path, Limits.of_environment()).sheet("Sheet").grid
    assert [row[0] for row in grid[1:4]] == [text, "2021-01-10 01:00:00", "0"]
