"""Parts of a README that the program writes itself, between two marks: made from the models, checked by tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from alertengine.vocabulary.fields import Field

#: The marks between which the columns of a room's files stand.
COLUMNS_BEGIN: Final = "<!-- columns: generated, do not edit -->"
COLUMNS_END: Final = "<!-- end of columns -->"


def between(text: str, begin: str, end: str, made: str) -> str:
    """The text with ``made`` between its two marks.

    Raises:
        ValueError: a mark is missing.

    """
    before, first, rest = text.partition(begin)
    _, last, after = rest.partition(end)
    if not first or not last:
        raise ValueError(f"the text has no {begin} and {end}")
    return f"{before}{begin}\n{made}\n{end}{after}"


def with_columns(text: str, tables: str) -> str:
    """The README of a room with its column tables made anew.

    Raises:
        ValueError: a mark is missing.

    """
    return between(text, COLUMNS_BEGIN, COLUMNS_END, f"\n{tables}\n")


def column_row(field: Field, times: Sequence[str] = ()) -> str:
    """A column as a row of its table; ``times`` are the names of columns that hold a time."""
    notes = ["required"] if field.required else []
    notes += ["time"] if field.name in times else []
    notes += ["personal: masked"] if field.private else []
    notes += [field.note] if field.note else []
    return f"| {field.name} | {', '.join(field.headers)} | {field.unit} | {'; '.join(notes)} |"
