"""The list of a season: several cities' lists put together, and plants raised to another grade.

A simulation takes every list as a draft: its orders are the stricter of rule and filed plan.
Plants raised to another grade lose their filed plan, which was filed for the old one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.engine import Facts, Matcher
from alertengine.lists import PLAN_COLUMNS, EnterpriseList, read_list
from alertengine.rulebook import ConditionError, ConditionReader, LineRule, Rulebook, named_cities
from alertengine.simulation.season.season_scenario import Raise
from alertengine.vocabulary import (
    EMISSION_FIELDS,
    GRADES,
    LINE_KEY,
    PLAN_FIELDS,
    PLAN_SHARE_FIELDS,
    InputError,
    Problem,
    Result,
    gathering,
    refuse_together,
)

_PLANS = (*PLAN_FIELDS.values(), *PLAN_SHARE_FIELDS.values(), *PLAN_COLUMNS)


@dataclass(frozen=True)
class SeasonPlants(Result):
    """The lines of a season (fields of the vocabulary), whole-society totals, and what was said of the lists."""

    lines: pd.DataFrame
    totals: pd.DataFrame | None
    files: tuple[str, ...]
    own_problems: list[Problem] = field(default_factory=list)
    own_notes: list[Problem] = field(default_factory=list)
    #: Further columns of the lists, as written.
    extras: pd.DataFrame = field(default_factory=pd.DataFrame)
    #: File and row of each line; none where the lists were read elsewhere.
    rows: pd.DataFrame | None = None


def read_plants(files: Sequence[Path], totals: Sequence[Path], book: Rulebook) -> SeasonPlants:
    """Read the lists of a season.

    ``totals``: none (each list's own, beside it or in it), or one file for each list in order.

    Raises:
        InputError: a list cannot be used or is empty, or a line, or a city's sector, stands in two of them.

    """
    if totals and len(totals) != len(files):
        raise InputError(
            [Problem("totals_count", where="scenario", column="totals", given=len(totals), lists=len(files))]
        )
    beside: Sequence[Path | None] = list(totals) or [None] * len(files)
    read, refused = list[EnterpriseList](), list[Problem]()
    for path, own in zip(files, beside, strict=True):
        with gathering(refused):
            read.append(read_list(path, book.lists, totals=own))
    refused += [Problem("no_line", file=one.file) for one in read if one.lines.empty]
    refuse_together(refused, *read)
    lines = pd.concat([one.lines for one in read], ignore_index=True) if len(read) > 1 else read[0].lines
    # What is a category in every list would fall back to plain text.
    dtypes = [one.lines.dtypes for one in read]
    coded = [name for name in lines if all(isinstance(own.get(name), pd.CategoricalDtype) for own in dtypes)]
    lines = lines.astype(dict.fromkeys(coded, "category"))
    known = [one.totals for one in read if one.totals is not None]
    whole = pd.concat(known, ignore_index=True) if known else None
    _refuse_twice("line_in_two_lists", files, lines, LINE_KEY)
    if whole is not None:
        _refuse_twice("sector_in_two_totals", files, whole, ["city", "sector"])
    problems = [problem for one in read for problem in one.problems]
    notes = [problem for one in read for problem in one.notes]
    extras = pd.concat([one.extras for one in read], ignore_index=True)
    rows = pd.concat([pd.DataFrame({"row": one.rows.to_numpy()}).assign(file=one.file) for one in read])
    return SeasonPlants(lines, whole, tuple(one.file for one in read), problems, notes, extras, rows)


def _refuse_twice(code: str, files: Sequence[Path], table: pd.DataFrame, keys: list[str]) -> None:
    """Refuse rows that stand in two of some lists, or of the totals beside them, naming the first."""
    twice = table.loc[table.duplicated(keys), keys]
    if len(twice):
        value = " ".join(map(str, twice.iloc[0]))
        raise InputError([Problem(code, file=", ".join(map(str, files)), value=value)])


def scaled(totals: pd.DataFrame | None, sectors: Mapping[str, float]) -> pd.DataFrame | None:
    """Totals with the emissions (and reductions) of some sectors multiplied.

    Raises:
        InputError: a sector that the totals do not have, or no totals.

    """
    if not sectors:
        return totals
    if totals is None:
        raise InputError([Problem("no_totals_of_sectors", where="sectors")])
    out = totals.copy()
    present = set(out["sector"].dropna().astype(str))
    unknown = [name for name in sectors if name not in present]
    if unknown:
        raise InputError(
            [Problem("no_such_sector", where="sectors", value=name, names=sorted(present)) for name in unknown]
        )
    columns = [name for name in map(str, out) if name.removeprefix("reduced_") in EMISSION_FIELDS.values()]
    for name, factor in sectors.items():
        rows = out["sector"].astype(str) == name
        out.loc[rows, columns] = out.loc[rows, columns] * factor
    return out


@dataclass(frozen=True)
class Raised:
    """Lines with plants raised; ``picks`` are the rows that each change raised, in turn."""

    lines: pd.DataFrame
    picks: tuple[npt.NDArray[np.int64], ...]


def raised(lines: pd.DataFrame, changes: Sequence[Raise], book: Rulebook) -> Raised:
    """Raise the plants that each change names; a plant never falls.

    Raises:
        InputError: the condition cannot be read, or the grade is not one.

    """
    picks = []
    for change in changes:
        picks.append(np.flatnonzero(_picked(lines, change, book)))
        lines = _with_grade(lines, picks[-1], change.to)
    return Raised(lines, tuple(picks))


def as_picked(lines: pd.DataFrame, changes: Sequence[Raise], picks: Sequence[npt.NDArray[np.int64]]) -> Raised:
    """Lines raised as was picked before, over a list of which these may be a part."""
    for change, at in zip(changes, picks, strict=True):
        lines = _with_grade(lines, at, change.to)
    return Raised(lines, tuple(picks))


def _picked(lines: pd.DataFrame, change: Raise, book: Rulebook) -> npt.NDArray[np.bool_]:
    """The lines a change raises."""
    if change.to not in GRADES:
        raise InputError([Problem("not_a_grade", where="raise", column="to", value=change.to, names=GRADES)])
    rows = lines_where(lines, change.when, book, "raise")
    if change.city:
        (city,) = named_cities(book, [change.city], where="city")
        rows &= (lines["city"].astype(str) == city).to_numpy()
    better = set(GRADES[: GRADES.index(change.to) + 1])
    rows &= ~lines["grade"].astype("object").isin(better).to_numpy()
    ladders = {name: change.to in book.lists.ladder_of(str(name)) for name in lines["industry"].dropna().unique()}
    rows &= lines["industry"].map(ladders).astype("boolean").fillna(value=False).to_numpy(dtype=bool)
    if change.largest is None:
        return rows
    if change.by == "capacity":
        # Refuse to compare capacities of several units
        with_one = lines[rows][lines[rows]["capacity"].notna()]
        units = sorted(set(with_one["capacity_unit"].astype("object").fillna("")))
        if len(units) > 1:
            said = "、".join(unit or "未填" for unit in units)
            raise InputError([Problem("units_not_compared", where="raise", column="largest", value=said)])
    amount = lines[change.by].where(rows).groupby(lines["enterprise_id"].to_numpy()).sum(min_count=1).dropna()
    ordered = (
        amount.rename_axis("plant")
        .reset_index(name="amount")
        .sort_values(["amount", "plant"], ascending=[False, True], kind="stable")
    )
    largest = set(ordered["plant"].head(change.largest))
    return rows & lines["enterprise_id"].isin(largest).to_numpy()


def lines_where(
    lines: pd.DataFrame, when: Mapping[str, Any], book: Rulebook, where: str = "value"
) -> npt.NDArray[np.bool_]:
    """The lines for which a condition of the rule language surely holds; none: all.

    Raises:
        InputError: the condition cannot be read; ``where`` names the key it stands under.

    """
    if not when:
        return np.ones(len(lines), dtype=bool)
    try:
        condition = ConditionReader(book.lists).read(dict(when))
    except ConditionError as error:
        place = f"{where}.when {error.field}"
        raise InputError([Problem("raise_refused", where=where, column=place, error=error)]) from None
    facts = Facts(lines, book.lists, pd.Timestamp.max.date())
    _, places = facts.places()
    everywhere = frozenset(name for place in places for name in place.names())
    rule = LineRule.model_construct(id=where, when=condition)
    found = Matcher([(rule, everywhere)]).match(facts)
    sure = np.zeros(len(found.matches), dtype=np.bool_)
    sure[found.matches.sure()[0]] = True
    return sure[found.index]


def _with_grade(lines: pd.DataFrame, at: npt.NDArray[np.int64], grade: str) -> pd.DataFrame:
    out, rows = lines.copy(), np.zeros(len(lines), dtype=bool)
    rows[at] = True
    column = out["grade"]
    if isinstance(column.dtype, pd.CategoricalDtype) and grade not in column.cat.categories:
        column = column.cat.add_categories(grade)
    out["grade"] = column.mask(rows, grade)
    for name in _PLANS:
        if name in out:
            out.loc[rows, name] = np.nan if out[name].dtype == np.float64 else None
    return out
