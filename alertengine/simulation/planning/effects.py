"""What each option of each group brings: kilograms and production, by the engine's own decision.

The whole list is decided once per round with every group at its next option.  That is exact as long as
groups do not touch each other; they do where a share order that is already law counts lines of several
groups of one plant together.  Such groups form a cluster, and the options of a cluster are tried jointly.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from alertengine.engine import ALLOTTED, Decision
from alertengine.files import CodedTable
from alertengine.rulebook import Rulebook
from alertengine.simulation.planning.groups import LineGroup
from alertengine.simulation.planning.phases import (
    SILENT_RULE,
    Choice,
    DraftHead,
    Matchers,
    Phases,
    decide_phases,
    draft_document,
    with_draft,
)
from alertengine.simulation.production import Production, lost_share
from alertengine.vocabulary import PLANT_KEY, POLLUTANTS, Level

Floats = npt.NDArray[np.float64]
#: Joint options of one cluster that are tried; above it its groups are tried alone and the bound is not proven.
MOST_JOINT = 512
#: Shares up to this are rounding.
_ROUNDING = 1e-9


@dataclass(slots=True)
class Cluster:
    """Groups that must be tried together: ``groups`` by number, the lines they reach, and their joint options."""

    groups: tuple[int, ...]
    rows: npt.NDArray[np.int64]
    combos: list[tuple[int, ...]]
    #: Per phase (combos, pollutants) kg/d that the warning adds, (combos,) production lost, and (combos,) whether some
    #: line that a lower level's measure holds now would be held by less.
    kilograms: list[Floats] = field(default_factory=list)
    lost: list[Floats] = field(default_factory=list)
    lighter: list[npt.NDArray[np.bool_]] = field(default_factory=list)


@dataclass(slots=True)
class Effects:
    """The clusters of a list with what their options bring; ``exact`` where none was too wide to be tried."""

    clusters: list[Cluster]
    exact: bool = True


def amounts(decision: Decision, production: Production) -> tuple[Floats, Floats]:
    """Per line: kg/d reduced under the warning, (lines, pollutants), and production lost, (lines,)."""
    kilograms = np.stack([np.nan_to_num(decision.warning_reduced[p]) for p in POLLUTANTS], axis=1)
    return kilograms, lost_share(decision) * production.amounts


def measure_effects(
    book: Rulebook,
    lines: pd.DataFrame,
    groups: Sequence[LineGroup],
    base: Phases,
    head: DraftHead,
    production: Production,
    *,
    needed: bool,
    progress: Callable[[int, int], None],
) -> Effects:
    """Try every option of every group; where nothing is ``needed``, only the measures they have now.

    ``progress(done, of)`` is called after each round.
    """
    clusters, exact = _clusters(lines, groups, base.decisions)
    if not needed:
        for cluster in clusters:
            del cluster.combos[1:]  # the first keeps every measure
    matchers: Matchers = {}
    for cluster in clusters:
        cluster.kilograms = [np.zeros((len(cluster.combos), len(POLLUTANTS))) for _ in base.decisions]
        cluster.lost = [np.zeros(len(cluster.combos)) for _ in base.decisions]
        cluster.lighter = [np.zeros(len(cluster.combos), dtype=bool) for _ in base.decisions]
    rounds = max((len(cluster.combos) for cluster in clusters), default=1)
    for number in range(rounds):
        if number == 0:
            decided = base
        else:
            document = draft_document(head, groups, _round(clusters, head.levels, number), book, kept=SILENT_RULE)
            decided = decide_phases(with_draft(book, document), lines, head, matchers)
        for phase, (now, decision) in enumerate(zip(base.decisions, decided.decisions, strict=True)):
            kilograms, lost = amounts(decision, production)
            # A lower level's measure holds now and would lose less: a measure of the lines' own ends that bound.
            lighter = lost_share(decision) < lost_share(now) - _ROUNDING
            lighter &= now.from_lower > 0 if now.from_lower is not None else False
            for cluster in clusters:
                if number < len(cluster.combos):
                    cluster.kilograms[phase][number] = kilograms[cluster.rows].sum(axis=0)
                    cluster.lost[phase][number] = lost[cluster.rows].sum()
                    cluster.lighter[phase][number] = lighter[cluster.rows].any()
        progress(number + 1, rounds)
    return Effects(clusters, exact)


def _round(clusters: Sequence[Cluster], levels: Sequence[Level], number: int) -> Choice:
    """Every cluster at its joint option of a number; those that have fewer stay at their last."""
    return {
        (level, group): option
        for cluster in clusters
        for group, option in zip(cluster.groups, cluster.combos[min(number, len(cluster.combos) - 1)], strict=True)
        for level in levels
    }


def _clusters(lines: pd.DataFrame, groups: Sequence[LineGroup], base: Sequence[Decision]) -> tuple[list[Cluster], bool]:
    """Groups that share the population of an order in force, and those that stand alone."""
    member = np.arange(len(groups), len(groups) + len(lines))  # a line outside every group stands for itself
    for number, group in enumerate(groups):
        member[group.rows] = number
    sets = (np.unique(member[rows]) for decision in base for rows in _populations(lines, decision))
    pairs = np.array([pair for nodes in sets for pair in itertools.pairwise(nodes)], dtype=np.int64).reshape(-1, 2)
    size = len(groups) + len(lines)
    touching = coo_array((np.ones(len(pairs)), tuple(pairs.T)), shape=(size, size))
    labels = connected_components(touching, directed=False)[1]
    of_label: dict[int, list[int]] = {}
    for number in range(len(groups)):
        of_label.setdefault(int(labels[number]), []).append(number)
    out, exact = [], True
    for label, inside in of_label.items():
        rows = np.flatnonzero(labels[member] == label)
        if math.prod(len(groups[number].options) for number in inside) <= MOST_JOINT:
            combos = list(itertools.product(*(groups[number].options for number in inside)))
            out.append(Cluster(tuple(inside), rows, combos))
            continue
        exact = False
        out += [Cluster((n,), groups[n].rows, [(option,) for option in groups[n].options]) for n in inside]
    return out, exact


def _populations(lines: pd.DataFrame, decision: Decision) -> Iterator[npt.NDArray[np.int64]]:
    """The lines that each share order in force counts together."""
    orders: dict[tuple[str, object], tuple[str, list[int]]] = {}
    for number, binding in enumerate(decision.bindings):
        resolution = binding.resolution
        for asked in (*resolution.production, *resolution.counted):
            if asked.measure.code in ALLOTTED:
                found = orders.setdefault((asked.rule.id, asked.measure), (asked.measure.over, []))
                found[1].append(number)
    table = CodedTable.of(lines)
    owner, process = table.numbers(PLANT_KEY), table.numbers(["process"])
    for over, numbers in orders.values():
        rows = np.flatnonzero(np.isin(decision.binding, numbers))
        key = owner[rows] * (int(process.max(initial=0)) + 1) + process[rows] if over == "process" else owner[rows]
        order = np.argsort(key, kind="stable")
        yield from np.split(rows[order], np.flatnonzero(np.diff(key[order])) + 1)
