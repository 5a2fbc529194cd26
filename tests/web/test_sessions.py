"""Sessions end, and guessing is slowed down; time is given by the test."""

from __future__ import annotations

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from alertengine.web import Desk, account_store
from alertengine.web.account_store import AccountStore
from alertengine.web.accounts import Accounts
from alertengine.web.sessions import (
    FORGOTTEN,
    IDLE,
    LONGEST,
    LONGEST_OF_ADDRESS,
    TRIES,
    TRIES_OF_ADDRESS,
    WINDOW,
    Sessions,
    Tries,
    address_block,
)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_session_lives_while_it_is_used_and_not_for_ever() -> None:
    clock = Clock()
    sessions = Sessions(clock=clock)
    session = sessions.begin("jia")
    for _ in range(int(LONGEST / (IDLE - 1))):
        clock.now += IDLE - 1
        assert sessions.find(session.token) is session
    clock.now += IDLE - 1
    assert sessions.find(session.token) is None
    idle = sessions.begin("jia")
    clock.now += IDLE
    assert sessions.find(idle.token) is None


def test_signing_out_everywhere_spares_one_session_and_other_people() -> None:
    sessions = Sessions()
    one, two, other = sessions.begin("jia"), sessions.begin("jia"), sessions.begin("yi")
    sessions.end_all("jia", but=two.token)
    assert [sessions.find(each.token) for each in (one, two, other)] == [None, two, other]


def failed(tries: Tries, user: str, address: str, times: int) -> None:
    for _ in range(times):
        assert tries.begin(user, address) == 0


def test_each_further_failure_waits_twice_as_long_and_not_for_ever() -> None:
    clock = Clock()
    tries = Tries(clock=clock)
    failed(tries, "jia", "10.0.0.1", TRIES)
    waits = []
    for _ in range(12):
        waits.append(tries.begin("jia", "10.0.0.1"))
        clock.now += waits[-1]
        assert tries.begin("jia", "10.0.0.1") == 0
    assert waits[:5] == [2, 4, 8, 16, 32]
    assert waits[-1] == WINDOW
    clock.now += FORGOTTEN
    assert tries.begin("jia", "10.0.0.1") == 0


def test_guessing_keeps_nobody_out_but_the_guesser() -> None:
    """Whoever knew a user name closed that user's page for a quarter of an hour, as often as he liked."""
    tries = Tries(clock=Clock())
    failed(tries, "jia", "10.0.0.1", TRIES)
    assert tries.begin("jia", "10.0.0.1")
    assert tries.begin("jia", "10.0.0.2") == 0
    assert tries.begin("yi", "10.0.0.1") == 0


def test_tries_at_once_are_counted_before_they_are_looked_at() -> None:
    tries = Tries(clock=Clock())
    with ThreadPoolExecutor(20) as pool:
        waits = list(pool.map(lambda _: tries.begin("jia", "10.0.0.1"), range(100)))
    assert waits.count(0) == TRIES


def test_an_office_that_signs_in_at_once_is_let_in() -> None:
    tries = Tries(clock=Clock())

    def right(number: int) -> int:
        with tries.turn("10.0.0.1"):
            wait = tries.begin(f"user{number % 3}", "10.0.0.1")
            time.sleep(0.001)
            if not wait:
                tries.succeeded(f"user{number % 3}", "10.0.0.1")
        return wait

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(right, range(100))) == {0}


def test_an_address_that_tries_many_users_waits_shortly_and_a_success_takes_its_try_back() -> None:
    clock = Clock()
    tries = Tries(clock=clock)
    for number in range(TRIES_OF_ADDRESS - 1):
        failed(tries, f"user{number}", "10.0.0.1", 1)
    for _ in range(3):
        failed(tries, "somebody", "10.0.0.1", 1)
        tries.succeeded("somebody", "10.0.0.1")
    failed(tries, "user", "10.0.0.1", 1)
    waits = []
    for number in range(10):
        waits.append(tries.begin(f"other{number}", "10.0.0.1"))
        clock.now += waits[-1]
        failed(tries, f"other{number}", "10.0.0.1", 1)
    assert waits == [2, 4, 8, 16, 32, *[LONGEST_OF_ADDRESS] * 5]


