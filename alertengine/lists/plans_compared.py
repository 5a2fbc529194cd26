"""How much filed plans ask, and which ask less than that of a lower level.

Only what can be compared surely is: shares with shares, coking times with coking times, and anything that is no stop
with a stop.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from alertengine.files import CodedTable
from alertengine.lists.filed_plans import read_plan
from alertengine.vocabulary import PLAN_FIELDS, PLAN_SHARE_FIELDS, Level

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
#: Shares that differ by no more than this are the same.
SAME: Final = 0.005
#: Measures that ask no cut of production.
ASKING_NOTHING: Final = ("none", "exempt", "self_directed", "vehicle_ban", "vehicle_quota")
#: Measures whose share may be unknown and that are surely less than a stop.
LESS_THAN_STOP: Final = ("coking_time", "demand_cap")


@dataclass(frozen=True, slots=True)
class Strength:
    """What is asked of each line: the share (NaN unknown), the coking time in hours (NaN none), no full stop."""

    share: Floats
    hours: Floats
    partial: Bools

    def below(self, other: Strength) -> Bools:
        """Where this surely asks less than ``other``."""
        both = (self.share < other.share - SAME) | (self.hours < other.hours)
        stopped = other.share >= 1 - SAME
        nothing = self.share <= SAME
        return both | (self.partial & np.isnan(self.share) & stopped) | (nothing & (other.hours > 0))

    def equals(self, other: Strength) -> Bools:
        """Where both surely ask the same cut of production."""
        return (np.abs(self.share - other.share) <= SAME) | (self.hours == other.hours)


def plan_strength(lines: CodedTable | pd.DataFrame, level: str) -> Strength:
    """What the filed plans of a list ask at a level."""
    lines, name = CodedTable.of(lines), PLAN_FIELDS[level]
    kind, share = lines.text(f"{name}_kind"), lines.number(PLAN_SHARE_FIELDS[level])
    share = np.where(np.isnan(share) & kind.among(ASKING_NOTHING), 0.0, share)
    hours = np.full(len(lines), np.nan)
    coking = np.flatnonzero(kind.among(["coking_time"]))
    if len(coking):
        text = lines.text(name)
        codes, read = np.unique(text.codes[coking], return_inverse=True)
        said = [read_plan(str(text.texts[code])).value or np.nan if code >= 0 else np.nan for code in codes.tolist()]
        hours[coking] = np.array(said)[read]
    return Strength(share, hours, kind.among(LESS_THAN_STOP))


def lighter_than(lines: CodedTable | pd.DataFrame, level: Level) -> npt.NDArray[np.int8]:
    """For each line the rank of the highest lower level whose filed plan asks more; 0 where none does."""
    out = np.zeros(len(lines), dtype=np.int8)
    for lower in list(Level)[1 : level.rank]:
        out[asks_less(lines, level, lower)] = lower.rank
    return out


def asks_less(lines: CodedTable | pd.DataFrame, level: str, lower: str) -> Bools:
    """Where the filed plan of a level asks less than that of a lower one.

    Surely less, or the lower one is a full stop and nothing shows that what stands for the level is one too.
    """
    under = plan_strength(lines, lower)
    unproven = unread_plans(lines, level) & (under.share >= 1 - SAME)
    return plan_strength(lines, level).below(under) | unproven


def unread_plans(lines: CodedTable | pd.DataFrame, level: str) -> Bools:
    """Which filed plans of a level ask something that is not read as a share, nor as surely less than a stop."""
    lines, name = CodedTable.of(lines), PLAN_FIELDS[level]
    other = lines.text(f"{name}_kind").among((*ASKING_NOTHING, *LESS_THAN_STOP))
    return lines.text(name).known & np.isnan(lines.number(PLAN_SHARE_FIELDS[level])) & ~other
