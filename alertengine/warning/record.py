"""The record of warnings: rows of ``warnings.csv``, and what they leave standing."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from alertengine.vocabulary import (
    OPEN,
    WARNING_COLUMNS,
    to_minute,
)
from alertengine.warning.grade import LEVEL_OF, RANK
from alertengine.warning.level_intervals import LevelInterval, paint
from alertengine.warning.level_intervals import rank_before as before

if TYPE_CHECKING:
    import pandas as pd


#: A transition: WARNING_COLUMNS, times as datetimes, an open end None.
Row = Mapping[str, Any]


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
    columns: dict[str, list[Any]] = {}
    for name in map(str, table):
        blank = None if name in TIME_COLUMNS else ""
        cells = zip(table[name].tolist(), table[name].isna().tolist(), strict=True)
        columns[name] = [
            blank if none else c.to_pydatetime() if hasattr(c, "to_pydatetime") else c for c, none in cells
        ]
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
        """Counties whose own warning ended before ``since`` while one of their city goes on, which holds there again.

        Each with the time of that end.
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
