"""Daily figures of output beside a capacity: brought to the unit of the capacity, per day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from alertengine.files import Column, Findings, daily, per_time, times_of
from alertengine.vocabulary import number

Floats = npt.NDArray[np.float64]
#: Fields given per day in the unit of the line's capacity.
DAILY_FIGURES: Final = ("eia_daily", "permit_daily", "actual_daily", "demand_daily")
#: What share of the daily capacity a daily figure may be: our own judgement, wide on purpose.  Beyond it the unit is
#: another one: a figure in tonnes beside a capacity in ten thousand tonnes is off by 10,000.
_PLAUSIBLE: Final = (0.001, 100.0)


def in_units_of_capacity(
    done: Mapping[str, Any], columns: Mapping[str, Column], rows: npt.NDArray[np.int64], findings: Findings
) -> Iterator[tuple[str, Floats]]:
    """The daily figures of a list in the unit of each line's capacity; only those that change.

    A unit in the header is converted.  Without one the figure is in the unit of the capacity; where that cannot be
    (5000 beside 150万吨/年) and plain units can (5000吨), it is read so and told; what cannot be either way counts as
    unknown and is told.

    Args:
        done: the fields of the list read so far.
        columns: the column of each field the file has.
        rows: the row of each line in the file.
        findings: where it is told.

    """
    given = [name for name in DAILY_FIGURES if name in columns]
    if not given:
        return
    unit = done["capacity_unit"]
    parts = [per_time(name) for name in unit.names]
    per = np.array([*(time for _, time in parts), ""])[unit.codes]
    a_day = daily(done["capacity"], per, done["production_days"])

    def by_unit(factor: Callable[[str], float | None]) -> Floats:
        found = [factor(amount) for amount, _ in parts]
        return np.array([*(np.nan if one is None else one for one in found), 1.0])[unit.codes]

    for name in given:
        stated, _ = per_time(columns[name].unit)
        values = done[name]
        if stated:
            read = values * by_unit(partial(times_of, stated))
            plain = np.zeros(len(values), dtype=np.bool_)
        else:
            smaller = values * by_unit(lambda amount: times_of(_plain(amount), amount))
            plain = _implausible(values, a_day) & ~_implausible(smaller, a_day)
            read = np.where(plain, smaller, values)
        bad = ~np.isnan(values) & (np.isnan(read) | _implausible(read, a_day))
        for code, where in (("daily_figure_plain", plain), ("daily_figure_unit", bad)):
            at = np.flatnonzero(where)
            if len(at):
                first, said = int(at[0]), unit[at[0]] or ""
                found = {"count": len(at), "unit": said, "plain": _plain(per_time(said)[0])}
                findings.ask(code, int(rows[first]), columns[name].header, number(values[first]), **found)
        if bad.any() or not np.array_equal(read, values, equal_nan=True):
            yield name, np.where(bad, np.nan, read)


def _plain(amount: str) -> str:
    """A unit without what it counts in: 吨 of 万吨."""
    return amount if amount == "千克" else amount.lstrip("百千万亿")


def _implausible(values: Floats, a_day: Floats) -> npt.NDArray[np.bool_]:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = values / a_day
    return (values > 0) & ((ratio < _PLAUSIBLE[0]) | (ratio > _PLAUSIBLE[1]))
