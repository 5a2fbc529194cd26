"""The first page: from a ledger alone to what it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from alertengine.files.shipped import scenarios_folder
from alertengine.ledger.store import Ledger
from alertengine.orders.scenario import read_scenario
from alertengine.rulebook.book import Rulebook
from alertengine.vocabulary.problems import InputError
from alertengine.web.today import today
from alertengine.workflow.issue import Signatures, prepare, record
from alertengine.workflow.record_forecasts import latest_forecast, record_forecast
from alertengine.workflow.snapshot import collect_scenario


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return Rulebook.load(())


def _given(ledger: Ledger, name: str) -> None:
    data = (scenarios_folder() / f"{name}.forecast.csv").read_bytes()
    record_forecast(ledger, f"{name}.csv", data, "办公室 甲")


def test_an_empty_ledger_shows_nothing_and_asks_for_a_forecast(tmp_path: Path, book: Rulebook) -> None:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        page = today(ledger, book)
    assert page.now is None
    assert page.places == page.proposals == page.active == []


def test_a_forecast_in_the_ledger_brings_proposals_by_the_law_of_its_day(tmp_path: Path, book: Rulebook) -> None:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        _given(ledger, "2020-01-22-province")
        page = today(ledger, book)
    assert {row["city"] for row in page.proposals} == {"临汾市", "长治市", "运城市", "晋城市"}
    assert {row["level"] for row in page.proposals} == {"orange"}
    assert all("875号" in row["basis"] for row in page.proposals)
    linfen = next(place for place in page.places if place.name == "临汾市")
    assert [day.level for day in linfen.days] == ["orange"] * 3
    assert (linfen.days[0].low, linfen.days[0].high) == (151, 300)


def test_what_was_issued_on_a_forecast_is_active_and_proposed_no_more(tmp_path: Path, book: Rulebook) -> None:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        prepared = prepare(
            collect_scenario(read_scenario("linfen-red-episode").model_copy(update={"mode": "live"})), "红色预警"
        )
        act, _ = record(ledger, prepared, Signatures("办公室 甲", "科长 乙", "市长 丙"))
        page = today(ledger, book)
    assert page.orders_act == act.act
    assert page.proposals == []
    assert [row["level"] for row in page.active] == ["red"]
    assert page.undetermined_count == 15  # two of them held by a lower level
    assert {gauge.pollutant: gauge.met for gauge in page.gauges}["NOₓ"] == "未达到"
    assert all(gauge.required for gauge in page.gauges)


def test_a_simulation_in_the_ledger_is_neither_active_nor_a_forecast(tmp_path: Path, book: Rulebook) -> None:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        prepared = prepare(collect_scenario(read_scenario("linfen-red-episode")), "推演")
        record(ledger, prepared, Signatures("办公室 甲", "科长 乙", "市长 丙"))
        page = today(ledger, book)
    assert page.now is page.orders_act is None
    assert page.places == page.active == page.gauges == []


def test_a_forecast_that_cannot_be_read_is_not_recorded(tmp_path: Path) -> None:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        with pytest.raises(InputError):
            record_forecast(ledger, "../x.csv", b"a,b\n1,2\n", "办公室 甲")
        assert ledger.last() is None
        assert latest_forecast(ledger) is None


def test_a_forecast_is_kept_byte_for_byte_under_its_own_name(tmp_path: Path) -> None:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        _given(ledger, "linfen-red-episode")
        given = latest_forecast(ledger)
        assert given is not None
        held = ledger.input(given.act.act, "forecast/linfen-red-episode.csv")
    assert held == (scenarios_folder() / "linfen-red-episode.forecast.csv").read_bytes()
