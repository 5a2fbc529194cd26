"""Amounts of a list that cannot be, or that look like another unit: told, and kept out of every decision.

What is plausible is data (``amounts`` in ``rules/vocabulary/plausible.yaml``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.files import Column, Findings, plain_number
from alertengine.lists.list_headers import MASS_UNITS
from alertengine.rulebook import Amounts
from alertengine.vocabulary import (
    EMISSION_FIELDS,
    POLLUTANT_TEXT,
    TOTAL_SECTORS,
    Problem,
    Words,
    about,
    answered_itself,
    number,
    rounded,
)

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
#: Numbers of groups: few of them sort faster in 16 bits.
Groups = npt.NDArray[np.integer[Any]]
#: The sector of the city totals that the listed lines are part of.
_INDUSTRY: Final = TOTAL_SECTORS[0]
#: What lies between units that are mistaken for each other: tonnes, kilograms and grams.
_THOUSAND: Final = 1000.0


@dataclass(slots=True)
class AmountDoubts:
    """What is doubted in the amounts of one list.

    ``lines`` as read, with amounts in kg/d; ``columns`` the column of each field the file has; ``rows`` the row of
    each line; ``findings`` where it is told, whose notes say which cells a person has answered for.
    """

    lines: pd.DataFrame
    columns: Mapping[str, Column]
    rows: npt.NDArray[np.int64]
    rule: Amounts
    findings: Findings
    out: dict[str, Bools] = field(default_factory=dict)

    def kept(self) -> pd.DataFrame:
        """The lines without what is doubted: such a cell counts as unknown."""
        amounts = {name: self.lines[name].to_numpy(np.float64) for name in EMISSION_FIELDS.values()}
        self._columns(amounts)
        self._peers(amounts)
        for pollutant, most in self.rule.most.items():
            name = EMISSION_FIELDS[pollutant]
            for line in map(int, np.flatnonzero(amounts[name] > most)):
                if not self._is_doubted(name, line):
                    self._doubt("absurd", line, name, expected=number(most))
        changed = {name: self.lines[name].mask(wrong) for name, wrong in self.out.items()}
        return self.lines.assign(**changed) if changed else self.lines

    def _columns(self, amounts: dict[str, Floats]) -> None:
        """Columns without a unit in their header whose numbers, taken together, are none of kilograms a day."""
        unstated = [name for name in amounts if not self.columns[name].unit]
        below = {EMISSION_FIELDS[pollutant]: least for pollutant, least in self.rule.columns.below.items()}
        for name in unstated:
            there = amounts[name] > 0
            if there.sum() < self.rule.columns.least:
                continue
            middle = float(np.median(amounts[name][there]))
            if middle < below.get(name, 0.0) or middle > self.rule.columns.above:
                self._column(name, there, middle)
        heavy = self.rule.heavy
        left = [name for name in unstated if name not in self.out and (amounts[name] > 0).any()]
        if heavy is None or not left:
            return
        of_heavy = self.lines["industry"].isin(heavy.industries).to_numpy()
        largest = np.fmax.reduce([amounts[name][of_heavy] for name in amounts])
        largest = largest[largest > 0]
        if len(largest) >= heavy.least and np.median(largest) < heavy.below:
            for name in left:
                self._column(name, amounts[name] > 0, float(np.median(amounts[name][amounts[name] > 0])))

    def _column(self, name: str, there: Bools, middle: float) -> None:
        """Doubt a whole column, once."""
        first = int(np.flatnonzero(there)[0])
        unit = Words("tonnes_a_day" if middle < 1 else "grams_a_day")
        header, value = self.columns[name].header, number(self._written(name, first))
        told = self.findings.problem(
            "column_unit_doubted", int(self.rows[first]), header, value, middle=number(middle), unit=unit,
            count=int(there.sum()),
        )  # fmt: skip
        self.findings.problems.append(told)
        self.out[name] = there

    def _peers(self, amounts: dict[str, Floats]) -> None:
        """Amounts a factor off those of like lines; where all of a line's amounts are, perhaps its capacity is."""
        group, capacity = _groups(self.lines)
        order = np.argsort(group, kind="stable")
        starts = np.flatnonzero(np.diff(group[order].astype(np.int64), prepend=-1))
        least, factor = self.rule.peers.least, self.rule.peers.factor
        off: dict[str, _Peers] = {}
        for name, values in amounts.items():
            whole = self.out.get(name)
            known = values if whole is None else np.where(whole, np.nan, values)
            off[name] = _beside(known / capacity, group, order, starts, least, factor)
        if not any(_far(one.factor, factor).any() for one in off.values()):
            return
        factors = np.stack([one.of_lines() for one in off.values()])
        doubted, told = _far(factors, factor), ~np.isnan(factors)
        own = np.where(capacity == 1.0, np.nan, capacity)
        of_capacity = _beside(own, group, order, starts, least, factor)
        capacity_off = _far(of_capacity.of_lines(), factor) & (doubted == told).all(axis=0) & (told.sum(axis=0) > 1)
        for line in map(int, np.flatnonzero(capacity_off)):
            self._beside_peers(line, "capacity", of_capacity, 1.0)
        for at, name in enumerate(amounts):
            for line in map(int, np.flatnonzero(doubted[at] & ~capacity_off)):
                self._beside_peers(line, name, off[name], capacity[line])

    def _beside_peers(self, line: int, name: str, peers: _Peers, capacity: float) -> None:
        if self._is_doubted(name, line):
            return
        place = int(np.searchsorted(peers.lines, line))
        times, count = float(peers.factor[place]), str(int(peers.count[place]))
        usual = peers.median[place] * capacity
        factor = rounded(times) if times >= 1 else f"1/{rounded(1 / times)}"
        said = Words("times_as_much" if times >= 1 else "part_of", factor=factor)
        self._doubt("unit_off", line, name, factor=said, peers=count, expected=about(usual), usual=usual)

    def _is_doubted(self, name: str, line: int) -> bool:
        return name in self.out and bool(self.out[name][line])

    def _doubt(self, code: str, line: int, name: str, *, usual: float = 0.0, **said: Any) -> None:
        """One cell: asked about and kept out, unless a person said that it is as it stands."""
        header, value = self.columns[name].header, self._written(name, line)
        if any(column == header and _same(text, value) for column, text in answered_itself(self.findings.warnings)):
            return
        down = self.lines[name].iloc[line] > usual
        near = [number(value / _THOUSAND if down else value * _THOUSAND)]
        self.findings.problems.append(
            self.findings.problem(code, int(self.rows[line]), header, number(value), near=near, **said)
        )
        self.out.setdefault(name, np.zeros(len(self.lines), dtype=np.bool_))[line] = True

    def _written(self, name: str, line: int) -> float:
        """The number of a cell as the file has it, in the unit of its header."""
        value = float(self.lines[name].iloc[line])
        kilograms, yearly = MASS_UNITS.get(self.columns[name].unit, (1.0, False))
        days = float(self.lines["production_days"].iloc[line])
        return value / kilograms * ((365.0 if np.isnan(days) else days) if yearly else 1.0)


