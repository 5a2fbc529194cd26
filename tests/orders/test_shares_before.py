"""Lines that an active warning stopped by a share stay chosen, whatever the list of the second evening says."""

from __future__ import annotations

import json
import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.engine import Engine, Response, Segment
from alertengine.files import lists_folder
from alertengine.lists import lines_from, read_list
from alertengine.orders import (
    Override,
    Responded,
    SharesBefore,
    decide_lines,
    explain,
    read_scenario,
    respond,
    respond_province,
    share_orders,
    write_orders,
)
from alertengine.orders.read import read_orders
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import ERASED, LINE_KEY, InputError, Level
from alertengine.warning import read_warnings, write_warnings
from alertengine.workflow import Upload, collect_scenario, collect_uploads, prepare
from tests.conftest import BookMaker

pytestmark = pytest.mark.whole

HEADER = (
    "企业名称,城市,行业,生产线编号,工序,绩效等级,产能,产能单位,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量,"
    "红色预警减排措施,橙色预警减排措施"
)
FIRST, SECOND = {"1": 10, "2": 20, "3": 30, "4": 40}, {"1": 50, "2": 60, "3": 30, "4": 40}
BEFORE = {"active": "first/warnings.csv", "active_orders": "first/orders.csv"}


@pytest.fixture(scope="module")
def _decided_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evenings") / "first"
    folder.mkdir()
    write(folder, 9, FIRST)
    found = CliRunner().invoke(main, ["respond", str(folder / "9.yaml"), "-o", str(folder / "first"), "--no-pack"])
    assert found.exit_code in (0, 1), found.output
    return folder


@pytest.fixture
def evening(_decided_once: Path, tmp_path: Path) -> Path:
    """The folder of two evenings, the first decided: half of one plant's lines stop, the two smallest; a copy."""
    return shutil.copytree(_decided_once, tmp_path, dirs_exist_ok=True)


def write(folder: Path, day: int, capacities: dict[str, int], level: int = 350, **keys: Any) -> Path:
    """A scenario of heavy days until 2021-01-14, decided at 15:00 of a day, on one plant's lines by their capacity."""
    air = [f"2021-01-{day:02d} 15:00,例,临汾市,2021-01-{at},{level if at < 15 else 60},PM2.5" for at in range(10, 18)]
    listed = [
        f"甲,临汾,铸造,{n},熔化,C,{tons},吨/年,10,20,5,1,停产50%（以生产线计）,停产25%（以生产线计）"
        for n, tons in capacities.items()
    ]
    for name, rows in (("f", ["issue_time,issuer,city,target_date,aqi,primary", *air]), ("l", [HEADER, *listed])):
        (folder / f"{day}{name}.csv").write_text("\n".join(rows), encoding="utf-8")
    (folder / f"{day}l.version.yaml").write_text(
        "version: 例\nstatus: published\napprover: 甲\npublished_on: 2020-10-01\n", encoding="utf-8"
    )
    said: dict[str, Any] = {
        "title": "例",
        "mode": "simulation",
        "forecast": f"{day}f.csv",
        "list": f"{day}l.csv",
        **keys,
    }
    (folder / f"{day}.yaml").write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    return folder / f"{day}.yaml"


def run(path: Path) -> Responded:
    return respond(read_scenario(str(path)))


def stopped(found: Responded) -> list[str]:
    """The lines that stand still at the moment of the decision."""
    now = found.in_force.now
    return sorted(now.loc[now["share"] == 1, "line_id"].astype("str"))


def told(found: Responded) -> list[object]:
    return [dict(one.arguments)["count"] for one in found.orders.own_notes if one.code == "shares_chosen_anew"]


