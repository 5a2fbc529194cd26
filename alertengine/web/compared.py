"""What persons decided in place of the rules; a draft beside what it would be without that, and beside what stands."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from alertengine.documents import OrderChange, changes
from alertengine.ledger import uncorrected
from alertengine.lists import line_keys, under_ids_of
from alertengine.orders import OVERRIDDEN, InForce, Override, at_moments, goes_on_beside, phase_words, phases_of
from alertengine.vocabulary import (
    CANCEL,
    EMISSION_FIELDS,
    LEVEL_TEXT,
    LINE_KEY,
    POLLUTANTS,
    RESPONSE_TEXT,
    short_moment,
)
from alertengine.warning import Record
from alertengine.web.kept import acts_in_force, acts_with_orders, stands_of
from alertengine.web.orderrows import is_lighter, text_rows
from alertengine.workflow import overrides_of, responses, warnings_so_far

if TYPE_CHECKING:
    from alertengine.ledger import Ledger

#: Changed lines that are handed to the page.
_SHOWN: Final = 300
_CELLS: Final = ("change", "what", "county", "enterprise", "line", "line_id", "old_measure_text", "measure_text")
#: What makes two orders the same.
_SAME: Final = (*LINE_KEY, "level", "starts", "ends", "measure_text", "transport")


@dataclass(frozen=True, slots=True)
class DecidedLine:
    """One line that a person decided: from what the rules asked to what is ordered, why, by whom.

    ``kg`` a day by pollutant as decided, ``was_kg`` as the rules have it; None where that is not known, or not yet.
    """

    key: tuple[str, str]
    place: tuple[str, str]
    enterprise: str
    line: str
    county: str
    was: str
    now: str
    reason: str
    by: str
    lighter: bool
    kg: tuple[float | None, ...]
    was_kg: tuple[float | None, ...] | None = None


def register(orders: pd.DataFrame, overrides: Iterable[Override]) -> list[DecidedLine]:
    """What persons decided, those lighter than the rules first.

    Args:
        orders: what holds of the orders (ORDER_COLUMNS), one row a line.
        overrides: what they are made with.

    """
    wanted = {(one.enterprise_id, one.line_id): one for one in overrides}
    if not wanted:
        return []
    keys = pd.MultiIndex.from_frame(orders[["enterprise_id", "line_id"]].astype("str"))
    mine = orders[keys.isin(list(wanted))].drop_duplicates(["enterprise_id", "line_id"])
    out = []
    for row in mine.astype("object").where(mine.notna(), "").to_dict("records"):
        one = wanted[str(row["enterprise_id"]), str(row["line_id"])]
        remark = str(row["remark"])
        was = remark.removeprefix(f"{OVERRIDDEN}（{one.reason}），原为：").split("；")[0]
        lighter = is_lighter(str(row["flags"]), remark)
        line = str(row["line"] or row["line_id"])
        names = (str(row["enterprise"]), line, str(row["county"]), was, one.words, one.reason, one.by)
        key = (one.enterprise_id, one.line_id)
        place = (str(row["city"]), str(row["level"]))
        out.append(DecidedLine(key, place, *names, lighter, _kilograms(row)))
    return sorted(out, key=lambda one: not one.lighter)


def beside_rules(decided: Iterable[DecidedLine], ruled: pd.DataFrame) -> list[DecidedLine]:
    """What persons decided, with what would hold without that (ORDER_COLUMNS, a row a line) beside it."""
    plain = ruled.astype("object").where(ruled.notna(), "")
    held = {(str(row["enterprise_id"]), str(row["line_id"])): row for row in plain.to_dict("records")}
    out = []
    for one in decided:
        row = held.get(one.key)
        was = one.was if row is None else str(row["measure_text"] or one.was)
        out.append(replace(one, was=was, was_kg=None if row is None else _kilograms(row)))
    return out


def _kilograms(row: Mapping[Any, Any]) -> tuple[float | None, ...]:
    return tuple(None if row[f"{name}_kg_d"] == "" else float(row[f"{name}_kg_d"]) for name in POLLUTANTS)


def standing_orders(ledger: Ledger, orders: pd.DataFrame, now: pd.Timestamp) -> pd.Series:
    """The act that gave each order already, in the same words and hours, and still holds; 0 where none did."""
    out = pd.Series(0, index=orders.index, dtype="int64")
    mine = pd.MultiIndex.from_frame(_plain(orders))
    for act in acts_with_orders(ledger, now):
        there = pd.MultiIndex.from_frame(_plain(ledger.orders(act.act)))
        out[mine.isin(there)] = act.act
    return out


def not_carried(
    ledger: Ledger, orders: pd.DataFrame, held: Container[tuple[str, str]], now: pd.Timestamp
) -> list[Override]:
    """What persons decided of lines of a draft in the acts that order them now, and the draft was made without.

    Args:
        ledger: the record.
        orders: the draft's (ORDER_COLUMNS).
        held: the lines that persons decided in it.
        now: the moment.

    """
    found: dict[tuple[str, str, str], Override] = {}
    for act in acts_in_force(ledger, acts_with_orders(ledger, now), now):
        given = ledger.orders(act.act, personal=False)
        # one list has no enterprise and line twice: within an act they tell the line
        names = {
            line[1:]: own for line, own in zip(line_keys(given), line_keys(under_ids_of(given, orders)), strict=True)
        }
        spoken = set(names.values())
        found = {line: one for line, one in found.items() if line not in spoken}  # a later act decides its lines anew
        for one in overrides_of(ledger, act.act):
            if line := names.get((one.enterprise_id, one.line_id)):
                found[line] = one.model_copy(update={"enterprise_id": line[1], "line_id": line[2]})
    mine = set(line_keys(orders)) if found else set()
    return [one for line, one in found.items() if line in mine and line[1:] not in held]


def _plain(orders: pd.DataFrame) -> pd.DataFrame:
    table = orders[list(_SAME)].astype("object")
    return table.where(table.notna(), "").astype("str")


@dataclass(frozen=True, slots=True)
class Without:
    """A run without the decisions of persons: what holds of the lines they decided (ORDER_COLUMNS), and its sums."""

    rows: pd.DataFrame
    summaries: Sequence[Mapping[str, Any]]

    @classmethod
    def of(cls, found: InForce, summaries: Sequence[Mapping[str, Any]], lines: Iterable[tuple[str, str]]) -> Without:
        """What holds of a run, of some lines by enterprise and line."""
        keys = line_keys(found.now).droplevel("city")
        return cls(found.now[keys.isin(list(lines))].reset_index(drop=True), summaries)


@dataclass(frozen=True, slots=True)
class Moved:
    """A sum or a line before and after decisions, by pollutant: kg a day, and the ratio with staggering (0 to 1).

    None where it is not known.
    """

    name: str
    kg: tuple[tuple[float | None, float | None], ...]
    ratio: tuple[tuple[float | None, float | None], ...]


def moved_sums(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[Moved]:
    """What all decisions together move, a row a city, level and phase; the phases of both runs are the same hours."""
    held = {key: phase for entry in before for key, phase in _phases(entry)}
    out = []
    for entry in after:
        for key, phase in _phases(entry):
            was = held.get(key, {})
            name = f"{entry['city']}{entry.get('county') or ''} {LEVEL_TEXT[str(entry['level'])]}"
            sums = tuple(
                tuple((one.get("reduced_with_season_kg_d") or {}).get(name) for one in (was, phase))
                for name in POLLUTANTS
            )
            shares = tuple(tuple(_share(one, name) for one in (was, phase)) for name in POLLUTANTS)
            out.append(Moved(f"{name} {phase_words(entry, phase)}".rstrip(), sums, shares))  # type: ignore[arg-type]
    return out


def _phases(entry: Mapping[str, Any]) -> list[tuple[tuple[str, ...], Mapping[str, Any]]]:
    place = (str(entry["city"]), str(entry.get("county") or ""), str(entry["level"]))
    return [((*place, str(phase.get("starts") or "")), phase) for phase in phases_of(entry)]


def _share(phase: Mapping[str, Any], pollutant: str) -> float | None:
    said = (phase.get("ratio") or {}).get(pollutant) or {}
    value = said.get("with_season")
    return None if value is None else float(value)


def moved_line(
    name: str,
    place: tuple[str, str],
    before: Sequence[float | None],
    after: Sequence[float | None],
    summaries: Sequence[Mapping[str, Any]],
) -> Moved:
    """What one decision moves: its line's kilograms, and the ratio without this decision alone and with it.

    Args:
        name: of the line.
        place: city and level.
        before: kg a day by pollutant as the rules have it.
        after: as decided.
        summaries: of the run with all decisions.

    """
    entry = next((one for one in summaries if (str(one["city"]), str(one["level"])) == place), {})
    society = entry.get("whole_society_kg_d") or {}
    ratios: list[tuple[float | None, float | None]] = []
    for pollutant, was, now in zip(POLLUTANTS, before, after, strict=True):
        share, whole = _share(entry, pollutant), society.get(pollutant)
        if share is None or not whole or was is None or now is None:
            ratios.append((None, share))
        else:
            ratios.append((share - (now - was) / float(whole), share))
    return Moved(name, tuple(zip(before, after, strict=True)), tuple(ratios))


@dataclass(frozen=True, slots=True)
class Against:
    """What a draft changes of what stands: ``acts`` gave that; none: it is the first.

    ``levels``: of which area the warning is otherwise, as it was and as it is, in words.  ``counts`` by kind of change,
    ``kg`` before and after by pollutant of what holds at the decision; ``rows`` changed lines as texts, of ``changed``
    in all.  ``kept`` lines are none of the draft's, of a response that goes on: what they were ordered stands, and is
    in the sums before and after.
    """

    acts: tuple[int, ...]
    counts: Mapping[str, int]
    kg: Mapping[str, tuple[float, float]]
    rows: tuple[dict[str, str], ...]
    changed: int
    kept: int = 0
    levels: tuple[tuple[str, str, str], ...] = ()


def against(
    ledger: Ledger,
    found: InForce,
    now: pd.Timestamp,
    record: pd.DataFrame | None = None,
    before: int | None = None,
    seen: Callable[[pd.DataFrame], pd.DataFrame] = lambda table: table,
    corrects: int | None = None,
) -> Against:
    """What a draft changes of what stands of the responses of its cities; a correction, of what stood with its act.

    Args:
        ledger: the record.
        found: what holds of the draft.
        now: the moment of its decision.
        record: its record of warnings (WARNING_COLUMNS); None: it gives orders for a list alone.
        before: the act that is looked at; acts from it on do not count. None: it is none yet.
        seen: leaves of orders what may be seen.
        corrects: the act that it is to correct: acts after it do not count, and lines that it names no more end.

    """
    acts = acts_with_orders(ledger, now, before if corrects is None else corrects + 1)
    if corrects is not None:  # what that act corrected itself bound until then
        acts = uncorrected(acts)
    cities = {*found.at, *found.now["city"]}  # of a city whose warning is lifted nothing holds any more
    told: set[int] = set()
    tables = []
    for members in responses(ledger, acts):
        stands = stands_of(ledger, members, alone=corrects is not None)
        stands = seen(stands[stands["city"].isin(cities)])
        told |= set(stands["act"])
        tables.append(stands)
    if not told:
        return Against((), {}, {}, (), 0)
    own = pd.concat([found.now, found.later, found.ended])
    old = under_ids_of(pd.concat(tables, ignore_index=True), own)
    other = goes_on_beside(old, own, found.decided) & (old["act"] != corrects).to_numpy(dtype=bool)
    # what a county's lift ends, it ends before what is decided of the rest begins
    first = {city: min(one.since for one in (made, *made.apart)) for city, made in found.decided.items()}
    table = changes(old[~other], found.rows, {**found.at, **first})
    places = zip(table["city"], table["county"], strict=True)
    parts = [(made := found.decided.get(city)) and made.of_county(county) for city, county in places]
    never = [part is not None and part.kind == CANCEL for part in parts]
    ends = table["change"] == OrderChange.ENDED
    table["change"] = table["change"].mask(
        ends & pd.Series(never, index=table.index, dtype=bool), RESPONSE_TEXT[CANCEL]
    )
    held, left = (at_moments(rows, found.at).now for rows in (old, old[other]))
    new = pd.concat([found.now, left])
    kg = {name: (float(held[column].sum()), float(new[column].sum())) for name, column in EMISSION_FIELDS.items()}
    kinds = table["change"].value_counts()
    rows = tuple(text_rows(table.head(_SHOWN)[[*_CELLS, "starts", "ends"]]))
    counts = {kind: int(kinds.get(kind, 0)) for kind in (*map(str, OrderChange), RESPONSE_TEXT[CANCEL])}
    changed, kept = (len(one.drop_duplicates(LINE_KEY)) for one in (table, left))
    levels = () if record is None else _levels_changed(warnings_so_far(ledger, now, acts), record, now, cities)
    return Against(tuple(sorted(int(act) for act in told)), counts, kg, rows, changed, kept, levels)


def _levels_changed(
    old: pd.DataFrame, new: pd.DataFrame, now: pd.Timestamp, cities: Set[str]
) -> tuple[tuple[str, str, str], ...]:
    """Where the levels of a record of warnings, or their hours, are others than in one of before, from a moment on."""
    said = [dict[str, list[str]](), dict[str, list[str]]()]
    for held, record in zip(said, (old, new), strict=True):
        for row in Record(record).segments(now).to_dict("records"):
            if row["city"] in cities:
                hours = f"{short_moment(row['starts'])} 至 {short_moment(row['ends']) or '另行通知'}"
                held.setdefault(f"{row['city']}{row['county']}", []).append(f"{LEVEL_TEXT[str(row['level'])]} {hours}")
    was, now_said = ({place: "；".join(parts) for place, parts in held.items()} for held in said)
    places = sorted(was.keys() | now_said.keys())
    return tuple(
        (place, was.get(place, "没有预警"), now_said.get(place, "没有预警"))
        for place in places
        if was.get(place) != now_said.get(place)
    )
