"""Lines that may lie in a county with warnings of its own, though the list does not say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from alertengine.rulebook import Rulebook
from alertengine.vocabulary import Problem

if TYPE_CHECKING:
    import pandas as pd


def of_no_county(
    lines: pd.DataFrame, book: Rulebook, apart: Iterable[tuple[str, str]]
) -> Iterator[tuple[int, Problem]]:
    """A problem for each city some of whose lines have a county that is blank, unknown or a zone, with the first line.

    ``apart``: the cities and counties with warnings of their own; ``lines``: columns ``city`` and ``county``.  The
    problem names no file and row.
    """
    county = lines["county"].astype("object").fillna("").astype("str")
    counties: dict[str, set[str]] = {}
    for city, name in apart:
        counties.setdefault(city, set()).add(name)
    for city, own in sorted(counties.items()):
        named = {*own, *(book.lists.counties.of(city) or county)} - {""}
        at = np.flatnonzero((lines["city"].astype("str") == city) & ~county.isin(named))
        if len(at):
            place = {"column": "county", "value": county.iloc[at[0]]}
            yield int(at[0]), Problem("county_not_said", **place, count=len(at), city=city, counties=sorted(own))
