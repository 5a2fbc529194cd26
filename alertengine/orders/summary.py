"""What the orders of a city amount to, phase by phase: counts, kilograms, and the ratio reached against required.

A response is judged by its worst phase: a ratio that is missed after hour 120 is missed, and a line without a
ground from hour 24 on is a line without a ground.

The ratio is the reduction of industry, vehicles and sites over whole-society emission (全社会排放量), never over
industry alone; blank shares count nothing in it, so it is a lower bound and says whether even the blanks could close
the gap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from alertengine.engine import GROUNDS, STATUSES, Decision, Slice, Use, among
from alertengine.files import CodedTable
from alertengine.orders.filed_doubts import doubts_of
from alertengine.orders.summary_entry import Amounts, RatioEntry, SummaryEntry
from alertengine.rulebook import Place, RatioRule, Rulebook, RuleHead
from alertengine.vocabulary import EMISSION_FIELDS, POLLUTANTS, InputError, Level, Problem, uncollected

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Required:
    """A required share of whole-society emission, 0 to 1, and the rule that asks for it."""

    share: float
    rule: str
    basis: str


def required_ratios(
    book: Rulebook, place: Place, when: date, level: Level, known_on: date | None = None, *, document: str = ""
) -> dict[str, Required]:
    """The strictest required share of each pollutant at a place, moment (or day) and level; absent where none is asked.

    ``document`` names one whose ratios are supposed to hold instead of those in force; of a pollutant that it does not
    speak of, those in force stay.

    Raises:
        InputError: that document says no ratio.

    """
    out: dict[str, Required] = {}
    if level is Level.NONE:
        return out
    supposed = [rule for rule in supposed_ratios(book, document) if isinstance(rule, RatioRule)] if document else []
    named = {pollutant for rule in supposed for shares in rule.required.values() for pollutant in shares}
    for rule in (*supposed, *book.binding("ratio", when, place, known_on)):
        if not isinstance(rule, RatioRule):
            continue
        for pollutant, share in _asked(rule, level).items():
            if pollutant in named and rule not in supposed:
                continue
            if pollutant not in out or share > out[pollutant].share:
                out[pollutant] = Required(share, rule.id, book.cite(rule, when))
    return {pollutant: out[pollutant] for pollutant in POLLUTANTS if pollutant in out}


def supposed_ratios(book: Rulebook, document: str) -> list[RuleHead]:
    """The ratios of a document, whatever its dates and area.

    Raises:
        InputError: that document says none.

    """
    rules = [rule for rule in book.rules_of("ratio") if rule.document == document]
    if not rules:
        documents = sorted({rule.document for rule in book.rules_of("ratio")})
        raise InputError([Problem("no_ratio_in_document", where="ratio", value=document, documents=documents)])
    return rules


def _asked(rule: RatioRule, level: Level) -> dict[str, float]:
    """The shares a rule asks for at a level."""
    return next((shares for name, shares in rule.required.items() if name == level.value), {})


Floats = npt.NDArray[np.float64]
YES, NO, UNKNOWN = "yes", "no", "unknown"
_EPSILON = 1e-9


@uncollected()
def summarise(
    book: Rulebook,
    lines: CodedTable | pd.DataFrame,
    decisions: Sequence[Decision],
    totals: CodedTable | pd.DataFrame | None,
    known_on: Any = None,
) -> list[SummaryEntry]:
    """One entry per city and level, with ``phases`` of it, the worst first.

    The counts of an entry are those of the phase that leaves most to a person, its kilograms and ratios those of
    the phase that falls furthest short; ``worst_phase`` names the two.  Phases that come to the same are one.

    Args:
        book: the rulebook.
        lines: the list the decisions were made for.
        decisions: the slices of one response.
        totals: whole-society emissions by city and sector, kg/d; None where not given.
        known_on: only documents issued by that day count (None: all).

    """
    out: list[SummaryEntry] = []
    lines = CodedTable.of(lines)
    cities = _rows_by_city(lines)
    owners = lines.text("enterprise_id").codes
    for slices in _by_level(decisions):
        lighter = [doubts_of(lines, decision).lighter for decision in slices]
        for name, rows in cities:
            place = Place(province=book.lists.province_of(name), city=name)
            whole = whole_of(totals, name)
            phases = []
            for plans, decision in zip(lighter, slices, strict=True):
                required = required_ratios(book, place, decision.slice.starts, decision.slice.level, known_on)
                sums = sums_of(decision, rows)
                warned = decision.slice.level is not Level.NONE
                phases.append({**_counts(decision, rows, plans), **amounts(sums, whole, required, warned=warned)})
            first = slices[0].slice
            head = {"city": name, "level": str(first.level), "lines": len(rows)}
            head["enterprises"] = int(np.count_nonzero(np.bincount(owners[rows] + 1)[1:]))
            entry = head | _judged(_joined(phases, [decision.slice for decision in slices]))
            out.append(cast("SummaryEntry", entry))
    return out


def _rows_by_city(lines: CodedTable) -> list[tuple[str, np.ndarray]]:
    """The cities of a list by name, each with its rows; that of lines without one is blank."""
    column = lines.text("city")
    rows = [(name, np.flatnonzero(column.codes == code)) for code, name in enumerate(["", *column.names], start=-1)]
    return sorted((found for found in rows if len(found[1])), key=lambda found: found[0])


def _by_level(decisions: Sequence[Decision]) -> list[list[Decision]]:
    """The slices of each level, levels and slices in the order of the response."""
    out: dict[Level, list[Decision]] = {}
    for decision in decisions:
        out.setdefault(decision.slice.level, []).append(decision)
    return list(out.values())


#: What an entry counts; ``_OPEN`` of it is left to a person.
_COUNTED = (
    "status", "ground", "undetermined", "referred_to_city_plan", "rule_asks_more_than_published",
    "share_order_unmet", "bound_by_lower_level", "lighter_than_lower_level", "lower_bound_lines", "hangs_on",
)  # fmt: skip
_OPEN = (
    "undetermined", "rule_asks_more_than_published", "share_order_unmet",
    "bound_by_lower_level", "lighter_than_lower_level",
)  # fmt: skip


def _counts(decision: Decision, rows: np.ndarray, lighter: np.ndarray) -> dict[str, Any]:
    """How many lines stand how in one slice."""
    statuses = np.bincount(decision.status[rows], minlength=len(STATUSES))
    resting = np.bincount(decision.ground[rows], minlength=len(GROUNDS))
    hanging: dict[str, int] = {}
    for number, count in enumerate(np.bincount(decision.binding[rows], minlength=len(decision.bindings))):
        for field in decision.bindings[number].hangs_on if count else ():
            hanging[field] = hanging.get(field, 0) + int(count)
    referred = np.array([one.resolution.referred for one in decision.bindings], dtype=bool)[decision.binding[rows]]
    unmet, lower = decision.allotted.unmet, decision.from_lower
    return {
        "status": {str(status): int(count) for status, count in zip(STATUSES, statuses, strict=True)},
        "ground": {str(ground): int(count) for ground, count in zip(GROUNDS, resting, strict=True) if count},
        "undetermined": int(decision.undetermined[rows].sum()),
        "referred_to_city_plan": int((referred & among(decision.filed.use[rows], Use.NONE, Use.NO_GROUND)).sum()),
        "rule_asks_more_than_published": int(decision.filed.finding[rows].sum()),
        "share_order_unmet": int(unmet[rows].sum()) if unmet is not None else 0,
        "bound_by_lower_level": 0 if lower is None else int((lower[rows] > 0).sum()),
        "lighter_than_lower_level": int((lighter[rows] > 0).sum()),
        "lower_bound_lines": int(decision.partial[rows].sum()),
        "hangs_on": dict(sorted(hanging.items(), key=lambda item: (-item[1], item[0]))),
    }


def _joined(entries: Sequence[dict[str, Any]], slices: Sequence[Slice]) -> list[dict[str, Any]]:
    """Entries of slices with ``phase``, ``date``, ``starts`` and ``ends``; those in a row that are alike are one."""
    out: list[dict[str, Any]] = []
    for entry, piece in zip(entries, slices, strict=True):
        ends = piece.ends.isoformat(sep=" ", timespec="minutes") if piece.ends else ""
        starts = piece.starts.isoformat(sep=" ", timespec="minutes")
        before = out[-1] if out else None
        if before and before["ends"] == starts and all(before[name] == value for name, value in entry.items()):
            before["phase"] = f"{before['phase'].split('-')[0]}-{piece.phase.split('-')[1]}"
            before["ends"] = ends
        else:
            out.append({"phase": piece.phase, "date": piece.day.isoformat(), "starts": starts, "ends": ends, **entry})
    return out


def _judged(phases: list[dict[str, Any]]) -> dict[str, Any]:
    """One entry of all phases."""
    least = min(phases, key=_reach)
    most = max(phases, key=_left_open)  # the first of equals
    worst = sorted(phases, key=lambda phase: (_reach(phase)[:2], -_left_open(phase)))
    amounts_of_least = {k: v for k, v in least.items() if k not in (*_COUNTED, "phase", "starts", "ends", "date")}
    return {
        "date": least["date"],
        **{name: most[name] for name in _COUNTED},
        **amounts_of_least,
        "worst_phase": {"counts": most["phase"], "ratio": least["phase"]},
        "phases": worst,
    }


def _left_open(entry: dict[str, Any]) -> int:
    return sum(entry[name] for name in _OPEN)


def _reach(entry: dict[str, Any]) -> tuple[int, float, float]:
    """How far a phase gets: whether the ratio is met, by how much at the worst, the kilograms of all pollutants."""
    judged = [one for one in (entry["ratio"] or {}).values() if one.get("required") and one["warning"] is not None]
    margin = min((one["warning"] - one["required"] for one in judged), default=0.0)
    return (NO, UNKNOWN, YES).index(entry["met"]), margin, sum(entry["reduced_kg_d"].values())


@dataclass(frozen=True, slots=True)
class Sums:
    """What lines come to in one slice, kg/d by pollutant.

    ``warned`` what the warning adds to what binds without one, ``everything`` with that (staggering, standing
    orders), ``most`` what the warning would add if what cannot be computed were saved whole, ``stopped`` if only the
    lines without a ground were; ``told_warned`` and ``told_everything`` the same as the orders tell it, each line to
    the gram, so that orders added up give it.
    """

    warned: dict[str, float]
    everything: dict[str, float]
    most: dict[str, float]
    stopped: dict[str, float]
    told_warned: dict[str, float]
    told_everything: dict[str, float]


def sums_of(decision: Decision, rows: np.ndarray) -> Sums:
    """Add up some lines of a decision."""
    blank = np.isnan(decision.warning_share[rows]) | decision.partial[rows]
    left_open = rows[blank]
    asked = decision.undetermined[left_open]
    kept = 1 - np.minimum(_known(decision.other_share[left_open]), 1.0)
    warned, everything, most, stopped, told_warned, told_everything = {}, {}, {}, {}, {}, {}
    reduced = decision.reduced.of(rows)
    warning_reduced = decision.warning_reduced.of(rows, reduced.emissions)
    for pollutant in EMISSION_FIELDS:
        saved = _known(warning_reduced[pollutant])
        whole = _known(reduced[pollutant])
        warned[pollutant], told_warned[pollutant] = float(saved.sum()), float(np.round(saved, 3).sum())
        everything[pollutant], told_everything[pollutant] = float(whole.sum()), float(np.round(whole, 3).sum())
        left = _known(reduced.emissions[pollutant][blank]) * kept
        more = np.where(reduced.still[blank], 0.0, left) - saved[blank]
        most[pollutant] = warned[pollutant] + float(np.sum(more))
        stopped[pollutant] = warned[pollutant] + float(np.sum(more[asked]))
    return Sums(warned, everything, most, stopped, told_warned, told_everything)


def _known(amounts: Floats) -> Floats:
    """Amounts, nothing where they are unknown."""
    return np.fmax(amounts, 0.0)  # none is negative


@dataclass(frozen=True, slots=True)
class Whole:
    """Whole-society emissions of a place and what the bureau saves beside industry, kg/d by pollutant."""

    emitted: dict[str, float]
    beside: dict[str, float]
    year: int | None


def whole_of(totals: CodedTable | pd.DataFrame | None, city: str) -> Whole | None:
    """The totals of a city, None where there are none."""
    if totals is None:
        return None
    totals = CodedTable.of(totals)
    own = totals.take(np.flatnonzero(totals.text("city").among([city])))
    if not len(own):
        return None
    columns = EMISSION_FIELDS.items()
    beside = {
        name: float(np.nansum(own.number(f"reduced_{c}"))) if f"reduced_{c}" in own else 0.0 for name, c in columns
    }
    return Whole({name: float(np.nansum(own.number(column))) for name, column in columns}, beside, _year(own))


def amounts(sums: Sums, whole: Whole | None, required: dict[str, Required], *, warned: bool = True) -> Amounts:
    """Kilograms and ratios by pollutant, against the totals of the place (None: no ratio).

    ``beside_kg_d`` is what vehicles and sites bring, a part of both sums; nothing where no warning holds.
    """
    beside = whole.beside if whole and warned else dict.fromkeys(EMISSION_FIELDS, 0.0)
    added = {name: sums.told_warned[name] + beside[name] for name in EMISSION_FIELDS}
    everything = {name: sums.told_everything[name] + beside[name] for name in EMISSION_FIELDS}
    exact = {name: (sums.warned[name] + beside[name], sums.most[name] + beside[name]) for name in EMISSION_FIELDS}
    ratios: dict[str, RatioEntry] = {
        name: _ratio(added[name], everything[name], exact[name], whole.emitted[name], required.get(name))
        | _left(sums.warned[name], sums.stopped[name], sums.most[name], added[name], whole.emitted[name])
        for name in (EMISSION_FIELDS if whole else ())
        if whole
    }
    met = {entry["met"] for entry in ratios.values() if "met" in entry}
    return {
        "reduced_kg_d": {name: round(value, 3) for name, value in added.items()},
        "beside_kg_d": {name: round(value, 3) for name, value in beside.items()},
        "reduced_with_season_kg_d": {name: round(value, 3) for name, value in everything.items()},
        "whole_society_kg_d": {name: round(value, 3) for name, value in whole.emitted.items()} if whole else None,
        "inventory_year": whole.year if whole else None,
        "ratio": ratios or None,
        "met": NO if NO in met else UNKNOWN if UNKNOWN in met or not met else YES,
    }


def _ratio(
    warned: float, everything: float, exact: tuple[float, float], society: float, required: Required | None
) -> RatioEntry:
    """One pollutant: ratios, what is required, whether it is met (``exact``: saved, and at most) and by how much.

    A requirement met on the dot is not missed by the grams that lines are told to.
    """
    if society <= 0:
        return {"warning": None, "with_season": None, "required": required.share if required else None, "met": UNKNOWN}
    reached, with_season = round(warned / society, 6), round(everything / society, 6)
    if required is None:
        return {"warning": reached, "with_season": with_season}
    needed = required.share * society
    met = verdict(*exact, needed)
    if met == NO:  # what misses by less than the sixth decimal does not read as reached
        reached = min(reached, round(required.share - 1e-6, 6))
    return {
        "warning": reached,
        "with_season": with_season,
        "required": required.share,
        "required_by": required.rule,
        "basis": required.basis,
        "met": met,
        "margin_kg_d": round(warned - needed, 3),
    }


def _left(saved: float, stopped: float, most: float, told: float, society: float) -> RatioEntry:
    """How far the ratio could still rise, each absent where it adds nothing.

    ``open_stopped`` if the lines without a ground stopped, ``at_most`` if all that cannot be computed were saved whole.
    """
    if society <= 0:
        return {}
    out: RatioEntry = {}
    if stopped > saved + _EPSILON:
        out["open_stopped"] = round((told + stopped - saved) / society, 6)
    if most > stopped + _EPSILON:
        out["at_most"] = round((told + most - saved) / society, 6)
    return out


def verdict(saved: float, most: float, needed: float) -> str:
    """Whether kilograms reach what is needed: unknown where only those that cannot be computed, saved whole, would."""
    return YES if saved >= needed - _EPSILON else NO if most < needed - _EPSILON else UNKNOWN


def _year(totals: CodedTable) -> int | None:
    if "inventory_year" not in totals:
        return None
    year = np.fmax.reduce(totals.number("inventory_year"))
    return None if np.isnan(year) else int(year)


def phases_of(entry: Mapping[str, Any]) -> list[SummaryEntry]:
    """An entry of :func:`summarise` phase by phase, the worst first, each with all that the entry says of its place.

    An entry recorded before phases were is one phase.
    """
    place = {name: value for name, value in entry.items() if name not in ("phases", "worst_phase")}
    return [cast("SummaryEntry", {**place, **phase}) for phase in entry.get("phases") or [place]]


def phase_words(entry: Mapping[str, Any], phase: Mapping[str, Any]) -> str:
    """The hours of a phase in Chinese; blank where the entry has no other."""
    if len(entry.get("phases") or ()) < 2:
        return ""
    first, last = str(phase["phase"]).split("-")
    return f"第{first}至{last}小时" if last else f"第{first}小时起"


def needs_a_person(summaries: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a person must look, in any phase.

    Lines are undetermined, a rule asks more than the published list, a share cannot be met, a lower level stands in
    for one without a measure, what is filed is lighter than at a lower level, or the required ratio is missed.
    """
    return any(entry.get("met") == NO or any(entry.get(name) for name in _OPEN) for entry in summaries)
