"""Headers of a list: which field a column is, and in which unit it is given."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from alertengine.files.units import is_unit, per_time, plain_unit, unit_at_end
from alertengine.vocabulary import EMISSION_FIELDS, UNSEEN, Problem, simplified

#: What a header may have in it without being another: space, line breaks, marks between words, invisible signs.
_SPACE: Final = re.compile(rf"[\s_\-{UNSEEN}]+")
#: Brackets of any form, as plain ones.
_BRACKETS: Final = str.maketrans("[]{}【】〔〕〈〉《》「」", "()" * 7)
_BRACKET: Final = re.compile(r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)\s*$")
#: What a form has around a header: *企业名称, 1.企业名称, (2)城市, 行业（必填）, 工序：.
_OF_FORM: Final = re.compile(r"^\s*[*※★●▲']+|^\s*\(?\d{1,3}[.、)](?!\d)|\s*\((?:非?必填|选填|可空)项?\)|[*※★:]+\s*$")
#: Longer cells are no headers.
_LONGEST: Final = 100
#: What may stand between a header and its unit: NOx排放量：kg/d, NOx排放量_kg_d.
_BETWEEN: Final = re.compile(r"[:,;、/|_\s\-—]+")
#: Of which time an amount is, said in words: NOx年排放量(吨), 2025年度SO2排放量, 年产能(万吨); and fields of such.
_OF_TIME: Final = re.compile(r"(?:20\d\d)?年度?|全年|每年|日均|每日|每天|日")
_AMOUNTS: Final = frozenset(EMISSION_FIELDS.values())
_CAPACITY: Final = frozenset({"capacity"})


def normal(header: str) -> str:
    """A header without full-width forms, traditional characters, spaces, line breaks, ``_``, ``-`` and case."""
    return _SPACE.sub("", _written(header))


def _written(header: str) -> str:
    plain = simplified(unicodedata.normalize("NFKC", header))
    return _OF_FORM.sub("", plain.translate(_BRACKETS).lower()).strip()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file: its place, its header as written, its fields (none: carried through) and its unit."""

    place: int
    header: str
    fields: tuple[str, ...] = ()
    unit: str = ""

    @property
    def lacks_unit(self) -> bool:
        """Whether its header leaves the unit to say, or all of it but the time (``/年``)."""
        return not self.unit or self.unit.startswith("/")


def match(header: str, place: int, names: Mapping[str, tuple[str, ...]]) -> Column:
    """The column behind a header; a unit after its words is kept apart, in one spelling (:func:`plain_unit`).

    ``NOx排放量(kg/d)``, ``NOx排放量【kg／d】``, ``NOx排放量：kg/d``, ``NOx排放量_kg_d``, ``NOx排放量kg·d-1`` are one.
    """
    written = _written(header)
    text = _SPACE.sub("", written)
    bracket = _BRACKET.search(written)
    fields = names.get(text, ())
    if fields:
        inside = plain_unit(bracket[1]) if bracket else ""
        return Column(place, header.strip(), fields, inside if is_unit(inside) else "")
    if bracket and not is_unit(bracket[1]):  # AQI（下限） is AQI下限
        fields = names.get(text.replace("(", "").replace(")", ""), ())
        if fields:
            return Column(place, header.strip(), fields)
    for bare, unit in _apart(written, bracket):
        fields = names.get(_SPACE.sub("", bare), ())
        if fields:
            return Column(place, header.strip(), fields, plain_unit(unit))
    return _of_a_time(header, place, names) or Column(place, header.strip())


def _of_a_time(header: str, place: int, names: Mapping[str, tuple[str, ...]]) -> Column | None:
    """An amount whose header says its time in words: ``NOx年排放量(吨)`` is in 吨/年; a capacity only with its unit."""
    written = _written(header)
    time = _OF_TIME.search(written) if "排放" in written or "产能" in written else None
    if time is None:
        return None
    found = match(written[: time.start()] + written[time.end() :], place, names)
    word, unit, said = "年" if "年" in time[0] else "日", found.unit, per_time(found.unit)[1]
    at_odds = bool(said) and said != {"年": "year", "日": "day"}[word]
    if not _AMOUNTS.intersection(found.fields) and (at_odds or not unit or not _CAPACITY.intersection(found.fields)):
        return None
    if at_odds:
        unit = f"{word}{unit}"  # no unit of amounts
    elif not said and (unit or word == "年"):
        unit = f"{unit}/{word}"
    return Column(place, header.strip(), found.fields, unit)


def matched(headers: Sequence[str], names: Mapping[str, tuple[str, ...]]) -> list[Column]:
    """The columns behind the headers of a table, in order."""
    return [match(header, place, names) for place, header in enumerate(headers)]


def columns_twice(
    columns: Sequence[Column], file: str, row: int | None, sheets: Mapping[str, str] | None = None
) -> list[Problem]:
    """A problem for each further column of a field: which of them counts is not for a program to say.

    ``sheets``: of a table of several sheets the one on which each header stands.
    """
    sheets = sheets or {}
    first: dict[str, str] = {}
    problems = []
    for column in columns:
        for name in column.fields:
            if name in first:
                both = first[name], column.header
                apart = len({sheets.get(header) for header in both}) > 1
                one, other = (f"{header}（{sheets[header]}）" if apart else header for header in both)
                said = {"field": name, "first": one, "second": other}
                code = "sheets_differ" if apart else "column_twice"
                problems.append(Problem(code, file=file, row=row, column=column.header, **said))
            first.setdefault(name, column.header)
    return problems


def _apart(written: str, bracket: re.Match[str] | None) -> Iterator[tuple[str, str]]:
    """The ways to take a header and its unit apart, the surest first; in brackets stands a unit, known or not."""
    if bracket:
        yield written[: bracket.start()].rstrip(":,;、/|_- "), bracket[1]
    for between in _BETWEEN.finditer(written):
        before, after = written[: between.start()], written[between.end() :]
        if before and (is_unit(after) or (":" in between[0] and "/" in after)):
            yield before, after
    before, after = unit_at_end(_SPACE.sub("", written))
    if after:
        yield before, after


def known(names: Mapping[str, tuple[str, ...]]) -> Callable[[str], bool]:
    """Whether a cell is one of the headers, as a test for finding the header row."""

    @lru_cache(maxsize=1 << 12)
    def is_header(cell: str) -> bool:
        return bool(match(cell, 0, names).fields)

    return lambda cell: 0 < len(cell) <= _LONGEST and is_header(cell)
