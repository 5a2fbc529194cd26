"""Units and times that a list says in words, in number formats, behind each number or over three rows of headers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from alertengine.files.number_formats import as_shown, says_more
from alertengine.lists import EnterpriseList, read_list
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError
from tests.files.conftest import workbook

AMOUNTS = ["SO2排放量", "NOx排放量", "颗粒物排放量", "VOCs排放量"]
BARE = ["SO2", "NOx", "颗粒物", "VOCs"]
HEAD = ["企业名称", "城市", "行业", "生产线编号", "工序", *AMOUNTS, "年生产天数"]
#: 6 t of 300 days are 20 kg a day.
YEARLY, DAILY = 6, 20


def line(nox: Any, name: str = "甲厂", days: Any = 300, number: Any = 1) -> list[Any]:
    return [name, "太原市", "铸造", number, "熔炼", nox, nox, nox, nox, days]


def head(nox: str) -> list[str]:
    return [nox if one == "NOx排放量" else one.replace("排放量", "排放量(kg/d)") for one in HEAD]


@pytest.fixture(scope="module")
def law() -> Rulebook:
    return Rulebook.load()


def read(law: Rulebook, folder: Path, rows: list[Any], change: Any = None) -> EnterpriseList:
    return read_list(workbook(folder / "list.xlsx", rows, change), law.lists)


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (7.3, '0"吨/年"', "7.3吨/年"),
        (7.3, '#,##0.00" 吨/年"', "7.3吨/年"),
        (7.3, "0.0\\t\\/\\a", "7.3t/a"),
        (7.3, 'General"吨"', "7.3吨"),
        (7.3, '[=0]0;0"吨/年"', "7.3吨/年"),
        (0, '[=0]0;0"吨/年"', "0"),
        (20000, '[>=10000]0.0,"千吨";0"吨"', "20千吨"),
        (200, '[>=10000]0.0,"千吨";0"吨"', "200吨"),
        (0, '0"吨";-0"吨";"-"', "0"),
        (-3, '0"吨";-0"吨"', "-3吨"),
        (-3, '0"吨"_);[Red]\\(0"吨"\\)', "-3吨"),
        (-0.125, "0.0%;(0.0%)", "-12.5%"),
        (7.3, '[=0]"-";0"吨/年"', "7.3吨/年"),
        (0, '[=0]"无";0"吨/年"', "0"),
        (7.3, '0.0"吨"/"年"', "7.3吨/年"),  # what 0.0吨/年 becomes where it is typed
        (7.3, '0.0"(吨)"', "7.3(吨)"),
        (12345, "0.0,", "12.345"),
        (12345, '0!.0,"万吨"', "1.2345万吨"),
        (12345, '0\\.0000"万"', "1.2345万"),
        (0.29, "0%", "29%"),
        (80, '0"%"', "80%"),
        (1, "000", "001"),
        (1, '"DA"000', "DA001"),
        (2, '0"#"', "2#"),
        (1 / 3, '0"吨"', "0.3333333333333333吨"),
        (7.3, "0[$吨]", "7.3吨"),
        (7.3, "[$吨-804]#,##0.00", "吨7.3"),
        (7.3, "[Red]0.0[$t/a];-0.0[$t/a]", "7.3t/a"),
    ],
)
def test_a_number_format_shows_more_than_the_number(value: float, code: str, shown: str) -> None:
    assert (as_shown(value, code), says_more(code)) == (shown, True)


@pytest.mark.parametrize(
    "code",
    ["", "General", "0", "0.00_ ", "0.00_);(0.00)", "[红色]-0.0", "0.5", "# ??/100", "?/?", '"是";"否";"无"', "[>=.]0", "#,##0", '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "0_);[Red]\\(0\\)",
     "[$¥-804]#,##0.00", "0.00E+00", "# ?/?", "@", ";;;", 'yyyy"年"m"月"', "000-0000-0000"],
)  # fmt: skip
def test_other_formats_leave_the_number_as_it_is(code: str) -> None:
    assert (as_shown(7.0, code), says_more(code)) == ("7", False)


@pytest.mark.parametrize(
    ("header", "code", "value", "kilograms"),
    [
        ("NOx排放量", '0"吨/年"', YEARLY, DAILY),
        ("NOx排放量(吨/年)", '0"t/a"', YEARLY, DAILY),
        ("NOx年排放量", '0.0"吨"', YEARLY, DAILY),
        ("NOx排放量", '#,##0.0"千克/日"', DAILY, DAILY),
        ("NOx排放量(kg/d)", "0.0,", 1000 * DAILY, DAILY),
        ("NOx排放量(kg/d)", '0"吨/年"', YEARLY, None),
        ("NOx排放量", '0!.0,"万"', 20000, None),
    ],
)
def test_a_unit_in_a_number_format_counts_or_is_told(
    law: Rulebook, tmp_path: Path, header: str, code: str, value: float, kilograms: float | None
) -> None:
    """Tonnes of a year were read as kilograms of a day, and nothing was said."""

    def change(sheet: Any) -> None:
        sheet["G2"].number_format = code

    rows = [head(header), line(DAILY)]
    rows[1][6] = value
    found = read(law, tmp_path, rows, change)
    assert found.lines["nox_kg_d"].tolist() == pytest.approx([kilograms or float("nan")], nan_ok=True)
    assert [one.column for one in found.problems] == ([] if kilograms else [header])


@pytest.mark.parametrize(
    ("cells", "kilograms", "bad"),
    [
        (("6吨/年", "７．５ t/a"), (20, 25), 0),
        (("6吨/年", "0"), (20, 0), 0),
        (("20 kg/d", "20kg/d"), (20, 20), 0),
        (("6吨/年", "20"), (None, 20), 1),
        (("6吨/年", "20kg/d"), (None, None), 2),
        (("6左右", "20"), (None, 20), 1),
    ],
)
def test_a_unit_behind_every_number(
    law: Rulebook, tmp_path: Path, cells: tuple[str, ...], kilograms: tuple[Any, ...], bad: int
) -> None:
    rows = [HEAD, *(line(DAILY, name) for name in ("甲厂", "乙厂"))]
    for row, cell in zip(rows[1:], cells, strict=True):
        row[6] = cell
    found = read(law, tmp_path, rows)
    assert found.lines["nox_kg_d"].tolist() == pytest.approx(
        [float("nan") if one is None else one for one in kilograms], nan_ok=True
    )
    assert [one.code for one in found.problems] == ["bad_cell"] * bad
    assert [one.code for one in found.notes if one.code == "unit_in_cells"] == ["unit_in_cells"] * (not bad)


def test_days_with_their_word_behind_them_are_read(law: Rulebook, tmp_path: Path) -> None:
    found = read(law, tmp_path, [HEAD, line(DAILY, days="300天"), line(DAILY, "乙厂", "310 天")])
    assert (found.lines["production_days"].tolist(), found.problems) == ([300, 310], [])


def test_a_sheet_read_cell_by_cell_has_its_number_formats(law: Rulebook, tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet["G2"], sheet["G2"].number_format, sheet["XFD1048576"] = YEARLY, '0"吨/年"', "x"

    found = read(law, tmp_path, [HEAD, line(DAILY)], change)
    assert [one.code for one in found.notes if one.code in ("far_cells", "unit_in_cells")] == [
        "unit_in_cells", "far_cells",
    ]  # fmt: skip
    assert found.lines["nox_kg_d"].tolist() == [DAILY]


def test_leading_zeros_of_a_number_format_are_part_of_a_line(law: Rulebook, tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet["D2"].number_format = "000"

    assert read(law, tmp_path, [HEAD, line(DAILY)], change).lines["line_id"].tolist() == ["001"]


@pytest.mark.parametrize(
    ("header", "value"),
    [(one, YEARLY) for one in ("NOx年排放量(吨)", "NOx年排放量（t）", "年NOx排放量(吨)", "氮氧化物全年排放量(吨)",
                               "NOx年度排放量(t/a)", "2025年NOx排放量(吨)", "2025年度氮氧化物排放量（吨/年）", "NOx排放量(吨/每年)",
                               "NOx排放量(tons/year)")]
    + [(one, DAILY) for one in ("NOx日排放量(千克)", "NOx日均排放量(kg)", "NOx日排放量(kg/d)", "NOx每日排放量（公斤）", "NOx日排放量")],
)  # fmt: skip
def test_a_header_that_says_its_time_in_words(law: Rulebook, tmp_path: Path, header: str, value: float) -> None:
    rows = [head(header), line(DAILY)]
    rows[1][6] = value
    found = read(law, tmp_path, rows)
    assert (found.lines["nox_kg_d"].tolist(), found.problems) == ([DAILY], [])


@pytest.mark.parametrize("header", ["NOx年排放量", "NOx年排放量(kg/d)", "NOx日排放量(吨/年)", "NOx排放量(吨)"])
def test_a_time_without_its_mass_or_against_its_unit_is_refused(law: Rulebook, tmp_path: Path, header: str) -> None:
    with pytest.raises(InputError) as caught:
        read(law, tmp_path, [head(header), line(DAILY)])
    assert [(one.code, one.column) for one in caught.value.problems] == [("unit_unknown", header)]


def below(group: str, names: list[str], *rows: list[Any], value: float = YEARLY) -> list[Any]:
    upper: list[Any] = [None] * 5 + [group] + [None] * 4
    return [upper, [*HEAD[:5], *names, HEAD[-1]], *([None] * 5 + row + [None] for row in rows), line(value)]


@pytest.mark.parametrize("names", [AMOUNTS, BARE])
@pytest.mark.parametrize(
    ("group", "units", "kilograms"),
    [
        ("年排放量（吨）", [], DAILY),
        ("主要污染物年排放量(t)", [], DAILY),
        ("2025年污染物年排放量（吨）", [], DAILY),
        ("年度排放量（吨/年）", [], DAILY),
        ("年排放量", ["t"] * 4, DAILY),
        ("年排放量", ["吨/年"] * 4, DAILY),
        ("日排放量（千克）", [], YEARLY),
        ("排放量（吨）", [], None),
        ("年排放量", [], None),
        ("年排放量", ["kg/d"] * 4, None),
    ],
)
def test_a_group_that_says_the_time_of_its_amounts(
    law: Rulebook, tmp_path: Path, names: list[str], group: str, units: list[str], kilograms: float | None
) -> None:
    """Below 年排放量（吨） the column SO2排放量 was read in kilograms a day."""
    rows = below(group, names, *([units] if units else []))
    if kilograms is None:
        with pytest.raises(InputError, match="unit not understood"):
            read(law, tmp_path, rows)
    else:
        assert read(law, tmp_path, rows).lines["nox_kg_d"].tolist() == [kilograms]


@pytest.mark.parametrize(
    ("title", "kilograms"),
    [("2025年度大气污染物排放清单", YEARLY), ("年度污染物排放清单", YEARLY), ("（单位：千克/天）", YEARLY),
     ("某市污染物年排放情况（吨）", DAILY), ("2025年度大气污染物排放清单（吨）", None)],
)  # fmt: skip
def test_a_title_names_the_time_of_a_year_only_beside_a_mass(
    law: Rulebook, tmp_path: Path, title: str, kilograms: float | None
) -> None:
    """A unit in brackets without a word before it became that of every column."""
    rows = [[title], HEAD, line(YEARLY)]
    if kilograms is None:
        with pytest.raises(InputError, match="unit not understood"):
            read(law, tmp_path, rows)
    else:
        assert read(law, tmp_path, rows).lines["nox_kg_d"].tolist() == [kilograms]


def test_headers_over_three_rows(law: Rulebook, tmp_path: Path) -> None:
    """The third row became a plant without a name, and the measures of all plants were lost."""
    none: list[Any] = [None] * 3
    rows = [
        [*HEAD[:5], "污染物排放情况", *none, HEAD[-1], "应急减排措施", None],
        [*[None] * 5, "年排放量（吨）", *none, None, "红色预警", None],
        [*[None] * 5, *BARE, None, "减排措施", "减排比例(%)"],
        [*line(YEARLY), "限产50%", 50],
    ]
    found = read(law, tmp_path, rows)
    assert (found.lines["enterprise"].tolist(), found.problems) == (["甲厂"], [])
    assert found.lines[["nox_kg_d", "plan_red", "plan_red_share"]].to_numpy().tolist() == [[DAILY, "限产50%", 0.5]]


@pytest.mark.parametrize("name", ["2家", "共12家企业"])
def test_a_number_of_plants_is_no_plant(law: Rulebook, tmp_path: Path, name: str) -> None:
    """A sheet of sums by industry beside the list counted each plant's emission twice."""
    found = read(law, tmp_path, [HEAD, line(DAILY), line(DAILY, name, number=None)])
    assert (found.lines["enterprise"].tolist(), found.problems) == (["甲厂"], [])


