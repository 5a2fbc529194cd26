"""What the page of rules shows: documents with their clauses, and each rule in words, from the rulebook alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import yaml

from alertengine.checking import STATES
from alertengine.orders import condition_words
from alertengine.rulebook import NOT_STATED, LineRule, RuleHead, Valid, measure_words, origin_words
from alertengine.vocabulary import KIND_TEXT, LAYER_TEXT, LEVEL_TEXT, REGIME_TEXT, STANDING_TEXT, InputError, Problem

if TYPE_CHECKING:
    from alertengine.checking import Cell, Coverage
    from alertengine.rulebook import Clause, Rulebook


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule in words: ``when`` what must hold, ``then`` what it orders, ``cells`` further facts as name and text.

    ``parameters``: what a rule of other things than lines says, as its file writes it.
    """

    id: str
    kind: str
    title: str
    citation: str
    period: str
    area: str
    standing: str
    levels: str = ""
    when: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
    cells: tuple[tuple[str, str], ...] = ()
    remarks: tuple[str, ...] = ()
    parameters: str = ""


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document: its head, what is missing, its clauses, its rules by article."""

    citation: str
    facts: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    clauses: tuple[Clause, ...]
    rules: tuple[RuleView, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """What decides an industry at a grade and level: the ``state`` of its worst process, and a rule where there is one.

    ``grades`` are those of the industry's ladder, ``measure`` what is asked, in words.
    """

    number: int | None
    industry: str
    grades: tuple[str, ...]
    grade: str
    level: str
    state: str
    process: str
    measure: str
    rule: str


def gaps_of(book: Rulebook, found: Coverage) -> list[Gap]:
    """The cells of a coverage by industry, grade of its ladder and level; of several processes the worst."""
    worst: dict[tuple[str, str, str], Cell] = {}
    split = {cell.industry for cell in found.cells if cell.process}
    for cell in found.cells:
        if cell.industry in split and not cell.process:  # its processes are named: what is none of them is no cell
            continue
        if cell.grade in book.lists.ladder_of(cell.industry):
            key = (cell.industry, cell.grade, cell.level)
            held = worst.get(key)
            if held is None or STATES.index(cell.state) > STATES.index(held.state):
                worst[key] = cell
    return [
        Gap(
            cell.number, cell.industry, tuple(book.lists.ladder_of(cell.industry)), cell.grade, cell.level, cell.state,
            cell.process, cell.measure, cell.rules.split(";")[0],
        )
        for cell in worst.values()
    ]  # fmt: skip


#: States of a document on a day.
LIFE_TEXT: Final = {"holds": "有效", "unstated": "有效，终止未载明", "awaited": "尚未生效", "ended": "已失效"}


@dataclass(frozen=True, slots=True)
class DocumentLife:
    """When a document holds: days, ``last`` None where it has no end or states none; ``state`` a key of LIFE_TEXT."""

    document: str
    citation: str
    first: date | None
    last: date | None
    state: str
    rules: int


def lives(book: Rulebook, day: date) -> list[DocumentLife]:
    """Every document with what it is on a day: those in force first, then what comes, then what has ended."""
    counts = Counter(rule.document for rule in book.rules.values())
    out = []
    for name, document in book.documents.items():
        first, last = document.valid.bounds()
        begins, ends = (None if one in (date.min, date.max) else one for one in (first, last))
        unstated = document.valid.last == NOT_STATED
        state = "holds" if document.valid.holds(day) else "awaited" if first > day else "ended"
        state = "unstated" if state == "holds" and unstated else state
        out.append(DocumentLife(name, document.citation, begins, ends, state, counts[name]))
    order = list(LIFE_TEXT)
    return sorted(out, key=lambda one: (order.index(one.state), -(one.first or date.min).toordinal(), one.document))


def shelf(book: Rulebook, words: str = "", day: date | None = None) -> list[dict[str, str]]:
    """One row a document that some words stand in (title, number, area, rules), the latest first.

    Args:
        book: the rulebook.
        words: parts of texts, all of which must be found; blank: all.
        day: only documents in force on that day.

    """
    wanted = words.split()
    rules: dict[str, list[RuleHead]] = {}
    for rule in book.rules.values():
        rules.setdefault(rule.document, []).append(rule)
    found = []
    for name, document in book.documents.items():
        own = rules.get(name, [])
        told = " ".join((document.citation, name, *document.area, *(f"{r.id} {r.title} {r.article}" for r in own)))
        if all(word in told for word in wanted) and (day is None or document.valid.holds(day)):
            row = {
                "document": document.document,
                "title": document.citation,
                "area": "、".join(document.area),
                "period": period(document.valid),
                "standing": STANDING_TEXT[document.source],
                "rules": str(len(own)),
                "missing": str(len(document.missing)) if document.missing else "",
            }
            found.append((document.valid.bounds()[0], row))
    return [row for _, row in sorted(found, key=lambda one: one[0], reverse=True)]


def document_view(book: Rulebook, name: str) -> DocumentView:
    """One document.

    Raises:
        InputError: there is none of that id.

    """
    document = book.documents.get(name)
    if document is None:
        raise InputError([Problem("no_document", where="session", name=name)])
    facts = {
        "发文机关": document.issuer,
        "发布": str(document.issued or ""),
        "适用区域": "、".join(document.area),
        "有效期": period(document.valid),
        "文本性质": STANDING_TEXT[document.standing],
        "来源": document.url,
        "说明": document.note,
        **origin_words(document),
    }
    missing = [f"{one.what}（应见于{one.source or '未知'}；{one.reason or '未说明原因'}）" for one in document.missing]
    rules = [rule_view(book, rule) for rule in book.rules.values() if rule.document == name]
    shown = tuple((key, text) for key, text in facts.items() if text)
    return DocumentView(document.citation, shown, tuple(missing), document.clauses, tuple(rules))


def rule_view(book: Rulebook, rule: RuleHead) -> RuleView:
    """One rule in words."""
    remarks = [f"解读：{rule.interpretation}"] if rule.interpretation else []
    remarks += [f"说明：{rule.note}"] if rule.note else []
    common: dict[str, Any] = {
        "id": rule.id,
        "kind": KIND_TEXT.get(rule.kind, rule.kind),
        "title": rule.title,
        "citation": book.cite(rule),
        "period": period(rule.valid),
        "area": "、".join(rule.area),
        "standing": STANDING_TEXT[book.standing(rule)],
        "remarks": tuple(remarks),
    }
    return RuleView(**common, **(_of_lines(rule) if isinstance(rule, LineRule) else _of_others(rule)))


def _of_lines(rule: LineRule) -> dict[str, Any]:
    if rule.regrade is not None:
        then = [f"执行等级为{rule.regrade.grade}" if rule.regrade.grade else f"等级下调{rule.regrade.drop}级"]
    else:
        then = [measure_words(measure) for measure in rule.measures]
    cells = [("制度", "、".join(REGIME_TEXT[name] for name in rule.regimes)), ("层级", LAYER_TEXT.get(rule.layer, ""))]
    cells += [("时段", rule.during)]
    return {
        "levels": "、".join(LEVEL_TEXT[level] for level in rule.levels),
        "when": tuple(condition_words(rule.when)),
        "then": tuple(then),
        "cells": tuple((key, text) for key, text in cells if text),
    }


def _of_others(rule: RuleHead) -> dict[str, Any]:
    said = rule.model_dump(mode="json", by_alias=True, exclude=set(RuleHead.model_fields), exclude_defaults=True)
    text = str(said.pop("text", "") or said.pop("proposal", ""))
    levels = said.pop("levels", None) or ([said["level"]] if said.get("level") else [])
    return {
        "levels": "、".join(LEVEL_TEXT[level] for level in levels),
        "then": (text,) if text else (),
        "parameters": yaml.safe_dump(said, allow_unicode=True, sort_keys=False).strip() if said else "",
    }


def period(valid: Valid) -> str:
    """An interval in words."""
    first = str(valid.first) if valid.first else ""
    if valid.last == NOT_STATED:
        return f"{first}起，未载明终止" if first else "未载明"
    last = str(valid.last) if valid.last else ""
    if not first and not last:
        return "未限定"
    return first if first == last else f"{first or '……'}至{last or '今'}"
