"""The edges of orders: explanations, files of orders, ratios, verdicts, phases, overrides and scenarios."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from alertengine.engine import Engine
from alertengine.lists import lines_from
from alertengine.orders import (
    Orders,
    Override,
    Reason,
    Whole,
    amounts,
    as_options,
    decide_lines,
    explain,
    phase_words,
    phases_of,
    read_overrides,
    read_scenario,
    required_ratios,
    responses_of,
    rows_of,
    supposed_ratios,
    verdict,
)
from alertengine.orders._explain.explain import Explanation, explain_order
from alertengine.orders._respond import of_cities, refuse_live
from alertengine.orders.filed_doubts import _nominal
from alertengine.orders.overrides import check_overrides
from alertengine.orders.province import _counties
from alertengine.orders.read import _coded, _number, _several
from alertengine.orders.scenario import OrderFromAbove, _moment
from alertengine.orders.summary import _ratio, needs_a_person
from alertengine.rulebook import Measure, Rulebook, place_of
from alertengine.vocabulary import InputError, Level, SaidError
from tests.conftest import WINTER, BookMaker, Decider, document
from tests.conftest import response_of as response_at
from tests.conftest import rows_of as rows_made
from tests.lists.conftest import told


@pytest.mark.parametrize(
    ("saved", "most", "needed", "said"),
    [(4, 4, 4, "yes"), (4.1, 4.1, 4, "yes"), (3.9, 3.9, 4, "no"), (3.9, 4, 4, "unknown"), (3.9, 9, 4, "unknown")],
)
def test_a_ratio_is_met_missed_or_not_known(saved: float, most: float, needed: float, said: str) -> None:
    assert verdict(saved, most, needed) == said


def test_one_pollutants_ratio_says_what_is_asked_and_by_how_much_it_is_missed() -> None:
    asked: Any = SimpleNamespace(share=0.4, rule="r", basis="某文")
    assert _ratio(30, 50, (30, 30), 100, asked) == {
        "warning": 0.3, "with_season": 0.5, "required": 0.4, "required_by": "r", "basis": "某文", "met": "no",
        "margin_kg_d": -10.0,
    }  # fmt: skip
    assert _ratio(30, 50, (30, 30), 100, None) == {"warning": 0.3, "with_season": 0.5}
    for society in (0, -1):
        nothing = {"warning": None, "with_season": None, "met": "unknown"}
        assert _ratio(30, 50, (30, 30), society, asked) == nothing | {"required": 0.4}
        assert _ratio(30, 50, (30, 30), society, None) == nothing | {"required": None}
    assert _ratio(1, 2, (1, 1), 0.5, asked)["warning"] == 2.0


def test_phases_of_a_summary_and_their_words() -> None:
    one = {"city": "临汾市", "met": "yes"}
    assert phases_of(one) == [one]
    several = {**one, "phases": [{"phase": "48-"}, {"phase": "0-48"}], "worst_phase": "48-"}
    assert phases_of(several) == [{**one, "phase": "48-"}, {**one, "phase": "0-48"}]
    assert [phase_words(several, phase) for phase in several["phases"]] == ["第48小时起", "第0至48小时"]
    assert phase_words({"phases": [{"phase": "0-48"}]}, {"phase": "0-48"}) == ""
    assert phase_words(one, {"phase": "0-48"}) == ""


@pytest.mark.parametrize(
    ("entry", "look"),
    [({}, False), ({"met": "yes"}, False), ({"met": "unknown"}, False), ({"met": "no"}, True),
     ({"undetermined": 0}, False), ({"undetermined": 1}, True)],
)  # fmt: skip
def test_a_summary_wants_a_person_where_something_is_open(entry: dict[str, Any], look: bool) -> None:
    assert needs_a_person([{}, entry]) is look
    assert needs_a_person([]) is False


@pytest.fixture(scope="module")
def ratios(make_book: BookMaker) -> Rulebook:
    def ratio(name: str, red: float, **more: Any) -> dict[str, Any]:
        return {"id": name, "kind": "ratio", "required": {"red": {"so2": red, "nox": 0.2}}, **more}

    return make_book(
        document("mild", rules=[ratio("mild-so2", 0.3)]),
        document("strict", rules=[ratio("strict-so2", 0.5)]),
        document("old", valid={"from": "2010-01-01", "to": "2011-01-01"}, rules=[ratio("old-so2", 0.1)]),
    )


@pytest.mark.parametrize(
    ("level", "named", "asked"),
    [
        (Level.RED, "", {"so2": ("strict-so2", 0.5), "nox": ("mild-so2", 0.2)}),
        (Level.RED, "old", {"so2": ("old-so2", 0.1), "nox": ("old-so2", 0.2)}),
        (Level.YELLOW, "", {}),
        (Level.NONE, "", {}),
    ],
)
def test_the_ratio_required_is_the_strictest_or_that_of_a_document_supposed(
    ratios: Rulebook, level: Level, named: str, asked: dict[str, tuple[str, float]]
) -> None:
    found = required_ratios(ratios, place_of(ratios, "临汾市"), WINTER, level, document=named)
    assert {name: (one.rule, one.share) for name, one in found.items()} == asked


def test_a_document_without_a_ratio_supposes_none(ratios: Rulebook) -> None:
    assert [rule.id for rule in supposed_ratios(ratios, "old")] == ["old-so2"]
    with pytest.raises(InputError, match="no ratio in this document"):
        supposed_ratios(ratios, "none")


def table(*rows: dict[str, str]) -> pd.DataFrame:
    base = {"order_id": "O", "enterprise_id": "E", "enterprise": "甲", "line_id": "1", "level": "red", "phase": "0-48"}
    times = {"starts": "2021-01-10 00:00", "ends": "2021-01-12 00:00"}
    return pd.DataFrame([base | times | {"city": "临汾市"} | row for row in rows])


@pytest.mark.parametrize(
    ("line", "found"),
    [
        *((name, "2") for name in ("O/2", "E/2", "甲/2", "2")),
        *((name, "no such line; expected .* such as E/1, E/2, F/1") for name in ("7", "/2")),
        ("E/7", "no such line; expected .* such as E/1, E/2$"),
        ("乙/2", "no such line; expected .* such as F/1$"),
        ("1", "2 lines answer to this.*E/1, F/1$"),
        ("甲", "2 lines answer to this.*E/1, E/2$"),
    ],
)
def test_a_line_is_named_by_order_enterprise_or_number(line: str, found: str) -> None:
    rows = table({}, {"order_id": "O/2", "line_id": "2"}, {"order_id": "O3", "enterprise_id": "F", "enterprise": "乙"})
    if found == "2":
        assert rows_of(rows, line, "o.csv")["line_id"].tolist() == ["2"]
        return
    with pytest.raises(InputError) as told:
        rows_of(rows, line, "o.csv")
    assert re.search(found, re.sub(r" \(found '.*?'\)", "", str(told.value)))


def test_an_enterprise_of_one_line_names_it() -> None:
    rows = table({}, {"order_id": "O/2", "line_id": "2"}, {"order_id": "O3", "enterprise_id": "F", "enterprise": "乙"})
    assert rows_of(rows, "乙", "o.csv")["order_id"].tolist() == ["O3"]


def test_a_line_of_one_code_in_two_cities_is_named_by_its_order() -> None:
    rows = table({}, {"order_id": "O2", "city": "运城市"})
    assert rows_of(rows, "O2", "o.csv")["city"].tolist() == ["运城市"]
    with pytest.raises(InputError, match="运城市/E/1"):
        rows_of(rows, "E/1", "o.csv")
    assert rows_of(rows, "运城市/E/1", "o.csv")["city"].tolist() == ["运城市"]
    assert rows_of(rows, "运城市/E", "o.csv")["city"].tolist() == ["运城市"]


def test_the_responses_of_rows_begin_with_their_lives() -> None:
    later = {"starts": "2021-01-12 00:00", "ends": "", "phase": "72-"}
    again = {"starts": "2021-01-20 00:00", "ends": "2021-01-22 00:00", "phase": "0-48"}
    response, other = responses_of(table({"phase": "24-72"}, later, again))
    assert (response.life_start, other.life_start) == (datetime(2021, 1, 9), datetime(2021, 1, 20))
    assert [(one.starts.day, one.ends and one.ends.day, one.level) for one in response.segments] == [
        (10, 12, Level.RED), (12, None, Level.RED),
    ]  # fmt: skip
    assert [(one.starts.day, one.ends and one.ends.day) for one in other.segments] == [(20, 22)]
    for wrong in ({"level": "blue"}, {"starts": "soon"}, {"phase": "x-"}):
        with pytest.raises(InputError, match="E/1"):
            responses_of(table(wrong))


def test_an_explanation_is_of_a_line_that_the_list_holds(make_book: BookMaker) -> None:
    book = make_book(rules=[{"id": "r", "when": {"process": "焦炉"}, "then": {"stop": True}}])
    lines = lines_from(rows_made([{"line_id": "1"}]), book.lists)
    decided = decide_lines(Engine(book), lines, response_at("red", WINTER, 24))
    orders = decided.table
    version = SimpleNamespace(status="draft")
    listed: Any = SimpleNamespace(lines=lines, file="l.csv", version=version, citation="清单", problems=[], notes=[])
    found = explain_order(orders, "1", Engine(book), listed, "o.csv")
    assert len(found.phases) == 1
    assert explain(Orders(listed, book, [decided]), "1").phases == found.phases
    listed.lines = lines.assign(line_id="2")
    with pytest.raises(InputError, match=r"l\.csv"):
        explain_order(orders, "1", Engine(book), listed, "o.csv")


def test_an_explanation_is_shown_as_nested_lists() -> None:
    tree = Reason("停产<1>", [Reason("依据", [Reason("条款")]), Reason("事实")])
    shown = Explanation([tree], [])._repr_html_()
    inner = "<ul><li>依据<ul><li>条款</li></ul></li><li>事实</li></ul>"
    assert shown == f"<ul><li>停产&lt;1&gt;{inner}</li></ul>"


def test_cells_of_a_file_of_orders_are_codes_or_their_words() -> None:
    one, several = _coded({"红色": "red"}), _several({"停产": "stop", "限产": "limit"})
    assert [one("红色"), one("red"), one("")] == ["red", "red", ""]
    assert [several("停产、limit"), several(""), several("限产;停产")] == ["stop;limit", "", "limit;stop"]
    assert (_number("0.5"), str(_number(""))) == (0.5, "nan")
    for read, text in ((one, "blue"), (several, "停产、休息"), (_number, "some")):
        with pytest.raises(ValueError, match=r"^$"):
            read(text)


@pytest.mark.parametrize(("said", "names"), [("", []), (None, []), (pd.NA, []), ("甲县;;乙县", ["甲县", "乙县"])])
def test_the_counties_of_a_transition(said: Any, names: list[str]) -> None:
    assert _counties(said) == names


def test_an_override_is_at_civil_time_by_somebody_for_a_reason() -> None:
    said = {"enterprise_id": " E ", "line_id": "1", "measure": "stop", "reason": "供暖  保障", "by": "办公室；甲"}
    one = Override.model_validate(said | {"at": "2021-12-09T17:00:30"})
    assert (one.line, one.reason) == ("E/1", "供暖 保障")
    assert one.decided == "人工决定（办公室，甲，2021-12-09 17:00）"
    assert read_overrides([]) == read_overrides(None) == ()
    for no_list in (5, "stop", True):
        with pytest.raises(InputError, match="overrides"):
            read_overrides(no_list)
    zoned = said | {"at": "2021-12-09T17:00:00+08:00"}
    with pytest.raises(InputError, match=r"overrides  E /1\b.*zone") as refused:
        read_overrides([zoned, said | {"at": "2021-12-09"}, {"line_id": "2"}, "stop"])
    wrong = {one.file for one in refused.value.problems}
    assert wrong == {"overrides  E /1", "overrides /2", "overrides"}, "of which line, as far as it is said"


@pytest.mark.parametrize(
    ("season", "share"),
    [("bank", None), ({"limit": 0.3}, 0.3), (["bank", {"limit": 0.3}], 0.3), (["bank", "stop"], 1.0)],
)
def test_what_binds_without_a_warning_stays_under_an_override(
    make_book: BookMaker, season: Any, share: float | None
) -> None:
    """A share that cannot be computed stays blank where nothing else is asked."""
    rules = [{"id": "r", "then": {"limit": 0.5}}, {"id": "winter", "kind": "season", "then": season}]
    book = make_book(rules=rules)
    lines = lines_from(rows_made([{"line_id": "1"}]), book.lists)
    one = Override(
        enterprise_id=str(lines["enterprise_id"].iloc[0]), line_id="1", measure="none", reason="供暖",
        by="办公室 甲", at=datetime(2021, 12, 9, 17),
    )  # fmt: skip
    done = decide_lines(Engine(book), lines, response_at("red", WINTER, 24), overrides=[one])
    row = done.table.iloc[0]
    assert (row["status"], None if pd.isna(row["share"]) else row["share"]) == ("ordered", share)
    assert row["so2_kg_d"] == pytest.approx(100 * share) if share is not None else pd.isna(row["so2_kg_d"])
    assert done.decisions[0].warning_reduced.at("so2", 0) == 0


def test_moments_of_a_scenario_are_civil() -> None:
    assert _moment("2021-01-10 08:00") == datetime(2021, 1, 10, 8)
    assert _moment(date(2021, 1, 10)) == datetime(2021, 1, 10)
    assert _moment(datetime(2021, 1, 10, 8)) == datetime(2021, 1, 10, 8)
    with pytest.raises(SaidError, match="zone"):
        _moment("2021-01-10 08:00+08:00")
    for number in ("明日", 202101100800, 1.5, True):  # never seconds since 1970
        with pytest.raises(SaidError, match="expected a time"):
            _moment(number)
    assert _moment(20210110) == datetime(2021, 1, 10)
    order = {"area": "临汾市", "level": "red", "from": "2021-01-10", "source": "省"}
    assert OrderFromAbove.model_validate(order | {"from": 20210110, "to": None}).as_floor()["from"] == "20210110"
    assert "to" not in OrderFromAbove.model_validate(order).as_floor()
    assert OrderFromAbove.model_validate(order | {"to": "2021-01-12"}).as_floor()["to"] == "2021-01-12"


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"season": {}}, "season"),
        ({"lists": ["l.csv"]}, "lists"),
        ({"list": ["l.csv", "m.csv"]}, "l.csv, m.csv"),
        ({"list": "none.csv"}, "none.csv"),
        ({"rules": ["none"], "list": "none.csv"}, r"none\.csv(.|\n)*rules.*none"),
        ({"now": 202101091500}, "now.*expected a time"),
        ({"known_on": 20210109}, "known_on.*expected a day"),
        ({"mode": "live", "perfect": {"issued": "2021-01-09 15:00"}}, "mode"),
    ],
)
def test_scenarios_that_are_none_are_refused_by_their_key(tmp_path: Path, keys: dict[str, Any], told: str) -> None:
    for name in ("f.csv", "l.csv", "m.csv"):
        (tmp_path / name).write_text("", encoding="utf-8")
    path = tmp_path / "s.yaml"
    plain = {"title": "例", "forecast": "f.csv", "list": "l.csv"}
    path.write_text(json.dumps(plain), encoding="utf-8")
    assert read_scenario(str(path)).lists == ()
    path.write_text(json.dumps(plain | {"list": ["l.csv"]}), encoding="utf-8")
    assert read_scenario(str(path)).list_file == "l.csv"
    path.write_text(json.dumps(plain | keys), encoding="utf-8")
    with pytest.raises(InputError, match=told):
        read_scenario(str(path))


@pytest.mark.parametrize(
    ("summary", "mode", "refused"),
    [
        ('{"mode": "drill"}', "live", True),
        ('{"mode": "simulation"}', "live", True),
        ('{"mode": "drill"}', "drill", False),
        ('{"mode": "live"}', "live", False),
        ('{"mode": "live"}', "simulation", False),
        ('{"mode": ["drill"]}', "live", False),
        ("[]", "live", False),
        ("{", "live", False),
        (None, "live", False),
    ],
)
def test_no_live_run_goes_on_from_the_record_of_a_drill(
    tmp_path: Path, summary: str | None, mode: str, refused: bool
) -> None:
    (tmp_path / "out").mkdir()
    for name in ("f.csv", "l.csv", "out/warnings.csv"):
        (tmp_path / name).write_text("", encoding="utf-8")
    if summary is not None:
        (tmp_path / "out" / "summary.json").write_text(summary, encoding="utf-8")
    path = tmp_path / "s.yaml"
    said = {"title": "例", "forecast": "f.csv", "list": "l.csv", "active": "out/warnings.csv", "mode": mode}
    path.write_text(json.dumps(said), encoding="utf-8")
    if not refused:
        assert read_scenario(str(path)).mode == mode
        return
    with pytest.raises(InputError) as caught:
        read_scenario(str(path))
    assert [(one.code, one.column, one.value) for one in caught.value.problems] == [
        ("record_not_live", "active", "out/warnings.csv")
    ]


def test_a_path_out_of_a_scenario_is_read_only_where_whoever_runs_it_gave_it(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    for name in ("here/f.csv", "l.csv"):
        (tmp_path / name).write_text("", encoding="utf-8")
    path = tmp_path / "here" / "s.yaml"
    path.write_text(json.dumps({"title": "例", "forecast": "f.csv", "list": "../l.csv"}), encoding="utf-8")
    for given in ((), ("f.csv",)):
        with pytest.raises(InputError) as refused:
            read_scenario(str(path), given)
        assert [(one.code, one.column, one.value) for one in refused.value.problems] == [
            ("path_outside_scenario", "list", "../l.csv")
        ]
    assert read_scenario(str(path), ("../l.csv",)).list_file == "../l.csv"


def test_what_was_measured_afterwards_binds_nobody() -> None:
    live, drill = (SimpleNamespace(mode=mode, file="s.yaml") for mode in ("live", "drill"))
    refuse_live(drill)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"s\.yaml, mode"):
        refuse_live(live)  # type: ignore[arg-type]
    whole: Any = SimpleNamespace()
    assert of_cities(whole, ()) is whole


def test_what_is_saved_beside_industry_counts_in_both_sums_where_a_warning_holds() -> None:
    names = ("so2", "nox", "pm", "vocs")
    one, two = dict.fromkeys(names, 10.0), dict.fromkeys(names, 30.0)
    sums: Any = SimpleNamespace(told_warned=one, told_everything=two, warned=one, stopped=one, most=two)
    whole = Whole(dict.fromkeys(names, 100.0), {**dict.fromkeys(names, 0.0), "so2": 5.0}, 2020)
    found = amounts(sums, whole, {})
    assert (found["reduced_kg_d"]["so2"], found["reduced_with_season_kg_d"]["so2"]) == (15.0, 35.0)
    assert (found["reduced_kg_d"]["nox"], found["beside_kg_d"]) == (10.0, whole.beside)
    assert (found["ratio"]["so2"]["warning"], found["ratio"]["so2"]["with_season"]) == (0.15, 0.35)
    assert [found["ratio"]["so2"].get(name) for name in ("open_stopped", "at_most")] == [None, 0.35]
    assert (found["inventory_year"], found["met"]) == (2020, "unknown")
    without = amounts(sums, whole, {}, warned=False)
    assert (without["reduced_kg_d"]["so2"], without["beside_kg_d"]["so2"]) == (10.0, 0.0)
    nothing = amounts(sums, None, {})
    assert (nothing["ratio"], nothing["whole_society_kg_d"], nothing["met"]) == (None, None, "unknown")


@pytest.mark.parametrize(
    ("asked", "met"),
    [((0.1,), "yes"), ((0.15,), "unknown"), ((0.4,), "no"), ((0.1, 0.4), "no"), ((0.1, 0.15), "unknown")],
)
def test_a_place_meets_its_ratios_where_every_pollutant_does(asked: tuple[float, ...], met: str) -> None:
    names = ("so2", "nox", "pm", "vocs")
    one, two = dict.fromkeys(names, 10.0), dict.fromkeys(names, 30.0)
    sums: Any = SimpleNamespace(told_warned=one, told_everything=two, warned=one, stopped=one, most=two)
    whole = Whole(dict.fromkeys(names, 100.0), dict.fromkeys(names, 0.0), None)
    required: Any = {
        name: SimpleNamespace(share=share, rule="r", basis="") for name, share in zip(names, asked, strict=False)
    }
    assert amounts(sums, whole, required)["met"] == met


@pytest.mark.parametrize(("grade", "said"), [("C", "C"), (None, "未知"), ("A+", "")])
def test_a_grade_that_rules_change_is_told_with_both(
    make_book: BookMaker, decide: Decider, grade: str | None, said: str
) -> None:
    raised = {"id": "raise", "kind": "classification", "when": {"small": True}, "then": {"grade": "A+"}}
    own = {"id": "own", "layer": "exemption", "when": {"effective_grade": "A+"}, "then": "self_directed"}
    (row,) = decide(make_book(rules=[raised, own]), [{"small": True, "grade": grade}]).to_dict("records")
    assert row["status"] == "self_directed"
    assert (f"执行等级由{said}调整为A+" in row["remark"]) == ("regraded" in row["flags"]) == bool(said)


def test_overrides_of_lines_that_are_not_there_are_all_told() -> None:
    said: dict[str, Any] = {"measure": "stop", "reason": "保供", "by": "办公室 甲", "at": "2021-01-09 17:00"}
    asked = [
        Override.model_validate({**said, "enterprise_id": plant, "line_id": line})
        for plant, line in (("E", "1"), ("E", "9"), ("E", "1"), ("F", "1"), ("F", "1"))
    ]
    lines = pd.DataFrame({"enterprise_id": ["E"] * 8 + ["G"], "line_id": [*"87654321", "9"]})
    check_overrides(lines, asked[:1], "l.csv")
    with pytest.raises(InputError) as refused:
        check_overrides(lines, asked, "l.csv")
    assert [told(one) for one in refused.value.problems] == [
        "override_of_no_line - overrides E/9: 1/2/3/4/5/6",
        "overridden_twice - overrides E/1",
        "override_of_nobody - overrides F/1",
        "overridden_twice - overrides F/1",
    ]
    assert {one.file for one in refused.value.problems} == {"l.csv"}


@pytest.mark.parametrize(
    ("measure", "share", "words", "status"),
    [
        ("stop", None, "停产", "ordered"),
        ("limit", 0.335, "限产33.5%", "ordered"),
        ("none", None, "不要求停限产", "ordered"),
        ("exempt", None, "豁免，不采取停限产措施", "exempt"),
        ("self_directed", None, "自主减排", "self_directed"),
    ],
)
def test_an_override_is_told_in_its_words(measure: str, share: float | None, words: str, status: str) -> None:
    said = {
        "enterprise_id": "E",
        "line_id": " 1  号 ",
        "measure": measure,
        "share": share,
        "reason": "保\n供",
        "at": "2021-01-09 17:05",
    }
    one = Override.model_validate({**said, "by": "办公室；甲"})
    assert (one.words, str(one.status), one.line, one.reason) == (words, status, "E/1 号", "保 供")
    assert one.decided == "人工决定（办公室，甲，2021-01-09 17:05）"
    assert ("share" in as_options([one])[0]) == (share is not None)


@pytest.mark.parametrize(
    ("measure", "share"),
    [
        ({"code": "stop"}, 1.0),
        ({"code": "stop", "daily": "08:00-20:00"}, 0.5),
        ({"code": "limit", "share": 0.4}, 0.4),
        ({"code": "limit", "share": 0.4, "daily": "22:00-04:00"}, 0.1),
        ({"code": "stop_share", "share": 0.3}, 0.3),
        ({"code": "feed_cap"}, None),
        ({"code": "coking_time", "hours": 36.0}, None),
        ({"code": "none"}, None),
    ],
)
def test_the_share_a_measure_names_is_of_the_hours_it_holds(measure: dict[str, Any], share: float | None) -> None:
    named = _nominal(Measure(**measure))
    assert (None if pd.isna(named) else named) == (share if share is None else pytest.approx(share))
