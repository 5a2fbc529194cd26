"""The numbers that whoever signs a draft is asked with, and who by the procedure takes a step."""

from __future__ import annotations

import pandas as pd
import pytest

from alertengine.orders import InForce, StateDecision
from alertengine.vocabulary import CANCEL
from alertengine.web.brief import brief_of
from alertengine.web.pages.issueacts import _signers
from alertengine.web.pages.reviewing import numbers_of
from tests.ledger.conftest import orders_of


def _lines(*places: int, left_open: bool = False) -> pd.DataFrame:
    table = orders_of(4).assign(city="临汾市", status="undetermined" if left_open else "ordered", flags="")
    table["enterprise_id"], table["line_id"] = [f"E{n // 2}" for n in range(4)], [str(n) for n in range(4)]
    return table.iloc[list(places)]


@pytest.mark.parametrize(
    ("now", "later", "ended", "counted"),
    [
        (_lines(0, 1, 2), _lines(), _lines(), (3, 2, 0)),
        (_lines(0, 1), _lines(0, 2), _lines(), (3, 2, 0)),  # a line once, in whatever phases
        (_lines(0, left_open=True), _lines(1), _lines(2), (2, 1, 1)),
        # a lift orders nothing more, and leaves nothing open
        (_lines(), _lines(), _lines(0, 1, 2, left_open=True), (0, 0, 0)),
        (_lines(3), _lines(), _lines(0, left_open=True), (1, 1, 0)),  # of one city of two
    ],
)
def test_lines_are_counted_that_are_ordered_from_the_decision_on(
    now: pd.DataFrame, later: pd.DataFrame, ended: pd.DataFrame, counted: tuple[int, int, int]
) -> None:
    orders = pd.concat([now, later, ended])
    brief = brief_of(orders, InForce({}, now, later, ended, {}), [], [])
    assert (brief.lines, brief.enterprises, brief.open) == counted
    (lines, firms), (left, _) = numbers_of(brief)[:2]
    assert (lines, firms, left) == (str(counted[0]), f"条生产线，{counted[1]}家企业", str(counted[2]))


def test_steps_of_which_the_procedure_says_nothing_are_one_sentence_each() -> None:
    def finding(city: str, role: str, actor: str = "") -> dict[str, str]:
        return {"city": city, "level": "red", "role": role, "actor": actor, "basis": "《预案》§3.3"}

    findings = [finding(city, role) for city in ("临汾市", "吕梁市") for role in ("reviewed_by", "approved_by")]
    assert _signers([*findings, finding("太原市", "approved_by", "市长")]) == {
        "太原市红色预警由市长批准（《预案》§3.3）": True,
        "临汾市红色预警、吕梁市红色预警由谁审核：程序未录入": False,
        "临汾市红色预警、吕梁市红色预警由谁批准：程序未录入": False,
    }
    assert _signers([]) == {}


@pytest.mark.parametrize(
    ("decided", "start"),
    [
        ([("A", "issue", "2026-12-07 00:00", 4)], "2026-12-07 00:00"),
        # of a city that nothing new was decided of the start is no matter of this draft
        ([("A", "raise", "2026-12-04 16:00", 4), ("B", "issue", "2026-12-07 00:00", 5)], "2026-12-07 00:00"),
        ([("A", "raise", "2026-12-04 16:00", 4), ("B", CANCEL, "2026-12-07 00:00", 5)], ""),
        ([("A", "lift", "2026-12-04 16:00", 4)], ""),
        ([("A", "raise", "2026-12-04 16:00", 4)], "2026-12-04 16:00"),
        ([], "2026-12-01 16:00"),  # orders for a list alone
    ],
)
def test_a_draft_begins_when_what_it_decides_does(decided: list[tuple[str, str, str, int]], start: str) -> None:
    orders = _lines(0, 1).assign(starts="2026-12-01 16:00")
    made = {
        city: StateDecision(city, kind, "orange", since, "", f"2026-12-{day:02d} 15:00")
        for city, kind, since, day in decided
    }
    assert brief_of(orders, InForce({}, orders, _lines(), _lines(), made), [], []).start == start
