"""Tables as other programs export them: pandas and R, accounting and permit platforms, pages of a bureau's own."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.files import Findings
from alertengine.lists import EnterpriseList, read_list, read_plan
from alertengine.lists.filed_plans import without_vehicles
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError, Problem
from alertengine.warning import Forecast, read_forecast
from alertengine.workflow.entering.members import read_members

HEAD = "企业名称,城市,行业,生产线编号,工序,绩效等级,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量,橙色预警减排措施"
LINE = "{},太原市,铸造,1,熔炼,C,10,20,5,1,停产"
ONE = f"{HEAD}\n{LINE.format('甲厂')}\n"


@pytest.fixture(scope="module")
def law() -> Rulebook:
    return Rulebook.load()


def listed(law: Rulebook, folder: Path, text: str | bytes) -> EnterpriseList:
    path = folder / "list.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_list(path, law.lists)


def codes(found: EnterpriseList | Forecast) -> set[str]:
    return {one.code for one in (*found.problems, *found.notes)}


@pytest.mark.parametrize("encoding", ["utf-32", "utf-32-le", "utf-32-be", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("end", ["\n", ""])
def test_wide_characters(law: Rulebook, tmp_path: Path, encoding: str, end: str) -> None:
    found = listed(law, tmp_path, (ONE.rstrip("\n") + end).encode(encoding))
    assert (found.lines["enterprise"].tolist(), found.lines["nox_kg_d"].tolist()) == (["甲厂"], [20])
    assert found.problems == []


@pytest.mark.parametrize("cell", ["nan", "NaN"])
def test_the_blank_of_pandas_is_no_text_of_a_list(law: Rulebook, tmp_path: Path, cell: str) -> None:
    """It was kept as a measure that somebody had filed, and as the number of a decision; a number it stays no more."""
    text = ONE.replace("停产\n", f"{cell},{cell},{cell}\n").replace(
        "橙色预警减排措施\n", "橙色预警减排措施,处罚决定文号,区县\n"
    )
    found = listed(law, tmp_path, text)
    assert found.lines[["plan_orange", "decision_no", "county"]].isna().to_numpy().tolist() == [[True] * 3]
    assert (found.problems, "plans_unread" in codes(found)) == ([], False)
    told = listed(law, tmp_path, ONE.replace(",C,10", f",{cell},{cell}")).problems
    assert sorted(one.column for one in told) == ["SO2排放量", "绩效等级"]


@pytest.mark.parametrize(
    "below",
    [
        "共1条记录",
        "共 1 条数据",
        "记录总数：1",
        "注：1. 排放量为环统数据；\n2. 数据来源于排污许可平台。\n3、本表一式两份",
        "备注：数据由各县填报\n（2）另行通知的除外",
    ],
)
def test_what_an_export_says_of_itself_is_no_plant(law: Rulebook, tmp_path: Path, below: str) -> None:
    """Such a row became a plant without a city, with an order of its own number."""
    found = listed(law, tmp_path, ONE + "".join(f"{line}{',' * 10}\n" for line in below.split("\n")))
    assert (found.lines["enterprise"].tolist(), found.problems) == (["甲厂"], [])
    left = [one.row for one in found.notes if one.code == "note_left_out"]
    assert left == list(range(3, 3 + len(below.split("\n"))))


def test_a_numbered_plant_is_no_note(law: Rulebook, tmp_path: Path) -> None:
    text = f"{ONE}注：以下为新增,,,,,,,,,,\n{LINE.format('2、乙厂')}\n"
    assert listed(law, tmp_path, text).lines["enterprise"].tolist() == ["甲厂", "2、乙厂"]
    alone = listed(law, tmp_path, f"{ONE}2、乙厂,,,,,,,,,,\n")
    assert "no_city" in codes(alone), "asked about where no note stands above it"


def test_a_number_that_a_spreadsheet_holds_as_text(law: Rulebook, tmp_path: Path) -> None:
    found = listed(law, tmp_path, ONE.replace(",20,", ",'20,"))
    assert (found.lines["nox_kg_d"].tolist(), found.problems) == ([20], [])


def test_a_sign_of_a_text_is_no_part_of_a_name_a_code_or_a_header(law: Rulebook, tmp_path: Path) -> None:
    """Only numbers were read without it: a plant became two, its city and its trade were unknown."""
    head = ",".join(f"'{header}" for header in HEAD.split(","))
    marked = ",".join(f"'{cell}" for cell in LINE.format("甲厂").replace(",1,熔炼", ",02,熔炼").split(","))
    found = listed(law, tmp_path, f"{head}\n{LINE.format('甲厂')}\n{marked}\n")
    assert found.problems == []
    columns = ["enterprise", "city", "industry", "line_id", "process", "grade", "plan_orange"]
    assert found.lines[columns].to_numpy().tolist() == [
        ["甲厂", "太原市", "铸造", line, "熔炼", "C", "停产"] for line in ("1", "02")
    ]
    assert found.lines["enterprise_id"].nunique() == 1


def test_a_sign_of_a_text_is_no_part_of_a_forecast(law: Rulebook, tmp_path: Path) -> None:
    """Times, days, places and primaries with it were bad cells, and a city without a row left the forecast."""
    rows = (
        "'发布时间,城市,区县,预报日期,AQI,首要污染物\n'2026-12-30 15:00,'太原市,'清徐县,'2026年12月31日,'260,'PM2.5\n"
    )
    found = forecast(law, tmp_path, rows)
    assert (found.problems, len(found.table)) == ([], 1)
    row = found.table.iloc[0]
    assert (row["city"], row["county"], row["aqi_mid"], row["primary"]) == ("太原市", "清徐县", 260, "PM2.5")
    assert found.issue_time == datetime(2026, 12, 30, 15)


def test_a_cell_in_quotes_keeps_them(law: Rulebook, tmp_path: Path) -> None:
    assert listed(law, tmp_path, ONE.replace("甲厂", "'甲'厂")).lines["enterprise"].tolist() == ["'甲'厂"]


def test_headers_of_the_permit_platform(law: Rulebook, tmp_path: Path) -> None:
    head = HEAD.replace("企业名称", "单位名称").replace("行业", "行业名称") + ",社会信用代码"
    found = listed(law, tmp_path, f"{head}\n{LINE.format('甲厂')},91140100MA0A00000W\n")
    assert found.lines[["enterprise", "industry", "enterprise_id"]].to_numpy().tolist() == [
        ["甲厂", "铸造", "91140100MA0A00000W"]
    ]
    assert found.problems == []


@pytest.mark.parametrize(
    ("header", "other", "near"),
    [
        ("生产线编号", "生产线序号", "生产线编号"), ("生产线编号", "设备编号", "生产线编号"), ("工序", "主要工序", "工序"),
        ("企业名称", "企业全称", "企业名称"), ("行业", "行业小类名称", "行业"), ("SO2排放量", "SO2(kg/h)", "SO2排放量"),
        ("颗粒物排放量", "PM排放量(t/a)", "颗粒物排放量"),
    ],
)  # fmt: skip
def test_a_missing_column_is_told_with_the_header_that_is_nearest(
    law: Rulebook, tmp_path: Path, header: str, other: str, near: str
) -> None:
    with pytest.raises(InputError) as caught:
        listed(law, tmp_path, ONE.replace(header, other))
    told = [(one.code, one.column, dict(one.arguments).get("near")) for one in caught.value.problems]
    assert ("header_nearly", other, near) in told
    assert told[0][:2] == ("column_missing", near)


def test_numbered_names_in_a_table_of_one_column_are_no_further_lines_of_a_note(tmp_path: Path) -> None:
    (tmp_path / "名单.csv").write_text("企业名称\n甲厂\n注：以下为新增\n1.乙厂\n2.丙厂\n", encoding="utf-8")
    findings = Findings("名单.csv")
    assert [one["name"] for one in read_members(tmp_path / "名单.csv", findings)] == ["甲厂", "1.乙厂", "2.丙厂"]
    assert [one.row for one in findings.warnings if one.code == "note_left_out"] == [3]


@pytest.mark.parametrize(
    ("text", "kind", "share", "vehicles", "without"),
    [
        ("限产20%且禁止国四车辆", "limit", 0.2, "禁止国四车辆", "限产20%"),
        ("限产20%，同时禁止国四车辆", "limit", 0.2, "禁止国四车辆", "限产20%"),
        ("停止公路运输并停产", "stop", 1.0, "停止公路运输", "停产"),
        ("停产50%（以生产线计）且停止公路运输", "stop_share", 0.5, "停止公路运输", "停产50%（以生产线计）"),
        ("①限产20%②禁止国四车辆", "limit", 0.2, "禁止国四车辆", "①限产20%"),
        ("⑨停止公路运输；⑩限产20%", "limit", 0.2, "停止公路运输", "⑩限产20%"),
        ("⑳限产20%", "limit", 0.2, "", "⑳限产20%"),
        ("❶限产20%❷禁止国四车辆", "limit", 0.2, "禁止国四车辆", "❶限产20%"),
        ("停产⑩", "", None, "", "停产⑩"),
        ("限产20%且夜间停产", "", None, "", "限产20%且夜间停产"),
        ("限产20%同时限产30%", "", None, "", "限产20%同时限产30%"),
        ("停产且禁止国四车辆但民生除外", "", None, "", "停产且禁止国四车辆但民生除外"),
        ("高炉(450)立方米停产", "", None, "", "高炉(450)立方米停产"),
    ],
)
def test_two_demands_in_one_clause(text: str, kind: str, share: float | None, vehicles: str, without: str) -> None:
    """One of production and one of vehicles are both read; of anything else nothing is."""
    read = read_plan(text)
    assert (read.kind, read.share, read.vehicles, without_vehicles(text)) == (kind, share, vehicles, without)


def forecast(law: Rulebook, folder: Path, text: str, name: str = "AQI.csv", **given: Any) -> Forecast:
    (folder / name).write_text(text, encoding="utf-8")
    return read_forecast(folder / name, law, **given)


TITLED = "太原市空气质量预报\n{}\n城市,预报日期,AQI,首要污染物\n太原市,2026-11-29,240,PM2.5\n"
NOW = datetime(2026, 11, 28, 16)


@pytest.mark.parametrize("text", ["日期,太原市,临汾市\n2026-11-29,240,260\n", "城市,日期,AQI\n太原市,2026-11-29,240\n"])
def test_a_forecast_without_issue_times_counts_as_issued_when_it_is_decided_by(
    law: Rulebook, tmp_path: Path, text: str
) -> None:
    found = forecast(law, tmp_path, text, issued=NOW)
    assert set(found.table["issue_time"]) == {NOW}
    assert "issued_as_decided" in codes(found)
    with pytest.raises(InputError) as caught:
        forecast(law, tmp_path, text)
    assert [one.code for one in caught.value.problems] == ["forecast_column_missing"]


def test_a_forecast_that_has_issue_times_keeps_them(law: Rulebook, tmp_path: Path) -> None:
    text = "发布时间,城市,日期,AQI\n2026-11-28 15:00,太原市,2026-11-29,240\n"
    found = forecast(law, tmp_path, text, issued=NOW)
    assert found.issue_time == datetime(2026, 11, 28, 15)
    assert "issued_as_decided" not in codes(found)


@pytest.mark.parametrize("given", [{}, {"issued": NOW}])
def test_the_issue_time_above_a_table(law: Rulebook, tmp_path: Path, given: dict[str, Any]) -> None:
    found = forecast(law, tmp_path, TITLED.format("发布时间：2026年11月28日15时"), **given)
    assert (found.issue_time, codes(found)) == (datetime(2026, 11, 28, 15), {"issued_as_above"})


@pytest.mark.parametrize(
    "title",
    [
        "太原市空气质量预报（发布时间：2026年11月28日15时）",
        "【发布时间：2026-11-28 15:00】",
        "发布单位：市站　发布时间：2026年11月28日（周六）15时　签发：某",
        "单位：无量纲；发布时间：2026-11-28 下午3:00；第1期",
    ],
)
def test_the_issue_time_within_a_row_above_a_table(law: Rulebook, tmp_path: Path, title: str) -> None:
    """It was passed over without a question: yesterday's file then counted as issued when it was opened."""
    found = forecast(law, tmp_path, TITLED.format(title), issued=NOW)
    assert (found.issue_time, codes(found)) == (datetime(2026, 11, 28, 15), {"issued_as_above"})


