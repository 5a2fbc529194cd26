"""What a check writes: problems.csv, or the marked copy of a list that an officer sends back to the county.

In the copy a first sheet 问题清单 names every problem; the cells concerned are coloured and carry a comment;
everything else stays as it came.  A workbook is marked in place, any other file becomes a
workbook with its rows where they were.  Texts are written as texts: nothing becomes a formula.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from io import BytesIO
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

import openpyxl
import pandas as pd
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties

from alertengine.checking.lists.check import CheckRun
from alertengine.checking.lists.findings import COLUMNS, ListDefect
from alertengine.files import new_workbook, raw_rows, replacing, suffix_of, write_rows
from alertengine.lists import LIST_NAMES, LIST_SHEET, PROBLEMS_SHEET
from alertengine.vocabulary import SEVERITIES, SEVERITY_COLOUR, SEVERITY_TEXT, InputError, Problem

#: Suffixes that what was found can be written with.
DEFECT_SUFFIXES: Final = (".csv", ".xlsx")
AUTHOR: Final = "alertengine"
#: Headers of the first sheet, with the width of each column.
HEADERS: Final = {
    "序号": 6,
    "级别": 12,
    "类别": 20,
    "工作表": 14,
    "行": 7,
    "企业": 28,
    "生产线": 9,
    "列": 20,
    "原值": 18,
    "问题": 42,
    "应为": 36,
    "影响": 30,
}
_TITLE: Final = "清单核查结果（{day}所依据的规定）：错误{error}项，须人工判断{finding}项，提示{warning}项"
_HEAD: Final = "D9E1F2"
#: A spreadsheet with more comments than this is slow to open; further cells are only coloured.
MOST_COMMENTS: Final = 20_000
#: What a sheet of a workbook holds.
MOST_ROWS: Final = 1_048_576
#: Rows looked at to choose the width of columns, and the widest a column is drawn.
_LOOKED_AT: Final = 200
_WIDEST: Final = 36
_COMMENT_WIDTH: Final = 320
#: Workbooks that can be marked in place.
_IN_PLACE: Final = (".xlsx", ".xlsm")
#: A cell: its sheet, row and column, counted from 1.
Cell = tuple[str, int, int]


def write_check(run: CheckRun, path: Path) -> None:
    """Write problems.csv or, for .xlsx, the list with its defects marked.

    Raises:
        InputError: another suffix, or the file cannot be written.

    """
    if suffix_of(path, *DEFECT_SUFFIXES) == ".xlsx":
        replacing(path, lambda target: write_marked(run, target))
    else:
        rows = (finding.as_row() for finding in run.findings)
        replacing(path, lambda target: write_rows(target, COLUMNS, rows))


def write_marked(run: CheckRun, path: Path) -> None:
    """Write the marked copy.

    Raises:
        InputError: the list has more rows than a sheet holds.

    """
    source = Path(run.enterprises.file)
    marks = marks_of(run)
    if source.suffix.lower() in _IN_PLACE:
        _mark_workbook(run, source, marks, path)
    else:
        _write_anew(run, source, marks, path)


def marks_of(run: CheckRun) -> dict[Cell, list[ListDefect]]:
    """The findings of each cell of the list; those about other files or the whole list have no cell."""
    places = run.enterprises.layout.places
    marks: dict[Cell, list[ListDefect]] = {}
    shift = 1 if Path(run.enterprises.file).suffix.lower() in (".parquet", ".pq") else 0  # the header gets a row
    for finding in run.findings:
        column = places.get((finding.problem.sheet, finding.problem.column))
        if (
            finding.problem.row is not None
            and column is not None
            and finding.problem.file.startswith(run.enterprises.file)
        ):
            marks.setdefault((finding.problem.sheet, finding.problem.row + shift, column + 1), []).append(finding)
    return marks


def comment_text(findings: Iterable[ListDefect]) -> str:
    """What the comment of a cell says."""
    said = [(finding.of_kind.title, *finding.problem.words("zh")) for finding in findings]
    return "\n".join(f"【{title}】{text}" + (f"。应为：{wanted}" if wanted else "") for title, text, wanted in said)


def gravest(findings: Iterable[ListDefect]) -> str:
    """The gravest severity of some findings."""
    return min((finding.problem.severity for finding in findings), key=SEVERITIES.index)


def problem_rows(run: CheckRun) -> list[list[str | int]]:
    """The rows of the first sheet."""
    own = run.enterprises.file
    names, ids = run.enterprises.lines["enterprise"], run.enterprises.lines["line_id"]
    return [
        [
            number,
            SEVERITY_TEXT[finding.problem.severity],
            finding.of_kind.title,
            finding.problem.sheet if finding.problem.file.startswith(own) else Path(finding.problem.file).name,
            finding.problem.row or "",
            _text_at(names, finding.line),
            _text_at(ids, finding.line),
            finding.problem.column,
            finding.problem.value,
            *finding.problem.words("zh"),
            finding.hangs_on_text,
        ]
        for number, finding in enumerate(run.findings, start=1)
    ]


def _text_at(column: pd.Series, line: int | None) -> str:
    said = None if line is None else column.iloc[line]
    return said if isinstance(said, str) else ""


def _height(values: Iterable[object]) -> float:
    """The height of a row of wrapped texts, in points; a Chinese character is two letters wide."""
    lines = 1
    for value, width in zip(values, HEADERS.values(), strict=True):
        lines = max(lines, math.ceil(_letters(str(value)) / width))
    return 15.0 * lines


def title_of(run: CheckRun) -> str:
    """The line above the table of problems."""
    counts = {severity: sum(f.problem.severity == severity for f in run.findings) for severity in SEVERITIES}
    return _TITLE.format(day=run.day.isoformat(), **counts)


# -- a workbook, marked in place


def _mark_workbook(run: CheckRun, source: Path, marks: dict[Cell, list[ListDefect]], path: Path) -> None:
    book = openpyxl.load_workbook(source)
    if PROBLEMS_SHEET in book.sheetnames:
        del book[PROBLEMS_SHEET]
    _clear_old_marks(book)
    fills = {name: PatternFill("solid", fgColor=colour) for name, colour in SEVERITY_COLOUR.items()}
    for number, ((sheet, row, column), findings) in enumerate(marks.items()):
        cell = book[sheet].cell(row, column)
        if isinstance(cell, openpyxl.cell.MergedCell):
            cell = _head_of(book[sheet], cell)
        cell.fill = fills[gravest(findings)]
        if number < MOST_COMMENTS:
            cell.comment = _comment(comment_text(findings), cell.comment)
    _first_sheet(run, book)
    book.active = 0
    for sheet in book.worksheets[1:]:
        sheet.sheet_view.tabSelected = False
    whole = BytesIO()  # an archive that meets a full disk complains once more when it is collected
    book.save(whole)
    path.write_bytes(whole.getbuffer())


def _comment(text: str, present: Comment | None) -> Comment:
    """A comment that keeps what a person had said there."""
    said = f"{present.text}\n{text}" if present is not None else text
    comment = Comment(said, AUTHOR)
    comment.width, comment.height = _COMMENT_WIDTH, _comment_height(said)
    return comment


def _comment_height(said: str) -> int:
    """How high to draw the comment of a cell."""
    return 30 + 22 * (1 + len(said) // 22 + said.count("\n"))


def _head_of(sheet: Any, cell: Any) -> Any:
    """The cell that holds what a merged cell shows."""
    for merged in sheet.merged_cells.ranges:
        if cell.coordinate in merged:
            return sheet.cell(merged.min_row, merged.min_col)
    return cell


def _clear_old_marks(book: Any) -> None:
    """Take away the marks of an earlier check: comments that are ours alone, with their colour."""
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.comment is not None and cell.comment.author == AUTHOR:
                    cell.comment = None
                    cell.fill = PatternFill()


def _first_sheet(run: CheckRun, book: Any) -> None:
    sheet = book.create_sheet(PROBLEMS_SHEET, 0)
    sheet.append([title_of(run)])
    sheet.append(list(HEADERS))
    sheet["A1"].font = Font(bold=True, size=13)
    for cell in sheet[2]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=_HEAD)
    fills = {SEVERITY_TEXT[name]: PatternFill("solid", fgColor=colour) for name, colour in SEVERITY_COLOUR.items()}
    for number, values in enumerate(problem_rows(run), start=3):
        for place, value in enumerate(values, start=1):
            cell = sheet.cell(number, place)
            cell.value = value
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if isinstance(value, str):
                cell.data_type = "s"  # never a formula
                cell.quotePrefix = value.startswith(("=", "+", "-", "@"))
        sheet.row_dimensions[number].height = _height(values)
        sheet.cell(number, 2).fill = fills[str(values[1])]
        _link(sheet, number, values, book.sheetnames)
    for place, width in enumerate(HEADERS.values(), start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A3"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "2:2"
    sheet.auto_filter.ref = f"A2:{get_column_letter(len(HEADERS))}{max(2, sheet.max_row)}"


def _link(sheet: Any, number: int, values: list[str | int], names: list[str]) -> None:
    """The row number leads to the row."""
    if values[4] and values[3] in names:
        quoted = str(values[3]).replace("'", "''")
        place = sheet.cell(number, 5)
        place.hyperlink = Hyperlink(ref=place.coordinate, location=f"'{quoted}'!A{values[4]}")
        sheet.cell(number, 5).font = Font(color="0563C1", underline="single")


# -- any other file, as a workbook


def _write_anew(run: CheckRun, source: Path, marks: dict[Cell, list[ListDefect]], path: Path) -> None:
    with new_workbook(path, by_row=True) as book:
        head = book.add_format({"bold": True, "bg_color": f"#{_HEAD}", "text_wrap": True, "valign": "vcenter"})
        fills = {name: book.add_format({"bg_color": f"#{colour}"}) for name, colour in SEVERITY_COLOUR.items()}
        _problems_anew(run, book, head)
        told = 0
        for name, header_row, rows in raw_rows(source, LIST_NAMES):
            sheet = book.add_worksheet(name or LIST_SHEET)
            sheet.set_comments_author(AUTHOR)
            first = list(islice(rows, _LOOKED_AT))
            for place, width in enumerate(_widths(first, header_row)):
                sheet.set_column(place, place, width)
            for number, row in enumerate(chain(first, rows)):
                if number >= MOST_ROWS:
                    raise InputError([Problem("too_long_for_sheet", file=str(source))])
                told += _row_anew(sheet, number, row, name, marks, fills, head if number == header_row else None, told)
            if header_row is not None:
                sheet.freeze_panes(header_row + 1, 0)


def _widths(rows: list[list[str]], header_row: int | None) -> list[float]:
    """How wide to draw each column, from the first rows of the table."""
    body = rows[header_row or 0 :]
    width = max(map(len, body), default=0)
    longest = [max((_letters(row[place]) for row in body if place < len(row)), default=0) for place in range(width)]
    return [min(_WIDEST, letters + 2) for letters in longest]


def _letters(text: str) -> int:
    """The width of a text in letters; a Chinese character is two wide."""
    return sum(1 if character.isascii() else 2 for character in text)


def _row_anew(
    sheet: Any,
    number: int,
    row: list[str],
    name: str,
    marks: dict[Cell, list[ListDefect]],
    fills: dict[str, Any],
    head: Any,
    told: int,
) -> int:
    """One row as it stood; the number of comments written."""
    written = 0
    for place, text in enumerate(row):
        findings = marks.get((name, number + 1, place + 1))
        shape = fills[gravest(findings)] if findings else head
        if is_plain_number(text) and head is None:
            sheet.write_number(number, place, float(text), shape)
        elif text:
            sheet.write_string(number, place, text, shape)
        elif findings:
            sheet.write_blank(number, place, None, shape)
        if findings and told + written < MOST_COMMENTS:
            said = comment_text(findings)
            sheet.write_comment(number, place, said, {"width": _COMMENT_WIDTH, "height": _comment_height(said)})
            written += 1
    return written


def is_plain_number(text: str) -> bool:
    """Whether a cell is a number that a spreadsheet gives back as it stood (no ids, no leading zeros)."""
    digits = text.removeprefix("-")
    whole, _, rest = digits.partition(".")
    if not whole.isdecimal() or not whole.isascii() or len(digits) > 12 or (len(whole) > 1 and whole[0] == "0"):
        return False
    return ("." not in digits) or (rest.isdecimal() and rest.isascii())


def _problems_anew(run: CheckRun, book: Any, head: Any) -> None:
    sheet = book.add_worksheet(PROBLEMS_SHEET)
    wrap = {"text_wrap": True, "valign": "top"}
    plain = book.add_format(wrap)
    fills = {SEVERITY_TEXT[n]: book.add_format({**wrap, "bg_color": f"#{c}"}) for n, c in SEVERITY_COLOUR.items()}
    for place, width in enumerate(HEADERS.values()):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, title_of(run), book.add_format({"bold": True, "font_size": 13}))
    for place, text in enumerate(HEADERS):
        sheet.write_string(1, place, text, head)
    rows = problem_rows(run)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)
    for number, values in enumerate(rows, start=2):
        sheet.set_row(number, _height(values))
        for place, value in enumerate(values):
            shape = fills[str(value)] if place == 1 else plain
            if isinstance(value, int):
                sheet.write_number(number, place, value, shape)
            else:
                sheet.write_string(number, place, value, shape)
    sheet.freeze_panes(2, 0)
    sheet.autofilter(1, 0, max(1, len(rows) + 1), len(HEADERS) - 1)
