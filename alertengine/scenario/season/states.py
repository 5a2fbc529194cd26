"""States of a season decided once: what each line loses, what is saved, and the ratio reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.engine.decide import STATUSES, Decision, Engine
from alertengine.engine.law import Matching
from alertengine.orders.summary import summarise
from alertengine.scenario.production import lost_share
from alertengine.scenario.season.course import Chain
from alertengine.vocabulary import POLLUTANTS, Status

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class State:
    """A place in one state.

    Arrays are by line: ``lost`` the share of output that the warning takes, ``other`` what binds
    without one, ``stopped`` lines that stand still, ``hit`` those from which the warning takes something,
    ``unsaid`` those whose share cannot be computed.  ``kg_d`` and ``kg_d_season`` are what is saved by
    pollutant, vehicles and sites of the bureau among them; ``entry`` is the city's summary.
    """

    lost: Floats
    other: Floats
    stopped: Bools
    hit: Bools
    unsaid: Bools
    kg_d: dict[str, float]
    kg_d_season: dict[str, float]
    entry: dict[str, Any]
    decision: Decision


class States:
    """Decides the lines of one place, each state once."""

    def __init__(
        self,
        engine: Engine,
        lines: pd.DataFrame,
        totals: pd.DataFrame | None,
        *,
        known_on: date | None = None,
        ratio: str = "",
    ) -> None:
        """Take the lines of one place (index 0..n-1) and its totals."""
        self.lines = lines
        self._engine, self._totals, self._known_on, self._ratio = engine, totals, known_on, ratio
        self._matched: dict[date, Matching] = {}
        self._states: dict[Chain, State] = {}

    def __len__(self) -> int:
        """States decided so far."""
        return len(self._states)

    def state(self, chain: Chain) -> State:
        """The state at the end of a chain."""
        if chain not in self._states:
            self._states[chain] = self._decide(chain)
        return self._states[chain]

    def _decide(self, chain: Chain) -> State:
        before = self.state(chain[:-1]).decision if len(chain) > 1 else None
        piece = chain[-1].slice()
        if piece.day not in self._matched:
            self._matched[piece.day] = self._engine.match(self.lines, piece.day)
        decision = self._engine.decide_slice(self.lines, self._matched[piece.day], piece, before)
        found = summarise(self._engine.book, self.lines, [decision], self._totals, self._known_on, ratio=self._ratio)
        entry = found[0]
        lost = lost_share(decision)
        running = ~self.lines["long_stopped"].fillna(value=False).to_numpy(dtype=bool)
        share = np.nan_to_num(decision.share)
        undetermined = decision.status == STATUSES.index(Status.UNDETERMINED)
        return State(
            lost=np.where(running, lost, 0.0),
            other=np.where(running, np.nan_to_num(decision.other_share), 0.0),
            stopped=running & (share >= 1),
            hit=running & (lost > 0),
            unsaid=running & (decision.partial | undetermined),
            kg_d={name: float(entry["reduced_kg_d"][name]) for name in POLLUTANTS},
            kg_d_season={name: float(entry["reduced_with_season_kg_d"][name]) for name in POLLUTANTS},
            entry=entry,
            decision=decision,
        )
