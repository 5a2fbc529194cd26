"""What a value may plausibly be: ranges, marks of missing data, jumps, units, spans of days (``plausible.yaml``)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from alertengine.vocabulary import Standing


class _Sourced(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    source: str
    standing: Standing = "primary"


class Range(_Sourced):
    """Lowest and highest value, both allowed."""

    lowest: float
    highest: float

    def __str__(self) -> str:
        """The range as an expectation names it."""
        return f"{self.lowest:g}..{self.highest:g}"


class Jumps(_Sourced):
    """How many ``times`` above both its neighbours, and ``by`` how much of each quantity, an hour is doubted."""

    times: float = Field(gt=1)
    by: dict[str, float] = {}


class Unit(_Sourced):
    """When the median of a column of ``least`` values shows another unit: divided where sure, doubted where not.

    A cell alone beyond ``above`` or ``below`` is doubted where it lies ``cell_times`` the median or more away from it.
    """

    least: int = Field(ge=1)
    above: float | None = None
    divide_by: float = 1.0
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


class Plausible(BaseModel):
    """All of it.  Where nothing is said, everything is plausible."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    no_data: tuple[float, ...] = ()
    air: dict[str, Range] = {}
    zero_is_no_data: _Sourced | None = None
    jumps: Jumps | None = None
    units: dict[str, Unit] = {}
    days: Days | None = None
    stations: Stations | None = None
    contradiction: Contradiction | None = None

    def with_changes(self, content: dict[str, Any]) -> Plausible:
        """The same with the entries of a further file, table by table, in place of its own.

        Raises:
            ValidationError: the file is malformed.

        """
        new = Plausible.model_validate(content)
        changes: dict[str, Any] = {name: getattr(new, name) for name in content}
        for name in ("air", "units"):
            if name in changes:
                changes[name] = {**getattr(self, name), **changes[name]}
        return self.model_copy(update=changes)
