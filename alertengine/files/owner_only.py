"""Files that their owner alone reads, whatever the umask."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from alertengine.vocabulary import Problem, aside

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def make_private(path: Path) -> None:
    """A file that its owner alone reads: begun where it is not there, else as :func:`take_from_others` does."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        take_from_others(path)


def take_from_others(path: Path) -> None:
    """Take a file of ours that group or others may open from them, and say so; those of other owners stay.

    Logs of SQLite beside it are taken too.
    """
    if not hasattr(os, "geteuid"):  # a system without such modes
        return
    for file in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
        with suppress(OSError):
            held = file.stat()
            if stat.S_ISREG(held.st_mode) and held.st_uid == os.geteuid() and held.st_mode & _OTHERS:
                file.chmod(0o600)
                if file == path:
                    mode = f"{stat.S_IMODE(held.st_mode):04o}"
                    aside(Problem("taken_from_others", file=str(path), mode=mode))
