"""One reader for every table that comes in: csv, workbook or parquet to cells, with a protocol of the reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from alertengine.files._raw_rows import CSV_SUFFIXES, Names, is_packed, profile_of
from alertengine.files._text_table import long_rows
from alertengine.files.beside_header import further_headers, of_cells, of_rows_above, with_units
from alertengine.files.confined import confined
from alertengine.files.csv_reader import DELIMITERS, read_csv
from alertengine.files.header_finder import Grid, Header, RawTable, find_header, join, to_table
from alertengine.files.headers import known, match, matched
from alertengine.files.hj212 import PROFILE, is_hj212, read_hj212
from alertengine.files.limits import Limits, check_size, unpack
from alertengine.files.parquet_reader import read_parquet
from alertengine.files.profiles import Profile, load_profile
from alertengine.files.readings import SHEET, LeftOut, Protocol, SheetRead
from alertengine.files.rows import Unequal, in_one_cell, sums_and_notes, unequal_sums
from alertengine.files.schema import Schema, with_profile
from alertengine.files.sheet_marks import fill_merged, hidden_of, say_hidden, set_aside_sheets, struck_rows
from alertengine.files.suffix import refuse_misnamed
from alertengine.files.text_pieces import whole_text
from alertengine.files.units import in_signs, plain_unit
from alertengine.files.workbooks import WORKBOOK_SUFFIXES, Sheet, Workbook, open_workbook
from alertengine.vocabulary import FIELDS, InputError, Problem, number, refuse

PARQUET_SUFFIXES: Final = (".parquet", ".pq")
#: Rows left out that are named one by one; the rest are counted.
_NAMED: Final = 5
#: What is said of a row left out.
_LEFT_OUT: Final = {
    "sum": "left_out_sum",
    "note": "note_left_out",
    "heading": "left_out_heading",
    "header": "left_out_header",
    "numbers": "left_out_numbers",
    "units": "left_out_units",
}
#: How a delimiter is named.
_DELIMITER_NAMES: Final = dict(zip(DELIMITERS, (",", ";", "tab", "|"), strict=True))


@dataclass(frozen=True, slots=True)
class Reading:
    """A table of cells and how it was read: never one without the other.

    ``problems`` need a person (a sum that is not that of its rows), ``notes`` do not.  ``above`` are the cells above
    the headers, ``headers`` these as they stand on the first sheet.
    """

    table: RawTable
    protocol: Protocol
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    headers: tuple[str, ...] = ()


_watching: ContextVar[list[tuple[str, Reading]] | None] = ContextVar("readings", default=None)


@contextmanager
def readings_of() -> Iterator[list[tuple[str, Reading]]]:
    """The tables read inside, in their order, with the kind of each: at hand also where their reader refuses one."""
    made: list[tuple[str, Reading]] = []
    token = _watching.set(made)
    try:
        yield made
    finally:
        _watching.reset(token)


@confined
def read_table(path: Path, schema: Schema, limits: Limits | None = None) -> Reading:
    """The table of a file under the headers of a schema, and how it was read.

    Sums, notes, signatures, numbers and units under the header and repeated headers are left out, each said once.
    A csv in which a column of numbers has a cell that is none has it as text.

    Raises:
        InputError: the file cannot be read, is beyond the limits, or holds no such table.

    """
    limits = limits or Limits.of_environment()
    suffix = path.suffix.lower()
    if path.is_dir():
        raise refuse(path, "is_folder")
    check_size(path, limits)
    if suffix in CSV_SUFFIXES or suffix in WORKBOOK_SUFFIXES:
        refuse_misnamed(path, workbook=suffix in WORKBOOK_SUFFIXES)
    records = schema.kind == "evidence" and is_hj212(path)
    profile = profile_of(path, schema) or (load_profile(PROFILE) if records else None)
    opened = _Opened(path, with_profile(schema, profile), limits, profile, schema.names)
    if records:
        opened.records()
    elif suffix in CSV_SUFFIXES:
        opened.csv(None)
    elif is_packed(path):
        opened.csv(unpack(path, limits))
    elif suffix in WORKBOOK_SUFFIXES:
        opened.workbook()
    elif suffix in PARQUET_SUFFIXES:
        opened.parquet()
    else:
        raise refuse(path, "suffix_not_read", suffix=suffix)
    reading = opened.reading()
    if (watching := _watching.get()) is not None:
        watching.append((schema.kind, reading))
    return reading


@dataclass(slots=True)
class _Opened:
    """A file being read: its table, and what is said of it."""

    path: Path
    schema: Schema
    limits: Limits
    profile: Profile | None
    plain: Names
    own: dict[str, str] = field(default_factory=dict)
    tables: list[RawTable] = field(default_factory=list)
    sheets: list[SheetRead] = field(default_factory=list)
    left: list[LeftOut] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    said: dict[str, Any] = field(default_factory=dict)
    above: list[str] = field(default_factory=list)
    headers: tuple[str, ...] = ()

    def csv(self, data: bytes | None) -> None:
        """Read a csv, or its bytes."""
        read = read_csv(
            self.path, known(self.schema.names), self.schema.least, self.schema.kind_of, data, self.schema.such_as
        )
        self.said = {"format": "csv", "encoding": read.encoding, "delimiter": _DELIMITER_NAMES[read.delimiter]}
        self._take(self._in_unit(self._meant(read.table), read.above, ""), "", (read.header.first, read.header.last))
        self.problems += long_rows(self.tables[0])  # beside the table of a workbook people write notes
        short = sorted(read.short.intersection(self.tables[0].rows.tolist())) if read.short else []
        if read.cut in short:
            self.problems.append(Problem("row_cut", file=str(self.path), row=short.pop()))
        if short:
            self.notes.append(Problem("short_rows", file=str(self.path), row=short[0], count=len(short)))

    def records(self) -> None:
        """Read records of HJ 212."""
        table, problems, notes = read_hj212(self.path, whole_text(self.path).decode("utf-8"))
        self.problems += problems
        self.notes += notes
        self.said = {"format": "HJ 212"}
        self._take(self._meant(table), "", None)

    def parquet(self) -> None:
        """Read a parquet file."""
        self.said = {"format": "parquet"}
        self._take(self._meant(read_parquet(self.path, self.schema.kind_of, self.limits)), "", None)

    def workbook(self) -> None:
        """Read the sheets of a workbook that have the header."""
        book = open_workbook(self.path, self.limits)
        chosen = self.schema.sheets(book.names)
        shown = [name for name in chosen if name in book.shown]
        hidden = [name for name in chosen if name not in book.shown]
        seen: set[tuple[str, ...]] | None = set() if hidden else None
        without = self._sheets(book, shown, seen)
        if hidden and not self.tables:  # the table stands on hidden sheets alone
            without += self._sheets(book, hidden)
        elif seen is not None:
            self._ask_hidden(book, hidden, seen)
        if not self.tables:
            raise refuse(self.path, "no_table_sheet", names=book.names, headers=self.schema.such_as)
        read = {one.name for one in self.sheets}
        unseen = tuple(name for name in book.names if name not in book.shown and name not in read)
        for code, names in (("hidden_sheets", unseen), ("hidden_read", [name for name in hidden if name in read])):
            if names:
                self.notes.append(Problem(code, file=str(self.path), names=names))
        self.problems += set_aside_sheets(str(self.path), [one.name for one in self.sheets])
        self.said = {"format": self.path.suffix.lower().lstrip("."), "not_read": tuple(without)}
        self.said["hidden_sheets"] = unseen

    def _sheets(self, book: Workbook, names: Sequence[str], seen: set[tuple[str, ...]] | None = None) -> list[str]:
        """Take the tables of some sheets, and into ``seen`` their rows; the sheets without one."""
        headers: dict[tuple[tuple[str, ...], str], str] = {}
        without: list[str] = []
        choices: list[tuple[Sheet, Header]] = []
        for name in names:
            sheet = book.sheet(name)
            header = self._header(sheet)
            if seen is not None:
                seen |= set(map(_filled, sheet.grid))
            if header is None:
                without.append(name)
            elif self._is_of_choices(header):
                choices.append((sheet, header))
            else:
                self._take_sheet(sheet, header, headers)
        if choices and self.tables:
            said = [sheet.name for sheet, _ in choices]
            self.notes.append(Problem("sheets_of_choices", file=str(self.path), names=said))
            return [*without, *said]
        for sheet, header in choices:
            self._take_sheet(sheet, header, headers)
        return without

    def _take_sheet(self, sheet: Sheet, header: Header, headers: dict[tuple[tuple[str, ...], str], str]) -> None:
        """Take the table of a sheet; ``headers`` are those of the sheets before, by what they mean."""
        filled, alone = fill_merged(sheet, header, self.schema)
        place: dict[str, Any] = {"file": str(self.path), "sheet": sheet.name}
        self.problems += [
            Problem("merged_alone", row=row, column=said, value=text, count=count, **place)
            for row, said, text, count in alone
        ]
        if filled:
            self.notes.append(Problem("merged_filled", count=filled, **place))
        table = to_table(sheet.grid, header, str(self.path), sheet.numbers).on_sheet(sheet.name)
        table = self._in_unit(self._meant(table), sheet.grid[: header.last], sheet.name)
        table = table.renamed(_as_before(table, self.plain, headers))
        self._take(table, sheet.name, (sheet.numbers[header.first] - 1, sheet.numbers[header.last] - 1), sheet, filled)

    def _header(self, sheet: Sheet) -> Header | None:
        return find_header(sheet.grid, known(self.schema.names), self.schema.least)

    def _is_of_choices(self, header: Header) -> bool:
        """Whether a header of a table of amounts says neither whom a row is about nor an amount (下拉选项)."""
        fields = {name for column in matched(header.names, self.schema.names) for name in column.fields}
        said = {*self.schema.subjects, *self.schema.amounts, "enterprise_id"}
        return bool(self.schema.amounts) and fields.isdisjoint(said)

    def _ask_hidden(self, book: Workbook, hidden: Sequence[str], seen: set[tuple[str, ...]]) -> None:
        """Ask about hidden sheets with a table whose rows do not all stand on the sheets that were read."""
        for name in hidden:
            try:
                sheet = book.sheet(name)
            except InputError:  # nothing of it is asked for
                continue
            header = self._header(sheet)
            rows = map(_filled, sheet.grid[header.last + 1 :] if header and not self._is_of_choices(header) else [])
            if count := sum(bool(row) and row not in seen for row in rows):
                self.problems.append(Problem("hidden_table", file=str(self.path), sheet=name, count=count))

    def _meant(self, table: RawTable) -> RawTable:
        """A table under the headers that its profile says are meant."""
        self.headers = self.headers or tuple(dict.fromkeys(map(str.strip, table.headers)))
        if self.profile is None:
            return table
        table, own = self.profile.applied(table, self.plain)
        self.own |= own
        table, answered = self.profile.answered(table, self.plain)
        for one, count in answered:
            code = "answered_itself" if one.meant == one.text else "answered"
            place: dict[str, Any] = {"file": str(self.path), "column": one.header, "value": one.text}
            self.notes.append(Problem(code, **place, meant=one.meant, by=one.by, at=one.at, count=count))
        return table

    def _in_unit(self, table: RawTable, above: Grid, sheet: str) -> RawTable:
        """A table whose columns have in their header the unit that stands above the table or in their cells."""
        self.above += [cell for row in above for cell in row if cell.strip()]
        table, unit, amounts = of_rows_above(table, above, self.schema, self.plain)
        table, in_cells = of_cells(table, self.plain)
        said = [("unit_above", unit, amounts)] if amounts else []
        said += [("unit_in_cells", one, [header]) for header, one in in_cells.items()]
        place: dict[str, Any] = {"file": str(self.path), "sheet": sheet}
        self.notes += [Problem(code, value=one, names=names, **place) for code, one, names in said]
        return table

    def _take(
        self, table: RawTable, name: str, header: tuple[int, int] | None, sheet: Sheet | None = None, filled: int = 0
    ) -> None:
        """One table of the file, without the rows that are none of it."""
        self._within(table)
        if header is not None:  # a parquet has what its writer put there
            table = self._rows_only(table, name)
        if self.profile is not None and self.profile.hours:
            table, own = self.profile.by_hour(table, self.plain)
            self.own |= own
        if self.profile is not None and self.profile.values:  # not before: a note has but a cell or two
            table, own = self.profile.filled(table, self.plain)
            self.own |= own
        hidden_rows: list[int] = []
        hidden_columns: tuple[str, ...] = ()
        if sheet is not None:
            hidden_rows, hidden_columns = hidden_of(sheet, table)
            self.notes += say_hidden(str(self.path), sheet, hidden_rows, hidden_columns)
            self.problems += struck_rows(str(self.path), sheet, table)
        first, last = (None, None) if header is None else (header[0] + 1, header[1] + 1)
        self.sheets.append(SheetRead(name, first, last, len(table.rows), len(hidden_rows), hidden_columns, filled))
        self.tables.append(table)

    def _within(self, table: RawTable) -> None:
        """Refuse a table beyond the limits."""
        if len(table.rows) > self.limits.rows:
            raise self.limits.too_much(self.path, "rows", len(table.rows))
        if len(table.headers) > self.limits.columns:
            raise self.limits.too_much(self.path, "columns", len(table.headers))
        for column in table.columns:
            texts = column.dictionary if pa.types.is_dictionary(column.type) else column
            if not pa.types.is_string(texts.type):
                continue
            longest = pc.max(pc.binary_length(texts)).as_py() or 0
            if longest > self.limits.cell_length:
                row = None
                if texts is column:
                    row = int(table.rows[int(np.argmax(pc.binary_length(texts).fill_null(0).to_numpy()))]) % SHEET
                raise self.limits.too_much(self.path, "cell_length", longest, row)

    def _rows_only(self, table: RawTable, name: str) -> RawTable:
        """A table without further headers, sums and notes; units below the header become part of it."""
        columns = matched(table.headers, self.plain)
        of = {said: column.place for column in columns for said in column.fields}
        subjects = [of[said] for said in self.schema.subjects if said in of]
        left = further_headers(table, columns, self.schema.names, subjects)
        for one in left:
            if one.kind == "other_header":  # cells below it would be read under headers that are not theirs
                said: dict[str, Any] = {"row": int(table.rows[one.line]) % SHEET, "value": one.text[:40]}
                raise InputError([Problem("other_header", file=str(self.path), sheet=name, **said)])
            if one.kind == "units":
                table = table.renamed(with_units(columns, one))
        if subjects:
            met = {one.line for one in left}
            of_a_row = [of[said] for said in self.schema.of_a_row if said in of]
            left += [one for one in sums_and_notes(table, subjects, of_a_row) if one.line not in met]
            left.sort(key=lambda one: one.line)
            amounts = [of[said] for said in sorted(self.schema.amounts) if said in of]
            places = [of[said] for said in self.schema.places if said in of]
            self._say_unequal(table, unequal_sums(table, left, amounts, places), name)
        if not left:
            return table
        for one in in_one_cell(left, len(columns)):
            said = {"row": int(table.rows[one.line]), "value": one.text[:40]}
            self.problems.append(Problem("row_in_one_cell", file=str(self.path), sheet=name, **said))
        shown = [one for one in left if one.kind != "empty"]
        self.left += [LeftOut(one.kind, int(table.rows[one.line]), one.text[:200], name) for one in shown]
        keep = np.ones(len(table.rows), dtype=bool)
        keep[[one.line for one in left]] = False
        return table.keep(keep)

    def _say_unequal(self, table: RawTable, found: Sequence[Unequal], sheet: str) -> None:
        """One problem a sum, of all its columns."""
        for line in dict.fromkeys(one.line for one in found):
            wrong = [one for one in found if one.line == line]
            column = "、".join(table.headers[one.place] for one in wrong)
            place: dict[str, Any] = {"file": str(self.path), "sheet": sheet, "row": int(table.rows[line])}
            said, found_ = "、".join(number(one.said) for one in wrong), [number(one.found) for one in wrong]
            self.problems.append(Problem("sum_differs", **place, column=column, value=said, found=found_))

    def reading(self) -> Reading:
        """The table of all sheets with its protocol."""
        table = self.tables[0] if len(self.tables) == 1 else join(self.tables, str(self.path))
        file = str(self.path)
        notes = [
            Problem(_LEFT_OUT[one.kind], file=file, sheet=one.sheet, row=one.row, value=one.text[:40])
            for one in self.left[:_NAMED]
        ]
        if len(self.left) > _NAMED:
            notes.append(Problem("notes_left_out", file=file, count=len(self.left) - _NAMED))
        columns = tuple((self.own.get(one, one), match(one, 0, self.plain).fields) for one in table.headers)
        if self.profile is not None:
            name = self.profile.name
            notes.insert(0, Problem("profile_used", file=file, value=name, path=self.profile.path))
            if (absent := self.profile.absent(list(self.own.values()))) and Path(self.profile.path) != PROFILE:
                self.problems.append(Problem("profile_headers_absent", file=file, value=name, names=absent))
        protocol = Protocol(
            file,
            sheets=tuple(self.sheets),
            left_out=tuple(self.left),
            columns=columns,
            rows=len(table.rows),
            profile=self.profile.path if self.profile else "",
            **self.said,
        )
        return Reading(table, protocol, self.problems, [*notes, *self.notes], self.above, self.headers)


def _filled(row: Sequence[str]) -> tuple[str, ...]:
    """The filled cells of a row."""
    return tuple(cell.strip() for cell in row if cell.strip())


def _as_before(table: RawTable, names: Names, said: dict[tuple[tuple[str, ...], str], str]) -> dict[str, str]:
    """The headers of a sheet that mean what one of a sheet before meant, in the same unit: its own or the field's."""
    changed = {}
    for header in table.headers:
        column = match(header, 0, names)
        if column.fields:
            field = FIELDS.get(column.fields[0])
            unit = in_signs(column.unit or plain_unit(field.unit if field else ""))
            first = said.setdefault((column.fields, unit), header)
            if first != header and first not in table.headers:
                changed[header] = first
    return changed
