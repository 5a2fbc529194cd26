"""What the page keeps and counts: nothing of the erased, one count of what waits, rows by columns, tables as text."""

from __future__ import annotations

import asyncio
import gzip
import os
import time
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import orjson
import pandas as pd
import pytest

from alertengine.ledger import Head, Ledger
from alertengine.orders import InForce, in_force, read_scenario
from alertengine.vocabulary import MASKED, InputError, Problem, sole_traders
from alertengine.vocabulary import times as clock
from alertengine.web import Desk
from alertengine.web.accounts import Account
from alertengine.web.asked import decision_lifted, decisions_taken
from alertengine.web.brief import brief_of
from alertengine.web.jobs.store import WorkFolder
from alertengine.web.kept import KeptLedger, _orders, lines_of, read_record, stands_of
from alertengine.web.mapview import MapView
from alertengine.web.opening import rest_of
from alertengine.web.orderrows import MARKS, packed, rows
from alertengine.web.pages import frame
from alertengine.web.pages.beside import _cells
from alertengine.web.pages.frame import Visit
from alertengine.web.pages.issue import _Form
from alertengine.web.pages.reviewing import marks_of, pressed_of
from alertengine.web.pages.ruletext import coloured
from alertengine.web.pages.tables import _table
from alertengine.web.pages.today import _proposal
from alertengine.web.papers import printed
from alertengine.web.roles import Role
from alertengine.web.ruletext import Proposal
from alertengine.web.today import Today, change_of
from alertengine.web.todo import all_of
from alertengine.web.workstore import WorkRow
from alertengine.workflow import (
    Signers,
    Upload,
    collect_scenario,
    decided_of,
    decisions_of,
    list_of,
    plain_orders,
    prepare,
    record,
    unused_decisions,
    what_stands,
)
from tests.ledger.conftest import orders_of

HEAD = "企业名称,统一社会信用代码,生产线编号,决定文号,决定日期,决定机关,决定种类,理由,起始日期,截止日期,解除日期\n"
STOP = "合成甲厂,91000000HC0000001B,,一号,2019-01-02,市局,责令停产整治,超标排放,,,\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "record.db"
    Ledger.writable(found).close()
    return found


def test_what_is_kept_of_acts_is_dropped_once_something_was_erased(path: Path) -> None:
    desk, dropped = Desk(path), list[str]()
    desk._pool = cast("Any", SimpleNamespace(shutdown=lambda *, wait: dropped.append(f"points {wait}")))
    kept = (datetime(2026, 11, 28), 0, True), MapView("第1号")
    desk._map = kept
    asyncio.run(desk.forget_erased())
    assert (desk._map, dropped) == (kept, [])
    old, new = (WorkFolder(path).results / name / "table.parquet" for name in "ab")
    for file in (old, new):
        file.parent.mkdir(parents=True)
        file.touch()
    os.utime(old, (0, 0))
    with Ledger.writable(path) as ledger:
        ledger.append("erasure", Head("删除", approved_by="市长 丙", reason="期满"))
    os.utime(new, (time.time() + 1,) * 2)  # a file system's clock is coarser than the record's
    asyncio.run(desk.forget_erased())
    assert (desk._map, dropped) == (None, ["points False"])
    assert (old.exists(), new.exists()) == (False, True)
    asyncio.run(desk.forget_erased())
    assert dropped == ["points False"]


def test_lines_left_open_lead_to_the_act_where_they_stand(path: Path) -> None:
    now, left = (
        pd.Timestamp(2026, 11, 28, 18),
        pd.DataFrame({"act": [19, 21, 19], "city": ["临汾市", "运城市", "临汾市"]}),
    )
    page = Today(now, ("临汾市",), now, orders_acts={19: 16, 20: None, 21: None}, undetermined=left)
    officer, reader = (
        Account("u", "名", "处", frozenset({role}), must_change=False) for role in (Role.OFFICER, Role.READER)
    )
    with Ledger.open(path) as ledger:
        found = all_of(ledger, officer, page, {})
        assert all_of(ledger, reader, page, {}) == []
    assert [(one.what[0], one.why[:4], one.address) for one in found] == [
        ("2", "第19号", "/issue?draft=16&f=open#orders"),
        ("1", "第21号", "/audit?act=21&f=open#orders"),
    ]


