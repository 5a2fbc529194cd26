"""What is filed for the level that binds each line, and what is doubtful about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from alertengine.engine import GROUNDS, Asked, Binding, Decision, Use, among
from alertengine.files import CodedTable, Numbered, joined
from alertengine.lists import LESS_THAN_STOP, Strength, lighter_than, plan_strength, unread_plans
from alertengine.rulebook import Measure
from alertengine.vocabulary import ASKING_NOTHING, LEVEL_TEXT, PLAN_FIELDS, PLANT_KEY, Ground, Level, Status

if TYPE_CHECKING:
    import pandas as pd

#: Measures whose nominal share can be read off the rule itself.
_SHARED: Final = ("limit", "stop_share", "feed_cap", "cycle_cap")
#: Uses of a filed plan that an order rests on.
RESTING: Final = (Use.ALONE, Use.STRICTER, Use.BESIDE, Use.PUBLISHED)


def filed_texts(lines: CodedTable, decision: Decision, part: str = "") -> Numbered | None:
    """What is filed for the level that binds each line: the text, or another ``part`` of it; None without a warning.

    Shape (lines,), missing where nothing is filed.
    """
    level = decision.slice.level
    if level is Level.NONE or f"{PLAN_FIELDS[level]}{part}" not in lines:
        return None
    out = lines.text(f"{PLAN_FIELDS[level]}{part}")
    if decision.from_lower is None:
        return out
    for lower in list(Level)[1 : level.rank]:
        out = out.where(decision.from_lower != lower.rank, lines.text(f"{PLAN_FIELDS[lower]}{part}"))
    return out


@dataclass(frozen=True, slots=True)
class Doubts:
    """What is doubtful about the filed plan that an order rests on, (lines,).

    ``lighter`` is the rank of the lower level whose plan asks more than what the line rests on, plan or rule, 0 where
    none does; ``unread``: the plan is not read as a share, so that it may ask less; ``whose`` on how many lines of the
    enterprise the plan's number of machines stands, where it may be each line's or all lines' together, else 0.
    """

    lighter: npt.NDArray[np.int8]
    whose: npt.NDArray[np.int64]
    unread: npt.NDArray[np.bool_]

    def lighter_words(self, line: int, *, filed: bool) -> str:
        """What is said of a line that is perhaps or surely lighter; ``filed``: it rests on its plan, else on a rule."""
        level = LEVEL_TEXT[list(Level)[int(self.lighter[line])]]
        if filed and self.unread[line]:
            return f"备案措施没有读出比例，{level}预警的备案措施为停产，可能更轻，须人工决定"
        return f"{'备案措施' if filed else '本级别规定'}轻于{level}预警的备案措施，须人工决定"


def doubts_of(lines: CodedTable | pd.DataFrame, decision: Decision) -> Doubts:
    """The doubts about the plans that a decision rests on; found once and kept with it."""
    if not isinstance(decision.doubts, Doubts):
        lines = CodedTable.of(lines)
        resting = among(decision.filed.use, *RESTING) & (decision.ground != GROUNDS.index(Ground.DECISION))
        level = decision.slice.level
        unread = unread_plans(lines, level) if level is not Level.NONE else np.zeros(len(lines), dtype=bool)
        decision.doubts = Doubts(_lighter(lines, decision, resting), _whose(lines, decision, resting), unread)
    return decision.doubts


def warned_measures(binding: Binding) -> Sequence[Asked]:
    """The production measures the warning asks of a line, where it orders something."""
    result = binding.resolution.regimes.get("warning")
    return result.asked if result is not None and result.status is Status.ORDERED else ()


def rule_strength(decision: Decision) -> Strength:
    """What the rules ask of each line by name, before lines are chosen for a share order."""
    asked = [[one.measure for one in warned_measures(binding)] for binding in decision.bindings]
    share = np.array([np.fmax.reduce([_nominal(m) for m in some], initial=np.nan) for some in asked])
    hours = np.array([np.fmax.reduce([m.hours or np.nan for m in some], initial=np.nan) for some in asked])
    partial = np.array([bool(some) and all(m.code in LESS_THAN_STOP for m in some) for some in asked])
    return Strength(share[decision.binding], hours[decision.binding], partial[decision.binding])


def _nominal(measure: Measure) -> float:
    """The share a measure names, of the enterprise or the line alike; NaN where it names none."""
    if measure.code == "stop":
        share = 1.0
    elif measure.code in _SHARED and measure.share is not None:
        share = measure.share
    else:
        return float("nan")
    return share * measure.window_hours / 24


def _lighter(lines: CodedTable, decision: Decision, resting: npt.NDArray[np.bool_]) -> npt.NDArray[np.int8]:
    """For each line the rank of the highest lower level whose plan asks surely more than what it rests on."""
    out = np.zeros(len(lines), dtype=np.int8)
    own = np.ones(len(lines), dtype=bool) if decision.from_lower is None else decision.from_lower == 0
    planned, ruled = resting & own, ~resting & own & (decision.ground == GROUNDS.index(Ground.RULE))
    if planned.any():
        out = np.where(planned, lighter_than(lines, decision.slice.level), out).astype(np.int8)
    lower = list(Level)[1 : decision.slice.level.rank]
    filed = [level for level in lower if lines.text(PLAN_FIELDS[level]).known.any()]
    if not filed or not ruled.any():
        return out
    rule = rule_strength(decision)
    share = np.where(decision.partial, np.nan, decision.warning_share)
    hours = np.where(rule.partial, rule.hours, np.nan)  # beside another measure the time says not enough
    for level in filed:
        name = PLAN_FIELDS[level]
        asking = ~lines.text(f"{name}_kind").among(ASKING_NOTHING)
        # 停产50% of the plant is no share of each of its lines; a lower bound says not that less is asked
        shared = lines.text(f"{name}_by").known & ~decision.partial
        asked = Strength(np.where(shared, np.fmax(share, rule.share), share), hours, rule.partial)
        out[ruled & asking & asked.below(plan_strength(lines, level))] = level.rank
    return out


def _whose(lines: CodedTable, decision: Decision, resting: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """A number that every line has machines for may be each line's; one that some line has not is the enterprise's."""
    out = np.zeros(len(lines), dtype=np.int64)
    by = decision.filed.by
    asked = {
        code: float(said[5:])
        for code, said in enumerate(by.categories)
        if said.startswith("unit=") and ";" not in said  # a number of machines, and not said of what
    }
    texts = filed_texts(lines, decision)
    rows = np.flatnonzero(resting & np.isin(by.codes, list(asked)))
    if texts is None or not len(rows):
        return out
    rows = rows[lines.truth("long_stopped")[rows] != 2]
    lacking = lines.number("units")[rows] < np.array([asked[code] for code in by.codes[rows]])
    alike, _ = joined(lines.numbers(PLANT_KEY)[rows], texts.codes[rows])
    size = np.bincount(alike)
    size[(np.bincount(alike, lacking) > 0) | (size == 1)] = 0
    out[rows] = size[alike]
    return out
