"""The warnings on record are what the next run starts from."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from alertengine.ledger import Head, Ledger, names_apart
from alertengine.warning import read_warnings
from alertengine.warning.record import table_of
from alertengine.workflow import out_of_step, share_orders_so_far, warnings_so_far
from tests.cli.made import runner
from tests.ledger.conftest import orders_of, warnings_of

run = runner("ledger", "active")


def rows(*levels: tuple[str, str]) -> pd.DataFrame:
    base = warnings_of().iloc[0].to_dict() | {"city": "临汾市", "counties": "", "warning_id": "W1", "primary": "pm25"}
    return table_of([{**base, "level": level, "issued": pd.Timestamp(issued)} for level, issued in levels])


def test_each_change_once_and_no_corrected_act(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    first, second = ("yellow", "2021-01-08 10:00"), ("red", "2021-01-09 10:00")
    with Ledger.writable(path) as ledger:
        ledger.append("issue", Head("一", datetime(2021, 1, 8, 11)), {"warnings": rows(first)})
        ledger.append("issue", Head("误", datetime(2021, 1, 9, 11)), {"warnings": rows(first, ("orange", second[1]))})
        ledger.append("issue", Head("二", datetime(2021, 1, 9, 12), corrects=2, reason="级别有误"),
                      {"warnings": rows(first, second)})  # fmt: skip
        assert warnings_so_far(ledger)["level"].tolist() == ["yellow", "red"]
        assert warnings_so_far(ledger, pd.Timestamp("2021-01-08 12:00"))["level"].tolist() == ["yellow"]
    assert run(path, "-o", tmp_path / "a.csv").exit_code == 0
    assert read_warnings(tmp_path / "a.csv")["level"].tolist() == ["yellow", "red"], "what warn --active reads"
    assert [row["level"] for row in json.loads(run(path, "--json").stdout)] == ["yellow", "red"]
    assert run(path, "-o", tmp_path / "a.xlsx").exit_code == 2


@pytest.mark.parametrize("given", [[], ["--at", "2021-01-10 12:00"]])
def test_what_stops_by_a_share_is_written_as_orders(tmp_path: Path, given: list[str]) -> None:
    path, shares = tmp_path / "record.db", tmp_path / "shares.csv"
    orders = pd.concat([orders_of(measure=kind, share=1.0) for kind in ("stop_share", "stop")]).iloc[[0, 4]]
    with Ledger.writable(path) as ledger:
        said = {"warnings": warnings_of(), "orders": names_apart(orders)}
        ledger.append("issue", Head("一", datetime(2021, 1, 9, 16)), said)
    found = run(path, "-o", tmp_path / "a.csv", "--orders", shares, *given)
    assert (found.exit_code, found.exception) == (0, None), found.output
    assert pd.read_csv(shares)["line_id"].tolist() == [0]


def test_what_a_later_act_lifts_stops_nothing_any_more(tmp_path: Path) -> None:
    issued = warnings_of().assign(warning_id="W1", ends=pd.Timestamp("2021-01-15"))
    at = pd.Timestamp("2021-01-11 09:00")
    lifted = issued.assign(action="lift", issued=at, starts=at + pd.Timedelta(hours=1), ends=pd.NaT)
    orders = orders_of(1, order_id="W1-O", measure="stop_share", share=1.0, ends="2021-01-15 00:00")
    with Ledger.writable(tmp_path / "record.db") as ledger:
        head = Head("一", datetime(2021, 1, 9, 16), details={"decided": "2021-01-09 15:40"})
        ledger.append("issue", head, {"warnings": issued, "orders": names_apart(orders)})
        assert share_orders_so_far(ledger, at.to_pydatetime())["ends"].tolist() == ["2021-01-15 00:00"]
        head = Head("二", datetime(2021, 1, 11, 10), details={"decided": "2021-01-11 09:00"})
        both = pd.concat([issued, lifted], ignore_index=True)
        ledger.append("issue", head, {"warnings": both, "orders": names_apart(orders.iloc[:0])})
        assert (share_orders_so_far(ledger, datetime(2021, 1, 12, 12))["ends"] <= "2021-01-11 10:00").all()


@pytest.mark.parametrize(
    ("details", "at", "ends"),
    [
        ({"decided": "2021-01-11 09:00"}, "2021-01-11 08:59", ["2021-01-15 00:00"]),
        ({"decided": "2021-01-11 09:00"}, "2021-01-11 09:00", ["2021-01-11 10:00", "2021-01-15 00:00"]),
        ({}, "2021-01-11 09:59", ["2021-01-15 00:00"]),  # of an act that does not say: when it was issued
        ({}, "2021-01-11 10:00", ["2021-01-11 10:00", "2021-01-15 00:00"]),
    ],
)
def test_what_was_decided_later_says_nothing_of_a_moment(
    tmp_path: Path, details: dict[str, object], at: str, ends: list[str]
) -> None:
    issued = warnings_of().assign(warning_id="W1", ends=pd.Timestamp("2021-01-15"))
    raised = issued.assign(action="raise", issued=pd.Timestamp("2021-01-11 09:00"))
    orders = orders_of(1, order_id="W1-O", measure="stop_share", share=1.0, ends="2021-01-15 00:00")
    with Ledger.writable(tmp_path / "record.db") as ledger:
        said = {"warnings": issued, "orders": names_apart(orders)}
        ledger.append("issue", Head("一", datetime(2021, 1, 9, 16), details={"decided": "2021-01-09 15:40"}), said)
        said = {"warnings": pd.concat([issued, raised]), "orders": names_apart(orders)}
        ledger.append("issue", Head("二", datetime(2021, 1, 11, 10), details=details), said)
    out = tmp_path / "shares.csv"
    assert run(tmp_path / "record.db", "--at", at, "-o", tmp_path / "a.csv", "--orders", out).exit_code == 0
    assert sorted(pd.read_csv(out)["ends"].str[:16]) == ends


def test_a_record_without_warnings(tmp_path: Path) -> None:
    Ledger.writable(tmp_path / "record.db").close()
    with Ledger.writable(tmp_path / "record.db") as ledger:
        ledger.append("erasure", Head("例"))
    assert run(tmp_path / "record.db", "-o", tmp_path / "a.csv").exit_code == 0
    assert read_warnings(tmp_path / "a.csv").empty


Y, R = ("yellow", "2021-01-08 10:00"), ("red", "2021-01-09 10:00")
LIVE: dict[str, object] = {"decided": "2021-01-09 10:00"}


@pytest.mark.parametrize(
    ("second", "share", "details", "hour", "corrects", "told"),
    [
        ([Y, R], 1.0, LIVE, 11, None, []),
        ([Y], 0.5, LIVE, 11, None, []),  # nothing new of the warnings
        ([Y], 1.0, LIVE, 11, None, [("issued_already", {"act": 1})]),
        ([Y], 1.0, LIVE, 11, 1, []),  # it puts that right
        ([R], 0.5, LIVE, 11, None, [("warnings_left_out", {"count": 1, "names": ("W1",)})]),
        ([Y, R], 0.5, LIVE, 9, None, [("issued_too_early", {"decided": "2021-01-09 10:00"})]),
        ([R], 1.0, {**LIVE, "options": {"scenario": {"mode": "drill"}}}, 9, None, []),
        ([R], 1.0, {"decided": ""}, 9, None, []),  # orders for a list alone
        ([R], 1.0, {"decided": "2021-01-08 09:00"}, 11, None, []),  # before anything was issued
    ],
)
def test_an_act_that_does_not_go_on_from_the_record_is_told(
    tmp_path: Path, second: list[tuple[str, str]], share: float, details: dict[str, object], hour: int,
    corrects: int | None, told: list[tuple[str, dict[str, object]]],
) -> None:  # fmt: skip
    def parts(*levels: tuple[str, str], share: float = 1.0) -> dict[str, pd.DataFrame]:
        return {"warnings": rows(*levels), "orders": names_apart(orders_of(share=share, city="临汾市"))}

    with Ledger.writable(tmp_path / "record.db") as ledger:
        ledger.append("issue", Head("一", datetime(2021, 1, 8, 11), details=LIVE), parts(Y))
        head = Head(
            "二", datetime(2021, 1, 9, hour), corrects=corrects, reason="误" if corrects else "", details=details
        )
        act = ledger.append("issue", head, parts(*second, share=share))
        assert [(one.code, dict(one.arguments)) for one in out_of_step(ledger, act)] == told


def test_warnings_of_other_places_and_of_before_are_not_gone_on_from(tmp_path: Path) -> None:
    over = rows(Y).assign(ends=pd.Timestamp("2021-01-09"), starts=pd.Timestamp("2021-01-08"), warning_id="W0")
    other = rows(Y).assign(city="太原市", warning_id="W2")
    with Ledger.writable(tmp_path / "record.db") as ledger:
        for table in (over, other):
            orders = names_apart(orders_of(city=str(table["city"].iloc[0])))
            ledger.append("issue", Head("一", datetime(2021, 1, 8, 11)), {"warnings": table, "orders": orders})
        head = Head("二", datetime(2021, 1, 9, 11), details=LIVE)
        own = {"warnings": rows(R), "orders": names_apart(orders_of(city="临汾市"))}
        assert out_of_step(ledger, ledger.append("issue", head, own)) == []
