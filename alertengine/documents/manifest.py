"""The record a folder of documents keeps of itself, so that a broken run goes on where it stopped.

``manifest.json`` holds, for each file, the hash of what it was made from and of what was
written.  A file that is whole and made from the same is left alone; one that a person has
edited since is never overwritten without a copy.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any, Final, NotRequired, TypedDict, cast

from alertengine.files import leads_out, read_json
from alertengine.vocabulary import times, to_minute

MANIFEST: Final = "manifest.json"
_VERSION: Final = 1
#: Added to the name of a file that a person edited, when a new one takes its place.
EDITED: Final = "人工修改"


def digest(content: bytes) -> str:
    """SHA-256 of some bytes."""
    return hashlib.sha256(content).hexdigest()


def digest_of(value: Any) -> str:
    """SHA-256 of a value of texts, numbers, lists and mappings."""
    return digest(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str).encode())


def put(path: Path, content: bytes, *, personal: bool = False) -> None:
    """Write a file so that it is there whole or not at all; one with persons' contacts for its owner alone.

    Where it cannot be written, folders made for it that hold nothing else are gone too.
    """
    new = list(takewhile(lambda folder: not folder.exists(), path.parents))
    name = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".~", suffix=path.suffix)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(name).chmod(0o600 if personal else 0o644)
        Path(name).replace(path)
    except BaseException:
        if name:
            Path(name).unlink(missing_ok=True)
        with suppress(OSError):  # one that holds something else stays, with those above it
            for folder in new:
                folder.rmdir()
        raise


def _whole(path: Path) -> bool:
    """Whether a file is a whole document and not a broken one."""
    if path.suffix == ".txt":
        return True
    if path.suffix == ".html":
        return path.read_bytes().rstrip().endswith(b"</html>")
    try:
        with zipfile.ZipFile(path) as package:
            return package.testzip() is None
    except (OSError, zipfile.BadZipFile):
        return False


class ReleaseEntry(TypedDict):
    """Who released documents of a ``run``, why and when, and what was open of each; ``orders`` one id a line."""

    by: str
    reason: str
    orders: NotRequired[str]
    documents: dict[str, list[str]]
    run: NotRequired[str]
    at: str


def _release(said: dict[str, Any]) -> ReleaseEntry:
    """A release as the manifest holds it; TypeError and its like where it is none."""
    documents = said.get("documents", {})
    texts = [text for name, text in said.items() if name != "documents"]
    for open_ in documents.values():
        texts += open_ if isinstance(open_, list) else [None]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError(said)
    return cast("ReleaseEntry", {**said, "documents": documents})


@dataclass(slots=True)
class Manifest:
    """What a folder holds: by relative name, the hash of inputs and of the file; and who released what, why, when."""

    folder: Path
    files: dict[str, tuple[str, str]] = field(default_factory=dict)
    releases: list[ReleaseEntry] = field(default_factory=list)
    #: The run whose orders the files were made from.
    run: str = ""

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """The manifest of a folder; empty where there is none, or one that cannot be read."""
        out = cls(folder)
        try:
            content = read_json((folder / MANIFEST).read_text(encoding="utf-8"))
            if content["version"] == _VERSION:
                files = {str(name): (str(one["inputs"]), str(one["sha256"])) for name, one in content["files"].items()}
                out.files = {name: both for name, both in files.items() if not leads_out(name)}
                out.releases = [_release(one) for one in content.get("releases", [])]
                out.run = str(content.get("run", ""))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pass
        return out

    def write(self) -> None:
        """Put the manifest in place."""
        put(self.folder / MANIFEST, self.text().encode())

    def text(self) -> str:
        """The manifest as a file holds it."""
        files = {name: {"inputs": one, "sha256": two} for name, (one, two) in sorted(self.files.items())}
        content: dict[str, Any] = {"version": _VERSION, "files": files}
        content |= {"releases": self.releases} if self.releases else {}
        content |= {"run": self.run} if self.run else {}
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"

    def release(self, by: str, reason: str, documents: dict[str, tuple[str, ...]], orders: Iterable[str] = ()) -> None:
        """Record that a person released documents of the run (by name, with what was open); the same counts once.

        ``orders`` are the ids of the orders that the documents are of.
        """
        one: dict[str, Any] = {"by": by, "reason": reason}
        one |= {"orders": "\n".join(sorted(orders))} if orders else {}
        one |= {"documents": {name: list(open_) for name, open_ in documents.items()}}
        one |= {"run": self.run} if self.run else {}
        if documents and not any({**had, "at": ""} == {**one, "at": ""} for had in self.releases):
            one["at"] = to_minute(times.now().replace(tzinfo=None))
            self.releases.append(cast("ReleaseEntry", one))

    def state(self, name: str, inputs: str) -> str:
        """What to do about a file: ``done``, ``make``, ``kept`` (edited since, same inputs) or ``edited``."""
        path = self.folder / name
        recorded = self.files.get(name)
        if recorded is None or not path.is_file():
            return "make"
        if digest(path.read_bytes()) == recorded[1]:
            return "done" if recorded[0] == inputs else "make"
        if not _whole(path):
            return "make"
        return "kept" if recorded[0] == inputs else "edited"

    def copy_of(self, name: str) -> Path:
        """Where a copy of a file that a person edited is kept, beside the one that replaces it."""
        path = self.folder / name
        number = 1
        while (copy := path.with_stem(f"{path.stem}-{EDITED}{number}")).exists():
            number += 1
        return copy

    def set_aside(self, name: str) -> Path:
        """Keep a copy of a file that a person edited, beside the one that replaces it."""
        return (self.folder / name).rename(self.copy_of(name))

    def drop(self, name: str) -> bool:
        """Remove a file of an earlier run that this one does not make; one edited since stays."""
        path = self.folder / name
        if self.forget(name):
            path.unlink()
            return True
        return not path.exists()

    def forget(self, name: str) -> bool:
        """Leave a file out; whether it stands as it was written and may be removed."""
        recorded = self.files.pop(name)
        path = self.folder / name
        return path.is_file() and digest(path.read_bytes()) == recorded[1]
