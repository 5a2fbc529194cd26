"""What each order saves by the warning alone, recomputed from the act's snapshots: orders give it with staggering."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from alertengine.engine import Engine
from alertengine.ledger import Act
from alertengine.orders import SharesBefore, decide_lines, read_overrides, responses_of
from alertengine.vocabulary import POLLUTANTS, InputError, to_minute
from alertengine.workflow.act_opened import decided_on
from alertengine.workflow.recompute import known_on

if TYPE_CHECKING:
    from alertengine.ledger import Ledger

#: Courses of levels and phases that are decided; lines of further ones stay unknown.
_MOST: Final = 24


def warned_kilograms(ledger: Ledger, act: Act, orders: pd.DataFrame) -> pd.DataFrame:
    """kg/d by pollutant, one row an order in the same place; NaN where it cannot be recomputed.

    Args:
        ledger: the record.
        act: the act.
        orders: its orders as given, texts as objects.

    """
    out = pd.DataFrame(np.nan, index=orders.index, columns=list(POLLUTANTS))
    try:
        book, enterprises = decided_on(ledger, act.act)
    except InputError:  # today's program cannot read what the act rests on
        return out
    options, lines, before = act.head["options"], enterprises.lines, SharesBefore(orders)
    engine = Engine(book, known_on(options))
    keys = orders["enterprise_id"] + "/" + orders["line_id"]
    places = pd.Series(range(len(lines)), index=lines["enterprise_id"].astype("str") + "/" + lines["line_id"])
    at = keys.map(places).to_numpy(dtype=np.float64)
    phases = orders["starts"] + "|" + orders["ends"] + "|" + orders["level"] + "|" + orders["phase"]
    courses = keys.map(phases.groupby(keys).agg("\n".join))
    for course in courses.value_counts().index[:_MOST]:
        own = orders[courses == course]
        example = own[keys[own.index] == keys[own.index[0]]].sort_values("starts").reset_index(drop=True)
        published, overrides = enterprises.version.status == "published", read_overrides(options)
        decided = [
            decide_lines(engine, lines, response, published=published, overrides=overrides, before=before).decisions
            for response in responses_of(example)
        ]
        for decision in itertools.chain.from_iterable(decided):
            rows = own.index[(own["starts"] == to_minute(decision.slice.starts)) & ~np.isnan(at[own.index])]
            for pollutant in POLLUTANTS:
                out.loc[rows, pollutant] = decision.warning_reduced.at(pollutant, at[rows].astype(np.int64))
    return out
