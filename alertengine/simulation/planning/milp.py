"""The choice as a mixed-integer model, one 0/1 variable per level, cluster and joint option, and its exact solution.

Rows: one option for each cluster and level; what each pollutant needs at each level; and, for every pair
of groups of which one may never be lighter (a worse grade, a graver level), one row per step of strictness.

HiGHS (scipy ``milp``) finds the least production lost under all requirements; where none is lawful, the least
shortfall and then the least loss at that shortfall.  At equal loss the plan that changes fewest measures is taken.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import lt
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, hstack, vstack

from alertengine.rulebook import OpenLists
from alertengine.simulation.planning.effects import Cluster
from alertengine.simulation.planning.groups import LineGroup, not_lighter
from alertengine.simulation.planning.phases import Phases
from alertengine.simulation.planning.remainder import Need
from alertengine.simulation.planning.steps import DIMENSIONS, Strictness
from alertengine.vocabulary import GRADES, LEVEL_TEXT, POLLUTANTS, EngineError, Level

Floats = npt.NDArray[np.float64]
#: What the place of a step among the steps weighs against changing one more measure.
_MILDER = 1e-3
#: A place in the model: a level and the number of a group.
Node = tuple[Level, int]


@dataclass(slots=True)
class LinearRow:
    """One linear row: coefficients by variable, bounds, and its name in Chinese for the certificate."""

    entries: dict[int, float]
    low: float
    high: float
    name: str = ""


@dataclass(slots=True)
class Model:
    """The model of one city.

    ``variables`` name (level, cluster, joint option); ``lost`` is the production each costs a day, over the phases of
    its level; ``cover`` (needs, variables) the kg/d each brings in the phase of the need, ``fixed`` (needs,) what lines
    outside every cluster bring; ``changes`` counts the measures a variable changes, milder steps a little less;
    ``rows`` are the choice and order rows.
    """

    variables: list[tuple[Level, int, int]]
    lost: Floats
    cover: Floats
    fixed: Floats
    changes: Floats
    rows: list[LinearRow]
    needs: Sequence[Need]

    def matrix(self) -> tuple[csr_array, Floats, Floats]:
        """The rows as a sparse matrix with bounds."""
        at = [(number, column, value) for number, row in enumerate(self.rows) for column, value in row.entries.items()]
        i, j, values = zip(*at, strict=True) if at else ((), (), ())
        low = np.array([row.low for row in self.rows])
        high = np.array([row.high for row in self.rows])
        shape = (len(self.rows), len(self.variables))
        return csr_array((np.array(values, dtype=np.float64), (i, j)), shape=shape), low, high


def build_model(
    lists: OpenLists,
    groups: Sequence[LineGroup],
    clusters: Sequence[Cluster],
    levels: Sequence[Level],
    needs: Sequence[Need],
    phases: Phases,
) -> Model:
    """The model of one city's clusters: one choice a level, good in every phase of it."""
    variables = [
        (level, number, combo)
        for level in levels
        for number, cluster in enumerate(clusters)
        for combo, options in enumerate(cluster.combos)
        if all(groups[place].allowed(level, option) for place, option in zip(cluster.groups, options, strict=True))
        and not any(cluster.lighter[at][combo] for at in phases.at(level))
    ]
    lost = np.array(
        [
            sum(phases.weights[at] * clusters[number].lost[at][combo] for at in phases.at(level))
            for level, number, combo in variables
        ],
        dtype=np.float64,
    )
    cover = np.zeros((len(needs), len(variables)))
    fixed = np.array([need.now for need in needs], dtype=np.float64)
    for at, need in enumerate(needs):
        column = POLLUTANTS.index(need.pollutant)
        fixed[at] -= sum(cluster.kilograms[need.phase][0, column] for cluster in clusters)
        for place, (level, number, combo) in enumerate(variables):
            if level is need.level:
                cover[at, place] = clusters[number].kilograms[need.phase][combo, column]
    changes = np.zeros(len(variables))  # measures that each changes; of as many, the milder steps count a little less
    for at, (_, number, combo) in enumerate(variables):
        options = zip(clusters[number].groups, clusters[number].combos[combo], strict=True)
        changes[at] = sum(1 + _MILDER * option / len(groups[place].steps) for place, option in options if option)
    chosen = _choices(clusters, variables)
    rows = [*_one_each(clusters, levels, variables), *_orders(lists, groups, levels, chosen)]
    return Model(variables, lost, cover, fixed, changes, rows, needs)


