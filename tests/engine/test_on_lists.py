"""Closed lists whose members are on file: by name or code, in their time, beside what the list itself says."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from alertengine.engine import STATUSES, Engine, Response, Segment
from alertengine.lists import lines_from
from alertengine.rulebook import Rulebook
from alertengine.rulebook.open_list_rows import Member, NamedList
from alertengine.vocabulary import Level, Status
from tests.conftest import WINTER, BookMaker, Decider, rows_of

KILNS, SPARED = "炉窑清单", "错峰豁免清单"


@pytest.fixture
def book(make_book: BookMaker, monkeypatch: pytest.MonkeyPatch) -> Rulebook:
    """Who stands on the list of kilns stops, who does not is left out; 甲厂 and a code are on it, 丙厂 for a day."""
    made = make_book(
        rules=[
            {"id": "on", "when": {"named_lists": KILNS}, "then": "stop"},
            {"id": "off", "layer": "exemption", "when": {"named_lists": {"not": KILNS}}, "then": "exempt"},
        ]
    )
    members = (
        Member(name="甲厂"),
        Member(code="91140000HC0000001P"),
        Member(name="丙厂", **{"from": WINTER, "to": WINTER}),  # type: ignore[arg-type]
        Member(name="丁厂", **{"from": WINTER.replace(day=11)}),  # type: ignore[arg-type]
        Member(name="戊厂", to=WINTER.replace(day=9)),  # type: ignore[arg-type]
    )
    lists = {
        KILNS: NamedList(name=KILNS, source="试验", members=members),
        SPARED: NamedList(name=SPARED, source="试验"),
    }
    monkeypatch.setattr(made.lists, "named_lists", lists)
    return made


@pytest.mark.parametrize(
    ("facts", "status", "hangs_on"),
    [
        ({"enterprise": "甲厂"}, "ordered", ""),
        ({"enterprise": "甲 厂"}, "ordered", ""),
        ({"enterprise": "乙厂", "enterprise_id": "91140000HC0000001P"}, "ordered", ""),
        ({"enterprise": "乙厂"}, "undetermined", "named_lists"),
        ({"enterprise": "乙厂", "named_lists": "无"}, "exempt", ""),
        ({"enterprise": "乙厂", "named_lists": SPARED}, "exempt", ""),
        ({"enterprise": "乙厂", "named_lists": KILNS}, "ordered", ""),
        ({"enterprise": "乙厂", "named_lists": "别的名单"}, "undetermined", "named_lists"),
        ({"enterprise": "甲厂", "named_lists": "无"}, "ordered", ""),
        ({"enterprise": "甲厂", "named_lists": SPARED}, "ordered", ""),
        ({"enterprise": "丙厂", "named_lists": "无"}, "ordered", ""),
        ({"enterprise": "丁厂", "named_lists": "无"}, "exempt", ""),
        ({"enterprise": "戊厂", "named_lists": "无"}, "exempt", ""),
        ({"enterprise": None, "enterprise_id": None, "named_lists": "无"}, "exempt", ""),
    ],
)
def test_a_member_on_file_stands_on_the_list_whatever_the_enterprise_list_says(
    book: Rulebook, decide: Decider, facts: dict[str, Any], status: str, hangs_on: str
) -> None:
    row = decide(book, [{"enterprise_id": "E1", **facts}, {"enterprise": "别厂", "named_lists": "无"}]).iloc[0]
    assert (row["status"], row["hangs_on"]) == (status, hangs_on)


def test_that_it_stands_on_one_list_does_not_say_that_it_stands_on_no_other(
    make_book: BookMaker, decide: Decider, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_book(rules=[{"id": "r", "when": {"named_lists": SPARED}, "then": "stop"}])
    lists = {
        KILNS: NamedList(name=KILNS, source="试验", members=(Member(name="甲厂"),)),
        SPARED: NamedList(name=SPARED, source="试验"),
    }
    monkeypatch.setattr(made.lists, "named_lists", lists)
    unsaid, said = decide(
        made, [{"enterprise": "甲厂"}, {"enterprise": "甲厂", "named_lists": "无"}], apart=True
    ).to_dict("records")
    assert unsaid["hangs_on"] == "named_lists"
    assert said["hangs_on"] == ""


def test_who_comes_onto_a_list_within_a_warning_stands_on_it_from_the_next_slice_on(book: Rulebook) -> None:
    """丙厂 stands on it on the first day alone, 丁厂 from the second on; the law of both days is the same."""
    lines = lines_from(
        rows_of([{"enterprise": name, "named_lists": "无"} for name in ("甲厂", "丙厂", "丁厂")]), book.lists
    )
    first, second = (datetime.combine(WINTER, time()) + timedelta(days=days) for days in (0, 1))
    segments = (Segment(first, second, Level.ORANGE), Segment(second, second + timedelta(days=1), Level.RED))
    decided = Engine(book).decide(lines, Response(segments, first))
    told = [[STATUSES[code] for code in one.status] for one in decided]
    on, off = Status.ORDERED, Status.EXEMPT
    assert told == [[on, on, off], [on, off, on]]
