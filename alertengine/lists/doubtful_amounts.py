"""Numbers of a list that no line has, and amounts that look like another unit: told, and kept out of every decision.

What is plausible is data (``lines`` and ``amounts`` in ``rules/vocabulary/plausible.yaml``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from alertengine.files import CodedTable, Column, Findings, joined, plain_number
from alertengine.lists.list_headers import MASS_UNITS
from alertengine.rulebook import Amounts, Range
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

    lines: CodedTable
    columns: Mapping[str, Column]
    rows: npt.NDArray[np.int64]
    rule: Amounts
    findings: Findings
    out: dict[str, Bools] = field(default_factory=dict)

    def kept(self) -> CodedTable:
        """The lines without what is doubted: such a cell counts as unknown."""
        amounts = {name: self.lines.number(name) for name in EMISSION_FIELDS.values()}
        self._columns(amounts)
        self._peers(amounts)
        for pollutant, most in self.rule.most.items():
            name = EMISSION_FIELDS[pollutant]
            for line in map(int, np.flatnonzero(amounts[name] > most)):
                if not self._is_doubted(name, line):
                    self._doubt("absurd", line, name, expected=number(most))
        return self.lines.having(
            {name: np.where(wrong, np.nan, self.lines.number(name)) for name, wrong in self.out.items()}
        )

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
        if heavy is None:
            return
        of_heavy = self.lines.text("industry").among(heavy.industries)
        largest = np.fmax.reduce([amounts[name][of_heavy] for name in amounts])
        largest = largest[largest > 0]
        if len(largest) >= heavy.least and np.median(largest) < heavy.below:
            for name in unstated:
                there = amounts[name] > 0
                if name not in self.out and there.any():
                    self._column(name, there, float(np.median(amounts[name][there])))

    def _column(self, name: str, there: Bools, middle: float) -> None:
        """Doubt a whole column, once."""
        first = int(np.flatnonzero(there)[0])
        unit = Words("tonnes_a_day" if middle < 1 else "grams_a_day")
        header, value = self.columns[name].header, number(self._written(name, first))
        said = {"middle": number(middle), "unit": unit, "count": int(there.sum())}
        self.findings.ask("column_unit_doubted", int(self.rows[first]), header, value, **said)
        self.out[name] = there

    def _peers(self, amounts: dict[str, Floats]) -> None:
        """Amounts a factor off those of like lines; where all of a line's amounts are, perhaps its capacity is."""
        group, capacity = _groups(self.lines)
        order = np.argsort(group, kind="stable")
        _, starts = np.unique(group[order], return_index=True)
        least, factor = self.rule.peers.least, self.rule.peers.factor
        off: dict[str, _Peers] = {}
        for name, values in amounts.items():
            whole = self.out.get(name)
            known = values if whole is None else np.where(whole, np.nan, values)
            off[name] = _beside(known / capacity, group, order, starts, least, factor)
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
        off, factor = ("times_as_much", rounded(times)) if times > 1 else ("part_of", f"1/{rounded(1 / times)}")
        said = Words(off, factor=factor)
        self._doubt("unit_off", line, name, factor=said, peers=count, expected=about(usual), usual=usual)

    def _is_doubted(self, name: str, line: int) -> bool:
        return name in self.out and bool(self.out[name][line])

    def _doubt(self, code: str, line: int, name: str, *, usual: float = 0.0, **said: Any) -> None:
        """One cell: asked about and kept out, unless a person said that it is as it stands."""
        header, value = self.columns[name].header, self._written(name, line)
        said_so = [text for column, text in answered_itself(self.findings.warnings) if column == header]
        if any(np.isclose(plain_number(text), value, rtol=1e-5, atol=0) for text in said_so):
            return
        down = self.lines.number(name)[line] > usual
        near = [number(value / _THOUSAND if down else value * _THOUSAND)]
        self.findings.ask(code, int(self.rows[line]), header, number(value), near=near, **said)
        self.out.setdefault(name, np.zeros(len(self.lines), dtype=np.bool_))[line] = True

    def _written(self, name: str, line: int) -> float:
        """The number of a cell as the file has it, in the unit of its header."""
        value = float(self.lines.number(name)[line])
        kilograms, yearly = MASS_UNITS.get(self.columns[name].unit, (1.0, False))
        days = float(self.lines.number("production_days")[line])
        return value / kilograms * ((365.0 if np.isnan(days) else days) if yearly else 1.0)


