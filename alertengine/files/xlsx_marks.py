"""What an .xlsx says of its cells beside their values: errors, formulas without a value, percent, hours, hidden.

The readers of workbooks give an error as a blank and 50 % as 0.5; a scan of the sheet's own XML tells them apart,
and how large the sheet says it is before anybody makes room for it.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.parsers import expat

from alertengine.files.cells import NO_VALUE
from alertengine.files.number_formats import BUILT_IN, says_more, shows_hours
from alertengine.vocabulary import Words, foreign, refuse

Place = tuple[int, int]

_REFERENCE: Final = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
#: Columns marked as hidden, counted as often as they are.
_MOST_HIDDEN: Final = 1 << 16
#: Number formats of the standard that show the hour of a time, the Chinese ones among them.
_HOURS: Final = frozenset({*range(18, 23), *range(32, 36), 55, 56})


@dataclass(slots=True)
class Marks:
    """What a sheet says of its cells, by (row, column) from 0.

    ``texts`` are those to be shown instead of a value (errors, formulas without one), ``shown`` cells whose number
    format shows more than the number, and its code, ``midnights`` those whose whole number is shown with an hour,
    ``struck_rows`` rows most of whose cells are struck through; ``merged`` are ranges ((top, left), (bottom, right)),
    ``widths`` the columns of each row.
    """

    texts: dict[Place, str] = field(default_factory=dict)
    shown: list[tuple[Place, str]] = field(default_factory=list)
    midnights: list[Place] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    struck_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[tuple[Place, Place]] = field(default_factory=list)
    widths: dict[int, int] = field(default_factory=dict)
    cells: int = 0
    rows: int = 0
    columns: int = 0


def scan_xlsx(path: Path, name: str) -> Marks:
    """The marks of a sheet of an .xlsx.

    Raises:
        InputError: the file is no such workbook.

    """
    try:
        with zipfile.ZipFile(path) as book:
            parts = {_part_name(one): one for one in book.namelist()}
            if len(parts) < len(book.namelist()):
                raise ValueError("a part is there twice")  # which of them is read depends on the reader
            sheets = _sheets(book, parts)
            styles = _styles(book, parts["xl/styles.xml"]) if "xl/styles.xml" in parts else Styles()
            return _scan(book, parts[_part_name(sheets[name])], styles)
    except Exception as error:  # noqa: BLE001 -- whatever broken bytes lead to, the file is unusable
        raise refuse(path, "unopened_file", error=foreign(error), kind=Words("a_workbook")) from None


def _parser() -> expat.XMLParserType:
    """A parser that gives names without their namespaces' prefixes and takes no document type."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse_doctype(*_: object) -> None:
        raise ValueError("a document type in the XML of a workbook")

    parser.StartDoctypeDeclHandler = refuse_doctype
    return parser


def _plain(name: str) -> str:
    return name.rpartition(":")[2]


def _part_name(name: str) -> str:
    """The name of a part as every reader of workbooks understands it, whoever packed it."""
    return name.replace("\\", "/").lower()


def _sheets(book: zipfile.ZipFile, parts: Mapping[str, str]) -> dict[str, str]:
    """The part of each sheet, by its name."""
    targets: dict[str, str] = {}
    found: dict[str, str] = {}

    def relation(name: str, said: dict[str, str]) -> None:
        if _plain(name) == "Relationship":
            target = said.get("Target", "")
            whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            targets[said.get("Id", "")] = whole

    def sheet(name: str, said: dict[str, str]) -> None:
        if _plain(name) == "sheet":
            link = next((value for key, value in said.items() if key.endswith(":id")), "")
            found.setdefault(said.get("name", ""), targets.get(link, ""))

    for part, handler in (("xl/_rels/workbook.xml.rels", relation), ("xl/workbook.xml", sheet)):
        parser = _parser()
        parser.StartElementHandler = handler
        parser.Parse(book.read(parts[part]), True)
    return found


@dataclass(frozen=True, slots=True)
class Styles:
    """Cell styles by number: the format that shows more than a number, that shows hours, that strikes through."""

    formats: Mapping[str, str] = field(default_factory=dict)
    hours: frozenset[str] = frozenset()
    struck: frozenset[str] = frozenset()


