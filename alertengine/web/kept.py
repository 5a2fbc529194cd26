"""A ledger whose orders and lists stay at hand, and what holds of them: pages ask for it again and again.

What was read of the record once lies beside it as tables, by what it rests on and without names of persons, so that
every process of the page finds it; what was erased since is not asked for any more.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, TypeVar

import pandas as pd

from alertengine.ledger import Ledger
from alertengine.orders import InForce, at_moments, holding
from alertengine.vocabulary import MASKED, PLANT_KEY, PlantId, sole_traders, to_minute
from alertengine.warning import Record
from alertengine.web.jobs.store import WorkFolder, hash_of
from alertengine.workflow import (
    binds_from,
    decided_of,
    holds,
    is_live,
    list_of,
    options_of,
    plain_orders,
    responses,
    service,
    standing_issues,
    warning_ids,
    warnings_so_far,
    what_bound,
    what_stands,
    with_corrected,
)

if TYPE_CHECKING:
    from alertengine.ledger import Act

P = ParamSpec("P")
T = TypeVar("T")
#: Some plants, each by its city and code.
Plants = frozenset[PlantId]
_TABLE: Final = "table"
#: Columns of plain texts, which come back from Parquet as another kind.
_OBJECTS: Final = "objects"
#: Acts whose orders a process keeps; those of 30,000 lines take some ten megabytes.
_KEPT: Final = 4
#: Lists and orders kept: of the minutes of an evening they are the same.
KEPT: Final = 2
#: Acts of which a process keeps how long their orders run.
_ENDS: Final = 256
#: Stands for an open end; later than any time.
_OPEN: Final = "9999"
#: What pages show of a line of a list, as far as the list has it.
_OF_A_LINE: Final = (
    "enterprise_id", "enterprise", "line_id", "line", "city", "county", "industry", "process", "interruptible", "lon",
    "lat",
)  # fmt: skip
#: Where the inputs lie that a list is read from.
_OF_A_LIST: Final = ("list", "list-public", "totals", "rules")


class KeptLedger(Ledger):
    """The same record, read by pages; what was erased since is not kept."""

    def orders(self, act: int, *, personal: bool = True) -> pd.DataFrame:
        """As of the ledger; with names of persons they are read each time."""
        if personal:
            return super().orders(act, personal=True)
        return _orders(self.path, act, self.act(act).hash, last_erasure(self)).copy(deep=False)


def read_record(path: Path, work: Callable[Concatenate[Ledger, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """``work(ledger, ...)`` of the record as it stands.

    Raises:
        InputError: as ``work``, or the record cannot be read.

    """
    with KeptLedger.open(path) as ledger:
        return work(ledger, *args, **kwargs)


def write_record(path: Path, work: Callable[Concatenate[Ledger, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """``work(ledger, ...)`` that may write acts.

    Raises:
        InputError: as ``work``, or the record cannot be written.

    """
    with Ledger.writable(path) as ledger:
        return work(ledger, *args, **kwargs)


@lru_cache(_KEPT)
def _orders(path: Path, act: int, mark: str, erased: int) -> pd.DataFrame:
    def read() -> pd.DataFrame:
        with Ledger.open(path) as ledger:
            return ledger.orders(act, personal=False)

    return table_once(path, ["orders", mark, erased], read)


def last_erasure(ledger: Ledger) -> int:
    """The last act that erased something: what was read before it is not what is there now."""
    return max((act.act for act in ledger.acts("erasure")), default=0)


def forget_erased(path: Path) -> None:
    """Drop the tables that were read before something was erased."""
    with Ledger.open(path) as ledger:
        since = datetime.fromisoformat(ledger.act(last_erasure(ledger)).recorded_at).timestamp()
    for file in WorkFolder(path).results.glob(f"*/{_TABLE}.parquet"):
        if file.stat().st_mtime < since:
            file.unlink(missing_ok=True)


def table_once(path: Path, rests_on: Sequence[Any], make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """A table kept beside a ledger by what it rests on; ``make`` finds it where it was not kept yet.

    Raises:
        InputError: it cannot be written.

    """

    def packed() -> bytes:
        table, made = make(), io.BytesIO()
        table.attrs = {_OBJECTS: [str(name) for name, kind in table.dtypes.items() if kind == "object"]}
        table.to_parquet(made)
        return made.getvalue()

    found = pd.read_parquet(WorkFolder(path).file_once(hash_of(_TABLE, *rests_on), f"{_TABLE}.parquet", packed))
    return found.astype(dict.fromkeys(found.attrs.pop(_OBJECTS), "object"))


def lines_of(ledger: Ledger, act: Act) -> pd.DataFrame:
    """The lines of the list an act was decided on, as pages show them; acts on the same files share them.

    Code, names, place, industry, process, ``interruptible``, longitude and latitude; of sole traders neither name nor
    place on the map.

    Raises:
        InputError: the act holds no run, or its list was erased or cannot be read.

    """
    options = options_of(ledger, act)
    inputs = [one for one in ledger.inputs(act.act) if PurePath(one.path).parts[0] in _OF_A_LIST]
    files = [[one.path, one.sha256, one.kept] for one in inputs]
    rests_on = ["lines", files, options.list_file, options.totals, options.adopt]

    def read() -> pd.DataFrame:
        lines = list_of(ledger, act.act).lines
        mine = sole_traders(lines)
        table = lines[[name for name in _OF_A_LINE if name in lines]]
        table = table.assign(enterprise=table["enterprise"].astype("object").mask(mine, MASKED))
        return table.assign(**{name: table[name].mask(mine) for name in ("lon", "lat") if name in table})

    return table_once(ledger.path, rests_on, read)


def acts_with_orders(ledger: Ledger, now: pd.Timestamp, before: int | None = None) -> list[Act]:
    """The acts of the responses that go on at a moment and give orders, those that end a part of them among them.

    What an act corrects is one of them until its correction binds.  ``before``: as the record stood before that act.
    """
    acts = [act for act in ledger.acts("issue") if is_live(act) and (before is None or act.act < before)]
    until, stamp = {act.corrects: binds_from(act) for act in reversed(acts) if act.corrects}, to_minute(now)
    acts = [act for act in acts if act.act not in until or stamp < until[act.act]]
    running = set(Record(warnings_so_far(ledger, now, acts)).segments(now)["warning_id"].astype("str"))
    out: list[Act] = []
    for members in responses(ledger, acts):
        spoken = {name for one in members for name in warning_ids(ledger, one.act)}
        goes_on = spoken & running if spoken else holds(ledger, members[0], now)
        if goes_on and any(ledger.rows(one.act, "orders") for one in members):
            out += members
    return sorted(out, key=lambda one: one.act)


def acts_in_force(ledger: Ledger, acts: Sequence[Act], now: pd.Timestamp) -> list[Act]:
    """Of :func:`acts_with_orders` those that any order still stands of: no act that was lifted or taken over whole."""
    plants = _ordered_still(ledger, acts, to_minute(now))
    return [act for act in acts if act.act in plants]


def _ordered_still(ledger: Ledger, acts: Sequence[Act], stamp: str) -> dict[int, Plants | None]:
    """The acts that any order still stands of, and of which plants; None where no other act speaks of them."""
    live: dict[int, Plants | None] = {}
    for members in responses(ledger, acts):
        if len(members) == 1:
            live[members[0].act] = None
            continue
        stands = stands_of(ledger, members)
        left = stands[(stands["ends"] == "") | (stands["ends"] > stamp)]
        own = left[["act", *PLANT_KEY]].drop_duplicates()
        live |= {int(str(act)): frozenset(pd.MultiIndex.from_frame(of[PLANT_KEY])) for act, of in own.groupby("act")}
    return live


def acts_to_serve(ledger: Ledger, now: pd.Timestamp) -> list[tuple[Act, Plants | None, frozenset[str]]]:
    """The acts that somebody is still to be served for, with the plants and cities that are still to be told.

    The plants of which an order of it stands (None: of all), and the cities in which a duty that it may have ended, by
    a lift, a correction or since it asked nothing more of a plant, by the papers of before goes on still; what is
    open-ended by them goes on until a later response speaks of the city.
    """
    standing, stamp = {act.act for act in standing_issues(ledger)}, to_minute(now)
    wanted, spoken = _ordered_still(ledger, acts_with_orders(ledger, now), stamp), set[str]()
    ends = dict[int, frozenset[str]]()
    # what a correction ended was ordered by an act that no longer stands
    for members in reversed(responses(ledger, [act for act in ledger.acts("issue") if is_live(act)])):
        cities, said = set[str](), dict[str, str]()
        for act in members:
            made = decided_of(ledger, act)
            cities |= set() if made is None else set(made.record["city"].astype("str"))
            goes_on = {city for city, end in said.items() if (city not in spoken if end == _OPEN else stamp < end)}
            if goes_on and act.act in standing:
                ends[act.act] = _ended_in(ledger.path, act.act, act.hash) & goes_on
                if ends[act.act]:
                    wanted.setdefault(act.act, frozenset())
            for city, end in _said_ends(ledger.path, act.act, act.hash).items():
                said[city] = max(end, said.get(city, ""))
        spoken |= cities
    return [
        (act, wanted[act.act], ends.get(act.act, frozenset()))
        for act in ledger.acts()
        if act.act in standing & wanted.keys()
    ]


@lru_cache(_ENDS)
def _ended_in(path: Path, act: int, _hash: str) -> frozenset[str]:
    """The cities in which an act ended what an earlier one ordered a plant."""
    with KeptLedger.open(path) as ledger:
        table = service(ledger, act, pd.Timestamp(0))
    return frozenset(table.loc[table["matter"] != "ordered", "city"].astype("str"))


@lru_cache(_ENDS)
def _said_ends(path: Path, act: int, _hash: str) -> dict[str, str]:
    """The last end of an act's orders as it gave them, by city; it is not to be changed."""
    with KeptLedger.open(path) as ledger:
        orders = ledger.orders(act, personal=False)
    ends = orders["ends"].astype("object").fillna("").replace("", _OPEN)
    return {str(city): str(own.max()) for city, own in ends.groupby(orders["city"].astype("str"))}


