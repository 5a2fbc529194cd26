"""What a city must reach: kilograms per level and pollutant, from the law's ratio and the whole-society totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from alertengine.engine import Decision, Slice
from alertengine.orders import required_ratios
from alertengine.rulebook import Place, Rulebook
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
    book: Rulebook,
    city: str,
    totals: pd.DataFrame | None,
    phases: Sequence[Decision],
    known_on: date | None,
) -> list[Need]:
    """The requirements of a city in every phase (decisions of the city's lines), by level, phase and pollutant.

    Raises:
        InputError: no whole-society totals for the city, or no ratio in force there.

    """
    own = totals[totals["city"].astype("str") == city] if totals is not None else None
    if own is None or own.empty:
        raise InputError([Problem("no_totals_of_city", where="--totals", value=city)])
    place = Place(province=book.lists.province_of(city), city=city)
    out = []
    for number, decision in enumerate(phases):
        piece = decision.slice
        for pollutant, required in required_ratios(book, place, piece.starts, piece.level, known_on).items():
            column = EMISSION_FIELDS[pollutant]
            society = float(own[column].fillna(0).sum())
            if society <= 0:
                continue
            beside = float(own[f"reduced_{column}"].fillna(0).sum()) if f"reduced_{column}" in own else 0.0
            now = float(np.nansum(decision.warning_reduced[pollutant]))
            out.append(
                Need(number, piece, pollutant, required.share, society, beside, now, required.rule, required.basis)
            )
    if not out:
        raise InputError([Problem("no_ratio_required", where="--date", value=city)])
    return sorted(out, key=lambda need: (need.level.rank, need.phase, POLLUTANTS.index(need.pollutant)))
