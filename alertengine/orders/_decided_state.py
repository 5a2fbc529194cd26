"""What was decided of a city at one moment, and what its warnings leave standing beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import pandas as pd

from alertengine.vocabulary import CANCEL, CHANGE, OPEN, Level, to_minute
from alertengine.warning import LEVEL_OF, Record, kind_of, next_full_hour, unit_of

#: The counties that no decision of their own is about.
REST: Final = "其余县（市、区）"
#: What is no transition of a warning.
_ADVICE: Final = "advise"


@dataclass(frozen=True, slots=True)
class StateDecision:
    """The decision a city's state rests on: the first transition of its warning that begins first, else what ends.

    ``kind``: an action of the record, CANCEL or STAY; ``since``: from when it holds, ``ends`` blank where open, both
    ``YYYY-MM-DD HH:MM``; ``issued`` the moment it was made.  ``area``: the counties it is about (、 between), blank for
    the city; ``before``: the level held there until then, blank for none.  ``apart``: what was decided at that moment
    of other areas, the gravest first; ``then``: the levels to which that warning goes on afterwards, announced with it
    or before; ``beside``: what counties that stand apart hold then, where it was decided of the city and not of them;
    ``named``: of a state that areas are in by several decisions, what that one decided by which the last came into it.
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
    beside: tuple[StateDecision, ...] = ()
    before: str = ""
    named: str = ""

    @property
    def over(self) -> bool:
        """Whether the response ends by it."""
        return self.kind in ("lift", CANCEL)

    def of_county(self, county: str) -> StateDecision | None:
        """What of it is about a county; None: the county is left as it is."""
        parts = {name: one for one in (self, *self.apart) for name in one.area.split("、")}
        return parts.get(county, parts.get(""))

    def goes_on_in(self, county: str) -> bool:
        """Whether a response goes on in a county after it."""
        part = self.of_county(county)
        return part is None or not part.over

    @property
    def whole(self) -> str:
        """What is decided of all its areas: their kind where it is one, a lift where all end, else CHANGE."""
        kinds = {one.kind for one in (self, *self.apart)}
        return self.named or (self.kind if len(kinds) == 1 else "lift" if self.over else CHANGE)

    @property
    def gravest(self) -> Level:
        """The gravest level that it decides on, goes on from or ends: who signs it is asked by that."""
        steps = [step for one in (self, *self.apart) for step in (one, *one.then)]
        return max((Level(word) for one in steps for word in (one.level, one.before) if word), key=lambda one: one.rank)

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
    issued = told["issued"].max() if now is None else now
    known = record[record["issued"] <= issued]
    made = _of_moment(known, issued)
    return {city: replace(one, beside=tuple(_beside(one, known))) for city, one in made.items()}


def _of_moment(record: pd.DataFrame, now: datetime) -> dict[str, StateDecision]:
    """The decision of each city that was made at a moment, without what it leaves as it is."""
    known = record[(record["issued"] <= now) & (record["action"].astype("str") != _ADVICE)]
    told, lives = known[known["issued"] == now], Record(known)
    return {str(city): _decision(str(city), own.to_dict("records"), lives) for city, own in told.groupby("city")}


def _beside(made: StateDecision, record: pd.DataFrame) -> Iterator[StateDecision]:
    """What holds of counties that a decision about their city leaves as they are."""
    decided = {one.area for one in (made, *made.apart)}
    if "" not in decided or record.loc[record["city"] == made.city, "counties"].isin(["", *decided]).all():
        return
    held = holding(record, made.city, pd.Timestamp(made.first))
    yield from (one for one in (held, *held.apart) if one.area and one.area not in decided) if held else ()


def speaks_from(record: pd.DataFrame, now: datetime | None = None) -> dict[str, str]:
    """By city, from which hour on the decisions of one moment (None: the newest) change what holds."""
    told = record[record["action"].astype("str") != _ADVICE]
    told = told[told["issued"] == (told["issued"].max() if now is None else now)]
    return {str(city): stamp(start) for city, start in told.groupby("city", observed=True)["starts"].min().items()}


