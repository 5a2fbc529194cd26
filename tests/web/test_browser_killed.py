"""The server killed at each step of an evening and started again: nothing that was done is lost or done twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from alertengine.files import lists_folder
from alertengine.ledger import Ledger
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import times as clock
from alertengine.web.fieldnotes import FieldNotes
from alertengine.web.forecasts import take_forecast
from alertengine.web.lists import publish_uploads
from alertengine.web.roles import Role
from alertengine.web.workstore import Works
from alertengine.workflow import Stage, Upload, drafts

from .browsing import CHROMIUM, browsers, confirmed, forecast
from .conftest import Served, serving, signed_up

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")]


class Killed:
    """A page that is killed and comes back at the same address."""

    def __init__(self, path: Path) -> None:
        self.path, self.port = path, 0
        self.held = ExitStack()
        self._start()

    def _start(self) -> None:
        self.served, self.process = self.held.enter_context(serving(self.path, self.port))
        self.port = urlsplit(self.served.url).port or 0

    def again(self) -> None:
        """Kill it as a power cut does, and start it."""
        self.process.kill()
        self.process.wait()
        self._start()


@pytest.fixture
def page_of(tmp_path: Path) -> Iterator[Killed]:
    """A page whose ledger has a list and a forecast of tonight."""
    path = tmp_path / "record.db"
    signed_up(path, officer=Role.OFFICER, reviewer=Role.REVIEWER, approver=Role.APPROVER, auditor=Role.AUDITOR)
    book, folder = Rulebook.load(()), lists_folder()
    source, totals = (
        Upload(name, (folder / name).read_bytes()) for name in ("linfen-synthetic.csv", "linfen-synthetic.totals.csv")
    )
    with Ledger.writable(path) as ledger:
        take_forecast(ledger, Upload("预报.csv", forecast((240, 262, 271, 255, 188))), book.lists, "办公室 甲")
    publish_uploads(path, book, source, [totals], {}, ("2026年版", "市长 丙", clock.now().date()), "合成清单")
    killed = Killed(path)
    yield killed
    killed.held.close()


def _back(page: Any, served: Served, address: str) -> None:
    """The person goes on where they were, still signed in; a page that draws itself anew just then is asked again."""
    for last in (False, False, True):
        try:
            page.goto(f"{served.url}{address}")
        except Exception as error:
            if last or not any(said in str(error) for said in ("ERR_ABORTED", "interrupted by another navigation")):
                raise
        page.wait_for_selector("h1")
        if page.url == f"{served.url}{address}":
            return
    raise AssertionError(page.url)


def _until(page: Any, found: Any) -> Any:
    """What a job comes to; asked every second, as long as a browser waits."""
    for _ in range(300):
        value = found()
        if value:
            return value
        page.wait_for_timeout(1000)
    raise AssertionError(found)


def test_a_kill_at_any_step_loses_nothing_and_does_nothing_twice(page_of: Killed) -> None:
    path, served, works = page_of.path, page_of.served, Works(page_of.path)
    with browsers(served) as opened:
        officer, reviewer, approver, auditor = map(opened, ("officer", "reviewer", "approver", "auditor"))
        _back(officer, served, "/issue")
        officer.get_by_label("备注").fill("会商纪要")
        officer.wait_for_timeout(2000)
        page_of.again()  # a half-filled form
        _back(officer, served, "/issue")
        assert officer.get_by_label("备注").input_value() == "会商纪要"
        officer.get_by_role("button", name="计算指令").click()
        officer.get_by_text("取消").first.wait_for()
        page_of.again()  # while it is decided
        (work,) = _until(officer, works.store.all)
        _until(officer, lambda: works.is_decided(works.store.all()[0]))
        _back(officer, served, f"/issue?work={work.key}")
        confirmed(officer, "提交审核", "送审")
        page_of.again()  # as it is submitted

        def drafted() -> list[Any]:
            with Ledger.open(path) as ledger:
                return drafts(ledger)

        if not drafted() and not _open_jobs(path):  # the press itself was lost: nothing was begun
            _back(officer, served, f"/issue?work={work.key}")
            confirmed(officer, "提交审核", "送审")
        (draft,) = _until(officer, drafted)
        _until(officer, lambda: not works.store.all())
        for person, name, stage in ((reviewer, "审核通过", Stage.REVIEWED), (approver, "批准", Stage.APPROVED)):
            _back(person, served, f"/issue?draft={draft.act}")
            confirmed(person, name)
            _until(person, lambda stage=stage: drafted()[0].stage is stage)
            page_of.again()  # right after a signature
        _back(officer, served, f"/issue?draft={draft.act}")
        confirmed(officer, "发布")
        _until(officer, lambda: _open_jobs(path) or drafted()[0].issued)
        page_of.again()  # as it is issued
        _until(officer, lambda: drafted()[0].issued)
        _back(auditor, served, "/field")
        auditor.locator("a[href^='/field/plant?']").first.click()
        auditor.get_by_text("未落实", exact=True).click()
        auditor.fill("#number", "笔〔2026〕1号")
        auditor.fill("#text", "窑头有火")
        auditor.get_by_role("button", name="存下，下一家").click()
        auditor.wait_for_url("**/field/plant?*")
        page_of.again()  # a note of the field, not yet judged
        (note,) = FieldNotes(works.store, "auditor").open()
        assert note.text == "窑头有火"
        _back(auditor, served, "/field/judge")
        auditor.get_by_text("窑头有火", exact=True).wait_for()
    with Ledger.open(path) as ledger:
        kinds = [act.kind for act in ledger.acts()]
    assert [kinds.count(kind) for kind in ("draft", "review", "approval", "issue")] == [1] * 4


def _open_jobs(path: Path) -> int:
    """Jobs that wait or go on, but those that make pages ready."""
    with sqlite3.connect(f"file:{path}.work/work.db?mode=rw", uri=True) as db:
        sql = "SELECT count(*) FROM jobs WHERE state IN ('waiting', 'running') AND kind != 'warm'"
        return int(db.execute(sql).fetchone()[0])
