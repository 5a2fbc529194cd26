"""Reaching a cluster, and handing it work: each task again where a worker is lost, none left behind.

A task carries what it needs in itself, so a killed worker takes nothing with it that cannot be
sent again; tasks are handed over few at a time, so neither scheduler nor workers hold the whole list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from alertengine import __version__
from alertengine.vocabulary import AlertEngineError, InputError, Problem

if TYPE_CHECKING:
    from distributed import Client, Future, Security

#: The address that starts worker processes on this machine.
LOCAL: Final = "local"
#: Seconds to wait for the scheduler and for the first worker.
PATIENCE: Final = 30
#: Tasks in hand for each thread of the cluster, one running and one waiting.
_AHEAD = 2


@dataclass(frozen=True, slots=True)
class Address:
    """Where a cluster is, and how it is reached.

    ``ca``, ``certificate`` and ``key`` are PEM files for ``tls://``; none: those of Dask's configuration
    (``distributed.comm.tls``).  Whoever can write to a ``tcp://`` port runs code on the cluster and on whoever asks:
    it takes ``insecure``.
    """

    text: str
    insecure: bool = False
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    def security(self) -> Security | None:
        """The certificates, None for those of the configuration.

        Raises:
            InputError: they are not all given or not all there, or the address is not encrypted.

        """
        from distributed import Security

        where, files = f"--cluster {self.text}", [self.ca, self.certificate, self.key]
        if not self.text.startswith("tls://") and not self.insecure:
            raise InputError([Problem("cluster_unencrypted", file=where)])
        if not any(files):
            return None
        if not all(file is not None and file.is_file() for file in files):
            raise InputError([Problem("cluster_certificates", file=where, value=", ".join(map(str, files)))])
        ca, certificate, key = map(str, files)
        return Security(
            tls_ca_file=ca, tls_client_cert=certificate, tls_client_key=key, require_encryption=not self.insecure
        )


#: Dask's settings: tasks carry their data, so that lost ones run again elsewhere, and no user is warned of their size.
_OWN: Final = {"distributed.admin.large-graph-warning-threshold": "1TB"}


@dataclass(frozen=True, slots=True)
class Refused:
    """An input error met on a worker, on its way to whoever asked."""

    problems: list[Problem]


@contextmanager
def cluster(address: Address, *, workers: int | None = None) -> Iterator[Client]:
    """A client of the cluster at an address.

    ``local`` starts ``workers`` processes of one thread each here; they speak TLS with a key made for this run.

    Raises:
        InputError: the extra is missing, the address is not encrypted, nobody answers there, or no worker is there.

    """
    try:
        from dask import config
        from distributed import Client, LocalCluster
    except ImportError:
        raise InputError([Problem("dask_missing", where="dask")]) from None
    with config.set(_OWN):
        if address.text == LOCAL:
            with (
                LocalCluster(
                    n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, security=True
                ) as machine,
                Client(machine) as client,
            ):
                yield client
            return
        client = _joined(Client, address)
        with client:
            yield client


def _joined(client_class: type[Client], address: Address) -> Client:
    where, security = f"--cluster {address.text}", address.security()
    try:
        client = client_class(address.text, timeout=PATIENCE, set_as_default=False, security=security)
    except (OSError, TimeoutError):
        raise InputError([Problem("no_scheduler", file=where)]) from None
    except (ValueError, TypeError, KeyError, RuntimeError) as error:
        raise InputError([Problem("cluster_unusable", file=where, error=error)]) from None
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        client.close()
        raise InputError([Problem("no_worker", file=where)]) from None
    return client


def threads(client: Client) -> int:
    """Threads of all workers there are now, at least one."""
    return max(1, sum(client.nthreads().values()))


def shared(client: Client, value: Any) -> Future:
    """A value that many tasks need, sent once and passed on between workers; made again where it is lost."""
    return client.submit(_same, value, key=f"alertengine-shared-{uuid4().hex}")


def _same(value: Any) -> Any:
    return value


def run_all(
    client: Client, function: Callable[..., Any], tasks: Iterable[tuple[Any, ...]], *common: Any
) -> Iterator[tuple[int, Any]]:
    """Results of ``function(*task, *common)`` with the number of the task, as they come.

    Raises:
        InputError: a task met an input error (that of the first task), the workers lack or differ in
            the program, a task killed every worker it was given to, or the scheduler is lost.

    """
    from distributed import as_completed

    run, numbers = uuid4().hex, dict[Any, int]()
    waiting = enumerate(tasks)
    with client.as_current():
        coming = as_completed()
    refused: dict[int, list[Problem]] = {}

    def hand_over() -> None:
        while not refused and len(numbers) < _AHEAD * threads(client):
            number, task = next(waiting, (-1, ()))
            if number < 0:
                return
            key = f"alertengine-{run}-{number}"
            future = client.submit(_checked, versions(), function, *task, *common, key=key)
            numbers[future] = number
            coming.add(future)

    hand_over()
    try:
        while numbers:
            future = next(coming)
            number = numbers[future]
            result = _result(future)
            if isinstance(result, Refused):
                refused[number] = result.problems
            del numbers[future]
            future.release()
            if not refused:
                yield number, result
            hand_over()
    finally:
        client.cancel(list(numbers))
    if refused:
        raise InputError(refused[min(refused)])


def _result(future: Future) -> Any:
    from distributed import KilledWorker
    from distributed.comm import CommClosedError

    try:
        return future.result()
    except AlertEngineError:
        raise
    except KilledWorker:
        raise InputError([Problem("part_lost", where="--cluster")]) from None
    except (ImportError, AttributeError) as error:
        raise InputError([Problem("worker_lacks", where="--cluster", error=error, version=__version__)]) from None
    except (OSError, TimeoutError, CommClosedError, RuntimeError) as error:
        raise InputError([Problem("cluster_lost", where="--cluster", error=error)]) from None


def versions() -> dict[str, str]:
    """What must be the same everywhere for the same bytes to come out."""
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    return {"alertengine": __version__, "numpy": np.__version__, "pandas": pd.__version__, "pyarrow": pa.__version__}


def _checked(wanted: dict[str, str], function: Callable[..., Any], *arguments: Any) -> Any:
    """Run a task, input errors on their way home; a worker with other versions refuses."""
    own = versions()
    if own != wanted:
        differing = [name for name in wanted if own[name] != wanted[name]]
        problems = [
            Problem("worker_differs", where="--cluster", value=own[name], name=name, wanted=wanted[name])
            for name in differing
        ]
        return Refused(problems)
    try:
        return function(*arguments)
    except InputError as error:
        return Refused(error.problems)