def told(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Transitions of a record that a paper tells of: those of the newest moment.

    A lift that only says where another transition of that moment ends is told by that one's end.
    """
    newest = max((row["issued"] for row in rows), default=None)
    own = [row for row in rows if row["issued"] == newest]
    ends = {(row["warning_id"], row["ends"]) for row in own if row["action"] != "lift"}
    return [row for row in own if row["action"] != "lift" or (row["warning_id"], row["starts"]) not in ends]


def goes_on(row: Mapping[Any, Any], rows: Sequence[Mapping[Any, Any]], lives: Record) -> bool:
    """Whether a transition says only that a county, apart from now on, keeps its city's level until another of them."""
    begins = {(one["warning_id"], one["starts"]) for one in rows if one["action"] != "lift"}
    apart = row["action"] == "issue" and kind_of(row, lives) == "extend"
    return apart and (row["warning_id"], row["ends"]) in begins


def _decision(city: str, rows: Sequence[Mapping[Any, Any]], lives: Record) -> StateDecision:
    of_area: dict[str, list[Mapping[Any, Any]]] = {}
    for row in rows:
        of_area.setdefault(_area(row), []).append(row)
    made = []
    for area, own in of_area.items():
        newest = sorted(first_warning(own), key=lambda row: (pd.Timestamp(row["starts"]), -_weight(row)[1]))
        main = next(row for row in newest if not goes_on(row, newest, lives))
        first = _decided(city, main, area, lives)
        then = () if first.over else tuple(_standing_after(first, main, lives))
        made.append((_weight(main), replace(first, then=then)))
    made.sort(key=lambda one: one[0], reverse=True)
    return replace(made[0][1], apart=tuple(one for _, one in made[1:]))


def _area(row: Mapping[Any, Any]) -> str:
    """The counties a transition is about, 、 between; blank for the city."""
    return "" if pd.isna(row["counties"]) else str(row["counties"]).replace(";", "、")


def _decided(city: str, row: Mapping[Any, Any], area: str, lives: Record) -> StateDecision:
    times = stamp(row["starts"]), stamp(row["ends"]), stamp(row["issued"])
    unit, start = unit_of(row), row["starts"]
    before = lives.rank_before(unit, start) or lives.rank_gone_on_from(unit, start, row["issued"])
    return StateDecision(city, kind_of(row, lives), str(row["level"]) or "none", *times, area, before=_level_of(before))


def _level_of(rank: int) -> str:
    """The level of a rank; blank where none is held."""
    return LEVEL_OF[rank] if rank else ""


def _standing_after(last: StateDecision, row: Mapping[Any, Any], lives: Record) -> Iterator[StateDecision]:
    """The levels to which a warning goes on after one that was decided, announced with it or before."""
    rank = Level(last.level).rank
    pieces = [piece for one in lives.lives(unit_of(row)) if one.warning_id == row["warning_id"] for piece in one.pieces]
    for start, end, to in pieces:
        if stamp(start) > last.since:
            stands = replace(last, kind="raise" if to > rank else "lower", level=LEVEL_OF[to], since=stamp(start))
            yield replace(stands, ends="" if end >= OPEN else stamp(end), before=_level_of(rank))
            rank = to


def first_warning(rows: Sequence[Mapping[Any, Any]]) -> list[Mapping[Any, Any]]:
    """Of transitions of one area and moment those of the warning that begins first, of lifts where nothing else is."""
    own = [row for row in rows if row["action"] != "lift"] or list(rows)
    first = min(own, key=lambda row: pd.Timestamp(row["starts"]))
    return [row for row in own if row["warning_id"] == first["warning_id"]]


def _weight(row: Mapping[Any, Any]) -> tuple[bool, int]:
    return row["action"] != "lift", Level(str(row["level"]) or "none").rank


def stamp(value: Any) -> str:
    """A time as orders have it; blank where there is none."""
    return "" if pd.isna(value) else to_minute(pd.Timestamp(value))


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
        on = city in made and (stamp(start) < made[city].first or made[city].over)
        if on and (row["warning_id"] in before or start == hour):
            first[city] = min(start, first.get(city, start))
    found = {city: holding(known, city, at) for city, at in first.items()}
    return {city: one for city, one in found.items() if one is not None}


def holding(record: pd.DataFrame, city: str, at: datetime) -> StateDecision | None:
    """What holds of a city at a moment, by the decisions behind it: level and hours are those of that state.

    Areas that stand apart are told as those of a decision; None: nothing holds.
    """
    record = record[record["city"] == city]
    lives, areas = Record(record), dict[str, tuple[StateDecision, datetime]]()
    for row in lives.segments(at).to_dict("records"):
        if row["starts"] > at:
            continue
        own = record[(record["warning_id"] == row["warning_id"]) & (record["starts"] <= row["starts"])]
        last = own[own["action"] != "lift"].sort_values(["issued", "starts"], kind="stable").iloc[-1].to_dict()
        made = replace(_decided(city, last, _area(last), lives), level=str(row["level"]), since=stamp(row["starts"]))
        before = lives.rank_before(unit_of(last), row["starts"])
        if before and row["starts"] > last["starts"]:  # the level goes back by the end of what was decided last
            made = replace(made, kind="raise" if Level(made.level).rank > before else "lower", before=_level_of(before))
        areas[str(row["warning_id"])] = replace(made, ends=stamp(row["ends"])), last["issued"]
    if not areas:
        return None
    main, *rest = sorted((one for one, _ in areas.values()), key=lambda one: Level(one.level).rank, reverse=True)
    return replace(main, apart=tuple(rest), named=_named(list(areas.values()), record))


def _named(areas: Sequence[tuple[StateDecision, datetime]], record: pd.DataFrame) -> str:
    """What was decided by which the last areas came into their state, of areas with the moments of their decisions."""
    since = max(one.since for one, _ in areas)
    begun = [one for one, _ in areas if one.since == since]
    made = _of_moment(record, max(issued for one, issued in areas if one.since == since))[begun[0].city]
    return made.whole if made.first == since else replace(begun[0], apart=tuple(begun[1:])).whole
