"""What makes a record of warnings unusable: cut, torn or contradicting itself.  A forgotten red is never read past."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pandas as pd

from alertengine.vocabulary import WARNING_COLUMNS, Problem

_FILLED: Final = ("warning_id", "city", "action", "starts", "issued")


def torn(path: Path, rows: int) -> list[Problem]:
    """A csv that ends without the end of its last row; ``rows`` is the number of that row."""
    if path.suffix.lower() != ".csv":
        return []
    with path.open("rb") as stream:
        content = stream.read()
    return [] if content.endswith((b"\n", b"\r", b"\x00")) else [Problem("warning_torn", file=str(path), row=rows)]


def defects(table: pd.DataFrame, file: str) -> Iterator[Problem]:
    """What is wrong with rows (WARNING_COLUMNS, times as timestamps; index: their row in the file)."""
    seen: dict[tuple[str, ...], tuple[int, tuple[str, ...]]] = {}
    places: dict[str, tuple[int, tuple[str, str]]] = {}
    newest: dict[str, tuple[int, Any]] = {}
    for row, one in zip(table.index.tolist(), table.to_dict("records"), strict=True):
        place: dict[str, Any] = {"file": file, "row": int(row)}
        blank = [name for name in _FILLED if one[name] == "" or pd.isna(one[name])]
        if one["action"] not in ("advise", "") and one["level"] == "":
            blank.append("level")
        for name in blank:
            yield Problem("warning_cell_blank", **place, column=name, name=WARNING_COLUMNS[name])
        if blank:
            continue
        if not pd.isna(one["ends"]) and one["ends"] <= one["starts"]:
            yield Problem(
                "warning_ends_early", **place, column="ends", value=str(one["ends"]), starts=str(one["starts"])
            )
        if one["action"] == "advise":
            continue
        yield from _against(one, place, seen, places, newest)


def _against(
    one: dict[Any, Any],
    place: dict[str, Any],
    seen: dict[tuple[str, ...], tuple[int, tuple[str, ...]]],
    places: dict[str, tuple[int, tuple[str, str]]],
    newest: dict[str, tuple[int, Any]],
) -> Iterator[Problem]:
    """What a row says against those before it."""
    name, row = str(one["warning_id"]), place["row"]
    named = {**place, "column": "warning_id", "value": name}
    where = (str(one["city"]), str(one["counties"]))
    if name not in places:
        if one["action"] != "issue":
            yield Problem("warning_not_issued", **named)
        places[name] = (row, where)
    elif places[name][1] != where:
        yield Problem("warning_of_two_places", **named, row_of=places[name][0])
    key = (name, str(one["issued"]), str(one["starts"]))
    said = (str(one["action"]), str(one["level"]), str(one["ends"]))
    if key in seen and seen[key][1] != said:
        yield Problem("warning_contradicts", **named, row_of=seen[key][0])
    seen.setdefault(key, (row, said))
    if name in newest and one["issued"] < newest[name][1]:
        yield Problem("warning_backwards", **named, row_of=newest[name][0])
    newest[name] = (row, one["issued"])
