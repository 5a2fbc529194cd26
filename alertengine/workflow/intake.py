"""What is understood of a table that comes in, and what a person says of it: asked by a command and on the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from alertengine.audit import EVIDENCE_SCHEMA, read_evidence
from alertengine.checking import PERMITS_SCHEMA, read_permits
from alertengine.files import (
    Findings,
    Limits,
    Profile,
    Protocol,
    Schema,
    check_size,
    find_header,
    kept_open,
    known,
    load_profile,
    match,
    normal,
    protocols_of,
    reading_with,
    readings_of,
    tops,
)
from alertengine.lists import LIST_SCHEMA, REGISTER_SCHEMA, TOTALS_SCHEMA, read_list, read_register, read_totals
from alertengine.rulebook import OpenLists
from alertengine.vocabulary import FIELDS, InputError, Problem
from alertengine.warning import FORECAST_SCHEMA, read_forecast
from alertengine.workflow.entering.members import SCHEMA as MEMBERS_SCHEMA
from alertengine.workflow.entering.members import read_members

#: What a table can be read as, and how each is told from all else.
SCHEMAS: Final[Mapping[str, Schema]] = {
    "list": LIST_SCHEMA,
    "totals": TOTALS_SCHEMA,
    "register": REGISTER_SCHEMA,
    "forecast": FORECAST_SCHEMA,
    "observed": FORECAST_SCHEMA,
    "permits": PERMITS_SCHEMA,
    "evidence": EVIDENCE_SCHEMA,
    "members": MEMBERS_SCHEMA,
}
#: Rows of a sheet shown to a person who is asked about it.
_SHOWN: Final = 6
#: The characters of a cell shown there.
_LONGEST: Final = 40


@dataclass(frozen=True, slots=True)
class Heading:
    """A header as the file has it, the fields it became (none: carried through or not read) and its unit."""

    header: str
    fields: tuple[str, ...]
    unit: str


@dataclass(frozen=True, slots=True)
class SheetHead:
    """The top of a sheet (of a csv: without a name): its headers, or what may be them, and the rows from there on."""

    name: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Understood:
    """What was understood of a file read as a ``kind`` of :data:`SCHEMAS`.

    ``refused``: nothing can be made of it, for its ``problems``; then ``protocol`` may be None, and ``sheets`` are the
    tops of its sheets, so that a person can say what stands there.  ``headers`` are those of the file, by which the
    next one like it is known.
    """

    kind: str
    protocol: Protocol | None = None
    headings: tuple[Heading, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    refused: bool = False
    sheets: tuple[SheetHead, ...] = ()
    headers: tuple[str, ...] = ()


def understand(path: Path, kind: str, lists: OpenLists, profile: Profile | None) -> Understood:
    """Read a file as a kind of table, with a profile if one is given; whoever takes the table would say the same.

    Raises:
        InputError: it cannot be read, or no such table stands in it.

    """
    schema = SCHEMAS[kind]
    with nullcontext() if profile is None else reading_with(profile), readings_of() as made:
        problems, notes, refused = _problems_of_reader(kind, path, lists)
    reading = next((one for of, one in reversed(made) if of == schema.kind), None)
    if reading is None:
        raise InputError(list(problems))
    protocol = next((one for one in refused or () if one.file == reading.protocol.file), reading.protocol)
    return Understood(
        kind,
        protocol,
        tuple(Heading(own, fields, _unit(own, schema, protocol, profile)) for own, fields in protocol.columns),
        tuple(problems),
        tuple(notes),
        refused is None,
        headers=reading.headers,
    )


def _unit(header: str, schema: Schema, protocol: Protocol, profile: Profile | None) -> str:
    """The unit of a column by its header, or as the profile it was read with says."""
    used = profile or (load_profile(Path(protocol.profile)) if protocol.profile else None)
    if used is not None:
        said = {normal(one): unit for one, unit in used.units.items()}
        if normal(header) in said:
            return said[normal(header)]
        if used.hours and " … " in header:
            return match(used.hours, 0, schema.names).unit
    return match(header, 0, schema.names).unit


def look_at_table(path: Path, kind: str, lists: OpenLists, profile: Profile | None = None) -> Understood:
    """As :func:`understand`, with saved profiles; of a file that is not understood, the tops of its sheets as well."""
    with reading_with(), kept_open():
        sheets = tuple(sheet_heads(path, SCHEMAS[kind]))
        try:
            return replace(understand(path, kind, lists, profile), sheets=sheets)
        except InputError as error:
            return Understood(kind, problems=tuple(error.problems), refused=True, sheets=sheets)


def sheet_heads(path: Path, schema: Schema) -> list[SheetHead]:
    """The top of each sheet of a file; none of a file that cannot be read at all.

    The headers are those of the row that has most of a schema's; where none has one, of the first of the widest rows.
    """
    heads = []
    try:
        check_size(path, Limits.of_environment())
        for name, top in tops(path, schema.names):
            header = find_header(top, known(schema.names), 1)
            cells = [sum(bool(cell.strip()) for cell in row) for row in top]
            place = header.last if header else cells.index(max(cells, default=0)) if cells else 0
            texts = dict.fromkeys(text.strip() for text in (header.names if header else top[place] if top else ()))
            shown = [tuple(cell[:_LONGEST] for cell in row) for row in top[place:] if any(row)][:_SHOWN]
            heads.append(SheetHead(name, tuple(text for text in texts if text), tuple(shown)))
    except InputError:
        return []
    return heads


def fields_of(kind: str) -> dict[str, str]:
    """The fields a header of a kind of table can become: each one's Chinese header, and the field's own name."""
    out: dict[str, str] = {}
    for header, fields in SCHEMAS[kind].names.items():
        if len(fields) == 1 and (fields[0] not in out or (out[fields[0]].isascii() and not header.isascii())):
            out[fields[0]] = header
    return {(FIELDS[name].text if name in FIELDS else header): name for name, header in out.items()}


def words_of(fields: Sequence[str], kind: str) -> str:
    """Fields as a person reads them, in Chinese where they have a name; of a ``kind`` of table, or of any (empty)."""
    kinds = [kind] if kind else SCHEMAS
    names = {name: text for one in kinds for text, name in fields_of(one).items()}
    return "、".join(FIELDS[name].text if name in FIELDS else names.get(name, name) for name in fields)


def _problems_of_reader(
    kind: str, path: Path, lists: OpenLists
) -> tuple[Sequence[Problem], Sequence[Problem], Sequence[Protocol] | None]:
    """The problems and notes of whoever takes the table, and how it was read; None where it cannot be used."""
    findings = Findings(str(path), [], [])
    try:
        match kind:
            case "totals":
                read_totals(path, lists, findings)
            case "register":
                read_register(path, findings)
            case "permits":
                read_permits(path, lists, findings)
            case "members":
                read_members(path, findings)
            case "evidence":
                taken = read_evidence(path)
                return taken.problems, taken.warnings, ()
            case "list":
                lines = read_list(path, lists)
                return lines.problems, lines.notes, ()
            case _:
                ahead = read_forecast(path, lists, observed=kind == "observed")
                return ahead.problems, ahead.notes, protocols_of(ahead)
    except InputError as error:
        return error.problems, [], None
    return findings.problems, findings.warnings, ()
