"""One recipe for all that a bureau enters into its own rules folder: tried first, shown, then written whole."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from alertengine.checking import (
    CaseOutcome,
    CaseRunner,
    OrderChanges,
    law_cases,
    order_changes,
    proposed_cases,
    read_cases,
)
from alertengine.engine import check_dialect
from alertengine.files import Staging, parse_yaml, read_yaml
from alertengine.rulebook import (
    Change,
    DocumentLoader,
    Import,
    Rulebook,
    Side,
    Valid,
    read_import,
    target_file,
    text_of,
    updated_yaml,
)
from alertengine.vocabulary import Level, Problem, Result, times
from alertengine.workflow.signed_rules import receive

_CASES: Final = ".test.yaml"


@dataclass(slots=True)
class RulesEntry(Result):
    """What is to be entered: ``files`` by their path in the rules folder, and what would change by them.

    ``begins``: the first moment it counts, by which orders are compared.
    """

    name: str
    files: dict[str, str]
    begins: datetime
    changes: list[Change] = field(default_factory=list)
    own_problems: list[Problem] = field(default_factory=list)
    own_notes: list[Problem] = field(default_factory=list)
    made_from: Sequence[Result] = field(default=(), repr=False)

    @property
    def day(self) -> date:
        """The first day at whose midnight it counts: that of ``begins``, or the next."""
        whole = self.begins.time() == datetime.min.time()
        return self.begins.date() if whole else self.begins.date() + timedelta(days=1)


def rulebook(folders: Sequence[Path]) -> Rulebook:
    """The rulebook of the shipped rules and some folders, as every other command reads it.

    Raises:
        InputError: with every defect of every file.

    """
    return Rulebook.load(folders)


def trial(folders: Sequence[Path], files: Mapping[str, str]) -> Rulebook:
    """The rulebook of some folders as it would be with further files; nothing is written among them.

    Raises:
        InputError: with every defect of every file.

    """
    if any(name.startswith("vocabulary/") for name in files):
        with tempfile.TemporaryDirectory() as place:
            for name, text in files.items():
                target = Path(place) / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
            return Rulebook.load([*folders, Path(place)])
    book = rulebook(folders)
    loader = DocumentLoader(book.lists, book.layers)
    texts = {Path(name): text for name, text in files.items() if not name.endswith(".test.yaml")}
    loaded = [loader.read(parse_yaml(text), path) for path, text in texts.items()]
    there = {one.document.document for one in loaded} & set(book.documents)
    return (book.dropping(there) if there else book).adding(loaded)


def entry_of(found: Import, files: Mapping[str, str]) -> RulesEntry:
    """A document that was read as an entry: its files, what would change, from when it counts."""
    entry = RulesEntry(found.document, dict(files), begins_of(found.head.valid), found.changes)
    entry.own_notes = list(found.notes)
    return entry


def begins_of(valid: Valid) -> datetime:
    """The first moment of an interval; now where it states none."""
    first = valid.moments()[0]
    return first if first != datetime.min else times.now().replace(tzinfo=None)


def workbook_entered(
    folders: Sequence[Path], folder: Path | None, path: Path, checked: Mapping[str, str]
) -> RulesEntry:
    """What a filled workbook comes to (a document, a chapter, a plan): its file, its cases, and what would change.

    Args:
        folders: the folders of rules read beside the shipped ones.
        folder: the one that is written to, among them; None: nothing is written, the files are handed over.
        path: the workbook.
        checked: ``checked_by`` and ``checked_on`` where a second person holds it against its text.

    Raises:
        InputError: with every defect of it, by sheet and cell.

    """
    book = rulebook(folders)
    found = read_import(book, path, check_dialect, checked)
    if folder is not None:
        target_file(book, found.document, folder, alone=True)
    return entry_of(found, document_files(parse_yaml(found.text), folders, folder, f"Imported from {path.name}."))


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


def document_files(raw: Mapping[str, Any], folders: Sequence[Path], folder: Path | None, came: str) -> dict[str, str]:
    """The files of a document: its own, and its worked cases beside those that stand there already.

    Args:
        raw: the document's mapping.
        folders: folders of rules read beside the shipped ones.
        folder: the one it will stand in; None where it is only handed over.
        came: where it comes from, one line.

    Raises:
        InputError: with every defect of the document.

    """
    name = str(raw["document"])
    path = path_in(folder, name)
    text = updated_yaml(text_of(folder / path if folder else None), raw, came)
    book = trial(folders, {path: text})
    made = [*law_cases(raw, book), *proposed_cases(raw, book.lists)]
    names = {one["name"] for one in made}
    beside = (folder / path).with_suffix(".test.yaml") if folder else None
    held = read_yaml(beside) if beside is not None and beside.is_file() else []
    made = [*(one for one in held or [] if one.get("name") not in names), *made]
    head = f"Proposed from {name}: what it says holds from its first day on, in its own place."
    cases = updated_yaml(text_of(beside), made, head)
    return {path: text, path.removesuffix(".yaml") + ".test.yaml": cases}


def path_in(folder: Path | None, name: str) -> str:
    """Where in a folder of rules a document stands, or would stand."""
    found = sorted(folder.rglob(f"{name}.yaml")) if folder is not None and folder.is_dir() else []
    return found[0].relative_to(folder).as_posix() if found and folder is not None else f"{name}.yaml"


def orders_changed(
    entry: RulesEntry, folders: Sequence[Path], enterprise_list: Path, day: date | None = None
) -> OrderChanges:
    """Whose orders in a list would change if the entry counted, at every level.

    Args:
        entry: what is to be entered.
        folders: the folders of rules as they are.
        enterprise_list: the list.
        day: the day of the law; absent: the first on which the entry counts.

    Raises:
        InputError: the list cannot be read or has no lines.

    """
    when = day or entry.day
    old, new = Side(rulebook(folders), when), Side(trial(folders, entry.files), when)
    return order_changes(old, new, enterprise_list, list(Level), entry.changes)


def write_entry(entry: RulesEntry, folder: Path) -> list[Path]:
    """Put the files of an entry in place, all or none.

    Raises:
        InputError: the folder cannot be written.

    """
    with Staging(folder) as staged:
        for name, text in entry.files.items():
            staged.put(name, text.encode())
        staged.commit()
    return [folder / name for name in entry.files]


def tried_cases(files: Mapping[str, str], folders: Sequence[Path]) -> list[CaseOutcome]:
    """The worked cases among some files, run as if all of the files were in force; nothing is written among folders."""
    runner = CaseRunner(trial(folders, {name: text for name, text in files.items() if not name.endswith(_CASES)}))
    with tempfile.TemporaryDirectory() as place:
        made = []
        for name, text in files.items():
            if name.endswith(_CASES):
                file = Path(place) / Path(name).name
                file.write_text(text, encoding="utf-8")
                made += [(case, file) for case in read_cases(file)]
        return runner.run_all(made)


def run_cases(entry: RulesEntry, folders: Sequence[Path], folder: Path) -> list[CaseOutcome]:
    """The worked cases of what was written, run."""
    book = rulebook([*folders, *([] if folder in folders else [folder])])
    files = [folder / name for name in entry.files if name.endswith(".test.yaml")]
    return CaseRunner(book).run_all((case, file) for file in files for case in read_cases(file))