@pytest.mark.parametrize(
    ("day", "told"),
    [("2026-11-27", True), ("2026-11-28", False), ("2026-11-28 00:00", False), ("2026-11-27 22:00", True)],
)
def test_days_before_the_time_that_all_counts_as_issued_at_are_asked_about(
    law: Rulebook, tmp_path: Path, day: str, *, told: bool
) -> None:
    """What is older than it seems, or was measured; the hour that ends at 0:00 is one of the day."""
    last = day.replace(day[8:10], "29")
    found = forecast(law, tmp_path, f"城市,日期,PM2.5\n太原市,{day},140\n太原市,{last},150\n", issued=NOW)
    said = [one for one in found.problems if one.code == "days_before_issue"]
    assert [one.value for one in said] == ["2026-11-27"] * told


@pytest.mark.parametrize("said", ["次日", "2026-11-28,发布时间：2026-11-27"])
def test_an_issue_time_above_a_table_that_is_not_read_is_told_where_another_takes_its_place(
    law: Rulebook, tmp_path: Path, said: str
) -> None:
    found = forecast(law, tmp_path, TITLED.format(f"发布时间：{said}"), issued=NOW)
    assert [(one.code, one.column, one.value) for one in found.problems] == [
        ("cell_missing", "issue_time", said.replace(",发布时间：", "; "))
    ]
    assert set(found.table["issue_time"]) == {NOW}


