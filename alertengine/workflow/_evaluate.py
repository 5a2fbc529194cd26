"""The evaluation after a response (应急响应评估): what was ordered, what was done, what was reached.

It speaks of one act and of what the record says beside it: the warnings of the same response, later
acts, recorded findings.  What no act says is said to be missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypedDict

import pandas as pd

from alertengine.ledger import Act, uncorrected
from alertengine.orders import CityState, SummaryEntry, figures_of
from alertengine.rulebook import ProcedureRule, place_of
from alertengine.vocabulary import EMISSION_FIELDS, POLLUTANTS, WARNING_COLUMNS, refuse, to_minute
from alertengine.warning import kinds
from alertengine.workflow._record_findings import masked, recorded_findings
from alertengine.workflow.act_opened import options_of, rulebook_of
from alertengine.workflow.acts_in_force import (
    ActEntry,
    act_entry,
    binds_from,
    decided_of,
    mode_of,
    orders_in_force,
    plain_orders,
    responses,
    what_bound,
)
from alertengine.workflow.delivery.receipts import STATES
from alertengine.workflow.delivery.state import service
from alertengine.workflow.reached import (
    GRAVITY,
    Reached,
    about_production,
    counted,
    findings_within,
    judged_days,
    may_stagger,
    reached,
    warned_kilograms,
)

if TYPE_CHECKING:
    from alertengine.ledger import Ledger
    from alertengine.rulebook import Rulebook

STEP: Final = "evaluate"
#: How documents name what they do not have on file about it.
_WORD: Final = "评估"
_HOUR: Final = pd.Timedelta(hours=1)


class DutyToEvaluate(TypedDict):
    """Who must evaluate in a city, by which rule; ``due`` blank where its hours run from what has not been lifted."""

    city: str
    actor: str
    text: str
    after: str
    note: str
    within_hours: float | None
    by: str
    due: str
    rule: str
    basis: str
    standing: str


class OpenText(TypedDict):
    """What a document says is not on file."""

    document: str
    what: str
    source: str
    reason: str


class FindingsUsed(TypedDict):
    """Where findings come from: ``acts`` that recorded them, ``rows`` about this act, ``others`` about other orders."""

    recorded: bool
    acts: list[int]
    rows: int
    others: int


class Served(TypedDict):
    """How many enterprises the orders reached so far."""

    state: str
    enterprises: int


class EvaluatedAct(ActEntry):
    """The act evaluated: what corrects it, the list, note and rulebook that it rests on."""

    corrected_by: list[int]
    list: dict[str, Any]
    note: str
    rulebook: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One act evaluated, as plain JSON values but ``reached``.

    ``duties``: who must evaluate, by which rule, until when; ``holes``: what documents say is not on file;
    ``course``: the warnings of the response; ``states``: what holds of each city at the act's decision, and ``then``
    from what it decided on; ``groups``: orders of the latter and verdicts by status, industry, county;
    ``service``: enterprises by how far the orders reached them;
    ``kg``: kilograms ordered over the response by pollutant and verdict; ``grave``: what is breached or doubtful.
    """

    act: EvaluatedAct
    duties: list[DutyToEvaluate]
    holes: list[OpenText]
    course: list[dict[str, Any]]
    states: list[CityState]
    cities: list[SummaryEntry]
    groups: dict[str, list[dict[str, Any]]]
    verdicts: dict[str, dict[str, int]]
    days: list[dict[str, Any]]
    kg: dict[str, dict[str, float]]
    reached: list[Reached]
    beside: list[dict[str, Any]]
    grave: list[dict[str, Any]]
    findings: FindingsUsed
    service: list[Served]
    notes: list[str]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        out = {name: getattr(self, name) for name in type(self).__slots__}
        return out | {"reached": [asdict(one) for one in self.reached]}


