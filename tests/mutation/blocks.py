"""Blocks of the program, and which of them a test runs.

A block is a run of statements of a function that are run together: it begins with the function, with each branch and
after each branch.  Modules are compiled with a call at the start of every block; that costs far less than a tracer.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final

PACKAGE: Final = Path(__file__).parents[2] / "alertengine"
#: The rooms of which nine changes in ten must be noticed.
ROOMS: Final = ("orders", "engine", "warning", "lists", "ledger", "commands")
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
#: The blocks run since it was last cleared, by their number in the program.
SEEN: Final[set[int]] = set()
#: No module has so many blocks.
_MOST: Final = 10_000


@cache
def sources() -> tuple[Path, ...]:
    """The modules of the program, in one order."""
    return tuple(sorted(PACKAGE.rglob("*.py")))


@cache
def first_blocks() -> dict[str, int]:
    """The number of the first block of each module, without reading any."""
    return {str(path): number * _MOST for number, path in enumerate(sources())}


@cache
def _text(path: Path) -> str:
    """A module as it was when the run began: it may be edited meanwhile."""
    return path.read_text(encoding="utf-8")


def parsed(path: Path) -> ast.Module:
    """A module's tree."""
    return ast.parse(_text(path), str(path))


def blocks(tree: ast.AST) -> Iterator[tuple[list[ast.stmt], int, int]]:
    """The blocks in a tree, in one order: each a list of statements and where in it the block begins and ends."""
    for node in ast.walk(tree):
        if isinstance(node, _FUNCTIONS):
            yield from _split(node.body)


def _split(statements: list[ast.stmt]) -> Iterator[tuple[list[ast.stmt], int, int]]:
    begin = 0
    for at, one in enumerate(statements, start=1):
        inner = list(_inner(one))
        if inner or at == len(statements):
            yield statements, begin, at
            begin = at
        for body in inner:
            yield from _split(body)


def _inner(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The lists of statements of a branch, a loop, a try; a function inside has blocks of its own."""
    if isinstance(statement, (*_FUNCTIONS, ast.ClassDef)):
        return
    for name in ("body", "orelse", "finalbody"):
        if body := getattr(statement, name, None):
            yield body
    for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        yield part.body


@cache
def blocks_of(room: str) -> list[int]:
    """The blocks of a room, by their number in the program."""
    return [
        number
        for path in sources()
        if path.is_relative_to(PACKAGE / room)
        for number, _ in enumerate(blocks(parsed(path)), start=first_blocks()[str(path)])
    ]


def instrumented(path: Path, first: int) -> CodeType:
    """A module that notes each block it runs."""
    tree = parsed(path)
    found = list(enumerate(blocks(tree), start=first))
    for number, (statements, begin, _) in reversed(found):
        here = statements[begin]
        call = ast.Expr(ast.Call(ast.Name("__seen__", ast.Load()), [ast.Constant(number)], []))
        docstring = begin == 0 and isinstance(here, ast.Expr) and isinstance(here.value, ast.Constant)
        statements.insert(begin + docstring, ast.fix_missing_locations(ast.copy_location(call, here)))
    return compile(tree, str(path), "exec", dont_inherit=True)


class _Loader(SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:
        return instrumented(Path(self.path), first_blocks()[self.path])

    def exec_module(self, module: ModuleType) -> None:
        module.__dict__["__seen__"] = SEEN.add
        super().exec_module(module)


class Recording(MetaPathFinder):
    """Finds the program's modules and has them note what they run."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A module of the program with our loader; None: another finder's."""
        if fullname.partition(".")[0] != PACKAGE.name:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.origin in first_blocks():
            spec.loader = _Loader(fullname, spec.origin)
        return spec


def record() -> None:
    """Have every module of the program that is imported from now on note what it runs."""
    assert PACKAGE.name not in sys.modules, "the program is imported already"
    sys.meta_path.insert(0, Recording())
