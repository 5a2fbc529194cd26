"""Conditions in the language of durable-rules: runs of codes, how wide they are, constants taken out."""

from __future__ import annotations

from typing import Any

import pytest

from alertengine.engine import durable
from alertengine.engine._matching import table
from alertengine.engine.code_sets import Coded, CodedColumn, Leaf, Node
from alertengine.engine.durable import SHARD_WIDTH, Pattern, Shards
from alertengine.rulebook import Atom, Group
from alertengine.vocabulary import EngineError

#: Two columns of numbers with three cuts each: codes 0 (unknown) to 7.
COLUMNS = tuple(CodedColumn(name, "number", (1.0, 2.0, 3.0)) for name in ("units", "chambers"))
ANY = frozenset(range(8))
NO_ATOM: Any = Atom("units", "missing")


def leaf(column: int, *codes: int) -> Leaf:
    """Surely under some codes, possibly where the column is not known either."""
    return Leaf(column, frozenset(codes), frozenset(codes) | {0}, NO_ATOM)


@pytest.mark.parametrize(
    ("codes", "runs"),
    [
        ((), []),
        ((3,), [(3, 3)]),
        ((1, 2, 3), [(1, 3)]),
        ((5, 1, 2), [(1, 2), (5, 5)]),
        ((0, 2, 4), [(0, 0), (2, 2), (4, 4)]),
    ],
)
def test_codes_in_a_row_are_one_run(codes: tuple[int, ...], runs: list[tuple[int, int]]) -> None:
    assert durable._ranges(frozenset(codes)) == runs


@pytest.mark.parametrize(
    ("condition", "pattern", "width"),
    [
        (leaf(0, 3), {"c0": 3}, 2),
        (leaf(0, 2, 3), {"$and": [{"$gte": {"c0": 2}}, {"$lte": {"c0": 3}}]}, 4),
        (leaf(0, 1, 3), {"$or": [{"c0": 1}, {"c0": 3}]}, 2),  # equalities of one field exclude each other
        (leaf(0, 1, 2, 5, 6),
         {"$or": [{"$and": [{"$gte": {"c0": 1}}, {"$lte": {"c0": 2}}]},
                  {"$and": [{"$gte": {"c0": 5}}, {"$lte": {"c0": 6}}]}]}, 6),
        (leaf(0), False, 2),
        (Leaf(0, ANY, ANY, NO_ATOM), True, 4),
        (Node(True, (leaf(0, 3), leaf(1, 4))), {"$and": [{"c0": 3}, {"c1": 4}]}, 3),
        (Node(False, (leaf(0, 3), leaf(1, 4))), {"$or": [{"c0": 3}, {"c1": 4}]}, 3),
        (Node(True, (leaf(0, 3, 4), leaf(0, 4, 5))), {"c0": 4}, 2),  # of one column together
        (Node(False, (leaf(0, 3), leaf(0, 5))), {"$or": [{"c0": 3}, {"c0": 5}]}, 2),
        (Node(True, (leaf(0, 3), leaf(0, 5))), False, 2),
        (Node(True, (Leaf(0, ANY, ANY, NO_ATOM), leaf(1, 4))), {"c1": 4}, 5),
        (Node(False, (Leaf(0, ANY, ANY, NO_ATOM), leaf(1, 4))), True, 5),
        (Node(False, (leaf(0), leaf(1, 4))), {"c1": 4}, 3),
        (Node(True, (leaf(0), leaf(1, 4))), False, 3),
        (Node(True, ()), True, 1),
        (Node(False, ()), False, 1),
        (Node(True, (leaf(0, 3), Node(False, (leaf(0, 3), leaf(1, 4))))),
         {"$and": [{"c0": 3}, {"$or": [{"c0": 3}, {"c1": 4}]}]}, 4),
        (Node(True, (leaf(1, 4), Node(False, (leaf(0, 3), leaf(0, 5))))),
         {"$and": [{"c1": 4}, {"$or": [{"c0": 3}, {"c0": 5}]}]}, 3),
    ],
)  # fmt: skip
def test_a_condition_as_a_pattern_and_how_many_comparisons_it_may_take(
    condition: Coded, pattern: Any, width: int
) -> None:
    assert durable._pattern(condition, COLUMNS, possibly=False) == pattern
    assert Pattern("r", condition, possibly=False).width == width


def test_what_possibly_holds_has_codes_of_its_own() -> None:
    assert durable._pattern(leaf(0, 3), COLUMNS, possibly=True) == {"$or": [{"c0": 0}, {"c0": 3}]}
    sure, perhaps = (Pattern("r", leaf(0, 1), possibly=possibly) for possibly in (False, True))
    assert (sure.name, perhaps.name, sure.hit[0], perhaps.hit[0]) == ("r/surely", "r/possibly", "r", "r")
    assert (sure.width, perhaps.width) == (2, 4)  # 0 and 1 are a run


def test_a_shard_takes_so_many_comparisons_and_no_more() -> None:
    """Each of these patterns is two wide."""
    fitting = [Pattern(f"r{n}", leaf(n % 2, 1 + n % 7), possibly=False) for n in range(SHARD_WIDTH // 2)]
    shards = Shards([(COLUMNS, fitting)])
    assert {name for name, _ in shards.match(0, (1, 2))} == {
        f"r{n}" for n in range(SHARD_WIDTH // 2) if (1, 2)[n % 2] == 1 + n % 7
    }
    with pytest.raises(EngineError, match="shard 1 is wider than 60"):
        Shards([(COLUMNS, fitting[:1]), (COLUMNS, [*fitting, Pattern("more", leaf(0, 1), possibly=False)])])
    assert Shards([]).match(0, (1, 2)) == []


@pytest.mark.parametrize(("most", "refused"), [(9, False), (8, True)])
def test_a_table_has_so_many_entries_and_no_more(monkeypatch: pytest.MonkeyPatch, most: int, refused: bool) -> None:
    """Of two yes-or-no fields, each unknown, no or yes."""
    monkeypatch.setattr(table, "MOST_ENTRIES", most)
    both = Group(True, tuple(Atom(name, "in", (True,)) for name in ("stable", "small")))
    if refused:
        with pytest.raises(EngineError, match="tells 9 cases apart, at most 8"):
            table.table_of(both)
    else:
        assert table.table_of(both).shape == (3, 3)


@pytest.mark.parametrize(("parts", "fails"), [(29, "nests more than 15"), (30, "rule r has more than 60 comparisons")])
def test_a_pattern_alone_in_its_shard_takes_so_many_comparisons_and_no_more(parts: int, fails: str) -> None:
    """One and two for each part: 59 and 61."""
    pair = Node(True, (leaf(0, 3), leaf(1, 4)))
    pattern = Pattern("r", Node(False, (pair,) * parts), possibly=False)
    assert pattern.width == 1 + 2 * parts
    with pytest.raises(EngineError, match=fails):
        Shards([(COLUMNS, [pattern])])
