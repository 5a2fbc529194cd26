"""An inspector's evening: where most may be at risk, what to look at, evidence judged, findings into the record.

Beside the orders a phone shows where plants are, whom to ring, and what they drew that day.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypedDict

import pandas as pd

from alertengine.audit import AuditRun, Evidence, read_all, write_findings
from alertengine.documents import look_at
from alertengine.files import reading_with, scratch
from alertengine.ledger import Act, Head, Ledger
from alertengine.lists import line_keys, read_list, under_ids_of
from alertengine.vocabulary import EMISSION_FIELDS, PLANT_KEY, VERDICT_TEXT, InputError, PlantId, Problem, problems_as
from alertengine.web.intake import rows_upload
from alertengine.web.kept import Plants, acts_in_force, acts_with_orders, last_erasure, lines_of, standing_at
from alertengine.web.orderrows import text_rows
from alertengine.web.roles import WHOLE, Scope
from alertengine.workflow import (
    Upload,
    judged,
    list_file,
    load_rules,
    opening,
    options_of,
    ordered,
    record_findings,
    recorded_findings,
    told_apart,
    unpacked,
)

if TYPE_CHECKING:
    from alertengine.audit import Evidence
    from alertengine.rulebook import Rulebook

#: What an inspector's note becomes: the columns of evidence of the kind ``inspection``.
NOTE_COLUMNS: Final = (
    "统一社会信用代码", "企业名称", "生产线编号", "检查时间", "检查结果", "笔录编号", "检查情况", "检查人", "城市",
)  # fmt: skip
#: Readings drawn of a day: quarters of an hour at most.
_MOST: Final = 96
#: Acts whose contacts are at hand.
_LISTS: Final = 2
#: Verdicts that bring a plant back onto the route whatever its kilograms.
_AGAIN: Final = ("breached", "doubtful")


@dataclass(frozen=True, slots=True)
class Stop:
    """A plant of the route: kilograms a day ordered there of each pollutant, and how many of NOₓ nothing proves yet.

    ``lines`` are what to look at: line, measure, what shows it; ``last`` the last finding in words, ``verdict`` its
    code, both blank where there is none; ``asked`` is the code, its city before it where plants of two cities have it.
    """

    enterprise_id: str
    enterprise: str
    city: str
    county: str
    lines: tuple[tuple[str, str, str], ...]
    kg: tuple[float, ...]
    at_risk: float
    verdict: str = ""
    last: str = ""
    asked: str = ""

    @property
    def plant(self) -> tuple[str, str]:
        """Its city and code."""
        return self.city, self.enterprise_id


#: A county and what of the route lies somewhere in it: numbers and names.
Unplaced = tuple[str, list[tuple[int, str]]]


def route(ledger: Ledger, now: pd.Timestamp, scope: Scope = WHOLE) -> tuple[list[Stop], list[int]]:
    """The plants that may be seen to look at tonight, and the acts they are ordered by.

    Plants found against since the response began come first, then by the kilograms of NOₓ that nothing proves, where
    there are none by those of all pollutants; a line found to comply today or yesterday is proved.
    """
    every = acts_with_orders(ledger, now)
    acts = acts_in_force(ledger, every, now)
    if not acts:
        return [], []
    rows = standing_at(ledger, every, now, scope.of).now
    rows = rows[(rows["status"] == "ordered") | (rows["transport"] != "")]
    found = recorded_findings(ledger)
    found = under_ids_of(found[found["day"] >= str((now - pd.Timedelta(days=1)).date())], rows)
    proved = set(line_keys(found[found["finding"] == "complied"]))
    firms, told = dict[PlantId, list[Any]](), dict[PlantId, list[Any]]()
    for row in rows.itertuples(index=False, name="Order"):  # thousands of plants: no table of each
        firms.setdefault((str(row.city), str(row.enterprise_id)), []).append(row)
    for row in found.sort_values("day", kind="stable").itertuples(index=False, name="Found"):
        told.setdefault((str(row.city), str(row.enterprise_id)), []).append(row)
    stops = [_stop(own, told.get(plant, []), proved) for plant, own in firms.items()]
    asked = told_apart(firms)
    stops = [replace(one, asked=asked[one.plant]) for one in stops if one.lines]
    return sorted(stops, key=lambda one: (one.verdict not in _AGAIN, -one.at_risk, -sum(one.kg))), [a.act for a in acts]


def unplaced_by_county(stops: Sequence[tuple[int, Stop]]) -> list[Unplaced]:
    """Stops that stand on no map, each with its number in the route, by county in the order of their first."""
    out: dict[str, list[tuple[int, str]]] = {}
    for number, one in stops:
        out.setdefault(one.county or one.city, []).append((number, one.enterprise))
    return list(out.items())


def _stop(own: Sequence[Any], found: Sequence[Any], proved: set[tuple[str, str, str]]) -> Stop:
    """A plant by its rows of orders and its findings, by day."""
    kg = tuple(_sum(own, column) for column in EMISSION_FIELDS.values())
    open_ = [row for row in own if (str(row.city), str(row.enterprise_id), str(row.line_id)) not in proved]
    against = [one for one in found if one.finding in _AGAIN]
    last = (against or found)[-1] if found else None
    lines = tuple((str(row.line or row.line_id), str(row.measure_text), look_at(row)) for row in own)
    first = own[0]
    return Stop(
        str(first.enterprise_id), str(first.enterprise), str(first.city), str(first.county), lines, kg,
        _sum(open_, EMISSION_FIELDS["nox"]),
        "" if last is None else str(last.finding),
        "" if last is None else f"{str(last.day)[5:]} {VERDICT_TEXT[str(last.finding)]}",
    )  # fmt: skip


def _sum(rows: Sequence[Any], column: str) -> float:
    """What is known of a column."""
    return math.fsum(value for row in rows if not math.isnan(value := getattr(row, column)))


class PlantPower(TypedDict):
    """The electricity of a plant to be drawn, a number a reading: of the hours of a ``day``, or of days."""

    day: str
    hourly: bool
    kwh: list[float]


@dataclass(frozen=True, slots=True)
class JudgedEvidence:
    """What evidence came to: labels and texts that open it, counts by kind, rows against plants, problems to see.

    ``power`` is the newest day of electricity of each plant.
    """

    opening: tuple[tuple[str, str], ...]
    counts: tuple[dict[str, Any], ...]
    rows: tuple[dict[str, str], ...]
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...] = ()
    power: dict[str, PlantPower] = field(default_factory=dict)


def note_of(cells: Sequence[str]) -> Upload:
    """An inspector's note, as NOTE_COLUMNS, as a file of evidence."""
    return rows_upload("现场检查.csv", NOTE_COLUMNS, cells)


