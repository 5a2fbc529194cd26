"""Tables as they come: any delimiter, encoding and place of the header; what is no row is left out and said."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from alertengine.audit import read_evidence
from alertengine.files import encoding_of, read_table
from alertengine.lists import LIST_SCHEMA, EnterpriseList, read_list
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError, Problem
from alertengine.warning import Forecast, read_forecast

from .conftest import FORECAST, LIST, ahead, csv_text, line, workbook

ROWS = [FORECAST, ahead("太原市", 3, 240), ahead("太原市", 4, 260)]


def codes(problems: list[Problem]) -> list[str]:
    return [one.code for one in problems]


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_forecasts_and_lists_in_any_delimiter_and_encoding(
    book: Rulebook, tmp_path: Path, delimiter: str, encoding: str
) -> None:
    found = read_forecast(write(tmp_path / "f.csv", csv_text(ROWS, delimiter), encoding), book)
    assert found.table["aqi_mid"].tolist() == [240, 260]
    assert not found.problems
    rows = [LIST, line("合成铸造甲"), line("合成铸造乙")]
    lines = read_list(write(tmp_path / "l.csv", csv_text(rows, delimiter), encoding), book)
    assert lines.lines["enterprise"].tolist() == ["合成铸造甲", "合成铸造乙"]
    assert lines.protocol is not None
    assert lines.protocol.encoding[:5] == encoding[:5]


@pytest.mark.parametrize(
    "text",
    [
        csv_text(ROWS, end="\r"),
        csv_text(ROWS, end="\r\n"),
        "sep=;\n" + csv_text(ROWS, ";"),
        "sep=|\n" + csv_text(ROWS, "|"),
        "太原市空气质量预报,,,,,\n填报：预报科,,,,,\n" + csv_text(ROWS),
        "\n\n" + csv_text(ROWS) + "\n,,,,,\n",
        csv_text(ROWS) + "注：AQI按HJ 633,,,,,\n制表：某某,,审核：某某,,,\n",
    ],
)
def test_what_stands_around_a_forecast(book: Rulebook, tmp_path: Path, text: str) -> None:
    found = read_forecast(write(tmp_path / "f.csv", text), book)
    assert found.table["aqi_mid"].tolist() == [240, 260]
    assert not found.problems


def test_gz_and_parquet(book: Rulebook, tmp_path: Path) -> None:
    packed = tmp_path / "f.csv.gz"
    packed.write_bytes(gzip.compress(csv_text(ROWS).encode("gb18030")))
    assert read_forecast(packed, book).table["aqi_mid"].tolist() == [240, 260]
    pd.DataFrame(ROWS[1:], columns=ROWS[0]).to_parquet(tmp_path / "f.parquet")
    assert read_forecast(tmp_path / "f.parquet", book).table["aqi_mid"].tolist() == [240, 260]
    (tmp_path / "broken.csv.gz").write_bytes(packed.read_bytes()[:-9])
    with pytest.raises(InputError) as refused:
        read_forecast(tmp_path / "broken.csv.gz", book)
    assert codes(refused.value.problems) == ["not_unpacked"]


def test_big5_is_refused_by_name(book: Rulebook, tmp_path: Path) -> None:
    text = csv_text([["企業名稱", "城市", "行業"], ["合成鑄造廠有限公司", "太原市", "鑄造"]])
    with pytest.raises(InputError) as refused:
        read_list(write(tmp_path / "l.csv", text, "big5"), book)
    assert codes(refused.value.problems) == ["big5_file"]


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        ("city,AQI\n太原,90\n", "gb18030", "gb18030"),  # the bytes of 太原 are UTF-8 too
        ("city,PM2.5(µg/m³)\n太原,90\n", "utf-8", "utf-8"),
        ("city,PM2.5(µg/m³)\nTaiyuan,90\n", "utf-8", "utf-8"),
        ("企业名称,城市\n𠮷田,太原\n", "gb18030", "gb18030"),
        ("a,b\n1,2\n", "utf-8", "utf-8"),
    ],
)
def test_an_encoding_is_told_from_the_bytes(text: str, encoding: str, told: str) -> None:
    assert encoding_of(text.encode(encoding)) == told


def test_an_open_quote_is_said_by_row(book: Rulebook, tmp_path: Path) -> None:
    rows = csv_text([LIST, line("合成铸造甲"), line("合成铸造乙"), line("合成铸造丙")])
    with pytest.raises(InputError) as refused:
        read_list(write(tmp_path / "l.csv", rows.replace("合成铸造乙", '"合成铸造乙')), book)
    assert [(one.code, one.row) for one in refused.value.problems] == [("quote_open", 3)]


# -- rows that are none of the table


@pytest.mark.parametrize("name", ["太原市合计", "全市总计", "尖草坪区小计", "合　计", "总 计", "共计：2家", "汇总"])
def test_sums_are_left_out_and_compared(listed: Callable[..., EnterpriseList], name: str) -> None:
    both = [line("合成铸造甲"), line("合成铸造乙")]
    sums = {"行业": None, "工序": None, "生产线编号": None, "绩效等级": None}
    right = {"SO2排放量": 20, "NOx排放量": 40, "颗粒物排放量": 10, "VOCs排放量": 2}
    found = listed(*both, line(name, **sums, **right))
    assert found.lines["enterprise"].tolist() == ["合成铸造甲", "合成铸造乙"]
    assert codes(found.notes)[0] == "left_out_sum"
    assert not found.problems
    wrong = listed(*both, line(name, **sums, **right | {"NOx排放量": 60}))
    assert [(one.code, one.row, one.column, one.value) for one in wrong.problems] == [
        ("sum_differs", 4, "NOx排放量", "60")
    ]
    assert len(wrong.lines) == 2


def test_a_sum_of_a_place_and_a_sum_of_all(listed: Callable[..., EnterpriseList]) -> None:
    sums = {"行业": None, "工序": None, "生产线编号": None, "绩效等级": None, "区县": None}
    amounts = {"SO2排放量": 10, "NOx排放量": 20, "颗粒物排放量": 5, "VOCs排放量": 1}
    twice = {name: 2 * value for name, value in amounts.items()}
    found = listed(
        line("甲厂", 区县="尖草坪区"),
        line("尖草坪区小计", **sums, **amounts),
        line("乙厂", 区县="杏花岭区"),
        line("杏花岭区小计", **sums, **amounts),
        line("全市合计", **sums, **twice),
    )
    assert (len(found.lines), found.problems) == (2, [])


@pytest.mark.parametrize(
    "name", ["其中：尖草坪区", "其中,尖草坪区", "全县合计（2家）", "本页小计", "总 计", "尖草坪区汇总"]
)
def test_a_sum_whose_row_is_filled_throughout_is_left_out(listed: Callable[..., EnterpriseList], name: str) -> None:
    right = {"SO2排放量": 20, "NOx排放量": 40, "颗粒物排放量": 10, "VOCs排放量": 2}
    found = listed(line("合成铸造甲"), line("合成铸造乙"), line(name, **right))
    assert found.lines["enterprise"].tolist() == ["合成铸造甲", "合成铸造乙"]
    assert codes(found.notes)[0] == "left_out_sum"
    assert not found.problems
    wrong = listed(line("合成铸造甲"), line("合成铸造乙"), line(name, **right | {"NOx排放量": 20}))
    assert codes(wrong.problems) == ["sum_differs"]


def test_a_plant_that_is_called_like_a_sum_stays(listed: Callable[..., EnterpriseList]) -> None:
    found = listed(line("太原市共计科技有限公司"), line("注塑合成厂"), line("说明书印刷合计"))
    assert len(found.lines) == 3


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ([*range(1, len(LIST) + 1)], "left_out_numbers"),
        ([f"({number})" for number in range(1, len(LIST) + 1)], "left_out_numbers"),
        ([*"甲乙丙丁戊己庚辛", *range(1, len(LIST) - 7)], "left_out_numbers"),
        ([*"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(LIST)]], "left_out_numbers"),
        ([*"七八九十", *(f"十{one}" for one in "一二三四五六七八九"), "二十"], "left_out_numbers"),
        (LIST, "left_out_header"),
        ([*[None] * 9, *["千克/日"] * 4, "%"], "left_out_units"),
        (["填表人：李某", None, None, "审核人：张某", *[None] * 10], "note_left_out"),
        ([None, "制表：某某", *[None] * 12], "note_left_out"),
        (["单位（盖章）", None, "2020年9月1日", *[None] * 11], "note_left_out"),
        (["分管领导", "王某", *[None] * 12], "note_left_out"),
        ([None, "审核人：", "王某某", "填表人", "李某", "2020.9.1", *[None] * 8], "note_left_out"),
        (["一、尖草坪区（1家）", *[None] * 13], "left_out_heading"),
        ([None, "（二）铸造", *[None] * 12], "left_out_heading"),
    ],
)
def test_rows_below_the_header_that_are_none(listed: Callable[..., EnterpriseList], row: list[Any], code: str) -> None:
    found = listed(row, line("合成铸造甲"))
    assert found.lines["enterprise"].tolist() == ["合成铸造甲"]
    assert codes(found.notes)[0] == code
    assert found.lines["so2_kg_d"].tolist() == [10]
    assert not found.problems


def test_a_row_of_units_is_understood(listed: Callable[..., EnterpriseList]) -> None:
    units = [*[None] * 9, *["吨/年"] * 4, "%"]
    found = listed(units, line("合成铸造甲", SO2排放量=3.65))
    assert found.lines["so2_kg_d"].tolist() == [10]


def test_repeated_headers_of_printed_pages(listed: Callable[..., EnterpriseList]) -> None:
    found = listed(line("甲厂"), LIST, line("乙厂"), LIST, line("丙厂"))
    assert found.lines["enterprise"].tolist() == ["甲厂", "乙厂", "丙厂"]
    assert found.rows.tolist() == [2, 4, 6]


def test_codes_that_a_spreadsheet_ruined(listed: Callable[..., EnterpriseList]) -> None:
    ruined = {"统一社会信用代码": "9.11401E+17"}
    found = listed(line("甲厂", **ruined), line("乙厂", **ruined))
    assert found.lines["enterprise_id"].nunique() == 2
    assert [(one.row, one.value) for one in found.problems] == [(2, "9.11401E+17"), (3, "9.11401E+17")]


def test_a_fraction_among_shares_in_per_cent(listed: Callable[..., EnterpriseList]) -> None:
    share = "红色减排比例(%)"
    found = listed(line("甲厂", **{share: "50%"}), line("甲厂", 2, **{share: "0.5"}))
    assert found.lines["plan_red_share"].tolist()[0] == 0.5
    assert pd.isna(found.lines["plan_red_share"].tolist()[1])
    assert [(one.row, one.value) for one in found.problems] == [(3, "0.5")]


# -- workbooks


def test_failed_formulas_are_bad_cells(book: Rulebook, tmp_path: Path) -> None:
    rows = [LIST, *(line("甲厂", number, 保障类型="供暖") for number in (1, 2, 3))]

    def change(sheet: Any) -> None:
        sheet["I3"], sheet["I4"], sheet["K2"] = "#N/A", "#REF!", "=10*2"
        sheet["I3"].data_type = sheet["I4"].data_type = "e"

    found = read_list(workbook(tmp_path / "l.xlsx", rows, change), book)
    assert sorted((one.row, one.column, one.value) for one in found.problems) == [
        (2, "NOx排放量", "#FORMULA! 10*2"), (3, "保障类型", "#N/A"), (4, "保障类型", "#REF!"),
    ]  # fmt: skip
    guarantee = found.lines["guarantee"].astype("object")
    assert (guarantee[0], guarantee[1:].isna().all()) == ("供暖", True)  # unknown, never none
    assert found.lines["nox_kg_d"].isna().tolist() == [True, False, False]


def test_an_error_in_a_forecast_is_named(book: Rulebook, tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet["E3"] = "#N/A"
        sheet["E3"].data_type = "e"

    found = read_forecast(workbook(tmp_path / "f.xlsx", ROWS, change), book)
    assert (3, "aqi", "#N/A") in [(one.row, one.column, one.value) for one in found.problems]


def test_a_number_format_says_that_it_is_per_cent(book: Rulebook, tmp_path: Path) -> None:
    share = "红色减排比例(%)"
    rows = [LIST, line("甲厂", **{share: 1}), line("甲厂", 2, **{share: 0.5}), line("甲厂", 3, **{share: 20})]

    def change(sheet: Any) -> None:
        sheet["N2"].number_format, sheet["N3"].number_format = "0%", "[Red]0.0%;-0.0%"

    found = read_list(workbook(tmp_path / "l.xlsx", rows, change), book)
    assert found.lines["plan_red_share"].tolist() == [1, 0.5, 0.2]


@pytest.mark.parametrize("epoch", [1900, 1904])
def test_dates_of_both_epochs(book: Rulebook, tmp_path: Path, epoch: int) -> None:
    def change(sheet: Any) -> None:
        sheet["D2"] = pd.Timestamp(2020, 1, 3).to_pydatetime()
        sheet.parent.epoch = {1900: WINDOWS_EPOCH, 1904: MAC_EPOCH}[epoch]

    found = read_forecast(workbook(tmp_path / "f.xlsx", ROWS[:2], change), book)
    assert found.table["start"].tolist() == [pd.Timestamp(2020, 1, 3)]


def test_hidden_rows_and_columns_are_read_and_said_hidden_sheets_only_said(book: Rulebook, tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["D"].hidden = True
        old = sheet.parent.create_sheet("旧清单")
        for row in (LIST, line("丙厂")):
            old.append(row)
        old.sheet_state = "hidden"

    path = workbook(tmp_path / "l.xlsx", [LIST, line("甲厂"), line("乙厂")], change)
    found = read_list(path, book)
    assert found.lines["enterprise"].tolist() == ["甲厂", "乙厂"]
    assert {"hidden_rows", "hidden_columns", "hidden_sheets"} <= set(codes(found.notes))
    assert [(one.code, one.sheet) for one in found.problems] == [("hidden_table", "旧清单")]
    assert read_list(path, book, sheet="旧清单").lines["enterprise"].tolist() == ["丙厂"]
    assert found.protocol is not None
    assert found.protocol.sheets[0].hidden_rows == 1


@pytest.mark.parametrize(
    ("hidden", "names", "asked"),
    [
        ([LIST, line("甲厂")], ["甲厂"], []),  # nothing that is not shown
        ([["说明", "勿改"]], ["甲厂"], []),
        ([LIST, line("甲厂"), line("丙厂"), line("丁厂")], ["甲厂"], [2]),
    ],
)
@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_asked_about_where_it_holds_more(
    book: Rulebook, tmp_path: Path, state: str, hidden: list[Any], names: list[str], asked: list[int]
) -> None:
    def change(sheet: Any) -> None:
        other = sheet.parent.create_sheet("底稿", 0)
        for row in hidden:
            other.append(row)
        other.sheet_state = state

    found = read_list(workbook(tmp_path / "l.xlsx", [LIST, line("甲厂")], change), book)
    assert found.lines["enterprise"].tolist() == names
    assert [dict(one.arguments)["count"] for one in found.problems if one.code == "hidden_table"] == asked
    assert "hidden_sheets" in codes(found.notes)


def test_a_table_on_a_hidden_sheet_alone_is_read_and_said(book: Rulebook, tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet.sheet_state = "hidden"
        sheet.parent.create_sheet("封面").append(["某市清单"])

    found = read_list(workbook(tmp_path / "l.xlsx", [LIST, line("甲厂")], change), book)
    assert found.lines["enterprise"].tolist() == ["甲厂"]
    assert "hidden_read" in codes(found.notes)


def test_merged_cities_are_filled_down_amounts_are_not(book: Rulebook, tmp_path: Path) -> None:
    rows = [FORECAST, *(ahead("太原市" if day == 3 else "", day, 200 + day) for day in (3, 4, 5))]

    def change(sheet: Any) -> None:
        sheet.merge_cells("C2:C4")
        sheet.merge_cells("E3:E4")

    found = read_forecast(workbook(tmp_path / "f.xlsx", rows, change), book)
    assert found.table["city"].tolist() == ["太原市"] * 2
    assert [(one.row, one.code) for one in found.problems] == [(3, "merged_alone"), (4, "no_value")]
    assert "merged_filled" in codes(found.notes)


def test_a_merged_range_below_the_last_row(book: Rulebook, tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet.merge_cells("B2:B5")

    found = read_list(workbook(tmp_path / "l.xlsx", [LIST, line("甲厂")], change), book)
    assert found.lines["enterprise"].tolist() == ["甲厂"]


def test_cover_sheets_and_several_sheets(book: Rulebook, tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        cover = sheet.parent.create_sheet("封面", 0)
        cover.append(["太原市应急减排清单"])
        more = sheet.parent.create_sheet("乙县")
        for row in (["尖草坪区清单"], [], LIST, line("乙厂"), line("合计", **dict.fromkeys(LIST[2:9]))):
            more.append(row)

    found = read_list(workbook(tmp_path / "l.xlsx", [LIST, line("甲厂")], change), book)
    assert found.lines["enterprise"].tolist() == ["甲厂", "乙厂"]
    assert found.protocol is not None
    assert found.protocol.not_read == ("封面",)
    assert [(one.kind, one.sheet, one.row) for one in found.protocol.left_out] == [("sum", "乙县", 5)]


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("下拉选项", ["城市", "区县", "行业", "工序", "绩效等级"]),
        ("Sheet2", ["行业", "工序", "绩效等级", "是否"]),
        ("字典", ["生产线编号", "绩效等级", "城市"]),
    ],
)
@pytest.mark.parametrize("hidden", [False, True])
def test_a_sheet_of_choices_gives_no_lines(
    book: Rulebook, tmp_path: Path, name: str, header: list[str], hidden: bool
) -> None:
    def change(sheet: Any) -> None:
        for place in (0, 2):  # before and behind the list
            more = sheet.parent.create_sheet(f"{name}{place or ''}", place)
            more.append(header)
            more.append(["太原市", "尖草坪区", "铸造", "熔炼", "C"][: len(header)])
            more.sheet_state = "hidden" if hidden else "visible"

    found = read_list(workbook(tmp_path / "l.xlsx", [LIST, line("甲厂")], change), book)
    assert found.lines["enterprise"].tolist() == ["甲厂"]
    assert (found.exit_status, codes(found.notes)[0]) == (0, "hidden_sheets" if hidden else "sheets_of_choices")


@pytest.mark.parametrize("left", [range(2, len(LIST)), (0, 4, 5, 6)])  # with amounts, or with the codes of plants
def test_a_sheet_of_lines_without_their_plants_is_read_and_asked_about(
    book: Rulebook, tmp_path: Path, left: Sequence[int]
) -> None:
    def change(sheet: Any) -> None:
        more = sheet.parent.create_sheet("乙县")
        for row in (LIST, line("乙厂", 统一社会信用代码="91140000HC0000001X")):
            more.append([row[place] for place in left])

    found = read_list(workbook(tmp_path / "l.xlsx", [LIST, line("甲厂")], change), book)
    assert (len(found.lines), "no_name" in codes(found.problems)) == (2, True)


@pytest.mark.parametrize(
    ("sheet", "cell", "county", "noted"),
    [
        ("尖草坪区", None, "尖草坪区", True),
        ("尖草坪", "—", "尖草坪区", True),
        ("附件2 尖草坪区重点企业清单（2026年）", None, "尖草坪区", True),
        ("应急减排清单-尖草坪区", None, "尖草坪区", True),
        ("太原市尖草坪区12家", None, "尖草坪区", True),
        ("尖草坪区以外", None, None, False),
        ("尖草坪区、小店区企业", None, None, False),
        ("尖草坪区", "小店区", "小店区", False),  # what the line says counts
        ("尧都区", None, None, False),  # of another city
        ("企业清单", None, None, False),
    ],
)
def test_a_sheet_named_after_a_county_says_it(
    book: Rulebook, tmp_path: Path, sheet: str, cell: str | None, county: str | None, noted: bool
) -> None:
    def change(page: Any) -> None:
        page.title = sheet

    found = read_list(workbook(tmp_path / "l.xlsx", [LIST, line("甲厂", 区县=cell)], change), book)
    assert found.lines["county"].astype("object").where(found.lines["county"].notna(), None).tolist() == [county]
    assert ("county_of_sheet" in codes(found.notes), found.exit_status) == (noted, 0)


def test_a_sheet_names_no_county_of_a_city_whose_counties_are_not_on_file(book: Rulebook, tmp_path: Path) -> None:
    path = workbook(tmp_path / "l.xlsx", [LIST, line("甲厂", 城市="北京市", 区县=None)])
    assert read_list(path, book).lines["county"].isna().all()


@pytest.mark.parametrize("group", ["应急减排措施", "重污染天气应急减排措施", "各级别预警减排措施", "响应期间减排措施"])
@pytest.mark.parametrize("levels", [("黄色", "橙色", "红色"), ("黄色预警", "橙色预警", "红色预警")])
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_measures_of_levels_below_a_group_are_read(
    book: Rulebook, tmp_path: Path, group: str, levels: tuple[str, ...], suffix: str
) -> None:
    """As lists are printed: 应急减排措施 stands over the levels, every other header over two rows."""
    said = ("限产20%", "限产30%", "停产")
    rows = [[*LIST, group, None, None], [*[None] * len(LIST), *levels], [*line("甲厂"), *said]]
    path = tmp_path / f"l.{suffix}"
    if suffix == "csv":
        path.write_text(csv_text(rows), encoding="utf-8")
    else:
        workbook(path, rows)
    found = read_list(path, book)
    assert found.lines[["plan_yellow", "plan_orange", "plan_red"]].to_numpy().tolist() == [list(said)]
    assert found.problems == []


@pytest.mark.parametrize("below", [["Ⅲ级", "Ⅱ级", "Ⅰ级"], ["措施", "比例", None]])
def test_a_second_row_of_headers_that_is_not_understood_is_no_line(
    book: Rulebook, tmp_path: Path, below: list[str | None]
) -> None:
    """Read as one it was a plant without a name, and the measures were lost."""
    rows = [
        [*LIST, "黄色预警减排措施", None, None],
        [*[None] * len(LIST), *below],
        [*line("甲厂"), "停产", "100%", None],
    ]
    with pytest.raises(InputError) as error:
        read_list(workbook(tmp_path / "l.xlsx", rows), book)
    assert [(one.code, one.row) for one in error.value.problems] == [("other_header", 2)]


def test_a_remark_beside_the_table_is_no_header(book: Rulebook, tmp_path: Path) -> None:
    rows = [[*LIST, None, None], [*[None] * len(LIST), None, "见附件"], [*line("甲厂"), None, None]]
    assert read_list(workbook(tmp_path / "l.xlsx", rows), book).lines["enterprise"].dropna().tolist() == ["甲厂"]


@pytest.mark.parametrize(
    ("title", "count"), [(["太原市应急减排清单（续）"], 2), ([None, "续表"], 2), (["丙厂", "太原市"], 3)]
)
def test_a_title_above_a_header_that_stands_again_is_no_plant(
    book: Rulebook, tmp_path: Path, title: list[str | None], count: int
) -> None:
    rows = [LIST, line("甲厂"), [None, *title], LIST, line("乙厂")]
    assert len(read_list(workbook(tmp_path / "l.xlsx", rows), book).lines) == count


def _bytes_read(book: Rulebook, path: Path, data: bytes) -> EnterpriseList:
    path.write_bytes(data)
    return read_list(path, book)


@pytest.mark.parametrize("end", [b"", b"\x1a", b"\r\n\x1a", b"\0" * 9, b"\r\n\0\0"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_what_old_programs_and_disks_leave_at_the_end_is_no_row(
    book: Rulebook, tmp_path: Path, end: bytes, encoding: str
) -> None:
    data = csv_text([LIST, line("甲厂"), line("乙厂")]).strip().encode(encoding) + end
    found = _bytes_read(book, tmp_path / "l.csv", data)
    assert (found.lines["enterprise"].tolist(), found.problems) == (["甲厂", "乙厂"], [])


@pytest.mark.parametrize(
    ("left", "end", "codes_"), [(3, "", ["row_cut"]), (3, "\n", []), (3, "\n" + csv_text([line("乙厂")]), [])]
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_last_row_cut_short_without_a_line_end_is_asked_about(
    book: Rulebook, tmp_path: Path, left: int, end: str, codes_: list[str], encoding: str
) -> None:
    """What a broken copy leaves: the plant would else have no emissions and no measure, and nobody be told."""
    rows = csv_text([LIST, line("丙厂"), line("甲厂")[:left]]).rstrip() + end
    found = _bytes_read(book, tmp_path / "l.csv", rows.encode(encoding))
    assert [code for code in codes(found.problems) if code == "row_cut"] == codes_
    assert ("short_rows" in codes(found.notes)) == (not codes_)


@pytest.mark.parametrize("sign", ["\u200b", "\ufeff", "\u00ad", "\u00a0", "\u3000", "\u200e"])
def test_signs_without_width_are_no_part_of_a_text(book: Rulebook, tmp_path: Path, sign: str) -> None:
    cells = [f"{sign}{cell}{sign}" if isinstance(cell, str) else cell for cell in [*line("甲厂"), "停产"]]
    path = tmp_path / "l.csv"
    path.write_text(csv_text([[*LIST, "红色预警减排措施"], cells]), encoding="utf-8")
    row = read_list(path, book).lines.iloc[0]
    assert (row["enterprise"], row["line_id"], row["plan_red"], row["plan_red_share"]) == ("甲厂", "1", "停产", 1.0)


@pytest.mark.parametrize(
    ("unit", "other", "amount"),
    [
        ("千克/日", "kg/d", 1),
        ("千克/日", "", 1),
        ("", "公斤/天", 1),
        ("吨/年", "t/a", 1000 / 365),
        ("吨/年", "", None),
        ("kg/d", "t/d", None),
    ],
)
def test_sheets_in_one_unit_are_read_however_it_is_spelt(
    book: Rulebook, tmp_path: Path, unit: str, other: str, amount: float | None
) -> None:
    def headers(said: str) -> list[str]:
        return [f"{name}({said})" if said and name.endswith("排放量") else name for name in LIST]

    def change(sheet: Any) -> None:
        sheet.title, more = "甲县", sheet.parent.create_sheet("乙县")
        for row in (headers(other), line("乙厂", SO2排放量=1)):
            more.append(row)

    path = workbook(tmp_path / "l.xlsx", [headers(unit), line("甲厂", SO2排放量=1)], change)
    if amount is not None:
        assert read_list(path, book).lines["so2_kg_d"].tolist() == pytest.approx([amount] * 2, abs=1e-6)
        return
    with pytest.raises(InputError, match="sheets have the field so2_kg_d") as error:
        read_list(path, book)
    assert {one.code for one in error.value.problems} == {"sheets_differ"}
    assert "甲县" in str(error.value)
    assert "乙县" in str(error.value)


def test_headers_over_two_rows_with_units(book: Rulebook, tmp_path: Path) -> None:
    above = [*LIST[:9], "排放量(吨/年)", None, None, None, "红色减排比例(%)"]
    below = [*[None] * 9, "SO2", "NOx", "颗粒物", "VOCs", None]
    rows = [above, below, line("甲厂", SO2排放量=3.65)]
    found = read_list(workbook(tmp_path / "l.xlsx", rows), book)
    assert found.lines["so2_kg_d"].tolist() == [10]
    assert found.protocol is not None
    assert (found.protocol.sheets[0].first_header, found.protocol.sheets[0].last_header) == (1, 2)


def test_units_in_the_headers_of_a_forecast(forecast: Callable[..., Forecast]) -> None:
    header = ["发布时间", "城市", "预报日期", "PM2.5(mg/m³)", "PM10(μg/m³)", "CO(μg/m3)", "O3-8h（µg/m³）"]
    found = forecast(["2020-01-02 15:00", "太原", "2020-01-03", 0.26, 390, 1200, 50], header=header)
    row = found.table.iloc[0]
    assert (row["pm25"], row["pm10"], row["co"], row["o3_8h"]) == (260, 390, pytest.approx(1.2), 50)
    with pytest.raises(InputError) as refused:
        forecast(["2020-01-02 15:00", "太原", "2020-01-03", 1], header=[*header[:3], "PM2.5(ppb)"])
    assert codes(refused.value.problems) == ["unit_unknown"]


def test_the_index_under_its_other_headers(forecast: Callable[..., Forecast]) -> None:
    for said in ("AQI指数", "空气质量指数", "空气质量指数(AQI)"):
        found = forecast(ahead("太原", 3, 240), header=[*FORECAST[:4], said, FORECAST[5]])
        assert found.table["aqi_mid"].tolist() == [240]


def test_rows_without_city_or_day_are_named(forecast: Callable[..., Forecast]) -> None:
    found = forecast(ahead("太原市", 3, 240), ahead("", 4, 240), [*ahead("太原市", 5, 240)[:3], "", 240, "PM2.5"])
    assert {(one.row, one.column) for one in found.problems} == {(3, "city"), (4, "target_date")}


def test_stamps_of_hours_in_the_column_of_days(forecast: Callable[..., Forecast]) -> None:
    rows = [[f"2020-01-03T{hour:02}:00:00", "太原", 260 if hour == 0 else 60] for hour in range(24)]
    found = forecast(*rows, header=["date", "city", "AQI"], observed=True)
    assert set(found.table["hours"]) == {1}
    assert found.table["start"].min() == pd.Timestamp("2020-01-02 23:00")  # the hour that ends at midnight
    assert found.notes


def test_evidence_stamped_at_its_end(tmp_path: Path) -> None:
    hours = "".join(f"1,甲,2021-12-10 {hour:02}:00,{hour}\n" for hour in range(1, 25))
    found = read_evidence(write(tmp_path / "e.csv", "户号,户名,时间,用电量(kWh)\n" + hours))
    assert found.table["time"].min() == pd.Timestamp("2021-12-10 00:00")
    assert found.table["time"].max() == pd.Timestamp("2021-12-10 23:00")
    assert codes(found.warnings) == ["end_stamps"]


def test_a_reading_has_its_protocol(tmp_path: Path) -> None:
    text = csv_text([LIST, line("甲厂"), line("合计", **dict.fromkeys(LIST[2:9]))])
    reading = read_table(write(tmp_path / "l.csv", text, "gb18030"), LIST_SCHEMA)
    protocol = reading.protocol
    assert (protocol.format, protocol.encoding, protocol.delimiter, protocol.rows) == ("csv", "gb18030", ",", 1)
    assert ("企业名称", ("enterprise",)) in protocol.columns
    assert [one.kind for one in protocol.left_out] == ["sum"]
    assert all(str(one) for one in protocol.said())
