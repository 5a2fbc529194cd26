"""A rulebook with some rules changed or left out, in memory: the folders stay as they are."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from functools import cached_property

from alertengine.rulebook.book import Rulebook
from alertengine.rulebook.head import RuleHead


def variant(book: Rulebook, changed: Iterable[RuleHead] = (), without: Iterable[str] = ()) -> Rulebook:
    """The rulebook with some rules in place of those of the same id, and without others."""
    out = copy.copy(book)
    for name in list(out.__dict__):
        if isinstance(getattr(type(book), name, None), cached_property):  # computed from the rules as they were
            del out.__dict__[name]
    gone = set(without)
    out.rules = {name: rule for name, rule in book.rules.items() if name not in gone}
    out.rules.update({rule.id: rule for rule in changed})
    return out
