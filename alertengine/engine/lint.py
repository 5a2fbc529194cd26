"""Checking that a rulebook stays inside the dialect, and what of it can never act."""

from __future__ import annotations

from alertengine.engine.match import Matcher
from alertengine.errors import EngineError, Problem
from alertengine.rulebook.book import Rulebook


def check_rulebook(book: Rulebook) -> list[Problem]:
    """Compile every rule on its own; one finding for each that leaves the dialect."""
    findings = []
    for rule in book.line_rules():
        try:
            Matcher([(rule, book.lists.members(rule.area[0]))])
        except EngineError as error:
            findings.append(Problem(book.documents[rule.document].file, str(error), column=f"rule {rule.id}"))
    return findings
