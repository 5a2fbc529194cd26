"""Evidence files: which kind they are, how headers and units are read, what is told of bad cells."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from alertengine.audit import read_evidence
from alertengine.vocabulary import InputError

FILES = {
    "electricity": "企业名称,用电户号,日期,用电量(千瓦时)\n甲厂,1001,2020-01-02,350\n",
    "cems": "企业名称,排口编号,监测时间,SO2浓度,NOx折算浓度,流量(m3/h),标记\n甲厂,D1,2020-01-02 03:00,9,30,80,N\n",
    "gate": "企业名称,车牌号,排放阶段,进厂时间,出厂时间\n甲厂,晋A12345,国五,2020-01-02 03:04:05,\n",
    "site_pm10": "城市,工地名称,时间,PM10\n太原市,一号工地,2020-01-02 03:00,251\n",
    "inspection": "企业名称,检查时间,检查结果,笔录编号\n甲厂,2020-01-02 10:30,未落实,并环笔〔2020〕1号\n",
    "ledger": "企业名称,生产线编号,日期,运行小时数,日产量\n甲厂,1,2020-01-02,24,300\n",
}


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_headers_tell_the_kind(tmp_path: Path, kind: str, encoding: str) -> None:
    path = tmp_path / "file.csv"
    path.write_text(FILES[kind], encoding=encoding)
    read = read_evidence(path)
    assert read.kind == kind
    assert not read.problems
    assert len(read.table) == 1


@pytest.mark.parametrize("suffix", [".xlsx", ".parquet"])
def test_workbooks_and_parquet_are_read(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"file{suffix}"
    table = pd.DataFrame({"企业名称": ["甲厂"], "日期": [pd.Timestamp("2020-01-02")], "用电量(万千瓦时)": [0.5]})
    table.to_excel(path, index=False) if suffix == ".xlsx" else table.to_parquet(path)
    read = read_evidence(path)
    assert read.table["kwh"].tolist() == [5000]
    assert read.table["time"].tolist() == [pd.Timestamp("2020-01-02")]


def test_daily_and_hourly_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(FILES["electricity"], encoding="utf-8")
    assert not read_evidence(path).hourly
    path.write_text("企业名称,时间,用电量\n甲厂,2020年1月2日15时,3\n甲厂,2020-01-02 24:00,3\n", encoding="utf-8")
    read = read_evidence(path)
    assert read.hourly
    assert read.table["time"].tolist() == [pd.Timestamp("2020-01-02 15:00"), pd.Timestamp("2020-01-03")]


@pytest.mark.parametrize(
    ("header", "hours", "first"),
    [
        ("日期,小时", ["1", "2", "24"], "00:00"),  # 24 shows that they are ends
        ("日期,时段", ["00:00-01:00", "01:00～02:00", "02:00至03:00"], "00:00"),
        ("日期,时刻", ["01:15", "01:30", "01:45"], "01:00"),
        ("日期,小时", ["0时", "1时", "23时"], "00:00"),
        ("日期,时段", ["峰", "谷", "平"], ""),
    ],
)
def test_hours_in_a_column_of_their_own(tmp_path: Path, header: str, hours: list[str], first: str) -> None:
    rows = "".join(f"0012,2021-12-10,{hour},{number}\n" for number, hour in enumerate(hours))
    (tmp_path / "file.csv").write_text(f"户号,{header},用电量\n{rows}", encoding="utf-8")
    read = read_evidence(tmp_path / "file.csv")
    assert read.hourly == bool(first)
    assert read.table["time"].min() == pd.Timestamp(f"2021-12-10 {first}".strip())
    assert not read.problems


def test_bad_cells_are_told_and_rows_of_no_one_left_out(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(
        "企业名称,日期,用电量\n甲厂,2020-01-02,许多\n甲厂,昨天,3\n,2020-01-03,4\n甲厂,2020-01-04,5\n", encoding="utf-8"
    )
    read = read_evidence(path)
    assert read.table["kwh"].isna().tolist() == [True, False]
    said = [(one.row, one.column, one.value) for one in read.problems]
    assert (2, "用电量", "许多") in said
    assert (3, "日期", "昨天") in said
    assert any(row == 4 for row, _, _ in said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("企业名称,日期,用电量(焦耳)\n甲厂,2020-01-02,3\n", "unit not understood"),
        ("企业名称,用电量,电量\n甲厂,3,3\n", "two columns are the same field kwh"),
        ("企业名称,用电量,表号\n甲厂,3,3\n", "required column missing"),
        ("企业名称,日期,户号,金额\n甲厂,2020-01-02,1,3\n", "no known kind"),
        ("户号,户名,日期,0时,1时,2时,3时\n1,甲厂,2020-01-02,5,5,5,5\n", "hours stand in 4 columns"),
        ("户号,户名,日期,00:15,00:30,00:45\n1,甲厂,2020-01-02,5,5,5\n", "hours stand in 3 columns"),
        ("户号,日期,0时,1时,2时,3时\n1,2020-01-02,5,5,5,5\n", "hours stand in 4 columns"),
        ("户号,日期,用电量\n1,2020-01-02,1,003\n", "more cells than the header has"),  # 1,003 without quotes is no 1
        ("随便,写点,什么\n1,2,3\n", "no header row"),
        ("企业名称,日期,用电量,车牌号\n甲厂,2020-01-02,3,晋A12345\n", "could be electricity or gate"),
    ],
)
def test_a_file_that_is_no_evidence_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_evidence(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("随便,写点,什么\n1,2,3\n", "用电量：统一社会信用代码/企业名称/用电户号、用电量/表示数/功率、时间；在线监测："),
        (
            "企业名称,日期,户号,金额\n甲厂,2020-01-02,1,3\n",
            "；现场检查：统一社会信用代码/企业名称、检查结果、检查时间；",
        ),
        ("企业名称,日期,用电量,车牌号\n甲厂,2020-01-02,3,晋A12345\n", "可能是用电量（electricity）或门禁（gate）"),
    ],
)
def test_kinds_of_evidence_have_their_chinese_names(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_evidence(path)
    assert said in caught.value.problems[0].text("zh")


def test_every_problem_of_a_header_is_said_at_once(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("企业名称,检查结果,检查结论\n甲厂,落实,落实\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_evidence(path)
    assert len(caught.value.problems) == 2


def test_the_kind_may_be_given(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("企业名称,日期,用电量,车牌号\n甲厂,2020-01-02,3,晋A12345\n", encoding="utf-8")
    assert read_evidence(path, "electricity").kind == "electricity"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("甲厂,1001,某日,350", ["bad_cell"]),
        ("甲厂,1001,,350", ["cell_blank"]),
        ("甲厂,1001,-,350", ["bad_cell"]),
        (",,某日,350", ["bad_cell", "cell_blank"]),
        ("甲厂,1001,某日,约350", ["bad_cell", "bad_cell"]),
    ],
)
def test_a_row_without_a_time_is_told_once(tmp_path: Path, row: str, told: list[str]) -> None:
    path = tmp_path / "file.csv"
    path.write_text(f"{FILES['electricity']}{row}\n", encoding="utf-8")
    read = read_evidence(path)
    assert ([one.code for one in read.problems], {one.row for one in read.problems}, len(read.table)) == (told, {3}, 1)
