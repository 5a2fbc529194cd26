"""Lines are matched by our own tables, durable-rules is asked whether they are right: a disagreement stops the run."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import numpy as np
import pytest

from alertengine.engine import durable
from alertengine.engine._matching import bitmasks as words
from alertengine.engine.facts import Facts
from alertengine.engine.match import Matcher
from alertengine.lists.from_records import lines_from
from alertengine.rulebook.places_and_lists import OpenLists
from alertengine.vocabulary.problems import EngineError
from tests.conftest import WINTER, BookMaker, rows_of

NEAR = {"id": "near", "when": {"city_distance_km": {"lt": 10}}, "then": "stop"}


def _matcher(make_book: BookMaker, *rules: dict[str, Any]) -> Matcher:
    book = make_book(rules=list(rules or (NEAR,)))
    return Matcher([(rule, book.members(rule)) for rule in book.line_rules()])


def _facts(vocabulary: OpenLists, rows: list[dict[str, Any]]) -> Facts:
    return Facts(lines_from(rows_of(rows), vocabulary), vocabulary, WINTER)


def _distances(vocabulary: OpenLists) -> Facts:
    return _facts(vocabulary, [{"city_distance_km": distance} for distance in (5, 10, 20, None)])


def _forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our tables lose every rule that holds."""
    monkeypatch.setattr(words.CodedRule, "outcome", lambda *_: None)


def test_every_profile_of_a_short_list_is_shown(make_book: BookMaker, vocabulary: OpenLists) -> None:
    matcher = _matcher(make_book)
    found = matcher.match(_distances(vocabulary))
    assert [found.matches[number].sure for number in found.index] == [{"near"}, set(), set(), set()]
    assert matcher.facts == 3  # near, not near, unknown
    matcher.match(_distances(vocabulary))
    assert matcher.facts == 3


def test_a_short_list_matched_otherwise_stops_the_run(
    make_book: BookMaker, vocabulary: OpenLists, monkeypatch: pytest.MonkeyPatch
) -> None:
    _forgetful(monkeypatch)
    with pytest.raises(EngineError, match="disagree on rules near"):
        _matcher(make_book).match(_distances(vocabulary))


def test_before_a_list_of_many_profiles_the_whole_law_is_proven_once(
    make_book: BookMaker, vocabulary: OpenLists
) -> None:
    matcher = _matcher(make_book, NEAR, {"id": "small", "when": {"small": True}, "then": "stop"})
    matcher.one_by_one = 0
    matcher.match(_distances(vocabulary))
    facts = matcher.facts
    assert facts >= 3 + 3  # every code of either column
    matcher.forget()
    matcher.match(_distances(vocabulary))
    assert matcher.facts == facts


def test_a_law_matched_otherwise_is_found_out_though_no_line_shows_it(
    make_book: BookMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    matcher = _matcher(make_book, NEAR, {"id": "small", "when": {"small": True}, "then": "stop"})
    _forgetful(monkeypatch)
    with pytest.raises(EngineError, match="disagree on rules"):
        matcher.prove()


@pytest.mark.parametrize("code", range(4))
def test_one_wrong_entry_of_a_table_is_found_out(make_book: BookMaker, code: int) -> None:
    matcher = _matcher(make_book, NEAR)
    (layout,) = matcher._rules_at((1,))
    assert isinstance(layout, words.Words)
    (table,) = layout._banks[0].tables.values()
    table[0, code] ^= np.uint64(1)
    with pytest.raises(EngineError, match="disagree on rules near"):
        matcher.prove()


def test_durable_rules_that_misses_a_rule_stops_the_run(make_book: BookMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = durable.Shards.match
    monkeypatch.setattr(durable.Shards, "match", lambda *args: honest(*args)[1:])
    with pytest.raises(EngineError, match="disagree on rules near"):
        _matcher(make_book).prove()


def test_two_patterns_of_a_rule_in_different_shards_are_proven_each(make_book: BookMaker) -> None:
    rules = [{"id": f"r{n}", "when": {"units": {"ge": n}}, "then": {"advice": str(n)}} for n in range(1, 40)]
    matcher = _matcher(make_book, *rules)
    matcher.prove()
    (group,) = matcher._proof._groups
    homes = {name: {n for n, s in enumerate(group.shards) if f"{name}/surely" in s.patterns} for name in group.coded}
    assert any(f"{name}/possibly" not in group.shards[n].patterns for name, (n,) in homes.items())


def test_rules_of_many_alternatives_are_matched_by_their_rows(make_book: BookMaker, vocabulary: OpenLists) -> None:
    threes = [("stable", "small", "ultra_low"), ("permit_held", "permit_kept", "is_kiln"),
              ("green_factory", "clean_transport", "retrofit_done")]  # fmt: skip
    wide = {"all": [{"any": [{name: True} for name in three]} for three in threes]}
    matcher = _matcher(make_book, {"id": "wide", "when": wide, "then": "stop"}, NEAR)
    every = {name: True for three in threes for name in three}
    found = matcher.match(_facts(vocabulary, [every, {"small": True, "city_distance_km": 5}]))
    first, second = (found.matches[number] for number in found.index)
    assert first.sure == {"wide"}
    assert second.sure == {"near"}
    assert [name for name, _ in second.open] == ["wide"]


def test_profiles_are_bounded_by_the_law_where_thirteen_fields_are_independent(
    make_book: BookMaker, vocabulary: OpenLists
) -> None:
    dice = random.Random(13)  # noqa: S311
    flags = ("stable", "small", "ultra_low", "permit_held", "green_factory", "is_kiln", "clean_transport")
    numbers = ("city_distance_km", "units", "boiler_t_h", "trucks_per_day")
    wanted = [
        {
            "zone": dice.choice(("重点", "一般")),
            dice.choice(flags): dice.random() < 0.5,
            dice.choice(numbers): {"lt": dice.randrange(1, 40)},
        }
        for _ in range(60)
    ]
    rules = [{"id": f"r{n}", "when": when, "then": {"advice": str(n)}} for n, when in enumerate(wanted)]
    pools = dict.fromkeys(flags, (True, False, None)) | {name: (*range(40), None) for name in numbers}
    pools |= {"zone": ("重点", "一般", None), "catalogue": ("限制类", "鼓励类", None)}
    rows = [{name: dice.choice(pool) for name, pool in pools.items()} for _ in range(3000)]
    matcher = _matcher(make_book, *rules)
    found = matcher.match(_facts(vocabulary, rows))
    profiles = matcher.stats().profiles
    assert len(found.matches) > 1500  # nearly every line is of its own kind
    most = Counter("+".join(sorted(when)) for when in wanted)
    assert profiles.keys() == most.keys()
    assert all(count <= most[name] * 2**3 for name, count in profiles.items())  # each field known or not