@pytest.mark.parametrize(
    ("capacities", "level", "keys", "lines", "count"),
    [
        (FIRST, 350, BEFORE, ["1", "2"], []),
        (SECOND, 350, BEFORE, ["1", "2"], []),  # what stands still goes on standing still
        ({"2": 60, "3": 30, "4": 40}, 350, BEFORE, ["2", "3"], []),  # a line left the list: the cheapest joins
        ({**SECOND, "5": 1}, 350, BEFORE, ["1", "2", "5"], []),  # one came onto it: half of five is three
        (SECOND, 250, BEFORE, ["1"], []),  # a lighter phase chooses among them
        (SECOND, 350, {"active": "first/warnings.csv"}, ["1", "2"], []),  # the orders stand beside the record
        (SECOND, 350, {"active": "record.csv"}, ["3", "4"], [4]),  # no orders: chosen anew, and told
        (SECOND, 350, {}, ["3", "4"], []),  # no warning goes on
    ],
)
def test_what_an_active_warning_stopped_stays_chosen(
    evening: Path, capacities: dict[str, int], level: int, keys: dict[str, str], lines: list[str], count: list[int]
) -> None:
    (evening / "record.csv").write_bytes((evening / "first" / "warnings.csv").read_bytes())
    found = run(write(evening, 10, capacities, level, **keys))
    assert stopped(found) == lines
    assert told(found) == count


ANEW, LOST, LEFT = "shares_chosen_anew", "shares_not_listed", "ordered_not_listed"


@pytest.mark.parametrize(
    ("change", "lines", "codes"),
    [
        ({}, ["1", "2"], []),
        ({"line_id": {"^2$": "2#"}}, ["1", "3"], [LOST]),
        ({"line_id": {"^": "0"}}, ["1", "2"], []),  # ids written otherwise
        ({"enterprise_id": {"^.*$": "乙"}}, ["1", "2"], []),  # the code was corrected since
        ({"line_id": {"^": "7"}}, ["3", "4"], [LEFT, LOST, ANEW]),  # each line in one message
        ({"enterprise_id": {"^.*$": "乙"}, "enterprise": {"^.*$": "乙"}}, ["3", "4"], [LEFT, LOST, ANEW]),
        ({"enterprise_id": {"^.*$": "乙"}, "city": {"临汾": "太原"}}, ["3", "4"], [ANEW]),
        ({"city": {"临汾": "太原"}}, ["3", "4"], [ANEW]),  # one code in two cities is two plants
        ({"starts": {"2021": "2020"}, "ends": {"2021": "2020"}}, ["3", "4"], [ANEW]),
        ({"ends": {"15 00:00": "10 12:00"}}, ["1", "2"], []),  # the order since 00:00 goes on, with its lines
    ],
)
@pytest.mark.parametrize("shares_alone", [False, True])
def test_orders_of_other_lines_or_days_are_told(
    evening: Path, change: dict[str, dict[str, str]], lines: list[str], codes: list[str], shares_alone: bool
) -> None:
    orders = pd.read_csv(evening / "first" / "orders.csv", dtype=str, keep_default_na=False)
    if shares_alone:  # as a ledger writes them: of other lines they say that none of these stops by a share
        orders = orders[orders["share"].astype(float) > 0]
        codes = codes if change.get("starts") else [code for code in codes if code not in (ANEW, LEFT)]
    orders.replace(change, regex=True).to_csv(evening / "named.csv", index=False)
    found = run(write(evening, 10, SECOND, active="first/warnings.csv", active_orders="named.csv"))
    assert stopped(found) == lines
    told_of = [*found.orders.own_problems, *found.orders.own_notes]
    assert [one.code for one in told_of if one.code in (ANEW, LOST, LEFT)] == codes
    counts = [dict(one.arguments)["count"] for one in told_of if one.code in (LOST, LEFT)]
    assert sum(counts) == len(found.left_before.drop_duplicates(LINE_KEY))


@pytest.mark.parametrize(
    ("capacities", "level", "left"),
    [
        (FIRST, 250, []),
        ({"1": 10, "2": 20, "3": 30}, 250, ["4"]),
        ({"01": 10, "2": 20, "3": 30}, 250, ["4"]),
        ({"1": 10, "2": 20, "3": 30}, 60, []),  # lifted: the order ends with the response
    ],
)
def test_lines_that_left_the_list_under_an_order_are_told_in_the_papers(
    evening: Path, capacities: dict[str, int], level: int, left: list[str]
) -> None:
    path = write(evening, 10, capacities, level, **BEFORE)
    assert run(path).left_before["line_id"].tolist() == left
    found = CliRunner().invoke(main, ["respond", str(path), "-o", str(evening / "second")])
    assert found.exit_code in (0, 1), found.output
    said = (evening / "second" / "pack" / "临汾市" / "00-目录.txt").read_text(encoding="utf-8")
    assert ("未计入本件数字：1条，甲4（至2021年1月15日0时）" in said) == bool(left)
    assert ("(甲4)" in found.output) == bool(left)
    assert found.exit_code or not left


