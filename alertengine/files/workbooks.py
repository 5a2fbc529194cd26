"""Workbooks: the sheets of an .xlsx or .xls as texts a person sees, with what else they say."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alertengine.files.confined import confined
from alertengine.files.limits import Limits, check_size
from alertengine.files.number_formats import as_shown, shows_hours
from alertengine.files.xlsx_marks import Marks, reference_of, scan_xlsx
from alertengine.vocabulary import YES_NO, AlertEngineError, Words, foreign, refuse

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

#: An .ods or .xlsb is none: of a failed formula in them the reader says nothing, and a blank cell means another thing.
WORKBOOK_SUFFIXES: Final = (".xlsx", ".xlsm", ".xls")
#: A sheet whose used rectangle has so many cells, and so many times those that are there, is read cell by cell.
_LARGE: Final = 200_000
_SPARSE: Final = 20
_XLS_MAGIC: Final = b"\xd0\xcf\x11\xe0"
#: Types of cells of an .xls that hold nothing.
_NOTHING_THERE: Final = (0, 6)
#: The part in which Excel keeps a workbook that asks for a password.
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")


@dataclass(slots=True)
class Sheet:
    """One sheet: ``grid`` its rows as texts, ``numbers`` the row number (from 1) of each, the marks beside them.

    ``far`` is a cell far outside the rest, left out (``XFD1048576``).
    """

    name: str
    grid: list[list[str]]
    numbers: Sequence[int]
    marks: Marks = field(default_factory=Marks)
    far: str = ""


def cell_text(cell: Any) -> str:
    """One cell of a workbook as the text that reads back as the same value."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return YES_NO[bool(cell)]
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, (date, time, timedelta)):
        return str(cell)
    return "" if cell is None else str(cell)


def _with_hour(cell: Any) -> str:
    """A cell whose format shows hours: a midnight has its hour, which :func:`cell_text` leaves off a day."""
    midnight = isinstance(cell, date) and (not isinstance(cell, datetime) or cell.time() == time())
    return f"{cell_text(cell)} 00:00" if midnight else cell_text(cell)


_kept: ContextVar[dict[Path, Workbook] | None] = ContextVar("workbooks", default=None)


@contextmanager
def kept_open() -> Iterator[None]:
    """Inside, a workbook asked for again by :func:`open_workbook` is the one that was opened before."""
    kept = _kept.get()
    token = _kept.set({} if kept is None else kept)
    try:
        yield
    finally:
        _kept.reset(token)


@confined
def open_workbook(path: Path, limits: Limits) -> Workbook:
    """An open workbook.

    Raises:
        InputError: it cannot be opened, or is too large.

    """
    check_size(path, limits)
    kept = _kept.get()
    if kept is None:
        return Workbook(path, limits)
    if path not in kept:
        kept[path] = Workbook(path, limits)
    return kept[path]


