"""One small cluster of processes for the room's tests, and a synthetic list over several cities."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

pytest.importorskip("distributed", reason="the extra alertengine[cluster] is not installed")

from alertengine.lists import EnterpriseList, generate_list, load_settings, write_list
from alertengine.rulebook import Rulebook


@pytest.fixture(scope="session")
def machine() -> Iterator[Any]:
    """A scheduler and two worker processes of one thread."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0") as machine:
        yield machine


@pytest.fixture(scope="session")
def client(machine: Any) -> Iterator[Any]:
    """A client of the small cluster."""
    from distributed import Client

    with Client(machine, set_as_default=False) as client:
        yield client


@pytest.fixture(scope="session")
def made(shipped: Rulebook) -> EnterpriseList:
    """A synthetic list of all cities on file; every ninth enterprise is in two cities, in the other with grade D."""
    content = generate_list(1_000, 7, shipped.lists, load_settings())
    lines = content.lines
    owner = pd.factorize(lines["enterprise_id"])[0]
    moved = (owner % 9 == 0) & (lines.groupby("enterprise_id").cumcount() % 2 == 1).to_numpy()
    cities = lines["city"].cat.categories
    elsewhere = pd.Categorical.from_codes((lines["city"].cat.codes.to_numpy() + 3) % len(cities), categories=cities)
    lines["city"] = lines["city"].where(~moved, pd.Series(elsewhere))
    lines.loc[moved, "county"] = None
    lines.loc[moved, "grade"] = "D"
    assert moved.sum() > 20
    return content


@pytest.fixture(scope="session")
def list_file(made: EnterpriseList, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The list as a file with its totals beside it."""
    path = tmp_path_factory.mktemp("cluster") / "list.csv"
    write_list(made, path)
    return path


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Dask warns of sockets and ports while processes are killed; that is what these tests do."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="distributed.*")
        yield
