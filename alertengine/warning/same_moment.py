"""What a record says already of the moment of a decision, or of later ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from alertengine.vocabulary import InputError, Problem
from alertengine.warning.record import Row

#: What a transition decides; the words beside it are those of the day.
_DECIDED: Final = ("warning_id", "action", "level", "starts", "ends")


def decided_just_so(rows: Sequence[Row], before: Sequence[Row], time: datetime) -> bool:
    """Whether what a record (``before``) has of a moment is just what was decided again."""
    again, held = (
        {tuple(row[name] for name in _DECIDED) for row in said if row["issued"] == time} for said in (rows, before)
    )
    return again == held


def refuse_backwards(before: Sequence[Row], rows: Sequence[Row], time: datetime) -> None:
    """Refuse to change a warning that was decided on later than a moment, or otherwise at it.

    Raises:
        InputError: with each such warning.

    """
    newest = {str(row["warning_id"]): row["issued"] for row in sorted(before, key=lambda row: row["issued"])}
    names = dict.fromkeys(str(row["warning_id"]) for row in rows)
    later = [(name, newest[name]) for name in names if name in newest and newest[name] > time]
    said = {(str(row["warning_id"]), row["starts"]) for row in before if row["issued"] == time}
    again = dict.fromkeys(str(row["warning_id"]) for row in rows if (str(row["warning_id"]), row["starts"]) in said)
    if again:
        raise InputError([Problem("decided_otherwise", value=name, now=str(time)) for name in again])
    if later:
        raise InputError([Problem("decided_later", value=name, decided=str(at), now=str(time)) for name, at in later])
