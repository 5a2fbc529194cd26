"""The commands: messages, tables and exit statuses."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.ledger import Ledger
from alertengine.workflow import Correction, Prepared, record
from tests.cli.made import runner
from tests.ledger.conftest import HEADER, LINES, SIGNED
from tests.ledger.test_verify import columns, tamper

ROLES = ["--drafted-by", "办公室 甲", "--reviewed-by", "科长 乙", "--approved-by", "市长 丙"]


run = runner("ledger")


@pytest.fixture(scope="module")
def _record(tmp_path_factory: pytest.TempPathFactory, prepared: Prepared) -> Path:
    path = tmp_path_factory.mktemp("commands") / "record.db"
    with Ledger.writable(path) as ledger:
        record(ledger, prepared, SIGNED)
        record(ledger, prepared, SIGNED, Correction(1, "清单有误"))
    return path


@pytest.fixture
def book(_record: Path, tmp_path: Path) -> Path:
    """A ledger of two acts."""
    return Path(shutil.copy(_record, tmp_path / "record.db"))


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    path = tmp_path / "l.csv"
    path.write_text("\n".join([HEADER, *LINES]) + "\n", encoding="utf-8")
    return path


@pytest.mark.usefixtures("quick")
def test_issue_from_a_list(tmp_path: Path, listed: Path) -> None:
    path = tmp_path / "new.db"
    options = ["--list", listed, "--level", "red", "--date", "2021-01-10", *ROLES, "--json"]
    done = run("issue", path, *options)
    assert done.exit_code == 1, "no procedure on file says who approves"
    assert "程序未录入" in done.stderr
    [row] = json.loads(done.stdout)
    assert (row["act"], row["title"]) == (1, "2021-01-10 红色减排指令")
    assert run("verify", path).exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["2020-01-22-province", "--level", "red"], "a scenario says this itself"),
        (["--level", "red"], "nothing to issue"),
        (["no-such-scenario"], "a shipped scenario"),
        (["--list", "none.csv", "--level", "red", "--date", "2021-01-10"], "cannot be read"),
    ],
)
def test_issue_without_a_run_is_refused_and_nothing_written(tmp_path: Path, words: list[str], said: str) -> None:
    done = run("issue", tmp_path / "new.db", *words, *ROLES)
    assert done.exit_code == 2
    assert said in done.stderr
    assert not list(tmp_path.iterdir())


def test_log_show_and_diff(book: Path) -> None:
    rows = json.loads(run("log", book, "--json").stdout)
    assert [(row["act"], row["corrects"], row["corrected_by"], row["orders"]) for row in rows] == [
        (1, None, 2, 3),
        (2, 1, None, 3),
    ]
    assert "清单有误" in run("show", book, 2).stdout
    said = json.loads(run("show", book, 1, "--json").stdout)
    assert said["head"]["versions"]["alertengine"]
    assert {one["file"] for one in said["inputs"]} >= {"list/l.csv", "list-public/l.csv"}
    who = ["--personal", "--by", "科长 乙", "--reason", "送达"]
    masked, plain = (run("show", book, 1, "--table", "orders", "--json", *more).stdout for more in ([], who))
    assert "乙某合成砖厂" not in masked
    assert "乙某合成砖厂" in plain
    assert json.loads(run("diff", book, 1, 2, "--json").stdout) == []


def test_replay_and_explain(book: Path) -> None:
    done = run("replay", book, 2)
    assert done.exit_code == 0
    assert "act 2: 3 orders, identical" in done.stderr
    chinese = CliRunner().invoke(main, ["--lang", "zh", "ledger", "replay", str(book), "2"])
    assert chinese.stderr == "第2号：3条指令，逐字节相同\n"
    done = run("explain", book, 1, "--line", "91000000HC0000001B/1")
    assert done.exit_code == 0
    assert "甲合成水泥厂" in done.stdout
    assert run("explain", book, 1, "--line", "nothing").exit_code == 2


@pytest.mark.parametrize("act", [1, 2, 3])
def test_an_act_without_the_files_it_rests_on_is_not_replayed(small: Path, act: int) -> None:
    """Two issues that another program wrote, and a delivery."""
    done = CliRunner().invoke(main, ["--lang", "zh", "ledger", "replay", str(small), str(act)])
    kind = "delivery" if act == 3 else "issue"
    said = f"第{act}号没有可重新计算的指令（现为“{kind}”）；应为连同所依据文件一并记录的issue类的一条"
    assert (done.exit_code, said in done.stderr) == (2, True)


def test_verify_says_what_changed(book: Path) -> None:
    done = run("verify", book)
    assert done.exit_code == 0
    assert "2 acts, unchanged" in done.stderr
    db = sqlite3.connect(book)
    db.execute("DROP TRIGGER acts_keep")
    db.execute("UPDATE acts SET approved_by = '副市长 丁' WHERE act = 1")
    db.commit()
    db.close()
    done = run("verify", book, "--json")
    assert done.exit_code == 1
    assert {(row["act"], row["table"]) for row in json.loads(done.stdout)} == {(None, "layout"), (1, "acts")}


def test_checkpoints_from_the_command_line(book: Path, tmp_path: Path) -> None:
    pytest.importorskip("cryptography", reason="the extra alertengine[sign]")
    key, file = tmp_path / "key", tmp_path / "ck.json"
    assert run("keygen", "-o", key).exit_code == 0
    assert run("checkpoint", book, "--key", key, "-o", file).exit_code == 0
    done = run("verify", book, "--checkpoint", file, "--key", f"{key}.pub")
    assert done.exit_code == 0
    assert "the key given" in done.stderr
    assert "not compared with a known key" in run("verify", book, "--checkpoint", file).stderr
    assert run("checkpoint", book, "--key", file, "-o", tmp_path / "no.json").exit_code == 2
    assert not (tmp_path / "no.json").exists()


def test_export_retention_and_erase(book: Path, tmp_path: Path) -> None:
    assert run("export", book, "-o", tmp_path / "o.csv").exit_code == 0
    assert len((tmp_path / "o.csv").read_text(encoding="utf-8").splitlines()) == 7
    done = run("retention", book, "--date", "2021-06-01", "--json")
    assert done.exit_code == 1
    assert "归档保存期限未录入" in done.stderr
    words = ["--before", "2030-01-01", "--reason", "期满", "--approved-by", "局长 戊"]
    done = run("erase", book, *words)
    assert done.exit_code == 1
    assert run("verify", book).exit_code == 0
    assert run("erase", book, *words).exit_code == 2
    assert run("upgrade", book, "--approved-by", "某").exit_code == 2


READING = (
    ["log"],
    ["show", 1],
    ["show", 1, "--table", "orders"],
    ["export", "-o", "x.csv"],
    ["diff", 1, 2],
    ["replay", 1],
)


@pytest.mark.parametrize("seed", range(10))
def test_a_changed_ledger_never_makes_a_traceback(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.chdir(tmp_path)
    how = random.Random(seed)
    every = [one for one in columns(book) if one[0] != "order_rows"]
    for _ in range(3):
        tamper(book, *how.choice(every), how)
    for words in how.sample(READING, 3):
        done = run(words[0], book, *words[1:])
        assert done.exception is None or isinstance(done.exception, SystemExit), (words, done.exception)
        assert done.exit_code in {0, 1, 2}
    assert run("verify", book).exit_code == 1


COMMANDS = [
    ["log"],
    ["show", 1],
    ["show", 9],
    ["explain", 1, "--line", "x"],
    ["diff", 1, 2],
    ["verify"],
    ["replay"],
    ["export", "-o", "x.csv"],
    ["browse"],
    ["retention"],
    ["erase", "--before", "2030-01-01", "--reason", "x", "--approved-by", "x"],
    ["upgrade", "--approved-by", "x"],
    ["checkpoint", "--key", "k", "-o", "x.json"],
]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: str(words[0]))
@pytest.mark.parametrize("content", [None, b"", b"no database " * 900, b"SQLite format 3\0" + bytes(9000)])
def test_what_cannot_be_read_is_one_message_and_exit_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[object], content: bytes | None
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("x.db")
    if content is not None:
        path.write_bytes(content)
    done = run(words[0], path, *words[1:])
    assert done.exit_code == 2, done.output
    assert "x.db" in done.stderr
    assert "Traceback" not in done.output
    assert {file.name for file in tmp_path.iterdir()} <= {"x.db"}


def test_who_sees_persons_is_on_record(book: Path, tmp_path: Path) -> None:
    output = tmp_path / "o.csv"
    for words in (["show", book, 1, "--table", "orders"], ["export", book, "-o", output]):
        for who in ([], ["--by", "科长 乙"], ["--reason", "送达", "--by", " "]):
            refused = run(*words, "--personal", *who)
            assert refused.exit_code == 2
            assert "shown to a named person for a reason" in refused.stderr
            assert "乙某" not in refused.stdout
    assert not output.exists()
    assert run("show", book, 9, "--table", "orders", "--personal", "--by", "甲", "--reason", "误").exit_code == 2
    with Ledger.open(book) as ledger:
        assert not ledger.acts("access"), "nothing was shown"
    assert (
        run("export", book, "-o", output, "--act", 2, "--personal", "--by", "科长 乙", "--reason", "送达").exit_code
        == 0
    )
    assert "乙某合成砖厂" in output.read_text(encoding="utf-8")
    with Ledger.open(book) as ledger:
        [act] = ledger.acts("access")
    assert (act.drafted_by, act.reason) == ("科长 乙", "送达")
    assert dict(act.head) == {"what": "export orders", "acts": [2]}
    assert run("verify", book).exit_code == 0
