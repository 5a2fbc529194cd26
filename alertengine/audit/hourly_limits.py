"""Hourly means beside an ordered cap or the limit the data carries: which hours of a day were over, and by how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from alertengine.audit.baseline import Bools, Floats, Ints
from alertengine.audit.evidence_and_findings import Evidence, Verdict
from alertengine.audit.evidence_rules import AuditLaw, Consequence, Weight, weighed
from alertengine.audit.findings import FIRM, columns_of, of_duties, of_enterprises
from alertengine.audit.judge_by_fall import weights_of
from alertengine.audit.meters import Groups
from alertengine.audit.ordered_days import Duties
from alertengine.vocabulary import POLLUTANT_TEXT, POLLUTANTS, number, rounded, short_moment

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
                "finding_text": _text(one, evidence, weight, grounded=grounded),
                "source": f"{evidence.name} row {evidence.row(int(one['reading']))}",
            }
        )
    columns = columns_of(said, subject="emission", evidence=evidence.kind, unit="mg/m³")
    table = of_duties(duties, rows, columns).assign(row=rows)
    table[FIRM] = [one["rank"] == "违反" for one in said]
    return table


def _text(one: dict[str, Any], evidence: Evidence, weight: Weight, *, grounded: bool) -> str:
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
