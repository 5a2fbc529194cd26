"""A reading account or a key bound to counties sees those alone, whatever it opens, fetches or asks."""

from __future__ import annotations

import asyncio
import gzip
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest
from fastapi import FastAPI
from fastapi.responses import FileResponse

from alertengine.ledger import Ledger
from alertengine.vocabulary import InputError
from alertengine.vocabulary import times as clock
from alertengine.web import Desk
from alertengine.web.accounts import Account, Accounts
from alertengine.web.api.app import Interface
from alertengine.web.api.keys import Reach
from alertengine.web.asked import explain_act, whole_order
from alertengine.web.auditview import act_view, order_links
from alertengine.web.files import _Files, dossier_of
from alertengine.web.opening import ready_act
from alertengine.web.roles import NOTHING, WHOLE, Role, Scope, known_places
from alertengine.web.today import Today, seen_by
from alertengine.workflow import search, service

from .test_api import Caller, fill

pytestmark = pytest.mark.whole

HOME = "临汾市/曲沃县"
BOUND = Scope.said([HOME])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    path = tmp_path_factory.mktemp("scope") / "record.db"
    fill(path)
    return Desk(path)


@pytest.fixture(scope="module")
def orders(desk: Desk) -> pd.DataFrame:
    with Ledger.open(desk.path) as ledger:
        table = ledger.orders(1, personal=False)
    return table.astype(dict.fromkeys(("city", "county", "enterprise", "enterprise_id", "line_id"), "str"))


@pytest.fixture(scope="module")
def others(orders: pd.DataFrame) -> pd.DataFrame:
    """Orders of enterprises none of whose lines lies in the county."""
    inside = set(orders.loc[orders["county"] == "曲沃县", "enterprise_id"])
    assert inside
    return orders[~orders["enterprise_id"].isin(inside)]


def _reader(*counties: str, role: Role = Role.READER) -> Account:
    return Account("bound", "乙", "办公室", frozenset({role}), must_change=False, counties=counties)


def _fetched(desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str, *args: Any) -> tuple[int, str]:
    """What a bound reader's browser gets of a file."""
    monkeypatch.setattr(desk, "allow", lambda *_: _reader(HOME))
    request = cast("Any", SimpleNamespace(state=SimpleNamespace(session=None)))
    answer = asyncio.run(getattr(_Files(desk), name)(request, *args))
    body = Path(answer.path).read_bytes() if isinstance(answer, FileResponse) else bytes(answer.body)
    return answer.status_code, (gzip.decompress(body) if "content-encoding" in answer.headers else body).decode()


def test_files_hold_the_lines_of_the_county_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, orders: pd.DataFrame, others: pd.DataFrame
) -> None:
    status, text = _fetched(desk, monkeypatch, "act", 1)
    found = json.loads(text)
    assert status == 200
    assert found["rows"] == int((orders["county"] == "曲沃县").sum()) < len(orders)
    assert found["columns"]["county"]["texts"] == ["曲沃县"]
    assert not any(code in text for code in others["enterprise_id"])
    printed = _fetched(desk, monkeypatch, "printed", 1)[1]
    assert not any(code in printed for code in others["enterprise_id"])
    assert not any(name in printed for name in others["enterprise"])
    status, said = _fetched(desk, monkeypatch, "evaluation", 1)
    assert (status, "限定区县" in said) == (404, True)


@pytest.mark.slow
def test_a_plant_elsewhere_is_as_if_it_were_not_there(desk: Desk, others: pd.DataFrame, orders: pd.DataFrame) -> None:
    away = others.iloc[0]
    line = f"{away['enterprise_id']}/{away['line_id']}"
    for ask in (explain_act, whole_order):
        with pytest.raises(InputError) as refused:
            ask(desk.path, 1, line, BOUND)
        assert away["enterprise"] not in str(refused.value)
    for said in (away["enterprise_id"], away["enterprise"], away["enterprise"][:-3]):
        with pytest.raises(InputError) as refused:
            dossier_of(desk.path, said, None, _reader(HOME))
        assert not any(name in str(refused.value).replace(said, "") for name in others["enterprise"])
    home = orders[orders["county"] == "曲沃县"].iloc[0]
    assert home["enterprise_id"] in dossier_of(desk.path, home["enterprise_id"], None, _reader(HOME))
    assert whole_order(desk.path, 1, f"{home['enterprise_id']}/{home['line_id']}", BOUND).phases
    with Ledger.open(desk.path) as ledger:
        found = search(ledger, "合成", 500, BOUND.places)
        assert not {code for code, _ in found} & set(others["enterprise_id"])
        assert found
        assert not search(ledger, away["enterprise"], 5, BOUND.places)
        with pytest.raises(InputError, match="没有哪一条给过这家企业指令"):
            order_links(ledger, away["enterprise_id"], BOUND)
        view = act_view(ledger, 1, BOUND)
        assert not view.files
        assert not view.readings
        assert set(BOUND.of(service(ledger, 1, pd.Timestamp("2021-01-05")))["county"]) == {"曲沃县"}
    whole, own, none = (ready_act(desk.path, 1, scope) for scope in (WHOLE, BOUND, NOTHING))
    assert none.documents < own.documents < whole.documents
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("alertengine.web.opening.ready", None)
        assert ready_act(desk.path, 1, BOUND) == own, "kept by what it rests on, of each scope its own"


