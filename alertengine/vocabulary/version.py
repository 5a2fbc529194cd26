"""The version of this program, as papers, reports and the record name it."""

from __future__ import annotations

from functools import cache


@cache
def program_version() -> str:
    """The version installed; ``0+unknown`` in a source tree that was never installed."""
    from importlib.metadata import PackageNotFoundError, version  # slow to import, and few commands name it

    try:
        return version("alertengine")
    except PackageNotFoundError:
        return "0+unknown"
