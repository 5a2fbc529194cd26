"""Small pieces: facts are taken back, bindings hang on more, and what must be known to lie in an area."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from alertengine.engine import Engine, Response
from alertengine.engine._resolve import resolve
from alertengine.engine.code_sets import POSSIBLY, SURELY, columns_of, encode
from alertengine.engine.decision import Binding, Decision
from alertengine.engine.durable import MAX_GROUPS, Pattern, Shards, _groups
from alertengine.engine.match import _perhaps
from alertengine.engine.put_together import _asks_several
from alertengine.engine.taken_over import widened
from alertengine.lists import lines_from
from alertengine.rulebook import Atom, Condition, Group, Place
from alertengine.vocabulary import EngineError, Level
from tests.conftest import WINTER, BookMaker, rows_of


def test_a_fact_is_taken_back_once_it_was_told() -> None:
    """Facts that stay would be matched together with later ones, and fill the memory."""
    stable = Atom("stable", "in", (True,))
    columns = columns_of([stable])
    patterns = [Pattern("r", encode(stable, columns), possibly) for possibly in (False, True)]
    shards = Shards([(columns, patterns)])
    told = [shards.match(0, (code,)) for code in (2, 1, 0, None, 2)]
    both = {("r", SURELY), ("r", POSSIBLY)}
    assert list(map(set, told)) == [both, set(), {("r", POSSIBLY)}, set(), both]
    assert shards._host is not None
    assert shards._host.get_ruleset("shard0").get_facts("s") == []


@pytest.mark.parametrize(
    ("pattern", "groups"),
    [
        (True, 0),
        ({"c0": 1}, 0),
        ({"$gte": {"c0": 1}}, 0),
        ({"$and": [{"c0": 1}, {"c1": 2}]}, 1),
        ({"$or": [{"$and": [{"c0": 1}, {"c1": 2}]}, {"$and": [{"c0": 2}, {"c1": 1}]}]}, 3),
        ({"$and": [{"$or": [{"$and": [{"c0": 1}, {"c1": 2}]}, {"c2": 1}]}, {"c3": 1}]}, 3),
    ],
)
def test_groups_of_a_pattern_are_counted_however_deep(pattern: Any, groups: int) -> None:
    assert _groups(pattern) == groups


@pytest.mark.parametrize(("pairs", "refused"), [(MAX_GROUPS - 2, False), (MAX_GROUPS - 1, True)])
def test_a_rule_of_more_groups_than_the_engine_builds_is_refused(pairs: int, refused: bool) -> None:
    """Each pair of lines is a group; those pairs, the rule and the sentinel are two more."""
    fields = ("stable", "small", "permit_held", "permit_kept", "retrofit_done", "ultra_low")
    both = [(one, other) for n, one in enumerate(fields) for other in fields[n + 1 :]][:pairs]
    parts = tuple(Group(True, tuple(Atom(name, "in", (True,)) for name in pair)) for pair in both)
    condition = Group(False, parts)
    columns = columns_of([condition])
    pattern = Pattern("r", encode(condition, columns), possibly=False)
    if refused:
        with pytest.raises(EngineError, match="rule r nests more than"):
            Shards([(columns, [pattern])])
    else:
        assert Shards([(columns, [pattern])]).match(0, (2,) * len(columns)) == [("r", SURELY)]


@pytest.mark.parametrize(
    ("number", "more", "found", "last"),
    [
        (0, (), 0, ("b",)),
        (0, ("a",), 0, ("b",)),
        (0, ("c", "a"), 2, ("a", "c")),
        (1, ("b",), 1, ("b",)),
        (1, ("a",), 2, ("a", "b")),
    ],
)
def test_a_binding_that_hangs_on_more_is_a_new_one_at_the_end(
    number: int, more: tuple[str, ...], found: int, last: tuple[str, ...]
) -> None:
    nothing = resolve([], ("measure",), Level.RED, 0)
    bindings = [Binding(nothing, ("x",), (name,), None) for name in ("a", "b")]
    assert widened(bindings, number, more) == found
    assert [one.hangs_on for one in bindings] == [("a",), ("b",), *([last] if found == 2 else [])]
    assert {(one.resolution, one.classified) for one in bindings} == {(nothing, ("x",))}


def inside(field: str, *names: str) -> Atom:
    return Atom(field, "in", names)


#: 尧都区 whole, two townships of 洪洞县, another city.
MEMBERS = frozenset({"临汾市/尧都区", "临汾市/洪洞县/大槐树镇", "临汾市/洪洞县/广胜寺镇", "太原市/小店区", "运城市"})
TOWNS = inside("township", "大槐树镇", "广胜寺镇")


@pytest.mark.parametrize(
    ("county", "township", "asked"),
    [
        ("", "", Group(False, (inside("county", "尧都区"), Group(True, (inside("county", "洪洞县"), TOWNS))))),
        ("洪洞县", "", TOWNS),
        ("", "大槐树镇", Group(False, (inside("county", "尧都区"), inside("county", "洪洞县")))),
        ("", "段店乡", inside("county", "尧都区")),
        ("洪洞县", "段店乡", None),
        ("襄汾县", "", None),
        ("襄汾县", "大槐树镇", None),
    ],
)
def test_what_must_be_known_of_a_line_for_it_to_lie_in_an_area(
    county: str, township: str, asked: Condition | None
) -> None:
    assert _perhaps(MEMBERS, Place("山西省", "临汾市", county, township)) == asked
    assert _perhaps(MEMBERS, Place("山西省", "长治市", county, township)) is None


@pytest.mark.parametrize(
    ("always", "then", "share", "reduced", "added"),
    [
        (None, {"limit": 0.4}, 0.4, 40, 40),
        ({"limit": 0.3}, {"limit": 0.4}, 0.4, 40, 10),
        ({"limit": 0.4}, {"limit": 0.3}, 0.4, 40, 0),
        ("stop", {"limit": 0.4}, 1, 100, 0),
        ("stop", {"coking_time": 30}, 1, 100, 0),  # what it asks cannot be reckoned: it stands still all the same
        ({"limit": 0.3}, {"coking_time": 30}, 0.3, 30, np.nan),
        (None, {"coking_time": 30}, np.nan, np.nan, np.nan),
    ],
)
def test_a_warning_adds_what_does_not_bind_anyway(
    make_book: BookMaker,
    decisions: Callable[..., list[Decision]],
    always: Any,
    then: Any,
    share: float,
    reduced: float,
    added: float,
) -> None:
    standing = [] if always is None else [{"id": "a", "regime": "always", "then": always}]
    (one,) = decisions(make_book(rules=[*standing, {"id": "r", "then": then}]), [{}])
    found = one.share[0], one.reduced.at("so2", 0), one.warning_reduced.at("so2", 0)
    assert list(map(float, found)) == pytest.approx([share, reduced, added], nan_ok=True)


@pytest.mark.parametrize(
    ("asked", "several"),
    [
        ([], False),
        ([("stop_share", "warning")], True),
        ([("stop_units", "warning")], True),
        ([("stop_share", "always")], False),
        ([("limit", "warning"), ("stop_share", "always")], False),
        ([("limit", "warning"), ("stop_units", "warning")], True),
    ],
)
def test_whether_a_warning_asks_a_part_of_several_lines_together(asked: list[tuple[str, str]], several: bool) -> None:
    production = [SimpleNamespace(measure=SimpleNamespace(code=code), regime=regime) for code, regime in asked]
    binding: Any = SimpleNamespace(resolution=SimpleNamespace(production=production))
    assert _asks_several(binding) == several


def test_an_engine_that_does_not_search_says_the_same_but_what_orders_hang_on(make_book: BookMaker) -> None:
    book = make_book(rules=[{"id": "r", "when": {"stable": True}, "then": "stop"}])
    engine = Engine(book)
    lines = lines_from(rows_of([{}, {"stable": True}]), book.lists)
    response = Response.single(Level.RED, WINTER)
    found, bare = (one.decide(lines, response)[0] for one in (engine, engine.unsearched))
    assert found.status.tolist() == bare.status.tolist()
    assert [one.hangs_on for one in (found.bindings[n] for n in found.binding)] == [("stable",), ()]
    assert {one.hangs_on for one in bare.bindings} == {()}
    assert engine.unsearched.unsearched is engine.unsearched
