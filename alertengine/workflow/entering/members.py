"""A closed list (停限产清单, 豁免清单) has members: a table of enterprises becomes part of the bureau's vocabulary."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from alertengine.files import Cells, Findings, Schema, matched, normal, read_table, text_column
from alertengine.lists import HEADERS, NEARLY, EnterpriseList, is_valid
from alertengine.rulebook import NamedList, nearest, text_of, updated_yaml
from alertengine.vocabulary import FIELDS, InputError, Problem, name_or_code, plain_name
from alertengine.workflow.entering.entry import RulesEntry, rulebook, trial

#: What stands between names and in none.
_SEVERAL: Final = re.compile(r"\S\s*[;；、\n|]\s*\S")
_FIELDS: Final = ("enterprise", "enterprise_id")
SCHEMA: Final = Schema(
    {normal(said): (name,) for name in _FIELDS for said in (name, *HEADERS[name], *FIELDS[name].headers)},
    least=1,
    subjects=_FIELDS,
    kind="members",
)


def members_entered(
    folders: Sequence[Path],
    name: str,
    table: Path,
    source: str,
    first: date,
    last: date | None = None,
    *,
    whole: bool = False,
    enterprises: EnterpriseList | None = None,
) -> RulesEntry:
    """The record that a closed list has new members from a day on.

    Args:
        folders: the folders of rules read beside the shipped ones; the last is the one written to.
        name: the closed list, as documents or enterprise lists call it.
        table: a table with the names or credit codes of its members.
        source: the document that says so.
        first: the first day they stand on it.
        last: the last day, where it is stated.
        whole: the table is the whole list: who stands on it so far and not in the table, leaves it the day before.
        enterprises: the current list, in which each member is looked for.

    Raises:
        InputError: with all that is missing or wrong.

    """
    book = rulebook(folders)
    problems = [] if source.strip() else [Problem("scaffold_needs", where="--source")]
    known = book.lists.recognise("named_lists", name)
    if known.name is None:
        near = known.candidates or tuple(book.lists.named_lists)
        problems.append(Problem("name_not_on_file", where="NAME", value=name, names=near))
    if last is not None and last < first:
        problems.append(Problem("members_reversed", where="--to", value=str(last)))
    findings = Findings(str(table))
    try:
        rows = read_members(table, findings)
    except InputError as error:
        raise InputError([*problems, *error.problems]) from None
    if problems or known.name is None:
        raise InputError([*problems, *findings.problems])
    if not rows:
        raise InputError([*findings.problems, Problem("members_none", file=str(table))])
    held = book.lists.named_lists[known.name]
    stated = {"from": first, **({"to": last} if last else {}), "source": source.strip()}
    new = [{**row, **stated} for row in rows]
    file = f"vocabulary/{known.name}.yaml"
    before = text_of(folders[-1] / file if folders else None)
    content = _content(held, new, first, whole=whole)
    files = {file: updated_yaml(before, content, f"{held.name}：成员")}
    trial(folders, files)  # the file loads
    entry = RulesEntry(known.name, files, datetime.combine(first, time()))
    entry.own_problems, entry.own_notes = list(findings.problems), list(findings.warnings)
    if enterprises is not None:
        _look_for(rows, enterprises, entry, str(table))
    return entry


def read_members(path: Path, findings: Findings) -> list[dict[str, str]]:
    """The members of a table: ``name``, ``code``, each once."""
    reading = read_table(path, SCHEMA)
    raw = reading.table
    findings.sheets = tuple(raw.labels)
    findings.problems += reading.problems
    findings.warnings += reading.notes
    findings.protocols.append(reading.protocol)
    columns = matched(raw.headers, SCHEMA.names)
    of = {column.fields[0]: column for column in reversed(columns) if column.fields}
    cells = {
        field: text_column(
            Cells(one.header, raw.columns[one.place], raw.rows, findings),
            codes=True,  # a name that Excel has rounded is none
        )
        for field, one in of.items()
    }
    out: dict[str, dict[str, str]] = {}
    for at in range(len(raw.rows)):
        said = {key: cells[field][at] for key, field in (("name", "enterprise"), ("code", "enterprise_id"))
                if field in cells}  # fmt: skip
        row = {key: text.strip() for key, text in said.items() if isinstance(text, str) and plain_name(text)}
        if _SEVERAL.search(row.get("name", "")):
            findings.bad_cells(of["enterprise"].header, raw.rows[[at]], [row["name"]], "members_in_one_cell")
            continue
        if row.get("code") and not is_valid(plain_name(row["code"]).upper()):
            findings.bad_cells(of["enterprise_id"].header, raw.rows[[at]], [row["code"]], "credit_code")
        if row:
            row = {key: plain_name(text).upper() if key == "code" else text for key, text in row.items()}
            out.setdefault(name_or_code(row.get("code") or row["name"]), row)
    return list(out.values())


def _content(held: NamedList, new: list[dict[str, Any]], first: date, *, whole: bool) -> dict[str, Any]:
    """The content of the list's file: what is known of it, its members until now and the new ones."""
    keys = {key for row in new for key in _keys(row)}
    kept = []
    for one in held.members:
        row: dict[str, Any] = {key: value for key, value in one.model_dump(by_alias=True).items() if value}
        until = one.last or date.max
        if not keys.isdisjoint(_keys(row)) or (whole and until >= first):
            if one.first is not None and one.first >= first:
                continue  # entered anew with the same table
            row["to"] = min(until, first - timedelta(days=1))
        kept.append(row)
    known = held.model_dump(by_alias=True, exclude={"members"}, exclude_defaults=True)
    said = {key: list(value) if isinstance(value, tuple) else value for key, value in known.items()}
    return {"named_lists": [{**said, "members": [*kept, *new]}]}


def _keys(row: Mapping[str, Any]) -> list[str]:
    return [name_or_code(str(row[key])) for key in ("name", "code") if row.get(key)]


def _look_for(rows: Sequence[Mapping[str, str]], enterprises: EnterpriseList, entry: RulesEntry, file: str) -> None:
    """Say which members the list does not have."""
    lines = enterprises.lines[["enterprise_id", "enterprise"]].astype("object").fillna("")
    known = {name_or_code(str(text)) for name in lines for text in lines[name].unique()}
    names = {plain_name(str(text)): str(text) for text in lines["enterprise"].unique() if text}
    for row in rows:
        if known.isdisjoint(_keys(row)):
            near = nearest(plain_name(row.get("name", "")), names, least=NEARLY) if row.get("name") else ()
            place: dict[str, Any] = {"file": file, "column": "企业名称", "value": row.get("name") or row["code"]}
            if near:
                entry.own_problems.append(Problem("member_perhaps", **place, names=near))
            else:
                entry.own_notes.append(Problem("member_not_in_list", **place))
