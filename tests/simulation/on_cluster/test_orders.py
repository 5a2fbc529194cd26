"""Orders on a cluster: the bytes of one machine, whatever the partitions, whoever is killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.lists import read_list
from alertengine.orders import Orders, decide, write_orders
from alertengine.rulebook import Rulebook
from alertengine.simulation import PlanOptions, plan_list, write_folder
from alertengine.simulation.on_cluster import connect
from alertengine.simulation.on_cluster import orders as room
from alertengine.simulation.on_cluster.connect import run_all
from alertengine.simulation.on_cluster.folder import open_folder
from alertengine.simulation.on_cluster.orders import cluster_orders
from alertengine.vocabulary import InputError, Level

pytestmark = pytest.mark.whole

DAY = date(2026, 12, 1)
Alike = Callable[[Orders], None]


@pytest.fixture(scope="module")
def alone(shipped: Rulebook, list_file: Path) -> Orders:
    """The list on one machine."""
    return decide(read_list(list_file, shipped.lists), shipped, level=Level.RED, date=DAY)


@pytest.fixture
def alike(alone: Orders, tmp_path: Path) -> Alike:
    """Checks that a run says what one machine says, in every byte."""

    def check(run: Orders, one: Orders = alone) -> None:
        for suffix in (".csv", ".parquet"):
            ours, theirs = tmp_path / f"ours{suffix}", tmp_path / f"theirs{suffix}"
            write_orders(run.table, ours, run.summaries)
            write_orders(one.table, theirs, one.summaries)
            assert ours.read_bytes() == theirs.read_bytes()
        assert run.summaries == one.summaries
        assert run.notes == one.notes
        assert run.exit_status == one.exit_status
        assert run.enterprises.problems == one.enterprises.problems

    return check


@pytest.fixture
def serial(monkeypatch: pytest.MonkeyPatch) -> None:
    """What workers do, done here one part after the other: no processes."""

    def run_here(_client: Any, function: Callable[..., Any], tasks: Iterable[Any], *common: Any) -> Any:
        return ((number, function(*task, *common)) for number, task in enumerate(tasks))

    monkeypatch.setattr(room, "run_all", run_here)
    monkeypatch.setattr(room, "shared", lambda _client, value: value)
    monkeypatch.setattr(room, "threads", lambda _client: 2)


@pytest.mark.slow
@pytest.mark.usefixtures("serial")
@pytest.mark.parametrize("part_lines", [1, 250, None])
def test_bytes_do_not_hang_on_partitions(
    shipped: Rulebook, list_file: Path, alike: Alike, part_lines: int | None
) -> None:
    alike(cluster_orders(None, shipped, list_file, Level.RED, DAY, part_lines=part_lines))


@pytest.mark.slow
@pytest.mark.usefixtures("serial")
def test_a_folder_of_parquet_is_the_list(shipped: Rulebook, list_file: Path, alike: Alike, tmp_path: Path) -> None:
    content = read_list(list_file, shipped.lists)
    folder = tmp_path / "parts"
    assert write_folder(content, folder) == content.lines["city"].nunique()
    alike(cluster_orders(None, shipped, folder, Level.RED, DAY, part_lines=300))
    one = decide(read_list(list_file, shipped.lists), shipped, level=Level.YELLOW, date=DAY, cities=["临汾"], hours=30)
    alike(cluster_orders(None, shipped, folder, Level.YELLOW, DAY, city="临汾", hours=30), one)


@pytest.mark.slow
@pytest.mark.usefixtures("serial")
def test_one_city(shipped: Rulebook, list_file: Path, alike: Alike) -> None:
    one = decide(read_list(list_file, shipped.lists), shipped, level=Level.ORANGE, date=DAY, cities=["临汾市"])
    alike(cluster_orders(None, shipped, list_file, Level.ORANGE, DAY, city="临汾市"), one)
    with pytest.raises(InputError, match="no such city"):
        cluster_orders(None, shipped, list_file, Level.RED, DAY, city="西安市")


@pytest.mark.slow
def test_killed_workers_lose_nothing_and_one_added_helps(
    machine: Any, client: Any, shipped: Rulebook, list_file: Path, alike: Alike, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the first part every worker is killed outright, the law they hold with them, and another one added."""
    killed: set[int] = set()

    def watched(*arguments: Any) -> Any:
        for number, result in run_all(*arguments):
            if not killed:
                machine.scale(3)
                killed.update(client.run(os.getpid).values())
                for process in killed:
                    os.kill(process, signal.SIGKILL)
            yield number, result

    monkeypatch.setattr(room, "run_all", watched)
    alike(cluster_orders(client, shipped, list_file, Level.RED, DAY, part_lines=1))
    client.wait_for_workers(3, timeout=30)
    alive = set(client.run(os.getpid).values())
    assert len(alive) == 3
    assert not killed & alive


