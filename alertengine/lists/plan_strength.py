"""How much a filed measure asks, so that two of them, or one and a rule, can be compared.

Only what can be compared surely is: shares with shares, coking times with coking times, and
anything that is no stop with a stop.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.lists.plan_text import PlanReading
from alertengine.vocabulary.fields import PLAN_FIELDS, PLAN_SHARE_FIELDS

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


def plan_strength(lines: pd.DataFrame, readings: Mapping[str, PlanReading], level: str) -> Strength:
    """What the filed plans of a list ask at a level."""
    name = PLAN_FIELDS[level]
    kind = lines[f"{name}_kind"]
    share = lines[PLAN_SHARE_FIELDS[level]].to_numpy(dtype=np.float64)
    share = np.where(np.isnan(share) & kind.isin(ASKING_NOTHING).to_numpy(), 0.0, share)
    codes, texts = pd.factorize(lines[name])
    said = [readings[text] for text in texts]
    hours = [r.value if r.kind == "coking_time" and r.value is not None else np.nan for r in said]
    return Strength(share, np.array([*hours, np.nan], dtype=np.float64)[codes], kind.isin(LESS_THAN_STOP).to_numpy())
