"""What is told of lines beside their orders: shares in doubt, supplies that stop, rules that have lapsed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Protocol

import numpy as np

from alertengine.files import CodedTable
from alertengine.orders.filed_doubts import doubts_of
from alertengine.rulebook import Rulebook, place_of
from alertengine.vocabulary import GUARANTEE_NONE, Problem

if TYPE_CHECKING:
    import pandas as pd

    from alertengine.engine import Decision


class DecidedLines(Protocol):
    """Lines with a decision a slice of their response."""

    @property
    def lines(self) -> CodedTable: ...
    @property
    def decisions(self) -> Sequence[Decision]: ...


def shares_in_doubt(file: str, parts: Sequence[DecidedLines]) -> list[Problem]:
    """Say that a demand for part of the lines stops all, or that a number of machines may be each line's or all's.

    ``file``: that of the list; ``parts``: its lines, decided.
    """
    unmet = [
        max(0 if (lines := one.allotted.unmet) is None else int(lines.sum()) for one in part.decisions)
        for part in parts
    ]
    whose = [max(int((doubts_of(part.lines, one).whose > 0).sum()) for one in part.decisions) for part in parts]
    counts = {"share_order_unmet": sum(unmet), "plan_number_of_whom": sum(whose)}
    return [Problem(code, file=file, count=count) for code, count in counts.items() if count]


def guaranteed_and_stopped(file: str, parts: Iterable[DecidedLines]) -> list[Problem]:
    """A note where lines of a guaranteed supply stop whole in some phase: a livelihood rule would have spared them.

    Args:
        file: that of the list.
        parts: the lines decided, those long stopped aside.

    """
    count, names = 0, set()
    for part in parts:
        guarantee = part.lines.text("guarantee")
        stopped = np.any([one.share == 1 for one in part.decisions], axis=0) & (part.lines.truth("long_stopped") != 2)
        held = guarantee.take(stopped & guarantee.known & ~guarantee.among([GUARANTEE_NONE]))
        count += len(held)
        names |= set(held.present)
    return [Problem("guaranteed_and_stopped", file=file, count=count, names=sorted(names))] if count else []


def lapsed_notes(
    book: Rulebook, lines: CodedTable | pd.DataFrame, day: date, known_on: date | None = None
) -> list[Problem]:
    """Rules that reached these lines once and whose stated end has passed: holes that must show."""
    cities = CodedTable.of(lines).text("city").present
    places = [place_of(book, name) for name in cities if book.lists.standard_name("places", name)]
    notes: dict[str, list[str]] = {}
    for rule in book.lapsed(day, known_on, places):
        notes.setdefault(rule.document, []).append(rule.id)
    return [
        Problem(
            "rules_lapsed",
            where=book.documents[name].citation,
            count=len(ids),
            day=day,
            names=ids[:4],
            more=" ..." if len(ids) > 4 else "",
        )
        for name, ids in notes.items()
    ]


def without_lines(file: str, cities: Collection[str]) -> list[Problem]:
    """Cities that were named and have no line on a list."""
    return [Problem("no_line_of", file=file, names=sorted(cities))] if cities else []
