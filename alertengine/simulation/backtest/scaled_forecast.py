"""A forecaster who says more or less than what comes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alertengine.warning import CONCENTRATIONS, DAY, INDICES, TOP, Forecast, Perfect, Timeline, Unit, timelines


class Said(Perfect):
    """A forecaster who says ``scale`` times the concentrations that come (times the AQI where only that is known)."""

    def __init__(self, feed: Forecast, *, scale: float, days_ahead: int, days_behind: int) -> None:
        """Lay out what comes, and beside it what is said."""
        super().__init__(feed, days_ahead=days_ahead, days_behind=days_behind)
        rows = feed.latest()
        amounts = rows[list(CONCENTRATIONS)].notna().any(axis=1)
        table = rows.astype(dict.fromkeys(INDICES, "float64"))
        table[list(CONCENTRATIONS)] = table[list(CONCENTRATIONS)] * scale
        for name in INDICES:  # an index beside concentrations is worked out from them
            table[name] = (table[name] * scale).clip(upper=TOP).where(~amounts)
        self._said = timelines(table)

    def _seen(self, unit: Unit, timeline: Timeline, today: pd.Timestamp) -> Timeline | None:
        part = super()._seen(unit, timeline, today)
        said = super()._seen(unit, self._said[unit], today)
        if part is None or said is None:
            return part
        cut = min(max((today - part.origin).days, 0), part.days)
        hourly = {
            name: np.concatenate([v[: cut * DAY], said.hourly[name][cut * DAY :]]) for name, v in part.hourly.items()
        }
        daily = {name: np.concatenate([v[:cut], said.daily[name][cut:]]) for name, v in part.daily.items()}
        return Timeline(hourly, daily, part.origin)
