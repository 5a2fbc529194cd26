"""What holds from a decision on: one state a line, and orders of several acts put together.

Orders are half-open intervals.  After a raise a table of orders still has the phase that ended with it: what a
paper, a page or a figure says is of the moment of the decision, never of the first row of a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, cast

import pandas as pd

from alertengine.orders.figures import Figures, figures_of
from alertengine.orders.read import plain_texts
from alertengine.vocabulary import ACTION_TEXT, OPEN, Level, to_minute
from alertengine.warning import Record, next_full_hour, rank_at, rank_before

KEY: Final = ["enterprise_id", "line_id"]
#: A warning taken back before its start; the record has it as ``lift``.
CANCEL: Final = "cancel"
#: A level announced for later that is taken back before it begins: what holds goes on.
STAY: Final = "stay"
#: What was decided, in words.
DECISION_TEXT: Final = {**ACTION_TEXT, CANCEL: "取消", STAY: "维持"}
#: What is no transition of a warning.
_ADVICE: Final = "advise"
#: Stands for the end of what is open.
_OPEN: Final = "9999"


@dataclass(frozen=True, slots=True)
class StateDecision:
    """The decision a city's state rests on: the first transition of its warning that begins first, else what ends.

    ``kind``: an action of the record, CANCEL or STAY; ``since``: from when it holds, ``ends`` blank where open, both
    ``YYYY-MM-DD HH:MM``; ``issued`` the moment it was made.  ``area``: the counties it is about (、 between), blank for
    the city; ``apart``: what was decided at that moment of other areas, the gravest first; ``then``: the levels to
    which that warning goes on afterwards, announced with it.
    """

    city: str
    kind: str
    level: str
    since: str
    ends: str
    issued: str
    area: str = ""
    apart: tuple[StateDecision, ...] = ()
    then: tuple[StateDecision, ...] = ()

    @property
    def over(self) -> bool:
        """Whether the response ends by it."""
        return self.kind in ("lift", CANCEL)

    @property
    def first(self) -> str:
        """From when anything holds by it, in whatever area; of what only ends, when."""
        return min((one.since for one in (self, *self.apart) if not one.over), default=self.since)


def decisions(record: pd.DataFrame, now: datetime | None = None) -> dict[str, StateDecision]:
    """The decision of each city that was made at one moment.

    Args:
        record: WARNING_COLUMNS with times as timestamps, earlier transitions among them.
        now: the moment; None: that of the newest transition.

    """
    told = record[record["action"].astype("str") != _ADVICE]
    if told.empty:
        return {}
    told = told[told["issued"] == (told["issued"].max() if now is None else now)]
    lives = Record(record[record["issued"] <= told["issued"].max()])
    return {str(city): _decision(str(city), own.to_dict("records"), lives) for city, own in told.groupby("city")}


def speaks_from(record: pd.DataFrame, now: datetime | None = None) -> dict[str, str]:
    """By city, from which hour on the decisions of one moment (None: the newest) change what holds."""
    told = record[record["action"].astype("str") != _ADVICE]
    told = told[told["issued"] == (told["issued"].max() if now is None else now)]
    return {str(city): _stamp(start) for city, start in told.groupby("city", observed=True)["starts"].min().items()}


def kind_of(row: Mapping[Any, Any], lives: Record) -> str:
    """What a transition does to what is held, by the record with it: the action, but for what was only announced.

    CANCEL for a lift of what has not begun; STAY where the level goes on, for it was to change and no longer is; the
    way from the level held just before, whatever had been announced.
    """
    action, start = str(row["action"]), pd.Timestamp(row["starts"])
    county = "" if pd.isna(row["counties"]) else str(row["counties"]).partition(";")[0]
    found = [one for one in lives.lives((str(row["city"]), county)) if one.warning_id == str(row["warning_id"])]
    if not found:
        return action
    if action == "lift":
        return CANCEL if start <= found[0].life_start < OPEN else action
    before, after = rank_before(found[0].pieces, start), rank_at(found[0].pieces, start)
    if action not in ("raise", "lower") or not before:
        return action
    return STAY if before == after else "raise" if after > before else "lower"


def kinds(rows: pd.DataFrame, record: pd.DataFrame) -> list[str]:
    """:func:`kind_of` each row, by a record that has them all."""
    lives = Record(record)
    return [kind_of(row, lives) for row in rows.to_dict("records")]


def told(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Transitions of a record that a paper tells of: those of the newest moment.

    A lift that only says where another transition of that moment ends is told by that one's end.
    """
    newest = max((row["issued"] for row in rows), default=None)
    own = [row for row in rows if row["issued"] == newest]
    ends = {(row["warning_id"], row["ends"]) for row in own if row["action"] != "lift"}
    return [row for row in own if row["action"] != "lift" or (row["warning_id"], row["starts"]) not in ends]


