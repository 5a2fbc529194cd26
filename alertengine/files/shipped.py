"""Where the shipped law, lists and scenarios lie, in a checkout or an installed wheel, and the user's cache."""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def _folder(name: str) -> Path:
    """The shipped folder ``name``: in the wheel beside this file, else in the checkout."""
    installed = _PACKAGE / "_shipped" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def rules_folder() -> Path:
    """Folder of the shipped rulebook."""
    return _folder("rules")


def lists_folder() -> Path:
    """Folder of the sample enterprise lists."""
    return _folder("enterprise_lists")


def scenarios_folder() -> Path:
    """Folder of the shipped scenarios."""
    return _folder("scenarios")


def cache_folder() -> Path | None:
    """``ALERTENGINE_CACHE``, ``$XDG_CACHE_HOME/alertengine`` or ``~/.cache/alertengine``; None without a home."""
    try:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "alertengine"
        return Path(os.environ.get("ALERTENGINE_CACHE") or cache)
    except (RuntimeError, OSError):
        return None
