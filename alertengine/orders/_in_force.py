"""What holds from a decision on: one state a line, and orders of several acts put together.

Orders are half-open intervals.  After a raise a table of orders still has the phase that ended with it: what a
paper, a page or a figure says is of the moment of the decision, never of the first row of a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import pandas as pd

from alertengine.orders.read import plain_texts
from alertengine.vocabulary import EMISSION_FIELDS, Level, Status, to_minute
from alertengine.warning import Record, next_full_hour

KEY: Final = ["enterprise_id", "line_id"]
#: A warning taken back before its start; the record has it as ``lift``.
CANCEL: Final = "cancel"
#: What is no transition of a warning.
_ADVICE: Final = "advise"
#: Stands for the end of what is open.
_OPEN: Final = "9999"


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision a city's state rests on: the gravest transition of its warning that begins first, else what ends.

    ``kind``: an action of the record, or CANCEL; ``since``: from when it holds, ``ends`` blank where open, both
    ``YYYY-MM-DD HH:MM``; ``issued`` the moment it was made.  ``area``: the counties it is about (、 between), blank for
    the city; ``apart``: what was decided at that moment of other areas, each the gravest of its own; ``then``: the
    levels to which that warning goes on afterwards, announced with it.
    """

    city: str
    kind: str
    level: str
    since: str
    ends: str
    issued: str
    area: str = ""
    apart: tuple[Decision, ...] = ()
    then: tuple[Decision, ...] = ()

    @property
    def over(self) -> bool:
        """Whether the response ends by it."""
        return self.kind in ("lift", CANCEL)


def decisions(record: pd.DataFrame, now: pd.Timestamp | None = None) -> dict[str, Decision]:
    """The decision of each city that was made at one moment.

    Args:
        record: WARNING_COLUMNS with times as timestamps, earlier transitions among them.
        now: the moment; None: that of the newest transition.

    """
    told = record[record["action"].astype("str") != _ADVICE]
    if told.empty:
        return {}
    told = told[told["issued"] == (told["issued"].max() if now is None else now)]
    begun = life_starts(record)
    return {str(city): _decision(str(city), own.to_dict("records"), begun) for city, own in told.groupby("city")}


def speaks_from(record: pd.DataFrame, now: pd.Timestamp | None = None) -> dict[str, str]:
    """From when what was decided at one moment (None: the newest) changes anything, by city."""
    told = record[record["action"].astype("str") != _ADVICE]
    told = told[told["issued"] == (told["issued"].max() if now is None else now)]
    return {str(city): _stamp(start) for city, start in told.groupby("city", observed=True)["starts"].min().items()}


def life_starts(record: pd.DataFrame) -> dict[str, pd.Timestamp]:
    """When the life of each warning begins."""
    own = record[~record["action"].astype("str").isin([_ADVICE, "lift"])]
    return {str(name): start for name, start in own.groupby("warning_id")["starts"].min().items()}


def kind_of(row: Mapping[Any, Any], begun: Mapping[str, pd.Timestamp]) -> str:
    """The action of a transition, CANCEL for a lift of what has not begun."""
    start = begun.get(str(row["warning_id"]))
    cancelled = row["action"] == "lift" and start is not None and row["starts"] <= start
    return CANCEL if cancelled else str(row["action"])


def kinds(rows: pd.DataFrame, record: pd.DataFrame) -> list[str]:
    """:func:`kind_of` each row, by a record that has them all."""
    begun = life_starts(record)
    return [kind_of(row, begun) for row in rows.to_dict("records")]


