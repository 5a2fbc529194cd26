"""The marked copy: coloured cells with comments, a first sheet, the rest as it came, no formulas."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font

from alertengine.checking import CheckRun, check_list, write_check
from alertengine.checking.lists.marked import AUTHOR, is_plain_number
from alertengine.lists import PROBLEMS_SHEET, read_list
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import SEVERITY_COLOUR, InputError
from tests.lists.conftest import BASE

from .conftest import DAY

EVIL = '=HYPERLINK("http://x")'


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """Two sheets with titles, a merged cell, a formula, a person's comment, and names that look like formulas."""
    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    for number, name in enumerate(("钢铁", "焦化")):
        sheet = book.active if number == 0 else book.create_sheet(name)
        assert sheet is not None
        sheet.title = name
        sheet.append([f"清单（合成）{name}"])
        sheet["A1"].font = Font(bold=True, color="FF0000FF")
        sheet.append([*BASE, "等级", "备注"])
        for line in (1, 2):
            row = {**BASE, "企业名称": f"合成{name}厂", "生产线编号": f"L{line}", "SO2排放量": 10.5}
            sheet.append([*row.values(), "A", "看" if line == 1 else EVIL])
        sheet.cell(3, 12).comment = Comment("人工批注", "张三")
        sheet["N1"] = "=SUM(F3:F4)"
        sheet.column_dimensions["B"].width = 33
    first = book["钢铁"]
    first.merge_cells("A3:A4")
    first["F3"] = "约10"
    cell = book["焦化"]["A3"]
    cell.value = EVIL
    cell.data_type = "s"
    book["焦化"]["A4"] = "=1+1"
    book["焦化"]["A4"].data_type = "s"
    book["焦化"]["J4"] = "Q"
    for row in (3, 4):
        book["焦化"].cell(row, 12).data_type = "s"
        first.cell(row, 12).data_type = "s"
    book.save(path)
    return path


def marked(run: CheckRun, path: Path) -> openpyxl.Workbook:
    write_check(run, path)
    return openpyxl.load_workbook(path)


def test_a_workbook_is_marked_in_place(workbook: Path, law: Rulebook, tmp_path: Path) -> None:
    run = check_list(law, workbook, DAY)
    book = marked(run, tmp_path / "marked.xlsx")
    assert book.sheetnames == [PROBLEMS_SHEET, "钢铁", "焦化"]
    bad = book["钢铁"]["F3"]
    assert bad.value == "约10"
    assert bad.fill.fgColor.rgb.endswith(SEVERITY_COLOUR["error"])
    assert bad.comment is not None
    assert "无法识别“约10”" in bad.comment.text
    assert book["焦化"]["J4"].fill.fgColor.rgb.endswith(SEVERITY_COLOUR["error"])
    other = book["焦化"]["F3"]
    assert (other.value, other.fill.fill_type, other.comment) == (10.5, None, None)


def test_the_rest_stays_as_it_came(workbook: Path, law: Rulebook, tmp_path: Path) -> None:
    book = marked(check_list(law, workbook, DAY), tmp_path / "marked.xlsx")
    before = openpyxl.load_workbook(workbook)
    for name in before.sheetnames:
        rows = zip(before[name].iter_rows(), book[name].iter_rows(), strict=True)
        for one, other in ((a, b) for left, right in rows for a, b in zip(left, right, strict=True)):
            assert (one.value, one.data_type) == (other.value, other.data_type)
        assert book[name].column_dimensions["B"].width == 33
        assert book[name]["A1"].font.color.rgb == "FF0000FF"
        assert book[name]["L3"].comment.text.startswith("人工批注")
    assert [str(area) for area in book["钢铁"].merged_cells.ranges] == ["A3:A4"]
    assert book["钢铁"]["N1"].data_type == "f"


def test_no_text_becomes_a_formula(workbook: Path, law: Rulebook, tmp_path: Path) -> None:
    book = marked(check_list(law, workbook, DAY), tmp_path / "marked.xlsx")
    formulas = [cell for row in book[PROBLEMS_SHEET].iter_rows() for cell in row if cell.data_type == "f"]
    assert formulas == []
    texts = {cell.value for row in book[PROBLEMS_SHEET].iter_rows() for cell in row}
    assert EVIL in texts  # the enterprise is named, as a text
    assert book["焦化"]["A3"].data_type == "s"


