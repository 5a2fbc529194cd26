"""Jobs and works outlive whatever ends: a page, a process, a session; nothing is done twice and nothing is lost."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import signal
import sqlite3
import stat
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest

from alertengine.files import lists_folder, scenarios_folder
from alertengine.ledger import DRAFT, Act, Ledger
from alertengine.vocabulary import InputError, Problem
from alertengine.web import Desk
from alertengine.web.accounts import Account, Accounts
from alertengine.web.asked import explain_work
from alertengine.web.brief import brief_of
from alertengine.web.files import documents_of
from alertengine.web.jobs import bodies
from alertengine.web.jobs.queue import Jobs, files_of
from alertengine.web.jobs.store import KINDS, MOST_EACH, MOST_STARTS, OPEN, Job, JobPlace, JobStore, WorkFolder, new_key
from alertengine.web.kept import write_record
from alertengine.web.orderrows import FIRST, rows
from alertengine.web.roles import Right, Role
from alertengine.web.workstore import MOST, Works, WorkStore
from alertengine.workflow import Upload, record_forecast, withdraw

from .conftest import PASSWORD, signed_up

pytestmark = pytest.mark.whole

LINES = 104
AT = "2021-01-03T17:00:00"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with a forecast and an officer, made under a umask that takes nothing away."""
    before = os.umask(0)
    try:
        ledger = tmp_path_factory.mktemp("jobs") / "record.db"
        signed_up(ledger, jia=Role.OFFICER)
        data = (scenarios_folder() / "linfen-red-episode.forecast.csv").read_bytes()
        with Ledger.writable(ledger) as record:
            record_forecast(record, "forecast.csv", data, "办公室 甲")
        WorkFolder(ledger).make()
        JobStore(WorkFolder(ledger)).forget(0)
    finally:
        os.umask(before)
    return ledger


@pytest.fixture(scope="module")
def asked(path: Path) -> dict[str, Any]:
    """What the form of a new draft says."""
    store = WorkStore(WorkFolder(path))

    def put(name: str) -> dict[str, str]:
        return store.put_upload(Upload(name, (lists_folder() / name).read_bytes()))

    files = {"list": put("linfen-synthetic.csv")}
    beside = [put(f"linfen-synthetic.{name}") for name in ("version.yaml", "totals.csv")]
    said = {"title": "响应", "mode": "live", "note": "", "cities": [], "user": "jia", "by": "办公室 名jia"}
    return {**said, "files": files, "beside": beside}


@pytest.fixture(scope="module")
def work(path: Path, asked: dict[str, Any]) -> str:
    """A work decided as a job, in a page that then ended."""
    jobs = Jobs(path)
    try:
        return str(done(jobs, jobs.begin("decide", "响应", asked, "jia")).said["work"])
    finally:
        jobs.close()


def done(jobs: Jobs, job: Job) -> Job:
    return asyncio.run(asyncio.wait_for(jobs.done(job), 120))


def here(path: Path, starts: int = 0) -> JobPlace:
    """A job's place in this process."""
    folder = WorkFolder(path)
    key = new_key()
    out = folder.result(f"test.{key}.part")
    out.mkdir()
    return JobPlace(folder, (), key, starts, out, lambda _done, _of: None)


def changed(path: Path, work: str, by: str, number: int, share: float = 0.4) -> tuple[str, str]:
    """Order a line of a work otherwise; which one."""
    orders = Works(path).held(work).orders
    line = orders[orders["share"] == 1].drop_duplicates(["enterprise_id", "line_id"]).iloc[number]
    ids = {"enterprise_id": str(line["enterprise_id"]), "line_id": str(line["line_id"])}
    one = {**ids, "measure": "limit", "share": share, "reason": "供暖", "by": by, "at": AT}
    bodies.override(here(path), {"work": work, "put": [one], "drop": [], "by": by})
    return ids["enterprise_id"], ids["line_id"]


