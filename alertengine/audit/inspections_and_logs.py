"""Records of people: what an inspector wrote, and what the plant's own log admits."""

from __future__ import annotations

import re
from typing import Any, Final

import numpy as np
import pandas as pd

from alertengine.audit.baseline import Bools, Ints
from alertengine.audit.evidence_and_findings import RESULTS, Evidence, Verdict
from alertengine.audit.evidence_rules import AuditLaw, weighed
from alertengine.audit.findings import FIRM, columns_of, everywhere, of_duties
from alertengine.audit.meters import near_firms, of_plants, said_of
from alertengine.audit.ordered_days import Duties
from alertengine.lists import PlantsOfList
from alertengine.vocabulary import BREACHES, Problem, number, short_moment, to_minute

_RESULT_OF: Final = {word: name for name, words in RESULTS.items() for word in words}
#: Records told one by one; the rest are counted.
_TOLD: Final = 5
#: A note longer than this is cut in a finding.
_NOTE: Final = 80
_JOINED: Final = re.compile(r"[;；,，\n]")
#: Results that say whether a stop was kept, and that a limit was.
_OF_STOP: Final = ("未停产", "未按要求停产")
_OF_LIMIT: Final = ("已限产", "限产到位")
#: Results that do not say what was not kept.
_GENERAL: Final = ("违反", "不符合")


def inspections(evidence: Evidence, duties: Duties, law: AuditLaw) -> tuple[list[pd.DataFrame], Bools]:
    """Findings of inspections within ordered hours; without a record number they only refer.

    A result that is not understood is told and finds nothing: it neither clears a plant nor makes a suspicion.
    """
    results, named = _results(evidence), _named(evidence)
    _tell_off_list(evidence, duties)
    beyond = np.array([bool(one) for one in named], dtype=bool)
    joined = _with_duties(evidence, duties, beyond)
    held, share, day = duties.by_phase, duties.phases["share"].to_numpy(), duties.phases["row"].to_numpy()
    entries: list[dict[str, Any]] = []
    seen = np.zeros(len(duties.days), dtype=bool)
    whole = evidence.table["line_id"].isna().to_numpy()
    words = evidence.table["result"].fillna("").astype("str").str.strip().tolist()
    for reading, rows in joined.items():
        result = "breached" if named[reading] and results[reading] != "refused" else results[reading]
        if not result:
            continue
        # a measure not done somewhere in the plant is held against no single line of it
        spoken = rows if result == "complied" or not whole[reading] else rows[:1]
        seen[day[rows]] = True
        plant = whole[reading] and result != "complied"
        for row in spoken:
            # it speaks of a stop where none was ordered at that hour, or of a limit where a stop was
            contrary = _OF_STOP if share[row] < 1 else _OF_LIMIT if share[row] >= 1 else ()
            other = not named[reading] and words[reading] in contrary
            said = "unclear" if other else result
            entries.append(_inspected(evidence, held, law, reading, row, said, named[reading], whole=plant))
    return ([_table(entries, held, evidence.kind)] if entries else []), seen


def _tell_off_list(evidence: Evidence, duties: Duties) -> None:
    """A plant that was inspected and stands on no list: no order could reach it, and that is a finding in words.

    Where its name is nearly one of the list's, that is asked too.
    """
    alike, said = said_of(evidence)
    plants = PlantsOfList(duties.lines)
    nobody = np.array([not len(plants.of(row)) for row in said], dtype=bool)[alike]
    off = np.flatnonzero(nobody & evidence.table[["enterprise_id", "enterprise"]].notna().any(axis=1).to_numpy())
    table = evidence.table[["enterprise_id", "enterprise", "time", "result"]].astype("object")
    for at in off:
        row = table.iloc[at]
        value = str(row[["enterprise_id", "enterprise"]].dropna().iloc[-1])
        place: dict[str, Any] = {"file": evidence.file, "row": int(evidence.rows[at]), "value": value}
        result = row["result"] if isinstance(row["result"], str) else ""
        evidence.problems.append(Problem("inspected_off_list", **place, time=to_minute(row["time"]), result=result))
    evidence.problems += near_firms(evidence, off, duties.lines)


def _results(evidence: Evidence) -> list[str]:
    """What each result says; a word that is none is a problem, and blank."""
    texts = evidence.table["result"].fillna("").astype("str").str.strip()
    for word in [word for word in texts.unique() if word not in _RESULT_OF]:
        row = int(evidence.rows[np.flatnonzero(texts == word)[0]])
        evidence.problems.append(
            Problem("result_unknown", file=evidence.file, row=row, column="result", value=word, words=_RESULT_OF)
        )
    return [_RESULT_OF.get(word, "") for word in texts]


def _named(evidence: Evidence) -> list[tuple[str, ...]]:
    """The breaches each record names (codes of ``BREACHES``); a word that is none is a problem."""
    texts = evidence.table["breach"].fillna("").astype("str")
    codes = {word: code for code, word in BREACHES.items()}
    found: dict[str, tuple[str, ...]] = {}
    for text in texts.unique():
        words = [word.strip() for word in _JOINED.split(text) if word.strip()]
        found[text] = tuple(dict.fromkeys(codes[word] for word in words if word in codes))
        for word in [word for word in words if word not in codes]:
            row = int(evidence.rows[np.flatnonzero(texts == text)[0]])
            evidence.problems.append(
                Problem("breach_word_unknown", file=evidence.file, row=row, column="breach", value=word, words=codes)
            )
    return [found[text] for text in texts]


