"""Many profiles matched together: the same as by the shards, and a disagreement is never passed over."""

from __future__ import annotations

import pytest

from alertengine.engine import match
from alertengine.engine.facts import Facts
from alertengine.engine.match import Matcher
from alertengine.engine.plain import Hits
from alertengine.errors import EngineError
from alertengine.lists.rows import lines_from
from alertengine.rulebook.openlists import OpenLists
from tests.conftest import WINTER, BookMaker, rows_of


def _matcher(make_book: BookMaker) -> Matcher:
    book = make_book(rules=[{"id": "near", "when": {"city_distance_km": {"lt": 10}}, "then": "stop"}])
    return Matcher([(rule, book.members(rule)) for rule in book.line_rules()])


def _facts(vocabulary: OpenLists) -> Facts:
    rows = rows_of([{"city_distance_km": distance} for distance in (5, 10, 20)])
    return Facts(lines_from(rows, vocabulary), vocabulary, WINTER)


def test_only_the_first_profiles_are_asserted_one_by_one(make_book: BookMaker, vocabulary: OpenLists) -> None:
    matcher = _matcher(make_book)
    matcher.one_by_one = 2
    found = matcher.match(_facts(vocabulary))
    assert matcher.facts == 2
    assert [found.matches[number].sure for number in found.index] == [{"near"}, set(), set()]


def test_two_ways_that_disagree_stop_the_run(
    make_book: BookMaker, vocabulary: OpenLists, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = Hits(frozenset(), frozenset())
    monkeypatch.setattr(match, "all_hits", lambda _coded, _columns, profiles: [nothing] * profiles.shape[1])
    matcher = _matcher(make_book)
    matcher.one_by_one = 1
    with pytest.raises(EngineError, match="disagree on rules near"):
        matcher.match(_facts(vocabulary))
