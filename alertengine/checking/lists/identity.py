"""Who is who: codes and names, lines and rows that stand twice, industries and grades."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.checking.lists.findings import Collector
from alertengine.lists import STAND_IN
from alertengine.rulebook import OpenLists
from alertengine.vocabulary import EMISSION_FIELDS, LIST_FIELDS, YES_NO, percent, plain_name


def add_identity_findings(collector: Collector) -> None:
    """Codes, names, ids, lines."""
    lines = collector.content.lines
    stand_in = lines["enterprise_id"].str.match(STAND_IN).to_numpy(dtype=bool)
    for line in np.flatnonzero(stand_in & ~lines["enterprise_id"].duplicated().to_numpy()).tolist():
        collector.at("no_code", line, "enterprise_id", lines=collector.plant_of(line))
    _names_and_codes(collector, stand_in)
    _contradicting(collector)
    _repeated(collector)
    _without_lines(collector)


def _names_and_codes(collector: Collector, stand_in: np.ndarray) -> None:
    """One enterprise with two codes, one code with two names: each further one at its first row."""
    lines = collector.content.lines
    table = pd.DataFrame(
        {
            "code": lines["enterprise_id"],
            "name": lines["enterprise"].map(plain_name, na_action="ignore"),
            "city": lines["city"].astype("object"),
            "line": np.arange(len(lines)),
        }
    )[~stand_in].dropna(subset=["code", "name"])
    pairs = table.drop_duplicates(["code", "name"])
    two_names = pairs[pairs.duplicated("code", keep=False)]
    two_codes = pairs[pairs.duplicated(["city", "name"], keep=False)]
    for kind, field, group in (
        ("code_two_names", "enterprise", two_names.groupby("code", sort=False)),
        ("name_two_codes", "enterprise_id", two_codes.groupby(["city", "name"], sort=False)),
    ):
        for _, members in group:
            first, *others = members["line"].tolist()
            for line in others:
                alike = (table["code"] == table["code"][line]) & (table["name"] == table["name"][line])
                _against(collector, kind, field, line, first, table.loc[alike, "line"].to_numpy())


def _against(collector: Collector, kind: str, field: str, line: int, there: int, lines: npt.NDArray[np.int64]) -> None:
    """A finding at a cell that says otherwise than the one of another line."""
    cells = collector.content.lines[field]
    here, said = (
        YES_NO[bool(one)] if isinstance(one, bool | np.bool_) else str(one) for one in cells.iloc[[line, there]]
    )
    collector.at(kind, line, field, here, lines=lines, other=collector.row_of(there), value_there=said)


#: What is compared otherwise, or differs for a reason: names, places, and what a column of numbers may round.
_NOT_COMPARED = ("enterprise_id", "enterprise", "province", "city", "county", "township", "decisions", "permit_no")


def _contradicting(collector: Collector) -> None:
    """Fields of the enterprise in which its lines differ: each at the first line that differs from the first one."""
    lines = collector.content.lines
    for field in LIST_FIELDS:
        if field.belongs_to != "enterprise" or field.name in _NOT_COMPARED:
            continue
        told = pd.DataFrame({"owner": collector.plants, "value": lines[field.name].astype("object")}).dropna()
        if told.groupby("owner")["value"].nunique().max() in (None, 0, 1) or told.empty:
            continue
        first = told.groupby("owner")["value"].transform("first")
        differing = told[(told["value"] != first).to_numpy(dtype=bool)]
        for line in differing[~differing["owner"].duplicated()].index.tolist():
            own = collector.plant_of(line)
            there = int(np.intersect1d(own, told.index)[0])
            _against(collector, "enterprise_contradicts", field.name, line, there, own)


def _repeated(collector: Collector) -> None:
    """Rows that are equal in every cell but the line id, with a name or amounts of their own."""
    lines = collector.content.lines
    compared = [field.name for field in LIST_FIELDS if field.name != "line_id"]
    telling = lines["line"].notna() | ((lines[list(EMISSION_FIELDS.values())] > 0).sum(axis=1) > 1)
    key = lines["enterprise_id"].astype("object").where(telling)
    few = lines[key.notna() & lines.duplicated(["enterprise_id", "process", *EMISSION_FIELDS.values()], keep=False)]
    again = few[few.duplicated(compared)]
    if again.empty:
        return
    number = pd.util.hash_pandas_object(few[compared].astype("object").fillna(""), index=False)
    first = number.drop_duplicates()
    line_of = dict(zip(first.tolist(), first.index.tolist(), strict=True))
    for line in again.index:
        other = line_of[number[line]]
        collector.at("line_repeated", line, "line_id", str(lines["line_id"][line]), other=collector.row_of(other))


def _without_lines(collector: Collector) -> None:
    """Enterprises of one row that name neither process nor line."""
    lines = collector.content.lines
    bare = lines["process"].isna() & lines["line"].isna()
    size = np.bincount(collector.plants)
    at = np.flatnonzero(bare.to_numpy() & (size[collector.plants] == 1))
    share = percent(len(at) / max(1, len(size)))
    for line in at:
        collector.at("no_lines", int(line), "process", share=share)


def add_vocabulary_findings(collector: Collector, lists: OpenLists) -> None:
    """Industries outside the guide, and grades that their industry does not use."""
    lines = collector.content.lines
    industry, grade = lines["industry"], lines["grade"]
    codes = industry.cat.codes.to_numpy()
    for number, name in enumerate(map(str, industry.cat.categories)):
        known = lists.industries.get(name)
        here = np.flatnonzero(codes == number)
        if not len(here):
            continue
        if known is not None and known.number is None:
            collector.at("industry_outside", int(here[0]), "industry", name, lines=here, count=str(len(here)))
        in_use = (*lists.ladder_of(name), *lists.off_ladder)
        said = grade.iloc[here]
        for line in here[(said.notna() & ~said.isin(in_use)).to_numpy()]:
            value = str(grade.iloc[line])
            collector.at("grade_not_in_use", int(line), "grade", value, industry=name, expected=" ".join(in_use))
