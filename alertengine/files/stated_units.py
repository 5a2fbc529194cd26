"""Units that stand elsewhere than in the header of a column: above the table, or in each of its cells."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from alertengine.files._arrow import as_text, text_array
from alertengine.files.cells import plain_number, tidy
from alertengine.files.header_finder import Grid, RawTable
from alertengine.files.headers import matched
from alertengine.files.schema import Schema
from alertengine.files.units import is_unit, plain_unit, same_unit, unit_named
from alertengine.vocabulary import FIELDS

#: RE2: a number with letters behind it, in either width; and the two parts of one that is tidy.
_LOOKS: Final = r"^[\s+\-]*[0-9０-９][0-9０-９.,．，]*\s*[^\s0-9０-９.,．，%％]"
_OF_A_TIME: Final = re.compile("小?时|h|天|日|年|月")
_WITH_UNIT: Final = re.compile(r"([+-]?\d[\d.,]*)\s*([^\d\s.,%].*)")


def of_rows_above(
    table: RawTable, above: Grid, schema: Schema, names: Mapping[str, tuple[str, ...]]
) -> tuple[RawTable, str, list[str]]:
    """A table whose amounts without a unit have that which the rows above the header name (单位：吨/年).

    Returns:
        The table, the unit and the headers it is now the unit of.

    """
    of = schema.energies or schema.amounts
    unit = unit_named((cell for row in above for cell in row), energy=bool(schema.energies)) if of else ""
    columns = matched(table.headers, names) if unit else []
    amounts = [one.header for one in columns if one.lacks_unit and of & set(one.fields)]
    time = unit.removeprefix("/") if unit.startswith("/") else ""  # of a year, of which mass a row below may say
    named = {header: f"{time}{header}" if time else f"{header}({unit})" for header in amounts}
    return table.renamed(named), unit, amounts


def of_cells(table: RawTable, names: Mapping[str, tuple[str, ...]]) -> tuple[RawTable, dict[str, str]]:
    """A table in which columns of numbers that all have one unit behind them (6吨/年) have it in their header.

    A column stays as it is, and its cells are bad ones, where they differ, some have none, or the header has another.

    Returns:
        The table, and the unit of each such header.

    """
    found: dict[str, str] = {}
    columns = list(table.columns)
    lacking: list[str] = []
    for column in matched(table.headers, names):
        texts = columns[column.place]
        name = column.fields[0] if column.fields else ""
        if not name or (name in FIELDS and FIELDS[name].type not in ("number", "integer")) or not _looks(texts):
            continue
        coded = texts if pa.types.is_dictionary(texts.type) else as_text(texts).dictionary_encode()
        cells = coded.dictionary.to_pylist()
        parts = [_WITH_UNIT.fullmatch(tidy(cell)) for cell in cells]
        unit = next((plain_unit(part[2]) for part in parts if part), "")
        plain = [plain_number(cell) for cell, part in zip(cells, parts, strict=True) if not part]
        same = is_unit(unit) and all(same_unit(plain_unit(part[2]), unit) for part in parts if part)
        if not same or any(number and not math.isnan(number) for number in plain):
            continue
        if name not in FIELDS and _OF_A_TIME.fullmatch(unit):  # 8时 and 3日
            continue
        if not (column.lacks_unit or same_unit(column.unit, unit)):
            continue
        found[column.header] = unit
        lacking += [column.header] if column.lacks_unit else []
        bare = text_array([part[1] if part else cell for part, cell in zip(parts, cells, strict=True)])
        columns[column.place] = pa.DictionaryArray.from_arrays(coded.indices, bare).dictionary_decode()
    changed = replace(table, columns=columns, said=None) if found else table
    return changed.renamed({header: f"{header}({found[header]})" for header in lacking}), found


def _looks(column: pa.Array) -> bool:
    """Whether some cell is a number with something behind it."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary
    if not pa.types.is_string(column.type):
        return False
    return bool(pc.any(pc.match_substring_regex(column, _LOOKS)).as_py())
