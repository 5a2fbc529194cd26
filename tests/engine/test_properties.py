"""Laws the engine obeys for any rulebook: random rulebooks and random lines against a plain evaluator and itself."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from alertengine.engine import Engine, Facts, Matcher, TextColumn
from alertengine.lists import lines_from
from alertengine.rulebook import OpenLists
from alertengine.vocabulary import GRADES
from tests.conftest import WINTER, BookMaker, Decider, document, rows_of

from . import oracle

pytestmark = pytest.mark.whole

#: Examples are small as they are drawn; shrinking them would cost minutes on a failure.
_PHASES = (Phase.explicit, Phase.generate)
_FAST = settings(max_examples=10, deadline=None, phases=_PHASES)
_THOROUGH = settings(max_examples=25, deadline=None, phases=_PHASES)
#: What a person held to an order can tell apart.
BINDING = ["status", "share", "measure", "transport", "measure_text", "level"]
#: Which regime asks a measure is its ground, not the measure.
REGIME_LABELS = r"（(?:日常|错峰)）"
SAID = [*BINDING, "rules", "set_aside", "hangs_on", "remark", "effective_grade", "so2_kg_d"]


def told(table: pd.DataFrame, columns: Sequence[str] = SAID) -> dict[tuple[str, str], list[tuple[Any, ...]]]:
    """The orders of each line, blanks as None."""
    out: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    said = [[_told(name, value) for value in table[name].tolist()] for name in ("enterprise_id", "line_id", *columns)]
    for enterprise, line, *row in zip(*said, strict=True):
        out.setdefault((enterprise, line), []).append(tuple(row))
    return out


def _told(name: str, value: Any) -> Any:
    if pd.isna(value):
        return None
    return re.sub(REGIME_LABELS, "", value) if name == "measure_text" else value


def bound(table: pd.DataFrame) -> dict[tuple[str, str], list[tuple[Any, ...]]]:
    """What each line is bound to from when on; rows that differ only in what they hang on are one."""
    merged: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for key, rows in told(table, [*BINDING, "starts"]).items():
        said = merged.setdefault(key, [])
        for row in rows:
            if not said or said[-1][:-1] != row[:-1]:
                said.append(row)
    return merged


# -- matching against the oracle


@pytest.mark.slow
@given(
    when=st.lists(oracle.conditions(), min_size=1, max_size=6),
    areas=st.lists(st.sampled_from((*oracle.AREAS, "临汾市/尧都区")), min_size=6, max_size=6),
    lines=st.lists(oracle.lines(), min_size=1, max_size=12),
    grades=st.lists(st.sampled_from((*oracle.GRADES, None)), min_size=12, max_size=12),
    one_by_one=st.sampled_from((0, 1, 64)),
)
@settings(max_examples=50, deadline=None, phases=_PHASES)
def test_the_matcher_finds_what_the_oracle_finds(
    make_book: BookMaker,
    vocabulary: OpenLists,
    when: list[Any],
    areas: list[str],
    lines: list[dict[str, Any]],
    grades: list[str | None],
    one_by_one: int,
) -> None:
    rules = [{"id": f"r{n}", "when": said, "then": "stop", "area": areas[n]} for n, said in enumerate(when)]
    book = make_book(rules=rules)
    table = lines_from(rows_of(lines, apart=True), vocabulary)
    codes = [GRADES.index(grade) if grade else -1 for grade in grades[: len(lines)]]
    facts = Facts(table, vocabulary, WINTER).with_grade(TextColumn(np.array(codes, dtype=np.int32), GRADES))
    matcher = Matcher([(rule, book.members(rule)) for rule in book.line_rules()])
    matcher.one_by_one = one_by_one  # the whole law proven first, or each profile shown
    found = matcher.match(facts)
    for number, line in enumerate(lines):
        full = {**rows_of([line])[0], **line, "effective_grade": grades[number]}
        places = {"全国", "山西省", line["city"], f"{line['city']}/{line['county']}"}
        reached = [rule for rule in rules if book.members(book.rules[rule["id"]]) & places]
        plain = oracle.Oracle(full, vocabulary, WINTER)
        blank = oracle.Oracle(full, vocabulary, WINTER, blank_open=True)
        match = found.matches[found.index[number]]
        assert match.sure == {rule["id"] for rule in reached if plain.holds(rule["when"]) is True}
        assert {name for name, _ in match.open} == {r["id"] for r in reached if blank.holds(r["when"]) is None}


# -- profiles, partitions, orders


@pytest.mark.slow
@given(law=oracle.laws(), lines=st.lists(oracle.lines(), min_size=2, max_size=16), cut=st.integers(1, 15))
@_FAST
def test_together_alone_and_in_parts_lines_get_the_same_orders(
    make_book: BookMaker, decide: Decider, law: list[Any], lines: list[dict[str, Any]], cut: int
) -> None:
    book = make_book(rules=law)
    rows = [{**line, "enterprise_id": f"E{number}"} for number, line in enumerate(lines)]
    engine = Engine(book)
    together = told(decide(book, rows, engine=engine))
    alone: dict[Any, Any] = {}
    for row in rows:
        alone |= told(decide(book, [{**row, "line_id": "1"}], engine=engine))
    assert {key[0]: value for key, value in together.items()} == {key[0]: value for key, value in alone.items()}
    named = [{**row, "line_id": str(number)} for number, row in enumerate(rows, start=1)]
    parts = told(decide(book, named[:cut])) | (told(decide(book, named[cut:])) if named[cut:] else {})
    assert told(decide(book, named, engine=engine)) == parts


@pytest.mark.slow
@given(
    law=oracle.laws(), lines=st.lists(oracle.lines(), min_size=2, max_size=12), dice=st.randoms(use_true_random=False)
)
@_FAST
def test_the_order_of_rules_files_and_lines_changes_nothing(
    make_book: BookMaker, decide: Decider, law: list[Any], lines: list[dict[str, Any]], dice: random.Random
) -> None:
    rows = [
        {**line, "enterprise_id": f"E{number % 3}", "line_id": f"L{number:02d}"} for number, line in enumerate(lines)
    ]
    cut = dice.randint(0, len(law))
    files = [document("one", rules=law[:cut]), document("two", rules=law[cut:])]
    expected = decide(make_book(*files), rows)
    other_files = [document(f["document"], rules=dice.sample(f["rules"], len(f["rules"]))) for f in files]
    shuffled = decide(make_book(*reversed(other_files)), dice.sample(rows, len(rows)))
    pd.testing.assert_frame_equal(expected.astype("object"), shuffled.astype("object"))


@pytest.mark.slow
@given(law=oracle.laws(), lines=st.lists(oracle.lines(), min_size=2, max_size=12))
@_FAST
def test_what_a_city_s_lines_are_told_does_not_hang_on_lines_of_another(
    make_book: BookMaker, decide: Decider, law: list[Any], lines: list[dict[str, Any]]
) -> None:
    """One code may stand for plants in several cities, each with a list of its own or all in one."""
    whole = {"id": "one", "when": {"any_line": {"stable": False}}, "then": {"limit": 0.6}}
    book = make_book(rules=[*law, {"id": "half", "then": {"stop_share": 0.5}}, whole])
    engine = Engine(book)
    rows = [{**line, "enterprise_id": f"E{n % 2}", "line_id": f"L{n:02d}"} for n, line in enumerate(lines)]
    apart: dict[Any, Any] = {}
    for city in {row["city"] for row in rows}:
        apart |= told(decide(book, [row for row in rows if row["city"] == city], engine=engine))
    assert told(decide(book, rows, engine=engine)) == apart


# -- adding a measure


@pytest.mark.slow
@given(
    law=oracle.laws(),
    lines=st.lists(oracle.lines(), min_size=1, max_size=10),
    when=oracle.conditions(),
    then=st.sampled_from(oracle.REAL_MEASURES),
    pick=st.integers(0, 7),
)
@_THOROUGH
def test_a_further_measure_of_the_same_layer_never_reduces_less(
    make_book: BookMaker,
    decide: Decider,
    law: list[Any],
    lines: list[dict[str, Any]],
    when: Any,
    then: Any,
    pick: int,
) -> None:
    like = law[pick % len(law)]
    if like["kind"] == "classification":
        like = {"kind": "measure", "levels": ["red"], "layer": "measure", "area": "山西省"}
    regime = like.get("regime", "warning")
    law = [  # one layer in that regime: what the added rule sets aside, or is set aside by, is another matter
        rule
        for rule in law
        if rule["kind"] == "classification" or rule.get("regime", "warning") != regime or rule["layer"] == like["layer"]
    ]
    added = {**like, "id": "z", "when": when, "then": then}
    before = decide(make_book(rules=law), lines, hours=96, apart=True)
    after = decide(make_book(rules=[*law, added]), lines, hours=96, apart=True)
    for hour in (0, 24, 47, 48, 72):
        was, now = _at(before, hour), _at(after, hour)
        for key, share in was.items():
            assert np.nan_to_num(now[key]) >= np.nan_to_num(share) - 1e-9, (key, hour)  # a blank counts nothing


def _at(table: pd.DataFrame, hour: int) -> dict[str, float]:
    """Shares of each enterprise's line at an hour of the response."""
    moment = (pd.Timestamp(WINTER) + pd.Timedelta(hours=hour)).strftime("%Y-%m-%d %H:%M")
    begun = table["starts"].astype(str) <= moment
    rows = table[begun & ((table["ends"].astype(str) > moment) | (table["ends"].astype(str) == ""))]
    return dict(zip(rows["enterprise_id"], rows["share"], strict=True))


