"""One table in every kind of file: the same cells, the same lines, the same problems."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest
import xlsxwriter

from alertengine.files import Limits, open_workbook
from alertengine.lists import EnterpriseList, read_list
from alertengine.rulebook import Rulebook

SHEET: Final = "企业清单"
HEADER: Final = (
    "企业名称", "城市", "区县", "行业", "工序", "生产线编号", "绩效等级", "SO2排放量(千克/日)", "NOx排放量(千克/日)",
    "颗粒物排放量(千克/日)", "VOCs排放量(千克/日)", "生产负荷(%)", "年生产天数", "长期停产", "产能", "产能单位",
    "巡检时间",
)  # fmt: skip
BASE: Final = (
    "合成甲厂", "临汾市", "曲沃县", "焦化", "焦炉", 1, "B", 10, 20, 5, 1, 85, 300, False, 100, "万吨/年",
    datetime(2026, 1, 5),
)  # fmt: skip
#: Of each line the cells that are not as above, by header: value and number format, and what a person sees.
LINES: Final[tuple[dict[str, tuple[Any, str, str]], ...]] = (
    {
        "生产线编号": (1, "000", "001"),
        "生产负荷(%)": (0.85, "0%", "85%"),
        "年生产天数": (300, '0"天"', "300天"),
        "巡检时间": (datetime(2026, 1, 5), "yyyy-mm-dd hh:mm", "2026-01-05 00:00"),
    },
    {
        "生产线编号": (2, "0", "2"),
        "SO2排放量(千克/日)": (12.5, '0.0"千克/日"', "12.5千克/日"),
        "生产负荷(%)": (0.5, "0.00%", "50%"),
        "巡检时间": (datetime(2026, 1, 5, 15, 30), "yyyy-mm-dd hh:mm:ss", "2026-01-05 15:30:00"),
    },
    {
        "生产线编号": (3, '000"#"', "003#"),
        "SO2排放量(千克/日)": (12000, "#,##0", "12000"),
        "NOx排放量(千克/日)": (1234.5, "#,##0.00", "1234.5"),
        "长期停产": (True, "General", "是"),
        "巡检时间": (datetime(2026, 1, 5), '[$-804]yyyy"年"m"月"d"日";@', "2026-01-05"),
    },
    {
        "生产线编号": (4, "General", "4"),
        "SO2排放量(千克/日)": (12.5, "0[$吨]", "12.5吨"),
        "NOx排放量(千克/日)": (7, "0.0_ ", "7"),
        "颗粒物排放量(千克/日)": (3, "0_);[Red]\\(0\\)", "3"),
        "巡检时间": (datetime(2026, 1, 5), "m/d/yy h:mm", "2026-01-05 00:00"),
    },
    {
        "生产线编号": (5, "General", "5"),
        "SO2排放量(千克/日)": (12500, "0.0,", "12.5"),
        "NOx排放量(千克/日)": (7, '0" kg/d"', "7kg/d"),
        "产能": (1500000, '0!.0000"万"', "150万"),
    },
    {
        "生产线编号": (6, "General", "6"),
        "SO2排放量(千克/日)": ("12.5", "@", "12.5"),
        "颗粒物排放量(千克/日)": (0, '"-"', "0"),
        "生产负荷(%)": (0.5, "0.0%;[红色]-0.0%", "50%"),
    },
    {"生产线编号": (7, "General", "7")},
)
#: Of a workbook: a column and a row that are hidden, a line struck through, a cell merged down two lines (from 0).
HIDDEN_COLUMN, HIDDEN_ROW, STRUCK, MERGED = HEADER.index("巡检时间"), 3, 7, (2, 3, HEADER.index("区县"))
#: What is said of these, and of none in a text.
OF_MARKS: Final = {"hidden_columns", "hidden_rows", "struck_rows", "merged_filled"}
#: The same as an old workbook, written by xlwt 1.3.0.
OLD: Final = Path(__file__).with_name("kinds_of_file.xls")


def cells() -> list[list[tuple[Any, str]]]:
    """The cells below the header with their number formats."""
    rows = []
    for said in LINES:
        plain = [(value, "yyyy-mm-dd" if isinstance(value, datetime) else "General") for value in BASE]
        rows.append([said[name][:2] if name in said else cell for name, cell in zip(HEADER, plain, strict=True)])
    return rows


def shown() -> list[list[str]]:
    """The texts that a person sees, the header first."""
    plain = [
        "否" if value is False else f"{value:%Y-%m-%d}" if isinstance(value, datetime) else str(value) for value in BASE
    ]
    return [
        list(HEADER),
        *([one[name][2] if name in one else text for name, text in zip(HEADER, plain, strict=True)] for one in LINES),
    ]


def new_workbook(path: Path) -> Path:
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet(SHEET)
        sheet.write_row(0, 0, HEADER)
        for number, row in enumerate(cells(), 1):
            for place, (value, code) in enumerate(row):
                write = sheet.write_string if isinstance(value, str) else sheet.write
                style = book.add_format({"num_format": code, "font_strikeout": number == STRUCK})
                write(number, place, value, style)
        first, last, place = MERGED
        sheet.merge_range(first, place, last, place, BASE[place], book.add_format())
        sheet.set_column(HIDDEN_COLUMN, HIDDEN_COLUMN, None, None, {"hidden": True})
        sheet.set_row(HIDDEN_ROW, None, None, {"hidden": True})
    return path


def text(path: Path, encoding: str, delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(shown())
    return path


def told(read: EnterpriseList) -> tuple[dict[str, Any], dict[str, Any], list[tuple[Any, ...]]]:
    """Lines, further columns and problems of a list, apart from the name of its file and sheet."""
    problems = [(one.code, one.row, one.column, one.value, one.words("zh")) for one in (*read.problems, *read.notes)]
    lines = {name: column.astype("object").where(column.notna(), None).tolist() for name, column in read.lines.items()}
    return lines, read.extras.to_dict("list"), problems


@pytest.mark.parametrize("old", [False, True])
def test_a_workbook_of_either_kind_gives_what_a_person_sees(tmp_path: Path, old: bool) -> None:
    path = OLD if old else new_workbook(tmp_path / "list.xlsx")
    expected = shown()
    expected[MERGED[1]][MERGED[2]] = ""  # until the table is known
    assert open_workbook(path, Limits()).sheet(SHEET).grid == expected


def test_every_kind_of_file_gives_the_same_lines_and_problems(tmp_path: Path, book: Rulebook) -> None:
    files = [OLD, text(tmp_path / "tab.txt", "utf-16", "\t")]
    files += [text(tmp_path / f"{one}.csv", one) for one in ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be")]
    one, *others = (told(read_list(path, book)) for path in (new_workbook(tmp_path / "list.xlsx"), *files))
    assert one[0]["line_id"] == ["001", "2", "003#", "4", "5", "6", "7"]
    assert one[0]["county"] == ["曲沃县"] * 7
    assert {said[0] for said in one[2]} >= OF_MARKS
    assert sorted((row, value) for code, row, _, value, _ in one[2] if code == "bad_cell") == [
        (2, "300天"), (3, "12.5千克/日"), (5, "12.5吨"), (6, "150万"), (6, "7kg/d"),
    ]  # fmt: skip
    for path, other in zip(files, others, strict=True):
        problems = [said for said in one[2] if path == OLD or said[0] not in OF_MARKS]
        assert other == (*one[:2], problems), path.name
