"""What the map shows, without any page: areas by level, kilograms and what is missing; plants as points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

import pandas as pd

from alertengine.ledger import Act, Ledger
from alertengine.lists import read_list
from alertengine.orders import InForce
from alertengine.rulebook import Outlines, outlines_file, read_outlines
from alertengine.vocabulary import (
    EMISSION_FIELDS,
    PLANT_KEY,
    POLLUTANT_TEXT,
    Flag,
    InputError,
    Problem,
    Words,
    gathering,
    left_open,
    listening,
    moment,
    sole_traders,
)
from alertengine.warning import RANK
from alertengine.web.asked import rulebook, work_opened
from alertengine.web.kept import KeptLedger, acts_in_force, acts_with_orders, lines_of, standing_at
from alertengine.web.lists import lists_on_file, published_list
from alertengine.web.workstore import Works
from alertengine.workflow import decided_of, draft, drafts, orders_in_force

#: What a map can be coloured by: the codes of pages' addresses, and their words.
SHOWN: Final = {"level": "级别", **{name: POLLUTANT_TEXT[name] for name in EMISSION_FIELDS}, "open": "依据缺失"}
#: Lists whose coordinates are kept open, and what is kept of their lines.
_KEPT: Final = 4
_OF_A_LINE: Final = ("enterprise_id", "lon", "lat", "enterprise", "city", "county", *EMISSION_FIELDS.values())


@dataclass(frozen=True, slots=True)
class MapArea:
    """A county of a city, or with a blank county the whole city.

    ``level`` is the gravest of its orders, blank without orders; ``kg`` a day by pollutant (of what can be computed),
    ``open`` the lines left without a ground, ``changed`` those a person decided.
    """

    city: str
    county: str
    level: str
    plants: int
    lines: int
    open: int
    changed: int
    kg: dict[str, float]

    def amount(self, shown: str) -> float:
        """What the map is coloured by, but for the level."""
        return float(self.open) if shown == "open" else self.kg[shown]


@dataclass(frozen=True, slots=True)
class Plant:
    """A plant with coordinates, no sole trader's."""

    enterprise_id: str
    enterprise: str
    city: str
    county: str
    lon: float
    lat: float
    open: int
    kg: dict[str, float]


@dataclass(frozen=True, slots=True)
class MapView:
    """Everything a map says: ``of`` names what its figures are of, blank where there is nothing.

    ``ordered``: kilograms are what orders come to, not what the list emits.  ``masked`` are plants of sole traders,
    which are never points, ``unplaced`` those without coordinates.
    """

    of: str = ""
    ordered: bool = True
    areas: tuple[MapArea, ...] = ()
    cities: tuple[MapArea, ...] = ()
    plants: tuple[Plant, ...] = ()
    masked: int = 0
    unplaced: int = 0
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Told:
    of: str
    orders: pd.DataFrame
    lists: tuple[pd.DataFrame, ...] = ()
    ordered: bool = True


def map_view(path: Path, rules: tuple[Path, ...], now: datetime, what: str = "", *, points: bool = False) -> MapView:
    """What the map shows at a civil time.

    Args:
        path: the ledger.
        rules: further folders of rules.
        now: the time.
        what: ``work:KEY`` a work in hand, ``draft:N`` a draft or an act; blank: what is in force or begins later, else
            the newest draft that waits for somebody, else what the newest published list emits.
        points: whether plants are wanted too, whose list is then read.

    Raises:
        InputError: there is no such work or act.

    """
    problems: list[Problem] = []
    told = _told(path, rules, pd.Timestamp(now), what, problems, points=points)
    if told is None:
        return MapView()
    orders = told.orders
    plants, masked, unplaced = _plants(orders, told.lists) if points else ((), 0, 0)
    areas, cities = areas_of(orders, ["city", "county"]), areas_of(orders, ["city"])
    return MapView(told.of, told.ordered, areas, cities, plants, masked, unplaced, tuple(problems))


def _told(
    path: Path, rules: tuple[Path, ...], now: pd.Timestamp, what: str, problems: list[Problem], *, points: bool
) -> _Told | None:
    kind, _, name = what.partition(":")
    if kind == "work":
        work = Works(path).held(name)
        lists = (work_opened(path, work.row.content)[1].lines,) if points else ()
        return _Told(f"拟稿《{work.row.title}》{_from(work.in_force)}", _now(work.in_force), lists)
    with KeptLedger.open(path) as ledger:
        if kind == "draft" and name.isascii() and name.isdecimal():
            act = ledger.act(int(name))
            said = f"第{act.act}号《{draft(ledger, act.act).title}》" if act.kind == "draft" else f"第{act.act}号指令"
            return _of_act(ledger, act, said, problems, points=points)
        every = acts_with_orders(ledger, now)
        acts = acts_in_force(ledger, every, now)
        if acts:
            said = f"第{'、'.join(str(act.act) for act in acts)}号指令，生效中或待生效"
            table = standing_at(ledger, every, now).now.reset_index(drop=True)
            return _Told(said, table, _lists(ledger, acts, problems, points=points))
        with listening() as unread:
            waiting = [state for state in drafts(ledger) if state.stage.open and not state.replaced_by]
        problems += unread
        if waiting:
            newest = max(waiting, key=lambda one: one.act)
            said = f"第{newest.act}号草稿《{newest.title}》"
            return _of_act(ledger, ledger.act(newest.act), said, problems, points=points)
        published = lists_on_file(ledger)
    if not published:
        return None
    table = _published(path, rules, published[0].act)
    return _Told(f"清单 {published[0].version}（没有指令，为正常生产排放）", table, (table,), ordered=False)