@pytest.mark.parametrize(
    ("record", "change", "asked"),
    [
        ("first/warnings.csv", {}, []),
        ("first/warnings.csv", {"ends": {"15 00:00": "10 12:00"}}, []),  # none of the orders holds any more
        ("", {"ends": {"15 00:00": "10 12:00"}}, []),
        ("", {}, ["临汾市"]),
        ("", {"city": {"临汾": "太原"}}, []),  # of no city of the list
        ("", {"level": {"red|orange|yellow": "none"}}, []),
    ],
)
def test_orders_that_hold_without_a_warning_on_the_record_are_asked_about(
    evening: Path, record: str, change: dict[str, dict[str, str]], asked: list[str]
) -> None:
    orders = pd.read_csv(evening / "first" / "orders.csv", dtype=str, keep_default_na=False)
    orders.replace(change, regex=True).to_csv(evening / "named.csv", index=False)
    given = {"active": record} if record else {}
    found = run(write(evening, 10, FIRST, active_orders="named.csv", **given))
    said = [dict(one.arguments)["place"] for one in found.orders.own_problems if one.code == "orders_without_record"]
    assert said == asked
    assert found.left_before.empty


def test_files_that_cannot_be_used_are_told_together(evening: Path) -> None:
    path = write(evening, 10, FIRST, **BEFORE)
    for name, column in (("10f.csv", "target_date"), ("10l.csv", "企业名称")):
        whole = (evening / name).read_text(encoding="utf-8")
        (evening / name).write_text(whole.replace(column, "另一列"), encoding="utf-8")
    torn = evening / "first" / "warnings.csv"
    torn.write_bytes(torn.read_bytes()[:-40])
    with pytest.raises(InputError) as caught:
        run(path)
    assert [Path(one.file).name for one in caught.value.problems] == ["10l.csv", "10f.csv", "warnings.csv"]


@pytest.mark.parametrize("torn", ["first/warnings.csv", "first/orders.csv", "10f.csv"])
def test_a_cell_of_a_list_that_can_be_read_is_told_beside_a_file_that_cannot_be_used(evening: Path, torn: str) -> None:
    """By `respond` and by a run of several lists."""
    path = write(evening, 10, FIRST, **BEFORE)
    listed = evening / "10l.csv"
    listed.write_text(listed.read_text(encoding="utf-8").replace(",10,", ",一十,"), encoding="utf-8")
    bad = [str(one) for one in run(path).orders.enterprises.problems]
    assert bad
    (evening / torn).write_text("甲\n", encoding="utf-8")
    scenario = read_scenario(str(path))
    for refused in (respond, respond_province):
        with pytest.raises(InputError) as caught:
            refused(scenario.model_copy(update={"lists": ("10l.csv",)}))
        told = [str(one) for one in caught.value.problems]
        assert any(Path(torn).name in one for one in told)
        assert set(bad) <= set(told)


def test_lines_are_told_too_where_the_list_has_none_of_their_city(evening: Path) -> None:
    path = write(evening, 10, FIRST, 250, **BEFORE)
    listed = evening / "10l.csv"
    listed.write_text(listed.read_text(encoding="utf-8").replace("临汾", "太原"), encoding="utf-8")
    found = run(path)
    assert found.orders.table.empty
    assert found.left_before["line_id"].tolist() == ["1", "2", "3", "4"]
    assert {"ordered_not_listed", "shares_not_listed"} <= {one.code for one in found.orders.own_problems}


def test_lines_that_left_are_counted_by_code_though_their_names_are_erased(evening: Path) -> None:
    orders = pd.read_csv(evening / "first" / "orders.csv", dtype=str, keep_default_na=False)
    for line, code in (("3", "92A"), ("4", "92B")):
        orders.loc[orders["line_id"] == line, ["enterprise_id", "enterprise", "line_id"]] = [code, ERASED, "1"]
    orders.to_csv(evening / "named.csv", index=False)
    found = run(write(evening, 10, {"1": 10, "2": 20}, 250, active="first/warnings.csv", active_orders="named.csv"))
    counts = [dict(one.arguments)["count"] for one in found.orders.own_problems if one.code == "ordered_not_listed"]
    assert counts == [2]


