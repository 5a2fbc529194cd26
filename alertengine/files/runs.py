"""A run is one thing: its files are put in place together or not at all, and a manifest written last names them.

All files are written into a folder beside their place.  One rename makes that folder the run to be put in place
(``.committing``); from then on every reader finishes the moves before it reads, so that a run broken off at any
instant leaves the old run or the new one.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Self

from alertengine.files.atomic import no_room, replacing_text, to_disk
from alertengine.files.json_text import read_json
from alertengine.files.owner_only import is_running
from alertengine.files.path_gate import inside, leads_out, no_file
from alertengine.vocabulary import InputError, Problem, program_version, refuse

#: The manifest of a folder, and what a file alone has after its name.
RUN_FILE: Final = "run.json"
BESIDE: Final = ".run.json"
_STAGE, _COMMITTING, _REMOVE = ".run-", ".committing", ".remove.json"
_PUBLIC, _PERSONAL = 0o644, 0o600
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class RunManifest:
    """What a manifest says.

    ``run`` is the hash of all below: two runs of one id are the same.  ``kind`` is the command, ``decided`` the moment
    of the decision (blank where there is none), ``inputs`` name and hash by what each is, ``outputs`` hashes by
    name in the folder.
    """

    kind: str
    inputs: Mapping[str, Mapping[str, str]]
    outputs: Mapping[str, str]
    rulebook: str = ""
    decided: str = ""
    alertengine: str = field(default_factory=program_version)

    @property
    def run(self) -> str:
        """The id."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]

    def text(self) -> str:
        """The manifest as a file holds it."""
        return json.dumps({"run": self.run, **asdict(self)}, ensure_ascii=False, indent=1) + "\n"


def sha256_of(path: Path) -> str:
    """SHA-256 of a file."""
    total = hashlib.sha256()
    with path.open("rb") as stream:
        while part := stream.read(_CHUNK):
            total.update(part)
    return total.hexdigest()


def inputs_of(files: Mapping[str, Path | None]) -> dict[str, dict[str, str]]:
    """Name and hash of files by what they are; not of what was not given or is a folder."""
    given = {name: path for name, path in files.items() if path is not None and path.is_file()}
    return {name: {"file": path.name, "sha256": sha256_of(path)} for name, path in given.items()}


class Staging:
    """The files of a run before they are in place.

    >>> with Staging(folder) as staged:                                            # doctest: +SKIP
    ...     staged.put("orders.csv", content)
    ...     staged.commit(RunManifest("respond", inputs, {}))
    """

    def __init__(self, folder: Path | str) -> None:
        """Take the folder; nothing is made before the first file."""
        self.folder = Path(folder)
        self._stage: Path | None = None
        self._made = False
        self._removed: list[str] = []

    def __enter__(self) -> Self:
        """Begin, with what an earlier run left unfinished put in place."""
        settle(self.folder)
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Leave nothing of what was not committed.

        Raises:
            InputError: there was no room for what was to be staged.

        """
        if self._stage is not None:
            shutil.rmtree(self._stage, ignore_errors=True)
        if self._made:
            with contextlib.suppress(OSError):  # it holds what was committed
                self.folder.rmdir()
        cause = no_room(error)
        if cause is not None:
            raise refuse(self.folder, "unwritten_file", error=cause) from None

    def path(self, name: str) -> Path:
        """Where to write a file of the run.

        Raises:
            InputError: the folder cannot be written.

        """
        try:
            if self._stage is None:
                self._made = not self.folder.exists()
                self.folder.mkdir(parents=True, exist_ok=True)
                self._stage = Path(tempfile.mkdtemp(prefix=f"{_STAGE}{os.getpid()}-", dir=self.folder))
            target = self._stage / name
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise refuse(self.folder, "unwritten_file", error=error) from None
        return target

    def put(self, name: str, content: bytes, *, personal: bool = False) -> None:
        """Write a file; one with persons' contacts is for its owner alone."""
        target = self.path(name)
        target.write_bytes(content)
        target.chmod(_PERSONAL if personal else _PUBLIC)

    def remove(self, name: str) -> None:
        """A file of an earlier run that the new one does not have."""
        self._removed.append(name)

    def part(self, name: str) -> RunPart:
        """A run inside this one, with a manifest of its own."""
        return RunPart(self, name)

    def commit(self, run: RunManifest | None = None) -> RunManifest | None:
        """Put all files in place, the manifest last.

        Args:
            run: what the manifest says; its outputs are those staged.  None: files without one.

        Raises:
            InputError: the folder cannot be written.

        """
        stage = self.path("")
        try:
            whole = self._told(run, stage) if run is not None else None
            self.put(_REMOVE, json.dumps(self._removed).encode())
            for path in (*stage.rglob("*"), stage):
                to_disk(path)
            stage.rename(self.folder / _COMMITTING)
            self._stage = None
            to_disk(self.folder)
            settle(self.folder)
        except OSError as error:
            raise refuse(self.folder, "unwritten_file", error=error) from None
        return whole

    def _told(self, run: RunManifest, stage: Path) -> RunManifest:
        """Write the manifest of what is staged; what the run before left over goes."""
        names = sorted(path.relative_to(stage).as_posix() for path in stage.rglob("*") if path.is_file())
        outputs = {name: sha256_of(stage / name) for name in names}
        for name in _left_over(self.folder, outputs):
            self.remove(name)
        whole = replace(run, outputs=outputs)
        self.put(RUN_FILE, whole.text().encode())
        return whole