def _one_each(
    clusters: Sequence[Cluster], levels: Sequence[Level], variables: Sequence[tuple[Level, int, int]]
) -> Iterable[LinearRow]:
    """Each cluster has one joint option at each level."""
    rows = {(level, number): LinearRow({}, 1.0, 1.0) for level in levels for number in range(len(clusters))}
    for place, (level, number, _) in enumerate(variables):
        rows[level, number].entries[place] = 1.0
    return rows.values()


#: For each node and option of its group: the variables that choose it.
_Chosen = dict[Node, dict[int, list[int]]]


def _choices(clusters: Sequence[Cluster], variables: Sequence[tuple[Level, int, int]]) -> _Chosen:
    out: _Chosen = {}
    for place, (level, number, combo) in enumerate(variables):
        for group, option in zip(clusters[number].groups, clusters[number].combos[combo], strict=True):
            out.setdefault((level, group), {}).setdefault(option, []).append(place)
    return out


def _orders(
    lists: OpenLists, groups: Sequence[LineGroup], levels: Sequence[Level], chosen: _Chosen
) -> Iterable[LinearRow]:
    """A worse grade and a graver level are never lighter."""
    inside = sorted({group for _, group in chosen})
    by_kind: dict[tuple[str, str, str], list[int]] = {}
    for number in inside:
        key = groups[number].key
        by_kind.setdefault((key.city, key.industry, key.process), []).append(number)
    for same in by_kind.values():
        for one, other in itertools.permutations(same, 2):
            if not_lighter(lists, groups[one].key, groups[other].key):
                for level in levels:
                    yield from _pair(groups, (level, one), (level, other), chosen)
    for number in inside:
        for milder, graver in itertools.combinations(sorted(levels, key=lambda level: level.rank), 2):
            yield from _pair(groups, (milder, number), (graver, number), chosen)


def _pair(groups: Sequence[LineGroup], light: Node, grave: Node, chosen: _Chosen) -> Iterable[LinearRow]:
    """The second of two nodes at no hour lighter than the first, unless both keep the measures they have now."""
    hourly = {node: {n: groups[node[1]].asks(node[0], n) for n in chosen[node]} for node in (light, grave)}
    name = _name(groups, light, grave)
    seen: set[frozenset[tuple[int, float]]] = set()
    for hour in range(len(hourly[light][0])):
        asks = {node: {n: said[hour] for n, said in options.items()} for node, options in hourly.items()}
        for row in _pair_at(asks, light, grave, chosen, name):
            entries = frozenset(row.entries.items())
            if entries not in seen:
                seen.add(entries)
                yield row


def _pair_at(
    asks: dict[Node, dict[int, Strictness]], light: Node, grave: Node, chosen: _Chosen, name: str
) -> Iterable[LinearRow]:
    """The rows of one hour."""
    kept = asks[light][0]
    lighter = [n for n, said in asks[grave].items() if n and any(map(lt, said, kept))]
    if lighter:
        yield LinearRow(
            _summed([(chosen[light][0], 1.0), *((chosen[grave][n], 1.0) for n in lighter)]), -np.inf, 1.0, name
        )
    for dimension in range(len(DIMENSIONS)):
        most = min(said[dimension] for said in asks[grave].values())
        for value in sorted({said[dimension] for n, said in asks[light].items() if n and said[dimension] > most}):
            left = [v for n, said in asks[light].items() if n and said[dimension] >= value for v in chosen[light][n]]
            right = [v for n, said in asks[grave].items() if said[dimension] >= value for v in chosen[grave][n]]
            yield LinearRow(_summed([(left, 1.0), (right, -1.0)]), -np.inf, 0.0, name)


def _summed(parts: Iterable[tuple[list[int], float]]) -> dict[int, float]:
    """Coefficients added up: in a cluster one variable chooses for both nodes."""
    out: dict[int, float] = {}
    for places, value in parts:
        for place in places:
            out[place] = out.get(place, 0.0) + value
    return out


