"""Who was ordered to stop is told that the stop has ended, whatever ended it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from alertengine.ledger import Head, Ledger, names_apart
from alertengine.workflow import Delivered, deliver, service, still_open
from alertengine.workflow.acts_in_force import plain_orders, what_bound
from tests.ledger.conftest import orders_of, warnings_of

FIRST, NEXT = "2021-01-09 15:40", "2021-01-11 15:10"
A, B, C, D = (f"91000000HC{place:08d}" for place in (0, 2, 4, 6))
#: When the duty of a plant ends: at once after the decision, at the hour of the lift.
AT_ONCE, AT_LIFT = "2021-01-11 16:00", "2021-01-12 08:00"


def said(*actions: tuple[str, str], at: str = NEXT, starts: str = AT_LIFT) -> pd.DataFrame:
    """A record of warnings W and V as they stood, with what an act does to them."""
    first = [warnings_of().assign(warning_id=name, city="临汾市", issued=pd.Timestamp(FIRST)) for name in ("W", "V")]
    own = [
        first[0].assign(warning_id=name, action=action, issued=pd.Timestamp(at), starts=pd.Timestamp(starts))
        for name, action in actions
    ]
    return pd.concat([*first, *own], ignore_index=True)


def ordered(firms: Mapping[str, str], **cells: object) -> pd.DataFrame:
    """An order of each plant, of a warning each, until the 14th."""
    table = orders_of(1, status="ordered", city="临汾市", transport="", ends="2021-01-14 00:00")
    rows = [
        table.assign(enterprise_id=firm, order_id=f"{name}-1", **({"enterprise": firm} | cells))
        for firm, name in firms.items()
    ]
    return pd.concat(rows, ignore_index=True) if rows else table.iloc[:0]


def add(ledger: Ledger, orders: pd.DataFrame, warnings: pd.DataFrame, decided: str, **head: Any) -> int:
    """An act; ``mode`` is that of its scenario."""
    options = {"way": "scenario", "scenario": {"list": "list/l.csv", "mode": head.pop("mode", "live")}}
    details = {"decided": decided, "options": options}
    parts = {"warnings": warnings, "orders": names_apart(orders)}
    issued = datetime.fromisoformat(head.pop("issued", decided))
    return ledger.append("issue", Head("合成", issued, details=details, **head), parts).act


ALL = {A: "W", B: "W", C: "V"}


@pytest.mark.parametrize(
    ("orders", "warnings", "ended"),
    [
        (ordered({}), said(("W", "lift"), ("V", "lift")), dict.fromkeys((A, B, C), AT_LIFT)),
        (ordered({}), said(("W", "lift")), dict.fromkeys((A, B), AT_LIFT)),  # of one city of two
        (ordered({C: "V"}), said(("W", "lift"), ("V", "extend")), dict.fromkeys((A, B), AT_LIFT)),
        # lowered: who need do nothing any more is told, who is off the list goes on
        (ordered({A: "W"}, status="none"), said(("W", "lower")), {A: AT_ONCE}),
        (ordered({A: "W"}), said(("W", "raise")), {}),
        (ordered({A: "W"}, status="self_directed"), said(("W", "lower")), {}),
        (ordered({A: "W"}, status="exempt", transport="国四及以下禁止进厂"), said(("W", "lower")), {}),
        (ordered({}), said(("W", "extend")), {}),
        # its code was corrected: the stop goes on, or is lifted, under the new one
        (ordered({D: "W"}, enterprise=A), said(("W", "raise")), {}),
        (ordered({D: "W"}, enterprise=A, status="none"), said(("W", "lower")), {D: AT_ONCE}),
    ],
)
def test_who_is_told_of_an_end(
    tmp_path: Path, orders: pd.DataFrame, warnings: pd.DataFrame, ended: dict[str, str]
) -> None:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        add(ledger, ordered(ALL), said(), FIRST)
        number = add(ledger, orders, warnings, NEXT)
        found = service(ledger, number, pd.Timestamp(NEXT))
    told = found[found["matter"] == "ended"]
    assert dict(zip(told["enterprise_id"], told["starts"], strict=True)) == ended
    assert set(found.loc[found["matter"] == "ordered", "enterprise_id"]) == (
        {*orders["enterprise_id"]} if not ended or orders["status"].eq("ordered").all() else set()
    )


@pytest.mark.parametrize(
    ("orders", "action", "decided", "standing"),
    [
        (ordered({A: "W", B: "W"}), ("W", "raise"), FIRST, {A: (2, ""), B: (2, ""), C: (3, "")}),
        (ordered({}), ("W", "lift"), FIRST, {A: (3, AT_LIFT), B: (3, AT_LIFT), C: (3, "")}),
        (ordered({A: "W", B: "W"}), ("W", "raise"), "2021-01-11 18:00", {A: (3, ""), B: (3, ""), C: (3, "")}),
    ],
)
def test_a_correction_ends_nothing_that_was_decided_since(
    tmp_path: Path, orders: pd.DataFrame, action: tuple[str, str], decided: str, standing: dict[str, tuple[int, str]]
) -> None:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        add(ledger, ordered(ALL), said(), FIRST)
        add(ledger, orders, said(action, starts=AT_ONCE if action[1] == "raise" else AT_LIFT), NEXT)
        corrected = said() if decided == FIRST else said(("W", "extend"), at=decided, starts=AT_ONCE)
        add(ledger, ordered(ALL), corrected, decided, issued="2021-01-11 18:10", corrects=1, reason="漏列一条生产线")
        acts = ledger.acts("issue")
        _, found = what_bound(ledger, acts, {act.act: plain_orders(ledger.orders(act.act), act.act) for act in acts})
    last = found[found["ends"] > "2021-01-11 19:00"].groupby("enterprise_id")[["act", "ends"]].last()
    full = {code: (act, end or "2021-01-14 00:00") for code, (act, end) in standing.items()}
    assert dict(zip(last.index, last.itertuples(index=False, name=None), strict=True)) == full


def test_one_code_in_two_cities_is_two_plants(tmp_path: Path) -> None:
    elsewhere = ordered({A: "V"}, city="运城市", status="none")
    with Ledger.writable(tmp_path / "record.db") as ledger:
        add(ledger, ordered({A: "W"}), said(), FIRST)
        number = add(ledger, elsewhere, said(("V", "lower")), NEXT)
        assert service(ledger, number, pd.Timestamp(NEXT)).empty, "the act ends nothing of the plant in the other city"


@pytest.mark.parametrize(
    ("starts", "orders", "lifted", "matters"),
    [
        (FIRST, {A: "W", C: "V"}, "WV", {A: "ended", C: "ended"}),  # both have begun
        (AT_LIFT, {A: "W", C: "V"}, "WV", {A: "cancelled", C: "cancelled"}),
        (AT_LIFT, {A: "W", C: "V"}, "W", {A: "cancelled"}),
    ],
)
@pytest.mark.parametrize("mode", ["live", "drill"])
def test_what_is_taken_back_before_it_begins_is_cancelled(
    tmp_path: Path, mode: str, starts: str, orders: dict[str, str], lifted: str, matters: dict[str, str]
) -> None:
    begun = {"starts": pd.Timestamp(starts), "ends": pd.NaT}
    first = said().assign(**begun)
    own = pd.concat([first, said(*((name, "lift") for name in lifted), starts=AT_ONCE).tail(len(lifted))])
    with Ledger.writable(tmp_path / "record.db") as ledger:
        add(ledger, ordered(orders, starts=starts), first, FIRST, mode=mode)
        number = add(ledger, ordered({}), own.reset_index(drop=True), NEXT, mode=mode)
        found = service(ledger, number, pd.Timestamp(NEXT)).set_index("enterprise_id")
    assert found["matter"].to_dict() == matters


@pytest.mark.parametrize(
    ("before", "mode", "decided", "ended"),
    [
        ("live", "live", NEXT, {A, B, C}),
        ("drill", "drill", NEXT, {A, B, C}),
        ("live", "drill", NEXT, set()),
        ("simulation", "drill", NEXT, set()),
        ("live", "live", "2021-01-08 10:00", set()),
    ],
)
def test_an_act_of_another_mode_or_recorded_late_ends_nothing(
    tmp_path: Path, before: str, mode: str, decided: str, ended: set[str]
) -> None:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        add(ledger, ordered(ALL), said(), FIRST, mode=before)
        lifts = said(("W", "lift"), ("V", "lift"), at=decided)
        number = add(ledger, ordered({}), lifts, decided, mode=mode)
        assert set(service(ledger, number, pd.Timestamp(NEXT))["enterprise_id"]) == ended


def test_what_was_lifted_once_is_not_ended_again(tmp_path: Path) -> None:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        add(ledger, ordered(ALL), said(), FIRST)
        add(ledger, ordered({C: "V"}), said(("W", "lift")), NEXT)
        both = pd.concat([said(("W", "lift")), said(("V", "lift"), at="2021-01-12 15:00").tail(1)])
        third = add(ledger, ordered({}), both, "2021-01-12 15:00")
        assert service(ledger, third, pd.Timestamp(NEXT))["enterprise_id"].tolist() == [C]


@pytest.mark.parametrize("warned", [True, False])
def test_a_correction_speaks_from_its_issue_on_to_whom_it_leaves_out_too(tmp_path: Path, warned: bool) -> None:
    """Of a warning, or of orders for a list alone."""
    warnings = said() if warned else said()[:0]
    with Ledger.writable(tmp_path / "record.db") as ledger:
        add(ledger, ordered(ALL), warnings, FIRST)
        right = {"corrects": 1, "reason": "清单有误", "issued": "2021-01-10 10:20"}
        number = add(ledger, ordered({A: "W"}), warnings, FIRST, **right)
        found = service(ledger, number, pd.Timestamp(NEXT)).set_index("enterprise_id")
    assert found["matter"].to_dict() == {A: "ordered", B: "ended", C: "ended"}
    assert set(found["starts"]) == {"2021-01-10 11:00"}


@pytest.mark.parametrize("own", [ordered({}), ordered({A: "W", B: "W"}).assign(ends=AT_ONCE)])
def test_an_end_is_served_by_receipts(tmp_path: Path, own: pd.DataFrame) -> None:
    """A cancellation names nobody by its own orders, a lift repeats what ends; who signs late is held to no duty."""
    path = tmp_path / "receipts.csv"
    path.write_text(f"统一社会信用代码,事项,时间,签收人\n{A},签收,2021-01-12 09:00,张某\n{B},拒收,2021-01-12 09:00,\n")
    with Ledger.writable(tmp_path / "record.db") as ledger:
        add(ledger, ordered({A: "W", B: "W"}), said(), FIRST)
        number = add(ledger, own, said(("W", "lift")), NEXT)
        done: Delivered = deliver(ledger, number, path, Head(""))
        table = service(ledger, number, pd.Timestamp("2021-01-12 10:00")).set_index("enterprise_id")
    assert (done.new, done.read.problems, done.notes) == (2, [], ())
    assert table["state"].to_dict() == {A: "served", B: "refused"}
    assert table["hours_run"].tolist() == table["hours_unproved"].tolist() == [0, 0]
    assert still_open(table.reset_index())["enterprise_id"].tolist() == [B]
