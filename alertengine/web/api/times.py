"""Times of the record as the interface answers them: ISO 8601 with zone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd

from alertengine.vocabulary import ZONE
from alertengine.vocabulary import times as clock
from alertengine.web.api.problems import ApiProblemError


def zoned(value: Any) -> datetime | None:
    """A time of the record with zone; civil time where it has none, None where it is blank."""
    if value is None or value == "" or pd.isna(value):
        return None
    moment = pd.Timestamp(value).to_pydatetime()
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


def zoned_always(value: Any) -> datetime:
    """:func:`zoned` of a time that is never blank."""
    if (moment := zoned(value)) is None:
        raise ValueError("a time that is always there is blank")
    return moment


def asked_at(at: datetime | None) -> datetime:
    """The time that is asked for, in civil time; the clock's minute where none is.

    Raises:
        ApiProblemError: it is out of reach.

    """
    at = at or clock.now().replace(second=0, microsecond=0)
    at = at if at.tzinfo else at.replace(tzinfo=ZONE)
    try:
        return at.astimezone(ZONE)
    except (OverflowError, ValueError):
        raise ApiProblemError("invalid-request", "at 超出可用范围") from None
