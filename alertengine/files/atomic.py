"""Files written beside their place and put there when they are whole."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from alertengine.vocabulary import refuse


def replacing_text(path: Path, text: str, *, private: bool = False) -> None:
    """:func:`replacing` with a text, as UTF-8.

    Raises:
        InputError: the file cannot be written.

    """
    replacing(path, lambda target: target.write_text(text, encoding="utf-8"), private=private)


def to_disk(path: Path) -> None:
    """Flush a file or folder to the disk, to survive a power cut; nothing where the system cannot do that.

    Raises:
        OSError: the disk failed.

    """
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EBADF, errno.ENOTSUP):
            raise
    finally:
        os.close(handle)


def replacing(path: Path | str, write: Callable[[Path], object], *, private: bool = False) -> None:
    """Write beside ``path`` and put it in place when it is whole and on the disk.

    ``private``: its owner alone reads it, and opens a folder that is made for it, whatever the umask.

    Raises:
        InputError: the file cannot be written.

    """
    path = Path(path)
    try:
        path.parent.mkdir(0o700 if private else 0o777, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=path.suffix)
        os.close(handle)
        target = Path(name)
        try:
            write(target)
            target.chmod(0o600 if private else 0o644)
            to_disk(target)
            target.replace(path)
            to_disk(path.parent)
        finally:
            target.unlink(missing_ok=True)
    except Exception as error:
        cause = disk_error(error)
        if cause is None:
            raise
        raise refuse(path, "unwritten_file", error=cause) from None


def disk_error(error: BaseException | None) -> OSError | None:
    """What the disk answered, itself or in the error of a library that wrote (xlsxwriter has its own)."""
    found = error if isinstance(error, OSError) else next(iter(error.args), None) if error else None
    return found if isinstance(found, OSError) else None


#: What a write meets where the place is full, over its quota, or read alone.
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)


def no_room(error: BaseException | None) -> OSError | None:
    """:func:`disk_error` where it says that there was no room for what was to be written."""
    found = disk_error(error)
    return found if found is not None and found.errno in _NO_ROOM else None
