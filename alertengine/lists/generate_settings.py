"""What a synthetic list is made of: ``enterprise_lists/generator.yaml``, checked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from alertengine.files import checked_model, lists_folder, read_yaml

Share = Annotated[float, Field(ge=0, le=1)]
Amount = Annotated[float, Field(ge=0)]
#: Weights of the values of a field; the empty text is unknown.
Weights = dict[str, Amount]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class City(_Strict):
    """A city: its weight among enterprises and its counties."""

    weight: Amount = 1
    counties: Annotated[tuple[str, ...], Field(min_length=1)]


class Inside(NamedTuple):
    """A circle inside a county: its centre in degrees and its radius in km."""

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    km: Amount


class Lognormal(_Strict):
    """A positive number: its median and the spread of its logarithm."""

    median: float = Field(gt=0)
    spread: Amount


class Uniform(_Strict):
    """A number between two bounds."""

    low: float
    high: float


class LineSettings(_Strict):
    """Lines of one process in an enterprise: how many, of what size, with what median emission in kg/d."""

    process: str
    count: tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]] = (1, 1)
    size: tuple[float, float] | None = None
    size_unit: str = ""
    capacity: tuple[float, float] | None = None
    capacity_unit: str = ""
    grades: str = ""
    kg_d: dict[Literal["so2", "nox", "pm", "vocs"], Amount]


class IndustryKind(_Strict):
    """An industry: its share of enterprises, which table of grades it has, and its lines."""

    share: Share
    grades: str
    guarantee: str = ""
    lines: Annotated[tuple[LineSettings, ...], Field(min_length=1)]


class Sample(_Strict):
    """A shipped sample list of a city: its file name, size and seed, and what is changed for it.

    ``filed`` is the share of enterprises with a filed plan, ``beside`` multiplies what the sectors
    beside industry emit, so that a city reaches the required ratio or misses it.
    """

    file: Annotated[str, Field(pattern="^[a-z]+$")]
    lines: int = Field(gt=0)
    seed: int
    filed: Share | None = None
    beside: Amount = 1
    published: str = ""


class Settings(_Strict):
    """The whole of ``generator.yaml``; a county without a point has enterprises without coordinates."""

    standing: Literal["synthetic"]
    label: Annotated[str, Field(min_length=1)]
    inventory_year: int
    blank: Share
    cities: Annotated[dict[str, City], Field(min_length=1)]
    points: dict[str, dict[str, Inside]] = Field(default_factory=dict)
    grades: dict[str, Weights]
    chance_of_yes: dict[str, Share]
    zones: Weights
    catalogues: Weights
    named_lists: Weights
    city_distance_km: Lognormal
    trucks_per_day: Lognormal
    load_pct: Uniform
    production_days: Uniform
    filed: Share
    plans: dict[str, tuple[str, str, str]]
    totals: dict[str, Share | dict[Literal["so2", "nox", "pm", "vocs"], Amount]]
    spread: Amount
    industries: Annotated[dict[str, IndustryKind], Field(min_length=1)]
    samples: dict[str, Sample] = Field(default_factory=dict)
    sample_plans: dict[str, tuple[str, str, str]] = Field(default_factory=dict)


def load_settings(path: Path | None = None) -> Settings:
    """The settings of a file; of the shipped one where none is named.

    Raises:
        InputError: the file cannot be read or says something a generator cannot use.

    """
    path = path or lists_folder() / "generator.yaml"
    return checked_model(Settings, read_yaml(path), str(path))
