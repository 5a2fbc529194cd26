"""Clause by clause: what became of every paragraph of every document, as a table people can check.

Each document lists its clauses with the rules that say them, the feature that stands for
them or the reason why no machine decides them.  ``rules/README.md`` ends with the table;
``python -m alertengine.rulebook.clauses`` writes it anew.
"""

from __future__ import annotations

from alertengine.files import rules_folder
from alertengine.rulebook.book import Rulebook
from alertengine.rulebook.schema import Clause, LineRule
from alertengine.vocabulary import between

#: Lines of the README between which the table stands.
BEGIN = "<!-- clauses: generated, do not edit -->"
END = "<!-- /clauses -->"


def names_of(book: Rulebook) -> frozenset[str]:
    """Every name a clause may give under ``rules``: ids of rules, and of tables whatever their cells."""
    tables = {rule.cell[0] for rule in book.rules.values() if isinstance(rule, LineRule) and rule.cell}
    return frozenset({*book.rules, *tables, *(hole.table for _, hole in book.holes)})


def unknown_names(book: Rulebook) -> list[tuple[str, str, str]]:
    """Names that clauses give and that are neither a rule nor a table: document, clause, name."""
    known = names_of(book)
    return [
        (document.document, clause.clause, name)
        for document in book.documents.values()
        for clause in document.clauses
        for name in clause.rules
        if name not in known
    ]


def clause_table(book: Rulebook) -> str:
    """The table document | clause | rules, feature or reason, as Markdown."""
    rows = ["| document | clause | rules, or what stands for it |", "|---|---|---|"]
    for name, document in sorted(book.documents.items()):
        for clause in document.clauses:
            said = f"{clause.clause} {clause.text}".strip()
            rows.append(f"| {name} | {_cell(said)} | {_cell(_outcome(clause))} |")
    return "\n".join(rows)


def _outcome(clause: Clause) -> str:
    rules = ", ".join(f"`{name}`" for name in clause.rules)
    return "; ".join(part for part in (rules, clause.feature, clause.reason) if part)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def with_table(readme: str, table: str) -> str:
    """The text with the table between its markers.

    Raises:
        ValueError: the markers are missing.

    """
    return between(readme, BEGIN, END, table)


def main() -> None:
    """Write the table into the README of the shipped rules."""
    path = rules_folder() / "README.md"
    text = with_table(path.read_text(encoding="utf-8"), clause_table(Rulebook.load()))
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
