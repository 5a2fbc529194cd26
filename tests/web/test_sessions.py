"""Sessions end, and guessing is slowed down; time is given by the test."""

from __future__ import annotations

from alertengine.web.sessions import IDLE, LONGEST, TRIES, TRIES_OF_ADDRESS, WINDOW, Sessions, Tries


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


def test_a_user_is_closed_after_some_failures_for_a_while() -> None:
    clock = Clock()
    tries = Tries(clock)
    closed = [tries.failed("jia", f"10.0.0.{number}") for number in range(TRIES)]
    assert closed == [False] * (TRIES - 1) + [True]
    assert 0 < tries.wait("jia", "10.0.0.99") <= WINDOW
    assert tries.wait("yi", "10.0.0.99") == 0
    clock.now += WINDOW
    assert tries.wait("jia", "10.0.0.99") == 0


def test_an_address_that_tries_many_users_is_closed_and_a_success_frees_only_the_user() -> None:
    tries = Tries(Clock())
    for number in range(TRIES_OF_ADDRESS):
        tries.failed(f"user{number}", "10.0.0.1")
    assert tries.wait("somebody", "10.0.0.1")
    tries.succeeded("user1")
    assert tries.wait("user1", "10.0.0.1")
    assert not tries.wait("user1", "10.0.0.2")
