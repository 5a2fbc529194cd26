"""Folders for temporary copies: the owner's alone, and cleared away also where the process was killed."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

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
