"""The filed plan of a line beside what the rules ask: which of the two binds.

From a published list each line gets the list's measure for the level; where a rule asks
more, a finding says so and a person decides.  From a draft list the order is the stricter
of rule and filed plan, and both are shown.  A filed plan never turns an exempt or
self-directed line into an ordered one: it is shown as a commitment.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.engine.facts import TextColumn, text_column
from alertengine.vocabulary.fields import PLAN_FIELDS, PLAN_SHARE_FIELDS, Level

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
_TOLERANCE = 1e-9
_ASKING_NOTHING = ("none", "exempt", "self_directed")


class Use(IntEnum):
    """What became of a filed plan."""

    NONE = 0  #: no plan is filed, or there is no warning
    COMMITMENT = 1  #: shown only: the line is exempt or self-directed
    ALONE = 2  #: no rule says anything; the plan binds
    STRICTER = 3  #: the plan asks more than the rule
    WITHIN = 4  #: the rule asks at least as much
    BESIDE = 5  #: the plan's share was not read; it holds beside the rule
    PUBLISHED = 6  #: the published measure binds
    NOT_PUBLISHED = 7  #: a rule asks something that the published list does not carry


@dataclass(slots=True)
class Filed:
    """The filed plans of a list at one level; ``use`` codes of :class:`Use`, ``finding`` where a rule asks more.

    ``by`` says how lines are chosen for a plan of the whole enterprise (``line;capacity``, ``unit=2``), unknown where
    a plan speaks of its line alone; ``adds`` marks lines whose enterprise-wide plan asks more than the rules do.
    """

    present: Bools
    kind: TextColumn
    share: Floats
    use: npt.NDArray[np.int8]
    finding: Bools
    by: TextColumn
    adds: Bools

    def take(self, allotted: Floats | None, adds: Bools | None) -> None:
        """Put what is allotted to each line, (lines,) or NaN, in the place of the share of an enterprise."""
        if allotted is not None and adds is not None:
            self.share = np.where(np.isnan(allotted), self.share, allotted)
            self.adds = adds


def filed_plan(lines: pd.DataFrame, level: Level) -> Filed:
    """The filed plans of a list for a level (none at level ``none``)."""
    count = len(lines)
    nothing = np.zeros(count, dtype=bool)
    if level is Level.NONE:
        blank = TextColumn(np.full(count, -1, dtype=np.int32), ())
        unsaid = np.full(count, np.nan)
        return Filed(nothing, blank, unsaid, np.zeros(count, dtype=np.int8), nothing.copy(), blank, nothing.copy())
    share = lines[PLAN_SHARE_FIELDS[level]].to_numpy(dtype=np.float64)
    kind, by = _column(lines, f"{PLAN_FIELDS[level]}_kind"), _column(lines, f"{PLAN_FIELDS[level]}_by")
    share = np.where(np.isnan(share) & kind.among(*_ASKING_NOTHING), 0.0, share)
    present = lines[PLAN_FIELDS[level]].notna().to_numpy() | ~np.isnan(share)
    return Filed(present, kind, share, np.zeros(count, dtype=np.int8), nothing, by, nothing.copy())


def _column(lines: pd.DataFrame, name: str) -> TextColumn:
    return text_column(lines[name]) if name in lines else TextColumn(np.full(len(lines), -1, dtype=np.int32), ())


@dataclass(slots=True)
class Warned:
    """The warning regime of each line as the rules alone leave it."""

    ordered: Bools
    undetermined: Bools
    lifted: Bools  #: exempt or self-directed
    self_directed: Bools
    share: Floats
    full: Bools  #: every measure of the rules could be computed


def combine(filed: Filed, warned: Warned, *, published: bool) -> Floats:
    """Set ``use`` and ``finding`` of the plans; the warning share of each line with its plan.

    The result is NaN where nothing can be computed, and 0 where nothing is asked.
    """
    asked, said, plan = warned.share, filed.present, filed.share
    read = ~np.isnan(plan)
    more = _exceeds(plan, asked) | (
        filed.adds & (plan > 0)
    )  # the plan asks more, or the rule's own share cannot be computed
    use = np.select(
        [~said | ~(warned.ordered | warned.undetermined | warned.lifted), warned.lifted, warned.undetermined],
        [Use.NONE, Use.COMMITMENT, Use.ALONE],
        default=np.select([read & more, ~read & ~(asked >= 1)], [Use.STRICTER, Use.BESIDE], default=Use.WITHIN),
    )
    if published:
        bound = warned.ordered | warned.undetermined
        asks = warned.ordered & ((asked > 0) | ~warned.full)
        use = np.where(said & bound, Use.PUBLISHED, use)
        use = np.where(~said & asks, Use.NOT_PUBLISHED, use)
        short = _exceeds(asked, plan) | (warned.ordered & ~warned.full & ~(plan >= 1))
        filed.finding = np.where(said, asks & short, asks)
    filed.use = use.astype(np.int8)
    promised = np.where(warned.self_directed & read, plan, asked)
    return np.select(
        [
            np.isin(use, (Use.ALONE, Use.PUBLISHED)),
            use == Use.STRICTER,
            use == Use.COMMITMENT,
            use == Use.NOT_PUBLISHED,
        ],
        [plan, plan, promised, np.full(len(plan), np.nan)],
        default=asked,
    )


def _exceeds(one: Floats, other: Floats) -> Bools:
    """Where ``one`` is known and above ``other``, or ``other`` is unknown."""
    return ~np.isnan(one) & (np.isnan(other) | (one > other + _TOLERANCE))