def test_the_first_page_shows_no_line_and_no_sum_of_others() -> None:
    rows = [{"city": "临汾市", "county": county} for county in ("曲沃县", "尧都区", "")]
    page = Today(
        pd.Timestamp(clock.now().replace(tzinfo=None)), undetermined=pd.DataFrame(rows), early=rows, early_unknown=3
    )
    page.gauges = [cast("Any", object())]
    mine = seen_by(page, BOUND)
    assert [*mine.undetermined["county"], *(row["county"] for row in mine.early)] == ["曲沃县", "曲沃县"]
    assert (mine.gauges, mine.early_unknown) == ([], 0)
    assert seen_by(page, WHOLE) is page
    assert seen_by(page, NOTHING).undetermined.empty


def test_a_key_answers_of_its_counties_alone(desk: Desk, others: pd.DataFrame, orders: pd.DataFrame) -> None:
    app = FastAPI()
    app.mount("/api", Interface(desk).application())
    call = Caller(app, desk.keys.make("区县平台", list(Reach), "管理员", counties=[HOME]))
    got = call("/v1/acts/1/orders?limit=1000").json()
    mine = int((orders["county"] == "曲沃县").sum())
    assert (got["total"], {one["county"] for one in got["items"]}) == (mine, {"曲沃县"})
    assert call("/v1/acts/1/orders?county=尧都区").json()["total"] == 0
    detail = call("/v1/acts/1").json()
    assert (detail["orders"], detail["ratios"]) == (mine, [])
    assert {one["lines"] for one in detail["in_force"]} == {
        orders.loc[orders["county"] == "曲沃县", ["enterprise_id", "line_id"]].drop_duplicates().shape[0]
    }
    assert [one["orders"] for one in call("/v1/acts").json()["items"] if one["act"] == 1] == [mine]
    away, home = others.iloc[0], got["items"][0]
    assert call(f"/v1/enterprises/{away['enterprise_id']}/orders").json()["items"] == []
    assert call(f"/v1/enterprises/{home['enterprise_id']}/orders").json()["items"]
    assert call(f"/v1/acts/1/orders/{away['order_id']}/explanation").status_code == 404
    assert call("/v1/warnings?at=2021-01-05T00:00:00Z").json()["active"]


def test_an_account_that_does_more_than_read_is_bound_to_none(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "record.db")
    accounts.begin()
    accounts.create(_reader(HOME), "管理员")
    with pytest.raises(InputError, match="查看"):
        accounts.create(replace(_reader(HOME, role=Role.OFFICER), user="other", name="丙"), "管理员")
    held = accounts.all()["bound"]
    assert held.scope == BOUND
    with pytest.raises(InputError, match="查看"):
        accounts.change(replace(held, roles=frozenset({Role.AUDITOR})), "管理员")


def test_the_bound_outlives_the_file_of_accounts_and_a_file_of_before_has_none(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "record.db")
    accounts.begin()
    accounts.create(_reader(HOME), "管理员")
    accounts.store.path.unlink()
    again = Accounts(accounts.path)
    again.begin()
    assert again.all()["bound"].scope == BOUND
    again.change(replace(again.all()["bound"], counties=()), "管理员")
    with closing(sqlite3.connect(again.store.path)) as db, db:
        db.execute("ALTER TABLE accounts DROP COLUMN counties")
    assert again.all()["bound"].scope.whole
    again.change(replace(again.all()["bound"], counties=(HOME,)), "管理员")
    assert again.all()["bound"].scope == BOUND


def test_counties_to_choose_are_those_on_file_and_those_of_orders(desk: Desk) -> None:
    with Ledger.open(desk.path) as ledger:
        found = known_places(ledger, desk.book.lists)
    assert found[HOME] == "曲沃县（临汾市）"
