"""Backtests: days and hours under each level, episodes, real notices, targets, early notices, the ribbon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alertengine.report import backtest_report
from alertengine.report.season_ribbon import Band, ribbon
from alertengine.rulebook import Rulebook, TargetRule
from alertengine.simulation import Backtest, history_of, observations_of, progress, read_alerts, run_backtest
from alertengine.simulation.backtest.compare_notices import compare
from alertengine.simulation.backtest.history import History
from alertengine.vocabulary import InputError, listening
from alertengine.warning import Forecast, Rows, read_forecast

Data = Callable[[str], Path]
Days = Callable[..., Forecast]


def history(days: Days, first: str, values: list[float]) -> History:
    said = days(first, values)
    ends = said.table["start"] + pd.Timedelta(days=1)
    return History(replace(said, rows=Rows.of(said.table.assign(issue_time=ends))), real=False)


def rows(test: Backtest, kind: str) -> list[dict[str, Any]]:
    return test.table[test.table["row"] == kind].to_dict("records")


def test_days_hours_and_episodes_are_counted(book: Rulebook, days: Days) -> None:
    test = run_backtest(history(days, "2019-03-28", [90, 250, 260, 310, 90, 90, 90, 230, 230, 90, 90]), book)
    winter, rest = rows(test, "season")
    assert (winter["season"], rest["season"]) == ("2018-2019年秋冬季", "2019年秋冬季以外")
    assert (winter["warnings"], winter["orange_days"], winter["orange_hours"], winter["heavy_days"]) == (1, 3, 72, 3)
    assert (rest["warnings"], rest["yellow_days"], rest["yellow_hours"], rest["hours"]) == (1, 2, 48, 48)
    first, second = rows(test, "episode")
    assert (first["level"], first["starts"], first["ends"]) == (
        "orange", pd.Timestamp("2019-03-29"), pd.Timestamp("2019-04-01"),
    )  # fmt: skip
    assert (first["peak_day_aqi"], first["peak_day"], first["lead_hours"]) == (310, pd.Timestamp("2019-03-31"), 9)
    assert second["lead_hours"] == 129  # both days lie within seven days on 03-29


def test_regimes_beside_each_other(book: Rulebook, days: Days) -> None:
    past = history(days, "2019-01-01", [90, 160, 170, 180, 90, 90])
    test = run_backtest(past, book, regimes=["mee-2018-875", "mee-2024-6"])
    assert {row["regime"]: row["orange_days"] for row in rows(test, "season")} == {"mee-2018-875": 0, "mee-2024-6": 3}
    with pytest.raises(InputError, match="without levels"):
        run_backtest(past, book, regimes=["hj-633-2012"])
    page = backtest_report(test, book)
    assert "预警时间由0变为72城市·小时" in page
    assert "橙色0→3城市·日" in page


@pytest.mark.parametrize("beside", [True, False])
def test_observations_beside_a_history_of_observations_are_told_as_not_used(
    book: Rulebook, days: Days, beside: bool
) -> None:
    past = history(days, "2019-01-01", [90, 210, 220, 230, 90, 90])
    other = days("2019-01-01", [90.0] * 6) if beside else None
    with listening() as heard:
        found = run_backtest(past, book, observed=other)
    assert [one.code for one in heard] == ["observed_not_used"] * beside
    assert found.table.equals(run_backtest(past, book).table)


@pytest.mark.slow
def test_a_file_of_real_forecasts(book: Rulebook, data: Data) -> None:
    past = history_of(read_forecast(data("forecast_examples.csv"), book.lists, observed=True), book)
    assert past.real
    test = run_backtest(past, book)
    found = test.table[(test.table["row"] == "episode") & (test.table["starts"] > "2020")]
    assert set(found["city"]) == {"临汾市", "长治市", "运城市", "晋城市"}
    assert set(found["level"]) == {"orange"}


@pytest.mark.slow
def test_the_winter_of_2018_and_its_notices(book: Rulebook, data: Data) -> None:
    past = history_of(
        read_forecast(data("hourly_shanxi_winter1819.csv.gz"), book.lists, observed=True),
        book,
        cities=["临汾市", "太原市"],
        last=date(2019, 2, 10),
    )
    test = run_backtest(past, book)
    air = test.air["临汾市"]
    place = (pd.Timestamp("2019-01-04") - air.origin).days
    assert air.daily[place : place + 5].tolist() == [316, 410, 335, 430, 376]
    assert air.daily[place + 7 : place + 11].tolist() == [296, 350, 310, 257]
    longest = max((row for row in rows(test, "episode") if row["city"] == "临汾市"), key=lambda row: row["hours"])
    assert longest["level"] == "red"
    assert longest["starts"] < pd.Timestamp("2019-01-04") < pd.Timestamp("2019-01-14") < longest["ends"]
    assert longest["peak_hour_aqi"] == 500
    alerts, problems = read_alerts(data("alerts_shanxi_2018_2019.csv"), book.lists)
    assert (len(alerts), problems) == (10, [])
    by = {alert.id: alert for alert in alerts}
    assert len(by["A03"].cities) == 10
    assert "大同市" not in by["A03"].cities
    assert by["A03"].at_least
    assert len(by["A04"].cities) == 11
    assert len(by["A07"].cities) == 10
    assert by["A02"].ends == pd.Timestamp("2018-01-23")
    compared = pd.DataFrame(compare(alerts, test.runs[0], test.air))
    said = compared.set_index(["id", "city"])["outcome"]
    assert said["A06", "太原市"] == "missed"  # the real yellow of 2018-12-19 was not borne out by the air
    assert said["A07", "临汾市"] == "present"
    assert said["A01":"A05"].isin(["no_data"]).all()
    test = replace(test, table=pd.concat([test.table, compared], ignore_index=True))
    page = backtest_report(test, book, alerts=alerts)
    assert "316、410、335、430、376" in page
    assert "296、350、310、257" in page
    assert "A06（太原市，黄色" in page
    assert "不能据此认定当时没有发布" in page
    assert "http://" not in page.replace("http://www.w3.org", "")


@pytest.mark.parametrize(
    ("level", "outcome"),
    [("yellow", "lower"), ("橙色", "same"), ("red", "higher"), ("orange_or_above", "same"), ("", "present")],
)
def test_a_notice_against_the_backtest(book: Rulebook, days: Days, tmp_path: Path, level: str, outcome: str) -> None:
    test = run_backtest(history(days, "2019-01-02", [90, 90, 250, 250, 250, 90, 90, 230, 230]), book)
    path = tmp_path / "alerts.csv"
    head = "id,areas,action,level,effective_start,effective_end,announced"
    text = f"{head}\nX,临汾,issue,{level},2019-01-04,2019-01-06,2019-01-03\n"
    path.write_text(text, encoding="utf-8")
    alerts, _ = read_alerts(path, book.lists)
    found = compare(alerts, test.runs[0], test.air)
    assert [row["outcome"] for row in found] == [outcome, "false"]
    assert found[0]["lead_hours"] == 24
    path.write_text(text.replace("临汾", "火星").replace("2019-01-04", "?"), encoding="utf-8")
    assert len(read_alerts(path, book.lists)[1]) == 1
    path.write_text("id,level\n1,red\n", encoding="utf-8")
    with pytest.raises(InputError, match="required column missing"):
        read_alerts(path, book.lists)


DATED = ["A,2018-11-24 12:00,2018-11-26,2018-11-23", "Z,2019-02-20,2019-02-21,2019-02-19"]


@pytest.mark.parametrize(
    ("rows", "starts", "ends", "code"),
    [
        (["B,11月28日18时,12月1日24时,2018-11-27"], "2018-11-28 18:00", "2018-12-02", "notice_year_own"),
        (["B,1-02 18:00,1-03,2018-12-31"], "2019-01-02 18:00", "2019-01-04", "notice_year_own"),
        (["B,2018-12-30,1月2日,"], "2018-12-30", "2019-01-03", "notice_year_own"),
        ([DATED[0], "B,11月28日18时,,", DATED[1]], "2018-11-28 18:00", None, "notice_year_beside"),
        ([DATED[0], "B,1月3日,1月4日,1月2日", DATED[1]], "2019-01-03", "2019-01-05", "notice_year_beside"),
        ([DATED[1], "B,1月3日,,", DATED[0]], "2019-01-03", None, "notice_year_beside"),
        ([DATED[0], "C,12月1日,,", "B,1-02/03,,"], "2019-01-02", None, "notice_year_beside"),
        (["B,11月28日18时,,"], None, None, "notice_year_unknown"),  # nothing to tell it by
        ([DATED[0], "B,6月1日,,"], None, None, "notice_year_unknown"),  # either year could be meant
        ([DATED[0], "B,12月1日,,", "Y,2020-12-05,,"], None, None, "notice_year_unknown"),  # 2018 and 2019 both fit
        ([DATED[0], "B,2月29日,,", DATED[1]], None, None, "notice_year_unknown"),  # no such day in 2019
    ],
)
def test_a_notice_without_its_year_takes_it_from_its_dates_or_its_neighbours(
    book: Rulebook, tmp_path: Path, rows: list[str], starts: str | None, ends: str | None, code: str
) -> None:
    path = tmp_path / "alerts.csv"
    lines = [f"{row},临汾市,orange" for row in rows]
    path.write_text("\n".join(["id,effective_start,effective_end,announced,areas,level", *lines]), encoding="utf-8")
    alerts, said = read_alerts(path, book.lists)
    own = [alert for alert in alerts if alert.id == "B"]
    assert [(alert.starts, alert.ends, alert.year_inferred) for alert in own] == (
        [(pd.Timestamp(starts), pd.Timestamp(ends) if ends else None, True)] if starts else []
    )
    number = next(n for n, row in enumerate(rows, start=2) if row.startswith("B"))
    assert [one.code for one in said if one.row == number] == [code]
    assert all(one.year_inferred == (one.id in "BC") for one in alerts)


def test_an_inferred_year_is_said_beside_the_notice(book: Rulebook, days: Days, tmp_path: Path) -> None:
    test = run_backtest(history(days, "2019-01-02", [90, 90, 250, 250, 250, 90, 90]), book)
    path = tmp_path / "alerts.csv"
    path.write_text("id,areas,level,effective_start,announced\nX,临汾,red,1月4日,2019-01-03\n", encoding="utf-8")
    [row] = [row for row in compare(read_alerts(path, book.lists)[0], test.runs[0], test.air) if row["id"] == "X"]
    assert row["remark"].endswith("，年份系推断")


@pytest.mark.parametrize(
    ("level", "action", "told"),
    [("橘色", "发布", 1), ("黄色、橙色", "发布", 1), ("", "发布", 0), ("未载明", "发布", 0), ("x", "解除", 0)],
)
def test_a_notice_whose_level_cannot_be_read_is_told(
    book: Rulebook, tmp_path: Path, level: str, action: str, told: int
) -> None:
    path = tmp_path / "alerts.csv"
    path.write_text(f"地区,级别,动作,开始时间\n临汾市,{level},{action},2021-01-02 00:00\n", encoding="utf-8")
    (alert,), problems = read_alerts(path, book.lists)
    assert alert.level == ""
    assert [(one.code, one.row, one.value) for one in problems] == [("notice_level_unread", 2, level)] * told


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ("orange->red", "red"), ("red→orange", "orange"), ("由黄色升级为橙色", "orange"),
        ("橙色预警升级至红色预警", "red"),
        ("由红色下调为黄色", "yellow"), ("Ⅱ级", "orange"), ("二级响应", "orange"), ("III级", "yellow"),
        ("Ⅰ级（红色）", "red"),
        ("由Ⅲ级调整为Ⅱ级", "orange"), ("橙色及以上", "orange"), ("黄色、橙色", ""), ("unspecified", ""), ("无预警", ""),
    ],
)  # fmt: skip
def test_a_notice_brings_the_level_after_the_change(book: Rulebook, tmp_path: Path, said: str, level: str) -> None:
    path = tmp_path / "alerts.csv"
    path.write_text(f"id,areas,action,level,effective_start\nX,临汾,升级,{said},2019-01-04\n", encoding="utf-8")
    assert [alert.level for alert in read_alerts(path, book.lists)[0]] == [level]


@pytest.mark.parametrize("action", ["lift", "Cancel", "解除", "终止", "取消"])
def test_a_notice_that_ends_a_warning_is_a_lift(book: Rulebook, days: Days, tmp_path: Path, action: str) -> None:
    path = tmp_path / "alerts.csv"
    path.write_text(
        f"id,areas,action,level,effective_start\nX,临汾,{action},{action}橙色预警,2019-01-06\n", encoding="utf-8"
    )
    test = run_backtest(history(days, "2019-01-01", [90] * 10), book)
    found = compare(read_alerts(path, book.lists)[0], test.runs[0], test.air)
    assert [row["outcome"] for row in found] == ["lifted"]


# -- histories of several makers


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("daily_shanxi_2018_2019.csv", "rows without a value"),
        ("daily_shanxi_aqistudy_201312_201701.csv.gz", "the latter counts"),
        ("daily_taiyuan_with_met_2014_202104.csv.gz", "divided by 1000"),
    ],
)
def test_daily_files_of_several_makers(book: Rulebook, data: Data, name: str, words: str) -> None:
    past = history_of(read_forecast(data(name), book.lists, observed=True), book)
    assert not past.real
    assert {problem.code for problem in past.forecast.problems} <= {"row_without_place"}  # a few rows name no city
    assert any(words in note.message for note in past.forecast.notes)
    table = past.forecast.table
    assert table["aqi_mid"].notna().mean() > 0.95
    assert table["co"].median() < 20
    assert "太原市" in set(table["city"])


@pytest.mark.slow
def test_daily_and_hourly_files_agree_on_the_days(book: Rulebook, data: Data) -> None:
    only = {"cities": ["临汾市"], "first": date(2019, 1, 1), "last": date(2019, 1, 31)}
    hourly = run_backtest(
        history_of(read_forecast(data("hourly_shanxi_winter1819.csv.gz"), book.lists, observed=True), book, **only),
        book,
    )
    daily = run_backtest(
        history_of(read_forecast(data("daily_shanxi_2018_2019.csv"), book.lists, observed=True), book, **only), book
    )
    one, other = (test.air["临汾市"].daily[:30] for test in (hourly, daily))
    assert (np.abs(one - other) <= 1).all()  # a mean that ends in .5 is rounded to even here


def test_nothing_left(book: Rulebook, data: Data) -> None:
    with pytest.raises(InputError, match="nothing left"):
        history_of(
            read_forecast(data("daily_shanxi_2018_2019.csv"), book.lists, observed=True), book, first=date(2030, 1, 1)
        )


# -- targets


def target(**keys: Any) -> TargetRule:
    head = {"id": "t", "article": "附件1", "title": "目标", "kind": "target", "per": "city", "area": ["阳泉市"]}
    return TargetRule.model_validate({**head, "periods": ["2020-10", "2020-10..2020-12"], **keys})


def observed(values: dict[str, tuple[float, float]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"city": "阳泉市", "county": "", "date": date.fromisoformat(d), "aqi": a, "pm25": p}
            for d, (a, p) in values.items()
        ]
    )


def test_progress_against_targets() -> None:
    october = {f"2020-10-{day:02d}": (90.0 if day <= 20 else 120.0, 40.0) for day in range(1, 32)}
    mean = target(of="pm25_mean", bound="at_most", rows=[["阳泉市", 44.0, 52.0]])
    county = target(of="pm25_mean", bound="at_most", per="county", rows=[["城区", 42.0, 49.0]])
    days = target(of="good_days", bound="at_least", rows=[["阳泉市", 23.0, 71.0]])
    found = progress([mean, county, days], observed(october))
    assert found["met"].tolist() == ["yes", "open", "unknown", "unknown", "no", "open"]
    assert found["value"].tolist()[:2] == [40, 40]
    assert found["needed"][1] == pytest.approx((52 * 92 - 40 * 31) / 61)
    assert found["needed"][5] == 51
    assert found["remark"][2] == "无该点位（县区、站点）的观测"
    gone = {day: value for day, value in october.items() if day > "2020-10-04"}
    found = progress([days], observed(gone))
    assert found["met"].tolist() == ["no", "open"]  # 16 good days and 4 unknown: 20 at most is below 23
    fewer = target(of="good_days", bound="at_least", rows=[["阳泉市", 19.0, 71.0]])
    assert progress([fewer], observed(gone))["met"].tolist() == ["unknown", "open"]
    heavy = target(of="heavy_days", bound="at_most", rows=[["阳泉市", 1.0, 1.0]])
    assert progress([heavy], observed({**october, "2020-10-05": (210.0, 40.0)}))["met"].tolist() == ["yes", "open"]


def test_a_fall_against_the_year_before() -> None:
    fall = target(of="pm25_mean", bound="fall_at_least", periods=["2020-10"], rows=[["阳泉市", 0.3]])
    before = {f"2019-10-{day:02d}": (90.0, 60.0) for day in range(1, 32)}
    now = {f"2020-10-{day:02d}": (90.0, 40.0) for day in range(1, 32)}
    found = progress([fall], observed(before | now))
    assert found["met"].tolist() == ["yes"]
    assert found["value"][0] == pytest.approx(1 / 3)
    assert progress([fall], observed(now))["met"].tolist() == ["unknown"]


def test_the_days_of_a_backtest_are_observations(book: Rulebook, days: Days) -> None:
    test = run_backtest(history(days, "2019-01-01", [90, 160]), book)
    assert observations_of(test.air)["aqi"].tolist() == [90, 160]


# -- the ribbon


def test_the_ribbon_is_readable_without_colour() -> None:
    dates = pd.date_range("2019-01-01", periods=10)
    daily = np.array([40, 90, 120, 180, 250, 350, np.nan, 90, 90, 90])
    ranks = np.repeat([0, 0, 0, 1, 2, 3, 3, 0, 0, 0], 24)
    drawn = ribbon("临汾市", dates, daily, [Band("当日规定", ranks)])
    assert drawn.count('class="bar"') == 9
    assert "无有效数据" in drawn
    assert ">350<" in drawn
    assert all(f"url(#hatch-{level})" in drawn for level in ("yellow", "orange", "red"))
    assert all(f">{word}</text>" in drawn for word in "黄橙红")
