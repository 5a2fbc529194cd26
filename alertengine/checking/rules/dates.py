"""Dates: values that overlap, holes between validities, periods that never come, grounds out of time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations, product
from operator import itemgetter
from typing import Final

from alertengine.checking.rules.findings import RuleDefect, about, of_document
from alertengine.checking.rules.rules_in_force_together import Situation
from alertengine.rulebook import NOT_STATED, Document, LineRule, PartialDate, Rulebook, RuleHead, Written, measure_words

_DAY = timedelta(days=1)
_YEAR = 366


def idle_periods(book: Rulebook) -> Iterator[RuleDefect]:
    """Rules whose recurring period never falls within their validity."""
    for rule in book.line_rules():
        if not _meets_period(book, rule, *rule.valid.bounds()):
            yield about(
                book, rule, "dates", "period_outside", period=rule.during,
                value=f"{rule.valid.first or ''}..{rule.valid.last or ''}",
            )  # fmt: skip


def _meets_period(book: Rulebook, rule: LineRule, first: date, last: date) -> bool:
    """Whether some day of an interval lies in the rule's recurring period (true where it has none)."""
    if not rule.during or (last - first).days >= _YEAR:
        return True
    days = [first + n * _DAY for n in range((last - first).days + 1)]
    return any(in_season(book, rule, day) for day in days)


def in_season(book: Rulebook, rule: LineRule, day: date) -> bool:
    """Whether a day lies in the rule's recurring period, in some place that has its own (true where it has none)."""
    return not rule.during or any(period.holds(day) for period in book.lists.periods.named(rule.during))


class SameCondition:
    """Rules of one document with the same condition and differing values in force on the same day."""

    def __init__(self, book: Rulebook) -> None:
        """Start with nothing seen."""
        self._book = book
        self.findings: dict[tuple[str, str], RuleDefect] = {}

    def see(self, situation: Situation) -> None:
        """Find such rules among those of a situation."""
        by_shape: dict[tuple[object, ...], list[LineRule]] = {}
        for rule in situation.rules:
            # Equal conditions share the form of a region.
            region = frozenset(tuple(sorted(box.items(), key=itemgetter(0))) for box in situation.region(rule))
            shape = (rule.document, rule.kind, rule.layer, rule.regimes, region)
            by_shape.setdefault(shape, []).append(rule)
        for rules in by_shape.values():
            for one, other in combinations(rules, 2):
                self._compare(one, other, situation)

    def _compare(self, one: LineRule, other: LineRule, situation: Situation) -> None:
        if one.levels and other.levels and not set(one.levels) & set(other.levels):
            return
        plain = {"text": "", "remark": ""}
        for mine, theirs in product(one.measures, other.measures):
            if mine.key() == theirs.key() and mine.model_copy(update=plain) != theirs.model_copy(update=plain):
                value = f"{measure_words(mine)} / {measure_words(theirs)}, {situation.day}"
                found = about(self._book, one, "dates", "same_condition", value=value, other=other.id)
                self.findings.setdefault((one.id, other.id), found)


def succession_holes(book: Rulebook, documents: dict[str, Written]) -> Iterator[RuleDefect]:
    """Days between two successive validities of one family of rules on which neither holds."""
    declared = [set(map(str, item.cells)) for document in book.documents.values() for item in document.missing]
    for pair in _families(book, documents):
        earlier, later = sorted(pair, key=lambda rule: rule.valid.bounds())
        first, last = earlier.valid.bounds()[1], later.valid.bounds()[0]
        if first >= last or not _meets_period(book, later, first + _DAY, last - _DAY) or (last - first).days <= 1:
            continue
        family = {earlier.id, later.id}
        if any(_bridges(book, rule, first, last, family) for rule in book.line_rules()):
            continue
        if any(family & cells for cells in declared):  # a document says itself that there is a hole
            continue
        yield about(
            book, later, "dates", "hole_between", value=f"{first + _DAY}..{last - _DAY}", earlier=earlier.id,
        )  # fmt: skip


def _families(book: Rulebook, documents: dict[str, Written]) -> Iterator[tuple[LineRule, LineRule]]:
    """Pairs of rules of which one succeeds the other: by ``replaces``, or by ``like`` with the same condition."""
    rules = {rule.id: rule for rule in book.line_rules()}
    for rule in rules.values():
        for name in rule.replaces:
            if name in rules:
                yield rules[name], rule
    for document in documents.values():
        for name, like in document.like():
            if name in rules and like in rules and rules[name].when == rules[like].when:
                yield rules[like], rules[name]


def _bridges(book: Rulebook, rule: LineRule, first: date, last: date, family: set[str]) -> bool:
    """Whether a third rule of the family's condition holds on the days between."""
    if rule.id in family:
        return False
    begin, end = rule.valid.bounds()
    models = [other for other in book.line_rules() if other.id in family]
    same = any(rule.when == model.when and rule.kind == model.kind for model in models)
    return same and begin <= first + _DAY and end >= last - _DAY


#: A year, or two, that a title names; one in which a text was revised says nothing of how long it holds.
_YEARS: Final = re.compile(r"(20\d\d)(?:[-—~至](20\d\d))?年(?!修订|修正)")
_OF_THE_STATE: Final = "中华人民共和国"
#: What a rule says to people; notes and readings may name a law of before.
_SAID: Final = ("title", "text", "proposal", "remedy", "refusal", "also")


def out_of_time(book: Rulebook) -> Iterator[RuleDefect]:
    """Documents that are not closed, rules that cite an ended statute, documents that name a year and bind for ever."""
    for document in book.documents.values():
        if document.valid.last is None:
            yield of_document(document, "dates", "head valid", "end_not_said")
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
        after = {"successor": first.document, "day": str(first.valid.first)}
        yield of_document(document, "dates", "head valid", "successor_on_file", NOT_STATED, **after)


def _binds_for_ever(document: Document) -> Iterator[RuleDefect]:
    """A document whose title names a year or winter, that states no end and does not say what it concerns."""
    years = _YEARS.search(document.title)
    open_end = document.valid.last in (NOT_STATED, None) and document.concerns is None
    if years and open_end and not document.only_where_adopted:
        yield of_document(document, "dates", "head concerns", "binds_past_its_year", years[0])


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