@pytest.mark.parametrize("title", ["发布单位：市站", "发布时间：次日", "发布时间：2026-11-28,发布时间：2026-11-27"])
def test_what_states_no_one_issue_time_above_a_table(law: Rulebook, tmp_path: Path, title: str) -> None:
    with pytest.raises(InputError) as caught:
        forecast(law, tmp_path, TITLED.format(title))
    assert [one.code for one in caught.value.problems] == ["forecast_column_missing"]


@pytest.mark.parametrize("day", ["次日", "明天", "11月29日"])
def test_a_day_told_by_that_of_the_issue_is_asked_about(law: Rulebook, tmp_path: Path, day: str) -> None:
    with pytest.raises(InputError) as caught:
        forecast(law, tmp_path, f"发布时间,城市,日期,AQI\n2026-11-28 15:00,太原市,{day},240\n")
    assert "2026-11-29" in caught.value.problems[0].text("zh")


@pytest.mark.parametrize("place", ["太原市小店区", "太原小店区", "山西省太原市小店区"])
def test_a_county_behind_its_city_is_named_as_that_county(law: Rulebook, tmp_path: Path, place: str) -> None:
    with pytest.raises(InputError) as caught:
        forecast(law, tmp_path, f"发布时间,城市,日期,AQI\n2026-11-28,{place},2026-11-29,240\n")
    assert "太原市/小店区" in caught.value.problems[0].text("zh")


@pytest.mark.parametrize(
    ("call", "sent"), [("orders {} --level red --date 2021-12-10", True), ("check {}", False), ("warn {}", False)]
)
def test_only_where_a_partitioned_list_is_read_a_folder_is_sent_to_the_cluster(
    tmp_path: Path, call: str, *, sent: bool
) -> None:
    done = CliRunner().invoke(main, call.format(tmp_path).split())
    assert (done.exit_code, "a folder" in done.stderr, "--cluster" in done.stderr) == (2, True, sent)
    assert (Problem("is_list_folder").expected in done.stderr) == sent
