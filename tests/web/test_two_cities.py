"""One code in two cities is two plants wherever orders of several acts are looked at; what a draft leaves standing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from alertengine.ledger import Ledger
from alertengine.orders import InForce, Override, held_now
from alertengine.web import compared, inspecting
from alertengine.web.compared import against, not_carried, standing_orders
from alertengine.web.kept import KeptLedger
from alertengine.web.today import Today, _orders
from tests.workflow.delivery.test_owed import FIRST, NEXT, A, B, add, ordered, said

NOW = pd.Timestamp(NEXT)
THERE = "运城市"


def _record(path: Path, **cells: object) -> None:
    """An act for a plant in each of two cities, of one code and line id."""
    with Ledger.writable(path) as ledger:
        warned = said()
        add(ledger, ordered({A: "W"}, **cells), warned[warned["warning_id"] == "W"], FIRST)
        elsewhere = warned[warned["warning_id"] == "V"].assign(city=THERE)
        add(ledger, ordered({A: "V"}, city=THERE, enterprise=B, **cells), elsewhere, FIRST)


def _draft(orders: pd.DataFrame) -> InForce:
    """What holds of a draft that raises the warning of the first city."""
    return held_now(orders, said(("W", "raise"))[lambda table: table["warning_id"] == "W"], NOW)


def test_an_order_given_in_another_city_was_not_given_here(tmp_path: Path) -> None:
    _record(tmp_path / "record.db")
    with KeptLedger.open(tmp_path / "record.db") as ledger:
        found = [int(standing_orders(ledger, ledger.orders(act, personal=False), NOW).iloc[0]) for act in (1, 2)]
    assert found == [1, 2]


def test_what_a_person_decided_of_a_line_is_not_carried_to_another_city(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _record(tmp_path / "record.db")
    line = str(ordered({A: "W"})["line_id"].iloc[0])
    one = Override(enterprise_id=A, line_id=line, measure="none", reason="会商", by="办公室 甲", at=NEXT)
    monkeypatch.setattr(compared, "overrides_of", lambda _ledger, act: [one] if act == 1 else [])
    with KeptLedger.open(tmp_path / "record.db") as ledger:
        found = [not_carried(ledger, ledger.orders(act, personal=False), set(), NOW) for act in (1, 2)]
    assert found == [[one], []]


def test_lines_of_a_city_about_which_a_draft_decides_nothing_are_kept(tmp_path: Path) -> None:
    """The draft is of both cities' lists and names one line; what stands of the rest goes on as it is."""
    _record(tmp_path / "record.db", nox_kg_d=7.0)
    draft = _draft(ordered({A: "W"}, nox_kg_d=7.0))
    both = replace(draft, at={**draft.at, THERE: next(iter(draft.at.values()))})
    with KeptLedger.open(tmp_path / "record.db") as ledger:
        one, other = (against(ledger, held, NOW) for held in (draft, both))
    assert THERE not in draft.decided
    assert (one.acts, one.kept, one.changed) == ((1,), 0, 0)
    assert (other.acts, other.kept, other.changed) == ((1, 2), 1, 0), "of one code, yet another line"
    assert (one.kg["nox"], other.kg["nox"]) == ((7.0, 7.0), (14.0, 14.0))


def test_the_first_page_counts_an_open_line_in_each_city(tmp_path: Path) -> None:
    _record(tmp_path / "record.db", status="undetermined")
    with KeptLedger.open(tmp_path / "record.db") as ledger:
        page = Today(NOW, ())
        _orders(page, ledger)
    assert sorted(page.undetermined["city"]) == ["临汾市", THERE]


def test_a_line_found_to_comply_proves_nothing_of_another_city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _record(tmp_path / "record.db", nox_kg_d=7.0)
    line = str(ordered({A: "W"})["line_id"].iloc[0])
    found = pd.DataFrame([{"city": THERE, "enterprise_id": A, "enterprise": B, "line_id": line, "finding": "complied"}])
    monkeypatch.setattr(inspecting, "recorded_findings", lambda _ledger: found.assign(day=str(NOW.date())))
    with KeptLedger.open(tmp_path / "record.db") as ledger:
        stops, _ = inspecting.route(ledger, NOW)
    assert [(one.city, one.at_risk, bool(one.last)) for one in stops] == [("临汾市", 7.0, False), (THERE, 0.0, True)]