def judge(path: Path, book: Rulebook, files: Sequence[Upload]) -> JudgedEvidence:
    """Hold evidence against the orders on record; nothing is written.

    Raises:
        InputError: with everything that is wrong with any file, or there are no orders.

    """
    with scratch() as folder:
        run, said, _, evidence = _judged(path, book, files, Path(folder))
    shown = run.table[run.table["finding"].isin(["breached", "doubtful", "complied"])]
    names = ("day", "enterprise", "county", "line", "evidence", "finding", "finding_text", "consequence")
    rows = tuple(text_rows(shown[list(names)]))
    counts = tuple(run.counts())
    return JudgedEvidence(tuple(said), counts, rows, tuple(run.problems), tuple(run.notes), drawn_of(evidence))


def put_on_record(path: Path, book: Rulebook, files: Sequence[Upload], by: str) -> Act:
    """Judge evidence once more and put the findings on record under a name; it stays with who keeps it.

    Raises:
        InputError: as :func:`judge`, or they are on record already; nothing was written.

    """
    with scratch() as folder:
        run, said, paths, _ = _judged(path, book, files, Path(folder))
        target = Path(folder) / "findings" / "核查结论.csv"
        target.parent.mkdir()
        write_findings(run.table, target, said)
        with Ledger.writable(path) as ledger:
            return record_findings(ledger, target, Head("", approved_by=by), paths)


