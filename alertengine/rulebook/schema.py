"""The schema of a rule document: one source document, one file.

Everything is strict: an unknown key, a missing article, a share written as a percentage
are errors that name file, rule and field.  Conditions and measures are read here, so what
leaves this room is ready to decide with.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from alertengine.rulebook.conditions import ALWAYS, Condition, fields_of
from alertengine.rulebook.head import AnyDate, AnyMoment, Names, PartialDate, RuleHead, Strict, Valid, worst
from alertengine.rulebook.measures import Measure
from alertengine.vocabulary import GRADES, Level, Regime, SaidError, Standing, Words

LineKind = Literal["classification", "measure", "season", "transport"]
LINE_KINDS: tuple[LineKind, ...] = ("classification", "measure", "season", "transport")
#: Levels that a rule of the warning regime holds at when it names none.
WARNING_LEVELS = (Level.YELLOW, Level.ORANGE, Level.RED)
_REGIME_OF: dict[str, Regime] = {"season": "season", "measure": "warning", "transport": "warning"}


class Regrade(Strict):
    """What a classification rule does to a line's grade: sets it, or drops it by steps."""

    grade: str | None = None
    drop: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _one(self) -> Regrade:
        if (self.grade is None) == (self.drop is None):
            raise SaidError("regrade_one")
        if self.grade is not None and self.grade not in GRADES:
            raise SaidError("when_not_one_of", found=repr(self.grade), names=GRADES)
        return self


class LineRule(RuleHead):
    """A rule about a production line: classification, measure, season or transport."""

    kind: LineKind
    when: Condition = ALWAYS
    measures: tuple[Measure, ...] = ()
    regrade: Regrade | None = None
    layer: str = "measure"
    #: Whom the text speaks of: the enterprise (企业) or one line of it (设施, 生产线); blank: not said, one line.
    about: Literal["", "enterprise", "line"] = ""
    #: Documents whose measures an exemption lifts; blank: of every document in its regime.
    lifts: Names = ()
    regimes: tuple[Regime, ...] = ()
    levels: tuple[Level, ...] = ()
    during: str = ""
    #: Table row and column this rule was written in, for coverage and export.
    cell: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> LineRule:
        if self.kind == "classification":
            if self.regrade is None:
                raise SaidError("classification_then")
            if "effective_grade" in fields_of(self.when):
                raise SaidError("classification_reads")
        else:
            if not self.measures:
                raise SaidError("then_missing")
            if "grade" in fields_of(self.when):
                raise SaidError("measures_read")
            if self.levels and "warning" not in self.regimes:
                raise SaidError("levels_of_warning")
        return self

    @property
    def reads(self) -> frozenset[str]:
        """The fields the rule's condition reads."""
        return fields_of(self.when)

    def speaks_at(self, level: str) -> bool:
        """Whether it holds at a level in one of its regimes; one of adverse weather only without a colour."""
        return self.kind == "classification" or any(
            level in self.levels if regime == "warning" else regime != "adverse_weather" or level == Level.NONE
            for regime in self.regimes
        )


class Repeal(Strict):
    """A document, one kind of its rules, or one rule, that this document ends."""

    document: str = ""
    kind: str = ""
    rule: str = ""
    first: AnyMoment | None = Field(default=None, alias="from")

    def speaks_of(self, rule: RuleHead) -> bool:
        """Whether a rule is one of those that are ended."""
        said = ((self.document, rule.document), (self.kind, rule.kind), (self.rule, rule.id))
        return all(wanted in ("", own) for wanted, own in said)


class Entered(Strict):
    """Who entered a document from which pages of its text, and who checked it against them: another person."""

    by: str = Field(min_length=1)
    on: AnyDate
    pages: str = ""
    checked_by: str = ""
    checked_on: AnyDate | None = None

    @model_validator(mode="after")
    def _two(self) -> Entered:
        """Two people, however their office is written beside the name."""
        if self.checked_by and self.is_by(self.checked_by):
            raise SaidError("checked_by_another", found=self.by)
        return self

    def is_by(self, name: str) -> bool:
        """Whether somebody is who entered it, however the office is written beside the name."""
        one, other = (re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)) for text in (self.by, name))
        return one.endswith(other) or other.endswith(one)

    @property
    def checked(self) -> bool:
        """Whether a second person has checked it against pages that are named."""
        return bool(self.checked_by and self.checked_on and self.pages)


