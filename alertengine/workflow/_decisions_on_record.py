"""Decisions of authorities on record: entered and lifted as acts of kind ``decision``, read back as one table.

A later act fills in what the record leaves open, such as the day a decision was lifted; a cell that says something else
than the record is refused: what was entered wrongly takes an act that corrects it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Final

import pandas as pd

from alertengine.files import Findings, Row, scratch, tidy
from alertengine.ledger import Act, Head, InputFile, Ledger, apart, check_columns
from alertengine.lists import DECISIONS, PlantsOfList, decisions_file, joined, read_decisions, record_of
from alertengine.vocabulary import (
    DECISION_GROUNDS,
    DECISION_KINDS,
    InputError,
    Problem,
    gathering,
    plain_name,
    records_of,
    refuse,
    refuse_together,
    sole_traders,
)
from alertengine.workflow.issue import Prepared
from alertengine.workflow.recording import check_correction, unchanged

KIND: Final = "decision"
PART: Final = "decisions"
COLUMNS: Final = tuple(field.name for field in DECISIONS)
_HEADERS: Final = {field.name: field.text for field in DECISIONS}
#: What a decision must say to be entered, and what it is known by beside whom it speaks of.
_NEEDED: Final = ("number", "day", "authority", "kind", "ground")
_KEY: Final = ("number", "kind", "line_id")
_WHICH: Final = (*_KEY, "city", "enterprise_id", "enterprise")
#: What may stand in cells that have codes.
_KNOWN: Final = {"kind": {"", *DECISION_KINDS}, "ground": {"", *DECISION_GROUNDS}}
#: States of a decision on a day.
DECISION_STATES: Final = {"open": "生效", "awaited": "未生效", "ended": "已届满", "lifted": "已解除"}
#: Decisions named one by one where they are left unused.
_NAMED: Final = 20
#: The folder of the list among the files of an act.
_LIST: Final = "list"


@dataclass(frozen=True, slots=True)
class EnteredDecisions:
    """What a table came to: the act (None: nothing new), rows entered or filled in, rows known before, the reading."""

    act: Act | None
    new: int
    known: int
    read: Findings


def enter_decisions(ledger: Ledger, path: Path, head: Head, clock_reason: str = "") -> EnteredDecisions:
    """Enter the decisions of a table as one act; those on record already are left out.

    A ``head.corrects`` names an act of decisions that this table takes the place of.

    Raises:
        InputError: with every cell that is missing, cannot be read or says something else than the record, or the
            ledger cannot be written; nothing was written.

    """
    found, guard, refused = Findings(str(path)), unchanged(ledger, KIND), list[Problem]()
    rows: list[tuple[int, Row]] = []
    with gathering(refused):
        check_correction(ledger, head.corrects, head.reason, KIND, "no_decisions_of_act", act=head.corrects, kind=KIND)
    with gathering(refused):
        rows = [(one.number, one.cells) for one in read_decisions(path, found)]
    refuse_together(refused, found)
    told = {(one.row, one.column) for one in found.problems}
    problems = found.problems + [one for one in _incomplete(rows, str(path)) if (one.row, one.column) not in told]
    register, new = [row for _, row in decisions_of(ledger, without=head.corrects)], []
    for number, row in rows:
        before = _same(register, row)
        if before is None:
            register.append(row)
            new.append(row)
            continue
        problems += _contradictions(before, row, number, str(path))
        if any(row[name] and not before[name] for name in COLUMNS):
            new.append({name: "" if before[name] and name not in _WHICH else row[name] for name in COLUMNS})
            register[register.index(before)] = _filled(before, row)
    if problems:
        raise InputError(problems)
    if not new:
        return EnteredDecisions(None, 0, len(rows), found)
    details = {**head.details, "readings": [one.recorded() for one in found.protocols]}
    said = replace(head, title=head.title or f"处罚决定{len(new)}件入账", details=details)
    files = [InputFile(f"decisions/{path.name}", path.read_bytes(), personal=True)]
    parts = {PART: _set_apart(new)}
    act = ledger.append(KIND, said, parts, inputs=files, clock_reason=clock_reason, guard=guard)
    return EnteredDecisions(act, len(new), len(rows) - len(new), found)


def lift_decision(
    ledger: Ledger, number: str, day: date, head: Head, enterprise: str = "", clock_reason: str = ""
) -> Act:
    """Record from which day on a decision no longer binds.

    Args:
        ledger: open for writing.
        number: of the decision, as on record.
        day: the first day without it.
        head: who brings it in, and why it was lifted.
        enterprise: name or code, its city before it where that of one city is meant (太原市/…), where several were
            decided under one number.
        clock_reason: why it may be recorded before the last act's time.

    Raises:
        InputError: no open decision of that number, several, or the day lies before it.

    """
    wanted, said, guard = tidy(number), plain_name(enterprise), unchanged(ledger, KIND)
    register = [row for _, row in decisions_of(ledger)]
    mine = [row for row in register if row["number"] == wanted]
    mine = [row for row in mine if not said or said in _called(row)]
    if not register:
        raise refuse(ledger.path, "no_decisions_on_record")
    if not mine:
        raise refuse(ledger.path, "no_such_decision", value=number, names=sorted({row["number"] for row in register}))
    if len({(row["city"], row["enterprise_id"] or plain_name(row["enterprise"])) for row in mine}) > 1:
        raise refuse(ledger.path, "decision_of_several", value=number, count=len(mine))
    left = [row for row in mine if not row["lifted"]]
    if not left:
        raise refuse(ledger.path, "decision_lifted_already", value=number, day=mine[0]["lifted"])
    first = max(row["first"] or row["day"] for row in left)
    if day.isoformat() < first:
        raise refuse(ledger.path, "lifted_before_decided", value=day.isoformat(), day=first)
    rows = [
        {name: row[name] if name in _WHICH else "" for name in COLUMNS} | {"lifted": day.isoformat()} for row in left
    ]
    done = replace(head, title=head.title or f"解除处罚决定{wanted}")
    return ledger.append(KIND, done, {PART: _set_apart(rows)}, clock_reason=clock_reason, guard=guard)


def _called(row: Row) -> list[str]:
    """What the enterprise of a decision may be called: its name or code, its city before it too."""
    own = [plain_name(row["enterprise"]), row["enterprise_id"]]
    return own + [f"{row['city']}/{one}" for one in own if row["city"]]


def state_on(row: Row, day: date) -> str:
    """What a decision is on a day: a key of ``DECISION_STATES``."""
    at = day.isoformat()
    if row["lifted"] and row["lifted"] <= at:
        return "lifted"
    if row["last"] and row["last"] < at:
        return "ended"
    return "awaited" if (row["first"] or row["day"]) > at else "open"


def write_decisions(path: Path, rows: Iterable[Row]) -> None:
    """Decisions as a table that stands beside a list or is given by ``--decisions``."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_HEADERS.values())
        writer.writerows([row[name] for name in COLUMNS] for row in rows)