def doubted_totals(totals: CodedTable, lines: CodedTable, rule: Amounts, file: str, findings: Findings) -> CodedTable:
    """City totals without those that cannot be of the same unit as the listed lines: they count as unknown.

    ``file`` is that of the totals.
    """
    where, listed = totals.text("city"), lines.text("city")
    at = {where[row]: row for row in np.flatnonzero(totals.text("sector").among([_INDUSTRY])).tolist()}
    names = listed.names
    group = listed.codes.astype(np.int64) + 1  # 0: no city
    for pollutant, name in EMISSION_FIELDS.items():
        amounts, wholes = lines.number(name), totals.number(name)
        sums = np.bincount(group, np.nan_to_num(amounts), minlength=len(names) + 1)[1:].tolist()
        counts = np.bincount(group[amounts >= 0], minlength=len(names) + 1)[1:].tolist()
        for city, some, count in zip(names, sums, counts, strict=True):
            whole = float(wholes[at[city]]) if city in at else np.nan
            few = count >= rule.totals.least and 0 < some < whole * rule.totals.below
            if some > whole * rule.totals.above > 0 or (few and some * _THOUSAND <= whole * rule.totals.above):
                said: dict[str, Any] = {"city": city, "pollutant": POLLUTANT_TEXT[pollutant], "listed": number(some)}
                findings.problems.append(Problem("totals_unit_doubted", file=file, value=number(whole), **said))
                wholes = np.where(where.among([city]), np.nan, wholes)
                totals = totals.having({name: wholes})
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
    logs = np.log10(values[lines])
    median, count = _medians(logs, group[lines])
    return _Peers(known, lines, np.where(count >= least, 10 ** (logs - median), np.nan), 10**median, count)


def _medians(values: Floats, group: Groups) -> tuple[Floats, Floats]:
    """The median of each value's group, and how many the group has."""
    order = np.lexsort((values, group))
    _, starts, counts = np.unique(group[order], return_index=True, return_counts=True)
    middle = (values[order][starts + (counts - 1) // 2] + values[order][starts + counts // 2]) / 2
    median, count = np.empty(len(values)), np.empty(len(values))
    median[order], count[order] = np.repeat(middle, counts), np.repeat(counts, counts)
    return median, count


def _groups(lines: CodedTable) -> tuple[Groups, Floats]:
    """The peers of each line, and its capacity (1 where it has none): like is compared with like."""
    capacity, unit = lines.number("capacity"), lines.text("capacity_unit")
    given = (capacity > 0) & unit.known
    industry, process = lines.text("industry"), lines.text("process")
    group, firsts = joined(industry.codes, process.codes, np.where(given, unit.codes, -1))
    return group.astype(np.min_scalar_type(len(firsts))), np.where(given, capacity, 1.0)


def _far(factor: Floats, limit: float) -> Bools:
    return (factor >= limit) | (factor <= 1 / limit)


def without_implausible(
    lines: CodedTable,
    columns: Mapping[str, Column],
    rows: npt.NDArray[np.int64],
    ranges: Mapping[str, Range],
    findings: Findings,
) -> CodedTable:
    """The lines without numbers outside the range of their field, each of which is told.

    Args:
        lines: as read, numbers in the unit of the list.
        columns: the column of each field the file has.
        rows: the row of each line in the file.
        ranges: lowest and highest number by field (``lines`` in ``rules/vocabulary/plausible.yaml``).
        findings: where it is told.

    """
    out = {}
    for name in (one for one in ranges if one in columns):
        lowest, highest = ranges[name].lowest, ranges[name].highest
        values = lines.number(name)
        wrong = (values < lowest) | (values > highest)
        if wrong.any():
            findings.bad_cells(
                columns[name].header, rows[wrong], map(number, values[wrong]), "number_implausible",
                lowest=lowest, highest=highest,
            )  # fmt: skip
            out[name] = np.where(wrong, np.nan, values)
    return lines.having(out) if out else lines
