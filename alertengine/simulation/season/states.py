"""States of a season decided once: what each line loses, what is saved, and what stays add up to.

Nothing here depends on city totals or required ratios, so variants that differ in these share it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.engine import GROUNDS, STATUSES, Decision, Engine, Facts, Matching, turns_of_list
from alertengine.orders import Sums, sums_of
from alertengine.simulation.burden import sizes
from alertengine.simulation.production import idle, lost_share
from alertengine.simulation.season.course import Chain, Course
from alertengine.vocabulary import POLLUTANTS, Ground, Level, Status

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
#: Columns of a list that name a line and say where and what it is.
NAMES: Final = ("city", "county", "enterprise_id", "enterprise", "line_id", "line", "industry", "process")


@dataclass(frozen=True, slots=True)
class PlaceState:
    """A place in one state.

    Arrays are by line: ``lost`` the share of output that the warning takes, ``other`` what binds
    without one, ``stopped`` lines that stand still, ``hit`` those from which the warning takes something;
    by plant: ``shut`` 1 where every running line stands still, a warning being why for some of them.
    ``groundless`` lines for which nothing on file says what the warning asks; ``open`` the share of output and emission
    that lines with an unknown or partly known share could lose at most, beyond what is known.
    ``unsaid`` counts lines whose share cannot be computed; ``sums`` are the kg saved.
    """

    lost: Floats
    other: Floats
    stopped: Bools
    hit: Bools
    shut: Floats
    groundless: Bools
    open: Floats
    unsaid: int
    sums: Sums
    decision: Decision

    def added(self, pollutant: str) -> Floats:
        """kg/d that the warning adds, by line; nothing where it cannot be computed."""
        return np.nan_to_num(self.decision.warning_reduced[pollutant])


@dataclass(frozen=True, slots=True)
class LineSums:
    """A season by line, in days.

    ``lost`` and ``other`` shares of output times days, ``hit`` under a warning that takes something; ``kg`` saved by
    warnings per pollutant; ``shut`` by plant.
    """

    lost: Floats
    other: Floats
    hit: Floats
    kg: dict[str, Floats]
    shut: Floats


class States:
    """Decides the lines of one place, each state once.

    ``owner`` (lines,) numbers the plant of each line.
    """

    def __init__(self, engine: Engine, lines: pd.DataFrame) -> None:
        """Take the lines of one place (index 0..n-1)."""
        self.lines = lines
        self.owner, plants = pd.factorize(lines["enterprise_id"])
        self.running = ~idle(lines)
        self._plants = len(plants)
        self._engine = engine
        self._rows = np.arange(len(lines))
        self._facts = Facts(lines, engine.book.lists, date.max)
        #: Where its lines stand, and the days from which on other decisions bind some of them.
        self.places = tuple(self._facts.places()[1])
        self.turns = tuple(turns_of_list(self._facts.lines, engine.book))
        self._matched: dict[datetime, Matching] = {}
        self._states: dict[Chain, PlaceState] = {}
        self._added: tuple[Course, LineSums] | None = None

    @cached_property
    def names(self) -> dict[str, npt.NDArray[np.object_]]:
        """What names each line and says where and what it is, as text, empty where that is unknown."""
        texts = {name: self.lines[name].astype("object") for name in NAMES}
        return {name: column.where(column.notna(), "").to_numpy() for name, column in texts.items()}

    @cached_property
    def sizes(self) -> npt.NDArray[np.object_]:
        """The size class of each line's enterprise."""
        return sizes(self.lines).to_numpy()

    def state(self, chain: Chain) -> PlaceState:
        """The state at the end of a chain."""
        if chain not in self._states:
            self._states[chain] = self._decide(chain)
        return self._states[chain]

    def sums(self, course: Course) -> LineSums:
        """What a season comes to by line; the last season asked for is remembered."""
        if self._added is None or self._added[0] is not course:
            self._added = course, self._add_up(course)
        return self._added[1]

    def _decide(self, chain: Chain) -> PlaceState:
        before = self.state(chain[:-1]).decision if len(chain) > 1 else None
        piece = chain[-1].slice()
        if piece.starts not in self._matched:  # a chain's slices begin where their law was first seen
            self._matched[piece.starts] = self._engine.match(self._facts, piece.starts)
        decision = self._engine.decide_slice(self._facts, self._matched[piece.starts], piece, before)
        lost = np.where(self.running, lost_share(decision), 0.0)
        stopped = self.running & (np.nan_to_num(decision.share) >= 1)
        warned = self.running & (piece.level is not Level.NONE)
        other = np.where(self.running, np.minimum(np.nan_to_num(decision.other_share), 1.0), 0.0)
        unknown = warned & (np.isnan(decision.warning_share) | decision.partial)
        undetermined = decision.status == STATUSES.index(Status.UNDETERMINED)
        return PlaceState(
            lost=lost,
            other=np.where(self.running, np.nan_to_num(decision.other_share), 0.0),
            stopped=stopped,
            hit=lost > 0,
            groundless=warned & (decision.ground == GROUNDS.index(Ground.UNDETERMINED)),
            open=np.where(unknown, np.maximum(0.0, 1 - other - lost), 0.0),
            shut=self._shut(stopped, lost > 0),
            unsaid=int((self.running & (decision.partial | undetermined)).sum()),
            sums=sums_of(decision, self._rows),
            decision=decision,
        )

    def _shut(self, stopped: Bools, hit: Bools) -> Floats:
        def plants(lines: Bools) -> npt.NDArray[np.bool_]:
            return np.bincount(self.owner[lines], minlength=self._plants) > 0

        going = plants(self.running & ~stopped)
        return (plants(self.running) & ~going & plants(stopped & hit)).astype(np.float64)

    def _add_up(self, course: Course) -> LineSums:
        count = len(self.lines)
        lost, other, hit = (np.zeros(count) for _ in range(3))
        kg = {name: np.zeros(count) for name in POLLUTANTS}
        shut = np.zeros(self._plants)
        for chain, hours in course.hours.items():
            state, days = self.state(chain), hours / 24
            lost += state.lost * days
            other += state.other * days
            hit += state.hit * days
            shut += state.shut * days
            for name in POLLUTANTS:
                kg[name] += state.added(name) * days
        return LineSums(lost, other, hit, kg, shut)
