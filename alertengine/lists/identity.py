"""Who a line belongs to: credit codes checked, stand-in ids made, line ids numbered, duplicates refused."""

from __future__ import annotations

import hashlib
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from alertengine.errors import InputError, Problem
from alertengine.lists.columns import TEXT, text_series
from alertengine.lists.creditcode import valid_codes
from alertengine.lists.model import Findings
from alertengine.vocabulary import FIELDS

#: Shape of an id that stands in for a credit code (no code begins with X).
STAND_IN: Final = "^X[0-9A-F]{17}$"


def stand_in_id(city: str, enterprise: str) -> str:
    """The stable id of an enterprise without a credit code: X and 17 hexadecimal digits."""
    return "X" + hashlib.sha256(f"{city}\n{enterprise}".encode()).hexdigest()[:17].upper()


def enterprise_ids(
    lines: pd.DataFrame, rows: npt.NDArray[np.int64], header: str | None, findings: Findings
) -> pd.Series:
    """Every line's enterprise id: its code, valid or not, else that of the same name, else a stand-in."""
    column = pa.array(lines["enterprise_id"], type=pa.string(), from_pandas=True)
    ids = text_series(pc.utf8_trim_whitespace(pc.utf8_normalize(pc.utf8_upper(column), form="NFKC")))
    codes, distinct = pd.factorize(ids)
    distinct_ids = pd.Series(distinct, dtype=TEXT)
    standing = distinct_ids.str.match(STAND_IN).to_numpy(dtype=bool)
    wrong = ~(valid_codes(distinct_ids) | standing)
    if wrong.any():
        at = np.flatnonzero((codes >= 0) & wrong[codes])
        expected = "18 characters with the check character of GB 32100-2015"
        message = "credit code wrong; kept as the id of the enterprise"
        findings.bad_cells(header or "", rows[at], ids.iloc[at].tolist(), expected, message)
    return _fill_ids(lines, ids, rows, header, findings)


def _fill_ids(
    lines: pd.DataFrame, ids: pd.Series, rows: npt.NDArray[np.int64], header: str | None, findings: Findings
) -> pd.Series:
    missing = ids.isna().to_numpy()
    if not missing.any():
        return ids
    city = lines["city"].astype(TEXT).fillna("")
    name = lines["enterprise"].fillna("")
    nameless = (name == "").to_numpy()
    name = name.mask(nameless, pd.Series(rows, dtype="int64").astype(TEXT))
    who = pd.DataFrame({"city": city, "name": name, "id": ids})
    coded = who[~missing & ~nameless].drop_duplicates().drop_duplicates(["city", "name"], keep=False)
    wanted = who.loc[missing, ["city", "name"]].drop_duplicates().merge(coded, on=["city", "name"], how="left")
    made = [
        stand_in_id(c, n) if i != i else i  # noqa: PLR0124 -- NaN is unlike itself
        for c, n, i in zip(wanted["city"], wanted["name"], wanted["id"], strict=True)
    ]
    by_name = dict(zip(zip(wanted["city"], wanted["name"], strict=True), made, strict=True))
    at = np.flatnonzero(missing)
    filled = [by_name[key] for key in zip(city.iloc[at], name.iloc[at], strict=True)]
    known = "the enterprise goes by the code its name has elsewhere or by an id made of city and name"
    message = f"no credit code on {len(at)} lines; {known}"
    row = None if header is None else int(rows[at[0]])
    findings.warn(message, row=row, column=header or FIELDS["enterprise_id"].text)
    result = ids.copy()
    result.iloc[at] = filled
    return result


def line_ids(lines: pd.DataFrame, rows: npt.NDArray[np.int64], header: str, findings: Findings) -> pd.Series:
    """The line ids, blank ones numbered by the order of the line in its enterprise."""
    ids = lines["line_id"]
    missing = ids.isna().to_numpy()
    if not missing.any():
        return ids
    enterprise = lines["enterprise_id"]
    at = np.flatnonzero(missing)
    number = (enterprise.groupby(enterprise, sort=False).cumcount() + 1).astype(TEXT)
    result = ids.mask(missing, number)
    taken = pd.MultiIndex.from_arrays([enterprise[~missing], ids[~missing]])
    clash = at[pd.MultiIndex.from_arrays([enterprise.iloc[at], number.iloc[at]]).isin(taken)]
    given = set(taken[taken.get_level_values(0).isin(enterprise.iloc[clash])]) if len(clash) else set()
    for line in clash:
        name = f"{number.iloc[line]}+"
        while (enterprise.iloc[line], name) in given:
            name += "+"
        result.iloc[line] = name
    message = f"no line id on {len(at)} lines; numbered by their order in the enterprise"
    findings.warn(message, row=int(rows[at[0]]), column=header)
    return result


def refuse_duplicates(lines: pd.DataFrame, rows: npt.NDArray[np.int64], file: str) -> None:
    """Raise where the same line stands twice.

    Raises:
        InputError: one problem for each line that repeats an earlier one, naming both rows.

    """
    key = pd.factorize(lines["enterprise_id"])[0].astype(np.int64) * (len(lines) + 1)
    key += pd.factorize(lines["line_id"])[0]
    again = pd.Series(key).duplicated().to_numpy()
    if not again.any():
        return
    first = pd.Series(rows).groupby(key).transform("first").to_numpy()
    problems = [
        Problem(
            file,
            f"the same line twice (first on row {first[line]})",
            row=int(rows[line]),
            column="enterprise_id, line_id",
            value=f"{lines['enterprise_id'].iloc[line]}, {lines['line_id'].iloc[line]}",
            expected="each line once",
        )
        for line in np.flatnonzero(again)
    ]
    raise InputError(problems)
