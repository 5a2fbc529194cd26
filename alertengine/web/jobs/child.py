"""A job in its own process: it says how far it is, leaves its files under the hash of its result, and ends."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from typing import Any, Final

from alertengine.files import confine_readings, replacing_text
from alertengine.vocabulary import AlertEngineError, InputError, Problem
from alertengine.web.jobs.store import KINDS, Job, JobPlace, WorkFolder

#: Read once by the server that jobs come from.
PRELOADED: Final = ("alertengine.web.jobs.bodies", "alertengine.web.asked")
#: Jobs give way to the page.
_NICE: Final = 5


def settle(settings: dict[str, str], late: Callable[[InputError], None] | None = None) -> None:
    """Make this process one of the page: by its settings, deaf to an interrupt of the terminal, ended with the page.

    It reads files under the limits of a first reading; ``late`` tells of one that takes too long, which ends it.
    """
    os.environ.clear()
    os.environ.update(settings)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.umask(0o077)
    confine_readings(late or _late)
    Thread(target=_end_with_parent, daemon=True).start()


def _late(error: InputError) -> None:
    sys.stderr.write(f"{error}\n")


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def work(
    settings: dict[str, str],
    there: Connection,
    ledger: Path,
    rules: tuple[Path, ...],
    job: Job,
) -> None:
    """Do one job and send what came of it; its ``starts`` counts this time."""
    settle(settings, lambda error: there.send(("failed", error.problems)))
    os.nice(_NICE)
    folder = WorkFolder(ledger)
    part = folder.result(f"{job.result}.{job.key}.part")
    before = job.starts - 1
    place = JobPlace(folder, rules, job.key, before, part, lambda done, of: there.send(("progress", (done, of))))
    outcome: tuple[str, Any]
    try:
        shutil.rmtree(part, ignore_errors=True)  # of a start that the page's end cut off
        part.mkdir(mode=0o700)
        said = getattr(import_module("alertengine.web.jobs.bodies"), KINDS[job.kind].body)(place, job.asked)
        replacing_text(part / "said.json", json.dumps(said, ensure_ascii=False))
        whole = folder.result(job.result)
        if not whole.exists():
            part.rename(whole)
        outcome = "done", said
    except InputError as error:
        outcome = "failed", error.problems
    except AlertEngineError as error:
        outcome = "failed", [Problem("said_so", where="session", text=str(error))]
    except MemoryError:
        outcome = "failed", [Problem("process_died", where="session")]
    except Exception as error:  # noqa: BLE001 -- it is logged, and the page says that the job failed
        sys.stderr.write(f"job {job.kind}: {type(error).__name__}: {error}\n")
        outcome = "failed", [Problem("job_failed", where="session", error=type(error).__name__)]
    shutil.rmtree(part, ignore_errors=True)
    there.send(outcome)
    there.close()
