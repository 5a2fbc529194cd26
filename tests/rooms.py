"""The rooms of the package and the names each offers to the others."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

import alertengine

PACKAGE: Final = Path(alertengine.__file__).resolve().parent


def face(room: Path) -> dict[str, str]:
    """The names a room offers, each with the module inside it (empty: the name is a module)."""
    stub = ast.parse((room / "__init__.pyi").read_text(encoding="utf-8"))
    return {one.name: line.module or "" for line in stub.body if isinstance(line, ast.ImportFrom) for one in line.names}