class Workbook:
    """An open workbook; ``names`` are all its sheets, ``shown`` those that are not hidden."""

    def __init__(self, path: Path, limits: Limits) -> None:
        """Open a workbook.

        Raises:
            InputError: it cannot be opened.

        """
        self.path, self.limits = path, limits
        self._seen: dict[str, Sheet] = {}
        self._old: Any = None
        self._book: CalamineWorkbook | None = None
        if _is_old(path):
            self._old = _open_old(path)
            self.names = list(self._old.sheet_names())
            self.shown = [sheet.name for sheet in map(self._old.sheet_by_name, self.names) if not sheet.visibility]
        else:
            self._book = _open_new(path)
            self.names = list(self._book.sheet_names)
            hidden = {meta.name for meta in self._book.sheets_metadata if str(meta.visible).endswith("Hidden")}
            self.shown = [name for name in self.names if name not in hidden]
        if len(self.names) > limits.sheets:
            raise limits.too_much(path, "sheets", len(self.names))

    def top(self, name: str, rows: int) -> tuple[list[list[str]], Sequence[int]]:
        """The first rows of a sheet and their numbers; who then asks for the sheet is given what was read for them.

        Raises:
            InputError: see :meth:`sheet`.

        """
        sheet = self._seen[name] = self.sheet(name)
        return [list(row) for row in sheet.grid[:rows]], sheet.numbers[:rows]

    def sheet(self, name: str) -> Sheet:
        """One sheet.

        Raises:
            InputError: it is broken, or larger than the limits.

        """
        seen = self._seen.pop(name, None)
        return seen if seen is not None else _confined_sheet(self.path, self, name)

    def _read(self, name: str) -> Sheet:
        if self._old is not None:
            with _errors(self.path, "sheet_unreadable", name=name):
                page = self._old.sheet_by_name(name)
                if page.nrows * page.ncols > self.limits.cells:
                    raise self.limits.too_much(self.path, "cells", page.nrows * page.ncols)
                return _old_sheet(self._old, name)
        marks = scan_xlsx(self.path, name)  # what it cannot measure is not read: one far cell would end the process
        rectangle = marks.rows * marks.columns
        if rectangle > _LARGE and rectangle > _SPARSE * marks.cells:
            return _sparse_sheet(self.path, name, marks)
        if rectangle > self.limits.cells:
            raise self.limits.too_much(self.path, "cells", rectangle)
        return self._dense_sheet(name, marks)

    def _dense_sheet(self, name: str, marks: Marks) -> Sheet:
        assert self._book is not None  # noqa: S101 -- for the type checker
        with _errors(self.path, "sheet_unreadable", name=name):
            sheet = self._book.get_sheet_by_name(name)
            if sheet.total_height * sheet.total_width > self.limits.cells:  # those that no scan has measured
                raise self.limits.too_much(self.path, "cells", sheet.total_height * sheet.total_width)
            rows = sheet.to_python(skip_empty_area=False)
        for (row, column), code in marks.shown:
            value = rows[row][column] if row < len(rows) and column < len(rows[row]) else None
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                rows[row][column] = as_shown(value, code)
        grid = [list(map(cell_text, row)) for row in rows]
        for row, column in marks.midnights:
            if row < len(rows) and column < len(rows[row]):
                grid[row][column] = _with_hour(rows[row][column])
        for (row, column), text in marks.texts.items():
            if row < len(grid) and column < len(grid[row]):
                grid[row][column] = text
        if not marks.merged:
            marks.merged = list(sheet.merged_cell_ranges or [])
        return Sheet(name, grid, range(1, len(grid) + 1), marks)


@confined
def _confined_sheet(path: Path, book: Workbook, name: str) -> Sheet:
    del path  # it names the file where a limit is passed
    return book._read(name)  # noqa: SLF001 -- the rest of Workbook.sheet


def _open_new(path: Path) -> CalamineWorkbook:
    from python_calamine import CalamineWorkbook  # only workbooks need it

    with _errors(path, "unopened_file", kind=Words("a_workbook")):
        if path.suffix.lower() == ".xls" and _is_new(path):  # many portals name an .xlsx so
            return CalamineWorkbook.from_filelike(BytesIO(path.read_bytes()))
        return CalamineWorkbook.from_path(path)


