"""A document that another bureau signed, as what it comes to before it is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from alertengine.engine import check_dialect
from alertengine.vocabulary import times
from alertengine.workflow.entering.entry import RulesEntry, entry_of, path_in, rulebook
from alertengine.workflow.signed_rules import receive


def signed_entered(folders: Sequence[Path], folder: Path | None, path: Path, known: Mapping[str, str]) -> RulesEntry:
    """What a signed document comes to: its file, the cases that came with it, and what would change.

    Args:
        folders: the folders of rules read beside the shipped ones.
        folder: the one that is written to, among them; None: the files are handed over.
        path: the signed file.
        known: public keys (64 hexadecimal digits) by signature, as this bureau holds them.

    Raises:
        InputError: it was changed since it was signed, a signature does not hold, or it does not load.

    """
    received = receive(rulebook(folders), path, known, check_dialect, times.today())
    found = received.found
    name = path_in(folder, found.document)
    files = {name: found.text}
    if received.cases:
        files[name.removesuffix(".yaml") + ".test.yaml"] = received.cases
    entry = entry_of(found, files)
    entry.own_problems = list(received.problems)
    return entry