def _decision(city: str, rows: Sequence[Mapping[Any, Any]], lives: Record) -> StateDecision:
    of_area: dict[str, list[Mapping[Any, Any]]] = {}
    for row in rows:
        of_area.setdefault(_area(row), []).append(row)
    made = []
    for area, own in of_area.items():
        main, *later = sorted(first_warning(own), key=lambda row: (pd.Timestamp(row["starts"]), -_weight(row)[1]))
        steps = [main, *(row for row in later if row["starts"] > main["starts"] and main["action"] != "lift")]
        first, *then = (_decided(city, row, area, lives) for row in steps)
        made.append((_weight(main), replace(first, then=tuple(then))))
    made.sort(key=lambda one: one[0], reverse=True)
    return replace(made[0][1], apart=tuple(one for _, one in made[1:]))


def _area(row: Mapping[Any, Any]) -> str:
    """The counties a transition is about, 、 between; blank for the city."""
    return "" if pd.isna(row["counties"]) else str(row["counties"]).replace(";", "、")


def _decided(city: str, row: Mapping[Any, Any], area: str, lives: Record) -> StateDecision:
    times = _stamp(row["starts"]), _stamp(row["ends"]), _stamp(row["issued"])
    return StateDecision(city, kind_of(row, lives), str(row["level"]) or "none", *times, area)


def first_warning(rows: Sequence[Mapping[Any, Any]]) -> list[Mapping[Any, Any]]:
    """Of transitions of one area and moment those of the warning that begins first, of lifts where nothing else is."""
    own = [row for row in rows if row["action"] != "lift"] or list(rows)
    first = min(own, key=lambda row: pd.Timestamp(row["starts"]))
    return [row for row in own if row["warning_id"] == first["warning_id"]]


def _weight(row: Mapping[Any, Any]) -> tuple[bool, int]:
    return row["action"] != "lift", Level(str(row["level"]) or "none").rank


def _stamp(value: Any) -> str:
    return "" if pd.isna(value) else to_minute(pd.Timestamp(value))


class CityState(Figures, total=False):
    """When and by which decision a city is in a state, and what its lines come to (:class:`Figures`).

    ``decision`` blank where none was made; times ``YYYY-MM-DD HH:MM``, ``ends`` blank where open; ``then`` the state
    from the later hour of a decision on, None where there is none.
    """

    city: str
    at: str
    decision: str
    level: str
    since: str
    ends: str
    then: CityState | None


