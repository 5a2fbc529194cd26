"""The command: files in, findings out, exit statuses, and a README that matches the models."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from alertengine.audit import FINDING_COLUMNS
from alertengine.cli import main
from alertengine.orders import SUFFIXES, prevailing, write_orders
from tests.audit.conftest import daily, wave
from tests.audit.simulate import orders_of
from tests.conftest import of_a_run

pytestmark = pytest.mark.whole

WARNING = [("2019-12-10 00:00", "2019-12-13 00:00")]


def run(*arguments: object) -> Result:
    first = Path(str(arguments[0]))
    if first.is_file() and first.suffix in SUFFIXES:
        of_a_run(first)
    return CliRunner().invoke(main, ["audit", *map(str, arguments)])


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    write_orders(orders_of(["A"], WARNING, [1.0]), path)
    return path


def power(folder: Path, under: float, name: str = "power.csv") -> Path:
    path = folder / name
    pd.DataFrame(daily("A", "2019-11-05", [*wave(35), under, under, under, *wave(20)])).to_csv(path, index=False)
    return path


@pytest.mark.parametrize(("under", "status"), [(100, 0), (990, 1)])
def test_the_exit_status_says_whether_a_person_must_look(
    tmp_path: Path, orders: Path, under: float, status: int
) -> None:
    out = tmp_path / "findings.csv"
    result = run(orders, "--evidence", power(tmp_path, under), "-o", out)
    assert result.exit_code == status, result.output
    table = pd.read_csv(out)
    assert list(table.columns) == list(FINDING_COLUMNS)
    assert len(table) == 3


def test_an_empty_audit_still_has_its_header(tmp_path: Path) -> None:
    path, out = tmp_path / "orders.csv", tmp_path / "findings.csv"
    write_orders(orders_of(["A"], WARNING, [0.0]), path)
    assert run(path, "--evidence", power(tmp_path, 100), "-o", out).exit_code == 0
    assert out.read_text(encoding="utf-8").strip() == ",".join(FINDING_COLUMNS)


def test_a_bad_cell_needs_a_person(tmp_path: Path, orders: Path) -> None:
    path = power(tmp_path, 100)
    path.write_text(path.read_text(encoding="utf-8").replace("980.0", "许多", 1), encoding="utf-8")
    result = run(orders, "--evidence", path)
    assert result.exit_code == 1
    assert "许多" in result.stderr


def test_unusable_input_writes_nothing_and_says_all_of_it(tmp_path: Path, orders: Path) -> None:
    out = tmp_path / "findings.csv"
    (tmp_path / "bad.csv").write_text("随便,写点,什么\n1,2,3\n", encoding="utf-8")
    result = run(orders, "--evidence", tmp_path / "bad.csv", "--evidence", tmp_path / "none.csv", "-o", out)
    assert result.exit_code == 2
    assert "bad.csv" in result.stderr
    assert "none.csv" in result.stderr
    assert not out.exists()
    assert run(orders, "--evidence", power(tmp_path, 100), "-o", tmp_path / "findings.pdf").exit_code == 2


def test_a_workbook_is_chinese_with_the_gravest_first(tmp_path: Path, orders: Path) -> None:
    out = tmp_path / "findings.xlsx"
    run(orders, "--evidence", f"electricity={power(tmp_path, 990)}", "-o", out)
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["核查概要", "违反和疑似", "落实和证据不足"]
    rows = list(book["违反和疑似"].values)
    assert rows[0] == tuple(text for text, _ in FINDING_COLUMNS.values())
    assert "疑似" in rows[1]
    assert run(orders, "--evidence", power(tmp_path, 990), "-o", tmp_path / "findings.parquet").exit_code == 1
    assert len(pd.read_parquet(tmp_path / "findings.parquet")) == 3


@pytest.mark.slow
def test_an_audit_of_the_record_opens_with_what_it_rests_on(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    listed = [
        "城市,企业名称,统一社会信用代码,行业,生产线编号,工序,绩效等级,用电户号,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量,橙色预警减排措施",
        "临汾市,甲厂,A,铸造,1,熔炼,D,M1,1,1,1,1,停产",
    ]
    (tmp_path / "list.csv").write_text("\n".join(listed), encoding="utf-8")
    signed = ("--drafted-by", "办公室 甲", "--reviewed-by", "科长 乙", "--approved-by", "市长 丙")
    signed += ("--issued-at", "2019-12-09 18:00")
    issued = CliRunner().invoke(
        main,
        ["ledger", "issue", str(path), "--list", str(tmp_path / "list.csv"), "--level", "orange",
         "--date", "2019-12-10", "--hours", "72", *signed],
    )  # fmt: skip
    assert issued.exit_code in (0, 1), issued.output
    power_file = tmp_path / "power.csv"
    rows = daily("A", "2019-11-05", [*wave(35), 990, 990, 990, *wave(20)], 用电户号="M1")
    pd.DataFrame(rows).to_csv(power_file, index=False)
    result = run(path, "--evidence", power_file, "-o", tmp_path / "findings.csv")
    assert result.exit_code == 1, result.output
    assert "orders of act 1;" in result.stderr
    assert "市长 丙批准" in result.stdout
    assert "草稿，未发布" in result.stdout
    assert "记录中没有送达" in result.stdout
    assert pd.read_csv(tmp_path / "findings.csv")["finding"].tolist() == ["doubtful"] * 3
    assert run(tmp_path / "no.db", "--evidence", power_file).exit_code == 2
    assert run(path, "--act", 9, "--evidence", power_file).exit_code == 2
    receipts = tmp_path / "receipts.csv"
    receipts.write_text(
        "企业名称,事项,时间,签收人,经办人\n甲厂,已发送,2019-12-09 18:10,,\n甲厂,签收,2019-12-10 06:00,王某某,\n"
        "甲厂,停炉风险,2019-12-10 07:00,王某某,\n甲厂,不同意,2019-12-10 08:00,,副局长 戊\n"
    )
    done = CliRunner().invoke(main, ["ledger", "deliver", str(path), "1", "--receipts", str(receipts)])
    assert done.exit_code == 1, done.output
    result = run(path, "--evidence", power_file, "--unmask", "--by", "执法队 丁", "--reason", "核查")
    assert "送达：第1号：应送达1家" in result.stdout
    assert "起始后送达1家；起始后送达的最长晚6小时" in result.stdout
    assert (
        "企业答复：安全减排申请1家：甲厂 2019-12-10 07:00申请，2019-12-10 08:00副局长 戊不同意安全减排" in result.stdout
    )
    assert "王某某" not in result.stdout
    assert "no receipt proves" not in result.stderr, "served on the first day"
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("企业名称,事项,时间,送达方式\n甲厂,已发送,2019-12-09 18:10,短信\n")
    words = ["ledger", "deliver", str(path), "1", "--receipts", str(wrong), "--corrects", "2", "--reason", "误录"]
    assert CliRunner().invoke(main, words).exit_code == 0
    result = run(path, "--evidence", power_file)
    assert "in 3 findings of a plant and a day" in result.stderr
    log = CliRunner().invoke(main, ["ledger", "log", str(path), "--kind", "access", "--json"])
    assert [row["title"] for row in json.loads(log.stdout)] == ["查阅个人信息"]
    assert run(path, "--evidence", power_file, "--unmask").exit_code == 2, "to nobody, for nothing"


def test_json_counts(tmp_path: Path, orders: Path) -> None:
    result = run(orders, "--evidence", power(tmp_path, 990), "--json")
    assert '"doubtful": 3' in result.stdout


def test_a_later_act_takes_the_place_of_an_earlier_one() -> None:
    first = orders_of(["A", "B"], [("2019-12-10 00:00", "2019-12-14 00:00")], [0.3, 0.3])
    second = orders_of(["A"], [("2019-12-12 00:00", "2019-12-16 00:00")], [1.0])
    table = prevailing([first, second]).sort_values(["enterprise_id", "starts"])
    assert table[["enterprise_id", "starts", "ends", "share"]].to_numpy().tolist() == [
        ["A", "2019-12-10 00:00", "2019-12-12 00:00", 0.3],
        ["A", "2019-12-12 00:00", "2019-12-16 00:00", 1.0],
        ["B", "2019-12-10 00:00", "2019-12-14 00:00", 0.3],
    ]


def test_an_act_of_another_winter_recorded_late_ends_nothing() -> None:
    now = orders_of(["A"], [("2021-01-04 00:00", "2021-01-09 00:00")], [1.0])
    past = orders_of(["A"], [("2019-12-10 00:00", "2019-12-13 00:00")], [1.0])
    table = prevailing([now, past]).sort_values("starts")
    spans = list(zip(table["starts"], table["ends"], strict=True))
    assert spans == [("2019-12-10 00:00", "2019-12-13 00:00"), ("2021-01-04 00:00", "2021-01-09 00:00")]


def test_a_response_cut_short_by_a_later_act_does_not_go_on_after_it() -> None:
    first = orders_of(
        ["A"], [("2021-01-04 00:00", "2021-01-06 00:00"), ("2021-01-06 00:00", "2021-01-09 00:00")], [1.0]
    )
    second = orders_of(["A"], [("2021-01-05 00:00", "2021-01-05 12:00")], [1.0])
    table = prevailing([first, second]).sort_values("starts")
    spans = list(zip(table["starts"], table["ends"], strict=True))
    assert spans == [("2021-01-04 00:00", "2021-01-05 00:00"), ("2021-01-05 00:00", "2021-01-05 12:00")]


@pytest.mark.parametrize(
    "header",
    [
        "统一社会信用代码,日期,用电量",
        "统一社会信用代码,监测时间,SO2浓度",
        "统一社会信用代码,车牌号,进厂时间",
        "城市,工地名称,时间,PM10",
        "企业名称,检查时间,检查结果",
        "企业名称,生产线编号,日期,日产量",
    ],
)
def test_a_file_without_rows_is_told(tmp_path: Path, orders: Path, header: str) -> None:
    path = tmp_path / "empty.csv"
    path.write_text(header + "\n", encoding="utf-8")
    result = run(orders, "--evidence", path)
    assert (result.exit_code, result.stderr) == (1, f"{path}: no row; expected at least one row below the headers\n")
    assert "没有可用的行" in result.stdout


def readings(folder: Path, name: str, days: pd.DatetimeIndex, firm: str = "A") -> Path:
    path = folder / name
    pd.DataFrame({"统一社会信用代码": firm, "日期": days.astype("str"), "用电量(kWh)": 1000}).to_csv(path, index=False)
    return path


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ([("A", "2019-11-05", 60)], []),
        ([("A", "2019-11-05", 60), ("B", "2019-11-05", 60)], []),
        ([("A", "2019-11-05", 60), ("A", "2019-11-05", 60)], []),  # the same rows count once
        ([("Z", "2019-11-05", 60)], ["0.csv: no day of any line with orders could be judged by it"]),
        ([("A", "2019-11-05", 35), ("A", "2019-12-10", 20)], []),  # the days before are in the other file
        ([("A", "2018-11-05", 60)], ["0.csv: no row lies in the time of any order"]),
        (
            [("A", "2018-11-05", 35), ("B", "2019-12-10", 20)],
            ["0.csv: no row lies in the time", "1.csv: no day of any line"],
        ),
    ],
)
def test_readings_that_judge_nothing_are_told(
    tmp_path: Path, parts: list[tuple[str, str, int]], told: list[str]
) -> None:
    orders = tmp_path / "orders.csv"
    write_orders(orders_of(["A", "B"], WARNING, [1.0, 1.0]), orders)
    files = [
        readings(tmp_path, f"{number}.csv", pd.date_range(first, periods=days), firm)
        for number, (firm, first, days) in enumerate(parts)
    ]
    result = run(orders, *(word for path in files for word in ("--evidence", path)))
    assert result.exit_code == 1
    said = [line for line in result.stderr.splitlines() if not line.startswith("note")]
    assert [line.startswith(f"{tmp_path}/{start}") for line, start in zip(said, told, strict=True)] == [True] * len(
        told
    )


def test_a_row_of_a_later_sheet_is_named_with_it(tmp_path: Path, orders: Path) -> None:
    """In messages and as the source of a finding it was a row of four milliards."""
    book = openpyxl.Workbook()
    for name, rows in (("一", [("未停产", "1")]), ("二", [("没停", "1"), ("待核实", "1"), ("未停产", "9")])):
        sheet = book.create_sheet(name)
        sheet.append(["统一社会信用代码", "检查时间", "检查结果", "笔录编号", "生产线编号"])
        for result, line in rows:
            sheet.append(["A", "2019-12-11 10:00", result, "某1", line])
    del book["Sheet"]
    book.save(tmp_path / "i.xlsx")
    out = tmp_path / "findings.csv"
    done = run(orders, "--evidence", tmp_path / "i.xlsx", "-o", out)
    assert "i.xlsx[二], row 2, result: result not understood" in done.stderr
    assert "i.xlsx[二], row 4, line_id: no such line of this enterprise in the order" in done.stderr
    sources = pd.read_csv(out)["source"].dropna()
    assert sorted(sources.unique()) == ["i.xlsx row 2[一]", "i.xlsx row 3[二]"]


@pytest.mark.parametrize(("hours", "status"), [(24, "breached"), (25, "no_evidence")])
def test_a_day_has_no_more_than_its_hours(tmp_path: Path, orders: Path, hours: int, status: str) -> None:
    path, out = tmp_path / "log.csv", tmp_path / "findings.csv"
    path.write_text(f"统一社会信用代码,生产线编号,日期,运行小时数\nA,1,2019-12-11,{hours}\n", encoding="utf-8")
    run(orders, "--evidence", path, "-o", out)
    table = pd.read_csv(out)
    assert table.loc[table["day"] == "2019-12-11", "finding"].item() == status
