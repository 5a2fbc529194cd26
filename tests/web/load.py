"""``python -m tests.web.load``: how the page answers with a long list in force, while documents are made, and to many.

Prints seconds beside processor seconds; seconds of a busy machine say little, so nothing is checked here: a processor
second is a second of a machine that does nothing else.  Needs Chromium and the extra ``test``.
"""

from __future__ import annotations

import os
import signal
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
from alertengine.workflow import Upload, approve, issue_draft, review

from .browsing import browsers, confirmed, forecast, put
from .conftest import PASSWORD, Served, serving, sign_in, signed_up

#: Processor seconds a second below which a page is drawn.
_STILL = 0.1
#: What a page says that is answered before all of it is read.
_WAITS = "正在读取台账"


@click.command()
@click.option("--lines", default=30_000, show_default=True, help="Lines of the list.")
@click.option("--readers", default=50, show_default=True, help="Readers at once.")
@click.option(
    "--watched", default=120, show_default=True, help="Seconds for which 今日 is opened while documents are made."
)
def main(lines: int, readers: int, watched: int) -> None:
    """Measure and print."""
    click.echo(
        f"{lines:,} lines, {readers} readers, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores when begun"
    )
    with tempfile.TemporaryDirectory() as name:
        path, source = Path(name) / "record.db", Path(name) / "list.csv"
        signed_up(path, officer=Role.OFFICER, reader=Role.READER)
        book = Rulebook.load(())
        made = generate_list(lines, 0, book.lists, load_settings(), cities=["临汾市"])
        write_list(made, source)
        click.echo(f"{made.lines['enterprise_id'].nunique():,} enterprises, a document each")
        with Ledger.writable(path) as ledger:
            take_forecast(ledger, Upload("预报.csv", forecast((240, 262, 271, 255, 188))), book.lists, "办公室 甲")
        with serving(path) as (served, process), browsers(served) as opened:
            _measure(served, process.pid, opened("officer"), source, readers, watched)


def _measure(served: Served, server: int, page: Any, source: Path, readers: int, watched: int) -> None:
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
    _rows(page, server, decided)
    confirmed(page, "提交审核", "送审")
    page.wait_for_url("**/issue?draft=*")
    act = int(page.url.rpartition("=")[2].partition("#")[0])
    with Ledger.writable(served.path) as ledger:  # from here on what stands binds: the pages have something to show
        review(ledger, act, "科长 乙", passed=True)
        approve(ledger, act, "市长 丙", passed=True)
        issued = issue_draft(ledger, act, "办公室 甲")[0].act
    _pages(served, server, page, act, issued)
    with served.client() as client:
        sign_in(client, "officer", PASSWORD)
        quiet, alone = _asked(client, server, 20)
        _many(served, server, readers, "nothing else going on")
        with ThreadPoolExecutor(1) as beside:
            making = beside.submit(client.get, f"/files/acts/{act}.zip", timeout=3600)
            time.sleep(5)
            busy, spent, until = list[float](), list[float](), time.perf_counter() + watched
            while not making.done() and time.perf_counter() < until:
                took, cost = _asked(client, server, 5)
                busy, spent = [*busy, *took], [*spent, *cost]
                time.sleep(2)
            click.echo(f"documents still being made: {not making.done()}, 今日 opened {len(busy)} times meanwhile")
            _say("今日, nothing else going on, median", statistics.median(quiet), statistics.mean(alone))
            _say("今日 while documents are made, median", statistics.median(busy), statistics.mean(spent))
            _say("今日 while documents are made, worst", max(busy), max(spent))
            ratios = statistics.median(busy) / statistics.median(quiet), statistics.mean(spent) / statistics.mean(alone)
            click.echo("  busy to quiet: seconds {:.1f}, processor {:.1f}".format(*ratios))
            _many(served, server, readers, "while documents are made")
            os.kill(server, signal.SIGTERM)  # the job ends with the page
            making.exception()


