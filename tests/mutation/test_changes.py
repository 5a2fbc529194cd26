"""The mutation run itself: what it changes, what it leaves alone, and which code a test runs."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.mutation.blocks import blocks, first_blocks, instrumented
from tests.mutation.changes import Function, changed_code, changes_of

HEAD = "def f(a, b=1):\n    '''What it is.'''\n"


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "m.py"
    monkeypatch.setitem(first_blocks(), str(path), 100)
    return path


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return a < b", {("boundary", "a <= b"), ("return", "return None")}),
        ("return a == b", {("comparison", "a != b"), ("return", "return None")}),
        ("return a + 1", {("arithmetic", "a - 1"), ("constant", "2"), ("return", "return None")}),
        ("if a:\n        b.x = True", {("negation", "not a"), ("constant", "False"), ("statement", "pass")}),
        ("for b in a:\n        continue\n        c()", {("statement", "pass")}),
        (
            "for b in a:\n        if c:\n            continue\n        c()",
            {("negation", "not c"), ("statement", "pass")},
        ),
        ("b(a, a.b)", {("arguments", "b(a.b, a)"), ("statement", "pass")}),
        ("b = a if not a else b", {("branch", "b if not a else a"), ("boolean", "a")}),
        ("b = a and b", {("boolean", "a or b")}),
        ("raise a", {("statement", "pass")}),
    ],
)
def test_what_a_line_may_become(module: Path, body: str, told: set[tuple[str, str]]) -> None:
    module.write_text(f"{HEAD}    {body}\n", encoding="utf-8")
    assert {(one.kind, one.after) for one in changes_of(module)} == told


@pytest.mark.parametrize(
    "body",
    [
        "assert a == 1",
        "b: int = a",
        "b = f'{a}' + b",
        "a.close()",
        "b = zip(a, strict=True)",
        "b = max(a, b)",
        "return",
        "for b in a:\n        continue",
        "for b in a:\n        try:\n            b = a\n        except ValueError:\n            continue",
        "with a:\n        return",
    ],
)
def test_what_no_behaviour_hangs_on_is_left_alone(module: Path, body: str) -> None:
    module.write_text(f"LIMIT = 1 + 2\n\n\n@a(1, 2)\n{HEAD}    {body}\n", encoding="utf-8")
    assert [one.after for one in changes_of(module)] == []


def test_a_change_is_found_again_in_the_code_that_is_alive(module: Path) -> None:
    """Its function has the place and name of the one it stands in for, in a class too, and does what it says."""
    module.write_text("class A:\n    def f(self, a):\n        return a < 2\n", encoding="utf-8")
    names: dict[str, type] = {}
    exec(compile(module.read_text(encoding="utf-8"), str(module), "exec"), names)  # noqa: S102 -- our own line
    function = names["A"].f
    (change,) = (one for one in changes_of(module) if one.kind == "boundary")
    assert (change.line, change.block) == (3, 100)
    assert not function(None, 2)
    function.__code__ = changed_code(change)[Function.of(function.__code__)]
    assert function(None, 2)


def test_a_block_is_noted_when_it_is_run(module: Path) -> None:
    """The function, the branch, and what follows a branch."""
    source = f"{HEAD}    if a:\n        return b\n    b = 3\n    return b\n"
    module.write_text(source, encoding="utf-8")
    assert [ast.unparse(body[begin]) for body, begin, _ in blocks(ast.parse(source))] == [
        "'What it is.'",
        "return b",
        "b = 3",
    ]
    seen = set[int]()  # not that of the blocks: the floor of the suite counts those
    names: dict[str, object] = {"__seen__": seen.add}
    exec(instrumented(module, 100), names)  # noqa: S102 -- our own line
    for a, ran in ((True, {100, 101}), (False, {100, 102})):
        seen.clear()
        names["f"](a)  # type: ignore[operator]
        assert ran == seen
    assert names["f"].__doc__ == "What it is."
