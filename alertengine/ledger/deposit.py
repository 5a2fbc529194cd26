"""A checkpoint after every act, put into a folder of a second office: who holds the ledger cannot take it back."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from alertengine.files.atomic import replacing_text
from alertengine.ledger.checkpoint import Checkpoint, Signable, checkpoint_json, read_checkpoint, sign
from alertengine.vocabulary.problems import InputError, refuse

#: Settings: the private key that signs, and the folder (of another machine) that takes the checkpoints.
KEY: Final = "ALERTENGINE_CHECKPOINT_KEY"
FOLDER: Final = "ALERTENGINE_CHECKPOINT_FOLDER"
_log = logging.getLogger(__name__)


def deposit(ledger: Signable) -> Path | None:
    """Sign the ledger as it stands into the folder that is set; None where none is, or it cannot be reached.

    That it cannot be reached keeps no warning back: the next checkpoint speaks for all acts before it.
    """
    key, folder = os.environ.get(KEY, ""), os.environ.get(FOLDER, "")
    if not key or not folder:
        return None
    try:
        made = sign(ledger, Path(key))
        path = Path(folder) / f"{made.id}-{made.act:07d}-{made.hash[:8]}.json"
        if not Path(folder).is_dir():
            raise refuse(folder, "no_ledger_folder")  # a share that is away must not become a folder of this machine
        if not path.exists():
            replacing_text(path, checkpoint_json(made))
    except InputError as error:
        _log.warning("no checkpoint of act %s handed over: %s", ledger.path.name, error)
        return None
    return path


def read_deposited(path: Path, public: str = "") -> list[Checkpoint]:
    """The checkpoints of a folder, or the one of a file, in the order of their acts.

    Raises:
        InputError: with each that is none, whose signature does not hold, or that another key signed; or there is none.

    """
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files:
        raise refuse(path, "no_checkpoint_there")
    read, problems = [], []
    for file in files:
        try:
            read.append(read_checkpoint(file, public))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return sorted(read, key=lambda one: one.act)


def contradictions(checkpoints: Sequence[Checkpoint]) -> list[str]:
    """What two checkpoints say that one ledger, which only grows, cannot: seen without the ledger."""
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
