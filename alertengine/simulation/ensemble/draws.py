"""How a file says that forecasts err, and what such a forecaster says, winter after winter: seeded, by blocks.

Winter ``k`` is the same whatever the number of winters, and a city errs in the same way whatever cities stand beside
it: every block and city has a stream of its own. So regimes and variants meet the same forecasts. An error figure
without a source is an invented number: ``source`` is required, and no number stands in by default.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, Literal, Protocol
from zlib import crc32

import numpy as np
import numpy.typing as npt
from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from alertengine.rulebook import Strict
from alertengine.vocabulary import InputError, Problem, SaidError

#: A correlation of errors: 0 independent, 1 the same.
Correlation = Annotated[float, Field(ge=0, le=1)]


#: One number per lead day from 0 (the day of issue) on, or a single one for every lead.
ByLead = Annotated[
    tuple[float, ...],
    Field(min_length=1),
    BeforeValidator(lambda value: value if isinstance(value, (list, tuple)) else (value,)),
]


class StatedError(Strict):
    """Errors as stated: forecast less observed daily AQI is normal, cut to 0..500.

    Of lead ``l`` the mean is ``bias[l] + bias_share[l] * observed``, the standard deviation ``sd[l] + sd_share[l] *
    observed`` (AQI; shares of the observed AQI). ``between_days`` correlates errors of neighbouring target days of one
    issue, ``between_issues`` those of successive issues for one target day, ``between_cities`` those of two cities.
    """

    source: str = Field(min_length=1)
    bias: ByLead
    sd: ByLead = ()
    bias_share: ByLead = ()
    sd_share: ByLead = ()
    between_days: Correlation
    between_issues: Correlation
    between_cities: Correlation

    @model_validator(mode="after")
    def _spread(self) -> StatedError:
        if not self.sd and not self.sd_share:
            raise SaidError("stated_spread")
        if min((*self.sd, *self.sd_share)) < 0:
            raise SaidError("negative_spread")
        return self

    def short(self, leads: int) -> dict[str, int]:
        """Keys that state too few leads, and how many they state."""
        said = {name: len(getattr(self, name)) for name in ("bias", "sd", "bias_share", "sd_share")}
        return {name: count for name, count in said.items() if 1 < count < leads}


class PairsError(Strict):
    """Errors as they were: pairs of forecast and observation, drawn again in blocks of days.

    ``pairs`` is a forecast file (issue time, city, target date, AQI or its range) with a column ``observed_aqi``, or
    beside an ``observed`` file of observations. A block is ``block_days`` successive days of issue with all their
    leads, the same for all cities (``cities: own``), so that what hangs together stays together; ``pooled`` lets every
    city draw by itself from all cities of the file. ``residual`` carries over differences of AQI or ratios.
    """

    source: str = Field(min_length=1)
    pairs: str = Field(min_length=1)
    observed: str = ""
    block_days: int = Field(ge=1)
    residual: Literal["difference", "ratio"]
    cities: Literal["own", "pooled"] = "own"


ErrorModel = Annotated[
    Annotated[StatedError, Tag("stated")] | Annotated[PairsError, Tag("pairs")],
    Discriminator(
        lambda said: (
            "pairs" if isinstance(said, PairsError) or (isinstance(said, dict) and "pairs" in said) else "stated"
        )
    ),
]


class EnsembleSpec(Strict):
    """How many winters, from which seed, under which errors."""

    winters: int = Field(ge=1, le=1_000_000)
    seed: int = Field(ge=0)
    error: ErrorModel


#: Winters drawn together.
BLOCK: Final = 2500
Floats = npt.NDArray[np.float32]


class Block(Protocol):
    """A block of winters, afternoon after afternoon."""

    def said(self, observed: Floats) -> Floats:
        """AQI said in the next afternoon (cities, leads, winters) where ``observed`` (cities, leads) will come."""


class Draws(Protocol):
    """An error model ready for some cities and leads."""

    def block(self, number: int) -> Block:
        """The winters of a block, from the first afternoon on."""


def generator(seed: int, *key: int) -> np.random.Generator:
    """The random numbers of a seed and a key; another key gives others, independent of these."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))