def doubted_totals(
    totals: pd.DataFrame, lines: pd.DataFrame, rule: Amounts, file: str, findings: Findings
) -> pd.DataFrame:
    """City totals without those that cannot be of the same unit as the listed lines: they count as unknown.

    ``file`` is that of the totals.
    """
    industry = totals[totals["sector"] == _INDUSTRY].set_index("city")
    names = [str(city) for city in lines["city"].cat.categories]
    group = lines["city"].cat.codes.to_numpy() + 1  # 0: no city
    for pollutant, name in EMISSION_FIELDS.items():
        amounts = lines[name].to_numpy(np.float64)
        sums = np.bincount(group, np.nan_to_num(amounts), minlength=len(names) + 1)[1:].tolist()
        counts = np.bincount(group[amounts >= 0], minlength=len(names) + 1)[1:].tolist()
        wholes = industry[name].reindex(names).tolist()
        for city, whole, some, count in zip(names, wholes, sums, counts, strict=True):
            few = count >= rule.totals.least and 0 < some < whole * rule.totals.below
            if some > whole * rule.totals.above > 0 or (few and some * _THOUSAND <= whole * rule.totals.above):
                said: dict[str, Any] = {"city": city, "pollutant": POLLUTANT_TEXT[pollutant], "listed": number(some)}
                findings.problems.append(Problem("totals_unit_doubted", file=file, value=number(whole), **said))
                totals = totals.assign(**{name: totals[name].mask(totals["city"] == city)})
    return totals


@dataclass(frozen=True, slots=True)
class _Peers:
    """How far lines lie from their peers: ``factor`` (NaN: cannot be said), their median and number.

    ``lines`` (n,) are those of groups that lie far apart; the other ``known`` lines (lines,) lie beside their peers.
    """

    known: Bools
    lines: npt.NDArray[np.int64]
    factor: Floats
    median: Floats
    count: Floats

    def of_lines(self) -> Floats:
        """The factor of every line; NaN where it cannot be said."""
        out = np.where(self.known, 1.0, np.nan)
        out[self.lines] = self.factor
        return out


def _beside(
    values: Floats, group: Groups, order: npt.NDArray[np.int64], starts: npt.NDArray[np.int64],
    least: int, factor: float,
) -> _Peers:  # fmt: skip
    """Each positive value beside the median of its group, where the group's values lie that far apart.

    ``order`` sorts the lines by group, ``starts`` are the first of each group in it.
    """
    known = values > 0
    wide = np.zeros(len(values), dtype=bool)
    if len(values):
        positive = np.where(known, values, np.nan).take(order)
        lowest, highest = np.fmin.reduceat(positive, starts), np.fmax.reduceat(positive, starts)
        wide = (highest / factor >= lowest).take(group)  # NaN: nothing there
    lines = np.flatnonzero(wide & known)
    logs = pd.Series(np.log10(values[lines]))
    grouped = logs.groupby(group[lines])
    median, count = grouped.transform("median").to_numpy(), grouped.transform("count").to_numpy()
    return _Peers(known, lines, np.where(count >= least, 10 ** (logs.to_numpy() - median), np.nan), 10**median, count)


def _groups(lines: pd.DataFrame) -> tuple[Groups, Floats]:
    """The peers of each line, and its capacity (1 where it has none): like is compared with like."""
    given = (lines["capacity"] > 0).to_numpy() & lines["capacity_unit"].notna().to_numpy()
    unit = np.where(given, lines["capacity_unit"].cat.codes.to_numpy(), -2).astype(np.int64)
    key = np.zeros(len(lines), dtype=np.int64)
    for name in ("industry", "process"):
        key = key * (len(lines[name].cat.categories) + 1) + lines[name].cat.codes.to_numpy() + 1
    key = key * (len(lines["capacity_unit"].cat.categories) + 2) + unit + 2
    group = pd.factorize(key)[0]
    few = len(group) and group.max() < 1 << 16
    return group.astype(np.uint16 if few else np.int64), np.where(given, lines["capacity"].to_numpy(np.float64), 1.0)


def _far(factor: Floats, limit: float) -> Bools:
    return (factor >= limit) | (factor <= 1 / limit)


def _same(text: str, value: float) -> bool:
    return bool(np.isclose(plain_number(text), value, rtol=1e-5, atol=0))
