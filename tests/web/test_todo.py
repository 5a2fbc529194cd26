"""What waits for a person, of records made by hand."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import openpyxl
import pandas as pd
import pytest

from alertengine.ledger import Head, InputFile, Ledger, names_apart
from alertengine.orders import held_now
from alertengine.web.accounts import Account
from alertengine.web.api.reading import orders_of_enterprise
from alertengine.web.compared import against
from alertengine.web.kept import acts_in_force, acts_with_orders, standing_at
from alertengine.web.orderrows import rows
from alertengine.web.papers import printed
from alertengine.web.roles import Role
from alertengine.web.today import Today, change_of
from alertengine.web.todo import all_of, todo
from alertengine.web.workstore import WorkRow
from alertengine.workflow import (
    Stage,
    deliver,
    enter_decisions,
    lift_decision,
    plain_orders,
    share_orders_so_far,
    what_bound,
)
from tests.workflow.delivery.test_owed import ALL, AT_LIFT, AT_ONCE, FIRST, NEXT, A, B, C, add, ordered, said

if TYPE_CHECKING:
    from alertengine.workflow import DraftState

OFFICER = Account("officer", "甲", "办公室", frozenset({Role.OFFICER}), must_change=False)
#: A lift an evening after the lowering, and its hour.
LAST, LIFTED = "2021-01-12 15:10", "2021-01-12 20:00"
LOWERED = said(("W", "lower"), ("V", "lower"))
LIFT = said(("W", "lift"), ("V", "lift"), at=LAST, starts=LIFTED)
#: B need do nothing any more from the lowering on.
EASED = pd.concat([ordered({A: "W", C: "V"}), ordered({B: "W"}, status="none")], ignore_index=True)


def _to_serve(path: Path, at: str) -> dict[int, tuple[int, int]]:
    """By act how many plants are said to be not served, and how many of them of an end."""
    with Ledger.open(path) as ledger:
        found = [one for one in todo(ledger, OFFICER, pd.Timestamp(at)) if one.address.startswith("/deliver")]
    out = {}
    for one in found:
        ((act, waiting),) = re.findall(r"第(\d+)号还有(\d+)家", one.what)
        ends = re.findall(r"未送达的(\d+)家是终止", one.why)
        out[int(act)] = int(waiting), int(ends[0]) if ends else int(waiting) * ("起终止" in one.why)
    return out


@pytest.mark.parametrize(
    ("at", "lifted", "served", "waiting"),
    [
        ("2021-01-11 18:00", False, (), {2: (3, 1)}),
        # whom the lowering let go hears of it by the lowering alone, though all is lifted since
        ("2021-01-12 21:00", True, (), {2: (1, 1), 3: (2, 2)}),
        ("2021-01-12 21:00", True, (B,), {3: (2, 2)}),
        ("2021-01-12 21:00", True, (A,), {2: (1, 1), 3: (2, 2)}),
        ("2021-01-14 00:00", True, (), {}),  # by its papers the stop is over too
    ],
)
def test_whom_a_lowering_let_go_is_told_after_the_lift_too(
    tmp_path: Path, at: str, lifted: bool, served: tuple[str, ...], waiting: dict[int, tuple[int, int]]
) -> None:
    path = tmp_path / "record.db"
    with Ledger.writable(path) as ledger:
        add(ledger, ordered(ALL), said(), FIRST)
        lowering = add(ledger, EASED, LOWERED, NEXT)
        if lifted:
            add(ledger, ordered({}), LIFT, LAST)
        if served:
            rows = [f"{code},已签收,2021-01-11 17:00,张某" for code in served]
            file = tmp_path / "回执.csv"
            file.write_text("\n".join(["统一社会信用代码,事项,时间,签收人", *rows]), encoding="utf-8")
            deliver(ledger, lowering, file, Head("", drafted_by="办公室 甲"))
    assert _to_serve(path, at) == waiting


def test_of_an_act_that_another_took_over_in_part_the_rest_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    with Ledger.writable(path) as ledger:
        add(ledger, ordered(ALL), said(), FIRST)
        add(ledger, ordered({A: "W"}), said(("W", "raise"), starts=AT_ONCE), NEXT)
    assert _to_serve(path, "2021-01-11 15:30") == {1: (3, 0), 2: (1, 0)}
    assert _to_serve(path, "2021-01-11 18:00") == {1: (2, 0), 2: (1, 0)}


@pytest.mark.parametrize(
    ("orders", "warnings", "at", "waiting"),
    [
        (ordered({}), said(("W", "lift"), ("V", "lift")), "2021-01-12 21:00", {2: (3, 3)}),
        (ordered({}), said(("W", "lift"), ("V", "lift")), "2021-01-14 00:00", {}),
        (ordered({A: "W", C: "V"}), said(("W", "lower"), ("V", "lower")), "2021-01-12 21:00", {2: (3, 1)}),
    ],
)
def test_whom_a_correction_lets_go_is_told(
    tmp_path: Path, orders: pd.DataFrame, warnings: pd.DataFrame, at: str, waiting: dict[int, tuple[int, int]]
) -> None:
    """Their orders were given by an act that no longer stands."""
    path = tmp_path / "record.db"
    with Ledger.writable(path) as ledger:
        add(ledger, ordered(ALL), said(), FIRST)
        add(ledger, orders, warnings, NEXT, corrects=1, reason="级别有误")
    assert _to_serve(path, at) == waiting


@pytest.mark.parametrize(("starts", "word"), [("2021-01-10 00:00", "终止"), ("2021-01-12 00:00", "取消")])
def test_what_is_taken_back_before_it_begins_is_called_cancelled(tmp_path: Path, starts: str, word: str) -> None:
    """As its papers call it: on the draft that does it, and for whoever must be served."""
    path, first = tmp_path / "record.db", said().assign(starts=pd.Timestamp(starts), ends=pd.NaT)
    lifts = pd.concat([first, said(("W", "lift"), ("V", "lift"), starts=AT_ONCE).tail(2)], ignore_index=True)
    first, lifts = (table.assign(city="临汾市", counties="") for table in (first, lifts))
    with Ledger.writable(path) as ledger:
        add(ledger, ordered({A: "W", C: "V"}, starts=starts), first, FIRST)
        beside = against(ledger, held_now(ordered({}), lifts, pd.Timestamp(NEXT)), pd.Timestamp(NEXT))
        add(ledger, ordered({}), lifts, NEXT)
        found = todo(ledger, OFFICER, pd.Timestamp("2021-01-11 15:20"))
    assert {word: count for word, count in beside.counts.items() if count} == {word: 2}
    assert [row["change"] for row in beside.rows] == [word, word]
    assert [one.why for one in found if one.address == "/deliver?act=2"] == [f"应送达2家，指令自1月11日16时起{word}"]


@pytest.mark.parametrize(
    ("at", "acts", "waiting"),
    [
        ("2021-01-11 17:30", [2, 3], {2: (3, 0)}),
        ("2021-01-11 18:30", [2, 3], {3: (3, 0)}),  # what is corrected still ordered all, though it is served no more
        ("2021-01-11 19:00", [3], {3: (3, 0)}),
    ],
)
def test_until_a_correction_binds_what_it_corrects_does(
    tmp_path: Path, at: str, acts: list[int], waiting: dict[int, tuple[int, int]]
) -> None:
    """An act that the corrected one took over does not come back for the hour between."""
    path, raised = tmp_path / "record.db", said(("W", "raise"), ("V", "raise"), starts=AT_ONCE)
    with Ledger.writable(path) as ledger:
        add(ledger, ordered(ALL), said(), FIRST)
        add(ledger, ordered(ALL), raised, NEXT)
        if acts[-1] in waiting:
            add(ledger, ordered(ALL), raised, NEXT, issued="2021-01-11 18:10", corrects=2, reason="级别有误")
        now = pd.Timestamp(at)
        found = [one.act for one in acts_in_force(ledger, acts_with_orders(ledger, now), now)]
    assert found == [act for act in acts if act <= max(waiting)]
    assert _to_serve(path, at) == waiting


def test_what_a_corrected_act_took_over_is_not_given_back_for_a_line_that_the_correction_leaves_out(
    tmp_path: Path,
) -> None:
    path, raised = tmp_path / "record.db", said(("W", "raise"), ("V", "raise"), starts=AT_ONCE)
    with Ledger.writable(path) as ledger:
        add(ledger, ordered(ALL), said(), FIRST)
        add(ledger, ordered(ALL), raised, NEXT)
        add(ledger, ordered({A: "W"}), raised, NEXT, issued="2021-01-11 18:10", corrects=2, reason="清单有误")
        now = pd.Timestamp("2021-01-11 20:00")
        acts = acts_with_orders(ledger, now)
        assert [one.act for one in acts_in_force(ledger, acts, now)] == [3]
        assert {*standing_at(ledger, acts, now).now["enterprise_id"]} == {A}
        issued = ledger.acts("issue")
        tables = {one.act: plain_orders(ledger.orders(one.act), one.act) for one in issued}
        audited, shares = what_bound(ledger, issued, tables)[1], share_orders_so_far(ledger, now)
        beside = against(ledger, held_now(ordered({A: "W"}), raised, now), now)
        given = {code: orders_of_enterprise(ledger, code, 9, 0).items for code in (A, C)}
    assert set(audited.loc[audited["ends"] > str(now), "enterprise_id"]) == {A}
    assert set(shares.loc[shares["ends"] > str(now), "enterprise_id"]) <= {A}
    assert (beside.counts["终止"], beside.kept) == (0, 0)
    assert [(one.act, one.state) for one in given[C]] == [(1, "cut")]


@pytest.mark.parametrize("extended", [True, False])
def test_an_end_is_told_until_the_stop_of_its_own_city_would_be_over(tmp_path: Path, extended: bool) -> None:
    path, longer = tmp_path / "record.db", ordered({C: "V"}, city="运城市", ends="2021-01-20 00:00")
    with Ledger.writable(path) as ledger:
        add(ledger, pd.concat([ordered({A: "W"}), longer], ignore_index=True), said(), FIRST)
        changed = [("W", "lift"), ("V", "extend")] if extended else [("W", "lift")]
        add(ledger, longer if extended else ordered({}), said(*changed), NEXT)
    goes_on = {2: (1, 0)} if extended else {1: (1, 0)}
    assert _to_serve(path, "2021-01-13 21:00") == ({2: (2, 1)} if extended else {**goes_on, 2: (1, 1)})
    assert _to_serve(path, "2021-01-15 00:00") == goes_on


PROPOSED = {
    "city": "临汾市", "counties": "", "action": "lower", "kind": "lower", "action_text": "降级", "level": "orange",
    "starts_at": "2021-01-11 16:00", "starts": "1月11日16时", "ends_at": "2021-01-13 00:00", "reason": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("work", "what"),
    [
        ({}, "临汾市降级橙色，甲已着手，没有送审"),
        # yesterday's, on another forecast: it does not do what is proposed today
        ({"action": "issue"}, "临汾市降级橙色，还没有拟稿"),
        ({"level": "yellow"}, "临汾市降级橙色，还没有拟稿"),
        ({"counties": "侯马市"}, "临汾市降级橙色，还没有拟稿"),
        ({"starts_at": "2021-01-12 00:00"}, "临汾市降级橙色，还没有拟稿"),
        ({"ends_at": ""}, "临汾市降级橙色，还没有拟稿"),
    ],
)
def test_a_proposal_is_answered_by_what_decides_just_that(tmp_path: Path, work: dict[str, str], what: str) -> None:
    path = tmp_path / "record.db"
    Ledger.writable(path).close()
    page = Today(pd.Timestamp(NEXT), issued=datetime(2021, 1, 11, 15), proposals=[PROPOSED])
    row = WorkRow("key", "响应", "jia", None, "", "", 1, 0.0, 0.0, "甲")
    state = SimpleNamespace(act=7, drafted_by="甲", drafted_at=datetime(2021, 1, 10), stage=Stage.DRAFTED)
    decides = change_of(PROPOSED | work)
    with Ledger.open(path) as ledger:
        assert [one.what for one in all_of(ledger, OFFICER, page, {decides: row})] == [what]
        page.drafted, page.changes = [cast("DraftState", state)], {7: frozenset({decides})}
        drafted = "临汾市降级橙色，第7号拟稿待审核" if "没有送审" in what else what
        assert [one.what for one in all_of(ledger, OFFICER, page, {})] == [drafted]


def test_a_draft_of_several_cities_is_named_once_with_how_many(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    Ledger.writable(path).close()
    both = [PROPOSED, PROPOSED | {"city": "运城市", "starts_at": "2021-01-12 00:00"}]
    page = Today(pd.Timestamp(NEXT), issued=datetime(2021, 1, 11, 15), proposals=both)
    row = WorkRow("key", "响应", "jia", None, "", "", 1, 0.0, 0.0, "甲")
    with Ledger.open(path) as ledger:
        (one,) = all_of(ledger, OFFICER, page, dict.fromkeys(map(change_of, both), row))
        assert one.what == "临汾市降级橙色，甲已着手，没有送审（共2项变更）"
        assert len(all_of(ledger, OFFICER, page, {})) == 2


@pytest.mark.parametrize(
    ("starts", "first"),
    [
        ("2021-01-11 14:00", "临汾市降级橙色，还没有拟稿"),  # its start is past
        ("2021-01-12 00:00", "第1号还有3家没有送达"),
    ],
)
def test_an_order_nobody_has_given_comes_before_those_to_be_served(tmp_path: Path, starts: str, first: str) -> None:
    path, row = tmp_path / "record.db", PROPOSED | {"starts_at": starts, "hours": "", "starts": ""}
    page = Today(pd.Timestamp(NEXT), issued=datetime(2021, 1, 11, 15), proposals=[row])
    with Ledger.writable(path) as ledger:
        add(ledger, ordered(ALL), said(), FIRST)
        waiting = [one.what for one in all_of(ledger, OFFICER, page, {})]
    assert len(waiting) == 2
    assert waiting[0] == first


@pytest.mark.parametrize(("action", "marks"), [("lift", {"": 3}), ("extend", {"缺": 3})])
def test_what_a_decision_ends_is_not_marked_as_missing(action: str, marks: dict[str, int]) -> None:
    """In the grid, in its file and in print: nobody need decide what ends."""
    until = AT_LIFT if action == "lift" else "2021-01-14 00:00"
    orders = ordered(ALL, status="undetermined", enterprise="合成", starts=FIRST, share=float("nan"), flags="no_ground")
    orders = orders.assign(ends=until)
    record = said(("W", action), ("V", action)).assign(city="临汾市", counties="", ends=pd.Timestamp(until))
    holds = held_now(orders, record, pd.Timestamp(NEXT))
    assert Counter(row["mark"] for row in rows(orders, holds=holds)) == marks
    assert sum(row["open"] for row in rows(orders, holds=holds)) == marks.get("缺", 0)
    assert printed("第2号", orders, holds, masked=True).count('<td class="w"><span class="mk open">') == marks.get(
        "缺", 0
    )


@pytest.mark.parametrize("sheet", [False, True])
@pytest.mark.parametrize(
    ("header", "lifted", "at", "told"),
    [
        ("决定种类", "2021-01-10", "2021-01-09 18:00", [("第1号指令所据的处罚决定一号已解除", False)]),
        ("决定种类", "2021-01-10", "2021-01-10 18:00", [("第1号指令所据的处罚决定一号已解除", True)]),
        ("决定种类", "", "2021-01-10 18:00", []),
        ("某列", "2021-01-10", "2021-01-10 18:00", []),  # a table that this program does not read hides no page
    ],
)
def test_an_act_whose_decision_was_lifted_since_is_to_be_drafted_anew(
    tmp_path: Path, sheet: bool, header: str, lifted: str, at: str, told: list[tuple[str, bool]]
) -> None:
    """Whether the decisions stand in a table beside the list or on a sheet of its workbook."""
    head = "企业名称,统一社会信用代码,决定文号,决定日期,决定机关,决定种类,理由"
    rows = [f"甲厂,{A},{number},2021-01-08,市局,停产整治,超标排放" for number in ("一号", "二号")]
    table = tmp_path / "清单.decisions.csv"
    table.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    path = tmp_path / "record.db"
    with Ledger.writable(path) as ledger:
        parts = {"warnings": said(), "orders": names_apart(ordered({A: "W"}))}
        taken = table.read_text(encoding="utf-8").replace("决定种类", header)
        files = [InputFile(f"list/清单.{name}", taken.encode(), personal=True) for name in ("csv", "decisions.csv")]
        if sheet:
            book = openpyxl.Workbook()
            for row in taken.splitlines():
                book.active.append(row.split(","))
            book.active.title = "处罚决定"
            book.create_sheet("企业清单", 0)
            book.save(tmp_path / "清单.xlsx")
            files = [InputFile("list/清单.xlsx", (tmp_path / "清单.xlsx").read_bytes(), personal=True)]
        options = {"decided": FIRST, "options": {"scenario": {"mode": "live"}}}
        ledger.append("issue", Head("合成", datetime.fromisoformat(FIRST), details=options), parts, inputs=files)
        enter_decisions(ledger, table, Head("", drafted_by="法制科 甲"))
        if lifted:
            by = Head("", drafted_by="法制科 甲", reason="复查合格")
            lift_decision(ledger, "一号", date.fromisoformat(lifted), by)
        found = [one for one in todo(ledger, OFFICER, pd.Timestamp(at)) if "处罚决定" in one.what]
    assert [(one.what, one.grave) for one in found] == told