def _styles(book: zipfile.ZipFile, part: str) -> Styles:
    """What the styles of a workbook say of its cells."""
    formats, hours = dict(BUILT_IN), set(_HOURS)
    fonts: list[bool] = []
    styles: list[tuple[int, int]] = []
    inside = ""

    def start(name: str, said: dict[str, str]) -> None:
        nonlocal inside
        match _plain(name):
            case "numFmt":
                code = said.get("formatCode", "")
                if says_more(code):
                    formats[int(said["numFmtId"])] = code
                if shows_hours(code):
                    hours.add(int(said["numFmtId"]))
            case "cellXfs" | "fonts" as group:
                inside = group
            case "font" if inside == "fonts":
                fonts.append(False)
            case "strike" if inside == "fonts" and fonts:
                fonts[-1] = said.get("val", "1") not in ("0", "false")
            case "xf" if inside == "cellXfs":
                styles.append((int(said.get("numFmtId", "0")), int(said.get("fontId", "0"))))

    def end(name: str) -> None:
        nonlocal inside
        inside = "" if _plain(name) == inside else inside

    parser = _parser()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(book.read(part), True)
    struck = {place for place, is_struck in enumerate(fonts) if is_struck}
    return Styles(
        {str(place): formats[number] for place, (number, _) in enumerate(styles) if number in formats},
        frozenset(str(place) for place, (number, _) in enumerate(styles) if number in hours),
        frozenset(str(place) for place, (_, font) in enumerate(styles) if font in struck),
    )


def _scan(book: zipfile.ZipFile, part: str, styles: Styles) -> Marks:
    scanner = _Scanner(styles)
    parser = _parser()
    parser.StartElementHandler, parser.EndElementHandler = scanner.start, scanner.end
    scanner.hear = lambda on: setattr(parser, "CharacterDataHandler", scanner.text if on else None)
    with book.open(part) as stream:
        parser.ParseFile(stream)
    return scanner.marks


class _Scanner:
    """Takes the elements of a sheet one after another; only failed cells keep their text."""

    def __init__(self, styles: Styles) -> None:
        self.marks = Marks()
        self.styles = styles
        self.style = ""
        self.filled = self.struck = 0  #: cells of this row
        self.row = self.column = -1
        self.hidden = 0
        self.kind = ""
        self.formula: str | None = None
        self.value: str | None = None
        self.hear: Callable[[bool], None] = lambda _: None  #: set by whoever has the parser
        self.said: list[str] = []

    def start(self, name: str, said: dict[str, str]) -> None:
        marks = self.marks
        if name == "c" or name.endswith(":c"):
            place = said.get("r")
            if place:
                self.row, self.column = place_of(place)
            else:
                self.column += 1
            self.kind, self.formula, self.value = said.get("t", "n"), None, None
            marks.cells += 1
            marks.widths[self.row] = self.column + 1
            marks.rows, marks.columns = max(marks.rows, self.row + 1), max(marks.columns, self.column + 1)
            self.style = said.get("s", "")
            if self.style in self.styles.formats and self.kind == "n":
                marks.shown.append(((self.row, self.column), self.styles.formats[self.style]))
            return
        match _plain(name):
            case "v" | "f":
                self.said.clear()
                self.hear(True)
            case "row":
                self.row = int(said["r"]) - 1 if "r" in said else self.row + 1
                self.column = -1
                self.filled = self.struck = 0
                if said.get("hidden") in ("1", "true"):
                    marks.hidden_rows.add(self.row)
            case "col" if said.get("hidden") in ("1", "true"):
                left, right = int(said["min"]) - 1, min(int(said["max"]), 16384)
                if self.hidden < _MOST_HIDDEN:  # ranges that say the same again and again would take minutes
                    marks.hidden_columns.update(range(left, right))
                    self.hidden += max(right - left, 0)
            case "mergeCell":
                first, _, last = said.get("ref", "").partition(":")
                if last:
                    marks.merged.append((place_of(first), place_of(last)))

    def text(self, data: str) -> None:
        self.said.append(data)

    def end(self, name: str) -> None:
        match _plain(name):
            case "v":
                self.value = "".join(self.said)
                self.hear(False)
            case "f":
                self.formula = "".join(self.said)
                self.hear(False)
            case "c":
                place = (self.row, self.column)
                if self.value and self.style in self.styles.hours and self.value.partition(".")[2].strip("0") == "":
                    self.marks.midnights.append(place)
                if self.styles.struck and (self.value is not None or self.kind == "inlineStr"):
                    self.filled += 1
                    self.struck += self.style in self.styles.struck
                if self.kind == "e":
                    self.marks.texts[place] = self.value or "#VALUE!"
                elif self.formula is not None and not self.value and self.kind != "str":
                    self.marks.texts[place] = f"{NO_VALUE} {self.formula}".strip()
            case "row" if self.struck * 2 > self.filled:
                self.marks.struck_rows.add(self.row)


def place_of(reference: str) -> Place:
    """Row and column, from 0, of a reference such as ``B3``.

    Raises:
        ValueError: it is none.

    """
    found = _REFERENCE.fullmatch(reference.replace("$", ""))
    if not found:
        raise ValueError(f"no cell: {reference}")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1


def reference_of(row: int, column: int) -> str:
    """The reference, such as ``B3``, of a row and column from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"
