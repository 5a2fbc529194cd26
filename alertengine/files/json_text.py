"""JSON of files that others may have made: whatever it is, it is read or it is a ValueError."""

from __future__ import annotations

import json
from typing import Any


def read_json(text: str | bytes) -> Any:
    """What a text says.

    Raises:
        ValueError: it is no JSON, or nested deeper than is read.

    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
