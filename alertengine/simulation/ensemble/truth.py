"""The air that came: whole-number AQI of natural days, city by city, under the standard of each day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.rulebook import Place, Rulebook
from alertengine.vocabulary import InputError, Problem
from alertengine.warning import DAY, AirLaw, Forecast, Timeline, laws_of, timelines

#: A day without an index.
MISSING = -1
Days = npt.NDArray[np.int16]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Truth:
    """Daily AQI of some cities from ``first`` on.

    ``aqi`` (cities, days): the AQI that can bear a level, ``MISSING`` where none can; ``known`` (cities, days): days
    with any index, those that bring advice only among them; ``laws`` by city, each of some days.
    """

    cities: tuple[str, ...]
    first: date
    aqi: Days
    known: Flags
    laws: tuple[tuple[AirLaw, ...], ...]

    @property
    def days(self) -> int:
        """Number of days."""
        return self.aqi.shape[1]

    @property
    def dates(self) -> pd.DatetimeIndex:
        """The days."""
        return pd.date_range(self.first, periods=self.days, freq="D")


def truth_of(
    observed: Forecast,
    rulebook: Rulebook,
    *,
    cities: Sequence[str] = (),
    known_on: date | None = None,
    regime: str = "",
) -> Truth:
    """Read the truth off observations (daily or hourly rows); counties are left out.

    Every index is that of the law of its day, as the decision sees it: hours become natural
    days, a day led by ozone or dust bears no level.

    Raises:
        InputError: none of the cities has a day, or the regime is unknown.

    """
    found = {city: own for (city, county), own in timelines(observed.latest()).items() if not county}
    if cities:
        found = {city: own for city, own in found.items() if city in cities}
    absent = [city for city in cities if city not in found]
    if absent or not found:
        code = "city_not_observed" if absent else "no_city_observed"
        raise InputError([Problem(code, file=observed.file, column="city", value=city) for city in absent or [""]])
    first = min(own.origin for own in found.values())
    days = max((own.origin - first).days + own.days for own in found.values())
    aqi = np.full((len(found), days), MISSING, dtype=np.int16)
    known = np.zeros((len(found), days), dtype=bool)
    laws = []
    for place, (city, own) in enumerate(found.items()):
        last = first.date() + timedelta(days=days - 1)
        where = Place(province=rulebook.lists.province_of(city), city=city)
        held = laws_of(rulebook, where, first.date(), last, known_on, regime=regime)
        laws.append(held)
        begin = (own.origin - first).days
        part = slice(begin, begin + own.days)
        aqi[place, part], known[place, part] = _indices(own, held)
    return Truth(tuple(found), first.date(), aqi, known, tuple(laws))


def _indices(own: Timeline, laws: Sequence[AirLaw]) -> tuple[Days, Flags]:
    """AQI that bears a level, and whether any is known, by natural day."""
    aqi, known = np.full(own.days, MISSING, dtype=np.int16), np.zeros(own.days, dtype=bool)
    for law in laws:
        if law.aqi is None:
            continue
        windows = own.windows(law.aqi, law.advised, dust_advised=law.dust_advised)
        first, last = ((day - own.origin.date()).days for day in (law.first, law.last))
        part = slice(max(first, 0), max(last + 1, 0))
        bearing = windows.bearing["mid"][::DAY][part]
        aqi[part] = np.where(np.isnan(bearing), MISSING, np.rint(np.nan_to_num(bearing)))
        known[part] = ~np.isnan(windows.total["mid"][::DAY][part])
    return aqi, known