@pytest.mark.parametrize(("rows", "lines"), [(0, ["3", "4"]), (2, ["1", "2"])])
def test_what_a_ledger_has_is_all_that_stops_by_a_share(evening: Path, rows: int, lines: list[str]) -> None:
    write(evening, 10, SECOND)
    forecast, listed, version = (
        Upload(name, (evening / name).read_bytes()) for name in ("10f.csv", "10l.csv", "10l.version.yaml")
    )
    before = evening / "first"
    orders, active = read_orders(before / "orders.csv")[:rows], read_warnings(before / "warnings.csv")
    said: dict[str, Any] = {
        "title": "例",
        "mode": "simulation",
        "beside": [version],
        "active": active,
        "active_orders": orders,
    }
    found = prepare(collect_uploads(forecast, listed, **said), "例").run
    now = found.orders
    assert sorted(now.loc[now["share"] == 1, "line_id"].astype("str").unique()) == lines
    assert [one.code for one in found.notes if one.code in (ANEW, LOST)] == []


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_the_copy_on_record_leaves_names_of_sole_traders_out(evening: Path, suffix: str) -> None:
    """The copy is never erased; which lines stop is said by code and number."""
    code, listed = "92000000HC00000021", evening / "10l.csv"
    orders = read_orders(evening / "first" / "orders.csv").assign(enterprise_id=code, enterprise="丁某合成砖厂")
    write_orders(orders, evening / f"before{suffix}")
    path = write(evening, 10, SECOND, active="first/warnings.csv", active_orders=f"before{suffix}")
    head, *rows = listed.read_text("utf-8").replace("甲,", "丁某合成砖厂,").splitlines()
    listed.write_text("\n".join([f"统一社会信用代码,{head}", *(f"{code},{row}" for row in rows)]), "utf-8")
    taken = collect_scenario(read_scenario(str(path)))
    now = prepare(taken, "例").run.orders
    assert sorted(now.loc[now["share"] == 1, "line_id"].astype("str").unique()) == ["1", "2"]
    copy = evening / f"copy{suffix}"
    copy.write_bytes(taken.files[f"active_orders/0/orders{suffix}"])
    assert set(read_orders(copy)["enterprise"]) == {ERASED}


def test_on_record_it_is_told_of_the_scenario_that_was_given(evening: Path) -> None:
    (evening / "record.csv").write_bytes((evening / "first" / "warnings.csv").read_bytes())
    path = write(evening, 10, SECOND, active="record.csv")
    found = prepare(collect_scenario(read_scenario(str(path))), "例")
    assert [one.file for one in found.notes if one.code == ANEW] == [str(path)]


def test_orders_that_were_changed_since_their_run_are_not_taken_unasked(evening: Path) -> None:
    changed(evening / "first" / "orders.csv")
    path = write(evening, 10, SECOND, active="first/warnings.csv")
    assert read_scenario(str(path)).active_orders == ()
    assert stopped(run(path)) == ["3", "4"]
    assert stopped(run(write(evening, 10, SECOND, **BEFORE))) == ["1", "2"], "named, they are what a person says"


def of_two_lists(folder: Path, day: int, capacities: dict[str, int], **keys: Any) -> Path:
    """The scenario of a day on two lists: that of 临汾市, and the same plants in 运城市."""
    path = write(folder, day, capacities, **keys)
    (folder / "y.version.yaml").write_bytes((folder / f"{day}l.version.yaml").read_bytes())
    (folder / "y.csv").write_text((folder / f"{day}l.csv").read_text("utf-8").replace("临汾", "运城"), "utf-8")
    rows = (folder / f"{day}f.csv").read_text("utf-8")
    air = "\n".join([rows, *rows.replace("临汾市", "运城市").splitlines()[1:]])
    (folder / f"{day}f.csv").write_text(air, "utf-8")
    said = json.loads(path.read_text("utf-8")) | {"list": [f"{day}l.csv", "y.csv"]}
    path.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    return path