def evaluate(
    ledger: Ledger, number: int, findings: pd.DataFrame | None = None, *, personal: bool = False
) -> Evaluation:
    """Evaluate an act of warnings and orders.

    Args:
        ledger: the record.
        number: the act.
        findings: FINDING_COLUMNS of a file; absent: those recorded.
        personal: whether names of sole traders and inspectors' words are shown.

    Raises:
        InputError: the act has no orders, or today's program cannot read its rules.

    """
    act = ledger.act(number)
    if act.kind != "issue":
        raise refuse(ledger.path, "act_without_orders", value=act.kind, act=number)
    given = plain_orders(ledger.orders(number, personal=personal), number)
    members = members_of(ledger, act)
    stands = _stands(ledger, act, members, given)
    if findings is None:
        every = recorded_findings(ledger, personal=personal)
    else:
        every = (findings if personal else masked(findings)).assign(act=0)
    own = findings_within(every, stands)
    finders = sorted({int(one) for one in own["act"]}) if findings is None else []
    until = _until(stands, own)
    days = judged_days(stands, own, until)
    holds = orders_in_force(given, decided_of(ledger, act))
    course, begins = _course(ledger, _uncorrected(act, members)), str(stands["starts"].min() if len(stands) else "")
    served = service(ledger, number, until, personal=personal)
    book, summaries = rulebook_of(ledger, number), list(act.head.get("summaries", []))
    warned = warned_kilograms(ledger, act, given)
    duties, holes = _duties(book, options_of(ledger, act).known_on, given, course)
    return Evaluation(
        act=_act(ledger, act),
        duties=duties,
        holes=holes,
        course=course,
        states=list(holds.cities()),
        cities=summaries,
        groups={name: _group(holds.from_decision.now, days, name) for name in ("status", "industry", "county")},
        verdicts=_verdicts(days),
        days=counted(days, "day"),
        kg=_kilograms(days),
        reached=reached(summaries if begins else [], given, days, may_stagger(given, book), warned, begins),
        beside=_beside(own),
        grave=_grave(own, served),
        findings={
            "recorded": findings is None,
            "acts": finders,
            "rows": len(own),
            "others": len(every) - len(own),
        },
        service=[
            {"state": state, "enterprises": int((served["state"] == state).sum())}
            for state in STATES
            if (served["state"] == state).any()
        ],
        notes=_notes(ledger, members, act, given, stands, own, until),
    )


def members_of(ledger: Ledger, act: Act) -> list[Act]:
    """The acts of the response an act belongs to, the corrected ones among them.

    Those of another mode end nothing of it: a drill or simulation of what binds, a simulation of a drill.
    """
    alike = [one for one in ledger.acts("issue") if mode_of(one) == mode_of(act)]
    return next(group for group in responses(ledger, alike) if act in group)


def _uncorrected(act: Act, members: Sequence[Act]) -> list[Act]:
    """The acts of a response without those that another corrects, an act itself always among them."""
    left = {act.act, *(one.act for one in uncorrected(members))}
    return [one for one in members if one.act in left]


def _stands(ledger: Ledger, act: Act, members: Sequence[Act], given: pd.DataFrame) -> pd.DataFrame:
    """What stands of the act's orders: without the hours that earlier acts of the response ordered, until later ones.

    What is corrected is evaluated until its correction binds, and the correction from then on.
    """
    tables = {
        one.act: given if one.act == act.act else plain_orders(ledger.orders(one.act, personal=False), one.act)
        for one in members
    }
    _, table = what_bound(ledger, members, tables)
    return table[table["act"] == act.act].reset_index(drop=True)


def _until(stands: pd.DataFrame, findings: pd.DataFrame) -> pd.Timestamp:
    """Where open orders are taken to end: after the last day judged, at the least after their first."""
    days = [*findings["day"], *(text[:10] for text in stands["starts"])]
    return pd.Timestamp(max(days, default="1970-01-01")) + timedelta(days=1)


def _act(ledger: Ledger, act: Act) -> EvaluatedAct:
    return {
        **act_entry(act),
        "corrected_by": [one.act for one in ledger.acts() if one.corrects == act.act],
        "list": dict(act.head.get("list", {})),
        "note": options_of(ledger, act).note,
        "rulebook": act.head.get("rulebook", ""),
    }


