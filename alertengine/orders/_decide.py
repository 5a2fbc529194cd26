"""The one way to decide a list: at a level and day, or under warnings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date as Date  # noqa: N812 -- `date` is an argument of the public call
from datetime import datetime
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, cast

import numpy as np

from alertengine.engine import Decision, Engine, Response, Segment
from alertengine.files import CodedTable, result_html
from alertengine.lists import EnterpriseList, read_list
from alertengine.orders._county_apart import of_no_county
from alertengine.orders._told_of_lines import guaranteed_and_stopped, lapsed_notes, shares_in_doubt, without_lines
from alertengine.orders.apply_overrides import Overriding
from alertengine.orders.overrides import OPTION, Override, check_overrides
from alertengine.orders.summary import needs_a_person, summarise
from alertengine.orders.summary_entry import SummaryEntry
from alertengine.orders.table import orders_of
from alertengine.rulebook import Rulebook, named_cities
from alertengine.vocabulary import (
    ORDER_COLUMNS,
    InputError,
    Level,
    Problem,
    Result,
    as_day,
    as_hours,
    as_level,
    as_several,
    require,
    to_minute,
    uncollected,
)
from alertengine.warning import next_full_hour

if TYPE_CHECKING:
    import pandas as pd

    from alertengine.orders.shares_before import SharesBefore
    from alertengine.warning import Warnings

#: How a list without a version is cited.
CITATION: Final = "应急减排清单"
#: City and county of a row of warnings; no county: what is left of the city.
_UNIT: Final = itemgetter("city", "county")


class OrdersPart(Protocol):
    """What orders are made of: the rows of one response (ORDER_COLUMNS) and its summaries."""

    @property
    def table(self) -> pd.DataFrame: ...
    @property
    def summaries(self) -> list[SummaryEntry]: ...


@dataclass(eq=False)
class Decided:
    """Lines decided for one response: shares at once, the table and the summaries once they are asked for.

    ``decisions`` has one entry a slice of the response.  ``where`` is added to every summary.
    """

    engine: Engine
    lines: CodedTable
    response: Response
    decisions: list[Decision]
    citation: str
    totals: CodedTable | pd.DataFrame | None
    overriding: Overriding
    where: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def columns(self) -> CodedTable:
        """The table as it is held."""
        made = orders_of(self.engine.book, self.lines, self.decisions, self.response, source=self.citation)
        return self.overriding.texts(made, self.citation)

    @cached_property
    def table(self) -> pd.DataFrame:
        """ORDER_COLUMNS, a row a line and phase, by enterprise, line and phase."""
        return self.columns.frame()

    @cached_property
    def summaries(self) -> list[SummaryEntry]:
        """An entry a city and level, as summary.json has them."""
        entries = summarise(self.engine.book, self.lines, self.decisions, self.totals, self.engine.known_on)
        return [cast("SummaryEntry", {**self.where, **entry}) for entry in self.overriding.counted(entries)]


def decide_lines(
    engine: Engine,
    lines: CodedTable | pd.DataFrame,
    response: Response,
    *,
    published: bool = False,
    citation: str = CITATION,
    totals: CodedTable | pd.DataFrame | None = None,
    overrides: Sequence[Override] = (),
    where: Mapping[str, str] | None = None,
    before: SharesBefore | None = None,
) -> Decided:
    """Decide some lines for one response.

    Args:
        engine: the compiled rulebook, with its ``known_on``.
        lines: columns of the vocabulary, one row a line, index 0..n-1.
        response: the levels and their times.
        published: whether the list binds.
        citation: how the list is cited in the orders.
        totals: whole-society emissions by city and sector, kg/d; None: no ratio is judged.
        overrides: what persons order of some lines in place of the rules.
        where: keys put before each summary.
        before: the share orders already given, whose choice of lines stays.

    """
    lines = CodedTable.of(lines)
    overriding = Overriding(engine.book, lines, overrides)
    stopped = before.of(lines, response.segments[0].starts) if before else None
    decisions = overriding.decisions(engine.decide(lines, response, published=published, stopped=stopped))
    return Decided(engine, lines, response, decisions, citation, totals, overriding, where or {})


@dataclass(eq=False)
class Orders(Result):
    """Orders of a list, and what they were made from.

    ``own_problems`` need a person and arose in deciding; ``problems`` are those and the problems of the list and the
    warnings.  ``own_notes`` and ``notes`` inform only.
    """

    enterprises: EnterpriseList
    book: Rulebook
    parts: Sequence[OrdersPart] = ()
    warnings: Warnings | None = None
    known_on: Date | None = None
    own_problems: list[Problem] = field(default_factory=list)
    own_notes: list[Problem] = field(default_factory=list)

    @cached_property
    def table(self) -> pd.DataFrame:
        """ORDER_COLUMNS, a row a line and phase; of several warnings one after the other."""
        import pandas as pd  # who is handed a table has it

        tables = [part.table for part in self.parts]
        if not tables:
            return pd.DataFrame(columns=list(ORDER_COLUMNS))
        return tables[0] if self.warnings is None else pd.concat(tables, ignore_index=True)

    @property
    def columns(self) -> CodedTable:
        """The table as it was decided and is held, for who only writes it; changes of ``table`` are not in it."""
        alone = self.parts[0] if len(self.parts) == 1 else None
        return alone.columns if isinstance(alone, Decided) else CodedTable.of(self.table)

    @cached_property
    def summaries(self) -> list[SummaryEntry]:
        """An entry a city and level (of a warning also its id and county), as summary.json has them."""
        return [entry for part in self.parts for entry in part.summaries]

    @property
    def made_from(self) -> list[Result]:
        """The list, and the warnings with their forecast."""
        return [self.enterprises, *([self.warnings] if self.warnings else [])]

    @property
    def exit_status(self) -> int:
        """0 done, 1 done and a person must look."""
        return int(bool(self.problems) or needs_a_person(self.summaries))

    def _repr_html_(self) -> str:
        """The orders in a notebook, in the columns that say what a line must do."""
        shown = ["city", "enterprise", "line", "process", "level", "starts", "ends", "status", "measure_text", "share"]
        counts = self.table["status"].astype("str").value_counts()
        facts = {"rows": len(self.table), **{str(name): int(count) for name, count in counts.items()}}
        return result_html("Orders", facts, self.table[shown], self.problems)


@uncollected()
def decide(
    lines: EnterpriseList | pd.DataFrame | Path | str,
    book: Rulebook,
    warnings: Warnings | None = None,
    *,
    level: Level | str | None = None,
    date: Date | str | None = None,
    hours: float | None = None,
    cities: str | Iterable[str] = (),
    known_on: Date | str | None = None,
    overrides: Iterable[Override] = (),
    before: Orders | SharesBefore | pd.DataFrame | Path | str | None = None,
) -> Orders:
    """Decide every line of a list, under warnings or at a level and day.

    >>> from alertengine import decide, load_rules, read_list
    >>> book = load_rules()
    >>> lines = read_list("enterprise_lists/linfen-synthetic.csv", book)
    >>> orders = decide(lines, book, level="red", date="2021-01-20", hours=72)
    >>> orders.table.loc[0, ["line", "measure", "starts", "ends"]].to_list()
    ['1#烧结', 'stop', '2021-01-20 00:00', '2021-01-23 00:00']
    >>> orders.summaries[0]["status"]["undetermined"]
    13

    Args:
        lines: a list as ``read_list`` gives it, or a frame or file with Chinese or English headers.
        book: the rulebook.
        warnings: what ``warn`` decided; every line of a place under warning gets its orders.
        level: without ``warnings``: ``none`` (what binds without a warning), ``yellow``, ``orange`` or ``red``.
        date: with ``level``: the day of the law, and the first of the response from 0:00 on.
        hours: with ``level``: the expected length; None: open-ended, with all phases.
        cities: only this one or these; empty: all.
        known_on: only documents issued by that day count; None: as the rulebook says.
        overrides: what persons order of some lines in place of the rules.
        before: with ``warnings``: the orders of the evening before, their table or file, whose choice of lines stays;
            None: it is made anew.

    Returns:
        The orders; their table, summaries and problems.

    Raises:
        InputError: there is no line, no such city, a level, day or length is none, or an override names no line of
            the list.
        TypeError: neither warnings nor a level with its date, or what goes with the other, or an object of another
            class.

    """
    require(book, "book", Rulebook)
    named, overrides = as_several(cities, "cities", str), as_several(overrides, "overrides", Override)
    day, at, length = as_day(date, "date"), as_level(level, "level"), as_hours(hours, "hours")
    response = Response.single(at, day, length) if at is not None and day is not None else None
    other = before if warnings is None else next((one for one in (at, day, length) if one is not None), None)
    if (response is None) == (warnings is None) or other is not None:
        raise TypeError(
            "decide(lines, book, warnings) or decide(lines, book, level=..., date=...); "
            "before goes with warnings, hours with a level"
        )
    enterprises = lines if isinstance(lines, EnterpriseList) else read_list(lines, book)
    wanted = set(named_cities(book, named, where="cities"))
    if overrides:
        check_overrides(enterprises.lines, overrides, enterprises.file)
    engine = Engine(book, as_day(known_on, "known_on") or book.known_on)
    orders = Orders(enterprises, book, warnings=warnings, known_on=engine.known_on)
    absent = wanted.difference(enterprises.columns.text("city").present)
    if warnings is not None:
        from alertengine.warning import Warnings  # a level asks for nothing of that room

        require(warnings, "warnings", Warnings)
        absent.difference_update(str(row["city"]) for row in warnings.standing)  # which are told by place
        shares = _shares(before, warnings.now)
        _under_warnings(orders, engine, warnings, wanted, overrides, shares)
        if shares is not None and shares is not before:  # who hands in share orders tells of them
            from alertengine.orders.shares_before import told_of_left

            left = shares.left_by(orders.table, warnings)
            left = left[left["city"].isin(wanted or set(left["city"]))]
            orders.own_problems += told_of_left(left, enterprises.file)
        orders.own_problems += without_lines(enterprises.file, absent)
        return orders
    assert response is not None  # noqa: S101 -- the one or the other, as checked above
    own = enterprises.columns
    if wanted:
        own = own.take(np.flatnonzero(own.text("city").among(wanted)))
    if not len(own):
        raise InputError(without_lines(enterprises.file, absent) or [Problem("no_line", file=enterprises.file)])
    part = _decide_own(enterprises, engine, own, response, overrides)
    orders.parts = [part]
    orders.own_problems += [*without_lines(enterprises.file, absent), *shares_in_doubt(enterprises.file, [part])]
    orders.own_notes += [
        *guaranteed_and_stopped(enterprises.file, [part]),
        *lapsed_notes(book, own, response.life_start.date(), engine.known_on),
    ]
    return orders


def _shares(before: Orders | SharesBefore | pd.DataFrame | Path | str | None, now: datetime) -> SharesBefore | None:
    """The share orders among what was ordered before a decision."""
    if before is None:
        return None
    from alertengine.orders.read import read_orders
    from alertengine.orders.shares_before import SharesBefore

    if isinstance(before, SharesBefore):
        return before
    return SharesBefore(before.table if isinstance(before, Orders) else read_orders(before), now)


def _decide_own(
    enterprises: EnterpriseList,
    engine: Engine,
    lines: CodedTable | pd.DataFrame,
    response: Response,
    overrides: Sequence[Override],
    where: Mapping[str, str] | None = None,
    before: SharesBefore | None = None,
    *,
    judged: bool = True,
) -> Decided:
    """Decide some lines of a list as its version and totals say; not ``judged``: no ratio."""
    return decide_lines(
        engine,
        lines,
        response,
        published=enterprises.version.status == "published",
        citation=enterprises.citation,
        totals=enterprises.whole_society if judged else None,
        overrides=overrides,
        where=where,
        before=before,
    )


def _under_warnings(
    orders: Orders,
    engine: Engine,
    warnings: Warnings,
    wanted: set[str],
    overrides: Sequence[Override],
    before: SharesBefore | None,
) -> None:
    """Decide the lines of every place under a warning or a response below yellow, in place."""
    enterprises = orders.enterprises
    responses = [*_responses(orders, warnings, wanted), *_below_yellow(orders, warnings, wanted)]
    in_parts = {str(own["city"].iloc[0]) for own, _, where in responses if where["county"]}
    for city in sorted(in_parts):
        orders.own_notes.append(Problem("county_apart", file=enterprises.file, city=city))
    parts = [
        _decide_own(
            enterprises, engine, own, response, overrides, where, before, judged=own["city"].iloc[0] not in in_parts
        )
        for own, response, where in responses
    ]
    orders.parts = parts
    orders.own_problems += shares_in_doubt(enterprises.file, parts)
    orders.own_notes += guaranteed_and_stopped(enterprises.file, parts)
    apart = [unit for unit in map(_UNIT, warnings.standing) if unit[1] and (not wanted or unit[0] in wanted)]
    for at, problem in of_no_county(enterprises.lines, orders.book, apart):
        orders.own_problems.append(problem.at(file=enterprises.file, row=int(enterprises.rows.iloc[at])))
    idle = {one.line for one in overrides}.difference(*(part.overriding.reached for part in parts))
    orders.own_problems += [
        Problem("override_idle", file=enterprises.file, column=OPTION, value=name) for name in sorted(idle)
    ]


def _responses(
    orders: Orders, warnings: Warnings, wanted: set[str]
) -> Iterator[tuple[pd.DataFrame, Response, dict[str, str]]]:
    """For each warning the lines it reaches: a county with a life of its own answers to that."""
    lines = orders.enterprises.lines
    city, county = lines["city"].astype("str"), lines["county"].astype("object").fillna("").astype("str")
    own = set(map(_UNIT, warnings.standing))
    ordered = sorted(warnings.standing, key=itemgetter("city", "county", "warning_id", "starts"))
    for (name, part, warning_id), rows in groupby(ordered, itemgetter("city", "county", "warning_id")):
        if wanted and name not in wanted:
            continue
        apart = county.isin([n for c, n in own if c == name and n])
        reached = (city == name) & ((county == part) if part else ~apart)
        if not reached.any():
            orders.own_problems.append(
                Problem("city_without_lines", file=orders.enterprises.file, city=name, county=part)
            )
            continue
        held = list(rows)
        pieces = tuple(Segment(row["starts"], row["ends"], Level(row["level"])) for row in held)
        where = {"warning_id": warning_id, "county": part}
        yield lines[reached].reset_index(drop=True), Response(pieces, held[0]["life_start"], warning_id), where


def _below_yellow(
    orders: Orders, warnings: Warnings, wanted: set[str]
) -> Iterator[tuple[pd.DataFrame, Response, dict[str, str]]]:
    """The lines of each city without a colour where 不利气象条件应对 holds: what it asks binds all the same.

    A city whose warning is still to begin is only told of.
    """
    lines, book, file = orders.enterprises.lines, orders.book, orders.enterprises.file
    at = next_full_hour(warnings.now)
    for city in sorted({str(name) for name in lines["city"].dropna().unique()} & (wanted or set(book.lists.cities()))):
        found = sorted({rule.document for rule in book.below_yellow(at, city, orders.known_on)})
        starts = min((row["starts"] for row in warnings.standing if row["city"] == city), default=None)
        if not found or (starts is not None and starts <= at):
            continue  # nothing holds, or a colour that absorbs it
        document = "、".join(book.documents[name].citation for name in found)
        if starts is not None:
            told = Problem("below_yellow_until", file=file, city=city, document=document, starts=to_minute(starts))
            orders.own_notes.append(told)
            continue
        orders.own_notes.append(Problem("below_yellow_ordered", file=file, city=city, document=document))
        response = Response((Segment(at, None, Level.NONE),), at)
        yield lines[lines["city"] == city].reset_index(drop=True), response, {"warning_id": "", "county": ""}
