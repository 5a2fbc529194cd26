"""What is shared between kinds of line must be what each would have found alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertengine.engine import Engine, Facts, Matching, Response
from alertengine.engine._matching.resolved_cache import ResolvedMoment
from alertengine.engine.decision import turns_of
from alertengine.engine.hangs_on import hangs_on
from alertengine.engine.law_of_day import Law
from alertengine.engine.match import Matcher
from alertengine.lists import generate_list, load_settings
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import Level

pytestmark = pytest.mark.whole

DAY = date(2020, 1, 10)


@pytest.mark.parametrize("level", [Level.YELLOW, Level.RED])
def test_kinds_that_share_a_search_hang_on_what_their_own_search_finds(shipped: Rulebook, level: Level) -> None:
    engine = Engine(shipped)
    lines = generate_list(3000, 5, shipped.lists, load_settings(None)).lines
    matching = engine.match(Facts(lines, shipped.lists, DAY), DAY)
    law = engine.law(DAY)
    every, own = law.kinds(matching, None)
    heard, number = law.kinds(matching, level)
    assert len(heard) < len(every)
    shared, alone = (ResolvedMoment(law, shipped.layers, level, 0.0, published=False) for _ in range(2))
    speaking = law.that_can_matter(level)
    for kind, of in zip([every[n] for n in own], [heard[n] for n in number], strict=True):
        assert shared.resolution(of.rules).signature() == alone.resolution(kind.rules).signature()
        if kind.question is None:
            assert of.question is None
            continue
        speakers = tuple(item for item in kind.question.open if item[0] in speaking)
        found = hangs_on(replace(kind.question, open=speakers), law.regrade(kind.ladder), alone.outcome)
        assert (shared.hangs_on(of.question, of.ladder) if of.question else ()) == found


def test_a_binding_stands_once_in_a_decision(shipped: Rulebook) -> None:
    lines = generate_list(3000, 5, shipped.lists, load_settings(None)).lines
    decision = Engine(shipped).decide(lines, Response.single(Level.ORANGE, DAY))[0]
    assert len({one.key for one in decision.bindings}) == len(decision.bindings)
    assert set(decision.binding.tolist()) == set(range(len(decision.bindings)))


@pytest.mark.parametrize("decided", [None, "停产整治:超标排放@2020-01-05..2020-01-12#一号"])
def test_days_that_share_a_matching_would_each_have_found_it(shipped: Rulebook, decided: str | None) -> None:
    lines = generate_list(300, 5, shipped.lists, load_settings(None)).lines
    lines["decisions"] = pd.Series(decided, index=lines.index, dtype="str")
    matched: dict[datetime, Matching] = {}
    Engine(shipped).decide(lines, Response.single(Level.ORANGE, DAY), matched=matched)
    over = datetime(2020, 1, 13)
    before, after = ({id(one) for since, one in matched.items() if (since < over) == early} for early in (True, False))
    assert before
    assert after
    assert before.isdisjoint(after) == (decided is not None), "a decision that has ended parts the days"
    for since, shared in matched.items():
        alone = Engine(shipped).match(Facts(lines, shipped.lists, since.date()), since)
        law = Engine(shipped).law(since)
        (mine, own), (theirs, other) = law.kinds(shared, None), law.kinds(alone, None)
        assert [mine[n] for n in own[shared.met]] == [theirs[n] for n in other[alone.met]]


def test_days_that_share_a_law_would_each_have_compiled_it(shipped: Rulebook) -> None:
    engine, compiled = Engine(shipped), dict[frozenset[str], Matcher]()
    for moment in shipped.changes(datetime(2018, 1, 1), datetime(2028, 1, 1))[::8]:
        for day in (moment - timedelta(days=1), moment, moment + timedelta(days=1)):
            shared, alone = engine.law(day), Law(shipped, day, None, compiled)
            assert (shared.day, shared.key, list(shared.rules)) == (alone.day, alone.key, list(alone.rules))
    assert len(engine._dated) < len(engine._laws)


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (["停产整治:超标排放@2020-01-05..2020-01-12#一号"], [date(2020, 1, 5), date(2020, 1, 13)]),
        (["停产整治:超标排放@2020-01-05..#一号"], [date(2020, 1, 5)]),
        (["停产整治:超标排放@..2020-01-31#一号"], [date(2020, 2, 1)]),
        (["停产整治:超标排放@..#一号", "限制生产:超标排放@2020-01-05..2020-01-12#二号"], []),  # nobody asks
        (["停产整治:a@2020-01-05..2020-01-12#一号;停产整治:b@2020-01-01..2020-01-04#二号"] * 2,
         [date(2020, 1, 1), date(2020, 1, 5), date(2020, 1, 13)]),
    ],
)  # fmt: skip
def test_the_days_on_which_another_decision_binds(cells: list[str], days: list[date]) -> None:
    assert turns_of(cells, frozenset({"停产整治:超标排放"})) == days


@given(st.dates(date(2020, 1, 1), date(2020, 1, 20)), st.dates(date(2020, 1, 1), date(2020, 1, 20)))
def test_facts_of_two_days_are_the_same_where_the_same_decisions_bind(shipped: Rulebook, one: date, two: date) -> None:
    lines = pd.DataFrame({"decisions": ["停产整治:超标排放@2020-01-05..2020-01-12#一号"], "decision_no": "一号"})
    lines = lines.assign(industry="水泥", enterprise="甲厂", enterprise_id="E", named_lists="无")
    facts = Facts(lines, shipped.lists, one)
    bound = [date(2020, 1, 5) <= day <= date(2020, 1, 12) for day in (one, two)]
    assert facts.same_on(one, two) == (bound[0] == bound[1])
