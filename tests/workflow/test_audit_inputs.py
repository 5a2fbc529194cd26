"""What is found against a plant that was not served the order it did not keep is told, act by act."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from alertengine.audit import read_evidence
from alertengine.ledger import Head, Ledger, names_apart
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError
from alertengine.workflow import Correction, Prepared, record
from alertengine.workflow._dossier import _standing
from alertengine.workflow._evaluate import _stands, members_of
from alertengine.workflow.acts_in_force import DecidedWarnings, plain_orders, what_bound, what_stands
from alertengine.workflow.audit_inputs import Ordered, _of_hours, _proved, judged, not_served, ordered
from alertengine.workflow.newest_names import NewestNames
from tests.ledger.conftest import SIGNED, orders_of, warnings_of

FIRM, END = "91000000HC0000001B", "2021-01-14 00:00"


def act(number: int, *rows: tuple[str, str, str, str]) -> pd.DataFrame:
    """The orders of an act: number, measure, from, to."""
    table = pd.DataFrame(list(rows), columns=["order_id", "measure_text", "starts", "ends"], dtype="object")
    return table.assign(city="临汾市", enterprise_id=FIRM, enterprise="甲厂", line_id="1", act=number)


YELLOW = ("O-1", "限产30%", "2021-01-10 00:00", END)
UNTIL, RED = ("O-1", "限产30%", "2021-01-10 00:00", "2021-01-10 16:00"), ("O-2", "停产", "2021-01-10 16:00", END)
ACTS = [act(1, YELLOW), act(2, UNTIL, RED), act(3, UNTIL, RED)]
PUT_RIGHT = [*ACTS[:2], act(3, UNTIL, ("O-2", "停产50%", "2021-01-10 16:00", END))]


@pytest.mark.parametrize(
    ("acts", "served", "order", "day", "told"),
    [
        (ACTS, {1: "2021-01-09 18:00"}, "O-1", "2021-01-10", False),
        (ACTS, {1: "2021-01-09 18:00"}, "O-2", "2021-01-11", True),  # served before the raise, never the raise
        (ACTS, {2: "2021-01-10 15:40"}, "O-2", "2021-01-11", False),
        (ACTS, {2: "2021-01-10 15:40"}, "O-2", "2021-01-13", False),  # the third act says the same again
        (ACTS, {3: "2021-01-11 15:40"}, "O-2", "2021-01-10", True),
        (ACTS, {3: "2021-01-11 15:40"}, "O-2", "2021-01-11", False),  # by the end of the day
        (PUT_RIGHT, {2: "2021-01-10 15:40"}, "O-2", "2021-01-12", True),  # of the same number, another measure
        (PUT_RIGHT, {3: "2021-01-11 15:40"}, "O-2", "2021-01-12", False),
        (ACTS, {}, "O-2", "2021-01-11", False),  # no receipt at all: nothing is known of service
        ([act(1)], {1: "2021-01-09 18:00"}, "O-1", "2021-01-11", False),  # all was cancelled, and that was served
    ],
)
def test_service_of_one_act_proves_nothing_of_a_later_one(
    acts: list[pd.DataFrame], served: dict[int, str], order: str, day: str, told: bool
) -> None:
    none = pd.DataFrame(columns=["city", "enterprise_id", "event", "time"], dtype="object")
    receipts = dict.fromkeys((1, 2, 3), none) | {
        number: pd.DataFrame([{"city": "临汾市", "enterprise_id": FIRM, "event": "signed", "time": time}])
        for number, time in served.items()
    }
    proved = _proved(what_stands(acts), pd.concat(acts), receipts)
    cells = {"city": "临汾市", "enterprise_id": FIRM, "enterprise": "甲厂", "day": day, "order_id": order}
    found = pd.DataFrame([{"finding": "breached", **cells}])
    assert [dict(one.arguments)["named"] for one in not_served(Ordered(acts[-1], proved=proved), found)] == [
        (f"甲厂 {day}",)
    ] * told


@pytest.mark.parametrize("lift", [True, False])
def test_of_two_acts_of_one_moment_each_decides_its_own_city(lift: bool) -> None:
    """An act a city on one forecast: the second speaks from the same hour as the first, and what it lifts ends."""
    first = act(1, ("A-1", "停产", "2021-01-10 00:00", END), ("B-1", "停产", "2021-01-10 00:00", END))
    first["line_id"] = ["1", "2"]
    longer, shorter = (act(number, row) for number, row in ((2, ("A-1", *RED[1:])), (3, ("B-1", *YELLOW[1:]))))
    longer["starts"], shorter["line_id"] = "2021-01-10 00:00", "2"
    now = pd.Timestamp("2021-01-11 15:00")
    said = pd.DataFrame(
        {"warning_id": ["B"], "action": ["lift" if lift else "lower"], "issued": [now], "starts": [now.ceil("h")]}
    ).assign(city="临汾市")
    begun = pd.concat([said.assign(warning_id=name, action="issue") for name in "AB"])
    decided = [DecidedWarnings(begun, pd.Timestamp("2021-01-09 16:00")), DecidedWarnings(begun, now)]
    table = what_stands([first, longer, shorter[:0] if lift else shorter], [*decided, DecidedWarnings(said, now)])
    ends = {(row.act, row.line_id): (row.starts, row.ends) for row in table.itertuples()}
    speaks, lifted = "2021-01-11 16:00", "2021-01-11 15:00"
    assert ends == {
        (1, "1"): ("2021-01-10 00:00", speaks),
        (1, "2"): ("2021-01-10 00:00", lifted if lift else speaks),
        (2, "1"): (speaks, END),
    } | ({} if lift else {(3, "2"): (speaks, END)})


BEGUN = "2021-01-10 00:00"


@pytest.mark.parametrize(
    ("issued", "spans"),
    [
        (["09 20:00"], {1: (BEGUN, END)}),
        (["09 20:00", "09 21:30"], {2: (BEGUN, END)}),  # put right before anything began
        (["09 20:00", "09 23:10"], {2: (BEGUN, END)}),
        (["09 20:00", "10 10:20"], {1: (BEGUN, "2021-01-10 11:00"), 2: ("2021-01-10 11:00", END)}),
        (["09 20:00", "09 21:00", "11 08:00"], {2: (BEGUN, "2021-01-11 09:00"), 3: ("2021-01-11 09:00", END)}),
        (
            ["09 20:00", "10 10:20", "11 08:00"],
            {
                1: (BEGUN, "2021-01-10 11:00"),
                2: ("2021-01-10 11:00", "2021-01-11 09:00"),
                3: ("2021-01-11 09:00", END),
            },
        ),
        (["09 20:00", "20 10:00"], {1: (BEGUN, END)}),  # when all was over
    ],
)
def test_a_correction_binds_from_its_issue_and_what_it_corrects_until_then(
    tmp_path: Path, issued: list[str], spans: dict[int, tuple[str, str]]
) -> None:
    """Each act puts the one before it right; the last is on record whether any of its hours are left or not."""
    with Ledger.writable(tmp_path / "record.db") as ledger:
        for number, at in enumerate(issued):
            head = Head("合成", datetime.fromisoformat(f"2021-01-{at}"), corrects=number or None, reason="误")
            ledger.append("issue", head, {"orders": names_apart(orders_of(2, ends=END, share=0.5 + number / 10))})
        acts = ledger.acts()
        tables = {act.act: plain_orders(ledger.orders(act.act), act.act) for act in acts}
        bound, stands = what_bound(ledger, acts, tables)
        assert list(bound)[-1] == len(issued)
        evaluated = [_stands(ledger, act, members_of(ledger, act), tables[act.act]) for act in acts]
        told = _standing(ledger, pd.concat(tables.values(), ignore_index=True))
    for found in (pd.concat(table for table, _ in bound.values()), stands, pd.concat(evaluated), told):
        by_act = found.groupby("act")
        assert {act: (own["starts"].min(), own["ends"].max()) for act, own in by_act} == spans


FIRST = ("2021-01-10 00:00", "2021-01-10 16:00")


@pytest.mark.parametrize(
    ("actions", "spans"),
    [
        (["issue", "lift"], {1: FIRST}),
        # a correction of another warning that lifts, decided when what it corrects was, ends it when it is issued
        (["issue", "right_lift"], {1: (BEGUN, "2021-01-10 19:00")}),
        # a lift by mistake freed the plants until it was put right
        (["issue", "lift", "right"], {1: FIRST, 3: ("2021-01-10 19:00", END)}),
    ],
)
def test_a_lift_holds_until_it_is_corrected_for_plants_that_it_names_no_more(
    tmp_path: Path, actions: list[str], spans: dict[int, tuple[str, str]]
) -> None:
    at = {"issue": "09 15:00", "lift": "10 15:00", "right": "10 15:00", "right_lift": "10 15:00"}
    issued = {"issue": "09 15:30", "lift": "10 15:30", "right": "10 18:10", "right_lift": "10 18:10"}
    orders = orders_of(2, ends=END)
    orders["order_id"] = [f"W-{line}" for line in orders["line_id"]]
    with Ledger.writable(tmp_path / "record.db") as ledger:
        for number, action in enumerate(actions):
            lifts = action.endswith("lift")
            head = Head(
                "合成", datetime.fromisoformat(f"2021-01-{issued[action]}"),
                details={"decided": f"2021-01-{at[action]}"}, corrects=number if action.startswith("right") else None,
                reason="误",
            )  # fmt: skip
            said = warnings_of().assign(
                warning_id="W", action="lift" if lifts else "issue", issued=pd.Timestamp(f"2021-01-{at[action]}"),
                starts=pd.Timestamp("2021-01-10 16:00" if lifts else BEGUN),
            )  # fmt: skip
            given = orders.iloc[:0] if lifts else orders
            ledger.append("issue", head, {"warnings": said, "orders": names_apart(given)})
        acts = ledger.acts()
        tables = {act.act: plain_orders(ledger.orders(act.act), act.act) for act in acts}
        _, stands = what_bound(ledger, acts, tables)
        evaluated = [_stands(ledger, act, members_of(ledger, act), tables[act.act]) for act in acts]
        told = _standing(ledger, pd.concat(tables.values(), ignore_index=True))
    for found in (stands, pd.concat(evaluated), told):
        assert {act: (own["starts"].min(), own["ends"].max()) for act, own in found.groupby("act")} == spans


def test_of_two_corrections_of_one_act_each_binds_from_its_own_issue(tmp_path: Path) -> None:
    """As records of before may hold them; the first ends what both correct."""
    with Ledger.writable(tmp_path / "record.db") as ledger:
        for number, at in enumerate(("09 20:00", "10 10:20", "11 08:00")):
            head = Head("合成", datetime.fromisoformat(f"2021-01-{at}"), corrects=number or None, reason="误")
            ledger.append("issue", head, {"orders": names_apart(orders_of(2, ends=END))})
        acts = ledger.acts()
        tables = {act.act: plain_orders(ledger.orders(act.act), act.act) for act in acts}
        bound, _ = what_bound(ledger, [*acts[:2], replace(acts[2], corrects=1)], tables)
    assert {act: (table["starts"].min(), table["ends"].max()) for act, (table, _) in bound.items()} == {
        1: (BEGUN, "2021-01-10 11:00"),
        2: ("2021-01-10 11:00", END),
        3: ("2021-01-11 09:00", END),
    }


INSPECTED = pd.date_range("2021-01-09 22:00", "2021-01-14 22:00", freq="24h")


@pytest.mark.parametrize(
    ("acts", "days", "told"),
    [
        ([("09 18:00", None, "10", "13")], {1: "10 11 12"}, {}),
        ([("09 18:00", None, "10", "13"), ("11 09:20", 1, "10", "13")], {1: "10 11", 2: "11 12"}, {1: "act_corrected"}),
        ([("09 18:00", None, "10", "13"), ("09 20:00", 1, "10", "13")], {2: "10 11 12"}, {1: "act_corrected_whole"}),
        (  # raised or lowered: the later act says what holds from its first hour on
            [("09 18:00", None, "10", "14"), ("11 18:00", None, "12", "14")],
            {1: "10 11", 2: "12 13"},
            {1: "act_taken_over"},
        ),
        (  # the same hours again by an act that corrects none
            [("09 18:00", None, "10", "13"), ("09 20:00", None, "10", "13")],
            {2: "10 11 12"},
            {1: "act_held_no_hour"},
        ),
        (
            [("09 18:00", None, "10", "12"), ("20 10:00", 1, "10", "12")],
            {1: "10 11"},
            {1: "act_corrected", 2: "act_held_no_hour"},
        ),
    ],
)
def test_an_act_alone_is_audited_in_the_hours_in_which_it_held(
    tmp_path: Path,
    prepared: Prepared,
    acts: list[tuple[str, int | None, str, str]],
    days: dict[int, str],
    told: dict[int, str],
) -> None:
    """The audits of each act are together the audit of all."""
    firm = "91000000HC0000001B"
    with Ledger.writable(tmp_path / "record.db") as ledger:
        for issued, corrects, first, end in acts:
            span = {"starts": f"2021-01-{first} 00:00", "ends": f"2021-01-{end} 00:00"}
            orders = prepared.run.orders.assign(**span)
            orders = orders[orders["enterprise_id"] == firm].assign(order_id=f"O-{first}")
            run = replace(prepared, run=replace(prepared.run, orders=orders))
            signed = replace(SIGNED, issued_at=datetime.fromisoformat(f"2021-01-{issued}"))
            record(ledger, run, signed, Correction(corrects, "误"))
    path = tmp_path / "inspections.csv"
    rows = [f"{firm},{at:%Y-%m-%d %H:%M},未停产,某{number}" for number, at in enumerate(INSPECTED)]
    path.write_text("\n".join(["统一社会信用代码,检查时间,检查结果,笔录编号", *rows]) + "\n", encoding="utf-8")
    book = Rulebook.load()
    found, said = {}, {}
    for act in (None, *range(1, len(acts) + 1)):
        try:
            run = judged(ordered(tmp_path / "record.db", act), [read_evidence(path)], book)
        except InputError as error:
            said[act] = error.problems[0].code
        else:
            found[act] = run.table
            said.update((act, one.code) for one in run.notes if one.code in ("act_corrected", "act_taken_over"))
    assert said == told
    assert {act: " ".join(day[8:] for day in table["day"]) for act, table in found.items() if act} == days
    whole = found.pop(None)
    each = pd.concat(found.values()).drop_duplicates().sort_values("day", ignore_index=True)
    pd.testing.assert_frame_equal(each, whole.sort_values("day", ignore_index=True), check_dtype=False)


@pytest.mark.parametrize("acts", [(1, 2), (1, 1)])
def test_a_receipt_of_one_code_in_another_city_proves_nothing(acts: tuple[int, int]) -> None:
    """Acts for a list alone number the orders of both alike; one act may be of both cities."""
    given = [act(acts[0], YELLOW), act(acts[1], YELLOW).assign(city="运城市")]
    cells = {"city": "运城市", "enterprise_id": FIRM, "event": "signed", "time": "2021-01-09 18:00"}
    signed = pd.DataFrame([cells])
    stands = what_stands(given if acts == (1, 2) else [pd.concat(given, ignore_index=True)])
    proved = _proved(stands, pd.concat(given), {1: signed.iloc[:0], acts[1]: signed})
    assert proved is not None
    assert dict(zip(proved["city"], proved["proved"], strict=True)) == {"临汾市": "9", "运城市": "2021-01-09 18:00"}
    found = pd.DataFrame(
        {
            "city": ["临汾市", "运城市"], "enterprise_id": FIRM, "enterprise": ["甲厂", "乙厂"], "order_id": "O-1",
            "finding": "breached", "day": "2021-01-10",
        }
    )  # fmt: skip
    told = not_served(Ordered(stands, proved=proved), found)
    assert [dict(one.arguments)["named"] for one in told] == [("甲厂 2021-01-10",)]


def _named(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    """Orders of plants: city, code, name, line id; from the first hour that counts to the last."""
    table = pd.DataFrame(list(rows), columns=["city", "enterprise_id", "enterprise", "line_id"], dtype="object")
    return table.assign(starts="2021-01-10 00:00", ends=END)


HERE, THERE = "临汾市", "运城市"


@pytest.mark.parametrize(
    ("later", "said", "found"),
    [
        # corrected here alone: there the code stands, and what names no city may be of either
        ([(HERE, "91B", "甲厂", "1"), (THERE, "91A", "丙厂", "1")], (HERE, "91A", "甲厂", "01"), ("91B", "1")),
        ([(HERE, "91B", "甲厂", "1"), (THERE, "91A", "丙厂", "01")], (THERE, "91A", "丙厂", "01"), ("91A", "01")),
        ([(HERE, "91B", "甲厂", "1"), (THERE, "91A", "丙厂", "01")], (None, "91A", None, "01"), ("91A", "01")),
        # to the same in both
        ([(HERE, "91B", "甲厂", "1"), (THERE, "91B", "丙厂", "1")], (None, "91A", None, "01"), ("91B", "1")),
        ([(HERE, "91B", "甲厂", "1"), (THERE, "91A", "丙厂", "01")], (None, None, "甲厂", "01"), (None, "1")),
    ],
)
def test_a_code_corrected_in_one_city_stays_in_another(
    later: list[tuple[str, str, str, str]], said: tuple[Any, ...], found: tuple[Any, ...]
) -> None:
    newest = NewestNames.of([_named((HERE, "91A", "甲厂", "01"), (THERE, "91A", "丙厂", "01")), _named(*later)])
    row = pd.DataFrame([said], columns=["city", "enterprise_id", "enterprise", "line_id"], dtype="object")
    table = row if said[0] else row.drop(columns="city")
    assert [*newest.given(table)[["enterprise_id", "line_id"]].itertuples(index=False, name=None)] == [found]


def test_evidence_is_held_against_its_order_whatever_list_it_names_the_plant_by(tmp_path: Path) -> None:
    """The second list corrects a code, writes a line's id otherwise, renames a plant, drops one and adds one."""
    codes = [f"91000000HC{place:08d}" for place in range(5)]
    lists = [
        [(codes[0], "甲厂", "01"), (codes[1], "乙厂", "01"), (codes[2], "丙厂", "01")],
        [(codes[4], "甲厂", "1"), (codes[1], "新乙厂", "01"), (codes[3], "丁厂", "01")],
    ]
    at = ["2021-01-09 15:00", "2021-01-11 15:00"]
    begun, raised, end = "2021-01-10 00:00", "2021-01-11 16:00", "2021-01-13 00:00"
    with Ledger.writable(tmp_path / "record.db") as ledger:
        for number, lines in enumerate(lists):
            spans = [(begun, end)] if number == 0 else [(begun, raised), (raised, end)]
            tables = [
                orders_of(1, starts=start, ends=until, status="ordered", measure="stop", share=1.0).assign(
                    city="临汾市",
                    enterprise_id=code,
                    enterprise=plant,
                    line_id=line,
                    order_id=f"W-{code}-{line}-{start}",
                )
                for code, plant, line in lines
                for start, until in spans
            ]
            head = Head("合成", datetime.fromisoformat(at[number]), details={"decided": at[number]})
            said = warnings_of().assign(
                warning_id="W", city="临汾市", action="raise" if number else "issue", issued=pd.Timestamp(at[number]),
                starts=pd.Timestamp(raised if number else begun),
            )  # fmt: skip
            ledger.append("issue", head, {"warnings": said, "orders": names_apart(pd.concat(tables))})
        acts = ledger.acts()
        tables = {one.act: plain_orders(ledger.orders(one.act), one.act) for one in acts}
        stands = what_bound(ledger, acts, tables)[1]
    newest = NewestNames.of([stands[stands["act"] == one.act] for one in acts])
    path = tmp_path / "inspections.csv"
    read = ["统一社会信用代码,企业名称,生产线编号,检查时间,检查结果,笔录编号"]
    said_by = [
        (f"{codes[4]},甲厂,1", "01-10"), (f"{codes[0]},甲厂,01", "01-12"), (",甲厂,01", "01-12"), (",甲厂,1", "01-10"),
        (",乙厂,01", "01-12"), (",新乙厂,01", "01-10"), (f"{codes[2]},,01", "01-12"), (f"{codes[3]},,01", "01-10"),
    ]  # fmt: skip
    read += [f"{who},2021-{day} 10:00,未停产,某{number}" for number, (who, day) in enumerate(said_by)]
    path.write_text("\n".join(read) + "\n", encoding="utf-8")
    run = judged(Ordered(stands, newest=newest), [read_evidence(path)], Rulebook.load())
    found = run.table[run.table["finding"] == "breached"]
    assert sorted({*found[["enterprise_id", "line_id", "enterprise", "day"]].itertuples(index=False, name=None)}) == [
        (codes[0], "01", "甲厂", "2021-01-10"),
        (codes[1], "01", "乙厂", "2021-01-10"),
        (codes[1], "01", "新乙厂", "2021-01-12"),
        (codes[2], "01", "丙厂", "2021-01-12"),
        (codes[4], "1", "甲厂", "2021-01-12"),
    ]  # the plant that only the second list has was ordered nothing on the 10th


def test_of_the_day_of_a_correction_an_act_alone_has_what_it_ordered_itself() -> None:
    """Both orders have one number; the measure tells them apart, or the ban that a gate log is held against."""
    day, texts = {"city": "临汾市", "day": "2021-01-11"}, ("限产50%", "停产", "禁止国四", "禁止国五")
    found = pd.DataFrame([{**day, "order_id": "O-1", "measure_text": text} for text in texts])
    site = pd.DataFrame([{**day, "order_id": "", "measure_text": ""}])
    said = {"city": "临汾市", "order_id": "O-1", "starts": "2021-01-10 16:00", "ends": "2021-01-11 10:00"}
    order = {**said, "measure_text": "限产50%", "transport": "禁止国四"}
    own = _of_hours(pd.concat([found, site]), pd.DataFrame([order]))
    assert own["measure_text"].tolist() == ["限产50%", "禁止国四", ""]
