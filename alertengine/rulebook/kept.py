"""A rulebook as it was read, kept in the user's cache under a hash of all that it was made from.

Reading ninety files costs more than all else that a small run does before it decides.  What is kept is a pickle,
so only a file is read that belongs to the user and that nobody else may write; where there is none, or it is not
whole, the files are read.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import stat
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pydantic

from alertengine.files import cache_folder, of_file, replacing
from alertengine.vocabulary import InputError, uncollected

_PROGRAM = Path(__file__).resolve().parents[1]
#: The rooms that make a rulebook of files.
_ROOMS = ("files", "rulebook", "vocabulary")
#: Rulebooks kept; the one that nobody asked for the longest makes room.
_MOST = 8
_DIGEST = hashlib.sha256().digest_size


def key_of(folders: Sequence[Path]) -> str | None:
    """A hash of the files of rules folders and of the program; None where they cannot be read."""
    digest = hashlib.sha256(f"{sys.version} {pydantic.VERSION}".encode())
    try:
        for room in _ROOMS:
            sources = sorted((_PROGRAM / room).rglob("*.py"))
            if not sources:
                return None  # nothing to tell the program by
            for path in sources:
                told = path.stat()
                digest.update(f"{path} {told.st_mtime_ns} {told.st_size}\n".encode())
        for folder in folders:
            digest.update(f"{folder.absolute()}\0{folder}\0".encode())
            for path in sorted(folder.rglob("*.yaml")):
                of_file(path)
                content = path.read_bytes()
                digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode() + content)
    except (OSError, ValueError):
        return None
    return digest.hexdigest()


@uncollected()
def kept(key: str) -> object | None:
    """What was kept under a key, made anew; None where nothing is that may be trusted."""
    path = _file(key)
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            if not _own(os.fstat(file.fileno())):
                return None
            content = file.read()
        with suppress(OSError):
            os.utime(path)
        if hashlib.sha256(content[_DIGEST:]).digest() != content[:_DIGEST]:
            return None
        made: object = pickle.loads(content[_DIGEST:])  # noqa: S301 -- the user's own file, see _own
    except Exception:  # noqa: BLE001 -- whatever is wrong with it, the files themselves are there
        return None
    return made


def keep(key: str, made: object) -> None:
    """Keep something under a key, where the cache can be written."""
    path = _file(key)
    if path is None:
        return
    content = pickle.dumps(made, protocol=pickle.HIGHEST_PROTOCOL)
    try:
        replacing(path, lambda target: target.write_bytes(hashlib.sha256(content).digest() + content), private=True)
        others = sorted(path.parent.glob("*.pickle"), key=lambda other: other.stat().st_mtime, reverse=True)
        for old in others[_MOST:]:
            old.unlink(missing_ok=True)
    except (InputError, OSError):
        return  # nothing kept: read again by the next process


def _file(key: str) -> Path | None:
    folder = cache_folder()
    return None if folder is None else folder / "rulebooks" / f"{key}.pickle"


def _own(told: os.stat_result) -> bool:
    """Whether a file is the user's own and no one else may write it."""
    return not hasattr(os, "getuid") or (
        told.st_uid == os.getuid() and not told.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    )
