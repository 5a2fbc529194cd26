"""Orders from above on record: what a draft and 今日 are decided on, until they end."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from alertengine.files import lists_folder
from alertengine.ledger import Head, Ledger
from alertengine.orders import Override, read_scenario, respond
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError, to_minute
from alertengine.vocabulary import times as clock
from alertengine.web.today import Today, today
from alertengine.web.work import Work, WorkInput, again, begin, hand_in
from alertengine.web.workstore import overrides_by_line
from alertengine.workflow import (
    Prepared,
    Signers,
    Upload,
    end_superior_order,
    latest_forecast,
    orders_left_out,
    record,
    record_forecast,
    record_superior_order,
    superior_orders,
)
from tests.web.browsing import forecast
from tests.web.conftest import decided

BY = "办公室 甲"
SOURCE = "省生态环保委办公室晋环委办函〔2026〕12号"
TOLD = ["action", "level", "starts", "ends", "reason", "basis"]
ORANGE, CLEAN = (230, 240, 235, 60, 50), (60, 60, 60, 50, 50)


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return Rulebook.load(())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        record_forecast(ledger, "f.csv", forecast(ORANGE), BY)
    return tmp_path / "record.db"


def order(**other: object) -> dict[str, object]:
    begins = to_minute(clock.now() - timedelta(hours=1))
    return {"area": "山西省", "level": "red", "from": begins, "source": SOURCE} | other


def seen(path: Path, book: Rulebook) -> Today:
    with Ledger.open(path) as ledger:
        return today(ledger, book)


def levels(page: Today) -> list[tuple[str, str]]:
    return [(row["action"], row["level"]) for row in page.proposals if row["city"] == "临汾市"]


def _revised(path: Path, book: Rulebook, before: Prepared, anew: Work) -> None:
    """A draft from before the order comes out as one begun anew, with what persons decided."""
    line = before.run.orders[before.run.orders["share"] > 0].iloc[0]
    code, number = str(line["enterprise_id"]), str(line["line_id"])
    said = {
        "enterprise_id": code,
        "line_id": number,
        "measure": "stop",
        "reason": "会商",
        "by": BY,
        "at": before.run.now,
    }
    draft = hand_in(path, decided(Work(before, "jia"), [Override.model_validate(said)]), BY, "").act
    revised = again(path, draft, "yi")
    assert (revised.user, revised.replaces, list(overrides_by_line(revised.prepared.collected.options))) == (
        "yi",
        draft,
        [(code, number)],
    )
    assert revised.prepared.run.warnings[TOLD].equals(anew.prepared.run.warnings[TOLD])
    mine = revised.orders[(revised.orders["enterprise_id"] == code) & (revised.orders["line_id"] == number)]
    assert mine["remark"].str.contains("会商").all()
    run = revised.prepared.run
    with Ledger.open(path) as ledger:
        assert not orders_left_out(ledger, book.lists, revised.prepared.collected.options, run.warnings, run.now)


@pytest.mark.whole
def test_what_stands_by_an_order_from_above_is_lowered_by_nobody_while_it_holds(
    path: Path, book: Rulebook, tmp_path: Path
) -> None:
    assert levels(seen(path, book))[0] == ("issue", "orange")
    source = lists_folder() / "linfen-synthetic.csv"
    asked = WorkInput("响应", "live", {"list": Upload(source.name, source.read_bytes())}, cities=("临汾市",))
    before = begin(path, (), asked, "jia").prepared
    with Ledger.writable(path) as ledger:
        act = record_superior_order(ledger, order(), book.lists, BY, Upload("令.pdf", b"%PDF"), "全省启动红色预警。")
        assert [one.path for one in ledger.inputs(act.act)] == ["order/令.pdf", "order/原文.txt"]
        run = before.run
        (said,) = orders_left_out(ledger, book.lists, before.collected.options, run.warnings, run.now)
    assert SOURCE in said.value
    page = seen(path, book)
    assert levels(page)[0] == ("issue", "red")
    assert [one.source for one in page.ordered] == [SOURCE]
    assert SOURCE in next(row["basis"] for row in page.proposals if row["level"] == "red")

    work = begin(path, (), asked, "jia")
    red = work.prepared.run.warnings.set_index("level").loc["red"]
    assert SOURCE in red["reason"]
    (superior,) = (one.options for one in page.ordered)
    with Ledger.open(path) as ledger:
        run = work.prepared.run
        assert not orders_left_out(ledger, book.lists, work.prepared.collected.options, run.warnings, run.now)
        held = latest_forecast(ledger)
    assert held is not None
    (tmp_path / "f.csv").write_bytes(held.forecast.data)
    said = {"title": "同一晚", "mode": "live", "forecast": "f.csv", "list": str(source), "cities": ["临汾市"]}
    said |= {"orders": [superior], "now": to_minute(run.now)}
    (tmp_path / "s.yaml").write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    by_command = respond(read_scenario(str(tmp_path / "s.yaml"), [str(source)]), book)
    assert by_command.warnings.record[TOLD].equals(work.prepared.run.warnings[TOLD])

    _revised(path, book, before, work)
    with Ledger.writable(path) as ledger:
        record(ledger, work.prepared, Signers(BY, "科长 乙", "市长 丙"))
        record_forecast(ledger, "f.csv", forecast(CLEAN, 0), BY)
    page = seen(path, book)
    assert page.places, "decided on the forecast"
    assert not [row for row in levels(page) if row[0] in ("lower", "lift")], "clean air, but the order holds"
    with Ledger.writable(path) as ledger:
        (held_order,) = superior_orders(ledger, book.lists)
        end_superior_order(ledger, held_order, clock.now() + timedelta(hours=5), BY, "省令第13号")
    assert "lift" in dict(levels(seen(path, book)))


@pytest.mark.parametrize(
    ("to", "last"),
    [
        ("2030-01-12", "2030-01-13 00:00"),  # through the day that ends it, as where it is decided on
        ("2030年1月12日", "2030-01-13 00:00"),
        ("2030-01-12 00:00", "2030-01-12 00:00"),
        ("2030-01-12 18:00", "2030-01-12 18:00"),
        ("", ""),
    ],
)
def test_an_order_on_record_ends_when_it_does_in_a_run(path: Path, book: Rulebook, to: str, last: str) -> None:
    with Ledger.writable(path) as ledger:
        ledger.append("superior_order", Head("例", drafted_by=BY, details={"order": order(to=to)}))
        assert [one.last for one in superior_orders(ledger, book.lists)] == [last]


def test_an_order_that_begins_in_the_last_minute_of_an_hour_can_be_taken_back(path: Path, book: Rulebook) -> None:
    with Ledger.writable(path) as ledger:
        record_superior_order(ledger, order(**{"from": "2030-01-12 17:59"}), book.lists, BY)
        (one,) = superior_orders(ledger, book.lists)
        end_superior_order(ledger, one, clock.now(), BY, "误录")
        assert not superior_orders(ledger, book.lists)


def test_an_order_is_refused_with_all_that_is_wrong_and_ended_once(path: Path, book: Rulebook) -> None:
    with Ledger.writable(path) as ledger:
        wrong = order(area="某某", level="none", source=" ", to="昨天")
        with pytest.raises(InputError) as refused:
            record_superior_order(ledger, wrong, book.lists, BY)
        assert {one.column for one in refused.value.problems} == {"area", "level", "source", "to"}
        assert not superior_orders(ledger, book.lists)
        given = order()
        record_superior_order(ledger, given, book.lists, BY)
        with pytest.raises(InputError, match="on record already"):
            record_superior_order(ledger, given, book.lists, BY)
        (one,) = superior_orders(ledger, book.lists)
        with pytest.raises(InputError, match="say why"):
            end_superior_order(ledger, one, clock.now(), BY, " ")
        end_superior_order(ledger, one, clock.now() - timedelta(days=1), BY, "误录")
        assert not superior_orders(ledger, book.lists), "taken back before it began"
