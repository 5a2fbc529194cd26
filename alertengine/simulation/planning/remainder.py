"""What a city must reach in kilograms, and where the emission stands that a plan does not reduce."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from alertengine.engine import Decision, Slice
from alertengine.orders import required_ratios, whole_of
from alertengine.rulebook import Place, Rulebook
from alertengine.simulation.planning.groups import Grouping
from alertengine.simulation.production import idle
from alertengine.vocabulary import EMISSION_FIELDS, POLLUTANTS, InputError, Level, Problem


@dataclass(frozen=True, slots=True)
class Need:
    """One requirement of a phase: ``share`` of ``society`` kg/d asked by ``rule``.

    ``phase`` numbers the phases of the plan, ``slice`` says from when to when it is; ``beside`` kg/d come from vehicles
    and sites; ``now`` kg/d is what the warning's measures on the lines add already (``beside`` aside).
    """

    phase: int
    slice: Slice
    pollutant: str
    share: float
    society: float
    beside: float
    now: float
    rule: str
    basis: str

    @property
    def level(self) -> Level:
        """The level of the phase."""
        return self.slice.level

    @property
    def asked(self) -> float:
        """kg/d that the lines of the list must bring."""
        return self.share * self.society - self.beside

    @property
    def gap(self) -> float:
        """kg/d still missing, 0 where nothing is."""
        return max(0.0, self.asked - self.now)


def needs_of(
    book: Rulebook, city: str, totals: pd.DataFrame | None, phases: Sequence[Decision], known_on: date | None
) -> list[Need]:
    """The requirements of a city in every phase (decisions of the city's lines), by level, phase and pollutant.

    Raises:
        InputError: no whole-society totals for the city, or no ratio in force there.

    """
    whole = whole_of(totals, city)
    if whole is None:
        raise InputError([Problem("no_totals_of_city", where="--totals", value=city)])
    place = Place(province=book.lists.province_of(city), city=city)
    out = []
    for number, decision in enumerate(phases):
        piece = decision.slice
        for pollutant, required in required_ratios(book, place, piece.starts, piece.level, known_on).items():
            society, beside = whole.emitted[pollutant], whole.beside[pollutant]
            if society > 0:
                now = float(np.nansum(decision.warning_reduced[pollutant]))
                out.append(
                    Need(number, piece, pollutant, required.share, society, beside, now, required.rule, required.basis)
                )
    if not out:
        raise InputError([Problem("no_ratio_required", where="--date", value=city)])
    return sorted(out, key=lambda need: (need.level.rank, need.phase, POLLUTANTS.index(need.pollutant)))


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
    still = idle(lines)
    found = []
    for need in needs:
        decision = decided[need.phase]
        emission = np.nan_to_num(lines[EMISSION_FIELDS[need.pollutant]].to_numpy(dtype=np.float64))
        left_kg = emission - np.nan_to_num(decision.warning_reduced[need.pollutant])
        already = still | (np.nan_to_num(decision.other_share) >= 1)
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