def _tell_without_hour(evidence: Evidence, at: Ints) -> None:
    """Records of days ordered in part that do not say their hour: it cannot be told whether the order held."""
    said = [
        Problem("record_without_hour", file=evidence.file, row=int(evidence.rows[one]), column="time", value=day)
        for one in at[:_TOLD]
        for day in [str(evidence.table["time"].iloc[one].date())]
    ]
    if len(at) > _TOLD:
        said.append(Problem("more_of_these", file=evidence.file, count=len(at) - _TOLD, said=said[0]))
    evidence.problems += said


def _with_duties(evidence: Evidence, duties: Duties, beyond: Bools | None) -> dict[int, Ints]:
    """For each record the duties of the lines it speaks of, within the ordered hours.

    ``beyond``: records that speak of more than a duty; an order that asks nothing is enough for them.  With it rows of
    ``phases``: what held at the hour of a record; without it, of records of days, rows of ``Duties.days`` that are
    ordered from midnight to midnight.
    """
    days, lines = duties.days, duties.lines
    line = days["line"].to_numpy()
    bound = (days["produces"] | days["moves"]).to_numpy()
    duty = pd.DataFrame({"row": np.arange(len(days)), "line": line, "day": days["day"].to_numpy()})
    of_reading, unsure = _lines_of(evidence, lines)
    time = evidence.table["time"]
    records = pd.DataFrame({"reading": np.arange(len(time)), "time": time, "day": time.dt.normalize()})
    found = records.merge(of_reading, on="reading").merge(duty, on=["line", "day"])
    hour = (found["time"] - found["day"]).dt.total_seconds().to_numpy() / 3600
    row = found["row"].to_numpy()
    whole = ((days["first"] == 0) & (days["last"] == 24)).to_numpy()[row]
    if beyond is None:
        at, asked = np.where(whole, row, -1), bound[row]
    else:
        phases = duties.phases
        # a record that names the day alone is taken as within the hours only where the whole day is ordered, and
        # then of the order that asks least
        least = phases.assign(at=np.arange(len(phases))).sort_values("share", kind="stable").drop_duplicates("row")
        lightest = least.sort_values("row")["at"].to_numpy()
        at = np.where(hour == 0, np.where(whole, lightest[row], -1), duties.at_hour(row, hour))
        asked = (phases["produces"] | phases["moves"]).to_numpy()[at]
        blind = np.unique(found["reading"][(hour == 0) & ~whole & (bound[row] | beyond[found["reading"].to_numpy()])])
        _tell_without_hour(evidence, blind)
        unsure = np.union1d(unsure, blind)
        asked |= beyond[found["reading"].to_numpy()]
    found = found.assign(at=at)[(at >= 0) & asked]
    lost = np.setdiff1d(records["reading"].to_numpy(), [*found["reading"], *unsure])
    if len(lost):
        row_of = int(evidence.rows[lost[0]])
        evidence.warnings.append(Problem("records_without_duty", file=evidence.file, row=row_of, count=len(lost)))
    return {int(reading): part.to_numpy() for reading, part in found.groupby("reading")["at"]}


def _lines_of(evidence: Evidence, lines: pd.DataFrame) -> tuple[pd.DataFrame, Ints]:
    """Which lines each record speaks of (``reading``, ``line``), and the records that several plants answer to.

    These are told and held against none of them, as is a line that the plant of a record does not have.
    """
    plants = PlantsOfList(lines)
    alike, said = said_of(evidence, "line_id")
    for row in said:  # a code that no plant has is not put right by the name beside it
        if row["enterprise_id"] and not len(plants.of({**row, "enterprise": ""})):
            row["enterprise"] = ""
    here = [plants.lines_of(row) for row in said]
    several = [plants.told(own) if len(np.unique(plants.plant[own])) > 1 else [] for own in here]
    evidence.problems += of_plants(evidence, alike, several, "evidence_of_several_plants")
    named = [lines["line_id"].iloc[plants.of(row)].tolist() if row["line_id"] else [] for row in said]
    for at, one in enumerate(alike.tolist()):
        if named[one] and not len(here[one]):
            place: dict[str, Any] = {"file": evidence.file, "row": int(evidence.rows[at]), "column": "line_id"}
            line = said[one]["line_id"]
            evidence.problems.append(Problem("no_such_line_in_order", **place, value=line, names=named[one]))
    unsure = np.array([len(one) > 0 for one in several], dtype=bool)[alike]
    sure = np.flatnonzero(~unsure)
    sizes = np.array([len(own) for own in here], dtype=np.int64)[alike[sure]]
    of = np.concatenate([np.zeros(0, dtype=np.int64), *(here[one] for one in alike[sure].tolist())])
    return pd.DataFrame({"reading": np.repeat(sure, sizes), "line": of}), np.flatnonzero(unsure)


