"""Kinds of line as numbers: what is told of them at once is what the match of each tells."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from alertengine.engine import Facts, Matcher
from alertengine.engine.outcomes import Match
from alertengine.lists import lines_from
from alertengine.rulebook import OpenLists
from tests.conftest import WINTER, BookMaker, rows_of

_TRUTHS = ("green_factory", "permit_held", "small", "stable")
_COUNTIES = ("尧都区", "曲沃县", None)


def _law(dice: random.Random) -> list[dict[str, Any]]:
    """Rules that hold everywhere, in a city and in a county; some ask for what lines may not say."""
    areas = ("临汾市", "山西省", "临汾市/尧都区")
    return [
        {
            "id": f"r{n}",
            "when": {name: dice.random() < 0.5 for name in dice.sample(_TRUTHS, dice.randrange(3))},
            "then": {"advice": str(n)},
            "area": dice.choice(areas),
        }
        for n in range(12)
    ]


def _lines(dice: random.Random, count: int) -> list[dict[str, Any]]:
    return [
        {"city": "临汾市", "county": dice.choice(_COUNTIES)}
        | {name: dice.choice((True, False, None)) for name in _TRUTHS}
        for _ in range(count)
    ]


def _matcher(make_book: BookMaker, law: list[dict[str, Any]]) -> Matcher:
    book = make_book(rules=law)
    return Matcher([(rule, book.members(rule)) for rule in book.line_rules()])


def test_what_is_heard_of_kinds_is_what_is_left_of_their_matches(make_book: BookMaker, vocabulary: OpenLists) -> None:
    dice = random.Random(29)  # noqa: S311
    law = _law(dice)
    facts = Facts(lines_from(rows_of(_lines(dice, 300), apart=True), vocabulary), vocabulary, WINTER)
    found = _matcher(make_book, law).match(facts)
    names = [rule["id"] for rule in law]
    assert len({match.open for match in found.matches}) > 20
    for some in range(len(names) + 1):
        asking, speaking = frozenset(dice.sample(names, some)), frozenset(dice.sample(names, len(names) - some))
        heard, number = found.matches.heard(asking, speaking)
        left = [
            Match(match.sure & asking, tuple(one for one in match.open if one[0] in speaking))
            for match in found.matches
        ]
        assert [heard[at] for at in number.tolist()] == left
        assert len(heard) == len(set(heard))  # each once


def test_pairs_of_kinds_and_rules_are_those_that_surely_hold(make_book: BookMaker, vocabulary: OpenLists) -> None:
    dice = random.Random(7)  # noqa: S311
    law = _law(dice)
    facts = Facts(lines_from(rows_of(_lines(dice, 60), apart=True), vocabulary), vocabulary, WINTER)
    found = _matcher(make_book, law).match(facts)
    kind, rule = found.matches.sure()
    told: list[set[str]] = [set() for _ in found.matches]
    for at, number in zip(kind.tolist(), rule.tolist(), strict=True):
        told[at].add(law[number]["id"])
    assert told == [set(match.sure) for match in found.matches]
    assert any(told)


def test_lines_left_out_match_nothing_and_those_of_one_kind_share_it_wherever_they_lie(
    make_book: BookMaker, vocabulary: OpenLists
) -> None:
    law = [
        {"id": "all", "when": {"stable": True}, "then": "stop", "area": "山西省"},
        {"id": "one", "when": {"small": True}, "then": "stop", "area": "临汾市/尧都区"},
    ]
    rows = [{"city": "临汾市", "county": county, "stable": True, "small": False} for county in ("尧都区", "曲沃县")] * 2
    facts = Facts(lines_from(rows_of(rows, apart=True), vocabulary), vocabulary, WINTER)
    matcher = _matcher(make_book, law)
    found = matcher.match(facts, np.array([True, True, True, False]))
    assert [found.matches[number].sure for number in found.index.tolist()] == [{"all"}, {"all"}, {"all"}, set()]
    assert found.index[0] == found.index[1]  # the same kind in two counties
    none = matcher.match(facts, np.zeros(4, dtype=bool))
    assert [found.matches[number] for number in none.index.tolist()] == [Match()] * 4
    assert matcher.stats().profiles == {"stable": 1}  # of what is left out nothing is met
