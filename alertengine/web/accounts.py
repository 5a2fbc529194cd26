"""Accounts of the page: kept in a file of their own beside the ledger, every change mirrored there as an act.

Passwords stand as argon2 hashes in that file alone.  An account is changed only as it was when it was looked at
(compare-and-set): one that was closed meanwhile stays closed, a password that was replaced stays dead.
"""

from __future__ import annotations

import logging
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from alertengine.ledger import Ledger, Signer
from alertengine.vocabulary import ERASED, InputError, Problem
from alertengine.web.account_store import ACCOUNT, ACCOUNT_PART, AccountStore, Event, Mirror
from alertengine.web.roles import Right, Role, Scope, clashing, rights_of

#: Length asked of a password a person chooses (NIST SP 800-63B asks for at least 8; 12 leaves a margin).
SHORTEST: Final = 12
LONGEST: Final = 128
_FIRST: Final = "admin"
#: Passwords hashed at a time (argon2 takes 64 MB each), and seconds that one waits for its turn.
_AT_ONCE: Final = 2
_PATIENCE: Final = 10.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Account:
    """One person: ``user`` signs in, ``office`` and ``name`` sign acts; ``version`` counts its changes.

    ``counties`` (``城市/区县``) are those that one who only reads may see; none: everything.
    """

    user: str
    name: str
    office: str
    roles: frozenset[Role]
    active: bool = True
    password: str = ""
    must_change: bool = True
    version: int = 0
    counties: tuple[str, ...] = ()

    @property
    def rights(self) -> frozenset[Right]:
        """What the person may do; nothing but a new password while that is asked for."""
        return rights_of(self.roles) if self.active and not self.must_change else frozenset()

    @property
    def scope(self) -> Scope:
        """The counties the person may see."""
        return Scope.said(self.counties)

    @property
    def signature(self) -> str:
        """Office and name as acts carry them."""
        return f"{self.office} {self.name}".strip()

    @property
    def written(self) -> str:
        """Office and name as papers of the rules say who entered or compared them."""
        return f"{self.office}{self.name}"

    def signer(self, right: Right) -> Signer:
        """The signature with the account and the role that gives it a right."""
        role = next((role for role in sorted(self.roles) if right in rights_of(frozenset({role}))), "")
        return Signer(self.signature, self.user, str(role))

    def row(self) -> dict[str, Any]:
        """The account as its file holds it."""
        said = {"roles": ";".join(sorted(self.roles)), "counties": ";".join(self.counties)}
        return asdict(self) | said | {"active": int(self.active), "must_change": int(self.must_change)}

    def shown(self) -> dict[str, str]:
        """The account as an act holds it: without the password, counties where it is bound to some."""
        words = {True: "yes", False: "no"}
        said = {"active": words[self.active], "must_change": words[self.must_change]}
        names = ("user", "name", "office", "roles", *(("counties",) if self.counties else ()))
        return {**{name: str(self.row()[name]) for name in names}, **said}


def _account(row: Mapping[str, Any]) -> Account:
    return Account(
        user=row["user"],
        name=row["name"],
        office=row["office"] or "",
        roles=frozenset(Role(word) for word in (row["roles"] or "").split(";") if word),
        active=row["active"] in (1, "yes"),
        password="" if row.get("password") in (None, ERASED) else row["password"],
        must_change=row["must_change"] in (1, "yes"),
        version=row.get("version", 0),
        counties=tuple(one for one in str(row.get("counties") or "").split(";") if one),
    )


