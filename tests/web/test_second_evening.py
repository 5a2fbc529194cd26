"""After the first evening: what a later act takes over or lifts is told, served and looked at no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from alertengine.files import lists_folder
from alertengine.ledger import Ledger
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import times as clock
from alertengine.web import Desk
from alertengine.web.accounts import Account
from alertengine.web.api.standing import standing_now
from alertengine.web.compared import not_carried, standing_orders
from alertengine.web.files import documents_of
from alertengine.web.forecasts import take_forecast
from alertengine.web.inspecting import route
from alertengine.web.kept import KeptLedger
from alertengine.web.lists import list_files, lists_on_file, publish_uploads
from alertengine.web.mapview import map_view
from alertengine.web.opening import against_act, drafted
from alertengine.web.orderrows import rows
from alertengine.web.pages.decide import overrides_of
from alertengine.web.roles import Role
from alertengine.web.today import new_changes, today
from alertengine.web.todo import all_of, todo
from alertengine.web.work import Work, WorkInput, begin, hand_in
from alertengine.workflow import (
    Upload,
    approve,
    draft,
    issue_draft,
    ordered,
    review,
    service,
    set_bureau_cities,
    write_act_documents,
)
from tests.synthetic import make_code

from .browsing import forecast
from .conftest import decided, overrides_in

pytestmark = [pytest.mark.slow, pytest.mark.whole]
ORANGE, RED, CLEAN = (240, 262, 271, 255, 188), (316, 410, 335, 430, 376), (60,) * 5
OFFICER = Account("officer", "甲", "办公室", frozenset({Role.OFFICER}), must_change=False)
REVIEWER = Account("reviewer", "乙", "科室", frozenset({Role.REVIEWER}), must_change=False)


def _now() -> pd.Timestamp:
    return pd.Timestamp(clock.now().replace(tzinfo=None))


def _work(path: Path, book: Rulebook, aqi: tuple[int, ...], ago: int) -> Work:
    with Ledger.writable(path) as ledger:
        take_forecast(ledger, Upload("预报.csv", forecast(aqi, ago)), book.lists, "办公室 甲")
        listed, beside = list_files(ledger, lists_on_file(ledger)[0].act)
    return begin(path, (), WorkInput("应急响应", "live", {"list": listed}, beside), "officer")


def _issued(path: Path, number: int) -> int:
    with Ledger.writable(path) as ledger:
        review(ledger, number, "科长 乙", passed=True)
        approve(ledger, number, "市长 丙", passed=True)
        return issue_draft(ledger, number, "办公室 甲")[0].act


def _to_serve(path: Path, at: pd.Timestamp) -> list[str]:
    with KeptLedger.open(path) as ledger:
        return [one.address for one in todo(ledger, OFFICER, at) if one.address.startswith("/deliver")]


def _bureau(path: Path, book: Rulebook) -> None:
    """A ledger with a published list of the bureau's own city."""
    Ledger.writable(path).close()
    source, totals = (
        Upload(name, (lists_folder() / name).read_bytes())
        for name in ("linfen-synthetic.csv", "linfen-synthetic.totals.csv")
    )
    publish_uploads(path, book, source, [totals], {}, ("2026年版", "市长 丙", clock.now().date()), "合成清单")
    with Ledger.writable(path) as ledger:
        set_bureau_cities(ledger, ("临汾市",), book.lists.cities(), "信息中心 丁")


def _served_of_an_end(path: Path, act: int, at: pd.Timestamp) -> set[str]:
    with KeptLedger.open(path) as ledger:
        table = service(ledger, act, at)
    return set(table.loc[table["matter"] != "ordered", "enterprise_id"])


def _told_of_the_end(path: Path, act: int, lifting: int, at: pd.Timestamp) -> set[str]:
    """All whom an act orders something are told that another lifts it; whom the first itself tells of an end."""
    with KeptLedger.open(path) as ledger:
        before = service(ledger, act, at)
        (waiting,) = [one for one in todo(ledger, OFFICER, at) if one.address == f"/deliver?act={lifting}"]
        assert len(service(ledger, lifting, at)) == (before["matter"] == "ordered").sum() > 0
    assert _served_of_an_end(path, lifting, at) == set(before.loc[before["matter"] == "ordered", "enterprise_id"])
    assert "终止" in waiting.why
    return _served_of_an_end(path, act, at)


