"""The first page: from a ledger alone to what it shows."""

from __future__ import annotations

import asyncio
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from alertengine.files import scenarios_folder
from alertengine.ledger import Ledger
from alertengine.orders import read_scenario
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import WARNING_COLUMNS, ZONE, InputError
from alertengine.web import Desk
from alertengine.web.asked import forecast_taken
from alertengine.web.days_ahead import PlaceDay, PlaceForecast
from alertengine.web.forecasts import take_forecast, time_said, typed
from alertengine.web.pages.parts import heat, in_lines, ratio_lines, ratios, todo_list
from alertengine.web.today import Today, gauges, new_changes, today, unjudged
from alertengine.web.todo import Todo
from alertengine.web.work import WorkInput, begin
from alertengine.workflow import (
    Signers,
    Upload,
    collect_orders,
    collect_scenario,
    latest_forecast,
    prepare,
    record,
    record_forecast,
    set_bureau_cities,
    submit,
    withdraw,
)
from tests.door_inputs import LIST

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return Rulebook.load(())


def _given(ledger: Ledger, name: str) -> None:
    data = (scenarios_folder() / f"{name}.forecast.csv").read_bytes()
    record_forecast(ledger, f"{name}.csv", data, "办公室 甲")


def test_an_empty_ledger_shows_nothing_and_asks_for_a_forecast(tmp_path: Path, book: Rulebook) -> None:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        page = today(ledger, book)
    assert page.issued is None
    assert page.places == page.proposals == page.active == []


def test_a_forecast_in_the_ledger_brings_proposals_by_the_law_of_its_day(tmp_path: Path, book: Rulebook) -> None:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        _given(ledger, "2020-01-22-province")
        page = today(ledger, book, datetime(2020, 1, 22, 17))
    assert {row["city"] for row in page.proposals} == {"临汾市", "长治市", "运城市", "晋城市"}
    assert {row["level"] for row in page.proposals} == {"orange"}
    assert all("875号" in row["basis"] for row in page.proposals)
    linfen = next(place for place in page.places if place.name == "临汾市")
    assert [day.level for day in linfen.days] == ["orange"] * 3
    assert (linfen.days[0].low, linfen.days[0].high) == (151, 300)


@pytest.mark.slow
def test_what_was_issued_on_a_forecast_is_active_and_proposed_no_more(tmp_path: Path, book: Rulebook) -> None:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        prepared = prepare(
            collect_scenario(read_scenario("linfen-red-episode").model_copy(update={"mode": "live"})), "红色预警"
        )
        act, _ = record(ledger, prepared, Signers("办公室 甲", "科长 乙", "市长 丙"))
        before, page, after = (today(ledger, book, datetime(2021, 1, day, 18)) for day in (3, 6, 20))
    assert list(page.orders_acts) == [act.act]
    assert page.proposals == []
    assert [row["level"] for row in page.active] == ["red"]
    assert (before.active, [row["level"] for row in before.upcoming]) == ([], ["red"])
    assert after.active == after.upcoming == after.gauges == after.places == []
    assert after.orders_acts == {}
    assert after.undetermined.empty
    assert len(page.undetermined) == 15  # two of them held by a lower level
    assert {gauge.pollutant: gauge.met for gauge in page.gauges}["NOₓ"] == "未达到"
    assert all(gauge.required for gauge in page.gauges)


def test_a_simulation_in_the_ledger_is_neither_active_nor_a_forecast(tmp_path: Path, book: Rulebook) -> None:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        prepared = prepare(collect_scenario(read_scenario("linfen-red-episode")), "推演")
        record(ledger, prepared, Signers("办公室 甲", "科长 乙", "市长 丙"))
        page = today(ledger, book)
    assert (page.issued, page.orders_acts) == (None, {})
    assert page.places == page.active == page.gauges == []


def test_a_forecast_that_cannot_be_read_is_not_recorded(tmp_path: Path) -> None:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        with pytest.raises(InputError, match="没有找到表头行"):
            record_forecast(ledger, "../x.csv", b"a,b\n1,2\n", "办公室 甲")
        assert ledger.last() is None
        assert latest_forecast(ledger) is None


def test_a_forecast_is_kept_byte_for_byte_under_its_own_name(tmp_path: Path) -> None:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        _given(ledger, "linfen-red-episode")
        given = latest_forecast(ledger)
        assert given is not None
        held = ledger.input(given.act.act, "forecast/linfen-red-episode.csv")
    assert held == (scenarios_folder() / "linfen-red-episode.forecast.csv").read_bytes()