@dataclass(frozen=True)
class InForce:
    """What holds of some orders, a row a line.

    ``now``: the row that holds at the moment of its city, or, where none of the city does, the first to begin after;
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
        """What holds from what was decided on, though the response before may go on until then."""
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
        said = {
            "city": city,
            "at": self.at.get(city, ""),
            "decision": made.kind if made else "",
            "level": str(max(levels, key=lambda one: one.rank, default=Level.NONE)),
            "since": made.since if made else "",
            "ends": made.ends if made else "",
        }
        return cast("CityState", said | self.figures)


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
    since = "" if pd.isna(issued) else _stamp(next_full_hour(pd.Timestamp(issued)))
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
    at = {**found.at, **{city: max(_stamp(next_full_hour(issued)), made.since) for city, made in left.items()}}
    known = record[record["issued"] <= issued]
    behind = {city: holding(known, city, pd.Timestamp(moment)) for city, moment in at.items() if moment}
    decided = {**found.decided, **{city: made for city, made in behind.items() if made is not None}}
    return replace(at_moments(plain_texts(orders).reset_index(drop=True), at, decided), decision=found)


def left_standing(record: pd.DataFrame, now: datetime | None = None) -> dict[str, StateDecision]:
    """By city the response that goes on, or that was decided before and begins, before what is decided at one moment.

    Of warnings that the decision leaves as they are, and of those it changes from a later hour on.
    """
    made = decisions(record, now)
    if not made:
        return {}
    issued = pd.Timestamp(record["issued"].max() if now is None else now)
    known, hour = record[record["issued"] <= issued], next_full_hour(issued)
    before = set(known.loc[known["issued"] < issued, "warning_id"])
    first: dict[str, datetime] = {}
    for row in Record(known).segments(hour).to_dict("records"):
        city, start = str(row["city"]), max(pd.Timestamp(row["starts"]), hour)
        if city in made and _stamp(start) < made[city].first and (row["warning_id"] in before or start == hour):
            first[city] = min(start, first.get(city, start))
    found = {city: holding(known, city, at) for city, at in first.items()}
    return {city: one for city, one in found.items() if one is not None}


def holding(record: pd.DataFrame, city: str, at: datetime) -> StateDecision | None:
    """What holds of a city at a moment, by the decisions behind it: level and hours are those of that state.

    Areas that stand apart are told as those of a decision; None: nothing holds.
    """
    lives, areas = Record(record[record["city"] == city]), dict[str, StateDecision]()
    for row in lives.segments(at).to_dict("records"):
        if row["starts"] > at:
            continue
        own = record[(record["warning_id"] == row["warning_id"]) & (record["starts"] <= row["starts"])]
        last = own[own["action"] != "lift"].sort_values(["issued", "starts"], kind="stable").iloc[-1].to_dict()
        made = replace(_decided(city, last, _area(last), lives), level=str(row["level"]), since=_stamp(row["starts"]))
        areas[str(row["warning_id"])] = replace(made, ends=_stamp(row["ends"]))
    if not areas:
        return None
    main, *rest = sorted(areas.values(), key=lambda one: Level(one.level).rank, reverse=True)
    return replace(main, apart=tuple(rest))


def at_moments(
    table: pd.DataFrame, at: Mapping[str, str], decided: Mapping[str, StateDecision] | None = None
) -> InForce:
    """What holds of orders with plain texts at a moment of each city.

    Where nothing of a city holds, what begins first; lines that no order binds yet beside others have no state.
    """
    moment = table["city"].map(lambda city: at.get(city, "")).astype("object")
    # times are YYYY-MM-DD HH:MM: their order as texts is that in time
    past = (table["ends"] != "") & (table["ends"] <= moment)
    left = table[~past]
    first = ~left.assign(_start=left["starts"]).sort_values("_start", kind="stable").duplicated(KEY)
    held = first.reindex(left.index)
    early = left["starts"] > moment.loc[left.index]
    held &= ~(early & left["city"].isin(left.loc[~early, "city"].unique()))
    ended = table[past & (table["ends"] == moment)]
    return InForce(at, left[held], left[~held], ended, decided or {})


def prevailing(tables: Sequence[pd.DataFrame], since: Sequence[str] = ()) -> pd.DataFrame:
    """Orders of acts in their order: where a later one speaks of a line in the same response, the earlier ends.

    Two acts are of one response where what they order of the line, from first start to last end, overlaps: an
    act about another winter, recorded late, ends nothing.

    Args:
        tables: ORDER_COLUMNS with plain texts, one an act.
        since: from when each act decides (blank: from its first row): what it repeats of the hours before is
            what the act before it ordered.

    """
    kept: list[pd.DataFrame] = []
    own_since = [*since, *[""] * (len(tables) - len(since))]
    spans: dict[tuple[str, str], list[tuple[str, str]]] = {}
    keyed = [list(zip(table["enterprise_id"], table["line_id"], strict=True)) for table in tables]
    spoken = [_spans(table, keys) for table, keys in zip(tables, keyed, strict=True)]
    for number in reversed(range(len(tables))):
        table, begins, keys, whole = tables[number], own_since[number], keyed[number], spoken[number]
        repeated = {
            key
            for before in spoken[:number]
            for key in whole.keys() & before.keys()
            if before[key][0] < whole[key][1] and whole[key][0] < before[key][1]
        }
        starts = pd.Series(
            [
                max(start, begins) if key in repeated else start
                for key, start in zip(keys, table["starts"], strict=True)
            ],
            index=table.index,
            dtype=object,
        )
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
            begin = max(first, begins) if key in repeated else first
            spans.setdefault(key, []).append((begin, max(last, begin)))
    return pd.concat(kept[::-1], ignore_index=True)


def _spans(table: pd.DataFrame, keys: list[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, str]]:
    """From when to when a table speaks of each line."""
    out: dict[tuple[str, str], tuple[str, str]] = {}
    for key, start, end in zip(keys, table["starts"], table["ends"], strict=True):
        first, last = out.get(key, (start, end or _OPEN))
        out[key] = min(first, start), max(last, end or _OPEN)
    return out