def _name(groups: Sequence[LineGroup], light: Node, grave: Node) -> str:
    one, other = groups[light[1]].key, groups[grave[1]].key
    where = f"{one.industry}{one.process}"
    if light[1] == grave[1]:
        return f"{where}（{one.grade or '未载明等级'}）：{LEVEL_TEXT[grave[0]]}不轻于{LEVEL_TEXT[light[0]]}"
    grades = tuple(f"{key.grade}级" if key.grade in GRADES[:6] else key.grade for key in (other, one))
    return f"{where}：{LEVEL_TEXT[light[0]]}时{grades[0]}不轻于{grades[1]}"


# -- solving

#: Shortfalls up to this, kg/d, are rounding.
_ROUNDING = 1e-9
#: Covering rows are met to the solver's tolerance; asked this much more (relative), they are met outright.
_SAFETY = (0.0, 2e-7, 1e-6)
_INFEASIBLE = 2


@dataclass(slots=True)
class Solution:
    """What was chosen and what is proven.

    ``chosen`` numbers variables; ``lost`` production lost; ``bound`` below which no lawful plan goes, ``gap`` their
    relative distance; ``short`` (needs,) kg/d by which each requirement is missed; ``reachable`` (needs,) the most
    each could reach alone, given only where something is missed; ``prices`` (needs,) production lost per further
    kg/d required and ``binding`` the names of the order rows with a price, both of the linear relaxation.
    """

    chosen: list[int]
    lost: float
    bound: float
    gap: float
    short: Floats
    proven: bool
    reachable: Floats | None = None
    prices: Floats | None = None
    binding: list[tuple[str, float]] = field(default_factory=list)


def solve(model: Model, seconds: float) -> Solution:
    """The least costly lawful choice, or the nearest to the requirements where there is none.

    Raises:
        EngineError: the solver found nothing in its time.

    """
    if not model.variables:
        short = _short(model, [])
        return Solution([], 0.0, 0.0, 0.0, short, proven=True, reachable=model.fixed.copy() if short.any() else None)
    for extra in _SAFETY:
        asked = _asked(model) + extra * np.abs(_asked(model))
        found = _least(model, asked, seconds)
        limit: Floats | None = None
        if found is None:
            limit = _shortfall(model, asked, seconds)
            found = _least(model, asked - limit, seconds)
        if found is None:
            raise EngineError("the solver found no plan in its time; allow it more with --seconds")
        chosen = _fewest(model, asked - (0 if limit is None else limit), found, seconds)
        short = _short(model, chosen)
        if limit is not None or not short.any():
            break
    lost, bound = float(model.lost[chosen].sum()), min(float(found.mip_dual_bound), float(found.fun))
    gap = max(0.0, lost - bound) / max(abs(lost), 1e-12) if lost > bound else 0.0
    out = Solution(chosen, lost, bound, gap, short, proven=bool(found.status == 0) and gap <= 1e-6)
    if short.any():
        out.reachable = np.array([_reachable(model, at, seconds) for at in range(len(model.needs))])
    else:
        out.prices, out.binding = _prices(model, _asked(model))
    return out


def _asked(model: Model) -> Floats:
    """kg/d that the variables must bring."""
    return np.array([need.asked for need in model.needs]) - model.fixed


def _short(model: Model, chosen: Sequence[int]) -> Floats:
    """kg/d by which a choice misses each requirement."""
    missing = _asked(model) - model.cover[:, chosen].sum(axis=1)
    return np.where(missing > _ROUNDING, missing, 0.0)


def _run(cost: Floats, constraints: list[LinearConstraint], seconds: float, continuous: int = 0) -> Any:
    """One run of HiGHS; the last ``continuous`` variables are not whole and have no upper bound."""
    whole = np.ones(len(cost))
    high = np.ones(len(cost))
    if continuous:
        whole[-continuous:], high[-continuous:] = 0, np.inf
    options = {"mip_rel_gap": 0.0, "time_limit": seconds}
    return milp(cost, integrality=whole, bounds=Bounds(0, high), constraints=constraints, options=options)


