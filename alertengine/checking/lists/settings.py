"""The plausibility limits of a check: ``enterprise_lists/check.yaml``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from alertengine.files import checked_model, lists_folder, read_yaml

Reason = Annotated[str, Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Outside(_Strict):
    """How far a plant may lie outside its county before it is said, km."""

    most_km: Annotated[float, Field(gt=0)]
    reason: Reason


class CheckLimits(_Strict):
    """The whole of ``check.yaml``."""

    standing: Literal["plausibility"]
    outside_county: Outside


def load_limits() -> CheckLimits:
    """The shipped limits.

    Raises:
        InputError: the file cannot be read or is malformed.

    """
    path = lists_folder() / "check.yaml"
    return checked_model(CheckLimits, read_yaml(path), str(path))
