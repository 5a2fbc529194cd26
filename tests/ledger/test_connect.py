"""A connection to a file: what is refused before SQLite is asked, and what is done where it cannot read."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from alertengine.ledger import connect as module
from alertengine.ledger import verify
from alertengine.ledger.connect import _probed, connect, hidden_log, tidy, writing
from alertengine.vocabulary import InputError


@pytest.mark.parametrize(
    ("name", "write", "code"),
    [("none.db", False, "no_ledger_file"), ("none/r.db", True, "no_ledger_folder"), (".", False, "no_ledger_file")],
)
def test_what_is_not_there_is_refused_by_its_name(tmp_path: Path, name: str, write: bool, code: str) -> None:
    path = tmp_path / name
    with pytest.raises(InputError) as found:
        connect(path, write=write)
    [problem] = found.value.problems
    assert (problem.code, problem.file) == (code, str(path))
    assert list(tmp_path.iterdir()) == []


def test_an_older_sqlite_is_refused_with_both_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OLDEST_SQLITE", (99, 1, 0))
    with pytest.raises(InputError) as found:
        connect(tmp_path / "r.db", write=True)
    [problem] = found.value.problems
    assert (problem.code, problem.file, problem.value) == (
        "sqlite_too_old",
        str(tmp_path / "r.db"),
        sqlite3.sqlite_version,
    )
    assert "99.1.0" in str(problem)
    assert list(tmp_path.iterdir()) == []


def test_a_layout_that_cannot_be_read_is_a_change(small: Path) -> None:
    data = bytearray(small.read_bytes())
    data[100] = 0xFF  # the kind of the page on which the layout stands
    small.write_bytes(data)
    found = verify(small)
    assert [(one.kind, one.act, one.table) for one in found.defects] == [("changed", None, "pages")]


def failing(code: int | None) -> Mock:
    """A connection whose first question fails with a code of SQLite; None: it does not."""
    error = sqlite3.OperationalError("no")
    if code is not None:
        error.sqlite_errorcode = code
    return Mock(execute=Mock(side_effect=None if code is None else error))


@pytest.mark.parametrize(
    ("code", "opened", "closed"),
    [
        (None, [], False),
        (sqlite3.SQLITE_READONLY, ["r.db?mode=rw"], False),
        (sqlite3.SQLITE_READONLY | 2 << 8, ["r.db?mode=rw"], False),
        (sqlite3.SQLITE_CANTOPEN, ["r.db?mode=ro&immutable=1"], True),
        (sqlite3.SQLITE_CORRUPT, [], False),
    ],
)
def test_what_a_killed_writer_left_is_taken_back_and_a_closed_folder_read_as_it_is(
    monkeypatch: pytest.MonkeyPatch, code: int | None, opened: list[str], closed: bool
) -> None:
    others: list[Any] = []
    monkeypatch.setattr(
        module, "_opened", lambda address, busy: others.append(Mock(said=(address, busy))) or others[-1]
    )
    first = failing(code)
    found = _probed(first, "r.db", 2.5)
    assert [one.said for one in others] == [(address, 2.5) for address in opened]
    assert found is (others[0] if closed else first)
    first.execute.assert_called_once()
    assert first.close.called == closed
    for other in others:
        assert other.execute.called != closed, "what is mended is asked once"
        assert other.close.called != closed


@pytest.mark.parametrize(
    ("log", "code", "hidden"),
    [
        (None, sqlite3.SQLITE_CANTOPEN, False),
        (b"", sqlite3.SQLITE_CANTOPEN, False),
        (b"x", sqlite3.SQLITE_CANTOPEN, True),
        (b"x", sqlite3.SQLITE_BUSY, False),
        (b"x", None, False),
    ],
)
def test_acts_in_a_log_are_hidden_where_it_cannot_be_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: bytes | None, code: int | None, hidden: bool
) -> None:
    path = tmp_path / "r.db"
    if log is not None:
        path.with_name("r.db-wal").write_bytes(log)
    opened = Mock(return_value=failing(code))
    monkeypatch.setattr(module, "_opened", opened)
    assert hidden_log(path) is hidden
    assert [one.args[0] for one in opened.call_args_list] == [f"{path.as_uri()}?mode=ro"] * bool(log)


@pytest.mark.parametrize(("log", "looked"), [(None, False), (b"", True), (b"x", False)])
@pytest.mark.parametrize("code", [None, sqlite3.SQLITE_BUSY])
def test_an_empty_log_is_tidied_away_where_nobody_else_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: bytes | None, looked: bool, code: int | None
) -> None:
    path = tmp_path / "r.db"
    if log is not None:
        path.with_name("r.db-wal").write_bytes(log)
    last = failing(code)
    opened = Mock(return_value=last)
    monkeypatch.setattr(module, "_opened", opened)
    tidy(path)
    assert [one.args for one in opened.call_args_list] == [(f"{path.as_uri()}?mode=rw", 0.0)] * looked
    assert (last.execute.called, last.close.called) == (looked, looked)


@pytest.mark.parametrize(("version", "told"), [((3, 12), [("defensive", True), ("trusted", False)]), ((3, 11, 9), [])])
def test_sqlite_is_told_to_distrust_a_layout_where_python_can(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...], told: list[tuple[str, bool]]
) -> None:
    monkeypatch.setattr(module, "sys", SimpleNamespace(version_info=version))
    monkeypatch.setattr(sqlite3, "SQLITE_DBCONFIG_DEFENSIVE", "defensive", raising=False)
    monkeypatch.setattr(sqlite3, "SQLITE_DBCONFIG_TRUSTED_SCHEMA", "trusted", raising=False)
    connection = Mock()
    module._harden(connection)
    assert [one.args for one in connection.setconfig.call_args_list] == told


def _lost(db: Any) -> None:
    with writing(db):
        db.conn.execute("INSERT INTO t VALUES (1)")
        raise ValueError("boom")


def test_a_transaction_is_all_of_it_or_nothing(tmp_path: Path) -> None:
    db = connect(tmp_path / "r.db", write=True)
    try:
        with writing(db):
            db.conn.execute("CREATE TABLE t (a)")
        assert not db.conn.in_transaction
        with pytest.raises(ValueError, match="boom"):
            _lost(db)
        assert not db.conn.in_transaction
        assert db.conn.execute("SELECT count(*) FROM t").fetchone() == (0,)
        settings = {name: db.conn.execute(f"PRAGMA {name}").fetchone()[0] for name in (
            "journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "secure_delete", "trusted_schema",
            "cell_size_check", "temp_store",
        )}  # fmt: skip
    finally:
        db.close()
    assert settings == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1, "secure_delete": 1,
        "trusted_schema": 0, "cell_size_check": 1, "temp_store": 2,
    }  # fmt: skip
