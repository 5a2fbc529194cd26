"""The one gate for paths that a file from elsewhere names: of a ledger, an archive, a manifest, a scenario, a run.

Such a path is relative, in the POSIX form, and stays inside the folder it is joined to, on every system a zip may be
unpacked on.  A scenario, and the summary of a run, may also name files of the program, and of folders that whoever runs
it has set.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from alertengine.vocabulary import InputError, Problem, Words, refuse

#: Setting: folders, as in PATH, whose files a scenario may name by any path.
FOLDERS: Final = "ALERTENGINE_FOLDERS"
#: Bytes of a path and of one name in it that every file system takes.
_LONGEST: Final = 1024
_LONGEST_NAME: Final = 255
_DRIVE: Final = re.compile(r"[A-Za-z]:")
#: Unicode categories of control characters, half surrogates and line ends.
_UNSEEN: Final = {"Cc", "Cs", "Zl", "Zp"}


def leads_out(path: object) -> bool:
    """Whether a path may not be joined to a folder: absolute, with ``..``, or no plain path of names."""
    if not isinstance(path, str) or not path or _is_odd(path):
        return True
    names = path.split("/")
    data = [name.encode("utf-8", "surrogatepass") for name in names]
    too_long = sum(map(len, data)) + len(data) > _LONGEST or max(map(len, data)) > _LONGEST_NAME
    return too_long or any(name in {"", ".", ".."} for name in names)


def _is_odd(path: str) -> bool:
    """Whether a path is read in another way on another system, or holds what nobody sees."""
    odd = "\\" in path or path.startswith("//") or _DRIVE.match(path) is not None
    return odd or any(unicodedata.category(letter) in _UNSEEN for letter in path)


def inside(folder: Path, path: object, source: Path | str) -> Path:
    """A path joined to a folder, links followed; ``source`` is the file that names it.

    Raises:
        InputError: it leads out of the folder.

    """
    if leads_out(path):
        raise refuse(source, "path_leads_out", value=str(path))
    target = folder / str(path)
    if not target.resolve().is_relative_to(folder.resolve()):
        raise refuse(source, "path_leads_out", value=str(path))
    return target


def no_file(path: Path | str, code: str, **fields: Any) -> Problem:
    """That no file is at a path, as ``code`` says it: its ``{there}`` tells a folder from nothing at all."""
    there = Words("a_folder_there" if Path(path).is_dir() else "nothing_there")
    return Problem(code, **{"file": str(path), **fields}, there=there)


def keep_inputs(written: Iterable[Path], read: Iterable[Path]) -> None:
    """Refuse to write over a file that is read.

    Raises:
        InputError: each file to be written that is one of those read, by whatever path.

    """
    there = [one for one in read if one.is_file()]
    over = [one for one in written if one.is_file() and any(one.samefile(other) for other in there)]
    if over:
        raise InputError([Problem("written_over_input", file=str(one)) for one in over])


def beside(source: Path, name: str, shipped: Sequence[Path] = ()) -> Path:
    """A file that a scenario names: in the scenario's folder, else in one of the ``shipped`` ones.

    Where it is nowhere, the path it would have beside the scenario.  :func:`leading_out` is asked before.
    """
    starts = [source.parent] if leads_out(name) else [source.parent, *shipped]
    return next((start / name for start in starts if (start / name).exists()), source.parent / name)


def leading_out(source: Path, named: Iterable[tuple[str, str]], shipped: Sequence[Path] = ()) -> list[Problem]:
    """A problem for each file of a scenario, by the key that names it, that it may not name.

    It may name what lies in its own folder or in the ``shipped`` ones, links followed, or in one of :data:`FOLDERS`.
    """

    def held(name: str) -> bool:
        try:
            return not _is_odd(name) and lies_in(beside(source, name, shipped), [source.parent, *shipped])
        except (OSError, ValueError):  # no name that a file could have
            return False

    return [
        Problem("path_outside_scenario", file=str(source), column=key, value=name)
        for key, name in named
        if not held(name)
    ]


def lies_in(path: Path, folders: Sequence[Path]) -> bool:
    """Whether a path, links followed, lies in one of some folders or of :data:`FOLDERS`."""
    if path.as_posix().startswith("//"):
        return False  # asked first: another machine's file is not even looked for
    allowed = [*folders, *(Path(one) for one in os.environ.get(FOLDERS, "").split(os.pathsep) if one)]
    try:
        found = path.resolve()
        return any(found.is_relative_to(one.resolve()) for one in allowed)
    except (OSError, ValueError):  # no name that a file could have
        return False