def _scale(model: Model) -> Floats:
    return np.array([max(need.share * need.society, 1.0) for need in model.needs])


def _rows(model: Model) -> LinearConstraint:
    matrix, low, high = model.matrix()
    return LinearConstraint(matrix, low, high)


def _covering(model: Model, asked: Floats) -> LinearConstraint:
    scale = _scale(model)
    return LinearConstraint(csr_array(model.cover / scale[:, None]), asked / scale, np.inf)


def _least(model: Model, asked: Floats, seconds: float) -> Any:
    """The run that loses least, or None where no choice is lawful."""
    found = _run(model.lost, [_rows(model), _covering(model, asked)], seconds)
    if found.status == _INFEASIBLE:
        return None
    if found.x is None:
        raise EngineError("the solver found no plan in its time; allow it more with --seconds")
    return found


def _fewest(model: Model, asked: Floats, found: Any, seconds: float) -> list[int]:
    """Of the choices that lose no more, the one that changes fewest measures."""
    first = _chosen(found.x)
    most = float(model.lost[first].sum())
    ceiling = LinearConstraint(csr_array(model.lost[None, :]), -np.inf, most + 1e-9 * max(1.0, most))
    fewer = _run(model.changes, [_rows(model), _covering(model, asked), ceiling], min(seconds, 10.0))
    if fewer.x is None:
        return first
    chosen = _chosen(fewer.x)
    worse = model.changes[chosen].sum() >= model.changes[first].sum()
    slack = asked - model.cover[:, chosen].sum(axis=1)
    return first if worse or (slack > _ROUNDING).any() else chosen


def _chosen(x: Floats) -> list[int]:
    return [int(place) for place in np.flatnonzero(x > 0.5)]


def _shortfall(model: Model, asked: Floats, seconds: float) -> Floats:
    """The least kg/d to give up of each requirement, their sum least as shares of the requirements."""
    count = len(model.needs)
    matrix, low, high = model.matrix()
    wide = hstack([matrix, csr_array((matrix.shape[0], count))]).tocsr()
    scale = _scale(model)
    cover = hstack([csr_array(model.cover / scale[:, None]), csr_array(np.eye(count))]).tocsr()
    cost = np.concatenate([np.zeros(len(model.variables)), np.ones(count)])
    rows = [LinearConstraint(wide, low, high), LinearConstraint(cover, asked / scale, np.inf)]
    found = _run(cost, rows, seconds, continuous=count)
    if found.x is None:
        raise EngineError("the solver found no plan in its time; allow it more with --seconds")
    chosen = _chosen(found.x[: len(model.variables)])
    return np.maximum(0.0, asked - model.cover[:, chosen].sum(axis=1)) * (1 + 1e-9) + scale * 1e-9


def _reachable(model: Model, at: int, seconds: float) -> float:
    """The most kg/d that lawful measures can bring of one requirement, other requirements aside."""
    found = _run(-model.cover[at], [_rows(model)], seconds)
    return float(model.fixed[at] + model.cover[at][_chosen(found.x)].sum()) if found.x is not None else float("nan")


def _prices(model: Model, asked: Floats) -> tuple[Floats, list[tuple[str, float]]]:
    """Shadow prices of the linear relaxation: of the requirements, and of the order rows that hold it back."""
    matrix, low, high = model.matrix()
    equal = low == high
    scale = _scale(model)
    upper = vstack([csr_array(-model.cover / scale[:, None]), matrix[~equal]])
    limits = np.concatenate([-asked / scale, high[~equal]])
    found = linprog(
        model.lost, A_ub=upper, b_ub=limits, A_eq=matrix[equal], b_eq=low[equal], bounds=(0, 1), method="highs"
    )
    if found.x is None:
        return np.full(len(model.needs), np.nan), []
    duals = -np.asarray(found.ineqlin.marginals)
    names = [row.name for row, same in zip(model.rows, equal, strict=True) if not same]
    held: dict[str, float] = {}
    for name, price in zip(names, duals[len(model.needs) :], strict=True):
        if price > 1e-9:
            held[name] = held.get(name, 0.0) + float(price)
    return duals[: len(model.needs)] / scale, sorted(held.items(), key=lambda item: -item[1])
