"""The one gate for paths that a file from elsewhere names: of a ledger, an archive, a manifest, a run's options.

Such a path is relative, in the POSIX form, and stays inside the folder it is joined to, on every system a zip may be
unpacked on.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Final

from alertengine.vocabulary.problems import refuse

#: Bytes of a path and of one name in it that every file system takes.
_LONGEST: Final = 1024
_LONGEST_NAME: Final = 255
_DRIVE: Final = re.compile(r"[A-Za-z]:")
#: Unicode categories of control characters, half surrogates and line ends.
_UNSEEN: Final = {"Cc", "Cs", "Zl", "Zp"}


def leads_out(path: object) -> bool:
    """Whether a path may not be joined to a folder: absolute, with ``..``, or no plain path of names."""
    if not isinstance(path, str) or not path or "\\" in path or _DRIVE.match(path):
        return True
    if any(unicodedata.category(letter) in _UNSEEN for letter in path):
        return True
    names = path.split("/")
    data = [name.encode("utf-8", "surrogatepass") for name in names]
    too_long = sum(map(len, data)) + len(data) > _LONGEST or max(map(len, data)) > _LONGEST_NAME
    return too_long or any(name in {"", ".", ".."} for name in names)


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
