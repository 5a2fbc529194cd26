"""Sheets of texts as an Excel workbook that an official can edit, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from xlsxwriter.utility import xl_col_to_name

from alertengine.files import Findings, Limits, Workbook, check_size, failed_formula, new_workbook, say_hidden
from alertengine.rulebook.excel.draft import DraftSheet, Rows
from alertengine.rulebook.excel.measure_cells import EXPECTED
from alertengine.rulebook.excel.sheets import GUIDE_SHEET
from alertengine.vocabulary import UNSEEN, InputError, Problem

#: Widths of columns in characters: of listings by header, of two-column sheets, of the rest.
_WIDTHS: Final = {
    "标题": 44,
    "条件": 44,
    "措施": 40,
    "备注": 50,
    "解释": 40,
    "内容": 60,
    "说明": 50,
    "其他": 30,
    "另需": 30,
    "怎样填": 44,
    "不填会怎样": 44,
    "原文内容": 44,
    "具体要求": 30,
}
#: Rows below the last in which a cell may be chosen, and the longest list that a cell holds itself.
_FURTHER, _LISTED = 100, 255
#: How a cell begins that waits for somebody.
_WAITS: Final = "【待"
_PAIR: Final = (18, 90)
_UNSEEN: Final = dict.fromkeys(map(ord, UNSEEN))
_USUAL: Final = 26
_GUIDE: Final = (
    ("规则", "一行一条规则，编号不重复"),
    (
        "条件的写法",
        (
            "行业=水泥；工序 属于 熟料、粉磨；距建成区距离(公里)≤10；（稳定达标=否）或（按证排污=否）\n"
            "比较：= ≠ ≥ ≤ > <，属于、不属于（各值之间用、），缺失、已填；是否类的填是、否\n"
            "都要满足用；隔开；任一满足写成（…）或（…）；相反写成非（…）；范围写成≥50且<60"
        ),
    ),
    ("措施的写法", EXPECTED + "\n几项措施用；隔开；附加条件写在其后的括号内，用，隔开"),
    (
        "附加条件",
        (
            "三者最小值；按产能和设备；范围：全厂；120小时内；120小时后；每日20:00-08:00；\n"
            "国四及以下；车型：重型载货；燃料：柴油；基准氧9%；叠加于：编号；备注：…"
        ),
    ),
    (
        "决策表",
        (
            "每张表一个工作表：先写编号、条款、标题等，空一行，再写表头：行业、工序、执行等级……，然后黄色、橙色、红色\n"
            "一行一种情形；任意＝不限；可另加一栏“运输”"
        ),
    ),
    ("缺项与—", "缺项＝原文有而未读到，不得猜测；—＝文件未作规定；级别格留空按缺项计"),
    ("沿用", "本条未写的各项取自所沿用的规则；要清空其中一项，写（空）"),
    ("其他", "表内写不下的少见内容，用花括号内的YAML写，一般不用改"),
)


def write_workbook(
    sheets: Iterable[DraftSheet],
    path: Path,
    guide: Sequence[tuple[str, str]] = _GUIDE,
    choices: Mapping[str, Mapping[int, Sequence[str]]] | None = None,
) -> None:
    """Write sheets as text cells, headers bold and frozen, with a page on how to fill them.

    Args:
        sheets: the sheets.
        path: the file to write.
        guide: the page on how to fill them: rows of two texts.
        choices: by sheet and column the words that Excel offers in a cell; others may be typed all the same.

    """
    told = DraftSheet(GUIDE_SHEET, [["项目", "写法"], *map(list, guide)], {0})
    with new_workbook(path) as book:
        cell: dict[str, Any] = {"valign": "top", "num_format": "@"}
        plain = book.add_format({**cell, "text_wrap": True})
        grid = book.add_format({**cell, "text_wrap": True, "border": 1, "border_color": "#c5ccd6"})
        line = book.add_format(cell)
        bold = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#e8eef5", "border": 1}
        )
        waiting = book.add_format({"bg_color": "#fff2cc"})
        for sheet in (*sheets, told):
            page = book.add_worksheet(sheet.name)
            top = min(sheet.heads)
            for number, row in enumerate(sheet.rows):
                style = bold if number in sheet.heads else line if number < top else grid
                for place, text in enumerate(row):
                    if text:
                        page.write_string(number, place, text, style)
                    elif number > top:
                        page.write_blank(number, place, None, style)
            _lay_out(page, sheet, plain)
            last = len(sheet.rows) + _FURTHER
            for place, said in (choices or {}).get(sheet.name, {}).items():
                if len(",".join(said)) <= _LISTED:
                    rule = {"validate": "list", "source": list(said), "error_type": "information"}
                    page.data_validation(1, place, last, place, rule)
            wide = max(map(len, sheet.rows)) - 1
            held = {"type": "text", "criteria": "begins with", "value": _WAITS, "format": waiting}
            page.conditional_format(0, 0, last, wide, held)


def _lay_out(page: Any, sheet: DraftSheet, plain: Any) -> None:
    """Widths and heights within reason, the header kept in sight, one page wide when printed."""
    top = min(sheet.heads)
    widths = _widths(sheet, top)
    for place, width in enumerate(widths):
        page.set_column(place, place, width, plain)
    for number, row in enumerate(sheet.rows):
        lines = [_lines(text, width) for text, width in zip(row, widths, strict=False)] if number >= top else [1]
        if max(lines, default=1) > 1:
            page.set_row(number, min(400, 15 * max(lines)))
    page.set_landscape()
    page.set_paper(8)  # A3
    page.fit_to_pages(1, 0)
    if not top:
        page.freeze_panes(1, 0)
        page.repeat_rows(0)


def _widths(sheet: DraftSheet, top: int) -> list[int]:
    head, rows = sheet.rows[top], sheet.rows[top:]
    widths = []
    for place in range(max(map(len, sheet.rows))):
        longest = max((2 * len(row[place]) for row in rows if len(row) > place), default=0)
        pair = len(head) == len(_PAIR) and not top
        widest = _PAIR[place] if pair else _WIDTHS.get(head[place], _USUAL) if place < len(head) else _USUAL
        widths.append(max(9, min(widest, longest + 2)))
    return widths


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column; a Chinese sign is two characters wide."""
    return sum(1 + sum(1 + (sign > "\u2e7f") for sign in part) // max(1, width - 1) for part in text.split("\n"))


def read_workbook(path: Path, findings: Findings | None = None) -> dict[str, Rows]:
    """The sheets of a workbook as texts; a merged range says the same in all its cells.

    Hidden sheets, rows and columns are read as the others, and are told to ``findings`` where they say something.

    Raises:
        InputError: it cannot be read, is beyond the limits of a file, a formula in it has no result, or a row of it is
            struck through.

    """
    limits = Limits.of_environment()
    check_size(path, limits)
    book = Workbook(path, limits)
    sheets: dict[str, Rows] = {}
    failed: list[Problem] = []
    unseen: list[str] = []
    for name in book.names:
        page = book.sheet(name)
        rows: Rows = []
        for number, row in zip(page.numbers, page.grid, strict=True):
            rows += [[] for _ in range(number - len(rows) - 1)]
            rows.append([text.translate(_UNSEEN).strip() for text in row])
            failed += [
                Problem("formula_failed", file=str(path), sheet=name, row=number, column=xl_col_to_name(at), value=text)
                for at, text in enumerate(rows[-1])
                if failed_formula(text)
            ]
        for area in page.marks.merged:
            _fill(rows, area)
        struck = [at + 1 for at in sorted(page.marks.struck_rows) if at < len(rows) and any(rows[at])]
        failed += [Problem("rule_row_struck", file=str(path), sheet=name, row=row) for row in struck]
        if name.strip() in sheets:
            failed.append(Problem("sheet_name_twice", file=str(path), sheet=name, value=name.strip()))
        sheets[name.strip()] = rows
        if any(map(any, rows)) and name not in book.shown:
            unseen.append(name)
        if findings is not None:
            marks = page.marks
            hidden = [row + 1 for row in sorted(marks.hidden_rows) if row < len(rows) and any(rows[row])]
            filled = {at for row in rows for at, text in enumerate(row) if text}
            columns = [xl_col_to_name(at) for at in sorted(filled & marks.hidden_columns)]
            findings.warnings += say_hidden(str(path), page, hidden, columns)
    if failed:
        raise InputError(failed)
    if unseen and findings is not None:
        findings.warn("hidden_kept", names=unseen)
    return sheets


def _fill(rows: Rows, area: tuple[tuple[int, int], tuple[int, int]]) -> None:
    (top, left), (bottom, right) = area
    if top >= len(rows) or left >= len(rows[top]):
        return
    text = rows[top][left]
    for row in rows[top : bottom + 1]:
        row[left : right + 1] = [text] * (right - left + 1)
