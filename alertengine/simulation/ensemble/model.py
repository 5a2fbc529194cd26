"""How a scenario file says that forecasts err: ``ensemble: {winters, seed, error}``.

An error figure without a source is an invented number: ``source`` is required, and no
number stands in by default.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from alertengine.rulebook import Strict
from alertengine.vocabulary import SaidError

#: A correlation of errors: 0 independent, 1 the same.
Correlation = Annotated[float, Field(ge=0, le=1)]


def _by_lead(value: Any) -> Any:
    return value if isinstance(value, (list, tuple)) else (value,)


#: One number per lead day from 0 (the day of issue) on, or a single one for every lead.
ByLead = Annotated[tuple[float, ...], Field(min_length=1), BeforeValidator(_by_lead)]


class StatedError(Strict):
    """Errors as stated: forecast less observed daily AQI is normal, cut to 0..500.

    Of lead ``l`` the mean is ``bias[l] + bias_share[l] * observed``, the standard deviation
    ``sd[l] + sd_share[l] * observed`` (AQI; shares of the observed AQI).  ``between_days``
    correlates errors of neighbouring target days of one issue, ``between_issues`` those of
    successive issues for one target day, ``between_cities`` those of two cities.
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

    ``pairs`` is a forecast file (issue time, city, target date, AQI or its range) with a
    column ``observed_aqi``, or beside an ``observed`` file of observations.  A block is
    ``block_days`` successive days of issue with all their leads, the same for all cities
    (``cities: own``), so that what hangs together stays together; ``pooled`` lets every city
    draw by itself from all cities of the file.  ``residual`` carries over differences of AQI or ratios.
    """

    source: str = Field(min_length=1)
    pairs: str = Field(min_length=1)
    observed: str = ""
    block_days: int = Field(ge=1)
    residual: Literal["difference", "ratio"]
    cities: Literal["own", "pooled"] = "own"


def _sort(value: Any) -> str:
    if isinstance(value, dict):
        return "pairs" if "pairs" in value else "stated"
    return "pairs" if isinstance(value, PairsError) else "stated"


ErrorModel = Annotated[
    Annotated[StatedError, Tag("stated")] | Annotated[PairsError, Tag("pairs")], Discriminator(_sort)
]


class EnsembleSpec(Strict):
    """How many winters, from which seed, under which errors."""

    winters: int = Field(ge=1, le=1_000_000)
    seed: int = Field(ge=0)
    error: ErrorModel
