"""Dust monitors of sites: hours at which work must stop, and what the hours after them show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast

import pandas as pd

from alertengine.audit.evidence_and_findings import WORKING, Evidence, Verdict
from alertengine.audit.evidence_rules import AuditLaw
from alertengine.audit.findings import columns_of, table_of
from alertengine.audit.ordered_days import Duties
from alertengine.rulebook import DustRule, ResponseRule
from alertengine.vocabulary import Level, Problem, number

_COLUMN: Final = {"pm10": "pm10_ug_m3", "pm25": "pm25_ug_m3"}
_TEXT: Final = {"pm10": "PM10", "pm25": "PM2.5"}


def find(evidence: Evidence, duties: Duties, law: AuditLaw) -> list[pd.DataFrame]:
    """Findings on dust, one a site, day and rule whose hour was reached; one a day where none was."""
    table = evidence.table.assign(row=evidence.rows, county=evidence.table["county"].fillna(""))
    table["working"] = _working(evidence)
    date_of = table["time"].dt.normalize()
    warned = _warned(duties)
    entries: list[dict[str, Any]] = []
    # pairs of an hour and the next one may lie on two days
    ordered = table.sort_values(["city", "site", "time"], kind="stable")
    same = (ordered["site"] == ordered["site"].shift(-1)) & (ordered["city"] == ordered["city"].shift(-1))
    follows = same & ((ordered["time"].shift(-1) - ordered["time"]) == pd.Timedelta(hours=1))
    for name in (*_COLUMN.values(), "working"):
        ordered[f"next_{name}"] = ordered[name].shift(-1).where(follows)
    for _, part in ordered.groupby(["city", "county", "site", date_of.loc[ordered.index]]):
        city, county, site = (str(part[name].iloc[0]) for name in ("city", "county", "site"))
        when = pd.Timestamp(part["time"].iloc[0]).normalize()
        rules = law.dust(city, county, when.date())
        held = [one for one in rules if one[0].regime != "warning" or (city, when) in warned]
        where = (city, county, site)
        worked = _site_work(evidence, law, part, where, when.date(), warned.get((city, when)))
        entries += worked
        if held or not worked:
            level = warned[city, when].level if (city, when) in warned else Level.NONE
            entries += _site_day(evidence, law, part, held, where, when.date(), level)
    if not entries:
        return []
    return [table_of(len(entries), columns_of(entries, subject="dust", evidence="site_pm10"))]


@dataclass(frozen=True, slots=True)
class _Warned:
    """A day under a warning: its highest level, the first and last hour of it."""

    level: Level
    first: float
    last: float


def _warned(duties: Duties) -> dict[tuple[str, pd.Timestamp], _Warned]:
    """Cities and days under a warning."""
    days = duties.days[duties.days["warned"]]
    levels = duties.orders["level"].iloc[days["order"]].astype("str")
    table = pd.DataFrame(
        {
            "city": duties.lines["city"].iloc[days["line"]].to_numpy(), "day": pd.DatetimeIndex(days["day"]),
            "rank": [Level(one).rank for one in levels], "first": days["first"].to_numpy(),
            "last": days["last"].to_numpy(),
        }
    )  # fmt: skip
    span = table.groupby(["city", "day"], as_index=False).agg({"rank": "max", "first": "min", "last": "max"})
    by_rank = {level.rank: level for level in Level}
    rows = span.itertuples(index=False, name=None)
    return {(str(city), day): _Warned(by_rank[rank], first, last) for city, day, rank, first, last in rows}


def _site_work(
    evidence: Evidence,
    law: AuditLaw,
    part: pd.DataFrame,
    where: tuple[str, str, str],
    day: date,
    warned: _Warned | None,
) -> list[dict[str, Any]]:
    """What a site's own state says of work that a measure of the warning stops."""
    city, county, site = where
    hours = part["time"].dt.hour
    held = (hours >= warned.first) & (hours < warned.last) if warned is not None else hours < 0
    working = part[held & (part["working"] == True)]  # noqa: E712 -- three values
    if warned is None or working.empty:
        return []
    asked = [
        rule
        for rule in cast("list[ResponseRule]", law.rules("response", city, county, day))
        if rule.about == "sites" and rule.group == "mandatory" and rule.speaks_at(warned.level)
    ]
    follows = law.consequence(("refused_site_stop",), city, county, day, str(warned.level), suspected=True)
    first = pd.Timestamp(working["time"].iloc[0])
    out = []
    for rule in asked:
        spared = f"（{'、'.join(rule.spared)}除外）" if rule.spared else ""
        text = f"预警期间{len(working)}个小时仍在作业（最早{first.hour}时），应{rule.text}{spared}"
        text += "，须现场核实作业内容和是否拒不执行"
        out.append(
            {
                "city": city, "county": county, "enterprise": site, "day": day.isoformat(), "source": evidence.name,
                "level": str(warned.level), "finding": Verdict.DOUBTFUL, "rank": "疑似",
                "ordered_hours": float(held.sum()), "evidence_rules": rule.id,
                "penalty_rules": ";".join(follows.rules),
                "basis": "；".join(filter(None, (law.book.cite(rule, day), follows.basis))),
                "standing": law.book.standing(rule, day), "consequence": follows.text, "finding_text": text,
            }
        )  # fmt: skip
    return out


