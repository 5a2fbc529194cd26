"""The main job: which lines answer to which warning, what a run says of itself, and when a person must look."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pandas as pd
import pytest

from alertengine.orders import Responded, _respond, find_scenario, read_scenario, respond
from alertengine.orders._respond import scenario_warnings
from alertengine.orders.scenario import Scenario
from alertengine.report.response import summary
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import WARNING_COLUMNS, InputError, listening
from alertengine.warning import empty_table, write_warnings
from alertengine.workflow import collect_scenario, prepare

pytestmark = pytest.mark.whole

HEADER = (
    "企业名称,城市,区县,行业,生产线编号,工序,绩效等级,治理任务完成,"
    "SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量,红色预警减排措施"
)
FORECAST = "issue_time,issuer,city,target_date,aqi,primary"
Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A scenario of a forecast (city and daily AQI from 2021-01-10 on) and a list of cement kilns."""

    def write(days: dict[str, list[int]], lines: list[str], *, version: str = "", rules: str = "", **keys: Any) -> Path:
        rows = [
            f"2021-01-09 15:00,例,{city},2021-01-{10 + number},{aqi},PM2.5"
            for city, values in days.items()
            for number, aqi in enumerate(values)
        ]
        (tmp_path / "f.csv").write_text("\n".join([FORECAST, *rows]) + "\n", encoding="utf-8")
        (tmp_path / "l.csv").write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
        if version:
            (tmp_path / "l.version.yaml").write_text(version, encoding="utf-8")
        if rules:
            (tmp_path / "more").mkdir()
            (tmp_path / "more" / "more.yaml").write_text(rules, encoding="utf-8")
            keys["rules"] = ["more"]
        path = tmp_path / "s.yaml"
        content = {"title": "例", "forecast": "f.csv", "list": "l.csv", **keys}
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return path

    return write


def kiln(name: str, city: str, county: str = "", plan: str = "") -> str:
    """A clinker line of grade B whose treatment is done."""
    return f"{name},{city},{county},水泥,1,熟料,B,是,10,20,5,1,{plan}"


def run(path: Path) -> Responded:
    return respond(read_scenario(str(path)))


HEAVY, MILD, CLEAN = [350, 350, 350, 350, 90], [210, 210, 60, 60, 60], [80, 80, 80, 80, 80]


def test_only_lines_under_a_warning_get_orders(make: Make) -> None:
    found = run(make({"临汾市": HEAVY, "太原市": CLEAN}, [kiln("甲", "临汾"), kiln("乙", "太原")]))
    assert set(found.orders.table["enterprise"]) == {"甲"}
    assert set(found.orders.table["city"]) == {"临汾市"}
    assert all(found.orders.table["order_id"].str.contains(found.warnings.record["warning_id"][0], regex=False))
    assert [entry["city"] for entry in found.orders.summaries] == ["临汾市"]


