"""What its owner alone reads, whatever the umask: files, and folders of temporary copies, which no kill leaves."""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
from contextlib import suppress
from functools import cache
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


_NAME: Final = re.compile(r"alertengine-(\d+)-")


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder (0700) that goes away with its use; those that killed processes left go with the first one made."""
    _swept()
    return tempfile.TemporaryDirectory(prefix=f"alertengine-{os.getpid()}-")


@cache
def _swept() -> None:
    sweep(Path(tempfile.gettempdir()))


def sweep(folder: Path) -> None:
    """Remove the temporary folders in a folder that are ours and whose process is gone."""
    for path in folder.glob("alertengine-*"):
        named = _NAME.match(path.name)
        if named and not path.is_symlink() and path.is_dir() and _owned(path) and not is_running(int(named[1])):
            shutil.rmtree(path, ignore_errors=True)


def _owned(path: Path) -> bool:
    try:
        return path.stat().st_uid == os.getuid()
    except OSError:
        return False


def is_running(process: int) -> bool:
    """Whether a process of a number runs, be it another user's."""
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError, ValueError):  # no process has such a number
        return False
    except OSError:
        return True
    return True