@contextmanager
def _errors(path: Path, code: str, **said: Any) -> Iterator[None]:
    """Whatever the reader of a workbook says of a broken file, even a panic of its own, as an input error."""
    try:
        yield
    except (AlertEngineError, MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 -- a panic of Rust is no Exception
        raise refuse(path, code, error=foreign(error), **said) from None


def _is_old(path: Path) -> bool:
    """Whether a file is an .xls, whatever its name says."""
    try:
        with path.open("rb") as file:
            return file.read(4) == _XLS_MAGIC and path.suffix.lower() in (".xls", ".xlsx", ".xlsm")
    except OSError as error:
        raise refuse(path, "unreadable_file", error=error, kind=Words("a_readable_file")) from None


def _is_new(path: Path) -> bool:
    """Whether a file is an .xlsx, whatever its name says."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as packed:
        return "xl/workbook.xml" in packed.namelist()


# -- cells far apart


def _sparse_sheet(path: Path, name: str, marks: Marks) -> Sheet:
    """A sheet of which few cells of its rectangle are there, cell by cell; what is far outside is left out."""
    import warnings

    import openpyxl

    widths = sorted(marks.widths.values())
    width = widths[max(len(widths) - 2 - len(widths) // 20, 0)] if widths else 0  # of all rows but the few widest
    numbers = [row + 1 for row in sorted(marks.widths)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with _errors(path, "sheet_unreadable", name=name), path.open("rb") as file:  # by its name openpyxl refuses some
            page = openpyxl.load_workbook(file, data_only=True)[name]
            grid = [
                [
                    _sparse_text(page.cell(number, column))
                    for column in range(1, min(width, marks.widths[number - 1]) + 1)
                ]
                for number in numbers
            ]
    at = {number: place for place, number in enumerate(numbers)}
    for (row, column), text in marks.texts.items():
        if column < len(grid[at[row + 1]]):
            grid[at[row + 1]][column] = text
    marks.merged = []
    return Sheet(name, grid, numbers, marks, reference_of(marks.rows - 1, marks.columns - 1))


def _sparse_text(cell: Any) -> str:
    value = cell.value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return as_shown(value, cell.number_format or "")
    if shows_hours(cell.number_format or ""):
        return _with_hour(value)
    return cell_text(value)


# -- .xls


def _open_old(path: Path) -> Any:
    import xlrd  # only old workbooks need it

    with _errors(path, "unopened_file", kind=Words("a_workbook")):
        try:
            return xlrd.open_workbook(path, formatting_info=True, on_demand=True, logfile=StringIO())
        except Exception as error:
            if "encrypted" in str(error) or _ENCRYPTED in path.read_bytes():
                raise refuse(path, "password_asked") from None
            raise


def _old_sheet(book: Any, name: str) -> Sheet:
    import xlrd

    page = book.sheet_by_name(name)
    marks = Marks(rows=page.nrows, columns=page.ncols)
    marks.merged = [((top, left), (bottom - 1, right - 1)) for top, bottom, left, right in page.merged_cells]
    marks.hidden_rows = {row for row, info in page.rowinfo_map.items() if info.hidden}
    marks.hidden_columns = {column for column, info in page.colinfo_map.items() if info.hidden}
    grid = []
    for row in range(page.nrows):
        filled = [column for column in range(page.row_len(row)) if page.cell_type(row, column) not in _NOTHING_THERE]
        fonts = [book.font_list[book.xf_list[page.cell_xf_index(row, column)].font_index] for column in filled]
        if sum(font.struck_out for font in fonts) * 2 > len(fonts):
            marks.struck_rows.add(row)
        cells = []
        for column in range(page.row_len(row)):
            kind, value = page.cell_type(row, column), page.cell_value(row, column)
            if kind == xlrd.XL_CELL_DATE:
                shown = _with_hour if shows_hours(_old_format(book, page, row, column)) else cell_text
                cells.append(shown(_old_date(value, book.datemode)))
            elif kind == xlrd.XL_CELL_ERROR:
                cells.append(xlrd.error_text_from_code.get(value, "#VALUE!"))
            elif kind == xlrd.XL_CELL_BOOLEAN:
                cells.append(cell_text(bool(value)))
            elif kind == xlrd.XL_CELL_NUMBER:
                cells.append(as_shown(value, _old_format(book, page, row, column)))
            else:
                cells.append(cell_text(value))
        grid.append(cells)
    return Sheet(name, grid, range(1, len(grid) + 1), marks)


def _old_format(book: Any, page: Any, row: int, column: int) -> str:
    style = book.xf_list[page.cell_xf_index(row, column)]
    found = book.format_map.get(style.format_key)
    return str(found.format_str) if found else ""


def _old_date(value: float, datemode: int) -> Any:
    import xlrd

    try:
        return xlrd.xldate_as_datetime(value, datemode)
    except (ValueError, OverflowError):
        return value
