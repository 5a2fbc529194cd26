"""Lines from plain facts: a few rows given as mappings, typed like a list that was read.

For worked cases and single questions, where a file would be in the way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from pandas.api.extensions import ExtensionArray

from alertengine.lists.enterprise_list import PLAN_COLUMNS
from alertengine.lists.filed_plans import AGREE, read_plan
from alertengine.lists.identity import stand_in_id
from alertengine.rulebook import OpenLists
from alertengine.vocabulary import (
    FIELDS,
    GUARANTEE_NONE,
    LIST_FIELDS,
    PLAN_FIELDS,
    PLAN_SHARE_FIELDS,
    SaidError,
    held_as,
)


class RowError(SaidError):
    """A fact that no list could hold; the message names field, value and what was expected."""


def lines_from(rows: Sequence[Mapping[str, Any]], lists: OpenLists) -> pd.DataFrame:
    """A list's ``lines`` from mappings of English field names; absent fields are unknown.

    A row without ``enterprise_id`` belongs to the enterprise of its name and city, as in a list without codes;
    rows without a name belong to one common enterprise.  Lines are numbered in order.

    Raises:
        RowError: at the first fact that is not of its field.

    """
    complete = []
    for number, row in enumerate(rows, start=1):
        facts = {name: _checked(name, value, lists) for name, value in row.items()}
        called, city = facts.get("enterprise"), str(facts.get("city") or "")
        defaults = {
            "enterprise_id": stand_in_id(city, str(called)) if called else "E",
            "enterprise": "示例企业",
            "line_id": str(number),
            "units": 1.0,
            "guarantee": GUARANTEE_NONE,
        }
        facts = {**defaults, **{name: value for name, value in facts.items() if value is not None}}
        facts.setdefault("province", lists.province_of(str(facts.get("city", ""))))
        complete.append(_with_plan_readings(facts))
    kinds = {**{field.name: held_as(field) for field in LIST_FIELDS}, **dict.fromkeys(PLAN_COLUMNS, "category")}
    blank = {kind: _cells([None] * len(complete), kind) for kind in set(kinds.values())}
    given = {name for row in complete for name in row}  # most columns of a few rows are blank, and alike
    return pd.DataFrame(
        {
            name: _cells([row.get(name) for row in complete], kind) if name in given else blank[kind]
            for name, kind in kinds.items()
        }
    )


def _checked(name: str, value: Any, lists: OpenLists) -> Any:
    """The value as the list would hold it."""
    field = FIELDS.get(name)
    if field is None or field.derived:
        raise RowError("fact_no_field", name=name)
    if value is None:
        return None
    if field.type == "bool":
        if not isinstance(value, bool):
            raise RowError("fact_no_bool", name=name, found=value)
        return value
    if field.type in ("number", "integer"):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise RowError("fact_no_number", name=name, found=value)
        return float(value)
    if field.type == "names" and isinstance(value, (list, tuple)):
        value = ";".join(map(str, value))
    if isinstance(value, (list, tuple, dict)):
        raise RowError("fact_no_text", name=name, found=value)
    text = str(value).strip()
    allowed = field.values
    if field.type == "code" and text not in allowed:
        raise RowError("fact_none_of", name=name, found=text, allowed=allowed)
    if field.type == "names":
        return ";".join(sorted({part.strip() for part in text.split(";") if part.strip()}))
    if field.type == "open" and field.open_list in ("industries", "processes", "places"):
        return lists.standard_name(field.open_list, text) or text
    return text


def _with_plan_readings(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts with what their filed plans say, read as a list's reader would."""
    for level, name in PLAN_FIELDS.items():
        if name in facts:
            reading = read_plan(str(facts[name]))
            facts[f"{name}_kind"] = reading.kind
            facts[f"{name}_vehicles"] = reading.vehicles or None
            facts[f"{name}_demand"] = reading.demand or None
            stated = facts.get(PLAN_SHARE_FIELDS[level])
            if stated is None or (reading.share is not None and abs(stated - reading.share) <= AGREE):
                facts[f"{name}_by"] = reading.shared_by or None
            if reading.share is not None:
                facts.setdefault(PLAN_SHARE_FIELDS[level], reading.share)
    return facts


def _cells(values: Sequence[Any], kind: str) -> ExtensionArray:
    array: ExtensionArray = pd.array(values, dtype=kind)  # type: ignore[call-overload]
    return array