def _course(ledger: Ledger, members: Sequence[Act]) -> list[dict[str, Any]]:
    """The warnings of a response by city as they were issued, each as an act recorded it first, with hours to start."""
    out: dict[tuple[str, ...], dict[str, Any]] = {}
    for act in members:
        if not ledger.has(act.act, "warnings"):
            continue
        record = ledger.warnings(act.act)
        for row, decision in zip(record.to_dict("records"), kinds(record, record), strict=True):
            clean = {str(name): "" if pd.isna(value) else value for name, value in row.items()}
            times = {name: clean[name] for name in ("starts", "ends", "issued")}
            clean |= {name: to_minute(pd.Timestamp(at) if at else None) for name, at in times.items()}
            lead = None if pd.isna(row["issued"]) else (row["starts"] - row["issued"]) / _HOUR
            key = tuple(str(clean[name]) for name in ("warning_id", "city", "counties", "action", "level", "starts"))
            said = {"act": act.act, **{n: clean[n] for n in WARNING_COLUMNS}, "lead_hours": lead, "decision": decision}
            out.setdefault(key, said)
    return sorted(out.values(), key=lambda one: (one["city"], one["issued"], one["starts"]))


def _duties(
    book: Rulebook, known: date | None, given: pd.DataFrame, course: Sequence[Mapping[str, Any]]
) -> tuple[list[DutyToEvaluate], list[OpenText]]:
    """Who must evaluate by the law on file of the first day, city by city, and what that law leaves open."""
    duties: dict[tuple[str, str], DutyToEvaluate] = {}
    holes: dict[tuple[str, str], OpenText] = {}
    for city, own in given.groupby("city"):
        day, place = date.fromisoformat(own["starts"].min()[:10]), place_of(book, str(city))
        lifted = [one["starts"] for one in course if one["city"] == city and one["action"] == "lift"]
        for rule in book.binding("procedure", day, place, known):
            if isinstance(rule, ProcedureRule) and rule.step == STEP:
                duties[str(city), rule.id] = _duty(book, rule, str(city), lifted)
        for name, document in book.documents.items():
            rules = (rule for rule in book.rules.values() if rule.document == name)
            if any(book.reaches(rule, place) and book.holds(rule, day, known) for rule in rules):
                for hole in document.missing:
                    if _WORD in hole.what:
                        said: OpenText = {
                            "document": document.citation, "what": hole.what, "source": hole.source,
                            "reason": hole.reason,
                        }  # fmt: skip
                        holes[document.citation, hole.what] = said
    return list(duties.values()), list(holes.values())


def _duty(book: Rulebook, rule: ProcedureRule, city: str, lifted: Sequence[str]) -> DutyToEvaluate:
    due = ""
    if rule.within_hours is not None and lifted:
        due = to_minute(datetime.fromisoformat(max(lifted)) + timedelta(hours=rule.within_hours))
    return {
        "city": city, "actor": rule.actor, "text": rule.text, "after": rule.after or "", "note": rule.note,
        "within_hours": rule.within_hours, "by": rule.by, "due": due, "rule": rule.id, "basis": book.cite(rule),
        "standing": book.standing(rule),
    }  # fmt: skip


def _group(holds: pd.DataFrame, days: pd.DataFrame, name: str) -> list[dict[str, Any]]:
    """Lines, enterprises, those stopped, kilograms a day and verdicts by a column, of what the act's decision set."""
    if name == "county" and len(set(holds["city"])) > 1:  # two cities may have counties of one name
        holds, days = (
            one.assign(county=one["city"].astype("str") + one["county"].astype("str")) for one in (holds, days)
        )
    verdicts = {one[name]: one for one in counted(days, name)}
    out = []
    for value, own in holds.groupby(name, sort=False):
        figures = figures_of(own)
        kilograms = {EMISSION_FIELDS[pollutant]: amount for pollutant, amount in figures["kg"].items()}
        said = {word: verdicts.get(str(value), {}).get(word, 0) for word in GRAVITY}
        out.append({name: str(value), "lines": figures["lines"], "enterprises": figures["enterprises"],
                    "stopped": figures["stopped"], **kilograms, **said})  # fmt: skip
    return sorted(out, key=lambda one: (-one["lines"], one[name]))


