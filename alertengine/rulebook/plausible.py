"""What a value may plausibly be: ranges, marks of missing data, jumps, units, spans of days (``plausible.yaml``)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from alertengine.vocabulary import FIELDS, SaidError, Standing, number

Pollutant = Literal["so2", "nox", "pm", "vocs"]
Positive = Annotated[float, Field(gt=0)]


def _one_of(*names: str) -> AfterValidator:
    def check(name: str) -> str:
        if name not in names:
            raise SaidError("key_one_of", expected=names)
        return name

    return AfterValidator(check)


Quantity = Annotated[str, _one_of("aqi", "pm25", "pm10", "so2", "no2", "co", "o3", "o3_8h", "o3_1h")]
Number = Annotated[str, _one_of(*(name for name, field in FIELDS.items() if field.type in ("number", "integer")))]


class _Bounds(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, allow_inf_nan=False)


class _Sourced(_Bounds):
    source: str
    standing: Standing = "primary"


class Range(_Sourced):
    """Lowest and highest value, both allowed."""

    lowest: float
    highest: float

    @model_validator(mode="after")
    def _ordered(self) -> Range:
        if self.highest < self.lowest:
            raise SaidError("range_reversed", lowest=number(self.lowest), highest=number(self.highest))
        return self

    def __str__(self) -> str:
        """The range as an expectation names it."""
        return f"{number(self.lowest)}..{number(self.highest)}"


class Jumps(_Sourced):
    """When an hour is doubted: ``times`` as high as both its neighbours, and higher ``by`` so much of a quantity."""

    times: float = Field(gt=1)
    by: dict[Quantity, Positive] = {}


class DayJumps(Jumps):
    """When a day is doubted: as :class:`Jumps`, also below both neighbours; or one index on ``copied`` days in a row.

    Where at least ``copied_with`` concentrations are the same on these days too, a person is asked; else it is noted.
    """

    copied: int = Field(ge=3)
    copied_with: int = Field(ge=1)


class Unit(_Sourced):
    """When the median of a column of ``least`` values shows another unit: divided where sure, doubted where not.

    A cell alone beyond ``above`` or ``below`` is doubted where it lies ``cell_times`` the median or more away from it.
    """

    least: int = Field(ge=1)
    above: float | None = None
    divide_by: Positive = 1.0
    read_as: str = ""
    below: float | None = None
    looks_like: str = ""
    cell_times: float | None = Field(None, gt=1)


class Days(_Sourced):
    """How many days a forecast day may lie before or after its issue, an observed one from the middle of its file."""

    before_issue: int = Field(ge=0)
    after_issue: int = Field(ge=0)
    from_middle: int = Field(ge=0)


class Stations(_Sourced):
    """How rows of stations become their city: the mean of those that report, or ``refused``."""

    rule: Literal["mean", "refused"]


class Contradiction(_Sourced):
    """When an index is not that of its own concentrations: in ``share`` of at least ``least_rows`` rows.

    A row counts where they differ by more than ``index_share`` of the index and by more than ``index``.
    """

    least_rows: int = Field(ge=1)
    share: float = Field(gt=0, le=1)
    index_share: float = Field(ge=0)
    index: float = Field(ge=0)


class Peers(_Sourced):
    """From which ``factor`` off the median of at least so many like lines an amount is doubted."""

    least: int = Field(ge=3)
    factor: float = Field(gt=1)


class AmountColumns(_Sourced):
    """When a column without a unit is none of kilograms a day: the median of ``least`` amounts, by pollutant."""

    least: int = Field(ge=1)
    below: dict[Pollutant, Positive] = {}
    above: float = Field(gt=0)


class HeavyLines(_Sourced):
    """The same of ``least`` lines of industries that emit much: the median of the largest amount of each."""

    least: int = Field(ge=1)
    below: float = Field(gt=0)
    industries: tuple[str, ...]


class AmountTotals(_Sourced):
    """Bounds of the sum of a city's lines (at least ``least``) over its industry: beyond, a unit is wrong."""

    least: int = Field(ge=1)
    below: float = Field(gt=0)
    above: float = Field(gt=1)


class Amounts(_Bounds):
    """Bounds of amounts in kg/d: the ``most`` a line can emit by pollutant, and how far it may be from other lines."""

    most: dict[Pollutant, Positive]
    most_source: str
    peers: Peers
    columns: AmountColumns
    heavy: HeavyLines | None = None
    totals: AmountTotals


class Plausible(_Bounds):
    """Bounds of what forecasts, observations and lists may say; a bound that is not set doubts nothing."""

    no_data: tuple[float, ...] = ()
    air: dict[Quantity, Range] = {}
    zero_is_no_data: _Sourced | None = None
    jumps: Jumps | None = None
    day_jumps: DayJumps | None = None
    units: dict[Quantity, Unit] = {}
    days: Days | None = None
    stations: Stations | None = None
    contradiction: Contradiction | None = None
    lines: dict[Number, Range] = {}
    amounts: Amounts | None = None

    def with_changes(self, new: Plausible) -> Plausible:
        """The same with the entries of a further file, table by table, in place of its own."""
        changes: dict[str, Any] = {name: getattr(new, name) for name in new.model_fields_set}
        for name in ("air", "units", "lines"):
            if name in changes:
                changes[name] = {**getattr(self, name), **changes[name]}
        return self.model_copy(update=changes)
