"""Readings of less than an hour added up to hours: power in kW and energy in kWh, as power companies export them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.audit.baseline import contradicting
from alertengine.audit.model import Evidence
from alertengine.vocabulary import Problem, refuse

_HOUR = 3600
_WHO = ["enterprise_id", "enterprise", "meter_no"]


def add_up(evidence: Evidence) -> None:
    """Turn a table of electricity to kWh of hours where its readings are of parts of an hour, or of power; in place.

    Power counts as the mean from one stamp to the next: kWh is kW times the usual distance of two stamps of a meter
    in hours.  It is read only where neither energy nor a counter is given.  An hour that lacks a reading, or has two
    that differ, is unknown.  Of a counter only the readings at full hours are kept: they hold all.  Afterwards the
    table has no column ``kw``; problems and notes go to the evidence.

    Raises:
        InputError: power whose stamps are not a whole part of an hour, or an hour, apart.

    """
    table = evidence.table
    power = table.pop("kw").to_numpy(dtype=np.float64)
    energy = table["kwh"].to_numpy(dtype=np.float64)
    of_power = bool(np.isnan(energy).all() and table["register"].isna().all() and (~np.isnan(power)).any())
    stamp = table["time"].to_numpy().astype("datetime64[s]").astype(np.int64)
    part = table.groupby(_WHO, dropna=False, sort=False).ngroup().to_numpy(dtype=np.int64)
    order = np.lexsort((stamp, part))
    apart = np.diff(stamp[order])[np.diff(part[order]) == 0]
    step = int(np.median(apart[apart > 0])) if (apart > 0).any() else 0
    whole = 0 < step <= _HOUR and _HOUR % step == 0
    if of_power and not whole:
        raise refuse(evidence.file, "power_stamps", minutes=step // 60)
    if not of_power and (not whole or step == _HOUR):
        return
    if np.isnan(energy).all() and not of_power:
        _keep(evidence, np.flatnonzero(stamp % _HOUR == 0))
        evidence.warnings.append(Problem("counter_by_hour", file=evidence.file, minutes=step // 60))
        return
    amount = power * (step / _HOUR) if of_power else energy
    again = np.zeros(len(order), dtype=bool)
    again[1:] = (np.diff(part[order]) == 0) & (np.diff(stamp[order]) == 0)
    differs = again.copy()
    differs[1:] &= amount[order][1:] != amount[order][:-1]
    evidence.problems += contradicting(evidence, np.sort(order[differs]))
    known = np.where(differs, np.nan, amount[order])
    first = np.flatnonzero(~again)
    # a moment with two readings that differ is unknown: NaN in any of them is NaN in their sum
    spoilt = np.add.reduceat(np.isnan(known).astype(np.int64), first) > 0 if len(first) else np.zeros(0, dtype=bool)
    held = order[first]
    value = np.where(spoilt, np.nan, amount[held])
    hour = stamp[held] // _HOUR
    begins = np.ones(len(held), dtype=bool)
    begins[1:] = (np.diff(hour) != 0) | (np.diff(part[held]) != 0)
    at = np.cumsum(begins) - 1
    total = np.bincount(at, weights=np.nan_to_num(value))
    there = np.bincount(at, weights=~np.isnan(value))
    full = there == _HOUR // step
    of_hour = held[begins]
    starts = (hour[begins] * _HOUR).astype("datetime64[s]")
    kwh = np.where(full, total, np.nan)
    evidence.table = table.iloc[of_hour].assign(time=starts, kwh=kwh).reset_index(drop=True)
    evidence.rows = evidence.rows[of_hour]
    code = "power_by_hour" if of_power else "energy_by_hour"
    evidence.warnings.append(
        Problem(code, file=evidence.file, minutes=step // 60, hours=len(full), lacking=int((~full).sum()))
    )


def _keep(evidence: Evidence, at: npt.NDArray[np.intp]) -> None:
    table: pd.DataFrame = evidence.table.iloc[at]
    evidence.table, evidence.rows = table.reset_index(drop=True), evidence.rows[at]