def _second(_first: int, value: bytes) -> bytes:
    return value


def _refuse(number: int) -> int:
    from alertengine.vocabulary import Problem

    if number > 2:
        raise InputError([Problem("unreadable_file", file="list", error=f"bad part {number}", kind="csv")])
    return number


def test_the_first_refusal_is_told(client: Any) -> None:
    with pytest.raises(InputError, match="bad part 3"):
        list(run_all(client, _refuse, [(number,) for number in range(9)]))


def test_a_worker_with_other_versions_is_refused(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect, "versions", lambda: {"alertengine": "99", "numpy": np.__version__})
    with pytest.raises(InputError, match="another alertengine"):
        list(run_all(client, _second, [(1, b"")]))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense://x", "127.0.0.1"])
def test_nobody_answers(list_file: Path, tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect, "PATIENCE", 0.5)
    output = tmp_path / "orders.csv"
    asked = ["orders", str(list_file), "--level", "red", "--date", str(DAY), "-o", str(output)]
    result = CliRunner().invoke(main, [*asked, "--cluster", address, "--insecure"])
    assert result.exit_code == 2
    assert f"--cluster {address}" in result.stderr
    assert result.stderr.count("\n") == 1
    assert not output.exists()


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "127.0.0.1:1", "ws://127.0.0.1:1"])
def test_a_port_that_runs_strangers_code_is_not_reached_unasked(list_file: Path, tmp_path: Path, address: str) -> None:
    output = tmp_path / "orders.csv"
    asked = ["orders", str(list_file), "--level", "red", "--date", str(DAY), "-o", str(output), "--cluster", address]
    result = CliRunner().invoke(main, asked)
    assert result.exit_code == 2
    assert "not encrypted" in result.stderr
    assert not output.exists()


def test_certificates_go_together(list_file: Path) -> None:
    asked = ["orders", str(list_file), "--level", "red", "--date", str(DAY), "--cluster", "tls://127.0.0.1:1"]
    result = CliRunner().invoke(main, [*asked, "--cluster-ca", str(list_file)])
    assert result.exit_code == 2
    assert "certificates are missing" in result.stderr


@pytest.mark.slow
def test_workers_of_this_machine_speak_tls() -> None:
    with connect.cluster(connect.Address("local"), workers=1) as local:
        assert local.scheduler.address.startswith("tls://")
        assert all(address.startswith("tls://") for address in local.scheduler_info()["workers"])


def test_the_command_at_an_address(machine: Any, list_file: Path, alone: Orders, tmp_path: Path) -> None:
    output, expected = tmp_path / "orders.csv", tmp_path / "alone.csv"
    asked = ["orders", str(list_file), "--level", "red", "--date", str(DAY), "-o", str(output)]
    result = CliRunner().invoke(main, [*asked, "--cluster", machine.scheduler_address, "--insecure"])
    assert result.exit_code == alone.exit_status, result.stderr
    write_orders(alone.table, expected)
    assert output.read_bytes() == expected.read_bytes()


def test_the_partition_command(shipped: Rulebook, list_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    asked = ["lists", "partition", str(list_file), "-o", str(folder)]
    assert CliRunner().invoke(main, asked).exit_code == 0
    assert (folder / "city=临汾市" / "part-0.parquet").is_file()
    again = CliRunner().invoke(main, asked)
    assert again.exit_code == 2
    assert "is there already" in again.stderr
    (folder / "city=临汾市" / "part-0.parquet").unlink()
    with pytest.raises(InputError, match="is missing"):
        open_folder(folder, shipped.lists)
    (folder / "list.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match=r"cannot be read.*lists partition"):
        open_folder(folder, shipped.lists)


def test_a_city_without_a_line_is_refused_in_the_words_of_one_machine(shipped: Rulebook, tmp_path: Path) -> None:
    """Before the cluster is asked anything, by its standard name; a plan says the same."""
    list_file = tmp_path / "list.csv"
    list_file.write_text(
        "企业名称,城市,行业,生产线编号,工序,绩效等级,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量\n"
        "合成水泥,临汾,水泥,1,熟料,B,10,20,5,1\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as alone:
        decide(read_list(list_file, shipped.lists), shipped, level=Level.RED, date=DAY, cities=["太原"])
    with pytest.raises(InputError) as refused:
        cluster_orders(None, shipped, list_file, Level.RED, DAY, city="太原")  # type: ignore[arg-type]
    with pytest.raises(InputError) as unplanned:
        plan_list(shipped, list_file, [Level.RED], DAY, PlanOptions(city="太原"))
    assert [str(one) for one in refused.value.problems] == [str(one) for one in alone.value.problems]
    assert [str(one) for one in unplanned.value.problems] == [str(one) for one in alone.value.problems]
    assert "no lines of 太原市" in str(refused.value)