def test_one_draft_of_several_proposals_waits_once(path: Path) -> None:
    now = pd.Timestamp(2026, 11, 28, 18)
    asked = {
        "counties": "",
        "action": "",
        "starts": "21时",
        "starts_at": "2026-11-28 21:00",
        "ends_at": "",
        "kind": "raise",
    }
    proposals = [
        {**asked, "reason": "", "city": city, "action_text": text, "level": level}
        for city in ("临汾市", "运城市")
        for text, level in (("升级", "red"), ("降级", "orange"))
    ]
    page = Today(now, ("临汾市", "运城市"), now, proposals=proposals)
    officer = Account("u", "名", "处", frozenset({Role.OFFICER}), must_change=False)
    work = WorkRow("k", "题", "u", None, "c", "", 1, 0.0, 0.0, "名")
    with Ledger.open(path) as ledger:
        found = all_of(ledger, officer, page, {change_of(one): work for one in proposals[:2]})
    assert [one.way for one in found] == ["继续拟稿", "拟稿"]


def test_a_proposal_leads_to_the_draft_that_is_in_hand() -> None:
    now = pd.Timestamp(2026, 11, 28, 18)
    names = "counties", "action", "kind", "action_text", "hours", "starts", "ends", "starts_at", "ends_at", "reason"
    blank = dict.fromkeys((*names, "basis"), "")
    row, page = {**blank, "city": "临汾市", "level": "red"}, Today(now, ("临汾市",), now)
    work = WorkRow("k", "稿", "jia", None, "", "", 1, 0.0, 0.0, "甲")
    said = [_proposal(row, page, one, may=may) for one, may in ((work, True), (None, True), (None, False))]
    ways = ("/issue?work=k", "/issue?city=%E4%B8%B4%E6%B1%BE%E5%B8%82#new", "等经办拟稿")
    assert [[way in text for way in ways] for text in said] == [[way == own for way in ways] for own in ways]


