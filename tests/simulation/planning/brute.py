"""The least loss by trying every choice: no model, no solver, the definition of "not lighter" spelled out."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from alertengine.rulebook import Measure, Rulebook
from alertengine.simulation.planning.effects import amounts
from alertengine.simulation.planning.groups import LineGroup
from alertengine.simulation.planning.phases import DraftHead, decide_phases, draft_document, with_draft
from alertengine.simulation.planning.run import CityPlan
from alertengine.vocabulary import POLLUTANTS, Level

_GRADES = ("B", "C", "D", "未评级")


def asked_of(measures: Sequence[Measure], lines: int) -> float:
    """The share that some measures ask of a plant with a number of equal lines."""
    out = 0.0
    for measure in measures:
        if measure.code == "stop":
            out = 1.0
        elif measure.code == "limit":
            out = max(out, measure.share or 0)
        elif measure.code == "stop_share":
            out = max(out, math.ceil((measure.share or 0) * lines - 1e-9) / lines)
    return out


def lighter(one: Sequence[Measure], other: Sequence[Measure]) -> bool:
    """Whether the first asks less than the second of a plant of some size."""
    return any(asked_of(one, n) < asked_of(other, n) - 1e-12 for n in range(1, 25))


def least_loss(
    book: Rulebook, plan: CityPlan, levels: Sequence[Level], head: DraftHead, now: dict[str, list[Measure]]
) -> float | None:
    """The least production lost of all lawful choices that meet every need; None where there is none.

    ``now`` gives what the law asks of the lines of each grade.
    """
    groups = plan.grouping.groups
    nodes = [(level, number) for level in levels for number in range(len(groups))]
    best: float | None = None
    for options in itertools.product(*(groups[number].options for _, number in nodes)):
        choice = dict(zip(nodes, options, strict=True))
        if not _lawful(groups, choice, levels, now):
            continue
        law = with_draft(book, draft_document(head, groups, choice, book))
        decided = decide_phases(law, plan.lines, head)
        figures = [amounts(decision, plan.production) for decision in decided.decisions]
        met = all(
            figures[need.phase][0][:, POLLUTANTS.index(need.pollutant)].sum() >= need.asked - 1e-9
            for need in plan.model.needs
        )
        lost = float(sum(weight * lost.sum() for weight, (_, lost) in zip(decided.weights, figures, strict=True)))
        if met and (best is None or lost < best):
            best = lost
    return best


def _lawful(
    groups: Sequence[LineGroup],
    choice: dict[tuple[Level, int], int],
    levels: Sequence[Level],
    now: dict[str, list[Measure]],
) -> bool:
    def said(level: Level, number: int) -> list[Measure]:
        step = groups[number].step(choice[level, number])
        return [*now.get(groups[number].key.grade, []), *([step.measure] if step else [])]

    for (level, number), option in choice.items():
        step, before = groups[number].step(option), now.get(groups[number].key.grade, [])
        if step and (not lighter(before, said(level, number)) or _below(step.measure, before)):
            return False
    pairs = [
        ((level, one), (level, other))
        for level in levels
        for one, other in itertools.permutations(range(len(groups)), 2)
        if groups[one].key.industry == groups[other].key.industry
        and _GRADES.index(groups[one].key.grade) < _GRADES.index(groups[other].key.grade)
    ]
    pairs += [((a, n), (b, n)) for a, b in itertools.combinations(levels, 2) for n in range(len(groups))]
    return not any((choice[light] or choice[grave]) and lighter(said(*grave), said(*light)) for light, grave in pairs)


def _below(measure: Measure, before: Sequence[Measure]) -> bool:
    """Whether a step names a smaller share than the law does now."""
    return measure.share is not None and measure.share < max((m.share or 1.0 for m in before), default=0.0)
