"""What a city must reach: kilograms per level and pollutant, from the law's ratio and the whole-society totals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from alertengine.engine.engine import Decision
from alertengine.orders.ratio import required_ratios
from alertengine.rulebook.book import Rulebook
from alertengine.rulebook.places_and_lists import Place
from alertengine.vocabulary.fields import EMISSION_FIELDS, POLLUTANTS, Level
from alertengine.vocabulary.problems import InputError, Problem


@dataclass(frozen=True, slots=True)
class Need:
    """One requirement: ``share`` of ``society`` kg/d asked by ``rule``; ``beside`` kg/d come from vehicles and sites.

    ``now`` kg/d is what the lines bring already (``beside`` aside).
    """

    level: Level
    pollutant: str
    share: float
    society: float
    beside: float
    now: float
    rule: str
    basis: str

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
    base: Mapping[Level, Decision],
    known_on: date | None,
) -> list[Need]:
    """The requirements of a city at every level of ``base`` (decisions of the city's lines), by level and pollutant.

    Raises:
        InputError: no whole-society totals for the city, or no ratio in force there.

    """
    own = totals[totals["city"].astype("str") == city] if totals is not None else None
    if own is None or own.empty:
        raise InputError([Problem("no_totals_of_city", where="--totals", value=city)])
    place = Place(province=book.lists.province_of(city), city=city)
    out = []
    for level, decision in base.items():
        for pollutant, required in required_ratios(book, place, decision.slice.starts, level, known_on).items():
            column = EMISSION_FIELDS[pollutant]
            society = float(own[column].fillna(0).sum())
            if society <= 0:
                continue
            beside = float(own[f"reduced_{column}"].fillna(0).sum()) if f"reduced_{column}" in own else 0.0
            now = float(np.nansum(decision.warning_reduced[pollutant]))
            out.append(Need(level, pollutant, required.share, society, beside, now, required.rule, required.basis))
    if not out:
        raise InputError([Problem("no_ratio_required", where="--date", value=city)])
    return sorted(out, key=lambda need: (need.level.rank, POLLUTANTS.index(need.pollutant)))