def test_a_raise_takes_the_act_before_over_and_a_lift_ends_all(tmp_path: Path) -> None:
    path, book = tmp_path / "record.db", Rulebook.load(())
    _bureau(path, book)
    work = _work(path, book, ORANGE, 3)
    (stopped, *_) = [row for row in rows(work.orders) if row["open"]]
    work = decided(work, overrides_of([stopped], "stop", "", "会商", "办公室 甲"))
    first = _issued(path, hand_in(path, work, "办公室 甲", "").act)
    with Ledger.open(path) as ledger:
        stops, acts = route(ledger, _now())
    assert acts == [first]
    assert stopped["enterprise_id"] in {one.enterprise_id for one in stops}

    work = _work(path, book, RED, 2)
    number = hand_in(path, work, "办公室 甲", "").act
    with KeptLedger.open(path) as ledger:
        (carried,) = not_carried(ledger, work.orders, overrides_in(work), _now())
        assert not_carried(ledger, work.orders, {(carried.enterprise_id, carried.line_id)}, _now()) == []
        (asked,) = todo(ledger, REVIEWER, _now())
    assert asked.why.startswith("临汾市升级红色")
    assert (carried.line, carried.reason) == (f"{stopped['enterprise_id']}/{stopped['line_id']}", "会商")
    second = _issued(path, number)
    with KeptLedger.open(path) as ledger:
        assert not_carried(ledger, work.orders, {}, _now()) == []  # the last act decided the line without it
    assert _to_serve(path, _now()) == [f"/deliver?act={second}"]
    with Ledger.open(path) as ledger:
        stops, acts = route(ledger, _now())
        page = today(ledger, book)
    assert acts == [second]
    lines = {line for one in stops if one.enterprise_id == stopped["enterprise_id"] for line, *_ in one.lines}
    assert stopped["line"] not in lines  # what a person stopped that evening is open again
    assert [*page.orders_acts] == [second]
    assert map_view(path, (), _now().to_pydatetime()).of.startswith(f"第{second}号指令")

    work = _work(path, book, CLEAN, 0)
    with KeptLedger.open(path) as ledger:
        said = [one.why for one in all_of(ledger, OFFICER, today(ledger, book), {}) if "解除" in one.what]
    assert [("终止，" in why, "启动" in why) for why in said] == [(True, False)]
    number = hand_in(path, work, "办公室 甲", "").act
    with KeptLedger.open(path) as ledger:
        (last,) = new_changes(ledger.warnings(number))
        waiting = [one.address for one in all_of(ledger, OFFICER, today(ledger, book), {})]
        assert dict(draft(ledger, number).levels) == {"临汾市": "red"}
    assert last["action_text"] == "解除"
    assert waiting.count(f"/issue?draft={number}") == 1
    third = _issued(path, number)
    later = _now() + timedelta(hours=3)
    # the stop has ended: that must be told, by the raise too to whom it had let go
    assert _to_serve(path, later) == [f"/deliver?act={second}", f"/deliver?act={third}"]
    assert _told_of_the_end(path, second, third, later) == {stopped["enterprise_id"]}  # open again since the raise
    with Ledger.open(path) as ledger:
        assert route(ledger, later) == ([], [])
        page = today(ledger, book, later.to_pydatetime())
        assert (page.orders_acts, page.states) == ({}, [])
        assert standing_now(ledger, later.to_pydatetime().replace(tzinfo=clock.ZONE)).cities == []


def test_what_was_taken_back_before_it_began_is_issued_again_the_same_evening(tmp_path: Path) -> None:
    path, book = tmp_path / "record.db", Rulebook.load(())
    Ledger.writable(path).close()
    version = ("一", "市长 丙", clock.now().date())
    publish_uploads(path, book, Upload("清单.csv", _plant(10, 20)), [], {}, version, "清单")
    later = (80, 80, *ORANGE)
    first = _issued(path, hand_in(path, _work(path, book, later, 3), "办公室 甲", "").act)
    number = hand_in(path, _work(path, book, CLEAN, 2), "办公室 甲", "").act
    taken_back = against_act(path, number)
    assert (taken_back.acts, taken_back.changed) == ((first,), 2)
    assert (drafted(path, number).rest, drafted(path, number).lines) == ("没有须执行的指令。", 0)
    desk = Desk(path)
    try:  # approval form, notice and message of the cancellation, though it orders nothing
        assert documents_of(desk, number, "officer").kind == "documents"
    finally:
        desk.jobs.close()
    cancelling = _issued(path, number)
    assert _to_serve(path, _now()) == [f"/deliver?act={cancelling}"]
    assert against_act(path, number) == taken_back
    work = _work(path, book, later, 1)
    with Ledger.open(path) as ledger:
        assert set(standing_orders(ledger, work.orders, _now())) == {0}
        assert today(ledger, book).states == []
    number = hand_in(path, work, "办公室 甲", "").act
    assert against_act(path, number).acts == ()
    again = _issued(path, number)
    with Ledger.open(path) as ledger:
        assert [*today(ledger, book).orders_acts] == [again]


