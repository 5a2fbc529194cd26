"""The table of rooms in ``alertengine/README.md``; ``python -m alertengine.vocabulary.rooms`` makes it anew."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

from alertengine.vocabulary.readme_tables import between

PACKAGE: Final = Path(__file__).resolve().parents[1]
README: Final = PACKAGE / "README.md"
#: Lines of the README between which the table stands.
BEGIN: Final = "<!-- rooms: generated, do not edit -->"
END: Final = "<!-- end of rooms -->"


def room_table() -> str:
    """Every room by name, with the docstring of its ``__init__`` and how many names it offers to other rooms."""
    rows = ["| room | purpose | names it offers |", "|---|---|---|"]
    for init in sorted(PACKAGE.glob("*/__init__.py")):
        purpose = (ast.get_docstring(ast.parse(init.read_text(encoding="utf-8"))) or "").partition("\n\n")[0]
        room = init.parent.name
        names = len(face(init.parent))
        rows.append(f"| `{room}` | {purpose.replace(chr(10), ' ')} | [{names}]({room}/__init__.pyi) |")
    return "\n".join(rows)


def face(room: Path) -> dict[str, str]:
    """The names a room offers, each with the module inside it (empty: the name is a module)."""
    stub = ast.parse((room / "__init__.pyi").read_text(encoding="utf-8"))
    return {one.name: line.module or "" for line in stub.body if isinstance(line, ast.ImportFrom) for one in line.names}


def with_rooms(readme: str) -> str:
    """The text of the README with its table brought up to date.

    Raises:
        ValueError: a mark is missing.

    """
    return between(readme, BEGIN, END, f"\n{room_table()}\n")


if __name__ == "__main__":
    README.write_text(with_rooms(README.read_text(encoding="utf-8")), encoding="utf-8")
