"""Rules about air: AQI standards, grading of warnings, reduction ratios, areas that act together.

They are data like every other rule; this room only says what each must look like.  The
numbers stand in ``rules/``, the arithmetic in :mod:`alertengine.warning`.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Annotated, Any, Final, Literal

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from alertengine.rulebook.head import Names, RuleHead, Strict
from alertengine.vocabulary import AMBIENT, AMBIENT_TEXT, POLLUTANTS, Level, SaidError, number

#: Columns of a breakpoint table: pollutant and averaging time.
BREAKPOINT_COLUMNS: Final = (
    "so2_24h", "so2_1h", "no2_24h", "no2_1h", "co_24h", "co_1h", "o3_8h", "o3_1h", "pm10_24h", "pm25_24h",
)  # fmt: skip
WarningLevel = Literal["yellow", "orange", "red"]
Rounding = Literal["up", "half_up"]


class Validity(Strict):
    """When a mean counts (GB 3095): hours a daily mean needs, hours an 8 h ozone mean needs, minutes of an hour."""

    daily_hours: int = Field(ge=1, le=24)
    o3_8h_hours: int = Field(ge=1, le=8)
    hour_minutes: int = Field(ge=1, le=60)


class ForecastDuty(Strict):
    """What a forecast must do: cover so many days after the day of issue, out by a time of day."""

    days: int = Field(ge=1)
    by: str = Field(pattern=r"^\d\d:\d\d$")


class AqiRule(RuleHead):
    """An AQI standard: breakpoints, rounding, indicators, what counts as missing.

    ``breakpoints`` has the column ``iaqi`` and one per pollutant and averaging time
    (µg/m³, CO mg/m³); a column shorter than ``iaqi`` ends where its table ends, and
    ``beyond`` gives the index above that: a number or ``not computed``.
    """

    kind: Literal["aqi"]
    breakpoints: dict[str, tuple[float, ...]]
    beyond: dict[str, float | Literal["not computed"]] = Field(default_factory=dict)
    index_rounding: Rounding
    #: Decimals each concentration is rounded to (GB/T 8170: half to even); empty: not rounded.
    concentration_decimals: dict[str, int] = Field(default_factory=dict)
    #: Decimals a mean that is computed here is rounded to before it is read in the table (half to even).
    mean_decimals: dict[str, int] = Field(default_factory=dict)
    daily: Names
    hourly: Names
    #: Which PM mean the hourly index reads: the moving 24 h mean or the hour itself.
    pm_hourly: Literal["moving_24h", "hour"]
    primary_above: float
    #: Index above which a pollutant is called 超标; absent where the standard has no such word.
    exceedance_above: float | None = None
    #: With a pollutant missing, publish only an index above this; absent: always.
    missing_publish_above: float | None = None
    lowest: int = Field(ge=0, le=1)
    validity: Validity
    forecast: ForecastDuty | None = None

    @field_validator("breakpoints")
    @classmethod
    def _table(cls, table: dict[str, tuple[float, ...]]) -> dict[str, tuple[float, ...]]:
        if set(table) != {"iaqi", *BREAKPOINT_COLUMNS}:
            raise SaidError("breakpoint_columns", names=["iaqi", *BREAKPOINT_COLUMNS])
        for name, column in table.items():
            if not 2 <= len(column) <= len(table["iaqi"]) or any(a >= b for a, b in pairwise(column)):
                raise SaidError("breakpoint_rising", name=name)
        return table

    @model_validator(mode="after")
    def _columns(self) -> AqiRule:
        for name in (*self.daily, *self.hourly, *self.beyond):
            if name not in BREAKPOINT_COLUMNS:
                raise SaidError("breakpoint_unknown", found=name, names=BREAKPOINT_COLUMNS)
        for key, decimals in (
            ("concentration_decimals", self.concentration_decimals),
            ("mean_decimals", self.mean_decimals),
        ):
            unknown = set(decimals) - set(AMBIENT)
            if unknown:
                raise SaidError("pollutant_unknown", place=key, found=sorted(unknown), names=AMBIENT)
        return self


class Exceed(Strict):
    """A run of back-to-back 24 h windows, each with a mean AQI above (or reaching) a number."""

    above: float | None = Field(default=None, ge=0, lt=500)
    reach: float | None = Field(default=None, gt=0, le=500)
    hours: int = Field(ge=24, multiple_of=24)

    @model_validator(mode="after")
    def _one(self) -> Exceed:
        if (self.above is None) == (self.reach is None):
            raise SaidError("either_or", names=["above", "reach"])
        return self

    @property
    def threshold(self) -> float:
        """The AQI compared with."""
        return self.above if self.above is not None else float(self.reach or 0)

    def text(self) -> str:
        """Return the condition as people read it."""
        word = f"大于{number(self.threshold)}" if self.above is not None else f"达到{number(self.threshold)}"
        return f"日均AQI{word}持续{self.hours}小时及以上"


class AllOf(Strict):
    """Every part holds, the shorter runs inside the longest one."""

    all: tuple[Start, ...] = Field(min_length=2)

    def text(self) -> str:
        """Return the condition as people read it."""
        return "且".join(f"（{part.text()}）" if isinstance(part, AnyOf) else part.text() for part in self.all)


class AnyOf(Strict):
    """At least one part holds."""

    any: tuple[Start, ...] = Field(min_length=2)

    def text(self) -> str:
        """Return the condition as people read it."""
        return "；或".join(part.text() for part in self.any)


def _sort(value: Any) -> str:
    keys = set(value) if isinstance(value, dict) else {type(value).__name__}
    if keys & {"all", "AllOf"}:
        return "all"
    return "any" if keys & {"any", "AnyOf"} else "exceed"


Start = Annotated[
    Annotated[Exceed, Tag("exceed")] | Annotated[AllOf, Tag("all")] | Annotated[AnyOf, Tag("any")], Discriminator(_sort)
]


def air_leaves(start: Start) -> list[Exceed]:
    """Every single condition of a start condition."""
    if isinstance(start, Exceed):
        return [start]
    parts = start.all if isinstance(start, AllOf) else start.any
    return [leaf for part in parts for leaf in air_leaves(part)]


class WarningLife(Strict):
    """How a warning lives: gaps that join, lead time, start at once, lift, oscillation.

    ``oscillation``: ``higher`` begins a joined life at its highest level, and each hour holds the highest
    level of what is still to come, the steps down being announced with it; ``own`` gives each run its own
    level and bridges only dips between runs of the same level.
    """

    join_gap_hours: int = Field(ge=0)
    lift_hours: int = Field(ge=0)
    lead_hours: int = Field(ge=0)
    early_hours: int = Field(ge=0)
    early_above: float = Field(ge=0, lt=500)
    oscillation: Literal["higher", "own"]


class Advise(Strict):
    """Causes that bring advice instead of curtailment, and from which AQI on."""

    primary: Names = ()
    dust: bool = False
    start: Start
    text: str

    @model_validator(mode="after")
    def _causes(self) -> Advise:
        if bool(self.primary) == self.dust:
            raise SaidError("advise_cause")
        unknown = set(self.primary) - set(AMBIENT)
        if unknown:
            raise SaidError("pollutant_unknown", place="primary", found=sorted(unknown), names=AMBIENT)
        return self

    def cause(self) -> str:
        """Return the cause as people read it."""
        return "沙尘" if self.dust else "、".join(AMBIENT_TEXT[name] for name in self.primary)


class Tier(Strict):
    """A step below the lowest level where a place has one (蓝色预警, 不利气象条件应对): advice, never curtailment."""

    name: str = Field(min_length=1)
    start: Start
    text: str


class GradingRule(RuleHead):
    """When a forecast makes a warning of a level, how a warning lives, or what brings advice only."""

    kind: Literal["grading"]
    level: WarningLevel | None = None
    start: Start | None = None
    life: WarningLife | None = None
    advise: Advise | None = None
    tier: Tier | None = None

    @model_validator(mode="after")
    def _one(self) -> GradingRule:
        if (self.level is None) != (self.start is None):
            raise SaidError("level_and_start")
        if [self.level, self.life, self.advise, self.tier].count(None) != 3:
            raise SaidError("grading_one")
        return self


class RatioRule(RuleHead):
    """City-wide reduction required per level and pollutant, as a share of whole-society emission."""

    kind: Literal["ratio"]
    required: dict[WarningLevel, dict[str, Annotated[float, Field(gt=0, le=1)]]]

    @model_validator(mode="after")
    def _known(self) -> RatioRule:
        for level, shares in self.required.items():
            unknown = set(shares) - set(POLLUTANTS)
            if unknown:
                raise SaidError("pollutant_unknown", place=level, found=sorted(unknown), names=POLLUTANTS)
        rows = [self.required[level.value] for level in Level if level.value in self.required]
        for lighter, graver in pairwise(rows):
            if any(graver.get(name, share) < share for name, share in lighter.items()):
                raise SaidError("ratio_falls")
        return self


class Trigger(Strict):
    """A joint warning starts where at least ``cities`` members hold ``level`` or a graver one at the same time."""

    cities: int = Field(ge=1)
    level: WarningLevel


class LinkageRule(RuleHead):
    """Areas that act together: when enough members hold a level, ``floor`` binds all of them.

    Without a trigger the rule only names the members: the level comes as an order from above.
    """

    kind: Literal["linkage"]
    members: Names = Field(min_length=1)
    trigger: Trigger | None = None
    floor: WarningLevel | None = None

    @model_validator(mode="after")
    def _floor(self) -> LinkageRule:
        if self.floor is not None and self.trigger is None:
            raise SaidError("floor_alone")
        return self


def minutes_of(clock: str) -> int:
    """Minutes since midnight of a time ``HH:MM``."""
    match = re.fullmatch(r"(\d\d):(\d\d)", clock)
    if match is None:
        raise SaidError("clock_form", found=clock)
    return int(match[1]) * 60 + int(match[2])


AIR_KINDS: Final[dict[str, type[RuleHead]]] = {
    "aqi": AqiRule,
    "grading": GradingRule,
    "ratio": RatioRule,
    "linkage": LinkageRule,
}
