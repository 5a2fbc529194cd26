"""Reading the record of warnings: rows of ``warnings.csv``, and what makes them unusable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

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
    WARNING_COLUMNS,
    InputError,
    Problem,
    Words,
    aside,
    perhaps,
)
from alertengine.warning.grade import RANK
from alertengine.warning.level_intervals import full_end
from alertengine.warning.places import counties_in, places_near
from alertengine.warning.record import TIME_COLUMNS, Row, table_of

if TYPE_CHECKING:
    import pandas as pd

    from alertengine.rulebook import OpenLists

_FILLED: Final = ("warning_id", "city", "action", "starts", "issued")
_NEEDED: Final = (*_FILLED, "counties", "level", "ends")
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
