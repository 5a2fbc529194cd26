"""An evening that decides of several warnings of one place: each has papers of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from alertengine.documents.pack.build import Evening
from alertengine.orders import first_warning, told
from alertengine.warning import Record, rank_at


def apart(evening: Evening) -> Iterator[tuple[str, Evening]]:
    """The evening, and one more for each further warning that it decides of a place.

    Returns:
        Pairs of the name of the warning, blank for the evening itself, in which the warning of each place stays that
        begins first, and the evening as if it decided of nothing else.

    """
    lives = Record(evening.record)
    places = evening.table.groupby(["city", "counties"], dropna=False)
    others = [row for _, own in places for row in _others(own) if not _goes_on(lives, row)]
    further = dict.fromkeys((str(row["warning_id"]), str(row["city"])) for row in others)
    yield "", _without(evening, {name for name, _ in further}) if further else evening
    for name, city in further:
        if not evening.cities or city in evening.cities:
            yield name, replace(_without(evening, set(evening.table["warning_id"]) - {name}), cities=(city,))


def _others(own: pd.DataFrame) -> list[Mapping[Any, Any]]:
    """What is told of one place of other warnings than the one that begins first."""
    held: Sequence[Mapping[Any, Any]] = own.to_dict("records")
    rows = [row for row in told(held) if row["action"] != "advise"]
    first = first_warning(rows)[0]["warning_id"] if rows else ""
    return [row for row in rows if row["warning_id"] != first]


def _goes_on(lives: Record, row: Mapping[Any, Any]) -> bool:
    """Whether what is lifted goes on in another warning of its place."""
    start = pd.Timestamp(row["starts"])
    place = str(row["city"]), str(row["counties"] or "").partition(";")[0]
    return row["action"] == "lift" and any(rank_at(one.pieces, start) for one in lives.lives(place))


def _without(evening: Evening, names: set[str]) -> Evening:
    """The evening without what it decides of some warnings."""
    now = evening.table["issued"].max()
    record = evening.record
    kept = ~(record["warning_id"].isin(names) & (record["issued"] == now))
    return replace(evening, table=evening.table[~evening.table["warning_id"].isin(names)], history=record[kept])