@pytest.mark.slow
def test_how_the_record_was_read_stands_with_the_run(make: Make, tmp_path: Path) -> None:
    """An act and the page tell it from there; once told aside, a command alone heard it."""
    path = make({"临汾市": HEAVY}, [kiln("甲", "临汾")], active="active.csv")
    write_warnings(empty_table(), tmp_path / "active.csv")
    head = (tmp_path / "active.csv").read_text("utf-8").strip()
    row = dict.fromkeys(head.split(","), "")
    row |= {"warning_id": "w1", "city": "太原市", "action": "issue", "level": "yellow", "primary": "PM2.5"}
    row |= {"starts": "2021-01-09 00:00", "ends": "2021-01-10 00:00", "issued": "2021-01-08 15:00"}
    lines = [head, ",".join(row.values()), "注：由值班员摘抄"]
    (tmp_path / "active.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with listening() as told:
        found = run(path)
    assert not told
    assert [note.value for note in found.warnings.notes if note.file.endswith("active.csv")] == ["注：由值班员摘抄"]
    assert any(
        note.file.endswith("active.csv") for note in prepare(collect_scenario(read_scenario(str(path))), "例").notes
    )


def test_no_warning_is_a_run_without_orders_and_exit_0(make: Make) -> None:
    found = run(make({"临汾市": CLEAN}, [kiln("甲", "临汾")]))
    assert len(found.orders.table) == len(found.orders.summaries) == 0
    assert found.orders.exit_status == 0
    assert summary(found)["warnings"] == 0


def test_a_city_asked_for_that_the_forecast_does_not_have_is_told(make: Make) -> None:
    found = run(make({"临汾市": CLEAN}, [kiln("甲", "临汾"), kiln("乙", "太原")], cities=["临汾", "太原"]))
    told = [(one.code, one.file, dict(one.arguments)) for one in found.orders.own_problems]
    assert told == [("no_row_of_city", "f.csv", {"city": "太原市"})]


def test_each_city_answers_to_its_own_level(make: Make) -> None:
    found = run(make({"临汾市": HEAVY, "太原市": MILD}, [kiln("甲", "临汾"), kiln("乙", "太原")]))
    levels = found.orders.table.groupby("enterprise", observed=True)["level"].agg(lambda part: sorted(set(part)))
    assert levels["甲"] == ["red"]
    assert levels["乙"] == ["yellow"]


def test_the_orders_of_a_warning_begin_and_end_with_it(make: Make) -> None:
    found = run(make({"临汾市": HEAVY}, [kiln("甲", "临汾")]))
    record = found.warnings.record.iloc[0]
    orders = found.orders.table
    assert pd.Timestamp(orders["starts"].astype(str).min()) == pd.Timestamp(record["starts"])
    assert pd.Timestamp(orders["ends"].astype(str).max()) == pd.Timestamp(record["ends"])


def test_a_county_ordered_apart_answers_to_its_own_warning(make: Make) -> None:
    above = {"area": "临汾市/尧都区", "level": "red", "from": "2021-01-10", "to": "2021-01-12", "source": "调度令"}
    lines = [kiln("甲", "临汾", "尧都区"), kiln("乙", "临汾", "曲沃县"), kiln("丙", "临汾")]
    found = run(make({"临汾市": MILD}, lines, orders=[above]))
    levels = {
        name: set(rows["level"].astype(str)) for name, rows in found.orders.table.groupby("enterprise", observed=True)
    }
    assert "red" in levels["甲"]
    assert levels["乙"] == levels["丙"] == {"yellow"}
    assert {entry["county"] for entry in found.orders.summaries} == {"", "尧都区"}
    assert all(entry["ratio"] is None and entry["met"] == "unknown" for entry in found.orders.summaries)
    assert any("no ratio is judged" in note.message for note in found.orders.notes)


def test_every_line_of_a_warned_city_answers_to_exactly_one_warning(make: Make) -> None:
    above = {"area": "临汾市/尧都区", "level": "red", "from": "2021-01-10", "to": "2021-01-12", "source": "调度令"}
    lines = [kiln(f"厂{n}", "临汾", county) for n, county in enumerate(["尧都区", "曲沃县", "", "尧都区"])]
    found = run(make({"临汾市": MILD}, lines, orders=[above]))
    stamps = found.orders.table["starts"].astype(str) + found.orders.table["enterprise"].astype(str)
    assert stamps.is_unique
    assert set(found.orders.table["enterprise"]) == {f"厂{n}" for n in range(4)}
    first = {entry["county"]: entry["lines"] for entry in found.orders.summaries}
    assert sum(first.values()) == 4


def test_a_scenario_may_look_at_some_cities_alone_under_any_spelling(make: Make) -> None:
    lines = [kiln("甲", "临汾"), kiln("乙", "太原")]
    for spelling in ("太原", "太原市"):
        found = run(make({"临汾市": HEAVY, "太原市": HEAVY}, lines, cities=[spelling]))
        assert set(found.orders.table["enterprise"]) == {"乙"}


def test_a_warned_city_without_lines_is_said(make: Make) -> None:
    found = run(make({"临汾市": HEAVY, "太原市": HEAVY}, [kiln("甲", "临汾")]))
    assert found.orders.exit_status == 1
    assert any("太原市" in str(problem) for problem in found.orders.problems)


def test_a_published_list_binds(make: Make) -> None:
    version = "version: 2020版\nstatus: published\napprover: 市政府\npublished_on: 2020-09-30\n"
    lines = [kiln("甲", "临汾", plan="限产30%"), kiln("乙", "临汾")]
    found = run(make({"临汾市": HEAVY}, lines, version=version))
    by = found.orders.table.set_index("enterprise")
    assert by.loc["甲", "share"] == 0.3
    assert "《应急减排清单》（2020版）" in by.loc["甲", "basis"]
    assert by.loc["乙", "status"] == "undetermined"
    assert found.orders.exit_status == 1
    assert found.orders.summaries[0]["rule_asks_more_than_published"] == 2


def test_the_second_clock_hides_later_documents(make: Make) -> None:
    days = {"临汾市": HEAVY}
    now = run(make(days, [kiln("甲", "临汾")]))
    then = run(make(days, [kiln("甲", "临汾")], known_on="2020-01-01"))
    assert any("clinker" in text for text in now.orders.table["rules"])
    assert not any("clinker" in text for text in then.orders.table["rules"])


def test_further_rules_of_a_scenario_are_found_beside_it(make: Make) -> None:
    rules = (
        "document: more\ntitle: 例\narea: 临汾市\nvalid: {from: 2021-01-01}\nsource: primary\nrules:\n"
        "  - {id: more-coke, article: 一, title: 例, kind: season, when: {industry: 水泥}, then: {limit: 0.11}}\n"
    )
    found = run(make({"临汾市": HEAVY}, [kiln("甲", "临汾")], rules=rules))
    assert "more-coke" in found.orders.table["rules"][0]


def test_the_summary_names_its_inputs(make: Make) -> None:
    found = run(make({"临汾市": HEAVY}, [kiln("甲", "临汾")]))
    said = summary(found)
    assert json.loads(json.dumps(said, ensure_ascii=False)) == said
    assert said["list"]["file"] == "l.csv"
    assert said["list"]["status"] == "draft"
    assert len(said["rulebook"]) == 64
    assert said["cities"][0]["status"]["ordered"] == 1
    assert said["problems"] == [str(problem) for problem in found.orders.problems]


def test_the_same_inputs_give_the_same_orders(make: Make) -> None:
    path = make({"临汾市": HEAVY}, [kiln("甲", "临汾"), kiln("乙", "临汾")])
    pd.testing.assert_frame_equal(run(path).orders.table, run(path).orders.table)


@pytest.mark.parametrize("name", ["2020-01-22-province", "2020-01-22-province.yaml", "linfen-red-episode"])
def test_shipped_scenarios_go_by_name(name: str) -> None:
    assert find_scenario(name).is_file()


@pytest.mark.parametrize("name", ["nothing", "../2020-01-22-province/x/y", ""])
def test_a_name_that_is_none_lists_those_there_are(name: str) -> None:
    with pytest.raises(InputError, match="linfen-red-episode"):
        find_scenario(name)


def adverse(tmp_path: Path, *aqi: int) -> Path:
    """One gasifier in 晋城市 on 2023-03-19, when a response below yellow (不利气象条件应对) holds there."""
    rows = [f"2023-03-19 09:00,例,晋城市,2023-03-{19 + number},{value},PM2.5" for number, value in enumerate(aqi)]
    (tmp_path / "f.csv").write_text("\n".join([FORECAST, *rows]) + "\n", encoding="utf-8")
    line = "甲煤化,晋城市,城区,煤化工,1,气化,,,10,10,10,10,"
    (tmp_path / "l.csv").write_text(f"{HEADER}\n{line}\n", encoding="utf-8")
    (tmp_path / "s.yaml").write_text("title: 例\nforecast: f.csv\nlist: l.csv\n", encoding="utf-8")
    return tmp_path / "s.yaml"


def test_a_response_below_yellow_is_ordered_though_no_colour_is_forecast(tmp_path: Path) -> None:
    run = respond(read_scenario(str(adverse(tmp_path, 110, 120, 90))))
    row = run.orders.table.iloc[0]
    assert (row["level"], row["status"], row["rules"]) == ("none", "ordered", "jcw-gasify")
    assert (row["starts"], row["ends"]) == ("2023-03-19 10:00", "2023-03-20 12:00")
    assert run.in_force.of("晋城市").figures["ordered"] == 1
    (said,) = [one for one in run.orders.own_notes if one.code == "below_yellow_ordered"]
    assert "晋城市不利气象条件应对措施（2023年3月18日）" in said.words("zh")[0]


def test_a_colour_takes_its_place_and_one_to_come_is_told(tmp_path: Path) -> None:
    now = respond(read_scenario(str(adverse(tmp_path, 230, 240, 230, 60))))
    assert set(now.orders.table["level"].astype("str")) != {"none"}
    assert not [one for one in now.orders.own_notes if one.code.startswith("below_yellow")]
    later = respond(read_scenario(str(adverse(tmp_path, 110, 110, 230, 240, 230, 60))))
    assert "none" not in set(later.orders.table["level"].astype("str"))
    (said,) = [one for one in later.orders.own_notes if one.code.startswith("below_yellow")]
    assert (said.code, dict(said.arguments)["starts"]) == ("below_yellow_until", "2023-03-21 00:00")


@pytest.mark.parametrize(
    ("plan", "code"),
    [("停产50%（以产能计）", "share_order_unmet"), ("停1台", "plan_number_of_whom"), ("停产", "")],
)
def test_shares_that_cannot_be_met_and_numbers_in_doubt_are_told_under_warnings(
    make: Make, plan: str, code: str
) -> None:
    """Two lines of a foundry whose list states no capacity and no number of machines."""
    lines = [f"甲,临汾,,铸造,{number},熔炼,C,否,10,20,5,1,{plan}" for number in (1, 2)]
    told = run(make({"临汾市": HEAVY}, lines)).orders
    found = {one.code for one in told.problems} & {"share_order_unmet", "plan_number_of_whom"}
    assert found >= ({code} if code else set())
    assert code or not found


@pytest.mark.parametrize(
    ("cities", "ends", "told"),
    [
        ((), "2021-01-12 00:00", None),
        (("太原",), "2021-01-12 00:00", None),
        (("临汾",), "2021-01-12 00:00", ["太原市"]),
        (("临汾市", "太原市"), "2021-01-12 00:00", None),
        (("临汾",), "2021-01-09 12:00", None),  # over: nothing stands, and the record is whole all the same
    ],
)
def test_the_record_keeps_what_it_has_of_cities_that_are_not_decided(
    make: Make, tmp_path: Path, cities: tuple[str, ...], ends: str, told: list[str] | None
) -> None:
    row = dict.fromkeys(WARNING_COLUMNS, "")
    row |= {"warning_id": "w1", "city": "太原市", "action": "issue", "level": "yellow"}
    row |= {"starts": "2021-01-08 00:00", "ends": ends, "issued": "2021-01-07 15:00"}
    held = [",".join(WARNING_COLUMNS), ",".join(row.values())]
    (tmp_path / "active.csv").write_text("\n".join(held) + "\n", encoding="utf-8")
    days = {"临汾市": MILD, **({"太原市": MILD} if cities != ("临汾",) else {})}
    found = run(make(days, [kiln("甲", "临汾")], active="active.csv", cities=cities)).warnings
    assert "w1" in {one["warning_id"] for one in found.handed_on}
    asked = {name.removesuffix("市") + "市" for name in cities or days}
    assert {one["city"] for one in found.new} == asked - {"太原市"}, "that of the record goes on unchanged"
    said = [dict(one.arguments)["names"] for one in found.notes if one.code == "others_stand"]
    assert said == ([] if told is None else [tuple(told)])
    if told is not None:
        assert not [one for one in found.problems if "太原" in str(one)], "its city is not decided here"
        assert {one["city"] for one in found.rows} == {one["city"] for one in found.standing} == {"临汾市"}


@pytest.mark.parametrize("cities", [(), ("临汾",)])
def test_a_misspelt_city_of_the_record_is_asked_about_whatever_cities_are_decided(
    make: Make, tmp_path: Path, cities: tuple[str, ...]
) -> None:
    row = dict.fromkeys(WARNING_COLUMNS, "")
    row |= {"warning_id": "w1", "city": "临份市", "action": "issue", "level": "yellow"}
    row |= {"starts": "2021-01-08 00:00", "ends": "2021-01-12 00:00", "issued": "2021-01-07 15:00"}
    held = [",".join(WARNING_COLUMNS), ",".join(row.values())]
    (tmp_path / "active.csv").write_text("\n".join(held) + "\n", encoding="utf-8")
    found = run(make({"临汾市": MILD}, [kiln("甲", "临汾")], active="active.csv", cities=cities))
    (asked,) = [one for one in found.orders.problems if one.code == "record_city_unknown"]
    assert (Path(asked.file).name, asked.row, asked.column, asked.value) == ("active.csv", 2, "city", "临份市")
    assert "perhaps 临汾市" in str(asked)
    assert found.orders.exit_status == 1
    assert {one["city"] for one in found.warnings.handed_on} == {"临份市", "临汾市"}, "the record goes on unchanged"


@pytest.mark.parametrize("observed", ["", "o.csv"])
def test_a_feed_is_split_at_the_moment_of_the_run(
    shipped: Rulebook, monkeypatch: pytest.MonkeyPatch, observed: str
) -> None:
    """What lies behind it was observed, where no observations of their own are given."""
    feed, own, ahead = SimpleNamespace(is_feed=True, notes=[]), SimpleNamespace(is_feed=False), object()
    split = Mock(return_value=(ahead, "behind"))
    warned = Mock(return_value=SimpleNamespace(own_problems=[], own_notes=[]))
    monkeypatch.setattr(_respond, "read_forecast", lambda path, *_, **__: own if path.name == "o.csv" else feed)
    monkeypatch.setattr(_respond, "ahead_and_behind", split)
    monkeypatch.setattr(_respond, "warn", warned)
    monkeypatch.setattr(_respond, "given_in_runs", lambda *_: [])
    monkeypatch.setattr(_respond, "replace", lambda found, **_: found)
    said: dict[str, Any] = {"title": "例", "mode": "simulation", "forecast": "f.csv", "list": "l.csv", "days": 3}
    said |= {"observed": observed, "file": "s.yaml"}
    now = datetime(2021, 1, 9, 15)
    scenario_warnings(Scenario(**said, now=now), shipped)
    split.assert_called_once_with(feed, now, 3)
    assert warned.call_args.args == (ahead, shipped)
    assert warned.call_args.kwargs["observed"] == (own if observed else "behind")
    with pytest.raises(InputError) as refused:
        scenario_warnings(Scenario(**said), shipped)
    assert [(one.code, one.file, one.column) for one in refused.value.problems] == [
        ("feed_without_now", "s.yaml", "now")
    ]
