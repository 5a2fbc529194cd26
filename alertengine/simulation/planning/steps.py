"""The steps a plan may choose from: ``enterprise_lists/plan.yaml``, measures of practice with their source.

A step is a measure of the rule language; which of two measures asks more is a comparison in several
dimensions at once, because a share of lines and a share of output differ for a plant with one line.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from alertengine.files import checked_model, lists_folder, read_yaml
from alertengine.rulebook import Measure, Strict, read_measure
from alertengine.vocabulary import POLLUTANTS, SaidError, Standing

NotBlank = Annotated[str, Field(min_length=1)]
#: Dimensions in which two measures are compared: the share surely asked of any plant, the share asked in whole
#: lines (rounded up, a single line stops), coking hours, and caps on concentrations (negated: a lower cap asks more).
DIMENSIONS = ("share", "lines", "hours", *(f"cap_{name}" for name in POLLUTANTS))
Strictness = tuple[float, ...]
NOTHING: Strictness = (0.0, 0.0, 0.0, *(-math.inf for _ in POLLUTANTS))
STOPPED: Strictness = (1.0, 1.0, math.inf, *(0.0 for _ in POLLUTANTS))


class Step(Strict):
    """One measure of practice: ``then`` as a rule says it, where it was read and how far."""

    then: Any
    source: NotBlank
    standing: Standing

    @field_validator("then")
    @classmethod
    def _asks(cls, value: Any) -> Any:
        if not any(part > nothing for part, nothing in zip(strictness([read_measure(value)]), NOTHING, strict=True)):
            raise SaidError("step_asks")
        return value

    @cached_property
    def measure(self) -> Measure:
        """The measure of the rule language."""
        return read_measure(self.then)

    @cached_property
    def asks(self) -> Strictness:
        """What it asks, in DIMENSIONS."""
        return strictness([self.measure])


class Where(Strict):
    """The industries and processes a family is for; empty: any."""

    industry: tuple[str, ...] = ()
    process: tuple[str, ...] = ()


class Family(Strict):
    """The steps of some industries and processes; without steps they are left as the law has them."""

    name: NotBlank
    when: Where
    steps: tuple[Step, ...]
    reason: NotBlank


class Steps(Strict):
    """The whole file: the first family that fits is taken."""

    standing: Literal["practice"]
    families: tuple[Family, ...]

    def of(self, industry: str, process: str) -> Family | None:
        """The family of an industry and process."""
        for family in self.families:
            where = family.when
            if (not where.industry or industry in where.industry) and (not where.process or process in where.process):
                return family
        return None


def load_steps(path: Path | None = None) -> Steps:
    """The steps of a file; of the shipped one where none is named.

    Raises:
        InputError: the file cannot be read or is malformed.

    """
    path = path or lists_folder() / "plan.yaml"
    return checked_model(Steps, read_yaml(path), str(path))


def strictness(measures: Iterable[Measure]) -> Strictness:
    """What some measures ask together, in DIMENSIONS; measures that cannot be compared count nothing."""
    out = NOTHING
    for measure in measures:
        out = stricter_of(out, _of_one(measure))
    return out


def _of_one(measure: Measure) -> Strictness:
    hours = measure.window_hours / 24
    if measure.code in ("stop", "bank"):
        return STOPPED if hours == 1 else (hours, hours, *NOTHING[2:])
    if measure.code == "coking_time":
        return (0.0, 0.0, measure.hours or 0.0, *NOTHING[3:])
    if measure.code == "emission_cap":
        caps = dict(measure.caps)
        return (*NOTHING[:3], *(-caps[name] if name in caps else -math.inf for name in POLLUTANTS))
    if measure.share is None or measure.track != "production":
        return NOTHING
    share = measure.share * hours
    whole = measure.code == "stop_share" and measure.by != ("chamber",)  # chambers stop in small parts
    return (share, share if whole else 0.0, *NOTHING[2:])


def stricter_of(one: Strictness, other: Strictness) -> Strictness:
    """Both together."""
    return tuple(map(max, one, other))
