"""The user's cache: what a later process need not work out again; it may be removed at any time."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path | None:
    """``ALERTENGINE_CACHE``, ``$XDG_CACHE_HOME/alertengine`` or ``~/.cache/alertengine``; None without a home."""
    try:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "alertengine"
        return Path(os.environ.get("ALERTENGINE_CACHE") or cache)
    except (RuntimeError, OSError):
        return None