def changed(file: Path) -> None:
    file.write_text(file.read_text("utf-8").replace("甲", "甲厂"), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "chosen", "anew"),
    [
        ((), {"临汾市": ["1", "2"], "运城市": ["1", "2"]}, []),
        (
            ("运城市",),
            {"临汾市": ["1", "2"], "运城市": ["3", "4"]},
            ["运城市"],
        ),  # of that list alone
        (("临汾市", "运城市"), {"临汾市": ["3", "4"], "运城市": ["3", "4"]}, ["临汾市", "运城市"]),
    ],
)
def test_a_province_goes_on_from_the_orders_of_every_list(
    tmp_path: Path, change: tuple[str, ...], chosen: dict[str, list[str]], anew: list[str]
) -> None:
    first = of_two_lists(tmp_path, 9, FIRST)
    said = CliRunner().invoke(main, ["respond", str(first), "-o", str(tmp_path / "first"), "--no-pack"])
    assert said.exit_code in (0, 1), said.output
    for city in change:
        changed(tmp_path / "first" / city / "orders.csv")
    second = of_two_lists(tmp_path, 10, SECOND, active="first/warnings.csv")
    parts = respond_province(read_scenario(str(second), several=True)).parts
    assert {part.scenario.cities[0]: stopped(part) for part in parts} == chosen
    assert [part.scenario.cities[0] for part in parts if told(part)] == anew
    alone = run(write(tmp_path, 10, SECOND, active="first/warnings.csv", cities=["临汾市"]))
    assert stopped(alone) == chosen["临汾市"], "one list of it goes on from them too"
    kept = prepare(collect_scenario(read_scenario(str(tmp_path / "10.yaml"))), "例").run.orders
    assert sorted(kept.loc[kept["share"] == 1, "line_id"].astype("str").unique()) == chosen["临汾市"], "and on record"


def test_orders_of_a_drill_bind_no_live_run(evening: Path) -> None:
    (evening / "record.csv").write_bytes((evening / "first" / "warnings.csv").read_bytes())
    path = write(evening, 10, SECOND, active="record.csv", active_orders="first/orders.csv", mode="live")
    with pytest.raises(InputError) as caught:
        read_scenario(str(path))
    assert [(one.code, one.column, one.value) for one in caught.value.problems] == [
        ("record_not_live", "active_orders", "first/orders.csv")
    ]


def test_a_line_is_explained_by_the_choice_that_was_made(evening: Path) -> None:
    found = run(write(evening, 10, SECOND, **BEFORE))
    for line, share in (("1", "100%"), ("3", "0%")):
        assert f"减排比例{share}" in explain(found.orders, f"甲/{line}").phases[0].below[0].text


@pytest.mark.parametrize(
    ("since", "until_then", "afterwards"),
    [
        ("2021-01-11 00:00", ["1"], ["1", "3"]),  # the county stands apart from the next full hour on
        ("2021-01-10 16:00", [], ["1", "3"]),
    ],
)
def test_a_county_that_gets_a_warning_of_its_own_goes_on(
    tmp_path: Path, since: str, until_then: list[str], afterwards: list[str]
) -> None:
    def in_county(path: Path) -> Path:
        listed = path.with_name(f"{path.stem}l.csv")
        head, *rows = listed.read_text("utf-8").splitlines()
        listed.write_text("\n".join([f"区县,{head}", *(f"尧都区,{row}" for row in rows)]), "utf-8")
        return path

    first = in_county(write(tmp_path, 9, FIRST, 250))
    said = CliRunner().invoke(main, ["respond", str(first), "-o", str(tmp_path / "first"), "--no-pack"])
    assert said.exit_code in (0, 1), said.output
    order = {"area": "临汾市/尧都区", "level": "red", "from": since, "source": "例"}
    found = run(in_county(write(tmp_path, 10, SECOND, 250, active="first/warnings.csv", orders=[order])))
    table = found.orders.table
    stands = table[table["share"] == 1].astype({"line_id": str}).groupby("level", observed=True)["line_id"].apply(list)
    assert stands.get("orange", []) == until_then
    assert stands["red"] == afterwards
    assert told(found) == []
    (tmp_path / "first" / "orders.csv").unlink()
    assert told(run(tmp_path / "10.yaml")) == [4], "without them the choice is made anew, and told"


