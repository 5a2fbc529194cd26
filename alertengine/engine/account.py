"""Accounting: how each measure turns into a share of a line's emission.

The one place where a measure becomes a number.  A share is 0 to 1, NaN where it cannot be
computed (a coking time ordered, today's unknown); what was missing is named.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alertengine.engine.facts import Facts
from alertengine.files import daily, per_time
from alertengine.rulebook import Measure
from alertengine.vocabulary import POLLUTANTS

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
_BASES = {"permit": ("permit_daily",), "eia": ("eia_daily",), "last_year": ("actual_daily",)}
_LEAST = ("eia_daily", "permit_daily", "actual_daily")


class Numbers:
    """Numeric columns of some lines (``rows`` of the facts), with what is derived from them."""

    def __init__(self, facts: Facts, rows: npt.NDArray[np.int64]) -> None:
        """Look at the given rows only."""
        self._facts = facts
        self.rows = rows

    def __len__(self) -> int:
        """Number of lines looked at."""
        return len(self.rows)

    def get(self, name: str) -> Floats:
        """A numeric field of the lines."""
        return self._facts.number(name)[self.rows]

    def daily_capacity(self) -> Floats:
        """Capacity per day; NaN where capacity or its unit does not say."""
        unit = self._facts.text("capacity_unit")
        per = np.array([*(per_time(item)[1] for item in unit.categories), ""])[unit.codes[self.rows]]
        return daily(self.get("capacity"), per, self.get("production_days"))

    def output(self) -> Floats:
        """Current output per day: capacity times load; NaN where either is unknown."""
        return self.daily_capacity() * self.get("load_pct") / 100

    def base(self, measure: Measure) -> Floats:
        """The daily figure a limit is counted from; NaN where missing."""
        if measure.base == "least_of_three":
            return np.min([self.get(name) for name in _LEAST], axis=0)
        if measure.base in _BASES:
            return self.get(_BASES[measure.base][0])
        return self.daily_capacity()


@dataclass(slots=True)
class Shares:
    """Shares of some lines for one measure.

    ``share`` (lines,) 0..1 or NaN; ``lacking`` maps a field to the lines on which it was missing;
    ``by_pollutant`` differs from ``share`` only for caps on concentrations.
    """

    share: Floats
    lacking: dict[str, Bools]
    by_pollutant: dict[str, Floats] | None = None


def shares(measure: Measure, numbers: Numbers, allotted: Floats | None = None) -> Shares:
    """The share each line is reduced by under a measure.

    Args:
        measure: the measure.
        numbers: the numeric columns of the lines.
        allotted: for ``stop_share`` and ``stop_units``: the stopped fraction of each line.

    """
    if measure.code in ("stop_share", "stop_units"):
        found = Shares(np.zeros(len(numbers)) if allotted is None else allotted.copy(), {})
    else:
        read = _READERS.get(measure.code)
        found = read(measure, numbers) if read else Shares(np.full(len(numbers), np.nan), {})
    if measure.window_hours < 24:
        found.share = found.share * measure.window_hours / 24
        if found.by_pollutant:
            found.by_pollutant = {name: value * measure.window_hours / 24 for name, value in found.by_pollutant.items()}
    return found


def _constant(value: float) -> Callable[[Measure, Numbers], Shares]:
    return lambda _measure, numbers: Shares(np.full(len(numbers), value), {})


def _limit(measure: Measure, numbers: Numbers) -> Shares:
    share = measure.share or 0.0
    load = numbers.get("load_pct")
    if measure.base in (None, "capacity"):
        ordered = _reduction((1 - share) * 100, load)
        return Shares(np.where(np.isnan(load), share, ordered), {})
    base, output = numbers.base(measure), numbers.output()
    ordered = _reduction((1 - share) * base, output)
    fields = _LEAST if measure.base == "least_of_three" else _BASES.get(measure.base or "", ())
    lacking = {name: np.isnan(numbers.get(name)) for name in fields}
    lacking |= {"capacity": ~np.isnan(load) & np.isnan(output)}
    return Shares(np.where(np.isnan(ordered), share, ordered), lacking)


def _reduction(cap: Floats | float, current: Floats) -> Floats:
    """1 − cap / current, never below 0; NaN where either is unknown, 0 where nothing runs."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.maximum(0.0, 1 - cap / current)
    return np.where(current == 0, np.where(np.isnan(cap), np.nan, 0.0), share)


def _coking_time(measure: Measure, numbers: Numbers) -> Shares:
    current = numbers.get("coking_hours")
    return Shares(np.maximum(0.0, 1 - current / (measure.hours or np.nan)), {"coking_hours": np.isnan(current)})


def _feed_cap(measure: Measure, numbers: Numbers) -> Shares:
    if measure.amount is None:
        return Shares(np.full(len(numbers), measure.share, dtype=np.float64), {})
    current = numbers.get("feed_daily")
    return Shares(_reduction(np.full(len(numbers), measure.amount), current), {"feed_daily": np.isnan(current)})


def _cycle_cap(measure: Measure, numbers: Numbers) -> Shares:
    """A cap on the heats of the line, all its furnaces together, or of each furnace alike."""
    if measure.amount is None:
        return Shares(np.full(len(numbers), measure.share, dtype=np.float64), {})
    current, furnaces = numbers.get("cycles_daily"), numbers.get("units")
    lacking = {"cycles_daily": np.isnan(current)}
    cap = np.full(len(numbers), measure.amount)
    if measure.per == "unit":
        cap, lacking = cap * furnaces, lacking | {"units": np.isnan(furnaces)}
    return Shares(_reduction(cap, current), lacking)


def _emission_cap(measure: Measure, numbers: Numbers) -> Shares:
    caps = dict(measure.caps)
    found: dict[str, Floats] = {}
    lacking: dict[str, Bools] = {}
    for pollutant in POLLUTANTS:
        field = f"{pollutant}_mg_m3"
        if pollutant not in caps:
            found[pollutant] = np.zeros(len(numbers))
        elif field == "vocs_mg_m3":  # no list carries this concentration
            found[pollutant] = np.full(len(numbers), np.nan)
        else:
            current = numbers.get(field)
            found[pollutant] = _reduction(np.full(len(numbers), caps[pollutant]), current)
            lacking[field] = np.isnan(current)
    same = all(np.array_equal(found[p], found[POLLUTANTS[0]]) for p in POLLUTANTS)
    share = found[POLLUTANTS[0]] if same else np.full(len(numbers), np.nan)
    return Shares(share, lacking, found)


def _demand_cap(measure: Measure, numbers: Numbers) -> Shares:
    if measure.demand == "verified_load":
        cap, current = numbers.get("load_verified_pct"), numbers.get("load_pct")
        return Shares(_reduction(cap, current), {"load_verified_pct": np.isnan(cap), "load_pct": np.isnan(current)})
    cap, current = numbers.get("demand_daily"), numbers.output()
    return Shares(_reduction(cap, current), {"demand_daily": np.isnan(cap), "load_pct": np.isnan(current)})


_READERS: dict[str, Callable[[Measure, Numbers], Shares]] = {
    "stop": _constant(1.0),
    "none": _constant(0.0),
    "limit": _limit,
    "coking_time": _coking_time,
    "feed_cap": _feed_cap,
    "cycle_cap": _cycle_cap,
    "emission_cap": _emission_cap,
    "demand_cap": _demand_cap,
}
