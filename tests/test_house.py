"""The house: no module imports another in a circle, and the guides to it name what is there."""

from __future__ import annotations

import re
from graphlib import TopologicalSorter

import grimp
import pytest

from alertengine.vocabulary.rooms import PACKAGE, README, room_table, with_rooms


def test_no_modules_import_each_other_in_a_circle() -> None:
    """At the top of a file or inside a function."""
    graph = grimp.build_graph("alertengine")
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert list(TopologicalSorter(imports).static_order())


def test_the_table_of_rooms_is_up_to_date() -> None:
    text = README.read_text(encoding="utf-8")
    assert with_rooms(text) == text, "run python -m alertengine.vocabulary.rooms"


def test_every_room_says_its_purpose_and_its_public_names() -> None:
    """A room without a docstring shows as an empty purpose; `__all__` is shown by name."""
    rows = [row.split(" | ") for row in room_table().splitlines()[2:]]
    assert [row[0].strip("| `") for row in rows] == sorted(one.parent.name for one in PACKAGE.glob("*/__init__.py"))
    assert all(row[1].strip() for row in rows)


def test_a_path_that_a_guide_names_is_there() -> None:
    """CONTRIBUTING.md and this package's README name files by their path; a file that moves takes its name along."""
    if not (root := PACKAGE.parent / "CONTRIBUTING.md").exists():
        pytest.skip("an installed package has no CONTRIBUTING.md")
    for guide, base in ((root, PACKAGE.parent), (README, PACKAGE)):
        named = re.findall(r"`([\w/.-]+\.(?:py|md|yaml|toml|json|ipynb))(?::\w+)?`", guide.read_text(encoding="utf-8"))
        missing = [path for path in named if "/" in path and not (base / path).exists()]
        assert named
        assert not missing, f"{guide.name} names {missing}"
