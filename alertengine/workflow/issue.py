"""Recording warnings and orders as one act, with all they rest on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from alertengine.files import Protocol, scratch
from alertengine.ledger import Act, Head, Ledger, cell, names_apart
from alertengine.lists import decisions_beside, write_list
from alertengine.vocabulary import InputError, Problem, Result, to_minute
from alertengine.vocabulary import times as clock
from alertengine.workflow.corrected_acts import check_act_corrected, overtaken_cities
from alertengine.workflow.recompute import PUBLIC, RecomputedRun, run_inputs, without_persons
from alertengine.workflow.recording import NO_CORRECTION, Correction, told, versions
from alertengine.workflow.signatures import (
    OPTION,
    StepFinding,
    compare,
    lapses,
    levels_of,
    out_of_order,
    refuse_incompetent,
)
from alertengine.workflow.snapshot import Collected


@dataclass(frozen=True, slots=True)
class Signers:
    """Who made the act, each as ``office name``, and when it was issued (civil time; None: now).

    ``times`` are those of earlier steps that are known, by the names of
    :data:`alertengine.workflow.signatures.STEP_TEXT`.
    """

    drafted_by: str
    reviewed_by: str
    approved_by: str
    issued_at: datetime | None = None
    times: Mapping[str, datetime] = field(default_factory=dict)

    def roles(self) -> dict[str, str]:
        """The three signatures by the name of their column."""
        return {name: getattr(self, name).strip() for name in OPTION}


@dataclass(slots=True)
class Prepared(Result):
    """A run that is ready to be recorded: recording it decides nothing any more.

    Its problems and notes are those of the run, said of the files as they were given; ``readings`` are how these
    were read.
    """

    title: str
    run: RecomputedRun
    collected: Collected
    personal: frozenset[str]
    own_problems: list[Problem] = field(default_factory=list)
    own_notes: list[Problem] = field(default_factory=list)
    readings: list[Protocol] = field(default_factory=list)

    @property
    def exit_status(self) -> int:
        """0 done, 1 done and a person must look."""
        return max(self.run.exit_status, int(bool(self.own_problems)))


def prepare(collected: Collected, title: str) -> Prepared:
    """Run collected inputs from copies, so that what is recorded is what was decided on.

    Raises:
        InputError: an input cannot be used, or there is nothing to record.

    """
    with scratch() as name:
        folder = Path(name)
        collected.write(folder)
        try:
            run = run_inputs(folder, collected.options)
        except InputError as error:
            raise InputError(collected.named_as_given(error.problems, folder)) from None
        corrected, none = collected.correction.act, Problem("nothing_to_record", file=title)
        told = run.warnings
        if corrected is not None:  # what was decided before it is no correction
            none, told = Problem("correction_of_nothing", file=title, act=corrected), told[told["issued"] == run.now]
        if run.orders.empty and told.empty:
            raise InputError([*collected.named_as_given(run.problems, folder), none])
        personal = _set_apart(run, collected, folder)
        problems, notes = (collected.named_as_given(said, folder) for said in (run.problems, run.notes))
        if run.enterprises.version.status != "published" and not run.orders.empty:  # the list binds nobody yet
            problems += collected.named_as_given([Problem("list_is_draft", file=run.enterprises.file)], folder)
        readings = collected.readings(run, folder)
    return Prepared(title, run, collected, personal, problems, notes, readings)


def _set_apart(run: RecomputedRun, collected: Collected, folder: Path) -> frozenset[str]:
    """Add a copy of the list without personal fields where it or its decisions have some; the paths that are personal.

    A table of decisions is: whom it names without a code may be a person.  The copy has the decisions of each line.
    """
    path = Path(run.enterprises.file)
    source = path.relative_to(folder)
    decided = {one.as_posix() for one in decisions_beside(source)} & collected.files.keys()
    public = without_persons(run.enterprises, decided=bool(decided))
    if public is None:
        return frozenset()
    copy = folder / PUBLIC / f"{path.stem}.csv"
    copy.parent.mkdir()
    write_list(public, copy)
    for file in sorted(copy.parent.iterdir()):
        collected.files[f"{PUBLIC}/{file.name}"] = file.read_bytes()
    return frozenset({source.as_posix(), *decided})


def record(
    ledger: Ledger,
    prepared: Prepared,
    signed: Signers,
    correction: Correction = NO_CORRECTION,
    *,
    despite: str = "",
    clock_reason: str = "",
    further: Mapping[str, Any] | None = None,
    guard: Callable[[], object] | None = None,
) -> tuple[Act, list[StepFinding]]:
    """Record a prepared run as one act of kind ``issue``; the findings say where the procedure was not kept.

    ``despite`` is why the act stands although the wrong office approved it, or later acts decided of what it corrects;
    ``further`` are details of the act beside its own, ``guard`` is that of :meth:`Ledger.append`.

    Raises:
        InputError: a signature is blank, the wrong office approved, the act it corrects is no issue or later acts
            decided of its cities since, or the ledger cannot be written; nothing was written.

    """
    roles = signed.roles()
    blank = [OPTION[name] for name, text in roles.items() if not text]
    if blank:
        raise InputError([Problem("nobody_signed", file=str(ledger.path), column=n) for n in blank])
    run = prepared.run
    levels, options = levels_of(run.orders, run.warnings), prepared.collected.options
    findings = compare(run.book, levels, roles, options.known_on)
    times = {**signed.times, "issue": signed.issued_at or clock.now().replace(tzinfo=None)}
    wrong = out_of_order(times, str(ledger.path))
    if wrong:
        raise InputError(wrong)
    timing = lapses(run.book, levels, times, options.known_on)
    check_act_corrected(ledger, correction, options.mode)
    if not despite:
        refuse_incompetent(findings, str(ledger.path))
        if overtaken := overtaken_cities(ledger, correction, options.mode, levels.keys()):
            raise InputError(overtaken)
    details = {**(further or {}), **details_of(prepared, findings, despite)}
    head = Head(
        title=prepared.title,
        issued_at=signed.issued_at,
        corrects=correction.act,
        reason=correction.reason,
        details=details | {"timing": [asdict(one) for one in timing]},
        **roles,
    )
    parts = {"warnings": run.warnings, "orders": names_apart(run.orders)}
    inputs = prepared.collected.inputs(prepared.personal)
    act = ledger.append("issue", head, parts, inputs=inputs, clock_reason=clock_reason, guard=guard)
    return act, [one for one in findings if one.verdict != "meets"]


def details_of(prepared: Prepared, findings: list[StepFinding], despite: str = "") -> Mapping[str, Any]:
    """What the head of an act says of the run it holds: all that replaying needs, and what was found of signatures."""
    run = prepared.run
    return {
        "options": prepared.collected.options.as_json(),
        "decided": "" if run.now is None or pd.isna(run.now) else to_minute(run.now),
        "zone": "Asia/Shanghai",
        "versions": versions(),
        "rulebook": run.book.fingerprint,
        "list": run.enterprises.version.model_dump(mode="json"),
        "summaries": plain(run.summaries),
        "problems": len(run.problems),
        "told": [told(one) for one in prepared.problems],
        "doubts": [list(one) for one in run.doubts],
        "readings": [one.recorded() for one in prepared.readings],
        "procedure": [asdict(one) for one in findings],
        "despite": despite,
    }


def readings_of(act: Act) -> list[Protocol]:
    """How the files of an act were read, as it holds it; none of an act that was recorded before that was kept."""
    return [Protocol.from_record(one) for one in act.head.get("readings", ())]


def plain(value: Any) -> Any:
    """Nested lists and mappings with cells that are plain JSON."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return cell(value)