# -- what orders hang on


@pytest.mark.slow
@given(law=oracle.laws(most=6), line=oracle.lines(), dice=st.randoms(use_true_random=False))
@_THOROUGH
def test_filling_in_what_an_order_does_not_hang_on_changes_nothing(
    make_book: BookMaker, decide: Decider, law: list[Any], line: dict[str, Any], dice: random.Random
) -> None:
    book = make_book(rules=law)
    engine = Engine(book)
    order = decide(book, [line], engine=engine)
    hanging = set(";".join(order["hangs_on"].astype(str)).split(";")) - {""}
    unknown = [name for name in oracle.POOLS if line[name] is None and name not in oracle.BLANK_IS_NONE]
    unknown += ["named_lists"] if line["named_lists"] == oracle.NO_LIST else []
    assert hanging <= set(unknown)
    free = [name for name in unknown if name not in hanging]
    filled = [{**line, name: value} for name in free for value in oracle.POOLS[name]]
    filled += [{**line, **{name: dice.choice(oracle.POOLS[name]) for name in free}} for _ in range(20)]
    if filled:
        expected = bound(order)["E", "1"]
        for said in bound(decide(book, filled, apart=True, engine=engine)).values():
            assert said == expected


def test_one_rule_speaks_of_its_own_lines_among_many(make_book: BookMaker, decide: Decider) -> None:
    """So many alike are matched together, in an industry with rules of its own and in one that has only this rule."""
    own = [{"id": f"own{n}", "when": {"industry": "水泥", "small": bool(n)}, "then": {"limit": 0.2}} for n in (0, 1)]
    book = make_book(rules=[{"id": "r", "when": {"stable": False, "small": True}, "then": "stop"}, *own])
    kinds = [
        {"stable": said, "small": small} for said, small in ((False, True), (False, False), (True, True), (None, True))
    ]
    for industry, least in (("水泥", 0.2), ("焦化", np.nan)):
        others = [{"industry": "水泥" if industry == "焦化" else "焦化", "small": False}] * 300
        table = decide(book, [*({**kind, "industry": industry} for kind in kinds * 100), *others], apart=True)
        np.testing.assert_array_equal(table["share"][:400], [1.0, least, least, least] * 100)
        assert table["hangs_on"].tolist()[:400] == ["", "", "", "stable"] * 100
