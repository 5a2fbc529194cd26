"""``orders`` on a cluster: a list decided part by part, put together as if decided at once."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from alertengine.engine import Engine, Response
from alertengine.lists import EnterpriseList, read_list
from alertengine.orders import Orders, SummaryEntry, decide_lines, in_order, lapsed_notes, without_lines
from alertengine.rulebook import Rulebook, named_cities
from alertengine.simulation.on_cluster.connect import Address, cluster, run_all, shared, threads
from alertengine.simulation.on_cluster.folder import Folder, PartFiles, open_folder, read_part
from alertengine.simulation.on_cluster.parts import (
    AT_HOME,
    city_column,
    city_groups,
    cut,
    lines_a_part,
    packed,
    together,
    unpacked,
)
from alertengine.vocabulary import InputError, Level, Problem

if TYPE_CHECKING:
    from distributed import Client


@dataclass(frozen=True, slots=True)
class OrderQuestion:
    """What every part is asked: the response, how the list is cited, and whether it binds."""

    response: Response
    source: str
    published: bool
    known_on: date | None
    totals: pd.DataFrame | None


@dataclass(frozen=True, slots=True)
class Together:
    """All parts: rows in order, summaries as of one decision."""

    table: pd.DataFrame
    summaries: list[SummaryEntry]


@dataclass(frozen=True, slots=True)
class LinesSource:
    """Where the lines are: in ``enterprises``, or by city in ``folder``; ``sizes``: the number of lines by city."""

    enterprises: EnterpriseList
    sizes: Mapping[str, int]
    folder: Folder | None

    def tasks(self, groups: Sequence[tuple[str, ...]]) -> Iterator[tuple[Any, ...]]:
        """For each group of cities the first argument of :func:`decide_part`: packed lines, or the names of files."""
        if self.folder is not None:
            yield from ((self.folder.part(group),) for group in groups)
            return
        lines = self.enterprises.lines.drop(columns=[name for name in AT_HOME if name in self.enterprises.lines])
        yield from ((packed(part),) for part in cut(lines, groups))


def cluster_orders(
    client: Client,
    book: Rulebook,
    file: Path,
    level: Level,
    day: date,
    *,
    city: str | None = None,
    hours: float | None = None,
    totals: Path | None = None,
    decisions: Path | None = None,
    known_on: date | None = None,
    part_lines: int | None = None,
) -> Orders:
    """:func:`~alertengine.orders._decide.decide` at a level on a cluster, the same in every byte.

    Args:
        client: the cluster.
        book: the rulebook; sent along once.
        file: a list, or a folder of :func:`~.folder.write_folder`, which the workers read.
        level: as in ``decide``, like ``day``, ``hours`` and ``known_on``.
        day: the day of the law.
        city: only this city.
        hours: expected length.
        totals: city totals beside the list.
        decisions: what authorities decided; a folder holds them from ``lists partition`` on.
        known_on: only documents issued by that day count (None: all).
        part_lines: lines a part aims at; absent: by the list and the threads there are.

    Raises:
        InputError: as ``decide``, and where the cluster fails.

    """
    source = _source(book, file, totals, decisions)
    wanted = [] if city is None else named_cities(book, [city], where="city")
    sizes = {name: count for name, count in source.sizes.items() if not wanted or name in wanted}
    if not sizes:
        raise InputError(without_lines(str(file), wanted) or [Problem("no_line", file=str(file))])
    groups = city_groups(sizes, part_lines or lines_a_part(sum(sizes.values()), threads(client)))
    enterprises = source.enterprises
    asked = OrderQuestion(
        Response.single(level, day, hours),
        enterprises.citation,
        enterprises.version.status == "published",
        known_on,
        enterprises.totals,
    )
    tasks = source.tasks(groups)
    common = shared(client, pickle.dumps(book)), shared(client, asked)
    done = dict(run_all(client, decide_part, tasks, *common))
    parts = [done.pop(number) for number in range(len(groups))]
    table = in_order(together([unpacked(rows) for rows, _ in parts]))
    cities = pd.DataFrame({"city": [name or None for name in sizes]})
    notes = lapsed_notes(book, cities, day, known_on)
    entries = [entry for _, own in parts for entry in own]
    levels = list(dict.fromkeys(entry["level"] for entry in entries))  # in the order of the response
    entries.sort(key=lambda entry: (levels.index(entry["level"]), entry["city"]))
    return Orders(enterprises, book, [Together(table, entries)], known_on=known_on, own_notes=notes)


def orders_at(address: Address, book: Rulebook, file: Path, level: Level, day: date, **options: Any) -> Orders:
    """:func:`cluster_orders` on the cluster at an address; ``options`` as there.

    Raises:
        InputError: as there, and where nobody answers.

    """
    with cluster(address) as client:
        return cluster_orders(client, book, file, level, day, **options)


def _source(book: Rulebook, file: Path, totals: Path | None, decisions: Path | None) -> LinesSource:
    if file.is_dir():
        if decisions is not None:
            raise InputError([Problem("decisions_of_folder", where="--decisions", value=str(decisions))])
        folder = open_folder(file, book.lists, totals)
        return LinesSource(folder.enterprises, folder.sizes, folder)
    enterprises = read_list(file, book.lists, totals=totals, decisions=decisions)
    counts = pd.Series(city_column(enterprises.lines)).value_counts()
    return LinesSource(enterprises, {str(name): int(count) for name, count in counts.items()}, None)


# -- on a worker


def decide_part(task: bytes | PartFiles, book_bytes: bytes, asked: OrderQuestion) -> tuple[bytes, list[SummaryEntry]]:
    """Decide packed lines or the files of a folder's part: rows of the table, packed, and summaries."""
    lines = unpacked(task) if isinstance(task, bytes) else read_part(task)
    engine = engine_of(book_bytes, asked.known_on)
    decided = decide_lines(
        engine, lines, asked.response, published=asked.published, citation=asked.source, totals=asked.totals
    )
    return packed(decided.table.reset_index(drop=True)), decided.summaries


@lru_cache(maxsize=4)
def engine_of(book_bytes: bytes, known_on: date | None) -> Engine:
    """The compiled rules of a rulebook, made once in a worker and kept for the parts to come."""
    return Engine(pickle.loads(book_bytes), known_on)  # noqa: S301 -- our own, through the cluster we were told to trust
