"""A slice that goes on from the one before it: only enterprises that its hours bind otherwise are decided anew."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertengine.engine import Decision, Engine
from tests.conftest import BookMaker, Decider, document

from . import oracle

DAY = date(2026, 12, 1)
#: Something that begins and something that ends by the hour, at two levels.
HOURLY = (
    {"id": "late", "when": {"process": "焦炉"}, "levels": ["orange", "red"], "then": {"stop": True, "after_hours": 48}},
    {"id": "early", "when": {"units": {"ge": 2}}, "then": [{"stop_share": 0.5, "until_hours": 24}, {"limit": 0.2}]},
    {
        "id": "below",
        "levels": ["yellow"],
        "then": [{"limit": 0.3, "until_hours": 24}, {"stop": True, "after_hours": 48}],
    },
    {"id": "part", "levels": ["red"], "then": {"stop_share": 0.3, "after_hours": 72, "by": "capacity"}},
)
LIMIT = {"id": "limit", "then": {"limit": 0.2}}
_PLANS = st.sampled_from((None, "停产", "限产30%", "停产50%（以生产线计）", "自主减排"))
_LINES = st.builds(
    lambda line, firm, capacity, plans: (
        line
        | {"enterprise_id": firm, "capacity": capacity, "capacity_unit": "万吨/年"}
        | dict(zip(("plan_yellow", "plan_orange", "plan_red"), plans, strict=True))
    ),
    oracle.lines(),
    st.sampled_from(("A", "B", "C")),
    st.sampled_from((None, 10, 50, 200)),
    st.tuples(_PLANS, _PLANS, _PLANS),
)


def _named(start: str, law: list[Any]) -> list[Any]:
    return [{**rule, "id": f"{start}-{rule['id']}"} for rule in law]


def _by_itself(
    self: Engine, facts: Any, _: Any, matching: Any, piece: Any, previous: Decision, *, published: bool
) -> Decision:
    return self.decide_slice(facts, matching, piece, previous, published=published)


@given(
    law=oracle.laws(most=4),
    later=oracle.laws(most=3),
    gone=oracle.laws(most=3),
    lines=st.lists(_LINES, min_size=1, max_size=8),
    level=st.sampled_from(("yellow", "orange", "red")),
    published=st.booleans(),
)
@settings(max_examples=15, deadline=None)
def test_it_says_what_is_said_of_it_by_itself(
    make_book: BookMaker,
    decide: Decider,
    law: list[Any],
    later: list[Any],
    gone: list[Any],
    lines: list[Any],
    level: str,
    published: bool,
) -> None:
    book = make_book(
        document(rules=[*HOURLY, *law]),
        document("later", valid={"from": str(DAY + timedelta(days=1)), "to": "not stated"}, rules=_named("l", later)),
        document("gone", valid={"from": "2018-01-01", "to": str(DAY + timedelta(days=2))}, rules=_named("g", gone)),
    )
    gone_on = decide(book, lines, day=DAY, level=level, hours=120, published=published)
    with patch.object(Engine, "_go_on", _by_itself):
        alone = decide(book, lines, day=DAY, level=level, hours=120, published=published)
    pd.testing.assert_frame_equal(gone_on, alone)


def test_only_enterprises_bound_otherwise_are_decided_anew(make_book: BookMaker, decide: Decider) -> None:
    rules = [
        {"id": "late", "when": {"process": "焦炉"}, "then": {"stop": True, "after_hours": 48}},
        LIMIT,
        {"id": "ends", "when": {"process": "锅炉"}, "then": {"limit": 0.6, "until_hours": 24}},
    ]
    firms = [("A", "焦炉"), ("A", "烧结"), ("B", "锅炉"), *(("C", "烧结"),) * 4, ("D", "焦炉"), ("E", "烧结")]
    lines = [{"enterprise_id": firm, "line_id": str(n), "process": said} for n, (firm, said) in enumerate(firms)]
    decided = []
    real = Engine._decide_kept

    def counted(self: Engine, facts: Any, *asked: Any, **keys: Any) -> Decision:
        decided.append(facts.lines.text("enterprise_id").compact().names)
        return real(self, facts, *asked, **keys)

    with patch.object(Engine, "_decide_kept", counted):
        table = decide(make_book(rules=rules), lines, hours=96)
    assert decided == [["A", "B", "C", "D", "E"], ["B"], ["A", "D"]]
    assert [(str(row.enterprise_id), row.phase, row.share) for row in table.itertuples()] == [
        ("A", "0-48", 0.2), ("A", "48-96", 1.0), ("A", "0-96", 0.2), ("B", "0-24", 0.6), ("B", "24-96", 0.2),
        *[("C", "0-96", 0.2)] * 4, ("D", "0-48", 0.2), ("D", "48-96", 1.0), ("E", "0-96", 0.2),
    ]  # fmt: skip


def test_a_line_that_rests_on_a_lower_level_follows_its_hours(make_book: BookMaker, decide: Decider) -> None:
    then = [{"limit": 0.3, "until_hours": 24}, {"limit": 0.5, "after_hours": 24}]
    book = make_book(rules=[{"id": "below", "levels": ["yellow"], "then": then}])
    table = decide(book, [{"plan_yellow": "限产10%"}], level="orange", hours=72)
    assert [(row.phase, row.share) for row in table.itertuples()] == [("0-24", 0.3), ("24-72", 0.5)]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"then": {"limit": 0.5}}, [("0-48", 0.2), ("48-96", 0.5)]),
        ({"kind": "classification", "then": {"grade": "D"}}, [("0-48", 0.2), ("48-96", 1)]),
    ],
)
def test_a_law_that_begins_within_a_response_decides_those_anew_whom_it_binds(
    make_book: BookMaker, decide: Decider, rule: dict[str, Any], said: list[Any]
) -> None:
    always = [LIMIT, {"id": "worst", "when": {"effective_grade": "D"}, "then": "stop"}]
    new = {"id": "new", "when": {"process": "锅炉"}, **rule}
    later = document("later", valid={"from": "2026-12-03", "to": "not stated"}, rules=[new])
    lines = [{"line_id": str(n), "grade": "B", "process": "锅炉" if n == 1 else "焦炉"} for n in range(5)]
    decided = []
    real = Engine._decide_kept

    def counted(self: Engine, facts: Any, *asked: Any, **keys: Any) -> Decision:
        decided.append(len(facts))
        return real(self, facts, *asked, **keys)

    with patch.object(Engine, "_decide_kept", counted):
        table = decide(make_book(document(rules=always), later), lines, day=DAY, hours=96, apart=True)
    assert decided == [5, 1]
    assert [(row.phase, row.share) for row in table[table["line_id"] == "1"].itertuples()] == said
    assert set(table[table["line_id"] != "1"]["phase"]) == {"0-96"}
    assert table["effective_grade"].tolist().count("D") == (rule.get("kind") == "classification")
