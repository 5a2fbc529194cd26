"""What the orders of a city amount to: counts, kilograms, and the ratio reached against required.

The ratio is the reduction of industry, vehicles and sites over whole-society emission
(全社会排放量), never over industry alone; blank shares count nothing in it, so it is a lower
bound and says whether even the blanks could close the gap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from alertengine.engine.engine import STATUSES, Decision
from alertengine.engine.facts import Facts
from alertengine.engine.filed_or_rule import Use
from alertengine.orders.ratio import Required, required_ratios
from alertengine.rulebook.book import Rulebook
from alertengine.rulebook.places_and_lists import Place
from alertengine.vocabulary.fields import EMISSION_FIELDS, Level

YES, NO, UNKNOWN = "yes", "no", "unknown"
_EPSILON = 1e-9


def summarise(
    book: Rulebook,
    lines: pd.DataFrame,
    decisions: Sequence[Decision],
    totals: pd.DataFrame | None,
    known_on: Any = None,
) -> list[dict[str, Any]]:
    """One entry per city and level, of the first slice at that level.

    Args:
        book: the rulebook.
        lines: the list the decisions were made for.
        decisions: the slices of one response.
        totals: whole-society emissions by city and sector, kg/d; None where not given.
        known_on: the second clock.

    """
    out: list[dict[str, Any]] = []
    cities = _rows_by_city(lines)
    for decision in _first_of_each_level(decisions):
        facts = Facts(lines, book.lists, decision.slice.day)
        for name, rows in cities:
            place = Place(province=book.lists.province_of(name), city=name)
            required = required_ratios(book, place, decision.slice.day, decision.slice.level, known_on)
            out.append(_city(name, lines, facts, decision, rows, whole_of(totals, name), required))
    return out


def _rows_by_city(lines: pd.DataFrame) -> list[tuple[str, np.ndarray]]:
    """The cities of a list by name, each with its rows; that of lines without one is blank."""
    column = lines["city"].astype("category").cat
    codes = column.codes.to_numpy()
    rows = [("", np.flatnonzero(codes < 0))]
    rows += [(str(name), np.flatnonzero(codes == code)) for code, name in enumerate(column.categories)]
    return sorted((found for found in rows if len(found[1])), key=lambda found: found[0])


def _first_of_each_level(decisions: Sequence[Decision]) -> list[Decision]:
    seen: dict[Level, Decision] = {}
    for decision in decisions:
        seen.setdefault(decision.slice.level, decision)
    return list(seen.values())


def _city(
    name: str,
    lines: pd.DataFrame,
    facts: Facts,
    decision: Decision,
    rows: np.ndarray,
    whole: Whole | None,
    required: dict[str, Required],
) -> dict[str, Any]:
    statuses = np.bincount(decision.status[rows], minlength=len(STATUSES))
    hanging: dict[str, int] = {}
    for number, count in enumerate(np.bincount(decision.binding[rows], minlength=len(decision.bindings))):
        for field in decision.bindings[number].hangs_on if count else ():
            hanging[field] = hanging.get(field, 0) + int(count)
    referred = np.array([one.resolution.referred for one in decision.bindings], dtype=bool)[decision.binding[rows]]
    unmet = decision.allotted.unmet
    return {
        "city": name,
        "level": str(decision.slice.level),
        "date": decision.slice.day.isoformat(),
        "lines": len(rows),
        "enterprises": int(lines["enterprise_id"].iloc[rows].nunique()),
        "status": {str(status): int(count) for status, count in zip(STATUSES, statuses, strict=True)},
        "undetermined": int(decision.undetermined[rows].sum()),
        "referred_to_city_plan": int((referred & (decision.filed.use[rows] == Use.NONE)).sum()),
        "rule_asks_more_than_published": int(decision.filed.finding[rows].sum()),
        "share_order_unmet": int(unmet[rows].sum()) if unmet is not None else 0,
        "lower_bound_lines": int(decision.partial[rows].sum()),
        "hangs_on": dict(sorted(hanging.items(), key=lambda item: (-item[1], item[0]))),
        **amounts(sums_of(facts, decision, rows), whole, required),
    }


@dataclass(frozen=True, slots=True)
class Sums:
    """What lines come to in one slice, kg/d by pollutant.

    ``warned`` of the warning measures alone, ``everything`` with the season, ``most`` if what cannot be
    computed were saved whole.
    """

    warned: dict[str, float]
    everything: dict[str, float]
    most: dict[str, float]


def sums_of(facts: Facts, decision: Decision, rows: np.ndarray) -> Sums:
    """Add up some lines of a decision."""
    blank = np.isnan(decision.warning_share[rows]) | decision.partial[rows]
    open_to = blank & (facts.boolean("long_stopped")[rows] != 2)
    warned, everything, most = {}, {}, {}
    for pollutant, column in EMISSION_FIELDS.items():
        saved = np.nan_to_num(decision.warning_reduced[pollutant][rows])
        warned[pollutant] = float(saved.sum())
        everything[pollutant] = float(np.nansum(decision.reduced[pollutant][rows]))
        emission = np.nan_to_num(facts.number(column)[rows])
        most[pollutant] = warned[pollutant] + float(
            np.sum(np.where(open_to, emission, 0.0) - np.where(blank, saved, 0.0))
        )
    return Sums(warned, everything, most)


@dataclass(frozen=True, slots=True)
class Whole:
    """Whole-society emissions of a place and what the bureau saves beside industry, kg/d by pollutant."""

    emitted: dict[str, float]
    beside: dict[str, float]
    year: int | None


def whole_of(totals: pd.DataFrame | None, city: str) -> Whole | None:
    """The totals of a city, None where there are none."""
    own = None if totals is None else totals[totals["city"].astype("str") == city]
    if own is None or own.empty:
        return None
    columns = EMISSION_FIELDS.items()
    beside = {name: _sum(own[f"reduced_{c}"]) if f"reduced_{c}" in own else 0.0 for name, c in columns}
    return Whole({name: _sum(own[column]) for name, column in columns}, beside, _year(own))


def amounts(sums: Sums, whole: Whole | None, required: dict[str, Required]) -> dict[str, Any]:
    """Kilograms and ratios by pollutant, against the totals of the place (None: no ratio)."""
    beside = whole.beside if whole else dict.fromkeys(EMISSION_FIELDS, 0.0)
    warned = {name: sums.warned[name] + beside[name] for name in EMISSION_FIELDS}
    everything = {name: sums.everything[name] + beside[name] for name in EMISSION_FIELDS}
    ratios = {
        name: _ratio(
            warned[name], everything[name], sums.most[name] + beside[name], whole.emitted[name], required.get(name)
        )
        for name in (EMISSION_FIELDS if whole else ())
        if whole
    }
    met = {entry["met"] for entry in ratios.values() if "met" in entry}
    return {
        "reduced_kg_d": {name: round(value, 3) for name, value in warned.items()},
        "reduced_with_season_kg_d": {name: round(value, 3) for name, value in everything.items()},
        "whole_society_kg_d": {name: round(value, 3) for name, value in whole.emitted.items()} if whole else None,
        "inventory_year": whole.year if whole else None,
        "ratio": ratios or None,
        "met": NO if NO in met else UNKNOWN if UNKNOWN in met or not met else YES,
    }


def _ratio(warned: float, everything: float, most: float, society: float, required: Required | None) -> dict[str, Any]:
    """One pollutant: ratios, what is required, whether it is met and by how much."""
    if society <= 0:
        return {"warning": None, "with_season": None, "required": required.share if required else None, "met": UNKNOWN}
    entry: dict[str, Any] = {"warning": round(warned / society, 6), "with_season": round(everything / society, 6)}
    if required is None:
        return entry
    needed = required.share * society
    met = YES if warned >= needed - _EPSILON else NO if most < needed - _EPSILON else UNKNOWN
    return entry | {
        "required": required.share,
        "required_by": required.rule,
        "basis": required.basis,
        "met": met,
        "margin_kg_d": round(warned - needed, 3),
    }


def _sum(column: pd.Series) -> float:
    return float(column.fillna(0).sum())


def _year(totals: pd.DataFrame) -> int | None:
    if "inventory_year" not in totals:
        return None
    years = totals["inventory_year"].dropna()
    return int(years.max()) if len(years) else None


def needs_a_person(summaries: Sequence[dict[str, Any]]) -> bool:
    """Whether a person must look: undetermined lines, a rule above the published list, a share that cannot be met."""
    asking = ("undetermined", "rule_asks_more_than_published", "share_order_unmet")
    return any(entry[name] for entry in summaries for name in asking)