def test_of_the_proposals_of_a_city_the_one_that_begins_first_is_named(tmp_path: Path) -> None:
    path, book = tmp_path / "record.db", Rulebook.load(())
    _bureau(path, book)
    _issued(path, hand_in(path, _work(path, book, (80, *ORANGE[:3], 60, 60, 60), 3), "办公室 甲", "").act)
    county = forecast((80, 320, 390, 360, 330, 60), 2).replace("临汾市".encode(), "临汾市/侯马市".encode())
    with Ledger.writable(path) as ledger:
        said = forecast((80, *ORANGE, 60), 2) + b"\n" + county.partition(b"\n")[2]
        take_forecast(ledger, Upload("预报.csv", said), book.lists, "办公室 甲")
    with KeptLedger.open(path) as ledger:
        page = today(ledger, book)
        (asked,) = [one for one in all_of(ledger, OFFICER, page, {}) if "还没有拟稿" in one.what]
    assert [row["counties"] for row in page.proposals] == ["", "侯马市"]
    assert asked.what == "临汾市侯马市发布红色，还没有拟稿（共2项变更）"


def test_of_an_act_for_two_cities_that_is_lifted_in_one_the_other_s_orders_go_on(tmp_path: Path) -> None:
    path, book, (other, city) = tmp_path / "record.db", Rulebook.load(()), ("运城市,盐湖区", "临汾市,尧都区")
    Ledger.writable(path).close()
    plants = [_plant(10, 20), _plant(30, 40).replace(city.encode(), other.encode()).partition(b"\n")[2]]
    both = b"".join(plants).replace(b"91141000", b"91140000", 2)
    version = ("一", "市长 丙", clock.now().date())
    publish_uploads(path, book, Upload("清单.csv", both), [], {}, version, "清单")
    for ago, (here, there) in ((3, (ORANGE, ORANGE)), (1, (CLEAN, ORANGE))):
        rows_there = forecast(there, ago).replace("临汾市".encode(), "运城市".encode()).partition(b"\n")[2]
        with Ledger.writable(path) as ledger:
            said = Upload("预报.csv", forecast(here, ago) + b"\n" + rows_there)
            take_forecast(ledger, said, book.lists, "办公室 甲")
            listed, beside = list_files(ledger, lists_on_file(ledger)[0].act)
        cities = ("临汾市",) if here is CLEAN else ("临汾市", "运城市")
        work = begin(path, (), WorkInput("应急响应", "live", {"list": listed}, beside, cities), "officer")
        _issued(path, hand_in(path, work, "办公室 甲", "").act)
    later = _now() + timedelta(hours=3)
    with Ledger.open(path) as ledger:
        page, stops = today(ledger, book, later.to_pydatetime()), route(ledger, later)[0]
        found = standing_now(ledger, later.to_pydatetime().replace(tzinfo=clock.ZONE))
    drawn = map_view(path, (), later.to_pydatetime())
    assert {row["city"] for row in page.active} == {one.city for one in found.cities} == {"运城市"}
    assert [said.startswith("运城市") for said in page.states] == [True]
    assert {one.city for one in drawn.cities} == {one.city for one in stops} == {"运城市"}


def test_of_a_county_that_is_lifted_while_its_city_is_extended_the_lines_are_counted_as_ended(tmp_path: Path) -> None:
    path, book = tmp_path / "record.db", Rulebook.load(())
    Ledger.writable(path).close()
    version, county = ("一", "市长 丙", clock.now().date()), "侯马市"
    rest, apart = _plant(10, 20, 30, 40), _plant(10, 20).replace("尧都区".encode(), county.encode())
    listed = rest + apart.partition(b"\n")[2].replace("合成".encode(), "另一".encode()).replace(b",91", b",")
    publish_uploads(path, book, Upload("清单.csv", listed), [], {}, version, "清单")
    for ago, aqi, there in ((3, RED, ORANGE), (1, (*RED, 230, 240), (60,) * 7)):
        own = forecast(there, ago).replace("临汾市".encode(), f"临汾市/{county}".encode()).partition(b"\n")[2]
        with Ledger.writable(path) as ledger:
            take_forecast(ledger, Upload("预报.csv", forecast(aqi, ago) + b"\n" + own), book.lists, "办公室 甲")
            files, beside = list_files(ledger, lists_on_file(ledger)[0].act)
        work = begin(path, (), WorkInput("应急响应", "live", {"list": files}, beside), "officer")
        number = hand_in(path, work, "办公室 甲", "").act
        said = against_act(path, number)
        _issued(path, number)
    assert (said.counts["变更"], said.counts["终止"], said.kept) == (4, 2, 0)
    assert {row["change"] for row in said.rows if row["county"] == county} == {"终止"}


