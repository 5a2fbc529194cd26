"""What is kept of many winters: every level in a block, and of all blocks what the tables need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from alertengine.simulation.ensemble.grading import Threshold
from alertengine.simulation.ensemble.lives import ACTIONS, MINUTES, Outcomes

#: What is counted: whole warnings (see lives), then afternoons on which what is announced changes.
COUNTED: Final = (*ACTIONS, "extend", "shorten", "raise", "lower")

#: Ranks of levels above none.
RANKS: Final = (1, 2, 3)
#: Against what a winter is held: the warnings of a forecast without error, the level the observed day itself bears.
REFERENCES: Final = ("perfect forecast", "observed air")
#: Of a reference: days of both, of it alone, of the winter alone.
OUTCOMES: Final = ("hits", "misses", "false_alarms")
Int8 = npt.NDArray[np.int8]
Int16 = npt.NDArray[np.int16]
Int64 = npt.NDArray[np.int64]


@dataclass
class DecidedBlock:
    """A block of winters as it is decided.

    ``levels`` (cities, slots, winters) the rank in force; ``counts`` (cities, counted, winters) on how many afternoons
    each name of ``COUNTED`` was announced; ``said`` and ``cases``
    (cities, thresholds, leads, not observed / observed) forecasts above a threshold and all forecasts; ``announced``
    per city (starts of the reference, winters) the day since which a start is announced, -1 if not.
    """

    levels: Int8
    counts: Int16
    said: Int64
    cases: Int64
    announced: list[npt.NDArray[np.int32]] = field(default_factory=list)
    #: Number of the outcome of each city's last afternoon.
    last: Int64 = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))

    @classmethod
    def empty(
        cls, cities: int, days: int, slots: int, winters: int, leads: int, thresholds: Sequence[Sequence[Threshold]]
    ) -> DecidedBlock:
        """Nothing decided yet."""
        shape = (cities, max((len(held) for held in thresholds), default=0), leads, 2)
        return cls(
            np.zeros((cities, days * slots, winters), dtype=np.int8),
            np.zeros((cities, len(COUNTED), winters), dtype=np.int16),
            np.zeros(shape, dtype=np.int64),
            np.zeros(shape, dtype=np.int64),
            last=np.zeros((cities, winters), dtype=np.int64),
        )

    def take(
        self, city: int, slot: int, rows: npt.NDArray[np.intp], done: Int64, outcomes: Outcomes, slots: int
    ) -> None:
        """One city's afternoon: what is in force until the next one, what was announced."""
        room = min(slots, self.levels.shape[1] - slot)
        for place in range(room):
            self.levels[city, slot + place, rows] = outcomes.ahead[done, place]
        before, now = outcomes.ahead[self.last[city, rows], slots:], outcomes.ahead[done]
        happened = np.zeros((len(rows), len(COUNTED)), dtype=np.int16)
        happened[:, : len(ACTIONS)] = outcomes.actions[done]
        happened[:, len(ACTIONS) :] = _changed(before, now)
        happened[:, 3] &= happened[:, 0] == 0  # a new warning is no extension of another
        happened[:, 4] &= happened[:, 1] + happened[:, 2] == 0
        self.counts[city][:, rows] += happened.T
        self.last[city] = 0
        self.last[city, rows] = done

    def time_starts(
        self,
        city: int,
        day: int,
        slot: int,
        rows: npt.NDArray[np.intp],
        starts: Sequence[tuple[int, int]],
        outcomes: Outcomes,
        done: Int64,
    ) -> None:
        """Since which day each start of the reference in sight is announced without a break."""
        for place, (start, rank) in enumerate(starts):
            if not 0 <= start - slot < outcomes.width:
                continue
            held = self.announced[city][place]
            now = np.zeros(len(held), dtype=bool)
            if len(rows):
                now[rows] = outcomes.ahead[done, start - slot] >= rank
            held[now & (held < 0)] = day
            held[~now] = -1

    def count_exceedances(
        self,
        city: int,
        day: int,
        steps: npt.NDArray[np.uint8],
        observed: npt.NDArray[np.uint8],
        known: npt.NDArray[np.bool_],
    ) -> None:
        """Count one city's forecasts of an afternoon above each threshold, by lead."""
        some = bool(steps.any())
        came = observed[day : day + len(steps)]
        for place in range(self.said.shape[1]):
            over = np.count_nonzero(steps > place, axis=1) if some else 0
            leads = np.arange(len(steps))
            there = known[day : day + len(steps)]
            np.add.at(self.said[city, place], (leads, (came > place).astype(int)), np.where(there, over, 0))
            np.add.at(self.cases[city, place], (leads, (came > place).astype(int)), np.where(there, steps.shape[1], 0))


