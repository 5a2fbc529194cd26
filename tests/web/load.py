"""``python -m tests.web.load``: how the page answers with a long list, while documents are made, and to many readers.

Prints seconds beside processor seconds of the serving process; seconds of a busy machine say little, so nothing is
checked here.  Needs Chromium and the extra ``test``.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click
import httpx

from alertengine.ledger import Ledger
from alertengine.lists import generate_list, load_settings, write_list
from alertengine.rulebook import Rulebook
from alertengine.web.forecasts import take_forecast
from alertengine.web.roles import Role
from alertengine.workflow import Upload

from .browsing import browsers, confirmed, forecast, put
from .conftest import PASSWORD, Served, serving, sign_in, signed_up


@click.command()
@click.option("--lines", default=30_000, show_default=True, help="Lines of the list.")
@click.option("--readers", default=50, show_default=True, help="Readers at once.")
def main(lines: int, readers: int) -> None:
    """Measure and print."""
    click.echo(
        f"{lines:,} lines, {readers} readers, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores when begun"
    )
    with tempfile.TemporaryDirectory() as name:
        path, source = Path(name) / "record.db", Path(name) / "list.csv"
        signed_up(path, officer=Role.OFFICER, reader=Role.READER)
        book = Rulebook.load(())
        write_list(generate_list(lines, 0, book.lists, load_settings(), cities=["临汾市"]), source)
        with Ledger.writable(path) as ledger:
            take_forecast(ledger, Upload("预报.csv", forecast((240, 262, 271, 255, 188))), book.lists, "办公室 甲")
        with serving(path) as (served, process), browsers(served) as opened:
            _measure(served, process.pid, opened("officer"), source, readers)


def _measure(served: Served, server: int, page: Any, source: Path, readers: int) -> None:
    page.set_default_timeout(900_000)
    page.goto(f"{served.url}/issue")
    begun = time.perf_counter()
    put(page, "企业清单", source)
    _say("list read and shown", time.perf_counter() - begun)
    begun = time.perf_counter()
    page.get_by_role("button", name="计算指令").click()
    page.wait_for_url("**/issue?work=*")
    decided = time.perf_counter()
    _say("decided", decided - begun)
    used = _used(server)
    page.wait_for_selector(".ag-row")
    _say("first row after deciding", time.perf_counter() - decided, _used(server) - used)
    confirmed(page, "提交审核", "送审")
    page.wait_for_url("**/issue?draft=*")
    act = int(page.url.rpartition("=")[2].partition("#")[0])
    with served.client() as client:
        sign_in(client, "officer", PASSWORD)
        quiet = _asked(client, 10)
        with ThreadPoolExecutor(1) as beside:
            making = beside.submit(client.get, f"/files/acts/{act}.zip", timeout=3600)
            time.sleep(5)
            used, begun = _used(server), time.perf_counter()
            busy = _asked(client, 20)
            share = (_used(server) - used) / (time.perf_counter() - begun)
            click.echo(f"documents still being made: {not making.done()}")
            _say("今日, nothing else going on, median", statistics.median(quiet))
            _say("今日 while documents are made, median", statistics.median(busy))
            _say("今日 while documents are made, worst", max(busy))
            click.echo(
                f"  ratio of medians {statistics.median(busy) / statistics.median(quiet):.1f}, server {share:.0%}"
            )
            _many(served, server, readers)
            with served.client() as other:  # the job ends with the page
                other.get("/health")


def _many(served: Served, server: int, readers: int) -> None:
    """So many readers who open 今日 in the same moment."""
    with served.client() as client:
        sign_in(client, "reader", PASSWORD)
        cookies = dict(client.cookies)

    def one(_number: int) -> float:
        with httpx.Client(base_url=served.url, cookies=cookies, timeout=300) as client:
            return _asked(client, 1)[0]

    used, begun = _used(server), time.perf_counter()
    with ThreadPoolExecutor(readers) as people:
        took = list(people.map(one, range(readers)))
    _say(f"{readers} readers, all served", time.perf_counter() - begun, _used(server) - used)
    _say(f"{readers} readers, median", statistics.median(took))


def _asked(client: httpx.Client, times: int) -> list[float]:
    """Seconds of each of some openings of 今日."""
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        answer = client.get("/")
        assert answer.status_code == 200, answer
        took.append(time.perf_counter() - begun)
    return took


def _used(process: int) -> float:
    """Processor seconds of a process so far."""
    said = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")


def _say(what: str, seconds: float, used: float | None = None) -> None:
    click.echo(f"{what:44} {seconds:8.2f} s" + ("" if used is None else f"  processor {used:.2f} s"))


if __name__ == "__main__":  # processes of a job read this file as their main one
    main()
