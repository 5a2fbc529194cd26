"""Sessions end, and guessing is slowed down; time is given by the test."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

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
    sessions = Sessions(clock)
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
    tries = Tries(clock)
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
    tries = Tries(Clock())
    failed(tries, "jia", "10.0.0.1", TRIES)
    assert tries.begin("jia", "10.0.0.1")
    assert tries.begin("jia", "10.0.0.2") == 0
    assert tries.begin("yi", "10.0.0.1") == 0


def test_tries_at_once_are_counted_before_they_are_looked_at() -> None:
    tries = Tries(Clock())
    with ThreadPoolExecutor(20) as pool:
        waits = list(pool.map(lambda _: tries.begin("jia", "10.0.0.1"), range(100)))
    assert waits.count(0) == TRIES


def test_an_office_that_signs_in_at_once_is_let_in() -> None:
    tries = Tries(Clock())

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
    tries = Tries(clock)
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
    tries = Tries(Clock())
    for number in range(50_000):
        tries.begin(f"user{number}", f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(tries._failed) <= 20_000


def test_the_addresses_of_one_subscriber_count_together() -> None:
    assert address_block("2001:db8:1:2::1") == address_block("2001:db8:1:2:ffff::9") == "2001:db8:1:2::/64"
    assert address_block("10.0.0.1") == "10.0.0.1"
    assert address_block("testclient") == "testclient"
