"""The tables of this room's README; ``python -m alertengine.audit.column_dictionary`` makes them from the models."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alertengine.audit.evidence_and_findings import (
    COLUMNS,
    FINDING_COLUMNS,
    KIND_TEXT,
    MARKS,
    ONE_OF,
    RESULTS,
    TIMES,
    UNITS,
)
from alertengine.vocabulary import BREACHES, column_row, with_columns

README: Final = Path(__file__).with_name("README.md")


def tables() -> str:
    """The column contracts in Markdown."""
    parts = []
    for kind, fields in COLUMNS.items():
        groups = "; ".join(
            "one of " + ", ".join(f"`{name}`" for name in group) for group in ONE_OF[kind] if len(group) > 1
        )
        parts += [f"### `{kind}` {KIND_TEXT[kind]}", ""]
        parts += [f"Needed beside the required columns: {groups}.", ""] if groups else []
        parts += ["| column | headers | unit | |", "|---|---|---|---|"]
        parts += [column_row(field, TIMES) for field in fields]
        parts.append("")
    parts += ["Units a header may give in brackets, any other is refused:", ""]
    parts += [f"- {unit}: {', '.join(spellings)}" for unit, spellings in UNITS.items()]
    parts += ["", "Marks of an hour (`cems`):", ""]
    parts += [f"- {name}: {'、'.join(word for word in words if word) or '—'}" for name, words in MARKS.items()]
    parts += ["", "Results (`inspection`):", ""]
    parts += [f"- {name}: {'、'.join(words)}" for name, words in RESULTS.items()]
    parts += ["", f"Breaches (`inspection`): {'、'.join(BREACHES.values())}."]
    parts += ["", "### `findings.csv`", "", "| column | 中文 | |", "|---|---|---|"]
    parts += [f"| {name} | {text} | {note} |" for name, (text, note) in FINDING_COLUMNS.items()]
    return "\n".join(parts)


if __name__ == "__main__":
    README.write_text(with_columns(README.read_text(encoding="utf-8"), tables()), encoding="utf-8")
