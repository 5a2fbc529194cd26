"""Explanations say what was found, what prevailed, what kept a lighter order away and what would change it."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.engine import Engine, Response
from alertengine.files import CodedTable
from alertengine.lists import lines_from, read_list, write_list
from alertengine.orders import (
    Explainer,
    Reason,
    decide_lines,
    explain,
    explain_order,
    in_sentences,
    lighter_changes,
    list_beside,
    plain_texts,
    write_orders,
)
from alertengine.orders._explain import lighter
from alertengine.orders._explain.why import failing_atoms
from alertengine.orders.table import orders_of
from alertengine.rulebook import Atom, Group, Rulebook
from alertengine.vocabulary import InputError, Level
from tests.conftest import BookMaker, document, of_a_run

pytestmark = pytest.mark.whole

KILN = {
    "city": "临汾市", "industry": "水泥", "process": "熟料", "retrofit_done": True,
    "enterprise_id": "91140000HC0000001P", "enterprise": "合成水泥", "line_id": "1",
    "so2_kg_d": 10.0, "nox_kg_d": 20.0, "pm_kg_d": 5.0, "vocs_kg_d": 1.0,
}  # fmt: skip
DAY = date(2021, 1, 10)


@pytest.mark.parametrize("named", ["/etc/passwd", "//host/share/list.csv", "../../../../etc/passwd", "link.csv"])
def test_a_summary_of_another_office_names_no_file_of_the_machine(tmp_path: Path, named: str) -> None:
    folder = tmp_path / "theirs" / "out"
    folder.mkdir(parents=True)
    (folder / "link.csv").symlink_to("/etc/passwd")
    said = str(folder / named) if named == "link.csv" else named
    (folder / "summary.json").write_text(json.dumps({"inputs": {"list": said}}), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        list_beside(folder / "orders.csv")
    assert [one.code for one in refused.value.problems] == ["list_elsewhere"]


def test_orders_that_are_not_there_name_no_list(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        explain(tmp_path / "none.csv", "1")
    assert [one.code for one in refused.value.problems] == ["unreadable_file"]


@pytest.mark.parametrize("named", ["out/list.csv", "list.csv"])
def test_a_list_with_the_run_or_beside_it_is_found(tmp_path: Path, named: str) -> None:
    (tmp_path / "out").mkdir()
    said = {"inputs": {"list": str(tmp_path / named)}}
    (tmp_path / "out" / "summary.json").write_text(json.dumps(said), encoding="utf-8")
    assert list_beside(tmp_path / "out" / "orders.csv") == tmp_path / named


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return Rulebook.load()


def said(reason: Reason) -> str:
    return "\n".join([reason.text, *(said(one) for one in reason.below)])


def tree_of(book: Rulebook, facts: dict, level: Level, day: date = DAY) -> str:
    engine = Engine(book)
    lines = lines_from([facts], book.lists)
    return said(Explainer(engine, lines, engine.decide(lines, Response.single(level, day))[0], 0).tree())


def test_the_rule_that_bound_is_named_with_what_was_found(book: Rulebook) -> None:
    text = tree_of(book, {**KILN, "grade": "C"}, Level.RED)
    assert "clinker-C-red" in text
    assert "执行等级为C（清单：C）" in text
    assert "环办大气函〔2020〕340号" in text
    assert "NOₓ：排放20千克/日，减排20千克/日" in text


def test_a_filed_measure_where_no_rule_speaks_is_no_missing_ground(make_book: BookMaker) -> None:
    rules = [{"id": "a", "when": {"process": "熔炼"}, "then": "stop"}]
    text = tree_of(make_book(rules=rules), {**KILN, "plan_red": "限产50%"}, Level.RED)
    assert "预警响应：规则未作规定，执行减排依据清单备案措施" in text
    assert "本项依据清单备案措施" in text
    assert "依据缺失" not in text
    bare = tree_of(make_book(rules=rules), KILN, Level.RED)
    assert "预警响应：依据缺失" in bare
    assert "预警措施没有依据，须人工决定" in bare


@pytest.mark.parametrize(("day", "told"), [(date(2021, 1, 9), False), (DAY, True)])
def test_an_episode_whose_lift_is_not_on_record_is_told(make_book: BookMaker, day: date, *, told: bool) -> None:
    head = {"valid": {"from": "2021-01-09", "to": "not stated"}, "concerns": {"to": "2021-03-31"}, "episode": True}
    book = make_book(document(rules=[{"id": "a", "when": {"process": "熟料"}, "then": "stop"}], **head))
    assert ("2021-01-09起的响应解除未在案" in tree_of(book, KILN, Level.RED, day)) is told


def test_what_kept_it_from_being_self_directed_is_named(book: Rulebook) -> None:
    text = tree_of(book, {**KILN, "grade": "C"}, Level.RED)
    assert "要求执行等级为A、引领性，清单为C" in text


def test_what_would_lighten_another_level_is_no_reason_at_this_one(make_book: BookMaker) -> None:
    rules = [
        {"id": "stop", "then": "stop"},
        {
            "id": "mild",
            "title": "黄色豁免",
            "levels": ["yellow"],
            "layer": "exemption",
            "when": {"small": True},
            "then": "exempt",
        },
        {
            "id": "grave",
            "title": "红色豁免",
            "levels": ["red"],
            "layer": "exemption",
            "when": {"small": True},
            "then": "exempt",
        },
    ]
    for regimes in (["warning"], ["warning", "season"], ["warning", "adverse_weather"]):
        book = make_book(rules=[rules[0], *({**rule, "regimes": regimes} for rule in rules[1:])])
        for level, named, other in ((Level.RED, "grave", "mild"), (Level.YELLOW, "mild", "grave")):
            why = tree_of(book, {**KILN, "small": False}, level).split("为什么没有豁免或自主减排")[1]
            assert named in why
            assert other not in why
        quiet = tree_of(book, {**KILN, "small": False}, Level.NONE).split("为什么没有豁免或自主减排")[1]
        assert ("mild" in quiet, "grave" in quiet) == (len(regimes) > 1,) * 2


def test_an_industry_that_is_not_on_file_is_not_called_blank(book: Rulebook) -> None:
    text = tree_of(book, {**KILN, "industry": "合成新材料"}, Level.ORANGE)
    assert "行业：合成新材料（不在行业词表内，行业大类未知）" in text
    assert "行业（清单写“合成新材料”，不在行业词表内，行业大类未知）" in text
    blank = tree_of(book, {**KILN, "industry": None}, Level.ORANGE)
    assert "行业：未知" in blank
    assert "不在行业词表内" not in blank


def test_what_was_set_aside_and_why(book: Rulebook) -> None:
    coke = {**KILN, "industry": "焦化", "process": "焦炉", "catalogue": "限制类", "city_distance_km": 8.0}
    text = tree_of(book, coke, Level.NONE, date(2019, 12, 10))
    assert "采用 限产50%" in text
    assert "未采用 限产40%（同类措施从严，未采用：32-restricted-near）" in text


def test_unknown_facts_are_said_to_be_unknown(book: Rulebook) -> None:
    text = tree_of(book, KILN, Level.ORANGE)
    assert "绩效等级：清单为未知，执行未知" in text
    assert "待核实事项（填上可能改变指令）：绩效等级" in text


def test_the_smallest_change_that_lightens_the_order(book: Rulebook) -> None:
    line = lines_from([{**KILN, "grade": "C"}], book.lists)
    changes = lighter_changes(Engine(book), line, Response.single(Level.ORANGE, DAY), published=False)
    found = {change.facts: (str(change.status), change.share) for change in changes}
    assert found[("grade", "B"),] == ("ordered", 0.2)
    assert found[("grade", "A"),] == ("self_directed", 0.0)
    assert all(len(facts) == 1 for facts in found)
    assert not any(facts[0] == ("grade", "D") for facts in found)


def test_two_changes_are_looked_for_where_one_is_not_enough(book: Rulebook) -> None:
    facts = {
        **KILN, "industry": "铸造", "process": "熔炼", "catalogue": "限制类", "city_distance_km": 30.0, "grade": "C",
        "named_lists": "无", "green_factory": True, "clean_transport": False, "ultra_low": False,
        "below_special_pct": 0.0, "load_before_pct": 90.0, "guarantee": "无",
    }  # fmt: skip
    line = lines_from([facts], book.lists)
    changes = lighter_changes(Engine(book), line, Response.single(Level.NONE, date(2019, 12, 10)), published=False)
    assert any(change.facts == (("named_lists", "错峰豁免清单"),) for change in changes)


@pytest.mark.parametrize(
    ("when", "lighter_at"),
    [
        ({"chamber_height_m": {"lt": 6}}, [5.0]),  # the number itself is not below it
        ({"chamber_height_m": {"lt": 6, "ge": 4}}, [4.0, 5.0]),
        ({"catalogue": {"not": "限制类"}}, ["鼓励类", "允许类", "淘汰类"]),  # what no rule names too
        ({"catalogue": "鼓励类"}, ["鼓励类"]),
        ({"small": True}, [True]),
    ],
)
def test_values_on_either_side_of_what_a_rule_asks_are_tried(
    make_book: BookMaker, when: dict[str, Any], lighter_at: list[Any]
) -> None:
    mild = {"id": "mild", "layer": "exemption", "when": when, "then": "exempt"}
    book = make_book(rules=[{"id": "stop", "then": "stop"}, mild])
    (name,) = when
    line = lines_from([{**KILN, "chamber_height_m": 7.0, "catalogue": "限制类", "small": False}], book.lists)
    changes = lighter_changes(Engine(book), line, Response.single(Level.RED, DAY), published=False)
    assert [one.facts for one in changes] == [((name, value),) for value in lighter_at]


@pytest.mark.parametrize(
    ("most", "copies", "found"), [(4000, 1, True), (3, 1, False), (4000, 3, True), (30, 90, False)]
)
def test_pairs_of_changes_are_tried_up_to_a_number_of_lines(
    make_book: BookMaker, monkeypatch: pytest.MonkeyPatch, most: int, copies: int, *, found: bool
) -> None:
    green = {"green_factory": True, "stable": True}
    book = make_book(
        rules=[{"id": "stop", "then": "stop"}, {"id": "mild", "layer": "exemption", "when": green, "then": "exempt"}]
    )
    monkeypatch.setattr(lighter, "MAX_VARIANTS", most)
    facts = {**KILN, "green_factory": False, "stable": False}
    lines = lines_from([{**facts, "line_id": str(number)} for number in range(copies)], book.lists)
    changes = lighter_changes(Engine(book), lines, Response.single(Level.RED, DAY), published=False)
    assert [dict(one.facts) for one in changes] == [green] * found


def test_the_fewest_failing_comparisons_are_named() -> None:
    a, b, c = (Atom("so2_mg_m3", "gt", (float(n),)) for n in (1, 2, 3))
    either = Group(every=False, parts=(Group(every=True, parts=(a, b)), c))
    assert failing_atoms(either, {("so2_mg_m3", ""): 0.0}) == [c]
    assert failing_atoms(either, {("so2_mg_m3", ""): 4.0}) == []


@pytest.fixture
def files(book: Rulebook, tmp_path: Path) -> tuple[Path, Path]:
    lines = lines_from([{**KILN, "grade": "C"}, {**KILN, "grade": "C", "line_id": "2"}], book.lists)
    write_list(lines, tmp_path / "list.csv")
    response = Response.single(Level.YELLOW, DAY)
    table = orders_of(book, CodedTable.of(lines), Engine(book).decide(lines, response), response).frame()
    write_orders(table, tmp_path / "orders.csv")
    of_a_run(tmp_path / "orders.csv")
    return tmp_path / "orders.csv", tmp_path / "list.csv"


@pytest.mark.slow
def test_an_explanation_agrees_with_the_orders_file(book: Rulebook, files: tuple[Path, Path]) -> None:
    orders, listed = files
    written = pd.read_csv(orders, dtype={"line_id": str}).set_index("line_id")
    for line in ("1", "2"):
        found = explain(orders, f"合成水泥/{line}", book, listed)
        assert f"减排比例{written.loc[line, 'share']:.0%}" in found.phases[0].below[0].text


def test_the_command_prints_a_tree_and_json(files: tuple[Path, Path]) -> None:
    orders, listed = files
    shown = CliRunner().invoke(main, ["explain", str(orders), "--line", "1", "--list", str(listed)])
    assert shown.exit_code == 0
    assert "怎样会更轻" in shown.output
    as_json = CliRunner().invoke(main, ["explain", str(orders), "--line", "1", "--list", str(listed), "--json"])
    assert as_json.exit_code == 0
    assert '"lighter"' in as_json.output


@pytest.mark.parametrize("line", ["9", "合成水泥/9", ""])
def test_a_line_that_is_not_there_is_said_with_those_that_are(files: tuple[Path, Path], line: str) -> None:
    result = CliRunner().invoke(main, ["explain", str(files[0]), "--line", line, "--list", str(files[1])])
    assert result.exit_code == 2
    assert "91140000HC0000001P/1" in result.output


def test_without_a_list_the_command_asks_for_one(files: tuple[Path, Path]) -> None:
    result = CliRunner().invoke(main, ["explain", str(files[0]), "--line", "1"])
    assert result.exit_code == 2
    assert "--list" in result.output


def test_a_share_of_one_converter_is_said_to_be_a_full_stop(make_book: BookMaker) -> None:
    book = make_book(rules=[{"id": "fifth", "then": {"stop_share": 0.2}}])
    facts = {**KILN, "industry": "长流程联合钢铁", "process": "转炉"}
    assert "同一工序停产20%以上（以生产线计）：本生产线停产，停产20%以上即全部停产" in tree_of(book, facts, Level.RED)
    engine = Engine(book)
    lines = lines_from([facts, {**facts, "line_id": "2"}], book.lists)
    text = said(Explainer(engine, lines, engine.decide(lines, Response.single(Level.RED, DAY))[0], 0).tree())
    assert "本生产线停产（停1号线）" in text
    assert "即全部停产" not in text


@pytest.mark.parametrize(("capacities", "all_stop"), [((10.0, 10.0), True), ((10.0, 1000.0), False)])
def test_a_share_that_stops_every_line_of_a_process_is_said_to_be_a_full_stop(
    make_book: BookMaker, capacities: tuple[float, ...], *, all_stop: bool
) -> None:
    """Nine tenths of two equal lines are both; of a small and a large one the large one is enough."""
    engine = Engine(make_book(rules=[{"id": "most", "then": {"stop_share": 0.9, "by": "capacity"}}]))
    facts = {**KILN, "capacity_unit": "万吨/年"}
    lines = lines_from(
        [{**facts, "line_id": str(place), "capacity": one} for place, one in enumerate(capacities, 1)],
        engine.book.lists,
    )
    (decision,) = engine.decide(lines, Response.single(Level.RED, DAY))
    assert ("停产90%以上即全部停产" in said(Explainer(engine, lines, decision, 1).tree())) == all_stop


def test_self_direction_that_stops_everything_is_not_lighter(make_book: BookMaker) -> None:
    rules = [
        {"id": "stop", "when": {"effective_grade": {"not": "A"}}, "then": "stop"},
        {"id": "own", "when": {"effective_grade": "A"}, "then": "self_directed"},
    ]
    engine = Engine(make_book(rules=rules))
    response = Response.single(Level.RED, DAY)

    def grades(plan: str | None) -> list[object]:
        line = lines_from([{**KILN, "grade": "C", "plan_red": plan}], engine.book.lists)
        return [change.facts for change in lighter_changes(engine, line, response, published=False)]

    assert grades("停产") == []
    assert grades("限产30%") == [(("grade", "A"),)]


def test_what_would_be_lighter_is_asked_of_the_whole_enterprise(make_book: BookMaker) -> None:
    """A line that stops for the share of two keeps stopping for it; alone it would seem to stop for its grade."""
    rules = [
        {"id": "half", "then": {"stop_share": 0.5}},
        {"id": "more", "when": {"effective_grade": "D"}, "then": {"limit": 0.3}},
    ]
    engine = Engine(make_book(rules=rules))
    facts = {**KILN, "grade": "D"}
    lines = lines_from([{**facts, "capacity": 9.0}, {**facts, "line_id": "2", "capacity": 1.0}], engine.book.lists)
    response = Response.single(Level.RED, DAY)
    changes = [lighter_changes(engine, lines, response, published=False, row=row) for row in (0, 1)]
    assert {change.share for change in changes[0]} == {0.0}
    assert changes[1] == []


def test_each_line_of_an_enterprise_has_changes_of_its_own(make_book: BookMaker) -> None:
    rules = [
        {"id": grade, "when": {"effective_grade": grade}, "then": {"limit": share}}
        for grade, share in (("C", 0.4), ("D", 0.8))
    ]
    engine = Engine(make_book(rules=[{"id": "all", "then": {"limit": 0.2}}, *rules]))
    lines = lines_from([{**KILN, "line_id": name, "grade": name} for name in "DCB"], engine.book.lists)
    shares = [
        {
            dict(change.facts)["grade"]: change.share
            for change in lighter_changes(engine, lines, Response.single(Level.RED, DAY), published=False, row=row)
        }
        for row in range(3)
    ]
    better = {"A+", "A", "B", "B-", "引领性", "非引领性", "未评级"}
    assert shares == [dict.fromkeys(better, 0.2) | {"C": 0.4}, dict.fromkeys(better, 0.2), {}]


def test_two_warnings_of_one_evening_are_explained_by_their_own_hours(make_book: BookMaker, tmp_path: Path) -> None:
    """The second begins 168 hours after the first and is in its own first hour; so is its explanation."""
    then = [{"stop": True, "until_hours": 120}, {"limit": 0.2, "after_hours": 120}]
    own = make_book(document(rules=[{"id": "kiln", "level": "red", "when": {"industry": "水泥"}, "then": then}]))
    lines = lines_from([KILN], own.lists)
    write_list(lines, tmp_path / "list.csv")
    warnings = [Response.single(Level.RED, day, 48) for day in (DAY, date(2021, 1, 17))]
    coded = CodedTable.of(lines)
    tables = [orders_of(own, coded, Engine(own).decide(lines, one), one).frame() for one in warnings]
    write_orders(pd.concat(tables, ignore_index=True), tmp_path / "orders.csv")
    why = explain(tmp_path / "orders.csv", "1", own, tmp_path / "list.csv")
    assert [phase.below[0].text.rpartition("，")[2] for phase in why.phases] == ["减排比例100%", "减排比例100%"]
    assert ["采用 响应120小时内停产" in said(phase) for phase in why.phases] == [True, True]


def test_what_would_be_lighter_is_sought_in_each_of_two_warnings(make_book: BookMaker, tmp_path: Path) -> None:
    """Nothing lightens the first, of yellow; that the second, of red, hangs on the grade was never looked for."""
    rules = [
        {"id": "all", "level": "yellow", "then": {"limit": 0.2}},
        {"id": "C", "level": "red", "when": {"effective_grade": "C"}, "then": "stop"},
        {"id": "B", "level": "red", "when": {"effective_grade": "B"}, "then": {"limit": 0.3}},
    ]
    own = make_book(document(rules=rules))
    lines = lines_from([{**KILN, "grade": "C"}], own.lists)
    write_list(lines, tmp_path / "list.csv")
    warnings = [Response.single(level, day, 48) for level, day in ((Level.YELLOW, DAY), (Level.RED, date(2021, 1, 17)))]
    coded = CodedTable.of(lines)
    tables = [orders_of(own, coded, Engine(own).decide(lines, one), one).frame() for one in warnings]
    for places, since in (((0, 1), "2021年1月17日0时起的响应："), ((1,), "")):
        write_orders(pd.concat([tables[place] for place in places], ignore_index=True), tmp_path / "orders.csv")
        why = explain(tmp_path / "orders.csv", "1", own, tmp_path / "list.csv")
        assert f"{since}绩效等级为B → 执行减排，减排比例30%" in in_sentences(why.changes)
        assert {one.words().partition("绩效等级")[0] for one in why.changes} == {since}


FURNACE = KILN | {
    "city": "吕梁市", "county": "交城县", "industry": "铁合金", "process": "矿热炉",
    "units": 1, "capacity": 10.0, "capacity_unit": "吨/日",
}  # fmt: skip
ADOPTED = ("--adopt", "lvliang-county-2019-10-18=吕梁市/交城县")


@pytest.mark.parametrize(
    ("given", "differs"), [(ADOPTED, False), ((), True), ((*ADOPTED, "--known-on", "2019-01-01"), True)]
)
def test_reasons_of_another_order_are_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, book: Rulebook, given: tuple[str, ...], *, differs: bool
) -> None:
    """Without the document that the orders adopted it was explained why there is none, with exit status 0."""
    monkeypatch.chdir(tmp_path)
    write_list(lines_from([FURNACE], book.lists), Path("l.csv"))
    run = ["orders", "l.csv", "--level", "yellow", "--date", "2019-10-18", "-o", "o.csv", *ADOPTED]
    assert CliRunner().invoke(main, run).exit_code == 0
    found = CliRunner().invoke(main, ["explain", "o.csv", "--line", "1", "--list", "l.csv", *given])
    assert (found.exit_code, "reasons are not its own" in found.output) == (int(differs), differs)


def test_an_order_that_a_person_changed_is_not_that_of_the_rules(book: Rulebook, tmp_path: Path) -> None:
    write_list(lines_from([FURNACE | {"plan_red": "停产"}], book.lists), tmp_path / "l.csv")
    lines = read_list(tmp_path / "l.csv", book)
    table = decide_lines(Engine(book), lines.lines, Response.single(Level.RED, DAY, 24)).table
    found = {}
    for flags in ("ground_filed", "ground_decision;overridden"):
        changed = plain_texts(table).assign(measure="limit", share=0.5, flags=flags)
        found[flags] = [one.code for one in explain_order(changed, "1", Engine(book), lines, "o.csv").problems]
    assert list(found.values()) == [["explained_otherwise"], []]
