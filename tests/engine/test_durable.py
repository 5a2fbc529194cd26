"""The dialect of durable-rules: what leaves it is refused by name, what stays in it is proven on every call."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

from alertengine.engine import Engine, Matcher, durable
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import EngineError
from tests.conftest import WINTER, BookMaker, Decider

BOOLS = ("stable", "small", "permit_held", "permit_kept", "retrofit_done", "ultra_low", "clean_transport",
         "green_factory", "dry_quenching", "is_kiln", "kiln_standard", "interruptible")  # fmt: skip
NUMBERS = ("city_distance_km", "below_special_pct", "boiler_t_h", "trucks_per_day", "units", "chambers", "unit_size",
           "cycles_daily", "capacity", "chamber_height_m", "load_pct", "feed_daily")  # fmt: skip


def _matched(book: Rulebook, decide: Decider, lines: list[dict[str, Any]]) -> list[set[str]]:
    """The rules that hold for each line, those set aside included."""
    table = decide(book, lines, apart=True)
    both = table["rules"].astype(str) + ";" + table["set_aside"].astype(str)
    return [set(filter(None, text.split(";"))) for text in both]


def test_a_rule_too_wide_for_the_matcher_is_refused_with_its_name(make_book: BookMaker) -> None:
    wide = {"any": [{name: {"between": [n, n + 5]}} for name in NUMBERS for n in (1, 10)]}
    book = make_book(rules=[{"id": "narrow", "then": "stop"}, {"id": "wide", "when": wide, "then": "stop"}])
    with pytest.raises(EngineError, match="rule wide"):
        Engine(book).law(WINTER)


@pytest.mark.slow
def test_a_rule_of_too_many_groups_is_refused_with_its_name(make_book: BookMaker) -> None:
    pairs = [{"all": [{one: True}, {other: True}]} for n, one in enumerate(BOOLS) for other in BOOLS[n + 1 : n + 3]]
    book = make_book(rules=[{"id": "grouped", "when": {"any": pairs}, "then": "stop"}])
    with pytest.raises(EngineError, match="rule grouped"):
        Engine(book).law(WINTER)


def test_equal_numbers_beside_each_other_stay_inside_the_dialect(make_book: BookMaker, decide: Decider) -> None:
    several = {
        "any": [{"city_distance_km": {"in": [0, 5, 20, 30]}}, {"units": {"not": [1, 2]}}, {"zone": {"present": True}}]
    }
    book = make_book(rules=[{"id": "r", "when": several, "then": "stop"}])
    lines = [{"city_distance_km": 5}, {"city_distance_km": 5.001}, {"units": 3}, {"units": 2}, {"zone": "重点"}]
    assert _matched(book, decide, lines) == [{"r"}, set(), {"r"}, set(), {"r"}]


@pytest.mark.parametrize("times", [0, 2])
def test_a_profile_not_seen_exactly_once_fails_loudly(
    make_book: BookMaker, decide: Decider, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    book = make_book(rules=[{"id": "r", "when": {"stable": True}, "then": "stop"}])
    assert list(decide(book, [{"stable": True}])["status"]) == ["ordered"]
    honest = durable._QuietHost.fired
    monkeypatch.setattr(durable._QuietHost, "fired", lambda *args: times * honest(*args))
    with pytest.raises(EngineError, match=f"{times} times"):
        decide(book, [{"stable": True}])
    assert durable.shards_of.cache_info().currsize == 0  # what failed once is built anew


def test_a_fact_that_the_library_takes_for_one_it_has_seen_fails_loudly(
    make_book: BookMaker, decide: Decider, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = make_book(rules=[{"id": "r", "when": {"stable": True}, "then": "stop"}])
    durable.shards_of.cache_clear()
    monkeypatch.setattr(durable._library, "retract_fact", lambda *_: None)
    monkeypatch.setattr(durable.itertools, "count", lambda: itertools.repeat(7))
    with pytest.raises(EngineError, match="did not take the fact"):
        decide(book, [{"stable": True}, {"stable": False}])


def test_an_error_of_the_library_names_the_fact(
    make_book: BookMaker, decide: Decider, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = make_book(rules=[{"id": "r", "when": {"stable": True}, "then": "stop"}])

    def broken(*_: Any) -> None:
        raise RuntimeError("stack")

    monkeypatch.setattr(durable._QuietHost, "fired", broken)
    with pytest.raises(EngineError, match=r"durable-rules failed on .*stack"):
        decide(book, [{"stable": True}])
    assert durable.shards_of.cache_info().currsize == 0


def test_three_hundred_rules_on_one_field_all_match_rightly(make_book: BookMaker, decide: Decider) -> None:
    rules = [
        {"id": f"r{n:03d}", "when": {"city_distance_km": {"ge": n}}, "then": {"advice": f"第{n}条"}} for n in range(300)
    ]
    book = make_book(rules=[*rules, {"id": "base", "then": {"limit": 0.2}}])
    lines = [{"city_distance_km": distance} for distance in (0, 59.5, 60, 149, 299, 1000)]
    lines.append({})
    for line, matched in zip(lines, _matched(book, decide, lines), strict=True):
        distance = line.get("city_distance_km", -1)
        assert matched - {"base"} == {f"r{n:03d}" for n in range(300) if n <= distance}


def test_rules_beyond_one_shard_on_a_yes_no_field_all_match(make_book: BookMaker, decide: Decider) -> None:
    rules = [{"id": f"r{n:03d}", "when": {"stable": n % 2 == 0}, "then": {"advice": str(n)}} for n in range(150)]
    book = make_book(rules=[*rules, {"id": "base", "then": {"limit": 0.2}}])
    yes, no, unknown = _matched(book, decide, [{"stable": True}, {"stable": False}, {}])
    assert yes - {"base"} == {f"r{n:03d}" for n in range(0, 150, 2)}
    assert no - {"base"} == {f"r{n:03d}" for n in range(1, 150, 2)}
    assert unknown == {"base"}


def test_one_of_a_hundred_and_fifty_values_is_matched_exactly(make_book: BookMaker, decide: Decider) -> None:
    counties = [f"第{n}县" for n in range(150)]
    book = make_book(
        rules=[
            {"id": "even", "when": {"county": counties[::2]}, "then": "stop"},
            {"id": "all", "when": {"county": counties}, "then": {"limit": 0.2}},
            {"id": "not", "when": {"county": {"not": counties[:140]}}, "then": {"limit": 0.3}},
        ]
    )
    lines = [{"county": county} for county in (*counties, "别县")]
    found = _matched(book, decide, lines)
    for number, matched in enumerate(found):
        expected = {"all"} if number < 150 else set()
        expected |= {"even"} if number < 150 and number % 2 == 0 else set()
        expected |= {"not"} if number >= 140 else set()
        assert matched == expected


def test_a_group_of_three_hundred_rules_with_several_fields_matches_rightly(
    make_book: BookMaker, decide: Decider
) -> None:
    dice = random.Random(7)  # noqa: S311
    grid = [(dice.choice("ABCD"), dice.choice((True, False)), dice.randint(0, 40)) for _ in range(300)]
    rules = [
        {
            "id": f"r{n:03d}",
            "when": {"effective_grade": grade, "stable": stable, "city_distance_km": {"lt": cut}},
            "then": {"advice": str(n)},
        }
        for n, (grade, stable, cut) in enumerate(grid)
    ]
    book = make_book(rules=[*rules, {"id": "base", "then": {"limit": 0.2}}])
    lines = [
        {
            "grade": dice.choice("ABCD"),
            "stable": dice.choice((True, False)),
            "city_distance_km": dice.randint(0, 400) / 10,
        }
        for _ in range(40)
    ]
    for line, matched in zip(lines, _matched(book, decide, lines), strict=True):
        assert matched - {"base"} == {
            f"r{n:03d}"
            for n, (grade, stable, cut) in enumerate(grid)
            if (grade, stable) == (line["grade"], line["stable"]) and line["city_distance_km"] < cut
        }


@pytest.mark.parametrize(
    ("condition", "inside", "outside"),
    [
        ({"le": 10}, 10, 10.000001),
        ({"lt": 10}, 9.999999, 10),
        ({"ge": 10}, 10, 9.999999),
        ({"gt": 10}, 10.000001, 10),
        ({"between": [5, 10]}, 10, 10.004),
        ({"between": [5, 10]}, 5, 4.999),
        ({"not": {"in": [10]}}, 10.004, 10),
        ({"in": [10]}, 10, 10.004),
        ({"in": [3, 1.5e-7]}, 1.5e-7, 0),
        ({"lt": 1.5e16}, 1e15, 1.5e16),
    ],
)
def test_numbers_are_never_rounded(
    make_book: BookMaker, decide: Decider, condition: Any, inside: float, outside: float
) -> None:
    book = make_book(rules=[{"id": "r", "when": {"city_distance_km": condition}, "then": "stop"}])
    assert _matched(book, decide, [{"city_distance_km": inside}, {"city_distance_km": outside}]) == [{"r"}, set()]


def test_compiled_rules_are_kept_across_days_and_lists(make_book: BookMaker) -> None:
    book = make_book(rules=[{"id": "r", "when": {"stable": True}, "then": "stop"}])
    engine = Engine(book)
    matchers = [
        engine.law(book.documents["law"].valid.bounds()[0].replace(year=year))._measuring for year in (2019, 2020)
    ]
    assert isinstance(matchers[0], Matcher)
    assert matchers[0] is matchers[1]


def test_lines_the_law_cannot_tell_apart_are_of_one_kind(make_book: BookMaker, decide: Decider) -> None:
    book = make_book(rules=[{"id": "r", "when": {"city_distance_km": {"le": 10}, "stable": True}, "then": "stop"}])
    engine = Engine(book)
    decide(book, [{"city_distance_km": n / 7 + 0.01, "stable": n % 2 == 0} for n in range(140)], engine=engine)
    told = [count for stats in engine.stats() for count in stats.profiles.values()]
    assert told == [1]  # it holds or it does not; by which field it fails tells no lines apart


def test_what_the_library_never_frees_is_built_once_for_the_same_rules(
    make_book: BookMaker, decide: Decider, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = []
    real = durable._QuietHost.__init__
    monkeypatch.setattr(
        durable._QuietHost, "__init__", lambda self, *rules: (built.append(self), real(self, *rules))[1]
    )
    durable.shards_of.cache_clear()
    for value in (True, True, False, False):
        book = make_book(rules=[{"id": "r", "when": {"stable": value}, "then": "stop"}])
        assert list(decide(book, [{"stable": value}])["status"]) == ["ordered"]
    assert len(built) == 2
