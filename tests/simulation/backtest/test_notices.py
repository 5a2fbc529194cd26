"""Real notices of warnings: their words, times and places, and how they compare with a run_backtest hour by hour."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from alertengine.report import backtest_report
from alertengine.rulebook import Rulebook
from alertengine.simulation import Backtest, RealNotice, against_notices, read_alerts, run_backtest
from alertengine.simulation.backtest.compare_notices import compare, compare_hours
from alertengine.simulation.backtest.notice_words import ends_of, read_time, read_words
from alertengine.vocabulary import Problem
from tests.simulation.backtest.test_backtest import Days, history

HEAD = "编号,范围,地区,动作,级别,开始时间,结束时间,响应开始时间,发布时间,取代"


def read(book: Rulebook, folder: Path, rows: Sequence[str]) -> tuple[list[RealNotice], list[Problem]]:
    path = folder / "notices.csv"
    path.write_text("\n".join((HEAD, *rows)) + "\n", encoding="utf-8")
    return read_alerts(path, book.lists)


def test_what_the_reading_noticed_is_not_lost(book: Rulebook, tmp_path: Path) -> None:
    rows = ["1,,临汾市,发布,橙色,2020-01-02 00:00,2020-01-05 00:00,,,", "填表人：甲,,,,,,,,,"]
    alerts, told = read(book, tmp_path, rows)
    assert (len(alerts), [(one.code, one.row) for one in told]) == (1, [("note_left_out", 3)])


@pytest.mark.parametrize(
    ("action", "level", "title", "said"),
    [
        ("issue", "由黄色升级为橙色", "", ("raise", "yellow", "orange")),
        ("", "Ⅱ级", "", ("issue", "", "orange")),
        ("启动", "二级", "", ("issue", "", "orange")),
        ("启动II级应急响应", "", "", ("issue", "", "orange")),
        ("终止", "橙色", "", ("lift", "orange", "")),
        ("终止Ⅱ级应急响应", "", "", ("lift", "orange", "")),
        ("", "", "关于解除重污染天气橙色预警的通知", ("lift", "orange", "")),
        ("", "", "关于将重污染天气黄色预警升级为橙色预警的通知", ("raise", "yellow", "orange")),
        ("调整", "红色降级橙色", "", ("lower", "red", "orange")),
        ("", "解除橙色预警，启动黄色预警", "", ("lower", "orange", "yellow")),
        ("raise", "orange, raised from yellow", "", ("raise", "yellow", "orange")),
        ("continue", "red", "", ("continue", "", "red")),
        ("维持", "橙色预警", "", ("continue", "", "orange")),
        ("延长", "Ⅲ级响应", "", ("extend", "", "yellow")),
        ("", "", "关于暂缓解除重污染天气橙色预警的通知", ("continue", "", "orange")),
        ("推迟终止", "Ⅱ级响应", "", ("continue", "", "orange")),
        ("取消", "原定红色预警", "", ("cancel", "red", "")),
        ("降级", "橙色（Ⅱ级）", "", ("lower", "", "orange")),
        ("", "橙色预警降级", "", ("lower", "", "")),
        ("发布", "橙色，解除时间另行通知", "", ("issue", "", "orange")),
    ],
)
def test_words_say_what_is_done_and_both_levels(action: str, level: str, title: str, said: tuple[str, ...]) -> None:
    found = read_words(action, level, title)
    assert (found.action, found.before, found.level) == said


def test_a_level_of_which_the_words_disagree_is_unread() -> None:
    assert read_words("发布", "橙色（Ⅲ级）").unread
    assert read_words("", "橙色预警降级").unread
    assert read_words("不利气象条件应对", "").below
    assert not read_words("发布", "").unread


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2019年1月6日12时至8日24时", "2019-01-06 12:00", "2019-01-09"),
        ("2019-12-30 12:00至1月2日0时", "2019-12-30 12:00", "2020-01-02"),
        ("2019年1月6日12时～次日8时", "2019-01-06 12:00", "2019-01-07 08:00"),
        ("2019-01-06 12:00 - 2019-01-08 24:00", "2019-01-06 12:00", "2019-01-09"),
        ("2019年1月6日零时至24时", "2019-01-06", "2019-01-07"),
        ("2019年1月6日下午6点起", "2019-01-06 18:00", None),
    ],
)
def test_times_as_notices_write_them(text: str, first: str, last: str | None) -> None:
    start, end = (read_time(part) for part in ends_of(text))
    assert start is not None
    assert start[0] == pd.Timestamp(first)
    assert (end[1] if end else None) == (pd.Timestamp(last) if last else None)


def test_parts_of_a_city_and_what_a_notice_replaces(book: Rulebook, tmp_path: Path) -> None:
    alerts, problems = read(book, tmp_path, [
        "A,晋城,城区全域(含开发区)|泽州7镇,sub_warning,不利气象条件,2023-03-18 12:00,2023-03-20 12:00,,,",
        "B,晋城,晋城市,raise,橙色,2023-03-20 12:00,另行通知,,,黄色",
        "C,,太原|忻州和吕梁的部分县,调度令,橙色及以上,2023-03-20,2023-03-21,,,",
        "D,太原,太原市,extend,橙色,2023-03-22,2023-03-23,,,C",
        "E,太原,太原市,发布,黄色,2023-04-02,2023-04-01,,,",
        "F,太原,太原市,发布,黄色,2023-04-02,四月,,,",
    ])  # fmt: skip
    by = {alert.id: alert for alert in alerts}
    assert (by["A"].cities, by["A"].part, by["A"].level) == (("晋城市",), {"晋城市"}, "none")
    assert (by["B"].before, by["B"].ends, by["B"].part) == ("yellow", None, frozenset())
    assert (by["C"].action, by["C"].at_least, by["C"].part) == ("order", True, {"忻州市", "吕梁市"})
    assert by["D"].before == "orange"
    assert [(one.code, one.row) for one in problems] == [("notice_backwards", 6), ("notice_time_unread", 7)]
    assert "E" not in by


@pytest.fixture(scope="module")
def test_run(book: Rulebook, days: Days) -> Backtest:
    """A run_backtest with orange on 2019-01-04..06."""
    return run_backtest(history(days, "2019-01-02", [90, 90, 250, 250, 250, 90, 90]), book)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        # the same level for one day of three, then a day beyond
        (["A,,临汾,发布,橙色,2019-01-04,2019-01-04,,,"], [("same", 24, 0, 0, 0)]),
        (["A,,临汾,发布,橙色,2019-01-06,2019-01-07,,,"], [("higher", 24, 0, 0, 24)]),
        (["A,,临汾,发布,红色,2019-01-06,2019-01-07,,,"], [("higher", 0, 24, 0, 24)]),
        (["A,,临汾,发布,黄色,2019-01-06,2019-01-07,,,"], [("mixed", 0, 0, 24, 24)]),
        (["A,,临汾,发布,橙色,2019-01-07,2019-01-07,,,"], [("missed", 0, 0, 0, 24)]),
        # a response below yellow is no warning, nor the absence of one
        (["A,,临汾,sub_warning,不利气象条件,2019-01-07,2019-01-07,,,"], [("below", 0, 0, 0, 0)]),
        (["A,,临汾,启动,不利气象条件应对,2019-01-06,2019-01-07,,,"], [("below_warned", 0, 0, 24, 0)]),
        # the response apart from the warning: its hours are those compared
        (["A,,临汾,发布,橙色,2019-01-03,2019-01-05,2019-01-04,,"], [("same", 48, 0, 0, 0)]),
        # an open one lasts until the next notice of the city; without one its first day is compared
        (
            ["A,,临汾,发布,黄色,2019-01-04 00:00,另行通知,,,", "B,,临汾,升级,由黄色升级为橙色,2019-01-05 12:00,,,,"],
            [("lower", 0, 0, 36, 0), ("same", 24, 0, 0, 0)],
        ),
    ],
)
def test_every_hour_is_compared(
    book: Rulebook, test_run: Backtest, tmp_path: Path, rows: list[str], said: list[tuple[Any, ...]]
) -> None:
    alerts, problems = read(book, tmp_path, rows)
    assert problems == []
    names = ("outcome", "same_hours", "higher_hours", "lower_hours", "missed_hours")
    found = [row for row in compare(alerts, test_run.runs[0], test_run.air) if row["outcome"] != "false"]
    assert [tuple(row[name] for name in names) for row in found] == said


def test_hours_of_all_notices_together(book: Rulebook, test_run: Backtest, tmp_path: Path) -> None:
    both = ["A,,临汾,发布,黄色,2019-01-05 00:00,,,2019-01-04,", "B,,临汾,解除,,2019-01-05 12:00,,,,"]
    alerts, _ = read(book, tmp_path, both)
    (total,) = compare_hours(alerts, test_run.runs[0], test_run.air)
    assert (total["lower_hours"], total["missed_hours"], total["false_hours"]) == (12, 0, 60)
    told = Problem("notice_without_start", file="甲")
    year = Problem("notice_year_own", file="甲", year=2019)
    joined = against_notices(test_run, alerts, [told, year])
    assert joined.table["row"].tolist() == [*test_run.table["row"], "alert", "alert", "alert_hours"]
    assert (told in joined.problems, year in joined.notes, joined.problems[:-1]) == (True, True, test_run.problems)
    page = backtest_report(joined, book, alerts=alerts)
    assert "推演有、未见通知" in page
    assert "结束时间未载明</title>" not in page
    alerts, _ = read(book, tmp_path, both[:1])
    page = backtest_report(joined, book, alerts=alerts)
    assert against_notices(test_run, [], []).table is test_run.table
    assert "结束时间未载明</title>" in page


def test_a_history_says_what_it_lacks(book: Rulebook, days: Days) -> None:
    values = [90.0] * 12 + [float("nan")] * 45 + [90.0] * 5
    said = {note.code: note for note in run_backtest(history(days, "2018-12-20", values), book).own_notes}
    assert said["months_missing"].value == "2018-10, 2018-11, 2019-01, 2019-03"
    assert {"aqi_only", "aqi_without_primary"} & set(said)
    assert "days_only" in said
