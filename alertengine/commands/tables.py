"""``tables``: what is understood of a file, and what a person says of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from alertengine.commands.common import FILE, guarded, json_option, print_table, profile_option, say, tell
from alertengine.vocabulary.problems import InputError, Problem

if TYPE_CHECKING:
    from alertengine.files.profiles import Profile
    from alertengine.files.protocol import Reading
    from alertengine.files.table_reader import Schema

#: What a table can be read as.
KINDS: Final = ("list", "totals", "forecast", "observed", "permits", "evidence")


@click.group()
def tables() -> None:
    """Tables that come in: how they are read."""


@tables.command("map")
@click.argument("table", metavar="FILE", type=FILE)
@click.option("--as", "kind", type=click.Choice(KINDS), required=True, help="What the table is.")
@click.option(
    "--field", "fields", multiple=True, metavar="HEADER=FIELD", help="A column's field; a+b: both; none: not."
)
@click.option("--unit", "units", multiple=True, metavar="HEADER=UNIT", help="The unit of a column.")
@click.option("--value", "values", multiple=True, metavar="FIELD=TEXT", help="What every row has and no column says.")
@click.option("--sheet", default="", help="The sheet to read.")
@click.option("--save", metavar="NAME", help="Save what was said as a profile, for files with the same headers.")
@profile_option
@json_option
@guarded
def tables_map(
    table: Path,
    kind: str,
    fields: tuple[str, ...],
    units: tuple[str, ...],
    values: tuple[str, ...],
    sheet: str,
    save: str | None,
    as_json: bool,
) -> int:
    """What is understood of a file: sheet, header row, encoding, the field of each header, what is left out.

    What it does not understand can be said and saved as a profile: a small YAML file in the folder that
    ALERTENGINE_PROFILES names, else in that of the user's settings (~/.config/alertengine/profiles), used for every
    file with the same headers, or by --profile NAME; FILE.profile.yaml beside a file is of that file.  Exit status 1
    where a column that must be there is not, or a cell is bad.

    \b
    alertengine tables map sheet.xlsx --as list --field 单位名称=企业名称 --unit SO2=吨/年 --value 城市=临汾市 --save a
    """
    from alertengine.files.profiles import Profile, reading_with, save_profile
    from alertengine.files.table_reader import header_row, read_table, with_profile

    schema = _schema(kind)
    said = {"fields": _pairs("--field", fields), "units": _pairs("--unit", units), "values": _pairs("--value", values)}
    profile: Profile | None = None
    if sheet or any(said.values()):
        profile = Profile.model_validate({"as": schema.kind, "sheet": sheet, "path": save or "", **said})
        with reading_with(profile):
            reading, problems = read_table(table, schema), _problems(kind, table)
        headers = header_row(table, with_profile(schema, profile))
        profile = profile.model_copy(update={"headers": tuple(headers)})
    elif save is not None:
        raise InputError([Problem("nothing_said", where="--save", value=save)])
    else:
        reading, problems = read_table(table, schema), _problems(kind, table)
    if as_json:
        click.echo(json.dumps(reading.protocol.as_dict(), ensure_ascii=False, indent=2))
    else:
        tell(reading.protocol.said())
        print_table(_rows(reading, schema), as_json=False)
    tell(problems)
    if profile is not None and save is not None:
        say("profile_saved", file=str(save_profile(profile, save)))
    return 1 if problems else 0


def _pairs(option: str, texts: Sequence[str]) -> dict[str, str]:
    """``A=B`` options; the last ``=`` parts them, as headers may have one."""
    bad = [
        Problem("pair_unreadable", where=option, value=text) for text in texts if not text.rpartition("=")[0].strip()
    ]
    if bad:
        raise InputError(bad)
    return {text.rpartition("=")[0].strip(): text.rpartition("=")[2].strip() for text in texts}


def _rows(reading: Reading, schema: Schema) -> list[dict[str, Any]]:
    """Each header as the file has it, its field and its unit."""
    from alertengine.files.headers import match
    from alertengine.vocabulary.fields import FIELDS

    out = []
    for (own, fields), header in zip(reading.protocol.columns, reading.table.headers, strict=True):
        text = "、".join(FIELDS[name].text if name in FIELDS else name for name in fields)
        unit = match(header, 0, schema.names).unit
        out.append({"表头": own, "字段": "+".join(fields), "含义": text or "未读", "单位": unit})
    return out


def _schema(kind: str) -> Schema:
    """How a kind of table is told from all else."""
    from alertengine.audit import read_evidence
    from alertengine.checking.lists import permits
    from alertengine.lists import read, totals
    from alertengine.warning import forecast

    schemas = {
        "list": read.SCHEMA,
        "totals": totals.SCHEMA,
        "permits": permits.SCHEMA,
        "evidence": read_evidence.SCHEMA,
    }
    return schemas.get(kind, forecast.SCHEMA)


def _problems(kind: str, table: Path) -> list[Problem]:
    """What whoever takes the table would say of it."""
    from alertengine.audit.read_evidence import read_evidence
    from alertengine.checking.lists.permits import read_permits
    from alertengine.files.readings import Findings
    from alertengine.lists.read import read_list
    from alertengine.lists.totals import read_totals
    from alertengine.rulebook.book import Rulebook
    from alertengine.warning.forecast import read_forecast

    lists = Rulebook.load().lists
    findings = Findings(str(table), [], [])
    try:
        match kind:
            case "list":
                return list(read_list(table, lists).problems)
            case "totals":
                read_totals(table, lists, findings)
            case "permits":
                read_permits(table, lists, findings)
            case "evidence":
                return list(read_evidence(table).problems)
            case _:
                return list(read_forecast(table, lists, observed=kind == "observed").problems)
    except InputError as error:
        return list(error.problems)
    return findings.problems
