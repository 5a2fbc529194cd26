"""Many winters, afternoon by afternoon: the forecast, its grading, the warnings that follow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.rulebook import Rulebook
from alertengine.simulation.ensemble import grading
from alertengine.simulation.ensemble.draws import BLOCK, Draws, EnsembleSpec, NoError
from alertengine.simulation.ensemble.lives import BITS, MINUTES, NEVER, ZERO, Afternoon, Lives
from alertengine.simulation.ensemble.outlook import Link, Links, Outlook, Outlooks, bits
from alertengine.simulation.ensemble.result import DecidedBlock, Summary, joined, summary
from alertengine.simulation.ensemble.tables import Ensemble
from alertengine.simulation.ensemble.truth import MISSING, Truth
from alertengine.vocabulary import OPEN, InputError, Problem
from alertengine.warning import TOP, Floor, next_full_hour, reaching

#: Two bits a day in one number.
_MOST_DAYS: Final = 30
Codes = npt.NDArray[np.int64]
Order = tuple[int, int, int, bool]


def ensemble(
    truth: Truth,
    rulebook: Rulebook,
    spec: EnsembleSpec,
    *,
    draws: Draws,
    days_ahead: int,
    issue_hour: int = 15,
    floors: Sequence[Floor] = (),
    known_on: date | None = None,
) -> Ensemble:
    """Decide the warnings of ``spec.winters`` winters in which the same air came and forecasts erred.

    Each day at ``issue_hour`` the forecast of that day and the ``days_ahead`` after it comes with the errors of
    ``draws`` (``spec.error`` made ready, see :func:`.pairs.draws_of`); days before count as observed.

    Raises:
        InputError: an order cannot be read, the horizon is too long.

    """
    if not 0 <= days_ahead <= _MOST_DAYS or not 0 <= issue_hour <= 23:
        said = f"days_ahead {days_ahead}, issue_hour {issue_hour}"
        raise InputError([Problem("ensemble_not_usable", where="ensemble", value=said, most=_MOST_DAYS)])
    season = EnsembleSeason(truth, rulebook, days_ahead, issue_hour, floors, known_on)
    perfect = season.winters(NoError(), 0, 1)
    ranks = np.stack([one.ranks for one in season.outlooks])
    levels = perfect.levels[:, :, 0]
    against = np.stack([levels.reshape(*ranks.shape, -1).max(axis=2), ranks])
    starts = season.starts(levels)
    parts, left = list[Summary](), spec.winters
    for number in range(-(-spec.winters // BLOCK)):
        kept = season.winters(draws, number, min(left, BLOCK), starts)
        parts.append(summary(kept, season.cuts, against))
        left -= BLOCK
    of_perfect = summary(perfect, season.cuts, against)
    return Ensemble(
        truth, spec, days_ahead, issue_hour, season.cuts, season.thresholds, joined(parts), of_perfect, levels, ranks,
        starts,
    )  # fmt: skip


class EnsembleSeason:
    """All that does not hang on the errors: laws, days behind, orders; and the memory of plans."""

    def __init__(
        self,
        truth: Truth,
        rulebook: Rulebook,
        days_ahead: int,
        issue_hour: int,
        floors: Sequence[Floor],
        known_on: date | None = None,
    ) -> None:
        """Lay out every city's afternoons."""
        self.truth, self.days_ahead, self.leads = truth, days_ahead, days_ahead + 1
        self.links = Links(rulebook, truth.cities, known_on)
        self.outlooks = [Outlooks(truth, city, days_ahead) for city in range(len(truth.cities))]
        origin = pd.Timestamp(truth.first)
        self.orders: list[list[Order]] = [
            [
                (_minutes(one.start, origin), _minutes(one.end, origin), one.rank, one.exact)
                for one in reaching(floors, rulebook.lists, city, "")
            ]
            for city in truth.cities
        ]
        since = next_full_hour(ZERO + pd.Timedelta(hours=issue_hour))
        times = {0, _minutes(since, ZERO) % MINUTES}
        times |= {time % MINUTES for held in self.orders for order in held for time in order[:2] if time < NEVER}
        #: Minutes of the day at which slots begin.
        self.cuts = tuple(sorted(times))
        gaps = [law.life.join_gap_hours for held in truth.laws for law in held if law.life]
        self.lives = Lives(issue_hour, days_ahead, self.cuts, max(gaps, default=0))
        self._plain: dict[Any, dict[int, int]] = {}
        #: Whether anything is issued each day.
        self.issued = [bool(truth.known[:, day : day + self.leads].any()) for day in range(truth.days)]

    @property
    def thresholds(self) -> list[tuple[grading.Threshold, ...]]:
        """The numbers of the law that each city's forecasts are judged by."""
        return [one.scale.thresholds for one in self.outlooks]

    def starts(self, levels: npt.NDArray[np.int8]) -> list[list[tuple[int, int]]]:
        """Per city every (slot, rank) at which a winter comes to a rank or above."""
        out = []
        for row in levels:
            before = np.concatenate([[0], row[:-1]])
            out.append([(int(s), rank) for rank in (1, 2, 3) for s in np.flatnonzero((row >= rank) & (before < rank))])
        return out

    def winters(
        self, draws: Draws, number: int, count: int, starts: Sequence[Sequence[tuple[int, int]]] = ()
    ) -> DecidedBlock:
        """One block of winters; ``starts`` are (slot, rank) whose announcement is to be timed."""
        block = draws.block(number)
        kept = DecidedBlock.empty(
            len(self.truth.cities), self.truth.days, len(self.cuts), count, self.leads, self.thresholds
        )
        kept.announced = [np.full((len(held), count), -1, dtype=np.int32) for held in starts]
        state = np.zeros((len(self.truth.cities), count), dtype=np.int64)
        for day in range(self.truth.days):
            steps = self._forecast_steps(block, day, count)
            ranks = [self._ranks(city, day, steps[city]) for city in range(len(steps))]
            links = self._linked(day, ranks, count)
            for city, one in enumerate(steps):
                own = self.outlooks[city]
                kept.count_exceedances(city, day, one, own.steps, own.there)
                self._turn(kept, city, day, state[city], bits(ranks[city], 2), one, links, starts)
        return kept

    def _forecast_steps(self, block: Any, day: int, count: int) -> list[grading.Steps]:
        """The forecast of an afternoon as steps, city by city (days ahead, winters)."""
        observed = self.truth.aqi[:, day : day + self.leads]
        said = block.said(observed.astype(np.float32))[:, :, :count]
        whole = np.clip(np.rint(said), 0, TOP).astype(np.int16)
        whole[observed == MISSING] = MISSING
        return [one.scale.steps(part) for one, part in zip(self.outlooks, whole, strict=True)]

    def _ranks(self, city: int, day: int, steps: grading.Steps) -> npt.NDArray[np.int8]:
        """The level each day ahead bears, observed days behind it counted in (days ahead, winters)."""
        own = self.outlooks[city]
        seen = own.afternoons[day]
        out = np.zeros(steps.shape, dtype=np.int8)
        some = np.flatnonzero(steps.any(axis=0))
        if not len(some):
            return out
        behind = np.repeat(own.steps[day - seen.tail : day, None], len(some), axis=1)
        window = np.concatenate([behind, steps[:, some]]) if seen.tail else steps[:, some]
        first = day - seen.tail
        spans = [own.span(law, first, first + len(window)) for law in seen.laws]
        out[:, some] = grading.grade(window, own.scale, seen.laws, spans)[seen.tail :]
        return out

    def _linked(self, day: int, ranks: list[npt.NDArray[np.int8]], count: int) -> list[tuple[Link, Codes]]:
        """Days on which the cities bind each other."""
        seen = [own.afternoons[day].known is not None for own in self.outlooks]
        today = (self.truth.dates[day]).date()
        found = [(link, link.days(np.stack(ranks))) for link in self.links.on(today, seen)]
        return [(link, code) for link, code in found if code.any() and count]

    def _turn(
        self,
        kept: DecidedBlock,
        city: int,
        day: int,
        state: Codes,
        ranks: Codes,
        steps: grading.Steps,
        links: Sequence[tuple[Link, Codes]],
        starts: Sequence[Sequence[tuple[int, int]]],
    ) -> None:
        """One city's afternoon in all winters: only those where something stands or comes are looked at."""
        own = [pair for pair in links if city in pair[0].follow]
        active = (state != 0) | (ranks != 0)
        for _, code in own:
            active |= code != 0
        if self.orders[city]:
            active[:] = True
        rows = np.flatnonzero(active)
        slot = (day + self.lives.slot_day) * len(self.cuts) + self.lives.first_slot
        done = np.zeros(0, dtype=np.int64)
        if len(rows):
            seen = self.outlooks[city].afternoons[day]
            parts = [ranks[rows], *(code[rows] for _, code in own)]
            carried = self._carried(seen, steps[:, rows], state[rows], city) if seen.special else []
            keys, place = _joint([*parts, *(code for _, code in carried)])
            numbers = self._situations(city, day, keys, [link for link, _ in own], [rank for rank, _ in carried])
            codes, back = np.unique(state[rows] << BITS | numbers[place], return_inverse=True)
            done = self.lives.follow(codes)[back]
            state[rows] = self.lives.outcomes.state[done]
            kept.take(city, slot, rows, done, self.lives.outcomes, len(self.cuts))
        if starts:
            kept.time_starts(city, day, slot, rows, starts[city], self.lives.outcomes, done)

    def _carried(self, seen: Outlook, steps: grading.Steps, state: Codes, city: int) -> list[tuple[int, Codes]]:
        """Per rank the days ahead (bits) of runs whose beginning is not known, where a warning may carry them."""
        own = self.outlooks[city]
        spans = [own.span(law, seen.day, seen.day + len(steps)) for law in seen.laws]
        begun, out = dict(seen.begun), []
        for rank, mask in sorted(grading.above(steps, own.scale, seen.laws, spans).items()):
            runs = mask & (state != 0)
            for day in range(len(runs)):
                if day == 0:
                    runs[0] &= rank in begun
                elif day in seen.open_days:  # only a warning that lasts until then carries it
                    runs[day] &= self.lives.ends(state) >= day * MINUTES
                else:
                    runs[day] &= runs[day - 1]
            out.append((rank, bits(runs)))
        return out

    def _situations(self, city: int, day: int, keys: Codes, links: Sequence[Link], ranks: Sequence[int]) -> Codes:
        """Numbers of the situations that distinct rows of codes (levels, links, carried ranks) stand for."""
        own = self.outlooks[city]
        seen, length = own.afternoons[day], own.afternoons[day].end - day
        plain = keys.shape[1] == 1 and not self.orders[city]
        held = self._plain.setdefault(
            (seen.life and seen.life.key, seen.known, seen.back, own.keep[day], self.issued[day]), {}
        )
        if plain and all(code in held for code in keys[:, 0].tolist()):
            return np.array([held[code] for code in keys[:, 0].tolist()], dtype=np.int64)
        orders = [(max(a - day * MINUTES, -MINUTES), b if b >= NEVER else b - day * MINUTES, r, x)
                  for a, b, r, x in self.orders[city] if b > day * MINUTES]  # fmt: skip
        law = self.lives.law(seen.life) if seen.life is not None and self.issued[day] else -1
        begun = dict(seen.begun)
        out = []
        for code, *more in keys.tolist():
            bound = [order for link, days in zip(links, more, strict=False) for order in link.orders(days)]
            carried = tuple(
                (rank, _mask(days, seen.back, begun.get(rank, 0), length))
                for rank, days in zip(ranks, more[len(links) :], strict=True)
                if days
            )
            runs = self.lives.levels(law, code, length) if law >= 0 else ()
            said = Afternoon(law, runs, seen.known, seen.back, carried, tuple(orders + bound), own.keep[day])
            out.append(self.lives.situation(said))
            if plain:
                held[code] = out[-1]
        return np.array(out, dtype=np.int64)


def _mask(days: int, back: int, start: int, length: int) -> tuple[bool, ...]:
    """Days of carried runs from day ``-back`` on: those ahead, and those behind where they go on today."""
    behind = [bool(days & 1) and day >= start for day in range(-back, 0)]
    return (*behind, *(bool(days >> day & 1) for day in range(length)))


def _joint(codes: Sequence[Codes]) -> tuple[Codes, npt.NDArray[np.intp]]:
    """Distinct rows of some codes side by side, and the place of each row among them."""
    if len(codes) == 1:
        found, place = np.unique(codes[0], return_inverse=True)
        return found[:, None], place
    rows, place = np.unique(np.stack(codes, axis=1), axis=0, return_inverse=True)
    return rows, place.ravel()


def _minutes(time: datetime, origin: datetime) -> int:
    return NEVER if time >= OPEN else (time - origin) // timedelta(minutes=1)