def recorded_words(act: Act) -> str:
    """That findings are on record, as the page says it."""
    known = act.head.get("known_before")
    return f"已记入台账，第{act.act}号" + (f"，另有{known}条此前已经在案" if known else "")


def _judged(
    path: Path, book: Rulebook, files: Sequence[Upload], folder: Path
) -> tuple[AuditRun, list[tuple[str, str]], list[Path], list[Evidence]]:
    if not files:
        raise InputError([Problem("evidence_wanted", where="session")])
    paths = []
    for number, one in enumerate(files):
        place = folder / str(number)
        place.mkdir()
        paths.append(one.put_into(place))
    given = ordered(path)
    with reading_with(), problems_as(lambda one: one.at(file=Path(one.file).name)):
        evidence = read_all([str(one) for one in paths])
    return judged(given, evidence, book), opening(given, evidence, book), paths, evidence


Point = tuple[float, float]


def places_of(path: Path, acts: Sequence[int], wanted: Plants) -> dict[PlantId, Point]:
    """Longitude and latitude of plants ordered by acts; none of a sole trader's or without coordinates."""
    out: dict[PlantId, Point] = {}
    for number in acts:
        try:
            with Ledger.open(path) as ledger:
                table = lines_of(ledger, ledger.act(number))[[*PLANT_KEY, "lon", "lat"]]
        except InputError:  # the list was erased
            continue
        plants = pd.MultiIndex.from_frame(table[PLANT_KEY].astype("str"))
        own = table.set_axis(plants)[plants.isin(wanted)].dropna()
        at = zip(own["lon"].astype("float64").tolist(), own["lat"].astype("float64").tolist(), strict=True)
        out |= dict(zip(own.index, at, strict=True))
    return out


def contacts_of(path: Path, acts: Sequence[int], plant: tuple[str, str]) -> list[tuple[str, str]]:
    """Contact and telephone of a plant, as the lists of acts say, each once; the caller asks who may see them."""
    out: dict[tuple[str, str], None] = {}
    for number in acts:
        with Ledger.open(path) as ledger:
            mark, erased = ledger.act(number).hash, last_erasure(ledger)
        out |= dict.fromkeys(_contacts(path, number, mark, erased).get(plant, ()))
    return list(out)


@lru_cache(_LISTS)
def _contacts(path: Path, number: int, _hash: str, _erased: int) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Contacts and telephones of an act's list by plant, read once for a round of plants; none where it was erased."""
    with Ledger.open(path) as ledger:
        act = ledger.act(number)
        try:
            with unpacked(ledger, act) as folder:
                options = options_of(ledger, act)
                lists = load_rules(folder, options, recorded=True).lists
                table = read_list(folder / list_file(folder, options), lists).lines
        except InputError:
            return {}
    out: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in table[[*PLANT_KEY, "contact", "phone"]].astype("object").fillna("").itertuples(index=False):
        if row.phone:
            out.setdefault((str(row.city), str(row.enterprise_id)), []).append((str(row.contact), str(row.phone)))
    return out


def drawn_of(evidence: Sequence[Evidence]) -> dict[str, PlantPower]:
    """The newest day of electricity of each plant by code, its city before it where the evidence says one."""
    out: dict[str, PlantPower] = {}
    for one in evidence:
        if one.kind != "electricity" or "kwh" not in one.table:
            continue
        table = one.table[["city", "enterprise_id", "time", "kwh"]].dropna(subset=["enterprise_id", "time", "kwh"])
        city = table["city"].astype("object").fillna("")
        table = table.assign(plant=(city + "/" + table["enterprise_id"].astype("str")).str.removeprefix("/"))
        for plant, own in table.groupby("plant"):
            sums = own.groupby("time")["kwh"].sum().sort_index()
            last = pd.Timestamp(sums.index[-1]).normalize()
            shown = sums[sums.index >= last] if one.hourly else sums.iloc[-14:]
            day = f"{last:%m-%d}" if one.hourly else f"{shown.index[0]:%m-%d} 至 {last:%m-%d}"
            out[str(plant)] = {"day": day, "hourly": one.hourly, "kwh": [float(kwh) for kwh in shown[-_MOST:]]}
    return out
