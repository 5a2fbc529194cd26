"""What leaves the ledger: exports, the browser; and what comes from an older program."""

from __future__ import annotations

import asyncio
import csv
import gc
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from alertengine.ledger import (
    Head,
    Ledger,
    as_bytes,
    canonical,
    compare_orders,
    export,
    make_key,
    schema,
    sha256,
    sign,
    upgrade,
    verify,
)
from alertengine.ledger.browse import metadata
from alertengine.ledger.browse_queries import QUESTIONS
from alertengine.ledger.canonical_bytes import BEGINNING
from alertengine.vocabulary import MASKED, ORDER_COLUMNS, InputError, Problem, listening
from alertengine.workflow import plain_orders
from tests.ledger.conftest import orders_of

pytestmark = pytest.mark.whole

ROOT = Path(__file__).resolve().parents[2]


def test_the_chain_can_be_checked_from_an_export_alone(small: Path, tmp_path: Path) -> None:
    with Ledger.open(small) as ledger:
        assert export(ledger, "acts", tmp_path / "acts.jsonl") == 3
    before = BEGINNING
    for line in (tmp_path / "acts.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        assert row["content"]["previous"] == before
        before = sha256(as_bytes(canonical(row["content"])))
        assert before == row["hash"]


def test_orders_go_out_with_their_act_and_without_persons(small: Path, tmp_path: Path) -> None:
    with Ledger.open(small) as ledger:
        assert export(ledger, "orders", tmp_path / "o.csv") == 6
        assert export(ledger, "orders", tmp_path / "p.jsonl", [ledger.act(2)], personal=True) == 3
        hashes = {str(act.act): act.hash for act in ledger.acts()}
    with (tmp_path / "o.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[-len(ORDER_COLUMNS) :] == list(ORDER_COLUMNS)
    assert all(row["act_hash"] == hashes[row["act"]] for row in rows)
    assert {row["act"]: row["corrected_by"] for row in rows} == {"1": "2", "2": ""}
    assert [row["enterprise"] for row in rows[:3]] == ["合成企业0", MASKED, "合成企业2"]
    lines = [json.loads(line) for line in (tmp_path / "p.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["enterprise"] for line in lines] == ["合成企业0", "合成企业1", "合成企业2"]
    assert lines[2]["so2_kg_d"] == 2 / 7


def test_other_tables_and_empty_ones_go_out_too(small: Path, tmp_path: Path) -> None:
    with Ledger.open(small) as ledger:
        assert export(ledger, "warnings", tmp_path / "w.csv") == 2
        assert export(ledger, "deliveries", tmp_path / "d.csv") == 2
        assert export(ledger, "acts", tmp_path / "a.csv") == 3
        table = pd.read_csv(tmp_path / "a.csv")
        assert list(table["orders"].fillna(0)) == [3, 3, 0]
        for what, name in (("nothing", "x.csv"), ("orders", "x.xlsx")):
            with pytest.raises(InputError, match=r"no act has such a table|unknown suffix"):
                export(ledger, what, tmp_path / name)
    assert not list(tmp_path.glob("x.*"))


# -- the browser


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="modes of POSIX")
def test_a_ledger_and_a_key_that_others_could_read_are_taken_from_them(small: Path, tmp_path: Path) -> None:
    """What an earlier program had left open to all stayed so."""
    key = tmp_path / "ck"
    make_key(key)
    for path in (small, key):
        path.chmod(0o644)
    with listening() as heard:
        for _ in range(2):
            with Ledger.writable(small) as ledger:
                sign(ledger, key)
    assert [one.file for one in heard] == [str(small), str(key)]
    assert [path.stat().st_mode & 0o777 for path in (small, key)] == [0o600, 0o600]
    assert {path.stat().st_mode & 0o077 for path in tmp_path.glob("small.db*")} == {0}


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="modes of POSIX")
def test_a_ledger_of_another_owner_or_only_read_keeps_its_mode(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small.chmod(0o644)
    Ledger.open(small).close()
    with monkeypatch.context() as other:
        mine = os.geteuid()
        other.setattr(os, "geteuid", lambda: mine + 1)
        Ledger.writable(small).close()
    assert small.stat().st_mode & 0o777 == 0o644


@pytest.fixture
def ask(small: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Asks the browser's pages in process: status and text."""
    database = pytest.importorskip("datasette.database", reason="the extra alertengine[browse]").Database
    from alertengine.ledger import application

    opened: list[sqlite3.Connection] = []
    connect = database.connect

    def kept(self: Any, *, write: bool = False) -> sqlite3.Connection:
        opened.append(connect(self, write=write))
        return opened[-1]

    monkeypatch.setattr(database, "connect", kept)
    made = application(small)

    async def one(path: str) -> tuple[int, str]:
        answer = await made.client.get(path)
        return answer.status_code, answer.text

    yield lambda path: asyncio.run(one(path))
    for connection in opened:  # Datasette closes those of files alone
        connection.close()
    gc.collect()  # and never the one by which it looks for JSON: told here, where warnings are let be


@pytest.mark.filterwarnings("ignore")
def test_the_pages_are_in_chinese_and_say_what_columns_mean(ask: Any) -> None:
    status, page = ask("/ledger")
    assert status == 200
    assert all(question.title in page for question in QUESTIONS)
    status, page = ask("/ledger/orders")
    assert status == 200
    assert "减排措施" in page
    assert "合成企业0" in page
    assert MASKED in page
    status, page = ask("/ledger/acts")
    assert "签发" in page


def test_every_table_of_the_browser_has_its_title_words_and_facets() -> None:
    said = metadata()["databases"]["ledger"]
    shown = {name: one for name, one in said["tables"].items() if "title" in one}
    assert {name: (one["title"], one["facets"]) for name, one in shown.items()} == {
        "acts": ("台账", ["kind", "approved_by"]),
        "orders": ("指令", ["city", "industry", "process", "grade", "effective_grade", "level", "status"]),
        "warnings": ("预警", ["city", "action", "level"]),
        "inputs": ("所依据的文件", ["act"]),
    }
    hidden = {name: one for name, one in said["tables"].items() if name not in shown}
    assert hidden == {
        **{name: {"hidden": True} for name in ("texts", "order_rows", "part_rows", "parts", "snapshots", "identity")},
        "personal": {"hidden": True, "allow": False},
    }
    assert {one["sort_desc"] for one in shown.values()} == {"act"}
    assert shown["inputs"]["description_html"].startswith("<p>规则、清单、预报的快照</p><details>")
    assert "<dt><strong>path</strong></dt><dd>文件</dd>" in shown["inputs"]["description_html"]
    assert (
        "<dt><strong>level</strong></dt><dd>预警级别：none＝无预警、yellow＝黄色" in shown["orders"]["description_html"]
    )
    assert "<dd>行号</dd>" in shown["orders"]["description_html"]
    assert (said["allow_sql"], said["title"]) == (False, "预警与指令台账")
    assert all(one["hide_sql"] for one in said["queries"].values())
    assert '<a href="ledger/warnings">预警</a>' in said["description_html"]


@pytest.mark.filterwarnings("ignore")
def test_every_question_has_an_answer(ask: Any) -> None:
    given = "moment=2021-01-11+08:00&enterprise_id=91000000HC00000000"
    for question in QUESTIONS:
        status, text = ask(f"/ledger/{question.name}.json?_shape=array&{given}")
        assert status == 200, (question.name, text)
        rows = json.loads(text)
        assert rows or question.name in {"no-ground", "to-verify"}, question.name
        for row in rows:
            assert all(any("\u4e00" <= letter <= "\u9fff" for letter in name) for name in row), row


@pytest.mark.filterwarnings("ignore")
def test_the_browser_shows_no_person_and_takes_no_sql(ask: Any) -> None:
    assert ask("/ledger/personal")[0] == 403
    assert ask("/ledger/personal.json")[0] == 403
    assert ask("/ledger.json?sql=select+*+from+personal")[0] == 403
    assert ask("/ledger/PERSONAL")[0] >= 400
    assert "personal" not in {table["name"] for table in json.loads(ask("/ledger.json")[1])["tables"]}
    for page in ("/ledger/orders.json?_size=max", "/ledger/part_rows.json?_size=max", "/ledger/texts.json?_size=max"):
        assert "李某某" not in ask(page)[1]
        assert "合成企业1" not in ask(page)[1]


@pytest.mark.filterwarnings("ignore")
def test_the_browser_shows_what_is_recorded_while_it_runs(ask: Any, small: Path) -> None:
    def shown() -> tuple[list[str], int]:
        count = next(one["count"] for one in json.loads(ask("/ledger.json")[1])["tables"] if one["name"] == "acts")
        return [row["title"] for row in json.loads(ask("/ledger/acts.json?_shape=array")[1])], count

    (titles, count) = shown()
    with Ledger.writable(small) as ledger:
        ledger.append("delivery", Head("又一次送达"))
    assert shown() == (["又一次送达", *titles], count + 1)


@pytest.mark.filterwarnings("ignore")
def test_the_browser_lends_out_nothing_and_its_own_connections_read_no_person(ask: Any, small: Path) -> None:
    assert ask("/ledger.db")[0] in {403, 404}, "the file itself"
    pytest.importorskip("datasette")
    from alertengine.ledger import application

    made = application(small)
    asked = ("allow_download", "suggest_facets", "sql_time_limit_ms", "facet_time_limit_ms", "default_facet_size")
    assert [made.setting(name) for name in asked] == [False, False, 10_000, 3_000, 12]
    assert "_memory" not in made.databases
    with closing(made.databases["ledger"].connect()) as connection:
        assert connection.execute("PRAGMA trusted_schema").fetchone() == (0,)
        with pytest.raises(sqlite3.DatabaseError, match="prohibited"):
            connection.execute("SELECT value FROM personal")
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("DELETE FROM acts")


def test_nothing_that_the_browser_asks_reads_the_table_of_people(small: Path) -> None:
    from alertengine.ledger.browse import _without_people

    with closing(sqlite3.connect(small)) as db:
        db.set_authorizer(_without_people)
        for sql in (
            "SELECT value FROM personal",
            "SELECT p.salt FROM PERSONAL p",
            "SELECT count(kind) FROM main.personal",
        ):
            with pytest.raises(sqlite3.DatabaseError, match="prohibited"):
                db.execute(sql)
        assert db.execute("SELECT count(personal) FROM inputs").fetchone() == (1,)


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1:8001", 200), ("localhost", 200), ("[::1]:8001", 200), ("evil.example", 421),
     ("127.0.0.1.evil:8001", 421), ("", 421), ("localhost:evil", 421)],
)  # fmt: skip
def test_the_browser_answers_its_own_host_alone(host: str, status: int) -> None:
    from alertengine.ledger.browse import own_host

    sent: list[Any] = []

    async def app(asked: Any, receive: Any, send: Any) -> None:
        assert (asked, receive) == (scope, "receive")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": "台账".encode()})

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "headers": [(b"host", host.encode())]}
    asyncio.run(own_host(app)(scope, "receive", send))
    assert sent[0]["status"] == status
    assert sent[1]["body"].decode() == ("台账" if status == 200 else "此服务不以该主机名提供")


# -- an older layout

#: SHA-256 over the statements of the layout of each version, as they stand in files on disk.
VERSIONS = (
    "1e5f9fcc6004f2459da655ed96be578b3e46ff0e9fe591103305e6419135ce7c",
    "1e577e5dc2ba6dc3f630d651526ee9c55f4de3e26b0351711a318b77cb970c63",
    "d9f13100ee5c652eba57fac929c062eae1051b759b13b158999b783d1b252b70",
)


def _further_layout(db: Any) -> None:
    """A layout that does not exist: one table more, one column more."""
    db.conn.execute("CREATE TABLE seals (act INTEGER PRIMARY KEY REFERENCES acts(act), office TEXT) STRICT")
    db.conn.execute("DROP TRIGGER snapshots_keep")
    db.conn.execute("ALTER TABLE snapshots ADD COLUMN kind TEXT NOT NULL DEFAULT ''")
    db.conn.execute("UPDATE snapshots SET kind = 'file'")


def test_an_older_ledger_is_upgraded_with_its_acts_unchanged(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Ledger.open(small) as ledger:
        before, orders = ledger.acts(), ledger.orders(2)
    current = schema.current()
    monkeypatch.setattr(schema, "STEPS", [*schema.STEPS, _further_layout])
    with pytest.raises(InputError, match="an older layout"):
        Ledger.writable(small)
    assert verify(small).sound
    act, copy = upgrade(small, "科长 乙")
    assert (act.act, act.kind, act.head["from"], act.head["to"]) == (4, "upgrade", current, current + 1)
    with Ledger.open(small) as ledger:
        assert ledger.acts()[:3] == before
        pd.testing.assert_frame_equal(ledger.orders(2), orders)
    assert verify(small).sound, verify(small).defects
    with pytest.raises(InputError, match="nothing to upgrade"):
        upgrade(small, "科长 乙")
    monkeypatch.undo()
    with pytest.raises(InputError, match="newer program"):
        Ledger.open(small)
    assert verify(copy).sound


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_layout_stays_as_it_was_written(version: int) -> None:
    """A layout that files on disk have never changes: what is new is a further step."""
    made = schema.expected_objects(version)
    said = "\n".join("" if sql == "None" else sql for _, sql in sorted(made.items()))
    assert sha256(said.encode()) == VERSIONS[version - 1]
    assert schema.current() == len(VERSIONS)


def test_orders_of_the_first_layout_are_read_with_the_flags_their_remarks_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, old = tmp_path / "old.db", orders_of(3).drop(columns="flags")
    old["remark"] = ["预警措施依据缺失；有效期未载明", "减排比例为下限", "备案措施：停产"]
    with monkeypatch.context() as then:
        then.setattr(schema, "STEPS", schema.STEPS[:1])
        then.setattr("alertengine.ledger._append.ORDERS_2", schema.ORDERS_1)
        then.setattr("alertengine.ledger._append.FORMAT", 1)
        with Ledger.writable(path) as ledger:
            before = ledger.append("issue", Head("例"), {"orders": old})
    upgrade(path, "科长 乙")
    assert verify(path).sound, verify(path).defects
    with Ledger.writable(path) as ledger:
        assert ledger.act(1) == before
        assert list(ledger.orders(1).columns) == list(schema.ORDERS_1)
        assert plain_orders(ledger.orders(1), 1)["flags"].tolist() == ["no_ground", "lower_bound", ""]
        new = orders_of(3)
        ledger.append("issue", Head("例"), {"orders": new})
        assert {one.column for one in compare_orders(ledger.orders(1), ledger.orders(3))} <= {"remark"}
        flags = [row[0] for row in ledger.db.conn.execute("SELECT flags FROM orders ORDER BY act, row")]
        assert flags == [None] * 3 + ["ground_rule"] * 3
        export(ledger, "orders", tmp_path / "o.csv")
    with (tmp_path / "o.csv").open(encoding="utf-8", newline="") as file:
        assert [row["flags"] for row in csv.DictReader(file)] == ["", "", "", *["ground_rule"] * 3]
    assert verify(path).sound


@pytest.mark.parametrize(
    ("sql", "ask"),
    [
        ("", lambda path: upgrade(path, "科长 乙")),
        ("CREATE TABLE acts (act INTEGER)", lambda path: upgrade(path, "科长 乙")),
        ("CREATE TABLE acts (act INTEGER)", Ledger.writable),
    ],
)
def test_a_database_of_another_program_stays_as_it_is(tmp_path: Path, sql: str, ask: Callable[[Path], object]) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(sql)
    path.chmod(0o644)
    before = path.read_bytes()
    with pytest.raises(InputError) as refused:
        ask(path)
    assert [(one.code, one.file) for one in refused.value.problems] == [("not_a_ledger", str(path))]
    assert path.read_bytes() == before
    assert path.stat().st_mode & 0o777 == 0o644
    assert [one.name for one in tmp_path.iterdir()] == ["other.db"]


def test_an_upgrade_that_fails_leaves_the_ledger_as_it_was(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(db: Any) -> None:
        _further_layout(db)
        raise InputError([Problem("no_such_act", value="broken", last=1)])

    monkeypatch.setattr(schema, "STEPS", [*schema.STEPS, broken])
    with pytest.raises(InputError, match="broken"):
        upgrade(small, "科长 乙")
    monkeypatch.undo()
    assert verify(small).sound
    assert verify(small).acts == 3


# -- under stress
@pytest.mark.slow
def test_a_killed_writer_leaves_whole_acts(tmp_path: Path) -> None:
    script = Path(__file__).with_name("kill_rounds.py")
    command = [sys.executable, str(script), "--rounds", "8", "--seed", "3"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "'rounds': 8" in done.stdout


@pytest.mark.slow
def test_a_file_that_may_not_grow_is_said(small: Path, tmp_path: Path) -> None:
    """The system refuses to write further, as on a full disk or quota."""
    program = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from alertengine.vocabulary.problems import InputError\n"
        "from alertengine.ledger.act import Head\n"
        "from alertengine.ledger.store import Ledger\n"
        "from tests.ledger.conftest import orders_of\n"
        "path = Path(sys.argv[1])\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "with Ledger.writable(path) as ledger:\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 8192,) * 2)\n"
        "    try:\n"
        "        ledger.append('issue', Head('例'), {'orders': orders_of(3000)})\n"
        "    except InputError as error:\n"
        "        print(error)\n"
    )
    command = [sys.executable, "-c", program, str(small)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "nothing was written" in done.stdout
    assert verify(small).sound
    assert verify(small).acts == 3
