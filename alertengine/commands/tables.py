"""``tables``: what is understood of a file, and what a person says of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from alertengine.commands.common import FILE, finish, guarded, json_option, profile_option, say, tell
from alertengine.commands.printing import print_table
from alertengine.vocabulary import InputError, Problem

if TYPE_CHECKING:
    from alertengine.files import Profile
    from alertengine.workflow import Understood

#: What a table can be read as.
KINDS: Final = ("list", "totals", "register", "forecast", "observed", "permits", "evidence", "members")


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
@click.option("--hours", default="", metavar="FIELD", help="The field of columns headed by hours: each becomes a row.")
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
    hours: str,
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
    from alertengine.files import Profile, save_profile
    from alertengine.rulebook import Rulebook
    from alertengine.workflow import SCHEMAS, understand

    said = {"fields": _pairs("--field", fields), "units": _pairs("--unit", units), "values": _pairs("--value", values)}
    profile: Profile | None = None
    if sheet or hours or any(said.values()):
        profile = Profile.model_validate(
            {"as": SCHEMAS[kind].kind, "sheet": sheet, "hours": hours, "path": save or "", **said}
        )
    elif save is not None:
        raise InputError([Problem("nothing_said", where="--save", value=save)])
    found = understand(table, kind, Rulebook.load().lists, profile)
    if found.protocol is not None:
        if as_json:
            click.echo(json.dumps(asdict(found.protocol), ensure_ascii=False, indent=2))
        else:
            tell(found.protocol.said())
            print_table(_rows(found), as_json=False)
    if profile is not None and save is not None:
        profile = profile.model_copy(update={"headers": found.headers})
        say("profile_saved", file=str(save_profile(profile, save)))
    return finish(problems=found.problems, notes=found.notes, status=int(found.refused))


def _pairs(option: str, texts: Sequence[str]) -> dict[str, str]:
    """``A=B`` options; the last ``=`` parts them, as headers may have one."""
    bad = [
        Problem("pair_unreadable", where=option, value=text) for text in texts if not text.rpartition("=")[0].strip()
    ]
    if bad:
        raise InputError(bad)
    return {text.rpartition("=")[0].strip(): text.rpartition("=")[2].strip() for text in texts}


def _rows(found: Understood) -> list[dict[str, Any]]:
    """Each header as the file has it, its field and its unit."""
    from alertengine.workflow import words_of

    return [
        {
            "表头": one.header,
            "字段": "+".join(one.fields),
            "含义": words_of(one.fields, found.kind) or "未读",
            "单位": one.unit,
        }
        for one in found.headings
    ]
