"""What an evidence rule may carry in numbers: a threshold of consumption, and how a baseline is built.

A baseline is a method, not law; it stands in ``rules/`` all the same, with its own standing, so that a
bureau sees what it was judged by and can set its own.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from alertengine.rulebook.head import Strict
from alertengine.vocabulary import SaidError

#: Kinds of evidence that a file brings to an audit.
FileEvidence = Literal["electricity", "cems", "gate", "site_pm10", "inspection", "ledger"]
#: Kinds of evidence that documents speak of.
EvidenceKind = FileEvidence | Literal["process_control", "video", "plan", "gps"]
Share = Annotated[float, Field(gt=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(gt=0)]


class ElectricityDrop(Strict):
    """By how much consumption must fall where an order says stop, or limit by a share."""

    stop_at_least: Share | None = None
    #: Of the ordered share, e.g. 0.8: an order of 50 % expects a fall of 40 %.
    limit_at_least_of_share: Share | None = None

    @model_validator(mode="after")
    def _some(self) -> ElectricityDrop:
        if self.stop_at_least is None and self.limit_at_least_of_share is None:
            raise SaidError("one_of_keys", names=["stop_at_least", "limit_at_least_of_share"])
        return self


class Baseline(Strict):
    """How days of a response are compared with like days before it.

    ``look_back_days`` before the first ordered day are looked at, ordered days and public holidays (with
    ``around_holidays`` days on either side) left out; the median of the same weekday is taken where there
    are ``least_same_weekday`` of them, else of all, at least ``least_days``.  ``noise`` times the robust
    relative spread (1.4826 × MAD / median, but ``least_spread`` at least: instruments err even where days are
    alike) is granted on top of what the order allows.  A spread above
    ``unstable_above`` allows no judgement, nor does a median below ``idle_below`` of the usual level (the
    plant stood already), nor a level after the response that differs from that before it by more than
    ``shift_above`` (a meter changed, or the production).  A day counts only with readings for
    ``least_hours_share`` of its ordered hours.
    """

    look_back_days: Count
    least_days: Count
    least_same_weekday: Count
    around_holidays: Annotated[int, Field(ge=0)] = 0
    noise: Positive
    least_spread: Share
    unstable_above: Positive
    idle_below: Share
    shift_above: Positive
    least_hours_share: Share

    @model_validator(mode="after")
    def _reachable(self) -> Baseline:
        if self.least_days > self.look_back_days:
            raise SaidError("baseline_days")
        return self