def standing_at(
    ledger: Ledger,
    acts: Sequence[Act],
    now: pd.Timestamp,
    seen: Callable[[pd.DataFrame], pd.DataFrame] = lambda table: table,
) -> InForce:
    """What is ordered at a moment, by all acts of the responses that then go on and by the last act.

    Of a city where nothing holds yet, what begins first; ``decision`` is the state of a city after the next
    change of its warnings.

    Args:
        ledger: the record.
        acts: the acts whose orders stand, one at least.
        now: the moment.
        seen: leaves of orders what may be seen.

    """
    record = warnings_so_far(ledger, now)
    running = frozenset(Record(record).segments(now)["warning_id"].astype("str"))
    whole = seen(_ordered(ledger.path, tuple((act.act, act.hash) for act in acts), running, last_erasure(ledger)))
    stamp, at = to_minute(now), dict[str, str]()
    for city, own in whole.groupby("city"):
        live = own[(own["ends"] == "") | (own["ends"] > stamp)]
        at[str(city)] = max(stamp, live["starts"].min()) if len(live) else stamp
    moments = {city: pd.Timestamp(moment) for city, moment in at.items()}
    made = {city: one for city, moment in moments.items() if (one := holding(record, city, moment)) is not None}
    held = at_moments(whole, at, made)
    following = {}
    for city, moment in moments.items():
        later = Record(record[record["city"] == city]).segments(moment)["starts"]
        if (later > moment).any():
            following[city] = pd.Timestamp(later[later > moment].min())
    then = {city: one for city, moment in following.items() if (one := holding(record, city, moment)) is not None}
    if not then:
        return held
    next_at = {**at, **{city: to_minute(following[city]) for city in then}}
    return replace(held, decision=at_moments(whole, next_at, then))


