"""An audit: orders and evidence in, findings out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.audit import dust_sites as site
from alertengine.audit import electricity, gate, stack
from alertengine.audit import inspections_and_logs as records
from alertengine.audit._read_evidence import KINDS, read_evidence, without_marks
from alertengine.audit.baseline import Bools
from alertengine.audit.evidence_and_findings import KIND_TEXT, ONE_OF, Evidence, Verdict
from alertengine.audit.evidence_rules import AuditLaw
from alertengine.audit.findings import joined, nothing
from alertengine.audit.meters import said_of
from alertengine.audit.on_record import Records
from alertengine.audit.ordered_days import Duties, spread
from alertengine.files import SHEET, Protocol
from alertengine.lists import PlantsOfList, Register
from alertengine.rulebook import FileEvidence, Rulebook
from alertengine.vocabulary import (
    MASKED,
    Problem,
    Result,
    as_day,
    gathering,
    perhaps,
    plain_name,
    refuse_together,
    require,
    sole_traders,
)

#: The country whose public holidays are no like days.
COUNTRY = "CN"
#: Kinds whose days are compared with those before, and the columns that say whose readings they are.
_COMPARED: Final[tuple[FileEvidence, ...]] = ("electricity", "cems")
_WHO: Final = {kind: ONE_OF[kind][0] for kind in _COMPARED}


@dataclass(slots=True)
class AuditRun(Result):
    """What an audit found.

    ``table``: FINDING_COLUMNS, one row a line, day and kind of evidence; ``problems`` make a command exit 1 as
    findings do, ``notes`` do not.
    """

    table: pd.DataFrame
    duties: Duties
    own_problems: list[Problem] = field(default_factory=list)
    own_notes: list[Problem] = field(default_factory=list)
    #: How the files of evidence were read.
    beside: tuple[Protocol, ...] = ()

    @property
    def found(self) -> int:
        """How many findings are doubtful or breached."""
        return int(self.table["finding"].isin(["doubtful", "breached"]).sum())

    @property
    def exit_status(self) -> int:
        """0 nothing found, 1 a person must look."""
        return int(bool(self.found or self.problems))

    def counts(self) -> list[dict[str, object]]:
        """Findings by kind of evidence: one row a kind, one column a verdict, Chinese kind names."""
        grouped = self.table.groupby([self.table["evidence"].astype("str"), self.table["finding"].astype("str")]).size()
        rows = []
        for kind in [*KINDS, ""]:
            counted = {str(one): int(grouped.get((kind, str(one)), 0)) for one in Verdict}
            if any(counted.values()):
                rows.append({"evidence": kind, "text": KIND_TEXT.get(kind, "没有证据"), **counted})
        return rows


def audit(
    orders: pd.DataFrame,
    evidence: Sequence[Evidence],
    book: Rulebook,
    *,
    enterprises: pd.DataFrame | None = None,
    register: Register | None = None,
    ordered_under: Rulebook | None = None,
    known_on: date | str | None = None,
    unmask: bool = False,
    found_before: Mapping[tuple[str, str], Sequence[date]] | None = None,
) -> AuditRun:
    """Hold evidence against orders.

    Args:
        orders: ORDER_COLUMNS, as ``orders.read.read_orders`` gives them.
        evidence: the files read.
        book: the rulebook that weighs evidence, by the days it is of.
        enterprises: the list's ``lines``, which tie meters, stacks and gates to lines, and say what was decided.
        register: who is who: readings under a former name are of the plant that has it.
        ordered_under: the rulebook the orders were given under, where it is another.
        known_on: only documents issued by that day count.
        unmask: plates and names of sole traders in full, for the role that needs them.
        found_before: by city and code of an enterprise the days of breaches that stand in the ledger.

    """
    require(book, "book", Rulebook)
    known_on = as_day(known_on, "known_on")
    duties = spread(orders, ordered_under or book, _until(orders, evidence))
    law = AuditLaw(book, known_on, Records(enterprises, found_before))
    holidays, notes = public_holidays(evidence, duties)
    seen = np.zeros(len(duties.days), dtype=bool)
    tables: list[pd.DataFrame] = []
    problems: list[Problem] = []
    for one in evidence:
        with_cities(one, book)
        _as_ordered(one, orders, register or Register())
    together = _together(evidence, PlantsOfList(duties.lines))
    for one, _ in together:
        told, noted = len(one.problems), len(one.warnings)
        without_marks(one, book.lists.plausible.no_data)
        found, spoken = _find(one, duties, law, enterprises, holidays, unmask=unmask)
        tables += found
        seen |= spoken
        one.problems[told:] = one.placed(one.problems[told:])
        one.warnings[noted:] = one.placed(one.warnings[noted:])
        problems += [*one.problems, *(_elsewhen(one, orders) or _unjudged(one, found, duties))]
        notes += one.warnings
    problems += _apart(together)
    tables.append(nothing(duties, seen))
    table = joined(tables)
    mine = sole_traders(table)
    if not unmask and mine.any():
        table = table.assign(enterprise=table["enterprise"].astype("object").mask(mine, MASKED))
    read = tuple(one.protocol for one in evidence if one.protocol is not None)
    return AuditRun(table, duties, problems, notes, read)


def with_cities(one: Evidence, book: Rulebook) -> None:
    """Give the cities of evidence their standard names, in place; one not on file is told and counts as unknown.

    Of dust monitors the city stays as it stands.
    """
    if one.kind == "site_pm10":
        return
    known = {city: book.lists.recognise("places", str(city)) for city in one.table["city"].dropna().unique()}
    cities = set(book.lists.cities())
    for city, found in known.items():
        if found.name not in cities:
            at = np.flatnonzero((one.table["city"] == city).to_numpy())
            place: dict[str, Any] = {
                "file": one.file,
                "row": int(one.rows[at[0]]),
                "column": "city",
                "value": str(city),
            }
            told = Problem("evidence_city_unknown", **place, count=len(at), near=perhaps(found.candidates))
            one.problems += one.placed([told])
    named = {city: found.name for city, found in known.items() if found.name in cities}
    one.table["city"] = one.table["city"].astype("object").map(named)


def _as_ordered(one: Evidence, orders: pd.DataFrame, register: Register) -> None:
    """Give readings under another spelling or name of a plant, as the register has it, that of its orders; in place."""
    if "enterprise" not in one.table:
        return
    names = {plain_name(str(name)): str(name) for name in orders["enterprise"].dropna().unique()}
    own = {register.own_name(plain): name for plain, name in names.items()}
    renamed = {}
    for text in one.table["enterprise"].dropna().astype("str").unique():
        plain = plain_name(text)
        found = names.get(plain) or own.get(register.own_name(plain), text)
        if found != text:
            renamed[text] = found
    if renamed:
        column = one.table["enterprise"]
        one.table = one.table.assign(enterprise=column.replace(renamed))


def _find(
    one: Evidence,
    duties: Duties,
    law: AuditLaw,
    enterprises: pd.DataFrame | None,
    holidays: npt.NDArray[np.datetime64],
    *,
    unmask: bool,
) -> tuple[list[pd.DataFrame], Bools]:
    """What one file says, by its kind."""
    nobody = np.zeros(len(duties.days), dtype=bool)
    match one.kind:
        case "electricity":
            table, seen = electricity.find(one, duties, law, enterprises, holidays)
            return [table], seen
        case "cems":
            return stack.find(one, duties, law, enterprises, holidays)
        case "gate":
            one.problems += gate.plate_problems(one, unmask=unmask)
            return gate.find(one, duties, law, enterprises, unmask=unmask)
        case "site_pm10":
            return site.find(one, duties, law), nobody
        case "inspection":
            return records.inspections(one, duties, law)
        case "ledger":
            return records.own_logs(one, duties, law)


def _elsewhen(one: Evidence, orders: pd.DataFrame) -> list[Problem]:
    """Say that no row of a file lies in the time of any order: it is of another year, or of before they began."""
    if one.kind == "site_pm10" or one.table.empty or orders.empty:  # dust stops without an order
        return []
    starts = pd.to_datetime(orders["starts"]).min().normalize()
    ends = pd.to_datetime(orders["ends"].replace("", pd.NaT))
    last = None if ends.isna().any() else ends.max()
    if (one.table["time"] >= starts).any() and (last is None or (one.table["time"] < last).any()):
        return []
    first, until = one.table["time"].min(), one.table["time"].max()
    value, ends_on = f"{first.date()}/{until.date()}", "" if last is None else str(last.date())
    return [Problem("evidence_elsewhen", file=one.file, value=value, since=str(starts.date()), until=ends_on)]


def _unjudged(one: Evidence, found: Sequence[pd.DataFrame], duties: Duties) -> list[Problem]:
    """Say that readings let no day of any line be judged: without it, none is found and nothing is said."""
    if one.kind not in _COMPARED or one.table.empty or one.problems or not duties.days["produces"].any():
        return []
    judged = any((table["finding"] != "no_evidence").any() for table in found)
    return [] if judged else [Problem("evidence_judges_nothing", file=one.file)]


def _whose(one: Evidence, plants: PlantsOfList) -> set[str]:
    """The meters or stacks that the readings of a file are of; of those without the plants, else what they are called.

    A plant by the number that ``plants``, those with orders, gives it.
    """
    number = _WHO[one.kind][-1]
    _, said = said_of(one, number)
    whose = {row[number] for row in said} - {""}
    for row in said:
        if not row[number]:
            firms = set(plants.plant[plants.of(row)])
            called = row["city"] + (row["enterprise_id"] or row["enterprise"])
            whose |= {f"plant {firm}" for firm in firms} or {called}
    return whose


def _together(evidence: Sequence[Evidence], plants: PlantsOfList) -> list[tuple[Evidence, set[str]]]:
    """Files that go on with the readings of others, as an export a month does, each with all those as one.

    Beside each whose readings it has (:func:`_whose`); nobody's where its kind is not compared with days before.
    """
    out: list[tuple[Evidence, set[str]]] = []
    for one in evidence:
        own = _whose(one, plants) if one.kind in _COMPARED else set[str]()
        # Which hold the same readings: of a kind, of hours or of days, a counter or amounts.
        alike = (one.kind, one.hourly, _filled(one))
        before = [held for held in out if own & held[1] and (held[0].kind, held[0].hourly, _filled(held[0])) == alike]
        out = [held for held in out if all(held is not part for part in before)]
        made = _as_one(*(other for other, _ in before), one) if before else one
        out.append((made, own.union(*(whose for _, whose in before))))
    return out


def _filled(one: Evidence) -> set[str]:
    return {name for name in ("kwh", "register") if name in one.table and one.table[name].notna().any()}


def _as_one(*parts: Evidence) -> Evidence:
    """Files read as one, whose rows know the file they are of; the same row in two files counts once."""
    table = pd.concat([one.table for one in parts], ignore_index=True)
    places = np.cumsum([0, *(max(len(one.sheets), 1) for one in parts)])
    rows = np.concatenate([one.rows + at * SHEET for one, at in zip(parts, places[:-1].tolist(), strict=True)])
    plants = table.assign(enterprise_id=table["enterprise_id"].fillna(table["enterprise"])).drop(columns="enterprise")
    again = plants.duplicated().to_numpy()  # a name beside the code makes no other reading
    first = parts[0]
    made = replace(
        first,
        table=table[~again].reset_index(drop=True),
        rows=rows[~again],
        problems=[problem for one in parts for problem in one.problems],
        warnings=[note for one in parts for note in one.warnings],
        sheets=tuple(label for one in parts for label in _labels(one)),
        files=tuple(file for one in parts for file in one.files or [one.file] * max(len(one.sheets), 1)),
    )
    if again.any():
        made.warnings.append(Problem("rows_repeated", file=parts[-1].file, count=int(again.sum())))
    return made


def _labels(one: Evidence) -> Sequence[str]:
    """What the rows of a file are said to be of: its name, with the sheet where there are several."""
    if one.files or not one.sheets[1:]:
        return one.sheets if one.files else (one.name,)
    return [f"{one.name} {sheet}" for sheet in one.sheets]


def _apart(together: Sequence[tuple[Evidence, set[str]]]) -> list[Problem]:
    """Say that readings of a plant or meter stand in files of another sort, each compared with its own days."""
    out: list[Problem] = []
    met: dict[tuple[str, str], str] = {}
    for one, whose in together:
        other = next((met[one.kind, name] for name in sorted(whose) if (one.kind, name) in met), "")
        if other:
            out.append(Problem("evidence_apart", file=one.file, other=other))
        met |= {(one.kind, name): one.file for name in whose}
    return out


def _until(orders: pd.DataFrame, evidence: Sequence[Evidence]) -> pd.Timestamp:
    """The end of the last day of any evidence: what cannot be known is not judged, nor called missing."""
    last = [one.table["time"].max() for one in evidence if len(one.table)]
    if not last:
        return pd.Timestamp(orders["starts"].min() if len(orders) else "1970-01-01")
    return pd.Timestamp(max(last)).normalize() + pd.Timedelta(days=1)


def public_holidays(evidence: Sequence[Evidence], duties: Duties) -> tuple[npt.NDArray[np.datetime64], list[Problem]]:
    """Public holidays of the years concerned; none, and a note, where the extra is not installed."""
    none = np.array([], dtype="datetime64[D]")
    compared = [one for one in evidence if one.kind in _COMPARED and len(one.table)]
    if not compared or duties.days.empty:
        return none, []
    try:
        import holidays
    except ImportError:
        return none, [Problem("holidays_unknown", where="--evidence")]
    first = min(one.table["time"].min().year for one in compared)
    last = max(one.table["time"].max().year for one in compared)
    days = holidays.country_holidays(COUNTRY, years=range(first, last + 1))
    return np.array(sorted(days), dtype="datetime64[D]"), []


def read_all(named: Sequence[str]) -> list[Evidence]:
    """Files of evidence, each ``FILE`` or ``KIND=FILE``.

    Raises:
        InputError: with everything that is wrong with any of them.

    """
    read: list[Evidence] = []
    problems: list[Problem] = []
    for text in named:
        kind, path = _named(text)
        with gathering(problems):
            read.append(read_evidence(path, kind))
    refuse_together(problems, *read)
    return read


def _named(text: str) -> tuple[FileEvidence | None, Path]:
    before, sign, after = text.partition("=")
    for kind in KINDS:
        if sign and before == kind:
            return kind, Path(after)
    return None, Path(text)
