"""Where the emission stands that a plan does not reduce: why a ratio cannot be reached, in kilograms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from alertengine.engine import Decision
from alertengine.simulation.planning.groups import Grouping
from alertengine.simulation.planning.need import Need
from alertengine.vocabulary import EMISSION_FIELDS

#: The places, with their Chinese names.
PLACES = {
    "beyond_list": "清单以外（移动源、扬尘、生活等）",
    "stopped_already": "错峰、处罚等已停或长期停产，不计应急减排",
    "untouched": "豁免、保障、自主减排",
    "left_out": "未纳入（供热、无档次、目录外等）",
    "planned": "已纳入，措施之外仍排放",
}


def remainder(
    lines: pd.DataFrame, grouping: Grouping, decided: Sequence[Decision], needs: Sequence[Need]
) -> list[dict[str, float]]:
    """For each requirement the kg/d left unreduced, by PLACES; their sum with the reduction is the city's total.

    Args:
        lines: the list of the city.
        grouping: its groups.
        decided: the orders under the plan, by phase.
        needs: the requirements.

    """
    inside = np.zeros(len(lines), dtype=bool)
    out = np.zeros(len(lines), dtype=bool)
    for group in grouping.groups:
        inside[group.bound] = True
    for left in grouping.left_out:
        out[left.rows] = True
    idle = lines["long_stopped"].fillna(value=False).to_numpy(dtype=bool)
    found = []
    for need in needs:
        decision = decided[need.phase]
        emission = np.nan_to_num(lines[EMISSION_FIELDS[need.pollutant]].to_numpy(dtype=np.float64))
        left_kg = emission - np.nan_to_num(decision.warning_reduced[need.pollutant])
        already = idle | (np.nan_to_num(decision.other_share) >= 1)
        masks = {
            "stopped_already": already,
            "planned": ~already & inside,
            "left_out": ~already & ~inside & out,
            "untouched": ~already & ~inside & ~out,
        }
        amounts = {name: float(left_kg[mask].sum()) for name, mask in masks.items()}
        amounts["beyond_list"] = need.society - float(emission.sum()) - need.beside
        found.append({name: amounts[name] for name in PLACES})
    return found