def test_a_work_outlives_the_page_and_is_everybodys(path: Path, work: str) -> None:
    held = Desk(path).works.held(work)
    assert (len(held.orders), held.row.user) == (LINES, "jia")
    assert held.brief.summaries
    assert held.brief == brief_of(held.orders, held.in_force, held.brief.summaries, [])
    whole = json.loads(gzip.decompress(Desk(path).works.rows_file(work).read_bytes()))
    assert held.first == rows(held.orders, most=FIRST)
    assert len(held.first) < whole["rows"] == LINES
    assert held.readings
    assert held.in_force.now.shape[0] <= LINES
    first = held.orders.iloc[0]
    assert explain_work(path, work, f"{first['enterprise_id']}/{first['line_id']}").phases
    with pytest.raises(InputError, match="没有这条生产线"):
        explain_work(path, work, "没有/这条")


@pytest.mark.slow
def test_two_people_change_one_work_and_lose_nothing(path: Path, work: str) -> None:
    mine, yours = changed(path, work, "办公室 甲", 0), changed(path, work, "办公室 乙", 1)
    held = Desk(path).works.held(work)
    assert held.overrides.keys() == {mine, yours}
    assert {one.by for one in held.overrides.values()} == {"办公室 甲", "办公室 乙"}
    assert held.row.changed_by == "办公室 乙"
    assert {one.key for one in held.brief.decided} == {mine, yours}
    assert {(one.was, one.now) for one in held.brief.decided} == {("清单备案措施：停产", "限产40%")}
    assert held.brief.bare is not None
    assert "供暖" in str(held.orders.set_index(["enterprise_id", "line_id"]).loc[[mine], "remark"].iloc[0])
    bodies.override(here(path), {"work": work, "put": [], "drop": [list(mine)], "by": "办公室 甲"})
    assert Works(path).held(work).overrides.keys() == {yours}


def test_a_change_made_meanwhile_is_not_written_over(path: Path, work: str) -> None:
    store = WorkStore(WorkFolder(path))
    row = store.get(work)
    assert store.change(row, row.content, row.title, "办公室 甲")
    assert not store.change(row, row.content, row.title, "办公室 乙")


def test_an_override_that_cannot_be_changes_nothing(path: Path, work: str) -> None:
    before = WorkStore(WorkFolder(path)).get(work)
    one = {
        "enterprise_id": "没有",
        "line_id": "1",
        "measure": "stop",
        "reason": "供暖",
        "by": "甲",
        "at": "2021-01-03T17:00",
    }
    with pytest.raises(InputError, match="没有这家企业"):
        bodies.override(here(path), {"work": work, "put": [one], "drop": [], "by": "甲"})
    assert WorkStore(WorkFolder(path)).get(work) == before


def test_what_was_decided_is_decided_again_where_it_is_gone(path: Path, work: str) -> None:
    works = Works(path)
    row = works.store.get(work)
    works.folder.result(row.result).rename(works.folder.results / "away")
    assert not works.is_decided(row)
    with pytest.raises(InputError, match="重新计算"):
        works.held(work)
    bodies.redecide(here(path), {"work": work})
    assert len(works.held(work).orders) == LINES


def test_a_file_of_a_work_that_was_touched_is_refused(path: Path) -> None:
    folder = WorkFolder(path)
    name = folder.keep(b"x" * 100)
    (folder.path / "files" / name).write_bytes(b"y")
    for one in (name, "0" * 64, "../../record.db", "", "²"):
        with pytest.raises(InputError, match="缺失或被改动"):
            folder.kept(one)


def drafts(path: Path) -> list[Act]:
    with Ledger.open(path) as ledger:
        return list(ledger.acts(DRAFT))


@pytest.mark.slow
def test_a_work_becomes_a_draft_once_also_where_the_page_was_killed(path: Path, asked: dict[str, Any]) -> None:
    before = len(drafts(path))
    key = bodies.decide(here(path), asked)["work"]
    store = WorkStore(WorkFolder(path))
    row = store.get(key)
    drop = WorkStore.drop
    with pytest.MonkeyPatch.context() as killed:
        killed.setattr(WorkStore, "drop", _killed)
        with pytest.raises(KeyboardInterrupt, match="killed"):
            bodies.hand_in_work(here(path), {"work": key, "by": "jia", "note": "请审核"})
    assert drop is WorkStore.drop
    assert store.get(key) == row
    again = bodies.hand_in_work(here(path, starts=1), {"work": key, "by": "jia", "note": "请审核"})
    (act,) = drafts(path)[before:]
    assert again == {"act": act.act}
    assert act.user("drafted_by") == "jia"
    with pytest.raises(InputError, match="已提交或已放弃"):
        store.get(key)


