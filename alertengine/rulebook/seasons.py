"""The season that a day counts in."""

from __future__ import annotations

from typing import Final

import pandas as pd

from alertengine.rulebook.places_and_lists import OpenLists, Place

#: The recurring period of the vocabulary by which a history is cut into winters.
SEASON: Final = "秋冬季"


def season_of(day: pd.Timestamp, lists: OpenLists, place: Place) -> str:
    """The winter or the rest of a year that a day belongs to."""
    period = lists.period(SEASON, place)
    if period is None:
        return f"{day.year}年"
    if not period.holds(day.date()):
        return f"{day.year}年{SEASON}以外"
    if period.first <= period.last:
        return f"{day.year}年{SEASON}"
    begin = day.year if day.strftime("%m-%d") >= period.first else day.year - 1
    return f"{begin}-{begin + 1}年{SEASON}"
