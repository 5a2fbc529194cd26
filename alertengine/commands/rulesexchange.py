"""``rules export`` and ``rules import``: documents as workbooks, or signed, from one bureau to another."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click
import yaml

from alertengine.commands.common import (
    FILE,
    DayParam,
    finish,
    guarded,
    json_option,
    may_write,
    profile_option,
    rules_option,
    say,
)
from alertengine.commands.printing import print_table
from alertengine.vocabulary import Gathered, InputError, Problem, Result, gathering, refuse_together, times

if TYPE_CHECKING:
    from alertengine.rulebook import Import, Rulebook

#: The ending of a document that is handed on signed.
_SIGNED = ".json"


def named_keys(given: tuple[str, ...], option: str) -> dict[str, Path]:
    """Files of keys by signature, each given as "office name=FILE".

    Raises:
        InputError: one is no signature with a file, or names somebody twice.

    """
    said = [text.rpartition("=") for text in given]
    files = {by.strip(): Path(file) for by, _, file in said if by.strip()}
    if len(files) != len(given):
        raise InputError([Problem("signer_wanted", where=option, value="; ".join(given))])
    return files


def public_keys(given: tuple[str, ...]) -> dict[str, str]:
    """Public keys by signature, of files each given to ``--signer`` as "office name=FILE.pub".

    Raises:
        InputError: as :func:`named_keys`; with each file that is no public key.

    """
    from alertengine.ledger import read_public

    problems, keys = list[Problem](), dict[str, str]()
    for by, file in named_keys(given, "--signer").items():
        with gathering(problems):
            keys[by] = read_public(file)
    refuse_together(problems)
    return keys


@click.command("export")
@click.argument("document")
@click.option("-o", "--output", "output", type=FILE, required=True, help="The .xlsx, or with --signed-by the .json.")
@click.option(
    "--signed-by", "signers", multiple=True,
    help='Hand it on signed: "office name=KEY" of who entered or checked it, as the document names them.',
)  # fmt: skip
@click.option("--bureau", default="", help="With --signed-by: the bureau that hands it on.")
@rules_option
@guarded
def rules_export(document: str, output: Path, signers: tuple[str, ...], bureau: str, rules: tuple[Path, ...]) -> None:
    """Write a document as an Excel workbook that reads back as the same rules, or signed for another bureau.

    Keys are made with `ledger keygen`; each of the two people signs with their own.

    \b
    alertengine rules export our-plan --rules rules-local -o our-plan.json --bureau 某市生态环境局 \\
        --signed-by "某局 张三=zhang.key" --signed-by "某局 李四=li.key"
    """
    from alertengine.rulebook import Rulebook, export_document

    book = Rulebook.load(rules)
    if signers:
        from alertengine.files import suffix_of
        from alertengine.workflow import hand_on

        suffix_of(output, _SIGNED)
        made = hand_on(book, document, bureau, named_keys(signers, "--signed-by"), output)
        for one in made.signatures:
            say("handed_on", document=document, path=output, by=one.by, key=one.fingerprint)
        return
    export_document(book, document, output)
    say("exported", document=document, path=output)


@click.command("import")
@click.argument("table", type=FILE)
@click.option("-o", "--output", "output", type=FILE, help="Folder to write the document's file into.")
@click.option("--into", type=FILE, help="Folder of rules that the document is added to or replaced in; made if absent.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option("--list", "enterprise_list", type=FILE, help="Also say whose orders would change in this list.")
@profile_option
@click.option("--date", "day", type=DayParam(), help="With --list: the law of this day; absent: the document's first.")
@click.option("--cases", is_flag=True, help="Also write a worked case for every cell, and run them.")
@click.option("--checked-by", default="", help="Who checked it against the text, office and name: another person.")
@click.option(
    "--signer", "signers", multiple=True, help='Of a signed document, whose key is whose: "office name=FILE.pub".'
)
@rules_option
@json_option
@guarded
def rules_import(
    table: Path,
    output: Path | None,
    into: Path | None,
    yes: bool,
    enterprise_list: Path | None,
    day: date | None,
    cases: bool,
    checked_by: str,
    signers: tuple[str, ...],
    rules: tuple[Path, ...],
    as_json: bool,
) -> int:
    """Read a document from an Excel workbook, or one that another bureau signed: say what would change, then write it.

    Without -o and --into nothing is written.  In a file that is there, what did not change stays as it is, with its
    comments.  A signed document (.json) is refused where it was changed since; by a key that no --signer names it is
    no official text.
    """
    from alertengine.commands.ruleschapter import tell_plan
    from alertengine.commands.rulesrecord import tell_orders
    from alertengine.lists import read_list
    from alertengine.rulebook import change_rows, open_folders, target_file, write_import
    from alertengine.workflow import entry_of, orders_changed

    folder = _import_folder(output, into)
    folders = [*rules, *([folder] if folder and folder.is_dir() else [])]
    book = open_folders(folders)
    refused, problems, read = list[Problem](), list[Problem](), None
    orders: Result | None = None
    with gathering(refused):
        read = _read(book, table, signers, checked_by)
        problems = read[2]
        if into:
            target_file(book, read[0].document, into, alone=True)
    with gathering(refused):
        if enterprise_list and read is not None:
            entry = entry_of(read[0], {f"{read[0].document}.yaml": read[0].text})
            orders = orders_changed(entry, folders, enterprise_list, day)
        elif enterprise_list:
            orders = read_list(enterprise_list, book.lists)
    refuse_together(refused, orders, Gathered(problems))
    assert read is not None  # noqa: S101 -- as nothing was refused
    found, proposed, _ = read
    print_table(change_rows(found.changes), as_json=as_json)
    say("rules_imported", document=found.document, rules=found.rules, changes=len(found.changes))
    if orders is not None:
        tell_orders(orders, day or entry.day)
    if folder is None:
        return finish(orders, problems=problems, notes=found.notes)
    target = target_file(book, found.document, folder)
    if not may_write(target, yes=yes):
        return finish(orders, problems=problems, notes=found.notes, status=1)
    write_import(found, target)
    say("written_here", path=target)
    status = write_cases(found, target, rules, proposed) if cases or proposed or found.form else 0
    if found.form:
        status = max(status, tell_plan(found, folders, folder))
    return finish(orders, problems=problems, notes=found.notes, status=status)


def _read(book: Rulebook, table: Path, signers: tuple[str, ...], checked_by: str) -> tuple[Import, str, list[Problem]]:
    """A document to import, the cases that came with it, and what a person must look at."""
    from alertengine.engine import check_dialect
    from alertengine.rulebook import read_import

    if table.suffix.lower() != _SIGNED:
        checked = {"checked_by": checked_by, "checked_on": str(times.today())} if checked_by else {}
        return read_import(book, table, check_dialect, checked), "", []
    from alertengine.workflow import receive

    refused, known, received = list[Problem](), dict[str, str](), None
    with gathering(refused):
        known = public_keys(signers)
    with gathering(refused):
        received = receive(book, table, known, check_dialect, times.today())
    refuse_together(refused)
    assert received is not None  # noqa: S101 -- as nothing was refused
    return received.found, received.cases, received.problems


def _import_folder(output: Path | None, into: Path | None) -> Path | None:
    """The folder an import writes to, None for none."""
    if output and into:
        raise InputError([Problem("into_beside_output", where="--into")])
    if into and into.exists() and not into.is_dir():
        raise InputError([Problem("into_no_folder", where="--into", value=str(into))])
    return output or into


def write_cases(found: Import, target: Path, rules: tuple[Path, ...], came: str) -> int:
    """Write the proposed cases beside a document, or those that ``came`` with it, and run them; 1 where one fails."""
    from alertengine.checking import CaseRunner, cases_yaml, law_cases, proposed_cases, read_cases
    from alertengine.files import read_yaml, replacing_text
    from alertengine.rulebook import open_folders

    file = target.with_suffix(".test.yaml")
    book = open_folders([*rules, target.parent])
    if file.exists() and not found.form:
        say("cases_there")
    else:
        document = yaml.safe_load(found.text)
        made = [] if came else [*law_cases(document, book), *proposed_cases(document, book.lists)]
        names = {one["name"] for one in made}
        made += [one for one in (read_yaml(file) if file.exists() else []) or [] if one.get("name") not in names]
        if came or made:
            replacing_text(file, came or cases_yaml(made, target.name))
            say("written_here", path=file)
    outcomes = CaseRunner(book).run_all((case, file) for case in (read_cases(file) if file.exists() else []))
    failed = [one for one in outcomes if one.differences]
    print_table([{"case": one.case.name, "differences": "; ".join(one.differences)} for one in failed], as_json=False)
    say("cases_ran", held=len(outcomes) - len(failed), failed=len(failed))
    return int(bool(failed))