def _verdicts(days: pd.DataFrame) -> dict[str, dict[str, int]]:
    """How many lines and days, and how many lines by the gravest word on any of their days.

    A line is counted as complied only where every day of it is.
    """
    by_day = Counter(days["verdict"])
    rank = {"breached": 0, "doubtful": 1, "no_evidence": 2, "complied": 3}
    keys = [days["city"], days["enterprise_id"], days["line_id"]]
    worst = days["verdict"].map(rank).groupby(keys).min() if len(days) else pd.Series(dtype="int64")
    by_line = Counter(worst)
    return {"days": {word: by_day[word] for word in GRAVITY}, "lines": {word: by_line[rank[word]] for word in GRAVITY}}


def _kilograms(days: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Kilograms ordered over the response, by pollutant and by verdict of the line and day."""
    out = {}
    for pollutant in POLLUTANTS:
        amounts = days[EMISSION_FIELDS[pollutant]].fillna(0.0) * days["hours"] / 24
        sums = amounts.groupby(days["verdict"]).sum()
        out[pollutant] = {word: round(float(sums.get(word, 0.0)), 1) for word in GRAVITY}
    return out


def _beside(findings: pd.DataFrame) -> list[dict[str, Any]]:
    """Findings on transport and dust, which bear on no line's kilograms: counts by subject and verdict."""
    own = findings[~about_production(findings)]
    table = pd.crosstab(own["subject"], own["finding"]).reindex(columns=list(GRAVITY), fill_value=0)
    return [{"subject": str(key), **{w: int(row[w]) for w in GRAVITY}} for key, row in table.iterrows()]


def _grave(findings: pd.DataFrame, served: pd.DataFrame) -> list[dict[str, Any]]:
    """Breaches, then doubts, by day, with how far the order had reached the enterprise (blank for a site)."""
    own = findings[findings["finding"].isin(GRAVITY[:2])]
    own = own.assign(place=own["finding"].map({word: place for place, word in enumerate(GRAVITY)}))
    own = own.sort_values(["place", "day", "enterprise_id", "line_id"], kind="stable")
    reached = dict(zip(zip(served["city"], served["enterprise_id"], strict=True), served["state"], strict=True))
    plants = zip(own["city"], own["enterprise_id"], strict=True)
    own = own.assign(service=[reached.get(plant, "") for plant in plants])
    names = ["act", "day", "county", "enterprise_id", "enterprise", "line", "subject", "evidence", "finding",
             "finding_text", "consequence", "basis", "standing", "source", "service"]  # fmt: skip
    return [{str(key): value for key, value in row.items()} for row in own[names].to_dict("records")]


def _notes(
    ledger: Ledger,
    members: Sequence[Act],
    act: Act,
    given: pd.DataFrame,
    stands: pd.DataFrame,
    findings: pd.DataFrame,
    until: pd.Timestamp,
) -> list[str]:
    """What a reader must know before the numbers."""
    said = []
    corrected = [one for one in ledger.acts() if one.corrects == act.act]
    said += [f"本号已由第{one.act}号更正，更正自{binds_from(one)}起执行，其后的时段在该号评估" for one in corrected]
    if stands.empty and not given.empty:
        said.append("本号指令没有一小时由其执行（开始前已取消、更正，或由前后指令接续），没有可评估的时段")
    elif findings.empty:
        said.append("没有本次指令的核查结论，全部生产线按证据不足计")
    begins = stands["starts"].min()
    if len(stands) and (given["starts"] < begins).any():
        before = "、".join(str(one.act) for one in members if one.act < act.act)
        said.append(f"{begins}以前的时段由第{before}号命令，在该号评估，本号不重复计")
    cut = int((stands["ends"] != stands["said_end"]).sum())
    if cut:
        said.append(f"{cut}条指令由本次响应后来的指令接续，只评估到接续之时")
    left = int((stands["ends"] == "").sum())
    if left:
        said.append(
            f"{left}条指令结束时间另行通知，台账中没有后来的指令，评估到{until - timedelta(days=1):%Y-%m-%d}为止"
        )
    return said