def test_what_waits_is_counted_by_what_the_first_page_showed_last(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, asked = Desk(path), list[str]()

    async def today() -> Today:
        asked.append("anew")
        return Today(pd.Timestamp(2026, 11, 28))

    monkeypatch.setattr(desk, "today", today)
    now, kept = clock.now().replace(tzinfo=None), Today(pd.Timestamp(2026, 11, 27))
    desk._today = (now - timedelta(minutes=3), 0), kept
    assert asyncio.run(desk.today_lately()) is kept
    desk._today = (now - timedelta(hours=1), 0), kept
    assert asyncio.run(desk.today_lately()) is not kept
    with Ledger.writable(path) as ledger:
        ledger.append("forecast", Head("预报"))
    desk._today = (now, 0), kept
    assert asyncio.run(desk.today_lately()) is not kept
    assert asked == ["anew", "anew"]


def test_what_pages_open_with_is_found_once_after_each_act_but_receipts(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, begun = Desk(path), list[str]()
    monkeypatch.setattr(desk.jobs, "begin", lambda kind, title, *_: begun.append(f"{kind} {title}"))
    asyncio.run(desk.warm())
    for kind in ("forecast", "signin", "delivery", "draft"):
        with Ledger.writable(path) as ledger:
            ledger.append(kind, Head(kind))
        for _ in range(2):
            asyncio.run(desk.warm())
    assert begun == ["warm 第1号之后的页面", "warm 第4号之后的页面"]


@pytest.mark.parametrize("quick", [True, False])
def test_a_page_is_answered_with_what_is_there_and_what_takes_long_is_drawn_after(
    monkeypatch: pytest.MonkeyPatch, *, quick: bool
) -> None:
    drawn, later = list[str](), list[Any]()
    monkeypatch.setattr(frame, "drawn_later", lambda _place, look, draw: later.append((look, draw)))

    async def asked() -> None:
        found = asyncio.Event()
        if quick:
            found.set()
        else:
            monkeypatch.setattr(frame, "_AT_ONCE", 0)

        async def look() -> str:
            await found.wait()
            return "all of it"

        async def waits() -> bool:
            drawn.append("what is there")
            return True

        place = SimpleNamespace(classes=lambda _kind: nullcontext())
        monkeypatch.setattr(frame.ui, "element", lambda _tag: place)
        await frame.drawn_soon(look, drawn.append, waits=waits)
        found.set()
        for again, draw in later:
            draw(await again())

    asyncio.run(asked())
    assert drawn == ["all of it"] if quick else ["what is there", "all of it"]


@pytest.mark.parametrize(
    ("stands", "left"),
    [("正在绘图…", "没有得出"), ("正在与仍有效的指令逐条比对…", "没有得出"), ("第3号指令", "第3号指令")],
)
def test_what_is_not_found_is_told_and_is_no_more_said_to_be_looked_for(
    monkeypatch: pytest.MonkeyPatch, stands: str, left: str
) -> None:
    class Label(SimpleNamespace):
        def set_text(self, text: str) -> None:
            self.text = text

    fills, told, label = list[Any](), list[Any](), Label(text=stands)
    monkeypatch.setattr(frame.ui, "timer", lambda _after, fill, once: fills.append(fill))
    monkeypatch.setattr(frame.ui, "label", Label)
    monkeypatch.setattr(frame, "tell", told.append)
    place: Any = SimpleNamespace(descendants=lambda: [label])

    async def look() -> str:
        raise InputError([Problem("process_died", where="session")])

    frame.drawn_later(place, look, told.append)
    asyncio.run(fills[0]())
    assert [error.problems[0].code for error in told] == ["process_died"]
    assert label.text.startswith(left)


def test_rows_by_columns_are_the_same_rows() -> None:
    orders = orders_of(40)
    found = orjson.loads(gzip.decompress(packed(orders)))
    columns = {
        name: [own["texts"][place] for place in own["at"]] if isinstance(own, dict) else own
        for name, own in found["columns"].items()
    }
    assert any(isinstance(own, dict) for own in found["columns"].values())
    unpacked = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    assert unpacked == orjson.loads(orjson.dumps(rows(orders)))
    assert found["rows"] == len(orders)


def test_the_first_rows_are_the_first_of_each_mark() -> None:
    orders = orders_of(40)
    orders["flags"] = ["no_ground"] * 9 + ["overridden"] * 8 + [""] * 23
    whole = rows(orders)
    assert rows(orders, most=3) == [row for mark in MARKS for row in [one for one in whole if one["mark"] == mark][:3]]
    assert len(rows(orders, most=3)) == 9


def test_all_orders_are_printed_with_their_marks_levels_and_numbers() -> None:
    orders = orders_of(3)
    orders["enterprise"] = ["<b>甲</b>", "乙", "丙"]
    orders["status"], orders["flags"] = (
        ["undetermined", "ordered", "ordered"],
        ["no_ground", "overridden", "overridden"],
    )
    orders["remark"] = ["", "人工变更，原为：停产；轻于规则", "人工变更，原为：限产20%"]
    page = printed("第3号", orders, in_force(orders), masked=True)
    listed = page.split("<tbody>")[1]
    assert [listed.count(f">{mark}</span>") for mark in ("缺", "轻", "改")] == [1, 1, 1]
    assert listed.count("■ 红色") == len(orders)
    assert "&lt;b&gt;甲&lt;/b&gt;" in listed
    assert "个体工商户名称未显示" in page
    assert "个体工商户" not in printed("稿", orders, in_force(orders), masked=False)


def test_files_chosen_together_are_all_kept(path: Path) -> None:
    desk = Desk(path)
    visit = SimpleNamespace(desk=desk, account=SimpleNamespace(user="jia"), allow=lambda _right: None)
    form = _Form(cast("Visit", visit))

    async def both() -> None:
        await asyncio.gather(*(form.add(Upload(name, name.encode())) for name in ("a.csv", "b.csv", "c.csv")))

    asyncio.run(both())
    assert sorted(one["name"] for one in form.files["beside"]) == ["a.csv", "b.csv", "c.csv"]
    assert sorted(one["name"] for one in _Form(cast("Visit", visit)).files["beside"]) == ["a.csv", "b.csv", "c.csv"]


def test_tiles_name_the_marks_of_their_rows_together() -> None:
    assert marks_of(pressed_of("")) == []
    assert marks_of(pressed_of("open,over")) == ["缺", "轻", "改"]
    assert marks_of(pressed_of("stand,nonsense")) == ["已"]


def test_what_a_person_decided_names_its_numbers_and_reasons_on_a_phone() -> None:
    drawn = _cells(("", "甲厂", "停产 → 限产", "1 → 2", "", "", "", "会商", "办公室 甲"))
    for label, text in (("SO₂", "1 → 2"), ("理由", "会商"), ("决定人", "办公室 甲")):
        assert f'data-label="{label}">{text}' in drawn
    assert drawn.count("data-label") == 3


def test_open_lines_are_told_apart_by_what_goes_out_of_them() -> None:
    orders = orders_of(4)
    orders["status"] = ["undetermined", "ordered", "ordered", "ordered"]
    orders["flags"] = ["no_ground", "from_lower_level", "", ""]

    brief = brief_of(orders, InForce({}, orders.assign(city=""), orders.iloc[:0], orders.iloc[:0], {}), [], [])
    assert (brief.open, brief.lower) == (2, 1)
    assert brief.open_words == "1条发出时为“待人工确定”，1条以下级措施为下限"
    assert "依据缺失1条" in rest_of(orders)


def test_texts_of_a_table_are_texts_on_a_phone_too() -> None:
    row = {"name": "<b>厂</b>", "act": '7"', "blank": ""}
    text = _table(
        {"name": '企"业', "act": "号", "blank": "空"}, [row], ("act",), {"act": "/audit?act={}"}, "plain", "wide"
    )
    assert "<b>" not in text
    assert 'data-label="企&quot;业">&lt;b&gt;厂' in text
    assert '<td class="n" data-label="号"><a href="/audit?act=7%22">7&quot;</a></td><td></td>' in text


def test_a_decision_is_lifted_once_with_a_day_and_a_reason(path: Path) -> None:
    assert decisions_taken(path, Upload("决定.csv", (HEAD + STOP).encode()), "支队 丁") == (1, 0)
    refusals = (("2019-02-10", " ", "请写明理由"), ("某日", "验收", "请选择日期"), ("2018-02-10", "验收", "生效之日"))
    for day, reason, said in refusals:
        with pytest.raises(InputError, match=said):
            decision_lifted(path, "一号", "", day, reason, "支队 丁")
    decision_lifted(path, "一号", "91000000HC0000001B", "2019-02-10", "验收通过", "支队 丁")
    with Ledger.open(path) as ledger:
        ((number, row),) = decisions_of(ledger)
        act = ledger.act(number)
    assert (row["lifted"], act.reason, act.drafted_by) == ("2019-02-10", "验收通过", "支队 丁")
    with pytest.raises(InputError, match="已于2019-02-10解除"):
        decision_lifted(path, "一号", "", "2019-02-11", "再次", "支队 丁")


def test_an_act_without_a_list_names_no_decision_it_left(path: Path) -> None:
    decisions_taken(path, Upload("决定.csv", (HEAD + STOP).encode()), "支队 丁")
    assert read_record(path, unused_decisions, 1) == []


def test_words_lead_to_the_cell_they_became_and_back() -> None:
    cells = [
        {"工作表": "表 石灰窑", "等级": "B", "级别": level, "读作": read, "疑点": ""}
        for level, read in (("黄色", "停产20%"), ("橙色", ""))
    ]
    text = ((("<b>黄：", ()), ("停产20%", (0,)), ("减少30%", (1,)), ("并", (0, 1))),)
    shown = coloured(Proposal(b"", [*cells, cells[0] | {"等级": "C"}], [], text))
    assert '&lt;b&gt;黄：<i id="said-0"></i><a class="said yellow" href="#cell-0"' in shown
    assert '<a class="said orange ask" href="#cell-1" title="B 橙色：没有读懂">减少30%</a>' in shown
    assert '<a class="said all ask" href="#cell-0"' in shown
    assert "1格的原句不能在文中标出" in shown


def test_what_is_kept_of_an_act_is_what_the_record_has(path: Path) -> None:
    with Ledger.writable(path) as ledger:
        record(
            ledger, prepare(collect_scenario(read_scenario("linfen-red-episode")), "推演"), Signers("甲", "乙", "丙")
        )
    with KeptLedger.open(path) as kept, Ledger.open(path) as ledger:
        for _ in range(2):  # found, and read again where it was kept
            pd.testing.assert_frame_equal(kept.orders(1, personal=False), ledger.orders(1, personal=False))
            _orders.cache_clear()
        act = ledger.act(1)
        lines, listed = lines_of(ledger, act), list_of(ledger, 1).lines
        mine = sole_traders(listed)
        assert (lines.loc[mine, "enterprise"] == MASKED).all()
        assert lines.loc[mine, ["lon", "lat"]].isna().all(axis=None)
        assert lines.loc[~mine, "enterprise"].tolist() == listed.loc[~mine, "enterprise"].tolist()
        orders = plain_orders(ledger.orders(1, personal=False), 1)
        pd.testing.assert_frame_equal(stands_of(ledger, [act]), what_stands([orders], [decided_of(ledger, act)]))