@pytest.mark.parametrize("cell", ["<Null>", "(null)", "[NULL]", "\\N", ".", "<空>"])
def test_what_programs_write_for_nothing_is_a_blank(law: Rulebook, tmp_path: Path, cell: str) -> None:
    rows = [[*HEAD, "保障类型", "统一社会信用代码", "处罚决定文号", "区县"], [*line(DAILY), *[cell] * 4]]
    found = read(law, tmp_path, rows)
    assert found.problems == []
    assert found.lines[["guarantee", "decision_no", "county"]].isna().to_numpy().tolist() == [[False, True, True]]


@pytest.mark.parametrize("column", ["城市", "行业", "工序"])
def test_a_mark_for_the_cell_above_is_no_place_trade_or_process(law: Rulebook, tmp_path: Path, column: str) -> None:
    """It was asked about as the name of an industry outside the guide."""
    rows = [HEAD, line(DAILY), line(DAILY, "乙厂")]
    rows[2][HEAD.index(column)] = "同上"
    found = read(law, tmp_path, rows)
    told = [(one.code, one.row, one.column) for one in found.problems]
    assert told[0] == ("bad_cell", 3, column)
    assert [code for code, _, _ in told[1:]] == ["no_city"] * (column == "城市")


def test_a_measure_as_above_stays_one_beside_a_text_that_begins_with_a_sign(law: Rulebook, tmp_path: Path) -> None:
    rows = [[*HEAD, "橙色预警减排措施"], [*line(DAILY), "#1炉停产"], [*line(DAILY, number=2), "同上"]]
    assert read(law, tmp_path, rows).lines["plan_orange"].tolist() == ["#1炉停产"] * 2


