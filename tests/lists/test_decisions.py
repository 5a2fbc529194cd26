"""Decisions beside a list: read, joined to the lines they speak of, open on their days."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

import alertengine as ae
from alertengine.cli import main
from alertengine.files import Findings
from alertengine.lists import PlantsOfList, read_decisions, read_list
from alertengine.rulebook import OpenLists, Rulebook
from alertengine.vocabulary import InputError, open_on

_LIST = (
    "企业名称,统一社会信用代码,城市,行业,生产线编号,工序,处罚决定文号,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量\n"
    "甲厂,91140000000000000X,太原市,制鞋,1,其他,,1,1,1,1\n"
    "甲厂,91140000000000000X,太原市,制鞋,2,其他,,1,1,1,1\n"
    "乙厂,,太原市,制鞋,1,其他,并环罚9号,1,1,1,1\n"
)
_HEAD = "企业名称,统一社会信用代码,生产线编号,决定文号,决定日期,决定机关,种类,理由,起始日期,截止日期,解除日期\n"


def _write(folder: Path, rows: str, name: str = "list.decisions.csv") -> Path:
    (folder / "list.csv").write_text(_LIST, encoding="utf-8")
    (folder / name).write_text(_HEAD + rows, encoding="utf-8")
    return folder / "list.csv"


def test_a_decision_joins_by_code_by_name_and_by_line(tmp_path: Path, open_lists: OpenLists) -> None:
    rows = (
        ",91140000000000000x,,一号,2020-11-01,市局,责令停产整治,超标排放,,,2020-12-01\n"
        "乙厂,,,二号,2020-11-01,市局,罚款,无证排污,2020-11-02,2020-11-30,\n"
        "甲厂,,2,三号,2020-11-05,市局,查封,超标排放,,,\n"
    )
    found = read_list(_write(tmp_path, rows), open_lists)
    lines = found.lines
    assert [one for one in found.problems if "decisions" in one.file] == []
    first = "停产整治:超标排放@2020-11-01..2020-11-30#一号"
    assert lines["decisions"].tolist() == [
        first,
        f"{first};查封:超标排放@2020-11-05..#三号",
        "罚款:无证排污@2020-11-02..2020-11-30#二号",
    ]


@pytest.mark.parametrize(
    ("rows", "column", "value"),
    [
        ("甲厂,,,一号,2020-11-01,市局,训诫,超标排放,,,\n", "决定种类", "训诫"),
        ("甲厂,,,一号,2020-11-01,市局,,超标排放,,,\n", "决定种类", ""),
        ("甲厂,,,一号,2020-11-01,市局,—,超标排放,,,\n", "决定种类", ""),
        ("甲厂,,,一号,2020-11-01,市局,罚款,不好,,,\n", "理由", "不好"),
        ("甲厂,,,一号,某日,市局,罚款,超标排放,,,\n", "决定日期", "某日"),
        ("甲厂,,,一号,2020-11-01/03,市局,罚款,超标排放,,,\n", "决定日期", "2020-11-01/03"),
        ("丙厂,,,一号,2020-11-01,市局,罚款,超标排放,,,\n", "企业名称", "丙厂"),
        ("甲厂,9.11401E+17,,一号,2020-11-01,市局,罚款,超标排放,,,\n", "统一社会信用代码", "9.11401E+17"),
        ("甲厂,#N/A,,一号,2020-11-01,市局,罚款,超标排放,,,\n", "统一社会信用代码", "#N/A"),
    ],
)
def test_what_cannot_be_used_is_told(tmp_path: Path, open_lists: OpenLists, rows: str, column: str, value: str) -> None:
    problems = read_list(_write(tmp_path, rows), open_lists).problems
    (told,) = [one for one in problems if "decisions" in one.file]
    assert (told.column, told.value) == (column, value)


@pytest.mark.parametrize(
    ("again", "told"),
    [
        ("甲厂,,,一号,2020-11-01,市局,停产整治,超标排放,,2020-12-31,", [("截止日期", "2020-12-31")]),
        ("甲厂,,,一号,2020-11-01,市局,责令停产整治,超标排放,,,", [("截止日期", "")]),
        ("甲 厂,,,一号,2020-11-01,市局,停产整治,超标排放,,2020-11-30,2020-11-10", [("解除日期", "2020-11-10")]),
        ("甲厂,,,一号,2020-11-01,市局,停产整治,超标排放,,2020-11-30,", []),
        ("甲厂,,,一号,2020-11-01,市局,罚款,超标排放,,2020-12-31,", []),
        ("甲厂,,2,一号,2020-11-01,市局,停产整治,超标排放,,2020-12-31,", []),
        ("甲厂,,,二号,2020-11-01,市局,停产整治,超标排放,,2020-12-31,", []),
        ("甲厂,,,,2020-11-01,市局,停产整治,超标排放,,2020-12-31,", []),
        ("乙厂,,,一号,2020-11-01,市局,停产整治,超标排放,,2020-12-31,", []),
    ],
)
def test_two_ends_of_one_decision_are_told(
    tmp_path: Path, open_lists: OpenLists, again: str, told: list[tuple[str, str]]
) -> None:
    rows = f"甲厂,,,一号,2020-11-01,市局,停产整治,超标排放,,2020-11-30,\n{again}\n"
    found = read_list(_write(tmp_path, rows), open_lists)
    problems = [one for one in found.problems if one.code == "decision_ends_differ"]
    assert [(one.column, one.value) for one in problems] == told
    assert all((one.row, dict(one.arguments)["number"]) == (3, "一号") for one in problems)


def test_a_table_without_kind_is_refused(tmp_path: Path, open_lists: OpenLists) -> None:
    path = _write(tmp_path, "")
    (tmp_path / "list.decisions.csv").write_text("企业名称,决定文号,理由\n甲厂,一号,超标排放\n", encoding="utf-8")
    with pytest.raises(InputError, match="kind"):
        read_list(path, open_lists)


def test_a_sheet_of_the_workbook_serves(tmp_path: Path, open_lists: OpenLists) -> None:
    book = openpyxl.Workbook()
    book.active.title = "企业清单"
    for row in _LIST.splitlines():
        book.active.append(row.split(","))
    sheet = book.create_sheet("处罚决定")
    for row in (_HEAD.strip(), "乙厂,,,二号,2020-11-01,市局,罚款,无证排污,,,"):
        sheet.append(row.split(","))
    book.save(tmp_path / "list.xlsx")
    lines = read_list(tmp_path / "list.xlsx", open_lists).lines
    assert lines["decisions"].dropna().tolist() == ["罚款:无证排污@2020-11-01..#二号"]


def test_a_number_of_two_parts_is_one_decision(tmp_path: Path, open_lists: OpenLists) -> None:
    lines = read_list(_write(tmp_path, "乙厂,,,二号;三号,2020-11-01,市局,罚款,无证排污,,,\n"), open_lists).lines
    (cell,) = lines["decisions"].dropna()
    assert open_on(cell, None, date(2020, 11, 2)) == "罚款;罚款:无证排污"


def test_an_end_before_the_beginning_is_told_and_ends_nothing(tmp_path: Path, open_lists: OpenLists) -> None:
    rows = "甲厂,,1,一号,2020-11-05,市局,停产整治,超标排放,,2020-10-01,2020-11-04\n"
    read = read_list(_write(tmp_path, rows), open_lists)
    assert [one.column for one in read.problems if "decisions" in one.file] == ["截止日期", "解除日期"]
    assert read.lines["decisions"].dropna().tolist() == ["停产整治:超标排放@2020-11-05..#一号"]


def test_a_fine_never_stops_and_a_bare_number_is_to_be_verified(tmp_path: Path, shipped: Rulebook) -> None:
    rows = "甲厂,,,一号,2018-11-01,市局,罚款,超标排放,,,\n"
    orders = ae.decide(read_list(_write(tmp_path, rows), shipped), shipped, level="none", date="2019-01-10").table
    assert orders["share"].fillna(0).max() == 0
    asked = orders.set_index("enterprise")["hangs_on"].str.contains("decision_no").groupby(level=0).any()
    assert asked.to_dict() == {"甲厂": False, "乙厂": True}


@pytest.mark.parametrize(
    ("level", "hours", "spans"),
    [
        ("none", 96, [("2019-01-10", "2019-01-12", "stop"), ("2019-01-12", "2019-01-14", "none")]),
        ("orange", 96, [("2019-01-10", "2019-01-12", "stop"), ("2019-01-12", "2019-01-14", "")]),
        ("none", None, [("2019-01-10", "2019-01-12", "stop")]),
    ],
)
def test_an_order_ends_with_the_decision_it_rests_on(
    tmp_path: Path, shipped: Rulebook, level: str, hours: float | None, spans: list[tuple[str, str, str]]
) -> None:
    rows = (
        "甲厂,,1,一号,2019-01-02,市局,停产整治,超标排放,,2019-01-11,\n"
        "甲厂,,2,二号,2019-01-02,市局,罚款,超标排放,,2019-01-11,\n"  # a fine: nothing depends on its days
    )
    listed = read_list(_write(tmp_path, rows), shipped)
    orders = ae.decide(listed, shipped, level=level, date="2019-01-10", hours=hours).table
    own = orders[orders["enterprise"] == "甲厂"].astype(str)
    cut = [
        (start[:10], end[:10], measure)
        for line, start, end, measure in own[["line_id", "starts", "ends", "measure"]].to_numpy().tolist()
        if line == "1"
    ]
    assert cut == spans
    assert len(own[own["line_id"] == "2"]) == 1


@pytest.mark.slow
def test_papers_and_explanations_take_the_decisions_of_their_orders(tmp_path: Path) -> None:
    listed = _write(tmp_path, "甲厂,,,一号,2019-01-02,市局,停产整治,超标排放,,,\n", "decided.csv")
    orders, decided = str(tmp_path / "orders.csv"), ["--decisions", str(tmp_path / "decided.csv")]
    run = CliRunner()
    made = ["orders", str(listed), "--level", "none", "--date", "2019-01-10", *decided, "-o", orders]
    assert run.invoke(main, made).exit_code in (0, 1)
    asked = ["explain", orders, "--line", "甲厂/1", "--list", str(listed)]
    papers = ["documents", orders, "--list", str(listed), "-o", str(tmp_path / "papers")]
    for command in (asked, papers):
        without = run.invoke(main, command)
        assert without.exit_code == 2
        assert "decided.csv" in without.stderr
        assert run.invoke(main, [*command, *decided]).exit_code in (0, 1)
    (tmp_path / "decided.csv").write_text(_HEAD, encoding="utf-8")
    assert run.invoke(main, [*asked, *decided]).exit_code == 2


@pytest.mark.slow
def test_decisions_are_read_from_the_record(tmp_path: Path) -> None:
    listed = _write(tmp_path, "甲厂,,,一号,2019-01-02,市局,停产整治,超标排放,,,\n", "decided.csv")
    record, run = str(tmp_path / "record.sqlite"), CliRunner()
    asked = ["--list", str(listed), "--level", "none", "--date", "2019-01-10", "--drafted-by", "办公室 甲"]
    asked += ["--reviewed-by", "科长 乙", "--approved-by", "局长 丙"]
    plain = ["orders", str(listed), "--level", "none", "--date", "2019-01-20", "--json"]
    assert run.invoke(main, ["ledger", "issue", record, *asked]).exit_code in (0, 1)
    nothing = run.invoke(main, [*plain, "--decisions", record])
    assert (nothing.exit_code, "table of decisions" in nothing.stderr) == (2, True)
    decided = ["--decisions", str(tmp_path / "decided.csv")]
    told = run.invoke(main, ["ledger", "issue", record, *asked, *decided])
    assert told.exit_code in (0, 1), told.output
    of_record = run.invoke(main, [*plain, "--decisions", record])
    assert json.loads(of_record.stdout) == json.loads(run.invoke(main, [*plain, *decided]).stdout)
    assert of_record.stdout != run.invoke(main, plain).stdout


def test_an_audit_takes_decisions_with_a_list_alone(tmp_path: Path) -> None:
    listed = _write(tmp_path, "", "decided.csv")
    power = tmp_path / "power.csv"
    power.write_text("企业名称,日期,用电量\n甲厂,2019-01-10,5\n", encoding="utf-8")
    command = ["audit", str(listed), "--evidence", str(power), "--decisions", str(tmp_path / "decided.csv")]
    told = CliRunner().invoke(main, command)
    assert told.exit_code == 2
    assert "--decisions" in told.stderr


@pytest.mark.parametrize(
    ("text", "number", "said"),
    [
        (None, None, "无"),
        (None, "一号", "?"),
        ("罚款:超标排放@2020-01-01..#一号", "一号", "罚款;罚款:超标排放"),
        ("罚款:超标排放@2020-01-01..#一号", "二号", "?;罚款;罚款:超标排放"),
        ("罚款:超标排放@2020-01-01..2020-01-09#一号", "一号；二号", "?"),
        ("罚款:超标排放@2020-01-01..2020-01-09#一号;罚款:超标排放@..2020-01-09#二号", "一号、二号", "无"),
        ("罚款:超标排放@2020-01-01..2020-01-09", None, "无"),
        ("罚款:超标排放@2020-01-11..", None, "无"),
        ("罚款:@2020-01-10..2020-01-10", None, "罚款;罚款:?"),
        ("罚款:超标排放@..", None, "罚款:超标排放?;罚款?"),
        ("看不懂", None, "?"),
    ],
)
def test_what_is_open_on_a_day(text: str | None, number: str | None, said: str) -> None:
    assert open_on(text, number, date(2020, 1, 10)) == said


@pytest.mark.parametrize(
    ("row", "column", "value", "code", "near"),
    [
        ("甲广,,", "企业名称", "甲广", "decision_not_listed", ("甲厂",)),
        (",91140000000000000Y,", "统一社会信用代码", "91140000000000000Y", "decision_not_listed", "91140000000000000X"),
        ("甲厂,,3", "生产线编号", "3", "decision_not_listed", ("1", "2")),
        ("乙厂,91140000000000000X,", "企业名称", "乙厂", "decision_code_and_name", ("甲厂",)),
    ],
)
def test_who_is_meant_is_asked_with_the_nearest(
    tmp_path: Path, open_lists: OpenLists, row: str, column: str, value: str, code: str, near: object
) -> None:
    """A decision is never dropped or put on another plant without a word, and the word names who may be meant."""
    found = read_list(_write(tmp_path, f"{row},一号,2020-11-01,市局,查封,超标排放,,,\n"), open_lists)
    (told,) = [one for one in found.problems if "decisions" in one.file]
    assert (told.column, told.value, told.code, told.row) == (column, value, code, 2)
    assert all(name in told.text("zh") for name in (near if isinstance(near, tuple) else (near,)))


def test_a_name_of_two_plants_is_asked_about(tmp_path: Path, open_lists: OpenLists) -> None:
    path = _write(tmp_path, "甲厂,,,一号,2020-11-01,市局,查封,超标排放,,,\n")
    path.write_text(f"{_LIST}甲厂,,大同市,制鞋,1,其他,,1,1,1,1\n", encoding="utf-8")
    found = read_list(path, open_lists)
    (told,) = [one for one in found.problems if "decisions" in one.file]
    assert told.code == "decision_of_several_plants"
    assert "大同市甲厂" in told.text("zh")
    assert found.lines["decisions"].notna().tolist() == [True, True, False, True]


def test_a_decision_on_a_former_name_is_that_of_its_plant(tmp_path: Path, open_lists: OpenLists) -> None:
    path = _write(tmp_path, "甲旧厂,,,一号,2020-11-01,市局,查封,超标排放,,,\n")
    (tmp_path / "list.register.csv").write_text("企业名称,曾用名\n甲厂,甲旧厂\n乙厂,\n", encoding="utf-8")
    found = read_list(path, open_lists)
    assert not [one for one in found.problems if "decisions" in one.file]
    assert found.lines["decisions"].notna().tolist()[:2] == [True, True]


@pytest.mark.parametrize(
    ("name", "listed", "nearly"),
    [("临汾合成铸造厂", True, False), ("临汾合城铸造厂", False, True), ("大同某水泥公司", False, False)],
)
def test_a_decision_on_record_is_of_the_list_or_nearly_or_of_others(name: str, listed: bool, nearly: bool) -> None:
    """Of those that are neither, a run of this list says nothing; one letter off is no other plant."""
    cells = {"city": "临汾市", "enterprise_id": "X1", "enterprise": "临汾合成铸造厂", "line_id": "1"}
    lines = pd.DataFrame([cells])
    plants, row = PlantsOfList(lines), {"enterprise": name, "enterprise_id": "", "line_id": ""}
    assert bool(len(plants.lines_of(row))) == listed
    if not listed:
        assert plants.nearly(row) == nearly


def test_a_column_that_is_missing_is_named_as_people_write_it(tmp_path: Path) -> None:
    """The reason of a decision was asked for as ``ground`` in a Chinese sentence."""
    path = tmp_path / "d.csv"
    path.write_text("企业名称,处罚决定文号,决定日期\n甲厂,1号,2021-01-01\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_decisions(path, Findings(str(path)))
    assert [(one.code, one.column) for one in refused.value.problems] == [
        ("column_missing", "决定种类"), ("column_missing", "理由"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "bound", "told"),
    [
        ("甲厂,91140000000000000X,太原市,一号", [True, True, False, False], []),
        (",91140000000000000X,太原,一号", [True, True, False, False], []),
        ("甲厂,,山西省大同市,一号", [False, False, False, True], []),
        ("甲厂,91140000000000000X,,一号", [True, True, False, True], [("decision_of_several_plants", "企业名称")]),
        ("甲厂,91140000000000000X,运城市,一号", [False] * 4, [("decision_not_listed", "企业名称")]),
        ("甲厂,91140000000000000X,大同县市,一号", [True, True, False, True],
         [("bad_cell", "城市"), ("decision_of_several_plants", "企业名称")]),
        ("甲厂,91140000000000000X,汾渭平原,一号", [True, True, False, True],
         [("bad_cell", "城市"), ("decision_of_several_plants", "企业名称")]),
    ],
)  # fmt: skip
def test_a_decision_counts_for_the_plant_of_its_city(
    tmp_path: Path, open_lists: OpenLists, row: str, bound: list[bool], told: list[tuple[str, str]]
) -> None:
    """A city that is not read counts as none: for the plants of both, and asked about."""
    path = _write(tmp_path, "")
    path.write_text(f"{_LIST}甲厂,91140000000000000X,大同市,制鞋,3,其他,,1,1,1,1\n", encoding="utf-8")
    head = "企业名称,统一社会信用代码,城市,决定文号,决定日期,种类,理由\n"
    (tmp_path / "list.decisions.csv").write_text(f"{head}{row},2020-11-01,查封,超标排放\n", encoding="utf-8")
    found = read_list(path, open_lists)
    assert found.lines["decisions"].notna().tolist() == bound
    assert [(one.code, one.column) for one in found.problems if "decisions" in one.file] == told


def test_the_end_of_a_decision_is_that_of_its_city(tmp_path: Path, open_lists: OpenLists) -> None:
    """One number for the plants of two cities, lifted in one."""
    path = _write(tmp_path, "")
    path.write_text(f"{_LIST}甲厂,91140000000000000X,大同市,制鞋,3,其他,,1,1,1,1\n", encoding="utf-8")
    said = "企业名称,城市,决定文号,决定日期,种类,理由,解除日期\n甲厂,太原市,一号,2020-11-01,查封,超标排放,2020-12-01\n"
    (tmp_path / "list.decisions.csv").write_text(
        f"{said}甲厂,大同市,一号,2020-11-01,查封,超标排放,\n", encoding="utf-8"
    )
    found = read_list(path, open_lists)
    assert [one for one in found.problems if "decisions" in one.file] == []
    lifted, stands = "查封:超标排放@2020-11-01..2020-11-30#一号", "查封:超标排放@2020-11-01..#一号"
    assert found.lines["decisions"].astype("object").fillna("").tolist() == [lifted, lifted, "", stands]


def test_a_decision_on_record_of_another_city_is_of_no_plant_of_the_list() -> None:
    cells = {"city": "临汾市", "enterprise_id": "X1", "enterprise": "临汾合成铸造厂", "line_id": "1"}
    plants = PlantsOfList(pd.DataFrame([cells]))
    row = {"enterprise": "临汾合成铸造厂", "enterprise_id": "X1", "line_id": ""}
    found = [plants.nearly({**row, "city": city}) for city in ("临汾市", "太原市", "")]
    assert found == [True, False, True]
