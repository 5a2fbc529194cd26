"""Amounts: more than a line can emit, off by a thousand beside its peers, listed above the city's total."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.checking.lists.findings import Collector
from alertengine.checking.lists.settings import Limits
from alertengine.vocabulary import EMISSION_FIELDS, PLAN_FIELDS, POLLUTANT_TEXT, TOTAL_SECTORS, Words

Floats = npt.NDArray[np.float64]
Groups = npt.NDArray[np.int64]
#: The sector of the city totals that the listed lines are part of.
INDUSTRY = TOTAL_SECTORS[0]
#: Lines may exceed the city's total by rounding.
_ROUNDING = 1.001


def add_amount_findings(collector: Collector, limits: Limits) -> None:
    """Absurd amounts, units that seem wrong, and totals that cannot hold the list."""
    _absurd(collector, limits)
    _units(collector, limits)
    _totals(collector)


def plain(value: float) -> str:
    """A number as a person writes it."""
    return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.0f}"


def _absurd(collector: Collector, limits: Limits) -> None:
    lines = collector.content.lines
    for pollutant, most in limits.most_kg_d.limits.items():
        name = EMISSION_FIELDS[pollutant]
        for line in np.flatnonzero((lines[name] > most).to_numpy()):
            collector.at("absurd", int(line), name, plain(lines[name].iloc[line]), expected=plain(most))


@dataclass(frozen=True, slots=True)
class _Peers:
    """How far each line lies from its peers: ``factor`` (NaN: cannot be said), their median and number."""

    factor: Floats
    median: Floats
    count: Groups


def _beside(values: Floats, group: Groups, least: int) -> _Peers:
    """Each positive value beside the median of its group."""
    logs = pd.Series(np.log10(np.where(values > 0, values, np.nan)))
    grouped = logs.groupby(group)
    median = grouped.transform("median").to_numpy()
    count = grouped.transform("count").to_numpy()
    factor = np.where(count >= least, 10 ** (logs.to_numpy() - median), np.nan)
    return _Peers(factor, 10**median, count)


def _groups(lines: pd.DataFrame) -> tuple[Groups, Floats]:
    """The peers of each line, and its capacity (1 where it has none): like is compared with like."""
    given = (lines["capacity"] > 0).to_numpy() & lines["capacity_unit"].notna().to_numpy()
    unit = np.where(given, lines["capacity_unit"].cat.codes.to_numpy(), -2)
    parts = [lines[name].cat.codes.to_numpy() for name in ("industry", "process")]
    key = pd.MultiIndex.from_arrays([*parts, unit])
    return pd.factorize(key)[0].astype(np.int64), np.where(given, lines["capacity"].to_numpy(), 1.0)


def _units(collector: Collector, limits: Limits) -> None:
    """Amounts a factor off their peers; where all of a line's amounts are, perhaps the capacity is."""
    lines, peers = collector.content.lines, limits.peers
    group, capacity = _groups(lines)
    off: dict[str, _Peers] = {}
    doubted = np.zeros((len(EMISSION_FIELDS), len(lines)), dtype=bool)
    told = np.zeros_like(doubted)
    for number, name in enumerate(EMISSION_FIELDS.values()):
        values = lines[name].to_numpy(dtype=np.float64)
        off[name] = _beside(values / capacity, group, peers.least)
        doubted[number] = _far(off[name].factor, peers.factor)
        told[number] = ~np.isnan(off[name].factor)
    of_capacity = _beside(np.where(capacity == 1.0, np.nan, capacity), group, peers.least)
    capacity_off = _far(of_capacity.factor, peers.factor) & (doubted == told).all(axis=0) & (told.sum(axis=0) > 1)
    for line in np.flatnonzero(capacity_off):
        _doubt(collector, int(line), "capacity", of_capacity, of_capacity.median[line])
    for number, name in enumerate(EMISSION_FIELDS.values()):
        for line in np.flatnonzero(doubted[number] & ~capacity_off):
            _doubt(collector, int(line), name, off[name], off[name].median[line] * capacity[line])


def _far(factor: Floats, limit: float) -> npt.NDArray[np.bool_]:
    return (factor >= limit) | (factor <= 1 / limit)


def _doubt(collector: Collector, line: int, name: str, peers: _Peers, usual: float) -> None:
    value = collector.content.lines[name].iloc[line]
    times, count = float(peers.factor[line]), str(int(peers.count[line]))
    factor = f"{times:.0f}" if times >= 1 else f"1/{1 / times:.0f}"
    said = Words("times_as_much" if times >= 1 else "part_of", factor=factor)
    collector.at("unit_off", line, name, plain(value), factor=said, peers=count, expected=f"{usual:.3g}")


def _totals(collector: Collector) -> None:
    """Listed lines that emit more than the city's whole industry."""
    totals = collector.content.totals
    if totals is None:
        return
    lines = collector.content.lines
    listed = lines.groupby(lines["city"].astype("object"))[list(EMISSION_FIELDS.values())].sum()
    industry = totals[totals["sector"] == INDUSTRY].set_index("city")
    for city in listed.index.intersection(industry.index):
        for pollutant, name in EMISSION_FIELDS.items():
            whole, sum_of = float(industry.loc[city, name]), float(listed.loc[city, name])
            if sum_of > whole * _ROUNDING:
                collector.general(
                    "listed_above_totals",
                    plain(sum_of),
                    levels=list(PLAN_FIELDS),
                    city=str(city),
                    pollutant=POLLUTANT_TEXT[pollutant],
                    expected=plain(whole),
                )