def test_a_line_that_a_person_stopped_for_another_goes_on_standing_still(tmp_path: Path) -> None:
    path = str(write(tmp_path, 9, FIRST))
    code = run(Path(path)).orders.table["enterprise_id"].iloc[0]
    said = {"enterprise_id": code, "reason": "保供", "by": "市长 丙", "at": datetime(2021, 1, 9, 16)}
    instead = [Override(line_id=line, measure=kind, **said) for line, kind in (("1", "none"), ("3", "stop"))]
    first = respond(read_scenario(path), overrides=instead)
    table = first.orders.table.set_index("line_id")
    assert [table.loc[line, "measure_text"].partition("（停")[2] for line in ("2", "4")] == ["2号、3号线）"] * 2
    write_orders(first.orders.table, tmp_path / "orders.csv")
    write_warnings(first.warnings.handed_on, tmp_path / "warnings.csv")
    assert stopped(run(write(tmp_path, 10, FIRST, active="warnings.csv", active_orders="orders.csv"))) == ["2", "3"]


RAISED, ENDS = datetime(2021, 1, 12), datetime(2021, 1, 15)


@pytest.mark.parametrize(
    ("until", "levels", "chosen"),
    [
        (None, ["orange", "red"], {"orange": ["1"], "red": ["1", "2"]}),
        (None, ["orange"], {"orange": ["1"], "red": ["1", "3"]}),  # nothing is said of red: orange goes on
        (None, ["red"], {"orange": ["3"], "red": ["1", "2"]}),
        (None, [], {"orange": ["3"], "red": ["3", "4"]}),
        (datetime(2021, 1, 11, 9), ["orange", "red"], {"orange": ["1"], "red": ["1", "3"]}),  # red is chosen anew
        (RAISED, ["orange", "red"], {"orange": ["1"], "red": ["1", "2"]}),
        (datetime(2021, 1, 9, 9), ["orange", "red"], {"orange": ["3"], "red": ["3", "4"]}),
    ],
)
def test_orders_of_moments_to_come_are_chosen_anew_beside_what_goes_on(
    make_book: BookMaker, until: datetime | None, levels: list[str], chosen: dict[str, list[str]]
) -> None:
    """A quarter of the lines stops from the 10th, half from the 12th on."""
    shares = [("orange", 0.25), ("red", 0.5)]
    rules = [{"id": level, "level": level, "then": {"stop_share": share, "by": "line"}} for level, share in shares]
    engine = Engine(make_book(rules=rules))

    def decided(capacities: dict[str, int], before: SharesBefore | None = None) -> pd.DataFrame:
        plant = {"city": "临汾市", "industry": "铸造", "process": "熔化", "enterprise_id": "甲", "enterprise": "甲"}
        rows = [plant | {"line_id": n, "capacity": tons, "nox_kg_d": tons} for n, tons in capacities.items()]
        parts = (Segment(datetime(2021, 1, 10), RAISED, Level.ORANGE), Segment(RAISED, ENDS, Level.RED))
        response = Response(parts, parts[0].starts)
        return decide_lines(engine, lines_from(rows, engine.book.lists), response, before=before).table

    first = decided(FIRST)
    table = decided(SECOND, SharesBefore(first[first["level"].isin(levels)], until))
    stops = table[table["share"] == 1].astype({"line_id": str, "level": str})
    assert stops.groupby("level")["line_id"].apply(list).to_dict() == chosen


@pytest.mark.parametrize("level", ["yellow", "orange", "red"])
def test_the_same_list_decided_again_on_its_own_orders_gives_them_again(level: str, shipped: Rulebook) -> None:
    """Chambers of coke ovens among them, whose fractions are written with six decimals."""
    listed, engine = read_list(lists_folder() / "linfen-synthetic.csv", shipped), Engine(shipped)
    response = Response.single(Level(level), date(2020, 1, 10), 72)
    first = decide_lines(engine, listed.lines, response).table
    again = decide_lines(engine, listed.lines, response, before=SharesBefore(first)).table
    assert first["measure"].astype("str").str.contains("stop_share|stop_units").any()
    pd.testing.assert_frame_equal(first, again)


