"""Who a line belongs to: credit codes checked, stand-in ids made, line ids numbered, duplicates refused."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from string import ascii_letters, digits
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from alertengine.files import CodedTable, Findings, Numbered, joined, plain, text_array
from alertengine.lists.credit_code import is_valid, valid_codes
from alertengine.lists.register import FORMS, Register
from alertengine.vocabulary import FIELDS, PLANT_KEY, Problem, Words, plain_name

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
    lines: CodedTable, rows: npt.NDArray[np.int64], header: str | None, findings: Findings, register: Register
) -> Numbered:
    """Every line's enterprise id: its code, valid or not, else that of the register or the same name, else a stand-in.

    Names that the register knows as one plant count as one.
    """
    written = lines.text("enterprise_id")
    upper = pc.utf8_upper(written.texts)
    narrow = pc.all(pc.string_is_ascii(upper), min_count=0).as_py()
    plain_codes = upper if narrow else pc.utf8_normalize(upper, form="NFKC")
    ids = written.mapped(_bare_codes(pc.utf8_trim_whitespace(plain_codes)))
    wrong = np.append(~(valid_codes(ids.texts) | _standing_in(ids)), False)
    names = register.own_names(plain_names(lines.text("enterprise")))
    if wrong.any():
        at = np.flatnonzero(wrong[ids.codes])
        findings.bad_cells(header or "", rows[at], [ids[line] or "" for line in at], "credit_code")
        # Whether the code of a line stands on several names (shape: lines)
        at = np.flatnonzero(ids.known & names.known)
        pairs = at[joined(ids.codes[at], names.codes[at])[1]]
        shared = np.append(np.bincount(ids.codes[pairs], minlength=len(ids.texts)) > 1, False)
        if (broken := (shared & wrong)[ids.codes]).any():
            # a wrong code that several names have tells no one from another
            ids = replace(ids, codes=np.where(broken, np.int32(-1), ids.codes))
            said = [written[line] or "" for line in np.flatnonzero(broken)]
            findings.bad_cells(header or "", rows[broken], said, "wrong_code_shared")
    if register.codes:
        ids = ids.where(ids.known, names.mapped(text_array(map(register.codes.get, names.names))))
    filled = _fill_ids(lines, names, ids, rows, header, findings)
    _ask_who(filled, names, lines, rows, findings)
    _ask_alike(filled, names, lines, rows, findings)
    register.ask(lines, filled, rows, findings)
    return filled


def _standing_in(ids: Numbered) -> npt.NDArray[np.bool_]:
    """Which of the distinct ids are stand-ins."""
    return plain(pc.match_substring_regex(ids.texts, STAND_IN))


def _bare_codes(texts: pa.Array) -> pa.Array:
    """Codes without what stands between their signs or before them (spaces, an apostrophe, a label), if valid so."""
    odd = pc.match_substring_regex(texts, "[^0-9A-Z]")
    if not pc.any(odd).as_py():
        return texts
    said = texts.filter(odd).to_pylist()
    bare = [re.sub("[^0-9A-Z]", "", text) for text in said]
    kept = [code if is_valid(code) else text for text, code in zip(said, bare, strict=True)]
    return pc.replace_with_mask(texts, odd, text_array(kept, texts.type))


def plain_names(written: Numbered) -> Numbered:
    """The names as one spelling of them; only those with a sign that is rare in names are looked at one by one."""
    odd = pc.match_substring_regex(written.texts, _rare_sign())
    names = pc.replace_substring(pc.replace_substring(written.texts, "（", "("), "）", ")")
    if pc.any(odd).as_py():
        one_by_one = [plain_name(text) for text in written.texts.filter(odd).to_pylist()]
        names = pc.replace_with_mask(names, odd, text_array(one_by_one, names.type))
    return written.mapped(names)


@cache
def _rare_sign() -> str:
    """RE2: a sign that may not stand in a plain name as it is, round brackets of full width aside."""
    simplified = "".join(map(chr, range(0x4E00, 0xA000))).encode("gb2312", "ignore").decode("gb2312")
    return f"[^{ascii_letters}{digits}()（）{simplified}]"


def _ask_who(
    ids: Numbered, names: Numbered, lines: CodedTable, rows: npt.NDArray[np.int64], findings: Findings
) -> None:
    """Ask about one code on two names and one name under two codes: neither is merged nor doubled without a word."""
    if _one_each(ids, names) and _one_each(names, ids):
        return
    city = lines.text("city")
    at = np.flatnonzero(ids.known & names.known & city.known)
    distinct = at[joined(ids.codes[at], names.codes[at])[1]]
    for code, keys, field in (
        ("code_on_two_names", [ids], "enterprise"),
        ("name_under_two_codes", [city, names], "enterprise_id"),
    ):
        held = lines.text(field) if field == "enterprise" else ids
        for first, *others in _sharing(distinct, keys):
            for line in others:
                _ask(findings, code, rows, (first, line), held, field)


def _one_each(ids: Numbered, names: Numbered) -> bool:
    """Whether every id stands on one name alone, and every line has both."""
    if not (ids.known.all() and names.known.all()):
        return False
    name_of = np.empty(len(ids.texts), dtype=names.codes.dtype)
    name_of[ids.codes] = names.codes
    return np.array_equal(name_of.take(ids.codes), names.codes)


def _sharing(at: npt.NDArray[np.int64], keys: list[Numbered]) -> Iterator[list[int]]:
    """Of some lines those that share all of some columns with another of them, group by group."""
    group = joined(*(key.codes[at] for key in keys))[0]
    several = np.flatnonzero(np.bincount(group)[group] > 1)
    found: dict[int, list[int]] = {}
    for place in several.tolist():
        found.setdefault(int(group[place]), []).append(int(at[place]))
    yield from found.values()


def _ask(
    findings: Findings, code: str, rows: npt.NDArray[np.int64], pair: tuple[int, int], held: Numbered, field: str
) -> None:
    """Ask about a line beside an earlier one."""
    first, line = pair
    place, there = findings.place(int(rows[first])), held[first]
    findings.ask(code, int(rows[line]), FIELDS[field].text, held[line] or "", place=place, there=there)


def _ask_alike(
    ids: Numbered, names: Numbered, lines: CodedTable, rows: npt.NDArray[np.int64], findings: Findings
) -> None:
    """Ask about names of one city that differ in the form of the company or in case alone, without codes to tell."""
    standing = _standing_in(ids)
    if not standing.any():
        return
    cores = names.mapped(pc.utf8_upper(pc.replace_substring_regex(names.texts, FORMS, "")))
    of_name = np.unique(np.column_stack([cores.codes, names.codes]), axis=0)[:, 0]
    of_name = of_name[of_name >= 0]
    city = lines.text("city")
    at = np.flatnonzero(cores.table(np.bincount(of_name, minlength=len(cores.texts)) > 1, missing=False))
    at = at[joined(city.codes[at], ids.codes[at])[1]]
    for first, *others in _sharing(at[city.known[at]], [city, cores]):
        if not any(standing[ids.codes[line]] for line in (first, *others)):
            continue
        for line in others:
            _ask(findings, "plants_alike", rows, (first, line), lines.text("enterprise"), "enterprise")


def _fill_ids(
    lines: CodedTable,
    names: Numbered,
    ids: Numbered,
    rows: npt.NDArray[np.int64],
    header: str | None,
    findings: Findings,
) -> Numbered:
    """The ids with the missing ones filled, one look a distinct (city, name)."""
    missing = ~ids.known
    if not missing.any():
        return ids
    row = None if header is None else int(rows[np.argmax(missing)])
    column = header or FIELDS["enterprise_id"].text
    findings.warn("no_codes", row=row, column=column, count=int(missing.sum()))
    nameless = ~names.known
    if nameless.any():  # without a name each row is an enterprise of its own
        own = np.where(nameless, np.cumsum(nameless) - 1, -1)
        names = names.where(~nameless, Numbered(own, text_array(map(str, rows[nameless].tolist()))))
    city = lines.text("city")
    group, firsts = joined(city.codes, names.codes)
    at = np.flatnonzero(~missing & ~nameless)
    pairs = at[joined(group[at], ids.codes[at])[1]]
    of_group = np.full(len(firsts), -1, dtype=np.int64)  # the one id of the others that share a name
    of_group[group[pairs]] = ids.codes[pairs]
    of_group[np.bincount(group[pairs], minlength=len(firsts)) > 1] = -1
    wanted = np.unique(group[missing])
    wanted = wanted[of_group[wanted] < 0]
    of_group[wanted] = len(ids.texts) + np.arange(len(wanted))
    made = [stand_in_id(city[line] or "", names[line] or "") for line in firsts[wanted].tolist()]
    texts = pa.concat_arrays([ids.texts.cast(pa.string()), text_array(made)])
    return ids.where(~missing, Numbered(of_group[group], texts))


def line_ids(lines: CodedTable, rows: npt.NDArray[np.int64], header: str, findings: Findings) -> Numbered:
    """The line ids, blank ones numbered by the order of the line in its enterprise."""
    ids = lines.text("line_id")
    missing = ~ids.known
    if not missing.any():
        return ids
    enterprise = lines.text("enterprise_id").codes
    distinct, places = np.unique(_running(enterprise), return_inverse=True)
    result = ids.where(~missing, Numbered(places, text_array(map(str, (distinct + 1).tolist()))))
    key, _ = joined(enterprise, result.codes)
    at = np.flatnonzero(missing)
    clash = at[np.isin(key[at], key[~missing])]
    if len(clash):
        near = np.flatnonzero(~missing & np.isin(enterprise, enterprise[clash]))
        given = {(int(enterprise[line]), result[line]) for line in near}
        made = []
        for line in clash:
            name = f"{result[line]}+"
            while (int(enterprise[line]), name) in given:
                name += "+"
            made.append(name)
        own = np.full(len(ids), -1)
        own[clash] = np.arange(len(clash))
        result = result.where(own < 0, Numbered(own, text_array(made)))
    findings.warn("no_line_id", row=int(rows[at[0]]), column=header, count=len(at))
    return result


def _running(codes: npt.NDArray[np.signedinteger]) -> npt.NDArray[np.int64]:
    """The number of each line, from 0, among those of its code."""
    order = np.argsort(codes, kind="stable")
    _, begins, counts = np.unique(codes[order], return_index=True, return_counts=True)
    out = np.empty(len(codes), dtype=np.int64)
    out[order] = np.arange(len(codes)) - np.repeat(begins, counts)
    return out


@dataclass(frozen=True, slots=True)
class Repeats:
    """Lines that stand more than once.

    ``again`` (lines,) marks those that repeat an earlier one; ``defects`` name each of them with the
    row of the first, ``every`` the first ones too.
    """

    again: npt.NDArray[np.bool_]
    defects: tuple[Problem, ...] = ()
    every: tuple[Problem, ...] = ()


def repeated_lines(lines: CodedTable, rows: npt.NDArray[np.int64], findings: Findings) -> Repeats:
    """The lines of which enterprise and line id stand more than once."""
    enterprise, line_id = lines.text("enterprise_id"), lines.text("line_id")
    key, firsts = joined(enterprise.codes, line_id.codes)
    again = np.ones(len(lines), dtype=bool)
    again[firsts] = False
    if not again.any():
        return Repeats(again)

    def defect(line: int, code: str, **arguments: Words) -> Problem:
        said = f"{enterprise[line]}, {line_id[line]}"
        return findings.problem(code, int(rows[line]), _IDS, said, **arguments)

    at = np.flatnonzero(again).tolist()
    defects = {line: defect(line, "line_twice", first=findings.place(int(rows[firsts[key[line]]]))) for line in at}
    heads = {int(firsts[key[line]]): defect(int(firsts[key[line]]), "line_again") for line in at}
    every = heads | defects
    return Repeats(again, tuple(defects.values()), tuple(every[line] for line in sorted(every)))


def plain_line_ids(ids: Numbered) -> Numbered:
    """Line ids in one spelling: without width, space, case, leading zeros and a ``.0``."""
    narrow = pc.all(pc.string_is_ascii(ids.texts), min_count=0).as_py()
    texts = pc.utf8_upper(ids.texts if narrow else pc.utf8_normalize(ids.texts, form="NFKC"))
    for pattern, kept in ((r"\s+", ""), (r"\.0$", ""), (r"^0+([0-9])", r"\1")):
        texts = pc.replace_substring_regex(texts, pattern, kept)
    return ids.mapped(texts)


def ask_lines(lines: CodedTable, rows: npt.NDArray[np.int64], findings: Findings) -> None:
    """Ask about lines of one enterprise whose ids differ in width, space, case, leading zeros or a ``.0`` alone."""
    ids, who = (lines.text(name) for name in ("line_id", "enterprise"))
    folded = plain_line_ids(ids)
    if len(folded.texts) == len(ids.texts):
        return
    key, firsts = joined(lines.numbers(PLANT_KEY), folded.codes)
    first = firsts[key]
    for line in np.flatnonzero(ids.codes != ids.codes[first]).tolist():
        there, place = str(ids[int(first[line])]), findings.place(int(rows[first[line]]))
        header, row = FIELDS["line_id"].text, int(rows[line])
        findings.ask("lines_alike", row, header, str(ids[line]), place=place, there=there, who=str(who[line]))
