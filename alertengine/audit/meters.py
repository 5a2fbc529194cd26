"""Whose evidence it is: readings joined to lines by meter, stack or gate number, else by enterprise."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.audit.baseline import Ints
from alertengine.audit.evidence_and_findings import Evidence
from alertengine.lists import line_keys
from alertengine.rulebook import nearest
from alertengine.vocabulary import Problem, plain_name, problems_and_notes

#: Readings of no line named one by one; the rest are counted.
_NAMED = 5
#: Names nearer than this (0 to 100) may be those of one enterprise.
_NEARLY = 80
#: A number that a spreadsheet took for one of its own; with this exponent it still shows every digit.
_AS_FLOAT = re.compile(r"(\d+)(?:\.(\d+))?(?:[eE]\+?(\d+))?")
_EXACT = 14
_DASHED = re.compile(r"(?=(?:-*\d){8})[\d-]+")
#: What may stand between several numbers in a cell of the list.
_BETWEEN = re.compile(r"[;；,，、|/\s]+")


@dataclass(slots=True)
class Groups:
    """Lines measured together.

    ``of_line``: the group of each line (-1: not measured by this evidence); ``of_reading``: the group of each
    reading (-1: of no line); ``part``: the meter or stack of each reading; ``count``: number of groups.
    ``problems``: numbers of an enterprise with orders that the list does not name; ``notes``: readings of others.
    """

    of_line: Ints
    of_reading: Ints
    part: Ints
    count: int
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


def grouped(evidence: Evidence, lines: pd.DataFrame, number: str, enterprises: pd.DataFrame | None) -> Groups:
    """Join readings to lines.

    Args:
        evidence: with the column ``number``.
        lines: the lines of the duties.
        number: ``meter_no``, ``cems_no`` or ``gate_no``.
        enterprises: the list, with LINE_KEY and ``number``; None where there is none.

    """
    table = evidence.table
    firm_of_line, firms = pd.factorize(lines["enterprise_id"])
    firm_of_reading = _firms(table, lines, firms)
    numbers, named = pd.factorize(table[number])
    listed = _ties(lines, number, enterprises)
    meant, asked = _as_listed(evidence, [str(text) for text in named], listed, number)
    named = pd.Index([meant.get(str(text), str(text)) for text in named])
    seen = set(named)
    ties = {text: rows for text, rows in listed.items() if text in seen}
    label, tied = _labels(firm_of_line, ties)
    label_of_number = {text: label[rows[0]] for text, rows in ties.items()}
    by_number = np.array([label_of_number.get(str(text), -1) for text in named] + [-1], dtype=np.int64)[numbers]
    # an enterprise none of whose lines is tied to a number is measured as a whole
    whole = np.full(len(firms) + 1, -1, dtype=np.int64)
    loose = np.setdiff1d(np.arange(len(firms)), firm_of_line[tied])
    whole[loose] = label.max(initial=-1) + 1 + np.arange(len(loose))
    of_line = np.where(tied, label, whole[firm_of_line])
    of_reading = np.where(by_number >= 0, by_number, whole[firm_of_reading])
    part, _ = pd.factorize(pd.Series(numbers).astype("int64") * (len(firms) + 1) + firm_of_reading)
    used, of_line = _renumbered(of_line, of_reading)
    place = np.searchsorted(used, of_reading)
    known = of_reading >= 0
    place = np.where(known, np.minimum(place, max(used.size - 1, 0)), -1)
    ours = firm_of_reading < len(firms)
    problems = _unmatched(evidence, np.flatnonzero((place < 0) & ours), number, "meter_not_tied")
    foreign = np.flatnonzero((place < 0) & ~ours)
    unsure, told = problems_and_notes(asked)
    problems += unsure + near_firms(evidence, foreign, lines)
    notes = _unmatched(evidence, foreign, number, "readings_of_no_line") + told
    return Groups(of_line, place, part.astype(np.int64), int(used.size), problems, notes)


def _firms(table: pd.DataFrame, lines: pd.DataFrame, firms: pd.Index) -> Ints:
    """The enterprise of each reading by id, else by a name only one enterprise has; the number of firms if none."""
    place = {text: at for at, text in enumerate(firms)}
    names = lines.drop_duplicates(["enterprise_id", "enterprise"])
    names = names[~names["enterprise"].duplicated(keep=False)]
    names = names.assign(enterprise=names["enterprise"].astype("str").map(plain_name))
    names = names[~names["enterprise"].duplicated(keep=False)]
    of_name = dict(zip(names["enterprise"], names["enterprise_id"].map(place), strict=True))
    out = np.full(len(table), len(firms), dtype=np.int64)
    for column, known in (("enterprise", of_name), ("enterprise_id", place)):
        codes, texts = pd.factorize(table[column])
        said = [plain_name(str(text)) for text in texts]
        found = np.array([known.get(text, len(firms)) for text in said] + [len(firms)], dtype=np.int64)[codes]
        out = np.where(found < len(firms), found, out)
    return out


def _as_listed(
    evidence: Evidence, named: list[str], listed: dict[str, list[int]], number: str
) -> tuple[dict[str, str], list[Problem]]:
    """Numbers that have lost their leading zeros under the listed number they can only be; doubtful ones are asked."""
    bare: dict[str, list[str]] = {}
    for text in listed:
        bare.setdefault(_bare(text), []).append(text)
    of: dict[str, list[str]] = {}
    for text in named:
        of.setdefault(_bare(text), []).append(text)
    meant: dict[str, str] = {}
    asked: list[Problem] = []
    for text in named:
        near = [] if text in listed else bare.get(_bare(text), [])
        if not near:
            continue
        sure = len(near) == 1 and len(of[_bare(text)]) == 1
        row = int(evidence.rows[np.flatnonzero((evidence.table[number] == text).to_numpy())[0]])
        place: dict[str, Any] = {"file": evidence.file, "row": row, "column": number, "value": text}
        asked.append(Problem("number_zeros" if sure else "number_nearly", near=near, **place))
        if sure:
            meant[text] = near[0]
    return meant, asked


def _bare(text: str) -> str:
    """A number as a spreadsheet leaves it: no leading zeros; 1.2345678E7 and 12345678.0 as all their digits.

    Nor quotes, nor dashes between the digits of a long one: '0012345678 and 00-1234-5678.
    """
    plain = plain_name(text).strip("'‘’`\"")
    plain = plain.replace("-", "") if _DASHED.fullmatch(plain) else plain
    found = _AS_FLOAT.fullmatch(plain)
    if found:
        fraction, exponent = (found[2] or "").rstrip("0"), int(found[3] or 0)
        plain = found[1] + fraction if len(fraction) == exponent <= _EXACT else plain
    return plain.lstrip("0")


def near_firms(evidence: Evidence, at: Ints, lines: pd.DataFrame) -> list[Problem]:
    """Names of readings of no enterprise with orders that nearly are one: a question each, with the candidates."""
    if not len(at):
        return []
    names = {plain_name(name): name for name in lines["enterprise"].dropna().astype("str").unique()}
    said = evidence.table["enterprise"].iloc[at]
    firsts = said.notna().to_numpy() & ~said.duplicated().to_numpy()
    out = []
    for row, text in zip(at[firsts], said[firsts].astype("str"), strict=True):
        near = nearest(plain_name(text), names, least=_NEARLY)
        if near:
            place: dict[str, Any] = {"file": evidence.file, "row": int(evidence.rows[row]), "column": "enterprise"}
            out.append(Problem("firm_nearly", value=text, near=near, **place))
    return out[:_NAMED]


def _ties(lines: pd.DataFrame, number: str, enterprises: pd.DataFrame | None) -> dict[str, list[int]]:
    """Each meter, stack or gate of the list with the lines it serves."""
    if enterprises is None or number not in enterprises:
        return {}
    listed = enterprises[enterprises[number].notna()]
    if listed.empty:
        return {}
    places = {key: at for at, key in enumerate(line_keys(lines))}
    ties: dict[str, list[int]] = {}
    for key, cell in zip(line_keys(listed), listed[number].astype("str"), strict=True):
        for text in {cell.strip(), *_BETWEEN.split(cell)}:  # 1#、2#机组 may be the name of one stack
            if text and key in places:
                ties.setdefault(text, []).append(places[key])
    return ties


def _labels(firm: Ints, ties: dict[str, list[int]]) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """A label per line, the same for lines that share a number directly or through another line; and who is tied."""
    parent = np.arange(len(firm), dtype=np.int64)

    def root(line: int) -> int:
        while parent[line] != line:
            parent[line] = parent[parent[line]]
            line = int(parent[line])
        return line

    tied = np.zeros(len(firm), dtype=bool)
    for rows in ties.values():
        tied[rows] = True
        for line in rows[1:]:
            parent[root(line)] = root(rows[0])
    return np.array([root(line) for line in range(len(firm))] if ties else parent, dtype=np.int64), tied


def _renumbered(of_line: Ints, of_reading: Ints) -> tuple[Ints, Ints]:
    """The labels that readings have, sorted, and the place of each line's among them (-1: no readings)."""
    used = np.unique(of_reading[of_reading >= 0])
    place = np.searchsorted(used, of_line)
    inside = (of_line >= 0) & (place < used.size)
    inside[inside] = used[place[inside]] == of_line[inside]
    return used, np.where(inside, place, -1)


def _unmatched(evidence: Evidence, at: Ints, number: str, code: str) -> list[Problem]:
    """Readings that could not be joined: who they are of, the first few by name."""
    if not len(at):
        return []
    table = evidence.table.iloc[at][[number, "enterprise_id", "enterprise"]].astype("object")
    texts, of = table.bfill(axis=1).iloc[:, 0], table.notna().idxmax(axis=1)
    firsts = ~texts.duplicated().to_numpy()
    names = texts[firsts].tolist()
    said = [
        Problem(code, file=evidence.file, row=int(evidence.rows[row]), column=str(column), value=str(name))
        for row, column, name in zip(at[firsts][:_NAMED], of[firsts], names, strict=False)
    ]
    if len(names) > _NAMED:
        said.append(Problem("more_of_these", file=evidence.file, count=len(names) - _NAMED, said=said[0]))
    return said
