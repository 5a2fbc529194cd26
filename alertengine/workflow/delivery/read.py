"""Receipts from csv, workbook or parquet, each tied to an enterprise of the order it is about."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pandas as pd

from alertengine.files import Findings, read_form, read_stamp, with_sheets
from alertengine.lists import Register
from alertengine.vocabulary import LINE_KEY, InputError, PlantId, Problem, to_minute
from alertengine.workflow.delivery.addressees import QUESTIONS, Addressees
from alertengine.workflow.delivery.receipts import ANSWERS, COLUMNS, EVENT_TEXT, EVENTS, RECEIPT_COLUMNS, SAME, TIMES

_EVENT_OF: Final = {word: name for name, words in EVENTS.items() for word in (name, *words)}
#: What two rows of one receipt may not differ in.
_SAID: Final = ("person", "officer", "note")
#: The kind of table that profiles of receipts are of.
RECEIPTS: Final = "receipts"


def read_receipts(
    path: Path,
    addressees: pd.DataFrame,
    findings: Findings,
    *,
    after: pd.Timestamp,
    before: pd.Timestamp,
    register: Register | None = None,
) -> pd.DataFrame:
    """Receipts of a file: RECEIPT_COLUMNS, texts ``""`` where blank, times ``YYYY-MM-DD HH:MM``, repeats once.

    The index has their rows in the file (``RawTable.rows``).

    Args:
        path: the file.
        addressees: who the order went to: ``city``, ``county``, ``enterprise_id``, ``enterprise``, ``line_id``,
            one row a line.
        findings: those of this file: they are told how it was read and what was noticed.
        after: when the order was issued: nothing can have been served before.
        before: now: nothing can have happened later.
        register: who is who; absent: only the names of the order are known.

    A row of whom nobody is sure is left out, and its question with candidates goes to the findings; so is one that
    repeats another but for who signed, answered or noted it.

    Raises:
        InputError: the file cannot be read, or with every row that cannot be used.

    """
    form = read_form(path, COLUMNS, ("enterprise_id", "enterprise"), findings=findings, kind=RECEIPTS)
    reader = _Reader(str(path), addressees, register or Register(), after, before)
    rows = {number: row for number, said in form.items() if (row := reader.row(number, said)) is not None}
    if reader.problems:
        raise InputError(findings.problems + with_sheets([*reader.problems, *reader.questions], findings.sheets))
    table = pd.DataFrame(list(rows.values()), index=list(rows), columns=list(RECEIPT_COLUMNS), dtype="object")
    differs = table.duplicated(list(SAME)) & ~table.duplicated([*SAME, *_SAID])
    for number, name in table.loc[differs, "enterprise"].items():
        reader.ask(int(str(number)), "enterprise", name, "receipt_differs")
    findings.problems += with_sheets(reader.questions, findings.sheets)
    findings.warnings += with_sheets(reader.notes, findings.sheets)
    return table.drop_duplicates(list(SAME))


class _Reader:
    """Row by row, every defect kept."""

    def __init__(
        self, file: str, addressees: pd.DataFrame, register: Register, after: pd.Timestamp, before: pd.Timestamp
    ) -> None:
        self.file, self.after, self.before = file, after.floor("min"), before
        self.problems: list[Problem] = []
        self.questions: list[Problem] = []
        self.notes: list[Problem] = []
        self._who = Addressees(addressees, register)
        self._lines: dict[PlantId, set[str]] = {}
        for city, code, line in addressees[LINE_KEY].itertuples(index=False, name=None):
            self._lines.setdefault((str(city), str(code)), set()).add(line)

    def row(self, number: int, said: dict[str, str]) -> dict[str, Any] | None:
        """A row with its enterprise, codes and times; None where a person must say whose it is."""
        sure, plant = self._firm(number, said)
        event = self._event(number, said["event"])
        out: dict[str, Any] = {**said, "event": event, **{name: self._time(number, said, name) for name in TIMES}}
        if plant:
            firm = self._who.firms[plant]
            out |= {name: str(firm[name]) for name in ("enterprise_id", "enterprise", "city", "county")}
        if event in ANSWERS and not said["officer"]:
            self._bad(number, "officer", "", "answer_by_nobody")
        if out["until"] and out["until"] <= out["time"]:
            self._bad(number, "until", said["until"], "until_before_answer", first=out["time"])
        if said["line_id"] and plant and said["line_id"] not in (own := self._lines[plant]):
            self._bad(number, "line_id", said["line_id"], "no_such_line_in_order", names=sorted(own))
        return out if sure else None

    def ask(self, number: int, column: str, value: str, code: str) -> None:
        """Ask about a row that is left out."""
        self.questions.append(Problem(code, file=self.file, row=number, column=column, value=value))

    def _bad(self, number: int, column: str, value: str, code: str, **arguments: Any) -> None:
        self.problems.append(Problem(code, file=self.file, row=number, column=column, value=value, **arguments))

    def _firm(self, number: int, said: dict[str, str]) -> tuple[bool, PlantId | None]:
        """Whether no person must say which enterprise a row speaks of, and which it is, None where none."""
        found = self._who.who(said["enterprise_id"], said["enterprise"], said["city"])
        if not found.said:
            return True, found.plant
        place: dict[str, Any] = {"file": self.file, "row": number, "column": found.column, "value": said[found.column]}
        problem = Problem(found.said, **place, **(found.arguments or {}))
        if found.plant:
            self.notes.append(problem)
            return True, found.plant
        (self.questions if found.said in QUESTIONS else self.problems).append(problem)
        return found.said not in QUESTIONS, None

    def _event(self, number: int, text: str) -> str:
        if event := _EVENT_OF.get("".join(text.split()).casefold()):
            return event
        self._bad(number, "event", text, "event_unknown", names=list(EVENT_TEXT.values()))
        return ""

    def _time(self, number: int, said: dict[str, str], name: str) -> str:
        """A time as text; what happened lies between the issue of the order and now."""
        text = said[name]
        if not text and name == "until":
            return ""
        try:
            stamp = read_stamp(text)
        except (ValueError, OverflowError):
            self._bad(number, name, text, "receipt_time_unread")
            return ""
        moment = stamp.time
        if not stamp.has_hour:
            self._bad(number, name, text, "receipt_without_hour")
        elif name == "time" and moment.replace(second=0) < self.after:
            self._bad(number, name, text, "receipt_before_order", first=to_minute(self.after))
        elif name == "time" and moment > self.before:
            self._bad(number, name, text, "receipt_later_than_now", last=to_minute(self.before))
        return to_minute(moment)
