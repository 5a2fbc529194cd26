"""Measures: what a rule asks of a line, read strictly from ``then``.

A measure is written as a word (``stop``) or a mapping whose one measure key carries its
value (``{limit: 0.20, base: least_of_three}``), with options for counting, phase and
daily window beside it.  Shares are shares: 0.20, never 20.
"""

from __future__ import annotations

import math
import re
from typing import Any, Literal, get_args

from pydantic import Field, field_validator, model_validator

from alertengine.rulebook.head import Names, Strict
from alertengine.vocabulary import MEASURES, MOST_HOURS, POLLUTANTS, SaidError, Track

Counting = Literal["line", "unit", "chamber", "capacity", "load"]
Over = Literal["process", "rule", "enterprise"]
Per = Literal["line", "unit"]
Base = Literal["capacity", "permit", "eia", "last_year", "least_of_three"]
Demand = Literal["heat", "gas", "output", "verified_load"]

#: Options each measure may carry beside its value; every measure may carry the common ones.
_COMMON = ("after_hours", "until_hours", "daily", "on_top_of", "remark")
_OPTIONS: dict[str, tuple[str, ...]] = {
    "limit": ("base",),
    "stop_share": ("by", "over", "additional"),
    "stop_units": ("size_at_least", "size_at_most", "over", "additional"),
    "cycle_cap": ("per",),
    "emission_cap": ("o2_pct",),
    "vehicle_ban": ("total", "stage_at_most", "classes", "fuels"),
    "vehicle_quota": ("vehicles",),
}
_WORDS = ("stop", "bank", "none", "exempt", "self_directed")


class Measure(Strict):
    """One measure.  Which fields are set depends on ``code``.

    ``share`` 0..1; ``hours`` coking time in hours; ``amount`` tonnes, heats or pushes a day, or a
    count of machines; ``caps`` mg/m³ by pollutant at ``o2_pct`` % oxygen; ``daily`` a window of the
    day ``HH:MM-HH:MM``; ``additional``: chosen among what everything else leaves running; ``per``: a cap on heats
    of the line or of each of its furnaces; ``after_hours`` and ``until_hours`` count from the first start of the
    warning's life.
    """

    code: str
    share: float | None = Field(default=None, gt=0, le=1)
    base: Base | None = None
    by: tuple[Counting, ...] = ()
    over: Over = "process"
    hours: float | None = Field(default=None, gt=0)
    amount: float | None = Field(default=None, ge=0)
    caps: tuple[tuple[str, float], ...] = ()
    o2_pct: float | None = Field(default=None, ge=0, le=21)
    size_at_least: float | None = None
    size_at_most: float | None = None
    demand: Demand | None = None
    total: bool = False
    stage_at_most: int | None = Field(default=None, ge=0, le=6)
    classes: Names = ()
    fuels: Names = ()
    vehicles: str = ""
    text: str = ""
    remark: str = ""
    after_hours: float = Field(default=0, ge=0, le=MOST_HOURS)
    until_hours: float | None = Field(default=None, gt=0, le=MOST_HOURS)
    daily: str = ""
    on_top_of: Names = ()
    additional: bool = False
    per: Per = "line"

    @field_validator("daily")
    @classmethod
    def _window(cls, value: str) -> str:
        if value and not re.fullmatch(r"-".join([r"(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)"] * 2), value):
            raise SaidError("window_form")
        if value and value[:5] == value[6:]:
            raise SaidError("window_empty")
        return value

    @model_validator(mode="after")
    def _phase(self) -> Measure:
        if self.until_hours is not None and self.until_hours <= self.after_hours:
            raise SaidError("hours_reversed")
        return self

    def __hash__(self) -> int:
        """By what tells measures apart most: to hash every field costs more than all that is done with them."""
        return hash((self.code, self.share, self.amount, self.text))

    @property
    def track(self) -> Track:
        """The track the measure acts on: production, transport or advice."""
        return MEASURES[self.code].track

    @property
    def window_hours(self) -> float:
        """Hours of a day the measure holds: 24 without a daily window."""
        if not self.daily:
            return 24.0
        first, last = (int(part[:2]) + int(part[3:]) / 60 for part in self.daily.split("-"))
        return (last - first) % 24 or 24.0

    @property
    def on_top(self) -> bool:
        """Whether what it stops must still run under every other order (增停)."""
        return self.additional or (bool(self.on_top_of) and self.code in ("stop_share", "stop_units"))

    def active(self, hours: float) -> bool:
        """Whether the measure holds ``hours`` after the start of the warning's life."""
        return self.after_hours <= hours and (self.until_hours is None or hours < self.until_hours)

    def key(self) -> tuple[Any, ...]:
        """What must be equal for two measures to compete for the strictest: kind, base, phase, window."""
        return (
            self.code, self.base, self.by, self.over, self.demand, self.after_hours, self.until_hours, self.daily,
            self.amount is None, self.size_at_least, self.size_at_most, self.o2_pct, self.on_top_of,
            self.additional, self.per,
        )  # fmt: skip