def test_the_sheet_of_problems_leads_to_the_rows(workbook: Path, law: Rulebook, tmp_path: Path) -> None:
    run = check_list(law, workbook, DAY)
    sheet = marked(run, tmp_path / "marked.xlsx")[PROBLEMS_SHEET]
    rows = list(sheet.iter_rows(min_row=3, values_only=True))
    assert len(rows) == len(run.findings)
    bad = next(row for row in rows if row[7] == "SO2排放量")
    assert bad[1:6] == ("错误", "无法识别", "钢铁", 3, "合成钢铁厂")
    assert sheet.cell(rows.index(bad) + 3, 5).hyperlink.location == "'钢铁'!A3"


def test_a_marked_copy_is_checked_again_like_the_list(workbook: Path, law: Rulebook, tmp_path: Path) -> None:
    first = check_list(law, workbook, DAY)
    path = tmp_path / "marked.xlsx"
    marked(first, path)
    again = check_list(law, path, DAY)
    assert [(f.kind, f.problem.sheet, f.problem.row, f.problem.value) for f in again.findings] == [
        (f.kind, f.problem.sheet, f.problem.row, f.problem.value) for f in first.findings
    ]
    book = openpyxl.load_workbook(path)
    book["钢铁"]["F3"] = 10
    book.save(path)
    mended = marked(check_list(law, path, DAY), path)
    assert mended.sheetnames.count(PROBLEMS_SHEET) == 1
    cell = mended["钢铁"]["F3"]
    assert (cell.value, cell.comment, cell.fill.fill_type) == (10, None, None)


def test_problems_of_a_workbook_name_the_sheet(workbook: Path, law: Rulebook) -> None:
    content = read_list(workbook, law.lists)
    assert {(problem.file, problem.sheet) for problem in content.problems} == {
        (str(workbook), "钢铁"),
        (str(workbook), "焦化"),
    }
    assert content.sheets == ("钢铁", "钢铁", "焦化", "焦化")
    assert content.rows.tolist() == [3, 4, 3, 4]


def test_a_csv_becomes_a_workbook_with_its_rows_where_they_were(defective: CheckRun, tmp_path: Path) -> None:
    book = marked(defective, tmp_path / "marked.xlsx")
    assert len(book.sheetnames) == 2
    sheet = book[book.sheetnames[1]]
    lines = Path(defective.enterprises.file).read_text(encoding="utf-8-sig").splitlines()
    assert sheet.max_row == len(lines)
    places = {cell.value: cell.column for cell in sheet[1]}
    for finding in defective.findings:
        if finding.line is None or finding.kind == "guarantee_assumed":
            continue
        cell = sheet.cell(finding.problem.row, places[finding.problem.column])
        assert cell.fill.fgColor.rgb.endswith(SEVERITY_COLOUR[finding.problem.severity])
        assert finding.problem.words("zh")[0] in cell.comment.text
        assert cell.comment.author == AUTHOR
        told = (
            finding.problem.value.split(",")[0] if finding.kind == "outside_county" else finding.problem.value
        )  # two cells in one
        assert told.rstrip("%") in ("" if cell.value is None else str(cell.value))
    coloured = sum(cell.fill.fill_type is not None for row in sheet.iter_rows(min_row=2) for cell in row)
    assert coloured == len({(f.problem.row, f.problem.column) for f in defective.findings if f.line is not None})
    assert sheet["A2"].value == lines[1].split(",")[0]


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".ods"])
def test_other_suffixes_are_refused_or_written(defective: CheckRun, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"problems{suffix}"
    if suffix == ".csv":
        write_check(defective, path)
        assert path.is_file()
        return
    with pytest.raises(InputError, match="unknown suffix"):
        write_check(defective, path)


@pytest.mark.parametrize(
    ("text", "is_number"),
    [
        ("12", True), ("-3.5", True), ("0", True), ("0.5", True), ("01", False), ("1e5", False), ("12.", False),
        ("911400001234567", False), ("", False), ("１２", False), ("+5", False), ("-", False), ("3.50", True),
    ],
)  # fmt: skip
def test_only_plain_numbers_become_numbers(text: str, is_number: bool) -> None:
    assert is_plain_number(text) is is_number
