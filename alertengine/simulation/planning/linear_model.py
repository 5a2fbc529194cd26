"""The choice as a mixed-integer model: one 0/1 variable per level, cluster and joint option.

Rows: one option for each cluster and level; what each pollutant needs at each level; and, for every pair
of groups of which one may never be lighter (a worse grade, a graver level), one row per step of strictness.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import lt

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from alertengine.rulebook import OpenLists
from alertengine.simulation.planning.effects import Cluster
from alertengine.simulation.planning.groups import LineGroup, not_lighter
from alertengine.simulation.planning.phases import Phases
from alertengine.simulation.planning.remainder import Need
from alertengine.simulation.planning.steps import DIMENSIONS, Strictness
from alertengine.vocabulary import GRADES, LEVEL_TEXT, POLLUTANTS, Level

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
        for combo in range(len(cluster.combos))
        if _allowed(groups, cluster, level, combo)
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
    changes = np.array([_changes(groups, clusters[number], combo) for _, number, combo in variables], dtype=np.float64)
    chosen = _choices(clusters, variables)
    rows = [*_one_each(clusters, levels, variables), *_orders(lists, groups, levels, chosen)]
    return Model(variables, lost, cover, fixed, changes, rows, needs)


def _changes(groups: Sequence[LineGroup], cluster: Cluster, combo: int) -> float:
    """How many measures a joint option changes; of as many, the milder steps count a little less."""
    options = zip(cluster.groups, cluster.combos[combo], strict=True)
    return sum(1 + _MILDER * option / len(groups[number].steps) for number, option in options if option)


def _allowed(groups: Sequence[LineGroup], cluster: Cluster, level: Level, combo: int) -> bool:
    options = cluster.combos[combo]
    return all(groups[number].allowed(level, option) for number, option in zip(cluster.groups, options, strict=True))


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
