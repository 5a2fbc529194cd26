"""Hours between the steps of an act, against the procedure on file."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertengine.ledger import Ledger
from alertengine.vocabulary import InputError, Level
from alertengine.workflow import Prepared, record
from alertengine.workflow.signatures import lapses, out_of_order
from tests.conftest import BookMaker
from tests.ledger.conftest import SIGNED

LIMIT = {"id": "two", "kind": "procedure", "step": "issue", "after": "approve", "within_hours": 2,
         "actor": "市办", "text": "发布", "article": "三", "title": "时限"}  # fmt: skip
LEVELS = {"临汾市": (Level.RED, date(2021, 1, 10))}
NINE = datetime(2021, 1, 9, 9)


@pytest.mark.parametrize(
    ("hour", "minute", "verdict", "hours"), [(9, 0, "within", 0), (11, 0, "within", 2), (11, 1, "late", 2.02)]
)
def test_a_limit_is_held_against_the_hours_taken(
    make_book: BookMaker, hour: int, minute: int, verdict: str, hours: float
) -> None:
    [found] = lapses(make_book(rules=[LIMIT]), LEVELS, {"approve": NINE, "issue": datetime(2021, 1, 9, hour, minute)})
    assert (found.verdict, found.hours, found.allowed, found.city) == (verdict, hours, 2, "临汾市")
    if verdict == "late":
        late = found.problem("r.db")
        assert "临汾市红色预警：发布距批准2.02小时" in late.text("zh")
        assert "临汾市, red warning: 2.02 hours from approve to issue; expected within 2 hours" in late.text("en")


def test_what_was_not_stated_is_not_judged(make_book: BookMaker) -> None:
    book = make_book(rules=[LIMIT, {**LIMIT, "id": "own", "levels": ["yellow"]}])
    [found] = lapses(book, LEVELS, {"issue": NINE})
    assert (found.verdict, found.hours) == ("unknown", None)
    assert lapses(book, {"临汾市": (Level.NONE, date(2021, 1, 10))}, {}) == []


@given(st.permutations(["consult", "propose", "review", "approve", "issue"]))
def test_only_the_order_of_the_steps_is_in_order(order: list[str]) -> None:
    times = {step: datetime(2021, 1, 9, 9 + place) for place, step in enumerate(order)}
    assert bool(out_of_order(times, "r.db")) == (order != ["consult", "propose", "review", "approve", "issue"])
    assert not out_of_order({"notify": NINE, "consult": datetime(2021, 1, 9, 8)}, "r.db"), "a notice comes at any time"


def test_an_act_says_how_long_its_steps_took(make: Callable[[], Ledger], prepared: Prepared) -> None:
    with make() as ledger:
        early = dataclasses.replace(SIGNED, times={"approve": datetime(2021, 1, 9, 19)})
        with pytest.raises(InputError, match="issue is stated to come before approve"):
            record(ledger, prepared, early)
        act, _ = record(ledger, prepared, dataclasses.replace(SIGNED, times={"approve": datetime(2021, 1, 9, 10)}))
        assert act.act == 1
        assert act.head["timing"] == [], "no limit on file there"
