"""Signing in needs no ledger, and what one person changes another does not undo unseen."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from alertengine.ledger import Head, Ledger, Personal, verify, writing
from alertengine.vocabulary import InputError
from alertengine.vocabulary import times as clock
from alertengine.web.account_store import AccountStore, Event
from alertengine.web.accounts import Account, Accounts
from alertengine.web.private_db import private_db
from alertengine.web.roles import Right, Role, rights_of

NEW = "a long enough one 7"


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    """A keeper and an officer with passwords of their own."""
    made = Accounts(tmp_path / "record.db")
    first = made.begin()
    assert first
    made.choose("admin", first, NEW)
    made.choose("jia", made.create(officer(), "管理员"), NEW)
    return made


def officer(user: str = "jia", name: str = "甲", *roles: Role) -> Account:
    return Account(user, name, "办公室", frozenset(roles or {Role.OFFICER}))


def titles(accounts: Accounts) -> list[str]:
    with Ledger.open(accounts.path) as ledger:
        return [act.title for act in ledger.acts()]


# -- the ledger closes no door


@pytest.mark.parametrize("hindrance", ["locked", "clock", "gone"])
def test_signing_in_and_a_new_password_need_no_ledger(
    accounts: Accounts, hindrance: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = titles(accounts)
    if hindrance == "clock":
        earlier = clock.now() - timedelta(days=1)
        monkeypatch.setattr(clock, "now", lambda: earlier)
    if hindrance == "gone":
        accounts.path.rename(accounts.path.with_name("away.db"))
        accounts.path.mkdir()
    held = accounts.path.with_name("away.db") if hindrance == "gone" else accounts.path
    with Ledger.writable(held) as ledger, writing(ledger.db) if hindrance == "locked" else nullcontext():
        assert accounts.verify("jia", NEW)
        accounts.note("signin", "登录", "办公室 甲")
        accounts.choose("jia", NEW, NEW + "8")
        assert accounts.verify("jia", NEW) is None
        assert accounts.verify("jia", NEW + "8")
        assert accounts.mirror.pending() == 2
        assert accounts.mirror.held_up is not None
    if hindrance == "gone":
        accounts.path.rmdir()
        accounts.path.with_name("away.db").rename(accounts.path)
    assert titles(accounts) == before
    accounts.mirror.write(clock_reason="台账末条记录时时钟偏快")
    assert titles(accounts) == [*before, "登录", "账号 jia 设定密码"]
    assert accounts.mirror.pending() == 0
    assert verify(accounts.path).sound
    if hindrance == "clock":
        with Ledger.writable(accounts.path) as ledger:
            assert ledger.append("delivery", Head("送达")), "the clock is right on record"


def test_a_store_that_cannot_be_written_keeps_nobody_out(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts.all()

    def full(*_: object) -> None:
        raise InputError([])

    with monkeypatch.context() as patch:
        patch.setattr(AccountStore, "note", full)
        patch.setattr(AccountStore, "rows", full)
        accounts.note("signin", "登录", "办公室 甲")
        assert accounts.verify("jia", NEW)
    accounts.mirror.write(clock_reason="再试")
    assert titles(accounts)[-1] == "登录"


def test_an_event_is_on_record_once_though_the_page_died_in_between(accounts: Accounts) -> None:
    event = Event("e1", "signin", "登录", "办公室 甲")
    accounts.store.note(event)
    accounts.mirror.write()
    with closing(sqlite3.connect(accounts.store.path)) as db, db:
        assert db.execute("SELECT content FROM events WHERE id = 'e1'").fetchone() == ("",)
    again = AccountStore(accounts.path.with_name("other.db"))
    again.note(event)
    accounts.mirror.store = again
    accounts.mirror.write()
    assert titles(accounts).count("登录") == 1
    assert again.pending() == []


# -- compare and set


def test_a_closed_account_stays_closed(accounts: Accounts) -> None:
    seen = accounts.all()["jia"]
    accounts.change(replace(seen, active=False), "管理员")
    with pytest.raises(InputError, match="已在此期间变更"):
        accounts.change(replace(seen, office="另一处"), "另一管理员")
    assert not accounts.all()["jia"].active


def test_a_password_chosen_while_the_account_is_closed_does_not_open_it(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashing = accounts._hasher.hash

    def meanwhile(password: str) -> str:
        monkeypatch.undo()
        monkeypatch.setenv("ALERTENGINE_LANG", "zh")
        accounts.change(replace(accounts.all()["jia"], active=False), "管理员")
        return hashing(password)

    monkeypatch.setattr(type(accounts._hasher), "hash", lambda _, password: meanwhile(password))
    with pytest.raises(InputError, match="已在此期间变更"):
        accounts.choose("jia", NEW, NEW + "8")
    assert not accounts.all()["jia"].active
    assert accounts.verify("jia", NEW + "8") is None


def test_an_old_one_time_password_stays_dead(accounts: Accounts) -> None:
    seen = accounts.all()["jia"]
    once = accounts.reset("jia", "管理员")
    accounts.choose("jia", once, NEW)
    with pytest.raises(InputError, match="已在此期间变更"):
        accounts.change(replace(seen, name="甲甲"), "管理员")
    assert accounts.verify("jia", once) is None
    assert not accounts.all()["jia"].must_change


def test_accounts_of_an_older_ledger_are_taken_over_once(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    other = Accounts(tmp_path / "other.db")
    other.begin()
    hashed = other._hasher.hash(NEW)
    columns = ["user", "name", "office", "roles", "active", "password", "must_change"]
    rows = [["jia", "甲", "处", "keeper", "yes", Personal("$old"), "yes"],
            ["jia", "甲", "处", "keeper", "yes", Personal(hashed), "no"]]  # fmt: skip
    with Ledger.writable(path) as ledger:
        for row in rows:
            table = pd.DataFrame([row], columns=columns, dtype="object")
            table["password"] = pd.Series([row[5]], dtype="object")
            ledger.append("account", Head("账号"), {"account": table})
    accounts = Accounts(path)
    assert accounts.begin() is None
    assert accounts.verify("jia", NEW)
    accounts.choose("jia", NEW, NEW + "8")
    accounts.store.path.unlink()
    again = Accounts(path)
    assert again.begin() is not None, "the acts of today hold no password: the keeper begins anew"
    assert again.verify("jia", NEW) is None
    assert again.verify("jia", NEW + "8") is None


# -- who may be what


@pytest.mark.parametrize(
    "roles",
    [{Role.OFFICER, Role.APPROVER}, {Role.KEEPER, Role.OFFICER}, {Role.KEEPER, Role.REVIEWER, Role.READER},
     {Role.KEEPER, Role.APPROVER}],
)  # fmt: skip
def test_no_account_drafts_and_approves_or_keeps_and_signs(accounts: Accounts, roles: set[Role]) -> None:
    with pytest.raises(InputError, match="不得兼任"):
        accounts.create(officer("yi", "乙", *roles), "管理员")
    with pytest.raises(InputError, match="不得兼任"):
        accounts.change(replace(accounts.all()["jia"], roles=frozenset(roles)), "管理员")
    assert not rights_of(frozenset(roles)) & {Right.WORK, Right.REVIEW, Right.APPROVE}, "nor one of before"


@pytest.mark.parametrize("name", ["甲", " 甲 ", "Ａ", "a"])
def test_two_accounts_never_sign_alike(accounts: Accounts, name: str) -> None:
    if name in "Ａa":
        accounts.create(officer("bing", "A"), "管理员")
    with pytest.raises(InputError, match="署名相同"):
        accounts.create(officer("yi", name), "管理员")
    accounts.create(officer("yi", "乙"), "管理员")
    with pytest.raises(InputError, match="署名相同"):
        accounts.change(replace(accounts.all()["yi"], name=name), "管理员")
    accounts.change(replace(accounts.all()["jia"], active=False), "管理员")
    with pytest.raises(InputError, match="署名相同"):
        accounts.create(officer("ding", name), "管理员")


# -- the file


def test_the_file_is_its_owners_alone(accounts: Accounts) -> None:
    assert accounts.store.path.stat().st_mode & 0o777 == 0o600
    assert accounts.path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_none_is_said(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "record.db")
    accounts.store.path.write_bytes(b"no database" * 100)
    with pytest.raises(InputError, match="账号文件不能读写"):
        accounts.begin()


def test_passwords_are_looked_at_a_few_at_a_time(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes 64 MB: a hundred sign-ins at once took the machine's memory."""
    monkeypatch.setattr("alertengine.web.accounts._PATIENCE", 0.01)
    with accounts._turns, accounts._turns, pytest.raises(InputError, match="登录人数过多"):
        accounts.verify("jia", NEW)
    assert accounts.verify("jia", NEW)


def test_a_look_after_a_power_cut_takes_back_what_was_half_written(tmp_path: Path) -> None:
    written, cut = tmp_path / "written.db", tmp_path / "cut.db"
    layout = "CREATE TABLE IF NOT EXISTS kept (text)"
    with private_db(written, layout, write=True) as db:
        db.execute("INSERT INTO kept VALUES ('first')")
    with private_db(written, layout, write=True) as db:
        db.execute("PRAGMA cache_size = 1")
        db.executemany("INSERT INTO kept VALUES (?)", [("x" * 900,)] * 200)  # more than the cache: pages go to the file
        for end in ("", "-journal"):
            shutil.copyfile(f"{written}{end}", f"{cut}{end}")
    with private_db(cut, layout) as db:
        assert db.execute("SELECT text FROM kept").fetchall() == [("first",)]
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            db.execute("DELETE FROM kept")