class Origin(Strict):
    """Where a document came from that another bureau entered, signed and handed on.

    ``sha256`` is that of the text as it was signed, ``signed`` the keys' fingerprints by signature; ``known`` says
    whether all of them were those of keys that this bureau holds.
    """

    bureau: str
    signed: dict[str, str]
    exported: str
    loaded: AnyDate
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    known: bool


class Missing(Strict):
    """A declared hole: what is not on file, where it should be found, and why it is missing."""

    what: str
    source: str = ""
    reason: str = ""
    cells: tuple[Any, ...] = ()


class Clause(Strict):
    """A clause of the document and the reason why no rule decides it (or what stands for it)."""

    clause: str
    text: str = ""
    rules: Names = ()
    feature: str = ""
    reason: str = ""


class Document(Strict):
    """The head of a source document."""

    document: str
    title: str
    number: str = ""
    issuer: str = ""
    issued: AnyDate | None = None
    area: Names = Field(min_length=1)
    valid: Valid
    source: Standing
    url: str = ""
    note: str = ""
    #: The year or winter a document is made for: after it, what rests on it is marked.
    concerns: Valid | None = None
    #: Applied only where a scenario or command adopts the document for a named place.
    only_where_adopted: bool = False
    #: Made for one episode of pollution (a notice, a dispatch order): once over, nothing is missing.  Where its end
    #: awaits another notice (``to: not stated``) it runs until its lift is on record, within the winter it concerns.
    episode: bool = False
    #: A law: it has no number of its own.
    statute: bool = False
    #: The emergency plan (重污染天气应急预案) of its area: what its orders cite, and without which none is formal.
    emergency_plan: bool = False
    replaces: tuple[Repeal, ...] = ()
    #: Where a bureau entered the document itself.
    entered: Entered | None = None
    #: Where another bureau entered it.
    origin: Origin | None = None
    missing: tuple[Missing, ...] = ()
    clauses: tuple[Clause, ...] = ()
    file: str = ""

    @field_validator("document")
    @classmethod
    def _an_id(cls, value: str) -> str:
        """Small letters, figures, full stops and hyphens."""
        if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", value):
            raise SaidError("document_id")
        return value

    @field_validator("concerns")
    @classmethod
    def _ended(cls, value: Valid | None) -> Valid | None:
        """The year or winter it is made for has a last day."""
        if value is not None and not isinstance(value.last, PartialDate):
            raise SaidError("concerns_end")
        return value

    @model_validator(mode="after")
    def _official(self) -> Document:
        """What a bureau entered as an official text says by what that text is found."""
        if self.entered is not None and self.source == "primary":
            there = (
                ("primary_number", self.number or self.statute), ("primary_issued", self.issued),
                ("primary_issuer", self.issuer), ("primary_pages", self.entered.pages),
            )  # fmt: skip
            absent = [Words(code) for code, text in there if not text]
            if absent:
                raise SaidError("primary_needs", names=absent)
        return self

    @model_validator(mode="after")
    def _ends(self) -> Document:
        ends = [self.valid.last, self.concerns.last if self.concerns else None]
        if self.episode and not any(isinstance(end, PartialDate) for end in ends):
            raise SaidError("episode_end")
        return self

    def lacking(self, stated: Mapping[str, Any] = MappingProxyType({})) -> list[str]:
        """What an official text is found by and it does not say: of issuer, issued, number (a statute has none).

        ``stated``: what is known of these from elsewhere.
        """
        there = {"issuer": self.issuer, "issued": self.issued, "number": self.number or self.statute}
        return [name for name, said in there.items() if not (said or stated.get(name))]

    @property
    def identified(self) -> bool:
        """Whether it has all that an official text is found by."""
        return not self.lacking()

    @property
    def standing(self) -> Standing:
        """Its standing: without the marks of an official text, unchecked or by unknown keys, it is not ``primary``."""
        sure = self.identified and (self.entered is None or self.entered.checked)
        sure = sure and (self.origin is None or self.origin.known)
        read = worst(self.source, "primary" if sure else "secondary")
        return read if self.issued is None or self.issued.exact else "inferred"

    @property
    def citation(self) -> str:
        """《title》（number）."""
        return f"《{self.title}》" + (f"（{self.number}）" if self.number else "")

    def known(self, known_on: date | None) -> bool:
        """Whether the document had been issued by ``known_on`` (undated: by its first day)."""
        issued = self.issued or self.valid.first
        return known_on is None or issued is None or issued.day <= known_on


def default_regimes(kind: str) -> tuple[Regime, ...]:
    """The regime a kind of rule belongs to when the rule names none."""
    return (_REGIME_OF[kind],) if kind in _REGIME_OF else ()