def _plant(*capacities: int) -> bytes:
    """One plant of four melting lines, half of which are to stop under orange and red."""
    header = "企业名称,社会信用代码,城市,区县,行业,生产线编号,工序,绩效等级,产能,产能单位"
    header += ",SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量,橙色预警减排措施,红色预警减排措施"
    plan = "停产50%（以生产线计）"
    lines = [
        f"合成铸造厂,{make_code('91141000MA0K00000')},临汾市,尧都区,铸造,{number},熔化,C,{tons},吨/年,10,20,5,1,{plan},{plan}"
        for number, tons in enumerate(capacities, start=1)
    ]
    return "\n".join([header, *lines, ""]).encode()


@pytest.mark.parametrize(
    ("second", "ended", "kept", "lines"),
    [
        (lambda: _plant(10, 20), 0, 2, 4),
        (lambda: _recoded(_plant(10, 20)), 0, 2, 4),  # the code was corrected: no line is counted twice
        (lambda: _recoded(_plant(10, 20, 30, 40)), 0, 0, 4),
    ],
)
def test_what_a_line_off_the_list_was_ordered_stands_and_every_screen_and_paper_says_so(
    tmp_path: Path, second: Callable[[], bytes], ended: int, kept: int, lines: int
) -> None:
    path, book, acts = tmp_path / "record.db", Rulebook.load(()), []
    Ledger.writable(path).close()
    for version, plant, aqi, ago in (("一", _plant(10, 20, 30, 40), ORANGE, 3), ("二", second(), RED, 2)):
        listed = (version, "市长 丙", clock.now().date())
        publish_uploads(path, book, Upload("清单.csv", plant), [], {}, listed, "清单")
        work = _work(path, book, aqi, ago)
        number = hand_in(path, work, "办公室 甲", "").act
        said = against_act(path, number)
        acts.append(_issued(path, number))
    assert (said.acts, said.kept, said.counts["终止"]) == ((acts[0],), kept, ended)
    with Ledger.open(path) as ledger:
        page, (city,) = today(ledger, book), standing_now(ledger, clock.now()).cities
        write_act_documents(ledger, number, tmp_path / "papers")  # of the draft: as of the act
    listed = ordered(path).lines
    assert listed is not None
    assert len(listed) == lines  # what left the list is audited by the one before
    (drawn,) = map_view(path, (), _now().to_pydatetime()).cities
    assert [*page.orders_acts] == (acts if kept else acts[1:])
    assert drawn.lines == city.lines == lines
    assert said.kg["nox"][1] == pytest.approx(city.nox_kg_d) == pytest.approx(drawn.kg["nox"])
    pack = tmp_path / "papers" / "pack" / "临汾市"
    assert (f"未计入本件数字：{kept}条" in (pack / "00-目录.txt").read_text()) == bool(kept)
    night = pd.read_excel(pack / "07-夜间检查清单.xlsx", sheet_name="按区县", header=4, engine="calamine")
    assert night["生产线数"].sum() == lines


def _recoded(plant: bytes) -> bytes:
    """The plant under another code."""
    own, other = (make_code(f"91141000MA0K0000{end}").encode() for end in "01")
    return plant.replace(own, other)


def test_what_stands_still_goes_on_though_the_list_was_changed_overnight(tmp_path: Path) -> None:
    path, book = tmp_path / "record.db", Rulebook.load(())
    Ledger.writable(path).close()
    stopped = []
    for version, capacities, aqi, ago in (("一", (10, 20, 30, 40), ORANGE, 3), ("二", (50, 60, 30, 40), RED, 2)):
        publish_uploads(
            path,
            book,
            Upload("清单.csv", _plant(*capacities)),
            [],
            {},
            (version, "市长 丙", clock.now().date()),
            "清单",
        )
        work = _work(path, book, aqi, ago)
        now = work.prepared.run.orders
        stopped.append(set(now.loc[now["share"] == 1, "line_id"].astype("str")))
        _issued(path, hand_in(path, work, "办公室 甲", "").act)
        lines = work.prepared.run.enterprises.lines
        assert lines["capacity"].tolist() == list(capacities)
    assert stopped == [{"1", "2"}, {"1", "2"}]
