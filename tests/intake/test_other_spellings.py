"""Other spellings of the kinds of table that bureaus send: read, left out or asked about, and always said."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alertengine.audit import Evidence, read_evidence
from alertengine.audit._read_evidence import without_marks
from alertengine.audit.meters import _bare, _ties
from alertengine.checking import read_permits
from alertengine.files import Findings
from alertengine.lists import read_decisions, read_list, read_register
from alertengine.orders import read_orders
from alertengine.rulebook import Rulebook
from alertengine.simulation import read_alerts
from alertengine.vocabulary import ORDER_COLUMNS, InputError
from alertengine.warning import read_forecast, read_warnings
from alertengine.warning.spellings import parse_primary
from alertengine.workflow.entering.members import read_members
from tests.files.conftest import workbook

HEAD = "企业名称,城市,行业,生产线编号,工序,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量,橙色预警减排措施"
LINE = "{},太原市,铸造,1,熔炼,10,20,5,1,停产"


@pytest.fixture(scope="module")
def law() -> Rulebook:
    return Rulebook.load()


def of(folder: Path, *rows: str) -> Path:
    path = folder / "file.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def names(law: Rulebook, folder: Path, *rows: str) -> list[str]:
    return read_list(of(folder, *rows), law.lists).lines["enterprise"].tolist()


def test_a_quote_left_open_never_swallows_a_row(law: Rulebook, tmp_path: Path) -> None:
    """Between a quote left open and another one rows below, a whole line of the list became part of a cell."""
    rows = [HEAD, LINE.format("甲厂").replace("停产", '"停产'), LINE.format("乙厂").replace("停产", '停产"')]
    with pytest.raises(InputError) as caught:
        read_list(of(tmp_path, *rows), law.lists)
    assert [(one.code, one.row) for one in caught.value.problems] == [("quote_open", 2)]
    kept = LINE.format("甲厂").replace("停产", '"停产，\n白天除外"')
    assert names(law, tmp_path, HEAD, kept, LINE.format("乙厂")) == ["甲厂", "乙厂"]


@pytest.mark.parametrize(
    ("group", "below", "kilograms"),
    [
        ("日排放量(kg/d)", "SO2,NOx,颗粒物,VOCs", 10.0),
        ("每日排放量", "SO2(kg/d),NOx(kg/d),颗粒物(kg/d),VOCs(kg/d)", 10.0),
        ("主要污染物年排放量(吨/年)", "SO2,NOx,颗粒物,VOCs", 10 / 365 * 1000),
        ("年排放量", "SO2(t/a),NOx(t/a),颗粒物(t/a),VOCs(t/a)", 10 / 365 * 1000),
        ("年排放量", "SO2,NOx,颗粒物,VOCs", None),  # kg of a day are not those of a year
    ],
)
def test_amounts_below_a_group(law: Rulebook, tmp_path: Path, group: str, below: str, kilograms: float | None) -> None:
    path = of(tmp_path, f"企业名称,城市,行业,生产线编号,工序,{group},,,", f",,,,,{below}", LINE.format("甲厂")[:-3])
    if kilograms is None:
        with pytest.raises(InputError, match="unit not understood"):
            read_list(path, law.lists)
    else:
        assert read_list(path, law.lists).lines["so2_kg_d"].tolist() == pytest.approx([kilograms])


@pytest.mark.parametrize(
    "row",
    [
        "一,二,三,四,五,六,七,八,九,十",
        "栏次,1,2,3,4,5,6,7,8,9",
        "甲,乙,丙,丁,1,2,3,4,5,6",
        "第1列,第2列,第3列,第4列,第5列,第6列,第7列,第8列,第9列,第10列",
        "1,2,3,4,5,6,7,8,9=6+7,10",
    ],
)
def test_numbers_of_columns_are_no_plant(law: Rulebook, tmp_path: Path, row: str) -> None:
    found = read_list(of(tmp_path, HEAD, row, LINE.format("甲厂")), law.lists)
    assert found.lines["enterprise"].tolist() == ["甲厂"]
    assert "left_out_numbers" in {one.code for one in found.notes}


@pytest.mark.parametrize(
    "row", ["累计,,,,,10,20,5,1,", "累 计：,,,,,10,20,5,1,", "联系人：王某 电话：0351-1234567,,,,,,,,,"]
)
def test_more_sums_and_signatures(law: Rulebook, tmp_path: Path, row: str) -> None:
    found = read_list(of(tmp_path, HEAD, LINE.format("甲厂"), row), law.lists)
    assert found.lines["enterprise"].tolist() == ["甲厂"]
    assert {"left_out_sum", "note_left_out"} & {one.code for one in found.notes}


def test_a_measure_merged_over_lines_is_not_lost_on_the_second(law: Rulebook, tmp_path: Path) -> None:
    rows = [HEAD.split(","), *(LINE.format(name).split(",") for name in ("甲厂", "乙厂"))]
    path = workbook(tmp_path / "list.xlsx", rows, lambda sheet: sheet.merge_cells("J2:J3"))
    found = read_list(path, law.lists)
    assert found.lines["plan_orange"].notna().tolist() == [True, False]
    assert [(one.code, one.row, one.value) for one in found.problems] == [("merged_alone", 2, "停产")]


def test_rows_that_end_early_are_said(law: Rulebook, tmp_path: Path) -> None:
    found = read_list(of(tmp_path, HEAD, "甲厂,太原市,铸造,1,熔炼", LINE.format("乙厂"), "制表：张某"), law.lists)
    assert [(one.row, dict(one.arguments)["count"]) for one in found.notes if one.code == "short_rows"] == [(2, 1)]


def test_a_line_that_excel_made_a_day_of_is_a_bad_cell(law: Rulebook, tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet["D2"] = pd.Timestamp(2020, 1, 2).to_pydatetime()

    path = workbook(tmp_path / "list.xlsx", [HEAD.split(","), LINE.format("甲厂").split(",")], change)
    assert [(one.column, one.value) for one in read_list(path, law.lists).problems] == [
        ("生产线编号", "2020-01-02 00:00")
    ]


@pytest.mark.parametrize("suffix", [".ods", ".xlsb"])
def test_workbooks_whose_failed_formulas_nobody_sees_are_refused(law: Rulebook, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"list{suffix}"
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(InputError) as caught:
        read_list(path, law.lists)
    assert [one.code for one in caught.value.problems] == ["suffix_not_read"]


@pytest.mark.parametrize(
    ("text", "code"), [("O3 1h", "O3"), ("O3 8小时", "O3"), ("PM 2.5", "PM2.5"), ("Ozone", "O3"), ("细粒子", "PM2.5")]
)
def test_primaries_as_exporters_write_them(text: str, code: str) -> None:
    assert parse_primary(text) == code


def test_a_mark_of_missing_data_is_no_concentration(tmp_path: Path) -> None:
    """9999 mg/m³ of a stack would be a breach."""
    rows = (
        "企业名称,排口编号,监测时间,SO2浓度,NOx折算浓度",
        "甲厂,D1,2020-01-02 03:00,9999,30",
        "甲厂,D1,2020-01-02 04:00,8,9999",
    )
    found = read_evidence(of(tmp_path, *rows))
    without_marks(found, [9999.0])
    assert found.table[["so2_mg_m3", "nox_converted"]].isna().to_numpy().tolist() == [[True, False], [False, True]]
    assert [(one.code, one.row, one.value) for one in found.problems] == [
        ("air_no_data", 2, "9999"), ("air_no_data", 3, "9999"),
    ]  # fmt: skip
    without_marks(found, [9999.0])
    assert len(found.problems) == 2


def test_a_row_of_no_time_is_told_in_the_words_of_its_reader(tmp_path: Path) -> None:
    found: Evidence = read_evidence(
        of(tmp_path, "企业名称,日期,用电量", "甲厂,,3", ",2020-01-02,3", "甲厂,2020-01-02,3")
    )
    said = [one.at(file="x.csv").text("zh") for one in found.problems]
    assert len(said) == 2
    assert not any(word in text for text in said for word in ("time", "enterprise", " or "))


@pytest.mark.parametrize("cell", ["001;002", "001；002", "001、002", "001/002", "001，002", "001 002", "001\n002"])
def test_several_meters_of_a_plant(cell: str) -> None:
    lines = pd.DataFrame({"city": ["临汾市"], "enterprise_id": ["a"], "line_id": ["1"]})
    ties = _ties(lines, "meter_no", lines.assign(meter_no=[cell]))
    assert (ties["001"], ties["002"]) == ([0], [0])


@pytest.mark.parametrize(
    "text", ["'0012345678", "00-1234-5678", "12345678.0", "1.2345678E7", "0012 345678", "‘0012345678"]
)
def test_one_meter_in_many_spellings(text: str) -> None:
    """A plant that ran on under a stop had no evidence against it, and nothing was said."""
    assert _bare(text) == _bare("0012345678")
    assert _bare("1-1") != _bare("11")


def test_the_name_of_one_stack_may_hold_a_sign_between_numbers() -> None:
    lines = pd.DataFrame({"city": ["临汾市"], "enterprise_id": ["a"], "line_id": ["1"]})
    assert _ties(lines, "cems_no", lines.assign(cems_no=["1#、2#机组排口"]))["1#、2#机组排口"] == [0]


def told(read: Any, path: Path, *args: Any) -> tuple[Any, list[tuple[str, int | None, str]]]:
    findings = Findings(str(path))
    return read(path, *args, findings), [(one.code, one.row, one.value) for one in findings.problems]


def test_a_city_of_permits_that_is_not_known_hides_no_holder(law: Rulebook, tmp_path: Path) -> None:
    path = of(tmp_path, "单位名称,许可证编号,城市", "甲厂,x,太愿市", "乙厂,y,太原")
    found, problems = told(read_permits, path, law.lists)
    assert problems == [("permit_city_unknown", 2, "太愿市")]
    assert found["city"].isna().tolist() == [True, False]  # one of no city is looked for in every list
    assert found["city"].tolist()[1] == "太原市"


def test_members_are_one_a_row(tmp_path: Path) -> None:
    found, problems = told(read_members, of(tmp_path, "企业名称", "甲厂", "乙厂、丙厂", "9.11401E+17", "丁（集团）厂"))
    assert [one["name"] for one in found] == ["甲厂", "丁（集团）厂"]
    assert sorted(value for _, _, value in problems) == ["9.11401E+17", "乙厂、丙厂"]


def test_a_plant_twice_in_the_register_is_asked_about(tmp_path: Path) -> None:
    code, other = "91140100MA0A00000W", "91140000000000000X"
    path = of(
        tmp_path,
        "企业名称,统一社会信用代码,曾用名,用电户号",
        f"甲厂,{code},老厂/旧厂，前厂,1",
        f"乙厂,{code},,",
        f"甲厂,{other},,2",
    )
    found, problems = told(read_register, path)
    assert {code for code, _, _ in problems} == {"register_code_twice", "register_name_twice", "credit_code"}
    assert (found.codes["甲厂"], found.numbers["meter_no"]["甲厂"]) == (code, "1")  # the first stands
    assert all(found.own_name(name) == "甲厂" for name in ("老厂", "旧厂", "前厂"))


RECORD = "warning_id,city,counties,action,level,starts,ends,issued,primary,grading,basis,reason"


def test_places_of_a_record_go_by_their_standard_names(law: Rulebook, tmp_path: Path) -> None:
    row = "a,{},{},issue,orange,2020-01-03 00:00,,2020-01-02 15:00,,,,"
    path = of(tmp_path, RECORD, row.format("太原", "尖草坪、小店区"))
    found = read_warnings(path, law.lists)
    assert found[["city", "counties"]].to_numpy().tolist() == [["太原市", "尖草坪区;小店区"]]
    with pytest.raises(InputError) as caught:
        read_warnings(of(tmp_path, RECORD, row.format("太原市", "尖草平区")), law.lists)
    [one] = caught.value.problems
    assert (one.code, one.row, one.value) == ("no_county_of_city", 2, "尖草平区")
    assert "尖草坪区" in one.text("zh")


def test_numbers_beyond_every_whole_number_are_told_without_a_warning(law: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "list.parquet"
    table = {name: [1.0] for name in HEAD.split(",")} | {"设备数量": np.array([np.inf])}
    pd.DataFrame({**table, "企业名称": ["甲厂"], "城市": ["太原市"]}).to_parquet(path)
    assert [one.value for one in read_list(path, law.lists).problems if one.column == "设备数量"] == ["inf"]


ORDER = {
    "enterprise_id": "91140000000000000X", "enterprise": "甲厂", "line_id": "1", "level": "orange", "status": "ordered",
    "starts": "2021-01-09 00:00", "ends": "2021-01-12 00:00", "measure": "limit", "share": "0.5",
}  # fmt: skip


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("share", "5"), ("share", "50%"), ("share", "-0.1"), ("ends", "2021-01-01 00:00"),
        ("enterprise_id", "9.114E+17"), ("measure", "stopp"), ("level", "orenge"), ("nox_kg_d", "1,2"),
    ],
)  # fmt: skip
def test_an_order_changed_by_hand_is_refused_in_the_words_of_its_reader(tmp_path: Path, column: str, text: str) -> None:
    """A share above 1, an end before the beginning or a ruined code would ask another thing, or nothing."""
    row = ORDER | {column: text}
    path = of(tmp_path, ",".join(ORDER_COLUMNS), ",".join(f'"{row.get(name, "")}"' for name in ORDER_COLUMNS))
    with pytest.raises(InputError) as caught:
        read_orders(path)
    [one] = caught.value.problems
    assert (one.row, one.column, one.value) == (2, column, text)
    assert not re.search("number|codes|joined|YYYY", one.words("zh")[1])


def test_a_city_of_a_notice_that_is_not_known_is_said_with_the_nearest(law: Rulebook, tmp_path: Path) -> None:
    """The notice counts for the other cities it names; that one was left out of it stood nowhere."""
    head, when = "地区,级别,开始时间,结束时间", "红色,2020-01-03 00:00,2020-01-05 00:00"
    path = of(
        tmp_path, head, f"太原市、太愿市,{when}", f"各市,{when}", f"全省其他设区市,{when}", f"大同市和阳泉市,{when}"
    )
    found, problems = read_alerts(path, law.lists)
    assert found[0].cities == ("太原市",)
    assert [(one.code, one.row, one.value) for one in problems] == [("notice_city_unknown", 2, "太愿市")]
    assert "太原市" in problems[0].text("zh")


def ids_of(law: Rulebook, folder: Path, *rows: tuple[str, str]) -> tuple[list[str], list[str]]:
    """The ids of lines with a code and a name each, and the codes of what was asked."""
    text = [
        f"{code},{LINE.format(name)}".replace(",铸造,1,", f",铸造,{at},") for at, (code, name) in enumerate(rows, 1)
    ]
    found = read_list(of(folder, "统一社会信用代码," + HEAD, *text), law.lists)
    return found.lines["enterprise_id"].tolist(), [one.code for one in found.problems]


CODE = "91140100MA0A00000W"


@pytest.mark.parametrize(
    "text", ["'" + CODE, "9114 0100 MA0A 0000 0W", f"统一社会信用代码：{CODE}", "91140100-MA0A00000-W"]
)
def test_a_code_is_what_it_is_whatever_stands_between_its_signs(law: Rulebook, tmp_path: Path, text: str) -> None:
    assert ids_of(law, tmp_path, (text, "甲厂"), (CODE, "甲厂")) == ([CODE, CODE], [])


def test_a_code_of_which_a_spreadsheet_kept_fifteen_figures_tells_nobody(law: Rulebook, tmp_path: Path) -> None:
    ids, asked = ids_of(law, tmp_path, ("911401000000000000", "甲厂"), ("911401000000000000", "乙厂"))
    assert len(set(ids)) == 2
    assert asked == ["bad_cell", "bad_cell"]


@pytest.mark.parametrize("names", [("甲·乙厂", "甲•乙厂", "甲・乙厂"), ("甲-乙厂", "甲—乙厂", "甲－乙厂")])
def test_dots_and_dashes_of_any_form_are_one_name(law: Rulebook, tmp_path: Path, names: tuple[str, ...]) -> None:
    ids, asked = ids_of(law, tmp_path, *(("", name) for name in names))
    assert (len(set(ids)), asked) == (1, [])


def test_names_that_differ_in_case_alone_are_asked_about(law: Rulebook, tmp_path: Path) -> None:
    ids, asked = ids_of(law, tmp_path, ("", "ABC铸造厂"), ("", "abc铸造厂"))
    assert (len(set(ids)), asked) == (2, ["plants_alike"])


def list_codes(law: Rulebook, path: Path) -> list[str]:
    return [one.code for one in read_list(path, law.lists).problems]


@pytest.mark.parametrize(
    ("ids", "told"),
    [
        ("1 01", 1),
        ("1 １", 1),
        ("1# 1\u3000#", 1),
        ("a1 A1", 1),
        ("2 2.0", 1),
        ("1 2", 0),
        ("10 1", 0),
        ("1 01 001", 2),
    ],
)
def test_a_line_is_not_doubled_by_the_spelling_of_its_id(law: Rulebook, tmp_path: Path, ids: str, told: int) -> None:
    """The kilograms of a plant counted twice without a word."""
    rows = [LINE.format("甲厂").replace(",1,", f",{number},", 1) for number in ids.split(" ")]
    assert list_codes(law, of(tmp_path, HEAD, *rows)) == ["lines_alike"] * told


@pytest.mark.parametrize(
    ("header", "near"),
    [
        ("民生保障类型", "保障类型"),
        ("红色预警应急减排措施", "红色预警减排措施"),
        ("绩效级别", "绩效等级"),
        ("备注", ""),
    ],
)
def test_a_column_under_nearly_a_header_is_asked_about(law: Rulebook, tmp_path: Path, header: str, near: str) -> None:
    """A guarantee under a header of somebody's own was left out, and the boiler stopped, without a word."""
    found = read_list(of(tmp_path, f"{HEAD},{header}", f"{LINE.format('甲厂')},x"), law.lists).problems
    assert [(one.column, dict(one.arguments)["near"]) for one in found] == ([(header, near)] if near else [])


