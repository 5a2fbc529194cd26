"""References: names of rules, documents and places that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from alertengine.checking.rules.findings import Finding, about
from alertengine.rulebook.as_written import Written
from alertengine.rulebook.book import Rulebook
from alertengine.rulebook.schema import Document, LineRule
from alertengine.vocabulary.problems import Problem


def broken_references(book: Rulebook, documents: dict[str, Written]) -> Iterator[Finding]:
    """Clauses, replaces, repeals and on_top_of that name what is not there; areas that hold no place."""
    tables = {name for document in documents.values() for name in document.tables}
    tables |= {hole.table for _, hole in book.holes} | {r.cell[0] for r in book.line_rules() if r.cell}
    for document in book.documents.values():
        yield from _clauses(book, document, tables)
        yield from _repeals(book, document)
    for rule in book.rules.values():
        yield from _names(book, rule.id, "replaces", rule.replaces)
        if isinstance(rule, LineRule):
            yield from _names(book, rule.id, "on_top_of", (n for m in rule.measures for n in m.on_top_of))
    yield from _areas(book)


def _clauses(book: Rulebook, document: Document, tables: set[str]) -> Iterator[Finding]:
    for clause in document.clauses:
        for name in clause.rules:
            if name not in book.rules and name not in tables:
                yield _of(document, f"clause {clause.clause}", "names an unknown rule", name, "id of a rule or table")


def _repeals(book: Rulebook, document: Document) -> Iterator[Finding]:
    for repeal in document.replaces:
        where = "head replaces"
        if repeal.document and repeal.document not in book.documents:
            yield _of(document, where, "names an unknown document", repeal.document, "a document on file")
        elif repeal.rule and repeal.rule not in book.rules:
            yield _of(document, where, "names an unknown rule", repeal.rule, "id of a rule")
        elif not any(_ended(repeal.document, repeal.kind, repeal.rule, document.document, r) for r in _ids(book)):
            said = " ".join(filter(None, (repeal.document, repeal.kind, repeal.rule)))
            yield _of(document, where, "ends no rule of another document", said, "rules of an earlier document")


def _ids(book: Rulebook) -> Iterable[tuple[str, str, str]]:
    return [(rule.document, rule.kind, rule.id) for rule in book.rules.values()]


def _ended(document: str, kind: str, name: str, own: str, rule: tuple[str, str, str]) -> bool:
    wanted = (document, kind, name)
    return rule[0] != own and all(want in ("", got) for want, got in zip(wanted, rule, strict=True))


def _names(book: Rulebook, rule_id: str, key: str, names: Iterable[str]) -> Iterator[Finding]:
    for name in names:
        if name not in book.rules:
            message = f"{key} names an unknown rule"
            yield about(book, book.rules[rule_id], "reference", message, value=name, expected="id of a rule")
        elif name == rule_id:
            message = f"{key} names the rule itself"
            yield about(book, book.rules[rule_id], "reference", message, value=name, expected="id of another rule")


def _areas(book: Rulebook) -> Iterator[Finding]:
    """Named areas without a place, or with one that is not on file."""
    for area in book.lists.areas.values():
        file = str(book.folders[-1] / "vocabulary") if book.folders else "vocabulary"
        for member in area.members or ("",):
            try:
                held = bool(member) and bool(book.lists.members(member))
            except KeyError:
                held = False
            if not held:
                message = "a member that is no place on file" if member else "an area without members"
                problem = Problem(file, message, column=f"area {area.name}", value=member, expected="a place on file")
                yield Finding("reference", problem)


def _of(document: Document, where: str, message: str, value: str, expected: str) -> Finding:
    return Finding("reference", Problem(document.file, message, column=where, value=value, expected=expected))