def read_measures(then: Any) -> tuple[Measure, ...]:
    """The measures a ``then`` says: one word or mapping, or a list of them.

    Raises:
        ValueError: with what was expected.

    """
    items = then if isinstance(then, list) else [then]
    if not items:
        raise SaidError("then_empty")
    return tuple(read_measure(item) for item in items)


def read_measure(item: Any) -> Measure:
    """One measure from its word or mapping.

    Raises:
        ValueError: with what was expected.

    """
    if isinstance(item, str):
        if item in _WORDS:
            return Measure(code=item)
        code = "measure_without_value" if item in MEASURES else "measure_unknown"
        raise SaidError(code, found=item, names=list(MEASURES))
    if not isinstance(item, dict):
        raise SaidError("measure_form", found=repr(item))
    named = [key for key in item if key in MEASURES]
    if len(named) != 1:
        raise SaidError("measure_one", names=list(MEASURES), found=list(map(str, item)))
    code = named[0]
    options = {key: value for key, value in item.items() if key != code}
    unknown = [key for key in options if key not in (*_COMMON, *_OPTIONS.get(code, ()))]
    if unknown:
        raise SaidError("measure_takes_not", name=code, names=list(map(repr, unknown)))
    if code == "stop_share":
        by = options.pop("by", "line")
        if not by or not isinstance(by, str | list):
            raise SaidError("measure_by", names=get_args(Counting), found=repr(by))
        options["by"] = (by,) if isinstance(by, str) else tuple(by)
    return Measure(code=code, **_value(code, item[code]), **options)


def _value(code: str, value: Any) -> dict[str, Any]:
    """The fields that a measure's own value sets."""
    reader = _READERS.get(code)
    if reader is None:
        if code == "filed":
            raise SaidError("measure_filed")
        if code == "lapsed":
            raise SaidError("measure_lapsed")
        if value is True:
            return {}
        if isinstance(value, str):
            return {"text": value}
        raise SaidError("measure_true_or_text", name=code, found=repr(value))
    return reader(code, value)


def _share(code: str, value: Any) -> dict[str, Any]:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= 1:
        raise SaidError("measure_share", name=code, found=repr(value))
    return {"share": float(value)}


def _count(code: str, value: Any) -> dict[str, Any]:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < math.inf:
        raise SaidError("measure_number", name=code, found=repr(value))
    if code == "stop_units" and value != int(value):
        raise SaidError("measure_whole", name=code, found=repr(value))
    return {"hours" if code == "coking_time" else "amount": float(value)}


def _cap(code: str, value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        if set(value) == {"cut"}:
            return _share(f"{code}.cut", value["cut"])
        if set(value) == {"to"}:
            return _count(code, value["to"])
        raise SaidError("measure_cap", name=code)
    return _count(code, value)


def _caps(code: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or not value or not set(value) <= set(POLLUTANTS):
        raise SaidError("measure_caps", name=code, names=POLLUTANTS, found=repr(value))
    return {"caps": tuple((key, _count(code, value[key])["amount"]) for key in POLLUTANTS if key in value)}


def _demand(code: str, value: Any) -> dict[str, Any]:
    if value not in get_args(Demand):
        raise SaidError("measure_demand", name=code, found=repr(value))
    return {"demand": value}


def _text(code: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, str) or not value.strip():
        raise SaidError("measure_text_wanted", name=code, found=repr(value))
    return {"text": value}


_READERS: dict[str, Any] = {
    "limit": _share,
    "stop_share": _share,
    "stop_units": _count,
    "coking_time": _count,
    "feed_cap": _cap,
    "cycle_cap": _cap,
    "emission_cap": _caps,
    "demand_cap": _demand,
    "vehicle_ban": _text,
    "vehicle_quota": lambda code, value: _text(code, value) if isinstance(value, str) else _share(code, value),
    "advice": _text,
    "refer": _text,
}
