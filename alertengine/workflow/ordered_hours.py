"""Hours that one enterprise was ordered to stand or to run less, by winter and level."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import pandas as pd

from alertengine.rulebook import OpenLists, Place, season_of

_HOUR = pd.Timedelta(hours=1)
#: What tells lines of one enterprise, whose code a list may correct.
_LINE = ["city", "line_id"]


@dataclass(slots=True)
class OrderedHours:
    """Ordered hours of a season at a level.

    ``plant_stopped``: every line that had an order stood; ``line_stopped`` and ``line_limited`` added up over
    lines; ``open_lines`` were ordered without an end, what cannot be counted is not.
    """

    season: str
    level: str
    responses: int = 0
    plant_stopped: float = 0.0
    line_stopped: float = 0.0
    line_limited: float = 0.0
    open_lines: int = 0


def ordered_hours(orders: pd.DataFrame, lists: OpenLists, place: Place) -> list[OrderedHours]:
    """Hours by season and level, in order of time.

    Args:
        orders: what stands of one enterprise's orders, with ``act`` and the number of its ``response``.
        lists: the vocabulary with the periods of a year.
        place: where the enterprise stands.

    """
    # who is not ordered to reduce is not stopped, whatever share a commitment carries
    orders = orders.assign(share=orders["share"].where(orders["status"].isin(["ordered", "undetermined"]), 0.0))
    ended = orders[orders["ends"] != ""]
    starts, ends = pd.to_datetime(ended["starts"]), pd.to_datetime(ended["ends"])
    edges = sorted(set(starts) | set(ends) | _midnights(starts, ends))
    out: dict[tuple[str, str], OrderedHours] = {}
    seen: dict[tuple[str, str], set[int]] = defaultdict(set)
    for begin, end in pairwise(edges):
        now = ended[(starts <= begin) & (ends >= end)]
        for level, own in now.groupby("level", sort=False):
            key = (season_of(begin, lists, place), str(level))
            hours = out.setdefault(key, OrderedHours(*key))
            long = (end - begin) / _HOUR
            by_line = own.groupby(_LINE)["share"].max()
            hours.line_stopped += long * float((by_line >= 1).sum())
            hours.line_limited += long * float(((by_line > 0) & (by_line < 1)).sum())
            hours.plant_stopped += long * float(bool((by_line >= 1).all()))
            seen[key] |= set(own["response"])
    for key, open_ones in _open(orders, lists, place).items():
        hours = out.setdefault(key, OrderedHours(*key))
        hours.open_lines, seen[key] = len(open_ones.drop_duplicates(_LINE)), seen[key] | set(open_ones["response"])
    for key, hours in out.items():
        hours.responses = len(seen[key])
    return list(out.values())


def _midnights(starts: pd.Series, ends: pd.Series) -> set[pd.Timestamp]:
    """The beginnings of the days between starts and ends: a season may change there."""
    days: set[pd.Timestamp] = set()
    for start, end in set(zip(starts, ends, strict=True)):
        days |= set(pd.date_range(start.normalize() + timedelta(days=1), end, inclusive="left"))
    return days


def _open(orders: pd.DataFrame, lists: OpenLists, place: Place) -> dict[tuple[str, str], pd.DataFrame]:
    rows = orders[orders["ends"] == ""]
    seasons = [season_of(pd.Timestamp(text), lists, place) for text in rows["starts"]]
    grouped = rows.groupby([pd.Series(seasons, index=rows.index, dtype="object"), rows["level"]], sort=False)
    return {(str(season), str(level)): own for (season, level), own in grouped}


def held_on_day(found: pd.DataFrame, orders: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Rows of a ``day`` beside each of the orders of their key, of ``starts`` and ``ends``, that held on it."""
    held = found.merge(orders, on=key)
    return held[
        (held["starts"] <= held["day"] + " 23:59") & ((held["ends"] == "") | (held["ends"] > held["day"] + " 00:00"))
    ]
