"""What was recorded of each test file, kept between runs.

A recording holds for as long as the test file, the ``conftest.py`` above it and the blocks of every module that its
tests ran are the same; code added to one module leaves the recordings of the tests that never ran it as they were.
"""

from __future__ import annotations

import ast
import hashlib
import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.mutation.blocks import PACKAGE, blocks, first_blocks, parsed


@dataclass(frozen=True, slots=True)
class Ran:
    """One test: its name, its seconds, whether it passed (None: skipped), and the blocks it ran as bits of a number."""

    name: str
    seconds: float
    passed: bool | None
    blocks: int


@cache
def _shape(path: str) -> str:
    """A hash of a module's functions and of how many blocks it has; other code in the same blocks has the same."""
    tree = parsed(Path(path))
    names = [node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return hashlib.sha256(repr((names, len(list(blocks(tree))))).encode()).hexdigest()[:16]


class Store:
    """The recordings in a folder, a file for each test file.

    Args:
        folder: made if it is not there.

    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder

    def read(self, tests: Path) -> list[Ran] | None:
        """What was recorded of a test file; None: nothing that still holds."""
        try:
            kept = json.loads(self._file(tests).read_bytes())
        except (OSError, ValueError):
            return None
        numbers = {str(PACKAGE / name): number for name, (number, _) in kept["modules"].items()}
        if any(path not in first_blocks() or _shape(path) != shape for path, shape in _shapes(kept)):
            return None
        moved = [(first, first_blocks()[path]) for path, first in numbers.items()]
        return [Ran(name, seconds, passed, _moved(ran, moved)) for name, seconds, passed, ran in kept["tests"]]

    def write(self, tests: Path, told: Iterable[Any]) -> None:
        """Keep what was recorded of a test file: of each test its name, seconds, outcome and the blocks it ran."""
        paths, firsts = zip(*first_blocks().items(), strict=True)
        modules: dict[str, tuple[int, str]] = {}
        rows = []
        for name, seconds, passed, ran in told:
            of_module: dict[int, list[int]] = defaultdict(list)
            for block in ran:
                place = bisect_right(firsts, block) - 1
                modules[Path(paths[place]).relative_to(PACKAGE).as_posix()] = (firsts[place], _shape(paths[place]))
                of_module[firsts[place]].append(block - firsts[place])
            rows.append((name, seconds, passed, dict(of_module)))
        self._file(tests).write_text(json.dumps({"modules": modules, "tests": rows}), encoding="utf-8")

    def _file(self, tests: Path) -> Path:
        total = hashlib.sha256(str(tests).encode())
        for path in (tests, *(one / "conftest.py" for one in tests.parents)):
            if path.is_file():
                total.update(path.read_bytes())
        return self._folder / f"{tests.stem}-{total.hexdigest()[:16]}.json"


def _shapes(kept: Any) -> list[tuple[str, str]]:
    return [(str(PACKAGE / name), shape) for name, (_, shape) in kept["modules"].items()]


def _moved(ran: dict[str, list[int]], firsts: list[tuple[int, int]]) -> int:
    """The blocks of a test as bits of today's numbers."""
    now = {str(before): after for before, after in firsts}
    return sum(1 << now[module] + place for module, places in ran.items() for place in places)
