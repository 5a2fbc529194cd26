"""Small changes of the program: one comparison, constant, branch, statement ... told otherwise.

Left alone is what no behaviour hangs on: types, strings, module constants, decorators, assertions, log lines,
resources let go, and the few arguments and calls named below.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Final

from tests.mutation.blocks import blocks, first_blocks, parsed

#: What a comparison or an operator becomes.
OTHER: Final[dict[type[ast.AST], Callable[[], ast.AST]]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.And: ast.Or, ast.Or: ast.And, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
#: Arguments by name that say how something is done, not what comes out.
HOW: Final = frozenset(
    {"strict", "copy", "stacklevel", "maxsize", "observed", "cache", "timeout", "indent", "slots", "batch_size"}
)
#: Calls without a result that nothing hangs on but resources and somebody who watches.
LETTING_GO: Final = frozenset({"close", "flush", "fsync", "collect", "debug", "info"})
#: Functions whose arguments may change places; :func:`alertengine.files.joined` numbers by first occurrence.
EITHER_WAY: Final = frozenset({
    "array_equal", "fmax", "fmin", "isclose", "isinstance", "issubclass", "joined", "max", "maximum", "min", "minimum",
    "suppress",
})  # fmt: skip
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
_HINTS: Final = frozenset({"annotation", "returns", "decorator_list", "type_comment", "type_params", "args"})


@dataclass(frozen=True, slots=True)
class Change:
    """One change: where it lies, what kind it is, and the block that runs it; ``node`` counts in ``ast.walk``."""

    path: Path
    line: int
    kind: str
    node: int
    block: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Function:
    """How a function is found again among all that are alive."""

    path: str
    name: str
    line: int

    @classmethod
    def of(cls, code: CodeType) -> Function:
        """That of a code object."""
        return cls(code.co_filename, code.co_qualname, code.co_firstlineno)


def changes_of(path: Path) -> list[Change]:
    """Every change of a module's functions."""
    tree = parsed(path)
    numbers = {id(node): number for number, node in enumerate(ast.walk(tree))}
    of = _blocks_of(tree, first_blocks()[str(path)])
    found = []
    conditions = {id(one.test) for one in ast.walk(tree) if isinstance(one, ast.If)}
    last = _last(tree)
    for node, block in _changeable(tree, of, None):
        if node in last:
            continue
        for kind, other in _variants(node, condition=id(node) in conditions):
            before, after = _said(node), "pass" if other is None else _said(other)
            if before != after:
                found.append(Change(path, node.lineno, kind, numbers[id(node)], block, before, after))
    return found


def changed_code(change: Change) -> dict[Function, CodeType]:
    """The functions of the changed module, by where they are found."""
    tree = parsed(change.path)
    node = next(one for number, one in enumerate(ast.walk(tree)) if number == change.node)
    other = dict(_variants(node, condition=change.kind == "negation"))[change.kind]
    changed = _Put(node, _naming(node, other)).visit(tree)
    module = compile(ast.fix_missing_locations(changed), str(change.path), "exec", dont_inherit=True)
    return {Function.of(code): code for code in _codes(module)}


def _naming(node: ast.AST, other: ast.AST | None) -> ast.AST:
    """The same change with every name still in it: a function takes other code only with the cells it has."""
    if other is None and isinstance(node, ast.stmt):
        return ast.If(ast.Constant(False), [node], [])
    if isinstance(node, ast.Return) and isinstance(other, ast.Return) and node.value is not None:
        return ast.Return(ast.IfExp(ast.Constant(False), node.value, ast.Constant(None)))
    return other or ast.Pass()


def _said(node: ast.AST) -> str:
    try:
        return ast.unparse(node)
    except ValueError:  # before Python 3.12 a backslash within an f-string cannot be written
        return ast.dump(node)


def _last(tree: ast.AST) -> set[ast.AST]:
    """Each bare ``return`` and ``continue`` after which the function or the round of the loop is over all the same."""
    found: set[ast.AST] = set()

    def look(statements: list[ast.stmt], kind: type[ast.stmt]) -> None:
        match statements:
            case [*_, ast.Return(None) | ast.Continue() as one] if isinstance(one, kind):
                found.add(one)
            case [*_, ast.If(body=body, orelse=orelse)]:
                look(body, kind)
                look(orelse, kind)
            case [*_, ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=[])]:
                for part in (orelse or body, *(handler.body for handler in handlers)):
                    look(part, kind)
            case [*_, ast.With(body=body)]:
                look(body, kind)

    for node in ast.walk(tree):
        if isinstance(node, _FUNCTIONS):
            look(node.body, ast.Return)
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            look(node.body, ast.Continue)
    return found


