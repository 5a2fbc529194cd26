"""Grounds out of time: statutes with a successor on file, documents that bind past the year they were made for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from alertengine.checking.rules.findings import RuleDefect, about
from alertengine.rulebook import NOT_STATED, Document, LineRule, PartialDate, Rulebook, RuleHead
from alertengine.vocabulary import Problem

#: A year, or two, that a title names; one in which a text was revised says nothing of how long it holds.
_YEARS: Final = re.compile(r"(20\d\d)(?:[-—~至](20\d\d))?年(?!修订|修正)")
_OF_THE_STATE: Final = "中华人民共和国"
#: What a rule says to people; notes and readings may name a law of before.
_SAID: Final = ("title", "text", "proposal", "remedy", "refusal", "also")


def out_of_time(book: Rulebook) -> Iterator[RuleDefect]:
    """Statutes that are not closed, rules that cite one that ended, documents that name a year and bind for ever."""
    for document in book.documents.values():
        yield from _not_closed(book, document)
        yield from _binds_for_ever(document)
    yield from _cites_an_ended_law(book)


def _not_closed(book: Rulebook, document: Document) -> Iterator[RuleDefect]:
    """A statute that states no end while another document takes the place of some of its rules."""
    if not document.statute or isinstance(document.valid.last, PartialDate):
        return
    own = [rule for rule in book.rules.values() if rule.document == document.document]
    later = [one for rule in own for one in book.successors(rule) if one.document != document.document]
    if later:
        first = min(later, key=lambda one: one.valid.bounds()[0])
        problem = Problem(
            "successor_on_file", file=document.file, column="head valid", value=NOT_STATED,
            successor=first.document, day=str(first.valid.first),
        )  # fmt: skip
        yield RuleDefect("dates", problem)


def _binds_for_ever(document: Document) -> Iterator[RuleDefect]:
    """A document whose title names a year or winter, that states no end and does not say what it concerns."""
    years = _YEARS.search(document.title)
    open_end = document.valid.last in (NOT_STATED, None) and document.concerns is None
    if years and open_end and not document.only_where_adopted:
        yield RuleDefect(
            "dates", Problem("binds_past_its_year", file=document.file, column="head concerns", value=years[0])
        )


def _cites_an_ended_law(book: Rulebook) -> Iterator[RuleDefect]:
    """Rules that hold past the end of a statute and name it in what people read."""
    for law in book.documents.values():
        if not law.statute or not isinstance(law.valid.last, PartialDate):
            continue
        name, end = law.title.removeprefix(_OF_THE_STATE), law.valid.last.day
        for rule in book.rules.values():
            holds = book.holds(rule, end + timedelta(days=1)) and rule.valid.bounds()[1] > end
            if holds and rule.document != law.document and name in _own_texts(rule):
                yield about(book, rule, "dates", "cites_ended_law", value=name, day=str(end))


def _own_texts(rule: RuleHead) -> str:
    texts = [str(getattr(rule, name, "")) for name in _SAID]
    if isinstance(rule, LineRule):
        texts += [part for measure in rule.measures for part in (measure.text, measure.remark)]
    return "\n".join(texts)
