"""What is put on record about documents and rules, rather than what they say.

A rule that outlived its year is continued (沿用), a text is compared with its official edition (核对原文), and a law
says which law an act of before falls under.  Each is a rule of the document that carries it, with its own article,
dates and area.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field, model_validator

from alertengine.rulebook.head import AnyDate, RuleHead, as_tuple
from alertengine.rulebook.schema import Document
from alertengine.vocabulary import SaidError

_Named = Annotated[tuple[str, ...], Field(min_length=1), BeforeValidator(as_tuple)]


class ContinuationRule(RuleHead):
    """A document or some of its rules go on binding after the year they were made for (沿用).

    ``continues`` names documents or rules; ``by`` who decided it; the document it stands in is the one that says so,
    ``valid`` from when and until when, ``area`` where.
    """

    kind: Literal["continuation"]
    continues: _Named
    by: str = Field(min_length=1)

    def speaks_of(self, rule: RuleHead) -> bool:
        """Whether it continues a rule."""
        return rule.id in self.continues or rule.document in self.continues


class VerificationRule(RuleHead):
    """Somebody compared documents with their official text (核对原文): from ``valid.from`` on they are ``primary``.

    ``by`` who compared, ``edition`` with what (gazette, web page, file), ``page`` or ``sha256`` where it is found;
    ``issuer``, ``issued`` and ``number`` of the official text where the document on file does not say them.
    """

    kind: Literal["verification"]
    verifies: _Named
    by: str = Field(min_length=1)
    edition: str = Field(min_length=1)
    page: str = ""
    sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    issuer: str = ""
    issued: AnyDate | None = None
    number: str = ""

    @model_validator(mode="after")
    def _found(self) -> VerificationRule:
        if not self.page and not self.sha256:
            raise SaidError("compared_where")
        if self.valid.first is None:
            raise SaidError("compared_when")
        return self

    def vouches(self, document: Document, rule: RuleHead | None = None) -> bool:
        """Whether it makes a text official: it is found by what is said of it, and is not compared by who entered it.

        Args:
            document: the document.
            rule: one of its rules; None: the document as a whole.

        """
        named = document.document in self.verifies or (rule is not None and rule.id in self.verifies)
        stated = {"issuer": self.issuer, "issued": self.issued, "number": self.number}
        return named and not document.lacking(stated) and not (document.entered and document.entered.is_by(self.by))


class TransitionRule(RuleHead):
    """Which law a breach of before falls under, where one law took the place of another."""

    kind: Literal["transition"]
    text: str = Field(min_length=1)


class ConcurrenceRule(RuleHead):
    """What holds where several fines are proposed that may punish one act."""

    kind: Literal["concurrence"]
    text: str = Field(min_length=1)


RECORD_KINDS: Final[dict[str, type[RuleHead]]] = {
    "continuation": ContinuationRule,
    "verification": VerificationRule,
    "transition": TransitionRule,
    "concurrence": ConcurrenceRule,
}
