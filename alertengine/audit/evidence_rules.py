"""What the rules on file say of evidence and of breaches, there and then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from alertengine.audit.evidence_and_findings import Verdict
from alertengine.audit.on_record import Breach, Needs, OnRecord, Records, needs_of
from alertengine.rulebook import (
    Baseline,
    ConcurrenceRule,
    DustRule,
    ElectricityDrop,
    EvidenceRule,
    PenaltyRule,
    Place,
    Rulebook,
    RuleHead,
    TransitionRule,
    worst,
)
from alertengine.vocabulary import STANDINGS


@dataclass(frozen=True, slots=True)
class Weight:
    """What one kind of evidence is worth on one subject at a place and day.

    ``valid``: marked data (or any, where ``needs_mark`` is false) may ground a 违反; otherwise all it makes
    is 疑似.  ``threshold`` and ``baseline`` are None where no rule in force gives one.
    """

    rules: tuple[str, ...] = ()
    basis: str = ""
    standing: str = ""
    valid: bool = False
    needs_mark: bool = False
    threshold: ElectricityDrop | None = None
    baseline: Baseline | None = None


@dataclass(frozen=True, slots=True)
class Consequence:
    """What the penalty rules propose for a breach: text, ids and citations of the rules that bind; all for a person.

    ``rank`` is 移送线索 where a rule refers the case and needs nothing more, else 建议另案处理; blank of a
    suspicion, and where no rule binds.
    """

    text: str = ""
    rules: tuple[str, ...] = ()
    rank: str = ""
    basis: str = ""


def weighed(verdict: Verdict, weight: Weight, follows: Consequence) -> dict[str, Any]:
    """The columns of a finding on its verdict, rank and grounds, and on what follows where it is against the plant."""
    breached = verdict is Verdict.BREACHED
    against = breached or verdict is Verdict.DOUBTFUL
    return {
        "finding": verdict,
        "rank": "违反" if breached else "疑似" if against else "",
        "proposal_rank": follows.rank if breached else "",
        "evidence_rules": ";".join(weight.rules),
        "penalty_rules": ";".join(follows.rules) if against else "",
        "basis": "；".join(filter(None, (weight.basis, follows.basis if against else ""))),
        "standing": weight.standing,
        "consequence": follows.text if against else "",
    }


class AuditLaw:
    """Evidence and penalty rules of a rulebook, looked up by place and day; every answer is kept.

    Args:
        book: the rulebook.
        known_on: only documents issued by that day count.
        records: what list and ledger know of the enterprises.

    """

    def __init__(self, book: Rulebook, known_on: date | None = None, records: Records | None = None) -> None:
        """Keep the book."""
        self.book = book
        self.records = records or Records()
        self.known_on = known_on
        self._weights: dict[tuple[object, ...], Weight] = {}
        self._consequences: dict[tuple[object, ...], Consequence] = {}
        self._in_force: dict[tuple[str, str, str, date], list[RuleHead]] = {}

    def rules(self, kind: str, city: str, county: str, day: date) -> list[RuleHead]:
        """The rules of a kind in force at a place on a day."""
        key = (kind, city, county, day)
        if key not in self._in_force:
            self._in_force[key] = self.book.in_force(kind, day, self._place(city, county), self.known_on)
        return self._in_force[key]

    def _place(self, city: str, county: str) -> Place:
        name = self.book.lists.standard_name("places", city) or city
        return Place(province=self.book.lists.province_of(name), city=name, county=county)

    def _past(self, rule: RuleHead, day: date, place: Place) -> bool:
        """Whether a rule is past the year it was made for and continued by nobody: told, but no ground."""
        return self.book.lapsed_on(rule, day, self.known_on, place)

    def dust(self, city: str, county: str, day: date) -> list[tuple[DustRule, bool]]:
        """The dust rules in force at a place on a day; False with one past its year, which is told and binds nobody."""
        rules = cast("list[DustRule]", self.rules("dust", city, county, day))
        return [(rule, not self._past(rule, day, self._place(city, county))) for rule in rules]

    def weight(self, evidence: str, subject: str, city: str, county: str, sector: str, day: date) -> Weight:
        """What a kind of evidence is worth on a subject (one of ``EvidenceRule.of``)."""
        key = (evidence, subject, city, county, sector, day)
        if key not in self._weights:
            rules = [
                rule
                for rule in cast("list[EvidenceRule]", self.rules("evidence", city, county, day))
                if rule.evidence == evidence
                and (not rule.sectors or sector in rule.sectors)
                and (subject in rule.of or rule.baseline is not None)
            ]
            self._weights[key] = self._weigh(rules, day, self._place(city, county))
        return self._weights[key]

    def _weigh(self, rules: list[EvidenceRule], day: date, place: Place) -> Weight:
        valid = [rule for rule in rules if rule.weighs == "valid" and not self._past(rule, day, place)]
        thresholds = sorted((r for r in rules if r.threshold is not None), key=self._rank)
        methods = sorted((r for r in rules if r.baseline is not None), key=self._rank)
        unused = (*thresholds[1:], *methods[1:])
        used = [rule for rule in rules if not any(rule is one for one in unused)]
        return Weight(
            rules=tuple(rule.id for rule in used),
            basis="；".join(dict.fromkeys(self.book.cite(rule, day, place) for rule in used)),
            standing=worst(*(self.book.standing(rule, day) for rule in used)) if used else "",
            valid=bool(valid),
            needs_mark=bool(valid) and all(rule.only_marked for rule in valid),
            threshold=thresholds[0].threshold if thresholds else None,
            baseline=methods[0].baseline if methods else None,
        )

    @staticmethod
    def _rank(rule: EvidenceRule) -> tuple[int, float]:
        """The better the standing the sooner; of equal ones the milder."""
        mild = (rule.threshold.stop_at_least or 1.0) if rule.threshold is not None else 0.0
        return STANDINGS.index(rule.source), mild

    def consequence(
        self,
        breaches: tuple[str, ...],
        city: str,
        county: str,
        day: date,
        level: str,
        *,
        pollutant: str = "",
        times: float | None = None,
        suspected: bool = False,
        ran: bool = False,
        enterprise: str | OnRecord = "",
    ) -> Consequence:
        """What follows of breaches (codes of ``BREACHES``), as a proposal with what each rule needs.

        ``times``: the value over its limit; ``ran``: production that should have stood; ``enterprise``: its code in
        this city, or what is on record of it.
        """
        record = self.records.of(city, enterprise) if isinstance(enterprise, str) else enterprise
        breach = Breach(breaches, day, level, pollutant, times, ran, record)
        key = (breach, city, county, suspected)
        if key not in self._consequences:
            asked = cast("list[PenaltyRule]", self.rules("penalty", city, county, day))
            rules = [(rule, needs) for rule in asked if (needs := needs_of(rule, breach)) is not None]
            self._consequences[key] = self._propose(rules, breach, self._place(city, county), suspected=suspected)
        return self._consequences[key]

    def _propose(
        self, rules: list[tuple[PenaltyRule, Needs]], breach: Breach, place: Place, *, suspected: bool
    ) -> Consequence:
        day = breach.day
        bound = [(rule, needs) for rule, needs in rules if not self._past(rule, day, place)]
        told = [self._proposal(rule, needs, breach, place) for rule, needs in bound] or [
            "处罚依据未录入，由法制人员决定"
        ]
        past = [f"仅供参考：{self._proposal(*one, breach, place)}" for one in rules if one not in bound]
        text = "；".join(dict.fromkeys([*told, *self._one_act(bound, breach, place), *past]))
        if suspected:
            text = f"疑似，建议现场核查；{'如经查实：' if bound else ''}{text}"
        elif bound:
            text = f"由人决定：{text}"
        # a referral that hangs on facts no record of ours holds is told, but does not raise the rank
        referred = any(rule.outcome == "referral" and not needs.left for rule, needs in bound)
        return Consequence(
            text,
            tuple(rule.id for rule, _ in bound),
            "" if suspected or not bound else "移送线索" if referred else "建议另案处理",
            "；".join(dict.fromkeys(self.book.cite(rule, day, place) for rule, _ in bound)),
        )

    def _proposal(self, rule: PenaltyRule, needs: Needs, breach: Breach, place: Place) -> str:
        """One proposal with its ground, what took its place, what is on record and what it still needs."""
        said = f"{rule.proposal}（{self.book.cite(rule, breach.day, place)}）" + self._since(rule)
        if needs.met:
            said += f"，在案：{'；'.join(needs.met)}"
        if needs.left:
            said += f"，另需：{'；'.join(needs.left)}"
        other, times = rule.times_limit_other, breach.times
        if other is not None and times is not None and not other.passed(times):
            said += f"，另一种读法不适用：{rule.interpretation}"
        return said + (f"，由{rule.department}处理" if rule.department else "")

    def _one_act(self, bound: list[tuple[PenaltyRule, Needs]], breach: Breach, place: Place) -> list[str]:
        """What the law says of several fines, where those proposed rest on more than one article."""
        fines = {self.book.cite(rule, breach.day, place) for rule, _ in bound if rule.fine is not None}
        asked = self.rules("concurrence", place.city, place.county, breach.day) if len(fines) > 1 else []
        return [
            f"{one.text}（{self.book.cite(one, breach.day, place)}）"
            for one in asked
            if isinstance(one, ConcurrenceRule)
        ]

    def _since(self, rule: PenaltyRule) -> str:
        """What took the place of the law of the day of the breach, and which of the two applies."""
        later = [one for one in self.book.successors(rule, self.known_on) if isinstance(one, PenaltyRule)]
        if not later:
            return ""
        said = [f"自{one.valid.first}起{one.proposal}（{self.book.cite(one)}）" for one in later]
        documents = {one.document for one in later}
        said += [
            f"{one.text}（{self.book.cite(one)}）"
            for one in self.book.rules.values()
            if isinstance(one, TransitionRule) and one.document in documents
        ]
        return f"，{'；'.join(said)}"
