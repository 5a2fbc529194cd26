"""How 今日 names a change of a warning, and the level that a county is marked with."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pandas as pd
import pytest

from alertengine.web.days_ahead import level_on
from alertengine.web.pages.today import _proposal
from alertengine.web.today import Today, new_changes
from alertengine.web.todo import _to_draft

if TYPE_CHECKING:
    from alertengine.warning import Warnings


def _change(action: str, level: str, starts: str, ends: str = "", *, county: str = "", at: int = 1) -> dict[str, Any]:
    told = dict.fromkeys(("primary", "grading", "basis", "reason"), "")
    name = f"临汾市{county}-1"
    times = {"starts": pd.Timestamp(starts), "ends": pd.Timestamp(ends) if ends else pd.NaT}
    said = {"warning_id": name, "city": "临汾市", "counties": county, "action": action, "level": level}
    return {**told, **said, **times, "issued": pd.Timestamp(2026, 12, at, 15)}


BEGUN = _change("issue", "red", "2026-12-01 16:00", "2026-12-08 00:00")
AHEAD = _change("issue", "yellow", "2026-12-07 00:00", "2026-12-09 00:00")


RAISED = _change("raise", "red", "2026-12-08 00:00", "2026-12-09 00:00", at=2)


@pytest.mark.parametrize(
    ("before", "own", "text", "hours", "does"),
    [
        ([BEGUN], _change("lift", "red", "2026-12-04 16:00", at=4), "解除", "12月4日16时起", "应于12月4日16时终止"),
        (
            [AHEAD],
            _change("lift", "yellow", "2026-12-07 00:00", at=4),
            "取消",
            "原定12月7日0时启动",
            "原定12月7日0时启动，应在此之前告知",
        ),
        # it begins, and ends sooner
        ([AHEAD], _change("lift", "yellow", "2026-12-08 00:00", at=4), "解除", "12月8日0时起", "应于12月8日0时终止"),
        (
            [BEGUN],
            _change("lower", "orange", "2026-12-04 16:00", "2026-12-08 00:00", at=4),
            "降级",
            "12月4日16时 至 12月8日0时",
            "应于12月4日16时降级",
        ),
        (
            [BEGUN],
            _change("extend", "red", "2026-12-08 00:00", at=4),
            "延长",
            "12月8日0时 至 另行通知",
            "应于12月8日0时延长",
        ),
        ([], AHEAD, "发布", "12月7日0时 至 12月9日0时", "应于12月7日0时启动"),
        # yellow goes on, for it was to be red from the 8th on and no longer is
        (
            [AHEAD, RAISED],
            _change("lower", "yellow", "2026-12-08 00:00", "2026-12-09 00:00", at=4),
            "维持",
            "原定12月8日0时调整，不变至 12月9日0时",
            "原定12月8日0时调整，不变至 12月9日0时，应在此之前告知",
        ),
        # a county that first stands apart goes on from the level of its city
        (
            [BEGUN],
            _change("issue", "orange", "2026-12-04 16:00", "2026-12-08 00:00", county="侯马市", at=4),
            "降级",
            "12月4日16时 至 12月8日0时",
            "应于12月4日16时降级",
        ),
        (
            [AHEAD],
            _change("issue", "orange", "2026-12-04 16:00", "2026-12-06 00:00", county="侯马市", at=4),
            "发布",
            "12月4日16时 至 12月6日0时",
            "应于12月4日16时启动",
        ),
    ],
)
def test_a_change_is_named_as_the_papers_name_it(
    before: list[dict[str, Any]], own: dict[str, Any], text: str, hours: str, does: str
) -> None:
    (new,) = new_changes(pd.DataFrame([*before, own]))
    assert (new["action_text"], new["hours"], new["action"]) == (text, hours, own["action"])
    page = Today(pd.Timestamp("2026-12-04 15:00"), proposals=[new])
    drawn = _proposal(new, page, None, may=True)
    shown = re.sub("<[^>]*>", "", drawn.replace("<br>", " ")).replace("  ", " ").replace("， ", "，")
    assert hours in shown
    assert ('class="span' in drawn) == (own["action"] != "lift")  # from a lift on nothing runs
    asked = _to_draft(new, page, {})
    assert asked.why.rpartition("，")[0] == does


@pytest.mark.parametrize(
    ("day", "unit", "level"),
    [
        ("2026-12-01", "", "red"),
        ("2026-12-01", "侯马市", "red"),  # still as its city
        ("2026-12-02", "侯马市", "red"),  # until the hour at which it stands apart
        ("2026-12-03", "侯马市", "orange"),
        ("2026-12-03", "", "red"),
        ("2026-12-03", "尧都区", "red"),
        ("2026-12-06", "侯马市", "none"),
        ("2026-12-06", "", "yellow"),
    ],
)
def test_a_county_that_stands_apart_has_its_own_mark(day: str, unit: str, level: str) -> None:
    rows = [("", "red", "2026-12-01 16:00", "2026-12-06"), ("", "yellow", "2026-12-06", "2026-12-08")]
    rows.append(("侯马市", "orange", "2026-12-02 16:00", "2026-12-06"))
    table = [
        {"city": "临汾市", "county": county, "level": said, "starts": pd.Timestamp(starts), "ends": pd.Timestamp(ends)}
        for county, said, starts, ends in rows
    ]
    result = cast("Warnings", SimpleNamespace(segments=pd.DataFrame(table)))
    assert level_on(pd.Timestamp(day), ("临汾市", unit), result, pd.Timestamp("2026-12-01 09:00")) == level


@pytest.mark.parametrize(("at", "level"), [("07:30", "red"), ("08:00", "orange"), ("09:00", "orange")])
def test_a_level_that_is_over_marks_today_no_more(at: str, level: str) -> None:
    rows = [("red", "2026-12-01 07:00", "2026-12-01 08:00"), ("orange", "2026-12-01 08:00", None)]
    table = [
        {"city": "太原市", "county": "", "level": said, "starts": pd.Timestamp(starts), "ends": pd.Timestamp(ends)}
        for said, starts, ends in rows
    ]
    result = cast("Warnings", SimpleNamespace(segments=pd.DataFrame(table)))
    day = pd.Timestamp("2026-12-01")
    assert level_on(day, ("太原市", ""), result, pd.Timestamp(f"2026-12-01 {at}")) == level
