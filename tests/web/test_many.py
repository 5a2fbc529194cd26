"""Fifty windows of ten people read while a warning is issued into the same ledger: nobody meets an error."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from alertengine.ledger import Ledger, verify
from alertengine.orders import read_scenario
from alertengine.workflow import Signers, collect_scenario, prepare, record

from .conftest import Served

#: Signed in, and each with so many windows: fifty at once.
READERS, EACH = 10, 5
PAGES = ("/", "/audit")


@pytest.mark.slow
def test_fifty_read_while_one_issues(served: Served) -> None:
    def read(_number: int) -> list[int]:
        with served.client("reader") as person:
            cookies = dict(person.cookies)
        with ThreadPoolExecutor(EACH) as windows:
            return [status for one in windows.map(look, [cookies] * EACH) for status in one]

    def look(cookies: dict[str, str]) -> list[int]:
        with served.client() as client:
            client.cookies.update(cookies)
            return [client.get(page).status_code for page in PAGES]

    live = read_scenario("linfen-red-episode").model_copy(update={"mode": "drill"})
    with ThreadPoolExecutor(READERS) as pool:
        answers = [pool.submit(read, number) for number in range(READERS)]
        with Ledger.writable(served.path) as ledger:
            act, _ = record(ledger, prepare(collect_scenario(live), "演练"), Signers("办公室 甲", "科长 乙", "市长 丙"))
        assert {status for answer in answers for status in answer.result()} == {200}
    with Ledger.open(served.path) as ledger:
        last = ledger.last()
    assert last is not None
    assert last.act >= act.act
    assert verify(served.path).sound