def _rows(page: Any, server: int, decided: float) -> None:
    """When the first and the last row of a work stand there, and what it costs to open it again."""
    page.wait_for_selector(".ag-row")
    _say("first row after deciding", time.perf_counter() - decided)
    page.wait_for_selector(".filling", state="hidden")
    _say("all rows after deciding", time.perf_counter() - decided)
    address = page.url
    for _ in range(3):  # the same page again: deciding spends nothing in between
        page.goto("about:blank")
        time.sleep(2)
        used, browser = _used(server), _used_beneath(os.getpid(), server)
        page.goto(address, wait_until="commit")
        page.wait_for_selector(".ag-row")
        browser = _used_beneath(os.getpid(), server) - browser
        click.echo(f"  first row: processor {browser + _used(server) - used:.2f} s, {browser:.2f} of it the browser's")


def _pages(served: Served, server: int, page: Any, draft: int, issued: int) -> None:
    """Processor seconds of the page and its processes for each page opened twice, drawn to its end."""
    addresses = ["/", "/map", "/issue", f"/issue?draft={draft}", f"/deliver?act={issued}", "/audit"]
    addresses += [f"/audit?act={issued}", f"/evaluate?act={issued}", "/lists", "/rules"]
    for address in addresses:
        spent = []
        for _ in range(2):
            page.goto("about:blank")
            time.sleep(1)
            used = _used(server) + _used_beneath(server, 0)
            page.goto(f"{served.url}{address}")
            page.wait_for_load_state("networkidle")
            before, now = used, used + 1
            while now - before > _STILL:
                time.sleep(1)
                before, now = now, _used(server) + _used_beneath(server, 0)
            spent.append(now - used)
        click.echo("  {:24} first opened: processor {:.2f} s, again {:.2f} s".format(address, *spent))


def _many(served: Served, server: int, readers: int, what: str) -> None:
    """So many readers who open 今日 in the same moment, three times: each is answered, some at first with 正在读取."""
    click.echo(f"{readers} readers, {what}:")
    with served.client() as client:
        sign_in(client, "reader", PASSWORD)

        def look(_number: int) -> tuple[float, bool]:
            begun = time.perf_counter()
            answer = client.get("/")
            assert answer.status_code == 200, answer
            return time.perf_counter() - begun, _WAITS in answer.text

        for _ in range(3):
            used, begun = _used(server) + _used_beneath(server, 0), time.perf_counter()
            with ThreadPoolExecutor(readers) as people:
                took = list(people.map(look, range(readers)))
            spent = _used(server) + _used_beneath(server, 0) - used
            _say("  all served", time.perf_counter() - begun, spent)
            _say("  median", statistics.median(one for one, _ in took))
            _say("  worst", max(one for one, _ in took))
            click.echo(f"  answered before all was read: {sum(waits for _, waits in took)}")


def _asked(client: httpx.Client, server: int, times: int) -> tuple[list[float], list[float]]:
    """Seconds and processor seconds of the server of each of some openings of 今日."""
    took, spent = [], []
    for _ in range(times):
        used, begun = _used(server), time.perf_counter()
        answer = client.get("/")
        assert answer.status_code == 200, answer
        took.append(time.perf_counter() - begun)
        spent.append(_used(server) - used)
    return took, spent


def _used(process: int) -> float:
    """Processor seconds of a process so far."""
    said = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")


def _used_beneath(process: int, without: int) -> float:
    """Processor seconds of the processes that one began, and that these began, but for one of them."""
    parents, used = dict[int, int](), 0.0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text("utf-8").rpartition(")")[2].split()[1])
        except OSError:  # it has ended
            continue
    beneath = {process}
    while more := {one for one, parent in parents.items() if parent in beneath and one not in beneath | {without}}:
        beneath |= more
    for one in beneath - {process}:
        try:
            used += _used(one)
        except OSError:
            continue
    return used


def _say(what: str, seconds: float, used: float | None = None) -> None:
    click.echo(f"{what:44} {seconds:8.2f} s" + ("" if used is None else f"  processor {used:.2f} s"))


if __name__ == "__main__":  # processes of a job read this file as their main one
    main()
