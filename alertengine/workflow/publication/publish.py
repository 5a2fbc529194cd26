"""Publishing a version of a list: looked at whole first, then written whole, on record before it binds."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alertengine.files import Findings, protocols_of, replacing, scratch
from alertengine.ledger import Act, Head, InputFile, Ledger, cell, cells_apart, sha256
from alertengine.lists import (
    EnterpriseList,
    ListVersion,
    beside_list,
    certificates,
    decisions_beside,
    expired,
    file_hash,
    read_list,
    version_files,
    version_yaml,
)
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError, Problem, count_plants, gathering, refuse_together, times, unsaid
from alertengine.workflow.publication.prove import not_proved, prove, wants_a_look
from alertengine.workflow.publication.public import write_public
from alertengine.workflow.publication.publication import (
    FILINGS,
    OBJECTIONS,
    Publication,
    Wanted,
    filings,
    objections,
    submissions,
)
from alertengine.workflow.recompute import without_persons
from alertengine.workflow.recording import unchanged
from alertengine.workflow.snapshot import Snapshot, collect_rules

if TYPE_CHECKING:
    import pandas as pd

KIND: Final = "publication"
RECORD: Final = "publication.json"
#: Columns of the forms that say something about persons.
_PERSONAL: Final = frozenset(field.name for field in (*OBJECTIONS, *FILINGS) if field.private)


def ready_to_publish(
    book: Rulebook, source: Path, wanted: Wanted, *, ledger: Path | None
) -> tuple[EnterpriseList, Publication]:
    """All that can be said before a list is published; nothing is written.

    Args:
        book: whose law proves the ratio.
        source: the list.
        wanted: what is to be published.
        ledger: where it is to be recorded, if anywhere.

    Raises:
        InputError: the list or a form cannot be used, the day lies ahead, or another version of that name or
            file is published already: beside the list, or in the ledger for one of its cities.

    """
    version = wanted.version
    if version.published_on is None or version.published_on > (today := times.today()):
        raise InputError([Problem("later_than_today", where="--on", value=str(version.published_on), day=today)])
    problems, enterprises, cities, before = list[Problem](), None, list[str](), list[Act]()
    with gathering(problems):
        enterprises = read_list(source, book.lists)
        cities = [str(name) for name in enterprises.lines["city"].dropna().unique()]
    with gathering(problems):
        before = _publications(ledger)
        held = [_said(one.head["version"]) for one in before if _of_cities(one, cities)]
        if enterprises is not None:
            own = _said(enterprises.version.model_dump(mode="json"))
            _refuse_twice([own, *held], version, file_hash(source), str(source))
            problems += [Problem("no_line", file=str(source))] if enterprises.lines.empty else []
    forms = _forms(wanted, None if enterprises is None else enterprises.lines, problems, str(source))
    refuse_together(problems, enterprises, forms.read)
    assert enterprises is not None  # noqa: S101 -- as nothing was refused
    proof, read = prove(book, enterprises, version.published_on), forms.read
    tables = {"proof": proof, **forms.tables}
    obstacles = _bad_cells(enterprises) + not_proved(proof, str(source)) + forms.waiting
    findings = [*wants_a_look(proof, str(source)), *_lapsed(enterprises, version), *read.problems]
    for name, option in (("counties", "--counties"), ("objections", "--objections"), ("filings", "--filing")):
        if name not in tables:
            read.warnings.append(Problem("not_with_publication", file=str(source), column=name, option=option))
    year = enterprises.version.year or version.published_on.year
    whose = {"city": cities[0] if len(cities) == 1 else "", "year": year, "sha256": file_hash(source)}
    said = version.model_copy(update=whose)
    facts = {
        "file": source.name,
        "enterprises": count_plants(enterprises.lines),
        "lines": len(enterprises.lines),
        "rulebook": book.fingerprint,
        "adopt": dict(wanted.adopt),
        "cities": cities,
    }
    readings = tuple(read.protocols)
    made = Publication(
        said, tables, enterprises, obstacles, findings, read.warnings, wanted.despite, facts, readings, len(before)
    )
    return enterprises, made


@dataclass(frozen=True, slots=True)
class _Forms:
    """The forms beside a list by name, objections without an answer, and what was said while they were read."""

    tables: dict[str, pd.DataFrame]
    waiting: list[Problem]
    read: Findings


def _forms(wanted: Wanted, lines: pd.DataFrame | None, problems: list[Problem], file: str) -> _Forms:
    """The forms that are given, held against the lines of the list; those that cannot be used are problems."""
    found = _Forms({}, [], Findings(file))
    with gathering(problems):
        if wanted.counties:
            found.tables["counties"], more = submissions(wanted.counties, lines, found.read)
            found.read.problems += more
    with gathering(problems):
        if wanted.objections:
            found.tables["objections"], waiting, more = objections(wanted.objections, lines, found.read)
            found.waiting.extend(waiting)
            found.read.problems += more
    with gathering(problems):
        if wanted.filing:
            found.tables["filings"] = filings(wanted.filing, found.read)
    return found


def _publications(ledger: Path | None) -> list[Act]:
    """The publications in a ledger; none where it is not there yet."""
    if ledger is None or not ledger.is_file():
        return []
    with Ledger.open(ledger) as book:
        return book.acts(KIND)


def _of_cities(act: Act, cities: Sequence[str]) -> bool:
    """Whether a publication is of one of some cities."""
    return not {*cities}.isdisjoint(act.head.get("cities") or ())


def _said(version: Mapping[str, Any]) -> tuple[str, ...]:
    """What two publications are told apart by."""
    return tuple(str(version[name] or "") for name in ("version", "published_on", "approver", "sha256"))


def publish(
    source: Path,
    enterprises: EnterpriseList,
    found: Publication,
    folder: Path,
    *,
    ledger: Path | None = None,
    rules: Sequence[Path] = (),
) -> tuple[list[Path], Act | None]:
    """Make a version binding: the public list into a folder, the act into a ledger, the version beside the list.

    Raises:
        InputError: there are obstacles and no reason to publish despite them, or something cannot be written;
            the list does not bind then.

    """
    if found.obstacles and unsaid(found.despite):
        raise InputError([*found.obstacles, Problem("not_published", file=str(source))])
    beside = version_files(source)[0]
    _refuse_unwritable(folder, beside.parent)
    with scratch() as name:
        made = write_public(enterprises, found.version, found.tables["proof"], Path(name))
        record = Path(name) / RECORD
        record.write_text(json.dumps(_record(found), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        act = _append(ledger, source, enterprises, found, made, rules) if ledger is not None else None
        files = {folder / path.name: path.read_bytes() for path in (*made, record)}
    files[beside] = version_yaml(found.version).encode()  # last: it binds
    for path, data in files.items():
        replacing(path, partial(Path.write_bytes, data=data))
    return list(files), act


def _refuse_unwritable(*folders: Path) -> None:
    """Refuse places that cannot be written to, before anything is on record.

    Raises:
        InputError: with each of them.

    """
    problems = []
    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            problems.append(Problem("unwritten_file", file=str(folder), error=error))
    if problems:
        raise InputError(problems)


def _refuse_twice(held: Iterable[tuple[str, ...]], wanted: ListVersion, digest: str, file: str) -> None:
    """Refuse another publication of the same version, or of the same file under another.

    Args:
        held: what is published, each as :func:`_said`; a draft has no hash.
        wanted: what is to be.
        digest: the hash of its file.
        file: its name.

    Raises:
        InputError: naming what is published already.

    """
    new = _said(wanted.model_dump(mode="json"))[:-1]
    for *said, known in held:
        if known == digest and tuple(said) != new:
            code = "published_already"
        elif known and known != digest and said[0] == wanted.version:
            code = "version_taken"
        else:
            continue
        raise InputError([Problem(code, file=file, column="version", value=", ".join(said))])


def _bad_cells(enterprises: EnterpriseList) -> list[Problem]:
    """Defective cells as one obstacle; that the file was changed since an earlier version is none: it is a new one."""
    bad = [problem for problem in enterprises.problems if problem.row is not None]
    if not bad:
        return []
    said: dict[str, Any] = {"count": len(bad), "first": bad[0].row, "header": bad[0].column}
    return [Problem("defective_cells", file=enterprises.file, value=bad[0].value, **said)]


def _lapsed(enterprises: EnterpriseList, version: ListVersion) -> list[Problem]:
    """Grades whose certificate has ended on the day of publication."""
    if version.published_on is None:
        return []
    held = certificates(enterprises)
    ended = expired(held, version.published_on)
    lines = enterprises.lines
    firms = list(dict.fromkeys(lines.loc[ended.to_numpy(dtype=bool), "enterprise"].astype("str")))
    if not firms:
        return []
    named = "、".join(firms[:5]) + (" …" if len(firms) > 5 else "")
    return [
        Problem("certificates_ended", file=enterprises.file, value=named, count=len(firms), day=version.published_on)
    ]


def _append(
    ledger: Path,
    source: Path,
    enterprises: EnterpriseList,
    found: Publication,
    made: Sequence[Path],
    rules: Sequence[Path],
) -> Act:
    taken = Snapshot()
    collect_rules(taken, rules)
    taken.take(f"list/{source.name}", source)
    if sha256(taken.files[f"list/{source.name}"]) != found.version.sha256:
        raise InputError([Problem("changed_while_read", file=str(source))])
    for beside in beside_list(source):
        if beside not in version_files(source):
            taken.take(f"list/{beside.name}", beside)
    personal = {f"list/{source.name}"} if without_persons(enterprises) is not None else set()
    personal |= {f"list/{one.name}" for one in decisions_beside(source)}
    inputs = taken.inputs(frozenset(personal))
    inputs.append(InputFile(f"list/{version_files(source)[0].name}", version_yaml(found.version).encode()))
    inputs += [InputFile(f"public/{path.name}", path.read_bytes()) for path in made if path.suffix == ".csv"]
    version = found.version
    issued = datetime.combine(version.published_on, time()) if version.published_on else None
    cities = "、".join(found.facts["cities"][:3])
    details = {key: value for key, value in _record(found).items() if key not in found.tables}
    details["readings"] = [one.recorded() for one in protocols_of(found)]
    head = Head(f"{cities}应急减排清单（{version.version}）发布", issued, approved_by=version.approver,
                reason=found.despite, details=details)  # fmt: skip
    with Ledger.writable(ledger) as book:
        guard = unchanged(book, KIND, lambda one: _of_cities(one, found.facts["cities"]), found.on_record)
        parts = {name: cells_apart(table, _PERSONAL & {*table.columns}) for name, table in found.tables.items()}
        return book.append(KIND, head, parts, inputs=inputs, guard=guard)


def _nameless(problem: Problem) -> str:
    """What was found, without cells, which may name persons, and without the folder; numbers are in the proof."""
    one = problem.at(value="")
    return f"{one.place('en', short=True)}: {one.words('en')[0]}"


def _record(found: Publication) -> dict[str, Any]:
    """What is said of the publication beside the list, without persons."""
    shown = {
        name: [
            {str(key): cell(value) for key, value in row.items() if key not in _PERSONAL}
            for row in table.to_dict("records")
        ]
        for name, table in found.tables.items()
    }
    return {
        "version": found.version.model_dump(mode="json"),
        **found.facts,
        "despite": found.despite,
        "obstacles": [_nameless(one) for one in found.obstacles],
        "findings": [_nameless(one) for one in found.own_problems],
        **shown,
    }