def _changed(before: Int8, now: Int8) -> npt.NDArray[np.bool_]:
    """Whether announced hours became more, fewer, graver, lighter (shape: rows, 4)."""
    known = before.shape[1]
    old, new = before > 0, now > 0
    both = old & new[:, :known]
    rest = now[:, :known]
    return np.stack([
        (new[:, :known] & ~old).any(axis=1) | new[:, known:].any(axis=1),
        (old & ~new[:, :known]).any(axis=1),
        (both & (rest > before)).any(axis=1),
        (both & (rest < before)).any(axis=1),
    ], axis=1)  # fmt: skip


@dataclass(frozen=True)
class Summary:
    """What the tables need of winters.

    ``hours`` and ``days`` (cities, ranks 0..3, winters): hours in force, days whose highest level it was; ``against``
    (cities, ranks 1..3, references, outcomes, winters): days at the rank or above; ``chance`` (cities, days, ranks
    0..3): winters in which that was the day's highest level; the rest as :class:`DecidedBlock` has it.
    """

    hours: npt.NDArray[np.float32]
    days: Int16
    against: Int16
    chance: Int64
    counts: Int16
    said: Int64
    cases: Int64
    announced: list[npt.NDArray[np.int32]]

    @property
    def winters(self) -> int:
        """Number of winters."""
        return self.days.shape[-1]


def summary(kept: DecidedBlock, cuts: Sequence[int], references: npt.NDArray[np.int8]) -> Summary:
    """Sum a block up; ``references`` (references, cities, days) hold the ranks it is held against."""
    cities, slots, winters = kept.levels.shape
    by_day = kept.levels.reshape(cities, slots // len(cuts), len(cuts), winters)
    length = np.diff([*cuts, MINUTES]) / 60
    parts = [(by_day == rank).sum(axis=1) for rank in (0, *RANKS)]
    hours = np.stack([np.tensordot(length, part, axes=(0, 1)) for part in parts], axis=1).astype(np.float32)
    top = by_day.max(axis=2)
    chance = np.stack([(top == rank).sum(axis=2, dtype=np.int64) for rank in (0, *RANKS)], axis=2)
    days = np.stack([(top == rank).sum(axis=1, dtype=np.int16) for rank in (0, *RANKS)], axis=1)
    against = np.zeros((cities, len(RANKS), len(references), len(OUTCOMES), winters), dtype=np.int16)
    for place, rank in enumerate(RANKS):
        here = top >= rank
        for number, reference in enumerate(references):
            real = (reference >= rank)[:, :, None]
            hits = (here & real).sum(axis=1, dtype=np.int16)
            against[:, place, number, 0] = hits
            against[:, place, number, 1] = real.sum(axis=1) - hits
            against[:, place, number, 2] = here.sum(axis=1, dtype=np.int16) - hits
    return Summary(hours, days, against, chance, kept.counts, kept.said, kept.cases, kept.announced)


def joined(parts: Sequence[Summary]) -> Summary:
    """All blocks as one."""

    def side_by_side(name: str) -> Any:
        return np.concatenate([getattr(part, name) for part in parts], axis=-1)

    def together(name: str) -> Int64:
        return np.sum([getattr(part, name) for part in parts], axis=0)

    announced = [np.concatenate(held, axis=-1) for held in zip(*(part.announced for part in parts), strict=True)]
    return Summary(
        side_by_side("hours"), side_by_side("days"), side_by_side("against"), together("chance"),
        side_by_side("counts"), together("said"), together("cases"), announced,
    )  # fmt: skip
