"""One code in two cities is two plants wherever orders of several acts are looked at; what a draft leaves standing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from alertengine.audit import audit, read_evidence
from alertengine.ledger import Ledger
from alertengine.orders import InForce, Override, figures_of, held_now
from alertengine.rulebook import Rulebook
from alertengine.web import compared, inspecting
from alertengine.web.api.problems import ApiProblemError
from alertengine.web.api.reading import orders_of_enterprise
from alertengine.web.compared import against, not_carried, standing_orders
from alertengine.web.fieldnotes import FieldNote
from alertengine.web.kept import KeptLedger, acts_to_serve
from alertengine.web.mapview import _plants
from alertengine.web.roles import Scope
from alertengine.web.today import Today, _orders
from alertengine.web.todo import _unserved
from alertengine.workflow.acts_in_force import plain_orders
from alertengine.workflow.find_enterprise import search
from tests.workflow.delivery.test_owed import FIRST, NEXT, A, B, add, ordered, said

NOW = pd.Timestamp(NEXT)
THERE = "运城市"


def _record(path: Path, **cells: object) -> None:
    """An act for a plant in each of two cities, of one code and line id."""
    with Ledger.writable(path) as ledger:
        warned = said()
        add(ledger, ordered({A: "W"}, **cells), warned[warned["warning_id"] == "W"], FIRST)
        elsewhere = warned[warned["warning_id"] == "V"].assign(city=THERE)
        add(ledger, ordered({A: "V"}, **{"city": THERE, "enterprise": B, **cells}), elsewhere, FIRST)


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


def test_what_lines_come_to_counts_a_plant_in_each_city(tmp_path: Path) -> None:
    _record(tmp_path / "record.db")
    with KeptLedger.open(tmp_path / "record.db") as ledger:
        rows = pd.concat([ledger.orders(act, personal=False) for act in (1, 2)], ignore_index=True)
    figures = figures_of(rows)
    assert (figures["enterprises"], figures["bound"], figures["lines"]) == (2, 2, 2)


def test_a_route_asks_for_each_city_s_plant_and_a_note_says_which(tmp_path: Path) -> None:
    """Of one code and one name, as a legal person with a plant in each city has."""
    path = tmp_path / "record.db"
    _record(path, enterprise=B, measure="stop", share=1.0)
    with KeptLedger.open(path) as ledger:
        stops, _ = inspecting.route(ledger, NOW)
        orders = pd.concat([plain_orders(ledger.orders(act), act) for act in (1, 2)], ignore_index=True)
    assert [one.asked for one in stops] == [f"临汾市/{A}", f"{THERE}/{A}"]
    book, told = Rulebook.load(), list[list[str]]()
    for city in (stops[0].city, stops[1].city, ""):
        note = FieldNote(A, B, "未落实", f"{NEXT[:10]} 10:00", "笔1号", "炉火未熄", city=city)
        run = audit(orders, [read_evidence(note.evidence("钱").put_into(tmp_path))], book)
        told.append(run.table.loc[run.table["evidence"] == "inspection", "city"].astype("str").tolist())
        told.append([one.code for one in run.problems if one.code == "evidence_of_several_plants"])
    assert told == [["临汾市"], [], [THERE], [], [], ["evidence_of_several_plants"]]


def test_electricity_is_drawn_of_the_plant_of_its_city(tmp_path: Path) -> None:
    path = tmp_path / "power.csv"
    rows = [f"{A},{city},2021-01-{day},{kwh}" for day in (10, 11) for city, kwh in ((THERE, 5), ("", 3))]
    path.write_text("\n".join(["信用代码,城市,时间,用电量(千瓦时)", *rows]) + "\n", encoding="utf-8")
    drawn = inspecting.drawn_of([read_evidence(path)])
    assert {plant: own["kwh"] for plant, own in drawn.items()} == {f"{THERE}/{A}": [5.0, 5.0], A: [3.0, 3.0]}


def test_points_of_one_code_are_two_plants() -> None:
    orders = pd.concat([ordered({A: "W"}, city=city, enterprise=B, nox_kg_d=7.0) for city in ("临汾市", THERE)])
    at = orders.assign(lon=[111.5, 110.9], lat=36.0)[["city", "enterprise_id", "lon", "lat"]]
    plants, persons, unplaced = _plants(orders.reset_index(drop=True), [at])
    assert [(one.city, one.lon, one.kg["nox"]) for one in plants] == [("临汾市", 111.5, 7.0), (THERE, 110.9, 7.0)]
    assert (persons, unplaced) == (0, 0)


def test_whose_order_was_lifted_is_served_no_more_though_another_city_has_its_code(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    both = pd.concat([ordered({A: "W"}), ordered({A: "V"}, city=THERE)])
    warned, lifted = (
        table.assign(city=table["city"].mask(table["warning_id"] == "V", THERE))
        for table in (said(), said(("W", "lift"), starts=NEXT))
    )
    with Ledger.writable(path) as ledger:
        first = add(ledger, both, warned, FIRST)
        add(ledger, ordered({}), lifted, NEXT)
    with KeptLedger.open(path) as ledger:
        plants = {act.act: own for act, own, _ in acts_to_serve(ledger, NOW + pd.Timedelta(hours=2))}
        waiting = [one.why for one in _unserved(ledger, NOW + pd.Timedelta(hours=2)) if f"第{first}号" in one.what]
    assert plants[first] == {(THERE, A)}
    assert [why.partition("，")[0] for why in waiting] == ["应送达1家"]


def test_the_interface_asks_for_the_city_of_a_code_that_plants_of_two_have(tmp_path: Path) -> None:
    _record(tmp_path / "record.db")
    with KeptLedger.open(tmp_path / "record.db") as ledger:
        counties = ledger.orders(1, personal=False)["county"].unique().tolist()
        with pytest.raises(ApiProblemError) as asked:
            orders_of_enterprise(ledger, A, 9, 0)
        given = {
            city: [(one.act, one.city) for one in orders_of_enterprise(ledger, A, 9, 0, city=city).items]
            for city in ("临汾市", THERE, "太原市")
        }
        within = Scope(frozenset(f"临汾市/{county}" for county in counties))
        seen = [one.city for one in orders_of_enterprise(ledger, A, 9, 0, within).items]
    assert (asked.value.code, "临汾市、运城市" in asked.value.detail) == ("city-required", True)
    assert given == {"临汾市": [(1, "临汾市")], THERE: [(2, THERE)], "太原市": []}
    assert seen == ["临汾市"], "who sees one city's counties is not asked"


def test_a_search_for_a_city_s_plant_finds_it_alone(tmp_path: Path) -> None:
    _record(tmp_path / "record.db", enterprise=B)
    with KeptLedger.open(tmp_path / "record.db") as ledger:
        found = [search(ledger, said, 9) for said in (A, f"{THERE}/{A}", f"临汾市/{B}", f"太原市/{A}")]
    ids = [(f"{city}/{A}", B) for city in ("临汾市", THERE)]
    assert [sorted(one) for one in found] == [ids, ids[1:], ids[:1], []]
