"""The tables of this room's README, made from the models; ``python -m alertengine.audit.dictionary`` writes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from alertengine.audit.model import COLUMNS, FINDING_COLUMNS, KIND_TEXT, MARKS, ONE_OF, RESULTS, TIMES, UNITS
from alertengine.vocabulary import Field

README: Final = Path(__file__).with_name("README.md")
BEGIN: Final = "<!-- columns: generated, do not edit -->"
END: Final = "<!-- end of columns -->"


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
        parts += [row(field) for field in fields]
        parts.append("")
    parts += ["Units a header may give in brackets, any other is refused:", ""]
    parts += [f"- {unit}: {', '.join(spellings)}" for unit, spellings in UNITS.items()]
    parts += ["", "Marks of an hour (`cems`):", ""]
    parts += [f"- {name}: {'、'.join(word for word in words if word) or '—'}" for name, words in MARKS.items()]
    parts += ["", "Results (`inspection`):", ""]
    parts += [f"- {name}: {'、'.join(words)}" for name, words in RESULTS.items()]
    parts += ["", "### `findings.csv`", "", "| column | 中文 | |", "|---|---|---|"]
    parts += [f"| {name} | {text} | {note} |" for name, (text, note) in FINDING_COLUMNS.items()]
    return "\n".join(parts)


def row(field: Field, times: Sequence[str] = TIMES) -> str:
    """A column as a row of its table; ``times`` are the names of columns that hold a time."""
    notes = ["required"] if field.required else []
    notes += ["time"] if field.name in times else []
    notes += ["personal: masked"] if field.private else []
    notes += [field.note] if field.note else []
    return f"| {field.name} | {', '.join(field.headers)} | {field.unit} | {'; '.join(notes)} |"


def with_tables(text: str, made: Callable[[], str] = tables) -> str:
    """A README with its tables made anew.

    Raises:
        ValueError: the marks between which they stand are missing.

    """
    before, _, rest = text.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError(f"{README.name}: no {BEGIN} ... {END}")
    return f"{before}{BEGIN}\n\n{made()}\n\n{END}{after}"


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text(encoding="utf-8")), encoding="utf-8")
