"""The column dictionary of ``enterprise_lists/README.md``, made from the vocabulary.

``python -m alertengine.lists.column_dictionary`` writes it anew.
"""

from __future__ import annotations

from typing import Final

from alertengine.files import lists_folder
from alertengine.vocabulary import (
    COMBINED_HEADERS,
    LIST_FIELDS,
    PLAN_SHARE_FIELDS,
    TOTAL_COLUMNS,
    Field,
    between,
    held_as,
)

#: Lines of the README between which the dictionary stands.
BEGIN: Final = "<!-- column dictionary: begin (made by alertengine.lists.column_dictionary) -->"
END: Final = "<!-- column dictionary: end -->"

_TYPES: Final = {
    "text": "text",
    "code": "one of the values",
    "open": "open list",
    "bool": "是/否",
    "number": "number",
    "integer": "whole number",
    "names": "names joined by ;",
}


def column_dictionary() -> str:
    """Two markdown tables: the columns of a list and those of the city totals."""
    rows = ["| field | 表头 | type | unit | held as | values and notes |", "|---|---|---|---|---|---|"]
    rows += [_row(field) for field in LIST_FIELDS]
    for header, names in COMBINED_HEADERS.items():
        meant = " and ".join(f"`{name}`" for name in names)
        rows.append(f"| | {header} | 是/否 | | | {meant} at once: 是 = both hold, 否 = which one fails is unknown |")
    totals = ["| column | 表头 | unit |", "|---|---|---|"]
    for name, headers in TOTAL_COLUMNS.items():
        unit = "kg/d" if name.endswith("_kg_d") else ""
        totals.append(f"| `{name}` | {_cell(headers)} | {unit} |")
    return "\n".join([*rows, "", "City totals (全社会排放):", "", *totals])


def with_dictionary(readme: str) -> str:
    """The text of a README with the dictionary between its two markers brought up to date."""
    return between(readme, BEGIN, END, f"\n{column_dictionary()}\n")


def _row(field: Field) -> str:
    name = f"`{field.name}`" + (" ●" if field.required else "") + (" ✕" if field.private else "")
    open_list = f"rules/vocabulary/{field.open_list}.yaml" if field.open_list else ""
    unit = "%, held 0 to 1" if field.name in PLAN_SHARE_FIELDS.values() else field.unit
    blank = "blank = none (not unknown)" if field.blank_is_none else ""
    notes = "; ".join(filter(None, (" ".join(field.values), open_list, field.note, blank)))
    return f"| {name} | {_cell(field.headers)} | {_TYPES[field.type]} | {unit} | {held_as(field)} | {notes} |"


def _cell(headers: tuple[str, ...]) -> str:
    first, *others = headers
    return first + (f" ({', '.join(others)})" if others else "")


if __name__ == "__main__":
    readme = lists_folder() / "README.md"
    readme.write_text(with_dictionary(readme.read_text(encoding="utf-8")), encoding="utf-8")
