"""Deciding: our matcher against other engines with the same rules, and how its time and profiles grow."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from alertengine.engine import Engine, Matcher, Response
from alertengine.files import CodedTable
from alertengine.rulebook import OpenLists, Rulebook
from alertengine.vocabulary import Level

from .bench_laws import CUTS, GridRule, book_of, grid, many_cuts
from .bench_lists import plain, scattered
from .bench_rivals import DAY, RIVALS, Contestant, Masks, Profiles
from .bench_rivals import records as records_of
from .bench_table import Row, Table, rate

#: Lines on which all engines must agree before any is timed.
_AGREED = 300


def seconds(*runs: Callable[[], object], repeats: int) -> list[float]:
    """The least time of each run over repeats taken in turns, so that the machine's load falls on all alike."""
    best = [float("inf")] * len(runs)
    for _ in range(repeats):
        for number, run in enumerate(runs):
            start = time.perf_counter()
            run()
            best[number] = min(best[number], time.perf_counter() - start)
    return best


def deciding(lists: OpenLists, folder: Path, sizes: Sequence[int], laws: Sequence[int], repeats: int) -> Table:
    """Lines a second of every engine, by law and size of list."""
    table = Table(
        "Deciding",
        "the same rules, lines a second; ours from a list's columns as they are read, the others' lines ready",
    )
    for count in laws:
        rules = grid(lists, count)
        ours = Profiles(rules, book_of(rules, lists, folder))
        table.rows.append(_proven(f"{count} rules", ours.matcher))
        for size in sizes:
            for name, make in (("generated", plain), ("13 fields at random", scattered)):
                lines = make(size, lists).lines
                table.rows += _one_list(f"{count} rules, {size:,} lines, {name}", rules, ours, lines, lists, repeats)
    return table


def _proven(case: str, matcher: Matcher) -> Row:
    """What every law costs once, whatever the list: it is not in the rates below."""
    (taken,) = seconds(matcher.prove, repeats=1)
    return Row(
        case, "alertengine, law proven", f"{taken:.2f} s", note=f"once: {matcher.facts:,} facts seen by durable-rules"
    )


def _one_list(
    case: str, rules: Sequence[GridRule], ours: Profiles, lines: pd.DataFrame, lists: OpenLists, repeats: int
) -> list[Row]:
    masks, held = Masks(rules, lines, lists), CodedTable.of(lines)
    if not np.array_equal(ours.run(held), masks.run()):
        raise AssertionError(f"{case}: shares differ from those by numpy masks")
    rivals = [_agreeing(rival, rules, ours, lines) for rival in RIVALS]

    times = seconds(lambda: ours.run(held), masks.run, *(rival.run for rival in rivals), repeats=repeats)
    own, floor = (len(lines) / taken for taken in times[:2])
    rows = [
        Row(case, "alertengine", rate(own), note=ours.told(held)),
        Row(case, masks.name, rate(floor), "deciding over numpy masks", own / floor),
    ]
    for rival, taken in zip(rivals, times[2:], strict=True):
        other = len(rival.rows) / taken
        rows.append(Row(case, rival.name, rate(other), f"deciding over {rival.name}", own / other, _part(rival, lines)))
    return rows


def _part(rival: Contestant, lines: pd.DataFrame) -> str:
    return f"measured on {len(rival.rows):,} lines, scaled by line" if len(rival.rows) < len(lines) else ""


def _agreeing(rival: type[Contestant], rules: Sequence[GridRule], ours: Profiles, lines: pd.DataFrame) -> Contestant:
    """The rival with its lines ready, once it agrees with ours on the first of them."""
    some = lines.iloc[:_AGREED].reset_index(drop=True)
    trial = rival(rules, records_of(some, rules))
    trial.run()
    if trial.matches() != ours.matches(some):
        raise AssertionError(f"{rival.name}: other rules match")
    return rival(rules, records_of(lines.iloc[: rival.most], rules))


def growth(lists: OpenLists, folder: Path, size: int, repeats: int) -> Table:
    """Time and profiles as the law grows: by rules, and by constants that numbers are compared with."""
    table = Table("Growth", f"{size:,} lines: lines a second and profiles")
    lines = plain(size, lists).lines
    for count in (125, 250, 500, 1000, 2000):
        table.rows.append(_grown(f"{count} rules", grid(lists, count), lines, lists, folder, repeats))
    for cuts in (1, 4, 16, 64):
        rules = grid(lists, 500, many_cuts(cuts))
        table.rows.append(
            _grown(
                f"500 rules, {cuts} constants a number", rules, lists=lists, lines=lines, folder=folder, repeats=repeats
            )
        )
    return table


def _grown(
    case: str, rules: Sequence[GridRule], lines: pd.DataFrame, lists: OpenLists, folder: Path, repeats: int
) -> Row:
    ours = Profiles(rules, book_of(rules, lists, folder))
    ours.matcher.prove()  # what the law costs once stands in the table of deciding
    (taken,) = seconds(lambda: ours.run(lines), repeats=repeats)
    return Row(
        case,
        "alertengine",
        rate(len(lines) / taken),
        note=ours.told(lines),
    )


def whole_law(lists: OpenLists, sizes: Sequence[int]) -> Table:
    """Profiles and time of whole decisions under the shipped law (unknowns, allotment and accounting in it)."""
    table = Table("Shipped law", f"every order of a warning (orange, {DAY}), hangs_on in it: lines a second")
    book = Rulebook.load(())
    response = Response.single(Level.ORANGE, DAY)
    for size in sizes:
        for name, make in (("generated", plain), ("13 fields at random", scattered)):
            if make is scattered and size > 100_000:
                continue  # without order nothing is taken together, and what orders hang on is searched line by line
            lines = make(size, lists).lines
            engine = Engine(book)
            (taken,) = seconds(lambda e=engine, given=lines: e.decide(given, response), repeats=1)
            table.rows.append(
                Row(
                    f"{size:,} lines, {name}",
                    "alertengine",
                    rate(size / taken),
                    note=_profiles(engine._matchers.values()),
                )
            )
    return table


def _profiles(matchers: Iterable[Matcher]) -> str:
    """How many profiles of the rules were decided; the law bounds them."""
    counts = [count for matcher in matchers for count in matcher.stats().profiles.values()]
    return f"{sum(counts):,} profiles, at most {max(counts):,} of one signature"


__all__ = ["CUTS", "deciding", "growth", "whole_law"]
