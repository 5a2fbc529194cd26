"""Online stack data: the mass beside like days (reference), hourly means beside caps and limits (as rules weigh)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.audit.baseline import Bools, Comparison, Floats, Why, added_up, contradicting
from alertengine.audit.evidence_and_findings import MARKS, Evidence
from alertengine.audit.evidence_rules import AuditLaw
from alertengine.audit.findings import of_duties
from alertengine.audit.hourly_limits import hours_found
from alertengine.audit.judge_by_fall import JudgedDays, by_fall
from alertengine.audit.meters import grouped
from alertengine.audit.ordered_days import Duties
from alertengine.audit.verdict_text import AmountWords, falls_told
from alertengine.vocabulary import POLLUTANT_TEXT, POLLUTANTS, Problem

CAUTION: Final = "在线监测的排放量变化只作参考，疑似须现场核实"
#: Milligrams in a kilogram: mg/m³ × m³/h to kg/h.
_MG: Final = 1e6
#: Which pollutant speaks for a day: one that fell enough, one within noise, one that fell short, any other.
_PREFERENCE: Final = {Why.ENOUGH: 0, Why.IDLE: 0, Why.NOISE: 1, Why.SHORT: 2}
_MARK_OF: Final = {word: name for name, words in MARKS.items() for word in words}


def find(
    evidence: Evidence,
    duties: Duties,
    law: AuditLaw,
    enterprises: pd.DataFrame | None,
    holidays: npt.NDArray[np.datetime64],
) -> tuple[list[pd.DataFrame], Bools]:
    """Findings from stacks, and which duty days they speak of; problems go to the evidence."""
    groups = grouped(evidence, duties.lines, "cems_no", enterprises)
    evidence.problems += groups.problems
    evidence.warnings += groups.notes
    marked, usable = marks(evidence)
    used = np.flatnonzero(groups.of_reading >= 0)
    seen = np.zeros(len(duties.days), dtype=bool)
    tables = []
    judged: list[tuple[int, JudgedDays]] = []
    stamp = evidence.table["time"].to_numpy()[used].astype("datetime64[s]")
    for number, pollutant in enumerate(POLLUTANTS):
        mass = np.where(usable, masses(evidence.table, pollutant), np.nan)[used]
        if np.isnan(mass).all():
            continue
        readings, clash = added_up(groups.of_reading[used], groups.part[used], stamp, mass, groups.count)
        if not judged:
            evidence.problems += contradicting(evidence, used[clash])
        one = by_fall(duties, groups, readings, law, "cems", loads=None, holidays=holidays, by_threshold=False)
        judged.append((number, one))
    if judged:
        best, which = _kindest([one for _, one in judged])
        names = np.array([judged[place][0] for place in range(len(judged))], dtype=np.int64)[which]
        columns = falls_told(best, duties, law, evidence, AmountWords("排放量", "千克", "kg", CAUTION))
        said = np.array([POLLUTANT_TEXT[name] for name in POLLUTANTS], dtype=object)[names]
        columns["finding_text"] = said + columns["finding_text"]
        tables.append(of_duties(duties, best.rows, columns))
        seen[best.rows] = True
    tables += hours_found(evidence, duties, law, groups, marked, usable)
    return tables, seen


def masses(table: pd.DataFrame, pollutant: str) -> Floats:
    """Emission per hour in kg: concentration as measured times flow; no flow is no emission."""
    flow = table["flow_m3_h"].to_numpy(dtype=np.float64)
    mass = table[f"{pollutant}_mg_m3"].to_numpy(dtype=np.float64) * flow / _MG
    return np.where(flow == 0, 0.0 if table[f"{pollutant}_mg_m3"].notna().any() else np.nan, mass)


def marks(evidence: Evidence) -> tuple[Bools, Bools]:
    """Which hours are marked valid, and which can be used at all; an unknown mark is a problem and not used."""
    codes, words = pd.factorize(evidence.table["mark"].fillna(""))
    meant = [_MARK_OF.get(str(word).strip(), _MARK_OF.get(str(word).strip().upper(), "")) for word in words]
    for place, (word, name) in enumerate(zip(words, meant, strict=True)):
        if not name:
            rows = evidence.rows[codes == place]
            known = [text for texts in MARKS.values() for text in texts if text]
            said: dict[str, Any] = {"column": "mark", "value": str(word), "count": len(rows), "words": known}
            evidence.problems.append(Problem("mark_unknown", file=evidence.file, row=int(rows[0]), **said))
    valid = np.array([name == "valid" for name in meant], dtype=bool)[codes]
    usable = np.array([name in ("valid", "usable") for name in meant], dtype=bool)[codes]
    return valid, usable


def _kindest(judged: list[JudgedDays]) -> tuple[JudgedDays, npt.NDArray[np.int64]]:
    """Of the pollutants of a day the one that speaks best for the plant, and which it is."""
    rank = np.array([[_PREFERENCE.get(Why(why), 3) for why in one.comparison.why.tolist()] for one in judged])
    rank = rank.reshape(len(judged), -1)
    which = rank.argmin(axis=0)

    def pick(values: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
        stacked = np.array(values)
        return stacked[which, np.arange(stacked.shape[1])]

    first = judged[0]
    parts = Comparison.__dataclass_fields__
    comparison = Comparison(**{name: pick([getattr(one.comparison, name) for one in judged]) for name in parts})
    names = ("fall", "tolerance", "verdict")
    own: dict[str, Any] = {name: pick([getattr(one, name) for one in judged]) for name in names}
    return replace(first, comparison=comparison, **own), which.astype(np.int64)
