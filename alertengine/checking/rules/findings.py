"""What a check of the rulebook finds: a located problem of a named kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from alertengine.rulebook import Document, Rulebook, RuleHead
from alertengine.vocabulary import Problem

RuleDefectKind = Literal[
    "dialect", "never_holds", "never_binds", "disagree", "grid", "dates", "reference", "untested", "hole", "subject",
    "unreachable",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class RuleDefect:
    """One defect of a rulebook that loads."""

    kind: RuleDefectKind
    problem: Problem


def about(
    book: Rulebook, rule: RuleHead, kind: RuleDefectKind, code: str, *, value: str = "", **arguments: Any
) -> RuleDefect:
    """A finding about one rule."""
    return of_document(book.documents[rule.document], kind, f"rule {rule.id}", code, value, **arguments)


def of_document(
    document: Document, kind: RuleDefectKind, where: str, code: str, value: str = "", **arguments: Any
) -> RuleDefect:
    """A finding in one place of a document."""
    return RuleDefect(kind, Problem(code, file=document.file, column=where, value=value, **arguments))
