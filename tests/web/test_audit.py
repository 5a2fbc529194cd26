"""核查 as it is computed: acts, an order with its articles, looking for enterprises, verifying, personal data."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any, cast, get_args, get_type_hints

import pytest
from fastapi.responses import Response

from alertengine.ledger import Ledger, Signer, Verified, record_access
from alertengine.ledger.defects import Defect
from alertengine.vocabulary import MASKED, InputError, Words
from alertengine.web import Desk
from alertengine.web.accounts import Account
from alertengine.web.auditview import act_rows, act_view, order_links, order_view, verified
from alertengine.web.files import _Files, asked_of, dossier_of
from alertengine.web.orderrows import Sums
from alertengine.web.pages.ordergrid import of_act
from alertengine.web.roles import WHOLE
from alertengine.workflow import opened as act_opened
from alertengine.workflow import search

from .test_api import NAME, TRADER, fill

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    path = tmp_path_factory.mktemp("audit") / "record.db"
    fill(path)
    return Desk(path)


def test_acts_are_listed_the_latest_first_without_comings_and_goings(desk: Desk) -> None:
    desk.accounts.begin()
    with Ledger.open(desk.path) as ledger:
        rows, every = act_rows(ledger), act_rows(ledger, every=True)
    assert [row["act"] for row in rows] == ["4", "3", "2", "1"]
    assert every[0]["kind"] == "账号"
    assert rows[-1]["by"] == "办公室 甲，科长 乙，市长 丙"


def test_an_act_shows_who_signed_and_what_it_rests_on(desk: Desk) -> None:
    with Ledger.open(desk.path) as ledger:
        view, draft = act_view(ledger, 1), act_view(ledger, 3)
    assert dict(view.facts)["表"].startswith("指令")
    assert [step["step"] for step in view.procedure] == ["提出", "审核", "批准"]
    assert any(row["path"].startswith("rules/") for row in view.files)
    assert view.replayable
    assert not draft.replayable


def test_an_order_stands_with_its_reasons_and_the_clauses_it_rests_on(desk: Desk) -> None:
    with Ledger.open(desk.path) as ledger:
        opened = act_opened(ledger, 1)
    ordered = opened.orders[opened.orders["status"] == "ordered"].iloc[0]
    view = order_view(opened, str(ordered["order_id"]))
    binding = {article.rule.id for article in view.articles if article.binds}
    assert binding == {rule for rule in str(ordered["rules"]).split(";") if rule in opened.engine.book.rules}
    assert any(article.clauses for article in view.articles)
    assert dict(view.phases[0])["状态"] == "执行减排"
    with pytest.raises(InputError, match="没有这条生产线"):
        order_view(opened, "nothing")


def test_acts_and_dossiers_are_read_beside_a_decision(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """One long decision kept every act and dossier waiting."""
    monkeypatch.setattr(desk, "allow", lambda *_: Account("jia", "甲", "办公室", frozenset()))
    visit = cast("Any", SimpleNamespace(desk=desk, scope=WHOLE))
    request = cast("Any", SimpleNamespace(state=SimpleNamespace(session=None)))
    decided = Event()

    async def read() -> tuple[Response, Sums]:
        deciding = asyncio.create_task(desk.run(decided.wait))
        try:
            page = await asyncio.wait_for(_Files(desk).dossier(request, TRADER), 60)
            return page, await asyncio.wait_for(of_act(visit, 1).sums("city"), 60)
        finally:
            decided.set()
            await deciding

    page, grouped = asyncio.run(read())
    assert page.status_code == 200
    assert grouped


@pytest.mark.slow
def test_a_sole_trader_is_found_by_its_whole_name_and_shown_masked(desk: Desk) -> None:
    with Ledger.open(desk.path) as ledger:
        assert search(ledger, NAME, 5) == [(TRADER, MASKED)]
        assert search(ledger, NAME[:2], 5) == []
        assert len(search(ledger, "合成", 5)) == 5
        assert search(ledger, " ", 5) == []
        assert {row["act"] for row in order_links(ledger, TRADER)} >= {"1"}
        opened = act_opened(ledger, 1)
    line = str(opened.orders.set_index("enterprise_id").loc[[TRADER], "line_id"].iloc[0])
    assert NAME not in repr(order_view(opened, f"{TRADER}/{line}"))


def _person(user: str) -> Account:
    return Account(user, "丁", "核查科", frozenset())


def test_personal_data_are_shown_only_on_ones_own_recorded_reason(desk: Desk) -> None:
    assert NAME not in dossier_of(desk.path, TRADER, None, _person(""))
    act = record_access(desk.path, asked_of(TRADER), Signer("核查科 丁", "ding", "auditor"), "信访核查")
    assert NAME in dossier_of(desk.path, TRADER, act.act, _person("ding"))
    for number, user in ((act.act, "wu"), (1, "ding"), (1, ""), (act.act, "")):
        with pytest.raises(InputError, match="写明理由"):
            dossier_of(desk.path, TRADER, number, _person(user))


def test_every_kind_of_defect_has_a_word(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = get_args(get_type_hints(Defect)["kind"])
    found = Verified(desk.path, defects=[Defect(kind, None, "log", Words("log_hidden")) for kind in kinds])
    monkeypatch.setattr("alertengine.web.auditview.verify", lambda path: found)
    _, said, _ = verified(desk.path)
    assert len(set(said)) == len(kinds) == 5


def test_a_changed_record_is_said_to_be_changed(desk: Desk, tmp_path: Path) -> None:
    assert verified(desk.path)[0].startswith("台账完好")
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(desk.path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    with closing(sqlite3.connect(copy)) as db, db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute("UPDATE acts SET title = '别的' WHERE act = 1")
    sentence, defects, found = verified(copy)
    assert not found.sound
    assert "问题" in sentence
    assert any("第1号" in text and "被改动" in text for text in defects)
    shutil.rmtree(tmp_path, ignore_errors=True)
