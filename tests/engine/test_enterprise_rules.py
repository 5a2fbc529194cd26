"""Rules that speak of an enterprise: any or every of its lines, in Kleene's logic."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertengine.rulebook import OpenLists
from alertengine.vocabulary import InputError
from tests.conftest import BookMaker, Decider
from tests.engine.oracle import Oracle, conjunction, disjunction

pytestmark = pytest.mark.whole

_LINE = st.fixed_dictionaries(
    {},
    optional={
        "stable": st.sampled_from((True, False, None)),
        "zone": st.sampled_from(("重点", "一般", None)),
        "city_distance_km": st.sampled_from((5, 10, 20, None)),
        "named_lists": st.sampled_from(("无", "炉窑清单", None)),
    },
)
_WHEN = st.sampled_from(
    (
        {"stable": False},
        {"stable": False, "zone": "重点"},
        {"any": [{"stable": False}, {"city_distance_km": {"le": 10}}]},
        {"any": [{"stable": False, "zone": "重点"}, {"city_distance_km": {"gt": 5}}]},
        {"named_lists": "炉窑清单", "not": {"zone": "重点"}},
    )
)


@pytest.mark.slow
@given(when=_WHEN, then=st.sampled_from(("stop", "exempt")), plants=st.lists(st.lists(_LINE, min_size=1, max_size=3)))
@settings(max_examples=30, deadline=None)
def test_an_enterprise_is_the_greatest_or_the_least_of_its_lines(
    make_book: BookMaker,
    decide: Decider,
    vocabulary: OpenLists,
    when: dict[str, Any],
    then: str,
    plants: list[list[dict[str, Any]]],
) -> None:
    """A demand holds where one line meets it, an exemption where every line does; the rest hangs on what is unknown."""
    book = make_book(rules=[{"id": "r", "about": "enterprise", "when": when, "then": then}])
    rows = [{**line, "enterprise_id": f"E{n}"} for n, plant in enumerate(plants) for line in plant]
    if not rows:
        return
    orders = decide(book, rows).to_dict("records")
    together = disjunction if then == "stop" else conjunction
    for n, plant in enumerate(plants):
        held = together([Oracle(line, vocabulary).holds(when) for line in plant])
        for order in (one for one in orders if one["enterprise_id"] == f"E{n}"):
            assert (order["status"] == {"stop": "ordered", "exempt": "exempt"}[then]) == (held is True)
            assert (order["hangs_on"] != "") == (held is None)


@pytest.mark.parametrize("blank", [["small"], ["stable"], ["zone"], ["small", "zone"], ["stable", "zone"]])
def test_only_what_is_unknown_on_some_line_is_asked_for(
    make_book: BookMaker, decide: Decider, blank: list[str]
) -> None:
    met = {"stable": False, "zone": "重点", "small": True}
    lines = [
        {"enterprise_id": "E", **{name: value for name, value in met.items() if name not in blank}},
        {"enterprise_id": "E", "stable": True, "zone": "一般"},
        {"enterprise_id": "F", "stable": True},
    ]
    asked = ";".join(blank)
    book = make_book(rules=[{"id": "r", "when": {"any_line": met}, "then": "stop"}])
    assert decide(book, lines)["hangs_on"].tolist() == [asked, asked, ""]


def test_a_line_and_its_enterprise_are_asked_apart(make_book: BookMaker, decide: Decider) -> None:
    rule = {"id": "r", "when": {"zone": "重点", "every_line": {"stable": True}}, "then": "stop"}
    lines = [
        {"enterprise_id": "E", "stable": True, "zone": "重点"},
        {"enterprise_id": "E", "stable": True, "zone": "一般"},
        {"enterprise_id": "F", "stable": True, "zone": "重点"},
        {"enterprise_id": "F", "stable": False, "zone": "重点"},
    ]
    assert decide(make_book(rules=[rule]), lines)["share"].fillna(0).tolist() == [1, 0, 0, 0]


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ({"any_line": {"every_line": {"stable": True}}}, "inside each other"),
        ({"any_line": {"effective_grade": "A"}}, "not effective_grade"),
        ({"every_line": {"zone": {"missing": True}}}, "blank cell"),
    ],
)
def test_what_lines_of_an_enterprise_cannot_be_asked(make_book: BookMaker, when: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        make_book(rules=[{"id": "r", "when": when, "then": "stop"}])


def test_an_exemption_lifts_the_documents_it_names_alone(make_book: BookMaker, decide: Decider) -> None:
    head = {"title": "测试", "area": "山西省", "valid": {"from": "2018-01-01", "to": "not stated"}, "source": "primary"}
    rule = {"article": "一", "title": "测", "kind": "measure"}
    one = {**head, "document": "one", "rules": [{**rule, "id": "a", "then": {"limit": 0.2}}]}
    other = {**head, "document": "other", "rules": [{**rule, "id": "b", "then": {"limit": 0.3}}]}
    free = {**rule, "id": "free", "layer": "exemption", "lifts": "one", "then": "exempt"}
    third = {**head, "document": "third", "rules": [free]}
    got = decide(make_book(one, other, third), [{}]).iloc[0]
    assert (got["status"], got["share"], got["rules"]) == ("ordered", 0.3, "b")
    assert set(got["set_aside"].split(";")) == {"a", "free"}


def test_livelihood_sets_sanctions_of_every_regime_aside(make_book: BookMaker, decide: Decider) -> None:
    spared = {"id": "warm", "layer": "livelihood", "when": {"guarantee": "供暖"}, "then": "none"}
    decided = {"id": "shut", "regime": "always", "layer": "sanction", "when": {"stable": False}, "then": "stop"}
    lines = [{"guarantee": "供暖", "stable": False, "enterprise_id": "E"}, {"stable": False, "enterprise_id": "F"}]
    got = decide(make_book(rules=[spared, decided]), lines)
    assert got["status"].tolist() == ["exempt", "ordered"]
    assert got["set_aside"].tolist() == ["shut", ""]


@pytest.mark.parametrize(
    ("rule", "lines", "together", "apart"),
    [
        (
            {"when": {"any_line": {"stable": False}}, "then": "stop"},
            [{"stable": True}, {"stable": False}],
            [1, 1],
            [0, 1],
        ),
        ({"when": {"enterprise_worst_grade": "D"}, "then": "stop"}, [{"grade": "A"}, {"grade": "D"}], [1, 1], [0, 1]),
        ({"when": {"enterprise_lines": {"ge": 2}}, "then": "stop"}, [{}, {}], [1, 1], [0, 0]),
        ({"then": {"stop_units": 1}}, [{"units": 1}, {"units": 1}], [1, 0], [1, 1]),
    ],
)
def test_one_code_in_two_cities_is_two_enterprises(
    make_book: BookMaker,
    decide: Decider,
    rule: dict[str, Any],
    lines: list[dict[str, Any]],
    together: list[float],
    apart: list[float],
) -> None:
    """What lines of one code are told in one city, and the second of them in another."""
    book = make_book(rules=[{"id": "r", "title": "测", **rule}])
    for city, expected in (("临汾市", together), ("太原市", apart)):
        own = [{**line, "line_id": str(number)} for number, line in enumerate(lines)]
        own[1]["city"] = city
        assert decide(book, own)["share"].fillna(0).tolist() == expected
