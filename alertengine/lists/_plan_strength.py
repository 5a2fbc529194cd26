"""How much a filed measure asks, so that two of them, or one and a rule, can be compared.

Only what can be compared surely is: shares with shares, coking times with coking times, and
anything that is no stop with a stop.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.lists.plan_text import read_plan
from alertengine.vocabulary import PLAN_FIELDS, PLAN_SHARE_FIELDS, Level

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


def plan_strength(lines: pd.DataFrame, level: str) -> Strength:
    """What the filed plans of a list ask at a level."""
    name = PLAN_FIELDS[level]
    kind = lines[f"{name}_kind"]
    share = lines[PLAN_SHARE_FIELDS[level]].to_numpy(dtype=np.float64)
    share = np.where(np.isnan(share) & kind.isin(ASKING_NOTHING).to_numpy(), 0.0, share)
    hours = np.full(len(lines), np.nan)
    coking = np.flatnonzero((kind == "coking_time").to_numpy())
    codes, texts = pd.factorize(lines[name].iloc[coking])
    said = [read_plan(str(text)).value or np.nan for text in texts]
    hours[coking] = np.array([*said, np.nan])[codes]
    return Strength(share, hours, kind.isin(LESS_THAN_STOP).to_numpy())


def lighter_than(lines: pd.DataFrame, level: Level) -> npt.NDArray[np.int8]:
    """For each line the rank of the highest lower level whose filed plan asks more; 0 where none does."""
    out = np.zeros(len(lines), dtype=np.int8)
    for lower in list(Level)[1 : level.rank]:
        out[asks_less(lines, level, lower)] = lower.rank
    return out


def asks_less(lines: pd.DataFrame, level: str, lower: str) -> Bools:
    """Where the filed plan of a level asks less than that of a lower one.

    Surely less, or the lower one is a full stop and nothing shows that what stands for the level is one too.
    """
    under = plan_strength(lines, lower)
    unproven = unread_plans(lines, level) & (under.share >= 1 - SAME)
    return plan_strength(lines, level).below(under) | unproven


def unread_plans(lines: pd.DataFrame, level: str) -> Bools:
    """Which filed plans of a level ask something that is not read as a share, nor as surely less than a stop."""
    name = PLAN_FIELDS[level]
    other = lines[f"{name}_kind"].isin((*ASKING_NOTHING, *LESS_THAN_STOP)).to_numpy()
    return lines[name].notna().to_numpy() & lines[PLAN_SHARE_FIELDS[level]].isna().to_numpy() & ~other
