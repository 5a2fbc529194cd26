"""Several rows for one place and time become one: stations their city, a city's own row above a region's.

Two unequal rows of one rank and issue count as the range between them, and a person is told of both.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from alertengine.rulebook import NATION, OpenLists, Stations
from alertengine.vocabulary import Problem
from alertengine.warning.plausibility import CONCENTRATIONS, INDICES, UNREADABLE

#: What makes two rows speak of the same.
PLACE: Final = ["city", "county", "start", "hours"]
_ISSUE: Final = ["issue_time", *PLACE]
OWN, STATION, REGION, PROVINCE = range(4)
#: Repeated rows that are named; a feed may hold thousands.
_TOLD: Final = 10
_NUMBERS: Final = [*INDICES, *CONCENTRATIONS]
_SAID: Final = [*_NUMBERS, "primary", "dust"]


def rank_of(names: tuple[str, ...], lists: OpenLists) -> int:
    """How near a row stands to its places: 0 it names one city or county, 2 a region or several, 3 a province."""
    if len(names) != 1:
        return REGION
    name = names[0]
    standard = NATION if name == NATION else lists.standard_name("places", name)
    if standard == NATION or standard in lists.provinces:
        return PROVINCE
    return REGION if standard in lists.areas else OWN


def stations_to_cities(
    table: pd.DataFrame, rule: Stations | None, file: str, problems: list[Problem], notes: list[Problem]
) -> pd.DataFrame:
    """Rows of stations as one row a city and time: the mean of those that report; or left out where no rule says how.

    The column ``station`` is blank in rows of a whole city.
    """
    of_station = table["station"] != ""
    if not of_station.any():
        return table
    rows, rest = table[of_station], table[~of_station]
    cities = tuple(sorted(rows["city"].unique())[:5])
    if rule is None or rule.rule == "refused":
        problems.append(Problem("stations_left_out", file=file, row=int(rows["row"].iloc[0]), cities=cities))
        return rest
    grouped = rows.groupby(_ISSUE, sort=False)
    out = grouped.first().reset_index()
    means = grouped[_NUMBERS].mean().reset_index()
    out[_NUMBERS] = means[_NUMBERS]
    out["dust"] = (grouped["dust"].mean() > 0.5).to_numpy()
    out["primary"], out["rank"], out["station"] = "", STATION, ""
    counts = grouped["station"].nunique()
    least, most = int(counts.min()), int(counts.max())
    notes.append(Problem("stations_mean", file=file, cities=cities, least=least, most=most))
    return pd.concat([rest, out[table.columns]], ignore_index=True)


def one_row_each(table: pd.DataFrame, file: str, problems: list[Problem], notes: list[Problem]) -> pd.DataFrame:
    """One row a place, time and issue: of the nearest rank; unequal ones of a rank as the range between them."""
    if not table.duplicated(_ISSUE).any():
        return table
    nearest = table.groupby(_ISSUE, sort=False)["rank"].transform("min")
    table = table[table["rank"] == nearest]
    equal = table.duplicated([*_ISSUE, *_SAID])
    if equal.any():
        repeats = sorted({int(row) for row in table.loc[equal, "row"]})
        notes.append(Problem("rows_repeat", file=file, rows=repeats[:_TOLD]))
        table = table[~equal]
    twice = table.duplicated(_ISSUE, keep=False)
    if not twice.any():
        return table.reset_index(drop=True)
    groups = [rows for _, rows in table[twice].groupby(_ISSUE, sort=False)]
    merged = [_between(rows) for rows in groups]
    told: dict[tuple[int, ...], str] = {}
    for rows in groups:
        told.setdefault(tuple(sorted({int(row) for row in rows["row"]})), _values(rows))
    for numbers, values in told.items():
        problems.append(Problem("rows_unequal", file=file, row=numbers[-1], value=values, rows=numbers))
    return pd.concat([table[~twice], pd.DataFrame(merged)], ignore_index=True)[table.columns].astype(
        {name: table[name].dtype for name in table.columns}
    )


def _values(rows: pd.DataFrame) -> str:
    """What differs between rows, in short."""
    for name in ("aqi_mid", *_SAID):
        held = rows[name]
        if held.notna().any() and not held.duplicated(keep=False).all():
            return " / ".join(str(value) if isinstance(value, str) else f"{value:g}" for value in held)
    return ""


def _between(rows: pd.DataFrame) -> dict[str, object]:
    """One row that spans several: lowest to highest index, concentrations at the middle, dust where all say so."""
    out = dict(rows.iloc[-1])
    low, high = rows["aqi_low"].min(), rows["aqi_high"].max()
    out |= {"aqi_low": low, "aqi_high": high, "aqi_mid": np.floor((low + high) / 2), "dust": bool(rows["dust"].all())}
    for name in CONCENTRATIONS:
        out[name] = (rows[name].min() + rows[name].max()) / 2
    named = dict.fromkeys(part for text in rows["primary"] for part in text.split("|") if part)
    out["primary"] = UNREADABLE if UNREADABLE in named else "|".join(named) if (rows["primary"] != "").all() else ""
    return out