def told(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Transitions of a record that a paper tells of: those of the newest moment.

    A lift that only says where another transition of that moment ends is told by that one's end.
    """
    newest = max((row["issued"] for row in rows), default=None)
    own = [row for row in rows if row["issued"] == newest]
    ends = {(row["warning_id"], row["ends"]) for row in own if row["action"] != "lift"}
    return [row for row in own if row["action"] != "lift" or (row["warning_id"], row["starts"]) not in ends]


def _decision(city: str, rows: Sequence[Mapping[Any, Any]], begun: Mapping[str, pd.Timestamp]) -> Decision:
    of_area: dict[str, list[Mapping[Any, Any]]] = {}
    for row in rows:
        of_area.setdefault("" if pd.isna(row["counties"]) else str(row["counties"]).replace(";", "、"), []).append(row)
    made = []
    for area, own in of_area.items():
        rows = sorted(first_warning(own), key=lambda row: pd.Timestamp(row["starts"]))
        main = max(rows, key=_weight)
        steps = [row for row in rows if row is main or (row["starts"] > main["starts"] and main["action"] != "lift")]
        first, *then = (_decided(city, row, area, begun) for row in steps)
        made.append((_weight(main), replace(first, then=tuple(then))))
    made.sort(key=lambda one: one[0], reverse=True)
    return replace(made[0][1], apart=tuple(one for _, one in made[1:]))


def _decided(city: str, row: Mapping[Any, Any], area: str, begun: Mapping[str, pd.Timestamp]) -> Decision:
    times = _stamp(row["starts"]), _stamp(row["ends"]), _stamp(row["issued"])
    return Decision(city, kind_of(row, begun), str(row["level"]) or "none", *times, area)


def first_warning(rows: Sequence[Mapping[Any, Any]]) -> list[Mapping[Any, Any]]:
    """Of transitions of one area and moment those of the warning that begins first, of lifts where nothing else is."""
    own = [row for row in rows if row["action"] != "lift"] or list(rows)
    first = min(own, key=lambda row: pd.Timestamp(row["starts"]))
    return [row for row in own if row["warning_id"] == first["warning_id"]]


def _weight(row: Mapping[Any, Any]) -> tuple[bool, int]:
    return row["action"] != "lift", Level(str(row["level"]) or "none").rank


def _stamp(value: Any) -> str:
    return "" if pd.isna(value) else to_minute(pd.Timestamp(value))


@dataclass(frozen=True, slots=True)
class Figures:
    """What lines come to; ``kg`` by pollutant, a day, of what can be computed."""

    enterprises: int
    bound: int
    lines: int
    ordered: int
    stopped: int
    undetermined: int
    exempt: int
    self_directed: int
    kg: dict[str, float]

    @classmethod
    def of(cls, rows: pd.DataFrame) -> Figures:
        """The figures of rows that are one a line."""
        status = rows["status"].astype("str").value_counts()
        binding = rows.loc[rows["status"] == Status.ORDERED, "enterprise_id"]
        return cls(
            enterprises=int(rows["enterprise_id"].nunique()),
            bound=int(binding.nunique()),
            lines=len(rows),
            ordered=int(status.get(Status.ORDERED, 0)),
            stopped=int((rows["share"] >= 1).sum()),
            undetermined=int(status.get(Status.UNDETERMINED, 0)),
            exempt=int(status.get(Status.EXEMPT, 0)),
            self_directed=int(status.get(Status.SELF_DIRECTED, 0)),
            kg={name: round(float(rows[column].sum()), 3) for name, column in EMISSION_FIELDS.items()},
        )

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {name: getattr(self, name) for name in type(self).__slots__}


@dataclass(frozen=True)
class InForce:
    """What holds of some orders, a row a line.

    ``now``: the row that holds at the moment of its city, or, where none does yet, the first to begin after;
    ``later``: rows that begin afterwards; ``ended``: rows that held until that moment.  All ORDER_COLUMNS with plain
    texts.  ``at`` gives the moment of each city, ``decided`` the decision behind it where one was made.
    """

    at: Mapping[str, str]
    now: pd.DataFrame
    later: pd.DataFrame
    ended: pd.DataFrame
    decided: Mapping[str, Decision]

    def of(self, city: str) -> InForce:
        """The state of one city."""
        tables = ((name, getattr(self, name)) for name in ("now", "later", "ended"))
        return replace(self, **{name: table[table["city"] == city].reset_index(drop=True) for name, table in tables})

    @property
    def rows(self) -> pd.DataFrame:
        """What is ordered from now on: by enterprise, line and start."""
        table = pd.concat([self.now, self.later])
        return table.sort_index(kind="stable").reset_index(drop=True)

    @property
    def figures(self) -> Figures:
        """What holds now comes to."""
        return Figures.of(self.now)

    def cities(self) -> Iterator[dict[str, Any]]:
        """The state of each city as summary.json has it."""
        names = sorted({*self.now["city"], *self.decided})
        for city in names:
            own, made = self.of(city), self.decided.get(city)
            levels = [Level(code or "none") for code in own.now["level"].unique()]
            yield {
                "city": city,
                "at": self.at.get(city, ""),
                "decision": made.kind if made else "",
                "level": str(max(levels, key=lambda one: one.rank, default=Level.NONE)),
                **own.figures.as_dict(),
            }


def in_force(orders: pd.DataFrame, record: pd.DataFrame | None = None, now: pd.Timestamp | None = None) -> InForce:
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
    since = "" if issued is None or pd.isna(issued) else _stamp(next_full_hour(pd.Timestamp(issued)))
    at = {str(city): made[str(city)].since if str(city) in made else since for city in table["city"].unique()}
    at |= {city: one.since for city, one in made.items()}
    return at_moments(table, at, made)


def held_now(orders: pd.DataFrame, record: pd.DataFrame, now: pd.Timestamp | None = None) -> InForce:
    """What holds at the moment of the decision.

    As :func:`in_force`, but of a city with a response that the decision leaves as it is and that begins before what
    was decided, it is that one, with the decision behind it.
    """
    found, left = in_force(orders, record, now), left_standing(record, now)
    if not left:
        return found
    issued = _stamp(next_full_hour(pd.Timestamp(record["issued"].max() if now is None else now)))
    at = {**found.at, **{city: max(issued, made.since) for city, made in left.items()}}
    holds = at_moments(plain_texts(orders).reset_index(drop=True), at, {**found.decided, **left})
    # lines of which that response says nothing have no state yet
    early = holds.now["city"].isin(list(left)) & (holds.now["starts"] > holds.now["city"].map(at).astype("object"))
    return replace(holds, now=holds.now[~early], later=pd.concat([holds.later, holds.now[early]]))


def left_standing(record: pd.DataFrame, now: pd.Timestamp | None = None) -> dict[str, Decision]:
    """By city the response that a decision about a later warning leaves as it is; its hours are of its level now."""
    made = decisions(record, now)
    if not made:
        return {}
    issued = pd.Timestamp(record["issued"].max() if now is None else now)
    known = record[record["issued"] <= issued]
    spoken = set(known.loc[known["issued"] == issued, "warning_id"])
    begun, out = life_starts(known), {}
    for row in Record(known).segments(next_full_hour(issued)).sort_values("starts").to_dict("records"):
        city = str(row["city"])
        if city in out or city not in made or row["warning_id"] in spoken or _stamp(row["starts"]) >= made[city].since:
            continue
        own = known[(known["warning_id"] == row["warning_id"]) & (known["starts"] <= row["starts"])]
        last = own[own["action"] != "lift"].sort_values(["issued", "starts"], kind="stable").iloc[-1].to_dict()
        decided = _decided(city, last, str(last["counties"] or "").replace(";", "、"), begun)
        out[city] = replace(decided, level=str(row["level"]), since=_stamp(row["starts"]), ends=_stamp(row["ends"]))
    return out


def at_moments(table: pd.DataFrame, at: Mapping[str, str], decided: Mapping[str, Decision] | None = None) -> InForce:
    """What holds of orders with plain texts at a moment of each city."""
    moment = table["city"].map(lambda city: at.get(city, "")).astype("object")
    # times are YYYY-MM-DD HH:MM: their order as texts is that in time
    past = (table["ends"] != "") & (table["ends"] <= moment)
    left = table[~past]
    first = ~left.assign(_start=left["starts"]).sort_values("_start", kind="stable").duplicated(KEY)
    held = first.reindex(left.index)
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
    spoken = _spoken_before(tables)
    for table, begins, before in zip(reversed(tables), reversed(own_since), reversed(spoken), strict=True):
        keys = list(zip(table["enterprise_id"], table["line_id"], strict=True))
        whole = _spans(table, keys)
        repeated = {
            key for key, (first, last) in whole.items() if any(s < last and first < e for s, e in before.get(key, ()))
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


def _spoken_before(tables: Sequence[pd.DataFrame]) -> list[dict[tuple[str, str], list[tuple[str, str]]]]:
    """For each table when earlier ones speak of each line."""
    out: list[dict[tuple[str, str], list[tuple[str, str]]]] = []
    so_far: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for table in tables:
        out.append({key: list(own) for key, own in so_far.items()})
        for key, span in _spans(table, list(zip(table["enterprise_id"], table["line_id"], strict=True))).items():
            so_far.setdefault(key, []).append(span)
    return out


def _spans(table: pd.DataFrame, keys: list[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, str]]:
    """From when to when a table speaks of each line."""
    out: dict[tuple[str, str], tuple[str, str]] = {}
    for key, start, end in zip(keys, table["starts"], table["ends"], strict=True):
        first, last = out.get(key, (start, end or _OPEN))
        out[key] = min(first, start), max(last, end or _OPEN)
    return out
