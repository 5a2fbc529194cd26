"""The days on which what an authority decided of a line begins or ends, where a rule asks for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import pandas as pd

from alertengine.rulebook import Rulebook, atoms
from alertengine.vocabulary import DecisionRecord, records_of


def turns_of_list(lines: pd.DataFrame, book: Rulebook) -> list[date]:
    """The days from which on other decisions bind some line of a list, in order and each once."""
    cells = [str(cell) for cell in lines["decisions"].dropna().unique()]
    return turns_of(cells, decisions_asked(book)) if cells else []


def decisions_asked(book: Rulebook) -> frozenset[str]:
    """The decisions that rules ask for: kinds, and kinds with a ground."""
    asking = (atom for rule in book.line_rules() if "open_decision" in rule.reads for atom in atoms(rule.when))
    return frozenset(str(name) for atom in asking if atom.field == "open_decision" for name in atom.values)


def turns_of(cells: Iterable[str], asked: frozenset[str]) -> list[date]:
    """The days on which a decision that rules ask for begins or no longer binds, of several cells."""
    records = (record for cell in cells for record in records_of(cell) if _is_asked(record, asked))
    return sorted({day for record in records for day in _turns(record)})


def _is_asked(record: DecisionRecord, asked: frozenset[str]) -> bool:
    return any(name.partition(":")[0] == record.kind for name in asked) or not record.kind


def _turns(record: DecisionRecord) -> Iterable[date]:
    if record.first is not None:
        yield record.first
    if record.last is not None:
        yield record.last + timedelta(days=1)
