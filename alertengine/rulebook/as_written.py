"""Documents as they are written: what loading resolves and forgets (tables, ``like``, where a date stands)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alertengine.files import read_yaml
from alertengine.rulebook.book import Rulebook
from alertengine.rulebook.schema import LineRule


@dataclass(slots=True)
class Written:
    """One document's tables and rules as plain mappings, by id."""

    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    rules: dict[str, dict[str, Any]] = field(default_factory=dict)
    defaults: dict[str, Any] = field(default_factory=dict)

    def origin(self, rule: LineRule, key: str) -> tuple[str, Any]:
        """Where a rule's key is written, and what stands there.

        The rule itself, the one it is like, its table, its defaults, or (with None) the document.
        """
        name = rule.id
        while name in self.rules:
            own = self.rules[name]
            if key in own:
                return name, own[key]
            if "like" not in own:
                break
            name = own["like"]
        for table in (*rule.cell[:1], name):
            if key in self.tables.get(table, {}):
                return table, self.tables[table][key]
        for article in (rule.article, "*"):
            if key in (self.defaults.get(article) or {}):
                return f"defaults {article}", self.defaults[article][key]
        return "document", None

    def like(self) -> Iterator[tuple[str, str]]:
        """Rules and the rule each is like."""
        for name, rule in self.rules.items():
            if "like" in rule:
                yield name, rule["like"]


def written(book: Rulebook) -> dict[str, Written]:
    """Every document of a rulebook as written; empty for one that no file holds any more."""
    out = {}
    for name, document in book.documents.items():
        path = Path(document.file)
        content = read_yaml(path) if path.is_file() else {}
        out[name] = Written(
            {str(table.get("id")): table for table in content.get("tables") or []},
            {str(rule["id"]): rule for rule in content.get("rules") or []},
            content.get("defaults") or {},
        )
    return out
