"""The answer of an ensemble: small tables of distributions over winters.

Shares are of winters or days (0..1), ``_p05, _p50, _p95`` quantiles over winters.  A day
counts for the highest level it touches.  Rows of the empty city are sums over all cities.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.simulation.ensemble.draws import EnsembleSpec
from alertengine.simulation.ensemble.grading import Threshold
from alertengine.simulation.ensemble.lives import MINUTES
from alertengine.simulation.ensemble.result import COUNTED, OUTCOMES, RANKS, REFERENCES, Summary
from alertengine.simulation.ensemble.truth import Truth
from alertengine.warning import LEVEL_OF

_QUANTILES: Final = (0.05, 0.5, 0.95)
#: All levels together.
ANY: Final = "any"
Numbers = npt.NDArray[Any]


@dataclass(frozen=True)
class Ensemble:
    """Many winters of one season, and what they are held against.

    ``reference`` (cities, slots) the ranks of the forecast without error, ``observed`` (cities, days) those that the
    observed days bear.
    """

    truth: Truth
    spec: EnsembleSpec
    days_ahead: int
    issue_hour: int
    #: Minutes of the day at which slots begin.
    cuts: tuple[int, ...]
    thresholds: list[tuple[Threshold, ...]]
    summary: Summary
    reference_summary: Summary
    reference: npt.NDArray[np.int8]
    observed: npt.NDArray[np.int8]
    #: Per city (slot, rank) at which the reference comes to a rank or above.
    starts: list[list[tuple[int, int]]]

    @property
    def winters(self) -> int:
        """Number of winters."""
        return self.summary.winters

    def _cities(self) -> list[tuple[str, npt.NDArray[np.intp]]]:
        """Every city, and where there are several all of them under the empty name."""
        out = [(city, np.array([n])) for n, city in enumerate(self.truth.cities)]
        return [*out, ("", np.arange(len(out)))] if len(out) > 1 else out

    def days_table(self) -> pd.DataFrame:
        """Days at each level in a winter.

        Columns ``city, level`` (also ``any``), ``days_mean, days_p05, days_p50, days_p95``,
        ``hours_mean`` in force, ``chance`` of a winter with such a day, ``perfect_days`` of
        the forecast without error, ``observed_days`` that bear the level by themselves.
        """
        rows = []
        for city, places in self._cities():
            for level, ranks in (*((LEVEL_OF[rank], [rank]) for rank in RANKS), (ANY, list(RANKS))):
                days = self.summary.days[places][:, ranks].sum(axis=(0, 1))
                hours = self.summary.hours[places][:, ranks].sum(axis=(0, 1))
                perfect = self.reference_summary.days[places][:, ranks].sum()
                observed = np.isin(self.observed[places], ranks).sum()
                rows.append({"city": city, "level": level, **spread("days", days), "hours_mean": float(hours.mean()),
                             "chance": float((days > 0).mean()), "perfect_days": int(perfect),
                             "observed_days": int(observed)})  # fmt: skip
        return pd.DataFrame(rows)

    def scores_table(self) -> pd.DataFrame:
        """Days in force against two references.

        Columns ``city, level`` (that level or above), ``reference`` (``perfect forecast``:
        days on which the forecast without error holds it; ``observed air``: days that bear
        it by themselves), ``reference_days``; ``hits, misses, false_alarms, correct_none``
        days of a winter, means; ``misses_p05..``, ``false_alarms_p05..``; ``hit_rate`` and
        ``miss_rate`` of reference days, ``false_alarm_ratio`` of days in force,
        ``false_alarm_rate`` of days without the reference, ``csi`` (NaN where nothing is to divide by).
        """
        rows = []
        for city, places in self._cities():
            total = len(places) * self.truth.days
            for place, rank in enumerate(RANKS):
                for number, reference in enumerate(REFERENCES):
                    sums = self.summary.against[places, place, number].sum(axis=0)
                    hits, misses, alarms = (float(sums[n].mean()) for n in range(len(OUTCOMES)))
                    none = total - hits - misses - alarms
                    rows.append({
                        "city": city, "level": LEVEL_OF[rank], "reference": reference,
                        "reference_days": round(hits + misses), "hits": hits, "misses": misses,
                        "false_alarms": alarms, "correct_none": none,
                        **spread("misses", sums[1], mean=False), **spread("false_alarms", sums[2], mean=False),
                        **_rates(hits, misses, alarms, none), "csi": ratio(hits, hits + misses + alarms),
                    })  # fmt: skip
        return pd.DataFrame(rows)

    def thresholds_table(self) -> pd.DataFrame:
        """Daily forecasts against the numbers of the law, by lead.

        Columns ``city, threshold`` (such as ``>200``), ``lead`` (days; 0 the day of issue),
        ``hits, misses, false_alarms, correct_none`` (forecasts of all winters), ``hit_rate,
        miss_rate, false_alarm_ratio, false_alarm_rate`` (NaN where nothing is to divide by).
        """
        rows = []
        for n, city in enumerate(self.truth.cities):
            for place, threshold in enumerate(self.thresholds[n]):
                for lead in range(self.days_ahead + 1):
                    alarms, hits = self.summary.said[n, place, lead].tolist()
                    none, misses = (self.summary.cases[n, place, lead] - [alarms, hits]).tolist()
                    rows.append({
                        "city": city, "threshold": threshold.text, "lead": lead, "hits": hits, "misses": misses,
                        "false_alarms": alarms, "correct_none": none, **_rates(hits, misses, alarms, none),
                    })  # fmt: skip
        return pd.DataFrame(rows)

    def warnings_table(self) -> pd.DataFrame:
        """How often warnings were issued, lifted, withdrawn before they began, and what is announced changed.

        ``issue, lift, withdraw`` count warnings; ``extend, shorten, raise, lower`` count the afternoons on which
        announced hours become more (without a new warning), fewer (without one lifted or withdrawn), graver, lighter.
        Columns ``city, action, count_mean, count_p05, count_p50, count_p95, perfect_count``.
        """
        rows = []
        for city, places in self._cities():
            for place, action in enumerate(COUNTED):
                counts = self.summary.counts[places, place].sum(axis=0)
                perfect = int(self.reference_summary.counts[places, place].sum())
                rows.append({"city": city, "action": action, **spread("count", counts), "perfect_count": perfect})
        return pd.DataFrame(rows)

    def lead_table(self) -> pd.DataFrame:
        """How long before each start of the reference it stood announced without a break.

        Columns ``city, level`` (that level or above), ``starts`` (when the forecast without
        error comes to it), ``caught`` (share of winters in which it is in force then),
        ``lead_hours_mean, lead_hours_p05, lead_hours_p50, lead_hours_p95`` of those caught.
        """
        rows = []
        for n, city in enumerate(self.truth.cities):
            for (slot, rank), since in zip(self.starts[n], self.summary.announced[n], strict=True):
                day, part = divmod(slot, len(self.cuts))
                minute = day * MINUTES + self.cuts[part]
                lead = (minute - since[since >= 0] * MINUTES - self.issue_hour * 60) / 60
                rows.append({"city": city, "level": LEVEL_OF[rank],
                             "starts": pd.Timestamp(self.truth.first) + pd.Timedelta(minutes=minute),
                             "caught": float((since >= 0).mean()), **spread("lead_hours", lead)})  # fmt: skip
        columns = ["city", "level", "starts", "caught", *spread("lead_hours", np.zeros(0))]
        return pd.DataFrame(rows, columns=columns)

    def calendar_table(self) -> pd.DataFrame:
        """How likely each day is at which level.

        Columns ``city, date, aqi`` (observed, that can bear a level; missing: NA), ``none,
        yellow, orange, red`` (shares of winters), ``perfect, observed`` (levels).
        """
        perfect = self.reference.reshape(*self.observed.shape, len(self.cuts)).max(axis=2)
        parts = []
        for n, city in enumerate(self.truth.cities):
            shares = self.summary.chance[n] / self.winters
            aqi = pd.Series(self.truth.aqi[n].astype(int), dtype="Int64")
            part = pd.DataFrame({"city": city, "date": self.truth.dates, "aqi": aqi.mask(aqi < 0)})
            for rank in (0, *RANKS):
                part[LEVEL_OF[rank]] = shares[:, rank]
            parts.append(part.assign(perfect=[LEVEL_OF[int(r)] for r in perfect[n]],
                                     observed=[LEVEL_OF[int(r)] for r in self.observed[n]]))  # fmt: skip
        return pd.concat(parts, ignore_index=True)

    def missed_table(self, met: Mapping[tuple[str, str], bool | None]) -> pd.DataFrame:
        """Winters with warning days on which the ratio is missed.

        ``met`` says of (city, level) whether the measures reach the required reduction;
        None or absent: unknown.  Columns ``city, chance`` (share of winters with a day at a
        level that misses it), ``days_mean, days_p05, days_p50, days_p95`` of such days,
        ``unknown_chance, unknown_days_mean`` of days at levels of which nothing is known.
        """
        flat = {
            (n, rank): met.get((city, LEVEL_OF[rank])) for n, city in enumerate(self.truth.cities) for rank in RANKS
        }
        rows = []
        for city, places in self._cities():
            zero = np.zeros(self.winters, dtype=np.int64)
            missed, unknown = (
                sum((self.summary.days[n, rank] for n in places for rank in RANKS if flat[int(n), rank] is of), zero)
                for of in (False, None)
            )
            rows.append({"city": city, "chance": float((missed > 0).mean()), **spread("days", missed),
                         "unknown_chance": float((unknown > 0).mean()),
                         "unknown_days_mean": float(unknown.mean())})  # fmt: skip
        return pd.DataFrame(rows)

    def reduction_table(self, kg_per_day: Mapping[tuple[str, str], Mapping[str, float]]) -> pd.DataFrame:
        """Emission reduced over a winter.

        ``kg_per_day`` says of (city, level) the kilograms a whole day at that level reduces,
        by pollutant.  Columns ``city, pollutant, kg_mean, kg_p05, kg_p50, kg_p95, perfect_kg``,
        ``unknown_hours_mean`` in force at levels without a figure: these add nothing to the kilograms.
        """
        names = sorted({name for held in kg_per_day.values() for name in held})
        rows = []
        for city, places in self._cities():
            for name in names:
                kg, unknown = self._reduced(self.summary, places, kg_per_day, name)
                perfect, _ = self._reduced(self.reference_summary, places, kg_per_day, name)
                rows.append({"city": city, "pollutant": name, **spread("kg", kg), "perfect_kg": float(perfect[0]),
                             "unknown_hours_mean": float(unknown.mean())})  # fmt: skip
        columns = ["city", "pollutant", *spread("kg", np.zeros(0)), "perfect_kg", "unknown_hours_mean"]
        return pd.DataFrame(rows, columns=columns)

    def _reduced(
        self, of: Summary, places: Numbers, kg_per_day: Mapping[tuple[str, str], Mapping[str, float]], name: str
    ) -> tuple[Numbers, Numbers]:
        """Kilograms by winter, and hours at levels without a figure."""
        kg, unknown = np.zeros(of.winters), np.zeros(of.winters)
        for n in places:
            for rank in RANKS:
                figure = kg_per_day.get((self.truth.cities[n], LEVEL_OF[rank]), {}).get(name)
                if figure is None:
                    unknown += of.hours[n, rank]
                else:
                    kg += of.hours[n, rank].astype(np.float64) * (figure / 24)
        return kg, unknown


def spread(name: str, values: Numbers, *, mean: bool = True) -> dict[str, float]:
    """Mean and quantiles under names that begin with ``name``; NaN of nothing."""
    found = np.quantile(values, _QUANTILES) if len(values) else np.full(len(_QUANTILES), np.nan)
    out = {f"{name}_mean": float(values.mean()) if len(values) else np.nan} if mean else {}
    return out | {f"{name}_p{round(q * 100):02d}": float(v) for q, v in zip(_QUANTILES, found, strict=True)}


def _rates(hits: float, misses: float, alarms: float, none: float) -> dict[str, float]:
    return {
        "hit_rate": ratio(hits, hits + misses),
        "miss_rate": ratio(misses, hits + misses),
        "false_alarm_ratio": ratio(alarms, hits + alarms),
        "false_alarm_rate": ratio(alarms, alarms + none),
    }


def ratio(part: float, whole: float) -> float:
    """A share, NaN where there is nothing to divide by."""
    return part / whole if whole else float("nan")
