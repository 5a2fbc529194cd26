"""References: names of rules, documents and places that lead nowhere, and rules that nothing can trigger."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final, get_args

from alertengine.checking.rules.findings import RuleDefect, about, of_document
from alertengine.rulebook import Document, EvidenceRule, FileEvidence, LineRule, LinkageRule, Rulebook, Written, atoms
from alertengine.vocabulary import Problem


def broken_references(book: Rulebook, documents: dict[str, Written]) -> Iterator[RuleDefect]:
    """Clauses, replaces, repeals and on_top_of that name what is not there; areas that hold no place."""
    tables = {name for document in documents.values() for name in document.tables}
    tables |= {hole.table for _, hole in book.holes} | {r.cell[0] for r in book.line_rules() if r.cell}
    for document in book.documents.values():
        yield from _clauses(book, document, tables)
        yield from _repeals(book, document)
    for rule in book.rules.values():
        document = book.documents[rule.document]
        if document.document not in book.adopted and _held(book, rule.area) - _in_both(book, rule.area, document.area):
            yield about(book, rule, "reference", "area_beyond", value="、".join(rule.area), areas=document.area)
        yield from _names(book, rule.id, "replaces", rule.replaces)
        if isinstance(rule, LineRule):
            yield from _names(book, rule.id, "on_top_of", (n for m in rule.measures for n in m.on_top_of))
    yield from _numbers(book)
    yield from _areas(book)
    yield from _words(book)
    yield from _unread(book)


def _numbers(book: Rulebook) -> Iterator[RuleDefect]:
    """Documents that have the number of one before them: a text that was entered twice."""
    first: dict[str, Document] = {}
    for document in book.documents.values():
        number = "".join(unicodedata.normalize("NFKC", document.number).split())
        if number and first.setdefault(number, document) is not document:
            other = first[number].document
            yield of_document(document, "reference", "head number", "number_twice", document.number, other=other)


def _unread(book: Rulebook) -> Iterator[RuleDefect]:
    """Files that look like rules and are none by their ending."""
    for folder in book.folders:
        for path in sorted(folder.rglob("*")):
            hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
            if path.suffix.lower() in (".yml", ".yaml") and path.suffix != ".yaml" and not hidden:
                yield RuleDefect("reference", Problem("file_unread", file=str(path), value=path.suffix))


def _words(book: Rulebook) -> Iterator[RuleDefect]:
    """Rows of the vocabulary that name what none of its files has."""
    lists = book.lists
    heavy = lists.plausible.amounts.heavy if lists.plausible.amounts else None
    named = [
        *((f"industry {one.name}", one.sector, lists.sectors) for one in lists.industries.values() if one.sector),
        *((f"industry {name}", name, lists.industries) for name in lists.industry_ladders),
        *((f"industry {name}", ladder, lists.ladders) for name, ladder in lists.industry_ladders.items()),
        *(("plausible amounts.heavy", name, lists.industries) for name in (heavy.industries if heavy else ())),
    ]
    for where, name, known in named:
        if name not in known:
            yield _of_words(book, where, "word_off_file", name)
    for period in lists.periods:
        if lists.nearest_places(period.area) is not None:
            yield _of_words(book, f"period {period.name}", "member_off_file", period.area)


def _of_words(book: Rulebook, where: str, code: str, value: str) -> RuleDefect:
    file = str(book.folders[-1] / "vocabulary") if book.folders else "vocabulary"
    return RuleDefect("reference", Problem(code, file=file, column=where, value=value))


def _clauses(book: Rulebook, document: Document, tables: set[str]) -> Iterator[RuleDefect]:
    for clause in document.clauses:
        for name in clause.rules:
            if name not in book.rules and name not in tables:
                yield of_document(document, "reference", f"clause {clause.clause}", "unknown_rule_or_table", name)


def _repeals(book: Rulebook, document: Document) -> Iterator[RuleDefect]:
    others = [rule for rule in book.rules.values() if rule.document != document.document]
    say = partial(of_document, document, "reference", "head replaces")
    for repeal in document.replaces:
        if repeal.document and repeal.document not in book.documents:
            yield say("unknown_document", repeal.document)
        elif repeal.rule and repeal.rule not in book.rules:
            yield say("unknown_rule", repeal.rule)
        elif repeal.first and document.valid.first and repeal.first.begins < document.valid.first.begins:
            yield say("ends_before_it_holds", str(repeal.first), first=document.valid.first)
        elif repeal.document not in ("", document.document) and any(
            one.document == document.document for one in book.documents[repeal.document].replaces
        ):
            yield say("ends_each_other", repeal.document)
        elif repeal.document and not _in_both(book, document.area, book.documents[repeal.document].area):
            yield say("ends_elsewhere", f"{repeal.document} {'、'.join(document.area)}")
        elif not any(map(repeal.speaks_of, others)):
            said = " ".join(filter(None, (repeal.document, repeal.kind, repeal.rule)))
            yield say("ends_no_rule", said)


def _held(book: Rulebook, areas: Iterable[str]) -> frozenset[str]:
    """The places of some areas."""
    return frozenset[str]().union(*map(book.lists.members, areas))


def _in_both(book: Rulebook, areas: Iterable[str], others: Iterable[str]) -> frozenset[str]:
    """The places that some areas and others both hold."""
    return book.in_both(_held(book, areas), _held(book, others))


def _names(book: Rulebook, rule_id: str, key: str, names: Iterable[str]) -> Iterator[RuleDefect]:
    for name in names:
        if name not in book.rules:
            yield about(book, book.rules[rule_id], "reference", "names_unknown_rule", value=name, key=key)
        elif name == rule_id:
            yield about(book, book.rules[rule_id], "reference", "names_itself", value=name, key=key)


def _areas(book: Rulebook) -> Iterator[RuleDefect]:
    """Named areas without a place, or with one that is not on file."""
    for area in book.lists.areas.values():
        for member in area.members or ("",):
            try:
                held = bool(member) and bool(book.lists.members(member))
            except KeyError:
                held = False
            if not held:
                code = "member_off_file" if member else "area_without_members"
                yield _of_words(book, f"area {area.name}", code, member)


_BROUGHT: Final[tuple[str, ...]] = get_args(FileEvidence)


def without_subject(book: Rulebook) -> Iterator[RuleDefect]:
    """Rules about lines that say neither ``about: enterprise`` nor ``about: line``."""
    for rule in book.line_rules():
        if not rule.about:
            yield about(book, rule, "subject", "subject_not_said")


def unreachable(book: Rulebook) -> Iterator[RuleDefect]:
    """Rules that no column of a list, no evidence and no area can trigger.

    A name of 所在名单 is not on file where no vocabulary has it: no list can hold it.  A kind of evidence that no file
    brings weighs nothing; how long its records are kept may still be asked.  An area of joint action to which no city
    but one belongs never starts.
    """
    for rule in book.rules_of("evidence"):
        if isinstance(rule, EvidenceRule) and rule.retention_days is None and rule.evidence not in _BROUGHT:
            yield about(book, rule, "unreachable", "evidence_of_no_file", value=rule.evidence, kinds=_BROUGHT)
    for rule in book.line_rules():
        asked = dict.fromkeys(atoms(rule.when))
        for atom in asked:
            if atom.field == "named_lists" and book.lists.named_lists:
                for name in atom.values:
                    if name not in book.lists.named_lists:
                        yield about(book, rule, "unreachable", "list_not_on_file", value=str(name))
    for joint in book.rules_of("linkage"):
        if isinstance(joint, LinkageRule):
            cities = dict.fromkeys(city for member in joint.members for city in book.lists.cities_of(member))
            least = joint.trigger.cities if joint.trigger else 2
            if len(cities) < max(2, least):
                yield about(book, joint, "unreachable", "too_few_members", value=";".join(cities), least=max(2, least))
