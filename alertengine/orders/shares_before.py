"""Orders already given: the lines they stop by a share stay chosen while a warning goes on (semantics, stop_share)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.engine import ALLOTTED
from alertengine.files import CodedTable
from alertengine.lists import SAME, line_keys, under_ids_of
from alertengine.orders._decided_state import decisions
from alertengine.orders._in_force import goes_on_beside
from alertengine.orders.read import plain_texts
from alertengine.vocabulary import LINE_KEY, Flag, Level, Problem, to_minute
from alertengine.warning import Record, Warnings, next_full_hour

Floats = npt.NDArray[np.float64]
#: What tells lines of a list that earlier orders name otherwise.
_WHO: Final = (*LINE_KEY, "enterprise")
#: So many of the lines that a person must look at are named.
_NAMED: Final = 5


def share_orders(orders: pd.DataFrame) -> pd.DataFrame:
    """The rows of orders (ORDER_COLUMNS) that stop a line, or part of it, by a share or number of its enterprise.

    And those that a person stopped whole: they may stand in for one that a share would stop.
    """
    table = plain_texts(orders)
    of_share = np.array([not set(ALLOTTED).isdisjoint(said.split(";")) for said in table["measure"]], dtype=bool)
    by_person = np.array([Flag.OVERRIDDEN in said.split(";") for said in table["flags"]], dtype=bool)
    return table[(of_share & (table["share"] > 0)) | (by_person & (table["share"] == 1))]


def in_force_between(orders: pd.DataFrame, since: datetime, until: datetime) -> pd.DataFrame:
    """The rows of orders (ORDER_COLUMNS) that are in force at some time from a moment to another."""
    still = (orders["ends"] == "") | (orders["ends"] > to_minute(since))
    return orders[(orders["starts"] <= to_minute(until)) & still]


def told_of_left(left: pd.DataFrame, file: str, column: str = "") -> list[Problem]:
    """What a person must know of lines that left a list while their orders (ORDER_COLUMNS) hold, each line once."""
    shared = line_keys(left).isin(line_keys(share_orders(left)))
    others = told_of_lines("ordered_not_listed", left[~shared], file, column)
    return others + told_of_lines("shares_not_listed", left[shared], file, column)


def told_of_lines(code: str, rows: pd.DataFrame, file: str, column: str) -> list[Problem]:
    """A problem of the lines of orders, with their number and the first names; none where there is no row."""
    count = line_keys(rows).nunique()  # names may be erased
    names = list(dict.fromkeys(rows["enterprise"] + rows["line_id"].astype("str")))
    return [Problem(code, file=file, column=column, count=count, names=names[:_NAMED])] if count else []


class SharesBefore:
    """What share orders given before stop; of moments after ``until`` it is chosen anew, None: of none."""

    def __init__(self, orders: pd.DataFrame, until: datetime | None = None) -> None:
        """Take orders (ORDER_COLUMNS)."""
        self.orders, self._rows = plain_texts(orders), share_orders(orders)
        self._until = until

    @property
    def shares_alone(self) -> bool:
        """Whether every row stops by a share, as in what a ledger writes: of other lines nothing is said."""
        return len(self._rows) == len(self.orders)

    def speaks_of(self, lines: pd.DataFrame, since: datetime) -> bool:
        """Whether the orders are of some of these lines and of the time since a moment.

        Those that a ledger writes stop by a share alone: none of these lines, or no line at all, may be among them.
        """
        held = in_force_between(self.orders, since, self._until or since)
        if self.shares_alone:
            return not held.empty or self._rows.empty
        return bool(line_keys(under_ids_of(held, lines)).isin(line_keys(lines)).any())

    def asked_after(self, now: datetime) -> pd.DataFrame:
        """What the orders ask from the hour after a moment on: ORDER_COLUMNS."""
        return in_force_between(self.orders, next_full_hour(now), datetime.max)

    def left_by(self, orders: pd.DataFrame, warnings: Warnings) -> pd.DataFrame:
        """What they still ask of lines that later orders do not name, where the response goes on.

        ORDER_COLUMNS, texts as text, under the codes that the later orders (ORDER_COLUMNS) have.
        """
        held = self.asked_after(warnings.now)
        if held.empty:
            return held
        decided, own = decisions(warnings.record, warnings.now), set(orders["city"].astype("str"))
        standing = Record(warnings.record).segments(next_full_hour(warnings.now))
        places = set(zip(standing["city"], standing["county"], strict=True))
        # of a city about which nothing is decided what was ordered goes on while a warning of it stands
        on = [
            city in decided or (city in own and not places.isdisjoint({(city, ""), (city, county)}))
            for city, county in zip(held["city"], held["county"], strict=True)
        ]
        held = under_ids_of(held[on], orders)
        return held[goes_on_beside(held, orders, decided)]

    def made_lighter_by(self, orders: pd.DataFrame, now: datetime) -> pd.DataFrame:
        """What they ask of lines that later orders ask less of at no lower level, from the hour after a moment on.

        Another list, law or filed plan did that, no forecast.  Left out is what a person decided, and a line that a
        share of its enterprise stopped, for which another may stand in.  ORDER_COLUMNS.
        """
        held = self.asked_after(now)
        if held.empty:
            return held
        hour, new = next_full_hour(now), plain_texts(orders)
        old = under_ids_of(in_force_between(held, hour, hour), new)
        old, new = (table.astype(dict.fromkeys(LINE_KEY, "str")) for table in (old, in_force_between(new, hour, hour)))
        both = old.merge(new[[*LINE_KEY, "level", "measure", "share", "flags"]], on=LINE_KEY, suffixes=("", "_now"))
        rank, rank_now = (both[name].map(lambda code: Level(code).rank) for name in ("level", "level_now"))
        shares = set(ALLOTTED)
        less = both["share_now"] < both["share"] - SAME
        by_person = np.array([Flag.OVERRIDDEN in said.split(";") for said in both["flags_now"]], dtype=bool)
        measures = ([set(said.split(";")) for said in both[name]] for name in ("measure", "measure_now"))
        chosen = np.array(
            [bool(was & shares and now & {"none", *shares}) for was, now in zip(*measures, strict=True)], bool
        )
        return both.loc[(rank > 0) & (rank_now >= rank) & less & ~by_person & ~chosen, old.columns]

    def of(self, lines: CodedTable, begins: datetime) -> Callable[[datetime], Floats | None]:
        """By moment the fraction stopped of each of some lines, (lines,); None where no row is of that moment.

        ``begins``: when the response to be decided does.  Where that is the hour after ``until``, as for a county that
        gets a warning of its own, what stands still at ``until`` goes on.
        """
        listed = lines.frame(_WHO)
        rows = under_ids_of(self._rows, listed)
        rows = rows.assign(place=line_keys(listed).get_indexer(line_keys(rows)))
        rows = rows[rows["place"] >= 0]

        def stopped(moment: datetime) -> Floats | None:
            until = self._until or moment
            at = until if until < moment == begins <= next_full_hour(until) else moment
            held = in_force_between(rows, at, at)
            if held.empty or at > until:
                return None
            out = np.zeros(len(lines))
            np.maximum.at(out, held["place"].to_numpy(), held["share"].to_numpy())
            return out

        return stopped
