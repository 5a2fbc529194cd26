"""Acts of a drill or a simulation stand on the record and bind nobody, whoever counts its orders."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from pathlib import Path

import pytest

from alertengine.ledger import Head, Ledger, names_apart
from alertengine.orders import write_orders
from alertengine.vocabulary import InputError
from alertengine.workflow import Correction, Prepared, dossier, ordered, record, record_findings
from alertengine.workflow import audit_inputs as inputs
from alertengine.workflow._evaluate import members_of
from alertengine.workflow.act_opened import decided_on
from tests.ledger.conftest import SIGNED, orders_of, warnings_of
from tests.ledger.findings import findings_of

BEGINS, SIGNED_AT = "2021-01-10 00:00", datetime(2021, 1, 9, 18)
FIRM = "91000000HC0000001B"


def act(ledger: Ledger, mode: str, order: str, starts: str = BEGINS, at: datetime = SIGNED_AT) -> int:
    """Record an act of one response that orders a line until 2021-01-14."""
    orders = orders_of(
        1, order_id=order, enterprise_id=FIRM, starts=starts, ends="2021-01-14 00:00", share=1.0, status="ordered"
    )
    parts = {"warnings": warnings_of().assign(warning_id="W"), "orders": names_apart(orders)}
    details = {"options": {"scenario": {"mode": mode}}, "decided": "2021-01-09 15:40"}
    return ledger.append("issue", Head("例", at, approved_by="市长 丙", details=details), parts).act


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger of an act that binds, and of a drill and a simulation of the same response."""
    with Ledger.writable(tmp_path / "record.db") as ledger:
        act(ledger, "live", "W-1")
        act(ledger, "drill", "W-1", "2021-01-11 00:00")
        act(ledger, "simulation", "W-2", "2021-01-12 00:00")
    return tmp_path / "record.db"


def test_they_end_no_order_of_those_that_bind(path: Path) -> None:
    with Ledger.open(path) as ledger:
        assert [[one.act for one in members_of(ledger, ledger.act(number))] for number in (1, 2, 3)] == [[1], [2], [3]]
        assert [(row["act"], row["ends"]) for row in dossier(ledger, FIRM).orders][:1] == [(1, "2021-01-14 00:00")]
        assert [one["plant_stopped"] for one in dossier(ledger, FIRM).hours] == [96]


def test_findings_are_of_acts_that_bind(path: Path, tmp_path: Path) -> None:
    said = {(FIRM, "0"): {"2021-01-12": "breached"}}
    with Ledger.writable(path) as ledger:
        for number in (1, 3):
            findings_of(ledger.orders(number), said).to_csv(tmp_path / f"{number}.csv", index=False)
        found = record_findings(ledger, tmp_path / "1.csv", Head("", approved_by="科长 丁"))
        assert found.head["judges"] == [1], "though a drill gave an order of that number too"
        with pytest.raises(InputError) as refused:
            record_findings(ledger, tmp_path / "3.csv", Head("", approved_by="科长 丁"))
    assert [one.code for one in refused.value.problems] == ["order_of_no_act"]


@pytest.fixture
def audited(path: Path, prepared: Prepared, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The list and law of its acts are those of another ledger: these rest on none."""
    with Ledger.writable(tmp_path / "other.db") as ledger:
        record(ledger, prepared, SIGNED)
        found = decided_on(ledger, 1)
    monkeypatch.setattr(inputs, "decided_on", lambda _ledger, _act: found)
    return path


@pytest.mark.parametrize(
    ("number", "orders", "told"), [(None, 1, []), (1, 1, []), (2, 1, ["drill"]), (3, 1, ["simulation"])]
)
def test_an_audit_is_of_those_that_bind_or_says_what_it_is_of(
    audited: Path, number: int | None, orders: int, told: list[str]
) -> None:
    given = ordered(audited, number)
    assert len(given.orders) == orders
    assert [dict(one.arguments)["mode"] for one in given.problems if one.code == "orders_not_live"] == told


def test_an_act_without_orders_is_left_out(audited: Path) -> None:
    with Ledger.writable(audited) as ledger:
        ledger.append("issue", Head("例", SIGNED_AT, approved_by="市长 丙"), {"warnings": warnings_of()})
    assert len(ordered(audited).orders) == 1


def test_a_ledger_without_an_act_that_binds_says_so(tmp_path: Path) -> None:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        act(ledger, "simulation", "W-1")
    with pytest.raises(InputError) as refused:
        ordered(tmp_path / "record.db")
    assert [one.code for one in refused.value.problems] == ["no_act_with_orders"]


@pytest.mark.parametrize(("mode", "told"), [("live", []), ("drill", ["orders_not_live"])])
def test_a_file_of_a_drill_says_so_too(tmp_path: Path, mode: str, told: list[str]) -> None:
    codes = {"status": "ordered", "standing": "primary", "measure": "stop"}
    write_orders(orders_of(1, **codes), tmp_path / "orders.csv")
    (tmp_path / "summary.json").write_text(f'{{"mode": "{mode}"}}', encoding="utf-8")
    assert [one.code for one in ordered(tmp_path / "orders.csv").problems] == told


@pytest.mark.parametrize(
    ("starts", "hour", "since"),
    [
        (BEGINS, datetime(2021, 1, 9, 23, 59), None),
        (BEGINS, datetime(2021, 1, 10, 0, 1), BEGINS),
        ("2021-01-08 00:00", datetime(2021, 1, 9, 15, 50), None),  # what it repeats of before was ordered before
        ("2021-01-08 00:00", datetime(2021, 1, 9, 16, 30), "2021-01-09 16:00"),
    ],
)
def test_an_act_that_was_issued_after_its_orders_begin_is_told(
    audited: Path, starts: str, hour: datetime, since: str | None
) -> None:
    with Ledger.writable(audited) as ledger:
        number = act(ledger, "live", "W-9", starts, hour)
    said = [dict(one.arguments) for one in ordered(audited, number).notes if one.code == "issued_late"]
    assert [(one["act"], one["since"]) for one in said] == ([(number, since)] if since else [])


@pytest.mark.parametrize(
    ("own", "corrected", "refused"),
    [("drill", 1, True), ("simulation", 1, True), ("live", 2, True), ("live", 1, False), ("drill", 2, False)],
)
def test_a_drill_corrects_no_act_that_binds_nor_the_other_way(
    path: Path, prepared: Prepared, own: str, corrected: int, refused: bool
) -> None:
    """What it corrects would bind nobody any more."""
    options = prepared.collected.options.model_copy(update={"mode": own})
    other = dataclasses.replace(prepared, collected=dataclasses.replace(prepared.collected, options=options))
    with Ledger.writable(path) as ledger:
        if refused:
            with pytest.raises(InputError) as told:
                record(ledger, other, SIGNED, Correction(corrected, "误"))
            assert [one.code for one in told.value.problems] == ["other_mode_corrected"]
        else:
            record(ledger, other, SIGNED, Correction(corrected, "误"))
        assert len(ledger.acts()) == (3 if refused else 4)
