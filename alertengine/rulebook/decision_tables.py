"""Decision tables: large grids inside a document, one row a rule, as the guides print them.

A row holds one cell per ``match`` field and then one cell per level (or a single
``then``).  A cell of conditions is a value, a list, a comparison or ``*``; a cell of
measures is a measure, ``missing`` (a declared hole) or ``-`` (the document says nothing).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from alertengine.vocabulary import FIELDS, LEVEL_TEXT, SaidError

MISSING = "missing"
SILENT = "-"
#: Keys of a table that are none of its rules'.
GRID_KEYS = {"id", "match", "levels", "rows", "all_levels"}


class TableError(SaidError):
    """What is wrong in a table: ``where`` names row and column."""

    def __init__(self, where: str, code: str, **arguments: Any) -> None:
        """Remember the place beside the message, a code with its arguments."""
        self.where = where
        super().__init__(code, **arguments)


@dataclass(frozen=True, slots=True)
class Hole:
    """A cell declared missing: table, row values, level, and the keys the rule would have (``when`` complete)."""

    table: str
    match: dict[str, Any]
    level: str
    rule: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Expanded:
    """A table written out: plain rules (raw mappings), its declared holes, and what is wrong with other rows."""

    rules: list[dict[str, Any]] = field(default_factory=list)
    holes: list[Hole] = field(default_factory=list)
    errors: list[TableError] = field(default_factory=list)


def expand(table: dict[str, Any]) -> Expanded:
    """Write a table out as plain rules.

    Raises:
        TableError: a key is malformed, or there is no row.

    """
    name = str(table.get("id", ""))
    if not name:
        raise TableError("table", "table_id_missing")
    match = _names(table.get("match"), f"{name} match")
    for column in match:
        if column not in FIELDS:
            raise TableError(f"{name} match", "table_unknown_field", found=column)
    levels = _names(table.get("levels", []), f"{name} levels")
    common = {key: value for key, value in table.items() if key not in GRID_KEYS}
    out = Expanded()
    for number, row in enumerate(table.get("rows") or [], start=1):
        _row(out, name, match, levels or [""], row, common, f"{name} row {number}")
    for number, row in enumerate(table.get("all_levels") or [], start=1):
        cells = _cells(out, row, len(match) + 1, f"{name} all_levels row {number}")
        if cells:
            keys = {**common, **({"levels": levels} if levels else {})}
            _rule(out, name, match, cells[: len(match)], "", keys, cells[-1])
    if not out.rules and not out.holes and not out.errors:
        raise TableError(name, "table_no_rows")
    return out


def _row(
    out: Expanded, name: str, match: list[str], levels: list[str], row: Any, common: dict[str, Any], where: str
) -> None:
    cells = _cells(out, row, len(match) + len(levels), where)
    for level, cell in zip(levels, cells[len(match) :], strict=bool(cells)):
        if cell == SILENT:
            continue
        if cell == MISSING:
            values = dict(zip(match, cells, strict=False))
            when = {**(common.get("when") or {}), **{key: value for key, value in values.items() if value != "*"}}
            out.holes.append(Hole(name, values, level, {**common, "when": when}))
            continue
        _rule(out, name, match, cells[: len(match)], level, {**common, **({"levels": [level]} if level else {})}, cell)


def _rule(
    out: Expanded, name: str, match: list[str], values: list[Any], level: str, common: dict[str, Any], then: Any
) -> None:
    when = dict(common.get("when") or {})
    when |= {column: value for column, value in zip(match, values, strict=True) if value != "*"}
    label = ".".join(_label(value) for value in values if value != "*") or "any"
    suffix = level or ("all" if "levels" in common else "")
    rule_id = f"{name}-{label}" + (f"-{suffix}" if suffix else "")
    known = {rule["id"] for rule in out.rules}
    number = 2
    while rule_id in known:
        rule_id = f"{name}-{label}" + (f"-{suffix}" if suffix else "") + f"-{number}"
        number += 1
    said = "、".join(part for part in (label.replace(".", "、"), LEVEL_TEXT.get(level, "")) if part and part != "any")
    title = f"{common.get('title', name)}" + (f"（{said}）" if said else "")
    out.rules.append(
        {**common, "id": rule_id, "title": title, "when": when, "then": then, "cell": [name, label, level]}
    )


def _label(value: Any) -> str:
    if isinstance(value, list):
        return ".".join(map(_label, value))
    if isinstance(value, dict):
        return ".".join(f"{key}{_label(item)}" for key, item in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace(" ", "").replace(";", "").replace("/", "")


def _cells(out: Expanded, row: Any, width: int, where: str) -> list[Any]:
    """The cells of a row; none of one that has not so many, which is noted."""
    if isinstance(row, list) and len(row) == width:
        return row
    found = len(row) if isinstance(row, list) else type(row).__name__
    out.errors.append(TableError(where, "table_width", width=width, found=found))
    return []


def _names(value: Any, what: str) -> list[str]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(item, str) for item in names):
        raise TableError(what, "table_no_names")
    return names