def test_what_is_counted_stays_small() -> None:
    tries = Tries(clock=Clock())
    for number in range(50_000):
        tries.begin(f"user{number}", f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(tries._failed) <= 20_000


def test_the_addresses_of_one_subscriber_count_together() -> None:
    assert address_block("2001:db8:1:2::1") == address_block("2001:db8:1:2:ffff::9") == "2001:db8:1:2::/64"
    assert address_block("10.0.0.1") == "10.0.0.1"
    assert address_block("testclient") == "testclient"


# -- the next start


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "record.db"
    Accounts(path).begin()
    return path


def test_a_restart_keeps_people_signed_in_and_those_signed_out_out(ledger: Path) -> None:
    """Every restart signed everyone out."""
    first = Desk(ledger).sessions
    kept, ended, closed = first.begin("jia"), first.begin("jia"), first.begin("yi")
    first.end(ended.token)
    first.end_all("yi")
    second = Desk(ledger).sessions
    found = second.find(kept.token)
    assert found is not None
    assert (found.user, found.token, found.digest) == ("jia", kept.token, kept.digest)
    assert [second.find(one.token) for one in (ended, closed)] == [None, None]


def test_a_restart_keeps_the_delay_of_a_guesser(ledger: Path) -> None:
    """Whoever could make the page start anew guessed without delay."""
    failed(Desk(ledger).tries, "jia", "10.0.0.1", TRIES)
    after = Desk(ledger).tries
    assert after.begin("jia", "10.0.0.1") > 0
    assert after.begin("jia", "10.0.0.2") == 0
    after.succeeded("jia", "10.0.0.1")
    assert Desk(ledger).tries.begin("jia", "10.0.0.1") == 0


def test_the_file_gives_no_session_no_user_and_no_address_away(ledger: Path) -> None:
    desk = Desk(ledger)
    session = desk.sessions.begin("jia")
    failed(desk.tries, "typed as a user", "10.98.76.54", 1)
    data = AccountStore(ledger).path.read_bytes()
    assert session.digest.encode() in data
    for said in (session.token, "typed as a user", "10.98.76.54"):
        assert said.encode() not in data


def test_a_session_of_the_last_run_ends_when_it_would_have(ledger: Path) -> None:
    clock, store = Clock(), AccountStore(ledger)
    token = Sessions(store, clock).begin("jia").token
    clock.now += IDLE - 1
    assert Sessions(store, clock).find(token)
    clock.now += IDLE
    assert Sessions(store, clock).find(token) is None
    assert not store.kept("sessions")


def test_a_file_that_cannot_be_written_keeps_nobody_out_and_is_caught_up(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_store, "_SHORTLY", 0.01)
    store = AccountStore(ledger)
    sessions = Sessions(store)
    held = sessions.begin("jia")
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        begun = sessions.begin("yi")
        sessions.end(held.token)
        assert sessions.find(begun.token) is begun
        assert not Sessions(store).find(begun.token)
    sessions.begin("bing")
    after = Sessions(store)
    assert after.find(begun.token)
    assert after.find(held.token) is None


def test_a_clock_that_was_ahead_delays_nobody_longer_and_keeps_no_session() -> None:
    clock = Clock()
    tries, sessions = Tries(clock=clock), Sessions(clock=clock)
    clock.now += 86400
    failed(tries, "jia", "10.0.0.1", TRIES)
    ahead = sessions.begin("jia")
    clock.now -= 86400
    assert tries.begin("jia", "10.0.0.1") == 2
    clock.now += 2
    assert tries.begin("jia", "10.0.0.1") == 0
    assert sessions.find(ahead.token) is None
