"""How each column of an enterprise list is held while it is read."""

from __future__ import annotations

import pyarrow as pa

from alertengine.files import AS_TEXT, FEW, Kind, match
from alertengine.lists.list_headers import LIST_NAMES
from alertengine.vocabulary import CATEGORY_TEXT, FIELDS, PLAN_FIELDS


def list_kind(header: str) -> Kind:
    """How the column of an enterprise list under a header is held."""
    fields = match(header, 0, LIST_NAMES).fields
    if not fields:
        return AS_TEXT
    field = FIELDS[fields[0]]
    if field.type in ("number", "integer"):
        return Kind(pa.float64(), field)
    few = field.type != "text" or field.name in (*CATEGORY_TEXT, *PLAN_FIELDS.values())
    return Kind(FEW) if few else AS_TEXT
