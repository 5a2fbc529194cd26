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
from alertengine.lists import under_ids_of
from alertengine.orders.read import plain_texts
from alertengine.vocabulary import Flag, to_minute
from alertengine.warning import next_full_hour

Floats = npt.NDArray[np.float64]
#: What tells lines of a list that earlier orders name otherwise.
_WHO: Final = ("city", "enterprise_id", "enterprise", "line_id")


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


def line_names(table: pd.DataFrame) -> set[tuple[str, str]]:
    """The lines of orders or of a list: enterprise and number."""
    return set(zip(table["enterprise_id"].astype("str"), table["line_id"].astype("str"), strict=True))


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
        return not line_names(under_ids_of(held, lines)).isdisjoint(line_names(lines))

    def unlisted(self, lines: pd.DataFrame) -> list[str]:
        """The lines stopped at ``until`` in the cities of a list that it does not have, as ID/LINE."""
        held = self._rows if self._until is None else in_force_between(self._rows, self._until, self._until)
        own = under_ids_of(held[held["city"].isin(set(lines["city"].astype("str")))], lines)
        return sorted("/".join(name) for name in line_names(own) - line_names(lines))

    def of(self, lines: CodedTable, begins: datetime) -> Callable[[datetime], Floats | None]:
        """By moment the fraction stopped of each of some lines, (lines,); None where no row is of that moment.

        ``begins``: when the response to be decided does.  Where that is the hour after ``until``, as for a county that
        gets a warning of its own, what stands still at ``until`` goes on.
        """
        owners, numbers = lines.text("enterprise_id"), lines.text("line_id")
        places = {(owners[at], numbers[at]): at for at in range(len(lines))}
        rows = under_ids_of(self._rows, lines.frame(_WHO))
        named = zip(rows["enterprise_id"], rows["line_id"], strict=True)
        rows = rows.assign(place=[places.get(name, -1) for name in named])
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