class RunPart(Staging):
    """A folder of a run whose files are put in place with it: a run of its own to who reads it."""

    def __init__(self, whole: Staging, name: str) -> None:
        """Take the folder ``name`` of a run."""
        super().__init__(whole.folder / name)
        self._whole, self._name = whole, name

    def path(self, name: str) -> Path:
        """Where to write a file of the part."""
        return self._whole.path(f"{self._name}/{name}")

    def remove(self, name: str) -> None:
        """A file of an earlier run that the new one does not have."""
        self._whole.remove(f"{self._name}/{name}")

    def commit(self, run: RunManifest | None = None) -> RunManifest | None:
        """Write the manifest of the part beside its files; they are put in place with the whole run."""
        return self._told(run, self.path("")) if run is not None else None


def _left_over(folder: Path, outputs: Mapping[str, str]) -> list[str]:
    """Files of the run before, as it wrote them, that a new run does not have."""
    before = _read(folder / RUN_FILE)
    said = before.outputs.items() if before else ()
    inner = [(name, held) for name, held in said if not leads_out(name)]
    gone = [(name, held) for name, held in inner if name not in outputs and (folder / name).is_file()]
    return [name for name, held in gone if sha256_of(folder / name) == held]


def settle(folder: Path) -> None:
    """Finish a run that was broken off while it was put in place; drop what others never finished.

    Raises:
        InputError: what was begun there would reach out of the folder, or is no run of this program; nothing was done.

    """
    ready = folder / _COMMITTING
    if ready.is_dir():
        listed = ready / _REMOVE
        try:
            removed = read_json(listed.read_text(encoding="utf-8")) if listed.exists() else []
        except ValueError:
            raise refuse(listed, "no_run_to_finish") from None
        files = [path for path in ready.rglob("*") if path.is_file() and path != listed]
        gone = [inside(folder, name, listed) for name in (removed if isinstance(removed, list) else [None])]
        for inner in {path.relative_to(ready).parent.as_posix() for path in files} - {"."}:
            inside(folder, inner, ready)
        for path in gone:
            path.unlink(missing_ok=True)
            _drop_empty(path.parent, folder)
        for path in sorted(files, key=lambda one: (one.name == RUN_FILE and one.parent == ready, one)):
            target = folder / path.relative_to(ready)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
        for place in {folder, *(folder / path.relative_to(ready).parent for path in files)}:
            to_disk(place)
        listed.unlink(missing_ok=True)
        shutil.rmtree(ready)
        to_disk(folder)
    if folder.is_dir():
        for left in folder.glob(f"{_STAGE}*"):
            if not _alive(left.name):
                shutil.rmtree(left, ignore_errors=True)


def _drop_empty(place: Path, folder: Path) -> None:
    """Remove a place inside a folder, and those around it, where nothing is left in it."""
    while place != folder and place.is_dir() and not place.is_symlink() and not any(place.iterdir()):
        place.rmdir()
        place = place.parent