def test_headers_with_whether_and_where_before_them(law: Rulebook, tmp_path: Path) -> None:
    head = HEAD.replace("行业", "所属行业") + ",所在区县,是否超低排放"
    lines = read_list(of(tmp_path, head, f"{LINE.format('甲厂')},尖草坪区,是"), law.lists).lines
    assert lines[["industry", "county", "ultra_low"]].iloc[0].tolist() == ["铸造", "尖草坪区", True]


@pytest.mark.parametrize(("cell", "load"), [("0.8", None), ("80%", 80), ("0.8%", 0.8), ("80", 80)])
def test_a_load_may_be_a_fraction(law: Rulebook, tmp_path: Path, cell: str, load: float | None) -> None:
    """A load of 0.8 read as 0.8 % leaves nothing to reduce."""
    found = read_list(of(tmp_path, f"{HEAD},生产负荷(%)", f"{LINE.format('甲厂')},{cell}"), law.lists)
    assert ([one.code for one in found.problems] == ["share_fraction"]) == (load is None)
    assert found.lines["load_pct"].isna().iloc[0] if load is None else found.lines["load_pct"].iloc[0] == load


@pytest.mark.parametrize("mark", ["*", "。", "”"])
def test_a_mark_behind_a_name_makes_no_second_plant(law: Rulebook, tmp_path: Path, mark: str) -> None:
    path = of(tmp_path, HEAD, LINE.format("甲厂"), LINE.format(f"甲厂{mark}"))
    assert list_codes(law, path) == ["plants_alike"]


