"""What holds from a decision on: one state a line, and orders of several acts put together.

Orders are half-open intervals.  After a raise a table of orders still has the phase that ended with it: what a
paper, a page or a figure says is of the moment of the decision, never of the first row of a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.lists import line_keys, under_ids_of
from alertengine.orders._decided_state import StateDecision, decisions, holding, left_standing, stamp
from alertengine.orders.figures import Figures, figures_of
from alertengine.orders.read import plain_texts
from alertengine.vocabulary import LINE_KEY, Level
from alertengine.warning import next_full_hour

#: City, enterprise and line.
_Line = tuple[str, str, str]
_WHO: Final = [*LINE_KEY, "enterprise"]
#: Stands for the end of what is open.
_OPEN: Final = "9999"


class CityState(Figures, total=False):
    """When and by which decision a city is in a state, and what its lines come to (:class:`Figures`).

    ``decision`` blank where none was made; times ``YYYY-MM-DD HH:MM``, ``ends`` blank where open; ``then`` the state
    from the later hour of a decision on, None where there is none; ``areas``, where counties stand apart, these (blank:
    the others) with their levels and ends, the gravest first.
    """

    city: str
    at: str
    decision: str
    level: str
    since: str
    ends: str
    then: CityState | None
    areas: Sequence[Sequence[str]]


@dataclass(frozen=True)
class InForce:
    """What holds of some orders, a row a line.

    ``now``: the row that holds at the moment of its city, or, where none of the city does, the first to begin after
    (none where a lift leaves nothing);
    ``later``: rows that begin afterwards; ``ended``: rows that held until that moment.  All ORDER_COLUMNS with plain
    texts.  ``at`` gives the moment of each city, ``decided`` the decision behind it where one was made;
    ``decision`` is the state from what was decided on; None: this one.
    """

    at: Mapping[str, str]
    now: pd.DataFrame
    later: pd.DataFrame
    ended: pd.DataFrame
    decided: Mapping[str, StateDecision]
    decision: InForce | None = None

    def of(self, city: str) -> InForce:
        """The state of one city."""
        tables = ((name, getattr(self, name)) for name in ("now", "later", "ended"))
        own = {name: table[table["city"] == city].reset_index(drop=True) for name, table in tables}
        return replace(self, **own, decision=None if self.decision is None else self.decision.of(city))

    @property
    def rows(self) -> pd.DataFrame:
        """What is ordered from now on: by enterprise, line and start."""
        table = pd.concat([self.now, self.later])
        return table.sort_index(kind="stable").reset_index(drop=True)

    @property
    def from_decision(self) -> InForce:
        """The state from the hour on at which the last decision begins; ``self`` where it holds already."""
        return self if self.decision is None else self.decision

    @property
    def changed_later(self) -> list[str]:
        """The cities in which the state goes on until a later hour, from which something was decided."""
        later = self.from_decision
        return [city for city in sorted(later.decided) if later.at.get(city, "") > self.at.get(city, "")]

    @property
    def figures(self) -> Figures:
        """What holds now comes to."""
        return figures_of(self.now)

    def cities(self) -> Iterator[CityState]:
        """The state of each city as summary.json has it; ``then`` that from the later hour of a decision on."""
        later, changed = self.from_decision, self.changed_later
        for city in sorted({*self.now["city"], *self.decided}):
            then = later.of(city).state(city) if city in changed else None
            yield {**self.of(city).state(city), "then": then}

    def state(self, city: str) -> CityState:
        """When and by which decision a city is in the state of these rows, all of which are its own; figures."""
        made = self.decided.get(city)
        levels = [Level(code or "none") for code in self.now["level"].unique()]
        said: dict[str, str] = {
            "city": city,
            "at": self.at.get(city, ""),
            "decision": made.whole if made else "",
            "level": str(max(levels, key=lambda one: one.rank, default=Level.NONE)),
            "since": made.since if made else "",
            "ends": made.ends if made else "",
        }
        alike: dict[tuple[str, str, str], list[str]] = {}  # of one level and the same hours from then on
        for one in (made, *made.apart) if made else ():
            if not one.over:
                alike.setdefault((one.level, one.ends, max(one.since, said["at"])), []).append(one.area)
        areas = [("" if "" in own else "、".join(own), level, ends) for (level, ends, _), own in alike.items()]
        apart = {"areas": areas} if any(area for area, *_ in areas) else {}
        return cast("CityState", said | apart | self.figures)


def in_force(orders: pd.DataFrame, record: pd.DataFrame | None = None, now: datetime | None = None) -> InForce:
    """What holds of orders from the last decision on.

    Args:
        orders: ORDER_COLUMNS.
        record: the record of warnings with the decision in it; None: orders for a list alone, which hold from
            their first start on.
        now: the moment of the decision; None: that of the newest transition.

    """
    table = plain_texts(orders).reset_index(drop=True)
    made = {} if record is None else decisions(record, now)
    issued = now if now is not None or record is None or record.empty else record["issued"].max()
    since = "" if pd.isna(issued) else stamp(next_full_hour(pd.Timestamp(issued)))
    left = table[(table["ends"] == "") | (table["ends"] > since)]
    begins = left.groupby("city", observed=True)["starts"].min()
    at = {str(city): max(since, begins.get(city, "")) if since else "" for city in table["city"].unique()}
    return at_moments(table, {**at, **{city: one.first for city, one in made.items()}}, made)


def held_now(orders: pd.DataFrame, record: pd.DataFrame, now: datetime | None = None) -> InForce:
    """What holds at the moment of the last decision, and the decision it rests on.

    As :func:`in_force`, which is its ``decision``, but of a city whose response goes on before what was decided begins
    it is that one.
    """
    found, left = in_force(orders, record, now), left_standing(record, now)
    issued = pd.Timestamp(record["issued"].max() if now is None else now)
    hour = stamp(next_full_hour(issued))
    until = {city: max(hour, made.since) for city, made in left.items()}
    at = {**until, **{city: min(moment, until.get(city, moment)) for city, moment in found.at.items()}}
    known = record[record["issued"] <= issued]
    behind = {city: holding(known, city, pd.Timestamp(moment)) for city, moment in at.items() if moment}
    decided = dict(found.decided)
    for city, made in behind.items():
        if made is not None:
            last = found.decided.get(city)
            decided[city] = replace(made, named=last.whole) if last and last.first <= at[city] else made
    return replace(at_moments(plain_texts(orders).reset_index(drop=True), at, decided), decision=found)


def at_moments(
    table: pd.DataFrame, at: Mapping[str, str], decided: Mapping[str, StateDecision] | None = None
) -> InForce:
    """What holds of orders with plain texts at a moment of each city.

    Where nothing of a city holds, what begins first, unless it was just lifted: a warning announced for later days
    begins then; lines that no order binds yet beside others have no state.
    """
    moment = table["city"].map(lambda city: at.get(city, "")).astype("object")
    # times are YYYY-MM-DD HH:MM: their order as texts is that in time
    past = (table["ends"] != "") & (table["ends"] <= moment)
    left = table[~past]
    first = ~left.assign(_start=left["starts"]).sort_values("_start", kind="stable").duplicated(LINE_KEY)
    held = first.reindex(left.index)
    early = left["starts"] > moment.loc[left.index]
    over = [city for city, made in (decided or {}).items() if made.over and all(one.over for one in made.apart)]
    held &= ~(early & left["city"].isin([*left.loc[~early, "city"].unique(), *over]))
    ended = table[past & (table["ends"] == moment)]
    return InForce(at, left[held], left[~held], ended, decided or {})


def goes_on_beside(
    before: pd.DataFrame, after: pd.DataFrame, decided: Mapping[str, StateDecision]
) -> npt.NDArray[np.bool_]:
    """Which orders of before go on beside later ones: of lines that these do not name, where the response goes on.

    Args:
        before: ORDER_COLUMNS under the codes that the later ones have.
        after: the later ones, or their lines (LINE_KEY).
        decided: what was decided with them, by city; of a city about which nothing was, all goes on.

    """
    made = [decided.get(city) for city in before["city"]]
    going = [one is None or one.goes_on_in(county) for one, county in zip(made, before["county"], strict=True)]
    return np.array(going, dtype=bool) & ~line_keys(before).isin(line_keys(after))


def prevailing(tables: Sequence[pd.DataFrame], since: Sequence[Mapping[str, str]] = ()) -> pd.DataFrame:
    """Orders of acts in their order: where a later one speaks of a line in the same response, the earlier ends.

    Two acts are of one response where what they order of the line, from first start to last end, overlaps: an
    act about another winter, recorded late, ends nothing.  Lines of one code in two cities are two, as on their lists;
    one whose code or id a later list corrects is one.

    Args:
        tables: ORDER_COLUMNS with plain texts, one an act.
        since: by city from when each act decides (absent: from its first row): what it repeats of the hours before is
            what the acts before it ordered, and of a line that these did not name nothing.

    """
    kept: list[pd.DataFrame] = []
    own_since = [*since, *[{}] * (len(tables) - len(since))]
    spans: dict[_Line, list[tuple[str, str]]] = {}
    keyed = named_alike(tables)
    spoken = [_spans(table, keys) for table, keys in zip(tables, keyed, strict=True)]
    for number in reversed(range(len(tables))):
        table, begins, keys, whole = tables[number], own_since[number], keyed[number], spoken[number]
        begun = [max(start, begins.get(key[0], "")) for key, start in zip(keys, table["starts"], strict=True)]
        starts = pd.Series(begun, index=table.index, dtype=object)
        cuts = {
            key: min((start for start, end in spans.get(key, ()) if start < last and first < end), default="")
            for key, (first, last) in whole.items()
        }
        later = pd.Series([cuts[key] for key in keys], index=table.index, dtype=object)
        live = (table["ends"] == "") | (table["ends"] > starts)
        own = table.assign(starts=starts)[live & ((later == "") | (starts < later))]
        later = later.loc[own.index]
        # times are YYYY-MM-DD HH:MM: their order as texts is that in time
        cut = (later != "") & ((own["ends"] == "") | (own["ends"] > later))
        kept.append(own.assign(ends=own["ends"].where(~cut, later)))
        for key, (first, last) in whole.items():
            begin = max(first, begins.get(key[0], ""))
            spans.setdefault(key, []).append((begin, max(last, begin)))
    return pd.concat(kept[::-1], ignore_index=True)


def named_alike(tables: Sequence[pd.DataFrame]) -> list[list[_Line]]:
    """The lines of each table, row by row, under the codes and ids that the last to name them has."""
    out, known, names = list[list[_Line]](), set[_Line](), list[pd.DataFrame]()
    for table in reversed(tables):
        keys = list[_Line](line_keys(table))
        if known and (set(keys) - known):
            keys = list(line_keys(under_ids_of(table, pd.concat(names))))
        if set(keys) - known:
            names.append(table.assign(**dict(zip(LINE_KEY, map(list, zip(*keys, strict=True)), strict=True)))[_WHO])
        known.update(keys)
        out.append(keys)
    return out[::-1]


def _spans(table: pd.DataFrame, keys: list[_Line]) -> dict[_Line, tuple[str, str]]:
    """From when to when a table speaks of each line."""
    out: dict[_Line, tuple[str, str]] = {}
    for key, start, end in zip(keys, table["starts"], table["ends"], strict=True):
        first, last = out.get(key, (start, end or _OPEN))
        out[key] = min(first, start), max(last, end or _OPEN)
    return out
