"""The table of lines: every field of the vocabulary from the columns of a file."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from alertengine.files import (
    BLANKS,
    EXPORTED_BLANKS,
    SHEET,
    UNKNOWN_WORDS,
    Cells,
    CodedTable,
    Column,
    Encoded,
    Findings,
    GradeReading,
    Held,
    Numbered,
    RawTable,
    bool_column,
    categorical,
    category,
    joined,
    number_column,
    parse_code,
    parse_grade,
    parse_guarantee,
    parse_names,
    plain_unit,
    text_array,
    text_column,
    unknown_category,
    unknown_text,
    valid,
)
from alertengine.lists.daily_figures import in_units_of_capacity
from alertengine.lists.list_headers import MASS_UNITS, OF_HUNDRED, UNIT_COLUMNS, said_by_sheet
from alertengine.rulebook import OpenLists
from alertengine.vocabulary import (
    CATEGORY_TEXT,
    EMISSION_FIELDS,
    FIELDS,
    GUARANTEE_NONE,
    LIST_FIELDS,
    PLAN_FIELDS,
    PLAN_SHARE_FIELDS,
    Field,
    Words,
    number,
    perhaps,
)

#: Texts that 无 also leaves empty; in a filed plan it stays, as a text that is not read.
_BLANK_OR_NONE: Final = EXPORTED_BLANKS | UNKNOWN_WORDS | {"无"}
#: What is said of an unknown name, by field.
_UNKNOWN: Final = {
    "city": "city_unknown",
    "county": "county_unknown",
    "industry": "industry_unknown",
    "process": "process_unknown",
    "named_lists": "named_lists_unknown",
}
#: Fields of codes that look like numbers to a spreadsheet.
_CODES: Final = frozenset({"enterprise_id", "permit_no", "line_id", "meter_no", "cems_no", "gate_no"})
#: Fields whose cells are looked at once more when the others are read.
_READ_AGAIN: Final = ("grade", "guarantee", "units")


class FrameBuilder:
    """Builds ``EnterpriseList.lines`` column by column; ``build`` is the one thing to call."""

    def __init__(self, table: RawTable, columns: Sequence[Column], lists: OpenLists, findings: Findings) -> None:
        """Keep what every column needs; ``columns`` as :func:`~alertengine.lists.list_headers.map_headers` finds."""
        self.table = table
        self.lists = lists
        self.findings = findings
        self.count = len(table.rows)
        self.of_field = {name: column for column in columns for name in column.fields}
        self.done: dict[str, Any] = {}
        self._nothing: dict[str, Held] = {}

    def build(self) -> CodedTable:
        """Every field of ``LIST_FIELDS``, emissions in kg/d, shares 0 to 1.

        The cells of the table are let go as they are read, but for columns that are no field.
        """
        for field in LIST_FIELDS:
            if field.name not in self.done:
                self.done[field.name] = self._column(field)
            if field.name in self.of_field and field.name not in _READ_AGAIN:
                self.table.let_go(self.of_field[field.name].place)
        self._places()
        self._grades()
        self._defaults()
        self._emissions()
        self.done |= dict(in_units_of_capacity(self.done, self.of_field, self.table.rows, self.findings))
        return CodedTable({field.name: self.done[field.name] for field in LIST_FIELDS}, self.count)

    def cells(self, name: str) -> Cells | None:
        """The raw column of a field, None where the file has no such column."""
        column = self.of_field.get(name)
        if column is None:
            return None
        return Cells(column.header, self.table.columns[column.place], self.table.rows, self.findings)

    def _column(self, field: Field) -> Held:
        cells = self.cells(field.name)
        if cells is None or cells.column.null_count == self.count:
            return self._absent(field)
        makers: dict[str, Callable[[Cells, Field], Held]] = {
            "bool": self._bool,
            "number": self._number,
            "integer": self._number,
            "code": self._code,
            "names": self._names,
            "open": self._open,
            "text": self._text,
        }
        return makers[field.type](cells, field)

    def _number(self, cells: Cells, field: Field) -> Held:
        unit = self.of_field[field.name].unit
        values = number_column(cells, replace(field, unit=unit) if unit in MASS_UNITS else field)
        return self._shares(cells, values) if field.name in OF_HUNDRED else values

    def _text(self, cells: Cells, field: Field) -> Numbered:
        if field.name in CATEGORY_TEXT:
            return category(*cells.parse(lambda text: None if text in _BLANK_OR_NONE else text, None))
        blanks = EXPORTED_BLANKS if field.name in PLAN_FIELDS.values() else _BLANK_OR_NONE
        return text_column(cells, blanks, codes=field.name in _CODES, names=field.name == "enterprise")

    def _absent(self, field: Field) -> Held:
        """A column of which nothing is known; those of one kind share their memory."""
        if field.type == "code":
            return unknown_category(self.count, field.values)
        kind = "open" if field.name in CATEGORY_TEXT else field.type
        if kind not in self._nothing:
            self._nothing[kind] = self._unknown(field)
        return self._nothing[kind]

    def _unknown(self, field: Field) -> Held:
        if field.type == "bool":
            return np.zeros(self.count, dtype=np.int8)
        if field.type in ("number", "integer"):
            return np.full(self.count, np.nan)
        few = field.type in ("open", "names") or field.name in CATEGORY_TEXT
        return unknown_category(self.count) if few else unknown_text(self.count)

    def _bool(self, cells: Cells, field: Field) -> Held:
        """A yes/no column; of one that means two fields, 否 leaves open which of them fails."""
        truths = bool_column(cells)
        both = self.of_field[field.name].fields
        if len(both) > 1:
            truths = np.where(truths == 1, np.int8(0), truths)
            self.done.update(dict.fromkeys(both, truths))
        return truths

    def _code(self, cells: Cells, field: Field) -> Numbered:
        if field.name == "grade":  # read apart, see _grades
            return unknown_category(self.count, field.values)
        parse = parse_guarantee if field.name == "guarantee" else parse_code
        return category(*cells.parse(lambda text: parse(text, field), None), field.values)

    def _open(self, cells: Cells, field: Field) -> Numbered:
        encoded, names = cells.parse(
            lambda text: None if text in _BLANK_OR_NONE else self.lists.recognise(field.open_list, text).name or text,
            None,
        )
        if field.name != "city":  # cities are looked at with their provinces
            for place, name in enumerate(names):
                if name is not None and self.lists.standard_name(field.open_list, name) != name:
                    candidates = self.lists.recognise(field.open_list, name).candidates
                    self._ask(field.name, np.flatnonzero(encoded.codes == place), name, candidates)
        return category(encoded, names)

    def _names(self, cells: Cells, _: Field) -> Numbered:
        """Names of closed lists under their standard names; unknown ones stay as written and are asked about."""
        encoded, said = cells.parse(parse_names, None)
        out: list[str | None] = []
        for place, text in enumerate(said):
            names = {*(text or "").split(";")} - {""}
            for name in sorted(names - {"无"}):
                known = self.lists.recognise("named_lists", name)
                if known.name is None and self.lists.named_lists:
                    self._ask("named_lists", np.flatnonzero(encoded.codes == place), name, known.candidates)
                names = names - {name} | {known.name or name}
            out.append(";".join(sorted(names)) or None)
        return category(encoded, out)

    def _ask(self, name: str, lines: npt.NDArray[np.int64], value: str, candidates: Sequence[str]) -> None:
        """A name that is not known, once for all its lines, with the nearest known ones: a question, no filling."""
        if not len(lines):
            return
        near = perhaps(candidates) or Words("or_one_added")
        column, row = self.of_field[name].header, int(self.table.rows[lines[0]])
        self.findings.ask(_UNKNOWN[name], row, column, value, perhaps=near, count=len(lines))

    # -- fields that hang together

    def _places(self) -> None:
        """Report cities that are not on file; the province of a line is that of its city."""
        city = self.done["city"]
        on_file = set(self.lists.cities())
        for code, name in enumerate(city.names):
            if name not in on_file:
                here = np.flatnonzero(city.codes == code)
                self._ask("city", here, name, self.lists.recognise("places", name).candidates)
        self._counties()
        self._townships()
        self._missing("city", "no_city")
        self._missing("enterprise", "no_name")
        home = [*map(self.lists.province_of, city.names), self.lists.default_province]
        self.done["province"] = fill_category(self.done["province"], city.codes, home)

    def _counties(self) -> None:
        """Counties under the name they have in their city; one that the city does not have is asked about."""
        self._counties_of_sheets()
        if "county" not in self.of_field:
            return
        city, county = self.done["city"], self.done["county"]
        pairs, firsts = joined(city.codes, county.codes)
        names: list[str | None] = []
        for pair, line in enumerate(firsts.tolist()):
            place, text = city[line], county[line]
            names.append(text)
            if place is None or text is None:
                continue
            known = self.lists.recognise_county(place, text)
            if known.name is None:
                self._ask("county", np.flatnonzero(pairs == pair), text, known.candidates)
            elif known.name != text:
                if self.lists.counties.renamed(place, text):
                    header = self.of_field["county"].header
                    row = int(self.table.rows[line])
                    self.findings.warn("county_renamed", row=row, column=header, value=text, name=known.name)
                names[-1] = known.name
        if names != [county[line] for line in firsts.tolist()]:
            self.done["county"] = as_category(pairs, names)

    def _counties_of_sheets(self) -> None:
        """Lines without a county, on a sheet named after one of their city, are of it: said once."""
        city, county = self.done["city"], self.done["county"]
        if not self.table.labels or county.known.all():
            return
        pages = self.table.rows // SHEET
        pairs, firsts = joined(city.codes, pages)
        said = [(city[line] or "", self.table.labels[pages[line]]) for line in firsts.tolist()]
        known = [self.lists.recognise_county(place, said_by_sheet(name)).name if self.lists.counties.of(place) else None
                 for place, name in said]  # fmt: skip
        of_sheet = as_category(pairs, known)
        filled = ~county.known & of_sheet.known
        if filled.any():
            self.done["county"] = sorted_category(county.where(~filled, of_sheet))
            names, count = of_sheet.take(filled).present, int(filled.sum())
            self.findings.warn("county_of_sheet", column=FIELDS["county"].text, count=count, names=names)

    def _townships(self) -> None:
        """Townships under the name that documents give them in their county; others as they stand."""
        if "township" not in self.of_field:
            return
        columns = [self.done[name] for name in ("city", "county", "township")]
        places, firsts = joined(*(column.codes for column in columns))
        said = [self.lists.township(*(column[line] or "" for column in columns)) for line in firsts.tolist()]
        self.done["township"] = as_category(places, [name or None for name in said])

    def _missing(self, name: str, code: str) -> None:
        lines = np.flatnonzero(~self.done[name].known)
        header = self.of_field[name].header
        self.findings.bad_cells(header, self.table.rows[lines], [""] * len(lines), code)

    def _grades(self) -> None:
        """The grade column, with the local grades, exemptions and 长期停产 that stand in it read apart."""
        cells = self.cells("grade")
        if cells is None:
            return
        encoded, readings = cells.parse(parse_grade, GradeReading())
        grades = FIELDS["grade"]
        self.done["grade"] = category(encoded, [reading.grade for reading in readings], grades.values)
        if any(reading.local_class for reading in readings):
            local = category(encoded, [reading.local_class for reading in readings])
            stated = self.done["local_class"]
            self.done["local_class"] = sorted_category(stated.where(stated.known, local))
        guaranteed = encoded.take([reading.guaranteed for reading in readings], missing=False, dtype=bool)
        if guaranteed.any():
            self._guaranteed(guaranteed)
        stopped = encoded.take([reading.long_stopped for reading in readings], missing=False, dtype=bool)
        if stopped.any():
            self._long_stopped(stopped)

    def _guaranteed(self, lines: npt.NDArray[np.bool_]) -> None:
        guarantee = self.done["guarantee"]
        open_class = lines & (~guarantee.known | guarantee.among([GUARANTEE_NONE]))
        self.done["guarantee"] = _masked(guarantee, open_class, "其他")
        for line in np.flatnonzero(open_class)[:1]:
            row, header, count = int(self.table.rows[line]), self.of_field["grade"].header, int(open_class.sum())
            self.findings.warn("guarantee_assumed", row=row, column=header, value="民生豁免", count=count)

    def _long_stopped(self, lines: npt.NDArray[np.bool_]) -> None:
        stated = self.done["long_stopped"]
        against = lines & (stated == 1)
        self.done["long_stopped"] = np.where(against, np.int8(0), np.where(lines, np.int8(2), stated))
        at = np.flatnonzero(against)
        if len(at):
            header = self.of_field["long_stopped"].header
            self.findings.bad_cells(header, self.table.rows[at], ["否"] * len(at), "contradiction")

    def _defaults(self) -> None:
        guarantee = self.done["guarantee"]
        unsaid = ~guarantee.known & ~self._stated("guarantee")
        self.done["guarantee"] = _masked(guarantee, unsaid, GUARANTEE_NONE)
        units = self.done["units"]
        self.done["units"] = np.where(np.isnan(units) & ~self._stated("units"), 1.0, units)
        for name in PLAN_SHARE_FIELDS.values():
            self.done[name] = self.done[name] / 100.0
        for amount, unit in UNIT_COLUMNS.items():
            column = self.of_field.get(amount)
            if column is not None and column.unit:
                _, bracket, end = unicodedata.normalize("NFKC", column.header).replace(" ", "").rpartition("(")
                said = end.rstrip(")") if bracket and plain_unit(end) == column.unit else column.unit
                stated = self.done[unit]
                every = categorical(np.zeros(self.count, dtype=np.int8), [said])
                self.done[unit] = sorted_category(stated.where(stated.known | np.isnan(self.done[amount]), every))

    def _shares(self, cells: Cells, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Shares in per cent: 0.5 or 1 without its sign may be a fraction, is asked about and counts as unknown."""
        doubtful = (values > 0) & (values <= 1)
        if doubtful.any() and not pa.types.is_floating(cells.column.type):
            encoded = cells.encode()
            doubtful &= ~encoded.take([text.endswith("%") for text in encoded.texts], missing=False, dtype=bool)
        at = np.flatnonzero(doubtful)
        every = len(at) == np.count_nonzero(values > 0)
        for line in at[:1] if every else at:
            row, count = int(self.table.rows[line]), len(at) if every else 1
            self.findings.ask("share_fraction", row, cells.header, number(values[line]), count=count)
        return np.where(doubtful, np.nan, values)

    def _stated(self, name: str) -> npt.NDArray[np.bool_]:
        """Where a cell of the field says something, read or not."""
        cells = self.cells(name)
        if cells is None:
            return np.zeros(self.count, dtype=bool)
        kind = cells.column.type
        if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind):
            return valid(cells.column)
        encoded = cells.encode()
        return encoded.take([text not in BLANKS for text in encoded.texts], missing=False, dtype=bool)

    def _emissions(self) -> None:
        """Amounts to kg/d: those of a year by the production days of the line."""
        days = self.done["production_days"]
        yearly: list[str] = []
        for name in EMISSION_FIELDS.values():
            column = self.of_field[name]
            kilograms, is_yearly = MASS_UNITS.get(column.unit, (1.0, False))
            values = self.done[name] * kilograms
            if is_yearly:
                yearly.append(name)
                values = np.round(values / np.where(np.isnan(days), 365.0, days), 6)
            self.done[name] = values
        given = np.zeros(self.count, dtype=bool)
        for name in yearly:
            given |= ~np.isnan(self.done[name])
        assumed = int((given & np.isnan(days)).sum())
        if assumed:
            self.findings.warn("yearly_365", column=FIELDS["production_days"].text, count=assumed)


def fill_category(said: Numbered, codes: npt.NDArray[np.signedinteger[Any]], wanted: Sequence[str]) -> Numbered:
    """A category with its unknown cells taken from ``wanted``, by ``codes`` (shape: lines; -1 its last)."""
    filled = categorical(codes.astype(np.int64) % len(wanted), wanted).mapped(
        text_array([name or None for name in wanted])
    )
    return sorted_category(said.where(said.known, filled))


def as_category(codes: npt.NDArray[np.signedinteger[Any]], names: Sequence[str | None]) -> Numbered:
    """A category from the name (None: unknown) of each code, with sorted categories."""
    return category(Encoded(codes, [], []), names)


def sorted_category(column: Numbered) -> Numbered:
    """A text column as a category with sorted categories, all of which occur."""
    column = column.compact()
    return as_category(column.codes, column.names)


def _masked(column: Numbered, lines: npt.NDArray[np.bool_], name: str) -> Numbered:
    """A category that says one of its names on some lines."""
    return replace(column, codes=np.where(lines, column.codes.dtype.type(column.names.index(name)), column.codes))
