"""A draft beside what it would be without the decisions of persons, and beside what stands before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from alertengine.documents import OrderChange, changes
from alertengine.orders import KEY, InForce, at_moments, phase_words, phases_of
from alertengine.vocabulary import EMISSION_FIELDS, LEVEL_TEXT, POLLUTANTS
from alertengine.web.standing import stands_of
from alertengine.workflow import holds, responses, standing_issues

if TYPE_CHECKING:
    from alertengine.ledger import Ledger

#: Changed lines that are handed to the page.
_SHOWN: Final = 300
_CELLS: Final = ("change", "what", "county", "enterprise", "line", "line_id", "old_measure_text", "measure_text")


@dataclass(frozen=True, slots=True)
class Without:
    """A run without the decisions of persons: what holds of the lines they decided (ORDER_COLUMNS), and its sums."""

    rows: pd.DataFrame
    summaries: Sequence[Mapping[str, Any]]

    @classmethod
    def of(cls, found: InForce, summaries: Sequence[Mapping[str, Any]], lines: Iterable[tuple[str, str]]) -> Without:
        """What holds of a run, of some lines by enterprise and line."""
        keys = pd.MultiIndex.from_frame(found.now[KEY].astype("str"))
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

    ``counts`` by kind of change, ``kg`` before and after by pollutant of what holds at the decision; ``rows`` changed
    lines as texts, of ``changed`` in all.
    """

    acts: tuple[int, ...]
    counts: Mapping[str, int]
    kg: Mapping[str, tuple[float, float]]
    rows: tuple[dict[str, str], ...]
    changed: int


def against(
    ledger: Ledger,
    found: InForce,
    now: pd.Timestamp,
    before: int | None = None,
    seen: Callable[[pd.DataFrame], pd.DataFrame] = lambda table: table,
) -> Against:
    """What a draft changes of what stands of the responses of its cities.

    Args:
        ledger: the record.
        found: what holds of the draft.
        now: the moment of its decision.
        before: the act that is looked at; acts from it on do not count. None: it is none yet.
        seen: leaves of orders what may be seen.

    """
    acts = [
        act
        for act in standing_issues(ledger)
        if (before is None or act.act < before) and ledger.rows(act.act, "orders") and holds(ledger, act, now)
    ]
    cities = {*found.at, *found.now["city"]}  # of a city whose warning is lifted nothing holds any more
    told: set[int] = set()
    tables = []
    for members in responses(ledger, acts):
        stands = stands_of(ledger, members)
        stands = seen(stands[stands["city"].isin(cities)])
        told |= set(stands["act"])
        tables.append(stands)
    if not told:
        return Against((), {}, {}, (), 0)
    old = pd.concat(tables, ignore_index=True)
    table = changes(old, found.rows, found.at)
    held, new = at_moments(old, found.at).now, found.now
    kg = {name: (float(held[column].sum()), float(new[column].sum())) for name, column in EMISSION_FIELDS.items()}
    kinds = table["change"].value_counts()
    shown = table.head(_SHOWN)[[*_CELLS, "starts", "ends"]].astype("object").fillna("").astype("str")
    rows = tuple({str(name): str(value) for name, value in row.items()} for row in shown.to_dict("records"))
    counts = {str(kind): int(kinds.get(str(kind), 0)) for kind in OrderChange}
    return Against(tuple(sorted(int(act) for act in told)), counts, kg, rows, len(table.drop_duplicates(KEY)))
