"""Accounts of the page, kept in the ledger: every change of one is an act of kind ``account``.

The last row of a user counts.  Passwords stand as argon2 hashes among the personal values, apart
from the chain.  Every method opens the ledger anew: SQLite connections belong to one thread.
"""

from __future__ import annotations

import secrets
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pandas as pd
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from alertengine.ledger.act import Head
from alertengine.ledger.canonical_bytes import Personal
from alertengine.ledger.store import Ledger
from alertengine.vocabulary.personal import ERASED
from alertengine.vocabulary.problems import InputError, Problem
from alertengine.web.roles import Right, Role, rights_of

KIND: Final = "account"
PART: Final = "account"
COLUMNS: Final = ("user", "name", "office", "roles", "active", "password", "must_change")
#: Length asked of a password a person chooses (NIST SP 800-63B asks for at least 8; 12 leaves a margin).
SHORTEST: Final = 12
LONGEST: Final = 128
_FIRST: Final = "admin"


@dataclass(frozen=True, slots=True)
class Account:
    """One person: ``user`` signs in, ``office`` and ``name`` sign acts."""

    user: str
    name: str
    office: str
    roles: frozenset[Role]
    active: bool = True
    password: str = ""
    must_change: bool = True

    @property
    def rights(self) -> frozenset[Right]:
        """What the person may do; nothing but a new password while that is asked for."""
        return rights_of(self.roles) if self.active and not self.must_change else frozenset()

    @property
    def signature(self) -> str:
        """Office and name as acts carry them."""
        return f"{self.office} {self.name}".strip()

    def row(self) -> dict[str, object]:
        """The account as the ledger holds it."""
        return {
            "user": self.user,
            "name": self.name,
            "office": self.office,
            "roles": ";".join(sorted(self.roles)),
            "active": "yes" if self.active else "no",
            "password": Personal(self.password),
            "must_change": "yes" if self.must_change else "no",
        }


def _account(row: Mapping[Hashable, Any]) -> Account:
    return Account(
        user=row["user"],
        name=row["name"],
        office=row["office"] or "",
        roles=frozenset(Role(word) for word in (row["roles"] or "").split(";") if word),
        active=row["active"] == "yes",
        password="" if row["password"] in (None, ERASED) else row["password"],
        must_change=row["must_change"] == "yes",
    )


class Accounts:
    """The accounts of one ledger."""

    def __init__(self, path: Path) -> None:
        """``path``: the ledger."""
        self.path = path
        self._hasher = PasswordHasher()

    @cached_property
    def _nobody(self) -> str:
        """The hash that an unknown user's password is held against, so that it takes as long as a known one's."""
        return self._hasher.hash(secrets.token_urlsafe())

    def all(self) -> dict[str, Account]:
        """Every account by user."""
        with Ledger.open(self.path) as ledger:
            tables = [ledger.part(act.act, PART) for act in ledger.acts(KIND)]
        rows = pd.concat(tables, ignore_index=True).to_dict("records") if tables else []
        return {account.user: account for account in (_account(row) for row in rows)}

    def get(self, user: str) -> Account | None:
        """The account of a user."""
        return self.all().get(user)

    def begin(self) -> str | None:
        """A one-time password of the account that keeps accounts, where nobody could sign in to keep them.

        So at the first start; and again if that password was erased with other old personal data.
        """
        Ledger.writable(self.path).close()  # lays out a new file
        held = self.all()
        if any(one.active and one.password and Role.KEEPER in one.roles for one in held.values()):
            return None
        password = secrets.token_urlsafe(12)
        first = Account(_FIRST, "账号管理员", "", frozenset({Role.KEEPER}), password=self._hasher.hash(password))
        self._record(first, f"设立账号 {_FIRST}", by="服务启动")
        return password

    def _record(self, account: Account, title: str, by: str, reason: str = "") -> None:
        table = pd.DataFrame([account.row()], columns=list(COLUMNS), dtype="object")
        with Ledger.writable(self.path) as ledger:
            ledger.append(KIND, Head(title, drafted_by=by, reason=reason), {PART: table})

    def verify(self, user: str, password: str) -> Account | None:
        """The account whose password this is; None for a wrong one, an unknown or a closed account alike."""
        account = self.get(user)
        known = account is not None and account.active and account.password
        try:
            self._hasher.verify(account.password if known and account else self._nobody, password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return None
        return account if known else None

    def create(self, account: Account, by: str) -> str:
        """Add an account and return its one-time password.

        Raises:
            InputError: the user is taken, blank, or has no role.

        """
        self._check(account, new=True)
        password = secrets.token_urlsafe(12)
        self._record(replace(account, password=self._hasher.hash(password)), f"建立账号 {account.user}", by)
        return password

    def change(self, account: Account, by: str, reason: str = "") -> None:
        """Record a changed name, office, roles or state.

        Raises:
            InputError: there is no such user, or nobody would be left to keep accounts.

        """
        self._check(account, new=False)
        held = self.all()
        held[account.user] = account
        if not any(one.active and Role.KEEPER in one.roles for one in held.values()):
            raise _refused("roles", account.user, "last_keeper")
        self._record(account, f"变更账号 {account.user}", by, reason)

    def reset(self, user: str, by: str) -> str:
        """A new one-time password."""
        account = self._known(user)
        password = secrets.token_urlsafe(12)
        changed = replace(account, password=self._hasher.hash(password), must_change=True)
        self._record(changed, f"重置账号 {user} 的密码", by)
        return password

    def choose(self, user: str, old: str, new: str) -> None:
        """Put the person's own password in the place of a known one.

        Raises:
            InputError: the old one is wrong, or the new one too short, too long, or the old one again.

        """
        account = self.verify(user, old)
        if account is None:
            raise _refused("old", "", "old_password_wrong")
        if not SHORTEST <= len(new) <= LONGEST or new == old or user in new:
            raise _refused("new", "", "password_form", shortest=SHORTEST, longest=LONGEST)
        changed = replace(account, password=self._hasher.hash(new), must_change=False)
        self._record(changed, f"账号 {user} 设定密码", by=account.signature or user)

    def _known(self, user: str) -> Account:
        account = self.get(user)
        if account is None:
            raise _refused("user", user, "没有这个账号")
        return account

    def _check(self, account: Account, *, new: bool) -> None:
        wrong = []
        if not account.user.isascii() or not account.user.isidentifier():
            wrong.append(_problem("user", account.user, "user_name_form"))
        elif (self.get(account.user) is not None) == new:
            wrong.append(_problem("user", account.user, "user_taken" if new else "no_such_account"))
        if not account.name.strip():
            wrong.append(_problem("name", account.name, "name_blank"))
        if not account.roles:
            wrong.append(_problem("roles", "", "role_wanted"))
        if wrong:
            raise InputError(wrong)


def _problem(column: str, value: str, code: str, **arguments: Any) -> Problem:
    return Problem(code, where="account", column=column, value=value, **arguments)


def _refused(column: str, value: str, code: str, **arguments: Any) -> InputError:
    return InputError([_problem(column, value, code, **arguments)])
