"""Allotting over a whole list: the share orders of rules and the enterprise-wide plans, enterprise by enterprise.

A filed plan such as 停产50%（以生产线计） says the share of its enterprise in every row: it is one demand on the
lines of the enterprise and process that carry it.  Under a published list the plans bind alone, and the rules
of the warning are laid over what the plans stop, to see whether they ask for more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from alertengine.engine._resolve import ALLOTTED, Resolution, merged
from alertengine.engine.account import Numbers, shares
from alertengine.engine.allot import Allotment, Candidate, Demand, allot
from alertengine.engine.allotted import Allotted, Bools, Floats, Share
from alertengine.engine.facts import Facts
from alertengine.engine.filed_or_rule import Filed
from alertengine.files import Index, ranks
from alertengine.rulebook import Counting, Measure, Over
from alertengine.vocabulary import Status

#: The columns a counting is made of.
_COLUMNS: dict[Counting, tuple[str, ...]] = {
    "line": (),
    "unit": ("units",),
    "chamber": ("chambers",),
    "capacity": ("capacity",),
    "load": ("capacity", "load_pct"),
}


@dataclass(frozen=True, slots=True)
class _Order:
    """A share order of a rule, or an enterprise-wide plan, and the lines that it speaks of (``apart``: each alone)."""

    measure: Measure
    rows: Index
    warning: bool = False
    plan: bool = False
    apart: bool = False


def allot_lines(
    facts: Facts,
    resolutions: list[Resolution],
    rows_of: list[Index],
    filed: Filed,
    kept: Floats,
    *,
    published: bool,
) -> Allotted:
    """Choose what stops under every share order of a list.

    Args:
        facts: the columns of the list.
        resolutions: the distinct resolutions, with
        rows_of: the lines of each.
        filed: the filed plans.
        kept: the fraction of each line that share orders stopped before, (lines,): it stays chosen.
        published: the plans bind alone; what the rules ask beside them is computed for comparison.

    """
    idle = facts.boolean("long_stopped") == 2
    binding = np.zeros(len(facts), dtype=bool)
    for resolution, rows in zip(resolutions, rows_of, strict=True):
        result = resolution.regimes.get("warning")
        binding[rows] = result is not None and result.status in (Status.ORDERED, Status.UNDETERMINED)
    planned = binding & filed.asks
    ruled = list(_ordered(resolutions, rows_of))
    filed.count((order.rows, ";".join(order.measure.by or ("unit",))) for order in ruled if order.measure.share)
    orders = [*ruled, *_planned(filed, planned)]
    if not orders:
        return Allotted()
    work = _Work(facts, orders, kept, idle)
    work.lay(resolutions, rows_of, filed, planned, published=published)
    if published:
        work.settle([order for order in orders if order.plan or not order.warning])
        work.least = work.total.copy()
        work.lay(resolutions, rows_of, filed, planned, published=False)
        work.settle([order for order in orders if order.warning and not order.plan], binding=False)
    else:
        work.settle(orders)
    return work.finished()


def _ordered(resolutions: list[Resolution], rows_of: list[Index]) -> Iterator[_Order]:
    """The share orders of the rules."""
    members: dict[tuple[str, Measure, bool], list[Index]] = {}
    for resolution, rows in zip(resolutions, rows_of, strict=True):
        asking = [asked for asked in resolution.production if asked.measure.code in ALLOTTED]
        for asked in (*asking, *resolution.counted):
            members.setdefault((asked.rule.id, asked.measure, asked.regime == "warning"), []).append(rows)
    for (_, measure, warning), parts in sorted(members.items(), key=lambda item: (item[0][0], item[0][2])):
        yield _Order(measure, np.unique(np.concatenate(parts)), warning=warning)


def _planned(filed: Filed, binding: Bools) -> Iterator[_Order]:
    """The enterprise-wide plans that bind: lines of equal words."""
    for code, said in enumerate(filed.by.categories):
        here = binding & (filed.by.codes == code)
        if said.startswith("unit="):
            number, _, whose = said[5:].partition(";")
            over: Over = "enterprise" if whose == "all" else "process"
            measure = Measure(code="stop_units", amount=float(number), over=over)
            yield _Order(measure, np.flatnonzero(here), plan=True, apart=whose == "each")
            continue
        by = tuple(name for name in get_args(Counting) if name in said.split(";"))
        for share in np.unique(filed.share[here & (filed.share > 0)]):
            measure = Measure(code="stop_share", share=float(share), by=by)
            yield _Order(measure, np.flatnonzero(here & (filed.share == share)), plan=True)


class _Work:
    """The allotment of one list in the making; arrays are (lines,)."""

    def __init__(self, facts: Facts, orders: Sequence[_Order], kept: Floats, idle: Bools) -> None:
        self.kept, self._orders = kept, orders
        self.least = np.zeros(len(facts))
        self.total = np.zeros(len(facts))
        self._facts, self._idle = facts, idle
        self._enterprise = facts.owners()
        names = facts.lines.text("line_id")
        self._order = names.table(ranks(names.texts, natural=True), missing=len(names.texts))
        self._stopped, self._cut = np.zeros(len(facts), dtype=bool), np.zeros(len(facts))
        self._out = Allotted()
        planned = [order for order in orders if order.plan]
        self._plans = Share.of(*(order.rows for order in planned)) if planned else None
        ruled: dict[Measure, list[Index]] = {}
        for order in orders:
            if not order.plan:
                ruled.setdefault(order.measure, []).append(order.rows)
        self._rules = {measure: Share.of(*rows) for measure, rows in ruled.items()}
        self._adds, self._unmet, self._unproven = (np.zeros(len(facts), dtype=bool) for _ in range(3))

    def lay(
        self, resolutions: list[Resolution], rows_of: list[Index], filed: Filed, planned: Bools, *, published: bool
    ) -> None:
        """Note what orders other than shares stop, and what they take of each line's production.

        ``planned``: lines whose plan binds; ``published``: the rules of the warning do not.
        """
        alone = planned & (filed.by.codes < 0) & ~np.isnan(filed.share)
        self._cut = np.fmax(self._cut, np.where(alone, filed.share, 0.0))
        self._stopped |= alone & (filed.share >= 1)
        for resolution, rows in zip(resolutions, rows_of, strict=True):
            binding = [one for one in resolution.production if not published or one.regime != "warning"]
            for asked in merged(binding):
                if asked.measure.code == "stop" and not asked.measure.daily:
                    self._stopped[rows] = True
                elif asked.measure.code not in ALLOTTED:
                    found = shares(asked.measure, Numbers(self._facts, rows)).share
                    self._cut[rows] = np.fmax(self._cut[rows], np.nan_to_num(found))

    def settle(self, orders: Sequence[_Order], *, binding: bool = True) -> None:
        """Allot some orders together; the lines of an enterprise that they share are one problem.

        What cannot be met is noted of ``binding`` orders alone.
        """
        unmet, unproven = self._unmet.copy(), self._unproven.copy()
        lacking = {name: column.copy() for name, column in self._out.lacking.items()}
        parts = [(order, rows) for order in orders for rows in self._populations(order)]
        owned: dict[int, list[tuple[_Order, Index]]] = {}
        for order, rows in parts:
            owned.setdefault(int(self._enterprise[rows[0]]), []).append((order, rows))
        for some in owned.values():
            for together in [some] if len(some) == 1 else _connected(some):
                self._settle(together)
        if not binding:
            self._unmet, self._unproven, self._out.lacking = unmet, unproven, lacking

    def _populations(self, order: _Order) -> Iterator[Index]:
        """The lines of an order by enterprise, or enterprise and process, in natural order of their numbers."""
        rows = order.rows[~self._idle[order.rows]]
        if order.apart:
            yield from rows[:, None]
            return
        if not len(rows):
            return
        owners: list[npt.NDArray[np.integer[Any]]] = [self._enterprise[rows]]
        if order.measure.over == "process":
            owners.insert(0, self._facts.text("process").codes[rows])
        ordered = np.lexsort((self._order[rows], *owners))
        bounds = np.flatnonzero(np.logical_or.reduce([np.diff(owner[ordered]) for owner in owners]))
        yield from np.split(rows[ordered], bounds + 1)

    def _settle(self, parts: list[tuple[_Order, Index]]) -> None:
        """Allot orders that touch each other."""
        rows = parts[0][1] if len(parts) == 1 else self._in_order(np.unique(np.concatenate([own for _, own in parts])))
        place = {int(row): n for n, row in enumerate(rows)}
        loss = self._losses(rows)
        candidates = [
            Candidate(
                loss=float(loss[n]),
                cut=float(self._cut[row]),
                stopped=bool(self._stopped[row]),
                kept=float(self.kept[row]),
                least=float(self.least[row]),
            )
            for n, row in enumerate(rows)
        ]
        demands = [self._demand(order.measure, own, place) for order, own in parts]
        found, adding = _stricter_plans(candidates, demands, [order.plan for order, _ in parts])
        fractions = np.array(found.fractions)
        self.total[rows] = np.fmax(self.total[rows], fractions)
        self._unproven[rows] |= not found.proven
        for n, (order, own) in enumerate(parts):
            column = self._column(order)
            at = [place[int(row)] for row in own]
            column.put(own, fractions[at], np.array(found.own[n]), self._machines(order.measure, demands[n]))
            self._adds[own] |= adding[n]
            self._unmet[own] |= not found.met[n]

    def _column(self, order: _Order) -> Share:
        """What is gathered of an order's measure, or of all plans."""
        return self._plans if self._plans is not None and order.plan else self._rules[order.measure]

    def _in_order(self, rows: Index) -> Index:
        return rows[np.argsort(self._order[rows], kind="stable")]

    def _losses(self, rows: Index) -> Floats:
        """The production of each line: its output, else its capacity, else one line as good as another."""
        numbers = Numbers(self._facts, rows)
        capacity = numbers.get("capacity")
        if np.isnan(capacity).any() or not self._one_unit(rows):
            return np.ones(len(rows))
        load = numbers.get("load_pct")
        return capacity if np.isnan(load).any() else capacity * load / 100

    def _one_unit(self, rows: Index) -> bool:
        codes = self._facts.text("capacity_unit").codes[rows]
        return bool((codes == codes[0]).all())

    def _demand(self, measure: Measure, rows: Index, place: dict[int, int]) -> Demand:
        """An order on its population; what the list does not say is noted."""
        by: tuple[Counting, ...] = measure.by or ("unit",)
        numbers = Numbers(self._facts, rows)
        columns = []
        for name in by:
            values = np.ones(len(rows))
            for column in _COLUMNS[name]:
                values = values * numbers.get(column)
                self._note(column, rows[np.isnan(numbers.get(column))])
            if "capacity" in _COLUMNS[name] and not self._one_unit(rows):  # capacities are added only in one unit
                values = np.full(len(rows), np.nan)
                self._note("capacity_unit", rows)
            columns.append(values)
        parts = np.ones(len(rows))
        if "line" not in by:
            counted = [columns[by.index(name)] for name in ("chamber", "unit") if name in by]
            parts = counted[0] if counted else parts
        table = np.stack(columns, axis=1)
        if measure.code == "stop_units":
            table = np.where(_fits(measure, numbers.get("unit_size"))[:, None], table, 0.0)
            if measure.size_at_least is not None or measure.size_at_most is not None:
                unsized = np.isnan(numbers.get("unit_size"))
                if table.sum() < (measure.amount or 0):
                    self._note("unit_size", rows[unsized])
        return Demand(
            members=tuple(place[int(row)] for row in rows),
            amounts=tuple(tuple(None if np.isnan(v) else float(v) for v in held) for held in table),
            parts=tuple(max(1, int(n)) if not np.isnan(n) else 1 for n in parts),
            share=None if measure.code == "stop_units" else measure.share,
            count=measure.amount if measure.code == "stop_units" else None,
            additional=measure.on_top,
        )

    def _note(self, column: str, rows: Index) -> None:
        if len(rows):
            self._out.lacking.setdefault(column, np.zeros(len(self.total), dtype=bool))[rows] = True

    @staticmethod
    def _machines(measure: Measure, demand: Demand) -> Floats:
        """Into how many machines or chambers each member stops, NaN where it stops only whole."""
        by_machine = "line" not in measure.by and ({"unit", "chamber"} & set(measure.by or ("unit",)))
        return np.array(demand.parts, dtype=np.float64) if by_machine else np.full(len(demand.parts), np.nan)

    def finished(self) -> Allotted:
        """The allotment, long-stopped lines in neither part."""
        out = self._out
        for order in self._orders:
            column = self._column(order)
            still = order.rows[self._idle[order.rows]]
            for row in still:
                column.put(np.array([row]), np.zeros(1), np.zeros(1), np.full(1, np.nan))
        out.orders, out.plan = self._rules, self._plans
        out.adds = self._adds if self._plans is not None else None
        out.unmet, out.unproven = self._unmet, self._unproven
        return out


