"""Where the shipped law, lists and scenarios lie, in a checkout or an installed wheel."""

from __future__ import annotations

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
