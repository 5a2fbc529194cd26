"""Tables: combinations a grid forgets, and holes that a rule of the same document contradicts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from typing import Any

from alertengine.checking.rules.findings import RuleDefect, about, of_document
from alertengine.checking.rules.profile_space import EVERYTHING, Region, Space, meet, union
from alertengine.rulebook import ALWAYS, Condition, ConditionReader, Document, Hole, LineRule, Rulebook, Written
from alertengine.vocabulary import LEVEL_TEXT, MEASURES

#: Combinations named in one finding before the rest is only counted.
SHOWN = 3


def gaps(book: Rulebook, documents: dict[str, Written]) -> Iterator[RuleDefect]:
    """One finding for each table that leaves a combination of its own values without a row."""
    reader = ConditionReader(book.lists)
    for name, document in documents.items():
        for table in document.tables.values():
            left, space = _uncovered(book, book.documents[name], table, reader)
            said = list(dict.fromkeys(space.example(box) for box in left))
            if said:
                more = f" and {len(said) - SHOWN} more" if len(said) > SHOWN else ""
                value = "; ".join(said[:SHOWN]) + more
                yield of_document(book.documents[name], "grid", f"table {table['id']}", "grid_hole", value)


def _uncovered(
    book: Rulebook, document: Document, table: dict[str, Any], reader: ConditionReader
) -> tuple[Region, Space]:
    """Where every column has one of the values its cells name, within ``when``, and no row holds."""
    match = table.get("match") or []
    match = [match] if isinstance(match, str) else match
    rows = [
        [ALWAYS if value == "*" else reader.read({field: value}) for field, value in zip(match, row, strict=False)]
        for row in table.get("rows") or []
    ]
    scope = reader.read(table["when"]) if table.get("when") else ALWAYS
    space = Space([scope, *(cell for row in rows for cell in row)], book.lists, document.valid.bounds()[0])
    named: Region = space.region(scope)
    for number in range(len(match)):
        used = [row[number] for row in rows if row[number] is not ALWAYS]
        named = meet(named, union([space.region(cell) for cell in used]) if used else EVERYTHING)
    covered = [reduce(meet, map(space.region, row), EVERYTHING) for row in rows]
    return (space.minus(named, union(covered)) if rows and match else ()), space


def contradicted_holes(book: Rulebook) -> Iterator[RuleDefect]:
    """Rules that decide production, or vehicles, in a cell that their own document declares missing."""
    reader = ConditionReader(book.lists)
    for name, document in book.documents.items():
        rules = [rule for rule in book.line_rules() if rule.document == name and rule.measures]
        holes = [
            (hole, reader.read(hole.rule.get("when") or hole.match)) for owner, hole in book.holes if owner == name
        ]
        if rules and holes:
            conditions: list[Condition] = [*(rule.when for rule in rules), *(when for _, when in holes)]
            space = Space(conditions, book.lists, document.valid.bounds()[0])
            regions = {rule.id: space.region(rule.when) for rule in rules}
            for hole, when in holes:
                missing = space.region(when)
                for rule in rules:
                    region = regions[rule.id]
                    if not _decides(rule, hole) or not meet(region, missing):
                        continue
                    # A rule of the same table speaks of a hole that it meets, any other of one that it lies in.
                    if rule.cell[:1] == (hole.table,) or not space.minus(region, missing):
                        cell = "、".join([*map(str, hole.match.values()), LEVEL_TEXT.get(hole.level, hole.level)])
                        yield about(book, rule, "hole", "decides_a_hole", value=cell, table=hole.table)


def _decides(rule: LineRule, hole: Hole) -> bool:
    """Whether a rule acts at the level of a hole, in its layer and on its track."""
    track = "transport" if hole.rule.get("kind") == "transport" else "production"
    acting = any(m.code != "refer" and MEASURES[m.code].track == track for m in rule.measures)
    same_kind = rule.kind == hole.rule.get("kind", rule.kind)
    same_layer = rule.layer == hole.rule.get("layer", "measure")
    return acting and same_kind and same_layer and (not hole.level or hole.level in rule.levels)