def _stricter_plans(
    candidates: Sequence[Candidate], demands: Sequence[Demand], plans: Sequence[bool]
) -> tuple[Allotment, list[bool]]:
    """All demands allotted together, and which plans ask more than the rules alone; a plan alone adds nothing."""
    rules = [demand for demand, plan in zip(demands, plans, strict=True) if not plan]
    if not rules or len(rules) == len(demands):
        return allot(candidates, demands), [False] * len(demands)
    alone = allot(candidates, rules)
    done = zip(rules, alone.own, alone.met, strict=True)
    on_top = {demand: own for demand, own, met in done if met and demand.additional}  # of rules that ask alike once
    ordinary = np.array(alone.fractions)  # what is stopped on top of all else covers no plan
    for demand, part in on_top.items():
        ordinary[list(demand.members)] -= part
    adding = [
        plan and demand not in rules and (demand.unknown or not demand.covered(ordinary.tolist()))
        for demand, plan in zip(demands, plans, strict=True)
    ]
    if any(adding):
        return allot(candidates, demands), adding
    found = iter(zip(alone.own, alone.met, strict=True))
    own, met = [], []
    for demand, plan in zip(demands, plans, strict=True):
        if plan:
            twin = rules.index(demand) if demand in rules else None
            own.append(tuple(alone.fractions[member] for member in demand.members))
            met.append(True if twin is None else alone.met[twin])
        else:
            counted, reached = next(found)
            own.append(counted)
            met.append(reached)
    return Allotment(alone.fractions, tuple(own), tuple(met), alone.proven), adding


def _connected(parts: list[tuple[_Order, Index]]) -> list[list[tuple[_Order, Index]]]:
    """The populations of an enterprise grouped so that those which share a line stand together."""
    groups: list[tuple[set[int], list[tuple[_Order, Index]]]] = []
    for part in parts:
        rows, together = set(part[1].tolist()), [part]
        apart = []
        for reached, some in groups:
            if reached & rows:
                rows, together = rows | reached, [*some, *together]
            else:
                apart.append((reached, some))
        groups = [*apart, (rows, together)]
    return [some for _, some in groups]


def _fits(measure: Measure, sizes: Floats) -> Bools:
    """Machines surely of the size that is meant."""
    low = -np.inf if measure.size_at_least is None else measure.size_at_least
    high = np.inf if measure.size_at_most is None else measure.size_at_most
    return ((sizes >= low) & (sizes <= high)) | (np.isneginf(low) & np.isposinf(high))