def city_key(city: str) -> int:
    """A number of a city that does not hang on the cities beside it."""
    return crc32(city.encode())


class NoError:
    """A forecaster who is always right: one winter."""

    def block(self, number: int) -> Block:  # noqa: ARG002 -- all blocks are alike
        """Always right."""
        return self

    def said(self, observed: Floats) -> Floats:
        """What will come."""
        return observed[:, :, None]


class Stated:
    """Errors as stated: normal, correlated between days, issues and cities."""

    def __init__(self, error: StatedError, seed: int, cities: Sequence[str], leads: int, file: str = "") -> None:
        """Lay the figures out by lead.

        Raises:
            InputError: a figure is stated for too few leads.

        """
        problems = [
            Problem("too_few_leads", file=file, column=f"error.{name}", value=str(count), leads=leads, last=leads - 1)
            for name, count in error.short(leads).items()
        ]
        if problems:
            raise InputError(problems)
        self.error, self.seed, self.cities, self.leads = error, seed, tuple(cities), leads
        self.bias, self.sd, self.bias_share, self.sd_share = (
            np.full(leads, figures[:leads] or 0.0, dtype=np.float32)  # nothing stated adds nothing
            for figures in (error.bias, error.sd, error.bias_share, error.sd_share)
        )

    def block(self, number: int) -> Block:
        """The winters of a block."""
        return _StatedBlock(self, number)


class _StatedBlock:
    """One block: a standing field of errors for the region and one for each city."""

    def __init__(self, of: Stated, number: int) -> None:
        self.of = of
        shared = of.error.between_cities
        self._parts = np.float32(np.sqrt(shared)), np.float32(np.sqrt(1 - shared))
        self._region = _Field(of.error, of.leads, generator(of.seed, number, 0)) if shared else None
        self._own = [_Field(of.error, of.leads, generator(of.seed, number, 1, city_key(city))) for city in of.cities]

    def said(self, observed: Floats) -> Floats:
        leads = observed.shape[1]
        region = self._region.next() if self._region else None
        out = np.empty((*observed.shape, BLOCK), dtype=np.float32)
        for place, (own, came) in enumerate(zip(self._own, observed, strict=True)):
            error = own.next() * self._parts[1]
            if region is not None:
                error += region * self._parts[0]
            mean = came + self.of.bias[:leads] + self.of.bias_share[:leads] * came
            spread = self.of.sd[:leads] + self.of.sd_share[:leads] * came
            np.multiply(error[:leads], spread[:, None], out=out[place])
            out[place] += mean[:, None]
        return out


class _Field:
    """Standard normal errors by lead and winter; each afternoon goes on from the one before.

    Separable: the correlation of two errors is that between their issues times that
    between their target days, both falling off geometrically.
    """

    def __init__(self, error: StatedError, leads: int, random: np.random.Generator) -> None:
        self.random, self.leads = random, leads
        self.days, self.issues = np.float32(error.between_days), np.float32(error.between_issues)
        apart = np.abs(np.subtract.outer(np.arange(leads), np.arange(leads)))
        values, vectors = np.linalg.eigh(np.power(float(error.between_days), apart))
        self._root = (vectors * np.sqrt(np.maximum(values, 0))).astype(np.float32)
        self._last: Floats | None = None

    def next(self) -> Floats:
        """The errors of the next afternoon (leads, winters)."""
        fresh = self.random.standard_normal((self.leads, BLOCK), dtype=np.float32)
        if self.days:
            fresh = self._root @ fresh
        if self._last is None or not self.issues:
            self._last = fresh
            return fresh.copy()
        last = self._last
        beyond = self.random.standard_normal(BLOCK, dtype=np.float32) * np.sqrt(1 - self.days**2)
        beyond += last[-1] * self.days
        fresh *= np.sqrt(1 - self.issues**2)
        fresh[:-1] += last[1:] * self.issues
        fresh[-1] += beyond * self.issues
        self._last = fresh
        return fresh.copy()
