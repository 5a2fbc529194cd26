"""How 今日 names a change of a warning, and the level that a county is marked with."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pandas as pd
import pytest

from alertengine.web.pages.today import _proposal
from alertengine.web.today import Today, _level_on, new_changes

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


@pytest.mark.parametrize(
    ("before", "own", "text"),
    [
        (BEGUN, _change("lift", "red", "2026-12-04 16:00", at=4), "解除"),
        (AHEAD, _change("lift", "yellow", "2026-12-07 00:00", at=4), "取消"),
        (AHEAD, _change("lift", "yellow", "2026-12-08 00:00", at=4), "解除"),  # it begins, and ends sooner
        (BEGUN, _change("lower", "orange", "2026-12-04 16:00", "2026-12-08 00:00", at=4), "降级"),
        # a county that first stands apart goes on from the level of its city
        (BEGUN, _change("issue", "orange", "2026-12-04 16:00", "2026-12-08 00:00", county="侯马市", at=4), "降级"),
        (AHEAD, _change("issue", "orange", "2026-12-04 16:00", "2026-12-06 00:00", county="侯马市", at=4), "发布"),
    ],
)
def test_a_change_is_named_as_the_papers_name_it(before: dict[str, Any], own: dict[str, Any], text: str) -> None:
    table = pd.DataFrame([before, own])
    (new,) = new_changes(table)
    assert (new["action_text"], new["action"]) == (text, own["action"])
    page = Today(pd.Timestamp("2026-12-05 00:00"))
    assert ("原定12月7日0时启动" in _proposal(new, page, None, may=True)) == (text == "取消")


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
    assert _level_on(pd.Timestamp(day), ("临汾市", unit), result) == level
