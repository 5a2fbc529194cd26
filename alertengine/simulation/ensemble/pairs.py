"""Errors as they were: real pairs of forecast and observation, drawn again in blocks of days.

A block is so many successive days of issue with all their leads: what hangs together in
one issue, from issue to issue, and (``cities: own``) between cities, stays together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.files import TextCells, normal, number_within, read_table, text_table, with_sheets
from alertengine.rulebook import OpenLists
from alertengine.simulation.ensemble.draws import (
    BLOCK,
    Block,
    Draws,
    EnsembleSpec,
    Floats,
    PairsError,
    Stated,
    StatedError,
    city_key,
    generator,
)
from alertengine.simulation.ensemble.truth import Truth
from alertengine.vocabulary import Gathered, InputError, Problem, Result, Words
from alertengine.warning import FORECAST_SCHEMA, TOP, read_forecast

#: Spellings of the column of observations.
OBSERVED: Final = ("observed_aqi", "aqi_observed", "observed", "实况AQI", "实测AQI", "观测AQI")


class Pairs(Result):
    """Residuals of real forecasts: ``residuals`` (cities of the file, days of issue, leads), NaN where no pair is.

    ``made_from`` are the forecasts and observations, with what of them could not be read.
    """

    made_from: Sequence[Result] = ()

    def __init__(
        self,
        error: PairsError,
        residuals: Floats,
        names: Sequence[str],
        seed: int,
        cities: Sequence[str],
        file: str,
        made_from: Sequence[Result],
    ) -> None:
        """Find the days at which a whole block may begin.

        Raises:
            InputError: a city without pairs, no block of successive days with all leads.

        """
        self.error, self.seed, self.cities, self.made_from = error, seed, tuple(cities), tuple(made_from)
        absent = [city for city in cities if city not in names] if error.cities == "own" else []
        if absent:
            raise InputError([Problem("no_pairs_of_city", file=file, column="city", value=city) for city in absent])
        whole = np.logical_and.reduce(~np.isnan(residuals), axis=2)
        if error.cities == "own":
            places = [names.index(city) for city in cities]
            residuals, whole = residuals[places], np.logical_and.reduce(whole[places], axis=0, keepdims=True)
        self.residuals = residuals
        #: (row, day) at which a block may begin; the row is that of the file's city where cities are pooled.
        self.begins = np.argwhere(_all_of(whole, error.block_days))
        if not len(self.begins):
            said = {"days": error.block_days, "last": residuals.shape[2] - 1}
            raise InputError([Problem("no_whole_block", file=file, column="block_days", **said)])

    def block(self, number: int) -> Block:
        """The winters of a block."""
        return _PairsBlock(self, number)


class _PairsBlock:
    """One block of winters, each with blocks of days of its own."""

    def __init__(self, of: Pairs, number: int) -> None:
        self.of, self.day = of, 0
        if of.error.cities == "own":
            self._random = [generator(of.seed, number, 2)]
        else:
            self._random = [generator(of.seed, number, 3, city_key(city)) for city in of.cities]
        self._begins: list[npt.NDArray[np.intp]] = []

    def said(self, observed: Floats) -> Floats:
        leads, step = observed.shape[1], self.day % self.of.error.block_days
        if step == 0:
            self._begins = [self.of.begins[random.integers(len(self.of.begins), size=BLOCK)] for random in self._random]
        self.day += 1
        out = np.empty((*observed.shape, BLOCK), dtype=np.float32)
        for place, came in enumerate(observed):
            begins = self._begins[place if len(self._begins) > 1 else 0]
            row = place if self.of.error.cities == "own" else begins[:, 0]
            residual = self.of.residuals[row, begins[:, 1] + step, :leads].T
            out[place] = came[:, None] * residual if self.of.error.residual == "ratio" else came[:, None] + residual
        return out


def read_pairs(
    error: PairsError,
    path: Callable[[str], Path],
    lists: OpenLists,
    *,
    seed: int,
    cities: Sequence[str],
    days_ahead: int,
) -> Pairs:
    """Read the pairs of an error model; ``path`` finds the files that it names.

    Of several issues of a day the last counts, of a range its middle; whole days only.

    Raises:
        InputError: unreadable, no observations, a city without pairs, no whole block.

    """
    file = path(error.pairs)
    forecast = read_forecast(file, lists)
    table = forecast.table[(forecast.table["hours"] == 24) & (forecast.table["county"] == "")]
    made_from: list[Result] = [forecast]
    if error.observed:
        came = read_forecast(path(error.observed), lists, observed=True)
        made_from.append(came)
        air = came.latest().frame()
        air = air[(air["hours"] == 24) & (air["county"] == "") & air["aqi_mid"].notna()]
        seen = air[["city", "start"]].assign(aqi=air["aqi_mid"])
    else:
        seen, noticed = _column(file, table)
        made_from.append(noticed)
    found = _residuals(table, seen, error, days_ahead + 1, str(file))
    if found is None:
        raise InputError([*Gathered(made_from=made_from).problems, Problem("no_common_day", file=str(file))])
    return Pairs(error, found[0], found[1], seed, cities, str(file), made_from)


def draws_of(
    spec: EnsembleSpec, truth: Truth, lists: OpenLists, *, days_ahead: int, path: Callable[[str], Path], file: str = ""
) -> Draws:
    """The error model of a scenario, ready: figures as stated, or pairs read from the files it names.

    ``file`` is the scenario, for messages.

    Raises:
        InputError: figures for too few leads, or pairs that cannot be used.

    """
    if isinstance(spec.error, StatedError):
        return Stated(spec.error, spec.seed, truth.cities, days_ahead + 1, file)
    return read_pairs(spec.error, path, lists, seed=spec.seed, cities=truth.cities, days_ahead=days_ahead)


def _column(file: Path, table: pd.DataFrame) -> tuple[pd.DataFrame, Gathered]:
    """Observed AQI of the column beside the forecasts, and what was noticed while it was read."""
    names = {**FORECAST_SCHEMA.names, **{normal(name): (OBSERVED[0],) for name in OBSERVED}}
    schema = replace(FORECAST_SCHEMA, names=names)
    reading = read_table(file, schema)
    texts = text_table(reading.table, schema.names)
    name = OBSERVED[0]
    if name not in texts.cells:
        raise InputError([Problem("observed_column_missing", file=str(file), column=name)])
    problems: list[Problem] = []
    read = TextCells(str(file), problems, texts.rows).read(
        texts.texts(name), name, lambda text: number_within(text, 0, TOP), Words("a_range", low=0, high=TOP), np.nan
    )
    noticed = Gathered(with_sheets([*reading.problems, *problems], reading.table.labels), reading.notes)
    values = pd.Series(np.array(read, dtype=float), index=texts.rows)
    seen = table[["city", "start"]].assign(aqi=values.reindex(table["row"]).to_numpy())
    return seen.dropna().drop_duplicates(["city", "start"], keep="last"), noticed


def _residuals(
    table: pd.DataFrame, seen: pd.DataFrame, error: PairsError, leads: int, file: str
) -> tuple[Floats, list[str]] | None:
    """Residuals by city, day of issue and lead, and the cities."""
    table = table.sort_values(["issue_time", "row"], kind="stable")
    both = table.merge(seen.rename(columns={"aqi": "came"}), on=["city", "start"], how="inner")
    both = both[both["aqi_mid"].notna()]
    both = both.assign(day=both["issue_time"].dt.normalize())
    both = both.assign(lead=(both["start"] - both["day"]).dt.days)
    both = both[(both["lead"] >= 0) & (both["lead"] < leads)].drop_duplicates(["city", "day", "lead"], keep="last")
    if both.empty:
        return None
    if error.residual == "ratio" and (both["came"] <= 0).any():
        row = int(both.loc[both["came"] <= 0, "row"].iloc[0])
        raise InputError([Problem("ratio_to_zero", file=file, row=row)])
    value = both["aqi_mid"] / both["came"] if error.residual == "ratio" else both["aqi_mid"] - both["came"]
    cities, first = sorted(both["city"].unique()), both["day"].min()
    days = (both["day"] - first).dt.days
    out = np.full((len(cities), int(days.max()) + 1, leads), np.nan, dtype=np.float32)
    out[both["city"].map(cities.index).to_numpy(int), days.to_numpy(int), both["lead"].to_numpy(int)] = value
    return out, cities


def _all_of(whole: npt.NDArray[np.bool_], days: int) -> npt.NDArray[np.bool_]:
    """Whether so many successive days from each on are whole (shape: rows, days)."""
    out = np.zeros_like(whole)
    count = whole.shape[1] - days + 1
    if count > 0:
        windows = np.lib.stride_tricks.sliding_window_view(whole, days, axis=1)
        out[:, :count] = windows.all(axis=2)
    return out