@pytest.mark.parametrize(
    ("capacities", "level", "keys", "count"),
    [
        (SECOND, 350, BEFORE, 0),  # the same lines go on
        ({**SECOND, "5": 1}, 350, BEFORE, 1),  # a line came onto the list
        ({"2": 60, "3": 30, "4": 40}, 350, BEFORE, 1),  # one left it
        ({**SECOND, "5": 1}, 250, BEFORE, 0),  # the warning is lowered: the pack says so
        ({**SECOND, "5": 1}, 350, {**BEFORE, "active_orders": "shares.csv"}, 0),  # of other lines nothing is known
    ],
)
def test_orders_that_change_while_no_warning_does_are_told_with_the_command_for_their_papers(
    evening: Path, capacities: dict[str, int], level: int, keys: dict[str, str], count: int
) -> None:
    before = evening / "first" / "orders.csv"
    share_orders(read_orders(before)).to_csv(evening / "shares.csv", index=False)
    path, out = write(evening, 10, capacities, level, **keys), evening / "second"
    found = CliRunner().invoke(main, ["--lang", "en", "respond", str(path), "-o", str(out), "--no-pack"])
    told = [line for line in found.output.splitlines() if "no warning changes" in line]
    command = f"documents {out}/orders.csv --since {before}"
    assert told == [
        f"note: in 临汾市 no warning changes, orders of {count} enterprises do; their change orders: {command}"
    ] * bool(count)
    if count:
        made = CliRunner().invoke(main, [*command.split(), "-o", str(evening / "papers")])
        assert len(list(evening.glob("papers/变更指令/**/*.docx"))) == count, made.output


def test_of_a_province_too_the_orders_that_change_without_a_warning_are_told_list_by_list(tmp_path: Path) -> None:
    for day, out, keys in ((9, "first", {}), (10, "second", {"active": "first/warnings.csv"})):
        path = of_two_lists(tmp_path, day, FIRST, **keys)
        if day == 10:  # in 运城市 a line came onto the list
            listed = (tmp_path / "y.csv").read_text("utf-8").splitlines()
            listed.append(listed[-1].replace(",4,", ",5,").replace(",40,", ",1,"))
            (tmp_path / "y.csv").write_text("\n".join(listed), "utf-8")
        found = CliRunner().invoke(main, ["--lang", "en", "respond", str(path), "-o", str(tmp_path / out), "--no-pack"])
        assert found.exit_code in (0, 1), found.output
    new, old = (tmp_path / out / "运城市" / "orders.csv" for out in ("second", "first"))
    said = "in 运城市 no warning changes, orders of 1 enterprises do; their change orders"
    assert [line for line in found.output.splitlines() if "no warning changes" in line] == [
        f"note: {said}: documents {new} --since {old}"
    ]


def made_lighter(found: Responded) -> pd.DataFrame:
    """What the evening before ordered of lines that are asked less now."""
    assert found.before is not None
    return found.before.made_lighter_by(found.orders.table, found.warnings.now)


@pytest.mark.parametrize(
    ("change", "level", "lines"),
    [
        ({"停产50%（以生产线计）": "限产10%"}, 350, ["1", "2"]),  # the list was replaced: what stood still runs on
        ({",C,": ",A,", "停产50%（以生产线计）": "自主减排"}, 350, ["1", "2"]),
        ({"停产50%（以生产线计）": "停产75%（以生产线计）"}, 350, []),
        ({"停产25%（以生产线计）": "限产10%"}, 250, []),  # the warning is lowered: that brings it
        ({}, 350, []),
    ],
)
def test_lines_asked_less_at_no_lower_level_are_told(
    evening: Path, change: dict[str, str], level: int, lines: list[str]
) -> None:
    path = write(evening, 10, SECOND, level, **BEFORE)
    listed = evening / "10l.csv"
    text = listed.read_text(encoding="utf-8")
    for old, new in change.items():
        text = text.replace(old, new)
    listed.write_text(text, encoding="utf-8")
    found = run(path)
    assert made_lighter(found)["line_id"].tolist() == lines
    said = [one for one in found.orders.own_problems if one.code == "ordered_lighter"]
    assert [dict(one.arguments)["names"] for one in said] == [tuple(f"甲{line}" for line in lines)] * bool(lines)
    assert found.orders.exit_status == 1 or not lines


def test_what_a_person_made_lighter_is_not_asked_about(evening: Path) -> None:
    path = str(write(evening, 10, FIRST, 350, **BEFORE))
    code = run(Path(path)).orders.table["enterprise_id"].iloc[0]
    said = {"enterprise_id": code, "reason": "保供", "by": "市长 丙", "at": datetime(2021, 1, 10, 16)}
    found = respond(read_scenario(path), overrides=[Override(line_id="1", measure="limit", share=0.1, **said)])
    assert found.orders.table.set_index("line_id").loc["1", "share"] == 0.1
    assert made_lighter(found).empty