def _killed(*_: object) -> None:
    raise KeyboardInterrupt("killed")


def test_who_may_no_longer_sign_signs_nothing_that_waited(path: Path, work: str) -> None:
    accounts = Accounts(path)
    once = accounts.create(Account("wu", "戊", "办公室", frozenset({Role.OFFICER})), "管理员")
    for user in ("wu", "nobody"):  # a one-time password that was never changed, and none at all
        with pytest.raises(InputError, match="重新登录"):
            bodies.hand_in_work(here(path), {"work": work, "by": user, "note": ""})
    accounts.choose("wu", once, PASSWORD)
    assert bodies._signer(here(path), "wu", Right.WORK).user == "wu"


def test_a_draft_is_submitted_as_it_was_seen(path: Path, work: str) -> None:
    store, before = WorkStore(WorkFolder(path)), len(drafts(path))
    row = store.get(work)
    seen = row.version
    assert store.change(row, row.content, row.title, "大气科 乙")
    asked = {"work": work, "by": "jia", "note": "", "version": seen}
    with pytest.raises(InputError, match=f"已由大气科 乙改过（第{seen + 1}版）"):
        bodies.hand_in_work(here(path), asked)
    assert (len(drafts(path)), store.get(work).version) == (before, seen + 1)


def test_a_process_that_is_killed_fails_its_job_and_nothing_else(path: Path, asked: dict[str, Any]) -> None:
    jobs = Jobs(path)
    try:
        job = jobs.begin("decide", "被杀", asked, "jia")
        while job.key not in jobs._going:
            time.sleep(0.02)
        process = jobs._going[job.key]
        assert process.pid
        os.kill(process.pid, signal.SIGKILL)
        with pytest.raises(InputError, match="意外终止"):
            done(jobs, job)
        stopped = jobs.begin("decide", "取消", asked, "jia")
        jobs.stop(stopped.key)
        with pytest.raises(InputError, match="已取消"):
            done(jobs, stopped)
    finally:
        jobs.close()


def test_what_a_page_left_is_taken_up_and_given_up_after_a_while(path: Path, work: str) -> None:
    left = Jobs(path)
    said = {"work": work}
    for starts in (1, MOST_STARTS):
        left.store.add(Job(f"left-{starts}", "redecide", "x", "yi", said, f"{starts}.own"))
        for turn in range(starts):
            assert turn == 0 or left.store.put_back(f"left-{starts}")
            assert left.store.start(f"left-{starts}")
    (left.folder.results / "1.own.left-1.part").mkdir()  # what it had made by then
    jobs = Jobs(path)
    jobs.start()
    try:
        assert done(jobs, jobs.get("left-1")).said == said
        with pytest.raises(InputError, match="意外终止"):
            done(jobs, jobs.get(f"left-{MOST_STARTS}"))
    finally:
        jobs.close()


@pytest.fixture
def idle(path: Path) -> Iterator[Jobs]:
    """The jobs of a second page over a ledger: they wait for the first one's work, which this one never does."""
    first = Jobs(path)
    first._do = lambda key: None  # type: ignore[method-assign]
    first.start()
    second = Jobs(path)
    second.start()
    assert second._held is None
    yield second
    for job in second.store.waiting():
        second.store.end(job.key, "stopped", {})
    first.close()


def test_a_person_has_so_many_jobs_and_keeps_nobody_else_from_theirs(idle: Jobs, work: str) -> None:
    jobs = [idle.begin("redecide", str(number), {"work": work}, "yi") for number in range(MOST_EACH)]
    with pytest.raises(InputError, match="已有 4 个任务"):
        idle.begin("redecide", "one more", {"work": work}, "yi")
    assert idle.begin("redecide", "somebody else", {"work": work}, "bing").open
    idle.stop(jobs[0].key)
    assert idle.begin("redecide", "one more", {"work": work}, "yi").open