@lru_cache(KEPT)
def _ordered(path: Path, acts: tuple[tuple[int, str], ...], running: frozenset[str], _erased: int) -> pd.DataFrame:
    """What stands of the orders of responses that go on, and of the last act; not to be changed in place.

    ``acts``: numbers and hashes; ``running``: the warnings in force; both and ``_erased`` say whether it is still so.
    """
    numbers = {number for number, _ in acts}
    with KeptLedger.open(path) as ledger:
        held = [act for act in ledger.acts() if act.act in numbers]
        tables = [
            stands_of(ledger, members)
            for members in responses(ledger, held)
            if members[-1] is held[-1] or any(running & warning_ids(ledger, one.act) for one in members)
        ]
    return pd.concat(tables, ignore_index=True)


def stands_of(ledger: Ledger, members: Sequence[Act], *, alone: bool = False) -> pd.DataFrame:
    """What stands of the orders of one response (:func:`~alertengine.workflow.what_stands`), kept beside the ledger.

    What the acts correct counts for the hours in which it bound; ``alone``: these acts count, none that they correct.
    """
    acts = members if alone else with_corrected(ledger, members)

    def found() -> pd.DataFrame:
        own = {one.act: plain_orders(ledger.orders(one.act, personal=False), one.act) for one in acts}
        if not own.keys().isdisjoint(one.corrects for one in acts):  # until its correction binds it does
            return what_bound(ledger, acts, own)[1]
        return what_stands(list(own.values()), [decided_of(ledger, one) for one in acts])

    rests_on = ["stands", [[one.act, one.hash] for one in acts], last_erasure(ledger)]
    return table_once(ledger.path, rests_on, found)
