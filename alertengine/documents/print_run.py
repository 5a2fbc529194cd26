"""Printing many documents: what is to be made, by how many processes, and what stands already."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from alertengine.documents.document import DocumentKind
from alertengine.documents.manifest import Manifest, digest, digest_of, put
from alertengine.documents.template import WordTemplate

#: Below so many documents one process is quicker than starting others.
_WORTH_IT: Final = 150
_BATCH: Final = 40
#: Batches after which the manifest is put in place, so that a broken run loses little.
_SAVE_EVERY: Final = 10

Templates = Mapping[DocumentKind, WordTemplate]


@dataclass(frozen=True, slots=True)
class PrintJob:
    """One document to make: its kind, its name in the folder, and what its template prints."""

    kind: DocumentKind
    name: str
    values: dict[str, Any]


@dataclass(slots=True)
class Printed:
    """What became of the files: how many were made, stood already, were edited by a person."""

    counts: Counter[str] = field(default_factory=Counter)
    kept: list[str] = field(default_factory=list)
    copies: list[Path] = field(default_factory=list)


def print_documents(
    jobs: Sequence[PrintJob],
    templates: Templates,
    manifest: Manifest,
    *,
    workers: int,
    tick: Callable[[int], None],
) -> Printed:
    """Make all documents that do not stand already, in place whole or not at all.

    Raises:
        InputError: a template cannot be filled; seen on the first document of each kind, before any is written.

    """
    for kind in dict.fromkeys(job.kind for job in jobs):
        templates[kind].render(next(job.values for job in jobs if job.kind is kind))
    prints = {kind: digest_of([str(part) for part in template.parts]) for kind, template in templates.items()}
    done = Printed()
    due = list(_due(jobs, prints, manifest, done))
    tick(len(jobs) - len(due))
    try:
        for number, results in enumerate(_printed(due, templates, manifest.folder, workers), start=1):
            for name, inputs, sha in results:
                manifest.files[name] = (inputs, sha)
            done.counts["made"] += len(results)
            tick(len(results))
            if number % _SAVE_EVERY == 0:
                manifest.write()
    finally:
        if manifest.files:  # of a run that made nothing there is nothing to go on with
            manifest.write()
    return done


def _due(
    jobs: Sequence[PrintJob], prints: Mapping[DocumentKind, str], manifest: Manifest, done: Printed
) -> Iterator[tuple[PrintJob, str]]:
    """The documents to make, with the hash of what they are made from."""
    for job in jobs:
        inputs = digest_of([prints[job.kind], job.values])
        state = manifest.state(job.name, inputs)
        if state == "kept":
            done.kept.append(job.name)
        if state in ("done", "kept"):
            done.counts["standing"] += 1
            continue
        if state == "edited":
            done.copies.append(manifest.set_aside(job.name))
        yield job, inputs


Result = tuple[str, str, str]


def _printed(
    due: Sequence[tuple[PrintJob, str]], templates: Templates, folder: Path, workers: int
) -> Iterator[list[Result]]:
    """Batches of files as they are made; where one of the processes is ended (for want of memory), this one goes on."""
    batches, made = [due[at : at + _BATCH] for at in range(0, len(due), _BATCH)], 0
    if workers > 1 and len(due) >= _WORTH_IT:
        context = multiprocessing.get_context("spawn")  # a fork would copy threads of Arrow in the middle of work
        with suppress(BrokenProcessPool), ProcessPoolExecutor(workers, context, _start, (templates, folder)) as pool:
            for results in pool.map(_pooled, batches):
                made += 1
                yield results
    for batch in batches[made:]:
        yield _batch(batch, templates, folder)


_worker: dict[str, Any] = {}


def _start(templates: Templates, folder: Path) -> None:
    """Give a new process what it prints from."""
    _worker.update(templates=templates, folder=folder)


def _pooled(batch: Sequence[tuple[PrintJob, str]]) -> list[Result]:
    return _batch(batch, _worker["templates"], _worker["folder"])


def _batch(batch: Sequence[tuple[PrintJob, str]], templates: Templates, folder: Path) -> list[Result]:
    """Make some files; name, hash of inputs and hash of each."""
    out = []
    for job, inputs in batch:
        content = templates[job.kind].render(job.values)
        put(folder / job.name, content, personal=job.kind is not DocumentKind.BOARD)
        out.append((job.name, inputs, digest(content)))
    return out