class _Put(ast.NodeTransformer):
    def __init__(self, node: ast.AST, other: ast.AST) -> None:
        self.node, self.other = node, other

    def visit(self, node: ast.AST) -> ast.AST:
        if node is self.node:
            return ast.copy_location(self.other, node)
        return self.generic_visit(node)


def _codes(code: CodeType) -> Iterator[CodeType]:
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield one
            yield from _codes(one)


def _blocks_of(tree: ast.AST, first: int) -> dict[int, int]:
    """The block of each statement, by its identity."""
    return {
        id(one): number
        for number, (statements, begin, end) in enumerate(blocks(tree), start=first)
        for one in statements[begin:end]
    }


def _changeable(node: ast.AST, of: dict[int, int], block: int | None) -> Iterator[tuple[ast.expr | ast.stmt, int]]:
    """The expressions and statements inside functions that may change, each with its block."""
    for name, field in ast.iter_fields(node):
        if name in _HINTS and isinstance(node, (*_FUNCTIONS, ast.ClassDef, ast.AnnAssign)):
            continue
        for child in field if isinstance(field, list) else [field]:
            if not isinstance(child, ast.AST) or _left_alone(child):
                continue
            here = of.get(id(child), block)
            if here is not None and isinstance(child, (ast.expr, ast.stmt)):
                yield child, here
            yield from _changeable(child, of, here)


def _left_alone(node: ast.AST) -> bool:
    match node:
        case ast.keyword(arg=name):
            return name in HOW
        case ast.Expr(ast.Call(ast.Attribute(attr=name))):
            return name in LETTING_GO
        case ast.Assert() | ast.FunctionDef(name="__repr__"):
            return True
        case ast.Subscript(ast.Call(ast.Name("str")), ast.Slice()):  # how much of a value is quoted
            return True
    return False


def _variants(node: ast.AST, *, condition: bool) -> Iterator[tuple[str, ast.AST | None]]:
    """What a node may become, by kind of change; None: left out."""
    if condition and not isinstance(node, (ast.Compare, ast.BoolOp, ast.UnaryOp)):
        yield "negation", ast.UnaryOp(ast.Not(), node)
    yield from _statements(node) if isinstance(node, ast.stmt) else _expressions(node)


def _expressions(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Compare(left, [op], right) if type(op) in OTHER:
            edge = isinstance(op, (ast.Lt, ast.LtE, ast.Gt, ast.GtE))
            yield "boundary" if edge else "comparison", ast.Compare(left, [OTHER[type(op)]()], right)
        case ast.BinOp(left, op, right) if type(op) in OTHER and not _text(left) and not _text(right):
            yield "arithmetic", ast.BinOp(left, OTHER[type(op)](), right)
        case ast.BoolOp(op, values):
            yield "boolean", ast.BoolOp(OTHER[type(op)](), values)
        case ast.UnaryOp(ast.Not(), operand):
            yield "boolean", operand
        case ast.IfExp(test, body, orelse):
            yield "branch", ast.IfExp(test, orelse, body)
        case ast.Constant(bool() as value):
            yield "constant", ast.Constant(not value)
        case ast.Constant(int() | float() as value):
            yield "constant", ast.Constant(value + 1)
        case ast.Call(ast.Name(name) | ast.Attribute(attr=name), [first, second, *rest], keywords):
            plain = not isinstance(first, ast.Starred) and not isinstance(second, ast.Starred)
            if plain and name not in EITHER_WAY:
                yield "arguments", ast.Call(node.func, [second, first, *rest], keywords)


def _statements(node: ast.AST) -> Iterator[tuple[str, ast.AST | None]]:
    match node:
        case ast.Return(value) if value is not None and not isinstance(value, ast.Constant):
            yield "return", ast.Return(ast.Constant(None))
        case ast.Expr(ast.Call() | ast.Yield() | ast.YieldFrom() | ast.Await()) | ast.AugAssign():
            yield "statement", None
        case ast.Continue() | ast.Break() | ast.Raise() | ast.Delete() | ast.Return():
            yield "statement", None
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield "statement", None


def _text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