def _inspected(
    evidence: Evidence,
    duties: Duties,
    law: AuditLaw,
    reading: int,
    row: int,
    result: str,
    named: tuple[str, ...],
    *,
    whole: bool,
) -> dict[str, Any]:
    record = evidence.table.iloc[reading]
    numbered = isinstance(record["record_no"], str)
    own = _RESULT_OF.get(str(record["result"]).strip(), "")
    # 违反 beside a named breach says only that there is one; 未停产, 未落实 speak of the measure as well
    measure = own != "complied" and (not named or (own == "breached" and record["result"] not in _GENERAL))
    breaches = ("refused_inspection",) if own == "refused" else ("measure_not_done",) if measure else ()
    breaches = tuple(dict.fromkeys((*breaches, *named)))
    note = record["note"] if isinstance(record["note"], str) else ""
    when = f"{short_moment(record['time'])}现场".replace("日0时现场", "日现场")  # of a day alone no hour is on record
    text = f"{when}检查：{record['result']}" + (f"，{note[:_NOTE]}" if note else "")
    text += f"，查实{'、'.join(BREACHES[one] for one in named)}" if named else ""
    text += f"（笔录{record['record_no']}）" if numbered else "（无笔录编号，只作参考）"
    return _entry(
        evidence, duties, law, row, reading, text,
        contrary=result in ("breached", "refused"), doubt=result in ("partly", "unclear"), firm=numbered,
        breaches=breaches or ("measure_not_done",), whole=whole,
    )  # fmt: skip


def own_logs(evidence: Evidence, duties: Duties, law: AuditLaw) -> tuple[list[pd.DataFrame], Bools]:
    """Findings of the plant's own log on lines ordered to stop all day: what it admits, never what it denies."""
    entries: list[dict[str, Any]] = []
    seen = np.zeros(len(duties.days), dtype=bool)
    table = evidence.table
    share = duties.days["share"].to_numpy()
    produces = duties.days["produces"].to_numpy()
    for reading, rows in _with_duties(evidence, duties, None).items():
        hours, output = table["running_hours"].iloc[reading], table["output"].iloc[reading]
        for row in rows[produces[rows] & (share[rows] >= 1)]:
            ran = bool(hours > 0 or output > 0)
            known = bool(hours == hours or output == output)  # noqa: PLR0124 -- NaN differs from itself
            if not known:
                continue
            seen[row] = True
            said = [f"运行{number(hours)}小时"] if hours == hours else []  # noqa: PLR0124
            said += [f"产量{number(output)}"] if output == output else []  # noqa: PLR0124
            text = f"企业台账载明当日{'、'.join(said)}，命令为停产"
            text += "" if ran else "；台账为企业自记，不单独证明已停产"
            entries.append(_entry(evidence, duties, law, row, reading, text, contrary=ran, doubt=False, firm=ran))
    return ([_table(entries, duties, evidence.kind)] if entries else []), seen


def _entry(
    evidence: Evidence,
    duties: Duties,
    law: AuditLaw,
    row: int,
    reading: int,
    text: str,
    *,
    contrary: bool,
    doubt: bool,
    firm: bool,
    breaches: tuple[str, ...] = ("measure_not_done",),
    whole: bool = False,
) -> dict[str, Any]:
    """One finding from a record, weighed as the rules of its place and day weigh such records."""
    day = duties.days.iloc[row]
    line = duties.lines.iloc[int(day["line"])]
    level = str(duties.orders["level"].iloc[int(day["order"])])
    when = day["day"].date()
    subject = "production" if day["produces"] else "transport"
    weight = law.weight(evidence.kind, subject, line["city"], line["county"], line["sector"], when)
    grounded = firm and weight.valid
    verdict = Verdict.COMPLIED
    if contrary or doubt:
        verdict = Verdict.BREACHED if contrary and grounded else Verdict.DOUBTFUL
    suspected = verdict is Verdict.DOUBTFUL
    place = (line["city"], line["county"], when, level)
    ran = subject == "production"
    follows = law.consequence(breaches, *place, suspected=suspected, ran=ran, enterprise=str(line["enterprise_id"]))
    source = f"{evidence.name} row {evidence.row(reading)}"
    said = {"row": row, "whole": whole, "subject": subject, "finding_text": text, "source": source, FIRM: grounded}
    return said | weighed(verdict, weight, follows)


def _table(entries: list[dict[str, Any]], duties: Duties, kind: str) -> pd.DataFrame:
    rows = np.array([one["row"] for one in entries], dtype=np.int64)
    whole = np.array([one["whole"] for one in entries], dtype=bool)
    table = of_duties(duties, rows, columns_of(entries, evidence=kind))
    table[FIRM] = [bool(one[FIRM]) for one in entries]
    if not whole.any():
        return table
    for name in ("line_id", "line"):
        texts = table[name].astype("object").where(~whole, "")
        table[name] = everywhere("", len(table)) if whole.all() else pd.Categorical(texts)
    table.loc[whole, "share"] = np.nan
    return table
