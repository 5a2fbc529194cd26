"""Who a line belongs to: credit codes checked, stand-in ids made, line ids numbered, duplicates refused."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from string import ascii_letters, digits
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from alertengine.files import TEXT, Findings, Numbered, numbered, text_series
from alertengine.lists.credit_code import is_valid, valid_codes
from alertengine.lists.register import FORMS, Register
from alertengine.vocabulary import FIELDS, Problem, Words, plain_name

#: Shape of an id that stands in for a credit code (no code begins with X).
STAND_IN: Final = "^X[0-9A-F]{17}$"
#: The columns that tell a line, as a problem names them.
_IDS: Final = "enterprise_id, line_id"


def stand_in_id(city: str, enterprise: str) -> str:
    """The stable id of an enterprise without a credit code: X and 17 hexadecimal digits.

    The same for every spelling of its name (see :func:`~alertengine.rulebook._nearest.plain_name`).
    """
    name = plain_name(enterprise).replace("(", "（").replace(")", "）")  # as names are registered
    return "X" + hashlib.sha256(f"{city}\n{name}".encode()).hexdigest()[:17].upper()


def enterprise_ids(
    lines: pd.DataFrame, rows: npt.NDArray[np.int64], header: str | None, findings: Findings, register: Register
) -> pd.Series:
    """Every line's enterprise id: its code, valid or not, else that of the register or the same name, else a stand-in.

    Names that the register knows as one plant count as one.
    """
    written = numbered(lines["enterprise_id"])
    upper = pc.utf8_upper(written.texts)
    narrow = pc.all(pc.string_is_ascii(upper), min_count=0).as_py()
    plain = upper if narrow else pc.utf8_normalize(upper, form="NFKC")
    codes = written.mapped(_bare_codes(pc.utf8_trim_whitespace(plain)))
    ids = lines["enterprise_id"] if codes is written else codes.series(lines.index)
    standing = pc.match_substring_regex(codes.texts, STAND_IN).to_numpy(zero_copy_only=False)
    wrong = np.append(~(valid_codes(codes.texts) | standing), False)
    names = register.own_names(plain_names(lines["enterprise"]))
    if wrong.any():
        at = np.flatnonzero(wrong[codes.codes])
        findings.bad_cells(header or "", rows[at], ids.iloc[at].tolist(), "credit_code")
        # Whether the code of a line stands on several names (shape: lines)
        known = (codes.codes >= 0) & (names.codes >= 0)
        pairs = np.unique(np.column_stack([codes.codes, names.codes])[known], axis=0)
        shared = np.append(np.bincount(pairs[:, 0], minlength=len(codes.texts)) > 1, False)
        if (broken := (shared & wrong)[codes.codes]).any():
            ids = ids.mask(broken)  # a wrong code that several names have tells no one from another
            said = lines["enterprise_id"][broken].astype("object").fillna("").tolist()
            findings.bad_cells(header or "", rows[broken], said, "wrong_code_shared")
    if register.codes:
        ids = ids.where(ids.notna(), names.series(lines.index).map(register.codes).astype(TEXT))
    filled = _fill_ids(lines, names, ids, rows, header, findings)
    _ask_who(filled, names, lines, rows, findings)
    _ask_alike(filled, names, lines, rows, findings)
    register.ask(lines, filled, rows, findings)
    return filled


def _bare_codes(texts: pa.Array) -> pa.Array:
    """Codes without what stands between their signs or before them (spaces, an apostrophe, a label), if valid so."""
    odd = pc.match_substring_regex(texts, "[^0-9A-Z]")
    if not pc.any(odd).as_py():
        return texts
    said = texts.filter(odd).to_pylist()
    bare = [re.sub("[^0-9A-Z]", "", text) for text in said]
    kept = [code if is_valid(code) else text for text, code in zip(said, bare, strict=True)]
    return pc.replace_with_mask(texts, odd, pa.array(kept, texts.type))


def plain_names(names: pd.Series) -> Numbered:
    """The names as one spelling of them; only those with a sign that is rare in names are looked at one by one."""
    written = numbered(names)
    odd = pc.match_substring_regex(written.texts, _rare_sign())
    plain = pc.replace_substring(pc.replace_substring(written.texts, "（", "("), "）", ")")
    if pc.any(odd).as_py():
        one_by_one = [plain_name(text) for text in written.texts.filter(odd).to_pylist()]
        plain = pc.replace_with_mask(plain, odd, pa.array(one_by_one, plain.type))
    return written.mapped(plain)


@cache
def _rare_sign() -> str:
    """RE2: a sign that may not stand in a plain name as it is, round brackets of full width aside."""
    simplified = "".join(map(chr, range(0x4E00, 0xA000))).encode("gb2312", "ignore").decode("gb2312")
    return f"[^{ascii_letters}{digits}()（）{simplified}]"


def _ask_who(
    ids: pd.Series, names: Numbered, lines: pd.DataFrame, rows: npt.NDArray[np.int64], findings: Findings
) -> None:
    """Ask about one code on two names and one name under two codes: neither is merged nor doubled without a word."""
    number = [numbered(ids).codes, names.codes, lines["city"].cat.codes.to_numpy()]
    pairs = [len(pd.unique(one.astype(np.int64) * (len(lines) + 1) + number[1])) for one in (number[0], number[2])]
    if pairs == [len(pd.unique(number[0])), pairs[0]]:
        return
    city = lines["city"].astype("object")
    who = {"id": ids, "name": names.series(lines.index), "city": city, "line": np.arange(len(lines))}
    table = pd.DataFrame(who).dropna()
    distinct = table.drop_duplicates(["id", "name"])
    for code, key, field in (
        ("code_on_two_names", ["id"], "enterprise"),
        ("name_under_two_codes", ["city", "name"], "enterprise_id"),
    ):
        again = distinct[distinct.duplicated(key, keep=False)]
        for _, members in again.groupby(key, sort=False):
            first, *others = members["line"].tolist()
            held = lines[field] if field == "enterprise" else ids
            for line in others:
                place, there = findings.place(int(rows[first])), str(held.iloc[first])
                value, header = str(held.iloc[line]), FIELDS[field].text
                said = findings.problem(code, int(rows[line]), header, value, place=place, there=there)
                findings.problems.append(said)


def _ask_alike(
    ids: pd.Series, names: Numbered, lines: pd.DataFrame, rows: npt.NDArray[np.int64], findings: Findings
) -> None:
    """Ask about names of one city that differ in the form of the company or in case alone, without codes to tell."""
    if not pc.any(pc.match_substring_regex(numbered(ids).texts, STAND_IN)).as_py():
        return
    cores = pc.utf8_upper(pc.replace_substring_regex(names.texts, FORMS, "")).dictionary_encode()
    core = cores.indices.to_numpy()
    several = np.append(np.bincount(core)[core] > 1, False)
    at = np.flatnonzero(several[names.codes])
    table = pd.DataFrame({"id": ids.iloc[at], "core": core[names.codes[at]], "line": at})
    table = table.assign(city=lines["city"].iloc[at].astype("object")).drop_duplicates(["city", "id"])
    for _, members in table.groupby(["city", "core"], sort=False):
        if len(members) == 1 or not members["id"].str.match(STAND_IN).any():
            continue
        first, *others = members["line"].tolist()
        for line in others:
            place, there = findings.place(int(rows[first])), str(lines["enterprise"].iloc[first])
            value, header = str(lines["enterprise"].iloc[line]), FIELDS["enterprise"].text
            said = findings.problem("plants_alike", int(rows[line]), header, value, place=place, there=there)
            findings.problems.append(said)


def _fill_ids(
    lines: pd.DataFrame,
    names: Numbered,
    ids: pd.Series,
    rows: npt.NDArray[np.int64],
    header: str | None,
    findings: Findings,
) -> pd.Series:
    """The ids with the missing ones filled, one look a distinct (city, name)."""
    missing = ids.isna().to_numpy()
    if not missing.any():
        return ids
    count = int(missing.sum())
    row = None if header is None else int(rows[np.argmax(missing)])
    column = header or FIELDS["enterprise_id"].text
    findings.warn("no_codes", row=row, column=column, count=count)
    name = names.series(lines.index)
    nameless = name.isna().to_numpy()
    if nameless.any():  # without a name each row is an enterprise of its own
        name = name.mask(nameless, pd.Series(rows, dtype="int64").astype(TEXT))
    city_codes, cities = pd.factorize(lines["city"])
    name_codes, called = pd.factorize(name)
    group, keys = pd.factorize((city_codes + 1) * np.int64(len(called)) + name_codes)
    own = pd.DataFrame({"group": group, "id": ids})[~missing & ~nameless].drop_duplicates()
    single = own.drop_duplicates("group", keep=False)
    of_group = np.full(len(keys), None, dtype=object)
    of_group[single["group"].to_numpy()] = single["id"].to_list()
    wanted = np.unique(group[missing])
    wanted = wanted[of_group[wanted] == None]  # noqa: E711 -- element by element
    where, who = np.divmod(keys[wanted], len(called))
    places = ["", *map(str, cities)]
    found = np.asarray(called, dtype=object)[who]
    of_group[wanted] = [stand_in_id(places[at], str(said)) for at, said in zip(where, found, strict=True)]
    filled = pa.array(of_group, type=pa.string()).take(pa.array(group))
    return text_series(pc.coalesce(pa.array(ids, type=pa.string(), from_pandas=True), filled))


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
    findings.warn("no_line_id", row=int(rows[at[0]]), column=header, count=len(at))
    return result


@dataclass(frozen=True, slots=True)
class Repeats:
    """Lines that stand more than once.

    ``again`` (lines,) marks those that repeat an earlier one; ``defects`` name each of them with the
    row of the first, ``every`` the first ones too.
    """

    again: npt.NDArray[np.bool_]
    defects: tuple[Problem, ...] = ()
    every: tuple[Problem, ...] = ()


def repeated_lines(lines: pd.DataFrame, rows: npt.NDArray[np.int64], findings: Findings) -> Repeats:
    """The lines of which enterprise and line id stand more than once."""
    key = numbered(lines["enterprise_id"]).codes.astype(np.int64) * (len(lines) + 1)
    key += numbered(lines["line_id"]).codes
    again = pd.Series(key).duplicated().to_numpy()
    if not again.any():
        return Repeats(again)
    first = pd.Series(rows).groupby(key).transform("first").to_numpy()
    ids = pd.Series(lines["enterprise_id"].astype(TEXT) + ", " + lines["line_id"].astype(TEXT))

    def defect(line: int, code: str, **arguments: Words) -> Problem:
        return findings.problem(code, int(rows[line]), _IDS, str(ids.iloc[line]), **arguments)

    defects = {
        int(line): defect(int(line), "line_twice", first=findings.place(int(first[line])))
        for line in np.flatnonzero(again)
    }
    heads = np.flatnonzero(np.isin(key, key[again]) & ~again)
    firsts = {int(line): defect(int(line), "line_again") for line in heads}
    return Repeats(again, tuple(defects.values()), tuple((firsts | defects)[line] for line in sorted(firsts | defects)))
