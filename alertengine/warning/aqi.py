"""The air quality index: individual indices, AQI, primary pollutants, class; for whole tables at once.

Every number comes from an :class:`~alertengine.rulebook.air.AqiRule`.  Tables have one
row per place and time and the columns ``pm25 pm10 so2 no2 co o3`` (µg/m³, CO mg/m³);
for days ``o3`` is the greatest 8 h mean and ``o3_1h``, where there is one, the greatest
hour; for hours ``o3`` is the hour and ``o3_8h pm25_24h pm10_24h so2_24h`` are the moving means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from alertengine.rulebook import AqiRule, Rounding
from alertengine.vocabulary import AMBIENT, AMBIENT_TEXT, AQI_CLASSES

Floats = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]
POLLUTANT_ORDER: Final = tuple(AMBIENT)
_COLUMN_OF_DAY: Final = {"o3_8h": "o3", "o3_1h": "o3_1h"}
_COLUMN_OF_HOUR: Final = {"o3_1h": "o3", "o3_8h": "o3_8h"}
#: Interpolation leaves errors near 1e-14; an index is exact far below this many decimals.
_EXACT_DECIMALS: Final = 9


class AqiStandard:
    """An AQI standard ready to compute with.

    ``rounding`` overrides the standard's own rounding of the index, for comparison with
    feeds that round otherwise (the national city feed rounds half up).
    """

    def __init__(self, rule: AqiRule, *, rounding: Rounding | None = None) -> None:
        """Take the numbers of one rule."""
        self.rule = rule
        self.rounding: Rounding = rounding or rule.index_rounding
        self._index = np.asarray(rule.breakpoints["iaqi"])

    def iaqi(self, column: str, values: npt.ArrayLike) -> Floats:
        """Individual index of concentrations read in one breakpoint column.

        ``values`` in µg/m³ (CO mg/m³), any shape; NaN stays NaN, and so does a value above
        a table that says ``not computed``.  Negative concentrations count as missing.
        """
        given = np.asarray(values, dtype=float)
        points = np.asarray(self.rule.breakpoints[column])
        decimals = self.rule.concentration_decimals.get(column.split("_", maxsplit=1)[0])
        if decimals is not None:
            given = np.round(np.round(given, _EXACT_DECIMALS), decimals)  # half to even, as GB/T 8170
        raw = np.interp(given, points, self._index[: len(points)])
        out = self._round(raw)
        beyond = self.rule.beyond.get(column)
        if beyond is not None:
            out = np.where(given > points[-1], np.nan if isinstance(beyond, str) else beyond, out)
        return np.where(given >= 0, out, np.nan)

    def indices(self, columns: Iterable[tuple[str, npt.ArrayLike]]) -> tuple[Floats, list[str]]:
        """The greatest index of each pollutant of some breakpoint columns with their values, and the pollutants.

        Shape: pollutants × rows, pollutants in the order of the standard.
        """
        parts: dict[str, Floats] = {}
        for column, values in columns:
            name, part = column.split("_", maxsplit=1)[0], self.iaqi(column, values)
            parts[name] = np.fmax(parts[name], part) if name in parts else part
        names = [name for name in POLLUTANT_ORDER if name in parts]
        return np.array([parts[name] for name in names]), names

    def _round(self, raw: Floats) -> Floats:
        exact = np.round(raw, _EXACT_DECIMALS)
        return np.ceil(exact) if self.rounding == "up" else np.floor(exact + 0.5)

    def index_of_mean(self, mean: npt.ArrayLike) -> Floats:
        """Round an AQI that is itself a mean of AQIs as the standard rounds an index."""
        return self._round(np.asarray(mean, dtype=float))


def daily_aqi(table: Any, standard: AqiStandard) -> dict[str, npt.NDArray[Any]]:
    """Index of days: ``iaqi_<pollutant>``, ``aqi``, ``primary``, ``class``, ``missing`` (shape of each: rows).

    ``table`` gives columns by name, as Rows or a frame; one that is absent counts as missing throughout.
    """
    inputs = [(column, _COLUMN_OF_DAY.get(column, column.split("_")[0])) for column in standard.rule.daily]
    return _index_columns(table, standard, inputs)


def hourly_aqi(
    table: Any, standard: AqiStandard, *, pm: Literal["moving_24h", "hour"] | None = None
) -> dict[str, npt.NDArray[Any]]:
    """Index of hours: columns as :func:`daily_aqi` gives them.

    ``pm`` overrides which PM mean is read: the moving 24 h mean or the hour itself (published feeds use the hour even
    under HJ 633-2012). An SO2 hour above a table that is not computed there falls back on ``so2_24h``.
    """
    moving = (pm or standard.rule.pm_hourly) == "moving_24h"
    inputs = []
    for column in standard.rule.hourly:
        name = column.split("_")[0]
        source = f"{name}_24h" if moving and name in {"pm25", "pm10"} else _COLUMN_OF_HOUR.get(column, name)
        inputs.append((column, source))
    if isinstance(standard.rule.beyond.get("so2_1h"), str) and "so2_24h" in table:
        above = np.asarray(table["so2"]) > standard.rule.breakpoints["so2_1h"][-1]
        table = {**table, "so2_24h": np.where(above, table["so2_24h"], np.nan)}
        inputs.append(("so2_24h", "so2_24h"))
    return _index_columns(table, standard, inputs)


def _index_columns(table: Any, standard: AqiStandard, inputs: list[tuple[str, str]]) -> dict[str, npt.NDArray[Any]]:
    """Individual indices of each (breakpoint column, column of the table), the greatest of each pollutant kept."""
    absent = np.full(max((len(table[name]) for name in table), default=0), np.nan)
    indices, names = standard.indices((column, table.get(source, absent)) for column, source in inputs)
    aqi, primary = combine(indices, names, standard.rule)
    out = {f"iaqi_{name}": part for name, part in zip(names, indices, strict=True)}
    return out | {
        "aqi": aqi,
        "primary": primary,
        "class": classes_of(aqi),
        "missing": _joined(np.isnan(indices), names),
    }


def combine(table: Floats, names: list[str], rule: AqiRule) -> tuple[Floats, Texts]:
    """AQI and primary pollutants of individual indices (shape: pollutants × rows).

    The AQI is the greatest index; ties are joint primaries, joined by ``|``, named only above
    the standard's number; with a pollutant missing it is NaN unless above the standard's number.
    """
    aqi = np.fmax.reduce(table, axis=0) if table.size else np.full(table.shape[1], np.nan)
    aqi = np.fmax(aqi, np.where(np.isnan(aqi), np.nan, rule.lowest))
    if rule.missing_publish_above is not None:
        unsure = np.isnan(table).any(axis=0) & ~(aqi > rule.missing_publish_above)
        aqi = np.where(unsure, np.nan, aqi)
    return aqi, _joined((table == aqi) & (aqi > rule.primary_above), names)


def _joined(flags: npt.NDArray[np.bool_], names: list[str]) -> Texts:
    """Pollutant names where flagged (shape: pollutants × rows), joined by ``|``."""
    codes = (flags * (1 << np.arange(len(names)))[:, None]).sum(axis=0)
    said = [
        "|".join(AMBIENT_TEXT[name] for place, name in enumerate(names) if code >> place & 1)
        for code in range(1 << len(names))
    ]
    return np.asarray(np.array(said, dtype=object)[codes], dtype=object)


def classes_of(aqi: npt.ArrayLike) -> Texts:
    """Class name (优 … 严重污染) of each AQI; empty where it is missing."""
    values = np.asarray(aqi, dtype=float)
    tops = np.array([top for _, top in AQI_CLASSES[:-1]], dtype=float)
    names = np.array([name for name, _ in AQI_CLASSES], dtype=object)
    return np.where(np.isnan(values), "", names[np.searchsorted(tops, values)])


def class_bounds(name: str) -> tuple[int, int]:
    """Lowest and highest AQI of a class: 重度污染 is 201 to 300.

    Raises:
        KeyError: no such class.

    """
    lowest = 0
    for known, top in AQI_CLASSES:
        if name == known:
            return lowest, top
        lowest = top + 1
    raise KeyError(name)


def moving_mean(values: Floats, hours: int, need: int) -> Floats:
    """Mean of each ``hours``-long window, by the place of its first value (shape kept).

    NaN where fewer than ``need`` values are there or the window runs past the end.
    """
    return _moving(values, hours, need, lambda windows, there: np.nansum(windows, axis=1) / there)


def moving_max(values: Floats, hours: int, need: int) -> Floats:
    """Greatest value of each window, by the place of its first value; NaN as in :func:`moving_mean`."""
    return _moving(values, hours, need, lambda windows, _: np.where(np.isnan(windows), -np.inf, windows).max(axis=1))


def _moving(values: Floats, hours: int, need: int, of: Callable[[Floats, npt.NDArray[Any]], Floats]) -> Floats:
    out = np.full(len(values), np.nan)
    if len(values) < hours:
        return out
    windows = np.lib.stride_tricks.sliding_window_view(values, hours)
    there = (~np.isnan(windows)).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        out[: len(windows)] = np.where(there >= need, of(windows, there), np.nan)
    return out


def eight_hour_mean(ozone: Floats, need: int) -> Floats:
    """Return the moving 8 h mean of ozone, each at the hour it ends (consecutive hours; shape kept)."""
    by_start = moving_mean(np.concatenate([np.full(7, np.nan), ozone]), 8, need)
    return by_start[: len(ozone)]
