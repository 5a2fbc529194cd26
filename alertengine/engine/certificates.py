"""Which conditions were proven against durable-rules already: certificates, good for this very program.

They lie in the user's cache, ``$XDG_CACHE_HOME/alertengine/proven`` or ``~/.cache/alertengine/proven`` (or in the
folder that ``ALERTENGINE_CACHE`` names): one file for each state of the program, a mark a line.  The folder may be
removed at any time; where it cannot be read or written, every process proves its law anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from alertengine.files import cache_folder, replacing_text
from alertengine.rulebook import Condition
from alertengine.vocabulary import InputError

_HERE = Path(__file__).resolve().parent
#: The code that a proof speaks of: how conditions are read, coded, laid out in tables and shown.
_PROGRAM = (_HERE, _HERE.parent / "rulebook" / "conditions.py", _HERE.parent / "vocabulary" / "fields.py")


def mark_of(condition: Condition) -> str:
    """The mark of a condition: equal conditions have the same."""
    return hashlib.sha256(repr(condition).encode()).hexdigest()[:32]


class Certificates:
    """The marks of conditions that were proven; read when first asked for, written as they are added."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._marks: set[str] | None = None

    def __contains__(self, mark: str) -> bool:
        """Whether a condition was proven."""
        return mark in self._known()

    def add(self, marks: Iterable[str]) -> None:
        """Certify conditions."""
        new = set(marks) - self._known()
        if not new or (path := certificate_file()) is None:
            self._known().update(new)
            return
        self._marks = self._known() | _read(path) | new
        try:
            replacing_text(path, "\n".join(sorted(self._marks)) + "\n")
        except InputError:
            return  # nothing kept: proven again by the next process

    def forget(self) -> None:
        """Read the file again when next asked."""
        self._marks = None

    def _known(self) -> set[str]:
        if self._marks is None:
            path = certificate_file()
            self._marks = set() if path is None else _read(path)
        return self._marks


def certificate_file() -> Path | None:
    """The file of this very program, None where the user has no home or the program no source to tell it by."""
    folder = cache_folder()
    try:
        return None if folder is None else folder / "proven" / f"{_program()}.txt"
    except OSError:
        return None


def _read(path: Path) -> set[str]:
    try:
        return set(path.read_text(encoding="ascii").split())
    except (OSError, ValueError):
        return set()


def _program() -> str:
    """A hash of the code that a proof speaks of."""
    digest = hashlib.sha256()
    for place in _PROGRAM:
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:32]


CERTIFICATES = Certificates()
