"""What changed between two versions of a list: enterprises, lines, grades, measures, kilograms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from alertengine.lists._certificates import certificates, said
from alertengine.lists.enterprise_list import EnterpriseList
from alertengine.lists.plans_compared import plan_strength
from alertengine.lists.register import Register
from alertengine.lists.same_lines import Index, known_again, line_pairs, plain_ids
from alertengine.rulebook import nearest
from alertengine.vocabulary import (
    EMISSION_FIELDS,
    PLAN_FIELDS,
    PLAN_SHARE_FIELDS,
    PLANT_KEY,
    Problem,
    number,
    plain_name,
)

#: Columns of a list of changes.
COLUMNS: Final = (
    "change", "city", "county", "enterprise_id", "enterprise", "line_id", "line", "field", "old", "new", "difference",
    "certificate",
)  # fmt: skip
#: The kinds of change, in the order they are told, with what people read.
CHANGES: Final = {
    "new_enterprise": "新增企业",
    "closed_enterprise": "退出企业",
    "renamed": "更名",
    "recoded": "信用代码变更",
    "new_line": "新增生产线",
    "closed_line": "退出生产线",
    "renumbered": "生产线编号写法变更",
    "regraded": "等级变更",
    "recertified": "等级证书变更",
    "weakened": "措施减轻",
    "strengthened": "措施加严",
    "reworded": "措施改写，轻重不能比较",
    "kilograms": "排放量变化",
    "line_kilograms": "生产线排放量变化",
}
#: Names nearer than this (0 to 100) may be those of one enterprise: 临汾合成铸造厂, 临汾合成铸造有限公司.
_SAME_PLANT: Final = 75


@dataclass(slots=True)
class Changes:
    """The changes, one row each (``COLUMNS``), and which lines of the old and the new list are the same."""

    table: pd.DataFrame
    counts: dict[str, int] = field(default_factory=dict)
    #: Enterprises that closed and opened under names that nearly are one: a person says whether they are.
    questions: list[Problem] = field(default_factory=list)

    @property
    def weakened(self) -> bool:
        """Whether any filed measure asks less than before: a person must look."""
        return "weakened" in self.counts


def diff_lists(old: EnterpriseList, new: EnterpriseList) -> Changes:
    """What changed from one version of a list to the next.

    Beside a grade stand its certificate and the day it ends, where the list has such columns.
    An enterprise is known by its credit code, with its city where a list has the code in several, else by city and
    name; a line by its id in the enterprise, whatever its
    width, space, case and leading zeros, where these tell no lines of it apart.
    """
    register = new.register if new.register.named else old.register
    before, after = _keyed(old, register), _keyed(new, register)
    codes = [side.drop_duplicates(PLANT_KEY)["enterprise_id"] for side in (before, after)]
    several = {code for own in codes for code in own[own.duplicated()]}
    for side in (before, after):
        side["key"] = side["key"].mask(side["key"].isin(several), side["city"] + "\n" + side["key"])
    after["key"] = after["key"].replace(known_again(before, after))
    rows = [*_enterprises(before, after), *_lines(before, after, old, new), *_kilograms(before, after)]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    order = {change: place for place, change in enumerate(CHANGES)}
    table = table.sort_values("change", key=lambda column: column.map(order), kind="stable").reset_index(drop=True)
    counts = table["change"].value_counts()
    counted = {change: int(counts[change]) for change in CHANGES if change in counts}
    return Changes(table, counted, _questions(table, new.file))


def _questions(table: pd.DataFrame, file: str) -> list[Problem]:
    """For each new enterprise those that closed in its city under nearly its name."""
    out = []
    closed, come = (table[table["change"] == change] for change in ("closed_enterprise", "new_enterprise"))
    for row in come.to_dict("records"):
        names = {plain_name(name): name for name in closed.loc[closed["city"] == row["city"], "enterprise"]}
        near = nearest(plain_name(row["enterprise"]), names, least=_SAME_PLANT)
        if near:
            out.append(Problem("plant_nearly", file=file, column="enterprise", value=row["enterprise"], near=near))
    return out


def _keyed(content: EnterpriseList, register: Register) -> pd.DataFrame:
    """The columns that tell who and where, as plain text, and the enterprise each line is matched by."""
    names = ("city", "county", "enterprise_id", "enterprise", "line_id", "line", "grade")  # as written
    table = pd.DataFrame({name: content.lines[name].astype("object") for name in names})
    table = table.where(table.notna(), "")
    table["key"] = table["enterprise_id"]
    table["plain"] = table["enterprise"].map(plain_name)
    table["own"] = table["plain"].map(register.own_name)
    table["plain_id"] = plain_ids(content.columns.text("line_id"))
    held = certificates(content)
    table["certificate"] = [said(*pair) for pair in zip(held["certificate"], held["until"], strict=True)]
    return pd.concat([table, content.lines[list(EMISSION_FIELDS.values())]], axis=1)


Row = dict[str, object]


def _row(change: str, who: pd.Series, name: str = "", old: object = "", new: object = "") -> Row:
    line = {"line_id": who["line_id"], "line": who["line"]} if change not in _OF_ENTERPRISE else {}
    where = {name: who[name] for name in ("city", "county", "enterprise_id", "enterprise")}
    blank: Row = dict.fromkeys(COLUMNS, "")
    return {**blank, **where, **line, "change": change, "field": name, "old": old, "new": new}


_OF_ENTERPRISE: Final = ("new_enterprise", "closed_enterprise", "renamed", "recoded")


def _enterprises(before: pd.DataFrame, after: pd.DataFrame) -> Iterator[Row]:
    first, second = (side.drop_duplicates("key").set_index("key", drop=False) for side in (before, after))
    for key in second.index.difference(first.index, sort=False):
        yield _row("new_enterprise", second.loc[key])
    for key in first.index.difference(second.index, sort=False):
        yield _row("closed_enterprise", first.loc[key])
    both = first.index.intersection(second.index, sort=False)
    for name, compared, change in (("enterprise", "plain", "renamed"), ("enterprise_id", "enterprise_id", "recoded")):
        one, other = first.loc[both, name], second.loc[both, name]
        for key in both[(first.loc[both, compared] != second.loc[both, compared]).to_numpy()]:
            yield _row(change, second.loc[key], name, one[key], other[key])


def _lines(before: pd.DataFrame, after: pd.DataFrame, old: EnterpriseList, new: EnterpriseList) -> Iterator[Row]:
    was, now, gone, come = line_pairs(before, after)
    for line in come[after["key"].isin(before["key"]).to_numpy()[come]]:
        yield _row("new_line", after.iloc[line])
    for line in gone[before["key"].isin(after["key"]).to_numpy()[gone]]:
        yield _row("closed_line", before.iloc[line])
    ids = before["line_id"].to_numpy()[was], after["line_id"].to_numpy()[now]
    for pair in np.flatnonzero(ids[0] != ids[1]):
        yield _row("renumbered", after.iloc[now[pair]], "line_id", ids[0][pair], ids[1][pair])
    grades = before["grade"].to_numpy()[was], after["grade"].to_numpy()[now]
    held = before["certificate"].to_numpy()[was], after["certificate"].to_numpy()[now]
    for pair in np.flatnonzero(grades[0] != grades[1]):
        row = _row("regraded", after.iloc[now[pair]], "grade", grades[0][pair], grades[1][pair])
        yield row | {"certificate": held[1][pair]}
    for pair in np.flatnonzero((held[0] != held[1]) & (grades[0] == grades[1])):
        row = _row("recertified", after.iloc[now[pair]], "certificate", held[0][pair], held[1][pair])
        yield row | {"certificate": held[1][pair]}
    yield from _measures(after, old, new, was, now)
    yield from _line_kilograms(before, after, was, now)


def _line_kilograms(before: pd.DataFrame, after: pd.DataFrame, was: Index, now: Index) -> Iterator[Row]:
    """Emissions of lines on both lists, where they changed, kg/d: the largest factor first."""
    found: list[tuple[float, int, str, float, float]] = []
    for name in EMISSION_FIELDS.values():
        one = before[name].to_numpy(dtype="float64", na_value=np.nan)[was].round(3)
        other = after[name].to_numpy(dtype="float64", na_value=np.nan)[now].round(3)
        changed = np.flatnonzero((one != other) & ~(np.isnan(one) & np.isnan(other)))
        with np.errstate(divide="ignore", invalid="ignore"):
            factor = np.abs(np.log(other / one))
        found += [(float(factor[at]), int(now[at]), name, float(one[at]), float(other[at])) for at in changed]
    for _, line, name, old, new in sorted(found, key=lambda one: -np.nan_to_num(one[0], nan=np.inf, posinf=np.inf)):
        shown = ["" if np.isnan(value) else value for value in (old, new)]
        row = _row("line_kilograms", after.iloc[line], name, *shown)
        yield row | {"difference": "" if "" in shown else round(new - old, 3)}


def _measures(after: pd.DataFrame, old: EnterpriseList, new: EnterpriseList, was: Index, now: Index) -> Iterator[Row]:
    """Filed measures that surely ask less, or more, than before, or neither; one that is gone asks nothing."""
    one, other = old.lines.iloc[was].reset_index(drop=True), new.lines.iloc[now].reset_index(drop=True)
    for level, name in PLAN_FIELDS.items():
        first, second = plan_strength(one, level), plan_strength(other, level)
        texts = []  # what is filed, as a person reads it: the text, else the share
        for side in (one, other):
            share = side[PLAN_SHARE_FIELDS[level]].map(number, na_action="ignore").astype("object")
            texts.append(side[name].astype("object").fillna(share).fillna("").to_numpy())
        less = second.below(first) | ((texts[0] != "") & (texts[1] == ""))
        more = first.below(second) | ((texts[0] == "") & (texts[1] != ""))
        neither = (texts[0] != texts[1]) & ~less & ~more & ~first.equals(second)
        for change, here in (("weakened", less), ("strengthened", more), ("reworded", neither)):
            for pair in np.flatnonzero(here):
                yield _row(change, after.iloc[now[pair]], name, texts[0][pair], texts[1][pair])


def _kilograms(before: pd.DataFrame, after: pd.DataFrame) -> Iterator[Row]:
    """Emissions by county and pollutant, where they changed."""
    names = list(EMISSION_FIELDS.values())
    sums = [side.groupby(["city", "county"], sort=True)[names].sum() for side in (before, after)]
    one, other = sums[0].align(sums[1], fill_value=0.0)
    for place in one.index:
        for name in names:
            old, new = round(float(one.loc[place, name]), 3), round(float(other.loc[place, name]), 3)
            if old != new:
                blank: Row = dict.fromkeys(COLUMNS, "")
                where = {"city": place[0], "county": place[1], "field": name, "old": old, "new": new}
                yield {**blank, **where, "change": "kilograms", "difference": round(new - old, 3)}
