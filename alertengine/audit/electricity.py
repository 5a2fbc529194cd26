"""Electricity: daily or hourly use of a meter or an enterprise, or the counter itself.  It makes 疑似 at most."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.audit.baseline import Floats, added_up, contradicting
from alertengine.audit.evidence_and_findings import Evidence
from alertengine.audit.evidence_rules import AuditLaw
from alertengine.audit.findings import of_duties
from alertengine.audit.judge_by_fall import at_zero, by_fall
from alertengine.audit.meters import grouped
from alertengine.audit.ordered_days import Duties
from alertengine.audit.verdict_text import AmountWords, falls_told
from alertengine.lists import line_keys

WORDS: Final = AmountWords("用电量", "千瓦时", "kWh", "用电量只是参考依据，单独只作疑似，须现场核实")


def find(
    evidence: Evidence,
    duties: Duties,
    law: AuditLaw,
    enterprises: pd.DataFrame | None,
    holidays: npt.NDArray[np.datetime64],
) -> tuple[pd.DataFrame, npt.NDArray[np.bool_]]:
    """Findings on production from electricity, and which duty days they speak of; problems go to the evidence."""
    groups = grouped(evidence, duties.lines, "meter_no", enterprises)
    evidence.problems += groups.problems
    evidence.warnings += groups.notes
    used = np.flatnonzero(groups.of_reading >= 0)
    table = evidence.table.iloc[used]
    amount = amounts(table, groups.part[used])
    stamp = table["time"].to_numpy().astype("datetime64[s]")
    readings, clash = added_up(groups.of_reading[used], groups.part[used], stamp, amount, groups.count)
    evidence.problems += contradicting(evidence, used[clash])
    duties = duties.measured(hourly=readings.hourly)
    loads = loads_of(duties.lines, enterprises)
    judged = by_fall(duties, groups, readings, law, "electricity", loads=loads, holidays=holidays, by_threshold=True)
    evidence.problems += at_zero(evidence, judged, duties)
    columns = falls_told(judged, duties, law, evidence, WORDS)
    seen = np.zeros(len(duties.days), dtype=bool)
    seen[judged.rows] = True
    return of_duties(duties, judged.rows, columns), seen


def amounts(table: pd.DataFrame, part: npt.NDArray[np.int64]) -> Floats:
    """Use in kWh per reading: as given, else the advance of the counter since the reading a day or hour before.

    A counter that runs backward (changed or set back) or a time left out gives no amount for that time.
    """
    given = table["kwh"].to_numpy(dtype=np.float64)
    register = table["register"].to_numpy(dtype=np.float64)
    if np.isnan(register).all():
        return given
    stamp = table["time"].to_numpy().astype("datetime64[s]").astype(np.int64)
    order = np.lexsort((stamp, part))
    step = np.full(len(order), np.nan)
    time_step = np.zeros(len(order), dtype=np.int64)
    same = part[order][1:] == part[order][:-1]
    time_step[1:] = np.where(same, np.diff(stamp[order]), 0)
    usual = int(np.median(time_step[time_step > 0])) if (time_step > 0).any() else 0
    advance = np.diff(register[order])
    step[1:] = np.where(same & (time_step[1:] == usual) & (advance >= 0), advance, np.nan)
    multiplier = np.nan_to_num(table["multiplier"].to_numpy(dtype=np.float64), nan=1.0)
    moved = np.full(len(order), np.nan)
    # the counter read at the end of a step gives the use of the time it began
    moved[order[:-1]] = np.where(same, step[1:], np.nan)
    return np.where(np.isnan(given), moved * multiplier, given)


def loads_of(lines: pd.DataFrame, enterprises: pd.DataFrame | None) -> Floats | None:
    """What each line weighs under a common meter: capacity × load, where its enterprise counts all in one unit.

    Lines of different processes use electricity differently for the same tonne, so they have no common weight.
    """
    if enterprises is None:
        return None
    listed = pd.DataFrame(
        {
            "firm": enterprises["city"].astype("str") + "\x1f" + enterprises["enterprise_id"].astype("str"),
            "kind": enterprises["process"].astype("str") + "\x1f" + enterprises["capacity_unit"].astype("str"),
            "load": enterprises["capacity"].to_numpy(dtype=np.float64)
            * enterprises["load_pct"].to_numpy(dtype=np.float64),
        }
    )
    alike = listed.groupby("firm")["kind"].transform("nunique") == 1
    load = pd.Series(np.where(alike, listed["load"], np.nan), index=line_keys(enterprises))
    return np.asarray(load[~load.index.duplicated()].reindex(line_keys(lines)), dtype=np.float64)