def with_recorded(lines: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """The lines with the decisions entered in a ledger, which stand over what the list says of the same numbers."""
    rows = [row for _, row in decisions_of(ledger)]
    if not rows:
        return lines
    return joined(lines, [(row, record_of(row)) for row in rows], {row["number"] for row in rows})[0]


def unused_of(ledger: Ledger, lines: pd.DataFrame, *, read: bool) -> list[str]:
    """Numbers of the decisions on record that are not lifted and on no line of a list; each row once.

    Args:
        ledger: the record.
        lines: of the list, its column ``decisions`` as read.
        read: whether a table of decisions was read beside the list.

    """
    cells = lines["decisions"].dropna().unique()
    used = {one.number for cell in cells for one in records_of(str(cell))}
    standing = [row for _, row in decisions_of(ledger) if not row["lifted"] and row["number"] not in used]
    if standing and (used or read):  # those of other plants than the list's say nothing of these orders
        plants = PlantsOfList(lines)
        standing = [row for row in standing if len(plants.lines_of(row)) or plants.nearly(row)]
    return [row["number"] for row in standing]


def left_unused(ledger: Ledger, prepared: Prepared) -> list[Problem]:
    """A problem where decisions on record that are not lifted are on no line of a run's list: how many, and which."""
    with scratch() as folder:
        read = decisions_among(prepared.collected.files, Path(folder)) is not None
    standing = unused_of(ledger, prepared.run.enterprises.lines, read=read)
    if not standing:
        return []
    numbers = list(dict.fromkeys(standing))
    named = "、".join(numbers[:_NAMED]) + (" …" if len(numbers) > _NAMED else "")
    return [Problem("decisions_left_unused", file=str(ledger.path), value=named, count=len(standing))]


def lifted_since(ledger: Ledger, number: int) -> list[Row]:
    """Decisions that an act's list has as open, beside it or on a sheet, and that were lifted on record since.

    None where they were erased, or this program cannot read them.
    """
    register = [row for _, row in decisions_of(ledger) if row["lifted"]]
    if not register:
        return []
    with scratch() as folder:
        try:
            path = decisions_among(list_files_of(ledger, number), Path(folder))
            read = read_decisions(path, Findings(str(path))) if path else []
        except InputError:
            return []
    taken = [one.cells for one in read if not one.cells["lifted"]]
    return [row for cells in taken if (row := _same(register, cells)) is not None]


def list_files_of(ledger: Ledger, number: int) -> dict[str, bytes]:
    """The files of an act's list that were not erased, by path."""
    names = [one.path for one in ledger.inputs(number) if one.kept and PurePosixPath(one.path).parts[0] == _LIST]
    return {name: data for name in names if (data := ledger.input(number, name)) is not None}


def decisions_among(files: Mapping[str, bytes], folder: Path) -> Path | None:
    """The decisions of a list among the files of an act, written into a folder; None: it has none.

    They stand where :func:`~alertengine.lists.decisions_file` looks for them: beside the list or in its workbook.

    Raises:
        InputError: the workbook cannot be opened.

    """
    places = {folder / one.name: data for name, data in files.items() if (one := PurePosixPath(name)).parts[0] == _LIST}
    for place, data in places.items():
        place.write_bytes(data)
    return next(filter(None, (decisions_file(place, None) for place in places)), None)


def decisions_on_record(path: Path, folder: Path) -> Path:
    """The decisions of a ledger as a table, written into a folder.

    Those entered as acts; where there are none, the table that the newest act with one was made from.

    Raises:
        InputError: no ledger, or it holds neither.

    """
    with Ledger.open(path) as ledger:
        if held := decisions_of(ledger):
            table = folder / "record.decisions.csv"
            write_decisions(table, (row for _, row in held))
            return table
        for act in reversed(ledger.acts()):
            own = folder / str(act.act)
            own.mkdir()
            if (found := decisions_among(list_files_of(ledger, act.act), own)) is not None:
                return found
    raise refuse(path, "no_decisions_on_record")


def decisions_of(ledger: Ledger, *, personal: bool = True, without: int | None = None) -> list[tuple[int, Row]]:
    """Each decision entered, with the act that said the last of it; acts that another corrects are left out.

    ``without`` leaves out a further act.  Names of persons are masked unless ``personal``; which rows are of one
    decision is told by the names as they are.
    """
    rows: list[Row] = []
    shown: list[tuple[int, Row]] = []
    for act in ledger.standing(KIND):
        if act.act == without:
            continue
        own, seen = (rows_of(ledger, act.act, personal=with_names) for with_names in (True, personal))
        for row, as_shown in zip(own, seen, strict=True):
            before = _same(rows, row)
            if before is None:
                rows.append(row)
                shown.append((act.act, as_shown))
            else:
                place = rows.index(before)
                rows[place] = _filled(before, row)
                shown[place] = (act.act, _filled(shown[place][1], as_shown))
    return shown


def _filled(before: Row, row: Row) -> Row:
    """A decision with what a later row says of it."""
    return {**before, **{name: cell for name, cell in row.items() if cell}}


def rows_of(ledger: Ledger, act: int, *, personal: bool) -> list[Row]:
    """What an act of decisions says.

    Raises:
        InputError: a record that another program wrote lacks a column, or has a day, kind or ground that is none.

    """
    table = ledger.part(act, PART, personal=personal)
    check_columns(ledger.path, act, table, [name for name in COLUMNS if name != "city"])  # forms had none before
    plain = table.astype("object").where(table.notna(), "")
    rows = [{name: str(row.get(name, "")) for name in COLUMNS} for row in plain.to_dict("records")]
    for row in rows:
        try:
            record_of(row)
            wrong = ""
        except ValueError as error:
            wrong = str(error)
        wrong = wrong or next((row[name] for name, known in _KNOWN.items() if row[name] not in known), "")
        if wrong:
            raise refuse(ledger.path, "act_contents", act=act, column=PART, value=wrong[:60])
    return rows


def _same(rows: Sequence[Row], row: Row) -> Row | None:
    """The row of the same decision: by number, kind and line, and by the code of whom it speaks of, else the name.

    One that says no city is the same as that of a city.
    """
    for one in rows:
        if any(one[name] != row[name] for name in _KEY) or (one["city"] and row["city"] and one["city"] != row["city"]):
            continue
        by = "enterprise_id" if one["enterprise_id"] and row["enterprise_id"] else "enterprise"
        if one[by] and plain_name(one[by]) == plain_name(row[by]):
            return one
    return None


def _incomplete(rows: Sequence[tuple[int, Row]], file: str) -> list[Problem]:
    """A problem for each cell without which a decision cannot be told from others, or binds nobody knows when."""
    return [
        Problem("decision_incomplete", file=file, row=number, column=_HEADERS[name], value=row["number"])
        for number, row in rows
        for name in (*_NEEDED, *(() if row["enterprise"] or row["enterprise_id"] else ("enterprise",)))
        if not row[name]
    ]


def _contradictions(before: Row, row: Row, number: int, file: str) -> list[Problem]:
    """A problem for each cell that says something else than the record."""
    return [
        Problem("decision_differs", file=file, row=number, column=_HEADERS[name], value=row[name], held=before[name])
        for name in COLUMNS
        if row[name] and before[name] and row[name] != before[name]
        and not (name == "enterprise" and plain_name(row[name]) == plain_name(before[name]))
    ]  # fmt: skip


def _set_apart(rows: Sequence[Row]) -> pd.DataFrame:
    """Decisions with names kept apart where they are, or without a code may be, those of persons."""
    table = pd.DataFrame(rows, columns=list(COLUMNS), dtype="object")
    mine = sole_traders(table) | (table["enterprise_id"] == "")
    return apart(table, "enterprise", mine & (table["enterprise"] != ""))
