"""What an afternoon of entering came to: a csv with a row a day and list, as the coverage of the list was."""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alertengine.checking import MissingTexts
from alertengine.files import Findings, number_within, parse_days, read_form, replacing_text
from alertengine.vocabulary import Field, InputError, Problem, times

_COLUMNS: Final = ["on", "list", "lines", "covered", "covered_weight", "texts"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a list was covered on a day: share of its emissions that rules speak of, texts that were missing."""

    on: str
    weight: float
    texts: str


def keep_progress(path: Path, found: MissingTexts, of: str) -> Progress | None:
    """Store today's coverage of a list, in place of one stored today; returns that of the last day before (None: none).

    Args:
        path: the csv; made where there is none.
        found: what the list lacks today.
        of: the list.

    Raises:
        InputError: the file there is no such csv, or cannot be written; it is left as it is.

    """
    of = unicodedata.normalize("NFKC", of)  # as a cell is read back
    rows: list[dict[str, str]] = []
    if path.exists():
        fields = [Field(name, (), "text", required=True) for name in _COLUMNS]
        rows = [*read_form(path, fields, findings=Findings(str(path))).values()]
        try:
            for row in rows:
                parse_days(row["on"])
                number_within(row["covered_weight"], 0, 1)
        except ValueError:
            raise InputError([Problem("progress_unread", file=str(path), names=_COLUMNS)]) from None
    now = {
        "on": str(times.today()), "list": of, "lines": str(found.lines), "covered": str(found.covered),
        "covered_weight": f"{found.covered_weight:.6f}", "texts": str(len(found.table)),
    }  # fmt: skip
    before = [row for row in rows if row["list"] == of and row["on"] != now["on"]]
    kept = [row for row in rows if (row["on"], row["list"]) != (now["on"], of)]
    target = io.StringIO()
    writer = csv.DictWriter(target, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows([*kept, now])
    replacing_text(path, target.getvalue())
    last = before[-1] if before else None
    return Progress(last["on"], float(last["covered_weight"]), last["texts"]) if last else None
