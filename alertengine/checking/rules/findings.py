"""What a check of the rulebook finds: a located problem of a named kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from alertengine.rulebook import Rulebook, RuleHead
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
    file = book.documents[rule.document].file
    return RuleDefect(kind, Problem(code, file=file, column=f"rule {rule.id}", value=value, **arguments))