@pytest.mark.parametrize(
    ("header", "cell", "unit"),
    [("年产能(万吨)", 120, "万吨/年"), ("日产能(吨)", 120, "吨/日"), ("年产能（万重箱/年）", 120, "万重箱/年"),
     ("产能", "120万吨/年", "万吨/年"), ("产能(万吨)", 120, "万吨"), ("产能", 120, None)],
)  # fmt: skip
def test_a_capacity_has_the_time_that_its_header_says(
    law: Rulebook, tmp_path: Path, header: str, cell: Any, unit: str | None
) -> None:
    """A column 年产能(万吨) was carried through unread, and no limit to a base could be worked out."""
    found = read(law, tmp_path, [[*HEAD, header], [*line(DAILY), cell]])
    said = found.lines["capacity_unit"]
    assert (found.lines["capacity"].tolist(), found.problems) == ([120], [])
    assert said.isna().all() if unit is None else said.tolist() == [unit]


def test_sheets_in_two_units_are_refused_by_name(law: Rulebook, tmp_path: Path) -> None:
    """Two columns of one field were told where each sheet has one."""

    def change(sheet: Any) -> None:
        sheet.title = "甲县"
        other = sheet.parent.create_sheet("乙县")
        for row in ([one.replace("NOx排放量", "NOx排放量(吨/年)") for one in HEAD], line(YEARLY, "乙厂")):
            other.append(row)

    with pytest.raises(InputError, match=r"NOx排放量（甲县） and NOx排放量\(吨/年\)（乙县）"):
        read(law, tmp_path, [HEAD, line(DAILY)], change)
