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
    """Every room by name, with the docstring of its ``__init__`` and, where it has ``__all__``, its public names."""
    rows = ["| room | purpose | public names |", "|---|---|---|"]
    for init in sorted(PACKAGE.glob("*/__init__.py")):
        module = ast.parse(init.read_text(encoding="utf-8"))
        purpose = (ast.get_docstring(module) or "").partition("\n\n")[0].replace("\n", " ")
        names = ", ".join(f"`{name}`" for name in _public_names(module))
        rows.append(f"| `{init.parent.name}` | {purpose} | {names} |")
    return "\n".join(rows)


def with_rooms(readme: str) -> str:
    """The text of the README with its table brought up to date.

    Raises:
        ValueError: a mark is missing.

    """
    return between(readme, BEGIN, END, f"\n{room_table()}\n")


def _public_names(module: ast.Module) -> list[str]:
    for statement in module.body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__":
            return sorted(ast.literal_eval(statement.value))
    return []


if __name__ == "__main__":
    README.write_text(with_rooms(README.read_text(encoding="utf-8")), encoding="utf-8")
