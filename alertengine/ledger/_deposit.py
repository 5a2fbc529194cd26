"""A checkpoint after every act, handed to a second office: who holds the ledger cannot take it back."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Final

from alertengine.files import replacing_text
from alertengine.ledger.checkpoint import Checkpoint, Signable, checkpoint_json, read_checkpoint, sign
from alertengine.vocabulary import InputError, Problem, aside, gathering, refuse

#: Settings: the private key that signs, and what takes the checkpoints: a folder (of another machine), and a command
#: that reads each on its standard input.
KEY: Final = "ALERTENGINE_CHECKPOINT_KEY"
FOLDER: Final = "ALERTENGINE_CHECKPOINT_FOLDER"
COMMAND: Final = "ALERTENGINE_CHECKPOINT_COMMAND"
#: Added to the name of the ledger: what could not be handed over.
SUFFIX: Final = ".handover"
#: Seconds that the command may take.
_PATIENCE: Final = 30.0


def deposit(ledger: Signable) -> None:
    """Sign the ledger as it stands, into the folder and to the command that are set.

    That one cannot be reached keeps no warning back, but a person is told: the act stays, and the next checkpoint
    speaks for all acts before it.
    """
    ways = [way for name, way in ((FOLDER, _into_folder), (COMMAND, _to_command)) if os.environ.get(name)]
    if not ways:
        return
    failed: list[Problem] = []
    with gathering(failed):
        made = sign(ledger, Path(os.environ.get(KEY, "")))
        for way in ways:
            with gathering(failed):
                way(made)
    for problem in failed:
        aside(Problem("checkpoint_not_handed_over", file=str(ledger.path), error=InputError([problem])))
    _mark(Path(ledger.path), failed)


def _mark(path: Path, failed: Sequence[Problem]) -> None:
    """Leave beside the ledger what could not be handed over, until it is: a page has no end to tell it at."""
    mark = path.with_name(path.name + SUFFIX)
    with suppress(OSError, InputError):
        if failed:
            text = json.dumps([one.as_dict() for one in failed], ensure_ascii=False)
            replacing_text(mark, text, private=True)
        else:
            mark.unlink(missing_ok=True)


def not_handed_over(path: Path) -> list[Problem]:
    """Why the checkpoint of the last act of a ledger was not handed over; nothing where it was, or need not be."""
    try:
        held = json.loads(path.with_name(path.name + SUFFIX).read_text(encoding="utf-8"))
        return [Problem.from_dict(one) for one in held]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return []


def _into_folder(made: Checkpoint) -> None:
    """Put a checkpoint into the folder.

    Raises:
        InputError: the folder is away or cannot be written.

    """
    folder = Path(os.environ[FOLDER])
    path = folder / f"{made.id}-{made.act:07d}-{made.hash[:8]}.json"
    if not folder.is_dir():
        raise refuse(folder, "no_ledger_folder")  # a share that is away must not become a folder of this machine
    if not path.exists():
        replacing_text(path, checkpoint_json(made))


def _to_command(made: Checkpoint) -> None:
    """Give a checkpoint to the witness command on its standard input; no shell, no arguments.

    Raises:
        InputError: it cannot be run, takes too long or leaves with another status than 0.

    """
    command = os.environ[COMMAND]
    try:
        done = subprocess.run(  # noqa: S603 -- a program that whoever runs this process named
            [command], input=checkpoint_json(made).encode(), capture_output=True, timeout=_PATIENCE, check=False
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise refuse(command, "witness_failed", error=error) from None
    if done.returncode:
        words = done.stderr.decode("utf-8", "replace").strip()[-200:]
        raise refuse(command, "witness_failed", error=f"exit status {done.returncode} {words}".strip())


def read_deposited(path: Path, public: str = "") -> list[Checkpoint]:
    """The checkpoints of a folder, or the one of a file, in the order of their acts.

    Raises:
        InputError: with each that is none, whose signature does not hold, or that another key signed; or there is none.

    """
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files:
        raise refuse(path, "no_checkpoint_there")
    read, problems = [], list[Problem]()
    for file in files:
        with gathering(problems):
            read.append(read_checkpoint(file, public))
    if problems:
        raise InputError(problems)
    return sorted(read, key=lambda one: one.act)


def contradictions(checkpoints: Sequence[Checkpoint]) -> list[str]:
    """Pairs of checkpoints that one ledger cannot have had, as it only grows; found without the ledger."""
    said = []
    if len({one.id for one in checkpoints}) > 1:
        said.append("they are of several ledgers")
    held: dict[tuple[str, int], Checkpoint] = {}
    for one in checkpoints:
        before = held.setdefault((one.id, one.act), one)
        if before.hash != one.hash:
            said.append(f"act {one.act} was another one at {before.signed_at} than at {one.signed_at}")
    by_time = sorted(checkpoints, key=lambda one: (one.id, one.signed_at))
    for earlier, later in pairwise(by_time):
        if earlier.id == later.id and later.act < earlier.act:
            said.append(f"{earlier.act} acts at {earlier.signed_at}, {later.act} at {later.signed_at}: acts are gone")
    return said
