"""The warnings of a forecast: forecast, observations, the record and orders from above in, transitions out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alertengine.files import result_html
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import (
    InputError,
    Problem,
    Result,
    as_day,
    as_several,
    as_time,
    listening,
    problems_and_notes,
    require,
    to_minute,
    uncollected,
)
from alertengine.warning.decide import Decider
from alertengine.warning.forecast import Forecast, read_forecast
from alertengine.warning.grade import Graded
from alertengine.warning.known_at import sight
from alertengine.warning.notes import issue_notes
from alertengine.warning.plausibility import contradictions
from alertengine.warning.record import SEGMENT_COLUMNS, Record, Row, Unit, table_of
from alertengine.warning.record_reader import read_record
from alertengine.warning.superior_orders import Floor, read_floors

if TYPE_CHECKING:
    import pandas as pd

#: What a transition decides; the words beside it are those of the day.
_DECIDED: Final = ("warning_id", "action", "level", "starts", "ends")


@dataclass(frozen=True)
class Warnings(Result):
    """What was decided.

    ``new``: the new transitions; ``rows``: those with all before, the next run's ``active``; ``standing``: intervals of
    constant level from now on; as frames ``table``, ``record``, ``segments``.  ``problems`` need a person, ``notes``
    inform; ``graded``: the grading by (city, county).
    """

    new: Sequence[Row]
    rows: Sequence[Row]
    standing: Sequence[Row]
    own_problems: Sequence[Problem] = ()
    own_notes: Sequence[Problem] = ()
    graded: dict[Unit, Graded] = field(default_factory=dict)
    #: The moment of the decision; None of a season.
    now: datetime = None  # type: ignore[assignment]
    #: Rows of the record before that are of cities not decided here: handed on with ``rows``, as they are.
    others: Sequence[Row] = ()
    #: The forecast and the observations.
    made_from: Sequence[Result] = field(default=(), repr=False)

    @cached_property
    def table(self) -> pd.DataFrame:
        """The new transitions (columns of warnings.csv)."""
        return table_of(self.new)

    @cached_property
    def record(self) -> pd.DataFrame:
        """All transitions (columns of warnings.csv)."""
        return table_of(self.rows)

    @property
    def handed_on(self) -> Sequence[Row]:
        """What the next run goes on from: all transitions, those of other cities as they were before."""
        return [*self.others, *self.rows]

    @cached_property
    def segments(self) -> pd.DataFrame:
        """Intervals of constant level; see :meth:`Record.segments`."""
        return table_of(self.standing, SEGMENT_COLUMNS)

    def _repr_html_(self) -> str:
        """The new transitions in a notebook."""
        columns = ["city", "counties", "action", "level", "starts", "ends", "primary", "reason"]
        return result_html("Warnings", {"new": len(self.new)}, self.table[columns], self.problems)


@uncollected()
def warn(
    forecast: Forecast | pd.DataFrame | Path | str,
    book: Rulebook,
    *,
    now: datetime | str | None = None,
    observed: Forecast | pd.DataFrame | Path | str | None = None,
    active: Warnings | pd.DataFrame | Path | str | Iterable[Row] | None = None,
    floors: Floor | Mapping[str, Any] | Iterable[Floor | Mapping[str, Any]] = (),
    known_on: date | str | None = None,
) -> Warnings:
    """Decide the warnings of every city of a forecast.

    >>> from alertengine import load_rules, read_forecast, warn
    >>> book = load_rules()
    >>> warnings = warn(read_forecast("scenarios/linfen-red-episode.forecast.csv", book), book)
    >>> warnings.table[["action", "level", "starts", "ends"]].astype("str").to_numpy().tolist()
    [['issue', 'red', '2021-01-04', '2021-01-09']]

    Args:
        forecast: as ``read_forecast`` gives it, or a frame or file of it.
        book: the rulebook.
        now: the moment of the decision, civil time: only what was issued or observed by then counts; None: the
            newest issue of the forecast.
        observed: observations, as ``read_forecast(..., observed=True)`` gives them, or a frame or file.
        active: the warnings so far: what the evening before came to, its ``record``, rows or file.
        floors: orders from above, one or several: mappings with ``area, level, from, to, source, exact``.
        known_on: only documents issued by that day count; None: as the rulebook says.

    Raises:
        InputError: a frame, the warnings so far or an order from above cannot be read, ``now`` is no time, or a
            warning that would change was decided on after it, or otherwise at it.
        TypeError: an argument is an object of another class.

    """
    require(book, "book", Rulebook)
    forecast = forecast if isinstance(forecast, Forecast) else read_forecast(forecast, book)
    if observed is not None and not isinstance(observed, Forecast):
        observed = read_forecast(observed, book, observed=True)
    time = as_time(now, "now") or forecast.issue_time
    decider = Decider(
        book, known_on=as_day(known_on, "known_on") or book.known_on, floors=read_floors(floors, book.lists)
    )
    with listening() as told:
        record = Record(_so_far(active, book))
    before, seen = [*record.rows], sight(forecast, time, observed)
    earlier = [row for row in before if row["issued"] != time]
    done = decider.decide(seen, Record(earlier)) if len(earlier) < len(before) else None
    if done is not None and _decided_just_so(done.rows, before, time):
        done.rows = []
    else:
        done = decider.decide(seen, record)
    _refuse_backwards(before, done.rows, time)
    if seen.issued is not None and seen.issued.date() < time.date():
        done.problems.append(Problem("old_forecast", file=forecast.file, column="issue_time", value=str(seen.issued)))
    known = set() if observed is None else set(observed.at(time).rows["city"].tolist())
    if observed is not None and seen.timelines and known.isdisjoint(city for city, _ in seen.timelines):
        cities = list(dict.fromkeys(city for city, _ in seen.timelines))
        done.problems.append(Problem("observations_unused", file=observed.file, names=cities, now=to_minute(time)))
    for problems, notes in (issue_notes(forecast, time), problems_and_notes(told)):
        done.problems += problems
        done.notes += notes
    for given in filter(None, (forecast, observed)):
        done.problems += contradictions(given.rows, book, given.file)
    return Warnings(
        done.rows,
        record.rows,
        record.standing(time),
        done.problems,
        done.notes,
        done.graded,
        time,
        made_from=[one for one in (forecast, observed) if one is not None],
    )


def _so_far(active: Any, book: Rulebook) -> Sequence[Row]:
    """The rows of the warnings so far; those of a frame or file as a record is read, NaT of others an open end."""
    if isinstance(active, Warnings):
        return active.handed_on
    if isinstance(active, (str, Path)) or hasattr(active, "iloc"):
        return read_record(active, book.lists)
    rows: tuple[Row, ...] = as_several(active, "active", Mapping)
    return [{name: None if cell != cell else cell for name, cell in row.items()} for row in rows]  # noqa: PLR0124


def _decided_just_so(rows: Sequence[Row], before: Sequence[Row], time: datetime) -> bool:
    """Whether what a record (``before``) has of a moment is just what was decided again."""
    again, held = (
        {tuple(row[name] for name in _DECIDED) for row in said if row["issued"] == time} for said in (rows, before)
    )
    return again == held


def _refuse_backwards(before: Sequence[Row], rows: Sequence[Row], time: datetime) -> None:
    """Refuse to change a warning that was decided on later than a moment, or otherwise at it.

    Raises:
        InputError: with each such warning.

    """
    newest = {str(row["warning_id"]): row["issued"] for row in sorted(before, key=lambda row: row["issued"])}
    names = dict.fromkeys(str(row["warning_id"]) for row in rows)
    later = [(name, newest[name]) for name in names if name in newest and newest[name] > time]
    said = {(str(row["warning_id"]), row["starts"]) for row in before if row["issued"] == time}
    again = dict.fromkeys(str(row["warning_id"]) for row in rows if (str(row["warning_id"]), row["starts"]) in said)
    if again:
        raise InputError([Problem("decided_otherwise", value=name, now=str(time)) for name in again])
    if later:
        raise InputError([Problem("decided_later", value=name, decided=str(at), now=str(time)) for name, at in later])
