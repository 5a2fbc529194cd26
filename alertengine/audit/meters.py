"""Whose evidence it is: readings joined to lines by meter, stack or gate number, else by enterprise."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.audit.baseline import Ints
from alertengine.audit.evidence_and_findings import Evidence
from alertengine.audit.findings import firsts_of, numbered
from alertengine.lists import PlantsOfList, line_keys
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


_NOBODY: Final = -1
_NONE: Final = np.zeros(0, dtype=np.int64)


@dataclass(slots=True)
class Groups:
    """Lines measured together.

    ``plant``: the number of the plant of each line; ``of_line``: the group of each line (-1: not measured by this
    evidence); ``of_reading``: the group of each reading (-1: of no line); ``part``: the meter or stack of each reading;
    ``count``: number of groups.  ``problems``: numbers of an enterprise with orders that the list does not name, and
    readings that several plants answer to, which are of none; ``notes``: readings of others.
    """

    plant: Ints
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
    table, plants = evidence.table, PlantsOfList(lines)
    listed = _ties(lines, number, enterprises)
    meant, asked = _as_listed(evidence, [str(text) for text in table[number].dropna().unique()], listed, number)
    alike, said = said_of(evidence, number)
    listed |= {text: listed[own] for text, own in meant.items()}
    cities = lines["city"].to_numpy(dtype=object)
    found = [_whose(row, plants, cities, listed, number) for row in said]
    firms = int(plants.plant.max(initial=-1)) + 1
    firm_of_reading = np.array([firms if one.firm == _NOBODY else one.firm for one in found], dtype=np.int64)[alike]
    ties = {place: one.tied for place, one in enumerate(found) if len(one.tied)}
    label, tied = _labels(len(lines), ties)
    by_number = np.array([label[one.tied[0]] if len(one.tied) else -1 for one in found], dtype=np.int64)[alike]
    # an enterprise none of whose lines is tied to a number is measured as a whole
    whole = np.full(firms + 1, -1, dtype=np.int64)
    loose = np.setdiff1d(np.arange(firms), plants.plant[tied])
    whole[loose] = label.max(initial=-1) + 1 + np.arange(len(loose))
    of_line = np.where(tied, label, whole[plants.plant])
    of_reading = np.where(by_number >= 0, by_number, whole[firm_of_reading])
    numbers, _ = pd.factorize(table[number])
    part, _ = pd.factorize(pd.Series(numbers).astype("int64") * (firms + 1) + firm_of_reading)
    used, of_line = _renumbered(of_line, of_reading)
    place = np.searchsorted(used, of_reading)
    known = of_reading >= 0
    place = np.where(known, np.minimum(place, max(used.size - 1, 0)), -1)
    unsure = np.array([len(one.several) + len(one.elsewhere) > 0 for one in found], dtype=bool)[alike]
    ours = firm_of_reading < firms
    problems = of_plants(evidence, alike, [plants.told(one.several) for one in found], "evidence_of_several_plants")
    problems += of_plants(evidence, alike, [plants.told(one.elsewhere) for one in found], "evidence_of_other_city")
    problems += _unmatched(evidence, np.flatnonzero((place < 0) & ours & ~unsure), number, "meter_not_tied")
    foreign = np.flatnonzero((place < 0) & ~ours & ~unsure)
    questions, told = problems_and_notes(asked)
    problems += questions + near_firms(evidence, foreign, lines)
    notes = _unmatched(evidence, foreign, number, "readings_of_no_line") + told
    return Groups(plants.plant, of_line, place, part.astype(np.int64), int(used.size), problems, notes)


def said_of(evidence: Evidence, *others: str) -> tuple[Ints, list[dict[str, str]]]:
    """What rows say of whom they are of: the number of what each says, and that, blank where it says nothing.

    That is city, code and name, and the columns ``others``.
    """
    table = evidence.table[["city", "enterprise_id", "enterprise", *others]]
    alike = numbered(*(pd.factorize(table[name])[0] for name in table))
    rows = table.iloc[firsts_of(alike)].astype("object")
    rows = rows.where(rows.notna(), "")
    rows = rows.assign(enterprise_id=rows["enterprise_id"].map(plain_name))
    return alike, [{str(name): text for name, text in row.items()} for row in rows.to_dict("records")]


class _Whose(NamedTuple):
    """The plant that readings name (_NOBODY: none, or not for certain) and the lines that their number is tied to.

    ``several``: the lines of all plants that answer to them, where they are of none for certain; ``elsewhere``: those
    of plants that would, in another city.
    """

    firm: int = _NOBODY
    tied: Ints = _NONE
    several: Ints = _NONE
    elsewhere: Ints = _NONE


def _whose(
    row: Mapping[str, str],
    plants: PlantsOfList,
    cities: npt.NDArray[np.object_],
    listed: Mapping[str, list[int]],
    number: str,
) -> _Whose:
    """Whose readings are, by what they say; ``cities``: of each line, ``listed``: the lines of each number.

    A meter has its number wherever it stands; stacks and gates (DA001) are numbered plant by plant.
    """
    here, held = plants.of(row), np.array(listed.get(row[number], ()), dtype=np.int64)
    firms, wide, city = np.unique(plants.plant[here]), number == "meter_no", row["city"]
    firm = int(firms[0]) if len(firms) == 1 else _NOBODY
    if firm != _NOBODY:
        own = held[plants.plant[held] == firm]
        if len(own) or not wide:
            return _Whose(firm, own)
        city = cities[here[0]]
    near = held[cities[held] == city] if city else held
    apart = set(cities[near] if wide else plants.plant[near])
    if len(here) and firm == _NOBODY and not (wide and len(near)):
        return _Whose(several=here)
    if len(apart) > 1:
        return _Whose(several=near)
    lost = firm == _NOBODY and not len(near)
    return _Whose(firm, near, elsewhere=plants.of({**row, "city": ""}) if lost else _NONE)


def of_plants(evidence: Evidence, alike: Ints, plants: Sequence[Sequence[str]], code: str) -> list[Problem]:
    """Rows that are of none of the plants that their code or name may mean: a few of them, and how many say the same.

    Args:
        evidence: the file.
        alike: of each row the number of what it says.
        plants: the plants of each of these; none where nothing is to be told.
        code: of the problem.

    """
    at = [row for row, one in zip(firsts_of(alike), plants, strict=True) if one]
    named = ["enterprise_id", "enterprise", *(name for name in evidence.table if str(name).endswith("_no"))]
    said, rows = [], np.bincount(alike)
    for row in at[:_NAMED]:
        cells = evidence.table[named].iloc[row].dropna()
        place: dict[str, Any] = {"file": evidence.file, "row": int(evidence.rows[row])}
        place |= {"column": str(cells.index[0]), "value": str(cells.iloc[0])}
        place |= {"plants": plants[alike[row]], "count": int(rows[alike[row]])}
        said.append(Problem(code, **place))
    if len(at) > _NAMED:
        said.append(Problem("more_of_these", file=evidence.file, count=len(at) - _NAMED, said=said[0]))
    return said


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


def _labels(count: int, ties: Mapping[int, Ints]) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """A label per line, the same for lines that share a number directly or through another line; and who is tied."""
    parent = np.arange(count, dtype=np.int64)

    def root(line: int) -> int:
        while parent[line] != line:
            parent[line] = parent[parent[line]]
            line = int(parent[line])
        return line

    tied = np.zeros(count, dtype=bool)
    for rows in ties.values():
        tied[rows] = True
        for line in rows[1:]:
            parent[root(line)] = root(rows[0])
    return np.array([root(line) for line in range(count)] if ties else parent, dtype=np.int64), tied


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
