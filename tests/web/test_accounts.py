"""Accounts: in the ledger, argon2, one-time passwords, nobody locked out of keeping them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import argon2
import pytest

from alertengine.ledger import Ledger, verify
from alertengine.vocabulary import InputError
from alertengine.web.accounts import Account, Accounts
from alertengine.web.roles import Right, Role, rights_of

pytestmark = pytest.mark.whole

NEW = "a long enough one 7"


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    made = Accounts(tmp_path / "record.db")
    made.first = made.begin()  # type: ignore[attr-defined]
    return made


def test_the_first_start_makes_a_one_time_password_and_later_ones_none(accounts: Accounts) -> None:
    first = accounts.first  # type: ignore[attr-defined]
    assert accounts.begin() is None
    account = accounts.verify("admin", first)
    assert account is not None
    assert account.must_change
    assert not account.rights
    other = Accounts(accounts.path.with_name("other.db"))
    assert other.begin() != first


def test_a_chosen_password_takes_the_place_of_the_one_time_one(accounts: Accounts) -> None:
    first = accounts.first  # type: ignore[attr-defined]
    accounts.choose("admin", first, NEW)
    assert accounts.verify("admin", first) is None
    account = accounts.verify("admin", NEW)
    assert account is not None
    assert account.rights == {Right.MANAGE}


@pytest.mark.parametrize("wrong", ["short", "x" * 129, "contains admin inside"])
def test_weak_passwords_are_refused(accounts: Accounts, wrong: str) -> None:
    with pytest.raises(InputError, match="新密码"):
        accounts.choose("admin", accounts.first, wrong)  # type: ignore[attr-defined]


def test_unknown_and_closed_accounts_do_not_sign_in(accounts: Accounts) -> None:
    once = accounts.create(Account("jia", "甲", "办公室", frozenset({Role.OFFICER})), "管理员")
    assert accounts.verify("jia", once)
    accounts.change(replace(accounts.all()["jia"], active=False), "管理员")
    assert accounts.verify("jia", once) is None
    assert accounts.verify("yi", once) is None


def test_every_defect_of_a_new_account_is_said_at_once(accounts: Accounts) -> None:
    with pytest.raises(InputError) as refused:
        accounts.create(Account("甲 1", " ", "", frozenset()), "管理员")
    assert [problem.column for problem in refused.value.problems] == ["user", "name", "roles"]
    with pytest.raises(InputError, match="已被使用"):
        accounts.create(Account("admin", "乙", "", frozenset({Role.READER})), "管理员")


def test_somebody_is_always_left_to_keep_accounts(accounts: Accounts) -> None:
    admin = accounts.all()["admin"]
    for changed in (replace(admin, active=False), replace(admin, roles=frozenset({Role.READER}))):
        with pytest.raises(InputError, match="至少保留"):
            accounts.change(changed, "管理员")


def test_no_password_stands_in_the_chain(accounts: Accounts) -> None:
    accounts.choose("admin", accounts.first, NEW)  # type: ignore[attr-defined]
    held = accounts.all()["admin"].password
    assert held.startswith("$argon2id$")
    with Ledger.open(accounts.path) as ledger:
        masked = [ledger.part(act.act, "account", personal=False) for act in ledger.acts("account")]
        rows = ledger.db.conn.execute("SELECT content FROM part_rows").fetchall()
    assert all("argon2" not in text for (text,) in rows)
    assert all("argon2" not in str(table.to_dict()) for table in masked)
    assert verify(accounts.path).sound


def test_a_hash_costs_who_guesses_what_the_library_advises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alertengine.web.accounts.PasswordHasher", argon2.PasswordHasher)
    accounts = Accounts(tmp_path / "record.db")
    accounts.choose("admin", accounts.begin() or "", NEW)
    held = argon2.extract_parameters(accounts.all()["admin"].password)
    assert held == argon2.profiles.RFC_9106_LOW_MEMORY


def test_whoever_keeps_accounts_signs_nothing() -> None:
    assert rights_of(frozenset({Role.KEEPER})) == {Right.MANAGE}
    for role in set(Role) - {Role.KEEPER}:
        assert Right.MANAGE not in rights_of(frozenset({role}))
        assert Right.READ in rights_of(frozenset({role}))
