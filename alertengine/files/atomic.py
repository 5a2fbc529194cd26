"""Files written beside their place and put there when they are whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from alertengine.vocabulary.problems import InputError, Problem


def replacing_text(path: Path, text: str) -> None:
    """:func:`replacing` with a text, as UTF-8.

    Raises:
        InputError: the file cannot be written.

    """
    replacing(path, lambda target: _write_text(target, text))


def _write_text(target: Path, text: str) -> None:
    target.write_text(text, encoding="utf-8")


def replacing(path: Path, write: Callable[[Path], None]) -> None:
    """Write beside ``path`` and put it in place when it is whole.

    Raises:
        InputError: the file cannot be written.

    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=path.suffix)
        os.close(handle)
        target = Path(name)
        try:
            write(target)
            target.chmod(0o644)
            with target.open("rb") as stream:
                os.fsync(stream.fileno())
            target.replace(path)
        finally:
            target.unlink(missing_ok=True)
    except OSError as error:
        raise InputError([Problem("unwritten_file", file=str(path), error=error.strerror)]) from None
