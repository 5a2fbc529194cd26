"""What reads the files: a process of its own, under a limit of memory."""

from __future__ import annotations

import logging
import resource
import sys
import traceback
from pathlib import Path
from typing import Any

from .kinds import Reader

#: A file may take so long (seconds of the processor) and its reader so much memory beyond what it had (bytes).
LONGEST = 20.0
MEMORY = 1 << 30


def work(there: Any, reader: Reader) -> None:
    """Read each file that is named, and say what came of it."""
    from alertengine.vocabulary import InputError

    logging.disable()  # what is said aside has nobody to hear it here
    read = reader()
    _limit_memory()
    there.send("ready")
    while True:
        try:
            path = there.recv()
        except EOFError:
            return
        try:
            read(path)
            said = "read"
        except InputError as error:
            said = "refused" if error.problems and all(map(str, error.problems)) else "refused without a problem"
        except MemoryError:
            said = f"more than {MEMORY >> 20} MB"
        except BaseException:  # noqa: BLE001 -- that is what is looked for
            said = traceback.format_exc()
        there.send(said)


def _limit_memory() -> None:
    if sys.platform.startswith("linux"):
        held = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, resource.RLIM_INFINITY))