class Accounts:
    """The accounts beside one ledger."""

    def __init__(self, path: Path) -> None:
        """``path``: the ledger."""
        self.path = path
        self.store = AccountStore(path)
        self.mirror = Mirror(path, self.store)
        self._hasher = PasswordHasher()
        self._turns = BoundedSemaphore(_AT_ONCE)
        self._last: dict[str, Account] | None = None

    @cached_property
    def _nobody(self) -> str:
        """The hash that an unknown user's password is held against, so that it takes as long as a known one's."""
        return self._hasher.hash(secrets.token_urlsafe())

    def all(self) -> dict[str, Account]:
        """Every account by user; as they were last read where the file cannot be read just now.

        Raises:
            InputError: the file cannot be read, and never was.

        """
        try:
            self._last = {row["user"]: _account(row) for row in self.store.rows()}
        except InputError as error:
            if self._last is None:
                raise
            _log.warning("accounts as last read: %s", error)
        return dict(self._last)

    def get(self, user: str) -> Account | None:
        """The account of a user."""
        return self.all().get(user)

    def begin(self) -> str | None:
        """Begin ledger and accounts where they are not there; those of an older ledger are taken over from its acts.

        Returns a one-time password of the account that keeps accounts, where nobody could sign in to keep them: at
        the first start, and again where the file of accounts was lost.

        Raises:
            InputError: the ledger is none or has an older layout, or the accounts cannot be written.

        """
        try:
            Ledger.writable(self.path, busy=1.0).close()  # lays out a new file
        except InputError as error:
            if {problem.code for problem in error.problems} - {"ledger_busy", "ledger_disk_full"}:
                raise
        if not self.store.is_there():
            for account in _of_acts(self.path):
                self.store.put(account.row())
        held = self.all() if self.store.is_there() else {}
        if any(one.active and one.password and Role.KEEPER in one.roles for one in held.values()):
            self.mirror.write()
            return None
        password = secrets.token_urlsafe(12)
        first = Account(_FIRST, "账号管理员", "", frozenset({Role.KEEPER}))
        first = replace(
            first, password=self._hasher.hash(password), version=held[_FIRST].version if _FIRST in held else 0
        )
        self._put(first, f"设立账号 {_FIRST}", by="服务启动")
        return password

    def _put(self, account: Account, title: str, by: str, reason: str = "", *, signs: bool = False) -> None:
        """Put an account in place of the version it was made from, and mirror it; ``signs`` where its signature is new.

        Raises:
            InputError: it was changed meanwhile, nobody would be left to keep accounts, or another account signs as
                this one does; nothing was written.

        """
        event = Event(secrets.token_hex(8), ACCOUNT, title, by, reason, row=account.shown())
        if not self.store.put(
            account.row(), event, lambda rows: _sound(account, [_account(row) for row in rows], signs=signs)
        ):
            raise _refused("user", account.user, "account_changed_meanwhile")
        self.mirror.write()

    def note(self, kind: str, title: str, who: str, **details: Any) -> None:
        """Have something put on record, as soon as that can be."""
        self.mirror.note(Event(secrets.token_hex(8), kind, title, who, details=details))

    def verify(self, user: str, password: str) -> Account | None:
        """The account whose password this is; None for a wrong one, an unknown or a closed account alike.

        Raises:
            InputError: too many passwords are being looked at just now.

        """
        account = self.get(user)
        known = account is not None and account.active and account.password
        if not self._turns.acquire(timeout=_PATIENCE):
            raise _refused("password", "", "sign_in_busy")
        try:
            self._hasher.verify(account.password if known and account else self._nobody, password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return None
        finally:
            self._turns.release()
        return account if known else None

    def create(self, account: Account, by: str) -> str:
        """Add an account and return its one-time password.

        Raises:
            InputError: the user is taken, blank, has no role or two that exclude each other, or another account
                signs alike.

        """
        self._check(account, new=True)
        password = secrets.token_urlsafe(12)
        new = replace(account, password=self._hasher.hash(password), must_change=True, version=0)
        self._put(new, f"建立账号 {account.user}", by, signs=True)
        return password

    def change(self, account: Account, by: str, reason: str = "") -> None:
        """Put a changed name, office, roles or state in place; ``account`` was made from the one that was looked at.

        Raises:
            InputError: there is no such user, it was changed meanwhile, nobody would be left to keep accounts, or
                as :meth:`create`.

        """
        self._check(account, new=False)
        held = self.get(account.user)
        signs = held is None or held.signature != account.signature
        self._put(account, f"变更账号 {account.user}", by, reason, signs=signs)

    def reset(self, user: str, by: str) -> str:
        """A new one-time password.

        Raises:
            InputError: there is no such user, or it was changed meanwhile.

        """
        account = self.get(user)
        if account is None:
            raise _refused("user", user, "no_such_account")
        password = secrets.token_urlsafe(12)
        changed = replace(account, password=self._hasher.hash(password), must_change=True)
        self._put(changed, f"重置账号 {user} 的密码", by)
        return password

    def choose(self, user: str, old: str, new: str) -> None:
        """Put the person's own password in the place of a known one.

        Raises:
            InputError: the old one is wrong, the new one too short, too long, or the old one again, or the account
                was changed meanwhile.

        """
        account = self.verify(user, old)
        if account is None:
            raise _refused("old", "", "old_password_wrong")
        if not SHORTEST <= len(new) <= LONGEST or new == old or user in new:
            raise _refused("new", "", "password_form", shortest=SHORTEST, longest=LONGEST)
        changed = replace(account, password=self._hasher.hash(new), must_change=False)
        self._put(changed, f"账号 {user} 设定密码", by=account.signature or user)

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
        if clashing(account.roles):
            wrong.append(_problem("roles", "、".join(sorted(account.roles)), "roles_clash"))
        if account.counties and account.roles != {Role.READER}:
            wrong.append(_problem("counties", "、".join(account.counties), "counties_of_readers"))
        if wrong:
            raise InputError(wrong)


def _sound(account: Account, all_of_them: list[Account], *, signs: bool) -> None:
    """Refuse accounts among which nobody keeps them, or two sign alike."""
    if not any(one.active and Role.KEEPER in one.roles for one in all_of_them):
        raise _refused("roles", account.user, "last_keeper")
    alike = [one.user for one in all_of_them if one.user != account.user and _plain(one) == _plain(account)]
    if signs and alike:
        raise _refused("name", account.signature, "signature_taken", user=alike[0])


def _plain(account: Account) -> str:
    """A signature as two people would take it for the same."""
    return "".join(unicodedata.normalize("NFKC", account.signature).casefold().split())


def _of_acts(path: Path) -> list[Account]:
    """The accounts as the acts of an older ledger say; the last row of a user counts."""
    with Ledger.open(path) as ledger:
        tables = [ledger.part(act.act, ACCOUNT_PART) for act in ledger.acts(ACCOUNT)]
    rows = [row for table in tables for row in table.to_dict("records")]
    last = {str(row["user"]): {str(name): value for name, value in row.items()} for row in rows}
    return [_account(row) for row in last.values()]


def _problem(column: str, value: str, code: str, **arguments: Any) -> Problem:
    return Problem(code, where="account", column=column, value=value, **arguments)


def _refused(column: str, value: str, code: str, **arguments: Any) -> InputError:
    return InputError([_problem(column, value, code, **arguments)])