def test_the_oldest_of_a_queue_is_next_and_no_queue_waits_for_another(tmp_path: Path) -> None:
    store = JobStore(WorkFolder(tmp_path / "record.db"))
    for key, kind, began in (("b", "decide", 2.0), ("a", "redecide", 1.0), ("c", "season", 0.5)):
        store.add(Job(key, kind, "x", key, {}, f"{key}.own", began=began))
    for key in ("a", "b"):
        assert (store.oldest("short"), store.oldest("long"), store.oldest("warm")) == (key, "c", "")
        assert store.start(key)
    assert (store.oldest("short"), store.start("b")) == ("", False)


@pytest.mark.parametrize("step", ["oldest", "start", "end"])
def test_a_table_that_cannot_be_used_for_a_while_loses_no_job_and_no_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    jobs, failed, whole = Jobs(tmp_path / "record.db"), list[str](), getattr(JobStore, step)

    def locked(*args: Any, **kwargs: Any) -> Any:
        if len(failed) < 2:
            failed.append(step)
            raise InputError([Problem("work_store_unusable", error="database is locked")])
        return whole(*args, **kwargs)

    monkeypatch.setattr(jobs, "_done", lambda _key: ("done", {"made": 1}, []))
    monkeypatch.setattr(JobStore, step, locked)
    try:
        job = done(jobs, jobs.begin("redecide", "x", {}, "jia"))
    finally:
        jobs.close()
    assert (job.said, job.starts, len(failed)) == ({"made": 1}, 1, 2)


def test_an_act_that_is_being_written_is_not_said_to_be_stopped(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path / "record.db")
    for key, kind in (("waits", "issue"), ("acts", "issue"), ("decides", "redecide")):
        jobs.store.add(Job(key, kind, "x", key, {}, f"{key}.own"))
        assert key == "waits" or jobs.store.start(key)
        jobs.stop(key)
    assert [jobs.get(key).state for key in ("waits", "acts", "decides")] == ["stopped", "running", "stopped"]


def test_a_second_page_does_the_work_once_the_first_has_ended(tmp_path: Path) -> None:
    first, second = Jobs(tmp_path / "record.db"), Jobs(tmp_path / "record.db")
    for jobs, held in ((first, True), (second, False)):
        jobs.start()
        assert (jobs._held is not None) is held
    first.close()
    second.start()
    assert second._held is not None
    second.close()