def test_the_mark_of_a_text_before_every_cell_is_no_part_of_it(law: Rulebook, tmp_path: Path) -> None:
    """Spreadsheets keep codes and days as texts by it, and some export it."""
    marked, plain = tmp_path / "marked.csv", tmp_path / "plain.csv"

    def write(header: str, *rows: str) -> None:
        plain.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
        cells = (",".join(f"'{cell}" if cell else "" for cell in row.split(",")) for row in rows)
        marked.write_text("\n".join((header, *cells)) + "\n", encoding="utf-8")

    write("统一社会信用代码," + HEAD, "91000000HCLF000013," + LINE.format("甲厂"), "," + LINE.format("乙厂"))
    one, two = (read_list(path, law.lists) for path in (marked, plain))
    pd.testing.assert_frame_equal(one.lines, two.lines)
    assert [problem.code for problem in one.problems] == [problem.code for problem in two.problems] == []
    write("发布时间,城市,日期,AQI", "2021-01-03 15:00,太原|临汾,2021-01-04,210", "2021-01-03 15:00,太原,2021-01-05,180")
    airs = [read_forecast(path, law.lists) for path in (marked, plain)]
    pd.testing.assert_frame_equal(airs[0].table, airs[1].table)
    assert len(airs[0].table) == 3
    write("企业名称,决定文号,决定日期,决定种类,理由", "甲厂,并环罚〔2021〕1号,2021-01-02,停产整治,超标排放")
    assert read_decisions(marked, Findings(""))[0].cells["day"] == "2021-01-02"
