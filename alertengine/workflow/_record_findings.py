"""Findings of an audit as an act: recorded with who signed them, chained like every other, read back for a response.

What the audit wrote stays a proposal; recording says who looked at it and when.  Names of sole
traders, what is said of them, and the free words of inspectors are kept apart from the chain.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from alertengine.audit import FINDING_COLUMNS, NUMBERS, Verdict, as_codes, read_evidence
from alertengine.files import SHEET, Findings, Schema, normal, plain_number, read_table, text_frame
from alertengine.ledger import (
    NOT_DRAFTED,
    Act,
    Head,
    InputFile,
    Personal,
    apart,
    canonical,
    check_codes,
    check_times,
    names_apart,
    sha256,
)
from alertengine.vocabulary import (
    LINE_KEY,
    MASKED,
    ORDER_KEY,
    InputError,
    Problem,
    Words,
    gathering,
    refuse,
    refuse_together,
    sole_traders,
    unsaid,
)
from alertengine.workflow.acts_in_force import is_live
from alertengine.workflow.recording import check_correction, unchanged

if TYPE_CHECKING:
    from alertengine.ledger import Ledger

FINDING: Final = "finding"
PART: Final = "findings"
#: Evidence whose words are a person's own and may name persons.
_OWN_WORDS: Final = "inspection"
_VERDICTS: Final = tuple(str(one) for one in Verdict)
#: A number plate in full, as no finding shows it unless asked to.
_PLATE: Final = re.compile(r"[\u4e00-\u9fff][A-Z][·]?[A-Z0-9]{4,5}[A-Z0-9\u4e00-\u9fff]")
#: How a table of findings is told from all else: by the columns that audit writes, under either name.
_SCHEMA: Final = Schema(
    {normal(said): (name,) for name, (text, _) in FINDING_COLUMNS.items() for said in (name, text)}, least=3
)
#: What of a finding is proposed, or rests on rules alone: the same facts found again may be under another proposal.
_PROPOSED: Final = ("proposal_rank", "evidence_rules", "penalty_rules", "basis", "standing", "consequence")
#: The line and day that a finding is about.
_DAY: Final = ["order_id", *LINE_KEY, "day"]
#: Problems of one file told before the rest is only counted.
_TOLD: Final = 40


def read_findings(path: Path, told: Findings | None = None) -> pd.DataFrame:
    """Read findings as ``audit`` writes them (csv, workbook, parquet): FINDING_COLUMNS, texts ``""`` where blank.

    ``told`` is told how the file was read and what was noticed.

    Raises:
        InputError: with every cell that cannot be used.

    """
    reading = read_table(path, _SCHEMA)
    if told is not None:
        told.problems += reading.problems
        told.warnings += reading.notes
        told.protocols.append(reading.protocol)
    cells, _, _ = text_frame(reading.table, _SCHEMA.names)
    absent = [column for column in FINDING_COLUMNS if column not in cells]
    if absent:
        raise InputError([Problem("findings_column_missing", file=str(path), column=c) for c in absent])
    return _checked(as_codes(cells[list(FINDING_COLUMNS)]), str(path))


def _checked(cells: pd.DataFrame, name: str) -> pd.DataFrame:
    problems: list[Problem] = []
    table = cells.copy()
    for column in NUMBERS:
        numbers = table[column].map(lambda text: plain_number(text) if text else np.nan).astype("float64")
        wrong = (table[column] != "") & ~np.isfinite(numbers)
        _mark(problems, name, table[column], wrong, Words("a_number", unit="", bounds=""))
        table[column] = numbers
    for column in ("finding", "conclusion"):
        _mark(problems, name, table[column], ~table[column].isin(_VERDICTS), Words("one_of", names=list(_VERDICTS)))
    days = pd.to_datetime(table["day"], format="%Y-%m-%d", errors="coerce")
    _mark(problems, name, table["day"], days.isna(), Words("a_day"))
    if problems:
        more = [Problem("more_cells", file=name, count=len(problems) - _TOLD)] if len(problems) > _TOLD else []
        raise InputError(problems[:_TOLD] + more)
    return table.reset_index(drop=True)


def _mark(problems: list[Problem], name: str, texts: pd.Series, bad: pd.Series, expected: Words) -> None:
    """A problem for each bad cell of a column, whose index are the rows of the file."""
    for row, value in texts[bad].items():
        place: dict[str, Any] = {"row": int(str(row)) % SHEET, "column": str(texts.name), "value": str(value)}
        problems.append(Problem("not_as_audit_writes", file=name, wanted=expected, **place))


def record_findings(
    ledger: Ledger,
    path: Path,
    head: Head,
    evidence: Sequence[Path] = (),
    *,
    clock_reason: str = "",
    told: Findings | None = None,
) -> Act:
    """Record a file of findings as one act of kind ``finding``; title and details are filled in.

    Findings whose facts are on record, under whatever proposal, are left out and told: they would count twice.
    Of ``evidence`` only names, hashes and how its tables are read are recorded: what it holds stays with who keeps it.
    ``told`` is told what was noticed while the files were read.

    Raises:
        InputError: the findings cannot be used, judge no order of this ledger or are recorded already, nobody
            signed, or the ledger cannot be written; nothing was written.

    """
    told, guard = told or Findings(str(path)), unchanged(ledger, FINDING)
    problems, table, named = list[Problem](), None, list[dict[str, str]]()
    with gathering(problems):
        table = read_findings(path, told)
        acts_judged(ledger, table, str(path))
    with gathering(problems):
        if unsaid(head.approved_by):
            raise refuse(ledger.path, "nobody_signed", value="--approved-by")
        check_correction(ledger, head.corrects, head.reason, FINDING, "findings_correct_findings", kind=FINDING)
    for one in evidence:
        with gathering(problems):
            named.append(_named(one))
    refuse_together(problems, told)
    assert table is not None  # noqa: S101 -- as nothing was refused
    new = _new(ledger, table, head, told)
    judged = acts_judged(ledger, new, str(path))
    details = {"judges": judged, "evidence": named, "zone": "Asia/Shanghai"}
    details["known_before"] = len(table) - len(new)
    for one in evidence:
        _read_again(one, told)
    details["readings"] = [one.recorded() for one in told.protocols]
    title = head.title or f"第{'、'.join(map(str, judged))}号指令的核查结论"
    source = InputFile(f"findings/{path.name}", path.read_bytes(), personal=True)
    said = replace(head, title=title, details={**head.details, **details})
    parts = {PART: set_apart(new)}
    return ledger.append(FINDING, said, parts, inputs=[source], clock_reason=clock_reason, guard=guard)


def _named(path: Path) -> dict[str, str]:
    try:
        return {"file": path.name, "sha256": sha256(path.read_bytes())}
    except OSError as error:
        raise InputError([Problem("evidence_unreadable", file=str(path), error=error)]) from None


def _read_again(path: Path, told: Findings) -> None:
    """How a table of evidence is read; a picture or a paper is none."""
    try:
        found = read_evidence(path)
    except InputError:
        return
    told.problems += found.problems
    told.warnings += found.warnings
    told.protocols += [found.protocol] if found.protocol is not None else []


def _new(ledger: Ledger, table: pd.DataFrame, head: Head, told: Findings) -> pd.DataFrame:
    """The findings whose facts are not on record; of a correction: beside what it takes the place of.

    That no evidence is there is no fact beside what stands on record of the same line and day.

    Raises:
        InputError: all are on record.

    """
    before = [act for act in ledger.standing(FINDING) if act.act != head.corrects]
    known: dict[int, int] = {}
    judged: dict[int, int] = {}
    for act in ledger.acts(FINDING) if head.corrects is None else before:
        held = findings_of_act(ledger, act.act, personal=True)
        known = dict.fromkeys(_facts(held), act.act) | known
        if act in before:
            judged = dict.fromkeys(_facts(held[_DAY]), act.act) | judged
    nothing = (table["finding"] == Verdict.NO_EVIDENCE) & (table["evidence"] == "")
    acts = _facts(table).map(known).fillna(_facts(table[_DAY]).map(judged).where(nothing))
    there = acts.notna()
    if not there.any():
        return table
    if there.all():
        raise InputError([Problem("recorded_already", file=told.file, act=int(acts.max()))])
    numbers = [str(int(one)) for one in sorted(acts[there].unique())]
    told.warnings.append(Problem("findings_known", file=told.file, count=int(there.sum()), acts=numbers))
    return table[~there].reset_index(drop=True)


def _facts(table: pd.DataFrame) -> pd.Series:
    """A number for what each finding says but what it proposes."""
    return pd.util.hash_pandas_object(table.drop(columns=list(_PROPOSED), errors="ignore"), index=False)


def findings_of_act(ledger: Ledger, act: int, *, personal: bool) -> pd.DataFrame:
    """The findings that an act recorded, as :func:`read_findings` gives them.

    Raises:
        InputError: a record that another program wrote lacks a column, or has a number, day or verdict that is none.

    """
    table = ledger.part(act, PART, personal=personal, columns=FINDING_COLUMNS)
    check_codes(ledger.path, act, table["finding"], (*_VERDICTS, ""))
    check_times(ledger.path, act, table["day"])
    for name in NUMBERS:
        if not table[name].map(lambda value: value is None or isinstance(value, (int, float))).all():
            raise refuse(ledger.path, "act_contents", act=act, column=name)
    return _typed(table)


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    """A recorded table with the types that :func:`read_findings` gives."""
    texts = [name for name in FINDING_COLUMNS if name not in NUMBERS]
    out = {name: table[name].astype("object").where(table[name].notna(), "") for name in texts}
    out |= {name: table[name].astype("float64") for name in NUMBERS}
    return pd.DataFrame(out, columns=list(FINDING_COLUMNS)).astype(dict.fromkeys(texts, "object"))


def set_apart(table: pd.DataFrame) -> pd.DataFrame:
    """The findings with what says something about persons as :class:`Personal`."""
    plates = table["finding_text"].str.contains(_PLATE)
    mine = (sole_traders(table) | (table["evidence"] == _OWN_WORDS) | plates) & (table["finding_text"] != "")
    return apart(names_apart(table), "finding_text", mine)


def masked(table: pd.DataFrame) -> pd.DataFrame:
    """The findings as a reader sees them who is not shown personal data."""
    marked = set_apart(table)
    hidden = {
        name: marked[name].map(lambda value: MASKED if isinstance(value, Personal) else value)
        for name in ("enterprise", "finding_text")
    }
    return table.assign(**hidden)


def acts_judged(ledger: Ledger, table: pd.DataFrame, name: str) -> list[int]:
    """The acts whose orders the findings judge; those of a drill or simulation bind nobody.

    Raises:
        InputError: an order that no binding act of this ledger gave, with its row.

    """
    orders = pd.MultiIndex.from_frame(table[ORDER_KEY])
    wanted, live = set(table["order_id"]) - {""}, {act.act for act in ledger.acts() if is_live(act)}
    found: dict[tuple[str, str], list[int]] = {}
    named = "order_id IN (SELECT value FROM json_each(?))"
    city = "(SELECT text FROM texts WHERE id = city)"
    sql = f"SELECT DISTINCT act, {city}, order_id FROM order_rows WHERE {named} AND {NOT_DRAFTED}"  # noqa: S608 -- our own names
    for act, *order in ledger.db.conn.execute(sql, [canonical(sorted(wanted))]):
        if act in live and (key := (str(order[0]), str(order[1]))) in orders:
            found.setdefault(key, []).append(int(act))
    strange = table.index[(table["order_id"] != "") & ~orders.isin(list(found))]
    if len(strange) or not wanted:
        rows = [(int(row) + 2, str(table["order_id"][row])) for row in strange[:_TOLD]]
        problems = [Problem("order_of_no_act", file=name, row=row, column="order_id", value=one) for row, one in rows]
        raise InputError(problems or [Problem("no_finding", file=name)])
    return sorted({act for acts in found.values() for act in acts})


def recorded_findings(ledger: Ledger, *, personal: bool = False) -> pd.DataFrame:
    """All recorded findings that stand, with ``act`` (which recorded them); acts that another corrects are left out."""
    standing = ledger.standing(FINDING)
    tables = [findings_of_act(ledger, act.act, personal=personal).assign(act=act.act) for act in standing]
    if tables:
        return pd.concat(tables, ignore_index=True)
    empty = _typed(pd.DataFrame(columns=list(FINDING_COLUMNS), dtype="object"))
    return empty.assign(act=pd.Series(dtype="int64"))
