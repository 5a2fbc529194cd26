"""Share orders already given: the lines they stop stay chosen while the warning goes on (semantics, stop_share)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.engine import ALLOTTED
from alertengine.files import CodedTable
from alertengine.orders.read import plain_texts
from alertengine.vocabulary import to_minute

Floats = npt.NDArray[np.float64]


def share_orders(orders: pd.DataFrame) -> pd.DataFrame:
    """The rows of orders (ORDER_COLUMNS) that stop a line, or part of it, by a share or number of its enterprise."""
    table = plain_texts(orders)
    of_share = [not set(ALLOTTED).isdisjoint(said.split(";")) for said in table["measure"]]
    return table[np.array(of_share, dtype=bool) & (table["share"] > 0)]


class SharesBefore:
    """What share orders given before stop; of moments after ``until`` it is chosen anew, None: of none."""

    def __init__(self, orders: pd.DataFrame, until: datetime | None = None) -> None:
        """Take orders (ORDER_COLUMNS)."""
        self._rows = share_orders(orders)
        self._until = until

    def of(self, lines: CodedTable) -> Callable[[datetime], Floats | None]:
        """By moment the fraction stopped of each of some lines, (lines,); None where no row is of that moment."""
        owners, numbers = lines.text("enterprise_id"), lines.text("line_id")
        places = {(owners[at], numbers[at]): at for at in range(len(lines))}
        named = zip(self._rows["enterprise_id"], self._rows["line_id"], strict=True)
        rows = self._rows.assign(place=[places.get(name, -1) for name in named])
        rows = rows[rows["place"] >= 0]

        def stopped(moment: datetime) -> Floats | None:
            at = to_minute(moment)
            held = rows[(rows["starts"] <= at) & ((rows["ends"] == "") | (rows["ends"] > at))]
            if held.empty or (self._until is not None and moment > self._until):
                return None
            out = np.zeros(len(lines))
            np.maximum.at(out, held["place"].to_numpy(), held["share"].to_numpy())
            return out

        return stopped