def test_a_proposal_whose_time_is_over_is_none_any_more(tmp_path: Path, book: Rulebook) -> None:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        _given(ledger, "2020-01-22-province")
        assert today(ledger, book, datetime(2020, 1, 22, 17)).proposals
        assert today(ledger, book, datetime(2020, 3, 1)).proposals == []


def test_the_page_itself_reads_no_forecast(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """今日 and a new forecast are read in a process beside it, as whatever a foreign file does to its reader."""
    path, new = tmp_path / "record.db", typed({("临汾市", date(2026, 11, 28)): "180"}, {}, "2026-11-28 15:00", "", "")
    with Ledger.writable(path) as ledger:
        _given(ledger, "2020-01-22-province")
    monkeypatch.setattr("alertengine.workflow.record_forecasts.read_forecast", None)
    desk = Desk(path)

    async def use() -> list[Today]:
        before = await desk.today()
        assert await desk.ask(forecast_taken, path, (), new, "办公室 甲", "测试", "") == 2
        return [before, await desk.today()]

    before, after = asyncio.run(use())
    assert before.issued == pd.Timestamp(2020, 1, 22, 15, 40)
    assert after.issued == pd.Timestamp(2026, 11, 28, 15)
    assert before.readings, "it was read and decided on"


def test_own_cities_are_those_set_last(tmp_path: Path, book: Rulebook) -> None:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        assert today(ledger, book).own == ()
        for cities in (["太原市"], ["临汾市", "运城市"]):
            set_bureau_cities(ledger, cities, book.lists.cities(), "办公室 甲")
        assert today(ledger, book).own == ("临汾市", "运城市")
        for wrong in ([], ["临汾"]):
            with pytest.raises(InputError, match="请选择本单位的城市"):
                set_bureau_cities(ledger, wrong, book.lists.cities(), "办公室 甲")


def _at(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr("alertengine.vocabulary.times.now", lambda: now.replace(tzinfo=ZONE))


def test_a_forecast_that_is_still_to_come_out_takes_a_reason(
    tmp_path: Path, book: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A month too late, it warned of what nothing showed until then."""
    cells = {("临汾市", date(2026, 12, 29)): "180"}
    hour, slip = (typed(cells, {}, at, "", "") for at in ("2026-11-28 18:00", "2026-12-28 17:00"))
    _at(monkeypatch, datetime(2026, 11, 28, 17, 20))
    with Ledger.writable(tmp_path / "record.db") as ledger:
        take_forecast(ledger, hour, book.lists, "办公室 甲")  # given out before its full hour
        with pytest.raises(InputError, match="2026-12-28 17:00还没有到"):
            take_forecast(ledger, slip, book.lists, "办公室 甲")
        take_forecast(ledger, slip, book.lists, "办公室 甲", reason="演练用")


def test_an_older_forecast_takes_a_reason_and_then_counts(
    tmp_path: Path, book: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    _at(monkeypatch, datetime(2026, 11, 28, 17))
    day = date(2026, 11, 28)
    new, old = (typed({("临汾市", day): "180"}, {}, f"2026-11-{n} 15:00", "省站", "") for n in (28, 27))
    with Ledger.writable(tmp_path / "record.db") as ledger:
        take_forecast(ledger, new, book.lists, "办公室 甲")
        with pytest.raises(InputError, match="2026-11-27 15:00"):
            take_forecast(ledger, old, book.lists, "办公室 甲")
        act = take_forecast(ledger, old, book.lists, "办公室 甲", reason="省站撤回", text="原文").act
        held = latest_forecast(ledger)
        assert held is not None
        assert (held.act.act, held.act.reason) == (act.act, "省站撤回")
        assert ledger.input(act.act, "bulletin/原文.txt") == "原文".encode()


def test_an_undated_forecast_that_an_act_rests_on_was_issued_as_it_was_decided(
    tmp_path: Path, book: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page goes on with it, and takes the next one."""
    days = "".join(f"临汾市,2021-01-{day:02},310,PM2.5\n" for day in range(4, 9))
    (tmp_path / "预报.csv").write_text(f"城市,预报日期,AQI,首要污染物\n{days}", encoding="utf-8")
    (tmp_path / "清单.csv").write_text(LIST.format(nox=20, made=5), encoding="utf-8")
    said = "title: 合成\nmode: live\nnow: 2021-01-03 15:00\nforecast: 预报.csv\nlist: 清单.csv\n"
    (tmp_path / "夜.yaml").write_text(said, encoding="utf-8")
    _at(monkeypatch, datetime(2021, 1, 4, 17))
    with Ledger.writable(tmp_path / "record.db") as ledger:
        prepared = prepare(collect_scenario(read_scenario(tmp_path / "夜.yaml")), "合成")
        record(ledger, prepared, Signers("办公室 甲", "科长 乙", "市长 丙"))
        page = today(ledger, book, datetime(2021, 1, 4, 9))
        assert (page.issued, page.problems) == (datetime(2021, 1, 3, 15), [])
    asked = WorkInput("响应", "live", {"list": Upload("清单.csv", (tmp_path / "清单.csv").read_bytes())})
    assert len(begin(tmp_path / "record.db", (), asked, "jia").orders)
    with Ledger.writable(tmp_path / "record.db") as ledger:
        old, new = (typed({("临汾市", date(2021, 1, 5)): "180"}, {}, f"2021-01-0{n} 15:00", "", "") for n in (2, 4))
        with pytest.raises(InputError, match="2021-01-02 15:00"):
            take_forecast(ledger, old, book.lists, "办公室 甲")
        assert take_forecast(ledger, new, book.lists, "办公室 甲").act.act == 2


@pytest.mark.parametrize("wrong", ["0.5", "501", "220-180", "多云", "180%", "中度 180"])
def test_a_typed_value_is_refused_and_never_altered(wrong: str) -> None:
    with pytest.raises(InputError) as told:
        typed({("临汾市", date(2026, 11, 28)): wrong}, {}, "2026-11-28 15:00", "", "")
    assert [problem.value for problem in told.value.problems] == [wrong]


@pytest.mark.parametrize(
    "said",
    [
        "2026-11-28 15:00",
        "2026/11/28 15:00",
        "2026-11-28T15:00",
        "2026年11月28日15时",
        "2026-11-28 15时",
        "20261128150000",
    ],
)
def test_a_time_is_typed_in_every_way_that_files_write_it(said: str) -> None:
    assert time_said(said, "issue_time_wanted") == datetime(2026, 11, 28, 15)


@pytest.mark.parametrize("said", ["", "2026-11-28", "15:00", "11-28 15:00", "昨天", "2026-11-31 15:00"])
def test_what_is_no_time_is_asked_for_by_what_it_is_to_be(said: str) -> None:
    for code, words in (("issue_time_wanted", "预报何时发布"), ("end_time_wanted", "自何时起不再有效")):
        with pytest.raises(InputError, match=words):
            time_said(said, code)


def test_typed_classes_and_ranges_stand_in_the_file_as_typed() -> None:
    day = date(2026, 11, 28)
    cells = {("临汾市", day): "180-220", ("太原市", day): "轻至中度", ("运城市", day): " "}
    text = typed(cells, {("临汾市", day): "PM2.5"}, "2026-11-28 15:00", "省站", "").data.decode().splitlines()
    assert text[1:] == [
        "2026-11-28 15:00,省站,临汾市,2026-11-28,180,220,,,PM2.5,",
        "2026-11-28 15:00,省站,太原市,2026-11-28,,,轻度污染,中度污染,,",
    ]


@pytest.mark.slow
def test_lines_left_open_are_those_of_all_acts_that_hold_and_not_of_the_last_alone(
    tmp_path: Path, book: Rulebook
) -> None:
    signed = Signers("办公室 甲", "科长 乙", "市长 丙")
    red = read_scenario("linfen-red-episode").model_copy(update={"mode": "live"})
    source = tmp_path / "list.csv"
    head = "城市,区县,企业名称,行业,生产线编号,工序,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量,红色预警减排措施"
    rows = [
        f"晋城市,城区,甲厂,其他电子材料,{line},其他,1,1,1,1,{plan}" for line, plan in ((1, ""), (2, ""), (3, "停产"))
    ]
    source.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    with Ledger.writable(tmp_path / "record.db") as ledger:
        record(ledger, prepare(collect_scenario(red), "红色预警"), signed)
        alone = len(today(ledger, book, datetime(2021, 1, 4, 8)).undetermined)
        collected = collect_orders(source, level="red", date=date(2021, 1, 4), hours=72.0)
        record(ledger, prepare(collected, "晋城"), signed)
        page = today(ledger, book, datetime(2021, 1, 4, 8))
        by_hand = [_open_lines(ledger, act) for act in (1, 2)]
        record(ledger, prepare(collected, "晋城，再次"), signed)
        again = len(today(ledger, book, datetime(2021, 1, 4, 8)).undetermined)
    assert [len(some) for some in by_hand] == [alone, 2]
    assert alone > 0
    assert len(page.undetermined) == again == alone + 2, "each line once, however many acts speak of it"
    assert {*page.undetermined.loc[page.undetermined["city"] == "晋城市", "enterprise"]} == {"甲厂"}
    assert tuple(page.orders_acts) == (1, 2)
    assert "临汾市" in {gauge.city[:3] for gauge in page.gauges}, "an act of another city takes no ratio away"
    assert [said[:3] for said in page.states] == ["临汾市", "晋城市"]


def _open_lines(ledger: Ledger, act: int) -> set[tuple[str, str]]:
    """Lines of an act without an order, told by status and flags as they stand in it."""
    rows = ledger.orders(act).astype("object").fillna("")
    flags = {"no_ground", "from_lower_level"}
    mine = (rows["status"] == "undetermined") | rows["flags"].map(lambda said: bool(flags & set(said.split(";"))))
    return set(zip(rows.loc[mine, "enterprise_id"], rows.loc[mine, "line_id"], strict=True))


def test_ratios_of_phases_that_have_ended_are_shown_no_more() -> None:
    """After a raise the act still has the orange hours before it."""
    said = {"so2": {"warning": 0.2, "with_season": 0.2, "required": 0.3, "met": "no", "basis": "例"}}
    orange = {"level": "orange", "phases": [{"phase": "0-19", "ends": "2026-11-27 19:00", "ratio": said}]}
    red = {"level": "red", "phases": [{"phase": "19-96", "ends": "", "ratio": said}]}
    summaries = [{"city": "临汾市", **one} for one in (orange, red)]
    assert [one.level for one in gauges(summaries, "2026-11-27 19:00")] == ["red"]
    assert [one.level for one in gauges(summaries, "2026-11-27 18:00")] == ["orange", "red"]
    assert [one.level for one in gauges(summaries)] == ["orange", "red"]


def test_a_draft_is_about_what_its_own_decision_changes() -> None:
    rows = [("issue", "orange", 20, 21), ("raise", "red", 22, 23), ("lower", "orange", 22, 24)]
    table = pd.DataFrame(
        [
            {"city": "甲", "action": action, "level": level, "issued": pd.Timestamp(2026, 11, 1, issued)}
            | {"starts": pd.Timestamp(2026, 11, 1) + pd.Timedelta(hours=starts)}
            for action, level, issued, starts in rows
        ]
    ).reindex(columns=WARNING_COLUMNS)
    assert [(one["action"], one["level"]) for one in new_changes(table)] == [("raise", "red"), ("lower", "orange")]
    assert new_changes(table.head(0)) == []


def test_a_ratio_is_shown_with_what_the_open_lines_could_still_add() -> None:
    said = {"warning": 0.2, "with_season": 0.2, "required": 0.3, "met": "unknown", "basis": "例"}
    ends = {"open_stopped": 0.25, "at_most": 0.4}
    summaries = [{"city": "临汾市", "level": "red", "ratio": {"so2": said | ends, "nox": said}}]
    (so2, nox) = gauges(summaries)
    assert (so2.stopped, so2.most, nox.stopped, nox.most) == (0.25, 0.4, None, None)
    drawn, plain = ratios([so2]), ratios([nox])
    assert 'class="open"' in drawn
    assert '20%</b><span class="soft">–25%</span> / 30%' in drawn
    assert "算不出的若全减40%，没有依据的若全停25%" in drawn
    assert 'class="open"' not in plain
    assert "–" not in plain


def test_of_many_cities_those_that_miss_a_ratio_stand_first_in_a_line_each() -> None:
    said = {"warning": 0.2, "with_season": 0.2, "required": 0.3, "basis": "例"}
    summaries = [
        {"city": city, "level": "red", "ratio": {name: said | {"met": met} for name, met in own.items()}}
        for city, own in (
            ("太原市", {"so2": "yes", "nox": "yes"}),
            ("临汾市", {"so2": "unknown"}),
            ("运城市", {"so2": "no", "nox": "yes"}),
        )
    ]
    drawn = ratio_lines(gauges(summaries))
    assert [re.sub("<[^>]+>", "", line) for line in drawn.split("<tr>")[2:4]] == ["运城市 红色✗✓", "太原市 红色✓✓"]
    assert re.sub("<[^>]+>", "", drawn.split("<tr>")[4]).startswith("临汾市 红色？—")


@pytest.mark.parametrize(("count", "open_"), [(1, 1), (7, 7), (8, 6), (20, 6)])
def test_what_is_to_be_done_beyond_a_screen_is_folded(count: int, open_: int) -> None:
    drawn = todo_list([Todo(f"第{place}件", "因", "/issue", "办") for place in range(1, count + 1)])
    first, _, rest = drawn.partition("<details")
    assert (first.count("<li>"), rest.count("<li>")) == (open_, count - open_)
    assert (f"另有{count - open_}项" in rest) == (count > open_)
    assert drawn.count('class="btn go"') == 1


def test_what_is_in_force_in_many_cities_is_a_line_each_the_gravest_first() -> None:
    page = Today(pd.Timestamp("2021-01-10 12:00"))
    row = {"level": "orange", "starts_at": "2021-01-09 00:00", "ends_at": "2021-01-11 00:00", "starts": "1月9日0时"}
    page.active = [
        {**row, "place": "太原市", "ends": "1月11日0时"},
        {**row, "place": "临汾市", "level": "red", "ends": "未定", "ends_at": ""},
    ]
    page.upcoming = [
        {**row, "place": "吕梁市", "starts_at": "2021-01-11 00:00", "starts": "1月11日0时", "ends": "未定"}
    ]
    lines = [re.sub("<[^>]+>", "|", line) for line in in_lines(page).split("<tr>")[2:]]
    assert [re.sub(r"\|+", "|", line) for line in lines] == [
        "|临汾市|■ 红色|至未定|",
        "|太原市|◆ 橙色|至1月11日0时|余12时00分|",
        "|吕梁市|◆ 橙色|1月11日0时起|",
    ]


RATIO = {"so2": {"warning": 0.2, "with_season": 0.2, "required": 0.3, "met": "no", "basis": "例"}}


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ([], []),
        # a county apart: the totals are of the whole city
        ([{"ratio": None}, {"county": "侯马市", "level": "orange", "ratio": None}], ["临汾市红色", "临汾市侯马市橙色"]),
        ([{"ratio": {}}], ["临汾市红色"]),
        ([{"ratio": RATIO, "county": "侯马市"}], []),
        ([{"ratio": None, "phases": [{"ends": "2021-01-05 00:00", "ratio": None}]}], []),  # over by then
        ([{"ratio": None, "phases": [{"ends": "", "ratio": None}]}], ["临汾市红色"]),
    ],
)
def test_a_place_without_a_ratio_is_named_beside_those_that_have_one(
    more: list[dict[str, Any]], named: list[str]
) -> None:
    summaries = [{"city": "运城市", "level": "red", "ratio": RATIO}]
    summaries += [{"city": "临汾市", "county": "", "level": "red", **one} for one in more]
    assert unjudged(summaries, "2021-01-06 00:00") == named


@pytest.mark.slow
def test_a_city_with_an_open_draft_is_not_said_to_have_none(tmp_path: Path, book: Rulebook) -> None:
    """What was proposed is matched with a draft of its level or above; a withdrawn draft is none."""
    path, now = tmp_path / "record.db", datetime(2021, 1, 3, 18)
    scenario = read_scenario("linfen-red-episode").model_copy(update={"mode": "live"})
    with Ledger.writable(path) as ledger:
        _given(ledger, "linfen-red-episode")
        (row, *_) = today(ledger, book, now).proposals
        assert today(ledger, book, now).draft_for(row) is None
        made = submit(ledger, prepare(collect_scenario(scenario), "红色预警"), "办公室 甲")
        page = today(ledger, book, now)
        found = page.draft_for(row)
        assert found is not None
        assert (found.act, found.stage.text) == (made.act, "待审核")
        assert page.draft_for(row | {"city": "太原市"}) is None
        withdraw(ledger, made.act, "办公室 甲", "重拟")
        assert today(ledger, book, now).draft_for(row) is None


@pytest.mark.parametrize(
    ("levels", "mark"),
    [
        (("none", "none"), ""),
        (("orange", "red"), '<span class="red">■</span>'),  # graver than on the first day
        (("orange", "yellow"), '<span class="orange">◆</span>'),
        (("none", "yellow"), '<span class="yellow">▲</span>'),
        ((), ""),
    ],
)
def test_a_city_of_the_heat_table_has_the_mark_of_its_gravest_level(levels: tuple[str, ...], mark: str) -> None:
    days = [
        PlaceDay(f"2026-11-2{at}", 210.0, 210.0, 210.0, "重度污染", "PM2.5", level) for at, level in enumerate(levels)
    ]
    text = heat([PlaceForecast("临汾市", days)], ())
    assert f">临汾市 {mark}</th>" in text
