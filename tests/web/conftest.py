"""A page running in a process of its own, as the bureau runs it, and people signed in to it."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import argon2
import httpx
import pytest

from alertengine.orders import Override
from alertengine.web.accounts import Account, Accounts
from alertengine.web.roles import Role
from alertengine.web.work import Work, decided_otherwise
from alertengine.web.workstore import overrides_by_line

PASSWORD = "a long enough one 7"  # noqa: S105 -- of people who exist in these tests alone


@pytest.fixture(scope="session", autouse=True)
def _cheap_hashes() -> Iterator[None]:
    """Passwords of these tests cost nothing to hash; what the page takes for a real one, test_accounts looks at."""
    cheap = partial(argon2.PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("alertengine.web.accounts.PasswordHasher", cheap)
        yield


def decided(work: Work, put: Iterable[Override] = (), drop: Iterable[tuple[str, str]] = ()) -> Work:
    """A work with lines decided otherwise, as the job does it."""
    before = work.prepared
    return Work(decided_otherwise(before.collected, before.title, put, drop), work.user, work.replaces)


def overrides_in(work: Work) -> dict[tuple[str, str], Override]:
    """What persons decided in a work, by enterprise and line."""
    return overrides_by_line(work.prepared.collected.options)


def signed_up(path: Path, **people: Role) -> None:
    """Accounts with a password of their own, one a role."""
    accounts = Accounts(path)
    accounts.begin()
    for user, role in people.items():
        once = accounts.create(Account(user, f"名{user}", "办公室", frozenset({role})), "管理员")
        accounts.choose(user, once, PASSWORD)


@contextmanager
def new_bureau(folder: Path, people: Mapping[str, Role], rules: Path | None = None) -> Iterator[Served]:
    """A page of its own for some people, with nothing on record."""
    signed_up(folder / "record.db", **people)
    with serving(folder / "record.db", rules=rules) as (page, _):
        yield page


@dataclass
class Served:
    """A running page."""

    url: str
    path: Path

    @contextmanager
    def client(self, user: str = "") -> Iterator[httpx.Client]:
        """A browser without scripts, signed in where a user is named."""
        with httpx.Client(base_url=self.url, timeout=60, headers={"origin": self.url, "accept": "text/html"}) as client:
            if user:
                answer = sign_in(client, user, PASSWORD)
                assert answer.status_code == 303, answer.text
            yield client


def key_of(text: str) -> str:
    """The key of a form."""
    found = re.search(r'name="key" value="([0-9a-f]+)"', text)
    assert found
    return found.group(1)


def sign_in(client: httpx.Client, user: str, password: str) -> httpx.Response:
    """Fill in the form."""
    key = key_of(client.get("/sign-in").text)
    return client.post("/sign-in", data={"user": user, "password": password, "key": key})


@contextmanager
def serving(path: Path, port: int = 0, rules: Path | None = None) -> Iterator[tuple[Served, subprocess.Popen[str]]]:
    """A page over a ledger, as ``alertengine serve`` runs it, and its process.

    ``port`` 0: a free one; ``rules``: the bureau's folder of rules.
    """
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", port))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "alertengine", "serve", str(path), "--port", str(port)]
    command += ["--rules", str(rules)] if rules else []
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:  # noqa: S603
        url = f"http://127.0.0.1:{port}"
        for _ in range(600):
            try:
                httpx.get(f"{url}/health")
                break
            except httpx.TransportError:
                assert running.poll() is None, running.stderr.read() if running.stderr else ""
                time.sleep(0.1)
        try:
            yield Served(url, path), running
        finally:  # what fails meanwhile is told, not waited for
            running.terminate()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A page with an officer, a reviewer, an approver, an auditor and a reader."""
    path = tmp_path_factory.mktemp("web") / "record.db"
    signed_up(
        path,
        officer=Role.OFFICER,
        reviewer=Role.REVIEWER,
        approver=Role.APPROVER,
        auditor=Role.AUDITOR,
        reader=Role.READER,
    )
    with serving(path) as (page, _):
        yield page


@pytest.fixture(autouse=True)
def _in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """What pages and the interface say is Chinese."""
    monkeypatch.setenv("ALERTENGINE_LANG", "zh")
