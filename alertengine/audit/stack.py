"""Online stack data: the mass beside like days (reference), hourly means beside caps and limits (as rules weigh)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.audit.baseline import Bools, Comparison, Floats, Ints, Why, added_up, contradicting
from alertengine.audit.evidence_and_findings import MARKS, Evidence, Verdict
from alertengine.audit.evidence_rules import AuditLaw, Consequence, Weight, weighed
from alertengine.audit.findings import FIRM, columns_of, of_duties, of_enterprises
from alertengine.audit.judge_by_fall import JudgedDays, at_zero, by_fall, weights_of
from alertengine.audit.meters import Groups, grouped
from alertengine.audit.ordered_days import Duties
from alertengine.audit.verdict_text import AmountWords, falls_told
from alertengine.vocabulary import POLLUTANT_TEXT, POLLUTANTS, Problem, number, rounded, short_moment

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
    told = duties
    stamp = evidence.table["time"].to_numpy()[used].astype("datetime64[s]")
    for place, pollutant in enumerate(POLLUTANTS):
        mass = np.where(usable, masses(evidence.table, pollutant), np.nan)[used]
        if np.isnan(mass).all():
            continue
        readings, clash = added_up(groups.of_reading[used], groups.part[used], stamp, mass, groups.count)
        if not judged:
            evidence.problems += contradicting(evidence, used[clash])
        told = duties.measured(hourly=readings.hourly)
        one = by_fall(told, groups, readings, law, "cems", loads=None, holidays=holidays, by_threshold=False)
        judged.append((place, one))
    if judged:
        best, which = _kindest([one for _, one in judged])
        names = np.array([judged[place][0] for place in range(len(judged))], dtype=np.int64)[which]
        evidence.problems += at_zero(evidence, best, told)
        columns = falls_told(best, told, law, evidence, AmountWords("排放量", "千克", "kg", CAUTION))
        said = np.array([POLLUTANT_TEXT[name] for name in POLLUTANTS], dtype=object)[names]
        columns["finding_text"] = said + columns["finding_text"]
        tables.append(of_duties(told, best.rows, columns))
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


# -- hourly means beside caps and limits

#: Oxygen of air in per cent, by which concentrations are brought to a reference.
_AIR_O2: Final = 21.0
_BREACHES: Final = {"cap": ("measure_not_done",), "limit": ("over_standard",)}


@dataclass(slots=True)
class _Hours:
    """Hours of duty days: ``row`` of ``Duties.days``, ``phase`` of ``Duties.phases``, the reading, whether valid."""

    row: Ints
    phase: Ints
    reading: Ints
    marked: Bools


def hours_found(
    evidence: Evidence, duties: Duties, law: AuditLaw, groups: Groups, marked: Bools, usable: Bools
) -> list[pd.DataFrame]:
    """Findings on emission: one row a line, day, pollutant and bound that was over; one a day where none was."""
    hours = _hours(evidence, duties, groups, marked, usable)
    if not len(hours.row):
        return []
    rows = np.unique(hours.row)
    codes, weights = weights_of(duties, rows, law, "cems", "emission")
    weight_of = {int(row): weights[code] for row, code in zip(rows, codes, strict=True)}
    over: list[dict[str, Any]] = []
    looked = np.zeros(len(hours.row), dtype=bool)
    for pollutant in POLLUTANTS:
        for kind, value, bound, sure in _bounds(evidence.table, duties, hours, pollutant):
            known = ~np.isnan(value) & ~np.isnan(bound)
            looked |= known
            beyond = known & (value > bound)
            if beyond.any():
                over += _over(hours, beyond, value, bound, sure, kind, pollutant)
    shared = np.bincount(groups.of_line[groups.of_line >= 0], minlength=groups.count)
    alone = shared[groups.of_line[duties.days["line"].to_numpy()]] <= 1
    tables = [_over_table(over, duties, law, evidence, weight_of)] if over else []
    named = {int(one["row"]) for one in over}
    kept = _kept_table(hours, looked, named, duties, evidence, weight_of)
    tables += [kept] if len(kept) else []
    out = []
    for table in tables:
        own = alone[table["row"].to_numpy()]
        plain = table.drop(columns="row")
        out += [part for part in (plain[own], of_enterprises(plain[~own])) if len(part)]
    return [part.reset_index(drop=True) for part in out]


def _hours(evidence: Evidence, duties: Duties, groups: Groups, marked: Bools, usable: Bools) -> _Hours:
    """Usable hours within ordered ones, each with the first line of its group that has an order on the day."""
    days = duties.days
    group = groups.of_line[days["line"].to_numpy()]
    day = days["day"].to_numpy().astype("datetime64[D]").astype(np.int64)
    duty = pd.DataFrame({"row": np.arange(len(days)), "group": group, "day": day})
    duty = duty[group >= 0].drop_duplicates(["group", "day"])
    stamp = evidence.table["time"].to_numpy().astype("datetime64[s]")
    date = stamp.astype("datetime64[D]")
    used = np.flatnonzero((groups.of_reading >= 0) & usable)
    hour = ((stamp - date).astype(np.int64) / 3600)[used]
    readings = pd.DataFrame(
        {"reading": used, "group": groups.of_reading[used], "day": date[used].astype(np.int64), "hour": hour}
    )
    joined = readings.merge(duty, on=["group", "day"])
    row = joined["row"].to_numpy()
    at = duties.at_hour(row, joined["hour"].to_numpy())
    inside = at >= 0
    reading = joined["reading"].to_numpy()[inside]
    return _Hours(row[inside], at[inside], reading, marked[reading])


def _bounds(
    table: pd.DataFrame, duties: Duties, hours: _Hours, pollutant: str
) -> list[tuple[str, Floats, Floats, Bools]]:
    """(kind, value, bound, comparable beyond doubt) of each hour, for the cap ordered and the limit in the data."""
    part = table.iloc[hours.reading]
    measured = part[f"{pollutant}_mg_m3"].to_numpy(dtype=np.float64)
    converted = part[f"{pollutant}_converted"].to_numpy(dtype=np.float64)
    given = np.where(np.isnan(converted), measured, converted)
    every = np.ones(len(given), dtype=bool)
    out = [("limit", given, part[f"{pollutant}_limit"].to_numpy(dtype=np.float64), every)]
    said = duties.phases["said"].to_numpy()[hours.phase]
    caps = [next(((v, o2) for name, v, o2 in one.caps if name == pollutant), (np.nan, None)) for one in duties.said]
    cap = np.array([value for value, _ in caps])[said]
    if np.isnan(cap).all():
        return out
    reference = np.array([np.nan if o2 is None else o2 for _, o2 in caps])[said]
    oxygen = part["o2_pct"].to_numpy(dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        brought = measured * (_AIR_O2 - reference) / np.where(oxygen < _AIR_O2, _AIR_O2 - oxygen, np.nan)
    plain = np.isnan(reference)
    value = np.where(plain, given, np.where(np.isnan(brought), converted, brought))
    out.append(("cap", value, cap, plain | ~np.isnan(brought)))
    return out


def _over(
    hours: _Hours, beyond: Bools, value: Floats, bound: Floats, sure: Bools, kind: str, pollutant: str
) -> list[dict[str, Any]]:
    """One entry a duty day: hours over, of them those marked valid, and the worst of them."""
    with np.errstate(divide="ignore", invalid="ignore"):
        times = value / bound
    frame = pd.DataFrame(
        {
            "row": hours.row, "reading": hours.reading, "value": value, "bound": bound, "times": times,
            "sure": sure, "marked": hours.marked & sure,
        }
    )[beyond]  # fmt: skip
    frame = frame.sort_values(["row", "times"], ascending=[True, False], kind="stable")
    grouped = frame.groupby("row")
    worst = grouped.first()
    worst["count"], worst["marked_count"] = grouped.size(), grouped["marked"].sum()
    worst["sure_count"] = grouped["sure"].sum()
    valid = frame[frame["marked"]].groupby("row")["times"].max()
    worst["marked_times"] = valid
    worst["row"], worst["kind"], worst["pollutant"] = worst.index, kind, pollutant
    return [{str(name): value for name, value in entry.items()} for entry in worst.to_dict("records")]


def _over_table(
    over: list[dict[str, Any]], duties: Duties, law: AuditLaw, evidence: Evidence, weight_of: dict[int, Weight]
) -> pd.DataFrame:
    rows = np.array([one["row"] for one in over], dtype=np.int64)
    days = duties.days.iloc[rows]
    lines = duties.lines.iloc[days["line"]]
    levels = duties.orders["level"].iloc[days["order"]]
    said: list[dict[str, Any]] = []
    places = zip(over, lines["city"], lines["county"], lines["enterprise_id"], days["day"], levels, strict=True)
    for one, city, county, firm, day, level in places:
        weight = weight_of[int(one["row"])]
        grounded = weight.valid and (one["marked_count"] if weight.needs_mark else one["sure_count"]) > 0
        times = one["marked_times"] if grounded and weight.needs_mark else one["times"]
        follows = law.consequence(
            _BREACHES[one["kind"]], city, county, day.date(), str(level),
            pollutant=one["pollutant"], times=float(times), suspected=not grounded, enterprise=str(firm),
        )  # fmt: skip
        said.append(
            {
                **weighed(Verdict.BREACHED if grounded else Verdict.DOUBTFUL, weight, follows),
                "observed": round(float(one["value"]), 3),
                "expected_at_most": float(one["bound"]),
                "finding_text": _hours_text(one, evidence, weight, grounded=grounded),
                "source": f"{evidence.name} row {evidence.row(int(one['reading']))}",
            }
        )
    columns = columns_of(said, subject="emission", evidence=evidence.kind, unit="mg/m³")
    table = of_duties(duties, rows, columns).assign(row=rows)
    table[FIRM] = [one["rank"] == "违反" for one in said]
    return table


def _hours_text(one: dict[str, Any], evidence: Evidence, weight: Weight, *, grounded: bool) -> str:
    what = "命令限值" if one["kind"] == "cap" else "标准限值"
    when = pd.Timestamp(evidence.table["time"].iloc[int(one["reading"])])
    text = f"{POLLUTANT_TEXT[one['pollutant']]}小时均值有{one['count']}个小时超过{what}，"
    text += f"最高{number(round(one['value'], 3))}毫克/立方米"
    text += f"（{short_moment(when)}），为{what}{number(one['bound'])}毫克/立方米的{rounded(one['times'], 2, 1)}倍"
    text += f"，其中标记有效{one['marked_count']}个小时"
    if grounded:
        return text + "。数据可作为认定依据，是否违法由人认定"
    if not one["sure_count"]:
        return text + "。基准氧含量无法核对，只作疑似"
    return text + ("。数据未标记有效，只作疑似" if weight.valid else "。本地规则把在线数据作为参考，只作疑似")


def _kept_table(
    hours: _Hours, looked: Bools, named: set[int], duties: Duties, evidence: Evidence, weight_of: dict[int, Weight]
) -> pd.DataFrame:
    """Days with enough hours looked at and none over."""
    count = pd.Series(hours.row[looked]).value_counts()
    wanted = duties.days["hours"].iloc[count.index].to_numpy()
    methods = [weight_of[int(row)].baseline for row in count.index]
    least = np.array([1.0 if method is None else method.least_hours_share for method in methods])
    enough = count.to_numpy() >= least * wanted
    rows = np.sort(count.index[enough & ~count.index.isin(list(named))].to_numpy())
    weights = [weight_of[int(row)] for row in rows]
    entries = [
        weighed(Verdict.COMPLIED, weight, Consequence()) | {"finding_text": f"小时均值{int(seen)}个小时均未超过限值"}
        for seen, weight in zip(count[rows], weights, strict=True)
    ]
    columns = columns_of(entries, subject="emission", evidence=evidence.kind, source=evidence.name)
    table = of_duties(duties, rows, columns).assign(row=rows)
    table[FIRM] = False
    return table