def _working(evidence: Evidence) -> pd.Series:
    """True, False or unknown for each hour; a word that is none is a problem."""
    texts = evidence.table["working"].astype("object")
    for word in [word for word in texts.dropna().unique() if word not in WORKING]:
        rows = evidence.rows[texts == word]
        said: dict[str, Any] = {"column": "working", "value": str(word), "count": len(rows), "words": WORKING}
        evidence.problems.append(Problem("working_unknown", file=evidence.file, row=int(rows[0]), **said))
    return texts.map(WORKING).astype("object")


def _site_day(
    evidence: Evidence,
    law: AuditLaw,
    part: pd.DataFrame,
    rules: list[tuple[DustRule, bool]],
    where: tuple[str, str, str],
    day: date,
    level: Level,
) -> list[dict[str, Any]]:
    city, county, site = where
    head = {"city": city, "county": county, "enterprise": site, "day": day.isoformat(), "source": evidence.name}
    if not rules:
        text = f"{len(part)}个小时有数据；当地当日没有生效的扬尘停工值，不能判断"
        return [{**head, "finding": Verdict.NO_EVIDENCE, "finding_text": text}]
    out = []
    for rule, binds in rules:
        values = part[_COLUMN[rule.pollutant]]
        bound = rule.hourly_ug_m3
        limit = float(bound.ge if bound.ge is not None else bound.gt or 0)
        reached = values.map(lambda one, bound=bound: bool(bound.passed(one)) if one == one else False)  # noqa: PLR0124
        entry = {
            **head, "unit": "µg/m³", "expected_at_most": limit, "observed": float(values.max()),
            "ordered_hours": float(reached.sum()), "evidence_rules": rule.id,
            "basis": law.book.cite(rule, day), "standing": law.book.standing(rule, day),
        }  # fmt: skip
        hours = part[reached]
        told = f"{_TEXT[rule.pollutant]}小时均值{len(values.dropna())}个小时"
        if not binds:
            text = f"{told}中{len(hours)}个小时达到{number(limit)}微克/立方米"
            text += f"；仅供参考：{entry['basis']}，沿用未在案，不作判断"
            out.append({**entry, "basis": "", "finding": Verdict.NO_EVIDENCE, "finding_text": text})
            continue
        if hours.empty:
            known = values.notna().any()
            entry["finding"] = Verdict.COMPLIED if known else Verdict.NO_EVIDENCE
            entry["finding_text"] = f"{told}均未达到停工值{number(limit)}微克/立方米" if known else "当日没有可用的数据"
            out.append(entry)
            continue
        out.append(entry | _reached(law, rule, hours, told, limit, level))
    return out


def _reached(
    law: AuditLaw, rule: DustRule, hours: pd.DataFrame, told: str, limit: float, level: Level
) -> dict[str, Any]:
    """What the hour after each reached hour shows: work seen, work stopped, still as high, or nothing."""
    city, county = str(hours["city"].iloc[0]), str(hours["county"].iloc[0])
    day = pd.Timestamp(hours["time"].iloc[0]).date()
    after = hours[f"next_{_COLUMN[rule.pollutant]}"].astype("float64")
    at_work = (hours["next_working"] == True).to_numpy()  # noqa: E712 -- three values
    stopped = (hours["next_working"] == False).to_numpy()  # noqa: E712
    high = after.map(lambda one: one == one and rule.hourly_ug_m3.passed(one)).to_numpy(dtype=bool)  # noqa: PLR0124
    doubt = at_work | (high & ~stopped)
    blind = ~at_work & ~stopped & after.isna().to_numpy()
    first = pd.Timestamp(hours["time"].iloc[0])
    text = f"{told}中{len(hours)}个小时达到停工值{number(limit)}微克/立方米（最早{first.hour}时），应{rule.text}"
    if doubt.any():
        text += (
            f"；其后{int(doubt.sum())}个小时"
            + ("仍在作业" if at_work.any() else "仍达到停工值")
            + "，须现场核实是否拒不停工"
        )
        # what the statute says of refusing speaks of the measures of a warning alone
        breaches = ("refused_dust_stop", *(("refused_site_stop",) if level is not Level.NONE else ()))
        follows = law.consequence(breaches, city, county, day, str(level), suspected=True)
        return {
            "finding": Verdict.DOUBTFUL, "rank": "疑似", "finding_text": text, "consequence": follows.text,
            "penalty_rules": ";".join(follows.rules),
        }  # fmt: skip
    if blind.all():
        return {"finding": Verdict.NO_EVIDENCE, "finding_text": text + "；其后一小时没有数据，不能判断是否停工"}
    return {"finding": Verdict.COMPLIED, "finding_text": text + "；其后一小时已回落或已停工"}