def _of_act(ledger: Ledger, act: Act, said: str, problems: list[Problem], *, points: bool) -> _Told:
    own = orders_in_force(ledger.orders(act.act, personal=False), decided_of(ledger, act))
    return _Told(f"{said}{_from(own)}", _now(own), _lists(ledger, [act], problems, points=points))


def _now(holds: InForce) -> pd.DataFrame:
    return holds.from_decision.now.reset_index(drop=True)


def _from(holds: InForce) -> str:
    """From when what is drawn of a draft holds, where another response goes on until then."""
    later = [holds.from_decision.at.get(city, "") for city in holds.changed_later]
    return f"，自{moment(min(later))}起" if later else ""


def areas_of(orders: pd.DataFrame, by: Sequence[str]) -> tuple[MapArea, ...]:
    """Orders (one row a line, plain texts) added up by city, or by city and county; the most kilograms of NOₓ first."""
    columns = list(EMISSION_FIELDS.values())
    flags = (
        orders["flags"].astype("object").fillna("").astype("str") if "flags" in orders else pd.Series(dtype="object")
    )
    table = orders.assign(
        city=orders["city"].astype("object").fillna(""),
        county=orders["county"].astype("object").fillna(""),
        open=left_open(orders) if "status" in orders else False,
        changed=flags.str.split(";").map(lambda own: str(Flag.OVERRIDDEN) in own) if len(flags) else False,
        rank=orders["level"].astype("str").map(RANK).fillna(0) if "level" in orders else 0,
    )
    levels = {rank: name for name, rank in RANK.items()}
    out = []
    for key, own in table.groupby(list(by), sort=False):
        city, county = (*map(str, key), "")[:2] if isinstance(key, tuple) else (str(key), "")
        kg = own[columns].sum()
        level = levels[int(own["rank"].max())] if "level" in orders else ""
        counts = (own["enterprise_id"].nunique(), len(own), int(own["open"].sum()), int(own["changed"].sum()))
        amounts = {name: float(kg[column]) for name, column in EMISSION_FIELDS.items()}
        out.append(MapArea(city, county, level, *counts, amounts))
    return tuple(sorted(out, key=lambda one: (one.city, -one.kg["nox"], one.county)))


# -- plants


def _plants(orders: pd.DataFrame, lists: Sequence[pd.DataFrame]) -> tuple[tuple[Plant, ...], int, int]:
    """The plants of orders with coordinates, the most kilograms first; how many are persons', how many have none."""
    columns = list(EMISSION_FIELDS.values())
    key = PLANT_KEY
    table = orders.assign(
        **{name: orders[name].astype("str") for name in key},
        open=left_open(orders).astype("int64") if "status" in orders else 0,
    )
    names = dict.fromkeys(("enterprise", "county"), "first")
    whole = table.groupby(key, sort=False).agg({**names, "open": "sum", **dict.fromkeys(columns, "sum")})
    whole = whole.reset_index()
    persons = sole_traders(whole)
    own = whole[~persons]
    at = [table[[*key, "lon", "lat"]].astype(dict.fromkeys(key, "str")) for table in lists]
    places = pd.concat(at).dropna().drop_duplicates(key) if at else pd.DataFrame(columns=key)
    found = own.merge(places, on=key)
    plants = [
        Plant(
            str(row["enterprise_id"]), str(row["enterprise"]), str(row["city"]), str(row["county"]),
            float(row["lon"]), float(row["lat"]), int(row["open"]),
            {name: float(row[column]) for name, column in EMISSION_FIELDS.items()},
        )
        for row in found.to_dict("records")
    ]  # fmt: skip
    plants.sort(key=lambda one: -one.kg["nox"])
    return tuple(plants), int(persons.sum()), len(own) - len(plants)


def _lists(ledger: Ledger, acts: Sequence[Act], problems: list[Problem], *, points: bool) -> tuple[pd.DataFrame, ...]:
    out = []
    for act in acts if points else ():
        with gathering(problems):  # of a list that was erased there are no points
            out.append(lines_of(ledger, act)[[*PLANT_KEY, "lon", "lat"]])
    return tuple(out)


@lru_cache(_KEPT)
def _published(path: Path, rules: tuple[Path, ...], act: int) -> pd.DataFrame:
    with published_list(path, act) as listed:
        return read_list(listed, rulebook(rules).lists).lines[list(_OF_A_LINE)].copy()


# -- outlines


def outlines_of(path: Path) -> tuple[Outlines | None, tuple[Problem, ...]]:
    """The outlines beside a ledger or of the setting, read once as long as the file is the same; else why not."""
    file = outlines_file(path)
    if file is None:
        return None, ()
    try:
        held_file = file.stat()
        return _outlines(file, held_file.st_mtime_ns, held_file.st_size), ()
    except OSError as error:
        return None, (Problem("unreadable_file", file=str(file), error=error, kind=Words("a_geojson")),)
    except InputError as error:
        return None, tuple(error.problems)


@lru_cache(2)
def _outlines(file: Path, _changed: int, _size: int) -> Outlines:
    return read_outlines(file)