@pytest.mark.slow
def test_the_same_is_not_done_twice(idle: Jobs, path: Path, asked: dict[str, Any]) -> None:
    key = bodies.decide(here(path), asked)["work"]
    number = bodies.hand_in_work(here(path), {"work": key, "by": "jia", "note": "请审核"})["act"]
    desk = Desk(path)
    desk.jobs.close()
    desk.jobs = idle
    first, second = documents_of(desk, number, "jia"), documents_of(desk, number, "yi")
    assert first.key == second.key
    folder = idle.folder.result(first.result)
    folder.mkdir()
    (folder / "said.json").write_text('{"bytes": 1}')
    third = documents_of(desk, number, "yi")
    assert (third.state, third.said, idle.out(third)) == ("done", {"bytes": 1}, folder)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("os.system", '"touch {ran}"'),
        ("redecide", "touch {ran}"),
        ("redecide", '["touch {ran}"]'),
        ("documents", '{{"act": {{"__reduce__": ["os.system", "touch {ran}"]}}}}'),
    ],
)
def test_a_row_that_somebody_wrote_into_the_table_runs_nothing(
    path: Path, work: str, tmp_path: Path, kind: str, said: str
) -> None:
    key, ran, jobs = new_key(), tmp_path / "ran", Jobs(path)
    jobs.start()
    try:
        with closing(sqlite3.connect(jobs.folder.path / "work.db")) as db, db:  # the oldest of all that wait
            row = [key, kind, "x", "xin", said.format(ran=ran), f"{key}.own", "waiting", "{}", "[]", 0, 0.0, None]
            db.execute("INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        done(jobs, jobs.begin("redecide", "x", {"work": work}, "jia"))
        for _ in range(600):
            ((state,),) = jobs.folder.rows("", "jobs", "SELECT state FROM jobs WHERE key = ?", [key])
            if state not in OPEN:
                break
            time.sleep(0.05)
    finally:
        jobs.close()
    assert (ran.exists(), state) == (False, "failed")


def test_a_table_that_somebody_spoilt_is_told_at_the_start(tmp_path: Path) -> None:
    store = JobStore(WorkFolder(tmp_path / "record.db"))
    store.add(Job("spoilt", "redecide", "x", "xin", {}, "spoilt.own"))
    with closing(sqlite3.connect(store.folder.path / "work.db")) as db, db:
        db.execute("UPDATE jobs SET asked = 'no JSON'")
    with pytest.raises(InputError, match="work"):
        Jobs(tmp_path / "record.db").start()


def test_all_of_it_is_its_owners_alone_whatever_the_umask(path: Path, work: str) -> None:
    folder = WorkFolder(path).path
    modes = {file: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
    assert modes.pop(folder / "files") == modes.pop(folder / "results") == stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert set(modes.values()) == {0o600}
    assert {stat.S_IMODE(one.stat().st_mode) for one in (folder / "files").iterdir()} == {0o600}


def test_a_form_is_kept_as_it_is_filled_in(path: Path, asked: Mapping[str, Any]) -> None:
    store = WorkStore(WorkFolder(path))
    said = {"title": "响应", "files": {"list": [asked["files"]["list"]]}}
    store.put_form("jia", said)
    assert WorkStore(WorkFolder(path)).form("jia") == said
    assert store.form("yi") == {}
    assert asked["files"]["list"]["data"] in store.files()
    store.put_form("jia", {})
    assert store.form("jia") == {}


def test_a_person_has_so_many_works_and_none_gives_way(path: Path, work: str) -> None:
    store = WorkStore(WorkFolder(path))
    collected = store.collected(store.get(work).content)
    own = [store.add(str(number), "ding", "丁", collected).key for number in range(MOST)]
    with pytest.raises(InputError, match="先提交或放弃"):
        store.add("one more", "ding", "丁", collected)
    for key in own:
        store.drop(key)


def test_old_files_and_results_go_and_those_in_use_stay(path: Path, work: str) -> None:
    folder = WorkFolder(path)
    store = WorkStore(folder)
    gone = folder.keep(b"of nobody")
    (folder.results / "old").mkdir()
    folder.sweep(store.files(), store.results(), time.time() + 60)
    assert not (folder.path / "files" / gone).exists()
    assert not (folder.results / "old").exists()
    assert len(Works(path).held(work).orders) == LINES


def test_what_two_ask_for_at_once_is_made_once(path: Path) -> None:
    folder, both, made = WorkFolder(path), Barrier(2), list[bytes]()

    def make() -> bytes:
        made.append(b"x")
        with suppress(BrokenBarrierError):
            both.wait(0.1)  # a second one making it would come here too
        return b"x"

    with ThreadPoolExecutor(2) as people:
        files = set(people.map(lambda _: folder.file_once("one", "table", make), range(2)))
    assert ([one.read_bytes() for one in files], made) == ([b"x"], [b"x"])


def test_every_kind_has_a_function_and_files_of_a_question_are_found() -> None:
    assert all(callable(getattr(bodies, kind.body)) for kind in KINDS.values())
    assert files_of({"a": ["f" * 64, {"b": "e" * 64}], "c": 3, "d": "short"}) == {"f" * 64, "e" * 64}


def test_problems_outlive_the_process_that_found_them(path: Path) -> None:
    store = JobStore(WorkFolder(path))
    store.add(Job("told", "decide", "x", "geng", {}, "told.own"))
    problem = Problem("too_many_variants", where="session", most=7)
    assert store.end("told", "failed", {}, [problem])
    held = store.get("told")
    assert held is not None
    assert held.problems == [problem]
    assert not store.end("told", "done", {})


def test_a_step_that_may_not_be_taken_is_refused_with_its_reason(path: Path) -> None:
    signer = Accounts(path).all()["jia"].signer(Right.WORK)
    with pytest.raises(InputError, match="台账中没有这一条"):
        write_record(path, withdraw, 10**18, signer, reason="误")
