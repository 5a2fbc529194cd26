"""The record of warnings: rows of ``warnings.csv``, what makes them unusable, and what they leave standing."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, count
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from alertengine.files import (
    RawTable,
    Schema,
    TextCells,
    changed_since,
    columns_twice,
    matched,
    normal,
    parse_stamp,
    read_frame,
    read_table,
    text_table,
    with_sheets,
)
from alertengine.vocabulary import (
    ACTION_TEXT,
    LEVEL_TEXT,
    OPEN,
    WARNING_COLUMNS,
    InputError,
    Problem,
    Words,
    aside,
    perhaps,
    to_minute,
)
from alertengine.warning.grade import LEVEL_OF, RANK
from alertengine.warning.level_intervals import LevelInterval, full_end, paint
from alertengine.warning.level_intervals import rank_before as before
from alertengine.warning.places import counties_in, places_near

if TYPE_CHECKING:
    import pandas as pd

    from alertengine.rulebook import OpenLists

#: A transition: WARNING_COLUMNS, times as datetimes, an open end None.
Row = Mapping[str, Any]

_FILLED: Final = ("warning_id", "city", "action", "starts", "issued")
_NEEDED: Final = (*_FILLED, "counties", "level", "ends")


def torn(path: Path, rows: int) -> list[Problem]:
    """A csv that ends without the end of its last row; ``rows`` is the number of that row."""
    if path.suffix.lower() != ".csv":
        return []
    content = path.read_bytes()
    return [] if content.endswith((b"\n", b"\r", b"\x00")) else [Problem("warning_torn", file=str(path), row=rows)]


def defects(rows: Iterable[tuple[int, Row]], file: str) -> Iterator[Problem]:
    """What is wrong with transitions, each with its row in the file."""
    seen: dict[tuple[str, ...], tuple[int, tuple[str, ...]]] = {}
    places: dict[str, tuple[int, tuple[str, str]]] = {}
    newest: dict[str, tuple[int, Any]] = {}
    for row, one in rows:
        place: dict[str, Any] = {"file": file, "row": int(row)}
        blank = [name for name in _FILLED if not one[name]]
        nothing = ("",) if one["action"] == "lift" else ("", "none")
        if one["action"] not in ("advise", "") and one["level"] in nothing:
            blank.append("level")
        for name in blank:
            yield Problem("warning_cell_blank", **place, column=name, name=WARNING_COLUMNS[name])
        if blank:
            continue
        if one["ends"] is not None and one["ends"] <= one["starts"]:
            value, starts = str(one["ends"]), str(one["starts"])
            yield Problem("warning_ends_early", **place, column="ends", value=value, starts=starts)
        if one["action"] == "advise":
            continue
        yield from _against(one, place, seen, places, newest)


def _against(
    one: Row,
    place: dict[str, Any],
    seen: dict[tuple[str, ...], tuple[int, tuple[str, ...]]],
    places: dict[str, tuple[int, tuple[str, str]]],
    newest: dict[str, tuple[int, Any]],
) -> Iterator[Problem]:
    """What a row says against those before it."""
    name, row = str(one["warning_id"]), place["row"]
    named = {**place, "column": "warning_id", "value": name}
    where = (str(one["city"]), str(one["counties"]))
    if name not in places:
        if one["action"] != "issue":
            yield Problem("warning_not_issued", **named)
        places[name] = (row, where)
    elif places[name][1] != where:
        yield Problem("warning_of_two_places", **named, row_of=places[name][0])
    key = (name, str(one["issued"]), str(one["starts"]))
    said = (str(one["action"]), str(one["level"]), str(one["ends"]))
    if key in seen and seen[key][1] != said:
        yield Problem("warning_contradicts", **named, row_of=seen[key][0])
    seen.setdefault(key, (row, said))
    if name in newest and one["issued"] < newest[name][1]:
        yield Problem("warning_backwards", **named, row_of=newest[name][0])
    newest[name] = (row, one["issued"])


TIME_COLUMNS: Final = ("starts", "ends", "issued")
SEGMENT_COLUMNS: Final = ("city", "county", "warning_id", "level", "starts", "ends", "life_start")
Unit = tuple[str, str]


@dataclass
class WarningStanding:
    """A warning as the record leaves it: its pieces, when its life began, whether a lift was said last."""

    warning_id: str
    pieces: list[LevelInterval] = field(default_factory=list)
    life_start: datetime = OPEN
    lifted: bool = False
    #: Last end of its pieces, kept with them.
    end: datetime = OPEN
    #: What the air gave of its pieces, whatever an order from above asked of the same hours.
    by_air: list[LevelInterval] = field(default_factory=list)
    #: Its transitions, in the order they were made.
    rows: list[Row] = field(default_factory=list)

    def take(self, piece: LevelInterval, *, lifted: bool, graded: bool = True) -> None:
        """Bring in one transition: a piece (``graded``: given by the air), or (``lifted``) nothing from then on."""
        start, end, rank = piece
        done = (start, OPEN if lifted else end, 0 if lifted else rank)
        self.pieces, self.lifted = paint(self.pieces, *done), lifted
        if lifted or graded:
            self.by_air = paint(self.by_air, *done)
        self.life_start = self.life_start if lifted else min(self.life_start, start)
        self.end = max((held.end for held in self.pieces), default=self.life_start)

    def add(self, row: Row) -> None:
        """Bring in one transition of the record."""
        self.rows.append(row)
        lifted, end = row["action"] == "lift", OPEN if row["ends"] is None else row["ends"]
        piece = LevelInterval(row["starts"], end, 0 if lifted else RANK[str(row["level"])])
        self.take(piece, lifted=lifted, graded=bool(row["grading"]))

    def before(self, time: datetime) -> WarningStanding:
        """It as the transitions decided before a time left it."""
        rows = [row for row in self.rows if row["issued"] < time]
        if len(rows) == len(self.rows):
            return self
        out = WarningStanding(self.warning_id)
        for row in rows:
            out.add(row)
        return out

    @property
    def start(self) -> datetime:
        """First start of its pieces."""
        return min((piece.start for piece in self.pieces), default=self.life_start)

    def holds_after(self, time: datetime) -> bool:
        """Whether any of its hours lies after a time, though its end may have been brought forward by a lift."""
        return bool(self.pieces) and self.end > time

    @property
    def last_rank(self) -> int:
        """Rank of its last piece."""
        return self.pieces[-1].rank if self.pieces else 0


class Advised(NamedTuple):
    """Advice given: from when to when, by which rule."""

    start: datetime
    end: datetime
    grading: str


_SCHEMA: Final = Schema(
    {normal(spelling): (name,) for name, text in WARNING_COLUMNS.items() for spelling in (name, text)},
    least=2,
    subjects=("warning_id", "city"),
)

#: Levels and actions by their codes and by the words that papers have for them.
_LEVELS: Final = {
    word: code
    for code, text in ((code, LEVEL_TEXT[code]) for code in RANK)
    for word in (code, text, text.removesuffix("色"), f"{text}预警", f"重污染天气{text}预警")
}
_ACTIONS: Final = {word: code for code, text in ACTION_TEXT.items() for word in (code, text)}


def table_of(rows: Iterable[Row], columns: Iterable[str] = WARNING_COLUMNS) -> pd.DataFrame:
    """Rows as a table with exactly some columns, their times as timestamps."""
    import pandas as pd  # only who asks for a table pays for it

    held = list(rows)
    kinds: dict[str, Any] = dict.fromkeys((*TIME_COLUMNS, "life_start"), "datetime64[us]")
    text = "str" if held else object
    return pd.DataFrame({
        name: pd.Series([row[name] for row in held], dtype=kinds.get(name, text)) for name in columns
    })  # fmt: skip


def rows_of(table: Any) -> list[Row]:
    """Transitions as rows; those of a table with plain times."""
    if not hasattr(table, "iloc"):
        return list(table)
    columns = {str(name): table[name].astype("object").where(table[name].notna(), None).tolist() for name in table}
    for name, cells in columns.items():
        blank = None if name in TIME_COLUMNS else ""
        columns[name] = [blank if c is None else c.to_pydatetime() if hasattr(c, "to_pydatetime") else c for c in cells]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def empty_table() -> pd.DataFrame:
    """Return a table of warnings without rows."""
    return table_of(())


def write_warnings(table: pd.DataFrame | Iterable[Row], path: Path | str) -> None:
    """Write ``warnings.csv``: UTF-8, times as ``YYYY-MM-DD HH:MM``, an open end blank."""
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(WARNING_COLUMNS)
        for row in rows_of(table):
            writer.writerow([to_minute(row[name]) if name in TIME_COLUMNS else row[name] for name in WARNING_COLUMNS])


def read_warnings(source: Path | str | pd.DataFrame, lists: OpenLists | None = None) -> pd.DataFrame:
    """Read ``warnings.csv`` of a run before or a frame of it; with ``lists`` its places by their standard names.

    Raises:
        InputError: a column is missing, a cell cannot be read, a city has no such county, or the record is cut or
            contradicts itself; each row is named.

    """
    return table_of(read_record(source, lists))


def read_record(source: Path | str | pd.DataFrame, lists: OpenLists | None = None) -> list[Row]:
    """:func:`read_warnings` as rows."""
    path = Path(source) if isinstance(source, (str, PathLike)) else None
    reading = read_frame(source) if path is None else read_table(path, _SCHEMA)
    for note in reading.notes:
        aside(note)
    raw = reading.table
    file = raw.file
    texts = text_table(raw, _SCHEMA.names)
    absent = [name for name in WARNING_COLUMNS if name in _NEEDED and name not in texts.cells]
    if absent:
        raise InputError([Problem("column_missing", file=file, column=n, names=[WARNING_COLUMNS[n]]) for n in absent])
    twice = columns_twice(matched(raw.headers, _SCHEMA.names), raw.file, raw.header_row)
    problems: list[Problem] = [*reading.problems, *twice]
    column = TextCells(file, problems, texts.rows)
    columns: dict[str, list[Any]] = {name: texts.texts(name) for name in WARNING_COLUMNS}
    for name in TIME_COLUMNS:
        columns[name] = column.read(columns[name], name, parse_stamp, Words("a_time_form"))
    columns["ends"] = [end and full_end(end) for end in columns["ends"]]
    for name, codes in (("level", _LEVELS), ("action", _ACTIONS)):
        expected = Words("one_of_several", names=list(dict.fromkeys(codes.values())))
        columns[name] = column.read(columns[name], name, codes.__getitem__, expected, "")
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    numbered = list(zip(texts.rows.tolist(), rows, strict=True))
    if lists is not None:
        problems += _named(numbered, lists, raw)
    if path is not None:
        if manifest := changed_since(path):
            problems.append(Problem("warning_changed", file=file, manifest=manifest))
        problems += torn(path, int(raw.rows[-1]) if len(raw.rows) else 1)
    if not problems:
        problems += defects(numbered, file)
    if problems:
        raise InputError(with_sheets(problems, raw.labels))
    return list(rows)


def _named(rows: Iterable[tuple[int, dict[str, Any]]], lists: OpenLists, raw: RawTable) -> list[Problem]:
    """Give the places of transitions their standard names, in place; a problem for each county its city does not have.

    A city that is not known stays as it is written and is asked about, with the first row that names it.
    """
    problems, known = list[Problem](), set(lists.cities())
    for number, row in rows:
        place: dict[str, Any] = {"file": raw.file, "row": number}
        city = lists.standard_name("places", row["city"]) or row["city"]
        if city and city not in known:
            known.add(city)
            near = perhaps(places_near(city, lists))
            asked = Problem("record_city_unknown", **place, column="city", value=city, near=near)
            aside(*with_sheets([asked], raw.labels))
        found = []
        for part in counties_in(row["counties"]):
            county = lists.recognise_county(city, part)
            if county.name is None:
                said: dict[str, Any] = {"city": city, "near": perhaps(county.candidates)}
                problems.append(Problem("no_county_of_city", **place, column="counties", value=part, **said))
            found.append(county.name or part)
        row |= {"city": city, "counties": ";".join(found)}
    return problems


def warning_id(unit: Unit, start: datetime) -> str:
    """Return the id of a warning: place and the start of its life."""
    return "-".join(filter(None, [*unit, start.strftime("%Y%m%d%H")]))


class Record:
    """The record so far, row by row, and what it leaves standing: kept in step as rows are added."""

    def __init__(self, before: pd.DataFrame | Iterable[Row] | None = None) -> None:
        """Begin with the transitions of a run before, where there are any."""
        self._lives: dict[Unit, dict[str, WarningStanding]] = {}
        self._advice: dict[Unit, list[Advised]] = {}
        self.rows: list[Row] = []
        for row in () if before is None else rows_of(before):
            self.add(row)

    def add(self, row: Row) -> None:
        """Add one transition."""
        self.rows.append(row)
        for county in str(row["counties"]).split(";"):
            unit = (str(row["city"]), county)
            if row["action"] == "advise":
                end = OPEN if row["ends"] is None else row["ends"]
                self._advice.setdefault(unit, []).append(Advised(row["starts"], end, str(row["grading"])))
                continue
            lives = self._lives.setdefault(unit, {})
            lives.setdefault(str(row["warning_id"]), WarningStanding(str(row["warning_id"]))).add(row)

    def lives(self, unit: Unit, after: datetime = datetime.min) -> list[WarningStanding]:
        """The warnings of a place that end after a time, in order of issue."""
        return [life for life in self._lives.get(unit, {}).values() if life.end > after]

    def new_id(self, unit: Unit, start: datetime) -> str:
        """An id that no warning of the place has had: one that was cancelled, or began sooner, may be named so."""
        name, taken = warning_id(unit, start), self._lives.get(unit, {})
        return next(one for one in chain([name], (f"{name}-{number}" for number in count(2))) if one not in taken)

    def rank_before(self, unit: Unit, time: datetime) -> int:
        """Rank of the level that a place holds just before a time; 0: none."""
        return max((before(life.pieces, time) for life in self.lives(unit)), default=0)

    def rank_gone_on_from(self, unit: Unit, time: datetime, decided: datetime) -> int:
        """Rank of the level just before a time from which a county that first stands apart goes on; 0: none."""
        return max((before(one.pieces, time) for one in self._gone_on_from(unit, time, decided)), default=0)

    def _gone_on_from(self, unit: Unit, time: datetime, decided: datetime) -> list[WarningStanding]:
        """The warnings of a county's city, as they were when it was decided apart, that hold just before a time."""
        of_city = [one.before(decided) for one in self.lives((unit[0], ""))] if unit[1] else []
        return [one for one in of_city if before(one.pieces, time)]

    def units(self) -> list[Unit]:
        """Every place that ever held a warning."""
        return list(self._lives)

    def advised(self, unit: Unit) -> list[Advised]:
        """The advice a place was given."""
        return self._advice.get(unit, [])

    def standing(self, since: datetime) -> list[Row]:
        """Half-open intervals of constant level that end after ``since``, by SEGMENT_COLUMNS; see :meth:`segments`."""
        return [
            {
                "city": city,
                "county": county,
                "warning_id": life.warning_id,
                "level": LEVEL_OF[piece.rank],
                "starts": piece.start,
                "ends": None if piece.end >= OPEN else piece.end,
                "life_start": self._life_start((city, county), life),
            }
            for (city, county), lives in self._lives.items()
            for life in lives.values()
            for piece in life.pieces
            if piece.end > since
        ]

    def ended_apart(self, since: datetime) -> Iterator[tuple[Unit, datetime]]:
        """Counties whose own warning ended before a time past which that of their city goes on; they follow it again.

        With the time of its end.
        """
        for (city, county), lives in self._lives.items():
            ended = max((life.end for life in lives.values() if life.pieces), default=OPEN)
            of_city = self.lives((city, ""), since) if county and ended < since else []
            if any(before(one.pieces, ended) for one in of_city):
                yield (city, county), ended

    def _life_start(self, unit: Unit, life: WarningStanding) -> datetime:
        """When a life began; that of a county which went on from a warning of its city with that one."""
        of_city = self._gone_on_from(unit, life.life_start, life.rows[0]["issued"])
        return min((one.life_start for one in of_city), default=life.life_start)

    def segments(self, since: datetime) -> pd.DataFrame:
        """Half-open intervals of constant level that end after ``since``: what the engine responds to.

        Columns ``city, county`` (empty: the rest of the city), ``warning_id, level, starts,
        ends`` (NaT: open), ``life_start``, from which the hours of a response count.
        """
        return table_of(self.standing(since), SEGMENT_COLUMNS)
