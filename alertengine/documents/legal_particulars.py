"""What the rules say of an order as an act: who issues it, until when it is done, what follows, what remedy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from alertengine.documents.document import Notice
from alertengine.documents.open_matters import OpenMatter
from alertengine.rulebook import NATION, Document, LineRule, PenaltyRule, Place, ProcedureRule, Rulebook, RuleHead
from alertengine.vocabulary import Level, moment

#: The step by which an ordered state must be reached, that of the remedy, and that of issuing.
_IN_PLACE: Final = "stop_in_place"
_REMEDY: Final = "seek_remedy"
_ISSUE: Final = "issue"
#: With ``about: grade``: that measures may differ by grade.
_START: Final = "start"
#: The breach that is not doing what an order of a warning says.
_NOT_DONE: Final = "measure_not_done"


@dataclass(frozen=True, slots=True)
class LegalParticulars:
    """The words of an order that come from rules about acts; empty where no rule says so.

    ``consequences`` have the yes-or-no columns of the enterprise that must not say no;
    ``issuer`` is the city's own authority, ``competent`` the rank of authority the statute names;
    ``grounds`` are what any order of the place rests on, statute and emergency plan; ``cited`` all grounds
    with their standing; ``gaps`` what is not on file and keeps a document from being formal.
    """

    issuer: str = ""
    competent: str = ""
    plan: str = ""
    grounds: tuple[str, ...] = ()
    deadlines: tuple[str, ...] = ()
    consequences: tuple[tuple[str, tuple[str, ...]], ...] = ()
    remedies: tuple[str, ...] = ()
    cited: tuple[tuple[str, str], ...] = ()
    gaps: tuple[OpenMatter, ...] = ()

    def consequences_for(self, owner: Any = None) -> tuple[str, ...]:
        """The consequences for an enterprise (a line of its list, None where it is not known)."""
        return tuple(
            text for text, needs in self.consequences if not any(getattr(owner, name, None) is False for name in needs)
        )


@dataclass(frozen=True, slots=True)
class BelowYellow:
    """A document against adverse weather (不利气象条件应对) and the moment its measures end."""

    document: Document
    ends: datetime
    issuer: str
    number: str

    def notice(self) -> Notice:
        """What is on file of it: by whom and for when."""
        one = self.document
        issued = moment(f"{one.issued} 00:00").removesuffix("0时") if one.issued else ""
        ends = moment(self.ends)
        spell = f"自{moment(one.valid.moments()[0])}至{ends}执行不利气象条件应对措施"
        text = f"{self.issuer or '发布机关未录入'}{one.citation}，{spell}"
        return Notice("发布" if issued else "发布日期未录入", issued, "", text, "")


def issued_by(act: LegalParticulars, below: Sequence[BelowYellow]) -> LegalParticulars:
    """The words of an order that rests on documents of their own issuer and number, where it rests on any."""
    gaps = [_not_said("no_issuer", one.document) for one in below if not one.issuer]
    gaps += [_not_said("no_number", one.document) for one in below if not one.number]
    issuers = dict.fromkeys(one.issuer for one in below if one.issuer)
    return replace(act, issuer="、".join(issuers) or act.issuer, gaps=(*act.gaps, *gaps))


def _not_said(kind: str, document: Document) -> OpenMatter:
    return OpenMatter.of(kind, document.citation, [document.document])


class ParticularsOf:
    """Finds the words of acts for a place, day and level; each combination once."""

    def __init__(self, book: Rulebook) -> None:
        """Take the rulebook."""
        self._book = book
        self._found: dict[tuple[str, str, date, str], LegalParticulars] = {}

    def of(self, city: str, county: str, day: date, level: str) -> LegalParticulars:
        """The words for a place, day and level."""
        key = (city, county, day, level)
        if key not in self._found:
            self._found[key] = self._find(*key)
        return self._found[key]

    def below_yellow(self, rows: Sequence[Any]) -> tuple[BelowYellow, ...]:
        """The documents against adverse weather (不利气象条件应对) that some orders rest on; none under a warning."""
        if any(row.level not in ("", Level.NONE) for row in rows):
            return ()
        book, ends = self._book, dict[str, datetime]()
        for name in (name for row in rows for name in row.rules.split(";")):
            rule = book.rules.get(name)
            if isinstance(rule, LineRule) and "adverse_weather" in rule.regimes:
                ends[rule.document] = max(book.ends(rule), ends.get(rule.document, datetime.min))
        found = [(book.documents[name], end) for name, end in ends.items()]
        return tuple(
            BelowYellow(one, end, *(book.official(one, key) for key in ("issuer", "number"))) for one, end in found
        )

    def _find(self, city: str, county: str, day: date, level: str) -> LegalParticulars:
        place = Place(province=self._book.lists.province_of(city), city=city, county=county)
        rules = [
            rule
            for kind in ("procedure", "penalty")
            for rule in self._book.binding(kind, day, place)
            if getattr(rule, "speaks_at", lambda _: True)(level)
        ]
        steps = [rule for rule in rules if isinstance(rule, ProcedureRule)]
        issuing = [rule for rule in steps if rule.step == _ISSUE and rule.about == "order" and level != Level.NONE]
        # a rule wider than the city's own names a rank of government, not who signs here
        own = [rule for rule in issuing if not self._book.members(rule) & {NATION, place.province}]
        grading = [rule for rule in steps if rule.step == _START and rule.about == "grade" and level != Level.NONE]
        due = [rule for rule in steps if rule.step == _IN_PLACE]
        remedial = [rule for rule in steps if rule.step == _REMEDY]
        breaches = [rule for rule in rules if isinstance(rule, PenaltyRule) and rule.breach == _NOT_DONE]
        plan, gaps = self._plan(place, day) if level != Level.NONE else (None, ())
        planned = [(plan.citation, self._book.standing_of(plan))] if plan else []
        return LegalParticulars(
            issuer=own[0].actor if own else "",
            competent=next((rule.actor for rule in issuing if rule not in own), ""),
            plan=plan.citation if plan else "",
            grounds=tuple(text for text, _ in [*self._cited([*issuing, *grading]), *planned]),
            deadlines=tuple(self._with_citation(rule.text, rule) for rule in due),
            consequences=tuple((self._with_citation(rule.title, rule), rule.needs) for rule in breaches),
            remedies=tuple(self._with_citation(rule.remedy or rule.text, rule) for rule in remedial),
            cited=(*self._cited([*issuing, *grading, *due, *remedial, *breaches]), *planned),
            gaps=gaps,
        )

    def _plan(self, place: Place, day: date) -> tuple[Document | None, tuple[OpenMatter, ...]]:
        """The emergency plan nearest to a place, the newest of several; what is missing where it is not the city's."""
        local: list[Document] = []
        wider: list[Document] = []
        for one in self._book.documents.values():
            if not one.emergency_plan or not one.valid.holds(day):
                continue
            if one.only_where_adopted and one.document not in self._book.adopted:
                continue
            reached = {name for area in one.area for name in self._book.lists.members(area)} & set(place.names())
            if reached:
                (wider if reached <= {NATION, place.province} else local).append(one)
        gaps = () if local else (OpenMatter.of("no_plan", f"{place.city}，按上级文件分级", [place.city]),)
        return max(local or wider, key=lambda one: one.valid.bounds()[0], default=None), gaps

    def _with_citation(self, text: str, rule: RuleHead) -> str:
        return f"{text}（{self._book.cite(rule)}）"

    def _cited(self, rules: Iterable[RuleHead]) -> list[tuple[str, str]]:
        return [(self._book.cite(rule), self._book.standing(rule)) for rule in rules]