def _alive(name: str) -> bool:
    """Whether the process that stages under a name still runs."""
    number = name.removeprefix(_STAGE).partition("-")[0]
    if not (number.isascii() and number.isdecimal()):
        return True
    return is_running(int(number))


def write_beside(path: Path, run: RunManifest) -> None:
    """The manifest of a file that is written alone.

    Raises:
        InputError: it cannot be written; the file, of which nobody could say what it rests on, is gone.

    """
    whole = replace(run, outputs={path.name: sha256_of(path)})
    try:
        replacing_text(path.with_name(path.name + BESIDE), whole.text())
    except InputError:
        path.unlink(missing_ok=True)
        raise


def run_of(path: Path) -> tuple[RunManifest, str] | None:
    """The run that wrote a file, and the name of its manifest; None where no manifest names it."""
    if (path.parent.parent / _COMMITTING).is_dir():  # the run that this folder is a part of
        settle(path.parent.parent)
    settle(path.parent)
    for manifest in (path.with_name(path.name + BESIDE), path.parent / RUN_FILE):
        run = _read(manifest)
        if run is not None and path.name in run.outputs:
            return run, manifest.name
    return None


def inputs_before(*written: Path) -> list[tuple[str, str]]:
    """Of each input of the runs that wrote some files or folders, its SHA-256 and the moment of the decision."""
    runs = [run_in(path) if path.is_dir() else (run_of(path) or [None])[0] for path in written]
    return [(one.get("sha256", ""), run.decided) for run in runs if run is not None for one in run.inputs.values()]


def run_in(folder: Path) -> RunManifest | None:
    """The run whose manifest a folder has; None where it has none that can be read."""
    settle(folder)
    return _read(folder / RUN_FILE)


def _read(manifest: Path) -> RunManifest | None:
    """What a manifest says; None where there is none that can be read."""
    if not manifest.is_file():  # a pipe would keep its reader waiting
        return None
    try:
        said: dict[str, Any] = read_json(manifest.read_text(encoding="utf-8"))
        said.pop("run")
        return RunManifest(**said)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def changed_since(path: Path) -> str:
    """The manifest that a file no longer agrees with; blank where it does, or none names it."""
    found = run_of(path)
    if found is None or not path.is_file() or sha256_of(path) == found[0].outputs[path.name]:
        return ""
    return found[1]


def one_run(*files: Path) -> RunManifest:
    """The run that wrote some files, as it wrote them.

    Raises:
        InputError: a file that no manifest names, that was changed since, or that another run wrote than the first.

    """
    problems: list[Problem] = []
    runs: list[tuple[Path, RunManifest]] = []
    for path in files:
        if not path.is_file():
            problems.append(no_file(path, "unreadable_run_file"))
            continue
        found = run_of(path)
        if found is None:
            problems.append(Problem("of_no_run", file=str(path)))
        elif changed_since(path):
            problems.append(Problem("changed_since_run", file=str(path), manifest=found[1]))
        else:
            runs.append((path, found[0]))
    problems += [
        Problem("of_other_run", file=str(path), run=run.run, other=runs[0][0].name, other_run=runs[0][1].run)
        for path, run in runs[1:]
        if run.run != runs[0][1].run
    ]
    if problems:
        raise InputError(problems)
    return runs[0][1]


def of_a_run(path: Path) -> list[Problem]:
    """That a file which persons may edit was changed since its run; nothing where it was not.

    Raises:
        InputError: no manifest names it.

    """
    if path.is_file() and run_of(path) is None:
        raise refuse(path, "of_no_run")
    manifest = changed_since(path)
    return [Problem("edited_since_run", file=str(path), manifest=manifest)] if manifest else []


def require_input(run: RunManifest, name: str, path: Path | None) -> None:
    """Refuse an input that is not the one of the run, or that is not at hand.

    Raises:
        InputError: another file, the same one changed since, or none where the run had one.

    """
    said = run.inputs.get(name)
    if said is not None and path is None:
        raise InputError([Problem("input_not_given", where=f"--{name}", run=run.run, given=said["file"])])
    if said is not None and path is not None and path.is_file() and sha256_of(path) != said["sha256"]:
        raise refuse(path, "other_input", run=run.run, given=said["file"])
