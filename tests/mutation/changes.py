"""Changes of a function: each is its module with one expression or statement told otherwise."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Final

_OTHER: Final[dict[type[ast.AST], type[ast.AST]]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Change:
    """One change: the function it lies in, its line, what stood there and what stands there instead."""

    path: Path
    function: str
    line: int
    before: str
    after: str
    code: CodeType


def changes_of(path: Path) -> Iterator[Change]:
    """Every change of the functions and methods of a file; functions inside functions change with their outer one.

    What only tells a type, a docstring or the text of an exception's argument is left as it is.
    """
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    for function, name in _functions(tree, ""):
        for place, other in _variants(function):
            changed = copy.deepcopy(tree)
            twin = next(one for one, told in _functions(changed, "") if told == name)
            nodes = list(ast.walk(twin))
            node = nodes[place]
            before = ast.unparse(node)
            after = _apply(twin, node, other)
            code = _code(compile(ast.fix_missing_locations(changed), str(path), "exec"), name.split("."))
            if code is not None and after != before:
                yield Change(path, name, node.lineno, before, after, code)  # type: ignore[attr-defined]


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, str]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _FUNCTIONS):
            yield child, prefix + child.name
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.")
        elif isinstance(child, (ast.If, ast.With, ast.Try)):
            yield from _functions(child, prefix)


def _variants(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[int, str]]:
    """The places of a function (in the order of ``ast.walk``) with what can be changed there."""
    told = {id(one) for hint in _hints(function) for one in ast.walk(hint)}
    for place, node in enumerate(ast.walk(function)):
        if id(node) in told:
            continue
        match node:
            case ast.Compare(ops=[op]) if type(op) in _OTHER:
                yield place, "compare"
            case ast.BinOp(op=op) if type(op) in _OTHER and not isinstance(node.left, ast.JoinedStr):
                yield place, "operate"
            case ast.BoolOp():
                yield place, "join"
            case ast.UnaryOp(op=ast.Not()):
                yield place, "drop not"
            case ast.If() | ast.IfExp() | ast.While():
                yield place, "turn"
            case ast.Constant(value=bool() | int() | float() as value):
                yield place, "other" if isinstance(value, bool) else "next"
            case ast.Return(value=value) if value is not None and not isinstance(value, ast.Constant):
                yield place, "nothing"
            case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.Continue() | ast.Break():
                yield place, "leave out"


def _hints(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    yield from function.decorator_list
    for node in ast.walk(function):
        if isinstance(node, ast.arg) and node.annotation:
            yield node.annotation
        if isinstance(node, _FUNCTIONS) and node.returns:
            yield node.returns
        if isinstance(node, ast.AnnAssign):
            yield node.annotation
        if isinstance(node, ast.Raise):
            yield node


def _apply(function: ast.AST, node: ast.AST, what: str) -> str:
    """Change a node in place; how it reads afterwards."""
    match node, what:
        case ast.Compare(), _:
            node.ops = [_OTHER[type(node.ops[0])]()]  # type: ignore[list-item]
        case ((ast.BinOp() | ast.BoolOp()), _):
            node.op = _OTHER[type(node.op)]()  # type: ignore[assignment]
        case ast.UnaryOp(), _:
            node.op, node.operand = ast.Not(), ast.UnaryOp(ast.Not(), node.operand)
        case ((ast.If() | ast.IfExp() | ast.While()), _):
            node.test = ast.UnaryOp(ast.Not(), node.test)
        case ast.Constant(), "other":
            node.value = not node.value
        case ast.Constant(), _:
            node.value = node.value + 1  # type: ignore[operator]
        case ast.Return(), _:
            node.value = ast.Constant(None)
        case _:
            _replace(function, node)
            return "pass"
    return ast.unparse(ast.fix_missing_locations(node))


def _replace(function: ast.AST, node: ast.AST) -> None:
    for parent in ast.walk(function):
        for _, value in ast.iter_fields(parent):
            if isinstance(value, list) and node in value:
                value[value.index(node)] = ast.copy_location(ast.Pass(), node)


def _code(module: CodeType, names: list[str]) -> CodeType | None:
    """The code of a function, found by its qualified name; None where a later one of that name hides it."""
    found: list[CodeType] = [module]
    for name in names:
        found = [one for code in found for one in code.co_consts if isinstance(one, CodeType) and one.co_name == name]
    return found[0] if len(found) == 1 else None
